// smiles_read.c - one line of SMILES into the raw graph: one pass over the bytes, one branch stack.
//
// The grammar needs no look-ahead beyond a token, so the first token that does not fit is the error. What can only be
// known at the end (which atoms a ring number joins, what "@" means in the order of the bonds) is collected on the way.
#include "io/io.h"

enum byte_class {
    B_OTHER, B_NEWLINE, B_DOT, B_PERCENT, B_BACKSLASH, B_LESS, B_MINUS, B_SYMBOL, B_DIGIT, B_CLOSE, B_OPEN,
    B_ATOM, B_BRACKET   // atoms are last
};

typedef struct byte_info { uint8_t class, value; } byte_info;   // value: atomic number or symbol

enum { SYM_NONE, SYM_SINGLE, SYM_DOUBLE, SYM_TRIPLE, SYM_QUADRUPLE, SYM_AROMATIC, SYM_ANY, SYM_UP, SYM_DOWN, SYM_DONOR,
       SYM_ACCEPTOR };

#define BOND(of_type, ...) {.stereo_atom = {-1, -1}, .type = (of_type), __VA_ARGS__}
#define SAID(of_type, ...) .type = (of_type), .bond = {BOND(of_type, __VA_ARGS__), BOND(of_type, __VA_ARGS__)}
#define UNSAID(of_dir) .open = 1, .dir = (of_dir), \
    .bond = {BOND(BOND_SINGLE, .dir = (of_dir)), BOND(BOND_AROMATIC, .flags = BOND_IS_AROMATIC, .dir = (of_dir))}
static const smiles_symbol symbols[] = {
    [SYM_NONE] = {UNSAID(DIR_NONE)},
    [SYM_SINGLE] = {SAID(BOND_SINGLE)},
    [SYM_DOUBLE] = {SAID(BOND_DOUBLE)},
    [SYM_TRIPLE] = {SAID(BOND_TRIPLE)},
    [SYM_QUADRUPLE] = {SAID(BOND_QUADRUPLE)},
    [SYM_AROMATIC] = {SAID(BOND_AROMATIC, .flags = BOND_IS_AROMATIC)},
    [SYM_ANY] = {SAID(BOND_UNSPECIFIED, .flags = BOND_IS_QUERY)},
    [SYM_UP] = {UNSAID(DIR_UP)},
    [SYM_DOWN] = {UNSAID(DIR_DOWN)},
    [SYM_DONOR] = {SAID(BOND_DATIVE)},
    [SYM_ACCEPTOR] = {SAID(BOND_DATIVE), .left = 1},
};
enum { AROMATIC_LETTER = 128 };   // with the atomic number
static_assert(ATOM_AROMATIC == 1, "the flag is an index into symbols[].bond");

static const byte_info bytes[256] = {
    ['B'] = {B_ATOM, 5}, ['C'] = {B_ATOM, 6}, ['N'] = {B_ATOM, 7}, ['O'] = {B_ATOM, 8}, ['F'] = {B_ATOM, 9},
    ['P'] = {B_ATOM, 15}, ['S'] = {B_ATOM, 16}, ['I'] = {B_ATOM, 53}, ['*'] = {B_ATOM, 0}, ['['] = {B_BRACKET},
    ['b'] = {B_ATOM, AROMATIC_LETTER + 5}, ['c'] = {B_ATOM, AROMATIC_LETTER + 6}, ['n'] = {B_ATOM, AROMATIC_LETTER + 7},
    ['o'] = {B_ATOM, AROMATIC_LETTER + 8}, ['p'] = {B_ATOM, AROMATIC_LETTER + 15}, ['s'] = {B_ATOM, AROMATIC_LETTER + 16},
    ['='] = {B_SYMBOL, SYM_DOUBLE}, ['#'] = {B_SYMBOL, SYM_TRIPLE}, ['$'] = {B_SYMBOL, SYM_QUADRUPLE},
    [':'] = {B_SYMBOL, SYM_AROMATIC}, ['~'] = {B_SYMBOL, SYM_ANY}, ['/'] = {B_SYMBOL, SYM_UP},
    ['\\'] = {B_BACKSLASH, SYM_DOWN}, ['-'] = {B_MINUS, SYM_SINGLE}, ['<'] = {B_LESS, SYM_ACCEPTOR},
    ['0'] = {B_DIGIT, 0}, ['1'] = {B_DIGIT, 1}, ['2'] = {B_DIGIT, 2}, ['3'] = {B_DIGIT, 3}, ['4'] = {B_DIGIT, 4},
    ['5'] = {B_DIGIT, 5}, ['6'] = {B_DIGIT, 6}, ['7'] = {B_DIGIT, 7}, ['8'] = {B_DIGIT, 8}, ['9'] = {B_DIGIT, 9},
    ['%'] = {B_PERCENT}, ['('] = {B_OPEN}, [')'] = {B_CLOSE}, ['.'] = {B_DOT}, ['\n'] = {B_NEWLINE},
};

