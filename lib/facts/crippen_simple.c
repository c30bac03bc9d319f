// crippen_simple.c - Crippen's atom types of ordinary atoms, by questions to their neighbours instead of patterns.
//
// The table of patterns is the definition; this is what its rows for C, N, O, S, P and the halogens ask, in its order.
// Whatever they might see otherwise declines, and the patterns are matched: other elements, hydrogen nodes, unusual bonds
// and charges, molecules in which a pattern could have more places than are looked at. 28 atoms: 0.6 us against 8.7 us.
#include "facts/facts.h"

// Rows of crippen_table.h.
enum {
    C1_H4, C1_H3, C1_H2, C2_H1, C2, C3_H3, C3_H2, C4_H1, C4_H0, C5, C6_H2, C6_H1, C6_H0, C6, C7, C8, C9, C10, C11, C12,
    C13, C14, C15, C16, C17, C18, C19, C20, C21, C22, C23, C24, C25, C26_A, C26_C, C26_H1, C26, CS = 38,
    N1 = 48, N2, N3, N4, N5, N6, N7, N8_A, N8_3, N9, N10, N11, N12, N13_4, N13_3, N14_T = 64, N14_M, NS = 67,
    O1, O2, O3, O4, O5_D, O5_S, O6_S, O6_D, O12, O7, O8, O9_HC, O9_C, O9_HX, O9_H2, O9_CO2, O10_H, O10_A, O10_C, O11, OS,
    F, CL, BR, I, P = 96, S2_Q, S2_D, S1, S3
};

// No pattern has more than 24 places at an atom, and only with four heavy neighbours more than six; 1 000 are looked at.
enum { MOST_ATOMS = 160, MOST_CROWDED = 40 };

// What stands around an atom, by kind of bond and neighbour; single also means the aromatic bond between two aromatic atoms.
typedef struct around {
    int32_t s, s_aliphatic, s_aromatic, s_c, s_arom_c, s_hetero /* not C */;
    int32_t aromatic;            // bonds
    int32_t plain_n, plain_o, plain_p, plain_s;   // single bonds to aliphatic N, O, P, S
    int32_t d_c, d_arom_c, d_hetero /* aliphatic, not C */, d_n, d_o, d_p, d_s, d;
    int32_t t;
    uint32_t halogen;            // 1 F, 2 Cl, 4 Br, 8 I
} around;

static uint32_t halogen_bit(int32_t z) { return z == 9 ? 1 : z == 17 ? 2 : z == 35 ? 4 : z == 53 ? 8 : 0; }

static bool look_around(const aryl_mol *m, int32_t a, around *x)
{
    *x = (around){0};
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t o = m->nbr[k], z = m->z[o], type = m->type[m->via[k]];
        bool aromatic = mol_aromatic(m, o);
        uint32_t halogen = halogen_bit(z);
        switch (type) {
        case BOND_AROMATIC: x->aromatic++; break;
        case BOND_SINGLE:
            x->s++;
            if (aromatic) {
                x->s_aromatic++;
                x->s_arom_c += z == 6;
                break;
            }
            x->s_aliphatic++;
            x->halogen |= halogen;
            x->plain_n += z == 7;
            x->plain_o += z == 8;
            x->plain_p += z == 15;
            x->plain_s += z == 16;
            x->s_c += z == 6;
            x->s_hetero += z != 6;
            break;
        case BOND_DOUBLE:
            x->d++;
            if (aromatic) {
                x->d_arom_c += z == 6;
                break;
            }
            x->d_c += z == 6;
            x->d_hetero += z != 6;
            x->d_n += z == 7;
            x->d_o += z == 8;
            x->d_p += z == 15;
            x->d_s += z == 16;
            break;
        case BOND_TRIPLE:
            if (aromatic) return false;
            x->t++;
            break;
        default: return false;
        }
    }
    return true;
}

static int32_t type_carbon(const around *x, int32_t h, int32_t n)
{
    if (h == 4) return C1_H4;
    if (h == 3 && x->s_c) return C1_H3;
    if (h == 2 && x->s_c > 1) return C1_H2;
    if (h == 1 && x->s_c > 2) return C2_H1;
    if (x->s_c > 3) return C2;
    if (h == 3 && x->s_hetero) return C3_H3;
    if (n == 4 && x->s_hetero && x->s_aliphatic > 3 - h) return h == 2 ? C3_H2 : h == 1 ? C4_H1 : h ? -1 : C4_H0;
    if (x->d_hetero) return C5;
    if (h == 2 && x->d_c) return C6_H2;
    if (h == 1 && x->d_c && x->s_aliphatic) return C6_H1;
    if (h == 0 && x->d_c && x->s_aliphatic > 1) return C6_H0;
    if (x->d_c > 1) return C6;
    if (n == 2 && x->t) return C7;
    if (h == 3 && x->s_aromatic) return x->s_arom_c ? C8 : C9;
    if (n == 4 && x->s_aromatic && h < 3) return h == 2 ? C10 : h == 1 ? C11 : C12;
    if (x->d_c && x->s_aromatic && x->s_aliphatic) return C26_A;
    if (x->d_c && x->s_arom_c && x->s_aromatic > 1) return C26_C;
    if (x->d_c && x->s_aromatic && h == 1) return C26_H1;
    if (x->d_arom_c) return C26;
    return CS;
}

