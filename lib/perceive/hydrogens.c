// hydrogens.c - raw graph -> molecule: hydrogen atoms that carry no information become a number on their neighbour.
//
// A molfile has its say first: the valence field fixes hydrogens, and nitro groups are put right before hydrogens go.
#include "perceive/perceive.h"

static bool tetrahedral(int32_t tag) { return tag == TAG_CW || tag == TAG_CCW || tag == TAG_TETRAHEDRAL; }
static bool other_geometry(int32_t tag)
{
    return tag == TAG_SQUARE_PLANAR || tag == TAG_TRIGONAL_BIPYRAMIDAL || tag == TAG_OCTAHEDRAL;
}

static bool removable(const aryl_mol *m, int32_t h)
{
    if (m->z[h] != 1 || (m->atom_flags[h] & (ATOM_QUERY | ATOM_KEEP)) || mol_degree(m, h) != 1) return false;
    if (m->isotope[h] || m->charge[h] == -1) return false;
    int32_t at = m->nbr[m->start[h]], bond = m->via[m->start[h]];
    if (m->z[at] <= 1 || other_geometry(m->tag[at])) return false;
    if (mol_degree(m, at) != 2) return true;
    bool directed = m->dir[bond] != DIR_NONE;      // the hydrogen of an imine says on which side it is
    for (int32_t k = m->start[at]; k < m->start[at + 1]; k++) {
        int32_t b = m->via[k];
        if (m->type[b] == BOND_DOUBLE && (m->stereo[b] > STEREO_ANY || directed)) return false;
    }
    return true;
}

// Molfiles: must the neighbour remember a removed hydrogen, or would it be deduced again? Judged before any is removed.
static bool must_be_told(const aryl_mol *m, int32_t a)
{
    int32_t z = m->z[a], n_single = 0, n_aromatic = 0;
    int32_t valence = m->explicit_valence[a] + m->implicit_h[a];
    if ((m->atom_flags[a] & ATOM_NO_IMPLICIT) || m->tag[a] != TAG_NONE) return true;
    if (perceive_near_aromatic(m, a)) {
        if (z == 7 || z == 15) return true;
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
            n_single += m->type[m->via[k]] == BOND_SINGLE;
            n_aromatic += m->type[m->via[k]] == BOND_AROMATIC;
        }
        if (n_single == 1 && n_aromatic == 2 && mol_degree(m, a) == 3 && valence == 3) return true;
    }
    for (const int8_t *v = elements[z].valence + 1; *v != ELEMENT_END; v++)
        if (*v == valence) return true;
    return false;
}

// The direction of a bond to a hydrogen goes over to the last undirected single bond of the neighbour.
static void hand_over_direction(aryl_mol *m, const uint8_t *keep, int32_t a, int32_t bond)
{
    int32_t heir = -1;
    if (m->dir[bond] != DIR_UP && m->dir[bond] != DIR_DOWN) return;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t b = m->via[k];
        if (b == bond || !keep[m->nbr[k]] || m->type[b] != BOND_SINGLE) continue;
        if (m->dir[b] != DIR_NONE) return;
        heir = b;
    }
    if (heir < 0) return;
    bool turn = m->begin[heir] == a && m->begin[bond] == a;
    m->dir[heir] = turn ? (uint8_t)(DIR_UP + DIR_DOWN - m->dir[bond]) : m->dir[bond];
}

// Takes hydrogen h off its neighbour; keep[] is clear for those already taken.
static void take_off(aryl_mol *m, uint8_t *keep, int32_t h, bool told)
{
    int32_t at = m->nbr[m->start[h]], bond = m->via[m->start[h]], degree = 0, behind = 0;
    for (int32_t k = m->start[at]; k < m->start[at + 1]; k++) {
        degree += keep[m->nbr[k]];
        behind += keep[m->nbr[k]] && m->via[k] > bond;
    }
    if (told) m->explicit_h[at]++;
    if (tetrahedral(m->tag[at]) && behind % 2 && m->tag[at] != TAG_TETRAHEDRAL)
        m->tag[at] = (uint8_t)(TAG_CW + TAG_CCW - m->tag[at]);
    hand_over_direction(m, keep, at, bond);
    if (degree == 2)
        for (int32_t k = m->start[at]; k < m->start[at + 1]; k++)
            if (keep[m->nbr[k]] && m->via[k] != bond && m->stereo[m->via[k]] > STEREO_ANY)
                m->stereo[m->via[k]] = STEREO_NONE;
    keep[h] = 0;
}

