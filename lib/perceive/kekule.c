// kekule.c - single and double bonds for what was written as aromatic.
//
// Ring system by ring system: which atoms must get a double bond is a count of bonds; where the double bonds go is found
// by a walk through the system that takes the first partner on offer and turns back, a limited number of times, when an atom
// is left without one. Several choices can be right, and later answers depend on which was made, so the order of the walk
// follows RDKit's.
#include <stdio.h>

#include "perceive/perceive.h"

enum { MAX_TURNS = 100, MAX_QUESTIONS = 30 };
enum { OUTSIDE = 0, FREE = 1, QUEUED = 2, DONE = 4 };

typedef struct ring_links {        // which basis rings a bond is in, ascending, as linked lists
    int32_t *first, *next, *ring;
    uint8_t *seen;
    int32_t *stack;
} ring_links;

typedef struct kekuliser {
    aryl_mol *m;
    const cycle_set *basis;
    ring_links links;
    arena *tmp;
    const int32_t *rank;       // order of the walk; NULL: the atoms' own
    // [n_atoms]
    uint8_t *aromatic;         // marked so itself, or through a bond
    uint8_t *state, *candidate, *left;   // left: candidates still without a double bond
    int32_t *position;         // in done[]
    int32_t *option, *option_end;        // untried partners: nbr[offer[option[a] .. option_end[a])]
    int32_t *rings_at;         // basis rings through an atom; only where there are dummies
    // [2 * n_bonds]
    int32_t *offer;
    // the system at hand
    int32_t *atom, *sorted, n;
    int32_t *done, *queue, *move, *made;   // made: double bonds of this walk
    int32_t *question, n_questions;        // dummies that may or may not take a double bond
    bool has_dummy;
} kekuliser;

static int32_t key(const kekuliser *k, int32_t atom) { return k->rank ? k->rank[atom] : atom; }

static void sort_atoms(const kekuliser *k, int32_t *list, int32_t n)   // shell sort; lists are short
{
    int32_t gap = 1;
    while (gap < n / 3) gap = 3 * gap + 1;
    for (; gap; gap /= 3)
        for (int32_t i = gap; i < n; i++) {
            int32_t v = list[i], j = i;
            for (; j >= gap && key(k, list[j - gap]) > key(k, v); j -= gap) list[j] = list[j - gap];
            list[j] = v;
        }
}

// ---- which atoms need a double bond

static bool plain_order(int32_t type) { return type == BOND_SINGLE || type == BOND_DOUBLE || type == BOND_AROMATIC; }

// A ring none of whose atoms is both aromatic and in no other ring.
static bool dead_ring(const kekuliser *k, int32_t ring)
{
    for (int32_t i = k->basis->start[ring]; i < k->basis->start[ring + 1]; i++) {
        int32_t a = k->basis->node[i];
        if (k->aromatic[a] && k->rings_at[a] == 1) return false;
    }
    return true;
}

// May a dummy take a double bond? Not when its surroundings, as far as they were seen, have nothing aromatic to offer.
static bool questionable(const kekuliser *k, int32_t a)
{
    const aryl_mol *m = k->m;
    int32_t plain = 0, dead = 0;
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++) {
        int32_t to = m->nbr[i];
        plain += m->z[to] && !mol_aromatic(m, to) && k->state[to] != OUTSIDE;
    }
    if (plain >= k->rings_at[a]) return false;
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
        for (int32_t at = k->links.first[m->via[i]]; at >= 0; at = k->links.next[at]) dead += dead_ring(k, k->links.ring[at]);
    return dead / 2 < k->rings_at[a];              // a ring through the atom was met in two bonds of it
}

// Would the atom, with its marked bonds single, lack exactly one bond?
static bool needs_double(const aryl_mol *m, int32_t a, int32_t orders, int32_t n_ignored)
{
    int32_t z = m->z[a], q = m->charge[a], radicals = m->radicals[a];
    if (element_is_early(z) || (z == 6 && q > 0)) q = -q;
    int32_t hidden_h = mol_hidden_h(m, a);
    orders += hidden_h;
    const int8_t *list = elements[z].valence;
    int32_t wanted = *list + q, valence = m->explicit_valence[a] + m->implicit_h[a];
    int32_t degree = mol_degree(m, a) + m->implicit_h[a] - n_ignored;
    for (list++; valence > wanted && *list > 0; list++) wanted = *list + q;
    if (valence == 5 && orders == 4 && wanted == 3 && degree == 3 && !radicals && !q && !hidden_h
        && (z == 7 || z == 15 || z == 33))
        wanted = 5;
    if (degree + radicals >= wanted) return false;
    return wanted == orders + 1 + radicals || (!radicals && (m->atom_flags[a] & ATOM_NO_IMPLICIT) && wanted == orders + 2);
}

