// smiles_rings.c - ring numbers: where each is written, and the bonds they make when the text has ended.
//
// Two ends with the same number belong together in the order in which they were written, so one open end per number is
// enough. Bonds are appended by number, then by pair: that is the order in which RDKit counts them.
#include "io/io.h"

static aryl_status no_memory(const smiles_reader *r)
{
    return fail_at(r->err, ARYL_E_NOMEM, -1, "out of memory");
}

static uint32_t slot_of(int32_t number, int32_t cap) { return (uint32_t)number * 2654435761u & (uint32_t)(cap - 1); }

static ring_slot *find_large(ring_slot *table, int32_t cap, int32_t number)
{
    uint32_t i = slot_of(number, cap);
    while (table[i].number >= 0 && table[i].number != number) i = (i + 1) & (uint32_t)(cap - 1);
    return &table[i];
}

// The place of a number above 99, made if need be. NULL: no memory.
static int32_t *large_number(smiles_reader *r, int32_t number)
{
    if (2 * r->n_large >= r->cap_large) {
        int32_t cap = r->cap_large ? 2 * r->cap_large : 64;
        ring_slot *table = arena_new(r->raw->mem, ring_slot, cap);
        if (!table) return NULL;
        memset(table, 0xFF, (size_t)cap * sizeof *table);
        for (int32_t i = 0; i < r->cap_large; i++)
            if (r->large[i].number >= 0) *find_large(table, cap, r->large[i].number) = r->large[i];
        r->large = table;
        r->cap_large = cap;
    }
    ring_slot *s = find_large(r->large, r->cap_large, number);
    if (s->number < 0) {
        *s = (ring_slot){number, -1};
        r->n_large++;
    }
    return &s->open;
}

static bool more_ends(smiles_reader *r)
{
    int32_t more = 2 * r->cap_ends;
    ring_end *end = arena_grow(r->raw->mem, r->end, (size_t)r->cap_ends, (size_t)more, sizeof *end);
    if (!end) return false;
    r->end = end;
    ring_pair *pair = arena_grow(r->raw->mem, r->pair, (size_t)r->cap_ends / 2, (size_t)more / 2, sizeof *pair);
    if (!pair) return false;
    r->pair = pair;
    r->cap_ends = more;
    return true;
}

aryl_status smiles_ring_number(smiles_reader *r, int32_t atom, int32_t tagged, int32_t number,
                               const smiles_symbol *symbol, int32_t at)
{
    int32_t e = r->n_ends, *open;
    if (e == r->cap_ends && !more_ends(r)) return no_memory(r);
    if (!e) memset(r->small, 0xFF, sizeof r->small);
    if (number < SMALL_RING_NUMBERS) open = &r->small[number];
    else if (!(open = large_number(r, number))) return no_memory(r);
    r->end[r->n_ends++] = (ring_end){.symbol = symbol, .atom = atom, .at = at, .next = -1, .bond = -1};
    if (*open < 0) {
        *open = e;
        r->n_open++;
    } else {
        r->pair[r->n_pairs] = (ring_pair){number, *open, e, r->raw->n_bonds + r->n_pairs, -1};
        r->n_pairs++;
        r->n_open--;
        *open = -1;
    }
    if (tagged < 0) return ARYL_OK;
    tagged_atom *t = &r->tagged[tagged];
    if (t->last_end < 0) t->first_end = e;
    else r->end[t->last_end].next = e;
    t->last_end = e;
    // A ring number behind a branch: RDKit turns the tag here already, and again when it counts the order.
    raw_atom *a = &r->raw->atom[atom];
    if (atom != r->raw->n_atoms - 1 && (a->tag == TAG_CW || a->tag == TAG_CCW) &&
        (a->degree == 1 || a->degree == (atom ? 2 : 3)))
        a->tag = a->tag == TAG_CW ? TAG_CCW : TAG_CW;
    return ARYL_OK;
}

// ---- at the end of the text

// The lowest number that is still open, and its end; false: none.
static bool lowest_open(const smiles_reader *r, int32_t *number, int32_t *end)
{
    if (!r->n_open) return false;
    for (int32_t n = 0; n < SMALL_RING_NUMBERS; n++)
        if (r->small[n] >= 0) {
            *number = n;
            *end = r->small[n];
            return true;
        }
    *number = INT32_MAX;
    for (int32_t i = 0; i < r->cap_large; i++)
        if (r->large[i].number >= 0 && r->large[i].open >= 0 && r->large[i].number < *number) {
            *number = r->large[i].number;
            *end = r->large[i].open;
        }
    return true;
}

enum { FEW = 16 };

