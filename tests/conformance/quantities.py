"""quantities.py - what is compared: a table of questions, each with RDKit's way to answer it.

Adding one is a line: GRAPH for a property of molecules, FINGERPRINTS for a kind and parameters of it. Descriptors need no
line, they are those of the library's registry. A kind that the library does not have is left out and named.

An answer is a number, or a sequence of whole numbers. `ask` takes RDKit's molecule; its source text is part of the key
under which answers are kept, so that changing a question asks it again, and only that one.
"""
import hashlib
import inspect
from dataclasses import dataclass
from typing import Callable

import aryl
from rdkit import Chem, DataStructs
from rdkit.Chem import QED, Descriptors, MACCSkeys, rdFingerprintGenerator


@dataclass
class Quantity:
    name: str
    group: str              # "graph", "fp", "desc"
    ask: Callable           # RDKit's molecule -> number or sequence
    key: str                # changes when the question does
    spec: str = ""          # fp: the library's spec; desc: its name
    form: str = ""          # fp: "bits", "counts", "sparse"
    answer: Callable = None  # graph: aryl.Mol -> sequence
    most_atoms: int = 0     # of molecules that RDKit is asked about; 0: of any size


# ---- graph

def _atoms(property):
    return lambda mol: [property(atom) for atom in mol.GetAtoms()]


def _bonds(property):
    return lambda mol: [property(bond) for bond in mol.GetBonds()]


def ring_set(rings):
    """Rings as sets of bonds in an order of their own: which ring comes first, or where it starts, is nobody's business."""
    flat = []
    for ring in sorted(sorted(ring) for ring in rings):
        flat += [-1, *ring]
    return flat


def _scaffold(mol):
    copy = Chem.Mol(mol)
    for atom in copy.GetAtoms():
        atom.SetIntProp("number", atom.GetIdx())
    kept = {atom.GetIntProp("number") for atom in Chem.MurckoDecompose(copy).GetAtoms()}
    return [int(i in kept) for i in range(mol.GetNumAtoms())]


# name, RDKit's answer, the library's answer
GRAPH = [
    ("n_atoms", lambda mol: [mol.GetNumAtoms()], lambda m: [m.n_atoms]),
    ("n_bonds", lambda mol: [mol.GetNumBonds()], lambda m: [m.n_bonds]),
    ("element", _atoms(lambda atom: atom.GetAtomicNum()), lambda m: m.number),
    ("isotope", _atoms(lambda atom: atom.GetIsotope()), lambda m: m.isotope),
    ("charge", _atoms(lambda atom: atom.GetFormalCharge()), lambda m: m.charge),
    ("hydrogens", _atoms(lambda atom: atom.GetTotalNumHs(includeNeighbors=True)), lambda m: m.hydrogens),
    ("explicit_h", _atoms(lambda atom: atom.GetNumExplicitHs()), lambda m: m.explicit_h),
    ("implicit_h", _atoms(lambda atom: atom.GetNumImplicitHs()), lambda m: m.implicit_h),
    ("radicals", _atoms(lambda atom: atom.GetNumRadicalElectrons()), lambda m: m.radicals),
    ("aromatic", _atoms(lambda atom: int(atom.GetIsAromatic())), lambda m: m.aromatic),
    ("hybridisation", _atoms(lambda atom: int(atom.GetHybridization())), lambda m: m.hybridisation),
    ("tag", _atoms(lambda atom: int(atom.GetChiralTag())), lambda m: m.tag),
    ("label", _atoms(lambda atom: {"R": 1, "S": 2}[atom.GetProp("_CIPCode")] if atom.HasProp("_CIPCode") else 0),
     lambda m: m.label),
    ("rank", _atoms(lambda atom: int(atom.GetProp("_CIPRank")) if atom.HasProp("_CIPRank") else -1), lambda m: m.rank),
    ("centre", _atoms(lambda atom: atom.HasProp("_ChiralityPossible")), lambda m: m.centre),
    ("map", _atoms(lambda atom: atom.GetAtomMapNum()), lambda m: m.map),
    ("bond_ends", _bonds(lambda bond: bond.GetBeginAtomIdx() << 32 | bond.GetEndAtomIdx()),
     lambda m: m.bond_begin.astype("i8") << 32 | m.bond_end),
    ("bond_type", _bonds(lambda bond: int(bond.GetBondType())), lambda m: m.bond_type),
    ("bond_aromatic", _bonds(lambda bond: int(bond.GetIsAromatic())), lambda m: m.bond_aromatic),
    ("bond_conjugated", _bonds(lambda bond: int(bond.GetIsConjugated())), lambda m: m.bond_conjugated),
    ("bond_mark", _bonds(lambda bond: int(bond.GetBondDir())), lambda m: m.bond_mark),
    ("bond_stereo", _bonds(lambda bond: int(bond.GetStereo())), lambda m: m.bond_stereo),
    ("bond_stereo_atoms", lambda mol: [i for bond in mol.GetBonds() for i in (list(bond.GetStereoAtoms()) or [-1, -1])],
     lambda m: [i for pair in zip(m.bond_stereo_begin.tolist(), m.bond_stereo_end.tolist()) for i in pair]),
    ("scaffold", _scaffold, lambda m: m.scaffold),
    ("rings", lambda mol: ring_set(mol.GetRingInfo().BondRings()), lambda m: ring_set(r.tolist() for r in m.ring_bonds)),
]


