// sum_rows.c - sums of rows, most often one to three of them.
#include "simd/simd.h"

typedef double two __attribute__((vector_size(16), may_alias));

void simd_sum_rows(double *to_, const double *from, int32_t n, int64_t stride, const int32_t *start, const int32_t *nbr)
{
    for (int32_t r = 0; r < n; r++) {
        two *to = (two *)(void *)(to_ + r * stride);
        const int32_t *row = nbr + start[r], degree = start[r + 1] - start[r];
        const two *a = (const two *)(const void *)(from + (degree > 0 ? row[0] : 0) * stride);
        const two *b = (const two *)(const void *)(from + (degree > 1 ? row[1] : 0) * stride);
        const two *c = (const two *)(const void *)(from + (degree > 2 ? row[2] : 0) * stride);
        const int64_t width = stride / 2;
        if (degree == 0) memset(to, 0, (size_t)stride * sizeof(double));
        if (degree == 1) for (int64_t k = 0; k < width; k++) to[k] = a[k];
        if (degree == 2) for (int64_t k = 0; k < width; k++) to[k] = a[k] + b[k];
        if (degree > 2) for (int64_t k = 0; k < width; k++) to[k] = a[k] + b[k] + c[k];
        for (int32_t i = 3; i < degree; i++) {
            const two *d = (const two *)(const void *)(from + row[i] * stride);
            for (int64_t k = 0; k < width; k++) to[k] += d[k];
        }
    }
}

#if defined(__x86_64__)
typedef double four __attribute__((vector_size(32), aligned(16), may_alias));

__attribute__((target("avx2")))
void simd_sum_rows_wide(double *to_, const double *from, int32_t n, int64_t stride, const int32_t *start, const int32_t *nbr)
{
    for (int32_t r = 0; r < n; r++) {
        four *to = (four *)(void *)(to_ + r * stride);
        const int32_t *row = nbr + start[r], degree = start[r + 1] - start[r];
        const four *a = (const four *)(const void *)(from + (degree > 0 ? row[0] : 0) * stride);
        const four *b = (const four *)(const void *)(from + (degree > 1 ? row[1] : 0) * stride);
        const four *c = (const four *)(const void *)(from + (degree > 2 ? row[2] : 0) * stride);
        const int64_t width = stride / 4;
        if (degree == 0) memset(to, 0, (size_t)stride * sizeof(double));
        if (degree == 1) for (int64_t k = 0; k < width; k++) to[k] = a[k];
        if (degree == 2) for (int64_t k = 0; k < width; k++) to[k] = a[k] + b[k];
        if (degree > 2) for (int64_t k = 0; k < width; k++) to[k] = a[k] + b[k] + c[k];
        for (int32_t i = 3; i < degree; i++) {
            const four *d = (const four *)(const void *)(from + row[i] * stride);
            for (int64_t k = 0; k < width; k++) to[k] += d[k];
        }
    }
}
#endif
