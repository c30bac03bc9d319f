// matches.c - the statement "matches": where a pattern of the caller's fits, as yes or no or as a count.
//
// All patterns of a plan are one set, so what they have in common is looked at once a row.
#include "batch/batch.h"

static aryl_status flag_or_number(const spec_arg *a, int64_t most, int64_t *out, aryl_error *err)
{
    int64_t used = text_read_int(a->value.text, a->value.len, out);
    if (used == a->value.len && used && *out >= 0 && *out <= most) return ARYL_OK;
    return fail_at(err, ARYL_E_ARGUMENT, a->value.at, "%.*s takes a number from 0 to %lld", (int)a->key.len, a->key.text,
                   (long long)most);
}

aryl_status match_read(const spec_stmt *s, smarts_set *set, plan_match *m, const spec_arg **pattern, aryl_error *err)
{
    int64_t count = 0, unique = 1, max = 1000, chirality = 0, merge = 0;
    *pattern = NULL;
    for (int32_t i = 0; i < s->n_args; i++) {
        const spec_arg *a = &s->args[i];
        if (!a->value.text)
            return fail_at(err, ARYL_E_SYNTAX, a->key.at, "matches takes name=value, not the word '%.*s'", (int)a->key.len, a->key.text);
        if (spec_is(a->key, "smarts")) *pattern = a;
        else if (spec_is(a->key, "count")) TRY(flag_or_number(a, 1, &count, err));
        else if (spec_is(a->key, "unique")) TRY(flag_or_number(a, 1, &unique, err));
        else if (spec_is(a->key, "max")) TRY(flag_or_number(a, INT32_MAX, &max, err));
        else if (spec_is(a->key, "chirality")) TRY(flag_or_number(a, 1, &chirality, err));
        else if (spec_is(a->key, "mergeh")) TRY(flag_or_number(a, 1, &merge, err));
        else if (!spec_is(a->key, "as"))
            return fail_at(err, ARYL_E_UNKNOWN, a->key.at, "matches has no parameter '%.*s'; there are smarts, count, unique, max, "
                           "chirality, mergeh", (int)a->key.len, a->key.text);
    }
    if (!*pattern) return fail_at(err, ARYL_E_SYNTAX, s->kind.at, "matches needs a pattern, smarts=\"...\"");
    *m = (plan_match){.options = {max, unique, chirality}, .counted = count, .merge = merge};
    aryl_status status = smarts_set_add(set, (*pattern)->value.text, (*pattern)->value.len, merge ? SMARTS_MERGE_H : 0, &m->pattern, err);
    if (status != ARYL_OK && err && err->offset >= 0) err->offset += (*pattern)->value.at;   // exact where nothing is escaped
    return status;
}

aryl_status match_run(const aryl_plan *p, facts *f, int64_t max_work, double *slots)
{
    aryl_status first = ARYL_OK;
    smarts_run r;
    for (int32_t i = 0; i < p->n_matches; i++) slots[i] = __builtin_nan("");
    f->mem->work = max_work;
    TRY(smarts_run_init(&r, p->patterns, f->mol, f->mem));
    r.hybridisation = f->hybridisation;
    for (int32_t i = 0; i < p->n_matches; i++) {
        const plan_match *m = &p->matches[i];
        smarts_options o = m->options;
        int64_t n = 0;
        if (!m->counted) o.max_matches = 1;
        f->mem->work = max_work;
        aryl_status s = smarts_count(&r, m->pattern, &o, &n);
        if (s == ARYL_OK) slots[i] = (double)n;
        if (first == ARYL_OK) first = s;
    }
    return first;
}
