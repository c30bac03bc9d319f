// stream.c - pairs of rows, of one index or of two, told a piece at a time: memory is bounded by a piece.
//
// Two parts that are different meet as queries and rows, in batches of queries that shrink when a batch finds too much.
#include "search/store.h"

enum { PIECE = 1024, BATCH = 1 << 15, BATCH_HITS = 1 << 21 };

typedef struct stream {
    const search_request *r;
    bool ordered;                    // the lower row first
    aryl_pair_sink sink;
    void *ctx;
    aryl_error *err;
    int64_t n, done, total;          // pairs; queries done and to do, over all parts
    aryl_pair piece[PIECE];
    int64_t n_piece;
} stream;

static aryl_status flush(stream *s)
{
    bool stop = s->sink && s->n_piece && s->sink(s->ctx, s->piece, s->n_piece);
    s->n_piece = 0;
    return stop ? fail_at(s->err, ARYL_E_CANCELLED, -1, "cancelled") : ARYL_OK;
}

static inline aryl_status tell(stream *s, int64_t query, int64_t row, double score)
{
    bool turned = s->ordered && query > row;
    s->n++;
    s->piece[s->n_piece++] = turned ? (aryl_pair){row, query, score} : (aryl_pair){query, row, score};
    return s->n_piece == PIECE ? flush(s) : ARYL_OK;
}

// ---- pairs within a part

typedef struct inside { stream *s; const store_part *part; } inside;

static aryl_status tell_tile(void *ctx, int64_t own, const search_pairs *pairs)
{
    const inside *w = ctx;
    const search_index *ix = w->part->ix;
    for (int64_t i = 0; i < pairs->n; i++) {
        search_pair x = pairs->p[i];
        if (search_dead(ix, own + x.query)) continue;
        int64_t a = w->part->base + ix->order[own + x.query], b = w->part->base + ix->order[x.pos];
        double score = search_score(&w->s->r->metric, x.c, ix->count[own + x.query], ix->count[x.pos]);
        TRY(tell(w->s, a, b, score));
    }
    return ARYL_OK;
}

// ---- queries out of a part

// The hits of a batch of a part's rows in `index`. One more than k are asked for where a row would find itself.
static aryl_status ask(stream *s, const store_part *part, int64_t from, int64_t n, const aryl_index *index, bool itself, aryl_hits **out)
{
    search_request r = *s->r;
    aryl_rows rows = {part->ix->rows + from * part->ix->stride, n, part->ix->stride, part->ix->bits};
    r.count_only = false;
    r.progress = NULL;
    r.k += r.k && itself;
    r.most_hits = !r.k && n > 1 ? BATCH_HITS : 0;   // a single query has at most as many hits as there are rows
    return store_search(index, &rows, &r, out, NULL, s->err);
}

static aryl_status tell_hits(stream *s, const store_part *part, int64_t from, const aryl_hits *h, bool itself)
{
    for (int64_t q = 0; q < h->n_queries; q++) {
        int64_t query = part->base + part->ix->order[from + q], told = 0;
        if (search_dead(part->ix, from + q)) continue;
        for (int64_t i = h->offsets[q]; i < h->offsets[q + 1] && (!s->r->k || told < s->r->k); i++) {
            if (itself && h->rows[i] == query) continue;
            TRY(tell(s, query, h->rows[i], h->scores[i]));
            told++;
        }
    }
    return ARYL_OK;
}

// All rows of a part as queries. itself: the part is one of the index's.
static aryl_status ask_all(stream *s, const store_part *part, const aryl_index *index, bool itself)
{
    int64_t batch = s->r->k && s->r->k > BATCH_HITS / BATCH ? BATCH_HITS / s->r->k + 1 : BATCH, most = batch;
    for (int64_t at = 0; at < part->ix->n;) {
        int64_t n = part->ix->n - at < batch ? part->ix->n - at : batch;
        aryl_hits *h;
        aryl_status status = ask(s, part, at, n, index, itself, &h);
        if (status == ARYL_E_SPACE) {
            batch = n / 4 + (n < 4);
            continue;
        }
        TRY(status);
        int64_t found = h->offsets[n];
        status = tell_hits(s, part, at, h, itself);
        search_hits_free(h);
        TRY(status);
        at += n;
        s->done += n;
        TRY(search_pause(s->r, s->done, s->total, s->err));
        if (found < BATCH_HITS / 4 && batch < most) batch = 2 * batch < most ? 2 * batch : most;
    }
    return ARYL_OK;
}

// ---- what callers ask for

static aryl_status finish(stream *s, aryl_status status, int64_t *n_pairs)
{
    if (status == ARYL_OK) status = flush(s);
    if (n_pairs) *n_pairs = s->n;
    return status;
}

aryl_status store_pairs(const aryl_index *index, const search_request *r, aryl_pair_sink sink, void *ctx, int64_t *n_pairs, aryl_error *err)
{
    bool symmetric = search_symmetric(&r->metric);
    stream s = {.r = r, .ordered = symmetric, .sink = sink, .ctx = ctx, .err = err};
    search_request quiet = *r;
    aryl_status status = ARYL_OK;
    for (int32_t i = 0; i < index->n_parts; i++)   // each part meets itself, and the parts before it, or all others
        s.total += index->parts[i].ix->n * (symmetric ? i + 1 : index->n_parts);
    if (index->n_parts > 1) quiet.progress = NULL;
    for (int32_t i = 0; status == ARYL_OK && i < index->n_parts; i++) {
        inside w = {&s, &index->parts[i]};
        status = search_self(w.part->ix, &quiet, tell_tile, &w, NULL, err);
        s.done += w.part->ix->n;
        for (int32_t j = 0; status == ARYL_OK && j < (symmetric ? i : index->n_parts); j++) {
            aryl_index other = {.parts = &index->parts[j], .n_parts = 1, .bits = index->bits};
            if (j != i) status = ask_all(&s, w.part, &other, false);
        }
    }
    return finish(&s, status, n_pairs);
}

aryl_status store_join(const aryl_index *queries, const aryl_index *index, const search_request *r, aryl_pair_sink sink, void *ctx,
                       int64_t *n_pairs, aryl_error *err)
{
    stream s = {.r = r, .sink = sink, .ctx = ctx, .err = err};
    aryl_status status = ARYL_OK;
    for (int32_t i = 0; i < queries->n_parts; i++) s.total += queries->parts[i].ix->n;
    for (int32_t i = 0; status == ARYL_OK && i < queries->n_parts; i++) status = ask_all(&s, &queries->parts[i], index, queries == index);
    return finish(&s, status, n_pairs);
}
