// subgraphs.c - connected sets of edges, and paths, one after another.
//
// Sets of one lowest edge are walked through at a time. In a large graph the edges within reach of that edge are taken out
// and numbered anew, in the same order.
#include "graph/graph.h"

enum { LARGE = 8 };          // words of edges beyond which a part of the graph is taken out

// Edges that share a node with e, as bits; words to an edge.
static uint64_t *edge_neighbours(const graph *g, const uint8_t *skip, int32_t words, arena *mem)
{
    uint64_t *near = arena_zero(mem, uint64_t, (size_t)g->m * (size_t)words);
    if (!near) return NULL;
    for (int32_t v = 0; v < g->n; v++)
        for (int32_t i = g->start[v]; i < g->start[v + 1]; i++)
            for (int32_t j = g->start[v]; j < g->start[v + 1]; j++) {
                int32_t e = g->via[i], f = g->via[j];
                if (e == f || (skip && (skip[e] || skip[f]))) continue;
                near[(size_t)e * (size_t)words + (size_t)(f >> 6)] |= 1ull << (f & 63);
            }
    return near;
}

static aryl_status whole_parts(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_part_fn visit, void *ctx)
{
    int32_t words = (g->m + 63) / 64, *name = arena_new(mem, int32_t, g->m);
    graph_part part = {edge_neighbours(g, skip, words, mem), name, words, arena_new(mem, uint64_t, 2 * (size_t)words * (size_t)most)};
    if (!part.near || !name || !part.level) return ARYL_E_NOMEM;
    for (int32_t e = 0; e < g->m; e++) name[e] = e;
    for (int32_t e = 0; e < g->m; e++)
        if (!skip || !skip[e]) TRY(visit(ctx, e, &part));
    return ARYL_OK;
}

// ---- a part of a large graph

static void sort(int32_t *x, int32_t n)   // Shell's; parts are small, and nearly in order
{
    for (int32_t gap = n / 2; gap; gap = gap == 2 ? 1 : (int32_t)(gap * (int64_t)5 / 11))
        for (int32_t i = gap; i < n; i++) {
            int32_t value = x[i], at = i;
            for (; at >= gap && x[at - gap] > value; at -= gap) x[at] = x[at - gap];
            x[at] = value;
        }
}

typedef struct cutter {
    const graph *g;
    const uint8_t *skip;
    int32_t *number, *edge;  // [m] an edge's number in the part, -1 outside; the edges of the part
    uint64_t *near, *level;  // used again for each part: what visits keep lies between them in the arena
    int64_t near_cap, level_cap;
} cutter;

static uint64_t *at_least(uint64_t *old, int64_t *cap, int64_t n, arena *mem)
{
    if (n <= *cap) return old;
    *cap = 2 * n;
    return arena_new(mem, uint64_t, *cap);
}