# ---- fingerprints

def _morgan(**options):
    return rdFingerprintGenerator.GetMorganGenerator(**options)


def _morgan_without_rings(**options):
    invariants = rdFingerprintGenerator.GetMorganAtomInvGen(includeRingMembership=False)
    return rdFingerprintGenerator.GetMorganGenerator(atomInvariantsGenerator=invariants, **options)


class Plain:
    """A function of the molecule in a generator's clothes, for kinds that RDKit has no generator of."""

    def __init__(self, function):
        self.GetFingerprint = function


def _maccs():
    return Plain(MACCSkeys.GenMACCSKeys)


def _pattern(**options):
    return Plain(lambda mol: Chem.PatternFingerprint(mol, **options))


def _layered(**options):
    return Plain(lambda mol: Chem.LayeredFingerprint(mol, **options))


def _features(**options):
    invariants = rdFingerprintGenerator.GetMorganFeatureAtomInvGen()
    return rdFingerprintGenerator.GetMorganGenerator(atomInvariantsGenerator=invariants, **options)


def _shortest_torsions(**options):
    generator = rdFingerprintGenerator.GetTopologicalTorsionGenerator(**options)
    generator.GetOptions().onlyShortestPaths = True
    return generator


# The library's spec, the forms to compare, what makes RDKit's generator of it and the arguments it takes.
FINGERPRINTS = [
    *[(f"ecfp radius={radius} bits={bits}", "bits sparse" if bits == 2048 else "bits", _morgan,
       dict(radius=radius, fpSize=bits)) for radius in range(5) for bits in (1024, 2048, 4096, 1000)],
    ("ecfp radius=2 bits=2048", "counts", _morgan, dict(radius=2, fpSize=2048)),
    ("ecfp radius=3 bits=512", "bits counts", _morgan, dict(radius=3, fpSize=512)),
    ("ecfp radius=2 bits=2048 countsim=1", "bits", _morgan, dict(radius=2, fpSize=2048, countSimulation=True)),
    ("ecfp radius=1 bits=1000 countsim=1", "bits", _morgan, dict(radius=1, fpSize=1000, countSimulation=True)),
    ("ecfp radius=2 bits=2048 bondtypes=0", "bits sparse", _morgan, dict(radius=2, fpSize=2048, useBondTypes=False)),
    ("ecfp radius=3 bits=1024 bondtypes=0", "bits", _morgan, dict(radius=3, fpSize=1024, useBondTypes=False)),
    ("ecfp radius=2 bits=2048 ring=0", "bits sparse", _morgan_without_rings, dict(radius=2, fpSize=2048)),
    ("ecfp radius=3 bits=1024 ring=0 bondtypes=0", "bits", _morgan_without_rings,
     dict(radius=3, fpSize=1024, useBondTypes=False)),
    ("ecfp radius=2 bits=2048 chirality=1", "bits sparse", _morgan, dict(radius=2, fpSize=2048, includeChirality=True)),
    ("ecfp radius=4 bits=1024 chirality=1", "bits", _morgan, dict(radius=4, fpSize=1024, includeChirality=True)),
    ("ecfp radius=3 bits=2048 redundant=1", "bits", _morgan, dict(radius=3, fpSize=2048, includeRedundantEnvironments=True)),
    ("fcfp radius=2 bits=2048", "bits sparse", _features, dict(radius=2, fpSize=2048)),
    ("fcfp radius=1 bits=1000", "bits", _features, dict(radius=1, fpSize=1000)),
    ("fcfp radius=3 bits=1024 bondtypes=0", "bits", _features, dict(radius=3, fpSize=1024, useBondTypes=False)),
    ("fcfp radius=3 bits=2048 chirality=1", "bits sparse", _features, dict(radius=3, fpSize=2048, includeChirality=True)),
    ("fcfp radius=2 bits=2048 countsim=1", "bits", _features, dict(radius=2, fpSize=2048, countSimulation=True)),
    ("rdkit", "bits counts sparse", rdFingerprintGenerator.GetRDKitFPGenerator, {}),
    ("rdkit minpath=3 maxpath=5 bits=1000", "bits", rdFingerprintGenerator.GetRDKitFPGenerator,
     dict(minPath=3, maxPath=5, fpSize=1000)),
    ("rdkit maxpath=4 bitsperfeature=5", "bits sparse", rdFingerprintGenerator.GetRDKitFPGenerator,
     dict(maxPath=4, numBitsPerFeature=5)),
    ("rdkit branched=0", "bits", rdFingerprintGenerator.GetRDKitFPGenerator, dict(branchedPaths=False)),
    ("rdkit maxpath=6 bondorder=0 bitsperfeature=1", "bits", rdFingerprintGenerator.GetRDKitFPGenerator,
     dict(maxPath=6, useBondOrder=False, numBitsPerFeature=1)),
    ("rdkit maxpath=5 hs=0 countsim=1", "bits", rdFingerprintGenerator.GetRDKitFPGenerator,
     dict(maxPath=5, useHs=False, countSimulation=True)),
    ("atompair", "bits counts sparse", rdFingerprintGenerator.GetAtomPairGenerator, {}),
    ("atompair mindist=2 maxdist=6 bits=1000", "bits", rdFingerprintGenerator.GetAtomPairGenerator,
     dict(minDistance=2, maxDistance=6, fpSize=1000)),
    ("atompair chirality=1", "bits sparse", rdFingerprintGenerator.GetAtomPairGenerator, dict(includeChirality=True)),
    ("atompair countsim=0 bits=4096", "bits", rdFingerprintGenerator.GetAtomPairGenerator,
     dict(countSimulation=False, fpSize=4096)),
    ("atompair maxdist=10 countbounds=1,3,5", "bits", rdFingerprintGenerator.GetAtomPairGenerator,
     dict(maxDistance=10, countBounds=[1, 3, 5])),
    ("torsion", "bits counts sparse", rdFingerprintGenerator.GetTopologicalTorsionGenerator, {}),
    ("torsion size=3 bits=1000", "bits", rdFingerprintGenerator.GetTopologicalTorsionGenerator,
     dict(torsionAtomCount=3, fpSize=1000)),
    ("torsion size=5", "bits sparse", rdFingerprintGenerator.GetTopologicalTorsionGenerator, dict(torsionAtomCount=5)),
    ("torsion size=6 shortest=1", "bits sparse", _shortest_torsions, dict(torsionAtomCount=6)),
    ("torsion chirality=1", "bits sparse", rdFingerprintGenerator.GetTopologicalTorsionGenerator,
     dict(includeChirality=True)),
    ("torsion size=7 countsim=0", "bits", rdFingerprintGenerator.GetTopologicalTorsionGenerator,
     dict(torsionAtomCount=7, countSimulation=False)),
    ("maccs", "bits", _maccs, {}),
    *[(f"pattern{f' bits={bits}' if bits != 2048 else ''}", "bits", _pattern, dict(fpSize=bits))
      for bits in (2048, 512, 1000, 4096, 333)],
    ("layered", "bits", _layered, {}),
    ("layered minpath=2 maxpath=5 bits=1000", "bits", _layered, dict(minPath=2, maxPath=5, fpSize=1000)),
    ("layered maxpath=4 flags=37", "bits", _layered, dict(maxPath=4, layerFlags=37)),
    ("layered maxpath=6 flags=26 bits=512", "bits", _layered, dict(maxPath=6, layerFlags=26, fpSize=512)),
    ("layered minpath=3 maxpath=3 flags=1", "bits", _layered, dict(minPath=3, maxPath=3, layerFlags=1)),
]


