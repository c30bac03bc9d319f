// neighbours.c - `aryl nearest`, `aryl cluster`, `aryl pick`: an index and itself.
#include <unistd.h>

#include "cli.h"

typedef struct asked {
    aryl_search_options options;
    const char *metric, *out, *to, *other_path;
    int64_t threads;
    bool quiet, json;
    char separator;
    aryl_index *ix, *other;      // other: whose rows are the neighbours, or NULL: its own
    aryl_index_info info;
    FILE *f;
} asked;

#define ASKED(a)                                                                                               \
    {"metric", "m", OPT_TEXT, &(a).metric, "NAME", "tanimoto, dice, cosine, tversky, containment"},            \
    {"alpha", NULL, OPT_REAL, &(a).options.alpha, "X", "Tversky: weight of what only the first has (default: 1)"}, \
    {"beta", NULL, OPT_REAL, &(a).options.beta, "X", "Tversky: weight of what only the second has (default: 1)"}, \
    {"output", "o", OPT_TEXT, &(a).out, "FILE", "where to (default: stdout)"},                                 \
    {"to", NULL, OPT_TEXT, &(a).to, "NAME", "tsv, csv, jsonl (default: by the output's name, else tsv)"},      \
    {"threads", "t", OPT_INT, &(a).threads, "N", "threads (default: all cores)"},                              \
    {"quiet", "q", OPT_FLAG, &(a).quiet, NULL, "no progress, no summary"}

static const asked nothing = {.options = {.size = sizeof(aryl_search_options), .alpha = 1, .beta = 1}, .metric = "tanimoto"};

static int begin(asked *a, const char *path)
{
    int status;
    if ((a->options.metric = metric_named(a->metric)) < 0) return USAGE;
    if ((status = answer_form(a->to, a->out, &a->separator, &a->json)) != DONE) return status;
    a->options.n_threads = (int32_t)a->threads;
    if (!a->quiet && isatty(2)) {
        a->options.progress = show_progress;
        a->options.ctx = "rows";
    }
    if (!(a->ix = index_open(path, a->threads))) return FAILED;
    a->info = (aryl_index_info){.size = sizeof a->info};
    aryl_index_describe(a->ix, &a->info);
    if (a->other_path && !(a->other = index_open(a->other_path, a->threads))) {
        aryl_index_free(a->ix);
        return FAILED;
    }
    if ((a->f = output_open(a->out))) return DONE;
    aryl_index_free(a->ix);
    aryl_index_free(a->other);
    return FAILED;
}

static int finish(asked *a, int status)
{
    if (!output_close(a->f, a->out)) status = FAILED;
    aryl_index_free(a->ix);
    aryl_index_free(a->other);
    return status;
}

// ---- fields of a line

static void put_names(const asked *a, const char *const *names, int n)
{
    for (int i = 0; i < n && !a->json; i++) fprintf(a->f, "%s%c", names[i], i + 1 < n ? a->separator : '\n');
}

static void put_row_of(const asked *a, const aryl_index *ix, const char *name, int64_t row, bool first)
{
    const char *id;
    int64_t len;
    if (!a->json) {
        if (!first) fputc(a->separator, a->f);
        put_id(a->f, ix, row, a->separator);
        return;
    }
    fprintf(a->f, "%s\"%s\": ", first ? "{" : ", ", name);
    if (aryl_index_id(ix, row, &id, &len) == ARYL_OK) put_json(a->f, id, (size_t)len);
    else fprintf(a->f, "\"%lld\"", (long long)row);
}

static void put_row(const asked *a, const char *name, int64_t row, bool first) { put_row_of(a, a->ix, name, row, first); }

static void put_value(const asked *a, const char *name, double value)
{
    if (a->json) fprintf(a->f, ", \"%s\": ", name);
    else fputc(a->separator, a->f);
    put_number(a->f, value);
}

static void end_line(const asked *a) { fputs(a->json ? "}\n" : "\n", a->f); }

// The real numbers of the rows, in row order: rows that were deleted leave gaps.
static int64_t *row_numbers(const asked *a)
{
    int64_t *rows = must(malloc(((size_t)a->info.n + 1) * sizeof *rows)), n = 0;
    uint8_t bits[ARYL_SEARCH_MOST_BITS / 8];
    for (int64_t row = 0; row < a->info.span && n < a->info.n; row++)
        if (a->info.span == a->info.n || aryl_index_row(a->ix, row, bits) == ARYL_OK) rows[n++] = row;
    return rows;
}

// ---- nearest

static int32_t put_pairs(void *ctx, const aryl_pair *pairs, int64_t n)
{
    const asked *a = ctx;
    for (int64_t i = 0; i < n; i++) {
        put_row(a, "a", pairs[i].query, true);
        put_row_of(a, a->other ? a->other : a->ix, "b", pairs[i].row, false);
        put_value(a, "score", pairs[i].score);
        end_line(a);
    }
    return ferror(a->f) != 0;
}

static int put_graph(const asked *a, int64_t *n_hits)
{
    aryl_hits *hits;
    aryl_error err;
    if (aryl_index_neighbours(a->ix, &a->options, &hits, &err) != ARYL_OK) return complain(FAILED, "%s", err.message);
    const int64_t *offsets = aryl_hits_offsets(hits), *rows = aryl_hits_rows(hits);
    int64_t *number = row_numbers(a), n = aryl_hits_n_queries(hits);
    for (int64_t q = 0; q < n; q++)
        for (int64_t i = offsets[q]; i < offsets[q + 1]; i++) {
            put_row(a, "row", number[q], true);
            put_value(a, "rank", (double)(i - offsets[q] + 1));
            put_value(a, "score", aryl_hits_scores(hits)[i]);
            put_row(a, "neighbour", rows[i], false);
            end_line(a);
        }
    *n_hits = offsets[n];
    free(number);
    aryl_hits_free(hits);
    return DONE;
}

