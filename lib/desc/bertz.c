// bertz.c - complexity: how unevenly bonds meet and elements are mixed. Bertz, J. Am. Chem. Soc. 1981, 103, 3599,
// doi:10.1021/ja00402a071. Connections are pairs of bonds at an atom, and pairs within a multiple bond, of the same kind
// when they join atoms of the same classes; two atoms are of one class when their sorted distances to their 100 nearest
// atoms are the same, bonds being as long as one over their order.
#include <math.h>

#include "desc/desc.h"

enum { NEAREST = 100 };

static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

// Sums of mixed distances stand for the sorted lists: two different lists of a million molecules a second would meet by
// accident once in some thousand years.
static aryl_status sign_atoms(const facts *f, arena *tmp, uint64_t *sign)
{
    enum { LONGEST_BOND = 12 };
    int32_t n = f->mol->n_atoms, end = LONGEST_BOND * n;
    uint64_t *code = arena_zero(tmp, uint64_t, end), far = mix(GRAPH_FAR);      // each made when first met
    int32_t *count = arena_zero(tmp, int32_t, n > NEAREST ? end : 0);
    if (!code || !count) return ARYL_E_NOMEM;
    for (int32_t a = 0; a < n; a++) {
        const int16_t *row = f->order_distance + (size_t)a * (size_t)n;
        int32_t left = NEAREST;
        sign[a] = 0;
        if (n <= NEAREST) {
            for (int32_t b = 0; b < a; b++) {
                uint64_t x = far;
                if (row[b] != GRAPH_FAR && !(x = code[row[b]])) x = code[row[b]] = mix((uint64_t)row[b]);
                sign[a] += x;
                sign[b] += x;
            }
            continue;
        }
        for (int32_t b = 0; b < n; b++)
            if (row[b] != GRAPH_FAR) count[row[b]]++;
        for (int32_t d = 0; d < end && left; d++) {
            int32_t taken = count[d] < left ? count[d] : left;
            sign[a] += mix((uint64_t)d) * (uint64_t)taken;
            left -= taken;
        }
        sign[a] += far * (uint64_t)left;
        memset(count, 0, (size_t)end * sizeof *count);
    }
    const aryl_mol *m = f->mol;
    for (int32_t b = 0; f->order_gap && n <= NEAREST && b < m->n_bonds; b++) {
        if (f->order_gap[b] == GAP_NONE || !f->order_gap[b]) continue;
        uint64_t farther = mix((uint64_t)(GRAPH_FAR + 2 + f->order_gap[b])) - far;
        sign[m->begin[b]] += farther;
        sign[m->end[b]] += farther;
    }
    return ARYL_OK;
}

// A small map from keys to sums that remembers the order of arrival. Keys are not 0.
typedef struct tally {
    uint64_t *key;
    int32_t *slot, n;
    double *sum;
    uint32_t mask;
} tally;

static bool tally_init(tally *t, int64_t most, arena *tmp)
{
    t->mask = 15;
    while (t->mask < 2 * most) t->mask = 2 * t->mask + 1;
    t->n = 0;
    t->slot = arena_zero(tmp, int32_t, (size_t)t->mask + 1);     // place in key and sum + 1
    t->key = arena_new(tmp, uint64_t, most);
    t->sum = arena_new(tmp, double, most);
    return t->slot && t->key && t->sum;
}

static int32_t tally_add(tally *t, uint64_t key, double amount)
{
    uint32_t at = (uint32_t)(mix(key) >> 32) & t->mask;
    while (t->slot[at] && t->key[t->slot[at] - 1] != key) at = (at + 1) & t->mask;
    if (!t->slot[at]) {
        t->key[t->n] = key;
        t->sum[t->n++] = 0;
        t->slot[at] = t->n;
    }
    t->sum[t->slot[at] - 1] += amount;
    return t->slot[at] - 1;
}

static double entropy(const double *amount, int32_t n, double *total)
{
    double sum = 0, bits = 0;
    for (int32_t i = 0; i < n; i++) sum += amount[i];
    for (int32_t i = 0; i < n && sum != 0; i++) {
        double p = amount[i] / sum;
        if (p != 0) bits += -p * log(p);
    }
    *total = sum;
    return bits / log(2.0);
}

