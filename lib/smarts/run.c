// run.c - which atoms of a molecule fit an expression, as bit sets that are made once per molecule.
//
// Expressions without $() are evaluated for all atoms, which costs no more than for some; those with $() only for the atoms
// that the rest of the expression leaves. What primitives ask is in columns.c.
#include "smarts/smarts.h"

aryl_status smarts_run_init(smarts_run *r, const smarts_set *set, const aryl_mol *mol, arena *mem)
{
    *r = (smarts_run){.set = set, .mol = mol, .mem = mem, .words = (mol->n_atoms + 63) / 64, .limit = 1000,
                      .hybridisation = mol->hybridisation};
    size_t n_sets = (size_t)set->n_nodes * (size_t)r->words;
    r->fits = arena_new(mem, uint64_t, 2 * n_sets);
    r->known = arena_new(mem, uint8_t, n_sets);
    r->all = arena_new(mem, uint64_t, r->words);
    r->kind = arena_new(mem, uint64_t, MOL_KINDS);
    if (!r->fits || !r->known || !r->all || !r->kind) return ARYL_E_NOMEM;
    r->decided = r->fits + n_sets;
    memset(r->known, 0, n_sets);
    for (int32_t w = 0; w < r->words; w++) {
        int32_t left = mol->n_atoms - 64 * w;
        r->all[w] = left >= 64 ? ~0ull : (1ull << left) - 1;
    }
    return ARYL_OK;
}

static bool closes_no_ring(int32_t type) { return type == BOND_DATIVE || type == BOND_ZERO || type == BOND_HYDROGEN; }

// Eight bonds at a time, as the numbers are small; the ordinary types are the lowest.
_Static_assert(BOND_IS_RING == 4 && BOND_AROMATIC == 12 && BOND_DATIVE > 12 && BOND_ZERO > 12 && BOND_HYDROGEN > 12, "bytes of bonds");
aryl_status smarts_bond_classes(smarts_run *r)
{
    const aryl_mol *m = r->mol;
    if (r->bond_class) return ARYL_OK;
    uint8_t *class = arena_new(r->mem, uint8_t, m->n_bonds);
    if (!class) return ARYL_E_NOMEM;
    uint64_t odd = 0;
    int32_t b = 0;
    for (; b + 8 <= m->n_bonds; b += 8) {
        uint64_t type, flags;
        memcpy(&type, m->type + b, 8);
        memcpy(&flags, m->bond_flags + b, 8);
        type &= 0x1F1F1F1F1F1F1F1Fu;
        odd |= type + 0x7373737373737373u;             // 128 - 13: the highest bit says "above aromatic"
        type = (type << 1) + (flags >> 2 & 0x0101010101010101u);
        memcpy(class + b, &type, 8);
    }
    r->whole_rings = true;
    for (; b < m->n_bonds; b++) {
        class[b] = (uint8_t)(2 * (m->type[b] & 31) + ((m->bond_flags[b] & BOND_IS_RING) != 0));
        r->whole_rings = r->whole_rings && !closes_no_ring(m->type[b]);
    }
    for (b = 0; odd & 0x8080808080808080u && b < m->n_bonds; b++) r->whole_rings = r->whole_rings && !closes_no_ring(m->type[b]);
    r->bond_class = class;
    return ARYL_OK;
}

