// small.c - questions about molecules of up to 64 atoms, where a set of atoms is one word.
//
// For each kind of bond expression the neighbours of an atom through such bonds are a word too (words.c), so that the places
// of a pattern atom are a few ANDs and nothing is tried that fails at once. Embeddings come in no particular order: this
// serves questions to which the order does not matter. match.c is the definition.
#include "smarts/smarts.h"

// ---- places

// Which atoms can lie under a pattern atom, as far as its expression, those of its neighbours and the bonds to them say.
static inline aryl_status look_for(smarts_run *r, const pattern *p, const pattern_place *x, uint64_t *fit)
{
    const int32_t *ask = p->ask + x->first, *end = ask + (r->small->whole ? x->n : x->n_own);
    uint64_t all = r->all[0], set = all;
    for (; ask < end && set; ask++) {
        uint64_t more = r->fits[*ask];
        if (r->known[*ask] != SMARTS_WHOLE) TRY(smarts_find_fits(r, *ask, all, &more));
        set &= more;
    }
    *fit = set;
    return set && x->recursive >= 0 ? smarts_fits_of(r, x->recursive, set, fit) : ARYL_OK;
}

aryl_status smarts_small_places(smarts_run *r, const pattern *p, uint64_t *fit, bool *possible)
{
    *possible = false;
    for (const pattern_place *x = p->places; x < p->places + p->n_atoms; x++) {
        TRY(look_for(r, p, x, &fit[x->atom]));
        if (!fit[x->atom]) return ARYL_OK;
    }
    *possible = true;
    return ARYL_OK;
}

// Is it certain that the pattern fits, now that all its atoms have places?
static bool is_settled(const smarts_run *r, const pattern *p, const uint64_t *fit)
{
    if (!p->centre || !r->small->whole) return false;
    for (int32_t i = 0; i < p->n_rivals; i++)
        if (fit[p->rival[i][0]] & fit[p->rival[i][1]]) return false;
    return true;
}

int32_t smarts_small_rarest(const pattern *p, const uint64_t *fit)
{
    int32_t best = 0, least = INT32_MAX;
    for (int32_t a = 0; a < p->n_atoms; a++) {
        if (!(fit[a] & (fit[a] - 1))) return a;
        int32_t n = smarts_count_bits(fit[a]);
        if (n < least) {
            least = n;
            best = a;
        }
    }
    return best;
}

// ---- the search

typedef struct small_search {
    const step *steps;
    const pattern *p;
    const uint64_t *fit;
    uint64_t *const *next;
    arena *mem;
    int32_t end, depth;                     // end: the last step
    uint64_t used, open[SMARTS_SMALL_ATOMS];
    uint8_t image[SMARTS_SMALL_ATOMS];      // by pattern atom
} small_search;

// Starts at pattern atom `first`. fit stays the caller's.
static aryl_status begin(small_search *s, smarts_run *r, const pattern *p, const uint64_t *fit, int32_t first)
{
    s->steps = p->steps + (size_t)(1 + first) * (size_t)p->n_atoms;
    s->p = p;
    s->fit = fit;
    s->next = r->small->next;
    s->mem = r->mem;
    s->end = p->n_atoms - 1;
    s->depth = 0;
    s->used = 0;
    s->open[0] = fit[first];
    for (int32_t b = 0; b < p->n_bonds && !r->small->whole; b++) TRY(smarts_small_neighbours(r, p->bond[b].kind));
    return ARYL_OK;
}

static inline uint64_t places_at(const small_search *s, int32_t depth, uint64_t used)
{
    const step *x = &s->steps[depth];
    uint64_t open = s->fit[x->atom] & ~used;
    if (x->anchor < 0) return open;
    open &= s->next[x->kind][s->image[x->anchor]];
    for (int32_t c = 0; c < x->n_checks; c++) {
        const closure *bond = &s->p->check[x->first_check + c];
        open &= s->next[bond->kind][s->image[bond->other]];
    }
    return open;
}

