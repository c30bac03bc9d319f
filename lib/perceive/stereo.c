// stereo.c - legacy stereo: which atoms and double bonds are centres, what they are called, and which marks stay.
//
// Labels are given in rounds, since a label can make two neighbours of another centre different. A label once given is
// never revised; what depends on itself stays without.
#include "perceive/perceive.h"

enum { SMALL_RING = 8 };   // smaller rings hold their double bonds in place

typedef struct stereo {
    aryl_mol *m;
    arena *mem;
    int32_t *rank;             // NULL until needed
    int32_t *asked, n_asked;   // atoms whose neighbours the ranks are to tell apart; NULL: all
    bool eager;                // ranks are for more than labels: where RDKit would look at them, they are there
    uint8_t *legal;            // per atom: could be a centre if its neighbours differ
    uint8_t *small_ring;       // per bond
    uint8_t *erase;            // per bond: its direction contradicts another
    bool atoms, maybe_atoms, bonds, maybe_bonds;   // what there is to look for; see RDKit's flags in survey()
} stereo;

static bool directed(const aryl_mol *m, int32_t b) { return m->dir[b] == DIR_UP || m->dir[b] == DIR_DOWN; }

static bool near_direction(const aryl_mol *m, int32_t a)
{
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if (directed(m, m->via[k])) return true;
    return false;
}

// ---- which atoms

// Amines turn inside out unless a small ring or a cage holds them.
static aryl_status is_stiff_amine(stereo *s, int32_t a, bool *yes)
{
    aryl_mol *m = s->m;
    *yes = false;
    bool small = perceive_in_ring_of_3(m, a), bridgehead = false;
    if (!small) TRY(perceive_bridgehead(m, a, s->mem, &bridgehead));
    if (!small && !bridgehead) return ARYL_OK;
    if (!m->hybridisation) TRY(perceive_add_electrons(m, s->mem));
    *yes = m->hybridisation[a] == HYB_SP3;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) *yes &= !(m->bond_flags[m->via[k]] & BOND_IS_CONJUGATED);
    return ARYL_OK;
}

static aryl_status is_legal(stereo *s, int32_t a, bool *yes)
{
    const aryl_mol *m = s->m;
    int32_t n = 0, h = mol_hidden_h(m, a), z = m->z[a];
    *yes = false;
    if (perceive_flat_carbon(m, a)) return ARYL_OK;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) n += perceive_is_ligand(m, m->via[k], a);
    if (n + h < 3 || n + h > 4 || (n < 3 && z != 15 && z != 33)) return ARYL_OK;
    if (n != 3) {
        *yes = true;
    } else if (h == 1) {
        *yes = true;
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) *yes &= m->z[m->nbr[k]] != 1 || m->isotope[m->nbr[k]];
    } else if (z == 7) {
        return is_stiff_amine(s, a, yes);
    } else if (z == 16 || z == 34) {
        *yes = m->explicit_valence[a] == 4 || (m->explicit_valence[a] == 3 && m->charge[a] == 1);
    } else {
        *yes = z == 15 || z == 33;
    }
    return ARYL_OK;
}

static bool ligands_differ(const stereo *s, int32_t a)
{
    const aryl_mol *m = s->m;
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
        for (int32_t j = m->start[a]; j < i; j++)
            if (perceive_is_ligand(m, m->via[i], a) && perceive_is_ligand(m, m->via[j], a) && s->rank[m->nbr[i]] == s->rank[m->nbr[j]])
                return false;
    return true;
}

