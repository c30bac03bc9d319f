// smarts.h - pattern x molecule: reads SMARTS, and finds where a pattern fits a finished molecule, with RDKit's answers
// in RDKit's order. Knows no file, and no fingerprint or descriptor that is made of patterns.
//
// Patterns live in sets. The atom expressions of all patterns of a set are interned, so that asking many patterns about
// one molecule evaluates each distinct expression once, as a bit set over atoms.
#ifndef ARYL_SMARTS_ROOM_H
#define ARYL_SMARTS_ROOM_H

#include "mol/mol.h"

typedef struct smarts_set smarts_set;     // immutable once filled: share it between threads

aryl_status smarts_set_new(smarts_set **out);
void smarts_set_free(smarts_set *s);      // NULL is fine

enum { SMARTS_MERGE_H = 1 };              // written hydrogen atoms become conditions on their neighbour

// Adds a pattern; *index is its number in the set, ascending from 0. On failure the set stays usable as it was.
// ARYL_E_SYNTAX (offset into text), ARYL_E_UNSUPPORTED (an extension behind the pattern), ARYL_E_LIMIT, ARYL_E_NOMEM
aryl_status smarts_set_add(smarts_set *s, const char *text, int64_t len, uint32_t flags, int32_t *index, aryl_error *err);
int32_t smarts_n_patterns(const smarts_set *s);
int32_t smarts_n_atoms(const smarts_set *s, int32_t index);
int32_t smarts_n_bonds(const smarts_set *s, int32_t index);
void smarts_bond_ends(const smarts_set *s, int32_t index, int32_t bond, int32_t *begin, int32_t *end);

// One molecule seen through one set. What is found out is kept until the arena is rewound.
#define SMARTS_COLUMNS 17
typedef struct smarts_run {
    const smarts_set *set;
    const aryl_mol *mol;
    arena *mem;
    int32_t words;             // 64-bit words of a bit set over atoms
    uint64_t *fits;            // [nodes][words] atoms that fit an expression, as far as known
    uint64_t *decided;         // [nodes][words] of $(): atoms already looked at
    uint8_t *known;            // [nodes][words]
    uint64_t *all;             // every atom
    uint64_t kinds, *kind;     // of up to 64 atoms: their kinds (mol_kinds), and the atoms of each; 0 until asked for
    uint8_t *column[SMARTS_COLUMNS];   // a byte per atom and property, NULL until asked for
    uint8_t *bond_class;       // [n_bonds] what a bond expression looks at; NULL until asked for
    bool whole_rings;          // known with those: every cycle of bonds is a ring, or a sum of rings
    uint64_t lengths;          // bit k: there may be cycles of k atoms, k < 64; 0 until asked for
    const uint8_t *hybridisation;      // [n_atoms]; set it before the first match to save a second perception
    struct smarts_small *small;        // of molecules that small.c serves
    int64_t limit;             // embeddings looked at inside $()
    bool chirality;
    bool plain;                // for tests: match.c answers everything itself
    bool once;                 // set it where one pattern is asked one question: what only pays for many is left out
} smarts_run;

// ARYL_E_NOMEM
aryl_status smarts_run_init(smarts_run *r, const smarts_set *set, const aryl_mol *mol, arena *mem);

typedef struct smarts_options {
    int64_t max_matches;       // 0: no limit
    bool unique;               // one match for each set of atoms
    bool chirality;            // marks and directions count; needs a molecule with perceived stereo
} smarts_options;
#define SMARTS_DEFAULT ((smarts_options){1000, true, false})

