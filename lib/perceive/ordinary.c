// ordinary.c - Kekule form, radicals and aromaticity of ordinary molecules: what kekule.c, radicals.c and aromatic.c say
// in general, said with sets of atoms and bonds that are one word each.
//
// Nearly always aromaticity comes out as it was written. Then there is nothing to write but the Kekule form: the marks
// stay where they are. Whatever is not known here is left to the general forms, before anything has been changed.
#include "perceive/perceive.h"

enum { WORD = 64, MOST_TURNS = 100, MOST_RINGS = 32, MOST_RING = 24 /* larger ones do not fuse */, MACROCYCLE = 9, MOST_FAMILY = 6 };

typedef struct links {                   // of an atom, as sets of atoms
    uint64_t next_to, offers;            // across ring bonds, across marked ones of them
    uint64_t choices;                    // partners that were offered and not tried
} links;

typedef struct sketch {
    aryl_mol *m;
    // sets of atoms
    uint64_t carbon, nitrogen, oxygen, neutral;
    uint64_t in_ring;
    uint64_t marked, bonded;             // aromatic as written; at bonds so written
    uint64_t needy;                      // marked ones that need a double bond
    uint64_t pyrrolic;                   // nitrogens whose written hydrogen is one that would be deduced in a Kekule form
    uint64_t doubled, twice_doubled;     // at one, at two of the double bonds as written
    uint64_t inside, pulled;             // at one in a ring; at one whose electron is out of the ring
    // sets of bonds
    uint64_t marked_bonds, ring_bonds;
    links link[WORD];
    int8_t partner[WORD];                // across the double bond that was found, -1: none
} sketch;

static uint64_t ends(const aryl_mol *m, int32_t b) { return set_of(m->begin[b]) | set_of(m->end[b]); }

static void look_at_double_bonds(sketch *s, uint64_t double_bonds)
{
    const aryl_mol *m = s->m;
    s->doubled = s->twice_doubled = s->inside = s->pulled = 0;
    for (uint64_t left = double_bonds; left; left &= left - 1) {
        int32_t b = set_first(left), from = m->begin[b], to = m->end[b];
        uint64_t both = ends(m, b), in_ring = -(s->ring_bonds >> b & 1);
        uint64_t pulled = (uint64_t)(elements[m->z[to]].outer > 4) << from | (uint64_t)(elements[m->z[from]].outer > 4) << to;
        s->twice_doubled |= s->doubled & both;
        s->doubled |= both;
        s->inside |= both & in_ring;
        s->pulled |= pulled & ~in_ring;
    }
}

static bool draw(aryl_mol *m, sketch *s)
{
    int32_t n = m->n_atoms, n_bonds = m->n_bonds;
    if (n > WORD || n_bonds > WORD || m->has_query || !m->ring_atoms) return false;
    uint64_t double_bonds = set_of_equal(m->type, n_bonds, BOND_DOUBLE), triple_bonds = set_of_equal(m->type, n_bonds, BOND_TRIPLE);
    s->m = m;
    s->marked_bonds = set_of_equal(m->type, n_bonds, BOND_AROMATIC);
    if ((set_of_equal(m->type, n_bonds, BOND_SINGLE) | double_bonds | triple_bonds | s->marked_bonds) != set_below(n_bonds))
        return false;
    s->ring_bonds = set_of_bit(m->bond_flags, n_bonds, 2);
    s->in_ring = set_of_bit(m->atom_flags, n, 5);
    s->marked = set_of_bit(m->atom_flags, n, 0);
    if (s->marked_bonds != set_of_bit(m->bond_flags, n_bonds, 0) || (s->marked & ~s->in_ring)) return false;
    for (uint64_t left = triple_bonds; left; left &= left - 1)
        if (ends(m, set_first(left)) & s->in_ring) return false;
    s->carbon = set_of_equal(m->z, n, 6);
    s->nitrogen = set_of_equal(m->z, n, 7);
    s->oxygen = set_of_equal(m->z, n, 8);
    s->neutral = set_of_equal((const uint8_t *)m->charge, n, 0);
    look_at_double_bonds(s, double_bonds);
    return !set_of_equal(m->z, n, 0);
}

// ---- Kekule form

