// search.c - rows of bits and their neighbours.
#include "api/api.h"
#include "aryl/search.h"
#include "search/search.h"

_Static_assert(ARYL_SEARCH_MOST_BITS == SEARCH_MOST_BITS, "the header promises what the room can do");

ARYL_API void aryl_hits_free(aryl_hits *hits) { search_hits_free(hits); }
ARYL_API int64_t aryl_hits_n_queries(const aryl_hits *hits) { return hits ? hits->n_queries : 0; }
ARYL_API const int64_t *aryl_hits_offsets(const aryl_hits *hits) { return hits ? hits->offsets : NULL; }
ARYL_API const int64_t *aryl_hits_rows(const aryl_hits *hits) { return hits ? hits->rows : NULL; }
ARYL_API const double *aryl_hits_scores(const aryl_hits *hits) { return hits ? hits->scores : NULL; }

static aryl_status check_two(const aryl_rows *a, const aryl_rows *b, aryl_rows *pa, aryl_rows *pb, const char *what_a,
                             const char *what_b, aryl_error *err)
{
    TRY(search_check_rows(a, pa, what_a, err));
    TRY(search_check_rows(b, pb, what_b, err));
    if (pa->bits != pb->bits)
        return fail_at(err, ARYL_E_MISMATCH, -1, "%s have %d bits, %s %d", what_a, (int)pa->bits, what_b, (int)pb->bits);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_search_rows(const aryl_rows *queries, const aryl_rows *rows, const aryl_search_options *options,
                                      aryl_hits **out, aryl_error *err)
{
    aryl_rows q, r;
    search_request request;
    if (!out) return fail_at(err, ARYL_E_ARGUMENT, -1, "out is NULL");
    *out = NULL;
    TRY(check_two(queries, rows, &q, &r, "queries", "rows", err));
    TRY(search_request_of(options, &request, err));
    return search_scan(&q, &r, &request, out, err);
}

ARYL_API aryl_status aryl_score_matrix(const aryl_rows *a, const aryl_rows *b, const aryl_search_options *options,
                                       double *out, int64_t out_stride, aryl_error *err)
{
    aryl_rows pa, pb;
    search_request request;
    TRY(check_two(a, b, &pa, &pb, "rows of a", "rows of b", err));
    TRY(search_request_of(options, &request, err));
    if (!out_stride) out_stride = pb.n;
    int64_t size;
    if (out_stride < pb.n || __builtin_mul_overflow(pa.n, out_stride, &size) || (!out && pa.n && pb.n))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "scores of %lld columns with a stride of %lld", (long long)pb.n, (long long)out_stride);
    return search_matrix(&pa, &pb, &request, out, out_stride, err);
}

ARYL_API aryl_status aryl_rows_popcount(const aryl_rows *rows, int32_t *out, aryl_error *err)
{
    aryl_rows r;
    TRY(search_check_rows(rows, &r, "rows", err));
    if (!out && r.n) return fail_at(err, ARYL_E_ARGUMENT, -1, "out is NULL");
    search_popcount(&r, out);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_fps_read_header(const char *text, int64_t len, aryl_fps_header *header, int64_t *used, aryl_error *err)
{
    if (len < 0 || (len && !text) || !used) return fail_at(err, ARYL_E_ARGUMENT, -1, "text or used is NULL");
    if (!header || !api_size_ok(header->size, sizeof *header)) return fail_at(err, ARYL_E_ARGUMENT, -1, "size of the header is not set");
    aryl_fps_header h = {sizeof h};
    TRY(search_fps_header(text, len, &h, used, err));
    api_hand_over(header, &h, sizeof h);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_fps_read_rows(const char *text, int64_t len, int32_t last, int32_t bits, uint8_t *rows, int64_t stride,
                                        int64_t *ids, int32_t *id_lens, int64_t capacity, int64_t *n, int64_t *used,
                                        aryl_error *err)
{
    aryl_rows r = {rows, capacity, stride, bits};
    if (len < 0 || (len && !text) || !n || !used || (capacity && (!ids || !id_lens)))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "text or a result is NULL");
    TRY(search_check_rows(&r, &r, "rows", err));
    return search_fps_rows(text, len, last != 0, bits, rows, r.stride, ids, id_lens, capacity, n, used, err);
}

ARYL_API aryl_status aryl_fps_write_header(int32_t bits, const char *type, const char *source, char *buf, int64_t cap,
                                           int64_t *len, aryl_error *err)
{
    if (!len || cap < 0 || (cap && !buf)) return fail_at(err, ARYL_E_ARGUMENT, -1, "buf or len is NULL");
    return search_fps_write_header(bits, type, source, buf, cap, len, err);
}

ARYL_API aryl_status aryl_fps_write_row(const uint8_t *row, int32_t bits, const char *id, int64_t id_len, char *buf,
                                        int64_t cap, int64_t *len, aryl_error *err)
{
    if (!row || !len || cap < 0 || (cap && !buf) || (id_len && !id)) return fail_at(err, ARYL_E_ARGUMENT, -1, "row, buf or len is NULL");
    return search_fps_write_row(row, bits, id, id_len, buf, cap, len, err);
}
