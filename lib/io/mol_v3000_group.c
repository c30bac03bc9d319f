// mol_v3000_group.c - substance groups of V3000 molfiles: "1 DAT 0 ATOMS=(2 3 4) FIELDNAME=... FIELDDATA="...""
//
// Values are arrays in parentheses, numbers, quoted texts or words; what a line leaves out, a DEFAULT line may say.
#include "io/io.h"

typedef struct scan {
    const mol_reader *m;
    const char *p, *end;
} scan;

static bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static void skip_blanks(scan *s)
{
    while (s->p < s->end && blank(*s->p)) s->p++;
}

static aryl_status bad(const scan *s, const char *why) { return mol_fail(s->m, s->p, "substance group: %s", why); }

// As a C++ stream reads one: after blanks, with a sign; a negative one wraps.
static bool unsigned_number(scan *s, int64_t *out)
{
    scan t = *s;
    int64_t value;
    skip_blanks(&t);
    int64_t n = text_read_int(t.p, t.end - t.p, &value);
    if (!n || value > UINT32_MAX || value < -(int64_t)UINT32_MAX) return false;
    t.p += n;
    *out = (uint32_t)value;
    *s = t;
    return true;
}

static bool real_number(scan *s)
{
    double value;
    skip_blanks(s);
    int64_t n = text_read_double(s->p, s->end - s->p, &value);
    s->p += n;
    return n > 0;
}

// ---- arrays: "(count value value ...)", whatever the parentheses really are

static aryl_status array_count(scan *s, int64_t most, int64_t *count)
{
    s->p += s->p < s->end;
    if (!unsigned_number(s, count)) return bad(s, "an array without a count");
    return *count > most ? bad(s, "an array that is too long") : ARYL_OK;
}

static aryl_status fewer(const scan *s) { return bad(s, "an array with fewer numbers than announced"); }

static void array_end(scan *s) { s->p += s->p < s->end; }

// An array of atom or bond numbers, added to a list.
static aryl_status indices(scan *s, const id_map *ids, int64_t most, const index_list *within, index_list *list)
{
    int64_t count = 0, number = 0;
    TRY(array_count(s, most, &count));
    for (int64_t i = 0; i < count; i++) {
        if (!unsigned_number(s, &number)) return fewer(s);
        int32_t index = id_map_get(ids, number);
        bool known = index >= 0 && !within;
        for (int32_t k = 0; within && k < within->n; k++) known |= within->v[k] == index;
        if (!known) return bad(s, "an atom or bond that does not exist");
        if (!index_list_add(list, s->m->raw->mem, index)) return mol_no_memory(s->m);
    }
    array_end(s);
    return ARYL_OK;
}

static aryl_status bond_numbers(scan *s, int64_t most)   // validated only
{
    int64_t count = 0, number = 0;
    TRY(array_count(s, most, &count));
    for (int64_t i = 0; i < count; i++)
        if (!unsigned_number(s, &number)) return fewer(s);
    array_end(s);
    return ARYL_OK;
}

static aryl_status bracket(scan *s)
{
    int64_t count = 0;
    TRY(array_count(s, 9, &count));
    for (int64_t i = 0; i < count; i++)
        if (!real_number(s)) return fewer(s);
    array_end(s);
    return count == 9 ? ARYL_OK : bad(s, "a bracket has nine coordinates");
}

// "(4 bond x y z)" or "(1 bond)"; where x, y, z are no numbers the rest of the line is lost
static aryl_status bond_state(scan *s, io_group *g, const id_map *bonds)
{
    int64_t count = 0, number = 0;
    if (s->p == s->end || *s->p++ != '(') return bad(s, "the state of a bond stands in parentheses");
    if (!unsigned_number(s, &count) || count != (g->is_super ? 4 : 1))
        return bad(s, "the state of a bond has another length");
    int32_t index = unsigned_number(s, &number) ? id_map_get(bonds, number) : -1;
    bool ours = false;
    for (int32_t i = 0; i < g->bonds.n; i++) ours |= g->bonds.v[i] == index;
    if (index < 0 || !ours || io_group_crossed(s->m->raw, g, index) != 1)
        return bad(s, "a state of a bond that does not leave the group");
    for (int64_t i = 1; i < count; i++)
        if (!real_number(s)) s->p = s->end;
    array_end(s);
    return index_list_add(&g->states, s->m->raw->mem, index) ? ARYL_OK : mol_no_memory(s->m);
}

static bool word(scan *s, io_text *out)   // after blanks
{
    skip_blanks(s);
    const char *start = s->p;
    while (s->p < s->end && !blank(*s->p)) s->p++;
    *out = (io_text){start, s->p - start};
    return out->len > 0;
}