// pair[] as a list sorted by number; pairs of one number stay in reading order. The list is `few`, or made. NULL: no memory.
static const int32_t *by_number(const smiles_reader *r, int32_t *few)
{
    enum { BITS = 9, BUCKETS = 1 << BITS };   // two passes reach 262 143; numbers end at 99 999
    int32_t n = r->n_pairs;
    if (n <= FEW) {
        for (int32_t i = 0; i < n; i++) {
            int32_t k = i, number = r->pair[i].number;
            for (; k && r->pair[few[k - 1]].number > number; k--) few[k] = few[k - 1];
            few[k] = i;
        }
        return few;
    }
    int32_t *list = arena_new(r->raw->mem, int32_t, n), *half = arena_new(r->raw->mem, int32_t, n);
    if (!list || !half) return NULL;
    for (int32_t i = 0; i < n; i++) list[i] = i;
    for (int32_t shift = 0; shift <= BITS; shift += BITS) {
        int32_t start[BUCKETS + 1] = {0};
        for (int32_t i = 0; i < n; i++) start[(r->pair[i].number >> shift & (BUCKETS - 1)) + 1]++;
        for (int32_t k = 0; k < BUCKETS; k++) start[k + 1] += start[k];
        for (int32_t i = 0; i < n; i++) half[start[r->pair[list[i]].number >> shift & (BUCKETS - 1)]++] = list[i];
        int32_t *done = half;
        half = list;
        list = done;
    }
    return list;
}

// Is there a written bond between two atoms? Those bonds are sorted by their younger atom, and each atom has at most
// one, so that of the n-th atom is bond n - 1 or, behind p dots, as late as n - 1 - p.
static bool written(const smiles_reader *r, int32_t n_written, int32_t a, int32_t b)
{
    int32_t old = a < b ? a : b, young = a < b ? b : a;
    int32_t low = young - r->n_parts, high = young < n_written ? young : n_written;
    if (low < 0) low = 0;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const raw_bond *x = &r->raw->bond[middle];
        int32_t x_young = x->begin > x->end ? x->begin : x->end;
        if (x_young == young) return x->begin + x->end == old + young;
        if (x_young < young) low = middle + 1;
        else high = middle;
    }
    return false;
}

// Have closures not joined these atoms before? A few bonds are looked through, more are kept in a set.
static aryl_status first_time(const smiles_reader *r, pair_set *joined, int32_t n_written, int32_t a, int32_t b, bool *yes)
{
    const raw_mol *raw = r->raw;
    if (r->n_pairs > FEW)
        return pair_set_add(joined, raw->mem, (uint32_t)(a < b ? a : b), (uint32_t)(a < b ? b : a), yes);
    *yes = true;
    for (int32_t i = n_written; i < raw->n_bonds; i++) {
        const raw_bond *x = &raw->bond[i];
        if ((x->begin == a && x->end == b) || (x->begin == b && x->end == a)) *yes = false;
    }
    return ARYL_OK;
}

static aryl_status close_pair(smiles_reader *r, ring_pair *p)
{
    raw_mol *raw = r->raw;
    ring_end *first = &r->end[p->first], *second = &r->end[p->second];
    ring_end *winner = first->symbol->open ? second : first, *other = winner == first ? second : first;
    const smiles_symbol *s = winner->symbol;
    int32_t begin = s->left ? other->atom : winner->atom, end = s->left ? winner->atom : other->atom;
    int32_t type = s->type, dir = s->dir;
    if (!dir && other->symbol->dir) {
        dir = other->symbol->dir;
        if (begin != other->atom) dir = dir == DIR_UP ? DIR_DOWN : DIR_UP;
    }
    if (type == BOND_UNSPECIFIED)
        type = raw->atom[begin].flags & raw->atom[end].flags & ATOM_AROMATIC ? BOND_AROMATIC : BOND_SINGLE;
    raw_bond *b = raw_add_bond(raw, begin, end, type);
    if (!b) return no_memory(r);
    b->dir = (uint8_t)dir;
    b->flags = type == BOND_AROMATIC ? BOND_IS_AROMATIC : 0;
    p->bond = first->bond = second->bond = raw->n_bonds - 1;
    return ARYL_OK;
}

aryl_status smiles_close_rings(smiles_reader *r)
{
    int32_t open_number = INT32_MAX, open_end = -1, n_written = r->raw->n_bonds, few[FEW];
    lowest_open(r, &open_number, &open_end);
    const int32_t *list = by_number(r, few);
    if (!list) return no_memory(r);
    pair_set joined = {0};
    for (int32_t i = 0; i < r->n_pairs; i++) {
        ring_pair *p = &r->pair[list[i]];
        if (p->number > open_number) break;
        int32_t a = r->end[p->first].atom, b = r->end[p->second].atom;
        int64_t at = r->end[p->second].at;
        if (a == b)
            return fail_at(r->err, ARYL_E_SYNTAX, at, "ring number %d joins atom %d to itself", p->number, a);
        bool fresh = false;
        if (!written(r, n_written, a, b) && first_time(r, &joined, n_written, a, b, &fresh)) return no_memory(r);
        if (!fresh)
            return fail_at(r->err, ARYL_E_SYNTAX, at, "ring number %d doubles the bond between atoms %d and %d", p->number,
                           a, b);
        TRY(close_pair(r, p));
    }
    if (open_end >= 0)
        return fail_at(r->err, ARYL_E_SYNTAX, r->end[open_end].at, "ring number %d is opened and not closed", open_number);
    return ARYL_OK;
}
