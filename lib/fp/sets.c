// sets.c - connected sets of bonds, sixteen of a size together.
//
// A set is its places: for each bond its number, and how many bonds of the set its two ends have. A bond that is added
// brings its own place and moves those of the bonds it touches. What it moves is kept for each atom, so that a set is made
// of the one it grew from by two additions of short vectors.
#include "fp/fp.h"
#include "perceive/perceive.h"

enum { LANES = 8, AT_BEGIN = 8, AT_END = 1, MOST_DEGREE = 8, MOST_BONDS = (UINT16_MAX + 1) / FP_PLACES };
typedef uint16_t places __attribute__((vector_size(2 * LANES), aligned(2), may_alias));   // `width` of them to a set, 1 or 2
typedef uint16_t lanes __attribute__((vector_size(2 * LANES)));                            // the same in a register
typedef uint16_t place __attribute__((may_alias));
typedef struct ends { uint32_t begin, end; } ends;   // of a bond: where its atoms' bytes start in touch

// The set on the way to what is visited, and what it is after each of its bonds.
typedef struct level {
    places set[2], at_begin[2], at_end[2];           // the others: touch of the ends of the next bond, before it was added
    uint32_t n_atoms;
    ends next;
} level;

typedef struct growth {
    arena *mem;
    fp_sets_fn take;
    void *ctx;
    int32_t least, most, n;
    const ends *bond;
    char *touch;      // [n_atoms][width] places: how far those of the set move with one bond more at the atom; the last: its bonds
    fp_sets *waiting; // [most + 1] by number of bonds
    const graph_part *part;
    int64_t steps;
    level level[GRAPH_MOST_EDGES + 1];
    // in lane k a one, what its bond adds to touch at its begin, and at its end
    places unit[GRAPH_MOST_EDGES][2], by_begin[GRAPH_MOST_EDGES][2], by_end[GRAPH_MOST_EDGES][2];
} growth;

static inline places *touch_of(const growth *g, uint32_t at) { return (places *)(g->touch + at); }
static inline uint32_t degree(const growth *g, uint32_t at, int32_t width) { return ((place *)touch_of(g, at))[LANES * width - 1]; }

static inline uint16_t own_place(uint32_t b, uint32_t at_begin, uint32_t at_end)
{
    return (uint16_t)(FP_PLACES * b + AT_BEGIN * at_begin + AT_END * at_end);
}

static inline void push(growth *g, int32_t b, int32_t width)
{
    int32_t k = g->n++;
    level *x = &g->level[k];
    const ends to = x->next = g->bond[b];
    uint32_t at_begin = degree(g, to.begin, width), at_end = degree(g, to.end, width);
    uint16_t own = own_place((uint32_t)b, at_begin, at_end);
    for (int32_t h = 0; h < width; h++) {
        const places begin = touch_of(g, to.begin)[h], end = touch_of(g, to.end)[h];
        x[1].set[h] = x->set[h] + begin + end + g->unit[k][h] * own;
        x->at_begin[h] = begin;
        x->at_end[h] = end;
        touch_of(g, to.begin)[h] = begin + g->by_begin[k][h];
        touch_of(g, to.end)[h] = end + g->by_end[k][h];
    }
    x[1].n_atoms = x->n_atoms + !at_begin + !at_end;
}

static inline void pop(growth *g, int32_t width)
{
    const level *x = &g->level[--g->n];
    for (int32_t h = 0; h < width; h++) {
        touch_of(g, x->next.begin)[h] = x->at_begin[h];
        touch_of(g, x->next.end)[h] = x->at_end[h];
    }
}

// What a set of n + 1 bonds has beyond the places of its first n; sends the sets off when there are enough.
static inline bool complete(const growth *g, fp_sets *x, int32_t *waiting, int32_t n, uint16_t own, uint32_t n_atoms)
{
    x->place[*waiting][n] = own;
    x->n_atoms[*waiting] = n_atoms;
    if (++*waiting < SIMD_LISTS) return true;
    x->n = *waiting;
    *waiting = 0;
    return n + 1 < g->least || g->take(g->ctx, x);
}

static inline __attribute__((always_inline)) int32_t grow(growth *g, const int32_t *bond, int32_t n, const uint64_t *more,
                                                          const graph_part *part, int32_t width)
{
    while (g->n && g->n >= n) pop(g, width);
    if (n) push(g, bond[n - 1], width);
    fp_sets *x = &g->waiting[n + 1];
    const ends *const bonds = g->bond;
    const int32_t *const name = part->name;
    const level now = g->level[n];
    int32_t made = 0, waiting = x->n;
    for (int32_t w = 0; w < part->words; w++)
        for (uint64_t left = more[w]; left; left &= left - 1, made++) {
            uint32_t b = (uint32_t)name[64 * w + __builtin_ctzll(left)];
            const ends to = bonds[b];
            uint32_t at_begin = degree(g, to.begin, width), at_end = degree(g, to.end, width);
            for (int32_t h = 0; h < width; h++)
                ((places *)x->place[waiting])[h] = now.set[h] + touch_of(g, to.begin)[h] + touch_of(g, to.end)[h];
            if (!complete(g, x, &waiting, n, own_place(b, at_begin, at_end), now.n_atoms + !at_begin + !at_end)) return -1;
        }
    x->n = waiting;
    return made;
}