// The edges above `first` that sets of at most `most` edges with it can have.
static aryl_status take_part(cutter *p, int32_t first, int32_t most, arena *mem, graph_part *out)
{
    const graph *g = p->g;
    int32_t n = 1, seen = 0;
    int64_t steps = 0;
    p->edge[0] = first;
    p->number[first] = 0;
    for (int32_t size = 1; size < most && seen < n; size++)
        for (int32_t last = n; seen < last; seen++)
            for (int32_t k = 0; k < 2; k++) {
                int32_t v = (k ? g->end : g->begin)[p->edge[seen]];
                steps += g->start[v + 1] - g->start[v];
                for (int32_t i = g->start[v]; i < g->start[v + 1]; i++) {
                    int32_t e = g->via[i];
                    if (e < first || p->number[e] >= 0 || (p->skip && p->skip[e])) continue;
                    p->number[e] = 0;
                    p->edge[n++] = e;
                }
            }
    sort(p->edge, n);
    for (int32_t k = 0; k < n; k++) p->number[p->edge[k]] = k;
    int32_t words = (n + 63) / 64;
    bool fits = arena_work(mem, steps + (int64_t)n * words);
    if (fits) {
        p->near = at_least(p->near, &p->near_cap, (int64_t)n * words, mem);
        p->level = at_least(p->level, &p->level_cap, 2 * (int64_t)words * most, mem);
        if (p->near) memset(p->near, 0, (size_t)n * (size_t)words * sizeof *p->near);
    }
    *out = (graph_part){p->near, p->edge, words, p->level};
    steps = 0;
    for (int32_t k = 0; fits && p->near && k < 2 * n; k++) {
        int32_t e = k / 2, v = (k % 2 ? g->end : g->begin)[p->edge[e]];
        steps += g->start[v + 1] - g->start[v];
        for (int32_t i = g->start[v]; i < g->start[v + 1]; i++) {
            int32_t f = p->number[g->via[i]];
            if (f >= 0 && f != e) p->near[(size_t)e * (size_t)words + (size_t)(f >> 6)] |= 1ull << (f & 63);
        }
    }
    for (int32_t k = 0; k < n; k++) p->number[p->edge[k]] = -1;
    if (!fits || !arena_work(mem, steps)) return ARYL_E_LIMIT;
    return p->near && p->level ? ARYL_OK : ARYL_E_NOMEM;
}

static aryl_status cut_parts(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_part_fn visit, void *ctx)
{
    cutter p = {.g = g, .skip = skip, .number = arena_new(mem, int32_t, g->m), .edge = arena_new(mem, int32_t, g->m)};
    if (!p.number || !p.edge) return ARYL_E_NOMEM;
    memset(p.number, 0xFF, (size_t)g->m * sizeof *p.number);
    for (int32_t e = 0; e < g->m; e++) {
        graph_part part;
        if (skip && skip[e]) continue;
        TRY(take_part(&p, e, most, mem, &part));
        TRY(visit(ctx, 0, &part));
    }
    return ARYL_OK;
}

aryl_status graph_parts(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_part_fn visit, void *ctx)
{
    assert(most >= 1 && most <= GRAPH_MOST_EDGES);
    return (g->m > 64 * LARGE ? cut_parts : whole_parts)(g, skip, most, mem, visit, ctx);
}

// ---- sets

// An edge is added from the open ones (edges next to the set), and from then on closed to the sets that come later on the
// same level. So each set is met once and nothing has to be remembered to tell repetitions.
aryl_status graph_walk_from(int32_t first, const graph_part *part, int32_t most, arena *mem, graph_growth_fn visit, void *ctx)
{
    int32_t path[GRAPH_MOST_EDGES], n = 1, made, words = part->words;
    int64_t step = GRAPH_SET_STEPS + words / 4, steps = GRAPH_SET_STEPS;
    uint64_t *open = part->level, *closed = open + words;
    for (int32_t w = 0; w < words; w++) {
        open[w] = w == first >> 6 ? 1ull << (first & 63) : 0;
        closed[w] = w < first >> 6 ? ~0ull : w > first >> 6 ? 0 : ~0ull >> (63 - (first & 63));
    }
    path[0] = part->name[first];
    if (visit(ctx, path, 0, open, part) < 0) return ARYL_E_CANCELLED;
    for (int32_t w = 0; w < words; w++) open[w] = part->near[(size_t)first * (size_t)words + (size_t)w] & ~closed[w];
    if (most > 1) {
        if ((made = visit(ctx, path, 1, open, part)) < 0) return ARYL_E_CANCELLED;
        steps += made * step;
    }
    for (n = most > 2; n && steps <= mem->work;) {
        open = part->level + 2 * (size_t)words * (size_t)(n - 1);
        closed = open + words;
        int32_t w = 0;
        while (w < words && !open[w]) w++;
        if (w == words) {
            n--;
            continue;
        }
        int32_t e = 64 * w + __builtin_ctzll(open[w]);
        open[w] &= open[w] - 1;
        closed[w] |= 1ull << (e & 63);
        path[n] = part->name[e];
        uint64_t *next = closed + words, any = 0;
        for (int32_t i = 0; i < words; i++) {
            any |= next[i] = (open[i] | part->near[(size_t)e * (size_t)words + (size_t)i]) & ~closed[i];
            next[words + i] = closed[i];
        }
        if (!any) continue;
        if ((made = visit(ctx, path, n + 1, next, part)) < 0) return ARYL_E_CANCELLED;
        steps += made * step;
        n += n + 2 < most;
    }
    return arena_work(mem, steps) ? ARYL_OK : ARYL_E_LIMIT;
}

