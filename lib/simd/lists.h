// lists.h - the bodies of hash_lists and hash_fields, for an instruction set that says what a vector of 32-bit numbers is: VEC32, LANES32 of
// them, and the operations. serial.c has them in words.
// Sixteen lists side by side: each key is a vector, so sorting is minima and maxima.
KERNEL static inline VEC32 mix(VEC32 h, VEC32 x)
{
    x = ADD32(ADD32(x, SET32(0x9E3779B9u)), ADD32(SHL32(h, 6), SHR32(h, 2)));
    return XOR32(h, x);
}

KERNEL static inline VEC32 first_draw(VEC32 seed)
{
    VEC32 factor = SET32(1812433253u);
    VEC32 one = ADD32(MUL32(factor, XOR32(seed, SHR32(seed, 30))), SET32(1));
    VEC32 two = ADD32(MUL32(factor, XOR32(one, SHR32(one, 30))), SET32(2));
    VEC32 y = OR32(AND32(seed, SET32(0x80000000u)), AND32(one, SET32(0x7FFFFFFFu)));
    VEC32 odd = SUB32(SET32(0), AND32(y, SET32(1)));           // all bits, or none
    y = XOR32(XOR32(two, SHR32(y, 1)), AND32(odd, SET32(0x9908B0DFu)));
    y = XOR32(y, SHR32(y, 11));
    y = XOR32(y, AND32(SHL32(y, 7), SET32(0x9D2C5680u)));
    y = XOR32(y, AND32(SHL32(y, 15), SET32(0xEFC60000u)));
    return SHR32(XOR32(y, SHR32(y, 18)), 1);
}

// Networks with the fewest exchanges for up to eight keys, the usual numbers: Knuth, The Art of Computer Programming, vol. 3,
// 2nd ed., 5.3.4; others by neighbours.
#define X(i, j)                               \
    do {                                      \
        VEC32 low_ = MIN32(key[i], key[j]);   \
        key[j] = MAX32(key[i], key[j]);       \
        key[i] = low_;                        \
    } while (0)
#define NETWORK1
#define NETWORK2 X(0, 1)
#define NETWORK3 X(0, 2); X(0, 1); X(1, 2)
#define NETWORK4 X(0, 2); X(1, 3); X(0, 1); X(2, 3); X(1, 2)
#define NETWORK5 X(0, 3); X(1, 4); X(0, 2); X(1, 3); X(0, 1); X(2, 4); X(1, 2); X(3, 4); X(2, 3)
#define NETWORK6 X(0, 5); X(1, 3); X(2, 4); X(1, 2); X(3, 4); X(0, 3); X(2, 5); X(0, 1); X(2, 3); X(4, 5); X(1, 2); X(3, 4)
#define NETWORK7 X(0, 6); X(2, 3); X(4, 5); X(0, 2); X(1, 4); X(3, 6); X(0, 1); X(2, 5); X(3, 4); X(1, 2); X(4, 6); X(2, 3); \
    X(4, 5); X(1, 2); X(3, 4); X(5, 6)
#define NETWORK8 X(0, 2); X(1, 3); X(4, 6); X(5, 7); X(0, 4); X(1, 5); X(2, 6); X(3, 7); X(0, 1); X(2, 3); X(4, 5); X(6, 7); \
    X(2, 4); X(3, 5); X(1, 4); X(3, 6); X(1, 2); X(3, 4); X(5, 6)

// Sorts and mixes n keys, READ from what was loaded.
#define SORT_AND_MIX(n, network, READ)                                                                                 \
    do {                                                                                                               \
        _Pragma("GCC unroll 8") for (int32_t i = 0; i < n; i++) key[i] = READ(LOAD32(keys[i] + at));                    \
        network;                                                                                                       \
        _Pragma("GCC unroll 8") for (int32_t i = 0; i < n; i++) h = mix(h, key[i]);                                     \
    } while (0)

#define LISTS(n, network, READ, FINISH)                             \
    case n:                                                         \
        for (int32_t at = 0; at < SIMD_LISTS; at += LANES32) {      \
            VEC32 key[n], h = SET32(0);                             \
            SORT_AND_MIX(n, network, READ);                         \
            FINISH;                                                 \
        }                                                           \
        return

#define NEIGHBOURS                             \
    for (int32_t end = n - 1; end > 0; end--)  \
        for (int32_t i = 0; i < end; i++) X(i, i + 1)

#define ALL_LISTS(READ, FINISH)                                     \
    switch (n) {                                                    \
        LISTS(1, NETWORK1, READ, FINISH);                           \
        LISTS(2, NETWORK2, READ, FINISH);                           \
        LISTS(3, NETWORK3, READ, FINISH);                           \
        LISTS(4, NETWORK4, READ, FINISH);                           \
        LISTS(5, NETWORK5, READ, FINISH);                           \
        LISTS(6, NETWORK6, READ, FINISH);                           \
        LISTS(7, NETWORK7, READ, FINISH);                           \
        LISTS(8, NETWORK8, READ, FINISH);                           \
    }                                                               \
    for (int32_t at = 0; at < SIMD_LISTS; at += LANES32) {          \
        VEC32 key[SIMD_MOST_KEYS], h = SET32(0);                    \
        SORT_AND_MIX(n, NEIGHBOURS, READ);                          \
        FINISH;                                                     \
    }

KERNEL static void hash_lists(const uint32_t (*keys)[SIMD_LISTS], int32_t n, const uint32_t *last, uint32_t *hash, uint32_t *drawn)
{
#define WHOLE(x) (x)
#define AND_DRAW                            \
    do {                                    \
        h = mix(h, LOAD32(last + at));      \
        STORE32(hash + at, h);              \
        STORE32(drawn + at, first_draw(h)); \
    } while (0)
    ALL_LISTS(WHOLE, AND_DRAW)
}

KERNEL static void hash_fields(const uint32_t (*keys)[SIMD_LISTS], int32_t n, int32_t shift, uint32_t mask, const uint32_t *last,
                               uint32_t tail, uint32_t *hash)
{
#define FIELD(x) AND32(SHIFT32((x), shift), SET32(mask))
#define AND_TAIL STORE32(hash + at, mix(mix(h, LOAD32(last + at)), SET32(tail)))
    ALL_LISTS(FIELD, AND_TAIL)
}
