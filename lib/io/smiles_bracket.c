// smiles_bracket.c - atoms in brackets: [13C@@H2+:7].
#include "io/io.h"

// The element, class or letter that starts at p, longest first, as the grammar's lexer would cut it.
typedef struct bracket_token {
    enum { T_OTHER, T_ELEMENT, T_AROMATIC, T_HYDROGEN } kind;
    int32_t z, len;
} bracket_token;

static const char temporary[] = "nubtqphso";   // Uun .. Uuo: elements 110 to 118 before they had names

static bool lower(char c) { return c >= 'a' && c <= 'z'; }

static bracket_token symbol_token(const char *p, const char *end)
{
    int64_t left = end - p;
    char c = left ? *p : 0, d = left > 1 ? p[1] : 0;
    if (c >= 'A' && c <= 'Z') {
        if (lower(d)) {
            if (c == 'U' && d == 'u' && left > 2) {
                const char *t = memchr(temporary, p[2], sizeof temporary - 1);
                if (t) return (bracket_token){T_ELEMENT, 110 + (int32_t)(t - temporary), 3};
            }
            int32_t z = element_by_symbol(p, 2);
            if (z > 0) return (bracket_token){T_ELEMENT, z, 2};
        }
        if (c == 'H') return (bracket_token){T_HYDROGEN, 1, 1};
        int32_t z = element_by_symbol(p, 1);
        if (z > 0) return (bracket_token){T_ELEMENT, z, 1};
        return (bracket_token){T_OTHER, 0, 0};
    }
    switch (c) {
    case '*': return (bracket_token){T_ELEMENT, 0, 1};
    case 'a': if (d == 's') return (bracket_token){T_AROMATIC, 33, 2}; break;
    case 's':
        if (d == 'i') return (bracket_token){T_AROMATIC, 14, 2};
        if (d == 'e') return (bracket_token){T_AROMATIC, 34, 2};
        return (bracket_token){T_AROMATIC, 16, 1};
    case 't': if (d == 'e') return (bracket_token){T_AROMATIC, 52, 2}; break;
    case 'b': return (bracket_token){T_AROMATIC, 5, 1};
    case 'c': return (bracket_token){T_AROMATIC, 6, 1};
    case 'n': return (bracket_token){T_AROMATIC, 7, 1};
    case 'o': return (bracket_token){T_AROMATIC, 8, 1};
    case 'p': return (bracket_token){T_AROMATIC, 15, 1};
    case '\'':
        if (left > 3 && p[3] == '\'') {
            int32_t z = element_by_symbol(p + 1, 2);
            if (z >= 104) return (bracket_token){T_ELEMENT, z, 4};
        }
        break;
    }
    return (bracket_token){T_OTHER, 0, 0};
}

static bool digit(const char *p, const char *end) { return p < end && *p >= '0' && *p <= '9'; }

// A number at *p, where a digit stands: 0, or digits that do not start with 0.
static aryl_status read_number(const smiles_reader *r, const char **p, const char *end, int32_t *number)
{
    int32_t value = *(*p)++ - '0';
    if (value)
        for (; digit(*p, end); ++*p) {
            int32_t d = **p - '0';
            if (value >= INT32_MAX / 10 || 10 * value >= INT32_MAX - d)
                return fail_at(r->err, ARYL_E_SYNTAX, *p - r->text, "number too large");
            value = 10 * value + d;
        }
    *number = value;
    return ARYL_OK;
}

// The class whose name follows the "@" at p ("@TH", also "@'TH"), and where the name ends; 0: a plain "@".
static int32_t tag_class(const char *p, const char *end, const char **after)
{
    p++;
    while (p < end && (*p == '\'' || *p == ' ')) p++;
    if (end - p < 2) return 0;
    *after = p + 2;
    switch (p[0]) {
    case 'T': return p[1] == 'H' ? TAG_TETRAHEDRAL : p[1] == 'B' ? TAG_TRIGONAL_BIPYRAMIDAL : 0;
    case 'A': return p[1] == 'L' ? TAG_ALLENE : 0;
    case 'S': return p[1] == 'P' ? TAG_SQUARE_PLANAR : 0;
    case 'O': return p[1] == 'H' ? TAG_OCTAHEDRAL : 0;
    }
    return 0;
}

