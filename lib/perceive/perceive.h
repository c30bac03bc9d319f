// perceive.h - raw graph -> molecule: everything a chemist would deduce from what was written, in RDKit's order and
// with RDKit's errors. Knows no grammar.
#ifndef ARYL_PERCEIVE_H
#define ARYL_PERCEIVE_H

#include "graph/graph.h"
#include "mol/mol.h"

enum {   // stages beyond what every molecule needs; MOL_* bits of `want`
    PERCEIVE_ELECTRONS = 1,   // conjugation and hybridisation
    PERCEIVE_STEREO = 2,      // legacy stereo: which tags stay, labels, E/Z
    PERCEIVE_RANKS = 8,       // with that, the ranks behind labels even where no label needs them: cip_rank
    PERCEIVE_PLAINLY = 4      // by the general forms alone, which all others must equal: for tests
};

// Removes hydrogens, cleans up, checks valences, finds Kekule form, rings, radicals and aromaticity.
// *out lives in mem, as do the leftovers of the work; the raw graph is not changed.
// errors  ARYL_E_VALENCE, ARYL_E_KEKULE (offset: the atom's place in the text), ARYL_E_LIMIT, ARYL_E_NOMEM
aryl_status perceive(const raw_mol *raw, uint32_t want, arena *mem, aryl_mol **out, aryl_error *err);

// Conjugation marks and hybridisation of a molecule that lacks them, into arrays of the caller: bond_flags' (n_bonds
// bytes, BOND_IS_CONJUGATED or 0) and hyb (n_atoms). For molecules read without PERCEIVE_ELECTRONS.
aryl_status perceive_electrons(const aryl_mol *m, arena *tmp, uint8_t *conjugated, uint8_t *hyb);
// The hybridisation of one atom. Without conjugation marks (NULL) -1 where they decide: the others cost little.
int32_t perceive_hybrid(const aryl_mol *m, int32_t atom, const uint8_t *conjugated);

// The graph of a molecule, for graph/.
static inline graph perceive_graph(const aryl_mol *m)
{
    return (graph){m->n_atoms, m->n_bonds, m->start, m->nbr, m->via, m->begin, m->end};
}

// Ranks behind legacy stereo labels, dense: anew (label NULL), or those that rank[] holds refined by label[] < 256. With
// asked not NULL only as far as the neighbours of those atoms are told apart, or cannot be.
aryl_status perceive_cip_ranks(const aryl_mol *m, const uint8_t *label, const int32_t *asked, int32_t n_asked, arena *tmp,
                               int32_t *rank);
static inline bool perceive_neighbours_differ(const aryl_mol *m, int32_t atom, const int32_t *rank)
{
    for (int32_t i = m->start[atom] + 1; i < m->start[atom + 1]; i++)
        for (int32_t j = m->start[atom]; j < i; j++)
            if (rank[m->nbr[i]] == rank[m->nbr[j]]) return false;
    return true;
}

// What keeps an amine from turning inside out: a ring of three, or every ring here sharing two bonds with another here.
bool perceive_in_ring_of_3(const aryl_mol *m, int32_t atom);
aryl_status perceive_bridgehead(const aryl_mol *m, int32_t atom, arena *tmp, bool *yes);
// A bond that counts as a ligand of the atom; a dative bond does at the atom that takes.
static inline bool perceive_is_ligand(const aryl_mol *m, int32_t bond, int32_t atom)
{
    int32_t type = m->type[bond];
    return type != BOND_UNSPECIFIED && type != BOND_ZERO && !(type == BOND_DATIVE && m->begin[bond] == atom);
}

// Carbon that is no centre, by its neighbours alone: most atoms.
static inline bool perceive_flat_carbon(const aryl_mol *m, int32_t atom)
{
    int32_t degree = mol_degree(m, atom);
    return m->z[atom] == 6 && (degree < 3 || degree + mol_hidden_h(m, atom) < 4);
}

// ---- within the room: the stages, each in its own file, on a molecule under construction

// hydrogens.c: raw graph -> molecule without the hydrogens that RDKit drops.
aryl_status perceive_hydrogens(const raw_mol *raw, arena *mem, aryl_mol **out, aryl_error *err);
void perceive_tagged_h(aryl_mol *m);   // last step: a tagged atom keeps no more than one written hydrogen

// drawing.c, geometry.c, directions.c: tags from wedges (valences known; done[] is scratch, a byte an atom) or from
// coordinates in space (ARYL_E_FORMAT: two atoms in one place); directions beside double bonds from coordinates (rings
// known; ARYL_E_NOMEM).
void perceive_drawing(aryl_mol *m, uint8_t *done);
aryl_status perceive_geometry(aryl_mol *m, aryl_error *err);
aryl_status perceive_directions(aryl_mol *m, arena *tmp);

