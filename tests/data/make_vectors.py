"""Writes fp/*.tsv and desc/*.tsv from RDKit 2026.09.1, the reference that both rooms promise to equal, and
contributions.tsv, what atoms add to descriptors. Of descriptors of our own, what goes in is RDKit's.

    python tests/data/make_vectors.py          (from the top of the tree)

Rows may be added by hand as well; the next run keeps only what stands in MOLECULES and SETTINGS.
"""
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"   # the last digits of Ipc depend on it
import collections
import math
import re
from pathlib import Path

import rdkit
from rdkit import Chem, RDLogger
from rdkit.Chem import QED, Descriptors, rdMolDescriptors, rdPartialCharges
from rdkit.Chem.EState.EState import EStateIndices
from rdkit.Chem.Scaffolds import MurckoScaffold
from rdkit.Chem import rdFingerprintGenerator as G

assert rdkit.__version__ == "2026.09.1", rdkit.__version__
RDLogger.DisableLog("rdApp.*")
HERE = Path(__file__).parent
TOP = HERE.parent.parent

# One line for each thing that could go wrong, then real substances.
MOLECULES = """
C
CC
C=C
C#C
CCO
O
N
[H][H]
[2H]O[2H]
[H]
[H+]
[Na+].[Cl-]
[He]
[U]
*
*C*
[5*]C
[13CH4]
[14CH3]C([2H])([3H])O
C1CC1
CC1CC1
C1CCC1
C1CN1
C1CO1
C1CC12CC2
C12CC1C2
C1CC2CCC1C2
C1CC2CCC1CC2
C1CC2(C1)CCC2
C12C3C4C1C5C2C3C45
C[C@H](F)Cl
CC(F)Cl
C/C=C\\C
CC=CC
C[C@H]1CC[C@@H](C)CC1
CC1CCC(C)CC1
C[C@H](O)C(O)[C@@H](C)O
CC=C1CCC(F)CC1
C1CN2CCC1CC2
CS(=O)CC
CP(C)(=O)CC
C1CC1.CC(C)(C)C
CO~[Mg]
[BH4-].[K+]
[NH4+]
C[N+](C)(C)C
[O-][n+]1ccccc1
C[N+](=O)[O-]
[C-]#[O+]
CN=[N+]=[N-]
N#N
FS(F)(F)(F)(F)F
O=S(=O)(O)O
CS(C)=O
CP(=O)(O)O
CCCCP(Cl)(Cl)(Cl)Cl
[SiH3]C
C[Si](C)(C)C
B(O)(O)c1ccccc1
ClC(Br)(I)F
I(=O)(=O)O
[CH3]
[CH2]
[O][O]
c1ccccc1
c1ccccc1O
c1ccncc1
c1cc[nH]c1
c1ccoc1
c1ccsc1
c1cc2ccccc2[nH]1
c1ccc2ccccc2c1
n1c[nH]c2c1ncnc2
Cn1cnc2c1c(=O)n(C)c(=O)n2C
c1ccc(cc1)-c1ccccc1
C1=CC=CC=CC=C1
C:C:C
O=C1C=CC(=O)C=C1
[Cl-].[Cl-].[Pt+2]
[CH3][Mg][Br]
Cl[Pt](Cl)(N)N
[Fe+2].c1cc[cH-]c1.c1cc[cH-]c1
C[Se]C
C[As](C)C
[Sn](C)(C)(C)C
CC(=O)Oc1ccccc1C(=O)O
CC(=O)Nc1ccc(O)cc1
CN1C2CCC1C(C(=O)OC)C(OC(=O)c1ccccc1)C2
CC12CCC3C(CCC4=CC(=O)CCC34C)C1CCC2O
CC(C)CC(C(=O)O)NC(=O)C(Cc1ccccc1)NC(=O)CNC(=O)CNC(=O)C(N)Cc1ccc(O)cc1
OCC1OC(OC2(CO)OC(CO)C(O)C2O)C(O)C(O)C1O
CN1CCC23c4c5ccc(O)c4OC2C(O)C=CC3C1C5
C[C@@H](O)[C@H](N)C(=O)O
C/C=C/C=C\\C
CC1(C)SC2C(NC(=O)Cc3ccccc3)C(=O)N2C1C(=O)O
NC(N)=NCCCC(N)C(=O)O
OC(=O)CC(O)(CC(=O)O)C(=O)O
CCN(CC)CCNC(=O)c1ccc(N)cc1
Clc1ccc(cc1)C(c1ccccc1)N1CCN(CC1)CCOCC(=O)O
CC(C)(C)NCC(O)c1ccc(O)c(CO)c1
O=C1NC(=O)C(N1)(c1ccccc1)c1ccccc1
C1CCCCCCCCCCCCCC1
CCCCCCCCCCCCCCCCCC(=O)OCC(OC(=O)CCCCCCCCCCCCCCCCC)COC(=O)CCCCCCCCCCCCCCCCC
CC(C)C1NC(=O)C(C)N(C)C(=O)C(CC(C)C)NC(=O)C2CCCN2C(=O)C(NC1=O)C(C)O
""".split()

