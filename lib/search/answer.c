// answer.c - queries against an index, brought into the order and form that search_scan gives.
//
// Queries are cut into chunks. A few queries are answered one by one; many are sorted by their bits and go through the
// index in tiles. A chunk keeps its hits in one array until all are done.
#include "search/index.h"

enum { FEW_QUERIES = 48, FEW_PER_ROW = 8192, CHUNK = 8, MOST_TILE = 2048, ROUND = 16 };

typedef struct chunk {
    search_hit *hit;
    int64_t n, cap;
    aryl_status status;
    search_trace trace;
} chunk;

typedef struct answer {
    const search_index *ix;
    const aryl_rows *queries;
    search_request r;
    int32_t *a;                      // [queries] bits of each
    int64_t *turn;                   // [queries] which query is answered when
    int64_t n_tiled, tile;           // the first n_tiled of them in tiles of `tile`, the others one by one
    const search_planes *planes;     // for tiles
    int64_t n_chunks, first;         // first chunk of the round
    chunk *chunks;                   // [n_chunks]
    int64_t most;                    // hits that a chunk may keep; 0: no limit
    int64_t *at, *found;             // [queries] place in the chunk, and number of hits
    int32_t *chunk_of;
} answer;

static aryl_status room(const answer *w, chunk *c, int64_t more)
{
    if (w->most && c->n + more > w->most) return ARYL_E_SPACE;
    if (c->n + more <= c->cap) return ARYL_OK;
    int64_t cap = 2 * c->cap > c->n + more ? 2 * c->cap : c->n + more;
    if (cap > (int64_t)(PTRDIFF_MAX / sizeof *c->hit)) return ARYL_E_NOMEM;
    search_hit *hit = mem_resize(c->hit, (size_t)cap * sizeof *hit);
    if (!hit) return ARYL_E_NOMEM;
    c->hit = hit;
    c->cap = cap;
    return ARYL_OK;
}

// best: sorted here.
static aryl_status keep(answer *w, int64_t i, int64_t query, search_best *best)
{
    chunk *c = &w->chunks[i];
    w->chunk_of[query] = (int32_t)i;
    w->at[query] = c->n;
    w->found[query] = best->n;
    if (w->r.count_only) return ARYL_OK;
    search_best_sort(best);
    TRY(room(w, c, best->n));
    if (best->n) memcpy(c->hit + c->n, best->hit, (size_t)best->n * sizeof *c->hit);
    c->n += best->n;
    return ARYL_OK;
}

static const uint8_t *query_row(const answer *w, int64_t query) { return w->queries->data + query * w->queries->stride; }

static aryl_status one_by_one(answer *w, int64_t i, int64_t begin, int64_t end)
{
    search_best best = {0};
    search_seeker s;
    aryl_status status = search_seeker_init(&s, w->ix, &w->r);
    s.best = &best;
    for (int64_t j = begin; status == ARYL_OK && j < end; j++) {
        int64_t query = w->turn[j];
        status = search_seek(&s, query_row(w, query), w->r.k);
        if (status != ARYL_OK) break;
        status = keep(w, i, query, &best);
        if (s.counting) w->found[query] = s.found;
    }
    w->chunks[i].trace = s.trace;
    search_seeker_done(&s);
    search_best_free(&best);
    return status;
}

static aryl_status tile_pairs(answer *w, int64_t i, int64_t begin, const search_tile *tile)
{
    search_pairs pairs = {.most = w->most};
    int64_t *start = mem_alloc((size_t)(tile->n + 2) * sizeof *start);
    aryl_status s = start ? search_join(w->ix, w->planes, tile, &w->r.metric, w->r.threshold, -1, &pairs) : ARYL_E_NOMEM;
    chunk *c = &w->chunks[i];
    if (s == ARYL_OK && !w->r.count_only) s = room(w, c, pairs.n);
    if (s == ARYL_OK) {
        memset(start, 0, (size_t)(tile->n + 2) * sizeof *start);
        for (int64_t p = 0; p < pairs.n; p++) start[pairs.p[p].query + 2]++;
        for (int64_t q = 0; q < tile->n; q++) {
            int64_t query = w->turn[begin + q];
            w->chunk_of[query] = (int32_t)i;
            w->at[query] = start[q + 1];
            w->found[query] = start[q + 2];
            start[q + 2] += start[q + 1];
        }
        for (int64_t p = 0; p < pairs.n && !w->r.count_only; p++) {
            search_pair x = pairs.p[p];
            c->hit[start[x.query + 1]++] =
                (search_hit){w->ix->order[x.pos], search_score(&w->r.metric, x.c, tile->a[x.query], w->ix->count[x.pos])};
        }
        for (int64_t q = 0; q < tile->n && !w->r.count_only; q++) {
            int64_t query = w->turn[begin + q];
            search_best some = {.hit = c->hit + w->at[query], .n = w->found[query]};
            search_best_sort(&some);
        }
        c->n = w->r.count_only ? 0 : pairs.n;
    }
    mem_free(start);
    mem_free(pairs.p);
    return s;
}

