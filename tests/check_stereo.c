// check_stereo.c - legacy stereo and canonical ranks: tables from RDKit, and what must hold of any molecule.
#include <check.h>
#include <stdio.h>

#include "convert/convert.h"
#include "facts/facts.h"
#include "support.h"

static arena mem;
static void set_up(void) { arena_init(&mem); }
static void tear_down(void) { arena_free(&mem); }

static aryl_status load(const char *smiles, uint32_t want, aryl_mol **m)
{
    return convert_load(smiles, (int64_t)strlen(smiles), FORMAT_SMILES, want, NULL, &mem, m, NULL);
}

static aryl_status load_mol(const char *block, uint32_t want, aryl_mol **m)
{
    char text[20000];
    ck_assert_uint_lt(strlen(block), sizeof text);
    strcpy(text, block);
    for (char *c = text; *c; c++)
        if (*c == '|') *c = '\n';
    return convert_load(text, (int64_t)strlen(text), FORMAT_MOL, want, NULL, &mem, m, NULL);
}

// ---- tables

static void atoms_text(const aryl_mol *m, char *out)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        char sign = m->cip[a] ? ".RS"[m->cip[a]] : m->tag[a] ? '*' : m->atom_flags[a] & ATOM_POSSIBLE_CENTRE ? 'o' : '.';
        out += sprintf(out, "%s%c%d/%d", a ? " " : "", sign, m->explicit_h[a], m->implicit_h[a]);
        if (m->tag[a] >= TAG_SQUARE_PLANAR) out += sprintf(out, "@%d.%d", m->tag[a], m->permutation[a]);
    }
    *out = 0;
}

static void bonds_text(const aryl_mol *m, char *out)
{
    for (int32_t b = 0; b < m->n_bonds; b++) {
        out += sprintf(out, "%s%c", b ? " " : "", ".?ZE--<>"[m->stereo[b]]);
        if (m->stereo[b] == STEREO_Z || m->stereo[b] == STEREO_E) out += sprintf(out, "%d,%d", (int)m->stereo_atom[2 * b], (int)m->stereo_atom[2 * b + 1]);
        if (m->dir[b]) *out++ = "?wd\\/x~"[m->dir[b]];
    }
    *out = 0;
}

static void numbers_text(const int32_t *v, int32_t n, char *out)
{
    if (!v) out += sprintf(out, "-");
    for (int32_t k = 0; v && k < n; k++) out += sprintf(out, "%s%d", k ? " " : "", (int)v[k]);
    *out = 0;
}

static void partners_text(const aryl_mol *m, char *out)
{
    bool first = true;
    for (int32_t a = 0; m->mate_start && a < m->n_atoms; a++)
        for (int32_t k = m->mate_start[a]; k < m->mate_start[a + 1]; k++) {
            if (k > m->mate_start[a]) out += sprintf(out, ",%d", (int)m->mate[k]);
            else out += sprintf(out, "%s%d:%d", first ? "" : " ", (int)a, (int)m->mate[k]);
            first = false;
        }
    *out = 0;
}

START_TEST(stereo_is_that_of_the_table)
{
    static char found[4][40000];
    aryl_status (*const read)(const char *, uint32_t, aryl_mol **) = _i ? load_mol : load;
    int32_t n = 0;
    for (tsv t = tsv_open(data_path(_i ? "perceive/drawn.tsv" : "perceive/stereo.tsv")); tsv_next(&t); n++) {
        aryl_mol *m, *less, *unranked;
        arena_rewind(&mem);
        aryl_status s = read(t.cell[0], PERCEIVE_STEREO | PERCEIVE_RANKS, &m), without = read(t.cell[0], 0, &less);
        ck_assert_int_eq(s, without);      // asking for less does not make more readable
        ck_assert_int_eq(s, read(t.cell[0], PERCEIVE_STEREO, &unranked));
        tsv_need(&t, 2);
        if (!strcmp(t.cell[1], "refused")) {
            ck_assert_msg(s != ARYL_OK, "%s: accepted", t.cell[0]);
            continue;
        }
        ck_assert_msg(s == ARYL_OK, "%s: %s", t.cell[0], status_name(s));
        ck_assert_msg(!mol_validate(m), "%s: %s", t.cell[0], mol_validate(m));
        ck_assert_int_eq(m->n_atoms, less->n_atoms);
        atoms_text(m, found[0]);
        bonds_text(m, found[1]);
        numbers_text(m->cip_rank, m->n_atoms, found[2]);
        partners_text(m, found[3]);
        for (int32_t k = 0; k < 4; k++) {
            const char *expected = k + 1 < t.n_cells ? t.cell[k + 1] : "";
            ck_assert_msg(!strcmp(found[k], expected), "%s: %s, not %s", t.cell[0], found[k], expected);
        }
        atoms_text(unranked, found[0]);    // ranks that nobody asked for change nothing else
        bonds_text(unranked, found[1]);
        partners_text(unranked, found[3]);
        for (int32_t k = 0; k < 4; k++) {
            const char *expected = k + 1 < t.n_cells ? t.cell[k + 1] : "";
            ck_assert_msg(k == 2 || !strcmp(found[k], expected), "%s: without ranks %s, not %s", t.cell[0], found[k], expected);
        }
    }
    ck_assert_int_gt(n, _i ? 70 : 200);
}
END_TEST

