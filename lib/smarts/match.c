// match.c - placing the atoms of a pattern on a molecule.
//
// A search is a loop over (pattern atom, place in its candidate list), without calls, that can be asked for one embedding
// after another. Plan 0 visits them in RDKit's order and defines the results; questions that do not depend on order
// (is there one, how many) start at the rarest atom.
#include "smarts/smarts.h"

typedef struct search {
    smarts_run *run;
    const pattern *p;
    const step *steps;
    const uint64_t **fits;       // [n_atoms] candidates of each pattern atom
    const uint64_t *roots;       // candidates of the first placed atom
    int32_t *image;              // [n_atoms] molecule atom under each pattern atom
    int32_t *cursor;             // [n_atoms] next candidate of each step
    uint64_t *used;
    int32_t depth;
    bool chirality;
} search;

static bool has(const uint64_t *set, int32_t a) { return set[a >> 6] >> (a & 63) & 1; }
static int32_t population(const uint64_t *set, int32_t words)
{
    int32_t n = 0;
    for (int32_t w = 0; w < words; w++) n += __builtin_popcountll(set[w]);
    return n;
}

// The next member at or above a; n when there is none.
static int32_t next_member(const uint64_t *set, int32_t words, int32_t a)
{
    int32_t w = a >> 6;
    if (w >= words) return words * 64;
    uint64_t bits = set[w] & (~0ull << (a & 63));
    while (!bits)
        if (++w == words) return words * 64;
        else bits = set[w];
    return w * 64 + __builtin_ctzll(bits);
}

// What a pattern cannot do without. Sets *possible to false when some atom has no candidate left.
static aryl_status candidates(smarts_run *r, const pattern *p, bool *possible)
{
    *possible = false;
    if (!p->n_atoms || p->n_atoms > r->mol->n_atoms) return ARYL_OK;
    if (p->lengths && r->words > 1 && !r->plain) {
        TRY(smarts_cycle_lengths(r));
        if (p->lengths & ~r->lengths) return ARYL_OK;
    }
    for (int32_t k = 0; k < p->n_distinct; k++) {
        const uint64_t *set;
        TRY(smarts_fits(r, p->distinct[k], &set));
        if (r->words == 1 && p->times[k] == 1 ? !set[0] : population(set, r->words) < p->times[k]) return ARYL_OK;
    }
    *possible = true;
    return ARYL_OK;
}

static aryl_status fits_of(smarts_run *r, const pattern *p, const uint64_t ***out)
{
    TRY(smarts_bond_classes(r));
    const uint64_t **fits = arena_new(r->mem, const uint64_t *, p->n_atoms);
    if (!fits) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < p->n_atoms; a++) fits[a] = r->fits + (size_t)p->expr[a] * (size_t)r->words;
    *out = fits;
    return ARYL_OK;
}

// Is there anything to look for, and may small.c do it? Where that does not know the molecule yet, most patterns are refused
// before it is asked; else it does so itself.
static aryl_status consider(smarts_run *r, const pattern *p, bool chirality, bool *possible, bool *small)
{
    *small = p->small && r->words == 1 && !(chirality && p->has_stereo) && !r->plain;
    *possible = *small && r->small;
    if (!*possible) TRY(candidates(r, p, possible));
    return *small && *possible ? smarts_small_need(r, small) : ARYL_OK;
}

static aryl_status search_init(search *s, smarts_run *r, const pattern *p, const uint64_t **fits, int32_t plan, bool chirality)
{
    *s = (search){.run = r, .p = p, .steps = p->steps + (size_t)plan * (size_t)p->n_atoms, .fits = fits, .chirality = chirality};
    s->roots = fits[s->steps[0].atom];
    s->image = arena_new(r->mem, int32_t, 2 * (size_t)p->n_atoms);
    s->used = arena_zero(r->mem, uint64_t, r->words);
    if (!s->image || !s->used) return ARYL_E_NOMEM;
    s->cursor = s->image + p->n_atoms;
    s->cursor[0] = 0;
    return ARYL_OK;
}

static bool bond_fits(const search *s, int32_t bond, int32_t mol_bond)
{
    const pattern_bond *b = &s->p->bond[bond];
    const aryl_mol *m = s->run->mol;
    if (!(b->fits >> s->run->bond_class[mol_bond] & 1)) return false;
    if (!b->dative || m->type[mol_bond] != BOND_DATIVE) return true;
    return has(s->fits[b->begin], m->begin[mol_bond]) && has(s->fits[b->end], m->end[mol_bond]);   // donor to acceptor
}