def _ask_bits(generator):
    return lambda mol: DataStructs.BitVectToBinaryText(generator.GetFingerprint(mol))


def _ask_counts(generator):
    return lambda mol: flatten(generator.GetCountFingerprint(mol).GetNonzeroElements())


def _ask_sparse(generator):
    return lambda mol: flatten(generator.GetSparseCountFingerprint(mol).GetNonzeroElements())


def flatten(counts):
    """{id: count} as a sequence."""
    return [value for pair in sorted(counts.items()) for value in pair]


def _ask_origins(generator):
    """Which atom and radius set each bit: features by the bits they fold to."""
    def ask(mol):
        output = rdFingerprintGenerator.AdditionalOutput()
        output.AllocateBitInfoMap()
        generator.GetFingerprint(mol, additionalOutput=output)
        return sorted(bit << 40 | atom << 8 | radius for bit, places in output.GetBitInfoMap().items() for atom, radius in places)
    return ask


def _origins(spec):
    return lambda m: sorted(f.bit << 40 | f.atom << 8 | f.radius for f in aryl.explain(m, spec))


# Provenance: the library's spec, what makes RDKit's generator of it and the arguments it takes.
ORIGINS = [
    ("ecfp radius=3 bits=2048", _morgan, dict(radius=3, fpSize=2048)),
]

