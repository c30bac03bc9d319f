// aromatic.c - which rings are aromatic, in RDKit's own model.
//
// Every ring atom is classed by the electrons it can give to a pi system. A ring, or a group of up to six rings fused by
// single bonds, whose atoms give 4n + 2 is aromatic; of a group only the outer bonds are marked. Rings are tried alone
// first; groups only where a ring of a fused family was left over.
#include "perceive/perceive.h"

enum { MAX_GROUP = 6, MAX_RING_TO_FUSE = 24, MANY_RINGS = 300, MACROCYCLE = 9 };

// ---- electrons

// What the bonds of an atom amount to.
typedef struct bond_sum {
    int32_t degree, n_empty;       // n_empty: bonds that add nothing to its valence
    int32_t n_absent;              // those of them that do not count as neighbours either: not queries for single or double
    int32_t n_multiple;            // of type double or triple
    int32_t across;                // the first atom at the end of a multiple bond out of the ring, -1: none
    bool ring_multiple;
} bond_sum;

static inline bond_sum sum_bonds(const aryl_mol *m, int32_t a)
{
    const int32_t from = m->start[a], to = m->start[a + 1], *via = m->via;
    bond_sum s = {.degree = to - from, .across = -1};
    for (int32_t k = from; k < to; k++) {
        int32_t b = via[k], type = m->kekule[b], order2 = type == BOND_DATIVE && m->end[b] != a ? 0 : perceive_order2[type];
        s.n_empty += !order2;
        s.n_absent += !order2 && !(m->bond_flags[b] & BOND_NO_H);
        if (order2 < 4) continue;
        s.n_multiple += order2 <= 6;
        if (m->bond_flags[b] & BOND_IS_RING) s.ring_multiple = true;
        else if (s.across < 0) s.across = m->nbr[k];
    }
    return s;
}

static inline int32_t electrons_left(const aryl_mol *m, int32_t a, int32_t degree, int32_t n_absent)
{
    const element *e = &elements[m->z[a]];
    int32_t valence = e->valence[0], sigma = degree + mol_hidden_h(m, a) - n_absent;
    if (valence <= 1 || sigma > 3) return -1;
    int32_t lone = e->outer - valence - m->charge[a];
    int32_t left = valence - sigma + (lone > 0 ? lone : 0) - m->radicals[a];
    return left > 1 && m->explicit_valence[a] - degree > 1 ? 1 : left;
}

int32_t perceive_pi_electrons(const aryl_mol *m, int32_t a)
{
    bond_sum s = sum_bonds(m, a);
    return electrons_left(m, a, s.degree, s.n_absent);
}

static bool pulls_harder(int32_t z, int32_t than)
{
    int32_t outer = elements[z].outer, other = elements[than].outer;
    return outer > other || (outer == other && z < than);
}

static int32_t gift(const aryl_mol *m, int32_t a, const bond_sum *s)
{
    if (m->z[a] == 0) return s->ring_multiple ? GIVES_ONE : GIVES_ONE_OR_TWO;
    int32_t electrons = electrons_left(m, a, s->degree, s->n_absent);
    bool exocyclic = s->across >= 0, pulled = exocyclic && pulls_harder(m->z[s->across], m->z[a]);
    if (electrons < 0) return GIVES_NOTHING;
    if (electrons == 0) return exocyclic ? GIVES_VACANT : s->ring_multiple ? GIVES_ONE : GIVES_NOTHING;
    if (electrons == 1) {
        if (exocyclic) return pulled ? GIVES_VACANT : GIVES_ONE;
        if (m->explicit_valence[a] != s->degree + m->explicit_h[a] - s->n_empty) return GIVES_ONE;
        return m->charge[a] == 1 ? GIVES_VACANT : GIVES_NOTHING;
    }
    return (electrons - pulled) % 2 ? GIVES_ONE : GIVES_TWO;
}

