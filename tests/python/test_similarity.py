import numpy as np
import pytest

import aryl


def plain(a, b):
    common, either = int(np.unpackbits(a & b).sum()), int(np.unpackbits(a | b).sum())
    return common / either if either else 0.0


def test_tanimoto_is_common_over_either():
    rng = np.random.default_rng(7)
    a, b = rng.integers(0, 256, (9, 21), np.uint8), rng.integers(0, 256, (5, 21), np.uint8)
    a[3] = 0
    b[1] = 0
    scores = aryl.tanimoto(a, b)
    assert scores.shape == (9, 5) and scores.dtype == np.float64
    assert all(scores[i, j] == plain(a[i], b[j]) for i in range(9) for j in range(5))
    assert (aryl.tanimoto(a[2], b) == scores[2]).all() and aryl.tanimoto(a[2], b[4]) == scores[2, 4]


def test_tanimoto_of_two_empty_rows_is_zero():
    zero = np.zeros(16, np.uint8)
    assert aryl.tanimoto(zero, zero) == 0.0


def test_rows_of_different_widths_are_refused():
    with pytest.raises(ValueError):
        aryl.tanimoto(np.zeros((1, 8), np.uint8), np.zeros((1, 9), np.uint8))
