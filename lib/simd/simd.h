// simd.h - counting bits, in rows and in planes of bits, hashing many short lists at once, some linear algebra,
// and the distances of a graph.
// Flat arrays only. serial.c is the definition; every other table gives the same numbers. Kernels count in integers; the
// division that makes a score is lib/search's, in one place.
#ifndef ARYL_SIMD_H
#define ARYL_SIMD_H

#include "base/base.h"

// A block is 512 rows stood on end: plane p is 512 bits, one of each row, and bit r of it belongs to row r.
#define SIMD_ROWS 512
#define SIMD_WORDS (SIMD_ROWS / 64)      // of a plane
#define SIMD_COUNTERS 12                 // a count is 12 bits: at most 4095 planes are added up
#define SIMD_MOST_PLANES 4095
#define SIMD_LISTS 16                    // lists that are hashed side by side
#define SIMD_WORDS_AT_ONCE 8
#define SIMD_MOST_KEYS 16                // of a list

// One count for each row of a block, itself stood on end: bit k of row r's count is bit r of plane[k].
typedef struct simd_counts {
    _Alignas(64) uint64_t plane[SIMD_COUNTERS][SIMD_WORDS];
    _Alignas(64) uint64_t mask[SIMD_WORDS];   // rows that reached what was asked for
} simd_counts;

// A graph as a forest and the edges it leaves over. Nodes stand in preorder: a node, then all below it.
typedef struct simd_forest {
    int32_t n, n_more;
    const int32_t *node, *parent; // [n] by place; a root's parent is -1
    const int32_t *behind;        // [n] the place after the last one below
    const int16_t *at;            // [n] a node's place; SIMD_AT_ONCE - 1 more entries can be read
    const int32_t *begin, *end;   // [n_more]
    const int16_t *length;        // [n] of the edge to the parent
    const int16_t *more_length;   // [n_more]
} simd_forest;
#define SIMD_FAR 0x7FFF           // distance between parts
#define SIMD_AT_ONCE 32           // numbers of a row, at most

typedef double simd_eight[8];             // one element of eight matrices

// The shape of a sparse symmetric matrix: row p has entries in the columns tie[start[p] .. start[p + 1]) < p; target:
// graph_elimination says.
typedef struct simd_shape {
    int32_t n;
    const int32_t *start, *tie, *target;
} simd_shape;

// Eight symmetric matrices of one shape, and a constant everywhere:
// matrix k = diag(diagonal[.][k]) + sign[k] * (entries + everywhere * ones).
typedef struct simd_matrices {
    simd_shape shape;
    const double *entry;          // [start[n]]
    double everywhere;
    double sign[8];               // 1 or -1
    const simd_eight *diagonal;   // [n]
    simd_eight *scratch;          // [start[n] + 3 n]
} simd_matrices;

// What is known of y = (x - matrix)^-1 b. Pivots: matrices with n + 1 (n for a negative sign) positive ones have no
// eigenvalue above x.
typedef struct simd_solution { double bb[8], by[8], yy[8], positive[8]; } simd_solution;

typedef struct simd_pair_form {
    int32_t least, most;          // distances
    int32_t low_at, high_at;      // where the keys begin in a number of 32 bits that begins with the distance
} simd_pair_form;

