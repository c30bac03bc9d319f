// column.h - a plan, a column and its outputs as one thing, for tests of the public interface.
#ifndef ARYL_TESTS_COLUMN_H
#define ARYL_TESTS_COLUMN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "aryl.h"
#include "support.h"

typedef struct rows { char *text; int64_t *offsets, n; } rows;

// The lines of a file, `times` over.
static inline rows rows_of(const char *path, int times)
{
    rows r = {0};
    int64_t len, n;
    char *once = file_read(path, &len);
    r.text = malloc((size_t)(len * times) + 1);
    for (int i = 0; i < times; i++) memcpy(r.text + i * len, once, (size_t)len);
    free(once);
    ck_assert_int_eq(aryl_split_lines(r.text, len * times, NULL, 0, &n), ARYL_OK);
    r.offsets = malloc((size_t)(n + 1) * sizeof *r.offsets);
    ck_assert_int_eq(aryl_split_lines(r.text, len * times, r.offsets, n + 1, &r.n), ARYL_OK);
    return r;
}
static inline void rows_free(rows *r)
{
    free(r->text);
    free(r->offsets);
}

enum { MOST_OUTPUTS = 256, SPARSE_PER_ROW = 4000 };
typedef struct table {   // a plan's outputs for n rows; every byte is defined, so that two tables can be compared
    aryl_plan *plan;
    int64_t n;
    int32_t n_outputs;
    aryl_output_info info[MOST_OUTPUTS];
    aryl_output out[MOST_OUTPUTS];
    aryl_status *status;
    int64_t *offset;
} table;

static inline void table_new(table *t, const char *spec, int64_t n)
{
    aryl_error err = {0};
    *t = (table){.n = n};
    ck_assert_msg(aryl_plan_new(spec, &t->plan, &err) == ARYL_OK, "%s: %s", spec, err.message);
    t->n_outputs = aryl_plan_n_outputs(t->plan);
    ck_assert_int_le(t->n_outputs, MOST_OUTPUTS);
    t->status = calloc((size_t)n + 1, sizeof *t->status);
    t->offset = calloc((size_t)n + 1, sizeof *t->offset);
    for (int32_t i = 0; i < t->n_outputs; i++) {
        aryl_output_info *info = &t->info[i];
        aryl_output *o = &t->out[i];
        info->size = sizeof *info;
        ck_assert_int_eq(aryl_plan_output(t->plan, i, info), ARYL_OK);
        *o = (aryl_output){.size = sizeof *o, .type = info->type, .validity = calloc((size_t)n + 1, 1)};
        if (info->variable) {
            o->capacity = n * SPARSE_PER_ROW;
            o->offsets = calloc((size_t)n + 1, sizeof *o->offsets);
            o->counts = calloc((size_t)o->capacity + 1, sizeof *o->counts);
            o->data = calloc((size_t)o->capacity + 1, (size_t)info->element_bytes);
        } else {
            o->data = calloc((size_t)n + 1, (size_t)info->row_bytes);
        }
    }
}

static inline aryl_status table_run(table *t, const rows *r, int32_t n_threads)
{
    aryl_column column = {.data = r->text, .offsets = r->offsets, .n = t->n};
    aryl_run_options options = {.size = sizeof options, .n_threads = n_threads};
    aryl_error err;
    return aryl_plan_run(t->plan, &column, &options, t->out, t->n_outputs, t->status, t->offset, &err);
}

// What differs between two tables of one plan, NULL if nothing does.
static inline const char *table_difference(const table *a, const table *b)
{
    if (memcmp(a->status, b->status, (size_t)a->n * sizeof *a->status)) return "status";
    if (memcmp(a->offset, b->offset, (size_t)a->n * sizeof *a->offset)) return "offset";
    for (int32_t i = 0; i < a->n_outputs; i++) {
        const aryl_output *x = &a->out[i], *y = &b->out[i];
        const aryl_output_info *info = &a->info[i];
        const char *what = info->label;
        if (memcmp(x->validity, y->validity, (size_t)a->n)) return what;
        if (!info->variable) {
            if (memcmp(x->data, y->data, (size_t)(a->n * info->row_bytes))) return what;
            continue;
        }
        if (memcmp(x->offsets, y->offsets, (size_t)(a->n + 1) * sizeof *x->offsets)) return what;
        if (memcmp(x->data, y->data, (size_t)(x->offsets[a->n] * info->element_bytes))) return what;
        if (memcmp(x->counts, y->counts, (size_t)x->offsets[a->n] * sizeof *x->counts)) return what;
    }
    return NULL;
}

static inline void table_free(table *t)
{
    for (int32_t i = 0; i < t->n_outputs; i++) {
        free(t->out[i].data);
        free(t->out[i].validity);
        free(t->out[i].offsets);
        free(t->out[i].counts);
    }
    free(t->status);
    free(t->offset);
    aryl_plan_free(t->plan);
}

// Everything that the registries hold: each kind in each form it has, every descriptor.
// Every form of output at little cost, for what is tried again and again.
#define LIGHT "ecfp; ecfp out=counts as=c; ecfp out=sparse as=s; maccs; desc MolWt TPSA MolLogP"

static inline const char *spec_of_everything(void)   // call it once before there are threads
{
    static char spec[1 << 14];
    if (spec[0]) return spec;
    int n = snprintf(spec, sizeof spec, "desc all");
    for (int32_t i = 0; i < aryl_fp_n_kinds(); i++) {
        aryl_fp_info kind = {.size = sizeof kind};
        ck_assert_int_eq(aryl_fp_kind(i, &kind), ARYL_OK);
        n += snprintf(spec + n, sizeof spec - (size_t)n, "; %s as=%s_bits; %s out=counts as=%s_counts", kind.name, kind.name,
                      kind.name, kind.name);
        if (kind.has_sparse)
            n += snprintf(spec + n, sizeof spec - (size_t)n, "; %s out=sparse as=%s_sparse", kind.name, kind.name);
    }
    ck_assert_int_lt(n, (int)sizeof spec);
    return spec;
}

#endif
