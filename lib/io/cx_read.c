// cx_read.c - CXSMILES: what stands between bars behind a SMILES.
//
// A loop over sections, each known by its first characters; what starts no section is skipped byte by byte. Indices
// that do not exist are ignored, anything else that does not fit fails. Only what bears on the molecule is kept:
// labels that make query atoms, radicals, bond types, coordinates, wedges, double bond marks, and which hydrogens other
// sections refer to.
//
// Bonds are numbered in reading order here: a ring bond counts where its second number stands.
#include "io/io.h"

enum { LABEL_NONE, LABEL_ANY /* a dummy whose own label says nothing */, LABEL_TEXT, LABEL_QUERY };

aryl_status cx_fail(const cx_reader *cx, int64_t at, const char *message)
{
    if (at > cx->n) at = cx->n;
    return fail_at(cx->smiles->err, ARYL_E_SYNTAX, cx->text + at - cx->smiles->text, "CXSMILES: %s", message);
}

static aryl_status no_memory(const cx_reader *cx)
{
    return fail_at(cx->smiles->err, ARYL_E_NOMEM, -1, "out of memory");
}

// ---- words and numbers

static bool at(const cx_reader *cx, int64_t k, char c) { return cx->i + k < cx->n && cx->text[cx->i + k] == c; }
static bool digit(const cx_reader *cx) { return cx->i < cx->n && cx->text[cx->i] >= '0' && cx->text[cx->i] <= '9'; }

bool cx_uint(cx_reader *cx, uint32_t *value)
{
    if (!digit(cx)) return false;
    uint64_t v = 0;   // saturates as 63 bits, then cut to 32: what RDKit does to huge numbers
    for (; digit(cx); cx->i++) {
        uint64_t d = (uint64_t)(cx->text[cx->i] - '0');
        v = v > (INT64_MAX - d) / 10 ? INT64_MAX : 10 * v + d;
    }
    *value = (uint32_t)v;
    return true;
}

aryl_status cx_expect(cx_reader *cx, char c)
{
    if (!at(cx, 0, c)) {
        char message[] = "expected 'c'";
        message[10] = c;
        return cx_fail(cx, cx->i, message);
    }
    cx->i++;
    return ARYL_OK;
}

static aryl_status expect_uint(cx_reader *cx, uint32_t *value)
{
    return cx_uint(cx, value) ? ARYL_OK : cx_fail(cx, cx->i, "expected a number");
}

static void skip_comma(cx_reader *cx) { cx->i += at(cx, 0, ','); }

static bool delimits(const char *delimiters, char c) { return c && strchr(delimiters, c); }

aryl_status cx_word(cx_reader *cx, const char *delimiters)
{
    cx->word_len = 0;
    while (cx->i < cx->n && !delimits(delimiters, cx->text[cx->i])) {
        if (!at(cx, 0, '&') || cx->n - cx->i <= 2 || !at(cx, 1, '#')) {
            cx->word[cx->word_len++] = cx->text[cx->i++];
            continue;
        }
        int64_t start = cx->i;
        uint32_t code;
        cx->i += 2;
        if (cx_uint(cx, &code)) cx->word[cx->word_len++] = (char)(uint8_t)code;
        if (!at(cx, 0, ';')) return cx_fail(cx, start, "a character written as a number does not end in ';'");
        cx->i++;
    }
    return cx->i < cx->n ? ARYL_OK : cx_fail(cx, cx->n, "the extensions end too early");
}

bool cx_word_is(const cx_reader *cx, const char *word)
{
    return (int64_t)strlen(word) == cx->word_len && !memcmp(cx->word, word, (size_t)cx->word_len);
}

static raw_atom *valid_atom(const cx_reader *cx, uint32_t atom)
{
    return atom < (uint32_t)cx->raw->n_atoms ? &cx->raw->atom[atom] : NULL;
}

// The bond with a number in reading order, NULL: none.
static raw_bond *bond_of(const cx_reader *cx, uint32_t number)
{
    const smiles_reader *s = cx->smiles;
    int32_t low = 0, high = s->n_pairs;   // closures are in reading order too
    if (number >= (uint32_t)cx->raw->n_bonds) return NULL;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (s->pair[middle].order < (int32_t)number) low = middle + 1;
        else high = middle;
    }
    if (low < s->n_pairs && s->pair[low].order == (int32_t)number) return &cx->raw->bond[s->pair[low].bond];
    return &cx->raw->bond[(int32_t)number - low];
}

