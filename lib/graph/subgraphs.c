// subgraphs.c - connected sets of edges, and paths, one after another.
//
// Sets: an edge is added from the candidates (edges next to the set), and from then on forbidden to the sets that come
// later on the same level. So each set is met once and nothing has to be remembered to tell repetitions.
// In a large graph the edges within reach of the set's lowest edge are taken out and numbered anew, in the same order.
#include "graph/graph.h"

enum {
    SET_STEPS = 4,           // steps a set is charged with: most visits hash it
    LARGE = 8,               // words of edges beyond which a part of the graph is taken out
};

typedef struct edge_set {    // the edges that sets are made of
    const uint64_t *near;    // [n][words] edges that share a node with each, as bits
    const int32_t *name;     // [n] their numbers in the graph; NULL: the same
    int32_t n, words;
    uint64_t *level;         // [most][2][words] candidates, then forbidden edges, of sets of k + 1 edges
} edge_set;

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

// All sets whose lowest edge is `first`.
static inline aryl_status sets_from(int32_t first, const edge_set *x, const int32_t *name, int32_t words, int32_t most, arena *mem,
                                    graph_edges_fn visit, void *ctx)
{
    int32_t path[GRAPH_MOST_EDGES], n = 1;
    int64_t steps = SET_STEPS;
    uint64_t *open = x->level, *closed = open + words;
    for (int32_t w = 0; w < words; w++) {
        closed[w] = w < first >> 6 ? ~0ull : w > first >> 6 ? 0 : ~0ull >> (63 - (first & 63));
        open[w] = x->near[(size_t)first * (size_t)words + (size_t)w] & ~closed[w];
    }
    path[0] = name ? name[first] : first;
    if (!visit(ctx, path, 1)) return ARYL_E_CANCELLED;
    if (most == 1) return arena_work(mem, steps) ? ARYL_OK : ARYL_E_LIMIT;
    while (n) {
        open = x->level + 2 * (size_t)words * (size_t)(n - 1);
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
        path[n] = name ? name[e] : e;
        steps += SET_STEPS + words / 4;
        if (steps > mem->work) break;
        if (!visit(ctx, path, n + 1)) return ARYL_E_CANCELLED;
        if (n + 1 == most) continue;
        uint64_t *next = closed + words;
        for (int32_t i = 0; i < words; i++) {
            next[i] = (open[i] | x->near[(size_t)e * (size_t)words + (size_t)i]) & ~closed[i];
            next[words + i] = closed[i];
        }
        n++;
    }
    return arena_work(mem, steps) ? ARYL_OK : ARYL_E_LIMIT;
}

static aryl_status small_sets(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_edges_fn visit, void *ctx)
{
    int32_t words = (g->m + 63) / 64;
    uint64_t *near = edge_neighbours(g, skip, words, mem);
    edge_set x = {near, NULL, g->m, words, arena_new(mem, uint64_t, 2 * (size_t)words * (size_t)most)};
    if (!near || !x.level) return ARYL_E_NOMEM;
    for (int32_t e = 0; e < g->m; e++) {
        if (skip && skip[e]) continue;
        if (words == 1) TRY(sets_from(e, &x, NULL, 1, most, mem, visit, ctx));
        else TRY(sets_from(e, &x, NULL, words, most, mem, visit, ctx));
    }
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

typedef struct part {
    const graph *g;
    const uint8_t *skip;
    int32_t *number, *edge;  // [m] an edge's number in the part, -1 outside; the edges of the part
    uint64_t *near, *level;  // used again for each part: what visits keep lies between them in the arena
    int64_t near_cap, level_cap;
} part;

static uint64_t *at_least(uint64_t *old, int64_t *cap, int64_t n, arena *mem)
{
    if (n <= *cap) return old;
    *cap = 2 * n;
    return arena_new(mem, uint64_t, *cap);
}

// The edges above `first` that sets of at most `most` edges with it can have.
static aryl_status take_part(part *p, int32_t first, int32_t most, arena *mem, edge_set *x)
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
    *x = (edge_set){p->near, p->edge, n, words, p->level};
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

static aryl_status large_sets(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_edges_fn visit, void *ctx)
{
    part p = {.g = g, .skip = skip, .number = arena_new(mem, int32_t, g->m), .edge = arena_new(mem, int32_t, g->m)};
    if (!p.number || !p.edge) return ARYL_E_NOMEM;
    memset(p.number, 0xFF, (size_t)g->m * sizeof *p.number);
    for (int32_t e = 0; e < g->m; e++) {
        if (skip && skip[e]) continue;
        edge_set x;
        TRY(take_part(&p, e, most, mem, &x));
        if (x.words == 1) TRY(sets_from(0, &x, x.name, 1, most, mem, visit, ctx));
        else TRY(sets_from(0, &x, x.name, x.words, most, mem, visit, ctx));
    }
    return ARYL_OK;
}

aryl_status graph_subgraphs(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_edges_fn visit, void *ctx)
{
    assert(most >= 1 && most <= GRAPH_MOST_EDGES);
    return (g->m > 64 * LARGE ? large_sets : small_sets)(g, skip, most, mem, visit, ctx);
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
