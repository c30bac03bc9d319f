// bcut.c - extreme eigenvalues of the Burden matrix under four diagonals: mass, charge, logP and refractivity.
// Burden, J. Chem. Inf. Comput. Sci. 1989, 29, 225, doi:10.1021/ci00063a011; Pearlman & Smith, 1998.
//
// The matrices are bonds and a constant everywhere, so systems with them are solved in little more time than a tree
// takes. Each end of each matrix, the low ones as the high ones of the negated matrix, is chased by Rayleigh's quotient:
// a better vector by solving with a number just above the quotient, a better quotient from the vector. The quotient is
// never above the root looked for, and the signs of the pivots (Sylvester) tell whether the number is below it: the two
// close in on the root, and end together only there, also when the vector at first ran after another one.
#include <math.h>

#include "desc/desc.h"
#include "simd/simd.h"

enum { MASS, CHARGE, LOG_P, REFRACTIVITY, N_MATRICES };
enum { N_ENDS = 2 * N_MATRICES };       // each matrix, then each negated

#define ELSEWHERE 0.001                 // between atoms without a bond

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

typedef struct problem {
    simd_matrices matrices;
    simd_eight *vector;
} problem;

// Numbers without a pattern, between -1 and 1.
static double irregular(int32_t i)
{
    uint32_t x = (uint32_t)(i + 1) * 2654435769u;
    return (x ^ x >> 15) / 2147483648.0 - 1;
}

// Each element on a cache line of its own: loads that span two lines do not get what was stored just before.
static simd_eight *new_eights(arena *mem, int64_t n)
{
    char *p = arena_new(mem, char, (size_t)(n + 1) * sizeof(simd_eight));
    return p ? (simd_eight *)(void *)(p + (-(uintptr_t)p & (sizeof(simd_eight) - 1))) : NULL;
}

static aryl_status set_up(const facts *f, problem *p)
{
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms;
    const graph_elimination *e = f->elimination;
    double *entry = arena_zero(f->mem, double, e->start[n]);
    simd_eight *diagonal = new_eights(f->mem, n), *vector = new_eights(f->mem, n);
    simd_eight *scratch = new_eights(f->mem, (int64_t)e->start[n] + 3 * (int64_t)n);
    if (!entry || !diagonal || !vector || !scratch) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) entry[graph_tie(e, m->begin[b], m->end[b])] = bond_weight(m->type[b]) - ELSEWHERE;
    for (int32_t a = 0; a < n; a++) {
        double *d = diagonal[e->place[a]];
        d[MASS] = mol_atom_mass(m, a);
        d[CHARGE] = f->partial_charge[a];
        d[LOG_P] = f->log_p[a];
        d[REFRACTIVITY] = f->refractivity[a];
        for (int32_t k = 0; k < N_MATRICES; k++) {
            d[k] -= ELSEWHERE;
            d[N_MATRICES + k] = -d[k];
        }
    }
    p->vector = vector;
    p->matrices = (simd_matrices){
        .shape = {n, e->start, e->tie, e->target}, .entry = entry, .everywhere = ELSEWHERE,
        .sign = {1, 1, 1, 1, -1, -1, -1, -1}, .diagonal = (const simd_eight *)diagonal, .scratch = scratch,
    };
    return ARYL_OK;
}

// Bounds from above, and vectors to start from: those of the matrices with all bonds positive are bounds for the negated
// ones too (Perron and Frobenius), and right but for signs that change along each bond where there are no odd rings.
static void start(problem *p, double *bound)
{
    enum { STEPS = 4 };
    const simd_matrices *m = &p->matrices;
    double shift[N_ENDS];
    for (int32_t k = 0; k < N_ENDS; k++) shift[k] = -m->diagonal[0][k];
    for (int32_t i = 0; i < m->shape.n; i++)
        for (int32_t k = 0; k < N_ENDS; k++) {
            p->vector[i][k] = 1;
            shift[k] = -m->diagonal[i][k] > shift[k] ? -m->diagonal[i][k] : shift[k];
        }
    for (int32_t k = 0; k < N_ENDS; k++) shift[k] += 0.5;
    simd_get()->power_steps(m, STEPS, shift, p->vector, bound);
    for (int32_t k = 0; k < N_ENDS; k++) bound[k] -= shift[k] + (1 - m->sign[k]) * m->everywhere;
    double *side = m->scratch[0];
    side[0] = 1;
    for (int32_t i = 1; i < m->shape.n; i++) {
        side[i] = m->shape.start[i] < m->shape.start[i + 1] ? -side[m->shape.tie[m->shape.start[i]]] : 1;
        for (int32_t k = N_MATRICES; k < N_ENDS; k++) p->vector[i][k] *= side[i];
    }
}

