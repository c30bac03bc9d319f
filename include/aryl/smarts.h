/** smarts.h - substructures: where a pattern fits a molecule.
 *
 *  A query holds patterns written in SMARTS, docs/smarts.md, as RDKit 2026.09.1 reads them. Patterns of one query share what
 *  they have in common, so asking many about a molecule costs less than asking each by itself. Columns of text are asked
 *  through a plan, "matches smarts=\"[OX2H]\"" (docs/spec.md).
 */
#ifndef ARYL_SMARTS_H
#define ARYL_SMARTS_H

#include "aryl/mol.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aryl_query aryl_query; /* opaque; immutable once its patterns are in: share it between threads */

enum { ARYL_QUERY_MERGE_H = 1 };      /* hydrogens written as atoms become conditions on their neighbour */

/** Makes a query without patterns.
 *  owner    *out is yours until aryl_query_free(*out); NULL on failure
 *  errors   ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_query_new(aryl_query **out, aryl_error *err);

/** Adds a pattern. Not while another thread uses the query.
 *  shape    patterns are numbered in the order added, from 0; *index may be NULL
 *  errors   ARYL_E_SYNTAX (err->offset points into text), ARYL_E_UNSUPPORTED (an extension behind the pattern), ARYL_E_LIMIT,
 *           ARYL_E_NOMEM; the query stays as it was
 */
ARYL_API aryl_status aryl_query_add(aryl_query *query, const char *text, int64_t len, uint32_t flags, int32_t *index, aryl_error *err);

/** Gives a query back; NULL is fine. */
ARYL_API void aryl_query_free(aryl_query *query);

/** Number of patterns. */
ARYL_API int32_t aryl_query_n_patterns(const aryl_query *query);

/** Number of atoms of a pattern, which is the width of its matches; -1: no such pattern. */
ARYL_API int32_t aryl_query_n_atoms(const aryl_query *query, int32_t pattern);

/** How to match. Set size; zero elsewhere means the default. */
typedef struct aryl_match_options {
    size_t size;             /* sizeof(aryl_match_options) */
    int64_t max_matches;     /* stop after so many; 0: 1000, negative: no limit */
    int32_t all;             /* 1: every embedding; 0: one for each set of atoms */
    int32_t chirality;       /* 1: marks and directions count */
} aryl_match_options;

/** The matches of a pattern, in RDKit's order.
 *  shape    tuples[capacity * n_atoms]: row i holds the molecule atom under each pattern atom; *n is how many matches there
 *           are, also when they do not fit. tuples may be NULL with capacity 0
 *  threads  safe with query and mol shared; a scratch serves one thread at a time, NULL makes a temporary one
 *  errors   ARYL_E_SPACE (*n > capacity; nothing written), ARYL_E_UNKNOWN (no such pattern), ARYL_E_LIMIT (too much work),
 *           ARYL_E_NOMEM
 *  source   docs/smarts.md
 */
ARYL_API aryl_status aryl_query_match(const aryl_query *query, int32_t pattern, const aryl_mol *mol, const aryl_match_options *options,
                                      aryl_scratch *scratch, int32_t *tuples, int64_t capacity, int64_t *n, aryl_error *err);

/** How many matches every pattern of the query has: quicker than asking for them, as their order does not matter.
 *  shape    counts[aryl_query_n_patterns(query)]; with max_matches = 1 it says which patterns fit at all
 *  threads  as aryl_query_match
 *  errors   ARYL_E_LIMIT, ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_query_counts(const aryl_query *query, const aryl_mol *mol, const aryl_match_options *options,
                                       aryl_scratch *scratch, int64_t *counts, aryl_error *err);

/** Which of many molecules a pattern fits.
 *  shape    hits[n]: 1 or 0; molecules that need too much work have 0 and their ARYL_E_LIMIT in status[n], which may be NULL
 *  threads  n_threads as in aryl_run_options
 *  errors   ARYL_E_UNKNOWN (no such pattern), ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_query_screen(const aryl_query *query, int32_t pattern, const aryl_mol *const *mols, int64_t n,
                                       int32_t chirality, int32_t n_threads, uint8_t *hits, aryl_status *status, aryl_error *err);

#ifdef __cplusplus
}
#endif
#endif
