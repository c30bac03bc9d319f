// check_desc.c - the registry of descriptors: every value against its vectors, and the laws of families.
#include <math.h>

#include "desc/desc.h"
#include "simd/simd.h"
#include "support.h"
#include "vectors.h"

static arena mem;
static void set_up(void) { arena_init(&mem); }
static void tear_down(void) { arena_free(&mem); }

static double value_of(const char *smiles, const char *name)
{
    double out[DESC_MAX_VALUES];
    int32_t i = desc_find(name, (int64_t)strlen(name));
    ck_assert_msg(i >= 0, "no descriptor %s", name);
    facts f;
    facts_init(&f, molecule(smiles, &mem), &mem);
    ck_assert_int_eq(desc_values[i].family->run(&f, out), ARYL_OK);
    return out[desc_values[i].index];
}

static bool agree(double a, double b, bool integer)
{
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
    return integer ? a == b : a == b || fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

START_TEST(every_value_equals_its_vectors)
{
    const desc_value *value = &desc_values[_i];
    char path[200];
    snprintf(path, sizeof path, "tests/data/desc/%s.tsv", value->family->name);
    static vector_file file;
    int32_t column = -1, n = 0;
    vectors_open(&file, path);
    ck_assert(vectors_next(&file));
    for (int32_t i = 1; i < file.n; i++)
        if (!strcmp(file.field[i], value->name)) column = i;
    ck_assert_msg(column > 0, "%s: a descriptor without vectors is not finished", value->name);
    for (; vectors_next(&file); n++) {
        double expected = strtod(file.field[column], NULL), found = value_of(file.field[0], value->name);
        ck_assert_msg(agree(found, expected, value->integer), "%s of %s is %.17g, not %.17g", value->name, file.field[0],
                      found, expected);
        arena_rewind(&mem);
    }
    vectors_close(&file);
    ck_assert_int_gt(n, 50);
}
END_TEST

START_TEST(every_value_is_found_by_name_and_explained)
{
    const desc_value *v = &desc_values[_i];
    ck_assert_int_eq(desc_find(v->name, (int64_t)strlen(v->name)), _i);
    ck_assert_int_eq(desc_find(v->name, (int64_t)strlen(v->name) - 1) == _i, 0);
    ck_assert(v->index >= 0 && v->index < v->family->n_values && v->family->n_values <= DESC_MAX_VALUES);
    ck_assert(v->summary[0] && v->unit && v->family->source[0]);
    for (int32_t i = 0; i < _i; i++)
        ck_assert(desc_values[i].family != v->family || desc_values[i].index != v->index);
}
END_TEST

// The values of the reference's own documentation molecule, as it prints them.
START_TEST(aspirin_has_its_golden_values)
{
    static const struct { const char *name; double value; } golden[] = {
        {"MolWt", 180.15899999999996}, {"ExactMolWt", 180.042258736}, {"TPSA", 63.60000000000001},
        {"LabuteASA", 74.75705264447721}, {"HallKierAlpha", -1.8399999999999999}, {"Kappa1", 9.249605734767023},
        {"Kappa2", 3.7092512583454584}, {"Kappa3", 2.297415032519928}, {"Phi", 2.639162439298765},
        {"FpDensityMorgan1", 17.0 / 13}, {"FpDensityMorgan2", 25.0 / 13}, {"FpDensityMorgan3", 32.0 / 13},
        {"MaxEStateIndex", 10.611948223733938}, {"MinEStateIndex", -1.1140277777777776},
        {"MaxPartialCharge", 0.33900378687731025}, {"MinPartialCharge", -0.4775395271554559},
        {"AvgIpc", 2.0325369160995868}, {"Ipc", 729.6807528797516}, {"BalabanJ", 3.0435273546341013},
        {"BertzCT", 343.2228677267164}, {"Chi0", 9.844934982691242}, {"Chi1", 6.109060905280622},
        {"Chi0v", 6.9813595436500515}, {"Chi4v", 0.8871712192374142}, {"PEOE_VSA1", 9.843390348640755},
        {"EState_VSA1", 11.938610575903699}, {"VSA_EState2", 21.184767573696142},
        {"MolLogP", 1.3101}, {"MolMR", 44.71030000000002}, {"qed", 0.5501217966938848}, {"NumHAcceptors", 3},
        {"NumHDonors", 1}, {"NumRotatableBonds", 2}, {"BCUT2D_MWHI", 16.536111221254327},
        {"BCUT2D_MWLOW", 10.18228238103536}, {"BCUT2D_CHGHI", 2.104306980957854}, {"BCUT2D_CHGLO", -2.0311320919470126},
        {"BCUT2D_LOGPHI", 2.169834556812802}, {"BCUT2D_MRHI", 5.913065796110135},
        {"SlogP_VSA6", 24.26546827384644}, {"SMR_VSA7", 29.828919765543436},
    };
    double found = value_of("CC(=O)Oc1ccccc1C(=O)O", golden[_i].name);
    ck_assert_msg(agree(found, golden[_i].value, false), "%s is %.17g", golden[_i].name, found);
}
END_TEST

// The questions in crippen_simple.c against the rows of the table that they stand for.
static bool same_types(const char *smiles)
{
    const aryl_mol *m = molecule(smiles, &mem);
    uint8_t *row = arena_new(&mem, uint8_t, m->n_atoms);
    if (!facts_crippen_simple(m, row)) return false;
    facts f;
    facts_init(&f, m, &mem);
    ck_assert_int_eq(facts_patterns(&f), ARYL_OK);
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t r = 0;
        for (bool found = false; r < 110 && !found; r += !found) {
            uint64_t *atoms = arena_zero(&mem, uint64_t, f.patterns->words);
            ck_assert_int_eq(smarts_first_atoms(f.patterns, facts_pattern(PATTERNS_CRIPPEN, r), 1000, false, atoms), ARYL_OK);
            found = atoms[a >> 6] >> (a & 63) & 1;
        }
        ck_assert_msg(row[a] == r, "%s atom %d: row %d, not %d", smiles, a, row[a], r);
    }
    return true;
}

