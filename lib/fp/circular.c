// circular.c - environments growing around each atom, and which of them count.
//
// Rogers & Hahn, J. Chem. Inf. Model. 2010, 50, 742, doi:10.1021/ci100050t. Two environments are the same when they
// cover the same bonds: the first to reach a set of bonds is a feature, whoever reaches it later, or in the same
// layer with a larger hash, drops out for good. An atom that has dropped out still tells its last invariant to its
// neighbours in the next layer and 0 afterwards.
//
// Measured (28 atoms, radius 2, one core at 4.2 GHz): see tests/bench; hashing is two thirds, duplicates the rest.
#include "fp/fp.h"

// A set of bonds. Up to 64 bonds the key is the set; in larger molecules it is a hash, and the set a list in the pool.
typedef struct env {
    uint64_t key;
    int64_t at;
    int32_t size;
} env;

typedef struct seen {          // a set that was reached, by whom and when
    env set;
    int32_t atom, layer;
} seen;

typedef struct growth {
    const aryl_mol *m;
    const circular_options *o;
    const uint32_t *origin;            // invariants at radius 0
    arena *tmp;
    uint32_t *now, *next;              // [n_atoms] invariants of the last layer and of this one
    env *set, *set_next;               // [n_atoms]
    uint8_t *dropped;                  // [n_atoms]
    uint8_t *handed;                   // [n_atoms] its neighbours have once been all different; NULL without chirality
    seen *seen;                        // in the order of discovery
    int32_t n_seen, table_bits;
    int32_t *table;                    // open addressing into seen, -1: free
    int32_t *pool, *stamp, n_stamps;   // lists, and marks of the list at hand; NULL up to 64 bonds
    int64_t n_pool, cap_pool;
} growth;

static inline void order(uint64_t *a, uint64_t *b)
{
    uint64_t low = *a < *b ? *a : *b, high = *a < *b ? *b : *a;
    *a = low;
    *b = high;
}

static inline void sort_keys(uint64_t *k, int32_t n)
{
    switch (n) {
    case 0: case 1: return;
    case 2: order(&k[0], &k[1]); return;
    case 3: order(&k[0], &k[1]); order(&k[1], &k[2]); order(&k[0], &k[1]); return;
    case 4:
        order(&k[0], &k[1]); order(&k[2], &k[3]); order(&k[0], &k[2]); order(&k[1], &k[3]); order(&k[1], &k[2]);
        return;
    }
    for (int32_t i = 1; i < n; i++) {
        uint64_t key = k[i];
        int32_t j = i;
        for (; j && k[j - 1] > key; j--) k[j] = k[j - 1];
        k[j] = key;
    }
}

enum { FEW = 8 };   // neighbours that are sorted on the stack

static inline uint64_t bond_invariant(const growth *g, int32_t bond)
{
    const aryl_mol *m = g->m;
    if (!g->o->bond_types) return 1;
    if (g->handed && m->type[bond] == BOND_DOUBLE && m->stereo[bond]) return 100 + 10 * BOND_DOUBLE + m->stereo[bond];
    return m->type[bond];
}

// Handedness shows once an atom has only single bonds and its neighbours differ from each other, and from then on.
static inline uint32_t add_handedness(growth *g, int32_t atom, const uint64_t *key, int32_t n, uint32_t h)
{
    const aryl_mol *m = g->m;
    if (!m->tag[atom]) return h;
    if (!g->handed[atom]) {
        bool differ = true;
        for (int32_t k = 0; k < n && differ; k++) differ = key[k] >> 32 == BOND_SINGLE && (!k || key[k] != key[k - 1]);
        g->handed[atom] = differ;
    }
    if (!g->handed[atom]) return h;
    uint8_t label = m->cip ? m->cip[atom] : CIP_NONE;
    return hash_combine(h, label == CIP_R ? 3 : label == CIP_S ? 2 : 1);
}

