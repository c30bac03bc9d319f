// centres.c - which atoms are, or could be, stereocentres to RDKit's newer perception (FindMolChiralCenters without the
// legacy code), and which double bonds have, or could have, E and Z. Legacy labels are another thing: perceive/stereo.c.
//
// Everything that could be a centre starts as one of its kind, so that its neighbours differ. Then colours are refined
// and centres with two neighbours of one colour are dropped, unless a ring excuses them; again until nothing changes.
// What was dropped because of others gets a second chance with the survivors. The order in which things are dropped,
// and what that resets, shows in the result and follows RDKit.
#include "facts/facts.h"
#include "perceive/perceive.h"

enum { KIND_PLAIN = 0, KIND_FIRST = 1, KIND_SECOND = 2, KIND_OWN = 3 };   // clockwise or cis, counter-clockwise or trans
enum { MARK_UNKNOWN = 3 };
enum { SURE = 1, MAYBE = 2, FIXED = 4 };                                  // SURE: has a tag or label, or is known to be unknown

typedef struct site {              // a double bond that could have E and Z
    int32_t end[2][2];             // other neighbours at its begin and end, -1 for a hydrogen
    uint8_t sense;                 // KIND_FIRST cis, KIND_SECOND trans, of the first ones; KIND_PLAIN none
    bool unknown;
} site;

typedef struct search {
    facts *f;
    const aryl_mol *m;
    int32_t n, n_bonds;
    int32_t *atom_base, *atom_kind;       // symbol of an atom: what it is, and as which centre
    bool named;                           // atom_base is there
    int32_t *bond_kind;                   // of a bond beside its type
    uint8_t *bond_mark;                   // ... and, once looked at, KIND_*, or MARK_UNKNOWN
    uint32_t *symbol;                     // all that of a bond
    int32_t colour_bits;
    int32_t *open, n_open;                // atoms that have no verdict yet, or an end of a bond that has none
    uint8_t *atom_state, *bond_state;     // SURE, MAYBE, FIXED; 0: no centre
    uint8_t *atom_first, *bond_first;     // the same before anything was dropped
    uint8_t *tag;                         // KIND_*: handedness with neighbours in ascending order
    uint8_t *double_end;                  // 2: end of a double bond with E and Z, or that could have them
    uint8_t *crowded;                     // has more neighbours than a tetrahedron
    uint8_t *small_ring;                  // per bond
    int32_t *bond_rings;                  // per bond
    int32_t *atom_excuse, *bond_excuse;   // rings that excuse equal neighbours
    site *site;                           // per bond
    int32_t *colour;
    uint64_t *key;                        // scratch, atoms
    int32_t *sorted, *colours;            // scratch, highest degree
    uint8_t *stereo;                      // per bond, potential ones marked
    uint8_t *pinned;                      // scratch, atoms
    uint8_t *centre;                      // the result: 1 centre, 2 end of a double bond with E and Z
} search;

static bool sort_parity(int32_t *v, int32_t n)
{
    bool odd = false;
    for (int32_t i = 1; i < n; i++)
        for (int32_t k = i; k && v[k - 1] > v[k]; k--) {
            int32_t swap = v[k];
            v[k] = v[k - 1];
            v[k - 1] = swap;
            odd = !odd;
        }
    return odd;
}

// ---- what could be a centre

static aryl_status is_stiff_amine(search *s, int32_t a, bool *yes)
{
    const aryl_mol *m = s->m;
    bool small = perceive_in_ring_of_3(m, a), bridgehead = false;
    *yes = false;
    if (!small) TRY(perceive_bridgehead(m, a, s->f->mem, &bridgehead));
    if (!small && !bridgehead) return ARYL_OK;
    *yes = s->f->hybridisation[a] == HYB_SP3;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) *yes &= !s->f->conjugated[m->via[k]];
    return ARYL_OK;
}

