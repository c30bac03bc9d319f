/** fp.h - fingerprints: a molecule as bits or counts.
 *
 *  A fingerprint is named by a spec, "ecfp radius=2 bits=2048" (docs/spec.md). Its canonical form, every default
 *  spelled out, is what index files store and what a search compares. New parameters need no new symbol.
 */
#ifndef ARYL_FP_H
#define ARYL_FP_H

#include "aryl/mol.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aryl_fp aryl_fp; /* opaque and immutable: share it between threads */

/** Makes a fingerprinter.
 *  shape    spec is one statement without `as` and `out`, which belong to plans
 *  owner    *out is yours until aryl_fp_free(*out); NULL on failure
 *  threads  safe
 *  errors   ARYL_E_SYNTAX, ARYL_E_ARGUMENT (value out of range), ARYL_E_UNKNOWN (no such kind or parameter); err->offset
 *           points into spec. ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_fp_new(const char *spec, aryl_fp **out, aryl_error *err);

/** Gives a fingerprinter back; NULL is fine. */
ARYL_API void aryl_fp_free(aryl_fp *fp);

/** Its spec with every value spelled out.
 *  owner    the fingerprinter's
 */
ARYL_API const char *aryl_fp_canonical(const aryl_fp *fp);

/** Number of bits of a folded row. */
ARYL_API int32_t aryl_fp_n_bits(const aryl_fp *fp);

/** Bytes of a packed row: bits / 8, rounded up. */
ARYL_API int64_t aryl_fp_bytes(const aryl_fp *fp);

/** Folded bits of one molecule.
 *  shape    row[aryl_fp_bytes(fp)] bytes; bit i is row[i / 8] >> (i % 8) & 1, spare bits are zero; yours, overwritten
 *  threads  safe with fp and mol shared; a scratch serves one thread at a time, NULL makes a temporary one
 *  errors   ARYL_E_LIMIT, ARYL_E_NOMEM
 *  source   docs/fp/<kind>.md
 */
ARYL_API aryl_status aryl_fp_bits(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, uint8_t *row, aryl_error *err);

/** How often each folded bit was set.
 *  shape    row[aryl_fp_n_bits(fp)]; yours, overwritten
 *  threads  as aryl_fp_bits
 *  errors   ARYL_E_LIMIT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_fp_counts(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, uint32_t *row, aryl_error *err);

/** Unfolded features: distinct ids, ascending, and how often each occurs.
 *  shape    ids[capacity], counts[capacity]; *n is how many there are, also when they do not fit. Both may be NULL with
 *           capacity 0.
 *  threads  as aryl_fp_bits
 *  errors   ARYL_E_SPACE (*n > capacity; nothing written), ARYL_E_UNSUPPORTED (the kind has none), ARYL_E_LIMIT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_fp_sparse(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, uint64_t *ids,
                                    uint32_t *counts, int64_t capacity, int64_t *n, aryl_error *err);

/** A circular fingerprint (ecfp, fcfp) grown from the caller's own atom invariants, as RDKit's customAtomInvariants.
 *  shape    invariants[aryl_mol_n_atoms(mol)] tells the atoms apart at radius 0. Each result may be NULL: bits and counts as
 *           in aryl_fp_bits and aryl_fp_counts, ids and id_counts as in aryl_fp_sparse, with n (else n may be NULL)
 *  threads  as aryl_fp_bits
 *  errors   ARYL_E_UNSUPPORTED (the kind is not circular), ARYL_E_SPACE (*n > capacity; bits and counts are written),
 *           ARYL_E_LIMIT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_fp_custom(const aryl_fp *fp, const aryl_mol *mol, const uint32_t *invariants, aryl_scratch *scratch,
                                    uint8_t *bits, uint32_t *counts, uint64_t *ids, uint32_t *id_counts, int64_t capacity,
                                    int64_t *n, aryl_error *err);

/** One occurrence of a feature, and where in the molecule it was found. */
typedef struct aryl_feature {
    uint64_t id;             /* as in aryl_fp_sparse */
    int32_t bit;             /* of the folded row; with count simulation the first bit of the feature's group */
    int32_t atom, radius;    /* centre and radius, bonds; -1 for kinds without a centre */
    int32_t n_atoms, n_bonds;
    int64_t first;           /* its atoms are members[first ..], its bonds follow them; for kinds without members n_atoms = 0 */
} aryl_feature;

/** Every occurrence of every feature, with its provenance: "which atoms set this bit".
 *  shape    features[capacity] in the kind's order, members[members_capacity] atom and bond indices; *n and *n_members
 *           are how many there are, also when they do not fit
 *  threads  as aryl_fp_bits
 *  errors   ARYL_E_SPACE (nothing written), ARYL_E_LIMIT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_fp_features(const aryl_fp *fp, const aryl_mol *mol, aryl_scratch *scratch, aryl_feature *features,
                                      int64_t capacity, int64_t *n, int32_t *members, int64_t members_capacity,
                                      int64_t *n_members, aryl_error *err);

/** What there is to know about a kind of fingerprint. Texts are static. */
typedef struct aryl_fp_info {
    size_t size;             /* set it to sizeof(aryl_fp_info) */
    const char *name, *alias, *summary, *source; /* alias may be NULL; source says who defined it, "doi:..." */
    int32_t version;
    int32_t bits;            /* fixed number of bits, or 0: the parameter "bits" */
    int32_t has_sparse;      /* 1: out=sparse */
    int32_t n_params;
} aryl_fp_info;

enum { ARYL_PARAM_INT = 0, ARYL_PARAM_FLAG = 1, ARYL_PARAM_LIST = 2 };

/** What there is to know about a parameter. Texts are static. */
typedef struct aryl_param_info {
    size_t size;             /* set it to sizeof(aryl_param_info) */
    const char *name, *help;
    int32_t type;            /* ARYL_PARAM_*: a number, 0 or 1, numbers with commas between */
    int32_t value, least, most; /* default and range */
    const char *list;        /* default of a list, else NULL */
    const char *refused;     /* why only the default is computed so far, or NULL */
} aryl_param_info;

/** Number of kinds; they are numbered from 0. */
ARYL_API int32_t aryl_fp_n_kinds(void);

/** Describes a kind.
 *  errors   ARYL_E_UNKNOWN (no such number), ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_fp_kind(int32_t kind, aryl_fp_info *info);

/** Describes parameter 0 .. n_params - 1 of a kind.
 *  errors   ARYL_E_UNKNOWN (no such number), ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_fp_param(int32_t kind, int32_t param, aryl_param_info *info);

#ifdef __cplusplus
}
#endif
#endif
