"""Circular fingerprints grown from atom invariants of the caller's."""
import ctypes

import numpy as np

from . import _abi
from ._explain import Fingerprinter
from ._mol import Mol


def custom(molecule, invariants, spec="ecfp", *, out="bits"):
    """An ecfp or fcfp of one molecule (text or Mol) whose atoms are told apart by `invariants`, one number below 2**32 for
    each: RDKit's customAtomInvariants.

    out  "bits" (packed uint8), "counts" (uint32), or "sparse" (a dict from id to count)
    """
    mol = molecule if isinstance(molecule, Mol) else Mol(molecule)
    values = np.ascontiguousarray(invariants, np.uint32)
    if values.shape != (mol.n_atoms,):
        raise ValueError(f"{mol.n_atoms} invariants expected, one for each atom, not shape {values.shape}")
    handle, error, n = Fingerprinter(spec), _abi.Error(), ctypes.c_int64()
    bits = counts = ids = id_counts = None
    if out == "bits":
        bits = np.empty(_abi.lib.aryl_fp_bytes(handle.handle), np.uint8)
    elif out == "counts":
        counts = np.empty(_abi.lib.aryl_fp_n_bits(handle.handle), np.uint32)
    elif out != "sparse":
        raise ValueError(f"out is bits, counts or sparse, not {out!r}")
    capacity = 0
    while True:
        if out == "sparse":
            ids, id_counts = np.empty(capacity, np.uint64), np.empty(capacity, np.uint32)
        code = _abi.lib.aryl_fp_custom(handle.handle, mol._handle, values.ctypes.data, None, *(
            None if array is None else array.ctypes.data for array in (bits, counts, ids, id_counts)), capacity,
            ctypes.byref(n) if out == "sparse" else None, ctypes.byref(error))
        if code != _abi.E_SPACE:
            break
        capacity = n.value
    _abi.check(code, error)
    if out == "sparse":
        return dict(zip(ids[:n.value].tolist(), id_counts[:n.value].tolist()))
    return bits if out == "bits" else counts
