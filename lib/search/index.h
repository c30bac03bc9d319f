// index.h - rows sorted and stood on end, so that a query reads a few planes of bits instead of every row.
//
// Rows are sorted by their number of bits, then by their most frequent bits: neighbours in the order are alike. Every 512
// are a block of planes (simd/simd.h). Above that, the OR of every `group` neighbours is a row of its own, in planes again:
// what a query shares with a row is at most what it shares with the row's group, so one visit answers for 512 groups.
#ifndef ARYL_SEARCH_INDEX_H
#define ARYL_SEARCH_INDEX_H

#include "search/search.h"

typedef struct search_planes {       // rows or groups of rows, 512 to the block
    const uint64_t *plane;           // [n_blocks][n_planes][SIMD_WORDS], 64-byte aligned; the last plane of a block is zeros
    int64_t n_blocks;
    int32_t group;                   // rows that one bit stands for: 1, 2, 4 or 8
    const uint16_t *low, *high;      // [n_blocks] least and most bits of a row
} search_planes;

// The 64 most frequent bits of a row as one number, the most frequent highest: rows alike are near each other.
typedef struct search_key { uint16_t bit[128]; int32_t n; } search_key;
void search_key_of_rank(const uint16_t *rank, int32_t bits, search_key *out);
static inline uint64_t search_key_at(const search_key *k, const uint8_t *row, int32_t from)
{
    uint64_t key = 0;
    for (int32_t i = from; i < from + 64; i++) key = key << 1 | (i < k->n ? row[k->bit[i] >> 3] >> (k->bit[i] & 7) & 1u : 0);
    return key;
}

typedef struct search_index {
    int32_t bits, bytes;
    int64_t n, stride;               // fewer than 2^31 - 2^16 rows
    const uint8_t *rows;             // sorted
    const int32_t *order;            // [n] row number at each position
    const uint16_t *count;           // [n] bits at each position, ascending
    const uint16_t *rank;            // [bits] plane of each bit, the rarest first
    search_key key;
    int32_t n_planes;                // of a block: bits and the plane of zeros
    search_planes by_row, by_group;
    const uint64_t *dead;            // rows that are no longer there, a bit for each position; NULL: none
    int64_t span;                    // row numbers are below this; n, unless rows were left out
    void *own[8];                    // memory to give back
} search_index;

static inline bool search_dead(const search_index *ix, int64_t position)
{
    return ix->dead && ix->dead[position >> 6] >> (position & 63) & 1;
}

// Is there a row at a position that planes named? In a damaged file they may name positions behind the last row.
static inline bool search_there(const search_index *ix, int64_t position) { return position < ix->n && !search_dead(ix, position); }

#define SEARCH_MOST_ROWS (INT32_MAX - 65536)

// The group size that suits a threshold (0: not known) and a number of rows.
int32_t search_group_size(int64_t n, double threshold);

aryl_status search_index_build(const aryl_rows *rows, int32_t n_threads, search_index **out, aryl_error *err);
void search_index_free(search_index *ix);
// Planes of an index's groups of another size; plane is the caller's to mem_free through *own.
aryl_status search_planes_make(const search_index *ix, int32_t group, int32_t n_threads, search_planes *out, void **own);
void search_planes_bounds(const search_index *ix, search_planes *p, uint16_t *bounds);   // bounds[2 * n_blocks] becomes low and high
void *search_aligned(size_t bytes, void **own);   // 64-byte aligned; NULL: no memory

static inline const uint64_t *search_block(const search_index *ix, const search_planes *p, int64_t block)
{
    return p->plane + block * ix->n_planes * SIMD_WORDS;
}
// Positions of a block: first, and one behind the last.
static inline int64_t search_block_rows(const search_index *ix, const search_planes *p, int64_t block, int64_t *end)
{
    int64_t rows = (int64_t)SIMD_ROWS * p->group, first = block * rows;
    *end = first + rows < ix->n ? first + rows : ix->n;
    return first;
}

