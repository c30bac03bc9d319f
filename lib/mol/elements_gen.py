"""Writes elements_gen.h from the periodic table of the pinned RDKit: python elements_gen.py > elements_gen.h"""
from rdkit import Chem, rdBase

table = Chem.GetPeriodicTable()
print("// Made by elements_gen.py from the periodic table of RDKit %s. Copyright (c) 2006-2026, Greg Landrum and other" % rdBase.rdkitVersion)
print("// RDKit contributors, BSD-3-Clause; see NOTICE.")
print("// ELEMENT(Z, symbol, outer electrons, most common isotope, weight u, its mass u, Rb0 A, allowed valences, -1: any)")
for z in range(119):
    valences = list(table.GetValenceList(z)) + [-2]
    print('ELEMENT(%d, "%s", %d, %d, %r, %r, %r, %s)' % (
        z, table.GetElementSymbol(z), table.GetNOuterElecs(z), table.GetMostCommonIsotope(z),
        table.GetAtomicWeight(z), table.GetMostCommonIsotopeMass(z), table.GetRb0(z), ", ".join(map(str, valences))))
print("// ISOTOPE(Z, mass number, mass u), ascending")
for z in range(119):
    for n in range(1, 400):
        mass = table.GetMassForIsotope(z, n)
        if mass:
            print("ISOTOPE(%d, %d, %r)" % (z, n, mass))
print("// SYMBOLS(first letter, Z by second letter: none, a..z; 0 is no element)")
for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
    row = [0] * 27
    for z in range(1, 119):
        symbol = table.GetElementSymbol(z)
        if symbol[0] == first:
            row[0 if len(symbol) == 1 else ord(symbol[1]) - ord("a") + 1] = z
    print("SYMBOLS(%s, %s)" % (first, ", ".join(map(str, row))))