// *more: with so many neighbours it is perhaps something else, also when those that count as ligands make a tetrahedron.
static aryl_status could_be_centre(search *s, int32_t a, bool *yes, bool *more)
{
    const aryl_mol *m = s->m;
    int32_t n = 0, h = mol_hidden_h(m, a), z = m->z[a];
    bool metallic = z >= 12 || z == 4;
    *yes = *more = false;
    if (perceive_flat_carbon(m, a)) return ARYL_OK;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) n += perceive_is_ligand(m, m->via[k], a);
    if (metallic && m->tag[a] >= TAG_SQUARE_PLANAR && n + h >= 2 && n + h <= 6) return ARYL_OK;   // no centre of this kind
    if (n + h <= 4 && n >= 2) {
        if (n == 4 || z == 15 || z == 33) {
            *yes = true;
        } else if (n == 3 && h == 1) {
            *yes = true;
            for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) *yes &= m->z[m->nbr[k]] != 1 || m->isotope[m->nbr[k]];
        } else if (n == 3 && (z == 16 || z == 34)) {
            *yes = m->explicit_valence[a] == 4 || (m->explicit_valence[a] == 3 && m->charge[a] == 1);
        } else if (n == 3 && z == 7) {
            TRY(is_stiff_amine(s, a, yes));
        }
    }
    *more = n + h >= 4 && n + h <= 6 && metallic && !m->tag[a];
    return ARYL_OK;
}

static aryl_status find_atoms(search *s)
{
    const aryl_mol *m = s->m;
    for (int32_t a = 0; a < s->n; a++) {
        bool yes, more, wavy = false;
        TRY(could_be_centre(s, a, &yes, &more));
        if (!yes && !more) continue;
        s->crowded[a] = more && mol_total_degree(m, a) > 4;
        int32_t n = 0;
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
            s->sorted[n++] = m->nbr[k];
            wavy |= m->dir[m->via[k]] == DIR_UNKNOWN;
        }
        bool tagged = m->tag[a] == TAG_CW || m->tag[a] == TAG_CCW;
        if (tagged && !wavy) s->tag[a] = (m->tag[a] == TAG_CW) != sort_parity(s->sorted, n) ? KIND_FIRST : KIND_SECOND;
        s->atom_state[a] = tagged || wavy ? SURE : MAYBE;
        s->atom_kind[a] = s->tag[a] ? s->tag[a] : KIND_OWN + a;
    }
    return ARYL_OK;
}

// ---- what could have E and Z

// Neighbours that legacy marks look at: through single or aromatic bonds.
static int32_t beside(const aryl_mol *m, int32_t bond, int32_t end, int32_t out[2])
{
    int32_t n = 0;
    for (int32_t k = m->start[end]; k < m->start[end + 1]; k++) {
        int32_t type = m->type[m->via[k]];
        if (m->via[k] != bond && (type == BOND_SINGLE || type == BOND_AROMATIC)) out[n++] = m->nbr[k];
    }
    return n;
}

// Double bonds outside rings whose substituents have different legacy ranks are taken to be of unknown stereo.
static aryl_status mark_potential(search *s)
{
    const aryl_mol *m = s->m;
    int32_t *rank = NULL;
    if (s->n_bonds) memcpy(s->stereo, m->stereo, (size_t)s->n_bonds);
    for (int32_t b = 0; b < s->n_bonds; b++) {
        int32_t begin = m->begin[b], end = m->end[b], at_begin[2], at_end[2];
        if (m->type[b] != BOND_DOUBLE || (m->bond_flags[b] & BOND_IS_RING) || m->stereo[b] > STEREO_ANY) continue;
        if (m->stereo[b] == STEREO_ANY && m->stereo_atom[2 * b] >= 0) continue;
        s->stereo[b] = STEREO_NONE;
        if (mol_degree(m, begin) < 2 || mol_degree(m, begin) > 3 || mol_degree(m, end) < 2 || mol_degree(m, end) > 3) continue;
        int32_t x = beside(m, b, begin, at_begin), y = beside(m, b, end, at_end);
        if (!rank && x && y && x + y > 2) {
            rank = arena_new(s->f->mem, int32_t, s->n);
            if (!rank) return ARYL_E_NOMEM;
            TRY(perceive_cip_ranks(m, NULL, NULL, 0, s->f->mem, rank));
        }
        bool differ = x && y && (x < 2 || rank[at_begin[0]] != rank[at_begin[1]]) && (y < 2 || rank[at_end[0]] != rank[at_end[1]]);
        if (differ) s->stereo[b] = STEREO_ANY;
    }
    return ARYL_OK;
}

