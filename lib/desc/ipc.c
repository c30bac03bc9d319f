// ipc.c - information content of the coefficients of the characteristic polynomial of the adjacency matrix.
// Bonchev & Trinajstic, J. Chem. Phys. 1977, 67, 4517, doi:10.1063/1.434593
//
// The reference comes to the coefficients by Le Verrier and Faddeev's recurrence: c = trace(M) / k, M <- A (M - c I). As long
// as every number in it is a whole one that a double holds they are exact, and so they are found a faster way here: from the
// polynomial's values at points around the unit circle, where the roots, all real, are not near. Beyond some sixty atoms the
// reference's values are its rounding, so the same additions are made in the same order: a row of the product adds its
// neighbours' rows in ascending order, the trace is summed in eight lanes as numpy sums, and 1/k is multiplied.
#include <math.h>

#include "desc/circle_table.h"
#include "desc/desc.h"
#include "simd/simd.h"

// numpy's pairwise sum of x[0], x[step], ...
static double pairwise_sum(const double *x, int64_t step, int32_t n)
{
    if (n < 8) {
        double sum = 0;
        for (int32_t i = 0; i < n; i++) sum += x[i * step];
        return sum;
    }
    if (n <= 128) {
        double r[8];
        int32_t i = 8;
        for (int32_t k = 0; k < 8; k++) r[k] = x[k * step];
        for (; i < n - n % 8; i += 8)
            for (int32_t k = 0; k < 8; k++) r[k] += x[(i + k) * step];
        double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
        for (; i < n; i++) sum += x[i * step];
        return sum;
    }
    int32_t half = n / 2 - n / 2 % 8;
    return pairwise_sum(x, step, half) + pairwise_sum(x + half * step, step, n - half);   // depth: log2(n / 128)
}

static void sort_numbers(int32_t *x, int32_t n)
{
    for (int32_t i = 1; i < n; i++) {
        int32_t v = x[i], k = i;
        for (; k && x[k - 1] > v; k--) x[k] = x[k - 1];
        x[k] = v;
    }
}

static aryl_status by_recurrence(const aryl_mol *m, arena *tmp, double *coefficient)
{
    int32_t n = m->n_atoms;
    const simd_kernels *simd = simd_get();
    int64_t stride = (n + 3) & ~3;
    if (!arena_work(tmp, (int64_t)n * (2 * (int64_t)m->n_bonds + n) * n / 8)) return ARYL_E_LIMIT;
    int32_t *nbr = arena_new(tmp, int32_t, 2 * m->n_bonds);
    double *now = arena_zero(tmp, double, n * stride), *next = arena_zero(tmp, double, n * stride);
    if (!nbr || !now || !next) return ARYL_E_NOMEM;
    memcpy(nbr, m->nbr, (size_t)m->n_bonds * 2 * sizeof *nbr);
    for (int32_t a = 0; a < n; a++) {
        sort_numbers(nbr + m->start[a], mol_degree(m, a));
        for (int32_t i = m->start[a]; i < m->start[a + 1]; i++) now[a * stride + nbr[i]] = 1;
    }
    coefficient[0] = 1;
    for (int32_t k = 1; k <= n; k++) {
        double c = 1.0 / k * pairwise_sum(now, stride + 1, n);
        coefficient[k] = c;
        for (int32_t a = 0; a < n; a++) now[a * stride + a] -= c;
        if (k == n) break;
        simd->sum_rows(next, now, n, stride, m->start, nbr);
        double *swap = now;
        now = next;
        next = swap;
    }
    return ARYL_OK;
}

enum { STEPS = 192, MOST_POINTS = 32, MOST_ATOMS = 2 * MOST_POINTS - 1 };   // of half a circle
#define LARGEST ((double)((int64_t)1 << 40))    // sum of coefficients: their error is then below 0.001

// *done is false where rounding could have changed a coefficient, or the recurrence could have done it in the reference.
static aryl_status by_values(const facts *f, double *coefficient, bool *done)
{
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms, points = 8 * (n / 16 + 1);       // and as many mirrored ones
    const graph_elimination *e = f->elimination;
    simd_shape shape = {n, e->start, e->tie, e->target};
    double *entry = arena_zero(f->mem, double, e->start[n]);
    simd_eight *scratch = arena_new(f->mem, simd_eight, 2 * ((int64_t)n + e->start[n]) + 1);
    simd_eight sums[MOST_ATOMS + 1];
    if (!entry || !scratch) return ARYL_E_NOMEM;
    scratch = (simd_eight *)(void *)((char *)scratch + (-(uintptr_t)scratch & (sizeof *scratch - 1)));
    for (int32_t b = 0; b < m->n_bonds; b++) entry[graph_tie(e, m->begin[b], m->end[b])] = 1;
    memset(sums, 0, ((size_t)n + 1) * sizeof *sums);
    for (int32_t from = 0; from < points; from += 8) {
        double re[8], im[8];
        for (int32_t l = 0; l < 8; l++) {
            int32_t t = (2 * (from + l) + 1) * (STEPS / 2 / points);
            re[l] = t <= STEPS / 2 ? cosine[t] : -cosine[STEPS - t];
            im[l] = t <= STEPS / 2 ? cosine[STEPS / 2 - t] : cosine[t - STEPS / 2];
        }
        simd_get()->characteristic(&shape, entry, re, im, scratch, sums);
    }
    double off = 0, total = 0;
    for (int32_t k = 0; k <= n; k++) {
        const double *s = sums[n - k];
        double c = (((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))) / points, whole = rint(c);
        off = fmax(off, fabs(c - whole));
        total += fabs(whole);
        coefficient[k] = whole;
    }
    *done = off < 0.05 && total < LARGEST;
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    int32_t n = f->mol->n_atoms;
    if (n <= MOST_ATOMS) TRY(facts_elimination(f));
    arena_mark here = arena_save(f->mem);
    double *c = arena_new(f->mem, double, n + 1), sum = 0, content = 0;
    bool done = false;
    aryl_status s = c ? ARYL_OK : ARYL_E_NOMEM;
    if (!s && n <= MOST_ATOMS) s = by_values(f, c, &done);
    if (!s && !done) s = by_recurrence(f->mol, f->mem, c);
    if (!s) {
        for (int32_t k = 0; k <= n; k++) sum += c[k] = fabs(c[k]);
        for (int32_t k = 0; k <= n; k++) {
            double p = c[k] / sum;
            if (p != 0) content += -p * log(p);
        }
        content /= log(2.0);
        out[0] = sum * content;
        out[1] = content;
    }
    arena_restore(f->mem, here);
    return s;
}

const desc_family desc_ipc = {
    .name = "ipc", .source = "doi:10.1063/1.434593", .n_values = 2, .run = run,
};
