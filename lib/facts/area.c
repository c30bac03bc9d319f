// area.c - approximate van der Waals surface of each atom, from radii and bonds alone.
// Labute, J. Mol. Graph. Model. 2000, 18, 464, doi:10.1016/S1093-3263(00)00068-1. As RDKit has it: Rb0 radii, and each
// atom is overlapped by one hydrogen, however many it carries.
#include <math.h>

#include "facts/facts.h"

static const double pi = 3.14159265358979323846;

// How much shorter than the sum of the radii a bond is, angstrom.
static double shortening(const aryl_mol *m, int32_t bond)
{
    if (m->bond_flags[bond] & BOND_IS_AROMATIC) return 0.1;
    switch (m->type[bond]) {
    case BOND_UNSPECIFIED: return 0.1;   // "~"; RDKit's table of types begins with the aromatic one
    case BOND_DOUBLE: return 0.2;
    case BOND_TRIPLE: return 0.3;
    default: return 0;
    }
}

static double distance(double ri, double rj, double shorter)
{
    double b = ri + rj - shorter, least = fabs(ri - rj), most = ri + rj;
    double d = least < b ? b : least;
    return most < d ? most : d;
}

// What the sphere j cuts off i.
static double overlap(double ri, double rj, double d) { return rj * rj - (ri - d) * (ri - d) / d; }

aryl_status facts_area(facts *f)
{
    if (f->area_a2) return ARYL_OK;
    const aryl_mol *m = f->mol;
    double *v = arena_zero(f->mem, double, m->n_atoms);
    if (!v) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t i = m->begin[b], j = m->end[b];
        double ri = elements[m->z[i]].rb0, rj = elements[m->z[j]].rb0, d = distance(ri, rj, shortening(m, b));
        v[i] += overlap(ri, rj, d);
        v[j] += overlap(rj, ri, d);
    }
    double rh = elements[1].rb0, vh = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        double r = elements[m->z[a]].rb0, d = distance(r, rh, 0);
        v[a] += overlap(r, rh, d);
        vh += overlap(rh, r, d);
        v[a] = pi * r * (4 * r - v[a]);
    }
    f->hydrogen_area_a2 = fabs(vh) > 1e-4 ? pi * rh * (4 * rh - vh) : 0;
    f->area_a2 = v;
    return ARYL_OK;
}
