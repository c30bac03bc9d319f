// check_search.c - scores as documented, hits as the plainest loop finds them, FPS text both ways.
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rows.h"
#include "search/search.h"
#include "support.h"

static int32_t shared_bits(const uint8_t *a, const uint8_t *b, int32_t bytes)
{
    int32_t n = 0;
    for (int32_t i = 0; i < bytes; i++) n += __builtin_popcount((unsigned)(a[i] & b[i]));
    return n;
}

// The documented formulas, written again.
static double formula(const search_metric *m, int32_t c, int32_t a, int32_t b)
{
    if (c == 0) return 0;
    if (m->kind == ARYL_TANIMOTO) return (double)c / (a + b - c);
    if (m->kind == ARYL_DICE) return (double)(2 * c) / (a + b);
    if (m->kind == ARYL_COSINE) return c / sqrt((double)a * (double)b);
    if (m->kind == ARYL_CONTAINMENT) return c / (double)a;
    return c / (m->alpha * a + m->beta * b + (1 - m->alpha - m->beta) * c);
}

static const search_metric metrics[] = {{ARYL_TANIMOTO, 0, 0},        {ARYL_DICE, 0, 0},           {ARYL_COSINE, 0, 0},
                                        {ARYL_CONTAINMENT, 0, 0},     {ARYL_TVERSKY, 0.9, 0.1},    {ARYL_TVERSKY, 0, 1},
                                        {ARYL_TVERSKY, 0.5, 0.5},     {ARYL_TVERSKY, 0, 0},        {ARYL_TVERSKY, 2, 3},
                                        {ARYL_TVERSKY, 1e-17, 1e-17}, {ARYL_TVERSKY, 1e6, 0.001}};
enum { N_METRICS = sizeof metrics / sizeof *metrics };

START_TEST(least_intersection_is_where_the_score_reaches_the_threshold)
{
    const search_metric *m = &metrics[_i];
    static const double thresholds[] = {1e-300, 1e-9, 0.001, 0.1, 1.0 / 3, 0.35, 0.5, 0.65, 0.7, 0.8, 0.9, 0.999, 1, 1.0000001, 2};
    for (int32_t turn = 0; turn < 3000; turn++) {
        int32_t a = (int32_t)(draw() % (turn % 2 ? 60 : 3000)), b = (int32_t)(draw() % (turn % 3 ? 60 : 3000)), most = a < b ? a : b;
        double t = thresholds[draw() % 15];
        if (most && turn % 4 == 0) t = formula(m, 1 + (int32_t)(draw() % (uint64_t)most), a, b);   // on the edge
        if (most && turn % 8 == 0) t = nextafter(t, 2);
        if (!(t > 0)) continue;
        int32_t least = search_least(m, a, b, t), plain = 1;
        while (plain <= most && !(formula(m, plain, a, b) >= t)) plain++;
        if (plain > most) plain = SEARCH_NEVER;
        if (m->kind == ARYL_TVERSKY) ck_assert_int_le(least, plain);   // a filter; the score decides
        else ck_assert_msg(least == plain, "metric %d: a %d, b %d, t %.17g: %d, not %d", m->kind, a, b, t, least, plain);
        ck_assert_int_ge(least, 1);
    }
}
END_TEST

START_TEST(two_empty_rows_score_zero)
{
    for (int32_t i = 0; i < N_METRICS; i++) ck_assert(search_score(&metrics[i], 0, 0, 0) == 0);
}
END_TEST

static int by_rank(const void *x, const void *y)
{
    return search_before(*(const search_hit *)x, *(const search_hit *)y) ? -1 : 1;
}

static void compare_with_plain(const aryl_rows *q, const aryl_rows *rows, const search_request *r)
{
    int32_t bytes = search_row_bytes(rows->bits);
    search_hit *want = malloc((size_t)(rows->n + 1) * sizeof *want);
    aryl_hits *h, *counted;
    search_request only = *r;
    only.count_only = true;
    ck_assert_int_eq(search_scan(q, rows, r, &h, NULL), ARYL_OK);
    ck_assert_int_eq(search_scan(q, rows, &only, &counted, NULL), ARYL_OK);
    ck_assert_ptr_null(counted->rows);
    for (int64_t i = 0; i < q->n; i++) {
        const uint8_t *x = q->data + i * q->stride;
        int64_t n = 0;
        for (int64_t j = 0; j < rows->n; j++) {
            const uint8_t *y = rows->data + j * rows->stride;
            double s = formula(&r->metric, shared_bits(x, y, bytes), shared_bits(x, x, bytes), shared_bits(y, y, bytes));
            if (s >= r->threshold) want[n++] = (search_hit){j, s};
        }
        qsort(want, (size_t)n, sizeof *want, by_rank);
        if (r->k && n > r->k) n = r->k;
        ck_assert_int_eq(h->offsets[i + 1] - h->offsets[i], n);
        ck_assert_int_eq(counted->offsets[i + 1] - counted->offsets[i], n);
        for (int64_t k = 0; k < n; k++) {
            ck_assert_int_eq(h->rows[h->offsets[i] + k], want[k].row);
            ck_assert(h->scores[h->offsets[i] + k] == want[k].score);
        }
    }
    search_hits_free(h);
    search_hits_free(counted);
    free(want);
}

