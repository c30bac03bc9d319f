// small.c - the relevant cycles of a graph of up to 64 nodes and 64 edges, as sets of edges in one word.
//
// Any spanning tree will do: each edge outside it closes a fundamental cycle, cycles that share an edge are of one block,
// and the sums of a block's cycles are weighed as in cycles.c. No search, no lists: trees grow edge by edge, which is
// cheapest when an edge brings in a new node, as nearly all edges of a molecule that was read from text do.
#include "graph/graph.h"

enum { WORD = 64, MOST_CYCLES = 6, MOST_RINGS = 96 };

typedef struct forest {
    uint64_t at[WORD];           // ring edges at a node
    uint64_t up[WORD];           // edges between a node and its root
    uint8_t root[WORD], ends[WORD];   // ends: those of an edge, xor
    uint64_t cycle[WORD];        // fundamental cycles
    int32_t n_cycles;
} forest;

// Two trees become one: what was below the root of b now hangs on a.
static void merge(forest *f, int32_t a, int32_t b, uint64_t between, uint64_t nodes)
{
    int32_t gone = f->root[b];
    for (; nodes; nodes &= nodes - 1) {
        int32_t v = set_first(nodes);
        if (f->root[v] != gone) continue;
        f->root[v] = f->root[a];
        f->up[v] ^= between;
    }
}