// The first block whose rows reach b bits; n_blocks if none does.
static inline int64_t search_block_reaching(const search_planes *p, int32_t b)
{
    int64_t low = 0, high = p->n_blocks;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (p->high[mid] < b) low = mid + 1;
        else high = mid;
    }
    return low;
}
// A whole block on its way to the cache, in order: faster than meeting its lines one by one.
static inline void search_fetch_block(const search_index *ix, const search_planes *p, int64_t block)
{
    const uint64_t *plane = search_block(ix, p, block);
    for (int64_t at = 0; at < (int64_t)ix->n_planes * SIMD_WORDS; at += SIMD_WORDS) __builtin_prefetch(plane + at, 0, 2);
}
// The rows of a group.
static inline void search_fetch_rows(const search_index *ix, const search_planes *p, int64_t first)
{
    const uint8_t *from = ix->rows + first * ix->stride;
    int64_t size = p->group * ix->stride;
    for (int64_t at = 0; at < size && at < 2048; at += 64) __builtin_prefetch(from + at);
}

// ---- many queries at once: a tile of queries goes through the index block by block

typedef struct search_tile {         // queries in ascending order of their bits, none of more than SIMD_MOST_PLANES
    int64_t n, cap;
    const uint8_t **row;             // [n]
    int32_t *a;                      // [n]
    int64_t *list_at;                // [n + 1]
    uint16_t *lists;                 // planes of all queries, each padded to a multiple of 4
    int64_t cap_lists;
    uint64_t *ranks;
} search_tile;

typedef struct search_pair { int32_t query, pos, c; } search_pair;   // query: place in the tile
typedef struct search_pairs { search_pair *p; int64_t n, cap, most; } search_pairs;   // most 0: as memory allows

aryl_status search_tile_init(search_tile *t, const search_index *ix, int64_t cap);
aryl_status search_tile_add(search_tile *t, const search_index *ix, const uint8_t *row);
void search_tile_done(search_tile *t);
aryl_status search_pairs_room(search_pairs *p);   // for one more; ARYL_E_SPACE: there are as many as may be

// Every pair of a query and a row whose score is at least the threshold, which is above 0. With `own` >= 0 query i is the
// row at position own + i, and only rows behind it are looked at.
aryl_status search_join(const search_index *ix, const search_planes *planes, const search_tile *tile, const search_metric *m,
                        double threshold, int64_t own, search_pairs *out);
// The best k rows of each query in best[i], none scoring below `threshold`, none that shares nothing with the query.
// `own` as above; the row itself is left out.
aryl_status search_nearest(const search_index *ix, const search_planes *planes, const search_tile *tile, const search_metric *m,
                           double threshold, int64_t own, search_best *best);
// The share of groups that a few of these queries would have to look into.
double search_pass_rate(const search_index *ix, const search_planes *planes, const search_tile *tile, const search_metric *m,
                        double threshold);
// The least intersection that makes a hit of a row of low to high bits; SEARCH_NEVER.
int32_t search_least_between(const search_metric *m, int32_t a, int32_t low, int32_t high, double t);
int64_t search_position(const search_index *ix, const uint8_t *row, int32_t a);   // where it would stand among the sorted

// ---- one query

// What a search did, for those who want to know.
typedef struct search_trace {
    int32_t plan;                    // ARYL_PLAN_* of the last query
    int64_t queries, visits, fallen, rows;   // plane blocks counted, group blocks left for their rows, rows verified
} search_trace;

typedef struct search_seeker {       // one worker's
    const search_index *ix;
    const search_request *r;
    const simd_kernels *kernels;
    search_best *best;               // hits of the query at hand
    int64_t found;                   // when hits are only counted
    search_trace trace;
    // the query at hand
    const uint8_t *row;
    int32_t a, n_list, plan;
    double t;                        // scores below are no hits, for now
    int64_t seed, seed_end;          // positions already looked at
    bool counting, no_memory;
    simd_counts groups, counts;
    uint64_t *ranks;                 // [(bits + 64) / 64] planes of the query as bits
    uint16_t *list;                  // [bits + 4] and as a list, the rarest first
    int32_t *shared;                 // [SIMD_ROWS]
} search_seeker;

