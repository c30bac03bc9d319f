// cycles.c - relevant cycles and the minimum cycle basis, block by block.
//
// A depth-first walk yields the blocks (2-connected parts). A block that is one cycle comes out of the walk in order.
// A small block with few independent cycles is treated as a vector space: all sums of its fundamental cycles are formed
// and weighed. All others, and the basis where it is not unique, are left to families.c.
#include "graph/graph.h"

// ---- rings on their way out

static bool make_room(ring_list *l, int32_t len)
{
    int64_t need = (int64_t)l->used + 1 + 2 * (int64_t)len;
    if (need <= l->cap) return true;
    if (need > INT32_MAX / 2) return false;
    int32_t cap = l->cap;
    while (cap < need) cap *= 2;
    int32_t *item = arena_grow(l->mem, l->item, (size_t)l->used, (size_t)cap, sizeof *item);
    if (!item) return false;
    l->item = item;
    l->cap = cap;
    return true;
}

aryl_status ring_add(ring_list *l, const int32_t *node, const int32_t *edge, int32_t len)
{
    if (!make_room(l, len)) return l->used > INT32_MAX / 4 ? ARYL_E_LIMIT : ARYL_E_NOMEM;
    int32_t low = 0;
    for (int32_t k = 1; k < len; k++)
        if (node[k] < node[low]) low = k;
    int32_t after = low + 1 < len ? low + 1 : 0, before = low ? low - 1 : len - 1;
    int32_t *out = l->item + l->used;
    *out++ = len;
    if (node[after] < node[before]) {
        for (int32_t k = low, i = 0; i < len; i++, k = k + 1 < len ? k + 1 : 0) {
            out[i] = node[k];
            out[len + i] = edge[k];
        }
    } else {
        for (int32_t k = low, i = 0; i < len; i++) {
            out[i] = node[k];
            k = k ? k - 1 : len - 1;
            out[len + i] = edge[k];
        }
    }
    l->used += 1 + 2 * len;
    l->nodes += len;
    l->n++;
    return ARYL_OK;
}

static aryl_status unpack(const ring_list *l, const int32_t *const *order, arena *mem, cycle_set *out)
{
    out->n = l->n;
    out->node_set = out->edge_set = NULL;
    out->start = arena_new(mem, int32_t, l->n + 1);
    out->node = arena_new(mem, int32_t, l->nodes);
    out->edge = arena_new(mem, int32_t, l->nodes);
    if (!out->start || !out->node || !out->edge) return ARYL_E_NOMEM;
    const int32_t *item = l->item;
    int32_t at = 0;
    for (int32_t c = 0; c < l->n; c++) {
        const int32_t *ring = order ? order[c] : item;
        int32_t len = *ring;
        item = ring + 1 + 2 * len;
        out->start[c] = at;
        for (int32_t k = 0; k < len; k++) {
            out->node[at + k] = ring[1 + k];
            out->edge[at + k] = ring[1 + len + k];
        }
        at += len;
    }
    out->start[l->n] = at;
    return ARYL_OK;
}

static bool ring_before(const int32_t *a, const int32_t *b)
{
    for (int32_t k = 0; k <= *a; k++)          // the length stands before the nodes
        if (a[k] != b[k]) return a[k] < b[k];
    return false;
}

// The rings of a list by (size, nodes): merge sort, bottom up.
static aryl_status sort_rings(const ring_list *l, arena *mem, const int32_t *const **order)
{
    const int32_t **from = arena_new(mem, const int32_t *, l->n), **to = arena_new(mem, const int32_t *, l->n);
    if (!from || !to) return ARYL_E_NOMEM;
    const int32_t *item = l->item;
    for (int32_t c = 0; c < l->n; c++, item += 1 + 2 * *item) from[c] = item;
    for (int64_t width = 1; width < l->n; width *= 2) {
        for (int64_t at = 0; at < l->n; at += 2 * width) {
            int64_t mid = at + width < l->n ? at + width : l->n, end = mid + width < l->n ? mid + width : l->n;
            for (int64_t i = at, j = mid, k = at; k < end; k++)
                to[k] = j == end || (i < mid && !ring_before(from[j], from[i])) ? from[i++] : from[j++];
        }
        const int32_t **swap = from;
        from = to;
        to = swap;
    }
    *order = from;
    return ARYL_OK;
}

// ---- blocks with few independent cycles

enum { FEW = 6 };   // 2^FEW sums and one word for their span

static inline int32_t bit_count(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int32_t)((x * 0x0101010101010101u) >> 56);
}

// A block of at most 64 edges, numbered as the walk met them, and its nodes, the root and then the far end of each
// tree edge.
typedef struct small_block {
    int32_t n_edges, n_cycles;
    const int32_t *edge;
    uint64_t cycle[FEW];           // fundamental cycles as edge sets
    uint64_t at[64];               // edges at each node
    int32_t node[64];
    uint8_t a[64], b[64];          // ends of each edge
} small_block;

