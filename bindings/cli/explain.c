// explain.c - `aryl explain`: which atoms and bonds of a molecule set which bits of a fingerprint, or add to a number.
#include "cli.h"

typedef struct explained {
    aryl_mol *mol;
    aryl_fp *fp;
    aryl_feature *features;
    int32_t *members, *number, *begin, *end;
    int64_t n;
} explained;

static void *numbers(int64_t n) { return must(calloc((size_t)n + 1, sizeof(int32_t))); }

static int read_mol(const char *text, aryl_mol **mol)
{
    aryl_error err;
    if (aryl_mol_parse(text, (int64_t)strlen(text), "smiles", mol, &err) != ARYL_OK) {
        complain(BAD_ROWS, "%s", err.message);
        if (err.offset >= 0) fprintf(stderr, "  %s\n  %*s^\n", text, (int)err.offset, "");
        return BAD_ROWS;
    }
    return DONE;
}

static int load(explained *x, const char *text, const char *spec)
{
    aryl_error err;
    if (aryl_fp_new(spec, &x->fp, &err) != ARYL_OK) {
        complain(USAGE, "%s", err.message);
        if (err.offset >= 0) fprintf(stderr, "  %s\n  %*s^\n", spec, (int)err.offset, "");
        return USAGE;
    }
    int status = read_mol(text, &x->mol);
    if (status != DONE) return status;
    int64_t n_members = 0;
    aryl_status s = aryl_fp_features(x->fp, x->mol, NULL, NULL, 0, &x->n, NULL, 0, &n_members, &err);
    if (s == ARYL_E_SPACE) {
        x->features = must(calloc((size_t)x->n + 1, sizeof *x->features));
        x->members = numbers(n_members);
        s = aryl_fp_features(x->fp, x->mol, NULL, x->features, x->n, &x->n, x->members, n_members, &n_members, &err);
    }
    if (s != ARYL_OK) return complain(FAILED, "%s", err.message);
    int32_t n_atoms = aryl_mol_n_atoms(x->mol), n_bonds = aryl_mol_n_bonds(x->mol);
    x->number = numbers(n_atoms);
    x->begin = numbers(n_bonds);
    x->end = numbers(n_bonds);
    aryl_mol_atoms(x->mol, ARYL_ATOM_NUMBER, x->number, n_atoms);
    aryl_mol_bonds(x->mol, ARYL_BOND_BEGIN, x->begin, n_bonds);
    aryl_mol_bonds(x->mol, ARYL_BOND_END, x->end, n_bonds);
    return DONE;
}

// Kinds with a centre say how far they reach; what lies within is found here.
static void mark_sphere(const explained *x, int32_t centre, int32_t radius, int32_t *distance, bool *bond)
{
    int32_t n_atoms = aryl_mol_n_atoms(x->mol), n_bonds = aryl_mol_n_bonds(x->mol);
    for (int32_t a = 0; a < n_atoms; a++) distance[a] = a == centre ? 0 : -1;
    for (int32_t b = 0; b < n_bonds; b++) bond[b] = false;
    for (int32_t r = 0; r < radius; r++)
        for (int32_t b = 0; b < n_bonds; b++) {
            int32_t p = x->begin[b], q = x->end[b];
            bool from_p = distance[p] >= 0 && distance[p] <= r, from_q = distance[q] >= 0 && distance[q] <= r;
            bond[b] = bond[b] || from_p || from_q;
            if (from_p && distance[q] < 0) distance[q] = r + 1;
            if (from_q && distance[p] < 0) distance[p] = r + 1;
        }
}

static void put_atom(const explained *x, int32_t atom, const char **space)
{
    printf("%s%s%d", *space, aryl_element_symbol(x->number[atom]), (int)atom);
    *space = " ";
}

static void put_bond(const explained *x, int32_t b, const char **space)
{
    printf("%s%d-%d", *space, (int)x->begin[b], (int)x->end[b]);
    *space = " ";
}

static void put_feature(const explained *x, const aryl_feature *f, int32_t *distance, bool *bond)
{
    const char *space = "";
    printf("%d\t%llu\t", (int)f->bit, (unsigned long long)f->id);
    if (f->atom >= 0) printf("%d\t%d\t", (int)f->atom, (int)f->radius);
    else fputs("\t\t", stdout);
    if (f->n_atoms || f->atom < 0) {
        for (int32_t i = 0; i < f->n_atoms; i++) put_atom(x, x->members[f->first + i], &space);
        putchar('\t');
        space = "";
        for (int32_t i = 0; i < f->n_bonds; i++) put_bond(x, x->members[f->first + f->n_atoms + i], &space);
    } else {
        mark_sphere(x, f->atom, f->radius, distance, bond);
        for (int32_t a = 0; a < aryl_mol_n_atoms(x->mol); a++)
            if (distance[a] >= 0) put_atom(x, a, &space);
        putchar('\t');
        space = "";
        for (int32_t b = 0; b < aryl_mol_n_bonds(x->mol); b++)
            if (bond[b]) put_bond(x, b, &space);
    }
    putchar('\n');
}

