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

// Eight sums of eight lanes as eight numbers: three layers of adding neighbours instead of a reduction for each.
KERNEL static inline __m256i sums8(const __m512i s[8])
{
    __m512i a[4], b[2];
    for (int32_t i = 0; i < 4; i++)   // lanes 2j: s[2i], 2j + 1: s[2i + 1]
        a[i] = _mm512_add_epi64(_mm512_unpacklo_epi64(s[2 * i], s[2 * i + 1]), _mm512_unpackhi_epi64(s[2 * i], s[2 * i + 1]));
    for (int32_t i = 0; i < 2; i++)
        b[i] = _mm512_add_epi64(_mm512_shuffle_i64x2(a[2 * i], a[2 * i + 1], 0x88), _mm512_shuffle_i64x2(a[2 * i], a[2 * i + 1], 0xDD));
    __m512i c = _mm512_add_epi64(_mm512_shuffle_i64x2(b[0], b[1], 0x88), _mm512_shuffle_i64x2(b[0], b[1], 0xDD));
    return _mm512_cvtepi64_epi32(c);
}

// Two rows by four queries share their loads.
KERNEL static void and_count_many(const uint8_t *const *q, int32_t n_q, const uint8_t *rows, int64_t n, int64_t stride,
                                  int32_t bytes, int32_t *out)
{
    int32_t whole = bytes & ~63;
    __mmask64 m = tail_mask(bytes);
    int64_t i = 0;
    for (; i + 2 <= n; i += 2) {
        const uint8_t *r0 = rows + i * stride, *r1 = r0 + stride;
        int32_t j = 0;
        for (; j + 4 <= n_q; j += 4) {
            __m512i s[8];
            for (int32_t x = 0; x < 8; x++) s[x] = _mm512_setzero_si512();
            for (int32_t at = 0; at < whole; at += 64) {
                __m512i v0 = _mm512_loadu_si512(r0 + at), v1 = _mm512_loadu_si512(r1 + at);
                for (int32_t x = 0; x < 4; x++) {
                    __m512i w = _mm512_loadu_si512(q[j + x] + at);
                    s[x] = _mm512_add_epi64(s[x], _mm512_popcnt_epi64(_mm512_and_si512(v0, w)));
                    s[4 + x] = _mm512_add_epi64(s[4 + x], _mm512_popcnt_epi64(_mm512_and_si512(v1, w)));
                }
            }
            if (whole < bytes) {
                __m512i v0 = _mm512_maskz_loadu_epi8(m, r0 + whole), v1 = _mm512_maskz_loadu_epi8(m, r1 + whole);
                for (int32_t x = 0; x < 4; x++) {
                    __m512i w = _mm512_maskz_loadu_epi8(m, q[j + x] + whole);
                    s[x] = _mm512_add_epi64(s[x], _mm512_popcnt_epi64(_mm512_and_si512(v0, w)));
                    s[4 + x] = _mm512_add_epi64(s[4 + x], _mm512_popcnt_epi64(_mm512_and_si512(v1, w)));
                }
            }
            __m256i sum = sums8(s);
            _mm_storeu_si128((__m128i *)(out + i * n_q + j), _mm256_castsi256_si128(sum));
            _mm_storeu_si128((__m128i *)(out + (i + 1) * n_q + j), _mm256_extracti128_si256(sum, 1));
        }
        for (; j < n_q; j++) {
            out[i * n_q + j] = row_and_count(q[j], r0, bytes);
            out[(i + 1) * n_q + j] = row_and_count(q[j], r1, bytes);
        }
    }
    for (; i < n; i++)
        for (int32_t j = 0; j < n_q; j++) out[i * n_q + j] = row_and_count(q[j], rows + i * stride, bytes);
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