// The lengths of single rings, of pairs of rings and of what they add up to; in larger blocks any length may occur.
aryl_status smarts_cycle_lengths(smarts_run *r)
{
    const aryl_mol *m = r->mol;
    enum { MOST = 63 };
    if (r->lengths) return ARYL_OK;
    TRY(smarts_bond_classes(r));
    r->lengths = r->whole_rings ? 1 : ~0ull;
    if (!r->whole_rings) return ARYL_OK;
    int32_t *first = arena_new(r->mem, int32_t, m->n_bonds), *mate = arena_new(r->mem, int32_t, 2 * (size_t)m->n_rings);
    if (!first || !mate) return ARYL_E_NOMEM;
    int32_t *shared = mate + m->n_rings;               // bonds with the mate; mate: ring it shares bonds with, -1: none, -2: several
    for (int32_t b = 0; b < m->n_bonds; b++) first[b] = -1;
    for (int32_t k = 0; k < m->n_rings; k++) {
        mate[k] = -1;
        shared[k] = 0;
        for (int32_t i = m->ring_start[k]; i < m->ring_start[k + 1]; i++) {
            int32_t other = first[m->ring_bond[i]];
            if (other < 0) {
                first[m->ring_bond[i]] = k;
                continue;
            }
            mate[k] = mate[k] == -1 || mate[k] == other ? other : -2;
            mate[other] = mate[other] == -1 || mate[other] == k ? k : -2;
            shared[k]++;
        }
    }
    for (int32_t k = 0; k < m->n_rings; k++) {
        int32_t size = m->ring_start[k + 1] - m->ring_start[k], other = mate[k];
        if (size <= MOST) r->lengths |= 1ull << size;
        if (other == -1) continue;
        if (other < 0 || mate[other] != k) {
            r->lengths = ~0ull;
            return ARYL_OK;
        }
        int32_t sum = size + m->ring_start[other + 1] - m->ring_start[other] - 2 * (shared[k] + shared[other]);
        if (sum > 0 && sum <= MOST) r->lengths |= 1ull << sum;
    }
    return ARYL_OK;
}

// ---- expressions: one word of 64 atoms at a time

static aryl_status eval(smarts_run *r, int32_t i, int32_t w, uint64_t need, uint64_t *out);

// Members one after the other, each asked only about the atoms that the ones before leave open.
static aryl_status eval_list(smarts_run *r, const node *n, int32_t w, uint64_t need, uint64_t *out)
{
    const int32_t *child = r->set->child + n->first;
    uint64_t left = need, part;                        // AND: still in; OR: not in yet
    for (int32_t k = 0; k < n->n && left; k++) {
        size_t at = (size_t)child[k] * (size_t)r->words + (size_t)w;
        if (r->known[at] == SMARTS_WHOLE) part = left & r->fits[at];
        else TRY(eval(r, child[k], w, left, &part));
        left = n->op == OP_AND ? part : left & ~part;
    }
    *out = n->op == OP_AND ? left : need & ~left;
    return ARYL_OK;
}

static aryl_status eval_sub(smarts_run *r, int32_t i, int32_t w, uint64_t need, uint64_t *out)
{
    size_t row = (size_t)i * (size_t)r->words;
    const pattern *sub = r->set->patterns[r->set->nodes[i].low];
    if (r->known[row] == SMARTS_UNKNOWN) {
        uint64_t rare = !smarts_lacks(r, sub->need);
        if (rare && r->words == 1 && sub->rare >= 0) TRY(eval(r, sub->rare, 0, r->all[0], &rare));
        for (int32_t k = 0; k < r->words; k++) {
            r->known[row + (size_t)k] = rare ? SMARTS_IN_PART : SMARTS_WHOLE;
            r->fits[row + (size_t)k] = r->decided[row + (size_t)k] = 0;
        }
        if (!rare) need = 0;
    }
    if (need & ~r->decided[row + (size_t)w]) {
        TRY(smarts_roots(r, sub, r->limit, w, need, r->decided + row, r->fits + row));
        if (r->words == 1 && r->decided[row] == r->all[0]) r->known[row] = SMARTS_WHOLE;
    }
    *out = need & r->fits[row + (size_t)w];
    return ARYL_OK;
}

// One question is asked of few atoms: a column for all of them would not pay.
static bool for_few(const smarts_run *r, const node *n, uint64_t need)
{
    return r->once && r->words == 1 && n->op == OP_RANGE && n->prop != PROP_TYPE && n->prop != PROP_CHARGE &&
           n->prop != PROP_HYBRIDISATION && n->prop < PROP_RINGS && !r->column[n->prop] && __builtin_popcountll(need) <= 8;
}

