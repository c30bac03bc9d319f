// molfile.c - one molfile into the raw graph: lines and columns, the header, atoms and bonds of V2000.
//
// Columns are counted from 0 here, from 1 in the format's description. Which junk is forgiven and which refuses the
// molecule follows RDKit in its strict mode, field by field.
#include <stdarg.h>
#include <stdio.h>

#include "io/io.h"

// ---- failing

static aryl_status record(const mol_reader *m, aryl_status status, const char *at, const char *format, va_list args)
{
    char message[sizeof m->err->message];
    if (!m->err) return status;
    if (at < m->text || at > m->end) at = m->line;   // in a line put together from several
    vsnprintf(message, sizeof message, format, args);
    int32_t line = 1;
    for (const char *p = m->text; p < at; p++) line += *p == '\n';
    fail_at(m->err, status, at - m->text, "line %d: %.200s", line, message);
    m->err->line = line;
    return status;
}

aryl_status mol_fail(const mol_reader *m, const char *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record(m, ARYL_E_SYNTAX, at, format, args);
    va_end(args);
    return ARYL_E_SYNTAX;
}

aryl_status mol_fail_as(const mol_reader *m, aryl_status status, const char *at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record(m, status, at, format, args);
    va_end(args);
    return status;
}

aryl_status mol_no_memory(const mol_reader *m) { return fail_at(m->err, ARYL_E_NOMEM, -1, "out of memory"); }

// ---- lines

void mol_next_line(mol_reader *m)
{
    m->line = m->next;
    m->len = 0;
    if (m->at_end || m->next == m->end) {
        m->at_end = true;
        return;
    }
    const char *newline = memchr(m->next, '\n', (size_t)(m->end - m->next));
    const char *stop = newline ? newline : m->end;
    m->at_end = !newline;
    m->next = newline ? newline + 1 : m->end;
    m->len = stop - m->line;
    if (m->len && stop[-1] == '\r') m->len--;
}

bool mol_line_is(const mol_reader *m, const char *beginning)
{
    int64_t n = (int64_t)strlen(beginning);
    return m->len >= n && !memcmp(m->line, beginning, (size_t)n);
}

aryl_status mol_columns(const mol_reader *m, int64_t from, int64_t width, io_text *out)
{
    if (from > m->len) return mol_fail(m, m->line + m->len, "the line is too short");
    *out = (io_text){m->line + from, m->len - from < width ? m->len - from : width};
    return ARYL_OK;
}

// ---- numbers

static bool blank(char c, const char *blanks) { return c && strchr(blanks, c); }
static bool digit(char c) { return c >= '0' && c <= '9'; }

io_text io_strip(io_text t, const char *blanks)
{
    while (t.len && blank(*t.p, blanks)) t.p++, t.len--;
    while (t.len && blank(t.p[t.len - 1], blanks)) t.len--;
    return t;
}

bool io_text_is(io_text t, const char *word)
{
    return t.len == (int64_t)strlen(word) && !memcmp(t.p, word, (size_t)t.len);
}

// Digits, blanks and signs only; then what stands first, 0 if that is no number or one of more than `most`.
static aryl_status loose(const mol_reader *m, io_text t, bool minus, int64_t most, int64_t *out)
{
    for (int64_t i = 0; i < t.len; i++)
        if (!digit(t.p[i]) && t.p[i] != ' ' && t.p[i] != '+' && (t.p[i] != '-' || !minus))
            return mol_fail(m, t.p + i, "'%.*s' is no number", t.len > 40 ? 40 : (int)t.len, t.p);
    int64_t i = 0, value = 0;
    while (i < t.len && t.p[i] == ' ') i++;
    bool negative = i < t.len && t.p[i] == '-';
    for (i += negative; i < t.len && digit(t.p[i]); i++) {
        value = 10 * value + (t.p[i] - '0');
        if (value > most) {
            *out = 0;
            return ARYL_OK;
        }
    }
    *out = negative ? -value : value;
    return ARYL_OK;
}

