// simd_same.c - the kernels of this machine against the definition, without libcheck, for machines that are emulated.
#include <stdio.h>

#include "simd/simd.h"

enum { WIDTH = 700, MOST = 300, BYTES = 300, ROWS = 10 };
static uint64_t planes[(WIDTH + 1) * SIMD_WORDS] __attribute__((aligned(64)));
static uint16_t list[MOST + 4];
static uint8_t query[BYTES], rows[ROWS * (BYTES + 1)];

static uint64_t draw(void)
{
    static uint64_t seed = 88172645463325252u;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static bool same_visit(const simd_kernels *x, const simd_kernels *y, int32_t n, int32_t least)
{
    simd_counts a, b;
    uint16_t u[SIMD_ROWS], v[SIMD_ROWS];
    if (x->visit(planes, list, n, least, &a) != y->visit(planes, list, n, least, &b)) return false;
    if (!x->visit(planes, list, n, least, &a)) return true;
    x->spread(&a, u);
    y->spread(&b, v);
    for (int32_t r = 0; r < SIMD_ROWS; r++) {
        bool p = a.mask[r / 64] >> (r % 64) & 1, q = b.mask[r / 64] >> (r % 64) & 1;
        if (p != q || (p && u[r] != v[r])) return false;
    }
    return true;
}

static bool same_planes(const simd_kernels *x, const simd_kernels *y)
{
    for (int32_t thin = 0; thin < 3; thin++) {
        for (int32_t i = 0; i < WIDTH * SIMD_WORDS; i++) planes[i] = thin == 0 ? draw() | draw() : thin == 1 ? draw() : draw() & draw() & draw();
        for (int32_t n = 0; n < MOST; n++) {
            for (int32_t i = 0; i < n; i++) list[i] = (uint16_t)(draw() % WIDTH);
            for (int32_t i = n; i < ((n + 3) & ~3); i++) list[i] = WIDTH;
            for (int32_t least = 0; least <= n; least += n / 7 + 1)
                if (!same_visit(x, y, n, least)) return false;
        }
    }
    return true;
}

static bool same_rows(const simd_kernels *x, const simd_kernels *y)
{
    int32_t a[2 * ROWS], b[2 * ROWS];
    const uint8_t *two[2] = {query, rows};
    for (int32_t bytes = 1; bytes < BYTES; bytes++) {
        x->and_count(query, rows + 1, ROWS - 1, bytes + 1, bytes, a);
        y->and_count(query, rows + 1, ROWS - 1, bytes + 1, bytes, b);
        if (memcmp(a, b, (ROWS - 1) * sizeof *a)) return false;
        x->and_count_many(two, 2, rows, ROWS, bytes, bytes, a);
        y->and_count_many(two, 2, rows, ROWS, bytes, bytes, b);
        if (memcmp(a, b, sizeof a)) return false;
    }
    return true;
}

int main(void)
{
    int32_t n = 0, bad = 0;
    while (simd_at(n)) n++;
    for (int32_t i = 0; i < BYTES; i++) query[i] = (uint8_t)draw();
    for (size_t i = 0; i < sizeof rows; i++) rows[i] = (uint8_t)draw();
    for (int32_t i = 0; i + 1 < n; i++) {
        if (!simd_at(i)->usable()) continue;
        bool same = same_planes(simd_at(n - 1), simd_at(i)) && same_rows(simd_at(n - 1), simd_at(i));
        printf("%s %s %s\n", simd_at(i)->name, same ? "equals" : "DIFFERS FROM", simd_at(n - 1)->name);
        bad += !same;
    }
    return bad != 0;
}
