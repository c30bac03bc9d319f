// run.c - a plan over a column. Chunk by chunk, so that progress can be told and variable outputs need no more than a
// chunk's memory beside the caller's; within a chunk by pieces, dealt out to the workers.
//
// A worker has two arenas: `row`, rewound before each row, and `keep`, which holds variable results until the chunk is
// copied out, in row order, on the calling thread. Everything else is written to its place in the caller's buffers by
// the worker itself, so the order in which pieces are dealt out leaves no trace.
#include <math.h>
#include <stdatomic.h>
#include <time.h>

#include "batch/batch.h"

enum {
    CHUNK = 4096,    // rows; between two of them: progress, cancel. With variable outputs it stays, as it decides where
                     // ARYL_E_SPACE stops; without, chunks grow until one takes so long:
    CHUNK_MS = 50,   // a worker that waits for the next spins for some ms first (libgomp), a third of the time if they are short
    MOST_CHUNK = 1 << 20,
    GRAIN = 32       // rows; well above the cost of dealing out a piece (about 0.1 us), well below a chunk's share
};

typedef struct var_row {           // what a row gave a variable output
    const uint64_t *data;
    const uint32_t *counts;
    int64_t n;
} var_row;

typedef struct worker {
    arena own, *row, keep;         // row is `own`, or the caller's scratch
    double *slots;                 // of the plan's descriptors
    char apart[128];               // a neighbour's arena changes all the time and must not share a cache line
} worker;

typedef struct run {
    const aryl_plan *plan;
    const aryl_column *column;
    run_limits limits;
    aryl_output *outputs;          // NULL: explaining
    aryl_status *status;
    int64_t *error_offset;
    worker *workers;
    int64_t base;                  // first row of the chunk
    var_row *var;                  // [CHUNK][n_variable]
    const aryl_run_options *options;
    int64_t asked;                 // when cancel was asked last, ms
    atomic_bool stop;              // it said so: the chunk is given up
} run;

run_limits run_limits_of(const aryl_run_options *o)
{
    run_limits l = {{ARYL_LIMIT_BYTES, ARYL_LIMIT_ATOMS}, ARYL_LIMIT_WORK};
    if (!o) return l;
    if (o->max_bytes > 0) l.io.bytes = o->max_bytes;
    if (o->max_atoms > 0) l.io.atoms = o->max_atoms;
    if (o->max_work > 0) l.work = o->max_work;
    return l;
}

// ---- one row

static bool stored(const aryl_output *o) { return o->data || o->offsets; }

static char *place(const aryl_output *o, const plan_output *p, int64_t row)
{
    return (char *)o->data + row * (o->stride ? o->stride : p->info.row_bytes);
}

static void mark(const aryl_output *o, int64_t row, bool valid)
{
    if (o->validity) o->validity[row] = valid;
}

// What a row without an answer leaves.
static void put_nothing(const run *r, int32_t output, int64_t row)
{
    const plan_output *p = &r->plan->outputs[output];
    const aryl_output *o = &r->outputs[output];
    mark(o, row, false);
    if (!stored(o)) return;
    if (p->variable >= 0) r->var[(row - r->base) * r->plan->n_variable + p->variable] = (var_row){0};
    else if (p->info.form == ARYL_OUT_NUMBER) *(double *)place(o, p, row) = NAN;
    else memset(place(o, p, row), 0, (size_t)p->info.row_bytes);
}

static aryl_status put_sparse(const run *r, worker *w, const fp_sink *sink, int32_t variable, int64_t row)
{
    uint64_t *ids;
    uint32_t *counts;
    int64_t n;
    TRY(fp_sink_sparse(sink, &ids, &counts, &n));
    uint64_t *kept = arena_new(&w->keep, uint64_t, n);
    uint32_t *kept_counts = arena_new(&w->keep, uint32_t, n);
    if (!kept || !kept_counts) return ARYL_E_NOMEM;
    memcpy(kept, ids, (size_t)n * sizeof *ids);
    memcpy(kept_counts, counts, (size_t)n * sizeof *counts);
    r->var[(row - r->base) * r->plan->n_variable + variable] = (var_row){kept, kept_counts, n};
    return ARYL_OK;
}

