// check_memory.c - a batch in its steady state allocates nothing, whatever it computes, and every call of the public
// interface survives each of its allocations failing.
#include "column.h"

#define DRUGS "examples/data/drugs.smi"
#define BAD_ROWS "CCO\nC1CC\nc1ccccc\nCF(F)F\n[Xx]\nC(((\nCC(=O)Oc1ccccc1C(=O)O\nC[C@H](N)C(=O)O\n\n[13CH4] methane\n"

// ---- steady state

// The C library's own allocator, watched too where it can be: what does not go through base/ is seen as well.
#if defined __GLIBC__ && !ARENA_GUARD && !defined __SANITIZE_THREAD__
static _Atomic int64_t all_requests;
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *malloc(size_t size) { all_requests++; return __libc_malloc(size); }
void *calloc(size_t n, size_t size) { all_requests++; return __libc_calloc(n, size); }
void *realloc(void *block, size_t size) { all_requests++; return __libc_realloc(block, size); }
#else
static int64_t all_requests;
#endif

typedef struct cost { int64_t ours, all; } cost;
static cost run_cost(table *t, const rows *r, int64_t n, int32_t n_threads)
{
    int64_t whole = t->n;
    t->n = n;
    alloc_watch();
    int64_t before = all_requests;
    ck_assert_int_eq(table_run(t, r, n_threads), ARYL_OK);
    cost c = {alloc_seen().requests, all_requests - before};
    ck_assert_int_eq(alloc_seen().live, 0);
    alloc_unwatch();
    t->n = whole;
    return c;
}

// Both runs meet every molecule, so that the arenas have grown as far as they will.
static void costs_do_not_grow(const char *spec, int32_t copies)
{
    rows r = rows_of(DRUGS, copies);
    table t;
    table_new(&t, spec, r.n);
    cost few = run_cost(&t, &r, r.n / 2, 1), many = run_cost(&t, &r, r.n, 1);
    ck_assert_msg(few.ours == many.ours, "%lld requests for %lld rows, %lld for %lld", (long long)few.ours,
                  (long long)(r.n / 2), (long long)many.ours, (long long)r.n);
    ck_assert_int_eq(few.all, many.all);
    table_free(&t);
    rows_free(&r);
}

START_TEST(a_batch_allocates_nothing_per_row)
{
    costs_do_not_grow(LIGHT, 18);      // both longer than a chunk, as sparse rows are kept until its end
    costs_do_not_grow("desc all; fcfp; rdkit; atompair; torsion; pattern; layered; matches smarts=\"[$(C=O)]\"", 2);
}
END_TEST

START_TEST(many_threads_allocate_for_each_thread_not_for_each_row)
{
    rows r = rows_of(DRUGS, 18);
    table t;
    table_new(&t, LIGHT, r.n);
    cost one = run_cost(&t, &r, r.n, 1);
    for (int32_t n_threads = 2; n_threads <= 8; n_threads *= 2)
        ck_assert_int_le(run_cost(&t, &r, r.n, n_threads).ours, (one.ours + 2) * n_threads);
    table_free(&t);
    rows_free(&r);
}
END_TEST

