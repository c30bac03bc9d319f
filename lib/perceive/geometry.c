// geometry.c - handedness from coordinates in space: tetrahedra by a volume, and from sodium's row on also squares,
// bipyramids and octahedra by which neighbours are opposite one another.
#include "perceive/perceive.h"
#include "perceive/vec.h"

enum { MOST = 6 };

// Whether v[i] . (v[j] x v[k]) is not negative.
typedef struct triple { int8_t i, j, k; } triple;
static bool right_handed(const vec *v, triple t) { return dot(v[t.i], cross(v[t.j], v[t.k])) >= 0; }

// An arrangement is known by its axis; the sign of one volume chooses between the two numbers of its hands.
typedef struct hands { int8_t a, b; triple test; uint8_t yes, no; } hands;

static const hands bipyramid[] = {
    {0, 1, {0, 2, 3}, 7, 8},   {0, 2, {0, 1, 3}, 5, 6},   {0, 3, {0, 1, 2}, 3, 4},   {0, 4, {0, 1, 2}, 1, 2},
    {1, 2, {1, 0, 3}, 13, 14}, {1, 3, {1, 0, 2}, 10, 12}, {1, 4, {1, 0, 2}, 9, 11},  {2, 3, {2, 0, 1}, 16, 19},
    {2, 4, {2, 0, 1}, 15, 20}, {3, 4, {3, 0, 1}, 17, 18},
};
// Four neighbours, one axis: an octahedron with two of its corners empty, if the other two are at right angles.
static const hands seesaw[] = {
    {0, 1, {0, 2, 3}, 25, 29}, {0, 2, {0, 1, 3}, 19, 23}, {0, 3, {0, 1, 2}, 6, 17},
    {1, 2, {0, 1, 3}, 10, 8},  {1, 3, {0, 1, 3}, 1, 2},   {2, 3, {0, 1, 3}, 4, 14},
};
// a: what is opposite 0 (5: the sixth, or nothing); b: what is opposite the lowest of the others, -1 for anything else.
static const hands octahedron[] = {
    {1, 3, {0, 3, 4}, 28, 27}, {1, 4, {0, 2, 3}, 25, 30}, {1, -1, {0, 2, 3}, 26, 29},
    {2, 3, {0, 3, 4}, 22, 21}, {2, 4, {0, 1, 3}, 19, 24}, {2, -1, {0, 1, 3}, 20, 23},
    {3, 2, {0, 2, 4}, 13, 12}, {3, 4, {0, 1, 2}, 6, 18},  {3, -1, {0, 1, 2}, 7, 17},
    {4, 2, {0, 2, 3}, 11, 9},  {4, 3, {0, 1, 2}, 3, 16},  {4, -1, {0, 1, 2}, 5, 15},
    {5, 2, {0, 2, 3}, 10, 8},  {5, 3, {0, 1, 2}, 1, 2},   {5, -1, {0, 1, 2}, 4, 14},
};

static const hands *by_axis(const hands *table, int32_t a, int32_t b)
{
    while (table->a != a || table->b != b) table++;
    return table;
}

static void set(aryl_mol *m, int32_t a, int32_t tag, const hands *h, const vec *v)
{
    m->tag[a] = (uint8_t)tag;
    m->permutation[a] = right_handed(v, h->test) ? h->yes : h->no;
}

static double angle(vec a, vec b)
{
    double d = dot(a, b) / sqrt(square(a) * square(b));
    return d <= -1 ? PI : d >= 1 ? 0 : acos(d);
}

// Which are opposite each other; false when one would be opposite two.
static bool find_axes(const vec *v, int32_t n, int32_t *opposite, int32_t *n_axes)
{
    *n_axes = 0;
    for (int32_t i = 0; i < MOST; i++) opposite[i] = -1;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = i + 1; j < n; j++) {
            if (!(dot(v[i], v[j]) < -0.9)) continue;
            if (opposite[i] >= 0 || opposite[j] >= 0) return false;
            opposite[i] = j;
            opposite[j] = i;
            ++*n_axes;
        }
    return true;
}

