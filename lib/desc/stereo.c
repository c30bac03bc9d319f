// stereo.c - how many centres, and the spacial score that builds on them.
// Krzyzanowski et al., J. Med. Chem. 2023, 66, 12739, doi:10.1021/acs.jmedchem.3c00689
#include <math.h>

#include "desc/desc.h"

// Centres of the older perception: an atom with different ligands; unspecified when no mark of it is left.
static aryl_status run_counts(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    if (!m->cip) return ARYL_E_INTERNAL;
    out[0] = out[1] = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (!(m->atom_flags[a] & ATOM_POSSIBLE_CENTRE)) continue;
        out[0]++;
        out[1] += m->tag[a] == TAG_NONE;
    }
    return ARYL_OK;
}

// Hybridisation times stereo times ring times degree squared, per heavy atom. None of these: no value.
static aryl_status run_score(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    TRY(facts_centres(f));
    TRY(facts_electrons(f));
    int64_t score = 0, heavy = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t hyb = f->hybridisation[a], degree = mol_degree(m, a);
        int64_t shape = hyb == HYB_SP ? 1 : hyb == HYB_SP2 ? 2 : hyb == HYB_SP3 ? 3 : 4;
        bool ring = !mol_aromatic(m, a) && m->atom_flags[a] & ATOM_RING;
        score += shape * (1 + (f->centre[a] != 0)) * (1 + ring) * degree * degree;
        heavy += m->z[a] > 1;
    }
    *out = heavy ? (double)score / (double)heavy : NAN;
    return ARYL_OK;
}

const desc_family desc_stereo = {
    .name = "stereo", .source = "centres by legacy ranks", .n_values = 2, .stereo = true, .run = run_counts,
};
const desc_family desc_spacial = {
    .name = "spacial", .source = "doi:10.1021/acs.jmedchem.3c00689", .n_values = 1, .stereo = true, .run = run_score,
};