// "@", "@@" or "@TH2" and its like at *p.
static aryl_status read_tag(const smiles_reader *r, const char **p, const char *end, raw_atom *a)
{
    const char *after;
    int32_t tag = tag_class(*p, end, &after);
    if (!tag) {
        a->tag = TAG_CCW;
        ++*p;
        if (*p < end && **p == '@' && !tag_class(*p, end, &after)) {   // "@@TH" is "@" and "@TH", which may not follow
            a->tag = TAG_CW;
            ++*p;
        }
        return ARYL_OK;
    }
    a->tag = (uint8_t)tag;
    *p = after;
    if (digit(*p, end)) {
        const char *at = *p;
        int32_t number = 0;
        TRY(read_number(r, p, end, &number));
        if (!number) return fail_at(r->err, ARYL_E_SYNTAX, at - r->text, "a chiral permutation cannot be zero");
        a->permutation = (uint8_t)(number < 255 ? number : 255);   // the limit of each class is tested at the end
    }
    return ARYL_OK;
}

static aryl_status read_hydrogens(const smiles_reader *r, const char **p, const char *end, raw_atom *a)
{
    int32_t number = 1;
    ++*p;
    if (digit(*p, end)) TRY(read_number(r, p, end, &number));
    a->explicit_h = (uint8_t)number;
    return ARYL_OK;
}

static bool hydrogen(const char *p, const char *end) 
{
    return p < end && *p == 'H' && symbol_token(p, end).kind == T_HYDROGEN;   // not "He", "Ho" ...
}

static bool sign(const char *p, const char *end)   // "->" is a bond
{
    return p < end && (*p == '+' || (*p == '-' && (p + 1 == end || p[1] != '>')));
}

aryl_status smiles_bracket(smiles_reader *r, const char **at, const char *end, raw_atom *a)
{
    const char *p = *at + 1;
    int32_t number = 0;
    a->flags = ATOM_NO_IMPLICIT;
    if (digit(p, end)) {
        TRY(read_number(r, &p, end, &number));
        a->isotope = (uint16_t)number;
    }
    bracket_token t = symbol_token(p, end);
    p += t.len;
    if (t.kind == T_HYDROGEN) {
        a->z = 1;
        if (hydrogen(p, end)) TRY(read_hydrogens(r, &p, end, a));
    } else {
        if (t.kind != T_OTHER) {
            a->z = (uint8_t)t.z;
            if (t.kind == T_AROMATIC) a->flags |= ATOM_AROMATIC;
        } else if (p < end && *p == '#') {
            p++;
            if (!digit(p, end)) return smiles_unexpected(r, p, end, "an atomic number");
            TRY(read_number(r, &p, end, &number));
            a->z = (uint8_t)number;
            r->raw->by_number = true;
        } else {
            return smiles_unexpected(r, p, end, "an element");
        }
        if (p < end && *p == '@') TRY(read_tag(r, &p, end, a));
        if (hydrogen(p, end)) TRY(read_hydrogens(r, &p, end, a));
    }
    if (sign(p, end)) {
        char s = *p++;
        number = 1;
        if (sign(p, end) && *p == s) number = 2, p++;
        else if (digit(p, end)) TRY(read_number(r, &p, end, &number));
        uint8_t wrapped = (uint8_t)(s == '+' ? number : -number);
        a->charge = (int8_t)(wrapped < 128 ? wrapped : wrapped - 256);
    }
    if (p < end && *p == ':') {
        p++;
        if (!digit(p, end)) return smiles_unexpected(r, p, end, "a map number");
        TRY(read_number(r, &p, end, &number));
        a->map = number;
        a->flags |= ATOM_HAS_MAP;
    }
    if (p == end || *p != ']') return smiles_unexpected(r, p, end, "']'");
    *at = p + 1;
    return ARYL_OK;
}
