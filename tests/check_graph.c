// check_graph.c - cycles, distances and parts of random graphs against definitions written out plainly.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "graph/graph.h"
#include "support.h"

enum { MAX_NODES = 700, MAX_EDGES = 1024 };

typedef struct made {
    graph g;
    int32_t start[MAX_NODES + 1], nbr[2 * MAX_EDGES], via[2 * MAX_EDGES], begin[MAX_EDGES], end[MAX_EDGES];
} made;

static void make_reset(made *m, int32_t n)
{
    memset(m, 0, sizeof *m);
    m->g = (graph){n, 0, m->start, m->nbr, m->via, m->begin, m->end};
}

static void make_edge(made *m, int32_t a, int32_t b)
{
    ck_assert(a != b && a < m->g.n && b < m->g.n && m->g.m < MAX_EDGES);
    m->begin[m->g.m] = a;
    m->end[m->g.m++] = b;
}

static void make_finish(made *m)
{
    int32_t fill[MAX_NODES] = {0};
    memset(m->start, 0, sizeof m->start);
    for (int32_t e = 0; e < m->g.m; e++) m->start[m->begin[e] + 1]++, m->start[m->end[e] + 1]++;
    for (int32_t v = 0; v < m->g.n; v++) m->start[v + 1] += m->start[v];
    for (int32_t e = 0; e < m->g.m; e++)
        for (int32_t side = 0; side < 2; side++) {
            int32_t v = side ? m->end[e] : m->begin[e], k = m->start[v] + fill[v]++;
            m->nbr[k] = m->begin[e] ^ m->end[e] ^ v;
            m->via[k] = e;
        }
}

static uint32_t chance(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * n) >> 24);
}

static bool joined(const made *m, int32_t a, int32_t b)
{
    for (int32_t e = 0; e < m->g.m; e++)
        if ((m->begin[e] == a && m->end[e] == b) || (m->begin[e] == b && m->end[e] == a)) return true;
    return false;
}

// A sparse graph with edges in no order; now and then in several parts.
static void make_random(made *m, uint32_t seed, int32_t max_n)
{
    uint32_t s = seed * 7919u + 17u;
    int32_t n = 2 + (int32_t)chance(&s, (uint32_t)max_n - 1);
    int32_t a[MAX_EDGES], b[MAX_EDGES], count = 0;
    make_reset(m, n);
    for (int32_t v = 1; v < n; v++)
        if (chance(&s, 12)) make_edge(m, (int32_t)chance(&s, (uint32_t)v), v);
    int32_t extra = (int32_t)chance(&s, 8);
    for (int32_t k = 0; k < extra; k++) {
        int32_t x = (int32_t)chance(&s, (uint32_t)n), y = (int32_t)chance(&s, (uint32_t)n);
        if (x != y && !joined(m, x, y)) make_edge(m, x, y);
    }
    int32_t name[MAX_NODES];
    for (int32_t v = 0; v < n; v++) name[v] = v;
    for (int32_t v = n - 1; v > 0; v--) {
        int32_t u = (int32_t)chance(&s, (uint32_t)v + 1), t = name[v];
        name[v] = name[u];
        name[u] = t;
    }
    count = m->g.m;
    for (int32_t e = 0; e < count; e++) a[e] = name[m->begin[e]], b[e] = name[m->end[e]];
    for (int32_t e = count - 1; e > 0; e--) {
        int32_t f = (int32_t)chance(&s, (uint32_t)e + 1), ta = a[e], tb = b[e];
        a[e] = a[f], b[e] = b[f], a[f] = ta, b[f] = tb;
    }
    make_reset(m, n);
    for (int32_t e = 0; e < count; e++) chance(&s, 2) ? make_edge(m, a[e], b[e]) : make_edge(m, b[e], a[e]);
    make_finish(m);
}

// ---- definitions

typedef struct sets { uint64_t set[200000]; int32_t n; } sets;

// Every simple cycle of a graph of at most 64 edges, from its lowest node, each direction once.
static void cycles_from(const made *m, const uint8_t *skip, int32_t root, int32_t v, uint64_t nodes, uint64_t edges, sets *out)
{
    for (int32_t k = m->start[v]; k < m->start[v + 1]; k++) {
        int32_t u = m->nbr[k];
        uint64_t bit = (uint64_t)1 << m->via[k];
        if ((edges & bit) || (skip && skip[m->via[k]])) continue;
        if (u == root && edges) {
            bool known = false;
            for (int32_t i = 0; i < out->n && !known; i++) known = out->set[i] == (edges | bit);
            if (!known) out->set[out->n++] = edges | bit;
            ck_assert_int_lt(out->n, 200000);
        } else if (u > root && !(nodes >> u & 1)) {
            cycles_from(m, skip, root, u, nodes | (uint64_t)1 << u, edges | bit, out);
        }
    }
}

