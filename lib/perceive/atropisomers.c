// atropisomers.c - single bonds between flat ends that cannot turn, and to which side the ends are turned, from a drawing
// with wedges or from coordinates.
//
// They are looked for twice, as RDKit does: on the graph as written, and once more on the finished molecule, where wedges
// on bonds that have become aromatic are still there.
#include "perceive/perceive.h"
#include "perceive/vec.h"

enum { SMALL_RING = 8 };       // the bond of such a ring turns no way at all

typedef struct look {
    aryl_mol *m;
    const uint8_t *hyb;
    bool again;                // the second time: marks are those that are left, not those drawn
} look;

static int32_t wedge_of(const look *l, int32_t b)
{
    if (l->again) return l->m->dir[b] == DIR_WEDGE || l->m->dir[b] == DIR_DASH ? l->m->dir[b] : DIR_NONE;
    int32_t drawn = l->m->bond_flags[b] & BOND_DRAWN;
    return drawn == BOND_DRAWN_UP ? DIR_WEDGE : drawn == BOND_DRAWN_DOWN ? DIR_DASH : DIR_NONE;
}

static bool is_wavy(const look *l, int32_t b)
{
    return l->again ? l->m->dir[b] == DIR_UNKNOWN : (l->m->bond_flags[b] & BOND_DRAWN) == BOND_DRAWN_WAVY;
}

// ---- candidates: bonds beside a wedge, at its narrow end

static bool mark_candidates(const look *l, uint8_t *candidate)
{
    const aryl_mol *m = l->m;
    bool any = false;
    memset(candidate, 0, (size_t)m->n_bonds);
    for (int32_t b = 0; b < m->n_bonds; b++) {
        if ((m->type[b] != BOND_SINGLE && m->type[b] != BOND_AROMATIC) || !wedge_of(l, b)) continue;
        for (int32_t k = m->start[m->begin[b]]; k < m->start[m->begin[b] + 1]; k++)
            if (m->via[k] != b) candidate[m->via[k]] = 1;
    }
    for (int32_t b = 0; b < m->n_bonds && !any; b++) {
        int32_t x = mol_total_degree(m, m->begin[b]), y = mol_total_degree(m, m->end[b]);
        any = candidate[b] && m->type[b] == BOND_SINGLE && m->stereo[b] != STEREO_ANY && x >= 2 && x <= 3 && y >= 2 && y <= 3;
    }
    return any;
}

// ---- one bond

typedef struct end {
    int32_t atom, n, bond[2];  // its other bonds, that to the lower atom first
} end;

static bool look_at_end(const look *l, int32_t bond, int32_t atom, end *out)
{
    const aryl_mol *m = l->m;
    out->atom = atom;
    out->n = 0;
    for (int32_t k = m->start[atom]; k < m->start[atom + 1]; k++) {
        if (m->via[k] == bond) continue;
        if (is_wavy(l, m->via[k])) return false;
        if (out->n < 2) out->bond[out->n] = m->via[k];
        out->n++;
    }
    if (out->n == 2 && mol_other(m, out->bond[1], atom) < mol_other(m, out->bond[0], atom)) {
        int32_t swap = out->bond[0];
        out->bond[0] = out->bond[1];
        out->bond[1] = swap;
    }
    return out->n > 0;
}

// How the first bond is drawn, or the opposite of the second. False: they contradict.
static bool wedge_at(const look *l, const end *e, int32_t *wedge)
{
    int32_t first = wedge_of(l, e->bond[0]), second = e->n == 2 ? wedge_of(l, e->bond[1]) : DIR_NONE;
    *wedge = first ? first : second ? DIR_WEDGE + DIR_DASH - second : DIR_NONE;
    return !first || first != second;
}

// The side to which an end points, seen along the bond. False: to none. *crowded: more bonds than a flat end has.
static bool direction_of(const look *l, const end *e, vec y, vec z, vec *out, bool *crowded)
{
    const double least = 1e-7;
    const aryl_mol *m = l->m;
    int32_t wedge = DIR_NONE;
    if (!m->is_3d) {
        if (!wedge_at(l, e, &wedge)) return false;
        if ((*crowded = e->n > 2)) return false;
    }
    vec p[2] = {{0, 0, 0}, {0, 0, 0}};
    for (int32_t k = 0; k < e->n && k < 2; k++) {
        vec away = minus(place(m, mol_other(m, e->bond[k], e->atom)), place(m, e->atom));
        p[k] = (vec){0, dot(away, y), dot(away, z)};
    }
    vec v = p[0];
    if (e->n == 2) {
        if (sqrt(square(v)) < least) v = (vec){-p[1].x, -p[1].y, -p[1].z};
        else if (dot(v, p[1]) > least) return false;
    }
    if (sqrt(square(v)) < least) return false;
    if (!m->is_3d) {
        v = unit(v);
        if (wedge) {
            v.y *= 0.707;
            v.z = wedge == DIR_WEDGE ? fabs(v.y) : -fabs(v.y);
            v.x = 0;
        }
    }
    *out = v;
    return true;
}