static bool closes(const search *s, const step *x)
{
    for (int32_t k = 0; k < x->n_checks; k++) {
        int32_t bond = s->p->check[x->first_check + k].bond;
        int32_t found = mol_bond_between(s->run->mol, s->image[s->p->bond[bond].begin], s->image[s->p->bond[bond].end]);
        if (found < 0 || !bond_fits(s, bond, found)) return false;
    }
    return true;
}

static bool is_handed(uint8_t tag) { return tag == TAG_CW || tag == TAG_CCW; }

// Places the atom of step `depth` on its next candidate. False: none left.
static bool place(search *s, const step *x, bool first)
{
    const aryl_mol *m = s->run->mol;
    const uint64_t *fits = first ? s->roots : s->fits[x->atom];
    int32_t degree = s->p->degree[x->atom], *cursor = &s->cursor[s->depth];
    bool handed = s->chirality && s->p->tag[x->atom];
    for (;;) {
        int32_t a, via = -1;
        if (x->anchor >= 0) {
            if (*cursor == m->start[s->image[x->anchor] + 1]) return false;
            a = m->nbr[*cursor];
            via = m->via[(*cursor)++];
            if (!has(fits, a)) continue;
        } else {
            a = next_member(fits, s->run->words, *cursor);
            if (a >= m->n_atoms) return false;
            *cursor = a + 1;
        }
        s->run->mem->work--;
        if (has(s->used, a) || mol_degree(m, a) < degree) continue;
        if (handed && !is_handed(m->tag[a])) continue;
        if (via >= 0 && !bond_fits(s, x->bond, via)) continue;
        s->image[x->atom] = a;
        if (x->n_checks && !closes(s, x)) continue;
        s->used[a >> 6] |= 1ull << (a & 63);
        return true;
    }
}

static void lift(search *s)
{
    int32_t a = s->image[s->steps[--s->depth].atom];
    s->used[a >> 6] &= ~(1ull << (a & 63));
}

// The next embedding, in s->image.
static aryl_status search_next(search *s, bool *found)
{
    int32_t n = s->p->n_atoms;
    if (s->depth == n) lift(s);
    for (;;) {
        if (s->run->mem->work < 0) return ARYL_E_LIMIT;
        const step *x = &s->steps[s->depth];
        if (place(s, x, s->depth == 0)) {
            if (++s->depth == n) {
                *found = true;
                return ARYL_OK;
            }
            const step *next = &s->steps[s->depth];
            s->cursor[s->depth] = next->anchor >= 0 ? s->run->mol->start[s->image[next->anchor]] : 0;
        } else if (s->depth == 0) {
            *found = false;
            return ARYL_OK;
        } else {
            lift(s);
        }
    }
}

// ---- stereo of an embedding

// Compares the order of the pattern's bonds around a marked atom with the order of the molecule's. Molecule bonds that
// the pattern does not mention are all alike, so that exchanging two of them counts.
static aryl_status atom_agrees(search *s, int32_t atom, bool *agrees)
{
    const pattern *p = s->p;
    const aryl_mol *m = s->run->mol;
    int32_t a = s->image[atom], degree = p->degree[atom], mol_degree_a = mol_degree(m, a), n = 0;
    *agrees = false;
    if (!is_handed(m->tag[a]) || degree > mol_degree_a) return ARYL_OK;
    arena_mark mark = arena_save(s->run->mem);
    int32_t *order = arena_new(s->run->mem, int32_t, 2 * (size_t)degree + 2 * (size_t)mol_degree_a);
    if (!order) return ARYL_E_NOMEM;
    int32_t *stored = order + degree, *mine = stored + degree, *theirs = mine + mol_degree_a;
    for (int32_t other = 0; other < p->n_atoms && n < degree; other++)
        for (int32_t i = p->start[atom]; i < p->start[atom + 1]; i++) {
            const pattern_bond *b = &p->bond[p->via[i]];
            if ((b->begin == atom ? b->end : b->begin) != other) continue;
            int32_t found = mol_bond_between(m, a, s->image[other]);
            if (found < 0) continue;
            order[n] = p->via[i];
            mine[n++] = found;
        }
    for (int32_t i = 0; i < degree; i++) stored[i] = p->via[p->start[atom] + i];
    int32_t pattern_swaps = smarts_swaps(order, stored, degree);
    for (int32_t i = n; i < mol_degree_a; i++) mine[i] = -1;
    for (int32_t i = 0; i < mol_degree_a; i++) {
        int32_t via = m->via[m->start[a] + i], k = 0;
        while (k < n && mine[k] != via) k++;
        theirs[i] = k < n ? via : -1;
    }
    int32_t mol_swaps = smarts_swaps(theirs, mine, mol_degree_a);
    arena_restore(s->run->mem, mark);
    *agrees = ((pattern_swaps ^ mol_swaps) & 1) == (p->tag[atom] != m->tag[a]);
    return ARYL_OK;
}

