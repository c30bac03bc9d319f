// drawing.c - handedness from a drawing: wedges and dashes of a flat molfile.
//
// The drawing is lifted a little out of the plane where bonds are wedged or dashed, and the sign of a volume tells the
// hand. What is too flat, too crowded or contradicts itself says nothing. The limits, and the order in which vectors are
// changed, are RDKit's: drawings on a grid sit exactly on them.
#include <math.h>

#include "perceive/perceive.h"
#include "perceive/vec.h"

static vec flat(vec a) { return (vec){a.x, a.y, 0}; }

static bool is_wedge(const aryl_mol *m, int32_t b)
{
    int32_t drawn = m->bond_flags[b] & BOND_DRAWN;
    return drawn == BOND_DRAWN_UP || drawn == BOND_DRAWN_DOWN;
}

static double lifted(const aryl_mol *m, int32_t b, double height)
{
    return (m->bond_flags[b] & BOND_DRAWN) == BOND_DRAWN_UP ? height : -height;
}

// Unit vectors to the neighbours of the narrow end, the wedge's first. *odd: that took an exchange.
static int32_t look_around(const aryl_mol *m, int32_t wedge, vec v[4], bool *odd)
{
    int32_t c = m->begin[wedge], n = 0, at = 0;
    bool single = true;
    vec centre = flat(place(m, c));
    double length = sqrt(square(minus(centre, place(m, m->end[wedge])))), height = 0.1 * (length != 0 ? length : 1);
    if (mol_degree(m, c) < 3 || mol_degree(m, c) > 4) return 0;
    for (int32_t k = m->start[c]; k < m->start[c + 1]; k++) {
        int32_t b = m->via[k];
        vec p = flat(place(m, m->nbr[k]));
        if (b == wedge) at = n;
        if (b == wedge || (m->begin[b] == c && is_wedge(m, b))) p.z = lifted(m, b, height);
        if (b != wedge && square(minus(centre, p)) < 1e-3) return 0;
        single &= m->type[b] == BOND_SINGLE;
        v[n++] = unit(minus(p, centre));
    }
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < i; j++)
            if (square(minus(v[i], v[j])) < 1e-3) return 0;
    if (!single && m->z[c] != 15 && m->z[c] != 16) return 0;
    vec first = v[at];
    v[at] = v[0];
    v[0] = first;
    *odd = at != 0;
    return n;
}

static void swap(vec *a, vec *b)
{
    vec t = *a;
    *a = *b;
    *b = t;
}

// Puts the others in the order in which they follow the first.
static bool three_turn_other_way(const vec v[4])
{
    double c1 = cross(v[0], v[1]).z, c2 = cross(v[0], v[2]).z, d1 = dot(v[0], v[1]), d2 = dot(v[0], v[2]);
    if (fabs(d1) - 1 > -1e-3) return c2 < 0;
    if (fabs(d2) - 1 > -1e-3 && c1 < 0) return true;
    if (c1 * c2 < -1e-3) return c1 < c2;
    if (d1 * d2 < -1e-3) return d1 < d2;
    return fabs(d1) > fabs(d2);
}

static bool order_four(vec v[4], const int32_t number[4])
{
    typedef struct turn { int32_t side, number; double along; vec v; } turn;
    turn t[3];
    for (int32_t i = 0; i < 3; i++) {
        t[i].side = cross(v[0], v[i + 1]).z < -1e-3 ? -1 : 1;
        t[i].along = t[i].side * dot(v[0], v[i + 1]);
        t[i].number = number[i + 1];
        t[i].v = v[i + 1];
    }
    for (int32_t i = 1; i < 3; i++)               // descending
        for (int32_t k = i; k; k--) {
            const turn *a = &t[k - 1], *b = &t[k];
            bool before = a->side != b->side ? a->side > b->side : a->along != b->along ? a->along > b->along : a->number > b->number;
            if (before) break;
            turn s = t[k];
            t[k] = t[k - 1];
            t[k - 1] = s;
        }
    int32_t changed = 0;
    for (int32_t i = 0; i < 3; i++) {
        changed += t[i].number != number[i + 1];
        v[i + 1] = t[i].v;
    }
    return changed == 2;
}

