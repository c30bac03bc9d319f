"""Writes stereo.tsv and ranks.tsv beside it from RDKit 2026.09.1: legacy stereo, and canonical ranks.

    python tests/data/perceive/stereo.py

The inputs are the first column of stereo.tsv itself; to add one, append a line with nothing else and run this.
"""
import os

from rdkit import Chem, RDLogger

RDLogger.DisableLog("rdApp.*")
HERE = os.path.dirname(os.path.abspath(__file__))

HEADER = """\
# Legacy stereo, from RDKit 2026.09.1. Made by stereo.py.
# input, or a refusal; then atoms, bonds, ranks, ring partners
# atom: R or S its label; * a tag without label; o no tag, but could be a centre; . nothing; then explicit/implicit hydrogens
# bond: . nothing, ? known to be unknown, Z or E with the two neighbours it refers to; then its direction as it stays
# ranks: of the atoms in order, - where nobody asked; ring partners: atom:those it means something with, negative when the
#        tags differ, counted from 1
"""
RANKS_HEADER = """\
# Canonical ranks of atoms, from RDKit 2026.09.1. Made by stereo.py.
# input, classes without chirality, unique ranks without, classes with chirality, unique ranks with
"""


def atom_text(atom):
    label = atom.GetProp("_CIPCode") if atom.HasProp("_CIPCode") else ""
    possible = "o" if atom.HasProp("_ChiralityPossible") else "."
    sign = label or ("*" if atom.GetChiralTag() else possible)
    return f"{sign}{atom.GetNumExplicitHs()}/{atom.GetNumImplicitHs()}"


def bond_text(bond):
    stereo = int(bond.GetStereo())
    text = ".?ZE"[stereo]
    if stereo > 1:
        text += ",".join(map(str, bond.GetStereoAtoms()))
    return text + {3: "\\", 4: "/"}.get(int(bond.GetBondDir()), "")


def rank_text(mol):
    atoms = list(mol.GetAtoms())
    return " ".join(a.GetProp("_CIPRank") for a in atoms) if atoms and atoms[0].HasProp("_CIPRank") else "-"


def partner_text(mol):
    texts = []
    for atom in mol.GetAtoms():
        partners = atom.GetPropsAsDict(True, True).get("_ringStereoAtoms") if atom.HasProp("_ringStereoAtoms") else None
        if partners:
            texts.append(f"{atom.GetIdx()}:" + ",".join(map(str, partners)))
    return " ".join(texts)


def rank_cells(mol):
    for chirality in (False, True):
        for ties in (False, True):
            yield " ".join(map(str, Chem.CanonicalRankAtoms(mol, breakTies=ties, includeChirality=chirality)))


def main():
    path = os.path.join(HERE, "stereo.tsv")
    with open(path, encoding="utf-8") as file:
        inputs = [line.rstrip("\n").split("\t")[0] for line in file if line.strip() and not line.startswith("#")]
    with open(path, "w", encoding="utf-8") as stereo, open(os.path.join(HERE, "ranks.tsv"), "w", encoding="utf-8") as ranks:
        stereo.write(HEADER)
        ranks.write(RANKS_HEADER)
        for text in dict.fromkeys(inputs):
            mol = Chem.MolFromSmiles(text)
            if mol is None:
                stereo.write(f"{text}\trefused\n")
                continue
            cells = [" ".join(map(atom_text, mol.GetAtoms())), " ".join(map(bond_text, mol.GetBonds())), rank_text(mol),
                     partner_text(mol)]
            stereo.write("\t".join([text, *cells]) + "\n")
            ranks.write("\t".join([text, *rank_cells(mol)]) + "\n")


if __name__ == "__main__":
    main()
