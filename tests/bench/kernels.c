// kernels.c - the kernels of searching by themselves: planes and rows in cache, and rows from memory against reading alone.
// One line each: kernel set or "machine", what, number.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "search/search.h"

enum { WIDTH = 2048, LIST = 45, TURNS = 20000, REPEATS = 20, QUERIES = 16, TILE = 512, ADDS = 10000000 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t draw(void)
{
    static uint64_t seed = 88172645463325252u;
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static double least_time(void (*run)(void *), void *ctx)
{
    double best = 1e9;
    for (int32_t i = 0; i < REPEATS; i++) {
        double begin = now();
        run(ctx);
        double took = now() - begin;
        best = took < best ? took : best;
    }
    return best;
}

typedef struct job {
    const simd_kernels *k;
    uint64_t *planes;
    uint16_t list[LIST + 4];
    int32_t least;
    uint8_t *rows;
    int64_t n;
    int32_t *out, bytes;
    uint64_t sum;
} job;

static void visits(void *ctx)
{
    job *j = ctx;
    simd_counts c;
    for (int32_t i = 0; i < TURNS; i++) j->sum += j->k->visit(j->planes, j->list, LIST, j->least, &c);
}

static void scan(void *ctx)
{
    job *j = ctx;
    for (int64_t i = 0; i < j->n; i += 512) j->k->and_count(j->rows, j->rows + i * 256, j->n - i < 512 ? j->n - i : 512, 256, 256, j->out);
}

static void read_all(void *ctx)   // the least that a scan has to do
{
    job *j = ctx;
    typedef uint64_t part __attribute__((vector_size(16), aligned(1), may_alias));
    part sum[4] = {{0}};
    for (int64_t i = 0; i < j->n * 256; i += 64) {
        sum[0] ^= *(const part *)(j->rows + i);
        sum[1] ^= *(const part *)(j->rows + i + 16);
        sum[2] ^= *(const part *)(j->rows + i + 32);
        sum[3] ^= *(const part *)(j->rows + i + 48);
    }
    for (int32_t w = 0; w < 4; w++) j->sum += sum[w][0] + sum[w][1];
}

static void tile(void *ctx)   // rows in cache, several queries at a time
{
    job *j = ctx;
    const uint8_t *q[QUERIES];
    for (int32_t i = 0; i < QUERIES; i++) q[i] = j->rows + i * 256;
    for (int32_t i = 0; i < 20; i++) j->k->and_count_many(q, QUERIES, j->rows, TILE, 256, j->bytes, j->out);
}

static void adds(void *ctx)   // each waits for the one before: a cycle each
{
    job *j = ctx;
    uint64_t x = j->sum;
    for (int32_t i = 0; i < ADDS; i++) {
        x += (uint64_t)i;
        __asm__("" : "+r"(x));
    }
    j->sum = x;
}

int main(int argc, char **argv)
{
    int64_t n = argc > 1 ? atoll(argv[1]) : 400000;
    job j = {.planes = aligned_alloc(64, (WIDTH + 1) * 64), .rows = malloc((size_t)n * 256), .n = n, .out = malloc(TILE * QUERIES * 4)};
    if (!j.planes || !j.rows || !j.out) return 1;
    for (int32_t i = 0; i < WIDTH * 8; i++) j.planes[i] = draw() & draw() & draw();
    memset(j.planes + WIDTH * 8, 0, 64);
    for (int32_t i = 0; i < LIST; i++) j.list[i] = (uint16_t)(i * 40);
    for (int32_t i = LIST; i < LIST + 3; i++) j.list[i] = WIDTH;
    for (int64_t i = 0; i < n * 32; i++) ((uint64_t *)(void *)j.rows)[i] = draw() & draw() & draw() & draw();
    double alone = (double)n * 256 / least_time(read_all, &j), clock = ADDS / least_time(adds, &j);
    printf("machine\treading from memory, GB/s\t%.2f\n", alone / 1e9);
    printf("machine\tclock by dependent adds, GHz\t%.2f\n", clock / 1e9);
    for (int32_t i = 0; simd_at(i); i++) {
        if (!simd_at(i)->usable()) continue;
        const char *name = simd_at(i)->name;
        j.k = simd_at(i);
        j.least = 40;
        double early = least_time(visits, &j);
        j.least = 0;
        double full = least_time(visits, &j), scanned = (double)n * 256 / least_time(scan, &j);
        printf("%s\tleft early\t%.2f\n%s\t45 planes\t%.2f\n", name, 512.0 * TURNS / early / 1e9, name, 512.0 * TURNS / full / 1e9);
        for (j.bytes = 128; j.bytes <= 256; j.bytes += 128)
            printf("%s\t%d-bit rows\t%.1f\n", name, 8 * j.bytes, 20.0 * TILE * QUERIES / least_time(tile, &j) / 1e6);
        printf("%s\tscan GB/s\t%.2f\n%s\tof reading\t%.3f\n", name, scanned / 1e9, name, scanned / alone);
        if (!i)
            printf("machine\tcycles of %s: 16 planes of 512 rows and the test\t%.1f\nmachine\tcycles of %s: a plane of 512 rows\t%.2f\n", name,
                   early * clock / TURNS, name, full * clock / TURNS / LIST);
    }
    free(j.planes);
    free(j.rows);
    free(j.out);
    return j.sum == 0;
}
