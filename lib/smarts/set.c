// set.c - draft -> interned pattern: equal expressions become one node.
#include "smarts/smarts.h"

aryl_status smarts_set_new(smarts_set **out)
{
    smarts_set *s = mem_alloc(sizeof *s);
    *out = s;
    if (!s) return ARYL_E_NOMEM;
    *s = (smarts_set){0};
    arena_init(&s->mem);
    return ARYL_OK;
}

void smarts_set_free(smarts_set *s)
{
    if (!s) return;
    arena_free(&s->mem);
    mem_free(s);
}

int32_t smarts_n_patterns(const smarts_set *s) { return s->n_named; }
static const pattern *named(const smarts_set *s, int32_t index) { return s->named[index].p; }
int32_t smarts_n_atoms(const smarts_set *s, int32_t index) { return named(s, index)->n_atoms; }
int32_t smarts_n_bonds(const smarts_set *s, int32_t index) { return named(s, index)->n_bonds; }
void smarts_bond_ends(const smarts_set *s, int32_t index, int32_t bond, int32_t *begin, int32_t *end)
{
    *begin = named(s, index)->bond[bond].begin;
    *end = named(s, index)->bond[bond].end;
}

// ---- nodes

static uint32_t node_hash(const node *n, const int32_t *child)
{
    uint32_t h = hash_combine(hash_combine(n->op, n->prop), (uint32_t)n->low);
    h = hash_combine(h, (uint32_t)n->high);
    for (int32_t i = 0; i < n->n; i++) h = hash_combine(h, (uint32_t)child[i]);
    return h;
}

static bool node_equal(const smarts_set *s, const node *a, const node *b, const int32_t *child_b)
{
    if (a->op != b->op || a->prop != b->prop || a->low != b->low || a->high != b->high || a->n != b->n) return false;
    return !a->n || !memcmp(s->child + a->first, child_b, (size_t)a->n * sizeof *child_b);
}

static aryl_status rehash(smarts_set *s)
{
    int32_t size = s->n_buckets ? 2 * s->n_buckets : 256;
    int32_t *bucket = arena_new(&s->mem, int32_t, size);
    if (!bucket) return ARYL_E_NOMEM;
    for (int32_t i = 0; i < size; i++) bucket[i] = -1;
    for (int32_t i = 0; i < s->n_nodes; i++) {
        const node *n = &s->nodes[i];
        uint32_t at = node_hash(n, s->child + n->first);
        while (bucket[at & (uint32_t)(size - 1)] >= 0) at++;
        bucket[at & (uint32_t)(size - 1)] = i;
    }
    s->bucket = bucket;
    s->n_buckets = size;
    return ARYL_OK;
}

aryl_status smarts_intern(smarts_set *s, node n, const int32_t *child, int32_t *out)
{
    if (2 * (s->n_nodes + 1) > s->n_buckets) TRY(rehash(s));
    uint32_t mask = (uint32_t)s->n_buckets - 1, at = node_hash(&n, child);
    for (; s->bucket[at & mask] >= 0; at++)
        if (node_equal(s, &s->nodes[s->bucket[at & mask]], &n, child)) {
            *out = s->bucket[at & mask];
            return ARYL_OK;
        }
    if (!ROOM(&s->mem, s->nodes, s->n_nodes + 1, s->cap_nodes)) return ARYL_E_NOMEM;
    if (!ROOM(&s->mem, s->child, s->n_child + n.n + 1, s->cap_child)) return ARYL_E_NOMEM;
    if (n.op == OP_RANGE) smarts_prepare_range(&n);
    smarts_judge_kinds(s, &n, child);
    n.first = s->n_child;
    for (int32_t i = 0; i < n.n; i++) s->child[s->n_child++] = child[i];
    s->bucket[at & mask] = *out = s->n_nodes;
    s->nodes[s->n_nodes++] = n;
    return ARYL_OK;
}

// ---- sets of types: what is written of elements and their symbols is one node, however it was written

enum { N_TYPES = 256 };
typedef struct type_set { bool has[N_TYPES]; } type_set;

