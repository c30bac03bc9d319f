// rings.c - the rings of a molecule: relevant cycles of its graph without bonds that close no ring.
#include "perceive/perceive.h"

static bool closes_no_ring(int32_t type) { return type == BOND_DATIVE || type == BOND_ZERO || type == BOND_HYDROGEN; }

aryl_status perceive_rings(aryl_mol *m, arena *mem, cycle_set *basis)
{
    uint8_t *skip = NULL;
    bool any = false;
    for (int32_t b = 0; b < m->n_bonds; b++) any |= closes_no_ring(m->type[b]);
    if (any) {
        skip = arena_new(mem, uint8_t, m->n_bonds);
        if (!skip) return ARYL_E_NOMEM;
        for (int32_t b = 0; b < m->n_bonds; b++) skip[b] = closes_no_ring(m->type[b]);
    }
    graph g = perceive_graph(m);
    cycle_set rings;
    TRY(graph_cycles(&g, skip, mem, &rings, basis));
    m->n_rings = rings.n;
    m->ring_start = rings.start;
    m->ring_atom = rings.node;
    m->ring_bond = rings.edge;
    for (int32_t k = 0; k < rings.start[rings.n]; k++) {
        m->atom_flags[rings.node[k]] |= ATOM_RING;
        m->bond_flags[rings.edge[k]] |= BOND_IS_RING;
    }
    return ARYL_OK;
}
