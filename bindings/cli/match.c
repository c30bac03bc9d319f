// match.c - aryl match: rows in which a pattern fits. aryl explain: the atoms and bonds behind a bit.
#include "cli.h"

// ---- aryl match

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

// ---- aryl explain

typedef struct picture {         // a molecule and all features of a fingerprint
    aryl_mol *mol;
    aryl_fp *fp;
    aryl_feature *features;
    int32_t *members;
    int64_t n, n_members;
} picture;

static int look(picture *p, const char *smiles, const char *spec)
{
    aryl_error err = {0};
    aryl_status s = aryl_mol_parse(smiles, (int64_t)strlen(smiles), "smiles", &p->mol, &err);
    if (s == ARYL_OK) s = aryl_fp_new(spec, &p->fp, &err);
    if (s == ARYL_OK) s = aryl_fp_features(p->fp, p->mol, NULL, NULL, 0, &p->n, NULL, 0, &p->n_members, &err);
    if (s == ARYL_E_SPACE) {
        p->features = must(malloc((size_t)(p->n + 1) * sizeof *p->features));
        p->members = must(malloc((size_t)(p->n_members + 1) * sizeof *p->members));
        s = aryl_fp_features(p->fp, p->mol, NULL, p->features, p->n, &p->n, p->members, p->n_members, &p->n_members, &err);
    }
    return s == ARYL_OK ? DONE : complain(USAGE, "%s: %s", aryl_status_name(s), err.message);
}

static void put_list(const char *name, const int32_t *list, int32_t n)
{
    if (n) printf("\t%s", name);
    for (int32_t i = 0; i < n; i++) printf("%s%d", i ? "," : " ", list[i]);
}

int cmd_explain(int argc, char **argv)
{
    picture p = {0};
    const char *words[2];
    int64_t bit = -1;
    int n;
    const option options[] = {
        {"bit", "b", OPT_INT, &bit, "N", "only the features of this bit (default: of every bit)"},
        {0},
    };
    int status = options_read(command_named("explain"), options, argc, argv, words, 2, &n);
    if (status >= 0) return status;
    if (n != 2) return complain(USAGE, "a SMILES and a fingerprint are expected; aryl explain --help shows how");
    status = look(&p, words[0], words[1]);
    bool found = false;
    for (int64_t i = 0; status == DONE && i < p.n; i++) {
        const aryl_feature *f = &p.features[i];
        if (bit >= 0 && f->bit != bit) continue;
        found = true;
        printf("bit %d\tid %llu", f->bit, (unsigned long long)f->id);
        if (f->atom >= 0) printf("\tatom %d\tradius %d", f->atom, f->radius);
        put_list("atoms", p.members + f->first, f->n_atoms);
        put_list("bonds", p.members + f->first + f->n_atoms, f->n_bonds);
        putchar('\n');
    }
    if (status == DONE && !found) fputs(bit >= 0 ? "aryl: that bit is not set\n" : "aryl: no features\n", stderr);
    free(p.features);
    free(p.members);
    aryl_fp_free(p.fp);
    aryl_mol_free(p.mol);
    return status;
}
