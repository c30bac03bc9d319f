// bare.c - the molecule made anew: without its hydrogen nodes, each of which becomes one of the hidden hydrogens of its
// neighbours; or perceived once more.
#include "facts/facts.h"
#include "perceive/perceive.h"

// Old numbers of what is kept, in order; new numbers of all, -1 for what goes.
typedef struct renumbering { int32_t *atom, *bond; } renumbering;

static aryl_status copy_graph(const aryl_mol *m, arena *mem, raw_mol *raw)
{
    raw_init(raw, mem);
    for (int32_t a = 0; a < m->n_atoms; a++) {
        raw_atom *to = raw_add_atom(raw);
        if (!to) return ARYL_E_NOMEM;
        *to = (raw_atom){.z = m->z[a], .flags = m->atom_flags[a], .tag = m->tag[a], .permutation = m->permutation[a],
                         .explicit_h = m->explicit_h[a], .radicals = m->radicals[a], .charge = m->charge[a],
                         .isotope = m->isotope[a], .map = m->map[a], .at = m->at[a]};
    }
    for (int32_t b = 0; b < m->n_bonds; b++) {
        raw_bond *to = raw_add_bond(raw, m->begin[b], m->end[b], m->type[b]);
        if (!to) return ARYL_E_NOMEM;
        to->flags = m->bond_flags[b];
    }
    return ARYL_OK;
}

static aryl_status copy_rings(const aryl_mol *m, const renumbering *to, arena *mem, aryl_mol *out)
{
    int32_t total = m->n_rings ? m->ring_start[m->n_rings] : 0, n = 0;
    out->n_rings = 0;
    out->ring_start = arena_zero(mem, int32_t, m->n_rings + 1);
    out->ring_atom = arena_new(mem, int32_t, total);
    out->ring_bond = arena_new(mem, int32_t, total);
    if (!out->ring_start || !out->ring_atom || !out->ring_bond) return ARYL_E_NOMEM;
    for (int32_t r = 0; r < m->n_rings; r++) {
        int32_t first = n;
        bool whole = true;
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++, n++) {
            out->ring_atom[n] = to->atom[m->ring_atom[k]];
            out->ring_bond[n] = to->bond[m->ring_bond[k]];
            whole &= out->ring_atom[n] >= 0;
        }
        if (whole) out->ring_start[++out->n_rings] = n;
        else n = first;                                   // a bridging hydrogen went
    }
    return ARYL_OK;
}

// Hydrogens that take the place of a bond to one that goes: an atom without hydrogens of its own choosing gets that one,
// another fills its valence.
static int32_t hydrogens_for(const aryl_mol *m, int32_t a, int32_t bond)
{
    bool fills = !(m->atom_flags[a] & ATOM_NO_IMPLICIT) && (m->type[bond] == BOND_DOUBLE || m->type[bond] == BOND_TRIPLE);
    return fills ? m->type[bond] : 1;
}

aryl_status facts_without_hydrogens(const facts *f, facts *out)
{
    const aryl_mol *m = f->mol;
    aryl_mol *bare;
    uint8_t *keep = arena_new(f->mem, uint8_t, m->n_atoms);
    renumbering to = {arena_new(f->mem, int32_t, m->n_atoms), arena_new(f->mem, int32_t, m->n_bonds)};
    if (!keep || !to.atom || !to.bond) return ARYL_E_NOMEM;
    int32_t n = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) to.atom[a] = (keep[a] = m->z[a] != 1) ? n++ : -1;
    n = 0;
    for (int32_t b = 0; b < m->n_bonds; b++) to.bond[b] = keep[m->begin[b]] && keep[m->end[b]] ? n++ : -1;
    raw_mol raw;
    TRY(copy_graph(m, f->mem, &raw));
    TRY(mol_from_raw(&raw, keep, f->mem, &bare));
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (!keep[a]) continue;
        int32_t x = to.atom[a];
        bare->implicit_h[x] = m->implicit_h[a];
        bare->explicit_valence[x] = m->explicit_valence[a];
        for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
            if (!keep[m->nbr[i]]) bare->explicit_h[x] = (uint8_t)(bare->explicit_h[x] + hydrogens_for(m, a, m->via[i]));
    }
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (to.bond[b] >= 0) bare->kekule[to.bond[b]] = m->kekule[b];
    TRY(copy_rings(m, &to, f->mem, bare));
    facts_init(out, bare, f->mem);
    return ARYL_OK;
}

aryl_status facts_again(const facts *f, facts *out)
{
    raw_mol raw;
    aryl_mol *again;
    TRY(copy_graph(f->mol, f->mem, &raw));
    for (int32_t a = 0; a < raw.n_atoms; a++)
        raw.atom[a].flags &= ATOM_AROMATIC | ATOM_NO_IMPLICIT | ATOM_QUERY | ATOM_HAS_MAP | ATOM_START | ATOM_KEEP;
    for (int32_t b = 0; b < raw.n_bonds; b++) raw.bond[b].flags &= BOND_IS_AROMATIC | BOND_IS_QUERY | BOND_NO_H;
    TRY(perceive(&raw, 0, f->mem, &again, NULL));
    facts_init(out, again, f->mem);
    return ARYL_OK;
}
