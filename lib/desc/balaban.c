// balaban.c - average distance sum connectivity. Balaban, Chem. Phys. Lett. 1982, 89, 399,
// doi:10.1016/0009-2614(82)80009-2, with bonds as long as one over their order. Atoms without a path between them are
// 10^8 apart, and parts of a molecule are not told apart otherwise.
#include <math.h>

#include "desc/desc.h"

// Four at a time, in two halves of a word that are wide enough.
static int64_t sum_of(const int16_t *row, int32_t n)
{
    const uint64_t even = 0x0000FFFF0000FFFFu;
    uint64_t sum = 0;
    int32_t b = 0;
    for (; b + 4 <= n; b += 4) {
        uint64_t four;
        memcpy(&four, row + b, sizeof four);
        sum += (four & even) + (four >> 16 & even);
    }
    int64_t total = (int64_t)(sum & 0xFFFFFFFFu) + (int64_t)(sum >> 32);
    for (; b < n; b++) total += row[b];
    return total;
}

static int32_t count_apart(const int16_t *row, int32_t n)
{
    int32_t apart = 0;
    for (int32_t b = 0; b < n; b++) apart += row[b] == GRAPH_FAR;
    return apart;
}

static aryl_status run(facts *f, double *out)
{
    TRY(facts_order_distance(f));
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms, cycles = m->n_bonds - n + 1;
    double *sum = arena_new(f->mem, double, n), total = 0;
    if (!sum) return ARYL_E_NOMEM;
    bool parts = n && count_apart(f->order_distance, n);
    for (int32_t a = 0; a < n; a++) {
        const int16_t *row = f->order_distance + (size_t)a * (size_t)n;
        int32_t apart = parts ? count_apart(row, n) : 0;
        sum[a] = (double)(sum_of(row, n) - (int64_t)apart * GRAPH_FAR) / 12 + (double)apart * ORDER_APART;
    }
    for (int32_t b = 0; f->order_gap && b < m->n_bonds; b++) {
        if (f->order_gap[b] == GAP_NONE) continue;
        double more = f->order_gap[b] == GAP_ENDLESS ? INFINITY : (double)f->order_gap[b] / 12;
        sum[m->begin[b]] += more;
        sum[m->end[b]] += more;
    }
    for (int32_t b = 0; b < m->n_bonds; b++) total += 1 / sqrt(sum[m->begin[b]] * sum[m->end[b]]);
    *out = !n ? NAN : cycles + 1 ? (double)m->n_bonds / (cycles + 1) * total : 0;
    return ARYL_OK;
}

const desc_family desc_balaban = {
    .name = "balaban", .source = "doi:10.1016/0009-2614(82)80009-2", .n_values = 1, .run = run,
};