// GIVES_NOTHING unless the atom can be part of an aromatic ring. ring_size is that of the first ring it was met in.
aryl_status perceive_contribution(const aryl_mol *m, int32_t a, int32_t ring_size, uint8_t *out, aryl_error *err)
{
    bond_sum s = sum_bonds(m, a);
    int32_t z = m->z[a], q = m->charge[a], given = gift(m, a, &s);
    *out = GIVES_NOTHING;
    if (given == GIVES_NOTHING || (z > 18 && z != 34 && z != 52)) return ARYL_OK;
    if (ring_size >= MACROCYCLE && given == GIVES_TWO && (z == 8 || z == 16) && s.degree == 2 && !q && !s.n_multiple) return ARYL_OK;
    if (elements[z].valence[0] > 0) {
        if (z - q < 0 || z - q > ELEMENT_MAX) return perceive_charge_error(m, a, err);
        if (m->explicit_valence[a] + m->implicit_h[a] > elements[z - q].valence[0]) return ARYL_OK;
    }
    if (m->radicals[a] && (z != 6 || q)) return ARYL_OK;
    if (m->explicit_valence[a] - s.degree > 1 && s.n_multiple > 1) return ARYL_OK;
    *out = (uint8_t)given;
    return ARYL_OK;
}

static bool aromatic_count(int32_t least, int32_t most)
{
    if (most < 6) return most == 2;
    for (int32_t n = least; n <= most; n++)
        if (n % 4 == 2) return true;
    return false;
}

void perceive_mark(aryl_mol *m, int32_t b)
{
    m->bond_flags[b] |= BOND_IS_AROMATIC;
    if (m->type[b] == BOND_SINGLE || m->type[b] == BOND_DOUBLE) m->type[b] = BOND_AROMATIC;
    if (m->type[b] != BOND_AROMATIC) return;             // triple bonds keep their type and leave their ends alone
    m->atom_flags[m->begin[b]] |= ATOM_AROMATIC;
    m->atom_flags[m->end[b]] |= ATOM_AROMATIC;
}

// ---- one ring

// Could all atoms of the ring take part? Then *aromatic says whether the ring alone is aromatic.
static aryl_status judge_ring(const aryl_mol *m, int32_t r, uint8_t *given, bool *kept, bool *aromatic, aryl_error *err)
{
    int32_t from = m->ring_start[r], to = m->ring_start[r + 1], least = 0, n_open = 0;
    bool only_dummies = true;
    *kept = true;
    for (int32_t k = from; k < to; k++) {
        int32_t a = m->ring_atom[k];
        if (given[a] == GIVES_UNKNOWN) TRY(perceive_contribution(m, a, to - from, &given[a], err));
        if (given[a] == GIVES_NOTHING) *kept = false;
        only_dummies &= !m->z[a];
        least += given[a] == GIVES_ONE ? 1 : given[a] == GIVES_TWO ? 2 : given[a] == GIVES_ONE_OR_TWO;
        n_open += given[a] == GIVES_ONE_OR_TWO;
    }
    if (only_dummies) *kept = false;
    *aromatic = *kept && n_open <= 1 && aromatic_count(least, least + n_open);
    return ARYL_OK;
}

// ---- groups of fused rings

typedef struct fusion {
    aryl_mol *m;
    const uint8_t *given;
    arena *tmp;
    int32_t n, *ring;                    // kept rings, ascending
    int32_t *fused_start, *fused;        // for each of them the kept rings that share exactly one bond with it, ascending
    // the family at hand
    int32_t n_family, *family;           // numbers in ring[]
    int32_t atom_words, bond_words;
    int32_t *atom_bit, *bond_bit;        // [n_atoms], [n_bonds] place in the family's sets, -1: none
    int32_t *bond_at;                    // bond of each place
    int32_t n_places;                    // bonds of the family
    uint64_t *atoms, *bonds;             // sets of each ring of the family
    uint64_t *one, *two, *open;          // atoms by what they give
    uint64_t *marked;
} fusion;