aryl_status mol_loose(const mol_reader *m, io_text t, int32_t *out)
{
    int64_t value;
    TRY(loose(m, t, true, INT32_MAX, &value));
    *out = (int32_t)value;
    return ARYL_OK;
}

aryl_status mol_loose_unsigned(const mol_reader *m, io_text t, uint32_t *out)
{
    int64_t value;
    TRY(loose(m, t, false, UINT32_MAX, &value));
    *out = (uint32_t)value;
    return ARYL_OK;
}

aryl_status mol_tight(const mol_reader *m, io_text t, int64_t *out)
{
    io_text s = io_strip(t, " ");
    if (!s.len || text_read_int(s.p, s.len, out) != s.len || *out > UINT32_MAX || *out < -(int64_t)UINT32_MAX)
        return mol_fail(m, t.p, "'%.*s' is no number", t.len > 40 ? 40 : (int)t.len, t.p);
    return ARYL_OK;
}

aryl_status mol_loose_at(const mol_reader *m, int64_t from, int64_t width, int32_t *out)
{
    io_text t;
    TRY(mol_columns(m, from, width, &t));
    return mol_loose(m, t, out);
}

aryl_status mol_tight_at(const mol_reader *m, int64_t from, int64_t width, uint32_t *out)
{
    io_text t;
    int64_t value;
    TRY(mol_columns(m, from, width, &t));
    TRY(mol_tight(m, t, &value));
    *out = (uint32_t)value;
    return ARYL_OK;
}

// ---- atoms and bonds of either version

static bool one_of(io_text t, const char *const *words)
{
    for (; *words; words++)
        if (io_text_is(t, *words)) return true;
    return false;
}

static const char *const group_names[] = {   // generic groups: atoms that stand for many
    "Group", "G", "GroupH", "GH", "Group*", "G*", "GroupH*", "GH*", "Alkyl", "ALK", "AlkylH", "ALH", "Alkenyl", "AEL",
    "AlkenylH", "AEH", "Alkynyl", "AYL", "AlkynylH", "AYH", "Carbocyclic", "CBC", "CarbocyclicH", "CBH", "Carbocycloalkyl",
    "CAL", "CarbocycloalkylH", "CAH", "Carbocycloalkenyl", "CEL", "CarbocycloalkenylH", "CEH", "Carboaryl", "ARY",
    "CarboarylH", "ARH", "Cyclic", "CYC", "CyclicH", "CYH", "Acyclic", "ACY", "AcyclicH", "ACH", "Carboacyclic", "ABC",
    "CarboacyclicH", "ABH", "Heteroacyclic", "AHC", "HeteroacyclicH", "AHH", "Alkoxy", "AOX", "AlkoxyH", "AOH",
    "Heterocyclic", "CHC", "HeterocyclicH", "CHH", "Heteroaryl", "HAR", "HeteroarylH", "HAH", "NoCarbonRing", "CXX",
    "NoCarbonRingH", "CXH", NULL
};

// "R" and a text between "0" and "99" in plain order of letters.
static bool numbered_r(io_text t)
{
    if (t.len < 2 || t.p[0] != 'R' || t.p[1] < '0' || t.p[1] > '9') return false;
    return t.len == 2 || t.p[1] < '9' || t.p[2] < '9' || (t.p[2] == '9' && t.len == 3);
}

int32_t mol_element(io_text t)
{
    char fixed[2];
    if (t.len < 1 || t.len > 2) return -1;
    memcpy(fixed, t.p, (size_t)t.len);
    bool capital = fixed[0] >= 'A' && fixed[0] <= 'Z';
    if (t.len == 2 && capital && fixed[1] >= 'A' && fixed[1] <= 'Z') fixed[1] = (char)(fixed[1] + 32);
    return element_by_symbol(fixed, (int32_t)t.len);
}

