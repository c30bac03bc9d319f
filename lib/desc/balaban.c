// balaban.c - average distance sum connectivity. Balaban, Chem. Phys. Lett. 1982, 89, 399,
// doi:10.1016/0009-2614(82)80009-2, with bonds as long as one over their order. Atoms without a path between them are
// 10^8 apart, and parts of a molecule are not told apart otherwise.
#include <math.h>

#include "desc/desc.h"

static const double far = 1e8;

static aryl_status run(facts *f, double *out)
{
    TRY(facts_order_distance(f));
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms, cycles = m->n_bonds - n + 1;
    double *sum = arena_new(f->mem, double, n), total = 0;
    if (!sum) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < n; a++) {
        const int16_t *row = f->order_distance + (size_t)a * (size_t)f->order_stride;
        int64_t near = 0, apart = 0;
        for (int32_t b = 0; b < n; b++) {
            apart += row[b] == ORDER_FAR;
            near += row[b];
        }
        sum[a] = (double)(near - apart * ORDER_FAR) / 12 + (double)apart * far;
    }
    for (int32_t b = 0; b < m->n_bonds; b++) total += 1 / sqrt(sum[m->begin[b]] * sum[m->end[b]]);
    *out = !n ? NAN : cycles + 1 ? (double)m->n_bonds / (cycles + 1) * total : 0;
    return ARYL_OK;
}

const desc_family desc_balaban = {
    .name = "balaban", .source = "doi:10.1016/0009-2614(82)80009-2", .n_values = 1, .run = run,
};