static bool read_types(const smarts_set *s, int32_t i, type_set *out)
{
    const node *n = &s->nodes[i];
    if ((n->op != OP_RANGE && n->op != OP_TYPES) || n->prop != PROP_TYPE) return false;
    *out = (type_set){{0}};
    int32_t low = n->low > 0 ? n->low : 0, high = n->high < N_TYPES ? n->high : N_TYPES - 1;
    if (n->op == OP_RANGE && low <= high) memset(out->has + low, true, (size_t)(high - low) + 1);
    for (int32_t k = 0; k < n->n; k++) {
        int32_t run = s->child[n->first + k];
        memset(out->has + (run & 0xFF), true, (size_t)(run >> 8) + 1);
    }
    return true;
}

static aryl_status intern_types(smarts_set *s, const type_set *x, int32_t *out)
{
    int32_t run[N_TYPES / 2], n = 0, end;
    for (int32_t t = 0; t < N_TYPES; t = end + 1) {
        for (end = t; end < N_TYPES && x->has[end]; end++) continue;
        if (end > t) run[n++] = t + 256 * (end - 1 - t);
    }
    if (n > 1) return smarts_intern(s, (node){.op = OP_TYPES, .prop = PROP_TYPE, .n = n}, run, out);
    node range = {.op = OP_RANGE, .prop = PROP_TYPE, .low = n ? run[0] & 0xFF : 1, .high = n ? (run[0] & 0xFF) + (run[0] >> 8) : 0};
    return smarts_intern(s, range, NULL, out);
}

// Those members of a list that are sets of types become one.
static aryl_status join_types(smarts_set *s, int32_t op, int32_t *member, int32_t *n)
{
    type_set all, x;
    int32_t kept = 0, found = 0;
    for (int32_t i = 0; i < *n; i++) {
        if (!read_types(s, member[i], &x)) {
            member[kept++] = member[i];
            continue;
        }
        for (int32_t t = 0; t < N_TYPES && found; t++) all.has[t] = op == OP_AND ? all.has[t] && x.has[t] : all.has[t] || x.has[t];
        if (!found++) all = x;
    }
    *n = kept + (found > 0);
    return found ? intern_types(s, &all, &member[kept]) : ARYL_OK;
}

// ---- trees

// Recursive members last, symbols first: an AND stops as soon as no atom is left.
static int32_t cost(const smarts_set *s, int32_t i)
{
    const node *n = &s->nodes[i];
    if (n->recursive) return n->op == OP_SUB ? 8 : 9;
    if (n->op == OP_RANGE || n->op == OP_TYPES) return n->prop;
    return n->op == OP_NOT ? 6 : 7;
}

// Of the members of an expression those that are cheap come first; of the atoms of a pattern those that are rare, as one
// that is missing settles it, and those with $() last.
static void sort_nodes(const smarts_set *s, int32_t (*key)(const smarts_set *, int32_t), int32_t *list, int32_t n)
{
    for (int32_t i = 1; i < n; i++) {
        int32_t x = list[i], mine = key(s, x), j = i;
        for (; j > 0 && (key(s, list[j - 1]) > mine || (key(s, list[j - 1]) == mine && list[j - 1] > x)); j--) list[j] = list[j - 1];
        list[j] = x;
    }
}

static aryl_status intern_pattern(smarts_set *s, draft *d, bool outermost, arena *tmp, int32_t *out);
static aryl_status intern_tree(smarts_set *s, const tree *t, arena *tmp, int32_t *out);

// The members of nested lists of one kind become one list. Lists grow to the left; to the right they nest only as deep
// as the precedence levels.
static aryl_status intern_list(smarts_set *s, const tree *t, arena *tmp, int32_t *out)
{
    int32_t op = t->op, n = 0, cap = 0, *member = NULL;
    const tree *x = t;
    for (;;) {
        const tree *next = x->op == op && (x == t || !x->negated) ? x->right : x;
        if (!ROOM(tmp, member, n + 1, cap)) return ARYL_E_NOMEM;
        TRY(intern_tree(s, next, tmp, &member[n]));
        n++;
        if (next == x) break;
        x = x->left;
    }
    TRY(join_types(s, op, member, &n));
    sort_nodes(s, cost, member, n);
    int32_t kept = 0;
    for (int32_t i = 0; i < n; i++)
        if (!kept || member[kept - 1] != member[i]) member[kept++] = member[i];
    if (kept == 1) {
        *out = member[0];
        return ARYL_OK;
    }
    node list = {.op = (uint8_t)op, .n = kept};
    for (int32_t i = 0; i < kept; i++) list.recursive |= s->nodes[member[i]].recursive;
    return smarts_intern(s, list, member, out);
}

