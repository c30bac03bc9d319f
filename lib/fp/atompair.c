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

// With origins, one by one.
static aryl_status emit_each(const facts *f, const uint32_t *code, const simd_pair_form *form, fp_sink *out)
{
    int32_t n = f->mol->n_atoms;
    for (int32_t i = 0; i < n; i++) {
        const int16_t *row = f->distance + (size_t)i * (size_t)n;
        for (int32_t j = i + 1; j < n; j++) {
            if (row[j] < form->least || row[j] > form->most) continue;
            uint32_t d = (uint32_t)row[j], low = code[i] < code[j] ? code[i] : code[j], high = code[i] < code[j] ? code[j] : code[i];
            uint64_t id = d | (uint64_t)low << form->low_at | (uint64_t)high << form->high_at;
            if (!fp_emit_id(out, id, hash_combine(hash_combine(hash_combine(0, low), d), high))) return ARYL_E_NOMEM;
            fp_origin origin;
            if (!fp_origin_of(out, (int32_t[]){i, j}, 2, NULL, 0, &origin)) return ARYL_E_NOMEM;
            fp_emitted_from(out, origin);
        }
    }
    return ARYL_OK;
}

// An atom with all behind it; what is too near or too far is taken out again.
static aryl_status emit_rows(const facts *f, const uint32_t *code, const simd_pair_form *form, fp_sink *out)
{
    const simd_kernels *simd = simd_get();
    int32_t n = f->mol->n_atoms;
    for (int32_t i = 0; i + 1 < n; i++) {
        const int16_t *row = f->distance + (size_t)i * (size_t)n + i + 1;
        int32_t others = n - i - 1;
        if (!fp_sink_reserve(out, others + SIMD_LISTS)) return ARYL_E_NOMEM;
        uint32_t *hash = out->hash + out->n;
        uint64_t *id = out->id + out->n;
        out->n += others;
        if (simd->hash_pairs(code[i], code + i + 1, row, others, form, hash, id)) continue;
        int32_t kept = 0;
        for (int32_t j = 0; j < others; j++) {
            hash[kept] = hash[j];
            id[kept] = id[j];
            kept += row[j] >= form->least && row[j] <= form->most;
        }
        out->n -= others - kept;
    }
    return ARYL_OK;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    int32_t n = f->mol->n_atoms, width = FP_CODE_BITS + (v->number[CHIRALITY] ? 2 : 0);
    uint32_t *code = arena_new(f->mem, uint32_t, n + SIMD_LISTS);
    if (!code) return ARYL_E_NOMEM;
    TRY(fp_atom_codes(f, v->number[CHIRALITY], code));
    TRY(facts_distance(f));
    for (int32_t a = 0; a < n; a++) code[a] %= (1u << width) - 1;
    simd_pair_form form = {v->number[MINDIST], v->number[MAXDIST], DISTANCE_BITS, DISTANCE_BITS + width};
    out->own_ids = true;
    return (out->want_origin ? emit_each : emit_rows)(f, code, &form, out);
}

const fp_kind fp_atompair = {
    .name = "atompair", .version = 1, .source = "doi:10.1021/ci00046a002", .has_sparse = true, .countsim = true,
    .summary = "pairs of atoms with their distance", .params = params, .stereo_param = CHIRALITY + 1,
    .check = check, .run = run,
};