static bool one_axis(aryl_mol *m, int32_t a, const vec *v, int32_t n, const int32_t *opposite)
{
    int32_t i = 0, rest[2], n_rest = 0;
    while (opposite[i] < 0) i++;
    int32_t j = opposite[i];
    if (n == 3) {
        m->tag[a] = TAG_SQUARE_PLANAR;
        m->permutation[a] = i == 1 ? 3 : j == 1 ? 2 : 1;
        return true;
    }
    if (n > 5) return false;
    for (int32_t k = 0; n == 4 && k < n; k++)
        if (k != i && k != j) rest[n_rest++] = k;
    if (n == 4 && angle(v[rest[0]], v[rest[1]]) < 100 * PI / 180) {
        set(m, a, TAG_OCTAHEDRAL, by_axis(seesaw, i, j), v);
        return true;
    }
    hands h = *by_axis(bipyramid, i, j);
    if (n == 4 && i == 2 && j == 3) h.test = (triple){3, 0, 1};
    set(m, a, TAG_TRIGONAL_BIPYRAMIDAL, &h, v);
    return true;
}

static bool octahedral(aryl_mol *m, int32_t a, const vec *v, const int32_t *opposite)
{
    int32_t first = opposite[0] < 0 ? 5 : opposite[0], second = opposite[first == 1 ? 2 : 1];
    const hands *h = octahedron;
    while (h->a != first || (h->b != second && h->b >= 0)) h++;
    set(m, a, TAG_OCTAHEDRAL, h, v);
    return true;
}

// True when the atom has been dealt with. *clash: a neighbour lies on the atom.
static bool other_geometry(aryl_mol *m, int32_t a, bool *clash)
{
    vec v[MOST];
    int32_t n = mol_degree(m, a), opposite[MOST], n_axes;
    for (int32_t k = 0; k < n && k < MOST; k++) {
        vec away = minus(place(m, m->nbr[m->start[a] + k]), place(m, a));
        *clash |= sqrt(square(away)) < 1e-16;
        v[k] = unit(away);
    }
    if (*clash || n < 3 || n > MOST || !find_axes(v, n, opposite, &n_axes)) return false;
    if (n_axes == 1) return one_axis(m, a, v, n, opposite);
    if (n_axes == 2 && n == 4) {
        m->tag[a] = TAG_SQUARE_PLANAR;
        m->permutation[a] = opposite[0] == 1 ? 2 : opposite[0] == 2 ? 1 : 3;
        return true;
    }
    return ((n_axes == 2 && n == 5) || (n_axes == 3 && n == 6)) && octahedral(m, a, v, opposite);
}

static bool starts_wavy(const aryl_mol *m, int32_t a)
{
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t b = m->via[k];
        if (m->begin[b] == a && m->type[b] == BOND_SINGLE && (m->bond_flags[b] & BOND_DRAWN) == BOND_DRAWN_WAVY) return true;
    }
    return false;
}

static int32_t tetrahedral(const aryl_mol *m, int32_t a)
{
    vec v[4];
    int32_t n = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1] && n < 4; k++)
        if (perceive_is_ligand(m, m->via[k], a)) v[n++] = minus(place(m, m->nbr[k]), place(m, a));
    double volume = dot(v[0], cross(v[1], v[2]));
    if (fabs(volume) <= 0.1 && n == 4) volume = -dot(v[0], cross(v[1], v[3]));
    return volume < -0.1 ? TAG_CW : volume > 0.1 ? TAG_CCW : TAG_NONE;
}

aryl_status perceive_geometry(aryl_mol *m, aryl_error *err)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t n = 0, z = m->z[a], all;
        bool clash = false;
        m->tag[a] = TAG_NONE;
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) n += perceive_is_ligand(m, m->via[k], a);
        all = n + mol_hidden_h(m, a);
        if (n < 3 || all > 6) continue;
        bool wavy = starts_wavy(m, a);
        if (z >= 15 && !wavy && other_geometry(m, a, &clash)) continue;
        if (clash) return fail_at(err, ARYL_E_FORMAT, m->at[a], "atom %d: a neighbour lies on it", (int)a);
        if (all <= 4 && (all == 4 || z == 16 || z == 34) && !wavy) m->tag[a] = (uint8_t)tetrahedral(m, a);
    }
    return ARYL_OK;
}