aryl_status search_seeker_init(search_seeker *s, const search_index *ix, const search_request *r);
void search_seeker_done(search_seeker *s);
// Neighbours of a row in s->best (unsorted) or s->found.
aryl_status search_seek(search_seeker *s, const uint8_t *row, int64_t k);
// Planes of a row, the rarest first, padded; their number. `ranks` is scratch, all zeros before and after.
int32_t search_list(const search_index *ix, const uint8_t *row, uint64_t *ranks, uint16_t *list);

// Many queries against an index: hits as search_scan finds them.
aryl_status search_index_search(const search_index *ix, const aryl_rows *queries, const search_request *r, aryl_hits **out,
                                search_trace *trace, aryl_error *err);

// ---- a set against itself

static inline bool search_symmetric(const search_metric *m)
{
    return m->kind != ARYL_CONTAINMENT && (m->kind != ARYL_TVERSKY || m->alpha == m->beta);
}

// Every pair of positions that scores at least the threshold, a tile of queries at a time: `query` of the pairs counts from
// `own`. Symmetric scores give each pair once, the query before the row; others give both directions. Called on the calling
// thread, in the order of the tiles; a status other than ARYL_OK ends the join and is returned.
typedef aryl_status (*search_tile_fn)(void *ctx, int64_t own, const search_pairs *pairs);
aryl_status search_self(const search_index *ix, const search_request *r, search_tile_fn fn, void *ctx, search_trace *trace,
                        aryl_error *err);

// Planes that suit a join of the set with itself where hits are likely to score `likely`; *own is to be given back.
aryl_status search_planes_for(const search_index *ix, const search_request *r, int32_t group, double likely, const search_planes **out,
                              search_planes *made, void **own);

// The neighbours of every row, in row order, without the row itself: the best k, or all that score at least the threshold.
aryl_status search_neighbours(const search_index *ix, const search_request *r, aryl_hits **out, search_trace *trace, aryl_error *err);

// ---- on top: groups of rows, and rows unlike each other

enum { SEARCH_BUTINA = 0, SEARCH_LEADER = 1 };

// Centres take, one after the other, every row not yet taken that scores at least the threshold (above 0): in Butina's order
// those with the most neighbours first, ties by row; as leaders in row order. cluster[row] counts from 0 in the order of the
// centres, centre[cluster] is a row; centre has room for ix->n. Metrics must be symmetric. Neighbours are looked up again
// for each centre when more than most_pairs would have to be kept.
aryl_status search_cluster(const search_index *ix, const search_request *r, int32_t method, int64_t most_pairs, int64_t *cluster,
                           int64_t *centre, int64_t *n_clusters, aryl_error *err);

// Picks n rows, each the one whose best score with what was picked before is least, ties by row. The first n_seeds of
// picks are given; without any the first pick is row 0. best, or NULL: that score for each pick, 0 for the first.
aryl_status search_pick(const search_index *ix, const search_request *r, int64_t n, int64_t n_seeds, int64_t *picks, double *best,
                        aryl_error *err);

// How often scores fall in n_bins equal parts of 0 .. 1, among n_pairs pairs of different rows drawn at random. A score on an
// edge counts above it, 1 in the last part.
aryl_status search_histogram(const search_index *ix, const search_request *r, int64_t n_pairs, uint64_t seed, int32_t n_bins,
                             int64_t *bins, aryl_error *err);

// Spreads whole clusters over parts of the wanted sizes: the largest first, each to the part that lacks most of its share.
aryl_status search_split(const int64_t *cluster, int64_t n, int32_t n_parts, const double *share, int32_t *part, aryl_error *err);

#endif