START_TEST(canonical_ranks_are_those_of_the_table)
{
    static const uint32_t flags[] = {
        CANON_ISOTOPES | CANON_MAPS, CANON_ISOTOPES | CANON_MAPS | CANON_BREAK_TIES,
        CANON_ISOTOPES | CANON_MAPS | CANON_CHIRALITY, CANON_ISOTOPES | CANON_MAPS | CANON_CHIRALITY | CANON_BREAK_TIES,
    };
    static int32_t rank[1000];
    static char found[40000];
    int32_t n = 0;
    for (tsv t = tsv_open(data_path("perceive/ranks.tsv")); tsv_next(&t); n++) {
        aryl_mol *m;
        arena_rewind(&mem);
        tsv_need(&t, 5);
        ck_assert_int_eq(load(t.cell[0], PERCEIVE_STEREO, &m), ARYL_OK);
        for (int32_t k = 0; k < 4; k++) {
            ck_assert_int_eq(perceive_ranks(m, flags[k], &mem, rank), ARYL_OK);
            numbers_text(rank, m->n_atoms, found);
            ck_assert_msg(!strcmp(found, t.cell[k + 1]), "%s: %s, not %s", t.cell[0], found, t.cell[k + 1]);
        }
    }
    ck_assert_int_gt(n, 200);
}
END_TEST

// ---- laws

static uint32_t next_random(uint32_t *state) { return *state = *state * 1664525u + 1013904223u; }

static void shuffle(int32_t *v, int32_t n, uint32_t *state)
{
    for (int32_t i = 0; i < n; i++) v[i] = i;
    for (int32_t i = n - 1; i > 0; i--) {
        int32_t j = (int32_t)(next_random(state) >> 8) % (i + 1), swap = v[i];
        v[i] = v[j];
        v[j] = swap;
    }
}

// The same atoms and bonds, numbered otherwise. Without tags: those refer to the order of bonds.
static void renumber(const raw_mol *from, raw_mol *to, const int32_t *place)
{
    raw_init(to, &mem);
    for (int32_t a = 0; a < from->n_atoms; a++) ck_assert_ptr_nonnull(raw_add_atom(to));
    for (int32_t a = 0; a < from->n_atoms; a++) {
        to->atom[place[a]] = from->atom[a];
        to->atom[place[a]].degree = 0;
    }
    for (int32_t b = 0; b < from->n_bonds; b++) {
        raw_bond *bond = raw_add_bond(to, place[from->bond[b].begin], place[from->bond[b].end], from->bond[b].type);
        ck_assert_ptr_nonnull(bond);
        bond->flags = from->bond[b].flags;
        bond->dir = from->bond[b].dir;
    }
}

START_TEST(ranks_and_labels_go_with_the_atoms)
{
    static const char *const text[] = {
        "C/C=C\\C(F)CC(O)Cl", "CC(C)Cc1ccc(cc1)C(C)C(=O)O", "F/C(Cl)=C(/Br)I", "CC1CCC(C)CC1", "C/C=C/C=C\\C", "CC(F)C(O)C(F)C",
        "[2H]C(F)Cl", "C1CC2CCC1N2C/C=C/c1ccccc1", "CS(=O)CC/C=C\\CP(C)(=O)CC",
    };
    uint32_t state = 99;
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
        for (int32_t round = 0; round < 30; round++) {
            raw_mol raw, moved;
            aryl_mol *a, *b;
            int32_t place[64], class_a[64], class_b[64];
            arena_rewind(&mem);
            raw_init(&raw, &mem);
            ck_assert_int_eq(io_smiles_read(text[k], (int64_t)strlen(text[k]), NULL, &raw, NULL), ARYL_OK);
            shuffle(place, raw.n_atoms, &state);
            renumber(&raw, &moved, place);
            ck_assert_int_eq(perceive(&raw, PERCEIVE_STEREO | PERCEIVE_RANKS, &mem, &a, NULL), ARYL_OK);
            ck_assert_int_eq(perceive(&moved, PERCEIVE_STEREO | PERCEIVE_RANKS, &mem, &b, NULL), ARYL_OK);
            uint32_t flags = CANON_CHIRALITY | CANON_ISOTOPES | CANON_MAPS;
            ck_assert_int_eq(perceive_ranks(a, flags, &mem, class_a), ARYL_OK);
            ck_assert_int_eq(perceive_ranks(b, flags, &mem, class_b), ARYL_OK);
            for (int32_t i = 0; i < a->n_atoms; i++) {
                ck_assert_int_eq(class_a[i], class_b[place[i]]);
                ck_assert_int_eq(a->cip_rank[i], b->cip_rank[place[i]]);
                ck_assert_int_eq(a->atom_flags[i] & ATOM_POSSIBLE_CENTRE, b->atom_flags[place[i]] & ATOM_POSSIBLE_CENTRE);
            }
            for (int32_t i = 0; i < a->n_bonds; i++) ck_assert_int_eq(a->stereo[i], b->stereo[i]);
        }
    }
}
END_TEST

