// pick.c - rows unlike each other (MaxMin: Ashton et al., Quant. Struct.-Act. Relat. 2002, 21, 598,
// doi:10.1002/qsar.200290002), and how alike rows are by and large.
//
// Every row knows its best score with what was picked. A pick concerns only rows that score higher with it than that, so a
// block whose rows all have a fair score already is left after a few planes.
#include "search/index.h"

typedef struct pick {
    const search_index *ix;
    const search_request *r;
    double *best;                    // [n] by position; 2: picked
    double *least;                   // [blocks] least of a block
    int64_t *least_at;               // [blocks] its position, that of the least row number
    uint16_t *list;
    uint64_t *ranks;
    const uint8_t *row;              // picked last
    int32_t a;
} pick;

static void find_least(pick *w, int64_t block)
{
    const search_index *ix = w->ix;
    int64_t end, first = search_block_rows(ix, &ix->by_row, block, &end), at = first;
    for (int64_t i = first + 1; i < end; i++)
        if (w->best[i] < w->best[at] || (w->best[i] == w->best[at] && ix->order[i] < ix->order[at])) at = i;
    w->least_at[block] = at;
    w->least[block] = w->best[at];
}

static void meet(pick *w, int64_t at, int32_t c)
{
    double score = search_score(&w->r->metric, c, w->a, w->ix->count[at]);
    if (score > w->best[at]) w->best[at] = score;
}

static void meet_blocks(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    pick *w = ctx;
    const search_index *ix = w->ix;
    const simd_kernels *k = simd_get();
    simd_counts counts;
    uint16_t numbers[SIMD_ROWS];
    int32_t shared[SIMD_ROWS];
    (void)worker;
    for (int64_t block = begin; block < end; block++) {
        int64_t stop, first = search_block_rows(ix, &ix->by_row, block, &stop);
        int32_t least = search_least_between(&w->r->metric, w->a, ix->by_row.low[block], ix->by_row.high[block], w->least[block]);
        if (least == SEARCH_NEVER) continue;
        if (w->a > SIMD_MOST_PLANES) {
            k->and_count(w->row, ix->rows + first * ix->stride, stop - first, ix->stride, ix->bytes, shared);
            for (int64_t i = first; i < stop; i++) meet(w, i, shared[i - first]);
        } else {
            if (!k->visit(search_block(ix, &ix->by_row, block), w->list, w->a, least, &counts)) continue;
            k->spread(&counts, numbers);
            for (int32_t word = 0; word < SIMD_WORDS; word++)
                for (uint64_t x = counts.mask[word]; x; x &= x - 1) {
                    int32_t i = 64 * word + __builtin_ctzll(x);
                    if (first + i < stop) meet(w, first + i, numbers[i]);
                }
        }
        find_least(w, block);
    }
}

static aryl_status picks_of(pick *w, int64_t n, int64_t n_seeds, int64_t *picks, double *best, const int32_t *position, aryl_error *err)
{
    const search_index *ix = w->ix;
    for (int64_t i = 0; i < ix->n; i++) w->best[i] = 0;
    for (int64_t b = 0; b < ix->by_row.n_blocks; b++) find_least(w, b);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = -1;
        if (i < n_seeds) at = position[picks[i]];
        else
            for (int64_t b = 0; b < ix->by_row.n_blocks; b++)
                if (at < 0 || w->least[b] < w->best[at] || (w->least[b] == w->best[at] && ix->order[w->least_at[b]] < ix->order[at]))
                    at = w->least_at[b];
        if (w->best[at] > 1) return fail_at(err, ARYL_E_ARGUMENT, -1, "row %lld is given twice", (long long)ix->order[at]);
        picks[i] = ix->order[at];
        if (best) best[i] = w->best[at];
        w->best[at] = 2;
        find_least(w, at / SIMD_ROWS);
        w->row = ix->rows + at * ix->stride;
        w->a = search_list(ix, w->row, w->ranks, w->list);
        par_for(ix->by_row.n_blocks, 64, w->r->n_threads, meet_blocks, w);
        if (i % 16 == 0 || i + 1 == n) TRY(search_pause(w->r, i + 1, n, err));
    }
    return ARYL_OK;
}

aryl_status search_pick(const search_index *ix, const search_request *r, int64_t n, int64_t n_seeds, int64_t *picks, double *best,
                        aryl_error *err)
{
    if (n < 0 || n > ix->n || n_seeds < 0 || n_seeds > n)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "%lld picks, %lld of them given, from %lld rows", (long long)n, (long long)n_seeds, (long long)ix->n);
    for (int64_t i = 0; i < n_seeds; i++)
        if (picks[i] < 0 || picks[i] >= ix->n) return fail_at(err, ARYL_E_ARGUMENT, -1, "there is no row %lld", (long long)picks[i]);
    pick w = {.ix = ix, .r = r};
    size_t words = ((size_t)ix->bits + 64) / 64, blocks = (size_t)ix->by_row.n_blocks;
    int32_t *position = mem_alloc((size_t)ix->n * sizeof *position);
    w.best = mem_alloc((size_t)ix->n * sizeof *w.best);
    w.least = mem_alloc(blocks * sizeof *w.least);
    w.least_at = mem_alloc(blocks * sizeof *w.least_at);
    w.list = mem_alloc(((size_t)ix->bits + 4) * sizeof *w.list);
    w.ranks = mem_alloc(words * sizeof *w.ranks);
    aryl_status s = ARYL_E_NOMEM;
    if (position && w.best && w.least && w.least_at && w.list && w.ranks) {
        memset(w.ranks, 0, words * sizeof *w.ranks);
        for (int64_t i = 0; i < ix->n; i++) position[ix->order[i]] = (int32_t)i;
        s = picks_of(&w, n, n_seeds, picks, best, position, err);
    }
    mem_free(position);
    mem_free(w.best);
    mem_free(w.least);
    mem_free(w.least_at);
    mem_free(w.list);
    mem_free(w.ranks);
    return s == ARYL_E_NOMEM ? fail_at(err, s, -1, "no memory for picking") : s;
}

// ---- histogram

static uint64_t draw(uint64_t *state)   // splitmix64 (Steele, Lea, Flood, OOPSLA 2014, doi:10.1145/2714064.2660195)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

aryl_status search_histogram(const search_index *ix, const search_request *r, int64_t n_pairs, uint64_t seed, int32_t n_bins,
                             int64_t *bins, aryl_error *err)
{
    if (n_bins < 1 || n_pairs < 0) return fail_at(err, ARYL_E_ARGUMENT, -1, "%lld pairs in %d parts", (long long)n_pairs, (int)n_bins);
    if (ix->n < 2 && n_pairs) return fail_at(err, ARYL_E_ARGUMENT, -1, "there are no two rows");
    memset(bins, 0, (size_t)n_bins * sizeof *bins);
    for (int64_t i = 0; i < n_pairs; i++) {
        int64_t x = (int64_t)((unsigned __int128)draw(&seed) * (uint64_t)ix->n >> 64);
        int64_t y = (int64_t)((unsigned __int128)draw(&seed) * (uint64_t)(ix->n - 1) >> 64);
        int32_t c;
        y += y >= x;
        simd_get()->and_count(ix->rows + x * ix->stride, ix->rows + y * ix->stride, 1, ix->stride, ix->bytes, &c);
        double score = search_score(&r->metric, c, ix->count[x], ix->count[y]);
        int32_t bin = score < 1 ? (int32_t)(score * n_bins) : n_bins - 1;
        bins[bin]++;
        if (i % (1 << 20) == 0) TRY(search_pause(r, i, n_pairs, err));
    }
    return ARYL_OK;
}