static int32_t type_aromatic_carbon(const around *x, int32_t h)
{
    if (!h && x->plain_p) return C13;
    for (int32_t k = 0; k < 4; k++)
        if (x->halogen >> k & 1) return C14 + k;
    if (h == 1) return C18;
    if (x->aromatic > 2) return C19;
    if (x->aromatic < 2) return CS;
    if (x->s_aromatic) return C20;
    if (x->s_c) return C21;
    if (x->plain_n) return C22;
    if (x->plain_o) return C23;
    if (x->plain_s) return C24;
    return x->d_c || x->d_n || x->d_o ? C25 : CS;
}

static int32_t type_nitrogen(const around *x, int32_t h, int32_t q)
{
    if (q == 0) {
        if (h == 2 && x->s_aliphatic) return N1;
        if (h == 1 && x->s_aliphatic > 1) return N2;
        if (h == 2 && x->s_aromatic) return N3;
        if (h == 1 && x->s_aromatic && x->s > 1) return N4;
        if (h == 1 && x->d) return N5;
        if (x->d && x->s) return N6;
        if (x->s_aliphatic > 2) return N7;
        if (x->s_aromatic && x->s_aliphatic && x->s > 2) return N8_A;
        if (x->s_aromatic > 2) return N8_3;
        return x->t ? N9 : NS;
    }
    if (q < 0) return N14_M;
    if (q > 1) return -1;
    if (h >= 1 && h <= 3) return N10;
    if (h) return NS;
    if (x->s_aliphatic > 3) return N13_4;
    if (x->d_c + x->d_hetero && x->s_aliphatic && x->s > 1) return N13_3;
    if (x->d > 1) return -1;
    return x->t ? N14_T : NS;
}

// A carbonyl's oxygen by the carbon's other neighbours.
static int32_t type_carbonyl(const aryl_mol *m, int32_t c)
{
    around x;
    if (!look_around(m, c, &x)) return -1;
    int32_t h = mol_hidden_h(m, c), not_c = x.s - x.s_c - x.s_arom_c;
    if (mol_aromatic(m, c)) return O8;
    if (h == 1 && x.s_c) return O9_HC;
    if (x.s_c && x.s_aliphatic > 1) return O9_C;
    if (h == 1 && (x.plain_n || x.plain_o)) return O9_HX;
    if (h == 2) return O9_H2;
    if (mol_total_degree(m, c) == 2 && x.d_o > 1) return O9_CO2;
    if (h == 1 && x.s_arom_c) return O10_H;
    if ((x.s_c && x.s_aromatic) || (x.s_arom_c && x.s_aromatic > 1)) return O10_A;
    if (x.s_arom_c && x.s_aliphatic) return O10_C;
    return not_c > 1 ? O11 : OS;
}

static int32_t type_oxygen(const aryl_mol *m, int32_t a, const around *x, int32_t h, int32_t q)
{
    if (h == 1 || h == 2) return O2;
    if (x->s_aliphatic > 1) return O3;
    if (x->s_aromatic && x->s > 1) return O4;
    if (mol_degree(m, a) != 1) return -1;
    int32_t other = m->nbr[m->start[a]], z = m->z[other];
    if (x->d) {
        if (z == 7 || z == 8) return O5_D;
        if (q) return -1;
        if (z == 16) return m->charge[other] ? -1 : O6_D;
        return z == 6 ? type_carbonyl(m, other) : OS;
    }
    if (q != -1 || !x->s || h) return -1;
    if (z == 7) return O5_S;
    if (z == 16) return O6_S;
    if (z == 6 && !mol_aromatic(m, other))
        for (int32_t k = m->start[other]; k < m->start[other + 1]; k++)
            if (m->type[m->via[k]] == BOND_DOUBLE && m->z[m->nbr[k]] == 8) return O12;
    return O7;
}

static int32_t type_atom(const aryl_mol *m, int32_t a)
{
    around x;
    int32_t h = mol_hidden_h(m, a), q = m->charge[a], z = m->z[a];
    bool aromatic = mol_aromatic(m, a);
    if (!look_around(m, a, &x) || (x.aromatic && !aromatic)) return -1;
    switch (z) {
    case 6: return aromatic ? type_aromatic_carbon(&x, h) : type_carbon(&x, h, mol_total_degree(m, a));
    case 7: return !aromatic ? type_nitrogen(&x, h, q) : q == 0 ? N11 : q == 1 ? N12 : -1;
    case 8: return aromatic ? O1 : type_oxygen(m, a, &x, h, q);
    case 9: return q ? -1 : F;
    case 15: return P;
    case 16:
        if (aromatic) return S3;
        if (q) return q == 1 || q == -1 ? S2_Q : -1;
        return x.d_n || x.d_o || x.d_p || x.d_s ? S2_D : S1;
    case 17: return q ? -1 : CL;
    case 35: return q ? -1 : BR;
    case 53: return q ? -1 : I;
    default: return -1;
    }
}

bool facts_crippen_simple(const aryl_mol *m, uint8_t *row)
{
    int32_t crowded = 0;
    if (m->n_atoms > MOST_ATOMS) return false;
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t type = type_atom(m, a);
        crowded += mol_degree(m, a) > 3;
        if (type < 0 || crowded > MOST_CROWDED) return false;
        row[a] = (uint8_t)type;
    }
    return true;
}
