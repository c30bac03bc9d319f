// nearest.c - the best k rows of each query of a tile. Every query has its own threshold, the score of its k-th best so
// far; it is high early because rows that stand near the query in the order are looked at first.
#include "search/index.h"

enum { SEED = 32, QUEUE = 256, AHEAD = 6, MANY = 64 };

typedef struct seeker {              // what changes for one query
    double t, share;                 // least score of interest; for Tanimoto t / (1 + t), a lower bound of c / (a + b)
    int64_t seed, seed_end;          // positions already looked at
} seeker;

typedef struct queued { int32_t query, least; int64_t first; } queued;

typedef struct nearest {
    const search_index *ix;
    const search_planes *planes;
    const search_tile *tile;
    const search_metric *m;
    const simd_kernels *kernels;
    int64_t own;
    seeker *seekers;                 // [tile->n]
    search_best *best;
    uint8_t *later;                  // [tile->n] blocks of rows of the group block at hand that are to be looked at
    queued queue[QUEUE];
    int32_t n_queue;
    simd_counts counts;
    bool no_memory;
} nearest;

static void set_threshold(const nearest *n, seeker *s, double t)
{
    s->t = t;
    s->share = n->m->kind == ARYL_TANIMOTO && t > 0 && t <= 1 ? t / (1 + t) * (1 - 1e-12) : 0;   // damaged files may score more
}

static int32_t least_of_share(const seeker *s, int32_t sum)   // sum: bits of the query and the row
{
    double need = s->share * sum;
    int32_t least = (int32_t)need;
    if (least < need) least++;
    return least < 1 ? 1 : least;
}

// At most the least intersection that could be a hit. Whoever finds one looks at its score.
static int32_t least_for(const nearest *n, int64_t q, int32_t low, int32_t high)
{
    const seeker *s = &n->seekers[q];
    int32_t a = n->tile->a[q];
    if (!(s->t > 0)) return 1;
    if (n->m->kind != ARYL_TANIMOTO) return search_least_between(n->m, a, low, high, s->t);
    // What is there grows faster than what is needed up to b = a, and from there only the need grows.
    int32_t b = a < low ? low : a > high ? high : a;
    if (s->share * (a + b) > (a < b ? a : b)) return SEARCH_NEVER;
    return least_of_share(s, a + low);
}

static void offer(nearest *n, int32_t q, int64_t pos, int32_t c)
{
    seeker *s = &n->seekers[q];
    if ((n->own >= 0 && pos == n->own + q) || !search_there(n->ix, pos)) return;
    double score = search_score(n->m, c, n->tile->a[q], n->ix->count[pos]);
    if (!(score >= s->t)) return;
    if (!search_best_add(&n->best[q], (search_hit){n->ix->order[pos], score})) n->no_memory = true;
    if (search_best_full(&n->best[q]) && n->best[q].hit[0].score > s->t) set_threshold(n, s, n->best[q].hit[0].score);
}

static bool seeded(const nearest *n, int32_t q, int64_t pos) { return pos >= n->seekers[q].seed && pos < n->seekers[q].seed_end; }

static void verify_queue(nearest *n)
{
    const search_index *ix = n->ix;
    int32_t shared[64];
    for (int32_t i = 0; i < AHEAD && i < n->n_queue; i++) search_fetch_rows(ix, n->planes, n->queue[i].first);
    for (int32_t i = 0; i < n->n_queue; i++) {
        const queued *q = &n->queue[i];
        if (i + AHEAD < n->n_queue) search_fetch_rows(ix, n->planes, n->queue[i + AHEAD].first);
        int64_t rows = q->first + n->planes->group < ix->n ? n->planes->group : ix->n - q->first;
        if (rows <= 0) continue;   // named by a damaged file
        n->kernels->and_count(n->tile->row[q->query], ix->rows + q->first * ix->stride, rows, ix->stride, ix->bytes, shared);
        const seeker *s = &n->seekers[q->query];
        int32_t least = least_of_share(s, n->tile->a[q->query] + ix->count[q->first]);   // may be more than when it was queued
        if (least < q->least) least = q->least;
        for (int64_t r = 0; r < rows; r++)
            if (shared[r] >= least && !seeded(n, q->query, q->first + r)) offer(n, q->query, q->first + r, shared[r]);
    }
    n->n_queue = 0;
}

static void look_rows(nearest *n, int64_t block, int64_t q)
{
    const search_planes *p = &n->ix->by_row;
    int32_t least = least_for(n, q, p->low[block], p->high[block]);
    if (least == SEARCH_NEVER) return;
    if (!n->kernels->visit(search_block(n->ix, p, block), n->tile->lists + n->tile->list_at[q], n->tile->a[q], least, &n->counts)) return;
    for (int32_t w = 0; w < SIMD_WORDS; w++)
        for (uint64_t x = n->counts.mask[w]; x; x &= x - 1) {
            int32_t r = 64 * w + __builtin_ctzll(x);
            int64_t pos = block * SIMD_ROWS + r;
            if (!seeded(n, (int32_t)q, pos)) offer(n, (int32_t)q, pos, simd_count_of(&n->counts, r));
        }
}

