// fp.c - fingerprints of single molecules, and the walk over the kinds.
#include "api/api.h"

struct aryl_fp {
    const fp_kind *kind;
    fp_values values;
    char canonical[];
};

static aryl_status read_spec(const char *spec, arena *mem, const fp_kind **kind, fp_values *values, aryl_error *err)
{
    spec_stmt *stmts;
    int32_t n;
    TRY(spec_parse(spec, mem, &stmts, &n, err));
    if (n != 1) return fail_at(err, ARYL_E_SYNTAX, n ? stmts[1].kind.at : 0, "one fingerprint expected");
    return spec_fp(&stmts[0], false, kind, values, err);
}

ARYL_API aryl_status aryl_fp_new(const char *spec, aryl_fp **out, aryl_error *err)
{
    if (!out || !spec) return fail_at(err, ARYL_E_ARGUMENT, -1, "spec or out is NULL");
    *out = NULL;
    arena own, *mem = api_scratch(NULL, &own);
    const fp_kind *kind;
    fp_values values;
    aryl_status s = read_spec(spec, mem, &kind, &values, err);
    if (s == ARYL_OK) {
        int64_t len = fp_canonical(kind, &values, NULL, 0);
        aryl_fp *fp = mem_alloc(sizeof *fp + (size_t)len + 1);
        if (fp) {
            fp->kind = kind;
            fp->values = values;
            fp_canonical(kind, &values, fp->canonical, len + 1);
            *out = fp;
        } else s = ARYL_E_NOMEM;
    }
    if (s == ARYL_E_NOMEM) fail_at(err, s, -1, "out of memory");
    api_scratch_done(&own);
    return s;
}

ARYL_API void aryl_fp_free(aryl_fp *fp)
{
    if (fp) mem_free(fp);
}

ARYL_API const char *aryl_fp_canonical(const aryl_fp *fp) { return fp ? fp->canonical : ""; }
ARYL_API int32_t aryl_fp_n_bits(const aryl_fp *fp) { return fp ? fp_bits(fp->kind, &fp->values) : 0; }
ARYL_API int64_t aryl_fp_bytes(const aryl_fp *fp) { return ((int64_t)aryl_fp_n_bits(fp) + 7) / 8; }

static aryl_status emit(const aryl_fp *fp, const aryl_mol *mol, const uint32_t *invariants, arena *mem, bool want_origin,
                        fp_sink *sink)
{
    facts f;
    facts_init(&f, mol, mem);
    f.invariants = invariants;
    fp_sink_init(sink, mem, want_origin);
    return fp_run(fp->kind, &f, &fp->values, sink);
}

ARYL_API aryl_status aryl_fp_bits(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, uint8_t *row, aryl_error *err)
{
    if (!fp || !mol || !row) return fail_at(err, ARYL_E_ARGUMENT, -1, "fp, mol or row is NULL");
    arena own, *mem = api_scratch(scratch, &own);
    fp_sink sink;
    aryl_status s = emit(fp, mol, NULL, mem, false, &sink);
    if (s == ARYL_OK) s = fp_sink_bits(&sink, fp->kind, &fp->values, row);
    api_scratch_done(&own);
    return s == ARYL_OK ? s : api_blame(err, s, fp->kind->name);
}

ARYL_API aryl_status aryl_fp_counts(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, uint32_t *row, aryl_error *err)
{
    if (!fp || !mol || !row) return fail_at(err, ARYL_E_ARGUMENT, -1, "fp, mol or row is NULL");
    arena own, *mem = api_scratch(scratch, &own);
    fp_sink sink;
    aryl_status s = emit(fp, mol, NULL, mem, false, &sink);
    if (s == ARYL_OK) fp_sink_counts(&sink, fp->kind, &fp->values, row);
    api_scratch_done(&own);
    return s == ARYL_OK ? s : api_blame(err, s, fp->kind->name);
}

// Merged ids and counts into the caller's arrays, if they have room.
static aryl_status write_sparse(const fp_sink *sink, uint64_t *ids, uint32_t *counts, int64_t capacity, int64_t *n, aryl_error *err)
{
    uint64_t *id;
    uint32_t *count;
    TRY(fp_sink_sparse(sink, &id, &count, n));
    if (*n > capacity) return fail_at(err, ARYL_E_SPACE, -1, "%lld features", (long long)*n);
    if (*n) {
        memcpy(ids, id, (size_t)*n * sizeof *ids);
        memcpy(counts, count, (size_t)*n * sizeof *counts);
    }
    return ARYL_OK;
}

ARYL_API aryl_status aryl_fp_sparse(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, uint64_t *ids,
                                    uint32_t *counts, int64_t capacity, int64_t *n, aryl_error *err)
{
    if (!fp || !mol || !n || ((!ids || !counts) && capacity > 0))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "fp, mol, n or room for results is NULL");
    if (!fp->kind->has_sparse) return fail_at(err, ARYL_E_UNSUPPORTED, -1, "%s has no sparse form", fp->kind->name);
    arena own, *mem = api_scratch(scratch, &own);
    fp_sink sink;
    *n = 0;
    aryl_status s = emit(fp, mol, NULL, mem, false, &sink);
    if (s == ARYL_OK) s = write_sparse(&sink, ids, counts, capacity, n, err);
    api_scratch_done(&own);
    return s == ARYL_OK || s == ARYL_E_SPACE ? s : api_blame(err, s, fp->kind->name);
}

