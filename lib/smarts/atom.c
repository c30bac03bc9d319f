// atom.c - atom expressions: symbols, primitives, logic, $().
#include "smarts/smarts.h"

enum { MAX_NESTING = 40 };   // of $(), which is followed by calls

// ---- expressions

static tree *leaf(reader *r, int32_t op, int32_t prop, int32_t low, int32_t high)
{
    tree *t = arena_zero(r->mem, tree, 1);
    if (!t) return NULL;
    t->op = (uint8_t)op;
    t->prop = (uint8_t)prop;
    t->low = low;
    t->high = high;
    return t;
}

tree *smarts_join(arena *mem, int32_t op, tree *x, tree *y)
{
    if (!x || !y) return NULL;
    if (x->op == OP_ANY && y->op == OP_ANY) {
        x->negated = op == OP_AND ? x->negated || y->negated : x->negated && y->negated;
        return x;
    }
    if (x->op == OP_ANY || y->op == OP_ANY) {
        tree *any = x->op == OP_ANY ? x : y, *other = x->op == OP_ANY ? y : x;
        bool other_wins = op == OP_AND ? !any->negated : any->negated;
        return other_wins ? other : any;
    }
    tree *t = arena_zero(mem, tree, 1);
    if (!t) return NULL;
    t->op = (uint8_t)op;
    t->left = x;
    t->right = y;
    return t;
}

// ---- numbers

static aryl_status number(reader *r, int32_t *out)
{
    int c = smarts_peek(r);
    if (!smarts_is_digit(c)) return smarts_wrong(r, "a number is expected here");
    r->at++;
    int32_t value = c - '0';
    if (value) {
        while (smarts_is_digit(c = smarts_peek(r))) {
            int32_t digit = c - '0';
            if (value >= 214748364 || 10 * (int64_t)value >= 2147483647 - digit) return smarts_wrong(r, "the number is too large");
            value = 10 * value + digit;
            r->at++;
        }
    }
    *out = value;
    return ARYL_OK;
}

// {-b} {a-} {a-b}
static aryl_status range(reader *r, int32_t *low, int32_t *high)
{
    r->at++;
    *low = INT32_MIN;
    *high = INT32_MAX;
    if (smarts_peek(r) == '-') {
        r->at++;
        TRY(number(r, high));
    } else {
        TRY(number(r, low));
        if (smarts_peek(r) != '-') return smarts_wrong(r, "a range needs '-'");
        r->at++;
        if (smarts_is_digit(smarts_peek(r))) TRY(number(r, high));
    }
    if (smarts_peek(r) != '}') return smarts_wrong(r, "a range ends with '}'");
    r->at++;
    return ARYL_OK;
}

// ---- symbols

enum { SYMBOL_NONE, SYMBOL_ALIPHATIC, SYMBOL_AROMATIC, SYMBOL_ELEMENT, SYMBOL_ANY, SYMBOL_H };

