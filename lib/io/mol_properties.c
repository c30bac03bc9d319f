// mol_properties.c - the property lines of a V2000 molfile, from the line behind the bonds to "M  END".
#include "io/io.h"

static aryl_status atom_of(const mol_reader *m, int64_t number, raw_atom **out)
{
    if (number < 1 || number > m->raw->n_atoms) return mol_fail(m, m->line, "there is no atom %lld", (long long)number);
    *out = &m->raw->atom[number - 1];
    return ARYL_OK;
}

static aryl_status atom_at(const mol_reader *m, int64_t from, int64_t width, raw_atom **out)
{
    uint32_t number;
    TRY(mol_tight_at(m, from, width, &number));
    return atom_of(m, number, out);
}

// "  1 F    2   7   8", the old form of an atom list
static aryl_status old_list(const mol_reader *m)
{
    raw_atom *a = NULL;
    int32_t n, z;
    TRY(atom_at(m, 0, 3, &a));
    if (m->len < 5 || (m->line[4] != 'T' && m->line[4] != 'F')) return mol_fail(m, m->line, "this is no property line");
    TRY(mol_loose_at(m, 9, 1, &n));
    if (n < 0 || n > 5) return mol_fail(m, m->line + 9, "an atom list has up to 5 elements");
    a->flags |= ATOM_QUERY;
    for (int32_t i = 0; i < n; i++) {
        TRY(mol_loose_at(m, 11 + 4 * i, 3, &z));
        if (z < 0 || z > 200) return mol_fail(m, m->line + 11 + 4 * i, "there is no element %d", z);
        if (i == 0) a->z = (uint8_t)z;
    }
    return ARYL_OK;
}

// "M  ALS   1  2 F N   O   "
static aryl_status new_list(const mol_reader *m)
{
    raw_atom *a = NULL;
    int32_t n, z = 0;
    if (m->len < 15) return mol_fail(m, m->line + m->len, "the line is too short for an atom list");
    TRY(atom_at(m, 7, 3, &a));
    TRY(mol_loose_at(m, 10, 3, &n));
    if (n < 0) return mol_fail(m, m->line + 10, "an atom list of negative length");
    if (!n) return ARYL_OK;
    for (int32_t i = 0; i < n; i++) {
        int64_t from = 16 + 4 * (int64_t)i;
        if (m->len < from + 4) return mol_fail(m, m->line + m->len, "the atom list ends too early");
        const char *p = m->line + from, *end = memchr(p, ' ', 4);
        z = end ? element_by_symbol(p, (int32_t)(end - p)) : -1;   // "CL" is not mended here
        if (z < 0) return mol_fail(m, p, "no element '%.4s'", p);
    }
    if (m->line[14] != 'T' && m->line[14] != 'F') return mol_fail(m, m->line + 14, "an atom list is T or F");
    a->flags |= ATOM_QUERY;
    a->z = n == 1 ? (uint8_t)z : 0;
    return ARYL_OK;
}

uint8_t mol_radicals(int32_t code)   // singlet, doublet, triplet
{
    static const uint8_t electrons[] = {0, 2, 1, 2};
    return electrons[code];
}

// "M  CHG" and "M  RAD": pairs of atom and value. The first line of either kind takes back the charges of the atom lines.
static aryl_status charges_or_radicals(const mol_reader *m, bool charges, bool *first)
{
    io_text t = {m->line + 6, m->len - 6 < 3 ? m->len - 6 : 3};
    int32_t n, number, value;
    for (int32_t i = 0; *first && i < m->raw->n_atoms; i++) m->raw->atom[i].charge = 0;
    *first = false;
    TRY(mol_loose(m, t, &n));
    for (int32_t i = 0; i < n; i++) {
        raw_atom *a = NULL;
        TRY(mol_loose_at(m, 9 + 8 * (int64_t)i, 4, &number));
        TRY(mol_loose_at(m, 13 + 8 * (int64_t)i, 4, &value));
        TRY(atom_of(m, number, &a));
        if (charges) {
            mol_set_charge(a, value);
        } else {
            if (value < 0 || value > 3) return mol_fail(m, m->line + 13 + 8 * i, "a radical is 0, 1, 2 or 3");
            a->radicals = mol_radicals(value);
        }
    }
    return ARYL_OK;
}

