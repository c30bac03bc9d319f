"""make.py - writes what the Python tests expect, with the reference (tests/requirements/reference.txt).

reference.tsv    name, SMILES, bits set in ecfp radius=2 bits=2048, and descriptors
renumbered.tsv   SMILES, then the same molecule written from other atoms and in other orders
"""
import os

from rdkit import Chem
from rdkit.Chem import Descriptors, rdFingerprintGenerator

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ("MolWt", "ExactMolWt", "TPSA", "HeavyAtomCount", "RingCount", "NumAromaticRings", "FractionCSP3", "LabuteASA",
         "HallKierAlpha", "Kappa1", "NumValenceElectrons", "FpDensityMorgan2")


def main():
    with open(os.path.join(HERE, "..", "molecules.smi"), encoding="utf-8") as file:
        rows = [line.split() for line in file]
    morgan = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    functions = dict(Descriptors.descList)
    with open(os.path.join(HERE, "reference.tsv"), "w", encoding="utf-8") as file:
        file.write("#name\tsmiles\tecfp\t" + "\t".join(NAMES) + "\n")
        for smiles, name in rows:
            mol = Chem.MolFromSmiles(smiles)
            bits = ",".join(map(str, morgan.GetFingerprint(mol).GetOnBits()))
            file.write("\t".join([name, smiles, bits, *(repr(functions[n](mol)) for n in NAMES)]) + "\n")
    with open(os.path.join(HERE, "renumbered.tsv"), "w", encoding="utf-8") as file:
        for smiles, _ in rows:
            mol = Chem.MolFromSmiles(smiles)
            others = {Chem.MolToRandomSmilesVect(mol, 1, randomSeed=seed)[0] for seed in range(1, 9)} - {smiles}
            file.write("\t".join([smiles, *sorted(others)[:4]]) + "\n")


main()
