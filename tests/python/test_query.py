"""Substructures through plans and queries."""
import numpy as np
import pytest

import aryl

SMILES = ["CCO", "CC(=O)O", None, "C1C", "OC(=O)c1ccccc1C(=O)O", "C[C@H](F)Cl"]


def test_matches_is_false_on_bad_rows():
    found = aryl.matches(SMILES, "[CX3](=O)[OX2H1]")
    assert found.dtype == bool
    assert found.tolist() == [False, True, False, False, True, False]


def test_counts_are_minus_one_on_bad_rows():
    found = aryl.count_matches(SMILES, ["[CX3](=O)[OX2H1]", "c"])
    assert found.tolist() == [[0, 0], [1, 0], [-1, -1], [-1, -1], [2, 6], [0, 0]]


def test_embeddings_and_sets_of_atoms_differ():
    assert aryl.count_matches(["c1ccccc1"], "c1ccccc1").tolist() == [1]
    assert aryl.count_matches(["c1ccccc1"], "c1ccccc1", unique=False).tolist() == [12]
    assert aryl.count_matches(["c1ccccc1"], "c1ccccc1", unique=False, max_matches=5).tolist() == [5]


def test_chirality_counts_when_asked():
    assert aryl.matches(["C[C@H](F)Cl", "C[C@@H](F)Cl", "CC(F)Cl"], "C[C@H](F)Cl").tolist() == [True, True, True]
    assert aryl.matches(["C[C@H](F)Cl", "C[C@@H](F)Cl", "CC(F)Cl"], "C[C@H](F)Cl", chirality=True).tolist() == [True, False, False]


def test_written_hydrogens_can_become_conditions():
    assert aryl.matches(["CC"], "C[H]").tolist() == [False]
    assert aryl.matches(["CC"], "C[H]", merge_h=True).tolist() == [True]


def test_a_query_lists_matches_in_order():
    query = aryl.Query(["C~C~C~C", "[#6]"])
    assert query.match("C1CCC1", unique=False).tolist() == [
        [0, 1, 2, 3], [0, 3, 2, 1], [1, 0, 3, 2], [1, 2, 3, 0], [2, 1, 0, 3], [2, 3, 0, 1], [3, 2, 1, 0], [3, 0, 1, 2]]
    assert query.match("O").shape == (0, 4)
    assert query.counts("C1CCC1").tolist() == [1, 4]
    assert query.match("C" * 500, 1).shape == (500, 1)
    with pytest.raises(IndexError):
        query.match("C", 2)


def test_many_molecules_are_screened():
    mols = [aryl.Mol(s) for s in ("CCO", "c1ccccc1", "CC(=O)C")]
    assert aryl.Query("[#6]=O").screen(mols, n_threads=2).tolist() == [False, False, True]


def test_screening_finds_what_matching_finds():
    texts = ["C", "[H][H]", "[2H]C", "[Na+].[Cl-]", "C[N+](=O)[O-]", "c1cc[nH]c1", "[nH+]1ccccc1", "OC(=O)CS", "C1CC1C2CCC2", "[Fe]~1~C~C~1",
             "CB(O)O", "C[Si](C)(C)Cl", "[SH-]", "c1ccsc1", "*c1ccccc1", "[O-][Cl+3]([O-])([O-])[O-]", "C1=CC=CC=C1C#N", "C12C3C4C1C5C2C3C45",
             "C[S@](=O)CC", "[Fe]1(<-N)(<-N)~C~C~1"]
    patterns = ["C", "c", "[#6]", "[!#6]", "[!C]", "[H]", "[#1]", "[*H0]", "[*H2]", "[+]", "[-]", "[+0]", "[!+0]", "[N+](=O)[O-]", "[O;H1]",
                "[O,S;!H0]", "[nH]", "[n;!H0;+]", "a", "A", "[!a]", "*", "[!*]", "[F,Cl]", "[Fe]", "[B,Si]", "[#0]", "*1~*~*1", "*1~*~*~*1",
                "[R]@[R]", "[$(C=O)]", "[!$(C=O)]", "[C;!$(C=O)]", "[Cl;+3]", "[O-].[Cl]", "C.C.C", "[2H]", "[S@](=O)", "[C,c]#[N;+0]"]
    mols = [aryl.Mol(text) for text in texts]
    query = aryl.Query(patterns)
    have = np.array([query.screen(mols, k) for k in range(len(patterns))]).T
    assert (have == [query.counts(mol) > 0 for mol in mols]).all()


def test_a_bad_pattern_says_where():
    with pytest.raises(aryl.ArylError) as caught:
        aryl.matches(["C"], "C(C")
    assert caught.value.status == "syntax"
    with pytest.raises(aryl.ArylError) as caught:
        aryl.Query("[Q]")
    assert caught.value.offset == 1


def test_matches_stand_beside_other_outputs_of_a_plan():
    r = aryl.run(["CCO", "c1ccccc1O"], 'ecfp bits=64; desc MolWt; matches smarts="[OX2H]" as=hydroxyl; matches smarts="c" count=1 as=c')
    assert r["hydroxyl"].tolist() == [1, 1]
    assert r["c"].tolist() == [0, 6]
    assert np.isfinite(r["MolWt"]).all()
