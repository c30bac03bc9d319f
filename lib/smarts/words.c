// words.c - a molecule of up to 64 atoms as words: who is bonded to whom through which kind of bond, who has how many
// neighbours, who lies in a cycle of which length. What small.c searches with.
//
// An atom in a cycle of the pattern can only lie on an atom in a cycle of the molecule of the same length. The cycles of a
// block of rings are the sums of its rings, which for ordinary molecules are a handful.
#include "smarts/smarts.h"

enum { MOST_RINGS = 6 };   // of a block whose cycles are looked at one by one

// ---- cycles

// The atoms of a set of bonds if it is one simple cycle, else 0.
static uint64_t cycle_atoms(const aryl_mol *m, uint64_t bonds)
{
    uint64_t once = 0, twice = 0, more = 0;
    for (uint64_t left = bonds; left; left &= left - 1) {
        int32_t b = __builtin_ctzll(left);
        uint64_t begin = 1ull << m->begin[b], end = 1ull << m->end[b];
        more |= twice & (begin | end);
        twice |= once & (begin | end);
        once |= begin | end;
    }
    if (more || once != twice) return 0;
    uint64_t reached = once & -once, left = bonds;
    for (bool grew = true; grew && left;) {
        grew = false;
        for (uint64_t open = left; open; open &= open - 1) {
            int32_t b = __builtin_ctzll(open);
            uint64_t ends = 1ull << m->begin[b] | 1ull << m->end[b];
            if (!(reached & ends)) continue;
            reached |= ends;
            left ^= open & -open;
            grew = true;
        }
    }
    return left ? 0 : once;
}

static void add_cycle(smarts_small *x, uint64_t atoms, int32_t length)
{
    x->on_cycle[length] |= atoms;
    if (x->n_cycles == SMARTS_SMALL_CYCLES) {
        x->approximate = true;
        return;
    }
    x->length[x->n_cycles] = (uint8_t)length;
    x->cycle[x->n_cycles++] = atoms;
}

typedef struct ring_words { uint64_t bonds, atoms; } ring_words;

static void add_block(const aryl_mol *m, smarts_small *x, const ring_words *member, int32_t n)
{
    if (n == 1) {
        add_cycle(x, member[0].atoms, smarts_count_bits(member[0].atoms));
        return;
    }
    if (n > MOST_RINGS) {
        uint64_t atoms = 0;
        for (int32_t i = 0; i < n; i++) atoms |= member[i].atoms;
        for (int32_t length = 0; length <= SMARTS_SMALL_MOL; length++) x->on_cycle[length] |= atoms;
        x->approximate = true;
        return;
    }
    uint64_t sum = 0;
    for (int32_t i = 1; i < 1 << n; i++) {       // each sum once: one member comes or goes
        sum ^= member[__builtin_ctz((unsigned)i)].bonds;
        uint64_t atoms = sum ? cycle_atoms(m, sum) : 0;
        if (atoms) add_cycle(x, atoms, smarts_count_bits(atoms));
    }
}

static aryl_status find_cycles(const aryl_mol *m, smarts_small *x, arena *mem)
{
    uint64_t done = 0;
    if (m->n_bonds > 64 || m->n_rings > 64) {
        uint64_t atoms = 0;
        for (int32_t k = 0; k < m->ring_start[m->n_rings]; k++) atoms |= 1ull << m->ring_atom[k];
        for (int32_t n = 0; n <= SMARTS_SMALL_MOL; n++) x->on_cycle[n] = atoms;
        x->approximate = true;
        return ARYL_OK;
    }
    ring_words *ring = arena_new(mem, ring_words, 2 * (size_t)m->n_rings), *member = ring + m->n_rings;
    if (!ring) return ARYL_E_NOMEM;
    for (int32_t r = 0; r < m->n_rings; r++) {
        ring[r] = (ring_words){0};
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) {
            ring[r].bonds |= 1ull << m->ring_bond[k];
            ring[r].atoms |= 1ull << m->ring_atom[k];
        }
    }
    for (int32_t r = 0; r < m->n_rings; r++) {
        if (done >> r & 1) continue;
        uint64_t bonds = ring[r].bonds;
        int32_t n = 1;
        member[0] = ring[r];
        for (bool grew = true; grew;) {
            grew = false;
            for (int32_t s = r + 1; s < m->n_rings; s++) {
                if (done >> s & 1 || !(ring[s].bonds & bonds)) continue;
                bonds |= ring[s].bonds;
                member[n++] = ring[s];
                done |= 1ull << s;
                grew = true;
            }
        }
        add_block(m, x, member, n);
    }
    return ARYL_OK;
}

// ---- neighbours

typedef uint64_t two __attribute__((vector_size(16), may_alias));   // of a table, which has an even number of words

static uint64_t *table(const smarts_run *r) { return arena_zero(r->mem, uint64_t, (r->mol->n_atoms + 1) & ~1); }

