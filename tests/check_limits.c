// check_limits.c - molecules made to be expensive end with a value or with ARYL_E_LIMIT, for every kind, in little memory.
// The allowance is a small part of the default one; time and memory follow it.
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "aryl.h"
#include "base/base.h"
#include "support.h"

enum { MOST_TEXT = 400000 };
static const int64_t WORK = 1 << 22, MOST_MEMORY = (int64_t)256 << 20;

static const char *const specs[] = {
    "", "ecfp", "ecfp radius=4 chirality=1 out=sparse", "fcfp", "rdkit", "rdkit branched=0 out=counts", "rdkit maxpath=16 out=sparse",
    "atompair chirality=1", "torsion", "torsion size=7 chirality=1 out=sparse", "maccs", "pattern", "layered", "desc all",
    "matches smarts=\"*~*~*~*~*~*\" count=1", "matches smarts=\"*1~*~*~*~*~*~*~*~1\"; matches smarts=\"C.C.C.N\" as=parts",
};

// ---- expensive molecules

static char *put(char *at, const char *text, int64_t times)
{
    for (int64_t i = 0; i < times; i++) at = stpcpy(at, text);
    return at;
}
static void chain(char *at) { put(at, "C", 50000); }
static void nested(char *at) { put(put(put(at, "C(", 10000), "C", 1), ")", 10000); }
static void never_closed(char *at) { put(at, "C(", 100000); }
static void hub(char *at) { put(put(at, "*", 1), "(C)", 10000); }
static void small_hub(char *at) { put(put(at, "[U]", 1), "(F)", 50); }
static void paths_of_hubs(char *at) { for (int i = 0; i < 60; i++) at = put(put(at, "*", 1), "(*)", 20); }
static void rings(char *at) { put(at, "C1CC1", 30000); }
static void one_ring(char *at) { put(put(put(at, "C1", 1), "C", 50000), "C1", 1); }
static void phenylenes(char *at) { put(put(put(at, "c%11ccc(cc%11)%12", 1), "-c1ccc(cc1)", 40), "-c1ccc%12cc1", 1); }
static void fragments(char *at) { put(put(at, "C", 1), ".C", 20000); }
static void peptide(char *at) { put(put(at, "N[C@@H](Cc1ccccc1)C(=O)", 60), "O", 1); }
static void stereo(char *at) { put(put(put(at, "[C@H]1(O)", 1), "[C@@H](O)", 40), "C1", 1); }
static void dendrimer(char *at)
{
    char *old = malloc(MOST_TEXT);
    strcpy(at, "N");
    for (int i = 0; i < 6; i++) {
        strcpy(old, at);
        sprintf(at, "NCCN(CCC(=O)%s)CCC(=O)%s", old, old);
    }
    free(old);
}
static void clique(char *at)   // every atom bonded to every other
{
    enum { N = 40 };
    int32_t name[N][N], next = 10;
    for (int32_t i = 0; i < N; i++)
        for (int32_t j = 0; j < i; j++) name[j][i] = name[i][j] = next++;
    for (int32_t i = 0; i < N; i++) {
        at += sprintf(at, "*");
        for (int32_t j = 0; j < N; j++)
            if (j > i + 1 || j < i - 1) at += sprintf(at, "%%(%d)", (int)name[i][j]);
    }
}
static void all_with_all(char *at)   // two kinds of atoms, each bonded to all of the other, and the first to its own kind
{
    enum { N = 60 };
    for (int32_t i = 0; i < N; i++) {
        at += sprintf(at, "%s", i ? "(*" : "*");
        for (int32_t j = 1; j < N; j++) at += sprintf(at, "%%(%d)", 100 + (int)(N * i + j));
        if (i) at += sprintf(at, ")");
    }
    for (int32_t j = 1; j < N; j++) {
        at += sprintf(at, ".*");
        for (int32_t i = 0; i < N; i++) at += sprintf(at, "%%(%d)", 100 + (int)(N * i + j));
    }
}
static void sheet(char *at)   // squares side by side: rows joined to the one before
{
    enum { N = 40 };
    for (int32_t y = 0; y < N; y++)
        for (int32_t x = 0; x < N; x++) {
            int32_t column = y % 2 ? N - 1 - x : x;
            at += sprintf(at, "*");
            if (y && x) at += sprintf(at, "%%(%d)", 100 * (y % 2) + 100 + (int)column);   // opened by the row before
            if (y < N - 1 && x < N - 1) at += sprintf(at, "%%(%d)", 100 * ((y + 1) % 2) + 100 + (int)column);
        }
}

