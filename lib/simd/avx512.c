// avx512.c - 64 bytes at a time, with the population count of 64-bit lanes (Ice Lake, Zen 4 and later).
#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/simd.h"

#define KERNEL __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,popcnt,bmi2")))

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vpopcntdq") &&
           __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi2");
}

KERNEL static inline __mmask64 tail_mask(int32_t bytes) { return _bzhi_u64(~0ull, (uint32_t)(bytes & 63)); }

KERNEL static inline __m512i both(const uint8_t *a, const uint8_t *b)
{
    return _mm512_popcnt_epi64(_mm512_and_si512(_mm512_loadu_si512(a), _mm512_loadu_si512(b)));
}

// Bytes that the mask leaves out are not read.
KERNEL static inline __m512i both_tail(const uint8_t *a, const uint8_t *b, __mmask64 m)
{
    return _mm512_popcnt_epi64(_mm512_and_si512(_mm512_maskz_loadu_epi8(m, a), _mm512_maskz_loadu_epi8(m, b)));
}

KERNEL static inline int32_t row_and_count(const uint8_t *a, const uint8_t *b, int32_t bytes)
{
    __m512i s = _mm512_setzero_si512(), t = s;
    int32_t i = 0;
    for (; i + 128 <= bytes; i += 128) {
        s = _mm512_add_epi64(s, both(a + i, b + i));
        t = _mm512_add_epi64(t, both(a + i + 64, b + i + 64));
    }
    if (i + 64 <= bytes) {
        s = _mm512_add_epi64(s, both(a + i, b + i));
        i += 64;
    }
    if (i < bytes) t = _mm512_add_epi64(t, both_tail(a + i, b + i, tail_mask(bytes)));
    return (int32_t)_mm512_reduce_add_epi64(_mm512_add_epi64(s, t));
}

