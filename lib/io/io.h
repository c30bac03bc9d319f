// io.h - text <-> raw graph: the grammars of SMILES, CXSMILES and molfiles. Knows no chemistry: what was written is kept
// as written, and only what breaks the grammar is refused here.
#ifndef ARYL_IO_H
#define ARYL_IO_H

#include "mol/mol.h"

typedef struct io_limits {   // 0, or no limits at all: none
    int64_t bytes;     // longest text
    int32_t atoms;     // most atoms
} io_limits;

// One line "SMILES [|extensions|] [name]". Errors point into text. `raw` was made by raw_init.
// ARYL_E_SYNTAX, ARYL_E_LIMIT, ARYL_E_NOMEM
aryl_status io_smiles_read(const char *text, int64_t len, const io_limits *limits, raw_mol *raw, aryl_error *err);

// One molfile, V2000 or V3000, up to and including "M  END"; what follows is left alone. Errors have a line, too.
// ARYL_E_SYNTAX, ARYL_E_UNSUPPORTED, ARYL_E_LIMIT, ARYL_E_NOMEM
aryl_status io_mol_read(const char *text, int64_t len, const io_limits *limits, raw_mol *raw, aryl_error *err);

// ---- records of an SD file

typedef struct io_text { const char *p; int64_t len; } io_text;

// One record: the molfile with all that stands before its data, and the data. used: bytes up to and including "$$$$".
typedef struct io_sdf_record { io_text mol, data; int64_t used; } io_sdf_record;

// The first record of a text. False: there is none, or, unless `last` says that nothing follows, it is not complete yet
// and the call is to be repeated with more text. Call with *seen = 0 for a new record; a repeated call goes on there.
bool io_sdf_next(const char *text, int64_t len, bool last, int64_t *seen, io_sdf_record *out);

// Data fields, from the first: *rest starts as record.data. The value may hold several lines; io_sdf_value copies it
// (at most value.len bytes) with carriage returns left out. False: no more, or text between fields, where RDKit stops.
typedef struct io_sdf_field { io_text name, value; } io_sdf_field;
bool io_sdf_next_field(io_text *rest, io_sdf_field *out);
int64_t io_sdf_value(io_text value, char *out);

// ---- within the room: numbers, sets, drawings

// How a bond was drawn goes into its flags and its direction (DIR_WEDGE, DIR_DASH, DIR_UNKNOWN).
void io_draw(raw_bond *b, int32_t dir);
// When all is read: single bonds keep in their flags alone how they were drawn, as if wedges had been looked at.
void io_clear_drawing(raw_mol *raw);

// What atof makes of text[0 .. len): the number after leading blanks, also hexadecimal, "inf" and "nan"; else 0.
double io_atof(const char *text, int64_t len);

typedef struct pair_set { uint64_t *table; uint32_t n, cap; } pair_set;   // a set of pairs; starts as {0}
// ARYL_E_NOMEM
aryl_status pair_set_add(pair_set *s, arena *mem, uint32_t a, uint32_t b, bool *is_new);

// ---- within the room: substance groups

typedef struct index_list { int32_t *v, n, cap; } index_list;
bool index_list_add(index_list *l, arena *mem, int32_t value);   // false: no memory

typedef struct io_group {
    struct io_group *next;
    int32_t number;
    bool is_data, is_super;
    index_list atoms, more_atoms, bonds;   // more_atoms: the repeating unit of a multiple group
    index_list holds;         // atoms that attachment points name
    index_list states;        // bonds with a position
    int64_t at;               // where it was written, for errors
    // molfiles only
    io_text name, query_type, query_operator;
    io_text *data;
    int32_t n_data, cap_data;
} io_group;

// Marks the hydrogens that groups hold: ends of bonds that leave a group, attachment atoms, all of a group of nothing
// else. *stray: the first group with a bond that has nothing to do with it, if that makes RDKit fail. ARYL_E_NOMEM
aryl_status io_hold_hydrogens(raw_mol *raw, const io_group *groups, const io_group **stray);
// Does a bond leave a group? -1: it has no end in it.
int32_t io_group_crossed(const raw_mol *raw, const io_group *g, int32_t bond);

// ---- within the room: what reading a SMILES collects beside the raw graph

// A bond symbol as written: '-', "->", or its absence.
typedef struct smiles_symbol {
    raw_bond bond[2];   // what it makes between atoms, and between aromatic atoms
    uint8_t type, dir;  // BOND_UNSPECIFIED where that depends on them
    uint8_t open;       // ... because nothing was said about it
    uint8_t left;       // "<-": begin and end change places
} smiles_symbol;

