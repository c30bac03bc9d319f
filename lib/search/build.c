// build.c - from rows to an index: count, sort, copy, stand on end.
//
// 1 M rows of 2048 bits take about half a second on two cores; most of it is moving memory.
#define _GNU_SOURCE   // madvise
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "search/index.h"

enum { ALIGN = 64, SAMPLE = 65536, GRAIN = 4096 };
#define LARGE ((size_t)2 << 20)   // a huge page

void *search_aligned(size_t bytes, void **own)
{
    size_t align = bytes < LARGE ? ALIGN : LARGE;
    *own = bytes < PTRDIFF_MAX - LARGE ? mem_alloc(bytes + align) : NULL;
    if (!*own) return NULL;
    void *p = (void *)(((uintptr_t)*own + align - 1) & ~(uintptr_t)(align - 1));
#if defined(__linux__)
    if (align == LARGE) madvise(p, bytes & ~(LARGE - 1), MADV_HUGEPAGE);   // scans of 4 KB pages take 1.4 times as long
#endif
    return p;
}

int32_t search_group_size(int64_t n, double threshold)
{
    if (threshold > 0) return threshold < 0.6 ? 4 : 8;
    return n < 200000 ? 4 : 8;
}

// ---- how frequent each bit is, from rows spread over the whole

typedef struct { int32_t n; uint16_t bit; } frequency;

static int by_frequency(frequency x, frequency y) { return x.n != y.n ? (x.n < y.n ? -1 : 1) : (x.bit > y.bit) - (x.bit < y.bit); }

static void sort_frequencies(frequency *f, int32_t n)   // heap sort
{
    for (int32_t i = n / 2, end = n; end > 1;) {
        frequency x;
        if (i) x = f[--i];
        else {
            x = f[--end];
            f[end] = f[0];
        }
        int32_t at = i;
        for (int32_t c; (c = 2 * at + 1) < end; at = c) {
            if (c + 1 < end && by_frequency(f[c], f[c + 1]) < 0) c++;
            if (by_frequency(x, f[c]) >= 0) break;
            f[at] = f[c];
        }
        f[at] = x;
    }
}

static aryl_status rank_bits(const aryl_rows *rows, uint16_t *rank)
{
    frequency *f = mem_alloc((size_t)rows->bits * sizeof *f);
    if (!f) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < rows->bits; b++) f[b] = (frequency){0, (uint16_t)b};
    int64_t sample = rows->n < SAMPLE ? rows->n : SAMPLE;
    for (int64_t i = 0; i < sample; i++) {
        const uint8_t *r = rows->data + (int64_t)((__int128)i * rows->n / sample) * rows->stride;
        for (int32_t y = 0; y < search_row_bytes(rows->bits); y++)
            for (uint32_t x = r[y]; x; x &= x - 1) {
                int32_t b = 8 * y + __builtin_ctz(x);
                if (b < rows->bits) f[b].n++;
            }
    }
    sort_frequencies(f, rows->bits);
    for (int32_t i = 0; i < rows->bits; i++) rank[f[i].bit] = (uint16_t)i;
    mem_free(f);
    return ARYL_OK;
}

void search_key_of_rank(const uint16_t *rank, int32_t bits, search_key *out)
{
    out->n = bits < 128 ? bits : 128;
    for (int32_t b = 0; b < bits; b++)
        if (rank[b] >= bits - out->n) out->bit[bits - 1 - rank[b]] = (uint16_t)b;
}

// ---- sorting: buckets by number of bits, then each by its key

typedef struct { uint64_t high, low; int32_t row; } item;

typedef struct build {
    const aryl_rows *rows;
    uint8_t ones[SEARCH_MOST_BITS / 8];   // every bit that is one
    int32_t *count;                       // [n] by row
    int64_t start[SEARCH_MOST_BITS + 2];  // of each number of bits, among the sorted
    item *items, *spare;                  // [n] sorted by number of bits
    search_index *ix;
    uint8_t *sorted;
    uint16_t *sorted_count;
    int32_t *order;
} build;

static void count_rows(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    build *b = ctx;
    (void)worker;
    simd_get()->and_count(b->ones, b->rows->data + begin * b->rows->stride, end - begin, b->rows->stride,
                          search_row_bytes(b->rows->bits), b->count + begin);
}

static void make_keys(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    build *b = ctx;
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        item *x = &b->items[i];
        const uint8_t *row = b->rows->data + x->row * b->rows->stride;
        x->high = ~search_key_at(&b->ix->key, row, 0);   // ascending: frequent bits first
        x->low = ~search_key_at(&b->ix->key, row, 64);
    }
}

static bool item_before(const item *x, const item *y)
{
    if (x->high != y->high) return x->high < y->high;
    if (x->low != y->low) return x->low < y->low;
    return x->row < y->row;
}

