// bcut.c - extreme eigenvalues of the Burden matrix under four diagonals: mass, charge, logP and refractivity.
// Burden, J. Chem. Inf. Comput. Sci. 1989, 29, 225, doi:10.1021/ci00063a011; Pearlman & Smith, 1998.
//
// The four matrices walk side by side through Householder's reduction to three diagonals. From there Laguerre's iteration
// comes down to the largest root from a bound above it, for all matrices and both ends at once: it never oversteps and
// triples the digits each time, also where two roots are close.
#include <math.h>

#include "desc/desc.h"
#include "simd/simd.h"

enum { MASS, CHARGE, LOG_P, REFRACTIVITY, N_MATRICES };
#define EACH(m) for (int32_t m = 0; m < N_MATRICES; m++)

// Lower triangle, row by row: element (i, j), j <= i, is a[i * (i + 1) / 2 + j].
static inline simd_four *row_of(simd_four *a, int64_t i) { return a + i * (i + 1) / 2; }

typedef struct reflection { simd_four *v, *p; } reflection;   // A -= v p' + p v'

// From column k below the diagonal to the vector of its reflection. beta: 2 / |v|^2; below becomes the subdiagonal.
static void make_reflection(simd_four *a, int32_t n, int32_t k, simd_four *v, double *beta, double *below)
{
    double norm2[N_MATRICES] = {0};
    for (int32_t i = k + 1; i < n; i++) {
        const double *x = row_of(a, i)[k];
        EACH(m) v[i][m] = x[m];
        EACH(m) norm2[m] += x[m] * x[m];
    }
    EACH(m) {
        double first = v[k + 1][m], rest = norm2[m] - first * first;
        double alpha = rest > 0 ? -copysign(sqrt(norm2[m]), first) : first, head = first - alpha;
        below[m] = alpha;
        v[k + 1][m] = head;
        beta[m] = rest > 0 ? 2 / (rest + head * head) : 0;
    }
}

// p = beta A v, less what makes the update symmetric.
static void finish_reflection(int32_t n, int32_t from, const double *beta, const reflection *r)
{
    double dot[N_MATRICES] = {0};
    for (int32_t i = from; i < n; i++) {
        EACH(m) r->p[i][m] *= beta[m];
        EACH(m) dot[m] += r->p[i][m] * r->v[i][m];
    }
    EACH(m) dot[m] *= 0.5 * beta[m];
    for (int32_t i = from; i < n; i++) EACH(m) r->p[i][m] -= dot[m] * r->v[i][m];
}

// Column k with the reflection before it carried out.
static void update_column(simd_four *a, int32_t n, int32_t k, const reflection *old)
{
    for (int32_t i = k; i < n; i++) {
        double *x = row_of(a, i)[k];
        EACH(m) x[m] -= old->v[i][m] * old->p[k][m] + old->p[i][m] * old->v[k][m];
    }
}

// Matrices whose lower triangle is in a, which is used up, to diagonal d[n] and subdiagonal e[n], e[0] unused.
// scratch: [4 n], cleared
static void reduce(simd_four *a, int32_t n, simd_four *scratch, simd_four *d, simd_four *e)
{
    const simd_kernels *simd = simd_get();
    reflection old = {scratch, scratch + n}, new = {scratch + 2 * (size_t)n, scratch + 3 * (size_t)n}, swap;
    double below[N_MATRICES] = {0}, beta[N_MATRICES];
    for (int32_t k = 0; k < n; k++) {
        memcpy(e[k], below, sizeof below);
        update_column(a, n, k, &old);
        memcpy(d[k], row_of(a, k)[k], sizeof below);
        if (k + 2 < n) {
            make_reflection(a, n, k, new.v, beta, below);
            simd->reflect(a, n, k + 1, (const simd_four *)old.v, (const simd_four *)old.p, (const simd_four *)new.v, new.p);
            finish_reflection(n, k + 1, beta, &new);
            swap = old;
            old = new;
            new = swap;
        } else if (k + 1 < n) {                    // the last element's turn in the reflection comes now
            memcpy(below, row_of(a, k + 1)[k], sizeof below);
            update_column(a, n, k + 1, &old);
            memset(old.v[k + 1], 0, sizeof below);
            memset(old.p[k + 1], 0, sizeof below);
        }
    }
}

// Four matrices, each as it is and negated: the largest root of the latter is minus the smallest of the former.
enum { N_ENDS = 2 * N_MATRICES };
#define EACH_END(k) for (int32_t k = 0; k < N_ENDS; k++)