// ---- labels and properties

static int32_t label_kind(const cx_reader *cx)
{
    static const char *const queries[] = {"star_e", "Q_e", "QH_p", "AH_p", "X_p", "XH_p", "M_p", "MH_p"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        if (cx_word_is(cx, queries[i])) return LABEL_QUERY;
    return LABEL_TEXT;
}

static void make_query(raw_atom *a)
{
    a->z = a->explicit_h = a->radicals = a->tag = 0;
    a->isotope = 0;
    a->charge = 0;
    a->flags = (uint8_t)((a->flags & ~ATOM_AROMATIC) | ATOM_NO_IMPLICIT | ATOM_QUERY);
}

// Labels such as "Q_e" make query atoms of any atom; so does the mere presence of extensions of a plain "*".
void cx_apply_labels(cx_reader *cx)
{
    if (cx->labelled) return;
    cx->labelled = true;
    for (int32_t i = 0; i < cx->raw->n_atoms; i++) {
        raw_atom *a = &cx->raw->atom[i];
        bool plain = cx->label[i] == LABEL_NONE && !a->z && !a->isotope && !(a->flags & ATOM_QUERY);
        if (plain || cx->label[i] == LABEL_QUERY) make_query(a);
    }
}

// "$label;label;...$" or, where the values mean nothing to us, "$_AV:value;...$"
static aryl_status labels(cx_reader *cx, bool values)
{
    cx->i += values ? 5 : 1;
    for (uint32_t k = 0; !at(cx, 0, '$'); k++) {
        TRY(cx_word(cx, ";$"));
        if (cx->word_len && !values && valid_atom(cx, k)) cx->label[k] = (uint8_t)label_kind(cx);
        cx->i += at(cx, 0, ';');
    }
    cx->i++;
    return ARYL_OK;
}

static void set_property(cx_reader *cx, uint32_t atom, int32_t property)
{
    raw_atom *a = &cx->raw->atom[atom];
    int64_t number;
    if (property == 'm') {   // a whole decimal integer is a map number, however it came there
        int64_t used = text_read_int(cx->word, cx->word_len, &number);
        if (!used || used != cx->word_len || number < INT32_MIN || number > INT32_MAX) return;
        a->map = (int32_t)number;
        a->flags |= ATOM_HAS_MAP;
    } else if (property == 'l') {
        cx->label[atom] = (uint8_t)label_kind(cx);
    } else if (property == 'd' && cx->label[atom] < LABEL_TEXT) {
        cx->label[atom] = cx_word_is(cx, "*") ? LABEL_NONE : LABEL_ANY;
    }
}

// "atomProp:0.name.value:1.name.value"
static aryl_status atom_properties(cx_reader *cx)
{
    cx->i += 9;
    while (!at(cx, 0, '|') && !at(cx, 0, ',')) {
        uint32_t atom = 0;
        if (cx_uint(cx, &atom)) {
            TRY(cx_expect(cx, '.'));
            TRY(cx_word(cx, "."));
            if (cx->word_len) {
                int32_t property = cx_word_is(cx, "molAtomMapNumber") ? 'm' : cx_word_is(cx, "atomLabel") ? 'l'
                                 : cx_word_is(cx, "dummyLabel") ? 'd' : 0;
                cx->i++;
                TRY(cx_word(cx, ":|,"));
                if (cx->word_len && valid_atom(cx, atom)) set_property(cx, atom, property);
            }
        }
        if (cx->i >= cx->n) return cx_fail(cx, cx->n, "the extensions end too early");
        if (!at(cx, 0, '|') && !at(cx, 0, ',')) cx->i++;
    }
    cx->i += at(cx, 0, ',');
    return ARYL_OK;
}

// ---- coordinates

// One conformer, into xyz (zeroed) unless that is NULL.
static aryl_status conformer(cx_reader *cx, double *xyz, bool *is_3d)
{
    bool third = false, height = false;
    cx->i++;
    for (int32_t k = 0; !at(cx, 0, ')'); k++) {
        TRY(cx_word(cx, ";)"));
        const char *p = cx->word, *end = p + cx->word_len;
        for (int32_t axis = 0; axis < 3 && k < cx->raw->n_atoms && p <= end; axis++) {
            const char *comma = memchr(p, ',', (size_t)(end - p));
            if (!comma) comma = end;
            double value = io_atof(p, comma - p);
            if (axis == 2) {
                third |= comma > p;
                height |= value < 0 || value > 0;
            }
            if (xyz) xyz[3 * k + axis] = value;
            p = comma + 1;
        }
        cx->i += at(cx, 0, ';');
    }
    cx->i++;
    *is_3d = third && height;
    return ARYL_OK;
}

// "(x,y,z;x,y,z;...)". Wedges are read against the first flat drawing; without one the first conformer counts.
static aryl_status coordinates(cx_reader *cx)
{
    raw_mol *raw = cx->raw;
    int64_t start = cx->i;
    bool first = !raw->xyz, is_3d;
    if (first && !(raw->xyz = arena_zero(raw->mem, double, 3 * (size_t)raw->n_atoms))) return no_memory(cx);
    TRY(conformer(cx, first ? raw->xyz : NULL, &is_3d));
    if (first) {
        raw->is_3d = is_3d;
    } else if (raw->is_3d && !is_3d) {   // happens once
        memset(raw->xyz, 0, 3 * (size_t)raw->n_atoms * sizeof *raw->xyz);
        cx->i = start;
        TRY(conformer(cx, raw->xyz, &raw->is_3d));
    }
    return ARYL_OK;
}

// ---- lists of atoms and bonds

// "a.b": bond b, turned so that it begins at atom a. NULL where one of them is not in the molecule.
static aryl_status bond_from_atom(cx_reader *cx, raw_bond **out)
{
    int64_t start = cx->i;
    uint32_t atom = 0, number = 0;
    cx_uint(cx, &atom);
    TRY(cx_expect(cx, '.'));
    TRY(expect_uint(cx, &number));
    raw_bond *b = bond_of(cx, number);
    *out = b && valid_atom(cx, atom) ? b : NULL;
    if (!*out || b->begin == (int32_t)atom) return ARYL_OK;
    if (b->end != (int32_t)atom) return cx_fail(cx, start, "the atom is not at that bond");
    b->end = b->begin;
    b->begin = (int32_t)atom;
    return ARYL_OK;
}

// "C:a.b,..." and "H:a.b,...": bond b has another type and begins at atom a
static aryl_status coordinate_bonds(cx_reader *cx, int32_t type)
{
    cx->i++;
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        raw_bond *b;
        TRY(bond_from_atom(cx, &b));
        if (b) b->type = (uint8_t)type;
        skip_comma(cx);
    }
    return ARYL_OK;
}

