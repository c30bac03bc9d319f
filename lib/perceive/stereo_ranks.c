// stereo_ranks.c - the ranks behind legacy stereo labels: each atom against its neighbours, those against theirs, until
// nothing changes. Close to the rules of Cahn, Ingold and Prelog, and RDKit's to the last tie.
//
// A round compares, for atoms of equal rank, the ranks of their neighbours, each repeated by twice its bond order,
// highest first, then one lowest entry per hydrogen. Repeats are kept as (rank, times), which compares the same. All
// comparisons of a round see the ranks of the round before. A class is the place of its first member, which orders
// atoms as the dense rank does; only classes next to an atom whose class has changed need another look.
#include "perceive/perceive.h"

// RDKit keeps the neighbours of all atoms in one table of so many slots each and lets longer lists run on into the next
// atom's; at the end of the table it gives up.
enum { CIP_SLOTS = 16 };

typedef struct sight { int32_t rank, times; } sight;

typedef struct ranking {
    const aryl_mol *m;
    arena *tmp;
    int32_t n, n_classes;
    int32_t *cls, *order, *size;      // of an atom; atoms by class; members, at a class's first place
    int32_t *slot, *seen_from;        // [n + 1] first slot of an atom; per slot the neighbour
    uint8_t *times;                   // per slot
    sight *sight;                     // at m->start[a] + a
    int32_t *n_sight;
    int32_t *due, *next_due, n_due;   // classes to look at
    uint8_t *is_due;
    int32_t *moved, *moved_to, *merged;   // atoms that change class in this round; scratch
} ranking;

// ---- sorting

static void sort_keys(uint64_t *v, uint64_t *scratch, int32_t n)
{
    enum { RUN = 16 };
    for (int32_t at = 0; at < n; at += RUN)
        for (int32_t end = at + RUN < n ? at + RUN : n, i = at + 1; i < end; i++) {
            uint64_t x = v[i];
            int32_t k = i;
            for (; k > at && v[k - 1] > x; k--) v[k] = v[k - 1];
            v[k] = x;
        }
    for (int64_t width = RUN; width < n; width *= 2) {
        memcpy(scratch, v, (size_t)n * sizeof *v);
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t mid = at + width < n ? at + width : n, end = mid + width < n ? mid + width : n;
            for (int64_t i = at, j = mid, k = at; k < end; k++)
                v[k] = j == end || (i < mid && scratch[i] <= scratch[j]) ? scratch[i++] : scratch[j++];
        }
    }
}

static int32_t compare(const ranking *r, int32_t x, int32_t y)
{
    const sight *a = r->sight + r->m->start[x] + x, *b = r->sight + r->m->start[y] + y;
    int32_t na = r->n_sight[x], nb = r->n_sight[y];
    for (int32_t k = 0; k < na && k < nb; k++) {
        if (a[k].rank != b[k].rank) return a[k].rank < b[k].rank ? -1 : 1;
        if (a[k].times != b[k].times) return a[k].times < b[k].times ? -1 : 1;
    }
    return (na > nb) - (na < nb);
}

static void sort_members(const ranking *r, int32_t *v, int32_t n)
{
    enum { RUN = 8 };
    for (int32_t at = 0; at < n; at += RUN)
        for (int32_t end = at + RUN < n ? at + RUN : n, i = at + 1; i < end; i++) {
            int32_t x = v[i], k = i;
            for (; k > at && compare(r, v[k - 1], x) > 0; k--) v[k] = v[k - 1];
            v[k] = x;
        }
    for (int64_t width = RUN; width < n; width *= 2) {
        memcpy(r->merged, v, (size_t)n * sizeof *v);
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t mid = at + width < n ? at + width : n, end = mid + width < n ? mid + width : n;
            for (int64_t i = at, j = mid, k = at; k < end; k++)
                v[k] = j == end || (i < mid && compare(r, r->merged[i], r->merged[j]) <= 0) ? r->merged[i++] : r->merged[j++];
        }
    }
}

// ---- what an atom sees

static void look(const ranking *r, int32_t a)
{
    sight *out = r->sight + r->m->start[a] + a;
    int32_t n = 0, degree = mol_degree(r->m, a), hidden = r->m->atom_flags[a] & ATOM_QUERY ? 0 : mol_hidden_h(r->m, a);
    for (int32_t k = r->slot[a]; k < r->slot[a] + degree; k++) {
        int32_t rank = r->cls[r->seen_from[k]] + 1, i = n;
        if (!r->times[k]) continue;
        while (i && out[i - 1].rank < rank) i--;
        if (i && out[i - 1].rank == rank) {
            out[i - 1].times += r->times[k];
            continue;
        }
        for (int32_t j = n++; j > i; j--) out[j] = out[j - 1];
        out[i] = (sight){rank, r->times[k]};
    }
    if (hidden) out[n++] = (sight){0, hidden};
    r->n_sight[a] = n;
}

static void weigh_bonds(ranking *r, bool crowded)
{
    const aryl_mol *m = r->m;
    for (int32_t a = 0; a < r->n; a++) {
        r->slot[a] = crowded ? CIP_SLOTS * a : m->start[a];
        for (int32_t k = 0; k < mol_degree(m, a); k++) {
            int32_t b = m->via[m->start[a] + k], o = m->nbr[m->start[a] + k], times = perceive_order2[m->type[b]];
            if (m->type[b] == BOND_DATIVE) times = 2;
            if (m->type[b] == BOND_DOUBLE && m->z[o] == 15 && (mol_degree(m, o) == 3 || mol_degree(m, o) == 4)) times = 1;
            r->times[r->slot[a] + k] = (uint8_t)(r->times[r->slot[a] + k] + times);
            r->seen_from[r->slot[a] + k] = o;
        }
    }
}

