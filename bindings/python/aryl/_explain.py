"""Where a feature comes from: the atoms and bonds behind every bit, the atoms behind a number."""
import ctypes
from collections import namedtuple

import numpy as np

from . import _abi
from ._mol import Mol

Feature = namedtuple("Feature", "id bit atom radius atoms bonds")
Feature.__doc__ = """One occurrence of a feature: its sparse id, the folded bit, centre and radius (-1 for kinds without), and the
tuples of atoms and bonds that make it."""


class Fingerprinter:
    def __init__(self, spec):
        self.handle = ctypes.c_void_p()
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_fp_new(spec.encode(), ctypes.byref(self.handle), ctypes.byref(error)), error)

    def __del__(self):
        if getattr(self, "handle", None):
            _abi.lib.aryl_fp_free(self.handle)


def _environment(neighbours, atom, radius):
    """Atoms and bonds within so many bonds of an atom: what a circular feature is made of."""
    atoms, bonds, edge = {atom}, set(), {atom}
    for _ in range(radius):
        beyond = [(other, bond) for a in edge for other, bond in neighbours[a]]
        bonds.update(bond for _, bond in beyond)
        edge = {other for other, _ in beyond} - atoms
        atoms |= edge
    return tuple(sorted(atoms)), tuple(sorted(bonds))


def _neighbours(mol):
    lists = [[] for _ in range(mol.n_atoms)]
    for bond, (a, b) in enumerate(mol.bonds.tolist()):
        lists[a].append((b, bond))
        lists[b].append((a, bond))
    return lists


def explain(molecule, spec="ecfp", bit=None, *, format="smiles"):
    """Every occurrence of every feature of a molecule (text or Mol), a list of Feature; with `bit`, those of that bit.

    >>> [f.atoms for f in aryl.explain("c1ccccc1O", "ecfp radius=1", bit=745)]
    """
    mol = molecule if isinstance(molecule, Mol) else Mol(molecule, format)
    fingerprinter = Fingerprinter(spec)
    n, n_members, error = ctypes.c_int64(), ctypes.c_int64(), _abi.Error()
    capacity, members_capacity = 8 * mol.n_atoms + 64, 64 * mol.n_atoms + 256
    while True:
        features = (_abi.Feature * capacity)()
        members = np.empty(members_capacity, np.int32)
        code = _abi.lib.aryl_fp_features(fingerprinter.handle, mol._handle, None, features, capacity, ctypes.byref(n),
                                         members.ctypes.data, members_capacity, ctypes.byref(n_members), ctypes.byref(error))
        if code != _abi.E_SPACE:
            break
        capacity, members_capacity = max(capacity, n.value), max(members_capacity, n_members.value)
    _abi.check(code, error)
    found, members, neighbours = [], members[:n_members.value].tolist(), None
    for f in features[:n.value]:
        if bit is not None and f.bit != bit:
            continue
        if f.n_atoms or f.atom < 0:
            middle = f.first + f.n_atoms
            atoms, bonds = tuple(members[f.first:middle]), tuple(members[middle:middle + f.n_bonds])
        else:   # circular kinds name their centre only
            neighbours = neighbours or _neighbours(mol)
            atoms, bonds = _environment(neighbours, f.atom, f.radius)
        found.append(Feature(f.id, f.bit, f.atom, f.radius, atoms, bonds))
    return found


def contributions(molecule, name, *, rest=False, format="smiles"):
    """What each atom of a molecule (text or Mol) adds to a number, float64 (n_atoms): "MolLogP", "MolMR", "TPSA",
    "LabuteASA", "PartialCharge" or "EState". With `rest` also what belongs to no atom, such as hydrogens that are none: a
    pair, which sums up to the descriptor of that name if there is one.

    >>> aryl.contributions("CCO", "TPSA")
    array([ 0.  ,  0.  , 20.23])
    """
    mol = molecule if isinstance(molecule, Mol) else Mol(molecule, format)
    out, beyond, error = np.empty(mol.n_atoms), ctypes.c_double(), _abi.Error()
    _abi.check(_abi.lib.aryl_contribution_values(mol._handle, name.encode(), None, out.ctypes.data, out.size,
                                                 ctypes.byref(beyond), ctypes.byref(error)), error)
    return (out, beyond.value) if rest else out