// All may fail with ARYL_E_NOMEM and ARYL_E_LIMIT (the arena's work is used up).
aryl_status smarts_exists(smarts_run *r, int32_t index, bool chirality, bool *found);
aryl_status smarts_count(smarts_run *r, int32_t index, const smarts_options *o, int64_t *count);
// The same for n patterns, numbered from `first` on, each up to most[i], or all up to o->max_matches where most is NULL.
aryl_status smarts_counts(smarts_run *r, int32_t first, int32_t n, const smarts_options *o, const uint8_t *most, int64_t *counts);
// What a frozen molecule must have for a pattern to fit it. Tells most of the others without looking at their atoms.
enum { SMARTS_SCREEN_WORDS = 8 };
typedef struct smarts_screen {
    uint64_t one_of[SMARTS_SCREEN_WORDS];    // kinds of atoms: at least one of each word's
    int32_t n, ring;                         // a cycle of at most so many atoms
} smarts_screen;
void smarts_screen_init(smarts_screen *x, const smarts_set *set, int32_t index);
static inline bool smarts_may_fit(const smarts_screen *x, const aryl_mol *frozen)
{
    bool may = frozen->smallest_ring <= x->ring;
    for (int32_t i = 0; i < x->n; i++) may &= (x->one_of[i] & frozen->atom_kinds) != 0;
    return may;
}
// Matches in RDKit's order; tuple i is (*tuples)[i * n_atoms ...], by pattern atom. The array lives in r->mem.
aryl_status smarts_match(smarts_run *r, int32_t index, const smarts_options *o, int32_t **tuples, int64_t *n);
// Every embedding in any order, as what the caller calls its atoms and bonds: byte k of a word is the name of the atom, or of
// the bond, under atom or bond k of the pattern. *done is false, and nothing was looked for, where bytes or words do not
// suffice or the molecule is out of the ordinary.
enum { SMARTS_NAMED = 8, SMARTS_NAMED_MOL = 64 };    // most atoms and bonds of the pattern, most atoms of the molecule
typedef struct smarts_names {
    const uint8_t *atom;         // [SMARTS_NAMED_MOL], to be read beyond the last atom too
    const uint8_t *bond;         // [SMARTS_NAMED_MOL * one end + other end]
} smarts_names;
typedef struct smarts_named {    // until the next call; up to a multiple of 8 there is room
    const uint64_t *atoms, *bonds;
    int64_t n;
} smarts_named;
aryl_status smarts_each(smarts_run *r, int32_t index, const smarts_names *names, smarts_named *all, bool *done);
// The atoms under the pattern's first atom in the first `limit` embeddings (0: in all): r->words words of the caller.
aryl_status smarts_first_atoms(smarts_run *r, int32_t index, int64_t limit, bool chirality, uint64_t *atoms);

// ---- within the room

enum {   // properties of an atom that a primitive can ask for; all small integers
    PROP_TYPE,            // 2 * atomic number + aromatic
    PROP_AROMATIC, PROP_ISOTOPE, PROP_CHARGE, PROP_DEGREE, PROP_HEAVY_DEGREE, PROP_CONNECTIVITY, PROP_VALENCE,
    PROP_TOTAL_H, PROP_HIDDEN_H, PROP_RINGS, PROP_MIN_RING, PROP_RING_BONDS, PROP_HETERO, PROP_ALIPHATIC_HETERO,
    PROP_HYBRIDISATION, PROP_RING_SIZE /* any of the atom's ring sizes */, N_PROPS
};

enum {
    OP_ANY, OP_RANGE, OP_NOT, OP_AND, OP_OR, OP_SUB,
    OP_TYPES,                              // not written: ranges of PROP_TYPE
    OP_BESIDE, OP_CROWDED, OP_ON_CYCLE     // nor those: what an atom's place in a pattern asks for
};

// An expression as written, before interning: its order matters to stereo marks and to hydrogen merging.
typedef struct tree {
    uint8_t op, prop;
    bool negated, is_symbol;      // is_symbol: an atom symbol that tests aromaticity, unlike "#6"
    int32_t low, high;            // inclusive
    struct tree *left, *right;
    struct draft *sub;
} tree;

typedef struct draft_atom {
    tree *expr;
    bool aromatic, start;
    uint8_t tag;                  // TAG_*
    int32_t permutation;          // -1: none written
    int32_t own_h, z, isotope;    // what its first points say; 0 when unknown
} draft_atom;

// A bond expression is a truth table over all it can look at: bit 2 * type + "is in a ring".
#define FITS_TYPE(type) (3ull << (2 * (type)))
#define FITS_RING 0xAAAAAAAAAAAAAAAAull
#define FITS_IMPLICIT (FITS_TYPE(BOND_SINGLE) | FITS_TYPE(BOND_AROMATIC))

typedef struct draft_bond {
    int32_t begin, end;
    uint64_t fits;
    int32_t type;                 // of the first symbol; BOND_UNSPECIFIED for "~" and "@"
    uint8_t dir;                  // DIR_*
    bool implicit, dative;
} draft_bond;