// The neighbours of every atom through bonds of each class that occurs.
static aryl_status sort_bonds(const smarts_run *r, smarts_small *x, uint64_t **class)
{
    const aryl_mol *m = r->mol;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        int32_t c = r->bond_class[b], begin = m->begin[b], end = m->end[b];
        if (!(x->classes >> c & 1)) {
            x->classes |= 1ull << c;
            class[c] = table(r);
            if (!class[c]) return ARYL_E_NOMEM;
        }
        class[c][begin] |= 1ull << end;
        class[c][end] |= 1ull << begin;
    }
    return ARYL_OK;
}

// The same for every kind of bond expression, which is a union of classes; equal unions are one table.
static aryl_status join_classes(const smarts_run *r, smarts_small *x, uint64_t **class)
{
    int32_t n_atoms = r->mol->n_atoms;
    for (int32_t kind = 0; kind < r->set->n_kinds; kind++) {
        uint64_t left = r->set->kind[kind] & x->classes;
        int32_t same = 0;
        while (same < kind && (r->set->kind[same] & x->classes) != left) same++;
        if (same < kind || (left && !(left & (left - 1)))) {
            x->next[kind] = same < kind ? x->next[same] : class[__builtin_ctzll(left)];
            continue;
        }
        two *next = (two *)(x->next[kind] = left ? arena_new(r->mem, uint64_t, (n_atoms + 1) & ~1) : table(r));
        if (!next) return ARYL_E_NOMEM;
        const two *one = left ? (const two *)class[__builtin_ctzll(left)] : NULL;
        for (left &= left - 1; left; left &= left - 1, one = next) {
            const two *more = (const two *)class[__builtin_ctzll(left)];
            for (int32_t a = 0; 2 * a < n_atoms; a++) next[a] = one[a] | more[a];
        }
    }
    return ARYL_OK;
}

aryl_status smarts_small_neighbours(smarts_run *r, int32_t kind)
{
    const aryl_mol *m = r->mol;
    if (r->small->next[kind]) return ARYL_OK;
    uint64_t fits = r->set->kind[kind], *next = arena_zero(r->mem, uint64_t, m->n_atoms);
    if (!next) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) {
        uint64_t fit = fits >> r->bond_class[b] & 1;
        next[m->begin[b]] |= fit << m->end[b];
        next[m->end[b]] |= fit << m->begin[b];
    }
    r->small->next[kind] = next;
    return ARYL_OK;
}

// ---- what a place asks for

aryl_status smarts_small_around(smarts_run *r, const node *n, uint64_t *out)
{
    const smarts_small *x = r->small;
    if (n->op == OP_BESIDE) {
        const uint64_t *next = x->next[n->low];
        uint64_t there, one = 0, two = 0, three = 0, four = 0;      // atoms with so many of them beside
        TRY(smarts_fits_of(r, n->high, r->all[0], &there));
        if (n->prop == 1)
            for (; there; there &= there - 1) one |= next[__builtin_ctzll(there)];
        else
            for (; there; there &= there - 1) {
                uint64_t beside = next[__builtin_ctzll(there)];
                four |= three & beside;
                three |= two & beside;
                two |= one & beside;
                one |= beside;
            }
        *out = n->prop == 1 ? one : n->prop == 2 ? two : n->prop == 3 ? three : four;
    } else if (n->op == OP_CROWDED) {
        *out = x->at_least[n->low < SMARTS_SMALL_DEGREE ? n->low : SMARTS_SMALL_DEGREE];
    } else {
        *out = x->on_cycle[n->low];
    }
    return ARYL_OK;
}

// ---- all of it

static aryl_status survey(smarts_run *r, smarts_small *x)
{
    const aryl_mol *m = r->mol;
    uint64_t *class[64];
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t degree = mol_degree(m, a);
        if (degree > x->widest) x->widest = degree;
        x->at_least[degree < SMARTS_SMALL_DEGREE ? degree : SMARTS_SMALL_DEGREE] |= 1ull << a;
    }
    for (int32_t d = SMARTS_SMALL_DEGREE; d > 0; d--) x->at_least[d - 1] |= x->at_least[d];
    if (m->n_rings) TRY(find_cycles(m, x, r->mem));
    TRY(sort_bonds(r, x, class));
    return join_classes(r, x, class);
}

aryl_status smarts_small_need(smarts_run *r, bool *usable)
{
    *usable = r->small != NULL;
    if (r->small || r->words != 1) return ARYL_OK;
    TRY(smarts_bond_classes(r));
    if (!r->whole_rings) return ARYL_OK;
    smarts_small *x = arena_zero(r->mem, smarts_small, 1);
    if (!x) return ARYL_E_NOMEM;
    x->next = arena_zero(r->mem, uint64_t *, r->set->n_kinds + 1);
    if (!x->next) return ARYL_E_NOMEM;
    if (r->once) {
        x->approximate = true;
        x->widest = SMARTS_SMALL_MOL;
    } else {
        TRY(survey(r, x));
        x->whole = true;
    }
    r->small = x;
    *usable = true;
    return ARYL_OK;
}