def shortest_torsions(size):
    generator = G.GetTopologicalTorsionGenerator(torsionAtomCount=size)
    generator.GetOptions().onlyShortestPaths = True
    return generator


# spec parameters, out, generator arguments
SETTINGS = [
    ("radius=0", "sparse", dict(radius=0)),
    ("radius=1", "sparse", dict(radius=1)),
    ("", "sparse", dict(radius=2)),
    ("radius=3", "sparse", dict(radius=3)),
    ("radius=6", "sparse", dict(radius=6)),
    ("radius=2 ring=0", "sparse", dict(radius=2, noring=True)),
    ("radius=3 bondtypes=0", "sparse", dict(radius=3, useBondTypes=False)),
    ("radius=3 redundant=1", "sparse", dict(radius=3, includeRedundantEnvironments=True)),
    ("", "bits", dict(radius=2)),
    ("bits=1000", "bits", dict(radius=2, fpSize=1000)),
    ("bits=2048 countsim=1", "bits", dict(radius=2, countSimulation=True)),
    ("bits=1001 countsim=1 countbounds=1,3,5", "bits",
     dict(radius=2, fpSize=1001, countSimulation=True, countBounds=[1, 3, 5])),
    ("bits=512", "counts", dict(radius=2, fpSize=512)),
    ("radius=2 chirality=1", "sparse", dict(radius=2, includeChirality=True)),
    ("radius=4 chirality=1", "sparse", dict(radius=4, includeChirality=True)),
]

FEATURES = dict(atomInvariantsGenerator=G.GetMorganFeatureAtomInvGen())

