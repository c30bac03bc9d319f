// fcfp.c - what surrounds each atom, atoms told apart by their pharmacophore features: facts/features_table.h.
// Rogers & Hahn, J. Chem. Inf. Model. 2010, 50, 742, doi:10.1021/ci100050t. Departures: docs/fp/fcfp.md
#include "fp/fp.h"

enum { RADIUS, CHIRALITY, BONDTYPES, REDUNDANT };
static const fp_param params[] = {
    [RADIUS] = {"radius", 2, 0, 32, "bonds from the centre atom"},
    [CHIRALITY] = {"chirality", 0, 0, 1, "handedness of centres and double bonds counts", FP_PARAM_FLAG},
    [BONDTYPES] = {"bondtypes", 1, 0, 1, "bonds differ by their type", FP_PARAM_FLAG},
    [REDUNDANT] = {"redundant", 0, 0, 1, "environments of the same bonds count each time", FP_PARAM_FLAG},
    {0},
};

enum { N_FEATURES = 6 };

// Bit i of an atom: it is in a match of feature i.
static aryl_status feature_invariants(facts *f, uint32_t *id)
{
    TRY(facts_patterns(f));
    memset(id, 0, (size_t)f->mol->n_atoms * sizeof *id);
    for (int32_t i = 0; i < N_FEATURES; i++) {
        int32_t *tuples, pattern = facts_pattern(PATTERNS_FEATURES, i), n_atoms = smarts_n_atoms(f->patterns->set, pattern);
        int64_t n;
        TRY(smarts_match(f->patterns, pattern, &SMARTS_DEFAULT, &tuples, &n));
        for (int64_t k = 0; k < n * n_atoms; k++) id[tuples[k]] |= 1u << i;
    }
    return ARYL_OK;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    uint32_t *id = arena_new(f->mem, uint32_t, f->mol->n_atoms);
    if (!id) return ARYL_E_NOMEM;
    TRY(feature_invariants(f, id));
    circular_options o = {.radius = v->number[RADIUS], .bond_types = v->number[BONDTYPES],
                          .redundant = v->number[REDUNDANT], .chirality = v->number[CHIRALITY]};
    return fp_circular(f->mol, &o, f->invariants ? f->invariants : id, f->mem, out);
}

const fp_kind fp_fcfp = {
    .name = "fcfp", .version = 1, .source = "doi:10.1021/ci100050t", .has_sparse = true, .circular = true,
    .summary = "circular environments of pharmacophore features", .params = params, .patterns = true, .stereo_param = CHIRALITY + 1,
    .run = run,
};
