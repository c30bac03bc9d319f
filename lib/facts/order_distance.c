// order_distance.c - distances in which a bond is as long as one over its order: whole numbers, in twelfths of a single
// bond.
#include "facts/facts.h"
#include "perceive/perceive.h"

enum { TWELFTHS = 12, MOST_ATOMS = 0x7000 / TWELFTHS };

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

aryl_status facts_order_distance(facts *f)
{
    if (f->order_distance) return ARYL_OK;
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms;
    if (n > MOST_ATOMS || !arena_work(f->mem, (int64_t)n * n)) return ARYL_E_LIMIT;
    int16_t *distance = arena_new(f->mem, int16_t, (size_t)n * (size_t)n), *longer = arena_new(f->mem, int16_t, m->n_bonds);
    if (!distance || !longer) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t l = length(m, b);
        if (l < 0) return ARYL_E_UNSUPPORTED;
        longer[b] = (int16_t)l;
    }
    graph g = perceive_graph(m);
    TRY(graph_distances(&g, longer, f->mem, distance));
    f->order_distance = distance;
    return ARYL_OK;
}
