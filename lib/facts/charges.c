// charges.c - partial charges by equalisation of orbital electronegativity along the bonds.
// Gasteiger & Marsili, Tetrahedron 1980, 36, 3219, doi:10.1016/0040-4020(80)80168-2: twelve rounds, each moving half as
// much as the one before. Formal charges are first shared among like atoms of a conjugated system. Hydrogens that are
// no nodes hold one charge together for each atom that carries them.
#include "facts/facts.h"

enum { MISSING, ANY, SP, SP2, SP3, SO, SO2, N_STATES, ROUNDS = 12, LAST_Z = 53 };
typedef struct parameters { double a, b, c; } parameters;

static const parameters table[LAST_Z + 1][N_STATES] = {
#define ROW(z, state, a, b, c) [z][state] = {a, b, c},
#include "facts/gasteiger_table.h"
#undef ROW
};

// What a hydrogen's orbital takes to empty; the formula would give too little.
static const double cation_h = 20.02;

static int32_t state_of(const facts *f, int32_t atom)
{
    const aryl_mol *m = f->mol;
    switch (f->hybridisation[atom]) {
    case HYB_SP: return SP;
    case HYB_SP2: return SP2;
    case HYB_SP3: return SP3;
    default: break;
    }
    if (m->z[atom] == 1) return ANY;
    if (m->z[atom] != 16) return MISSING;
    int32_t oxygens = 0;
    for (int32_t i = m->start[atom]; i < m->start[atom + 1]; i++) oxygens += m->z[m->nbr[i]] == 8;
    return oxygens == 2 ? SO2 : oxygens == 1 ? SO : SP3;
}

// The same element two conjugated bonds away: how many, and their formal charges; or, with charge, each gets the share.
static int32_t like_atoms(const facts *f, int32_t a, int32_t *total, double *charge, double share)
{
    const aryl_mol *m = f->mol;
    int32_t n = 0;
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++) {
        if (!f->conjugated[m->via[i]]) continue;
        int32_t x = m->nbr[i];
        for (int32_t k = m->start[x]; k < m->start[x + 1]; k++) {
            int32_t y = m->nbr[k];
            if (y == a || !f->conjugated[m->via[k]] || m->z[y] != m->z[a]) continue;
            n++;
            *total += m->charge[y];
            if (charge) charge[y] = share;
        }
    }
    return n;
}

// An atom met on two ways is counted twice, and a later atom may overwrite what an earlier one shared out.
static void share_formal_charges(const facts *f, double *charge)
{
    const aryl_mol *m = f->mol;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (!m->charge[a] || charge[a] != 0) continue;
        int32_t total = m->charge[a], n = 1 + like_atoms(f, a, &total, NULL, 0);
        charge[a] = (double)total / n;
        like_atoms(f, a, &total, charge, charge[a]);
    }
}

typedef struct site {       // an atom with its hydrogens
    parameters p;
    double cation;          // its energy at charge +1
    double charge, h_charge;
    int32_t n_h;
} site;

static double energy(const parameters *p, double q) { return p->a + q * (p->b + p->c * q); }

// What flows over a bond towards `cation` when the other side pulls by `pull`. The sum looks redundant and is not: it
// rounds, and gives NaN where a parameter lacks.
static double flow(double pull, double cation, double other)
{
    double sign = pull < 0 ? 0.0 : 1.0;
    return pull / (sign * (cation - other) + other);
}

static void equalise(const aryl_mol *m, site *s, double *e)
{
    double damp = 0.5;
    for (int32_t round = 0; round < ROUNDS; round++, damp *= 0.5) {
        for (int32_t a = 0; a < m->n_atoms; a++) e[a] = energy(&s[a].p, s[a].charge);
        for (int32_t a = 0; a < m->n_atoms; a++) {
            site *at = &s[a];
            double dq = 0;
            for (int32_t i = m->start[a]; i < m->start[a + 1]; i++) {
                int32_t n = m->nbr[i];
                dq += flow(e[n] - e[a], at->cation, s[n].cation);
            }
            if (at->n_h) {
                double qh = at->h_charge / at->n_h;
                double moved = flow(energy(&table[1][ANY], qh) - e[a], at->cation, cation_h);
                dq += at->n_h * moved;
                at->h_charge -= at->n_h * moved * damp;
            }
            at->charge += damp * dq;
        }
    }
}

aryl_status facts_charges(facts *f)
{
    if (f->partial_charge) return ARYL_OK;
    TRY(facts_electrons(f));
    const aryl_mol *m = f->mol;
    double *charge = arena_zero(f->mem, double, m->n_atoms);
    arena_mark here = arena_save(f->mem);
    site *s = arena_new(f->mem, site, m->n_atoms);
    double *e = arena_new(f->mem, double, m->n_atoms);
    if (!charge || !s || !e) return ARYL_E_NOMEM;
    share_formal_charges(f, charge);
    f->charges_complete = true;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t z = m->z[a];
        parameters p = z <= LAST_Z ? table[z][state_of(f, a)] : (parameters){0};
        if (p.a == 0) f->charges_complete = false;
        s[a] = (site){.p = p, .cation = z == 1 ? cation_h : p.a + p.b + p.c, .charge = charge[a], .n_h = mol_hidden_h(m, a)};
    }
    equalise(m, s, e);
    for (int32_t a = 0; a < m->n_atoms; a++) charge[a] = s[a].charge;
    arena_restore(f->mem, here);
    f->partial_charge = charge;
    return ARYL_OK;
}