KERNEL static void and_count(const uint8_t *q, const uint8_t *rows, int64_t n, int64_t stride, int32_t bytes, int32_t *out)
{
    if (bytes == 256) {   // the query stays in four registers; 161-167 M rows/s from memory, all its bandwidth
        __m512i q0 = _mm512_loadu_si512(q), q1 = _mm512_loadu_si512(q + 64);
        __m512i q2 = _mm512_loadu_si512(q + 128), q3 = _mm512_loadu_si512(q + 192);
        for (int64_t i = 0; i < n; i++) {
            const uint8_t *r = rows + i * stride;
            __m512i s = _mm512_popcnt_epi64(_mm512_and_si512(q0, _mm512_loadu_si512(r)));
            __m512i t = _mm512_popcnt_epi64(_mm512_and_si512(q1, _mm512_loadu_si512(r + 64)));
            s = _mm512_add_epi64(s, _mm512_popcnt_epi64(_mm512_and_si512(q2, _mm512_loadu_si512(r + 128))));
            t = _mm512_add_epi64(t, _mm512_popcnt_epi64(_mm512_and_si512(q3, _mm512_loadu_si512(r + 192))));
            out[i] = (int32_t)_mm512_reduce_add_epi64(_mm512_add_epi64(s, t));
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) out[i] = row_and_count(q, rows + i * stride, bytes);
}

// Eight rows side by side: to[w] is word w of each of them.
KERNEL static void turn_rows(const uint8_t *rows, int64_t stride, int32_t bytes, __m512i *to)
{
    for (int32_t at = 0; at < bytes; at += 64, to += 8) {
        __mmask64 m = bytes - at < 64 ? tail_mask(bytes) : ~(__mmask64)0;
        __m512i a[8], b[8];
#pragma GCC unroll 8
        for (int32_t r = 0; r < 8; r++) a[r] = _mm512_maskz_loadu_epi8(m, rows + r * stride + at);
#pragma GCC unroll 4
        for (int32_t r = 0; r < 8; r += 2) {   // pairs of words
            b[r] = _mm512_unpacklo_epi64(a[r], a[r + 1]);
            b[r + 1] = _mm512_unpackhi_epi64(a[r], a[r + 1]);
        }
#pragma GCC unroll 4
        for (int32_t r = 0; r < 4; r++) {      // of four rows; r & 1: odd words, r & 2: rows 4 to 7
            int32_t x = (r & 1) + 2 * (r & 2);
            a[2 * r] = _mm512_shuffle_i64x2(b[x], b[x + 2], 0x88);
            a[2 * r + 1] = _mm512_shuffle_i64x2(b[x], b[x + 2], 0xDD);
        }
#pragma GCC unroll 2
        for (int32_t r = 0; r < 2; r++) {      // of eight
            to[r] = _mm512_shuffle_i64x2(a[2 * r], a[2 * r + 4], 0x88);
            to[r + 4] = _mm512_shuffle_i64x2(a[2 * r], a[2 * r + 4], 0xDD);
            to[r + 2] = _mm512_shuffle_i64x2(a[2 * r + 1], a[2 * r + 5], 0x88);
            to[r + 6] = _mm512_shuffle_i64x2(a[2 * r + 1], a[2 * r + 5], 0xDD);
        }
    }
}

// Eight turned rows and n_q queries, at most six: their counters stay in registers, and nothing is added across.
KERNEL static inline __attribute__((always_inline)) void meet_rows(const __m512i *turned, const uint8_t *const *q, int32_t n_q,
                                                                   int32_t bytes, int64_t n, int32_t *out)
{
    __m512i s[6];
#pragma GCC unroll 6
    for (int32_t j = 0; j < n_q; j++) s[j] = _mm512_setzero_si512();
    for (int32_t w = 0; w < bytes / 8; w++) {
#pragma GCC unroll 6
        for (int32_t j = 0; j < n_q; j++) {
            int64_t x;
            memcpy(&x, q[j] + 8 * w, 8);
            s[j] = _mm512_add_epi64(s[j], _mm512_popcnt_epi64(_mm512_and_si512(turned[w], _mm512_set1_epi64(x))));
        }
    }
#pragma GCC unroll 6
    for (int32_t j = 0; j < n_q; j++) {
        if (bytes & 7) {
            int64_t x = 0;
            memcpy(&x, q[j] + (bytes & ~7), (size_t)(bytes & 7));
            s[j] = _mm512_add_epi64(s[j], _mm512_popcnt_epi64(_mm512_and_si512(turned[bytes / 8], _mm512_set1_epi64(x))));
        }
        _mm256_storeu_si256((__m256i *)(void *)(out + j * n), _mm512_cvtepi64_epi32(s[j]));
    }
}

KERNEL static void and_count_many(const uint8_t *const *q, int32_t n_q, const uint8_t *rows, int64_t n, int64_t stride,
                                  int32_t bytes, int32_t *out)
{
    enum { MOST_WORDS = 256 };   // of turned rows, 16 KB
    __m512i turned[MOST_WORDS];
    int64_t i = 0;
    for (; i + 8 <= n && bytes <= 8 * MOST_WORDS && n_q > 1; i += 8) {
        int32_t j = 0;
        turn_rows(rows + i * stride, stride, bytes, turned);
        for (; j + 6 <= n_q; j += 6) meet_rows(turned, q + j, 6, bytes, n, out + j * n + i);
        for (; j + 4 <= n_q; j += 4) meet_rows(turned, q + j, 4, bytes, n, out + j * n + i);
        for (; j < n_q; j++) meet_rows(turned, q + j, 1, bytes, n, out + j * n + i);
    }
    for (int32_t j = 0; j < n_q; j++) and_count(q[j], rows + i * stride, n - i, stride, bytes, out + j * n + i);
}

// A full adder is two ternary instructions: 0x96 is a ^ b ^ c, 0xE8 the majority.
#define VEC __m512i
#define ADD3(sum, carry, a, b, c)                                  \
    do {                                                           \
        __m512i a_ = (a), b_ = (b), c_ = (c);                      \
        (carry) = _mm512_ternarylogic_epi64(a_, b_, c_, 0xE8);     \
        (sum) = _mm512_ternarylogic_epi64(a_, b_, c_, 0x96);       \
    } while (0)
#define AT_LEAST(g, c, m) ((g) = _mm512_ternarylogic_epi64((g), (c), (m), 0xE8))
#define ANY(v) (_mm512_test_epi64_mask((v), (v)) != 0)
#include "simd/planes.h"
#include "simd/tanimoto.h"

// Each counter plane adds its weight to the bytes it marks.
KERNEL static void spread(const simd_counts *c, uint16_t out[SIMD_ROWS])
{
    for (int32_t w = 0; w < SIMD_WORDS; w++) {
        __m512i low = _mm512_setzero_si512(), high = low;
        for (int32_t k = 0; k < 8; k++) low = _mm512_mask_add_epi8(low, c->plane[k][w], low, _mm512_set1_epi8((char)(1 << k)));
        for (int32_t k = 8; k < SIMD_COUNTERS; k++)
            high = _mm512_mask_add_epi8(high, c->plane[k][w], high, _mm512_set1_epi8((char)(1 << (k - 8))));
        for (int32_t half = 0; half < 2; half++) {
            __m256i l = half ? _mm512_extracti64x4_epi64(low, 1) : _mm512_castsi512_si256(low);
            __m256i h = half ? _mm512_extracti64x4_epi64(high, 1) : _mm512_castsi512_si256(high);
            __m512i v = _mm512_or_si512(_mm512_cvtepu8_epi16(l), _mm512_slli_epi16(_mm512_cvtepu8_epi16(h), 8));
            _mm512_storeu_si512(out + 64 * w + 32 * half, v);
        }
    }
}

#define VEC32 __m512i
#define LANES32 16
#define SET32(x) _mm512_set1_epi32((int32_t)(x))
#define LOAD32(p) _mm512_loadu_si512(p)
#define STORE32(p, v) _mm512_storeu_si512((p), (v))
#define ADD32 _mm512_add_epi32
#define SUB32 _mm512_sub_epi32
#define MUL32 _mm512_mullo_epi32
#define AND32 _mm512_and_si512
#define OR32 _mm512_or_si512
#define XOR32 _mm512_xor_si512
#define SHL32 _mm512_slli_epi32
#define SHR32 _mm512_srli_epi32
#define SHIFT32(v, n) _mm512_srl_epi32((v), _mm_cvtsi32_si128(n))   // by a number that is no constant
#define MIN32 _mm512_min_epu32
#define MAX32 _mm512_max_epu32
#include "simd/lists.h"

#define DISTANCES32(p) _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)(p)))
#define SHIFTL32(v, n) _mm512_sll_epi32((v), _mm_cvtsi32_si128(n))
#define STORE64(p, v)                                                          \
    do {                                                                       \
        __m512i v_ = (v);                                                      \
        STORE32((p), _mm512_cvtepu32_epi64(_mm512_castsi512_si256(v_)));       \
        STORE32((p) + 8, _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(v_, 1))); \
    } while (0)
