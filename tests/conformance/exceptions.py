"""exceptions.py - differences that are known, each with its reason; they are counted apart and fail nothing.

A single text stands in exceptions.tsv: quantity (a glob), the text or its "file:id", reason. What holds for a whole class of molecules is a
rule here: it looks at both molecules and must itself establish that the reason applies.
"""
import fnmatch
import os

from rdkit import Chem

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exceptions.tsv")


def _named():
    with open(_FILE, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [(glob, text.encode(), reason) for glob, text, reason in lines]


NAMED = _named()


def _geometry(format, theirs, ours):
    """What a molfile's drawing decides and its graph does not: a hydrogen drawn at an imine stays an atom, a centre with
    non-tetrahedral geometry gets a tag that keeps its hydrogens."""
    if format != "mol":
        return False
    for atom in theirs.GetAtoms():
        if atom.GetChiralTag() > Chem.CHI_OTHER:
            return True
        if atom.GetAtomicNum() == 1 and not atom.GetIsotope() and atom.GetDegree() == 1:
            neighbour = atom.GetNeighbors()[0]
            if neighbour.GetDegree() == 2 and any(b.GetBondType() == Chem.BondType.DOUBLE for b in neighbour.GetBonds()):
                return True
    return False


def _drawn_hydrogen(format, theirs, ours):
    """A drawn stereo centre keeps removed hydrogens as written ones, also when its tag is dropped later. All hydrogens
    of each atom together stay the same."""
    if format != "mol" or theirs.GetNumAtoms() != ours.n_atoms:
        return False
    explicit, implicit = ours.explicit_h.tolist(), ours.implicit_h.tolist()
    for atom in theirs.GetAtoms():
        i = atom.GetIdx()
        if explicit[i] + implicit[i] != atom.GetNumExplicitHs() + atom.GetNumImplicitHs():
            return False
        if explicit[i] != atom.GetNumExplicitHs() and not atom.GetChiralTag() \
                and (explicit[i], atom.GetNumExplicitHs()) != (0, 1):
            return False
    return True


def _drawn_centre(format, theirs, ours):
    """The hybridisation of a metal with a tag is what the tag says, sp3 also where the tag is dropped later."""
    if format != "mol" or theirs.GetNumAtoms() != ours.n_atoms:
        return False
    sp3 = Chem.HybridizationType.SP3
    return all(atom.GetChiralTag() or (h == 0 and atom.GetHybridization() == sp3 and atom.GetTotalDegree() == 4)
               for atom, h in zip(theirs.GetAtoms(), ours.hybridisation.tolist()) if h != int(atom.GetHybridization()))


def _drawn(format, theirs, ours):
    """Wedges and coordinates of a molfile make tags and E/Z there."""
    return format == "mol"


# quantities, reason, test
RULES = [
    ("explicit_h implicit_h", "a stereo centre that only the drawing shows", _drawn_hydrogen),
    ("hybridisation", "a stereo centre that only the drawing shows", _drawn_centre),
    ("tag label rank centre bond_mark bond_stereo bond_stereo_atoms", "stereo that only the drawing shows", _drawn),
    ("*", "the drawing decides about a hydrogen or a non-tetrahedral centre", _geometry),
]


def by_name(quantity, text, place):
    """Why a quantity of this one text may differ, or None."""
    for glob, known, reason in NAMED:
        if known in (text, place.encode()) and fnmatch.fnmatchcase(quantity, glob):
            return reason
    return None


def reason(quantity, text, place, format, theirs, ours):
    """Why a quantity of an accepted molecule may differ, or None. `ours` is None when it cannot be looked at."""
    for globs, why, test in RULES:
        if any(fnmatch.fnmatchcase(quantity, glob) for glob in globs.split()) and ours is not None \
                and test(format, theirs, ours):
            return why
    return by_name(quantity, text, place)