// What may follow. An atom always may.
enum want {
    WANT_ITEM,          // anything
    WANT_START,         // the first atom of a part
    WANT_END_OF_BOND,   // after a bond symbol: atom or ring number
    WANT_BRANCH,        // after an open parenthesis: atom or bond symbol
    WANT_BRANCH_ATOM    // after both
};
static const char *const wanted[] = {
    [WANT_START] = "an atom", [WANT_END_OF_BOND] = "an atom or a ring number", [WANT_BRANCH] = "an atom or a bond",
    [WANT_BRANCH_ATOM] = "an atom",
};

typedef struct branch { int32_t atom, tagged, at; } branch;

aryl_status smiles_unexpected(const smiles_reader *r, const char *p, const char *end, const char *expected)
{
    const char *but = expected ? "; expected " : "";
    if (!expected) expected = "";
    int64_t at = p - r->text;
    if (p == end || *p == '\n') return fail_at(r->err, ARYL_E_SYNTAX, at, "the SMILES ends too early%s%s", but, expected);
    unsigned char c = (unsigned char)*p;
    if (c < 0x20 || c >= 0x7F) return fail_at(r->err, ARYL_E_SYNTAX, at, "illegal byte 0x%02X%s%s", c, but, expected);
    return fail_at(r->err, ARYL_E_SYNTAX, at, "unexpected '%c'%s%s", c, but, expected);
}

static aryl_status no_memory(const smiles_reader *r)
{
    return fail_at(r->err, ARYL_E_NOMEM, -1, "out of memory");
}

// The digits behind a percent sign at *p, which moves behind them.
static aryl_status percent_number(const smiles_reader *r, const char **p, const char *end, int32_t *number)
{
    const char *q = *p + 1;
    int32_t value = 0;
    if (q < end && *q >= '1' && *q <= '9') {
        value = *q++ - '0';
        if (q == end || *q < '0' || *q > '9') return smiles_unexpected(r, q, end, "the second digit of a ring number");
        value = 10 * value + (*q++ - '0');
    } else if (q < end && *q == '(') {
        const char *first = ++q;
        while (q < end && q - first < 5 && *q >= '0' && *q <= '9') value = 10 * value + (*q++ - '0');
        if (q == first) return smiles_unexpected(r, q, end, "a ring number");
        if (q == end || *q != ')')
            return smiles_unexpected(r, q, end, q - first < 5 ? "')'" : "')' after five digits of a ring number");
        q++;
    } else {
        return smiles_unexpected(r, q, end, "a ring number of two digits, or in parentheses");
    }
    *p = q;
    *number = value;
    return ARYL_OK;
}

static tagged_atom *add_tagged(smiles_reader *r)
{
    if (r->n_tagged == r->cap_tagged) {
        tagged_atom *grown = arena_grow(r->raw->mem, r->tagged, (size_t)r->cap_tagged, 2 * (size_t)r->cap_tagged, sizeof *grown);
        if (!grown) return NULL;
        r->tagged = grown;
        r->cap_tagged *= 2;
    }
    return &r->tagged[r->n_tagged++];
}

// Room for one more atom and its bond to an older one. *room: how many atoms there may be before the next call.
static aryl_status more_room(smiles_reader *r, const char *at, int64_t max_atoms, int32_t *room)
{
    raw_mol *raw = r->raw;
    if (raw->n_atoms >= max_atoms)
        return fail_at(r->err, ARYL_E_LIMIT, at - r->text, "more than %lld atoms", (long long)max_atoms);
    if (raw->n_atoms == raw->cap_atoms && !raw_more_atoms(raw)) return no_memory(r);
    while (raw->cap_bonds < raw->cap_atoms)
        if (!raw_more_bonds(raw)) return no_memory(r);
    *room = raw->cap_atoms < max_atoms ? raw->cap_atoms : (int32_t)max_atoms;
    return ARYL_OK;
}

