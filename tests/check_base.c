// check_base.c - memory, numbers as text, and threads do what base.h says, also where it hurts: at the edges of sizes,
// in foreign locales, across forks.
#include <check.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "support.h"

static uint64_t seed = 0x9E3779B97F4A7C15u;
static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

// ---- failing

START_TEST(every_status_has_a_name_and_other_numbers_say_so)
{
    for (int32_t s = ARYL_OK; s <= ARYL_E_INTERNAL; s++) {
        ck_assert_ptr_nonnull(status_name(s));
        for (int32_t t = ARYL_OK; t < s; t++) ck_assert_str_ne(status_name(s), status_name(t));
    }
    ck_assert_str_eq(status_name(-1), "unknown status");
    ck_assert_str_eq(status_name(ARYL_E_INTERNAL + 1), "unknown status");
}
END_TEST

START_TEST(a_failure_is_recorded_on_one_line_and_cut_to_fit)
{
    aryl_error err;
    ck_assert_int_eq(fail_at(NULL, ARYL_E_SYNTAX, 3, "%s", "nobody listens"), ARYL_E_SYNTAX);
    ck_assert_int_eq(fail_at(&err, ARYL_E_SYNTAX, 3, "one\ntwo\x1b[31m%c", 7), ARYL_E_SYNTAX);
    ck_assert_int_eq(err.code, ARYL_E_SYNTAX);
    ck_assert_int_eq(err.offset, 3);
    ck_assert_str_eq(err.message, "one?two?[31m?");
    fail_at(&err, ARYL_E_SYNTAX, 3, "%1000d", 1);
    ck_assert_uint_eq(strlen(err.message), sizeof err.message - 1);
}
END_TEST

// ---- memory

START_TEST(sizes_that_overflow_are_no_memory)
{
    arena a;
    arena_init(&a);
    ck_assert_ptr_null(arena_bytes(&a, SIZE_MAX, 2));
    ck_assert_ptr_null(arena_bytes(&a, SIZE_MAX / 8 + 1, 8));
    ck_assert_ptr_null(arena_bytes(&a, (size_t)PTRDIFF_MAX, 1));
    ck_assert_ptr_null(arena_bytes_zero(&a, (size_t)-5, 4));
    void *p = arena_bytes(&a, 10, 1);
    ck_assert_ptr_nonnull(p);
    ck_assert_ptr_null(arena_grow(&a, p, 10, SIZE_MAX, 1));
    ck_assert_ptr_null(arena_grow(&a, p, 10, SIZE_MAX / 2, 16));
    ck_assert_ptr_null(arena_new(&a, int32_t, -1));
    ck_assert_ptr_nonnull(arena_bytes(&a, 0, 4));
    arena_free(&a);
}
END_TEST

// What is in the arena, told by a byte pattern of each array.
typedef struct array { uint8_t *p; size_t size; uint8_t mark; } array;
static void array_check(const array *x)
{
    size_t i = 0;
    while (i < x->size && x->p[i] == x->mark) i++;
    ck_assert_uint_eq(i, x->size);
    ck_assert_uint_eq((uintptr_t)x->p % 16, 0);
}

START_TEST(arrays_keep_apart_through_growing_saving_and_restoring)
{
    arena a;
    arena_init(&a);
    enum { MOST = 200, LEVELS = 4 };
    array live[MOST];
    for (int round = 0; round < 200; round++) {
        int n = 0, levels = 0, n_at[LEVELS], grow_from = 0;
        arena_mark mark[LEVELS];
        for (int step = 0; step < 150; step++) {
            uint64_t what = draw() % 16;
            if (what == 0 && levels < LEVELS) {
                n_at[levels] = n;
                mark[levels++] = arena_save(&a);
                grow_from = n;
            } else if (what == 1 && levels) {
                n = n_at[--levels];
                arena_restore(&a, mark[levels]);
                grow_from = levels ? n_at[levels - 1] : 0;
            } else if (what < 6 && n > grow_from) {
                array *x = &live[grow_from + (int)(draw() % (uint64_t)(n - grow_from))];
                size_t more = x->size + draw() % 5000;
                x->p = arena_grow(&a, x->p, x->size, more, 1);
                ck_assert_ptr_nonnull(x->p);
                array_check(x);
                x->size = more;
                memset(x->p, x->mark, x->size);
            } else if (n < MOST) {
                array *x = &live[n++];
                *x = (array){.size = draw() % (draw() % 50 ? 300 : 300000), .mark = (uint8_t)draw()};
                x->p = arena_bytes(&a, x->size, 1);
                ck_assert_ptr_nonnull(x->p);
                memset(x->p, x->mark, x->size);
            }
        }
        for (int i = 0; i < n; i++) array_check(&live[i]);
        arena_rewind(&a);
    }
    arena_free(&a);
}
END_TEST