static uint64_t reduced(const uint64_t *pivot, uint64_t v)
{
    while (v && pivot[__builtin_ctzll(v)]) v ^= pivot[__builtin_ctzll(v)];
    return v;
}

static void add_to(uint64_t *pivot, uint64_t v)
{
    v = reduced(pivot, v);
    if (v) pivot[__builtin_ctzll(v)] = v;
}

static uint64_t as_set(const cycle_set *c, int32_t r)
{
    uint64_t set = 0;
    for (int32_t k = c->start[r]; k < c->start[r + 1]; k++) set |= (uint64_t)1 << c->edge[k];
    return set;
}

static void must_be_normal(const graph *g, const cycle_set *c)
{
    for (int32_t r = 0; r < c->n; r++) {
        int32_t len = c->start[r + 1] - c->start[r];
        const int32_t *v = c->node + c->start[r], *e = c->edge + c->start[r];
        ck_assert_int_ge(len, 3);
        ck_assert_int_lt(v[1], v[len - 1]);
        ck_assert(!c->edge_set || (c->edge_set[r] == as_set(c, r) && set_size(c->node_set[r]) == len));
        for (int32_t k = 0; k < len; k++) {
            ck_assert(!c->node_set || c->node_set[r] >> v[k] & 1);
            if (k) ck_assert_int_gt(v[k], v[0]);
            int32_t a = v[k], b = v[k + 1 < len ? k + 1 : 0];
            ck_assert((g->begin[e[k]] == a && g->end[e[k]] == b) || (g->begin[e[k]] == b && g->end[e[k]] == a));
        }
    }
}

static sets found;

static void must_agree(const made *m, const uint8_t *skip)
{
    arena mem;
    arena_init(&mem);
    cycle_set relevant, basis, alone;
    ck_assert_int_eq(graph_cycles(&m->g, skip, &mem, &relevant, &basis), ARYL_OK);
    ck_assert_int_eq(graph_cycles(&m->g, skip, &mem, &alone, NULL), ARYL_OK);
    must_be_normal(&m->g, &relevant);
    must_be_normal(&m->g, &basis);
    ck_assert_int_eq(alone.n, relevant.n);
    must_be_normal(&m->g, &alone);                    // without a basis small graphs go another way
    for (int32_t r = 0; r < alone.n; r++) {
        int32_t times = 0;
        for (int32_t other = 0; other < relevant.n; other++) times += as_set(&relevant, other) == as_set(&alone, r);
        ck_assert_int_eq(times, 1);
    }

    found.n = 0;
    for (int32_t v = 0; v < m->g.n; v++) cycles_from(m, skip, v, v, (uint64_t)1 << v, 0, &found);
    uint64_t pivot[64] = {0};
    int32_t n_relevant = 0, rank = 0, weight = 0, basis_weight = 0;
    for (int32_t size = 3; size <= 64; size++) {
        uint64_t shorter[64];
        memcpy(shorter, pivot, sizeof pivot);
        for (int32_t i = 0; i < found.n; i++) {
            if (__builtin_popcountll(found.set[i]) != size || !reduced(shorter, found.set[i])) continue;
            n_relevant++;
            int32_t times = 0;
            for (int32_t r = 0; r < relevant.n; r++) times += as_set(&relevant, r) == found.set[i];
            ck_assert_int_eq(times, 1);
            if (reduced(pivot, found.set[i])) rank++, weight += size;
            add_to(pivot, found.set[i]);
        }
    }
    ck_assert_int_eq(relevant.n, n_relevant);
    ck_assert_int_eq(basis.n, rank);
    uint64_t own[64] = {0};
    for (int32_t r = 0; r < basis.n; r++) {
        ck_assert(reduced(own, as_set(&basis, r)) != 0);
        add_to(own, as_set(&basis, r));
        basis_weight += basis.start[r + 1] - basis.start[r];
    }
    ck_assert_int_eq(weight, basis_weight);
    arena_free(&mem);
}