static const struct { const char *name; void (*write)(char *at); } molecules[] = {
    {"chain", chain}, {"nested", nested}, {"never closed", never_closed}, {"hub", hub}, {"small hub", small_hub},
    {"paths of hubs", paths_of_hubs}, {"rings", rings}, {"one ring", one_ring}, {"phenylenes", phenylenes}, {"fragments", fragments},
    {"peptide", peptide}, {"stereo", stereo}, {"dendrimer", dendrimer}, {"clique", clique}, {"sheet", sheet}, {"all with all", all_with_all},
};
enum { N_MOLECULES = sizeof molecules / sizeof *molecules, N_SPECS = sizeof specs / sizeof *specs };

// ---- memory in use, at its most

static int64_t in_use, most_in_use;
static void *count_in(size_t *block, size_t size)
{
    if (!block) return NULL;
    *block = size;
    in_use += (int64_t)size;
    if (in_use > most_in_use) most_in_use = in_use;
    return block + 2;   // keeps what malloc aligned to 16 bytes aligned
}
static void *counted_alloc(size_t size) { return count_in(malloc(size + 2 * sizeof(size_t)), size); }
static void counted_free(void *p)
{
    if (!p) return;
    in_use -= (int64_t)((size_t *)p)[-2];
    free((size_t *)p - 2);
}
static void *counted_resize(void *p, size_t size)
{
    void *moved = counted_alloc(size);
    if (moved && p) {
        size_t old = ((size_t *)p)[-2];
        memcpy(moved, p, old < size ? old : size);
        counted_free(p);
    }
    return moved;
}

START_TEST(an_expensive_molecule_has_a_value_or_is_over_the_limit)
{
    static const mem_hooks counted = {counted_alloc, counted_resize, counted_free};
    enum { MOST_OUTPUTS = 256, ROOM = 1 << 20 };
    static char text[MOST_TEXT];
    static uint8_t rows[MOST_OUTPUTS][4 * 2048], validity[MOST_OUTPUTS], data[ROOM * 8];
    static uint32_t counts[ROOM];
    memset(text, 0, sizeof text);
    molecules[_i].write(text);
    mem_set_hooks(&counted);
    ck_assert_int_lt(strlen(text), MOST_TEXT);
    const int64_t offsets[] = {0, (int64_t)strlen(text)};
    const aryl_column c = {text, offsets, NULL, 1};
    for (int32_t k = 0; k < N_SPECS; k++) {
        aryl_plan *plan;
        aryl_error err;
        most_in_use = in_use;
        ck_assert_msg(aryl_plan_new(specs[k], &plan, &err) == ARYL_OK, "%s: %s", specs[k], err.message);
        int32_t n = aryl_plan_n_outputs(plan);
        ck_assert_int_le(n, MOST_OUTPUTS);
        static aryl_output out[MOST_OUTPUTS];
        int64_t found[2];
        for (int32_t i = 0; i < n; i++) {
            aryl_output_info info = {.size = sizeof info};
            ck_assert_int_eq(aryl_plan_output(plan, i, &info), ARYL_OK);
            out[i] = (aryl_output){.size = sizeof out[i], .type = info.type, .data = rows[i], .validity = validity + i};
            if (info.variable) out[i].data = data, out[i].counts = counts, out[i].capacity = ROOM, out[i].offsets = found;
        }
        aryl_status row;
        const aryl_run_options o = {.size = sizeof o, .n_threads = 1, .max_work = WORK};
        aryl_status s = aryl_plan_run(plan, &c, &o, out, n, &row, NULL, &err);
        aryl_plan_free(plan);
        const char *who = molecules[_i].name, *spec = *specs[k] ? specs[k] : "reading";
        ck_assert_msg(s == ARYL_OK, "%s, %s: %s", who, spec, err.message);
        ck_assert_msg(row == ARYL_OK || row == ARYL_E_LIMIT || (row == ARYL_E_SYNTAX && molecules[_i].write == never_closed), "%s, %s: %s", who,
                      spec, aryl_status_name(row));
        ck_assert_msg(most_in_use <= MOST_MEMORY, "%s, %s: %lld MB", who, spec, (long long)(most_in_use >> 20));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("limits");
    TCase *t = tcase_create("limits");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, an_expensive_molecule_has_a_value_or_is_over_the_limit, 0, N_MOLECULES);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
