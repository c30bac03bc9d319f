// composition.c - masses, and what can be counted atom by atom.
#include "desc/desc.h"

static const double electron_mass_u = 0.00054857991, proton_average_u = 1.008, hydrogen_u = 1.007825032;

// Sums run in atom order, each atom with its hydrogens, as the last digits remember.
static aryl_status run_mass(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    double average = 0, heavy = 0, exact = 0;
    int64_t hydrogens = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t h = mol_hidden_h(m, a);
        double mass = mol_atom_mass(m, a);
        average += mass;
        average += h * proton_average_u;
        if (m->z[a] != 1) heavy += mass;
        exact += m->isotope[a] ? mass : elements[m->z[a]].common_mass;
        exact -= electron_mass_u * m->charge[a];
        hydrogens += h;
    }
    exact += (double)hydrogens * hydrogen_u;
    out[MASS_AVERAGE] = average;
    out[MASS_HEAVY] = heavy;
    out[MASS_EXACT] = exact;
    return ARYL_OK;
}

static aryl_status run_counts(facts *f, double *out)
{
    TRY(facts_hydrogens(f));
    const aryl_mol *m = f->mol;
    int64_t count[N_COUNT] = {0};
    int32_t carbons = 0, saturated = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t z = m->z[a];
        count[COUNT_VALENCE_ELECTRONS] += elements[z].outer - m->charge[a] + mol_hidden_h(m, a);
        count[COUNT_RADICAL_ELECTRONS] += m->radicals[a];
        count[COUNT_HEAVY] += z > 1;
        count[COUNT_HETERO] += z != 1 && z != 6;
        if (z == 7 || z == 8) {
            count[COUNT_NO]++;
            count[COUNT_NHOH] += f->total_h[a];
        } else if (z == 6) {
            carbons++;
            saturated += mol_total_degree(m, a) == 4;
        }
    }
    for (int32_t i = 0; i < N_COUNT; i++) out[i] = (double)count[i];
    out[COUNT_CSP3_FRACTION] = carbons ? (double)saturated / carbons : 0;
    return ARYL_OK;
}

const desc_family desc_mass = {
    .name = "mass", .source = "sums of the element table", .n_values = N_MASS, .run = run_mass,
};
const desc_family desc_composition = {
    .name = "composition", .source = "counts of atoms and hydrogens", .n_values = N_COUNT, .run = run_counts,
};
