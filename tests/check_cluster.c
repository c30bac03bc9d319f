// check_cluster.c - clusters, picks, histograms and splits are what their definitions say, worked out the slow way.
#include <check.h>

#include "rows.h"
#include "search/index.h"

enum { BITS = 256, BYTES = 32, N = 700 };
static uint8_t *data;
static search_index *ix;
static double score[N][N];
static const search_metric tanimoto = {ARYL_TANIMOTO, 0, 0};

static void set_up(void)
{
    data = rows_new(N, BYTES, BITS, 25);
    aryl_rows rows = {data, N, BYTES, BITS};
    ck_assert_int_eq(search_index_build(&rows, 1, &ix, NULL), ARYL_OK);
    search_request r = {.metric = tanimoto, .n_threads = 1};
    ck_assert_int_eq(search_matrix(&rows, &rows, &r, &score[0][0], N, NULL), ARYL_OK);
}

static void tear_down(void)
{
    search_index_free(ix);
    free(data);
}

START_TEST(butina_and_leader_clusters_are_those_of_the_definition)
{
    static int64_t cluster[N], centre[N], want[N], degree[N];
    for (int32_t turn = 0; turn < 12; turn++) {
        double t = (double[]){0.4, 0.65, 0.9}[turn % 3];
        int32_t method = turn / 3 % 2;
        int64_t n, m = 0, most = turn < 6 ? 1 << 20 : 10;   // with few pairs allowed, neighbours are looked up again
        search_request r = {.metric = tanimoto, .threshold = t, .n_threads = 2};
        ck_assert_int_eq(search_cluster(ix, &r, method, most, cluster, centre, &n, NULL), ARYL_OK);
        for (int64_t i = 0; i < N; i++) {
            want[i] = -1;
            degree[i] = 0;
            for (int64_t j = 0; j < N; j++) degree[i] += j != i && score[i][j] >= t;
        }
        for (;;) {
            int64_t c = -1;
            for (int64_t i = 0; i < N; i++)
                if (want[i] < 0 && (c < 0 || (method == SEARCH_BUTINA && degree[i] > degree[c]))) c = i;
            if (c < 0) break;
            ck_assert_int_lt(m, n);
            ck_assert_int_eq(centre[m], c);
            for (int64_t j = 0; j < N; j++)
                if (want[j] < 0 && (j == c || score[c][j] >= t)) want[j] = m;
            m++;
        }
        ck_assert_int_eq(m, n);
        for (int64_t i = 0; i < N; i++) ck_assert_int_eq(cluster[i], want[i]);
    }
    search_request bad = {.metric = {ARYL_CONTAINMENT, 0, 0}, .threshold = 0.5, .n_threads = 1};
    int64_t n;
    ck_assert_int_eq(search_cluster(ix, &bad, SEARCH_BUTINA, 10, cluster, centre, &n, NULL), ARYL_E_ARGUMENT);
}
END_TEST

START_TEST(each_pick_is_least_like_those_before)
{
    static double best[N], of_pick[N];
    for (int32_t n_seeds = 0; n_seeds < 4; n_seeds++) {
        int64_t picks[N] = {5, 600, 33}, n = 60;
        bool picked[N] = {false};
        search_request r = {.metric = tanimoto, .n_threads = 1 + n_seeds % 2};
        ck_assert_int_eq(search_pick(ix, &r, n, n_seeds, picks, of_pick, NULL), ARYL_OK);
        for (int64_t i = 0; i < N; i++) best[i] = 0;
        for (int64_t p = 0; p < n; p++) {
            int64_t want = p < n_seeds ? (int64_t[]){5, 600, 33}[p] : -1;
            for (int64_t i = 0; i < N && p >= n_seeds; i++)
                if (!picked[i] && (want < 0 || best[i] < best[want])) want = i;
            ck_assert_int_eq(picks[p], want);
            ck_assert(of_pick[p] == best[want]);
            picked[want] = true;
            for (int64_t i = 0; i < N; i++) best[i] = score[want][i] > best[i] ? score[want][i] : best[i];
        }
    }
    search_request r = {.metric = tanimoto, .n_threads = 1};
    int64_t all[N] = {3, 3};
    ck_assert_int_eq(search_pick(ix, &r, N, 0, all, NULL, NULL), ARYL_OK);   // every row once
    bool seen[N] = {false};
    for (int64_t i = 0; i < N; i++) {
        ck_assert(!seen[all[i]]);
        seen[all[i]] = true;
    }
    all[0] = all[1] = 3;
    ck_assert_int_eq(search_pick(ix, &r, 5, 2, all, NULL, NULL), ARYL_E_ARGUMENT);
    ck_assert_int_eq(search_pick(ix, &r, N + 1, 0, all, NULL, NULL), ARYL_E_ARGUMENT);
}
END_TEST

START_TEST(a_histogram_looks_like_all_pairs)
{
    search_request r = {.metric = tanimoto, .n_threads = 1};
    int64_t bins[10], again[10], all[10] = {0}, sum = 0;
    ck_assert_int_eq(search_histogram(ix, &r, 200000, 7, 10, bins, NULL), ARYL_OK);
    ck_assert_int_eq(search_histogram(ix, &r, 200000, 7, 10, again, NULL), ARYL_OK);
    for (int32_t i = 0; i < N; i++)
        for (int32_t j = 0; j < N; j++)
            if (i != j) all[score[i][j] < 1 ? (int32_t)(score[i][j] * 10) : 9]++;
    for (int32_t b = 0; b < 10; b++) {
        ck_assert_int_eq(bins[b], again[b]);
        sum += bins[b];
        ck_assert_double_eq_tol((double)bins[b] / 200000, (double)all[b] / ((double)N * (N - 1)), 0.01);
    }
    ck_assert_int_eq(sum, 200000);
}
END_TEST

START_TEST(a_split_keeps_clusters_whole_and_shares_near)
{
    static int64_t cluster[1000];
    static int32_t part[1000], part_of[300];
    int64_t size[3] = {0};
    for (int32_t i = 0; i < 1000; i++) cluster[i] = draw() % 3 ? (int64_t)(draw() % 300) : (int64_t)(draw() % 5);
    ck_assert_int_eq(search_split(cluster, 1000, 3, (double[]){8, 1, 1}, part, NULL), ARYL_OK);
    memset(part_of, -1, sizeof part_of);
    for (int32_t i = 0; i < 1000; i++) {
        ck_assert(part_of[cluster[i]] == -1 || part_of[cluster[i]] == part[i]);
        part_of[cluster[i]] = part[i];
        size[part[i]]++;
    }
    ck_assert_int_ge(size[0], 795);
    ck_assert_int_le(size[0], 805);
    ck_assert_int_ge(size[1], 95);
    ck_assert_int_eq(search_split(cluster, 1000, 1, (double[]){0}, part, NULL), ARYL_E_ARGUMENT);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cluster");
    TCase *t = tcase_create("cluster");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, butina_and_leader_clusters_are_those_of_the_definition);
    tcase_add_test(t, each_pick_is_least_like_those_before);
    tcase_add_test(t, a_histogram_looks_like_all_pairs);
    tcase_add_test(t, a_split_keeps_clusters_whole_and_shares_near);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
