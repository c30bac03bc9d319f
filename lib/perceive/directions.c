// directions.c - the two sides of double bonds from coordinates, told as directions of the single bonds beside them.
//
// A single bond between two double bonds serves both, so double bonds are taken one after the other, and from each one
// those that share a bond with it. The order, and a slip or two in it, are RDKit's and show in the result.
#include "perceive/perceive.h"
#include "perceive/vec.h"

typedef struct director {
    aryl_mol *m;
    uint8_t *open;                 // per bond: still to be directed (beside) or decided (double)
    int32_t *count;                // per bond: double bonds beside it
    int32_t *beside_start, *beside;// per bond: the double bonds that may direct it
    int32_t *todo;                 // double bonds to take next
    int32_t n_todo;
} director;

static bool directable(const aryl_mol *m, int32_t b)
{
    return m->dir[b] == DIR_NONE || m->dir[b] == DIR_UP || m->dir[b] == DIR_DOWN;
}
static bool may_carry(const aryl_mol *m, int32_t b) { return m->type[b] == BOND_SINGLE || m->type[b] == BOND_AROMATIC; }
static bool wavy(const aryl_mol *m, int32_t b) { return m->dir[b] == DIR_UNKNOWN || (m->bond_flags[b] & BOND_UNKNOWN_STEREO); }
static uint8_t opposite(uint8_t dir) { return dir == DIR_UP ? DIR_DOWN : DIR_UP; }

static bool is_candidate(const aryl_mol *m, const uint8_t *small_ring, int32_t b)
{
    return m->type[b] == BOND_DOUBLE && m->stereo[b] != STEREO_ANY && m->dir[b] != DIR_EITHER && !small_ring[b] &&
           mol_degree(m, m->begin[b]) > 1 && mol_degree(m, m->end[b]) > 1;
}

// ---- one double bond

typedef struct side {
    int32_t atom, control, other;  // bonds that are directed here, -1 for none
} side;

// False: a wavy bond says that nobody knows.
static bool choose_control(const director *d, int32_t bond, side *s)
{
    const aryl_mol *m = d->m;
    s->control = s->other = -1;
    for (int32_t k = m->start[s->atom]; k < m->start[s->atom + 1]; k++) {
        int32_t b = m->via[k];
        if (b == bond || !may_carry(m, b)) continue;
        if (directable(m, b)) {
            bool takes = s->control < 0 || !d->open[b] || d->count[b] > d->count[s->control];
            if (takes) s->other = s->control;
            *(takes ? &s->control : &s->other) = b;
        }
        if (wavy(m, b)) return false;
    }
    return true;
}

static void unknown(aryl_mol *m, int32_t b)
{
    int32_t low = m->begin[b] < m->end[b] ? m->begin[b] : m->end[b], high = m->begin[b] ^ m->end[b] ^ low;
    int32_t first = -1, last = -1;
    if (mol_degree(m, low) < 2 || mol_degree(m, high) < 2) return;
    for (int32_t k = m->start[low]; k < m->start[low + 1]; k++)
        if (m->nbr[k] != high && (first < 0 || m->nbr[k] < first)) first = m->nbr[k];
    for (int32_t k = m->start[high]; k < m->start[high + 1]; k++)
        if (m->nbr[k] != low && m->nbr[k] > last) last = m->nbr[k];
    m->stereo_atom[2 * b] = low == m->begin[b] ? first : last;
    m->stereo_atom[2 * b + 1] = low == m->begin[b] ? last : first;
    m->stereo[b] = STEREO_ANY;
}

static bool linear(vec a, vec b)
{
    double lengths = square(a) * square(b);
    return lengths < 1e-6 || dot(a, b) < -0.999388 * sqrt(lengths);
}

static vec along(const aryl_mol *m, int32_t bond, int32_t atom, int32_t from)
{
    return minus(place(m, mol_other(m, bond, atom)), place(m, from));
}

// A control bond in line with the double bond gives way to the other one. False: both are.
static bool leave_line(const aryl_mol *m, side *s, vec axis, int32_t again_from)
{
    if (!linear(along(m, s->control, s->atom, s->atom), axis)) return true;
    if (s->other < 0) return false;
    int32_t swap = s->control;
    s->control = s->other;
    s->other = swap;
    return !linear(along(m, s->control, s->atom, again_from), axis);
}

static bool is_trans(const aryl_mol *m, const side *x, const side *y)
{
    vec axis = minus(place(m, y->atom), place(m, x->atom));
    vec a = cross(along(m, x->control, x->atom, x->atom), axis), b = cross(along(m, y->control, y->atom, y->atom), axis);
    double lengths = sqrt(square(a) * square(b)), cosine = lengths == 0 ? 0 : dot(a, b) / lengths;
    if (lengths == 0) return false;
    return (cosine <= -1 ? PI : cosine >= 1 ? 0 : acos(cosine)) >= PI / 2;
}

static void direct(aryl_mol *m, int32_t b, int32_t seen_from, uint8_t dir, bool turn)
{
    if (m->begin[b] != seen_from) turn = !turn;
    m->dir[b] = turn ? opposite(dir) : dir;
}

static void push_followers(director *d, int32_t control)
{
    if (!d->open[control]) return;
    for (int32_t k = d->beside_start[control + 1] - 1; k >= d->beside_start[control]; k--)
        if (d->open[d->beside[k]]) d->todo[d->n_todo++] = d->beside[k];
}

