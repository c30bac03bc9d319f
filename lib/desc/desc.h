// desc.h - molecule -> numbers. A family computes values that share work; the registry gives each value its name and its
// place in RDKit's list. A family is one file, a value one line of desc_list.h, or of own_list.h if it is not RDKit's.
#ifndef ARYL_DESC_ROOM_H
#define ARYL_DESC_ROOM_H

#include "facts/facts.h"

typedef struct desc_family {
    const char *name, *source;
    int32_t n_values;
    bool patterns;                // needs facts_patterns
    uint32_t want;                // PERCEIVE_* stages that the molecule has to be read with
    // out[n_values]; NaN where RDKit gives NaN or raises. ARYL_E_NOMEM, ARYL_E_LIMIT
    aryl_status (*run)(facts *f, double *out);
} desc_family;

#define DESC_MAX_VALUES 96        // of one family
typedef struct desc_value {
    const char *name;             // RDKit's, "MolWt"
    const desc_family *family;
    int32_t index;                // place among the family's values
    bool integer;                 // counts; compared exactly
    const char *unit, *summary;
} desc_value;

extern const desc_value desc_values[];    // in the order of RDKit's Descriptors.descList, then our own
extern const int32_t desc_n_values, desc_n_reference;   // how many; how many of them are RDKit's
int32_t desc_find(const char *name, int64_t len);   // index into desc_values, -1: no such descriptor

typedef struct desc_group {
    const char *name;             // what a spec may say instead of many names
    const char *members, *summary;
} desc_group;
extern const desc_group desc_groups[];
extern const int32_t desc_n_groups;
int32_t desc_find_group(const char *name, int64_t len);   // -1: no such group
bool desc_in_group(int32_t value, int32_t group);

// What each atom adds to a number.
typedef struct desc_share {
    const char *name, *unit, *summary, *source;
    bool total;                   // atoms and rest sum up to the descriptor of this name
    bool patterns;                // needs facts_patterns
    // out[n_atoms]; *rest is what belongs to no atom, mostly hydrogens that are none
    aryl_status (*run)(facts *f, double *out, double *rest);
} desc_share;
extern const desc_share desc_shares[];
extern const int32_t desc_n_shares;
int32_t desc_find_share(const char *name, int64_t len);   // -1: no such share

// ---- within the room: the places of a family's values

enum { MASS_AVERAGE, MASS_HEAVY, MASS_EXACT, N_MASS };
enum {
    COUNT_VALENCE_ELECTRONS, COUNT_RADICAL_ELECTRONS, COUNT_CSP3_FRACTION, COUNT_HEAVY, COUNT_NHOH, COUNT_NO,
    COUNT_HETERO, N_COUNT
};
enum {
    RINGS_ALL, RINGS_HETERO, RINGS_AROMATIC, RINGS_AROMATIC_CARBO, RINGS_AROMATIC_HETERO, RINGS_ALIPHATIC,
    RINGS_ALIPHATIC_CARBO, RINGS_ALIPHATIC_HETERO, RINGS_SATURATED, RINGS_SATURATED_CARBO, RINGS_SATURATED_HETERO,
    RINGS_SPIRO, RINGS_BRIDGEHEAD, N_RINGS
};
enum { EXTREME_MAX_ABS, EXTREME_MAX, EXTREME_MIN_ABS, EXTREME_MIN, N_EXTREME };
enum { CHI_0, CHI_1, CHI_0N, CHI_1N, CHI_2N, CHI_3N, CHI_4N, CHI_0V, CHI_1V, CHI_2V, CHI_3V, CHI_4V, N_CHI };
enum { LIPINSKI_DONORS, LIPINSKI_ACCEPTORS, LIPINSKI_AMIDES, LIPINSKI_ROTORS, N_LIPINSKI };   // as in counts_table.h
enum { QED_MASS, QED_LOG_P, QED_ACCEPTORS, QED_DONORS, QED_POLAR, QED_ROTORS, QED_AROMATIC, QED_ALERTS, N_QED };
enum { RULE_LIPINSKI, RULE_VEBER, RULE_GHOSE, RULE_LEAD_LIKE, RULE_OF_THREE, RULE_OF_THREE_WIDE, N_RULES };
enum { STEREO_SCORE, STEREO_CENTRES, STEREO_UNSPECIFIED, N_STEREO };
enum { SHAPE_ALPHA, SHAPE_KAPPA1, SHAPE_KAPPA2, SHAPE_KAPPA3, SHAPE_PHI, N_SHAPE };

// Families that others build on.
extern const desc_family desc_mass, desc_tpsa, desc_composition, desc_rings, desc_counted;

void desc_polar_areas(const aryl_mol *m, double *out);   // [n_atoms] what each adds to TPSA

#endif