#define GREATER32(a, b) _mm512_movm_epi32(_mm512_cmpgt_epi32_mask((a), (b)))
#define ANY32(v) (_mm512_test_epi32_mask((v), (v)) != 0)
#include "simd/pairs.h"

#define VEC16 __m512i
#define LANES16 32
#define SET16(x) _mm512_set1_epi16((int16_t)(x))
#define LOAD16 LOAD32
#define STORE16 STORE32
#define ADD16 _mm512_add_epi16
#define SUB16 _mm512_sub_epi16
#define AND16 _mm512_and_si512
#define GREATER16(a, b) _mm512_movm_epi16(_mm512_cmpgt_epi16_mask((a), (b)))
#define MIN16 _mm512_min_epi16
#define ADDS16 _mm512_adds_epi16
#include "simd/distances.h"

const simd_kernels simd_avx512 = {
    .name = "avx512",
    .usable = usable,
    .and_count = and_count,
    .and_count_many = and_count_many,
    .visit = visit,
    .spread = spread,
    .tanimoto = tanimoto,
    .power_steps = simd_power_steps_avx512,
    .solve = simd_solve_avx512,
    .characteristic = simd_characteristic_avx512,
    .sum_rows = simd_sum_rows_wide,
    .hash_lists = hash_lists,
    .hash_fields = hash_fields,
    .hash_pairs = hash_pairs,
    .hash_bytes = simd_hash_bytes_avx512,
    .distances = distances,
};
#endif
