// distances.c - how far apart nodes are, and which are connected at all.
#include "graph/graph.h"
#include "simd/simd.h"

static_assert(GRAPH_FAR == SIMD_FAR, "one word for no path");

enum {
    FREE = 64,          // nodes up to which nothing is charged
    MOST_NODES = 2048,  // of the way by a forest, which takes twice the memory; of edges of one length
    MOST_MORE = 64,     // edges beyond a forest up to which adding one by one is faster than walking from each node
};

typedef struct planting {
    int32_t *node, *parent, *behind;   // [n] of a simd_forest
    int16_t *at, *length, *more_length;
    int32_t *begin, *end, n_more, most_more;
    int32_t *up, *via;                 // [n] a node's parent, and the edge to it
    int32_t *stack;
    int16_t *rows;
    int32_t stride;
} planting;

// Grows a tree from a root whose row it fills; places are given from `place` on. Returns the next place, or -1: too many
// edges are left over.
static int32_t plant_tree(const graph *g, const int16_t *length, int32_t root, int32_t place, planting *p)
{
    int32_t first = place, waiting = 0;
    int16_t *depth = p->rows + (int64_t)root * p->stride;
    for (int32_t i = 0; i < p->stride; i++) depth[i] = GRAPH_FAR;
    depth[root] = 0;
    p->up[root] = p->via[root] = -1;
    p->stack[waiting++] = root;
    while (waiting) {
        int32_t v = p->stack[--waiting];
        p->at[v] = (int16_t)place;
        p->node[place] = v;
        p->parent[place] = p->up[v];
        p->length[place] = length && v != root ? length[p->via[v]] : 1;
        p->behind[place] = place + 1;
        place++;
        for (int32_t k = g->start[v]; k < g->start[v + 1]; k++) {
            int32_t w = g->nbr[k];
            int16_t step = length ? length[g->via[k]] : 1;
            if (!step) continue;
            if (depth[w] == GRAPH_FAR) {
                depth[w] = (int16_t)(depth[v] + step);
                p->up[w] = v;
                p->via[w] = g->via[k];
                p->stack[waiting++] = w;
            } else if (p->at[w] >= 0 && g->via[k] != p->via[v]) {   // w had its turn, and is not the parent
                if (p->n_more == p->most_more) return -1;
                p->begin[p->n_more] = v;
                p->end[p->n_more] = w;
                p->more_length[p->n_more++] = step;
            }
        }
    }
    for (int32_t k = place - 1; k > first; k--) {
        int32_t up = p->at[p->parent[k]];
        if (p->behind[up] < p->behind[k]) p->behind[up] = p->behind[k];
    }
    return place;
}

// A spanning forest's distances, then the other edges one by one; *done is false where there are too many of those.
static aryl_status by_forest(const graph *g, const int16_t *length, arena *tmp, int16_t *dist, bool *done)
{
    int32_t n = g->n, stride = (n + SIMD_AT_ONCE - 1) & ~(SIMD_AT_ONCE - 1), place = 0, most_more = length ? g->m : MOST_MORE;
    int32_t *lists = arena_new(tmp, int32_t, 6 * (size_t)n + 2 * (size_t)most_more);
    int16_t *lengths = arena_new(tmp, int16_t, (size_t)n + (size_t)most_more);
    planting p = {.at = arena_new(tmp, int16_t, stride), .rows = arena_new(tmp, int16_t, (size_t)n * (size_t)stride),
                  .length = lengths, .node = lists, .most_more = most_more, .stride = stride};
    if (!lists || !lengths || !p.at || !p.rows) return ARYL_E_NOMEM;
    p.parent = lists + n;
    p.behind = p.parent + n;
    p.up = p.behind + n;
    p.via = p.up + n;
    p.stack = p.via + n;
    p.begin = p.stack + n;
    p.end = p.begin + most_more;
    p.more_length = lengths + n;
    memset(p.at, 0xFF, (size_t)stride * sizeof *p.at);
    for (int32_t v = 0; v < n && place >= 0; v++)
        if (p.at[v] < 0) place = plant_tree(g, length, v, place, &p);
    *done = place >= 0;
    if (!*done) return ARYL_OK;
    if (n > FREE && !arena_work(tmp, (int64_t)n * stride / SIMD_AT_ONCE * p.n_more)) return ARYL_E_LIMIT;
    simd_forest t = {n, p.n_more, p.node, p.parent, p.behind, p.at, p.begin, p.end, p.length, p.more_length};
    simd_get()->distances(&t, p.rows, stride, p.stack, dist);
    return ARYL_OK;
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

aryl_status graph_distances(const graph *g, const int16_t *length, arena *tmp, int16_t *dist)
{
    if (g->n > FREE && !arena_work(tmp, (int64_t)g->n * ((int64_t)g->n + 2 * (int64_t)g->m))) return ARYL_E_LIMIT;
    arena_mark here = arena_save(tmp);
    bool done = false;
    aryl_status s = length || g->n <= MOST_NODES ? by_forest(g, length, tmp, dist, &done) : ARYL_OK;
    if (s == ARYL_OK && !done) {
        int32_t *queue = arena_new(tmp, int32_t, g->n);
        if (queue) one_by_one(g, queue, dist);
        else s = ARYL_E_NOMEM;
    }
    arena_restore(tmp, here);
    return s;
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
