// plan.c - from a spec to what a run needs: jobs (each kind with its parameters once), outputs, canonical text.
#include <stdio.h>

#include "batch/batch.h"

typedef struct compiler {
    aryl_plan *plan;
    aryl_error *err;
    char *text;              // canonical text so far
    int64_t len, cap;
    int32_t cap_outputs, cap_jobs, cap_matches;
} compiler;

static bool put(compiler *c, const char *text, int64_t len)
{
    if (c->len + len + 1 > c->cap) {
        int64_t cap = 2 * (c->len + len) + 256;
        char *bigger = arena_grow(&c->plan->mem, c->text, (size_t)c->cap, (size_t)cap, 1);
        if (!bigger) return false;
        c->text = bigger;
        c->cap = cap;
    }
    memcpy(c->text + c->len, text, (size_t)len);
    c->text[c->len += len] = 0;
    return true;
}

static bool put_word(compiler *c, const char *text) { return put(c, text, (int64_t)strlen(text)); }

static bool put_value(compiler *c, const char *text)   // quoted when it must be
{
    if (*text && !text[strcspn(text, " \t\r\n;=\"\\")]) return put_word(c, text);
    bool ok = put_word(c, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') ok = ok && put_word(c, "\\");
        ok = ok && put(c, text, 1);
    }
    return ok && put_word(c, "\"");
}

static const char *keep(compiler *c, const char *text, int64_t len)
{
    char *copy = arena_new(&c->plan->mem, char, len + 1);
    if (!copy) return NULL;
    memcpy(copy, text, (size_t)len);
    copy[len] = 0;
    return copy;
}

static const spec_arg *find_arg(const spec_stmt *s, const char *key)
{
    for (int32_t i = 0; i < s->n_args; i++)
        if (s->args[i].value.text && spec_is(s->args[i].key, key)) return &s->args[i];
    return NULL;
}

// A new output with its label, which must be a new one.
static aryl_status add_output(compiler *c, const char *label, int64_t label_len, int64_t at, plan_output **out)
{
    aryl_plan *p = c->plan;
    for (int32_t i = 0; i < p->n_outputs; i++)
        if ((int64_t)strlen(p->outputs[i].info.label) == label_len && !memcmp(p->outputs[i].info.label, label, (size_t)label_len))
            return fail_at(c->err, ARYL_E_ARGUMENT, at, "label '%.*s' is used twice; give one of them another with as=",
                           (int)label_len, label);
    if (p->n_outputs == c->cap_outputs) {
        int32_t cap = 2 * c->cap_outputs + 16;
        plan_output *bigger = arena_grow(&p->mem, p->outputs, (size_t)c->cap_outputs, (size_t)cap, sizeof *bigger);
        if (!bigger) return ARYL_E_NOMEM;
        p->outputs = bigger;
        c->cap_outputs = cap;
    }
    *out = &p->outputs[p->n_outputs];
    **out = (plan_output){.info = {.size = sizeof(aryl_output_info), .label = keep(c, label, label_len), .unit = ""},
                          .job = -1, .variable = -1};
    if (!(*out)->info.label) return ARYL_E_NOMEM;
    p->n_outputs++;
    return ARYL_OK;
}

// ---- statements

static aryl_status reading(compiler *c, const spec_stmt *s)
{
    for (int32_t i = 0; i < s->n_args; i++) {
        spec_text key = s->args[i].key, v = s->args[i].value;
        if (!spec_is(key, "format") || !v.text)
            return fail_at(c->err, ARYL_E_UNKNOWN, key.at, "in takes format=, not '%.*s'", (int)key.len, key.text);
        int32_t format = convert_format_by_name(v.text, v.len);
        if (format < 0)
            return fail_at(c->err, ARYL_E_UNKNOWN, v.at, "no format '%.*s'; there are smiles, mol", (int)v.len, v.text);
        c->plan->format = (convert_format)format;
    }
    return ARYL_OK;
}

static aryl_status form_of(compiler *c, const spec_stmt *s, const fp_kind *kind, int32_t *form)
{
    const spec_arg *a = find_arg(s, "out");
    *form = ARYL_OUT_BITS;
    if (!a || spec_is(a->value, "bits")) return ARYL_OK;
    *form = ARYL_OUT_COUNTS;
    if (spec_is(a->value, "counts")) return ARYL_OK;
    *form = ARYL_OUT_SPARSE;
    if (!spec_is(a->value, "sparse"))
        return fail_at(c->err, ARYL_E_ARGUMENT, a->value.at, "no form '%.*s'; there are bits, counts, sparse",
                       (int)a->value.len, a->value.text);
    if (!kind->has_sparse)
        return fail_at(c->err, ARYL_E_ARGUMENT, a->value.at, "%s has no sparse form", kind->name);
    return ARYL_OK;
}