aryl_status mol_symbol(const mol_reader *m, io_text t, bool v3000, raw_atom *a)
{
    static const char *const queries[] = {"A", "AH", "Q", "QH", "X", "XH", "M", "MH", "*", NULL};
    static const char *const dummies[] = {"R#", "Pol", "Mod", NULL};
    if (one_of(t, queries) || (io_text_is(t, "R") && !v3000)) {
        a->flags |= ATOM_QUERY | ATOM_NO_IMPLICIT;
    } else if (numbered_r(t)) {
        int32_t number = 0;
        for (int64_t i = 1; i < t.len && number >= 0; i++) number = digit(t.p[i]) ? 10 * number + (t.p[i] - '0') : -1;
        if (number > 0) a->isotope = (uint16_t)number;
    } else if (one_of(t, dummies) || io_text_is(t, "R") || (!v3000 && (io_text_is(t, "L") || io_text_is(t, "LP")))) {
        // a dummy
    } else if (io_text_is(t, "D") || io_text_is(t, "T")) {
        a->z = 1;
        a->isotope = *t.p == 'D' ? 2 : 3;
    } else if (one_of(t, group_names)) {
        a->flags |= ATOM_QUERY;
    } else {
        int32_t z = mol_element(t);
        if (z < 0) return mol_fail(m, t.p, "no element '%.*s'", t.len > 40 ? 40 : (int)t.len, t.p);
        a->z = (uint8_t)z;
    }
    return ARYL_OK;
}

void mol_set_charge(raw_atom *a, int32_t charge)
{
    int32_t wrapped = (int32_t)((uint32_t)charge & 255);
    a->charge = (int8_t)(wrapped < 128 ? wrapped : wrapped - 256);
}

void mol_draw(mol_reader *m, raw_bond *b, int32_t dir)
{
    if (dir == DIR_EITHER) {
        b->dir = DIR_EITHER;
        b->stereo = STEREO_ANY;
    } else {
        io_draw(b, dir);
    }
    m->drawn |= dir != DIR_UNKNOWN;
}

aryl_status mol_add_bond(mol_reader *m, int64_t begin, int64_t end, uint32_t type, bool v3000, const char *at, raw_bond **out)
{
    raw_mol *raw = m->raw;
    if (begin < 0 || end < 0 || begin >= raw->n_atoms || end >= raw->n_atoms)
        return mol_fail(m, at, "a bond to an atom that does not exist");
    if (begin == end) return mol_fail(m, at, "a bond of an atom to itself");
    bool is_new;
    uint32_t low = (uint32_t)(begin < end ? begin : end), high = (uint32_t)(begin < end ? end : begin);
    if (pair_set_add(&m->bonded, raw->mem, low, high, &is_new)) return mol_no_memory(m);
    if (!is_new) return mol_fail(m, at, "a second bond between atoms %u and %u", low + 1, high + 1);
    raw_bond *b = raw_add_bond(raw, (int32_t)begin, (int32_t)end, BOND_UNSPECIFIED);
    if (!b) return mol_no_memory(m);
    switch (type) {
    case 0: break;
    case 1: b->type = BOND_SINGLE; break;
    case 2: b->type = BOND_DOUBLE; break;
    case 3: b->type = BOND_TRIPLE; break;
    case 4:
        b->type = BOND_AROMATIC;
        b->flags = BOND_IS_AROMATIC;
        break;
    case 5:
    case 6:
    case 7: b->flags = BOND_IS_QUERY | BOND_NO_H; break;
    case 9: b->type = BOND_DATIVE; break;
    case 10:
        if (v3000) b->type = BOND_HYDROGEN;
        else b->flags = BOND_IS_QUERY;
        break;
    default: b->flags = BOND_IS_QUERY;
    }
    *out = b;
    return ARYL_OK;
}

// ---- V2000: atom and bond lines

// Ten columns of digits, but the number may run on behind them.
static aryl_status coordinate(const mol_reader *m, int64_t from, double *out)
{
    for (int64_t i = from; i < from + 10; i++)
        if (!digit(m->line[i]) && !blank(m->line[i], " +-,."))
            return mol_fail(m, m->line + i, "a coordinate is no number");
    *out = io_atof(m->line + from, m->len - from);
    return ARYL_OK;
}

// A field that the line need not have; `none` is what it holds when it says nothing.
static aryl_status optional(const mol_reader *m, int64_t from, int64_t width, const char *none, int32_t *out)
{
    *out = 0;
    if (m->len < from + width || !memcmp(m->line + from, none, (size_t)width)) return ARYL_OK;
    return mol_loose_at(m, from, width, out);
}