// One of the two places where a ring number is written.
typedef struct ring_end {
    const smiles_symbol *symbol;
    int32_t atom, at;    // at: byte offset of the number
    int32_t next;        // next end at the same tagged atom, -1: the last
    int32_t bond;        // once it is closed
} ring_end;

// Two ends that belong together.
typedef struct ring_pair {
    int32_t number, first, second;   // ends
    int32_t order;                   // among all bonds in reading order: how CXSMILES counts
    int32_t bond;
} ring_pair;

typedef struct ring_slot { int32_t number, open; } ring_slot;   // a number above 99 and its open end; number -1: free

typedef struct tagged_atom { int32_t atom, first_end, last_end; } tagged_atom;

enum { SMALL_RING_NUMBERS = 100, FIRST_ENDS = 32, FIRST_TAGGED = 16 };

typedef struct smiles_reader {
    raw_mol *raw;
    aryl_error *err;
    const char *text;        // as passed in: errors count from here
    ring_end *end;
    ring_pair *pair;         // in reading order of their second ends
    tagged_atom *tagged;     // in atom order
    ring_slot *large;        // hash table, n_large of 2^k
    int32_t n_ends, cap_ends, n_pairs, n_tagged, cap_tagged, n_large, cap_large;
    int32_t n_open;          // ring numbers that wait for their other end
    int32_t n_parts;
    int32_t small[SMALL_RING_NUMBERS];   // open end, -1: none; undefined before the first end
    ring_end first_ends[FIRST_ENDS];     // enough for most texts
    ring_pair first_pairs[FIRST_ENDS / 2];
    tagged_atom first_tagged[FIRST_TAGGED];
} smiles_reader;

// Fails at p, saying what was expected there; p may be the end of the text.
aryl_status smiles_unexpected(const smiles_reader *r, const char *p, const char *end, const char *expected);
// The atom in brackets that starts at *p; *p moves behind it. smiles_bracket.c
aryl_status smiles_bracket(smiles_reader *r, const char **p, const char *end, raw_atom *a);
// smiles_rings.c: a ring number at an atom (tagged: its place in r->tagged, or -1), and the bonds they make at the end.
aryl_status smiles_ring_number(smiles_reader *r, int32_t atom, int32_t tagged, int32_t number,
                               const smiles_symbol *symbol, int32_t at);
aryl_status smiles_close_rings(smiles_reader *r);
// smiles_parity.c: tags as the text orders neighbours -> tags as the bond list orders them.
aryl_status smiles_parity(smiles_reader *r);
// cx_read.c: the part behind the SMILES that starts with a bar; *used: up to and including its closing bar.
aryl_status smiles_extensions(smiles_reader *r, const char *cx, int64_t len, int64_t *used);

// ---- within the room: CXSMILES

typedef struct cx_reader {
    smiles_reader *smiles;
    raw_mol *raw;
    const char *text;         // "|...", n bytes; i is the place read next
    int64_t i, n;
    char *word;               // the text read last, decoded; room for n bytes
    int64_t word_len;
    uint8_t *label;           // [n_atoms] what kind of label each atom has
    bool labelled;            // labels have done their work
    pair_set in_group;        // (stereo group, atom)
    int32_t *lowest;          // [n_atoms][2] the two lowest neighbours of each atom, NULL until asked for
    int32_t *start, *via;     // bonds of each atom, NULL until asked for
    // cx_group.c
    io_group *group, *last_group;   // those that have atoms; number: place among all
    int32_t *mark;            // [n_atoms] serial of the last group that holds the atom
    int32_t n_kept, n_groups;
} cx_reader;

aryl_status cx_fail(const cx_reader *cx, int64_t at, const char *message);
bool cx_uint(cx_reader *cx, uint32_t *value);                        // digits at i; false: none
aryl_status cx_expect(cx_reader *cx, char c);                        // c at i, or failure
aryl_status cx_word(cx_reader *cx, const char *delimiters);          // text up to a delimiter, which is not read
bool cx_word_is(const cx_reader *cx, const char *word);
void cx_apply_labels(cx_reader *cx);
// cx_group.c: "Sg:", "SgD:", "SgH:" at i, and what is left to say about them at the end
aryl_status cx_polymer(cx_reader *cx);
aryl_status cx_data(cx_reader *cx);
aryl_status cx_hierarchy(cx_reader *cx);
aryl_status cx_groups_done(cx_reader *cx);

