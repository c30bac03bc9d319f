// check_batch.c - specs, plans and runs: what a spec means, and that a column comes out the same however it is run.
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "batch/batch.h"
#include "support.h"

// ---- a column to run over: molecules of all sorts, with bad and null rows between

typedef struct fixture {
    char *text;
    int64_t *offsets;
    uint8_t *validity;
    aryl_column column;
} fixture;

static const char *const bad_rows[] = {"C1CC", "CC(C)(C)(C)C", "c1cccc1", "", "C(", "[nothing]", "C%"};
enum { N_BAD = sizeof bad_rows / sizeof *bad_rows };

static void append(fixture *x, size_t *len, const char *text, int valid)
{
    size_t n = strlen(text);
    int64_t row = x->column.n++;
    memcpy(x->text + *len, text, n);
    x->offsets[row] = (int64_t)*len;
    x->validity[row] = (uint8_t)valid;
    x->offsets[row + 1] = (int64_t)(*len += n);
}

static fixture make_column(int64_t n)
{
    int64_t size;
    char *file = file_read(data_path("molecules.smi"), &size);
    fixture x = {.text = malloc((size_t)n * 400), .offsets = malloc((size_t)(n + 1) * 8), .validity = malloc((size_t)n + 1)};
    size_t len = 0;
    char *at = file;
    for (int64_t i = 0; i < n; i++) {
        if (!*at) at = file;
        char *end = strchr(at, '\n'), *next = end ? end + 1 : at + strlen(at);
        if (end) *end = 0;
        if (i % 23 == 7) append(&x, &len, bad_rows[i / 23 % N_BAD], 1);
        else append(&x, &len, strlen(at) < 300 ? at : "CC", i % 41 != 3);
        if (end) *end = '\n';
        at = next;
    }
    free(file);
    x.column.data = x.text;
    x.column.offsets = x.offsets;
    x.column.validity = x.validity;
    return x;
}

static void free_column(fixture *x)
{
    free(x->text);
    free(x->offsets);
    free(x->validity);
}

// ---- results of a run, with room for everything

typedef struct results {
    aryl_plan *plan;
    int64_t n, done;
    aryl_output out[16];
    aryl_output_info info[16];
    aryl_status *status;
    int64_t *offset;
} results;

static aryl_plan *plan_of(const char *spec)
{
    aryl_plan *plan;
    aryl_error err = {0};
    ck_assert_msg(plan_new(spec, &plan, &err) == ARYL_OK, "%s: %s", spec, err.message);
    return plan;
}

static results make_results(const char *spec, int64_t n, int64_t capacity)
{
    results r = {.plan = plan_of(spec), .n = n};
    ck_assert_int_le(r.plan->n_outputs, 16);
    for (int32_t i = 0; i < r.plan->n_outputs; i++) {
        r.info[i] = r.plan->outputs[i].info;
        r.out[i] = (aryl_output){.size = sizeof r.out[i], .type = r.info[i].type, .validity = malloc((size_t)n + 1)};
        memset(r.out[i].validity, 7, (size_t)n + 1);
        if (r.info[i].variable) {
            r.out[i].capacity = capacity;
            r.out[i].data = malloc((size_t)capacity * 8 + 1);
            r.out[i].counts = malloc((size_t)capacity * 4 + 1);
            r.out[i].offsets = malloc((size_t)(n + 1) * 8);
        } else {
            r.out[i].data = malloc((size_t)(n * r.info[i].row_bytes) + 1);
            memset(r.out[i].data, 0xA5, (size_t)(n * r.info[i].row_bytes) + 1);
        }
    }
    r.status = malloc((size_t)(n + 1) * sizeof *r.status);
    r.offset = malloc((size_t)(n + 1) * sizeof *r.offset);
    return r;
}

static void free_results(results *r)
{
    for (int32_t i = 0; i < r->plan->n_outputs; i++) {
        free(r->out[i].data);
        free(r->out[i].counts);
        free(r->out[i].offsets);
        free(r->out[i].validity);
    }
    free(r->status);
    free(r->offset);
    plan_free(r->plan);
}

static aryl_status run_into(results *r, const aryl_column *c, aryl_run_options options)
{
    aryl_error err = {0};
    options.size = sizeof options;
    options.done = &r->done;
    return run_plan(r->plan, c, &options, r->out, r->status, r->offset, &err);
}

