// settle.c - what can be said of a pattern only when all of it is read: the meaning of chirality marks, the types of
// unwritten bonds, and on request the merging of written hydrogens into their neighbours.
#include "smarts/smarts.h"

static int32_t other_end(const draft_bond *b, int32_t atom) { return b->begin == atom ? b->end : b->begin; }

static aryl_status check_classes(draft *d, aryl_error *err)
{
    static const int32_t most[] = {[TAG_TETRAHEDRAL] = 2, [TAG_ALLENE] = 2, [TAG_SQUARE_PLANAR] = 3,
                                   [TAG_TRIGONAL_BIPYRAMIDAL] = 20, [TAG_OCTAHEDRAL] = 30};
    for (int32_t a = 0; a < d->n_atoms; a++) {
        draft_atom *x = &d->atom[a];
        if (x->tag < TAG_TETRAHEDRAL || x->permutation < 0) continue;
        if (x->permutation > most[x->tag])
            return fail_at(err, ARYL_E_SYNTAX, -1, "pattern atom %d: chirality number %d is too large", (int)a, (int)x->permutation);
        if (x->tag == TAG_TETRAHEDRAL) x->tag = x->permutation == 2 ? TAG_CW : TAG_CCW;
    }
    return ARYL_OK;
}

static bool is_h_count(const tree *t) { return t->op == OP_RANGE && t->prop == PROP_TOTAL_H; }
static bool is_single_h(const tree *t) { return !t->negated && t->low == 1; }

// Does an AND ask for exactly one hydrogen? Where it has several counts the outer ones are looked at last. Lists grow to
// the left, so only that side is walked; to the right an AND nests no deeper than the precedence levels.
static bool single_h(const tree *t)
{
    for (; t->op == OP_AND; t = t->left) {
        if (is_h_count(t->left)) return is_single_h(t->left);
        if (is_h_count(t->right) ? is_single_h(t->right) : single_h(t->right)) return true;
    }
    return false;
}

int32_t smarts_swaps(const int32_t *wanted, int32_t *have, int32_t n)
{
    int32_t swaps = 0;
    for (int32_t i = 0; i < n; i++) {
        if (have[i] == wanted[i]) continue;
        int32_t j = i + 1;
        while (j < n && have[j] != wanted[i]) j++;
        if (j == n) continue;
        have[j] = have[i];
        have[i] = wanted[i];
        swaps++;
    }
    return swaps;
}

// A mark speaks of the order of reading; the matcher compares with the stored order of the bonds.
static aryl_status adjust_mark(draft *d, int32_t a, arena *tmp)
{
    draft_atom *x = &d->atom[a];
    int32_t *stored = arena_new(tmp, int32_t, d->n_bonds), *read = arena_new(tmp, int32_t, d->n_bonds);
    if (!stored || !read) return ARYL_E_NOMEM;
    int32_t degree = 0, n = 0, digits = 0;
    bool unsaturated = false;
    for (int32_t b = 0; b < d->n_bonds; b++) {
        if (d->bond[b].begin != a && d->bond[b].end != a) continue;
        int32_t type = d->bond[b].type;
        stored[degree++] = b;
        unsaturated |= type == BOND_DOUBLE || type == BOND_TRIPLE || type == BOND_QUADRUPLE || type == BOND_AROMATIC;
    }
    for (int32_t i = 0; i < d->n_digits; i++) digits += d->digit[i].atom == a;
    // Reading order: the atom before, the ring digits, then the rest by atom number. Chain bonds of an atom are
    // stored by the number of their later atom, so the stored order has them right already.
    for (int32_t pass = 0; pass < 3; pass++) {
        if (pass == 1) {
            for (int32_t i = 0; i < d->n_digits; i++)
                if (d->digit[i].atom == a) read[n++] = d->digit[i].bond;
            continue;
        }
        for (int32_t k = 0; k < degree; k++) {
            bool closure = false;
            for (int32_t i = 0; i < d->n_digits; i++) closure |= d->digit[i].atom == a && d->digit[i].bond == stored[k];
            bool older = other_end(&d->bond[stored[k]], a) < a;
            if (!closure && older == (pass == 0)) read[n++] = stored[k];
        }
    }
    int32_t swaps = smarts_swaps(read, stored, degree);
    bool fourth_is_h = x->own_h == 1 || single_h(x->expr);
    if (degree == 3 && ((x->start && x->own_h == 1) || (!fourth_is_h && digits == 1 && !unsaturated))) swaps++;
    if (swaps & 1) x->tag = TAG_CW + TAG_CCW - x->tag;
    return ARYL_OK;
}

