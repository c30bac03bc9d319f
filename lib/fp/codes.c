// codes.c - what atom pairs and torsions know of an atom: neighbours, pi electrons, element, in nine bits.
// Carhart, Smith & Venkataraghavan, J. Chem. Inf. Comput. Sci. 1985, 25, 64, doi:10.1021/ci00046a002, with RDKit's ranges.
#include "fp/fp.h"
#include "perceive/perceive.h"

enum { NEIGHBOURS_MOD = 7, PI_MOD = 3, PI_SHIFT = 3, TYPE_SHIFT = 5, OTHER_TYPE = 15 };

static int32_t element_type(int32_t z)
{
    static const uint8_t types[] = {5, 6, 7, 8, 9, 14, 15, 16, 17, 33, 34, 35, 51, 52, 53};
    for (int32_t i = 0; i < (int32_t)sizeof types; i++)
        if (types[i] == z) return i;
    return OTHER_TYPE;
}

// Valence beyond one electron pair a neighbour. Wraps around for zero-order bonds, as unsigned numbers do.
static uint32_t pi_electrons(const facts *f, int32_t a)
{
    const aryl_mol *m = f->mol;
    if (mol_aromatic(m, a)) return 1;
    if (f->hybridisation[a] == HYB_SP3) return 0;
    int32_t partners = m->explicit_h[a];
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) partners += perceive_bond_order2(m, m->via[k], a) > 0;
    return (uint32_t)(m->explicit_valence[a] - partners);
}

aryl_status fp_atom_codes(facts *f, bool chirality, uint32_t *code)
{
    const aryl_mol *m = f->mol;
    TRY(facts_electrons(f));
    for (int32_t a = 0; a < m->n_atoms; a++) {
        code[a] = (uint32_t)(mol_degree(m, a) % NEIGHBOURS_MOD) | pi_electrons(f, a) % PI_MOD << PI_SHIFT |
                  (uint32_t)element_type(m->z[a]) << TYPE_SHIFT;
        if (chirality && m->cip) code[a] |= (uint32_t)(m->cip[a] == CIP_R ? 1 : m->cip[a] == CIP_S ? 2 : 0) << FP_CODE_BITS;
    }
    return ARYL_OK;
}
