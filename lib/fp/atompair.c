// atompair.c - every two atoms and the distance between them.
// Carhart, Smith & Venkataraghavan, J. Chem. Inf. Comput. Sci. 1985, 25, 64, doi:10.1021/ci00046a002
#include "fp/fp.h"

enum { MINDIST, MAXDIST, CHIRALITY };
enum { DISTANCE_BITS = 5 };
static const fp_param params[] = {
    [MINDIST] = {"mindist", 1, 1, 30, "least number of bonds between the atoms"},
    [MAXDIST] = {"maxdist", 30, 1, 30, "greatest number of bonds between the atoms"},
    [CHIRALITY] = {"chirality", 0, 0, 1, "handedness of centres counts", FP_PARAM_FLAG},
    {0},
};

static aryl_status check(const fp_values *v, aryl_error *err)
{
    if (v->number[MINDIST] <= v->number[MAXDIST]) return ARYL_OK;
    return fail_at(err, ARYL_E_ARGUMENT, -1, "mindist is greater than maxdist");
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    int32_t n = f->mol->n_atoms, least = v->number[MINDIST], most = v->number[MAXDIST];
    bool chirality = v->number[CHIRALITY];
    uint32_t *code = arena_new(f->mem, uint32_t, n), width = FP_CODE_BITS + (chirality ? 2 : 0);
    if (!code) return ARYL_E_NOMEM;
    TRY(fp_atom_codes(f, chirality, code));
    out->own_ids = true;
    TRY(facts_distance(f));
    for (int32_t a = 0; a < n; a++) code[a] %= (1u << width) - 1;
    for (int32_t i = 0; i < n; i++) {
        const int16_t *row = f->distance + (size_t)i * (size_t)n;
        for (int32_t j = i + 1; j < n; j++) {
            int32_t d = row[j];
            if (d < least || d > most) continue;
            uint32_t low = code[i] < code[j] ? code[i] : code[j], high = code[i] < code[j] ? code[j] : code[i];
            uint64_t id = (uint64_t)d | (uint64_t)low << DISTANCE_BITS | (uint64_t)high << (DISTANCE_BITS + width);
            if (!fp_emit_id(out, id, hash_combine(hash_combine(hash_combine(0, low), (uint32_t)d), high))) return ARYL_E_NOMEM;
            if (!out->want_origin) continue;
            fp_origin origin;
            if (!fp_origin_of(out, (int32_t[]){i, j}, 2, NULL, 0, &origin)) return ARYL_E_NOMEM;
            fp_emitted_from(out, origin);
        }
    }
    return ARYL_OK;
}

const fp_kind fp_atompair = {
    .name = "atompair", .version = 1, .source = "doi:10.1021/ci00046a002", .has_sparse = true, .countsim = true,
    .summary = "pairs of atoms with their distance", .params = params, .stereo_param = CHIRALITY + 1,
    .check = check, .run = run,
};
