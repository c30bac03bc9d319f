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

// Groups that have the descriptor, the one that is meant apart.
static void show_groups_of(int32_t desc, const char *apart)
{
    const char *space = "";
    for (int32_t g = 0; g < aryl_desc_n_groups(); g++) {
        aryl_group_info group = {sizeof group};
        aryl_desc_group(g, &group);
        if (!strcmp(group.name, apart) || !aryl_desc_in_group(desc, group.name)) continue;
        printf("%s%s", space, group.name);
        space = " ";
    }
}

static void show_descriptors(void)
{
    puts("GROUPS OF DESCRIPTORS (name, members, meaning)\n");
    for (int32_t i = 0; i < aryl_desc_n_groups(); i++) {
        aryl_group_info g = {sizeof g};
        aryl_desc_group(i, &g);
        printf("%-28s %-10d %s\n", g.name, g.n_values, g.summary);
    }
    puts("\nDESCRIPTORS (name, unit, meaning)\n");
    for (int32_t i = 0; i < aryl_desc_n_known(); i++) {
        aryl_desc_info d = {sizeof d};
        aryl_desc_known(i, &d);
        if (i && !aryl_desc_in_group(i, "all") && aryl_desc_in_group(i - 1, "all")) puts("\nDESCRIPTORS OF OUR OWN\n");
        printf("%-28s %-10s %s\n", d.name, d.unit, d.summary);
    }
    puts("\nCONTRIBUTIONS OF ATOMS (name, unit, meaning)\n");
    for (int32_t i = 0; i < aryl_contribution_n_known(); i++) {
        aryl_contribution_info c = {sizeof c};
        aryl_contribution_known(i, &c);
        printf("%-28s %-10s %s\n", c.name, c.unit, c.summary);
    }
}

// docs/descriptors.md
static void page_row(const aryl_desc_info *d, int32_t i)
{
    printf("| `%s` | %s | %s | ", d->name, d->unit, d->summary);
    show_groups_of(i, "all");
    printf(" | %s |\n", d->source);
}

static void show_page(void)
{
    puts("# Descriptors, groups and contributions\n\n"
         "Printed by `aryl list desc --markdown`; `make docs` writes this page. What it all means is in "
         "[desc.md](desc.md).\n\n"
         "## Groups\n\n| group | members | meaning |\n|---|---|---|");
    for (int32_t i = 0; i < aryl_desc_n_groups(); i++) {
        aryl_group_info g = {sizeof g};
        aryl_desc_group(i, &g);
        printf("| `%s` | %d | %s |\n", g.name, g.n_values, g.summary);
    }
    for (int32_t own = 0; own < 2; own++) {
        printf("\n## %s\n\n| name | unit | meaning | groups | source |\n|---|---|---|---|---|\n",
               own ? "Of our own" : "RDKit's, in its order");
        for (int32_t i = 0; i < aryl_desc_n_known(); i++) {
            aryl_desc_info d = {sizeof d};
            aryl_desc_known(i, &d);
            if (aryl_desc_in_group(i, "all") != own) page_row(&d, i);
        }
    }
    puts("\n## Contributions of atoms\n\n"
         "| name | unit | meaning | sums up to the descriptor | source |\n|---|---|---|---|---|");
    for (int32_t i = 0; i < aryl_contribution_n_known(); i++) {
        aryl_contribution_info c = {sizeof c};
        aryl_contribution_known(i, &c);
        printf("| `%s` | %s | %s | %s | %s |\n", c.name, c.unit, c.summary, c.total ? "yes" : "", c.source);
    }
}

int cmd_list(int argc, char **argv)
{
    bool names = false, markdown = false;
    const char *what = "all";
    const option options[] = {
        {"names", "n", OPT_FLAG, &names, NULL, "only the names, one a line"},
        {"markdown", NULL, OPT_FLAG, &markdown, NULL, "descriptors as the page of a manual"},
        {0},
    };
    int n, status = options_read(command_named("list"), options, argc, argv, &what, 1, &n);
    if (status >= 0) return status;
    bool fps = !strcmp(what, "fp") || !strcmp(what, "all"), descs = !strcmp(what, "desc") || !strcmp(what, "all");
    if (!fps && !descs) return complain(USAGE, "list fp, or list desc, not '%s'", what);
    if (markdown && (names || fps)) return complain(USAGE, "--markdown is for list desc");
    if (markdown) show_page();
    if (markdown) return DONE;
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
    if (descs) show_descriptors();
    return DONE;
}