START_TEST(single_molecules_with_a_scratch_allocate_nothing)
{
    const char *smiles = "CN1CCC[C@H]1c1cccnc1";
    static uint8_t row[1 << 14];
    aryl_mol *mol;
    aryl_scratch *scratch;
    ck_assert_int_eq(aryl_mol_parse(smiles, (int64_t)strlen(smiles), NULL, &mol, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_scratch_new(&scratch), ARYL_OK);
    aryl_desc *desc;
    ck_assert_int_eq(aryl_desc_new("all", &desc, NULL), ARYL_OK);
    double *value = malloc((size_t)aryl_desc_n_values(desc) * sizeof *value);
    for (int32_t i = 0; i < aryl_fp_n_kinds(); i++) {
        aryl_fp_info kind = {.size = sizeof kind};
        ck_assert_int_eq(aryl_fp_kind(i, &kind), ARYL_OK);
        aryl_fp *fp;
        ck_assert_int_eq(aryl_fp_new(kind.name, &fp, NULL), ARYL_OK);
        ck_assert_int_le(aryl_fp_bytes(fp), (int64_t)sizeof row);
        for (int round = 0; round < 20; round++) {
            if (round == 2) alloc_watch();
            ck_assert_int_eq(aryl_fp_bits(fp, mol, scratch, row, NULL), ARYL_OK);
            ck_assert_int_eq(aryl_desc_values(desc, mol, scratch, value, NULL), ARYL_OK);
        }
        ck_assert_msg(alloc_seen().requests == 0, "%s: %lld requests", kind.name, (long long)alloc_seen().requests);
        alloc_unwatch();
        aryl_fp_free(fp);
    }
    free(value);
    aryl_desc_free(desc);
    aryl_scratch_free(scratch);
    aryl_mol_free(mol);
}
END_TEST

// ---- each allocation failing in turn

static aryl_status one_molecule(void *smiles)
{
    aryl_error err = {0};
    aryl_mol *mol = NULL;
    aryl_status s = aryl_mol_parse(smiles, (int64_t)strlen(smiles), NULL, &mol, &err);
    ck_assert(s == ARYL_OK || (mol == NULL && err.code == s && err.message[0]));
    aryl_mol_free(mol);
    return s;
}

START_TEST(reading_survives_each_allocation_failing)
{
    ck_assert_int_gt(alloc_sweep(one_molecule, "CC(=O)Oc1ccccc1C(=O)O aspirin"), 0);
    static char chain[200001];
    memset(chain, 'C', sizeof chain - 1);
    chain[50000] = 0;
    ck_assert_int_gt(alloc_sweep(one_molecule, chain), 3);
}
END_TEST

static aryl_status one_fingerprint(void *kind)
{
    static const char smiles[] = "CC(=O)Oc1ccccc1C(=O)O";
    static uint64_t ids[5000];
    static uint32_t counts[20000];
    static uint8_t row[1 << 14];
    static aryl_feature feature[20000];
    static int32_t member[400000];
    int64_t n, n_members;
    aryl_fp *fp = NULL;
    aryl_mol *mol = NULL;
    aryl_scratch *scratch = NULL;
    aryl_status s = aryl_fp_new(kind, &fp, NULL);
    if (!s) s = aryl_mol_parse(smiles, sizeof smiles - 1, NULL, &mol, NULL);
    if (!s) s = aryl_scratch_new(&scratch);
    if (!s) s = aryl_fp_bits(fp, mol, scratch, row, NULL);
    if (!s) s = aryl_fp_bits(fp, mol, NULL, row, NULL);
    if (!s) s = aryl_fp_counts(fp, mol, NULL, counts, NULL);
    if (!s) s = aryl_fp_sparse(fp, mol, NULL, ids, counts, 5000, &n, NULL);
    if (!s || s == ARYL_E_UNSUPPORTED) s = aryl_fp_features(fp, mol, NULL, feature, 20000, &n, member, 400000, &n_members, NULL);
    if (s == ARYL_E_UNSUPPORTED) s = ARYL_OK;
    aryl_scratch_free(scratch);
    aryl_mol_free(mol);
    aryl_fp_free(fp);
    return s;
}

START_TEST(every_fingerprint_survives_each_allocation_failing)
{
    for (int32_t i = 0; i < aryl_fp_n_kinds(); i++) {
        aryl_fp_info kind = {.size = sizeof kind};
        ck_assert_int_eq(aryl_fp_kind(i, &kind), ARYL_OK);
        ck_assert_int_gt(alloc_sweep(one_fingerprint, (void *)kind.name), 3);
    }
}
END_TEST

static aryl_status all_descriptors(void *unused)
{
    (void)unused;
    static const char smiles[] = "CC(=O)Oc1ccccc1C(=O)O";
    static double value[1000];
    aryl_desc *desc = NULL;
    aryl_mol *mol = NULL;
    aryl_status s = aryl_desc_new("all", &desc, NULL);
    if (!s) s = aryl_mol_parse(smiles, sizeof smiles - 1, NULL, &mol, NULL);
    if (!s) s = aryl_desc_values(desc, mol, NULL, value, NULL);
    aryl_mol_free(mol);
    aryl_desc_free(desc);
    return s;
}

START_TEST(descriptors_survive_each_allocation_failing) { ck_assert_int_gt(alloc_sweep(all_descriptors, NULL), 2); }
END_TEST

// Rows that had no memory say so; all others are as they are with memory.
static table undisturbed;
static rows bad_rows;
static aryl_status whole_batch(void *n_threads)
{
    table t;
    t.plan = NULL;
    aryl_error err = {0};
    aryl_status s = aryl_plan_new("desc all; ecfp; ecfp out=sparse as=sparse; ecfp out=counts as=counts", &t.plan, &err);
    if (s) {
        ck_assert_int_eq(err.code, s);
        ck_assert_ptr_null(t.plan);
        return s;
    }
    aryl_plan *plan = t.plan;
    t = undisturbed;   // its buffers, another plan
    static aryl_status status[64];
    static int64_t offset[64];
    t.plan = plan, t.status = status, t.offset = offset;
    s = table_run(&t, &bad_rows, *(int32_t *)n_threads);
    for (int64_t i = 0; !s && i < bad_rows.n; i++)
        if (status[i] == ARYL_E_NOMEM) s = ARYL_E_NOMEM;
    aryl_plan_free(plan);
    return s;
}

START_TEST(a_batch_survives_each_allocation_failing)
{
    bad_rows.text = (char *)BAD_ROWS;
    static int64_t offsets[64];
    bad_rows.offsets = offsets;
    ck_assert_int_eq(aryl_split_lines(BAD_ROWS, sizeof BAD_ROWS - 1, offsets, 64, &bad_rows.n), ARYL_OK);
    table_new(&undisturbed, "desc all; ecfp; ecfp out=sparse as=sparse; ecfp out=counts as=counts", bad_rows.n);
    for (int32_t n_threads = 1; n_threads <= 2; n_threads++) ck_assert_int_gt(alloc_sweep(whole_batch, &n_threads), 3);
    table_free(&undisturbed);
}
END_TEST

static aryl_status one_search(void *unused)
{
    (void)unused;
    static uint8_t data[500][32];
    for (int i = 0; i < 500; i++)
        for (int k = 0; k < 32; k++) data[i][k] = (uint8_t)(i * 37 + k * k * 11);
    aryl_rows all = {.data = data[0], .n = 500, .bits = 256}, some = {.data = data[7], .n = 9, .bits = 256};
    for (int32_t n_threads = 1; n_threads <= 2; n_threads++) {
        for (int64_t k = 0; k <= 5; k += 5) {
            aryl_search_options options = {.size = sizeof options, .k = k, .threshold = 0.3, .n_threads = n_threads};
            aryl_hits *hits = NULL;
            aryl_status s = aryl_search_rows(&some, &all, &options, &hits, NULL);
            if (s) {
                ck_assert_ptr_null(hits);
                return s;
            }
            aryl_hits_free(hits);
        }
    }
    return ARYL_OK;
}

START_TEST(a_search_survives_each_allocation_failing) { ck_assert_int_gt(alloc_sweep(one_search, NULL), 3); }
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *steady = tcase_create("steady state"), *failing = tcase_create("failing allocations");
    tcase_set_timeout(steady, 120);
    tcase_add_test(steady, a_batch_allocates_nothing_per_row);
    tcase_add_test(steady, many_threads_allocate_for_each_thread_not_for_each_row);
    tcase_add_test(steady, single_molecules_with_a_scratch_allocate_nothing);
    tcase_set_timeout(failing, 120);
    tcase_add_test(failing, reading_survives_each_allocation_failing);
    tcase_add_test(failing, every_fingerprint_survives_each_allocation_failing);
    tcase_add_test(failing, descriptors_survive_each_allocation_failing);
    tcase_add_test(failing, a_batch_survives_each_allocation_failing);
    tcase_add_test(failing, a_search_survives_each_allocation_failing);
    suite_add_tcase(suite, steady);
    suite_add_tcase(suite, failing);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
