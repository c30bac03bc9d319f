// smiles_parity.c - handedness: from the order in which the text names the neighbours to the order of the bond list.
//
// The text names an atom's neighbours as: the older one, ring numbers as written, the younger ones. The bond list has
// the older one, the younger ones, and then closures by ring number. Nothing else can differ, so the neighbour lists
// themselves are never needed.
#include "io/io.h"

// Is a list of distinct numbers an odd permutation of its sorted self? Counts inversions by merging; `spare` has n places.
static bool odd_order(int32_t *v, int32_t *spare, int32_t n)
{
    uint64_t inversions = 0;
    for (int32_t width = 1; width < n; width = width > n / 2 ? n : 2 * width) {
        for (int32_t low = 0; low < n; low += 2 * width) {
            int32_t middle = low + width < n ? low + width : n, high = middle + width < n ? middle + width : n;
            int32_t i = low, k = middle, out = low;
            while (i < middle && k < high) {
                if (v[k] < v[i]) inversions += (uint64_t)(middle - i), spare[out++] = v[k++];
                else spare[out++] = v[i++];
            }
            while (i < middle) spare[out++] = v[i++];
            while (k < high) spare[out++] = v[k++];
            if (high == n) break;
        }
        memcpy(v, spare, (size_t)n * sizeof *v);
    }
    return inversions & 1;
}

// ---- geometries with more than four places
//
// A placement says which list place stands on which site: the top, the ring anticlockwise seen from the top, the
// bottom. Permutation numbers are those of OpenSMILES.

typedef struct placement { int32_t top, ring[4], bottom; } placement;

// Order in which the square is walked by the four list places r0 .. r3: U r0 r1 r2 r3, Z r0 r1 r3 r2, 4 r0 r3 r1 r2.
enum { SHAPE_U, SHAPE_4, SHAPE_Z };
static const uint8_t shapes[3][4] = {[SHAPE_U] = {0, 1, 2, 3}, [SHAPE_4] = {0, 3, 1, 2}, [SHAPE_Z] = {0, 1, 3, 2}};

// OCTAHEDRON[place opposite to the first][shape][clockwise]
static const uint8_t octahedron[6][3][2] = {
    [5] = {[SHAPE_U] = {1, 2}, [SHAPE_Z] = {4, 14}, [SHAPE_4] = {10, 8}},
    [4] = {[SHAPE_U] = {3, 16}, [SHAPE_Z] = {5, 15}, [SHAPE_4] = {11, 9}},
    [3] = {[SHAPE_U] = {6, 18}, [SHAPE_Z] = {7, 17}, [SHAPE_4] = {13, 12}},
    [2] = {[SHAPE_U] = {19, 24}, [SHAPE_Z] = {20, 23}, [SHAPE_4] = {22, 21}},
    [1] = {[SHAPE_U] = {25, 30}, [SHAPE_Z] = {26, 29}, [SHAPE_4] = {28, 27}},
};
// BIPYRAMID[first place of the axis][second][clockwise]
static const uint8_t bipyramid[5][5][2] = {
    [0] = {[4] = {1, 2}, [3] = {3, 4}, [2] = {5, 6}, [1] = {7, 8}},
    [1] = {[4] = {9, 11}, [3] = {10, 12}, [2] = {13, 14}},
    [2] = {[4] = {15, 20}, [3] = {16, 19}},
    [3] = {[4] = {17, 18}},
};

static void turn_over(placement *p, int32_t ring)
{
    int32_t t = p->top;
    p->top = p->bottom;
    p->bottom = t;
    for (int32_t i = 0, k = ring - 1; i < k; i++, k--) {
        t = p->ring[i];
        p->ring[i] = p->ring[k];
        p->ring[k] = t;
    }
}

static void turn_to_lowest(int32_t *ring, int32_t n)
{
    int32_t lowest = 0, copy[4];
    for (int32_t i = 1; i < n; i++)
        if (ring[i] < ring[lowest]) lowest = i;
    for (int32_t i = 0; i < n; i++) copy[i] = ring[(lowest + i) % n];
    memcpy(ring, copy, (size_t)n * sizeof *ring);
}

