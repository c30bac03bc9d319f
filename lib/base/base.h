// base.h - what every room stands on: failing, memory, text and numbers, hashing, threads. Knows no chemistry.
#ifndef ARYL_BASE_H
#define ARYL_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "aryl/core.h"

#if defined __SANITIZE_ADDRESS__
#define ARENA_GUARD 16   // bytes left poisoned after each array
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_GUARD 16
#endif
#endif
#ifdef ARENA_GUARD
#include <sanitizer/asan_interface.h>
#else
#define ARENA_GUARD 0
#define ASAN_POISON_MEMORY_REGION(p, size) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(p, size) ((void)0)
#endif

// ---- failing

const char *status_name(aryl_status status);
// Fills *err (may be NULL) and returns code, so that a failure is one statement.
aryl_status fail_at(aryl_error *err, aryl_status code, int64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define TRY(call)                                  \
    do {                                           \
        aryl_status try_status = (call);           \
        if (try_status != ARYL_OK) return try_status; \
    } while (0)

// ---- memory

// The only allocator of the library. Tests replace it, while no other thread is in a call, to make the k-th request fail.
void *mem_alloc(size_t size);
void *mem_resize(void *block, size_t size);
void mem_free(void *block);
typedef struct mem_hooks {
    void *(*alloc)(size_t size);
    void *(*resize)(void *block, size_t size);
    void (*free)(void *block);
} mem_hooks;
void mem_set_hooks(const mem_hooks *hooks);   // NULL: back to the C library's

// One molecule's memory and its allowance of work. Blocks are kept and reused after a rewind, so a batch
// settles down to no allocation at all. One thread at a time.
typedef struct arena_block arena_block;
typedef struct arena {
    char *next, *end;        // free space of the current block
    arena_block *block;      // current block; its list runs both ways
    int64_t work;            // elementary steps left; see arena_work
} arena;
typedef struct arena_mark { arena_block *block; char *next; } arena_mark;

void arena_init(arena *a);
void arena_free(arena *a);                       // gives all blocks back
void *arena_more(arena *a, size_t size);         // slow path of arena_bytes
static inline void *arena_bytes(arena *a, size_t count, size_t size)   // 16-byte aligned, not cleared; NULL: no memory
{
    size_t bytes, taken;
    void *p;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX - 64) return NULL;
    taken = ((bytes + 15) & ~(size_t)15) + ARENA_GUARD;
    if ((size_t)(a->end - a->next) < taken || !a->next) {
        p = arena_more(a, taken);
    } else {
        p = a->next;
        a->next += taken;
    }
    if (p) ASAN_UNPOISON_MEMORY_REGION(p, bytes);
    return p;
}
#define arena_new(a, type, n) ((type *)arena_bytes((a), (size_t)(n), sizeof(type)))
#define arena_zero(a, type, n) ((type *)arena_bytes_zero((a), (size_t)(n), sizeof(type)))
void *arena_bytes_zero(arena *a, size_t count, size_t size);
// A larger copy of an arena array; the old one is given up. NULL: no memory. An array that is older than a mark must not
// grow before that mark is restored.
void *arena_grow(arena *a, const void *old, size_t old_count, size_t new_count, size_t size);
arena_mark arena_save(const arena *a);
void arena_restore(arena *a, arena_mark mark);   // everything newer than the mark is given up, blocks are kept
void arena_rewind(arena *a);                     // everything is given up, blocks are kept

// Work is counted, not timed, so that a limit means the same on every machine. Loops that can run longer than a
// small multiple of the molecule's size ask for their steps here.
#define ARENA_WORK_UNLIMITED INT64_MAX
static inline bool arena_work(arena *a, int64_t steps) { return (a->work -= steps) >= 0; }

// ---- sets of up to 64 things, a bit each

