// check_fp.c - the registry of fingerprints: every kind against its vectors, and the laws of parameters and sink.
#include "fp/fp.h"
#include "support.h"
#include "vectors.h"

static arena mem;
static void set_up(void) { arena_init(&mem); }
static void tear_down(void) { arena_free(&mem); }

// "radius=2 bits=1000" into values.
static aryl_status read_params(const fp_kind *kind, const char *text, fp_values *v, aryl_error *err)
{
    fp_defaults(kind, v);
    while (*text) {
        size_t len = strcspn(text, " "), key = strcspn(text, "=");
        if (len) TRY(fp_set(kind, v, text, (int64_t)key, text + key + 1, (int64_t)(len - key - 1), err));
        text += len + (text[len] == ' ');
    }
    return fp_check(kind, v, err);
}

static void features(const fp_kind *kind, const fp_values *v, const char *smiles, bool want_origin, fp_sink *sink)
{
    facts f;
    facts_init(&f, molecule(smiles, &mem), &mem);
    fp_sink_init(sink, &mem, want_origin);
    ck_assert_int_eq(kind->run(&f, v, sink), ARYL_OK);
}

static void features_of(const char *params, const char *smiles, fp_values *v, fp_sink *sink)
{
    const fp_kind *kind = fp_find("ecfp", 4);
    ck_assert_int_eq(read_params(kind, params, v, NULL), ARYL_OK);
    features(kind, v, smiles, true, sink);
}

// The result as vectors spell it: "3 17 80" or "3:1 17:4".
static void spell(const fp_kind *kind, const fp_values *v, const fp_sink *sink, const char *out, char *text, size_t cap)
{
    int32_t bits = fp_bits(kind, v);
    size_t at = 0;
    text[0] = 0;
    if (!strcmp(out, "bits")) {
        uint8_t *row = arena_new(&mem, uint8_t, bits / 8 + 1);
        ck_assert_int_eq(fp_sink_bits(sink, kind, v, row), ARYL_OK);
        for (int32_t i = 0; i < bits; i++)
            if (row[i / 8] >> i % 8 & 1) at += (size_t)snprintf(text + at, cap - at, "%s%d", at ? " " : "", i);
    } else if (!strcmp(out, "counts")) {
        uint32_t *row = arena_new(&mem, uint32_t, bits);
        fp_sink_counts(sink, kind, v, row);
        for (int32_t i = 0; i < bits; i++)
            if (row[i]) at += (size_t)snprintf(text + at, cap - at, "%s%d:%u", at ? " " : "", i, row[i]);
    } else {
        uint64_t *id;
        uint32_t *count;
        int64_t n;
        ck_assert_int_eq(fp_sink_sparse(sink, &id, &count, &n), ARYL_OK);
        for (int64_t i = 0; i < n; i++)
            at += (size_t)snprintf(text + at, cap - at, "%s%llu:%u", at ? " " : "", (unsigned long long)id[i], count[i]);
    }
    ck_assert_uint_lt(at, cap);
}

START_TEST(every_kind_equals_its_vectors)
{
    static char text[1 << 18];
    const fp_kind *kind = fp_kinds[_i];
    char path[200];
    snprintf(path, sizeof path, "tests/data/fp/%s.tsv", kind->name);
    static vector_file file;
    int32_t n = 0;
    for (vectors_open(&file, path); vectors_next(&file); n++) {
        fp_values v;
        fp_sink sink;
        aryl_error err = {0};
        ck_assert_int_eq(file.n, 4);
        ck_assert_msg(read_params(kind, file.field[1], &v, &err) == ARYL_OK, "%s:%d: %s", path, file.number, err.message);
        features(kind, &v, file.field[0], false, &sink);
        spell(kind, &v, &sink, file.field[2], text, sizeof text);
        ck_assert_msg(!strcmp(text, file.field[3]), "%s:%d: %s %s\n  is %s\n  not %s", path, file.number, file.field[0],
                      file.field[1], text, file.field[3]);
        arena_rewind(&mem);
    }
    vectors_close(&file);
    ck_assert_int_gt(n, 50);
}
END_TEST

