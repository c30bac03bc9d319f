// eights.h - the body of eights.c for vectors of LANES doubles.
//
// power_steps and solve: the constant everywhere makes each matrix a sparse one with a border, one more row of `everywhere`'s roots that is
// eliminated last: with its sign in the corner it adds sign * everywhere * ones to what it borders.
#define TYPE(x) NAME(x##_type)
typedef double TYPE(part) __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
typedef int64_t TYPE(flags) __attribute__((vector_size(8 * LANES)));
typedef struct TYPE(eight) { TYPE(part) p[8 / LANES]; } TYPE(eight);
#define eight TYPE(eight)

// Each part in turn, spelled out: the compiler keeps the parts in registers.
#if LANES == 8
#define PARTS(DO) DO(0)
#elif LANES == 4
#define PARTS(DO) DO(0) DO(1)
#else
#define PARTS(DO) DO(0) DO(1) DO(2) DO(3)
#endif

#define load NAME(eights_load)
#define store NAME(eights_store)
#define all NAME(eights_all)
#define plus NAME(eights_plus)
#define minus NAME(eights_minus)
#define times NAME(eights_times)
#define over NAME(eights_over)
#define larger NAME(eights_larger)
#define one_if_positive NAME(eights_one_if_positive)

KERNEL static inline eight load(const double *x)
{
    eight r;
#define DO(i) r.p[i] = ((const TYPE(part) *)(const void *)x)[i];
    PARTS(DO)
#undef DO
    return r;
}

KERNEL static inline void store(double *to, eight x)
{
#define DO(i) ((TYPE(part) *)(void *)to)[i] = x.p[i];
    PARTS(DO)
#undef DO
}

KERNEL static inline eight all(double x)
{
    eight r;
#define DO(i) r.p[i] = (TYPE(part)){0} + x;
    PARTS(DO)
#undef DO
    return r;
}

#define OPERATION(name, expression)                      \
    KERNEL static inline eight name(eight a, eight b)    \
    {                                                    \
        eight r;                                         \
        PARTS(expression)                                \
        return r;                                        \
    }