// Two ligands that no ranks tell apart, as can be seen without ranks: ends of the same kind.
static bool has_twins(const aryl_mol *m, int32_t a)
{
    enum { TELLING = ATOM_QUERY | ATOM_HAS_MAP };
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++) {
        int32_t x = m->nbr[i];
        if (mol_degree(m, x) != 1 || (m->atom_flags[x] & TELLING) || !perceive_is_ligand(m, m->via[i], a)) continue;
        for (int32_t j = m->start[a]; j < i; j++) {
            int32_t y = m->nbr[j];
            if (m->z[y] == m->z[x] && m->isotope[y] == m->isotope[x] && mol_degree(m, y) == 1 && m->type[m->via[j]] == m->type[m->via[i]] &&
                mol_hidden_h(m, y) == mol_hidden_h(m, x) && !(m->atom_flags[y] & TELLING) && perceive_is_ligand(m, m->via[j], a)) return true;
        }
    }
    return false;
}

// The tag as it would be with the neighbours in the order of their ranks.
static int32_t label_of(const stereo *s, int32_t a)
{
    const aryl_mol *m = s->m;
    bool odd = mol_degree(m, a) == 3 && mol_hidden_h(m, a) == 1;
    for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
        for (int32_t j = m->start[a]; j < i; j++) odd ^= s->rank[m->nbr[j]] > s->rank[m->nbr[i]];
    return (m->tag[a] == TAG_CCW) != odd ? CIP_S : CIP_R;
}

static aryl_status need_ranks(stereo *s)
{
    if (s->rank) return ARYL_OK;
    s->rank = arena_new(s->mem, int32_t, s->m->n_atoms);
    if (!s->asked) s->m->cip_rank = s->rank;
    return s->rank ? perceive_cip_ranks(s->m, NULL, s->asked, s->n_asked, s->mem, s->rank) : ARYL_E_NOMEM;
}

static aryl_status label_atoms(stereo *s, bool *labelled)
{
    aryl_mol *m = s->m;
    int32_t unlabelled = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (m->cip[a]) continue;
        if (s->eager) TRY(need_ranks(s));
        if (!s->legal[a]) continue;
        unlabelled++;
        if (has_twins(m, a)) continue;
        TRY(need_ranks(s));
        if (!ligands_differ(s, a)) continue;
        m->atom_flags[a] |= ATOM_POSSIBLE_CENTRE;
        if (!m->tag[a]) continue;
        m->cip[a] = (uint8_t)label_of(s, a);
        *labelled = true;
        unlabelled--;
    }
    s->atoms = unlabelled > 0;
    return ARYL_OK;
}

// ---- which double bonds

typedef struct side {          // what one end of a double bond shows
    int32_t n, atom[2], bond[2];
    uint8_t dir[2];            // as seen from the end
} side;

static uint8_t opposite(uint8_t dir) { return dir == DIR_UP ? DIR_DOWN : DIR_UP; }

// False when there is nothing to tell the sides of the end apart.
static bool look_at_side(const stereo *s, int32_t bond, int32_t end, side *out, bool *unknown)
{
    const aryl_mol *m = s->m;
    bool any = false;
    out->n = 0;
    for (int32_t k = m->start[end]; k < m->start[end + 1]; k++) {
        int32_t b = m->via[k];
        *unknown |= m->dir[b] == DIR_UNKNOWN || (m->bond_flags[b] & BOND_UNKNOWN_STEREO);
        if (b == bond) continue;
        uint8_t dir = directed(m, b) ? m->dir[b] : DIR_NONE;
        any |= dir != DIR_NONE;
        if (dir && m->begin[b] != end) dir = opposite(dir);
        out->atom[out->n] = m->nbr[k];
        out->bond[out->n] = b;
        out->dir[out->n++] = dir;
    }
    if (!any) return false;
    if (out->n == 1) return true;
    if (s->rank[out->atom[0]] == s->rank[out->atom[1]]) return false;
    if (!out->dir[0]) out->dir[0] = opposite(out->dir[1]);
    if (!out->dir[1]) out->dir[1] = opposite(out->dir[0]);
    return true;
}

static bool contradicts(stereo *s, const side *e)
{
    if (e->n < 2 || e->dir[0] != e->dir[1]) return false;
    s->erase[e->bond[0]] = s->erase[e->bond[1]] = 1;
    return true;
}

