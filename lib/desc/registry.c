// registry.c - descriptors and groups of them by name.
#include "desc/desc.h"

// A name stands for a family of values once; declaring it again does no harm.
#define DESC(value, family, ...) extern const desc_family desc_##family;
#include "desc/desc_list.h"
#include "desc/own_list.h"
#undef DESC

#define DESC(value, family, index, integer, unit, summary) {#value, &desc_##family, index, integer, unit, summary},
const desc_value desc_values[] = {
#include "desc/desc_list.h"
#include "desc/own_list.h"
};
#undef DESC
const int32_t desc_n_values = sizeof desc_values / sizeof *desc_values;

#define DESC(...) + 1
const int32_t desc_n_reference = 0
#include "desc/desc_list.h"
    ;
#undef DESC

#define GROUP(name, members, summary) {#name, members, summary},
const desc_group desc_groups[] = {
#include "desc/group_list.h"
};
#undef GROUP
const int32_t desc_n_groups = sizeof desc_groups / sizeof *desc_groups;

static bool is(const char *name, const char *text, int64_t len)
{
    return (int64_t)strlen(name) == len && !memcmp(name, text, (size_t)len);
}

int32_t desc_find(const char *name, int64_t len)
{
    for (int32_t i = 0; i < desc_n_values; i++)
        if (is(desc_values[i].name, name, len)) return i;
    return -1;
}

int32_t desc_find_group(const char *name, int64_t len)
{
    for (int32_t i = 0; i < desc_n_groups; i++)
        if (is(desc_groups[i].name, name, len)) return i;
    return -1;
}

bool desc_in_group(int32_t value, int32_t group)
{
    const desc_value *v = &desc_values[value];
    const char *members = desc_groups[group].members;
    if (!*members) return value < desc_n_reference;
    for (int64_t len; *members; members += len + (members[len] == ' ')) {
        len = (int64_t)strcspn(members, " ");
        if (is(v->name, members, len) || is(v->family->name, members, len)) return true;
    }
    return false;
}
