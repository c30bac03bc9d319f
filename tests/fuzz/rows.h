// rows.h - what a fuzz entry does with one molecule: everything the library can compute, within limits of work that
// keep one input short, and again, to see that nothing depends on what memory held before.
#ifndef ARYL_FUZZ_ROWS_H
#define ARYL_FUZZ_ROWS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aryl.h"

static inline void must(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static inline aryl_plan *plan_of_everything(const char *in)
{
    static char spec[1 << 14];
    int n = snprintf(spec, sizeof spec, "%sdesc all", in);
    for (int32_t i = 0; i < aryl_fp_n_kinds(); i++) {
        aryl_fp_info kind = {.size = sizeof kind};
        must(aryl_fp_kind(i, &kind) == ARYL_OK, "the registry can be walked");
        n += snprintf(spec + n, sizeof spec - (size_t)n, "; %s; %s out=counts as=%s_counts", kind.name, kind.name, kind.name);
    }
    aryl_plan *plan;
    aryl_error err;
    must(aryl_plan_new(spec, &plan, &err) == ARYL_OK, "a plan of everything");
    return plan;
}

static inline int compute_everything(const char *format, const uint8_t *data, size_t size)
{
    enum { MOST = 300, ROW_BYTES = 1 << 14 };
    static aryl_plan *plan;
    static uint8_t *first, *second;
    if (!plan) {
        char in[64];
        snprintf(in, sizeof in, "in format=%s; ", format);
        plan = plan_of_everything(in);
        first = malloc((size_t)MOST * ROW_BYTES);
        second = malloc((size_t)MOST * ROW_BYTES);
    }
    int64_t offsets[2] = {0, (int64_t)size}, place[2];
    aryl_column column = {.data = (const char *)data, .offsets = offsets, .n = 1};
    aryl_run_options options = {.size = sizeof options, .n_threads = 1, .max_atoms = 2000, .max_work = 1 << 22};
    aryl_output out[MOST];
    aryl_status status[2];
    aryl_error err;
    int32_t n = aryl_plan_n_outputs(plan);
    must(n <= MOST, "the buffers suffice");
    for (int round = 0; round < 2; round++) {
        uint8_t *buffer = round ? second : first;
        memset(buffer, round ? 0xAA : 0x55, (size_t)n * ROW_BYTES);
        for (int32_t i = 0; i < n; i++) {
            aryl_output_info info = {.size = sizeof info};
            must(aryl_plan_output(plan, i, &info) == ARYL_OK && info.row_bytes <= ROW_BYTES, "outputs are described");
            out[i] = (aryl_output){.size = sizeof out[i], .type = info.type, .data = buffer + (size_t)i * ROW_BYTES};
            memset(buffer + (size_t)i * ROW_BYTES + info.row_bytes, 0, (size_t)(ROW_BYTES - info.row_bytes));
        }
        must(aryl_plan_run(plan, &column, &options, out, n, &status[round], &place[round], &err) == ARYL_OK, "a bad row fails no run");
        must(status[round] >= ARYL_OK && status[round] < ARYL_E_INTERNAL, "no bug of ours is found");
        must(place[round] >= -1 && place[round] <= (int64_t)size, "a failure's place lies in the text");
    }
    must(status[0] == status[1] && place[0] == place[1] && !memcmp(first, second, (size_t)n * ROW_BYTES), "runs agree");
    if (status[0] != ARYL_OK) {
        err.message[0] = 0;
        must(aryl_explain_row(plan, &column, 0, &options, &err) == status[0], "explaining finds the same");
        must(err.message[0] && !strchr(err.message, '\n'), "a failure has one line of explanation");
    }
    return 0;
}

#endif
