// check_simd.c - every kernel table counts what the plainest loop counts, at every width and to the last byte.
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "simd/simd.h"

static uint64_t seed = 0x9E3779B97F4A7C15u;
static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

// Memory whose last byte is followed by an unmapped page.
typedef struct guarded { uint8_t *map, *end; size_t size; } guarded;
static guarded guarded_new(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (bytes + page - 1) / page * page;
    uint8_t *map = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(map, MAP_FAILED);
    ck_assert_int_eq(mprotect(map + size, page, PROT_NONE), 0);
    return (guarded){map, map + size, size + page};
}
static void guarded_free(guarded g) { munmap(g.map, g.size); }

static int32_t plain_count(const uint8_t *a, const uint8_t *b, int32_t bytes)
{
    int32_t n = 0;
    for (int32_t i = 0; i < 8 * bytes; i++) n += (a[i / 8] & b[i / 8]) >> (i % 8) & 1;
    return n;
}

static const simd_kernels *usable_table(int i)
{
    const simd_kernels *k = simd_at(i);
    return k && k->usable() ? k : NULL;
}
enum { MOST_TABLES = 6 };

static const int32_t widths[] = {1, 2, 7, 8, 9, 15, 21, 31, 32, 33, 63, 64, 65, 100, 111, 127, 128, 129, 192, 255, 256, 257, 511, 512, 1000, 2048};

START_TEST(row_counts_equal_the_plain_loop_and_read_no_byte_outside)
{
    const simd_kernels *k = usable_table(_i);
    if (!k) return;
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        int32_t bytes = widths[w];
        for (int32_t gap = 0; gap < 4; gap += 3) {
            enum { N = 17, Q = 11 };
            size_t stride = (size_t)(bytes + gap), size = stride * (N - 1) + (size_t)bytes;
            guarded g = guarded_new(size), h[Q];
            uint8_t *rows = g.end - size;
            const uint8_t *q[Q];
            for (size_t i = 0; i < size; i++) rows[i] = (uint8_t)(draw() & draw());
            for (int32_t j = 0; j < Q; j++) {
                h[j] = guarded_new((size_t)bytes);
                uint8_t *p = h[j].end - bytes;
                for (int32_t i = 0; i < bytes; i++) p[i] = j ? (uint8_t)draw() : 255;
                q[j] = p;
            }
            int32_t one[N], many[N * Q];
            for (int32_t n_q = 1; n_q <= Q; n_q++) {
                k->and_count_many(q, n_q, rows, N, (int64_t)stride, bytes, many);
                for (int32_t j = 0; j < n_q; j++) {
                    k->and_count(q[j], rows, N, (int64_t)stride, bytes, one);
                    for (int32_t i = 0; i < N; i++) {
                        int32_t want = plain_count(q[j], rows + (size_t)i * stride, bytes);
                        ck_assert_msg(one[i] == want, "%s: %d bytes, row %d: %d, not %d", k->name, bytes, i, one[i], want);
                        ck_assert_msg(many[j * N + i] == want, "%s: many, %d bytes, row %d: %d, not %d", k->name, bytes, i,
                                      many[j * N + i], want);
                    }
                }
            }
            for (int32_t j = 0; j < Q; j++) guarded_free(h[j]);
            guarded_free(g);
        }
    }
}
END_TEST

START_TEST(scores_equal_the_division)
{
    const simd_kernels *k = usable_table(_i);
    if (!k) return;
    for (int64_t n = 0; n < 70; n++) {
        guarded g = guarded_new((size_t)(n ? 2 * n : 1)), h = guarded_new((size_t)(n ? 4 * n : 1)), o = guarded_new((size_t)(n ? 8 * n : 1));
        uint16_t *shared = (uint16_t *)(void *)(g.end - 2 * n);
        int32_t *bits = (int32_t *)(void *)(h.end - 4 * n), a = (int32_t)(draw() % 16385) * (n % 5 != 0);
        double *out = (double *)(void *)(o.end - 8 * n);
        for (int64_t i = 0; i < n; i++) {
            bits[i] = (int32_t)(draw() % 16385) * (i % 7 != 0);
            shared[i] = (uint16_t)(i % 3 ? draw() % (uint64_t)((a < bits[i] ? a : bits[i]) + 1) : 0);
        }
        k->tanimoto(shared, a, bits, n, out);
        for (int64_t i = 0; i < n; i++)
            ck_assert_msg(out[i] == (shared[i] ? (double)shared[i] / (double)(a + bits[i] - shared[i]) : 0), "%s: %d of %d", k->name, (int)i, (int)n);
        guarded_free(g);
        guarded_free(h);
        guarded_free(o);
    }
}
END_TEST

