// layered.c - connected sets of bonds, each hashed several times with more and more of what is known about it.
#include "fp/fp.h"

enum { MINPATH, MAXPATH, FLAGS };
enum { LAYER_SHAPE, LAYER_ORDER, LAYER_ELEMENT, LAYER_RING, LAYER_RING_SIZE, LAYER_AROMATIC, N_LAYERS };
static const fp_param params[] = {
    [MINPATH] = {"minpath", 1, 1, GRAPH_MOST_EDGES, "least number of bonds"},
    [MAXPATH] = {"maxpath", 7, 1, GRAPH_MOST_EDGES, "greatest number of bonds"},
    [FLAGS] = {"flags", (1 << N_LAYERS) - 1, 1, (1 << N_LAYERS) - 1,
               "layers, added up: 1 shape, 2 bond orders, 4 elements, 8 rings, 16 ring sizes, 32 aromaticity"},
    {0},
};

typedef struct walk {
    facts *f;
    fp_sink *out;
    uint8_t *ring_size;        // [n_bonds] smallest ring, modulo 8
    uint8_t *aromatic;         // [n_atoms] looks_aromatic()
    int32_t flags;
    uint8_t *degree;           // [n_atoms] within the set, zero between visits
    const simd_kernels *simd;
    uint64_t *table;           // [n_bonds][FP_PLACES] describe() at its places
    uint32_t ones[GRAPH_MOST_EDGES + 1];   // hash of so many ones
} walk;

// By itself, or by a bond written as aromatic that perception did not accept.
static uint8_t looks_aromatic(const aryl_mol *m, int32_t a)
{
    bool yes = mol_aromatic(m, a);
    for (int32_t k = m->start[a]; k < m->start[a + 1] && !yes; k++) yes = m->type[m->via[k]] == BOND_AROMATIC;
    return yes;
}

// What each layer says of a bond, in its field of a word; rings say nothing of a bond that is in none. Query bonds are
// marked: their order is not known, and so nothing is said of their sets' orders.
static const struct field { int32_t shift, bits; } fields[N_LAYERS] = {
    [LAYER_ELEMENT] = {0, 23}, [LAYER_AROMATIC] = {23, 8}, [LAYER_SHAPE] = {32, 9}, [LAYER_ORDER] = {41, 12},
    [LAYER_RING_SIZE] = {53, 3}, [LAYER_RING] = {56, 1},
};
enum { COUNTS_SHIFT = 56, A_RING_BOND = 1, A_QUERY_BOND = 32 };   // what is added up over a set

// Of a bond whose ends have so many bonds of the set.
static uint64_t describe(const walk *w, int32_t b, uint32_t near, uint32_t far)
{
    const aryl_mol *m = w->f->mol;
    int32_t begin = m->begin[b], end = m->end[b], flags = m->bond_flags[b];
    uint32_t one = m->z[begin] % 128, two = m->z[end] % 128, either = w->aromatic[begin] | w->aromatic[end];
    uint32_t sum = (near + far - 2) % 8, more = (near > far ? near : far) % 8, less = (near > far ? far : near) % 8;
    bool plain = flags & BOND_IS_AROMATIC || m->type[b] == BOND_SINGLE || m->type[b] == BOND_AROMATIC;
    if (one < two || (one == two && near < far)) {
        uint32_t swap = one;
        one = two;
        two = swap;
        swap = near;
        near = far;
        far = swap;
    }
    uint64_t said[N_LAYERS] = {
        [LAYER_SHAPE] = sum | more << 3 | less << 6,
        [LAYER_ORDER] = (plain ? 1u : m->type[b] % 8u) | sum << 3 | more << 6 | less << 9,
        [LAYER_ELEMENT] = one | two << 7 | near % 8 << 14 | far % 8 << 17 | sum << 20,
        [LAYER_RING_SIZE] = w->ring_size[b],
        [LAYER_RING] = flags & BOND_IS_RING ? 1 : 0,
        [LAYER_AROMATIC] = either | (uint32_t)(w->aromatic[begin] & w->aromatic[end]) << 1 | sum << 5,
    };
    uint64_t word = flags & BOND_IS_QUERY ? (uint64_t)A_QUERY_BOND << COUNTS_SHIFT : 0;
    for (int32_t layer = 0; layer < N_LAYERS; layer++) word |= said[layer] << fields[layer].shift;
    return word;
}

static bool visit(void *ctx, const int32_t *bond, int32_t n)
{
    walk *w = ctx;
    const aryl_mol *m = w->f->mol;
    int32_t atom[GRAPH_MOST_EDGES + 1], n_atoms = fp_set_degrees(m, bond, n, atom, w->degree);
    fp_origin origin;
    if (w->out->want_origin && !fp_origin_of(w->out, atom, n_atoms, bond, n, &origin)) return false;
    uint64_t word[GRAPH_MOST_EDGES], count = 0;
    for (int32_t i = 0; i < n; i++) {
        word[i] = describe(w, bond[i], w->degree[m->begin[bond[i]]], w->degree[m->end[bond[i]]]);
        count += word[i] >> COUNTS_SHIFT;
    }
    bool room = true;
    for (int32_t layer = 0; layer < N_LAYERS && room; layer++) {
        uint32_t said[GRAPH_MOST_EDGES], hash = 0;
        int32_t k = 0;
        if (!(w->flags >> layer & 1) || (layer == LAYER_ORDER && count >= A_QUERY_BOND)) continue;
        for (int32_t i = 0; i < n; i++) {
            uint32_t x = (uint32_t)(word[i] >> fields[layer].shift & ((1u << fields[layer].bits) - 1));
            if (layer == LAYER_RING && !x) continue;
            int32_t j = k++;
            for (; j > 0 && said[j - 1] > x; j--) said[j] = said[j - 1];
            said[j] = x;
        }
        if (!k) continue;
        for (int32_t i = 0; i < k; i++) hash = hash_combine(hash, said[i]);
        hash = hash_combine(hash_combine(hash, (uint32_t)n_atoms), (uint32_t)layer + 1);
        room = fp_emit(w->out, hash);
        if (room && w->out->want_origin) fp_emitted_from(w->out, origin);
    }
    for (int32_t i = 0; i < n_atoms; i++) w->degree[atom[i]] = 0;
    return room;
}

