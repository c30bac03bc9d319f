// kekule_simple.c - Kekule forms of ordinary molecules: kekule.c's walk over sets of atoms, all ring systems at once.
//
// It knows up to 64 atoms, no dummies and no bonds that close no ring. Where it gives up nothing has been touched, and
// kekule.c begins again; where it finishes, its double bonds are those that kekule.c would place.
#include "perceive/perceive.h"

enum { MOST_ATOMS = 64, MOST_TURNS = 100 };
enum { ORDINARY_TYPES = 1 << BOND_SINGLE | 1 << BOND_DOUBLE | 1 << BOND_TRIPLE | 1 << BOND_AROMATIC };

typedef struct sketch {
    uint64_t aromatic;              // marked atoms in rings
    uint64_t needy;                 // those that need a double bond
    uint64_t next_to[MOST_ATOMS];   // across ring bonds
    uint64_t offers[MOST_ATOMS];    // across marked ones of them
    uint8_t orders[MOST_ATOMS];     // sum of bond orders, marked bonds as single
    uint8_t ring_bonds[MOST_ATOMS];
    int8_t partner[MOST_ATOMS];
} sketch;

static uint64_t bit(int32_t a) { return (uint64_t)1 << a; }

static bool draw_bonds(const aryl_mol *m, sketch *s)
{
    const int32_t *begin = m->begin, *end = m->end, n_bonds = m->n_bonds;
    const uint8_t *all_flags = m->bond_flags, *all_types = m->type;
    uint64_t marked_ends = 0;
    for (int32_t b = 0; b < n_bonds; b++) {
        int32_t from = begin[b], to = end[b], type = all_types[b], flags = all_flags[b];
        bool marked = flags & BOND_IS_AROMATIC;
        if (marked != (type == BOND_AROMATIC) || !(ORDINARY_TYPES >> (type & 31) & 1)) return false;
        int32_t order = marked ? 1 : type;
        s->orders[from] = (uint8_t)(s->orders[from] + order);
        s->orders[to] = (uint8_t)(s->orders[to] + order);
        if (marked) marked_ends |= bit(from) | bit(to);
        if (!(flags & BOND_IS_RING)) continue;
        s->ring_bonds[from]++;
        s->ring_bonds[to]++;
        s->next_to[from] |= bit(to);
        s->next_to[to] |= bit(from);
        if (!marked) continue;
        s->offers[from] |= bit(to);
        s->offers[to] |= bit(from);
    }
    s->aromatic = marked_ends;
    return true;
}

// Which atoms need a double bond; see needs_double in kekule.c, which this narrows to elements with few surprises.
static bool find_needy(const aryl_mol *m, sketch *s)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t z = m->z[a], flags = m->atom_flags[a], q = m->charge[a];
        if (flags & ATOM_AROMATIC) s->aromatic |= bit(a);
        if (!z) return false;
        if (!(s->aromatic & bit(a))) continue;
        if (!(flags & ATOM_RING) || s->ring_bonds[a] > 3 || m->radicals[a]) return false;
        if (z < 6 || z > 8) {
            if (z != 16 || q || m->explicit_valence[a] != 2) return false;
        }
        int32_t hidden_h = mol_hidden_h(m, a), degree = mol_degree(m, a) + m->implicit_h[a];
        int32_t wanted = elements[z].valence[0] + (z == 6 && q > 0 ? -q : q);
        int32_t orders = s->orders[a] + hidden_h;
        // Beyond its first valence an element has others, and neutral nitrogen of five bonds is a special case.
        if (z != 6 && m->explicit_valence[a] + m->implicit_h[a] > wanted) return false;
        // The hydrogen of pyrrole is going to be let go, which must leave three bonds.
        if (z == 7 && !q && m->explicit_h[a] == 1 && (orders != 3 || m->explicit_valence[a] + m->implicit_h[a] != 3)) return false;
        if (degree >= wanted) continue;
        if (wanted == orders + 1 || ((flags & ATOM_NO_IMPLICIT) && wanted == orders + 2)) s->needy |= bit(a);
    }
    return true;
}

typedef struct path {
    uint64_t fresh, left, done;     // not met yet; without a double bond; visited
    uint64_t choices[MOST_ATOMS];   // untried partners of an atom
    uint8_t order[MOST_ATOMS], position[MOST_ATOMS], move[MOST_ATOMS];   // visited ones in order; atoms with choices left
    uint8_t queue[2 * MOST_ATOMS];
    int32_t n_done, n_moves, n_turns, head, tail;
} path;