aryl_status mol_attach(mol_reader *m, int32_t atom, const char *at)
{
    bool is_new;
    if (pair_set_add(&m->attached, m->raw->mem, (uint32_t)atom, 0, &is_new)) return mol_no_memory(m);
    return is_new ? ARYL_OK : mol_fail(m, at, "a second attachment point at atom %d", atom + 1);
}

// What lines of tight numbers say about one atom, or bond; value is NULL where four blanks stand.
static aryl_status one_property(mol_reader *m, const char *kind, uint32_t number, const io_text *value)
{
    int64_t v = 0;
    int32_t loose = 0;
    raw_atom *a = NULL;
    if (!memcmp(kind, "ZBO", 3)) {   // RDKit's own numbers of bond types, 0 for no order
        if (value) TRY(mol_tight(m, *value, &v));
        if (number < 1 || number > (uint32_t)m->raw->n_bonds) return mol_fail(m, m->line, "there is no bond %u", number);
        bool known = (v >= BOND_SINGLE && v <= BOND_HEXTUPLE) || (v >= BOND_AROMATIC && v <= BOND_HYDROGEN) ||
                     v == BOND_DATIVE || v == BOND_ZERO;
        if (v && !known)
            return mol_fail_as(m, ARYL_E_UNSUPPORTED, value->p, "%lld is no bond order that is computed with", (long long)v);
        m->raw->bond[number - 1].type = v ? (uint8_t)v : BOND_ZERO;
        return ARYL_OK;
    }
    if (!memcmp(kind, "ISO", 3) || !memcmp(kind, "SUB", 3) || !memcmp(kind, "UNS", 3) || !memcmp(kind, "RBC", 3)) {
        TRY(atom_of(m, number, &a));
        if (!value) return ARYL_OK;
        TRY(mol_loose(m, *value, &loose));
        if (*kind == 'I') {
            if (loose >= 0) a->isotope = (uint16_t)loose;
            return ARYL_OK;
        }
        if (!loose) return ARYL_OK;
        bool good = *kind == 'U' ? loose == 1 : loose >= -2 && loose <= (*kind == 'S' ? 6 : 4);
        if (!good) return mol_fail(m, value->p, "%d is no value of %.3s", loose, kind);
        a->flags |= ATOM_QUERY;
        return ARYL_OK;
    }
    if (value) {
        TRY(mol_tight(m, *value, &v));
        if (v > INT32_MAX || v < INT32_MIN) return mol_fail(m, value->p, "the number is too large");
    }
    TRY(atom_of(m, number, &a));
    if (*kind == 'Z') {
        mol_set_charge(a, (int32_t)v);
    } else if (*kind == 'H') {
        if (!value || v < 0) return ARYL_OK;
        a->explicit_h = (uint8_t)v;
        a->valence_field = 0;   // which has nothing more to say
    } else {
        if (v < 0 || v > 3) return mol_fail(m, m->line, "an attachment point is 0, 1, 2 or 3");
        if (v) TRY(mol_attach(m, (int32_t)number - 1, m->line));
    }
    return ARYL_OK;
}

// "M  ISO", "M  SUB" and their like: pairs of atom and value
static aryl_status pairs(mol_reader *m, const char *kind)
{
    uint32_t n, number;
    TRY(mol_tight_at(m, 6, 3, &n));
    for (uint32_t i = 0; i < n; i++) {
        int64_t from = 9 + 8 * (int64_t)i;
        TRY(mol_tight_at(m, from, 4, &number));
        io_text value = {m->line + from + 4, 4};
        bool some = m->len >= from + 8 && memcmp(value.p, "    ", 4);
        TRY(one_property(m, kind, number, some ? &value : NULL));
    }
    return ARYL_OK;
}

static aryl_status r_groups(const mol_reader *m)
{
    io_text t = {m->line + 6, m->len - 6 < 3 ? m->len - 6 : 3};
    int32_t n;
    TRY(mol_loose(m, t, &n));
    for (int32_t i = 0; i < n; i++) {
        uint32_t number, label;
        raw_atom *a = NULL;
        TRY(mol_tight_at(m, 10 + 8 * (int64_t)i, 3, &number));
        TRY(mol_tight_at(m, 14 + 8 * (int64_t)i, 3, &label));
        TRY(atom_of(m, number, &a));
        a->flags |= ATOM_QUERY;
        if (label > 0 && label < 999) a->isotope = (uint16_t)label;
    }
    return ARYL_OK;
}

