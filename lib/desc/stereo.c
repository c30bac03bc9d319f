// stereo.c - how many stereocentres there are, and the spacial score.
// Krzyzanowski et al., J. Med. Chem. 2023, 66, 12739, doi:10.1021/acs.jmedchem.3c00689. The counts go by RDKit's legacy
// perception, the score by its newer one; the two differ in one molecule of sixty.
#include <math.h>

#include "desc/desc.h"
#include "perceive/perceive.h"

static aryl_status score(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    int64_t sum = 0, heavy = 0;
    TRY(facts_electrons(f));
    TRY(facts_centres(f));
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t hyb = f->hybridisation[a], degree = mol_degree(m, a);
        int32_t shape = hyb == HYB_SP ? 1 : hyb == HYB_SP2 ? 2 : hyb == HYB_SP3 ? 3 : 4;
        int32_t ring = (m->atom_flags[a] & ATOM_RING) && !mol_aromatic(m, a) ? 2 : 1;
        sum += (int64_t)shape * (f->centre[a] ? 2 : 1) * ring * degree * degree;
        heavy += m->z[a] > 1;
    }
    if (heavy) *out = (double)sum / (double)heavy;
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    out[STEREO_SCORE] = NAN;
    out[STEREO_CENTRES] = out[STEREO_UNSPECIFIED] = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (!(m->atom_flags[a] & ATOM_POSSIBLE_CENTRE)) continue;
        out[STEREO_CENTRES]++;
        out[STEREO_UNSPECIFIED] += m->tag[a] == TAG_NONE;
    }
    return score(f, &out[STEREO_SCORE]);
}

const desc_family desc_stereo = {
    .name = "stereo", .source = "doi:10.1021/acs.jmedchem.3c00689", .n_values = N_STEREO, .want = PERCEIVE_STEREO, .run = run,
};
