// pattern.c - a fingerprint for screening: small fragments of the graph, with and without what their atoms and bonds are.
// If a molecule contains another, its bits contain the other's. Fragments: facts/topology_table.h
#include "fp/fp.h"

static const fp_param params[] = {{0}};
enum { N_FRAGMENTS = 13 };

static aryl_status fragment(facts *f, int32_t i, fp_sink *out)
{
    const aryl_mol *m = f->mol;
    const smarts_set *set = f->patterns->set;
    int32_t pattern = facts_pattern(PATTERNS_TOPOLOGY, i), *tuples;
    int32_t n_atoms = smarts_n_atoms(set, pattern), n_bonds = smarts_n_bonds(set, pattern);
    int64_t n;
    TRY(smarts_match(f->patterns, pattern, &(smarts_options){0, false, false}, &tuples, &n));
    // One bit says only how many matches there were before; the other names elements and bonds.
    uint32_t counted = (uint32_t)(i + 1 + n_atoms + n_bonds);
    for (int64_t k = 0; k < n; k++) {
        const int32_t *atom = tuples + k * n_atoms;
        int32_t *bonds = arena_new(f->mem, int32_t, n_bonds);
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
            if (!fp_emit(out, hash, hash)) return ARYL_E_NOMEM;
            if (out->want_origin) fp_emitted_from(out, origin);
        }
    }
    return ARYL_OK;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    (void)v;
    TRY(facts_patterns(f));
    for (int32_t i = 0; i < N_FRAGMENTS; i++) TRY(fragment(f, i, out));
    return ARYL_OK;
}

const fp_kind fp_pattern = {
    .name = "pattern", .version = 1, .source = "https://www.rdkit.org/docs/RDKit_Book.html#pattern-fingerprints",
    .summary = "screening fingerprint for substructure search", .params = params, .patterns = true, .run = run,
};
