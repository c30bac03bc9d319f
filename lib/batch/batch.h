// batch.h - columns -> columns: a plan says what is wanted, a run reads each row once and fills every output.
#ifndef ARYL_BATCH_ROOM_H
#define ARYL_BATCH_ROOM_H

#include "aryl/batch.h"
#include "convert/convert.h"
#include "desc/desc.h"
#include "fp/fp.h"

// ---- spec.c: the grammar of specs, docs/spec.md

typedef struct spec_text {       // a piece of a spec
    const char *text;
    int64_t len, at;             // at: byte offset in the spec; a quoted value is unquoted elsewhere
} spec_text;
typedef struct spec_arg { spec_text key, value; } spec_arg;   // a word without "=" has value.text = NULL
typedef struct spec_stmt {
    spec_text kind;
    spec_arg *args;
    int32_t n_args;
} spec_stmt;

// Statements of a spec, in mem. ARYL_E_SYNTAX, ARYL_E_NOMEM
aryl_status spec_parse(const char *text, arena *mem, spec_stmt **stmts, int32_t *n, aryl_error *err);
bool spec_is(spec_text t, const char *word);
// The kind and parameters of a fingerprint's statement; `as` and `out` are left to the caller if `in_plan`, else refused.
aryl_status spec_fp(const spec_stmt *s, bool in_plan, const fp_kind **kind, fp_values *values, aryl_error *err);

// ---- values.c: a list of descriptors, families that they share run once

typedef struct value_list {
    int32_t n, n_families, n_slots;
    uint32_t want;                    // PERCEIVE_* stages that the families need
    int32_t *value, *slot;            // [n] index into desc_values, place in the slots
    const desc_family **family;       // [n_families]
    int32_t *first;                   // [n_families] first slot
} value_list;

aryl_status values_init(value_list *l, arena *mem);         // room for every descriptor there is
bool values_has(const value_list *l, int32_t value);
void values_add(value_list *l, int32_t value);
// What a word of a list means: a descriptor is [first, first + 1) and `group` -1; of a group, those of [first, end) that
// are in it and not yet asked for. A word that is neither: false.
typedef struct value_word { int32_t first, end, group; } value_word;
bool values_word(const char *text, int64_t len, value_word *out);
bool values_wanted(const value_list *l, const value_word *w, int32_t value);
// Fills slots[n_slots]; a family that fails leaves NaN, the first failure is returned, *who is its family.
aryl_status values_run(const value_list *l, facts *f, int64_t max_work, double *slots, const char **who);

// ---- matches.c: patterns of the caller's

typedef struct plan_match {
    int32_t pattern;                  // in the plan's set
    smarts_options options;
    bool counted, merge;              // else yes or no
} plan_match;

// Reads a statement and adds its pattern to the set; *pattern is the argument that held it.
aryl_status match_read(const spec_stmt *s, smarts_set *set, plan_match *m, const spec_arg **pattern, aryl_error *err);
// A number for each of the plan's matches; NaN where one fails, whose failure is returned.
aryl_status match_run(const aryl_plan *p, facts *f, int64_t max_work, double *slots);

// ---- plan.c

typedef struct plan_job {             // one kind with one set of its own parameters, however many outputs fold it
    const fp_kind *kind;
    fp_values values;
} plan_job;

typedef struct plan_output {
    aryl_output_info info;
    int32_t job;                      // into jobs; -1: a number
    fp_values values;                 // the job's, with this output's own width and count simulation
    bool match;                       // its number is a match's
    int32_t slot;                     // of a number: descriptors first, then matches
    int32_t variable;                 // number among the variable outputs, or -1
} plan_output;

struct aryl_plan {
    arena mem;                        // everything below
    convert_format format;
    plan_job *jobs;
    plan_output *outputs;
    value_list values;
    smarts_set *patterns;             // of the matches, NULL without any
    plan_match *matches;
    int32_t n_jobs, n_outputs, n_variable, n_matches;
    uint32_t want;                    // PERCEIVE_* that some output needs
    char *canonical;
};

aryl_status plan_new(const char *spec, aryl_plan **out, aryl_error *err);
void plan_free(aryl_plan *plan);

// ---- lines.c, run.c

// As aryl_split_lines.
aryl_status lines_split(const char *text, int64_t len, int64_t *offsets, int64_t capacity, int64_t *n);

struct aryl_scratch { arena mem; };

typedef struct run_limits {
    io_limits io;
    int64_t work;
} run_limits;
run_limits run_limits_of(const aryl_run_options *options);   // options may be NULL

// Checked arguments only. As aryl_plan_run and aryl_explain_row.
aryl_status run_plan(const aryl_plan *plan, const aryl_column *column, const aryl_run_options *options,
                     aryl_output *outputs, aryl_status *status, int64_t *error_offset, aryl_error *err);
aryl_status run_explain(const aryl_plan *plan, const aryl_column *column, int64_t row, const aryl_run_options *options,
                        aryl_error *err);

#endif