// The invariant of an atom one bond further out: what it was, then its neighbours ordered by (bond, invariant).
static inline bool next_invariant(growth *g, int32_t atom, int32_t layer, uint32_t *out)
{
    const aryl_mol *m = g->m;
    int32_t first = m->start[atom], n = m->start[atom + 1] - first;
    uint64_t few[FEW], *key = few;
    if (n > FEW && !(key = arena_new(g->tmp, uint64_t, n))) return false;
    for (int32_t k = 0; k < n; k++) {
        key[k] = bond_invariant(g, m->via[first + k]) << 32 | g->now[m->nbr[first + k]];
    }
    sort_keys(key, n);
    uint32_t h = hash_combine((uint32_t)layer, g->now[atom]);
    for (int32_t k = 0; k < n; k++)
        h = hash_combine(h, hash_combine(hash_combine(0, (uint32_t)(key[k] >> 32)), (uint32_t)key[k]));
    *out = g->handed ? add_handedness(g, atom, key, n, h) : h;
    return true;
}

static inline uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 31) * 0x9E3779B97F4A7C15u;
    return x ^ x >> 29;
}

static inline void add_bond(growth *g, env *e, int32_t bond)
{
    if (g->stamp[bond] == g->n_stamps) return;
    g->stamp[bond] = g->n_stamps;
    g->pool[g->n_pool++] = bond;
    e->key += mix((uint64_t)bond + 1);
    e->size++;
}

// The list of an atom's new set, as a union. Leaves its members stamped.
static aryl_status join_lists(growth *g, int32_t atom, env *out)
{
    const aryl_mol *m = g->m;
    int64_t most = g->set[atom].size;
    for (int32_t i = m->start[atom]; i < m->start[atom + 1]; i++) most += 1 + g->set[m->nbr[i]].size;
    if (!arena_work(g->tmp, 4 * most)) return ARYL_E_LIMIT;   // also for the memory
    if (g->n_pool + most > g->cap_pool) {
        int64_t cap = 2 * g->cap_pool + most;
        g->pool = arena_grow(g->tmp, g->pool, (size_t)g->n_pool, (size_t)cap, sizeof *g->pool);
        if (!g->pool) return ARYL_E_NOMEM;
        g->cap_pool = cap;
    }
    *out = (env){.at = g->n_pool};
    g->n_stamps++;
    const env *own = &g->set[atom];
    for (int32_t k = 0; k < own->size; k++) add_bond(g, out, g->pool[own->at + k]);
    for (int32_t i = m->start[atom]; i < m->start[atom + 1]; i++) {
        const env *his = &g->set[m->nbr[i]];
        add_bond(g, out, m->via[i]);
        for (int32_t k = 0; k < his->size; k++) add_bond(g, out, g->pool[his->at + k]);
    }
    return ARYL_OK;
}

static inline aryl_status next_set(growth *g, int32_t atom, env *out)
{
    if (g->pool) return join_lists(g, atom, out);
    const aryl_mol *m = g->m;
    uint64_t set = g->set[atom].key;
    for (int32_t i = m->start[atom]; i < m->start[atom + 1]; i++)
        set |= (uint64_t)1 << m->via[i] | g->set[m->nbr[i]].key;
    out->key = set;
    return ARYL_OK;
}

// Is a recorded set the one made last? Its members are still stamped.
static inline bool same_set(const growth *g, const env *recorded, const env *made)
{
    if (recorded->key != made->key) return false;
    if (!g->pool) return true;
    if (recorded->size != made->size) return false;
    for (int32_t k = 0; k < recorded->size; k++)
        if (g->stamp[g->pool[recorded->at + k]] != g->n_stamps) return false;
    return true;
}

// Enters an atom's new set; whoever loses against an equal one drops out.
static inline void record(growth *g, int32_t atom, int32_t layer, const env *made)
{
    uint32_t mask = (1u << g->table_bits) - 1, at = (uint32_t)(mix(made->key) >> 32) & mask;
    for (; g->table[at] >= 0; at = (at + 1) & mask) {
        seen *s = &g->seen[g->table[at]];
        if (!same_set(g, &s->set, made)) continue;
        if (s->layer == layer && g->next[atom] < g->next[s->atom]) {   // a tie goes to the lower atom, which was first
            g->dropped[s->atom] = 1;
            s->atom = atom;
        } else {
            g->dropped[atom] = 1;
        }
        return;
    }
    g->table[at] = g->n_seen;
    g->seen[g->n_seen++] = (seen){*made, atom, layer};
}

