// rules_table.h - what rules of thumb ask of a molecule. RULE(rule, property, least, most), both allowed.
// Lipinski et al., Adv. Drug Deliv. Rev. 1997, 23, 3, doi:10.1016/S0169-409X(96)00423-1: donors are hydrogens on N and O,
// acceptors N and O atoms; poor absorption is likely when two criteria fail.
RULE(LIPINSKI, MASS, -INFINITY, 500)
RULE(LIPINSKI, LOG_P, -INFINITY, 5)
RULE(LIPINSKI, NHOH, -INFINITY, 5)
RULE(LIPINSKI, NO, -INFINITY, 10)
// Veber et al., J. Med. Chem. 2002, 45, 2615, doi:10.1021/jm020017n
RULE(VEBER, ROTORS, -INFINITY, 10)
RULE(VEBER, POLAR, -INFINITY, 140)
// Ghose, Viswanadhan & Wendoloski, J. Comb. Chem. 1999, 1, 55, doi:10.1021/cc9800071: the qualifying ranges
RULE(GHOSE, MASS, 160, 480)
RULE(GHOSE, LOG_P, -0.4, 5.6)
RULE(GHOSE, REFRACTIVITY, 40, 130)
RULE(GHOSE, ATOMS, 20, 70)
// Hann & Oprea, Curr. Opin. Chem. Biol. 2004, 8, 255, doi:10.1016/j.cbpa.2004.04.003; solubility, which they ask for too,
// is not computed here. They widen the limits of Oprea et al., J. Chem. Inf. Comput. Sci. 2001, 41, 1308,
// doi:10.1021/ci010366a: mass 450, logD -4 to 4, 10 rotors, 4 rings, 5 donors, 8 acceptors. Teague et al., Angew. Chem.
// Int. Ed. 1999, 38, 3743, ask for less (mass below 350, logP below 3) and are another rule.
RULE(LEAD_LIKE, MASS, -INFINITY, 460)
RULE(LEAD_LIKE, LOG_P, -4, 4.2)
RULE(LEAD_LIKE, ROTORS, -INFINITY, 10)
RULE(LEAD_LIKE, RINGS, -INFINITY, 4)
RULE(LEAD_LIKE, DONORS, -INFINITY, 5)
RULE(LEAD_LIKE, ACCEPTORS, -INFINITY, 9)
// Congreve et al., Drug Discov. Today 2003, 8, 876, doi:10.1016/S1359-6446(03)02831-9; the wide form has the two criteria
// that "might also be useful". The mass is to be below 300: the most is the number before it.
RULE(OF_THREE, MASS, -INFINITY, 0x1.2bfffffffffffp+8)
RULE(OF_THREE, LOG_P, -INFINITY, 3)
RULE(OF_THREE, DONORS, -INFINITY, 3)
RULE(OF_THREE, ACCEPTORS, -INFINITY, 3)
RULE(OF_THREE_WIDE, ROTORS, -INFINITY, 3)
RULE(OF_THREE_WIDE, POLAR, -INFINITY, 60)