START_TEST(simple_atom_types_are_those_of_the_patterns)
{
    static const char *const groups[] = {
        "CC(C)(C)C", "FC(F)(F)C(Cl)(Cl)Br", "C=C=C", "CC(=C)c1ccccc1", "c1ccccc1C=Cc1ccccc1", "C(=C)(c1ccccc1)c1ccccc1",
        "O=C=O", "C=C=O", "N#Cc1ccccc1", "CN=C(N)N", "CN(c1ccccc1)c1ccccc1", "N(c1ccccc1)(c1ccccc1)c1ccccc1", "C[NH+](C)C",
        "[N-]=[N+]=NC", "C[N+]#[C-]", "CN(C)C=N", "c1cc[n+](C)cc1", "O=Cc1ccccc1", "O=C(c1ccccc1)c1ccccc1", "O=CN",
        "O=C(O)O", "O=C([O-])C", "C[O-]", "CS(=O)(=O)[O-]", "O=Nc1ccccc1", "COOC", "S", "C[S+](C)C", "CS(C)=N", "C#C",
        "c1ccccc1P(c1ccccc1)c1ccccc1", "c1ccccc1I", "c1cc(F)c(Cl)c(Br)c1", "Oc1ccc(S)cc1", "c1ccc2c(c1)Oc1ccccc1O2",
        "O=c1cc[nH]cc1", "C[O+]=C", "CC(=O)c1ccccc1", "CC(=O)N", "COC(=O)OC", "O=CC", "O=C", "COc1ccccc1", "CP(=O)(O)OC",
        "CN(C)N=O", "C[N+](=O)[O-]", "C[N+](C)(C)C", "CNc1ccccc1", "Nc1ccccc1", "CC=N", "C=Nc1ccccc1", "CC(C)(O)c1ccccc1",
        "Cc1ccccc1", "Cc1ccccn1", "Cn1cccc1", "CCc1ccccc1", "CC(C)c1ccccc1", "c1ccc2ccccc2c1", "c1ccc(cc1)-c1ccccc1",
        "Cc1c(N)c(O)c(SC)c(C=O)c1", "OC=C", "CC=C", "CC(C)=C", "CC(O)=C", "NC(=O)O", "SC#N", "[O-]c1ccccc1", "CC#CC",
        "[O-][n+]1ccccc1", "[NH4+]", "C[NH-]", "ClC=C", "FC(F)=C(F)F", "O=C1C=CC(=O)C=C1", "C=c1cc[nH]cc1", "CCCl", "CC(F)C",
    };
    static vector_file file;
    int32_t taken = 0, declined = 0;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++, arena_rewind(&mem)) taken += same_types(groups[i]);
    ck_assert_int_gt(taken, 70);
    vectors_open(&file, "tests/data/desc/crippen.tsv");
    ck_assert(vectors_next(&file));
    for (; vectors_next(&file); arena_rewind(&mem)) {
        bool yes = same_types(file.field[0]);
        taken += yes;
        declined += !yes;
    }
    vectors_close(&file);
    ck_assert_int_gt(taken, 50);
    ck_assert_int_gt(declined, 5);
}
END_TEST