static bool could_be_site(search *s, int32_t b)
{
    const aryl_mol *m = s->m;
    if (m->type[b] != BOND_DOUBLE || s->small_ring[b]) return false;
    for (int32_t side = 0; side < 2; side++) {
        int32_t end = side ? m->end[b] : m->begin[b], degree = mol_total_degree(m, end);
        if (degree < 2 || degree > 3 || s->f->total_h[end] > 1) return false;
    }
    return true;
}

static void find_bonds(search *s)
{
    const aryl_mol *m = s->m;
    for (int32_t b = 0; b < s->n_bonds; b++) {
        if (!could_be_site(s, b)) continue;
        site *t = &s->site[b];
        for (int32_t side = 0; side < 2; side++) {
            int32_t end = side ? m->end[b] : m->begin[b], n = 0;
            t->end[side][0] = t->end[side][1] = -1;
            for (int32_t k = m->start[end]; k < m->start[end + 1] && n < 2; k++)
                if (m->via[k] != b) t->end[side][n++] = m->nbr[k];
        }
        s->bond_state[b] = s->stereo[b] == STEREO_NONE ? MAYBE : SURE;
        if (t->end[0][0] < 0 || t->end[1][0] < 0) s->bond_state[b] |= FIXED;
        t->unknown = s->stereo[b] == STEREO_ANY;
        if (s->stereo[b] > STEREO_ANY) {
            bool cis = s->stereo[b] == STEREO_Z || s->stereo[b] == STEREO_CIS;
            bool other = (m->stereo_atom[2 * b] == t->end[0][0]) != (m->stereo_atom[2 * b + 1] == t->end[1][0]);
            t->sense = cis != other ? KIND_FIRST : KIND_SECOND;
        }
        s->bond_kind[b] = t->sense ? t->sense : KIND_OWN + b;
    }
}

// ---- rings that excuse equal neighbours

static bool site_beside_ring(const search *s, int32_t a, int32_t ring)
{
    const aryl_mol *m = s->m;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        if (!(s->bond_state[m->via[k]] & (SURE | MAYBE))) continue;
        bool inside = false;
        for (int32_t i = m->ring_start[ring]; i < m->ring_start[ring + 1]; i++) inside |= m->ring_bond[i] == m->via[k];
        if (!inside) return true;
    }
    return false;
}

static bool alive(uint8_t state) { return state & (SURE | MAYBE); }

// Centres that stand opposite one another in ring r, or in thirds, or are joined along a shared edge. Pins them.
static int32_t centres_together(search *s, int32_t r)
{
    const aryl_mol *m = s->m;
    const int32_t *atom = m->ring_atom + m->ring_start[r], *bond = m->ring_bond + m->ring_start[r];
    int32_t size = m->ring_start[r + 1] - m->ring_start[r], n = 0;
    for (int32_t i = 0; i < size; i++) {
        if (!alive(s->atom_state[atom[i]])) continue;
        for (int32_t parts = 2; parts <= 3; parts++) {
            int32_t step = size / parts, with_site = 0, with_centre = 0;
            if (size % parts) continue;
            for (int32_t k = step; k < size; k += step) {
                int32_t o = atom[(i + k) % size];
                with_site += site_beside_ring(s, o, r);
                with_centre += !with_site && alive(s->atom_state[o]);
            }
            if (with_site != parts - 1 && with_centre != parts - 1) continue;
            n += 1 + with_site;
            for (int32_t k = 0; k < size; k += step) s->pinned[atom[(i + k) % size]] = 1;
        }
        for (int32_t k = 1; s->f->ring_count[atom[i]] > 1 && k <= (size + 1) / 2; k++) {
            int32_t o = atom[(i + k) % size];
            if (s->bond_rings[bond[(i + k - 1) % size]] < 2) break;
            if (!alive(s->atom_state[o])) continue;
            n += 2;
            s->pinned[atom[i]] = s->pinned[o] = 1;
            break;
        }
    }
    return n;
}

