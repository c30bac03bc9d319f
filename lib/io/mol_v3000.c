// mol_v3000.c - the connection table of a V3000 molfile.
//
// Every line begins with "M  V30 "; a line that ends in '-' goes on in the next. Lines are words between blanks, some of
// them KEY=value; atoms and bonds have numbers of their own choice.
#include <math.h>

#include "io/io.h"

static const char blanks[] = " \t\n\v\f\r";

// ---- lines and words

static aryl_status prefixed(mol_reader *m, io_text *out)
{
    mol_next_line(m);
    if (!mol_line_is(m, "M  V30 ")) return mol_fail(m, m->line, "the line does not begin with 'M  V30 '");
    *out = (io_text){m->line + 7, m->len - 7};
    return ARYL_OK;
}

aryl_status mol_v3000_line(mol_reader *m, io_text *out)
{
    TRY(prefixed(m, out));
    if (!out->len || out->p[out->len - 1] != '-') return ARYL_OK;
    mol_reader ahead = *m;   // how much will it be?
    ahead.err = NULL;
    int64_t total = out->len;
    for (io_text t = *out; t.len && t.p[t.len - 1] == '-'; total += t.len)
        if (prefixed(&ahead, &t)) return prefixed(m, &t);
    char *joined = arena_new(m->raw->mem, char, total);
    if (!joined) return mol_no_memory(m);
    int64_t n = 0;
    for (io_text t = *out;;) {
        bool more = t.len && t.p[t.len - 1] == '-';
        memcpy(joined + n, t.p, (size_t)(t.len - more));
        n += t.len - more;
        if (!more) break;
        TRY(prefixed(m, &t));
    }
    *out = (io_text){joined, n};
    return ARYL_OK;
}

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

static bool begins(io_text t, const char *word)
{
    int64_t n = (int64_t)strlen(word);
    return t.len >= n && !memcmp(t.p, word, (size_t)n);
}

static bool begins_any_case(io_text t, const char *word)
{
    for (int64_t i = 0; word[i]; i++)
        if (i >= t.len || upper(t.p[i]) != word[i]) return false;
    return true;
}

// The next word of a line. Blanks inside parentheses and quotes do not end it; outside parentheses a quote does.
static bool next_word(io_text *rest, io_text *out)
{
    const char *p = rest->p, *end = p + rest->len, *start = p;
    bool quoted = false;
    int64_t depth = 0;
    for (; p < end; p++) {
        if (*p == ' ' || *p == '\t') {
            if (start == p) start++;
            else if (!quoted && !depth) break;
        } else if (*p == ')' && depth > 0) {
            depth--;
        } else if (*p == '(' && !quoted) {
            depth++;
        } else if (*p == '"' && !depth) {
            if (p + 1 < end && p[1] == '"') {
                p++;
            } else if (quoted) {
                *out = (io_text){start + 1, p - start - 1};
                *rest = (io_text){p + 1, end - p - 1};
                return true;
            } else {
                quoted = true;
            }
        }
    }
    *out = (io_text){start, p - start};
    *rest = (io_text){p, end - p};
    return p > start;
}

// Digits at the start, 0 if there are none or too many.
static uint32_t leading_number(io_text t)
{
    uint64_t v = 0;
    for (int64_t i = 0; i < t.len && t.p[i] >= '0' && t.p[i] <= '9'; i++) {
        v = 10 * v + (uint64_t)(t.p[i] - '0');
        if (v > UINT32_MAX) return 0;
    }
    return (uint32_t)v;
}

// KEY=value with one '='
static aryl_status assignment(const mol_reader *m, io_text word, io_text *key, io_text *value)
{
    const char *equals = word.len ? memchr(word.p, '=', (size_t)word.len) : NULL;
    const char *end = word.p + word.len;
    if (!equals || memchr(equals + 1, '=', (size_t)(end - equals - 1)))
        return mol_fail(m, word.p, "'%.*s' is not of the form KEY=value", word.len > 40 ? 40 : (int)word.len, word.p);
    *key = (io_text){word.p, equals - word.p};
    *value = (io_text){equals + 1, end - equals - 1};
    return ARYL_OK;
}

