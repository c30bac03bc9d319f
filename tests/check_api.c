// check_api.c - the C interface as a program outside sees it: only public headers, every argument wrong once.
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aryl.h"
#include "support.h"

static aryl_mol *molecule(const char *smiles)
{
    aryl_mol *mol;
    aryl_error err = {0};
    ck_assert_msg(aryl_mol_parse(smiles, (int64_t)strlen(smiles), NULL, &mol, &err) == ARYL_OK, "%s: %s", smiles, err.message);
    return mol;
}

static aryl_fp *fingerprint(const char *spec)
{
    aryl_fp *fp;
    aryl_error err = {0};
    ck_assert_msg(aryl_fp_new(spec, &fp, &err) == ARYL_OK, "%s: %s", spec, err.message);
    return fp;
}

// ---- core

START_TEST(statuses_have_names)
{
    static const char *const names[] = {"ok", "null", "syntax", "valence", "kekule", "unsupported", "limit", "argument",
        "unknown", "space", "nomem", "io", "format", "mismatch", "cancelled", "internal"};
    for (int32_t s = 0; s < 16; s++) ck_assert_str_eq(aryl_status_name(s), names[s]);
    ck_assert_str_eq(aryl_status_name(16), "unknown status");
    ck_assert_str_eq(aryl_status_name(-1), "unknown status");
}
END_TEST

START_TEST(the_library_is_the_one_of_its_headers)
{
    ck_assert_str_eq(aryl_version(), ARYL_VERSION);
    ck_assert_int_eq(aryl_abi_version(), ARYL_ABI_VERSION);
    ck_assert(aryl_simd_name()[0] && aryl_threads_name()[0]);
    ck_assert_int_ge(aryl_default_threads(), 1);
}
END_TEST

