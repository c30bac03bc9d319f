// cleanup.c - ways of writing that RDKit puts right before it looks at valences: neutral pentavalent nitrogen, perchlorates,
// and bonds of saturated atoms to metals, which become dative.
#include "perceive/perceive.h"

// ---- nitro, azides, phosphine oxides, halogen oxides

// The first neutral neighbour of element z through a bond of that type, as a position in the neighbour lists, or -1.
static int32_t neutral_neighbour(const aryl_mol *m, int32_t a, int32_t z, int32_t type)
{
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if (m->z[m->nbr[k]] == z && m->charge[m->nbr[k]] == 0 && m->type[m->via[k]] == type) return k;
    return -1;
}

static void separate(aryl_mol *m, int32_t a, int32_t k, int32_t new_type)
{
    m->type[m->via[k]] = (uint8_t)new_type;
    m->charge[a] = 1;
    m->charge[m->nbr[k]] = -1;
}

static bool phosphorus(aryl_mol *m, int32_t a)
{
    int32_t oxide = -1;
    bool ylide = false;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t to = m->nbr[k];
        if (m->type[m->via[k]] != BOND_DOUBLE) continue;
        if (m->z[to] == 8 && m->charge[to] == 0) oxide = k;
        else if ((m->z[to] == 6 || m->z[to] == 7) && mol_degree(m, to) >= 2) ylide = true;
    }
    if (oxide < 0 || !ylide) return false;
    separate(m, a, oxide, BOND_SINGLE);
    return true;
}

static bool halogen(aryl_mol *m, int32_t a)
{
    int32_t charge = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if (m->z[m->nbr[k]] != 8) return false;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if (m->type[m->via[k]] == BOND_DOUBLE) {
            m->type[m->via[k]] = BOND_SINGLE;
            m->charge[m->nbr[k]] = -1;
            charge++;
        }
    m->charge[a] = (int8_t)charge;
    return charge > 0;
}

// The valences on entry serve to the end: what is changed here is never part of the sum of another candidate.
void perceive_cleanup(aryl_mol *m, bool *changed)
{
    int32_t n_nitrogens = 0, first = 0, n_others = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (m->explicit_valence[a] < 3) continue;
        if (m->z[a] == 7 && m->charge[a] == 0 && m->explicit_valence[a] == 5 && !n_nitrogens++) first = a;
        n_others += m->z[a] == 15 || m->z[a] == 17 || m->z[a] == 35 || m->z[a] == 53;
    }
    if (n_nitrogens) {
        // Both passes go over the nitrogens that had five bonds at the start; one that lost its oxygen can lose a
        // nitrogen as well. The flag of a ring atom is free at this stage and remembers them.
        for (int32_t a = first; a < m->n_atoms; a++) {
            if (m->z[a] != 7 || m->charge[a] || m->explicit_valence[a] != 5) continue;
            m->atom_flags[a] |= ATOM_RING;
            int32_t k = neutral_neighbour(m, a, 8, BOND_DOUBLE);
            if (k < 0) continue;
            separate(m, a, k, BOND_SINGLE);
            *changed = true;
        }
        for (int32_t a = first; a < m->n_atoms; a++) {
            if (!(m->atom_flags[a] & ATOM_RING)) continue;
            m->atom_flags[a] &= (uint8_t)~ATOM_RING;
            int32_t k = neutral_neighbour(m, a, 7, BOND_TRIPLE);
            if (k < 0) continue;
            separate(m, a, k, BOND_DOUBLE);
            *changed = true;
        }
    }
    if (!n_others) return;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t z = m->z[a], valence = m->explicit_valence[a];
        if (m->charge[a] || valence < 3) continue;
        if (z == 15 && valence == 5 && mol_degree(m, a) == 3) *changed |= phosphorus(m, a);
        if ((z == 17 || z == 35 || z == 53) && (valence == 3 || valence == 5 || valence == 7)) *changed |= halogen(m, a);
    }
}

// ---- metals

static bool never_donates(int32_t z) { return z == 1 || z == 2 || z == 9 || z == 10; }

// A non-metal with more bonds than an element with its electrons could have. *refused: there is no such element.
static bool hypervalent(const aryl_mol *m, int32_t a, bool *refused)
{
    int32_t z = m->z[a], like = z - m->charge[a];
    if (element_is_metal(z) || like <= 0) return false;
    if (like > ELEMENT_MAX) {
        *refused = true;
        return false;
    }
    const int8_t *list = elements[like].valence;
    while (list[1] != ELEMENT_END) list++;
    int32_t most = *list, valence = m->explicit_valence[a];
    return most > 0 && (valence > most || (valence == most && mol_aromatic(m, a) && mol_total_degree(m, a) == 4));
}

// Metals that a is singly bonded to.
static int32_t count_metals(const aryl_mol *m, int32_t a)
{
    int32_t n = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        n += m->type[m->via[k]] == BOND_SINGLE && element_is_metal(m->z[m->nbr[k]]);
    return n;
}

static int32_t count_dative(const aryl_mol *m, int32_t a)
{
    int32_t n = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) n += m->type[m->via[k]] == BOND_DATIVE;
    return n;
}

// Gives the donor one dative bond: to the metal with the fewest, among equals to the one of the highest rank.
static bool donate(aryl_mol *m, int32_t a, const int32_t *rank)
{
    int32_t best = -1, fewest = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t metal = m->nbr[k];
        if (m->type[m->via[k]] != BOND_SINGLE || !element_is_metal(m->z[metal])) continue;
        int32_t dative = count_dative(m, metal);
        if (best >= 0 && (dative > fewest || (dative == fewest && rank[metal] < rank[m->nbr[best]]))) continue;
        best = k;
        fewest = dative;
    }
    if (best < 0) return false;
    int32_t b = m->via[best];
    m->type[b] = BOND_DATIVE;
    m->begin[b] = a;
    m->end[b] = m->nbr[best];
    perceive_valence_of(m, a);
    perceive_valence_of(m, m->nbr[best]);
    return true;
}

aryl_status perceive_organometallics(aryl_mol *m, arena *tmp, bool *changed, aryl_error *err)
{
    int32_t n_donors = 0, n_choices = 0, lone = -1;
    bool refused = false;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (hypervalent(m, a, &refused) && !never_donates(m->z[a])) {
            int32_t n = count_metals(m, a);
            if (n) lone = a;
            n_donors += n > 0;
            n_choices += n > 1;
        }
        // RDKit stops looking at the first donor, and with it at atoms that it could not judge.
        if (refused && !n_donors) return perceive_charge_error(m, a, err);
    }
    if (!n_donors) return ARYL_OK;
    *changed = true;
    int32_t *rank = arena_zero(tmp, int32_t, m->n_atoms), *by_rank = arena_new(tmp, int32_t, m->n_atoms);
    if (!rank || !by_rank) return ARYL_E_NOMEM;
    if (n_donors == 1 && !n_choices && !refused) {
        donate(m, lone, rank);
        return ARYL_OK;
    }
    TRY(perceive_ranks(m, CANON_CHIRALITY | CANON_ISOTOPES | CANON_MAPS | CANON_BREAK_TIES, tmp, rank));
    for (int32_t a = 0; a < m->n_atoms; a++) by_rank[rank[a]] = a;
    for (int32_t i = 0; i < m->n_atoms; i++) {
        int32_t a = by_rank[i];
        bool donor = hypervalent(m, a, &refused) && !never_donates(m->z[a]);
        if (refused && m->z[a] - m->charge[a] > ELEMENT_MAX) return perceive_charge_error(m, a, err);
        if (donor) donate(m, a, rank);
    }
    return ARYL_OK;
}