START_TEST(cycles_of_random_graphs_are_the_relevant_ones)
{
    made m;
    for (uint32_t k = 0; k < 400; k++) {
        make_random(&m, (uint32_t)_i * 400 + k, _i % 2 ? 12 : 30);
        must_agree(&m, NULL);
    }
}
END_TEST

START_TEST(skipped_edges_are_not_there)
{
    made m;
    for (uint32_t k = 0; k < 200; k++) {
        make_random(&m, 90000 + k, 12);
        uint8_t skip[MAX_EDGES] = {0};
        for (int32_t e = 0; e < m.g.m; e += 3) skip[e] = 1;
        must_agree(&m, skip);
    }
}
END_TEST

// ---- shapes whose cycles are known

static void make_complete(made *m, int32_t n)
{
    make_reset(m, n);
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = a + 1; b < n; b++) make_edge(m, a, b);
    make_finish(m);
}

static void make_prism(made *m, int32_t n)
{
    make_reset(m, 2 * n);
    for (int32_t k = 0; k < n; k++) {
        make_edge(m, k, (k + 1) % n);
        make_edge(m, n + k, n + (k + 1) % n);
        make_edge(m, k, n + k);
    }
    make_finish(m);
}

// k six-rings joined at opposite corners into one large ring.
static void make_phenylenes(made *m, int32_t k)
{
    make_reset(m, 6 * k);
    for (int32_t u = 0; u < k; u++) {
        for (int32_t i = 0; i < 6; i++) make_edge(m, 6 * u + i, 6 * u + (i + 1) % 6);
        make_edge(m, 6 * u + 3, 6 * ((u + 1) % k));
    }
    make_finish(m);
}

static void make_sheet(made *m, int32_t side)
{
    make_reset(m, side * side);
    for (int32_t y = 0; y < side; y++)
        for (int32_t x = 0; x < side; x++) {
            if (x + 1 < side) make_edge(m, y * side + x, y * side + x + 1);
            if (y + 1 < side) make_edge(m, y * side + x, (y + 1) * side + x);
        }
    make_finish(m);
}

static void counts(const made *m, int32_t n_relevant, int32_t n_basis)
{
    arena mem;
    arena_init(&mem);
    cycle_set relevant, basis;
    ck_assert_int_eq(graph_cycles(&m->g, NULL, &mem, &relevant, &basis), ARYL_OK);
    must_be_normal(&m->g, &relevant);
    ck_assert_int_eq(relevant.n, n_relevant);
    ck_assert_int_eq(basis.n, n_basis);
    for (int32_t r = 1; r < basis.n; r++) {
        int32_t a = basis.start[r] - basis.start[r - 1], b = basis.start[r + 1] - basis.start[r];
        ck_assert_int_le(a, b);
        if (a == b) ck_assert(memcmp(basis.node + basis.start[r - 1], basis.node + basis.start[r], (size_t)a * sizeof(int32_t)));
    }
    arena_free(&mem);
}

START_TEST(every_triangle_of_a_complete_graph_is_relevant)
{
    made m;
    for (int32_t n = 3; n <= 12; n++) {
        make_complete(&m, n);
        counts(&m, n * (n - 1) * (n - 2) / 6, (n - 1) * (n - 2) / 2);
    }
}
END_TEST

START_TEST(cages_have_all_their_faces)
{
    made m;
    for (int32_t n = 3; n <= 40; n++) {
        make_prism(&m, n);
        // All faces are relevant, but each is a sum of the others.
        counts(&m, n + 2, n + 1);
        if (n <= 8) must_agree(&m, NULL);
    }
}
END_TEST

START_TEST(a_ring_of_k_phenylenes_has_two_to_the_k_large_cycles)
{
    made m;
    for (int32_t k = 2; k <= 12; k++) {
        make_phenylenes(&m, k);
        counts(&m, k + (1 << k), k + 1);
    }
}
END_TEST

START_TEST(a_sheet_has_its_squares)
{
    made m;
    for (int32_t side = 2; side <= 20; side++) {
        make_sheet(&m, side);
        counts(&m, (side - 1) * (side - 1), (side - 1) * (side - 1));
    }
}
END_TEST

