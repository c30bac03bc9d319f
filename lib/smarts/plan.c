// plan.c - what is known of a pattern before it meets a molecule: its cycles, what the place of each atom asks for, and the
// orders in which its atoms are placed.
#include "smarts/smarts.h"

enum { MAX_PLANNED_ATOMS = SMARTS_SMALL_ATOMS };   // larger patterns are always searched in RDKit's order

// ---- cycles and kinds of bonds

// Bonds between the ends of a bond on the shortest way around it; 0: there is none.
static int32_t way_around(const pattern *p, int32_t bond)
{
    uint32_t front = 1u << p->bond[bond].begin, reached = front, goal = 1u << p->bond[bond].end;
    for (int32_t n = 1; front; n++) {
        uint32_t next = 0;
        for (int32_t b = 0; b < p->n_bonds; b++) {
            if (b == bond) continue;
            uint32_t begin = 1u << p->bond[b].begin, end = 1u << p->bond[b].end;
            next |= (front & begin ? end : 0) | (front & end ? begin : 0);
        }
        front = next & ~reached;
        reached |= front;
        if (front & goal) return n;
    }
    return 0;
}

static aryl_status intern_kind(smarts_set *s, uint64_t fits, int32_t *out)
{
    for (*out = 0; *out < s->n_kinds; ++*out)
        if (s->kind[*out] == fits) return ARYL_OK;
    if (!ROOM(&s->mem, s->kind, s->n_kinds + 1, s->cap_kinds)) return ARYL_E_NOMEM;
    s->kind[s->n_kinds++] = fits;
    return ARYL_OK;
}

// What small.c wants to know.
aryl_status smarts_find_cycles(smarts_set *s, pattern *p)
{
    p->small = p->n_atoms && p->n_atoms <= SMARTS_SMALL_ATOMS;
    p->cycle = arena_zero(&s->mem, uint8_t, p->n_atoms);
    if (!p->cycle) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < p->n_bonds; b++) p->small = p->small && !p->bond[b].dative;
    if (!p->small) return ARYL_OK;
    _Static_assert(SMARTS_SMALL_ATOMS <= 32, "way_around has a word for the atoms");
    p->is_cycle = p->is_ring = p->n_atoms > 2 && p->n_bonds == p->n_atoms;
    for (int32_t b = 0; b < p->n_bonds; b++) {
        pattern_bond *x = &p->bond[b];
        int32_t ends[2] = {x->begin, x->end}, around = way_around(p, b);
        for (int32_t k = 0; around && k < 2; k++)
            if (!p->cycle[ends[k]] || around + 1 < p->cycle[ends[k]]) p->cycle[ends[k]] = (uint8_t)(around + 1);
        TRY(intern_kind(s, around ? x->fits & FITS_RING : x->fits, &x->kind));
        p->is_cycle = p->is_cycle && around == p->n_atoms - 1;
        p->is_ring = p->is_ring && (x->fits & FITS_RING) == FITS_RING;
    }
    p->is_ring = p->is_ring && p->is_cycle;
    for (int32_t a = 0; a < p->n_atoms; a++) p->lengths |= p->cycle[a] ? 1ull << p->cycle[a] : 0;
    return ARYL_OK;
}

// ---- places

// How many atoms of a thousand fit, roughly.
static int32_t share(const smarts_set *s, int32_t i)
{
    static const struct { int16_t type, share; } common[] = {
        {12, 300}, {13, 350}, {14, 80}, {15, 50}, {16, 110}, {17, 5}, {18, 20}, {32, 15}, {33, 10}, {34, 15}, {70, 5},
    };
    const node *n = &s->nodes[i];
    int32_t sum = n->op == OP_AND ? 1000 : 0;
    switch (n->op) {
    case OP_RANGE:
        if (n->prop == PROP_CHARGE) return n->low <= 0 && n->high >= 0 ? 980 : 20;
        if (n->prop != PROP_TYPE) return 500;
        for (size_t k = 0; k < sizeof common / sizeof *common; k++)
            sum += common[k].type >= n->low && common[k].type <= n->high ? common[k].share : 0;
        return sum;
    case OP_TYPES:
        for (int32_t i = 0; i < n->n; i++) {
            int32_t low = s->child[n->first + i] & 0xFF, high = low + (s->child[n->first + i] >> 8);
            for (size_t k = 0; k < sizeof common / sizeof *common; k++)
                sum += common[k].type >= low && common[k].type <= high ? common[k].share : 0;
        }
        return sum;
    case OP_NOT: return 1000 - share(s, n->low);
    case OP_AND:
        for (int32_t k = 0; k < n->n; k++) sum = sum * share(s, s->child[n->first + k]) / 1000;
        return sum;
    case OP_OR:
        for (int32_t k = 0; k < n->n; k++) sum += share(s, s->child[n->first + k]);
        return sum < 1000 ? sum : 1000;
    default: return 1000;
    }
}