static aryl_status excuse(search *s)
{
    const aryl_mol *m = s->m;
    for (int32_t r = 0; r < m->n_rings; r++) {
        int32_t from = m->ring_start[r], to = m->ring_start[r + 1];
        if (!arena_work(s->f->mem, 4 * (int64_t)(to - from))) return ARYL_E_LIMIT;
        for (int32_t k = from; k < to; k++) s->pinned[m->ring_atom[k]] = 0;
        if (centres_together(s, r) <= 1) continue;
        for (int32_t k = from; k < to; k++) {
            s->atom_excuse[m->ring_atom[k]] += s->pinned[m->ring_atom[k]];
            s->bond_excuse[m->ring_bond[k]]++;
        }
    }
    return ARYL_OK;
}

// One excuse has gone: all rings are gone through for those that are left with one, which then counts no more.
static aryl_status withdraw(search *s)
{
    const aryl_mol *m = s->m;
    for (int32_t r = 0; r < m->n_rings; r++) {
        int32_t from = m->ring_start[r], to = m->ring_start[r + 1], n = 0, last = -1;
        if (!arena_work(s->f->mem, to - from)) return ARYL_E_LIMIT;
        for (int32_t k = from; k < to; k++) {
            s->atom_state[m->ring_atom[k]] &= (uint8_t)~FIXED;
            if (!s->atom_excuse[m->ring_atom[k]]) continue;
            n++;
            last = m->ring_atom[k];
        }
        if (n > 1) continue;
        if (n) s->atom_excuse[last]--;
        for (int32_t k = from; k < to; k++) s->bond_excuse[m->ring_bond[k]] -= s->bond_excuse[m->ring_bond[k]] > 0;
    }
    return ARYL_OK;
}

// ---- colours

static int32_t look(const void *ctx, int32_t a, const int32_t *colour, uint64_t *out)
{
    const search *s = ctx;
    const aryl_mol *m = s->m;
    int32_t n = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        uint64_t x = (uint64_t)s->symbol[m->via[k]] << s->colour_bits | (uint32_t)colour[m->nbr[k]];
        int32_t i = n++;
        for (; i && out[i - 1] > x; i--) out[i] = out[i - 1];
        out[i] = x;
    }
    return n;
}

// Types and kinds of bonds as numbers; in small molecules as 1, 2, ... in that order. Returns the bits of an entry of
// look(), 0: many.
static int32_t name_bonds(search *s)
{
    enum { FEW = 63, FEW_BITS = 6 };
    const aryl_mol *m = s->m;
    uint32_t different[FEW];
    int32_t n = 0;
    for (int32_t b = 0; b < s->n_bonds; b++) {
        uint32_t type = m->bond_flags[b] & BOND_IS_AROMATIC ? BOND_AROMATIC : m->type[b];
        uint32_t x = s->symbol[b] = (type << 24 | (uint32_t)s->bond_kind[b]) << 2 | s->bond_mark[b];
        if (n > FEW) continue;
        int32_t k = n;
        while (k && different[k - 1] > x) k--;
        if (k && different[k - 1] == x) continue;
        if (n++ == FEW) continue;
        memmove(different + k + 1, different + k, (size_t)(n - 1 - k) * sizeof *different);
        different[k] = x;
    }
    bool few = n <= FEW && s->n <= 1 << FEW_BITS;
    s->colour_bits = few ? FEW_BITS : 32;
    for (int32_t b = 0; few && b < s->n_bonds; b++) {
        uint32_t x = s->symbol[b], k = 0;
        while (different[k] != x) k++;
        s->symbol[b] = k + 1;
    }
    return few ? 2 * FEW_BITS : 0;
}

