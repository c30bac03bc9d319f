// build.c - raw graph -> arrays of a molecule under construction, and the frozen copy.
//
// Both lay all arrays out in one block. The list of arrays stands once, in EACH_ARRAY, so that a new property cannot be
// forgotten in the copy.
#include "mol/mol.h"

// X(field, element type, how many of them)
// What patterns look at stands first, close together: a molecule that was read long ago is in no cache.
#define EACH_ARRAY(X)                                                                                  \
    X(z, uint8_t, n) X(atom_flags, uint8_t, n) X(charge, int8_t, n) X(explicit_h, uint8_t, n)          \
    X(implicit_h, uint8_t, n) X(type, uint8_t, m) X(bond_flags, uint8_t, m) X(begin, int32_t, m)       \
    X(end, int32_t, m) X(start, int32_t, n + 1) X(nbr, int32_t, 2 * m) X(via, int32_t, 2 * m)          \
    X(explicit_valence, int32_t, n) X(map, int32_t, n) X(at, int32_t, n) X(isotope, uint16_t, n)       \
    X(radicals, uint8_t, n) X(tag, uint8_t, n) X(permutation, uint8_t, n)                              \
    X(stereo_atom, int32_t, 2 * m) X(kekule, uint8_t, m) X(dir, uint8_t, m) X(stereo, uint8_t, m)
// May be absent.
#define EACH_LATER_ARRAY(X)                                                                           \
    X(xyz, double, 3 * n) X(ring_start, int32_t, (size_t)mol->n_rings + 1)                            \
    X(ring_atoms, uint64_t, (size_t)mol->n_rings) X(ring_bonds, uint64_t, (size_t)mol->n_rings)       \
    X(ring_atom, int32_t, ring_size(mol)) X(ring_bond, int32_t, ring_size(mol)) X(hybridisation, uint8_t, n) \
    X(cip, uint8_t, n) X(cip_rank, int32_t, n) X(mate_start, int32_t, n + 1) X(mate, int32_t, mate_size(mol))

static size_t ring_size(const aryl_mol *mol) { return mol->ring_start ? (size_t)mol->ring_start[mol->n_rings] : 0; }

static size_t mate_size(const aryl_mol *mol) { return mol->mate_start ? (size_t)mol->mate_start[mol->n_atoms] : 0; }

#define ROUND_UP(bytes) (((bytes) + 15) & ~(size_t)15)   // so that sets can be made of any array of bytes
#define ADD_SIZE(field, type, count) size += ROUND_UP((count) * sizeof(type));
#define PLACE(field, type, count)            \
    mol->field = (type *)(void *)next;       \
    next += ROUND_UP((count) * sizeof(type));

// start[a] is the end of a's list. Bonds from the last to the first walk it down to its start, so that each list is in
// ascending bond order.
static void link_neighbours(aryl_mol *mol)
{
    int32_t *restrict start = mol->start, *restrict nbr = mol->nbr, *restrict via = mol->via;
    const int32_t *restrict begin = mol->begin, *restrict end = mol->end;
    for (int32_t b = mol->n_bonds - 1; b >= 0; b--) {
        int32_t from = begin[b], to = end[b], i = --start[from], j = --start[to];
        nbr[i] = to;
        nbr[j] = from;
        via[i] = via[j] = b;
    }
}

// What of a raw graph is kept, as a raw graph of its own.
static aryl_status raw_part(const raw_mol *raw, const uint8_t *keep, arena *mem, raw_mol *out)
{
    int32_t *index = arena_new(mem, int32_t, raw->n_atoms);
    *out = *raw;
    out->n_atoms = out->n_bonds = 0;
    out->atom = arena_new(mem, raw_atom, raw->n_atoms);
    out->bond = arena_new(mem, raw_bond, raw->n_bonds);
    out->xyz = raw->xyz ? arena_new(mem, double, 3 * (int64_t)raw->n_atoms) : NULL;
    if (!index || !out->atom || !out->bond || (raw->xyz && !out->xyz)) return ARYL_E_NOMEM;
    out->cap_atoms = raw->n_atoms;
    out->cap_bonds = raw->n_bonds;
    for (int32_t a = 0; a < raw->n_atoms; a++) {
        index[a] = keep[a] ? out->n_atoms : -1;
        if (!keep[a]) continue;
        if (out->xyz) memcpy(out->xyz + 3 * (size_t)out->n_atoms, raw->xyz + 3 * (size_t)a, 3 * sizeof *out->xyz);
        out->atom[out->n_atoms] = raw->atom[a];
        out->atom[out->n_atoms++].degree = 0;
    }
    for (int32_t b = 0; b < raw->n_bonds; b++) {
        raw_bond bond = raw->bond[b];
        bond.begin = index[bond.begin];
        bond.end = index[bond.end];
        if (bond.begin < 0 || bond.end < 0) continue;
        for (int32_t side = 0; side < 2; side++)
            if (bond.stereo_atom[side] >= 0) bond.stereo_atom[side] = index[bond.stereo_atom[side]];
        out->atom[bond.begin].degree++;
        out->atom[bond.end].degree++;
        out->bond[out->n_bonds++] = bond;
    }
    return ARYL_OK;
}

