// scan.c - every query against every row. The definition of what a search returns, and the way of one-off questions.
//
// Work is cut into pieces of a few queries and a range of rows; a piece goes through its rows in tiles that stay in cache
// and keeps the best k hits of each query, or all. Pieces of a query are put together in row order at the end.
#include "search/search.h"

enum { TILE_BYTES = 128 << 10, MOST_TILE = 1024, QUERIES = 16, PIECES_PER_THREAD = 4 };

const uint8_t search_all_ones[SEARCH_MOST_BITS / 8] = {[0 ... SEARCH_MOST_BITS / 8 - 1] = 255};

void search_popcount(const aryl_rows *rows, int32_t *out)
{
    simd_get()->and_count(search_all_ones, rows->data, rows->n, rows->stride, search_row_bytes(rows->bits), out);
}

typedef struct scan {
    const aryl_rows *queries, *rows;
    const search_request *r;
    int64_t first_query, n_blocks;   // of this round, blocks of QUERIES
    int64_t n_parts, part;           // rows are cut in n_parts parts of `part` rows
    int32_t *query_bits;             // [queries->n]
    search_best *best;               // [round's queries * n_parts]
    int64_t *count;                  // the same, when only counting every hit
    aryl_status *status;             // [pieces]
} scan;

// bits[i]: of row i; shared[i]: with the query of a bits.
static aryl_status take(const scan *s, int64_t slot, int32_t a, const int32_t *bits, const int32_t *shared, int64_t n, int64_t row)
{
    double t = s->r->threshold;
    search_best *best = &s->best[slot];
    bool only_count = s->r->count_only && !s->r->k;
    for (int64_t i = 0; i < n; i++) {
        double score = search_score(&s->r->metric, shared[i], a, bits[i]);
        if (!(score >= t)) continue;
        if (only_count) {
            s->count[slot]++;
            continue;
        }
        if (search_best_full(best) && score <= best->hit[0].score) continue;   // rows come in order: a later tie loses
        if (!search_best_add(best, (search_hit){row + i, score})) return ARYL_E_NOMEM;
    }
    return ARYL_OK;
}

static aryl_status piece(const scan *s, int64_t block, int64_t part)
{
    const simd_kernels *k = simd_get();
    int32_t bytes = search_row_bytes(s->rows->bits);
    int64_t tile = TILE_BYTES / bytes < MOST_TILE ? TILE_BYTES / bytes : MOST_TILE;
    int64_t q0 = s->first_query + block * QUERIES, q1 = q0 + QUERIES < s->queries->n ? q0 + QUERIES : s->queries->n;
    int64_t row = part * s->part, end = row + s->part < s->rows->n ? row + s->part : s->rows->n;
    const uint8_t *q[1 + QUERIES] = {search_all_ones};   // the first counts the row's own bits, in the same reading
    int32_t n_q = 1;
    for (int64_t i = q0; i < q1; i++) q[n_q++] = s->queries->data + i * s->queries->stride;
    int32_t *counts = mem_alloc((size_t)tile * (size_t)n_q * sizeof *counts);
    aryl_status status = counts ? ARYL_OK : ARYL_E_NOMEM;
    for (; status == ARYL_OK && row < end; row += tile) {
        int64_t n = end - row < tile ? end - row : tile;
        k->and_count_many(q, n_q, s->rows->data + row * s->rows->stride, n, s->rows->stride, bytes, counts);
        for (int32_t j = 1; status == ARYL_OK && j < n_q; j++)
            status = take(s, (q0 - s->first_query + j - 1) * s->n_parts + part, s->query_bits[q0 + j - 1], counts, counts + j * n, n, row);
    }
    mem_free(counts);
    return status;
}

static void run_pieces(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    const scan *s = ctx;
    (void)worker;
    for (int64_t i = begin; i < end; i++) s->status[i] = piece(s, i / s->n_parts, i % s->n_parts);
}

// Hits of one query from all its parts, best first; the number that counts.
static aryl_status gather(const scan *s, int64_t query, search_best *out)
{
    out->n = 0;
    out->k = s->r->k;
    for (int64_t p = 0; p < s->n_parts; p++) {
        const search_best *b = &s->best[(query - s->first_query) * s->n_parts + p];
        for (int64_t i = 0; i < b->n; i++)
            if (!search_best_add(out, b->hit[i])) return ARYL_E_NOMEM;
    }
    search_best_sort(out);
    return ARYL_OK;
}

