// mol.h - the molecule: a graph and the facts known about it. Knows no file format and deduces nothing:
// io/ fills the raw graph, perceive/ makes the molecule of it, everybody above only reads.
#ifndef ARYL_MOL_ROOM_H
#define ARYL_MOL_ROOM_H

#include "base/base.h"

// ---- vocabulary; the numbers are RDKit's where it has them, because hashes are made of them

enum {   // bond types
    BOND_UNSPECIFIED = 0, BOND_SINGLE = 1, BOND_DOUBLE = 2, BOND_TRIPLE = 3, BOND_QUADRUPLE = 4, BOND_QUINTUPLE = 5,
    BOND_HEXTUPLE = 6, BOND_AROMATIC = 12, BOND_IONIC = 13, BOND_HYDROGEN = 14, BOND_DATIVE = 17, BOND_ZERO = 21
};
enum {   // marks on a bond as written
    DIR_NONE = 0, DIR_WEDGE = 1, DIR_DASH = 2, DIR_DOWN = 3 /* backslash */, DIR_UP = 4 /* slash */,
    DIR_EITHER = 5 /* crossed double bond */, DIR_UNKNOWN = 6 /* wavy */
};
enum {
    STEREO_NONE = 0, STEREO_ANY = 1, STEREO_Z = 2, STEREO_E = 3, STEREO_CIS = 4, STEREO_TRANS = 5,
    STEREO_ATROP_CW = 6, STEREO_ATROP_CCW = 7   // of single bonds that cannot turn
};
enum {   // handedness tags of atoms
    TAG_NONE = 0, TAG_CW = 1, TAG_CCW = 2, TAG_OTHER = 3, TAG_TETRAHEDRAL = 4, TAG_ALLENE = 5, TAG_SQUARE_PLANAR = 6,
    TAG_TRIGONAL_BIPYRAMIDAL = 7, TAG_OCTAHEDRAL = 8
};
enum {   // hybridisation
    HYB_UNSPECIFIED = 0, HYB_S = 1, HYB_SP = 2, HYB_SP2 = 3, HYB_SP3 = 4, HYB_SP2D = 5, HYB_SP3D = 6, HYB_SP3D2 = 7,
    HYB_OTHER = 8
};
enum {   // atom flags
    ATOM_AROMATIC = 1, ATOM_NO_IMPLICIT = 2, ATOM_QUERY = 4, ATOM_HAS_MAP = 8, ATOM_START = 16 /* first of a part */,
    ATOM_RING = 32, ATOM_KEEP = 64 /* a hydrogen that something else in the file refers to */,
    ATOM_POSSIBLE_CENTRE = 128 /* legacy stereo: could have a label, whether or not a tag says which */
};
enum { CIP_NONE = 0, CIP_R = 1, CIP_S = 2 };   // legacy labels, close to those of Cahn, Ingold and Prelog
enum {   // bond flags
    BOND_IS_AROMATIC = 1, BOND_IS_CONJUGATED = 2, BOND_IS_RING = 4, BOND_IS_QUERY = 8,
    BOND_NO_H = 16 /* molfile query bond 5..7: its atoms get no implicit hydrogens */,
    BOND_UNKNOWN_STEREO = 32 /* a wavy single bond */,
    BOND_DRAWN = 192 /* mask: how the bond was drawn, narrow end at its begin */, BOND_DRAWN_UP = 64 /* wedge */,
    BOND_DRAWN_WAVY = 128, BOND_DRAWN_DOWN = 192 /* dash */
};

#define ELEMENT_MAX 118