static aryl_status link_nodes(const mol_reader *m)   // validated only
{
    uint32_t n, value[4];
    raw_atom *a = NULL;
    TRY(mol_tight_at(m, 6, 3, &n));
    for (uint32_t i = 0; i < n; i++) {
        int64_t from = 9 + 16 * (int64_t)i;
        TRY(atom_at(m, from, 4, &a));
        for (int32_t k = 1; k < 4; k++) {
            int64_t at = from + 4 * k;
            value[k] = 0;
            if (m->len >= at + 4 && memcmp(m->line + at, "    ", 4)) TRY(mol_tight_at(m, at, 4, &value[k]));
        }
        uint32_t n_atoms = (uint32_t)m->raw->n_atoms;
        if (value[1] < 2 || value[2] < 1 || value[2] > n_atoms || value[3] < 1 || value[3] > n_atoms)
            return mol_fail(m, m->line + from, "a link node needs a repeat count above 1 and two atoms");
    }
    return ARYL_OK;
}

static aryl_status property(mol_reader *m, bool *first_charges)
{
    raw_atom *a = NULL;
    io_text t;
    int32_t n;
    char c = m->len ? *m->line : 0;
    if (c == 'A' || c == 'V') {
        if (m->len < 2 || m->line[1] != ' ') return mol_fail(m, m->line, "'%c' and its atom stand apart", c);
        TRY(atom_at(m, 3, 3, &a));
        if (c == 'V') return mol_columns(m, 7, 1, &t);
        mol_next_line(m);   // the alias
        return ARYL_OK;
    }
    if (c == 'G') {
        mol_next_line(m);
        return ARYL_OK;
    }
    if (mol_line_is(m, "S  SKP")) {
        TRY(mol_loose_at(m, 6, 3, &n));
        if (n < 0) return mol_fail(m, m->line + 6, "a negative number of lines to skip");
        while (n--) mol_next_line(m);
        return ARYL_OK;
    }
    if (!mol_line_is(m, "M  ") || m->len < 4) return ARYL_OK;
    if (m->line[3] == 'S' && !mol_line_is(m, "M  SUB")) return mol_group_line(m);
    if (m->len < 6) return ARYL_OK;
    const char *kind = m->line + 3;
    if (!memcmp(kind, "CHG", 3) || !memcmp(kind, "RAD", 3)) return charges_or_radicals(m, *kind == 'C', first_charges);
    if (!memcmp(kind, "ALS", 3)) return new_list(m);
    if (!memcmp(kind, "RGP", 3)) return r_groups(m);
    if (!memcmp(kind, "LIN", 3)) return link_nodes(m);
    if (!memcmp(kind, "PXA", 3)) return atom_at(m, 7, 3, &a);
    if (!memcmp(kind, "CRS", 3)) return mol_fail(m, m->line, "M  CRS is not understood");
    static const char *const in_pairs[] = {"ISO", "SUB", "UNS", "RBC", "ZCH", "HYD", "ZBO", "APO"};
    for (size_t i = 0; i < sizeof in_pairs / sizeof *in_pairs; i++)
        if (!memcmp(kind, in_pairs[i], 3)) return pairs(m, in_pairs[i]);
    if (mol_line_is(m, "M  MRV SMA")) {
        TRY(atom_at(m, 10, 5, &a));
        TRY(mol_columns(m, 15, 1, &t));
        a->flags |= ATOM_QUERY;
    }
    return ARYL_OK;
}

aryl_status mol_properties(mol_reader *m)
{
    bool first_charges = true;
    mol_next_line(m);
    if (!m->len) return mol_fail(m, m->line, "an empty line where properties or M  END should stand");
    if (!strchr("MAVGS", *m->line)) TRY(old_list(m));
    while (!m->at_end && !mol_line_is(m, "M  END") && !mol_line_is(m, "$$$$")) {
        TRY(property(m, &first_charges));
        mol_next_line(m);
    }
    if (!mol_line_is(m, "M  END")) return mol_fail(m, m->line, "the molecule ends without M  END");
    io_group **last = &m->group;
    for (int32_t i = 0; m->by_number && i < MOL_GROUP_NUMBERS; i++) {   // in the order of their numbers
        if (!m->by_number[i]) continue;
        *last = m->by_number[i];
        last = &m->by_number[i]->next;
    }
    return ARYL_OK;
}
