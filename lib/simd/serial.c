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

#define KERNEL
#include "simd/rows.h"

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
#include "simd/tanimoto.h"

static void spread(const simd_counts *c, uint16_t out[SIMD_ROWS]) { spread_words(c, out); }

// Matsumoto & Nishimura's generator cut down to four words, as RDKit seeds it for each feature.
static uint32_t first_draw(uint32_t seed)
{
    uint32_t one = 1812433253u * (seed ^ seed >> 30) + 1, two = 1812433253u * (one ^ one >> 30) + 2;
    uint32_t y = (seed & 0x80000000u) | (one & 0x7FFFFFFFu);
    y = two ^ y >> 1 ^ (y & 1 ? 0x9908B0DFu : 0);
    y ^= y >> 11;
    y ^= y << 7 & 0x9D2C5680u;
    y ^= y << 15 & 0xEFC60000u;
    y ^= y >> 18;
    return y >> 1;
}

static uint32_t hash_ascending(uint32_t *key, int32_t n)
{
    uint32_t h = 0;
    for (int32_t i = 1; i < n; i++) {
        uint32_t x = key[i];
        int32_t j = i;
        for (; j > 0 && key[j - 1] > x; j--) key[j] = key[j - 1];
        key[j] = x;
    }
    for (int32_t i = 0; i < n; i++) h = hash_combine(h, key[i]);
    return h;
}

void simd_hash_lists(const uint32_t (*keys)[SIMD_LISTS], int32_t n, const uint32_t *last, uint32_t *hash, uint32_t *drawn)
{
    uint32_t key[SIMD_MOST_KEYS];
    for (int32_t l = 0; l < SIMD_LISTS; l++) {
        for (int32_t i = 0; i < n; i++) key[i] = keys[i][l];
        hash[l] = hash_combine(hash_ascending(key, n), last[l]);
        drawn[l] = first_draw(hash[l]);
    }
}

void simd_hash_fields(const uint32_t (*keys)[SIMD_LISTS], int32_t n, int32_t shift, uint32_t mask, const uint32_t *last,
                      uint32_t tail, uint32_t *hash)
{
    uint32_t key[SIMD_MOST_KEYS];
    for (int32_t l = 0; l < SIMD_LISTS; l++) {
        for (int32_t i = 0; i < n; i++) key[i] = keys[i][l] >> shift & mask;
        hash[l] = hash_combine(hash_combine(hash_ascending(key, n), last[l]), tail);
    }
}

bool simd_hash_pairs(uint32_t key, const uint32_t *keys, const int16_t *distance, int32_t n, const simd_pair_form *form,
                     uint32_t *hash, uint64_t *id)
{
    bool outside = false;
    for (int32_t j = 0; j < n; j++) {
        uint32_t d = (uint32_t)distance[j], low = key < keys[j] ? key : keys[j], high = key < keys[j] ? keys[j] : key;
        hash[j] = hash_combine(hash_combine(hash_combine(0, low), d), high);
        id[j] = d | low << form->low_at | high << form->high_at;
        outside |= distance[j] < form->least || distance[j] > form->most;
    }
    return !outside;
}

#define VEC16 int16_t
#define LANES16 1
#define SET16(x) ((int16_t)(x))
#define LOAD16(p) (*(p))
#define STORE16(p, v) (*(p) = (v))
#define ADD16(a, b) ((int16_t)((a) + (b)))
#define SUB16(a, b) ((int16_t)((a) - (b)))
#define AND16(a, b) ((int16_t)((a) & (b)))
#define GREATER16(a, b) ((int16_t)-((a) > (b)))
#define MIN16(a, b) ((int16_t)((a) < (b) ? (a) : (b)))
#define ADDS16(a, b) MIN16((int32_t)(a) + (b), SIMD_FAR)
#include "simd/distances.h"

const simd_kernels simd_serial = {
    .name = "serial",
    .usable = usable,
    .and_count = and_count,
    .and_count_many = and_count_many,
    .visit = visit,
    .spread = spread,
    .tanimoto = tanimoto,
    SIMD_PLAIN,
    .distances = distances,
};
