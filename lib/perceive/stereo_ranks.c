// stereo_ranks.c - the ranks behind legacy stereo labels: each atom against its neighbours, those against theirs, until
// nothing changes. Close to the rules of Cahn, Ingold and Prelog, and RDKit's to the last tie.
//
// A round compares, for atoms of equal rank, the ranks of their neighbours, each repeated by twice its bond order,
// highest first, then one lowest entry per hydrogen. Repeats are kept as (rank, times), which compares the same. All
// comparisons of a round see the ranks of the round before.
//
// Classes lie in order in one array. What stands for the rank of a class is any place inside its own stretch, chosen in
// the middle and kept as long as it stays inside: so a large class from which atoms are split off at its ends is seldom
// renamed, and only atoms next to a renamed or moved one are looked at again.
#include "perceive/perceive.h"

typedef uint64_t sight;               // rank of a neighbour << 32 | how many times

typedef struct ranking {
    const aryl_mol *m;
    const int32_t *start;                 // m->start
    arena *tmp;
    int32_t n, n_classes;
    int32_t *cls;                         // per atom: the name of its class
    int32_t *order, *place;               // atoms by class; where an atom stands there
    int32_t *first, *size;                // of a class, by name
    uint8_t *times;                       // at m->start[a]: how often a neighbour counts
    sight *sight;                         // at m->start[a] + a
    int32_t *n_sight;
    int32_t *fresh, n_fresh;              // atoms to look at in this round, then by class
    uint8_t *is_fresh;
    int32_t *moved, *name, n_moved;       // atoms whose class is renamed when the round is over, and its new name
    int32_t *merged;                      // scratch
    uint64_t *key, *spare;                // scratch
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

static inline int32_t compare(const ranking *r, int32_t x, int32_t y)
{
    const sight *a = r->sight + r->start[x] + x, *b = r->sight + r->start[y] + y;
    int32_t na = r->n_sight[x], nb = r->n_sight[y], n = na < nb ? na : nb;
    for (int32_t k = 0; k < n; k++)
        if (a[k] != b[k]) return a[k] < b[k] ? -1 : 1;
    return na - nb;
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
    const aryl_mol *m = r->m;
    sight *out = r->sight + r->start[a] + a;
    int32_t n = 0, hidden = m->atom_flags[a] & ATOM_QUERY ? 0 : mol_hidden_h(m, a);
    for (int32_t k = r->start[a]; k < r->start[a + 1]; k++) {
        sight x = (sight)(r->cls[m->nbr[k]] + 1) << 32 | r->times[k];
        int32_t i = n;
        if (!r->times[k]) continue;
        while (i && out[i - 1] >> 32 < x >> 32) i--;
        if (i && out[i - 1] >> 32 == x >> 32) {
            out[i - 1] += r->times[k];
            continue;
        }
        for (int32_t j = n++; j > i; j--) out[j] = out[j - 1];
        out[i] = x;
    }
    if (hidden) out[n++] = (sight)hidden;
    r->n_sight[a] = n;
}

static void weigh_bonds(ranking *r)
{
    const aryl_mol *m = r->m;
    for (int32_t k = 0; k < 2 * m->n_bonds; k++) {
        int32_t type = m->type[m->via[k]], o = m->nbr[k], degree = mol_degree(m, o);
        bool phosphorus = type == BOND_DOUBLE && m->z[o] == 15 && (degree == 3 || degree == 4);
        r->times[k] = phosphorus ? 1 : type == BOND_DATIVE ? 2 : perceive_order2[type];
    }
}

// ---- refining

static void put(ranking *r, int32_t atom, int32_t place)
{
    int32_t other = r->order[place], was = r->place[atom];
    r->order[was] = other;
    r->place[other] = was;
    r->order[place] = atom;
    r->place[atom] = place;
}

// The stretch [from, from + n) becomes a class. One that contains the old name keeps it.
static void make_class(ranking *r, int32_t from, int32_t n, int32_t old)
{
    bool keeps = old >= from && old < from + n;
    int32_t name = keeps ? old : from + n / 2;
    r->first[name] = from;
    r->size[name] = n;
    for (int32_t k = from; !keeps && k < from + n; k++) {
        r->moved[r->n_moved] = r->order[k];
        r->name[r->n_moved++] = name;
    }
}

// Splits a class by what its fresh members see now; the others see what they saw, which is the same for all of them.
static void split(ranking *r, int32_t *fresh, int32_t n)
{
    int32_t old = r->cls[fresh[0]], from = r->first[old], end = from + r->size[old], rest = end - from - n;
    sort_members(r, fresh, n);
    int32_t below = 0, upto = n;          // fresh[below .. upto) see what the others see
    if (rest) {
        int32_t other = from;
        while (r->is_fresh[r->order[other]]) other++;
        other = r->order[other];
        while (below < n && compare(r, fresh[below], other) < 0) below++;
        for (upto = below; upto < n && !compare(r, fresh[upto], other);) upto++;
        if (below == 0 && upto == n) return;
        for (int32_t k = 0; k < below; k++) put(r, fresh[k], from + k);
        for (int32_t k = n - 1; k >= upto; k--) put(r, fresh[k], end - n + k);
    } else {
        if (!compare(r, fresh[0], fresh[n - 1])) return;
        for (int32_t k = 0; k < n; k++) put(r, fresh[k], from + k);
        below = n;
    }
    int32_t start = from;
    for (int32_t k = 0; k < below; k++)
        if (k + 1 == below || compare(r, fresh[k], fresh[k + 1])) {
            make_class(r, start, from + k + 1 - start, old);
            r->n_classes++;
            start = from + k + 1;
        }
    if (rest) {
        make_class(r, start, end - n + upto - start, old);
        r->n_classes++;
        start = end - n + upto;
    }
    for (int32_t k = upto; rest && k < n; k++)
        if (k + 1 == n || compare(r, fresh[k], fresh[k + 1])) {
            make_class(r, start, end - n + k + 1 - start, old);
            r->n_classes++;
            start = end - n + k + 1;
        }
    r->n_classes--;
}

// Atoms in ties next to atoms that moved, class by class.
static void collect_fresh(ranking *r)
{
    const aryl_mol *m = r->m;
    r->n_fresh = 0;
    for (int32_t i = 0; i < r->n_moved; i++)
        for (int32_t k = m->start[r->moved[i]]; k < m->start[r->moved[i] + 1]; k++) {
            int32_t a = m->nbr[k];
            if (r->is_fresh[a] || r->size[r->cls[a]] < 2) continue;
            r->is_fresh[a] = 1;
            r->key[r->n_fresh++] = (uint64_t)r->cls[a] << 32 | (uint32_t)a;
        }
    sort_keys(r->key, r->spare, r->n_fresh);
    for (int32_t i = 0; i < r->n_fresh; i++) r->fresh[i] = (int32_t)(uint32_t)r->key[i];
}

// Rounds until one changes nothing, or as many as RDKit allows.
static aryl_status refine(ranking *r)
{
    r->n_fresh = 0;
    for (int32_t k = 0; k < r->n; k++) {
        if (r->size[r->cls[r->order[k]]] < 2) continue;
        r->fresh[r->n_fresh++] = r->order[k];
        r->is_fresh[r->order[k]] = 1;
    }
    for (int32_t round = 0; r->n_fresh && r->n_classes < r->n && round < r->n / 2 + 1; round++) {
        if (!arena_work(r->tmp, r->n_fresh)) return ARYL_E_LIMIT;
        for (int32_t i = 0; i < r->n_fresh; i++) look(r, r->fresh[i]);
        r->n_moved = 0;
        for (int32_t i = 0, next; i < r->n_fresh; i = next) {
            for (next = i + 1; next < r->n_fresh && r->cls[r->fresh[next]] == r->cls[r->fresh[i]];) next++;
            split(r, r->fresh + i, next - i);
        }
        for (int32_t i = 0; i < r->n_fresh; i++) r->is_fresh[r->fresh[i]] = 0;
        for (int32_t i = 0; i < r->n_moved; i++) r->cls[r->moved[i]] = r->name[i];
        if (!arena_work(r->tmp, r->n_moved)) return ARYL_E_LIMIT;
        collect_fresh(r);
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

static void first_classes(ranking *r, const uint64_t *start)
{
    for (int32_t a = 0; a < r->n; a++) r->key[a] = start[a] << 32 | (uint32_t)a;
    sort_keys(r->key, r->spare, r->n);
    for (int32_t from = 0, end; from < r->n; from = end) {
        for (end = from + 1; end < r->n && r->key[end] >> 32 == r->key[from] >> 32;) end++;
        int32_t name = from + (end - from) / 2;
        r->first[name] = from;
        r->size[name] = end - from;
        r->n_classes++;
        for (int32_t k = from; k < end; k++) {
            int32_t a = (int32_t)(uint32_t)r->key[k];
            r->order[k] = a;
            r->place[a] = k;
            r->cls[a] = name;
        }
    }
}

// RDKit keeps the neighbours of all atoms in one table of so many slots each, lets longer lists run on into the next
// atom's, and gives up at the end of the table. That it mixes up what the next atom sees is not followed here.
enum { CIP_SLOTS = 16 };

int32_t perceive_cip_overflow(const aryl_mol *m)
{
    for (int32_t a = 0; a < m->n_atoms; a++)
        if ((int64_t)CIP_SLOTS * a + mol_degree(m, a) > (int64_t)CIP_SLOTS * m->n_atoms) return a;
    return -1;
}

aryl_status perceive_cip_ranks(const aryl_mol *m, const uint8_t *label, arena *tmp, int32_t *rank)
{
    size_t n = (size_t)m->n_atoms, slots = 2 * (size_t)m->n_bonds;
    arena_mark here = arena_save(tmp);
    aryl_status s = ARYL_E_NOMEM;
    ranking r = {.m = m, .start = m->start, .tmp = tmp, .n = m->n_atoms, .cls = rank};
    uint64_t *start = arena_new(tmp, uint64_t, 3 * n);
    int32_t *ints = arena_new(tmp, int32_t, 9 * n);
    uint8_t *bytes = arena_zero(tmp, uint8_t, slots + n);
    r.sight = arena_new(tmp, sight, slots + n);
    if (!start || !ints || !bytes || !r.sight) goto out;
    int32_t **const part[] = {&r.order, &r.place, &r.first, &r.size, &r.n_sight, &r.fresh, &r.moved, &r.name, &r.merged};
    for (size_t k = 0; k < sizeof part / sizeof *part; k++) *part[k] = ints + k * n;
    r.times = bytes;
    r.is_fresh = bytes + slots;
    r.key = start + n;
    r.spare = r.key + n;
    for (int32_t a = 0; a < r.n; a++) start[a] = label ? (uint64_t)rank[a] << 8 | label[a] : invariant(m, a);
    first_classes(&r, start);
    weigh_bonds(&r);
    s = refine(&r);
    if (s != ARYL_OK) goto out;
    for (int32_t k = 0, dense = 0, n_members; k < r.n; k += n_members, dense++) {
        n_members = r.size[r.cls[r.order[k]]];
        for (int32_t i = k; i < k + n_members; i++) rank[r.order[i]] = dense;
    }
out:
    arena_restore(tmp, here);
    return s;
}