int32_t smarts_share(const smarts_set *s, int32_t i) { return s->nodes[i].recursive ? 1001 : share(s, i); }

static int32_t other_end(const pattern *p, int32_t place, int32_t atom)
{
    const pattern_bond *b = &p->bond[p->via[place]];
    return b->begin == atom ? b->end : b->begin;
}

// Does every atom that fits at place j around atom a also fit at place i?
static bool covers(const smarts_set *s, const pattern *p, int32_t a, int32_t i, int32_t j)
{
    uint64_t wide = s->kind[p->bond[p->via[i]].kind], narrow = s->kind[p->bond[p->via[j]].kind];
    int32_t expr = p->expr[other_end(p, i, a)];
    return !(narrow & ~wide) && (s->nodes[expr].op == OP_ANY || expr == p->expr[other_end(p, j, a)]);
}

// The expression, then for each neighbour that there are as many like it as the pattern wants, the rarest first. A neighbour
// with a $() would have to be found first.
static aryl_status ask(smarts_set *s, pattern *p, int32_t a, pattern_place *x, int32_t *n)
{
    int32_t expr = p->expr[a], most = 0, *list = p->ask + *n, at, same;
    bool recursive = s->nodes[expr].recursive;
    *x = (pattern_place){.atom = a, .recursive = recursive ? expr : -1, .first = *n, .n_own = !recursive, .n = !recursive};
    if (!recursive) *list = expr;
    for (int32_t i = p->start[a]; i < p->start[a + 1]; i++) {
        int32_t there = p->expr[other_end(p, i, a)], like = 0, id;
        if (s->nodes[there].recursive) continue;
        for (int32_t j = p->start[a]; j < p->start[a + 1] && like < SMARTS_BESIDE; j++) like += covers(s, p, a, i, j);
        most = like > most ? like : most;
        TRY(smarts_intern(s, (node){.op = OP_BESIDE, .prop = (uint8_t)like, .low = p->bond[p->via[i]].kind, .high = there}, NULL, &id));
        for (same = x->n_own; same < x->n && list[same] != id; same++) continue;
        if (same < x->n) continue;
        for (at = x->n++; at > x->n_own && share(s, s->nodes[list[at - 1]].high) > share(s, there); at--) list[at] = list[at - 1];
        list[at] = id;
    }
    if (p->degree[a] > most) TRY(smarts_intern(s, (node){.op = OP_CROWDED, .low = p->degree[a]}, NULL, &list[x->n++]));
    if (p->cycle[a]) TRY(smarts_intern(s, (node){.op = OP_ON_CYCLE, .low = p->cycle[a]}, NULL, &list[x->n++]));
    *n += x->n;
    return ARYL_OK;
}

// A centre and its neighbours. That there are enough of each kind of them is then all there is to know, if any two kinds
// include each other or exclude each other; only the molecule can tell of some pairs whether they do.
static void find_centre(const smarts_set *s, pattern *p)
{
    const pattern_place *x = p->degree[0] == p->n_bonds ? p->root : p->places;
    while (x < p->places + p->n_atoms && p->degree[x->atom] != p->n_bonds) x++;
    if (p->n_bonds != p->n_atoms - 1 || x == p->places + p->n_atoms || p->n_bonds > SMARTS_BESIDE) return;
    int32_t a = x->atom, first = p->start[a], end = p->start[a + 1];
    for (int32_t i = first; i < end; i++) {
        if (s->nodes[p->expr[other_end(p, i, a)]].recursive) return;
        for (int32_t j = first; j < i; j++) {
            if (covers(s, p, a, i, j) || covers(s, p, a, j, i)) continue;
            if (p->n_rivals == SMARTS_RIVALS) return;
            memcpy(p->rival[p->n_rivals++], (uint8_t[]){(uint8_t)other_end(p, i, a), (uint8_t)other_end(p, j, a)}, 2);
        }
    }
    p->centre = x;
}

// Atoms that others hang on know the most of the pattern; then the rare ones; those with a $() come last.
static int32_t rank(const smarts_set *s, const pattern *p, const pattern_place *x)
{
    return (p->degree[x->atom] < 2 ? 1000 : 0) + smarts_share(s, p->expr[x->atom]) + (x->recursive >= 0 ? 1000 : 0);
}

