// mol_group.c - substance groups of V2000 molfiles, and what groups do to a molecule.
//
// A group line is made of a separator column and three digits per entry. What it says is checked whole and mostly
// forgotten: kept are the group's atoms and bonds, and the data of those that speak of structure.
#include "io/io.h"

enum { LOWEST_NUMBER = -99 };   // of three columns

static int64_t width_of(const char *kind) { return !memcmp(kind, "SCN", 3) ? 7 : !memcmp(kind, "SDS", 3) ? 4 : 8; }

bool mol_group_type(io_text t)
{
    static const char *const types[] = {"SRU", "MON", "COP", "CRO", "GRA", "MOD", "MER", "ANY", "COM", "MIX", "FOR", "SUP",
                                        "MUL", "DAT", "GEN"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (io_text_is(t, types[i])) return true;
    return false;
}

io_text io_strip_right(io_text t)
{
    while (t.len && strchr(" \t\n\v\f\r", t.p[t.len - 1])) t.len--;
    return t;
}

// How many entries a line says it has.
static aryl_status entries(const mol_reader *m, int64_t at, int32_t *n)
{
    TRY(mol_loose_at(m, at, 2, n));
    return *n < 0 ? mol_fail(m, m->line + at, "a negative number of entries") : ARYL_OK;
}

static io_text slice(const mol_reader *m, int64_t from, int64_t to)
{
    if (from > m->len) from = m->len;
    if (to > m->len) to = m->len;
    return (io_text){m->line + from, to - from};
}

aryl_status mol_unknown_group(const mol_reader *m, io_text type)
{
    return mol_fail_as(m, ARYL_E_UNSUPPORTED, m->line, "no substance group of type '%.*s'",
                       type.len > 20 ? 20 : (int)type.len, type.p);
}

aryl_status mol_group_add_data(mol_reader *m, io_group *g, io_text value)
{
    if (g->n_data == g->cap_data) {
        int32_t more = g->cap_data ? 2 * g->cap_data : 4;
        io_text *grown = arena_grow(m->raw->mem, g->data, (size_t)g->cap_data, (size_t)more, sizeof *grown);
        if (!grown) return mol_no_memory(m);
        g->data = grown;
        g->cap_data = more;
    }
    char *copy = arena_new(m->raw->mem, char, value.len);
    if (!copy) return mol_no_memory(m);
    memcpy(copy, value.p, (size_t)value.len);
    g->data[g->n_data++] = (io_text){copy, value.len};
    return ARYL_OK;
}

// ---- lines that speak of several groups: "M  STYnn8 sss ttt ..."

static bool one_of_three(io_text t, const char *words)   // "ALT RAN BLO"
{
    for (; *words; words += words[3] ? 4 : 3)
        if (t.len == 3 && !memcmp(t.p, words, 3)) return true;
    return false;
}

static aryl_status entry(mol_reader *m, const char *kind, io_text v)
{
    int32_t n;
    if (!memcmp(kind, "SST", 3) && !one_of_three(v, "ALT RAN BLO")) return mol_fail(m, v.p, "a subtype is ALT, RAN or BLO");
    if (!memcmp(kind, "SCN", 3)) {
        io_text two = {v.p, v.len < 2 ? v.len : 2};
        if (!io_text_is(two, "HH") && !io_text_is(two, "HT") && !io_text_is(two, "EU"))
            return mol_fail(m, v.p, "a connection is HH, HT or EU");
    }
    if (!memcmp(kind, "SNC", 3) || !memcmp(kind, "SBT", 3) || !memcmp(kind, "SPL", 3) || !memcmp(kind, "SLB", 3)) {
        TRY(mol_loose(m, v, &n));
        if (kind[1] == 'N' && n > 256) return mol_fail(m, v.p, "a component number is at most 256");
        if (kind[1] == 'B' && n != 0 && n != 1) return mol_fail(m, v.p, "a bracket style is 0 or 1");
    }
    return ARYL_OK;
}

static aryl_status many_groups(mol_reader *m, const char *kind)
{
    int64_t at = 6;
    int32_t n, number;
    if (!memcmp(kind, "SDS", 3)) {
        if (!mol_line_is(m, "M  SDS EXP")) return mol_fail(m, m->line, "M  SDS is not followed by EXP");
        at += 4;
    }
    TRY(entries(m, at + 1, &n));
    at += 3;
    for (int32_t i = 0; i < n; i++) {
        if (m->len < at + width_of(kind)) return mol_fail(m, m->line + m->len, "the line has fewer entries than it says");
        TRY(mol_loose(m, slice(m, at + 1, at + 4), &number));
        at += 4;
        if (!m->by_number) m->by_number = arena_zero(m->raw->mem, io_group *, MOL_GROUP_NUMBERS);
        if (!m->by_number) return mol_no_memory(m);
        io_group **g = &m->by_number[number - LOWEST_NUMBER];
        io_text v = slice(m, at + 1, at + 4);
        if (!memcmp(kind, "STY", 3)) {
            if (!mol_group_type(v)) return mol_unknown_group(m, v);
            if (!*g) {
                if (!(*g = arena_zero(m->raw->mem, io_group, 1))) return mol_no_memory(m);
                (*g)->number = number;
                (*g)->is_data = io_text_is(v, "DAT");
                (*g)->is_super = io_text_is(v, "SUP");
                (*g)->at = m->line - m->text;
            }
        } else if (!*g) {
            return ARYL_OK;   // an unknown group: the rest of the line is passed over
        } else if (!memcmp(kind, "SDS", 3)) {
            continue;
        } else {
            TRY(entry(m, kind, v));
        }
        at += 4;
    }
    return ARYL_OK;
}

// ---- lines that speak of one group: "M  SAL sssn15 aaa ..."

static bool holds(const index_list *l, int32_t value)
{
    for (int32_t i = 0; i < l->n; i++)
        if (l->v[i] == value) return true;
    return false;
}

static aryl_status members(mol_reader *m, io_group *g, const char *kind)
{
    bool bonds = kind[1] == 'B', more = kind[1] == 'P';
    index_list *list = bonds ? &g->bonds : more ? &g->more_atoms : &g->atoms;
    int32_t n, number, most = bonds ? m->raw->n_bonds : m->raw->n_atoms;
    TRY(entries(m, 11, &n));
    for (int64_t i = 0, at = 13; i < n; i++, at += 4) {
        if (m->len < at + 4) return mol_fail(m, m->line + m->len, "the line has fewer entries than it says");
        TRY(mol_loose(m, slice(m, at + 1, at + 4), &number));
        if (number < 1 || number > most || (more && !holds(&g->atoms, number - 1)))
            return mol_fail(m, m->line + at, "the group has no %s %d", bonds ? "bond" : "atom", number);
        if (!index_list_add(list, m->raw->mem, number - 1)) return mol_no_memory(m);
    }
    return ARYL_OK;
}

static aryl_status coordinate(const mol_reader *m, int64_t from)
{
    io_text t;
    TRY(mol_columns(m, from, 10, &t));
    for (int64_t k = 0; k < t.len; k++)
        if (!t.p[k] || !strchr("0123456789 +-,.", t.p[k])) return mol_fail(m, t.p + k, "a coordinate is no number");
    return ARYL_OK;
}

static aryl_status bracket(const mol_reader *m)
{
    int32_t n;
    TRY(entries(m, 11, &n));
    if (n != 4) return mol_fail(m, m->line + 11, "a bracket has four coordinates");
    for (int32_t i = 0; i < 4; i++) TRY(coordinate(m, 13 + 10 * i));
    return ARYL_OK;
}

static aryl_status bond_state(mol_reader *m, io_group *g)
{
    int32_t number;
    TRY(mol_loose_at(m, 11, 3, &number));
    if (number < 1 || number > m->raw->n_bonds) return mol_fail(m, m->line + 11, "there is no bond %d", number);
    if (!holds(&g->bonds, number - 1) || io_group_crossed(m->raw, g, number - 1) != 1)
        return mol_fail(m, m->line + 11, "bond %d does not leave the group", number);
    if (g->is_super) {
        if (m->len < 24) return mol_fail(m, m->line + m->len, "the line is too short for the place of a bond");
        TRY(coordinate(m, 14));
        TRY(coordinate(m, 24));
    }
    return index_list_add(&g->states, m->raw->mem, number - 1) ? ARYL_OK : mol_no_memory(m);
}

static aryl_status attachment(mol_reader *m, io_group *g)
{
    int32_t n, atom, leaving;
    TRY(entries(m, 11, &n));
    int64_t at = 13;
    for (int32_t i = 0; i < n; i++) {
        if (m->len < at + 11) return mol_fail(m, m->line + m->len, "the line has fewer entries than it says");
        TRY(mol_loose(m, slice(m, at + 1, at + 4), &atom));
        TRY(mol_loose(m, slice(m, at + 5, at + 8), &leaving));
        if (atom < 1 || atom > m->raw->n_atoms || leaving < 0 || leaving > m->raw->n_atoms)
            return mol_fail(m, m->line + at, "an attachment point at an atom that does not exist");
        if (!index_list_add(&g->holds, m->raw->mem, atom - 1)) return mol_no_memory(m);
        at += 11;
    }
    return ARYL_OK;
}

// "M  SCD" lines and the "M  SED" that ends them make one value.
static aryl_status data_line(mol_reader *m, io_group *g, bool ends)
{
    if (m->data_of && m->data_of != g) return mol_fail(m, m->line, "data of one group inside another's");
    m->data_of = ends ? NULL : g;
    if (!ends && m->n_data_lines > 2) return mol_fail(m, m->line, "more than three lines of data without an end");
    if (m->len <= 11) return ARYL_OK;
    io_text t = slice(m, 11, 80);
    if (m->data_len + t.len > (int64_t)sizeof m->data) t.len = (int64_t)sizeof m->data - m->data_len;
    memcpy(m->data + m->data_len, t.p, (size_t)t.len);
    m->data_len += t.len;
    if (!ends) {
        m->n_data_lines++;
        return ARYL_OK;
    }
    io_text value = io_strip_right((io_text){m->data, m->data_len});
    if (value.len > MOL_DATA_LENGTH) value.len = MOL_DATA_LENGTH;
    m->data_len = m->n_data_lines = 0;
    return mol_group_add_data(m, g, value);
}

static aryl_status one_group(mol_reader *m, const char *kind)
{
    int32_t number;
    TRY(mol_loose_at(m, 7, 3, &number));
    io_group *g = m->by_number ? m->by_number[number - LOWEST_NUMBER] : NULL;
    if (!g) return ARYL_OK;
    if (!memcmp(kind, "SAL", 3) || !memcmp(kind, "SBL", 3) || !memcmp(kind, "SPA", 3)) return members(m, g, kind);
    if (!memcmp(kind, "SDI", 3)) return bracket(m);
    if (!memcmp(kind, "SBV", 3)) return bond_state(m, g);
    if (!memcmp(kind, "SAP", 3)) return attachment(m, g);
    if (!memcmp(kind, "SCD", 3) || !memcmp(kind, "SED", 3)) return data_line(m, g, kind[1] == 'E');
    if (!memcmp(kind, "SDT", 3)) {
        g->name = io_strip_right(slice(m, 11, 41));
        g->query_type = io_strip_right(slice(m, 63, 65));
        g->query_operator = io_strip_right(slice(m, 65, m->len));
        return ARYL_OK;
    }
    bool empty = m->len <= 11 && memcmp(kind, "SDD", 3);   // SMT, SCL
    return empty ? mol_fail(m, m->line + m->len, "a group with an empty name") : ARYL_OK;
}

aryl_status mol_group_line(mol_reader *m)
{
    static const char many[] = "STY SST SLB SCN SDS SPL SNC SBT ", one[] = "SAL SBL SPA SMT SDI SBV SDT SDD SCD SED SAP SCL ";
    if (m->len < 6) return ARYL_OK;
    const char *kind = m->line + 3;
    for (const char *k = many; *k; k += 4)
        if (!memcmp(kind, k, 3)) return many_groups(m, kind);
    for (const char *k = one; *k; k += 4)
        if (!memcmp(kind, k, 3)) return one_group(m, kind);
    return ARYL_OK;
}

// ---- data groups that speak of structure

// For each atom: has it a bond of aromatic type?
static uint8_t *aromatic_atoms(const raw_mol *raw)
{
    uint8_t *yes = arena_zero(raw->mem, uint8_t, raw->n_atoms);
    for (int32_t i = 0; yes && i < raw->n_bonds; i++)
        if (raw->bond[i].type == BOND_AROMATIC || (raw->bond[i].flags & BOND_IS_AROMATIC))
            yes[raw->bond[i].begin] = yes[raw->bond[i].end] = 1;
    return yes;
}

// The valence field has had its say before groups are looked at: what is left of it is that no hydrogen is implied.
static void fix_hydrogens(raw_atom *a, int32_t count)
{
    if (a->valence_field) a->flags |= ATOM_NO_IMPLICIT;
    a->valence_field = 0;
    a->explicit_h = (uint8_t)count;
}

// "value;value;...", one for each atom
static aryl_status values_of_atoms(const mol_reader *m, const io_group *g, io_text data, bool charges)
{
    io_text rest = io_strip(data, " \t\n\v\f\r");
    int32_t n = 1, value;
    for (int64_t i = 0; i < rest.len; i++) n += rest.p[i] == ';';
    for (int32_t i = 0; i < g->atoms.n && n >= g->atoms.n; i++) {
        const char *stop = memchr(rest.p, ';', (size_t)rest.len);
        io_text one = {rest.p, stop ? stop - rest.p : rest.len};
        TRY(mol_loose(m, one, &value));
        raw_atom *a = &m->raw->atom[g->atoms.v[i]];
        if (charges) mol_set_charge(a, value);
        else fix_hydrogens(a, value);
        int64_t used = stop ? one.len + 1 : one.len;
        rest.p += used;
        rest.len -= used;
    }
    return ARYL_OK;
}

static aryl_status implicit_hydrogens(const mol_reader *m, const io_group *g)
{
    int32_t count;
    const uint8_t *aromatic = aromatic_atoms(m->raw);
    if (!aromatic) return mol_no_memory(m);
    for (int32_t k = 0; k < g->n_data; k++) {
        io_text d = g->data[k];
        if (d.len < 6 || memcmp(d.p, "IMPL_H", 6)) continue;
        TRY(mol_loose(m, (io_text){d.p + 6, d.len - 6}, &count));
        for (int32_t i = 0; i < g->atoms.n; i++)
            if (aromatic[g->atoms.v[i]]) fix_hydrogens(&m->raw->atom[g->atoms.v[i]], count);
    }
    return ARYL_OK;
}

// Does what a group says; *done: the group is of no further interest.
static aryl_status apply(const mol_reader *m, const io_group *g, bool *done)
{
    raw_mol *raw = m->raw;
    *done = true;
    if (!g->is_data) {
        *done = false;
    } else if (io_text_is(g->name, "MRV_COORDINATE_BOND_TYPE")) {
        uint32_t number = 0;
        if (g->n_data) TRY(mol_loose_unsigned(m, g->data[0], &number));
        if (number < 1 || number > (uint32_t)raw->n_bonds || raw->bond[number - 1].type != BOND_UNSPECIFIED) return ARYL_OK;
        raw_bond *b = &raw->bond[number - 1];
        b->type = BOND_DATIVE;
        b->flags = b->dir = b->stereo = 0;
    } else if (io_text_is(g->name, "MRV_IMPLICIT_H")) {
        return implicit_hydrogens(m, g);
    } else if (io_text_is(g->name, "ZBO")) {
        for (int32_t i = 0; i < g->bonds.n; i++) raw->bond[g->bonds.v[i]].type = BOND_ZERO;
    } else if (io_text_is(g->name, "ZCH") || io_text_is(g->name, "HYD")) {
        for (int32_t i = 0; i < g->n_data; i++) TRY(values_of_atoms(m, g, g->data[i], *g->name.p == 'Z'));
    } else if (io_text_is(g->query_type, "SMARTSQ") || io_text_is(g->query_type, "SQ")) {
        if (g->query_operator.len && !io_text_is(g->query_operator, "=")) return ARYL_OK;
        if (!g->n_data || !g->data[0].len) return ARYL_OK;
        for (int32_t i = 0; i < g->atoms.n; i++) raw->atom[g->atoms.v[i]].flags |= ATOM_QUERY;
    } else {
        *done = false;
    }
    return ARYL_OK;
}

aryl_status mol_groups_done(mol_reader *m)
{
    io_group *left = NULL, **last = &left;
    for (io_group *g = m->group; g; g = g->next) {
        bool done;
        TRY(apply(m, g, &done));
        if (done) continue;
        *last = g;
        last = &g->next;
    }
    *last = NULL;
    const io_group *stray;
    if (io_hold_hydrogens(m->raw, left, &stray)) return mol_no_memory(m);
    return stray ? mol_fail(m, m->text + stray->at, "substance group %d has a bond that does not touch it", stray->number)
                 : ARYL_OK;
}
