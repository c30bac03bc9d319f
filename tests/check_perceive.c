// check_perceive.c - from what was written to a molecule: the golden table, and what must hold of any molecule.
#include <ctype.h>

#include "support.h"
#include "vectors.h"

static arena mem;
static void set_up(void) { arena_init(&mem); }
static void tear_down(void) { arena_free(&mem); }

static void read_raw(const char *smiles, raw_mol *raw)
{
    raw_init(raw, &mem);
    ck_assert_msg(io_smiles_read(smiles, (int64_t)strlen(smiles), NULL, raw, NULL) == ARYL_OK, "%s", smiles);
}

// ---- the golden table

static void atoms_text(const aryl_mol *m, char *out)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (a) out += sprintf(out, ", ");
        for (const char *c = elements[m->z[a]].symbol; *c; c++) *out++ = mol_aromatic(m, a) ? (char)tolower(*c) : *c;
        if (m->charge[a]) out += sprintf(out, "%+d", m->charge[a]);
        if (m->radicals[a]) out += sprintf(out, "^%d", m->radicals[a]);
        out += sprintf(out, " %d/%dv%d:%c%s", m->explicit_h[a], m->implicit_h[a], m->explicit_valence[a],
                       "us123q56"[m->hybridisation[a]], m->tag[a] ? "@" : "");
    }
    *out = 0;
}

static void bonds_text(const aryl_mol *m, char *out)
{
    static const char sign[256] = {
        [BOND_UNSPECIFIED] = '~', [BOND_SINGLE] = '-', [BOND_DOUBLE] = '=', [BOND_TRIPLE] = '#', [BOND_QUADRUPLE] = '$',
        [BOND_AROMATIC] = ':', [BOND_DATIVE] = '>',
    };
    for (int32_t b = 0; b < m->n_bonds; b++) {
        bool aromatic = m->bond_flags[b] & BOND_IS_AROMATIC;
        *out++ = sign[m->type[b]];
        if (aromatic && m->type[b] != BOND_AROMATIC) *out++ = 'a';
        if (!aromatic && (m->bond_flags[b] & BOND_IS_CONJUGATED)) *out++ = '\'';
    }
    *out = 0;
}

static void rings_text(const aryl_mol *m, char *out)
{
    bool first = true;
    *out = 0;
    for (int32_t size = 3; size <= m->n_atoms; size++)
        for (int32_t r = 0; r < m->n_rings; r++)
            if (m->ring_start[r + 1] - m->ring_start[r] == size) {
                out += sprintf(out, "%s%d", first ? "" : " ", size);
                first = false;
            }
}

START_TEST(golden_table_holds)
{
    vector_file file;
    int32_t n = 0;
    char found[10000];
    vectors_open(&file, "tests/data/perceive/golden.tsv");
    for (; vectors_next(&file); n++) {
        const char *smiles = file.field[0];
        aryl_mol *m;
        aryl_error err = {0};
        arena_rewind(&mem);
        aryl_status s = convert_load(smiles, (int64_t)strlen(smiles), FORMAT_SMILES, PERCEIVE_ELECTRONS, NULL, &mem, &m, &err);
        ck_assert_msg(!strcmp(status_name(s), file.field[1]), "%s: %s %s, not %s", smiles, status_name(s), err.message, file.field[1]);
        if (s != ARYL_OK) {
            if (s != ARYL_E_SYNTAX && file.field[2][0]) ck_assert_str_eq(err.message, file.field[2]);
            continue;
        }
        ck_assert_msg(!mol_validate(m), "%s: %s", smiles, mol_validate(m));
        void (*const text[])(const aryl_mol *, char *) = {atoms_text, bonds_text, rings_text};
        for (int32_t i = 0; i < 3; i++) {
            text[i](m, found);
            ck_assert_msg(!strcmp(found, file.field[2 + i]), "%s: %s, not %s", smiles, found, file.field[2 + i]);
        }
    }
    vectors_close(&file);
    ck_assert_int_gt(n, 250);
}
END_TEST