START_TEST(the_newest_array_grows_in_place)
{
    arena a;
    arena_init(&a);
    int32_t *p = arena_new(&a, int32_t, 4);
    for (int i = 0; i < 4; i++) p[i] = i;
    int32_t *q = arena_grow(&a, p, 4, 400, sizeof *p);
    if (!ARENA_GUARD) ck_assert_ptr_eq(p, q);
    int32_t *other = arena_new(&a, int32_t, 4);
    int32_t *r = arena_grow(&a, q, 400, 800, sizeof *p);
    ck_assert_ptr_ne(q, r);
    ck_assert_ptr_ne(other, r);
    for (int i = 0; i < 4; i++) ck_assert_int_eq(r[i], i);
    arena_free(&a);
}
END_TEST

START_TEST(a_settled_arena_asks_for_nothing)
{
    arena a;
    arena_init(&a);
    alloc_watch();
    int64_t after_warming = 0;
    for (int round = 0; round < 300; round++) {
        if (round == 20) after_warming = alloc_seen().requests;
        seed = 1234;
        for (int i = 0; i < 50; i++) {
            arena_mark here = arena_save(&a);
            ck_assert_ptr_nonnull(arena_bytes(&a, draw() % 90000, 1));
            if (draw() % 2) arena_restore(&a, here);
        }
        arena_rewind(&a);
    }
    ck_assert_int_eq(alloc_seen().requests, after_warming);
    arena_free(&a);
    ck_assert_int_eq(alloc_seen().live, 0);
    alloc_unwatch();
}
END_TEST

static size_t largest_total;
static void *totalling_alloc(size_t size) { largest_total += size; return malloc(size); }

START_TEST(rows_that_grow_slowly_do_not_hoard)
{
    static const mem_hooks totalling = {totalling_alloc, realloc, free};
    enum { MOST = 8 << 20 };
    arena a;
    arena_init(&a);
    mem_set_hooks(&totalling);
    for (size_t size = 1 << 20; size < MOST; size += 10000) {
        ck_assert_ptr_nonnull(arena_bytes(&a, size, 1));
        arena_rewind(&a);
    }
    arena_free(&a);
    mem_set_hooks(NULL);
    ck_assert_uint_lt(largest_total, 4 * (size_t)MOST);
}
END_TEST

static aryl_status fill_arena(void *unused)
{
    (void)unused;
    arena a;
    arena_init(&a);
    aryl_status s = ARYL_OK;
    for (size_t size = 1; s == ARYL_OK && size < 1 << 22; size *= 3)
        if (!arena_bytes(&a, size, 1)) s = ARYL_E_NOMEM;
    arena_free(&a);
    return s;
}

START_TEST(an_arena_survives_each_request_failing) { ck_assert_int_gt(alloc_sweep(fill_arena, NULL), 3); }
END_TEST

START_TEST(work_is_counted_down_to_its_limit)
{
    arena a;
    arena_init(&a);
    ck_assert(arena_work(&a, 1000000));
    a.work = 10;
    ck_assert(arena_work(&a, 6));
    ck_assert(arena_work(&a, 4));
    ck_assert(!arena_work(&a, 1));
    arena_free(&a);
}
END_TEST

// ---- sets