# The other kinds: parameters, out, and the generator, or a function that makes the bit vector.
KINDS = {
    "fcfp": [
        ("radius=1", "sparse", G.GetMorganGenerator(radius=1, **FEATURES)),
        ("", "bits", G.GetMorganGenerator(radius=2, **FEATURES)),
        ("radius=3 bondtypes=0", "sparse", G.GetMorganGenerator(radius=3, useBondTypes=False, **FEATURES)),
        ("radius=3 chirality=1", "sparse", G.GetMorganGenerator(radius=3, includeChirality=True, **FEATURES)),
    ],
    "rdkit": [
        ("maxpath=4", "sparse", G.GetRDKitFPGenerator(maxPath=4)),
        ("maxpath=5 bits=512", "bits", G.GetRDKitFPGenerator(maxPath=5, fpSize=512)),
        ("minpath=3 maxpath=4 bitsperfeature=5", "sparse", G.GetRDKitFPGenerator(minPath=3, maxPath=4, numBitsPerFeature=5)),
        ("maxpath=5 branched=0", "sparse", G.GetRDKitFPGenerator(maxPath=5, branchedPaths=False)),
        ("maxpath=4 bondorder=0 bitsperfeature=1", "sparse", G.GetRDKitFPGenerator(maxPath=4, useBondOrder=False, numBitsPerFeature=1)),
        ("maxpath=3 hs=0", "sparse", G.GetRDKitFPGenerator(maxPath=3, useHs=False)),
    ],
    "atompair": [
        ("", "sparse", G.GetAtomPairGenerator()),
        ("", "bits", G.GetAtomPairGenerator()),
        ("countsim=0 bits=512", "bits", G.GetAtomPairGenerator(countSimulation=False, fpSize=512)),
        ("mindist=2 maxdist=4", "sparse", G.GetAtomPairGenerator(minDistance=2, maxDistance=4)),
        ("chirality=1", "sparse", G.GetAtomPairGenerator(includeChirality=True)),
    ],
    "torsion": [
        ("", "sparse", G.GetTopologicalTorsionGenerator()),
        ("", "bits", G.GetTopologicalTorsionGenerator()),
        ("countsim=0 bits=512", "bits", G.GetTopologicalTorsionGenerator(countSimulation=False, fpSize=512)),
        ("size=5", "sparse", G.GetTopologicalTorsionGenerator(torsionAtomCount=5)),
        ("size=6 shortest=1", "sparse", shortest_torsions(6)),
        ("chirality=1", "sparse", G.GetTopologicalTorsionGenerator(includeChirality=True)),
    ],
    "maccs": [("", "bits", rdMolDescriptors.GetMACCSKeysFingerprint)],
    "pattern": [
        ("", "bits", Chem.PatternFingerprint),
        ("bits=512", "bits", lambda mol: Chem.PatternFingerprint(mol, fpSize=512)),
    ],
    "layered": [
        ("maxpath=4", "bits", lambda mol: Chem.LayeredFingerprint(mol, maxPath=4)),
        ("minpath=2 maxpath=5 bits=512", "bits", lambda mol: Chem.LayeredFingerprint(mol, minPath=2, maxPath=5, fpSize=512)),
        ("maxpath=4 flags=37", "bits", lambda mol: Chem.LayeredFingerprint(mol, maxPath=4, layerFlags=37)),
    ],
}
LONGEST = 40    # atoms, for kinds whose features are many


def write(path, header, rows):
    path.parent.mkdir(exist_ok=True)
    with open(path, "w") as f:
        f.write("# made by make_vectors.py from RDKit 2026.09.1\n")
        f.write(header + "\n")
        for row in rows:
            f.write("\t".join(row) + "\n")


def ecfp(molecules):
    for text, out, args in SETTINGS:
        args = dict(args)
        if args.pop("noring", False):
            args["atomInvariantsGenerator"] = G.GetMorganAtomInvGen(includeRingMembership=False)
        generator = G.GetMorganGenerator(**args)
        for smiles, mol in molecules:
            if out == "bits":
                found = [str(bit) for bit in generator.GetFingerprint(mol).GetOnBits()]
            else:
                make = generator.GetCountFingerprint if out == "counts" else generator.GetSparseCountFingerprint
                found = ["%d:%d" % pair for pair in sorted(make(mol).GetNonzeroElements().items())]
            yield smiles, text, out, " ".join(found)


def others(kind, molecules):
    for text, out, generator in KINDS[kind]:
        for smiles, mol in molecules:
            if kind != "maccs" and mol.GetNumAtoms() > LONGEST:
                continue
            if out == "sparse":
                found = ["%d:%d" % pair for pair in sorted(generator.GetSparseCountFingerprint(mol).GetNonzeroElements().items())]
            else:
                bits = generator(mol) if callable(generator) else generator.GetFingerprint(mol)
                found = [str(bit) for bit in bits.GetOnBits()]
            yield smiles, text, out, " ".join(found)


