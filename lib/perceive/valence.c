// valence.c - how many bonds an atom has, how many it may have, and the hydrogens that make up the difference.
//
// The rules are RDKit's: an ion has the valences of the element with as many electrons, and a sum of aromatic bonds that
// is only a little too large is brought down to what the element allows.
#include "perceive/perceive.h"

const uint8_t perceive_order2[256] = {
    [BOND_SINGLE] = 2, [BOND_DOUBLE] = 4, [BOND_TRIPLE] = 6, [BOND_QUADRUPLE] = 8, [BOND_QUINTUPLE] = 10,
    [BOND_HEXTUPLE] = 12, [BOND_AROMATIC] = 3, [BOND_DATIVE] = 2,
};
static const uint8_t begin_order2[256] = {   // at its begin: a donor gives its pair away
    [BOND_SINGLE] = 2, [BOND_DOUBLE] = 4, [BOND_TRIPLE] = 6, [BOND_QUADRUPLE] = 8, [BOND_QUINTUPLE] = 10,
    [BOND_HEXTUPLE] = 12, [BOND_AROMATIC] = 3,
};

enum { ANY = -1 };

// The first and second allowed valence of each element close together, for the atoms that nearly all are.
#define ISOTOPE(z, n, mass)
#define SYMBOLS(first, ...)
#define ELEMENT(z, symbol, outer, isotope, weight, mass, rb0, ...) [z] = {__VA_ARGS__},
static const int8_t allowed[ELEMENT_MAX + 1][5] = {
#include "mol/elements_gen.h"
};
#undef ELEMENT
#undef ISOTOPE
#undef SYMBOLS

typedef enum verdict { FINE, TOO_MANY_BONDS, NO_SUCH_VALENCE, NOT_AROMATIC_VALENCE, BARE_CHARGE } verdict;

bool perceive_near_aromatic(const aryl_mol *m, int32_t a)
{
    if (mol_aromatic(m, a)) return true;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if ((m->bond_flags[m->via[k]] & BOND_IS_AROMATIC) || m->type[m->via[k]] == BOND_AROMATIC) return true;
    return false;
}

static int32_t last_valence(const int8_t *list)
{
    while (list[1] != ELEMENT_END) list++;
    return *list;
}

// A complex bond query leaves the number of hydrogens open.
static bool open_query(const aryl_mol *m, int32_t a)
{
    if (!m->has_query) return false;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if (m->bond_flags[m->via[k]] & BOND_NO_H) return true;
    return false;
}

// Anions of P, S, As and Se that have more electrons than the noble gas's neighbour keep their own valences.
static bool keeps_own_list(int32_t z, int32_t like)
{
    return (like > 16 && (z == 15 || z == 16)) || (like > 34 && (z == 33 || z == 34));
}

static verdict implicit_part(aryl_mol *m, int32_t a, int32_t like)
{
    int32_t z = m->z[a], valence = m->explicit_valence[a], radicals = m->radicals[a];
    m->implicit_h[a] = 0;
    if ((m->atom_flags[a] & ATOM_NO_IMPLICIT) || z == 0 || open_query(m, a)) return FINE;
    if (z == 1 && valence == 0 && radicals == 0) {
        if (m->charge[a] == 0) m->implicit_h[a] = 1;
        return m->charge[a] >= -1 && m->charge[a] <= 1 ? FINE : BARE_CHARGE;
    }
    int32_t least = elements[like].valence[0], needed = valence + radicals;
    if (like == 0 || least == ANY) return FINE;
    const int8_t *list = elements[like].valence;
    if (keeps_own_list(z, like)) {
        list = elements[z].valence;
        needed -= m->charge[a];
    }
    if (perceive_near_aromatic(m, a)) {
        if (needed <= least) {
            m->implicit_h[a] = (uint8_t)(least - needed);
            return FINE;
        }
        for (; *list > 0; list++)
            if (*list == needed) return FINE;
        return NOT_AROMATIC_VALENCE;
    }
    for (const int8_t *v = list; *v >= 0; v++)
        if (needed <= *v) {
            m->implicit_h[a] = (uint8_t)(*v - needed);
            return FINE;
        }
    return last_valence(list) == ANY || last_valence(elements[z].valence) <= 0 ? FINE : NO_SUCH_VALENCE;
}

static int32_t isoelectronic(const aryl_mol *m, int32_t a)
{
    int32_t z = m->z[a], like = z - m->charge[a];
    if (elements[z].valence[0] == ANY) return z;
    return like < 0 ? 0 : like > ELEMENT_MAX ? ELEMENT_MAX : like;
}

