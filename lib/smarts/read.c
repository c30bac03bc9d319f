// read.c - text -> draft of a pattern: bonds, branches, ring digits. One pass without backtracking; atoms are atom.c's.
#include "smarts/smarts.h"

enum { MAX_ATOMS = 1 << 20 };

aryl_status smarts_wrong(reader *r, const char *what) { return fail_at(r->err, ARYL_E_SYNTAX, r->at, "%s", what); }

bool smarts_room(arena *mem, void **array, int32_t need, int32_t *cap, size_t size)
{
    if (need <= *cap) return true;
    int32_t more = *cap ? *cap : 16;
    while (more < need) more *= 2;
    void *grown = arena_grow(mem, *array, (size_t)*cap, (size_t)more, size);
    if (!grown) return false;
    *array = grown;
    *cap = more;
    return true;
}

// ---- bonds

enum { TYPE_DATIVE_LEFT = 100 };   // "<-" until its ends are known

static bool bond_ahead(const reader *r)
{
    switch (smarts_peek(r)) {
    case '-': case '=': case '#': case '$': case ':': case '~': case '@': case '/': case '\\': case '!': return true;
    case '<': return smarts_peek_at(r, 1) == '-';
    default: return false;
    }
}

static aryl_status bond_unit(reader *r, draft_bond *b)
{
    int64_t len;
    uint8_t tag;
    bool negated = false;
    for (; smarts_peek(r) == '!'; r->at++) negated = !negated;
    *b = (draft_bond){0};
    int c = smarts_peek(r);
    if (!bond_ahead(r)) return smarts_wrong(r, "a bond symbol is expected here");
    if (c == '@' && smarts_chiral_class(r, &len, &tag)) return smarts_wrong(r, "a chirality class cannot stand between atoms");
    r->at++;
    switch (c) {
    case '-':
        b->type = BOND_SINGLE;
        b->fits = FITS_TYPE(BOND_SINGLE);
        if (smarts_peek(r) != '>') break;
        r->at++;                                       // fits only where the whole bond is replaced, in chain_bond
        b->type = BOND_DATIVE;
        b->fits = 0;
        break;
    case '<': r->at++; b->type = TYPE_DATIVE_LEFT; break;
    case '=': b->type = BOND_DOUBLE; b->fits = FITS_TYPE(BOND_DOUBLE); break;
    case '#': b->type = BOND_TRIPLE; b->fits = FITS_TYPE(BOND_TRIPLE); break;
    case '$': b->type = BOND_QUADRUPLE; b->fits = FITS_TYPE(BOND_QUADRUPLE); break;
    case ':': b->type = BOND_AROMATIC; b->fits = FITS_TYPE(BOND_AROMATIC); break;
    case '~': b->fits = ~0ull; break;
    case '@': b->fits = FITS_RING; break;
    default:                                           // slashes
        if (c == '\\' && smarts_peek(r) == '\\') r->at++;
        b->type = BOND_SINGLE;
        b->fits = FITS_IMPLICIT;
        b->dir = c == '/' ? DIR_UP : DIR_DOWN;
    }
    if (negated) b->fits = ~b->fits;
    return ARYL_OK;
}

// Precedence from tight to loose: "!", side by side and "&", ",", ";". Type and direction are the first symbol's.
static aryl_status read_bond(reader *r, draft_bond *out)
{
    uint64_t all = ~0ull, any = 0, both = ~0ull;       // of the ";" groups, the "," groups, the units side by side
    for (bool first = true;; first = false) {
        draft_bond b;
        TRY(bond_unit(r, &b));
        if (first) *out = b;
        both &= b.fits;
        if (bond_ahead(r)) continue;
        int c = smarts_peek(r);
        if (c == '&') {
            r->at++;
            continue;
        }
        any |= both;
        both = ~0ull;
        if (c != ',') {
            all &= any;
            any = 0;
        }
        if (c != ',' && c != ';') break;
        r->at++;
    }
    out->fits = all;
    return ARYL_OK;
}

// ---- the pattern

static aryl_status add_atom(reader *r, draft *d, bool start)
{
    draft_atom a;
    TRY(smarts_read_atom(r, &a));
    if (d->n_atoms >= MAX_ATOMS) return fail_at(r->err, ARYL_E_LIMIT, r->at, "a pattern of more than %d atoms", MAX_ATOMS);
    if (!ROOM(r->mem, d->atom, d->n_atoms + 1, d->cap_atoms)) return ARYL_E_NOMEM;
    a.start = start;
    d->atom[d->n_atoms++] = a;
    return ARYL_OK;
}