// Atoms, written bonds and ring numbers of text[p .. end).
static aryl_status read_items(smiles_reader *r, const char *p, const char *end, int64_t max_atoms)
{
    raw_mol *raw = r->raw;
    enum { FIRST_BRANCHES = 32 };
    branch first_branches[FIRST_BRANCHES], *stack = first_branches;   // open ones, outer ones first
    int32_t depth = 0, cap = FIRST_BRANCHES;
    // What the raw graph holds, at hand: it is told when others are going to look.
    int32_t n_atoms = 0, room = 0;
    raw_bond *bond = NULL;                              // the next one
    raw_atom *here = NULL;                              // the current atom,
    int32_t atom = -1, tagged = -1;                     // its number, its place in r->tagged or -1
    enum want want = WANT_START;
    const smiles_symbol *symbol = &symbols[SYM_NONE];
    const char *start;                                  // of the token

    while (p < end) {
        byte_info byte = bytes[(unsigned char)*p];
        start = p;
        // What is frequent is asked for one by one: that is predicted better than a jump through a table.
        if (byte.class >= B_ATOM) {
            if (n_atoms == room) {
                int32_t n_bonds = raw->n_bonds = (int32_t)(bond - raw->bond);
                raw->n_atoms = n_atoms;
                TRY(more_room(r, start, max_atoms, &room));
                here = raw->atom + (atom < 0 ? 0 : atom);
                bond = raw->bond + n_bonds;
            }
            int32_t from = atom;
            raw_atom *old = here;
            here = &raw->atom[atom = n_atoms++];
            *here = (raw_atom){.z = byte.value & ~AROMATIC_LETTER, .flags = byte.value / AROMATIC_LETTER, .at = (int32_t)(start - r->text)};
            tagged = -1;
            if (byte.class == B_ATOM) {
                p++;
                if (p < end && *p == 'l' && byte.value == 6) here->z = 17, p++;
                if (p < end && *p == 'r' && byte.value == 5) here->z = 35, p++;
            } else {
                TRY(smiles_bracket(r, &p, end, here));
                if (here->tag) {
                    tagged_atom *t = add_tagged(r);
                    if (!t) return no_memory(r);
                    *t = (tagged_atom){atom, -1, -1};
                    tagged = r->n_tagged - 1;
                }
            }
            if (want == WANT_START) {
                here->flags |= ATOM_START;
                r->n_parts++;
            } else {
                *bond = symbol->bond[old->flags & here->flags & ATOM_AROMATIC];
                bond->begin = symbol->left ? atom : from;
                bond->end = symbol->left ? from : atom;
                bond++;
                old->degree++;
                here->degree = 1;
            }
            symbol = &symbols[SYM_NONE];
            want = WANT_ITEM;
            continue;
        }
        if (byte.class == B_OPEN) {
            if (want != WANT_ITEM) return smiles_unexpected(r, p, end, wanted[want]);
            if (depth == cap) {
                branch *grown = arena_grow(raw->mem, stack, (size_t)cap, 2 * (size_t)cap, sizeof *stack);
                if (!grown) return no_memory(r);
                stack = grown;
                cap *= 2;
            }
            stack[depth++] = (branch){atom, tagged, (int32_t)(p++ - r->text)};
            want = WANT_BRANCH;
            continue;
        }
        if (byte.class == B_CLOSE) {
            if (want != WANT_ITEM) return smiles_unexpected(r, p, end, wanted[want]);
            if (!depth)
                return fail_at(r->err, ARYL_E_SYNTAX, p - r->text, "closing parenthesis without an opening one");
            p++;
            depth--;
            atom = stack[depth].atom;
            here = &raw->atom[atom];
            tagged = stack[depth].tagged;
            continue;
        }
        if (byte.class == B_DIGIT || byte.class == B_PERCENT) {
            int32_t number = byte.value;
            if (want != WANT_ITEM && want != WANT_END_OF_BOND) return smiles_unexpected(r, p, end, wanted[want]);
            if (byte.class == B_DIGIT) p++;
            else TRY(percent_number(r, &p, end, &number));
            raw->n_atoms = n_atoms;
            raw->n_bonds = (int32_t)(bond - raw->bond);
            TRY(smiles_ring_number(r, atom, tagged, number, symbol, (int32_t)(start - r->text)));
            symbol = &symbols[SYM_NONE];
            want = WANT_ITEM;
            continue;
        }
        switch (byte.class) {
        case B_DOT:
            if (want != WANT_ITEM) return smiles_unexpected(r, p, end, wanted[want]);
            p++;
            want = WANT_START;
            continue;
        case B_NEWLINE:
            end = p;
            continue;
        case B_SYMBOL:
            break;
        case B_MINUS:
            if (p + 1 < end && p[1] == '>') p++, byte.value = SYM_DONOR;
            break;
        case B_LESS:
            if (p + 1 == end || p[1] != '-') return smiles_unexpected(r, p, end, want ? wanted[want] : NULL);
            p++;
            break;
        case B_BACKSLASH:
            if (p + 1 < end && p[1] == '\\') p++;   // written twice by those who escape it
            break;
        default:
            return smiles_unexpected(r, p, end, want ? wanted[want] : NULL);
        }
        p++;                                            // the end of a bond symbol
        symbol = &symbols[byte.value];
        if (want == WANT_ITEM) want = WANT_END_OF_BOND;
        else if (want == WANT_BRANCH) want = WANT_BRANCH_ATOM;
        else return smiles_unexpected(r, start, end, wanted[want]);
    }
    raw->n_atoms = n_atoms;
    raw->n_bonds = (int32_t)(bond - raw->bond);
    if (want != WANT_ITEM) return smiles_unexpected(r, end, end, wanted[want]);
    if (depth) return fail_at(r->err, ARYL_E_SYNTAX, stack[0].at, "opening parenthesis without a closing one");
    return ARYL_OK;
}

