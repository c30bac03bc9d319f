// small.c - the same questions on molecules of up to 64 atoms, where a set of atoms is one word.
//
// For each kind of bond expression the neighbours of an atom through such bonds are a word too, so that the candidates of a
// pattern atom are a few ANDs and nothing is tried that fails at once. Embeddings come in no particular order: this serves
// questions to which the order does not matter. match.c is the definition.
//
// An atom in a cycle of the pattern can only lie on an atom in a cycle of the molecule of the same length. The cycles of a
// block of rings are the sums of its rings, which for ordinary molecules are a handful.
#include "smarts/smarts.h"

enum { MOST_RINGS = 6, MOST_LENGTH = 64 };

struct smarts_small {
    uint64_t at_least[16];                 // atoms with so many neighbours
    uint64_t **next;                       // [n_kinds] of each atom, NULL until asked for
    uint64_t on_cycle[MOST_LENGTH + 1];    // atoms in a cycle of that length; for large blocks all their atoms
    int32_t n_cycles[MOST_LENGTH + 1];     // how many those are
    bool approximate;                      // some cycles were not looked at one by one
    int32_t widest;
    bool surveyed;                         // all of that is known; else it is not used
};

static int32_t count_bits(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (int32_t)(x * 0x0101010101010101u >> 56);
}

// ---- the molecule

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

static void find_cycles(const aryl_mol *m, struct smarts_small *x, uint64_t *ring)
{
    uint64_t done = 0;
    if (m->n_bonds > 64 || m->n_rings > 64) {
        uint64_t atoms = 0;
        for (int32_t k = 0; k < m->ring_start[m->n_rings]; k++) atoms |= 1ull << m->ring_atom[k];
        for (int32_t n = 0; n <= MOST_LENGTH; n++) x->on_cycle[n] = atoms;
        x->approximate = true;
        return;
    }
    for (int32_t r = 0; r < m->n_rings; r++) {
        ring[r] = 0;
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) ring[r] |= 1ull << m->ring_bond[k];
    }
    for (int32_t r = 0; r < m->n_rings; r++) {
        if (done >> r & 1) continue;
        uint64_t member[64], bonds = ring[r], atoms = 0;
        int32_t n = 1;
        member[0] = ring[r];
        for (bool grew = true; grew;) {
            grew = false;
            for (int32_t s = r + 1; s < m->n_rings; s++) {
                if (done >> s & 1 || !(ring[s] & bonds)) continue;
                bonds |= ring[s];
                member[n++] = ring[s];
                done |= 1ull << s;
                grew = true;
            }
        }
        if (n > MOST_RINGS) {
            for (; bonds; bonds &= bonds - 1) {
                int32_t b = __builtin_ctzll(bonds);
                atoms |= 1ull << m->begin[b] | 1ull << m->end[b];
            }
            for (int32_t len = 0; len <= MOST_LENGTH; len++) x->on_cycle[len] |= atoms;
            x->approximate = true;
            continue;
        }
        uint64_t sum = 0;
        for (int32_t i = 1; i < 1 << n; i++) {       // each sum once: one member comes or goes
            sum ^= member[__builtin_ctz((unsigned)i)];
            if (!sum) continue;
            int32_t len = count_bits(sum);
            uint64_t found = cycle_atoms(m, sum);
            x->on_cycle[len] |= found;
            x->n_cycles[len] += found != 0;
        }
    }
}

// What makes candidates fewer.
static aryl_status survey(smarts_run *r, struct smarts_small *x)
{
    const aryl_mol *m = r->mol;
    uint64_t *ring = arena_new(r->mem, uint64_t, m->n_rings);
    if (!ring) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t degree = mol_degree(m, a);
        if (degree > x->widest) x->widest = degree;
        for (int32_t d = 0; d <= degree && d < 16; d++) x->at_least[d] |= 1ull << a;
    }
    if (m->n_rings) find_cycles(m, x, ring);
    x->surveyed = true;
    return ARYL_OK;
}

