// check_index.c - an index finds what looking at every row finds: with every plan, kernel, metric and number of threads.
#include <check.h>
#include <stdio.h>

#include "rows.h"
#include "search/index.h"
#include "support.h"

static const search_metric metrics[] = {{ARYL_TANIMOTO, 0, 0},    {ARYL_DICE, 0, 0},        {ARYL_COSINE, 0, 0},
                                        {ARYL_CONTAINMENT, 0, 0}, {ARYL_TVERSKY, 0.9, 0.1}, {ARYL_TVERSKY, 0, 1},
                                        {ARYL_TVERSKY, 0, 0},     {ARYL_TVERSKY, 2, 3}};
enum { N_METRICS = sizeof metrics / sizeof *metrics };

static void same_hits(const aryl_hits *x, const aryl_hits *y, const char *what)
{
    ck_assert_int_eq(x->n_queries, y->n_queries);
    for (int64_t q = 0; q < x->n_queries; q++) {
        ck_assert_msg(x->offsets[q + 1] == y->offsets[q + 1], "%s: query %d: %d hits, not %d", what, (int)q,
                      (int)(y->offsets[q + 1] - y->offsets[q]), (int)(x->offsets[q + 1] - x->offsets[q]));
        if (!x->rows || !y->rows) continue;
        for (int64_t i = x->offsets[q]; i < x->offsets[q + 1]; i++)
            ck_assert_msg(x->rows[i] == y->rows[i] && x->scores[i] == y->scores[i], "%s: query %d, hit %d: row %d (%.17g), not %d (%.17g)",
                          what, (int)q, (int)(i - x->offsets[q]), (int)y->rows[i], y->scores[i], (int)x->rows[i], x->scores[i]);
    }
}

static void compare(const search_index *ix, const aryl_rows *q, const aryl_rows *rows, search_request r)
{
    char what[200];
    aryl_hits *want, *got;
    aryl_error err;
    ck_assert_int_eq(search_scan(q, rows, &r, &want, &err), ARYL_OK);
    for (r.plan = ARYL_PLAN_AUTO; r.plan <= ARYL_PLAN_GROUPS; r.plan++)
        for (int32_t counted = 0; counted < 2; counted++) {
            snprintf(what, sizeof what, "%s, %d bits, %d rows, metric %d (%g, %g), threshold %g, k %d, plan %d, %d threads%s",
                     simd_get()->name, rows->bits, (int)rows->n, r.metric.kind, r.metric.alpha, r.metric.beta, r.threshold,
                     (int)r.k, r.plan, r.n_threads, counted ? ", counted" : "");
            r.count_only = counted;
            ck_assert_int_eq(search_index_search(ix, q, &r, &got, NULL, &err), ARYL_OK);
            same_hits(want, got, what);
            search_hits_free(got);
        }
    search_hits_free(want);
}

typedef struct shape { int32_t bits, mean; int64_t n; } shape;
static const shape shapes[] = {{2048, 45, 5000}, {1024, 45, 2500}, {167, 50, 2500}, {64, 9, 2500}, {1, 1, 700},
                               {2048, 300, 2000}, {4000, 30, 1500}, {16384, 5000, 600}, {2048, 40, 1}, {2048, 40, 513}};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

static const simd_kernels *usable_table(int i)
{
    const simd_kernels *k = simd_at(i);
    return k && k->usable() ? k : NULL;
}

static void check_shape(const shape *s, int32_t turns)
{
    int32_t bytes = search_row_bytes(s->bits), gap = s->bits % 3;
    uint8_t *data = rows_new(s->n, bytes + gap, s->bits, s->mean);
    aryl_rows rows = {data, s->n, bytes + gap, s->bits};
    search_index *ix;
    ck_assert_int_eq(search_index_build(&rows, 2, &ix, NULL), ARYL_OK);
    for (int64_t i = 0; i + 1 < s->n; i++) ck_assert_int_le(ix->count[i], ix->count[i + 1]);
    for (int32_t turn = 0; turn < turns; turn++) {
        int64_t n_q = turn % 2 ? 5 : 120;
        aryl_rows q = {data, n_q < s->n ? n_q : s->n, (bytes + gap) * (turn % 3 ? 1 : s->n / n_q + 1), s->bits};
        if (q.stride * q.n > s->n * (bytes + gap)) q.n = s->n * (bytes + gap) / q.stride;
        search_request r = {.metric = metrics[draw() % N_METRICS], .n_threads = 1 + turn % 3};
        r.threshold = (double[]){0.7, 0.3, 0, 0.9, 0.5, 1, -0.5}[draw() % 7];
        r.k = (int64_t[]){0, 10, 1, 700, 0}[draw() % 5];
        compare(ix, &q, &rows, r);
    }
    search_index_free(ix);
    free(data);
}