// A block of n_planes random planes and one of zeros, ending at an unmapped page; density in 1 / 256.
static guarded block_new(int32_t n_planes, int32_t density, uint64_t **planes)
{
    guarded g = guarded_new((size_t)(n_planes + 1) * 64);
    *planes = (uint64_t *)(void *)(g.end - (size_t)(n_planes + 1) * 64);
    for (int32_t i = 0; i < n_planes * SIMD_WORDS; i++)
        for (int32_t b = 0; b < 64; b++) (*planes)[i] |= (uint64_t)((int32_t)(draw() & 255) < density) << b;
    return g;
}

static void plain_counts(const uint64_t *planes, const uint16_t *list, int32_t n, int32_t count[SIMD_ROWS])
{
    for (int32_t r = 0; r < SIMD_ROWS; r++) {
        count[r] = 0;
        for (int32_t i = 0; i < n; i++) count[r] += planes[(size_t)list[i] * SIMD_WORDS + (size_t)(r / 64)] >> (r % 64) & 1;
    }
}

static void compare_visit(const simd_kernels *k, const uint64_t *planes, const uint16_t *list, int32_t n, int32_t least,
                          const int32_t *count)
{
    simd_counts c;
    memset(&c, 0xA5, sizeof c);
    bool got = k->visit(planes, list, n, least, &c), want = false;
    for (int32_t r = 0; r < SIMD_ROWS; r++) want |= count[r] >= least;
    ck_assert_msg(got == want, "%s: %d planes, at least %d: %d", k->name, n, least, got);
    if (!got) return;
    uint16_t numbers[SIMD_ROWS];
    k->spread(&c, numbers);
    for (int32_t r = 0; r < SIMD_ROWS; r++) {
        bool in = c.mask[r / 64] >> (r % 64) & 1;
        ck_assert_msg(in == (count[r] >= least), "%s: %d planes, at least %d: row %d has %d", k->name, n, least, r, count[r]);
        if (!in) continue;
        ck_assert_msg(simd_count_of(&c, r) == count[r] && numbers[r] == count[r], "%s: %d planes, row %d: %d and %d, not %d",
                      k->name, n, r, simd_count_of(&c, r), numbers[r], count[r]);
    }
    uint64_t mask[SIMD_WORDS];
    simd_at_least(&c, least + 1, mask);
    for (int32_t r = 0; r < SIMD_ROWS; r++)
        if (c.mask[r / 64] >> (r % 64) & 1) ck_assert(((mask[r / 64] >> (r % 64)) & 1) == (count[r] > least));
}

START_TEST(planes_are_counted_as_rows_are)
{
    const simd_kernels *k = usable_table(_i);
    if (!k) return;
    static uint16_t list[SIMD_MOST_PLANES + 4];
    int32_t count[SIMD_ROWS];
    static const int32_t density[] = {2, 30, 128, 250};
    for (int32_t d = 0; d < 4; d++) {
        uint64_t *planes;
        enum { WIDTH = 700 };
        guarded g = block_new(WIDTH, density[d], &planes);
        for (int32_t turn = 0; turn < 120; turn++) {
            int32_t n = turn < 70 ? turn : (int32_t)(draw() % WIDTH);
            for (int32_t i = 0; i < n; i++) list[i] = (uint16_t)(draw() % WIDTH);   // a plane may be counted twice
            for (int32_t i = n; i < ((n + 3) & ~3); i++) list[i] = WIDTH;
            plain_counts(planes, list, n, count);
            int32_t best = 0;
            for (int32_t r = 0; r < SIMD_ROWS; r++) best = count[r] > best ? count[r] : best;
            for (int32_t least = best - 3; least <= best + 1; least++) compare_visit(k, planes, list, n, least, count);
            compare_visit(k, planes, list, n, 0, count);
            compare_visit(k, planes, list, n, -5, count);
            compare_visit(k, planes, list, n, n, count);
            compare_visit(k, planes, list, n, n + 1, count);
            compare_visit(k, planes, list, n, n / 2, count);
        }
        guarded_free(g);
    }
}
END_TEST

