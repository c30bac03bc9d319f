// bytes.c - hashes of short lists of bytes, each list in one or two words, several words at a time.
#include "simd/simd.h"

#define STEP(hash, words, k)                                                                     \
    do {                                                                                         \
        WORDS x_ = ((words) >> 8 * (k) & 0xFF) + 0x9E3779B9u + ((hash) << 6) + ((hash) >> 2);    \
        (hash) = ((hash) ^ x_) & 0xFFFFFFFFu;                                                    \
    } while (0)
#define HASH_BYTES                                                                               \
    for (int64_t i = 0; i < n; i += SIMD_WORDS_AT_ONCE)                                          \
        for (int32_t lane = 0; lane < SIMD_WORDS_AT_ONCE; lane += LANES) {                       \
            WORDS a, b, hash = (WORDS){0} + seed;                                                \
            memcpy(&a, first + i + lane, sizeof a);                                              \
            memcpy(&b, second + i + lane, sizeof b);                                             \
            for (int32_t k = 0; k < n_first; k++) STEP(hash, a, k);                              \
            for (int32_t k = 0; k < n_second; k++) STEP(hash, b, k);                             \
            for (int32_t k = 0; k < LANES; k++) out[i + lane + k] = (uint32_t)hash[k];           \
        }

#define LANES 2
#define WORDS two
typedef uint64_t two __attribute__((vector_size(16)));
void simd_hash_bytes(uint32_t seed, const uint64_t *first, int32_t n_first, const uint64_t *second, int32_t n_second, int64_t n, uint32_t *out)
{
    HASH_BYTES
}

#if defined(__x86_64__)
#undef LANES
#undef WORDS
#define LANES 4
#define WORDS four
typedef uint64_t four __attribute__((vector_size(32)));
__attribute__((target("avx2")))
void simd_hash_bytes_avx2(uint32_t seed, const uint64_t *first, int32_t n_first, const uint64_t *second, int32_t n_second, int64_t n, uint32_t *out)
{
    HASH_BYTES
}

#undef LANES
#undef WORDS
#define LANES 8
#define WORDS eight
typedef uint64_t eight __attribute__((vector_size(64)));
__attribute__((target("avx512f,avx512dq,avx512vl")))
void simd_hash_bytes_avx512(uint32_t seed, const uint64_t *first, int32_t n_first, const uint64_t *second, int32_t n_second, int64_t n, uint32_t *out)
{
    HASH_BYTES
}
#endif
