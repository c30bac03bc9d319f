// groups.c - substance groups as far as they bear on the molecule: which hydrogens must stay because a group holds them.
#include "io/io.h"

bool index_list_add(index_list *l, arena *mem, int32_t value)
{
    if (l->n == l->cap) {
        int32_t more = l->cap ? 2 * l->cap : 8;
        int32_t *v = arena_grow(mem, l->v, (size_t)l->cap, (size_t)more, sizeof *v);
        if (!v) return false;
        l->v = v;
        l->cap = more;
    }
    l->v[l->n++] = value;
    return true;
}

static bool holds(const index_list *l, int32_t value)
{
    for (int32_t i = 0; i < l->n; i++)
        if (l->v[i] == value) return true;
    return false;
}

int32_t io_group_crossed(const raw_mol *raw, const io_group *g, int32_t bond)
{
    int32_t inside = holds(&g->atoms, raw->bond[bond].begin) + holds(&g->atoms, raw->bond[bond].end);
    return inside ? inside == 1 : -1;
}

// A hydrogen that would be removed if no group held it.
static bool loose_hydrogen(const raw_atom *a)
{
    return a->z == 1 && a->degree == 1 && !a->isotope && a->charge != -1 && !(a->flags & (ATOM_QUERY | ATOM_KEEP));
}

static void keep(raw_atom *a)
{
    if (a->z == 1) a->flags |= ATOM_KEEP;
}

static bool all_loose(const raw_mol *raw, const index_list *l)
{
    for (int32_t i = 0; i < l->n; i++)
        if (!loose_hydrogen(&raw->atom[l->v[i]])) return false;
    return true;
}

aryl_status io_hold_hydrogens(raw_mol *raw, const io_group *groups, const io_group **stray)
{
    *stray = NULL;
    if (!groups) return ARYL_OK;
    bool some = false, asked = false;
    for (int32_t i = 0; i < raw->n_atoms; i++) some |= loose_hydrogen(&raw->atom[i]);
    if (!some) return ARYL_OK;
    int32_t *mark = arena_zero(raw->mem, int32_t, raw->n_atoms), serial = 0;
    if (!mark) return ARYL_E_NOMEM;
    for (const io_group *g = groups; g; g = g->next) {
        serial++;
        for (int32_t i = 0; i < g->atoms.n; i++) mark[g->atoms.v[i]] = serial;
        for (int32_t i = 0; i < g->bonds.n; i++) {
            const raw_bond *b = &raw->bond[g->bonds.v[i]];
            int32_t inside = (mark[b->begin] == serial) + (mark[b->end] == serial);
            if (inside == 1) {
                keep(&raw->atom[b->begin]);
                keep(&raw->atom[b->end]);
            }
            if (inside || asked) continue;
            asked = true;   // RDKit asks for each hydrogen that nothing has held so far, and fails on a foreign bond
            for (int32_t a = 0; a < raw->n_atoms; a++)
                if (loose_hydrogen(&raw->atom[a])) *stray = g;
            if (*stray) return ARYL_OK;
        }
        for (int32_t i = 0; i < g->holds.n; i++) keep(&raw->atom[g->holds.v[i]]);
        for (int32_t i = 0; i < g->states.n; i++) {
            keep(&raw->atom[raw->bond[g->states.v[i]].begin]);
            keep(&raw->atom[raw->bond[g->states.v[i]].end]);
        }
    }
    for (const io_group *g = groups; g; g = g->next) {
        if (!g->atoms.n || !all_loose(raw, &g->atoms) || !all_loose(raw, &g->more_atoms)) continue;
        for (int32_t i = 0; i < g->atoms.n; i++) keep(&raw->atom[g->atoms.v[i]]);
        for (int32_t i = 0; i < g->more_atoms.n; i++) keep(&raw->atom[g->more_atoms.v[i]]);
    }
    return ARYL_OK;
}
