// scaffold.c - the scaffold of a molecule: its rings, what links them, and what is double bonded to either.
// Bemis & Murcko, J. Med. Chem. 1996, 39, 2887, doi:10.1021/jm9602928; the double bonded atoms are RDKit's addition.
#include "facts/facts.h"

// Takes away atoms with at most one neighbour left, again and again. What was cut off leads nowhere.
static aryl_status prune(const aryl_mol *m, arena *tmp, uint8_t *left)
{
    int32_t *degree = arena_new(tmp, int32_t, m->n_atoms), *queue = arena_new(tmp, int32_t, m->n_atoms), n = 0;
    if (!degree || !queue) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        degree[a] = mol_degree(m, a);
        left[a] = degree[a] > 1;
        if (!left[a]) queue[n++] = a;
    }
    while (n) {
        int32_t a = queue[--n];
        for (int32_t i = m->start[a]; i < m->start[a + 1]; i++) {
            int32_t x = m->nbr[i];
            if (!left[x] || --degree[x] > 1) continue;
            left[x] = 0;
            queue[n++] = x;
        }
    }
    return ARYL_OK;
}

static int32_t root_of(int32_t *up, int32_t a)
{
    while (up[a] != a) a = up[a] = up[up[a]];
    return a;
}

// Whether a bond that is of no ring closes a cycle all the same: in cages, the reference's set of rings has gaps.
static aryl_status find_gap(const aryl_mol *m, arena *tmp, const uint8_t *core, bool *gap)
{
    int32_t *up = arena_new(tmp, int32_t, m->n_atoms);
    if (!up) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) up[a] = a;
    for (int32_t pass = 0; pass < 2; pass++)
        for (int32_t b = 0; b < m->n_bonds; b++) {
            bool of_ring = m->bond_flags[b] & BOND_IS_RING;
            if (of_ring == (pass == 1) || !core[m->begin[b]] || !core[m->end[b]]) continue;
            int32_t i = root_of(up, m->begin[b]), k = root_of(up, m->end[b]);
            *gap |= !of_ring && i == k;
            up[i] = k;
        }
    return ARYL_OK;
}

// With gaps, what stays beside the atoms of rings is one shortest path between the first atoms of every two.
static aryl_status trace(const aryl_mol *m, arena *tmp, uint8_t *core)
{
    int32_t *from = arena_new(tmp, int32_t, m->n_atoms), *queue = arena_new(tmp, int32_t, m->n_atoms);
    if (!from || !queue) return ARYL_E_NOMEM;
    if (!arena_work(tmp, (int64_t)m->n_rings * (m->n_atoms + m->n_bonds))) return ARYL_E_LIMIT;
    for (int32_t a = 0; a < m->n_atoms; a++) core[a] = (m->atom_flags[a] & ATOM_RING) != 0;
    for (int32_t r = 0; r + 1 < m->n_rings; r++) {
        int32_t n = 0;
        for (int32_t a = 0; a < m->n_atoms; a++) from[a] = -1;
        queue[n++] = m->ring_atom[m->ring_start[r]];
        from[queue[0]] = queue[0];
        for (int32_t k = 0; k < n; k++)
            for (int32_t i = m->start[queue[k]]; i < m->start[queue[k] + 1]; i++)
                if (from[m->nbr[i]] < 0) {
                    from[m->nbr[i]] = queue[k];
                    queue[n++] = m->nbr[i];
                }
        for (int32_t other = r + 1; other < m->n_rings; other++)
            for (int32_t a = m->ring_atom[m->ring_start[other]]; from[a] >= 0 && a != queue[0]; a = from[a]) core[a] = 1;
    }
    return ARYL_OK;
}

static aryl_status find_core(const aryl_mol *m, arena *tmp, uint8_t *core)
{
    bool gap = false;
    TRY(prune(m, tmp, core));
    TRY(find_gap(m, tmp, core, &gap));
    return gap ? trace(m, tmp, core) : ARYL_OK;
}

static bool doubly_bound(const aryl_mol *m, int32_t a, const uint8_t *core)
{
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
        if (core[m->nbr[i]] && m->type[m->via[i]] == BOND_DOUBLE) return true;
    return false;
}

aryl_status facts_scaffold(facts *f)
{
    if (f->scaffold) return ARYL_OK;
    const aryl_mol *m = f->mol;
    uint8_t *scaffold = arena_new(f->mem, uint8_t, m->n_atoms);
    arena_mark here = arena_save(f->mem);
    uint8_t *core = arena_new(f->mem, uint8_t, m->n_atoms);
    aryl_status s = scaffold && core ? find_core(m, f->mem, core) : ARYL_E_NOMEM;
    for (int32_t a = 0; s == ARYL_OK && a < m->n_atoms; a++) scaffold[a] = core[a] || doubly_bound(m, a, core);
    arena_restore(f->mem, here);
    if (s) return s;
    f->scaffold = scaffold;
    return ARYL_OK;
}