void perceive_implicit_of(aryl_mol *m, int32_t a) { implicit_part(m, a, isoelectronic(m, a)); }

// Fills explicit_valence and implicit_h from twice the sum of bond orders and written hydrogens.
static verdict settle(aryl_mol *m, int32_t a, int32_t sum2)
{
    int32_t z = m->z[a], q = m->charge[a], like = isoelectronic(m, a);
    int32_t least = elements[like].valence[0], valence = (sum2 + 1) >> 1;
    bool own = keeps_own_list(z, like);
    if (least >= 0 && sum2 > 2 * least && perceive_near_aromatic(m, a)) {
        int32_t below = least;
        for (const int8_t *v = elements[like].valence; *v >= 0 && 2 * *v <= sum2; v++) below = *v;
        if (sum2 - 2 * below <= 3) valence = below;
    }
    m->explicit_valence[a] = valence;
    int32_t own_last = last_valence(elements[z].valence);
    int32_t most = own ? own_last : last_valence(elements[like].valence), shift = own ? -q : 0;
    if (z == 1 && q == -1) most = 2;
    verdict implicit = implicit_part(m, a, like);
    return most >= 0 && own_last >= 0 && valence + shift > most ? TOO_MANY_BONDS : implicit;
}

static int32_t sum2_of(const aryl_mol *m, int32_t a)
{
    int32_t sum2 = 2 * m->explicit_h[a];
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) sum2 += perceive_bond_order2(m, m->via[k], a);
    return sum2;
}

// ---- what nearly every atom is, with the same answer as settle
//
// An element with few surprises and no more bonds than its first valence: the rest is hydrogen. Or an aromatic atom whose
// sum is a little above it.

// First valences of those elements; 0: any other. No metal is among them.
static const uint8_t first_valence[256] = {[5] = 3, [6] = 4, [7] = 3, [8] = 2, [9] = 1, [15] = 3, [16] = 2, [17] = 1, [35] = 1, [53] = 1};
enum { ALMOST = 3 };   // half bonds that are brought down

static bool settle_usual(aryl_mol *m, int32_t a, int32_t sum2)
{
    int32_t z = m->z[a], q = m->charge[a], radicals = m->radicals[a], least = first_valence[z], second = allowed[z][1];
    if (!least || m->has_query) return false;
    if (q) {
        if (z > 10 || q > 4 || q < -4) return false;                   // the heavier ones keep valences of their own
        least = allowed[z - q][0];
        second = allowed[z - q][1];
        if (least <= 0) return false;
    }
    int32_t valence = (sum2 + 1) >> 1, left = least - valence - radicals;
    if (left < 0) {
        bool near = sum2 > 2 * least && sum2 - 2 * least <= ALMOST && (second < 0 || 2 * second > sum2);
        if (!near || radicals || !mol_aromatic(m, a)) return false;
        valence = least;
        left = 0;
    }
    m->explicit_valence[a] = valence;
    m->implicit_h[a] = m->atom_flags[a] & ATOM_NO_IMPLICIT ? 0 : (uint8_t)left;
    return true;
}

// The same for neutral C, N, O, F, S and Cl without radicals, eight at a time. Returns the atoms that are left.
enum { WORD = 64, LANES = 8 };
typedef int16_t lanes __attribute__((vector_size(2 * LANES)));
typedef int32_t wide_lanes __attribute__((vector_size(4 * LANES)));
typedef uint8_t byte_lanes __attribute__((vector_size(LANES)));

static inline lanes lanes_of(const uint8_t *p)
{
    byte_lanes b;
    memcpy(&b, p, sizeof b);
    return __builtin_convertvector(b, lanes);
}

static uint64_t settle_lanes(aryl_mol *m, const int16_t *sum2)
{
    int32_t n = m->n_atoms, valences[WORD];
    uint8_t left[WORD];
    for (int32_t a = 0; a < n; a += LANES) {
        lanes sum, least, odd = lanes_of((const uint8_t *)m->charge + a) | lanes_of(m->radicals + a);
        lanes z = lanes_of(m->z + a);
        least = ((z == 6) & 4) | ((z == 7) & 3) | (((z == 8) | (z == 16)) & 2) | (((z == 9) | (z == 17)) & 1);
        memcpy(&sum, sum2 + a, sizeof sum);
        lanes flags = lanes_of(m->atom_flags + a), valence = (sum + 1) >> 1, fits = valence <= least;
        lanes near = ((flags & ATOM_AROMATIC) != 0) & (least > 1) & (sum - 2 * least <= ALMOST);
        lanes hydrogens = fits & ((flags & ATOM_NO_IMPLICIT) == 0) & (least - valence);
        byte_lanes h = __builtin_convertvector(hydrogens, byte_lanes);
        byte_lanes rest = __builtin_convertvector((least == 0) | (odd != 0) | ~(fits | near), byte_lanes);
        wide_lanes v = __builtin_convertvector((fits & valence) | (~fits & least), wide_lanes);
        memcpy(m->implicit_h + a, &h, sizeof h);
        memcpy(valences + a, &v, sizeof v);
        memcpy(left + a, &rest, sizeof rest);
    }
    if (n) memcpy(m->explicit_valence, valences, (size_t)n * sizeof *valences);
    return set_of_bit(left, n, 0);
}