static bool key_is(io_text key, const char *name) { return key.len == (int64_t)strlen(name) && begins_any_case(key, name); }

// ---- numbers of atoms and bonds

static uint32_t place_of(const uint32_t *ids, const int32_t *index, uint32_t cap, uint32_t id)
{
    uint32_t i = (uint32_t)(id * 0x9E3779B97F4A7C15u >> 32) & (cap - 1);
    while (index[i] >= 0 && ids[i] != id) i = (i + 1) & (cap - 1);
    return i;
}

static aryl_status id_map_add(id_map *map, const mol_reader *m, uint32_t id, int32_t index)
{
    if (2 * map->n >= map->cap) {
        uint32_t cap = map->cap ? 2 * map->cap : 64;
        uint32_t *ids = arena_new(m->raw->mem, uint32_t, cap);
        int32_t *indices = arena_new(m->raw->mem, int32_t, cap);
        if (!ids || !indices) return mol_no_memory(m);
        memset(indices, 0xFF, cap * sizeof *indices);
        for (uint32_t i = 0; i < map->cap; i++) {
            if (map->index[i] < 0) continue;
            uint32_t k = place_of(ids, indices, cap, map->id[i]);
            ids[k] = map->id[i];
            indices[k] = map->index[i];
        }
        map->id = ids;
        map->index = indices;
        map->cap = cap;
    }
    uint32_t k = place_of(map->id, map->index, map->cap, id);
    if (map->index[k] >= 0) return ARYL_OK;   // the first one counts
    map->id[k] = id;
    map->index[k] = index;
    map->n++;
    return ARYL_OK;
}

int32_t id_map_get(const id_map *map, int64_t id)
{
    if (!map->cap || id < 0 || id > UINT32_MAX) return -1;
    return map->index[place_of(map->id, map->index, map->cap, (uint32_t)id)];
}

// ---- atoms

// "[C,N]" or "NOT[C,N]"; *is: it is one
static aryl_status atom_list(const mol_reader *m, io_text t, raw_atom *a, bool *is)
{
    bool negated = t.len > 3 && begins_any_case(t, "NOT");
    if (negated) t = io_strip((io_text){t.p + 3, t.len - 3}, " \t\r\n");
    *is = begins(t, "[");
    if (negated && !*is) return mol_fail(m, t.p, "NOT without an atom list");
    if (!*is) return ARYL_OK;
    if (t.len < 2 || t.p[t.len - 1] != ']') return mol_fail(m, t.p, "an atom list without its end");
    int32_t n = 0;
    for (const char *p = t.p + 1, *end = t.p + t.len - 1; p <= end;) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        if (!comma) comma = end;
        io_text one = io_strip((io_text){p, comma - p}, " \t\r\n");
        if (one.len && mol_element(one) < 0)
            return mol_fail(m, p, "no element '%.*s'", one.len > 40 ? 40 : (int)one.len, one.p);
        n += one.len > 0;
        p = comma + 1;
    }
    if (!n) return mol_fail(m, t.p, "an empty atom list");
    a->flags |= ATOM_QUERY;
    return ARYL_OK;
}

static aryl_status mass(const mol_reader *m, io_text value, raw_atom *a)
{
    mol_reader quiet = *m;
    int32_t number;
    quiet.err = NULL;
    if (mol_loose(&quiet, value, &number)) {
        for (int64_t i = 0; i < value.len; i++)
            if (!value.p[i] || !strchr("0123456789 +-,.", value.p[i])) return mol_fail(m, value.p + i, "a mass is no number");
        double floored = floor(io_atof(value.p, value.len));
        number = floored > INT32_MAX ? INT32_MAX : floored < 0 ? -1 : (int32_t)floored;
    }
    if (number < 0) return mol_fail(m, value.p, "a negative mass");
    if (!(a->flags & ATOM_QUERY)) a->isotope = (uint16_t)number;
    return ARYL_OK;
}

