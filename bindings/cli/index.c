// index.c - `aryl index`: building, changing and describing indexes.
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void show_progress(void *ctx, int64_t done, int64_t total)
{
    static double begun, told;   // the command does one thing at a time
    static int64_t first;
    double t = now();
    if (!begun) begun = told = t, first = done;
    if (t - told < 0.3 || !total) return;
    told = t;
    double rate = (double)(done - first) / (t - begun);
    fprintf(stderr, "\r%s %lld of %lld, %.0f a second, %.0f s left \033[K", (const char *)ctx, (long long)done, (long long)total, rate,
            rate > 0 ? (double)(total - done) / rate : 0.0);
    if (done == total) fputs("\r\033[K", stderr);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

bool is_index(const char *path) { return is_folder(path) || has_suffix(path, ".fpb"); }

int metric_named(const char *name)
{
    static const char *const names[] = {
        [ARYL_TANIMOTO] = "tanimoto", [ARYL_DICE] = "dice", [ARYL_COSINE] = "cosine", [ARYL_TVERSKY] = "tversky",
        [ARYL_CONTAINMENT] = "containment",
    };
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (!strcmp(name, names[i])) return i;
    complain(USAGE, "no metric '%s'; there are tanimoto, dice, cosine, tversky, containment", name);
    return -1;
}

static aryl_index *index_of(const collected *c, int64_t threads)
{
    aryl_index *ix = NULL;
    aryl_error err;
    aryl_rows rows = {c->rows, c->n, 0, c->bits};
    aryl_column ids = {c->ids, c->id_offsets, NULL, c->n};
    if (aryl_index_build(&rows, c->n ? &ids : NULL, *c->spec ? c->spec : NULL, (int32_t)threads, &ix, &err) != ARYL_OK)
        complain(FAILED, "%s", err.message);
    return ix;
}

aryl_index *index_open(const char *path, int64_t threads)
{
    aryl_index *ix = NULL;
    aryl_error err;
    if (!has_suffix(path, ".fps")) {
        if (aryl_index_open(path, (int32_t)threads, &ix, &err) != ARYL_OK) complain(FAILED, "%s", err.message);
        return ix;
    }
    row_job job = {.in.path = path};
    collected c;
    if (collect(&c, &job) == DONE) ix = index_of(&c, threads);
    collected_free(&c);
    return ix;
}

void put_id(FILE *f, const aryl_index *ix, int64_t row, char separator)
{
    const char *id;
    int64_t len;
    if (aryl_index_id(ix, row, &id, &len) == ARYL_OK) put_field(f, id, (size_t)len, separator);
    else fprintf(f, "%lld", (long long)row);
}

// ---- build, add

static int make_file(const collected *c, const char *path, bool plain, int64_t threads)
{
    aryl_error err;
    aryl_index *ix = index_of(c, threads);
    if (!ix) return FAILED;
    int status = aryl_index_save(ix, path, plain, &err) == ARYL_OK ? DONE : complain(FAILED, "%s", err.message);
    aryl_index_free(ix);
    return status;
}

static int add_to_folder(const collected *c, const char *path, bool replace, bool check, int64_t threads)
{
    aryl_error err;
    aryl_rows rows = {c->rows, c->n, 0, c->bits};
    aryl_column ids = {c->ids, c->id_offsets, NULL, c->n};
    if (!c->n) return DONE;
    if (aryl_collection_add(path, &rows, &ids, check && *c->spec ? c->spec : NULL, replace, (int32_t)threads, NULL, &err) != ARYL_OK)
        return complain(FAILED, "%s", err.message);
    return DONE;
}

static int cmd_build(const command *c, int argc, char **argv, bool adding)
{
    row_job job = {.spec = "ecfp"};
    bool plain = false, replace = false;
    const char *files[2], *spec = NULL;
    collected rows;
    aryl_error err;
    int n;
    const option options[] = {
        {"spec", "s", OPT_TEXT, &spec, "SPEC", "how molecules are fingerprinted (default: ecfp; add: as the index says)"},
        {"plain", NULL, OPT_FLAG, &plain, NULL, "build: without our planes in the file, which are made when it is opened"},
        {"replace", NULL, OPT_FLAG, &replace, NULL, "add: rows of the same ids are deleted"},
        INPUT_OPTIONS(job),
        {0},
    };
    int status = options_read(c, options, argc, argv, files, 2, &n);
    if (status >= 0) return status;
    if (n < 2) return complain(USAGE, "a file and an index are needed; see aryl index --help");
    const char *from = files[adding ? 1 : 0], *path = files[adding ? 0 : 1];
    aryl_index *there = NULL;
    aryl_index_info info = {.size = sizeof info};
    job.in.path = from;
    if (adding) {
        if (!is_folder(path)) return complain(USAGE, "%s: only folders grow; build one with aryl index build", path);
        if (!(there = index_open(path, job.threads))) return FAILED;
        aryl_index_describe(there, &info);
        if (*info.spec) job.spec = info.spec;
    } else if (is_folder(path)) return complain(USAGE, "%s is there already; aryl index add appends to it", path);
    if (spec) job.spec = spec;
    status = collect(&rows, &job);
    if ((status == DONE || status == BAD_ROWS) && rows.bits) {
        int done = DONE;
        if (!adding && has_suffix(path, ".fpb")) done = make_file(&rows, path, plain, job.threads);
        else {
            if (!adding && aryl_collection_create(path, rows.bits, *rows.spec ? rows.spec : NULL, &err) != ARYL_OK) done = complain(FAILED, "%s", err.message);
            if (done == DONE) done = add_to_folder(&rows, path, replace, *info.spec || !adding, job.threads);
        }
        if (done != DONE) status = done;
        else if (!job.quiet) fprintf(stderr, "%s %lld rows of %d bits\n", adding ? "added" : "indexed", (long long)rows.n, rows.bits);
    }
    collected_free(&rows);
    aryl_index_free(there);
    return status;
}

// ---- rm, info, compact

static void add_id(collected *c, const char *id, size_t len)
{
    uint8_t none = 0;
    if (len) collect_row(c, &none, id, (int64_t)len);
}

static int ids_of_file(collected *c, const char *path)
{
    source *in = source_open(path);
    char *text = NULL;
    size_t cap = 0, n = 0;
    int64_t got = 0;
    if (!in) return FAILED;
    do {
        text = more_room(text, &cap, n + 65536, 1);
        if ((got = source_read(in, text + n, 65536)) > 0) n += (size_t)got;
    } while (got > 0);
    for (size_t at = 0; at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t len = end ? (size_t)(end - text) - at : n - at;
        add_id(c, text + at, len && text[at + len - 1] == '\r' ? len - 1 : len);
        at += len + 1;
    }
    source_close(in);
    free(text);
    return got < 0 ? FAILED : DONE;
}

static int cmd_rm(const command *c, int argc, char **argv)
{
    enum { MOST = 4096 };
    const char *path = NULL, *words[MOST];
    collected ids = {.bits = 8};
    aryl_error err;
    int64_t removed = 0;
    int n, status;
    const option options[] = {{"ids", NULL, OPT_TEXT, &path, "FILE", "delete the rows of these ids, one a line"}, {0}};
    if ((status = options_read(c, options, argc, argv, words, MOST, &n)) >= 0) return status;
    if (n < 1 || (n < 2 && !path)) return complain(USAGE, "an index and ids are needed; see aryl index --help");
    for (int i = 1; i < n; i++) add_id(&ids, words[i], strlen(words[i]));
    status = path ? ids_of_file(&ids, path) : DONE;
    aryl_column column = {ids.ids, ids.id_offsets, NULL, ids.n};
    if (status == DONE && ids.n && aryl_collection_remove(words[0], &column, &removed, &err) != ARYL_OK) status = complain(FAILED, "%s", err.message);
    if (status == DONE) fprintf(stderr, "deleted %lld rows\n", (long long)removed);
    collected_free(&ids);
    return status;
}

static int cmd_info(const command *c, int argc, char **argv)
{
    bool verify = false;
    const char *path;
    aryl_index_info info = {.size = sizeof info};
    aryl_error err;
    int n, status;
    const option options[] = {{"verify", NULL, OPT_FLAG, &verify, NULL, "check every byte against the checksums"}, {0}};
    if ((status = options_read(c, options, argc, argv, &path, 1, &n)) >= 0) return status;
    if (n < 1) return complain(USAGE, "an index is needed; see aryl index --help");
    aryl_index *ix = index_open(path, 0);
    if (!ix) return FAILED;
    aryl_index_describe(ix, &info);
    printf("rows\t%lld\nbits\t%d\nspec\t%s\nreference\t%s\nnext row\t%lld\nsegments\t%d\nplanes\t%s\n", (long long)info.n, info.bits,
           *info.spec ? info.spec : "-", *info.reference ? info.reference : "-", (long long)info.span, info.n_segments,
           info.built ? "made when opened" : "in the file");
    status = DONE;
    if (verify) {
        if (aryl_index_verify(ix, &err) == ARYL_OK) puts("verified\tyes");
        else status = complain(FAILED, "%s: %s", path, err.message);
    }
    aryl_index_free(ix);
    return status;
}

static int cmd_compact(const command *c, int argc, char **argv)
{
    const char *path;
    aryl_error err;
    int64_t threads = 0;
    int n, status;
    const option options[] = {{"threads", "t", OPT_INT, &threads, "N", "threads (default: all cores)"}, {0}};
    if ((status = options_read(c, options, argc, argv, &path, 1, &n)) >= 0) return status;
    if (n < 1) return complain(USAGE, "an index is needed; see aryl index --help");
    if (!is_folder(path)) return complain(USAGE, "%s: only folders are compacted", path);
    return aryl_collection_compact(path, (int32_t)threads, &err) == ARYL_OK ? DONE : complain(FAILED, "%s", err.message);
}

int cmd_index(int argc, char **argv)
{
    const command *c = command_named("index");
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "build")) return cmd_build(c, argc - 1, argv + 1, false);
    if (!strcmp(what, "add")) return cmd_build(c, argc - 1, argv + 1, true);
    if (!strcmp(what, "rm")) return cmd_rm(c, argc - 1, argv + 1);
    if (!strcmp(what, "info")) return cmd_info(c, argc - 1, argv + 1);
    if (!strcmp(what, "compact")) return cmd_compact(c, argc - 1, argv + 1);
    const char *none;
    int n, status = options_read(c, (const option[]){{0}}, argc, argv, &none, 1, &n);
    return status >= 0 ? status : complain(USAGE, "build, add, rm, info or compact? See aryl index --help");
}
