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
    uint8_t *degree;           // [n_atoms] within the set, zero between visits
    uint8_t *ring_size;        // [n_bonds] smallest ring, modulo 8
    uint8_t *aromatic;         // [n_atoms] looks_aromatic()
    int32_t flags;
} walk;

// By itself, or by a bond written as aromatic that perception did not accept.
static uint8_t looks_aromatic(const aryl_mol *m, int32_t a)
{
    bool yes = mol_aromatic(m, a);
    for (int32_t k = m->start[a]; k < m->start[a + 1] && !yes; k++) yes = m->type[m->via[k]] == BOND_AROMATIC;
    return yes;
}

// What a layer says of a bond of the set; false: nothing.
static bool say(const walk *w, int32_t layer, int32_t b, uint32_t *out)
{
    const aryl_mol *m = w->f->mol;
    int32_t begin = m->begin[b], end = m->end[b];
    uint32_t near = w->degree[begin], far = w->degree[end], sum = (near + far - 2) % 8;
    uint32_t more = (near > far ? near : far) % 8, less = (near > far ? far : near) % 8;
    switch (layer) {
    case LAYER_SHAPE: *out = sum | more << 3 | less << 6; return true;
    case LAYER_ORDER: {
        bool plain = m->bond_flags[b] & BOND_IS_AROMATIC || m->type[b] == BOND_SINGLE || m->type[b] == BOND_AROMATIC;
        *out = (plain ? 1u : m->type[b] % 8u) | sum << 3 | more << 6 | less << 9;
        return true;
    }
    case LAYER_ELEMENT: {
        uint32_t one = m->z[begin] % 128, two = m->z[end] % 128;
        if (one < two || (one == two && near < far)) {
            uint32_t swap = one;
            one = two;
            two = swap;
            swap = near;
            near = far;
            far = swap;
        }
        *out = one | two << 7 | near % 8 << 14 | far % 8 << 17 | sum << 20;
        return true;
    }
    case LAYER_RING: *out = 1; return m->bond_flags[b] & BOND_IS_RING;
    case LAYER_RING_SIZE: *out = w->ring_size[b]; return true;
    default: {
        uint32_t one = w->aromatic[begin], two = w->aromatic[end];
        *out = (one | two) | (one & two) << 1 | sum << 5;
        return true;
    }
    }
}

static bool visit(void *ctx, const int32_t *bond, int32_t n)
{
    walk *w = ctx;
    int32_t atom[GRAPH_MOST_EDGES + 1], n_atoms = fp_set_degrees(w->f->mol, bond, n, atom, w->degree);
    fp_origin origin;
    if (w->out->want_origin && !fp_origin_of(w->out, atom, n_atoms, bond, n, &origin)) return false;
    bool room = true, query = false;   // the order of a query bond is not known, and so nothing is said of its set's orders
    for (int32_t i = 0; i < n; i++) query |= w->f->mol->bond_flags[bond[i]] & BOND_IS_QUERY;
    for (int32_t layer = 0; layer < N_LAYERS && room; layer++) {
        uint32_t said[GRAPH_MOST_EDGES], x, hash = 0;
        int32_t k = 0;
        if (!(w->flags >> layer & 1) || (query && layer == LAYER_ORDER)) continue;
        for (int32_t i = 0; i < n; i++) {
            if (!say(w, layer, bond[i], &x)) continue;
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

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    const aryl_mol *m = f->mol;
    uint8_t *skip = NULL;
    walk w = {f, out, arena_zero(f->mem, uint8_t, m->n_atoms), arena_zero(f->mem, uint8_t, m->n_bonds),
              arena_new(f->mem, uint8_t, m->n_atoms), v->number[FLAGS]};
    int32_t *least = arena_zero(f->mem, int32_t, m->n_bonds);
    if (!w.degree || !w.ring_size || !w.aromatic || !least) return ARYL_E_NOMEM;
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
    return fp_bond_sets(f, skip, v->number[MINPATH], v->number[MAXPATH], true, visit, &w);
}

const fp_kind fp_layered = {
    .name = "layered", .version = 1, .source = "https://www.rdkit.org/docs/RDKit_Book.html#layered-fingerprints",
    .summary = "connected sets of bonds in several degrees of detail", .params = params, .check = fp_check_lengths, .run = run,
};
