// families.c - relevant cycles of a block of any size, by families.
// Vismara, Electron. J. Combin. 1997, 4, R9, doi:10.37236/1294: each relevant cycle has a highest node r and one or two
// nodes farthest from it; cycles that differ only in the shortest paths between those are a family and are relevant
// together, so that one member of each, its prototype, is enough to decide.
//
// The order of families decides which of several equal cycles enter the basis, and follows RDKit: nodes are numbered
// as the block's edges, in ascending order, name them; "higher" means (degree in the block, number).
//
// Families are made in windows of length, so that in a large sheet of small rings no search goes far.
#include "graph/graph.h"

typedef struct family {
    int64_t n_paths;               // members, saturated
    int64_t edges;                 // place of the prototype's edges in the pool, in walking order from r
    int32_t len, r, p, z, y;       // y = -1: odd, p and z are joined by `join`
    int32_t join;
    bool relevant;
} family;

typedef struct block {
    arena *mem;
    int32_t n, m, need;            // nodes, edges, independent cycles
    int32_t *start, *nbr, *via;    // neighbours, via[] numbers the block's own edges
    int32_t *node;                 // in the graph
    const int32_t *edge;           // in the graph, ascending
    int64_t *height;               // the order of nodes
    // what is known from the present r
    int32_t *dist, *queue;
    int32_t *dist_low, *enter, *from, *branch;   // through lower nodes: distance, edge and node towards r, first step
    int64_t *paths;                // shortest paths to r through lower nodes; 0 where those are not shortest at all
    uint64_t *inside;              // nodes with paths, as bits
    int32_t n_reached, n_low, *queue_low;
    family *fam;
    int64_t n_fam, cap_fam;
    int32_t *pool;                 // prototypes
    int64_t n_pool, cap_pool;
} block;

// Heap sort: the order in which the walk met the edges may be anything.
static void sort_edges(int32_t *edge, int32_t n)
{
    for (int32_t size = n, build = n / 2; size > 1;) {
        int32_t x, at;
        if (build) {
            x = edge[at = --build];
        } else {
            x = edge[--size];
            edge[size] = edge[at = 0];
        }
        for (int32_t child; (child = 2 * at + 1) < size; at = child) {
            if (child + 1 < size && edge[child + 1] > edge[child]) child++;
            if (edge[child] <= x) break;
            edge[at] = edge[child];
        }
        edge[at] = x;
    }
}

// number: per node of the graph, its number in the block.
static void number_block(block *b, const graph *g, const int32_t *edge, int32_t *number)
{
    int32_t n = 0, m = b->m;
    for (int32_t k = 0; k < m; k++) number[g->begin[edge[k]]] = number[g->end[edge[k]]] = -1;
    for (int32_t k = 0; k < m; k++) {
        int32_t x = g->begin[edge[k]], y = g->end[edge[k]], lo = x < y ? x : y, hi = x ^ y ^ lo;
        if (number[lo] < 0) b->node[n] = lo, number[lo] = n++;
        if (number[hi] < 0) b->node[n] = hi, number[hi] = n++;
    }
    memset(b->start, 0, ((size_t)n + 1) * sizeof *b->start);
    for (int32_t k = 0; k < m; k++) {
        b->start[number[g->begin[edge[k]]] + 1]++;
        b->start[number[g->end[edge[k]]] + 1]++;
    }
    for (int32_t v = 0; v < n; v++) {
        b->height[v] = (int64_t)b->start[v + 1] * n + v;
        b->start[v + 1] += b->start[v];
    }
    int32_t *fill = b->queue;
    memcpy(fill, b->start, (size_t)n * sizeof *fill);
    for (int32_t k = 0; k < m; k++) {
        int32_t x = number[g->begin[edge[k]]], y = number[g->end[edge[k]]];
        b->nbr[fill[x]] = y;
        b->via[fill[x]++] = k;
        b->nbr[fill[y]] = x;
        b->via[fill[y]++] = k;
    }
    for (int32_t v = 0; v < n; v++) b->dist[v] = b->dist_low[v] = -1;
}

// ---- one centre