// Links of marked atoms, which others may share. False: a bond is marked and an end of it is not.
static bool link_marked(sketch *s)
{
    const aryl_mol *m = s->m;
    memset(s->link, 0, (size_t)m->n_atoms * sizeof *s->link);
    memset(s->partner, -1, sizeof s->partner);
    s->bonded = 0;
    for (uint64_t left = s->ring_bonds; left; left &= left - 1) {
        int32_t b = set_first(left), from = m->begin[b], to = m->end[b];
        uint64_t marked = -(s->marked_bonds >> b & 1);
        s->link[from].next_to |= set_of(to);
        s->link[to].next_to |= set_of(from);
        s->link[from].offers |= set_of(to) & marked;
        s->link[to].offers |= set_of(from) & marked;
        s->bonded |= ends(m, b) & marked;
    }
    for (uint64_t left = s->marked_bonds & ~s->ring_bonds; left; left &= left - 1) s->bonded |= ends(m, set_first(left));
    return !(s->bonded & ~s->marked);
}

// Which marked atoms need a double bond: see needs_double in kekule.c, which this narrows to elements with few surprises
// and atoms that come out with their first valence, as which they were counted.
static bool find_needy(sketch *s)
{
    static const int8_t first_valence[] = {[6] = 4, [7] = 3, [8] = 2, [16] = 2};
    const aryl_mol *m = s->m;
    if (s->marked & (s->twice_doubled | ~set_of_equal(m->radicals, m->n_atoms, 0))) return false;
    for (uint64_t left = s->marked; left; left &= left - 1) {
        int32_t a = set_first(left), z = m->z[a], bonds = mol_degree(m, a), hidden_h = mol_hidden_h(m, a);
        int32_t wanted = z <= 16 ? first_valence[z] : 0;
        if (!wanted || bonds > 3) return false;
        if (!(s->neutral >> a & 1)) {
            if (z == 16) return false;
            wanted += z == 6 && m->charge[a] > 0 ? -m->charge[a] : m->charge[a];
        }
        int32_t lacking = wanted - bonds - (int32_t)(s->doubled >> a & 1) - hidden_h;
        if (lacking >> 1 || m->explicit_valence[a] + m->implicit_h[a] != wanted) return false;
        s->needy |= (uint64_t)lacking << a;
        if (z == 7 && m->explicit_h[a] == 1 && (s->neutral >> a & 1)) s->pyrrolic |= set_of(a);
    }
    return true;
}

typedef struct path {
    uint64_t fresh, left, done;     // not met yet; without a double bond; visited
    uint8_t order[WORD], position[WORD], move[WORD];   // visited ones in order; atoms with choices left
    uint8_t queue[2 * WORD];
    int32_t n_done, n_moves, n_turns, head, tail;
} path;

// Back to the last atom with a choice: all visited since wait again, in front, without the double bonds they had.
static void turn_back(sketch *s, path *p)
{
    int32_t from = p->position[p->move[p->n_moves - 1]], to = p->n_done;
    for (int32_t i = to - 1; i >= from; i--) {
        p->queue[--p->head] = p->order[i];
        p->done &= ~set_of(p->order[i]);
    }
    for (int32_t i = from; i < to; i++) {
        int32_t a = p->order[i], partner = s->partner[a];
        if (partner < 0 || (p->done & set_of(partner))) continue;
        p->left |= set_of(a) | set_of(partner);
        s->partner[a] = s->partner[partner] = -1;
    }
    p->n_done = from;
    p->n_turns++;
}

// kekule.c's walk, all ring systems at once.
static bool find_partners(sketch *s)
{
    path p;
    p.fresh = s->marked;
    p.left = s->needy;
    p.done = 0;
    p.n_done = p.n_moves = p.n_turns = 0;
    p.head = p.tail = WORD;                    // turning back can bring as many in front as began a walk
    int32_t own_moves = 0;                     // parts that no ring bond joins do not help each other
    while (p.head < p.tail || p.fresh) {
        int32_t a;
        if (p.head < p.tail) {
            a = p.queue[p.head++];
        } else {
            a = set_first(p.fresh);
            p.fresh &= p.fresh - 1;
            own_moves = p.n_moves;
        }
        p.done |= set_of(a);
        p.position[a] = (uint8_t)p.n_done;
        p.order[p.n_done++] = (uint8_t)a;
        links *l = &s->link[a];
        uint64_t offers = l->choices, again = offers;
        if (!again) {
            for (uint64_t next = l->next_to & p.fresh; next; next &= next - 1) p.queue[p.tail++] = (uint8_t)set_first(next);
            p.fresh &= ~l->next_to;
            offers = l->offers & p.left;
        }
        if (!(p.left & set_of(a))) continue;
        if (!offers) {
            if (p.n_moves == own_moves || p.n_turns == MOST_TURNS) return false;
            turn_back(s, &p);
            continue;
        }
        int32_t to = set_first(offers);
        offers &= offers - 1;
        p.left &= ~(set_of(a) | set_of(to));
        s->partner[a] = (int8_t)to;
        s->partner[to] = (int8_t)a;
        l->choices = offers;
        if (again && !offers) p.n_moves--;
        if (!again && offers) p.move[p.n_moves++] = (uint8_t)a;
    }
    return true;
}