START_TEST(every_kernel_set_gives_the_same_eigenvalues)
{
    static const char *const some[] = {"CC(=O)Oc1ccccc1C(=O)O", "C", "CC", "CCC", "CCCC", "CN1C2CCC1C(C(=O)OC)C(OC(=O)c1ccccc1)C2"};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        facts f;
        double first[8], again[8];
        facts_init(&f, molecule(some[i], &mem), &mem);
        const desc_family *bcut = desc_values[desc_find("BCUT2D_MWHI", 11)].family;
        ck_assert_int_eq(bcut->run(&f, first), ARYL_OK);
        for (int32_t k = 0; simd_at(k); k++) {
            if (!simd_at(k)->usable()) continue;
            simd_use(simd_at(k));
            ck_assert_int_eq(bcut->run(&f, again), ARYL_OK);
            ck_assert_msg(!memcmp(first, again, sizeof first), "%s: %s differs", some[i], simd_at(k)->name);
        }
        simd_use(NULL);
    }
}
END_TEST

// Which of two rings that meet in one atom comes first decides what excuses what. Values from RDKit 2026.09.1.
START_TEST(scores_of_spiro_rings_are_the_references)
{
    ck_assert_double_eq_tol(value_of("CC(C)(C)c1cccc(C2CC3(C2)CN(C(=O)[C@H]2C[C@]4(COC(=O)N4)C2)C3)c1", "SPS"), 25.678571428571427, 1e-9);
    ck_assert_double_eq_tol(value_of("CC(C)(C)OC(=O)c1ncn2c1CN(C(=O)N1CC(C3CC4(CC4)C3)NCC1C1CC3(CC3)C1)c1cc(Cl)ccc1-2", "SPS"),
                            27.609756097560975, 1e-9);
    ck_assert_double_eq_tol(value_of("N[Pt+2]1(NCCCCN[Pt+2]2(N)[OH+]C(=O)C3(CCC3)C(=O)[OH+]2)[OH+]C(=O)C2(CCC2)C(=O)[OH+]1", "SPS"),
                            29.533333333333335, 1e-9);
}
END_TEST

// A bond of no length is no way: its ends are farther apart than atoms of parts without a bond. Values from RDKit 2026.09.1.
START_TEST(bonds_of_no_length_are_gone_round)
{
    ck_assert_double_eq(value_of("C~C", "BalabanJ"), 0);
    ck_assert_double_eq(value_of("C~C~C", "BalabanJ"), 0);
    ck_assert_double_eq_tol(value_of("C~C~C~C", "BalabanJ"), 1.724744871391589e-08, 1e-15);
    ck_assert_double_eq_tol(value_of("CC~C", "BalabanJ"), 3.414213514695426e-08, 1e-15);
    ck_assert_double_eq_tol(value_of("c1ccccc1~C", "BertzCT"), 93.72566756428576, 1e-9);
}
END_TEST

// What was bound doubly to a hydrogen fills its valence when that goes. Value from RDKit 2026.09.1.
START_TEST(a_double_bond_to_a_hydrogen_leaves_two_hydrogens)
{
    ck_assert_double_eq_tol(value_of("C[H+]=C", "BCUT2D_CHGLO"), value_of("C.C", "BCUT2D_CHGLO"), 1e-12);
    ck_assert_double_eq_tol(value_of("C[H+]=C", "BCUT2D_MRHI"), 2.504, 1e-9);
}
END_TEST

