/** mol.h - one molecule: read from text, frozen, looked at.
 *
 *  A molecule is read, perceived as RDKit perceives it (valences, hydrogens, rings, aromaticity) and never changes
 *  again, so that threads may share it. Its atoms, bonds and rings are handed out as arrays.
 */
#ifndef ARYL_MOL_H
#define ARYL_MOL_H

#include "aryl/core.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aryl_mol aryl_mol;

/** Reads one molecule.
 *  shape    text[0 .. len) need not be terminated; format is "smiles" (NULL means that too: one line, a name after the
 *           SMILES is kept) or "mol" (one molfile, V2000 or V3000, up to M  END)
 *  owner    *out is yours until aryl_mol_free(*out); NULL on failure. The text may go away.
 *  threads  safe
 *  errors   ARYL_E_SYNTAX, ARYL_E_VALENCE, ARYL_E_KEKULE (err->offset points into text), ARYL_E_UNSUPPORTED,
 *           ARYL_E_LIMIT (the default limits of a batch, batch.h), ARYL_E_UNKNOWN (no such format), ARYL_E_NOMEM
 *  cost     O(len), rings of unusual size apart
 */
ARYL_API aryl_status aryl_mol_parse(const char *text, int64_t len, const char *format, aryl_mol **out, aryl_error *err);

/** Gives a molecule back; NULL is fine. */
ARYL_API void aryl_mol_free(aryl_mol *mol);

/** Number of atoms. Hydrogens that RDKit folds into their neighbours are not atoms. */
ARYL_API int32_t aryl_mol_n_atoms(const aryl_mol *mol);

/** Number of bonds. */
ARYL_API int32_t aryl_mol_n_bonds(const aryl_mol *mol);

/** Number of rings: RDKit's symmetrised set of smallest rings. */
ARYL_API int32_t aryl_mol_n_rings(const aryl_mol *mol);

/** The name that stood after the SMILES or in the molfile's first line.
 *  shape    *len bytes, terminated as well; "" without a name
 *  owner    the molecule's
 */
ARYL_API const char *aryl_mol_name(const aryl_mol *mol, int64_t *len);

/** What can be asked of atoms. Values are pinned and only ever appended to. */
enum {
    ARYL_ATOM_NUMBER = 1,         /* atomic number; 0 is "any atom" */
    ARYL_ATOM_CHARGE = 2,         /* formal charge, e */
    ARYL_ATOM_ISOTOPE = 3,        /* mass number; 0 natural */
    ARYL_ATOM_DEGREE = 4,         /* neighbours that are atoms */
    ARYL_ATOM_HYDROGENS = 5,      /* all hydrogens: those that are atoms, written ones and implicit ones */
    ARYL_ATOM_EXPLICIT_H = 6,     /* hydrogens written in the atom's bracket, or fixed by a rule */
    ARYL_ATOM_IMPLICIT_H = 7,     /* hydrogens that fill the valence */
    ARYL_ATOM_RADICALS = 8,       /* unpaired electrons */
    ARYL_ATOM_AROMATIC = 9,       /* 0 or 1 */
    ARYL_ATOM_HYBRIDISATION = 10, /* 0 unspecified, 1 s, 2 sp, 3 sp2, 4 sp3, 5 sp2d, 6 sp3d, 7 sp3d2, 8 other */
    ARYL_ATOM_IN_RING = 11,       /* 0 or 1 */
    ARYL_ATOM_MAP = 12,           /* atom map number; 0 none */
    ARYL_ATOM_TAG = 13,           /* handedness, where it means something: 0 none, 1 clockwise, 2 counter-clockwise, 3.. other classes */
    ARYL_ATOM_OFFSET = 14,        /* where the atom stands in the text, bytes */
    ARYL_ATOM_LABEL = 15,         /* stereo label of RDKit's legacy perception: 0 none, 1 R, 2 S */
    ARYL_ATOM_RANK = 16,          /* the rank behind it, _CIPRank; -1 in a molecule without anything to label */
    ARYL_ATOM_CENTRE = 17,        /* 1: could have a label, whether or not a tag was written */
    ARYL_ATOM_SCAFFOLD = 18       /* 1: of the Bemis-Murcko scaffold, RDKit's GetScaffoldForMol */
};

