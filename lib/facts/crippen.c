// crippen.c - what each atom adds to logP and molar refractivity.
// Wildman & Crippen, J. Chem. Inf. Comput. Sci. 1999, 39, 868, doi:10.1021/ci990307l. The first row of the table whose
// pattern has the atom in its first place types it.
//
// Hydrogens are mostly no nodes, so their rows are written out here as questions to the atom that carries them; the
// totals are those of the molecule with every hydrogen drawn.
#include "facts/facts.h"

typedef struct row { double log_p, refractivity; } row;
static const row rows[] = {
#define CRIPPEN(type, smarts, log_p, mr) {log_p, mr},
#include "facts/crippen_table.h"
};
enum { N_ROWS = sizeof rows / sizeof *rows, MATCHES = 1000 /* of a row's pattern; further ones are not looked at */ };

// The hydrogens' rows, which stand together in the table.
enum { ON_C_OR_H, ON_ALCOHOL, ON_O_AT_OTHERS, ON_OTHERS, ON_N, ON_O_AT_N, ON_ACID, ON_O_AT_O_OR_S, ON_ANYTHING, N_H_ROWS };
enum { FIRST_H_ROW = 39 };
_Static_assert(N_ROWS == 110, "the table of atom types has lost or gained rows");

static bool is_acid_carbon(const aryl_mol *m, int32_t c)
{
    for (int32_t i = m->start[c]; i < m->start[c + 1]; i++) {
        int32_t z = m->z[m->nbr[i]];
        if (m->type[m->via[i]] != BOND_DOUBLE) continue;
        if (z == 6 || z == 7 || ((z == 8 || z == 16) && !mol_aromatic(m, m->nbr[i]))) return true;
    }
    return false;
}

static bool single_or_aromatic(const aryl_mol *m, int32_t b) { return m->type[b] == BOND_SINGLE || m->type[b] == BOND_AROMATIC; }

// How often each row's pattern fits a hydrogen on `parent`, found through the neighbours of that.
static void fit_on_oxygen(const aryl_mol *m, int32_t parent, int32_t *fits)
{
    for (int32_t i = m->start[parent]; i < m->start[parent + 1]; i++) {
        int32_t x = m->nbr[i], z = m->z[x];
        if (z == 1 || !single_or_aromatic(m, m->via[i])) continue;
        bool aromatic = mol_aromatic(m, x);
        if (z == 6) {
            fits[ON_ALCOHOL] += aromatic || mol_total_degree(m, x) == 4;
            fits[ON_ACID] += !aromatic && is_acid_carbon(m, x);
        } else if (z == 7) {
            fits[ON_O_AT_N]++;
        } else if (z == 8 || z == 16) {
            fits[ON_O_AT_O_OR_S] += !aromatic;
        } else {
            fits[ON_O_AT_OTHERS]++;
        }
    }
    fits[ON_O_AT_OTHERS] += mol_total_h(m, parent) - 1;      // the other hydrogens
}

static void fit_hydrogen(const aryl_mol *m, int32_t parent, int32_t *fits)
{
    int32_t z = m->z[parent];
    if (z == 6 || z == 1) fits[ON_C_OR_H]++;
    else if (z == 7) fits[ON_N]++;
    else if (z != 8) fits[ON_OTHERS]++;
    else if (!mol_aromatic(m, parent)) fit_on_oxygen(m, parent, fits);
}

// The row of the next hydrogen with these fits. seen[] counts matches, as each row has an end to them.
static int32_t type_hydrogen(const int32_t *fits, int32_t *seen)
{
    int32_t type = -1;
    for (int32_t r = 0; r < N_H_ROWS; r++) {
        int32_t n = r == ON_ANYTHING ? 1 : fits[r];
        if (n && type < 0 && seen[r] < MATCHES) type = FIRST_H_ROW + r;
        seen[r] += n;
    }
    return type;
}

static void add(facts *f, int32_t type)
{
    if (type < 0) return;
    f->total_log_p += rows[type].log_p;
    f->total_refractivity += rows[type].refractivity;
}

// Nodes first, then the hydrogens that are none, as if they were appended to the molecule.
static void sum_up(facts *f)
{
    const aryl_mol *m = f->mol;
    int32_t seen[N_H_ROWS] = {0};
    f->total_log_p = f->total_refractivity = 0;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        if (m->z[a] != 1) {
            f->total_log_p += f->log_p[a];
            f->total_refractivity += f->refractivity[a];
            continue;
        }
        int32_t fits[N_H_ROWS] = {0};
        for (int32_t i = m->start[a]; i < m->start[a + 1]; i++)
            if (single_or_aromatic(m, m->via[i])) fit_hydrogen(m, m->nbr[i], fits);
        if (mol_hidden_h(m, a)) fits[ON_C_OR_H] += mol_hidden_h(m, a);
        add(f, type_hydrogen(fits, seen));
    }
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t fits[N_H_ROWS] = {0}, n = mol_hidden_h(m, a);
        if (n) fit_hydrogen(m, a, fits);
        for (int32_t k = 0; k < n; k++) add(f, type_hydrogen(fits, seen));
    }
}

static aryl_status match_atoms(facts *f, double *log_p, double *refractivity)
{
    const aryl_mol *m = f->mol;
    TRY(facts_patterns(f));
    int32_t words = f->patterns->words, left = m->n_atoms;
    uint64_t *untyped = arena_zero(f->mem, uint64_t, words), *found = arena_new(f->mem, uint64_t, words);
    if (!untyped || !found) return ARYL_E_NOMEM;
    bool has_h = memchr(m->z, 1, (size_t)m->n_atoms);
    for (int32_t a = 0; a < m->n_atoms; a++) untyped[a >> 6] |= (uint64_t)1 << (a & 63);
    for (int32_t r = 0; r < N_ROWS && left; r++) {
        if (!has_h && r >= FIRST_H_ROW && r < FIRST_H_ROW + N_H_ROWS) continue;
        memset(found, 0, (size_t)words * sizeof *found);
        TRY(smarts_first_atoms(f->patterns, facts_pattern(PATTERNS_CRIPPEN, r), MATCHES, false, found));
        for (int32_t w = 0; w < words; w++) {
            uint64_t hit = found[w] & untyped[w];
            untyped[w] &= ~hit;
            for (; hit; hit &= hit - 1, left--) {
                int32_t a = 64 * w + __builtin_ctzll(hit);
                log_p[a] = rows[r].log_p;
                refractivity[a] = rows[r].refractivity;
            }
        }
    }
    return ARYL_OK;
}

aryl_status facts_crippen(facts *f)
{
    if (f->log_p) return ARYL_OK;
    int32_t n = f->mol->n_atoms;
    double *log_p = arena_zero(f->mem, double, n), *refractivity = arena_zero(f->mem, double, n);
    uint8_t *type = arena_new(f->mem, uint8_t, n);
    if (!log_p || !refractivity || !type) return ARYL_E_NOMEM;
    if (facts_crippen_simple(f->mol, type))
        for (int32_t a = 0; a < n; a++) {
            log_p[a] = rows[type[a]].log_p;
            refractivity[a] = rows[type[a]].refractivity;
        }
    else TRY(match_atoms(f, log_p, refractivity));
    f->log_p = log_p;
    f->refractivity = refractivity;
    sum_up(f);
    return ARYL_OK;
}
