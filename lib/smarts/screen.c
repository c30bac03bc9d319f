// screen.c - what a molecule must have for a pattern to fit it at all, told from a word and a number of the molecule.
#include "smarts/smarts.h"

enum { NO = 1, YES = 2, MAYBE = NO | YES };        // for all atoms of a kind, or for some

static int32_t within(int32_t low, int32_t high, int32_t from, int32_t to)
{
    if (from > high || to < low) return NO;
    return from <= low && to >= high ? YES : MAYBE;
}

static int32_t types_fit(const smarts_set *s, const node *n, const mol_kind *k)
{
    int32_t answer = NO;
    for (int32_t i = 0; i < n->n && answer != YES; i++) {
        int32_t run = s->child[n->first + i], low = run & 0xFF, one = within(k->type[0], k->type[1], low, low + (run >> 8));
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

// Depth is bounded by the nesting that the reader allows.
static int32_t node_fits(const smarts_set *s, int32_t i, const mol_kind *k)
{
    const node *n = &s->nodes[i];
    int32_t all = YES, answer;
    switch (n->op) {
    case OP_ANY: return YES;
    case OP_RANGE: return range_fits(n, k);
    case OP_TYPES: return types_fit(s, n, k);
    case OP_NOT:
        answer = node_fits(s, n->low, k);
        return answer == MAYBE ? MAYBE : MAYBE ^ answer;
    case OP_AND:
        for (int32_t c = 0; c < n->n; c++) {
            answer = node_fits(s, s->child[n->first + c], k);
            if (answer == NO) return NO;
            all |= answer;
        }
        return all;
    case OP_OR:
        all = NO;
        for (int32_t c = 0; c < n->n; c++) {
            answer = node_fits(s, s->child[n->first + c], k);
            if (answer == YES) return YES;
            all |= answer;
        }
        return all;
    default: return MAYBE;
    }
}

void smarts_screen_init(smarts_screen *x, const smarts_set *set, int32_t index)
{
    const pattern *p = set->patterns[set->named[index]];
    *x = (smarts_screen){0};
    for (int32_t d = 0; d < p->n_distinct; d++) {
        uint64_t kinds = 0;
        for (int32_t k = 0; k < MOL_KINDS; k++)
            if (node_fits(set, p->distinct[d], &mol_kinds[k]) & YES) kinds |= 1ull << k;
        if (x->n < SMARTS_SCREEN_WORDS) x->one_of[x->n++] = kinds;
    }
    // A cycle is the sum of rings no larger than itself.
    x->ring = INT32_MAX;
    for (int32_t a = 0; a < p->n_atoms; a++)
        if (p->cycle[a] && p->cycle[a] < x->ring) x->ring = p->cycle[a];
}
