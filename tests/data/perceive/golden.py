"""Writes golden.tsv beside it from RDKit 2026.09.1: what each input becomes before its stereo is looked at.

    python tests/data/perceive/golden.py

The inputs are the first column of the table itself; to add one, append a line with nothing else and run this.
"""
from pathlib import Path

import rdkit
from rdkit import Chem, RDLogger

assert rdkit.__version__ == "2026.09.1", rdkit.__version__
RDLogger.DisableLog("rdApp.*")
TABLE = Path(__file__).with_name("golden.tsv")
HEAD = """# What a SMILES becomes, from RDKit 2026.09.1. Made by golden.py.
# input, "ok" or the refusal, then atoms, bonds and rings, or the message
# atom: symbol (small letters: aromatic), charge, ^ and unpaired electrons, explicit/implicit hydrogens, v and explicit
#       valence, hybridisation after the colon (s 1 2 3 q 5 6 u), @: keeps a tag
# bonds in order: - = # $ : ~ and > for dative, a: marked aromatic but of another type, ': conjugated
# rings: the sizes of all relevant cycles, ascending
"""
HYBRIDS = {"UNSPECIFIED": "u", "S": "s", "SP": "1", "SP2": "2", "SP3": "3", "SP2D": "q", "SP3D": "5", "SP3D2": "6"}
BONDS = {"SINGLE": "-", "DOUBLE": "=", "TRIPLE": "#", "QUADRUPLE": "$", "AROMATIC": ":", "UNSPECIFIED": "~", "DATIVE": ">"}
REFUSALS = {"AtomValenceException": "valence", "KekulizeException": "kekule", "AtomKekulizeException": "kekule"}

raw = Chem.SmilesParserParams()
raw.sanitize = raw.removeHs = False
removal = Chem.RemoveHsParameters()
removal.updateExplicitCount, removal.showWarnings = True, False


def atom_text(a):
    symbol = a.GetSymbol().lower() if a.GetIsAromatic() else a.GetSymbol()
    charge = f"{a.GetFormalCharge():+d}" if a.GetFormalCharge() else ""
    radicals = f"^{a.GetNumRadicalElectrons()}" if a.GetNumRadicalElectrons() else ""
    tag = "@" if a.GetChiralTag() else ""
    return (f"{symbol}{charge}{radicals} {a.GetNumExplicitHs()}/{a.GetNumImplicitHs()}"
            f"v{a.GetValence(Chem.ValenceType.EXPLICIT)}:{HYBRIDS[str(a.GetHybridization())]}{tag}")


def bond_text(b):
    kind = BONDS[str(b.GetBondType())]
    odd = b.GetIsAromatic() and kind != ":"
    return kind + "a" * odd + "'" * (b.GetIsConjugated() and not b.GetIsAromatic())


def columns(smiles):
    mol = Chem.MolFromSmiles(smiles, raw)
    if mol is None:
        return ["syntax", ""]
    try:
        mol = Chem.RemoveHs(mol, removal, sanitize=True)
    except Exception as problem:
        kind = type(problem).__name__
        return [REFUSALS[kind], str(problem).strip()] if kind in REFUSALS else ["valence", ""]
    rings = sorted(len(r) for r in mol.GetRingInfo().AtomRings())
    return ["ok", ", ".join(map(atom_text, mol.GetAtoms())), "".join(map(bond_text, mol.GetBonds())),
            " ".join(map(str, rings))]


inputs = [line.split("\t")[0] for line in TABLE.read_text().splitlines() if line and line[0] != "#"]
with TABLE.open("w") as out:
    out.write(HEAD)
    for smiles in inputs:
        out.write("\t".join([smiles] + columns(smiles)) + "\n")