// "(2 1 3)": each entry a number
static aryl_status r_groups(const mol_reader *m, io_text value, raw_atom *a)
{
    if (value.len < 2 || *value.p != '(' || value.p[value.len - 1] != ')')
        return mol_fail(m, value.p, "R groups stand in parentheses");
    const char *p = value.p + 1, *end = value.p + value.len - 1;
    int64_t left = 1, number;
    for (bool first = true; left > 0; first = false) {
        if (p > end) return mol_fail(m, end, "fewer R groups than announced");
        const char *stop = memchr(p, ' ', (size_t)(end - p));
        if (!stop) stop = end;
        TRY(mol_tight(m, (io_text){p, stop - p}, &number));
        number = (uint32_t)number;
        if (first) {
            left = number;
        } else {
            a->flags |= ATOM_QUERY;
            a->isotope = (uint16_t)number;
            left--;
        }
        p = stop + 1;
    }
    return ARYL_OK;
}

static bool same(io_text a, io_text b) { return a.len == b.len && !memcmp(a.p, b.p, (size_t)a.len); }

// "(4 atom id atom id)", all atoms different and all ids different; or a number
static aryl_status attachment_order(const mol_reader *m, io_text value)
{
    enum { MOST = 2000 };
    io_text word[MOST + 1];
    int32_t n = 0, announced;
    if (!begins(value, "(")) return mol_loose(m, value, &announced);
    const char *p = value.p + 1, *end = value.p + value.len - 1;
    for (; p <= end && n <= MOST; n++) {
        const char *stop = p;
        while (stop < end && *stop != ' ' && *stop != '\t') stop++;
        word[n] = (io_text){p, stop - p};
        p = stop + 1;
    }
    if (!n) return mol_fail(m, value.p, "an empty order of attachments");
    TRY(mol_loose(m, word[0], &announced));
    if (announced <= 0 || announced % 2 || n != announced + 1)
        return mol_fail(m, value.p, "the order of attachments is not made of as many pairs as announced");
    for (int32_t i = 1; i < n; i++)
        for (int32_t k = i + 2; k < n; k += 2)
            if (same(word[i], word[k])) return mol_fail(m, word[k].p, "an attachment stands twice");
    return ARYL_OK;
}

static aryl_status atom_key(mol_reader *m, io_text key, io_text value, int32_t index, bool *substituted)
{
    raw_atom *a = &m->raw->atom[index];
    int32_t number = 0;
    bool zero = io_text_is(value, "0");
    if (key_is(key, "CHG")) {
        if (a->flags & ATOM_QUERY) return ARYL_OK;
        TRY(mol_loose(m, value, &number));
        mol_set_charge(a, number);
    } else if (key_is(key, "RAD")) {
        TRY(mol_loose(m, value, &number));
        if (number < 0 || number > 3) return mol_fail(m, value.p, "a radical is 0, 1, 2 or 3");
        if (number) a->radicals = mol_radicals(number);
    } else if (key_is(key, "MASS")) {
        return mass(m, value, a);
    } else if (key_is(key, "CFG")) {
        TRY(mol_loose(m, value, &number));
        if (number < 0 || number > 3) return mol_fail(m, value.p, "a configuration is 0, 1, 2 or 3");
    } else if (key_is(key, "HCOUNT") || key_is(key, "RBCNT")) {
        if (zero) return ARYL_OK;
        TRY(mol_loose(m, value, &number));
        a->flags |= ATOM_QUERY;
    } else if (key_is(key, "UNSAT")) {
        if (io_text_is(value, "1")) a->flags |= ATOM_QUERY;
    } else if (key_is(key, "VAL")) {
        TRY(mol_loose(m, value, &number));
        a->valence_field = (int16_t)(number > INT16_MAX ? INT16_MAX : number < INT16_MIN ? INT16_MIN : number);
    } else if (key_is(key, "SUBST")) {
        if (zero) return ARYL_OK;
        TRY(mol_loose(m, value, &number));
        *substituted = number != 0;
    } else if (key_is(key, "RGROUPS")) {
        return r_groups(m, value, a);
    } else if (key_is(key, "STBOX") || key_is(key, "EXACHG") || key_is(key, "INVRET") || key_is(key, "SEQID")) {
        if (!zero) return mol_loose(m, value, &number);
    } else if (key_is(key, "ATTCHPT")) {
        if (zero) return ARYL_OK;
        TRY(mol_loose(m, value, &number));
        return mol_attach(m, index, value.p);
    } else if (key_is(key, "ATTCHORD")) {
        return attachment_order(m, value);
    }
    return ARYL_OK;
}

