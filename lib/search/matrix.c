// matrix.c - the score of every pair.
#include "search/search.h"

enum { QUERIES = 16, TILE = 128 };

typedef struct matrix {
    const aryl_rows *a, *b;
    const search_request *r;
    const int32_t *bits_a, *bits_b;
    double *out;
    int64_t out_stride, first;
} matrix;

static void blocks(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    const matrix *m = ctx;
    const simd_kernels *k = simd_get();
    int32_t bytes = search_row_bytes(m->a->bits), counts[TILE * QUERIES];
    const uint8_t *q[QUERIES];
    (void)worker;
    for (int64_t block = begin; block < end; block++) {
        int64_t i0 = m->first + block * QUERIES, i1 = i0 + QUERIES < m->a->n ? i0 + QUERIES : m->a->n;
        int32_t n_q = (int32_t)(i1 - i0);
        for (int32_t i = 0; i < n_q; i++) q[i] = m->a->data + (i0 + i) * m->a->stride;
        for (int64_t j = 0; j < m->b->n; j += TILE) {
            int64_t n = m->b->n - j < TILE ? m->b->n - j : TILE;
            k->and_count_many(q, n_q, m->b->data + j * m->b->stride, n, m->b->stride, bytes, counts);
            for (int32_t i = 0; i < n_q; i++) {
                double *row = m->out + (i0 + i) * m->out_stride + j;
                for (int64_t x = 0; x < n; x++)
                    row[x] = search_score(&m->r->metric, counts[i * n + x], m->bits_a[i0 + i], m->bits_b[j + x]);
            }
        }
    }
}

aryl_status search_matrix(const aryl_rows *a, const aryl_rows *b, const search_request *r, double *out, int64_t out_stride,
                          aryl_error *err)
{
    int32_t *bits_a = mem_alloc((size_t)a->n * sizeof *bits_a), *bits_b = mem_alloc((size_t)b->n * sizeof *bits_b);
    aryl_status status = ARYL_E_NOMEM;
    if (!bits_a || !bits_b) {
        fail_at(err, ARYL_E_NOMEM, -1, "no memory for bit counts");
        goto out;
    }
    search_popcount(a, bits_a);
    search_popcount(b, bits_b);
    matrix m = {.a = a, .b = b, .r = r, .bits_a = bits_a, .bits_b = bits_b, .out = out, .out_stride = out_stride};
    int64_t per_round = (int64_t)QUERIES * 4 * par_threads(r->n_threads);
    status = ARYL_OK;
    for (m.first = 0; status == ARYL_OK && m.first < a->n; m.first += per_round) {
        int64_t here = a->n - m.first < per_round ? a->n - m.first : per_round;
        par_for((here + QUERIES - 1) / QUERIES, 1, r->n_threads, blocks, &m);
        status = search_pause(r, m.first + here, a->n, err);
    }
out:
    mem_free(bits_a);
    mem_free(bits_b);
    return status;
}