// How the ring of an octahedron with the first place on top visits the other places: 2 * shape + clockwise.
static int32_t ring_walk(const int32_t *ring)
{
    int32_t sorted[4], n = 0;
    for (int32_t place = 1; place < 6; place++)
        for (int32_t i = 0; i < 4; i++)
            if (ring[i] == place) sorted[n++] = place;
    for (int32_t shape = 0; shape < 3; shape++) {
        const uint8_t *s = shapes[shape];
        bool same = true, back = true;
        for (int32_t i = 0; i < 4; i++) {
            same &= ring[i] == sorted[s[i]];
            back &= ring[i] == sorted[s[(4 - i) % 4]];
        }
        if (same || back) return 2 * shape + !same;
    }
    return 0;
}

static placement octahedron_placement(int32_t permutation)
{
    placement p = {0};
    for (int32_t far = 1; far < 6; far++)
        for (int32_t k = 0; k < 6; k++) {
            if (octahedron[far][k / 2][k % 2] != permutation) continue;
            int32_t others[4], n = 0;
            for (int32_t place = 1; place < 6; place++)
                if (place != far) others[n++] = place;
            p.bottom = far;
            for (int32_t i = 0; i < 4; i++) p.ring[i] = others[shapes[k / 2][k % 2 ? (4 - i) % 4 : i]];
        }
    return p;
}

static int32_t octahedron_permutation(placement p)
{
    if (p.bottom == 0) turn_over(&p, 4);
    for (int32_t i = 0; i < 4; i++)
        if (p.ring[i] == 0) {   // seen from ring[i]: the next one, the old top, the one before, the old bottom
            p = (placement){0, {p.ring[(i + 1) % 4], p.top, p.ring[(i + 3) % 4], p.bottom}, p.ring[(i + 2) % 4]};
            break;
        }
    turn_to_lowest(p.ring, 4);
    int32_t walk = ring_walk(p.ring);
    return octahedron[p.bottom][walk / 2][walk % 2];
}

static placement bipyramid_placement(int32_t permutation)
{
    placement p = {0};
    for (int32_t top = 0; top < 5; top++)
        for (int32_t bottom = top + 1; bottom < 5; bottom++)
            for (int32_t clockwise = 0; clockwise < 2; clockwise++) {
                if (bipyramid[top][bottom][clockwise] != permutation) continue;
                int32_t n = 0;
                for (int32_t place = 0; place < 5; place++)
                    if (place != top && place != bottom) p.ring[n++] = place;
                p.top = clockwise ? bottom : top;   // clockwise from one end is anticlockwise from the other
                p.bottom = clockwise ? top : bottom;
            }
    return p;
}

static int32_t bipyramid_permutation(placement p)
{
    if (p.top > p.bottom) turn_over(&p, 3);
    turn_to_lowest(p.ring, 3);
    return bipyramid[p.top][p.bottom][p.ring[1] > p.ring[2]];
}

static placement square_placement(int32_t permutation)   // 1 U, 2 4, 3 Z
{
    placement p = {-1, {0}, -1};
    for (int32_t i = 0; i < 4; i++) p.ring[i] = shapes[permutation - 1][i];
    return p;
}

static int32_t square_permutation(placement p)
{
    turn_to_lowest(p.ring, 4);
    return p.ring[2] == 2 ? 1 : p.ring[2] == 1 ? 2 : 3;   // who stands opposite to the first
}

static const struct { placement (*placed)(int32_t permutation); int32_t (*permutation)(placement p); int32_t places, last; }
geometries[] = {
    [TAG_TETRAHEDRAL] = {NULL, NULL, 0, 2},
    [TAG_ALLENE] = {NULL, NULL, 0, 2},
    [TAG_SQUARE_PLANAR] = {square_placement, square_permutation, 4, 3},
    [TAG_TRIGONAL_BIPYRAMIDAL] = {bipyramid_placement, bipyramid_permutation, 5, 20},
    [TAG_OCTAHEDRAL] = {octahedron_placement, octahedron_permutation, 6, 30},
};

static void exchange(placement *p, int32_t a, int32_t b)
{
    int32_t *site[6] = {&p->top, &p->bottom, &p->ring[0], &p->ring[1], &p->ring[2], &p->ring[3]};
    for (int32_t i = 0; i < 6; i++)
        *site[i] = *site[i] == a ? b : *site[i] == b ? a : *site[i];
}

// have[n]: for each place of the written list the place in the bond list, -1 for one that is not there. Sorted by
// exchanges from the left, absent ones last and all alike, as RDKit does it: the order decides where absent ones go.
static int32_t rewritten(int32_t tag, int32_t permutation, int32_t *have, int32_t n, int32_t present)
{
    placement p = geometries[tag].placed(permutation);
    for (int32_t i = 0; i < n - 1; i++) {
        int32_t want = i < present ? i : -1, k = i;
        while (have[k] != want) k++;
        if (k == i) continue;
        have[k] = have[i];
        have[i] = want;
        exchange(&p, i, k);
    }
    return geometries[tag].permutation(p);
}