typedef struct simd_kernels {
    const char *name;            // what ARYL_SIMD=name and the tests call it
    bool (*usable)(void);        // may this CPU, under this OS, run it?

    // out[i] = bits that q and row i share. Rows start `stride` bytes apart, have `bytes` bytes and any alignment; not a
    // byte outside them is read.
    void (*and_count)(const uint8_t *q, const uint8_t *rows, int64_t n, int64_t stride, int32_t bytes, int32_t *out);

    // The same for several queries at once: out[j * n + i] is query j and row i. For queries with too many bits for planes,
    // and for all scores. 16 queries, 2048 bits, rows in cache: avx512 0.7, avx2 0.16, serial 0.03 pairs a ns.
    void (*and_count_many)(const uint8_t *const *q, int32_t n_q, const uint8_t *rows, int64_t n, int64_t stride,
                           int32_t bytes, int32_t *out);

    // Adds up the planes list[0 .. n) of a block for each row. n is at most SIMD_MOST_PLANES; behind it the list goes on
    // with a plane of zeros up to a multiple of 4. False as soon as no row can reach `least`; else out->mask are the rows
    // that do, and out->plane has the counts of those rows (other rows may have been left half counted). Planes are
    // 64-byte aligned.
    bool (*visit)(const uint64_t *planes, const uint16_t *list, int32_t n, int32_t least, simd_counts *out);

    // Counts as ordinary numbers.
    void (*spread)(const simd_counts *counts, uint16_t out[SIMD_ROWS]);

    // Tanimoto scores of a query of a bits: out[i] = shared[i] / (a + bits[i] - shared[i]), 0 where nothing is shared.
    void (*tanimoto)(const uint16_t *shared, int32_t a, const int32_t *bits, int64_t n, double *out);

    // Steps of the power method for eight nonnegative matrices diag(m->diagonal + shift) + entries + m->everywhere, all
    // signs positive. v[n] positive, overwritten; bound[8]: no eigenvalue of matrix + shift is larger.
    void (*power_steps)(const simd_matrices *m, int32_t steps, const double *shift, simd_eight *v, double *bound);

    // y becomes (x - matrix)^-1 (scale * y), for each of the eight matrices its own x. Every table makes the same
    // operations on a number in the same order.
    void (*solve)(const simd_matrices *m, const double *x, const double *scale, simd_eight *y, simd_solution *out);

    // sums[0 .. n][l] grow by the real part of det(x - entries) x^-k for each of eight x = re + i im on the unit circle,
    // im > 0. scratch[2 (n + start[n])].
    void (*characteristic)(const simd_shape *s, const double *entry, const double *re, const double *im, simd_eight *scratch,
                           simd_eight *sums);

    // A matrix of zeros and ones times a dense one: row r of `to` is the sum of the rows nbr[start[r] .. start[r + 1]) of
    // `from`, added in that order. stride doubles a row, a multiple of 4, rows 16-byte aligned. 28 rows: avx2 80 ns,
    // sse2 170 ns.
    void (*sum_rows)(double *to, const double *from, int32_t n, int64_t stride, const int32_t *start, const int32_t *nbr);

    // hash[l] combines the keys of list l, keys[0 .. n)[l], in ascending order, then last[l]; n is 1 .. SIMD_MOST_KEYS.
    // drawn[l] is the first number of a Mersenne twister of four words with that seed, without its lowest bit. Seven keys a
    // list, all sixteen: avx512 18 ns, avx2 30 ns, serial 270 ns.
    void (*hash_lists)(const uint32_t (*keys)[SIMD_LISTS], int32_t n, const uint32_t *last, uint32_t *hash, uint32_t *drawn);

    // The same of one field of each key, keys[i][l] >> shift & mask, with `tail` after last[l]. avx512 13 ns, avx2 21 ns.
    void (*hash_fields)(const uint32_t (*keys)[SIMD_LISTS], int32_t n, int32_t shift, uint32_t mask, const uint32_t *last,
                        uint32_t tail, uint32_t *hash);

    // hash[j] combines the lower of key and keys[j], distance[j], and the higher; id[j] has them side by side. False if a
    // distance is outside of the form's range. All arrays can be used up to a multiple of SIMD_LISTS.
    bool (*hash_pairs)(uint32_t key, const uint32_t *keys, const int16_t *distance, int32_t n, const simd_pair_form *form,
                       uint32_t *hash, uint64_t *id);

    // d[n * n] becomes the distances between all nodes. rows has n rows, `stride` apart, a multiple of SIMD_AT_ONCE; those
    // of roots are filled in, and stand for what a node does not see. scratch[n]. No path is as long as SIMD_FAR.
    // 28 atoms, with the making of the forest: avx2 640 ns, sse2 750 ns, serial 3.7 us.
    void (*distances)(const simd_forest *t, int16_t *rows, int32_t stride, int32_t *scratch, int16_t *d);

    // out[i] combines `seed` with the lowest n_first bytes of first[i], the lowest byte first, then with n_second of second[i],
    // both at most 8. Words up to a multiple of SIMD_WORDS_AT_ONCE are read and written. 64 lists of eight bytes: avx512 60 ns,
    // avx2 130 ns, sse2 270 ns.
    void (*hash_bytes)(uint32_t seed, const uint64_t *first, int32_t n_first, const uint64_t *second, int32_t n_second, int64_t n,
                       uint32_t *out);
} simd_kernels;