// All eigenvalues by Jacobi's rotations.
static void rotate_away(double *x, int32_t n)
{
    for (int32_t sweep = 0; sweep < 60; sweep++)
        for (int32_t p = 0; p < n; p++)
            for (int32_t q = p + 1; q < n; q++) {
                double off = x[p * n + q];
                if (fabs(off) < 1e-300) continue;
                double theta = (x[q * n + q] - x[p * n + p]) / (2 * off);
                double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
                for (int32_t k = 0; k < n; k++) {
                    double a = x[k * n + p], b = x[k * n + q];
                    x[k * n + p] = c * a - s * b;
                    x[k * n + q] = s * a + c * b;
                }
                for (int32_t k = 0; k < n; k++) {
                    double a = x[p * n + k], b = x[q * n + k];
                    x[p * n + k] = c * a - s * b;
                    x[q * n + k] = s * a + c * b;
                }
            }
}

// Ends that are double by symmetry, or nearly so, and far from each other in the molecule.
START_TEST(eigenvalues_at_both_ends_are_jacobis)
{
    static const char *const some[] = {
        "C", "CC", "C=O", "C#N", "CC(C)(C)C", "ClC(Cl)(Cl)Cl", "C12C3C4C1C5C2C3C45", "c1ccccc1", "c1ccc2ccccc2c1", "C1CC1", "C1CCC1",
        "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", "ClCCCCCCCCCCCCCCCCCCCl", "BrCCCCCCCCCCCCCCCCCCCCBr", "C.C", "CC.CC", "CCO.OCC",
        "OC(=O)CCCCCCCCCCCCCCC(=O)O", "Nc1ccc(cc1)-c1ccc(cc1)-c1ccc(N)cc1", "FC(F)(F)C(F)(F)C(F)(F)C(F)(F)C(F)(F)F",
        "C1CCCCCCCCCCCCCCCCCCC1", "CN1C2CCC1C(C(=O)OC)C(OC(=O)c1ccccc1)C2", "O=S(=O)(c1ccccc1)c1ccccc1", "ClCCCCCCCCCC(C)CCCCCCCCCCl",
    };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++, arena_rewind(&mem)) {
        facts f;
        double got[8];
        const aryl_mol *m = molecule(some[i], &mem);
        facts_init(&f, m, &mem);
        ck_assert_int_eq(desc_values[desc_find("BCUT2D_MWHI", 11)].family->run(&f, got), ARYL_OK);
        int32_t n = m->n_atoms;
        for (int32_t k = 0; k < 4; k++) {
            double *x = arena_new(&mem, double, n * n), low = INFINITY, high = -INFINITY;
            for (int32_t j = 0; j < n * n; j++) x[j] = 0.001;
            for (int32_t b = 0; b < m->n_bonds; b++) {
                bool aromatic = m->bond_flags[b] & BOND_IS_AROMATIC;
                x[m->begin[b] * n + m->end[b]] = x[m->end[b] * n + m->begin[b]] = 1 / sqrt(aromatic ? 1.5 : m->type[b]);
            }
            for (int32_t a = 0; a < n; a++)
                x[a * n + a] = k == 0 ? mol_atom_mass(m, a) : k == 1 ? f.partial_charge[a] : k == 2 ? f.log_p[a] : f.refractivity[a];
            rotate_away(x, n);
            for (int32_t a = 0; a < n; a++) {
                low = fmin(low, x[a * n + a]);
                high = fmax(high, x[a * n + a]);
            }
            ck_assert_msg(fabs(got[2 * k] - high) < 1e-11 * (1 + fabs(high)), "%s: %.15g, not %.15g", some[i], got[2 * k], high);
            ck_assert_msg(fabs(got[2 * k + 1] - low) < 1e-11 * (1 + fabs(low)), "%s: %.15g, not %.15g", some[i], got[2 * k + 1], low);
        }
    }
}
END_TEST

