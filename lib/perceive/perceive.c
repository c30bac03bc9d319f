// perceive.c - the order of the stages. It is RDKit's, down to which error comes first; stages that cannot change
// anything in the molecule at hand are passed over.
#include "perceive/perceive.h"

static bool any(const uint8_t *byte, int32_t n) { return n && (byte[0] || memcmp(byte, byte + 1, (size_t)n - 1)); }

static bool written_aromatic(const aryl_mol *m)
{
    bool yes = m->n_bonds && memchr(m->type, BOND_AROMATIC, (size_t)m->n_bonds);
    for (int32_t a = 0; a < m->n_atoms; a++) yes |= mol_aromatic(m, a);
    for (int32_t b = 0; b < m->n_bonds; b++) yes |= m->bond_flags[b] & BOND_IS_AROMATIC;
    return yes;
}

// ---- handedness that the atom cannot have

static bool usual_centre(const aryl_mol *m, int32_t a)
{
    return (m->tag[a] == TAG_CW || m->tag[a] == TAG_CCW) && mol_total_degree(m, a) == 4 && m->z[a] != 0;
}

static void clean_tags(aryl_mol *m)
{
    static const uint8_t largest[] = {
        [TAG_SQUARE_PLANAR] = 3, [TAG_TRIGONAL_BIPYRAMIDAL] = 20, [TAG_OCTAHEDRAL] = 30,
    };
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t tag = m->tag[a], degree = mol_total_degree(m, a);
        if (tag == TAG_CW || tag == TAG_CCW || tag == TAG_TETRAHEDRAL) {
            if (m->hybridisation[a] != HYB_SP3) m->tag[a] = TAG_NONE;
        } else if (tag >= TAG_SQUARE_PLANAR && tag <= TAG_OCTAHEDRAL) {
            if (m->permutation[a] > largest[tag]) m->permutation[a] = 0;
            if (degree < 2 || degree > tag - TAG_SQUARE_PLANAR + 4) m->tag[a] = TAG_NONE;
        }
    }
}

aryl_status perceive_add_electrons(aryl_mol *m, arena *mem)
{
    uint8_t *conjugated = arena_new(mem, uint8_t, m->n_bonds);
    m->hybridisation = arena_new(mem, uint8_t, m->n_atoms);
    if (!conjugated || !m->hybridisation) return ARYL_E_NOMEM;
    TRY(perceive_electrons(m, mem, conjugated, m->hybridisation));
    for (int32_t b = 0; b < m->n_bonds; b++) m->bond_flags[b] |= conjugated[b];
    return ARYL_OK;
}

// ---- hydrogens once more, now that bonds are aromatic

typedef struct valences { int32_t *explicit_valence; uint8_t *explicit_h, *implicit_h; } valences;

static bool valences_new(const aryl_mol *m, arena *mem, valences *v)
{
    v->explicit_valence = arena_new(mem, int32_t, m->n_atoms);
    v->explicit_h = arena_new(mem, uint8_t, m->n_atoms);
    v->implicit_h = arena_new(mem, uint8_t, m->n_atoms);
    return v->explicit_valence && v->explicit_h && v->implicit_h;
}

static void valences_copy(const aryl_mol *m, const valences *from, const valences *to)
{
    size_t n = (size_t)m->n_atoms;
    if (!n) return;
    memcpy(to->explicit_valence, from->explicit_valence, n * sizeof *to->explicit_valence);
    memcpy(to->explicit_h, from->explicit_h, n);
    memcpy(to->implicit_h, from->implicit_h, n);
}

// Would the count of electrons come out otherwise with the valences as they are now?
static bool electrons_differ(const aryl_mol *m, const valences *then)
{
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t now = m->explicit_valence[a], before = then->explicit_valence[a], degree = mol_degree(m, a);
        if (now + m->implicit_h[a] != before + then->implicit_h[a] || (now - degree > 1) != (before - degree > 1)) return true;
        if (mol_hidden_h(m, a) != then->explicit_h[a] + then->implicit_h[a]) return true;
    }
    return false;
}

