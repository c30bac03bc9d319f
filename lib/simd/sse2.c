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

static void spread(const simd_counts *c, uint16_t out[SIMD_ROWS]) { spread_words(c, out); }

const simd_kernels simd_sse2 = {"sse2", usable, and_count, and_count_many, visit, spread, simd_reflect, simd_sum_rows, simd_hash_lists};
#endif