// Bonds that oppose each other on the paper and in height. False: they contradict.
static bool level_opposed(vec v[4], int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = i + 1; j < n; j++) {
            if (!(v[i].z * v[j].z < -1e-3 && square(cross(v[i], v[j])) < 0.01)) continue;
            if (n != 4 || !(fabs(dot(v[i], v[j]) + 1) < 1e-3) || (j - i != 1 && !(i == 0 && j == 3))) return false;
            v[j].z = 0;
        }
    return true;
}

static bool three_conflict(const vec v[4])
{
    if (v[1].z * v[0].z < -1e-4 && fabs(v[2].z) < 1e-4) return cross(v[2], v[0]).z * cross(v[2], v[1]).z < -1e-4;
    if (v[2].z * v[0].z < -1e-4 && fabs(v[1].z) < 1e-4) return cross(v[1], v[0]).z * cross(v[1], v[2]).z < -1e-4;
    return false;
}

static double volume_of_three(vec v[4])
{
    vec f1 = flat(v[1]), f2 = flat(v[2]), p = cross(f1, f2);
    if (square(p) < 0.00031) {                    // a T
        f1.z = f2.z = -v[0].z;
        p = cross(f1, f2);
    }
    return dot(p, v[0]);
}

static double volume_of_four(vec v[4])
{
    const double least = 0.00174;
    vec f1 = flat(v[1]), p = cross(f1, flat(v[2]));
    if (square(p) < 1e-2 && fabs(v[3].z) < 1e-4) v[3].z = -v[0].z;
    double volume = dot(p, v[0]), other = dot(cross(f1, flat(v[3])), v[0]);
    if (fabs(volume) < 1e-3) return fabs(other) < 1e-3 ? 0 : -other;
    if (volume * other > 0 && fabs(other) > least && dot(v[1], v[2]) < dot(v[1], v[3])) return -other;
    if (fabs(volume) < least && fabs(other) > least) return volume * other < 0 ? -other : other;
    return volume;
}

static int32_t tag_of_wedge(const aryl_mol *m, int32_t wedge)
{
    vec v[4];
    bool odd;
    int32_t n = look_around(m, wedge, v, &odd), number[4] = {0, 1, 2, 3};
    if (!n) return TAG_NONE;
    if (n == 4) {
        if (square(cross(v[1], v[2])) < 1e-2 && square(cross(v[1], v[0])) > 1e-2) v[1].z = -v[0].z;
        for (int32_t k = m->start[m->begin[wedge]]; odd && k < m->start[m->begin[wedge]] + 4; k++)
            if (m->via[k] == wedge) number[k - m->start[m->begin[wedge]]] = 0;
        odd ^= order_four(v, number);
    } else if (three_turn_other_way(v)) {
        swap(&v[1], &v[2]);
        odd = !odd;
    }
    if (!level_opposed(v, n) || (n == 3 && three_conflict(v))) return TAG_NONE;
    double volume = n == 3 ? volume_of_three(v) : volume_of_four(v);
    if (odd) volume = -volume;
    return volume > 0.00174 ? TAG_CCW : volume < -0.00174 ? TAG_CW : TAG_NONE;
}

void perceive_drawing(aryl_mol *m, uint8_t *done)
{
    memset(done, 0, (size_t)m->n_atoms);
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t c = m->begin[b];
        if ((m->bond_flags[b] & BOND_DRAWN) == BOND_DRAWN_WAVY) {
            m->tag[c] = TAG_NONE;
            done[c] = 1;
        } else if (is_wedge(m, b) && !done[c]) {
            m->tag[c] = (uint8_t)tag_of_wedge(m, b);
            done[c] = m->tag[c] != TAG_NONE;
            if (mol_degree(m, c) != 3 || m->explicit_h[c] || m->implicit_h[c] != 1) continue;
            m->explicit_h[c] = 1;                 // the fourth neighbour, tag or no tag
            perceive_valence_of(m, c);
        }
    }
}