typedef uint8_t bytes __attribute__((vector_size(16)));

static void write_kekule(sketch *s)
{
    aryl_mol *m = s->m;
    for (int32_t b = 0; b < m->n_bonds; b += (int32_t)sizeof(bytes)) {   // arrays of bytes end at a multiple of 16
        bytes type;
        memcpy(&type, m->type + b, sizeof type);
        type ^= (bytes)(type == BOND_AROMATIC) & (BOND_AROMATIC ^ BOND_SINGLE);
        memcpy(m->kekule + b, &type, sizeof type);
    }
    for (uint64_t left = s->needy; left;) {
        int32_t a = set_first(left), to = s->partner[a], k = m->start[a];
        left &= ~(set_of(a) | set_of(to));
        k += m->nbr[k] != to;                                // a marked atom has no more than three neighbours
        k += m->nbr[k] != to;
        m->kekule[m->via[k]] = BOND_DOUBLE;
        m->dir[m->via[k]] = DIR_NONE;                        // a double bond has none of its own
    }
    // What RDKit lets go is counted anew, so that the atom is no longer one that says its hydrogens.
    for (uint64_t left = s->pyrrolic; left; left &= left - 1) m->atom_flags[set_first(left)] &= (uint8_t)~ATOM_NO_IMPLICIT;
    for (uint64_t left = set_of_bit(m->atom_flags, m->n_atoms, 1); left; left &= left - 1) perceive_radicals_of(m, set_first(left));
}

// ---- aromaticity

typedef struct givers { uint64_t one, two, none; } givers;   // ring atoms by the electrons they give; the rest have room for some

// See gift and contribution in aromatic.c, which are asked where an atom is not one of these.
static bool find_givers(const sketch *s, givers *g)
{
    aryl_mol *m = s->m;
    int32_t n = m->n_atoms;
    uint64_t plain = s->neutral & set_of_equal(m->radicals, n, 0) & s->in_ring;
    uint64_t multiple = s->doubled | s->needy, once = multiple & ~s->twice_doubled & ~(s->doubled & s->needy);
    uint64_t vacant = s->carbon & plain & once & s->pulled;
    g->one = ((s->carbon & ~s->pulled) | (s->nitrogen & (s->inside | s->needy))) & plain & once;
    g->two = (s->nitrogen | s->oxygen) & plain & ~multiple;
    g->none = s->carbon & plain & ~multiple;
    for (uint64_t left = s->in_ring & ~(vacant | g->one | g->two | g->none); left; left &= left - 1) {
        int32_t a = set_first(left);
        uint8_t given;
        if (perceive_contribution(m, a, 0, &given, NULL) != ARYL_OK || given == GIVES_ONE_OR_TWO) return false;
        if (given == GIVES_NOTHING) g->none |= set_of(a);
        if (given == GIVES_ONE) g->one |= set_of(a);
        if (given == GIVES_TWO) g->two |= set_of(a);
    }
    return true;
}

typedef struct kept_rings { uint64_t atoms[MOST_RINGS], bonds[MOST_RINGS]; int32_t n; } kept_rings;

static bool aromatic_count(const givers *g, uint64_t atoms)
{
    return (set_size(atoms & g->one) + 2 * set_size(atoms & g->two)) % 4 == 2;
}

static bool connected(const uint32_t *fused, uint32_t set)
{
    uint32_t reached = set & -set, last = 0;
    while (reached != last) {
        last = reached;
        for (uint32_t left = last; left; left &= left - 1) reached |= fused[__builtin_ctz(left)] & set;
    }
    return reached == set;
}