static void add_up(const aryl_mol *m, int16_t *sum2)
{
    const int32_t *begin = m->begin, *end = m->end, n_bonds = m->n_bonds;
    const uint8_t *type = m->type;
    for (int32_t a = 0; a < m->n_atoms; a += LANES) {
        lanes from_h = 2 * lanes_of(m->explicit_h + a);
        memcpy(sum2 + a, &from_h, sizeof from_h);
    }
    for (int32_t b = 0; b < n_bonds; b++) {
        sum2[begin[b]] = (int16_t)(sum2[begin[b]] + begin_order2[type[b]]);
        sum2[end[b]] = (int16_t)(sum2[end[b]] + perceive_order2[type[b]]);
    }
}

// ... or an anion so large that RDKit's search for metals stumbles over it.
static bool is_metal(const aryl_mol *m, int32_t a)
{
    enum { LARGEST_NONMETAL = 86 };
    return element_is_metal(m->z[a]) || m->charge[a] < LARGEST_NONMETAL - ELEMENT_MAX;
}

static uint32_t what_it_is(const aryl_mol *m, int32_t a)
{
    uint32_t metal = is_metal(m, a) ? SEEN_METAL : 0;
    switch (m->z[a]) {
    case 7: case 15: case 17: case 35: case 53: return metal | SEEN_UNTIDY;
    default: return metal;
    }
}

static void settle_any(aryl_mol *m, int32_t a, int32_t sum2, int32_t *refused, uint32_t *seen)
{
    if (settle_usual(m, a, sum2)) return;
    *seen |= what_it_is(m, a);
    if (settle(m, a, sum2) != FINE && *refused < 0) *refused = a;
}

int32_t perceive_valences(aryl_mol *m, uint32_t *seen)
{
    int32_t refused = -1;
    *seen = 0;
    if (m->n_atoms <= WORD && m->n_bonds <= WORD) {
        int16_t sum2[WORD];
        add_up(m, sum2);
        for (uint64_t left = m->has_query ? set_below(m->n_atoms) : settle_lanes(m, sum2); left; left &= left - 1)
            settle_any(m, set_first(left), sum2[set_first(left)], &refused, seen);
    } else {
        for (int32_t a = 0; a < m->n_atoms; a++) settle_any(m, a, sum2_of(m, a), &refused, seen);
    }
    return refused;
}

bool perceive_valence_of(aryl_mol *m, int32_t a) { return settle(m, a, sum2_of(m, a)) == FINE; }

aryl_status perceive_valence_error(aryl_mol *m, int32_t a, aryl_error *err)
{
    const char *symbol = elements[m->z[a]].symbol;
    switch (settle(m, a, sum2_of(m, a))) {
    case TOO_MANY_BONDS:
        return fail_at(err, ARYL_E_VALENCE, m->at[a], "Explicit valence for atom # %d %s, %d, is greater than permitted", a,
                       symbol, m->explicit_valence[a]);
    case NO_SUCH_VALENCE:
        return fail_at(err, ARYL_E_VALENCE, m->at[a], "Explicit valence for atom # %d %s greater than permitted", a, symbol);
    case NOT_AROMATIC_VALENCE:
        return fail_at(err, ARYL_E_VALENCE, m->at[a],
                       "Explicit valence for aromatic atom # %d not equal to any accepted valence", a);
    default: return fail_at(err, ARYL_E_VALENCE, m->at[a], "Unreasonable formal charge on atom # %d.", a);
    }
}

aryl_status perceive_charge_error(const aryl_mol *m, int32_t a, aryl_error *err)
{
    return fail_at(err, ARYL_E_VALENCE, m->at[a], "No element is isoelectronic to atom # %d %s of charge %d", a,
                   elements[m->z[a]].symbol, m->charge[a]);
}
