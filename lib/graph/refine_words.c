// refine_words.c - graph_refine() where a view fits in a word, and places are bits of one.
#include "graph/graph.h"

enum { MOST_NODES = 64 };

typedef struct tie_break {
    const graph *g;
    refine_view view;
    const void *ctx;
    int32_t bits, most;                  // of an entry; entries of a word
    int32_t *colour;                     // the place where the node's colour starts
    uint64_t starts, whole;              // places where a colour starts; all
    uint64_t changed;                    // nodes whose colour the last round changed
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

static void give_colour(tie_break *t, int32_t place, int32_t start)
{
    uint8_t v = t->node[place];
    if (t->colour[v] != start) t->changed |= (uint64_t)1 << v;
    t->colour[v] = start;
}

static void split_all(tie_break *t, uint64_t tied)
{
    t->changed = 0;
    for (int32_t from, end; tied; tied = end < MOST_NODES ? tied >> end << end : 0) {
        from = __builtin_ctzll(tied);
        end = end_of(t, from);
        sort_places(t, from, end);
        for (int32_t i = from + 1, start = from; i < end; i++) {
            if (t->word[i] != t->word[i - 1]) t->starts |= (uint64_t)1 << (start = i);
            give_colour(t, i, start);
        }
    }
}

// Nodes by key, those of one key as a set; the sets in order.
static void first_colours(tie_break *t, const uint64_t *key)
{
    uint64_t different[MOST_NODES], nodes[MOST_NODES];
    int32_t n = 0, place = 0;
    for (int32_t v = 0; v < t->g->n; v++) {
        int32_t k = n;
        while (k && different[k - 1] > key[v]) k--;
        if (k && different[k - 1] == key[v]) {
            nodes[k - 1] |= (uint64_t)1 << v;
            continue;
        }
        for (int32_t i = n++; i > k; i--) {
            different[i] = different[i - 1];
            nodes[i] = nodes[i - 1];
        }
        different[k] = key[v];
        nodes[k] = (uint64_t)1 << v;
    }
    for (int32_t k = 0; k < n; k++) {
        int32_t start = place;
        t->starts |= (uint64_t)1 << start;
        for (uint64_t left = nodes[k]; left; left &= left - 1) {
            t->node[place++] = (uint8_t)__builtin_ctzll(left);
            t->colour[t->node[place - 1]] = start;
        }
    }
}

// Nodes beside those that changed.
static uint64_t fresh_nodes(const tie_break *t)
{
    uint64_t fresh = 0;
    for (uint64_t left = t->changed; left; left &= left - 1) {
        int32_t v = __builtin_ctzll(left);
        for (int32_t k = t->g->start[v]; k < t->g->start[v + 1]; k++) fresh |= (uint64_t)1 << t->g->nbr[k];
    }
    return fresh;
}

bool refine_by_words(const graph *g, const uint64_t *key, refine_view view, refine_done done, const void *ctx, int32_t bits,
                     int32_t most_rounds, int32_t *colour)
{
    int32_t widest = 0;
    if (!bits || !g->n || g->n > MOST_NODES) return false;
    for (int32_t v = 0; v < g->n; v++) {
        int32_t degree = g->start[v + 1] - g->start[v];
        if (degree > widest) widest = degree;
    }
    if ((widest + 1) * bits > 64) return false;
    tie_break t = {.g = g, .view = view, .ctx = ctx, .bits = bits, .most = widest + 1, .colour = colour,
                   .whole = ~(uint64_t)0 >> (64 - g->n)};
    first_colours(&t, key);
    uint64_t fresh = ~(uint64_t)0;
    for (int32_t round = 0; round < most_rounds && fresh; round++) {
        if (done && done(ctx, colour)) break;
        uint64_t tied = ties(&t);
        for (uint64_t left = tied; left; left &= left - 1) {
            int32_t place = __builtin_ctzll(left), v = t.node[place];
            if (fresh >> v & 1) t.word[place] = word_of(&t, v);       // others see what they saw
        }
        split_all(&t, tied);
        fresh = fresh_nodes(&t);
    }
    for (int32_t i = 0, dense = -1; i < g->n; i++) {
        dense += (int32_t)(t.starts >> i & 1);
        colour[t.node[i]] = dense;
    }
    return true;
}