static void insertion(item *a, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        item x = a[i];
        int64_t j = i;
        for (; j && item_before(&x, &a[j - 1]); j--) a[j] = a[j - 1];
        a[j] = x;
    }
}

// Bottom-up merge sort; stable in everything that matters since no two items are equal.
static void sort_items(item *a, item *spare, int64_t n)
{
    enum { RUN = 16 };
    for (int64_t i = 0; i < n; i += RUN) insertion(a + i, n - i < RUN ? n - i : RUN);
    item *from = a, *to = spare;
    for (int64_t run = RUN; run < n; run *= 2) {
        for (int64_t i = 0; i < n; i += 2 * run) {
            int64_t mid = i + run < n ? i + run : n, end = i + 2 * run < n ? i + 2 * run : n, x = i, y = mid;
            for (int64_t o = i; o < end; o++) to[o] = y >= end || (x < mid && item_before(&from[x], &from[y])) ? from[x++] : from[y++];
        }
        item *t = from;
        from = to;
        to = t;
    }
    if (from != a) memcpy(a, from, (size_t)n * sizeof *a);
}

static void sort_buckets(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    build *b = ctx;
    (void)worker;
    for (int64_t c = begin; c < end; c++)
        sort_items(b->items + b->start[c], b->spare + b->start[c], b->start[c + 1] - b->start[c]);
}

static void copy_rows(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    build *b = ctx;
    int32_t bytes = search_row_bytes(b->rows->bits);
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        uint8_t *to = b->sorted + i * b->ix->stride;
        if (i + 8 < end) __builtin_prefetch(b->rows->data + b->items[i + 8].row * b->rows->stride);
        memcpy(to, b->rows->data + b->items[i].row * b->rows->stride, (size_t)bytes);
        to[bytes - 1] &= b->ones[bytes - 1];
        b->order[i] = b->items[i].row;
        b->sorted_count[i] = (uint16_t)b->count[b->items[i].row];
    }
}

// ---- standing on end

typedef struct turn {
    const search_index *ix;
    int32_t group;
    uint64_t *plane;
} turn;

// Word w (of 64 bits) of the OR of the rows of one group.
static uint64_t group_word(const search_index *ix, int64_t first, int64_t end, int32_t w)
{
    uint64_t all = 0;
    size_t size = 8 * w + 8 <= ix->bytes ? 8 : (size_t)(ix->bytes - 8 * w);
    for (int64_t i = first; i < end; i++) {
        uint64_t x = 0;
        memcpy(&x, ix->rows + i * ix->stride + 8 * w, size);
        all |= x;
    }
    return all;
}

static void turn_blocks(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    const turn *t = ctx;
    const search_index *ix = t->ix;
    int32_t words = (ix->bits + 63) / 64;
    (void)worker;
    for (int64_t block = begin; block < end; block++) {
        uint64_t *plane = t->plane + block * ix->n_planes * SIMD_WORDS;
        memset(plane + (size_t)ix->bits * SIMD_WORDS, 0, SIMD_WORDS * sizeof *plane);
        for (int32_t w = 0; w < words; w++)
            for (int32_t part = 0; part < SIMD_WORDS; part++) {
                uint64_t a[64];
                for (int32_t r = 0; r < 64; r++) {
                    int64_t first = (block * SIMD_ROWS + part * 64 + r) * t->group, stop = first + t->group;
                    a[r] = first < ix->n ? group_word(ix, first, stop < ix->n ? stop : ix->n, w) : 0;
                }
                simd_transpose64(a);
                for (int32_t j = 0; j < 64 && 64 * w + j < ix->bits; j++) plane[(size_t)ix->rank[64 * w + j] * SIMD_WORDS + (size_t)part] = a[j];
            }
    }
}

void search_planes_bounds(const search_index *ix, search_planes *p, uint16_t *bounds)
{
    for (int64_t i = 0; i < p->n_blocks; i++) {
        int64_t end, first = search_block_rows(ix, p, i, &end);
        bounds[i] = ix->count[first];
        bounds[p->n_blocks + i] = ix->count[end - 1];
    }
    p->low = bounds;
    p->high = bounds + p->n_blocks;
}

aryl_status search_planes_make(const search_index *ix, int32_t group, int32_t n_threads, search_planes *out, void **own)
{
    int64_t per_block = (int64_t)SIMD_ROWS * group;
    *out = (search_planes){.n_blocks = (ix->n + per_block - 1) / per_block, .group = group};
    size_t size, blocks = (size_t)out->n_blocks, block_bytes = (size_t)ix->n_planes * SIMD_WORDS * sizeof(uint64_t);
    *own = NULL;
    if (__builtin_mul_overflow(blocks, block_bytes + 2 * sizeof(uint16_t), &size)) return ARYL_E_NOMEM;
    turn t = {.ix = ix, .group = group, .plane = search_aligned(size, own)};
    if (!t.plane) return ARYL_E_NOMEM;
    par_for(out->n_blocks, 1, n_threads, turn_blocks, &t);
    search_planes_bounds(ix, out, (uint16_t *)(void *)((char *)t.plane + blocks * block_bytes));
    out->plane = t.plane;
    return ARYL_OK;
}