// ---- many sets at once: the same as visit(), without origins, the features in another order

static aryl_status fill_table(walk *w)
{
    const aryl_mol *m = w->f->mol;
    w->table = arena_new(w->f->mem, uint64_t, FP_PLACES * (size_t)m->n_bonds);
    if (!w->table) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        uint32_t most_near = (uint32_t)mol_degree(m, m->begin[b]), most_far = (uint32_t)mol_degree(m, m->end[b]);
        for (uint32_t near = 0; near < most_near; near++)
            for (uint32_t far = 0; far < most_far; far++)
                w->table[FP_PLACES * b + (int32_t)(8 * near + far)] = describe(w, b, near + 1, far + 1);
    }
    w->simd = simd_get();
    w->ones[0] = 0;
    for (int32_t k = 0; k < GRAPH_MOST_EDGES; k++) w->ones[k + 1] = hash_combine(w->ones[k], 1);
    return ARYL_OK;
}

static bool emit_rings(const walk *w, const fp_sets *x, const uint32_t *count)
{
    for (int32_t i = 0; i < x->n; i++) {
        uint32_t k = count[i] % A_QUERY_BOND;
        if (k && !fp_emit(w->out, hash_combine(hash_combine(w->ones[k], x->n_atoms[i]), LAYER_RING + 1))) return false;
    }
    return true;
}

static bool emit_orders(const walk *w, const fp_sets *x, const uint32_t *count, const uint32_t *hash)
{
    for (int32_t i = 0; i < x->n; i++)
        if (count[i] < A_QUERY_BOND && !fp_emit(w->out, hash[i])) return false;
    return true;
}

static bool take(void *ctx, const fp_sets *x)
{
    const walk *w = ctx;
    uint32_t keys[2][SIMD_MOST_KEYS][SIMD_LISTS], hash[SIMD_LISTS], count[SIMD_LISTS] = {0};
    for (int32_t k = 0; k < x->n_bonds; k++) {
        _Pragma("GCC unroll 8") for (int32_t i = 0; i < SIMD_LISTS; i++) {
            uint64_t word = w->table[x->place[i][k]];
            keys[0][k][i] = (uint32_t)word;
            keys[1][k][i] = (uint32_t)(word >> 32);
        }
        for (int32_t i = 0; i < SIMD_LISTS; i++) count[i] += keys[1][k][i] >> (COUNTS_SHIFT - 32);
    }
    bool room = true;
    for (int32_t layer = 0; layer < N_LAYERS && room; layer++) {
        const struct field *field = &fields[layer];
        if (!(w->flags >> layer & 1)) continue;
        if (layer != LAYER_RING)
            w->simd->hash_fields(keys[field->shift / 32], x->n_bonds, field->shift % 32, (1u << field->bits) - 1, x->n_atoms,
                                 (uint32_t)layer + 1, hash);
        room = layer == LAYER_RING ? emit_rings(w, x, count)
             : layer == LAYER_ORDER ? emit_orders(w, x, count, hash) : fp_emit_many(w->out, hash, x->n);
    }
    return room;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    const aryl_mol *m = f->mol;
    uint8_t *skip = NULL;
    walk w = {.f = f, .out = out, .ring_size = arena_zero(f->mem, uint8_t, m->n_bonds), .aromatic = arena_new(f->mem, uint8_t, m->n_atoms),
              .flags = v->number[FLAGS]};
    int32_t *least = arena_zero(f->mem, int32_t, m->n_bonds);
    if (!w.ring_size || !w.aromatic || !least) return ARYL_E_NOMEM;
    for (int32_t r = 0; r < m->n_rings; r++) {
        int32_t size = m->ring_start[r + 1] - m->ring_start[r];
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) {
            int32_t *x = &least[m->ring_bond[k]];
            if (!*x || size < *x) *x = size;
        }
    }
    for (int32_t b = 0; b < m->n_bonds; b++) w.ring_size[b] = (uint8_t)(least[b] % 8);
    for (int32_t a = 0; a < m->n_atoms; a++) w.aromatic[a] = looks_aromatic(m, a);
    TRY(fp_skip_hydrogens(m, f->mem, &skip));
    if (!out->want_origin && fp_sets_fit(m)) {
        TRY(fill_table(&w));
        return fp_bond_sets_together(m, skip, v->number[MINPATH], v->number[MAXPATH], f->mem, take, &w);
    }
    w.degree = arena_zero(f->mem, uint8_t, m->n_atoms);
    if (!w.degree) return ARYL_E_NOMEM;
    return fp_bond_sets(f, skip, v->number[MINPATH], v->number[MAXPATH], true, visit, &w);
}

const fp_kind fp_layered = {
    .name = "layered", .version = 1, .source = "https://www.rdkit.org/docs/RDKit_Book.html#layered-fingerprints",
    .summary = "connected sets of bonds in several degrees of detail", .params = params, .check = fp_check_lengths, .run = run,
};