// Le Verrier and Faddeev in whole numbers.
static double content_by_whole_numbers(const aryl_mol *m)
{
    int32_t n = m->n_atoms;
    int64_t *now = arena_zero(&mem, int64_t, n * n), *next = arena_new(&mem, int64_t, n * n), c;
    double *size = arena_new(&mem, double, n + 1), sum = 1, bits = 0;
    size[0] = 1;
    for (int32_t b = 0; b < m->n_bonds; b++) now[m->begin[b] * n + m->end[b]] = now[m->end[b] * n + m->begin[b]] = 1;
    for (int32_t k = 1; k <= n; k++) {
        c = 0;
        for (int32_t a = 0; a < n; a++) c += now[a * n + a];
        ck_assert_int_eq(c % k, 0);
        c /= k;
        sum += size[k] = (double)(c < 0 ? -c : c);
        memset(next, 0, (size_t)(n * n) * sizeof *next);
        for (int32_t a = 0; a < n; a++) now[a * n + a] -= c;
        for (int32_t a = 0; a < n; a++)
            for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
                for (int32_t b = 0; b < n; b++) next[a * n + b] += now[m->nbr[i] * n + b];
        int64_t *swap = now;
        now = next;
        next = swap;
    }
    for (int32_t k = 0; k <= n; k++)
        if (size[k] != 0) bits -= size[k] / sum * log2(size[k] / sum);
    return sum * bits;
}

// Sizes around those at which another number of points is taken, roots that are double, on the circle or 0.
START_TEST(contents_are_those_of_whole_numbers)
{
    static const char *const some[] = {
        "C", "CC", "C.C", "c1ccccc1", "C1CC1", "C12C3C4C1C5C2C3C45", "CCCCCCCCCCCCCCC", "CCCCCCCCCCCCCCCC", "C1CCCCCCCCCCCCCCC1",
        "c1ccc2cc3cc4ccccc4cc3cc2c1", "CC(C)(C)C(C)(C)C(C)(C)C(C)(C)C(C)(C)C", "CN1C2CCC1C(C(=O)OC)C(OC(=O)c1ccccc1)C2",
        "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", "[H]C([H])([H])C([H])([H])[H]",
        "C1CC2CCC1CC2.c1ccc(cc1)C(c1ccccc1)(c1ccccc1)c1ccccc1", "O=C(NC(Cc1ccccc1)C(=O)NC(CC(C)C)C(=O)O)C1CCCN1C(=O)C(N)Cc1c[nH]c2ccccc12",
        "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC",
    };
    for (size_t i = 0; i < sizeof some / sizeof *some; i++, arena_rewind(&mem)) {
        double want = content_by_whole_numbers(molecule(some[i], &mem)), have = value_of(some[i], "Ipc");
        ck_assert_msg(fabs(have - want) <= 1e-13 * want, "%s: %.17g, not %.17g", some[i], have, want);
    }
}
END_TEST

static char page[40000];
static void read_page(void)
{
    FILE *f = fopen("docs/desc.md", "r");
    ck_assert_ptr_nonnull(f);
    size_t n = fread(page, 1, sizeof page - 1, f);
    page[n] = 0;
    fclose(f);
    ck_assert_uint_lt(n, sizeof page - 1);
}

START_TEST(every_family_has_its_place_in_the_page)
{
    char text[100];
    const desc_family *family = desc_values[_i].family;
    read_page();
    snprintf(text, sizeof text, "\n## %s\n", family->name);
    ck_assert_msg(strstr(page, text) != NULL, "docs/desc.md has no section %s", family->name);
}
END_TEST

START_TEST(the_worked_example_is_what_comes_out)
{
    read_page();
    static const char smiles[] = "CC(=O)Oc1ccccc1C(=O)O";
    char name[40], *p = strstr(page, smiles);
    ck_assert_ptr_nonnull(p);
    double value;
    int32_t n = 0, used;
    for (p += sizeof smiles + 1; sscanf(p, " %39s %lf%n", name, &value, &used) == 2; n++, p += used + (p[used] == ',')) {
        double found = value_of(smiles, name);
        ck_assert_msg(agree(found, value, false), "%s is %.17g", name, found);
    }
    ck_assert_int_ge(n, 9);
}
END_TEST