// Elements, isotopes, charges and degrees, dense.
static aryl_status name_atoms(search *s)
{
    const aryl_mol *m = s->m;
    graph g = perceive_graph(m);
    for (int32_t a = 0; a < s->n; a++)
        s->key[a] = (uint64_t)mol_degree(m, a) << 32 | (uint64_t)m->isotope[a] << 16 | (uint64_t)m->z[a] << 8 | (uint8_t)m->charge[a];
    s->named = true;
    return graph_refine(&g, s->key, look, NULL, s, 1, 0, s->f->mem, s->atom_base);   // nobody looks
}

// Once the neighbours of open atoms differ they stay as different and in order.
static bool all_told_apart(const void *ctx, const int32_t *colour)
{
    const search *s = ctx;
    for (int32_t i = 0; i < s->n_open; i++)
        if (!perceive_neighbours_differ(s->m, s->open[i], colour)) return false;
    return true;
}

static aryl_status recolour(search *s)
{
    graph g = perceive_graph(s->m);
    if (!s->named) TRY(name_atoms(s));
    for (int32_t a = 0; a < s->n; a++) s->key[a] = (uint64_t)s->atom_base[a] << 32 | (uint32_t)s->atom_kind[a];
    int32_t bits = name_bonds(s);
    return graph_refine(&g, s->key, look, all_told_apart, s, bits, s->n, s->f->mem, s->colour);
}

// ---- dropping and fixing

// Whether two neighbours look the same, and no ring excuses it. colours[] ends with the different ones.
static bool neighbours_equal(search *s, int32_t a, int32_t *n_colours)
{
    const aryl_mol *m = s->m;
    int32_t degree = mol_degree(m, a);
    *n_colours = 0;
    for (int32_t k = 0; k < degree; k++) s->sorted[k] = m->nbr[m->start[a] + k];
    sort_parity(s->sorted, degree);
    for (int32_t k = 0; k < degree; k++) {
        int32_t colour = s->colour[s->sorted[k]];
        bool known = false;
        for (int32_t i = 0; i < *n_colours; i++) known |= s->colours[i] == colour;
        if (!known) s->colours[(*n_colours)++] = colour;
        else if (!s->atom_excuse[a] || !s->bond_excuse[mol_bond_between(m, a, s->sorted[k])]) return true;
    }
    return false;
}

static aryl_status visit_atoms(search *s, bool *again)
{
    for (int32_t a = 0; a < s->n; a++) {
        uint8_t *state = &s->atom_state[a];
        int32_t n_colours = 0;
        s->centre[a] = 0;
        if (!alive(*state)) continue;
        if (*state & FIXED) {
            s->centre[a] = 1;
            continue;
        }
        bool crowded = s->crowded[a] && (*state & MAYBE);   // takes part, is not told
        if (crowded || !neighbours_equal(s, a, &n_colours)) {
            int32_t kind = s->atom_kind[a];
            if (!(*state & MAYBE)) {
                if (s->tag[a]) kind = (s->tag[a] == KIND_FIRST) != sort_parity(s->colours, n_colours) ? KIND_FIRST : KIND_SECOND;
                *state |= FIXED;
            }
            *again |= s->atom_kind[a] != kind;
            s->atom_kind[a] = kind;
            s->centre[a] = !crowded;
            continue;
        }
        *again |= (*state & MAYBE) != 0;
        *state &= (uint8_t)~MAYBE;
        s->atom_kind[a] = KIND_PLAIN;
        if (!s->atom_excuse[a]) continue;
        s->atom_excuse[a] = 0;
        *again = true;
        TRY(withdraw(s));
    }
    return ARYL_OK;
}