static void forget(block *b)
{
    for (int32_t k = 0; k < b->n_reached; k++) b->dist[b->queue[k]] = -1;
    for (int32_t k = 0; k < b->n_low; k++) {
        int32_t v = b->queue_low[k];
        b->dist_low[v] = -1;
        b->paths[v] = 0;
        b->inside[v / 64] &= ~((uint64_t)1 << v % 64);
    }
}

// Distances from r, and the nodes that lower nodes alone reach by shortest paths, as far as `reach`.
static aryl_status look_from(block *b, int32_t r, int32_t reach)
{
    forget(b);
    int32_t *q = b->queue, n = 0;
    b->dist[r] = 0;
    q[n++] = r;
    int64_t steps = 0;
    for (int32_t k = 0; k < n; k++) {
        int32_t v = q[k];
        if (b->dist[v] == reach) break;
        steps += b->start[v + 1] - b->start[v];
        for (int32_t i = b->start[v]; i < b->start[v + 1]; i++) {
            int32_t u = b->nbr[i];
            if (b->dist[u] >= 0) continue;
            b->dist[u] = b->dist[v] + 1;
            q[n++] = u;
        }
    }
    b->n_reached = n;
    q = b->queue_low;
    n = 0;
    b->dist_low[r] = 0;
    b->paths[r] = 1;
    q[n++] = r;
    for (int32_t k = 0; k < n; k++) {
        int32_t v = q[k];
        if (b->dist_low[v] == reach) break;
        for (int32_t i = b->start[v]; i < b->start[v + 1]; i++) {
            int32_t u = b->nbr[i];
            if (b->height[u] >= b->height[r]) continue;
            if (b->dist_low[u] < 0) {
                b->dist_low[u] = b->dist_low[v] + 1;
                b->enter[u] = b->via[i];
                b->from[u] = v;
                b->branch[u] = v == r ? u : b->branch[v];
                b->paths[u] = 0;
                q[n++] = u;
                if (b->dist_low[u] == b->dist[u]) b->inside[u / 64] |= (uint64_t)1 << u % 64;
            }
            // A node counts the paths of those before it in the walk; those off the shortest way have none to give.
            if (b->dist[u] == b->dist[v] + 1 && b->dist_low[u] == b->dist[u] && b->paths[v]) {
                int64_t sum;
                if (__builtin_add_overflow(b->paths[u], b->paths[v], &sum)) sum = INT64_MAX;
                b->paths[u] = sum;
            }
        }
    }
    b->n_low = n;
    return arena_work(b->mem, 2 * steps + n) ? ARYL_OK : ARYL_E_LIMIT;
}

static bool in_reach(const block *b, int32_t v) { return b->inside[v / 64] >> v % 64 & 1; }

static aryl_status keep(block *b, int32_t r, int32_t p, int32_t p_edge, int32_t z, int32_t z_edge, int32_t y, int32_t len)
{
    if (!arena_work(b->mem, len + 32)) return ARYL_E_LIMIT;   // also for the memory it takes
    if (b->n_fam == b->cap_fam) {
        family *f = arena_grow(b->mem, b->fam, (size_t)b->n_fam, 2 * (size_t)b->cap_fam, sizeof *f);
        if (!f) return ARYL_E_NOMEM;
        b->fam = f;
        b->cap_fam *= 2;
    }
    if (b->n_pool + len > b->cap_pool) {
        int64_t cap = 2 * b->cap_pool + len;
        int32_t *pool = arena_grow(b->mem, b->pool, (size_t)b->n_pool, (size_t)cap, sizeof *pool);
        if (!pool) return ARYL_E_NOMEM;
        b->pool = pool;
        b->cap_pool = cap;
    }
    family *f = &b->fam[b->n_fam++];
    *f = (family){.edges = b->n_pool, .len = len, .r = r, .p = p, .z = z, .y = y, .join = p_edge};
    if (__builtin_mul_overflow(b->paths[p], b->paths[z], &f->n_paths)) f->n_paths = INT64_MAX;
    int32_t *out = b->pool + b->n_pool, at = b->dist[p];
    for (int32_t v = p; v != r; v = b->from[v]) out[--at] = b->enter[v];
    at = b->dist[p];
    out[at++] = p_edge;
    if (y >= 0) out[at++] = z_edge;
    for (int32_t v = z; v != r; v = b->from[v]) out[at++] = b->enter[v];
    b->n_pool += len;
    return ARYL_OK;
}

