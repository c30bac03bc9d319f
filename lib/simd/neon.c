// neon.c - 16 bytes at a time; every 64-bit ARM has it.
#if defined(__aarch64__)
#include <arm_neon.h>

#include "simd/simd.h"
#include "simd/spread.h"

static bool usable(void) { return true; }

static inline int32_t row_and_count(const uint8_t *a, const uint8_t *b, int32_t bytes)
{
    uint32x4_t sum = vdupq_n_u32(0);
    int32_t i = 0;
    for (; i + 16 <= bytes; i += 16)
        sum = vpadalq_u16(sum, vpaddlq_u8(vcntq_u8(vandq_u8(vld1q_u8(a + i), vld1q_u8(b + i)))));
    int32_t n = (int32_t)vaddvq_u32(sum);
    for (; i < bytes; i++) n += __builtin_popcount((unsigned)(a[i] & b[i]));
    return n;
}

#define KERNEL
#include "simd/rows.h"

// Carry by selection: where a and b differ it is c, else a.
#define VEC uint64x2_t
#define ADD3(sum, carry, a, b, c)                                       \
    do {                                                                \
        uint64x2_t a_ = (a), b_ = (b), c_ = (c), x_ = veorq_u64(a_, b_); \
        (carry) = vbslq_u64(x_, c_, a_);                                \
        (sum) = veorq_u64(x_, c_);                                      \
    } while (0)
#define AT_LEAST(g, c, m) ((g) = vbslq_u64(veorq_u64((g), (m)), (c), (g)))
#define ANY(v) (vmaxvq_u32(vreinterpretq_u32_u64(v)) != 0)
#include "simd/planes.h"
#include "simd/tanimoto.h"

static void spread(const simd_counts *c, uint16_t out[SIMD_ROWS]) { spread_words(c, out); }

#define VEC16 int16x8_t
#define LANES16 8
#define SET16(x) vdupq_n_s16((int16_t)(x))
#define LOAD16 vld1q_s16
#define STORE16 vst1q_s16
#define ADD16 vaddq_s16
#define SUB16 vsubq_s16
#define AND16 vandq_s16
#define GREATER16(a, b) vreinterpretq_s16_u16(vcgtq_s16((a), (b)))
#define MIN16 vminq_s16
#define ADDS16 vqaddq_s16
#include "simd/distances.h"

const simd_kernels simd_neon = {
    .name = "neon",
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
