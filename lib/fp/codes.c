// codes.c - what atom pairs and torsions know of an atom: neighbours, pi electrons, element, in nine bits.
// Carhart, Smith & Venkataraghavan, J. Chem. Inf. Comput. Sci. 1985, 25, 64, doi:10.1021/ci00046a002, with RDKit's ranges.
#include "fp/fp.h"
#include "perceive/perceive.h"

enum { NEIGHBOURS_MOD = 7, PI_MOD = 3, PI_SHIFT = 3, TYPE_SHIFT = 5, OTHER_TYPE = 15 };

// By atomic number, 1 + type; 0: another element.
static const uint8_t type_of[128] = {[5] = 1, [6] = 2, [7] = 3, [8] = 4, [9] = 5, [14] = 6, [15] = 7, [16] = 8, [17] = 9,
                                     [33] = 10, [34] = 11, [35] = 12, [51] = 13, [52] = 14, [53] = 15};

static uint32_t element_type(uint8_t z) { return z < sizeof type_of && type_of[z] ? type_of[z] - 1u : OTHER_TYPE; }

// Valence beyond one electron pair a neighbour. Wraps around for zero-order bonds, as unsigned numbers do.
static aryl_status pi_electrons(facts *f, int32_t a, uint32_t *out)
{
    const aryl_mol *m = f->mol;
    *out = 1;
    if (mol_aromatic(m, a)) return ARYL_OK;
    int32_t partners = m->explicit_h[a];
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) partners += perceive_bond_order2(m, m->via[k], a) > 0;
    *out = (uint32_t)(m->explicit_valence[a] - partners);
    if (!*out) return ARYL_OK;
    int32_t hybrid = f->hybridisation ? f->hybridisation[a] : perceive_hybrid(m, a, NULL);
    if (hybrid < 0) {
        TRY(facts_electrons(f));
        hybrid = f->hybridisation[a];
    }
    if (hybrid == HYB_SP3) *out = 0;
    return ARYL_OK;
}

aryl_status fp_atom_codes(facts *f, bool chirality, uint32_t *code)
{
    const aryl_mol *m = f->mol;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        uint32_t pi;
        TRY(pi_electrons(f, a, &pi));
        code[a] = (uint32_t)mol_degree(m, a) % NEIGHBOURS_MOD | pi % PI_MOD << PI_SHIFT | element_type(m->z[a]) << TYPE_SHIFT;
        if (chirality && m->cip) code[a] |= (uint32_t)(m->cip[a] == CIP_R ? 1 : m->cip[a] == CIP_S ? 2 : 0) << FP_CODE_BITS;
    }
    return ARYL_OK;
}