static aryl_status atom_line(mol_reader *m, int32_t index, id_map *ids)
{
    io_text line, word[6], more;
    TRY(mol_v3000_line(m, &line));
    line = io_strip(line, blanks);
    for (int32_t i = 0; i < 6; i++)
        if (!next_word(&line, &word[i])) return mol_fail(m, m->line + m->len, "the line is too short for an atom");
    raw_atom *a = raw_add_atom(m->raw);
    if (!a) return mol_no_memory(m);
    a->at = (int32_t)(m->line - m->text);
    bool is_list;
    io_text symbol = io_strip(word[1], " \t\r\n");
    TRY(atom_list(m, symbol, a, &is_list));
    if (!is_list) {
        if (!symbol.len) return mol_fail(m, m->line, "an atom without a symbol");
        TRY(mol_symbol(m, symbol, true, a));
    }
    for (int32_t k = 0; k < 3; k++) m->raw->xyz[3 * (int64_t)index + k] = io_atof(word[2 + k].p, word[2 + k].len);
    int64_t map;
    io_text number = word[5];
    while (number.len && strchr(blanks, *number.p)) number.p++, number.len--;
    if (text_read_int(number.p, number.len, &map) && map > 0) {
        a->map = map > INT32_MAX ? INT32_MAX : (int32_t)map;
        a->flags |= ATOM_HAS_MAP;
    }
    bool substituted = false;
    while (next_word(&line, &more)) {
        io_text key = {0}, value = {0};
        TRY(assignment(m, more, &key, &value));
        TRY(atom_key(m, key, value, index, &substituted));
    }
    if (substituted) m->raw->atom[index].flags |= ATOM_QUERY;
    return id_map_add(ids, m, leading_number(word[0]), index);
}

// ---- bonds

static aryl_status bond_key(mol_reader *m, io_text key, io_text value, uint32_t type, raw_bond *b)
{
    int32_t number;
    if (key_is(key, "CFG")) {
        uint32_t cfg = leading_number(value);
        if (cfg > 3) return mol_fail(m, value.p, "a configuration is 0, 1, 2 or 3");
        if (cfg == 1) mol_draw(m, b, DIR_WEDGE);
        else if (cfg == 3) mol_draw(m, b, DIR_DASH);
        else if (cfg == 2 && type == 1) mol_draw(m, b, DIR_UNKNOWN);
        else if (cfg == 2 && type == 2) {   // crossed, but not the sign of a drawing that it is in V2000
            b->dir = DIR_EITHER;
            b->stereo = STEREO_ANY;
        }
    } else if (key_is(key, "TOPO")) {
        if (io_text_is(value, "0")) return ARYL_OK;
        if (!io_text_is(value, "1") && !io_text_is(value, "2")) return mol_fail(m, value.p, "a topology is 0, 1 or 2");
        b->flags |= BOND_IS_QUERY;
    } else if (key_is(key, "RXCTR")) {
        return mol_loose(m, value, &number);
    }
    return ARYL_OK;
}