static void grow(const graph *g, const uint8_t *skip, forest *f)
{
    const int32_t *begin = g->begin, *end = g->end, m = g->m;
    uint64_t met = 0;
    f->n_cycles = 0;
    for (int32_t e = 0; e < m; e++) {
        int32_t a = begin[e], b = end[e];
        if (skip && skip[e]) continue;
        f->ends[e] = (uint8_t)(a ^ b);
        if (met >> b & 1) {
            int32_t swap = a;
            a = b;
            b = swap;
        }
        if (!(met >> a & 1)) {
            f->up[a] = 0;
            f->root[a] = (uint8_t)a;
            met |= set_of(a);
        }
        if (!(met >> b & 1)) {
            f->up[b] = f->up[a] | set_of(e);
            f->root[b] = f->root[a];
            met |= set_of(b);
            continue;
        }
        uint64_t around = f->up[a] ^ f->up[b] ^ set_of(e);
        if (f->root[a] == f->root[b]) f->cycle[f->n_cycles++] = around;
        else merge(f, a, b, around, met);
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

typedef struct rings { uint64_t set[MOST_RINGS]; int32_t n; } rings;

// The relevant sums of a block's k fundamental cycles, lightest first.
static bool add_block(const uint64_t *cycle, int32_t k, rings *out)
{
    uint64_t sum[1 << MOST_CYCLES], span = 1;
    uint8_t order[1 << MOST_CYCLES], weight[1 << MOST_CYCLES];
    int32_t n = 1 << k, rank = 0;
    if (k == 1 && out->n < MOST_RINGS) {
        out->set[out->n++] = *cycle;
        return true;
    }
    sum[0] = 0;
    for (int32_t i = 1; i < n; i++) {
        sum[i] = sum[i & (i - 1)] ^ cycle[__builtin_ctz((unsigned)i)];
        int32_t w = weight[i] = (uint8_t)set_size(sum[i]), j = i - 1;
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

// Blocks as ranges of f->cycle, in the order in which a walk through the tree leaves them: those that hang on a block come
// before it. That is RDKit's order where the tree is the text's own.
typedef struct blocks { int32_t n; uint64_t set[WORD]; uint8_t from[WORD], k[WORD]; } blocks;

static bool find_blocks(const graph *g, forest *f, blocks *out)
{
    out->n = 0;
    for (int32_t from = 0, to; from < f->n_cycles; from = to) {
        for (int32_t k = from + 1; k < f->n_cycles; k++)         // the next block is that of the lowest edge
            if ((f->cycle[k] & -f->cycle[k]) < (f->cycle[from] & -f->cycle[from])) {
                uint64_t earlier = f->cycle[k];
                f->cycle[k] = f->cycle[from];
                f->cycle[from] = earlier;
            }
        uint64_t block = f->cycle[from];
        to = from + 1;
        for (int32_t k = to; k < f->n_cycles; k++) {             // each next cycle pulls in all that share an edge
            if (!(f->cycle[k] & block)) continue;
            uint64_t member = f->cycle[k];
            f->cycle[k] = f->cycle[to];
            f->cycle[to++] = member;
            if (member & ~block) k = to - 1;                     // it may reach cycles passed over before
            block |= member;
        }
        if (to - from > MOST_CYCLES) return false;
        int32_t e = set_first(block), place = 0;
        uint64_t above = f->up[g->begin[e]] | f->up[g->end[e]];
        while (place < out->n && !(above & out->set[place])) place++;
        for (int32_t i = out->n++; i > place; i--) {
            out->from[i] = out->from[i - 1];
            out->k[i] = out->k[i - 1];
            out->set[i] = out->set[i - 1];
        }
        out->from[place] = (uint8_t)from;
        out->k[place] = (uint8_t)(to - from);
        out->set[place] = block;
    }
    return true;
}

static void note_ends(const graph *g, forest *f, uint64_t ring_edges)
{
    memset(f->at, 0, (size_t)g->n * sizeof *f->at);
    for (uint64_t left = ring_edges; left; left &= left - 1) {
        int32_t e = set_first(left);
        f->at[g->begin[e]] |= set_of(e);
        f->at[g->end[e]] |= set_of(e);
    }
}

// Writes a cycle from its lowest node in the direction of the lower neighbour; *nodes: them as a set.
static int32_t write_ring(const graph *g, const forest *f, uint64_t set, int32_t *node, int32_t *edge, uint64_t *nodes)
{
    int32_t n = 0;
    *nodes = 0;
    for (uint64_t left = set; left; left &= left - 1) *nodes |= set_of(g->begin[set_first(left)]) | set_of(g->end[set_first(left)]);
    int32_t v = set_first(*nodes);
    uint64_t both = f->at[v] & set, other = both & (both - 1), step = both ^ other;
    if ((f->ends[set_first(other)] ^ v) < (f->ends[set_first(step)] ^ v)) step = other;
    while (step) {
        int32_t e = set_first(step);
        node[n] = v;
        edge[n++] = e;
        set ^= step;
        v ^= f->ends[e];
        step = f->at[v] & set;
    }
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
    blocks found_blocks;
    if (!find_blocks(g, &f, &found_blocks)) return ARYL_OK;
    for (int32_t i = 0; i < found_blocks.n; i++)
        if (!add_block(f.cycle + found_blocks.from[i], found_blocks.k[i], &found)) return ARYL_OK;
    int32_t n_members = 0;
    uint64_t ring_edges = 0;
    for (int32_t r = 0; r < found.n; r++) {
        n_members += set_size(found.set[r]);
        ring_edges |= found.set[r];
    }
    out->n = found.n;
    out->start = arena_new(mem, int32_t, found.n + 1 + 2 * n_members);
    out->edge_set = arena_new(mem, uint64_t, 2 * found.n);
    if (!out->start || !out->edge_set) return ARYL_E_NOMEM;
    out->node_set = out->edge_set + found.n;
    out->node = out->start + found.n + 1;
    out->edge = out->node + n_members;
    int32_t at = 0;
    note_ends(g, &f, ring_edges);
    for (int32_t r = 0; r < found.n; r++) {
        out->start[r] = at;
        out->edge_set[r] = found.set[r];
        at += write_ring(g, &f, found.set[r], out->node + at, out->edge + at, &out->node_set[r]);
    }
    out->start[found.n] = at;
    *done = true;
    return ARYL_OK;
}
