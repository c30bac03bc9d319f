// build.c - raw graph -> arrays of a molecule under construction, and the frozen copy.
//
// Both lay all arrays out in one block. The list of arrays stands once, in EACH_ARRAY, so that a new property cannot be
// forgotten in the copy.
#include "mol/mol.h"

// X(field, element type, how many of them)
// What patterns look at most stands first, close together: a molecule that was read long ago is in no cache.
#define EACH_ATOM_ARRAY(X)                                                                            \
    X(z, uint8_t, n) X(atom_flags, uint8_t, n) X(charge, int8_t, n) X(explicit_h, uint8_t, n)         \
    X(implicit_h, uint8_t, n) X(start, int32_t, n + 1) X(explicit_valence, int32_t, n) X(map, int32_t, n) \
    X(at, int32_t, n) X(isotope, uint16_t, n) X(radicals, uint8_t, n) X(tag, uint8_t, n) X(permutation, uint8_t, n)
#define EACH_BOND_ARRAY(X)                                                                            \
    X(type, uint8_t, m) X(bond_flags, uint8_t, m) X(begin, int32_t, m) X(end, int32_t, m) X(nbr, int32_t, 2 * m) \
    X(via, int32_t, 2 * m) X(stereo_atom, int32_t, 2 * m) X(kekule, uint8_t, m) X(dir, uint8_t, m) X(stereo, uint8_t, m)
// May be absent.
#define EACH_LATER_ARRAY(X)                                                                           \
    X(xyz, double, 3 * n) X(ring_start, int32_t, (size_t)mol->n_rings + 1)                            \
    X(ring_atom, int32_t, ring_size(mol)) X(ring_bond, int32_t, ring_size(mol)) X(hybridisation, uint8_t, n) \
    X(cip, uint8_t, n) X(cip_rank, int32_t, n) X(mate_start, int32_t, n + 1) X(mate, int32_t, mate_size(mol))

static size_t ring_size(const aryl_mol *mol) { return mol->ring_start ? (size_t)mol->ring_start[mol->n_rings] : 0; }

static size_t mate_size(const aryl_mol *mol) { return mol->mate_start ? (size_t)mol->mate_start[mol->n_atoms] : 0; }

#define ROUND_UP(bytes) (((bytes) + 15) & ~(size_t)15)   // so that sets can be made of any array of bytes
#define ADD_SIZE(field, type, count) size += ROUND_UP((count) * sizeof(type));
#define PLACE(field, type, count)            \
    mol->field = (type *)(void *)next;       \
    next += ROUND_UP((count) * sizeof(type));

// Neighbour lists by counting: bonds in ascending order leave each atom's list in ascending bond order.
static void link_neighbours(aryl_mol *mol)
{
    int32_t *restrict start = mol->start, *restrict nbr = mol->nbr, *restrict via = mol->via;
    const int32_t *restrict begin = mol->begin, *restrict end = mol->end;
    const int32_t n_atoms = mol->n_atoms, n_bonds = mol->n_bonds;
    memset(start, 0, ((size_t)n_atoms + 1) * sizeof *start);
    for (int32_t b = 0; b < n_bonds; b++) {
        start[begin[b]]++;
        start[end[b]]++;
    }
    int32_t sum = 0;
    for (int32_t a = 0; a <= n_atoms; a++) sum = start[a] += sum;
    for (int32_t b = n_bonds - 1; b >= 0; b--) {       // start[a] walks down from the end of a's list to its start
        int32_t i = --start[begin[b]], j = --start[end[b]];
        nbr[i] = end[b];
        nbr[j] = begin[b];
        via[i] = via[j] = b;
    }
}

