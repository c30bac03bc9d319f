// shape.c - Hall-Kier alpha, the kappa shape indices and the flexibility made of them.
// Hall & Kier, Rev. Comput. Chem. 1991, 2, 367, doi:10.1002/9780470125793.ch9
#include "desc/desc.h"

// How much larger than an sp3 carbon, r / r(C sp3) - 1.
static double alpha_of(int32_t z, int32_t hyb)
{
    switch (z) {
    case 0: case 1: return 0;
    case 6: return hyb == HYB_SP ? -0.22 : hyb == HYB_SP2 ? -0.13 : 0;
    case 7: return hyb == HYB_SP ? -0.29 : hyb == HYB_SP2 ? -0.20 : -0.04;
    case 8: return hyb == HYB_SP2 ? -0.20 : -0.04;
    case 9: return -0.07;
    case 15: return hyb == HYB_SP2 ? 0.30 : 0.43;
    case 16: return hyb == HYB_SP2 ? 0.22 : 0.35;
    case 17: return 0.29;
    case 35: return 0.48;
    case 53: return 0.73;
    default: return elements[z].rb0 / 0.77 - 1;
    }
}

typedef struct path_counts {
    double heavy, one, two, three;   // heavy atoms; distinct sets of bonds that form a path
} path_counts;

// Bonds to hydrogen count as paths of one bond, and in no longer path. A triangle is one path of three bonds.
static aryl_status count_paths(const aryl_mol *m, arena *tmp, path_counts *n)
{
    int32_t *degree = arena_zero(tmp, int32_t, m->n_atoms), *mark = arena_zero(tmp, int32_t, m->n_atoms);
    if (!degree || !mark) return ARYL_E_NOMEM;
    *n = (path_counts){.one = m->n_bonds};
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t i = m->begin[b], j = m->end[b];
        if (m->z[i] == 1 || m->z[j] == 1) continue;
        degree[i]++;
        degree[j]++;
    }
    int64_t two = 0, three = 0, triangle_sides = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        n->heavy += m->z[a] > 1;
        two += (int64_t)degree[a] * (degree[a] - 1) / 2;
    }
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t i = m->begin[b], j = m->end[b];
        if (m->z[i] == 1 || m->z[j] == 1) continue;
        three += (int64_t)(degree[i] - 1) * (degree[j] - 1);
        if (degree[i] < 2 || degree[j] < 2) continue;      // ring marks do not tell: dative bonds have none
        for (int32_t k = m->start[i]; k < m->start[i + 1]; k++) mark[m->nbr[k]] = b + 1;
        for (int32_t k = m->start[j]; k < m->start[j + 1]; k++)
            triangle_sides += mark[m->nbr[k]] == b + 1 && m->z[m->nbr[k]] != 1;
    }
    n->two = (double)two;
    n->three = (double)(three - triangle_sides + triangle_sides / 3);   // each triangle was met from its three sides
    return ARYL_OK;
}

static double ratio(double num, double root) { return root ? num / (root * root) : 0; }

static aryl_status run(facts *f, double *out)
{
    TRY(facts_electrons(f));
    const aryl_mol *m = f->mol;
    double alpha = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) alpha += alpha_of(m->z[a], f->hybridisation[a]);
    path_counts n;
    arena_mark here = arena_save(f->mem);
    aryl_status s = count_paths(m, f->mem, &n);
    arena_restore(f->mem, here);
    if (s) return s;
    double size = n.heavy + alpha, size1 = size - 1, size2 = size - 2, size3 = size - 3;
    bool odd = (int64_t)n.heavy % 2;
    out[SHAPE_ALPHA] = alpha;
    out[SHAPE_KAPPA1] = ratio(size * size1 * size1, n.one + alpha);
    out[SHAPE_KAPPA2] = ratio(size1 * size2 * size2, n.two + alpha);
    out[SHAPE_KAPPA3] = ratio((odd ? size1 : size2) * size3 * size3, n.three + alpha);
    out[SHAPE_PHI] = n.heavy ? out[SHAPE_KAPPA1] * out[SHAPE_KAPPA2] / n.heavy : 0;
    return ARYL_OK;
}

const desc_family desc_shape = {
    .name = "shape", .source = "doi:10.1002/9780470125793.ch9", .n_values = N_SHAPE, .run = run,
};