aryl_status smarts_small_need(smarts_run *r, bool *usable)
{
    *usable = r->small != NULL;
    if (r->small || r->words != 1) return ARYL_OK;
    TRY(smarts_bond_classes(r));
    if (!r->whole_rings) return ARYL_OK;
    struct smarts_small *x = arena_zero(r->mem, struct smarts_small, 1);
    if (!x) return ARYL_E_NOMEM;
    x->next = arena_zero(r->mem, uint64_t *, r->set->n_kinds + 1);
    if (!x->next) return ARYL_E_NOMEM;
    if (!r->once) TRY(survey(r, x));
    r->small = x;
    *usable = true;
    return ARYL_OK;
}

static aryl_status need_kind(smarts_run *r, int32_t kind)
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

// ---- the pattern on it

// Which atoms can lie under each pattern atom; false: one of them has none.
bool smarts_small_candidates(const smarts_run *r, const pattern *p, uint64_t *fit)
{
    const struct smarts_small *x = r->small;
    uint64_t none = 0;
    for (int32_t a = 0; a < p->n_atoms; a++) {
        fit[a] = r->fits[p->expr[a]][0];
        none |= !fit[a];
        if (!x->surveyed) continue;
        fit[a] &= p->degree[a] < 16 ? x->at_least[p->degree[a]] : x->at_least[15];
        if (p->cycle[a]) fit[a] &= x->on_cycle[p->cycle[a]];
        none |= !fit[a];
    }
    return !none;
}

typedef struct small_step {
    uint64_t fit;
    const uint64_t *next, *check[2];
    uint8_t anchor, other[2], n_checks;
    const step *plan;
} small_step;

typedef struct small_search {
    smarts_run *run;
    const pattern *p;
    int32_t n, depth;
    uint64_t used, open[SMARTS_SMALL_ATOMS];
    uint8_t image[SMARTS_SMALL_ATOMS];      // by pattern atom
    uint8_t atom[SMARTS_SMALL_ATOMS];       // pattern atom of each step
    small_step step[SMARTS_SMALL_ATOMS];
} small_search;

static aryl_status begin(small_search *s, smarts_run *r, const pattern *p, const uint64_t *fit, int32_t plan)
{
    const step *steps = p->steps + (size_t)plan * (size_t)p->n_atoms;
    s->run = r;
    s->p = p;
    s->n = p->n_atoms;
    s->depth = 0;
    s->used = 0;
    for (int32_t b = 0; b < p->n_bonds; b++) TRY(need_kind(r, p->bond[b].kind));
    for (int32_t k = 0; k < p->n_atoms; k++) {
        const step *from = &steps[k];
        small_step *x = &s->step[k];
        s->atom[k] = (uint8_t)from->atom;
        x->fit = fit[from->atom];
        x->next = from->anchor >= 0 ? r->small->next[p->bond[from->bond].kind] : NULL;
        x->anchor = (uint8_t)(from->anchor >= 0 ? from->anchor : 0);
        x->n_checks = (uint8_t)(from->n_checks < 3 ? from->n_checks : 3);
        x->plan = from;
        for (int32_t c = 0; c < from->n_checks && c < 2; c++) {
            const pattern_bond *bond = &p->bond[p->check[from->first_check + c]];
            x->check[c] = r->small->next[bond->kind];
            x->other[c] = (uint8_t)(bond->begin == from->atom ? bond->end : bond->begin);
        }
    }
    s->open[0] = s->step[0].fit;
    return ARYL_OK;
}

