// search.c - `aryl search`: the neighbours of each query among the rows of an index or an FPS file.
//
// An index is opened once and asked. An FPS file is looked through: its rows are read a block at a time and each block is
// searched with all queries of a batch; what each query has kept so far and the block's hits are merged, so memory holds one
// block, the queries of a batch and their best hits.
#include <unistd.h>

#include "cli.h"

enum { BLOCK_BYTES = 32 << 20, QUERY_ROWS = 4096 };

// ---- the search

typedef struct hit { double score; int64_t row, id; } hit;    // id: into the kept ids
typedef struct best { hit *hit; size_t n, cap; } best;

typedef struct searcher {
    const char *targets, *spec;
    aryl_search_options options;
    bool count_only, explain, json;
    char separator;
    aryl_index *index;           // or NULL: an FPS file
    FILE *out;
    collected queries;
    best *best;                  // of each query of the batch
    char *ids;                   // of the hits; what is no longer needed stays until the batch is done
    size_t ids_len, ids_cap;
    int64_t *counts;
    int64_t n_queries, n_targets, n_hits;
} searcher;

static bool before(const hit *a, const hit *b) { return a->score > b->score || (a->score == b->score && a->row < b->row); }

// The hits of a block, in order, into what the query has, in order.
static void merge(searcher *s, best *b, const aryl_hits *hits, int64_t query, const fps *f, int64_t first_row)
{
    const int64_t *offsets = aryl_hits_offsets(hits), *rows = aryl_hits_rows(hits);
    const double *scores = aryl_hits_scores(hits);
    size_t add = (size_t)(offsets[query + 1] - offsets[query]), k = (size_t)s->options.k;
    if (!add) return;
    hit *all = must(malloc((b->n + add) * sizeof *all));
    size_t n = 0, i = 0, j = 0;
    while ((i < b->n || j < add) && (!k || n < k)) {
        int64_t at = offsets[query] + (int64_t)j;
        hit h = {0};
        if (j < add) h = (hit){scores[at], first_row + rows[at], -1};
        if (j == add || (i < b->n && before(&b->hit[i], &h))) {
            all[n++] = b->hit[i++];
            continue;
        }
        const char *id = f->buf + f->ids[rows[at]];
        size_t len = (size_t)f->id_lens[rows[at]];
        h.id = (int64_t)s->ids_len;
        s->ids = more_room(s->ids, &s->ids_cap, s->ids_len + len + 1, 1);
        memcpy(s->ids + s->ids_len, id, len);
        s->ids[s->ids_len + len] = 0;
        s->ids_len += len + 1;
        all[n++] = h;
        j++;
    }
    free(b->hit);
    b->hit = all;
    b->n = n;
}

static int search_block(searcher *s, const fps *f, int64_t first_row)
{
    aryl_rows queries = {s->queries.rows, s->queries.n, 0, s->queries.bits}, rows = {f->rows, f->n, 0, f->bits};
    aryl_hits *hits;
    aryl_error err;
    if (aryl_search_rows(&queries, &rows, &s->options, &hits, &err) != ARYL_OK) return complain(FAILED, "%s", err.message);
    const int64_t *offsets = aryl_hits_offsets(hits);
    for (int64_t q = 0; q < s->queries.n; q++) {
        s->counts[q] += offsets[q + 1] - offsets[q];
        if (!s->count_only) merge(s, &s->best[q], hits, q, f, first_row);
    }
    aryl_hits_free(hits);
    return DONE;
}

// ---- lines of the answer

