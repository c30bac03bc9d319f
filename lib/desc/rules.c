// rules.c - rules of thumb for drugs, leads and fragments: how many of their criteria a molecule fails. Our own: the
// numbers that go in are the reference's, the counting is not.
#include <math.h>

#include "desc/desc.h"

enum { MASS, LOG_P, REFRACTIVITY, NHOH, NO, DONORS, ACCEPTORS, ROTORS, RINGS, POLAR, ATOMS, N_PROPERTIES };

static const struct { uint8_t rule, property; double least, most; } criteria[] = {
#define RULE(rule, property, least, most) {RULE_##rule, property, least, most},
#include "desc/rules_table.h"
#undef RULE
};

static aryl_status measure(facts *f, double *x)
{
    const aryl_mol *m = f->mol;
    double mass[N_MASS], count[N_COUNT], rings[N_RINGS], places[N_LIPINSKI];
    TRY(desc_mass.run(f, mass));
    TRY(desc_composition.run(f, count));
    TRY(desc_rings.run(f, rings));
    TRY(desc_counted.run(f, places));
    TRY(desc_tpsa.run(f, &x[POLAR]));
    TRY(facts_crippen(f));
    x[MASS] = mass[MASS_AVERAGE];
    x[LOG_P] = f->total_log_p;
    x[REFRACTIVITY] = f->total_refractivity;
    x[NHOH] = count[COUNT_NHOH];
    x[NO] = count[COUNT_NO];
    x[DONORS] = places[LIPINSKI_DONORS];
    x[ACCEPTORS] = places[LIPINSKI_ACCEPTORS];
    x[ROTORS] = places[LIPINSKI_ROTORS];
    x[RINGS] = rings[RINGS_ALL];
    x[ATOMS] = m->n_atoms;
    for (int32_t a = 0; a < m->n_atoms; a++) x[ATOMS] += mol_hidden_h(m, a);
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    double x[N_PROPERTIES];
    TRY(measure(f, x));
    for (int32_t r = 0; r < N_RULES; r++) out[r] = 0;
    for (size_t i = 0; i < sizeof criteria / sizeof *criteria; i++) {
        double value = x[criteria[i].property];
        out[criteria[i].rule] += !(value >= criteria[i].least && value <= criteria[i].most);
    }
    out[RULE_OF_THREE_WIDE] += out[RULE_OF_THREE];
    return ARYL_OK;
}

const desc_family desc_rules = {
    .name = "rules", .source = "lib/desc/rules_table.h", .n_values = N_RULES, .patterns = true, .run = run,
};
