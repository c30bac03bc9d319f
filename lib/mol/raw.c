// raw.c - the raw graph while a reader fills it.
#include "mol/mol.h"

enum { FIRST_ATOMS = 64, FIRST_BONDS = 72 };

void raw_init(raw_mol *r, arena *mem) { *r = (raw_mol){.mem = mem}; }

// Room for one more of an array that doubles. The old array stays in the arena until the molecule is done; together
// the old ones are no larger than the new one.
static bool room(arena *mem, void **array, int32_t n, int32_t *cap, int32_t first, size_t size)
{
    if (n < *cap) return true;
    if (*cap > INT32_MAX / 2) return false;
    int32_t more = *cap ? 2 * *cap : first;
    void *grown = arena_grow(mem, *array, (size_t)*cap, (size_t)more, size);
    if (!grown) return false;
    *array = grown;
    *cap = more;
    return true;
}

raw_atom *raw_add_atom(raw_mol *r)
{
    void *array = r->atom;
    if (!room(r->mem, &array, r->n_atoms, &r->cap_atoms, FIRST_ATOMS, sizeof *r->atom)) return NULL;
    r->atom = array;
    raw_atom *a = &r->atom[r->n_atoms++];
    *a = (raw_atom){0};
    return a;
}

raw_bond *raw_add_bond(raw_mol *r, int32_t begin, int32_t end, int32_t type)
{
    void *array = r->bond;
    if (!room(r->mem, &array, r->n_bonds, &r->cap_bonds, FIRST_BONDS, sizeof *r->bond)) return NULL;
    r->bond = array;
    raw_bond *b = &r->bond[r->n_bonds++];
    *b = (raw_bond){.begin = begin, .end = end, .stereo_atom = {-1, -1}, .type = (uint8_t)type};
    r->atom[begin].degree++;
    r->atom[end].degree++;
    return b;
}