// A round's hits go behind those of earlier rounds.
static aryl_status append(aryl_hits *h, int64_t query, const search_best *best, int64_t *cap)
{
    int64_t at = h->offsets[query], n = best->n;
    if (at + n > *cap) {
        int64_t more = 2 * *cap > at + n ? 2 * *cap : at + n;
        if (more > (int64_t)(PTRDIFF_MAX / 8)) return ARYL_E_NOMEM;
        int64_t *rows = mem_resize(h->rows, (size_t)more * sizeof *rows);
        if (!rows) return ARYL_E_NOMEM;
        h->rows = rows;
        double *scores = mem_resize(h->scores, (size_t)more * sizeof *scores);
        if (!scores) return ARYL_E_NOMEM;
        h->scores = scores;
        *cap = more;
    }
    for (int64_t i = 0; i < n; i++) {
        h->rows[at + i] = best->hit[i].row;
        h->scores[at + i] = best->hit[i].score;
    }
    h->offsets[query + 1] = at + n;
    return ARYL_OK;
}

static aryl_status rounds(scan *s, aryl_hits *h, aryl_error *err)
{
    int64_t n = s->queries->n, cap = 0;
    search_best merged = {0};
    aryl_status status = ARYL_OK;
    int64_t per_round = s->n_blocks * QUERIES;
    for (int64_t q = 0; status == ARYL_OK && q < n; q += per_round) {
        int64_t here = n - q < per_round ? n - q : per_round, blocks = (here + QUERIES - 1) / QUERIES;
        s->first_query = q;
        for (int64_t i = 0; i < here * s->n_parts; i++) {
            s->best[i].n = 0;
            s->best[i].k = s->r->k;
            s->count[i] = 0;
        }
        par_for(blocks * s->n_parts, 1, s->r->n_threads, run_pieces, s);
        for (int64_t i = 0; status == ARYL_OK && i < blocks * s->n_parts; i++) status = s->status[i];
        for (int64_t i = 0; status == ARYL_OK && i < here; i++) {
            if (s->r->count_only) {
                int64_t found = 0;
                for (int64_t p = 0; p < s->n_parts; p++) found += s->r->k ? s->best[i * s->n_parts + p].n : s->count[i * s->n_parts + p];
                h->offsets[q + i + 1] = h->offsets[q + i] + (s->r->k && found > s->r->k ? s->r->k : found);
                continue;
            }
            status = gather(s, q + i, &merged);
            if (status == ARYL_OK) status = append(h, q + i, &merged, &cap);
        }
        if (status == ARYL_OK) status = search_pause(s->r, q + here, n, err);
    }
    search_best_free(&merged);
    return status;
}

aryl_status search_scan(const aryl_rows *queries, const aryl_rows *rows, const search_request *r, aryl_hits **out, aryl_error *err)
{
    scan s = {.queries = queries, .rows = rows, .r = r};
    search_request bounded = *r;
    if (bounded.k > rows->n) bounded.k = rows->n ? rows->n : 1;   // a heap larger than everything
    s.r = &bounded;
    aryl_hits *h;
    if (search_hits_new(queries->n, &h) != ARYL_OK) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for hits");
    int32_t threads = par_threads(r->n_threads);
    int64_t blocks = (queries->n + QUERIES - 1) / QUERIES;
    s.n_parts = blocks >= 2 * threads ? 1 : threads == 1 ? 1 : (int64_t)threads * PIECES_PER_THREAD;
    if (s.n_parts > rows->n / 1024 + 1) s.n_parts = rows->n / 1024 + 1;
    s.part = (rows->n + s.n_parts - 1) / s.n_parts;
    s.n_blocks = blocks < (int64_t)threads * 4 ? blocks : (int64_t)threads * 4;
    size_t slots = (size_t)(s.n_blocks * QUERIES * s.n_parts) + 1;
    aryl_status status = ARYL_E_NOMEM;
    s.query_bits = mem_alloc((size_t)(queries->n + 1) * sizeof *s.query_bits);
    s.best = mem_alloc(slots * sizeof *s.best);
    if (s.best) memset(s.best, 0, slots * sizeof *s.best);
    s.count = mem_alloc(slots * sizeof *s.count);
    s.status = mem_alloc(slots * sizeof *s.status);
    if (!s.query_bits || !s.best || !s.count || !s.status) goto out;
    search_popcount(queries, s.query_bits);
    status = rounds(&s, h, err);
    if (status == ARYL_OK && !r->count_only && !h->rows) status = search_hits_fill(h);   // none at all
out:
    if (s.best)
        for (size_t i = 0; i < slots; i++) search_best_free(&s.best[i]);
    mem_free(s.query_bits);
    mem_free(s.best);
    mem_free(s.count);
    mem_free(s.status);
    if (status != ARYL_OK) {
        search_hits_free(h);
        if (status == ARYL_E_NOMEM) fail_at(err, ARYL_E_NOMEM, -1, "no memory for hits");
        return status;
    }
    *out = h;
    return ARYL_OK;
}
