// estate.c - electrotopological state: the intrinsic state of an atom, and what those of all others change in it.
// Hall, Mohney & Kier, J. Chem. Inf. Comput. Sci. 1991, 31, 76, doi:10.1021/ci00001a012. Hydrogens that are nodes count
// as atoms.
#include "facts/facts.h"

static int32_t period(int32_t z)
{
    static const uint8_t last[] = {2, 10, 18, 36, 54, 86};
    int32_t n = 1;
    while (n < 7 && z > last[n - 1]) n++;
    return n;
}

static double intrinsic_state(const aryl_mol *m, int32_t a)
{
    int32_t degree = mol_degree(m, a), n = period(m->z[a]);
    return degree ? (4.0 / (n * n) * (elements[m->z[a]].outer - mol_hidden_h(m, a)) + 1) / degree : 0;
}

aryl_status facts_estate(facts *f)
{
    if (f->estate) return ARYL_OK;
    TRY(facts_distance(f));
    int32_t n = f->mol->n_atoms;
    double *state = arena_new(f->mem, double, n), *change = arena_zero(f->mem, double, n);
    if (!state || !change) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < n; a++) state[a] = intrinsic_state(f->mol, a);
    for (int32_t i = 0; i < n; i++) {
        const int16_t *row = f->distance + (size_t)i * (size_t)n;
        double sum = change[i];
        for (int32_t j = i + 1; j < n; j++) {
            if (row[j] == GRAPH_FAR) continue;
            double p = row[j] + 1, t = (state[i] - state[j]) / (p * p);
            sum += t;
            change[j] -= t;
        }
        change[i] = sum;
    }
    for (int32_t a = 0; a < n; a++) change[a] += state[a];
    f->estate = change;
    return ARYL_OK;
}
