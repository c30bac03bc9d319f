// self.c - a set against itself: all pairs above a threshold.
//
// Tiles of sorted rows are queries one after the other; a tile meets its own blocks and those behind it, up to where the
// bits are too many for the threshold. Tiles are independent, and their pairs are handed on in the order of the tiles, a
// round of tiles at a time. A tile that finds more than its share of what a round may keep is done again in smaller ones:
// memory is bounded whatever the number of pairs.
#include "search/index.h"

enum { MOST_TILE = 8192, LEAST_TILE = 256, SAMPLE = 64, ROUND_PAIRS = 1 << 22 };

typedef struct self {
    const search_index *ix;
    const search_request *r;
    const search_planes *planes;
    int64_t tile, first;             // rows of a tile; first row of the round
    search_pairs *pairs;             // [tiles of a round]
    aryl_status *status;
} self;

// Rows behind position `at` one by one: for rows of more bits than planes count, and thresholds that everything reaches.
static aryl_status plain_row(const self *w, int64_t own, int64_t at, bool both_ways, search_pairs *out)
{
    const search_index *ix = w->ix;
    int32_t shared[SIMD_ROWS];
    for (int64_t i = both_ways ? 0 : at + 1; i < ix->n; i += SIMD_ROWS) {
        int64_t n = ix->n - i < SIMD_ROWS ? ix->n - i : SIMD_ROWS;
        simd_get()->and_count(ix->rows + at * ix->stride, ix->rows + i * ix->stride, n, ix->stride, ix->bytes, shared);
        for (int64_t j = 0; j < n; j++) {
            if (i + j == at || search_dead(ix, i + j)) continue;
            if (!(search_score(&w->r->metric, shared[j], ix->count[at], ix->count[i + j]) >= w->r->threshold)) continue;
            TRY(search_pairs_room(out));
            out->p[out->n++] = (search_pair){(int32_t)(at - own), (int32_t)(i + j), shared[j]};
        }
    }
    return ARYL_OK;
}

static void drop_selves(int64_t own, search_pairs *pairs)
{
    int64_t n = 0;
    for (int64_t i = 0; i < pairs->n; i++)
        if (own + pairs->p[i].query != pairs->p[i].pos) pairs->p[n++] = pairs->p[i];
    pairs->n = n;
}

static aryl_status run_tile(const self *w, int64_t own, int64_t end, search_pairs *out)
{
    const search_index *ix = w->ix;
    bool symmetric = search_symmetric(&w->r->metric), everything = !(w->r->threshold > 0);
    search_tile tile;
    aryl_status s = search_tile_init(&tile, ix, end - own);
    int64_t i = own;
    for (; s == ARYL_OK && i < end && !everything && ix->count[i] <= SIMD_MOST_PLANES; i++) s = search_tile_add(&tile, ix, ix->rows + i * ix->stride);
    if (s == ARYL_OK && tile.n) s = search_join(ix, w->planes, &tile, &w->r->metric, w->r->threshold, symmetric ? own : -1, out);
    if (!symmetric) drop_selves(own, out);
    for (; s == ARYL_OK && i < end; i++) s = plain_row(w, own, i, !symmetric, out);
    search_tile_done(&tile);
    return s;
}

// By query, so that the order of pairs does not tell how large tiles were; those of a query are in order already.
static aryl_status sort_pairs(search_pairs *pairs, int64_t n_queries)
{
    int64_t *start = mem_alloc((size_t)(n_queries + 1) * sizeof *start);
    search_pair *sorted = mem_alloc((size_t)pairs->n * sizeof *sorted);
    if (!start || !sorted) {
        mem_free(start);
        mem_free(sorted);
        return ARYL_E_NOMEM;
    }
    memset(start, 0, (size_t)(n_queries + 1) * sizeof *start);
    for (int64_t i = 0; i < pairs->n; i++) start[pairs->p[i].query + 1]++;
    for (int64_t q = 0; q < n_queries; q++) start[q + 1] += start[q];
    for (int64_t i = 0; i < pairs->n; i++) sorted[start[pairs->p[i].query]++] = pairs->p[i];
    mem_free(start);
    mem_free(pairs->p);
    pairs->p = sorted;
    pairs->cap = pairs->n;
    return ARYL_OK;
}

static void run_tiles(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    self *w = ctx;
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        int64_t own = w->first + i * w->tile, stop = own + w->tile < w->ix->n ? own + w->tile : w->ix->n;
        w->pairs[i].n = 0;
        w->status[i] = run_tile(w, own, stop, &w->pairs[i]);
        if (w->status[i] == ARYL_OK) w->status[i] = sort_pairs(&w->pairs[i], stop - own);
    }
}