// ---- laws

static const char *const ordinary[] = {
    "CC(=O)Oc1ccccc1C(=O)O", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "c1ccc2c(c1)[nH]c1ccccc12", "[O-][N+](=O)c1ccc(cc1)S(=O)(=O)N",
    "C1=CC2=CC=CC=CC2=C1", "c1cc2cccc3ccc4cccc1c4c23", "C12C3C4C1C5C2C3C45", "[O-][n+]1ccccc1", "C[N](C)(C)[Fe]",
    "C1CC2CCC1CC2", "c1ccc2c(c1)ccc1c2ccc2c1cccc2", "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O", "CC.O.[Na+].[Cl-]",
    "C1=Cc2cccc3cccc1c23", "O=c1cc[nH]c(=O)[nH]1", "[H]N([H])c1ncnc2[nH]cnc12",
};

static uint32_t next_random(uint32_t *state) { return *state = *state * 1664525u + 1013904223u; }

START_TEST(renumbering_moves_answers_with_the_atoms)
{
    raw_mol raw, moved;
    aryl_mol *a, *b;
    uint32_t state = 7;
    read_raw(ordinary[_i], &raw);
    ck_assert_int_eq(perceive(&raw, PERCEIVE_ELECTRONS, &mem, &a, NULL), ARYL_OK);
    for (int32_t round = 0; round < 20; round++) {
        int32_t n = raw.n_atoms, *to = arena_new(&mem, int32_t, n), *bond_at = arena_new(&mem, int32_t, raw.n_bonds + 1);
        for (int32_t i = 0; i < n; i++) {
            int32_t j = (int32_t)(next_random(&state) >> 8) % (i + 1);
            to[i] = to[j];
            to[j] = i;
        }
        for (int32_t i = 0; i < raw.n_bonds; i++) {
            int32_t j = (int32_t)(next_random(&state) >> 8) % (i + 1);
            bond_at[i] = bond_at[j];
            bond_at[j] = i;
        }
        raw_init(&moved, &mem);
        for (int32_t i = 0; i < n; i++) raw_add_atom(&moved);
        for (int32_t i = 0; i < n; i++) {
            moved.atom[to[i]] = raw.atom[i];
            moved.atom[to[i]].degree = 0;
            moved.atom[to[i]].tag = TAG_NONE;          // marks depend on the order of bonds
            moved.atom[to[i]].map = i;                 // remembers where it came from
        }
        for (int32_t i = 0; i < raw.n_bonds; i++) {
            const raw_bond *old = &raw.bond[bond_at[i]];
            raw_add_bond(&moved, to[old->begin], to[old->end], old->type)->flags = old->flags;
        }
        ck_assert_int_eq(perceive(&moved, PERCEIVE_ELECTRONS, &mem, &b, NULL), ARYL_OK);
        ck_assert_int_eq(b->n_atoms, a->n_atoms);
        ck_assert_int_eq(b->n_rings, a->n_rings);
        for (int32_t i = 0; i < b->n_atoms; i++) {
            int32_t old = 0;                           // its place in a, hydrogens having gone
            for (int32_t k = 0; k < b->map[i]; k++) old += raw.n_atoms == a->n_atoms || raw.atom[k].z != 1;
            ck_assert_int_eq(b->z[i], a->z[old]);
            ck_assert_int_eq(b->charge[i], a->charge[old]);
            ck_assert_int_eq(mol_aromatic(b, i), mol_aromatic(a, old));
            ck_assert_int_eq(mol_hidden_h(b, i), mol_hidden_h(a, old));
            ck_assert_int_eq(b->explicit_valence[i] + b->implicit_h[i], a->explicit_valence[old] + a->implicit_h[old]);
            ck_assert_int_eq(b->radicals[i], a->radicals[old]);
            ck_assert_int_eq(b->hybridisation[i], a->hybridisation[old]);
        }
    }
}
END_TEST

