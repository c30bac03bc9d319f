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
    int32_t type;                 // FP_PARAM_*; a list's default is in `list`
    const char *list;             // "1,2,4,8"
} fp_param;

#define FP_MAX_PARAMS 16
#define FP_MAX_LIST 16
typedef struct fp_values {        // parsed parameters: number[i] belongs to kind->params[i]
    int32_t number[FP_MAX_PARAMS];
    int32_t list[FP_MAX_LIST], n_list;
} fp_values;

// Where a feature is from. Kept only when somebody asks.
typedef struct fp_origin {
    int32_t atom, radius;         // centre and radius of circular kinds; -1 where there is none
    const int32_t *atoms, *bonds; // others name their atoms and bonds
    int32_t n_atoms, n_bonds;
} fp_origin;

typedef struct fp_sink {
    arena *mem;
    uint64_t *id;                 // [n] sparse id of each feature emitted
    uint32_t *hash;               // [n] what is folded; differs from id for atom pairs and torsions
    fp_origin *origin;            // [n] or NULL when nobody asked
    int64_t n, cap;
    bool want_origin;
} fp_sink;

typedef struct fp_kind {
    const char *name, *alias, *summary, *source;
    int32_t version;
    int32_t bits;                 // fixed width (maccs), or 0: the parameter "bits"
    bool has_sparse;
    const fp_param *params;       // ended by a NULL name; "bits" and "countsim" are the sink's, added to every folding kind
    aryl_status (*run)(facts *f, const fp_values *v, fp_sink *out);
} fp_kind;

extern const fp_kind *const fp_kinds[];
extern const int32_t fp_n_kinds;

bool fp_sink_grow(fp_sink *s);
static inline bool fp_emit(fp_sink *s, uint64_t id, uint32_t hash)
{
    if (s->n == s->cap && !fp_sink_grow(s)) return false;
    s->id[s->n] = id;
    s->hash[s->n++] = hash;
    return true;
}

const fp_kind *fp_find(const char *name, int64_t len);   // by name or alias; NULL: no such kind

// A kind's parameters from text. Every folding kind also has "bits" and "countsim" (with its bounds), which belong to the sink.
void fp_defaults(const fp_kind *kind, fp_values *v);
aryl_status fp_set(const fp_kind *kind, fp_values *v, const char *key, int64_t key_len, const char *value,
                   int64_t value_len, aryl_error *err);   // ARYL_E_UNKNOWN, ARYL_E_ARGUMENT; offsets are left to the caller
// "ecfp radius=2 bits=2048 ...", every value spelled out; the length it needs without the end mark, which may exceed cap.
int64_t fp_canonical(const fp_kind *kind, const fp_values *v, char *buf, int64_t cap);
int32_t fp_bits(const fp_kind *kind, const fp_values *v);

// From features to results. Rows are the caller's; bit i is byte i / 8, bit i % 8; spare bits are zero.
void fp_sink_init(fp_sink *s, arena *mem, bool want_origin);
void fp_sink_bits(const fp_sink *s, const fp_kind *kind, const fp_values *v, uint8_t *row);
void fp_sink_counts(const fp_sink *s, const fp_kind *kind, const fp_values *v, uint32_t *row);
// Merges equal ids in place, ascending; counts get [*n]. ARYL_E_NOMEM
aryl_status fp_sink_sparse(fp_sink *s, uint64_t **ids, uint32_t **counts, int64_t *n);

#endif