static aryl_status intern_tree(smarts_set *s, const tree *t, arena *tmp, int32_t *out)
{
    node n = {.op = t->op, .prop = t->prop};
    if (t->op == OP_AND || t->op == OP_OR) {
        TRY(intern_list(s, t, tmp, out));
    } else {
        if (t->op == OP_RANGE) {
            n.low = t->low;
            n.high = t->high;
        } else if (t->op == OP_SUB) {
            TRY(intern_pattern(s, t->sub, false, tmp, &n.low));
            n.recursive = true;
        }
        TRY(smarts_intern(s, n, NULL, out));
    }
    type_set types;
    if (!t->negated) return ARYL_OK;
    if (read_types(s, *out, &types)) {
        for (int32_t k = 0; k < N_TYPES; k++) types.has[k] = !types.has[k];
        return intern_types(s, &types, out);
    }
    n = (node){.op = OP_NOT, .low = *out, .recursive = s->nodes[*out].recursive};
    return smarts_intern(s, n, NULL, out);
}

// ---- patterns

// Slashes at both ends of a double bond make it cis or trans.
static void read_directions(pattern *p, const draft *d)
{
    for (int32_t b = 0; b < p->n_bonds; b++) {
        if (d->bond[b].type != BOND_DOUBLE) continue;
        int32_t ends[2] = {d->bond[b].begin, d->bond[b].end}, found[2] = {-1, -1};
        for (int side = 0; side < 2; side++)
            for (int32_t i = p->start[ends[side]]; i < p->start[ends[side] + 1] && found[side] < 0; i++)
                if (d->bond[p->via[i]].type != BOND_DOUBLE && d->bond[p->via[i]].dir) found[side] = p->via[i];
        if (found[0] < 0 || found[1] < 0) continue;
        const draft_bond *one = &d->bond[found[0]], *two = &d->bond[found[1]];
        bool up_one = (one->dir == DIR_UP) == (one->begin != ends[0]), up_two = (two->dir == DIR_UP) == (two->end != ends[1]);
        p->bond[b].stereo = up_one == up_two ? STEREO_TRANS : STEREO_CIS;
        p->bond[b].near = one->begin == ends[0] ? one->end : one->begin;
        p->bond[b].far = two->begin == ends[1] ? two->end : two->begin;
        p->has_stereo = true;
    }
}

static aryl_status copy_graph(pattern *p, const draft *d, bool outermost, arena *mem)
{
    p->n_atoms = d->n_atoms;
    p->n_bonds = d->n_bonds;
    p->expr = arena_new(mem, int32_t, d->n_atoms);
    p->degree = arena_zero(mem, int32_t, d->n_atoms);
    p->tag = arena_zero(mem, uint8_t, d->n_atoms);
    p->bond = arena_zero(mem, pattern_bond, d->n_bonds);
    p->start = arena_zero(mem, int32_t, d->n_atoms + 1);
    p->via = arena_new(mem, int32_t, 2 * (size_t)d->n_bonds);
    p->distinct = arena_new(mem, int32_t, d->n_atoms);
    p->times = arena_new(mem, int32_t, d->n_atoms);
    if (!p->expr || !p->degree || !p->tag || !p->bond || !p->start || !p->via || !p->distinct || !p->times) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < d->n_bonds; b++) {
        const draft_bond *x = &d->bond[b];
        p->bond[b] = (pattern_bond){x->begin, x->end, x->fits, 0, x->dative, x->type == BOND_DOUBLE, STEREO_NONE, -1, -1};
        p->degree[x->begin]++;
        p->degree[x->end]++;
    }
    for (int32_t a = 0; a < d->n_atoms; a++) {
        p->start[a + 1] = p->start[a] + p->degree[a];
        if (d->atom[a].tag != TAG_CW && d->atom[a].tag != TAG_CCW) continue;
        p->tag[a] = d->atom[a].tag;
        p->has_stereo = true;
    }
    for (int32_t a = 0; a < d->n_atoms; a++) p->degree[a] = 0;
    for (int32_t b = 0; b < d->n_bonds; b++) {
        int32_t begin = d->bond[b].begin, end = d->bond[b].end;
        p->via[p->start[begin] + p->degree[begin]++] = b;
        p->via[p->start[end] + p->degree[end]++] = b;
    }
    if (outermost) read_directions(p, d);
    return ARYL_OK;
}

