// match.c - `aryl match`: rows in which a pattern fits.
#include "cli.h"

typedef struct matcher {
    FILE *f;
    bool counts, invert;
} matcher;

static bool show_rows(void *ctx, const records *r, const aryl_output *outputs, const aryl_status *status)
{
    const matcher *m = ctx;
    for (int64_t row = 0; row < r->n; row++) {
        if (status[row] != ARYL_OK) continue;
        double n = ((const double *)outputs[0].data)[row];
        if (!m->counts && (n > 0) == m->invert) continue;
        const char *text = r->text + r->offsets[row], *id = r->ids + r->id_offsets[row];
        size_t len = (size_t)(r->offsets[row + 1] - r->offsets[row]), id_len = (size_t)(r->id_offsets[row + 1] - r->id_offsets[row]);
        const char *newline = memchr(text, '\n', len);
        if (m->counts || newline) {                    // a molfile is too long to be shown
            put_field(m->f, id, id_len, '\t');
            if (m->counts) fprintf(m->f, "\t%.0f", n);
        } else {
            put_field(m->f, text, strcspn(text, " \t") < len ? strcspn(text, " \t") : len, '\t');
            fputc('\t', m->f);
            put_field(m->f, id, id_len, '\t');
        }
        fputc('\n', m->f);
    }
    return !ferror(m->f) || (complain(FAILED, "the output cannot be written"), false);
}

// "matches smarts=..." with the pattern quoted.
static char *match_spec(const char *pattern, const matcher *m, bool all, bool chirality, bool merge)
{
    size_t at = 0, size = 2 * strlen(pattern) + 120;
    char *spec = must(malloc(size));
    at += (size_t)snprintf(spec, size, "matches smarts=\"");
    for (const char *c = pattern; *c; c++) {
        if (*c == '"' || *c == '\\') spec[at++] = '\\';
        spec[at++] = *c;
    }
    snprintf(spec + at, size - at, "\" count=%d unique=%d chirality=%d mergeh=%d", m->counts, !all, chirality, merge);
    return spec;
}

int cmd_match(int argc, char **argv)
{
    matcher m = {0};
    row_job job = {.rows = show_rows, .ctx = &m};
    const char *path = NULL, *files[2];
    bool all = false, chirality = false, merge = false;
    int n;
    const option options[] = {
        {"count", "n", OPT_FLAG, &m.counts, NULL, "show the id of every row and how often the pattern fits"},
        {"invert", "v", OPT_FLAG, &m.invert, NULL, "show the rows in which it does not fit"},
        {"all", NULL, OPT_FLAG, &all, NULL, "count every embedding, not every set of atoms"},
        {"chirality", NULL, OPT_FLAG, &chirality, NULL, "marks and directions of the pattern count"},
        {"merge-h", NULL, OPT_FLAG, &merge, NULL, "hydrogens written as atoms become conditions on their neighbour"},
        {"output", "o", OPT_TEXT, &path, "FILE", "where to (default: stdout)"},
        INPUT_OPTIONS(job),
        {0},
    };
    int status = options_read(command_named("match"), options, argc, argv, files, 2, &n);
    if (status >= 0) return status;
    if (!n) return complain(USAGE, "a pattern is expected; aryl match --help shows how");
    char *spec = match_spec(files[0], &m, all, chirality, merge);
    job.spec = spec;
    job.in.path = n > 1 ? files[1] : NULL;
    if (!(m.f = output_open(path))) return FAILED;
    status = rows_run(&job);
    free(spec);
    return output_close(m.f, path) ? status : FAILED;
}
