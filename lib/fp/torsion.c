// torsion.c - chains of (by default four) bonded atoms.
// Nilakantan, Bauman, Dixon & Venkataraghavan, J. Chem. Inf. Comput. Sci. 1987, 27, 82, doi:10.1021/ci00054a008
#include "fp/fp.h"
#include "perceive/perceive.h"

enum { SIZE, SHORTEST, CHIRALITY };
enum { MOST_ATOMS = 7 };   // nine bits an atom fill the sparse id
static const fp_param params[] = {
    [SIZE] = {"size", 4, 2, MOST_ATOMS, "atoms of a chain"},
    [SHORTEST] = {"shortest", 0, 0, 1, "only chains that are a shortest path between their ends", FP_PARAM_FLAG},
    [CHIRALITY] = {"chirality", 0, 0, 1, "handedness of centres counts", FP_PARAM_FLAG},
    {0},
};

typedef struct walk {
    facts *f;
    fp_sink *out;
    const uint32_t *code;
    int32_t width;
    bool shortest;
} walk;

static bool visit(void *ctx, const int32_t *node, const int32_t *edge, int32_t n_edges)
{
    const walk *w = ctx;
    int32_t n = n_edges + 1;
    for (int32_t k = 1; k < n_edges; k++)
        if (node[k] == node[n_edges]) return true;     // came back, but not to its start
    if (w->shortest && w->f->distance[(size_t)node[0] * (size_t)w->f->mol->n_atoms + (size_t)node[n_edges]] != n_edges) return true;
    uint32_t code[MOST_ATOMS];
    for (int32_t k = 0; k < n; k++) code[k] = w->code[node[k]] - (k && k < n_edges ? 1 : 0);
    bool reverse = false;
    for (int32_t i = 0, j = n - 1; i < j; i++, j--)
        if (code[i] != code[j]) {
            reverse = code[i] > code[j];
            break;
        }
    uint64_t id = 0;
    uint32_t hash = 0;
    for (int32_t k = 0; k < n; k++) {
        uint32_t c = code[reverse ? n - 1 - k : k];
        id |= (uint64_t)c << (w->width * k & 63);   // seven atoms with chirality wrap around
        hash = hash_combine(hash, c);
    }
    if (!fp_emit_id(w->out, id, hash)) return false;
    if (!w->out->want_origin) return true;
    fp_origin origin;
    bool closed = node[0] == node[n_edges];
    if (!fp_origin_of(w->out, node, closed ? n_edges : n, edge, n_edges, &origin)) return false;
    fp_emitted_from(w->out, origin);
    return true;
}

// ---- the usual chains, of four atoms, found around their middle bond: the same as visit(), without origins

static bool emit_four(const walk *w, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    b--;
    c--;
    if (a > d || (a == d && b > c)) {
        uint32_t swap = a;
        a = d;
        d = swap;
        swap = b;
        b = c;
        c = swap;
    }
    uint64_t id = a | (uint64_t)b << w->width | (uint64_t)c << 2 * w->width | (uint64_t)d << 3 * w->width;
    return fp_emit_id(w->out, id, hash_combine(hash_combine(hash_combine(hash_combine(0, a), b), c), d));
}

static aryl_status fours(const walk *w, const uint8_t *skip)
{
    const aryl_mol *m = w->f->mol;
    int64_t steps = 0;
    for (int32_t middle = 0; middle < m->n_bonds; middle++) {
        int32_t u = m->begin[middle], v = m->end[middle];
        steps += 1 + (int64_t)(mol_degree(m, u) - 1) * (mol_degree(m, v) - 1);
        if (steps > w->f->mem->work) return ARYL_E_LIMIT;
        if (skip && skip[middle]) continue;
        for (int32_t i = m->start[u]; i < m->start[u + 1]; i++) {
            int32_t first = m->nbr[i];
            if (first == v || (skip && skip[m->via[i]])) continue;
            for (int32_t j = m->start[v]; j < m->start[v + 1]; j++) {
                int32_t last = m->nbr[j];
                if (last == u || (skip && skip[m->via[j]])) continue;
                if (first == last && (u < first || v < first)) continue;   // a ring of three is one chain
                if (!emit_four(w, w->code[first], w->code[u], w->code[v], w->code[last])) return ARYL_E_NOMEM;
            }
        }
    }
    return arena_work(w->f->mem, steps) ? ARYL_OK : ARYL_E_LIMIT;
}

static aryl_status run(facts *f, const fp_values *v, fp_sink *out)
{
    const aryl_mol *m = f->mol;
    uint32_t *code = arena_new(f->mem, uint32_t, m->n_atoms);
    uint8_t *skip = NULL;
    if (!code) return ARYL_E_NOMEM;
    TRY(fp_atom_codes(f, v->number[CHIRALITY], code));
    out->own_ids = true;
    if (v->number[SHORTEST]) TRY(facts_distance(f));
    if (!v->number[SHORTEST]) TRY(fp_skip_hydrogens(m, f->mem, &skip));   // RDKit's search for shortest paths keeps them
    for (int32_t a = 0; a < m->n_atoms; a++) code[a] = (code[a] - 2) % ((1u << FP_CODE_BITS) - 1) + 1;
    walk w = {f, out, code, FP_CODE_BITS + (v->number[CHIRALITY] ? 2 : 0), v->number[SHORTEST]};
    if (v->number[SIZE] == 4 && !v->number[SHORTEST] && !out->want_origin) return fours(&w, skip);
    graph g = perceive_graph(m);
    int32_t n_edges = v->number[SIZE] - 1;
    aryl_status s = graph_paths(&g, skip, n_edges, n_edges, f->mem, visit, &w);
    return s == ARYL_E_CANCELLED ? ARYL_E_NOMEM : s;
}

const fp_kind fp_torsion = {
    .name = "torsion", .version = 1, .source = "doi:10.1021/ci00054a008", .has_sparse = true, .countsim = true,
    .summary = "chains of bonded atoms", .params = params, .stereo_param = CHIRALITY + 1,
    .run = run,
};