START_TEST(counts_of_4095_planes_do_not_overflow)
{
    const simd_kernels *k = usable_table(_i);
    if (!k) return;
    static uint16_t list[SIMD_MOST_PLANES + 4];
    int32_t count[SIMD_ROWS];
    uint64_t *planes;
    guarded g = block_new(4100, 255, &planes);
    for (int32_t i = 0; i < 4100; i++) planes[i * SIMD_WORDS] |= 1;   // row 0 has them all
    static const int32_t sizes[] = {63, 64, 65, 224, 239, 240, 241, 255, 256, 257, 1023, 1024, 4094, 4095};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int32_t n = sizes[s];
        for (int32_t i = 0; i < n; i++) list[i] = (uint16_t)(4099 - i);
        for (int32_t i = n; i < ((n + 3) & ~3); i++) list[i] = 4100;
        plain_counts(planes, list, n, count);
        ck_assert_int_eq(count[0], n);
        for (int32_t least = n - 40; least <= n; least += 8) compare_visit(k, planes, list, n, least, count);
        compare_visit(k, planes, list, n, 0, count);
    }
    guarded_free(g);
}
END_TEST

START_TEST(a_transposed_block_is_the_block_on_its_side)
{
    uint64_t a[64], b[64];
    for (int32_t i = 0; i < 64; i++) a[i] = b[i] = draw();
    simd_transpose64(b);
    for (int32_t i = 0; i < 64; i++)
        for (int32_t j = 0; j < 64; j++) ck_assert((a[i] >> j & 1) == (b[j] >> i & 1));
}
END_TEST

START_TEST(the_definition_is_always_there_and_the_environment_chooses)
{
    const char *wish = getenv("ARYL_SIMD");
    int32_t n = 0;
    while (simd_at(n)) n++;
    ck_assert_str_eq(simd_at(n - 1)->name, "serial");
    ck_assert_int_le(n, MOST_TABLES);
    ck_assert(simd_get()->usable());
    for (int32_t i = 0; wish && simd_at(i); i++)
        if (!strcmp(simd_at(i)->name, wish) && simd_at(i)->usable()) ck_assert_ptr_eq(simd_get(), simd_at(i));
    setenv("ARYL_SIMD", "serial", 1);
    simd_use(NULL);
    ck_assert_str_eq(simd_get()->name, "serial");
    setenv("ARYL_SIMD", "no such set", 1);
    simd_use(NULL);
    ck_assert_ptr_eq(simd_get(), usable_table(0) ? simd_at(0) : simd_get());
}
END_TEST