// atropisomers.c: handedness of single bonds that cannot turn, on the graph as drawn and on the finished molecule.
// ARYL_E_FORMAT: wedges at an end with too many bonds.
aryl_status perceive_atropisomers(aryl_mol *m, arena *tmp, aryl_error *err);
aryl_status perceive_atropisomers_again(aryl_mol *m, arena *mem, aryl_error *err);

// valence.c. Bond orders are doubled, so that an aromatic bond is 3.
extern const uint8_t perceive_order2[256];                                     // by bond type
static inline int32_t perceive_bond_order2(const aryl_mol *m, int32_t bond, int32_t atom)   // what a bond adds to an atom's valence
{
    int32_t type = m->type[bond];
    return type == BOND_DATIVE && m->end[bond] != atom ? 0 : perceive_order2[type];
}
bool perceive_near_aromatic(const aryl_mol *m, int32_t atom);                  // it, or a bond of it, is marked aromatic
// Of all atoms; returns the lowest that is refused, or -1. *seen: whether there is an atom that clean-up might change, one
// that has not its element's first valence; whether there is a metal.
enum { SEEN_UNTIDY = 1, SEEN_METAL = 2 };
int32_t perceive_valences(aryl_mol *m, uint32_t *seen);
bool perceive_valence_of(aryl_mol *m, int32_t atom);                           // of one; false: refused
void perceive_implicit_of(aryl_mol *m, int32_t atom);                          // only the hydrogens, explicit_valence standing
aryl_status perceive_valence_error(aryl_mol *m, int32_t atom, aryl_error *err);
aryl_status perceive_charge_error(const aryl_mol *m, int32_t atom, aryl_error *err);   // nothing is isoelectronic to it

// cleanup.c: nitro and its like, and dative bonds to metals. *changed: valences have to be counted again.
void perceive_cleanup(aryl_mol *m, bool *changed);
aryl_status perceive_organometallics(aryl_mol *m, arena *tmp, bool *changed, aryl_error *err);

// canon.c: RDKit's canonical ranks of the molecule as it stands, ties broken or not. rank[n_atoms].
enum { CANON_CHIRALITY = 1, CANON_ISOTOPES = 2, CANON_MAPS = 4, CANON_BREAK_TIES = 8 };
aryl_status perceive_ranks(const aryl_mol *m, uint32_t flags, arena *tmp, int32_t *rank);

// stereo.c, stereo_ranks.c, stereo_rings.c: legacy stereo. An atom that RDKit's table of ranks has no room for, -1: none.
// Ring centres that mean something together, into m->mate_start and m->mate; NULL: none.
aryl_status perceive_stereo(aryl_mol *m, bool all_ranks, arena *mem, aryl_error *err);
aryl_status perceive_crowds(aryl_mol *m, arena *mem, aryl_error *err);
int32_t perceive_cip_overflow(const aryl_mol *m);
aryl_status perceive_ring_mates(aryl_mol *m, const int32_t *rank, arena *mem);

// perceive.c: conjugation and hybridisation into *m.
aryl_status perceive_add_electrons(aryl_mol *m, arena *mem);

// rings.c: relevant cycles into *m, and a minimum basis.
aryl_status perceive_rings(aryl_mol *m, arena *mem);
aryl_status perceive_basis(const aryl_mol *m, arena *mem, cycle_set *basis);

// kekule.c, radicals.c, aromatic.c. perceive_contribution: what a ring atom gives (GIVES_*) when first met in a ring of that
// size; zero stands for an atom not asked yet.
aryl_status perceive_kekule(aryl_mol *m, arena *tmp, aryl_error *err);
void perceive_radicals_of(aryl_mol *m, int32_t atom);
aryl_status perceive_aromatic(aryl_mol *m, arena *tmp, aryl_error *err);
enum { GIVES_UNKNOWN, GIVES_NOTHING, GIVES_VACANT, GIVES_ONE, GIVES_TWO, GIVES_ONE_OR_TWO };
aryl_status perceive_contribution(const aryl_mol *m, int32_t atom, int32_t ring_size, uint8_t *out, aryl_error *err);
void perceive_mark(aryl_mol *m, int32_t bond);

// ordinary.c: the three of them at once. What is open is left for them to do.
typedef enum perceive_pi {
    PI_OPEN,          // everything; nothing was changed
    PI_KEKULE,        // aromaticity; the Kekule form stands in place of what was marked
    PI_MARKED,        // nothing
    PI_AS_WRITTEN     // nothing, and valences are those of the marked form already
} perceive_pi;
perceive_pi perceive_ordinary(aryl_mol *m);

// aromatic.c: electrons that an atom has left for a pi system, -1: none can be.
int32_t perceive_pi_electrons(const aryl_mol *m, int32_t atom);

#endif
