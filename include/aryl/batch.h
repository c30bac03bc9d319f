/** batch.h - a column of molecules in, columns of features out.
 *
 *  A plan is compiled once from a spec (docs/spec.md), "ecfp radius=2 bits=2048; desc MolWt TPSA". Running it reads each
 *  row once and fills every output. A bad row is data: status[i] says what was wrong with it, its outputs are zeros,
 *  NaN or empty, and the run goes on. Results do not depend on the number of threads.
 */
#ifndef ARYL_BATCH_H
#define ARYL_BATCH_H

#include "aryl/mol.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A column of texts, the caller's: row i is data[offsets[i] .. offsets[i + 1]). A line end that closes a row of
 *  SMILES is not part of it. Rows have at most 2^31 - 1 bytes.
 */
typedef struct aryl_column {
    const char *data;
    const int64_t *offsets;  /* [n + 1], ascending */
    const uint8_t *validity; /* [n], 0 is a null row; NULL: no row is null */
    int64_t n;
} aryl_column;

/** Finds the rows of newline-separated text.
 *  shape    offsets[capacity] for a column over the same text, of which *n + 1 are needed; the last line may lack its
 *           newline. NULL with capacity 0 only counts.
 *  errors   ARYL_E_SPACE (*n + 1 > capacity; *n is set, the first offsets are written)
 *  cost     O(len)
 */
ARYL_API aryl_status aryl_split_lines(const char *text, int64_t len, int64_t *offsets, int64_t capacity, int64_t *n);

typedef struct aryl_plan aryl_plan; /* opaque and immutable: share it between threads */

/** Compiles a spec.
 *  owner    *out is yours until aryl_plan_free(*out); NULL on failure
 *  threads  safe
 *  errors   ARYL_E_SYNTAX, ARYL_E_UNKNOWN (kind, parameter, descriptor), ARYL_E_ARGUMENT (value out of range, label used
 *           twice), ARYL_E_UNSUPPORTED (understood, not computed yet); err->offset points into spec. ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_plan_new(const char *spec, aryl_plan **out, aryl_error *err);

/** Gives a plan back; NULL is fine. */
ARYL_API void aryl_plan_free(aryl_plan *plan);

/** The plan's spec with every value spelled out; a plan made from it is the same plan.
 *  owner    the plan's
 */
ARYL_API const char *aryl_plan_canonical(const aryl_plan *plan);

/** Number of outputs; they are numbered from 0 in the spec's order, each descriptor being one. */
ARYL_API int32_t aryl_plan_n_outputs(const aryl_plan *plan);

/** Form of an output. Values are pinned and only ever appended to. */
enum {
    ARYL_OUT_BITS = 1,       /* packed bits: bit i is byte i / 8, bit i % 8 */
    ARYL_OUT_COUNTS = 2,     /* a number for each bit */
    ARYL_OUT_SPARSE = 3,     /* variable: ids, ascending, and counts */
    ARYL_OUT_NUMBER = 4,     /* one number a row */
    ARYL_OUT_TEXT = 5        /* variable: bytes */
};

/** Type of an output's elements. Values are pinned and only ever appended to. */
enum { ARYL_TYPE_UINT8 = 1, ARYL_TYPE_INT32 = 2, ARYL_TYPE_UINT32 = 3, ARYL_TYPE_UINT64 = 4, ARYL_TYPE_FLOAT64 = 5 };

/** What there is to know about an output. Texts are the plan's. */
typedef struct aryl_output_info {
    size_t size;             /* set it to sizeof(aryl_output_info) */
    const char *label;       /* `as`, or the kind's or descriptor's name; unique in the plan */
    const char *kind;        /* "ecfp", "desc" */
    const char *spec;        /* canonical spec of what is computed, "ecfp radius=2 ..."; a descriptor's name */
    const char *unit;        /* "" without one */
    int32_t form, type;      /* ARYL_OUT_*, ARYL_TYPE_* */
    int32_t variable;        /* 1: wants offsets and capacity instead of stride */
    int32_t element_bytes;
    int64_t width;           /* bits of a packed row, numbers of a row of counts, 1 for a number, 0 when variable */
    int64_t row_bytes;       /* of a fixed row, 0 when variable */
} aryl_output_info;

