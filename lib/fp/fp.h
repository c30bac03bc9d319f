// fp.h - molecule -> features. A kind emits features; folding, counting, packing and explaining belong to the sink, so
// every kind has them. A kind is one file and one line of fp_list.h.
#ifndef ARYL_FP_ROOM_H
#define ARYL_FP_ROOM_H

#include "facts/facts.h"

enum { FP_PARAM_INT, FP_PARAM_FLAG, FP_PARAM_LIST };

typedef struct fp_param {
    const char *name;
    int32_t value, least, most;   // default and range; for a flag 0 and 1
    const char *help;
    int32_t type;                 // FP_PARAM_*; a list's default is in `list`, its range is that of each member
    const char *list;             // "1,2,4,8"
    const char *refused;          // not NULL: only the default is computed, and why
} fp_param;

#define FP_MAX_PARAMS 16
#define FP_MAX_LIST 16
#define FP_MAX_BITS (1 << 24)
typedef struct fp_values {        // parsed parameters: number[i] belongs to kind->params[i]
    int32_t number[FP_MAX_PARAMS];
    int32_t bits, countsim;       // the sink's
    int32_t bound[FP_MAX_LIST], n_bounds;
} fp_values;

// Where a feature is from. Kept only when somebody asks.
typedef struct fp_origin {
    int32_t atom, radius;         // centre and radius of circular kinds; -1 where there is none
    const int32_t *atoms, *bonds; // others name their atoms and bonds
    int32_t n_atoms, n_bonds;
} fp_origin;

typedef struct fp_sink {
    arena *mem;
    uint32_t *hash;               // [n] what is folded
    uint64_t *id;                 // [n] sparse id of each feature, of kinds that have `own_ids`; else NULL: it is the hash
    fp_origin *origin;            // [n] or NULL when nobody asked
    int64_t n, cap;
    bool want_origin, own_ids;
} fp_sink;

typedef struct fp_kind {
    const char *name, *alias, *summary, *source;
    int32_t version;
    int32_t bits;                 // fixed width (maccs), or 0: the parameter "bits"
    bool has_sparse;
    bool circular;                // grows from atom invariants, which a caller may bring
    bool countsim;                // default of the parameter "countsim"
    const fp_param *params;       // its own, ended by a NULL name
    bool patterns;                // needs facts_patterns
    int32_t stereo_param;         // the one that asks for perceived stereo when set, counted from 1; 0: none
    aryl_status (*check)(const fp_values *v, aryl_error *err);   // values that exclude one another; may be NULL
    aryl_status (*run)(facts *f, const fp_values *v, fp_sink *out);
} fp_kind;

extern const fp_kind *const fp_kinds[];
extern const int32_t fp_n_kinds;
const fp_kind *fp_find(const char *name, int64_t len);   // by name or alias; NULL: no such kind

// ---- parameters: a kind's own, then the sink's (bits, countsim, countbounds), which every folding kind has

int32_t fp_n_params(const fp_kind *kind);
fp_param fp_param_at(const fp_kind *kind, int32_t i);    // as this kind has it: its own default, its own range
void fp_defaults(const fp_kind *kind, fp_values *v);
// One value from text. ARYL_E_UNKNOWN, ARYL_E_ARGUMENT, ARYL_E_UNSUPPORTED; offsets are left to the caller.
aryl_status fp_set(const fp_kind *kind, fp_values *v, const char *key, int64_t key_len, const char *value,
                   int64_t value_len, aryl_error *err);
// Values that are fine one by one and not together; to be asked once all are set. ARYL_E_ARGUMENT.
aryl_status fp_check(const fp_kind *kind, const fp_values *v, aryl_error *err);
// "ecfp radius=2 bits=2048 ...", every value spelled out; the length it needs without the end mark, which may exceed cap.
int64_t fp_canonical(const fp_kind *kind, const fp_values *v, char *buf, int64_t cap);
bool fp_same(const fp_kind *kind, const fp_values *a, const fp_values *b);
static inline bool fp_wants_stereo(const fp_kind *kind, const fp_values *v)
{
    return kind->stereo_param && v->number[kind->stereo_param - 1];
}
static inline int32_t fp_bits(const fp_kind *kind, const fp_values *v) { return kind->bits ? kind->bits : v->bits; }

// ---- the sink: from features to results. Rows are the caller's; bit i is byte i / 8, bit i % 8; spare bits are zero.

