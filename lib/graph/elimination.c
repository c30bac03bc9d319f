// elimination.c - in which order to solve for the nodes of a graph, and which ties that leaves between the others.
//
// Places are taken in the order of a walk in depth, so that every edge joins a node to one it was reached through;
// eliminated from the last place to the first, a tree leaves no new ties, and a ring only some along itself.
#include "graph/graph.h"

// place[] of each node in a walk in depth.
static void walk(const graph *g, int32_t *stack, int32_t *next, int32_t *place, int32_t *node)
{
    int32_t n = 0;
    for (int32_t v = 0; v < g->n; v++) place[v] = -1;
    for (int32_t root = 0; root < g->n; root++) {
        if (place[root] >= 0) continue;
        int32_t depth = 0;
        stack[0] = root;
        next[root] = g->start[root];
        node[n] = root;
        place[root] = n++;
        while (depth >= 0) {
            int32_t v = stack[depth];
            while (next[v] < g->start[v + 1] && place[g->nbr[next[v]]] >= 0) next[v]++;
            if (next[v] == g->start[v + 1]) {
                depth--;
                continue;
            }
            int32_t w = g->nbr[next[v]++];
            stack[++depth] = w;
            next[w] = g->start[w];
            node[n] = w;
            place[w] = n++;
        }
    }
}

// Row p of the masks: lower places that place p is tied to when it is eliminated. The ties and pairs of ties of all.
static void tie(const graph *g, const int32_t *place, const int32_t *node, uint64_t *mask, size_t words, int64_t *n_ties,
                int64_t *n_pairs)
{
    memset(mask, 0, (size_t)g->n * words * sizeof *mask);
    *n_ties = *n_pairs = 0;
    for (int32_t p = g->n - 1; p >= 0; p--) {
        uint64_t *mine = mask + (size_t)p * words;
        for (int32_t k = g->start[node[p]]; k < g->start[node[p] + 1]; k++) {
            int32_t q = place[g->nbr[k]];
            if (q < p) mine[q >> 6] |= (uint64_t)1 << (q & 63);
        }
        int64_t ties = 0;
        int32_t top = (int32_t)words - 1;
        while (top >= 0 && !mine[top]) top--;
        for (int32_t w = 0; w <= top; w++)
            for (uint64_t x = mine[w]; x; x &= x - 1) ties++;
        *n_ties += ties;
        *n_pairs += ties * (ties - 1) / 2;
        if (top < 0) continue;
        int32_t bit = 63 - __builtin_clzll(mine[top]), first = 64 * top + bit;
        uint64_t *to = mask + (size_t)first * words;      // being eliminated, p ties all of them together
        for (int32_t w = 0; w < top; w++) to[w] |= mine[w];
        to[top] |= mine[top] ^ (uint64_t)1 << bit;
    }
}

static void list_ties(const uint64_t *mask, size_t words, graph_elimination *e)
{
    int32_t n = 0;
    for (int32_t p = 0; p < e->n; p++) {
        const uint64_t *mine = mask + (size_t)p * words;
        e->start[p] = n;
        for (int32_t w = p >> 6; w >= 0; w--)
            for (uint64_t x = mine[w]; x;) {
                int32_t bit = 63 - __builtin_clzll(x);
                x ^= (uint64_t)1 << bit;
                e->tie[n++] = 64 * w + bit;
            }
    }
    e->start[e->n] = n;
}

static void list_targets(graph_elimination *e)
{
    int32_t *target = e->target;
    for (int32_t p = e->n - 1; p >= 0; p--)
        for (int32_t k = e->start[p], end = e->start[p + 1]; k < end; k++)
            for (int32_t j = k + 1, at = e->start[e->tie[k]]; j < end; j++, at++) {
                while (e->tie[at] != e->tie[j]) at++;
                *target++ = at;
            }
}

aryl_status graph_eliminate(const graph *g, arena *mem, graph_elimination *out)
{
    size_t n = (size_t)g->n, words = (n + 63) / 64;
    int64_t n_ties, n_pairs;
    if (!arena_work(mem, (int64_t)(n * words) + 2 * (int64_t)g->m)) return ARYL_E_LIMIT;
    *out = (graph_elimination){
        .n = g->n,
        .place = arena_new(mem, int32_t, n),
        .node = arena_new(mem, int32_t, n),
        .start = arena_new(mem, int32_t, n + 1),
    };
    uint64_t *mask = arena_new(mem, uint64_t, n * words);
    int32_t *stack = arena_new(mem, int32_t, 2 * n);
    if (!out->place || !out->node || !out->start || !mask || !stack) return ARYL_E_NOMEM;
    walk(g, stack, stack + n, out->place, out->node);
    tie(g, out->place, out->node, mask, words, &n_ties, &n_pairs);
    if (!arena_work(mem, n_ties + n_pairs)) return ARYL_E_LIMIT;
    out->tie = arena_new(mem, int32_t, n_ties);
    out->target = arena_new(mem, int32_t, n_pairs);
    if (!out->tie || !out->target) return ARYL_E_NOMEM;
    list_ties(mask, words, out);
    list_targets(out);
    out->n_pairs = n_pairs;
    return ARYL_OK;
}