static bool bond_agrees(const search *s, const pattern_bond *b)
{
    const aryl_mol *m = s->run->mol;
    int32_t begin = s->image[b->begin], found = mol_bond_between(m, begin, s->image[b->end]);
    if (found < 0 || m->type[found] != BOND_DOUBLE) return true;
    bool cis = m->stereo[found] == STEREO_Z || m->stereo[found] == STEREO_CIS;
    if (!cis && m->stereo[found] != STEREO_E && m->stereo[found] != STEREO_TRANS) return false;
    int32_t near = m->stereo_atom[2 * found], far = m->stereo_atom[2 * found + 1];
    if (near < 0 || far < 0) return true;
    if (begin != m->begin[found]) {
        int32_t swap = near;
        near = far;
        far = swap;
    }
    int32_t same = (s->image[b->near] == near) + (s->image[b->far] == far);
    return (cis == (b->stereo == STEREO_CIS)) == (same != 1);
}

static aryl_status stereo_agrees(search *s, bool *agrees)
{
    const pattern *p = s->p;
    *agrees = true;
    if (!s->chirality || !p->has_stereo) return ARYL_OK;
    for (int32_t a = 0; a < p->n_atoms && *agrees; a++)
        if (p->tag[a] && p->degree[a] >= 3) TRY(atom_agrees(s, a, agrees));
    for (int32_t b = 0; b < p->n_bonds && *agrees; b++)
        if (p->bond[b].stereo) *agrees = bond_agrees(s, &p->bond[b]);
    return ARYL_OK;
}

// ---- sets of atoms seen before

static uint32_t set_hash(const uint64_t *set, int32_t words)
{
    uint64_t h = 0;
    for (int32_t w = 0; w < words; w++) h = (h ^ set[w]) * 0x9E3779B97F4A7C15ull;
    return (uint32_t)(h >> 32);
}

static aryl_status seen_grow(smarts_seen *x, int32_t words, arena *mem)
{
    int32_t cap = x->cap ? 2 * x->cap : 16;
    if (!arena_work(mem, 8 * ((int64_t)words + 4) * x->cap)) return ARYL_E_LIMIT;   // for the memory
    x->set = arena_grow(mem, x->set, (size_t)x->cap * (size_t)words, (size_t)cap * (size_t)words, sizeof *x->set);
    x->bucket = arena_new(mem, int32_t, 4 * (size_t)cap);
    if (!x->set || !x->bucket) return ARYL_E_NOMEM;
    x->cap = cap;
    x->n_buckets = 4 * cap;
    memset(x->bucket, 0xFF, (size_t)x->n_buckets * sizeof *x->bucket);
    for (int32_t i = 0; i < x->n; i++) {
        uint32_t at = set_hash(x->set + (size_t)i * (size_t)words, words);
        while (x->bucket[at & (uint32_t)(x->n_buckets - 1)] >= 0) at++;
        x->bucket[at & (uint32_t)(x->n_buckets - 1)] = i;
    }
    return ARYL_OK;
}

bool smarts_seen_has(const smarts_seen *x, const uint64_t *set, int32_t words, uint32_t *at)
{
    *at = set_hash(set, words);
    if (!x->cap) return false;
    for (;; ++*at) {
        int32_t i = x->bucket[*at & (uint32_t)(x->n_buckets - 1)];
        if (i < 0) return false;
        if (!memcmp(x->set + (size_t)i * (size_t)words, set, (size_t)words * sizeof *set)) return true;
    }
}

