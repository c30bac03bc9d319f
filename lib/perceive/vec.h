// vec.h - points in space, for the files that read drawings and coordinates. The order of operations is part of the
// result: limits are compared with what it yields to the last bit.
#ifndef ARYL_PERCEIVE_VEC_H
#define ARYL_PERCEIVE_VEC_H

#include <math.h>

#include "mol/mol.h"

#define PI 3.14159265358979323846

typedef struct vec { double x, y, z; } vec;

static inline vec minus(vec a, vec b) { return (vec){a.x - b.x, a.y - b.y, a.z - b.z}; }
static inline double dot(vec a, vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline vec cross(vec a, vec b)
{
    return (vec){a.y * b.z - a.z * b.y, -a.x * b.z + a.z * b.x, a.x * b.y - a.y * b.x};
}
static inline double square(vec a) { return dot(a, a); }
static inline vec unit(vec a)
{
    double length = sqrt(square(a));
    return (vec){a.x / length, a.y / length, a.z / length};
}
static inline vec place(const aryl_mol *m, int32_t atom)
{
    const double *p = m->xyz + 3 * (size_t)atom;
    return (vec){p[0], p[1], p[2]};
}

#endif
