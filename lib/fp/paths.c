// paths.c - sets of bonds, branched or linear, for the kinds that are made of them.
#include "fp/fp.h"
#include "perceive/perceive.h"

aryl_status fp_skip_hydrogens(const aryl_mol *m, arena *mem, uint8_t **skip)
{
    *skip = NULL;
    if (!memchr(m->z, 1, (size_t)m->n_atoms)) return ARYL_OK;
    *skip = arena_new(mem, uint8_t, m->n_bonds);
    if (!*skip) return ARYL_E_NOMEM;
    for (int32_t b = 0; b < m->n_bonds; b++) (*skip)[b] = m->z[m->begin[b]] == 1 || m->z[m->end[b]] == 1;
    return ARYL_OK;
}

aryl_status fp_check_lengths(const fp_values *v, aryl_error *err)
{
    if (v->number[0] <= v->number[1]) return ARYL_OK;
    return fail_at(err, ARYL_E_ARGUMENT, -1, "minpath is greater than maxpath");
}

typedef struct filter {
    graph_edges_fn visit;
    void *ctx;
    int32_t least;
} filter;

static bool long_enough(void *ctx, const int32_t *bond, int32_t n)
{
    const filter *x = ctx;
    return n < x->least || x->visit(x->ctx, bond, n);
}

static bool path_as_set(void *ctx, const int32_t *atom, const int32_t *bond, int32_t n)
{
    const filter *x = ctx;
    (void)atom;
    return x->visit(x->ctx, bond, n);
}

aryl_status fp_bond_sets(facts *f, const uint8_t *skip, int32_t least, int32_t most, bool branched, graph_edges_fn visit, void *ctx)
{
    graph g = perceive_graph(f->mol);
    filter x = {visit, ctx, least};
    aryl_status s = branched ? graph_subgraphs(&g, skip, most, f->mem, long_enough, &x)
                             : graph_paths(&g, skip, least, most, f->mem, path_as_set, &x);
    return s == ARYL_E_CANCELLED ? ARYL_E_NOMEM : s;   // nothing else stops a visit
}

int32_t fp_set_degrees(const aryl_mol *m, const int32_t *bond, int32_t n, int32_t *atom, uint8_t *degree)
{
    int32_t found = 0;
    for (int32_t i = 0; i < n; i++) {
        int32_t begin = m->begin[bond[i]], end = m->end[bond[i]];
        if (!degree[begin]++) atom[found++] = begin;
        if (!degree[end]++) atom[found++] = end;
    }
    return found;
}
