// pattern.c - a fingerprint for screening: small fragments of the graph, with and without what their atoms and bonds are.
// If a molecule contains another, its bits contain the other's. Fragments: facts/topology_table.h
#include "fp/fp.h"
#include "simd/simd.h"

static const fp_param params[] = {{0}};
enum { N_FRAGMENTS = 13, MOST_BONDS = 8 };   // bonds of a fragment

static aryl_status fragment(facts *f, int32_t i, fp_sink *out)
{
    const aryl_mol *m = f->mol;
    const smarts_set *set = f->patterns->set;
    int32_t pattern = facts_pattern(PATTERNS_TOPOLOGY, i), *tuples;
    int32_t n_atoms = smarts_n_atoms(set, pattern), n_bonds = smarts_n_bonds(set, pattern);
    int64_t n;
    assert(n_bonds <= MOST_BONDS);
    TRY(smarts_match(f->patterns, pattern, &(smarts_options){0, false, false}, &tuples, &n));
    // One bit says only how many matches there were before; the other names elements and bonds.
    uint32_t counted = (uint32_t)(i + 1 + n_atoms + n_bonds);
    for (int64_t k = 0; k < n; k++) {
        const int32_t *atom = tuples + k * n_atoms;
        int32_t few[MOST_BONDS], *bonds = out->want_origin ? arena_new(f->mem, int32_t, n_bonds) : few;
        if (!bonds) return ARYL_E_NOMEM;
        uint32_t named = (uint32_t)(i + 1);
        for (int32_t a = 0; a < n_atoms; a++) named = hash_combine(named, m->z[atom[a]]);
        bool query = false;
        for (int32_t a = 0; a < n_atoms; a++) query |= (m->atom_flags[atom[a]] & ATOM_QUERY) != 0;
        for (int32_t b = 0; b < n_bonds; b++) {
            int32_t begin, end;
            smarts_bond_ends(set, pattern, b, &begin, &end);
            bonds[b] = mol_bond_between(m, atom[begin], atom[end]);
            query |= (m->bond_flags[bonds[b]] & BOND_IS_QUERY) != 0;
            named = hash_combine(named, m->bond_flags[bonds[b]] & BOND_IS_AROMATIC ? BOND_AROMATIC : m->type[bonds[b]]);
        }
        fp_origin origin = {.atom = -1, .radius = -1, .atoms = atom, .bonds = bonds, .n_atoms = n_atoms, .n_bonds = n_bonds};
        counted = hash_combine(counted, 0xBEEF);
        for (int32_t bit = 0; bit < (query ? 1 : 2); bit++) {
            uint32_t hash = bit ? named : counted;
            if (!fp_emit(out, hash)) return ARYL_E_NOMEM;
            if (out->want_origin) fp_emitted_from(out, origin);
        }
    }
    return ARYL_OK;
}

// The same bits as fragment(), which is the definition, for small molecules without query atoms and bonds: no order of matches,
// no origins. Atoms are named by their element and bonds by their type.
static aryl_status name(const aryl_mol *m, arena *mem, smarts_names *out)
{
    uint8_t *atom = arena_zero(mem, uint8_t, SMARTS_NAMED_MOL), *bond = arena_new(mem, uint8_t, SMARTS_NAMED_MOL * SMARTS_NAMED_MOL);
    if (!atom || !bond) return ARYL_E_NOMEM;
    if (m->n_atoms) memcpy(atom, m->z, (size_t)m->n_atoms);
    for (int32_t b = 0; b < m->n_bonds; b++) {
        uint8_t type = m->bond_flags[b] & BOND_IS_AROMATIC ? BOND_AROMATIC : m->type[b];
        bond[SMARTS_NAMED_MOL * m->begin[b] + m->end[b]] = bond[SMARTS_NAMED_MOL * m->end[b] + m->begin[b]] = type;
    }
    *out = (smarts_names){atom, bond};
    return ARYL_OK;
}

static aryl_status fragment_quickly(facts *f, const smarts_names *names, int32_t i, fp_sink *out, bool *done)
{
    enum { AT_ONCE = 64 };
    const smarts_set *set = f->patterns->set;
    int32_t pattern = facts_pattern(PATTERNS_TOPOLOGY, i), n_atoms = smarts_n_atoms(set, pattern), n_bonds = smarts_n_bonds(set, pattern);
    uint32_t number = (uint32_t)(i + 1), counted[AT_ONCE], named[AT_ONCE], count = number + (uint32_t)(n_atoms + n_bonds);
    const simd_kernels *simd = simd_get();
    smarts_named all;
    TRY(smarts_each(f->patterns, pattern, names, &all, done));
    for (int64_t k = 0; k < all.n; k += AT_ONCE) {
        int32_t n = all.n - k < AT_ONCE ? (int32_t)(all.n - k) : AT_ONCE;
        simd->hash_bytes(number, all.atoms + k, n_atoms, all.bonds + k, n_bonds, n, named);
        for (int32_t j = 0; j < n; j++) counted[j] = count = hash_combine(count, 0xBEEF);
        if (!fp_emit_many(out, named, n) || !fp_emit_many(out, counted, n)) return ARYL_E_NOMEM;
    }
    return ARYL_OK;
}

static bool has_query(const aryl_mol *m)
{
    uint8_t atoms = 0, bonds = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) atoms |= m->atom_flags[a];
    for (int32_t b = 0; b < m->n_bonds; b++) bonds |= m->bond_flags[b];
    return atoms & ATOM_QUERY || bonds & BOND_IS_QUERY;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    (void)v;
    TRY(facts_patterns(f));
    bool quick = !out->want_origin && f->mol->n_atoms <= SMARTS_NAMED_MOL && !has_query(f->mol);
    smarts_names names;
    if (quick) TRY(name(f->mol, f->mem, &names));
    for (int32_t i = 0; i < N_FRAGMENTS; i++) {
        bool done = false;
        if (quick) TRY(fragment_quickly(f, &names, i, out, &done));
        if (!done) TRY(fragment(f, i, out));
    }
    return ARYL_OK;
}

const fp_kind fp_pattern = {
    .name = "pattern", .version = 1, .source = "https://www.rdkit.org/docs/RDKit_Book.html#pattern-fingerprints",
    .summary = "screening fingerprint for substructure search", .params = params, .patterns = true, .run = run,
};