// A hydrogen that an aromatic atom would no longer be given becomes a written one: that of pyrrole.
// RDKit has looked at electrons before this; where that makes a difference it is done here, too.
static aryl_status adjust_hydrogens(aryl_mol *m, arena *mem, aryl_error *err)
{
    valences now = {m->explicit_valence, m->explicit_h, m->implicit_h}, then, last;
    if (!valences_new(m, mem, &then)) return ARYL_E_NOMEM;
    valences_copy(m, &now, &then);
    uint32_t seen;
    int32_t refused = perceive_valences(m, &seen);
    bool again = refused >= 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (m->implicit_h[a] >= then.implicit_h[a]) continue;
        m->explicit_h[a] = (uint8_t)(m->explicit_h[a] + then.implicit_h[a] - m->implicit_h[a]);
        again |= !perceive_valence_of(m, a);
    }
    if (again) refused = perceive_valences(m, &seen);
    if (refused >= 0) return perceive_valence_error(m, refused, err);
    if (m->hybridisation || !electrons_differ(m, &then)) return ARYL_OK;
    if (!valences_new(m, mem, &last)) return ARYL_E_NOMEM;
    valences_copy(m, &now, &last);
    valences_copy(m, &then, &now);
    TRY(perceive_add_electrons(m, mem));
    valences_copy(m, &last, &now);
    return ARYL_OK;
}

aryl_status perceive(const raw_mol *raw, uint32_t want, arena *mem, aryl_mol **out, aryl_error *err)
{
    aryl_mol *m;
    if (raw->by_number)
        for (int32_t a = 0; a < raw->n_atoms; a++)
            if (raw->atom[a].z > ELEMENT_MAX)   // [#119] is well written
                return fail_at(err, ARYL_E_VALENCE, raw->atom[a].at, "atom %d: there is no element %d", a, raw->atom[a].z);
    TRY(perceive_hydrogens(raw, mem, &m, err));
    bool plainly = want & PERCEIVE_PLAINLY, changed = false;
    uint32_t seen;
    int32_t refused = perceive_valences(m, &seen);
    if (seen & SEEN_UNTIDY || plainly) perceive_cleanup(m, &changed);
    if (changed) refused = perceive_valences(m, &seen);
    changed = false;
    if (seen & SEEN_METAL) TRY(perceive_organometallics(m, mem, &changed, err));
    if (changed) refused = perceive_valences(m, &seen);
    if (refused >= 0) return perceive_valence_error(m, refused, err);

    TRY(perceive_rings(m, mem));
    perceive_pi pi = plainly ? PI_OPEN : perceive_ordinary(m);
    if (pi == PI_OPEN) {
        if (written_aromatic(m)) TRY(perceive_kekule(m, mem, err));
        if (m->n_bonds) memcpy(m->kekule, m->type, (size_t)m->n_bonds);
        for (int32_t a = 0; a < m->n_atoms; a++) perceive_radicals_of(m, a);
    }
    if (pi <= PI_KEKULE) TRY(perceive_aromatic(m, mem, err));

    bool tagged = any(m->tag, m->n_atoms), odd_tag = false;
    if (tagged)
        for (int32_t a = 0; a < m->n_atoms; a++) odd_tag |= m->tag[a] != TAG_NONE && !usual_centre(m, a);
    // Handedness that a later look at stereo takes away has had its say in hybridisation before.
    if ((want & PERCEIVE_ELECTRONS) || odd_tag || (tagged && (want & PERCEIVE_STEREO))) TRY(perceive_add_electrons(m, mem));
    if (odd_tag) clean_tags(m);
    if (pi != PI_AS_WRITTEN) TRY(adjust_hydrogens(m, mem, err));
    if (tagged) perceive_tagged_h(m);
    TRY(want & PERCEIVE_STEREO ? perceive_stereo(m, want & (PERCEIVE_RANKS | PERCEIVE_PLAINLY), mem, err) : perceive_crowds(m, mem, err));
    *out = m;
    return ARYL_OK;
}
