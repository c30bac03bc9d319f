// join.c - many queries at once. A block of groups stays in cache while every query of a tile visits it; groups that pass
// are queued, so that their rows are on the way when their turn to be verified comes.
#include "search/index.h"

enum { QUEUE = 256, AHEAD = 6, MANY = 64, SAMPLE_QUERIES = 64, SAMPLE_BLOCKS = 4 };

int32_t search_least_between(const search_metric *m, int32_t a, int32_t low, int32_t high, double t)
{
    if (!(t > 0)) return 1;
    if (m->kind == ARYL_CONTAINMENT) return search_least(m, a, high, t);   // the same for every b that has so many
    if (m->kind != ARYL_TVERSKY) {   // grows with b once b is large enough; b >= a changes no more about that
        int32_t least = search_least(m, a, low, t);
        if (least != SEARCH_NEVER || low >= a) return least;
    }
    int32_t best = SEARCH_NEVER;
    for (int32_t b = low; b <= high; b++) {
        int32_t least = search_least(m, a, b, t);
        if (least < best) best = least;
    }
    return best;
}

int64_t search_position(const search_index *ix, const uint8_t *row, int32_t a)
{
    uint64_t mine = ~search_key_at(&ix->key, row, 0);
    int64_t low = 0, high = ix->n;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        bool before = ix->count[mid] != a ? ix->count[mid] < a : ~search_key_at(&ix->key, ix->rows + mid * ix->stride, 0) < mine;
        if (before) low = mid + 1;
        else high = mid;
    }
    return low;
}

// ---- tiles

aryl_status search_tile_init(search_tile *t, const search_index *ix, int64_t cap)
{
    size_t words = ((size_t)ix->bits + 64) / 64;
    *t = (search_tile){.cap = cap};
    t->row = mem_alloc((size_t)cap * sizeof *t->row);
    t->a = mem_alloc((size_t)cap * sizeof *t->a);
    t->list_at = mem_alloc((size_t)(cap + 1) * sizeof *t->list_at);
    t->ranks = mem_alloc(words * sizeof *t->ranks);
    if (!t->row || !t->a || !t->list_at || !t->ranks) return ARYL_E_NOMEM;
    memset(t->ranks, 0, words * sizeof *t->ranks);
    t->list_at[0] = 0;
    return ARYL_OK;
}

void search_tile_done(search_tile *t)
{
    mem_free(t->row);
    mem_free(t->a);
    mem_free(t->list_at);
    mem_free(t->lists);
    mem_free(t->ranks);
    *t = (search_tile){0};
}

aryl_status search_tile_add(search_tile *t, const search_index *ix, const uint8_t *row)
{
    int64_t at = t->list_at[t->n], room = at + ix->bits + 4;
    if (room > t->cap_lists) {
        int64_t cap = 2 * room;
        uint16_t *lists = mem_resize(t->lists, (size_t)cap * sizeof *lists);
        if (!lists) return ARYL_E_NOMEM;
        t->lists = lists;
        t->cap_lists = cap;
    }
    int32_t n = search_list(ix, row, t->ranks, t->lists + at);
    t->row[t->n] = row;
    t->a[t->n] = n;
    t->list_at[++t->n] = at + ((n + 3) & ~3);
    return ARYL_OK;
}

aryl_status search_pairs_room(search_pairs *p)
{
    if (p->most && p->n >= p->most) return ARYL_E_SPACE;
    if (p->n < p->cap) return ARYL_OK;
    int64_t cap = p->cap ? 2 * p->cap : 1024;
    search_pair *more = cap < (int64_t)(PTRDIFF_MAX / sizeof *more) ? mem_resize(p->p, (size_t)cap * sizeof *more) : NULL;
    if (!more) return ARYL_E_NOMEM;
    p->p = more;
    p->cap = cap;
    return ARYL_OK;
}

// ---- pairs above a threshold

typedef struct queued { int32_t query, least; int64_t first; } queued;

typedef struct join {
    const search_index *ix;
    const search_planes *planes;
    const search_tile *tile;
    const search_metric *m;
    const simd_kernels *kernels;
    double threshold;
    int64_t own;
    search_pairs *out;
    queued queue[QUEUE];
    int32_t n_queue;
    simd_counts counts;
} join;

static aryl_status keep(join *j, int32_t query, int64_t pos, int32_t c)
{
    if ((pos <= j->own + query && j->own >= 0) || !search_there(j->ix, pos)) return ARYL_OK;
    if (!(search_score(j->m, c, j->tile->a[query], j->ix->count[pos]) >= j->threshold)) return ARYL_OK;
    TRY(search_pairs_room(j->out));
    j->out->p[j->out->n++] = (search_pair){query, (int32_t)pos, c};
    return ARYL_OK;
}