// In an even ring, the two substituents of one end differ if the atom opposite is a centre, or carries one.
static aryl_status ring_tells(search *s, int32_t bond, const int32_t *pair, bool *yes)
{
    const aryl_mol *m = s->m;
    *yes = false;
    for (int32_t r = 0; r < m->n_rings; r++) {
        const int32_t *atom = m->ring_atom + m->ring_start[r];
        int32_t size = m->ring_start[r + 1] - m->ring_start[r], n = 0, at[2] = {-1, -1};
        if (!arena_work(s->f->mem, size)) return ARYL_E_LIMIT;
        for (int32_t k = 0; k < size; k++) {
            n += (atom[k] == pair[0]) + (atom[k] == pair[1]);
            if (atom[k] == m->begin[bond]) at[0] = k;
            if (atom[k] == m->end[bond]) at[1] = k;
        }
        for (int32_t side = 0; n == 2 && size % 2 == 0 && side < 2; side++) {
            if (at[side] < 0) continue;
            int32_t o = atom[(at[side] + size / 2) % size];
            *yes |= alive(s->atom_state[o]);
            for (int32_t k = m->start[o]; mol_degree(m, o) == 3 && k < m->start[o + 1]; k++) {
                bool inside = false;
                for (int32_t i = 0; i < size; i++) inside |= atom[i] == m->nbr[k];
                *yes |= !inside && alive(s->bond_state[m->via[k]]);
            }
        }
    }
    return ARYL_OK;
}

static aryl_status visit_bonds(search *s, bool *again)
{
    for (int32_t b = 0; b < s->n_bonds; b++) {
        uint8_t *state = &s->bond_state[b];
        const site *t = &s->site[b];
        if (!alive(*state)) continue;
        if (*state & FIXED) continue;
        bool equal = false, exchange = false;
        for (int32_t side = 0; side < 2; side++) {
            const int32_t *pair = t->end[side];
            if (pair[1] < 0) continue;
            int32_t x = s->colour[pair[0]], y = s->colour[pair[1]];
            exchange ^= x < y;
            if (x != y) continue;
            bool told;
            TRY(ring_tells(s, b, pair, &told));
            equal |= !told;
        }
        if (!equal) {
            uint8_t mark = t->unknown ? MARK_UNKNOWN : t->sense ? (t->sense == KIND_FIRST) != exchange ? KIND_FIRST : KIND_SECOND : 0;
            *again |= s->bond_mark[b] != mark;
            s->bond_mark[b] = mark;
            if (!(*state & MAYBE)) *state |= FIXED;
        } else if (*state & MAYBE) {
            *state &= (uint8_t)~MAYBE;
            s->bond_kind[b] = KIND_PLAIN;
            s->bond_mark[b] = 0;
            *again = true;
        }
    }
    return ARYL_OK;
}

// What was dropped gets another chance, all that is not settled as one of its kind. False: nothing was dropped.
static bool second_chance(search *s)
{
    bool dropped = false;
    for (int32_t a = 0; a < s->n; a++) dropped |= (s->atom_first[a] & MAYBE) && !(s->atom_state[a] & MAYBE);
    for (int32_t b = 0; b < s->n_bonds; b++) dropped |= (s->bond_first[b] & MAYBE) && !(s->bond_state[b] & MAYBE);
    if (!dropped) return false;
    for (int32_t a = 0; a < s->n; a++) {
        if ((s->atom_first[a] & MAYBE) || s->atom_state[a] == SURE) {
            s->atom_state[a] = (uint8_t)((s->atom_state[a] & FIXED) | MAYBE);
            s->atom_kind[a] = KIND_OWN + a;
        }
    }
    for (int32_t b = 0; b < s->n_bonds; b++) {
        if ((s->bond_first[b] & MAYBE) || s->bond_state[b] == SURE) {
            s->bond_state[b] = (uint8_t)((s->bond_state[b] & FIXED) | MAYBE);
            s->bond_kind[b] = KIND_OWN + b;
        }
    }
    return true;
}

