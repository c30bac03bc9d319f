// graph.h - nodes and edges: what is true of any graph. Has never heard of atoms.
#ifndef ARYL_GRAPH_H
#define ARYL_GRAPH_H

#include "base/base.h"

// Neighbours of v: nbr[start[v] .. start[v + 1]), through edges via[same index], in ascending edge number.
typedef struct graph {
    int32_t n, m;
    const int32_t *start, *nbr, *via;
    const int32_t *begin, *end;      // [m]
} graph;

// A set of cycles; cycle c has nodes node[start[c] .. start[c + 1]), edge[k] joins node[k] and the cyclically next one.
// Each starts at its lowest node and goes to the lower of that node's two neighbours first.
typedef struct cycle_set {
    int32_t n;
    int32_t *start, *node, *edge;
    uint64_t *node_set, *edge_set;   // [n] the same as sets, where the graph fits in words; else NULL
} cycle_set;

// All relevant cycles (those that are no sum of shorter ones) of the graph without the edges for which skip[] is set,
// block by block (in RDKit's order where nodes and edges are numbered as a text is read), shorter ones first within a
// block. A minimum cycle basis on request (basis may be NULL), sorted by
// (size, node list). The choice between equal basis cycles depends on the numbering in a way that equals RDKit's.
// Results live in mem. ARYL_E_NOMEM, ARYL_E_LIMIT (mem->work used up).
aryl_status graph_cycles(const graph *g, const uint8_t *skip, arena *mem, cycle_set *relevant, cycle_set *basis);

// Distances between all pairs, dist[n * n]; GRAPH_FAR where there is no path. length: of edges, 0 is no edge at all; no
// path is as long as GRAPH_FAR. NULL: each is 1. ARYL_E_NOMEM, ARYL_E_LIMIT
#define GRAPH_FAR 0x7FFF
aryl_status graph_distances(const graph *g, const int16_t *length, arena *tmp, int16_t *dist);

// The number of the connected part of each node, numbered by lowest node; returns how many. tmp serves as scratch.
aryl_status graph_components(const graph *g, arena *tmp, int32_t *part, int32_t *n_parts);

// How a symmetric system with the shape of a graph is solved: places are eliminated from the last to the first. Place p is
// tied to the lower places tie[start[p] .. start[p + 1]), highest first, by its edges and by what was eliminated before.
// Eliminating it changes the ties between those: pair after pair of them, (first, second), (first, third) ..., (second,
// third) ..., target[] is the index in tie[] of the tie from the one to the other. The last place comes first.
typedef struct graph_elimination {
    int32_t n;
    int64_t n_pairs;
    int32_t *place, *node;           // [n] of a node; at a place
    int32_t *start, *tie, *target;
} graph_elimination;
// Lives in mem. ARYL_E_NOMEM, ARYL_E_LIMIT
aryl_status graph_eliminate(const graph *g, arena *mem, graph_elimination *out);

// The index in tie[] of the tie between two nodes that have one.
static inline int32_t graph_tie(const graph_elimination *e, int32_t a, int32_t b)
{
    int32_t i = e->place[a], j = e->place[b], high = i > j ? i : j, low = i > j ? j : i, k = e->start[high];
    while (e->tie[k] != low) k++;
    return k;
}

// Ordered colours. Nodes are sorted by key[]; nodes of one key are told apart by what they see, again and again until a
// round changes nothing, or for most_rounds. colour[] ends dense: 0 .. number of colours - 1, in order.
// A view is a list of at most degree + 1 numbers made from the colours of the neighbours, and may depend on the node
// in ways that do not change; lists compare number by number, a prefix is smaller. Until the end colours are numbers
// in the right order, but with gaps. ARYL_E_NOMEM, ARYL_E_LIMIT
// bits: the numbers of a view are not 0 and have at most so many bits, which lets small graphs be faster; 0: unknown.
// done: asked before each round, whether the colours tell apart all that is to be told apart; NULL: go on to the end.
typedef int32_t (*refine_view)(const void *ctx, int32_t node, const int32_t *colour, uint64_t *out);
typedef bool (*refine_done)(const void *ctx, const int32_t *colour);
aryl_status graph_refine(const graph *g, const uint64_t *key, refine_view view, refine_done done, const void *ctx, int32_t bits,
                         int32_t most_rounds, arena *tmp, int32_t *colour);

