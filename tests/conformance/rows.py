"""rows.py - answers as arrays: one 64-bit digest a row instead of lists of lists.

A quantity of a molecule is a number, or a sequence of whole numbers (charges of the atoms, ids of the features ...). A
sequence is kept as a digest, so that a hundred thousand molecules times a hundred quantities compare in no time and fit
on disk; the sequences themselves are asked for again for the few rows that differ.
"""
import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(x):
    """The finaliser of splitmix64: every input bit moves every output bit."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def digest(values, offsets):
    """uint64 (n,): row i is values[offsets[i]:offsets[i + 1]], whole numbers of any type."""
    offsets = np.asarray(offsets, np.int64)
    values = np.ascontiguousarray(values[offsets[0]:offsets[-1]])
    values = values.astype(np.int64).view(np.uint64) if values.dtype != np.uint64 else values
    starts, lengths = offsets - offsets[0], np.diff(offsets)
    place = (np.arange(len(values), dtype=np.int64) - np.repeat(starts[:-1], lengths)).view(np.uint64)
    total = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(_mix(values + _mix((place + np.uint64(1)) * _GOLDEN)), out=total[1:])
    return _mix(total[starts[1:]] - total[starts[:-1]] + lengths.view(np.uint64) * _GOLDEN)


def digest_lists(lists):
    """The same for a list with a sequence for each row."""
    offsets = np.zeros(len(lists) + 1, np.int64)
    np.cumsum([len(row) for row in lists], out=offsets[1:])
    flat = [value for row in lists for value in row]
    return digest(np.array(flat, np.int64 if min(flat, default=0) < 0 else np.uint64), offsets)


def digest_matrix(rows):
    """The same for the rows of a uint8 matrix, which are packed bits."""
    n, width = rows.shape
    words = (width + 7) // 8
    padded = np.zeros((n, words * 8), np.uint8)
    padded[:, :width] = rows
    return digest(padded.view("<u8").ravel(), np.arange(n + 1, dtype=np.int64) * words)
