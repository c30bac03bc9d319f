// plain_pairs.c - all pairs of rows above thresholds by counting bits of every pair: nothing of the library, for comparing
// with it. A window of bit counts is all that is left out: c <= min(a, b) bounds the score.
//   plain_pairs FILE BYTES_OF_A_ROW SKIP THRESHOLD...      rows begin SKIP bytes into the file
// A line for each threshold: threshold, pairs, checksum. The checksum is a sum over pairs (i, j), i < j, of a mix of i, j and
// the bits of the score, so that order does not matter.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORDS = 32, SIDE = 8, TILE = 32 * SIDE, QUERIES = 6, BLOCK = 32 * QUERIES, MOST_THRESHOLDS = 8 };
typedef struct row { uint64_t w[WORDS]; } row;

static row *rows;
static uint64_t (*turned)[WORDS][SIDE];   // the same, a word of eight rows side by side: compilers make vectors of them
static int32_t *number, *bits;   // row at each place, ascending by bits; bits of each row
static float *size;              // bits at each place

static uint64_t mix(uint64_t i, uint64_t j, double score)
{
    uint64_t s;
    memcpy(&s, &score, 8);
    uint64_t x = (i * 0x9E3779B97F4A7C15u + j) * 0xBF58476D1CE4E5B9u ^ s * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static int by_bits(const void *x, const void *y)
{
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    return bits[a] != bits[b] ? (bits[a] > bits[b]) - (bits[a] < bits[b]) : (a > b) - (a < b);
}

static int64_t read_rows(const char *path, int64_t bytes, int64_t skip)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END)) return -1;
    int64_t n = (ftell(f) - skip) / bytes;
    fseek(f, skip, SEEK_SET);
    rows = aligned_alloc(64, (size_t)(n + TILE) * sizeof *rows);
    row *given = malloc((size_t)n * sizeof *given);
    bits = malloc((size_t)n * sizeof *bits);
    number = malloc((size_t)n * sizeof *number);
    if (!rows || !given || !bits || !number) return -1;
    memset(given, 0, (size_t)n * sizeof *given);
    for (int64_t i = 0; i < n; i++) {
        if (fread(given[i].w, 1, (size_t)bytes, f) != (size_t)bytes) return -1;
        bits[i] = 0;
        for (int32_t w = 0; w < WORDS; w++) bits[i] += __builtin_popcountll(given[i].w[w]);
        number[i] = (int32_t)i;
    }
    fclose(f);
    qsort(number, (size_t)n, sizeof *number, by_bits);
    for (int64_t i = 0; i < n; i++) rows[i] = given[number[i]];
    free(given);
    turned = aligned_alloc(64, (size_t)(n + TILE + SIDE) * sizeof *rows);
    size = calloc((size_t)(n + TILE), sizeof *size);
    if (!turned || !size) return -1;
    for (int64_t i = 0; i < n; i++) size[i] = (float)bits[number[i]];
    memset(rows + n, 0, TILE * sizeof *rows);
    for (int64_t i = 0; i < n + TILE; i++)
        for (int32_t w = 0; w < WORDS; w++) turned[i / SIDE][w][i % SIDE] = rows[i].w[w];
    return n;
}

static double t[MOST_THRESHOLDS], least = 1;
static int32_t n_t;
static int64_t pairs[MOST_THRESHOLDS];
static uint64_t sums[MOST_THRESHOLDS];

// Some queries against a tile of rows.
static void meet(int64_t q, int64_t n_q, int64_t first, int64_t rest)
{
    float shared[QUERIES][TILE];
    for (int64_t g = 0; g < TILE / SIDE; g++) {
        uint64_t c[QUERIES][SIDE] = {{0}};
        for (int32_t w = 0; w < WORDS; w++)
            for (int32_t x = 0; x < QUERIES; x++)
                for (int32_t r = 0; r < SIDE; r++) c[x][r] += (uint64_t)__builtin_popcountll(turned[first / SIDE + g][w][r] & rows[q + x].w[w]);
        for (int32_t x = 0; x < QUERIES; x++)
            for (int32_t r = 0; r < SIDE; r++) shared[x][SIDE * g + r] = (float)(int32_t)c[x][r];
    }
    for (int64_t x = 0; x < n_q; x++) {
        float part = (float)(least / (1 + least) * (1 - 1e-5)), own = size[q + x];
        int32_t any = 0;
        for (int32_t r = 0; r < TILE; r++) any |= shared[x][r] >= part * (own + size[first + r]);
        for (int64_t r = 0; any && r < rest; r++) {
            int32_t i = number[q + x], j = number[first + r], c = (int32_t)shared[x][r];
            if (first + r <= q + x) continue;
            double score = c ? (double)c / (double)(bits[i] + bits[j] - c) : 0;
            for (int32_t k = 0; k < n_t; k++) {
                if (!(score >= t[k])) continue;
                pairs[k]++;
                sums[k] += i < j ? mix((uint64_t)i, (uint64_t)j, score) : mix((uint64_t)j, (uint64_t)i, score);
            }
        }
    }
}

int main(int argc, char **argv)
{
    int64_t bytes = argc > 4 ? atoll(argv[2]) : 0;
    n_t = argc - 4;
    if (bytes < 1 || bytes > 8 * WORDS || n_t > MOST_THRESHOLDS) return 2;
    for (int32_t i = 0; i < n_t; i++) {
        t[i] = atof(argv[4 + i]);
        least = t[i] < least ? t[i] : least;
    }
    int64_t n = read_rows(argv[1], bytes, atoll(argv[3]));
    if (n < 0) return 1;
    for (int64_t block = 0; block < n; block += BLOCK) {
        int64_t end = block + BLOCK < n ? block + BLOCK : n;
        int32_t most = bits[number[end - 1]];
        for (int64_t first = block / SIDE * SIDE; first < n && bits[number[first]] * least <= most; first += TILE)
            for (int64_t q = block; q < end; q += QUERIES)
                meet(q, end - q < QUERIES ? end - q : QUERIES, first, n - first < TILE ? n - first : TILE);
    }
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    for (int32_t k = 0; k < n_t; k++) printf("%g\t%" PRId64 "\t%016" PRIx64 "\n", t[k], pairs[k], sums[k]);
    printf("CPU s\t%.1f\n", (double)used.tv_sec + 1e-9 * (double)used.tv_nsec);
    return 0;
}
