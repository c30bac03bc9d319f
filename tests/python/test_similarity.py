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
    with pytest.raises(aryl.ArylError):
        aryl.tanimoto(np.zeros((1, 8), np.uint8), np.zeros((1, 9), np.uint8))
    with pytest.raises(TypeError):
        aryl.tanimoto(np.zeros((1, 8)), np.zeros((1, 8)))


def test_rows_with_gaps_between_and_turned_ones(smiles):
    wide = np.zeros((len(smiles), 300), np.uint8)
    wide[:, 20:276] = aryl.ecfp(smiles)
    rows = np.ascontiguousarray(wide[:, 20:276])
    expected = aryl.tanimoto(rows, rows)
    assert (aryl.tanimoto(wide[:, 20:276], rows) == expected).all()
    assert (aryl.tanimoto(wide[::3, 20:276], rows[::-1]) == expected[::3, ::-1]).all()
    assert (aryl.tanimoto(np.asfortranarray(rows), rows) == expected).all()


@pytest.mark.parametrize("metric, score", [
    ("tanimoto", lambda a, b, c: c / (a + b - c)), ("dice", lambda a, b, c: 2 * c / (a + b)),
    ("cosine", lambda a, b, c: c / np.sqrt(float(a) * b)), ("containment", lambda a, b, c: c / a)])
def test_metrics_are_their_formulas(metric, score, smiles):
    rows = aryl.ecfp(smiles[:30])
    bits = np.unpackbits(rows, axis=1).astype(int)
    common, set_ = bits @ bits.T, bits.sum(axis=1)
    found = aryl.similarity(rows, rows, metric)
    for i in range(30):
        for j in range(30):
            expected = score(set_[i], set_[j], common[i, j]) if common[i, j] else 0.0
            assert found[i, j] == pytest.approx(expected, rel=1e-15)


def test_search_is_the_sorted_matrix(smiles):
    rows = aryl.ecfp(smiles)
    scores = aryl.tanimoto(rows, rows)
    best, alike = aryl.search(rows, rows, k=5), aryl.search(rows, rows, k=None, threshold=0.3)
    for i in range(len(rows)):
        order = np.lexsort((np.arange(len(rows)), -scores[i]))
        assert best.query(i)[0].tolist() == order[:5].tolist()
        assert (best.query(i)[1] == scores[i][order[:5]]).all()
        kept = [j for j in order if scores[i, j] >= 0.3]
        assert alike.query(i)[0].tolist() == kept
    pytest.importorskip("pandas")
    frame = best.to_pandas()
    assert len(frame) == 5 * len(rows) and (frame["row"][frame["query"] == 7] == best.query(7)[0]).all()


def test_search_of_nothing(smiles):
    rows = aryl.ecfp(smiles)
    assert aryl.search(rows[:0], rows).offsets.tolist() == [0]
    assert aryl.search(rows[:2], rows[:0]).offsets.tolist() == [0, 0, 0]
    for bad in (dict(k=0), dict(metric="euclid")):
        with pytest.raises(ValueError):
            aryl.search(rows, rows, **bad)