// What is known about an element. elements_table.h says where the numbers are from.
typedef struct element {
    char symbol[4];
    int8_t valence[5];       // allowed valences, first is the default; ended by ELEMENT_END, -1 is "any"
    uint8_t outer;           // outer electrons
    uint16_t common_isotope; // mass number of the most common isotope
    double weight, common_mass, rb0;
} element;
#define ELEMENT_END (-2)
extern const element elements[ELEMENT_MAX + 1];
int32_t element_by_symbol(const char *symbol, int32_t len);      // atomic number, -1 for none; "*" is 0; "C", not "c"
double element_isotope_mass(int32_t z, int32_t isotope);         // 0 when the table has no such isotope
bool element_is_metal(int32_t z);                                // as RDKit's organometallic clean-up sees it
bool element_is_early(int32_t z);                                // left of carbon: charges count the other way

// ---- the raw graph: what was written, nothing deduced

typedef struct raw_atom {
    uint8_t z, flags, tag, explicit_h;
    int8_t charge;
    int16_t valence_field;   // molfile only; 0: none
    // what few atoms have, together; map: meaning only with ATOM_HAS_MAP
    uint8_t radicals, permutation;
    uint16_t isotope;
    int32_t map;
    int32_t at;              // byte offset in the text, for error messages
    int32_t degree;          // bonds so far
} raw_atom;

typedef struct raw_bond {
    int32_t begin, end;
    int32_t stereo_atom[2];  // neighbours of begin and end that stereo refers to, -1 for none
    uint8_t type, flags, dir, stereo;
} raw_bond;

typedef struct raw_mol {
    arena *mem;
    raw_atom *atom;
    raw_bond *bond;
    double *xyz;             // [n_atoms][3] of the first flat conformer, else of the first; NULL for none
    int32_t n_atoms, cap_atoms, n_bonds, cap_bonds;
    bool is_3d, has_wedge, from_molfile;
    bool by_number;          // some elements were given by number, which need not exist
    const char *name;        // in the text that was read
    int64_t name_len;
} raw_mol;

void raw_init(raw_mol *r, arena *mem);
bool raw_more_atoms(raw_mol *r);   // room for at least one more; false: no memory
bool raw_more_bonds(raw_mol *r);
// The new atom or bond (zeroed but for stereo_atom = -1), or NULL: no memory. Indices are stable, pointers are not.
static inline raw_atom *raw_add_atom(raw_mol *r)
{
    if (r->n_atoms == r->cap_atoms && !raw_more_atoms(r)) return NULL;
    raw_atom *a = &r->atom[r->n_atoms++];
    *a = (raw_atom){0};
    return a;
}
static inline raw_bond *raw_add_bond(raw_mol *r, int32_t begin, int32_t end, int32_t type)
{
    if (r->n_bonds == r->cap_bonds && !raw_more_bonds(r)) return NULL;
    raw_bond *b = &r->bond[r->n_bonds++];
    *b = (raw_bond){.begin = begin, .end = end, .stereo_atom = {-1, -1}, .type = (uint8_t)type};
    r->atom[begin].degree++;
    r->atom[end].degree++;
    return b;
}

// ---- the molecule