// Families whose highest node is r, with lengths in [least, most].
static aryl_status families_of(block *b, int32_t r, int32_t least, int32_t most)
{
    TRY(look_from(b, r, most / 2));
    int32_t first = b->n, last = -1;
    for (int32_t k = 1; k < b->n_low; k++) {
        int32_t v = b->queue_low[k];
        if (v < first) first = v;
        if (v > last) last = v;
    }
    for (int32_t word = first / 64; last >= 0 && word <= last / 64; word++) {
        for (uint64_t rest = b->inside[word]; rest; rest &= rest - 1) {
            int32_t y = word * 64 + __builtin_ctzll(rest), d = b->dist[y];
            if (2 * d + 1 < least) continue;
            for (int32_t i = b->start[y]; i < b->start[y + 1]; i++) {
                int32_t z = b->nbr[i];
                if (!in_reach(b, z) || b->dist[z] != d || b->height[z] >= b->height[y]) continue;
                if (b->branch[y] == b->branch[z] || 2 * d + 1 > most) continue;
                TRY(keep(b, r, y, b->via[i], z, -1, -1, 2 * d + 1));
            }
            if (2 * d < least || 2 * d > most) continue;
            for (int32_t i = b->start[y]; i < b->start[y + 1]; i++) {
                int32_t p = b->nbr[i];
                if (!in_reach(b, p) || b->dist[p] + 1 != d) continue;
                for (int32_t j = i + 1; j < b->start[y + 1]; j++) {
                    int32_t z = b->nbr[j];
                    if (!in_reach(b, z) || b->dist[z] + 1 != d || b->branch[p] == b->branch[z]) continue;
                    TRY(keep(b, r, p, b->via[i], z, b->via[j], y, 2 * d));
                }
            }
        }
    }
    return ARYL_OK;
}

// ---- linear algebra over GF(2)

typedef struct span {
    arena *mem;
    int32_t words, rank;
    uint64_t *row;                 // [need][words]
    int32_t *pivot;                // per edge: the row whose lowest edge it is, -1
} span;

// Takes out of v what the span explains. Returns the lowest edge left, -1 when nothing is.
static aryl_status reduce(const span *s, uint64_t *v, int32_t *left)
{
    for (int32_t w = 0; w < s->words; w++) {
        while (v[w]) {
            int32_t bit = w * 64 + __builtin_ctzll(v[w]), row = s->pivot[bit];
            if (row < 0) {
                *left = bit;
                return ARYL_OK;
            }
            const uint64_t *x = s->row + (size_t)row * (size_t)s->words;
            for (int32_t k = w; k < s->words; k++) v[k] ^= x[k];
            if (!arena_work(s->mem, s->words - w)) return ARYL_E_LIMIT;
        }
    }
    *left = -1;
    return ARYL_OK;
}

static void as_bits(const block *b, const family *f, uint64_t *v, int32_t words)
{
    memset(v, 0, (size_t)words * sizeof *v);
    for (int32_t k = 0; k < f->len; k++) {
        int32_t e = b->pool[f->edges + k];
        v[e / 64] ^= (uint64_t)1 << e % 64;
    }
}

// ---- cycles of a family

// A path to r, found again and again by depth-first search through nodes nearer to r.
typedef struct route {
    int32_t *node, *at;            // at[k]: where the neighbour list of node[k] was left, its edge is the step taken
    int32_t len;                   // steps
} route;

