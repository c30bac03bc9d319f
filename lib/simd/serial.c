// serial.c - the definition: 64-bit words, no instruction beyond C. Every other table equals this one.
#include "simd/simd.h"
#include "simd/spread.h"

static bool usable(void) { return true; }

// Hacker's Delight, 2nd ed., 5-1.
static int32_t ones(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int32_t)(x * 0x0101010101010101u >> 56);
}

static int32_t row_and_count(const uint8_t *a, const uint8_t *b, int32_t bytes)
{
    int32_t n = 0, i = 0;
    uint64_t x, y;
    for (; i + 8 <= bytes; i += 8) {
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        n += ones(x & y);
    }
    for (; i < bytes; i++) n += ones((uint64_t)(a[i] & b[i]));
    return n;
}

static void and_count(const uint8_t *q, const uint8_t *rows, int64_t n, int64_t stride, int32_t bytes, int32_t *out)
{
    for (int64_t i = 0; i < n; i++) out[i] = row_and_count(q, rows + i * stride, bytes);
}

static void and_count_many(const uint8_t *const *q, int32_t n_q, const uint8_t *rows, int64_t n, int64_t stride,
                           int32_t bytes, int32_t *out)
{
    for (int64_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n_q; j++) out[i * n_q + j] = row_and_count(q[j], rows + i * stride, bytes);
}

#define KERNEL
#define VEC uint64_t
#define ADD3(sum, carry, a, b, c)              \
    do {                                       \
        uint64_t a_ = (a), b_ = (b), c_ = (c), x_ = a_ ^ b_; \
        (carry) = (a_ & b_) | (x_ & c_);       \
        (sum) = x_ ^ c_;                       \
    } while (0)
#define AT_LEAST(g, c, m) ((g) = ((c) & ((g) | (m))) | ((g) & (m)))
#define ANY(v) ((v) != 0)
#include "simd/planes.h"

static void spread(const simd_counts *c, uint16_t out[SIMD_ROWS]) { spread_words(c, out); }

const simd_kernels simd_serial = {"serial", usable, and_count, and_count_many, visit, spread, simd_reflect, simd_sum_rows};
