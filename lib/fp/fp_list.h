// fp_list.h - every fingerprint, in the order of lists and documentation. FP(x) is `const fp_kind fp_x` in x.c.
FP(ecfp)
FP(fcfp)
FP(rdkit)
FP(atompair)
FP(torsion)
FP(maccs)
FP(pattern)
FP(layered)
