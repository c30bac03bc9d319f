// matrix.c - the score of every pair.
//
// Rows of b are taken in strips. Where many rows of a follow, a strip is stood on end first, and what is shared comes from
// planes; few rows of a, and those of many bits, are counted against the rows themselves.
#include "search/index.h"

enum { STRIP = 16 * SIMD_ROWS, MANY = 100, QUERIES = 32, TILE = 128 };

typedef struct matrix {
    const aryl_rows *a, *b;
    const search_request *r;
    const int32_t *bits_a, *bits_b;
    double *out;
    int64_t out_stride;
    search_index strip;              // rows of b as they come
    search_planes planes;            // of the strip, none when there are few rows of a
    int64_t first_a, first_b;
    bool *no_memory;
} matrix;

// Of row i of a with n rows of b from b0 on.
static void put_scores(const matrix *m, int64_t i, int64_t b0, int64_t n, const uint16_t *shared)
{
    double *row = m->out + i * m->out_stride + b0;
    if (m->r->metric.kind == ARYL_TANIMOTO) simd_get()->tanimoto(shared, m->bits_a[i], m->bits_b + b0, n, row);
    else
        for (int64_t x = 0; x < n; x++) row[x] = search_score(&m->r->metric, shared[x], m->bits_a[i], m->bits_b[b0 + x]);
}

static void by_rows(const matrix *m, int64_t i0, int64_t i1)
{
    int32_t counts[TILE * QUERIES];
    uint16_t shared[TILE];
    const uint8_t *q[QUERIES];
    for (int64_t i = i0; i < i1; i++) q[i - i0] = m->a->data + i * m->a->stride;
    for (int64_t j = 0; j < m->strip.n; j += TILE) {
        int64_t n = m->strip.n - j < TILE ? m->strip.n - j : TILE;
        simd_get()->and_count_many(q, (int32_t)(i1 - i0), m->strip.rows + j * m->strip.stride, n, m->strip.stride, m->strip.bytes, counts);
        for (int64_t i = i0; i < i1; i++) {
            for (int64_t x = 0; x < n; x++) shared[x] = (uint16_t)counts[(i - i0) * n + x];
            put_scores(m, i, m->first_b + j, n, shared);
        }
    }
}

// Lists of planes of rows i0 .. i1 of a; NULL where a row has too many bits.
typedef struct lists { const uint16_t *list[QUERIES]; int32_t n[QUERIES]; } lists;

static void by_planes(const matrix *m, int64_t i0, int64_t i1, const lists *l)
{
    simd_counts counts;
    uint16_t shared[SIMD_ROWS];
    for (int64_t block = 0; block < m->planes.n_blocks; block++) {   // which stays in cache for all of them
        int64_t end, first = search_block_rows(&m->strip, &m->planes, block, &end);
        for (int64_t i = i0; i < i1; i++) {
            if (!l->list[i - i0]) continue;
            simd_get()->visit(search_block(&m->strip, &m->planes, block), l->list[i - i0], l->n[i - i0], 0, &counts);
            simd_get()->spread(&counts, shared);
            put_scores(m, i, m->first_b + first, end - first, shared);
        }
    }
}

static void run(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    const matrix *m = ctx;
    uint64_t ranks[(SEARCH_MOST_BITS + 64) / 64] = {0};
    size_t room = (size_t)m->strip.bits + 4;
    uint16_t *list = mem_alloc(QUERIES * room * sizeof *list);
    (void)worker;
    if (!list) *m->no_memory = true;
    for (int64_t block = begin; list && block < end; block++) {
        int64_t i0 = m->first_a + block * QUERIES, i1 = i0 + QUERIES < m->a->n ? i0 + QUERIES : m->a->n;
        lists l = {{NULL}, {0}};
        if (!m->planes.n_blocks) {
            by_rows(m, i0, i1);
            continue;
        }
        for (int64_t i = i0; i < i1; i++) {
            if (m->bits_a[i] > 4 * m->strip.bytes || m->bits_a[i] > SIMD_MOST_PLANES) {
                by_rows(m, i, i + 1);
                continue;
            }
            uint16_t *mine = list + (size_t)(i - i0) * room;
            l.list[i - i0] = mine;
            l.n[i - i0] = search_list(&m->strip, m->a->data + i * m->a->stride, ranks, mine);
        }
        by_planes(m, i0, i1, &l);
    }
    mem_free(list);
}

static aryl_status strips(matrix *m, const uint16_t *rank, const uint16_t *count, aryl_error *err)
{
    int64_t per_round = (int64_t)QUERIES * 8 * par_threads(m->r->n_threads), total = m->a->n * m->b->n;
    for (m->first_b = 0; m->first_b < m->b->n; m->first_b += STRIP) {
        int64_t n = m->b->n - m->first_b < STRIP ? m->b->n - m->first_b : STRIP;
        void *own = NULL;
        m->strip = (search_index){.bits = m->b->bits, .bytes = search_row_bytes(m->b->bits), .n = n, .stride = m->b->stride,
                                  .rows = m->b->data + m->first_b * m->b->stride, .rank = rank, .count = count, .n_planes = m->b->bits + 1};
        m->planes = (search_planes){0};
        aryl_status s = m->a->n < MANY ? ARYL_OK : search_planes_make(&m->strip, 1, m->r->n_threads, &m->planes, &own);
        for (m->first_a = 0; s == ARYL_OK && m->first_a < m->a->n; m->first_a += per_round) {
            int64_t here = m->a->n - m->first_a < per_round ? m->a->n - m->first_a : per_round;
            par_for((here + QUERIES - 1) / QUERIES, 1, m->r->n_threads, run, m);
            s = *m->no_memory ? ARYL_E_NOMEM : search_pause(m->r, m->first_b * m->a->n + (m->first_a + here) * n, total, err);
        }
        mem_free(own);
        TRY(s);
    }
    return ARYL_OK;
}

aryl_status search_matrix(const aryl_rows *a, const aryl_rows *b, const search_request *r, double *out, int64_t out_stride,
                          aryl_error *err)
{
    bool no_memory = false;
    matrix m = {.a = a, .b = b, .r = r, .out = out, .out_stride = out_stride, .no_memory = &no_memory};
    int32_t *bits_a = mem_alloc((size_t)a->n * sizeof *bits_a), *bits_b = mem_alloc((size_t)b->n * sizeof *bits_b);
    uint16_t *rank = mem_alloc((size_t)b->bits * sizeof *rank), *count = mem_alloc(STRIP * sizeof *count);
    aryl_status status = ARYL_E_NOMEM;
    if (bits_a && bits_b && rank && count) {
        search_popcount(a, bits_a);
        search_popcount(b, bits_b);
        m.bits_a = bits_a;
        m.bits_b = bits_b;
        for (int32_t i = 0; i < b->bits; i++) rank[i] = (uint16_t)i;
        memset(count, 0, STRIP * sizeof *count);   // bounds of blocks, which nobody asks for
        status = strips(&m, rank, count, err);
    }
    mem_free(bits_a);
    mem_free(bits_b);
    mem_free(rank);
    mem_free(count);
    return status == ARYL_E_NOMEM ? fail_at(err, status, -1, "no memory for scores") : status;
}