static void eval_few(const smarts_run *r, const node *n, uint64_t need, uint64_t *out)
{
    *out = 0;
    for (; need; need &= need - 1) {
        int32_t x = smarts_property(r, n->prop, __builtin_ctzll(need));
        if (x >= n->low && x <= n->high) *out |= need & -need;
    }
}

// What has no $() is evaluated for all atoms of the word and kept.
static aryl_status eval_whole(smarts_run *r, const node *n, size_t row, int32_t w)
{
    uint64_t *set = r->fits + row, part;
    switch (n->op) {
    case OP_ANY: set[w] = r->all[w]; break;
    case OP_RANGE: case OP_TYPES:
        TRY(smarts_range(r, n, set));
        for (int32_t k = 0; k < r->words; k++) r->known[row + (size_t)k] = SMARTS_WHOLE;
        return ARYL_OK;
    case OP_NOT:
        TRY(eval(r, n->low, w, r->all[w], &part));
        set[w] = r->all[w] & ~part;
        break;
    case OP_AND: case OP_OR: TRY(eval_list(r, n, w, r->all[w], &set[w])); break;
    default: TRY(smarts_small_around(r, n, &set[w]));
    }
    r->known[row + (size_t)w] = SMARTS_WHOLE;
    return ARYL_OK;
}

// Where every kind of atoms that the molecule has fits as a whole or not at all, nothing has to be evaluated.
static bool told_by_kinds(const smarts_run *r, const node *n, uint64_t *set)
{
    if ((n->may ^ n->must) & r->kinds || !r->kinds) return false;
    *set = 0;
    for (uint64_t left = n->must & r->kinds; left; left &= left - 1) *set |= r->kind[__builtin_ctzll(left)];
    return true;
}

// Those of `need`, atoms of word w, that fit node i. Depth is bounded by the nesting that the reader allows.
static aryl_status eval(smarts_run *r, int32_t i, int32_t w, uint64_t need, uint64_t *out)
{
    size_t row = (size_t)i * (size_t)r->words;
    if (r->known[row + (size_t)w] != SMARTS_WHOLE) {
        const node *n = &r->set->nodes[i];
        if (told_by_kinds(r, n, &r->fits[row])) {
            r->known[row] = SMARTS_WHOLE;
            *out = need & r->fits[row];
            return ARYL_OK;
        }
        if (n->op == OP_SUB) return eval_sub(r, i, w, need, out);
        if (n->recursive && n->op != OP_NOT) return eval_list(r, n, w, need, out);
        if (n->recursive) {
            TRY(eval(r, n->low, w, need, out));
            *out = need & ~*out;
            return ARYL_OK;
        }
        if (for_few(r, n, need)) {
            eval_few(r, n, need, out);
            return ARYL_OK;
        }
        TRY(eval_whole(r, n, row, w));
    }
    *out = need & r->fits[row + (size_t)w];
    return ARYL_OK;
}

aryl_status smarts_fits(smarts_run *r, int32_t i, const uint64_t **atoms)
{
    size_t row = (size_t)i * (size_t)r->words;
    *atoms = r->fits + row;
    for (int32_t w = 0; w < r->words; w++) {
        if (r->known[row + (size_t)w] == SMARTS_WHOLE) continue;
        uint64_t set;
        TRY(eval(r, i, w, r->all[w], &set));
        r->fits[row + (size_t)w] = set;
        r->known[row + (size_t)w] = SMARTS_WHOLE;
    }
    return ARYL_OK;
}

aryl_status smarts_find_fits(smarts_run *r, int32_t i, uint64_t need, uint64_t *out) { return eval(r, i, 0, need, out); }

void smarts_forget_subs(smarts_run *r)
{
    for (int32_t i = 0; i < r->set->n_nodes; i++)
        if (r->set->nodes[i].recursive) memset(r->known + (size_t)i * (size_t)r->words, SMARTS_UNKNOWN, (size_t)r->words);
}