aryl_status smarts_seen_add(smarts_seen *x, const uint64_t *set, int32_t words, arena *mem)
{
    uint32_t at;
    if (x->n == x->cap) TRY(seen_grow(x, words, mem));
    smarts_seen_has(x, set, words, &at);
    memcpy(x->set + (size_t)x->n * (size_t)words, set, (size_t)words * sizeof *set);
    x->bucket[at & (uint32_t)(x->n_buckets - 1)] = x->n++;
    return ARYL_OK;
}

// The next embedding that counts: not a repetition where sets must be unique, and of the right stereo.
static aryl_status next_kept(search *s, bool unique, smarts_seen *x, bool *found)
{
    for (;;) {
        uint32_t at;
        bool agrees;
        TRY(search_next(s, found));
        if (!*found) return ARYL_OK;
        if (unique && smarts_seen_has(x, s->used, s->run->words, &at)) continue;
        TRY(stereo_agrees(s, &agrees));
        if (!agrees) continue;
        return unique ? smarts_seen_add(x, s->used, s->run->words, s->run->mem) : ARYL_OK;
    }
}

// ---- questions

static int32_t rarest_plan(const smarts_run *r, const pattern *p, const uint64_t **fits)
{
    int32_t best = 0, least = INT32_MAX;
    if (p->n_plans == 1) return 0;
    for (int32_t a = 0; a < p->n_atoms; a++) {
        int32_t n = population(fits[a], r->words);
        if (n < least) {
            least = n;
            best = a;
        }
    }
    return best + 1;
}

// What was found inside $() holds for one treatment of chirality and one limit.
static void configure(smarts_run *r, bool chirality, int64_t max_matches)
{
    int64_t limit = max_matches > 1000 ? max_matches : 1000;
    if (!r->kinds && r->words == 1 && !r->once && !r->plain) r->kinds = mol_sort_kinds(r->mol, r->kind);
    if (chirality == r->chirality && limit == r->limit) return;
    smarts_forget_subs(r);
    r->chirality = chirality;
    r->limit = limit;
}

// Two bonded atoms, the commonest pattern: bonds that fit one way round or the other, and both ways.
static int64_t count_pairs(const smarts_run *r, const pattern *p, const uint64_t **fits, bool unique)
{
    const aryl_mol *m = r->mol;
    int64_t n = 0;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        if (!(p->bond[0].fits >> r->bond_class[b] & 1)) continue;
        int32_t begin = m->begin[b], end = m->end[b];
        int32_t ways = (has(fits[0], begin) && has(fits[1], end)) + (has(fits[0], end) && has(fits[1], begin));
        n += unique ? ways > 0 : ways;
    }
    return n;
}

static const pattern *named(const smarts_run *r, int32_t index) { return r->set->named[index].p; }
static bool is_pair(const pattern *p) { return p->n_atoms == 2 && p->n_bonds == 1 && !p->bond[0].dative; }

static aryl_status count_pattern(smarts_run *r, const pattern *p, const smarts_options *o, int64_t *count);

// Does any atom fit? What is inside $() is not asked where.
static aryl_status any_fits(smarts_run *r, int32_t i, bool chirality, int64_t *found)
{
    const node *n = &r->set->nodes[i];
    *found = 0;
    if (n->recursive && n->op == OP_OR) {
        for (int32_t k = 0; k < n->n && !*found; k++) TRY(any_fits(r, r->set->child[n->first + k], chirality, found));
    } else if (n->op == OP_SUB) {
        TRY(count_pattern(r, r->set->patterns[n->low], &(smarts_options){1, false, chirality}, found));
    } else {
        const uint64_t *fit;
        TRY(smarts_fits(r, i, &fit));
        for (int32_t w = 0; w < r->words; w++) *found |= fit[w] != 0;
    }
    return ARYL_OK;
}

static aryl_status count_pattern(smarts_run *r, const pattern *p, const smarts_options *o, int64_t *count)
{
    const uint64_t **fits;
    bool possible, small, found, plain = !o->chirality || !p->has_stereo;
    *count = 0;
    if (p->n_atoms == 1 && o->max_matches == 1 && plain && !r->plain) return any_fits(r, p->expr[0], o->chirality, count);
    TRY(consider(r, p, o->chirality, &possible, &small));
    if (!possible) return ARYL_OK;
    if (small) {
        return smarts_small_count(r, p, o->unique, o->max_matches ? o->max_matches : INT64_MAX, count);
    }
    TRY(fits_of(r, p, &fits));
    if (plain && p->n_atoms == 1) *count = population(fits[0], r->words);
    else if (plain && is_pair(p)) *count = count_pairs(r, p, fits, o->unique);
    else {
        search s;
        smarts_seen x = {0};
        TRY(search_init(&s, r, p, fits, rarest_plan(r, p, fits), o->chirality));
        while (!o->max_matches || *count < o->max_matches) {
            TRY(next_kept(&s, o->unique, &x, &found));
            if (!found) break;
            ++*count;
        }
    }
    if (o->max_matches && *count > o->max_matches) *count = o->max_matches;
    return ARYL_OK;
}