static bool has_excuses(const search *s)
{
    int32_t any = 0;
    for (int32_t a = 0; a < s->n; a++) any |= s->atom_excuse[a];
    for (int32_t b = 0; b < s->n_bonds; b++) any |= s->bond_excuse[b];
    return any;
}

// Where nothing has a tag or label and no ring excuses anything, dropping one thing can only make more neighbours equal:
// what is left in the end is the same in whatever order things go.
static bool order_is_free(const search *s)
{
    for (int32_t a = 0; a < s->n; a++)
        if (s->atom_state[a] & SURE) return false;
    for (int32_t b = 0; b < s->n_bonds; b++)
        if ((s->bond_state[b] & SURE) && !(s->bond_state[b] & FIXED)) return false;
    return !has_excuses(s);
}

// The neighbours at places i and j of an atom are two ends of one kind, which no colours will tell apart.
static bool are_twins(const search *s, int32_t i, int32_t j)
{
    const aryl_mol *m = s->m;
    int32_t x = m->nbr[i], y = m->nbr[j];
    return mol_degree(m, x) == 1 && mol_degree(m, y) == 1 && m->z[x] == m->z[y] && m->isotope[x] == m->isotope[y] &&
           m->charge[x] == m->charge[y] && m->type[m->via[i]] == m->type[m->via[j]] && !s->bond_state[m->via[i]] &&
           !s->bond_state[m->via[j]];
}

static void drop_twins(search *s)
{
    const aryl_mol *m = s->m;
    for (int32_t a = 0; a < s->n; a++) {
        bool twins = false;
        if (!s->atom_state[a] || s->crowded[a]) continue;
        for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
            for (int32_t j = m->start[a]; j < i; j++) twins |= are_twins(s, i, j);
        if (!twins) continue;
        s->atom_state[a] = 0;
        s->atom_kind[a] = KIND_PLAIN;
    }
}

// Whether all is again as it was before anything was dropped, and would so end as it did. Kinds and marks go with states
// where nothing has a tag or label, as then.
static bool starts_over(const search *s)
{
    return !has_excuses(s) && !memcmp(s->atom_state, s->atom_first, (size_t)s->n) &&
           (!s->n_bonds || !memcmp(s->bond_state, s->bond_first, (size_t)s->n_bonds));
}

// Where a verdict is left that colours could change.
static void find_open(search *s)
{
    s->n_open = 0;
    for (int32_t a = 0; a < s->n; a++)
        if (alive(s->atom_state[a]) && !(s->atom_state[a] & FIXED)) s->open[s->n_open++] = a;
    for (int32_t b = 0; b < s->n_bonds; b++) {
        if (!alive(s->bond_state[b]) || (s->bond_state[b] & FIXED)) continue;
        s->open[s->n_open++] = s->m->begin[b];
        s->open[s->n_open++] = s->m->end[b];
    }
}

static aryl_status settle(search *s)
{
    for (bool again = true; again;) {
        again = false;
        if (!arena_work(s->f->mem, s->n)) return ARYL_E_LIMIT;
        find_open(s);
        if (s->n_open) TRY(recolour(s));
        TRY(visit_atoms(s, &again));
        TRY(visit_bonds(s, &again));
    }
    return ARYL_OK;
}

// ---- all together

