// grow.c - all embeddings of a small pattern in a molecule of up to 64 atoms, grown together: each step places one more
// pattern atom of all of them. What is wanted of them is only what their atoms and bonds are called.
#include "smarts/smarts.h"

typedef struct growing {
    uint64_t atoms, bonds;     // names
    uint64_t place, used;      // byte k: the atom under pattern atom k; the set of them
} growing;

// Arrays that serve in turn, again and again, so that they stay in the cache.
typedef struct smarts_growth {
    growing *turn[2];
    int64_t cap[2], cap_done;
    uint64_t *atoms, *bonds;
} growth;

enum { AHEAD = 2 };            // one that is not there may be written behind the last

static inline uint64_t placed(const growing *e, int32_t atom) { return e->place >> 8 * atom & 0xFF; }

// Bonds to further placed atoms: what they allow, and what they are called.
static uint64_t allowed(const smarts_run *r, const pattern *p, const step *x, const growing *e)
{
    uint64_t open = ~0ull;
    for (int32_t c = 0; c < x->n_checks; c++) {
        const closure *k = &p->check[x->first_check + c];
        open &= r->small->next[k->kind][placed(e, k->other)];
    }
    return open;
}

static void name_closures(const pattern *p, const step *x, const uint8_t *name, growing *e, const growing *end)
{
    for (int32_t c = 0; c < x->n_checks; c++) {
        const closure *k = &p->check[x->first_check + c];
        for (growing *i = e; i < end; i++)
            i->bonds |= (uint64_t)name[SMARTS_NAMED_MOL * placed(i, k->other) + placed(i, x->atom)] << 8 * k->bond;
    }
}

// Most have one or two places to grow to. Two are written without a look, and count only if they are there: how many there
// are cannot be foretold.
#define EACH_OPEN(open, n, WRITE)                        \
    do {                                                 \
        uint64_t a_ = lowest(open);                      \
        WRITE(a_);                                       \
        (n) += (open) != 0;                              \
        (open) &= (open) - 1;                            \
        a_ = lowest(open);                               \
        WRITE(a_);                                       \
        (n) += (open) != 0;                              \
        (open) &= (open) - 1;                            \
    } while (open)
static inline uint64_t lowest(uint64_t set) { return (uint64_t)__builtin_ctzll(set | 1ull << 63); }

// Places the atom of a step in all of them.
static growing *grow(const smarts_run *r, const pattern *p, const step *x, uint64_t fit, const smarts_names *names,
                     const growing *from, const growing *end, growing *restrict out)
{
    const uint64_t *next = r->small->next[x->kind];
    const uint8_t *atom_name = names->atom, *bond_name = names->bond;
    const int32_t anchor_shift = 8 * x->anchor, atom_shift = 8 * x->atom, bond_shift = 8 * x->bond;
    const bool checked = x->n_checks;
    growing *first = out;
    for (; from < end; from++) {
        const growing old = *from;
        uint64_t anchor = old.place >> anchor_shift & 0xFF, open = fit & ~old.used & next[anchor];
        const uint8_t *bond = bond_name + SMARTS_NAMED_MOL * anchor;
        if (checked) open &= allowed(r, p, x, &old);
#define GROWN(a) (*out = (growing){old.atoms | (uint64_t)atom_name[a] << atom_shift, old.bonds | (uint64_t)bond[a] << bond_shift, \
                                   old.place | (a) << atom_shift, old.used | 1ull << (a)})
        EACH_OPEN(open, out, GROWN);
    }
    if (checked) name_closures(p, x, bond_name, first, out);
    return out;
}

