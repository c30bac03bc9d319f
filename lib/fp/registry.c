// registry.c - the kinds by name, and their parameters as text.
#include <stdio.h>

#include "fp/fp.h"

#define FP(kind) extern const fp_kind fp_##kind;
#include "fp/fp_list.h"
#undef FP

#define FP(kind) &fp_##kind,
const fp_kind *const fp_kinds[] = {
#include "fp/fp_list.h"
};
#undef FP
const int32_t fp_n_kinds = sizeof fp_kinds / sizeof *fp_kinds;

enum { BITS, COUNTSIM, COUNTBOUNDS, N_SINK };
static const fp_param sink_params[N_SINK] = {
    [BITS] = {"bits", 2048, 1, FP_MAX_BITS, "width of the folded row"},
    [COUNTSIM] = {"countsim", 0, 0, 1, "several bits a feature, set by how often it occurs", FP_PARAM_FLAG},
    [COUNTBOUNDS] = {"countbounds", 0, 1, INT32_MAX, "the counts at which those bits are set", FP_PARAM_LIST, "1,2,4,8"},
};

static bool same(const char *a, const char *text, int64_t len)
{
    return a && (int64_t)strlen(a) == len && !memcmp(a, text, (size_t)len);
}

const fp_kind *fp_find(const char *name, int64_t len)
{
    for (int32_t i = 0; i < fp_n_kinds; i++)
        if (same(fp_kinds[i]->name, name, len) || same(fp_kinds[i]->alias, name, len)) return fp_kinds[i];
    return NULL;
}

static int32_t n_own(const fp_kind *kind)
{
    int32_t n = 0;
    while (kind->params[n].name) n++;
    assert(n <= FP_MAX_PARAMS);
    return n;
}

int32_t fp_n_params(const fp_kind *kind) { return n_own(kind) + (kind->bits ? 0 : N_SINK); }

fp_param fp_param_at(const fp_kind *kind, int32_t i)
{
    int32_t own = n_own(kind);
    if (i < own) return kind->params[i];
    fp_param p = sink_params[i - own];
    if (i - own == COUNTSIM) p.value = kind->countsim;
    return p;
}

// Where the value of parameter i is kept; not for lists.
static int32_t *slot(const fp_kind *kind, fp_values *v, int32_t i)
{
    int32_t own = n_own(kind);
    return i < own ? &v->number[i] : i - own == BITS ? &v->bits : &v->countsim;
}

// The whole text as one number within the parameter's range.
static aryl_status read_number(const fp_param *p, const char *text, int64_t len, int32_t *out, aryl_error *err)
{
    int64_t number, used = text_read_int(text, len, &number);
    if (!used || used != len)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "%s=%.*s: not a number", p->name, (int)(len < 60 ? len : 60), text);
    if (number < p->least || number > p->most)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "%s=%lld: from %d to %d", p->name, (long long)number, p->least, p->most);
    *out = (int32_t)number;
    return ARYL_OK;
}

static aryl_status read_list(const fp_param *p, const char *text, int64_t len, fp_values *v, aryl_error *err)
{
    int32_t list[FP_MAX_LIST], n = 0;
    for (int64_t at = 0; at <= len;) {
        int64_t end = at;
        while (end < len && text[end] != ',') end++;
        if (n == FP_MAX_LIST) return fail_at(err, ARYL_E_ARGUMENT, -1, "%s: more than %d numbers", p->name, FP_MAX_LIST);
        TRY(read_number(p, text + at, end - at, &list[n++], err));
        at = end + 1;
    }
    memcpy(v->bound, list, sizeof list);
    v->n_bounds = n;
    return ARYL_OK;
}

void fp_defaults(const fp_kind *kind, fp_values *v)
{
    *v = (fp_values){0};
    for (int32_t i = 0; i < fp_n_params(kind); i++) {
        fp_param p = fp_param_at(kind, i);
        if (p.type != FP_PARAM_LIST) *slot(kind, v, i) = p.value;
        else read_list(&p, p.list, (int64_t)strlen(p.list), v, NULL);
    }
}

aryl_status fp_set(const fp_kind *kind, fp_values *v, const char *key, int64_t key_len, const char *value,
                   int64_t value_len, aryl_error *err)
{
    for (int32_t i = 0; i < fp_n_params(kind); i++) {
        fp_param p = fp_param_at(kind, i);
        if (!same(p.name, key, key_len)) continue;
        if (p.type == FP_PARAM_LIST) return read_list(&p, value, value_len, v, err);
        int32_t number;
        TRY(read_number(&p, value, value_len, &number, err));
        if (p.refused && number != p.value)
            return fail_at(err, ARYL_E_UNSUPPORTED, -1, "%s %s=%d: %s", kind->name, p.name, number, p.refused);
        *slot(kind, v, i) = number;
        return ARYL_OK;
    }
    return fail_at(err, ARYL_E_UNKNOWN, -1, "%s has no parameter \"%.*s\"", kind->name,
                   (int)(key_len < 60 ? key_len : 60), key);
}

aryl_status fp_check(const fp_kind *kind, const fp_values *v, aryl_error *err)
{
    if (!kind->bits && v->countsim && v->n_bounds > 1 && v->n_bounds >= v->bits)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "countbounds: %d bounds need more than %d bits", v->n_bounds, v->bits);
    return kind->check ? kind->check(v, err) : ARYL_OK;
}

bool fp_same(const fp_kind *kind, const fp_values *a, const fp_values *b)
{
    return !memcmp(a->number, b->number, (size_t)n_own(kind) * sizeof *a->number) && a->bits == b->bits &&
           a->countsim == b->countsim && a->n_bounds == b->n_bounds &&
           !memcmp(a->bound, b->bound, (size_t)a->n_bounds * sizeof *a->bound);
}

// Appends to buf as far as cap allows; `at` counts on regardless.
static int64_t put(char *buf, int64_t cap, int64_t at, const char *text)
{
    for (; *text; text++, at++)
        if (at < cap) buf[at] = *text;
    return at;
}

static int64_t put_number(char *buf, int64_t cap, int64_t at, int32_t number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", (int)number);
    return put(buf, cap, at, text);
}

int64_t fp_canonical(const fp_kind *kind, const fp_values *v, char *buf, int64_t cap)
{
    int64_t at = put(buf, cap, 0, kind->name);
    for (int32_t i = 0; i < fp_n_params(kind); i++) {
        fp_param p = fp_param_at(kind, i);
        at = put(buf, cap, put(buf, cap, put(buf, cap, at, " "), p.name), "=");
        if (p.type != FP_PARAM_LIST) {
            at = put_number(buf, cap, at, *slot(kind, (fp_values *)v, i));
            continue;
        }
        for (int32_t k = 0; k < v->n_bounds; k++) {
            if (k) at = put(buf, cap, at, ",");
            at = put_number(buf, cap, at, v->bound[k]);
        }
    }
    if (cap > 0) buf[at < cap ? at : cap - 1] = 0;
    return at;
}