// A vector in lane k that has nothing of the present one.
static void turn_away(problem *p, int32_t k, const simd_solution *s)
{
    int32_t n = p->matrices.shape.n;
    double along = 0;
    bool usable = s->yy[k] > 0 && s->yy[k] < INFINITY;
    for (int32_t i = 0; i < n && usable; i++) along += p->vector[i][k] * irregular(i);
    for (int32_t i = 0; i < n; i++) p->vector[i][k] = irregular(i) - (usable ? along / s->yy[k] * p->vector[i][k] : 0);
}

// high[] are bounds from above; low[] becomes the roots. False: they did not close in.
static bool chase(problem *p, double *high, double *low)
{
    const simd_kernels *simd = simd_get();
    double x[N_ENDS], scale[N_ENDS];
    bool done[N_ENDS] = {false}, moving = true;
    for (int32_t k = 0; k < N_ENDS; k++) {
        x[k] = high[k];
        scale[k] = 1;
        low[k] = -INFINITY;
    }
    for (int32_t round = 0; moving && round < 200; round++) {
        simd_solution s;
        simd->solve(&p->matrices, x, scale, p->vector, &s);
        moving = false;
        for (int32_t k = 0; k < N_ENDS; k++) {
            double nearer = s.by[k] / s.yy[k], quotient = x[k] - nearer;
            double off2 = fabs(s.bb[k] - s.by[k] * nearer) / s.yy[k];           // a root is as near as its root
            double least = 1e-12 * (1 + fabs(x[k])), step = off2 < 0.01 ? 10 * off2 : sqrt(off2);
            bool above = s.positive[k] >= p->matrices.shape.n + (p->matrices.sign[k] > 0), lost = !(s.yy[k] < INFINITY) || !(off2 >= 0);
            scale[k] = lost || nearer == 0 ? 1 : fabs(nearer);                  // about one over the length
            if (done[k]) continue;
            if (above) high[k] = x[k];
            else if (x[k] > low[k]) low[k] = x[k];
            bool elsewhere = !above && quotient <= x[k] && off2 < 1e-4;     // running after a lower root
            if (quotient > low[k]) low[k] = quotient;
            done[k] = high[k] - low[k] <= 2 * least;
            moving |= !done[k];
            if (lost || elsewhere) {
                turn_away(p, k, &s);
                scale[k] = 1;
            }
            x[k] = quotient + (step > least ? step : least);
            if (lost || elsewhere || !(x[k] > low[k] && x[k] < high[k])) x[k] = 0.5 * (low[k] + high[k]);
        }
    }
    return !moving;
}

static aryl_status solve(facts *f, double *out)
{
    enum { ROUNDS = 8 };          // ordinary ones
    const aryl_mol *m = f->mol;
    TRY(facts_charges(f));
    TRY(facts_crippen(f));
    bool known = f->charges_complete;
    for (int32_t b = 0; b < m->n_bonds; b++) known &= bond_weight(m->type[b]) != 0;
    for (int32_t i = 0; i < N_ENDS; i++) out[i] = known ? 0 : NAN;
    if (!known || !m->n_atoms) return ARYL_OK;
    problem p;
    double high[N_ENDS], low[N_ENDS];
    TRY(facts_elimination(f));
    TRY(set_up(f, &p));
    if (!arena_work(f->mem, ROUNDS * (2 * (int64_t)f->elimination->start[m->n_atoms] + f->elimination->n_pairs))) return ARYL_E_LIMIT;
    start(&p, high);
    if (!chase(&p, high, low)) return ARYL_E_LIMIT;
    for (int32_t k = 0; k < N_MATRICES; k++) {
        out[2 * k] = low[k];
        out[2 * k + 1] = -low[N_MATRICES + k];
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