// The job's features into every output that wants them.
static aryl_status put_features(const run *r, worker *w, int32_t job, const fp_sink *sink, int64_t row)
{
    const fp_kind *kind = r->plan->jobs[job].kind;
    for (int32_t i = 0; i < r->plan->n_outputs; i++) {
        const plan_output *p = &r->plan->outputs[i];
        const aryl_output *o = &r->outputs[i];
        if (p->job != job) continue;
        mark(o, row, true);
        if (!stored(o)) continue;
        if (p->info.form == ARYL_OUT_SPARSE) TRY(put_sparse(r, w, sink, p->variable, row));
        else if (p->info.form == ARYL_OUT_BITS) TRY(fp_sink_bits(sink, kind, &p->values, (uint8_t *)place(o, p, row)));
        else fp_sink_counts(sink, kind, &p->values, (uint32_t *)place(o, p, row));
    }
    return ARYL_OK;
}

static aryl_status run_job(const run *r, worker *w, facts *f, int32_t job, int64_t row)
{
    const plan_job *j = &r->plan->jobs[job];
    fp_sink sink;
    w->row->work = r->limits.work;
    fp_sink_init(&sink, w->row, false);
    TRY(fp_run(j->kind, f, &j->values, &sink));
    return r->outputs ? put_features(r, w, job, &sink, row) : ARYL_OK;
}

static aryl_status blame(aryl_error *err, aryl_status s, const char *who)
{
    if (s == ARYL_E_LIMIT) return fail_at(err, s, -1, "%s needs more work than the limit allows", who);
    if (s == ARYL_E_NOMEM) return fail_at(err, s, -1, "out of memory for %s", who);
    return fail_at(err, s, -1, "%s: %s", who, status_name(s));
}

static aryl_status load_row(const run *r, worker *w, int64_t row, aryl_mol **mol, aryl_error *err)
{
    const aryl_column *c = r->column;
    if (c->validity && !c->validity[row]) return fail_at(err, ARYL_E_NULL, -1, "the row is null");
    const char *text = c->data + c->offsets[row];
    int64_t len = c->offsets[row + 1] - c->offsets[row];
    if (len < 0 || len > INT32_MAX) return fail_at(err, ARYL_E_ARGUMENT, -1, "a row has 0 to 2^31 - 1 bytes");
    if (r->plan->format == FORMAT_SMILES && len && text[len - 1] == '\n') {
        len--;
        if (len && text[len - 1] == '\r') len--;
    }
    w->row->work = r->limits.work;
    return convert_load(text, len, r->plan->format, r->plan->want | r->plan->values.want, &r->limits.io, w->row, mol, err);
}