static void assert_same(const results *a, const results *b)
{
    ck_assert(!memcmp(a->status, b->status, (size_t)a->n * sizeof *a->status));
    ck_assert(!memcmp(a->offset, b->offset, (size_t)a->n * sizeof *a->offset));
    for (int32_t i = 0; i < a->plan->n_outputs; i++) {
        const aryl_output *x = &a->out[i], *y = &b->out[i];
        ck_assert(!memcmp(x->validity, y->validity, (size_t)a->n));
        if (!a->info[i].variable) {
            ck_assert(!memcmp(x->data, y->data, (size_t)(a->n * a->info[i].row_bytes)));
            continue;
        }
        ck_assert(!memcmp(x->offsets, y->offsets, (size_t)(a->n + 1) * 8));
        int64_t used = x->offsets[a->n];
        ck_assert_int_eq(x->needed, used);
        ck_assert(!memcmp(x->data, y->data, (size_t)used * 8));
        ck_assert(!memcmp(x->counts, y->counts, (size_t)used * 4));
    }
}

static const char everything[] = "ecfp; ecfp radius=1 bits=128 out=counts as=counts; ecfp out=sparse as=ids; "
                                 "ecfp bits=1000 as=odd; desc MolWt TPSA RingCount Kappa2";

// One of each, and what makes a plan perceive stereo.
static const char all_kinds[] = "ecfp radius=3; fcfp; rdkit maxpath=5; atompair out=counts; torsion out=sparse as=ids; maccs; pattern; "
                                "layered maxpath=4; ecfp chirality=1 as=handed; desc TPSA BalabanJ NumAtomStereoCenters; "
                                "matches smarts=\"[OX2H]\" count=1; matches smarts=\"[C@](N)(C)O\" chirality=1 as=centre";

// ---- specs

static const struct { const char *spec; aryl_status status; int64_t offset; const char *says; } bad_specs[] = {
    {"nosuch", ARYL_E_UNKNOWN, 0, "nosuch"},
    {"ecfp; nosuch", ARYL_E_UNKNOWN, 6, "nosuch"},
    {"ecfp radius=99", ARYL_E_ARGUMENT, 12, "radius"},
    {"ecfp radius=x", ARYL_E_ARGUMENT, 12, "radius"},
    {"ecfp colour=1", ARYL_E_UNKNOWN, 5, "colour"},
    {"ecfp radius", ARYL_E_SYNTAX, 5, "radius"},
    {"ecfp radius=", ARYL_E_SYNTAX, 12, "value"},
    {"ecfp radius=2 radius=3", ARYL_E_SYNTAX, 14, "twice"},
    {"ecfp out=bytes", ARYL_E_ARGUMENT, 9, "bytes"},
    {"ecfp; ecfp radius=3", ARYL_E_ARGUMENT, 6, "'ecfp'"},
    {"ecfp as=a; ecfp radius=3 as=a", ARYL_E_ARGUMENT, 28, "'a'"},
    {"ecfp as=\"a", ARYL_E_SYNTAX, 8, "quote"},
    {"ecfp as=\"a\\n\"", ARYL_E_SYNTAX, 10, "backslash"},
    {"ecfp as=\"a\"b", ARYL_E_SYNTAX, 11, "quoted"},
    {"ecfp as=a\"b\"", ARYL_E_SYNTAX, 9, "quotes"},
    {"ecfp =2", ARYL_E_SYNTAX, 5, "expected"},
    {"=2", ARYL_E_SYNTAX, 0, "expected"},
    {"desc", ARYL_E_SYNTAX, 0, "desc"},
    {"desc NoSuch", ARYL_E_UNKNOWN, 5, "NoSuch"},
    {"desc MolWt MolWt", ARYL_E_ARGUMENT, 11, "MolWt"},
    {"desc all MolWt", ARYL_E_ARGUMENT, 9, "MolWt"},
    {"desc MolWt TPSA as=x", ARYL_E_ARGUMENT, 16, "single"},
    {"desc MolWt out=bits", ARYL_E_UNKNOWN, 11, "out"},
    {"matches", ARYL_E_SYNTAX, 0, "smarts"},
    {"matches smarts=[C count=1", ARYL_E_SYNTAX, -1, ""},
    {"matches smarts=C colour=1", ARYL_E_UNKNOWN, 17, "colour"},
    {"matches smarts=C count=2", ARYL_E_ARGUMENT, 23, "count"},
    {"in format=xyz; ecfp", ARYL_E_UNKNOWN, 10, "xyz"},
    {"in colour=1; ecfp", ARYL_E_UNKNOWN, 3, "colour"},
    {"ecfp; in format=mol", ARYL_E_SYNTAX, 6, "before"},
    {"std parent=1; ecfp", ARYL_E_UNSUPPORTED, 0, "std"},
    {"engine rdkit; ecfp", ARYL_E_UNSUPPORTED, 0, "engine"},
};