static aryl_status tile_best(answer *w, int64_t i, int64_t begin, const search_tile *tile)
{
    search_best *best = mem_alloc((size_t)tile->n * sizeof *best);
    if (!best) return ARYL_E_NOMEM;
    for (int64_t q = 0; q < tile->n; q++) best[q] = (search_best){.k = w->r.k};
    aryl_status s = search_nearest(w->ix, w->planes, tile, &w->r.metric, w->r.threshold, -1, best);
    bool zeros = !(w->r.threshold > 0);   // rows that share nothing are hits where others are too few
    for (int64_t q = 0; s == ARYL_OK && q < tile->n; q++) {
        if (zeros && !search_best_full(&best[q])) s = one_by_one(w, i, begin + q, begin + q + 1);
        else s = keep(w, i, w->turn[begin + q], &best[q]);
    }
    for (int64_t q = 0; q < tile->n; q++) search_best_free(&best[q]);
    mem_free(best);
    return s;
}

static aryl_status tiled(answer *w, int64_t i, int64_t begin, int64_t end)
{
    search_tile tile;
    aryl_status s = search_tile_init(&tile, w->ix, end - begin);
    for (int64_t j = begin; s == ARYL_OK && j < end; j++) s = search_tile_add(&tile, w->ix, query_row(w, w->turn[j]));
    if (s == ARYL_OK) s = w->r.k ? tile_best(w, i, begin, &tile) : tile_pairs(w, i, begin, &tile);
    w->chunks[i].trace.queries = end - begin;
    w->chunks[i].trace.plan = w->planes->group > 1 ? ARYL_PLAN_GROUPS : ARYL_PLAN_PLANES;
    search_tile_done(&tile);
    return s;
}

static void run_chunks(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    answer *w = ctx;
    (void)worker;
    int64_t tiles = w->n_tiled ? (w->n_tiled + w->tile - 1) / w->tile : 0;
    for (int64_t i = w->first + begin; i < w->first + end; i++) {
        if (i < tiles) {
            int64_t from = i * w->tile, to = from + w->tile < w->n_tiled ? from + w->tile : w->n_tiled;
            w->chunks[i].status = tiled(w, i, from, to);
        } else {
            int64_t from = w->n_tiled + (i - tiles) * CHUNK, to = from + CHUNK < w->queries->n ? from + CHUNK : w->queries->n;
            w->chunks[i].status = one_by_one(w, i, from, to);
        }
    }
}

// Queries that suit tiles first, by their number of bits; then the others. Counting sort.
static aryl_status order_queries(answer *w)
{
    int64_t n = w->queries->n, *start = mem_alloc((size_t)(w->ix->bits + 3) * sizeof *start);
    if (!start) return ARYL_E_NOMEM;
    memset(start, 0, (size_t)(w->ix->bits + 3) * sizeof *start);
    int32_t dense = 6 * w->ix->bytes < SIMD_MOST_PLANES ? 6 * w->ix->bytes : SIMD_MOST_PLANES;
    bool few = n < FEW_QUERIES + w->ix->n / FEW_PER_ROW || (!w->r.k && !(w->r.threshold > 0)) || w->r.plan == ARYL_PLAN_ROWS;
    for (int64_t i = 0; i < n; i++) {
        bool tiled = !few && w->a[i] && w->a[i] <= dense && w->a[i] <= w->ix->bits;
        if (!tiled) w->a[i] = w->ix->bits + 1;   // behind all others
        w->n_tiled += tiled;
        start[w->a[i] + 1]++;
    }
    for (int32_t b = 0; b < w->ix->bits + 2; b++) start[b + 1] += start[b];
    for (int64_t i = 0; i < n; i++) w->turn[start[w->a[i]]++] = i;
    mem_free(start);
    return ARYL_OK;
}

// Groups, unless too many of them would have to be looked into.
static aryl_status choose_planes(answer *w)
{
    w->planes = w->r.plan == ARYL_PLAN_PLANES ? &w->ix->by_row : &w->ix->by_group;
    if (w->r.plan != ARYL_PLAN_AUTO || !w->n_tiled) return ARYL_OK;
    search_tile tile;
    aryl_status s = search_tile_init(&tile, w->ix, 64);
    for (int64_t i = 0; s == ARYL_OK && i < 64; i++) s = search_tile_add(&tile, w->ix, query_row(w, w->turn[i * w->n_tiled / 64]));
    double likely = w->r.threshold > 0.5 || !w->r.k ? w->r.threshold : 0.5;   // what the k-th best may score
    if (s == ARYL_OK && search_pass_rate(w->ix, w->planes, &tile, &w->r.metric, likely) > 0.02) w->planes = &w->ix->by_row;
    search_tile_done(&tile);
    return s;
}