// ---- all of it

static aryl_status sort_rows(build *b, int32_t n_threads)
{
    int64_t n = b->rows->n;
    b->count = mem_alloc((size_t)n * sizeof *b->count);
    b->items = mem_alloc((size_t)n * sizeof *b->items);
    b->spare = mem_alloc((size_t)n * sizeof *b->spare);
    if (!b->count || !b->items || !b->spare) return ARYL_E_NOMEM;
    par_for(n, GRAIN, n_threads, count_rows, b);
    for (int64_t i = 0; i < n; i++) b->start[b->count[i] + 1]++;
    for (int32_t c = 0; c <= b->rows->bits; c++) b->start[c + 1] += b->start[c];
    for (int64_t i = n; i-- > 0;) {   // start[c + 1] walks down to where c + 1 begins
        int64_t at = --b->start[b->count[i] + 1];
        b->items[at].row = (int32_t)i;
    }
    // start[c + 1] is now where c begins; put every start back in its place
    memmove(b->start, b->start + 1, (size_t)(b->rows->bits + 1) * sizeof *b->start);
    b->start[b->rows->bits + 1] = n;
    par_for(n, GRAIN, n_threads, make_keys, b);
    par_for(b->rows->bits + 1, 1, n_threads, sort_buckets, b);
    return ARYL_OK;
}

static aryl_status fill(build *b, int32_t n_threads)
{
    search_index *ix = b->ix;
    int64_t n = ix->n;
    size_t size;
    if (__builtin_mul_overflow((size_t)n, (size_t)ix->stride, &size)) return ARYL_E_NOMEM;
    uint16_t *rank = mem_alloc((size_t)ix->bits * sizeof *rank);
    ix->own[0] = rank;
    if (!rank) return ARYL_E_NOMEM;
    ix->rank = rank;
    TRY(rank_bits(b->rows, rank));
    search_key_of_rank(rank, ix->bits, &ix->key);
    memset(b->ones, 255, (size_t)ix->bytes);
    if (ix->bits % 8) b->ones[ix->bytes - 1] = (uint8_t)((1 << ix->bits % 8) - 1);
    TRY(sort_rows(b, n_threads));
    b->sorted = search_aligned(size, &ix->own[1]);
    ix->own[2] = b->order = mem_alloc((size_t)n * sizeof *b->order);
    ix->own[3] = b->sorted_count = mem_alloc((size_t)n * sizeof *b->sorted_count);
    if (!b->sorted || !b->order || !b->sorted_count) return ARYL_E_NOMEM;
    ix->rows = b->sorted;
    ix->order = b->order;
    ix->count = b->sorted_count;
    par_for(n, GRAIN, n_threads, copy_rows, b);
    mem_free(b->items);
    mem_free(b->spare);
    b->items = b->spare = NULL;
    TRY(search_planes_make(ix, 1, n_threads, &ix->by_row, &ix->own[4]));
    return search_planes_make(ix, search_group_size(n, 0), n_threads, &ix->by_group, &ix->own[5]);
}

aryl_status search_index_build(const aryl_rows *rows, int32_t n_threads, search_index **out, aryl_error *err)
{
    *out = NULL;
    if (rows->n > SEARCH_MOST_ROWS) return fail_at(err, ARYL_E_LIMIT, -1, "an index holds at most %d rows", (int)SEARCH_MOST_ROWS);
    search_index *ix = mem_alloc(sizeof *ix);
    build *b = mem_alloc(sizeof *b);
    aryl_status s = ARYL_E_NOMEM;
    if (ix) *ix = (search_index){0};
    if (ix && b) {
        int32_t bytes = search_row_bytes(rows->bits);
        *ix = (search_index){.bits = rows->bits, .bytes = bytes, .n = rows->n, .stride = bytes, .n_planes = rows->bits + 1, .span = rows->n};
        memset(b, 0, sizeof *b);
        b->rows = rows;
        b->ix = ix;
        s = fill(b, n_threads);
        mem_free(b->count);
        mem_free(b->items);
        mem_free(b->spare);
    }
    mem_free(b);
    if (s != ARYL_OK) {
        search_index_free(ix);
        return fail_at(err, s, -1, "no memory for an index of %lld rows", (long long)rows->n);
    }
    *out = ix;
    return ARYL_OK;
}

void search_index_free(search_index *ix)
{
    if (!ix) return;
    for (size_t i = 0; i < sizeof ix->own / sizeof *ix->own; i++) mem_free(ix->own[i]);
    mem_free(ix);
}