static aryl_status verify_queue(join *j)
{
    const search_index *ix = j->ix;
    int32_t shared[64];
    for (int32_t i = 0; i < AHEAD && i < j->n_queue; i++) search_fetch_rows(ix, j->planes, j->queue[i].first);
    for (int32_t i = 0; i < j->n_queue; i++) {
        const queued *q = &j->queue[i];
        if (i + AHEAD < j->n_queue) search_fetch_rows(ix, j->planes, j->queue[i + AHEAD].first);
        int64_t n = q->first + j->planes->group < ix->n ? j->planes->group : ix->n - q->first;
        j->kernels->and_count(j->tile->row[q->query], ix->rows + q->first * ix->stride, n, ix->stride, ix->bytes, shared);
        for (int64_t r = 0; r < n; r++)
            if (shared[r] >= q->least) TRY(keep(j, q->query, q->first + r, shared[r]));
    }
    j->n_queue = 0;
    return ARYL_OK;
}

static aryl_status take_mask(join *j, int32_t query, int64_t first, int32_t least)
{
    int32_t group = j->planes->group;
    for (int32_t w = 0; w < SIMD_WORDS; w++)
        for (uint64_t x = j->counts.mask[w]; x; x &= x - 1) {
            int32_t r = 64 * w + __builtin_ctzll(x);
            if (group == 1) {
                TRY(keep(j, query, first + r, simd_count_of(&j->counts, r)));
                continue;
            }
            int64_t at = first + (int64_t)r * group;
            if (j->own >= 0 && at + group <= j->own + query + 1) continue;
            j->queue[j->n_queue++] = (queued){query, least, at};
            if (j->n_queue == QUEUE) TRY(verify_queue(j));
        }
    return ARYL_OK;
}

aryl_status search_join(const search_index *ix, const search_planes *planes, const search_tile *tile, const search_metric *m,
                        double threshold, int64_t own, search_pairs *out)
{
    join j = {.ix = ix, .planes = planes, .tile = tile, .m = m, .kernels = simd_get(), .threshold = threshold, .own = own, .out = out};
    int64_t block = own >= 0 ? own / ((int64_t)SIMD_ROWS * planes->group) : 0;
    for (; block < planes->n_blocks; block++) {
        int64_t end, first = search_block_rows(ix, planes, block, &end);
        int32_t a = -1, least = SEARCH_NEVER;
        bool fetched = false, any = false;
        for (int64_t q = 0; q < tile->n; q++) {
            if (tile->a[q] != a) {
                a = tile->a[q];
                least = search_least_between(m, a, planes->low[block], planes->high[block], threshold);
            }
            if (least == SEARCH_NEVER) continue;
            any = true;
            if (own >= 0 && end <= own + q + 1) break;   // this and later queries stand behind the block
            if (!fetched && tile->n >= MANY) search_fetch_block(ix, planes, block);
            fetched = true;
            if (j.kernels->visit(search_block(ix, planes, block), tile->lists + tile->list_at[q], a, least, &j.counts))
                TRY(take_mask(&j, (int32_t)q, first, least));
        }
        TRY(verify_queue(&j));
        if (own >= 0 && !any && tile->n) break;   // symmetric scores: rows behind have more bits still
    }
    return ARYL_OK;
}

double search_pass_rate(const search_index *ix, const search_planes *planes, const search_tile *tile, const search_metric *m,
                        double threshold)
{
    simd_counts counts;
    int64_t groups = 0, passed = 0;
    if (!planes->n_blocks) return 0;
    int64_t step = tile->n / SAMPLE_QUERIES + 1;
    for (int64_t q = 0; q < tile->n; q += step) {
        int64_t near = search_position(ix, tile->row[q], tile->a[q]) / ((int64_t)SIMD_ROWS * planes->group);
        for (int64_t i = 0; i < SAMPLE_BLOCKS; i++) {
            int64_t block = near + (i - SAMPLE_BLOCKS / 2) * 3;
            if (block < 0 || block >= planes->n_blocks) continue;
            int32_t least = search_least_between(m, tile->a[q], planes->low[block], planes->high[block], threshold);
            if (least == SEARCH_NEVER) continue;
            groups += SIMD_ROWS;
            if (!simd_get()->visit(search_block(ix, planes, block), tile->lists + tile->list_at[q], tile->a[q], least, &counts)) continue;
            for (int32_t w = 0; w < SIMD_WORDS; w++) passed += __builtin_popcountll(counts.mask[w]);
        }
    }
    return groups ? (double)passed / (double)groups : 0;
}
