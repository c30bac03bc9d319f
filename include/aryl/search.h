/** search.h - nearest neighbours among rows of bits, exactly.
 *
 *  Rows are packed bits: bit i is byte i / 8, bit i % 8, spare bits zero. Every search returns the hits that looking at
 *  every row would: a hit's score is at least the threshold in double precision, hits are ordered score down, then row
 *  up, and neither kernel nor threads nor plan changes a bit of it.
 */
#ifndef ARYL_SEARCH_H
#define ARYL_SEARCH_H

#include "aryl/core.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Widest rows that are searched, in bits. */
#define ARYL_SEARCH_MOST_BITS 16384

/** Rows of bits, the caller's.
 *  shape    row i is data[i * stride .. i * stride + ceil(bits / 8)), any alignment; stride 0 means no gaps
 */
typedef struct aryl_rows {
    const uint8_t *data;
    int64_t n, stride;
    int32_t bits;            /* 1 .. ARYL_SEARCH_MOST_BITS */
} aryl_rows;

/** How alike a query of a bits and a row of b bits are that share c bits. Where nothing is shared the score is 0, also
 *  between two empty rows. Values are pinned and only ever appended to.
 */
enum {
    ARYL_TANIMOTO = 0,       /* c / (a + b - c) */
    ARYL_DICE = 1,           /* 2 c / (a + b) */
    ARYL_COSINE = 2,         /* c / sqrt(a b) */
    ARYL_TVERSKY = 3,        /* c / (alpha a + beta b + (1 - alpha - beta) c); alpha weighs what only the query has */
    ARYL_CONTAINMENT = 4     /* c / a: 1 means that the row has every bit of the query */
};

/** How to search. Zero means default throughout, so `aryl_search_options o = {.size = sizeof o};` is a good start. */
typedef struct aryl_search_options {
    size_t size;             /* set it to sizeof(aryl_search_options) */
    int32_t metric;          /* ARYL_TANIMOTO ... */
    int32_t n_threads;       /* 0: ARYL_NUM_THREADS, OMP_NUM_THREADS, then the affinity mask; 1: only the calling thread */
    double alpha, beta;      /* Tversky's weights, at least 0 */
    double threshold;        /* least score of a hit; at 0 every row is a hit */
    int64_t k;               /* the k best hits of each query; 0: every hit */
    int32_t count_only;      /* 1: how many hits each query has, not which */
    int32_t plan;            /* ARYL_PLAN_*: how an index looks for them; the hits are the same */
    void (*progress)(void *ctx, int64_t done, int64_t total); /* on the calling thread between chunks; may be NULL */
    int32_t (*cancel)(void *ctx); /* on the calling thread between chunks; not 0 stops the search; may be NULL */
    void *ctx;               /* for progress and cancel */
} aryl_search_options;

/** Plans of an index. Values are pinned and only ever appended to. */
enum {
    ARYL_PLAN_AUTO = 0,      /* what suits the query */
    ARYL_PLAN_ROWS = 1,      /* every row within the window of bit counts */
    ARYL_PLAN_PLANES = 2,    /* bit planes of the rows */
    ARYL_PLAN_GROUPS = 3     /* bit planes of groups of rows, then rows */
};

typedef struct aryl_hits aryl_hits; /* opaque and immutable */

/** Gives hits back; NULL is fine. */
ARYL_API void aryl_hits_free(aryl_hits *hits);

/** Number of queries that were searched for. */
ARYL_API int64_t aryl_hits_n_queries(const aryl_hits *hits);

/** Where each query's hits are.
 *  shape    int64[n_queries + 1]; the hits of query i are offsets[i] .. offsets[i + 1)
 *  owner    the hits'
 */
ARYL_API const int64_t *aryl_hits_offsets(const aryl_hits *hits);

/** Row numbers of all hits, positions in the rows that were searched.
 *  shape    int64[offsets[n_queries]]; NULL after count_only
 *  owner    the hits'
 */
ARYL_API const int64_t *aryl_hits_rows(const aryl_hits *hits);

/** Scores of all hits.
 *  shape    double[offsets[n_queries]]; NULL after count_only
 *  owner    the hits'
 */
ARYL_API const double *aryl_hits_scores(const aryl_hits *hits);

