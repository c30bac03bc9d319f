"""Molecules far from ordinary: every kind answers, or says that it would be too much work."""
import aryl
import pytest

RESIDUES = ["C", "CO", "Cc1ccccc1", "CCCNC(N)=N", "CC(C)C", "CCC(=O)O"]


def dendrimer(depth):
    text = "C"
    for _ in range(depth):
        text = f"N(CC{text})CC{text}"
    return f"C({text}){text}"


LARGE = {
    "chain": "C" * 2000,
    "fullerene": "c12c3c4c5c1c1c6c7c2c2c8c3c3c9c4c4c%10c5c5c1c1c6c6c%11c7c2c2c7c8c3c3c8c9c4c4c9c%10c5c5c1c1c6c6c%11c2c2c7c3c3c8c4"
                 "c4c9c5c1c1c6c2c3c41",
    "peptide": "N" + "".join(f"[C@@H]({side})C(=O)N" for side in RESIDUES * 10) + "CC(=O)O",
    "dendrimer": dendrimer(6),
}


@pytest.mark.parametrize("kind", aryl.kinds())
@pytest.mark.parametrize("name", LARGE)
def test_every_kind_ends(name, kind):
    result = aryl.run([LARGE[name]], kind, n_threads=1)
    assert aryl.status_name(result.status[0]) in ("ok", "limit")


@pytest.mark.parametrize("name", LARGE)
def test_little_work_ends_with_a_status(name):
    result = aryl.run([LARGE[name]], "rdkit maxpath=16", n_threads=1)
    assert aryl.status_name(result.status[0]) in ("ok", "limit")
