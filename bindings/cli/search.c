// search.c - `aryl search`: the neighbours of each query among the rows of an FPS file.
//
// Targets are read a block at a time and each block is searched with all queries of a batch; what each query has kept so
// far and the block's hits are merged, so memory holds one block, the queries of a batch and their best hits.
#include "cli.h"

enum { BLOCK_BYTES = 32 << 20, QUERY_ROWS = 4096 };

// ---- FPS files

typedef struct fps {
    source *in;
    const char *path;
    char *buf, *type;
    size_t begin, end, cap, type_len;
    bool at_end;
    int64_t line;                // rows read, for messages
    int32_t bits;
    uint8_t *rows;
    int64_t *ids;                // into buf
    int32_t *id_lens;
    int64_t n, capacity;
} fps;

static bool fps_refill(fps *f)
{
    if (f->begin) {
        memmove(f->buf, f->buf + f->begin, f->end - f->begin);
        f->end -= f->begin;
        f->begin = 0;
    }
    f->buf = more_room(f->buf, &f->cap, f->end + (1 << 20), 1);
    int64_t got = source_read(f->in, f->buf + f->end, f->cap - f->end);
    if (got < 0) return false;
    f->at_end = got == 0;
    f->end += (size_t)got;
    return true;
}

static void fps_close(fps *f)
{
    source_close(f->in);
    free(f->buf);
    free(f->type);
    free(f->rows);
    free(f->ids);
    free(f->id_lens);
    *f = (fps){0};
}

static int fps_open(fps *f, const char *path)
{
    aryl_fps_header head = {.size = sizeof head};
    aryl_error err;
    int64_t used;
    *f = (fps){.path = path, .in = source_open(path)};
    if (!f->in) return FAILED;
    while (!f->at_end && f->end < (1 << 20))
        if (!fps_refill(f)) return FAILED;
    if (aryl_fps_read_header(f->buf, (int64_t)f->end, &head, &used, &err) != ARYL_OK)
        return complain(FAILED, "%s: %s", path, err.message);
    if (head.bits < 1 || head.bits > ARYL_SEARCH_MOST_BITS)
        return complain(FAILED, "%s: rows of %d bits; 1 to %d can be searched", path, head.bits, ARYL_SEARCH_MOST_BITS);
    f->bits = head.bits;
    f->type_len = (size_t)head.type_len;
    f->type = must(calloc(f->type_len + 1, 1));
    if (f->type_len) memcpy(f->type, head.type, f->type_len);
    f->begin = (size_t)used;
    return DONE;
}

static int64_t row_bytes(int32_t bits) { return (bits + 7) / 8; }

// The next rows, at most `most`: 1, 0 at the end, -1 on failure. Ids stay valid until the next call.
static int fps_next(fps *f, int64_t most)
{
    if (most > f->capacity) {
        f->capacity = most;
        f->rows = must(realloc(f->rows, (size_t)(most * row_bytes(f->bits))));
        f->ids = must(realloc(f->ids, (size_t)most * sizeof *f->ids));
        f->id_lens = must(realloc(f->id_lens, (size_t)most * sizeof *f->id_lens));
    }
    size_t want = (size_t)(most * (2 * row_bytes(f->bits) + 16));     // a block's text, ids guessed
    while (!f->at_end && f->end - f->begin < want)
        if (!fps_refill(f)) return -1;
    for (;;) {
        int64_t used;
        aryl_error err;
        aryl_status s = aryl_fps_read_rows(f->buf + f->begin, (int64_t)(f->end - f->begin), f->at_end, f->bits, f->rows, 0,
                                           f->ids, f->id_lens, most, &f->n, &used, &err);
        if (s != ARYL_OK) return complain(-1, "%s, row %lld: %s", f->path, (long long)(f->line + f->n + 1), err.message);
        for (int64_t i = 0; i < f->n; i++) f->ids[i] += (int64_t)f->begin;
        f->begin += (size_t)used;
        f->line += f->n;
        if (f->n) return 1;
        if (f->at_end) return 0;
        if (!fps_refill(f)) return -1;
    }
}

// ---- queries

typedef struct query_set {
    uint8_t *rows;
    int64_t n;
    int32_t bits;
    char *ids;
    int64_t *id_offsets;
    size_t rows_cap, ids_cap, offsets_cap;
} query_set;

static void add_query(query_set *q, const uint8_t *row, const char *id, int64_t id_len)
{
    size_t bytes = (size_t)row_bytes(q->bits), n = (size_t)q->n;
    q->id_offsets = more_room(q->id_offsets, &q->offsets_cap, n + 2, sizeof *q->id_offsets);
    if (!n) q->id_offsets[0] = 0;
    size_t at = (size_t)q->id_offsets[n];
    q->rows = more_room(q->rows, &q->rows_cap, (n + 1) * bytes, 1);
    q->ids = more_room(q->ids, &q->ids_cap, at + (size_t)id_len + 1, 1);
    memcpy(q->rows + n * bytes, row, bytes);
    memcpy(q->ids + at, id, (size_t)id_len);
    q->id_offsets[n + 1] = (int64_t)at + id_len;
    q->n++;
}

// ---- the search

typedef struct hit { double score; int64_t row, id; } hit;    // id: into the kept ids
typedef struct best { hit *hit; size_t n, cap; } best;

