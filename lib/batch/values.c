// values.c - a list of descriptors. Those of one family share its work: the family runs once a molecule, each value
// picks its slot.
#include <math.h>

#include "batch/batch.h"

aryl_status values_init(value_list *l, arena *mem)
{
    *l = (value_list){
        .value = arena_new(mem, int32_t, desc_n_values),
        .slot = arena_new(mem, int32_t, desc_n_values),
        .family = arena_new(mem, const desc_family *, desc_n_values),
        .first = arena_new(mem, int32_t, desc_n_values),
    };
    return l->value && l->slot && l->family && l->first ? ARYL_OK : ARYL_E_NOMEM;
}

bool values_has(const value_list *l, int32_t value)
{
    for (int32_t i = 0; i < l->n; i++)
        if (l->value[i] == value) return true;
    return false;
}

void values_add(value_list *l, int32_t value)
{
    const desc_value *v = &desc_values[value];
    int32_t k = 0;
    while (k < l->n_families && l->family[k] != v->family) k++;
    if (k == l->n_families) {
        l->family[k] = v->family;
        l->first[k] = l->n_slots;
        l->n_slots += v->family->n_values;
        l->want |= v->family->want;
        l->n_families++;
    }
    l->value[l->n] = value;
    l->slot[l->n++] = l->first[k] + v->index;
}

bool values_word(const char *text, int64_t len, value_word *out)
{
    int32_t value = desc_find(text, len);
    *out = (value_word){value, value + 1, -1};
    if (value >= 0) return true;
    *out = (value_word){0, desc_n_values, desc_find_group(text, len)};
    return out->group >= 0;
}

bool values_wanted(const value_list *l, const value_word *w, int32_t value)
{
    return w->group < 0 || (desc_in_group(value, w->group) && !values_has(l, value));
}

aryl_status values_run(const value_list *l, facts *f, int64_t max_work, double *slots, const char **who)
{
    aryl_status first = ARYL_OK;
    for (int32_t k = 0; k < l->n_families; k++) {
        double *out = slots + l->first[k];
        f->mem->work = max_work;
        aryl_status s = l->family[k]->run(f, out);
        if (s == ARYL_OK) continue;
        for (int32_t i = 0; i < l->family[k]->n_values; i++) out[i] = NAN;
        if (first != ARYL_OK) continue;
        first = s;
        *who = l->family[k]->name;
    }
    return first;
}