static aryl_status add_small(const small_block *s, uint64_t set, ring_list *out)
{
    int32_t node[64], edge[64], len = 0;
    int32_t first = __builtin_ctzll(set), e = first, v = s->a[first];
    do {
        node[len] = s->node[v];
        edge[len++] = s->edge[e];
        v ^= s->a[e] ^ s->b[e];
        e = __builtin_ctzll(s->at[v] & set & ~((uint64_t)1 << e));
    } while (e != first);
    return ring_add(out, node, edge, len);
}

// The span of what `span` holds and one more vector: bit x says that the sum numbered x is in it.
static uint64_t span_with(uint64_t span, int32_t vector)
{
    static const uint64_t low[FEW] = {0x5555555555555555u, 0x3333333333333333u, 0x0F0F0F0F0F0F0F0Fu,
                                      0x00FF00FF00FF00FFu, 0x0000FFFF0000FFFFu, 0x00000000FFFFFFFFu};
    uint64_t moved = span;
    for (int32_t k = 0; k < FEW; k++)
        if (vector >> k & 1) moved = (moved & low[k]) << (1 << k) | (moved >> (1 << k) & low[k]);
    return span | moved;
}

static aryl_status small_cycles(const small_block *s, ring_list *out)
{
    int32_t n = 1 << s->n_cycles, rank = 0;
    uint64_t sum[1 << FEW], span = 1;
    uint8_t count[66] = {0}, order[1 << FEW], weight[1 << FEW];
    sum[0] = 0;
    for (int32_t i = 1; i < n; i++) {
        sum[i] = sum[i & (i - 1)] ^ s->cycle[__builtin_ctz((unsigned)i)];
        weight[i] = (uint8_t)bit_count(sum[i]);
        count[weight[i] + 1]++;
    }
    for (int32_t w = 1; w < 66; w++) count[w] += count[w - 1];
    for (int32_t i = 1; i < n; i++) order[count[weight[i]]++] = (uint8_t)i;
    for (int32_t k = 0; k < n - 1 && rank < s->n_cycles;) {
        uint64_t shorter = span;
        for (int32_t w = weight[order[k]]; k < n - 1 && weight[order[k]] == w; k++) {
            if (shorter >> order[k] & 1) continue;
            TRY(add_small(s, sum[order[k]], out));
            if (span >> order[k] & 1) continue;
            span = span_with(span, order[k]);
            rank++;
        }
    }
    return ARYL_OK;
}

// ---- the walk

typedef struct walk {
    const graph *g;
    const uint8_t *skip;
    arena *mem;
    int32_t *num, *low, *cursor, *enter;   // per node: when met, lowest met that it reaches, next neighbour, edge in
    int32_t *edge, *from;                  // edges not yet in a block, and the end each was met at
    int32_t *local;                        // per node: number in its small block
    ring_list *relevant, *basis;           // basis may be NULL
} walk;

static int32_t far_end(const graph *g, int32_t e, int32_t v) { return g->begin[e] ^ g->end[e] ^ v; }

static void describe(const walk *w, const int32_t *edge, const int32_t *from, int32_t n, small_block *s)
{
    uint64_t up[64];   // tree edges between a node and the root
    int32_t n_nodes = 1;
    s->n_edges = n;
    s->edge = edge;
    s->n_cycles = 0;
    s->node[0] = from[0];
    s->at[0] = 0;
    up[0] = 0;
    w->local[from[0]] = 0;
    for (int32_t k = 0; k < n; k++) {
        int32_t far = far_end(w->g, edge[k], from[k]), a = w->local[from[k]], b;
        uint64_t bit = (uint64_t)1 << k;
        if (w->enter[far] == edge[k]) {
            b = n_nodes++;
            w->local[far] = b;
            s->node[b] = far;
            s->at[b] = 0;
            up[b] = up[a] | bit;
        } else {
            b = w->local[far];
            s->cycle[s->n_cycles++] = up[a] ^ up[b] ^ bit;
        }
        s->a[k] = (uint8_t)a;
        s->b[k] = (uint8_t)b;
        s->at[a] |= bit;
        s->at[b] |= bit;
    }
}

