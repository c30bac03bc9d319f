/** index.h - collections of rows that answer many searches: in memory, in a file, in a folder that grows.
 *
 *  An index sorts its rows and keeps them as planes of bits, so that a search reads a small part of them; its answers are
 *  those of aryl_search_rows. Row numbers are the positions the rows had when they were given.
 */
#ifndef ARYL_INDEX_H
#define ARYL_INDEX_H

#include "aryl/batch.h"
#include "aryl/search.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aryl_index aryl_index; /* opaque and immutable: share it between threads */

/** Makes an index in memory; rows and ids are copied.
 *  ids      one name for each row, or NULL; validity is not looked at
 *  spec     how the rows were made, "ecfp radius=2 bits=2048", or NULL; kept in its canonical form
 *  owner    *out is yours until aryl_index_free(*out); NULL on failure
 *  errors   ARYL_E_ARGUMENT, ARYL_E_LIMIT (more than 2^31 - 2^16 rows), ARYL_E_NOMEM
 *  cost     O(rows * bits); twice the rows' size in memory beyond the caller's
 */
ARYL_API aryl_status aryl_index_build(const aryl_rows *rows, const aryl_column *ids, const char *spec, int32_t n_threads,
                                      aryl_index **out, aryl_error *err);

/** Opens a file (FPB) or a folder (aryl_collection_*) as it is now; what is appended later is not seen. A file with our
 *  planes is used where it lies; without them they are made, in memory. Opening checks structure, not every byte.
 *  owner    *out is yours until aryl_index_free(*out); NULL on failure
 *  errors   ARYL_E_IO, ARYL_E_FORMAT (damaged or foreign), ARYL_E_UNSUPPORTED (of a later version), ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_open(const char *path, int32_t n_threads, aryl_index **out, aryl_error *err);

/** Gives an index back; NULL is fine. */
ARYL_API void aryl_index_free(aryl_index *index);

/** Writes an index as one FPB file, which takes its name when it is complete and on disk.
 *  plain    1: without planes, for other programs; rows keep their numbers
 *  errors   ARYL_E_IO, ARYL_E_ARGUMENT (an id with a NUL in it), ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_save(const aryl_index *index, const char *path, int32_t plain, aryl_error *err);

/** Checks every byte of an index that was opened against the checksums of its files.
 *  errors   ARYL_E_FORMAT
 */
ARYL_API aryl_status aryl_index_verify(const aryl_index *index, aryl_error *err);

/** What there is to know about an index. Texts are the index's. */
typedef struct aryl_index_info {
    size_t size;             /* set it to sizeof(aryl_index_info) */
    int64_t n;               /* rows */
    int64_t span;            /* row numbers are below this; n, unless rows were deleted */
    int32_t bits;
    int32_t group;           /* rows of a group */
    int32_t n_segments;
    int32_t built;           /* 1: the planes were not in the file */
    const char *spec;        /* "" when it is not known */
    const char *reference;   /* whose fingerprints they equal, "" when it is not known */
} aryl_index_info;

/** Describes an index.
 *  errors   ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_index_describe(const aryl_index *index, aryl_index_info *info);

/** Are fingerprints of this spec what the index holds?
 *  errors   ARYL_E_MISMATCH (they are not; or the index does not know its spec)
 */
ARYL_API aryl_status aryl_index_check_spec(const aryl_index *index, const char *spec, aryl_error *err);

/** The name of a row.
 *  owner    *id is the index's and not terminated
 *  errors   ARYL_E_UNKNOWN (there is no such row, or it has no name)
 */
ARYL_API aryl_status aryl_index_id(const aryl_index *index, int64_t row, const char **id, int64_t *len);

/** Names of many rows.
 *  shape    text[offsets[i] .. offsets[i + 1]) is the name of rows[i], empty if it has none; offsets[n + 1]
 *  errors   ARYL_E_SPACE (offsets are complete, offsets[n] bytes are needed)
 */