static inline uint64_t set_of(int32_t i) { return (uint64_t)1 << i; }
static inline uint64_t set_below(int32_t n) { return n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0; }
static inline int32_t set_first(uint64_t set) { return __builtin_ctzll(set); }
static inline int32_t set_size(uint64_t x)     // in line: the library call for machines without a popcount is slow
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int32_t)((x * 0x0101010101010101u) >> 56);
}
// Which of p[0 .. n), n <= 64, equal value, or have the bit `bit`? p can be read up to a multiple of 16 bytes.
#ifdef __SSE2__
static inline uint64_t set_of_equal(const uint8_t *p, int32_t n, uint8_t value)
{
    uint64_t set = 0;
    const __m128i v = _mm_set1_epi8((char)value);
    for (int32_t i = 0; i < n; i += 16)
        set |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + i)), v)) << i;
    return set & set_below(n);
}
static inline uint64_t set_of_bit(const uint8_t *p, int32_t n, int32_t bit)
{
    uint64_t set = 0;
    const __m128i up = _mm_cvtsi32_si128(7 - bit);
    for (int32_t i = 0; i < n; i += 16)
        set |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_sll_epi16(_mm_loadu_si128((const __m128i *)(const void *)(p + i)), up)) << i;
    return set & set_below(n);
}
#else
#define SET_OF_ONES 0x0101010101010101u
#define SET_GATHERED(x) (((x) & SET_OF_ONES) * 0x0102040810204080u >> 56)   // bit 8 k becomes bit k
static inline uint64_t set_of_equal(const uint8_t *p, int32_t n, uint8_t value)
{
    uint64_t set = 0, x;
    for (int32_t i = 0; i < n; i += 8) {
        memcpy(&x, p + i, 8);
        x ^= value * SET_OF_ONES;
        x |= (x & 0x7F7F7F7F7F7F7F7Fu) + 0x7F7F7F7F7F7F7F7Fu;   // bit 8 k + 7: byte k is not zero
        set |= SET_GATHERED(~x >> 7) << i;
    }
    return set & set_below(n);
}
static inline uint64_t set_of_bit(const uint8_t *p, int32_t n, int32_t bit)
{
    uint64_t set = 0, x;
    for (int32_t i = 0; i < n; i += 8) {
        memcpy(&x, p + i, 8);
        set |= SET_GATHERED(x >> bit) << i;
    }
    return set & set_below(n);
}
#endif

// ---- hashing

// The mixing step behind RDKit's fingerprints (boost::hash_combine on 32 bits).
static inline uint32_t hash_combine(uint32_t seed, uint32_t value)
{
    return seed ^ (value + 0x9E3779B9u + (seed << 6) + (seed >> 2));
}

// ---- text and numbers, whatever the locale says

// A number at the start of text[0 .. len): sign, digits, point, exponent, correctly rounded. Returns the bytes read,
// 0 if there is no number.
int64_t text_read_double(const char *text, int64_t len, double *out);
// Decimal digits with an optional sign. Returns the bytes read, 0 if there is no number or it does not fit.
int64_t text_read_int(const char *text, int64_t len, int64_t *out);
// The shortest text that reads back as the same double ("0.1", "1e-300", "nan", "inf"). buf holds at least 32 bytes;
// returns the length, terminated.
int32_t text_write_double(double value, char *buf);

// ---- threads

// The number of threads that n_threads stands for: itself if positive, else ARYL_NUM_THREADS, else OMP_NUM_THREADS,
// else the affinity mask. At least 1.
int32_t par_threads(int32_t n_threads);
const char *par_name(void);   // "openmp", "pool", "none"

// Calls fn(ctx, begin, end, worker) until [0, n) is covered, in pieces of at most grain, by at most
// par_threads(n_threads) workers numbered from 0; worker 0 is the calling thread. n_threads = 1 never wakes a thread.
// Nested calls, and calls in a child forked from inside a region, run serially.
typedef void (*par_fn)(void *ctx, int64_t begin, int64_t end, int32_t worker);
void par_for(int64_t n, int64_t grain, int32_t n_threads, par_fn fn, void *ctx);

#endif