// edge[n]: the edges of a block as the walk met them. Tree edges lead to a node that is new.
static aryl_status finish_block(const walk *w, const int32_t *edge, const int32_t *from, int32_t n)
{
    int32_t n_cycles = 0;
    for (int32_t k = 0; k < n; k++) n_cycles += w->enter[far_end(w->g, edge[k], from[k])] != edge[k];
    if (n_cycles == 1) {
        if (w->basis) TRY(ring_add(w->basis, from, edge, n));
        return ring_add(w->relevant, from, edge, n);
    }
    ring_list *families = w->relevant;
    if (n <= 64 && n_cycles <= FEW) {
        small_block s;
        describe(w, edge, from, n, &s);
        int32_t before = w->relevant->n;
        TRY(small_cycles(&s, w->relevant));
        if (!w->basis) return ARYL_OK;
        if (w->relevant->n - before == n_cycles) return small_cycles(&s, w->basis);
        families = NULL;
    }
    arena_mark here = arena_save(w->mem);
    int32_t mark_relevant = w->relevant->cap, mark_basis = w->basis ? w->basis->cap : 0;
    aryl_status s = cycle_families(w->g, edge, n, n_cycles, w->mem, families, w->basis);
    if (w->relevant->cap == mark_relevant && (!w->basis || w->basis->cap == mark_basis)) arena_restore(w->mem, here);
    return s;
}

static aryl_status find_blocks(walk *w)
{
    const graph *g = w->g;
    int32_t met = 0, waiting = 0;
    memset(w->num, 0, (size_t)g->n * sizeof *w->num);
    for (int32_t root = 0; root < g->n; root++) {
        if (w->num[root]) continue;
        int32_t v = root;
        w->enter[v] = -1;
        w->num[v] = w->low[v] = ++met;
        w->cursor[v] = g->start[v];
        for (;;) {
            if (w->cursor[v] < g->start[v + 1]) {
                int32_t k = w->cursor[v]++, e = g->via[k], far = g->nbr[k];
                if (e == w->enter[v] || (w->skip && w->skip[e])) continue;
                if (w->num[far] > w->num[v]) continue;   // met from the other end before
                w->edge[waiting] = e;
                w->from[waiting++] = v;
                if (w->num[far]) {
                    if (w->num[far] < w->low[v]) w->low[v] = w->num[far];
                    continue;
                }
                w->enter[far] = e;
                w->num[far] = w->low[far] = ++met;
                w->cursor[far] = g->start[far];
                v = far;
                continue;
            }
            int32_t in = w->enter[v];
            if (in < 0) break;
            int32_t parent = far_end(g, in, v);
            if (w->low[v] < w->low[parent]) w->low[parent] = w->low[v];
            if (w->low[v] >= w->num[parent]) {
                int32_t first = waiting - 1;
                while (w->edge[first] != in) first--;
                if (waiting - first > 1)
                    TRY(finish_block(w, w->edge + first, w->from + first, waiting - first));
                waiting = first;
            }
            v = parent;
        }
    }
    return ARYL_OK;
}

static aryl_status add_sets(const graph *g, arena *mem, cycle_set *c)
{
    if (g->n > 64 || g->m > 64) return ARYL_OK;
    c->node_set = arena_zero(mem, uint64_t, 2 * (int64_t)c->n);
    if (!c->node_set) return ARYL_E_NOMEM;
    c->edge_set = c->node_set + c->n;
    for (int32_t r = 0; r < c->n; r++)
        for (int32_t k = c->start[r]; k < c->start[r + 1]; k++) {
            c->node_set[r] |= set_of(c->node[k]);
            c->edge_set[r] |= set_of(c->edge[k]);
        }
    return ARYL_OK;
}

aryl_status graph_cycles(const graph *g, const uint8_t *skip, arena *mem, cycle_set *relevant, cycle_set *basis)
{
    bool done = false;
    if (!basis) TRY(graph_small_cycles(g, skip, mem, relevant, &done));
    if (done) return ARYL_OK;
    int32_t room[2][ROOM];   // enough for nearly everything, so that results are all that is left in mem
    ring_list all = {.mem = mem, .item = room[0], .cap = ROOM}, some = {.mem = mem, .item = room[1], .cap = ROOM};
    arena_mark here = arena_save(mem);
    walk w = {.g = g, .skip = skip, .mem = mem, .relevant = &all, .basis = basis ? &some : NULL};
    int32_t *block = arena_new(mem, int32_t, 5 * (size_t)g->n + 2 * (size_t)g->m);
    if (!block) return ARYL_E_NOMEM;
    w.num = block;
    w.low = w.num + g->n;
    w.cursor = w.low + g->n;
    w.enter = w.cursor + g->n;
    w.local = w.enter + g->n;
    w.edge = w.local + g->n;
    w.from = w.edge + g->m;
    TRY(find_blocks(&w));
    if (all.item == room[0] && some.item == room[1]) arena_restore(mem, here);
    TRY(unpack(&all, NULL, mem, relevant));
    TRY(add_sets(g, mem, relevant));
    if (!basis) return ARYL_OK;
    const int32_t *const *order;
    TRY(sort_rings(&some, mem, &order));
    return unpack(&some, order, mem, basis);
}