// The same for the last step, after which only names are kept, where it closes no cycle.
static int64_t finish(const smarts_run *r, const step *x, uint64_t fit, const smarts_names *names, const growing *from,
                      const growing *end, uint64_t *restrict atoms, uint64_t *restrict bonds)
{
    const uint64_t *next = r->small->next[x->kind];
    const uint8_t *atom_name = names->atom, *bond_name = names->bond;
    const int32_t anchor_shift = 8 * x->anchor, atom_shift = 8 * x->atom, bond_shift = 8 * x->bond;
    int64_t n = 0;
    for (; from < end; from++) {
        const growing old = *from;
        uint64_t anchor = old.place >> anchor_shift & 0xFF, open = fit & ~old.used & next[anchor];
        const uint8_t *bond = bond_name + SMARTS_NAMED_MOL * anchor;
#define NAMED(a) (atoms[n] = old.atoms | (uint64_t)atom_name[a] << atom_shift, bonds[n] = old.bonds | (uint64_t)bond[a] << bond_shift)
        EACH_OPEN(open, n, NAMED);
    }
    return n;
}

static aryl_status room_for(growth *g, arena *mem, int32_t which, int64_t n)
{
    if (n + AHEAD <= g->cap[which]) return ARYL_OK;
    g->cap[which] = 2 * n + AHEAD;
    if (!arena_work(mem, n)) return ARYL_E_LIMIT;
    g->turn[which] = arena_new(mem, growing, g->cap[which]);
    return g->turn[which] ? ARYL_OK : ARYL_E_NOMEM;
}

static aryl_status room_for_names(growth *g, arena *mem, int64_t n)
{
    enum { AT_ONCE = 8 };
    if (n + AT_ONCE <= g->cap_done) return ARYL_OK;
    g->cap_done = 2 * n + AT_ONCE;
    if (!arena_work(mem, n)) return ARYL_E_LIMIT;
    g->atoms = arena_new(mem, uint64_t, 2 * g->cap_done);
    g->bonds = g->atoms + g->cap_done;
    return g->atoms ? ARYL_OK : ARYL_E_NOMEM;
}

aryl_status smarts_small_each(smarts_run *r, const pattern *p, const smarts_names *names, smarts_named *all)
{
    uint64_t fit[SMARTS_SMALL_ATOMS];
    bool possible;
    TRY(smarts_small_places(r, p, fit, &possible));
    if (!possible) return ARYL_OK;
    growth *g = r->small->growth;
    if (!g) g = r->small->growth = arena_zero(r->mem, growth, 1);
    if (!g) return ARYL_E_NOMEM;
    TRY(room_for(g, r->mem, 0, SMARTS_SMALL_MOL));
    TRY(room_for_names(g, r->mem, SMARTS_SMALL_MOL));
    int32_t first = smarts_small_rarest(p, fit), last = p->n_atoms - 1;
    const step *steps = p->steps + (size_t)(1 + first) * (size_t)p->n_atoms;
    growing *end = g->turn[0];
    int64_t n = 0;
    for (uint64_t open = fit[first]; open; open &= open - 1) {
        uint64_t a = (uint64_t)__builtin_ctzll(open);
        *end++ = (growing){(uint64_t)names->atom[a] << 8 * first, 0, a << 8 * first, 1ull << a};
    }
    bool finished = false;
    for (int32_t k = 1; k <= last; k++) {
        const step *x = &steps[k];
        const growing *now = g->turn[~k & 1];
        int64_t most = (end - now) * r->small->widest;
        finished = k == last && !x->n_checks;
        if (finished) {
            TRY(room_for_names(g, r->mem, most));
            n = finish(r, x, fit[x->atom], names, now, end, g->atoms, g->bonds);
        } else {
            TRY(room_for(g, r->mem, k & 1, most));
            end = grow(r, p, x, fit[x->atom], names, now, end, g->turn[k & 1]);
        }
    }
    if (!finished) {
        const growing *done = g->turn[last & 1];
        n = end - done;
        TRY(room_for_names(g, r->mem, n));
        for (int64_t i = 0; i < n; i++) {
            g->atoms[i] = done[i].atoms;
            g->bonds[i] = done[i].bonds;
        }
    }
    *all = (smarts_named){g->atoms, g->bonds, n};
    return ARYL_OK;
}