// Groups of rings of one family, smaller ones first, until every bond is marked: their outer bonds.
static uint64_t judge_groups(const kept_rings *r, const givers *g, const uint32_t *fused, uint32_t family, uint64_t aromatic)
{
    uint64_t all = 0;
    for (uint32_t left = family; left; left &= left - 1) all |= r->bonds[__builtin_ctz(left)];
    for (int32_t size = 2; size <= set_size(family) && (all & ~aromatic); size++) {
        uint64_t more = 0;
        for (uint32_t group = family; group; group = (group - 1) & family) {
            if (set_size(group) != size || !connected(fused, group)) continue;
            uint64_t once = 0, twice = 0, thrice = 0, bond_once = 0, bond_twice = 0;
            for (uint32_t left = group; left; left &= left - 1) {
                uint64_t atoms = r->atoms[__builtin_ctz(left)], bonds = r->bonds[__builtin_ctz(left)];
                thrice |= twice & atoms;
                twice |= once & atoms;
                once |= atoms;
                bond_twice |= bond_once & bonds;
                bond_once |= bonds;
            }
            if (aromatic_count(g, once & ~thrice)) more |= bond_once & ~bond_twice;
        }
        aromatic |= more;
    }
    return aromatic;
}

// The bonds that are aromatic. False: not known here.
static bool find_aromatic(const sketch *s, givers *g, uint64_t *aromatic)
{
    const aryl_mol *m = s->m;
    kept_rings r;
    // Ethers and thioethers give nothing when they are first met in a large ring.
    uint64_t met = 0, ethers = g->two & s->neutral & (s->oxygen | set_of_equal(m->z, m->n_atoms, 16));
    uint32_t alone = 0, fused[MOST_RINGS], seen = 0;
    r.n = 0;
    *aromatic = 0;
    for (int32_t i = 0; i < m->n_rings; i++) {
        int32_t size = m->ring_start[i + 1] - m->ring_start[i];
        uint64_t atoms = m->ring_atoms[i], bonds = m->ring_bonds[i];
        if (size > MOST_RING || r.n == MOST_RINGS) return false;
        if (size >= MACROCYCLE) g->none |= atoms & ethers & ~met;
        met |= atoms;
        if (atoms & g->none) continue;
        if (aromatic_count(g, atoms)) {
            alone |= 1u << r.n;
            *aromatic |= bonds;
        }
        r.atoms[r.n] = atoms;
        r.bonds[r.n++] = bonds;
    }
    if (alone == set_below(r.n)) return true;
    for (int32_t i = 0; i < r.n; i++) {
        fused[i] = 0;
        for (int32_t k = 0; k < r.n; k++) fused[i] |= (uint32_t)(set_size(r.bonds[i] & r.bonds[k]) == 1) << k;
    }
    for (int32_t i = 0; i < r.n; i++) {
        if (seen >> i & 1) continue;
        uint32_t family = 1u << i, last = 0;
        while (family != last) {
            last = family;
            for (uint32_t left = last; left; left &= left - 1) family |= fused[__builtin_ctz(left)];
        }
        seen |= family;
        if (!(family & ~alone) || set_size(family) == 1) continue;
        if (set_size(family) > MOST_FAMILY) return false;
        *aromatic = judge_groups(&r, g, fused, family, *aromatic);
    }
    return true;
}

// The Kekule form takes the place of the marks, as kekule.c would leave it.
static void take_marks_off(sketch *s)
{
    aryl_mol *m = s->m;
    for (uint64_t left = s->marked_bonds; left; left &= left - 1) {
        int32_t b = set_first(left);
        m->type[b] = m->kekule[b];
        m->bond_flags[b] &= (uint8_t)~BOND_IS_AROMATIC;
    }
    for (uint64_t left = s->marked; left; left &= left - 1) m->atom_flags[set_first(left)] &= (uint8_t)~ATOM_AROMATIC;
    for (uint64_t left = s->pyrrolic; left; left &= left - 1) {
        int32_t a = set_first(left);
        m->explicit_h[a] = 0;
        m->implicit_h[a] = 1;
        m->explicit_valence[a] = 2;
    }
}

perceive_pi perceive_ordinary(aryl_mol *m)
{
    sketch s;
    givers g;
    uint64_t aromatic;
    if (!draw(m, &s)) return PI_OPEN;
    s.needy = s.pyrrolic = s.bonded = 0;
    if ((s.marked | s.marked_bonds) && !(link_marked(&s) && find_needy(&s) && find_partners(&s))) return PI_OPEN;
    write_kekule(&s);
    bool known = find_givers(&s, &g) && find_aromatic(&s, &g, &aromatic);
    if (known && aromatic == s.marked_bonds && s.bonded == s.marked) return PI_AS_WRITTEN;
    take_marks_off(&s);
    if (!known) return PI_KEKULE;
    for (uint64_t left = aromatic; left; left &= left - 1) perceive_mark(m, set_first(left));
    return PI_MARKED;
}