typedef struct draft_digit {      // a ring digit; bond is the one it became part of
    int32_t atom, number, bond;
    draft_bond expr;
} draft_digit;

typedef struct draft {            // a pattern while it is read
    draft_atom *atom;
    draft_bond *bond;
    draft_digit *digit;           // of all atoms, in the order written
    int32_t n_atoms, cap_atoms, n_bonds, cap_bonds, n_digits, cap_digits;
    const char *text;             // of a $(): what makes two of them the same
    int64_t text_len;
    int32_t serial;               // number given with _n, 0: none
    int32_t pattern;              // its number in the set once interned, else -1
    bool merged;                  // written hydrogens have been merged
} draft;

// read.c and atom.c: the text and the place in it.
typedef struct reader {
    const char *text;
    int64_t at, end;
    arena *mem;
    aryl_error *err;
    int32_t nesting;
    draft **subs;                 // of the whole text: equal texts, or equal serial numbers, share the first
    int32_t n_subs, cap_subs;
} reader;
static inline int smarts_peek_at(const reader *r, int64_t k) { return r->at + k < r->end ? (unsigned char)r->text[r->at + k] : -1; }
static inline int smarts_peek(const reader *r) { return smarts_peek_at(r, 0); }
static inline bool smarts_is_digit(int c) { return c >= '0' && c <= '9'; }
aryl_status smarts_wrong(reader *r, const char *what);
aryl_status smarts_read_atom(reader *r, draft_atom *out);
aryl_status smarts_read_pattern(reader *r, bool recursive, draft **out);
// "@TH1", "@SP2" ... at the reader's place? The letters win over a plain mark, also across blanks and quotes.
bool smarts_chiral_class(const reader *r, int64_t *len, uint8_t *tag);
// Room for need members in an array that doubles.
bool smarts_room(arena *mem, void **array, int32_t need, int32_t *cap, size_t size);
#define ROOM(mem, array, need, cap) smarts_room((mem), (void **)&(array), (need), &(cap), sizeof *(array))

aryl_status smarts_read(const char *text, int64_t len, arena *tmp, draft **out, aryl_error *err);
// Chirality marks and the types of unwritten bonds, then hydrogen merging on request. Outermost pattern only.
aryl_status smarts_settle(draft *d, uint32_t flags, arena *tmp, aryl_error *err);
// AND and OR with the rules for "anything": it disappears, or takes over. x keeps the left place. NULL: no memory.
tree *smarts_join(arena *mem, int32_t op, tree *x, tree *y);

typedef struct node {             // an interned expression
    uint8_t op, prop;
    bool recursive;               // has a $() somewhere below
    int32_t low, high;            // OP_RANGE; OP_SUB: low is the pattern; OP_NOT: low is the node; OP_BESIDE: low is the kind
                                  // of bond to at least `prop` neighbours that fit node high; OP_CROWDED, OP_ON_CYCLE: low is how many
    int32_t first, n;             // children of AND and OR in set->child, cheap ones first; OP_TYPES: low + 256 * (high - low)
    uint64_t may, must;           // kinds of which some atoms may fit, or all do: bit k is mol_kinds[k]
    bool by_bytes;                // OP_RANGE: bytes of a column tell, from .. from + span
    uint8_t from, span;
} node;

typedef struct pattern_bond {
    int32_t begin, end;
    uint64_t fits;
    int32_t kind;                 // of `fits` in set->kind; a bond in a cycle asks for ring bonds there
    bool dative, is_double;
    uint8_t stereo;               // STEREO_NONE, STEREO_CIS, STEREO_TRANS
    int32_t near, far;            // pattern atoms that stereo refers to
} pattern_bond;

typedef struct step {             // placing one pattern atom
    int32_t atom;
    int32_t anchor;               // pattern atom placed before and bonded to it, -1: look at all atoms
    int32_t bond, kind;           // to the anchor
    int32_t first_check, n_checks;// further bonds to placed atoms, in pattern->check
} step;

typedef struct closure {            // a bond to an atom that is placed before
    int32_t bond, other, kind;
} closure;