static bool stray(char c) { return (unsigned char)c <= 0x20 || (unsigned char)c >= 0x80; }
static bool white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static aryl_status read_tail(smiles_reader *r, const char *p, const char *end)
{
    while (p < end && white(*p)) p++;
    while (end > p && white(end[-1])) end--;
    if (p < end && *p == '|') {
        int64_t used = 0;
        TRY(smiles_extensions(r, p, end - p, &used));
        p += used;
        while (p < end && white(*p)) p++;
    }
    if (p < end) {
        r->raw->name = p;
        r->raw->name_len = end - p;
    }
    return ARYL_OK;
}

aryl_status io_smiles_read(const char *text, int64_t len, const io_limits *limits, raw_mol *raw, aryl_error *err)
{
    int64_t max_bytes = limits && limits->bytes > 0 && limits->bytes < INT32_MAX ? limits->bytes : INT32_MAX;
    int64_t max_atoms = limits && limits->atoms > 0 ? limits->atoms : INT32_MAX;
    if (len > max_bytes)
        return fail_at(err, ARYL_E_LIMIT, max_bytes, "a text of more than %lld bytes", (long long)max_bytes);
    if (!len) return ARYL_OK;

    smiles_reader r;   // not cleared as a whole: most of it is the table of ring numbers
    r.raw = raw;
    r.err = err;
    r.text = text;
    r.end = r.first_ends;
    r.cap_ends = FIRST_ENDS;
    r.pair = r.first_pairs;
    r.tagged = r.first_tagged;
    r.cap_tagged = FIRST_TAGGED;
    r.large = NULL;
    r.n_ends = r.n_pairs = r.n_tagged = r.n_large = r.cap_large = r.n_open = r.n_parts = 0;

    // The SMILES reaches to the first blank, unless the line starts with it. Stray bytes around it do not count.
    const char *all = text + len, *stop = memchr(text, ' ', (size_t)len);
    if (!stop) stop = all;
    const char *tab = memchr(text, '\t', (size_t)(stop - text));
    if (tab) stop = tab;
    if (stop == text) stop = all;
    const char *p = text, *end = stop;
    while (p < end && stray(*p)) p++;
    while (end > p && stray(end[-1])) end--;
    if (p == end) return fail_at(err, ARYL_E_SYNTAX, 0, "no SMILES in the line");

    TRY(read_items(&r, p, end, max_atoms));
    if (r.n_ends) TRY(smiles_close_rings(&r));
    if (r.n_tagged) TRY(smiles_parity(&r));
    return stop < all ? read_tail(&r, stop, all) : ARYL_OK;
}
