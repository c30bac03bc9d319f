// spread.h - counts from planes to numbers, eight rows at a time, with words alone.

// Byte k of x, bit r  ->  byte r, bit k. Hacker's Delight, 2nd ed., 7-3.
static inline uint64_t transpose8(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & 0x00AA00AA00AA00AAu;
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & 0x0000CCCC0000CCCCu;
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & 0x00000000F0F0F0F0u;
    return x ^ t ^ t << 28;
}

static inline void spread_words(const simd_counts *c, uint16_t out[SIMD_ROWS])
{
    for (int32_t row = 0; row < SIMD_ROWS; row += 8) {
        uint64_t low = 0, high = 0;
        for (int32_t k = 0; k < 8; k++) low |= (c->plane[k][row >> 6] >> (row & 63) & 255) << 8 * k;
        for (int32_t k = 8; k < SIMD_COUNTERS; k++) high |= (c->plane[k][row >> 6] >> (row & 63) & 255) << 8 * (k - 8);
        low = transpose8(low);
        high = transpose8(high);
        for (int32_t r = 0; r < 8; r++) out[row + r] = (uint16_t)((low >> 8 * r & 255) | (high >> 8 * r & 255) << 8);
    }
}