static aryl_status bond_line(mol_reader *m, const id_map *atoms, id_map *ids)
{
    io_text line, word[4], more;
    TRY(mol_v3000_line(m, &line));
    line = io_strip(line, blanks);
    for (int32_t i = 0; i < 4; i++)
        if (!next_word(&line, &word[i])) return mol_fail(m, m->line + m->len, "the line is too short for a bond");
    uint32_t type = leading_number(word[1]);
    raw_bond *b;
    TRY(mol_add_bond(m, id_map_get(atoms, leading_number(word[2])), id_map_get(atoms, leading_number(word[3])), type, true,
                     word[2].p, &b));
    while (next_word(&line, &more)) {
        io_text key = {0}, value = {0};
        TRY(assignment(m, more, &key, &value));
        TRY(bond_key(m, key, value, type, b));
    }
    return id_map_add(ids, m, leading_number(word[0]), m->raw->n_bonds - 1);
}

// ---- stereo groups: validated only

typedef struct collection { pair_set members; uint32_t serial; bool absolute; } collection;

static bool digits(const char **p, const char *end, int64_t *value)
{
    const char *start = *p;
    for (*value = 0; *p < end && **p >= '0' && **p <= '9'; ++*p)
        if (*value < INT64_MAX / 20) *value = 10 * *value + (**p - '0');
    return *p > start;
}

// "MDLV30/STERAC1 ATOMS=(2 4 7)"; any other line is passed over
static aryl_status stereo_group(const mol_reader *m, io_text line, collection *c)
{
    const char *p = line.p, *end = p + line.len;
    int64_t number, announced;
    while (end > p && end[-1] == ' ') end--;
    if (!begins_any_case(line, "MDLV30/STE") || end - p < 14 || end[-1] != ')') return ARYL_OK;
    char kind[4] = {upper(p[10]), upper(p[11]), upper(p[12]), 0};
    p += 13;
    digits(&p, end, &number);
    const char *before = p;
    while (p < end && *p == ' ') p++;
    if (p == before || !begins_any_case((io_text){p, end - p}, "ATOMS=(")) return ARYL_OK;
    p += 7;
    if (!digits(&p, end, &announced) || p == end || *p != ' ') return ARYL_OK;
    end--;

    if (strcmp(kind, "ABS") && strcmp(kind, "REL") && strcmp(kind, "RAC"))
        return mol_fail(m, line.p, "a stereo group is STEABS, STEREL or STERAC");
    if (*kind == 'A') {
        if (c->absolute) return mol_fail(m, line.p, "a second group STEABS");
        c->absolute = true;
    }
    c->serial++;
    if (announced > UINT32_MAX) announced = 0;
    for (int64_t n = 0; n < announced; n++) {
        int64_t atom = 0;
        while (p < end && strchr(blanks, *p)) p++;
        int64_t used = text_read_int(p, end - p, &atom);
        if (!used || atom < 1 || atom > m->raw->n_atoms)
            return mol_fail(m, p, "a stereo group with an atom that does not exist");
        p += used;
        bool is_new;
        if (pair_set_add(&c->members, m->raw->mem, c->serial, (uint32_t)atom, &is_new)) return mol_no_memory(m);
        if (!is_new) return mol_fail(m, p, "atom %d stands twice in a stereo group", (int)atom);
    }
    return ARYL_OK;
}

static aryl_status stereo_groups(mol_reader *m)
{
    collection c = {.serial = 0};
    io_text line;
    for (;;) {
        TRY(mol_v3000_line(m, &line));
        if (begins_any_case(line, "END")) return ARYL_OK;
        TRY(stereo_group(m, line, &c));
    }
}

// ---- the table