START_TEST(sets_hold_what_the_bytes_say)
{
    uint32_t state = 3;
    for (int32_t round = 0; round < 2000; round++) {
        uint8_t byte[80];
        int32_t n = round % 65, value = round % 5 ? round % 7 : 128 + round % 128, bit = round % 8;
        uint64_t equal = 0, with = 0;
        for (int32_t i = 0; i < 80; i++) {
            state = state * 1664525u + 1013904223u;
            byte[i] = (uint8_t)(state >> 30 ? state >> 29 : state >> 8);
            if (!(state >> 20 & 3)) byte[i] = (uint8_t)value;
            if (i >= n) continue;
            equal |= (uint64_t)(byte[i] == value) << i;
            with |= (uint64_t)(byte[i] >> bit & 1) << i;
        }
        ck_assert_uint_eq(set_of_equal(byte, n, (uint8_t)value), equal);
        ck_assert_uint_eq(set_of_bit(byte, n, bit), with);
        int32_t size = 0;
        for (uint64_t left = equal; left; left &= left - 1) size++;
        ck_assert_int_eq(set_size(equal), size);
        ck_assert_int_eq(set_size(set_below(n)), n);
    }
}
END_TEST

// ---- numbers

START_TEST(doubles_are_read_correctly_rounded)
{
    for (tsv t = tsv_open(data_path("base/doubles.tsv")); tsv_next(&t);) {
        tsv_need(&t, 3);
        double value = -1, expected;
        uint64_t bits = strtoull(t.cell[2], NULL, 16);
        memcpy(&expected, &bits, sizeof bits);
        int64_t used = text_read_double(t.cell[0], (int64_t)strlen(t.cell[0]), &value);
        ck_assert_msg(used == atoi(t.cell[1]), "line %d: %s: %d bytes read", t.line, t.cell[0], (int)used);
        if (used) ck_assert_msg(!memcmp(&value, &expected, sizeof value), "line %d: %s is read as %a", t.line, t.cell[0], value);
    }
}
END_TEST

START_TEST(a_number_ends_with_the_text_not_behind_it)
{
    double value;
    int64_t whole;
    ck_assert_int_eq(text_read_double("12345", 3, &value), 3);
    ck_assert_double_eq(value, 123);
    ck_assert_int_eq(text_read_double("1e5", 2, &value), 1);
    ck_assert_int_eq(text_read_double("1e+5", 3, &value), 1);
    ck_assert_int_eq(text_read_double("", 0, &value), 0);
    ck_assert_int_eq(text_read_double("-1", 1, &value), 0);
    ck_assert_int_eq(text_read_int("-12", 2, &whole), 2);
    ck_assert_int_eq(whole, -1);
    ck_assert_int_eq(text_read_int("+", 1, &whole), 0);
}
END_TEST

START_TEST(integers_stop_at_64_bits)
{
    int64_t value = 0;
#define READ(text) text_read_int(text, (int64_t)strlen(text), &value)
    ck_assert_int_eq(READ("9223372036854775807"), 19);
    ck_assert_int_eq(value, INT64_MAX);
    ck_assert_int_eq(READ("-9223372036854775808x"), 20);
    ck_assert_int_eq(value, INT64_MIN);
    ck_assert_int_eq(READ("9223372036854775808"), 0);
    ck_assert_int_eq(READ("-9223372036854775809"), 0);
    ck_assert_int_eq(READ("99999999999999999999999"), 0);
    ck_assert_int_eq(READ("+007 "), 4);
    ck_assert_int_eq(value, 7);
    ck_assert_int_eq(READ(" 7"), 0);
    ck_assert_int_eq(READ("--7"), 0);
#undef READ
}
END_TEST

static double odd_double(int i)
{
    uint64_t bits = draw();
    double value;
    if (i % 7 == 0) bits &= ~(uint64_t)0 << 52;                       // powers of two: the middle below is nearer
    if (i % 7 == 1) bits = bits >> 12 >> bits % 52;                   // subnormals
    memcpy(&value, &bits, sizeof value);
    if (i % 7 == 2) value = (double)(int64_t)(draw() % 2000000000) / 1e4;
    if (i % 7 == 3) value = (double)draw() / (double)((uint64_t)1 << draw() % 64);
    if (i % 7 == 4) value = nextafter(pow(10, (double)(draw() % 40) - 20), i % 2 ? 0 : 1e300);
    return isfinite(value) ? value : 0.5;
}