static aryl_status zero_bonds(cx_reader *cx)
{
    cx->i++;
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        uint32_t number;
        cx_uint(cx, &number);
        raw_bond *b = bond_of(cx, number);
        if (b) b->type = BOND_ZERO;
        skip_comma(cx);
    }
    return ARYL_OK;
}

// "^2:a,a,...": kinds 1 to 7 of radicals
static aryl_status radicals(cx_reader *cx)
{
    if (cx->i + 1 >= cx->n || cx->text[cx->i + 1] < '1' || cx->text[cx->i + 1] > '7')
        return cx_fail(cx, cx->i, "radicals are of kind 1 to 7");
    char kind = cx->text[cx->i + 1];
    uint8_t electrons = kind == '1' ? 1 : kind <= '4' ? 2 : 3;
    cx->i += 2;
    TRY(cx_expect(cx, ':'));
    for (;;) {
        uint32_t atom = 0;
        TRY(expect_uint(cx, &atom));
        raw_atom *a = valid_atom(cx, atom);
        if (a) a->radicals = electrons;
        if (!at(cx, 0, ',')) return ARYL_OK;
        cx->i++;
        if (cx->i < cx->n && !digit(cx)) return ARYL_OK;
    }
}

// "a:...", "o1:...", "&1:...": validated only; an atom may stand once in each group
static aryl_status stereo_group(cx_reader *cx, uint32_t kind)
{
    uint32_t number = 0;
    cx->i++;
    if (kind) cx_uint(cx, &number);
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        int64_t start = cx->i;
        uint32_t atom = 0;
        cx_uint(cx, &atom);
        if (valid_atom(cx, atom)) {
            bool is_new;
            if (pair_set_add(&cx->in_group, cx->raw->mem, 10 * number + kind, atom, &is_new)) return no_memory(cx);
            if (!is_new) return cx_fail(cx, start, "the atom stands twice in a stereo group");
        }
        skip_comma(cx);
    }
    return ARYL_OK;
}