START_TEST(a_scan_finds_what_the_plain_loop_finds)
{
    static const int32_t widths[] = {1, 64, 167, 1000, 1024, 2048};
    for (int32_t w = 0; w < 6; w++) {
        int32_t bits = widths[w], bytes = search_row_bytes(bits);
        int64_t n = w % 2 ? 3000 : 777;
        uint8_t *data = rows_new(n, bytes + 3, bits, bits / 20 + 1);
        aryl_rows rows = {data, n, bytes + 3, bits}, q = {data, w == 1 ? 1 : 37, 5 * (bytes + 3), bits};
        for (int32_t turn = 0; turn < 12; turn++) {
            search_request r = {.metric = metrics[(turn + w) % N_METRICS], .n_threads = 1 + turn % 3};
            r.threshold = (double[]){0, 0.3, 0.7, 1, -1, 0.5}[turn % 6];
            r.k = (int64_t[]){0, 10, 1, 100000}[turn % 4];
            compare_with_plain(&q, &rows, &r);
        }
        free(data);
    }
}
END_TEST

START_TEST(nothing_to_search_is_no_hits)
{
    uint8_t data[8] = {1};
    aryl_rows none = {data, 0, 8, 64}, one = {data, 1, 8, 64};
    search_request r = {.n_threads = 1};
    aryl_hits *h;
    ck_assert_int_eq(search_scan(&one, &none, &r, &h, NULL), ARYL_OK);
    ck_assert_int_eq(h->offsets[1], 0);
    ck_assert_ptr_nonnull(h->rows);
    search_hits_free(h);
    ck_assert_int_eq(search_scan(&none, &one, &r, &h, NULL), ARYL_OK);
    ck_assert_int_eq(h->n_queries, 0);
    search_hits_free(h);
}
END_TEST

// Few rows of a, which are counted row by row; many, which meet planes; and widths with rows of more bits than planes count.
START_TEST(the_matrix_holds_every_score)
{
    static const struct { int32_t bits, mean, a, b; } shapes[] = {{300, 30, 53, 301}, {300, 30, 130, 1301}, {2048, 45, 120, 8800}, {6000, 3000, 110, 130}};
    int32_t bits = shapes[_i].bits, bytes = search_row_bytes(bits), n_a = shapes[_i].a, n_b = shapes[_i].b;
    uint8_t *a = rows_new(n_a, bytes, bits, shapes[_i].mean), *b = rows_new(n_b, bytes, bits, shapes[_i].mean);
    double *out = malloc((size_t)n_a * (size_t)(n_b + 2) * sizeof *out);
    aryl_rows ra = {a, n_a, bytes, bits}, rb = {b, n_b, bytes, bits};
    for (int32_t m = 0; m < (_i ? 2 : N_METRICS); m++) {
        search_request r = {.metric = metrics[m], .n_threads = 2};
        bool good = true;
        ck_assert_int_eq(search_matrix(&ra, &rb, &r, out, n_b + 2, NULL), ARYL_OK);
        for (int32_t i = 0; i < n_a; i++)
            for (int32_t j = 0; j < n_b; j += 1 + _i) {
                const uint8_t *x = a + i * bytes, *y = b + j * bytes;
                double s = formula(&metrics[m], shared_bits(x, y, bytes), shared_bits(x, x, bytes), shared_bits(y, y, bytes));
                good &= out[i * (n_b + 2) + j] == s;
            }
        ck_assert(good);
    }
    free(out);
    free(a);
    free(b);
}
END_TEST

static int32_t stop_at_once(void *ctx) { return ++*(int *)ctx > 0; }