START_TEST(every_kind_is_found_by_name_and_alias)
{
    const fp_kind *kind = fp_kinds[_i];
    ck_assert_ptr_eq(fp_find(kind->name, (int64_t)strlen(kind->name)), kind);
    if (kind->alias) ck_assert_ptr_eq(fp_find(kind->alias, (int64_t)strlen(kind->alias)), kind);
    ck_assert_ptr_null(fp_find(kind->name, (int64_t)strlen(kind->name) - 1));
    ck_assert(kind->summary && kind->source && kind->version >= 1);
}
END_TEST

START_TEST(every_kind_has_a_page)
{
    char path[200];
    snprintf(path, sizeof path, "docs/fp/%s.md", fp_kinds[_i]->name);
    FILE *f = fopen(path, "r");
    ck_assert_msg(f != NULL, "%s is missing", path);
    fclose(f);
}
END_TEST

START_TEST(canonical_text_reads_back_as_the_same_values)
{
    const fp_kind *kind = fp_kinds[_i];
    fp_values v, again;
    char text[500], cut[10];
    fp_defaults(kind, &v);
    for (int32_t i = 0; i < fp_n_params(kind); i++) {       // away from the defaults, where that is allowed
        fp_param p = fp_param_at(kind, i);
        const char *value = p.type == FP_PARAM_LIST ? "1,3" : p.type == FP_PARAM_FLAG ? (p.value ? "0" : "1") : "7";
        fp_set(kind, &v, p.name, (int64_t)strlen(p.name), value, (int64_t)strlen(value), NULL);
    }
    int64_t len = fp_canonical(kind, &v, text, sizeof text);
    ck_assert_int_eq(len, (int64_t)strlen(text));
    ck_assert_int_eq(fp_canonical(kind, &v, cut, sizeof cut), len);
    ck_assert_int_eq(strlen(cut), len < (int64_t)sizeof cut ? len : (int64_t)sizeof cut - 1);
    ck_assert(!strncmp(cut, text, sizeof cut - 1));
    ck_assert(!strncmp(text, kind->name, strlen(kind->name)));
    aryl_error err = {0};
    ck_assert_msg(read_params(kind, text + strlen(kind->name), &again, &err) == ARYL_OK, "%s: %s", text, err.message);
    ck_assert(fp_same(kind, &v, &again));
}
END_TEST

