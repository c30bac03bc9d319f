// check_smarts.c - patterns against the reference's ordered matches, and the laws that hold between the ways to ask.
#include "smarts/smarts.h"
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
