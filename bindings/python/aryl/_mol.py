"""One molecule, looked at: atoms, bonds and rings as arrays."""
import ctypes

import numpy as np

from . import _abi


def _atom(number, doc, kind=np.int32):
    return property(lambda self: self._property(_abi.lib.aryl_mol_atoms, number, self.n_atoms).astype(kind, copy=False),
                    doc=f"(n_atoms) {doc}")


def _bond(number, doc, kind=np.int32):
    return property(lambda self: self._property(_abi.lib.aryl_mol_bonds, number, self.n_bonds).astype(kind, copy=False),
                    doc=f"(n_bonds) {doc}")


class Mol:
    """A molecule as RDKit perceives it. ArylError when the text is not one.

    >>> aryl.Mol("c1ccccc1O").hydrogens
    array([1, 1, 1, 1, 1, 0, 1], dtype=int32)
    """

    def __init__(self, text, format="smiles"):
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
        self._handle = ctypes.c_void_p()
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_mol_parse(data, len(data), format.encode(), ctypes.byref(self._handle),
                                           ctypes.byref(error)), error)
        self._address = self._handle.value
        self.n_atoms = _abi.lib.aryl_mol_n_atoms(self._handle)
        self.n_bonds = _abi.lib.aryl_mol_n_bonds(self._handle)
        self.n_rings = _abi.lib.aryl_mol_n_rings(self._handle)

    def __del__(self):
        if getattr(self, "_handle", None):
            _abi.lib.aryl_mol_free(self._handle)

    def __repr__(self):
        return f"<aryl.Mol: {self.n_atoms} atoms, {self.n_bonds} bonds, {self.n_rings} rings>"

    def _property(self, function, number, n):
        out = np.empty(n, np.int32)
        _abi.check(function(self._handle, number, out.ctypes.data, n))
        return out

    number = _atom(1, "atomic numbers; 0 is \"any atom\"")
    charge = _atom(2, "formal charges")
    isotope = _atom(3, "mass numbers; 0 natural")
    degree = _atom(4, "neighbours that are atoms")
    hydrogens = _atom(5, "all hydrogens, also those that are atoms")
    explicit_h = _atom(6, "hydrogens written in the bracket, or fixed by a rule")
    implicit_h = _atom(7, "hydrogens that fill the valence")
    radicals = _atom(8, "unpaired electrons")
    aromatic = _atom(9, "bool", bool)
    hybridisation = _atom(10, "0 unspecified, 1 s, 2 sp, 3 sp2, 4 sp3, 5 sp2d, 6 sp3d, 7 sp3d2, 8 other")
    in_ring = _atom(11, "bool", bool)
    map = _atom(12, "atom map numbers; 0 none")
    tag = _atom(13, "handedness, where it means something: 0 none, 1 clockwise, 2 counter-clockwise, 3.. other classes")
    offset = _atom(14, "where the atom stands in the text, bytes")
    label = _atom(15, "stereo label of RDKit's legacy perception: 0 none, 1 R, 2 S")
    rank = _atom(16, "the rank behind it; -1 in a molecule without anything to label")
    centre = _atom(17, "bool: could have a label, whether or not a tag was written", bool)
    scaffold = _atom(18, "bool: of the Bemis-Murcko scaffold", bool)

    bond_begin = _bond(1, "first atoms")
    bond_end = _bond(2, "second atoms")
    bond_type = _bond(3, "1 single, 2 double, 3 triple, 4 quadruple, 12 aromatic, 17 dative, 21 zero")
    bond_kekule = _bond(4, "the same with aromatic bonds as those of one Kekule form")
    bond_aromatic = _bond(5, "bool", bool)
    bond_conjugated = _bond(6, "bool", bool)
    bond_in_ring = _bond(7, "bool", bool)
    bond_mark = _bond(8, "where it means something: 0 none, 1 wedge, 2 dash, 3 backslash, 4 slash, 5 crossed, 6 wavy")
    bond_stereo = _bond(9, "0 none, 1 known to be unknown, 2 Z, 3 E, 4 cis, 5 trans; 6, 7 a single bond that cannot turn")
    bond_stereo_begin = _bond(10, "the neighbour of the first atom that the label refers to; -1 none")
    bond_stereo_end = _bond(11, "the neighbour of the second atom")

    @property
    def bonds(self):
        """int32 (n_bonds, 2): the atoms of each bond."""
        return np.stack([self.bond_begin, self.bond_end], axis=1)

    @property
    def symbols(self):
        """The elements' symbols, a list of str."""
        return [_abi.lib.aryl_element_symbol(z).decode() for z in self.number.tolist()]

    def _rings(self):
        start = np.zeros(self.n_rings + 1, np.int32)
        status = _abi.lib.aryl_mol_rings(self._handle, start.ctypes.data, None, None, 0)
        if status != _abi.E_SPACE:
            _abi.check(status)
        atoms, bonds = np.empty(start[-1], np.int32), np.empty(start[-1], np.int32)
        _abi.check(_abi.lib.aryl_mol_rings(self._handle, start.ctypes.data, atoms.ctypes.data, bonds.ctypes.data, start[-1]))
        return start, atoms, bonds

    @property
    def rings(self):
        """A list with the atoms of each ring, in order around it."""
        start, atoms, _ = self._rings()
        return np.split(atoms, start[1:-1]) if self.n_rings else []

    @property
    def ring_bonds(self):
        """A list with the bonds of each ring; bond k joins atom k and the next."""
        start, _, bonds = self._rings()
        return np.split(bonds, start[1:-1]) if self.n_rings else []

    @property
    def coordinates(self):
        """float64 (n_atoms, 3) of a molblock, None when there are none."""
        out = np.empty((self.n_atoms, 3))
        status = _abi.lib.aryl_mol_coordinates(self._handle, out.ctypes.data, out.size)
        if status == _abi.E_UNSUPPORTED:
            return None
        _abi.check(status)
        return out

    @property
    def name(self):
        """What stood after the SMILES, or in a molblock's first line."""
        length = ctypes.c_int64()
        address = _abi.lib.aryl_mol_name(self._handle, ctypes.byref(length))
        return ctypes.string_at(address, length.value).decode("utf-8", "replace")
