// check_forks.c - batches on many threads: the same bytes for any number of threads, from several callers at once, in
// children of processes that have run batches, and from children forked while a batch is running.
#include <pthread.h>
#include <stdatomic.h>

#include "column.h"

#ifdef __SANITIZE_THREAD__
enum { FORKS = 6 };   // a run takes twenty times as long
#else
enum { FORKS = 10 };
#endif
enum { SECONDS = 200, MOST_THREADS = 9 };
#define DRUGS "examples/data/drugs.smi"

static rows drugs;
static table expected;

static void prepare(void)
{
    drugs = rows_of(DRUGS, 1);
    table_new(&expected, LIGHT, drugs.n);
    ck_assert_int_eq(table_run(&expected, &drugs, 1), ARYL_OK);
}
static void clean_up(void)
{
    table_free(&expected);
    rows_free(&drugs);
}

// 0: a run on n threads gives the expected table
static int differs(void *n_threads)
{
    table t;
    table_new(&t, LIGHT, drugs.n);
    int wrong = table_run(&t, &drugs, *(int32_t *)n_threads) != ARYL_OK || table_difference(&t, &expected) != NULL;
    table_free(&t);
    return wrong;
}

START_TEST(results_do_not_depend_on_the_number_of_threads)
{
    static const int32_t threads[] = {2, 3, 4, MOST_THREADS};
    rows some = rows_of(DRUGS, 1);
    table one, many;
    table_new(&one, spec_of_everything(), some.n);
    table_new(&many, spec_of_everything(), some.n);
    ck_assert_int_eq(table_run(&one, &some, 1), ARYL_OK);
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        ck_assert_int_eq(table_run(&many, &some, threads[i]), ARYL_OK);
        const char *what = table_difference(&many, &one);
        ck_assert_msg(!what, "%d threads: %s differs", threads[i], what);
    }
    table_free(&one);
    table_free(&many);
    rows_free(&some);
}
END_TEST

static void *run_often(void *wrong)
{
    for (int32_t n_threads = 1; n_threads <= 4; n_threads++) *(_Atomic int *)wrong += differs(&n_threads);
    return NULL;
}

START_TEST(several_callers_share_a_plan_and_a_molecule_without_locks)
{
    _Atomic int wrong = 0;
    pthread_t t[4];
    for (int i = 0; i < 4; i++) ck_assert_int_eq(pthread_create(&t[i], NULL, run_often, (void *)&wrong), 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(children_of_a_process_that_ran_batches_run_them_too)
{
    for (int32_t i = 0; i < FORKS; i++) {
        int32_t n_threads = 1 + i % 4;
        ck_assert_int_eq(differs(&n_threads), 0);
        n_threads = 4 - i % 3;
        ck_assert_int_eq(in_child(differs, &n_threads, SECONDS), 0);
    }
}
END_TEST

static _Atomic bool stop;
static void *run_until_stopped(void *wrong)
{
    int32_t n_threads = 3;
    while (!stop) *(_Atomic int *)wrong += differs(&n_threads);
    return NULL;
}

START_TEST(children_forked_while_a_batch_runs_run_them_too)
{
    _Atomic int wrong = 0;
    pthread_t t;
    stop = false;
    ck_assert_int_eq(pthread_create(&t, NULL, run_until_stopped, (void *)&wrong), 0);
    for (int32_t i = 0; i < FORKS; i++) {
        int32_t n_threads = 1 + i % 4;
        ck_assert_int_eq(in_child(differs, &n_threads, SECONDS), 0);
    }
    stop = true;
    pthread_join(t, NULL);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

static int wrong_inside;
static void fork_between_chunks(void *ctx, int64_t done, int64_t total)
{
    (void)done, (void)total;
    wrong_inside += in_child(differs, ctx, SECONDS) != 0;
}

START_TEST(children_forked_from_a_progress_callback_run_batches)
{
    int32_t n_threads = 4;
    rows many = rows_of(DRUGS, 20);
    table t;
    table_new(&t, "ecfp", many.n);
    aryl_column column = {.data = many.text, .offsets = many.offsets, .n = many.n};
    aryl_run_options options = {.size = sizeof options, .n_threads = 3, .progress = fork_between_chunks, .ctx = &n_threads};
    ck_assert_int_eq(aryl_plan_run(t.plan, &column, &options, t.out, t.n_outputs, t.status, t.offset, NULL), ARYL_OK);
    ck_assert_int_eq(wrong_inside, 0);
    table_free(&t);
    rows_free(&many);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("forks");
    TCase *all = tcase_create("threads and forks");
    tcase_set_timeout(all, 600);
    tcase_add_checked_fixture(all, prepare, clean_up);
    tcase_add_test(all, results_do_not_depend_on_the_number_of_threads);
    tcase_add_test(all, several_callers_share_a_plan_and_a_molecule_without_locks);
    tcase_add_test(all, children_of_a_process_that_ran_batches_run_them_too);
    tcase_add_test(all, children_forked_while_a_batch_runs_run_them_too);
    tcase_add_test(all, children_forked_from_a_progress_callback_run_batches);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
