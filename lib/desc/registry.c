// registry.c - descriptors by name.
#include "desc/desc.h"

// A name stands for a family of values once; declaring it again does no harm.
#define DESC(value, family, ...) extern const desc_family desc_##family;
#include "desc/desc_list.h"
#undef DESC

#define DESC(value, family, index, integer, unit, summary) {#value, &desc_##family, index, integer, unit, summary},
const desc_value desc_values[] = {
#include "desc/desc_list.h"
};
#undef DESC
const int32_t desc_n_values = sizeof desc_values / sizeof *desc_values;

static bool same(const char *name, const char *word, int64_t len)
{
    return name && (int64_t)strlen(name) == len && !memcmp(name, word, (size_t)len);
}

int32_t desc_find(const char *name, int64_t len)
{
    for (int32_t i = 0; i < desc_n_values; i++)
        if (same(desc_values[i].name, name, len)) return i;
    return -1;
}

int32_t desc_select(const char *word, int64_t len, int32_t after)
{
    for (int32_t i = after + 1; i < desc_n_values; i++) {
        const desc_value *v = &desc_values[i];
        if (same("all", word, len) || same(v->name, word, len) || same(v->family->name, word, len) ||
            same(v->family->group, word, len))
            return i;
    }
    return -1;
}