static void find_candidates(kekuliser *k)
{
    aryl_mol *m = k->m;
    k->n_questions = 0;
    for (int32_t i = 0; i < k->n; i++) {
        int32_t a = k->atom[i], orders = 0, n_ignored = 0;
        k->state[a] = FREE;                    // "seen", for the neighbours that follow
        k->candidate[a] = 0;
        if (m->z[a] && !k->aromatic[a]) continue;
        for (int32_t j = m->start[a]; j < m->start[a + 1]; j++) {
            int32_t b = m->via[j];
            if ((m->bond_flags[b] & BOND_IS_AROMATIC) && plain_order(m->type[b])) {
                orders++;
                m->type[b] = BOND_SINGLE;
            } else {
                int32_t order = (perceive_bond_order2(m, b, a) + 1) >> 1;
                orders += order;
                n_ignored += !order;
            }
        }
        if (!m->z[a] && questionable(k, a)) {
            k->candidate[a] = 1;
            k->question[k->n_questions++] = a;
        } else {
            k->candidate[a] = needs_double(m, a, orders, n_ignored);
        }
    }
}

// ---- the walk

typedef struct walk {
    int32_t n_done, n_preset;          // done[] holds the visited; preset atoms are done from the start
    int32_t head, n_queued;            // queue[] is a ring of k->n places
    int32_t n_moves, n_made, n_turns;
    int32_t next;                      // in sorted[]: all before are no longer free
} walk;

static void enqueue(kekuliser *k, walk *w, int32_t a)
{
    int32_t place = w->head + w->n_queued++;
    k->queue[place < k->n ? place : place - k->n] = a;
    k->state[a] = QUEUED;
}

static void enqueue_first(kekuliser *k, walk *w, int32_t a)
{
    w->head = w->head ? w->head - 1 : k->n - 1;
    w->n_queued++;
    k->queue[w->head] = a;
    k->state[a] = QUEUED;
}

static int32_t next_atom(kekuliser *k, walk *w)
{
    if (!w->n_queued) {
        while (k->state[k->sorted[w->next]] != FREE) w->next++;
        return k->sorted[w->next];
    }
    int32_t a = k->queue[w->head];
    w->head = w->head + 1 < k->n ? w->head + 1 : 0;
    w->n_queued--;
    return a;
}

// Queues the neighbours of a newly visited atom, lowest first, and collects its possible partners.
static void look_around(kekuliser *k, walk *w, int32_t a)
{
    const aryl_mol *m = k->m;
    const int32_t *nbr = m->nbr, from = m->start[a], to = m->start[a + 1];
    int32_t *found = k->offer + from, n = 0, n_partners = 0;
    for (int32_t j = from; j < to; j++) {
        if (!(k->state[nbr[j]] & (FREE | QUEUED))) continue;
        int32_t i = n++, own = key(k, nbr[j]);
        for (; i && key(k, nbr[found[i - 1]]) > own; i--) found[i] = found[i - 1];
        found[i] = j;
    }
    bool needs = k->left[a], dummy = !m->z[a];
    for (int32_t i = 0; i < n; i++) {
        int32_t j = found[i], other = nbr[j];
        if (k->state[other] == FREE) enqueue(k, w, other);
        if (needs && k->left[other] && (dummy || !m->z[other] || (m->bond_flags[m->via[j]] & BOND_IS_AROMATIC)))
            found[n_partners++] = j;
    }
    k->option[a] = from;
    k->option_end[a] = from + n_partners;
}

// Everything visited since the last choice goes back to the front of the queue and loses its double bonds.
static void turn_back(kekuliser *k, walk *w, int32_t choice)
{
    aryl_mol *m = k->m;
    int32_t from = k->position[choice], n_kept = 0;
    for (int32_t i = w->n_done - 1; i >= from; i--) enqueue_first(k, w, k->done[i]);
    w->n_done = from;
    for (int32_t i = 0; i < w->n_made; i++) {
        int32_t b = k->made[i];
        if (k->state[m->begin[b]] == DONE || k->state[m->end[b]] == DONE) {
            k->made[n_kept++] = b;
            continue;
        }
        m->type[b] = BOND_SINGLE;
        k->left[m->begin[b]] = k->left[m->end[b]] = 1;
    }
    w->n_made = n_kept;
    w->n_turns++;
}