typedef struct searcher {
    const char *targets, *spec;
    aryl_search_options options;
    bool count_only;
    FILE *out;
    query_set queries;
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

static void put_hits(searcher *s)
{
    for (int64_t q = 0; q < s->queries.n; q++) {
        const char *id = s->queries.ids + s->queries.id_offsets[q];
        size_t len = (size_t)(s->queries.id_offsets[q + 1] - s->queries.id_offsets[q]);
        if (s->count_only) {
            put_field(s->out, id, len, '\t');
            fprintf(s->out, "\t%lld\n", (long long)s->counts[q]);
            s->n_hits += s->counts[q];
            continue;
        }
        for (size_t i = 0; i < s->best[q].n; i++) {
            const hit *h = &s->best[q].hit[i];
            put_field(s->out, id, len, '\t');
            fprintf(s->out, "\t%zu\t", i + 1);
            put_number(s->out, h->score);
            fprintf(s->out, "\t%s\n", s->ids + h->id);
        }
        s->n_hits += (int64_t)s->best[q].n;
    }
}

// A batch of queries against the whole file.
static int search_batch(searcher *s)
{
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
        add_query(&s->queries, (const uint8_t *)outputs[0].data + i * bytes, r->ids + r->id_offsets[i],
                  r->id_offsets[i + 1] - r->id_offsets[i]);
        if (s->queries.n == QUERY_ROWS && search_batch(s) != DONE) return false;
    }
    return true;
}

static int molecule_queries(searcher *s, row_job *job)
{
    fps f;
    int status = fps_open(&f, s->targets);
    char *spec = NULL;
    if (status == DONE && !s->spec) {
        aryl_fp *fp;
        aryl_error err;
        spec = must(malloc(f.type_len + 1));
        memcpy(spec, f.type, f.type_len + 1);
        if (!f.type_len || aryl_fp_new(spec, &fp, &err) != ARYL_OK)
            status = complain(FAILED, "%s does not say in our terms how its fingerprints were made (type: %s); say it with --spec",
                              s->targets, f.type_len ? spec : "none");
        else aryl_fp_free(fp);
    }
    job->spec = s->spec ? s->spec : spec;
    job->begin = begin_queries;
    job->rows = add_queries;
    job->ctx = s;
    fps_close(&f);
    if (status == DONE) status = rows_run(job);
    if ((status == DONE || status == BAD_ROWS) && s->queries.n && search_batch(s) != DONE) status = FAILED;
    free(spec);
    return status;
}

static int fps_queries(searcher *s, const char *path)
{
    fps q, t;
    int got = 0, status = fps_open(&q, path);
    if (status == DONE && (status = fps_open(&t, s->targets)) == DONE) {
        if (q.type_len && t.type_len && strcmp(q.type, t.type))
            status = complain(FAILED, "the two were made differently:\n  %s: %s\n  %s: %s", path, q.type, s->targets, t.type);
        fps_close(&t);
    }
    s->queries.bits = q.bits;
    while (status == DONE && (got = fps_next(&q, QUERY_ROWS)) > 0) {
        for (int64_t i = 0; i < q.n; i++)
            add_query(&s->queries, q.rows + i * row_bytes(q.bits), q.buf + q.ids[i], q.id_lens[i]);
        status = search_batch(s);
    }
    fps_close(&q);
    return got < 0 ? FAILED : status;
}

// ---- the command

static int metric_named(const char *name)
{
    static const char *const names[] = {
        [ARYL_TANIMOTO] = "tanimoto", [ARYL_DICE] = "dice", [ARYL_COSINE] = "cosine", [ARYL_TVERSKY] = "tversky",
        [ARYL_CONTAINMENT] = "containment",
    };
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (!strcmp(name, names[i])) return i;
    return -1;
}

static void put_header(const searcher *s)
{
    fputs(s->count_only ? "query\thits\n" : "query\trank\tscore\ttarget\n", s->out);
}

int cmd_search(int argc, char **argv)
{
    row_job job = {0};
    searcher s = {.options = {.size = sizeof s.options, .alpha = 1, .beta = 1}};
    const char *metric = "tanimoto", *path = NULL, *files[2];
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
        INPUT_OPTIONS(job),
        {0},
    };
    int status = options_read(command_named("search"), options, argc, argv, files, 2, &n);
    if (status >= 0) return status;
    if (n < 2) return complain(USAGE, "queries and targets are needed; see aryl search --help");
    if ((s.options.metric = metric_named(metric)) < 0)
        return complain(USAGE, "no metric '%s'; there are tanimoto, dice, cosine, tversky, containment", metric);
    s.targets = files[1];
    s.options.k = k >= 0 ? k : threshold > 0 || s.count_only ? 0 : 10;
    s.options.threshold = threshold;
    s.options.count_only = s.count_only;
    s.options.n_threads = (int32_t)job.threads;
    bool quiet = job.quiet, from_fps = job.in.format ? !strcmp(job.in.format, "fps") : has_suffix(files[0], ".fps");
    job.quiet = true;            // the summary is ours
    job.in.path = files[0];
    if (!(s.out = output_open(path))) return FAILED;
    put_header(&s);
    status = from_fps ? fps_queries(&s, files[0]) : molecule_queries(&s, &job);
    if (!output_close(s.out, path)) status = FAILED;
    if (status != FAILED && status != USAGE && !quiet)
        fprintf(stderr, "queries %lld, failed %lld, targets %lld, hits %lld\n", (long long)s.n_queries,
                (long long)job.n_failed, (long long)s.n_targets, (long long)s.n_hits);
    free(s.queries.rows);
    free(s.queries.ids);
    free(s.queries.id_offsets);
    free(s.ids);
    return status;
}