/** Describes an output.
 *  errors   ARYL_E_UNKNOWN (no such output), ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_plan_output(const aryl_plan *plan, int32_t output, aryl_output_info *info);

/** Where an output goes; all memory is the caller's. An output whose data and offsets are both NULL is not stored.
 *
 *  Fixed width: row i starts at (char *)data + i * stride.
 *  Variable width: row i is data[offsets[i] .. offsets[i + 1]), and counts at the same places for sparse outputs.
 */
typedef struct aryl_output {
    size_t size;             /* set it to sizeof(aryl_output) */
    int32_t type;            /* what you take data for; must be the plan's */
    void *data;              /* aligned for its type; packed bits need none */
    int64_t stride;          /* fixed: bytes from row to row, 0 means row_bytes */
    int64_t *offsets;        /* variable: [n + 1], elements; filled */
    uint32_t *counts;        /* sparse: [capacity], or NULL when not wanted */
    int64_t capacity;        /* variable: elements that fit in data */
    int64_t needed;          /* variable: set by the run, elements used or, after ARYL_E_SPACE, that capacity must reach */
    uint8_t *validity;       /* [n], 1: the row has this output; or NULL */
} aryl_output;

/** Default limits of one row. Each can be set in the options. */
#define ARYL_LIMIT_BYTES ((int64_t)16 << 20)
#define ARYL_LIMIT_ATOMS 100000
#define ARYL_LIMIT_WORK ((int64_t)1 << 28)

/** How to run. Zero means default throughout, so `aryl_run_options o = {.size = sizeof o};` is a good start. */
typedef struct aryl_run_options {
    size_t size;             /* set it to sizeof(aryl_run_options) */
    int32_t n_threads;       /* 0: ARYL_NUM_THREADS, OMP_NUM_THREADS, then the affinity mask; 1: only the calling thread */
    int32_t max_atoms;       /* per row; 0: ARYL_LIMIT_ATOMS */
    int64_t max_bytes;       /* per row; 0: ARYL_LIMIT_BYTES */
    int64_t max_work;        /* per row, elementary steps, the same on every machine; 0: ARYL_LIMIT_WORK */
    int64_t first;           /* row to begin with; rows before it are left as they are */
    int64_t *done;           /* set to the number of rows (from row 0) that are complete; may be NULL */
    void (*progress)(void *ctx, int64_t done, int64_t total); /* on the calling thread between chunks; may be NULL */
    int32_t (*cancel)(void *ctx); /* on the calling thread, between chunks and within slow ones; not 0 stops the run; may be NULL */
    void *ctx;               /* for progress and cancel */
    aryl_scratch *scratch;   /* the calling thread's working memory, for callers with many small runs; may be NULL */
} aryl_run_options;

/** Computes every output of every row.
 *  shape    outputs[aryl_plan_n_outputs(plan)]; status[column->n] and error_offset[column->n] (bytes from the row's
 *           start, -1 where there is no place to point at) may be NULL
 *  threads  safe with plan and column shared
 *  errors   rows that fail do not fail the call. ARYL_E_ARGUMENT, ARYL_E_CANCELLED, ARYL_E_NOMEM, and
 *           ARYL_E_SPACE: variable outputs have no room for row *options->done. Everything before that row is complete;
 *           for each output that was too small `needed` exceeds `capacity`. Enlarge those (keeping what they hold) to
 *           `needed` or more and run again with options->first = *options->done: the run goes on where it stopped.
 *  cost     one reading per row, whatever the number of outputs; no allocation per row once the first rows have shown
 *           how much memory a row takes
 */
ARYL_API aryl_status aryl_plan_run(const aryl_plan *plan, const aryl_column *column, const aryl_run_options *options,
                                   aryl_output *outputs, int32_t n_outputs, aryl_status *status, int64_t *error_offset,
                                   aryl_error *err);

/** What was wrong with a row: computes it again and says why it fails, which the run itself never formats.
 *  shape    options as in the run (its limits count), or NULL; returns the row's status, ARYL_OK for a good row
 *  errors   ARYL_E_ARGUMENT (no such row)
 */
ARYL_API aryl_status aryl_explain_row(const aryl_plan *plan, const aryl_column *column, int64_t row,
                                      const aryl_run_options *options, aryl_error *err);

#ifdef __cplusplus
}
#endif
#endif
