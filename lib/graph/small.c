// small.c - the relevant cycles of a graph of up to 64 nodes and 64 edges, as sets of edges in one word.
//
// Any spanning tree will do: each edge outside it closes a fundamental cycle, cycles that share an edge are of one block,
// and the sums of a block's cycles are weighed as in cycles.c. No low points, no lists: a third of the general way's time
// on a drug.
#include "graph/graph.h"

enum { WORD = 64, MOST_CYCLES = 6, MOST_RINGS = 96 };

typedef struct forest {
    uint64_t at[WORD];           // edges at a node
    uint64_t up[WORD];           // edges between a node and its root
    uint64_t cycle[WORD];        // fundamental cycles
    int32_t n_cycles;
} forest;

static void grow(const graph *g, const uint8_t *skip, forest *f)
{
    uint64_t seen = 0, closed = 0;
    int8_t in[WORD];
    uint8_t stack[WORD];
    f->n_cycles = 0;
    for (int32_t root = 0; root < g->n; root++) {
        if (seen >> root & 1) continue;
        int32_t n = 0;
        stack[n++] = (uint8_t)root;
        seen |= (uint64_t)1 << root;
        in[root] = -1;
        f->up[root] = 0;
        while (n) {
            int32_t v = stack[--n], end = g->start[v + 1], enter = in[v];
            uint64_t up = f->up[v], at = 0;
            for (int32_t k = g->start[v]; k < end; k++) {
                int32_t e = g->via[k], far = g->nbr[k];
                if (skip && skip[e]) continue;
                uint64_t bit = (uint64_t)1 << e;
                at |= bit;
                if (!(seen >> far & 1)) {
                    seen |= (uint64_t)1 << far;
                    in[far] = (int8_t)e;
                    f->up[far] = up | bit;
                    stack[n++] = (uint8_t)far;
                } else if (e != enter && !(closed & bit)) {
                    closed |= bit;
                    if (f->n_cycles < WORD) f->cycle[f->n_cycles++] = up ^ f->up[far] ^ bit;
                }
            }
            f->at[v] = at;
        }
    }
}

// Numbers of sums that are in a span, as bits: the span of `span` and one more.
static uint64_t extend(uint64_t span, int32_t vector)
{
    static const uint64_t low[MOST_CYCLES] = {0x5555555555555555u, 0x3333333333333333u, 0x0F0F0F0F0F0F0F0Fu,
                                              0x00FF00FF00FF00FFu, 0x0000FFFF0000FFFFu, 0x00000000FFFFFFFFu};
    uint64_t moved = span;
    for (int32_t k = 0; k < MOST_CYCLES; k++)
        if (vector >> k & 1) moved = (moved & low[k]) << (1 << k) | (moved >> (1 << k) & low[k]);
    return span | moved;
}

static int32_t weigh(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int32_t)((x * 0x0101010101010101u) >> 56);
}

typedef struct rings { uint64_t set[MOST_RINGS]; int32_t n; } rings;

// The relevant sums of a block's k fundamental cycles, lightest first.
static bool add_block(const uint64_t *cycle, int32_t k, rings *out)
{
    uint64_t sum[1 << MOST_CYCLES], span = 1;
    uint8_t order[1 << MOST_CYCLES], weight[1 << MOST_CYCLES];
    int32_t n = 1 << k, rank = 0;
    sum[0] = 0;
    for (int32_t i = 1; i < n; i++) {
        sum[i] = sum[i & (i - 1)] ^ cycle[__builtin_ctz((unsigned)i)];
        int32_t w = weight[i] = (uint8_t)weigh(sum[i]), j = i - 1;
        for (; j && weight[order[j - 1]] > w; j--) order[j] = order[j - 1];
        order[j] = (uint8_t)i;
    }
    for (int32_t i = 0; i < n - 1 && rank < k;) {
        uint64_t shorter = span;
        for (int32_t w = weight[order[i]]; i < n - 1 && weight[order[i]] == w; i++) {
            if (shorter >> order[i] & 1) continue;
            if (out->n == MOST_RINGS) return false;
            out->set[out->n++] = sum[order[i]];
            if (span >> order[i] & 1) continue;
            span = extend(span, order[i]);
            rank++;
        }
    }
    return true;
}

// Writes a cycle from its lowest node in the direction of the lower neighbour.
static int32_t write_ring(const graph *g, const forest *f, uint64_t set, int32_t *node, int32_t *edge)
{
    int32_t first = INT32_MAX, n = 0;
    for (uint64_t left = set; left; left &= left - 1) {
        int32_t e = __builtin_ctzll(left), low = g->begin[e] < g->end[e] ? g->begin[e] : g->end[e];
        if (low < first) first = low;
    }
    uint64_t both = f->at[first] & set;
    int32_t e = __builtin_ctzll(both), other = __builtin_ctzll(both & (both - 1)), v = first;
    if ((g->begin[other] ^ g->end[other] ^ first) < (g->begin[e] ^ g->end[e] ^ first)) e = other;
    do {
        node[n] = v;
        edge[n++] = e;
        v ^= g->begin[e] ^ g->end[e];
        e = __builtin_ctzll(f->at[v] & set & ~((uint64_t)1 << e));
    } while (v != first);
    return n;
}

aryl_status graph_small_cycles(const graph *g, const uint8_t *skip, arena *mem, cycle_set *out, bool *done)
{
    *done = false;
    if (g->n > WORD || g->m > WORD) return ARYL_OK;
    forest f;
    rings found;
    found.n = 0;
    grow(g, skip, &f);
    // Cycles are taken block by block: each next one pulls in all that share an edge with what it has met.
    for (int32_t from = 0, to; from < f.n_cycles; from = to) {
        uint64_t block = f.cycle[from];
        to = from + 1;
        for (int32_t k = to; k < f.n_cycles; k++) {
            if (!(f.cycle[k] & block)) continue;
            uint64_t member = f.cycle[k];
            f.cycle[k] = f.cycle[to];
            f.cycle[to++] = member;
            if (member & ~block) k = to - 1;             // it may reach cycles passed over before
            block |= member;
        }
        if (to - from > MOST_CYCLES) return ARYL_OK;
        if (!add_block(f.cycle + from, to - from, &found)) return ARYL_OK;
    }
    int32_t n_members = 0;
    for (int32_t r = 0; r < found.n; r++) n_members += weigh(found.set[r]);
    out->n = found.n;
    out->start = arena_new(mem, int32_t, found.n + 1 + 2 * n_members);
    if (!out->start) return ARYL_E_NOMEM;
    out->node = out->start + found.n + 1;
    out->edge = out->node + n_members;
    int32_t at = 0;
    for (int32_t r = 0; r < found.n; r++) {
        out->start[r] = at;
        at += write_ring(g, &f, found.set[r], out->node + at, out->edge + at);
    }
    out->start[found.n] = at;
    *done = true;
    return ARYL_OK;
}
