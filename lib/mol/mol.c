// mol.c - small questions to a molecule, and whether it is consistent.
#include "mol/mol.h"

int32_t mol_total_h(const aryl_mol *m, int32_t a)
{
    int32_t h = mol_hidden_h(m, a);
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) h += m->z[m->nbr[k]] == 1;
    return h;
}

int32_t mol_bond_between(const aryl_mol *m, int32_t a, int32_t b)
{
    if (mol_degree(m, b) < mol_degree(m, a)) {
        int32_t swap = a;
        a = b;
        b = swap;
    }
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if (m->nbr[k] == b) return m->via[k];
    return -1;
}

double mol_atom_mass(const aryl_mol *m, int32_t a)
{
    if (!m->isotope[a]) return elements[m->z[a]].weight;
    double mass = element_isotope_mass(m->z[a], m->isotope[a]);
    return mass || !m->z[a] ? mass : m->isotope[a];   // an isotope nobody has weighed counts its nucleons; "any" has none
}

static const char *check_rings(const aryl_mol *m)
{
    if (!m->ring_start) return m->n_rings ? "rings without a list" : NULL;
    for (int32_t r = 0; r < m->n_rings; r++) {
        int32_t from = m->ring_start[r], to = m->ring_start[r + 1];
        if (m->ring_atoms && (set_size(m->ring_atoms[r]) != to - from || set_size(m->ring_bonds[r]) != to - from))
            return "a ring that differs from its set";
        if (to - from < 3) return "a ring of fewer than three atoms";
        for (int32_t k = from; k < to; k++) {
            int32_t a = m->ring_atom[k], next = m->ring_atom[k + 1 < to ? k + 1 : from], b = m->ring_bond[k];
            if (a < 0 || a >= m->n_atoms || b < 0 || b >= m->n_bonds) return "a ring index out of range";
            if (m->ring_atoms && !(m->ring_atoms[r] >> a & m->ring_bonds[r] >> b & 1)) return "a ring that differs from its set";
            if (!(m->begin[b] == a && m->end[b] == next) && !(m->begin[b] == next && m->end[b] == a))
                return "a ring bond that does not join its atoms";
            if (!(m->atom_flags[a] & ATOM_RING) || !(m->bond_flags[b] & BOND_IS_RING)) return "a ring member without its flag";
        }
    }
    return NULL;
}

const char *mol_validate(const aryl_mol *m)
{
    if (m->n_atoms < 0 || m->n_bonds < 0 || m->n_rings < 0) return "a negative count";
    if (m->start[0] != 0 || m->start[m->n_atoms] != 2 * m->n_bonds) return "neighbour lists of the wrong length";
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t begin = m->begin[b], end = m->end[b];
        if (begin < 0 || begin >= m->n_atoms || end < 0 || end >= m->n_atoms || begin == end) return "a bond to nowhere";
        for (int32_t side = 0; side < 2; side++)
            if (m->stereo_atom[2 * b + side] >= m->n_atoms) return "a stereo atom out of range";
    }
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (m->z[a] > ELEMENT_MAX) return "an element that does not exist";
        if (m->start[a] > m->start[a + 1]) return "neighbour lists that overlap";
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
            int32_t b = m->via[k];
            if (b < 0 || b >= m->n_bonds) return "a neighbour through no bond";
            if (!(m->begin[b] == a && m->end[b] == m->nbr[k]) && !(m->end[b] == a && m->begin[b] == m->nbr[k]))
                return "a neighbour list that disagrees with the bonds";
            if (k > m->start[a] && m->via[k - 1] >= b) return "a neighbour list out of bond order";
        }
    }
    return check_rings(m);
}
