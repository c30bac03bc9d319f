// valence.c - how many bonds an atom has, how many it may have, and the hydrogens that make up the difference.
//
// The rules are RDKit's: an ion has the valences of the element with as many electrons, and a sum of aromatic bonds that
// is only a little too large is brought down to what the element allows.
#include "perceive/perceive.h"

const uint8_t perceive_order2[256] = {
    [BOND_SINGLE] = 2, [BOND_DOUBLE] = 4, [BOND_TRIPLE] = 6, [BOND_QUADRUPLE] = 8, [BOND_QUINTUPLE] = 10,
    [BOND_HEXTUPLE] = 12, [BOND_AROMATIC] = 3, [BOND_DATIVE] = 2,
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

// Nearly every atom, and the same answer as settle: no more bonds than its first valence, the rest is hydrogen; or an
// aromatic atom whose sum is a little above it. false: not such an atom.
static inline bool settle_usual(int32_t z, int32_t q, int32_t sum2, int32_t radicals, int32_t flags, int32_t *valence, uint8_t *hydrogens)
{
    int32_t like = z;
    if (q) {
        like = z - q;
        if (like < 1 || like > ELEMENT_MAX || z > 10) return false;      // the lightest keep no valences of their own
    }
    int32_t least = allowed[like][0], left = least - ((sum2 + 1) >> 1) - radicals;
    if (z <= 1 || least <= 0) return false;
    if (left < 0) {
        int32_t second = allowed[like][1], over = sum2 - 2 * least;
        if (!(flags & ATOM_AROMATIC) || over <= 0 || over > 3 || radicals || (second >= 0 && 2 * second <= sum2)) return false;
        *valence = least;
        *hydrogens = 0;
        return true;
    }
    *valence = least - radicals - left;
    *hydrogens = flags & ATOM_NO_IMPLICIT ? 0 : (uint8_t)left;
    return true;
}

int32_t perceive_valences(aryl_mol *m)
{
    int32_t *restrict sum2 = m->explicit_valence, refused = -1;
    const int32_t *begin = m->begin, *end = m->end;
    const uint8_t *type = m->type, *explicit_h = m->explicit_h, *z = m->z, *radicals = m->radicals, *flags = m->atom_flags;
    const int8_t *charge = m->charge;
    uint8_t *implicit_h = m->implicit_h;
    int32_t n_atoms = m->n_atoms, n_bonds = m->n_bonds;
    bool has_query = m->has_query;
    for (int32_t a = 0; a < n_atoms; a++) sum2[a] = 2 * explicit_h[a];
    for (int32_t b = 0; b < n_bonds; b++) {
        sum2[end[b]] += perceive_order2[type[b]];
        sum2[begin[b]] += perceive_order2[type[b]] & -(type[b] != BOND_DATIVE);    // a donor gives its pair away
    }
    for (int32_t a = 0; a < n_atoms; a++) {
        if (!has_query && settle_usual(z[a], charge[a], sum2[a], radicals[a], flags[a], &sum2[a], &implicit_h[a])) continue;
        if (settle(m, a, sum2[a]) != FINE && refused < 0) refused = a;
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