static aryl_status place_double_bonds(kekuliser *k, bool preset, bool *found)
{
    aryl_mol *m = k->m;
    walk w = {0};
    *found = false;
    for (int32_t i = 0; i < k->n; i++) {
        int32_t a = k->atom[i];
        bool is_done = preset && m->z[a] && !k->aromatic[a];
        k->state[a] = is_done ? DONE : FREE;
        k->option[a] = k->option_end[a] = 0;
        w.n_preset += is_done;
    }
    while (w.n_done + w.n_preset < k->n || w.n_queued) {
        int32_t a = next_atom(k, &w);
        if (!arena_work(k->tmp, 1)) return ARYL_E_LIMIT;
        k->state[a] = DONE;
        k->position[a] = w.n_done;
        k->done[w.n_done++] = a;
        bool again = k->option[a] < k->option_end[a];      // a choice that was gone back to
        if (!again) look_around(k, &w, a);
        if (!k->left[a]) continue;
        if (k->option[a] < k->option_end[a]) {
            int32_t j = k->offer[k->option[a]++], to = m->nbr[j], b = m->via[j];
            m->type[b] = BOND_DOUBLE;
            m->dir[b] = DIR_NONE;                 // a double bond has none of its own, and going back does not restore it
            k->left[a] = k->left[to] = 0;
            k->made[w.n_made++] = b;
            bool more = k->option[a] < k->option_end[a];
            if (again && !more) w.n_moves--;
            if (!again && more) k->move[w.n_moves++] = a;
        } else if (m->z[a]) {
            if (!w.n_moves || w.n_turns >= MAX_TURNS) {
                for (int32_t i = 0; i < w.n_made; i++) m->type[k->made[i]] = BOND_SINGLE;
                return ARYL_OK;
            }
            if (!arena_work(k->tmp, k->n)) return ARYL_E_LIMIT;
            turn_back(k, &w, k->move[w.n_moves - 1]);
        }
    }
    *found = true;
    return ARYL_OK;
}

// ---- one ring system

static aryl_status refuse(kekuliser *k, aryl_error *err)
{
    if (!err) return ARYL_E_KEKULE;
    char text[200];
    int32_t len = 0, first = -1;
    const int32_t *own = k->rank;
    k->rank = NULL;
    sort_atoms(k, k->atom, k->n);
    k->rank = own;
    for (int32_t i = 0; i < k->n && len < (int32_t)sizeof text - 16; i++) {
        int32_t a = k->atom[i];
        if (!k->candidate[a]) continue;
        if (first < 0) first = a;
        len += snprintf(text + len, sizeof text - (size_t)len, " %d", a);
    }
    text[len] = 0;
    return fail_at(err, ARYL_E_KEKULE, first < 0 ? -1 : k->m->at[first], "Can't kekulize mol.  Unkekulized atoms:%s", text);
}

static void restart(kekuliser *k)
{
    for (int32_t i = 0; i < k->n; i++) k->left[k->atom[i]] = k->candidate[k->atom[i]];
}

// Marked bonds inside the system that are not single, after a failed walk.
static void flatten(kekuliser *k)
{
    aryl_mol *m = k->m;
    for (int32_t i = 0; i < k->n; i++) {
        int32_t a = k->atom[i];
        for (int32_t j = m->start[a]; j < m->start[a + 1]; j++)
            if (k->state[m->nbr[j]] != OUTSIDE && (m->bond_flags[m->via[j]] & BOND_IS_AROMATIC))
                m->type[m->via[j]] = BOND_SINGLE;
    }
}

static aryl_status solve(kekuliser *k, aryl_error *err)
{
    bool any = false, found;
    for (int32_t i = 0; i < k->n; i++) any |= k->aromatic[k->atom[i]] || !k->m->z[k->atom[i]];
    if (!any) return ARYL_OK;
    find_candidates(k);
    memcpy(k->sorted, k->atom, (size_t)k->n * sizeof *k->sorted);
    sort_atoms(k, k->sorted, k->n);
    restart(k);
    TRY(place_double_bonds(k, true, &found));
    if (found) return ARYL_OK;
    if (k->n_questions > MAX_QUESTIONS) return fail_at(err, ARYL_E_LIMIT, k->m->at[k->question[0]], "too many dummy atoms in an aromatic ring system");
    for (uint32_t off = 1; off >> k->n_questions == 0; off++) {
        flatten(k);
        restart(k);
        for (int32_t i = 0; i < k->n_questions; i++)
            if (off >> i & 1) k->left[k->question[i]] = 0;
        TRY(place_double_bonds(k, false, &found));
        if (found) return ARYL_OK;
    }
    return refuse(k, err);
}