#define DO(i) r.p[i] = a.p[i] + b.p[i];
OPERATION(plus, DO)
#undef DO
#define DO(i) r.p[i] = a.p[i] - b.p[i];
OPERATION(minus, DO)
#undef DO
#define DO(i) r.p[i] = a.p[i] * b.p[i];
OPERATION(times, DO)
#undef DO
#define DO(i) r.p[i] = a.p[i] / b.p[i];
OPERATION(over, DO)
#undef DO
#define DO(i)                                                                                     \
    TYPE(flags) more##i = a.p[i] > b.p[i], x##i = (TYPE(flags))a.p[i], y##i = (TYPE(flags))b.p[i]; \
    r.p[i] = (TYPE(part))((x##i & more##i) | (y##i & ~more##i));
OPERATION(larger, DO)
#undef DO
#undef OPERATION

KERNEL static inline eight one_if_positive(eight x)
{
    eight r;
#define DO(i) r.p[i] = (TYPE(part))((TYPE(flags))(x.p[i] > 0) & (TYPE(flags))((TYPE(part)){0} + 1.0));
    PARTS(DO)
#undef DO
    return r;
}

KERNEL void NAME(power_steps)(const simd_matrices *m, int32_t steps, const double *shift_, simd_eight *v, double *bound)
{
    const int32_t n = m->shape.n;
    const eight shift = load(shift_);
    simd_eight *now = v, *next = m->scratch;
    eight sum = all(0), most = all(0);
    for (int32_t i = 0; i < n; i++) sum = plus(sum, load(v[i]));
    for (int32_t step = 1; step <= steps; step++) {
        const eight everywhere = times(sum, all(m->everywhere));
        sum = all(0);
        for (int32_t i = 0; i < n; i++) {
            const eight mine = load(now[i]);
            eight to = plus(times(plus(load(m->diagonal[i]), shift), mine), everywhere);
            for (int32_t k = m->shape.start[i]; k < m->shape.start[i + 1]; k++) {
                const int32_t t = m->shape.tie[k];
                const eight entry = all(m->entry[k]), there = times(entry, mine);
                to = plus(to, times(entry, load(now[t])));
                sum = plus(sum, there);
                store(next[t], plus(load(next[t]), there));
            }
            sum = plus(sum, to);
            store(next[i], to);
        }
        if (step == steps)
            for (int32_t i = 0; i < n; i++) most = larger(over(load(next[i]), load(now[i])), most);
        simd_eight *swap = now;
        now = next;
        next = swap;
    }
    store(bound, most);
    if (now != v) memcpy(v, now, (size_t)n * sizeof *v);
}

KERNEL void NAME(solve)(const simd_matrices *m, const double *x_, const double *scale_, simd_eight *y, simd_solution *out)
{
    const int32_t n = m->shape.n, *start = m->shape.start, *tie = m->shape.tie, *target = m->shape.target;
    simd_eight *pivot = m->scratch, *border = pivot + n, *b = border + n, *low = b + n;
    const eight x = load(x_), scale = load(scale_), sign = load(m->sign), root = all(__builtin_sqrt(m->everywhere));
    eight positive = all(0), corner = sign, last = all(0), bb = all(0), by = all(0), yy = all(0);
    for (int32_t i = 0; i < n; i++) {
        const eight bi = times(load(y[i]), scale);
        store(pivot[i], minus(x, load(m->diagonal[i])));
        store(border[i], root);
        store(b[i], bi);
        store(y[i], bi);
        bb = plus(bb, times(bi, bi));
    }
    for (int32_t k = 0; k < start[n]; k++) store(low[k], times(sign, all(-m->entry[k])));
    eight q = load(pivot[n - 1]), c = load(border[n - 1]), r = load(y[n - 1]);
    for (int32_t i = n - 1; i >= 0; i--) {
        const eight inverse = over(all(1), q), over_c = times(c, inverse);
        positive = plus(positive, one_if_positive(q));
        corner = minus(corner, times(c, over_c));
        last = minus(last, times(r, over_c));
        store(border[i], over_c);
        store(y[i], times(r, inverse));
        int32_t k = start[i], end = start[i + 1], below = i > 0 ? i - 1 : 0;
        eight next_q = load(pivot[below]), next_c = load(border[below]), next_r = load(y[below]);
        if (k < end && tie[k] == i - 1) {       // the next to be eliminated stays in registers
            const eight l = load(low[k]), f = times(l, inverse);
            next_q = minus(next_q, over(times(l, l), q));
            next_c = minus(next_c, times(c, f));
            next_r = minus(next_r, times(r, f));
            for (int32_t j = k + 1; j < end; j++, target++) store(low[*target], minus(load(low[*target]), times(f, load(low[j]))));
            store(low[k], f);
            k++;
        }
        for (; k < end; k++) {
            const int32_t t = tie[k];
            const eight l = load(low[k]), f = times(l, inverse);
            store(pivot[t], minus(load(pivot[t]), times(l, f)));
            store(border[t], minus(load(border[t]), times(c, f)));
            store(y[t], minus(load(y[t]), times(r, f)));
            for (int32_t j = k + 1; j < end; j++, target++) store(low[*target], minus(load(low[*target]), times(f, load(low[j]))));
            store(low[k], f);
        }
        q = next_q;
        c = next_c;
        r = next_r;
    }
    positive = plus(positive, one_if_positive(corner));
    last = over(last, corner);
    for (int32_t i = 0; i < n; i++) {
        eight yi = minus(load(y[i]), times(load(border[i]), last));
        for (int32_t k = start[i]; k < start[i + 1]; k++) yi = minus(yi, times(load(low[k]), load(y[tie[k]])));
        store(y[i], yi);
        yy = plus(yy, times(yi, yi));
        by = plus(by, times(yi, load(b[i])));
    }
    store(out->bb, bb);
    store(out->by, by);
    store(out->yy, yy);
    store(out->positive, positive);
}

// ---- complex numbers: an eight of real parts, then one of imaginary parts

typedef struct TYPE(pair) { eight re, im; } TYPE(pair);
#define pair TYPE(pair)
#define load_pair NAME(eights_load_pair)
#define store_pair NAME(eights_store_pair)
#define product NAME(eights_product)
#define subtract NAME(eights_subtract)

KERNEL static inline pair load_pair(const simd_eight *x) { return (pair){load(x[0]), load(x[1])}; }

KERNEL static inline void store_pair(simd_eight *to, pair x)
{
    store(to[0], x.re);
    store(to[1], x.im);
}

KERNEL static inline pair product(pair a, pair b)
{
    return (pair){minus(times(a.re, b.re), times(a.im, b.im)), plus(times(a.re, b.im), times(a.im, b.re))};
}

KERNEL static inline void subtract(simd_eight *from, pair x)
{
    store_pair(from, (pair){minus(load(from[0]), x.re), minus(load(from[1]), x.im)});
}

KERNEL void NAME(characteristic)(const simd_shape *s, const double *entry, const double *re, const double *im,
                                 simd_eight *scratch, simd_eight *sums)
{
    const int32_t n = s->n, *start = s->start, *tie = s->tie, *target = s->target;
    simd_eight *pivot = scratch, *low = pivot + 2 * (int64_t)n;
    const eight zero = all(0), one = all(1);
    const pair x = {load(re), load(im)}, back = {x.re, minus(zero, x.im)};
    pair value = {one, zero};
    for (int32_t i = 0; i < n; i++) store_pair(pivot + 2 * i, x);
    for (int32_t k = 0; k < start[n]; k++) store_pair(low + 2 * k, (pair){all(-entry[k]), zero});
    for (int32_t i = n - 1; i >= 0; i--) {
        const pair q = load_pair(pivot + 2 * i);
        const eight size = plus(times(q.re, q.re), times(q.im, q.im));
        const pair inverse = {over(q.re, size), over(minus(zero, q.im), size)};
        value = product(value, q);
        for (int32_t k = start[i], end = start[i + 1]; k < end; k++) {
            const pair l = load_pair(low + 2 * k), f = product(l, inverse);
            subtract(pivot + 2 * tie[k], product(l, f));
            for (int32_t j = k + 1; j < end; j++, target++) subtract(low + 2 * *target, product(f, load_pair(low + 2 * j)));
        }
    }
    for (int32_t k = 0; k <= n; k++) {
        store(sums[k], plus(load(sums[k]), value.re));
        value = product(value, back);
    }
}

#undef pair
#undef load_pair
#undef store_pair
#undef product
#undef subtract
#undef TYPE
#undef eight
#undef PARTS
#undef load
#undef store
#undef all
#undef plus
#undef minus
#undef times
#undef over
#undef larger
#undef one_if_positive
