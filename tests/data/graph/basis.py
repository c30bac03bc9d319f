"""Writes basis.tsv beside it from RDKit 2026.09.1: relevant cycles and the minimum cycle basis it chooses.

    python tests/data/graph/basis.py
"""
import os
import random

from rdkit import Chem

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPES = """
C1CC1
C1CCC1C1CC1
C12C3C4C1C5C2C3C45
C12C3C1C1C2C31
C1CC2CCC1CC2
C1CC2CC1CC2
C1C2CC3CC1CC(C2)C3
C1CC23CCC(CC2)(CC3)C1
C12C3C4C5C1C6C7C2C8C3C9C%10C4C%11C5C6C%12C7C8C9C%12C%10%11
C1CC2CCC3CCC1C23
C1CCC2(CC1)CCCCC2
C1CC2CC3CC1CC(C2)C3CC1CC1
C1=CC2C=CC1C=C2
C12C3C4C5C6C1C7C2C3C4C5C67
C1C2C3C4C2C5C1C3C45
C1CCC2C(C1)CC1CCC3CCCC3C1C2
C1CC2C3CCC(C3)C2C1
C1C2CC3CC1C3C2
C12CC3CC(C1)CC(C2)C3
C1CC2CCC1CC1CCC2CC1
""".split()


def rings(found):
    def normal(ring):
        ring = list(ring)
        low = ring.index(min(ring))
        ring = ring[low:] + ring[:low]
        return ring if len(ring) < 3 or ring[1] < ring[-1] else ring[:1] + ring[:0:-1]
    return sorted((normal(ring) for ring in found), key=lambda ring: (len(ring), ring))


def main():
    random.seed(1)
    with open(os.path.join(HERE, "basis.tsv"), "w", encoding="utf-8") as file:
        file.write("# From RDKit 2026.09.1. Made by basis.py.\n")
        file.write("# edges in order, number of relevant cycles, the cycles of the basis\n")
        for shape in SHAPES:
            mol = Chem.MolFromSmiles(shape)
            for round in range(4):
                if round:
                    order = list(range(mol.GetNumAtoms()))
                    random.shuffle(order)
                    mol = Chem.RenumberAtoms(mol, order)
                bare = Chem.RWMol()
                for atom in mol.GetAtoms():
                    bare.AddAtom(Chem.Atom(6))
                edges = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()]
                if round > 1:
                    random.shuffle(edges)
                for begin, end in edges:
                    bare.AddBond(begin, end, Chem.BondType.SINGLE)
                relevant = len(Chem.GetSymmSSSR(bare))
                basis = rings(Chem.GetSSSR(Chem.RWMol(bare)))
                file.write(" ".join(f"{a}-{b}" for a, b in edges) + f"\t{relevant}\t"
                           + ";".join(",".join(map(str, ring)) for ring in basis) + "\n")


main()
