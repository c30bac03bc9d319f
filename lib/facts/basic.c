// basic.c - facts that are one loop over the molecule, or one call downstairs.
#include "facts/facts.h"
#include "perceive/perceive.h"

aryl_status facts_hydrogens(facts *f)
{
    if (f->total_h) return ARYL_OK;
    const aryl_mol *m = f->mol;
    uint8_t *h = arena_new(f->mem, uint8_t, m->n_atoms);
    if (!h) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) h[a] = (uint8_t)mol_hidden_h(m, a);
    if (memchr(m->z, 1, (size_t)m->n_atoms))
        for (int32_t b = 0; b < m->n_bonds; b++) {
            int32_t i = m->begin[b], j = m->end[b];
            if (m->z[i] == 1) h[j]++;
            if (m->z[j] == 1) h[i]++;
        }
    f->total_h = h;
    return ARYL_OK;
}

aryl_status facts_rings(facts *f)
{
    if (f->ring_count) return ARYL_OK;
    const aryl_mol *m = f->mol;
    uint8_t *count = arena_zero(f->mem, uint8_t, m->n_atoms);
    if (!count) return ARYL_E_NOMEM;
    int32_t n = m->n_rings ? m->ring_start[m->n_rings] : 0;
    for (int32_t k = 0; k < n; k++) {
        uint8_t *c = &count[m->ring_atom[k]];
        if (*c < UINT8_MAX) ++*c;
    }
    f->ring_count = count;
    return ARYL_OK;
}

aryl_status facts_electrons(facts *f)
{
    if (f->hybridisation) return ARYL_OK;
    const aryl_mol *m = f->mol;
    uint8_t *conjugated = arena_new(f->mem, uint8_t, m->n_bonds), *hyb = arena_new(f->mem, uint8_t, m->n_atoms);
    if (!conjugated || !hyb) return ARYL_E_NOMEM;
    if (m->hybridisation) {
        memcpy(hyb, m->hybridisation, (size_t)m->n_atoms);
        for (int32_t b = 0; b < m->n_bonds; b++) conjugated[b] = m->bond_flags[b] & BOND_IS_CONJUGATED ? 1 : 0;
    } else {
        arena_mark here = arena_save(f->mem);
        aryl_status s = perceive_electrons(m, f->mem, conjugated, hyb);
        arena_restore(f->mem, here);
        if (s) return s;
        for (int32_t b = 0; b < m->n_bonds; b++) conjugated[b] = conjugated[b] != 0;
    }
    f->conjugated = conjugated;
    f->hybridisation = hyb;
    return ARYL_OK;
}

enum { MOST_PAIRS = 64 << 20 };   // of a distance matrix: 8 192 atoms, 128 MB

aryl_status facts_distance(facts *f)
{
    if (f->distance) return ARYL_OK;
    int64_t n = f->mol->n_atoms;
    if (n * n > MOST_PAIRS || !arena_work(f->mem, n * n)) return ARYL_E_LIMIT;
    int16_t *distance = arena_new(f->mem, int16_t, n * n + SIMD_LISTS);
    if (!distance) return ARYL_E_NOMEM;
    graph g = perceive_graph(f->mol);
    arena_mark here = arena_save(f->mem);
    aryl_status s = graph_distances(&g, NULL, f->mem, distance);
    arena_restore(f->mem, here);
    if (s) return s;
    f->distance = distance;
    return ARYL_OK;
}

aryl_status facts_elimination(facts *f)
{
    if (f->elimination) return ARYL_OK;
    graph_elimination *e = arena_new(f->mem, graph_elimination, 1);
    if (!e) return ARYL_E_NOMEM;
    graph g = perceive_graph(f->mol);
    TRY(graph_eliminate(&g, f->mem, e));
    f->elimination = e;
    return ARYL_OK;
}