// One step of Laguerre's iteration for all ends from x[]; an end whose x has met its root (a pivot that is no longer
// positive, as far as rounding can tell) gets a step of 0. d, e2: [n][N_ENDS] diagonal, squared subdiagonal.
static void laguerre(const double *d, const double *e2, int32_t n, const double *x, double *step)
{
    double inverse[N_ENDS], q1[N_ENDS] = {0}, q2[N_ENDS] = {0}, g[N_ENDS] = {0}, h[N_ENDS] = {0};
    double least[N_ENDS];
    EACH_END(k) inverse[k] = least[k] = 1;
    for (int32_t i = 0; i < n; i++, d += N_ENDS, e2 += N_ENDS)
        EACH_END(k) {   // pivots q of x - T, with their derivatives; g, h: sums of 1 / (x - root) and of its square
            double t = e2[k] * inverse[k], u = t * inverse[k];
            double next2 = u * (q2[k] - 2 * q1[k] * q1[k] * inverse[k]), next1 = 1 + u * q1[k];
            double q = x[k] - d[k] - t, over = 1 / q, r = next1 * over;
            least[k] = q < least[k] ? q : least[k];
            inverse[k] = over;
            q1[k] = next1;
            q2[k] = next2;
            g[k] += r;
            h[k] += r * r - next2 * over;
        }
    EACH_END(k) {
        double inside = (n - 1) * (n * h[k] - g[k] * g[k]);
        double s = n / (g[k] + (inside > 0 ? sqrt(inside) : 0));
        step[k] = least[k] > 0 && s > 0 ? s : 0;
    }
}

// From above: x[] are bounds of the roots.
static void come_down(const double *d, const double *e2, int32_t n, double *x)
{
    for (int32_t round = 0, moving = n > 1; moving && round < 100; round++) {
        double step[N_ENDS];
        laguerre(d, e2, n, x, step);
        moving = 0;
        EACH_END(k) {   // the next step of an end would be far smaller still, or half as large where two roots are one
            moving |= step[k] > 1e-12 * (1 + fabs(x[k]));
            x[k] -= step[k];
        }
    }
}

// Three diagonals as come_down() wants them, and Gershgorin's bounds.
static void spread_ends(const simd_four *d, const simd_four *e, int32_t n, double *to_d, double *to_e2, double *bound)
{
    static const double none[N_MATRICES] = {0};
    EACH_END(k) bound[k] = -INFINITY;
    for (int32_t i = 0; i < n; i++, to_d += N_ENDS, to_e2 += N_ENDS) {
        const double *before = e[i], *after = i + 1 < n ? e[i + 1] : none;
        EACH(m) {
            double reach = fabs(before[m]) + fabs(after[m]), x = d[i][m];
            to_d[m] = x;
            to_d[N_MATRICES + m] = -x;
            to_e2[m] = to_e2[N_MATRICES + m] = before[m] * before[m];
            bound[m] = reach + x > bound[m] ? reach + x : bound[m];
            bound[N_MATRICES + m] = reach - x > bound[N_MATRICES + m] ? reach - x : bound[N_MATRICES + m];
        }
    }
}

// 0: the reference has no number for such a bond and gives up.
static double bond_weight(int32_t type)
{
    switch (type) {
    case BOND_SINGLE: return 1;
    case BOND_DOUBLE: return 0.7071067811865475;
    case BOND_TRIPLE: return 0.5773502691896258;
    case BOND_AROMATIC: return 0.8164965809277261;
    default: return 0;
    }
}

static void fill(const facts *f, simd_four *a)
{
    const aryl_mol *m = f->mol;
    int64_t n = m->n_atoms, size = n * (n + 1) / 2;
    for (int64_t i = 0; i < size; i++) EACH(k) a[i][k] = 0.001;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t i = m->begin[b], j = m->end[b];
        double w = bond_weight(m->type[b]), *x = row_of(a, i > j ? i : j)[i > j ? j : i];
        EACH(k) x[k] = w;
    }
    for (int32_t i = 0; i < n; i++) {
        double *x = row_of(a, i)[i];
        x[MASS] = mol_atom_mass(m, i);
        x[CHARGE] = f->partial_charge[i];
        x[LOG_P] = f->log_p[i];
        x[REFRACTIVITY] = f->refractivity[i];
    }
}

static aryl_status solve(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms;
    int64_t size = (int64_t)n * (n + 1) / 2;
    TRY(facts_charges(f));
    TRY(facts_crippen(f));
    bool known = f->charges_complete;
    for (int32_t b = 0; b < m->n_bonds; b++) known &= bond_weight(m->type[b]) != 0;
    for (int32_t i = 0; i < 2 * N_MATRICES; i++) out[i] = known ? 0 : NAN;
    if (!known || !n) return ARYL_OK;
    if (!arena_work(f->mem, size * n / 2)) return ARYL_E_LIMIT;
    simd_four *a = arena_new(f->mem, simd_four, size), *scratch = arena_zero(f->mem, simd_four, 6 * (int64_t)n);
    double *ends = arena_new(f->mem, double, 2 * N_ENDS * (int64_t)n), x[N_ENDS];
    if (!a || !scratch || !ends) return ARYL_E_NOMEM;
    fill(f, a);
    simd_four *d = scratch + 4 * (size_t)n, *e = d + n;
    reduce(a, n, scratch, d, e);
    double *e2 = ends + N_ENDS * (size_t)n;
    spread_ends((const simd_four *)d, (const simd_four *)e, n, ends, e2, x);
    come_down(ends, e2, n, x);
    EACH(m) {
        out[2 * m] = x[m];
        out[2 * m + 1] = -x[N_MATRICES + m];
    }
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    if (!memchr(f->mol->z, 1, (size_t)f->mol->n_atoms)) return solve(f, out);
    facts bare;
    TRY(facts_without_hydrogens(f, &bare));
    return solve(&bare, out);
}

const desc_family desc_bcut = {
    .name = "bcut", .source = "doi:10.1021/ci00063a011", .n_values = 2 * N_MATRICES, .patterns = true, .run = run,
};