struct aryl_mol {
    int32_t n_atoms, n_bonds, n_rings;
    // atoms [n_atoms]
    uint8_t *z;               // atomic number; 0 is "any"
    int8_t *charge;           // formal charge, e
    uint8_t *explicit_h;      // hydrogens written or fixed by a rule, not nodes
    uint8_t *implicit_h;      // hydrogens that fill the valence, not nodes; 0 where ATOM_NO_IMPLICIT
    uint8_t *radicals;        // unpaired electrons
    uint8_t *atom_flags;      // ATOM_*
    uint8_t *tag, *permutation;
    uint8_t *hybridisation;   // HYB_*; NULL until perceived
    uint16_t *isotope;        // mass number, 0: natural
    int32_t *explicit_valence;// RDKit's rounded sum of bond orders plus explicit hydrogens
    int32_t *map;
    int32_t *at;              // byte offset in the text
    // bonds [n_bonds]
    int32_t *begin, *end;
    uint8_t *type;            // BOND_*; aromatic bonds are BOND_AROMATIC
    uint8_t *kekule;          // the same with aromatic bonds as the single or double bonds that were found for them
    uint8_t *bond_flags;      // BOND_IS_*
    uint8_t *dir, *stereo;
    int32_t *stereo_atom;     // [n_bonds][2]
    // neighbours of a: nbr[start[a] .. start[a + 1]), through bonds via[same index], in ascending bond number
    int32_t *start, *nbr, *via;
    // rings: relevant cycles, ring r is ring_atom[ring_start[r] .. ring_start[r + 1]); ring_bond[k] joins atom k and the next
    int32_t *ring_start, *ring_atom, *ring_bond;
    uint64_t *ring_atoms, *ring_bonds;   // [n_rings] the same as sets, in molecules of up to 64 atoms and bonds; or NULL
    // stereo as RDKit's legacy perception has it; NULL until perceived
    uint8_t *cip;             // CIP_* of each atom
    int32_t *cip_rank;        // [n_atoms]; also NULL where nothing was to be ranked, or no label needed it
    // ring atoms whose tags mean something relative to each other only: those of a are mate[mate_start[a] .. mate_start[a + 1]),
    // each as atom + 1, negative when the tags differ. NULL: none
    int32_t *mate_start, *mate;
    double *xyz;              // [n_atoms][3] or NULL
    bool is_3d, has_wedge, from_molfile, has_query;
    const char *name;
    int64_t name_len;
    // of a frozen molecule, to see at once that a pattern does not fit
    uint64_t atom_kinds;
    int32_t block_size;       // bytes from here on that are its own
    int32_t smallest_ring;    // cycles have at least so many atoms; INT32_MAX: there is none, 0: not known
};
typedef struct aryl_mol aryl_mol;

static inline int32_t mol_degree(const aryl_mol *m, int32_t a) { return m->start[a + 1] - m->start[a]; }
static inline int32_t mol_other(const aryl_mol *m, int32_t b, int32_t a) { return m->begin[b] == a ? m->end[b] : m->begin[b]; }
// Hydrogens of an atom that are not nodes.
static inline int32_t mol_hidden_h(const aryl_mol *m, int32_t a) { return m->explicit_h[a] + m->implicit_h[a]; }
static inline int32_t mol_total_degree(const aryl_mol *m, int32_t a) { return mol_degree(m, a) + mol_hidden_h(m, a); }
static inline bool mol_aromatic(const aryl_mol *m, int32_t a) { return m->atom_flags[a] & ATOM_AROMATIC; }
// A kind of atoms: ranges, both ends included. Each atom is of one kind; kind k is bit k of atom_kinds.
typedef struct mol_kind {
    int16_t type[2];          // 2 * atomic number + aromatic
    int16_t charge[2], total_h[2];
} mol_kind;
enum { MOL_KINDS = 58 };
extern const mol_kind mol_kinds[MOL_KINDS];
uint64_t mol_atom_kinds(const aryl_mol *m);
uint64_t mol_sort_kinds(const aryl_mol *m, uint64_t *atoms);   // the same of up to 64 atoms, and of each kind the set of them
int32_t mol_smallest_ring(const aryl_mol *m);
int32_t mol_total_h(const aryl_mol *m, int32_t a);        // with hydrogen neighbours
int32_t mol_bond_between(const aryl_mol *m, int32_t a, int32_t b);   // -1: none
double mol_atom_mass(const aryl_mol *m, int32_t a);       // u, isotope aware, without hydrogens

// A molecule under construction from the atoms and bonds of *raw for which keep[] is set (NULL: all): arrays in one
// block of mem, neighbour lists built, nothing deduced. ARYL_E_NOMEM.
aryl_status mol_from_raw(const raw_mol *raw, const uint8_t *keep, arena *mem, aryl_mol **out);
// A copy in one block of its own, independent of any arena; mol_free gives it back.
aryl_status mol_freeze(const aryl_mol *m, aryl_mol **out);
void mol_free(aryl_mol *m);
// Checks that every index, list and ring is consistent; NULL or what is wrong. For tests.
const char *mol_validate(const aryl_mol *m);

#endif