/** Finds the neighbours of each query by looking at every row. For one-off questions; an index answers many.
 *  owner    *out is yours until aryl_hits_free(*out); NULL on failure
 *  threads  safe
 *  errors   ARYL_E_ARGUMENT (options, rows), ARYL_E_MISMATCH (widths differ), ARYL_E_CANCELLED, ARYL_E_NOMEM
 *  cost     O(queries * rows * bits)
 */
ARYL_API aryl_status aryl_search_rows(const aryl_rows *queries, const aryl_rows *rows, const aryl_search_options *options,
                                      aryl_hits **out, aryl_error *err);

/** The score of every pair.
 *  shape    out[i * out_stride + j] is row i of a as query against row j of b; out_stride 0 means b->n
 *  threads  safe
 *  errors   ARYL_E_ARGUMENT, ARYL_E_MISMATCH (widths differ), ARYL_E_CANCELLED, ARYL_E_NOMEM
 *  cost     O(a->n * b->n * bits); threshold and k of the options are not used
 */
ARYL_API aryl_status aryl_score_matrix(const aryl_rows *a, const aryl_rows *b, const aryl_search_options *options,
                                       double *out, int64_t out_stride, aryl_error *err);

/** Number of bits set in each row.
 *  shape    out[rows->n]
 *  errors   ARYL_E_ARGUMENT
 */
ARYL_API aryl_status aryl_rows_popcount(const aryl_rows *rows, int32_t *out, aryl_error *err);

/* ---- FPS: fingerprints as text, a line "hex TAB id" each (http://chemfp.com/fps_format) */

/** What the head of an FPS text says. Texts point into it and are not terminated; their length is 0 where nothing is said. */
typedef struct aryl_fps_header {
    size_t size;             /* set it to sizeof(aryl_fps_header) */
    int32_t bits;            /* num_bits, or what the first row's length says */
    int32_t marked;          /* 1: the text began with "#FPS1" */
    const char *type;        /* how the fingerprints were made */
    int64_t type_len;
    const char *software;
    int64_t software_len;
} aryl_fps_header;

/** Reads the head of an FPS text: the lines that begin with '#', and the first row's length where they do not give one.
 *  Rows of bare hex without a head are understood.
 *  shape    *used is where the first row starts
 *  errors   ARYL_E_FORMAT (err->offset points into text), ARYL_E_ARGUMENT (header->size)
 */
ARYL_API aryl_status aryl_fps_read_header(const char *text, int64_t len, aryl_fps_header *header, int64_t *used, aryl_error *err);

/** Reads rows of FPS text until it ends, or capacity is reached. Empty lines and lines that begin with '#' are passed over.
 *  shape    row i goes to rows[i * stride ..), its id is text[ids[i] .. ids[i] + id_lens[i]); *n rows were read from
 *           text[0 .. *used). Without `last` an unfinished last line is left for the next piece.
 *  errors   ARYL_E_FORMAT (a row's length or a digit; the rows before it are there; err->offset), ARYL_E_ARGUMENT
 */
ARYL_API aryl_status aryl_fps_read_rows(const char *text, int64_t len, int32_t last, int32_t bits, uint8_t *rows, int64_t stride,
                                        int64_t *ids, int32_t *id_lens, int64_t capacity, int64_t *n, int64_t *used,
                                        aryl_error *err);

/** Writes the head of an FPS text; type and source may be NULL.
 *  shape    *len bytes were needed; buf is filled and terminated if they fit with the terminator
 *  errors   ARYL_E_SPACE (*len is set), ARYL_E_ARGUMENT (bits, a line end in a text)
 */
ARYL_API aryl_status aryl_fps_write_header(int32_t bits, const char *type, const char *source, char *buf, int64_t cap,
                                           int64_t *len, aryl_error *err);

/** Writes one row, "hex TAB id NEWLINE".
 *  shape    *len bytes were needed, 2 * ceil(bits / 8) + id_len + 2; buf is filled, not terminated, if they fit
 *  errors   ARYL_E_SPACE (*len is set), ARYL_E_ARGUMENT (bits; an id with a tab or line end)
 */
ARYL_API aryl_status aryl_fps_write_row(const uint8_t *row, int32_t bits, const char *id, int64_t id_len, char *buf,
                                        int64_t cap, int64_t *len, aryl_error *err);

#ifdef __cplusplus
}
#endif
#endif
