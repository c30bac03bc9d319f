// index.c - collections of rows.
#include "api/api.h"
#include "aryl/index.h"
#include "search/collection.h"

static aryl_status no_index(aryl_error *err) { return fail_at(err, ARYL_E_ARGUMENT, -1, "no index was given"); }

// A spec as files store it: canonical, or as it is where it is not one of ours.
static aryl_status canonical_of(const char *spec, char **out)
{
    aryl_fp *fp;
    *out = NULL;
    if (!spec || !*spec) return ARYL_OK;
    if (aryl_fp_new(spec, &fp, NULL) == ARYL_OK) {
        const char *text = aryl_fp_canonical(fp);
        *out = store_text(text, (int64_t)strlen(text));
        aryl_fp_free(fp);
    } else *out = store_text(spec, (int64_t)strlen(spec));
    return *out ? ARYL_OK : ARYL_E_NOMEM;
}

static aryl_status check_ids(const aryl_column *ids, search_id_column *out, aryl_error *err)
{
    *out = (search_id_column){ids ? ids->data : NULL, ids ? ids->offsets : NULL};
    for (int64_t i = 0; ids && i < ids->n; i++)
        if (ids->offsets[i + 1] < ids->offsets[i] || ids->offsets[i] < 0)
            return fail_at(err, ARYL_E_ARGUMENT, -1, "offsets of the ids do not ascend at row %lld", (long long)i);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_index_build(const aryl_rows *rows, const aryl_column *ids, const char *spec, int32_t n_threads,
                                      aryl_index **out, aryl_error *err)
{
    aryl_rows r;
    char *canonical;
    if (!out) return fail_at(err, ARYL_E_ARGUMENT, -1, "out is NULL");
    *out = NULL;
    TRY(search_check_rows(rows, &r, "rows", err));
    if (ids && (ids->n != r.n || !ids->offsets || !ids->data))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "%lld ids for %lld rows", (long long)ids->n, (long long)r.n);
    search_id_column column;
    TRY(check_ids(ids, &column, err));
    if (canonical_of(spec, &canonical) != ARYL_OK) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for a spec");
    aryl_status s = store_build(&r, &column, canonical, canonical ? ARYL_REFERENCE : NULL, n_threads, out, err);
    mem_free(canonical);
    return s;
}

ARYL_API aryl_status aryl_index_open(const char *path, int32_t n_threads, aryl_index **out, aryl_error *err)
{
    if (!out || !path) return fail_at(err, ARYL_E_ARGUMENT, -1, "path or out is NULL");
    return store_open(path, n_threads, out, err);
}

ARYL_API void aryl_index_free(aryl_index *index) { store_free(index); }

ARYL_API aryl_status aryl_index_save(const aryl_index *index, const char *path, int32_t plain, aryl_error *err)
{
    if (!index || !path) return no_index(err);
    return store_save(index, path, plain != 0, err);
}

ARYL_API aryl_status aryl_index_verify(const aryl_index *index, aryl_error *err)
{
    if (!index) return no_index(err);
    for (int32_t i = 0; i < index->n_parts; i++)
        if (index->parts[i].file) TRY(search_file_verify(index->parts[i].file, err));
    return ARYL_OK;
}