aryl_status mol_from_raw(const raw_mol *raw, const uint8_t *keep, arena *mem, aryl_mol **out)
{
    int32_t *index = NULL, n_atoms = raw->n_atoms, n_bonds = raw->n_bonds;
    if (keep) {
        index = arena_new(mem, int32_t, raw->n_atoms);
        if (!index) return ARYL_E_NOMEM;
        n_atoms = n_bonds = 0;
        for (int32_t a = 0; a < raw->n_atoms; a++) index[a] = keep[a] ? n_atoms++ : -1;
        for (int32_t b = 0; b < raw->n_bonds; b++) n_bonds += index[raw->bond[b].begin] >= 0 && index[raw->bond[b].end] >= 0;
    }
    size_t n = (size_t)n_atoms, m = (size_t)n_bonds, size = ROUND_UP(sizeof(aryl_mol));
    EACH_ATOM_ARRAY(ADD_SIZE)
    EACH_BOND_ARRAY(ADD_SIZE)
    if (raw->xyz) size += 3 * n * sizeof(double);
    char *next = arena_bytes(mem, 1, size);
    if (!next) return ARYL_E_NOMEM;
    aryl_mol *mol = (aryl_mol *)(void *)next;
    *mol = (aryl_mol){.n_atoms = n_atoms, .n_bonds = n_bonds, .is_3d = raw->is_3d, .has_wedge = raw->has_wedge,
                      .from_molfile = raw->from_molfile, .name = raw->name, .name_len = raw->name_len};
    next += ROUND_UP(sizeof(aryl_mol));
    if (raw->xyz) { PLACE(xyz, double, 3 * n) }
    EACH_ATOM_ARRAY(PLACE)
    EACH_BOND_ARRAY(PLACE)

    int32_t to = 0;
    uint32_t atom_flags = 0, bond_flags = 0;
    for (int32_t from = 0; from < raw->n_atoms; from++) {
        if (index && index[from] < 0) continue;
        const raw_atom *a = &raw->atom[from];
        mol->z[to] = a->z;
        mol->charge[to] = a->charge;
        mol->explicit_h[to] = a->explicit_h;
        mol->implicit_h[to] = 0;
        mol->radicals[to] = a->radicals;
        mol->atom_flags[to] = a->flags;
        mol->tag[to] = a->tag;
        mol->permutation[to] = a->permutation;
        mol->isotope[to] = a->isotope;
        mol->explicit_valence[to] = 0;
        mol->map[to] = a->map;
        mol->at[to] = a->at;
        atom_flags |= a->flags;
        if (mol->xyz) memcpy(mol->xyz + 3 * (size_t)to, raw->xyz + 3 * (size_t)from, 3 * sizeof(double));
        to++;
    }
    to = 0;
    for (int32_t from = 0; from < raw->n_bonds; from++) {
        const raw_bond *b = &raw->bond[from];
        int32_t begin = b->begin, end = b->end, near = b->stereo_atom[0], far = b->stereo_atom[1];
        if (index) {
            begin = index[begin];
            end = index[end];
            if (begin < 0 || end < 0) continue;
            if (near >= 0) near = index[near];
            if (far >= 0) far = index[far];
        }
        mol->begin[to] = begin;
        mol->end[to] = end;
        mol->stereo_atom[2 * to] = near;
        mol->stereo_atom[2 * to + 1] = far;
        mol->type[to] = mol->kekule[to] = b->type;
        mol->bond_flags[to] = b->flags;
        mol->dir[to] = b->dir;
        mol->stereo[to] = b->stereo;
        bond_flags |= b->flags;
        to++;
    }
    mol->has_query = (atom_flags & ATOM_QUERY) || (bond_flags & BOND_IS_QUERY);
    link_neighbours(mol);
    *out = mol;
    return ARYL_OK;
}

aryl_status mol_freeze(const aryl_mol *from, aryl_mol **out)
{
    const aryl_mol *mol_in = from;
    size_t n = (size_t)from->n_atoms, m = (size_t)from->n_bonds, size = ROUND_UP(sizeof(aryl_mol));
    size_t name = from->name ? (size_t)from->name_len : 0;
    {
        const aryl_mol *mol = mol_in;
        EACH_ATOM_ARRAY(ADD_SIZE)
        EACH_BOND_ARRAY(ADD_SIZE)
        EACH_LATER_ARRAY(ADD_SIZE)
    }
    char *next = mem_alloc(size + name + 1);
    if (!next) return ARYL_E_NOMEM;
    aryl_mol *mol = (aryl_mol *)(void *)next;
    *mol = *from;
    next += ROUND_UP(sizeof(aryl_mol));
#define COPY(field, type, count)                                                   \
    if (from->field) {                                                             \
        mol->field = (type *)(void *)next;                                         \
        if ((count) != 0) memcpy(next, from->field, (count) * sizeof(type));            \
        next += ROUND_UP((count) * sizeof(type));                                  \
    }
    EACH_BOND_ARRAY(COPY)
    EACH_ATOM_ARRAY(COPY)
    EACH_LATER_ARRAY(COPY)
    if (name) memcpy(next, from->name, name);
    next[name] = 0;
    mol->name = next;
    mol->name_len = (int64_t)name;
    mol->atom_kinds = mol_atom_kinds(mol);
    mol->smallest_ring = mol_smallest_ring(mol);
    *out = mol;
    return ARYL_OK;
}

void mol_free(aryl_mol *m) { mem_free(m); }
