// planes.h - the counting of planes, written once. A file of one instruction set defines
//   VEC      its vector of bits, 8 to 64 bytes         KERNEL   attributes of its functions
//   ADD3     (sum, carry, a, b, c) full adder           AT_LEAST (g, c, m) g = majority of the three
//   ANY      (v) is a bit set?
// and includes this. What counts in one VEC is a column of a block; columns are independent, and one that cannot reach
// the threshold is left early by itself.
//
// Planes are added by a tree: sixteen enter as 8 pairs into the ones, their carries as 4 pairs into the twos, and so on.
// Rare bits come first in the list, so after the first sixteen nearly every column at a high threshold is done. Counters
// are single variables and everything is a macro, so that they stay in registers whatever the compiler thinks of loops.

#define COLUMNS (64 / (int32_t)sizeof(VEC))

static const uint64_t ones_or_none[2][8] __attribute__((aligned(64))) = {
    {~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull}, {0}};

// No count can exceed the planes added, so the upper four counters join in late.
#define LOW_PLANES 240

#define P(i) planes[(size_t)l[i] * COLUMNS]
#define HALF(sum)                   \
    do {                            \
        VEC half_ = (sum) & carry;  \
        (sum) ^= carry;             \
        carry = half_;              \
    } while (0)
#define FOUR(i, out)                    \
    do {                                \
        VEC t0_, t1_;                   \
        ADD3(c0, t0_, c0, P(i), P(i + 1));      \
        ADD3(c0, t1_, c0, P(i + 2), P(i + 3));  \
        ADD3(c1, out, c1, t0_, t1_);    \
    } while (0)
#define EIGHT(i, out)                   \
    do {                                \
        VEC u0_, u1_;                   \
        FOUR(i, u0_);                   \
        FOUR(i + 4, u1_);               \
        ADD3(c2, out, c2, u0_, u1_);    \
    } while (0)
#define SIXTEEN(out)                    \
    do {                                \
        VEC v0_, v1_;                   \
        EIGHT(0, v0_);                  \
        EIGHT(8, v1_);                  \
        ADD3(c3, out, c3, v0_, v1_);    \
    } while (0)
#define CARRY_ON(low) do { HALF(c4); HALF(c5); HALF(c6); HALF(c7); if (!(low)) { HALF(c8); HALF(c9); HALF(c10); HALF(c11); } } while (0)

// count >= t for each row.
#define BIT_OF(t, k) (*(const VEC *)ones_or_none[(t) >> (k) & 1])
#define REACH5(g, t)                                                                                    \
    do {                                                                                                \
        (g) = *(const VEC *)ones_or_none[0];                                                            \
        AT_LEAST(g, c0, BIT_OF(t, 0)); AT_LEAST(g, c1, BIT_OF(t, 1)); AT_LEAST(g, c2, BIT_OF(t, 2));    \
        AT_LEAST(g, c3, BIT_OF(t, 3)); AT_LEAST(g, c4, BIT_OF(t, 4));                                   \
    } while (0)
#define REACH8(g, t)                                                                                    \
    do {                                                                                                \
        REACH5(g, t);                                                                                   \
        AT_LEAST(g, c5, BIT_OF(t, 5)); AT_LEAST(g, c6, BIT_OF(t, 6)); AT_LEAST(g, c7, BIT_OF(t, 7));    \
    } while (0)
#define REACH12(g, t)                                                                                   \
    do {                                                                                                \
        REACH8(g, t);                                                                                   \
        AT_LEAST(g, c8, BIT_OF(t, 8)); AT_LEAST(g, c9, BIT_OF(t, 9));                                   \
        AT_LEAST(g, c10, BIT_OF(t, 10)); AT_LEAST(g, c11, BIT_OF(t, 11));                               \
    } while (0)

// What sixteens left over, the list rounded up to fours.
#define REST(n, low)                                            \
    do {                                                        \
        int32_t rest_ = (n);                                    \
        VEC carry;                                              \
        if (rest_ > 4) {                                        \
            EIGHT(0, carry);                                    \
            HALF(c3);                                           \
            CARRY_ON(low);                                      \
            l += 8;                                             \
            rest_ -= 8;                                         \
        }                                                       \
        if (rest_ > 4) {                                        \
            EIGHT(0, carry);                                    \
            HALF(c3);                                           \
            CARRY_ON(low);                                      \
        } else if (rest_ > 0) {                                 \
            FOUR(0, carry);                                     \
            HALF(c2);                                           \
            HALF(c3);                                           \
            CARRY_ON(low);                                      \
        }                                                       \
    } while (0)

// Counts of column x, and which of its rows reach `least`; false if none does.
KERNEL static inline __attribute__((always_inline)) bool visit_column(const VEC *planes, const uint16_t *l, int32_t n, int32_t least,
                                                                       simd_counts *out, int32_t x)
{
    VEC c0 = *(const VEC *)ones_or_none[1], c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0, c8 = c0, c9 = c0, c10 = c0,
        c11 = c0, g;
    int32_t rest = n;
    VEC *mask = (VEC *)out->mask + x;
    *mask = c0;
    if (rest >= 16) {
        VEC carry;
        SIXTEEN(carry);
        c4 = carry;
        l += 16;
        rest -= 16;
        if (least > rest) {   // what must be there by now, at most 16
            REACH5(g, least - rest);
            if (!ANY(g)) return false;
        }
    }
    while (rest >= 16 && n - rest < LOW_PLANES - 15) {
        VEC carry;
        SIXTEEN(carry);
        CARRY_ON(true);
        l += 16;
        rest -= 16;
        if (least > rest) {
            REACH8(g, least - rest);
            if (!ANY(g)) return false;
        }
    }
    if (n <= LOW_PLANES) {
        REST(rest, true);
        REACH8(g, least);
    } else {
        while (rest >= 16) {
            VEC carry;
            SIXTEEN(carry);
            CARRY_ON(false);
            l += 16;
            rest -= 16;
            if (least > rest) {
                REACH12(g, least - rest);
                if (!ANY(g)) return false;
            }
        }
        REST(rest, false);
        REACH12(g, least);
    }
    if (least <= 0) g = *(const VEC *)ones_or_none[0];
    if (!ANY(g)) return false;
    *mask = g;
#define KEEP(k) ((VEC *)out->plane[k])[x] = c##k
    KEEP(0); KEEP(1); KEEP(2); KEEP(3); KEEP(4); KEEP(5);
    KEEP(6); KEEP(7); KEEP(8); KEEP(9); KEEP(10); KEEP(11);
#undef KEEP
    return true;
}

KERNEL static bool visit(const uint64_t *planes, const uint16_t *list, int32_t n, int32_t least, simd_counts *out)
{
    if (least > n) return false;
    bool any = false;
    for (int32_t x = 0; x < COLUMNS; x++) any |= visit_column((const VEC *)planes + x, list, n, least, out, x);
    return any;
}