static int32_t higher(const stereo *s, const side *e) { return e->n == 2 && s->rank[e->atom[1]] > s->rank[e->atom[0]]; }

static bool rotates_not(const stereo *s, int32_t b)
{
    const aryl_mol *m = s->m;
    int32_t x = mol_degree(m, m->begin[b]), y = mol_degree(m, m->end[b]);
    return !s->small_ring[b] && x >= 2 && x <= 3 && y >= 2 && y <= 3;
}

static aryl_status label_bonds(stereo *s, bool *labelled)
{
    aryl_mol *m = s->m;
    int32_t unlabelled = 0;
    memset(s->erase, 0, (size_t)m->n_bonds);
    for (int32_t b = 0; b < m->n_bonds; b++) {
        if (m->type[b] != BOND_DOUBLE || m->stereo[b] != STEREO_NONE) continue;
        if (s->eager) TRY(need_ranks(s));
        m->stereo_atom[2 * b] = m->stereo_atom[2 * b + 1] = -1;
        if (!rotates_not(s, b)) continue;
        unlabelled++;
        if (!near_direction(m, m->begin[b]) || !near_direction(m, m->end[b])) continue;
        TRY(need_ranks(s));
        side begin, end;
        bool unknown = false, at_begin = look_at_side(s, b, m->begin[b], &begin, &unknown);
        if (!look_at_side(s, b, m->end[b], &end, &unknown) || !at_begin) continue;
        unlabelled--;
        *labelled = true;
        bool one = contradicts(s, &begin), other = contradicts(s, &end);
        if (one || other) continue;
        int32_t i = higher(s, &begin), j = higher(s, &end);
        m->stereo_atom[2 * b] = begin.atom[i];
        m->stereo_atom[2 * b + 1] = end.atom[j];
        m->stereo[b] = unknown ? STEREO_ANY : begin.dir[i] == end.dir[j] ? STEREO_Z : STEREO_E;
    }
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (s->erase[b]) m->dir[b] = DIR_NONE;
    s->bonds = unlabelled > 0;
    return ARYL_OK;
}

// ---- the rounds

// What labels add to the ranks of the next round.
static aryl_status rank_again(stereo *s)
{
    const aryl_mol *m = s->m;
    arena_mark here = arena_save(s->mem);
    uint8_t *add = arena_new(s->mem, uint8_t, m->n_atoms);
    if (!add) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) add[a] = m->cip[a] == CIP_R ? 20 : m->cip[a] == CIP_S ? 10 : 0;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        if (m->type[b] != BOND_DOUBLE || (m->stereo[b] != STEREO_E && m->stereo[b] != STEREO_Z)) continue;
        uint8_t more = m->stereo[b] == STEREO_E ? 1 : 2;
        add[m->begin[b]] = (uint8_t)(add[m->begin[b]] + more);
        add[m->end[b]] = (uint8_t)(add[m->end[b]] + more);
    }
    TRY(perceive_cip_ranks(m, add, s->asked, s->n_asked, s->mem, s->rank));
    arena_restore(s->mem, here);
    return ARYL_OK;
}

static aryl_status label_all(stereo *s)
{
    for (bool go = s->atoms || s->maybe_atoms || s->bonds || s->maybe_bonds; go;) {
        bool labelled = false;
        if (s->atoms || s->maybe_atoms) TRY(label_atoms(s, &labelled));
        if (s->bonds || s->maybe_bonds) TRY(label_bonds(s, &labelled));
        go = labelled && (s->atoms || s->bonds);
        if (go) TRY(rank_again(s));
    }
    return ARYL_OK;
}

