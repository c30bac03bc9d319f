// sse2.c - what every x86-64 has: two words at a time for the planes, words for the rows.
#if defined(__x86_64__)
#include <emmintrin.h>

#include "simd/simd.h"
#include "simd/spread.h"

extern const simd_kernels simd_serial;

static bool usable(void) { return true; }

static void and_count(const uint8_t *q, const uint8_t *rows, int64_t n, int64_t stride, int32_t bytes, int32_t *out)
{
    simd_serial.and_count(q, rows, n, stride, bytes, out);
}

static void and_count_many(const uint8_t *const *q, int32_t n_q, const uint8_t *rows, int64_t n, int64_t stride,
                           int32_t bytes, int32_t *out)
{
    simd_serial.and_count_many(q, n_q, rows, n, stride, bytes, out);
}

#define KERNEL
#define VEC __m128i
#define ADD3(sum, carry, a, b, c)                       \
    do {                                                \
        __m128i a_ = (a), b_ = (b), c_ = (c), x_ = a_ ^ b_; \
        (carry) = (a_ & b_) | (x_ & c_);                \
        (sum) = x_ ^ c_;                                \
    } while (0)
#define AT_LEAST(g, c, m) ((g) = ((c) & ((g) | (m))) | ((g) & (m)))
#define ANY(v) (_mm_movemask_epi8(_mm_cmpeq_epi8((v), _mm_setzero_si128())) != 0xFFFF)
#include "simd/planes.h"
#include "simd/tanimoto.h"

static void spread(const simd_counts *c, uint16_t out[SIMD_ROWS]) { spread_words(c, out); }

#define VEC16 __m128i
#define LANES16 8
#define SET16(x) _mm_set1_epi16((int16_t)(x))
#define LOAD16(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE16(p, v) _mm_storeu_si128((__m128i *)(void *)(p), (v))
#define ADD16 _mm_add_epi16
#define SUB16 _mm_sub_epi16
#define AND16 _mm_and_si128
#define GREATER16 _mm_cmpgt_epi16
#define MIN16 _mm_min_epi16
#define ADDS16 _mm_adds_epi16
#include "simd/distances.h"

const simd_kernels simd_sse2 = {
    .name = "sse2",
    .usable = usable,
    .and_count = and_count,
    .and_count_many = and_count_many,
    .visit = visit,
    .spread = spread,
    .tanimoto = tanimoto,
    SIMD_PLAIN,
    .distances = distances,
};
#endif