START_TEST(kekule_form_gives_every_carbon_four_bonds)
{
    aryl_mol *m = molecule(ordinary[_i], &mem);
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t sum = mol_hidden_h(m, a);
        if (m->z[a] != 6 || m->charge[a]) continue;
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) sum += m->kekule[m->via[k]];
        ck_assert_int_eq(sum, 4);
    }
    for (int32_t b = 0; b < m->n_bonds; b++)
        ck_assert(m->kekule[b] == m->type[b] || (m->type[b] == BOND_AROMATIC && m->kekule[b] <= BOND_DOUBLE));
}
END_TEST

START_TEST(electrons_asked_for_later_are_the_same)
{
    vector_file file;
    vectors_open(&file, "tests/data/perceive/golden.tsv");
    while (vectors_next(&file)) {
        arena_rewind(&mem);
        aryl_mol *at_once, *later;
        int64_t len = (int64_t)strlen(file.field[0]);
        if (convert_load(file.field[0], len, FORMAT_SMILES, PERCEIVE_ELECTRONS, NULL, &mem, &at_once, NULL) != ARYL_OK) continue;
        ck_assert_int_eq(convert_load(file.field[0], len, FORMAT_SMILES, 0, NULL, &mem, &later, NULL), ARYL_OK);
        uint8_t *conjugated = arena_new(&mem, uint8_t, later->n_bonds), *hyb = later->hybridisation;
        if (hyb) {
            for (int32_t b = 0; b < later->n_bonds; b++) conjugated[b] = later->bond_flags[b] & BOND_IS_CONJUGATED;
        } else {
            hyb = arena_new(&mem, uint8_t, later->n_atoms);
            ck_assert_int_eq(perceive_electrons(later, &mem, conjugated, hyb), ARYL_OK);
        }
        for (int32_t a = 0; a < later->n_atoms; a++) ck_assert_msg(hyb[a] == at_once->hybridisation[a], "%s atom %d", file.field[0], a);
        for (int32_t b = 0; b < later->n_bonds; b++)
            ck_assert_msg(conjugated[b] == (at_once->bond_flags[b] & BOND_IS_CONJUGATED), "%s bond %d", file.field[0], b);
    }
    vectors_close(&file);
}
END_TEST

// ---- fast forms

static void must_be_the_same(const char *smiles, const aryl_mol *a, const aryl_mol *b)
{
    ck_assert_msg(a->n_atoms == b->n_atoms && a->n_bonds == b->n_bonds && a->n_rings == b->n_rings, "%s", smiles);
    size_t n = (size_t)a->n_atoms, m = (size_t)a->n_bonds;
#define SAME(field, count) ck_assert_msg(!memcmp(a->field, b->field, (count) * sizeof *a->field), "%s: " #field, smiles)
    SAME(charge, n), SAME(explicit_h, n), SAME(implicit_h, n), SAME(radicals, n), SAME(atom_flags, n), SAME(tag, n);
    SAME(permutation, n), SAME(explicit_valence, n), SAME(begin, m), SAME(end, m), SAME(type, m), SAME(kekule, m);
    SAME(bond_flags, m), SAME(dir, m), SAME(stereo, m), SAME(stereo_atom, 2 * m);
    if (a->hybridisation && b->hybridisation) SAME(hybridisation, n);
    if (a->n_rings) SAME(ring_bond, (size_t)a->ring_start[a->n_rings]);
#undef SAME
}

static void must_agree_with_the_general_forms(const char *smiles, int64_t len)
{
    aryl_mol *fast, *plain;
    aryl_error one = {0}, other = {0};
    for (uint32_t want = 0; want < 4; want++) {
        arena_rewind(&mem);
        mem.work = 100000000;
        aryl_status a = convert_load(smiles, len, FORMAT_SMILES, want, NULL, &mem, &fast, &one);
        aryl_status b = convert_load(smiles, len, FORMAT_SMILES, want | PERCEIVE_PLAINLY, NULL, &mem, &plain, &other);
        ck_assert_msg(a == b && !strcmp(one.message, other.message), "%.*s: %s, not %s", (int)len, smiles, one.message, other.message);
        if (a == ARYL_OK) must_be_the_same(smiles, fast, plain);
    }
}