enum { SMARTS_RIVALS = 3, SMARTS_BESIDE = 4 /* more neighbours of a kind than this are not counted */ };
typedef struct pattern_place {    // what a pattern atom asks of the atom under it
    int32_t atom;
    int32_t recursive;            // its expression, if that has a $(), else -1
    int32_t first, n;             // in pattern->ask, nodes: its own expression, then what is around it
    int32_t n_own;                // 1: its own is among them
} pattern_place;

enum { SMARTS_NEEDS = 3 };
typedef struct pattern {
    uint64_t need[SMARTS_NEEDS];  // kinds of atoms: a molecule needs one of each word's
    int32_t n_atoms, n_bonds;
    int32_t *expr, *degree;       // [n_atoms]
    uint8_t *tag;                 // [n_atoms] CW, CCW or none
    pattern_bond *bond;
    int32_t *start, *via;         // bonds of an atom in stored order
    int32_t *distinct, *times, n_distinct;   // its expressions, cheap ones first, and how many atoms share each
    step *steps;                  // [n_plans][n_atoms]; plan 0 is RDKit's order, plan 1 + a starts at atom a
    int32_t n_plans;
    closure *check;
    int32_t rare;                 // the expression of its atoms that fewest atoms may fit, -1: not known
    pattern_place *places;        // [n_atoms] those that refuse a molecule soonest come first
    int32_t *ask;
    uint8_t *cycle;               // [n_atoms] length of the shortest cycle through an atom, 0: none
    uint64_t lengths;             // of the shortest cycles through its atoms
    bool has_stereo;
    bool small;                   // small.c can search for it
    const pattern_place *root;    // its first atom's
    const pattern_place *centre;  // all others are bonded to it and to nothing else, and small.c can do without a search; or NULL
    uint8_t rival[SMARTS_RIVALS][2];   // neighbours of the centre that must not fit one atom for that
    int32_t n_rivals;
    bool is_connected;            // of those that small.c can search for
    bool is_cycle;                // one cycle and nothing else
    bool is_ring;                 // and its bonds may be any ring bonds
} pattern;

typedef struct named_pattern {    // what refuses most patterns lies side by side
    uint64_t need[SMARTS_NEEDS];
    const pattern *p;
    int32_t rare;
} named_pattern;

struct smarts_set {
    arena mem;
    node *nodes;
    int32_t n_nodes, cap_nodes;
    int32_t *child, n_child, cap_child;
    pattern **patterns;           // those of $() are among them
    const char **text;            // [n_patterns] of a $(), else NULL
    int64_t *text_len;
    int32_t n_patterns, cap_patterns;
    named_pattern *named;         // those that were added from outside
    int32_t n_named, cap_named;
    int32_t *bucket, n_buckets;   // hash table of nodes
    uint64_t *kind;               // the different bond expressions
    int32_t n_kinds, cap_kinds;
};

// columns.c: all atoms in a range, or of some types.
void smarts_prepare_range(node *n);
aryl_status smarts_range(smarts_run *r, const node *n, uint64_t *atoms);
int32_t smarts_property(const smarts_run *r, int32_t prop, int32_t atom);

aryl_status smarts_intern(smarts_set *s, node n, const int32_t *child, int32_t *out);
void smarts_judge_kinds(const smarts_set *s, node *n, const int32_t *child);    // screen.c: may, must
// Does the molecule lack a kind of atoms that the pattern needs?
static inline bool smarts_lacks(const smarts_run *r, const uint64_t *need)
{
    bool lacks = false;
    for (int32_t i = 0; i < SMARTS_NEEDS; i++) lacks |= !(need[i] & r->kinds);
    return lacks && r->kinds;
}
// plan.c: what is known of a pattern before it meets a molecule. Needs its graph, then also its expressions.
aryl_status smarts_find_cycles(smarts_set *s, pattern *p);
aryl_status smarts_lay_plans(smarts_set *s, pattern *p, arena *tmp);
int32_t smarts_share(const smarts_set *s, int32_t expr);  // how many atoms of a thousand fit, roughly; 1001: not known

