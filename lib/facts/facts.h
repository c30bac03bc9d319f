// facts.h - what is derived from a finished molecule: each fact has one owner here, is computed when first asked for,
// and lives in the worker's scratch until the next molecule.
#ifndef ARYL_FACTS_H
#define ARYL_FACTS_H

#include "graph/graph.h"
#include "mol/mol.h"
#include "simd/simd.h"
#include "smarts/smarts.h"

typedef struct facts {
    const aryl_mol *mol;
    arena *mem;                    // everything below lives here
    const uint32_t *invariants;    // [n_atoms] of the caller's, instead of a circular kind's own; NULL: none
    // filled on demand, NULL until then; ask through the functions
    const int16_t *distance;       // [n_atoms][n_atoms] bonds between, GRAPH_FAR: none; SIMD_LISTS more can be read
    const uint8_t *hybridisation;  // [n_atoms] HYB_*
    const uint8_t *conjugated;     // [n_bonds] 0 or 1
    const uint8_t *ring_count;     // [n_atoms] rings through an atom, at most 255
    const uint8_t *total_h;        // [n_atoms] hydrogens, neighbours included
    const double *area_a2;         // [n_atoms] van der Waals surface, square angstrom
    smarts_run *patterns;          // the library's own patterns on this molecule
    double hydrogen_area_a2;       // what one average hydrogen adds to the sum of those
    const double *estate;          // [n_atoms] electrotopological state
    const double *partial_charge;  // [n_atoms] Gasteiger's, e; NaN where parameters lack and wherever that spreads
    bool charges_complete;         // every atom has parameters
    const int16_t *order_distance; // [n_atoms][n_atoms] twelfths of a single bond, through short strong bonds; GRAPH_FAR: none
    const int64_t *order_gap;      // [n_bonds] bonds of no length whose ends have no path: GAP_*; NULL: there are none
    const graph_elimination *elimination;   // of the graph of all bonds
    const double *log_p;           // [n_atoms] Crippen's share of logP, hydrogens apart
    const double *refractivity;    // [n_atoms] the same of molar refractivity, cm3/mol
    double total_log_p, total_refractivity;   // of the molecule with its hydrogens
    const uint8_t *centre;         // [n_atoms] 1: is or could be a stereocentre, 2: end of a double bond with E and Z, 3: both
    const uint8_t *scaffold;       // [n_atoms] 1: a ring atom, between rings, or double bonded to such
} facts;

static inline void facts_init(facts *f, const aryl_mol *mol, arena *mem) { *f = (facts){.mol = mol, .mem = mem}; }

// Each fills its fact if it is not there yet. ARYL_E_NOMEM, ARYL_E_LIMIT.
aryl_status facts_distance(facts *f);
aryl_status facts_electrons(facts *f);     // hybridisation, conjugated
aryl_status facts_rings(facts *f);         // ring_count
aryl_status facts_hydrogens(facts *f);     // total_h
aryl_status facts_area(facts *f);          // area_a2, hydrogen_area_a2
aryl_status facts_estate(facts *f);        // estate
aryl_status facts_charges(facts *f);       // partial_charge, charges_complete
aryl_status facts_order_distance(facts *f);// order_distance, order_gap
aryl_status facts_elimination(facts *f);   // elimination
aryl_status facts_crippen(facts *f);       // log_p, refractivity and their totals
aryl_status facts_patterns(facts *f);      // patterns
aryl_status facts_scaffold(facts *f);      // scaffold
aryl_status facts_centres(facts *f);       // centre; of a molecule read with PERCEIVE_STEREO

// Atoms without a path are ORDER_APART away from each other, except that a bond of no length is no way at all: its ends are
// GAP_NONE, or ORDER_APART and the number of twelfths, or GAP_ENDLESS.
#define ORDER_APART 1e8                    // single bonds
enum { GAP_NONE = -2, GAP_ENDLESS = -1 };
// Compiles the library's own patterns, once per process, so that a row need not. ARYL_E_NOMEM
aryl_status facts_prepare_patterns(void);

// The facts, none filled yet, of the molecule without its hydrogen nodes; in the same arena. ARYL_E_NOMEM
aryl_status facts_without_hydrogens(const facts *f, facts *out);
// The same of the molecule perceived once more, which is no other molecule unless dative bonds breed dative bonds. What
// perceive() answers.
aryl_status facts_again(const facts *f, facts *out);

// The library's own patterns, by table (facts/*_table.h) and row.
enum {
    PATTERNS_MACCS, PATTERNS_CRIPPEN, PATTERNS_FRAGMENTS, PATTERNS_FEATURES, PATTERNS_TOPOLOGY, PATTERNS_COUNTED,
    PATTERNS_ACCEPTORS, PATTERNS_ALERTS
};
int32_t facts_pattern(int32_t group, int32_t i);              // its number in f->patterns->set
const char *facts_pattern_text(int32_t group, int32_t i);
// Matches with different sets of atoms, at most `most` (0: no limit).
aryl_status facts_pattern_count(facts *f, int32_t group, int32_t i, int64_t most, int64_t *count);
aryl_status facts_pattern_counts(facts *f, int32_t group, int32_t n, int64_t most, int64_t *counts);   // of the first n rows

// ---- within the room

// Rows of Crippen's table for the atoms of an ordinary molecule; false: this one is not.
bool facts_crippen_simple(const aryl_mol *m, uint8_t *row);

#endif