// Where more than one group of a block of rows passes, planes of its rows are cheaper than the rows of the groups. They
// have their turn when every query has seen the groups, so that a block of planes stays in cache.
static void take_groups(nearest *n, int64_t q, int64_t first, int32_t least)
{
    int32_t group = n->planes->group, words = SIMD_WORDS / group;
    for (int32_t b = 0; b < group && first + b * SIMD_ROWS < n->ix->n; b++) {
        const uint64_t *mask = n->counts.mask + b * words;
        int32_t passed = 0;
        for (int32_t w = 0; w < words; w++) passed += __builtin_popcountll(mask[w]);
        if (passed > 1) n->later[q] |= (uint8_t)(1 << b);
        else
            for (int32_t w = 0; w < words && passed; w++)
                if (mask[w]) {
                    int64_t at = first + (64 * (b * words + w) + __builtin_ctzll(mask[w])) * group;
                    n->queue[n->n_queue++] = (queued){(int32_t)q, least, at};
                    if (n->n_queue == QUEUE) verify_queue(n);
                }
    }
}

// One block for every query that can have a hit there; false if none can.
static bool look(nearest *n, int64_t block)
{
    const search_index *ix = n->ix;
    const search_planes *p = n->planes;
    int64_t end, first = search_block_rows(ix, p, block, &end);
    const uint64_t *planes = search_block(ix, p, block);
    uint32_t later[SIMD_WORDS] = {0};
    bool any = false;
    for (int64_t q = 0; q < n->tile->n; q++) {
        int32_t least = least_for(n, q, p->low[block], p->high[block]);
        n->later[q] = 0;
        if (least == SEARCH_NEVER) continue;
        if (!any) search_fetch_block(ix, p, block);
        any = true;
        if (p->group == 1) {
            look_rows(n, block, q);
            continue;
        }
        if (!n->kernels->visit(planes, n->tile->lists + n->tile->list_at[q], n->tile->a[q], least, &n->counts)) continue;
        take_groups(n, q, first, least);
        for (int32_t b = 0; b < p->group; b++) later[b] += n->later[q] >> b & 1;
    }
    verify_queue(n);
    for (int32_t b = 0; b < p->group && p->group > 1; b++) {
        if (!later[b]) continue;
        if (later[b] > MANY) search_fetch_block(ix, &ix->by_row, first / SIMD_ROWS + b);
        for (int64_t q = 0; q < n->tile->n; q++)
            if (n->later[q] >> b & 1) look_rows(n, first / SIMD_ROWS + b, q);
    }
    return any;
}

static void look_near(nearest *n, int64_t q)
{
    const search_index *ix = n->ix;
    int32_t shared[4 * SEED];
    int64_t at = n->own >= 0 ? n->own + q : search_position(ix, n->tile->row[q], n->tile->a[q]);
    int64_t from = at > SEED ? at - SEED : 0, to = at + SEED < ix->n ? at + SEED : ix->n;
    n->kernels->and_count(n->tile->row[q], ix->rows + from * ix->stride, to - from, ix->stride, ix->bytes, shared);
    for (int64_t i = 0; i < to - from; i++)
        if (shared[i]) offer(n, (int32_t)q, from + i, shared[i]);
    n->seekers[q].seed = from;
    n->seekers[q].seed_end = to;
}

// Outward from the tile, the two sides in turn; a side ends where no query can find anything any more: further out less
// is possible, and thresholds only rise.
static void look_outward(nearest *n)
{
    int64_t middle = n->own >= 0 ? (n->own + n->tile->n / 2) / ((int64_t)SIMD_ROWS * n->planes->group)
                                 : search_block_reaching(n->planes, n->tile->a[n->tile->n / 2]);
    int64_t left = middle - 1, right = middle;
    int32_t lowest = n->tile->a[0], highest = n->tile->a[n->tile->n - 1];
    bool go_left = true, go_right = true;
    while ((go_left && left >= 0) || (go_right && right < n->planes->n_blocks)) {
        if (go_right && right < n->planes->n_blocks) {
            bool outside = n->planes->low[right] >= highest;
            go_right = look(n, right++) || !outside;
        }
        if (go_left && left >= 0) {
            bool outside = n->planes->high[left] <= lowest;
            go_left = look(n, left--) || !outside;
        }
        if (n->no_memory) return;
    }
}

aryl_status search_nearest(const search_index *ix, const search_planes *planes, const search_tile *tile, const search_metric *m,
                           double threshold, int64_t own, search_best *best)
{
    nearest n = {.ix = ix, .planes = planes, .tile = tile, .m = m, .kernels = simd_get(), .own = own, .best = best};
    if (!tile->n || !ix->n) return ARYL_OK;
    n.seekers = mem_alloc((size_t)tile->n * sizeof *n.seekers);
    n.later = mem_alloc((size_t)tile->n);
    n.no_memory = !n.seekers || !n.later;
    for (int64_t q = 0; q < tile->n && !n.no_memory; q++) {
        n.seekers[q] = (seeker){0};
        set_threshold(&n, &n.seekers[q], threshold);
        look_near(&n, q);
    }
    if (!n.no_memory) look_outward(&n);
    mem_free(n.later);
    mem_free(n.seekers);
    return n.no_memory ? ARYL_E_NOMEM : ARYL_OK;
}