static void put_line(const searcher *s, int64_t query, int64_t rank, double score, const char *target, size_t target_len)
{
    const char *id = s->queries.ids + s->queries.id_offsets[query];
    size_t len = (size_t)(s->queries.id_offsets[query + 1] - s->queries.id_offsets[query]);
    if (s->json) {
        fputs("{\"query\": ", s->out);
        put_json(s->out, id, len);
        if (s->count_only) {
            fprintf(s->out, ", \"hits\": %lld}\n", (long long)rank);
            return;
        }
        fprintf(s->out, ", \"rank\": %lld, \"score\": ", (long long)rank);
        put_number(s->out, score);
        fputs(", \"target\": ", s->out);
        put_json(s->out, target, target_len);
        fputs("}\n", s->out);
        return;
    }
    put_field(s->out, id, len, s->separator);
    fprintf(s->out, "%c%lld", s->separator, (long long)rank);
    if (!s->count_only) {
        fputc(s->separator, s->out);
        put_number(s->out, score);
        fputc(s->separator, s->out);
        put_field(s->out, target, target_len, s->separator);
    }
    fputc('\n', s->out);
}

static void put_hits(searcher *s)
{
    for (int64_t q = 0; q < s->queries.n; q++) {
        if (s->count_only) {
            put_line(s, q, s->counts[q], 0, NULL, 0);
            s->n_hits += s->counts[q];
            continue;
        }
        for (size_t i = 0; i < s->best[q].n; i++) {
            const hit *h = &s->best[q].hit[i];
            put_line(s, q, (int64_t)i + 1, h->score, s->ids + h->id, strlen(s->ids + h->id));
        }
        s->n_hits += (int64_t)s->best[q].n;
    }
}

static void tell_progress(void *ctx, int64_t done, int64_t total)
{
    const searcher *s = ctx;
    show_progress("queries", s->n_queries + done, s->n_queries + total);
}

static int ask_index(searcher *s)
{
    aryl_rows queries = {s->queries.rows, s->queries.n, 0, s->queries.bits};
    aryl_search_trace trace = {.size = sizeof trace};
    aryl_hits *hits;
    aryl_error err;
    if (aryl_index_search(s->index, &queries, &s->options, &hits, &trace, &err) != ARYL_OK) return complain(FAILED, "%s", err.message);
    const int64_t *offsets = aryl_hits_offsets(hits), *rows = aryl_hits_rows(hits);
    for (int64_t q = 0; q < queries.n; q++) {
        if (s->count_only) put_line(s, q, offsets[q + 1] - offsets[q], 0, NULL, 0);
        for (int64_t i = offsets[q]; !s->count_only && i < offsets[q + 1]; i++) {
            const char *id;
            char number[32];
            int64_t len;
            if (aryl_index_id(s->index, rows[i], &id, &len) != ARYL_OK) len = snprintf(number, sizeof number, "%lld", (long long)rows[i]), id = number;
            put_line(s, q, i - offsets[q] + 1, aryl_hits_scores(hits)[i], id, (size_t)len);
        }
    }
    s->n_hits += offsets[queries.n];
    s->n_queries += queries.n;
    aryl_hits_free(hits);
    if (s->explain) {
        static const char *const plans[] = {"", "rows", "planes of rows", "planes of groups, then rows"};
        fprintf(stderr, "%lld queries: %s; single queries counted %lld blocks, left %lld of them for their rows, verified %lld rows\n",
                (long long)queries.n, plans[trace.plan], (long long)trace.visits, (long long)trace.fallen, (long long)trace.rows);
    }
    s->queries.n = 0;
    return DONE;
}

// A batch of queries against the whole file.
static int search_batch(searcher *s)
{
    if (s->index) return ask_index(s);
    fps f;
    int64_t rows = 0;
    int status = fps_open(&f, s->targets), got = 0;
    if (status == DONE && f.bits != s->queries.bits)
        status = complain(FAILED, "queries have %d bits, the rows of %s have %d", s->queries.bits, s->targets, f.bits);
    int64_t most = status == DONE ? BLOCK_BYTES / row_bytes(f.bits) : 0;
    s->best = must(calloc((size_t)s->queries.n + 1, sizeof *s->best));
    s->counts = must(calloc((size_t)s->queries.n + 1, sizeof *s->counts));
    s->ids_len = 0;
    while (status == DONE && (got = fps_next(&f, most)) > 0) {
        status = search_block(s, &f, rows);
        rows += f.n;
    }
    if (got < 0) status = FAILED;
    if (status == DONE) put_hits(s);
    s->n_targets = rows;
    s->n_queries += s->queries.n;
    for (int64_t q = 0; q < s->queries.n; q++) free(s->best[q].hit);
    free(s->best);
    free(s->counts);
    s->queries.n = 0;
    fps_close(&f);
    return status;
}

