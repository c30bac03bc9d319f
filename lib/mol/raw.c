// raw.c - the raw graph while a reader fills it.
#include "mol/mol.h"

enum { FIRST_ATOMS = 64, FIRST_BONDS = 72 };

void raw_init(raw_mol *r, arena *mem) { *r = (raw_mol){.mem = mem}; }

// An array twice as large. The old one stays in the arena until the molecule is done; together the old ones are no
// larger than the new one.
static bool more(arena *mem, void **array, int32_t *cap, int32_t first, size_t size)
{
    if (*cap > INT32_MAX / 2) return false;
    int32_t want = *cap ? 2 * *cap : first;
    void *grown = arena_grow(mem, *array, (size_t)*cap, (size_t)want, size);
    if (!grown) return false;
    *array = grown;
    *cap = want;
    return true;
}

bool raw_more_atoms(raw_mol *r)
{
    void *array = r->atom;
    bool ok = more(r->mem, &array, &r->cap_atoms, FIRST_ATOMS, sizeof *r->atom);
    r->atom = array;
    return ok;
}

bool raw_more_bonds(raw_mol *r)
{
    void *array = r->bond;
    bool ok = more(r->mem, &array, &r->cap_bonds, FIRST_BONDS, sizeof *r->bond);
    r->bond = array;
    return ok;
}
