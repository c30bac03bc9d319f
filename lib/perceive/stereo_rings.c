// stereo_rings.c - centres in rings that have no label of their own, but mean something together: cis and trans on a ring.
#include "perceive/perceive.h"

bool perceive_in_ring_of_3(const aryl_mol *m, int32_t atom)
{
    for (int32_t r = 0; r < m->n_rings; r++) {
        if (m->ring_start[r + 1] - m->ring_start[r] != 3) continue;
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++)
            if (m->ring_atom[k] == atom) return true;
    }
    return false;
}

static bool ring_has(const aryl_mol *m, int32_t r, int32_t atom)
{
    for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++)
        if (m->ring_atom[k] == atom) return true;
    return false;
}

// At least three ring bonds, and every ring here shares two or more bonds with another one here.
aryl_status perceive_bridgehead(const aryl_mol *m, int32_t atom, arena *tmp, bool *yes)
{
    int32_t ring_bonds = 0, n = 0;
    *yes = false;
    for (int32_t k = m->start[atom]; k < m->start[atom + 1]; k++) ring_bonds += (m->bond_flags[m->via[k]] & BOND_IS_RING) != 0;
    if (ring_bonds < 3) return ARYL_OK;
    arena_mark here = arena_save(tmp);
    int32_t *ring = arena_new(tmp, int32_t, m->n_rings), *mark = arena_zero(tmp, int32_t, m->n_bonds);
    if (!ring || !mark) return ARYL_E_NOMEM;
    for (int32_t r = 0; r < m->n_rings; r++)
        if (ring_has(m, r, atom)) ring[n++] = r;
    *yes = true;
    for (int32_t i = 0; i < n && *yes; i++) {
        bool shares = false;
        for (int32_t k = m->ring_start[ring[i]]; k < m->ring_start[ring[i] + 1]; k++) mark[m->ring_bond[k]] = i + 1;
        for (int32_t j = 0; j < n && !shares; j++) {
            int32_t common = 0;
            if (j == i) continue;
            if (!arena_work(tmp, m->ring_start[ring[j] + 1] - m->ring_start[ring[j]])) return ARYL_E_LIMIT;
            for (int32_t k = m->ring_start[ring[j]]; k < m->ring_start[ring[j] + 1]; k++) common += mark[m->ring_bond[k]] == i + 1;
            shares = common >= 2;
        }
        *yes = shares;
    }
    arena_restore(tmp, here);
    return ARYL_OK;
}

// Could the atom's tag say on which side of the ring something is?
static aryl_status is_candidate(const aryl_mol *m, const int32_t *rank, int32_t a, arena *tmp, bool *yes)
{
    *yes = false;
    if (!m->tag[a] || m->cip[a] || !(m->atom_flags[a] & ATOM_RING)) return ARYL_OK;
    if (m->z[a] == 7 && mol_total_degree(m, a) == 3 && !perceive_in_ring_of_3(m, a)) {
        bool bridgehead;
        TRY(perceive_bridgehead(m, a, tmp, &bridgehead));
        if (!bridgehead) return ARYL_OK;
    }
    int32_t n_in = 0, n_out = 0, different = 0, out[2];
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        if (!(m->bond_flags[m->via[k]] & BOND_IS_RING)) {
            if (n_out == 2) return ARYL_OK;
            out[n_out++] = rank[m->nbr[k]];
            continue;
        }
        bool known = false;
        for (int32_t i = m->start[a]; i < k; i++)
            known |= (m->bond_flags[m->via[i]] & BOND_IS_RING) && rank[m->nbr[i]] == rank[m->nbr[k]];
        different += !known;
        n_in++;
    }
    if (n_out == 2) *yes = out[0] != out[1] && different < n_in;
    else if (n_out == 1) *yes = different < n_in;
    else *yes = (n_in == 4 && different == 3) || (n_in == 3 && different == 2);
    return ARYL_OK;
}

