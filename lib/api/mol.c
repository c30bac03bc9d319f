// mol.c - molecules handed out as arrays.
#include "api/api.h"

ARYL_API aryl_status aryl_mol_parse(const char *text, int64_t len, const char *format, aryl_mol **out, aryl_error *err)
{
    if (!out) return fail_at(err, ARYL_E_ARGUMENT, -1, "out is NULL");
    *out = NULL;
    if (!text || len < 0 || len > INT32_MAX) return fail_at(err, ARYL_E_ARGUMENT, -1, "text of 0 to 2^31 - 1 bytes expected");
    int32_t known = format ? convert_format_by_name(format, (int64_t)strlen(format)) : FORMAT_SMILES;
    if (known < 0) return fail_at(err, ARYL_E_UNKNOWN, -1, "no format '%.60s'; there are smiles, mol", format);
    if (known == FORMAT_SMILES && len && text[len - 1] == '\n') len -= len > 1 && text[len - 2] == '\r' ? 2 : 1;
    run_limits limits = run_limits_of(NULL);
    arena own, *mem = api_scratch(NULL, &own);
    aryl_mol *found;
    aryl_status s = convert_load(text, len, (convert_format)known, PERCEIVE_ELECTRONS | PERCEIVE_STEREO | PERCEIVE_RANKS, &limits.io, mem, &found, err);
    if (s == ARYL_OK) {
        s = mol_freeze(found, out);
        if (s != ARYL_OK) fail_at(err, s, -1, "out of memory");
    }
    api_scratch_done(&own);
    return s;
}

ARYL_API void aryl_mol_free(aryl_mol *mol)
{
    if (mol) mol_free(mol);
}

ARYL_API int32_t aryl_mol_n_atoms(const aryl_mol *mol) { return mol ? mol->n_atoms : 0; }
ARYL_API int32_t aryl_mol_n_bonds(const aryl_mol *mol) { return mol ? mol->n_bonds : 0; }
ARYL_API int32_t aryl_mol_n_rings(const aryl_mol *mol) { return mol ? mol->n_rings : 0; }

ARYL_API const char *aryl_mol_name(const aryl_mol *mol, int64_t *len)
{
    bool named = mol && mol->name;
    if (len) *len = named ? mol->name_len : 0;
    return named ? mol->name : "";
}

static int32_t atom_value(const aryl_mol *m, int32_t property, int32_t a)
{
    switch (property) {
    case ARYL_ATOM_NUMBER: return m->z[a];
    case ARYL_ATOM_CHARGE: return m->charge[a];
    case ARYL_ATOM_ISOTOPE: return m->isotope[a];
    case ARYL_ATOM_DEGREE: return mol_degree(m, a);
    case ARYL_ATOM_HYDROGENS: return mol_total_h(m, a);
    case ARYL_ATOM_EXPLICIT_H: return m->explicit_h[a];
    case ARYL_ATOM_IMPLICIT_H: return m->implicit_h[a];
    case ARYL_ATOM_RADICALS: return m->radicals[a];
    case ARYL_ATOM_AROMATIC: return mol_aromatic(m, a);
    case ARYL_ATOM_HYBRIDISATION: return m->hybridisation ? m->hybridisation[a] : 0;
    case ARYL_ATOM_IN_RING: return (m->atom_flags[a] & ATOM_RING) != 0;
    case ARYL_ATOM_MAP: return m->atom_flags[a] & ATOM_HAS_MAP ? m->map[a] : 0;
    case ARYL_ATOM_TAG: return m->tag[a];
    case ARYL_ATOM_OFFSET: return m->at[a];
    case ARYL_ATOM_LABEL: return m->cip ? m->cip[a] : CIP_NONE;
    case ARYL_ATOM_RANK: return m->cip_rank ? m->cip_rank[a] : -1;
    case ARYL_ATOM_CENTRE: return (m->atom_flags[a] & ATOM_POSSIBLE_CENTRE) != 0;
    default: return -1;
    }
}