ARYL_API aryl_status aryl_index_ids(const aryl_index *index, const int64_t *rows, int64_t n, char *text, int64_t capacity,
                                    int64_t *offsets, aryl_error *err);

/** The row of a name.
 *  errors   ARYL_E_UNKNOWN (no row has it)
 */
ARYL_API aryl_status aryl_index_find(const aryl_index *index, const char *id, int64_t len, int64_t *row);

/** The bits of a row.
 *  shape    out[ceil(bits / 8)]
 *  errors   ARYL_E_UNKNOWN (there is no such row)
 */
ARYL_API aryl_status aryl_index_row(const aryl_index *index, int64_t row, uint8_t *out);

/** How a search went. */
typedef struct aryl_search_trace {
    size_t size;             /* set it to sizeof(aryl_search_trace) */
    int32_t plan;            /* ARYL_PLAN_* of the last query */
    int64_t visits;          /* blocks of planes that single queries counted */
    int64_t fallen;          /* blocks of groups where too many passed, so that planes of rows were counted */
    int64_t rows;            /* rows verified one by one */
} aryl_search_trace;

/** Finds the neighbours of each query.
 *  owner    *out is yours until aryl_hits_free(*out); NULL on failure
 *  trace    NULL when nobody wants to know
 *  threads  safe
 *  errors   ARYL_E_ARGUMENT, ARYL_E_MISMATCH (widths differ), ARYL_E_CANCELLED, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_search(const aryl_index *index, const aryl_rows *queries, const aryl_search_options *options,
                                       aryl_hits **out, aryl_search_trace *trace, aryl_error *err);

/** The neighbours of every row among the others: its best k, or all that score at least the threshold.
 *  shape    hits of query i are those of the i-th row in row order (row i, unless rows were deleted); both directions
 *           are listed, the row itself is not
 *  owner    *out is yours until aryl_hits_free(*out); NULL on failure
 *  errors   ARYL_E_ARGUMENT, ARYL_E_CANCELLED, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_neighbours(const aryl_index *index, const aryl_search_options *options, aryl_hits **out,
                                           aryl_error *err);

/** Two rows and their score. */
typedef struct aryl_pair {
    int64_t query, row;
    double score;
} aryl_pair;

/** Takes pairs; not 0 stops the search. */
typedef int32_t (*aryl_pair_sink)(void *ctx, const aryl_pair *pairs, int64_t n);

/** All pairs of rows that score at least the threshold, a piece at a time, so that memory stays bounded.
 *  shape    symmetric metrics: each pair once, query < row; others: both directions. The order of the pairs is that of
 *           the index, the same for any number of threads; k is not used
 *  sink     on the calling thread; not 0 stops the search
 *  n_pairs  their number; may be NULL. sink may be NULL to count only
 *  errors   ARYL_E_ARGUMENT, ARYL_E_CANCELLED, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_pairs(const aryl_index *index, const aryl_search_options *options,
                                      aryl_pair_sink sink, void *ctx, int64_t *n_pairs, aryl_error *err);

/** Finds the neighbours of each row of one index among the rows of another, a piece at a time, so that memory stays bounded:
 *  all that score at least the threshold, or the best k of them.
 *  shape    queries come in an order of their own index, each with all its hits, best first, ties by row. An index joined
 *           with itself: no row is its own neighbour, and both directions are told
 *  sink, n_pairs  as aryl_index_pairs
 *  errors   ARYL_E_ARGUMENT, ARYL_E_MISMATCH (widths or specs differ), ARYL_E_CANCELLED, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_join(const aryl_index *queries, const aryl_index *index, const aryl_search_options *options,
                                     aryl_pair_sink sink, void *ctx, int64_t *n_pairs, aryl_error *err);

/** Ways of clustering. Values are pinned and only ever appended to. */
enum {
    ARYL_BUTINA = 0,         /* the row with the most neighbours takes them all, then the next (Taylor-Butina) */
    ARYL_LEADER = 1          /* rows in their order: each not yet taken takes its neighbours (sphere exclusion) */
};