static aryl_status lay_places(smarts_set *s, pattern *p, arena *mem)
{
    int32_t n = 0;
    p->places = arena_new(mem, pattern_place, p->n_atoms);
    p->ask = arena_new(mem, int32_t, 3 * (size_t)p->n_atoms + 2 * (size_t)p->n_bonds);
    if (!p->places || !p->ask) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < p->n_atoms; a++) {
        pattern_place x;
        int32_t k = a;
        TRY(ask(s, p, a, &x, &n));
        for (; k > 0 && rank(s, p, &p->places[k - 1]) > rank(s, p, &x); k--) p->places[k] = p->places[k - 1];
        p->places[k] = x;
    }
    for (p->root = p->places; p->root->atom; p->root++) continue;
    find_centre(s, p);
    return ARYL_OK;
}

// ---- orders of placing atoms

// Fills steps from a start atom: RDKit's rule (the lowest unplaced atom next to a placed one) for plan 0. Others prefer
// atoms with more bonds to placed ones, because those fail sooner, and leave those that nothing hangs on to the end.
static void lay_plan(const pattern *p, int32_t start, bool rdkit, step *steps, closure *checks, int32_t *n_check, uint8_t *placed)
{
    memset(placed, 0, (size_t)p->n_atoms);
    for (int32_t k = 0; k < p->n_atoms; k++) {
        int32_t best = -1, best_links = 0;
        for (int32_t a = 0; a < p->n_atoms; a++) {
            if (placed[a]) continue;
            int32_t links = 0;
            for (int32_t i = p->start[a]; i < p->start[a + 1]; i++) {
                const pattern_bond *b = &p->bond[p->via[i]];
                links += placed[b->begin == a ? b->end : b->begin];
            }
            if (links && rdkit) links = 1;
            else if (links) links = 2 * links + (p->degree[a] > links);
            if (best < 0 || links > best_links) {
                best = a;
                best_links = links;
            }
        }
        if (k == 0 && start >= 0) best = start;
        step *x = &steps[k];
        *x = (step){.atom = best, .anchor = -1, .bond = -1, .first_check = *n_check};
        for (int32_t i = p->start[best]; i < p->start[best + 1]; i++) {
            const pattern_bond *b = &p->bond[p->via[i]];
            int32_t other = b->begin == best ? b->end : b->begin;
            if (!placed[other]) continue;
            if (x->anchor < 0) {
                x->anchor = other;
                x->bond = p->via[i];
                x->kind = b->kind;
            } else {
                checks[(*n_check)++] = (closure){p->via[i], other, b->kind};
                x->n_checks++;
            }
        }
        placed[best] = 1;
    }
}

static aryl_status lay_steps(pattern *p, arena *mem, arena *tmp)
{
    p->n_plans = p->n_atoms <= MAX_PLANNED_ATOMS ? 1 + p->n_atoms : 1;
    p->steps = arena_new(mem, step, (size_t)p->n_plans * (size_t)p->n_atoms);
    p->check = arena_new(mem, closure, (size_t)p->n_plans * (size_t)p->n_bonds);
    uint8_t *placed = arena_new(tmp, uint8_t, p->n_atoms);
    if (!p->steps || !p->check || !placed) return ARYL_E_NOMEM;
    int32_t n_check = 0;
    for (int32_t k = 0; k < p->n_plans; k++)
        lay_plan(p, k - 1, k == 0, p->steps + (size_t)k * (size_t)p->n_atoms, p->check, &n_check, placed);
    return ARYL_OK;
}

static int32_t rarest(const smarts_set *s, const pattern *p)
{
    int32_t best = -1;
    for (int32_t a = 0; a < p->n_atoms; a++) {
        const node *n = &s->nodes[p->expr[a]];
        const int32_t *list = n->recursive && n->op == OP_AND ? s->child + n->first : &p->expr[a];
        for (int32_t k = 0; k < (list == &p->expr[a] ? 1 : n->n); k++)
            if (!s->nodes[list[k]].recursive && (best < 0 || share(s, list[k]) < share(s, best))) best = list[k];
    }
    return best;
}

aryl_status smarts_lay_plans(smarts_set *s, pattern *p, arena *tmp)
{
    p->rare = rarest(s, p);
    for (int32_t d = 0; d < SMARTS_NEEDS; d++) p->need[d] = d < p->n_distinct ? s->nodes[p->distinct[d]].may : ~0ull;
    if (p->small) TRY(lay_places(s, p, &s->mem));
    TRY(lay_steps(p, &s->mem, tmp));
    p->is_connected = p->small;
    for (int32_t k = 1; k < p->n_atoms; k++) p->is_connected = p->is_connected && p->steps[k].anchor >= 0;
    return ARYL_OK;
}
