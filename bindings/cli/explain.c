// explain.c - `aryl explain`: which atoms and bonds of a molecule set which bits of a fingerprint.
#include "cli.h"

typedef struct explained {
    aryl_mol *mol;
    aryl_fp *fp;
    aryl_feature *features;
    int32_t *members, *number, *begin, *end;
    int64_t n;
} explained;

static void *numbers(int64_t n) { return must(calloc((size_t)n + 1, sizeof(int32_t))); }

static int load(explained *x, const char *text, const char *spec)
{
    aryl_error err;
    if (aryl_fp_new(spec, &x->fp, &err) != ARYL_OK) {
        complain(USAGE, "%s", err.message);
        if (err.offset >= 0) fprintf(stderr, "  %s\n  %*s^\n", spec, (int)err.offset, "");
        return USAGE;
    }
    if (aryl_mol_parse(text, (int64_t)strlen(text), "smiles", &x->mol, &err) != ARYL_OK) {
        complain(BAD_ROWS, "%s", err.message);
        if (err.offset >= 0) fprintf(stderr, "  %s\n  %*s^\n", text, (int)err.offset, "");
        return BAD_ROWS;
    }
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

int cmd_explain(int argc, char **argv)
{
    int64_t bit = -1;
    const char *args[2];
    int n;
    const option options[] = {
        {"bit", "b", OPT_INT, &bit, "N", "only what sets bit N of the folded row"},
        {0},
    };
    int status = options_read(command_named("explain"), options, argc, argv, args, 2, &n);
    if (status >= 0) return status;
    if (!n) return complain(USAGE, "a SMILES is needed; see aryl explain --help");
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