static bool next_route(const block *b, int32_t v, bool first, route *t)
{
    int32_t k = t->len - 1;
    if (first) {
        k = 0;
        t->len = b->dist[v];
        t->node[0] = v;
        t->at[0] = b->start[v] - 1;
        if (!t->len) return true;
    }
    while (k >= 0) {
        int32_t u = t->node[k], i = t->at[k] + 1;
        while (i < b->start[u + 1] && !(b->dist[b->nbr[i]] == b->dist[u] - 1 && b->paths[b->nbr[i]])) i++;
        if (i == b->start[u + 1]) {
            k--;
            continue;
        }
        t->at[k] = i;
        t->node[++k] = b->nbr[i];
        if (k == t->len) return true;
        t->at[k] = b->start[t->node[k]] - 1;
    }
    return false;
}

static aryl_status add_prototype(const block *b, const graph *g, const family *f, int32_t *node, int32_t *edge, ring_list *out)
{
    int32_t v = b->node[f->r];
    for (int32_t k = 0; k < f->len; k++) {
        edge[k] = b->edge[b->pool[f->edges + k]];
        node[k] = v;
        v ^= g->begin[edge[k]] ^ g->end[edge[k]];
    }
    return ring_add(out, node, edge, f->len);
}

static aryl_status add_family(block *b, const family *f, int32_t *node, int32_t *edge, route t[2], ring_list *out)
{
    TRY(look_from(b, f->r, f->len / 2));
    for (bool more = next_route(b, f->p, true, &t[0]); more; more = next_route(b, f->p, false, &t[0])) {
        for (bool also = next_route(b, f->z, true, &t[1]); also; also = next_route(b, f->z, false, &t[1])) {
            if (!arena_work(b->mem, 6 * (int64_t)f->len)) return ARYL_E_LIMIT;   // also for the memory that rings take
            int32_t at = 0;
            for (int32_t k = t[0].len; k >= 0; k--) {
                node[at] = b->node[t[0].node[k]];
                edge[at++] = k ? b->edge[b->via[t[0].at[k - 1]]] : b->edge[f->join];
            }
            if (f->y >= 0) {
                node[at] = b->node[f->y];
                edge[at++] = b->edge[b->pool[f->edges + b->dist[f->p] + 1]];
            }
            for (int32_t k = 0; k < t[1].len; k++) {
                node[at] = b->node[t[1].node[k]];
                edge[at++] = b->edge[b->via[t[1].at[k]]];
            }
            TRY(ring_add(out, node, edge, f->len));
        }
    }
    return ARYL_OK;
}

// ---- all together

typedef struct workplace {
    int32_t *node, *edge;          // a cycle being written
    route route[2];
    uint64_t *bits;
} workplace;

// Families of one length.
static aryl_status one_length(block *b, const graph *g, const int64_t *which, int64_t n, span *s, workplace *p,
                              ring_list *relevant, ring_list *basis)
{
    int32_t left;
    for (int64_t k = 0; k < n; k++) {
        as_bits(b, &b->fam[which[k]], p->bits, s->words);
        TRY(reduce(s, p->bits, &left));
        b->fam[which[k]].relevant = left >= 0;
    }
    for (int64_t k = 0; k < n && s->rank < b->need; k++) {
        if (!b->fam[which[k]].relevant) continue;
        uint64_t *row = s->row + (size_t)s->rank * (size_t)s->words;
        as_bits(b, &b->fam[which[k]], row, s->words);
        TRY(reduce(s, row, &left));
        if (left < 0) continue;
        s->pivot[left] = s->rank++;
        if (basis) TRY(add_prototype(b, g, &b->fam[which[k]], p->node, p->edge, basis));
    }
    for (int64_t k = 0; relevant && k < n; k++) {
        const family *f = &b->fam[which[k]];
        if (!f->relevant) continue;
        TRY(f->n_paths == 1 ? add_prototype(b, g, f, p->node, p->edge, relevant)
                            : add_family(b, f, p->node, p->edge, p->route, relevant));
    }
    return ARYL_OK;
}