// The ranks are for atoms with tags, ring mates among them, for possible centres, and for ends of bonds beside directions.
static aryl_status find_asked(stereo *s)
{
    const aryl_mol *m = s->m;
    s->asked = arena_new(s->mem, int32_t, (size_t)m->n_atoms + 2 * (size_t)m->n_bonds);
    if (!s->asked) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++)
        if (m->tag[a] || (s->legal[a] && !has_twins(m, a))) s->asked[s->n_asked++] = a;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        if (m->type[b] != BOND_DOUBLE || !rotates_not(s, b) || !near_direction(m, m->begin[b]) || !near_direction(m, m->end[b])) continue;
        s->asked[s->n_asked++] = m->begin[b];
        s->asked[s->n_asked++] = m->end[b];
    }
    return ARYL_OK;
}

// ---- before: what is there, and marks that mean nothing are taken off

static aryl_status survey_atoms(stereo *s)
{
    const aryl_mol *m = s->m;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        bool yes;
        TRY(is_legal(s, a, &yes));
        s->legal[a] = yes;
        s->maybe_atoms |= yes;
        s->atoms |= m->tag[a] != TAG_NONE && m->tag[a] != TAG_OTHER;
    }
    return ARYL_OK;
}

static void survey_bonds(stereo *s, bool change)
{
    aryl_mol *m = s->m;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        bool is_double = m->type[b] == BOND_DOUBLE, crossed = m->dir[b] == DIR_EITHER;
        if (!is_double && m->type[b] != BOND_AROMATIC) continue;
        uint8_t stereo = s->small_ring[b] || !is_double ? STEREO_NONE : crossed || m->stereo[b] == STEREO_ANY ? STEREO_ANY : STEREO_NONE;
        if (change && (s->small_ring[b] || is_double)) {
            if (crossed) m->dir[b] = DIR_NONE;
            if (m->stereo[b] != stereo || crossed) m->stereo_atom[2 * b] = m->stereo_atom[2 * b + 1] = -1;
            m->stereo[b] = stereo;
        }
        if (!is_double || s->small_ring[b] || s->bonds) continue;
        s->bonds = near_direction(m, m->begin[b]) || near_direction(m, m->end[b]);
        s->maybe_bonds |= !s->bonds;
    }
}

static aryl_status survey(stereo *s, bool change)
{
    aryl_mol *m = s->m;
    s->legal = arena_new(s->mem, uint8_t, m->n_atoms);
    s->small_ring = arena_zero(s->mem, uint8_t, m->n_bonds);
    s->erase = arena_new(s->mem, uint8_t, m->n_bonds);
    if (!s->legal || !s->small_ring || !s->erase) return ARYL_E_NOMEM;
    for (int32_t r = 0; r < m->n_rings; r++)
        for (int32_t k = m->ring_start[r]; m->ring_start[r + 1] - m->ring_start[r] < SMALL_RING && k < m->ring_start[r + 1]; k++)
            s->small_ring[m->ring_bond[k]] = 1;
    TRY(survey_atoms(s));
    survey_bonds(s, change);
    return ARYL_OK;
}

// ---- after: tags and directions that came to nothing

static void clean_atoms(aryl_mol *m)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (!m->tag[a] || m->cip[a] || m->tag[a] >= TAG_SQUARE_PLANAR) continue;
        if (m->tag[a] == TAG_ALLENE && m->atom_flags[a] & ATOM_POSSIBLE_CENTRE) continue;
        if (m->mate_start && m->mate_start[a + 1] > m->mate_start[a]) continue;
        m->tag[a] = TAG_NONE;
        if (m->explicit_h[a] != 1 || m->charge[a] || mol_aromatic(m, a)) continue;
        m->explicit_h[a] = 0;
        m->atom_flags[a] &= (uint8_t)~ATOM_NO_IMPLICIT;
        perceive_valence_of(m, a);
    }
}

static bool is_labelled(const aryl_mol *m, int32_t b)
{
    return m->type[b] == BOND_DOUBLE && m->stereo[b] != STEREO_NONE && m->stereo[b] != STEREO_ANY;
}

