// neighbours.c - the neighbours of every row of an index: all above a threshold, or the best k.
#include "search/index.h"

enum { MOST_TILE = 8192, LEAST_TILE = 256, SORT = 2048 };

// ---- above a threshold: all pairs, each told to both its rows

typedef struct gathered {
    const search_index *ix;
    search_pair *pair;               // query is a position here
    int64_t n, cap;
    bool count_only;
    int64_t *count;                  // [ix->n] by row number
    bool both;
} gathered;

static aryl_status gather(void *ctx, int64_t own, const search_pairs *pairs)
{
    gathered *g = ctx;
    for (int64_t i = 0; i < pairs->n; i++) {
        search_pair p = pairs->p[i];
        g->count[g->ix->order[own + p.query]]++;
        if (g->both) g->count[g->ix->order[p.pos]]++;
    }
    if (g->count_only) return ARYL_OK;
    if (g->n + pairs->n > g->cap) {
        int64_t cap = 2 * g->cap > g->n + pairs->n ? 2 * g->cap : g->n + pairs->n;
        search_pair *more = cap < (int64_t)(PTRDIFF_MAX / sizeof *more) ? mem_resize(g->pair, (size_t)cap * sizeof *more) : NULL;
        if (!more) return ARYL_E_NOMEM;
        g->pair = more;
        g->cap = cap;
    }
    for (int64_t i = 0; i < pairs->n; i++)
        g->pair[g->n++] = (search_pair){(int32_t)(own + pairs->p[i].query), pairs->p[i].pos, pairs->p[i].c};
    return ARYL_OK;
}

typedef struct sorting { aryl_hits *h; aryl_status *failed; } sorting;

static void sort_lists(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    sorting *w = ctx;
    search_best best = {0};
    (void)worker;
    for (int64_t q = begin; q < end; q++) {
        int64_t from = w->h->offsets[q], n = w->h->offsets[q + 1] - from;
        best.n = 0;
        for (int64_t i = 0; i < n; i++)
            if (!search_best_add(&best, (search_hit){w->h->rows[from + i], w->h->scores[from + i]})) {
                w->failed[q / SORT] = ARYL_E_NOMEM;
                break;
            }
        if (best.n < n) continue;
        search_best_sort(&best);
        for (int64_t i = 0; i < n; i++) {
            w->h->rows[from + i] = best.hit[i].row;
            w->h->scores[from + i] = best.hit[i].score;
        }
    }
    search_best_free(&best);
}

static aryl_status lists_of(const gathered *g, const search_request *r, aryl_hits *h)
{
    const search_index *ix = g->ix;
    for (int64_t i = 0; i < ix->n; i++) h->offsets[i + 1] = g->count[i];
    if (r->count_only) {
        for (int64_t i = 0; i < ix->n; i++) h->offsets[i + 1] += h->offsets[i];
        return ARYL_OK;
    }
    TRY(search_hits_fill(h));
    for (int64_t i = 0; i < ix->n; i++) g->count[i] = h->offsets[i];
    for (int64_t i = 0; i < g->n; i++) {
        search_pair p = g->pair[i];
        int64_t x = ix->order[p.query], y = ix->order[p.pos];
        double score = search_score(&r->metric, p.c, ix->count[p.query], ix->count[p.pos]);
        h->rows[g->count[x]] = y;
        h->scores[g->count[x]++] = score;
        if (!g->both) continue;
        h->rows[g->count[y]] = x;
        h->scores[g->count[y]++] = score;
    }
    int64_t pieces = ix->n / SORT + 1;
    sorting w = {h, mem_alloc((size_t)pieces * sizeof(aryl_status))};
    if (!w.failed) return ARYL_E_NOMEM;
    memset(w.failed, 0, (size_t)pieces * sizeof *w.failed);
    par_for(ix->n, SORT, r->n_threads, sort_lists, &w);
    aryl_status s = ARYL_OK;
    for (int64_t i = 0; i < pieces; i++)
        if (w.failed[i]) s = w.failed[i];
    mem_free(w.failed);
    return s;
}

static aryl_status above_threshold(const search_index *ix, const search_request *r, aryl_hits *h, search_trace *trace, aryl_error *err)
{
    gathered g = {.ix = ix, .count_only = r->count_only, .both = search_symmetric(&r->metric)};
    g.count = mem_alloc((size_t)(ix->n + 1) * sizeof *g.count);
    aryl_status s = ARYL_E_NOMEM;
    if (g.count) {
        memset(g.count, 0, (size_t)(ix->n + 1) * sizeof *g.count);
        s = search_self(ix, r, gather, &g, trace, err);
        if (s == ARYL_OK) s = lists_of(&g, r, h);
    }
    mem_free(g.count);
    mem_free(g.pair);
    return s;
}

// ---- the best k

typedef struct graph {
    const search_index *ix;
    const search_request *r;
    const search_planes *planes;
    int64_t k, tile, first;          // rows of a tile; first tile of the round
    int32_t *row;                    // [n][k] by position
    double *score;
    int32_t *found;                  // [n]
    aryl_status *status;             // [tiles]
} graph;

static void put(graph *g, int64_t at, search_best *best)
{
    const search_index *ix = g->ix;
    int64_t n = 0;
    search_best_sort(best);
    for (int64_t i = 0; i < best->n && n < g->k; i++) {
        if (best->hit[i].row == ix->order[at]) continue;
        g->row[at * g->k + n] = (int32_t)best->hit[i].row;
        g->score[at * g->k + n++] = best->hit[i].score;
    }
    g->found[at] = (int32_t)n;
}