aryl_status smarts_bond_classes(smarts_run *r);
aryl_status smarts_cycle_lengths(smarts_run *r);
aryl_status smarts_fits(smarts_run *r, int32_t expr, const uint64_t **atoms);   // all atoms that fit, kept with the run
// The same of a molecule of up to 64 atoms, for those of `need` only.
enum { SMARTS_UNKNOWN, SMARTS_IN_PART, SMARTS_WHOLE };    // which atoms a set is known for; in part: those in `decided`
aryl_status smarts_find_fits(smarts_run *r, int32_t expr, uint64_t need, uint64_t *atoms);
static inline aryl_status smarts_fits_of(smarts_run *r, int32_t expr, uint64_t need, uint64_t *atoms)
{
    if (r->known[expr] != SMARTS_WHOLE) return smarts_find_fits(r, expr, need, atoms);
    *atoms = need & r->fits[expr];
    return ARYL_OK;
}
void smarts_forget_subs(smarts_run *r);                   // what was found inside $() does not hold any more
// Atoms that one of the pattern's first `limit` embeddings has under its first atom, added to `found`: at least for those of
// `need`, which belong to word w. What became known is added to `decided`.
aryl_status smarts_roots(smarts_run *r, const pattern *p, int64_t limit, int32_t w, uint64_t need, uint64_t *decided, uint64_t *found);
// Sets of atoms seen before.
typedef struct smarts_seen {
    uint64_t *set;               // [n][words]
    int32_t *bucket, n, cap, n_buckets;
} smarts_seen;
bool smarts_seen_has(const smarts_seen *x, const uint64_t *set, int32_t words, uint32_t *at);
aryl_status smarts_seen_add(smarts_seen *x, const uint64_t *set, int32_t words, arena *mem);

// words.c: a molecule of up to 64 atoms as words.
enum { SMARTS_SMALL_MOL = 64, SMARTS_SMALL_DEGREE = 15, SMARTS_SMALL_CYCLES = 64 };
typedef struct smarts_small {
    uint64_t at_least[SMARTS_SMALL_DEGREE + 1];   // atoms with so many neighbours
    uint64_t on_cycle[SMARTS_SMALL_MOL + 1];      // atoms in a cycle of that length; for large blocks all their atoms
    uint64_t cycle[SMARTS_SMALL_CYCLES];          // the atoms of each, if it is not approximate
    uint8_t length[SMARTS_SMALL_CYCLES];
    int32_t n_cycles;
    bool approximate;             // some cycles were not looked at one by one
    bool whole;                   // everything is known; else, for one question, only `next`, and that where asked for
    int32_t widest;               // most neighbours
    uint64_t classes;             // of bonds that occur
    uint64_t **next;              // [n_kinds] neighbours of each atom through such bonds
    struct smarts_growth *growth; // of smarts_each
} smarts_small;
aryl_status smarts_small_need(smarts_run *r, bool *usable);
aryl_status smarts_small_neighbours(smarts_run *r, int32_t kind);   // makes sure that they are known
aryl_status smarts_small_around(smarts_run *r, const node *n, uint64_t *atoms);     // of OP_BESIDE and the like
static inline int32_t smarts_count_bits(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int32_t)(x * 0x0101010101010101u >> 56);
}

// Which atoms can lie under each pattern atom, as far as their expressions, those of their neighbours and the bonds to them
// say; false: one of them has none.
aryl_status smarts_small_places(smarts_run *r, const pattern *p, uint64_t *fit, bool *possible);
int32_t smarts_small_rarest(const pattern *p, const uint64_t *fit);   // the pattern atom with the fewest places

// small.c: questions that do not depend on order, for patterns with `small` set on such molecules, after smarts_small_need.
#define SMARTS_SMALL_ATOMS 24
aryl_status smarts_small_possible(smarts_run *r, const pattern *p, bool *possible);   // false: no embedding
aryl_status smarts_small_count(smarts_run *r, const pattern *p, bool unique, int64_t most, int64_t *count);
aryl_status smarts_small_roots(smarts_run *r, const pattern *p, int64_t limit, uint64_t need, uint64_t *decided, uint64_t *out, bool *done);
// grow.c: smarts_each on such molecules.
aryl_status smarts_small_each(smarts_run *r, const pattern *p, const smarts_names *names, smarts_named *all);
// Exchanges that bring `have` into the order of `wanted`, from left to right; have[n] is used up.
int32_t smarts_swaps(const int32_t *wanted, int32_t *have, int32_t n);

#endif