static int32_t bond_value(const aryl_mol *m, int32_t property, int32_t b)
{
    switch (property) {
    case ARYL_BOND_BEGIN: return m->begin[b];
    case ARYL_BOND_END: return m->end[b];
    case ARYL_BOND_TYPE: return m->type[b];
    case ARYL_BOND_KEKULE: return m->kekule[b];
    case ARYL_BOND_AROMATIC: return (m->bond_flags[b] & BOND_IS_AROMATIC) != 0;
    case ARYL_BOND_CONJUGATED: return (m->bond_flags[b] & BOND_IS_CONJUGATED) != 0;
    case ARYL_BOND_IN_RING: return (m->bond_flags[b] & BOND_IS_RING) != 0;
    case ARYL_BOND_MARK: return m->dir[b];
    case ARYL_BOND_STEREO: return m->stereo[b];
    case ARYL_BOND_STEREO_BEGIN: return m->stereo_atom[2 * b];
    case ARYL_BOND_STEREO_END: return m->stereo_atom[2 * b + 1];
    default: return -1;
    }
}

static aryl_status scaffold(const aryl_mol *mol, int32_t *out)
{
    arena own, *mem = api_scratch(NULL, &own);
    facts f;
    facts_init(&f, mol, mem);
    aryl_status s = facts_scaffold(&f);
    for (int32_t a = 0; s == ARYL_OK && a < mol->n_atoms; a++) out[a] = f.scaffold[a];
    api_scratch_done(&own);
    return s;
}

ARYL_API aryl_status aryl_mol_atoms(const aryl_mol *mol, int32_t property, int32_t *out, int64_t capacity)
{
    if (!mol || (!out && mol->n_atoms)) return ARYL_E_ARGUMENT;
    if (property < ARYL_ATOM_NUMBER || property > ARYL_ATOM_SCAFFOLD) return ARYL_E_UNKNOWN;
    if (capacity < mol->n_atoms) return ARYL_E_SPACE;
    if (property == ARYL_ATOM_SCAFFOLD) return scaffold(mol, out);
    for (int32_t a = 0; a < mol->n_atoms; a++) out[a] = atom_value(mol, property, a);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_mol_bonds(const aryl_mol *mol, int32_t property, int32_t *out, int64_t capacity)
{
    if (!mol || (!out && mol->n_bonds)) return ARYL_E_ARGUMENT;
    if (property < ARYL_BOND_BEGIN || property > ARYL_BOND_STEREO_END) return ARYL_E_UNKNOWN;
    if (capacity < mol->n_bonds) return ARYL_E_SPACE;
    for (int32_t b = 0; b < mol->n_bonds; b++) out[b] = bond_value(mol, property, b);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_mol_rings(const aryl_mol *mol, int32_t *start, int32_t *atoms, int32_t *bonds, int64_t capacity)
{
    if (!mol || !start) return ARYL_E_ARGUMENT;
    start[0] = 0;
    for (int32_t r = 0; r < mol->n_rings; r++) start[r + 1] = mol->ring_start[r + 1];
    int32_t n = start[mol->n_rings];
    if ((atoms || bonds) && capacity < n) return ARYL_E_SPACE;
    if (atoms && n) memcpy(atoms, mol->ring_atom, (size_t)n * sizeof *atoms);
    if (bonds && n) memcpy(bonds, mol->ring_bond, (size_t)n * sizeof *bonds);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_mol_coordinates(const aryl_mol *mol, double *out, int64_t capacity)
{
    if (!mol || (!out && mol->n_atoms)) return ARYL_E_ARGUMENT;
    if (!mol->xyz) return ARYL_E_UNSUPPORTED;
    if (capacity < 3 * (int64_t)mol->n_atoms) return ARYL_E_SPACE;
    if (mol->n_atoms) memcpy(out, mol->xyz, 3 * (size_t)mol->n_atoms * sizeof *out);
    return ARYL_OK;
}

ARYL_API const char *aryl_element_symbol(int32_t number)
{
    return number < 0 || number > ELEMENT_MAX ? NULL : elements[number].symbol;
}

ARYL_API aryl_status aryl_scratch_new(aryl_scratch **out)
{
    if (!out) return ARYL_E_ARGUMENT;
    if (!(*out = mem_alloc(sizeof **out))) return ARYL_E_NOMEM;
    arena_init(&(*out)->mem);
    return ARYL_OK;
}

ARYL_API void aryl_scratch_free(aryl_scratch *scratch)
{
    if (!scratch) return;
    arena_free(&scratch->mem);
    mem_free(scratch);
}