// Writes what changed in m back over a copy of the raw graph, so that one builder makes every molecule.
static aryl_status rebuild(const raw_mol *raw, const aryl_mol *m, const uint8_t *keep, arena *mem, aryl_mol **out)
{
    raw_mol copy = *raw;
    copy.atom = arena_new(mem, raw_atom, raw->n_atoms);
    copy.bond = arena_new(mem, raw_bond, raw->n_bonds);
    if (!copy.atom || !copy.bond) return ARYL_E_NOMEM;
    memcpy(copy.atom, raw->atom, (size_t)raw->n_atoms * sizeof *copy.atom);
    if (raw->n_bonds) memcpy(copy.bond, raw->bond, (size_t)raw->n_bonds * sizeof *copy.bond);
    for (int32_t a = 0; a < m->n_atoms; a++) {
        copy.atom[a].explicit_h = m->explicit_h[a];
        copy.atom[a].charge = m->charge[a];
        copy.atom[a].flags = m->atom_flags[a];
        copy.atom[a].tag = m->tag[a];
        copy.atom[a].permutation = m->permutation[a];
    }
    for (int32_t b = 0; b < m->n_bonds; b++) {
        copy.bond[b].type = m->type[b];
        copy.bond[b].dir = m->dir[b];
        copy.bond[b].stereo = m->stereo[b];
        int32_t near = m->stereo_atom[2 * b], far = m->stereo_atom[2 * b + 1];
        bool gone = (near >= 0 && !keep[near]) || (far >= 0 && !keep[far]);    // then the other one means nothing
        copy.bond[b].stereo_atom[0] = gone ? -1 : near;
        copy.bond[b].stereo_atom[1] = gone ? -1 : far;
    }
    return mol_from_raw(&copy, keep, mem, out);
}

// The valence column of a molfile: 15 and -1 mean none, other numbers count bonds and hydrogens.
static void apply_valence_fields(const raw_mol *raw, aryl_mol *m)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t field = raw->atom[a].valence_field, bonds = m->explicit_valence[a];
        if (!field) continue;
        m->atom_flags[a] |= ATOM_NO_IMPLICIT;
        m->explicit_h[a] = field == 15 || field == -1 || bonds > field ? 0 : (uint8_t)(field - bonds);
    }
}

// What the drawing or the coordinates say, on the graph with all its hydrogens; then the clean-up that comes between.
static aryl_status look_at_drawing(aryl_mol *m, arena *mem, bool any_h, aryl_error *err)
{
    bool changed = false;
    uint32_t seen;
    if (m->xyz && m->is_3d) {
        TRY(perceive_geometry(m, err));
    } else if (m->xyz && m->has_wedge) {
        uint8_t *done = arena_new(mem, uint8_t, m->n_atoms);
        if (!done) return ARYL_E_NOMEM;
        perceive_drawing(m, done);
    }
    if (m->xyz && m->has_wedge) TRY(perceive_atropisomers(m, mem, err));
    perceive_cleanup(m, &changed);
    if (changed && any_h) perceive_valences(m, &seen);
    if (!m->xyz || !memchr(m->type, BOND_DOUBLE, (size_t)m->n_bonds)) return ARYL_OK;
    TRY(perceive_rings(m, mem));
    TRY(perceive_directions(m, mem));
    m->n_rings = 0;                               // they are looked for again, without hydrogens and some other bonds
    m->ring_start = m->ring_atom = m->ring_bond = NULL;
    m->ring_atoms = m->ring_bonds = NULL;
    for (int32_t a = 0; a < m->n_atoms; a++) m->atom_flags[a] &= (uint8_t)~ATOM_RING;
    for (int32_t b = 0; b < m->n_bonds; b++) m->bond_flags[b] &= (uint8_t)~BOND_IS_RING;
    return ARYL_OK;
}

aryl_status perceive_hydrogens(const raw_mol *raw, arena *mem, aryl_mol **out, aryl_error *err)
{
    aryl_mol *m;
    TRY(mol_from_raw(raw, NULL, mem, &m));
    *out = m;
    bool any = memchr(m->z, 1, (size_t)m->n_atoms);
    uint32_t seen;
    if (raw->from_molfile) {
        perceive_valences(m, &seen);
        apply_valence_fields(raw, m);
        perceive_valences(m, &seen);
        TRY(look_at_drawing(m, mem, any, err));
    }
    if (!any) return ARYL_OK;
    uint8_t *keep = arena_new(mem, uint8_t, 3 * (int64_t)m->n_atoms);
    if (!keep) return ARYL_E_NOMEM;
    uint8_t *drop = keep + m->n_atoms, *told = drop + m->n_atoms;
    int32_t n_drop = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        keep[a] = 1;
        n_drop += drop[a] = removable(m, a);
        told[a] = !raw->from_molfile || must_be_told(m, a);
    }
    if (!n_drop) return ARYL_OK;
    for (int32_t a = m->n_atoms - 1; a >= 0; a--)
        if (drop[a]) take_off(m, keep, a, told[m->nbr[m->start[a]]]);
    return rebuild(raw, m, keep, mem, out);
}

void perceive_tagged_h(aryl_mol *m)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (m->tag[a] == TAG_NONE || m->explicit_h[a] <= 1 || (m->atom_flags[a] & ATOM_NO_IMPLICIT)) continue;
        m->explicit_h[a] = 0;
        perceive_valence_of(m, a);
    }
}