// Atoms that end an embedding whose other atoms are in s->image and s->used: never empty, except at the end of the search.
static aryl_status advance(small_search *s, uint64_t *last)
{
    int32_t depth = s->depth, end = s->end;
    uint64_t used = s->used, open = s->open[depth];
    int64_t work = s->mem->work;
    for (;;) {
        if (!open) {
            if (--depth < 0) {
                depth = 0;
                break;
            }
            used ^= 1ull << s->image[s->steps[depth].atom];
            open = s->open[depth];
            continue;
        }
        if (depth == end) break;
        if (--work < 0) return ARYL_E_LIMIT;
        int32_t a = __builtin_ctzll(open);
        s->open[depth] = open & (open - 1);
        s->image[s->steps[depth].atom] = (uint8_t)a;
        used |= 1ull << a;
        open = places_at(s, ++depth, used);
    }
    *last = open;
    s->open[depth] = 0;
    s->depth = depth;
    s->used = used;
    s->mem->work = work;
    return ARYL_OK;
}

// ---- questions

static int64_t at_most(int64_t most, int64_t n) { return n < most ? n : most; }

static int64_t count_pairs(const smarts_run *r, const pattern *p, const uint64_t *fit, bool unique, int64_t most)
{
    const uint64_t *next = r->small->next[p->bond[0].kind];
    uint64_t both = unique ? fit[0] & fit[1] : 0;
    int64_t n = 0;
    for (uint64_t left = fit[0]; left && n < most; left &= left - 1) {
        int32_t a = __builtin_ctzll(left);
        uint64_t ends = next[a] & fit[1];
        if (both >> a & 1) ends &= ~(both & ((1ull << a) - 1));   // the pair was met from its other end
        if (ends) n += most == 1 ? 1 : smarts_count_bits(ends);
    }
    return at_most(most, n);
}

// A pattern that is one cycle lies on cycles of its length: different sets of atoms are different cycles.
static aryl_status count_cycles(smarts_run *r, const pattern *p, const uint64_t *fit, int64_t most, int64_t *count)
{
    const smarts_small *x = r->small;
    for (int32_t c = 0; c < x->n_cycles && *count < most; c++) {
        uint64_t part[SMARTS_SMALL_ATOMS], last = x->cycle[c];
        bool whole = p->is_ring, none = x->length[c] != p->n_atoms;
        for (int32_t e = 0; e < c && !none; e++) none = x->cycle[e] == last;
        for (int32_t a = 0; a < p->n_atoms && !none; a++) {
            part[a] = fit[a] & x->cycle[c];
            whole = whole && part[a] == x->cycle[c];
            none = !part[a];
        }
        if (none) continue;
        if (!whole) {
            small_search s;
            TRY(begin(&s, r, p, part, smarts_small_rarest(p, part)));
            TRY(advance(&s, &last));
        }
        *count += last != 0;
    }
    return ARYL_OK;
}

static aryl_status count_sets(smarts_run *r, small_search *s, int64_t most, int64_t *count)
{
    enum { FEW = 32 };
    uint64_t kept[FEW], last;
    int32_t n_kept = 0;
    smarts_seen more = {0};
    while (*count < most) {
        TRY(advance(s, &last));
        if (!last) break;
        for (; last && *count < most; last &= last - 1) {
            uint64_t set = s->used | (last & -last);
            int32_t k = 0;
            uint32_t at;
            while (k < n_kept && kept[k] != set) k++;
            if (k < n_kept) continue;
            if (n_kept < FEW) kept[n_kept++] = set;
            else if (smarts_seen_has(&more, &set, 1, &at)) continue;
            else TRY(smarts_seen_add(&more, &set, 1, r->mem));
            ++*count;
        }
    }
    return ARYL_OK;
}