// "rb:a:2,...", "s:a:3,...", "u:a,...": what an atom must be like makes it a query atom
static aryl_status atom_queries(cx_reader *cx, char kind)
{
    cx->i += kind == 'r' ? 2 : 1;
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        uint32_t atom, value = 0;
        cx_uint(cx, &atom);
        if (kind != 'u') {
            TRY(cx_expect(cx, ':'));
            int64_t start = cx->i;
            if (at(cx, 0, '*')) cx->i++;
            else TRY(expect_uint(cx, &value));
            if (kind == 'r' && (value == 1 || value > 4))
                return cx_fail(cx, start, "a count of ring bonds is 0, 2, 3, 4 or '*'");
        }
        raw_atom *a = valid_atom(cx, atom);
        if (a) a->flags |= ATOM_QUERY;
        skip_comma(cx);
    }
    return ARYL_OK;
}

// "LN:a:1.3.x.y,...": validated only
static aryl_status link_nodes(cx_reader *cx)
{
    cx->i += 2;
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        int64_t start = cx->i;
        uint32_t atom, value;
        cx_uint(cx, &atom);
        TRY(cx_expect(cx, ':'));
        TRY(expect_uint(cx, &value));
        TRY(cx_expect(cx, '.'));
        TRY(expect_uint(cx, &value));
        raw_atom *a = valid_atom(cx, atom);
        if (at(cx, 0, '.')) {
            cx->i++;
            TRY(expect_uint(cx, &value));
            cx->i++;   // any character
            TRY(expect_uint(cx, &value));
        } else if (a && a->degree != 2) {
            return cx_fail(cx, start, "a link node without named neighbours must have two");
        }
        skip_comma(cx);
    }
    return ARYL_OK;
}

// "m:a:i.i.i,...": variable attachment, validated only
static aryl_status attachments(cx_reader *cx)
{
    cx->i++;
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        int64_t start = cx->i;
        uint32_t atom, other;
        cx_uint(cx, &atom);
        raw_atom *a = valid_atom(cx, atom);
        if (a && a->degree != 1) return cx_fail(cx, start, "a variable attachment must have one bond");
        TRY(cx_expect(cx, ':'));
        while (cx_uint(cx, &other)) cx->i += at(cx, 0, '.');
        skip_comma(cx);
    }
    return ARYL_OK;
}

// "w:a.b,...", "wU:", "wD:": bond b is wavy, a wedge or a dash that begins at atom a
static aryl_status wedges(cx_reader *cx)
{
    int32_t dir = at(cx, 1, 'U') ? DIR_WEDGE : at(cx, 1, 'D') ? DIR_DASH : DIR_UNKNOWN;
    cx->i += dir == DIR_UNKNOWN ? 1 : 2;
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        int64_t start = cx->i;
        raw_bond *b;
        TRY(bond_from_atom(cx, &b));
        if (b && b->flags & BOND_DRAWN) return cx_fail(cx, start, "the bond is drawn twice");
        if (b) {
            io_draw(b, dir);
            if (b->type == BOND_SINGLE || b->type == BOND_AROMATIC) {
                if (dir == DIR_UNKNOWN) cx->raw->atom[b->begin].tag = TAG_NONE;
                else cx->raw->has_wedge = true;
            }
        }
        skip_comma(cx);
    }
    return ARYL_OK;
}