// Most patterns that do not fit want kinds of atoms that are not there, or lack the rarest of their atoms, which costs a few
// instructions to see.
static inline aryl_status count_named(smarts_run *r, const named_pattern *x, const smarts_options *o, int64_t most, int64_t *count)
{
    *count = 0;
    if (smarts_lacks(r, x->need)) return ARYL_OK;
    if (r->words == 1 && x->rare >= 0) {
        uint64_t rare;
        TRY(smarts_fits_of(r, x->rare, r->all[0], &rare));
        if (!rare) return ARYL_OK;
    }
    const pattern *p = x->p;
    if (r->small && p->small && p->n_atoms > 1 && !o->chirality) return smarts_small_count(r, p, o->unique, most ? most : INT64_MAX, count);
    return count_pattern(r, p, &(smarts_options){most, o->unique, o->chirality}, count);
}

aryl_status smarts_count(smarts_run *r, int32_t index, const smarts_options *o, int64_t *count)
{
    configure(r, o->chirality, o->max_matches);
    return count_named(r, &r->set->named[index], o, o->max_matches, count);
}

aryl_status smarts_counts(smarts_run *r, int32_t first, int32_t n, const smarts_options *o, const uint8_t *most, int64_t *counts)
{
    configure(r, o->chirality, most ? 0 : o->max_matches);
    for (int32_t i = 0; i < n; i++) TRY(count_named(r, &r->set->named[first + i], o, most ? most[i] : o->max_matches, &counts[i]));
    return ARYL_OK;
}

aryl_status smarts_exists(smarts_run *r, int32_t index, bool chirality, bool *found)
{
    smarts_options o = {1, false, chirality};
    int64_t n;
    TRY(smarts_count(r, index, &o, &n));
    *found = n > 0;
    return ARYL_OK;
}

// Patterns of one atom, where nothing has to be placed.
static aryl_status list_atoms(smarts_run *r, const pattern *p, int64_t most, int32_t **tuples, int64_t *n)
{
    const uint64_t *fit;
    TRY(smarts_fits(r, p->expr[0], &fit));
    int32_t found = population(fit, r->words);
    *tuples = arena_new(r->mem, int32_t, found);
    if (!*tuples) return ARYL_E_NOMEM;
    for (int32_t a = next_member(fit, r->words, 0); a < r->mol->n_atoms && (!most || *n < most); a = next_member(fit, r->words, a + 1))
        (*tuples)[(*n)++] = a;
    return ARYL_OK;
}

aryl_status smarts_match(smarts_run *r, int32_t index, const smarts_options *o, int32_t **tuples, int64_t *n)
{
    const pattern *p = named(r, index);
    const uint64_t **fits;
    bool possible, small, found;
    int64_t cap = 0;
    *n = 0;
    *tuples = NULL;
    configure(r, o->chirality, o->max_matches);
    if (p->n_atoms == 1 && !(o->chirality && p->has_stereo) && !r->plain) return list_atoms(r, p, o->max_matches, tuples, n);
    TRY(consider(r, p, o->chirality, &possible, &small));
    if (possible && small) {
        TRY(smarts_small_possible(r, p, &possible));
        if (possible) TRY(candidates(r, p, &possible));
    }
    if (!possible) return ARYL_OK;
    TRY(fits_of(r, p, &fits));
    search s;
    smarts_seen x = {0};
    TRY(search_init(&s, r, p, fits, 0, o->chirality));
    while (!o->max_matches || *n < o->max_matches) {
        TRY(next_kept(&s, o->unique, &x, &found));
        if (!found) break;
        if (*n == cap) {
            int64_t more = cap ? 2 * cap : 16;
            size_t width = (size_t)p->n_atoms;
            if (!arena_work(r->mem, 4 * cap * p->n_atoms)) return ARYL_E_LIMIT;   // for the memory
            *tuples = arena_grow(r->mem, *tuples, (size_t)cap * width, (size_t)more * width, sizeof **tuples);
            if (!*tuples) return ARYL_E_NOMEM;
            cap = more;
        }
        memcpy(*tuples + (size_t)*n * (size_t)p->n_atoms, s.image, (size_t)p->n_atoms * sizeof *s.image);
        ++*n;
    }
    return ARYL_OK;
}