static int32_t count_bits(uint64_t x) { return __builtin_popcountll(x); }

// Which kept rings share exactly one bond. Large rings do not fuse.
static aryl_status link_fused(fusion *f)
{
    const aryl_mol *m = f->m;
    int32_t n_members = 0, n_links = 0, cap = 4 * f->n + 16;
    for (int32_t i = 0; i < f->n; i++) n_members += m->ring_start[f->ring[i] + 1] - m->ring_start[f->ring[i]];
    int32_t *first = arena_new(f->tmp, int32_t, m->n_bonds), *next = arena_new(f->tmp, int32_t, n_members);
    int32_t *owner = arena_new(f->tmp, int32_t, n_members), *shared = arena_zero(f->tmp, int32_t, f->n);
    f->fused_start = arena_new(f->tmp, int32_t, f->n + 1);
    f->fused = arena_new(f->tmp, int32_t, cap);
    if (!first || !next || !owner || !shared || !f->fused_start || !f->fused) return ARYL_E_NOMEM;
    memset(first, 0xFF, (size_t)m->n_bonds * sizeof *first);
    int32_t at = 0;
    for (int32_t i = 0; i < f->n; i++) {
        int32_t from = m->ring_start[f->ring[i]], to = m->ring_start[f->ring[i] + 1];
        if (to - from > MAX_RING_TO_FUSE) continue;
        for (int32_t k = from; k < to; k++, at++) {
            owner[at] = i;
            next[at] = first[m->ring_bond[k]];
            first[m->ring_bond[k]] = at;
        }
    }
    int32_t *met = arena_new(f->tmp, int32_t, f->n);
    if (!met) return ARYL_E_NOMEM;
    for (int32_t i = 0; i < f->n; i++) {
        int32_t from = m->ring_start[f->ring[i]], to = m->ring_start[f->ring[i] + 1], n_met = 0;
        f->fused_start[i] = n_links;
        if (to - from > MAX_RING_TO_FUSE) continue;
        for (int32_t k = from; k < to; k++)
            for (int32_t j = first[m->ring_bond[k]]; j >= 0; j = next[j]) {
                if (!arena_work(f->tmp, 1)) return ARYL_E_LIMIT;
                if (owner[j] != i && !shared[owner[j]]++) met[n_met++] = owner[j];
            }
        if (n_links > INT32_MAX / 2 - n_met) return ARYL_E_LIMIT;
        if (n_links + n_met > cap) {
            int32_t more = 2 * (n_links + n_met);
            f->fused = arena_grow(f->tmp, f->fused, (size_t)n_links, (size_t)more, sizeof *f->fused);
            if (!f->fused) return ARYL_E_NOMEM;
            cap = more;
        }
        for (int32_t k = 0; k < n_met; k++) {
            if (shared[met[k]] == 1) f->fused[n_links++] = met[k];
            shared[met[k]] = 0;
        }
    }
    f->fused_start[f->n] = n_links;
    return ARYL_OK;
}

static int32_t place(int32_t *bit, int32_t member, int32_t *n)
{
    if (bit[member] < 0) bit[member] = (*n)++;
    return bit[member];
}

static void set_bit(uint64_t *set, int32_t bit) { set[bit >> 6] |= (uint64_t)1 << (bit & 63); }