// ---- queries out of a molecule file, fingerprinted as the targets were

static bool begin_queries(void *ctx, const aryl_plan *plan)
{
    searcher *s = ctx;
    aryl_output_info info = {.size = sizeof info};
    if (aryl_plan_n_outputs(plan) != 1 || aryl_plan_output(plan, 0, &info) != ARYL_OK || info.form != ARYL_OUT_BITS)
        return complain(USAGE, "a search takes one fingerprint of bits"), false;
    s->queries.bits = (int32_t)info.width;
    return true;
}

static bool add_queries(void *ctx, const records *r, const aryl_output *outputs, const aryl_status *status)
{
    searcher *s = ctx;
    int64_t bytes = row_bytes(s->queries.bits);
    for (int64_t i = 0; i < r->n; i++) {
        if (status[i] != ARYL_OK) continue;
        collect_row(&s->queries, (const uint8_t *)outputs[0].data + i * bytes, r->ids + r->id_offsets[i],
                  r->id_offsets[i + 1] - r->id_offsets[i]);
        if (s->queries.n == QUERY_ROWS && search_batch(s) != DONE) return false;
    }
    return true;
}

// How the targets were made: exit status, *type to be freed.
static int target_type(const searcher *s, char **type)
{
    fps f;
    const char *text = "";
    int status = DONE;
    aryl_index_info info = {.size = sizeof info};
    if (s->index) {
        if (aryl_index_describe(s->index, &info) == ARYL_OK) text = info.spec;
    } else if ((status = fps_open(&f, s->targets)) == DONE) text = f.type;
    *type = must(malloc(strlen(text) + 1));
    strcpy(*type, text);
    if (!s->index) fps_close(&f);
    return status;
}

static int molecule_queries(searcher *s, row_job *job)
{
    char *type;
    int status = target_type(s, &type);
    aryl_fp *fp;
    aryl_error err;
    if (status == DONE && !s->spec) {
        if (!*type || aryl_fp_new(type, &fp, &err) != ARYL_OK)
            status = complain(FAILED, "%s does not say in our terms how its fingerprints were made (type: %s); say it with --spec",
                              s->targets, *type ? type : "none");
        else aryl_fp_free(fp);
    } else if (status == DONE && s->index && *type && aryl_index_check_spec(s->index, s->spec, &err) != ARYL_OK)
        status = complain(FAILED, "%s: %s", s->targets, err.message);
    job->spec = s->spec ? s->spec : type;
    job->begin = begin_queries;
    job->rows = add_queries;
    job->ctx = s;
    if (status == DONE) status = rows_run(job);
    if ((status == DONE || status == BAD_ROWS) && s->queries.n && search_batch(s) != DONE) status = FAILED;
    free(type);
    return status;
}

static int fps_queries(searcher *s, const char *path)
{
    fps q;
    char *type = NULL;
    int got = 0, status = fps_open(&q, path);
    if (status == DONE && (status = target_type(s, &type)) == DONE && q.type_len && *type && strcmp(q.type, type))
        status = complain(FAILED, "the two were made differently:\n  %s: %s\n  %s: %s", path, q.type, s->targets, type);
    free(type);
    s->queries.bits = q.bits;
    while (status == DONE && (got = fps_next(&q, QUERY_ROWS)) > 0) {
        for (int64_t i = 0; i < q.n; i++)
            collect_row(&s->queries, q.rows + i * row_bytes(q.bits), q.buf + q.ids[i], q.id_lens[i]);
        status = search_batch(s);
    }
    fps_close(&q);
    return got < 0 ? FAILED : status;
}

