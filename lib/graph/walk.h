// walk.h - the walk through connected sets of edges, to be compiled into what visits them: a set takes a few dozen
// instructions, and a call would be half as many again.
#ifndef ARYL_GRAPH_WALK_H
#define ARYL_GRAPH_WALK_H

#include "graph/graph.h"

// Gets a set of n edges, 0 .. most - 1 of them in the order in which they were added, and the edges by which it grows, as
// bits: each makes one set of n + 1. edge[0 .. n - 1) was edge[] of the last visit with n - 1. Returns how many edges
// those are, or -1 to end the walk.
typedef int32_t (*walk_fn)(void *ctx, const int32_t *edge, int32_t n, const uint64_t *more, const graph_part *part);

enum { SET_STEPS = 4 };          // steps a set is charged with: most visits hash it

// All sets whose lowest edge is `first` of the part. An edge is added from the open ones (edges next to the set), and from
// then on closed to the sets that come later on the same level. So each set is met once and nothing has to be remembered
// to tell repetitions. words: that of the part, as a constant where it is known.
static inline __attribute__((always_inline)) aryl_status walk_from(int32_t first, const graph_part *part, int32_t words, int32_t most, arena *mem, walk_fn visit,
                                    void *ctx)
{
    int32_t path[GRAPH_MOST_EDGES], n = 1, made;
    int64_t step = SET_STEPS + words / 4, steps = SET_STEPS;
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

#endif