static void decide(director *d, int32_t b)
{
    aryl_mol *m = d->m;
    if (!d->open[b]) return;
    d->open[b] = 0;
    side x = {.atom = m->begin[b]}, y = {.atom = m->end[b]};
    if (!choose_control(d, b, &x)) {
        unknown(m, b);
        return;
    }
    if (x.control < 0) return;
    if (!choose_control(d, b, &y)) {
        unknown(m, b);
        return;
    }
    if (y.control < 0) return;
    vec axis = minus(place(m, y.atom), place(m, x.atom)), back = minus(place(m, x.atom), place(m, y.atom));
    // The second look at the far end measures from the near one; that is how it is done elsewhere, too.
    if (!leave_line(m, &x, axis, x.atom) || !leave_line(m, &y, back, x.atom)) {
        unknown(m, b);
        return;
    }
    bool turn = is_trans(m, &x, &y);
    push_followers(d, y.control);
    push_followers(d, x.control);
    bool x_open = d->open[x.control], y_open = d->open[y.control];
    if (x_open && y_open) {
        direct(m, x.control, x.atom, DIR_DOWN, false);
        direct(m, y.control, y.atom, DIR_DOWN, turn);
    } else if (y_open) {
        direct(m, y.control, y.atom, m->dir[x.control], turn != (m->begin[x.control] != x.atom));
    } else if (x_open) {
        direct(m, x.control, x.atom, m->dir[y.control], turn != (m->begin[y.control] != y.atom));
    }
    d->open[x.control] = d->open[y.control] = 0;
    const side *both[] = {&x, &y};
    for (int32_t k = 0; k < 2; k++) {
        const side *s = both[k];
        if (s->other < 0 || !d->open[s->other]) continue;
        direct(m, s->other, s->atom, m->dir[s->control], m->begin[s->control] == s->atom);
        d->open[s->other] = 0;
    }
}

// ---- all of them

typedef struct turn { int64_t weight; int32_t bond; } turn;

static void sort_turns(turn *t, int32_t n)     // heaviest first, then lowest bond
{
    int32_t gap = 1;
    while (gap < n / 3) gap = 3 * gap + 1;
    for (; gap; gap /= 3)
        for (int32_t i = gap; i < n; i++) {
            turn x = t[i];
            int32_t k = i;
            for (; k >= gap && (t[k - gap].weight < x.weight || (t[k - gap].weight == x.weight && t[k - gap].bond > x.bond)); k -= gap)
                t[k] = t[k - gap];
            t[k] = x;
        }
}

// Notes which bonds stand beside which candidates. The weight of a candidate is the sum of the numbers of those bonds,
// tenfold outside rings; it was meant to be how many there are.
static int32_t survey(director *d, const uint8_t *small_ring, turn *order)
{
    const aryl_mol *m = d->m;
    int32_t n = 0;
    for (int32_t pass = 0; pass < 2; pass++) {
        for (int32_t b = 0; b < m->n_bonds; b++) {
            if (!is_candidate(m, small_ring, b)) continue;
            int64_t weight = 0;
            for (int32_t side = 0; side < 2; side++) {
                int32_t end = side ? m->end[b] : m->begin[b];
                for (int32_t k = m->start[end]; k < m->start[end + 1]; k++) {
                    int32_t f = m->via[k];
                    if (!may_carry(m, f)) continue;
                    if (!pass) d->count[f]++;
                    d->open[b] = 1;
                    if (!directable(m, f)) continue;
                    weight += f;
                    if (!pass) d->beside_start[f + 1]++;
                    else d->beside[d->beside_start[f]++] = b;
                    d->open[f] = 1;
                }
            }
            if (pass) order[n++] = (turn){m->bond_flags[b] & BOND_IS_RING ? weight : 10 * weight, b};
        }
        if (!pass)
            for (int32_t b = 0; b < m->n_bonds; b++) d->beside_start[b + 1] += d->beside_start[b];
    }
    for (int32_t b = m->n_bonds; b > 0; b--) d->beside_start[b] = d->beside_start[b - 1];
    d->beside_start[0] = 0;
    return n;
}

aryl_status perceive_directions(aryl_mol *m, arena *tmp)
{
    enum { SMALL_RING = 8 };
    size_t n = (size_t)m->n_bonds;
    bool any = false;
    for (int32_t b = 0; b < m->n_bonds && !any; b++) any = m->type[b] == BOND_DOUBLE;
    if (!any) return ARYL_OK;
    uint8_t *small_ring = arena_zero(tmp, uint8_t, n);
    int32_t *ints = arena_zero(tmp, int32_t, 2 * n + 1);
    turn *order = arena_new(tmp, turn, n);
    director d = {.m = m, .open = arena_zero(tmp, uint8_t, n)};
    if (!small_ring || !ints || !order || !d.open) return ARYL_E_NOMEM;
    for (int32_t r = 0; r < m->n_rings; r++)
        for (int32_t k = m->ring_start[r]; m->ring_start[r + 1] - m->ring_start[r] < SMALL_RING && k < m->ring_start[r + 1]; k++)
            small_ring[m->ring_bond[k]] = 1;
    int64_t ends = 0;
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (is_candidate(m, small_ring, b)) ends += mol_degree(m, m->begin[b]) + mol_degree(m, m->end[b]);
    d.count = ints;
    d.beside_start = ints + n;
    d.beside = arena_new(tmp, int32_t, ends);
    d.todo = arena_new(tmp, int32_t, 2 * ends + 1);
    if (!d.beside || !d.todo) return ARYL_E_NOMEM;
    int32_t n_order = survey(&d, small_ring, order);
    sort_turns(order, n_order);
    for (int32_t i = 0; i < n_order; i++) {
        d.todo[d.n_todo++] = order[i].bond;
        while (d.n_todo) decide(&d, d.todo[--d.n_todo]);
    }
    return ARYL_OK;
}