START_TEST(an_index_finds_what_a_scan_finds)
{
    check_shape(&shapes[_i], shapes[_i].bits > 4000 ? 4 : 14);
}
END_TEST

START_TEST(every_kernel_finds_the_same)
{
    const simd_kernels *k = usable_table(_i);
    if (!k) return;
    simd_use(k);
    static const shape few[] = {{2048, 45, 2500}, {167, 50, 1500}, {2048, 700, 700}};
    for (int32_t i = 0; i < 3; i++) check_shape(&few[i], 6);
}
END_TEST

// Rows of exactly 4095, 4096 and all bits: what the counters hold, and what they do not.
START_TEST(rows_of_4095_and_4096_bits_are_counted_right)
{
    enum { BITS = 16384, BYTES = 2048, N = 600 };
    uint8_t *data = calloc(N, BYTES);
    for (int32_t i = 0; i < N; i++) {
        int32_t want = (int32_t[]){4094, 4095, 4096, 4097, BITS}[i % 5], shift = i % 50;
        for (int32_t b = 0; b < want; b++) data[i * BYTES + (b + shift) % BITS / 8] |= (uint8_t)(1 << (b + shift) % 8);
    }
    aryl_rows rows = {data, N, BYTES, BITS}, q = {data, 60, BYTES, BITS};
    search_index *ix;
    ck_assert_int_eq(search_index_build(&rows, 1, &ix, NULL), ARYL_OK);
    for (int32_t turn = 0; turn < 4; turn++) {
        search_request r = {.metric = metrics[0], .n_threads = 1, .threshold = (double[]){0.99, 1, 0.2, 0.995}[turn], .k = turn % 2 ? 7 : 0};
        compare(ix, &q, &rows, r);
        q.n = 3;
    }
    search_index_free(ix);
    free(data);
}
END_TEST

// The upper triangle of a set against itself, and each row's best, through the tiles.
START_TEST(tiles_find_every_pair_of_a_set_once)
{
    enum { BITS = 512, BYTES = 64, N = 3000 };
    uint8_t *data = rows_new(N, BYTES, BITS, 40);
    aryl_rows rows = {data, N, BYTES, BITS};
    search_index *ix;
    ck_assert_int_eq(search_index_build(&rows, 1, &ix, NULL), ARYL_OK);
    for (int32_t level = 0; level < 2; level++)
        for (int32_t metric = 0; metric < 3; metric++)
            for (int32_t turn = 0; turn < 3; turn++) {
                double t = (double[]){0.8, 0.4, 0.1}[turn];
                int64_t want = 0, sum = 0, n = 0, got = 0;
                for (int64_t i = 0; i < N; i++)
                    for (int64_t j = i + 1; j < N; j++) {
                        int32_t c;
                        simd_get()->and_count(ix->rows + i * BYTES, ix->rows + j * BYTES, 1, BYTES, BYTES, &c);
                        if (search_score(&metrics[metric], c, ix->count[i], ix->count[j]) >= t) want++, sum += i * 31 + j * 7 + c;
                    }
                for (int64_t own = 0; own < N; own += 700) {
                    search_tile tile;
                    search_pairs pairs = {0};
                    ck_assert_int_eq(search_tile_init(&tile, ix, 700), ARYL_OK);
                    for (int64_t i = own; i < own + 700 && i < N; i++)
                        ck_assert_int_eq(search_tile_add(&tile, ix, ix->rows + i * BYTES), ARYL_OK);
                    ck_assert_int_eq(search_join(ix, level ? &ix->by_group : &ix->by_row, &tile, &metrics[metric], t, own, &pairs), ARYL_OK);
                    for (n = 0; n < pairs.n; n++) got++, sum -= (own + pairs.p[n].query) * 31 + pairs.p[n].pos * 7 + pairs.p[n].c;
                    search_tile_done(&tile);
                    mem_free(pairs.p);
                }
                ck_assert_int_eq(got, want);
                ck_assert_int_eq(sum, 0);
            }
    search_index_free(ix);
    free(data);
}
END_TEST