// ---- all ring systems, in the order of their lowest ring

static aryl_status link_rings(kekuliser *k)
{
    ring_links *l = &k->links;
    const cycle_set *c = k->basis;
    int32_t n_members = c->start[c->n];
    l->first = arena_new(k->tmp, int32_t, k->m->n_bonds);
    l->next = arena_new(k->tmp, int32_t, 2 * (int64_t)n_members);
    l->seen = arena_new(k->tmp, uint8_t, c->n);
    l->stack = arena_new(k->tmp, int32_t, c->n);
    if (!l->first || !l->next || !l->seen || !l->stack) return ARYL_E_NOMEM;
    l->ring = l->next + n_members;
    memset(l->first, 0xFF, (size_t)k->m->n_bonds * sizeof *l->first);
    for (int32_t r = c->n - 1; r >= 0; r--) {
        bool only_dummies = true;
        for (int32_t i = c->start[r]; i < c->start[r + 1]; i++) only_dummies &= !k->m->z[c->node[i]];
        l->seen[r] = only_dummies;             // never taken up
        for (int32_t i = c->start[r]; i < c->start[r + 1]; i++) {
            l->ring[i] = r;
            l->next[i] = l->first[c->edge[i]];
            l->first[c->edge[i]] = i;
        }
    }
    return ARYL_OK;
}

static int32_t lowest_unseen(const kekuliser *k, int32_t ring)
{
    const ring_links *l = &k->links;
    const cycle_set *c = k->basis;
    int32_t lowest = INT32_MAX;
    for (int32_t i = c->start[ring]; i < c->start[ring + 1]; i++)
        for (int32_t j = l->first[c->edge[i]]; j >= 0; j = l->next[j])
            if (!l->seen[l->ring[j]] && l->ring[j] < lowest) lowest = l->ring[j];
    return lowest;
}

static void take_ring(kekuliser *k, int32_t ring)
{
    k->links.seen[ring] = 1;
    for (int32_t i = k->basis->start[ring]; i < k->basis->start[ring + 1]; i++) {
        int32_t a = k->basis->node[i];
        if (k->state[a] != OUTSIDE) continue;
        k->state[a] = FREE;
        k->atom[k->n++] = a;
    }
}

static aryl_status each_system(kekuliser *k, aryl_error *err)
{
    TRY(link_rings(k));
    const ring_links *l = &k->links;
    for (int32_t r = 0; r < k->basis->n; r++) {
        if (l->seen[r]) continue;
        k->n = 0;
        int32_t depth = 0;
        take_ring(k, r);
        l->stack[depth++] = r;
        while (depth) {
            int32_t next = lowest_unseen(k, l->stack[depth - 1]);
            if (next == INT32_MAX) {
                depth--;
                continue;
            }
            take_ring(k, next);
            l->stack[depth++] = next;
        }
        for (int32_t i = 0; i < k->n; i++) k->state[k->atom[i]] = OUTSIDE;
        TRY(solve(k, err));
        for (int32_t i = 0; i < k->n; i++) k->state[k->atom[i]] = OUTSIDE;
    }
    return ARYL_OK;
}

// ---- the whole molecule

// Takes the marks off. Every marked atom must have been in a ring, and no valence may have changed.
static aryl_status finish(kekuliser *k, const int32_t *valence, aryl_error *err)
{
    aryl_mol *m = k->m;
    for (int32_t b = 0; b < m->n_bonds; b++) m->bond_flags[b] &= (uint8_t)~BOND_IS_AROMATIC;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (!mol_aromatic(m, a)) continue;
        if (!(m->atom_flags[a] & ATOM_RING))
            return fail_at(err, ARYL_E_KEKULE, m->at[a], "non-ring atom %d marked aromatic", a);
        m->atom_flags[a] &= (uint8_t)~ATOM_AROMATIC;
        if ((m->z[a] == 7 || m->z[a] == 15) && m->charge[a] == 0 && m->explicit_h[a] == 1) {
            m->atom_flags[a] &= (uint8_t)~ATOM_NO_IMPLICIT;
            m->explicit_h[a] = 0;
            perceive_valence_of(m, a);
        }
    }
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t now = m->explicit_valence[a] + m->implicit_h[a];
        if (now != valence[a])
            return fail_at(err, ARYL_E_KEKULE, m->at[a], "Kekulization somehow screwed up valence on %d: %d!=%d", a, now, valence[a]);
    }
    return ARYL_OK;
}

