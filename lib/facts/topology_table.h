// topology_table.h - the fragments of the pattern fingerprint; their order is part of its definition.
// From Code/GraphMol/Fingerprints/PatternFingerprints.cpp of RDKit 2026.09.
// Copyright (c) 2013-2020, Greg Landrum and Rational Discovery LLC, BSD-3-Clause; see NOTICE.
// TOPOLOGY(SMARTS)
TOPOLOGY("[*]~[*]")
TOPOLOGY("[*]~[*]~[*]")
TOPOLOGY("[R]~1~[R]~[R]~1")
TOPOLOGY("[*]~[*](~[*])~[*]")
TOPOLOGY("[R]~1[R]~[R]~[R]~1")
TOPOLOGY("[*]~[*]~[*](~[*])~[*]")
TOPOLOGY("[R]~1~[R]~[R]~[R]~[R]~1")
TOPOLOGY("[R]~1~[R]~[R]~[R]~[R]~[R]~1")
TOPOLOGY("[R](@[R])(@[R])~[R]~[R](@[R])(@[R])")
TOPOLOGY("[R](@[R])(@[R])~[R]@[R]~[R](@[R])(@[R])")
TOPOLOGY("[*]~[R](@[R])@[R](@[R])~[*]")
TOPOLOGY("[*]~[R](@[R])@[R]@[R](@[R])~[*]")
TOPOLOGY("[*]")
#undef TOPOLOGY