static aryl_status add_job(compiler *c, const fp_kind *kind, const fp_values *values, int32_t *job)
{
    aryl_plan *p = c->plan;
    for (*job = 0; *job < p->n_jobs; ++*job)       // what the sink makes of the features is each output's own affair
        if (p->jobs[*job].kind == kind && !memcmp(p->jobs[*job].values.number, values->number, sizeof values->number))
            return ARYL_OK;
    if (p->n_jobs == c->cap_jobs) {
        int32_t cap = 2 * c->cap_jobs + 8;
        plan_job *bigger = arena_grow(&p->mem, p->jobs, (size_t)c->cap_jobs, (size_t)cap, sizeof *bigger);
        if (!bigger) return ARYL_E_NOMEM;
        p->jobs = bigger;
        c->cap_jobs = cap;
    }
    p->jobs[p->n_jobs++] = (plan_job){kind, *values};
    if (kind->patterns) TRY(facts_prepare_patterns());
    if (fp_wants_stereo(kind, values)) p->want |= PERCEIVE_STEREO;
    return ARYL_OK;
}

static aryl_status fingerprint(compiler *c, const spec_stmt *s)
{
    static const char *const form_names[] = {[ARYL_OUT_BITS] = "bits", [ARYL_OUT_COUNTS] = "counts", [ARYL_OUT_SPARSE] = "sparse"};
    aryl_plan *p = c->plan;
    const fp_kind *kind;
    fp_values values;
    int32_t form, job;
    TRY(spec_fp(s, true, &kind, &values, c->err));
    TRY(form_of(c, s, kind, &form));
    TRY(add_job(c, kind, &values, &job));

    const spec_arg *as = find_arg(s, "as");
    plan_output *o;
    if (as) TRY(add_output(c, as->value.text, as->value.len, as->value.at, &o));
    else TRY(add_output(c, kind->name, (int64_t)strlen(kind->name), s->kind.at, &o));

    int64_t spec_len = fp_canonical(kind, &values, NULL, 0);
    char *spec = arena_new(&p->mem, char, spec_len + 1);
    if (!spec) return ARYL_E_NOMEM;
    fp_canonical(kind, &values, spec, spec_len + 1);
    int32_t bits = fp_bits(kind, &values);
    o->job = job;
    o->values = values;
    o->info.kind = kind->name;
    o->info.spec = spec;
    o->info.form = form;
    if (form == ARYL_OUT_BITS) {
        o->info.type = ARYL_TYPE_UINT8;
        o->info.element_bytes = 1;
        o->info.width = bits;
        o->info.row_bytes = ((int64_t)bits + 7) / 8;
    } else if (form == ARYL_OUT_COUNTS) {
        o->info.type = ARYL_TYPE_UINT32;
        o->info.element_bytes = 4;
        o->info.width = bits;
        o->info.row_bytes = 4 * (int64_t)bits;
    } else {
        o->info.type = ARYL_TYPE_UINT64;
        o->info.element_bytes = 8;
        o->info.variable = 1;
        o->variable = p->n_variable++;
    }
    bool ok = put_word(c, "; ") && put_word(c, spec) && put_word(c, " out=") && put_word(c, form_names[form]) &&
              put_word(c, " as=") && put_value(c, o->info.label);
    return ok ? ARYL_OK : ARYL_E_NOMEM;
}

static void number_info(aryl_output_info *info, const char *kind, const char *spec, const char *unit)
{
    info->kind = kind;
    info->spec = spec;
    info->unit = unit;
    info->form = ARYL_OUT_NUMBER;
    info->type = ARYL_TYPE_FLOAT64;
    info->element_bytes = 8;
    info->width = 1;
    info->row_bytes = 8;
}

static aryl_status match(compiler *c, const spec_stmt *s)
{
    aryl_plan *p = c->plan;
    const spec_arg *as = find_arg(s, "as"), *pattern;
    char flags[120];
    plan_output *o;
    if (!p->patterns) TRY(smarts_set_new(&p->patterns));
    if (p->n_matches == c->cap_matches) {
        int32_t cap = 2 * c->cap_matches + 8;
        plan_match *bigger = arena_grow(&p->mem, p->matches, (size_t)c->cap_matches, (size_t)cap, sizeof *bigger);
        if (!bigger) return ARYL_E_NOMEM;
        p->matches = bigger;
        c->cap_matches = cap;
    }
    plan_match *m = &p->matches[p->n_matches];
    TRY(match_read(s, p->patterns, m, &pattern, c->err));
    if (as) TRY(add_output(c, as->value.text, as->value.len, as->value.at, &o));
    else TRY(add_output(c, "matches", 7, s->kind.at, &o));
    const char *text = keep(c, pattern->value.text, pattern->value.len);
    if (!text) return ARYL_E_NOMEM;
    number_info(&o->info, "matches", text, "");
    o->slot = p->n_matches++;                      // behind the descriptors, once their number is known
    o->match = true;
    if (m->options.chirality) p->want |= PERCEIVE_STEREO;
    snprintf(flags, sizeof flags, " count=%d unique=%d max=%lld chirality=%d mergeh=%d as=", m->counted, m->options.unique,
             (long long)m->options.max_matches, m->options.chirality, m->merge);
    bool ok = put_word(c, "; matches smarts=") && put_value(c, text) && put_word(c, flags) && put_value(c, o->info.label);
    return ok ? ARYL_OK : ARYL_E_NOMEM;
}