static aryl_status attempt(kekuliser *k, int32_t *valence, aryl_error *err)
{
    aryl_mol *m = k->m;
    for (int32_t a = 0; a < m->n_atoms; a++) valence[a] = m->explicit_valence[a] + m->implicit_h[a];
    memset(k->state, OUTSIDE, (size_t)m->n_atoms);
    TRY(each_system(k, err));
    return finish(k, valence, err);
}

static aryl_status set_up(kekuliser *k)
{
    aryl_mol *m = k->m;
    size_t n = (size_t)m->n_atoms;
    k->aromatic = arena_new(k->tmp, uint8_t, 4 * n);
    int32_t *words = arena_new(k->tmp, int32_t, 11 * n);
    k->offer = arena_new(k->tmp, int32_t, 2 * (int64_t)m->n_bonds);
    if (!k->aromatic || !words || !k->offer) return ARYL_E_NOMEM;
    k->state = k->aromatic + n;
    k->candidate = k->state + n;
    k->left = k->candidate + n;
    int32_t **array[] = {&k->position, &k->option, &k->option_end, &k->rings_at, &k->atom, &k->sorted, &k->done, &k->queue,
                         &k->move, &k->made, &k->question};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) *array[i] = words + i * n;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        k->aromatic[a] = mol_aromatic(m, a);
        k->has_dummy |= !m->z[a];
    }
    for (int32_t b = 0; b < m->n_bonds; b++)
        if ((m->bond_flags[b] & BOND_IS_AROMATIC) || m->type[b] == BOND_AROMATIC)
            k->aromatic[m->begin[b]] = k->aromatic[m->end[b]] = 1;
    if (!k->has_dummy) return ARYL_OK;
    memset(k->rings_at, 0, n * sizeof *k->rings_at);
    for (int32_t i = 0; i < k->basis->start[k->basis->n]; i++) k->rings_at[k->basis->node[i]]++;
    return ARYL_OK;
}

aryl_status perceive_kekule(aryl_mol *m, arena *tmp, aryl_error *err)
{
    arena_mark here = arena_save(tmp);
    cycle_set basis;
    kekuliser k = {.m = m, .basis = &basis, .tmp = tmp};
    uint8_t *marked = NULL;
    int32_t *valence = NULL;
    aryl_status s = perceive_basis(m, tmp, &basis);
    if (s == ARYL_OK) s = set_up(&k);
    if (s != ARYL_OK) goto out;
    s = ARYL_E_NOMEM;
    marked = arena_new(tmp, uint8_t, m->n_bonds);
    valence = arena_new(tmp, int32_t, m->n_atoms);
    if (!marked || !valence) goto out;
    for (int32_t b = 0; b < m->n_bonds; b++) marked[b] = m->bond_flags[b] & BOND_IS_AROMATIC;
    s = attempt(&k, valence, err);
    if (s != ARYL_E_KEKULE) goto out;

    // Once more in another order: that of canonical ranks. Now the marks of bonds are on their atoms as well, hydrogens
    // that were released stay so, and the others are deduced again from the valences as they were left.
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (marked[b]) {
            m->type[b] = BOND_AROMATIC;
            m->bond_flags[b] |= BOND_IS_AROMATIC;
        }
    for (int32_t a = 0; a < m->n_atoms; a++)
        if (k.aromatic[a]) m->atom_flags[a] |= ATOM_AROMATIC;
    int32_t *rank = arena_new(tmp, int32_t, m->n_atoms);
    s = ARYL_E_NOMEM;
    if (!rank) goto out;
    s = perceive_ranks(m, CANON_CHIRALITY | CANON_ISOTOPES | CANON_BREAK_TIES, tmp, rank);
    if (s != ARYL_OK) goto out;
    k.rank = rank;
    for (int32_t a = 0; a < m->n_atoms; a++) perceive_implicit_of(m, a);
    s = attempt(&k, valence, err);
out:
    arena_restore(tmp, here);
    return s;
}
