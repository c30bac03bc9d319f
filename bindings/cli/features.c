// features.c - `aryl fp` and `aryl desc`: a plan's outputs as FPS, as a table, or as an array.
#include "cli.h"

enum { TO_AUTO, TO_FPS, TO_TSV, TO_CSV, TO_NPY };

typedef struct writer {
    FILE *f;
    const char *source;
    const aryl_plan *plan;
    int32_t n_outputs;
    aryl_output_info *info;
    int to;
    int64_t rows;            // written to an array
} writer;

static int format_of(const char *name, const char *path)
{
    static const struct { const char *name; int to; } names[] = {
        {"fps", TO_FPS}, {"tsv", TO_TSV}, {"csv", TO_CSV}, {"npy", TO_NPY},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char suffix[8];
        snprintf(suffix, sizeof suffix, ".%s", names[i].name);
        size_t n = path ? strlen(path) : 0;
        if (name ? !strcmp(name, names[i].name) : n > 4 && !strcmp(path + n - 4, suffix)) return names[i].to;
    }
    return TO_AUTO;
}

static char separator(const writer *w) { return w->to == TO_CSV ? ',' : '\t'; }

// ---- beginning

static const char *npy_type(const aryl_output_info *o)
{
    return o->type == ARYL_TYPE_UINT8 ? "|u1" : o->type == ARYL_TYPE_UINT32 ? "<u4" : "<f8";
}

static int64_t npy_columns(const writer *w)
{
    int64_t n = 0;
    for (int32_t i = 0; i < w->n_outputs; i++) n += w->info[i].row_bytes / w->info[i].element_bytes;
    return n;
}

static bool begin_npy(writer *w)
{
    for (int32_t i = 0; i < w->n_outputs; i++)
        if (w->info[i].variable || w->info[i].type != w->info[0].type)
            return complain(USAGE, "an array holds rows of one type and width; write a table instead"), false;
    if (w->f == stdout || fseek(w->f, 0, SEEK_SET))
        return complain(USAGE, "an array needs a file to be written to: -o FILE.npy"), false;
    return put_npy_header(w->f, npy_type(&w->info[0]), 0, npy_columns(w));
}

static bool begin_fps(writer *w)
{
    if (w->n_outputs != 1 || w->info[0].form != ARYL_OUT_BITS)
        return complain(USAGE, "FPS holds one fingerprint of bits; write a table instead: --to tsv"), false;
    fprintf(w->f, "#FPS1\n#num_bits=%lld\n#type=%s\n#software=aryl/%s (%s)\n", (long long)w->info[0].width, w->info[0].spec,
            aryl_version(), ARYL_REFERENCE);
    if (w->source) fprintf(w->f, "#source=%s\n", w->source);
    return true;
}

static bool begin(void *ctx, const aryl_plan *plan)
{
    writer *w = ctx;
    w->plan = plan;
    w->n_outputs = aryl_plan_n_outputs(plan);
    w->info = must(calloc((size_t)w->n_outputs + 1, sizeof *w->info));
    for (int32_t i = 0; i < w->n_outputs; i++) {
        w->info[i].size = sizeof w->info[i];
        aryl_plan_output(plan, i, &w->info[i]);
    }
    if (!w->n_outputs) return complain(USAGE, "nothing was asked for"), false;
    if (w->to == TO_AUTO) w->to = w->n_outputs == 1 && w->info[0].form == ARYL_OUT_BITS ? TO_FPS : TO_TSV;
    if (w->to == TO_NPY) return begin_npy(w);
    if (w->to == TO_FPS) return begin_fps(w);
    fputs("id", w->f);
    for (int32_t i = 0; i < w->n_outputs; i++) {
        fputc(separator(w), w->f);
        put_field(w->f, w->info[i].label, strlen(w->info[i].label), separator(w));
    }
    fputc('\n', w->f);
    return true;
}

// ---- rows

static const char *row_of(const aryl_output_info *info, const aryl_output *o, int64_t row)
{
    return (const char *)o->data + row * info->row_bytes;
}

static void put_pairs(writer *w, const aryl_output_info *info, const aryl_output *o, int64_t row)
{
    const char *space = "";
    if (info->form == ARYL_OUT_SPARSE) {
        const uint64_t *ids = o->data;
        for (int64_t k = o->offsets[row]; k < o->offsets[row + 1]; k++, space = " ")
            fprintf(w->f, "%s%llu:%u", space, (unsigned long long)ids[k], (unsigned)o->counts[k]);
        return;
    }
    const uint32_t *counts = (const uint32_t *)(const void *)row_of(info, o, row);
    for (int64_t k = 0; k < info->width; k++) {
        if (!counts[k]) continue;
        fprintf(w->f, "%s%lld:%u", space, (long long)k, (unsigned)counts[k]);
        space = " ";
    }
}

static void put_cell(writer *w, const aryl_output_info *info, const aryl_output *o, int64_t row)
{
    if (!o->validity[row]) return;           // an empty cell
    if (info->form == ARYL_OUT_BITS) put_hex(w->f, (const uint8_t *)row_of(info, o, row), info->row_bytes);
    else if (info->form == ARYL_OUT_NUMBER) put_number(w->f, *(const double *)(const void *)row_of(info, o, row));
    else put_pairs(w, info, o, row);
}