// serial.c's, for tables that have nothing better.
bool simd_hash_pairs(uint32_t key, const uint32_t *keys, const int16_t *distance, int32_t n, const simd_pair_form *form,
                     uint32_t *hash, uint64_t *id);
void simd_hash_fields(const uint32_t (*keys)[SIMD_LISTS], int32_t n, int32_t shift, uint32_t mask, const uint32_t *last, uint32_t tail,
                      uint32_t *hash);
void simd_hash_lists(const uint32_t (*keys)[SIMD_LISTS], int32_t n, const uint32_t *last, uint32_t *hash, uint32_t *drawn);

const simd_kernels *simd_get(void);          // best usable, or ARYL_SIMD's; chosen on first use, kept in one atomic pointer
const simd_kernels *simd_at(int32_t i);      // walks every table of this build, best first; NULL at the end
void simd_use(const simd_kernels *k);        // for tests and benches; NULL: choose again

// A 64 x 64 block of bits on its other side: bit j of a[i] becomes bit i of a[j].
void simd_transpose64(uint64_t a[64]);

static inline int32_t simd_count_of(const simd_counts *c, int32_t row)
{
    int32_t n = 0;
    for (int32_t k = 0; k < SIMD_COUNTERS; k++) n |= (int32_t)(c->plane[k][row >> 6] >> (row & 63) & 1) << k;
    return n;
}

// eights.c: the ways of the three that have to do with eights, for the machines that have them.
#define SIMD_EIGHTS(suffix)                                                                                              \
    void simd_power_steps##suffix(const simd_matrices *m, int32_t steps, const double *shift, simd_eight *v, double *bound);   \
    void simd_solve##suffix(const simd_matrices *m, const double *x, const double *scale, simd_eight *y, simd_solution *out);  \
    void simd_characteristic##suffix(const simd_shape *s, const double *entry, const double *re, const double *im,             \
                                     simd_eight *scratch, simd_eight *sums);
SIMD_EIGHTS()
SIMD_EIGHTS(_avx2)
SIMD_EIGHTS(_avx512)
#undef SIMD_EIGHTS

// sum_rows.c: the same.
void simd_sum_rows(double *to, const double *from, int32_t n, int64_t stride, const int32_t *start, const int32_t *nbr);
void simd_sum_rows_wide(double *to, const double *from, int32_t n, int64_t stride, const int32_t *start, const int32_t *nbr);

// bytes.c: the same.
void simd_hash_bytes(uint32_t seed, const uint64_t *first, int32_t n_first, const uint64_t *second, int32_t n_second, int64_t n, uint32_t *out);
void simd_hash_bytes_avx2(uint32_t seed, const uint64_t *first, int32_t n_first, const uint64_t *second, int32_t n_second, int64_t n, uint32_t *out);
void simd_hash_bytes_avx512(uint32_t seed, const uint64_t *first, int32_t n_first, const uint64_t *second, int32_t n_second, int64_t n, uint32_t *out);

// What needs no wider machine, for tables that have nothing better.
#define SIMD_PLAIN                                                                                                  \
    .power_steps = simd_power_steps, .solve = simd_solve, .characteristic = simd_characteristic,                     \
    .sum_rows = simd_sum_rows, .hash_lists = simd_hash_lists, .hash_fields = simd_hash_fields,                       \
    .hash_pairs = simd_hash_pairs, .hash_bytes = simd_hash_bytes

// Rows of c whose count is at least `least`; their number.
int32_t simd_at_least(const simd_counts *c, int32_t least, uint64_t mask[SIMD_WORDS]);

#endif
