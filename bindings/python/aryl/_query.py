"""Substructures: where SMARTS patterns fit."""
import ctypes
import operator

import numpy as np

from . import _abi
from ._mol import Mol
from ._run import run

MERGE_H = 1
_ADDRESS = operator.attrgetter("_address")


def _quote(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


def _ask(texts, patterns, options, **flags):
    single = isinstance(patterns, str)
    words = "".join(f" {name}={int(value)}" for name, value in flags.items())
    spec = "; ".join(f"matches smarts={_quote(pattern)}{words} as=p{i}"
                     for i, pattern in enumerate([patterns] if single else patterns))
    result = run(texts, spec, **options)
    columns = [result[f"p{i}"] for i in range(1 if single else len(patterns))]
    return columns[0] if single else np.stack(columns, 1) if columns else np.empty((len(result.status), 0))


def matches(texts, pattern, *, chirality=False, merge_h=False, **options):
    """Does the pattern fit? bool (n) for one pattern, (n, patterns) for a list of them; False on bad rows. `texts` and the
    options are those of `run`.

    chirality  marks and directions of the pattern count
    merge_h    hydrogens written as atoms become conditions on their neighbour
    """
    return _ask(texts, pattern, options, chirality=chirality, mergeh=merge_h) > 0


def count_matches(texts, pattern, *, unique=True, max_matches=1000, chirality=False, merge_h=False, **options):
    """How often the pattern fits: int64 (n), or (n, patterns) for a list; -1 on bad rows.

    unique       one match for each set of atoms, else every embedding
    max_matches  stop counting there; 0: no limit
    """
    found = _ask(texts, pattern, options, count=True, unique=unique, max=max_matches, chirality=chirality, mergeh=merge_h)
    return np.where(np.isnan(found), -1, found).astype(np.int64)


class Query:
    """Patterns, compiled once, for single molecules.

    >>> aryl.Query("[#6]=O").match("CC(=O)O")
    array([[1, 2]], dtype=int32)
    """

    def __init__(self, patterns, merge_h=False):
        self._handle = ctypes.c_void_p()
        self.patterns = [patterns] if isinstance(patterns, str) else list(patterns)
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_query_new(ctypes.byref(self._handle), ctypes.byref(error)), error)
        for pattern in self.patterns:
            text = pattern.encode()
            _abi.check(_abi.lib.aryl_query_add(self._handle, text, len(text), MERGE_H if merge_h else 0, None,
                                               ctypes.byref(error)), error)

    def __del__(self):
        if getattr(self, "_handle", None):
            _abi.lib.aryl_query_free(self._handle)

    def match(self, molecule, pattern=0, *, unique=True, max_matches=1000, chirality=False):
        """Matches in RDKit's order: int32 (matches, atoms of the pattern). The molecule is text or a Mol."""
        mol = molecule if isinstance(molecule, Mol) else Mol(molecule)
        width, n, error = _abi.lib.aryl_query_n_atoms(self._handle, pattern), ctypes.c_int64(), _abi.Error()
        if width < 0:
            raise IndexError(f"no pattern {pattern}")
        options = _abi.MatchOptions(ctypes.sizeof(_abi.MatchOptions), max_matches or -1, not unique, chirality)
        capacity = 64
        while True:
            tuples = np.empty((capacity, width), np.int32)
            code = _abi.lib.aryl_query_match(self._handle, pattern, mol._handle, ctypes.byref(options), None,
                                             tuples.ctypes.data, capacity, ctypes.byref(n), ctypes.byref(error))
            if code != _abi.E_SPACE:
                break
            capacity = n.value
        _abi.check(code, error)
        return tuples[:n.value]

    def counts(self, molecule, *, unique=True, max_matches=1000, chirality=False):
        """Number of matches of every pattern: int64 (patterns)."""
        mol = molecule if isinstance(molecule, Mol) else Mol(molecule)
        counts, error = np.empty(len(self.patterns), np.int64), _abi.Error()
        options = _abi.MatchOptions(ctypes.sizeof(_abi.MatchOptions), max_matches or -1, not unique, chirality)
        _abi.check(_abi.lib.aryl_query_counts(self._handle, mol._handle, ctypes.byref(options), None, counts.ctypes.data,
                                              ctypes.byref(error)), error)
        return counts

    def screen(self, molecules, pattern=0, *, chirality=False, n_threads=0):
        """Which of many Mol objects the pattern fits: bool (n)."""
        handles = np.fromiter(map(_ADDRESS, molecules), np.uintp, len(molecules))
        hits, error = np.empty(len(molecules), np.uint8), _abi.Error()
        _abi.check(_abi.lib.aryl_query_screen(self._handle, pattern, handles.ctypes.data, len(molecules), chirality, n_threads,
                                              hits.ctypes.data, None, ctypes.byref(error)), error)
        return hits.view(bool)
