// qed.c - quantitative estimate of drug-likeness: eight properties, each mapped to a desirability, and their weighted
// geometric mean. Bickerton et al., Nature Chem. 2012, 4, 90, doi:10.1038/nchem.1243
#include <math.h>

#include "desc/desc.h"

enum { N_ACCEPTORS = 11, N_ALERTS = 116, MATCHES = 1000 };

static const struct { double weight, a, b, c, d, e, f, most; } curve[N_QED] = {
    [QED_MASS] = {0.66, 2.817065973, 392.5754953, 290.7489764, 2.419764353, 49.22325677, 65.37051707, 104.9805561},
    [QED_LOG_P] = {0.46, 3.172690585, 137.8624751, 2.534937431, 4.581497897, 0.822739154, 0.576295591, 131.3186604},
    [QED_ACCEPTORS] = {0.05, 2.948620388, 160.4605972, 3.615294657, 4.435986202, 0.290141953, 1.300669958, 148.7763046},
    [QED_DONORS] = {0.61, 1.618662227, 1010.051101, 0.985094388, 0.000000001, 0.713820843, 0.920922555, 258.1632616},
    [QED_POLAR] = {0.06, 1.876861559, 125.2232657, 62.90773554, 87.83366614, 12.01999824, 28.51324732, 104.5686167},
    [QED_ROTORS] = {0.65, 0.010000000, 272.4121427, 2.558379970, 1.565547684, 1.271567166, 2.758063707, 105.4420403},
    [QED_AROMATIC] = {0.48, 3.217788970, 957.7374108, 2.274627939, 0.000000001, 1.317690384, 0.375760881, 312.3372610},
    [QED_ALERTS] = {0.95, 0.010000000, 1199.094025, -0.09002883, 0.000000001, 0.185904477, 0.875193782, 417.7253140},
};

// Asymmetric double sigmoid. The reference's exponential refuses to overflow and the molecule gets no value.
static double desirability(int32_t property, double x)
{
    double up = -1 * (x - curve[property].c + curve[property].d / 2) / curve[property].e;
    double down = -1 * (x - curve[property].c - curve[property].d / 2) / curve[property].f;
    if (up > 709.78 || down > 709.78) return NAN;
    return (curve[property].a + curve[property].b / (1 + exp(up)) * (1 - 1 / (1 + exp(down)))) / curve[property].most;
}

static bool is_edge(const aryl_mol *m, int32_t b)
{
    int32_t type = m->type[b];
    return type != BOND_DATIVE && type != BOND_ZERO && type != BOND_HYDROGEN;
}

// An aliphatic ring atom with a single or aromatic bond to an atom that is not aromatic. The reference looks at the first
// MATCHES such pairs.
static bool is_aliphatic(const aryl_mol *m, int32_t a, int32_t *left)
{
    bool found = false;
    if (mol_aromatic(m, a) || !(m->atom_flags[a] & ATOM_RING)) return false;
    for (int32_t i = m->start[a]; i < m->start[a + 1] && *left; i++) {
        int32_t type = m->type[m->via[i]];
        if ((type != BOND_SINGLE && type != BOND_AROMATIC) || mol_aromatic(m, m->nbr[i])) continue;
        found = true;
        --*left;
    }
    return found;
}

static int32_t root_of(int32_t *up, int32_t a)
{
    while (up[a] != a) a = up[a] = up[up[a]];
    return a;
}

// Independent rings of what is left without aliphatic ring atoms: every bond that joins what was joined closes one.
static aryl_status count_aromatic(const aryl_mol *m, arena *mem, double *out)
{
    int32_t *up = arena_new(mem, int32_t, m->n_atoms), rings = 0, left = MATCHES;
    if (!up) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) up[a] = is_aliphatic(m, a, &left) ? -1 : a;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        if (up[m->begin[b]] < 0 || up[m->end[b]] < 0 || !is_edge(m, b)) continue;
        int32_t i = root_of(up, m->begin[b]), j = root_of(up, m->end[b]);
        if (i == j) rings++;
        up[i] = j;
    }
    *out = rings;
    return ARYL_OK;
}

static aryl_status measure(facts *f, double *x)
{
    double mass[N_MASS];
    int64_t n, found[N_ALERTS];
    TRY(desc_mass.run(f, mass));
    TRY(desc_tpsa.run(f, &x[QED_POLAR]));
    TRY(facts_crippen(f));
    x[QED_MASS] = mass[MASS_AVERAGE];
    x[QED_LOG_P] = f->total_log_p;
    TRY(facts_pattern_count(f, PATTERNS_COUNTED, LIPINSKI_DONORS, MATCHES, &n));
    x[QED_DONORS] = (double)n;
    TRY(facts_pattern_count(f, PATTERNS_COUNTED, LIPINSKI_ROTORS, MATCHES, &n));
    x[QED_ROTORS] = (double)n;
    x[QED_ACCEPTORS] = x[QED_ALERTS] = 0;
    TRY(facts_pattern_counts(f, PATTERNS_ACCEPTORS, N_ACCEPTORS, MATCHES, found));
    for (int32_t i = 0; i < N_ACCEPTORS; i++) x[QED_ACCEPTORS] += (double)found[i];
    TRY(facts_pattern_counts(f, PATTERNS_ALERTS, N_ALERTS, 1, found));
    for (int32_t i = 0; i < N_ALERTS; i++) x[QED_ALERTS] += (double)found[i];
    return count_aromatic(f->mol, f->mem, &x[QED_AROMATIC]);
}

// The reference perceives the molecule once more, which changes some with bonds that were made dative, or are of any type.
static aryl_status measure_again(facts *f, double *x)
{
    facts again;
    aryl_status s = facts_again(f, &again);
    if (s == ARYL_E_VALENCE || s == ARYL_E_KEKULE) {
        for (int32_t i = 0; i < N_QED; i++) x[i] = NAN;
        return ARYL_OK;
    }
    return s ? s : measure(&again, x);
}

// The mean, then the properties it is made of.
static aryl_status run(facts *f, double *out)
{
    double *x = out + 1, sum = 0, weights = 0;
    size_t n = (size_t)f->mol->n_bonds;
    bool anew = memchr(f->mol->type, BOND_DATIVE, n) || memchr(f->mol->type, BOND_UNSPECIFIED, n);
    TRY(anew ? measure_again(f, x) : measure(f, x));
    for (int32_t i = 0; i < N_QED; i++) {
        sum += curve[i].weight * log(desirability(i, x[i]));
        weights += curve[i].weight;
    }
    *out = exp(sum / weights);
    return ARYL_OK;
}

const desc_family desc_qed = {
    .name = "qed", .source = "doi:10.1038/nchem.1243", .n_values = 1 + N_QED, .patterns = true, .run = run,
};
