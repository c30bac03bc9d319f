// rdkit.c - every connected set of bonds up to a size: RDKit's path fingerprint, after Daylight's.
// The order in which a set's bonds are met does not matter: their hashes are sorted.
#include "fp/fp.h"
#include "perceive/perceive.h"
#include "simd/simd.h"

enum { MINPATH, MAXPATH, HS, BRANCHED, BONDORDER, BITSPERFEATURE };
static const fp_param params[] = {
    [MINPATH] = {"minpath", 1, 1, GRAPH_MOST_EDGES, "least number of bonds"},
    [MAXPATH] = {"maxpath", 7, 1, GRAPH_MOST_EDGES, "greatest number of bonds"},
    [HS] = {"hs", 1, 0, 1, "hydrogens that are atoms take part", FP_PARAM_FLAG},
    [BRANCHED] = {"branched", 1, 0, 1, "sets may branch; 0: paths only", FP_PARAM_FLAG},
    [BONDORDER] = {"bondorder", 1, 0, 1, "bonds differ by their type", FP_PARAM_FLAG},
    [BITSPERFEATURE] = {"bitsperfeature", 2, 1, 16, "bits that a set of bonds sets"},
    {0},
};

typedef struct walk {
    facts *f;
    fp_sink *out;
    uint32_t *table;         // [n_bonds][16] hash of a bond by the degrees of its ends, 1 .. 4 each
    const uint32_t *invariant;
    uint8_t *degree;         // [n_atoms] within the set, zero between visits
    int32_t bits;
    bool bond_order;
} walk;

static uint32_t bond_hash(const walk *w, int32_t b, uint32_t near, uint32_t far)
{
    const aryl_mol *m = w->f->mol;
    uint32_t one = w->invariant[m->begin[b]], two = w->invariant[m->end[b]], sum = near + far - 2;
    if (one < two || (one == two && near < far)) {
        uint32_t swap = one;
        one = two;
        two = swap;
        swap = near;
        near = far;
        far = swap;
    }
    uint32_t type = !w->bond_order ? 1 : m->bond_flags[b] & BOND_IS_AROMATIC ? BOND_AROMATIC : m->type[b];
    return hash_combine(hash_combine(hash_combine(hash_combine(hash_combine(sum, type), one), near), two), far);
}

// The generator behind the second and later bits: a Mersenne twister of four words, seeded with the hash.
typedef struct twister { uint32_t x[4]; int32_t at; } twister;

static void twister_seed(twister *t, uint32_t seed)
{
    t->x[0] = seed;
    for (uint32_t i = 1; i < 4; i++) t->x[i] = 1812433253u * (t->x[i - 1] ^ t->x[i - 1] >> 30) + i;
    t->at = 0;
}

static uint32_t twister_next(twister *t)
{
    int32_t i = t->at++ & 3;
    uint32_t y = (t->x[i] & 0x80000000u) | (t->x[(i + 1) & 3] & 0x7FFFFFFFu);
    y = t->x[i] = t->x[(i + 2) & 3] ^ y >> 1 ^ (y & 1 ? 0x9908B0DFu : 0);
    y ^= y >> 11;
    y ^= y << 7 & 0x9D2C5680u;
    y ^= y << 15 & 0xEFC60000u;
    y ^= y >> 18;
    return y >> 1;
}

static uint32_t set_hash(const walk *w, const int32_t *bond, int32_t n, int32_t n_atoms)
{
    const aryl_mol *m = w->f->mol;
    uint32_t hash[GRAPH_MOST_EDGES];
    for (int32_t i = 0; i < n; i++) {
        int32_t b = bond[i];
        uint32_t near = w->degree[m->begin[b]], far = w->degree[m->end[b]];
        uint32_t h = near <= 4 && far <= 4 ? w->table[16 * b + (int32_t)(4 * near + far) - 5] : bond_hash(w, b, near, far);
        int32_t j = i;
        for (; j > 0 && hash[j - 1] > h; j--) hash[j] = hash[j - 1];
        hash[j] = h;
    }
    if (n == 1) return hash[0];
    uint32_t h = 0;
    for (int32_t i = 0; i < n; i++) h = hash_combine(h, hash[i]);
    return hash_combine(h, (uint32_t)n_atoms);
}