// ---- the command

static void put_header(const searcher *s)
{
    if (s->json) return;
    if (s->count_only) fprintf(s->out, "query%chits\n", s->separator);
    else fprintf(s->out, "query%crank%cscore%ctarget\n", s->separator, s->separator, s->separator);
}

int cmd_search(int argc, char **argv)
{
    row_job job = {0};
    searcher s = {.options = {.size = sizeof s.options, .alpha = 1, .beta = 1}};
    const char *metric = "tanimoto", *path = NULL, *to = NULL, *files[2];
    int64_t k = -1;
    double threshold = 0;
    int n;
    const option options[] = {
        {"k", "k", OPT_INT, &k, "N", "the N best of each query; 0: every hit (default: 10, with --threshold 0)"},
        {"threshold", NULL, OPT_REAL, &threshold, "X", "only hits that score at least X (default: 0)"},
        {"metric", "m", OPT_TEXT, &metric, "NAME", "tanimoto, dice, cosine, tversky, containment"},
        {"alpha", NULL, OPT_REAL, &s.options.alpha, "X", "Tversky: weight of what only the query has (default: 1)"},
        {"beta", NULL, OPT_REAL, &s.options.beta, "X", "Tversky: weight of what only the row has (default: 1)"},
        {"count", NULL, OPT_FLAG, &s.count_only, NULL, "only how many hits each query has"},
        {"spec", "s", OPT_TEXT, &s.spec, "SPEC", "how to make the queries' fingerprints (default: as the targets say)"},
        {"output", "o", OPT_TEXT, &path, "FILE", "where to (default: stdout)"},
        {"to", NULL, OPT_TEXT, &to, "NAME", "tsv, csv, jsonl (default: by the output's name, else tsv)"},
        {"explain", NULL, OPT_FLAG, &s.explain, NULL, "say on stderr how the index was asked"},
        INPUT_OPTIONS(job),
        {0},
    };
    int status = options_read(command_named("search"), options, argc, argv, files, 2, &n);
    if (status >= 0) return status;
    if (n < 2) return complain(USAGE, "queries and targets are needed; see aryl search --help");
    if ((s.options.metric = metric_named(metric)) < 0) return USAGE;
    if ((status = answer_form(to, path, &s.separator, &s.json)) != DONE) return status;
    s.targets = files[1];
    s.options.k = k >= 0 ? k : threshold > 0 || s.count_only ? 0 : 10;
    s.options.threshold = threshold;
    s.options.count_only = s.count_only;
    s.options.n_threads = (int32_t)job.threads;
    bool quiet = job.quiet, from_fps = job.in.format ? !strcmp(job.in.format, "fps") : has_suffix(files[0], ".fps");
    job.quiet = true;            // the summary is ours
    job.in.path = files[0];
    if (is_index(s.targets) && !quiet && isatty(2)) {
        s.options.progress = tell_progress;
        s.options.ctx = &s;
    }
    if (is_index(s.targets) && !(s.index = index_open(s.targets, job.threads))) return FAILED;
    if (s.index) {
        aryl_index_info info = {.size = sizeof info};
        aryl_index_describe(s.index, &info);
        s.n_targets = info.n;
        s.queries.bits = info.bits;
    }
    if (!(s.out = output_open(path))) return FAILED;
    put_header(&s);
    status = from_fps ? fps_queries(&s, files[0]) : molecule_queries(&s, &job);
    if (!output_close(s.out, path)) status = FAILED;
    if (status != FAILED && status != USAGE && !quiet)
        fprintf(stderr, "queries %lld, failed %lld, targets %lld, hits %lld\n", (long long)s.n_queries,
                (long long)job.n_failed, (long long)s.n_targets, (long long)s.n_hits);
    aryl_index_free(s.index);
    collected_free(&s.queries);
    free(s.ids);
    return status;
}
