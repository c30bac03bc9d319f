"""Rows of bits compared: every pair, or the nearest of many."""
import ctypes
from collections import namedtuple

import numpy as np

from . import _abi
from ._run import Interrupt

METRICS = {"tanimoto": 0, "dice": 1, "cosine": 2, "tversky": 3, "containment": 4}


class Hits(namedtuple("Hits", "offsets rows scores")):
    """Neighbours: those of query i are rows[offsets[i]:offsets[i + 1]], best first, ties by row, with their scores."""
    __slots__ = ()

    def query(self, i):
        """(rows, scores) of a query."""
        here = slice(self.offsets[i], self.offsets[i + 1])
        return self.rows[here], self.scores[here]

    def to_pandas(self):
        """A DataFrame with a line for each hit: query, row, score."""
        import pandas
        query = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        return pandas.DataFrame({"query": query, "row": self.rows, "score": self.scores})


def _matrix(rows):
    rows = np.asarray(rows)
    if rows.dtype != np.uint8 or rows.ndim not in (1, 2):
        raise TypeError("packed rows are wanted: uint8 (n, bytes), or one row of bytes")
    rows = rows[None] if rows.ndim == 1 else rows
    # The library takes any distance between rows, so slices of a larger matrix need no copy.
    return rows if rows.strides[1] == 1 and rows.strides[0] >= rows.shape[1] else np.ascontiguousarray(rows)


def _struct(rows):
    return _abi.Rows(rows.ctypes.data, len(rows), rows.strides[0] if len(rows) > 1 else rows.shape[1], rows.shape[1] * 8)


def _options(metric, n_threads, alpha=0.0, beta=0.0, **more):
    if metric not in METRICS:
        raise ValueError(f"metric {metric!r}; there are: {', '.join(METRICS)}")
    return _abi.SearchOptions(size=ctypes.sizeof(_abi.SearchOptions), metric=METRICS[metric], n_threads=n_threads,
                              alpha=alpha, beta=beta, **more)


def _call(function, options, *arguments, short=False):
    """A search that Ctrl-C stops. A short one is over sooner than arrangements for that are made."""
    error = _abi.Error()
    if short:
        _abi.check(function(*arguments, ctypes.byref(error)), error)
        return
    with Interrupt() as interrupt:
        options.cancel = _abi.Cancel(lambda _: 1 if interrupt.seen else 0)
        code = function(*arguments, ctypes.byref(error))
    _abi.check(code, error)


def similarity(a, b, metric="tanimoto", *, alpha=0.0, beta=0.0, n_threads=0):
    """The score of every pair of packed rows: float64 (len(a), len(b)). A single row gives a smaller array.

    metric  "tanimoto", "dice", "cosine", "tversky" (alpha weighs what only a has, beta what only b has), "containment"
            (the part of a's bits that b has). Where nothing is shared the score is 0, also between two empty rows.
    """
    left, right = _matrix(a), _matrix(b)
    out = np.zeros((len(left), len(right)))
    if out.size:
        options = _options(metric, n_threads, alpha, beta)
        _call(_abi.lib.aryl_score_matrix, options, ctypes.byref(_struct(left)), ctypes.byref(_struct(right)),
              ctypes.byref(options), out.ctypes.data, len(right))
    out = out[0] if np.ndim(a) == 1 else out
    return out[..., 0] if np.ndim(b) == 1 else out


def tanimoto(a, b, *, n_threads=0):
    """Bits in common over bits in either, of packed rows: float64 (len(a), len(b)). A single row gives a smaller array.
    Two empty rows score 0."""
    return similarity(a, b, n_threads=n_threads)


def search(queries, rows, k=10, threshold=0.0, metric="tanimoto", *, alpha=0.0, beta=0.0, n_threads=0):
    """The rows most like each query, by looking at every row: Hits. For one-off questions on packed rows.

    k          the best k of each query; None: every row at or above the threshold
    threshold  the least score of a hit
    """
    left, right = _matrix(queries), _matrix(rows)
    if k is not None and k < 1:
        raise ValueError("k is at least 1, or None for every hit")
    options = _options(metric, n_threads, alpha, beta, threshold=threshold, k=k or 0)
    handle = ctypes.c_void_p()
    _call(_abi.lib.aryl_search_rows, options, ctypes.byref(_struct(left)), ctypes.byref(_struct(right)),
          ctypes.byref(options), ctypes.byref(handle))
    try:
        offsets = _copy(_abi.lib.aryl_hits_offsets(handle), np.int64, len(left) + 1)
        return Hits(offsets, _copy(_abi.lib.aryl_hits_rows(handle), np.int64, offsets[-1]),
                    _copy(_abi.lib.aryl_hits_scores(handle), np.float64, offsets[-1]))
    finally:
        _abi.lib.aryl_hits_free(handle)


def _copy(address, dtype, count):
    out = np.empty(count, dtype)
    if count:
        ctypes.memmove(out.ctypes.data, address, 8 * int(count))
    return out