START_TEST(written_doubles_read_back_and_no_shorter_text_does)
{
    for (int i = 0; i < 100000; i++) {
        double value = odd_double(i), back = 0;
        char text[64], longer[64];
        int32_t n = text_write_double(value, text);
        ck_assert_int_eq(n, strlen(text));
        ck_assert_int_lt(n, 32);
        ck_assert_int_eq(text_read_double(text, n, &back), n);
        ck_assert_msg(!memcmp(&back, &value, sizeof value), "%a is written %s", value, text);
        ck_assert_msg(strtod(text, NULL) == value, "%a is written %s", value, text);
        int precision = 0;   // the C library's shortest, by trying
        while (snprintf(longer, sizeof longer, "%.*e", precision, value), strtod(longer, NULL) != value) precision++;
        int digits = 0, zeros = 0;
        for (const char *c = text; *c && *c != 'e'; c++) {
            if (*c < '0' || *c > '9' || (*c == '0' && !digits)) continue;
            digits++;
            zeros = *c == '0' ? zeros + 1 : 0;
        }
        ck_assert_msg(digits - zeros <= precision + 1, "%s where %s would do", text, longer);
    }
}
END_TEST

START_TEST(reading_agrees_with_the_c_library_at_any_length)
{
    for (int i = 0; i < 100000; i++) {
        double value = odd_double(i), back = 0;
        char text[1200];
        int n = snprintf(text, sizeof text, "%.*e", i % 100 ? (int)(draw() % 25) : (int)(draw() % 900), value);
        ck_assert_int_eq(text_read_double(text, n, &back), n);
        ck_assert_msg(back == strtod(text, NULL), "%s is read as %a", text, back);
    }
}
END_TEST

