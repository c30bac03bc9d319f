// smarts.c - patterns and where they fit.
#include "aryl/smarts.h"

#include "api/api.h"

struct aryl_query { smarts_set *set; };

ARYL_API aryl_status aryl_query_new(aryl_query **out, aryl_error *err)
{
    if (!out) return fail_at(err, ARYL_E_ARGUMENT, -1, "out is NULL");
    *out = mem_alloc(sizeof **out);
    if (*out && smarts_set_new(&(*out)->set) == ARYL_OK) return ARYL_OK;
    mem_free(*out);
    *out = NULL;
    return fail_at(err, ARYL_E_NOMEM, -1, "out of memory");
}

ARYL_API aryl_status aryl_query_add(aryl_query *query, const char *text, int64_t len, uint32_t flags, int32_t *index, aryl_error *err)
{
    int32_t number;
    if (!query || !text || len < 0 || len > INT32_MAX || flags & ~(uint32_t)ARYL_QUERY_MERGE_H)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "a query, a text and known flags expected");
    aryl_status s = smarts_set_add(query->set, text, len, flags & ARYL_QUERY_MERGE_H ? SMARTS_MERGE_H : 0, &number, err);
    if (s == ARYL_OK && index) *index = number;
    return s;
}

ARYL_API void aryl_query_free(aryl_query *query)
{
    if (!query) return;
    smarts_set_free(query->set);
    mem_free(query);
}

ARYL_API int32_t aryl_query_n_patterns(const aryl_query *query) { return query ? smarts_n_patterns(query->set) : 0; }

static bool known(const aryl_query *query, int32_t pattern)
{
    return query && pattern >= 0 && pattern < smarts_n_patterns(query->set);
}

ARYL_API int32_t aryl_query_n_atoms(const aryl_query *query, int32_t pattern)
{
    return known(query, pattern) ? smarts_n_atoms(query->set, pattern) : -1;
}

static smarts_options options_of(const aryl_match_options *o)
{
    smarts_options x = SMARTS_DEFAULT;
    if (!o) return x;
    if (o->max_matches) x.max_matches = o->max_matches < 0 ? 0 : o->max_matches;
    x.unique = !o->all;
    x.chirality = o->chirality;
    return x;
}

static bool options_ok(const aryl_match_options *o) { return !o || api_size_ok(o->size, sizeof *o); }

ARYL_API aryl_status aryl_query_match(const aryl_query *query, int32_t pattern, const aryl_mol *mol, const aryl_match_options *options,
                                      aryl_scratch *scratch, int32_t *tuples, int64_t capacity, int64_t *n, aryl_error *err)
{
    if (!query || !mol || !n || capacity < 0 || (!tuples && capacity) || !options_ok(options))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "a query, a molecule, room for the answer and options with their size expected");
    if (!known(query, pattern)) return fail_at(err, ARYL_E_UNKNOWN, -1, "no pattern %d", (int)pattern);
    arena own, *mem = api_scratch(scratch, &own);
    smarts_options o = options_of(options);
    smarts_run r;
    int32_t *found = NULL;
    *n = 0;
    aryl_status s = smarts_run_init(&r, query->set, mol, mem);
    if (s == ARYL_OK) s = smarts_match(&r, pattern, &o, &found, n);
    if (s != ARYL_OK) s = api_blame(err, s, "the pattern");
    else if (*n > capacity) s = fail_at(err, ARYL_E_SPACE, -1, "%lld matches do not fit", (long long)*n);
    else if (*n) memcpy(tuples, found, (size_t)*n * (size_t)smarts_n_atoms(query->set, pattern) * sizeof *tuples);
    api_scratch_done(&own);
    return s;
}

