// rows.c - a molecule file through a plan, chunk by chunk, so that memory does not grow with the file.
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

enum { MOST_ROWS = 65536, LEAST_ROWS = 64, CHUNK_BYTES = 48 << 20 };

const char failure_header[] = "place\tid\toffset\tstatus\tmessage\ttext\n";

typedef struct run {
    row_job *job;
    aryl_plan *plan;
    int32_t n_outputs;
    aryl_output *outputs;
    aryl_output_info *info;
    int64_t rows_cap;            // rows of a chunk
    aryl_status *status;
    FILE *errors;
    bool progress;
    double begun, told;
} run;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void tell_progress(run *r, bool last)
{
    double t = now();
    if (!r->progress || (!last && t - r->told < 0.2)) return;
    r->told = t;
    fprintf(stderr, "\r%lld rows, %.0f a second ", (long long)r->job->n_read,
            t > r->begun ? (double)r->job->n_read / (t - r->begun) : 0.0);
    if (last) fputs("\r\033[K", stderr);
}

static void print_text(FILE *f, const char *text, int64_t len)      // one line's worth, nothing that moves the cursor
{
    for (int64_t i = 0; i < len && text[i] != '\n' && text[i] != '\r'; i++)
        fputc((unsigned char)text[i] < 0x20 || text[i] == 0x7F ? ' ' : text[i], f);
}

void write_failure(FILE *f, const records *r, int64_t row, const aryl_error *err)
{
    fprintf(f, "%lld\t", (long long)r->places[row]);
    print_text(f, r->ids + r->id_offsets[row], r->id_offsets[row + 1] - r->id_offsets[row]);
    fprintf(f, "\t%lld\t%s\t%s\t", (long long)err->offset, aryl_status_name(err->code), err->message);
    print_text(f, r->text + r->offsets[row], r->offsets[row + 1] - r->offsets[row]);
    fputc('\n', f);
}

// ---- the plan and the room for its outputs

static int make_plan(run *r, bool is_mol)
{
    const char *in = is_mol ? "in format=mol; " : "";
    size_t size = strlen(in) + strlen(r->job->spec) + 1;
    char *spec = must(malloc(size));
    snprintf(spec, size, "%s%s", in, r->job->spec);
    aryl_error err;
    aryl_status s = aryl_plan_new(spec, &r->plan, &err);
    free(spec);
    if (s == ARYL_OK) return DONE;
    complain(USAGE, "%s", err.message);
    if (err.offset >= (int64_t)strlen(in))
        fprintf(stderr, "  %s\n  %*s^\n", r->job->spec, (int)(err.offset - (int64_t)strlen(in)), "");
    return USAGE;
}

static void make_room(run *r)
{
    int64_t row_bytes = 1;
    r->n_outputs = aryl_plan_n_outputs(r->plan);
    r->outputs = must(calloc((size_t)r->n_outputs + 1, sizeof *r->outputs));
    r->info = must(calloc((size_t)r->n_outputs + 1, sizeof *r->info));
    for (int32_t i = 0; i < r->n_outputs; i++) {
        r->info[i].size = sizeof r->info[i];
        aryl_plan_output(r->plan, i, &r->info[i]);
        row_bytes += r->info[i].row_bytes;
    }
    r->rows_cap = CHUNK_BYTES / row_bytes;
    if (r->rows_cap > MOST_ROWS) r->rows_cap = MOST_ROWS;
    if (r->rows_cap < LEAST_ROWS) r->rows_cap = LEAST_ROWS;
    size_t rows = (size_t)r->rows_cap;
    r->status = must(malloc(rows * sizeof *r->status));
    for (int32_t i = 0; i < r->n_outputs; i++) {
        aryl_output *o = &r->outputs[i];
        *o = (aryl_output){.size = sizeof *o, .type = r->info[i].type, .validity = must(malloc(rows))};
        if (r->info[i].variable) o->offsets = must(malloc((rows + 1) * sizeof *o->offsets));
        else o->data = must(malloc(rows * (size_t)r->info[i].row_bytes));
    }
}