static aryl_status descriptor(compiler *c, int32_t value, const char *label, int64_t label_len, int64_t at)
{
    aryl_plan *p = c->plan;
    if (values_has(&p->values, value))
        return fail_at(c->err, ARYL_E_ARGUMENT, at, "descriptor %s is asked for twice", desc_values[value].name);
    plan_output *o;
    TRY(add_output(c, label, label_len, at, &o));
    values_add(&p->values, value);
    const desc_value *v = &desc_values[value];
    if (v->family->patterns) TRY(facts_prepare_patterns());
    o->slot = p->values.slot[p->values.n - 1];
    number_info(&o->info, "desc", v->name, v->unit ? v->unit : "");
    return put_word(c, " ") && put_word(c, v->name) ? ARYL_OK : ARYL_E_NOMEM;
}

static aryl_status descriptors(compiler *c, const spec_stmt *s)
{
    const spec_arg *as = find_arg(s, "as");
    int32_t n_words = 0;
    for (int32_t i = 0; i < s->n_args; i++) {
        spec_text key = s->args[i].key;
        if (!s->args[i].value.text) n_words++;
        else if (!spec_is(key, "as"))
            return fail_at(c->err, ARYL_E_UNKNOWN, key.at, "desc has no parameter '%.*s'", (int)key.len, key.text);
    }
    if (!n_words) return fail_at(c->err, ARYL_E_SYNTAX, s->kind.at, "desc takes names of descriptors or groups, or all");
    if (!put_word(c, "; desc")) return ARYL_E_NOMEM;
    for (int32_t i = 0; i < s->n_args; i++) {
        spec_text name = s->args[i].key;
        if (s->args[i].value.text) continue;
        value_word w;
        if (!values_word(name.text, name.len, &w))
            return fail_at(c->err, ARYL_E_UNKNOWN, name.at, "no descriptor or group '%.*s'", (int)name.len, name.text);
        if (as && (n_words > 1 || w.group >= 0))
            return fail_at(c->err, ARYL_E_ARGUMENT, as->key.at, "as= names a single descriptor");
        for (int32_t v = w.first; v < w.end; v++) {
            if (!values_wanted(&c->plan->values, &w, v)) continue;
            if (as) TRY(descriptor(c, v, as->value.text, as->value.len, as->value.at));
            else TRY(descriptor(c, v, desc_values[v].name, (int64_t)strlen(desc_values[v].name), name.at));
        }
    }
    if (as && !(put_word(c, " as=") && put_value(c, c->plan->outputs[c->plan->n_outputs - 1].info.label))) return ARYL_E_NOMEM;
    return ARYL_OK;
}

static aryl_status compile(compiler *c, const char *spec)
{
    spec_stmt *stmts;
    int32_t n, i = 0;
    TRY(values_init(&c->plan->values, &c->plan->mem));
    TRY(spec_parse(spec, &c->plan->mem, &stmts, &n, c->err));
    for (; i < n; i++) {
        if (spec_is(stmts[i].kind, "in")) TRY(reading(c, &stmts[i]));
        else break;
    }
    if (!put_word(c, c->plan->format == FORMAT_MOL ? "in format=mol" : "in format=smiles")) return ARYL_E_NOMEM;
    for (; i < n; i++) {
        const spec_stmt *s = &stmts[i];
        if (spec_is(s->kind, "in"))
            return fail_at(c->err, ARYL_E_SYNTAX, s->kind.at, "in stands before everything else, and once");
        if (spec_is(s->kind, "std") || spec_is(s->kind, "engine"))
            return fail_at(c->err, ARYL_E_UNSUPPORTED, s->kind.at, "%.*s is reserved; this version does not have it",
                           (int)s->kind.len, s->kind.text);
        if (spec_is(s->kind, "desc")) TRY(descriptors(c, s));
        else if (spec_is(s->kind, "matches")) TRY(match(c, s));
        else TRY(fingerprint(c, s));
    }
    for (int32_t k = 0; k < c->plan->n_outputs; k++)
        if (c->plan->outputs[k].match) c->plan->outputs[k].slot += c->plan->values.n_slots;
    c->plan->canonical = c->text;
    return ARYL_OK;
}

aryl_status plan_new(const char *spec, aryl_plan **out, aryl_error *err)
{
    *out = NULL;
    aryl_plan *p = mem_alloc(sizeof *p);
    if (!p) return fail_at(err, ARYL_E_NOMEM, -1, "out of memory");
    *p = (aryl_plan){.format = FORMAT_SMILES};
    arena_init(&p->mem);
    compiler c = {.plan = p, .err = err};
    aryl_status s = compile(&c, spec);
    if (s != ARYL_OK) {
        plan_free(p);
        return s == ARYL_E_NOMEM ? fail_at(err, s, -1, "out of memory") : s;
    }
    *out = p;
    return ARYL_OK;
}

void plan_free(aryl_plan *plan)
{
    if (!plan) return;
    smarts_set_free(plan->patterns);
    arena_free(&plan->mem);
    mem_free(plan);
}