static bool visit(void *ctx, const int32_t *bond, int32_t n)
{
    walk *w = ctx;
    int32_t atom[GRAPH_MOST_EDGES + 1], n_atoms = fp_set_degrees(w->f->mol, bond, n, atom, w->degree);
    uint32_t hash = set_hash(w, bond, n, n_atoms);
    for (int32_t i = 0; i < n_atoms; i++) w->degree[atom[i]] = 0;
    fp_origin origin;
    if (w->out->want_origin && !fp_origin_of(w->out, atom, n_atoms, bond, n, &origin)) return false;
    twister t;
    if (w->bits > 1) twister_seed(&t, hash);
    for (int32_t k = 0; k < w->bits; k++) {
        if (k) hash = twister_next(&t);
        if (!fp_emit(w->out, hash, hash)) return false;
        if (w->out->want_origin) fp_emitted_from(w->out, origin);
    }
    return true;
}

// Sets with a query bond, or a bond to a query atom, have no hash: what is left is every set without such bonds.
static aryl_status skip_queries(const aryl_mol *m, arena *mem, uint8_t **skip)
{
    for (int32_t b = 0; b < m->n_bonds; b++) {
        bool query = m->bond_flags[b] & BOND_IS_QUERY || (m->atom_flags[m->begin[b]] | m->atom_flags[m->end[b]]) & ATOM_QUERY;
        if (!query) continue;
        if (!*skip) *skip = arena_zero(mem, uint8_t, m->n_bonds);
        if (!*skip) return ARYL_E_NOMEM;
        (*skip)[b] = 1;
    }
    return ARYL_OK;
}

// ---- many sets at once
//
// Each set is met right after the set it grew from, so its degrees are that one's and two more. Sets of equal size wait until
// there are enough of them to be hashed side by side. visit() above is the definition; this one knows no origins, no set with
// an atom of more than four bonds, and leaves the features in another order.

enum { QUICK_ATOMS = 1024 };                  // the degrees are copied for each set
typedef struct batch {
    uint32_t keys[SIMD_MOST_KEYS][SIMD_LISTS], last[SIMD_LISTS];
    int32_t n;
} batch;

typedef struct quick {
    walk *w;
    const simd_kernels *simd;
    batch *of;                                // [most + 1] by number of bonds
    uint8_t *degree;                          // [most][stride] of the set of so many bonds on the way to the present one
    size_t stride;
    const uint32_t *table[GRAPH_MOST_EDGES];  // hashes of its bonds, to be indexed by 4 * degree + degree
    int32_t begin[GRAPH_MOST_EDGES], end[GRAPH_MOST_EDGES];
    int32_t n_atoms[GRAPH_MOST_EDGES + 1];
    int32_t least, most;
} quick;

static bool emit_all(const walk *w, uint32_t hash, uint32_t second)
{
    if (!fp_emit(w->out, hash, hash)) return false;
    if (w->bits == 1) return true;
    if (!fp_emit(w->out, second, second)) return false;
    if (w->bits == 2) return true;
    twister t;
    twister_seed(&t, hash);
    twister_next(&t);
    for (int32_t k = 2; k < w->bits; k++) {
        hash = twister_next(&t);
        if (!fp_emit(w->out, hash, hash)) return false;
    }
    return true;
}

static bool hash_batch(const quick *q, batch *x, int32_t n_bonds)
{
    uint32_t hash[SIMD_LISTS], second[SIMD_LISTS];
    q->simd->hash_lists(x->keys, n_bonds, x->last, hash, second);
    for (int32_t i = 0; i < x->n; i++)
        if (!emit_all(q->w, hash[i], second[i])) return false;
    x->n = 0;
    return true;
}