void fp_sink_init(fp_sink *s, arena *mem, bool want_origin);
bool fp_sink_grow(fp_sink *s, int32_t n);   // room for n more; false: no memory, or no work left
// The kind's features of a molecule into a sink. What kind->run() returns, but ARYL_E_LIMIT where the sink was refused for work.
aryl_status fp_run(const fp_kind *kind, facts *f, const fp_values *v, fp_sink *out);
static inline bool fp_sink_reserve(fp_sink *s, int32_t n) { return n <= s->cap - s->n || fp_sink_grow(s, n); }
static inline bool fp_emit(fp_sink *s, uint32_t hash)
{
    if (!fp_sink_reserve(s, 1)) return false;
    s->hash[s->n++] = hash;
    return true;
}
// A feature with an id of its own; a kind emits all or none of its features so, and sets s->own_ids before the first.
static inline bool fp_emit_id(fp_sink *s, uint64_t id, uint32_t hash)
{
    if (!fp_emit(s, hash)) return false;
    s->id[s->n - 1] = id;
    return true;
}
static inline bool fp_emit_many(fp_sink *s, const uint32_t *hash, int32_t n)
{
    if (!fp_sink_reserve(s, n)) return false;
    if (n == SIMD_LISTS) memcpy(s->hash + s->n, hash, SIMD_LISTS * sizeof *hash);   // the usual number, no call
    else memcpy(s->hash + s->n, hash, (size_t)n * sizeof *hash);
    s->n += n;
    return true;
}
static inline uint64_t fp_sink_id(const fp_sink *s, int64_t i) { return s->id ? s->id[i] : s->hash[i]; }
// Where the feature emitted last is from; to be called after every fp_emit when s->want_origin.
static inline void fp_emitted_from(fp_sink *s, fp_origin origin) { s->origin[s->n - 1] = origin; }
// A feature of a circular kind.
static inline bool fp_emit_centre(fp_sink *s, uint32_t id, int32_t atom, int32_t radius)
{
    if (!fp_emit(s, id)) return false;
    if (s->want_origin) fp_emitted_from(s, (fp_origin){.atom = atom, .radius = radius});
    return true;
}
// An origin without a centre, its atoms and bonds copied into s->mem. False: no memory.
bool fp_origin_of(fp_sink *s, const int32_t *atoms, int32_t n_atoms, const int32_t *bonds, int32_t n_bonds, fp_origin *out);

// ARYL_E_NOMEM
aryl_status fp_sink_bits(const fp_sink *s, const fp_kind *kind, const fp_values *v, uint8_t *row);
void fp_sink_counts(const fp_sink *s, const fp_kind *kind, const fp_values *v, uint32_t *row);
// The bit that a feature folds to; with count simulation the first of its place.
int32_t fp_sink_bit(const fp_kind *kind, const fp_values *v, uint32_t hash);
// Equal ids merged, ascending, with their counts; in s->mem. ARYL_E_NOMEM
aryl_status fp_sink_sparse(const fp_sink *s, uint64_t **ids, uint32_t **counts, int64_t *n);

// ---- within the room

// circular.c: what surrounds each atom, out to `radius` bonds. invariant[n_atoms] tells atoms apart at radius 0.
typedef struct circular_options {
    int32_t radius;
    bool bond_types;       // bonds differ by their type
    bool redundant;        // emit environments that were seen before
    bool only_nonzero;     // atoms with invariant 0 emit nothing
    bool chirality;        // labels of centres and of double bonds count; needs perceived stereo
    bool general;          // also small molecules take the general way: for tests
} circular_options;
aryl_status fp_circular(const aryl_mol *m, const circular_options *o, const uint32_t *invariant, arena *tmp, fp_sink *out);
// circular_small.c: the same for ordinary molecules and options.
bool fp_circular_is_small(const aryl_mol *m, const circular_options *o);
aryl_status fp_circular_small(const aryl_mol *m, const circular_options *o, const uint32_t *invariant, fp_sink *out);

// codes.c: what atom pairs and torsions know of an atom, FP_CODE_BITS and with chirality two more.
enum { FP_CODE_BITS = 9 };
aryl_status fp_atom_codes(facts *f, bool chirality, uint32_t *code);

// paths.c: what the path kinds share. Bonds to hydrogen atoms, NULL when there are none.
aryl_status fp_skip_hydrogens(const aryl_mol *m, arena *mem, uint8_t **skip);
// The check of kinds whose first two parameters are minpath and maxpath.
aryl_status fp_check_lengths(const fp_values *v, aryl_error *err);
// Every connected set of least .. most bonds, or every linear one.
aryl_status fp_bond_sets(facts *f, const uint8_t *skip, int32_t least, int32_t most, bool branched, graph_edges_fn visit, void *ctx);
// The atoms of a set of bonds and how many of its bonds each has; returns how many atoms. atom[n + 1], degree[n_atoms] zeroed
// before and to be zeroed by the caller after.
int32_t fp_set_degrees(const aryl_mol *m, const int32_t *bond, int32_t n, int32_t *atom, uint8_t *degree);

// sets.c: the connected sets of least .. most bonds again, those of one size by the dozen, for kinds that know a bond of a
// set by the bonds that its ends have in the set. No origins.
enum { FP_PLACES = 64 };                 // of a bond: 8 * (bonds at its begin - 1) + bonds at its end - 1
typedef struct fp_sets {
    uint16_t place[SIMD_LISTS][GRAPH_MOST_EDGES];   // FP_PLACES * bond and the bond's place, for each bond of a set
    uint32_t n_atoms[SIMD_LISTS];
    int32_t n_bonds, n;                  // n sets; what is behind them are places too
} fp_sets;
typedef bool (*fp_sets_fn)(void *ctx, const fp_sets *sets);
bool fp_sets_fit(const aryl_mol *m);     // can it be done?
aryl_status fp_bond_sets_together(const aryl_mol *m, const uint8_t *skip, int32_t least, int32_t most, arena *mem, fp_sets_fn take, void *ctx);

#endif