// Reads the row and fills its outputs, if there are any to fill. An output whose kind fails is null, the others are not;
// the row's status is the first failure in the plan's order.
static aryl_status do_row(const run *r, worker *w, int64_t row, aryl_error *err)
{
    const aryl_plan *p = r->plan;
    aryl_mol *mol;
    arena_rewind(w->row);
    aryl_status first = load_row(r, w, row, &mol, err);
    if (first != ARYL_OK) {
        if (r->outputs)
            for (int32_t i = 0; i < p->n_outputs; i++) put_nothing(r, i, row);
        return first;
    }
    facts f;
    facts_init(&f, mol, w->row);
    for (int32_t j = 0; j < p->n_jobs; j++) {
        aryl_status s = run_job(r, w, &f, j, row);
        if (s == ARYL_OK) continue;
        if (first == ARYL_OK) first = blame(err, s, p->jobs[j].kind->name);
        for (int32_t i = 0; r->outputs && i < p->n_outputs; i++)
            if (p->outputs[i].job == j) put_nothing(r, i, row);
    }
    if (!p->values.n && !p->n_matches) return first;
    const char *who = "";
    aryl_status s = values_run(&p->values, &f, r->limits.work, w->slots, &who);
    if (s != ARYL_OK && first == ARYL_OK) first = blame(err, s, who);
    aryl_status matched = p->n_matches ? match_run(p, &f, r->limits.work, w->slots + p->values.n_slots) : ARYL_OK;
    if (matched != ARYL_OK && first == ARYL_OK) first = blame(err, matched, "a pattern");
    for (int32_t i = 0; r->outputs && i < p->n_outputs; i++) {
        const plan_output *o = &p->outputs[i];
        if (o->job >= 0) continue;
        double v = w->slots[o->slot];
        if (stored(&r->outputs[i])) *(double *)place(&r->outputs[i], o, row) = v;
        mark(&r->outputs[i], row, (o->match ? matched : s) == ARYL_OK || !isnan(v));
    }
    return first;
}