static inline uint64_t candidates_at(const small_search *s, int32_t depth)
{
    const small_step *x = &s->step[depth];
    uint64_t open = x->fit & ~s->used;
    if (!x->next) return open;
    open &= x->next[s->image[x->anchor]];
    if (!x->n_checks) return open;
    open &= x->check[0][s->image[x->other[0]]];
    if (x->n_checks == 1) return open;
    open &= x->check[1][s->image[x->other[1]]];
    for (int32_t c = 2; x->n_checks > 2 && c < x->plan->n_checks; c++) {
        const pattern_bond *bond = &s->p->bond[s->p->check[x->plan->first_check + c]];
        int32_t other = bond->begin == s->atom[depth] ? bond->end : bond->begin;
        open &= s->run->small->next[bond->kind][s->image[other]];
    }
    return open;
}

// Atoms that end an embedding whose other atoms are in s->image and s->used: never empty, except at the end of the search.
static aryl_status advance(small_search *s, uint64_t *last)
{
    int32_t depth = s->depth, end = s->n - 1;
    int64_t work = s->run->mem->work;
    for (;;) {
        if (depth == end) {
            *last = s->open[depth];
            s->open[depth] = 0;
            if (*last) break;
        }
        uint64_t open = s->open[depth];
        if (!open) {
            if (--depth < 0) {
                depth = 0;
                *last = 0;
                break;
            }
            s->used ^= 1ull << s->image[s->atom[depth]];
            continue;
        }
        if (--work < 0) return ARYL_E_LIMIT;
        int32_t a = __builtin_ctzll(open);
        s->open[depth] = open & (open - 1);
        s->image[s->atom[depth]] = (uint8_t)a;
        s->used |= 1ull << a;
        depth++;
        s->open[depth] = candidates_at(s, depth);
    }
    s->depth = depth;
    s->run->mem->work = work;
    return ARYL_OK;
}

static int32_t rarest(const pattern *p, const uint64_t *fit)
{
    int32_t best = 0, least = INT32_MAX;
    for (int32_t a = 0; a < p->n_atoms; a++) {
        int32_t n = count_bits(fit[a]);
        if (n < least) {
            least = n;
            best = a;
        }
    }
    return best + 1;
}

// ---- questions

static aryl_status count_pairs(smarts_run *r, const pattern *p, const uint64_t *fit, bool unique, int64_t most, int64_t *count)
{
    TRY(need_kind(r, p->bond[0].kind));
    const uint64_t *next = r->small->next[p->bond[0].kind];
    uint64_t both = unique ? fit[0] & fit[1] : 0;
    int64_t n = 0;
    for (uint64_t left = fit[0]; left && n < most; left &= left - 1) {
        int32_t a = __builtin_ctzll(left);
        uint64_t ends = next[a] & fit[1];
        if (both >> a & 1) ends &= ~(both & ((1ull << a) - 1));   // the pair was met from its other end
        if (ends) n += most == 1 ? 1 : count_bits(ends);
    }
    *count = n;
    return ARYL_OK;
}

aryl_status smarts_small_count(smarts_run *r, const pattern *p, bool unique, int64_t most, int64_t *count)
{
    uint64_t fit[SMARTS_SMALL_ATOMS], kept[32], last;
    int32_t n_kept = 0;
    smarts_seen more = {0};
    *count = 0;
    if (!smarts_small_candidates(r, p, fit)) return ARYL_OK;
    if (p->n_atoms == 1) {
        *count = count_bits(fit[0]);
        return ARYL_OK;
    }
    if (p->n_atoms == 2 && p->n_bonds == 1) return count_pairs(r, p, fit, unique, most, count);
    small_search s;
    TRY(begin(&s, r, p, fit, rarest(p, fit)));
    while (*count < most) {
        TRY(advance(&s, &last));
        if (!last) break;
        if (most == 1 || !unique) {
            *count += most == 1 ? 1 : count_bits(last);
            continue;
        }
        for (; last && *count < most; last &= last - 1) {
            uint64_t set = s.used | (last & -last);
            int32_t k = 0;
            uint32_t at;
            while (k < n_kept && kept[k] != set) k++;
            if (k < n_kept) continue;
            if (n_kept < 32) kept[n_kept++] = set;
            else if (smarts_seen_has(&more, &set, 1, &at)) continue;
            else TRY(smarts_seen_add(&more, &set, 1, r->mem));
            ++*count;
        }
    }
    return ARYL_OK;
}