// The fields that few atoms have, as one word.
static inline uint64_t rare_fields(const raw_atom *a)
{
    uint64_t all;
    static_assert(offsetof(raw_atom, at) == offsetof(raw_atom, radicals) + sizeof all, "they stand together");
    memcpy(&all, (const char *)a + offsetof(raw_atom, radicals), sizeof all);
    return all;
}

static uint32_t copy_atoms(const raw_mol *raw, aryl_mol *mol)   // rare fields of *mol are zero; returns all flags
{
    uint8_t *restrict z = mol->z, *restrict explicit_h = mol->explicit_h, *restrict flags = mol->atom_flags;
    uint8_t *restrict tag = mol->tag;
    int8_t *restrict charge = mol->charge;
    int32_t *restrict at = mol->at, *restrict start = mol->start;
    int32_t n = raw->n_atoms, sum = 0;
    uint32_t all_flags = 0;
    uint64_t rare = 0;
    for (int32_t i = 0; i < n; i++) {
        const raw_atom *restrict a = &raw->atom[i];
        z[i] = a->z;
        flags[i] = a->flags;
        tag[i] = a->tag;
        explicit_h[i] = a->explicit_h;
        charge[i] = a->charge;
        at[i] = a->at;
        start[i] = sum += a->degree;
        all_flags |= a->flags;
        rare |= rare_fields(a);
    }
    start[n] = sum;
    for (int32_t i = 0; rare && i < n; i++) {
        mol->radicals[i] = raw->atom[i].radicals;
        mol->permutation[i] = raw->atom[i].permutation;
        mol->isotope[i] = raw->atom[i].isotope;
        mol->map[i] = raw->atom[i].map;
    }
    return all_flags;
}

static uint32_t copy_bonds(const raw_mol *raw, aryl_mol *mol)
{
    int32_t *restrict begin = mol->begin, *restrict end = mol->end, *restrict stereo_atom = mol->stereo_atom;
    uint8_t *restrict type = mol->type, *restrict flags = mol->bond_flags, *restrict dir = mol->dir, *restrict stereo = mol->stereo;
    int32_t n = raw->n_bonds;
    uint32_t all_flags = 0;
    for (int32_t i = 0; i < n; i++) {
        const raw_bond *restrict b = &raw->bond[i];
        begin[i] = b->begin;
        end[i] = b->end;
        memcpy(stereo_atom + 2 * (size_t)i, b->stereo_atom, sizeof b->stereo_atom);
        type[i] = b->type;
        flags[i] = b->flags;
        dir[i] = b->dir;
        stereo[i] = b->stereo;
        all_flags |= b->flags;
    }
    return all_flags;
}

aryl_status mol_from_raw(const raw_mol *raw, const uint8_t *keep, arena *mem, aryl_mol **out)
{
    raw_mol part;
    if (keep) {
        TRY(raw_part(raw, keep, mem, &part));
        raw = &part;
    }
    size_t n = (size_t)raw->n_atoms, m = (size_t)raw->n_bonds, size = ROUND_UP(sizeof(aryl_mol));
    EACH_ARRAY(ADD_SIZE)
    if (raw->xyz) size += 3 * n * sizeof(double);
    char *next = arena_bytes(mem, 1, size);
    if (!next) return ARYL_E_NOMEM;
    aryl_mol *mol = (aryl_mol *)(void *)next;
    *mol = (aryl_mol){.n_atoms = raw->n_atoms, .n_bonds = raw->n_bonds, .is_3d = raw->is_3d, .has_wedge = raw->has_wedge,
                      .from_molfile = raw->from_molfile, .name = raw->name, .name_len = raw->name_len};
    next += ROUND_UP(sizeof(aryl_mol));
    EACH_ARRAY(PLACE)
    if (raw->xyz) {
        mol->xyz = (double *)(void *)next;
        memcpy(mol->xyz, raw->xyz, 3 * n * sizeof *mol->xyz);
    }
    memset(mol->implicit_h, 0, n);
    memset(mol->explicit_valence, 0, n * sizeof *mol->explicit_valence);
    memset(mol->radicals, 0, n);
    memset(mol->permutation, 0, n);
    memset(mol->isotope, 0, n * sizeof *mol->isotope);
    memset(mol->map, 0, n * sizeof *mol->map);
    uint32_t atom_flags = copy_atoms(raw, mol), bond_flags = copy_bonds(raw, mol);
    mol->has_query = (atom_flags & ATOM_QUERY) || (bond_flags & BOND_IS_QUERY);
    memcpy(mol->kekule, mol->type, m);
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
        EACH_ARRAY(ADD_SIZE)
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
    EACH_ARRAY(COPY)
    EACH_LATER_ARRAY(COPY)
    if (name) memcpy(next, from->name, name);
    next[name] = 0;
    mol->name = next;
    mol->name_len = (int64_t)name;
    mol->block_size = size + name + 1 > INT32_MAX ? INT32_MAX : (int32_t)(size + name + 1);
    mol->atom_kinds = mol_atom_kinds(mol);
    mol->smallest_ring = mol_smallest_ring(mol);
    *out = mol;
    return ARYL_OK;
}

void mol_free(aryl_mol *m) { mem_free(m); }
