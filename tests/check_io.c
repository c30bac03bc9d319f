// check_io.c - text to raw graph: golden tables, errors and their places, sizes, and what is kept of CXSMILES.
#include <check.h>
#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/io.h"
#include "support.h"

static arena mem;
static raw_mol raw;
static aryl_error err;

static void set_up(void) { arena_init(&mem); }
static void tear_down(void) { arena_free(&mem); }

static aryl_status read_bytes(const char *text, int64_t len, const io_limits *limits)
{
    arena_rewind(&mem);
    raw_init(&raw, &mem);
    err = (aryl_error){.offset = -2};
    return io_smiles_read(text, len, limits, &raw, &err);
}

static aryl_status read_mol(const char *text, int64_t len, const io_limits *limits)
{
    arena_rewind(&mem);
    raw_init(&raw, &mem);
    err = (aryl_error){.offset = -2};
    return io_mol_read(text, len, limits, &raw, &err);
}

static aryl_status read_text(const char *text) { return read_bytes(text, (int64_t)strlen(text), NULL); }

// ---- the raw graph as text; data/io/golden.py writes RDKit's in the same form

static char *put_atom(char *out, const raw_atom *a)
{
    static const char *const tags[] = {"", "@@", "@", "?", "TH", "AL", "SP", "TB", "OH"};
    bool bracket = a->flags & ATOM_NO_IMPLICIT;
    if (bracket) *out++ = '[';
    if (a->isotope) out += sprintf(out, "%d", a->isotope);
    if (a->z > ELEMENT_MAX) out += sprintf(out, "#%d", a->z);
    else
        for (const char *c = elements[a->z].symbol; *c; c++) *out++ = a->flags & ATOM_AROMATIC ? (char)tolower(*c) : *c;
    if (a->explicit_h) out += sprintf(out, ",h%d", a->explicit_h);
    if (a->charge) out += sprintf(out, ",q%+d", a->charge);
    if (bracket) *out++ = ']';
    if (a->tag > TAG_CCW) out += sprintf(out, "{%s%d}", tags[a->tag], a->permutation);
    else if (a->tag) out += sprintf(out, "{%s}", tags[a->tag]);
    if (a->flags & ATOM_HAS_MAP) out += sprintf(out, ":%d", a->map);
    if (a->radicals) out += sprintf(out, "^%d", a->radicals);
    if (a->flags & ATOM_QUERY) *out++ = '?';
    return out;
}

static char *put_bond(char *out, const raw_bond *b)
{
    static const char types[256] = {
        [BOND_UNSPECIFIED] = '~', [BOND_SINGLE] = '-', [BOND_DOUBLE] = '=', [BOND_TRIPLE] = '#', [BOND_QUADRUPLE] = '$',
        [BOND_AROMATIC] = ':', [BOND_DATIVE] = '>', [BOND_ZERO] = 'z', [BOND_HYDROGEN] = 'h',
    };
    out += sprintf(out, "%d%c%d%s", b->begin, types[b->type], b->end, b->flags & BOND_IS_QUERY ? "q" : "");
    if (b->dir == DIR_UP || b->dir == DIR_DOWN) *out++ = b->dir == DIR_UP ? '/' : '\\';
    if (b->flags & BOND_DRAWN) *out++ = " UWD"[b->flags >> 6];
    if (b->stereo) out += sprintf(out, "%c(%d,%d)", " AZECT"[b->stereo], b->stereo_atom[0], b->stereo_atom[1]);
    return out;
}

static const char *graph_text(void)
{
    static char text[1 << 16];
    char *out = text;
    for (int32_t i = 0; i < raw.n_atoms; i++) {
        out = put_atom(out, &raw.atom[i]);
        *out++ = ' ';
    }
    *out++ = ';';
    for (int32_t i = 0; i < raw.n_bonds; i++) {
        *out++ = ' ';
        out = put_bond(out, &raw.bond[i]);
    }
    if (raw.xyz) out += sprintf(out, " ; %s", raw.is_3d ? "3D" : "2D");
    if (raw.name) out += sprintf(out, " ; name=%.*s", (int)raw.name_len, raw.name);
    *out = 0;
    return text;
}

// Takes \\ \n \t \xNN back; returns the length.
static int64_t unescape(char *text)
{
    char *out = text;
    for (char *p = text; *p; p++) {
        if (*p != '\\') {
            *out++ = *p;
            continue;
        }
        p++;
        if (*p == 'x') {
            char hex[3] = {p[1], p[2], 0};
            *out++ = (char)strtol(hex, NULL, 16);
            p += 2;
        } else {
            *out++ = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
        }
    }
    *out = 0;
    return out - text;
}

// Could text[0 .. len) be one token of the grammar?
static bool one_token(const char *text, int64_t len)
{
    return len == 1 || (len > 1 && len <= 4 && strchr("@-<\\'", text[0])) || (len <= 3 && isalpha((unsigned char)text[0]));
}