_ASK = {"bits": _ask_bits, "counts": _ask_counts, "sparse": _ask_sparse}


# Descriptors that RDKit needs minutes or hours for when molecules are large: the most atoms it is asked about.
MOST_ATOMS = {"Ipc": 250, "AvgIpc": 250}


def _key(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _part_of_qed(name):
    return lambda mol: getattr(QED.properties(mol), name)


def _descriptor_function(name):
    return dict(Descriptors.descList)[name]


def build(kinds, descriptors):
    """(quantities, what was left out) for a library with these kinds and descriptors."""
    found, absent = [], []
    for name, ask, answer in GRAPH:
        inner = ask.__closure__[0].cell_contents if ask.__closure__ else ask
        # A line of the table is its own source; the name separates lambdas that share one.
        found.append(Quantity(name, "graph", ask, _key(name, inspect.getsource(inner), inspect.getsource(ring_set)),
                              answer=answer))
    for spec, forms, make, arguments in FINGERPRINTS:
        kind = spec.split()[0]
        if kind not in kinds:
            absent.append(spec)
            continue
        generator = make(**arguments)
        for form in forms.split():
            source = inspect.getsource(make) if inspect.isfunction(make) else make.__name__
            key = _key(form, source, repr(sorted(arguments.items())), inspect.getsource(_ASK[form]),
                       inspect.getsource(flatten))
            found.append(Quantity(f"{spec} {form}", "fp", _ASK[form](generator), key, spec, form))
    for spec, make, arguments in ORIGINS:
        if spec.split()[0] not in kinds:
            absent.append(f"{spec} origins")
            continue
        key = _key(spec, inspect.getsource(make), repr(sorted(arguments.items())), inspect.getsource(_ask_origins))
        found.append(Quantity(f"{spec} origins", "graph", _ask_origins(make(**arguments)), key, answer=_origins(spec)))
    if "qed" in descriptors:
        for name in QED.QEDproperties._fields:
            found.append(Quantity("Qed" + name, "desc", _part_of_qed(name), _key("Qed" + name), "Qed" + name))
    for name, _ in Descriptors.descList:
        if name not in descriptors:
            absent.append(name)
            continue
        most = MOST_ATOMS.get(name, 0)
        key = _key(name, f"one BLAS thread, {most} atoms") if most else _key(name)
        found.append(Quantity(name, "desc", _descriptor_function(name), key, name, most_atoms=most))
    return found, absent
