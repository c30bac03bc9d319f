"""Writes stereo.tsv, drawn.tsv and ranks.tsv beside it from RDKit 2026.09.1: legacy stereo, and canonical ranks.

    python tests/data/perceive/stereo.py

The inputs are the first columns of stereo.tsv (SMILES) and drawn.tsv (molfiles, | for the end of a line) themselves; to
add one, append a line with nothing else and run this.
"""
import os

from rdkit import Chem, RDLogger

RDLogger.DisableLog("rdApp.*")
HERE = os.path.dirname(os.path.abspath(__file__))

HEADER = """\
# Legacy stereo, from RDKit 2026.09.1. Made by stereo.py.
# input, or a refusal; then atoms, bonds, ranks, ring partners
# atom: R or S its label; * a tag without label; o no tag, but could be a centre; . nothing; then explicit/implicit
#       hydrogens; @ and the class and number of another geometry
# bond: . nothing, ? known to be unknown, Z or E with the two neighbours it refers to, < or > atropisomer; then its direction
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
    tag = int(atom.GetChiralTag())
    other = f"@{tag}.{atom.GetIntProp('_chiralPermutation')}" if tag >= 6 else ""
    return f"{sign}{atom.GetNumExplicitHs()}/{atom.GetNumImplicitHs()}{other}"


def bond_text(bond):
    stereo = int(bond.GetStereo())
    text = ".?ZE--<>"[stereo]
    if stereo in (2, 3):
        text += ",".join(map(str, bond.GetStereoAtoms()))
    return text + {1: "w", 2: "d", 3: "\\", 4: "/", 5: "x", 6: "~"}.get(int(bond.GetBondDir()), "")


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


def inputs_of(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t")[0] for line in file if line.strip() and not line.startswith("#")]
    return list(dict.fromkeys(lines))


def cells(mol):
    if mol is None:
        return ["refused"]
    return [" ".join(map(atom_text, mol.GetAtoms())), " ".join(map(bond_text, mol.GetBonds())), rank_text(mol),
            partner_text(mol)]


def write(name, read):
    path = os.path.join(HERE, name)
    texts = inputs_of(path)
    mols = [read(text) for text in texts]
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADER)
        file.writelines("\t".join([text, *cells(mol)]) + "\n" for text, mol in zip(texts, mols))
    return [(text, mol) for text, mol in zip(texts, mols) if mol is not None]


def main():
    read = write("stereo.tsv", Chem.MolFromSmiles)
    write("drawn.tsv", lambda text: Chem.MolFromMolBlock(text.replace("|", "\n")))
    with open(os.path.join(HERE, "ranks.tsv"), "w", encoding="utf-8") as ranks:
        ranks.write(RANKS_HEADER)
        ranks.writelines("\t".join([text, *rank_cells(mol)]) + "\n" for text, mol in read)


if __name__ == "__main__":
    main()