START_TEST(golden_smiles_give_rdkits_raw_graph_or_its_error)
{
    int rows = 0;
    for (tsv t = tsv_open(data_path("io/smiles.tsv")); tsv_next(&t); rows++) {
        tsv_need(&t, 2);
        int64_t len = unescape(t.cell[0]);
        aryl_status s = read_bytes(t.cell[0], len, NULL);
        if (strcmp(t.cell[1], "refuse")) {
            ck_assert_msg(s == ARYL_OK, "line %d: %s", t.line, err.message);
            ck_assert_msg(!strcmp(graph_text(), t.cell[1]), "line %d: %s, expected %s", t.line, graph_text(), t.cell[1]);
            continue;
        }
        tsv_need(&t, 4);
        ck_assert_msg(s == ARYL_E_SYNTAX && err.code == s, "line %d: status %d", t.line, s);
        if (strcmp(t.cell[2], "syntax"))
            ck_assert_msg(strstr(err.message, t.cell[2]) != NULL, "line %d: %s", t.line, err.message);
        ck_assert_msg(err.offset >= 0 && err.offset <= len, "line %d: offset %d", t.line, (int)err.offset);
        if (!strcmp(t.cell[3], "-")) continue;
        int64_t end = atoi(t.cell[3]);
        bool ended = err.offset == end && strstr(err.message, "ends too early");
        ck_assert_msg(ended || (err.offset < end && one_token(t.cell[0] + err.offset, end - err.offset)),
                      "line %d: trouble at %d, expected to end at %d: %s", t.line, (int)err.offset, (int)end, err.message);
    }
    ck_assert_int_gt(rows, 340);
}
END_TEST

// ---- errors and limits

