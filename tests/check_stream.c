// check_stream.c - pairs told a piece at a time: what looking at every row finds, in memory that does not grow with them.
#include <check.h>
#include <malloc.h>

#include "rows.h"
#include "search/store.h"

enum { BITS = 512, BYTES = 64, N = 1300, HALF = 580, QUERIES = 120 };
static const search_metric metrics[] = {{ARYL_TANIMOTO, 0, 0}, {ARYL_DICE, 0, 0}, {ARYL_CONTAINMENT, 0, 0}, {ARYL_TVERSKY, 0.9, 0.1}};

static uint8_t *data, *others;
static aryl_index *all, *left, *right, *queries, parts_of;   // parts_of: both halves, some rows deleted
static store_part halves[2];
static uint64_t dead[2][N / 64 + 1];
static bool gone[N];

static aryl_index *made(const uint8_t *rows, int64_t n)
{
    aryl_rows r = {rows, n, BYTES, BITS};
    search_id_column none = {0};
    aryl_index *s;
    ck_assert_int_eq(store_build(&r, &none, NULL, NULL, 2, &s, NULL), ARYL_OK);
    return s;
}

static void set_up(void)
{
    data = rows_new(N, BYTES, BITS, 40);
    others = rows_new(QUERIES, BYTES, BITS, 40);
    memcpy(others, data + 50 * BYTES, 40 * BYTES);
    all = made(data, N);
    left = made(data, HALF);
    right = made(data + HALF * BYTES, N - HALF);
    queries = made(others, QUERIES);
    halves[0] = left->parts[0];
    halves[1] = right->parts[0];
    halves[1].base = HALF;
    parts_of = (aryl_index){.parts = halves, .n_parts = 2, .bits = BITS, .n = N, .span = N};
    for (int32_t i = 0; i < 2; i++) {
        halves[i].dead = dead[i];
        halves[i].ix->dead = dead[i];
        for (int64_t at = 0; at < halves[i].ix->n; at += 7) {
            dead[i][at >> 6] |= (uint64_t)1 << (at & 63);
            gone[halves[i].base + halves[i].ix->order[at]] = true;
            parts_of.n--;
        }
    }
}

static void tear_down(void)
{
    store_free(all);
    store_free(left);
    store_free(right);
    store_free(queries);
    free(data);
    free(others);
}

typedef struct told { aryl_pair *p; int64_t n, cap, stop; } told;
static int32_t keep(void *ctx, const aryl_pair *pairs, int64_t n)
{
    told *t = ctx;
    if (t->n + n > t->cap) t->p = realloc(t->p, (size_t)(t->cap = 2 * (t->n + n)) * sizeof *t->p);
    memcpy(t->p + t->n, pairs, (size_t)n * sizeof *pairs);
    t->n += n;
    return t->stop && t->n >= t->stop;
}