START_TEST(a_bad_spec_is_refused_with_its_place)
{
    aryl_plan *plan = (aryl_plan *)&plan;
    aryl_error err = {0};
    aryl_status s = plan_new(bad_specs[_i].spec, &plan, &err);
    ck_assert_msg(s == bad_specs[_i].status, "%s: %s (%s)", bad_specs[_i].spec, status_name(s), err.message);
    ck_assert_ptr_null(plan);
    ck_assert_int_eq(err.code, s);
    ck_assert_msg(bad_specs[_i].offset < 0 || err.offset == bad_specs[_i].offset, "%s: offset %lld", bad_specs[_i].spec, (long long)err.offset);
    ck_assert_msg(strstr(err.message, bad_specs[_i].says) != NULL, "%s: \"%s\"", bad_specs[_i].spec, err.message);
    ck_assert_int_eq(plan_new(bad_specs[_i].spec, &plan, NULL), s);
}
END_TEST

static const char *const good_specs[][2] = {   // a spec, and how its canonical text ends
    {"", "in format=smiles"},
    {" ; ;; ", "in format=smiles"},
    {"in format=mol", "in format=mol"},
    {"morgan\tradius=3\n;", " out=bits as=ecfp"},
    {"ecfp as=\"two words\"", " as=\"two words\""},
    {"ecfp as=\"\\\"\\\\\"", " as=\"\\\"\\\\\""},
    {"ecfp out=sparse as=x", " out=sparse as=x"},
    {"desc TPSA MolWt", "; desc TPSA MolWt"},
    {"desc MolWt as=mw", "; desc MolWt as=mw"},
    {"matches smarts=\"[#6;R]=O\" as=ketone", " as=ketone"},
};

START_TEST(canonical_text_is_a_fixed_point)
{
    aryl_plan *plan = plan_of(good_specs[_i][0]), *again = plan_of(plan->canonical);
    const char *end = good_specs[_i][1];
    size_t n = strlen(plan->canonical), m = strlen(end);
    ck_assert_msg(n >= m && !strcmp(plan->canonical + n - m, end), "%s: %s", good_specs[_i][0], plan->canonical);
    ck_assert_str_eq(plan->canonical, again->canonical);
    ck_assert_int_eq(plan->n_outputs, again->n_outputs);
    plan_free(plan);
    plan_free(again);
}
END_TEST

START_TEST(outputs_are_described)
{
    aryl_plan *p = plan_of(everything);
    static const struct { const char *label, *kind; int32_t form, type, variable; int64_t width, row_bytes; } expect[] = {
        {"ecfp", "ecfp", ARYL_OUT_BITS, ARYL_TYPE_UINT8, 0, 2048, 256},
        {"counts", "ecfp", ARYL_OUT_COUNTS, ARYL_TYPE_UINT32, 0, 128, 512},
        {"ids", "ecfp", ARYL_OUT_SPARSE, ARYL_TYPE_UINT64, 1, 0, 0},
        {"odd", "ecfp", ARYL_OUT_BITS, ARYL_TYPE_UINT8, 0, 1000, 125},
        {"MolWt", "desc", ARYL_OUT_NUMBER, ARYL_TYPE_FLOAT64, 0, 1, 8},
        {"TPSA", "desc", ARYL_OUT_NUMBER, ARYL_TYPE_FLOAT64, 0, 1, 8},
        {"RingCount", "desc", ARYL_OUT_NUMBER, ARYL_TYPE_FLOAT64, 0, 1, 8},
        {"Kappa2", "desc", ARYL_OUT_NUMBER, ARYL_TYPE_FLOAT64, 0, 1, 8},
    };
    ck_assert_int_eq(p->n_outputs, sizeof expect / sizeof *expect);
    for (int32_t i = 0; i < p->n_outputs; i++) {
        const aryl_output_info *o = &p->outputs[i].info;
        ck_assert_str_eq(o->label, expect[i].label);
        ck_assert_str_eq(o->kind, expect[i].kind);
        ck_assert(o->form == expect[i].form && o->type == expect[i].type && o->variable == expect[i].variable);
        ck_assert(o->width == expect[i].width && o->row_bytes == expect[i].row_bytes);
    }
    ck_assert_str_eq(p->outputs[4].info.unit, "u");
    plan_free(p);
}
END_TEST

