// maccs.c - the 166 public MACCS keys, bits 1 to 166 of 167. Definitions as RDKit has them: facts/maccs_table.h for the
// patterns, below for elements, rings and parts.
// Durant et al., J. Chem. Inf. Comput. Sci. 2002, 42, 1273, doi:10.1021/ci010132r
#include "fp/fp.h"
#include "perceive/perceive.h"

static const fp_param params[] = {{0}};

enum { MAX_KEYS = 4 };   // set by one pattern
typedef struct key_row { uint8_t pair[MAX_KEYS][2]; } key_row;   // key and least number of matches
#define MACCS(smarts, ...) {.pair = PAIRS(__VA_ARGS__, 0, 0, 0, 0, 0, 0)},
#define PAIRS(k0, n0, k1, n1, k2, n2, k3, n3, ...) {{k0, n0}, {k1, n1}, {k2, n2}, {k3, n3}}
static const key_row keys[] = {
#include "facts/maccs_table.h"
};
enum { N_KEYS = sizeof keys / sizeof *keys };
static const uint8_t most[] = {                                  // the largest of those numbers
#define MACCS(smarts, ...) MOST(__VA_ARGS__, 0, 0, 0, 0, 0, 0),
#define MOST(k0, n0, k1, n1, k2, n2, k3, n3, ...) LARGER(LARGER(n0, n1), LARGER(n2, n3))
#define LARGER(m, n) ((m) > (n) ? (m) : (n))
#include "facts/maccs_table.h"
};

// The key of an element's group, 0 for none.
static int32_t element_key(int32_t z)
{
    static const uint8_t group[ELEMENT_MAX + 1] = {
        [3] = 35, [11] = 35, [19] = 35, [37] = 35, [55] = 35, [87] = 35,
        [4] = 10, [12] = 10, [20] = 10, [38] = 10, [56] = 10, [88] = 10,
        [5] = 18, [13] = 18, [31] = 18, [49] = 18, [81] = 18,
        [9] = 42, [15] = 29, [16] = 88, [17] = 103, [35] = 46, [53] = 27,
        [21] = 5, [22] = 5, [39] = 5, [40] = 5, [72] = 5,
        [23 ... 25] = 7, [41 ... 43] = 7, [73 ... 75] = 7,
        [26 ... 28] = 9, [44 ... 46] = 9, [76 ... 78] = 9,
        [29 ... 30] = 12, [47 ... 48] = 12, [79 ... 80] = 12,
        [32 ... 34] = 3, [50 ... 52] = 3, [82 ... 84] = 3,
        [57 ... 71] = 6, [89 ... 103] = 4, [104] = 2,
    };
    return group[z];
}
enum { KEY_HALOGEN = 134, KEY_AROMATIC_RINGS = 125, KEY_PARTS = 166 };

static bool emit(fp_sink *out, int32_t bit, const fp_origin *origin)
{
    if (!fp_emit(out, (uint32_t)bit)) return false;
    if (out->want_origin) fp_emitted_from(out, *origin);
    return true;
}

static const fp_origin nowhere = {.atom = -1, .radius = -1};

static aryl_status element_keys(const aryl_mol *m, arena *mem, fp_sink *out)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t z = m->z[a], bit = element_key(z);
        if (!bit) continue;
        fp_origin origin = nowhere;
        if (out->want_origin) {
            int32_t *self = arena_new(mem, int32_t, 1);
            if (!self) return ARYL_E_NOMEM;
            *self = a;
            origin.atoms = self;
            origin.n_atoms = 1;
        }
        if (!emit(out, bit, &origin)) return ARYL_E_NOMEM;
        if ((z == 9 || z == 17 || z == 35 || z == 53) && !emit(out, KEY_HALOGEN, &origin)) return ARYL_E_NOMEM;
    }
    return ARYL_OK;
}

// Where a pattern was found, for those who ask: each match with its atoms and bonds.
static aryl_status emit_matches(facts *f, int32_t pattern, int32_t bit, fp_sink *out)
{
    const smarts_set *set = f->patterns->set;
    int32_t *tuples, n_atoms = smarts_n_atoms(set, pattern), n_bonds = smarts_n_bonds(set, pattern);
    int64_t n;
    TRY(smarts_match(f->patterns, pattern, &SMARTS_DEFAULT, &tuples, &n));
    for (int64_t i = 0; i < n; i++) {
        fp_origin origin = nowhere;
        int32_t *bonds = arena_new(f->mem, int32_t, n_bonds);
        if (!bonds) return ARYL_E_NOMEM;
        origin.atoms = tuples + i * n_atoms;
        origin.n_atoms = n_atoms;
        for (int32_t b = 0; b < n_bonds; b++) {
            int32_t begin, end;
            smarts_bond_ends(set, pattern, b, &begin, &end);
            bonds[b] = mol_bond_between(f->mol, origin.atoms[begin], origin.atoms[end]);
        }
        origin.bonds = bonds;
        origin.n_bonds = n_bonds;
        if (!emit(out, bit, &origin)) return ARYL_E_NOMEM;
    }
    return ARYL_OK;
}

static aryl_status pattern_keys(facts *f, fp_sink *out)
{
    int32_t first = facts_pattern(PATTERNS_MACCS, 0);
    int64_t count[N_KEYS];
    TRY(smarts_counts(f->patterns, first, N_KEYS, &(smarts_options){.unique = true}, most, count));
    for (int32_t i = 0; i < N_KEYS; i++) {
        for (int32_t k = 0; count[i] && k < MAX_KEYS && keys[i].pair[k][0]; k++) {
            if (count[i] < keys[i].pair[k][1]) continue;
            if (out->want_origin) TRY(emit_matches(f, first + i, keys[i].pair[k][0], out));
            else if (!emit(out, keys[i].pair[k][0], &nowhere)) return ARYL_E_NOMEM;
        }
    }
    return ARYL_OK;
}

static bool has_two_aromatic_rings(const aryl_mol *m)
{
    int32_t found = 0;
    for (int32_t r = 0; r < m->n_rings && found < 2; r++) {
        bool aromatic = true;
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1] && aromatic; k++)
            aromatic = m->bond_flags[m->ring_bond[k]] & BOND_IS_AROMATIC;
        found += aromatic;
    }
    return found == 2;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    (void)v;
    const aryl_mol *m = f->mol;
    if (!m->n_atoms) return ARYL_OK;
    TRY(facts_patterns(f));
    TRY(element_keys(m, f->mem, out));
    TRY(pattern_keys(f, out));
    if (has_two_aromatic_rings(m) && !emit(out, KEY_AROMATIC_RINGS, &nowhere)) return ARYL_E_NOMEM;
    int32_t n_parts, *part = arena_new(f->mem, int32_t, m->n_atoms);
    if (!part) return ARYL_E_NOMEM;
    graph g = perceive_graph(m);
    TRY(graph_components(&g, f->mem, part, &n_parts));
    return n_parts > 1 && !emit(out, KEY_PARTS, &nowhere) ? ARYL_E_NOMEM : ARYL_OK;
}

const fp_kind fp_maccs = {
    .name = "maccs", .version = 1, .source = "doi:10.1021/ci010132r", .bits = 167,
    .summary = "public MACCS keys, bit 0 unused", .params = params, .patterns = true, .run = run,
};