static double order(const aryl_mol *m, int32_t b)
{
    if (m->bond_flags[b] & BOND_IS_AROMATIC) return 1.5;
    switch (m->type[b]) {
    case BOND_SINGLE: case BOND_DATIVE: return 1;
    case BOND_AROMATIC: return 1.5;
    case BOND_DOUBLE: case BOND_TRIPLE: case BOND_QUADRUPLE: case BOND_QUINTUPLE: case BOND_HEXTUPLE: return m->type[b];
    default: return 0;
    }
}

static uint64_t kind(int32_t a, int32_t centre, int32_t b)
{
    uint64_t low = (uint64_t)(a < b ? a : b), high = (uint64_t)(a < b ? b : a);
    return (high + 1) << 42 | (uint64_t)(centre + 1) << 21 | low;
}

// Neighbours in ascending order, as the order in which kinds turn up decides the last digit of the sum.
static void add_connections(const aryl_mol *m, int32_t a, const int32_t *class, int32_t *nbr, int32_t *via, tally *t)
{
    int32_t n = mol_degree(m, a);
    for (int32_t i = 0; i < n; i++) {
        int32_t k = i, nb = m->nbr[m->start[a] + i];
        for (; k && nbr[k - 1] > nb; k--) {
            nbr[k] = nbr[k - 1];
            via[k] = via[k - 1];
        }
        nbr[k] = nb;
        via[k] = m->via[m->start[a] + i];
    }
    for (int32_t i = 0; i < n; i++) {
        double first = order(m, via[i]);
        if (first > 1 && nbr[i] > a) tally_add(t, kind(class[a], -1, class[nbr[i]]), first * (first - 1) / 2);
        for (int32_t k = i + 1; k < n; k++)
            tally_add(t, kind(class[nbr[i]], class[a], class[nbr[k]]), first * order(m, via[k]));
    }
}

static aryl_status complexity(const facts *f, arena *tmp, double *out)
{
    const aryl_mol *m = f->mol;
    int32_t n = m->n_atoms, widest = 0;
    int64_t connections = m->n_bonds + 1;
    for (int32_t a = 0; a < n; a++) {
        int32_t degree = mol_degree(m, a);
        connections += (int64_t)degree * (degree - 1) / 2;
        if (degree > widest) widest = degree;
    }
    if (!arena_work(tmp, connections + (int64_t)n * n)) return ARYL_E_LIMIT;
    uint64_t *sign = arena_new(tmp, uint64_t, n);
    int32_t *class = arena_new(tmp, int32_t, n);
    int32_t *nbr = arena_new(tmp, int32_t, widest), *via = arena_new(tmp, int32_t, widest);
    tally classes, kinds, elements_met;
    if (!sign || !class || !nbr || !via || !tally_init(&classes, n, tmp) || !tally_init(&kinds, connections, tmp) ||
        !tally_init(&elements_met, n, tmp))
        return ARYL_E_NOMEM;
    TRY(sign_atoms(f, tmp, sign));
    for (int32_t a = 0; a < n; a++) class[a] = tally_add(&classes, sign[a] ? sign[a] : 1, 1);
    for (int32_t a = 0; a < n; a++) {
        tally_add(&elements_met, (uint64_t)m->z[a] + 1, 1);
        add_connections(m, a, class, nbr, via, &kinds);
    }
    if (!kinds.n) tally_add(&kinds, 1, 1);
    double total, unevenness = entropy(kinds.sum, kinds.n, &total), atoms;
    double bonding = total * (unevenness + log(total) / log(2.0));
    *out = n * entropy(elements_met.sum, elements_met.n, &atoms) + bonding;
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    *out = 0;
    if (f->mol->n_atoms < 2) return ARYL_OK;
    TRY(facts_order_distance(f));
    arena_mark here = arena_save(f->mem);
    aryl_status s = complexity(f, f->mem, out);
    arena_restore(f->mem, here);
    return s;
}

const desc_family desc_bertz = {
    .name = "bertz", .source = "doi:10.1021/ja00402a071", .n_values = 1, .run = run,
};