// Numbers the family's atoms and bonds from zero and writes each ring as sets of them.
static aryl_status lay_out_sets(fusion *f)
{
    const aryl_mol *m = f->m;
    int32_t n_atoms = 0, n_bonds = 0;
    for (int32_t i = 0; i < f->n_family; i++) {
        int32_t r = f->ring[f->family[i]];
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) {
            place(f->atom_bit, m->ring_atom[k], &n_atoms);
            place(f->bond_bit, m->ring_bond[k], &n_bonds);
        }
    }
    int32_t aw = f->atom_words = (n_atoms + 63) / 64, bw = f->bond_words = (n_bonds + 63) / 64;
    f->n_places = n_bonds;
    f->atoms = arena_zero(f->tmp, uint64_t, (int64_t)(f->n_family + 3) * aw);
    f->bonds = arena_zero(f->tmp, uint64_t, (int64_t)(f->n_family + 1) * bw);
    f->bond_at = arena_new(f->tmp, int32_t, n_bonds);
    if (!f->atoms || !f->bonds || !f->bond_at) return ARYL_E_NOMEM;
    f->one = f->atoms + (int64_t)f->n_family * aw;
    f->two = f->one + aw;
    f->open = f->two + aw;
    f->marked = f->bonds + (int64_t)f->n_family * bw;
    for (int32_t i = 0; i < f->n_family; i++) {
        int32_t r = f->ring[f->family[i]];
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) {
            int32_t a = m->ring_atom[k], b = m->ring_bond[k];
            set_bit(f->atoms + (int64_t)i * aw, f->atom_bit[a]);
            set_bit(f->bonds + (int64_t)i * bw, f->bond_bit[b]);
            f->bond_at[f->bond_bit[b]] = b;
            if (f->given[a] == GIVES_ONE) set_bit(f->one, f->atom_bit[a]);
            if (f->given[a] == GIVES_TWO) set_bit(f->two, f->atom_bit[a]);
            if (f->given[a] == GIVES_ONE_OR_TWO) set_bit(f->open, f->atom_bit[a]);
        }
    }
    return ARYL_OK;
}

// The sets of a growing group, one level a ring: members of at least one, two, three rings.
typedef struct group_sets {
    uint64_t *once[MAX_GROUP + 1], *twice[MAX_GROUP + 1], *thrice[MAX_GROUP + 1];        // atoms
    uint64_t *bond_once[MAX_GROUP + 1], *bond_twice[MAX_GROUP + 1];
} group_sets;

static aryl_status group_sets_new(const fusion *f, group_sets *g)
{
    uint64_t *w = arena_zero(f->tmp, uint64_t, (int64_t)(MAX_GROUP + 1) * (3 * f->atom_words + 2 * f->bond_words));
    if (!w) return ARYL_E_NOMEM;
    for (int32_t d = 0; d <= MAX_GROUP; d++) {
        g->once[d] = w;
        g->twice[d] = w += f->atom_words;
        g->thrice[d] = w += f->atom_words;
        g->bond_once[d] = w += f->atom_words;
        g->bond_twice[d] = w += f->bond_words;
        w += f->bond_words;
    }
    return ARYL_OK;
}

// Level d + 1 is level d and one more ring of the family.
static void join(const fusion *f, group_sets *g, int32_t d, int32_t member)
{
    const uint64_t *atoms = f->atoms + (int64_t)member * f->atom_words, *bonds = f->bonds + (int64_t)member * f->bond_words;
    for (int32_t w = 0; w < f->atom_words; w++) {
        g->thrice[d + 1][w] = g->thrice[d][w] | (g->twice[d][w] & atoms[w]);
        g->twice[d + 1][w] = g->twice[d][w] | (g->once[d][w] & atoms[w]);
        g->once[d + 1][w] = g->once[d][w] | atoms[w];
    }
    for (int32_t w = 0; w < f->bond_words; w++) {
        g->bond_twice[d + 1][w] = g->bond_twice[d][w] | (g->bond_once[d][w] & bonds[w]);
        g->bond_once[d + 1][w] = g->bond_once[d][w] | bonds[w];
    }
}

// Atoms inside, of three rings or more, do not count; bonds of two rings are not marked.
static void judge_group(fusion *f, const group_sets *g, int32_t d)
{
    int32_t least = 0, n_open = 0;
    for (int32_t w = 0; w < f->atom_words; w++) {
        uint64_t outer = g->once[d][w] & ~g->thrice[d][w];
        least += count_bits(outer & f->one[w]) + 2 * count_bits(outer & f->two[w]);
        n_open += count_bits(outer & f->open[w]);
    }
    if (n_open > 1 || !aromatic_count(least + n_open, least + 2 * n_open)) return;
    for (int32_t w = 0; w < f->bond_words; w++) f->marked[w] |= g->bond_once[d][w] & ~g->bond_twice[d][w];
}

