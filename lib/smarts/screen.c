// screen.c - what a molecule must have for a pattern to fit it at all, told from a word and a number of the molecule.
#include "smarts/smarts.h"

enum { NO = 1, YES = 2, MAYBE = NO | YES };        // for all atoms of a kind, or for some

static int32_t within(int32_t low, int32_t high, int32_t from, int32_t to)
{
    if (from > high || to < low) return NO;
    return from <= low && to >= high ? YES : MAYBE;
}

static int32_t types_fit(const node *n, const int32_t *run, const mol_kind *k)
{
    int32_t answer = NO;
    for (int32_t i = 0; i < n->n && answer != YES; i++) {
        int32_t low = run[i] & 0xFF, one = within(k->type[0], k->type[1], low, low + (run[i] >> 8));
        answer = one == NO ? answer : one;
    }
    return answer;
}

static int32_t range_fits(const node *n, const mol_kind *k)
{
    int32_t low, high;
    switch (n->prop) {
    case PROP_TYPE: low = k->type[0]; high = k->type[1]; break;
    case PROP_AROMATIC:
        if (k->type[0] != k->type[1]) return MAYBE;
        low = high = k->type[0] & 1;
        break;
    case PROP_CHARGE: low = k->charge[0]; high = k->charge[1]; break;
    case PROP_TOTAL_H: low = k->total_h[0]; high = k->total_h[1]; break;
    default: return MAYBE;
    }
    return within(low, high, n->low, n->high);
}

static int32_t leaf_fits(const node *n, const int32_t *run, const mol_kind *k)
{
    return n->op == OP_RANGE ? range_fits(n, k) : types_fit(n, run, k);
}

void smarts_judge_kinds(const smarts_set *s, node *n, const int32_t *child)
{
    n->may = ~0ull;
    n->must = 0;
    switch (n->op) {
    case OP_ANY: n->must = ~0ull; break;
    case OP_RANGE: case OP_TYPES:
        n->may = 0;
        for (int32_t k = 0; k < MOL_KINDS; k++) {
            int32_t answer = leaf_fits(n, child, &mol_kinds[k]);
            n->may |= (uint64_t)(answer != NO) << k;
            n->must |= (uint64_t)(answer == YES) << k;
        }
        break;
    case OP_NOT:
        n->may = ~s->nodes[n->low].must;
        n->must = ~s->nodes[n->low].may;
        break;
    case OP_AND:
        n->must = ~0ull;
        for (int32_t c = 0; c < n->n; c++) {
            n->may &= s->nodes[child[c]].may;
            n->must &= s->nodes[child[c]].must;
        }
        break;
    case OP_OR:
        n->may = 0;
        for (int32_t c = 0; c < n->n; c++) {
            n->may |= s->nodes[child[c]].may;
            n->must |= s->nodes[child[c]].must;
        }
        break;
    case OP_SUB: n->may = s->nodes[s->patterns[n->low]->expr[0]].may; break;
    default: break;
    }
}

void smarts_screen_init(smarts_screen *x, const smarts_set *set, int32_t index)
{
    const pattern *p = set->named[index].p;
    *x = (smarts_screen){0};
    for (int32_t d = 0; d < p->n_distinct && x->n < SMARTS_SCREEN_WORDS; d++) x->one_of[x->n++] = set->nodes[p->distinct[d]].may;
    // A cycle is the sum of rings no larger than itself.
    x->ring = INT32_MAX;
    for (int32_t a = 0; a < p->n_atoms; a++)
        if (p->cycle[a] && p->cycle[a] < x->ring) x->ring = p->cycle[a];
}
