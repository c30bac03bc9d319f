"""Every bit has its atoms."""
import numpy as np

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