START_TEST(bad_parameters_are_named)
{
    static const struct { const char *text, *part; aryl_status status; } bad[] = {
        {"radus=2", "radus", ARYL_E_UNKNOWN},
        {"radius=x", "radius=x", ARYL_E_ARGUMENT},
        {"radius=", "radius=", ARYL_E_ARGUMENT},
        {"radius=2x", "radius=2x", ARYL_E_ARGUMENT},
        {"radius=-1", "radius=-1", ARYL_E_ARGUMENT},
        {"radius=99999999999", "radius=99999999999", ARYL_E_ARGUMENT},
        {"bits=0", "bits=0", ARYL_E_ARGUMENT},
        {"ring=2", "ring=2", ARYL_E_ARGUMENT},
        {"countbounds=1,,2", "countbounds", ARYL_E_ARGUMENT},
        {"countbounds=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "countbounds", ARYL_E_ARGUMENT},
        {"countsim=1 bits=4", "countbounds", ARYL_E_ARGUMENT},
    };
    const fp_kind *kind = fp_find("ecfp", 4);
    fp_values v;
    aryl_error err = {0};
    ck_assert_int_eq(read_params(kind, bad[_i].text, &v, &err), bad[_i].status);
    ck_assert_msg(strstr(err.message, bad[_i].part) != NULL, "%s", err.message);
}
END_TEST

START_TEST(a_refused_value_says_why_and_its_default_is_taken)
{
    for (int32_t k = 0; k < fp_n_kinds; k++)
        for (int32_t i = 0; i < fp_n_params(fp_kinds[k]); i++) {
            fp_param p = fp_param_at(fp_kinds[k], i);
            if (!p.refused) continue;
            fp_values v;
            aryl_error err = {0};
            char other = p.value ? '0' : '1', same = (char)('0' + p.value);
            fp_defaults(fp_kinds[k], &v);
            ck_assert_int_eq(fp_set(fp_kinds[k], &v, p.name, (int64_t)strlen(p.name), &other, 1, &err), ARYL_E_UNSUPPORTED);
            ck_assert(strstr(err.message, p.refused) != NULL);
            ck_assert_int_eq(fp_set(fp_kinds[k], &v, p.name, (int64_t)strlen(p.name), &same, 1, &err), ARYL_OK);
        }
}
END_TEST

static const char aspirin[] = "CC(=O)Oc1ccccc1C(=O)O";

START_TEST(bits_are_where_counts_are_and_spare_bits_are_zero)
{
    static const int32_t widths[] = {1, 7, 8, 9, 63, 64, 65, 1000, 2048, 4099};
    const fp_kind *kind = fp_find("ecfp", 4);
    fp_values v;
    fp_sink sink;
    features_of("", aspirin, &v, &sink);
    v.bits = widths[_i];
    uint8_t row[1024];
    uint32_t count[4099];
    memset(row, 0xA5, sizeof row);
    ck_assert_int_eq(fp_sink_bits(&sink, kind, &v, row), ARYL_OK);
    fp_sink_counts(&sink, kind, &v, count);
    int64_t sum = 0;
    for (int32_t i = 0; i < (v.bits + 7) / 8 * 8; i++) {
        bool bit = row[i / 8] >> i % 8 & 1;
        ck_assert_int_eq(bit, i < v.bits && count[i]);
        if (i < v.bits) sum += count[i];
    }
    ck_assert_int_eq(sum, sink.n);
    ck_assert_int_eq(row[(v.bits + 7) / 8], 0xA5);          // nothing behind the row was touched
}
END_TEST

START_TEST(sparse_ids_ascend_and_count_every_feature)
{
    for (int32_t n = 0; n < 3000; n = 3 * n + 1) {          // short lists and long ones are sorted differently
        fp_sink sink;
        fp_sink_init(&sink, &mem, false);
        sink.own_ids = true;
        uint64_t x = 88172645463325252u;
        for (int32_t i = 0; i < n; i++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            ck_assert(fp_emit_id(&sink, x % 997 << (x & 32), (uint32_t)x));
        }
        uint64_t *id;
        uint32_t *count;
        int64_t kept, sum = 0;
        ck_assert_int_eq(fp_sink_sparse(&sink, &id, &count, &kept), ARYL_OK);
        for (int64_t i = 0; i < kept; i++) {
            uint32_t equal = 0;
            for (int64_t k = 0; k < sink.n; k++) equal += fp_sink_id(&sink, k) == id[i];
            ck_assert_uint_eq(count[i], equal);
            ck_assert(!i || id[i - 1] < id[i]);
            sum += count[i];
        }
        ck_assert_int_eq(sum, n);
    }
}
END_TEST

START_TEST(count_simulation_sets_one_bit_for_each_bound_reached)
{
    const fp_kind *kind = fp_find("ecfp", 4);
    fp_values v;
    for (uint32_t n = 0; n <= 9; n++) {
        ck_assert_int_eq(read_params(kind, "bits=16 countsim=1 countbounds=1,2,4,8", &v, NULL), ARYL_OK);
        fp_sink sink;
        fp_sink_init(&sink, &mem, false);
        for (uint32_t i = 0; i < n; i++) fp_emit(&sink, 6);            // 6 mod 4 places: place 2, bits 8 to 11
        uint8_t row[2];
        ck_assert_int_eq(fp_sink_bits(&sink, kind, &v, row), ARYL_OK);
        ck_assert_int_eq(row[0], 0);
        ck_assert_int_eq(row[1], n >= 8 ? 15 : n >= 4 ? 7 : n >= 2 ? 3 : n);
        // Many features and few of them are counted in different ways.
        uint8_t wide[2][256];
        ck_assert_int_eq(read_params(kind, "bits=2048 countsim=1 countbounds=1,2,4,8", &v, NULL), ARYL_OK);
        for (int32_t many = 0; many < 2; many++) {
            for (uint32_t i = 0; i < 600 && many; i++) fp_emit(&sink, 256 + i % 256);
            ck_assert_int_eq(fp_sink_bits(&sink, kind, &v, wide[many]), ARYL_OK);
        }
        ck_assert_mem_eq(wide[0], wide[1], 128);
        ck_assert_int_eq(wide[0][3], n >= 8 ? 15 : n >= 4 ? 7 : n >= 2 ? 3 : n);
        ck_assert_int_eq(wide[1][128], 0x33);                             // two or three times each
        ck_assert_int_eq(wide[1][255], 0x33);
        ck_assert_int_eq(wide[0][255], 0);
    }
}
END_TEST

START_TEST(origins_name_the_atom_and_radius_of_every_feature)
{
    fp_values v;
    fp_sink sink;
    features_of("radius=2", aspirin, &v, &sink);
    ck_assert_int_eq(sink.n, 35);
    int32_t at_zero = 0;
    for (int64_t i = 0; i < sink.n; i++) {
        ck_assert(sink.origin[i].atom >= 0 && sink.origin[i].atom < 13);
        ck_assert(sink.origin[i].radius >= 0 && sink.origin[i].radius <= 2);
        ck_assert(!i || sink.origin[i].radius >= sink.origin[i - 1].radius);
        at_zero += sink.origin[i].radius == 0;
    }
    ck_assert_int_eq(at_zero, 13);
    ck_assert_uint_eq(fp_sink_id(&sink, 0), 2246728737u);             // a methyl group
}
END_TEST

// Up to 64 bonds sets are words, beyond that lists: both must call the same environments equal.
START_TEST(copies_of_a_molecule_multiply_its_features)
{
    static const char *const some[] = {"CC(C)C1CCC(C)CC1O", "c1ccc2c(c1)ccc1ccccc12", "C12C3C4C1C5C2C3C45", "CC(=O)Oc1ccccc1C(=O)O",
                                       "FS(F)(F)(F)(F)F", "CCCCCCCCCCCC", "C1CC1", "[Na+]"};
    enum { COPIES = 12 };
    char many[1000] = "";
    for (int32_t i = 0; i < COPIES; i++) {
        if (i) strcat(many, ".");
        strcat(many, some[_i]);
    }
    for (int32_t radius = 0; radius <= 8; radius++) {
        fp_values v;
        fp_sink one, all;
        uint64_t *id[2];
        uint32_t *count[2];
        int64_t n[2];
        char text[20];
        snprintf(text, sizeof text, "radius=%d", radius);
        features_of(text, some[_i], &v, &one);
        features_of(text, many, &v, &all);
        ck_assert_int_eq(fp_sink_sparse(&one, &id[0], &count[0], &n[0]), ARYL_OK);
        ck_assert_int_eq(fp_sink_sparse(&all, &id[1], &count[1], &n[1]), ARYL_OK);
        ck_assert_int_eq(n[0], n[1]);
        for (int64_t i = 0; i < n[0]; i++) {
            ck_assert_uint_eq(id[0][i], id[1][i]);
            ck_assert_uint_eq(COPIES * count[0][i], count[1][i]);
        }
    }
}
END_TEST

START_TEST(small_molecules_go_two_ways_to_the_same_features)
{
    static vector_file file;
    int32_t n = 0;
    for (vectors_open(&file, "tests/data/molecules.smi"); vectors_next(&file); arena_rewind(&mem)) {
        file.field[0][strcspn(file.field[0], " ")] = 0;
        aryl_mol *mol = molecule(file.field[0], &mem);
        for (int32_t radius = 0; radius <= 3; radius++) {
            circular_options o = {.radius = radius, .bond_types = radius != 1};
            uint32_t *invariant = arena_new(&mem, uint32_t, mol->n_atoms);
            fp_sink small, general;
            for (int32_t a = 0; a < mol->n_atoms; a++) invariant[a] = hash_combine(mol->z[a], (uint32_t)mol_total_degree(mol, a));
            if (!fp_circular_is_small(mol, &o)) continue;
            fp_sink_init(&small, &mem, true);
            fp_sink_init(&general, &mem, true);
            ck_assert_int_eq(fp_circular(mol, &o, invariant, &mem, &small), ARYL_OK);
            o.general = true;
            ck_assert_int_eq(fp_circular(mol, &o, invariant, &mem, &general), ARYL_OK);
            ck_assert_int_eq(small.n, general.n);
            ck_assert_mem_eq(small.hash, general.hash, (size_t)small.n * sizeof *small.hash);
            for (int64_t i = 0; i < small.n; i++) {
                ck_assert_int_eq(small.origin[i].atom, general.origin[i].atom);
                ck_assert_int_eq(small.origin[i].radius, general.origin[i].radius);
            }
            n++;
        }
    }
    vectors_close(&file);
    ck_assert_int_gt(n, 100);
}
END_TEST

// Features with origins are found one by one, without them many at once.
static void have_the_same_features(const fp_kind *kind, const char *params, const char *smiles)
{
    fp_values v;
    fp_sink sink[2];
    uint64_t *id[2];
    uint32_t *count[2];
    int64_t n[2];
    ck_assert_int_eq(read_params(kind, params, &v, NULL), ARYL_OK);
    for (int32_t k = 0; k < 2; k++) {
        mem.work = ARENA_WORK_UNLIMITED;
        features(kind, &v, smiles, k, &sink[k]);
        ck_assert_int_eq(fp_sink_sparse(&sink[k], &id[k], &count[k], &n[k]), ARYL_OK);
    }
    ck_assert_msg(n[0] == n[1], "%s %s: %s", kind->name, params, smiles);
    ck_assert_mem_eq(id[0], id[1], (size_t)n[0] * sizeof *id[0]);
    ck_assert_mem_eq(count[0], count[1], (size_t)n[0] * sizeof *count[0]);
}

START_TEST(features_are_the_same_with_and_without_origins)
{
    static const char *const params[] = {
        "", "rdkit minpath=3 maxpath=4", "rdkit maxpath=8 bitsperfeature=1", "rdkit maxpath=9 bitsperfeature=4", "rdkit hs=0 bondorder=0",
        "layered minpath=2 maxpath=5", "layered maxpath=8", "layered maxpath=9 flags=40", "layered flags=2", "layered flags=21",
        "atompair mindist=2 maxdist=5", "atompair chirality=1", "torsion chirality=1", "torsion size=7", "torsion size=2", "torsion shortest=1",
    };
    static const char *const odd[] = {       // of five bonds and more to an atom, of query bonds, in parts, in a ring of 3
        "[H]C([H])([2H])O", "F[P-](F)(F)(F)(F)F.C1CC1", "FS(F)(F)(F)(F)Cl", "C~CC~N", "*c1ccc(C)cc1", "C1CC2CC12", "C12C3C4C1C5C2C3C45", "[Na+].[Cl-]", "O",
        "CC(C)(C)C(C)(C)C(C)(C)C", "C[Fe](C)(C)(C)(C)(C)(C)C", "C[Fe](C)(C)(C)(C)(C)(C)(C)C",
    };
    char large[4000] = "C";
    for (int32_t i = 0; i < 90; i++) strcat(large, "Cc1ccc(CC(=O)N)cc1");
    char dense[4000] = "";                   // of a large molecule's parts some are larger than a word
#define TREE "C(C(C)(C)C)(C(C)(C)C)C(C)(C)C"
    for (int32_t i = 0; i < 2; i++) strcat(dense, "C(" TREE ")(" TREE ")(" TREE ")");
    strcat(dense, ".C");
    for (int32_t i = 0; i < 450; i++) strcat(dense, "C");
    for (int32_t p = 0; p < (int32_t)(sizeof params / sizeof *params); p++) {
        size_t len = strcspn(params[p], " ");
        const char *values = params[p][len] ? params[p] + len + 1 : "";
        for (int32_t k = 0; k < fp_n_kinds; k++) {
            if (len ? strncmp(fp_kinds[k]->name, params[p], len) || fp_kinds[k]->name[len] : fp_kinds[k]->patterns) continue;
            for (int32_t i = 0; i < (int32_t)(sizeof odd / sizeof *odd); i++) have_the_same_features(fp_kinds[k], values, odd[i]);
            have_the_same_features(fp_kinds[k], values, aspirin);
            have_the_same_features(fp_kinds[k], values, large);
            if (!len) have_the_same_features(fp_kinds[k], values, dense);
        }
        arena_rewind(&mem);
    }
}
END_TEST

START_TEST(the_worked_example_is_what_comes_out)
{
    char page[20000], text[40];
    FILE *f = fopen("docs/fp/ecfp.md", "r");
    ck_assert_ptr_nonnull(f);
    page[fread(page, 1, sizeof page - 1, f)] = 0;
    fclose(f);
    fp_values v;
    fp_sink sink;
    features_of("", "CCO", &v, &sink);
    for (int64_t i = 0; i < sink.n; i++) {
        snprintf(text, sizeof text, "| %d | %d | %llu | %u |", sink.origin[i].atom, sink.origin[i].radius,
                 (unsigned long long)fp_sink_id(&sink, i), sink.hash[i] % 2048);
        ck_assert_msg(strstr(page, text) != NULL, "docs/fp/ecfp.md lacks %s", text);
    }
}
END_TEST

typedef struct attempt {
    const aryl_mol *mol;
    const fp_kind *kind;
} attempt;

static aryl_status try_kind(void *ctx)
{
    const attempt *x = ctx;
    fp_values v;
    fp_sink sink;
    arena tight;
    facts f;
    fp_defaults(x->kind, &v);
    arena_init(&tight);
    facts_init(&f, x->mol, &tight);
    fp_sink_init(&sink, &tight, false);
    aryl_status s = x->kind->run(&f, &v, &sink);
    arena_free(&tight);
    return s;
}

START_TEST(every_failing_allocation_is_reported)
{
    char smiles[4000] = "C";
    for (int32_t i = 0; i < 300; i++) strcat(smiles, "CC(=O)N");
    attempt x = {molecule(smiles, &mem), fp_kinds[_i]};
    ck_assert_int_gt(alloc_sweep(try_kind, &x), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fp");
    TCase *t = tcase_create("fp");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, every_kind_equals_its_vectors, 0, fp_n_kinds);
    tcase_add_loop_test(t, every_kind_is_found_by_name_and_alias, 0, fp_n_kinds);
    tcase_add_loop_test(t, every_kind_has_a_page, 0, fp_n_kinds);
    tcase_add_loop_test(t, canonical_text_reads_back_as_the_same_values, 0, fp_n_kinds);
    tcase_add_loop_test(t, bad_parameters_are_named, 0, 11);
    tcase_add_test(t, a_refused_value_says_why_and_its_default_is_taken);
    tcase_add_loop_test(t, bits_are_where_counts_are_and_spare_bits_are_zero, 0, 10);
    tcase_add_test(t, sparse_ids_ascend_and_count_every_feature);
    tcase_add_test(t, count_simulation_sets_one_bit_for_each_bound_reached);
    tcase_add_test(t, origins_name_the_atom_and_radius_of_every_feature);
    tcase_add_loop_test(t, copies_of_a_molecule_multiply_its_features, 0, 8);
    tcase_add_test(t, small_molecules_go_two_ways_to_the_same_features);
    tcase_add_test(t, features_are_the_same_with_and_without_origins);
    tcase_add_test(t, the_worked_example_is_what_comes_out);
    tcase_add_loop_test(t, every_failing_allocation_is_reported, 0, fp_n_kinds);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
