// kinds.c - the kinds of atoms that a molecule has, as one word: most molecules that a pattern cannot fit lack one of the
// kinds it needs, and a word is read faster than a molecule.
#include "mol/mol.h"

#define ANY_CHARGE {INT8_MIN, INT8_MAX}
#define SOME_H {1, INT16_MAX}
#define ANY_H {0, INT16_MAX}
#define OF_TYPE(t) \
    {{t, t}, {0, 0}, {0, 0}}, {{t, t}, {0, 0}, SOME_H}, {{t, t}, {1, INT8_MAX}, {0, 0}},                    \
    {{t, t}, {1, INT8_MAX}, SOME_H}, {{t, t}, {INT8_MIN, -1}, {0, 0}}, {{t, t}, {INT8_MIN, -1}, SOME_H}
#define OF_ELEMENT(z) OF_TYPE(2 * (z)), OF_TYPE(2 * (z) + 1)
#define WHOLE(z) {{2 * (z), 2 * (z) + 1}, ANY_CHARGE, ANY_H}

enum { C_N_O_S = 4, KINDS_PER_TYPE = 6, KINDS_PER_ELEMENT = 2 * KINDS_PER_TYPE };

const mol_kind mol_kinds[MOL_KINDS] = {
    OF_ELEMENT(6), OF_ELEMENT(7), OF_ELEMENT(8), OF_ELEMENT(16),
    WHOLE(0), WHOLE(1), WHOLE(5), WHOLE(9), WHOLE(14), WHOLE(15), WHOLE(17), WHOLE(35), WHOLE(53),
    {{0, 2 * ELEMENT_MAX + 1}, ANY_CHARGE, ANY_H},       // the others
};

static int32_t kind_of(const aryl_mol *m, int32_t a)
{
    int32_t z = m->z[a], element = z == 6 ? 0 : z == 7 ? 1 : z == 8 ? 2 : z == 16 ? 3 : -1;
    if (element >= 0) {
        int32_t sign = m->charge[a] > 0 ? 1 : m->charge[a] < 0 ? 2 : 0;
        return KINDS_PER_ELEMENT * element + KINDS_PER_TYPE * mol_aromatic(m, a) + 2 * sign + (mol_total_h(m, a) > 0);
    }
    int32_t kind = C_N_O_S * KINDS_PER_ELEMENT;
    while (kind < MOL_KINDS - 1 && mol_kinds[kind].type[0] != 2 * z) kind++;
    return kind;
}

uint64_t mol_atom_kinds(const aryl_mol *m)
{
    uint64_t kinds = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) kinds |= 1ull << kind_of(m, a);
    return kinds;
}

uint64_t mol_sort_kinds(const aryl_mol *m, uint64_t *atoms)
{
    uint64_t kinds = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t k = kind_of(m, a);
        if (!(kinds >> k & 1)) atoms[k] = 0;
        atoms[k] |= 1ull << a;
        kinds |= 1ull << k;
    }
    return kinds;
}

int32_t mol_smallest_ring(const aryl_mol *m)
{
    int32_t least = INT32_MAX;
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (m->type[b] > BOND_AROMATIC) return 0;      // perhaps closes a cycle that is no ring
    for (int32_t r = 0; r < m->n_rings; r++) {
        int32_t size = m->ring_start[r + 1] - m->ring_start[r];
        if (size < least) least = size;
    }
    return least;
}
