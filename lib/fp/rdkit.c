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
    const uint32_t *invariant;
    int32_t bits;
    bool bond_order;
    uint8_t *degree;         // [n_atoms] within the set, zero between visits
    const simd_kernels *simd;
    uint32_t *table;         // [n_bonds][FP_PLACES] bond_hash() at its places
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
        uint32_t h = bond_hash(w, bond[i], w->degree[m->begin[bond[i]]], w->degree[m->end[bond[i]]]);
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
        if (!fp_emit(w->out, hash)) return false;
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

// ---- many sets at once: the same as visit(), without origins, the features in another order

static aryl_status fill_table(walk *w)
{
    const aryl_mol *m = w->f->mol;
    w->table = arena_new(w->f->mem, uint32_t, FP_PLACES * (size_t)m->n_bonds);
    if (!w->table) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        uint32_t most_near = (uint32_t)mol_degree(m, m->begin[b]), most_far = (uint32_t)mol_degree(m, m->end[b]);
        for (uint32_t near = 0; near < most_near; near++)
            for (uint32_t far = 0; far < most_far; far++)
                w->table[FP_PLACES * b + (int32_t)(8 * near + far)] = bond_hash(w, b, near + 1, far + 1);
    }
    w->simd = simd_get();
    return ARYL_OK;
}

static bool emit_more(const walk *w, uint32_t seed)   // the third and later bits
{
    twister t;
    twister_seed(&t, seed);
    twister_next(&t);
    for (int32_t k = 2; k < w->bits; k++)
        if (!fp_emit(w->out, twister_next(&t))) return false;
    return true;
}

static bool take(void *ctx, const fp_sets *x)
{
    const walk *w = ctx;
    uint32_t keys[SIMD_MOST_KEYS][SIMD_LISTS], hash[SIMD_LISTS], second[SIMD_LISTS];
    for (int32_t k = 0; k < x->n_bonds; k++)
        _Pragma("GCC unroll 8") for (int32_t i = 0; i < SIMD_LISTS; i++) keys[k][i] = w->table[x->place[i][k]];
    if (x->n_bonds > 1) {
        w->simd->hash_lists(keys, x->n_bonds, x->n_atoms, hash, second);
    } else {
        for (int32_t i = 0; i < x->n; i++) {
            twister t;
            twister_seed(&t, hash[i] = keys[0][i]);
            second[i] = twister_next(&t);
        }
    }
    bool room = fp_emit_many(w->out, hash, x->n) && (w->bits == 1 || fp_emit_many(w->out, second, x->n));
    for (int32_t i = 0; i < x->n && w->bits > 2 && room; i++) room = emit_more(w, hash[i]);
    return room;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    const aryl_mol *m = f->mol;
    uint8_t *skip = NULL;
    uint32_t *invariant = arena_new(f->mem, uint32_t, m->n_atoms);
    walk w = {.f = f, .out = out, .invariant = invariant, .bits = v->number[BITSPERFEATURE], .bond_order = v->number[BONDORDER]};
    if (!invariant) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) invariant[a] = (uint32_t)(m->z[a] % 128) << 1 | mol_aromatic(m, a);
    if (!v->number[HS]) TRY(fp_skip_hydrogens(m, f->mem, &skip));
    TRY(skip_queries(m, f->mem, &skip));
    if (!out->want_origin && v->number[BRANCHED] && fp_sets_fit(m)) {
        TRY(fill_table(&w));
        return fp_bond_sets_together(m, skip, v->number[MINPATH], v->number[MAXPATH], f->mem, take, &w);
    }
    w.degree = arena_zero(f->mem, uint8_t, m->n_atoms);
    if (!w.degree) return ARYL_E_NOMEM;
    return fp_bond_sets(f, skip, v->number[MINPATH], v->number[MAXPATH], v->number[BRANCHED], visit, &w);
}

const fp_kind fp_rdkit = {
    .name = "rdkit", .version = 1, .source = "https://www.rdkit.org/docs/RDKit_Book.html#rdkit-fingerprints", .has_sparse = true,
    .summary = "connected sets of bonds", .params = params, .check = fp_check_lengths, .run = run,
};