// Every connected set of 1 .. most edges (without those for which skip[] is set; NULL: all), each once. visit gets the
// edges in the order in which they were added, and stops the walk by returning false.
// ARYL_E_NOMEM, ARYL_E_LIMIT, ARYL_E_CANCELLED (visit said so)
#define GRAPH_MOST_EDGES 16
typedef bool (*graph_edges_fn)(void *ctx, const int32_t *edge, int32_t n);
aryl_status graph_subgraphs(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_edges_fn visit, void *ctx);

// What lies behind it, for visitors that cannot afford a call for each set: for each edge the part of the graph that
// holds all sets whose lowest edge it is.
typedef struct graph_part {
    const uint64_t *near;    // [edges][words] edges that share a node with each, as bits
    const int32_t *name;     // [edges] their numbers in the graph
    int32_t words;
    uint64_t *level;         // [most][2][words] open, then closed edges of sets of k + 1 edges
} graph_part;
typedef aryl_status (*graph_part_fn)(void *ctx, int32_t first, const graph_part *part);
aryl_status graph_parts(const graph *g, const uint8_t *skip, int32_t most, arena *mem, graph_part_fn visit, void *ctx);

// All sets whose lowest edge is `first` of the part. visit gets a set of n edges, 0 .. most - 1 of them in the order in which
// they were added, and the edges by which it grows, as bits: each makes one set of n + 1. edge[0 .. n - 1) was edge[] of the
// last visit with n - 1. It returns how many edges those are, or -1 to end the walk. A set is charged with
// GRAPH_SET_STEPS: most visits hash it. Errors as above.
enum { GRAPH_SET_STEPS = 4 };
typedef int32_t (*graph_growth_fn)(void *ctx, const int32_t *edge, int32_t n, const uint64_t *more, const graph_part *part);
aryl_status graph_walk_from(int32_t first, const graph_part *part, int32_t most, arena *mem, graph_growth_fn visit, void *ctx);

// Every path of least .. most edges, each once. The last step of a path of `most` edges may return to a node other than
// the one just left; node[] then ends with that node. edge[k] joins node[k] and node[k + 1].
typedef bool (*graph_path_fn)(void *ctx, const int32_t *node, const int32_t *edge, int32_t n_edges);
aryl_status graph_paths(const graph *g, const uint8_t *skip, int32_t least, int32_t most, arena *mem, graph_path_fn visit, void *ctx);

// ---- within the room

// The relevant cycles of a graph that fits in words; *done is false, and nothing was written, where it does not.
aryl_status graph_small_cycles(const graph *g, const uint8_t *skip, arena *mem, cycle_set *out, bool *done);

// refine_words.c: false, and nothing was done, where a view does not fit in a word.
bool refine_by_words(const graph *g, const uint64_t *key, refine_view view, refine_done done, const void *ctx, int32_t bits,
                     int32_t most_rounds, int32_t *colour);

// Rings one after another, each as its length, its nodes, its edges.
enum { ROOM = 512 };
typedef struct ring_list {
    arena *mem;
    int32_t *item, used, cap, n, nodes;
} ring_list;

// Appends a cycle given in walking order (edge[k] joins node[k] and the next), normalised.
aryl_status ring_add(ring_list *l, const int32_t *node, const int32_t *edge, int32_t len);

// A block through the families of its relevant cycles: every cycle into relevant, a minimum cycle basis into basis.
// Either may be NULL.
aryl_status cycle_families(const graph *g, const int32_t *edge, int32_t n_edges, int32_t n_cycles, arena *mem,
                           ring_list *relevant, ring_list *basis);

#endif