START_TEST(lists_are_hashed_like_one_by_one)
{
    const simd_kernels *k = usable_table(_i);
    uint32_t keys[SIMD_MOST_KEYS][SIMD_LISTS], last[SIMD_LISTS], hash[SIMD_LISTS], drawn[SIMD_LISTS];
    uint32_t want[SIMD_LISTS], want_drawn[SIMD_LISTS];
    if (!k) return;
    uint32_t seed = 7;
    for (int32_t n = 1; n <= SIMD_MOST_KEYS; n++)
        for (int32_t turn = 0; turn < 50; turn++) {
            for (int32_t l = 0; l < SIMD_LISTS; l++) {
                last[l] = seed = seed * 1664525u + 1013904223u;
                for (int32_t i = 0; i < n; i++) {
                    seed = seed * 1664525u + 1013904223u;
                    keys[i][l] = turn & 1 ? seed : seed >> 30;    // with repetitions, and with the highest bit
                }
            }
            simd_hash_lists((const uint32_t (*)[SIMD_LISTS])keys, n, last, want, want_drawn);
            k->hash_lists((const uint32_t (*)[SIMD_LISTS])keys, n, last, hash, drawn);
            ck_assert_msg(!memcmp(hash, want, sizeof hash) && !memcmp(drawn, want_drawn, sizeof drawn), "%s: %d keys", k->name, n);
            int32_t shift = turn % 32;
            uint32_t mask = 0xFFFFFFFFu >> turn * 7 % 32;
            simd_hash_fields((const uint32_t (*)[SIMD_LISTS])keys, n, shift, mask, last, seed, want);
            k->hash_fields((const uint32_t (*)[SIMD_LISTS])keys, n, shift, mask, last, seed, hash);
            ck_assert_msg(!memcmp(hash, want, sizeof hash), "%s: fields of %d keys", k->name, n);
        }
}
END_TEST

START_TEST(bytes_of_words_are_hashed_like_one_by_one)
{
    enum { MOST = 3 * SIMD_WORDS_AT_ONCE };
    const simd_kernels *k = usable_table(_i);
    if (!k) return;
    for (int32_t n = 0; n <= MOST; n++)
        for (int32_t turn = 0; turn < 81; turn++) {
            uint64_t first[MOST], second[MOST];
            uint32_t out[MOST], seed = (uint32_t)draw();
            int32_t n_first = turn / 9, n_second = turn % 9;
            for (int32_t i = 0; i < MOST; i++) {
                first[i] = draw();
                second[i] = draw();
            }
            k->hash_bytes(seed, first, n_first, second, n_second, n, out);
            for (int32_t i = 0; i < n; i++) {
                uint32_t want = seed;
                for (int32_t b = 0; b < n_first; b++) want = hash_combine(want, first[i] >> 8 * b & 0xFF);
                for (int32_t b = 0; b < n_second; b++) want = hash_combine(want, second[i] >> 8 * b & 0xFF);
                ck_assert_msg(out[i] == want, "%s: list %d of %d, %d and %d bytes", k->name, i, n, n_first, n_second);
            }
        }
}
END_TEST

// A random forest of up to two trees in preorder, with more edges.
enum { MOST_NODES = 140, MOST_MORE = 30 };
typedef struct made {
    simd_forest t;
    int32_t node[MOST_NODES], parent[MOST_NODES], behind[MOST_NODES], begin[MOST_MORE], end[MOST_MORE];
    int16_t at[MOST_NODES + SIMD_AT_ONCE], length[MOST_NODES], more_length[MOST_MORE];
    int16_t root_rows[MOST_NODES * (MOST_NODES + SIMD_AT_ONCE)];
    int32_t stride;
} made;

static void make_forest(made *m, int32_t n, int32_t n_more)
{
    int32_t second = draw() % 2 ? (int32_t)(draw() % (uint64_t)n) : 0, depth[MOST_NODES], open[MOST_NODES], n_open = 0;
    m->stride = (n + SIMD_AT_ONCE - 1) / SIMD_AT_ONCE * SIMD_AT_ONCE;
    memset(m->at, 0xFF, sizeof m->at);
    for (int32_t k = 0; k < n; k++) m->node[k] = k;
    for (int32_t k = n - 1; k > 0; k--) {
        int32_t other = (int32_t)(draw() % (uint64_t)(k + 1)), node = m->node[k];
        m->node[k] = m->node[other];
        m->node[other] = node;
    }
    for (int32_t k = 0; k < n; k++) {
        int16_t *row = m->root_rows;
        m->at[m->node[k]] = (int16_t)k;
        m->length[k] = n % 2 ? 1 : 1 + (int16_t)(draw() % 12);
        m->behind[k] = k + 1;
        if (k == 0 || k == second) {
            n_open = 0;
            m->parent[k] = -1;
            depth[k] = 0;
            row += (int64_t)m->node[k] * m->stride;
            for (int32_t i = 0; i < m->stride; i++) row[i] = SIMD_FAR;
        } else {
            n_open -= (int32_t)(draw() % (uint64_t)n_open) % 3;     // back up a little
            m->parent[k] = m->node[open[n_open - 1]];
            depth[k] = depth[open[n_open - 1]] + m->length[k];
            for (int32_t i = 0; i < n_open; i++) m->behind[open[i]] = k + 1;
            row += (int64_t)m->node[open[0]] * m->stride;
        }
        row[m->node[k]] = (int16_t)depth[k];
        open[n_open++] = k;
    }
    for (int32_t e = 0; e < n_more; e++) {      // within the tree before the second root
        m->more_length[e] = n % 2 ? 1 : 1 + (int16_t)(draw() % 12);
        m->begin[e] = m->node[draw() % (uint64_t)(second ? second : n)];
        m->end[e] = m->node[draw() % (uint64_t)(second ? second : n)];
    }
    m->t = (simd_forest){n, n_more, m->node, m->parent, m->behind, m->at, m->begin, m->end, m->length, m->more_length};
}

