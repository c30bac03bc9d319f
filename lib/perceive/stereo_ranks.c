// stereo_ranks.c - the ranks behind legacy stereo labels: each atom against its neighbours, those against theirs, until
// nothing changes. Close to the rules of Cahn, Ingold and Prelog, and RDKit's to the last tie.
//
// A round compares, for atoms of equal rank, the ranks of their neighbours, each repeated by twice its bond order,
// highest first, then one lowest entry per hydrogen. Repeats are kept as (rank, times), which compares the same.
#include "perceive/perceive.h"

typedef struct sights {
    const aryl_mol *m;
    uint8_t *times;                // at m->start[a]: how often a neighbour counts
    int32_t shift;                 // room for how often in an entry, below the rank
    const int32_t *asked;          // atoms whose neighbours are to be told apart
    int32_t n_asked;
} sights;

static int32_t look(const void *ctx, int32_t a, const int32_t *rank, uint64_t *out)
{
    const sights *s = ctx;
    const aryl_mol *m = s->m;
    int32_t n = 0, hidden = m->atom_flags[a] & ATOM_QUERY ? 0 : mol_hidden_h(m, a);
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        uint64_t x = (uint64_t)(rank[m->nbr[k]] + 1) << s->shift | s->times[k];
        int32_t i = n;
        if (!s->times[k]) continue;
        while (i && out[i - 1] >> s->shift < x >> s->shift) i--;
        if (i && out[i - 1] >> s->shift == x >> s->shift) {
            out[i - 1] += s->times[k];
            continue;
        }
        for (int32_t j = n++; j > i; j--) out[j] = out[j - 1];
        out[i] = x;
    }
    if (hidden) out[n++] = (uint64_t)hidden;
    return n;
}

static bool all_told_apart(const void *ctx, const int32_t *rank)
{
    const sights *s = ctx;
    for (int32_t i = 0; i < s->n_asked; i++)
        if (!perceive_neighbours_differ(s->m, s->asked[i], rank)) return false;
    return true;
}

static void weigh_bonds(const aryl_mol *m, uint8_t *times)
{
    for (int32_t k = 0; k < 2 * m->n_bonds; k++) {
        int32_t type = m->type[m->via[k]], o = m->nbr[k], degree = mol_degree(m, o);
        bool phosphorus = type == BOND_DOUBLE && m->z[o] == 15 && (degree == 3 || degree == 4);
        times[k] = phosphorus ? 1 : type == BOND_DATIVE ? 2 : perceive_order2[type];
    }
}

enum { FEW = 5, FEW_ATOMS = 64, FEW_RANKS = 7 };   // bits of a count, and of a rank + 1 among so many atoms

static bool counts_are_few(const aryl_mol *m, const uint8_t *times)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t n = mol_hidden_h(m, a);
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) n += times[k];
        if (n >> FEW) return false;
    }
    return true;
}

static uint64_t invariant(const aryl_mol *m, int32_t a)
{
    int32_t mass = 512, map = m->atom_flags[a] & ATOM_HAS_MAP ? m->map[a] : -1;
    if (m->isotope[a]) {
        int32_t off = m->isotope[a] - elements[m->z[a]].common_isotope;
        mass += off + (off >= 0);
    }
    mass = mass < 0 ? 0 : mass & 1023;
    return (uint64_t)m->z[a] << 20 | (uint64_t)mass << 10 | (uint64_t)((map + 1) & 1023);
}

aryl_status perceive_cip_ranks(const aryl_mol *m, const uint8_t *label, const int32_t *asked, int32_t n_asked, arena *tmp,
                               int32_t *rank)
{
    arena_mark here = arena_save(tmp);
    uint64_t *key = arena_new(tmp, uint64_t, m->n_atoms);
    sights s = {m, arena_new(tmp, uint8_t, 2 * (size_t)m->n_bonds), 32, asked, n_asked};
    if (!key || !s.times) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) key[a] = label ? (uint64_t)rank[a] << 8 | label[a] : invariant(m, a);
    weigh_bonds(m, s.times);
    graph g = perceive_graph(m);
    bool few = m->n_atoms <= FEW_ATOMS && counts_are_few(m, s.times);
    if (few) s.shift = FEW;
    TRY(graph_refine(&g, key, look, asked ? all_told_apart : NULL, &s, few ? FEW_RANKS + FEW : 0, m->n_atoms / 2 + 1, tmp, rank));
    arena_restore(tmp, here);
    return ARYL_OK;
}

// RDKit keeps the neighbours of all atoms in one table of so many slots each, lets longer lists run on into the next
// atom's, and gives up at the end of the table. That it mixes up what the next atom sees is not followed here.
enum { CIP_SLOTS = 16 };

int32_t perceive_cip_overflow(const aryl_mol *m)
{
    for (int32_t a = m->n_atoms - m->n_atoms / CIP_SLOTS - 1; a < m->n_atoms; a++)    // no other has so many
        if (a >= 0 && (int64_t)CIP_SLOTS * a + mol_degree(m, a) > (int64_t)CIP_SLOTS * m->n_atoms) return a;
    return -1;
}
