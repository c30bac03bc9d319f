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

static bool same_scores(const simd_kernels *x, const simd_kernels *y)
{
    enum { N = 61 };
    uint16_t shared[N];
    int32_t bits[N];
    double p[N], q[N];
    for (int32_t i = 0; i < N; i++) {
        bits[i] = (int32_t)(draw() % 300) * (i % 7 != 0);
        shared[i] = (uint16_t)(i % 3 ? draw() % (uint64_t)((bits[i] < 100 ? bits[i] : 100) + 1) : 0);
    }
    x->tanimoto(shared, 100, bits, N, p);
    y->tanimoto(shared, 100, bits, N, q);
    return !memcmp(p, q, sizeof p);
}

// A chain that forks now and then, and edges across.
static bool same_distances(const simd_kernels *x, const simd_kernels *y)
{
    enum { NODES = 50 };
    static int16_t rows[2][NODES * 64], at[NODES + SIMD_AT_ONCE], a[NODES * NODES], b[NODES * NODES];
    int32_t node[NODES], parent[NODES], behind[NODES], scratch[NODES], begin[] = {3, 40, 7}, end[] = {20, 0, 31};
    for (int32_t k = 0; k < NODES; k++) {
        node[k] = at[k] = (int16_t)k;
        parent[k] = k % 5 == 4 ? k - 2 : k - 1;     // the node between is a leaf
        behind[k] = k % 5 == 3 ? k + 1 : NODES;
        rows[0][k] = rows[1][k] = (int16_t)(k - k / 5 - (k % 5 == 4));
    }
    for (int32_t k = NODES; k < 64; k++) rows[0][k] = rows[1][k] = SIMD_FAR;
    int16_t length[NODES];
    for (int32_t k = 0; k < NODES; k++) length[k] = 1;
    simd_forest t = {NODES, 3, node, parent, behind, at, begin, end, length, length};
    x->distances(&t, rows[0], 64, scratch, a);
    y->distances(&t, rows[1], 64, scratch, b);
    return !memcmp(a, b, sizeof a);
}

int main(void)
{
    int32_t n = 0, bad = 0;
    while (simd_at(n)) n++;
    for (int32_t i = 0; i < BYTES; i++) query[i] = (uint8_t)draw();
    for (size_t i = 0; i < sizeof rows; i++) rows[i] = (uint8_t)draw();
    for (int32_t i = 0; i + 1 < n; i++) {
        if (!simd_at(i)->usable()) continue;
        bool same = same_planes(simd_at(n - 1), simd_at(i)) && same_scores(simd_at(n - 1), simd_at(i)) && same_rows(simd_at(n - 1), simd_at(i)) &&
                    same_distances(simd_at(n - 1), simd_at(i));
        printf("%s %s %s\n", simd_at(i)->name, same ? "equals" : "DIFFERS FROM", simd_at(n - 1)->name);
        bad += !same;
    }
    return bad != 0;
}