static aryl_status atom_line(mol_reader *m, int32_t index)
{
    raw_mol *raw = m->raw;
    int32_t mass, charge, h_count, valence, unused;
    mol_next_line(m);
    if (m->at_end) return mol_fail(m, m->line, "the text ends among the atoms");
    if (m->len < 34) return mol_fail(m, m->line + m->len, "the line is too short for an atom");
    raw_atom *a = raw_add_atom(raw);
    if (!a) return mol_no_memory(m);
    a->at = (int32_t)(m->line - m->text);
    for (int32_t k = 0; k < 3; k++) TRY(coordinate(m, 10 * k, &raw->xyz[3 * (int64_t)index + k]));
    io_text symbol = io_strip((io_text){m->line + 31, 3}, " \t\n\v\f\r");
    if (!symbol.len) return mol_fail(m, m->line + 31, "an atom without a symbol");

    TRY(optional(m, 34, 2, " 0", &mass));
    TRY(optional(m, 36, 3, "  0", &charge));
    TRY(optional(m, 39, 3, "  0", &unused));   // parity: not used, but to be a number
    TRY(optional(m, 42, 3, "  0", &h_count));
    TRY(optional(m, 45, 3, "  0", &unused));
    TRY(optional(m, 48, 3, "  0", &valence));
    TRY(optional(m, 54, 3, "  0", &unused));
    TRY(optional(m, 57, 3, "  0", &unused));
    if (m->len >= 63 && memcmp(m->line + 60, "  0", 3)) {   // blank: map number 0, which is not the same as none
        TRY(mol_loose_at(m, 60, 3, &a->map));
        a->flags |= ATOM_HAS_MAP;
    }
    TRY(optional(m, 63, 3, "  0", &unused));
    TRY(optional(m, 66, 3, "  0", &unused));

    TRY(mol_symbol(m, symbol, false, a));
    if (mass) a->isotope = (uint16_t)(elements[a->z].common_isotope + mass);
    if (charge) mol_set_charge(a, 4 - charge);
    if (h_count >= 1) a->flags |= ATOM_QUERY | ATOM_NO_IMPLICIT;
    a->valence_field = (int16_t)valence;
    return ARYL_OK;
}

static aryl_status bond_line(mol_reader *m)
{
    uint32_t begin, end, type;
    mol_next_line(m);
    if (m->at_end) return mol_fail(m, m->line, "the text ends among the bonds");
    if (m->len < 9) return mol_fail(m, m->line + m->len, "the line is too short for a bond");
    TRY(mol_loose_unsigned(m, (io_text){m->line, 3}, &begin));
    TRY(mol_loose_unsigned(m, (io_text){m->line + 3, 3}, &end));
    TRY(mol_loose_unsigned(m, (io_text){m->line + 6, 3}, &type));
    raw_bond *b;
    TRY(mol_add_bond(m, (int64_t)begin - 1, (int64_t)end - 1, type, false, m->line, &b));

    mol_reader quiet = *m;   // what is unreadable here is passed over
    quiet.err = NULL;
    if (m->len >= 12 && memcmp(m->line + 9, "  0", 3)) {
        uint32_t stereo;
        if (mol_loose_unsigned(&quiet, (io_text){m->line + 9, 3}, &stereo)) stereo = 0;
        static const uint8_t drawn[] = {[1] = DIR_WEDGE, [3] = DIR_EITHER, [4] = DIR_UNKNOWN, [6] = DIR_DASH};
        int32_t dir = stereo < sizeof drawn ? drawn[stereo] : DIR_NONE;
        if (dir) mol_draw(m, b, dir);
    }
    if (m->len >= 18 && memcmp(m->line + 15, "  0", 3)) {
        int32_t topology;
        if (mol_loose(&quiet, (io_text){m->line + 15, 3}, &topology)) topology = 0;
        if (topology < 0 || topology > 2) return mol_fail(m, m->line + 15, "a topology of a bond is 0, 1 or 2");
        if (topology) b->flags |= BOND_IS_QUERY;
    }
    return ARYL_OK;
}