static int64_t now_ms(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// Slow rows make long chunks, so the calling thread also asks between its pieces, but not all the time.
static void ask(run *r)
{
    enum { PATIENCE_MS = 50 };
    const aryl_run_options *o = r->options;
    if (!o || !o->cancel || now_ms() - r->asked < PATIENCE_MS) return;
    if (o->cancel(o->ctx)) atomic_store(&r->stop, true);
    r->asked = now_ms();
}

static void do_piece(void *ctx, int64_t begin, int64_t end, int32_t worker_index)
{
    run *r = ctx;
    if (worker_index == 0) ask(r);
    if (atomic_load(&r->stop)) return;
    for (int64_t row = r->base + begin; row < r->base + end; row++) {
        aryl_error err = {.offset = -1};
        aryl_status s = do_row(r, &r->workers[worker_index], row, &err);
        if (r->status) r->status[row] = s;
        if (r->error_offset) r->error_offset[row] = s == ARYL_OK ? -1 : err.offset;
    }
}

// ---- a chunk's variable outputs

// Copies rows [base, base + n) out, or tells how much room that needs.
static bool flush(const run *r, int64_t n)
{
    const aryl_plan *p = r->plan;
    bool fits = true;
    for (int32_t i = 0; i < p->n_outputs; i++) {
        aryl_output *o = &r->outputs[i];
        int32_t v = p->outputs[i].variable;
        if (v < 0 || !stored(o)) continue;
        int64_t at = o->offsets[r->base];
        for (int64_t k = 0; k < n; k++) at += r->var[k * p->n_variable + v].n;
        o->needed = at;
        fits = fits && at <= o->capacity;
    }
    if (!fits) return false;
    for (int32_t i = 0; i < p->n_outputs; i++) {
        aryl_output *o = &r->outputs[i];
        int32_t v = p->outputs[i].variable;
        if (v < 0 || !stored(o)) continue;
        int64_t at = o->offsets[r->base];
        for (int64_t k = 0; k < n; k++) {
            const var_row *row = &r->var[k * p->n_variable + v];
            if (row->n) {
                memcpy((uint64_t *)o->data + at, row->data, (size_t)row->n * sizeof(uint64_t));
                if (o->counts) memcpy(o->counts + at, row->counts, (size_t)row->n * sizeof(uint32_t));
            }
            o->offsets[r->base + k + 1] = at += row->n;
        }
    }
    return true;
}

// ---- the run

static void begin_variable(const run *r, int64_t first)
{
    for (int32_t i = 0; i < r->plan->n_outputs; i++) {
        aryl_output *o = &r->outputs[i];
        if (r->plan->outputs[i].variable < 0 || !stored(o)) continue;
        if (first == 0) o->offsets[0] = 0;
        o->needed = o->offsets[first];
    }
}

static aryl_status loop(run *r, int64_t first, int32_t n_threads, const aryl_run_options *o, int64_t *done, aryl_error *err)
{
    bool whole = !r->plan->n_variable && !(o && o->progress);     // nothing to do between chunks
    int64_t n = r->column->n, chunk = whole ? MOST_CHUNK : CHUNK;
    for (r->base = first; r->base < n; *done = r->base) {
        if (o && o->cancel && o->cancel(o->ctx)) atomic_store(&r->stop, true);
        r->asked = now_ms();
        int64_t begun = r->asked, rows = n - r->base < chunk ? n - r->base : chunk;
        for (int32_t w = 0; w < n_threads; w++) arena_rewind(&r->workers[w].keep);
        par_for(rows, GRAIN, n_threads, do_piece, r);
        if (atomic_load(&r->stop))
            return fail_at(err, ARYL_E_CANCELLED, -1, "cancelled after %lld rows", (long long)r->base);
        if (r->plan->n_variable && !flush(r, rows))
            return fail_at(err, ARYL_E_SPACE, -1, "a variable output has no room for row %lld", (long long)r->base);
        r->base += rows;
        if (!r->plan->n_variable && chunk < MOST_CHUNK && now_ms() - begun < CHUNK_MS) chunk *= 2;
        if (o && o->progress) o->progress(o->ctx, r->base, n);
    }
    return ARYL_OK;
}

aryl_status run_plan(const aryl_plan *plan, const aryl_column *column, const aryl_run_options *options,
                     aryl_output *outputs, aryl_status *status, int64_t *error_offset, aryl_error *err)
{
    int64_t first = options ? options->first : 0, done = first;
    int64_t pieces = (column->n - first + GRAIN - 1) / GRAIN;
    int32_t n_threads = par_threads(options ? options->n_threads : 0);
    if (n_threads > pieces) n_threads = pieces > 1 ? (int32_t)pieces : 1;

    run r = {.plan = plan, .column = column, .limits = run_limits_of(options), .outputs = outputs, .status = status,
             .error_offset = error_offset, .options = options};
    arena mem;                         // what the run itself needs
    arena_init(&mem);
    aryl_status s = ARYL_E_NOMEM;
    r.workers = arena_zero(&mem, worker, n_threads);
    if (!r.workers) goto out;
    for (int32_t w = 0; w < n_threads; w++) {
        worker *x = &r.workers[w];
        arena_init(&x->own);
        arena_init(&x->keep);
        x->row = w == 0 && options && options->scratch ? &options->scratch->mem : &x->own;
        x->slots = arena_new(&mem, double, plan->values.n_slots + plan->n_matches);
        if (!x->slots) goto out;
    }
    if (plan->n_variable && !(r.var = arena_new(&mem, var_row, (int64_t)CHUNK * plan->n_variable))) goto out;
    begin_variable(&r, first);
    s = loop(&r, first, n_threads, options, &done, err);
out:
    if (s == ARYL_E_NOMEM) fail_at(err, s, -1, "out of memory");
    for (int32_t w = 0; r.workers && w < n_threads; w++) {
        arena_free(&r.workers[w].own);
        arena_free(&r.workers[w].keep);
    }
    arena_free(&mem);
    if (options && options->done) *options->done = done;
    return s;
}

aryl_status run_explain(const aryl_plan *plan, const aryl_column *column, int64_t row, const aryl_run_options *options,
                        aryl_error *err)
{
    run r = {.plan = plan, .column = column, .limits = run_limits_of(options)};
    worker w = {0};
    arena_init(&w.own);
    arena_init(&w.keep);
    w.row = &w.own;
    w.slots = arena_new(&w.keep, double, plan->values.n_slots + plan->n_matches);
    aryl_status s = w.slots ? do_row(&r, &w, row, err) : fail_at(err, ARYL_E_NOMEM, -1, "out of memory");
    arena_free(&w.own);
    arena_free(&w.keep);
    return s;
}