START_TEST(special_values_have_fixed_texts)
{
    const struct { double value; const char *text; } rows[] = {
        {0.0, "0"}, {-0.0, "-0"}, {(double)NAN, "nan"}, {INFINITY, "inf"}, {-INFINITY, "-inf"}, {1, "1"}, {-1.5, "-1.5"},
        {0.1, "0.1"}, {1e-300, "1e-300"}, {1e15, "1000000000000000"}, {1e16, "1e16"}, {0.0001, "0.0001"}, {0.00001, "1e-5"},
        {123456789012345680.0, "1.2345678901234568e17"}, {5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"}, {9007199254740993.0, "9007199254740992"}, {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"}, {2.0 / 3, "0.6666666666666666"}, {1e23, "1e23"}, {194.19399999999999, "194.194"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        ck_assert_int_eq(text_write_double(rows[i].value, text), strlen(rows[i].text));
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(the_locale_changes_nothing)
{
    // A locale with a decimal comma, where the machine has one or can make one.
    static const char *const names[] = {"de_DE.utf8", "de_DE.UTF-8", "fr_FR.utf8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    bool comma = false;
    char dir[] = P_tmpdir "/aryl-locale-XXXXXX", command[200];
    for (size_t i = 0; !comma && i < sizeof names / sizeof *names; i++)
        comma = setlocale(LC_ALL, names[i]) && localeconv()->decimal_point[0] == ',';
    if (!comma && mkdtemp(dir)) {
        snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.utf8 >/dev/null 2>&1", dir);
        if (system(command) == 0 && setenv("LOCPATH", dir, 1) == 0)
            comma = setlocale(LC_ALL, "de_DE.utf8") && localeconv()->decimal_point[0] == ',';
    }
    if (!comma) fprintf(stderr, "no locale with a decimal comma here: only the C locale was tried\n");
    char text[32];
    double value = 0;
    ck_assert_int_eq(text_write_double(1234.5, text), 6);
    ck_assert_str_eq(text, "1234.5");
    ck_assert_int_eq(text_read_double("1234.5", 6, &value), 6);
    ck_assert_double_eq(value, 1234.5);
    ck_assert_int_eq(text_read_double("1,5", 3, &value), 1);
    setlocale(LC_ALL, "C");
    snprintf(command, sizeof command, "rm -rf %s", dir);
    if (!strstr(dir, "XXXXXX")) ck_assert_int_eq(system(command), 0);
}
END_TEST

// ---- threads

enum { MOST_WORKERS = 64 };
typedef struct cover {
    int64_t n, grain;
    int32_t limit;
    _Atomic uint8_t *seen;
    _Atomic int32_t busy[MOST_WORKERS];
    _Atomic int32_t wrong;
    pthread_t caller;
} cover;

static void cover_piece(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    cover *c = ctx;
    if (begin < 0 || end > c->n || begin >= end || end - begin > c->grain) c->wrong++;
    if (worker < 0 || worker >= c->limit || worker >= MOST_WORKERS) {
        c->wrong++;
        return;
    }
    if (c->busy[worker]++) c->wrong++;                                       // one thread at a time for a worker's memory
    if ((worker == 0) != (pthread_equal(pthread_self(), c->caller) != 0)) c->wrong++;
    for (int64_t i = begin; i < end; i++) c->seen[i]++;
    c->busy[worker]--;
}

static int32_t cover_run(int64_t n, int64_t grain, int32_t n_threads)
{
    cover c = {.n = n, .grain = grain < 1 ? 1 : grain, .limit = n_threads, .caller = pthread_self()};
    c.seen = calloc((size_t)n + 1, 1);
    par_for(n, grain, n_threads, cover_piece, &c);
    for (int64_t i = 0; i < n; i++) c.wrong += c.seen[i] != 1;
    free((void *)c.seen);
    return c.wrong;
}

START_TEST(every_index_is_visited_once_whatever_the_cut_and_the_threads)
{
    for (int32_t n_threads = 1; n_threads <= 24; n_threads++)
        for (int64_t grain = 0; grain < 120; grain = grain * 3 + 1)
            for (int64_t n = 0; n < 3000; n = n * 3 + 1)
                ck_assert_msg(!cover_run(n, grain, n_threads), "%d threads, grain %d, n %d", n_threads, (int)grain, (int)n);
}
END_TEST

static void count_far(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    (void)worker;
    _Atomic int64_t *sum = ctx;
    *sum += end - begin;
}

START_TEST(ranges_near_the_largest_integer_do_not_wrap)
{
    _Atomic int64_t sum = 0;
    par_for(INT64_MAX, INT64_MAX / 3, 4, count_far, &sum);
    ck_assert_int_eq(sum, INT64_MAX);
    sum = 0;
    par_for(INT64_MAX, INT64_MAX, 4, count_far, &sum);
    ck_assert_int_eq(sum, INT64_MAX);
    sum = 0;
    par_for(-5, 10, 4, count_far, &sum);
    ck_assert_int_eq(sum, 0);
}
END_TEST

typedef struct nest { _Atomic int64_t sum; _Atomic int32_t wrong; } nest;
static void nest_inner(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    nest *x = ctx;
    if (worker != 0) x->wrong++;
    x->sum += end - begin;
}
static void nest_outer(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    (void)worker;
    for (int64_t i = begin; i < end; i++) par_for(100, 7, 8, nest_inner, ctx);
}

START_TEST(nested_calls_run_serially_and_completely)
{
    nest x = {0};
    par_for(50, 1, 4, nest_outer, &x);
    ck_assert_int_eq(x.sum, 5000);
    ck_assert_int_eq(x.wrong, 0);
}
END_TEST

static void *cover_often(void *wrong)
{
    for (int i = 0; i < 200; i++) *(_Atomic int32_t *)wrong += cover_run(500, 3, 1 + i % 5);
    return NULL;
}

START_TEST(callers_on_several_threads_do_not_disturb_each_other)
{
    _Atomic int32_t wrong = 0;
    pthread_t t[4];
    for (int i = 0; i < 4; i++) ck_assert_int_eq(pthread_create(&t[i], NULL, cover_often, (void *)&wrong), 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

static bool threaded(void) { return strcmp(par_name(), "none") != 0; }

typedef struct meeting { _Atomic int32_t here, alone; } meeting;
static void meet(void *ctx, int64_t begin, int64_t end, int32_t worker)   // waits for the other; a busy machine may take seconds
{
    (void)begin, (void)end, (void)worker;
    meeting *m = ctx;
    ++m->here;
    for (int ms = 0; m->here < 2 && ms < (threaded() ? 20000 : 10); ms++) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    if (m->here < 2) m->alone = 1;
}

static bool runs_in_parallel(void)
{
    meeting m = {0, 0};
    par_for(2, 1, 2, meet, &m);
    return !m.alone;
}

START_TEST(two_threads_are_really_two) { ck_assert_int_eq(runs_in_parallel(), threaded()); }
END_TEST

START_TEST(the_thread_count_follows_argument_then_environment_then_machine)
{
    setenv("ARYL_NUM_THREADS", "3", 1);
    setenv("OMP_NUM_THREADS", "5,2", 1);
    if (!threaded()) {
        ck_assert_int_eq(par_threads(0), 1);
        ck_assert_int_eq(par_threads(7), 1);
        return;
    }
    ck_assert_int_eq(par_threads(7), 7);
    ck_assert_int_eq(par_threads(0), 3);
    ck_assert_int_eq(par_threads(-1), 3);
    ck_assert_int_le(par_threads(INT32_MAX), 4096);   // a slip must not cost gigabytes
    const char *const no_numbers[] = {"", "0", "-2", "many", "3x", "99999999999999999999"};
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++) {
        setenv("ARYL_NUM_THREADS", no_numbers[i], 1);
        ck_assert_int_eq(par_threads(0), 5);
    }
    unsetenv("ARYL_NUM_THREADS");
    ck_assert_int_eq(par_threads(0), 5);
    setenv("OMP_NUM_THREADS", " 2 , 4", 1);
    ck_assert_int_eq(par_threads(0), 2);
    unsetenv("OMP_NUM_THREADS");
    ck_assert_int_ge(par_threads(0), 1);
    ck_assert_int_le(par_threads(0), (int)sysconf(_SC_NPROCESSORS_CONF));
}
END_TEST

// ---- threads and forks: nothing may hang, so every child has a time limit

enum { FORKS = 300, SECONDS = 100 };

static int covers(void *n_threads) { return cover_run(1000, 7, *(int32_t *)n_threads) != 0; }
static int covers_in_parallel(void *n_threads) { return covers(n_threads) || runs_in_parallel() != threaded(); }

START_TEST(three_hundred_forks_after_a_region_do_not_hang)
{
    int32_t n_threads = 4;
    for (int i = 0; i < FORKS; i++) {
        ck_assert_int_eq(cover_run(1000, 7, n_threads), 0);
        ck_assert_msg(in_child(covers, &n_threads, SECONDS) == 0, "fork %d", i);
    }
    ck_assert_int_eq(in_child(covers_in_parallel, &n_threads, SECONDS), 0);   // and the child still has its threads
    ck_assert_int_eq(runs_in_parallel(), threaded());
}
END_TEST

static int forks_again(void *n_threads)
{
    if (covers(n_threads)) return 1;
    return in_child(covers, n_threads, SECONDS) != 0;
}

START_TEST(children_of_children_do_not_hang)
{
    int32_t n_threads = 4;
    ck_assert_int_eq(cover_run(1000, 7, n_threads), 0);
    for (int i = 0; i < 20; i++) ck_assert_int_eq(in_child(forks_again, &n_threads, SECONDS), 0);
}
END_TEST

static _Atomic bool stop;
static void *keep_busy(void *wrong)
{
    while (!stop) *(_Atomic int32_t *)wrong += cover_run(20000, 5, 3);
    return NULL;
}

START_TEST(forks_while_other_threads_are_inside_regions_do_not_hang)
{
    int32_t n_threads = 4;
    _Atomic int32_t wrong = 0;
    pthread_t t[2];
    stop = false;
    for (int i = 0; i < 2; i++) ck_assert_int_eq(pthread_create(&t[i], NULL, keep_busy, (void *)&wrong), 0);
    for (int i = 0; i < FORKS / 3; i++) ck_assert_msg(in_child(covers, &n_threads, SECONDS) == 0, "fork %d", i);
    stop = true;
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

static void fork_in_piece(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    (void)end, (void)worker;
    int32_t n_threads = 4;
    if (begin % 10 == 0 && in_child(forks_again, &n_threads, SECONDS) != 0) ++*(_Atomic int32_t *)ctx;
}

START_TEST(forks_from_inside_a_region_do_not_hang)
{
    _Atomic int32_t wrong = 0;
    par_for(40, 1, 4, fork_in_piece, &wrong);
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(cover_run(1000, 7, 4), 0);
}
END_TEST

static int lives_on(void *unused)
{
    (void)unused;
    int32_t n_threads = 4;
    for (int i = 0; i < 5; i++)
        if (cover_run(3000, 2, 4)) return 1;
    return in_child(covers, &n_threads, SECONDS) != 0;
}
static void fork_a_long_life(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    (void)end, (void)worker;
    if (begin == 3 && in_child(lives_on, NULL, SECONDS)) ++*(_Atomic int32_t *)ctx;
}

START_TEST(a_child_from_inside_a_region_can_call_and_fork_again)
{
    _Atomic int32_t wrong = 0;
    par_for(8, 1, 4, fork_a_long_life, &wrong);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *plain = tcase_create("memory and numbers"), *threads = tcase_create("threads"), *forks = tcase_create("forks");
    tcase_set_timeout(plain, 60);
    tcase_add_test(plain, every_status_has_a_name_and_other_numbers_say_so);
    tcase_add_test(plain, a_failure_is_recorded_on_one_line_and_cut_to_fit);
    tcase_add_test(plain, sizes_that_overflow_are_no_memory);
    tcase_add_test(plain, arrays_keep_apart_through_growing_saving_and_restoring);
    tcase_add_test(plain, the_newest_array_grows_in_place);
    tcase_add_test(plain, a_settled_arena_asks_for_nothing);
    tcase_add_test(plain, rows_that_grow_slowly_do_not_hoard);
    tcase_add_test(plain, an_arena_survives_each_request_failing);
    tcase_add_test(plain, work_is_counted_down_to_its_limit);
    tcase_add_test(plain, sets_hold_what_the_bytes_say);
    tcase_add_test(plain, doubles_are_read_correctly_rounded);
    tcase_add_test(plain, a_number_ends_with_the_text_not_behind_it);
    tcase_add_test(plain, integers_stop_at_64_bits);
    tcase_add_test(plain, written_doubles_read_back_and_no_shorter_text_does);
    tcase_add_test(plain, reading_agrees_with_the_c_library_at_any_length);
    tcase_add_test(plain, special_values_have_fixed_texts);
    tcase_add_test(plain, the_locale_changes_nothing);
    tcase_set_timeout(threads, 240);
    tcase_add_test(threads, every_index_is_visited_once_whatever_the_cut_and_the_threads);
    tcase_add_test(threads, ranges_near_the_largest_integer_do_not_wrap);
    tcase_add_test(threads, nested_calls_run_serially_and_completely);
    tcase_add_test(threads, callers_on_several_threads_do_not_disturb_each_other);
    tcase_add_test(threads, two_threads_are_really_two);
    tcase_add_test(threads, the_thread_count_follows_argument_then_environment_then_machine);
    tcase_set_timeout(forks, 600);
    tcase_add_test(forks, three_hundred_forks_after_a_region_do_not_hang);
    tcase_add_test(forks, children_of_children_do_not_hang);
    tcase_add_test(forks, forks_while_other_threads_are_inside_regions_do_not_hang);
    tcase_add_test(forks, forks_from_inside_a_region_do_not_hang);
    tcase_add_test(forks, a_child_from_inside_a_region_can_call_and_fork_again);
    suite_add_tcase(suite, plain);
    suite_add_tcase(suite, threads);
    suite_add_tcase(suite, forks);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