START_TEST(distances_equal_those_of_the_definition)
{
    const simd_kernels *k = usable_table(_i), *serial = simd_at(0);
    static made m;
    static int16_t rows[sizeof m.root_rows / sizeof *m.root_rows], want[MOST_NODES * MOST_NODES];
    int32_t scratch[MOST_NODES];
    if (!k) return;
    for (int32_t i = 0; simd_at(i); i++) serial = simd_at(i);
    ck_assert_str_eq(serial->name, "serial");
    for (int32_t n = 1; n <= MOST_NODES; n++) {
        size_t bytes = (size_t)(n * n) * sizeof(int16_t);
        guarded g = guarded_new(bytes);
        int16_t *have = (int16_t *)(void *)(g.end - bytes);
        make_forest(&m, n, n % MOST_MORE);
        memcpy(rows, m.root_rows, sizeof rows);
        serial->distances(&m.t, rows, m.stride, scratch, want);
        memcpy(rows, m.root_rows, sizeof rows);
        k->distances(&m.t, rows, m.stride, scratch, have);
        ck_assert_msg(!memcmp(have, want, bytes), "%s: %d nodes", k->name, n);
        guarded_free(g);
    }
}
END_TEST

// A chain with some more ties, ones of each sign.
typedef struct matrices {
    simd_matrices m;
    int32_t start[41], tie[200], target[2000];
    double entry[200];
    simd_eight diagonal[40], scratch[320];
} matrices;

static double between(double low, double high) { return low + (high - low) * (double)(draw() >> 11) / 9007199254740992.0; }

static void make_matrices(matrices *x, int32_t n)
{
    static bool tied[40][40];
    memset(tied, 0, sizeof tied);
    int32_t at[40][40], ties = 0, targets = 0;
    for (int32_t p = 1; p < n; p++) tied[p][p - 1 - (int32_t)(draw() % (uint64_t)(p < 3 ? p : 3))] = true;
    for (int32_t k = 0; n > 2 && k < n / 8; k++) tied[n - 1 - k][draw() % (uint64_t)(n - 1 - k)] = true;
    for (int32_t p = n - 1; p >= 0; p--)
        for (int32_t a = p - 1; a >= 0; a--)
            for (int32_t b = a - 1; b >= 0; b--)
                if (tied[p][a] && tied[p][b]) tied[a][b] = true;
    for (int32_t p = 0; p < n; p++) {
        x->start[p] = ties;
        for (int32_t a = p - 1; a >= 0; a--)
            if (tied[p][a]) {
                ck_assert_int_lt(ties, 200);
                x->entry[ties] = draw() % 4 ? between(0.5, 1) : 0;
                x->tie[ties] = a;
                at[p][a] = ties++;
            }
        for (int32_t k = 0; k < 8; k++) x->diagonal[p][k] = between(-2, 2);
    }
    x->start[n] = ties;
    for (int32_t p = n - 1; p >= 0; p--)
        for (int32_t k = x->start[p]; k < x->start[p + 1]; k++)
            for (int32_t j = k + 1; j < x->start[p + 1]; j++) x->target[targets++] = at[x->tie[k]][x->tie[j]];
    x->m = (simd_matrices){{n, x->start, x->tie, x->target}, x->entry, 0.001, {1, 1, 1, 1, -1, -1, -1, -1},
                           (const simd_eight *)x->diagonal, x->scratch};
}