START_TEST(groups_hold_their_descriptors)
{
    static const struct { const char *name; int32_t n; const char *first; } some[] = {
        {"all", 217, "MaxAbsEStateIndex"}, {"rings", 13, "NumAliphaticCarbocycles"}, {"lipinski", 25, "FractionCSP3"},
        {"vsa", 57, "PEOE_VSA1"}, {"topology", 21, "AvgIpc"}, {"fragments", 85, "fr_Al_COO"}, {"rules", 6, "LipinskiFailures"},
        {"qed_parts", 8, "QedMW"}, {"surface", 38, "LabuteASA"},
    };
    int32_t group = desc_find_group(some[_i].name, (int64_t)strlen(some[_i].name)), n = 0, first = -1;
    ck_assert_int_ge(group, 0);
    for (int32_t v = desc_n_values - 1; v >= 0; v--)
        if (desc_in_group(v, group)) n++, first = v;
    ck_assert_int_eq(n, some[_i].n);
    ck_assert_str_eq(desc_values[first].name, some[_i].first);
}
END_TEST

START_TEST(every_word_of_a_group_names_something)
{
    char word[60];
    int32_t used, n = 0;
    for (const char *p = desc_groups[_i].members; sscanf(p, " %59s%n", word, &used) == 1; p += used, n++) {
        bool known = desc_find(word, (int64_t)strlen(word)) >= 0;
        for (int32_t v = 0; v < desc_n_values; v++) known = known || !strcmp(desc_values[v].family->name, word);
        ck_assert_msg(known, "%s has %s, which is neither a descriptor nor a family", desc_groups[_i].name, word);
    }
    ck_assert(n || !strcmp(desc_groups[_i].name, "all"));
    ck_assert_int_lt(desc_find(desc_groups[_i].name, (int64_t)strlen(desc_groups[_i].name)), 0);   // or it would be hidden
    ck_assert_int_lt(desc_find_group("al", 2), 0);
}
END_TEST

START_TEST(every_family_can_be_asked_for)
{
    const char *name = desc_values[_i].family->name;
    int64_t len = (int64_t)strlen(name);
    ck_assert_msg(desc_find_group(name, len) >= 0 || desc_find(name, len) >= 0, "family %s", name);
}
END_TEST

START_TEST(what_is_ours_stands_apart)
{
    int32_t all = desc_find_group("all", 3), rules = desc_find_group("rules", 5), parts = desc_find_group("qed_parts", 9);
    ck_assert_int_eq(desc_n_reference, 217);
    for (int32_t v = 0; v < desc_n_values; v++) {
        bool ours = desc_in_group(v, rules) || desc_in_group(v, parts);
        ck_assert_int_eq(ours, v >= desc_n_reference);
        ck_assert_int_eq(desc_in_group(v, all), !ours);
    }
}
END_TEST

START_TEST(atoms_contribute_as_in_the_vectors)
{
    static vector_file file;
    int32_t n = 0;
    vectors_open(&file, "tests/data/contributions.tsv");
    for (; vectors_next(&file); arena_rewind(&mem)) {
        const desc_share *share = &desc_shares[_i];
        if (strcmp(file.field[1], share->name)) continue;
        facts f;
        facts_init(&f, molecule(file.field[0], &mem), &mem);
        double *out = arena_new(&mem, double, f.mol->n_atoms), rest, total[DESC_MAX_VALUES];
        ck_assert_int_eq(share->run(&f, out, &rest), ARYL_OK);
        char *p = file.field[3];
        for (int32_t a = 0; a < f.mol->n_atoms; a++) {
            double expected = strtod(p, &p);
            ck_assert_msg(agree(out[a], expected, false), "%s of atom %d of %s is %.17g, not %.17g", share->name, a, file.field[0],
                          out[a], expected);
        }
        ck_assert(!*p);
        if (*file.field[2]) ck_assert(agree(rest, strtod(file.field[2], NULL), false));
        if (share->total) {
            const desc_value *v = &desc_values[desc_find(share->name, (int64_t)strlen(share->name))];
            ck_assert_int_eq(v->family->run(&f, total), ARYL_OK);
            for (int32_t a = 0; a < f.mol->n_atoms; a++) rest += out[a];
            ck_assert_msg(agree(rest, total[v->index], false), "parts of %s of %s", share->name, file.field[0]);
        }
        n++;
    }
    vectors_close(&file);
    ck_assert_int_gt(n, 50);
}
END_TEST

