// planes.h - the counting of planes, written once. A file of one instruction set defines
//   VEC      its vector of bits, 8 to 64 bytes        KERNEL   attributes of its functions
//   ADD3     (sum, carry, a, b, c) full adder          AT_LEAST (g, c, m) majority of three
//   ANY      (v) is a bit set?
// and includes this. What counts in one VEC is a column of a block; columns are independent, and one that cannot reach
// the threshold is left early by itself.
//
// Planes are added by a tree: sixteen enter as 8 pairs into the ones, their carries as 4 pairs into the twos, and so on.
// Rare bits come first in the list, so after the first sixteen nearly every column at a high threshold is done.

#define COLUMNS (64 / (int32_t)sizeof(VEC))

typedef struct { VEC c[SIMD_COUNTERS]; } column;

static const uint64_t ones_or_none[2][8] __attribute__((aligned(64))) = {
    {~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull}, {0}};

#define HALF(sum, carry)          \
    do {                          \
        VEC half_ = (sum) & (carry); \
        (sum) ^= (carry);         \
        (carry) = half_;          \
    } while (0)

KERNEL static inline VEC plane_of(const VEC *planes, uint16_t p) { return planes[(size_t)p * COLUMNS]; }

// count >= t for each row, where counts have `bits` bits and 0 < t < 2^bits.
KERNEL static inline VEC reach(const column *s, int32_t t, int32_t bits)
{
    VEC g = *(const VEC *)ones_or_none[0];
    for (int32_t k = 0; k < bits; k++) {
        VEC m = *(const VEC *)ones_or_none[t >> k & 1];
        AT_LEAST(g, s->c[k], m);
    }
    return g;
}

// Sixteen planes in; only the first `high` counters can change.
KERNEL static inline void add16(column *s, const VEC *planes, const uint16_t *l, int32_t high)
{
    VEC t[8], u[4], v[2], w;
    for (int32_t i = 0; i < 8; i++) ADD3(s->c[0], t[i], s->c[0], plane_of(planes, l[2 * i]), plane_of(planes, l[2 * i + 1]));
    for (int32_t i = 0; i < 4; i++) ADD3(s->c[1], u[i], s->c[1], t[2 * i], t[2 * i + 1]);
    for (int32_t i = 0; i < 2; i++) ADD3(s->c[2], v[i], s->c[2], u[2 * i], u[2 * i + 1]);
    ADD3(s->c[3], w, s->c[3], v[0], v[1]);
    for (int32_t k = 4; k < high; k++) HALF(s->c[k], w);
}

KERNEL static inline void add8(column *s, const VEC *planes, const uint16_t *l, int32_t high)
{
    VEC t[4], u[2], v;
    for (int32_t i = 0; i < 4; i++) ADD3(s->c[0], t[i], s->c[0], plane_of(planes, l[2 * i]), plane_of(planes, l[2 * i + 1]));
    for (int32_t i = 0; i < 2; i++) ADD3(s->c[1], u[i], s->c[1], t[2 * i], t[2 * i + 1]);
    ADD3(s->c[2], v, s->c[2], u[0], u[1]);
    for (int32_t k = 3; k < high; k++) HALF(s->c[k], v);
}

KERNEL static inline void add4(column *s, const VEC *planes, const uint16_t *l, int32_t high)
{
    VEC t[2], u;
    for (int32_t i = 0; i < 2; i++) ADD3(s->c[0], t[i], s->c[0], plane_of(planes, l[2 * i]), plane_of(planes, l[2 * i + 1]));
    ADD3(s->c[1], u, s->c[1], t[0], t[1]);
    for (int32_t k = 2; k < high; k++) HALF(s->c[k], u);
}

// What sixteens left over: fewer than 16 planes, the list rounded up to fours.
KERNEL static inline void add_rest(column *s, const VEC *planes, const uint16_t *l, int32_t n, int32_t high)
{
    if (n > 4) {
        add8(s, planes, l, high);
        l += 8;
        n -= 8;
    }
    if (n > 4) {
        add8(s, planes, l, high);
        return;
    }
    if (n > 0) add4(s, planes, l, high);
}

// No count can exceed the planes added, so the upper counters join in late.
#define LOW_PLANES 240
#define LOW_COUNTERS 8

KERNEL static inline bool visit_column(const VEC *planes, const uint16_t *list, int32_t n, int32_t least, column *s, VEC *mask)
{
    for (int32_t k = 0; k < SIMD_COUNTERS; k++) s->c[k] = *(const VEC *)ones_or_none[1];
    int32_t i = 0;
    for (; i + 16 <= n; i += 16) {
        bool low = i + 16 <= LOW_PLANES;
        if (low) add16(s, planes, list + i, LOW_COUNTERS);
        else add16(s, planes, list + i, SIMD_COUNTERS);
        int32_t need = least - (n - i - 16);   // what must be there by now
        if (need <= 0) continue;
        VEC g = i == 0 ? reach(s, need, 5) : low ? reach(s, need, LOW_COUNTERS) : reach(s, need, SIMD_COUNTERS);
        if (!ANY(g)) return false;
    }
    if (n <= LOW_PLANES) add_rest(s, planes, list + i, n - i, LOW_COUNTERS);
    else add_rest(s, planes, list + i, n - i, SIMD_COUNTERS);
    if (least <= 0) *mask = *(const VEC *)ones_or_none[0];
    else if (n <= LOW_PLANES) *mask = reach(s, least, LOW_COUNTERS);
    else *mask = reach(s, least, SIMD_COUNTERS);
    return ANY(*mask);
}

KERNEL static bool visit(const uint64_t *planes, const uint16_t *list, int32_t n, int32_t least, simd_counts *out)
{
    if (least > n) return false;
    bool any = false;
    for (int32_t x = 0; x < COLUMNS; x++) {
        column s;
        VEC mask;
        if (!visit_column((const VEC *)planes + x, list, n, least, &s, &mask)) {
            ((VEC *)out->mask)[x] = *(const VEC *)ones_or_none[1];
            continue;
        }
        any = true;
        ((VEC *)out->mask)[x] = mask;
        for (int32_t k = 0; k < SIMD_COUNTERS; k++) ((VEC *)out->plane[k])[x] = s.c[k];
    }
    return any;
}