// Valences counted together are those of each atom alone.
static void must_count_as_one_by_one(const char *smiles, int64_t len)
{
    raw_mol raw;
    aryl_mol *m;
    uint32_t seen;
    arena_rewind(&mem);
    raw_init(&raw, &mem);
    if (io_smiles_read(smiles, len, NULL, &raw, NULL) != ARYL_OK || raw.by_number) return;
    ck_assert_int_eq(perceive_hydrogens(&raw, &mem, &m, NULL), ARYL_OK);
    int32_t n = m->n_atoms, refused = perceive_valences(m, &seen), first = -1;
    int32_t *valence = arena_new(&mem, int32_t, n);
    uint8_t *hydrogens = arena_new(&mem, uint8_t, n);
    memcpy(valence, m->explicit_valence, (size_t)n * sizeof *valence);
    memcpy(hydrogens, m->implicit_h, (size_t)n);
    for (int32_t a = 0; a < n; a++) {
        if (!perceive_valence_of(m, a) && first < 0) first = a;
        ck_assert_msg(valence[a] == m->explicit_valence[a] && hydrogens[a] == m->implicit_h[a], "%s atom %d", smiles, a);
        if (element_is_metal(m->z[a])) ck_assert(seen & SEEN_METAL);
    }
    ck_assert_msg(refused == first, "%s: atom %d, not %d", smiles, refused, first);
}

static int32_t root_of(const int32_t *up, int32_t b)
{
    while (up[b] != b) b = up[b];
    return b;
}

// Rings of a text come block by block in the order in which the walk of the general form leaves the blocks.
static void must_have_blocks_in_order(const char *smiles, int64_t len)
{
    aryl_mol *m;
    cycle_set all, basis;
    arena_rewind(&mem);
    if (convert_load(smiles, len, FORMAT_SMILES, 0, NULL, &mem, &m, NULL) != ARYL_OK) return;
    graph g = perceive_graph(m);
    ck_assert_int_eq(graph_cycles(&g, NULL, &mem, &all, &basis), ARYL_OK);
    if (all.n != m->n_rings) return;                   // some bonds close no ring
    int32_t *up = arena_new(&mem, int32_t, m->n_bonds);
    for (int32_t b = 0; b < m->n_bonds; b++) up[b] = b;
    for (int32_t r = 0; r < all.n; r++)
        for (int32_t k = all.start[r] + 1; k < all.start[r + 1]; k++) {
            int32_t x = root_of(up, all.edge[k]), y = root_of(up, all.edge[all.start[r]]);
            up[x > y ? x : y] = x < y ? x : y;
        }
    for (int32_t r = 0; r < all.n; r++) {
        ck_assert_msg(all.start[r] == m->ring_start[r], "%.*s: ring %d", (int)len, smiles, r);
        ck_assert_msg(root_of(up, all.edge[all.start[r]]) == root_of(up, m->ring_bond[all.start[r]]), "%.*s: ring %d", (int)len, smiles, r);
    }
}

// A line and some that were mistyped.
static void must_agree_around(const char *line, uint32_t *state)
{
    static const char letters[] = "CNOSPcnosp()=#1234[]+-.%/@H";
    char text[400];
    int64_t len = (int64_t)strcspn(line, " \t\n");
    if (len < 2 || len >= (int64_t)sizeof text) return;
    memcpy(text, line, (size_t)len);
    text[len] = 0;
    must_agree_with_the_general_forms(text, len);
    must_count_as_one_by_one(text, len);
    must_have_blocks_in_order(text, len);
    for (int32_t k = 0; k < 4; k++) {
        char kept[2];
        int64_t at = (next_random(state) >> 8) % (len - 1);
        memcpy(kept, text + at, 2);
        text[at] = letters[(next_random(state) >> 8) % (sizeof letters - 1)];
        if (k & 1) text[at + 1] = letters[(next_random(state) >> 8) % (sizeof letters - 1)];
        must_agree_with_the_general_forms(text, len);
        must_count_as_one_by_one(text, len);
        memcpy(text + at, kept, 2);
    }
}