// The families at hand, shorter ones first, otherwise as they were made.
static aryl_status by_length(const block *b, int32_t least, int32_t most, int64_t **order, int64_t **first)
{
    int32_t n_lengths = most - least + 1;
    *order = arena_new(b->mem, int64_t, b->n_fam);
    *first = arena_zero(b->mem, int64_t, n_lengths + 2);
    if (!*order || !*first) return ARYL_E_NOMEM;
    int64_t *count = *first + 1;                 // ends as the places where the lengths begin
    for (int64_t k = 0; k < b->n_fam; k++) count[b->fam[k].len - least + 1]++;
    for (int32_t l = 0; l < n_lengths; l++) count[l + 1] += count[l];
    for (int64_t k = 0; k < b->n_fam; k++) (*order)[count[b->fam[k].len - least]++] = k;
    return ARYL_OK;
}

static aryl_status prepare(block *b, span *s, workplace *p, const graph *g, const int32_t *edge)
{
    size_t n = (size_t)b->n, m = (size_t)b->m;
    int32_t *sorted = arena_new(b->mem, int32_t, m), *scratch = arena_new(b->mem, int32_t, g->n);
    int32_t *ints = arena_new(b->mem, int32_t, n + 1 + 4 * m + n + 7 * n + 2 * n + 4 * (n + 1) + m);
    int64_t *longs = arena_new(b->mem, int64_t, 2 * n);
    b->inside = arena_zero(b->mem, uint64_t, n / 64 + 1);
    b->cap_fam = 64;
    b->cap_pool = 1024;
    b->fam = arena_new(b->mem, family, b->cap_fam);
    b->pool = arena_new(b->mem, int32_t, b->cap_pool);
    s->mem = b->mem;
    s->words = (b->m + 63) / 64;
    if (!arena_work(b->mem, (int64_t)s->words * b->need)) return ARYL_E_LIMIT;
    s->row = arena_bytes(b->mem, (size_t)b->need * (size_t)s->words, sizeof *s->row);
    p->bits = arena_new(b->mem, uint64_t, s->words);
    if (!sorted || !scratch || !ints || !longs || !b->inside || !b->fam || !b->pool || !s->row || !p->bits)
        return ARYL_E_NOMEM;
    b->start = ints;
    b->nbr = b->start + n + 1;
    b->via = b->nbr + 2 * m;
    b->node = b->via + 2 * m;
    b->dist = b->node + n;
    b->queue = b->dist + n;
    b->dist_low = b->queue + n;
    b->enter = b->dist_low + n;
    b->from = b->enter + n;
    b->branch = b->from + n;
    b->queue_low = b->branch + n;
    p->node = b->queue_low + n;
    p->edge = p->node + n;
    for (int32_t k = 0; k < 2; k++) {
        p->route[k].node = p->edge + n + (size_t)k * 2 * (n + 1);
        p->route[k].at = p->route[k].node + n + 1;
    }
    s->pivot = p->route[1].at + n + 1;
    memset(s->pivot, 0xFF, m * sizeof *s->pivot);
    b->height = longs;
    b->paths = longs + n;
    memset(b->paths, 0, n * sizeof *b->paths);
    memcpy(sorted, edge, m * sizeof *sorted);
    sort_edges(sorted, b->m);
    b->edge = sorted;
    number_block(b, g, sorted, scratch);
    return ARYL_OK;
}

aryl_status cycle_families(const graph *g, const int32_t *edge, int32_t n_edges, int32_t n_cycles, arena *mem,
                           ring_list *relevant, ring_list *basis)
{
    block b = {.mem = mem, .n = n_edges - n_cycles + 1, .m = n_edges, .need = n_cycles};
    span s = {0};
    workplace p = {0};
    TRY(prepare(&b, &s, &p, g, edge));
    for (int32_t least = 3, most = 8; s.rank < b.need; least = most + 1, most = most < b.n / 2 ? 2 * most : b.n) {
        if (least > b.n) return ARYL_E_INTERNAL;
        b.n_fam = b.n_pool = 0;
        for (int32_t r = 0; r < b.n; r++) TRY(families_of(&b, r, least, most));
        int64_t *order, *first;
        TRY(by_length(&b, least, most, &order, &first));
        for (int32_t l = 0; l <= most - least && s.rank < b.need; l++)
            TRY(one_length(&b, g, order + first[l], first[l + 1] - first[l], &s, &p, relevant, basis));
    }
    return ARYL_OK;
}