static bool all_marked(const fusion *f)
{
    int32_t n = 0;
    for (int32_t w = 0; w < f->bond_words; w++) n += count_bits(f->marked[w]);
    return n == f->n_places;
}

// Every connected group of exactly `size` rings once: from its lowest ring outwards, each step adding a ring that no
// earlier step had on offer. `number` leads from ring[] to the family.
static aryl_status try_groups(fusion *f, group_sets *g, int32_t size, const int32_t *number, uint8_t *offered, int32_t *offer)
{
    // offer[] holds the open choices of all levels one after another; level d may choose from [from[d], end[d]).
    int32_t next[MAX_GROUP + 1], end[MAX_GROUP + 1], added[MAX_GROUP + 1];
    for (int32_t root = 0; root < f->n_family; root++) {
        join(f, g, 0, root);
        if (size == 1) {
            judge_group(f, g, 1);
            continue;
        }
        int32_t d = 1, top = 0, ring = f->family[root];
        for (int32_t k = f->fused_start[ring]; k < f->fused_start[ring + 1]; k++) {
            int32_t to = number[f->fused[k]];
            if (to <= root) continue;
            offered[to] = 1;
            offer[top++] = to;
        }
        next[1] = 0;
        end[1] = added[1] = top;
        while (d) {
            if (next[d] == end[d]) {                         // back: what this level put on offer is free again
                for (int32_t k = end[d] - added[d]; k < end[d]; k++) offered[offer[k]] = 0;
                d--;
                continue;
            }
            int32_t member = offer[next[d]++];
            if (!arena_work(f->tmp, f->atom_words + f->bond_words)) return ARYL_E_LIMIT;
            join(f, g, d, member);
            if (d + 1 == size) {
                judge_group(f, g, d + 1);
                continue;
            }
            int32_t at = end[d], first = at;                 // the next level: choices left here and new neighbours
            for (int32_t k = next[d]; k < end[d]; k++) offer[at++] = offer[k];
            added[d + 1] = 0;
            for (int32_t k = f->fused_start[f->family[member]]; k < f->fused_start[f->family[member] + 1]; k++) {
                int32_t to = number[f->fused[k]];
                if (to <= root || offered[to]) continue;
                offered[to] = 1;
                offer[at++] = to;
                added[d + 1]++;
            }
            d++;
            next[d] = first;
            end[d] = at;
        }
    }
    return ARYL_OK;
}

static aryl_status judge_family(fusion *f, const int32_t *number)
{
    arena_mark here = arena_save(f->tmp);
    group_sets g;
    aryl_status s = lay_out_sets(f);
    if (s == ARYL_OK) s = group_sets_new(f, &g);
    uint8_t *offered = arena_zero(f->tmp, uint8_t, f->n_family);
    int32_t *offer = arena_new(f->tmp, int32_t, (int64_t)MAX_GROUP * f->n_family);
    if (s == ARYL_OK && (!offered || !offer)) s = ARYL_E_NOMEM;
    for (int32_t size = 1; s == ARYL_OK && size <= MAX_GROUP && size <= f->n_family; size++) {
        if (all_marked(f) || (size == 3 && f->n_family > MANY_RINGS)) break;
        s = try_groups(f, &g, size, number, offered, offer);
    }
    if (s == ARYL_OK)
        for (int32_t i = 0; i < f->n_places; i++)
            if (f->marked[i >> 6] >> (i & 63) & 1) perceive_mark(f->m, f->bond_at[i]);
    for (int32_t i = 0; i < f->n_family; i++) {
        int32_t r = f->ring[f->family[i]];
        for (int32_t k = f->m->ring_start[r]; k < f->m->ring_start[r + 1]; k++)
            f->atom_bit[f->m->ring_atom[k]] = f->bond_bit[f->m->ring_bond[k]] = -1;
    }
    arena_restore(f->tmp, here);
    return s;
}

