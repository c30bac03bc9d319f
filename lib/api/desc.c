// desc.c - descriptors of single molecules, and the walk over those there are.
#include "api/api.h"

struct aryl_desc {
    arena mem;           // the list, and this
    value_list list;
};

static bool separates(char c) { return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r'; }

static aryl_status read_names(const char *names, value_list *list, aryl_error *err)
{
    for (const char *p = names; *p;) {
        if (separates(*p)) {
            p++;
            continue;
        }
        int64_t len = 0;
        while (p[len] && !separates(p[len])) len++;
        value_word w;
        if (!values_word(p, len, &w))
            return fail_at(err, ARYL_E_UNKNOWN, p - names, "no descriptor or group '%.*s'", (int)(len < 60 ? len : 60), p);
        for (int32_t v = w.first; v < w.end; v++) {
            if (!values_wanted(list, &w, v)) continue;
            if (values_has(list, v))
                return fail_at(err, ARYL_E_ARGUMENT, p - names, "descriptor %s is asked for twice", desc_values[v].name);
            values_add(list, v);
        }
        p += len;
    }
    return list->n ? ARYL_OK : fail_at(err, ARYL_E_ARGUMENT, 0, "names of descriptors or groups expected, or all");
}

ARYL_API aryl_status aryl_desc_new(const char *names, aryl_desc **out, aryl_error *err)
{
    if (!out || !names) return fail_at(err, ARYL_E_ARGUMENT, -1, "names or out is NULL");
    *out = NULL;
    aryl_desc *d = mem_alloc(sizeof *d);
    if (!d) return fail_at(err, ARYL_E_NOMEM, -1, "out of memory");
    arena_init(&d->mem);
    aryl_status s = values_init(&d->list, &d->mem);
    if (s != ARYL_OK) fail_at(err, s, -1, "out of memory");
    else s = read_names(names, &d->list, err);
    if (s == ARYL_OK) *out = d;
    else aryl_desc_free(d);
    return s;
}

ARYL_API void aryl_desc_free(aryl_desc *desc)
{
    if (!desc) return;
    arena_free(&desc->mem);
    mem_free(desc);
}

ARYL_API int32_t aryl_desc_n_values(const aryl_desc *desc) { return desc ? desc->list.n : 0; }

ARYL_API const char *aryl_desc_name(const aryl_desc *desc, int32_t i)
{
    return desc && i >= 0 && i < desc->list.n ? desc_values[desc->list.value[i]].name : NULL;
}

ARYL_API aryl_status aryl_desc_values(const aryl_desc *desc, const aryl_mol *mol, aryl_scratch *scratch, double *out, aryl_error *err)
{
    if (!desc || !mol || !out) return fail_at(err, ARYL_E_ARGUMENT, -1, "desc, mol or out is NULL");
    arena own, *mem = api_scratch(scratch, &own);
    aryl_status s = ARYL_E_NOMEM;
    const char *who = "descriptors";
    double *slots = arena_new(mem, double, desc->list.n_slots);
    if (slots) {
        facts f;
        facts_init(&f, mol, mem);
        s = values_run(&desc->list, &f, ARYL_LIMIT_WORK, slots, &who);
        for (int32_t i = 0; i < desc->list.n; i++) out[i] = slots[desc->list.slot[i]];
    }
    api_scratch_done(&own);
    return s == ARYL_OK ? s : api_blame(err, s, who);
}

ARYL_API int32_t aryl_desc_n_known(void) { return desc_n_values; }

ARYL_API aryl_status aryl_desc_known(int32_t i, aryl_desc_info *info)
{
    if (!info || !api_size_ok(info->size, sizeof *info)) return ARYL_E_ARGUMENT;
    if (i < 0 || i >= desc_n_values) return ARYL_E_UNKNOWN;
    const desc_value *v = &desc_values[i];
    aryl_desc_info ours = {
        .name = v->name, .family = v->family->name, .unit = v->unit ? v->unit : "", .summary = v->summary ? v->summary : "",
        .source = v->family->source, .integer = v->integer,
    };
    api_hand_over(info, &ours, sizeof ours);
    return ARYL_OK;
}

ARYL_API int32_t aryl_desc_n_groups(void) { return desc_n_groups; }

ARYL_API aryl_status aryl_desc_group(int32_t i, aryl_group_info *info)
{
    if (!info || !api_size_ok(info->size, sizeof *info)) return ARYL_E_ARGUMENT;
    if (i < 0 || i >= desc_n_groups) return ARYL_E_UNKNOWN;
    aryl_group_info ours = {.name = desc_groups[i].name, .summary = desc_groups[i].summary};
    for (int32_t v = 0; v < desc_n_values; v++) ours.n_values += desc_in_group(v, i);
    api_hand_over(info, &ours, sizeof ours);
    return ARYL_OK;
}

ARYL_API int32_t aryl_desc_in_group(int32_t i, const char *group)
{
    int32_t g = group ? desc_find_group(group, (int64_t)strlen(group)) : -1;
    return i >= 0 && i < desc_n_values && g >= 0 && desc_in_group(i, g);
}

// ---- contributions

ARYL_API aryl_status aryl_contribution_values(const aryl_mol *mol, const char *name, aryl_scratch *scratch, double *out,
                                              int64_t capacity, double *rest, aryl_error *err)
{
    if (!mol || !name || (!out && mol->n_atoms)) return fail_at(err, ARYL_E_ARGUMENT, -1, "mol, name or out is NULL");
    int32_t i = desc_find_share(name, (int64_t)strlen(name));
    if (i < 0) return fail_at(err, ARYL_E_UNKNOWN, -1, "no contribution '%.60s'", name);
    if (capacity < mol->n_atoms) return fail_at(err, ARYL_E_SPACE, -1, "room for %d atoms is needed", mol->n_atoms);
    arena own, *mem = api_scratch(scratch, &own);
    facts f;
    double none;
    facts_init(&f, mol, mem);
    aryl_status s = desc_shares[i].run(&f, out, rest ? rest : &none);
    api_scratch_done(&own);
    return s == ARYL_OK ? s : api_blame(err, s, desc_shares[i].name);
}

ARYL_API int32_t aryl_contribution_n_known(void) { return desc_n_shares; }

ARYL_API aryl_status aryl_contribution_known(int32_t i, aryl_contribution_info *info)
{
    if (!info || !api_size_ok(info->size, sizeof *info)) return ARYL_E_ARGUMENT;
    if (i < 0 || i >= desc_n_shares) return ARYL_E_UNKNOWN;
    const desc_share *c = &desc_shares[i];
    aryl_contribution_info ours = {
        .name = c->name, .unit = c->unit, .summary = c->summary, .source = c->source, .total = c->total,
    };
    api_hand_over(info, &ours, sizeof ours);
    return ARYL_OK;
}
