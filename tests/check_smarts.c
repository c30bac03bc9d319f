// check_smarts.c - patterns against the reference's ordered matches, and the laws that hold between the ways to ask.
#include "facts/facts.h"
#include "support.h"
#include "vectors.h"

static arena mem;
static void set_up(void) { arena_init(&mem); }
static void tear_down(void) { arena_free(&mem); }

static int32_t add(smarts_set *set, const char *pattern, uint32_t flags)
{
    int32_t index;
    aryl_error err = {0};
    aryl_status s = smarts_set_add(set, pattern, (int64_t)strlen(pattern), flags, &index, &err);
    ck_assert_msg(s == ARYL_OK, "%s: %s", pattern, err.message);
    return index;
}

static void spell(const int32_t *tuples, int64_t n, int32_t width, char *text, size_t cap)
{
    size_t at = 0;
    text[0] = 0;
    for (int64_t i = 0; i < n; i++)
        for (int32_t k = 0; k < width; k++) {
            at += (size_t)snprintf(text + at, cap - at, "%s%d", k ? "," : i ? " " : "", tuples[i * width + k]);
            ck_assert_uint_lt(at, cap);
        }
}

static smarts_options options_of(const char *flags)
{
    return (smarts_options){strchr(flags, 'l') ? 3 : 1000, strchr(flags, 'u') != NULL, strchr(flags, 'c') != NULL};
}

START_TEST(matches_are_those_of_the_reference_in_its_order)
{
    static vector_file file;
    static char text[1 << 16];
    int32_t n_rows = 0;
    for (vectors_open(&file, "tests/data/smarts/golden.tsv"); vectors_next(&file); n_rows++) {
        smarts_set *set;
        smarts_run run;
        int32_t *tuples;
        int64_t n, count;
        smarts_options o = options_of(file.field[2]);
        ck_assert_int_eq(file.n, 4);
        ck_assert_int_eq(smarts_set_new(&set), ARYL_OK);
        int32_t index = add(set, file.field[0], strchr(file.field[2], 'h') ? SMARTS_MERGE_H : 0);
        ck_assert_int_eq(smarts_run_init(&run, set, molecule(file.field[1], &mem), &mem), ARYL_OK);
        ck_assert_int_eq(smarts_match(&run, index, &o, &tuples, &n), ARYL_OK);
        spell(tuples, n, smarts_n_atoms(set, index), text, sizeof text);
        ck_assert_msg(!strcmp(text, file.field[3]), "line %d: %s on %s (%s)\n  is %s\n  not %s", file.number, file.field[0],
                      file.field[1], file.field[2], text, file.field[3]);
        ck_assert_int_eq(smarts_count(&run, index, &o, &count), ARYL_OK);
        ck_assert_msg(count == n, "line %d: %lld counted, %lld listed", file.number, (long long)count, (long long)n);
        bool found;
        ck_assert_int_eq(smarts_exists(&run, index, o.chirality, &found), ARYL_OK);
        ck_assert_int_eq(found, n > 0);
        smarts_set_free(set);
        arena_rewind(&mem);
    }
    vectors_close(&file);
    ck_assert_int_gt(n_rows, 600);
}
END_TEST

START_TEST(what_the_reference_refuses_is_refused_with_its_place)
{
    static char line[1000];
    FILE *f = fopen("tests/data/smarts/refused.txt", "r");
    ck_assert_ptr_nonnull(f);
    smarts_set *set;
    int32_t index, n = 0;
    ck_assert_int_eq(smarts_set_new(&set), ARYL_OK);
    for (; fgets(line, sizeof line, f); n++) {
        aryl_error err = {.offset = -2};
        line[strcspn(line, "\n")] = 0;
        aryl_status s = smarts_set_add(set, line, (int64_t)strlen(line), 0, &index, &err);
        ck_assert_msg(s == ARYL_E_SYNTAX, "%s was read", line);
        ck_assert_int_ge(err.offset, -1);
        ck_assert_int_le(err.offset, (int64_t)strlen(line));
        ck_assert_int_gt(strlen(err.message), 0);
    }
    fclose(f);
    ck_assert_int_gt(n, 40);
    ck_assert_int_eq(smarts_n_patterns(set), 0);
    smarts_set_free(set);
}
END_TEST

