// distances.c - how far apart nodes are, and which are connected at all.
#include "graph/graph.h"

// Up to 64 nodes walk together: bit r of seen[v] says that r is within the present distance of v. A distance is the number
// of steps after which a node had not been reached; four are counted at a time, by the four bits that say so.
static void all_at_once(const graph *g, int16_t *dist)
{
    static const uint16_t ones[16][4] = {
        {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 1, 0}, {1, 0, 1, 0}, {0, 1, 1, 0}, {1, 1, 1, 0},
        {0, 0, 0, 1}, {1, 0, 0, 1}, {0, 1, 0, 1}, {1, 1, 0, 1}, {0, 0, 1, 1}, {1, 0, 1, 1}, {0, 1, 1, 1}, {1, 1, 1, 1}};
    uint64_t seen[64], next[64], steps[64][16];
    int32_t n = g->n, fours = (n + 3) / 4;
    for (int32_t v = 0; v < n; v++) {
        seen[v] = (uint64_t)1 << v;
        memset(steps[v], 0, (size_t)fours * sizeof *steps[v]);
    }
    for (uint64_t any = 1; any;) {
        any = 0;
        for (int32_t v = 0; v < n; v++) {
            uint64_t reach = seen[v], left = ~seen[v];
            for (int32_t k = g->start[v]; k < g->start[v + 1]; k++) reach |= seen[g->nbr[k]];
            next[v] = reach;
            any |= reach & left;
            for (int32_t k = 0; k < fours; k++, left >>= 4) {
                uint64_t add;
                memcpy(&add, ones[left & 15], sizeof add);
                steps[v][k] += add;
            }
        }
        memcpy(seen, next, (size_t)n * sizeof *seen);
    }
    uint64_t whole = n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
    for (int32_t v = 0; v < n; v++) {
        memcpy(dist + v * n, steps[v], (size_t)n * sizeof *dist);
        for (uint64_t far = whole & ~seen[v]; far; far &= far - 1) dist[v * n + __builtin_ctzll(far)] = GRAPH_FAR;
    }
}

static void one_by_one(const graph *g, int32_t *queue, int16_t *dist)
{
    for (int32_t r = 0; r < g->n; r++, dist += g->n) {
        for (int32_t v = 0; v < g->n; v++) dist[v] = GRAPH_FAR;
        int32_t n = 0;
        dist[r] = 0;
        queue[n++] = r;
        for (int32_t q = 0; q < n; q++) {
            int32_t v = queue[q];
            int16_t d = (int16_t)(dist[v] < GRAPH_FAR - 1 ? dist[v] + 1 : GRAPH_FAR - 1);
            for (int32_t k = g->start[v]; k < g->start[v + 1]; k++) {
                if (dist[g->nbr[k]] != GRAPH_FAR) continue;
                dist[g->nbr[k]] = d;
                queue[n++] = g->nbr[k];
            }
        }
    }
}

aryl_status graph_distances(const graph *g, arena *tmp, int16_t *dist)
{
    if (g->n <= 64) {
        all_at_once(g, dist);
        return ARYL_OK;
    }
    if (!arena_work(tmp, (int64_t)g->n * ((int64_t)g->n + 2 * (int64_t)g->m))) return ARYL_E_LIMIT;
    arena_mark here = arena_save(tmp);
    int32_t *queue = arena_new(tmp, int32_t, g->n);
    if (!queue) return ARYL_E_NOMEM;
    one_by_one(g, queue, dist);
    arena_restore(tmp, here);
    return ARYL_OK;
}

aryl_status graph_components(const graph *g, arena *tmp, int32_t *part, int32_t *n_parts)
{
    arena_mark here = arena_save(tmp);
    int32_t *stack = arena_new(tmp, int32_t, g->n);
    if (!stack) return ARYL_E_NOMEM;
    memset(part, 0xFF, (size_t)g->n * sizeof *part);
    *n_parts = 0;
    for (int32_t root = 0; root < g->n; root++) {
        if (part[root] >= 0) continue;
        int32_t n = 0;
        part[root] = *n_parts;
        stack[n++] = root;
        while (n) {
            int32_t v = stack[--n];
            for (int32_t k = g->start[v]; k < g->start[v + 1]; k++) {
                if (part[g->nbr[k]] >= 0) continue;
                part[g->nbr[k]] = *n_parts;
                stack[n++] = g->nbr[k];
            }
        }
        ++*n_parts;
    }
    arena_restore(tmp, here);
    return ARYL_OK;
}
