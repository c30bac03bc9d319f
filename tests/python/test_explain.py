"""Every bit has its atoms."""
import os

import numpy as np
import pytest
from conftest import ROOT

import aryl


def test_the_features_of_phenol():
    found = aryl.explain("c1ccccc1O", "ecfp radius=1", bit=745)
    assert [(f.id, f.atom, f.radius, f.atoms) for f in found] == [(2905660137, 5, 1, (0, 4, 5, 6))]
    assert len(found[0].bonds) == 3


def test_features_are_those_of_the_fingerprint(smiles):
    rows = aryl.run(smiles, "ecfp radius=2; ecfp radius=2 out=sparse as=s")
    for i in range(0, len(smiles), 7):
        features = aryl.explain(smiles[i], "ecfp radius=2")
        assert {f.bit for f in features} == set(np.flatnonzero(np.unpackbits(rows["ecfp"][i], bitorder="little")).tolist())
        counts = {}
        for f in features:
            counts[f.id] = counts.get(f.id, 0) + 1
        assert counts == rows["s"].row(i)


def test_members_are_the_surroundings_of_the_centre(smiles):
    mol = aryl.Mol("CC(=O)Oc1ccccc1C(=O)O")
    bonds = mol.bonds.tolist()
    for f in aryl.explain(mol, "ecfp radius=3"):
        assert f.atom in f.atoms and (f.radius > 0 or (f.atoms == (f.atom,) and f.bonds == ()))
        assert {a for bond in f.bonds for a in bonds[bond]} <= set(f.atoms)
        near, reached = {f.atom}, set()
        for _ in range(f.radius):
            reached |= {k for k, (a, b) in enumerate(bonds) if a in near or b in near}
            near |= {a for k in reached for a in bonds[k]}
        assert set(f.atoms) == near and set(f.bonds) == reached


def test_many_features_fit():
    assert len(aryl.explain("C" * 500 + "N", "ecfp radius=12")) > 501


def test_contributions_are_those_of_the_vectors():
    seen = set()
    with open(os.path.join(ROOT, "tests", "data", "contributions.tsv"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            smiles, name, rest, values = line.rstrip("\n").split("\t")
            found, beyond = aryl.contributions(smiles, name, rest=True)
            np.testing.assert_allclose(found, [float(v) for v in values.split()], rtol=1e-9, atol=1e-9, err_msg=f"{smiles} {name}")
            if rest:
                np.testing.assert_allclose(beyond, float(rest), rtol=1e-9, atol=1e-9)
            seen.add(name)
    assert seen == set(aryl.contribution_info())


def test_contributions_sum_up_to_their_descriptor(smiles):
    totals = [name for name, info in aryl.contribution_info().items() if info.total]
    assert {"MolLogP", "TPSA"} <= set(totals)
    result = aryl.descriptors(smiles, totals)
    for i, text in enumerate(smiles):
        mol = aryl.Mol(text)
        for name in totals:
            found, beyond = aryl.contributions(mol, name, rest=True)
            np.testing.assert_allclose(found.sum() + beyond, result[name][i], rtol=1e-9, atol=1e-9)
        assert (aryl.contributions(mol, "Scaffold") == mol.scaffold).all()


def test_an_unknown_contribution_is_refused():
    with pytest.raises(aryl.ArylError, match="MolWt"):
        aryl.contributions("CCO", "MolWt")