START_TEST(patterns_of_a_set_answer_as_each_by_itself)
{
    static vector_file file;
    static char *pattern[1000], *smiles[1000];
    int32_t n = 0;
    for (vectors_open(&file, "tests/data/smarts/golden.tsv"); vectors_next(&file) && n < 1000;)
        if (!strcmp(file.field[2], "u")) {
            pattern[n] = strdup(file.field[0]);
            smiles[n++] = strdup(file.field[1]);
        }
    vectors_close(&file);
    smarts_set *all;
    ck_assert_int_eq(smarts_set_new(&all), ARYL_OK);
    for (int32_t i = 0; i < n; i++) ck_assert_int_eq(add(all, pattern[i], 0), i);
    for (int32_t m = 0; m < n; m += 7) {
        arena_rewind(&mem);
        smarts_run together;
        aryl_mol *mol = molecule(smiles[m], &mem);
        ck_assert_int_eq(smarts_run_init(&together, all, mol, &mem), ARYL_OK);
        for (int32_t i = 0; i < n; i++) {
            smarts_set *one;
            smarts_run alone;
            int64_t expected, count;
            ck_assert_int_eq(smarts_set_new(&one), ARYL_OK);
            add(one, pattern[i], 0);
            ck_assert_int_eq(smarts_run_init(&alone, one, mol, &mem), ARYL_OK);
            ck_assert_int_eq(smarts_count(&alone, 0, &SMARTS_DEFAULT, &expected), ARYL_OK);
            ck_assert_int_eq(smarts_count(&together, i, &SMARTS_DEFAULT, &count), ARYL_OK);
            ck_assert_msg(count == expected, "%s on %s: %lld, alone %lld", pattern[i], smiles[m], (long long)count, (long long)expected);
            smarts_set_free(one);
        }
    }
    smarts_set_free(all);
    for (int32_t i = 0; i < n; i++) {
        free(pattern[i]);
        free(smiles[i]);
    }
}
END_TEST

// The library's own patterns and those of the golden rows, in one set.
static smarts_set *all_patterns(void)
{
    static const struct { int32_t group, n; } own[] = {
        {PATTERNS_MACCS, 136}, {PATTERNS_CRIPPEN, 110}, {PATTERNS_FRAGMENTS, 85}, {PATTERNS_FEATURES, 6}, {PATTERNS_TOPOLOGY, 13},
        {PATTERNS_COUNTED, 4}, {PATTERNS_ACCEPTORS, 11}, {PATTERNS_ALERTS, 116},
    };
    static vector_file file;
    smarts_set *set;
    ck_assert_int_eq(smarts_set_new(&set), ARYL_OK);
    for (size_t g = 0; g < sizeof own / sizeof *own; g++)
        for (int32_t i = 0; i < own[g].n; i++) add(set, facts_pattern_text(own[g].group, i), 0);
    for (vectors_open(&file, "tests/data/smarts/golden.tsv"); vectors_next(&file);) add(set, file.field[0], 0);
    vectors_close(&file);
    return set;
}

static uint64_t mixed(uint64_t x) { return (x ^ x >> 29) * 0xBF58476D1CE4E5B9u; }