// ---- within the room: molfiles

enum { MOL_GROUP_NUMBERS = 1099 /* what three columns hold, -99 to 999 */, MOL_DATA_LENGTH = 200 };

typedef struct mol_reader {
    raw_mol *raw;
    aryl_error *err;
    const io_limits *limits;
    const char *text, *next, *end;   // next: where the next line starts
    const char *line;                // the current line, without its end
    int64_t len;
    bool at_end;                     // nothing follows the line, not even its end
    bool drawn;                      // a bond line speaks of stereo: the coordinates are a drawing
    pair_set bonded, attached;       // pairs of atoms with a bond; atoms with an attachment point
    io_group *group;                 // in the order of their numbers, once all is read
    io_group **by_number;            // [MOL_GROUP_NUMBERS], NULL before the first
    const io_group *data_of;         // the group whose data goes on in the next line
    char data[4 * 69 + 69];
    int64_t data_len;
    int32_t n_data_lines;
} mol_reader;

// `at` is in the current line, or in text put together from several lines.
aryl_status mol_fail(const mol_reader *m, const char *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
aryl_status mol_fail_as(const mol_reader *m, aryl_status status, const char *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
aryl_status mol_no_memory(const mol_reader *m);
void mol_next_line(mol_reader *m);
bool mol_line_is(const mol_reader *m, const char *beginning);
// Columns from .. from + width of the line as far as it reaches; fails if it does not reach their start. Counted from 0.
aryl_status mol_columns(const mol_reader *m, int64_t from, int64_t width, io_text *out);
// Numbers: loose ones are 0 if nothing readable stands there, tight ones must be whole. Unsigned ones wrap.
aryl_status mol_loose(const mol_reader *m, io_text t, int32_t *out);
aryl_status mol_loose_unsigned(const mol_reader *m, io_text t, uint32_t *out);
aryl_status mol_tight(const mol_reader *m, io_text t, int64_t *out);
aryl_status mol_loose_at(const mol_reader *m, int64_t from, int64_t width, int32_t *out);
aryl_status mol_tight_at(const mol_reader *m, int64_t from, int64_t width, uint32_t *out);
io_text io_strip(io_text t, const char *blanks);
io_text io_strip_right(io_text t);
bool io_text_is(io_text t, const char *word);
// Shared by both versions of the format
aryl_status mol_room_for(mol_reader *m, uint32_t n_atoms);   // within the limits; and their coordinates
int32_t mol_element(io_text t);                              // atomic number, -1: none
aryl_status mol_symbol(const mol_reader *m, io_text t, bool v3000, raw_atom *a);
aryl_status mol_add_bond(mol_reader *m, int64_t begin, int64_t end, uint32_t type, bool v3000, const char *at,
                         raw_bond **out);
void mol_draw(mol_reader *m, raw_bond *b, int32_t dir);
void mol_set_charge(raw_atom *a, int32_t charge);
// mol_properties.c: from the line behind the bonds to "M  END"
aryl_status mol_properties(mol_reader *m);
uint8_t mol_radicals(int32_t code);                          // unpaired electrons of codes 0 .. 3
aryl_status mol_attach(mol_reader *m, int32_t atom, const char *at);
// mol_group.c: a line "M  S.."; what groups do to the molecule
aryl_status mol_group_line(mol_reader *m);
bool mol_group_type(io_text t);
aryl_status mol_unknown_group(const mol_reader *m, io_text type);
aryl_status mol_group_add_data(mol_reader *m, io_group *g, io_text value);
aryl_status mol_groups_done(mol_reader *m);
// mol_v3000.c: from "BEGIN CTAB" to "M  END"
typedef struct id_map { uint32_t *id; int32_t *index; uint32_t n, cap; } id_map;   // of equal ids the first counts
int32_t id_map_get(const id_map *map, int64_t id);           // -1: none
aryl_status mol_v3000(mol_reader *m);
aryl_status mol_v3000_line(mol_reader *m, io_text *out);     // without prefix, continued lines joined
// mol_v3000_group.c: the block behind "BEGIN SGROUP"; *line: the first line behind the groups
aryl_status mol_v3000_groups(mol_reader *m, const id_map *atoms, const id_map *bonds, int64_t n_groups, io_text *line);

#endif