int cmd_nearest(int argc, char **argv)
{
    asked a = nothing;
    const char *paths[2];
    int64_t k = 0, n_pairs = 0;
    double threshold = 0;
    int n;
    const option options[] = {
        {"k", "k", OPT_INT, &k, "N", "the N best of each row"},
        {"threshold", NULL, OPT_REAL, &threshold, "X", "only scores of at least X; without -k all pairs, within an index each once"},
        ASKED(a),
        {0},
    };
    int status = options_read(command_named("nearest"), options, argc, argv, paths, 2, &n);
    if (status >= 0) return status;
    if (n < 1 || k < 0) return complain(USAGE, "an index is needed; see aryl nearest --help");
    if (!k && !(threshold > 0)) return complain(USAGE, "say -k, or a --threshold above 0");
    a.options.k = k;
    a.options.threshold = threshold;
    a.other_path = n > 1 ? paths[1] : NULL;
    if ((status = begin(&a, paths[0])) != DONE) return status;
    if (k && !a.other) {
        put_names(&a, (const char *const[]){"row", "rank", "score", "neighbour"}, 4);
        status = put_graph(&a, &n_pairs);
    } else {
        aryl_error err;
        put_names(&a, (const char *const[]){"a", "b", "score"}, 3);
        aryl_status s = a.other ? aryl_index_join(a.ix, a.other, &a.options, put_pairs, &a, &n_pairs, &err)
                                : aryl_index_pairs(a.ix, &a.options, put_pairs, &a, &n_pairs, &err);
        if (s != ARYL_OK && !ferror(a.f)) status = complain(FAILED, "%s", err.message);
    }
    if (status == DONE && !a.quiet) fprintf(stderr, "rows %lld, %s %lld\n", (long long)a.info.n, k && !a.other ? "neighbours" : "pairs", (long long)n_pairs);
    return finish(&a, status);
}

// ---- cluster

int cmd_cluster(int argc, char **argv)
{
    asked a = nothing;
    const char *path, *method = "butina";
    double threshold = 0;
    int n;
    const option options[] = {
        {"threshold", NULL, OPT_REAL, &threshold, "X", "least score with the centre"},
        {"method", NULL, OPT_TEXT, &method, "NAME", "butina: the row with the most neighbours first; leader: rows in their order"},
        ASKED(a),
        {0},
    };
    int status = options_read(command_named("cluster"), options, argc, argv, &path, 1, &n);
    if (status >= 0) return status;
    if (n < 1 || !(threshold > 0)) return complain(USAGE, "an index and --threshold are needed; see aryl cluster --help");
    int32_t how = !strcmp(method, "leader") ? ARYL_LEADER : ARYL_BUTINA;
    if (how == ARYL_BUTINA && strcmp(method, "butina")) return complain(USAGE, "no method '%s'; there are butina, leader", method);
    a.options.threshold = threshold;
    if ((status = begin(&a, path)) != DONE) return status;
    size_t room = ((size_t)a.info.n + 1) * sizeof(int64_t);
    int64_t *cluster = must(malloc(room)), *centres = must(malloc(room)), *number = row_numbers(&a), n_clusters;
    aryl_error err;
    if (aryl_index_cluster(a.ix, &a.options, how, cluster, centres, &n_clusters, &err) != ARYL_OK) status = complain(FAILED, "%s", err.message);
    else {
        put_names(&a, (const char *const[]){"row", "cluster", "centre"}, 3);
        for (int64_t i = 0; i < a.info.n; i++) {
            put_row(&a, "row", number[i], true);
            put_value(&a, "cluster", (double)cluster[i]);
            put_row(&a, "centre", centres[cluster[i]], false);
            end_line(&a);
        }
        if (!a.quiet) fprintf(stderr, "rows %lld, clusters %lld\n", (long long)a.info.n, (long long)n_clusters);
    }
    free(cluster);
    free(centres);
    free(number);
    return finish(&a, status);
}

// ---- pick

int cmd_pick(int argc, char **argv)
{
    enum { MOST = 1024 };
    asked a = nothing;
    const char *words[1 + MOST];
    int64_t want = 10;
    int n;
    const option options[] = {
        {"n", "n", OPT_INT, &want, "N", "how many rows (default: 10)"},
        ASKED(a),
        {0},
    };
    int status = options_read(command_named("pick"), options, argc, argv, words, 1 + MOST, &n);
    if (status >= 0) return status;
    if (n < 1 || want < 0) return complain(USAGE, "an index is needed; see aryl pick --help");
    if ((status = begin(&a, words[0])) != DONE) return status;
    int64_t n_seeds = n - 1, *picks;
    aryl_error err;
    if (want < n_seeds) want = n_seeds;
    picks = must(calloc((size_t)want + 1, sizeof *picks));
    double *best = must(calloc((size_t)want + 1, sizeof *best));
    for (int64_t i = 0; i < n_seeds && status == DONE; i++)
        if (aryl_index_find(a.ix, words[1 + i], (int64_t)strlen(words[1 + i]), &picks[i]) != ARYL_OK)
            status = complain(FAILED, "%s: no row is called %s", words[0], words[1 + i]);
    if (status == DONE && aryl_index_pick(a.ix, &a.options, want, n_seeds, picks, best, &err) != ARYL_OK) status = complain(FAILED, "%s", err.message);
    if (status == DONE) {
        put_names(&a, (const char *const[]){"row", "best"}, 2);
        for (int64_t i = 0; i < want; i++) {
            put_row(&a, "row", picks[i], true);
            put_value(&a, "best", best[i]);
            end_line(&a);
        }
    }
    free(picks);
    free(best);
    return finish(&a, status);
}