static aryl_status add_pattern(smarts_set *s, pattern *p, const draft *d, int32_t *out)
{
    int32_t cap = s->cap_patterns;
    if (!ROOM(&s->mem, s->patterns, s->n_patterns + 1, cap)) return ARYL_E_NOMEM;
    cap = s->cap_patterns;
    if (!ROOM(&s->mem, s->text, s->n_patterns + 1, cap)) return ARYL_E_NOMEM;
    if (!ROOM(&s->mem, s->text_len, s->n_patterns + 1, s->cap_patterns)) return ARYL_E_NOMEM;
    char *text = NULL;
    if (d->text) {
        text = arena_new(&s->mem, char, d->text_len + 2);
        if (!text) return ARYL_E_NOMEM;
        text[0] = d->merged ? 'h' : '-';               // the same text with hydrogens merged is another pattern
        memcpy(text + 1, d->text, (size_t)d->text_len);
    }
    s->text[s->n_patterns] = text;
    s->text_len[s->n_patterns] = d->text_len;
    s->patterns[s->n_patterns] = p;
    *out = s->n_patterns++;
    return ARYL_OK;
}

// A $() that the set has already; texts with serial numbers mean what their own line says and are never shared.
static int32_t find_sub(const smarts_set *s, const draft *d)
{
    if (!d->text || memchr(d->text, '_', (size_t)d->text_len)) return -1;
    for (int32_t i = 0; i < s->n_patterns; i++)
        if (s->text[i] && s->text_len[i] == d->text_len && s->text[i][0] == (d->merged ? 'h' : '-') &&
            !memcmp(s->text[i] + 1, d->text, (size_t)d->text_len))
            return i;
    return -1;
}

static aryl_status intern_pattern(smarts_set *s, draft *d, bool outermost, arena *tmp, int32_t *out)
{
    if (d->pattern < 0 && !outermost) d->pattern = find_sub(s, d);
    if (d->pattern >= 0) {
        *out = d->pattern;
        return ARYL_OK;
    }
    pattern *p = arena_zero(&s->mem, pattern, 1);
    if (!p) return ARYL_E_NOMEM;
    TRY(copy_graph(p, d, outermost, &s->mem));
    TRY(smarts_find_cycles(s, p));
    for (int32_t a = 0; a < d->n_atoms; a++) TRY(intern_tree(s, d->atom[a].expr, tmp, &p->expr[a]));
    for (int32_t a = 0; a < p->n_atoms; a++) {
        int32_t k = 0;
        while (k < p->n_distinct && p->distinct[k] != p->expr[a]) k++;
        if (k == p->n_distinct) p->distinct[p->n_distinct++] = p->expr[a];
    }
    sort_nodes(s, smarts_share, p->distinct, p->n_distinct);
    for (int32_t k = 0; k < p->n_distinct; k++) {
        p->times[k] = 0;
        for (int32_t a = 0; a < p->n_atoms; a++) p->times[k] += p->expr[a] == p->distinct[k];
    }
    TRY(smarts_lay_plans(s, p, tmp));
    TRY(add_pattern(s, p, d, out));
    d->pattern = *out;
    return ARYL_OK;
}

aryl_status smarts_set_add(smarts_set *s, const char *text, int64_t len, uint32_t flags, int32_t *index, aryl_error *err)
{
    arena tmp;
    arena_init(&tmp);
    draft *d = NULL;
    int32_t number = -1;
    aryl_status status = smarts_read(text, len, &tmp, &d, err);
    if (status == ARYL_OK) status = smarts_settle(d, flags, &tmp, err);
    if (status == ARYL_OK) status = intern_pattern(s, d, true, &tmp, &number);
    if (status == ARYL_OK && !ROOM(&s->mem, s->named, s->n_named + 1, s->cap_named)) status = ARYL_E_NOMEM;
    arena_free(&tmp);
    if (status == ARYL_E_NOMEM) return fail_at(err, status, -1, "out of memory");
    if (status != ARYL_OK) return status;
    named_pattern *x = &s->named[s->n_named];
    x->p = s->patterns[number];
    x->rare = x->p->rare;
    memcpy(x->need, x->p->need, sizeof x->need);
    *index = s->n_named++;
    return ARYL_OK;
}
