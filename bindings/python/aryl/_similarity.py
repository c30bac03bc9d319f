"""Similarity of packed rows."""
import numpy as np


def _rows(rows):
    rows = np.asarray(rows, np.uint8)
    return rows[None] if rows.ndim == 1 else rows


def tanimoto(a, b):
    """Bits in common over bits in either, of packed rows: float64 (len(a), len(b)). A single row gives a smaller array.
    Two empty rows score 0."""
    left, right = _rows(a), _rows(b)
    if left.shape[1] != right.shape[1]:
        raise ValueError(f"rows of {left.shape[1]} and of {right.shape[1]} bytes are of different fingerprints")
    # Counts are whole numbers below 2^24, which float32 holds exactly, and a matrix product counts them fastest.
    bits = np.unpackbits(right, axis=1).astype(np.float32).T
    right_set = bits.sum(axis=0, dtype=np.float64)
    out = np.empty((len(left), len(right)))
    for start in range(0, len(left), 1024):
        block = np.unpackbits(left[start:start + 1024], axis=1).astype(np.float32)
        common = (block @ bits).astype(np.float64)
        either = block.sum(axis=1, dtype=np.float64)[:, None] + right_set - common
        out[start:start + 1024] = np.divide(common, either, out=np.zeros_like(common), where=either > 0)
    if np.ndim(a) == 1:
        out = out[0]
    return out[..., 0] if np.ndim(b) == 1 else out
