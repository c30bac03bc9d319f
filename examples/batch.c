/* batch.c - a column of SMILES in, columns of features out: one reading a row, all cores, bad rows kept and explained. */
#include <aryl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "CCO ethanol\nc1ccccc1O phenol\nC1CC unfinished\nCC(=O)Nc1ccc(O)cc1 paracetamol\nCF(F)F overfull\n";

int main(void)
{
    aryl_error err;
    aryl_plan *plan;
    if (aryl_plan_new("ecfp radius=2 bits=2048; desc MolWt TPSA; ecfp radius=1 out=sparse as=features", &plan, &err)) {
        fprintf(stderr, "%s (at byte %" PRId64 " of the spec)\n", err.message, err.offset);
        return 1;
    }

    /* The column: one buffer, and where each row starts. */
    int64_t offsets[16], n;
    if (aryl_split_lines(text, sizeof text - 1, offsets, 16, &n)) return 1;
    aryl_column column = {.data = text, .offsets = offsets, .n = n};

    /* The plan says how large its outputs are; the memory is ours. */
    int32_t n_outputs = aryl_plan_n_outputs(plan);
    aryl_output *out = calloc((size_t)n_outputs, sizeof *out);
    aryl_output_info *info = calloc((size_t)n_outputs, sizeof *info);
    if (!out || !info) return 1;
    for (int32_t i = 0; i < n_outputs; i++) {
        info[i].size = sizeof info[i];
        if (aryl_plan_output(plan, i, &info[i])) return 1;
        out[i] = (aryl_output){.size = sizeof out[i], .type = info[i].type};
        if (info[i].variable) {
            out[i].capacity = 10;   /* too small on purpose */
            out[i].offsets = malloc((size_t)(n + 1) * sizeof(int64_t));
            out[i].counts = malloc((size_t)out[i].capacity * sizeof(uint32_t));
            out[i].data = malloc((size_t)(out[i].capacity * info[i].element_bytes));
        } else {
            out[i].data = malloc((size_t)(n * info[i].row_bytes));
        }
        if (!out[i].data) return 1;
    }

    /* Run; where a variable output is full, enlarge it and go on with the row that did not fit. */
    aryl_status status[16];
    int64_t offset[16], done = 0;
    aryl_run_options options = {.size = sizeof options, .n_threads = 0, .done = &done};
    aryl_status s;
    while ((s = aryl_plan_run(plan, &column, &options, out, n_outputs, status, offset, &err)) == ARYL_E_SPACE) {
        for (int32_t i = 0; i < n_outputs; i++) {
            if (!info[i].variable || out[i].needed <= out[i].capacity) continue;
            out[i].capacity = 2 * out[i].needed;
            out[i].counts = realloc(out[i].counts, (size_t)out[i].capacity * sizeof(uint32_t));
            out[i].data = realloc(out[i].data, (size_t)(out[i].capacity * info[i].element_bytes));
            if (!out[i].counts || !out[i].data) return 1;
        }
        options.first = done;
    }
    if (s) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }

    for (int64_t row = 0; row < n; row++) {
        if (status[row]) {
            aryl_explain_row(plan, &column, row, NULL, &err);
            printf("row %" PRId64 ": %s at byte %" PRId64 ": %s\n", row, aryl_status_name(status[row]), offset[row], err.message);
            continue;
        }
        const uint8_t *bits = (const uint8_t *)out[0].data + row * info[0].row_bytes;
        int n_set = 0;
        for (int64_t b = 0; b < info[0].width; b++) n_set += bits[b / 8] >> (b % 8) & 1;
        printf("row %" PRId64 ": %d bits", row, n_set);
        for (int32_t i = 1; i <= 2; i++) printf(", %s %.3f %s", info[i].label, ((double *)out[i].data)[row], info[i].unit);
        printf(", %" PRId64 " features\n", out[3].offsets[row + 1] - out[3].offsets[row]);
    }
    for (int32_t i = 0; i < n_outputs; i++) {
        free(out[i].data);
        free(out[i].offsets);
        free(out[i].counts);
    }
    free(out);
    free(info);
    aryl_plan_free(plan);
    return 0;
}