ARYL_API aryl_status aryl_query_counts(const aryl_query *query, const aryl_mol *mol, const aryl_match_options *options,
                                       aryl_scratch *scratch, int64_t *counts, aryl_error *err)
{
    if (!query || !mol || (!counts && smarts_n_patterns(query->set)) || !options_ok(options))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "a query, a molecule, room for the answer and options with their size expected");
    arena own, *mem = api_scratch(scratch, &own);
    smarts_options o = options_of(options);
    smarts_run r;
    aryl_status s = smarts_run_init(&r, query->set, mol, mem);
    for (int32_t i = 0; s == ARYL_OK && i < smarts_n_patterns(query->set); i++) s = smarts_count(&r, i, &o, &counts[i]);
    if (s != ARYL_OK) s = api_blame(err, s, "a pattern");
    api_scratch_done(&own);
    return s;
}

typedef struct screen {
    const aryl_query *query;
    const aryl_mol *const *mols;
    int32_t pattern;
    bool chirality;
    smarts_screen need;
    uint8_t *hits;
    aryl_status *status;
    arena *mem;                  // one per worker
} screen;

// The molecules are anywhere in memory, and were last touched long ago: what patterns look at is read in one go for some
// molecules, which comes faster than piece by piece while each is searched.
static void touch(const aryl_mol *m)
{
    enum { LINE = 64, HOT_LINES = 16 };
    const volatile char *p = (const volatile char *)m;
    for (int32_t k = 0; k < HOT_LINES && LINE * k < m->block_size; k++) (void)p[LINE * k];
}

static aryl_status screen_one(const screen *x, const aryl_mol *m, arena *mem, bool *found)
{
    smarts_run r;
    arena_rewind(mem);
    mem->work = ARYL_LIMIT_WORK;
    TRY(smarts_run_init(&r, x->query->set, m, mem));
    r.once = true;
    return smarts_exists(&r, x->pattern, x->chirality, found);
}

static void screen_some(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    enum { AT_ONCE = 32, AHEAD = 16 };
    const screen *x = ctx;
    int64_t left[AT_ONCE];                 // that the pattern may fit
    int32_t n = 0;
    for (int64_t i = begin; i <= end; i++) {
        if (n == AT_ONCE || (i == end && n)) {
            for (int32_t k = 0; k < n; k++) touch(x->mols[left[k]]);
            for (int32_t k = 0; k < n; k++) {
                bool found = false;
                aryl_status s = screen_one(x, x->mols[left[k]], &x->mem[worker], &found);
                x->hits[left[k]] = s == ARYL_OK && found;
                if (x->status) x->status[left[k]] = s;
            }
            n = 0;
        }
        if (i == end) break;
        if (i + AHEAD < end && x->mols[i + AHEAD]) __builtin_prefetch(&x->mols[i + AHEAD]->atom_kinds);
        x->hits[i] = 0;
        if (x->status) x->status[i] = x->mols[i] ? ARYL_OK : ARYL_E_NULL;
        left[n] = i;
        n += x->mols[i] && smarts_may_fit(&x->need, x->mols[i]);
    }
}

ARYL_API aryl_status aryl_query_screen(const aryl_query *query, int32_t pattern, const aryl_mol *const *mols, int64_t n,
                                       int32_t chirality, int32_t n_threads, uint8_t *hits, aryl_status *status, aryl_error *err)
{
    enum { GRAIN = 256 };
    if (!query || n < 0 || (n && (!mols || !hits))) return fail_at(err, ARYL_E_ARGUMENT, -1, "a query, molecules and room for hits expected");
    if (!known(query, pattern)) return fail_at(err, ARYL_E_UNKNOWN, -1, "no pattern %d", (int)pattern);
    int32_t workers = par_threads(n_threads);
    screen x = {.query = query, .mols = mols, .pattern = pattern, .chirality = chirality, .hits = hits, .status = status,
                .mem = mem_alloc((size_t)workers * sizeof *x.mem)};
    if (!x.mem) return fail_at(err, ARYL_E_NOMEM, -1, "out of memory");
    smarts_screen_init(&x.need, query->set, pattern);
    for (int32_t w = 0; w < workers; w++) arena_init(&x.mem[w]);
    par_for(n, GRAIN, workers, screen_some, &x);
    for (int32_t w = 0; w < workers; w++) arena_free(&x.mem[w]);
    mem_free(x.mem);
    return ARYL_OK;
}