START_TEST(one_kind_with_one_set_of_parameters_runs_once)
{
    aryl_plan *p = plan_of("ecfp; ecfp bits=512 as=a; ecfp out=sparse as=b; ecfp countsim=1 as=c; ecfp radius=3 as=d");
    ck_assert_int_eq(p->n_jobs, 2);
    plan_free(p);
}
END_TEST

START_TEST(desc_all_is_every_descriptor_of_the_reference_in_order)
{
    aryl_plan *p = plan_of("desc all");
    ck_assert_int_eq(p->n_outputs, desc_n_reference);
    for (int32_t i = 0; i < desc_n_reference; i++) ck_assert_str_eq(p->outputs[i].info.label, desc_values[i].name);
    plan_free(p);
}
END_TEST

START_TEST(groups_are_spelled_out)
{
    aryl_plan *p = plan_of("desc MolMR crippen mass");
    static const char *const labels[] = {"MolMR", "MolLogP", "MolWt", "HeavyAtomMolWt", "ExactMolWt"};
    ck_assert_int_eq(p->n_outputs, 5);
    for (int32_t i = 0; i < 5; i++) ck_assert_str_eq(p->outputs[i].info.label, labels[i]);
    ck_assert_str_eq(p->canonical, "in format=smiles; desc MolMR MolLogP MolWt HeavyAtomMolWt ExactMolWt");
    plan_free(p);
    aryl_error err;
    ck_assert_int_eq(plan_new("desc mass as=x", &p, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(plan_new("desc crippen MolMR", &p, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(err.offset, 13);
    ck_assert_int_eq(plan_new("desc massive", &p, &err), ARYL_E_UNKNOWN);
    ck_assert_int_eq(err.offset, 5);
}
END_TEST

// ---- runs

START_TEST(any_number_of_threads_gives_the_same)
{
    fixture x = make_column(_i == 3 ? 1001 : 9001);
    const char *spec = _i == 3 ? all_kinds : everything;
    results one = make_results(spec, x.column.n, 1 << 20), many = make_results(spec, x.column.n, 1 << 20);
    ck_assert_int_eq(run_into(&one, &x.column, (aryl_run_options){.n_threads = 1}), ARYL_OK);
    ck_assert_int_eq(run_into(&many, &x.column, (aryl_run_options){.n_threads = _i}), ARYL_OK);
    ck_assert_int_eq(one.done, x.column.n);
    assert_same(&one, &many);
    free_results(&one);
    free_results(&many);
    free_column(&x);
}
END_TEST

START_TEST(an_output_does_not_depend_on_what_else_is_asked_for)
{
    static const char *const alone[] = {"ecfp radius=3", "fcfp", "rdkit maxpath=5", "atompair out=counts", NULL, "maccs", "pattern",
                                        "layered maxpath=4", NULL, "desc TPSA", "desc BalabanJ"};
    int64_t size, n;
    char *text = file_read("examples/data/drugs.smi", &size);
    int64_t *offsets = malloc(1000 * sizeof *offsets);
    ck_assert_int_eq(lines_split(text, size, offsets, 1000, &n), ARYL_OK);
    const aryl_column c = {text, offsets, NULL, n};
    results together = make_results(all_kinds, n, 1 << 18);
    ck_assert_int_eq(run_into(&together, &c, (aryl_run_options){0}), ARYL_OK);
    for (int32_t i = 0; i < (int32_t)(sizeof alone / sizeof *alone); i++) {
        if (!alone[i]) continue;
        results r = make_results(alone[i], n, 0);
        ck_assert_int_eq(run_into(&r, &c, (aryl_run_options){0}), ARYL_OK);
        ck_assert_msg(!memcmp(r.out[0].data, together.out[i].data, (size_t)(n * r.info[0].row_bytes)), "%s", alone[i]);
        free_results(&r);
    }
    free_results(&together);
    free(offsets);
    free(text);
}
END_TEST

START_TEST(a_row_is_what_the_molecule_alone_gives)
{
    fixture x = make_column(600);
    results r = make_results(everything, x.column.n, 1 << 18);
    ck_assert_int_eq(run_into(&r, &x.column, (aryl_run_options){0}), ARYL_OK);
    arena mem;
    arena_init(&mem);
    for (int64_t row = 0; row < r.n; row++) {
        aryl_mol *mol;
        facts f;
        fp_sink sink;
        uint8_t bits[256];
        double weight[DESC_MAX_VALUES];
        arena_rewind(&mem);
        if (r.status[row] != ARYL_OK) continue;
        ck_assert_int_eq(convert_load(x.text + x.offsets[row], x.offsets[row + 1] - x.offsets[row], FORMAT_SMILES, 0, NULL,
                                      &mem, &mol, NULL), ARYL_OK);
        facts_init(&f, mol, &mem);
        fp_sink_init(&sink, &mem, false);
        ck_assert_int_eq(fp_kinds[0]->run(&f, &r.plan->outputs[0].values, &sink), ARYL_OK);
        fp_sink_bits(&sink, fp_kinds[0], &r.plan->outputs[0].values, bits);
        ck_assert(!memcmp(bits, (uint8_t *)r.out[0].data + row * 256, 256));
        const desc_value *v = &desc_values[desc_find("MolWt", 5)];
        ck_assert_int_eq(v->family->run(&f, weight), ARYL_OK);
        ck_assert(weight[v->index] == ((double *)r.out[4].data)[row]);
    }
    arena_free(&mem);
    free_results(&r);
    free_column(&x);
}
END_TEST

START_TEST(bad_and_null_rows_leave_nothing_and_say_why)
{
    fixture x = make_column(2000);
    results r = make_results(everything, x.column.n, 1 << 18);
    ck_assert_int_eq(run_into(&r, &x.column, (aryl_run_options){0}), ARYL_OK);
    int64_t failed = 0;
    for (int64_t row = 0; row < r.n; row++) {
        bool ok = r.status[row] == ARYL_OK;
        aryl_error err = {.offset = -1};
        failed += !ok;
        ck_assert_int_eq(r.status[row] == ARYL_E_NULL, !x.validity[row]);
        ck_assert_int_eq(run_explain(r.plan, &x.column, row, NULL, &err), r.status[row]);
        ck_assert_int_eq(r.offset[row], ok ? -1 : err.offset);
        ck_assert(ok || err.message[0]);
        for (int32_t i = 0; i < r.plan->n_outputs; i++) {
            ck_assert_int_eq(r.out[i].validity[row], ok);
            if (ok) continue;
            if (r.info[i].variable) ck_assert_int_eq(r.out[i].offsets[row], r.out[i].offsets[row + 1]);
            else if (r.info[i].form == ARYL_OUT_NUMBER) ck_assert(isnan(((double *)r.out[i].data)[row]));
            else for (int64_t b = 0; b < r.info[i].row_bytes; b++)
                ck_assert_int_eq(((uint8_t *)r.out[i].data)[row * r.info[i].row_bytes + b], 0);
        }
    }
    ck_assert_int_gt(failed, 80);
    free_results(&r);
    free_column(&x);
}
END_TEST

START_TEST(an_empty_text_is_a_molecule_without_atoms)
{
    const int64_t offsets[] = {0, 0};
    const aryl_column c = {"", offsets, NULL, 1};
    results r = make_results("ecfp; desc MolWt", 1, 0);
    ck_assert_int_eq(run_into(&r, &c, (aryl_run_options){0}), ARYL_OK);
    ck_assert_int_eq(r.status[0], ARYL_OK);
    ck_assert(((double *)r.out[1].data)[0] == 0);
    free_results(&r);
}
END_TEST

START_TEST(line_ends_are_not_part_of_a_row)
{
    const char text[] = "CCO ethanol\nC1CC\r\n\nCCO";
    int64_t offsets[8], n;
    ck_assert_int_eq(lines_split(text, sizeof text - 1, NULL, 0, &n), ARYL_OK);
    ck_assert_int_eq(n, 4);
    ck_assert_int_eq(lines_split(text, sizeof text - 1, offsets, 4, &n), ARYL_E_SPACE);
    ck_assert_int_eq(lines_split(text, sizeof text - 1, offsets, 8, &n), ARYL_OK);
    ck_assert(offsets[4] == sizeof text - 1 && offsets[1] == 12 && offsets[2] == 18 && offsets[3] == 19);
    const aryl_column c = {text, offsets, NULL, n};
    results r = make_results("ecfp", n, 0);
    ck_assert_int_eq(run_into(&r, &c, (aryl_run_options){0}), ARYL_OK);
    ck_assert(r.status[0] == ARYL_OK && r.status[1] == ARYL_E_SYNTAX && r.status[2] == ARYL_OK && r.status[3] == ARYL_OK);
    ck_assert(!memcmp(r.out[0].data, (uint8_t *)r.out[0].data + 3 * 256, 256));
    free_results(&r);
    ck_assert_int_eq(lines_split("", 0, offsets, 8, &n), ARYL_OK);
    ck_assert_int_eq(n, 0);
}
END_TEST

START_TEST(a_full_buffer_loses_nothing)
{
    fixture x = make_column(10000);
    results whole = make_results(everything, x.column.n, 1 << 20), r = make_results(everything, x.column.n, _i);
    ck_assert_int_eq(run_into(&whole, &x.column, (aryl_run_options){0}), ARYL_OK);
    int64_t stops = 0, before = -1;
    aryl_run_options o = {0};
    aryl_output *out = &r.out[2];
    aryl_status s;
    while ((s = run_into(&r, &x.column, o)) == ARYL_E_SPACE) {
        ck_assert_int_gt(out->needed, out->capacity);
        ck_assert_int_gt(r.done, before);
        ck_assert(r.done == 0 || !memcmp(out->offsets, whole.out[2].offsets, (size_t)(r.done + 1) * 8));
        before = o.first = r.done;
        out->capacity = out->needed;
        out->data = realloc(out->data, (size_t)out->capacity * 8);
        out->counts = realloc(out->counts, (size_t)out->capacity * 4);
        stops++;
    }
    ck_assert_int_eq(s, ARYL_OK);
    ck_assert_int_gt(stops, 1);
    assert_same(&whole, &r);
    free_results(&whole);
    free_results(&r);
    free_column(&x);
}
END_TEST

START_TEST(outputs_that_nobody_wants_are_left_out)
{
    fixture x = make_column(500);
    results whole = make_results(everything, x.column.n, 1 << 18), r = make_results(everything, x.column.n, 1 << 18);
    ck_assert_int_eq(run_into(&whole, &x.column, (aryl_run_options){0}), ARYL_OK);
    for (int32_t i = 0; i < r.plan->n_outputs; i += 2) {
        free(r.out[i].data);
        free(r.out[i].offsets);
        r.out[i].data = r.out[i].offsets = NULL;
    }
    ck_assert_int_eq(run_into(&r, &x.column, (aryl_run_options){0}), ARYL_OK);
    for (int32_t i = 0; i < r.plan->n_outputs; i++) {
        ck_assert(!memcmp(r.out[i].validity, whole.out[i].validity, (size_t)r.n));
        if (i % 2) ck_assert(!memcmp(r.out[i].data, whole.out[i].data, (size_t)(r.n * r.info[i].row_bytes)));
    }
    free_results(&whole);
    free_results(&r);
    free_column(&x);
}
END_TEST

START_TEST(a_stride_makes_columns_of_a_matrix_and_touches_nothing_else)
{
    fixture x = make_column(300);
    results plain = make_results("desc MolWt TPSA; ecfp bits=24", 300, 0), r = make_results("desc MolWt TPSA; ecfp bits=24", 300, 0);
    ck_assert_int_eq(run_into(&plain, &x.column, (aryl_run_options){0}), ARYL_OK);
    enum { WIDE = 40 };
    uint8_t *matrix = malloc(300 * WIDE + 8);
    memset(matrix, 0xEE, 300 * WIDE + 8);
    static const int at[] = {8, 24, 33};
    for (int32_t i = 0; i < 3; i++) {
        free(r.out[i].data);
        r.out[i].data = matrix + at[i];
        r.out[i].stride = WIDE;
    }
    ck_assert_int_eq(run_into(&r, &x.column, (aryl_run_options){0}), ARYL_OK);
    for (int64_t row = 0; row < 300; row++) {
        for (int32_t i = 0; i < 3; i++) {
            int64_t n = r.info[i].row_bytes;
            ck_assert(!memcmp(matrix + row * WIDE + at[i], (uint8_t *)plain.out[i].data + row * n, (size_t)n));
        }
        for (int b = 0; b < WIDE; b++)
            if (!((b >= 8 && b < 16) || (b >= 24 && b < 32) || (b >= 33 && b < 36))) ck_assert_int_eq(matrix[row * WIDE + b], 0xEE);
    }
    for (int32_t i = 0; i < 3; i++) r.out[i].data = NULL;
    free(matrix);
    free_results(&plain);
    free_results(&r);
    free_column(&x);
}
END_TEST

static int32_t stop_after;
static int64_t told, total_told;
static void on_progress(void *ctx, int64_t done, int64_t total)
{
    ck_assert_ptr_eq(ctx, &told);
    ck_assert_int_gt(done, told);
    told = done;
    total_told = total;
}
static int32_t on_cancel(void *ctx)
{
    ck_assert_ptr_eq(ctx, &told);
    return told >= stop_after;
}

START_TEST(progress_is_told_and_a_run_can_be_stopped_and_gone_on_with)
{
    fixture x = make_column(12000);
    results whole = make_results(everything, x.column.n, 1 << 20), r = make_results(everything, x.column.n, 1 << 20);
    ck_assert_int_eq(run_into(&whole, &x.column, (aryl_run_options){0}), ARYL_OK);
    told = 0;
    stop_after = 1;
    aryl_run_options o = {.progress = on_progress, .cancel = on_cancel, .ctx = &told};
    ck_assert_int_eq(run_into(&r, &x.column, o), ARYL_E_CANCELLED);
    ck_assert(r.done == told && r.done > 0 && r.done < x.column.n && total_told == x.column.n);
    stop_after = INT32_MAX;
    o.first = r.done;
    ck_assert_int_eq(run_into(&r, &x.column, o), ARYL_OK);
    ck_assert_int_eq(told, x.column.n);
    assert_same(&whole, &r);
    free_results(&whole);
    free_results(&r);
    free_column(&x);
}
END_TEST

static int32_t cancel_second(void *ctx) { return ++*(int32_t *)ctx > 1; }

START_TEST(a_chunk_of_slow_rows_can_be_stopped)
{
    enum { ROWS = 3000, ATOMS = 2000 };
    int64_t *offsets = malloc((ROWS + 1) * sizeof *offsets);
    char *text = malloc(ROWS * ATOMS);
    memset(text, 'C', ROWS * ATOMS);
    for (int64_t i = 0; i <= ROWS; i++) offsets[i] = i * ATOMS;
    const aryl_column c = {text, offsets, NULL, ROWS};
    results r = make_results("desc MolWt Kappa3; ecfp radius=9", ROWS, 0);
    int32_t asked = 0;
    ck_assert_int_eq(run_into(&r, &c, (aryl_run_options){.cancel = cancel_second, .ctx = &asked, .n_threads = 2}), ARYL_E_CANCELLED);
    ck_assert_int_eq(r.done, 0);
    free_results(&r);
    free(text);
    free(offsets);
}
END_TEST

START_TEST(limits_turn_large_rows_into_a_status)
{
    const char text[] = "CCCCCCCCCC" "CCCCCCCCCCC" "C";
    const int64_t offsets[] = {0, 10, 21, 22};
    const aryl_column c = {text, offsets, NULL, 3};
    static const aryl_run_options limits[] = {{.max_bytes = 10}, {.max_atoms = 10}};   // rows of 10, 11 and 1
    for (int32_t i = 0; i < 2; i++) {
        results r = make_results("ecfp", 3, 0);
        ck_assert_int_eq(run_into(&r, &c, limits[i]), ARYL_OK);
        ck_assert(r.status[0] == ARYL_OK && r.status[1] == ARYL_E_LIMIT && r.status[2] == ARYL_OK);
        free_results(&r);
    }
}
END_TEST

START_TEST(work_that_is_over_the_limit_costs_only_its_output)
{
    const char text[] = "CCCCCCCCCCCCCCCCCCCC" "CC";
    const int64_t offsets[] = {0, 20, 22};
    const aryl_column c = {text, offsets, NULL, 2};
    results r = make_results("ecfp; desc BalabanJ MolWt", 2, 0);   // distances between all pairs: 400 steps
    const aryl_run_options o = {.size = sizeof o, .max_work = 300};
    ck_assert_int_eq(run_into(&r, &c, o), ARYL_OK);
    ck_assert(r.status[0] == ARYL_E_LIMIT && r.status[1] == ARYL_OK);
    ck_assert(r.out[0].validity[0] == 1 && r.out[1].validity[0] == 0 && r.out[2].validity[0] == 1);
    ck_assert(isnan(((double *)r.out[1].data)[0]) && !isnan(((double *)r.out[1].data)[1]));
    aryl_error err = {0};
    ck_assert_int_eq(run_explain(r.plan, &c, 0, &o, &err), ARYL_E_LIMIT);
    ck_assert_msg(strstr(err.message, "limit") && strstr(err.message, desc_values[desc_find("BalabanJ", 8)].family->name), "%s", err.message);
    free_results(&r);
}
END_TEST

START_TEST(a_run_does_not_allocate_for_each_row)
{
    fixture few = make_column(4096), many = make_column(12288);
    static const char spec[] = "ecfp; ecfp out=sparse as=ids; desc all";
    int64_t requests[2];
    aryl_plan *plan = plan_of(spec);
    aryl_output *out = calloc((size_t)plan->n_outputs, sizeof *out);
    for (int32_t pass = 0; pass < 2; pass++) {
        const aryl_column *c = pass ? &many.column : &few.column;
        void *data = malloc(12288 * 256), *numbers = malloc(12288 * 8);
        for (int32_t i = 0; i < plan->n_outputs; i++)
            out[i] = (aryl_output){.size = sizeof *out, .type = plan->outputs[i].info.type, .data = i ? numbers : data};
        out[1].data = NULL;              // of a kind whose results are kept for a chunk, but not stored here
        alloc_watch();
        ck_assert_int_eq(run_plan(plan, c, &(aryl_run_options){.size = sizeof(aryl_run_options), .n_threads = 1}, out, NULL,
                                  NULL, NULL), ARYL_OK);
        requests[pass] = alloc_seen().requests;
        alloc_unwatch();
        free(data);
        free(numbers);
    }
    ck_assert_msg(requests[1] <= requests[0], "%lld requests for three times the rows, %lld before", (long long)requests[1],
                  (long long)requests[0]);
    free(out);
    plan_free(plan);
    free_column(&few);
    free_column(&many);
}
END_TEST

static aryl_status try_plan(void *ctx)
{
    aryl_plan *plan;
    aryl_error err;
    aryl_status s = plan_new(ctx, &plan, &err);
    plan_free(plan);
    return s;
}

static aryl_status try_run(void *ctx)
{
    results *r = ctx;
    const char text[] = "CCOc1ccccc1C1CCNCC1";
    const int64_t offsets[] = {0, 3, sizeof text - 1};
    const aryl_column c = {text, offsets, NULL, 2};
    aryl_status s = run_into(r, &c, (aryl_run_options){.n_threads = 1});
    for (int32_t i = 0; i < 2 && s == ARYL_OK; i++) s = r->status[i];
    return s;
}

START_TEST(every_failing_allocation_is_reported)
{
    char long_spec[2000] = "ecfp";
    for (int32_t i = 0; i < 30; i++)
        snprintf(long_spec + strlen(long_spec), 60, "; ecfp radius=%d as=\"label number %d\"", i, i);
    ck_assert_int_gt(alloc_sweep(try_plan, long_spec), 1);
    results r = make_results(everything, 2, 1000);
    ck_assert_int_gt(alloc_sweep(try_run, &r), 1);
    free_results(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("batch");
    TCase *t = tcase_create("batch");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, a_bad_spec_is_refused_with_its_place, 0, sizeof bad_specs / sizeof *bad_specs);
    tcase_add_loop_test(t, canonical_text_is_a_fixed_point, 0, sizeof good_specs / sizeof *good_specs);
    tcase_add_test(t, outputs_are_described);
    tcase_add_test(t, one_kind_with_one_set_of_parameters_runs_once);
    tcase_add_test(t, desc_all_is_every_descriptor_of_the_reference_in_order);
    tcase_add_test(t, groups_are_spelled_out);
    tcase_add_loop_test(t, any_number_of_threads_gives_the_same, 2, 6);
    tcase_add_test(t, an_output_does_not_depend_on_what_else_is_asked_for);
    tcase_add_test(t, a_row_is_what_the_molecule_alone_gives);
    tcase_add_test(t, bad_and_null_rows_leave_nothing_and_say_why);
    tcase_add_test(t, an_empty_text_is_a_molecule_without_atoms);
    tcase_add_test(t, line_ends_are_not_part_of_a_row);
    tcase_add_loop_test(t, a_full_buffer_loses_nothing, 0, 2);
    tcase_add_test(t, outputs_that_nobody_wants_are_left_out);
    tcase_add_test(t, a_stride_makes_columns_of_a_matrix_and_touches_nothing_else);
    tcase_add_test(t, progress_is_told_and_a_run_can_be_stopped_and_gone_on_with);
    tcase_add_test(t, a_chunk_of_slow_rows_can_be_stopped);
    tcase_add_test(t, limits_turn_large_rows_into_a_status);
    tcase_add_test(t, work_that_is_over_the_limit_costs_only_its_output);
    tcase_add_test(t, a_run_does_not_allocate_for_each_row);
    tcase_add_test(t, every_failing_allocation_is_reported);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
