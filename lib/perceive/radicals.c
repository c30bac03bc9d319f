// radicals.c - unpaired electrons of atoms whose hydrogens were written out.
#include "perceive/perceive.h"

static int32_t unpaired(const aryl_mol *m, int32_t a)
{
    int32_t z = m->z[a], q = m->charge[a], outer = elements[z].outer;
    const int8_t *list = elements[z].valence;
    if (list[0] == -1) {                           // of elements without a valence nothing is expected once they have a bond
        if (mol_degree(m, a)) return 0;
        return outer > q ? (outer - q) % 2 : 0;
    }
    int32_t sum2 = 2 * m->explicit_h[a];
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t type = m->kekule[m->via[k]];
        sum2 += type == BOND_DATIVE && m->end[m->via[k]] != a ? 0 : perceive_order2[type];
    }
    int32_t used = sum2 / 2, shell = z <= 2 ? 2 : 8, radicals = shell - outer - used + q;
    if (radicals < 0) {
        radicals = 0;
        if (list[1] != ELEMENT_END)
            for (; *list != ELEMENT_END; list++)
                if (*list - used + q >= 0) {
                    radicals = *list - used + q;
                    break;
                }
    }
    int32_t left = outer - used - q;
    return left >= 0 && left < radicals ? left : radicals;
}

void perceive_radicals_of(aryl_mol *m, int32_t a)
{
    if ((m->atom_flags[a] & ATOM_NO_IMPLICIT) && m->z[a]) m->radicals[a] = (uint8_t)unpaired(m, a);
}
