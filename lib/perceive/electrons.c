// electrons.c - conjugation and hybridisation.
#include "perceive/perceive.h"

// Can the atom take part in conjugation?
static bool conjugates(const aryl_mol *m, int32_t a)
{
    const element *e = &elements[m->z[a]];
    if (!m->charge[a] && e->valence[0] >= 0 && m->explicit_valence[a] + m->implicit_h[a] > e->valence[0]) return false;
    bool usual = m->z[a] <= 10 || (e->outer != 5 && e->outer != 6) || (e->outer == 6 && mol_total_degree(m, a) < 2);
    return usual && perceive_pi_electrons(m, a) > 0;
}

// A multiple bond next to another bond, all three atoms willing: both are conjugated.
static void conjugate_around(const aryl_mol *m, int32_t a, const uint8_t *willing, uint8_t *conjugated)
{
    int32_t degree = mol_total_degree(m, a);
    if (!willing[a] || degree < 2 || degree > 3) return;
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++) {
        if (perceive_bond_order2(m, m->via[i], a) < 3 || !willing[m->nbr[i]]) continue;
        for (int32_t j = m->start[a]; j < m->start[a + 1]; j++) {
            if (i == j || !willing[m->nbr[j]] || mol_total_degree(m, m->nbr[j]) > 3) continue;
            conjugated[m->via[i]] = conjugated[m->via[j]] = BOND_IS_CONJUGATED;
        }
    }
}

// Orbitals that bonds and lone pairs need.
static int32_t orbitals(const aryl_mol *m, int32_t a)
{
    int32_t z = m->z[a], n = mol_total_degree(m, a);
    if (z >= 89) return n;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t b = m->via[k];
        n -= m->type[b] == BOND_ZERO || (m->type[b] == BOND_DATIVE && m->end[b] != a);
    }
    if (z == 1) return n;
    int32_t outer = elements[z].outer, q = m->charge[a], valence = m->explicit_valence[a] + m->implicit_h[a];
    int32_t left = outer - valence - q, radicals = m->radicals[a];
    if (valence + outer - q < 8) return n + (left - radicals) / 2 + radicals;
    return n + left / 2;
}

int32_t perceive_hybrid(const aryl_mol *m, int32_t a, const uint8_t *conjugated)
{
    static const uint8_t by_count[] = {HYB_S, HYB_S, HYB_SP, HYB_SP2, HYB_SP3, HYB_SP3D, HYB_SP3D2};
    int32_t degree = mol_total_degree(m, a), tag = m->tag[a];
    if (m->z[a] == 0) return HYB_UNSPECIFIED;
    if ((tag == TAG_CW || tag == TAG_CCW || tag == TAG_TETRAHEDRAL) && degree == 4) return HYB_SP3;
    if (tag == TAG_SQUARE_PLANAR && degree >= 2 && degree <= 4) return HYB_SP2D;
    if (tag == TAG_TRIGONAL_BIPYRAMIDAL && degree >= 2 && degree <= 5) return HYB_SP3D;
    if (tag == TAG_OCTAHEDRAL && degree >= 2 && degree <= 6) return HYB_SP3D2;
    int32_t n = orbitals(m, a);
    if (n < 0 || n > 6) return HYB_UNSPECIFIED;
    if (n == 4 && degree <= 3) {
        if (!conjugated) return -1;
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
            if (conjugated[m->via[k]]) return HYB_SP2;
    }
    return by_count[n];
}

aryl_status perceive_electrons(const aryl_mol *m, arena *tmp, uint8_t *conjugated, uint8_t *hyb)
{
    arena_mark here = arena_save(tmp);
    uint8_t *willing = arena_new(tmp, uint8_t, m->n_atoms);
    if (!willing) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++)
        conjugated[b] = m->bond_flags[b] & BOND_IS_AROMATIC ? BOND_IS_CONJUGATED : 0;
    for (int32_t a = 0; a < m->n_atoms; a++) willing[a] = conjugates(m, a);
    for (int32_t a = 0; a < m->n_atoms; a++) conjugate_around(m, a, willing, conjugated);
    for (int32_t a = 0; a < m->n_atoms; a++) hyb[a] = (uint8_t)perceive_hybrid(m, a, conjugated);
    arena_restore(tmp, here);
    return ARYL_OK;
}
