// refine.c - ordered colours: nodes of one colour are told apart by what they see of their neighbours' colours, until
// nothing more can be told apart.
//
// Nodes of a colour lie together in one array, colours in order. What stands for a colour is any place inside its own
// stretch, chosen in the middle and kept as long as it stays inside: so a large stretch from which nodes are split off
// at its ends is seldom renamed, and only nodes next to a renamed one are looked at again. All of a round sees the
// colours of the round before.
#include "graph/graph.h"

typedef struct entry { uint64_t key; int32_t node; } entry;

typedef struct refinement {
    const graph *g;
    refine_view view;
    refine_done done;
    const void *ctx;
    arena *tmp;
    int32_t n, n_colours;
    int32_t *name;                        // per node: its colour
    int32_t *order, *place;               // nodes by colour; where a node stands there
    int32_t *first, *size;                // of a colour, by name
    uint64_t *seen;                       // what node v saw last: n_seen[v] numbers at start[v] + v
    int32_t *n_seen;
    int32_t *fresh, n_fresh;              // nodes to look at in this round, colour by colour
    uint8_t *is_fresh;
    int32_t *moved, *new_name, n_moved;   // nodes whose colour is renamed when the round is over
    int32_t *merged;                      // scratch
    entry *entry, *spare;                 // scratch
} refinement;

// ---- sorting

enum { RUN = 12 };   // sorted by insertion; longer ones are merged

static void sort_entries(entry *v, entry *scratch, int32_t n)
{
    for (int32_t at = 0; at < n; at += RUN)
        for (int32_t end = at + RUN < n ? at + RUN : n, i = at + 1; i < end; i++) {
            entry x = v[i];
            int32_t k = i;
            for (; k > at && v[k - 1].key > x.key; k--) v[k] = v[k - 1];
            v[k] = x;
        }
    for (int64_t width = RUN; width < n; width *= 2) {
        memcpy(scratch, v, (size_t)n * sizeof *v);
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t mid = at + width < n ? at + width : n, end = mid + width < n ? mid + width : n;
            for (int64_t i = at, j = mid, k = at; k < end; k++)
                v[k] = j == end || (i < mid && scratch[i].key <= scratch[j].key) ? scratch[i++] : scratch[j++];
        }
    }
}

static inline int32_t compare(const refinement *r, int32_t x, int32_t y)
{
    const uint64_t *a = r->seen + r->g->start[x] + x, *b = r->seen + r->g->start[y] + y;
    int32_t na = r->n_seen[x], nb = r->n_seen[y], n = na < nb ? na : nb;
    for (int32_t k = 0; k < n; k++)
        if (a[k] != b[k]) return a[k] < b[k] ? -1 : 1;
    return na - nb;
}

static void sort_nodes(const refinement *r, int32_t *v, int32_t n)
{
    for (int32_t at = 0; at < n; at += RUN)
        for (int32_t end = at + RUN < n ? at + RUN : n, i = at + 1; i < end; i++) {
            int32_t x = v[i], k = i;
            for (; k > at && compare(r, v[k - 1], x) > 0; k--) v[k] = v[k - 1];
            v[k] = x;
        }
    for (int64_t width = RUN; width < n; width *= 2) {
        memcpy(r->merged, v, (size_t)n * sizeof *v);
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t mid = at + width < n ? at + width : n, end = mid + width < n ? mid + width : n;
            for (int64_t i = at, j = mid, k = at; k < end; k++)
                v[k] = j == end || (i < mid && compare(r, r->merged[i], r->merged[j]) <= 0) ? r->merged[i++] : r->merged[j++];
        }
    }
}

// ---- splitting

static void put(refinement *r, int32_t node, int32_t place)
{
    int32_t other = r->order[place], was = r->place[node];
    r->order[was] = other;
    r->place[other] = was;
    r->order[place] = node;
    r->place[node] = place;
}

// The stretch [from, end) becomes a colour. One that contains the old name keeps it.
static void make_colour(refinement *r, int32_t from, int32_t end, int32_t old)
{
    bool keeps = old >= from && old < end;
    int32_t name = keeps ? old : from + (end - from) / 2;
    r->first[name] = from;
    r->size[name] = end - from;
    r->n_colours++;
    for (int32_t k = from; !keeps && k < end; k++) {
        r->moved[r->n_moved] = r->order[k];
        r->new_name[r->n_moved++] = name;
    }
}

// Sorted nodes that stand from `from` on: a colour for each run of equal ones.
static void make_colours(refinement *r, const int32_t *node, int32_t n, int32_t from, int32_t old)
{
    for (int32_t k = 0, start = 0; k < n; k++) {
        if (k + 1 < n && !compare(r, node[k], node[k + 1])) continue;
        make_colour(r, from + start, from + k + 1, old);
        start = k + 1;
    }
}