// Rows that tiles cannot do, and those whose list is to be filled up with rows that share nothing.
static aryl_status one(graph *g, int64_t at)
{
    search_best best = {0};
    search_seeker seeker;
    aryl_status s = search_seeker_init(&seeker, g->ix, g->r);
    seeker.best = &best;
    if (s == ARYL_OK) s = search_seek(&seeker, g->ix->rows + at * g->ix->stride, g->k + 1);
    if (s == ARYL_OK) put(g, at, &best);
    search_seeker_done(&seeker);
    search_best_free(&best);
    return s;
}

static aryl_status run_tile(graph *g, int64_t own, int64_t end)
{
    const search_index *ix = g->ix;
    search_tile tile;
    search_best *best = mem_alloc((size_t)(end - own) * sizeof *best);
    if (!best) return ARYL_E_NOMEM;
    for (int64_t i = 0; i < end - own; i++) best[i] = (search_best){.k = g->k};
    aryl_status s = search_tile_init(&tile, ix, end - own);
    int64_t i = own;
    for (; s == ARYL_OK && i < end && ix->count[i] <= SIMD_MOST_PLANES; i++) s = search_tile_add(&tile, ix, ix->rows + i * ix->stride);
    if (s == ARYL_OK && tile.n) s = search_nearest(ix, g->planes, &tile, &g->r->metric, g->r->threshold, own, best);
    bool zeros = !(g->r->threshold > 0);
    for (i = own; s == ARYL_OK && i < end; i++) {
        if (i - own >= tile.n || (zeros && !search_best_full(&best[i - own]))) s = one(g, i);
        else put(g, i, &best[i - own]);
    }
    for (i = 0; i < end - own; i++) search_best_free(&best[i]);
    mem_free(best);
    search_tile_done(&tile);
    return s;
}

static void run_tiles(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    graph *g = ctx;
    (void)worker;
    for (int64_t i = g->first + begin; i < g->first + end; i++) {
        int64_t own = i * g->tile, stop = own + g->tile < g->ix->n ? own + g->tile : g->ix->n;
        g->status[i] = run_tile(g, own, stop);
    }
}

static aryl_status fill(const graph *g, aryl_hits *h)
{
    const search_index *ix = g->ix;
    for (int64_t i = 0; i < ix->n; i++) h->offsets[ix->order[i] + 1] = g->found[i];
    if (g->r->count_only) {
        for (int64_t i = 0; i < ix->n; i++) h->offsets[i + 1] += h->offsets[i];
        return ARYL_OK;
    }
    TRY(search_hits_fill(h));
    for (int64_t i = 0; i < ix->n; i++) {
        int64_t at = h->offsets[ix->order[i]];
        for (int64_t j = 0; j < g->found[i]; j++) {
            h->rows[at + j] = g->row[i * g->k + j];
            h->scores[at + j] = g->score[i * g->k + j];
        }
    }
    return ARYL_OK;
}

static aryl_status best_k(const search_index *ix, const search_request *r, aryl_hits *h, search_trace *trace, aryl_error *err)
{
    graph g = {.ix = ix, .r = r, .k = r->k < ix->n ? r->k : ix->n ? ix->n : 1};
    search_planes made;
    void *own = NULL;
    int32_t threads = par_threads(r->n_threads);
    int64_t slots, tile = ix->n / (8 * threads) + 1;
    g.tile = tile > MOST_TILE ? MOST_TILE : tile < LEAST_TILE ? LEAST_TILE : tile;
    int64_t tiles = (ix->n + g.tile - 1) / g.tile;
    aryl_status s = ARYL_E_NOMEM;
    if (__builtin_mul_overflow(ix->n, g.k, &slots) || slots > (int64_t)(PTRDIFF_MAX / 16)) return ARYL_E_NOMEM;
    g.row = mem_alloc((size_t)slots * sizeof *g.row);
    g.score = mem_alloc((size_t)slots * sizeof *g.score);
    g.found = mem_alloc((size_t)ix->n * sizeof *g.found);
    g.status = mem_alloc((size_t)tiles * sizeof *g.status);
    if (!g.row || !g.score || !g.found || !g.status) goto out;
    s = search_planes_for(ix, r, 4, r->threshold > 0.4 ? r->threshold : 0.4, &g.planes, &made, &own);
    for (; s == ARYL_OK && g.first < tiles; g.first += 4 * threads) {
        int64_t here = tiles - g.first < 4 * threads ? tiles - g.first : 4 * threads;
        par_for(here, 1, r->n_threads, run_tiles, &g);
        for (int64_t i = 0; s == ARYL_OK && i < here; i++) s = g.status[g.first + i];
        int64_t done = (g.first + here) * g.tile;
        if (s == ARYL_OK) s = search_pause(r, done < ix->n ? done : ix->n, ix->n, err);
    }
    if (s == ARYL_OK) s = fill(&g, h);
    if (trace) *trace = (search_trace){.plan = g.planes && g.planes->group > 1 ? ARYL_PLAN_GROUPS : ARYL_PLAN_PLANES, .queries = ix->n};
out:
    mem_free(own);
    mem_free(g.row);
    mem_free(g.score);
    mem_free(g.found);
    mem_free(g.status);
    return s;
}

aryl_status search_neighbours(const search_index *ix, const search_request *r, aryl_hits **out, search_trace *trace, aryl_error *err)
{
    aryl_hits *h = NULL;
    *out = NULL;
    aryl_status s = search_hits_new(ix->n, &h);
    if (s == ARYL_OK) s = r->k ? best_k(ix, r, h, trace, err) : above_threshold(ix, r, h, trace, err);
    if (s != ARYL_OK) {
        search_hits_free(h);
        return s == ARYL_E_NOMEM ? fail_at(err, s, -1, "no memory for neighbours") : s;
    }
    *out = h;
    return ARYL_OK;
}