aryl_status smarts_each(smarts_run *r, int32_t index, const smarts_names *names, smarts_named *all, bool *done)
{
    const pattern *p = named(r, index);
    bool possible;
    *all = (smarts_named){0};
    configure(r, false, 0);
    TRY(consider(r, p, false, &possible, done));
    *done = !possible || (*done && p->n_atoms <= SMARTS_NAMED && p->n_bonds <= SMARTS_NAMED && p->is_connected);
    return possible && *done ? smarts_small_each(r, p, names, all) : ARYL_OK;
}

// At most this many embeddings can exist: each atom behind its anchor has no more places than the anchor has neighbours.
static int64_t most_embeddings(const smarts_run *r, const pattern *p, const uint64_t **fits, int64_t limit)
{
    const aryl_mol *m = r->mol;
    int64_t most = 1;
    int32_t widest = 1;
    for (int32_t a = 0; a < m->n_atoms; a++)
        if (mol_degree(m, a) > widest) widest = mol_degree(m, a);
    for (int32_t k = 0; k < p->n_atoms; k++) {
        int32_t n = population(fits[p->steps[k].atom], r->words);
        if (p->steps[k].anchor >= 0 && n > widest) n = widest;
        most *= n;
        if (most > limit) return most;
    }
    return most;
}

aryl_status smarts_roots(smarts_run *r, const pattern *p, int64_t limit, int32_t w, uint64_t need, uint64_t *decided, uint64_t *out)
{
    bool possible, small = false, found, agrees;
    const uint64_t **fits = NULL;
    TRY(consider(r, p, r->chirality, &possible, &small));
    if (possible && small) {
        TRY(smarts_small_roots(r, p, limit, need, decided, out, &small));
        if (small) return ARYL_OK;
        TRY(candidates(r, p, &possible));
    }
    if (possible) TRY(fits_of(r, p, &fits));
    search s;
    if (possible && most_embeddings(r, p, fits, limit) <= limit) {   // one embedding for each root will do
        uint64_t *root = arena_zero(r->mem, uint64_t, r->words);
        if (!root) return ARYL_E_NOMEM;
        TRY(search_init(&s, r, p, fits, 0, r->chirality));
        s.roots = root;
        uint64_t todo = need & ~decided[w] & fits[0][w];
        decided[w] |= need;
        for (; todo; todo &= todo - 1) {
            root[w] = todo & -todo;
            if (p->n_atoms == 1) {
                out[w] |= root[w];
                continue;
            }
            s.cursor[0] = 0;
            do {
                TRY(search_next(&s, &found));
                if (found) TRY(stereo_agrees(&s, &agrees));
            } while (found && !agrees);
            if (!found) continue;
            out[w] |= root[w];
            while (s.depth) lift(&s);
        }
        return ARYL_OK;
    }
    if (possible) {
        TRY(search_init(&s, r, p, fits, 0, r->chirality));
        for (int64_t n = 0; n < limit;) {
            TRY(search_next(&s, &found));
            if (!found) break;
            TRY(stereo_agrees(&s, &agrees));
            if (!agrees) continue;
            n++;
            out[s.image[0] >> 6] |= 1ull << (s.image[0] & 63);
        }
    }
    memcpy(decided, r->all, (size_t)r->words * sizeof *decided);
    return ARYL_OK;
}

aryl_status smarts_first_atoms(smarts_run *r, int32_t index, int64_t limit, bool chirality, uint64_t *atoms)
{
    configure(r, chirality, 0);
    uint64_t *decided = arena_zero(r->mem, uint64_t, r->words);
    if (!decided) return ARYL_E_NOMEM;
    memset(atoms, 0, (size_t)r->words * sizeof *atoms);
    for (int32_t w = 0; w < r->words; w++)
        if (r->all[w] & ~decided[w])
            TRY(smarts_roots(r, named(r, index), limit ? limit : INT64_MAX, w, r->all[w], decided, atoms));
    return ARYL_OK;
}