static bool rows(void *ctx, const records *r, const aryl_output *outputs, const aryl_status *status)
{
    writer *w = ctx;
    (void)status;
    for (int64_t row = 0; row < r->n; row++) {
        const char *id = r->ids + r->id_offsets[row];
        size_t id_len = (size_t)(r->id_offsets[row + 1] - r->id_offsets[row]);
        if (w->to == TO_NPY) {
            for (int32_t i = 0; i < w->n_outputs; i++)
                fwrite(row_of(&w->info[i], &outputs[i], row), 1, (size_t)w->info[i].row_bytes, w->f);
        } else if (w->to == TO_FPS) {
            if (!outputs[0].validity[row]) continue;
            put_cell(w, &w->info[0], &outputs[0], row);
            fputc('\t', w->f);
            put_field(w->f, id, id_len, '\t');
            fputc('\n', w->f);
        } else {
            put_field(w->f, id, id_len, separator(w));
            for (int32_t i = 0; i < w->n_outputs; i++) {
                fputc(separator(w), w->f);
                put_cell(w, &w->info[i], &outputs[i], row);
            }
            fputc('\n', w->f);
        }
    }
    w->rows += r->n;
    return !ferror(w->f) || (complain(FAILED, "the output cannot be written"), false);
}

static bool finish(writer *w)
{
    return w->to != TO_NPY ||
           (!fseek(w->f, 0, SEEK_SET) && put_npy_header(w->f, npy_type(&w->info[0]), w->rows, npy_columns(w)));
}

static int run_features(row_job *job, const char *to, const char *path)
{
    writer w = {.source = job->in.path, .to = format_of(to, path)};
    if (to && w.to == TO_AUTO) return complain(USAGE, "no format '%s'; there are fps, tsv, csv, npy", to);
    if (!(w.f = output_open(path))) return FAILED;
    job->begin = begin;
    job->rows = rows;
    job->ctx = &w;
    int status = rows_run(job);
    if ((status == DONE || status == BAD_ROWS) && !finish(&w)) status = complain(FAILED, "the output cannot be written");
    if (!output_close(w.f, path) && status == DONE) status = FAILED;
    free(w.info);
    return status;
}

// ---- the commands

int cmd_fp(int argc, char **argv)
{
    row_job job = {.spec = "ecfp"};
    const char *to = NULL, *path = NULL, *files[1];
    int n;
    const option options[] = {
        {"spec", "s", OPT_TEXT, &job.spec, "SPEC", "what to compute (default: \"ecfp\"); aryl list shows what there is"},
        {"output", "o", OPT_TEXT, &path, "FILE", "where to (default: stdout)"},
        {"to", NULL, OPT_TEXT, &to, "NAME", "fps, tsv, csv, npy (default: by the output's name, else fps)"},
        INPUT_OPTIONS(job),
        {0},
    };
    int status = options_read(command_named("fp"), options, argc, argv, files, 1, &n);
    if (status >= 0) return status;
    job.in.path = n ? files[0] : NULL;
    return run_features(&job, to, path);
}

int cmd_desc(int argc, char **argv)
{
    row_job job = {0};
    const char *names = "all", *to = NULL, *path = NULL, *files[1];
    int n;
    const option options[] = {
        {"names", "n", OPT_TEXT, &names, "NAMES", "descriptors and groups, \"MolWt vsa\" (default: all); aryl list shows them"},
        {"output", "o", OPT_TEXT, &path, "FILE", "where to (default: stdout)"},
        {"to", NULL, OPT_TEXT, &to, "NAME", "tsv, csv, npy (default: by the output's name, else tsv)"},
        INPUT_OPTIONS(job),
        {0},
    };
    int status = options_read(command_named("desc"), options, argc, argv, files, 1, &n);
    if (status >= 0) return status;
    size_t size = strlen(names) + sizeof "desc ";
    char *spec = must(malloc(size));
    snprintf(spec, size, "desc %s", names);
    for (char *c = spec; *c; c++)
        if (*c == ',') *c = ' ';
    job.spec = spec;
    job.in.path = n ? files[0] : NULL;
    status = run_features(&job, to, path);
    free(spec);
    return status;
}

// ---- aryl check

static bool show_failure(void *ctx, const records *r, int64_t row, const aryl_error *err)
{
    FILE *f = ctx;
    write_failure(f, r, row, err);
    return !ferror(f);
}

static bool begin_check(void *ctx, const aryl_plan *plan)
{
    (void)plan;
    fputs(failure_header, ctx);
    return true;
}

int cmd_check(int argc, char **argv)
{
    row_job job = {.spec = "", .begin = begin_check, .failed = show_failure, .strict = true};
    const char *path = NULL, *files[1];
    int n;
    const option options[] = {
        {"spec", "s", OPT_TEXT, &job.spec, "SPEC", "what the rows should be good for (default: only reading)"},
        {"output", "o", OPT_TEXT, &path, "FILE", "where to (default: stdout)"},
        INPUT_OPTIONS(job),
        {0},
    };
    int status = options_read(command_named("check"), options, argc, argv, files, 1, &n);
    if (status >= 0) return status;
    job.in.path = n ? files[0] : NULL;
    FILE *f = output_open(path);
    if (!f) return FAILED;
    job.ctx = f;
    status = rows_run(&job);
    return output_close(f, path) ? status : FAILED;
}
