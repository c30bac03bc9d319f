// order_distance.c - distances in which a bond is as long as one over its order.
//
// In twelfths of a single bond all lengths are whole numbers. The columns of a row, one for each source, walk together:
// row[v] = min(row[v], row[neighbour] + length) until nothing changes, up and down the atom numbers in turn, which in
// molecules settles after a handful of sweeps. Eight columns make one vector of the baseline instruction set.
#include "facts/facts.h"

typedef int16_t lanes __attribute__((vector_size(16), may_alias));

enum { TWELFTHS = 12 };

// 0: no bond to walk over; -1: an order that twelfths cannot express.
static int32_t length(const aryl_mol *m, int32_t bond)
{
    if (m->bond_flags[bond] & BOND_IS_AROMATIC) return 8;
    switch (m->type[bond]) {
    case BOND_SINGLE: case BOND_DATIVE: return TWELFTHS;
    case BOND_DOUBLE: return 6;
    case BOND_TRIPLE: return 4;
    case BOND_QUADRUPLE: return 3;
    case BOND_AROMATIC: return 8;
    case BOND_QUINTUPLE: case BOND_HEXTUPLE: return -1;
    default: return 0;
    }
}

static inline bool relax(lanes *to, const lanes *from, int32_t n, int16_t longer)
{
    lanes changed = {0};
    for (int32_t k = 0; k < n; k++) {
        lanes other = from[k] + longer, less = other < to[k];
        to[k] = (other & less) | (to[k] & ~less);
        changed |= less;
    }
    uint64_t half[2];
    memcpy(half, &changed, sizeof half);
    return half[0] | half[1];
}

aryl_status facts_order_distance(facts *f)
{
    if (f->order_distance) return ARYL_OK;
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms, vectors = (n + 7) / 8, stride = 8 * vectors;
    if (n * TWELFTHS >= ORDER_FAR) return ARYL_E_LIMIT;
    int16_t *dist = arena_new(f->mem, int16_t, (size_t)n * (size_t)stride);
    int16_t *longer = arena_new(f->mem, int16_t, m->n_bonds);
    if (!dist || !longer) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t l = length(m, b);
        if (l < 0) return ARYL_E_UNSUPPORTED;
        longer[b] = (int16_t)l;
    }
    for (size_t i = 0; i < (size_t)n * (size_t)stride; i++) dist[i] = ORDER_FAR;
    for (int32_t a = 0; a < n; a++) dist[(size_t)a * (size_t)stride + (size_t)a] = 0;
    bool changed = true;
    for (int32_t sweep = 0; changed; sweep++) {
        changed = false;
        if (!arena_work(f->mem, (int64_t)vectors * 2 * m->n_bonds)) return ARYL_E_LIMIT;
        for (int32_t i = 0; i < n; i++) {
            int32_t a = sweep & 1 ? n - 1 - i : i;
            lanes *row = (lanes *)(void *)(dist + (size_t)a * (size_t)stride);
            for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
                int32_t b = m->via[k];
                const lanes *other = (const lanes *)(const void *)(dist + (size_t)m->nbr[k] * (size_t)stride);
                if (longer[b]) changed |= relax(row, other, vectors, longer[b]);
            }
        }
    }
    f->order_distance = dist;
    f->order_stride = stride;
    return ARYL_OK;
}
