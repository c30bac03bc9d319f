// tpsa.c - topological polar surface area of N and O, each atom by its neighbours, hydrogens, charge and bonds.
// Ertl, Rohde & Selzer, J. Med. Chem. 2000, 43, 3714, doi:10.1021/jm000942e; what the table lacks is extrapolated.
#include "desc/desc.h"

enum { SINGLE, DOUBLE, TRIPLE, AROMATIC, N_BOND_KINDS };

typedef struct tpsa_row {
    uint64_t key;
    double area_a2;
} tpsa_row;

// Every number of a key in four bits; nothing in the table reaches 15, and larger ones are clipped to it.
#define NIBBLE(x) ((uint64_t)((x) < 15 ? (x) : 15))
#define KEY(z, nbrs, h, q, s, d, t, ar, r3)                                                                            \
    (NIBBLE(z) | NIBBLE(nbrs) << 4 | NIBBLE(h) << 8 | (uint64_t)(uint8_t)(q) << 12 | NIBBLE(s) << 20 | NIBBLE(d) << 24 \
     | NIBBLE(t) << 28 | NIBBLE(ar) << 32 | NIBBLE(r3) << 36)
static const tpsa_row table[] = {
#define ROW(z, nbrs, h, q, s, d, t, ar, r3, area) {KEY(z, nbrs, h, q, s, d, t, ar, r3), area},
#include "desc/tpsa_table.h"
#undef ROW
};

static bool look_up(uint64_t key, double *area)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].key == key) return *area = table[i].area_a2, true;
    return false;
}

static bool in_three_ring(const aryl_mol *m, int32_t atom)
{
    if (!(m->atom_flags[atom] & ATOM_RING)) return false;
    for (int32_t i = m->start[atom]; i < m->start[atom + 1]; i++) {    // two neighbours with a bond between them
        if (!(m->bond_flags[m->via[i]] & BOND_IS_RING)) continue;
        for (int32_t k = i + 1; k < m->start[atom + 1]; k++) {
            int32_t across = mol_bond_between(m, m->nbr[i], m->nbr[k]);
            if (across >= 0 && m->bond_flags[m->via[k]] & m->bond_flags[across] & BOND_IS_RING) return true;
        }
    }
    return false;
}

static double atom_area(const aryl_mol *m, int32_t atom)
{
    int32_t bonds[N_BOND_KINDS] = {0}, neighbours = 0, h = mol_hidden_h(m, atom);
    for (int32_t i = m->start[atom]; i < m->start[atom + 1]; i++) {
        if (m->z[m->nbr[i]] == 1) {
            h++;
            continue;
        }
        neighbours++;
        int32_t b = m->via[i];
        if (m->bond_flags[b] & BOND_IS_AROMATIC) bonds[AROMATIC]++;
        else if (m->type[b] == BOND_SINGLE) bonds[SINGLE]++;
        else if (m->type[b] == BOND_DOUBLE) bonds[DOUBLE]++;
        else if (m->type[b] == BOND_TRIPLE) bonds[TRIPLE]++;
    }
    int32_t q = m->charge[atom], z = m->z[atom];
    uint64_t key = KEY(z, neighbours, h, q, bonds[SINGLE], bonds[DOUBLE], bonds[TRIPLE], bonds[AROMATIC], 0);
    double area;
    if (in_three_ring(m, atom) && look_up(key | KEY(0, 0, 0, 0, 0, 0, 0, 0, 1), &area)) return area;
    if (look_up(key, &area)) return area;
    area = z == 7 ? 30.5 - neighbours * 8.2 + h * 1.5 : 28.5 - neighbours * 8.6 + h * 1.5;
    return area < 0 ? 0 : area;
}

void desc_polar_areas(const aryl_mol *m, double *out)
{
    for (int32_t a = 0; a < m->n_atoms; a++) out[a] = m->z[a] == 7 || m->z[a] == 8 ? atom_area(m, a) : 0;
}

static aryl_status run(facts *f, double *out)
{
    const aryl_mol *m = f->mol;
    *out = 0;
    for (int32_t a = 0; a < m->n_atoms; a++)
        if (m->z[a] == 7 || m->z[a] == 8) *out += atom_area(m, a);
    return ARYL_OK;
}

const desc_family desc_tpsa = {
    .name = "tpsa", .source = "doi:10.1021/jm000942e", .n_values = 1, .run = run,
};