static aryl_status find_centres(search *s)
{
    const aryl_mol *m = s->m;
    enum { SMALL_RING = 8 };
    for (int32_t r = 0; r < m->n_rings; r++)
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) {
            s->bond_rings[m->ring_bond[k]] += s->bond_rings[m->ring_bond[k]] < 2;
            if (m->ring_start[r + 1] - m->ring_start[r] < SMALL_RING) s->small_ring[m->ring_bond[k]] = 1;
        }
    TRY(find_atoms(s));
    TRY(mark_potential(s));
    find_bonds(s);
    for (int32_t b = 0; b < m->n_bonds; b++)
        if (m->type[b] == BOND_DOUBLE && s->stereo[b] != STEREO_NONE) {
            s->double_end[m->begin[b]] = 2;
            s->double_end[m->end[b]] = 2;
        }
    // Double bonds alone make no atom a centre.
    bool any = false;
    for (int32_t a = 0; a < s->n && !any; a++) any = alive(s->atom_state[a]);
    if (!any) return ARYL_OK;
    memcpy(s->atom_first, s->atom_state, (size_t)s->n);
    if (s->n_bonds) memcpy(s->bond_first, s->bond_state, (size_t)s->n_bonds);
    TRY(excuse(s));
    if (order_is_free(s)) drop_twins(s);
    TRY(settle(s));
    if (second_chance(s) && !starts_over(s)) {
        TRY(excuse(s));
        TRY(settle(s));
    }
    return ARYL_OK;
}

aryl_status facts_centres(facts *f)
{
    if (f->centre) return ARYL_OK;
    const aryl_mol *m = f->mol;
    size_t n = (size_t)m->n_atoms, n_bonds = (size_t)m->n_bonds, degree = 0;
    TRY(facts_electrons(f));
    TRY(facts_rings(f));
    TRY(facts_hydrogens(f));
    for (int32_t a = 0; a < m->n_atoms; a++)
        if ((size_t)mol_degree(m, a) > degree) degree = (size_t)mol_degree(m, a);
    if (n_bonds >= 1 << 23) return ARYL_E_LIMIT;        // a symbol has so much room for the name of a bond
    uint8_t *centre = arena_zero(f->mem, uint8_t, n);
    if (!centre) return ARYL_E_NOMEM;
    arena_mark here = arena_save(f->mem);
    search s = {.f = f, .m = m, .n = m->n_atoms, .n_bonds = m->n_bonds, .centre = centre};
    s.key = arena_new(f->mem, uint64_t, n);
    s.site = arena_zero(f->mem, site, n_bonds);
    int32_t *ints = arena_zero(f->mem, int32_t, 4 * n + 3 * n_bonds + 2 * degree);
    s.open = arena_new(f->mem, int32_t, n + 2 * n_bonds);
    uint8_t *bytes = arena_zero(f->mem, uint8_t, 6 * n + 5 * n_bonds);
    s.symbol = arena_new(f->mem, uint32_t, n_bonds);
    if (!s.key || !s.site || !s.symbol || !s.open || !ints || !bytes) return ARYL_E_NOMEM;
    int32_t **const per_atom[] = {&s.atom_base, &s.atom_kind, &s.atom_excuse, &s.colour};
    int32_t **const per_bond[] = {&s.bond_kind, &s.bond_rings, &s.bond_excuse};
    for (size_t k = 0; k < 4; k++, ints += n) *per_atom[k] = ints;
    for (size_t k = 0; k < 3; k++, ints += n_bonds) *per_bond[k] = ints;
    s.sorted = ints;
    s.colours = ints + degree;
    uint8_t **const of_atom[] = {&s.atom_state, &s.atom_first, &s.tag, &s.pinned, &s.crowded, &s.double_end};
    uint8_t **const of_bond[] = {&s.bond_state, &s.bond_first, &s.bond_mark, &s.small_ring, &s.stereo};
    for (size_t k = 0; k < 6; k++, bytes += n) *of_atom[k] = bytes;
    for (size_t k = 0; k < 5; k++, bytes += n_bonds) *of_bond[k] = bytes;
    TRY(find_centres(&s));
    for (int32_t a = 0; a < s.n; a++) centre[a] |= s.double_end[a];
    arena_restore(f->mem, here);
    f->centre = centre;
    return ARYL_OK;
}
