"""The checker checked: what `make conformance` rests on, and that it sees what is broken on purpose."""
import gzip
import os
import signal
import sys

import numpy as np
import pytest
from conftest import ROOT

import aryl

sys.path.insert(0, os.path.join(ROOT, "tests", "conformance"))
import inputs
import mutate
import rows


def test_digests_tell_sequences_apart():
    lists = [[], [0], [0, 0], [1, 2], [2, 1], [1, 2, 0], [-1], [2**40], [12], [1, 2, 3], [3, 2, 1]]
    found = rows.digest_lists(lists)
    assert len(set(found.tolist())) == len(lists)
    assert rows.digest_lists([[5, 6], [1, 2]])[1] == found[3]


def test_digests_of_packed_rows_see_every_bit():
    matrix = np.zeros((21 * 8 + 1, 21), np.uint8)
    for bit in range(21 * 8):
        matrix[bit + 1, bit // 8] = 1 << bit % 8
    assert len(set(rows.digest_matrix(matrix).tolist())) == len(matrix)


def test_digest_does_not_depend_on_the_rows_before():
    values, offsets = np.arange(30), np.array([0, 4, 4, 17, 30])
    whole = rows.digest(values, offsets)
    assert (rows.digest(values, offsets[2:]) == whole[2:]).all()


def test_mutants_are_the_same_every_time_and_differ_from_each_other(smiles):
    texts = [text.encode() for text in smiles]
    first = [mutate.mutant(texts, i, "1") for i in range(300)]
    assert first == [mutate.mutant(texts, i, "1") for i in range(300)]
    assert len(set(first)) > 280 and first != [mutate.mutant(texts, i, "2") for i in range(300)]
    assert sum(text in texts for text in first) < 30


def test_inputs_are_read_whatever_holds_them(tmp_path):
    (tmp_path / "a.smi").write_bytes(b"CCO one\n\n# remark\nCC |$a;b$| two\nC\n")
    with gzip.open(tmp_path / "b.smi.gz", "wb") as file:
        file.write(b"CCN x\r\nN y\r\n")
    (tmp_path / "c.tsv").write_bytes(b"#base64\tsource\nQ0M=\there\n")
    (tmp_path / "d.tsv").write_bytes(b"#smiles\tnote\nC C\tbad\n\tempty\n")
    (tmp_path / "e.sdf").write_bytes(b"one\n$$$$\ntwo\n$$$$\n")
    (tmp_path / "notes.txt").write_bytes(b"not a molecule")
    found = {source.name: source for source in inputs.collect([str(tmp_path)])}
    assert found["a.smi"].texts == [b"CCO", b"CC |$a;b$|", b"C"] and found["a.smi"].ids == ["one", "two", "5"]
    assert found["b.smi.gz"].texts == [b"CCN", b"N"] and found["c.tsv"].texts == [b"CC"]
    assert found["d.tsv"].texts == [b"C C", b""]
    (folder,) = (source for name, source in found.items() if name.endswith("*.mol"))
    assert folder.texts == [b"one\n", b"two\n"] and folder.format == "mol"
    with pytest.raises(SystemExit):
        list(inputs.collect([str(tmp_path / "notes.txt")]))


# ---- with the reference

@pytest.fixture
def chunk(smiles):
    pytest.importorskip("rdkit", reason="rdkit is not installed; the comparison itself is not tried")
    from compare import Chunk
    texts = [text.encode() for text in smiles[:40]]
    return Chunk("test", "smiles", texts + [b"C1CC", b"CN(C)(C)C"], [str(i) for i in range(len(texts) + 2)])


def outcome(chunk, only, folder):
    import compare
    import quantities
    found, _ = quantities.build(aryl.kinds(), aryl.descriptor_names())
    return compare.compare(chunk, [q for q in found if q.name in only], folder)


QUANTITIES = ("charge", "rings", "ecfp radius=2 bits=2048 bits", "ecfp radius=2 bits=2048 sparse",
              "ecfp radius=2 bits=2048 counts", "MolWt", "RingCount")


def test_what_is_equal_is_found_equal_also_from_the_cache(chunk, tmp_path):
    for _ in range(2):
        found = outcome(chunk, QUANTITIES, str(tmp_path))
        assert found.counts["decision"] == [42, 0, 0] and found.accepted == 40
        assert all(found.counts[name] == [40, 0, 0] for name in QUANTITIES) and not found.differences


def test_a_damaged_cache_is_asked_again(chunk, tmp_path):
    outcome(chunk, ("MolWt",), str(tmp_path))
    (path,) = (os.path.join(folder, name) for folder, _, names in os.walk(tmp_path) for name in names)
    with open(path, "r+b") as file:
        file.truncate(100)
    assert outcome(chunk, ("MolWt",), str(tmp_path)).counts["MolWt"] == [40, 0, 0]


class Broken:
    """A result with one wrong number in each output."""

    def __init__(self, result):
        self.result, self.ok, self.status = result, result.ok, result.status

    def __getitem__(self, label):
        value = self.result[label]
        if isinstance(value, aryl.Sparse):
            return value._replace(counts=value.counts + (np.arange(len(value.counts)) == 7))
        value = value.copy()
        if value.dtype == np.float64:
            value[3] += 1e-6
        else:
            value[3, 5] ^= 1
        return value


def test_a_wrong_number_is_found(chunk, monkeypatch):
    import compare
    run = aryl.run
    monkeypatch.setattr(compare.aryl, "run", lambda *a, **k: Broken(run(*a, **k)) if len(a[0]) > 1 else run(*a, **k))
    found = outcome(chunk, QUANTITIES, None)
    for name in QUANTITIES[2:]:
        assert found.counts[name] == [40, 1, 0], name
        assert [d.quantity for d in found.differences].count(name) == 1
    assert found.counts["charge"] == [40, 0, 0]


def test_a_wrong_property_is_found_and_shown(chunk, monkeypatch):
    monkeypatch.setattr(aryl.Mol, "charge", property(lambda m: m.number * 0 + (m.n_atoms == 13)))
    found = outcome(chunk, ("charge",), None)
    assert found.counts["charge"][1] >= 1
    assert "[0] 0" in found.differences[0].theirs and "[0] 1" in found.differences[0].ours


def test_a_wrong_decision_is_found(chunk, monkeypatch):
    import oracle
    accepts = oracle.read
    monkeypatch.setattr(oracle, "read", lambda text, format: None if text == chunk.texts[5] else accepts(text, format))
    found = outcome(chunk, ("MolWt",), None)
    assert found.counts["decision"] == [42, 1, 0] and found.counts["MolWt"] == [39, 0, 0]
    assert found.differences[0].theirs == "refused" and found.differences[0].ours == "accepted"


def test_a_crash_is_found_down_to_its_string(chunk, monkeypatch):
    import run as program
    real = program.compare

    def crashing(chunk, *rest):
        if chunk.texts[0] is not None and b"C1CC" in chunk.texts:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(chunk, *rest)

    monkeypatch.setattr(program, "compare", crashing)
    found = list(program.outcomes([chunk], ["MolWt"], None, 2))
    culprits = [d for o in found for d in o.differences]
    assert [d.text for d in culprits] == [b"C1CC"] and culprits[0].ours == "crashes or hangs"
    assert sum(o.n for o in found) == len(chunk.texts)


def test_what_the_reference_is_not_asked_is_not_counted(chunk, monkeypatch, tmp_path):
    import quantities
    monkeypatch.setitem(quantities.MOST_ATOMS, "MolWt", 20)
    sizes = [aryl.Mol(text).n_atoms for text in chunk.texts[:40]]
    for _ in range(2):
        counts = outcome(chunk, ("MolWt", "RingCount"), str(tmp_path)).counts
        assert counts["MolWt"] == [sum(n <= 20 for n in sizes), 0, 0] and counts["RingCount"] == [40, 0, 0]