static aryl_status add_bond(reader *r, draft *d, const draft_bond *b)
{
    if (!ROOM(r->mem, d->bond, d->n_bonds + 1, d->cap_bonds)) return ARYL_E_NOMEM;
    d->bond[d->n_bonds++] = *b;
    return ARYL_OK;
}

static aryl_status ring_number(reader *r, int32_t *out)
{
    int c = smarts_peek(r);
    r->at++;
    if (c != '%') {
        *out = c - '0';
        return ARYL_OK;
    }
    if (smarts_peek(r) == '(') {
        r->at++;
        int32_t digits = 0, value = 0;
        for (; smarts_is_digit(smarts_peek(r)) && digits < 6; digits++, r->at++) value = 10 * value + smarts_peek(r) - '0';
        if (digits < 1 || digits > 5) return smarts_wrong(r, "a ring number in parentheses has 1 to 5 digits");
        if (smarts_peek(r) != ')') return smarts_wrong(r, "')' is expected after a ring number");
        r->at++;
        *out = value;
        return ARYL_OK;
    }
    if (!smarts_is_digit(smarts_peek(r)) || smarts_peek(r) == '0' || !smarts_is_digit(smarts_peek_at(r, 1))) return smarts_wrong(r, "'%' takes two digits, the first not 0");
    *out = 10 * (smarts_peek(r) - '0') + smarts_peek_at(r, 1) - '0';
    r->at += 2;
    return ARYL_OK;
}

static int32_t degree_so_far(const draft *d, int32_t atom)
{
    int32_t n = 0;
    for (int32_t b = 0; b < d->n_bonds; b++) n += d->bond[b].begin == atom || d->bond[b].end == atom;
    return n;
}

static aryl_status add_digit(reader *r, draft *d, int32_t active, const draft_bond *bond)
{
    int32_t n = 0;
    TRY(ring_number(r, &n));
    if (!ROOM(r->mem, d->digit, d->n_digits + 1, d->cap_digits)) return ARYL_E_NOMEM;
    d->digit[d->n_digits++] = (draft_digit){active, n, -1, *bond};
    draft_atom *a = &d->atom[active];
    if (active != d->n_atoms - 1 && (a->tag == TAG_CW || a->tag == TAG_CCW)) {   // a digit that comes after a branch
        int32_t degree = degree_so_far(d, active);
        if (degree == 1 || (degree == 2 && active != 0) || (degree == 3 && active == 0)) a->tag = TAG_CW + TAG_CCW - a->tag;
    }
    return ARYL_OK;
}

static bool bonded(const draft *d, int32_t a, int32_t b)
{
    for (int32_t i = 0; i < d->n_bonds; i++)
        if ((d->bond[i].begin == a && d->bond[i].end == b) || (d->bond[i].begin == b && d->bond[i].end == a)) return true;
    return false;
}

// The end with a written symbol wins; if neither has one, the second.
static aryl_status close_pair(reader *r, draft *d, draft_digit *one, draft_digit *two)
{
    if (one->atom == two->atom) return smarts_wrong(r, "a ring bond from an atom to itself");
    if (bonded(d, one->atom, two->atom)) return smarts_wrong(r, "a ring bond between atoms that are bonded already");
    draft_digit *winner = one->expr.implicit ? two : one, *loser = winner == one ? two : one;
    draft_bond b = winner->expr;
    b.begin = winner->atom;
    b.end = loser->atom;
    if (b.type == TYPE_DATIVE_LEFT) {
        b.begin = loser->atom;
        b.end = winner->atom;
    }
    if (b.type == TYPE_DATIVE_LEFT || b.type == BOND_DATIVE) b.type = BOND_DATIVE;
    if (!b.dir && loser->expr.dir) b.dir = b.begin == loser->atom ? loser->expr.dir : DIR_UP + DIR_DOWN - loser->expr.dir;
    one->bond = two->bond = d->n_bonds;
    return add_bond(r, d, &b);
}