// ---- hydrogens

static bool is_plain_h(const tree *t)
{
    return t->op == OP_RANGE && t->prop == PROP_TYPE && t->low == 2 && t->high == 3 && !t->negated && !t->is_symbol;
}

// "Z = 1" as a member of an AND. Nested ANDs are not looked into, and an OR in front hides it.
static bool demands_h(const tree *t)
{
    if (t->op != OP_AND || t->left->op == OP_OR) return false;
    return is_plain_h(t->left) || is_plain_h(t->right);
}

static bool is_query_h(const draft *d, int32_t a)
{
    const draft_atom *x = &d->atom[a];
    if (x->z == 1 && is_plain_h(x->expr)) return true;
    int32_t degree = 0;
    for (int32_t b = 0; b < d->n_bonds; b++) degree += d->bond[b].begin == a || d->bond[b].end == a;
    return degree <= 1 && !x->expr->negated && demands_h(x->expr);
}

static aryl_status merge_hydrogens(draft *d, arena *tmp);

// Depth is bounded: lists nest by the precedence levels, $() by the reader's limit; lists are walked along their left side.
static aryl_status merge_inside(tree *t, arena *tmp)
{
    for (; t; t = t->left) {
        if (t->op == OP_SUB) return merge_hydrogens(t->sub, tmp);
        if (t->op != OP_AND && t->op != OP_OR) return ARYL_OK;
        TRY(merge_inside(t->right, tmp));
    }
    return ARYL_OK;
}

static aryl_status merge_hydrogens(draft *d, arena *tmp)
{
    if (d->merged) return ARYL_OK;
    d->merged = true;
    bool *is_h = arena_zero(tmp, bool, d->n_atoms), *gone = arena_zero(tmp, bool, d->n_atoms);
    int32_t *index = arena_new(tmp, int32_t, d->n_atoms);
    if (!is_h || !gone || !index) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < d->n_atoms; a++) is_h[a] = is_query_h(d, a);
    for (int32_t a = 0; a < d->n_atoms; a++) {
        if (is_h[a]) continue;
        int32_t merged = 0;
        for (int32_t b = 0; b < d->n_bonds; b++) {
            if (d->bond[b].begin != a && d->bond[b].end != a) continue;
            int32_t h = other_end(&d->bond[b], a);
            if (!is_h[h] || d->atom[h].isotope) continue;
            gone[h] = true;
            tree *t = arena_zero(tmp, tree, 1);
            if (!t) return ARYL_E_NOMEM;
            *t = (tree){.op = OP_RANGE, .prop = PROP_TOTAL_H, .negated = true, .low = merged, .high = merged};
            d->atom[a].expr = smarts_join(tmp, OP_AND, t, d->atom[a].expr);
            if (!d->atom[a].expr) return ARYL_E_NOMEM;
            merged++;
        }
        TRY(merge_inside(d->atom[a].expr, tmp));
    }
    int32_t n_atoms = 0, n_bonds = 0;
    for (int32_t a = 0; a < d->n_atoms; a++) {
        index[a] = n_atoms;
        if (!gone[a]) d->atom[n_atoms++] = d->atom[a];
    }
    for (int32_t b = 0; b < d->n_bonds; b++) {
        draft_bond *x = &d->bond[b];
        if (gone[x->begin] || gone[x->end]) continue;
        x->begin = index[x->begin];
        x->end = index[x->end];
        d->bond[n_bonds++] = *x;
    }
    d->n_atoms = n_atoms;
    d->n_bonds = n_bonds;
    return ARYL_OK;
}

aryl_status smarts_settle(draft *d, uint32_t flags, arena *tmp, aryl_error *err)
{
    TRY(check_classes(d, err));
    for (int32_t b = 0; b < d->n_bonds; b++) {
        draft_bond *x = &d->bond[b];
        if (x->implicit) x->type = d->atom[x->begin].aromatic && d->atom[x->end].aromatic ? BOND_AROMATIC : BOND_SINGLE;
    }
    for (int32_t a = 0; a < d->n_atoms; a++)
        if (d->atom[a].tag == TAG_CW || d->atom[a].tag == TAG_CCW) TRY(adjust_mark(d, a, tmp));
    if (flags & SMARTS_MERGE_H) TRY(merge_hydrogens(d, tmp));
    return ARYL_OK;
}