static int32_t organic(const char *s, int32_t len)
{
    static const char *const known[] = {"B", "C", "N", "O", "F", "P", "S", "Cl", "Br", "I"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if ((int32_t)strlen(known[i]) == len && !memcmp(known[i], s, (size_t)len)) return element_by_symbol(s, len);
    return 0;
}

static int32_t aromatic_letter(int c)
{
    switch (c) {
    case 'b': return 5;
    case 'c': return 6;
    case 'n': return 7;
    case 'o': return 8;
    case 'p': return 15;
    case 's': return 16;
    default: return 0;
    }
}

// The symbol at the reader's place, longest match first. Nothing is consumed.
static int32_t symbol(const reader *r, bool bracket, int32_t *z, int32_t *len)
{
    const char *s = r->text + r->at;
    int64_t left = r->end - r->at;
    if (left <= 0) return SYMBOL_NONE;
    if (bracket && left >= 3 && (!memcmp(s, "Uut", 3) || !memcmp(s, "Uup", 3))) {
        *z = s[2] == 't' ? 113 : 115;
        *len = 3;
        return SYMBOL_ELEMENT;
    }
    if (left >= 2) {
        *len = 2;
        if ((*z = organic(s, 2))) return SYMBOL_ALIPHATIC;
        if (bracket) {
            static const struct { char s[3]; int32_t z; } aromatic[] = {{"si", 14}, {"as", 33}, {"se", 34}, {"te", 52}};
            for (int i = 0; i < 4; i++)
                if (!memcmp(s, aromatic[i].s, 2)) {
                    *z = aromatic[i].z;
                    return SYMBOL_AROMATIC;
                }
            *z = element_by_symbol(s, 2);     // Nh, Mc, Ts and Og are no symbols of the language
            if (*z > 0 && (*z <= 112 || *z == 114 || *z == 116)) return SYMBOL_ELEMENT;
        }
    }
    *len = 1;
    if ((*z = organic(s, 1))) return SYMBOL_ALIPHATIC;
    if ((*z = aromatic_letter(*s))) return SYMBOL_AROMATIC;
    if (*s == '*' || *s == 'a' || *s == 'A') return SYMBOL_ANY;
    if (*s == 'H') return SYMBOL_H;
    if (bracket && (*z = element_by_symbol(s, 1)) > 0) return SYMBOL_ELEMENT;
    return SYMBOL_NONE;
}

// One point of an atom expression with what it says about the atom as a whole.
typedef struct point {
    tree *expr;
    bool aromatic, h_seen;
    uint8_t tag;
    int32_t permutation, own_h, z, isotope;
} point;

static point plain(tree *expr) { return (point){.expr = expr, .permutation = -1}; }

static point symbol_point(reader *r, int32_t kind, int32_t z, int c)
{
    point p = plain(NULL);
    p.z = z;
    switch (kind) {
    case SYMBOL_ALIPHATIC: p.expr = leaf(r, OP_RANGE, PROP_TYPE, 2 * z, 2 * z); break;
    case SYMBOL_AROMATIC:
        p.expr = leaf(r, OP_RANGE, PROP_TYPE, 2 * z + 1, 2 * z + 1);
        p.aromatic = true;
        break;
    case SYMBOL_ELEMENT: p.expr = leaf(r, OP_RANGE, PROP_TYPE, 2 * z, 2 * z + 1); break;
    default:
        p.z = 0;
        p.aromatic = c == 'a';
        p.expr = c == '*' ? leaf(r, OP_ANY, 0, 0, 0) : leaf(r, OP_RANGE, PROP_AROMATIC, c == 'a', c == 'a');
    }
    if (p.expr) p.expr->is_symbol = kind == SYMBOL_ALIPHATIC || kind == SYMBOL_AROMATIC;
    return p;
}

static aryl_status element_number(reader *r, point *p)
{
    int32_t z;
    TRY(number(r, &z));
    bool exists = z <= ELEMENT_MAX;                    // a larger number is legal and fits nothing
    *p = plain(leaf(r, OP_RANGE, PROP_TYPE, exists ? 2 * z : INT32_MAX, exists ? 2 * z + 1 : INT32_MAX));
    p->z = z;
    return ARYL_OK;
}

bool smarts_chiral_class(const reader *r, int64_t *len, uint8_t *tag)
{
    static const struct { char s[3]; uint8_t tag; } classes[] = {
        {"TH", TAG_TETRAHEDRAL}, {"AL", TAG_ALLENE}, {"SP", TAG_SQUARE_PLANAR},
        {"TB", TAG_TRIGONAL_BIPYRAMIDAL}, {"OH", TAG_OCTAHEDRAL}};
    if (smarts_peek(r) != '@') return false;
    int64_t k = 1;
    while (smarts_peek_at(r, k) == '\'' || smarts_peek_at(r, k) == ' ') k++;
    for (int i = 0; i < 5; i++)
        if (smarts_peek_at(r, k) == classes[i].s[0] && smarts_peek_at(r, k + 1) == classes[i].s[1]) {
            *len = k + 2;
            *tag = classes[i].tag;
            return true;
        }
    return false;
}

static aryl_status charge(reader *r, int32_t *out)
{
    int sign_char = smarts_peek(r), sign = sign_char == '+' ? 1 : -1;
    r->at++;
    *out = sign;
    if (smarts_peek(r) == sign_char) {
        r->at++;
        *out = 2 * sign;
    } else if (smarts_is_digit(smarts_peek(r))) {
        TRY(number(r, out));
        *out *= sign;
    }
    return ARYL_OK;
}

static bool same_sub(const draft *a, const draft *b)
{
    if (a->serial || b->serial) return a->serial == b->serial;
    return a->text_len == b->text_len && !memcmp(a->text, b->text, (size_t)a->text_len);
}

// $( ... ), behind it an optional serial number.
static aryl_status recursion(reader *r, point *p)
{
    draft *d;
    if (r->nesting == MAX_NESTING) return fail_at(r->err, ARYL_E_LIMIT, r->at, "$() nested more than %d deep", MAX_NESTING);
    r->nesting++;
    r->at += 2;
    int64_t from = r->at;
    TRY(smarts_read_pattern(r, true, &d));
    r->nesting--;
    d->text = r->text + from;
    d->text_len = r->at - 1 - from;
    if (smarts_peek(r) == '_') {
        r->at++;
        if (!smarts_is_digit(smarts_peek(r)) || smarts_peek(r) == '0') return smarts_wrong(r, "a serial number from 1 is expected after '_'");
        TRY(number(r, &d->serial));
    } else {
        while (smarts_is_digit(smarts_peek(r))) r->at++;             // digits here mean nothing
    }
    draft *shared = NULL;
    for (int32_t i = 0; i < r->n_subs && !shared; i++)
        if (same_sub(r->subs[i], d)) shared = r->subs[i];
    if (!shared) {
        if (!ROOM(r->mem, r->subs, r->n_subs + 1, r->cap_subs)) return ARYL_E_NOMEM;
        r->subs[r->n_subs++] = shared = d;
    }
    *p = plain(leaf(r, OP_SUB, 0, 0, 0));
    if (p->expr) p->expr->sub = shared;
    return ARYL_OK;
}

// A letter with an optional number or range behind it; [low, high] is what the letter alone means.
static aryl_status counted(reader *r, point *p, int32_t prop, int32_t low, int32_t high)
{
    if (smarts_peek(r) == '{') {
        TRY(range(r, &low, &high));
    } else if (smarts_is_digit(smarts_peek(r))) {
        TRY(number(r, &low));
        high = low;
        if (prop == PROP_RING_SIZE && low == 0) {      // "k0" fits every atom, and unlike "*" stands in lists
            prop = PROP_RINGS;
            high = INT32_MAX;
        }
    } else if (prop == PROP_RING_SIZE || prop == PROP_MIN_RING) {
        prop = PROP_RINGS;
    }
    *p = plain(leaf(r, OP_RANGE, prop, low, high));
    return ARYL_OK;
}

static aryl_status hydrogen_count(reader *r, point *p)
{
    int32_t n = 1;
    if (smarts_is_digit(smarts_peek(r))) TRY(number(r, &n));
    *p = plain(leaf(r, OP_RANGE, PROP_TOTAL_H, n, n));
    p->own_h = n;
    p->h_seen = true;
    return ARYL_OK;
}

// An isotope, alone or tied to the symbol or hydrogen count behind it.
static aryl_status isotope(reader *r, point *p)
{
    int32_t n, z = 0, len;
    TRY(number(r, &n));
    tree *test = leaf(r, OP_RANGE, PROP_ISOTOPE, n, n);
    int32_t kind = symbol(r, true, &z, &len);
    if (kind == SYMBOL_H) {
        r->at++;
        TRY(hydrogen_count(r, p));
        p->expr = smarts_join(r->mem, OP_AND, test, p->expr);
        return ARYL_OK;
    }
    if (kind != SYMBOL_NONE) {
        *p = symbol_point(r, kind, z, smarts_peek(r));
        r->at += len;
    } else if (smarts_peek(r) == '#') {
        r->at++;
        TRY(element_number(r, p));
    } else {
        *p = plain(test);
        return ARYL_OK;
    }
    p->expr = smarts_join(r->mem, OP_AND, p->expr, test);
    p->isotope = n;
    return ARYL_OK;
}

static aryl_status chiral_mark(reader *r, point *p)
{
    int64_t len;
    uint8_t tag;
    *p = plain(leaf(r, OP_ANY, 0, 0, 0));
    if (smarts_chiral_class(r, &len, &p->tag)) {
        r->at += len;
        p->permutation = 0;
        if (smarts_is_digit(smarts_peek(r))) {
            TRY(number(r, &p->permutation));
            if (!p->permutation) return smarts_wrong(r, "a chirality number cannot be zero");
        }
        return ARYL_OK;
    }
    r->at++;
    p->tag = TAG_CCW;
    if (smarts_peek(r) == '@' && !smarts_chiral_class(r, &len, &tag)) {
        r->at++;
        p->tag = TAG_CW;
    }
    return ARYL_OK;
}

static aryl_status charge_point(reader *r, point *p)
{
    int32_t low, high;
    if (smarts_peek_at(r, 1) == '{') {
        bool minus = smarts_peek(r) == '-';
        r->at++;
        TRY(range(r, &low, &high));
        if (minus) {                                   // the test is on minus the charge
            int32_t swap = low == INT32_MIN ? INT32_MAX : -low;
            low = high == INT32_MAX ? INT32_MIN : -high;
            high = swap;
        }
    } else {
        TRY(charge(r, &low));
        high = low;
    }
    *p = plain(leaf(r, OP_RANGE, PROP_CHARGE, low, high));
    return ARYL_OK;
}

static aryl_status primitive(reader *r, point *p)
{
    static const uint8_t hybridisations[] = {HYB_S, HYB_SP, HYB_SP2, HYB_SP3, HYB_SP3D, HYB_SP3D2};
    int c = smarts_peek(r);
    int32_t z = 0, len;
    if (c == '$' && smarts_peek_at(r, 1) == '(') return recursion(r, p);
    if (smarts_is_digit(c)) return isotope(r, p);
    int32_t kind = symbol(r, true, &z, &len);
    if (kind == SYMBOL_H) {
        r->at++;
        return hydrogen_count(r, p);
    }
    if (kind != SYMBOL_NONE) {
        *p = symbol_point(r, kind, z, c);
        r->at += len;
        return ARYL_OK;
    }
    if (c == '@') return chiral_mark(r, p);
    if (c == '+' || c == '-') return charge_point(r, p);
    if (c == '^') {
        int digit = smarts_peek_at(r, 1);
        if (digit < '0' || digit > '5') return smarts_wrong(r, "'^' takes a digit from 0 to 5");
        r->at += 2;
        *p = plain(leaf(r, OP_RANGE, PROP_HYBRIDISATION, hybridisations[digit - '0'], hybridisations[digit - '0']));
        return ARYL_OK;
    }
    r->at++;
    switch (c) {
    case '#': return element_number(r, p);
    case 'D': return counted(r, p, PROP_DEGREE, 1, 1);
    case 'd': return counted(r, p, PROP_HEAVY_DEGREE, 1, 1);
    case 'X': return counted(r, p, PROP_CONNECTIVITY, 1, 1);
    case 'v': return counted(r, p, PROP_VALENCE, 1, 1);
    case 'R': return counted(r, p, PROP_RINGS, 1, INT32_MAX);
    case 'r': return counted(r, p, PROP_MIN_RING, 1, INT32_MAX);
    case 'k': return counted(r, p, PROP_RING_SIZE, 1, INT32_MAX);
    case 'x': return counted(r, p, PROP_RING_BONDS, 1, INT32_MAX);
    case 'z': return counted(r, p, PROP_HETERO, 1, INT32_MAX);
    case 'Z': return counted(r, p, PROP_ALIPHATIC_HETERO, 1, INT32_MAX);
    case 'h': return counted(r, p, PROP_HIDDEN_H, 1, INT32_MAX);
    default: r->at--; return smarts_wrong(r, c < 0 ? "the pattern ends inside a bracket" : "no atom primitive starts here");
    }
}

static aryl_status read_point(reader *r, point *p)
{
    bool negated = false, any = false;
    for (; smarts_peek(r) == '!'; r->at++, any = true) negated = !negated;
    TRY(primitive(r, p));
    if (!p->expr) return ARYL_E_NOMEM;
    p->expr->negated ^= negated;
    if (any) p->own_h = p->z = p->isotope = 0;
    return ARYL_OK;
}

static aryl_status and_list(reader *r, point *x)
{
    TRY(read_point(r, x));
    for (;;) {
        int c = smarts_peek(r);
        if (c == ']' || c == ',' || c == ';' || c == ':' || c < 0) return ARYL_OK;
        if (c == '&') r->at++;
        point y;
        TRY(read_point(r, &y));
        x->expr = smarts_join(r->mem, OP_AND, x->expr, y.expr);
        if (!x->expr) return ARYL_E_NOMEM;
        if (!x->tag) {
            x->tag = y.tag;
            if (y.permutation >= 0) x->permutation = y.permutation;
        }
        if (y.h_seen) {
            if (!x->h_seen) {
                x->own_h = y.own_h;
                x->h_seen = true;
            } else if (x->own_h != y.own_h) {
                x->own_h = 0;
            }
        }
    }
}

static aryl_status join_lists(reader *r, point *x, const point *y, int32_t op)
{
    x->expr = smarts_join(r->mem, op, x->expr, y->expr);
    if (!x->expr) return ARYL_E_NOMEM;
    if (!x->tag) x->tag = y->tag;                      // without its number
    x->own_h = x->isotope = 0;
    if (op == OP_OR) x->z = 0;
    return ARYL_OK;
}

static aryl_status or_list(reader *r, point *x)
{
    TRY(and_list(r, x));
    while (smarts_peek(r) == ',') {
        point y;
        r->at++;
        TRY(and_list(r, &y));
        TRY(join_lists(r, x, &y, OP_OR));
    }
    return ARYL_OK;
}

// "[H]", "[2H+]" ...: what follows the H decides, finally, whether it is the atom or a count.
static bool hydrogen_atom_ahead(const reader *r, bool *has_isotope)
{
    int64_t k = 0;
    if (smarts_peek(r) == '0') k = 1;
    else while (smarts_is_digit(smarts_peek_at(r, k))) k++;
    *has_isotope = k > 0;
    int after = smarts_peek_at(r, k + 1);
    return smarts_peek_at(r, k) == 'H' && (after == ']' || after == ':' || after == '+' || after == '-');
}

static aryl_status hydrogen_atom(reader *r, bool has_isotope, point *p)
{
    int32_t n = 0, q;
    if (has_isotope) TRY(number(r, &n));
    r->at++;
    *p = plain(leaf(r, OP_RANGE, PROP_TYPE, 2, 3));
    p->z = 1;
    p->isotope = n;
    if (has_isotope) p->expr = smarts_join(r->mem, OP_AND, p->expr, leaf(r, OP_RANGE, PROP_ISOTOPE, n, n));
    if (smarts_peek(r) == '+' || smarts_peek(r) == '-') {
        TRY(charge(r, &q));
        p->expr = smarts_join(r->mem, OP_AND, p->expr, leaf(r, OP_RANGE, PROP_CHARGE, q, q));
    }
    if (smarts_peek(r) != ']' && smarts_peek(r) != ':') return smarts_wrong(r, "only ']' or ':' can follow a hydrogen atom");
    return ARYL_OK;
}

static aryl_status bracket_or_symbol(reader *r, point *p)
{
    int32_t z = 0, len, map;
    int c = smarts_peek(r);
    if (c != '[') {
        int32_t kind = symbol(r, false, &z, &len);
        if (kind == SYMBOL_NONE || kind == SYMBOL_H)
            return smarts_wrong(r, c < 0 ? "the pattern ends where an atom is expected" : "an atom is expected here");
        *p = symbol_point(r, kind, z, c);
        r->at += len;
        return p->expr ? ARYL_OK : ARYL_E_NOMEM;
    }
    r->at++;
    bool has_isotope;
    if (hydrogen_atom_ahead(r, &has_isotope)) {
        TRY(hydrogen_atom(r, has_isotope, p));
    } else {
        TRY(or_list(r, p));
        while (smarts_peek(r) == ';') {
            point y;
            r->at++;
            TRY(or_list(r, &y));
            TRY(join_lists(r, p, &y, OP_AND));
        }
    }
    if (!p->expr) return ARYL_E_NOMEM;
    if (smarts_peek(r) == ':') {                              // a label; no match looks at it
        r->at++;
        TRY(number(r, &map));
    }
    if (smarts_peek(r) != ']') return smarts_wrong(r, "']' is expected here");
    r->at++;
    return ARYL_OK;
}

aryl_status smarts_read_atom(reader *r, draft_atom *out)
{
    point p;
    TRY(bracket_or_symbol(r, &p));
    *out = (draft_atom){p.expr, p.aromatic, false, p.tag, p.permutation, p.own_h, p.z, p.isotope};
    return ARYL_OK;
}