// Pairs by ascending ring number, within a number in the order written.
static aryl_status close_rings(reader *r, draft *d)
{
    int32_t *order = arena_new(r->mem, int32_t, d->n_digits);
    if (!order) return ARYL_E_NOMEM;
    for (int32_t i = 0; i < d->n_digits; i++) {        // stable insertion: patterns have few digits
        int32_t j = i;
        for (; j > 0 && d->digit[order[j - 1]].number > d->digit[i].number; j--) order[j] = order[j - 1];
        order[j] = i;
    }
    for (int32_t k = 0; k < d->n_digits; k += 2) {
        if (k + 1 == d->n_digits || d->digit[order[k]].number != d->digit[order[k + 1]].number)
            return smarts_wrong(r, "a ring is left open");
        TRY(close_pair(r, d, &d->digit[order[k]], &d->digit[order[k + 1]]));
    }
    return ARYL_OK;
}

// The bond from the active atom to the newest. A dative symbol replaces all else that the expression says.
static aryl_status chain_bond(reader *r, draft *d, int32_t active, draft_bond *b)
{
    b->begin = active;
    b->end = d->n_atoms - 1;
    if (b->type == TYPE_DATIVE_LEFT) {
        b->end = active;
        b->begin = d->n_atoms - 1;
        b->type = BOND_DATIVE;
    }
    if (b->type == BOND_DATIVE) {
        b->dative = true;
        b->fits = FITS_TYPE(BOND_DATIVE);
    }
    return add_bond(r, d, b);
}

aryl_status smarts_read_pattern(reader *r, bool recursive, draft **out)
{
    draft *d = arena_zero(r->mem, draft, 1);
    if (!d) return ARYL_E_NOMEM;
    d->pattern = -1;
    int32_t *branch = NULL, depth = 0, cap = 0, active = 0;
    TRY(add_atom(r, d, true));
    for (;;) {
        int c = smarts_peek(r);
        if (c < 0) {
            if (recursive) return smarts_wrong(r, "the pattern ends inside $()");
            break;
        }
        if (c == ')' && depth) {
            r->at++;
            active = branch[--depth];
            continue;
        }
        if (c == ')') {
            if (!recursive) return smarts_wrong(r, "')' without '('");
            r->at++;
            break;
        }
        if (c == '.') {
            r->at++;
            active = d->n_atoms;
            TRY(add_atom(r, d, true));
            continue;
        }
        bool opens = c == '(';
        if (opens) r->at++;
        draft_bond b = {.implicit = true, .fits = FITS_IMPLICIT, .type = BOND_SINGLE};
        if (bond_ahead(r)) TRY(read_bond(r, &b));
        c = smarts_peek(r);
        if (!opens && (smarts_is_digit(c) || c == '%')) {
            TRY(add_digit(r, d, active, &b));
            continue;
        }
        TRY(add_atom(r, d, false));
        TRY(chain_bond(r, d, active, &b));
        if (opens) {
            if (!ROOM(r->mem, branch, depth + 1, cap)) return ARYL_E_NOMEM;
            branch[depth++] = active;
        }
        active = d->n_atoms - 1;
    }
    if (depth) return smarts_wrong(r, "'(' without ')'");
    TRY(close_rings(r, d));
    *out = d;
    return ARYL_OK;
}

aryl_status smarts_read(const char *text, int64_t len, arena *tmp, draft **out, aryl_error *err)
{
    int64_t from = 0, end = len;
    if (len == 0) {                                    // accepted, and fits nowhere
        *out = arena_zero(tmp, draft, 1);
        if (*out) (*out)->pattern = -1;
        return *out ? ARYL_OK : ARYL_E_NOMEM;
    }
    for (int64_t i = 1; i < len; i++)                  // behind the first blank stands a name or an extension
        if (text[i] == ' ' || text[i] == '\t') {
            int64_t k = i;
            while (k < len && (unsigned char)text[k] <= ' ') k++;
            if (k < len && text[k] == '|') return fail_at(err, ARYL_E_UNSUPPORTED, k, "extensions of patterns are not read");
            end = i;
            break;
        }
#define OUTSIDE(c) ((unsigned char)(c) <= ' ' || (unsigned char)(c) >= 128)
    while (from < end && OUTSIDE(text[from])) from++;
    while (from < end && OUTSIDE(text[end - 1])) end--;
    const char *newline = from < end ? memchr(text + from, '\n', (size_t)(end - from)) : NULL;
    if (newline) end = newline - text;
    reader r = {.text = text, .at = from, .end = end, .mem = tmp, .err = err};
    return smarts_read_pattern(&r, false, out);
}