typedef struct search {
    const aryl_mol *m;
    int32_t *queue, n_queue;
    uint8_t *seen, *queued, *bond_used;
} search;

static void push_neighbours(search *s, int32_t a, bool is_start)
{
    const aryl_mol *m = s->m;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t b = m->via[k], o = m->nbr[k];
        if (s->bond_used[b]) continue;
        s->bond_used[b] = 1;
        if (!(m->bond_flags[b] & BOND_IS_RING) || s->seen[o] || (!is_start && s->queued[o])) continue;
        s->queue[s->n_queue++] = o;
        s->queued[o] = 1;
    }
}

// One search from each lowest candidate that none before has reached; each bond serves once in all of them. Those it
// finds, and itself, are mates. member[] holds the groups, group_end[] where they end.
static aryl_status find_groups(search *s, const int32_t *rank, arena *tmp, int32_t *member, int32_t *group_end, int32_t *n_groups)
{
    const aryl_mol *m = s->m;
    int32_t n = 0;
    bool yes;
    *n_groups = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (s->seen[a] || !m->tag[a]) continue;
        TRY(is_candidate(m, rank, a, tmp, &yes));
        if (!yes) continue;
        int32_t first = n;
        member[n++] = a;
        s->n_queue = 0;
        push_neighbours(s, a, true);
        for (int32_t q = 0; q < s->n_queue; q++) {
            int32_t o = s->queue[q];
            s->seen[o] = 1;
            TRY(is_candidate(m, rank, o, tmp, &yes));
            if (yes) member[n++] = o;
            push_neighbours(s, o, false);
        }
        s->seen[a] = 1;
        if (n == first + 1) n = first;
        else group_end[(*n_groups)++] = n;
    }
    return ARYL_OK;
}

aryl_status perceive_ring_mates(aryl_mol *m, const int32_t *rank, arena *mem)
{
    size_t n = (size_t)m->n_atoms;
    search s = {.m = m};
    int32_t *ints = arena_new(mem, int32_t, 4 * n);
    uint8_t *bytes = arena_zero(mem, uint8_t, 2 * n + (size_t)m->n_bonds);
    if (!ints || !bytes) return ARYL_E_NOMEM;
    int32_t *member = ints + n, *group_end = member + n, *of = group_end + n, n_groups;   // of: group of an atom + 1
    s.queue = ints;
    s.seen = bytes;
    s.queued = bytes + n;
    s.bond_used = bytes + 2 * n;
    TRY(find_groups(&s, rank, mem, member, group_end, &n_groups));
    if (!n_groups) return ARYL_OK;

    int64_t total = 0;
    memset(of, 0, n * sizeof *of);
    for (int32_t g = 0, at = 0; g < n_groups; at = group_end[g++]) {
        total += (int64_t)(group_end[g] - at) * (group_end[g] - at - 1);
        for (int32_t k = at; k < group_end[g]; k++) of[member[k]] = g + 1;
    }
    if (total > INT32_MAX || !arena_work(mem, total)) return ARYL_E_LIMIT;
    m->mate_start = arena_new(mem, int32_t, n + 1);
    m->mate = arena_new(mem, int32_t, total);
    if (!m->mate_start || !m->mate) return ARYL_E_NOMEM;
    int32_t at = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        m->mate_start[a] = at;
        if (!of[a]) continue;
        // In the order of the search, but without itself; signs by way of the first.
        int32_t first = of[a] > 1 ? group_end[of[a] - 2] : 0, tag = m->tag[member[first]];
        for (int32_t k = first; k < group_end[of[a] - 1]; k++) {
            bool same = (m->tag[member[k]] == tag) == (m->tag[a] == tag);
            if (member[k] != a) m->mate[at++] = same ? member[k] + 1 : -(member[k] + 1);
        }
    }
    m->mate_start[n] = at;
    return ARYL_OK;
}