// Every embedding, atoms named by their numbers and bonds by the sum of their ends', against the list.
static void compare_each(smarts_run *r, int32_t index, const int32_t *tuples, int64_t listed, const char *smiles)
{
    static uint8_t atom[SMARTS_NAMED_MOL], bond[SMARTS_NAMED_MOL * SMARTS_NAMED_MOL];
    for (int32_t a = 0; a < SMARTS_NAMED_MOL; a++) atom[a] = (uint8_t)a;
    for (int32_t i = 0; i < SMARTS_NAMED_MOL * SMARTS_NAMED_MOL; i++) bond[i] = (uint8_t)(i / SMARTS_NAMED_MOL + i % SMARTS_NAMED_MOL);
    smarts_named all;
    uint64_t mine = 0, theirs = 0;
    bool done;
    ck_assert_int_eq(smarts_each(r, index, &(smarts_names){atom, bond}, &all, &done), ARYL_OK);
    if (!done) return;
    int64_t n = all.n;
    ck_assert_msg(n == listed, "pattern %d on %s: %lld embeddings, not %lld", (int)index, smiles, (long long)n, (long long)listed);
    for (int64_t i = 0; i < n; i++) mine += mixed(all.atoms[i] + mixed(all.bonds[i]));
    int32_t width = smarts_n_atoms(r->set, index);
    for (int64_t i = 0; i < n; i++) {
        const int32_t *tuple = tuples + i * width;
        uint64_t atoms = 0, bonds = 0;
        for (int32_t a = 0; a < width; a++) atoms |= (uint64_t)tuple[a] << 8 * a;
        for (int32_t b = 0; b < smarts_n_bonds(r->set, index); b++) {
            int32_t begin, end;
            smarts_bond_ends(r->set, index, b, &begin, &end);
            bonds |= (uint64_t)(tuple[begin] + tuple[end]) << 8 * b;
        }
        theirs += mixed(atoms + mixed(bonds));
    }
    ck_assert_msg(mine == theirs, "pattern %d on %s: other embeddings", (int)index, smiles);
}

// Every way to ask about every pattern of a set, on one molecule, against the ordered search.
static void compare_with_plain(const smarts_set *set, aryl_mol *mol, const char *smiles)
{
    static const int64_t limits[] = {0, 1, 2, 3, 1000};
    smarts_run fast, plain;
    ck_assert_int_eq(smarts_run_init(&fast, set, mol, &mem), ARYL_OK);
    ck_assert_int_eq(smarts_run_init(&plain, set, mol, &mem), ARYL_OK);
    plain.plain = true;
    uint64_t mine[2], theirs[2];
    ck_assert_int_le(fast.words, 2);
    for (int32_t i = 0; i < smarts_n_patterns(set); i++) {
        for (int32_t k = 0; k < 10; k++) {
            smarts_options o = {limits[k / 2], k & 1, false};
            int32_t *tuples, *mine_too;
            int64_t listed, counted;
            ck_assert_int_eq(smarts_match(&plain, i, &o, &tuples, &listed), ARYL_OK);
            ck_assert_int_eq(smarts_match(&fast, i, &o, &mine_too, &counted), ARYL_OK);
            size_t size = (size_t)listed * (size_t)smarts_n_atoms(set, i) * sizeof *tuples;
            ck_assert_msg(counted == listed && (!size || !memcmp(tuples, mine_too, size)), "pattern %d on %s: another list", (int)i, smiles);
            ck_assert_int_eq(smarts_count(&fast, i, &o, &counted), ARYL_OK);
            ck_assert_msg(counted == listed, "pattern %d on %s: %lld counted, %lld listed (most %lld, unique %d)", (int)i, smiles,
                          (long long)counted, (long long)listed, (long long)o.max_matches, o.unique);
            if (k) continue;
            compare_each(&fast, i, tuples, listed, smiles);
        }
        ck_assert_int_eq(smarts_first_atoms(&fast, i, 1000, false, mine), ARYL_OK);
        ck_assert_int_eq(smarts_first_atoms(&plain, i, 1000, false, theirs), ARYL_OK);
        for (int32_t w = 0; w < fast.words; w++) ck_assert_msg(mine[w] == theirs[w], "pattern %d on %s: other first atoms", (int)i, smiles);
    }
}

