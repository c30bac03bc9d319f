// list.c - `aryl list`: kinds, parameters and descriptors, as the registry has them.
#include "cli.h"

static void show_kind(int32_t kind)
{
    aryl_fp_info k = {sizeof k};
    aryl_fp_kind(kind, &k);
    printf("%s%s%s - %s\n", k.name, k.alias ? ", " : "", k.alias ? k.alias : "", k.summary);
    if (k.bits) printf("  %d bits%s\n", k.bits, k.has_sparse ? "; out=bits|counts|sparse" : "; out=bits|counts");
    else printf("  out=bits|counts%s\n", k.has_sparse ? "|sparse" : "");
    for (int32_t i = 0; i < k.n_params; i++) {
        aryl_param_info p = {sizeof p};
        char value[48];
        aryl_fp_param(kind, i, &p);
        if (p.type == ARYL_PARAM_LIST) snprintf(value, sizeof value, "%s=%s", p.name, p.list);
        else snprintf(value, sizeof value, "%s=%d", p.name, p.value);
        printf("  %-24s %s", value, p.help);
        if (p.refused) printf(" (only the default so far: %s)", p.refused);
        else if (p.type == ARYL_PARAM_INT) printf(" (%d to %d)", p.least, p.most);
        putchar('\n');
    }
    printf("  source: %s\n\n", k.source);
}

static void show_descriptors(void)
{
    for (int32_t i = 0; i < aryl_desc_n_known(); i++) {
        aryl_desc_info d = {sizeof d};
        aryl_desc_known(i, &d);
        printf("%-28s %-10s %s\n", d.name, d.unit, d.summary);
    }
}

int cmd_list(int argc, char **argv)
{
    bool names = false;
    const char *what = "all";
    const option options[] = {{"names", "n", OPT_FLAG, &names, NULL, "only the names, one a line"}, {0}};
    int n, status = options_read(command_named("list"), options, argc, argv, &what, 1, &n);
    if (status >= 0) return status;
    bool fps = !strcmp(what, "fp") || !strcmp(what, "all"), descs = !strcmp(what, "desc") || !strcmp(what, "all");
    if (!fps && !descs) return complain(USAGE, "list fp, or list desc, not '%s'", what);
    if (names) {
        for (int32_t i = 0; fps && i < aryl_fp_n_kinds(); i++) {
            aryl_fp_info k = {sizeof k};
            aryl_fp_kind(i, &k);
            puts(k.name);
        }
        for (int32_t i = 0; descs && i < aryl_desc_n_known(); i++) {
            aryl_desc_info d = {sizeof d};
            aryl_desc_known(i, &d);
            puts(d.name);
        }
        return DONE;
    }
    if (fps) puts("FINGERPRINTS\n");
    for (int32_t i = 0; fps && i < aryl_fp_n_kinds(); i++) show_kind(i);
    if (descs) puts("DESCRIPTORS (name, unit, meaning)\n");
    if (descs) show_descriptors();
    return DONE;
}
