// ecfp.c - what surrounds each atom, out to `radius` bonds, atoms told apart by their connectivity.
// Rogers & Hahn, J. Chem. Inf. Model. 2010, 50, 742, doi:10.1021/ci100050t. Departures: docs/fp/ecfp.md
#include "fp/fp.h"

enum { RADIUS, CHIRALITY, BONDTYPES, RING, REDUNDANT };
static const fp_param params[] = {
    [RADIUS] = {"radius", 2, 0, 32, "bonds from the centre atom"},
    [CHIRALITY] = {"chirality", 0, 0, 1, "handedness of centres and double bonds counts", FP_PARAM_FLAG},
    [BONDTYPES] = {"bondtypes", 1, 0, 1, "bonds differ by their type", FP_PARAM_FLAG},
    [RING] = {"ring", 1, 0, 1, "atoms differ by being in a ring", FP_PARAM_FLAG},
    [REDUNDANT] = {"redundant", 0, 0, 1, "environments of the same bonds count each time", FP_PARAM_FLAG},
    {0},
};

// How much heavier than natural, whole mass units towards zero: 13C and 15N come out as 0, D as 1.
static int32_t mass_excess(const aryl_mol *m, int32_t a)
{
    return m->isotope[a] ? (int32_t)(mol_atom_mass(m, a) - elements[m->z[a]].weight) : 0;
}

static void atom_invariants(const facts *f, bool ring, uint32_t *id)
{
    const aryl_mol *m = f->mol;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        uint32_t h = hash_combine(0, m->z[a]);
        h = hash_combine(h, (uint32_t)mol_total_degree(m, a));
        h = hash_combine(h, f->total_h[a]);
        h = hash_combine(h, (uint32_t)(int32_t)m->charge[a]);
        h = hash_combine(h, (uint32_t)mass_excess(m, a));
        id[a] = ring && m->atom_flags[a] & ATOM_RING ? hash_combine(h, 1) : h;
    }
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    TRY(facts_hydrogens(f));
    uint32_t *id = arena_new(f->mem, uint32_t, f->mol->n_atoms);
    if (!id) return ARYL_E_NOMEM;
    atom_invariants(f, v->number[RING], id);
    circular_options o = {.radius = v->number[RADIUS], .bond_types = v->number[BONDTYPES],
                          .redundant = v->number[REDUNDANT], .chirality = v->number[CHIRALITY]};
    return fp_circular(f->mol, &o, f->invariants ? f->invariants : id, f->mem, out);
}

const fp_kind fp_ecfp = {
    .name = "ecfp", .alias = "morgan", .version = 1, .source = "doi:10.1021/ci100050t", .has_sparse = true, .circular = true,
    .summary = "circular atom environments", .params = params, .stereo_param = CHIRALITY + 1,
    .run = run,
};