static void grow_outputs(run *r)
{
    for (int32_t i = 0; i < r->n_outputs; i++) {
        aryl_output *o = &r->outputs[i];
        if (!r->info[i].variable || o->needed <= o->capacity) continue;
        o->capacity = 2 * o->needed;
        o->data = must(realloc(o->data, (size_t)(o->capacity * r->info[i].element_bytes)));
        if (r->info[i].form == ARYL_OUT_SPARSE)
            o->counts = must(realloc(o->counts, (size_t)o->capacity * sizeof *o->counts));
    }
}

static void release(run *r)
{
    for (int32_t i = 0; i < r->n_outputs; i++) {
        free(r->outputs[i].data);
        free(r->outputs[i].offsets);
        free(r->outputs[i].counts);
        free(r->outputs[i].validity);
    }
    free(r->outputs);
    free(r->info);
    free(r->status);
    aryl_plan_free(r->plan);
}

// ---- rows

static bool report_failures(run *r, const aryl_column *column, const aryl_run_options *options, const records *rows)
{
    for (int64_t i = 0; i < rows->n; i++) {
        if (r->status[i] == ARYL_OK) continue;
        r->job->n_failed++;
        if (!r->errors && !r->job->failed) continue;
        aryl_error err = {.offset = -1};
        err.code = aryl_explain_row(r->plan, column, i, options, &err);
        if (r->errors) write_failure(r->errors, rows, i, &err);
        if (r->job->failed && !r->job->failed(r->job->ctx, rows, i, &err)) return false;
    }
    return true;
}

static int do_chunk(run *r, const records *rows)
{
    int64_t done = 0;
    aryl_column column = {.data = rows->text, .offsets = rows->offsets, .n = rows->n};
    aryl_run_options options = {.size = sizeof options, .n_threads = (int32_t)r->job->threads, .done = &done};
    aryl_error err;
    aryl_status s;
    while ((s = aryl_plan_run(r->plan, &column, &options, r->outputs, r->n_outputs, r->status, NULL, &err)) == ARYL_E_SPACE) {
        grow_outputs(r);
        options.first = done;
    }
    if (s != ARYL_OK) return complain(FAILED, "%s", err.message);
    options.first = 0;
    r->job->n_read += rows->n;
    if (!report_failures(r, &column, &options, rows)) return FAILED;
    if (r->job->rows && !r->job->rows(r->job->ctx, rows, r->outputs, r->status)) return FAILED;
    tell_progress(r, false);
    return DONE;
}

static int do_file(run *r, reader *in)
{
    records rows = {0};
    int got, status = DONE;
    while (status == DONE && (got = reader_next(in, r->rows_cap, &rows)) != 0) status = got < 0 ? FAILED : do_chunk(r, &rows);
    records_free(&rows);
    return status;
}

int rows_run(row_job *job)
{
    run r = {.job = job, .progress = !job->quiet && isatty(2), .begun = now()};
    if (job->threads > 4096) return complain(USAGE, "--threads: %lld are too many", (long long)job->threads);
    reader *in = reader_open(&job->in);
    if (!in) return FAILED;
    int status = make_plan(&r, reader_is_mol(in));
    if (status == DONE && job->errors) {
        r.errors = fopen(job->errors, "w");
        if (r.errors) fputs(failure_header, r.errors);
        else status = complain(FAILED, "%s: %s", job->errors, strerror(errno));
    }
    if (status == DONE) {
        make_room(&r);
        if (job->begin && !job->begin(job->ctx, r.plan)) status = FAILED;
        if (status == DONE) status = do_file(&r, in);
        tell_progress(&r, true);
    }
    if (r.errors && !output_close(r.errors, job->errors)) status = FAILED;
    reader_close(in);
    release(&r);
    if (status == DONE && !job->quiet)
        fprintf(stderr, "read %lld, ok %lld, failed %lld\n", (long long)job->n_read,
                (long long)(job->n_read - job->n_failed), (long long)job->n_failed);
    if (status == DONE && job->strict && job->n_failed) return BAD_ROWS;
    return status;
}
