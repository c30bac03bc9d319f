/** desc.h - descriptors: a molecule as numbers.
 *
 *  Names and order are those of RDKit's Descriptors.descList. Where RDKit gives NaN or raises, the value is NaN.
 */
#ifndef ARYL_DESC_H
#define ARYL_DESC_H

#include "aryl/mol.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aryl_desc aryl_desc; /* opaque and immutable: share it between threads */

/** Makes a list of descriptors to compute together, so that they share what they have in common.
 *  shape    names with spaces or commas between, "MolWt TPSA", or "all": every descriptor, in the registry's order
 *  owner    *out is yours until aryl_desc_free(*out); NULL on failure
 *  threads  safe
 *  errors   ARYL_E_UNKNOWN (no such descriptor; err->offset points at it), ARYL_E_ARGUMENT (none, or one twice), ARYL_E_NOMEM
 */
ARYL_API aryl_status aryl_desc_new(const char *names, aryl_desc **out, aryl_error *err);

/** Gives a list back; NULL is fine. */
ARYL_API void aryl_desc_free(aryl_desc *desc);

/** How many values the list has. */
ARYL_API int32_t aryl_desc_n_values(const aryl_desc *desc);

/** Name of value i of the list; NULL when there is no such value. Static text. */
ARYL_API const char *aryl_desc_name(const aryl_desc *desc, int32_t i);

/** Computes the values of one molecule.
 *  shape    out[aryl_desc_n_values(desc)], in the list's order
 *  units    aryl_desc_info.unit
 *  threads  safe with desc and mol shared; a scratch serves one thread at a time, NULL makes a temporary one
 *  errors   ARYL_E_LIMIT, ARYL_E_NOMEM
 *  source   docs/desc/
 */
ARYL_API aryl_status aryl_desc_values(const aryl_desc *desc, const aryl_mol *mol, aryl_scratch *scratch, double *out, aryl_error *err);

/** What there is to know about a descriptor. Texts are static. */
typedef struct aryl_desc_info {
    size_t size;             /* set it to sizeof(aryl_desc_info) */
    const char *name, *family, *unit, *summary, *source;
    int32_t integer;         /* 1: a count, compared exactly */
} aryl_desc_info;

/** Number of descriptors in the registry; they are numbered from 0. */
ARYL_API int32_t aryl_desc_n_known(void);

/** Describes a descriptor of the registry.
 *  errors   ARYL_E_UNKNOWN (no such number), ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_desc_known(int32_t i, aryl_desc_info *info);

#ifdef __cplusplus
}
#endif
#endif