ARYL_API aryl_status aryl_index_describe(const aryl_index *index, aryl_index_info *info)
{
    if (!index || !info || !api_size_ok(info->size, sizeof *info)) return ARYL_E_ARGUMENT;
    aryl_index_info i = {.size = sizeof i, .n = index->n, .span = index->span, .bits = index->bits, .n_segments = index->n_parts,
                         .spec = index->spec ? index->spec : "", .reference = index->reference ? index->reference : ""};
    if (index->n_parts) {
        i.group = index->parts[0].ix->by_group.group;
        i.built = index->parts[0].file && index->parts[0].file->built;
    }
    api_hand_over(info, &i, sizeof i);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_index_check_spec(const aryl_index *index, const char *spec, aryl_error *err)
{
    char *canonical;
    if (!index || !spec) return no_index(err);
    if (!index->spec) return fail_at(err, ARYL_E_MISMATCH, -1, "the index does not say how its rows were made");
    if (canonical_of(spec, &canonical) != ARYL_OK) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for a spec");
    bool same = canonical && !strcmp(canonical, index->spec);
    bool reference = !index->reference || !strcmp(index->reference, ARYL_REFERENCE);
    mem_free(canonical);
    if (!same) return fail_at(err, ARYL_E_MISMATCH, -1, "the index holds \"%s\"", index->spec);
    if (!reference) return fail_at(err, ARYL_E_MISMATCH, -1, "the index equals %s, this is %s", index->reference, ARYL_REFERENCE);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_index_id(const aryl_index *index, int64_t row, const char **id, int64_t *len)
{
    if (!index || !id || !len) return ARYL_E_ARGUMENT;
    return store_id(index, row, id, len) ? ARYL_OK : ARYL_E_UNKNOWN;
}

ARYL_API aryl_status aryl_index_ids(const aryl_index *index, const int64_t *rows, int64_t n, char *text, int64_t capacity,
                                    int64_t *offsets, aryl_error *err)
{
    if (!index || n < 0 || (n && !rows) || !offsets || capacity < 0 || (capacity && !text)) return no_index(err);
    int64_t at = 0;
    for (int64_t i = 0; i < n; i++) {
        const char *id;
        int64_t len;
        offsets[i] = at;
        if (!store_id(index, rows[i], &id, &len)) continue;
        if (at + len <= capacity) memcpy(text + at, id, (size_t)len);
        at += len;
    }
    offsets[n] = at;
    return at <= capacity ? ARYL_OK : fail_at(err, ARYL_E_SPACE, -1, "the names have %lld bytes", (long long)at);
}

ARYL_API aryl_status aryl_index_find(const aryl_index *index, const char *id, int64_t len, int64_t *row)
{
    if (!index || len < 0 || (len && !id) || !row) return ARYL_E_ARGUMENT;
    *row = len ? store_find(index, id, len) : -1;
    return *row >= 0 ? ARYL_OK : ARYL_E_UNKNOWN;
}

ARYL_API aryl_status aryl_index_row(const aryl_index *index, int64_t row, uint8_t *out)
{
    if (!index || !out) return ARYL_E_ARGUMENT;
    const uint8_t *bits = store_row(index, row);
    if (!bits) return ARYL_E_UNKNOWN;
    memcpy(out, bits, (size_t)search_row_bytes(index->bits));
    return ARYL_OK;
}

ARYL_API aryl_status aryl_index_search(const aryl_index *index, const aryl_rows *queries, const aryl_search_options *options,
                                       aryl_hits **out, aryl_search_trace *trace, aryl_error *err)
{
    aryl_rows q;
    search_request r;
    search_trace t;
    if (!index || !out) return no_index(err);
    *out = NULL;
    if (trace && !api_size_ok(trace->size, sizeof *trace)) return fail_at(err, ARYL_E_ARGUMENT, -1, "size of the trace is not set");
    TRY(search_check_rows(queries, &q, "queries", err));
    TRY(search_request_of(options, &r, err));
    if (q.bits != index->bits) return fail_at(err, ARYL_E_MISMATCH, -1, "queries have %d bits, the index %d", (int)q.bits, (int)index->bits);
    TRY(store_search(index, &q, &r, out, &t, err));
    if (trace) {
        aryl_search_trace theirs = {sizeof theirs, t.plan, t.visits, t.fallen, t.rows};
        api_hand_over(trace, &theirs, sizeof theirs);
    }
    return ARYL_OK;
}

ARYL_API aryl_status aryl_index_neighbours(const aryl_index *index, const aryl_search_options *options, aryl_hits **out,
                                           aryl_error *err)
{
    search_request r;
    store_whole whole;
    if (!index || !out) return no_index(err);
    *out = NULL;
    TRY(search_request_of(options, &r, err));
    TRY(store_whole_of(index, r.n_threads, &whole, err));
    aryl_status s = search_neighbours(whole.ix, &r, out, NULL, err);
    for (int64_t i = 0; s == ARYL_OK && whole.row && (*out)->rows && i < (*out)->offsets[(*out)->n_queries]; i++)
        (*out)->rows[i] = whole.row[(*out)->rows[i]];
    store_whole_done(&whole);
    return s;
}

ARYL_API aryl_status aryl_index_pairs(const aryl_index *index, const aryl_search_options *options,
                                      aryl_pair_sink sink, void *ctx, int64_t *n_pairs, aryl_error *err)
{
    search_request r;
    if (!index) return no_index(err);
    TRY(search_request_of(options, &r, err));
    return store_pairs(index, &r, sink, ctx, n_pairs, err);
}

ARYL_API aryl_status aryl_index_join(const aryl_index *queries, const aryl_index *index, const aryl_search_options *options,
                                     aryl_pair_sink sink, void *ctx, int64_t *n_pairs, aryl_error *err)
{
    search_request r;
    if (!index || !queries) return no_index(err);
    TRY(search_request_of(options, &r, err));
    if (queries->bits != index->bits)
        return fail_at(err, ARYL_E_MISMATCH, -1, "queries have %d bits, the index %d", (int)queries->bits, (int)index->bits);
    if (queries->spec && index->spec && strcmp(queries->spec, index->spec))
        return fail_at(err, ARYL_E_MISMATCH, -1, "queries hold \"%s\", the index \"%s\"", queries->spec, index->spec);
    return store_join(queries, index, &r, sink, ctx, n_pairs, err);
}

ARYL_API aryl_status aryl_index_cluster(const aryl_index *index, const aryl_search_options *options, int32_t method,
                                        int64_t *cluster, int64_t *centres, int64_t *n_clusters, aryl_error *err)
{
    enum { MOST_PAIRS = 1 << 28 };   // 4 GB with both directions; beyond, neighbours are looked up again
    search_request r;
    store_whole whole;
    if (!index) return no_index(err);
    if (!n_clusters || (index->n && (!cluster || !centres))) return fail_at(err, ARYL_E_ARGUMENT, -1, "a result is NULL");
    if (method != ARYL_BUTINA && method != ARYL_LEADER) return fail_at(err, ARYL_E_ARGUMENT, -1, "there is no method %d", (int)method);
    TRY(search_request_of(options, &r, err));
    TRY(store_whole_of(index, r.n_threads, &whole, err));
    aryl_status s = search_cluster(whole.ix, &r, method == ARYL_BUTINA ? SEARCH_BUTINA : SEARCH_LEADER, MOST_PAIRS, cluster, centres,
                                   n_clusters, err);
    for (int64_t i = 0; s == ARYL_OK && whole.row && i < *n_clusters; i++) centres[i] = whole.row[centres[i]];
    store_whole_done(&whole);
    return s;
}

// The place of a row number among those that are there; -1.
static int64_t place_in(const store_whole *w, int64_t row)
{
    if (!w->row) return row;
    int64_t low = 0, high = w->ix->n;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (w->row[mid] < row) low = mid + 1;
        else high = mid;
    }
    return low < w->ix->n && w->row[low] == row ? low : -1;
}

ARYL_API aryl_status aryl_index_pick(const aryl_index *index, const aryl_search_options *options, int64_t n, int64_t n_seeds,
                                     int64_t *picks, double *best, aryl_error *err)
{
    search_request r;
    store_whole whole;
    if (!index || (n && !picks)) return no_index(err);
    TRY(search_request_of(options, &r, err));
    TRY(store_whole_of(index, r.n_threads, &whole, err));
    for (int64_t i = 0; i < n_seeds && i < n; i++) picks[i] = place_in(&whole, picks[i]);
    aryl_status s = search_pick(whole.ix, &r, n, n_seeds, picks, best, err);
    for (int64_t i = 0; s == ARYL_OK && whole.row && i < n; i++) picks[i] = whole.row[picks[i]];
    store_whole_done(&whole);
    return s;
}

ARYL_API aryl_status aryl_index_histogram(const aryl_index *index, const aryl_search_options *options, int64_t n_pairs,
                                          uint64_t seed, int32_t n_bins, int64_t *bins, aryl_error *err)
{
    search_request r;
    store_whole whole;
    if (!index || !bins) return no_index(err);
    TRY(search_request_of(options, &r, err));
    TRY(store_whole_of(index, r.n_threads, &whole, err));
    aryl_status s = search_histogram(whole.ix, &r, n_pairs, seed, n_bins, bins, err);
    store_whole_done(&whole);
    return s;
}

ARYL_API aryl_status aryl_cluster_split(const int64_t *cluster, int64_t n, int32_t n_parts, const double *share, int32_t *part,
                                        aryl_error *err)
{
    if (n < 0 || (n && (!cluster || !part)) || n_parts < 1 || !share) return fail_at(err, ARYL_E_ARGUMENT, -1, "a column is NULL");
    return search_split(cluster, n, n_parts, share, part, err);
}

ARYL_API aryl_status aryl_collection_create(const char *path, int32_t bits, const char *spec, aryl_error *err)
{
    char *canonical;
    if (!path) return fail_at(err, ARYL_E_ARGUMENT, -1, "path is NULL");
    if (bits < 1 || bits > SEARCH_MOST_BITS) return fail_at(err, ARYL_E_ARGUMENT, -1, "rows of %d bits; 1 to %d can be searched", (int)bits, SEARCH_MOST_BITS);
    if (spec && strpbrk(spec, "\r\n")) return fail_at(err, ARYL_E_ARGUMENT, -1, "a line end in the spec");
    if (canonical_of(spec, &canonical) != ARYL_OK) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for a spec");
    aryl_status s = collection_create(path, bits, canonical, canonical ? ARYL_REFERENCE : NULL, err);
    mem_free(canonical);
    return s;
}

ARYL_API aryl_status aryl_collection_add(const char *path, const aryl_rows *rows, const aryl_column *ids, const char *spec,
                                         int32_t replace, int32_t n_threads, int64_t *first, aryl_error *err)
{
    aryl_rows r;
    search_id_column column;
    char *canonical;
    if (!path) return fail_at(err, ARYL_E_ARGUMENT, -1, "path is NULL");
    TRY(search_check_rows(rows, &r, "rows", err));
    if (ids && (ids->n != r.n || !ids->offsets || !ids->data))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "%lld ids for %lld rows", (long long)ids->n, (long long)r.n);
    TRY(check_ids(ids, &column, err));
    if (canonical_of(spec, &canonical) != ARYL_OK) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for a spec");
    aryl_status s = collection_add(path, &r, &column, canonical, replace != 0, n_threads, first, err);
    mem_free(canonical);
    return s;
}

ARYL_API aryl_status aryl_collection_remove(const char *path, const aryl_column *ids, int64_t *n_removed, aryl_error *err)
{
    search_id_column column;
    if (!path || !ids || ids->n < 0 || (ids->n && (!ids->offsets || !ids->data))) return fail_at(err, ARYL_E_ARGUMENT, -1, "path or ids are NULL");
    TRY(check_ids(ids, &column, err));
    return collection_remove(path, &column, ids->n, n_removed, err);
}

ARYL_API aryl_status aryl_collection_compact(const char *path, int32_t n_threads, aryl_error *err)
{
    if (!path) return fail_at(err, ARYL_E_ARGUMENT, -1, "path is NULL");
    return collection_compact(path, n_threads, err);
}