START_TEST(unique_ranks_are_a_permutation_that_refines_the_classes)
{
    for (tsv t = tsv_open(data_path("perceive/ranks.tsv")); tsv_next(&t);) {
        aryl_mol *m;
        arena_rewind(&mem);
        ck_assert_int_eq(load(t.cell[0], PERCEIVE_STEREO, &m), ARYL_OK);
        int32_t *class = arena_new(&mem, int32_t, m->n_atoms), *rank = arena_new(&mem, int32_t, m->n_atoms);
        uint8_t *used = arena_zero(&mem, uint8_t, m->n_atoms);
        uint32_t flags = CANON_CHIRALITY | CANON_ISOTOPES | CANON_MAPS;
        ck_assert_int_eq(perceive_ranks(m, flags, &mem, class), ARYL_OK);
        ck_assert_int_eq(perceive_ranks(m, flags | CANON_BREAK_TIES, &mem, rank), ARYL_OK);
        for (int32_t a = 0; a < m->n_atoms; a++) {
            ck_assert(rank[a] >= 0 && rank[a] < m->n_atoms && !used[rank[a]]);
            used[rank[a]] = 1;
            for (int32_t b = 0; b < a; b++)
                if (class[a] != class[b]) ck_assert((class[a] < class[b]) == (rank[a] < rank[b]));
        }
    }
}
END_TEST

START_TEST(large_molecules_are_ranked_in_reasonable_work)
{
    enum { N = 6000 };
    static char text[N + 64];
    for (int32_t kind = 0; kind < 2; kind++) {
        aryl_mol *m;
        arena_rewind(&mem);
        memset(text, 'C', N);
        strcpy(text + N, kind ? "[C@H](F)Cl" : "");
        mem.work = 100000000;
        ck_assert_int_eq(convert_load(text, (int64_t)strlen(text), FORMAT_SMILES, PERCEIVE_STEREO, NULL, &mem, &m, NULL), ARYL_OK);
        int32_t *rank = arena_new(&mem, int32_t, m->n_atoms);
        ck_assert_int_eq(perceive_ranks(m, CANON_CHIRALITY | CANON_BREAK_TIES, &mem, rank), ARYL_OK);
        ck_assert_int_gt(mem.work, 0);
    }
}
END_TEST

// Every stage of stereo on a molecule that is large enough to make the arena ask again and again.
static aryl_status attempt(void *ctx)
{
    const char *smiles = ctx;
    arena a;
    aryl_mol *m;
    facts f;
    arena_init(&a);
    aryl_status s = convert_load(smiles, (int64_t)strlen(smiles), FORMAT_SMILES, PERCEIVE_STEREO, NULL, &a, &m, NULL);
    int32_t *rank = s == ARYL_OK ? arena_new(&a, int32_t, m->n_atoms) : NULL;
    if (s == ARYL_OK && !rank) s = ARYL_E_NOMEM;
    if (s == ARYL_OK) s = perceive_ranks(m, CANON_CHIRALITY | CANON_BREAK_TIES, &a, rank);
    if (s == ARYL_OK) {
        facts_init(&f, m, &a);
        s = facts_centres(&f);
    }
    arena_free(&a);
    return s;
}

START_TEST(no_memory_at_any_request_is_a_status)
{
    static char smiles[60000];
    char *end = smiles;
    for (int32_t i = 0; i < 700; i++) end += sprintf(end, "C[C@H]1CC[C@@H](C)CC1.F/C=C/[C@H](F)Cl.");
    strcpy(end, "C12C3C4C1C5C2C3C45");
    ck_assert_int_gt(alloc_sweep(attempt, smiles), 3);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stereo");
    TCase *t = tcase_create("stereo");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, stereo_is_that_of_the_table, 0, 2);
    tcase_add_test(t, canonical_ranks_are_those_of_the_table);
    tcase_add_test(t, ranks_and_labels_go_with_the_atoms);
    tcase_add_test(t, unique_ranks_are_a_permutation_that_refines_the_classes);
    tcase_add_test(t, no_memory_at_any_request_is_a_status);
    tcase_add_test(t, large_molecules_are_ranked_in_reasonable_work);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int bad = srunner_ntests_failed(r);
    srunner_free(r);
    return bad != 0;
}