/** What can be asked of bonds. Values are pinned and only ever appended to. */
enum {
    ARYL_BOND_BEGIN = 1,          /* index of its first atom */
    ARYL_BOND_END = 2,            /* index of its second atom */
    ARYL_BOND_TYPE = 3,           /* RDKit's numbers: 1 single, 2 double, 3 triple, 4 quadruple, 12 aromatic, 17 dative, 21 zero */
    ARYL_BOND_KEKULE = 4,         /* the same, aromatic bonds as the single or double bonds of one Kekule form */
    ARYL_BOND_AROMATIC = 5,       /* 0 or 1 */
    ARYL_BOND_CONJUGATED = 6,     /* 0 or 1 */
    ARYL_BOND_IN_RING = 7,        /* 0 or 1 */
    ARYL_BOND_MARK = 8,           /* where it means something: 0 none, 1 wedge, 2 dash, 3 backslash, 4 slash, 5 crossed, 6 wavy */
    ARYL_BOND_STEREO = 9,         /* 0 none, 1 known to be unknown, 2 Z, 3 E, 4 cis, 5 trans; 6, 7 a single bond that cannot turn */
    ARYL_BOND_STEREO_BEGIN = 10,  /* the neighbour of its first atom that the label refers to; -1 none */
    ARYL_BOND_STEREO_END = 11     /* the neighbour of its second atom */
};

/** One property of all atoms.
 *  shape    out[aryl_mol_n_atoms(mol)]; capacity counts elements
 *  threads  safe
 *  errors   ARYL_E_UNKNOWN (no such property), ARYL_E_SPACE (capacity too small; nothing written), ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_mol_atoms(const aryl_mol *mol, int32_t property, int32_t *out, int64_t capacity);

/** One property of all bonds.
 *  shape    out[aryl_mol_n_bonds(mol)]; capacity counts elements
 *  threads  safe
 *  errors   ARYL_E_UNKNOWN (no such property), ARYL_E_SPACE (capacity too small; nothing written)
 */
ARYL_API aryl_status aryl_mol_bonds(const aryl_mol *mol, int32_t property, int32_t *out, int64_t capacity);

/** The rings.
 *  shape    start[aryl_mol_n_rings(mol) + 1]; ring r is atoms[start[r] .. start[r + 1]), in order around the ring, and
 *           bonds[k] joins atoms[k] to the next. atoms and bonds may be NULL: start[n_rings] tells how many they hold;
 *           capacity counts their elements
 *  threads  safe
 *  errors   ARYL_E_SPACE (start is written, the others are not)
 */
ARYL_API aryl_status aryl_mol_rings(const aryl_mol *mol, int32_t *start, int32_t *atoms, int32_t *bonds, int64_t capacity);

/** The coordinates of a molfile, as written.
 *  shape    out[aryl_mol_n_atoms(mol)][3]; capacity counts doubles
 *  units    the file's, commonly angstrom
 *  errors   ARYL_E_UNSUPPORTED (the molecule has none), ARYL_E_SPACE
 */
ARYL_API aryl_status aryl_mol_coordinates(const aryl_mol *mol, double *out, int64_t capacity);

/** Symbol of an element, "Cl"; "*" for 0, NULL beyond the last element. Static text. */
ARYL_API const char *aryl_element_symbol(int32_t number);

/** Working memory that calls on single molecules reuse, so that a loop over molecules settles down to no allocation. */
typedef struct aryl_scratch aryl_scratch;

/** Makes a scratch.
 *  owner    *out is yours until aryl_scratch_free(*out)
 *  threads  a scratch serves one call at a time; give each thread its own
 *  errors   ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_scratch_new(aryl_scratch **out);

/** Gives a scratch back; NULL is fine. */
ARYL_API void aryl_scratch_free(aryl_scratch *scratch);

#ifdef __cplusplus
}
#endif
#endif