START_TEST(errors_point_at_the_start_of_the_token_in_the_text_that_was_passed)
{
    static const struct { const char *text; int offset; const char *message; } cases[] = {
        {"  CC[Xx]", 5, "unexpected 'X'"}, {"CC[CHHe]", 5, "unexpected 'H'"}, {"C[C@@TH1]", 4, "unexpected '@'"},
        {"CC(=O", 2, "opening parenthesis"}, {"CC)C", 2, "closing parenthesis"}, {"C1CCC", 1, "ring number 1"},
        {"CC%(123)C", 2, "ring number 123"}, {"C2C1C12", 5, "doubles"}, {"C11", 2, "to itself"}, {"C=", 2, "ends too early"},
        {"C\x80Z", 1, "illegal byte 0x80"}, {"[C@SP4]", 0, "permutation"}, {"[1234567890123C]", 11, "too large"},
        {"C%1", 3, "ends too early"}, {"CC->->C", 4, "unexpected '-'"}, {"C.[C@TH0]", 7, "zero"}, {"CC |^9:0|", 4, "radicals"},
        {"CC |w:0.0,0.0|", 10, "twice"}, {"CCC |C:0.1|", 7, "not at that bond"}, {"CC |(1,2", 8, "too early"},
        {"C |x", 4, "without a bar"}, {"CC |a:0,0|", 8, "twice"}, {" ", 0, "no SMILES"}, {"C2.C12", 4, "ring number 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(read_text(cases[i].text) == ARYL_E_SYNTAX, "%s", cases[i].text);
        ck_assert_msg(err.offset == cases[i].offset && strstr(err.message, cases[i].message), "%s: at %d: %s", cases[i].text,
                      (int)err.offset, err.message);
        ck_assert_int_eq(err.line, 0);
    }
}
END_TEST

START_TEST(nobody_need_ask_for_the_error)
{
    raw_init(&raw, &mem);
    ck_assert_int_eq(io_smiles_read("C(", 2, NULL, &raw, NULL), ARYL_E_SYNTAX);
    ck_assert_int_eq(io_smiles_read("C |", 3, NULL, &raw, NULL), ARYL_E_SYNTAX);
}
END_TEST

START_TEST(limits_hold_to_the_byte_and_the_atom)
{
    io_limits limits = {.bytes = 8, .atoms = 5};
    ck_assert_int_eq(read_bytes("C(C)(C)C", 8, &limits), ARYL_OK);
    ck_assert_int_eq(read_bytes("C(C)(C)C=", 9, &limits), ARYL_E_LIMIT);
    ck_assert_int_eq(read_bytes("CCCCC", 5, &limits), ARYL_OK);
    ck_assert_int_eq(read_bytes("CCCC[Cu]", 8, &limits), ARYL_OK);
    ck_assert_int_eq(read_bytes("CCCCCC", 6, &limits), ARYL_E_LIMIT);
    ck_assert_int_eq(err.offset, 5);
    ck_assert_int_eq(read_bytes("CCCCC[C]", 8, &limits), ARYL_E_LIMIT);
    limits = (io_limits){0};   // no limit
    ck_assert_int_eq(read_bytes("CCCCCC", 6, &limits), ARYL_OK);
}
END_TEST

START_TEST(atoms_remember_where_they_were_written)
{
    ck_assert_int_eq(read_text(" CCl[13CH4].(Br"), ARYL_E_SYNTAX);
    ck_assert_int_eq(read_text(" CCl[13CH3]Br"), ARYL_OK);
    static const int places[] = {1, 2, 4, 11};
    for (int i = 0; i < 4; i++) ck_assert_int_eq(raw.atom[i].at, places[i]);
}
END_TEST

START_TEST(the_first_atom_of_each_part_is_marked)
{
    ck_assert_int_eq(read_text("CC(.C)C"), ARYL_E_SYNTAX);
    ck_assert_int_eq(read_text("CC1.CC.C1"), ARYL_OK);
    for (int i = 0; i < 5; i++) ck_assert_int_eq(!!(raw.atom[i].flags & ATOM_START), i % 2 == 0);
    for (int i = 0; i < 5; i++) ck_assert_int_eq(raw.atom[i].degree, i == 1 ? 2 : 1);
}
END_TEST

START_TEST(names_point_into_the_text)
{
    const char text[] = "CC\t two words \r\n";
    ck_assert_int_eq(read_text(text), ARYL_OK);
    ck_assert_ptr_eq(raw.name, text + 4);
    ck_assert_int_eq(raw.name_len, 9);
    ck_assert_int_eq(read_text("CC | |"), ARYL_OK);
    ck_assert_ptr_null(raw.name);
}
END_TEST

// ---- sizes

static char *text_of(const char *before, const char *part, int times, const char *after, int64_t *len)
{
    size_t b = strlen(before), p = strlen(part), a = strlen(after);
    char *text = malloc(b + p * (size_t)times + a + 1), *out = text;
    memcpy(out, before, b);
    out += b;
    for (int i = 0; i < times; i++, out += p) memcpy(out, part, p);
    memcpy(out, after, a + 1);
    *len = (int64_t)(b + p * (size_t)times + a);
    return text;
}

static void large(const char *before, const char *part, int times, const char *after, int atoms, int bonds)
{
    int64_t len;
    char *text = text_of(before, part, times, after, &len);
    ck_assert_msg(read_bytes(text, len, NULL) == ARYL_OK, "%s...: %s", before, err.message);
    ck_assert_int_eq(raw.n_atoms, atoms);
    ck_assert_int_eq(raw.n_bonds, bonds);
    free(text);
}

START_TEST(large_molecules_are_read_in_linear_time)
{
    large("", "C", 50000, "", 50000, 49999);
    large("C", "(C)", 50000, "", 50001, 50000);             // one atom in the middle
    large("C1", "C", 50000, "1", 50001, 50001);             // one long ring
    large("", "C1CC1", 50000, "", 150000, 199999);          // one ring number over and over
    large("[C@@]12", "(F)", 50000, "CC1.Cl2", 50004, 50004);
    large("", "[Pt@SP1](F)(Cl)(Br)1.I1", 10000, "", 50000, 49999);
    large("C", ".C", 100000, "", 100001, 0);
}
END_TEST

START_TEST(a_hundred_thousand_nested_branches_need_no_c_stack)
{
    int64_t len;
    char *text = text_of("C", "(C", 100000, "", &len);
    ck_assert_int_eq(read_bytes(text, len, NULL), ARYL_E_SYNTAX);
    ck_assert_int_eq(err.offset, 1);
    text = realloc(text, (size_t)len + 100001);
    memset(text + len, ')', 100000);
    ck_assert_int_eq(read_bytes(text, len + 100000, NULL), ARYL_OK);
    ck_assert_int_eq(raw.n_bonds, 100000);
    free(text);
}
END_TEST

// n ring numbers opened at one atom and closed at n others
static char *hub(int n, bool backwards, int64_t *len)
{
    char *text = malloc((size_t)n * 20 + 100), *out = text;
    out += sprintf(out, "[C@]");
    for (int i = 0; i < n; i++) out += sprintf(out, "%%(%d)", backwards ? n - 1 - i : i);
    for (int i = 0; i < n; i++) out += sprintf(out, ".C%%(%d)", i);
    *len = out - text;
    return text;
}

START_TEST(every_ring_number_can_be_open_at_once)
{
    int64_t len;
    for (int backwards = 0; backwards < 2; backwards++) {
        char *text = hub(100000, backwards, &len);
        ck_assert_msg(read_bytes(text, len, NULL) == ARYL_OK, "%s", err.message);
        ck_assert_int_eq(raw.n_bonds, 100000);
        for (int i = 0; i < 100000; i++) ck_assert_int_eq(raw.bond[i].begin, i + 1);
        // 100 000 numbers in reverse are an even permutation
        ck_assert_int_eq(raw.atom[0].tag, TAG_CCW);
        free(text);
    }
    char *text = hub(3, true, &len);   // and three an odd one; three bonds and no hydrogen at a first atom
    ck_assert_int_eq(read_bytes(text, len, NULL), ARYL_OK);
    int reversed = raw.atom[0].tag;
    free(text);
    text = hub(3, false, &len);
    ck_assert_int_eq(read_bytes(text, len, NULL), ARYL_OK);
    ck_assert_int_ne(raw.atom[0].tag, reversed);
    free(text);
}
END_TEST

START_TEST(reading_asks_for_no_memory_once_the_arena_has_settled)
{
    const char *const texts[] = {
        "CC(C)Cc1ccc(cc1)[C@@H](C)C(=O)O", "C%(100)CC%(100)", "F[Co@OH12]1(Br)(I)(N)O.Cl1",
        "CC=CC |c:1,(1,2,;3,4,;5,6,;7,8,),Sg:n:1::ht|", "C1CC2",
    };
    for (int i = 0; i < 5; i++) read_text(texts[i]);
    alloc_watch();
    for (int i = 0; i < 100; i++) read_text(texts[i % 5]);
    alloc_stats seen = alloc_seen();
    alloc_unwatch();
    ck_assert_int_eq(seen.requests, 0);
}
END_TEST

static aryl_status read_with_fresh_arena(void *text)
{
    arena own;
    raw_mol r;
    arena_init(&own);
    raw_init(&r, &own);
    aryl_status s = io_smiles_read(text, (int64_t)strlen(text), NULL, &r, NULL);
    arena_free(&own);
    return s;
}

START_TEST(each_request_for_memory_may_fail)
{
    int64_t len;
    char *text = hub(3000, true, &len);
    ck_assert_int_ge(alloc_sweep(read_with_fresh_arena, text), 4);
    free(text);
    text = text_of("C", "(C)", 3000, " |Sg:n:0::ht,c:5,m:1:2.3,(1,2,),$a;Q_e$,a:1,2,3|", &len);
    ck_assert_int_ge(alloc_sweep(read_with_fresh_arena, text), 4);
    free(text);
}
END_TEST

// ---- CXSMILES

START_TEST(coordinates_are_those_of_the_first_flat_drawing)
{
    ck_assert_int_eq(read_text("CO |(1,2.5,3;-4e-1,,6),(0x1p3,.5,;inf, 7,),(9,9,;9,9,)|"), ARYL_OK);
    ck_assert(raw.xyz && !raw.is_3d);
    static const double expected[] = {8, 0.5, 0, INFINITY, 7, 0};
    for (int i = 0; i < 6; i++) ck_assert(raw.xyz[i] == expected[i]);
    ck_assert_int_eq(read_text("CO |(1,2.5,3;-4e-1,,6;7,7,7),(1,1,1;2,2,2)|"), ARYL_OK);
    ck_assert(raw.is_3d && raw.xyz[0] == 1 && raw.xyz[3] == -0.4 && raw.xyz[5] == 6);
}
END_TEST

START_TEST(wedges_stay_with_the_atom_they_begin_at)
{
    ck_assert_int_eq(read_text("CC(F)Cl |wU:1.0,wD:1.2|"), ARYL_OK);
    ck_assert(raw.has_wedge);
    ck_assert_str_eq(graph_text(), "C C F Cl ; 1-0U 1-2 1-3D");
    ck_assert_int_eq(read_text("C[C@H](F)Cl |w:1.0|"), ARYL_OK);
    ck_assert(!raw.has_wedge && (raw.bond[0].flags & BOND_UNKNOWN_STEREO));
    ck_assert_int_eq(raw.atom[1].tag, TAG_NONE);
}
END_TEST

START_TEST(hydrogens_that_groups_hold_are_kept)
{
    static const struct { const char *text; int keep; } cases[] = {
        {"[H]CC |Sg:n:1::ht|", 1}, {"[H]CC |Sg:n:1,2::ht|", 1}, {"[H]CC |Sg:n:2::ht|", 0}, {"[H]CC |SgD:0:a:b::::|", 1},
        {"[H]CC |SgD:0,1:a:b::::|", 0}, {"[H]C[H] |SgD:0,2:a:b::::|", 1}, {"[H]CC |Sg:n:1::ht:0:1|", 1},
        {"[H]CC |a:0|", 0}, {"[2H]CC |SgD:0:a:b::::|", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(read_text(cases[i].text) == ARYL_OK, "%s: %s", cases[i].text, err.message);
        ck_assert_msg(!!(raw.atom[0].flags & ATOM_KEEP) == cases[i].keep, "%s", cases[i].text);
    }
    ck_assert_int_eq(read_text("[H]CCC |Sg:n:1::ht:2:2|"), ARYL_E_SYNTAX);   // as RDKit, when it removes hydrogens
    ck_assert_int_eq(read_text("[2H]CCC |Sg:n:1::ht:2:2|"), ARYL_OK);
}
END_TEST

START_TEST(a_map_number_may_come_as_a_property)
{
    ck_assert_int_eq(read_text("CC |atomProp:0.molAtomMapNumber.-5:1.molAtomMapNumber.x|"), ARYL_OK);
    ck_assert(raw.atom[0].map == -5 && (raw.atom[0].flags & ATOM_HAS_MAP) && !(raw.atom[1].flags & ATOM_HAS_MAP));
}
END_TEST

// ---- molfiles

START_TEST(golden_molfiles_give_rdkits_raw_graph_or_are_refused)
{
    int rows = 0;
    for (tsv t = tsv_open(data_path("io/mol.tsv")); tsv_next(&t); rows++) {
        tsv_need(&t, 2);
        int64_t len = unescape(t.cell[0]);
        aryl_status s = read_mol(t.cell[0], len, NULL);
        if (!strcmp(t.cell[1], "refuse")) {
            ck_assert_msg(s == ARYL_E_SYNTAX || s == ARYL_E_UNSUPPORTED, "line %d: status %d", t.line, s);
            ck_assert(err.code == s && err.line >= 1 && err.offset >= 0 && err.offset <= len);
            continue;
        }
        ck_assert_msg(s == ARYL_OK, "line %d: %s", t.line, err.message);
        ck_assert_msg(!strcmp(graph_text(), t.cell[1]), "line %d: %s, expected %s", t.line, graph_text(), t.cell[1]);
        ck_assert(raw.from_molfile);
    }
    ck_assert_int_gt(rows, 110);
}
END_TEST

// A molfile of one carbon atom named C, the end of its atom line and what follows as given.
static const char *one_atom(const char *symbol, const char *rest, const char *properties)
{
    static char text[4096];
    snprintf(text, sizeof text, "C\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 %-3s%s\n%sM  END\n",
             symbol, rest, properties);
    return text;
}

static aryl_status read_one(const char *symbol, const char *rest, const char *properties)
{
    const char *text = one_atom(symbol, rest, properties);
    return read_mol(text, (int64_t)strlen(text), NULL);
}

START_TEST(the_valence_field_is_left_to_perception)
{
    ck_assert_int_eq(read_one("N", " 0  0  0  0  0  3", ""), ARYL_OK);
    ck_assert_int_eq(raw.atom[0].valence_field, 3);
    ck_assert(!(raw.atom[0].flags & ATOM_NO_IMPLICIT));
    ck_assert_int_eq(read_one("C", " 0  0  0  0  0 -1", ""), ARYL_OK);
    ck_assert_int_eq(raw.atom[0].valence_field, -1);
    // M  HYD has the last word, a data group leaves the atom without implied hydrogens
    ck_assert_int_eq(read_one("N", " 0  0  0  0  0  3", "M  HYD  1   1   2\n"), ARYL_OK);
    ck_assert(!raw.atom[0].valence_field && raw.atom[0].explicit_h == 2 && !(raw.atom[0].flags & ATOM_NO_IMPLICIT));
    ck_assert_int_eq(read_one("N", " 0  0  0  0  0  3", "M  STY  1   1 DAT\nM  SAL   1  1   1\nM  SDT   1 HYD\nM  SED   1 1\n"),
                     ARYL_OK);
    ck_assert(!raw.atom[0].valence_field && raw.atom[0].explicit_h == 1 && (raw.atom[0].flags & ATOM_NO_IMPLICIT));
}
END_TEST

START_TEST(a_blank_map_field_is_map_number_zero)
{
    ck_assert_int_eq(read_one("C", " 0  0  0  0  0  0  0  0  0   ", ""), ARYL_OK);
    ck_assert((raw.atom[0].flags & ATOM_HAS_MAP) && raw.atom[0].map == 0);
    ck_assert_int_eq(read_one("C", " 0  0  0  0  0  0  0  0  0  0", ""), ARYL_OK);
    ck_assert(!(raw.atom[0].flags & ATOM_HAS_MAP));
}
END_TEST

START_TEST(errors_of_molfiles_have_a_line_and_a_place)
{
    static const struct { const char *symbol, *rest, *properties; int line, column; const char *message; } cases[] = {
        {"Zz", "", "", 5, 31, "no element 'Zz'"}, {"C", " 0  x", "", 5, 38, "no number"},
        {"C", "", "M  CHG  1   2   1\n", 6, 0, "no atom 2"}, {"C", "", "\n", 6, 0, "empty line"},
        {"C", "", "M  RAD  1   1   4\n", 6, 13, "radical"}, {"C", "", "M  CRS   1\n", 6, 0, "M  CRS"},
        {"C", "", "M  ISO  1   1  13\nM  CHG  2   1   1\n", 7, 17, "too short"},
        {"C", "", "M  STY  1   1 XYZ\n", 6, 0, "XYZ"}, {"C", "", "M  CHG  0\n$$$$\n", 7, 0, "without M  END"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = one_atom(cases[i].symbol, cases[i].rest, cases[i].properties), *line = text;
        ck_assert_int_ne(read_mol(text, (int64_t)strlen(text), NULL), ARYL_OK);
        for (int k = 1; k < cases[i].line; k++) line = strchr(line, '\n') + 1;
        ck_assert_msg(err.line == cases[i].line && err.offset == line - text + cases[i].column &&
                      strstr(err.message, cases[i].message), "case %d: line %d, offset %d: %s", (int)i, err.line,
                      (int)err.offset, err.message);
    }
    io_limits limits = {.atoms = 1};
    const char *text = one_atom("C", "", "");
    ck_assert_int_eq(read_mol(text, (int64_t)strlen(text), &limits), ARYL_OK);
    static const char two[] = "\n\n\n  2  0\n";
    ck_assert_int_eq(read_mol(two, sizeof two - 1, &limits), ARYL_E_LIMIT);
    static const char many[] = "\n\n\n999  0\n";   // announced, and not there
    ck_assert_int_eq(read_mol(many, sizeof many - 1, NULL), ARYL_E_SYNTAX);
}
END_TEST

START_TEST(what_follows_the_end_of_a_molfile_is_left_alone)
{
    char text[8192];
    snprintf(text, sizeof text, "%s\x01 anything\n$$$$\n", one_atom("C", "", ""));
    ck_assert_int_eq(read_mol(text, (int64_t)strlen(text), NULL), ARYL_OK);
    ck_assert_str_eq(graph_text(), "C ; ; 2D ; name=C");
    const char *bare = one_atom("C", "", "");   // M  END may be the last thing, without the end of its line
    ck_assert_int_eq(read_mol(bare, (int64_t)strlen(bare) - 1, NULL), ARYL_OK);
    ck_assert_int_eq(read_mol(bare, (int64_t)strlen(bare) - 2, NULL), ARYL_E_SYNTAX);
}
END_TEST

START_TEST(v3000_numbers_its_atoms_as_it_likes_and_joins_lines)
{
    static const char text[] =
        "\n\n\n  0  0  0     0  0            999 V3000\r\nM  V30 BEGIN CTAB\nM  V30 counts 3 2 1 0 0\nM  V30 BEGIN ATOM\n"
        "M  V30 4000000000 C 1e0 0 0 0 -\nM  V30 CHG=-1 -\nM  V30 MASS=13.9\nM  V30 7 [N,O] 0 0 0 0 CHG=1\n"
        "M  V30 8 \"H\" 0 0 2 5\nM  V30 END ATOM\nM  V30 BEGIN BOND\nM  V30 1 1 7 4000000000 CFG=2\n"
        "M  V30 3 1 8 7 CFG=1\nM  V30 END BOND\nM  V30 BEGIN SGROUP\nM  V30 5 SUP 0 ATOMS=(1 7) XBONDS=(1 3) LABEL=\"a \"\"b\"\n"
        "M  V30 END SGROUP\nM  V30 BEGIN WHATEVER\nM  V30 x\nM  V30 END WHATEVER\nM  V30 END CTAB\nM  END\n";
    ck_assert_msg(read_mol(text, sizeof text - 1, NULL) == ARYL_OK, "%s", err.message);
    ck_assert_str_eq(graph_text(), "13C,q-1 *? H:5 ; 1-0W 2-1U ; 3D");
    ck_assert(raw.atom[2].flags & ATOM_KEEP);
    ck_assert_int_eq(raw.bond[1].dir, DIR_NONE);
}
END_TEST

static aryl_status read_mol_with_fresh_arena(void *text)
{
    arena own;
    raw_mol r;
    arena_init(&own);
    raw_init(&r, &own);
    aryl_status s = io_mol_read(text, (int64_t)strlen(text), NULL, &r, NULL);
    arena_free(&own);
    return s;
}

START_TEST(molfiles_survive_each_request_for_memory_failing)
{
    enum { N = 900 };
    char *text = malloc(N * 100), *out = text;
    out += sprintf(out, "n\n\n\n%3d%3d  0  0  0  0  0  0  0  0999 V2000\n", N, N - 1);
    for (int i = 0; i < N; i++) out += sprintf(out, "%10.4f%10.4f%10.4f %-3s 0  0\n", 1.0 * i, 0.0, 0.0, "C");
    for (int i = 1; i < N; i++) out += sprintf(out, "%3d%3d  1  0\n", i, i + 1);
    out += sprintf(out, "M  STY  1   1 DAT\nM  SAL   1  2   1   2\nM  SDT   1 MRV_IMPLICIT_H\nM  SED   1 IMPL_H1\nM  APO  1   1   1\nM  END\n");
    ck_assert_int_ge(alloc_sweep(read_mol_with_fresh_arena, text), 2);
    free(text);
}
END_TEST

// ---- SD files

static char *add_record(char *out, const char *symbol, const char *rest)
{
    return out + sprintf(out, "%s\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 %-3s 0  0\nM  END\n%s",
                         symbol, symbol, rest);
}

// "name{field: value, ...}; name ..." of what a reader of records sees; newlines are shown as /
static const char *records_text(const char *text, int64_t len)
{
    static char shown[4096];
    char *out = shown;
    int64_t seen = 0, at = 0;
    io_sdf_record record;
    while (io_sdf_next(text + at, len - at, true, &seen, &record)) {
        aryl_status s = read_mol(record.mol.p, record.mol.len, NULL);
        out += sprintf(out, "%.*s{", s ? 1 : (int)raw.name_len, s ? "-" : raw.name);
        io_text rest = record.data;
        io_sdf_field f;
        while (io_sdf_next_field(&rest, &f)) {
            char value[256];
            int64_t n = io_sdf_value(f.value, value);
            for (int64_t i = 0; i < n; i++)
                if (value[i] == '\n') value[i] = '/';
            out += sprintf(out, "%.*s=%.*s,", (int)f.name.len, f.name.p, (int)n, value);
        }
        out += sprintf(out, "}");
        at += record.used;
    }
    *out = 0;
    return shown;
}

START_TEST(records_and_fields_are_those_of_rdkit_split_at_their_ends)
{
    // Where RDKit reads on into the next record (a missing M  END, a value without its empty line, a field without a
    // name) records stay apart here.
    static const struct { const char *first, *then, *expected; } cases[] = {
        {"> <A>\n1\n\n$$$$\n", "$$$$\n", "C{A=1,}N{}"}, {"junk\n> <A>\n1\n\n$$$$\n", "$$$$\n", "C{}N{}"},
        {"> <A>\n1\n\njunk\n\n> <B>\n2\n\n$$$$\n", "$$$$\n", "C{A=1,}N{}"},
        {"> <A>\n1\n> <B>\n2\n\n$$$$\n", "$$$$\n", "C{A=1/> <B>/2,}N{}"},
        {"> <A>\n1\n \n2\n\n$$$$\n", "", "C{A=1/ /2,}N{}"}, {"> <A>\n \n\n> <B>\n\n$$$$\n", "", "C{A= ,B=,}N{}"},
        {"> <A>B> x\n1\n\n>  25  <MW>  (3)\n2\n\n$$$$\n", "", "C{A>B=1,MW=2,}N{}"},
        {"> <A>\n1\n\n> DT1\nx\n\n> <B>\n2\n\n$$$$\n", "", "C{A=1,}N{}"},
        {"> DT1\n\n> <B>\n2\n\n$$$$\n", "", "C{B=2,}N{}"}, {"> <>\nx\n\n$$$$\n", "", "C{}N{}"},
        {"  > <A>\n1\n\n$$$$\n", "", "C{A=1,}N{}"}, {"> <A>\n1\n$$$$\n", "", "C{A=1,}N{}"},
        {"$$$$ x\n", "> <A>\n1", "C{}N{A=1,}"}, {"> <A>\r\n1\r\n\r\n$$$$\r\n", "", "C{A=1,}N{}"},
        {" $$$$\n$$$$\n", "", "C{}N{}"}, {"$$$$\n", "$$$$\n\n\n\n", "C{}N{}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[2048];
        char *end = add_record(add_record(text, "C", cases[i].first), "N", cases[i].then);
        const char *seen = records_text(text, end - text);
        ck_assert_msg(!strcmp(seen, cases[i].expected), "case %d: %s, expected %s", (int)i, seen, cases[i].expected);
    }
    ck_assert_str_eq(records_text("\n\n\n\n", 4), "");
    static const char unfinished[] = "C\n\n\n  1  0\n$$$$\n";
    ck_assert_str_eq(records_text(unfinished, sizeof unfinished - 1), "-{}");
}
END_TEST

START_TEST(records_are_the_same_however_the_text_is_cut)
{
    char text[2048];
    char *end = add_record(add_record(text, "C", "> <A>\n1\n\n$$$$\n"), "N", "> <B>\n2\n");
    int64_t len = end - text;
    for (int64_t step = 1; step < len; step++) {
        int64_t at = 0, have = 0, seen = 0, found = 0;
        io_sdf_record record;
        while (have < len) {
            have = have + step < len ? have + step : len;
            while (io_sdf_next(text + at, have - at, have == len, &seen, &record)) {
                ck_assert(*record.mol.p == "CN"[found] && record.mol.len > 80);
                ck_assert(!memcmp(record.mol.p + record.mol.len - 7, "M  END\n", 7));
                at += record.used;
                found++;
            }
        }
        ck_assert_int_eq(found, 2);
        ck_assert_int_eq(at, len);
    }
}
END_TEST

// ---- whatever the input

START_TEST(shared_molfiles_are_answered_with_a_status_and_a_place)
{
    const char *path = shared_path("bad/mol");
    if (!path) return;
    DIR *d = opendir(path);
    for (struct dirent *e; (e = readdir(d));) {
        char name[4096];
        if (e->d_name[0] == '.') continue;
        snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        int64_t len;
        char *text = file_read(name, &len);
        aryl_status s = read_mol(text, len, NULL);
        ck_assert(s == ARYL_OK || s == ARYL_E_SYNTAX || s == ARYL_E_UNSUPPORTED);
        if (s) ck_assert(err.line > 0 && err.offset >= 0 && err.offset <= len && *err.message);
        free(text);
    }
    closedir(d);
}
END_TEST

START_TEST(shared_bad_inputs_are_answered_with_a_status_and_a_place)
{
    static const char *const files[] = {"bad/bad_smiles.tsv", "bad/realworld_reject.tsv"};
    for (int i = 0; i < 2; i++) {
        const char *path = shared_path("%s", files[i]);
        if (!path) continue;
        for (tsv t = tsv_open(path); tsv_next(&t);) {
            aryl_status s = read_text(t.cell[0]);
            ck_assert(s == ARYL_OK || s == ARYL_E_SYNTAX);
            if (s) ck_assert(err.offset >= 0 && err.offset <= (int64_t)strlen(t.cell[0]) && *err.message);
        }
    }
}
END_TEST

START_TEST(any_cut_of_a_line_is_read_without_looking_behind_it)
{
    const char text[] = "[13CH2]=C%(12)[C@TH1](F)(->[Pt@SP2])c1cc\\C%121 |$Q_e;&#44;$,(1,2,;3e,,),^1:0,Sg:n:1:a:ht:1:2,SgD:1:a:b::::,SgH:0:1,"
                        "LN:1:1.2.0.2,m:0:1,rb:0:*,c:1,wU:0.0,atomProp:0.a.b| name";
    for (size_t from = 0; from < sizeof text - 1; from++)
        for (size_t to = from; to < sizeof text; to++) {
            char *copy = malloc(to - from ? to - from : 1);   // a sanitizer sees the first byte read behind it
            memcpy(copy, text + from, to - from);
            aryl_status s = read_bytes(copy, (int64_t)(to - from), NULL);
            ck_assert(s == ARYL_OK || s == ARYL_E_SYNTAX);
            if (s) ck_assert(err.offset >= 0 && err.offset <= (int64_t)(to - from));
            free(copy);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("io");
    TCase *smiles = tcase_create("smiles"), *sizes = tcase_create("sizes"), *extensions = tcase_create("extensions");
    tcase_add_checked_fixture(smiles, set_up, tear_down);
    tcase_add_test(smiles, golden_smiles_give_rdkits_raw_graph_or_its_error);
    tcase_add_test(smiles, errors_point_at_the_start_of_the_token_in_the_text_that_was_passed);
    tcase_add_test(smiles, nobody_need_ask_for_the_error);
    tcase_add_test(smiles, limits_hold_to_the_byte_and_the_atom);
    tcase_add_test(smiles, atoms_remember_where_they_were_written);
    tcase_add_test(smiles, the_first_atom_of_each_part_is_marked);
    tcase_add_test(smiles, names_point_into_the_text);
    tcase_add_test(smiles, shared_bad_inputs_are_answered_with_a_status_and_a_place);
    tcase_add_test(smiles, any_cut_of_a_line_is_read_without_looking_behind_it);
    tcase_set_timeout(sizes, 60);
    tcase_add_checked_fixture(sizes, set_up, tear_down);
    tcase_add_test(sizes, large_molecules_are_read_in_linear_time);
    tcase_add_test(sizes, a_hundred_thousand_nested_branches_need_no_c_stack);
    tcase_add_test(sizes, every_ring_number_can_be_open_at_once);
    tcase_add_test(sizes, reading_asks_for_no_memory_once_the_arena_has_settled);
    tcase_add_test(sizes, each_request_for_memory_may_fail);
    tcase_add_checked_fixture(extensions, set_up, tear_down);
    tcase_add_test(extensions, coordinates_are_those_of_the_first_flat_drawing);
    tcase_add_test(extensions, wedges_stay_with_the_atom_they_begin_at);
    tcase_add_test(extensions, hydrogens_that_groups_hold_are_kept);
    tcase_add_test(extensions, a_map_number_may_come_as_a_property);
    suite_add_tcase(suite, smiles);
    suite_add_tcase(suite, sizes);
    suite_add_tcase(suite, extensions);
    TCase *molfiles = tcase_create("molfiles");
    tcase_add_checked_fixture(molfiles, set_up, tear_down);
    tcase_add_test(molfiles, golden_molfiles_give_rdkits_raw_graph_or_are_refused);
    tcase_add_test(molfiles, the_valence_field_is_left_to_perception);
    tcase_add_test(molfiles, a_blank_map_field_is_map_number_zero);
    tcase_add_test(molfiles, errors_of_molfiles_have_a_line_and_a_place);
    tcase_add_test(molfiles, what_follows_the_end_of_a_molfile_is_left_alone);
    tcase_add_test(molfiles, v3000_numbers_its_atoms_as_it_likes_and_joins_lines);
    tcase_add_test(molfiles, molfiles_survive_each_request_for_memory_failing);
    tcase_add_test(molfiles, records_and_fields_are_those_of_rdkit_split_at_their_ends);
    tcase_add_test(molfiles, records_are_the_same_however_the_text_is_cut);
    tcase_add_test(molfiles, shared_molfiles_are_answered_with_a_status_and_a_place);
    suite_add_tcase(suite, molfiles);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