START_TEST(a_request_is_checked_and_can_be_cancelled)
{
    search_request r;
    aryl_error err;
    aryl_search_options good = {sizeof good}, o = good;
    ck_assert_int_eq(search_request_of(NULL, &r, &err), ARYL_OK);
    ck_assert_int_eq(search_request_of(&good, &r, &err), ARYL_OK);
    o.size = 0;
    ck_assert_int_eq(search_request_of(&o, &r, &err), ARYL_E_ARGUMENT);
    o = good, o.metric = 5;
    ck_assert_int_eq(search_request_of(&o, &r, &err), ARYL_E_ARGUMENT);
    o = good, o.metric = ARYL_TVERSKY, o.alpha = -1;
    ck_assert_int_eq(search_request_of(&o, &r, &err), ARYL_E_ARGUMENT);
    o = good, o.threshold = NAN;
    ck_assert_int_eq(search_request_of(&o, &r, &err), ARYL_E_ARGUMENT);
    o = good, o.k = -1;
    ck_assert_int_eq(search_request_of(&o, &r, &err), ARYL_E_ARGUMENT);
    int calls = 0;
    uint8_t data[8] = {1};
    aryl_rows one = {data, 1, 8, 64};
    o = good, o.cancel = stop_at_once, o.ctx = &calls;
    ck_assert_int_eq(search_request_of(&o, &r, &err), ARYL_OK);
    aryl_hits *h;
    ck_assert_int_eq(search_scan(&one, &one, &r, &h, &err), ARYL_E_CANCELLED);
    ck_assert_int_eq(calls, 1);
    aryl_rows bad = {data, 1, 7, 64};
    ck_assert_int_eq(search_check_rows(&bad, &bad, "rows", &err), ARYL_E_ARGUMENT);
    bad = (aryl_rows){data, 1, 0, SEARCH_MOST_BITS + 1};
    ck_assert_int_eq(search_check_rows(&bad, &bad, "rows", &err), ARYL_E_ARGUMENT);
}
END_TEST

typedef struct scan_request {
    aryl_rows rows, queries;
} scan_request;

static aryl_status try_scan(void *ctx)
{
    const scan_request *x = ctx;
    search_request r = {.threshold = 0.1, .n_threads = 1};
    aryl_hits *h = NULL;
    aryl_status s = search_scan(&x->queries, &x->rows, &r, &h, NULL);
    ck_assert(s == ARYL_OK || !h);
    search_hits_free(h);
    return s;
}

START_TEST(running_out_of_memory_anywhere_is_a_status)
{
    uint8_t *data = rows_new(300, 8, 64, 10);
    scan_request x = {{data, 300, 8, 64}, {data, 5, 8, 64}};
    int64_t requests = alloc_sweep(try_scan, &x);
    ck_assert_int_gt(requests, 5);
    ck_assert_int_lt(requests, 200);
    free(data);
}
END_TEST

// ---- FPS

START_TEST(fps_bits_count_from_the_lowest_of_each_byte)
{
    const char *text = "#FPS1\n#num_bits=16\n#type=my kind\n0c01\tfirst id\textra\r\n\n0080\tlast";
    aryl_fps_header h = {sizeof h};
    int64_t used, n, ids[4];
    int32_t lens[4];
    uint8_t rows[8];
    ck_assert_int_eq(search_fps_header(text, (int64_t)strlen(text), &h, &used, NULL), ARYL_OK);
    ck_assert_int_eq(h.bits, 16);
    ck_assert_int_eq(h.marked, 1);
    ck_assert_int_eq(h.type_len, 7);
    int64_t len = (int64_t)strlen(text) - used, part;
    text += used;
    ck_assert_int_eq(search_fps_rows(text, len, false, 16, rows, 2, ids, lens, 4, &n, &part, NULL), ARYL_OK);
    ck_assert_int_eq(n, 1);   // the last line could go on
    ck_assert_int_eq(search_fps_rows(text, len, true, 16, rows, 2, ids, lens, 4, &n, &used, NULL), ARYL_OK);
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(used, len);
    ck_assert(rows[0] == 0x0C && rows[1] == 1 && rows[2] == 0 && rows[3] == 0x80);
    ck_assert(lens[0] == 8 && !memcmp(text + ids[0], "first id", 8));
    ck_assert(lens[1] == 4 && !memcmp(text + ids[1], "last", 4));
}
END_TEST

