// circular_small.c - the ordinary case of circular.c: at most 64 atoms and bonds, three layers, no options that change who
// counts. An environment is a word, everything fits on the stack, and nothing is allocated.
//
// Equal to circular.c feature for feature, in the same order (tests/check_fp.c). Measured on drug-like molecules, radius 2:
// 6 600 instructions against 17 200.
#include "fp/fp.h"

enum { MOST = 64, LAYERS = 3, TABLE = 256 };   // a table of 256 for at most 192 environments

typedef struct growth {
    uint32_t now[MOST], next[MOST];        // invariants of the last layer and of this one
    uint64_t set[MOST], set_next[MOST];    // environments as sets of bonds
    uint64_t seen[MOST * LAYERS];          // in the order of discovery
    uint8_t finder[MOST * LAYERS];
    uint8_t table[TABLE];                  // open addressing: 1 + index into seen, 0: free
    uint64_t live;                         // atoms that have not dropped out
    int32_t n_seen;
} growth;

bool fp_circular_is_small(const aryl_mol *m, const circular_options *o)
{
    return m->n_atoms <= MOST && m->n_bonds <= MOST && o->radius <= LAYERS && !o->chirality && !o->redundant && !o->only_nonzero;
}

static inline void order(uint64_t *a, uint64_t *b)
{
    uint64_t low = *a < *b ? *a : *b, high = *a < *b ? *b : *a;
    *a = low;
    *b = high;
}

static inline uint32_t add_neighbour(uint32_t h, uint64_t key)
{
    return hash_combine(h, hash_combine(hash_combine(0, (uint32_t)(key >> 32)), (uint32_t)key));
}

// The next invariant of an atom, and its next environment.
static inline uint32_t look_around(const aryl_mol *m, growth *g, bool bond_types, int32_t atom, int32_t layer)
{
    int32_t first = m->start[atom], n = m->start[atom + 1] - first;
    uint64_t key[MOST], set = g->set[atom];
    for (int32_t k = 0; k < n; k++) {
        int32_t via = m->via[first + k], other = m->nbr[first + k];
        key[k] = (bond_types ? (uint64_t)m->type[via] : 1) << 32 | g->now[other];
        set |= (uint64_t)1 << via | g->set[other];
    }
    g->set_next[atom] = set;
    uint32_t h = hash_combine((uint32_t)layer, g->now[atom]);
    if (n == 1) return add_neighbour(h, key[0]);
    if (n == 2) {
        order(&key[0], &key[1]);
        return add_neighbour(add_neighbour(h, key[0]), key[1]);
    }
    if (n == 3) {
        order(&key[0], &key[1]);
        order(&key[1], &key[2]);
        order(&key[0], &key[1]);
        return add_neighbour(add_neighbour(add_neighbour(h, key[0]), key[1]), key[2]);
    }
    for (int32_t i = 1; i < n; i++) {
        uint64_t x = key[i];
        int32_t j = i;
        for (; j && key[j - 1] > x; j--) key[j] = key[j - 1];
        key[j] = x;
    }
    for (int32_t k = 0; k < n; k++) h = add_neighbour(h, key[k]);
    return h;
}

// Enters an environment that an atom reached in this layer; whoever loses against an equal one drops out.
static inline void record(growth *g, int32_t atom, int32_t first_of_layer)
{
    uint64_t set = g->set_next[atom];
    uint32_t at = (uint32_t)(set * 0x9E3779B97F4A7C15u >> 56);
    for (; g->table[at]; at = (at + 1) % TABLE) {
        int32_t i = g->table[at] - 1;
        if (g->seen[i] != set) continue;
        if (i >= first_of_layer && g->next[atom] < g->next[g->finder[i]]) {
            g->live &= ~((uint64_t)1 << g->finder[i]);
            g->finder[i] = (uint8_t)atom;
        } else {
            g->live &= ~((uint64_t)1 << atom);
        }
        return;
    }
    g->table[at] = (uint8_t)(g->n_seen + 1);
    g->seen[g->n_seen] = set;
    g->finder[g->n_seen++] = (uint8_t)atom;
}

aryl_status fp_circular_small(const aryl_mol *m, const circular_options *o, const uint32_t *invariant, fp_sink *out)
{
    growth g;
    int32_t n = m->n_atoms;
    memset(g.table, 0, sizeof g.table);
    g.n_seen = 0;
    g.live = 0;
    for (int32_t a = 0; a < n; a++) {
        g.now[a] = invariant[a];
        g.set[a] = 0;
        g.live |= (uint64_t)(m->start[a + 1] > m->start[a]) << a;     // an atom without bonds has no environment
        if (!fp_emit_centre(out, invariant[a], a, 0)) return ARYL_E_NOMEM;
    }
    for (int32_t layer = 0; layer < o->radius; layer++) {
        int32_t first = g.n_seen;
        for (int32_t a = 0; a < n; a++) {
            g.set_next[a] = g.set[a];
            g.next[a] = 0;
        }
        for (uint64_t todo = g.live; todo; todo &= todo - 1) {
            int32_t a = __builtin_ctzll(todo);
            g.next[a] = look_around(m, &g, o->bond_types, a, layer);
            record(&g, a, first);
        }
        for (int32_t i = first; i < g.n_seen; i++)
            if (!fp_emit_centre(out, g.next[g.finder[i]], g.finder[i], layer + 1)) return ARYL_E_NOMEM;
        if (layer + 1 == o->radius) break;
        memcpy(g.now, g.next, (size_t)n * sizeof *g.now);
        memcpy(g.set, g.set_next, (size_t)n * sizeof *g.set);
    }
    return ARYL_OK;
}