// ---- sets one by one

typedef struct one_by_one {
    graph_edges_fn visit;
    void *ctx;
    int32_t most;
    arena *mem;
} one_by_one;

static int32_t visit_each(void *ctx, const int32_t *edge, int32_t n, const uint64_t *more, const graph_part *part)
{
    const one_by_one *x = ctx;
    int32_t set[GRAPH_MOST_EDGES], made = 0;
    memcpy(set, edge, (size_t)n * sizeof *set);
    for (int32_t w = 0; w < part->words; w++)
        for (uint64_t left = more[w]; left; left &= left - 1, made++) {
            set[n] = part->name[64 * w + __builtin_ctzll(left)];
            if (!x->visit(x->ctx, set, n + 1)) return -1;
        }
    return made;
}

static aryl_status visit_part(void *ctx, int32_t first, const graph_part *part)
{
    one_by_one *x = ctx;
    return graph_walk_from(first, part, x->most, x->mem, visit_each, x);
}

aryl_status graph_subgraphs(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_edges_fn visit, void *ctx)
{
    one_by_one x = {visit, ctx, most, mem};
    return graph_parts(g, skip, most, mem, visit_part, &x);
}

// ---- paths

// Of the two directions of an open path, and of the directions and starts of a closed one, the same one is taken.
static bool is_first_of_its_kind(const int32_t *node, int32_t n_edges)
{
    int32_t last = node[n_edges], at = 0;
    while (node[at] != last) at++;
    if (at == n_edges) return node[0] < last;
    if (node[at + 1] > node[n_edges - 1]) return false;
    for (int32_t k = 1; at == 0 && k < n_edges; k++)
        if (node[k] < node[0]) return false;
    return true;
}

aryl_status graph_paths(const graph *g, const uint8_t *skip, int32_t least, int32_t most, arena *mem, graph_path_fn visit, void *ctx)
{
    assert(most >= 1 && most <= GRAPH_MOST_EDGES);
    int32_t node[GRAPH_MOST_EDGES + 1], edge[GRAPH_MOST_EDGES], cursor[GRAPH_MOST_EDGES + 1];
    uint8_t *on_path = arena_zero(mem, uint8_t, g->n);
    if (!on_path) return ARYL_E_NOMEM;
    for (int32_t start = 0; start < g->n; start++) {
        int64_t steps = 1;
        int32_t n = 0;                 // edges so far
        node[0] = start;
        cursor[0] = g->start[start];
        on_path[start] = 1;
        while (n >= 0) {
            if (n == most || cursor[n] == g->start[node[n] + 1]) {
                on_path[node[n--]] = 0;
                continue;
            }
            int32_t i = cursor[n]++, v = g->nbr[i];
            if ((skip && skip[g->via[i]]) || (n && v == node[n - 1]) || (on_path[v] && n + 1 < most)) continue;
            if (++steps > mem->work) return ARYL_E_LIMIT;
            node[n + 1] = v;
            edge[n] = g->via[i];
            if (n + 1 >= least && is_first_of_its_kind(node, n + 1) && !visit(ctx, node, edge, n + 1)) return ARYL_E_CANCELLED;
            if (on_path[v]) continue;
            cursor[++n] = g->start[v];
            on_path[v] = 1;
        }
        if (!arena_work(mem, steps)) return ARYL_E_LIMIT;
    }
    return ARYL_OK;
}