// Splits a colour by what its fresh nodes see now; the others see what they saw, which is the same for all of them.
static void split(refinement *r, int32_t *fresh, int32_t n)
{
    int32_t old = r->name[fresh[0]], from = r->first[old], end = from + r->size[old];
    bool all = end - from == n;
    sort_nodes(r, fresh, n);
    int32_t below = n, upto = n;          // fresh[below .. upto) see what the others see
    if (all) {
        if (!compare(r, fresh[0], fresh[n - 1])) return;
    } else {
        int32_t k = from;
        while (r->is_fresh[r->order[k]]) k++;
        int32_t other = r->order[k];
        for (below = 0; below < n && compare(r, fresh[below], other) < 0;) below++;
        for (upto = below; upto < n && !compare(r, fresh[upto], other);) upto++;
        if (below == 0 && upto == n) return;
    }
    for (int32_t k = 0; k < below; k++) put(r, fresh[k], from + k);
    for (int32_t k = n - 1; k >= upto; k--) put(r, fresh[k], end - n + k);
    r->n_colours--;
    make_colours(r, fresh, below, from, old);
    if (!all) make_colour(r, from + below, end - (n - upto), old);
    make_colours(r, fresh + upto, n - upto, end - (n - upto), old);
}

// ---- rounds

// Nodes in ties beside nodes that moved, colour by colour.
static void collect_fresh(refinement *r)
{
    const graph *g = r->g;
    r->n_fresh = 0;
    for (int32_t i = 0; i < r->n_moved; i++)
        for (int32_t k = g->start[r->moved[i]]; k < g->start[r->moved[i] + 1]; k++) {
            int32_t v = g->nbr[k];
            if (r->is_fresh[v] || r->size[r->name[v]] < 2) continue;
            r->is_fresh[v] = 1;
            r->entry[r->n_fresh++] = (entry){(uint64_t)r->name[v], v};
        }
    sort_entries(r->entry, r->spare, r->n_fresh);
    for (int32_t i = 0; i < r->n_fresh; i++) r->fresh[i] = r->entry[i].node;
}

static aryl_status run_rounds(refinement *r, int32_t most_rounds)
{
    const int32_t *start = r->g->start;
    for (int32_t round = 0; r->n_fresh && r->n_colours < r->n && round < most_rounds; round++) {
        if (r->done && r->done(r->ctx, r->name)) break;
        if (!arena_work(r->tmp, r->n_fresh)) return ARYL_E_LIMIT;
        for (int32_t i = 0; i < r->n_fresh; i++) {
            int32_t v = r->fresh[i];
            r->n_seen[v] = r->view(r->ctx, v, r->name, r->seen + start[v] + v);
        }
        r->n_moved = 0;
        for (int32_t i = 0, next; i < r->n_fresh; i = next) {
            for (next = i + 1; next < r->n_fresh && r->name[r->fresh[next]] == r->name[r->fresh[i]];) next++;
            split(r, r->fresh + i, next - i);
        }
        for (int32_t i = 0; i < r->n_fresh; i++) r->is_fresh[r->fresh[i]] = 0;
        for (int32_t i = 0; i < r->n_moved; i++) r->name[r->moved[i]] = r->new_name[i];
        if (!arena_work(r->tmp, r->n_moved)) return ARYL_E_LIMIT;
        collect_fresh(r);
    }
    return ARYL_OK;
}

// The colours to start from; all nodes in ties are fresh.
static void first_colours(refinement *r, const uint64_t *key)
{
    for (int32_t v = 0; v < r->n; v++) r->entry[v] = (entry){key[v], v};
    sort_entries(r->entry, r->spare, r->n);
    for (int32_t from = 0, end; from < r->n; from = end) {
        for (end = from + 1; end < r->n && r->entry[end].key == r->entry[from].key;) end++;
        int32_t name = from + (end - from) / 2;
        r->first[name] = from;
        r->size[name] = end - from;
        r->n_colours++;
        for (int32_t k = from; k < end; k++) {
            int32_t v = r->entry[k].node;
            r->order[k] = v;
            r->place[v] = k;
            r->name[v] = name;
            r->is_fresh[v] = end - from > 1;
            if (end - from > 1) r->fresh[r->n_fresh++] = v;
        }
    }
}

aryl_status graph_refine(const graph *g, const uint64_t *key, refine_view view, refine_done done, const void *ctx, int32_t bits,
                         int32_t most_rounds, arena *tmp, int32_t *colour)
{
    if (refine_by_words(g, key, view, done, ctx, bits, most_rounds, colour)) return ARYL_OK;
    size_t n = (size_t)g->n;
    arena_mark here = arena_save(tmp);
    aryl_status s = ARYL_E_NOMEM;
    refinement r = {.g = g, .view = view, .done = done, .ctx = ctx, .tmp = tmp, .n = g->n, .name = colour};
    r.entry = arena_new(tmp, entry, 2 * n);
    r.seen = arena_new(tmp, uint64_t, 2 * (size_t)g->m + n);
    r.is_fresh = arena_new(tmp, uint8_t, n);
    int32_t *ints = arena_new(tmp, int32_t, 9 * n);
    if (!r.entry || !r.seen || !r.is_fresh || !ints) goto out;
    r.spare = r.entry + n;
    int32_t **const part[] = {&r.order, &r.place, &r.first, &r.size, &r.n_seen, &r.fresh, &r.moved, &r.new_name, &r.merged};
    for (size_t k = 0; k < sizeof part / sizeof *part; k++) *part[k] = ints + k * n;
    first_colours(&r, key);
    s = run_rounds(&r, most_rounds);
    if (s != ARYL_OK) goto out;
    for (int32_t k = 0, dense = 0, n_members; k < r.n; k += n_members, dense++) {
        n_members = r.size[r.name[r.order[k]]];
        for (int32_t i = k; i < k + n_members; i++) colour[r.order[i]] = dense;
    }
out:
    arena_restore(tmp, here);
    return s;
}