// The ordinary case by itself, half the work: parts of a word, sets of up to eight bonds. What the set is stays in
// registers, and a bond is taken out again by storing what its ends had. GRAPH_MOST_EDGES calls deep at most.
static bool grow_word(growth *g, int32_t n, lanes set, uint32_t n_atoms, uint64_t open, uint64_t closed);

static inline __attribute__((always_inline)) bool grow_by_each(growth *g, int32_t n, lanes set, uint32_t n_atoms, uint64_t open,
                                                               uint64_t closed, bool last)
{
    fp_sets *x = &g->waiting[n + 1];
    const graph_part *part = g->part;
    int32_t waiting = x->n, made = 0;
    for (; open; made++) {
        int32_t e = __builtin_ctzll(open);
        closed |= open & -open;
        open &= open - 1;
        uint32_t b = (uint32_t)part->name[e];
        const ends to = g->bond[b];
        const lanes begin = *touch_of(g, to.begin), end = *touch_of(g, to.end), grown = set + begin + end;
        uint32_t at_begin = degree(g, to.begin, 1), at_end = degree(g, to.end, 1), atoms = n_atoms + !at_begin + !at_end;
        uint16_t own = own_place(b, at_begin, at_end);
        *(places *)x->place[waiting] = grown;
        if (!complete(g, x, &waiting, n, own, atoms)) return false;
        if (last) continue;
        uint64_t next = (open | part->near[e]) & ~closed;
        if (!next) continue;
        *touch_of(g, to.begin) = begin + g->by_begin[n][0];
        *touch_of(g, to.end) = end + g->by_end[n][0];
        if (!grow_word(g, n + 1, grown + g->unit[n][0] * own, atoms, next, closed)) return false;
        *touch_of(g, to.begin) = begin;
        *touch_of(g, to.end) = end;
    }
    x->n = waiting;
    return (g->steps += made * GRAPH_SET_STEPS) <= g->mem->work;
}

static bool grow_word(growth *g, int32_t n, lanes set, uint32_t n_atoms, uint64_t open, uint64_t closed)
{
    return n + 1 < g->most ? grow_by_each(g, n, set, n_atoms, open, closed, false)
                           : grow_by_each(g, n, set, n_atoms, open, closed, true);
}

static aryl_status grow_in_word(growth *g, int32_t first, const graph_part *part)
{
    uint64_t bit = (uint64_t)1 << first;
    while (g->n) pop(g, 1);              // of a larger part before this one
    g->part = part;
    g->steps = 0;
    bool done = grow_word(g, 0, (lanes){0}, 0, bit, bit - 1);
    if (!arena_work(g->mem, g->steps)) return ARYL_E_LIMIT;
    return done ? ARYL_OK : ARYL_E_CANCELLED;
}

// Parts of several words, and longer sets.
static int32_t grow_short(void *ctx, const int32_t *bond, int32_t n, const uint64_t *more, const graph_part *part)
{
    return grow(ctx, bond, n, more, part, 1);
}

static int32_t grow_long(void *ctx, const int32_t *bond, int32_t n, const uint64_t *more, const graph_part *part)
{
    return grow(ctx, bond, n, more, part, 2);
}

static aryl_status grow_from(void *ctx, int32_t first, const graph_part *part)
{
    growth *g = ctx;
    if (g->most <= LANES && part->words == 1) return grow_in_word(g, first, part);
    return graph_walk_from(first, part, g->most, g->mem, g->most > LANES ? grow_long : grow_short, g);
}

bool fp_sets_fit(const aryl_mol *m)
{
    bool fit = m->n_bonds <= MOST_BONDS;
    for (int32_t a = 0; a < m->n_atoms && fit; a++) fit = mol_degree(m, a) <= MOST_DEGREE;
    return fit;
}

aryl_status fp_bond_sets_together(const aryl_mol *m, const uint8_t *skip, int32_t least, int32_t most, arena *mem, fp_sets_fn take, void *ctx)
{
    uint32_t bytes = (most > LANES ? 2 : 1) * (uint32_t)sizeof(places);
    growth *g = arena_zero(mem, growth, 1);
    ends *bond = arena_new(mem, ends, m->n_bonds);
    char *touch = arena_zero(mem, char, bytes * (size_t)m->n_atoms);
    fp_sets *waiting = arena_zero(mem, fp_sets, (size_t)most + 1);
    if (!g || !bond || !touch || !waiting) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) bond[b] = (ends){bytes * (uint32_t)m->begin[b], bytes * (uint32_t)m->end[b]};
    for (int32_t k = 0; k < most; k++) {
        g->unit[k][k / LANES][k % LANES] = 1;
        g->by_begin[k][k / LANES][k % LANES] = AT_BEGIN;
        g->by_end[k][k / LANES][k % LANES] = AT_END;
        g->by_begin[k][most > LANES][LANES - 1] = g->by_end[k][most > LANES][LANES - 1] = 1;
    }
    for (int32_t n = 0; n <= most; n++) waiting[n].n_bonds = n;
    g->mem = mem;
    g->take = take;
    g->ctx = ctx;
    g->least = least;
    g->most = most;
    g->bond = bond;
    g->touch = touch;
    g->waiting = waiting;
    graph whole = perceive_graph(m);
    aryl_status s = graph_parts(&whole, skip, most, mem, grow_from, g);
    for (int32_t n = least; n <= most && s == ARYL_OK; n++)
        if (waiting[n].n && !take(ctx, &waiting[n])) s = ARYL_E_CANCELLED;
    return s == ARYL_E_CANCELLED ? ARYL_E_NOMEM : s;   // nothing else stops the walk
}
