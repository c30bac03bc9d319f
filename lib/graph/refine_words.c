// refine_words.c - graph_refine() where a view fits in a word: all nodes in ties are looked at in each round, and colours
// are places in a mask.
#include "graph/graph.h"

enum { MOST_NODES = 64, NODE_BITS = 6 };

typedef struct tie_break {
    const graph *g;
    refine_view view;
    const void *ctx;
    int32_t bits, most;                  // of an entry; entries of a word
    int32_t *colour;                     // the place where the node's colour starts
    uint64_t starts, whole;              // places where a colour starts; all
    uint8_t node[MOST_NODES];            // at a place
    uint64_t word[MOST_NODES];           // what it sees
} tie_break;

// Entries from the top, so that words compare as lists do.
static uint64_t word_of(const tie_break *t, int32_t v)
{
    uint64_t list[MOST_NODES], word = 0;
    int32_t n = t->view(t->ctx, v, t->colour, list);
    for (int32_t k = 0; k < n; k++) word = word << t->bits | list[k];
    return n ? word << t->bits * (t->most - n) : 0;
}

// Places of colours with more than one node.
static uint64_t ties(const tie_break *t)
{
    uint64_t inner = t->whole & ~t->starts;
    return inner | inner >> 1;
}

static int32_t end_of(const tie_break *t, int32_t from)
{
    uint64_t behind = t->starts >> from >> 1;
    return behind ? from + 1 + __builtin_ctzll(behind) : 64 - __builtin_clzll(t->whole);
}

static void sort_places(tie_break *t, int32_t from, int32_t end)
{
    for (int32_t i = from + 1; i < end; i++) {
        uint64_t word = t->word[i];
        uint8_t node = t->node[i];
        int32_t k = i;
        for (; k > from && t->word[k - 1] > word; k--) {
            t->word[k] = t->word[k - 1];
            t->node[k] = t->node[k - 1];
        }
        t->word[k] = word;
        t->node[k] = node;
    }
}

static bool split_all(tie_break *t, uint64_t tied)
{
    uint64_t before = t->starts;
    for (int32_t from, end; tied; tied = end < MOST_NODES ? tied >> end << end : 0) {
        from = __builtin_ctzll(tied);
        end = end_of(t, from);
        sort_places(t, from, end);
        for (int32_t i = from + 1, start = from; i < end; i++) {
            if (t->word[i] != t->word[i - 1]) t->starts |= (uint64_t)1 << (start = i);
            t->colour[t->node[i]] = start;
        }
        t->colour[t->node[from]] = from;
    }
    return t->starts != before;
}

static void first_colours(tie_break *t, const uint64_t *key)
{
    uint64_t sorted[MOST_NODES];
    for (int32_t v = 0; v < t->g->n; v++) {
        uint64_t x = key[v] << NODE_BITS | (uint64_t)v;
        int32_t k = v;
        for (; k && sorted[k - 1] > x; k--) sorted[k] = sorted[k - 1];
        sorted[k] = x;
    }
    for (int32_t i = 0, start = 0; i < t->g->n; i++) {
        if (!i || sorted[i] >> NODE_BITS != sorted[i - 1] >> NODE_BITS) t->starts |= (uint64_t)1 << (start = i);
        t->node[i] = sorted[i] & (MOST_NODES - 1);
        t->colour[t->node[i]] = start;
    }
}

bool refine_by_words(const graph *g, const uint64_t *key, refine_view view, const void *ctx, int32_t bits,
                     int32_t most_rounds, int32_t *colour)
{
    int32_t widest = 0;
    uint64_t keys = 0;
    if (!bits || !g->n || g->n > MOST_NODES) return false;
    for (int32_t v = 0; v < g->n; v++) {
        int32_t degree = g->start[v + 1] - g->start[v];
        if (degree > widest) widest = degree;
        keys |= key[v];
    }
    if ((widest + 1) * bits > 64 || keys >> (64 - NODE_BITS)) return false;
    tie_break t = {.g = g, .view = view, .ctx = ctx, .bits = bits, .most = widest + 1, .colour = colour,
                   .whole = ~(uint64_t)0 >> (64 - g->n)};
    first_colours(&t, key);
    for (int32_t round = 0; round < most_rounds; round++) {
        uint64_t tied = ties(&t);
        for (uint64_t left = tied; left; left &= left - 1) {
            int32_t place = __builtin_ctzll(left);
            t.word[place] = word_of(&t, t.node[place]);
        }
        if (!split_all(&t, tied)) break;
    }
    for (int32_t i = 0, dense = -1; i < g->n; i++) {
        dense += (int32_t)(t.starts >> i & 1);
        colour[t.node[i]] = dense;
    }
    return true;
}