START_TEST(fast_answers_are_those_of_the_plain_search)
{
    static const char *const smiles[] = {   // rings in all ways, cycles that are sums of rings, crowds, what is rare
        "C12C3C4C1C5C2C3C45", "C1CC2CCC1CC2", "C1C2CC3CC1CC(C2)C3", "c1ccc2cc3ccccc3cc2c1", "C1CC1", "C1CCC1", "C1CC12CCC2",
        "C1CCCCCCCCCCCCC1", "C1CCC2(CC1)OCCO2", "O=C1NC(=O)C2CC=CCC12", "C1=CC=CC=CC=C1", "B1OB2OB(O1)O2", "c1ccc2c(c1)C1CCC2C1",
        "CC(C)(C)C(F)(F)C(Cl)(Cl)Cl", "OS(=O)(=O)C(F)(F)F.F.F.F.F", "[Na+].[Cl-]", "[2H]C([2H])([2H])O", "C[N+](C)(C)CC([O-])=O",
        "CN1C(=O)CN=C(c2ccccc2)c2cc(Cl)ccc12", "CC12CCC3C(CCC4=CC(=O)CCC34C)C1CCC2O", "NC(=N)NCCCC(N)C(=O)NCCc1ccc(O)cc1",
        "OCC(O)C(O)C(O)C(O)CO", "CCCCCCCCCCCCCCCC(=O)OCCCCCCCC", "C1CC2(C1)CC1(CCC1)C2", "*c1ccccc1*", "[Fe]1234C5C1C2C3C45",
        "O=[N+]([O-])c1ccc(N=Nc2ccccc2)cc1", "S1SSSSSSS1", "P(=O)(O)(O)OP(=O)(O)OC", "C#CC#CC=C=CC#N", "[H][H]", "N->[Pt](Cl)Cl",
        "c1cc2ccc3cccc4ccc(c1)c2c34", "C1C2C3C1C1C2C31", "CC(=O)Nc1ccc(S(=O)(=O)N2CCN(C(=O)c3ccco3)CC2)cc1",
        "CC(C)CC(NC(=O)C(CCCCN)NC(=O)C(CC(C)C)NC(=O)C(CO)NC(=O)C(N)Cc1ccccc1)C(=O)NC(CCSC)C(=O)NC(CC(N)=O)C(=O)O",
    };
    static char line[1000];
    smarts_set *set = all_patterns();
    for (size_t i = 0; i < sizeof smiles / sizeof *smiles; i++) {
        compare_with_plain(set, molecule(smiles[i], &mem), smiles[i]);
        arena_rewind(&mem);
    }
    FILE *f = fopen("tests/data/molecules.smi", "r");
    ck_assert_ptr_nonnull(f);
    for (int32_t n = 0; fgets(line, sizeof line, f); n++) {
        aryl_mol *mol;
        arena_rewind(&mem);
        line[strcspn(line, " \t\n")] = 0;
        if (convert_load(line, (int64_t)strlen(line), FORMAT_SMILES, 0, NULL, &mem, &mol, NULL) != ARYL_OK || mol->n_atoms > 128) continue;
        compare_with_plain(set, mol, line);
    }
    fclose(f);
    smarts_set_free(set);
}
END_TEST

START_TEST(a_hopeless_search_ends_with_a_status)
{
    static char pattern[400] = "*", ladder[4000] = "C1CC2";
    for (int i = 0; i < 40; i++) strcat(pattern, "~*");
    strcat(pattern, "~[U]");                                     // which nothing is bonded to
    for (int i = 0; i < 60; i++) strcat(ladder, "C(CC2)CC2");
    strcat(ladder, "CC21.[U]");
    smarts_set *set;
    smarts_run run;
    int64_t n;
    ck_assert_int_eq(smarts_set_new(&set), ARYL_OK);
    int32_t index = add(set, pattern, 0);
    aryl_mol *mol = molecule(ladder, &mem);
    mem.work = 100000;
    ck_assert_int_eq(smarts_run_init(&run, set, mol, &mem), ARYL_OK);
    ck_assert_int_eq(smarts_count(&run, index, &SMARTS_DEFAULT, &n), ARYL_E_LIMIT);
    mem.work = ARENA_WORK_UNLIMITED;
    mol = molecule("C12C3C4C1C5C2C3C45.[U]", &mem);              // too small: refused before it starts
    ck_assert_int_eq(smarts_run_init(&run, set, mol, &mem), ARYL_OK);
    ck_assert_int_eq(smarts_count(&run, index, &SMARTS_DEFAULT, &n), ARYL_OK);
    ck_assert_int_eq(n, 0);
    smarts_set_free(set);
}
END_TEST