static int32_t turn_of(const look *l, int32_t bond, bool *crowded)
{
    const double least = 1e-7;
    const aryl_mol *m = l->m;
    end a, b;
    vec va, vb, y, z = {0, 0, 1};
    if (!look_at_end(l, bond, m->begin[bond], &a) || !look_at_end(l, bond, m->end[bond], &b)) return STEREO_NONE;
    vec x = minus(place(m, b.atom), place(m, a.atom));
    if (sqrt(square(x)) < least) return STEREO_NONE;
    x = unit(x);
    if (!m->is_3d) {
        y = unit((vec){-x.y, x.x, 0});
    } else {
        if (!(fabs(x.x) > least || fabs(x.y) > least)) z = (vec){1, 0, 0};
        y = cross(z, x);
        z = unit(cross(x, y));
        y = unit(y);
    }
    if (!direction_of(l, &a, y, z, &va, crowded) || !direction_of(l, &b, y, z, &vb, crowded)) return STEREO_NONE;
    double turn = cross(vb, va).x;
    return turn > least ? STEREO_ATROP_CCW : turn < -least ? STEREO_ATROP_CW : STEREO_NONE;
}

static bool flat_ends(const look *l, int32_t b)
{
    return l->hyb[l->m->begin[b]] == HYB_SP2 && l->hyb[l->m->end[b]] == HYB_SP2;
}

static aryl_status mark_bonds(const look *l, const uint8_t *candidate, const uint8_t *small_ring, aryl_error *err)
{
    aryl_mol *m = l->m;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        bool crowded = false;
        if (!candidate[b]) continue;
        if (m->stereo[b] >= STEREO_ATROP_CW) m->stereo[b] = STEREO_NONE;
        if (m->type[b] != BOND_SINGLE || m->stereo[b] == STEREO_ANY || !flat_ends(l, b) || (small_ring && small_ring[b])) continue;
        int32_t turn = turn_of(l, b, &crowded);
        if (crowded) return fail_at(err, ARYL_E_FORMAT, m->at[m->begin[b]], "bond %d: an end with too many bonds for its wedges", (int)b);
        if (turn) m->stereo[b] = (uint8_t)turn;
    }
    return ARYL_OK;
}

aryl_status perceive_atropisomers(aryl_mol *m, arena *tmp, aryl_error *err)
{
    arena_mark here = arena_save(tmp);
    uint8_t *candidate = arena_new(tmp, uint8_t, m->n_bonds), *conjugated = arena_new(tmp, uint8_t, m->n_bonds);
    uint8_t *hyb = arena_new(tmp, uint8_t, m->n_atoms);
    if (!candidate || !conjugated || !hyb) return ARYL_E_NOMEM;
    look l = {.m = m, .hyb = hyb};
    if (mark_candidates(&l, candidate)) {
        TRY(perceive_electrons(m, tmp, conjugated, hyb));
        TRY(mark_bonds(&l, candidate, NULL, err));
    }
    arena_restore(tmp, here);
    return ARYL_OK;
}

aryl_status perceive_atropisomers_again(aryl_mol *m, arena *mem, aryl_error *err)
{
    uint8_t *candidate = arena_new(mem, uint8_t, m->n_bonds), *small_ring = arena_zero(mem, uint8_t, m->n_bonds);
    if (!candidate || !small_ring) return ARYL_E_NOMEM;
    look l = {.m = m, .again = true};
    bool marked = false, drawn = mark_candidates(&l, candidate);
    for (int32_t b = 0; b < m->n_bonds; b++) marked |= m->stereo[b] >= STEREO_ATROP_CW;
    if (!marked && !drawn) return ARYL_OK;
    if (!m->hybridisation) TRY(perceive_add_electrons(m, mem));
    l.hyb = m->hybridisation;
    for (int32_t r = 0; r < m->n_rings; r++)
        for (int32_t k = m->ring_start[r]; m->ring_start[r + 1] - m->ring_start[r] <= SMALL_RING && k < m->ring_start[r + 1]; k++)
            small_ring[m->ring_bond[k]] = 1;
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (m->stereo[b] >= STEREO_ATROP_CW && (small_ring[b] || !flat_ends(&l, b))) m->stereo[b] = STEREO_NONE;
    return drawn ? mark_bonds(&l, candidate, small_ring, err) : ARYL_OK;
}
