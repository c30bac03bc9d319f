// rows.h - random rows for tests of searching.
#ifndef ARYL_TEST_ROWS_H
#define ARYL_TEST_ROWS_H

#include <math.h>
#include <stdlib.h>

#include "search/search.h"

static uint64_t seed = 88172645463325252u;
static inline uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}
static inline double draw01(void) { return (double)(draw() >> 11) / 9007199254740992.0; }

// Rows that look like fingerprints: some bits frequent, most rare, many rows close to an earlier one, a few empty or full.
static inline uint8_t *rows_new(int64_t n, int64_t stride, int32_t bits, int32_t mean)
{
    int32_t bytes = search_row_bytes(bits);
    uint8_t *rows = calloc((size_t)n + 1, (size_t)stride);
    for (int64_t i = 0; i < n; i++) {
        uint8_t *r = rows + i * stride;
        if (i && draw() % 3 == 0) {   // a neighbour
            memcpy(r, rows + (int64_t)(draw() % (uint64_t)i) * stride, (size_t)bytes);
            for (uint64_t c = draw() % 5; c; c--) {
                int32_t b = (int32_t)(draw() % (uint64_t)bits);
                r[b / 8] ^= (uint8_t)(1 << b % 8);
            }
            continue;
        }
        int32_t want = i % 97 == 5 ? 0 : i % 89 == 7 ? bits : (int32_t)(mean * (0.5 + draw01()));
        if (want == bits) memset(r, 255, (size_t)bytes);
        else
            for (int32_t c = 0; c < want; c++) {
                int32_t b = (int32_t)(pow(draw01(), 3) * bits);
                r[b / 8] |= (uint8_t)(1 << b % 8);
            }
        if (bits % 8) r[bytes - 1] &= (uint8_t)((1 << bits % 8) - 1);
    }
    return rows;
}

#endif
