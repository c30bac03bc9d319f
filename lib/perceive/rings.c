// rings.c - the rings of a molecule: relevant cycles of its graph without bonds that close no ring.
#include "perceive/perceive.h"

static const uint8_t closes_no_ring[] = {BOND_DATIVE, BOND_ZERO, BOND_HYDROGEN};
static_assert(BOND_DATIVE & BOND_ZERO & 16, "bit 4 tells them from other bonds");

// NULL: every bond may close a ring.
static aryl_status edges_to_skip(const aryl_mol *m, arena *mem, uint8_t **skip)
{
    size_t n = (size_t)m->n_bonds;
    *skip = NULL;
    // Looked at all at once: nearly always there is none.
    if (n <= 64 && !set_of_bit(m->type, m->n_bonds, 4) && !set_of_equal(m->type, m->n_bonds, BOND_HYDROGEN)) return ARYL_OK;
    for (size_t i = 0; i < sizeof closes_no_ring && n; i++)
        for (const uint8_t *p = m->type; (p = memchr(p, closes_no_ring[i], n - (size_t)(p - m->type))); p++) {
            if (!*skip && !(*skip = arena_zero(mem, uint8_t, n))) return ARYL_E_NOMEM;
            (*skip)[p - m->type] = 1;
        }
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
    m->ring_atoms = rings.node_set;
    m->ring_bonds = rings.edge_set;
    uint8_t *atom_flags = m->atom_flags, *bond_flags = m->bond_flags;
    for (int32_t k = 0, n = rings.start[rings.n]; k < n; k++) {
        atom_flags[rings.node[k]] |= ATOM_RING;
        bond_flags[rings.edge[k]] |= BOND_IS_RING;
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