START_TEST(fast_forms_say_what_the_general_ones_do)
{
    vector_file file;
    uint32_t state = 11;
    vectors_open(&file, "tests/data/perceive/golden.tsv");
    while (vectors_next(&file)) must_agree_around(file.field[0], &state);
    vectors_close(&file);
    const char *path = shared_path("smiles/drugs_small.smi");
    if (!path) return;
    int64_t len;
    char *text = file_read(path, &len);
    for (char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) must_agree_around(line, &state);
    free(text);
}
END_TEST

// ---- failing

START_TEST(errors_point_at_the_atom_in_the_text)
{
    static const struct { const char *smiles; int64_t offset; } row[] = {
        {"CCN(C)(C)C", 2}, {"[H]c1ccccc1N(C)(C)C", 11}, {"Cc1cccc1", 1}, {"CCcC", 2}, {"CO.FCl(F)F", 4},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        aryl_mol *m;
        aryl_error err = {0};
        aryl_status s = convert_load(row[i].smiles, (int64_t)strlen(row[i].smiles), FORMAT_SMILES, 0, NULL, &mem, &m, &err);
        ck_assert(s == ARYL_E_VALENCE || s == ARYL_E_KEKULE);
        ck_assert_int_eq(err.code, s);
        ck_assert_msg(err.offset == row[i].offset, "%s: %lld", row[i].smiles, (long long)err.offset);
    }
}
END_TEST

START_TEST(work_that_explodes_is_stopped)
{
    char smiles[2000] = "C%99";       // a chain of para-phenylenes closed to a ring has 2^n relevant cycles
    for (int32_t i = 0; i < 40; i++) strcat(smiles, "c1ccc(cc1)C");
    strcat(smiles, "%99");
    aryl_mol *m;
    mem.work = 1000000;
    ck_assert_int_eq(convert_load(smiles, (int64_t)strlen(smiles), FORMAT_SMILES, 0, NULL, &mem, &m, NULL), ARYL_E_LIMIT);
    mem.work = 1000000;
    molecule("c1ccc2c(c1)c1ccccc1c1ccccc21", &mem);
    ck_assert_int_gt(mem.work, 0);
}
END_TEST

static aryl_status try_to_load(void *ctx)
{
    const char *smiles = ctx;
    arena a;
    aryl_mol *m;
    arena_init(&a);
    aryl_status s = convert_load(smiles, (int64_t)strlen(smiles), FORMAT_SMILES, PERCEIVE_ELECTRONS, NULL, &a, &m, NULL);
    arena_free(&a);
    return s;
}

START_TEST(no_memory_at_any_request_is_a_status)
{
    // Small blocks would hide most requests: a large molecule makes the arena ask often enough.
    static char smiles[200000];
    char *end = smiles;
    for (int32_t i = 0; i < 3000; i++) end += sprintf(end, "C1CC1(N(=O)=O)c1ccccc1");
    ck_assert_int_gt(alloc_sweep(try_to_load, smiles), 3);
}
END_TEST

// ---- molfiles: hydrogens drawn, valences given

static aryl_mol *as_molfile(const char *smiles, int32_t atom, int32_t valence_field)
{
    raw_mol raw;
    aryl_mol *m;
    read_raw(smiles, &raw);
    raw.from_molfile = true;
    if (valence_field) raw.atom[atom].valence_field = (int16_t)valence_field;
    for (int32_t b = 0; b < raw.n_bonds; b++)           // type 4 marks the bond alone
        if (raw.bond[b].type == BOND_AROMATIC) {
            raw.atom[raw.bond[b].begin].flags &= (uint8_t)~ATOM_AROMATIC;
            raw.atom[raw.bond[b].end].flags &= (uint8_t)~ATOM_AROMATIC;
        }
    ck_assert_msg(perceive(&raw, 0, &mem, &m, NULL) == ARYL_OK, "%s", smiles);
    return m;
}