// ---- one atom

typedef struct closures { int32_t *bond, *spare, n, cap; } closures;   // bonds of an atom's ring numbers, as written

static aryl_status collect(const smiles_reader *r, const tagged_atom *t, closures *c)
{
    c->n = 0;
    for (int32_t e = t->first_end; e >= 0; e = r->end[e].next) {
        if (c->n == c->cap) {
            int32_t more = c->cap ? 2 * c->cap : 32;
            c->bond = arena_grow(r->raw->mem, c->bond, (size_t)c->cap, (size_t)more, sizeof *c->bond);
            c->spare = arena_new(r->raw->mem, int32_t, more);
            if (!c->bond || !c->spare) return fail_at(r->err, ARYL_E_NOMEM, -1, "out of memory");
            c->cap = more;
        }
        c->bond[c->n++] = r->end[e].bond;
    }
    return ARYL_OK;
}

static int32_t new_permutation(const raw_atom *a, closures *c)
{
    int32_t places = geometries[a->tag].places, absent = places - a->degree, have[6], n = 0;
    if (!a->permutation || absent < 0) return 0;
    int32_t older = !(a->flags & ATOM_START), younger = a->degree - older - c->n;
    if (older) have[n++] = 0;
    for (int32_t i = 0; i < absent; i++) have[n++] = -1;
    for (int32_t i = 0; i < c->n; i++) {
        int32_t before = 0;
        for (int32_t k = 0; k < c->n; k++) before += c->bond[k] < c->bond[i];
        have[n++] = older + younger + before;
    }
    for (int32_t i = 0; i < younger; i++) have[n++] = older + i;
    return rewritten(a->tag, a->permutation, have, places, a->degree);
}

// For each atom: has it a double, triple, quadruple or aromatic bond?
static uint8_t *unsaturated_atoms(const raw_mol *raw)
{
    uint8_t *yes = arena_zero(raw->mem, uint8_t, raw->n_atoms);
    for (int32_t i = 0; yes && i < raw->n_bonds; i++) {
        const raw_bond *b = &raw->bond[i];
        if ((b->type >= BOND_DOUBLE && b->type <= BOND_QUADRUPLE) || b->type == BOND_AROMATIC)
            yes[b->begin] = yes[b->end] = 1;
    }
    return yes;
}

aryl_status smiles_parity(smiles_reader *r)
{
    raw_mol *raw = r->raw;
    closures c = {0};
    const uint8_t *unsaturated = NULL;   // made when the first atom asks
    for (int32_t i = 0; i < r->n_tagged; i++) {
        const tagged_atom *t = &r->tagged[i];
        raw_atom *a = &raw->atom[t->atom];
        if (a->tag >= TAG_TETRAHEDRAL) {
            if (a->permutation > geometries[a->tag].last)
                return fail_at(r->err, ARYL_E_SYNTAX, a->at, "atom %d: its chiral permutation is out of range",
                               t->atom);
            if (a->tag == TAG_TETRAHEDRAL) {
                a->tag = a->permutation == 2 ? TAG_CW : TAG_CCW;
                a->permutation = 0;
            }
            if (a->tag == TAG_ALLENE) continue;
        }
        TRY(collect(r, t, &c));
        if (a->tag >= TAG_TETRAHEDRAL) {
            a->permutation = (uint8_t)new_permutation(a, &c);
            continue;
        }
        bool start = a->flags & ATOM_START;
        int32_t younger = a->degree - !start - c.n;
        bool odd = c.n & younger & 1;
        if (a->degree == 3) {
            if (start && a->explicit_h == 1) odd ^= 1;
            else if (a->explicit_h != 1 && c.n == 1) {
                if (!unsaturated && !(unsaturated = unsaturated_atoms(raw)))
                    return fail_at(r->err, ARYL_E_NOMEM, -1, "out of memory");
                odd ^= !unsaturated[t->atom];
            }
        }
        if (c.n > 1) odd ^= odd_order(c.bond, c.spare, c.n);
        if (odd) a->tag = a->tag == TAG_CW ? TAG_CCW : TAG_CW;
    }
    return ARYL_OK;
}