// The two lowest neighbours of each atom.
static aryl_status find_lowest(cx_reader *cx)
{
    const raw_mol *raw = cx->raw;
    int32_t (*lowest)[2] = arena_bytes(raw->mem, (size_t)raw->n_atoms, sizeof *lowest);
    if (!lowest) return no_memory(cx);
    for (int32_t i = 0; i < raw->n_atoms; i++) lowest[i][0] = lowest[i][1] = INT32_MAX;
    for (int32_t i = 0; i < raw->n_bonds; i++) {
        int32_t ends[2] = {raw->bond[i].begin, raw->bond[i].end};
        for (int32_t k = 0; k < 2; k++) {
            int32_t *l = lowest[ends[k]], other = ends[1 - k];
            if (other < l[0]) l[1] = l[0], l[0] = other;
            else if (other < l[1]) l[1] = other;
        }
    }
    cx->lowest = lowest[0];
    return ARYL_OK;
}

// "c:b,...", "t:", "ctu:": the lowest other neighbours of both ends are on one side, on two, or it is unknown
static aryl_status double_bonds(cx_reader *cx)
{
    uint8_t stereo = at(cx, 0, 't') ? STEREO_TRANS : at(cx, 1, 't') && at(cx, 2, 'u') ? STEREO_ANY : STEREO_CIS;
    while (cx->i < cx->n && cx->text[cx->i] != ':') cx->i++;
    TRY(cx_expect(cx, ':'));
    while (digit(cx)) {
        uint32_t number;
        cx_uint(cx, &number);
        raw_bond *b = bond_of(cx, number);
        if (b && cx->raw->atom[b->begin].degree > 1 && cx->raw->atom[b->end].degree > 1) {
            if (!cx->lowest) TRY(find_lowest(cx));
            const int32_t *l = &cx->lowest[2 * b->begin], *k = &cx->lowest[2 * b->end];
            b->stereo_atom[0] = l[0] == b->end ? l[1] : l[0];
            b->stereo_atom[1] = k[0] == b->begin ? k[1] : k[0];
            b->stereo = stereo;
        }
        skip_comma(cx);
    }
    return ARYL_OK;
}

// ---- all of it

static aryl_status section(cx_reader *cx)
{
    char c = cx->text[cx->i];
    switch (c) {
    case '(': return coordinates(cx);
    case '$': return labels(cx, cx->n - cx->i > 4 && !memcmp(cx->text + cx->i, "$_AV:", 5));
    case 'C': return coordinate_bonds(cx, BOND_DATIVE);
    case 'H': return coordinate_bonds(cx, BOND_HYDROGEN);
    case 'Z': return zero_bonds(cx);
    case '^': return radicals(cx);
    case 'a':
        if (cx->n - cx->i > 9 && !memcmp(cx->text + cx->i, "atomProp:", 9)) return atom_properties(cx);
        return stereo_group(cx, 0);
    case 'o': return stereo_group(cx, 1);
    case '&':
        if (cx->i + 1 < cx->n && !at(cx, 1, '#')) return stereo_group(cx, 2);
        break;
    case 'r':
        if (at(cx, 1, 'b')) return atom_queries(cx, 'r');
        break;
    case 'u':
    case 's': return atom_queries(cx, c);
    case 'L':
        if (at(cx, 1, 'N')) return link_nodes(cx);
        break;
    case 'S':
        if (!at(cx, 1, 'g')) break;
        return at(cx, 2, 'D') ? cx_data(cx) : at(cx, 2, 'H') ? cx_hierarchy(cx) : cx_polymer(cx);
    case 'm': return attachments(cx);
    case 'w': return wedges(cx);
    case 'c':
    case 't': return double_bonds(cx);
    }
    cx->i++;
    return ARYL_OK;
}

aryl_status smiles_extensions(smiles_reader *r, const char *text, int64_t len, int64_t *used)
{
    raw_mol *raw = r->raw;
    cx_reader cx = {.smiles = r, .raw = raw, .text = text, .i = 1, .n = len};
    cx.word = arena_new(raw->mem, char, len);
    cx.label = arena_zero(raw->mem, uint8_t, raw->n_atoms);
    if (!cx.word || !cx.label) return no_memory(&cx);
    while (cx.i < cx.n && text[cx.i] != '|') TRY(section(&cx));
    if (cx.i >= cx.n) return cx_fail(&cx, cx.n, "the extensions end without a bar");
    cx_apply_labels(&cx);
    TRY(cx_groups_done(&cx));
    io_clear_drawing(raw);
    *used = cx.i + 1;
    return ARYL_OK;
}