/** Clusters of rows around centres.
 *  shape    cluster[n], of the i-th row in row order, numbered in the order of the centres; centres[n], of which
 *           *n_clusters are set, are row numbers
 *  errors   ARYL_E_ARGUMENT (threshold not above 0, a metric that is not symmetric), ARYL_E_CANCELLED, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_cluster(const aryl_index *index, const aryl_search_options *options, int32_t method,
                                        int64_t *cluster, int64_t *centres, int64_t *n_clusters, aryl_error *err);

/** Picks rows unlike each other: each is the one whose best score with those before is least, ties by row (MaxMin).
 *  shape    picks[n], of which the first n_seeds are given; without any the first pick is the first row. best[n], or
 *           NULL: that score, 0 for the first
 *  errors   ARYL_E_ARGUMENT (more picks than rows, a seed that is not a row), ARYL_E_CANCELLED, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_index_pick(const aryl_index *index, const aryl_search_options *options, int64_t n, int64_t n_seeds,
                                     int64_t *picks, double *best, aryl_error *err);

/** How often scores fall in n_bins equal parts of 0 .. 1, among n_pairs pairs of rows drawn at random from seed.
 *  errors   ARYL_E_ARGUMENT, ARYL_E_CANCELLED
 */
ARYL_API aryl_status aryl_index_histogram(const aryl_index *index, const aryl_search_options *options, int64_t n_pairs,
                                          uint64_t seed, int32_t n_bins, int64_t *bins, aryl_error *err);

/** Spreads whole clusters over parts, so that rows alike do not meet across a split: the largest cluster first, each to the
 *  part that lacks most of its share.
 *  shape    cluster[n] from 0; share[n_parts], at least 0; part[n] is filled
 *  errors   ARYL_E_ARGUMENT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_cluster_split(const int64_t *cluster, int64_t n, int32_t n_parts, const double *share, int32_t *part,
                                        aryl_error *err);

/* ---- collections: folders that grow. Opened by aryl_index_open, which sees them as they are at that moment. A change is
   there when its call returns, and after a crash or loss of power at any moment the collection is as it was before the
   change or after it. One process at a time can change a collection; others are told so. */

/** Makes an empty collection in a folder, which may exist.
 *  spec     how its rows are made, or NULL
 *  errors   ARYL_E_IO, ARYL_E_ARGUMENT (there is one already; bits), ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_collection_create(const char *path, int32_t bits, const char *spec, aryl_error *err);

/** Adds rows. They are numbered on from the last row ever added; numbers of deleted rows are not used again.
 *  ids      one name for each row, unique in the collection, or NULL
 *  spec     checked against the collection's; NULL: the caller knows
 *  replace  1: rows of the same names are deleted; 0: they are an error
 *  first    number of the first row added; may be NULL
 *  errors   ARYL_E_IO (also: another process is writing), ARYL_E_FORMAT, ARYL_E_MISMATCH (width, spec), ARYL_E_ARGUMENT (an
 *           id that is empty, comes twice or is there; err->offset is the row), ARYL_E_LIMIT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_collection_add(const char *path, const aryl_rows *rows, const aryl_column *ids, const char *spec,
                                         int32_t replace, int32_t n_threads, int64_t *first, aryl_error *err);

/** Deletes the rows of these names; names that nobody has are passed over.
 *  n_removed  rows that were deleted; may be NULL
 *  errors     ARYL_E_IO, ARYL_E_FORMAT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_collection_remove(const char *path, const aryl_column *ids, int64_t *n_removed, aryl_error *err);

/** Puts all rows into one segment, leaving out the deleted. Rows keep their numbers.
 *  errors   ARYL_E_IO, ARYL_E_FORMAT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_collection_compact(const char *path, int32_t n_threads, aryl_error *err);

#ifdef __cplusplus
}
#endif
#endif
