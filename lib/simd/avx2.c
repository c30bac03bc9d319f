// avx2.c - 32 bytes at a time. Bits of bytes are counted by looking up halves of a byte (Mula, Kurz, Lemire,
// Comput. J. 2018, 61, 111, doi:10.1093/comjnl/bxx046); short rows by POPCNT, which every AVX2 machine has.
#if defined(__x86_64__)
#include <immintrin.h>

#include "simd/simd.h"
#include "simd/spread.h"

#define KERNEL __attribute__((target("avx2,popcnt")))

static bool usable(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt"); }

KERNEL static inline uint64_t word_at(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

// Fewer than 8 bytes as a word.
KERNEL static inline uint64_t tail_at(const uint8_t *p, int32_t n)
{
    uint64_t x = 0;
    for (int32_t i = 0; i < n; i++) x |= (uint64_t)p[i] << 8 * i;
    return x;
}

KERNEL static inline int32_t words_and_count(const uint8_t *a, const uint8_t *b, int32_t bytes)
{
    int64_t n = 0;
    int32_t i = 0;
    for (; i + 8 <= bytes; i += 8) n += __builtin_popcountll(word_at(a + i) & word_at(b + i));
    if (i < bytes) n += __builtin_popcountll(tail_at(a + i, bytes - i) & tail_at(b + i, bytes - i));
    return (int32_t)n;
}

KERNEL static inline __m256i ones_of_bytes(__m256i v)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
                                           0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    return _mm256_add_epi8(_mm256_shuffle_epi8(table, v & low),
                           _mm256_shuffle_epi8(table, _mm256_srli_epi16(v, 4) & low));
}

KERNEL static inline int32_t row_and_count(const uint8_t *a, const uint8_t *b, int32_t bytes)
{
    if (bytes < 128) return words_and_count(a, b, bytes);
    __m256i sum = _mm256_setzero_si256();
    int32_t i = 0;
    while (i + 32 <= bytes) {
        __m256i part = _mm256_setzero_si256();
        for (int32_t turn = 0; turn < 31 && i + 32 <= bytes; turn++, i += 32)   // 31 * 8 fits a byte
            part = _mm256_add_epi8(part, ones_of_bytes(_mm256_loadu_si256((const __m256i *)(a + i)) &
                                                       _mm256_loadu_si256((const __m256i *)(b + i))));
        sum = _mm256_add_epi64(sum, _mm256_sad_epu8(part, _mm256_setzero_si256()));
    }
    __m128i s = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    s = _mm_add_epi64(s, _mm_unpackhi_epi64(s, s));
    return _mm_cvtsi128_si32(s) + (i < bytes ? words_and_count(a + i, b + i, bytes - i) : 0);
}

#include "simd/rows.h"

#define VEC __m256i
#define ADD3(sum, carry, a, b, c)                       \
    do {                                                \
        __m256i a_ = (a), b_ = (b), c_ = (c), x_ = a_ ^ b_; \
        (carry) = (a_ & b_) | (x_ & c_);                \
        (sum) = x_ ^ c_;                                \
    } while (0)
#define AT_LEAST(g, c, m) ((g) = ((c) & ((g) | (m))) | ((g) & (m)))
#define ANY(v) (!_mm256_testz_si256((v), (v)))
#include "simd/planes.h"
#include "simd/tanimoto.h"

static void spread(const simd_counts *c, uint16_t out[SIMD_ROWS]) { spread_words(c, out); }

#define VEC32 __m256i
#define LANES32 8
#define SET32(x) _mm256_set1_epi32((int32_t)(x))
#define LOAD32(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE32(p, v) _mm256_storeu_si256((__m256i *)(void *)(p), (v))
#define ADD32 _mm256_add_epi32
#define SUB32 _mm256_sub_epi32
#define MUL32 _mm256_mullo_epi32
#define AND32 _mm256_and_si256
#define OR32 _mm256_or_si256
#define XOR32 _mm256_xor_si256
#define SHL32 _mm256_slli_epi32
#define SHR32 _mm256_srli_epi32
#define SHIFT32(v, n) _mm256_srl_epi32((v), _mm_cvtsi32_si128(n))   // by a number that is no constant
#define MIN32 _mm256_min_epu32
#define MAX32 _mm256_max_epu32
#include "simd/lists.h"

#define DISTANCES32(p) _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)(p)))
#define SHIFTL32(v, n) _mm256_sll_epi32((v), _mm_cvtsi32_si128(n))
#define STORE64(p, v)                                                          \
    do {                                                                       \
        __m256i v_ = (v);                                                      \
        STORE32((p), _mm256_cvtepu32_epi64(_mm256_castsi256_si128(v_)));       \
        STORE32((p) + 4, _mm256_cvtepu32_epi64(_mm256_extracti128_si256(v_, 1))); \
    } while (0)
#define GREATER32 _mm256_cmpgt_epi32
#define ANY32(v) (!_mm256_testz_si256((v), (v)))
#include "simd/pairs.h"

#define VEC16 __m256i
#define LANES16 16
#define SET16(x) _mm256_set1_epi16((int16_t)(x))
#define LOAD16 LOAD32
#define STORE16 STORE32
#define ADD16 _mm256_add_epi16
#define SUB16 _mm256_sub_epi16
#define AND16 _mm256_and_si256
#define GREATER16 _mm256_cmpgt_epi16
#define MIN16 _mm256_min_epi16
#define ADDS16 _mm256_adds_epi16
#include "simd/distances.h"

const simd_kernels simd_avx2 = {
    .name = "avx2",
    .usable = usable,
    .and_count = and_count,
    .and_count_many = and_count_many,
    .visit = visit,
    .spread = spread,
    .tanimoto = tanimoto,
    .power_steps = simd_power_steps_avx2,
    .solve = simd_solve_avx2,
    .characteristic = simd_characteristic_avx2,
    .sum_rows = simd_sum_rows_wide,
    .hash_lists = hash_lists,
    .hash_fields = hash_fields,
    .hash_pairs = hash_pairs,
    .hash_bytes = simd_hash_bytes_avx2,
    .distances = distances,
};
#endif