START_TEST(deep_and_long_patterns_are_read_or_refused)
{
    smarts_set *set;
    int32_t index;
    static char text[300000];
    ck_assert_int_eq(smarts_set_new(&set), ARYL_OK);
    memset(text, 'C', 2000);
    ck_assert_int_eq(smarts_set_add(set, text, 2000, 0, &index, NULL), ARYL_OK);
    text[0] = '[';
    for (int i = 1; i < 200000; i++) text[i] = i % 2 ? 'C' : ',';
    text[199999] = 'C';
    text[200000] = ']';
    ck_assert_int_eq(smarts_set_add(set, text, 200001, 0, &index, NULL), ARYL_OK);
    size_t at = 0;
    for (int i = 0; i < 1000; i++) at += (size_t)sprintf(text + at, "[$(C");
    ck_assert_int_eq(smarts_set_add(set, text, (int64_t)at, 0, &index, NULL), ARYL_E_LIMIT);
    ck_assert_int_eq(smarts_set_add(set, "", 0, 0, &index, NULL), ARYL_OK);
    ck_assert_int_eq(smarts_n_atoms(set, index), 0);
    smarts_set_free(set);
}
END_TEST

static aryl_status whole_life(void *ctx)
{
    (void)ctx;
    static const char *const patterns[] = {"[$([NX3;H2,H1;!$(NC=O)]),$(c1ccccc1)]", "C~C~C~C~C", "[C@H](F)Cl", "C([H])[H]"};
    smarts_set *set = NULL;
    arena a;
    arena_init(&a);
    aryl_mol *mol = NULL;
    aryl_status s = smarts_set_new(&set);
    for (int i = 0; i < 4 && s == ARYL_OK; i++) {
        int32_t index;
        s = smarts_set_add(set, patterns[i], (int64_t)strlen(patterns[i]), SMARTS_MERGE_H, &index, NULL);
    }
    if (s == ARYL_OK) s = convert_load("NCC(N)c1ccccc1C(C)(C)CC", 23, FORMAT_SMILES, PERCEIVE_STEREO, NULL, &a, &mol, NULL);
    smarts_run run;
    if (s == ARYL_OK) s = smarts_run_init(&run, set, mol, &a);
    for (int i = 0; i < 4 && s == ARYL_OK; i++) {
        int32_t *tuples;
        int64_t n;
        s = smarts_match(&run, i, &SMARTS_DEFAULT, &tuples, &n);
    }
    smarts_set_free(set);
    arena_free(&a);
    return s;
}

START_TEST(every_failing_allocation_is_reported) { ck_assert_int_gt(alloc_sweep(whole_life, NULL), 3); }
END_TEST

int main(void)
{
    Suite *s = suite_create("smarts");
    TCase *t = tcase_create("smarts");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, matches_are_those_of_the_reference_in_its_order);
    tcase_add_test(t, what_the_reference_refuses_is_refused_with_its_place);
    tcase_add_test(t, patterns_of_a_set_answer_as_each_by_itself);
    tcase_add_test(t, fast_answers_are_those_of_the_plain_search);
    tcase_add_test(t, a_hopeless_search_ends_with_a_status);
    tcase_add_test(t, deep_and_long_patterns_are_read_or_refused);
    tcase_add_test(t, every_failing_allocation_is_reported);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