// Directions beside a double bond without label, unless they serve another one.
static void clean_side(aryl_mol *m, int32_t bond, int32_t end)
{
    for (int32_t k = m->start[end]; k < m->start[end + 1]; k++) {
        int32_t b = m->via[k], o = m->nbr[k];
        if (b == bond || !directed(m, b) || (m->type[b] != BOND_SINGLE && m->type[b] != BOND_AROMATIC)) continue;
        bool serves = false;
        for (int32_t i = m->start[o]; i < m->start[o + 1]; i++) serves |= is_labelled(m, m->via[i]);
        if (!serves) m->dir[b] = DIR_NONE;
    }
}

static bool beside_atropisomer(const aryl_mol *m, int32_t a)
{
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++)
        if (m->stereo[m->via[k]] >= STEREO_ATROP_CW) return true;
    return false;
}

static void clean_bonds(aryl_mol *m)
{
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t begin = m->begin[b], end = m->end[b];
        bool wedge = m->dir[b] == DIR_WEDGE || m->dir[b] == DIR_DASH;
        if (wedge && !m->tag[begin] && !m->tag[end] && !beside_atropisomer(m, begin)) m->dir[b] = DIR_NONE;
        if (m->type[b] != BOND_DOUBLE) continue;
        bool vague = m->dir[b] == DIR_EITHER || m->stereo[b] == STEREO_ANY;
        if (vague && (mol_degree(m, begin) == 1 || mol_degree(m, end) == 1)) {
            if (m->dir[b] == DIR_EITHER) m->dir[b] = DIR_NONE;
            m->stereo[b] = STEREO_NONE;
        }
        if (is_labelled(m, b)) continue;
        clean_side(m, b, begin);
        clean_side(m, b, end);
    }
}

// Ranks are for every atom, once anything is to be labelled; of double bonds only those that have no verdict yet ask.
static bool ranks_wanted(const stereo *s)
{
    const aryl_mol *m = s->m;
    if (s->atoms || s->maybe_atoms) return m->n_atoms > 0;
    if (!s->bonds && !s->maybe_bonds) return false;
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (m->type[b] == BOND_DOUBLE && m->stereo[b] != STEREO_ANY && (m->dir[b] != DIR_EITHER || s->small_ring[b])) return true;
    return false;
}

static aryl_status crowd_error(const aryl_mol *m, int32_t a, aryl_error *err)
{
    return fail_at(err, ARYL_E_VALENCE, m->at[a], "atom %d: %d bonds are too many to tell its surroundings apart", (int)a,
                   (int)mol_degree(m, a));
}

aryl_status perceive_stereo(aryl_mol *m, bool all_ranks, arena *mem, aryl_error *err)
{
    stereo s = {.m = m, .mem = mem};
    bool tags = false;
    m->cip = arena_zero(mem, uint8_t, m->n_atoms);
    if (!m->cip) return ARYL_E_NOMEM;
    if (m->from_molfile && m->xyz) TRY(perceive_atropisomers_again(m, mem, err));
    TRY(survey(&s, true));
    int32_t late = perceive_cip_overflow(m);
    if (late >= 0 && ranks_wanted(&s)) return crowd_error(m, late, err);
    for (int32_t a = 0; a < m->n_atoms; a++) tags |= m->tag[a] != TAG_NONE;
    s.eager = all_ranks || tags;
    if (!all_ranks) TRY(find_asked(&s));
    TRY(label_all(&s));
    if (tags && s.rank) TRY(perceive_ring_mates(m, s.rank, mem));
    clean_atoms(m);
    clean_bonds(m);
    return ARYL_OK;
}

// An atom with very many bonds makes RDKit fail where it ranks. So it does here, asked for stereo or not.
aryl_status perceive_crowds(aryl_mol *m, arena *mem, aryl_error *err)
{
    int32_t late = perceive_cip_overflow(m);
    if (late < 0) return ARYL_OK;
    stereo s = {.m = m, .mem = mem};
    TRY(survey(&s, false));
    return ranks_wanted(&s) ? crowd_error(m, late, err) : ARYL_OK;
}