// "(3 atom leaving id)"
static aryl_status attachment(scan *s, io_group *g, const id_map *atoms)
{
    int64_t unused, atom;
    io_text leaving, id;
    if (s->p == s->end || *s->p++ != '(' || !unsigned_number(s, &unused) || s->p == s->end || !blank(*s->p) ||
        !unsigned_number(s, &atom) || s->p == s->end || !blank(*s->p) || !word(s, &leaving) || !word(s, &id) ||
        id.p[id.len - 1] != ')')
        return bad(s, "an attachment point is (3 atom leaving id)");
    int32_t index = id_map_get(atoms, atom);
    if (index < 0) return bad(s, "an attachment point at an atom that does not exist");
    bool itself = leaving.len == 4;
    for (int32_t i = 0; itself && i < 4; i++) itself = (leaving.p[i] & ~0x20) == "AIDX"[i];
    if (!itself) {
        int32_t number;
        TRY(mol_loose(s->m, leaving, &number));
        if (number > 0 && id_map_get(atoms, number) < 0) return bad(s, "a leaving atom that does not exist");
    }
    return index_list_add(&g->holds, s->m->raw->mem, index) ? ARYL_OK : mol_no_memory(s->m);
}

// ---- texts

// A quoted text with doubled quotes, or what stands up to the next blank; an apostrophe is an empty text.
static aryl_status text_value(scan *s, io_text *out)
{
    *out = (io_text){s->p, 0};
    if (s->p == s->end || *s->p == ' ') return ARYL_OK;
    if (*s->p == '\'') {
        s->p++;
        return ARYL_OK;
    }
    if (*s->p != '"') {
        word(s, out);
        return ARYL_OK;
    }
    char *copy = arena_new(s->m->raw->mem, char, s->end - s->p);
    if (!copy) return mol_no_memory(s->m);
    int64_t n = 0;
    for (s->p++; s->p < s->end; s->p++) {
        if (*s->p == '"') {
            s->p++;
            if (s->p == s->end || *s->p != '"') break;
        }
        copy[n++] = *s->p;
    }
    *out = io_strip_right((io_text){copy, n});
    return ARYL_OK;
}

static bool listed(io_text t, const char *const *words)
{
    for (; *words; words++)
        if (io_text_is(t, *words)) return true;
    return false;
}

static aryl_status text_key(scan *s, io_group *g, io_text label)
{
    static const char *const subtypes[] = {"ALT", "RAN", "BLO", NULL}, *const connections[] = {"HH", "HT", "EU", NULL};
    static const char *const classes[] = {
        "AA", "dAA", "DNA", "RNA", "SUGAR", "BASE", "PHOSPHATE", "LINKER", "CHEM", "LGRP", "MODAA", "MODdAA", "MODDNA",
        "MODRNA", "XLINKAA", "XLINKdAA", "XLINKDNA", "XLINKRNA", NULL
    };
    io_text value;
    TRY(text_value(s, &value));
    if (io_text_is(label, "FIELDDATA")) {
        if (value.len > MOL_DATA_LENGTH) value.len = MOL_DATA_LENGTH;
        return mol_group_add_data((mol_reader *)s->m, g, value);
    }
    if (io_text_is(label, "SUBTYPE") && !listed(value, subtypes)) return bad(s, "a subtype is ALT, RAN or BLO");
    if (io_text_is(label, "CONNECT") && !listed(value, connections)) return bad(s, "a connection is HH, HT or EU");
    if (io_text_is(label, "CLASS") && !listed(value, classes)) return bad(s, "an unknown class");
    if (io_text_is(label, "FIELDNAME")) g->name = value;
    else if (io_text_is(label, "QUERYTYPE")) g->query_type = value;
    else if (io_text_is(label, "QUERYOP")) g->query_operator = value;
    return ARYL_OK;
}

// ---- a group

typedef struct ids { const id_map *atoms, *bonds; } ids;

static aryl_status value_of(scan *s, io_group *g, io_text label, const ids *of)
{
    int64_t n_atoms = s->m->raw->n_atoms, n_bonds = s->m->raw->n_bonds;
    if (io_text_is(label, "ATOMS")) return indices(s, of->atoms, n_atoms, NULL, &g->atoms);
    if (io_text_is(label, "PATOMS")) return indices(s, of->atoms, n_atoms, &g->atoms, &g->more_atoms);
    if (io_text_is(label, "CBONDS") || io_text_is(label, "XBONDS")) return indices(s, of->bonds, n_bonds, NULL, &g->bonds);
    if (io_text_is(label, "XBHEAD") || io_text_is(label, "XBCORR")) return bond_numbers(s, n_bonds);
    if (io_text_is(label, "BRKXYZ")) return bracket(s);
    if (io_text_is(label, "CSTATE")) return bond_state(s, g, of->bonds);
    if (io_text_is(label, "SAP")) return attachment(s, g, of->atoms);
    if (io_text_is(label, "PARENT") || io_text_is(label, "COMPNO")) {
        int64_t number;
        if (!unsigned_number(s, &number)) return bad(s, "a number is missing");
        return number > 256 && *label.p == 'C' ? bad(s, "a component number is at most 256") : ARYL_OK;
    }
    return text_key(s, g, label);
}