START_TEST(numbers_are_written_so_that_they_read_back)
{
    static const struct { double value; const char *text; } rows[] = {
        {0.1, "0.1"}, {-2, "-2"}, {180.15899999999996, "180.15899999999996"}, {1e-300, "1e-300"}, {NAN, "nan"}, {-INFINITY, "-inf"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        ck_assert_int_eq(aryl_write_double(rows[i].value, text), strlen(rows[i].text));
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

// ---- molecules

START_TEST(a_molecule_shows_its_atoms_bonds_and_rings)
{
    aryl_mol *m = molecule("[13CH3]c1cc[nH:7]c1C(=O)[O-] some name");
    int32_t value[16], start[8], ring[16], bond[16];
    int64_t len;
    ck_assert_int_eq(aryl_mol_n_atoms(m), 9);
    ck_assert_int_eq(aryl_mol_n_bonds(m), 9);
    ck_assert_int_eq(aryl_mol_n_rings(m), 1);
    ck_assert_str_eq(aryl_mol_name(m, &len), "some name");
    ck_assert_int_eq(len, 9);

    static const struct { int32_t property, expected[9]; } atoms[] = {
        {ARYL_ATOM_NUMBER, {6, 6, 6, 6, 7, 6, 6, 8, 8}},        {ARYL_ATOM_CHARGE, {0, 0, 0, 0, 0, 0, 0, 0, -1}},
        {ARYL_ATOM_ISOTOPE, {13, 0, 0, 0, 0, 0, 0, 0, 0}},      {ARYL_ATOM_DEGREE, {1, 3, 2, 2, 2, 3, 3, 1, 1}},
        {ARYL_ATOM_HYDROGENS, {3, 0, 1, 1, 1, 0, 0, 0, 0}},     {ARYL_ATOM_EXPLICIT_H, {3, 0, 0, 0, 1, 0, 0, 0, 0}},
        {ARYL_ATOM_IMPLICIT_H, {0, 0, 1, 1, 0, 0, 0, 0, 0}},    {ARYL_ATOM_RADICALS, {0}},
        {ARYL_ATOM_AROMATIC, {0, 1, 1, 1, 1, 1, 0, 0, 0}},      {ARYL_ATOM_HYBRIDISATION, {4, 3, 3, 3, 3, 3, 3, 3, 3}},
        {ARYL_ATOM_IN_RING, {0, 1, 1, 1, 1, 1, 0, 0, 0}},       {ARYL_ATOM_MAP, {0, 0, 0, 0, 7, 0, 0, 0, 0}},
        {ARYL_ATOM_TAG, {0}},
    };
    for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++) {
        ck_assert_int_eq(aryl_mol_atoms(m, atoms[i].property, value, 9), ARYL_OK);
        for (int32_t a = 0; a < 9; a++)
            ck_assert_msg(value[a] == atoms[i].expected[a], "property %d of atom %d is %d", atoms[i].property, a, value[a]);
    }
    ck_assert_int_eq(aryl_mol_bonds(m, ARYL_BOND_TYPE, value, 9), ARYL_OK);
    ck_assert(value[0] == ARYL_BOND_BEGIN && value[1] == 12 && value[6] == 2);
    ck_assert_int_eq(aryl_mol_bonds(m, ARYL_BOND_CONJUGATED, value, 9), ARYL_OK);
    ck_assert(!value[0] && value[1] && value[6]);

    ck_assert_int_eq(aryl_mol_rings(m, start, NULL, NULL, 0), ARYL_OK);
    ck_assert(start[0] == 0 && start[1] == 5);
    ck_assert_int_eq(aryl_mol_rings(m, start, ring, bond, 4), ARYL_E_SPACE);
    ck_assert_int_eq(aryl_mol_rings(m, start, ring, bond, 5), ARYL_OK);
    int32_t begin[9], end[9];
    ck_assert(!aryl_mol_bonds(m, ARYL_BOND_BEGIN, begin, 9) && !aryl_mol_bonds(m, ARYL_BOND_END, end, 9));
    for (int32_t k = 0; k < 5; k++) {
        int32_t a = ring[k], b = ring[(k + 1) % 5], x = begin[bond[k]], y = end[bond[k]];
        ck_assert((x == a && y == b) || (x == b && y == a));
    }
    aryl_mol_free(m);
}
END_TEST

START_TEST(a_molecule_outlives_its_text)
{
    char text[] = "OCC ethanol";
    aryl_mol *m;
    ck_assert_int_eq(aryl_mol_parse(text, (int64_t)strlen(text), "smiles", &m, NULL), ARYL_OK);
    memset(text, 'x', sizeof text - 1);
    int32_t z[3];
    ck_assert_int_eq(aryl_mol_atoms(m, ARYL_ATOM_NUMBER, z, 3), ARYL_OK);
    ck_assert(z[0] == 8 && z[1] == 6);
    ck_assert_str_eq(aryl_mol_name(m, NULL), "ethanol");
    aryl_mol_free(m);
}
END_TEST

START_TEST(a_text_is_its_length_not_its_terminator)
{
    aryl_mol *m;
    ck_assert_int_eq(aryl_mol_parse("CCCCC", 2, NULL, &m, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_mol_n_atoms(m), 2);
    aryl_mol_free(m);
    ck_assert_int_eq(aryl_mol_parse("CC\r\n", 4, NULL, &m, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_mol_n_atoms(m), 2);
    aryl_mol_free(m);
}
END_TEST

START_TEST(bad_molecules_say_where_and_leave_nothing)
{
    static const struct { const char *text; aryl_status status; int64_t offset; } bad[] = {
        {"CC(C", ARYL_E_SYNTAX, 2}, {"CCC(C)(C)(C)C", ARYL_E_VALENCE, 2}, {"CCc1cccc1", ARYL_E_KEKULE, 2},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        aryl_mol *m = (aryl_mol *)&m;
        aryl_error err = {0};
        ck_assert_int_eq(aryl_mol_parse(bad[i].text, (int64_t)strlen(bad[i].text), NULL, &m, &err), bad[i].status);
        ck_assert_ptr_null(m);
        ck_assert(err.code == bad[i].status && err.offset == bad[i].offset && err.message[0]);
    }
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    aryl_mol *m = molecule("CCO"), *none;
    aryl_fp *fp = fingerprint("ecfp");
    aryl_error err;
    int32_t value[3];
    int64_t n, members;
    uint8_t row[256];
    double number;
    ck_assert_int_eq(aryl_mol_parse("C", 1, NULL, NULL, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_mol_parse(NULL, 1, NULL, &none, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_mol_parse("C", -1, NULL, &none, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_mol_parse("C", 1, "xyz", &none, &err), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_mol_atoms(m, 0, value, 3), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_mol_atoms(m, 1000, value, 3), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_mol_atoms(m, ARYL_ATOM_NUMBER, value, 2), ARYL_E_SPACE);
    ck_assert_int_eq(aryl_mol_bonds(m, 1000, value, 3), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_mol_bonds(m, ARYL_BOND_TYPE, value, 1), ARYL_E_SPACE);
    ck_assert_int_eq(aryl_mol_atoms(NULL, 1, value, 3), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_mol_rings(m, NULL, NULL, NULL, 0), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_mol_coordinates(m, &number, 1), ARYL_E_UNSUPPORTED);
    ck_assert_int_eq(aryl_fp_new(NULL, &fp, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_fp_bits(NULL, m, NULL, row, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_fp_bits(fp, NULL, NULL, row, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_fp_sparse(fp, m, NULL, NULL, NULL, 1, &n, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_fp_features(fp, m, NULL, NULL, 1, &n, NULL, 0, &members, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_mol_n_atoms(NULL), 0);
    ck_assert_str_eq(aryl_mol_name(NULL, &n), "");
    aryl_mol_free(NULL);
    aryl_fp_free(NULL);
    aryl_desc_free(NULL);
    aryl_plan_free(NULL);
    aryl_scratch_free(NULL);
    aryl_mol_free(m);
    aryl_fp_free(fp);
}
END_TEST

START_TEST(elements_have_symbols)
{
    ck_assert_str_eq(aryl_element_symbol(0), "*");
    ck_assert_str_eq(aryl_element_symbol(17), "Cl");
    ck_assert_str_eq(aryl_element_symbol(118), "Og");
    ck_assert_ptr_null(aryl_element_symbol(119));
    ck_assert_ptr_null(aryl_element_symbol(-1));
}
END_TEST

// ---- fingerprints

START_TEST(features_explain_every_bit_and_every_count)
{
    static const char *const specs[] = {"ecfp", "ecfp radius=3 bits=1000", "ecfp bits=64", "ecfp bits=512 countsim=1"};
    aryl_fp *fp = fingerprint(specs[_i]);
    aryl_mol *m = molecule("CC(=O)Oc1ccccc1C(=O)NCCN1CCOCC1");
    aryl_scratch *scratch;
    ck_assert_int_eq(aryl_scratch_new(&scratch), ARYL_OK);
    int32_t n_bits = aryl_fp_n_bits(fp);
    uint8_t *row = calloc((size_t)aryl_fp_bytes(fp), 1);
    uint32_t *counts = calloc((size_t)n_bits, sizeof *counts);
    int64_t n, n_members, n_sparse;
    ck_assert_int_eq(aryl_fp_bits(fp, m, scratch, row, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_fp_counts(fp, m, scratch, counts, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_fp_features(fp, m, scratch, NULL, 0, &n, NULL, 0, &n_members, NULL), ARYL_E_SPACE);
    aryl_feature *f = calloc((size_t)n, sizeof *f);
    int32_t *members = calloc((size_t)n_members + 1, sizeof *members);
    ck_assert_int_eq(aryl_fp_features(fp, m, NULL, f, n, &n, members, n_members, &n_members, NULL), ARYL_OK);
    uint32_t total = 0;
    for (int32_t b = 0; b < n_bits; b++) total += counts[b];
    ck_assert_int_eq(total, n);
    for (int64_t i = 0; i < n; i++) {
        ck_assert(f[i].bit >= 0 && f[i].bit < n_bits && row[f[i].bit / 8] >> (f[i].bit % 8) & 1);
        ck_assert(f[i].atom >= 0 && f[i].atom < aryl_mol_n_atoms(m) && f[i].radius >= 0);
    }

    ck_assert_int_eq(aryl_fp_sparse(fp, m, scratch, NULL, NULL, 0, &n_sparse, NULL), ARYL_E_SPACE);
    uint64_t *ids = calloc((size_t)n_sparse, sizeof *ids);
    uint32_t *times = calloc((size_t)n_sparse, sizeof *times);
    ck_assert_int_eq(aryl_fp_sparse(fp, m, scratch, ids, times, n_sparse, &n_sparse, NULL), ARYL_OK);
    for (int64_t k = 0; k < n_sparse; k++) {
        uint32_t seen = 0;
        for (int64_t i = 0; i < n; i++) seen += f[i].id == ids[k];
        ck_assert_int_eq(seen, times[k]);
        ck_assert(k == 0 || ids[k] > ids[k - 1]);
    }
    free(row);
    free(counts);
    free(f);
    free(members);
    free(ids);
    free(times);
    aryl_scratch_free(scratch);
    aryl_fp_free(fp);
    aryl_mol_free(m);
}
END_TEST

START_TEST(a_fingerprinter_takes_one_statement_without_a_plan_s_keys)
{
    static const struct { const char *spec; aryl_status status; int64_t offset; } bad[] = {
        {"", ARYL_E_SYNTAX, 0}, {"ecfp; ecfp", ARYL_E_SYNTAX, 6}, {"ecfp out=bits", ARYL_E_UNKNOWN, 5},
        {"ecfp as=x", ARYL_E_UNKNOWN, 5}, {"desc MolWt", ARYL_E_UNKNOWN, 0}, {"ecfp bits=0", ARYL_E_ARGUMENT, 10},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        aryl_fp *fp = (aryl_fp *)&fp;
        aryl_error err = {0};
        ck_assert_msg(aryl_fp_new(bad[i].spec, &fp, &err) == bad[i].status, "%s: %s", bad[i].spec, err.message);
        ck_assert_ptr_null(fp);
        ck_assert_int_eq(err.offset, bad[i].offset);
    }
    aryl_fp *fp = fingerprint("morgan"), *again = fingerprint(aryl_fp_canonical(fp));
    ck_assert_str_eq(aryl_fp_canonical(fp), aryl_fp_canonical(again));
    aryl_fp_free(fp);
    aryl_fp_free(again);
}
END_TEST

START_TEST(every_kind_and_parameter_can_be_walked)
{
    for (int32_t k = 0; k < aryl_fp_n_kinds(); k++) {
        aryl_fp_info info = {.size = sizeof info};
        ck_assert_int_eq(aryl_fp_kind(k, &info), ARYL_OK);
        ck_assert(info.size == sizeof info && info.name[0] && info.summary[0] && info.source[0]);
        aryl_fp_free(fingerprint(info.name));
        for (int32_t p = 0; p < info.n_params; p++) {
            aryl_param_info param = {.size = sizeof param};
            ck_assert_int_eq(aryl_fp_param(k, p, &param), ARYL_OK);
            ck_assert(param.name[0] && param.help[0]);
            ck_assert(param.type == ARYL_PARAM_LIST ? param.list != NULL : param.least <= param.value && param.value <= param.most);
        }
        aryl_param_info param = {.size = sizeof param};
        ck_assert_int_eq(aryl_fp_param(k, info.n_params, &param), ARYL_E_UNKNOWN);
    }
    aryl_fp_info info = {.size = sizeof info}, no_size = {0};
    ck_assert_int_eq(aryl_fp_kind(aryl_fp_n_kinds(), &info), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_fp_kind(0, &no_size), ARYL_E_ARGUMENT);
}
END_TEST

START_TEST(a_larger_struct_of_a_later_header_is_filled_as_far_as_we_know_it)
{
    struct { aryl_fp_info info; char later[64]; } x;
    memset(&x, 0x55, sizeof x);
    x.info.size = sizeof x;
    ck_assert_int_eq(aryl_fp_kind(0, &x.info), ARYL_OK);
    ck_assert_int_eq(x.info.size, sizeof x);
    ck_assert_str_eq(x.info.name, "ecfp");
    for (size_t i = 0; i < sizeof x.later; i++) ck_assert_int_eq(x.later[i], 0x55);
}
END_TEST

// ---- descriptors

START_TEST(descriptors_come_in_the_order_asked_for)
{
    aryl_desc *d;
    aryl_mol *m = molecule("CC(=O)Oc1ccccc1C(=O)O");
    aryl_scratch *scratch;
    double value[3];
    ck_assert_int_eq(aryl_scratch_new(&scratch), ARYL_OK);
    ck_assert_int_eq(aryl_desc_new("TPSA, RingCount MolWt", &d, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_desc_n_values(d), 3);
    ck_assert_str_eq(aryl_desc_name(d, 0), "TPSA");
    ck_assert_ptr_null(aryl_desc_name(d, 3));
    for (int32_t i = 0; i < 3; i++) {
        ck_assert_int_eq(aryl_desc_values(d, m, i ? scratch : NULL, value, NULL), ARYL_OK);
        ck_assert_double_eq_tol(value[0], 63.60, 1e-9);
        ck_assert(value[1] == 1);
        ck_assert_double_eq_tol(value[2], 180.159, 1e-9);
    }
    aryl_desc_free(d);
    ck_assert_int_eq(aryl_desc_new("all", &d, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_desc_n_values(d), 217);
    aryl_desc_free(d);
    // a group adds what does not stand there yet; a name that stands there is a mistake
    ck_assert_int_eq(aryl_desc_new("NumHDonors lipinski topology", &d, NULL), ARYL_OK);
    ck_assert_int_eq(aryl_desc_n_values(d), 25 + 21 - 1);      // Phi is in both
    ck_assert_str_eq(aryl_desc_name(d, 0), "NumHDonors");
    ck_assert_str_eq(aryl_desc_name(d, 1), "FractionCSP3");
    aryl_desc_free(d);
    ck_assert_int_eq(aryl_desc_new("lipinski NumHDonors", &d, NULL), ARYL_E_ARGUMENT);
    aryl_error err;
    ck_assert_int_eq(aryl_desc_new("MolWt NoSuch", &d, &err), ARYL_E_UNKNOWN);
    ck_assert_int_eq(err.offset, 6);
    ck_assert_int_eq(aryl_desc_new("", &d, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_desc_new("MolWt MolWt", &d, &err), ARYL_E_ARGUMENT);
    ck_assert_ptr_null(d);
    for (int32_t i = 0; i < aryl_desc_n_known(); i++) {
        aryl_desc_info info = {.size = sizeof info};
        ck_assert_int_eq(aryl_desc_known(i, &info), ARYL_OK);
        ck_assert(info.name[0] && info.summary[0] && info.unit && info.family[0] && info.source[0]);
    }
    for (int32_t i = 0; i < aryl_desc_n_groups(); i++) {
        aryl_group_info info = {.size = sizeof info};
        ck_assert_int_eq(aryl_desc_group(i, &info), ARYL_OK);
        ck_assert(info.summary[0] && aryl_desc_new(info.name, &d, NULL) == ARYL_OK);
        ck_assert_int_eq(aryl_desc_n_values(d), info.n_values);
        aryl_desc_free(d);
    }
    ck_assert_int_eq(aryl_desc_in_group(0, "all"), 1);
    ck_assert_int_eq(aryl_desc_in_group(0, "vsa") + aryl_desc_in_group(0, "none") + aryl_desc_in_group(-1, "all"), 0);
    ck_assert_int_eq(aryl_desc_group(-1, &(aryl_group_info){.size = sizeof(aryl_group_info)}), ARYL_E_UNKNOWN);
    aryl_scratch_free(scratch);
    aryl_mol_free(m);
}
END_TEST

START_TEST(contributions_sum_up_to_their_descriptor)
{
    aryl_mol *m = molecule("CC(=O)Oc1ccccc1C(=O)O");
    double out[13], rest;
    aryl_error err;
    for (int32_t i = 0; i < aryl_contribution_n_known(); i++) {
        aryl_contribution_info info = {.size = sizeof info};
        ck_assert_int_eq(aryl_contribution_known(i, &info), ARYL_OK);
        ck_assert(info.name[0] && info.summary[0] && info.unit && info.source[0]);
        ck_assert_int_eq(aryl_contribution_values(m, info.name, NULL, out, 13, &rest, &err), ARYL_OK);
        ck_assert_int_eq(aryl_contribution_values(m, info.name, NULL, out, 13, NULL, NULL), ARYL_OK);
        if (!info.total) continue;
        aryl_desc *d;
        double whole;
        ck_assert_int_eq(aryl_desc_new(info.name, &d, NULL), ARYL_OK);
        ck_assert_int_eq(aryl_desc_values(d, m, NULL, &whole, NULL), ARYL_OK);
        for (int32_t a = 0; a < 13; a++) rest += out[a];
        ck_assert_double_eq_tol(rest, whole, 1e-9);
        aryl_desc_free(d);
    }
    ck_assert_int_eq(aryl_contribution_known(-1, &(aryl_contribution_info){.size = sizeof(aryl_contribution_info)}), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_contribution_values(m, "MolWt", NULL, out, 13, NULL, &err), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_contribution_values(m, "TPSA", NULL, out, 12, NULL, &err), ARYL_E_SPACE);
    ck_assert_int_eq(aryl_contribution_values(NULL, "TPSA", NULL, out, 12, NULL, &err), ARYL_E_ARGUMENT);
    aryl_mol_free(m);
}
END_TEST

START_TEST(the_scaffold_is_a_property_of_atoms)
{
    aryl_mol *m = molecule("CC1CCCC(=O)C1CCc1ccccc1N");
    static const int32_t expected[] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    int32_t found[17];
    ck_assert_int_eq(aryl_mol_n_atoms(m), 17);
    ck_assert_int_eq(aryl_mol_atoms(m, ARYL_ATOM_SCAFFOLD, found, 17), ARYL_OK);
    ck_assert_mem_eq(found, expected, sizeof expected);
    aryl_mol_free(m);
}
END_TEST

// ---- plans

START_TEST(a_run_checks_what_it_is_given)
{
    aryl_plan *plan;
    aryl_error err;
    const int64_t offsets[] = {0, 1};
    aryl_column column = {"C", offsets, NULL, 1};
    aryl_run_options options = {.size = sizeof options};
    uint8_t row[256];
    double number[2];
    ck_assert_int_eq(aryl_plan_new("ecfp; desc MolWt", &plan, &err), ARYL_OK);
    aryl_output good[2] = {{.size = sizeof *good, .type = ARYL_TYPE_UINT8, .data = row},
                           {.size = sizeof *good, .type = ARYL_TYPE_FLOAT64, .data = number}}, out[2];
#define RUN(change)                                                                                  \
    (memcpy(out, good, sizeof out), column = (aryl_column){"C", offsets, NULL, 1},                   \
     options = (aryl_run_options){.size = sizeof options}, change,                                   \
     aryl_plan_run(plan, &column, &options, out, 2, NULL, NULL, &err))
    ck_assert_int_eq(RUN((void)0), ARYL_OK);
    ck_assert_int_eq(RUN(out[0].size = 0), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(out[0].type = ARYL_TYPE_FLOAT64), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(out[0].stride = 255), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(out[1].data = (char *)number + 1), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(out[1].stride = 9), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(options.size = 0), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(options.first = 2), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(options.n_threads = -1), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(options.max_atoms = -1), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(column.n = -1), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(column.offsets = NULL), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(column.data = NULL), ARYL_E_ARGUMENT);
    ck_assert_int_eq(RUN(column.n = 0), ARYL_OK);
    ck_assert_int_eq(aryl_plan_run(plan, &column, NULL, good, 1, NULL, NULL, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_plan_run(NULL, &column, NULL, good, 2, NULL, NULL, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(aryl_explain_row(plan, &column, 7, NULL, &err), ARYL_E_ARGUMENT);
    aryl_output_info info = {.size = sizeof info};
    ck_assert_int_eq(aryl_plan_output(plan, 2, &info), ARYL_E_UNKNOWN);
    ck_assert_int_eq(aryl_plan_output(plan, -1, &info), ARYL_E_UNKNOWN);
    aryl_plan_free(plan);
}
END_TEST

START_TEST(a_scratch_serves_many_small_runs)
{
    aryl_plan *plan;
    aryl_scratch *scratch;
    const int64_t offsets[] = {0, 21};
    const aryl_column column = {"CC(=O)Oc1ccccc1C(=O)O", offsets, NULL, 1};
    uint8_t row[256], expected[256];
    aryl_output out = {.size = sizeof out, .type = ARYL_TYPE_UINT8, .data = expected};
    ck_assert(!aryl_plan_new("ecfp", &plan, NULL) && !aryl_scratch_new(&scratch));
    aryl_run_options options = {.size = sizeof options, .n_threads = 1, .scratch = scratch};
    ck_assert_int_eq(aryl_plan_run(plan, &column, NULL, &out, 1, NULL, NULL, NULL), ARYL_OK);
    out.data = row;
    for (int32_t i = 0; i < 100; i++) {
        memset(row, 0xFF, sizeof row);
        ck_assert_int_eq(aryl_plan_run(plan, &column, &options, &out, 1, NULL, NULL, NULL), ARYL_OK);
        ck_assert(!memcmp(row, expected, sizeof row));
    }
    aryl_scratch_free(scratch);
    aryl_plan_free(plan);
}
END_TEST

// ---- out of memory

static aryl_status try_everything(void *ctx)
{
    aryl_mol *m = NULL;
    aryl_fp *fp = NULL;
    aryl_desc *d = NULL;
    aryl_scratch *scratch = NULL;
    uint8_t row[256];
    double *value = ctx;
    aryl_error err;
    aryl_status s = aryl_mol_parse("CC(=O)Oc1ccccc1C(=O)O", 21, NULL, &m, &err);
    if (s == ARYL_OK) s = aryl_fp_new("ecfp", &fp, &err);
    if (s == ARYL_OK) s = aryl_desc_new("all", &d, &err);
    if (s == ARYL_OK) s = aryl_scratch_new(&scratch);
    if (s == ARYL_OK) s = aryl_fp_bits(fp, m, scratch, row, &err);
    if (s == ARYL_OK) s = aryl_desc_values(d, m, NULL, value, &err);
    aryl_scratch_free(scratch);
    aryl_desc_free(d);
    aryl_fp_free(fp);
    aryl_mol_free(m);
    return s;
}

START_TEST(every_failing_allocation_is_reported)
{
    double value[1024];
    ck_assert_int_gt(alloc_sweep(try_everything, value), 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api");
    TCase *t = tcase_create("api");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, statuses_have_names);
    tcase_add_test(t, the_library_is_the_one_of_its_headers);
    tcase_add_test(t, numbers_are_written_so_that_they_read_back);
    tcase_add_test(t, a_molecule_shows_its_atoms_bonds_and_rings);
    tcase_add_test(t, a_molecule_outlives_its_text);
    tcase_add_test(t, a_text_is_its_length_not_its_terminator);
    tcase_add_test(t, bad_molecules_say_where_and_leave_nothing);
    tcase_add_test(t, wrong_arguments_are_refused);
    tcase_add_test(t, elements_have_symbols);
    tcase_add_loop_test(t, features_explain_every_bit_and_every_count, 0, 4);
    tcase_add_test(t, a_fingerprinter_takes_one_statement_without_a_plan_s_keys);
    tcase_add_test(t, every_kind_and_parameter_can_be_walked);
    tcase_add_test(t, a_larger_struct_of_a_later_header_is_filled_as_far_as_we_know_it);
    tcase_add_test(t, descriptors_come_in_the_order_asked_for);
    tcase_add_test(t, contributions_sum_up_to_their_descriptor);
    tcase_add_test(t, the_scaffold_is_a_property_of_atoms);
    tcase_add_test(t, a_run_checks_what_it_is_given);
    tcase_add_test(t, a_scratch_serves_many_small_runs);
    tcase_add_test(t, every_failing_allocation_is_reported);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
