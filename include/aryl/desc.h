/** desc.h - descriptors: a molecule as numbers.
 *
 *  Names and order are those of RDKit's Descriptors.descList. Where RDKit gives NaN or raises, the value is NaN. A few
 *  descriptors are our own; no group but theirs, and not "all", has them.
 */
#ifndef ARYL_DESC_H
#define ARYL_DESC_H

#include "aryl/mol.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aryl_desc aryl_desc; /* opaque and immutable: share it between threads */

/** Makes a list of descriptors to compute together, so that they share what they have in common.
 *  shape    names with spaces or commas between, "MolWt TPSA vsa": descriptors, and groups for those of their members that
 *           do not stand before; "all" is every descriptor of RDKit, in its order
 *  owner    *out is yours until aryl_desc_free(*out); NULL on failure
 *  threads  safe
 *  errors   ARYL_E_UNKNOWN (no such name; err->offset points at it), ARYL_E_ARGUMENT (none, or one twice), ARYL_E_NOMEM
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
 *  source   docs/desc.md
 */
ARYL_API aryl_status aryl_desc_values(const aryl_desc *desc, const aryl_mol *mol, aryl_scratch *scratch, double *out, aryl_error *err);

/** What there is to know about a descriptor. Texts are static. */
typedef struct aryl_desc_info {
    size_t size;             /* set it to sizeof(aryl_desc_info) */
    const char *name, *family, *unit, *summary, *source;
    int32_t integer;         /* 1: a count, compared exactly */
} aryl_desc_info;

/** Number of descriptors in the registry; they are numbered from 0: RDKit's, then our own. */
ARYL_API int32_t aryl_desc_n_known(void);

/** Describes a descriptor of the registry.
 *  errors   ARYL_E_UNKNOWN (no such number), ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_desc_known(int32_t i, aryl_desc_info *info);

/** What there is to know about a group. Texts are static. */
typedef struct aryl_group_info {
    size_t size;             /* set it to sizeof(aryl_group_info) */
    const char *name, *summary;
    int32_t n_values;        /* its members */
} aryl_group_info;

/** Number of groups; they are numbered from 0. */
ARYL_API int32_t aryl_desc_n_groups(void);

/** Describes a group.
 *  errors   ARYL_E_UNKNOWN (no such number), ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_desc_group(int32_t i, aryl_group_info *info);

/** 1 if descriptor i of the registry is a member of the group, "all" for RDKit's; else 0. */
ARYL_API int32_t aryl_desc_in_group(int32_t i, const char *group);

/** What each atom adds to a number: the parts of a descriptor that is a sum over atoms, or what others are made of.
 *  shape    out[aryl_mol_n_atoms(mol)], capacity counts doubles; *rest (or NULL) is what belongs to no atom, such as
 *           hydrogens that are none: where aryl_contribution_info.total is set, atoms and rest sum up to the descriptor
 *  units    aryl_contribution_info.unit
 *  threads  as aryl_desc_values
 *  errors   ARYL_E_UNKNOWN (no such name), ARYL_E_SPACE (nothing written), ARYL_E_LIMIT, ARYL_E_NOMEM
 *  source   docs/desc.md
 */
ARYL_API aryl_status aryl_contribution_values(const aryl_mol *mol, const char *name, aryl_scratch *scratch, double *out,
                                              int64_t capacity, double *rest, aryl_error *err);

/** What there is to know about a contribution. Texts are static. */
typedef struct aryl_contribution_info {
    size_t size;             /* set it to sizeof(aryl_contribution_info) */
    const char *name, *unit, *summary, *source;
    int32_t total;           /* 1: atoms and rest sum up to the descriptor of this name */
} aryl_contribution_info;

/** Number of contributions; they are numbered from 0. */
ARYL_API int32_t aryl_contribution_n_known(void);

/** Describes a contribution.
 *  errors   ARYL_E_UNKNOWN (no such number), ARYL_E_ARGUMENT (info->size)
 */
ARYL_API aryl_status aryl_contribution_known(int32_t i, aryl_contribution_info *info);

#ifdef __cplusplus
}
#endif
#endif