// to[] = matrix k times from[], lane by lane; with positive signs on request.
static void multiply(const simd_matrices *m, int32_t k, bool positive, const simd_eight *from, double *to)
{
    double sum = 0, sign = positive ? 1 : m->sign[k];
    for (int32_t i = 0; i < m->shape.n; i++) sum += from[i][k];
    for (int32_t i = 0; i < m->shape.n; i++) to[i] = m->diagonal[i][k] * from[i][k] + sign * m->everywhere * sum;
    for (int32_t i = 0; i < m->shape.n; i++)
        for (int32_t e = m->shape.start[i]; e < m->shape.start[i + 1]; e++) {
            to[i] += sign * m->entry[e] * from[m->shape.tie[e]][k];
            to[m->shape.tie[e]] += sign * m->entry[e] * from[i][k];
        }
}

START_TEST(systems_are_solved_and_every_kernel_makes_the_same_numbers)
{
    const simd_kernels *k = usable_table(_i);
    static matrices x;
    if (!k) return;
    for (int32_t n = 1; n <= 40; n++) {
        simd_eight y[40], first[40], b[40];
        double at[8], scale[8], bound[8], want_bound[8], shift[8], product[40];
        make_matrices(&x, n);
        for (int32_t l = 0; l < 8; l++) {
            at[l] = between(12, 13);                     // above all roots
            scale[l] = between(0.5, 2);
            shift[l] = 3;
            for (int32_t i = 0; i < n; i++) b[i][l] = between(-1, 1);
        }
        simd_solution got, want;
        memcpy(y, b, sizeof y);
        memcpy(first, b, sizeof first);
        simd_solve(&x.m, at, scale, first, &want);
        k->solve(&x.m, at, scale, y, &got);
        ck_assert_msg(!memcmp(y, first, sizeof *y * (size_t)n) && !memcmp(&got, &want, sizeof got), "%s: %d rows", k->name, n);
        for (int32_t l = 0; l < 8; l++) {
            multiply(&x.m, l, false, (const simd_eight *)y, product);
            for (int32_t i = 0; i < n; i++) ck_assert_double_eq_tol(at[l] * y[i][l] - product[i], scale[l] * b[i][l], 1e-12);
            ck_assert_double_eq(got.positive[l], n + (x.m.sign[l] > 0));
        }
        for (int32_t i = 0; i < n; i++)
            for (int32_t l = 0; l < 8; l++) y[i][l] = first[i][l] = 1;
        simd_power_steps(&x.m, 3, shift, first, want_bound);
        k->power_steps(&x.m, 3, shift, y, bound);
        ck_assert_msg(!memcmp(y, first, sizeof *y * (size_t)n) && !memcmp(bound, want_bound, sizeof bound), "%s: %d rows", k->name, n);
        for (int32_t l = 0; l < 8; l++) {                // a bound is one for every positive vector
            multiply(&x.m, l, true, (const simd_eight *)y, product);
            for (int32_t i = 0; i < n; i++) ck_assert_double_le(product[i] / y[i][l] + shift[l], bound[l] * (1 + 1e-12));
        }
    }
}
END_TEST