START_TEST(the_basis_is_the_one_of_the_table)
{
    made m;
    int32_t n = 0;
    for (tsv t = tsv_open(data_path("graph/basis.tsv")); tsv_next(&t); n++) {
        char found[4000], *out = found;
        cycle_set relevant, basis;
        arena mem;
        tsv_need(&t, 3);
        make_reset(&m, MAX_NODES);
        int32_t last = 0;
        for (char *c = t.cell[0]; *c;) {
            int32_t a = (int32_t)strtol(c, &c, 10), b = (int32_t)strtol(c + 1, &c, 10);
            make_edge(&m, a, b);
            last = a > last ? a : last;
            last = b > last ? b : last;
            while (*c == ' ') c++;
        }
        m.g.n = last + 1;
        make_finish(&m);
        arena_init(&mem);
        ck_assert_int_eq(graph_cycles(&m.g, NULL, &mem, &relevant, &basis), ARYL_OK);
        ck_assert_int_eq(relevant.n, atoi(t.cell[1]));
        for (int32_t r = 0; r < basis.n; r++)
            for (int32_t k = basis.start[r]; k < basis.start[r + 1]; k++)
                out += sprintf(out, "%s%d", k > basis.start[r] ? "," : r ? ";" : "", (int)basis.node[k]);
        ck_assert_str_eq(found, t.cell[2]);
        arena_free(&mem);
    }
    ck_assert_int_ge(n, 80);
}
END_TEST

START_TEST(too_many_cycles_are_a_status)
{
    made m;
    make_phenylenes(&m, 40);
    arena mem;
    arena_init(&mem);
    mem.work = 1000000;
    cycle_set relevant;
    ck_assert_int_eq(graph_cycles(&m.g, NULL, &mem, &relevant, NULL), ARYL_E_LIMIT);
    arena_free(&mem);
}
END_TEST

static void distances_are_right(const made *m, const int16_t *length)
{
    static int32_t want[100][100];
    static int16_t have[100 * 100];
    int32_t n = m->g.n, part[100], n_parts, highest = -1;
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = 0; b < n; b++) want[a][b] = a == b ? 0 : GRAPH_FAR;
    for (int32_t e = 0; e < m->g.m; e++)
        if (!length || length[e]) want[m->begin[e]][m->end[e]] = want[m->end[e]][m->begin[e]] = length ? length[e] : 1;
    for (int32_t c = 0; c < n; c++)
        for (int32_t a = 0; a < n; a++)
            for (int32_t b = 0; b < n; b++)
                if (want[a][c] + want[c][b] < want[a][b]) want[a][b] = want[a][c] + want[c][b];
    arena mem;
    arena_init(&mem);
    ck_assert_int_eq(graph_distances(&m->g, length, &mem, have), ARYL_OK);
    ck_assert_int_eq(graph_components(&m->g, &mem, part, &n_parts), ARYL_OK);
    for (int32_t a = 0; a < n; a++) {
        for (int32_t b = 0; b < n; b++) {
            ck_assert_int_eq(have[a * n + b], want[a][b]);
            ck_assert(length || (part[a] == part[b]) == (want[a][b] != GRAPH_FAR));
        }
        ck_assert_int_le(part[a], highest + 1);
        if (part[a] > highest) highest = part[a];
    }
    ck_assert_int_eq(n_parts, highest + 1);
    arena_free(&mem);
}

START_TEST(distances_are_those_of_floyd_and_warshall)
{
    made m;
    int16_t length[MAX_EDGES];
    for (int32_t e = 0; e < MAX_EDGES; e++) length[e] = (int16_t)(e * 7 % 29 % 13);   // some of them 0
    for (uint32_t k = 0; k < 100; k++) {
        make_random(&m, 5000 + k, k % 2 ? 40 : 100);
        distances_are_right(&m, NULL);
        distances_are_right(&m, length);
    }
    // A ring of 60 with ever more spokes across, few and many edges beyond a tree.
    for (int32_t spokes = 0; spokes < 140; spokes += 4) {
        make_reset(&m, 60);
        for (int32_t v = 0; v < 60; v++) make_edge(&m, v, (v + 1) % 60);
        for (int32_t k = 0; k < spokes; k++) {
            int32_t a = k * 7 % 60, b = (k * 11 + k / 60) % 60;
            if (a != b && !joined(&m, a, b)) make_edge(&m, a, b);
        }
        make_finish(&m);
        distances_are_right(&m, NULL);
        distances_are_right(&m, length);
    }
}
END_TEST

// ---- connected sets of edges