def families():
    """Values of each descriptor family, in the order of the list."""
    found = collections.OrderedDict()
    for page in ("lib/desc/desc_list.h", "lib/desc/own_list.h"):
        for line in open(TOP / page):
            m = re.match(r"(?:DESC|COUNT)\((\w+), (\w+),", line)
            if m and m[1] != "name":
                found.setdefault(m[2], []).append(m[1])
    return found


def own(mol, value):
    """Descriptors that are not RDKit's, from those that are."""
    parts = QED.properties(mol)
    atoms = Chem.AddHs(mol).GetNumAtoms()
    mass, log_p, turning, area = (value[name] for name in ("MolWt", "MolLogP", "NumRotatableBonds", "TPSA"))
    donors, acceptors = value["NumHDonors"], value["NumHAcceptors"]
    three = [mass < 300, log_p <= 3, donors <= 3, acceptors <= 3]
    rules = {
        "Lipinski": [mass <= 500, log_p <= 5, value["NHOHCount"] <= 5, value["NOCount"] <= 10],
        "Veber": [turning <= 10, area <= 140],
        "Ghose": [160 <= mass <= 480, -0.4 <= log_p <= 5.6, 40 <= value["MolMR"] <= 130, 20 <= atoms <= 70],
        "LeadLike": [mass <= 460, -4 <= log_p <= 4.2, turning <= 10, value["RingCount"] <= 4, donors <= 5, acceptors <= 9],
        "RuleOfThree": three,
        "RuleOfThreeWide": three + [turning <= 3, area <= 60],
    }
    found = {"Qed" + name: getattr(parts, name) for name in parts._fields}
    return {**found, **{name + "Failures": kept.count(False) for name, kept in rules.items()}}


def contributions(molecules):
    for smiles, mol in molecules:
        mol = Chem.Mol(mol)
        rdPartialCharges.ComputeGasteigerCharges(mol)
        for atom in mol.GetAtoms():
            atom.SetIntProp("number", atom.GetIdx())
        crippen = rdMolDescriptors._CalcCrippenContribs(mol)
        areas, hydrogens = rdMolDescriptors._CalcLabuteASAContribs(mol)
        scaffold = {atom.GetIntProp("number") for atom in MurckoScaffold.GetScaffoldForMol(mol).GetAtoms()}
        rows = {
            "MolLogP": [log_p for log_p, _ in crippen],
            "MolMR": [refractivity for _, refractivity in crippen],
            "TPSA": rdMolDescriptors._CalcTPSAContribs(mol),
            "LabuteASA": areas,
            "PartialCharge": [atom.GetDoubleProp("_GasteigerCharge") for atom in mol.GetAtoms()],
            "EState": EStateIndices(mol),
            "Scaffold": [float(atom.GetIdx() in scaffold) for atom in mol.GetAtoms()],
        }
        for name, values in rows.items():
            rest = repr(hydrogens) if name == "LabuteASA" else ""
            yield smiles, name, rest, " ".join(repr(float(value)) for value in values)


def main():
    molecules = [(smiles, Chem.MolFromSmiles(smiles)) for smiles in MOLECULES]
    write(HERE / "fp/ecfp.tsv", "# SMILES\tparameters\tout\texpected", ecfp(molecules))
    for kind in KINDS:
        write(HERE / "fp" / (kind + ".tsv"), "# SMILES\tparameters\tout\texpected", others(kind, molecules))
    write(HERE / "contributions.tsv", "# SMILES\tname\trest\tof each atom", contributions(molecules))
    values = [Descriptors.CalcMolDescriptors(mol) for _, mol in molecules]
    for (_, mol), row in zip(molecules, values):
        row.update(own(mol, row))
    for family, names in families().items():
        def cell(row, name):
            v = row[name]
            return "nan" if v is None or math.isnan(v) else repr(int(v)) if isinstance(v, int) else repr(float(v))
        write(HERE / "desc" / (family + ".tsv"), "\t".join(["SMILES"] + names),
              ([smiles] + [cell(row, name) for name in names] for (smiles, _), row in zip(molecules, values)))


main()
