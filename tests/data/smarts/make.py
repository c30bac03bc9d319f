"""Fills in what RDKit 2026.09.1 answers for the rows of golden.tsv and refused.txt: python tests/data/smarts/make.py

A row of golden.tsv is pattern, SMILES, flags (u: one match a set of atoms, c: chirality, h: hydrogens merged, l: at most
three matches) and the matches in order. Add rows with the first three fields and run this.
"""
from pathlib import Path

import rdkit
from rdkit import Chem, RDLogger

assert rdkit.__version__ == "2026.09.1", rdkit.__version__
RDLogger.DisableLog("rdApp.*")
HERE = Path(__file__).parent

rows = []
for line in open(HERE / "golden.tsv"):
    if line.startswith("# "):
        rows.append(line)
        continue
    pattern, smiles, flags = line.rstrip("\n").split("\t")[:3]
    query = Chem.MolFromSmarts(pattern, mergeHs="h" in flags)
    asked = Chem.SubstructMatchParameters()
    asked.uniquify, asked.useChirality = "u" in flags, "c" in flags
    asked.maxMatches = 3 if "l" in flags else 1000
    found = Chem.MolFromSmiles(smiles).GetSubstructMatches(query, asked)
    rows.append("\t".join([pattern, smiles, flags, " ".join(",".join(map(str, match)) for match in found)]) + "\n")
open(HERE / "golden.tsv", "w").writelines(rows)
for line in open(HERE / "refused.txt"):
    assert Chem.MolFromSmarts(line.rstrip("\n")) is None, line
