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

int32_t desc_find(const char *name, int64_t len)
{
    for (int32_t i = 0; i < desc_n_values; i++)
        if ((int64_t)strlen(desc_values[i].name) == len && !memcmp(desc_values[i].name, name, (size_t)len)) return i;
    return -1;
}