static inline aryl_status grow_layer(growth *g, int32_t layer, fp_sink *out)
{
    const aryl_mol *m = g->m;
    int32_t first_seen = g->n_seen;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        g->set_next[a] = g->set[a];
        g->next[a] = 0;
        if (g->dropped[a]) continue;
        if (!mol_degree(m, a)) {
            g->dropped[a] = 1;
            continue;
        }
        TRY(next_set(g, a, &g->set_next[a]));
        if (!next_invariant(g, a, layer, &g->next[a])) return ARYL_E_NOMEM;
        if (g->o->only_nonzero && !g->origin[a]) continue;
        if (!g->o->redundant) record(g, a, layer, &g->set_next[a]);
        else if (!fp_emit_centre(out, g->next[a], a, layer + 1)) return ARYL_E_NOMEM;
    }
    for (int32_t i = first_seen; i < g->n_seen; i++)
        if (!fp_emit_centre(out, g->next[g->seen[i].atom], g->seen[i].atom, layer + 1)) return ARYL_E_NOMEM;
    uint32_t *swap = g->now;
    g->now = g->next;
    g->next = swap;
    env *swap_set = g->set;
    g->set = g->set_next;
    g->set_next = swap_set;
    return ARYL_OK;
}

// Room for every set that can be recorded: an atom records at most one a layer.
static aryl_status prepare(growth *g)
{
    int32_t n = g->m->n_atoms;
    int64_t most = (int64_t)n * g->o->radius;
    if (most > INT32_MAX / 4) return ARYL_E_LIMIT;
    for (g->table_bits = 6; 1LL << g->table_bits < 2 * most; ) g->table_bits++;
    g->now = arena_new(g->tmp, uint32_t, n);
    g->next = arena_new(g->tmp, uint32_t, n);
    g->set = arena_zero(g->tmp, env, n);
    g->set_next = arena_new(g->tmp, env, n);
    g->dropped = arena_zero(g->tmp, uint8_t, n);
    g->seen = arena_new(g->tmp, seen, most);
    g->table = arena_new(g->tmp, int32_t, (size_t)1 << g->table_bits);
    if (!g->now || !g->next || !g->set || !g->set_next || !g->dropped || !g->seen || !g->table) return ARYL_E_NOMEM;
    if (g->o->chirality && !(g->handed = arena_zero(g->tmp, uint8_t, n))) return ARYL_E_NOMEM;
    memset(g->table, 0xFF, sizeof *g->table << g->table_bits);
    memcpy(g->now, g->origin, (size_t)n * sizeof *g->now);
    if (g->m->n_bonds <= 64) return ARYL_OK;
    g->cap_pool = 16 * (int64_t)n;
    g->stamp = arena_zero(g->tmp, int32_t, g->m->n_bonds);
    g->pool = arena_new(g->tmp, int32_t, g->cap_pool);
    return g->stamp && g->pool ? ARYL_OK : ARYL_E_NOMEM;
}

aryl_status fp_circular(const aryl_mol *m, const circular_options *o, const uint32_t *invariant, arena *tmp, fp_sink *out)
{
    if (!o->general && fp_circular_is_small(m, o)) return fp_circular_small(m, o, invariant, out);
    for (int32_t a = 0; a < m->n_atoms; a++)
        if ((invariant[a] || !o->only_nonzero) && !fp_emit_centre(out, invariant[a], a, 0)) return ARYL_E_NOMEM;
    if (!o->radius) return ARYL_OK;
    growth g = {.m = m, .o = o, .origin = invariant, .tmp = tmp};
    TRY(prepare(&g));
    for (int32_t layer = 0; layer < o->radius; layer++) TRY(grow_layer(&g, layer, out));
    return ARYL_OK;
}
