// reflect.c - a Householder reflection of four symmetric matrices carried out while the product for the next one is
// formed, so that a matrix is read once a step. Each element of the triangle stands for both its places.
#include "simd/simd.h"

typedef double two __attribute__((vector_size(16), may_alias));

static void reflect_pair(two *a, int32_t n, int32_t from, const two *restrict v, const two *restrict p,
                         const two *restrict w, two *restrict product)
{
    for (int32_t i = from; i < n; i++) {
        two *restrict row = a + (int64_t)i * (i + 1), vi = v[2 * i], pi = p[2 * i], wi = w[2 * i], sum = {0, 0};
        for (int32_t j = from; j < i; j++) {
            two x = row[2 * j] - (vi * p[2 * j] + pi * v[2 * j]);
            row[2 * j] = x;
            sum += x * w[2 * j];
            product[2 * j] += x * wi;
        }
        row[2 * i] -= vi * pi + pi * vi;
        product[2 * i] = sum + row[2 * i] * wi;
    }
}

void simd_reflect(simd_four *a, int32_t n, int32_t from, const simd_four *v, const simd_four *p, const simd_four *w,
                  simd_four *product)
{
    for (int32_t half = 0; half < 2; half++)
        reflect_pair((two *)a + half, n, from, (const two *)v + half, (const two *)p + half, (const two *)w + half,
                     (two *)product + half);
}

#if defined(__x86_64__)
typedef double four __attribute__((vector_size(32), aligned(16), may_alias));

__attribute__((target("avx2")))
void simd_reflect_wide(simd_four *a, int32_t n, int32_t from, const simd_four *v_, const simd_four *p_, const simd_four *w_,
                       simd_four *product_)
{
    const four *restrict v = (const four *)v_, *restrict p = (const four *)p_, *restrict w = (const four *)w_;
    four *restrict product = (four *)product_;
    for (int32_t i = from; i < n; i++) {
        four *restrict row = (four *)a + (int64_t)i * (i + 1) / 2, vi = v[i], pi = p[i], wi = w[i], sum = {0, 0, 0, 0};
        for (int32_t j = from; j < i; j++) {
            four x = row[j] - (vi * p[j] + pi * v[j]);
            row[j] = x;
            sum += x * w[j];
            product[j] += x * wi;
        }
        row[i] -= vi * pi + pi * vi;
        product[i] = sum + row[i] * wi;
    }
}
#endif