START_TEST(drawn_hydrogens_are_remembered_where_they_would_not_come_back)
{
    aryl_mol *m = as_molfile("[H]C([H])([H])C", 0, 0);
    ck_assert_int_eq(m->n_atoms, 2);
    ck_assert_int_eq(m->explicit_h[0], 0);
    ck_assert_int_eq(m->implicit_h[0], 3);
    m = as_molfile("[H]n1cccc1", 0, 0);
    ck_assert_int_eq(m->explicit_h[0], 1);
    ck_assert(mol_aromatic(m, 0));
    m = as_molfile("[H]P(=O)(O)O", 0, 0);               // five is not the first valence of phosphorus
    ck_assert_int_eq(m->explicit_h[0], 1);
    m = as_molfile("[H]O[H]", 0, 0);
    ck_assert_int_eq(m->explicit_h[0], 0);
    ck_assert_int_eq(m->implicit_h[0], 2);
}
END_TEST

START_TEST(valence_field_fixes_hydrogens)
{
    aryl_mol *m = as_molfile("CC", 0, 3);
    ck_assert_int_eq(m->explicit_h[0], 2);
    ck_assert_int_eq(m->implicit_h[0], 0);
    ck_assert_int_eq(m->radicals[0], 1);
    m = as_molfile("C", 0, 15);
    ck_assert_int_eq(mol_hidden_h(m, 0), 0);
    ck_assert_int_eq(m->radicals[0], 4);
}
END_TEST

// A molfile's bond of type 5 to 7 for a bond of a Kekule form.
static int32_t aromatic_atoms(const char *smiles, int32_t bond)
{
    raw_mol raw;
    aryl_mol *m;
    read_raw(smiles, &raw);
    raw.from_molfile = true;
    raw.bond[bond].type = BOND_UNSPECIFIED;
    raw.bond[bond].flags = BOND_IS_QUERY | BOND_NO_H;
    ck_assert_msg(perceive(&raw, 0, &mem, &m, NULL) == ARYL_OK, "%s", smiles);
    int32_t n = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) n += mol_aromatic(m, a);
    return n;
}

START_TEST(query_bonds_keep_their_neighbours_apart_in_aromaticity)
{
    ck_assert_int_eq(aromatic_atoms("C1=CC=CC=C1", 0), 0);
    ck_assert_int_eq(aromatic_atoms("CC1=CC=CC=C1", 0), 6);
    ck_assert_int_eq(aromatic_atoms("C1=CC=C2C=CC=CC2=C1", 1), 6);
    ck_assert_int_eq(aromatic_atoms("C1=CC=C2C=CC=CC2=C1", 10), 10);   // the bond that both rings share
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("perceive");
    TCase *tc = tcase_create("perceive");
    const int n_ordinary = (int)(sizeof ordinary / sizeof *ordinary);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, golden_table_holds);
    tcase_add_loop_test(tc, renumbering_moves_answers_with_the_atoms, 0, n_ordinary);
    tcase_add_loop_test(tc, kekule_form_gives_every_carbon_four_bonds, 0, n_ordinary);
    tcase_add_test(tc, electrons_asked_for_later_are_the_same);
    tcase_add_test(tc, errors_point_at_the_atom_in_the_text);
    tcase_add_test(tc, work_that_explodes_is_stopped);
    tcase_add_test(tc, no_memory_at_any_request_is_a_status);
    tcase_add_test(tc, drawn_hydrogens_are_remembered_where_they_would_not_come_back);
    tcase_add_test(tc, valence_field_fixes_hydrogens);
    tcase_add_test(tc, fast_forms_say_what_the_general_ones_do);
    tcase_add_test(tc, query_bonds_keep_their_neighbours_apart_in_aromaticity);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
