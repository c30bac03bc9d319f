// chi.c - connectivity indices: sums over paths of the product of 1/sqrt(delta) along them.
// Hall & Kier, Rev. Comput. Chem. 1991, 2, 367, doi:10.1002/9780470125793.ch9
//
// Chi0 and Chi1 use the plain degree, the n indices valence electrons without those that bind hydrogen, the v indices
// the same scaled by the core electrons. As in the reference, a path may close on itself with its last step: a ring of
// three atoms is one path of order 3, a ring of four one of order 4, each atom entering once; a triangle with a tail
// is one of order 4, with the atom that carries the tail entering twice.
#include <math.h>

#include "desc/desc.h"

// 1/sqrt(delta), 0 for a delta of 0. More hydrogens than outer electrons wrap around, as unsigned numbers do.
static double weight_n(const aryl_mol *m, int32_t a)
{
    uint32_t delta = (uint32_t)elements[m->z[a]].outer - (uint32_t)mol_hidden_h(m, a);
    return delta ? 1 / sqrt(delta) : 0;
}

static double weight_v(const aryl_mol *m, int32_t a)
{
    int32_t z = m->z[a];
    if (z <= 1) return 0;
    if (z <= 10) return weight_n(m, a);
    double delta = (double)((uint32_t)elements[z].outer - (uint32_t)mol_hidden_h(m, a)) / (z - elements[z].outer - 1);
    return delta != 0 ? 1 / sqrt(delta) : 0;
}

typedef struct pair { double n, v; } pair;      // both kinds of weight walk together
static inline pair times(pair x, pair y) { return (pair){x.n * y.n, x.v * y.v}; }
static inline void add(pair *sum, pair x)
{
    sum->n += x.n;
    sum->v += x.v;
}

typedef struct heavy {       // the graph without hydrogens, its atoms with their weights
    const int32_t *start, *nbr;
    const pair *weight;
} heavy;

static bool bonded(const heavy *h, int32_t a, int32_t b)
{
    for (int32_t i = h->start[a]; i < h->start[a + 1]; i++)
        if (h->nbr[i] == b) return true;
    return false;
}

// The tails of a triangle at one of its atoms.
static void add_tails(const heavy *h, int32_t atom, int32_t b, int32_t d, pair *four)
{
    pair ring = times(times(h->weight[b], h->weight[atom]), h->weight[d]);
    for (int32_t i = h->start[atom]; i < h->start[atom + 1]; i++) {
        int32_t tail = h->nbr[i];
        if (tail != b && tail != d) add(four, times(times(ring, h->weight[atom]), h->weight[tail]));
    }
}

// Paths of two and four bonds by the atom in their middle.
static void add_even(const heavy *h, int32_t c, pair *two, pair *four)
{
    for (int32_t i = h->start[c]; i < h->start[c + 1]; i++)
        for (int32_t k = i + 1; k < h->start[c + 1]; k++) {
            int32_t b = h->nbr[i], d = h->nbr[k];
            pair bcd = times(times(h->weight[b], h->weight[c]), h->weight[d]);
            add(two, bcd);
            if (bonded(h, b, d)) add_tails(h, c, b, d, four);
            for (int32_t x = h->start[b]; x < h->start[b + 1]; x++) {
                int32_t a = h->nbr[x];
                if (a == c || a == d) continue;
                pair abcd = times(bcd, h->weight[a]);
                for (int32_t y = h->start[d]; y < h->start[d + 1]; y++) {
                    int32_t e = h->nbr[y];
                    if (e == c || e == b) continue;
                    if (e != a) add(four, times(abcd, h->weight[e]));
                    else if (c < a && c < b && c < d) add(four, abcd);   // a ring of four, counted at its lowest atom
                }
            }
        }
}

// Paths of three bonds by the bond b-c in their middle.
static void add_three(const heavy *h, int32_t b, int32_t c, pair *three)
{
    pair bc = times(h->weight[b], h->weight[c]);
    for (int32_t i = h->start[b]; i < h->start[b + 1]; i++) {
        int32_t a = h->nbr[i];
        if (a == c) continue;
        pair abc = times(bc, h->weight[a]);
        for (int32_t k = h->start[c]; k < h->start[c + 1]; k++) {
            int32_t d = h->nbr[k];
            if (d == b) continue;
            if (d != a) add(three, times(abc, h->weight[d]));
            else if (a > b && a > c) add(three, abc);                    // a triangle, counted opposite its highest atom
        }
    }
}

static bool without_hydrogens(const aryl_mol *m, arena *mem, heavy *h)
{
    if (!memchr(m->z, 1, (size_t)m->n_atoms)) {
        h->start = m->start;
        h->nbr = m->nbr;
        return true;
    }
    int32_t *start = arena_new(mem, int32_t, m->n_atoms + 1), *nbr = arena_new(mem, int32_t, 2 * m->n_bonds), n = 0;
    if (!start || !nbr) return false;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        start[a] = n;
        for (int32_t i = m->start[a]; i < m->start[a + 1] && m->z[a] != 1; i++)
            if (m->z[m->nbr[i]] != 1) nbr[n++] = m->nbr[i];
    }
    start[m->n_atoms] = n;
    h->start = start;
    h->nbr = nbr;
    return true;
}

static aryl_status sum_paths(const aryl_mol *m, arena *mem, double *out)
{
    pair *weight = arena_new(mem, pair, m->n_atoms), sum[5] = {{0}};
    heavy h;
    if (!weight || !without_hydrogens(m, mem, &h)) return ARYL_E_NOMEM;
    h.weight = weight;
    for (int32_t a = 0; a < m->n_atoms; a++) add(&sum[0], weight[a] = (pair){weight_n(m, a), weight_v(m, a)});
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t i = m->begin[b], j = m->end[b];
        add(&sum[1], times(weight[i], weight[j]));
        int64_t width = h.start[i + 1] - h.start[i] + h.start[j + 1] - h.start[j];
        if (!arena_work(mem, width * width)) return ARYL_E_LIMIT;
        if (m->z[i] != 1 && m->z[j] != 1) add_three(&h, i, j, &sum[3]);
    }
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int64_t degree = h.start[a + 1] - h.start[a];
        if (degree > 8 && !arena_work(mem, degree * degree * degree)) return ARYL_E_LIMIT;
        add_even(&h, a, &sum[2], &sum[4]);
    }
    for (int32_t order = 0; order < 5; order++) {
        out[CHI_0N + order] = sum[order].n;
        out[CHI_0V + order] = sum[order].v;
    }
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    out[CHI_0] = out[CHI_1] = 0;
    for (int32_t a = 0; a < m->n_atoms; a++)
        if (mol_degree(m, a)) out[CHI_0] += sqrt(1.0 / mol_degree(m, a));
    for (int32_t b = 0; b < m->n_bonds; b++)
        out[CHI_1] += sqrt(1.0 / ((double)mol_degree(m, m->begin[b]) * mol_degree(m, m->end[b])));
    arena_mark here = arena_save(f->mem);
    aryl_status s = sum_paths(m, f->mem, out);
    arena_restore(f->mem, here);
    return s;
}

const desc_family desc_chi = {
    .name = "chi", .source = "doi:10.1002/9780470125793.ch9", .n_values = N_CHI, .run = run,
};