static aryl_status v2000(mol_reader *m, uint32_t n_atoms, uint32_t n_bonds)
{
    for (uint32_t i = 0; i < n_atoms; i++) TRY(atom_line(m, (int32_t)i));
    for (uint32_t i = 0; i < n_bonds; i++) TRY(bond_line(m));
    return mol_properties(m);
}

// ---- the whole

aryl_status mol_room_for(mol_reader *m, uint32_t n_atoms)
{
    if (m->limits && m->limits->atoms > 0 && n_atoms > (uint32_t)m->limits->atoms)
        return mol_fail_as(m, ARYL_E_LIMIT, m->line, "more than %d atoms", m->limits->atoms);
    // Each atom has a line of its own, so the text bounds the number.
    if (n_atoms > (uint64_t)(m->end - m->text)) return mol_fail(m, m->line, "fewer atoms than announced");
    if (n_atoms && !(m->raw->xyz = arena_zero(m->raw->mem, double, 3 * (size_t)n_atoms))) return mol_no_memory(m);
    return ARYL_OK;
}

// Names are kept as they are; lines end at LF, with one CR before it.
static aryl_status header(mol_reader *m, bool *says_3d, uint32_t *n_atoms, uint32_t *n_bonds, int32_t *version)
{
    mol_next_line(m);
    if (m->at_end) return mol_fail(m, m->line + m->len, "the text ends in the header");
    if (m->len) {
        m->raw->name = m->line;
        m->raw->name_len = m->len;
    }
    mol_next_line(m);
    *says_3d = m->len >= 22 && (!memcmp(m->line + 20, "3D", 2) || !memcmp(m->line + 20, "3d", 2));
    mol_next_line(m);
    mol_next_line(m);
    if (m->len < 6) return mol_fail(m, m->line + m->len, "the line is too short for counts");
    TRY(mol_loose_unsigned(m, (io_text){m->line, 3}, n_atoms));
    TRY(mol_loose_unsigned(m, (io_text){m->line + 3, 3}, n_bonds));
    *version = 2000;
    if (m->len > 35) {
        bool whole = m->len >= 39, new_one = whole && !memcmp(m->line + 34, "V3000", 5);
        if (!new_one && !(whole && !memcmp(m->line + 34, "V2000", 5)))
            return mol_fail(m, m->line + 34, "the version is neither V2000 nor V3000");
        if (new_one) *version = 3000;
    }
    return ARYL_OK;
}

aryl_status io_mol_read(const char *text, int64_t len, const io_limits *limits, raw_mol *raw, aryl_error *err)
{
    int64_t max_bytes = limits && limits->bytes > 0 && limits->bytes < INT32_MAX ? limits->bytes : INT32_MAX;
    if (len > max_bytes)
        return fail_at(err, ARYL_E_LIMIT, max_bytes, "a text of more than %lld bytes", (long long)max_bytes);
    mol_reader m = {.raw = raw, .err = err, .limits = limits, .text = text, .next = text, .line = text, .end = text + len};
    bool says_3d = false;
    uint32_t n_atoms = 0, n_bonds = 0;
    int32_t version = 0;
    raw->from_molfile = true;
    TRY(header(&m, &says_3d, &n_atoms, &n_bonds, &version));
    if (version == 2000) {
        TRY(mol_room_for(&m, n_atoms));
        TRY(v2000(&m, n_atoms, n_bonds));
    } else {
        if (n_atoms || n_bonds) return mol_fail(&m, m.line, "V3000 counts are in the table, not in this line");
        TRY(mol_v3000(&m));
    }
    bool high = false;
    for (int32_t i = 0; i < raw->n_atoms; i++) high |= raw->xyz[3 * i + 2] > 1e-3 || raw->xyz[3 * i + 2] < -1e-3;
    raw->is_3d = high || (says_3d && !m.drawn);
    raw->has_wedge = m.drawn;
    TRY(mol_groups_done(&m));
    io_clear_drawing(raw);
    return ARYL_OK;
}
