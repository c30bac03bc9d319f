// features_table.h - pharmacophore features of an atom, the bits of feature fingerprints from low to high.
// From Code/GraphMol/Fingerprints/FingerprintUtil.cpp of RDKit 2026.09.
// Copyright (c) 2018-2025, Boran Adas and other RDKit contributors, BSD-3-Clause; see NOTICE.
// FEATURE(meaning, SMARTS)
FEATURE(donor, "[$([N;!H0;v3,v4&+1]),$([O,S;H1;+0]),n&H1&+0]")
FEATURE(acceptor, "[$([O,S;H1;v2;!$(*-*=[O,N,P,S])]),$([O,S;H0;v2]),$([O,S;-]),$([N;v3;!$(N-*=[O,N,P,S])]),n&H0&+0,$([o,s;+0;!$([o,s]:n);!$([o,s]:c:n)])]")
FEATURE(aromatic, "[a]")
FEATURE(halogen, "[F,Cl,Br,I]")
FEATURE(basic, "[#7;+,$([N;H2&+0][$([C,a]);!$([C,a](=O))]),$([N;H1&+0]([$([C,a]);!$([C,a](=O))])[$([C,a]);!$([C,a](=O))]),$([N;H0&+0]([C;!$(C(=O))])([C;!$(C(=O))])[C;!$(C(=O))])]")
FEATURE(acidic, "[$([C,S](=[O,S,P])-[O;H1,-1])]")
#undef FEATURE
