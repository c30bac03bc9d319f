// rings.c - the rings of a molecule: relevant cycles of its graph without bonds that close no ring.
#include "perceive/perceive.h"

static bool closes_no_ring(int32_t type) { return type == BOND_DATIVE || type == BOND_ZERO || type == BOND_HYDROGEN; }

static aryl_status edges_to_skip(const aryl_mol *m, arena *mem, uint8_t **skip)
{
    uint32_t types = 0;
    *skip = NULL;
    for (int32_t b = 0; b < m->n_bonds; b++) types |= 1u << (m->type[b] & 31);
    if (!(types & (1u << BOND_DATIVE | 1u << BOND_ZERO | 1u << BOND_HYDROGEN))) return ARYL_OK;
    *skip = arena_new(mem, uint8_t, m->n_bonds);
    if (!*skip) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) (*skip)[b] = closes_no_ring(m->type[b]);
    return ARYL_OK;
}

aryl_status perceive_rings(aryl_mol *m, arena *mem)
{
    graph g = perceive_graph(m);
    cycle_set rings;
    uint8_t *skip;
    TRY(edges_to_skip(m, mem, &skip));
    TRY(graph_cycles(&g, skip, mem, &rings, NULL));
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

aryl_status perceive_basis(const aryl_mol *m, arena *mem, cycle_set *basis)
{
    graph g = perceive_graph(m);
    cycle_set rings;
    uint8_t *skip;
    TRY(edges_to_skip(m, mem, &skip));
    return graph_cycles(&g, skip, mem, &rings, basis);
}
