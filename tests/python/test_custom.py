"""Circular fingerprints from the caller's invariants. Expected: RDKit 2026.09.1, customAtomInvariants."""
import numpy as np
import pytest

import aryl


def test_sparse_counts_of_the_reference():
    expected = {1: 1, 2: 2, 3205495874: 2, 3766537164: 1}
    assert aryl.custom("CCC", [2, 1, 2], "ecfp radius=2", out="sparse") == expected
    assert aryl.custom(aryl.Mol("CCC"), np.array([2, 1, 2]), out="sparse") == expected


def test_forms_agree():
    smiles, numbers = "CC(=O)Oc1ccccc1C(=O)O", list(range(13))
    sparse = aryl.custom(smiles, numbers, "ecfp radius=3 bits=512", out="sparse")
    counts = aryl.custom(smiles, numbers, "ecfp radius=3 bits=512", out="counts")
    bits = np.unpackbits(aryl.custom(smiles, numbers, "ecfp radius=3 bits=512"), bitorder="little")
    folded = np.zeros(512, np.uint32)
    for feature, count in sparse.items():
        folded[feature % 512] += count
    assert (folded == counts).all()
    assert ((counts > 0) == bits).all()


def test_wrong_use_is_told():
    with pytest.raises(ValueError):
        aryl.custom("CCC", [1, 2])
    with pytest.raises(aryl.ArylError) as caught:
        aryl.custom("CCC", [1, 2, 3], "maccs")
    assert caught.value.status == "unsupported"
