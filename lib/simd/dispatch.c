// dispatch.c - which kernels this process uses.
#include <stdatomic.h>
#include <stdlib.h>

#include "simd/simd.h"

#define SIMD(name) extern const simd_kernels simd_##name;
#include "simd/simd_list.h"
#undef SIMD

static const simd_kernels *const tables[] = {
#define SIMD(name) &simd_##name,
#include "simd/simd_list.h"
#undef SIMD
};
enum { N_TABLES = sizeof tables / sizeof *tables };

static _Atomic(const simd_kernels *) chosen;   // the same answer whoever computes it first

const simd_kernels *simd_at(int32_t i) { return i >= 0 && i < N_TABLES ? tables[i] : NULL; }

static const simd_kernels *choose(void)
{
    const char *wish = getenv("ARYL_SIMD");
    for (int32_t i = 0; wish && i < N_TABLES; i++)
        if (!strcmp(tables[i]->name, wish) && tables[i]->usable()) return tables[i];
    for (int32_t i = 0; i < N_TABLES; i++)
        if (tables[i]->usable()) return tables[i];
    return tables[N_TABLES - 1];
}

const simd_kernels *simd_get(void)
{
    const simd_kernels *k = atomic_load_explicit(&chosen, memory_order_acquire);
    if (!k) atomic_store_explicit(&chosen, k = choose(), memory_order_release);
    return k;
}

void simd_use(const simd_kernels *k) { atomic_store_explicit(&chosen, k, memory_order_release); }

// Hacker's Delight, 2nd ed., 7-3: swap ever smaller corners.
void simd_transpose64(uint64_t a[64])
{
    uint64_t m = 0x00000000FFFFFFFFu;
    for (int32_t j = 32; j; j >>= 1, m ^= m << j)
        for (int32_t k = 0; k < 64; k = (k + j + 1) & ~j) {
            uint64_t t = (a[k] >> j ^ a[k + j]) & m;
            a[k] ^= t << j;
            a[k + j] ^= t;
        }
}

int32_t simd_at_least(const simd_counts *c, int32_t least, uint64_t mask[SIMD_WORDS])
{
    int32_t n = 0;
    for (int32_t w = 0; w < SIMD_WORDS; w++) {
        uint64_t g = ~(uint64_t)0;
        if (least > SIMD_MOST_PLANES) g = 0;
        else if (least > 0)
            for (int32_t k = 0; k < SIMD_COUNTERS; k++) g = least >> k & 1 ? c->plane[k][w] & g : c->plane[k][w] | g;
        mask[w] = g;
        n += __builtin_popcountll(g);
    }
    return n;
}