// The polynomial of a chain is Chebyshev's: U(n, x / 2).
START_TEST(points_around_the_circle_give_the_polynomial_of_a_chain)
{
    const simd_kernels *k = usable_table(_i);
    static int32_t start[33], tie[33];
    static double entry[33];
    static simd_eight scratch[130];
    if (!k) return;
    for (int32_t n = 1; n <= 15; n++) {
        simd_eight sums[16], want[16];
        double re[8], im[8], chain[2][16] = {{1}, {0, 1}};
        for (int32_t p = 0; p < n; p++) {
            start[p + 1] = p;
            tie[p] = p;
            entry[p] = 1;
        }
        for (int32_t l = 0; l < 8; l++) {
            re[l] = cos(3.14159265358979323846 * (2 * l + 1) / 16);
            im[l] = sin(3.14159265358979323846 * (2 * l + 1) / 16);
        }
        for (int32_t d = 2; d <= n; d++)                         // P(d) = x P(d - 1) - P(d - 2)
            for (int32_t e = d; e >= 0; e--) chain[d & 1][e] = (e ? chain[~d & 1][e - 1] : 0) - chain[d & 1][e];
        simd_shape s = {n, start, tie, NULL};
        memset(sums, 0, sizeof sums);
        memset(want, 0, sizeof want);
        k->characteristic(&s, entry, re, im, scratch, sums);
        simd_characteristic(&s, entry, re, im, scratch, want);
        ck_assert_msg(!memcmp(sums, want, sizeof sums), "%s: %d rows", k->name, n);
        for (int32_t e = 0; e <= n; e++) {
            double sum = 0;
            for (int32_t l = 0; l < 8; l++) sum += sums[e][l];
            ck_assert_double_eq_tol(sum / 8, chain[n & 1][e], 1e-11);
        }
    }
}
END_TEST

START_TEST(pairs_are_hashed_like_one_by_one)
{
    enum { MOST = 50, ROOM = MOST + SIMD_LISTS };
    const simd_kernels *k = usable_table(_i);
    uint32_t keys[ROOM], hash[ROOM], want[ROOM];
    uint64_t id[ROOM], want_id[ROOM];
    int16_t distance[ROOM];
    if (!k) return;
    for (int32_t n = 1; n <= MOST; n++)
        for (int32_t turn = 0; turn < 20; turn++) {
            simd_pair_form form = {1 + turn % 3, 25 + turn % 7, 5, 14 + turn % 3};
            for (int32_t j = 0; j < ROOM; j++) {
                keys[j] = (uint32_t)(draw() % 511);
                distance[j] = j < n ? (int16_t)(3 + draw() % 23) : SIMD_FAR;   // behind the last one nothing counts
            }
            if (turn % 4 == 0) distance[draw() % (uint64_t)n] = (int16_t)(turn % 8 ? 0 : SIMD_FAR);
            uint32_t key = (uint32_t)(draw() % 511);
            bool inside = simd_hash_pairs(key, keys, distance, n, &form, want, want_id);
            ck_assert_int_eq(k->hash_pairs(key, keys, distance, n, &form, hash, id), inside);
            ck_assert(turn % 4 || !inside);
            ck_assert_msg(!memcmp(hash, want, (size_t)n * sizeof *hash) && !memcmp(id, want_id, (size_t)n * sizeof *id), "%s: %d pairs", k->name, n);
        }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("simd");
    TCase *t = tcase_create("kernels");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, scores_equal_the_division, 0, MOST_TABLES);
    tcase_add_loop_test(t, row_counts_equal_the_plain_loop_and_read_no_byte_outside, 0, MOST_TABLES);
    tcase_add_loop_test(t, lists_are_hashed_like_one_by_one, 0, MOST_TABLES);
    tcase_add_loop_test(t, bytes_of_words_are_hashed_like_one_by_one, 0, MOST_TABLES);
    tcase_add_loop_test(t, distances_equal_those_of_the_definition, 0, MOST_TABLES);
    tcase_add_loop_test(t, systems_are_solved_and_every_kernel_makes_the_same_numbers, 0, MOST_TABLES);
    tcase_add_loop_test(t, points_around_the_circle_give_the_polynomial_of_a_chain, 0, MOST_TABLES);
    tcase_add_loop_test(t, pairs_are_hashed_like_one_by_one, 0, MOST_TABLES);
    tcase_add_loop_test(t, planes_are_counted_as_rows_are, 0, MOST_TABLES);
    tcase_add_loop_test(t, counts_of_4095_planes_do_not_overflow, 0, MOST_TABLES);
    tcase_add_test(t, a_transposed_block_is_the_block_on_its_side);
    tcase_add_test(t, the_definition_is_always_there_and_the_environment_chooses);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