// Hands on the pairs of the tiles of a round up to the first that found too many: *done tiles.
static aryl_status hand_on(self *w, int64_t here, search_tile_fn fn, void *ctx, int64_t *done, int64_t *found)
{
    *found = 0;
    for (*done = 0; *done < here && w->status[*done] != ARYL_E_SPACE; ++*done) {
        search_pairs *p = &w->pairs[*done];
        TRY(w->status[*done]);
        TRY(fn(ctx, w->first + *done * w->tile, p));
        *found += p->n;
    }
    for (int64_t i = 0; i < here; i++)
        if (w->pairs[i].cap > ROUND_PAIRS / here) {
            mem_free(w->pairs[i].p);
            w->pairs[i] = (search_pairs){0};
        }
    return ARYL_OK;
}

static aryl_status rounds(self *w, search_tile_fn fn, void *ctx, aryl_error *err)
{
    int32_t threads = par_threads(w->r->n_threads);
    int64_t most = 32 * (int64_t)threads, round = threads, most_tile = w->tile;
    w->pairs = mem_alloc((size_t)most * sizeof *w->pairs);
    w->status = mem_alloc((size_t)most * sizeof *w->status);
    aryl_status s = w->pairs && w->status ? ARYL_OK : ARYL_E_NOMEM;
    if (w->pairs) memset(w->pairs, 0, (size_t)most * sizeof *w->pairs);
    while (s == ARYL_OK && w->first < w->ix->n) {
        int64_t tiles = (w->ix->n - w->first + w->tile - 1) / w->tile, here = tiles < round ? tiles : round, done, found;
        for (int64_t i = 0; i < here; i++) w->pairs[i].most = w->tile > 1 ? ROUND_PAIRS / here : 0;   // a single row has at most ix->n
        par_for(here, 1, w->r->n_threads, run_tiles, w);
        s = hand_on(w, here, fn, ctx, &done, &found);
        w->first += done * w->tile;
        if (s == ARYL_OK && done) s = search_pause(w->r, w->first < w->ix->n ? w->first : w->ix->n, w->ix->n, err);
        if (done < here) {
            if (round > threads) round = threads;
            else w->tile = w->tile / 4 + 1 < w->tile ? w->tile / 4 + 1 : 1;
        } else if (found < ROUND_PAIRS / 8) {
            if (w->tile < most_tile) w->tile = 2 * w->tile < most_tile ? 2 * w->tile : most_tile;
            else round = 2 * round < most ? 2 * round : most;
        }
    }
    for (int64_t i = 0; w->pairs && i < most; i++) mem_free(w->pairs[i].p);
    mem_free(w->pairs);
    mem_free(w->status);
    return s;
}

// Groups of the size that suits the threshold, made for the occasion where the index has others; none where too many pass.
aryl_status search_planes_for(const search_index *ix, const search_request *r, int32_t group, double likely, const search_planes **out,
                              search_planes *made, void **own)
{
    search_tile tile = {0};
    aryl_status s = ARYL_OK;
    *own = NULL;
    *out = &ix->by_row;
    if (r->plan == ARYL_PLAN_PLANES || !ix->n || !(likely > 0)) return ARYL_OK;
    if (group != ix->by_group.group) {
        TRY(search_planes_make(ix, group, r->n_threads, made, own));
        *out = made;
    } else *out = &ix->by_group;
    if (r->plan == ARYL_PLAN_GROUPS) return ARYL_OK;
    s = search_tile_init(&tile, ix, SAMPLE);
    for (int64_t i = 0; s == ARYL_OK && i < SAMPLE; i++) {
        int64_t at = i * ix->n / SAMPLE;
        if (ix->count[at] <= SIMD_MOST_PLANES) s = search_tile_add(&tile, ix, ix->rows + at * ix->stride);
    }
    if (s == ARYL_OK && search_pass_rate(ix, *out, &tile, &r->metric, likely) > 0.05 / group) *out = &ix->by_row;
    search_tile_done(&tile);
    return s;
}

aryl_status search_self(const search_index *ix, const search_request *r, search_tile_fn fn, void *ctx, search_trace *trace,
                        aryl_error *err)
{
    self w = {.ix = ix, .r = r};
    search_planes made;
    void *own;
    int32_t threads = par_threads(r->n_threads);
    w.tile = ix->n / (8 * threads) + 1;
    if (w.tile > MOST_TILE) w.tile = MOST_TILE;
    if (w.tile < LEAST_TILE) w.tile = LEAST_TILE;
    aryl_status s = search_planes_for(ix, r, search_group_size(ix->n, r->threshold), r->threshold, &w.planes, &made, &own);
    if (s == ARYL_OK) s = rounds(&w, fn, ctx, err);
    if (trace) *trace = (search_trace){.plan = w.planes && w.planes->group > 1 ? ARYL_PLAN_GROUPS : ARYL_PLAN_PLANES, .queries = ix->n};
    mem_free(own);
    return s == ARYL_E_NOMEM ? fail_at(err, s, -1, "no memory for pairs") : s;
}