// Back to the last atom with a choice: all visited since wait again, in front, without the double bonds they had.
static void turn_back(sketch *s, path *p)
{
    int32_t from = p->position[p->move[p->n_moves - 1]], to = p->n_done;
    for (int32_t i = to - 1; i >= from; i--) {
        p->queue[--p->head] = p->order[i];
        p->done &= ~bit(p->order[i]);
    }
    for (int32_t i = from; i < to; i++) {
        int32_t a = p->order[i], partner = s->partner[a];
        if (partner < 0 || (p->done & bit(partner))) continue;
        p->left |= bit(a) | bit(partner);
        s->partner[a] = s->partner[partner] = -1;
    }
    p->n_done = from;
    p->n_turns++;
}

static bool walk(sketch *s, size_t n_atoms)
{
    path p;
    p.fresh = s->aromatic;
    p.left = s->needy;
    p.done = 0;
    p.n_done = p.n_moves = p.n_turns = 0;
    p.head = p.tail = MOST_ATOMS;              // turning back can bring as many in front as began a walk
    memset(p.choices, 0, n_atoms * sizeof *p.choices);
    int32_t own_moves = 0;                     // parts that no ring bond joins do not help each other
    while (p.head < p.tail || p.fresh) {
        int32_t a;
        if (p.head < p.tail) {
            a = p.queue[p.head++];
        } else {
            a = __builtin_ctzll(p.fresh);
            p.fresh &= p.fresh - 1;
            own_moves = p.n_moves;
        }
        p.done |= bit(a);
        p.position[a] = (uint8_t)p.n_done;
        p.order[p.n_done++] = (uint8_t)a;
        uint64_t offers = p.choices[a], again = offers;
        if (!again) {
            for (uint64_t next = s->next_to[a] & p.fresh; next; next &= next - 1) p.queue[p.tail++] = (uint8_t)__builtin_ctzll(next);
            p.fresh &= ~s->next_to[a];
            offers = s->offers[a] & p.left;
        }
        if (!(p.left & bit(a))) continue;
        if (!offers) {
            if (p.n_moves == own_moves || p.n_turns == MOST_TURNS) return false;
            turn_back(s, &p);
            continue;
        }
        int32_t to = __builtin_ctzll(offers);
        offers &= offers - 1;
        p.left &= ~(bit(a) | bit(to));
        s->partner[a] = (int8_t)to;
        s->partner[to] = (int8_t)a;
        p.choices[a] = offers;
        if (again && !offers) p.n_moves--;
        if (!again && offers) p.move[p.n_moves++] = (uint8_t)a;
    }
    return true;
}

bool perceive_kekule_simple(aryl_mol *m)
{
    if (m->n_atoms > MOST_ATOMS || m->has_query) return false;
    sketch s;
    size_t n = (size_t)m->n_atoms;
    s.needy = 0;
    memset(s.next_to, 0, n * sizeof *s.next_to);
    memset(s.offers, 0, n * sizeof *s.offers);
    memset(s.orders, 0, n);
    memset(s.ring_bonds, 0, n);
    memset(s.partner, -1, n);
    if (!draw_bonds(m, &s) || !find_needy(m, &s) || !walk(&s, n)) return false;

    for (int32_t b = 0; b < m->n_bonds; b++) {
        if (!(m->bond_flags[b] & BOND_IS_AROMATIC)) continue;
        m->bond_flags[b] &= (uint8_t)~BOND_IS_AROMATIC;
        m->type[b] = BOND_SINGLE;
        if (s.partner[m->begin[b]] != m->end[b] || !(m->bond_flags[b] & BOND_IS_RING)) continue;
        m->type[b] = BOND_DOUBLE;
        m->dir[b] = DIR_NONE;                   // a double bond has none of its own
    }
    for (uint64_t left = s.aromatic; left; left &= left - 1) {
        int32_t a = __builtin_ctzll(left);
        bool marked = m->atom_flags[a] & ATOM_AROMATIC;
        m->atom_flags[a] &= (uint8_t)~ATOM_AROMATIC;
        if (!marked || m->z[a] != 7 || m->charge[a] || m->explicit_h[a] != 1) continue;
        m->atom_flags[a] &= (uint8_t)~ATOM_NO_IMPLICIT;
        m->explicit_h[a] = 0;
        m->implicit_h[a] = 1;
        m->explicit_valence[a] = 2;
    }
    return true;
}