START_TEST(bare_hex_is_understood)
{
    aryl_fps_header h = {sizeof h};
    int64_t used;
    ck_assert_int_eq(search_fps_header("00ff00ff\n", 9, &h, &used, NULL), ARYL_OK);
    ck_assert(h.bits == 32 && used == 0 && !h.marked);
}
END_TEST

START_TEST(damaged_fps_text_is_an_error_with_its_place)
{
    static const struct { const char *text; int64_t at; } bad[] = {
        {"00\tx\n", 0}, {"00gg\tx\n", 2}, {"0000 x\n", 4}, {"00000\tx\n", 0}, {"0001\tok\n00\n", 8}, {"\tx\n", 0}, {"zz\n", 0}};
    int64_t used, n, ids[4];
    int32_t lens[4];
    uint8_t rows[8];
    aryl_error err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        aryl_status s = search_fps_rows(bad[i].text, (int64_t)strlen(bad[i].text), true, 16, rows, 2, ids, lens, 4, &n, &used, &err);
        ck_assert_int_eq(s, ARYL_E_FORMAT);
        ck_assert_msg(err.offset == bad[i].at, "%s: %d", bad[i].text, (int)err.offset);
    }
    ck_assert_int_eq(search_fps_rows("0002\tx\n", 7, true, 9, rows, 2, ids, lens, 4, &n, &used, &err), ARYL_E_FORMAT);
    aryl_fps_header h = {sizeof h};
    ck_assert_int_eq(search_fps_header("#num_bits=0\n", 12, &h, &used, &err), ARYL_E_FORMAT);
    ck_assert_int_eq(search_fps_header("#num_bits=8x\n", 13, &h, &used, &err), ARYL_E_FORMAT);
    ck_assert_int_eq(search_fps_header("xyz\n", 4, &h, &used, &err), ARYL_E_FORMAT);
}
END_TEST

START_TEST(what_is_written_as_fps_is_read_again)
{
    enum { BITS = 167, BYTES = 21, N = 50 };
    uint8_t *data = rows_new(N, BYTES, BITS, 30), back[N * BYTES];
    static char text[N * 100];
    int64_t at = 0, len, used, n, ids[N];
    int32_t lens[N];
    ck_assert_int_eq(search_fps_write_header(BITS, "maccs", "here", text, 20, &len, NULL), ARYL_E_SPACE);
    ck_assert_int_eq(search_fps_write_header(BITS, "maccs", "here", text, sizeof text, &len, NULL), ARYL_OK);
    at += len;
    for (int32_t i = 0; i < N; i++) {
        char id[16];
        int id_len = snprintf(id, sizeof id, "row %d", i);
        ck_assert_int_eq(search_fps_write_row(data + i * BYTES, BITS, id, id_len, text + at, 10, &len, NULL), ARYL_E_SPACE);
        ck_assert_int_eq(search_fps_write_row(data + i * BYTES, BITS, id, id_len, text + at, len, &len, NULL), ARYL_OK);
        at += len;
    }
    aryl_fps_header h = {sizeof h};
    ck_assert_int_eq(search_fps_header(text, at, &h, &used, NULL), ARYL_OK);
    ck_assert_int_eq(h.bits, BITS);
    ck_assert_int_eq(search_fps_rows(text + used, at - used, true, BITS, back, BYTES, ids, lens, N, &n, &used, NULL), ARYL_OK);
    ck_assert_int_eq(n, N);
    ck_assert(!memcmp(back, data, N * BYTES));
    ck_assert_int_eq(search_fps_write_row(data, BITS, "a\tb", 3, text, sizeof text, &len, NULL), ARYL_E_ARGUMENT);
    free(data);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("search");
    TCase *t = tcase_create("scan");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, least_intersection_is_where_the_score_reaches_the_threshold, 0, N_METRICS);
    tcase_add_test(t, two_empty_rows_score_zero);
    tcase_add_test(t, a_scan_finds_what_the_plain_loop_finds);
    tcase_add_test(t, nothing_to_search_is_no_hits);
    tcase_add_loop_test(t, the_matrix_holds_every_score, 0, 4);
    tcase_add_test(t, a_request_is_checked_and_can_be_cancelled);
    tcase_add_test(t, running_out_of_memory_anywhere_is_a_status);
    suite_add_tcase(s, t);
    t = tcase_create("fps");
    tcase_add_test(t, fps_bits_count_from_the_lowest_of_each_byte);
    tcase_add_test(t, bare_hex_is_understood);
    tcase_add_test(t, damaged_fps_text_is_an_error_with_its_place);
    tcase_add_test(t, what_is_written_as_fps_is_read_again);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