static void sort_ascending(int32_t *list, int32_t n)
{
    int32_t gap = 1;
    while (gap < n / 3) gap = 3 * gap + 1;
    for (; gap; gap /= 3)
        for (int32_t i = gap; i < n; i++) {
            int32_t v = list[i], j = i;
            for (; j >= gap && list[j - gap] > v; j -= gap) list[j] = list[j - gap];
            list[j] = v;
        }
}

// Families of rings that hang together through fused pairs, as far as a ring of them is not aromatic by itself.
static aryl_status judge_families(fusion *f, const uint8_t *alone)
{
    const aryl_mol *m = f->m;
    TRY(link_fused(f));
    uint8_t *seen = arena_zero(f->tmp, uint8_t, f->n);
    int32_t *number = arena_new(f->tmp, int32_t, f->n);
    f->family = arena_new(f->tmp, int32_t, f->n);
    f->atom_bit = arena_new(f->tmp, int32_t, m->n_atoms);
    f->bond_bit = arena_new(f->tmp, int32_t, m->n_bonds);
    if (!seen || !number || !f->family || !f->atom_bit || !f->bond_bit) return ARYL_E_NOMEM;
    memset(f->atom_bit, 0xFF, (size_t)m->n_atoms * sizeof *f->atom_bit);
    memset(f->bond_bit, 0xFF, (size_t)m->n_bonds * sizeof *f->bond_bit);
    for (int32_t i = 0; i < f->n; i++) {
        if (seen[i]) continue;
        bool left_over = false;
        f->n_family = 0;
        f->family[f->n_family++] = i;
        seen[i] = 1;
        for (int32_t at = 0; at < f->n_family; at++) {
            int32_t ring = f->family[at];
            left_over |= !alone[ring];
            for (int32_t k = f->fused_start[ring]; k < f->fused_start[ring + 1]; k++)
                if (!seen[f->fused[k]]) {
                    seen[f->fused[k]] = 1;
                    f->family[f->n_family++] = f->fused[k];
                }
        }
        if (!left_over || f->n_family == 1) continue;
        sort_ascending(f->family, f->n_family);
        for (int32_t k = 0; k < f->n_family; k++) number[f->family[k]] = k;
        TRY(judge_family(f, number));
    }
    return ARYL_OK;
}

aryl_status perceive_aromatic(aryl_mol *m, arena *tmp, aryl_error *err)
{
    if (!m->n_rings) return ARYL_OK;
    arena_mark here = arena_save(tmp);
    aryl_status s = ARYL_E_NOMEM;
    fusion f = {.m = m, .tmp = tmp};
    uint8_t *given = arena_zero(tmp, uint8_t, m->n_atoms), *alone = arena_new(tmp, uint8_t, m->n_rings);
    f.given = given;
    f.ring = arena_new(tmp, int32_t, m->n_rings);
    if (!given || !alone || !f.ring) goto out;
    bool left_over = false;
    for (int32_t r = 0; r < m->n_rings; r++) {
        bool kept, aromatic;
        s = judge_ring(m, r, given, &kept, &aromatic, err);
        if (s != ARYL_OK) goto out;
        if (!kept) continue;
        alone[f.n] = aromatic;
        f.ring[f.n++] = r;
        left_over |= !aromatic;
    }
    // Marks come after all judgements, which look at double bonds.
    for (int32_t i = 0; i < f.n; i++)
        if (alone[i])
            for (int32_t k = m->ring_start[f.ring[i]]; k < m->ring_start[f.ring[i] + 1]; k++) perceive_mark(m, m->ring_bond[k]);
    if (left_over && f.n > 1) s = judge_families(&f, alone);
out:
    arena_restore(tmp, here);
    return s;
}