static bool visit_quickly(void *ctx, const int32_t *bond, int32_t n)
{
    quick *q = ctx;
    const walk *w = q->w;
    const aryl_mol *m = w->f->mol;
    int32_t b = bond[n - 1], u = m->begin[b], v = m->end[b];
    uint8_t *degree = q->degree + (size_t)(n - 1) * q->stride;
    if (n < q->most) {
        uint8_t *next = degree + q->stride;
        memcpy(next, degree, q->stride);
        degree = next;
    }
    q->begin[n - 1] = u;
    q->end[n - 1] = v;
    q->table[n - 1] = w->table + 16 * (size_t)b;
    q->n_atoms[n] = q->n_atoms[n - 1] + !degree[u] + !degree[v];
    degree[u]++;
    degree[v]++;
    bool room = true;
    if (n == 1 && q->least == 1) {
        uint32_t hash = q->table[0][0];
        twister t;
        twister_seed(&t, hash);
        room = emit_all(w, hash, twister_next(&t));
    } else if (n >= q->least) {
        batch *x = &q->of[n];
        for (int32_t i = 0; i < n; i++) x->keys[i][x->n] = q->table[i][4 * degree[q->begin[i]] + degree[q->end[i]] - 5];
        x->last[x->n++] = (uint32_t)q->n_atoms[n];
        if (x->n == SIMD_LISTS) room = hash_batch(q, x, n);
    }
    if (n == q->most) {                       // the same degrees serve the next set of this size
        degree[u]--;
        degree[v]--;
    }
    return room;
}

static aryl_status run_quickly(walk *w, const uint8_t *skip, int32_t least, int32_t most)
{
    const aryl_mol *m = w->f->mol;
    arena *mem = w->f->mem;
    quick *q = arena_new(mem, quick, 1);
    size_t stride = ((size_t)m->n_atoms + 15) & ~(size_t)15;
    if (!q) return ARYL_E_NOMEM;
    *q = (quick){.w = w, .simd = simd_get(), .of = arena_new(mem, batch, (size_t)most + 1), .degree = arena_new(mem, uint8_t, (size_t)most * stride),
                 .stride = stride, .least = least, .most = most};
    if (!q->of || !q->degree) return ARYL_E_NOMEM;
    memset(q->degree, 0, stride);
    for (int32_t n = 0; n <= most; n++) {     // lists that are not there are hashed too, as what they are now
        q->of[n].n = 0;
        memset(q->of[n].keys, 0, (size_t)n * sizeof *q->of[n].keys);
        memset(q->of[n].last, 0, sizeof q->of[n].last);
    }
    graph g = perceive_graph(m);
    aryl_status s = graph_subgraphs(&g, skip, most, mem, visit_quickly, q);
    if (s != ARYL_OK) return s == ARYL_E_CANCELLED ? ARYL_E_NOMEM : s;
    for (int32_t n = 2; n <= most; n++)
        if (q->of[n].n && !hash_batch(q, &q->of[n], n)) return ARYL_E_NOMEM;
    return ARYL_OK;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    const aryl_mol *m = f->mol;
    uint8_t *skip = NULL;
    uint32_t *invariant = arena_new(f->mem, uint32_t, m->n_atoms);
    walk w = {f, out, arena_new(f->mem, uint32_t, 16 * (size_t)m->n_bonds), invariant, arena_zero(f->mem, uint8_t, m->n_atoms),
              v->number[BITSPERFEATURE], v->number[BONDORDER]};
    if (!invariant || !w.table || !w.degree) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) invariant[a] = (uint32_t)(m->z[a] % 128) << 1 | mol_aromatic(m, a);
    for (int32_t b = 0; b < m->n_bonds; b++)
        for (uint32_t k = 0; k < 16; k++) w.table[16 * b + (int32_t)k] = bond_hash(&w, b, k / 4 + 1, k % 4 + 1);
    if (!v->number[HS]) TRY(fp_skip_hydrogens(m, f->mem, &skip));
    TRY(skip_queries(m, f->mem, &skip));
    bool quickly = !out->want_origin && v->number[BRANCHED] && m->n_atoms <= QUICK_ATOMS;
    for (int32_t a = 0; a < m->n_atoms && quickly; a++) quickly = mol_degree(m, a) <= 4;
    if (quickly) return run_quickly(&w, skip, v->number[MINPATH], v->number[MAXPATH]);
    return fp_bond_sets(f, skip, v->number[MINPATH], v->number[MAXPATH], v->number[BRANCHED], visit, &w);
}

const fp_kind fp_rdkit = {
    .name = "rdkit", .version = 1, .source = "https://www.rdkit.org/docs/RDKit_Book.html#rdkit-fingerprints", .has_sparse = true,
    .summary = "connected sets of bonds", .params = params, .check = fp_check_lengths, .run = run,
};