static aryl_status counts(mol_reader *m, uint32_t *count)
{
    io_text line, word;
    TRY(mol_v3000_line(m, &line));
    if (!begins_any_case(line, "BEGIN CTAB")) return mol_fail(m, line.p, "expected BEGIN CTAB");
    TRY(mol_v3000_line(m, &line));
    if (!begins_any_case(line, "COUNTS ") || line.len < 8) return mol_fail(m, line.p, "expected COUNTS");
    line = io_strip((io_text){line.p + 7, line.len - 7}, blanks);
    const char *p = line.p, *end = p + line.len;
    int32_t n = 0;
    for (; n < 5 && p < end; n++) {
        const char *stop = p;
        while (stop < end && *stop != ' ' && *stop != '\t') stop++;
        word = (io_text){p, stop - p};
        TRY(mol_loose_unsigned(m, word, &count[n]));
        for (p = stop; p < end && (*p == ' ' || *p == '\t');) p++;
    }
    return n < 2 ? mol_fail(m, line.p, "fewer than two counts") : ARYL_OK;
}

static aryl_status block(mol_reader *m, const char *word)
{
    io_text line;
    TRY(mol_v3000_line(m, &line));
    return begins(line, word) ? ARYL_OK : mol_fail(m, line.p, "expected %s", word);
}

aryl_status mol_v3000(mol_reader *m)
{
    enum { ATOMS, BONDS, GROUPS, OBJECTS, CHIRAL, COUNTS };
    uint32_t count[COUNTS] = {0};
    id_map atoms = {0}, bonds = {0};
    TRY(counts(m, count));
    TRY(mol_room_for(m, count[ATOMS]));
    if (count[ATOMS]) {
        TRY(block(m, "BEGIN ATOM"));
        for (uint32_t i = 0; i < count[ATOMS]; i++) TRY(atom_line(m, (int32_t)i, &atoms));
        TRY(block(m, "END ATOM"));
    }
    if (count[BONDS]) {
        TRY(block(m, "BEGIN BOND"));
        for (uint32_t i = 0; i < count[BONDS]; i++) TRY(bond_line(m, &atoms, &bonds));
        TRY(block(m, "END BOND"));
    }
    io_text line;
    TRY(mol_v3000_line(m, &line));
    if (line.len > 8 && begins_any_case(line, "LINKNODE")) {
        do TRY(mol_v3000_line(m, &line));
        while (line.len > 8 && begins(line, "LINKNODE"));
    }
    bool groups = false, objects = false;
    while (line.len > 5 && begins_any_case(line, "BEGIN")) {
        if (begins_any_case(line, "BEGIN SGROUP")) {
            if (groups || !count[GROUPS]) return mol_fail(m, line.p, "substance groups that were not announced");
            groups = true;
            TRY(mol_v3000_groups(m, &atoms, &bonds, count[GROUPS], &line));
            if (!begins_any_case(line, "END SGROUP")) return mol_fail(m, line.p, "expected END SGROUP");
        } else if (line.len >= 16 && begins_any_case((io_text){line.p + 6, line.len - 6}, "COLLECTION")) {
            TRY(stereo_groups(m));
        } else if (begins_any_case(line, "BEGIN OBJ3D")) {
            if (objects || !count[OBJECTS]) return mol_fail(m, line.p, "3D objects that were not announced");
            objects = true;
            for (uint32_t i = 0; i < count[OBJECTS]; i++) TRY(mol_v3000_line(m, &line));
            TRY(mol_v3000_line(m, &line));
            if (!begins_any_case(line, "END OBJ3D")) return mol_fail(m, line.p, "expected END OBJ3D");
        } else {
            while (!begins(line, "END")) TRY(mol_v3000_line(m, &line));
        }
        TRY(mol_v3000_line(m, &line));
    }
    if ((count[GROUPS] && !groups) || (count[OBJECTS] && !objects) || !begins_any_case(line, "END CTAB"))
        return mol_fail(m, line.p, "the table does not end as announced");
    mol_next_line(m);
    return mol_line_is(m, "M  END") ? ARYL_OK : mol_fail(m, m->line, "the molecule ends without M  END");
}