aryl_status smarts_small_count(smarts_run *r, const pattern *p, bool unique, int64_t most, int64_t *count)
{
    uint64_t fit[SMARTS_SMALL_ATOMS], last;
    bool possible;
    *count = 0;
    if (most == 1 && p->centre && !p->n_rivals && r->small->whole) {
        TRY(look_for(r, p, p->centre, fit));
        *count = *fit != 0;
        return ARYL_OK;
    }
    TRY(smarts_small_places(r, p, fit, &possible));
    if (!possible) return ARYL_OK;
    if (p->n_atoms == 1) {
        *count = at_most(most, smarts_count_bits(fit[0]));
        return ARYL_OK;
    }
    if (most == 1 && is_settled(r, p, fit)) {
        *count = 1;
        return ARYL_OK;
    }
    if (p->is_cycle && !r->small->approximate && (unique || most == 1)) return count_cycles(r, p, fit, most, count);
    small_search s;
    TRY(begin(&s, r, p, fit, smarts_small_rarest(p, fit)));
    if (p->n_atoms == 2 && p->n_bonds == 1 && r->small->whole) {
        *count = count_pairs(r, p, fit, unique, most);
        return ARYL_OK;
    }
    if (unique && most > 1) return count_sets(r, &s, most, count);
    do {
        TRY(advance(&s, &last));
        *count += most == 1 ? last != 0 : smarts_count_bits(last);
    } while (last && *count < most);
    *count = at_most(most, *count);
    return ARYL_OK;
}

// No more embeddings than this can exist.
static int64_t most_embeddings(const smarts_run *r, const pattern *p, const uint64_t *fit, int64_t limit)
{
    int64_t most = smarts_count_bits(fit[0]);
    for (int32_t k = 1; k < p->n_atoms && most <= limit; k++) {
        const step *x = &p->steps[p->n_atoms + k];
        int32_t n = smarts_count_bits(fit[x->atom]);
        most *= x->anchor >= 0 && n > r->small->widest ? r->small->widest : n;
    }
    return most;
}

static int64_t most_around(const smarts_run *r, const pattern *p, uint64_t centres)
{
    int64_t most = smarts_count_bits(centres);
    for (int32_t b = 0; b < p->n_bonds; b++) most *= r->small->widest;      // at most SMARTS_BESIDE bonds, 64 neighbours
    return most;
}

// Any cycle of the right length will do if all its atoms fit.
static bool is_any_cycle(const smarts_run *r, const pattern *p, const uint64_t *fit, int64_t limit)
{
    const smarts_small *x = r->small;
    if (!p->is_ring || x->approximate) return false;
    for (int32_t a = 0; a < p->n_atoms; a++)
        if (fit[a] != x->on_cycle[p->n_atoms]) return false;
    int64_t ways = 0;
    for (int32_t c = 0; c < x->n_cycles; c++) ways += x->length[c] == p->n_atoms ? 2 * p->n_atoms : 0;
    return ways <= limit;
}

aryl_status smarts_small_roots(smarts_run *r, const pattern *p, int64_t limit, uint64_t need, uint64_t *decided, uint64_t *out, bool *done)
{
    uint64_t fit[SMARTS_SMALL_ATOMS], last;
    bool possible;
    *done = true;
    TRY(look_for(r, p, p->root, &fit[0]));
    if (!(fit[0] & need & ~*decided)) {
        *decided |= need;
        return ARYL_OK;
    }
    bool star = p->centre == p->root && r->small->whole && most_around(r, p, fit[0]) <= limit;
    possible = true;
    if (!star || p->n_rivals) TRY(smarts_small_places(r, p, fit, &possible));      // else the centre's place says it all
    if (!possible) fit[0] = 0;
    if (!possible || (star && is_settled(r, p, fit)) || (p->n_atoms == 1 && smarts_count_bits(fit[0]) <= limit) ||
        is_any_cycle(r, p, fit, limit)) {
        *out |= fit[0];
        *decided = r->all[0];
        return ARYL_OK;
    }
    small_search s;
    TRY(begin(&s, r, p, fit, 0));
    if (most_embeddings(r, p, fit, limit) <= limit) {   // one embedding for each root will do
        s.open[0] = fit[0] & need & ~*decided;
        for (;;) {
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
        n += smarts_count_bits(last);
        roots |= 1ull << s.image[0];
    }
    *done = n <= limit;
    if (!*done) return ARYL_OK;
    *out |= roots;
    *decided = r->all[0];
    return ARYL_OK;
}

aryl_status smarts_small_possible(smarts_run *r, const pattern *p, bool *possible)
{
    uint64_t fit[SMARTS_SMALL_ATOMS];
    return smarts_small_places(r, p, fit, possible);
}
