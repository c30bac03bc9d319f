// rings.c - what kinds of rings there are, and the atoms where they meet in special ways. Counts are of relevant
// cycles: a cage counts all its equally small faces.
#include "desc/desc.h"

static void count_kinds(const aryl_mol *m, double *out)
{
    for (int32_t r = 0; r < m->n_rings; r++) {
        bool hetero = false, aromatic = true, saturated = true;
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) {
            int32_t b = m->ring_bond[k];
            bool flag = m->bond_flags[b] & BOND_IS_AROMATIC;
            hetero |= m->z[m->ring_atom[k]] != 6;
            aromatic &= flag;
            saturated &= m->type[b] == BOND_SINGLE && !flag;
        }
        out[RINGS_ALL]++;
        out[RINGS_HETERO] += hetero;
        out[aromatic ? RINGS_AROMATIC : RINGS_ALIPHATIC]++;
        if (aromatic) out[hetero ? RINGS_AROMATIC_HETERO : RINGS_AROMATIC_CARBO]++;
        else out[hetero ? RINGS_ALIPHATIC_HETERO : RINGS_ALIPHATIC_CARBO]++;
        if (saturated) out[RINGS_SATURATED]++;
        if (saturated) out[hetero ? RINGS_SATURATED_HETERO : RINGS_SATURATED_CARBO]++;
    }
}

// The rings through each atom (or bond): ring[start[i] .. start[i + 1]).
typedef struct incidence { int32_t *start, *ring; } incidence;

static bool invert(const aryl_mol *m, const int32_t *member, int32_t n, arena *tmp, incidence *out)
{
    int32_t total = m->ring_start[m->n_rings];
    int32_t *start = arena_zero(tmp, int32_t, n + 2), *ring = arena_new(tmp, int32_t, total);
    if (!start || !ring) return false;
    for (int32_t k = 0; k < total; k++) start[member[k] + 2]++;
    for (int32_t i = 2; i < n + 2; i++) start[i] += start[i - 1];
    for (int32_t r = 0; r < m->n_rings; r++)
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) ring[start[member[k] + 1]++] = r;
    *out = (incidence){start, ring};
    return true;
}

typedef struct meeting {
    const aryl_mol *m;
    incidence at_atom, at_bond;
    int32_t *atoms, *bonds, *touched;   // [n_rings] what ring r shares with the others; which of those were met
    uint8_t *in_ring;                   // [n_bonds] bonds of ring r
    uint8_t *ends;                      // [n_atoms] shared bonds at an atom
    uint8_t *spiro, *bridgehead;        // [n_atoms]
} meeting;

// Ring r against every later ring that it touches.
static void meet(meeting *g, int32_t r)
{
    const aryl_mol *m = g->m;
    int32_t from = m->ring_start[r], to = m->ring_start[r + 1], n_touched = 0;
    for (int32_t k = from; k < to; k++) {
        int32_t a = m->ring_atom[k], b = m->ring_bond[k];
        g->in_ring[b] = 1;
        for (int32_t i = g->at_atom.start[a]; i < g->at_atom.start[a + 1]; i++) {
            int32_t s = g->at_atom.ring[i];
            if (s > r && !g->atoms[s]++) g->touched[n_touched++] = s;
        }
        for (int32_t i = g->at_bond.start[b]; i < g->at_bond.start[b + 1]; i++) g->bonds[g->at_bond.ring[i]]++;
    }
    for (int32_t i = 0; i < n_touched; i++) {
        int32_t s = g->touched[i], s_from = m->ring_start[s], s_to = m->ring_start[s + 1];
        if (g->atoms[s] == 1) {
            for (int32_t k = from; k < to; k++)
                for (int32_t j = s_from; j < s_to; j++)
                    if (m->ring_atom[j] == m->ring_atom[k]) g->spiro[m->ring_atom[k]] = 1;
        } else if (g->bonds[s] >= 2) {
            for (int32_t side = 0; side < 2; side++)     // count the shared bonds at each atom, then look and wipe
                for (int32_t j = s_from; j < s_to; j++) {
                    int32_t b = m->ring_bond[j];
                    if (!g->in_ring[b]) continue;
                    int32_t end[2] = {m->begin[b], m->end[b]};
                    for (int32_t e = 0; e < 2; e++) {
                        if (!side) g->ends[end[e]]++;
                        else if (g->ends[end[e]] == 1) g->bridgehead[end[e]] = 1;
                    }
                }
            for (int32_t j = s_from; j < s_to; j++) g->ends[m->ring_atom[j]] = 0;
        }
        g->atoms[s] = 0;
    }
    for (int32_t k = from; k < to; k++) {
        int32_t b = m->ring_bond[k];
        g->in_ring[b] = 0;
        for (int32_t i = g->at_bond.start[b]; i < g->at_bond.start[b + 1]; i++) g->bonds[g->at_bond.ring[i]] = 0;
    }
}

static aryl_status count_meetings(const aryl_mol *m, arena *tmp, double *out)
{
    int64_t work = 0;
    meeting g = {.m = m};
    if (!invert(m, m->ring_atom, m->n_atoms, tmp, &g.at_atom) || !invert(m, m->ring_bond, m->n_bonds, tmp, &g.at_bond))
        return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int64_t through = g.at_atom.start[a + 1] - g.at_atom.start[a];
        work += through * through;
    }
    if (!arena_work(tmp, work)) return ARYL_E_LIMIT;
    g.atoms = arena_zero(tmp, int32_t, m->n_rings);
    g.bonds = arena_zero(tmp, int32_t, m->n_rings);
    g.touched = arena_new(tmp, int32_t, m->n_rings);
    g.in_ring = arena_zero(tmp, uint8_t, m->n_bonds);
    g.ends = arena_zero(tmp, uint8_t, m->n_atoms);
    g.spiro = arena_zero(tmp, uint8_t, m->n_atoms);
    g.bridgehead = arena_zero(tmp, uint8_t, m->n_atoms);
    if (!g.atoms || !g.bonds || !g.touched || !g.in_ring || !g.ends || !g.spiro || !g.bridgehead) return ARYL_E_NOMEM;
    for (int32_t r = 0; r < m->n_rings; r++) meet(&g, r);
    for (int32_t a = 0; a < m->n_atoms; a++) {
        out[RINGS_SPIRO] += g.spiro[a];
        out[RINGS_BRIDGEHEAD] += g.bridgehead[a];
    }
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    for (int32_t i = 0; i < N_RINGS; i++) out[i] = 0;
    if (!f->mol->n_rings) return ARYL_OK;
    count_kinds(f->mol, out);
    if (f->mol->n_rings < 2) return ARYL_OK;
    arena_mark here = arena_save(f->mem);
    aryl_status s = count_meetings(f->mol, f->mem, out);
    arena_restore(f->mem, here);
    return s;
}

const desc_family desc_rings = {
    .name = "rings", .source = "relevant cycles: Vismara, Electron. J. Comb. 1997, 4, R9", .n_values = N_RINGS, .run = run,
};