static int show(const explained *x, int64_t bit)
{
    int32_t *distance = numbers(aryl_mol_n_atoms(x->mol));
    bool *bond = must(calloc((size_t)aryl_mol_n_bonds(x->mol) + 1, sizeof *bond));
    int64_t shown = 0;
    puts("bit\tid\tcentre\tradius\tatoms\tbonds");
    for (int64_t i = 0; i < x->n; i++) {
        if (bit >= 0 && x->features[i].bit != bit) continue;
        put_feature(x, &x->features[i], distance, bond);
        shown++;
    }
    free(distance);
    free(bond);
    return shown || bit < 0 ? DONE : complain(BAD_ROWS, "bit %lld is not set", (long long)bit);
}

// ---- contributions

// A line for each atom, a column for each name, and what belongs to no atom at the end.
static int show_contributions(const aryl_mol *mol, char **names, int n_names)
{
    int32_t n_atoms = aryl_mol_n_atoms(mol), *number = numbers(n_atoms);
    double *value = must(calloc((size_t)n_names * (size_t)n_atoms + 1, sizeof *value));
    double *rest = must(calloc((size_t)n_names, sizeof *rest));
    int status = DONE;
    aryl_error err;
    aryl_mol_atoms(mol, ARYL_ATOM_NUMBER, number, n_atoms);
    for (int i = 0; status == DONE && i < n_names; i++) {
        double *out = value + (size_t)i * (size_t)n_atoms;
        aryl_status s = aryl_contribution_values(mol, names[i], NULL, out, n_atoms, &rest[i], &err);
        if (s != ARYL_OK) status = complain(s == ARYL_E_UNKNOWN ? USAGE : FAILED, "%s", err.message);
        if (s == ARYL_E_UNKNOWN) {
            fputs("  there are:", stderr);
            for (int32_t k = 0; k < aryl_contribution_n_known(); k++) {
                aryl_contribution_info c = {sizeof c};
                aryl_contribution_known(k, &c);
                fprintf(stderr, " %s", c.name);
            }
            fputc('\n', stderr);
        }
    }
    for (int32_t a = -1; status == DONE && a <= n_atoms; a++) {
        if (a < 0) fputs("atom", stdout);
        else if (a < n_atoms) printf("%s%d", aryl_element_symbol(number[a]), (int)a);
        else fputs("rest", stdout);
        for (int i = 0; i < n_names; i++) {
            putchar('\t');
            if (a < 0) fputs(names[i], stdout);
            else put_number(stdout, a < n_atoms ? value[(size_t)i * (size_t)n_atoms + (size_t)a] : rest[i]);
        }
        putchar('\n');
    }
    free(number);
    free(value);
    free(rest);
    return status;
}

static int explain_numbers(const char *text, const char *list)
{
    aryl_mol *mol = NULL;
    char *copy = must(malloc(strlen(list) + 1)), **names = must(malloc((strlen(list) + 1) * sizeof *names));
    int n = 0, status = read_mol(text, &mol);
    strcpy(copy, list);
    for (char *c = strtok(copy, " ,"); c; c = strtok(NULL, " ,")) names[n++] = c;
    if (status == DONE && !n) status = complain(USAGE, "--desc: names are needed");
    if (status == DONE) status = show_contributions(mol, names, n);
    aryl_mol_free(mol);
    free(names);
    free(copy);
    return status;
}

int cmd_explain(int argc, char **argv)
{
    int64_t bit = -1;
    const char *args[2], *names = NULL;
    int n;
    const option options[] = {
        {"bit", "b", OPT_INT, &bit, "N", "only what sets bit N of the folded row"},
        {"desc", "d", OPT_TEXT, &names, "NAMES", "what each atom adds to numbers: \"MolLogP TPSA\"; aryl list desc has them"},
        {0},
    };
    int status = options_read(command_named("explain"), options, argc, argv, args, 2, &n);
    if (status >= 0) return status;
    if (!n) return complain(USAGE, "a SMILES is needed; see aryl explain --help");
    if (names && (n > 1 || bit >= 0)) return complain(USAGE, "--desc explains numbers, not bits");
    if (names) return explain_numbers(args[0], names);
    explained x = {0};
    status = load(&x, args[0], n > 1 ? args[1] : "ecfp");
    if (status == DONE && bit >= aryl_fp_n_bits(x.fp))
        status = complain(USAGE, "--bit: the fingerprint has bits 0 to %d", aryl_fp_n_bits(x.fp) - 1);
    if (status == DONE) status = show(&x, bit);
    free(x.features);
    free(x.members);
    free(x.number);
    free(x.begin);
    free(x.end);
    aryl_fp_free(x.fp);
    aryl_mol_free(x.mol);
    return status;
}
