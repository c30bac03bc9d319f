// spec.c - the grammar of specs:
//   plan := stmt { ";" stmt }    stmt := kind { word | key "=" value }    value := bare | "quoted, with \" and \\"
#include "batch/batch.h"

typedef struct lexer {
    const char *text;
    int64_t at, len;
    arena *mem;
    aryl_error *err;
} lexer;

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool ends_word(char c) { return is_space(c) || c == ';' || c == '=' || c == '"'; }
static bool more(const lexer *x) { return x->at < x->len; }

static void skip_space(lexer *x)
{
    while (more(x) && is_space(x->text[x->at])) x->at++;
}

static aryl_status word(lexer *x, const char *what, spec_text *out)
{
    int64_t begin = x->at;
    while (more(x) && !ends_word(x->text[x->at])) x->at++;
    if (x->at == begin) return fail_at(x->err, ARYL_E_SYNTAX, begin, "%s expected", what);
    *out = (spec_text){x->text + begin, x->at - begin, begin};
    return ARYL_OK;
}

static aryl_status quoted(lexer *x, spec_text *out)
{
    int64_t open = x->at++;
    char *buf = arena_new(x->mem, char, x->len - open);
    if (!buf) return ARYL_E_NOMEM;
    int64_t n = 0;
    for (; more(x) && x->text[x->at] != '"'; x->at++) {
        if (x->text[x->at] == '\\') {
            char c = x->at + 1 < x->len ? x->text[x->at + 1] : 0;
            if (c != '"' && c != '\\')
                return fail_at(x->err, ARYL_E_SYNTAX, x->at, "a backslash in quotes stands before \" or \\");
            x->at++;
        }
        buf[n++] = x->text[x->at];
    }
    if (!more(x)) return fail_at(x->err, ARYL_E_SYNTAX, open, "quote is not closed");
    x->at++;
    if (more(x) && !is_space(x->text[x->at]) && x->text[x->at] != ';')
        return fail_at(x->err, ARYL_E_SYNTAX, x->at, "space or ; expected after a quoted value");
    *out = (spec_text){buf, n, open};
    return ARYL_OK;
}

static aryl_status value(lexer *x, spec_text *out)
{
    int64_t begin = x->at;
    if (more(x) && x->text[x->at] == '"') return quoted(x, out);
    while (more(x) && !is_space(x->text[x->at]) && x->text[x->at] != ';') {
        if (x->text[x->at] == '"') return fail_at(x->err, ARYL_E_SYNTAX, x->at, "quotes enclose a whole value");
        x->at++;
    }
    if (x->at == begin) return fail_at(x->err, ARYL_E_SYNTAX, begin, "value expected after =");
    *out = (spec_text){x->text + begin, x->at - begin, begin};
    return ARYL_OK;
}

static aryl_status statement(lexer *x, spec_stmt *s)
{
    int32_t cap = 0;
    TRY(word(x, "name of a fingerprint, or desc,", &s->kind));
    for (skip_space(x); more(x) && x->text[x->at] != ';'; skip_space(x)) {
        if (s->n_args == cap) {
            s->args = arena_grow(x->mem, s->args, (size_t)cap, (size_t)(2 * cap + 8), sizeof *s->args);
            if (!s->args) return ARYL_E_NOMEM;
            cap = 2 * cap + 8;
        }
        spec_arg a = {0};
        TRY(word(x, "word or key=value", &a.key));
        if (more(x) && x->text[x->at] == '=') {
            x->at++;
            TRY(value(x, &a.value));
            for (int32_t i = 0; i < s->n_args; i++)
                if (s->args[i].value.text && s->args[i].key.len == a.key.len &&
                    !memcmp(s->args[i].key.text, a.key.text, (size_t)a.key.len))
                    return fail_at(x->err, ARYL_E_SYNTAX, a.key.at, "%.*s is given twice", (int)a.key.len, a.key.text);
        }
        s->args[s->n_args++] = a;
    }
    return ARYL_OK;
}

aryl_status spec_parse(const char *text, arena *mem, spec_stmt **stmts, int32_t *n, aryl_error *err)
{
    lexer x = {text, 0, (int64_t)strlen(text), mem, err};
    spec_stmt *list = NULL;
    int32_t cap = 0;
    *n = 0;
    for (;;) {
        skip_space(&x);
        if (!more(&x)) break;
        if (x.text[x.at] == ';') {       // empty statements are nobody's mistake
            x.at++;
            continue;
        }
        spec_stmt s = {0};
        TRY(statement(&x, &s));
        if (*n == cap) {
            list = arena_grow(mem, list, (size_t)cap, (size_t)(2 * cap + 8), sizeof *list);
            if (!list) return ARYL_E_NOMEM;
            cap = 2 * cap + 8;
        }
        list[(*n)++] = s;
    }
    *stmts = list;
    return ARYL_OK;
}

bool spec_is(spec_text t, const char *word)
{
    return (int64_t)strlen(word) == t.len && !memcmp(t.text, word, (size_t)t.len);
}

static aryl_status unknown_kind(spec_text t, aryl_error *err)
{
    if (!err) return ARYL_E_UNKNOWN;
    fail_at(err, ARYL_E_UNKNOWN, t.at, "no kind '%.*s'; there are desc, matches", (int)(t.len < 60 ? t.len : 60), t.text);
    for (int32_t k = 0; k < fp_n_kinds; k++) {
        size_t used = strlen(err->message), add = strlen(fp_kinds[k]->name);
        if (used + add + 3 > sizeof err->message) break;
        memcpy(err->message + used, ", ", 2);
        memcpy(err->message + used + 2, fp_kinds[k]->name, add + 1);
    }
    return ARYL_E_UNKNOWN;
}

aryl_status spec_fp(const spec_stmt *s, bool in_plan, const fp_kind **kind, fp_values *values, aryl_error *err)
{
    const fp_kind *k = *kind = fp_find(s->kind.text, s->kind.len);
    if (!k) return unknown_kind(s->kind, err);
    fp_defaults(k, values);
    for (int32_t i = 0; i < s->n_args; i++) {
        spec_text key = s->args[i].key, v = s->args[i].value;
        if (!v.text)
            return fail_at(err, ARYL_E_SYNTAX, key.at, "%s takes name=value, not the word '%.*s'", k->name, (int)key.len,
                           key.text);
        if (spec_is(key, "as") || spec_is(key, "out")) {
            if (in_plan) continue;
            return fail_at(err, ARYL_E_UNKNOWN, key.at, "%.*s= belongs to a plan", (int)key.len, key.text);
        }
        aryl_status status = fp_set(k, values, key.text, key.len, v.text, v.len, err);
        if (status == ARYL_OK) continue;
        if (err) err->offset = status == ARYL_E_UNKNOWN ? key.at : v.at;
        return status;
    }
    aryl_status status = fp_check(k, values, err);
    if (status != ARYL_OK && err) err->offset = s->kind.at;
    return status;
}