static aryl_status run(answer *w, aryl_error *err)
{
    int32_t threads = par_threads(w->r.n_threads);
    int64_t n = w->queries->n;
    search_popcount(w->queries, w->a);
    TRY(order_queries(w));
    TRY(choose_planes(w));
    w->tile = w->n_tiled / (4 * threads) + 1;
    if (w->tile < CHUNK) w->tile = CHUNK;
    if (w->tile > MOST_TILE) w->tile = MOST_TILE;
    w->n_chunks = (w->n_tiled + w->tile - 1) / w->tile + (n - w->n_tiled + CHUNK - 1) / CHUNK;
    w->chunks = mem_alloc((size_t)w->n_chunks * sizeof *w->chunks);
    if (!w->chunks) return ARYL_E_NOMEM;
    memset(w->chunks, 0, (size_t)w->n_chunks * sizeof *w->chunks);
    if (w->r.most_hits) w->most = w->r.most_hits / w->n_chunks + 1;
    for (w->first = 0; w->first < w->n_chunks; w->first += (int64_t)ROUND * threads) {
        int64_t here = w->n_chunks - w->first < (int64_t)ROUND * threads ? w->n_chunks - w->first : (int64_t)ROUND * threads;
        par_for(here, 1, w->r.n_threads, run_chunks, w);
        for (int64_t i = 0; i < here; i++) TRY(w->chunks[w->first + i].status);
        if (w->r.progress || w->r.cancel) {
            int64_t done = w->first + here == w->n_chunks ? n : (int64_t)((double)n * (double)(w->first + here) / (double)w->n_chunks);
            TRY(search_pause(&w->r, done, n, err));
        }
    }
    return ARYL_OK;
}

static aryl_status hand_over(const answer *w, aryl_hits *h)
{
    for (int64_t q = 0; q < h->n_queries; q++) h->offsets[q + 1] = w->found[q];
    if (w->r.count_only) {
        for (int64_t q = 0; q < h->n_queries; q++) h->offsets[q + 1] += h->offsets[q];
        return ARYL_OK;
    }
    TRY(search_hits_fill(h));
    for (int64_t q = 0; q < h->n_queries; q++) {
        if (!w->found[q]) continue;
        const search_hit *hit = w->chunks[w->chunk_of[q]].hit + w->at[q];
        int64_t *rows = h->rows + h->offsets[q];
        double *scores = h->scores + h->offsets[q];
        for (int64_t i = 0; i < w->found[q]; i++) {
            rows[i] = hit[i].row;
            scores[i] = hit[i].score;
        }
    }
    return ARYL_OK;
}

aryl_status search_index_search(const search_index *ix, const aryl_rows *queries, const search_request *r, aryl_hits **out,
                                search_trace *trace, aryl_error *err)
{
    answer w = {.ix = ix, .queries = queries, .r = *r};
    aryl_hits *h;
    *out = NULL;
    if (w.r.k > ix->n) w.r.k = ix->n ? ix->n : 1;
    aryl_status s = search_hits_new(queries->n, &h);
    size_t n = (size_t)queries->n + 1;
    if (s == ARYL_OK) {
        w.a = mem_alloc(n * sizeof *w.a);
        w.turn = mem_alloc(n * sizeof *w.turn);
        w.at = mem_alloc(n * sizeof *w.at);
        w.found = mem_alloc(n * sizeof *w.found);
        w.chunk_of = mem_alloc(n * sizeof *w.chunk_of);
        s = w.a && w.turn && w.at && w.found && w.chunk_of ? run(&w, err) : ARYL_E_NOMEM;
        if (s == ARYL_OK) s = hand_over(&w, h);
    }
    if (trace) *trace = (search_trace){0};
    for (int64_t i = 0; w.chunks && i < w.n_chunks; i++) {
        const search_trace *t = &w.chunks[i].trace;
        if (trace)
            *trace = (search_trace){t->plan, trace->queries + t->queries, trace->visits + t->visits, trace->fallen + t->fallen,
                                    trace->rows + t->rows};
        mem_free(w.chunks[i].hit);
    }
    mem_free(w.chunks);
    mem_free(w.a);
    mem_free(w.turn);
    mem_free(w.at);
    mem_free(w.found);
    mem_free(w.chunk_of);
    if (s != ARYL_OK) {
        search_hits_free(h);
        return s == ARYL_E_NOMEM ? fail_at(err, s, -1, "no memory for hits") : s;
    }
    *out = h;
    return ARYL_OK;
}