aryl_status smarts_small_roots(smarts_run *r, const pattern *p, int64_t limit, uint64_t need, uint64_t *decided, uint64_t *out, bool *done)
{
    uint64_t fit[SMARTS_SMALL_ATOMS], last;
    *done = true;
    if (!smarts_small_candidates(r, p, fit)) {
        *decided = r->all[0];
        return ARYL_OK;
    }
    if (p->n_atoms == 1 && count_bits(fit[0]) <= limit) {
        *out |= fit[0];
        *decided = r->all[0];
        return ARYL_OK;
    }
    if (p->is_ring && r->small->surveyed && !r->small->approximate) {       // any cycle of that length will do if all its atoms fit
        uint64_t ring = r->small->on_cycle[p->n_atoms];
        bool all = 2 * (int64_t)p->n_atoms * r->small->n_cycles[p->n_atoms] <= limit;
        for (int32_t a = 0; a < p->n_atoms && all; a++) all = fit[a] == ring;
        if (all) {
            *out |= ring;
            *decided = r->all[0];
            return ARYL_OK;
        }
    }
    // At most this many embeddings can exist.
    int64_t most = count_bits(fit[0]);
    for (int32_t k = 1; k < p->n_atoms && most <= limit; k++) {
        int32_t n = count_bits(fit[p->steps[k].atom]);
        most *= p->steps[k].anchor >= 0 && r->small->surveyed && n > r->small->widest ? r->small->widest : n;
    }
    small_search s;
    TRY(begin(&s, r, p, fit, 1));
    if (most <= limit) {                   // one embedding for each root will do
        s.open[0] = fit[0] & need & ~*decided;
        while (s.open[0] || s.depth) {
            TRY(advance(&s, &last));
            if (!last) break;
            *out |= 1ull << s.image[0];
            s.used = 0;
            s.depth = 0;
        }
        *decided |= need;
        return ARYL_OK;
    }
    uint64_t roots = 0;                    // else all of them, if they are not too many
    int64_t n = 0;
    while (n <= limit) {
        TRY(advance(&s, &last));
        if (!last) break;
        n += count_bits(last);
        roots |= 1ull << s.image[0];
    }
    *done = n <= limit;
    if (!*done) return ARYL_OK;
    *out |= roots;
    *decided = r->all[0];
    return ARYL_OK;
}

aryl_status smarts_small_each(smarts_run *r, const pattern *p, uint8_t **tuples, int64_t *n)
{
    uint64_t fit[SMARTS_SMALL_ATOMS], last;
    size_t width = (size_t)p->n_atoms;
    int64_t cap = 0;
    *n = 0;
    *tuples = NULL;
    if (!smarts_small_candidates(r, p, fit)) return ARYL_OK;
    small_search s;
    TRY(begin(&s, r, p, fit, rarest(p, fit)));
    for (;;) {
        TRY(advance(&s, &last));
        if (!last) return ARYL_OK;
        for (; last; last &= last - 1) {
            if (*n == cap) {
                int64_t more = cap ? 2 * cap : 128;
                if (!arena_work(r->mem, cap * p->n_atoms)) return ARYL_E_LIMIT;   // for the memory
                *tuples = arena_grow(r->mem, *tuples, (size_t)cap * width, (size_t)more * width, 1);
                if (!*tuples) return ARYL_E_NOMEM;
                cap = more;
            }
            s.image[s.atom[s.n - 1]] = (uint8_t)__builtin_ctzll(last);
            memcpy(*tuples + (size_t)*n * width, s.image, width);
            ++*n;
        }
    }
}