ARYL_API aryl_status aryl_fp_custom(const aryl_fp *fp, const aryl_mol *mol, const uint32_t *invariants, aryl_scratch *scratch,
                                    uint8_t *bits, uint32_t *counts, uint64_t *ids, uint32_t *id_counts, int64_t capacity,
                                    int64_t *n, aryl_error *err)
{
    if (!fp || !mol || (!invariants && mol->n_atoms) || ((ids || id_counts) && !n) || ((!ids || !id_counts) && capacity > 0))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "fp, mol, invariants, n or room for results is NULL");
    if (!fp->kind->circular) return fail_at(err, ARYL_E_UNSUPPORTED, -1, "%s takes no atom invariants", fp->kind->name);
    arena own, *mem = api_scratch(scratch, &own);
    fp_sink sink;
    aryl_status s = emit(fp, mol, invariants, mem, false, &sink);
    if (s == ARYL_OK && bits) s = fp_sink_bits(&sink, fp->kind, &fp->values, bits);
    if (s == ARYL_OK && counts) fp_sink_counts(&sink, fp->kind, &fp->values, counts);
    if (s == ARYL_OK && n) s = write_sparse(&sink, ids, id_counts, capacity, n, err);
    api_scratch_done(&own);
    return s == ARYL_OK || s == ARYL_E_SPACE ? s : api_blame(err, s, fp->kind->name);
}

// ---- provenance

static int64_t count_members(const fp_sink *sink)
{
    int64_t n = 0;
    for (int64_t i = 0; i < sink->n; i++) n += (int64_t)sink->origin[i].n_atoms + sink->origin[i].n_bonds;
    return n;
}

static void write_features(const aryl_fp *fp, const fp_sink *sink, aryl_feature *features, int32_t *members)
{
    int64_t at = 0;
    for (int64_t i = 0; i < sink->n; i++) {
        const fp_origin *o = &sink->origin[i];
        features[i] = (aryl_feature){
            .id = fp_sink_id(sink, i), .bit = fp_sink_bit(fp->kind, &fp->values, sink->hash[i]), .atom = o->atom,
            .radius = o->radius, .n_atoms = o->n_atoms, .n_bonds = o->n_bonds, .first = at,
        };
        for (int32_t k = 0; k < o->n_atoms; k++) members[at++] = o->atoms[k];
        for (int32_t k = 0; k < o->n_bonds; k++) members[at++] = o->bonds[k];
    }
}

ARYL_API aryl_status aryl_fp_features(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, aryl_feature *features,
                                      int64_t capacity, int64_t *n, int32_t *members, int64_t members_capacity,
                                      int64_t *n_members, aryl_error *err)
{
    if (!fp || !mol || !n || !n_members || (!features && capacity > 0) || (!members && members_capacity > 0))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "fp, mol, n, n_members or room for results is NULL");
    arena own, *mem = api_scratch(scratch, &own);
    fp_sink sink;
    *n = *n_members = 0;
    aryl_status s = emit(fp, mol, NULL, mem, true, &sink);
    if (s == ARYL_OK) {
        *n = sink.n;
        *n_members = count_members(&sink);
        if (*n > capacity || *n_members > members_capacity)
            s = fail_at(err, ARYL_E_SPACE, -1, "%lld features with %lld members", (long long)*n, (long long)*n_members);
        else
            write_features(fp, &sink, features, members);
    } else {
        api_blame(err, s, fp->kind->name);
    }
    api_scratch_done(&own);
    return s;
}

// ---- the kinds

ARYL_API int32_t aryl_fp_n_kinds(void) { return fp_n_kinds; }

ARYL_API aryl_status aryl_fp_kind(int32_t kind, aryl_fp_info *info)
{
    if (!info || !api_size_ok(info->size, sizeof *info)) return ARYL_E_ARGUMENT;
    if (kind < 0 || kind >= fp_n_kinds) return ARYL_E_UNKNOWN;
    const fp_kind *k = fp_kinds[kind];
    aryl_fp_info ours = {
        .name = k->name, .alias = k->alias, .summary = k->summary, .source = k->source, .version = k->version,
        .bits = k->bits, .has_sparse = k->has_sparse, .n_params = fp_n_params(k),
    };
    api_hand_over(info, &ours, sizeof ours);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_fp_param(int32_t kind, int32_t param, aryl_param_info *info)
{
    _Static_assert((int)ARYL_PARAM_INT == FP_PARAM_INT && (int)ARYL_PARAM_FLAG == FP_PARAM_FLAG &&
                   (int)ARYL_PARAM_LIST == FP_PARAM_LIST, "the same numbers inside and outside");
    if (!info || !api_size_ok(info->size, sizeof *info)) return ARYL_E_ARGUMENT;
    if (kind < 0 || kind >= fp_n_kinds || param < 0 || param >= fp_n_params(fp_kinds[kind])) return ARYL_E_UNKNOWN;
    fp_param p = fp_param_at(fp_kinds[kind], param);
    aryl_param_info ours = {
        .name = p.name, .help = p.help, .type = p.type, .value = p.value, .least = p.least, .most = p.most,
        .list = p.list, .refused = p.refused,
    };
    api_hand_over(info, &ours, sizeof ours);
    return ARYL_OK;
}