// ---- refining

static void call_for(ranking *r, int32_t *list, int32_t *n, int32_t c)
{
    if (r->size[c] < 2 || r->is_due[c]) return;
    r->is_due[c] = 1;
    list[(*n)++] = c;
}

// The members of a class, by what they see. The first group keeps the class; the others move once the round is over.
static int32_t split(ranking *r, int32_t c, int32_t n_moved)
{
    int32_t *member = r->order + c, n = r->size[c], first = 0;
    sort_members(r, member, n);
    for (int32_t k = 1; k <= n; k++) {
        if (k < n && !compare(r, member[k - 1], member[k])) continue;
        r->size[c + first] = k - first;
        r->n_classes += first > 0;
        for (int32_t i = first; first && i < k; i++) {
            r->moved[n_moved] = member[i];
            r->moved_to[n_moved++] = c + first;
        }
        first = k;
    }
    return n_moved;
}

// Rounds until one changes nothing, or as many as RDKit allows.
static aryl_status refine(ranking *r)
{
    const aryl_mol *m = r->m;
    r->n_due = 0;
    for (int32_t c = 0; c < r->n; c += r->size[c]) call_for(r, r->due, &r->n_due, c);
    for (int32_t round = 0; r->n_due && r->n_classes < r->n && round < r->n / 2 + 1; round++) {
        int32_t n_moved = 0, n_next = 0;
        for (int32_t i = 0; i < r->n_due; i++) {
            int32_t c = r->due[i];
            if (!arena_work(r->tmp, r->size[c])) return ARYL_E_LIMIT;
            for (int32_t k = c; k < c + r->size[c]; k++) look(r, r->order[k]);
            r->is_due[c] = 0;
        }
        for (int32_t i = 0; i < r->n_due; i++) n_moved = split(r, r->due[i], n_moved);
        for (int32_t i = 0; i < n_moved; i++) r->cls[r->moved[i]] = r->moved_to[i];
        for (int32_t i = 0; i < n_moved; i++)
            for (int32_t k = m->start[r->moved[i]]; k < m->start[r->moved[i] + 1]; k++)
                call_for(r, r->next_due, &n_next, r->cls[m->nbr[k]]);
        int32_t *swap = r->due;
        r->due = r->next_due;
        r->next_due = swap;
        r->n_due = n_next;
    }
    return ARYL_OK;
}

// ---- from where it starts, to what is told

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

static void first_classes(ranking *r, const uint64_t *start, uint64_t *key, uint64_t *scratch)
{
    for (int32_t a = 0; a < r->n; a++) key[a] = start[a] << 32 | (uint32_t)a;
    sort_keys(key, scratch, r->n);
    int32_t c = 0;
    for (int32_t k = 0; k < r->n; k++) {
        if (k && key[k] >> 32 != key[k - 1] >> 32) {
            r->size[c] = k - c;
            c = k;
            r->n_classes++;
        }
        r->order[k] = (int32_t)(uint32_t)key[k];
        r->cls[r->order[k]] = c;
    }
    r->size[c] = r->n - c;
    r->n_classes++;
}

static bool crowded(const aryl_mol *m)
{
    for (int32_t a = 0; a < m->n_atoms; a++)
        if (mol_degree(m, a) > CIP_SLOTS) return true;
    return false;
}

int32_t perceive_cip_overflow(const aryl_mol *m)
{
    for (int32_t a = 0; a < m->n_atoms; a++)
        if ((int64_t)CIP_SLOTS * a + mol_degree(m, a) > (int64_t)CIP_SLOTS * m->n_atoms) return a;
    return -1;
}

aryl_status perceive_cip_ranks(const aryl_mol *m, const uint8_t *label, arena *tmp, int32_t *rank)
{
    size_t n = (size_t)m->n_atoms, slots = 2 * (size_t)m->n_bonds;
    bool wide = crowded(m);
    if (wide) slots = CIP_SLOTS * n;
    arena_mark here = arena_save(tmp);
    aryl_status s = ARYL_E_NOMEM;
    ranking r = {.m = m, .tmp = tmp, .n = m->n_atoms, .cls = rank};
    uint64_t *key = arena_new(tmp, uint64_t, 3 * n);
    int32_t *ints = arena_new(tmp, int32_t, 9 * n + slots);
    uint8_t *bytes = arena_zero(tmp, uint8_t, slots + n);
    r.sight = arena_new(tmp, sight, 2 * (size_t)m->n_bonds + n);
    if (!key || !ints || !bytes || !r.sight) goto out;
    r.order = ints;
    r.size = r.order + n;
    r.slot = r.size + n;
    r.n_sight = r.slot + n;
    r.due = r.n_sight + n;
    r.next_due = r.due + n;
    r.moved = r.next_due + n;
    r.moved_to = r.moved + n;
    r.merged = r.moved_to + n;
    r.seen_from = r.merged + n;
    r.times = bytes;
    r.is_due = bytes + slots;
    for (int32_t a = 0; a < r.n; a++) key[a] = label ? (uint64_t)rank[a] << 8 | label[a] : invariant(m, a);
    first_classes(&r, key, key + n, key + 2 * n);
    weigh_bonds(&r, wide);
    s = refine(&r);
    if (s != ARYL_OK) goto out;
    for (int32_t c = 0, dense = 0; c < r.n; c += r.size[c], dense++)
        for (int32_t k = c; k < c + r.size[c]; k++) rank[r.order[k]] = dense;
out:
    arena_restore(tmp, here);
    return s;
}