// What the group has said itself is passed over in the DEFAULT line.
static void skip_value(scan *s)
{
    char close = s->p == s->end ? ' ' : *s->p == '(' ? ')' : *s->p == '"' ? '"' : ' ';
    const char *from = s->p + (close == '"'), *stop = from < s->end ? memchr(from, close, (size_t)(s->end - from)) : NULL;
    s->p = stop ? stop + (close != ' ') : s->end;
}

enum { MOST_LABELS = 64 };   // there are about thirty

static aryl_status keys(scan *s, io_group *g, const ids *of, bool defaults, io_text *label, int32_t *n)
{
    while (s->p < s->end) {
        if (*s->p != ' ') return bad(s, "keys stand behind one blank");
        const char *start = ++s->p;
        const char *equals = start < s->end ? memchr(start, '=', (size_t)(s->end - start)) : NULL;
        io_text one = {start, (equals ? equals : s->end) - start};
        s->p = equals ? equals + 1 : s->end;
        if (!one.len) continue;
        bool seen = false;
        for (int32_t i = 0; i < *n && !seen; i++)
            seen = label[i].len == one.len && !memcmp(label[i].p, one.p, (size_t)one.len);
        if (seen && defaults) {
            skip_value(s);
            continue;
        }
        if (!seen && *n < MOST_LABELS) label[(*n)++] = one;
        TRY(value_of(s, g, one, of));
    }
    return ARYL_OK;
}

// "number TYPE number"; where the second number is missing the rest of the line is lost.
static aryl_status beginning(scan *s, io_group *g, io_text *type)
{
    int64_t number, external;
    *type = (io_text){s->p, 0};
    if (!unsigned_number(s, &number) || !word(s, type)) return mol_unknown_group(s->m, *type);
    if (!unsigned_number(s, &external)) s->p = s->end;
    g->number = (int32_t)number;
    return mol_group_type(*type) ? ARYL_OK : mol_unknown_group(s->m, *type);
}

// Merges two lists in the order of their numbers.
static io_group *merged(io_group *a, io_group *b)
{
    io_group *first = NULL, **last = &first;
    while (a && b) {
        io_group **less = b->number < a->number ? &b : &a;
        *last = *less;
        last = &(*less)->next;
        *less = (*less)->next;
    }
    *last = a ? a : b;
    return first;
}

aryl_status mol_v3000_groups(mol_reader *m, const id_map *atoms, const id_map *bonds, int64_t n_groups, io_text *line)
{
    const ids of = {atoms, bonds};
    io_group *runs[40] = {0};   // runs[k] holds 2^k sorted groups or none
    pair_set numbers_seen = {0};
    io_text defaults = {"", 0};
    TRY(mol_v3000_line(m, line));
    if (line->len > 8 && !memcmp(line->p, "DEFAULT", 7)) {
        defaults = io_strip_right((io_text){line->p + 7, line->len - 7});
        TRY(mol_v3000_line(m, line));
        *line = io_strip_right(*line);
    }
    for (int64_t i = 0; i < n_groups; i++) {
        io_group *g = arena_zero(m->raw->mem, io_group, 1);
        if (!g) return mol_no_memory(m);
        g->at = m->line - m->text;
        scan s = {m, line->p, line->p + line->len};
        io_text type, label[MOST_LABELS];
        int32_t n_labels = 0;
        bool is_new;
        TRY(beginning(&s, g, &type));
        g->is_data = io_text_is(type, "DAT");
        g->is_super = io_text_is(type, "SUP");
        TRY(keys(&s, g, &of, false, label, &n_labels));
        scan d = {m, defaults.p, defaults.p + defaults.len};
        TRY(keys(&d, g, &of, true, label, &n_labels));
        if (pair_set_add(&numbers_seen, m->raw->mem, (uint32_t)g->number, 0, &is_new)) return mol_no_memory(m);
        if (!is_new) return mol_fail(m, line->p, "a second substance group %d", g->number);
        for (int32_t k = 0;; k++) {
            if (!runs[k]) {
                runs[k] = g;
                break;
            }
            g = merged(runs[k], g);
            runs[k] = NULL;
        }
        TRY(mol_v3000_line(m, line));
        *line = io_strip_right(*line);
    }
    for (int32_t k = 0; k < 40; k++) m->group = merged(runs[k], m->group);
    return ARYL_OK;
}