typedef struct met { uint64_t set[100000]; int64_t n, of_chain[GRAPH_MOST_EDGES + 1]; const int32_t *name; } met;

static bool meet_set(void *ctx, const int32_t *edge, int32_t n)
{
    met *x = ctx;
    uint64_t set = 0;
    for (int32_t k = 0; k < n; k++)
        if (x->name[edge[k]] >= 0) set |= 1ull << x->name[edge[k]];
    if (!set) x->of_chain[n]++;
    else ck_assert_int_eq(__builtin_popcountll(set), n);
    ck_assert_int_lt(x->n, 100000);
    if (set) x->set[x->n++] = set;
    return true;
}

static bool connected(const made *m, uint64_t set)
{
    uint64_t reached = set & (0 - set), before = 0;
    while (reached != before) {
        before = reached;
        for (int32_t e = 0; e < m->g.m; e++)
            for (int32_t f = 0; f < m->g.m && set >> e & reached >> e & 1; f++)
                if (set >> f & 1 && (m->begin[e] == m->begin[f] || m->begin[e] == m->end[f] || m->end[e] == m->begin[f] || m->end[e] == m->end[f]))
                    reached |= 1ull << f;
    }
    return reached == set;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// A small graph's sets are found one by one; beside a chain that makes it large the same ones, in the same order.
START_TEST(sets_are_all_sets_and_a_large_graph_has_those_of_its_parts)
{
    static met alone, beside;
    static made small, large;
    enum { CHAIN = 600, MOST = 5 };
    for (uint32_t k = 0; k < 20; k++) {
        int32_t name[MAX_EDGES];
        uint8_t skip[MAX_EDGES] = {0}, skip_large[MAX_EDGES] = {0};
        uint32_t s = k;
        make_random(&small, 900 + k, 20);
        for (int32_t e = 0; e < small.g.m; e++) name[e] = e, skip[e] = k % 3 == 0 && chance(&s, 6) == 0;
        arena mem;
        arena_init(&mem);
        alone.n = beside.n = 0;
        alone.name = name;
        ck_assert_int_eq(graph_subgraphs(&small.g, skip, MOST, &mem, meet_set, &alone), ARYL_OK);
        for (int64_t i = 0; i < alone.n; i++) ck_assert(connected(&small, alone.set[i]));

        make_reset(&large, small.g.n + CHAIN + 1);
        for (int32_t e = 0, c = 0; e < small.g.m || c < CHAIN;) {
            bool chain = e == small.g.m || (c < CHAIN && chance(&s, 20));
            name[large.g.m] = chain ? -1 : e;
            skip_large[large.g.m] = chain ? 0 : skip[e];
            if (chain) make_edge(&large, small.g.n + c, small.g.n + c + 1), c++;
            else make_edge(&large, small.begin[e], small.end[e]), e++;
        }
        make_finish(&large);
        memset(beside.of_chain, 0, sizeof beside.of_chain);
        beside.name = name;
        ck_assert_int_eq(graph_subgraphs(&large.g, skip_large, MOST, &mem, meet_set, &beside), ARYL_OK);
        for (int32_t n = 1; n <= MOST; n++) ck_assert_int_eq(beside.of_chain[n], CHAIN - n + 1);
        ck_assert_int_eq(beside.n, alone.n);
        ck_assert_mem_eq(beside.set, alone.set, (size_t)alone.n * sizeof *alone.set);

        qsort(alone.set, (size_t)alone.n, sizeof *alone.set, by_value);
        for (int64_t i = 1; i < alone.n; i++) ck_assert(alone.set[i] != alone.set[i - 1]);
        int64_t pairs = 0, found = 0;
        for (int32_t e = 0; e < small.g.m; e++)
            for (int32_t f = e + 1; f < small.g.m; f++) pairs += !skip[e] && !skip[f] && connected(&small, 1ull << e | 1ull << f);
        for (int64_t i = 0; i < alone.n; i++) found += __builtin_popcountll(alone.set[i]) == 2;
        ck_assert_int_eq(found, pairs);
        arena_free(&mem);
    }
}
END_TEST

static bool pass(void *ctx, const int32_t *edge, int32_t n)
{
    (void)edge, (void)n;
    ++*(int64_t *)ctx;
    return true;
}

START_TEST(sets_around_a_hub_end_with_the_allowance)
{
    static made m;
    for (int32_t n = 60; n <= 600; n += 540) {
        make_reset(&m, n + 1);
        for (int32_t v = 1; v <= n; v++) make_edge(&m, 0, v);
        make_finish(&m);
        arena mem;
        arena_init(&mem);
        mem.work = 1000000;
        int64_t visits = 0;
        ck_assert_int_eq(graph_subgraphs(&m.g, NULL, 8, &mem, pass, &visits), ARYL_E_LIMIT);
        ck_assert_int_gt(visits, 0);
        ck_assert_int_le(visits, 1000000);
        arena_free(&mem);
    }
}
END_TEST

static int32_t neighbours(const void *ctx, int32_t v, const int32_t *colour, uint64_t *out)
{
    const graph *g = ctx;
    int32_t n = 0;
    for (int32_t k = g->start[v]; k < g->start[v + 1]; k++) {
        int32_t i = n++;
        for (; i && out[i - 1] > (uint64_t)colour[g->nbr[k]]; i--) out[i] = out[i - 1];
        out[i] = (uint64_t)colour[g->nbr[k]];
    }
    return n;
}

// One round as the definition has it: (colour, view) of all nodes, dense.
static void plain_round(const graph *g, int32_t *colour)
{
    static uint64_t view[MAX_NODES][64];
    int32_t n_view[MAX_NODES], next[MAX_NODES];
    for (int32_t v = 0; v < g->n; v++) n_view[v] = neighbours(g, v, colour, view[v]);
    for (int32_t v = 0; v < g->n; v++) {
        bool counted[MAX_NODES] = {false};
        next[v] = 0;
        for (int32_t u = 0; u < g->n; u++) {      // distinct smaller ones
            int32_t below = colour[u] - colour[v];
            for (int32_t k = 0; !below && (k < n_view[u] || k < n_view[v]); k++)
                below = k == n_view[u] ? -1 : k == n_view[v] ? 1 : (view[u][k] > view[v][k]) - (view[u][k] < view[v][k]);
            if (below >= 0) continue;
            bool known = false;
            for (int32_t w = 0; w < u && !known; w++)
                known = counted[w] && colour[w] == colour[u] && n_view[w] == n_view[u] &&
                        !memcmp(view[w], view[u], (size_t)n_view[u] * sizeof(uint64_t));
            counted[u] = true;
            next[v] += !known;
        }
    }
    memcpy(colour, next, (size_t)g->n * sizeof *next);
}

// The same without a 0.
enum { BITS = 7 };
static int32_t neighbours_from_one(const void *ctx, int32_t v, const int32_t *colour, uint64_t *out)
{
    int32_t n = neighbours(ctx, v, colour, out);
    for (int32_t k = 0; k < n; k++) out[k]++;
    return n;
}

START_TEST(refined_colours_are_those_of_the_definition)
{
    made m;
    int32_t by_words = 0;
    for (uint32_t k = 0; k < 60; k++) {
        make_random(&m, 7000 + k, 40);
        int32_t have[MAX_NODES], want[MAX_NODES], n = m.g.n, rounds = (int32_t)(k % 4 ? k % 4 : 1000);
        uint64_t key[MAX_NODES];
        for (int32_t v = 0; v < n; v++) key[v] = k % 3 ? 7 : (uint64_t)(v % 3);
        arena mem;
        arena_init(&mem);
        ck_assert_int_eq(graph_refine(&m.g, key, neighbours, NULL, &m.g, 0, rounds, &mem, have), ARYL_OK);
        for (int32_t v = 0; v < n; v++) want[v] = k % 3 ? 0 : v % 3;
        for (int32_t round = 0; round < rounds && round < n; round++) plain_round(&m.g, want);
        for (int32_t v = 0; v < n; v++) ck_assert_int_eq(have[v], want[v]);
        ck_assert_int_eq(graph_refine(&m.g, key, neighbours_from_one, NULL, &m.g, BITS, rounds, &mem, have), ARYL_OK);
        for (int32_t v = 0; v < n; v++) ck_assert_int_eq(have[v], want[v]);
        by_words += refine_by_words(&m.g, key, neighbours_from_one, NULL, &m.g, BITS, rounds, have);
        arena_free(&mem);
    }
    ck_assert_int_gt(by_words, 20);
    ck_assert_int_lt(by_words, 60);
}
END_TEST

static bool first_and_last_differ(const void *ctx, const int32_t *colour)
{
    const graph *g = ctx;
    return colour[0] != colour[g->n - 1];
}

START_TEST(refinement_that_is_done_early_tells_apart_in_the_same_order)
{
    made m;
    int32_t n_early = 0;
    for (uint32_t k = 0; k < 120; k++) {
        make_random(&m, 7000 + k / 2, 40);
        int32_t have[MAX_NODES], want[MAX_NODES], n = m.g.n, colours[2] = {0, 0};
        uint64_t key[MAX_NODES];
        for (int32_t v = 0; v < n; v++) key[v] = 7;
        arena mem;
        arena_init(&mem);
        refine_view view = k % 2 ? neighbours_from_one : neighbours;
        int32_t bits = k % 2 ? BITS : 0;
        ck_assert_int_eq(graph_refine(&m.g, key, view, NULL, &m.g, bits, n, &mem, want), ARYL_OK);
        ck_assert_int_eq(graph_refine(&m.g, key, view, first_and_last_differ, &m.g, bits, n, &mem, have), ARYL_OK);
        ck_assert_int_eq(have[0] < have[n - 1], want[0] < want[n - 1]);
        ck_assert_int_eq(have[0] > have[n - 1], want[0] > want[n - 1]);
        for (int32_t v = 0; v < n; v++) {
            if (want[0] == want[n - 1]) ck_assert_int_eq(have[v], want[v]);
            if (have[v] > colours[0]) colours[0] = have[v];
            if (want[v] > colours[1]) colours[1] = want[v];
        }
        n_early += colours[0] < colours[1];
        arena_free(&mem);
    }
    ck_assert_int_gt(n_early, 10);
}
END_TEST

// Ties by definition: an edge, or two ties of a node eliminated before.
START_TEST(eliminating_ties_what_elimination_ties)
{
    enum { N = 90 };
    static made m;
    static bool tied[N][N];
    arena mem;
    arena_init(&mem);
    make_random(&m, (uint32_t)_i, N);
    const graph *g = &m.g;
    graph_elimination e;
    ck_assert_int_eq(graph_eliminate(g, &mem, &e), ARYL_OK);
    memset(tied, 0, sizeof tied);
    for (int32_t v = 0; v < g->n; v++) ck_assert_int_eq(e.node[e.place[v]], v);
    for (int32_t b = 0; b < g->m; b++) {
        int32_t x = e.place[g->begin[b]], y = e.place[g->end[b]];
        tied[x][y] = tied[y][x] = true;
    }
    const int32_t *target = e.target;
    for (int32_t p = g->n - 1; p >= 0; p--) {
        int32_t k = e.start[p], end = e.start[p + 1];
        for (int32_t q = p - 1; q >= 0; q--)
            if (tied[p][q]) ck_assert(k < end && e.tie[k++] == q);
        ck_assert_int_eq(k, end);
        for (k = e.start[p]; k < end; k++)
            for (int32_t j = k + 1; j < end; j++) {
                int32_t at = *target++, x = e.tie[k], y = e.tie[j];
                ck_assert(at >= e.start[x] && at < e.start[x + 1] && e.tie[at] == y);
                tied[x][y] = tied[y][x] = true;
            }
    }
    ck_assert_int_eq(target - e.target, e.n_pairs);
    arena_free(&mem);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("graph");
    TCase *t = tcase_create("graph");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, cycles_of_random_graphs_are_the_relevant_ones, 0, 8);
    tcase_add_test(t, skipped_edges_are_not_there);
    tcase_add_test(t, every_triangle_of_a_complete_graph_is_relevant);
    tcase_add_test(t, cages_have_all_their_faces);
    tcase_add_test(t, a_ring_of_k_phenylenes_has_two_to_the_k_large_cycles);
    tcase_add_test(t, a_sheet_has_its_squares);
    tcase_add_test(t, the_basis_is_the_one_of_the_table);
    tcase_add_test(t, too_many_cycles_are_a_status);
    tcase_add_test(t, distances_are_those_of_floyd_and_warshall);
    tcase_add_test(t, sets_are_all_sets_and_a_large_graph_has_those_of_its_parts);
    tcase_add_test(t, sets_around_a_hub_end_with_the_allowance);
    tcase_add_test(t, refined_colours_are_those_of_the_definition);
    tcase_add_test(t, refinement_that_is_done_early_tells_apart_in_the_same_order);
    tcase_add_loop_test(t, eliminating_ties_what_elimination_ties, 0, 200);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