// Where the reference's rings leave cyclic atoms out, those are not in its scaffold either.
START_TEST(scaffolds_of_cages_follow_the_rings_found)
{
    facts f;
    facts_init(&f, molecule("N.[S-]1[S-][Mo]1234567[S-2]1[Mo]289%10%11([S-][S-]8)([S-]3[S-]49)[S-]2[S-]%10[Mo]125%1134([S-][S-]3)[S-]6[S-]74",
                            &mem), &mem);
    ck_assert_int_eq(facts_scaffold(&f), ARYL_OK);
    static const uint8_t expected[17] = {0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1};
    ck_assert_mem_eq(f.scaffold, expected, 17);
}
END_TEST

START_TEST(aliphatic_rings_beyond_a_thousand_pairs_are_counted_with_the_aromatic_ones)
{
    char smiles[2000] = "";
    for (int32_t i = 0; i < 120; i++) strcat(smiles, "C1CCCCC1");
    strcat(smiles, "c1ccccc1");
    ck_assert_double_eq(value_of(smiles, "QedAROM"), 49);    // RDKit's, too
}
END_TEST

typedef struct attempt {
    const aryl_mol *mol;
    int32_t which;
} attempt;

static aryl_status try_value(void *ctx)
{
    const attempt *x = ctx;
    double out[DESC_MAX_VALUES];
    arena tight;
    facts f;
    arena_init(&tight);
    facts_init(&f, x->mol, &tight);
    aryl_status s = desc_values[x->which].family->run(&f, out);
    arena_free(&tight);
    return s;
}

START_TEST(every_failing_allocation_is_reported)
{
    attempt x = {molecule("CC(=O)Oc1ccccc1C(=O)O.C1CC2CCC1CC2.CC1CCC2(C)CCCCC2C1", &mem), _i};
    if (!desc_values[_i].index) alloc_sweep(try_value, &x);  // once a family is enough
}
END_TEST

static aryl_status try_share(void *ctx)
{
    const attempt *x = ctx;
    double out[64], rest;
    arena tight;
    facts f;
    arena_init(&tight);
    facts_init(&f, x->mol, &tight);
    aryl_status s = desc_shares[x->which].run(&f, out, &rest);
    arena_free(&tight);
    return s;
}

START_TEST(every_failing_allocation_of_a_share_is_reported)
{
    attempt x = {molecule("CC(=O)Oc1ccccc1CCC1CC1", &mem), _i};
    alloc_sweep(try_share, &x);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("desc");
    TCase *t = tcase_create("desc");
    tcase_add_test(t, aliphatic_rings_beyond_a_thousand_pairs_are_counted_with_the_aromatic_ones);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, every_value_equals_its_vectors, 0, desc_n_values);
    tcase_add_loop_test(t, every_value_is_found_by_name_and_explained, 0, desc_n_values);
    tcase_add_loop_test(t, aspirin_has_its_golden_values, 0, 41);
    tcase_add_loop_test(t, every_family_has_its_place_in_the_page, 0, desc_n_values);
    tcase_add_test(t, the_worked_example_is_what_comes_out);
    tcase_add_loop_test(t, groups_hold_their_descriptors, 0, 9);
    tcase_add_loop_test(t, every_word_of_a_group_names_something, 0, desc_n_groups);
    tcase_add_loop_test(t, every_family_can_be_asked_for, 0, desc_n_values);
    tcase_add_test(t, what_is_ours_stands_apart);
    tcase_add_loop_test(t, atoms_contribute_as_in_the_vectors, 0, desc_n_shares);
    tcase_add_test(t, scaffolds_of_cages_follow_the_rings_found);
    tcase_add_loop_test(t, every_failing_allocation_of_a_share_is_reported, 0, desc_n_shares);
    tcase_add_test(t, simple_atom_types_are_those_of_the_patterns);
    tcase_add_test(t, every_kernel_set_gives_the_same_eigenvalues);
    tcase_add_test(t, a_double_bond_to_a_hydrogen_leaves_two_hydrogens);
    tcase_add_test(t, bonds_of_no_length_are_gone_round);
    tcase_add_test(t, scores_of_spiro_rings_are_the_references);
    tcase_add_test(t, contents_are_those_of_whole_numbers);
    tcase_add_test(t, eigenvalues_at_both_ends_are_jacobis);
    tcase_add_loop_test(t, every_failing_allocation_is_reported, 0, desc_n_values);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
