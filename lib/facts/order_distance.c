// order_distance.c - distances in which a bond is as long as one over its order: whole numbers, in twelfths of a single
// bond.
#include "facts/facts.h"
#include "perceive/perceive.h"

enum { TWELFTHS = 12, MOST_ATOMS = 0x7000 / TWELFTHS };

// 0: no bond to walk over; -1: an order that twelfths cannot express.
static int32_t length(const aryl_mol *m, int32_t bond)
{
    if (m->bond_flags[bond] & BOND_IS_AROMATIC) return 8;
    switch (m->type[bond]) {
    case BOND_SINGLE: case BOND_DATIVE: return TWELFTHS;
    case BOND_DOUBLE: return 6;
    case BOND_TRIPLE: return 4;
    case BOND_QUADRUPLE: return 3;
    case BOND_AROMATIC: return 8;
    case BOND_QUINTUPLE: case BOND_HEXTUPLE: return -1;
    default: return 0;
    }
}

static bool is_gap(const facts *f, const int16_t *length, int32_t a, int32_t b)
{
    int32_t bond = mol_bond_between(f->mol, a, b);
    return bond >= 0 && !length[bond];
}

// The shortest way between the ends of such a bond in twelfths beyond ORDER_APART: over some other pair of atoms of their
// parts, or over one or two atoms of other parts.
static int64_t way_round(const facts *f, const int16_t *distance, const int16_t *length, int32_t a, int32_t b)
{
    int32_t n = f->mol->n_atoms;
    int64_t best = GAP_ENDLESS, apart = (int64_t)(TWELFTHS * ORDER_APART);
    const int16_t *from = distance + (size_t)a * (size_t)n, *to = distance + (size_t)b * (size_t)n;
    for (int32_t x = 0; x < n; x++)
        for (int32_t y = 0; from[x] != GRAPH_FAR && y < n; y++)
            if (to[y] != GRAPH_FAR && (best < 0 || from[x] + to[y] < best) && !is_gap(f, length, x, y)) best = from[x] + to[y];
    for (int32_t c = 0; best < 0 && c < n; c++)
        if (from[c] == GRAPH_FAR && to[c] == GRAPH_FAR && !is_gap(f, length, a, c) && !is_gap(f, length, c, b)) best = apart;
    for (int32_t c = 0; best < 0 && c < n; c++)
        for (int32_t d = 0; from[c] == GRAPH_FAR && !is_gap(f, length, a, c) && d < n; d++)
            if (to[d] == GRAPH_FAR && !is_gap(f, length, d, b) && !is_gap(f, length, c, d)) best = 2 * apart;
    return best;
}

static aryl_status find_gaps(facts *f, const int16_t *distance, const int16_t *length)
{
    const aryl_mol *m = f->mol;
    int64_t n = m->n_atoms;
    int64_t *gap = NULL;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        if (length[b] || distance[m->begin[b] * n + m->end[b]] != GRAPH_FAR) continue;
        if (!gap) {
            gap = arena_new(f->mem, int64_t, m->n_bonds);
            if (!gap) return ARYL_E_NOMEM;
            for (int32_t k = 0; k < m->n_bonds; k++) gap[k] = GAP_NONE;
        }
        if (!arena_work(f->mem, n * n)) return ARYL_E_LIMIT;
        gap[b] = way_round(f, distance, length, m->begin[b], m->end[b]);
    }
    f->order_gap = gap;
    return ARYL_OK;
}

aryl_status facts_order_distance(facts *f)
{
    if (f->order_distance) return ARYL_OK;
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms;
    if (n > MOST_ATOMS || !arena_work(f->mem, (int64_t)n * n)) return ARYL_E_LIMIT;
    int16_t *distance = arena_new(f->mem, int16_t, (size_t)n * (size_t)n), *longer = arena_new(f->mem, int16_t, m->n_bonds);
    if (!distance || !longer) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t l = length(m, b);
        if (l < 0) return ARYL_E_UNSUPPORTED;
        longer[b] = (int16_t)l;
    }
    graph g = perceive_graph(m);
    TRY(graph_distances(&g, longer, f->mem, distance));
    TRY(find_gaps(f, distance, longer));
    f->order_distance = distance;
    return ARYL_OK;
}
