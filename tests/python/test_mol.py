"""One molecule, looked at."""
import numpy as np
import pytest

import aryl


def test_phenol():
    m = aryl.Mol("c1ccccc1O phenol")
    assert (m.n_atoms, m.n_bonds, m.n_rings, m.name) == (7, 7, 1, "phenol")
    assert m.symbols == ["C"] * 6 + ["O"] and m.number.tolist() == [6] * 6 + [8]
    assert m.hydrogens.tolist() == [1, 1, 1, 1, 1, 0, 1]
    assert m.aromatic.tolist() == [True] * 6 + [False] and m.aromatic.dtype == bool
    assert m.bond_type.tolist() == [12] * 5 + [1] + [12] or sorted(m.bond_type.tolist()) == [1] + [12] * 6
    assert sorted(m.rings[0].tolist()) == list(range(6))
    assert sorted(m.bond_kekule.tolist()) == [1, 1, 1, 1, 2, 2, 2]
    assert m.hybridisation.tolist() == [3] * 7 and m.degree.tolist() == [2, 2, 2, 2, 2, 3, 1]
    assert m.offset.tolist()[0] == 0 and m.coordinates is None


def test_rings_name_bonds_that_join_their_atoms():
    m = aryl.Mol("C1C2CC3CC1CC(C2)C3")
    bonds = m.bonds
    for atoms, through in zip(m.rings, m.ring_bonds):
        for k, bond in enumerate(through):
            assert set(bonds[bond]) == {atoms[k], atoms[(k + 1) % len(atoms)]}


def test_what_was_written_is_kept():
    m = aryl.Mol("[13CH3:7][N+](C)(C)C.[Cl-]")
    assert m.isotope.tolist() == [13, 0, 0, 0, 0, 0] and m.map.tolist()[0] == 7
    assert m.charge.tolist() == [0, 1, 0, 0, 0, -1] and m.explicit_h.tolist()[0] == 3
    assert aryl.Mol("[CH3]").radicals.tolist() == [1]


def test_no_rings_no_atoms():
    assert aryl.Mol("CC").rings == [] and aryl.Mol("CC").ring_bonds == []
    empty = aryl.Mol("")
    assert empty.n_atoms == 0 and empty.number.shape == (0,) and empty.bonds.shape == (0, 2)


@pytest.mark.parametrize("text, status, offset", [("CC(C", "syntax", None), ("C[N](C)(C)C", "valence", 1),
                                                  ("c1cccc1", "kekule", None)])
def test_a_refusal_says_why_and_where(text, status, offset):
    with pytest.raises(aryl.ArylError) as caught:
        aryl.Mol(text)
    assert caught.value.status == status and str(caught.value)
    assert offset is None or caught.value.offset == offset


def test_an_unknown_format_is_refused():
    with pytest.raises(aryl.ArylError):
        aryl.Mol("C", format="inchi")


def test_many_molecules_leave_no_memory_behind():
    resource = pytest.importorskip("resource")
    for _ in range(2000):
        aryl.Mol("CC(=O)Oc1ccccc1C(=O)O")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20000):
        aryl.Mol("CC(=O)Oc1ccccc1C(=O)O").rings
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4096   # kB


def test_properties_are_int32():
    assert aryl.Mol("CCO").number.dtype == np.int32
