// nearest.c - the best k rows of each query of a tile. Every query has its own threshold, the score of its k-th best so
// far; it is high early because rows that stand near the query in the order are looked at first.
#include "search/index.h"

enum { SEED = 32, QUEUE = 256, AHEAD = 6, LINE = 64 };

typedef struct seeker {              // what changes for one query
    double t, share;                 // least score of interest; for Tanimoto t / (1 + t), a lower bound of c / (a + b)
    int64_t seed, seed_end;          // positions already looked at
} seeker;

typedef struct queued { int32_t query; int64_t first; } queued;

typedef struct nearest {
    const search_index *ix;
    const search_planes *planes;
    const search_tile *tile;
    const search_metric *m;
    const simd_kernels *kernels;
    int64_t own;
    seeker *seekers;                 // [tile->n]
    search_best *best;
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
    double need = s->share * (a + low);
    int32_t least = (int32_t)need;
    if (least < need) least++;
    return least < 1 ? 1 : least;
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

static void fetch_rows(const nearest *n, const queued *q)
{
    const uint8_t *from = n->ix->rows + q->first * n->ix->stride;
    int64_t size = n->planes->group * n->ix->stride;
    for (int64_t at = 0; at < size && at < 2048; at += LINE) __builtin_prefetch(from + at);
}

static void verify_queue(nearest *n)
{
    const search_index *ix = n->ix;
    int32_t shared[64];
    for (int32_t i = 0; i < AHEAD && i < n->n_queue; i++) fetch_rows(n, &n->queue[i]);
    for (int32_t i = 0; i < n->n_queue; i++) {
        const queued *q = &n->queue[i];
        if (i + AHEAD < n->n_queue) fetch_rows(n, &n->queue[i + AHEAD]);
        int64_t rows = q->first + n->planes->group < ix->n ? n->planes->group : ix->n - q->first;
        n->kernels->and_count(n->tile->row[q->query], ix->rows + q->first * ix->stride, rows, ix->stride, ix->bytes, shared);
        for (int64_t r = 0; r < rows; r++)
            if (shared[r] > 0 && !seeded(n, q->query, q->first + r)) offer(n, q->query, q->first + r, shared[r]);
    }
    n->n_queue = 0;
}

// One block for every query that can have a hit there; false if none can.
static bool look(nearest *n, int64_t block)
{
    const search_index *ix = n->ix;
    const search_planes *p = n->planes;
    int64_t end, first = search_block_rows(ix, p, block, &end);
    const uint64_t *planes = search_block(ix, p, block);
    bool any = false;
    for (int64_t q = 0; q < n->tile->n; q++) {
        int32_t least = least_for(n, q, p->low[block], p->high[block]);
        if (least == SEARCH_NEVER) continue;
        if (!any)
            for (int64_t at = 0; at < (int64_t)ix->n_planes * SIMD_WORDS; at += SIMD_WORDS) __builtin_prefetch(planes + at, 0, 2);
        any = true;
        if (!n->kernels->visit(planes, n->tile->lists + n->tile->list_at[q], n->tile->a[q], least, &n->counts)) continue;
        for (int32_t w = 0; w < SIMD_WORDS; w++)
            for (uint64_t x = n->counts.mask[w]; x; x &= x - 1) {
                int32_t r = 64 * w + __builtin_ctzll(x);
                if (p->group == 1) {
                    if (!seeded(n, (int32_t)q, first + r)) offer(n, (int32_t)q, first + r, simd_count_of(&n->counts, r));
                    continue;
                }
                n->queue[n->n_queue++] = (queued){(int32_t)q, first + (int64_t)r * p->group};
                if (n->n_queue == QUEUE) verify_queue(n);
            }
        if (n->n_queue > QUEUE / 2) verify_queue(n);   // thresholds rise early
    }
    verify_queue(n);
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

static int64_t block_of(const nearest *n, int32_t a)
{
    int64_t low = 0, high = n->planes->n_blocks;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (n->planes->high[mid] < a) low = mid + 1;
        else high = mid;
    }
    return low;
}

// Outward from the tile, the two sides in turn; a side ends where no query can find anything any more: further out less
// is possible, and thresholds only rise.
static void look_outward(nearest *n)
{
    int64_t middle = n->own >= 0 ? (n->own + n->tile->n / 2) / ((int64_t)SIMD_ROWS * n->planes->group)
                                 : block_of(n, n->tile->a[n->tile->n / 2]);
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
    if (!n.seekers) return ARYL_E_NOMEM;
    for (int64_t q = 0; q < tile->n; q++) {
        n.seekers[q] = (seeker){0};
        set_threshold(&n, &n.seekers[q], threshold);
        look_near(&n, q);
    }
    look_outward(&n);
    mem_free(n.seekers);
    return n.no_memory ? ARYL_E_NOMEM : ARYL_OK;
}
