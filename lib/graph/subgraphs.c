// subgraphs.c - connected sets of edges, and paths, one after another.
//
// Sets: an edge is added from the candidates (edges next to the set), and from then on forbidden to the sets that come
// later on the same level. So each set is met once and nothing has to be remembered to tell repetitions.
#include "graph/graph.h"

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

// All sets whose lowest edge is `first`. level[k] holds candidates, then forbidden edges, of sets of k + 1 edges.
static inline bool sets_from(int32_t first, const uint64_t *near, int32_t words, int32_t most, uint64_t *level, int64_t *steps,
                             graph_edges_fn visit, void *ctx)
{
    int32_t path[GRAPH_MOST_EDGES], n = 1;
    uint64_t *open = level, *closed = level + words;
    for (int32_t w = 0; w < words; w++) {
        closed[w] = w < first >> 6 ? ~0ull : w > first >> 6 ? 0 : ~0ull >> (63 - (first & 63));
        open[w] = near[(size_t)first * (size_t)words + (size_t)w] & ~closed[w];
    }
    path[0] = first;
    if (!visit(ctx, path, 1)) return false;
    if (most == 1) return true;
    while (n) {
        open = level + 2 * (size_t)words * (size_t)(n - 1);
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
        path[n] = e;
        ++*steps;
        if (!visit(ctx, path, n + 1)) return false;
        if (n + 1 == most) continue;
        uint64_t *next = closed + words;
        for (int32_t i = 0; i < words; i++) {
            next[i] = (open[i] | near[(size_t)e * (size_t)words + (size_t)i]) & ~closed[i];
            next[words + i] = closed[i];
        }
        n++;
    }
    return true;
}

aryl_status graph_subgraphs(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_edges_fn visit, void *ctx)
{
    assert(most >= 1 && most <= GRAPH_MOST_EDGES);
    int32_t words = (g->m + 63) / 64;
    uint64_t *near = edge_neighbours(g, skip, words, mem), *level = arena_new(mem, uint64_t, 2 * (size_t)words * (size_t)most);
    if (!near || !level) return ARYL_E_NOMEM;
    aryl_status s = ARYL_OK;
    for (int32_t e = 0; e < g->m && s == ARYL_OK; e++) {
        int64_t steps = 1;
        if (skip && skip[e]) continue;
        bool went_on = words == 1 ? sets_from(e, near, 1, most, level, &steps, visit, ctx)
                                  : sets_from(e, near, words, most, level, &steps, visit, ctx);
        if (!went_on) s = ARYL_E_CANCELLED;
        else if (!arena_work(mem, steps)) s = ARYL_E_LIMIT;
    }
    return s;
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
            steps++;
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