START_TEST(neighbours_are_both_ways_and_not_the_row_itself)
{
    const shape *shape = &shapes[(int[]){0, 2, 4, 5, 7}[_i]];
    int32_t bytes = search_row_bytes(shape->bits);
    int64_t n = shape->n < 900 ? shape->n : 900;
    uint8_t *data = rows_new(n, bytes, shape->bits, shape->mean);
    aryl_rows rows = {data, n, bytes, shape->bits};
    search_index *ix;
    ck_assert_int_eq(search_index_build(&rows, 2, &ix, NULL), ARYL_OK);
    for (int32_t turn = 0; turn < 8; turn++) {
        aryl_hits *all, *got, *counted;
        search_request r = {.metric = metrics[turn % 5], .n_threads = 1 + turn % 2};
        r.threshold = (double[]){0.6, 0.3, 0, 0.8}[turn % 4];
        r.k = (int64_t[]){0, 0, 5, 5, 2000}[draw() % 5];
        r.plan = turn % 3 ? ARYL_PLAN_AUTO : ARYL_PLAN_GROUPS;
        int64_t k = r.k;
        ck_assert_int_eq(search_neighbours(ix, &r, &got, NULL, NULL), ARYL_OK);
        r.count_only = true;
        ck_assert_int_eq(search_neighbours(ix, &r, &counted, NULL, NULL), ARYL_OK);
        r.count_only = false;
        r.k = 0;
        ck_assert_int_eq(search_scan(&rows, &rows, &r, &all, NULL), ARYL_OK);
        for (int64_t i = 0; i < n; i++) {
            int64_t at = got->offsets[i];
            for (int64_t j = all->offsets[i]; j < all->offsets[i + 1]; j++) {
                if (all->rows[j] == i || (k && at == got->offsets[i] + k)) continue;
                ck_assert_msg(at < got->offsets[i + 1] && got->rows[at] == all->rows[j] && got->scores[at] == all->scores[j],
                              "%d bits, metric %d, threshold %g, k %d: row %d, neighbour %d", shape->bits, r.metric.kind,
                              r.threshold, (int)k, (int)i, (int)(at - got->offsets[i]));
                at++;
            }
            ck_assert_int_eq(at, got->offsets[i + 1]);
            ck_assert_int_eq(at, counted->offsets[i + 1]);
        }
        search_hits_free(all);
        search_hits_free(got);
        search_hits_free(counted);
    }
    search_index_free(ix);
    free(data);
}
END_TEST

static aryl_status try_index(void *ctx)
{
    uint8_t *data = ctx;
    aryl_rows rows = {data, 150, 8, 64}, q = {data, 50, 8, 64};
    search_index *ix = NULL;
    aryl_status s = search_index_build(&rows, 1, &ix, NULL);
    for (int32_t k = 0; s == ARYL_OK && k < 2; k++) {
        aryl_hits *h = NULL;
        search_request r = {.threshold = 0.3 * (1 - k), .n_threads = 1, .k = 5 * k};
        s = search_index_search(ix, &q, &r, &h, NULL, NULL);
        search_hits_free(h);
        h = NULL;
        if (s == ARYL_OK) s = search_neighbours(ix, &r, &h, NULL, NULL);
        ck_assert(s == ARYL_OK || !h);
        search_hits_free(h);
    }
    search_index_free(ix);
    return s;
}

START_TEST(running_out_of_memory_anywhere_is_a_status)
{
    uint8_t *data = rows_new(150, 8, 64, 10);
    int64_t requests = alloc_sweep(try_index, data);
    ck_assert_int_gt(requests, 30);
    ck_assert_int_lt(requests, 2000);
    free(data);
}
END_TEST

START_TEST(nothing_to_index_is_an_index_of_nothing)
{
    uint8_t row[8] = {3};
    aryl_rows none = {row, 0, 8, 64}, one = {row, 1, 8, 64};
    search_index *ix;
    ck_assert_int_eq(search_index_build(&none, 1, &ix, NULL), ARYL_OK);
    search_request r = {.threshold = 0.5, .n_threads = 1};
    for (r.k = 0; r.k < 2; r.k++) compare(ix, &one, &none, r);
    search_index_free(ix);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("index");
    TCase *t = tcase_create("search");
    tcase_set_timeout(t, 240);
    tcase_add_loop_test(t, an_index_finds_what_a_scan_finds, 0, N_SHAPES);
    tcase_add_loop_test(t, every_kernel_finds_the_same, 0, 6);
    tcase_add_test(t, rows_of_4095_and_4096_bits_are_counted_right);
    tcase_add_test(t, tiles_find_every_pair_of_a_set_once);
    tcase_add_loop_test(t, neighbours_are_both_ways_and_not_the_row_itself, 0, 5);
    tcase_add_test(t, running_out_of_memory_anywhere_is_a_status);
    tcase_add_test(t, nothing_to_index_is_an_index_of_nothing);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