static int by_rows(const void *x, const void *y)
{
    const aryl_pair *a = x, *b = y;
    if (a->query != b->query) return a->query < b->query ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

// told == the hits of a scan of `rows` by `asked`, but for rows that are gone, a row itself with `itself`, and the other
// direction with `once`.
static void same(told *t, const uint8_t *asked, int64_t n_asked, search_request r, bool itself, bool once, bool deleted, bool ranked)
{
    aryl_rows q = {asked, n_asked, BYTES, BITS}, rows = {data, N, BYTES, BITS};
    int64_t k = r.k, at = 0;
    aryl_hits *want;
    r.k = 0;
    ck_assert_int_eq(search_scan(&q, &rows, &r, &want, NULL), ARYL_OK);
    // Ranked: hits of a query come together, best first; the queries' own order is the index's.
    bool good = true;   // asserted once: libcheck writes to a file at each assertion
    for (int64_t i = 1; i < t->n && ranked; i++)
        if (t->p[i].query == t->p[i - 1].query)
            good &= search_before((search_hit){t->p[i - 1].row, t->p[i - 1].score}, (search_hit){t->p[i].row, t->p[i].score});
    if (t->n) qsort(t->p, (size_t)t->n, sizeof *t->p, by_rows);
    for (int64_t i = 0; i < n_asked; i++) {
        aryl_pair mine[N];
        int64_t n = 0;
        if (itself && deleted && gone[i]) continue;
        for (int64_t j = want->offsets[i]; j < want->offsets[i + 1] && !(k && n == k); j++) {
            int64_t row = want->rows[j];
            if ((deleted && gone[row]) || (itself && row == i) || (once && row < i)) continue;
            mine[n++] = (aryl_pair){i, row, want->scores[j]};
        }
        qsort(mine, (size_t)n, sizeof *mine, by_rows);
        for (int64_t j = 0; j < n && at < t->n; j++, at++)
            good &= t->p[at].query == mine[j].query && t->p[at].row == mine[j].row && t->p[at].score == mine[j].score;
        good &= n == 0 || (at > 0 && t->p[at - 1].row == mine[n - 1].row);
    }
    ck_assert(good);
    ck_assert_int_eq(at, t->n);
    search_hits_free(want);
    free(t->p);
    *t = (told){0};
}

START_TEST(a_join_tells_what_a_scan_finds)
{
    search_request r = {.metric = metrics[_i], .n_threads = 1 + _i % 2};
    for (int32_t turn = 0; turn < 4; turn++) {
        told t = {0};
        int64_t n;
        r.threshold = (double[]){0.6, 0.3, 0, 0.4}[turn];
        r.k = (int64_t[]){0, 5, 9, 0}[turn];
        ck_assert_int_eq(store_join(queries, all, &r, keep, &t, &n, NULL), ARYL_OK);
        ck_assert_int_eq(n, t.n);
        same(&t, others, QUERIES, r, false, false, false, true);
        ck_assert_int_eq(store_join(queries, &parts_of, &r, keep, &t, NULL, NULL), ARYL_OK);
        same(&t, others, QUERIES, r, false, false, true, true);
        ck_assert_int_eq(store_join(&parts_of, &parts_of, &r, keep, &t, NULL, NULL), ARYL_OK);
        same(&t, data, N, r, true, false, true, true);
    }
}
END_TEST

START_TEST(pairs_across_segments_are_told_once)
{
    search_request r = {.metric = metrics[_i], .n_threads = 1 + _i % 2};
    bool once = search_symmetric(&r.metric);
    for (int32_t turn = 0; turn < 3; turn++) {
        told t = {0};
        r.threshold = (double[]){0.7, 0.35, 0}[turn];
        ck_assert_int_eq(store_pairs(all, &r, keep, &t, NULL, NULL), ARYL_OK);
        same(&t, data, N, r, true, once, false, false);
        ck_assert_int_eq(store_pairs(&parts_of, &r, keep, &t, NULL, NULL), ARYL_OK);
        same(&t, data, N, r, true, once, true, false);
    }
}
END_TEST

START_TEST(the_order_of_pairs_does_not_depend_on_threads)
{
    told one = {0}, three = {0};
    search_request r = {.metric = metrics[0], .threshold = 0.2, .n_threads = 1};
    ck_assert_int_eq(store_pairs(all, &r, keep, &one, NULL, NULL), ARYL_OK);
    r.n_threads = 3;
    ck_assert_int_eq(store_pairs(all, &r, keep, &three, NULL, NULL), ARYL_OK);
    ck_assert_int_eq(one.n, three.n);
    ck_assert(!memcmp(one.p, three.p, (size_t)one.n * sizeof *one.p));
    free(one.p);
    free(three.p);
}
END_TEST

START_TEST(a_sink_can_stop)
{
    told t = {.stop = 3000};
    int64_t n;
    search_request r = {.metric = metrics[0], .threshold = 0.1, .n_threads = 2};
    ck_assert_int_eq(store_pairs(all, &r, keep, &t, &n, NULL), ARYL_E_CANCELLED);
    ck_assert_int_lt(t.n, 3000 + 2048);
    t.n = 0;
    ck_assert_int_eq(store_join(queries, all, &r, keep, &t, &n, NULL), ARYL_E_CANCELLED);
    ck_assert_int_lt(t.n, 3000 + 2048);
    free(t.p);
}
END_TEST

// ---- memory

static int64_t in_use, most_in_use;
static void note(int64_t bytes)
{
    int64_t now = __atomic_add_fetch(&in_use, bytes, __ATOMIC_RELAXED);
    if (now > most_in_use) most_in_use = now;
}
static void *counted_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    note((int64_t)malloc_usable_size(p));
    return p;
}
static void *counted_resize(void *p, size_t size)
{
    int64_t before = p ? (int64_t)malloc_usable_size(p) : 0;
    p = realloc(p, size ? size : 1);
    note((int64_t)malloc_usable_size(p) - before);
    return p;
}
static void counted_free(void *p)
{
    if (p) note(-(int64_t)malloc_usable_size(p));
    free(p);
}

// Everything is like everything: 18 million pairs, which would take 216 MB.
START_TEST(memory_is_bounded_where_every_row_is_a_hit)
{
    enum { MANY = 6000 };
    uint8_t *rows = calloc(MANY, BYTES);
    for (int64_t i = 0; i < MANY; i++) {
        memset(rows + i * BYTES, 255, 10);
        rows[i * BYTES + 20 + i % 40] = 1;
    }
    aryl_index *ix = made(rows, MANY);
    search_request r = {.metric = metrics[0], .threshold = 0.5, .n_threads = 2};
    int64_t n;
    mem_set_hooks(&(mem_hooks){counted_alloc, counted_resize, counted_free});
    ck_assert_int_eq(store_pairs(ix, &r, NULL, NULL, &n, NULL), ARYL_OK);
    ck_assert_int_eq(n, (int64_t)MANY * (MANY - 1) / 2);
    int64_t pairs_took = most_in_use;
    most_in_use = 0;
    ck_assert_int_eq(store_join(ix, ix, &r, NULL, NULL, &n, NULL), ARYL_OK);
    ck_assert_int_eq(n, (int64_t)MANY * (MANY - 1));
    ck_assert_msg(most_in_use < 128 << 20 && pairs_took < 128 << 20, "%lld, %lld", (long long)most_in_use, (long long)pairs_took);
    ck_assert_int_eq(in_use, 0);
    mem_set_hooks(NULL);
    store_free(ix);
    free(rows);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stream");
    TCase *t = tcase_create("stream");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, a_join_tells_what_a_scan_finds, 0, 4);
    tcase_add_loop_test(t, pairs_across_segments_are_told_once, 0, 4);
    tcase_add_test(t, the_order_of_pairs_does_not_depend_on_threads);
    tcase_add_test(t, a_sink_can_stop);
    tcase_add_test(t, memory_is_bounded_where_every_row_is_a_hit);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
