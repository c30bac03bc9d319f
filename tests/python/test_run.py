"""The batch call: what goes in, what comes out, what bad rows leave."""
import threading

import numpy as np
import pytest

import aryl

BAD = ["C1CC", "CN(C)(C)C", "c1cccc1", None, "CC(", float("nan")]


def test_ecfp_equals_the_reference(reference):
    smiles, bits, _ = reference
    rows = aryl.ecfp(smiles)
    assert rows.dtype == np.uint8 and rows.shape == (len(smiles), 256)
    wrong = [s for s, a, b in zip(smiles, rows, bits) if (a != b).any()]
    assert not wrong


def test_descriptors_equal_the_reference(reference):
    smiles, _, values = reference
    result = aryl.descriptors(smiles, list(values))
    for name, expected in values.items():
        assert result[name].dtype == np.float64
        np.testing.assert_allclose(result[name], expected, rtol=1e-9, atol=1e-9, err_msg=name)


def test_every_kind_is_a_function(smiles):
    for name, kind in aryl.kinds().items():
        rows = getattr(aryl, name)(smiles)
        expected = aryl.run(smiles, name)[name]
        assert rows.shape == expected.shape and (rows == expected).all()
    assert (aryl.fingerprint(smiles, "ecfp", radius=1, countsim=True, n_threads=1)
            == aryl.run(smiles, "ecfp radius=1 countsim=1")["ecfp"]).all()
    with pytest.raises(AttributeError):
        aryl.no_such_kind
    with pytest.raises(aryl.ArylError):
        aryl.ecfp(smiles, nonsense=1)


def test_a_plan_gives_what_its_parts_give(smiles):
    whole = aryl.run(smiles, "ecfp radius=2 bits=2048; ecfp radius=3 bits=1024 as=wide; desc MolWt TPSA")
    assert list(whole) == ["ecfp", "wide", "MolWt", "TPSA"]
    assert (whole["ecfp"] == aryl.ecfp(smiles)).all()
    assert (whole["wide"] == aryl.ecfp(smiles, radius=3, bits=1024)).all()
    assert (whole["TPSA"] == aryl.descriptors(smiles, "TPSA")["TPSA"]).all()


def test_bits_counts_and_sparse_tell_the_same(smiles):
    r = aryl.run(smiles, "ecfp as=b; ecfp out=counts as=c; ecfp out=sparse as=s")
    unpacked = np.unpackbits(r["b"], axis=1, bitorder="little")
    assert r["c"].dtype == np.uint32 and r["c"].shape == (len(smiles), 2048)
    assert ((r["c"] > 0) == unpacked).all()
    sparse = r["s"]
    assert sparse.ids.dtype == np.uint64 and sparse.counts.dtype == np.uint32 and len(sparse.offsets) == len(smiles) + 1
    for i in range(len(smiles)):
        folded = np.zeros(2048, np.uint32)
        for feature, count in sparse.row(i).items():
            folded[feature % 2048] += count
        assert (folded == r["c"][i]).all()
        ids = sparse.ids[sparse.offsets[i]:sparse.offsets[i + 1]]
        assert (ids[1:] > ids[:-1]).all()


def test_sparse_output_grows_as_far_as_it_must():
    """Rows with far more features than the first guess of their room."""
    big = ["".join(f"C{x}" for x in ("N", "O", "S", "(F)", "(Cl)", "(=O)") * (3 + k % 40)) for k in range(400)]
    r = aryl.run(big, "ecfp radius=8 out=sparse as=a; ecfp radius=6 out=sparse as=b")
    assert r.ok.all()
    for i in (0, 57, 399):
        alone = aryl.run([big[i]], "ecfp radius=8 out=sparse as=a; ecfp radius=6 out=sparse as=b")
        assert r["a"].row(i) == alone["a"].row(0) and r["b"].row(i) == alone["b"].row(0)
    assert len(r["a"].ids) == r["a"].offsets[-1] > 64 * len(big) * 0.5


def test_bad_rows_are_kept_and_explained():
    texts = ["CCO", *BAD, "CCN"]
    r = aryl.run(texts, "ecfp; ecfp out=sparse as=s; ecfp out=counts as=c; desc MolWt")
    assert r.ok.tolist() == [True, *[False] * len(BAD), True]
    assert [aryl.status_name(code) for code in r.status] == \
        ["ok", "syntax", "valence", "kekule", "null", "syntax", "null", "ok"]
    assert not r["ecfp"][1:-1].any() and not r["c"][1:-1].any() and np.isnan(r["MolWt"][1:-1]).all()
    assert r["ecfp"][0].any() and r["ecfp"][-1].any() and r["s"].row(1) == {} and r["s"].row(7)
    errors = r.errors()
    assert [error.row for error in errors] == [1, 2, 3, 4, 5, 6]
    assert [error.status for error in errors] == ["syntax", "valence", "kekule", "null", "syntax", "null"]
    assert all(error.message for error in errors)
    assert 0 <= errors[1].offset < len("CN(C)(C)C")


def test_a_bad_spec_says_where():
    with pytest.raises(aryl.ArylError) as caught:
        aryl.run(["C"], "ecfp radius=2 nonsense=1")
    assert caught.value.offset == len("ecfp radius=2 ")
    for spec in ("nothing", "ecfp radius=99", "desc NoSuch", "ecfp; ecfp", "ecfp bits="):
        with pytest.raises(aryl.ArylError):
            aryl.run(["C"], spec)


def test_an_unknown_label_names_those_there_are():
    with pytest.raises(KeyError, match="ecfp"):
        aryl.run(["C"], "ecfp")["other"]


@pytest.mark.parametrize("n", [0, 1, 3])
def test_any_number_of_rows(n):
    r = aryl.run(["CCO"] * n, "ecfp; ecfp out=sparse as=s; desc MolWt")
    assert r.n_rows == n and r["ecfp"].shape == (n, 256) and r["MolWt"].shape == (n,) and len(r["s"].offsets) == n + 1
    assert r.errors() == []


def test_threads_agree(smiles):
    texts = (smiles + BAD) * 40
    spec = "ecfp; ecfp radius=3 out=sparse as=s; desc MolWt LabuteASA Kappa2"
    one = aryl.run(texts, spec, n_threads=1)
    for n_threads in (0, 2, 5):
        many = aryl.run(texts, spec, n_threads=n_threads)
        assert (many.status == one.status).all() and (many.offsets == one.offsets).all()
        assert (many["ecfp"] == one["ecfp"]).all()
        assert all((a == b).all() for a, b in zip(many["s"], one["s"]))
        for name in ("MolWt", "LabuteASA", "Kappa2"):
            assert np.array_equal(many[name], one[name], equal_nan=True)


def test_python_threads_may_run_at_once(smiles):
    expected, found = aryl.ecfp(smiles), {}

    def work(i):
        found[i] = aryl.ecfp(smiles * 5, n_threads=1)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4 and all((rows == np.tile(expected, (5, 1))).all() for rows in found.values())


def test_limits_are_statuses():
    r = aryl.run(["C" * 50, "C" * 5], "ecfp", max_atoms=10)
    assert [aryl.status_name(code) for code in r.status] == ["limit", "ok"]
    assert r.errors()[0].status == "limit"


def test_progress_is_told_and_may_raise(smiles):
    seen = []
    aryl.run(smiles * 100, "ecfp", progress=lambda done, total: seen.append((done, total)))
    assert seen and seen == sorted(seen) and {total for _, total in seen} == {len(smiles) * 100}

    def stop(done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        aryl.run(smiles * 100, "ecfp", progress=stop)


def test_molblocks_and_smiles_agree():
    block = "\n  aryl\n\n  3  2  0  0  0  0  0  0  0  0999 V2000\n" + "".join(
        f"    {x:.4f}    0.0000    0.0000 {symbol:<3} 0  0  0  0  0  0  0  0  0  0  0  0\n"
        for x, symbol in ((0.0, "C"), (1.5, "C"), (3.0, "O"))) + "  1  2  1  0\n  2  3  1  0\nM  END\n"
    r = aryl.run([block, "no molfile"], "ecfp; desc MolWt", format="mol")
    assert r.ok.tolist() == [True, False]
    assert (r["ecfp"][0] == aryl.ecfp(["CCO"])[0]).all()
    assert aryl.Mol(block, "mol").coordinates[:, 0].tolist() == [0.0, 1.5, 3.0]


def test_to_pandas_keeps_the_index():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(["CCO", "bad(", "CCN"], index=["a", "b", "c"])
    r = aryl.run(series, "ecfp; ecfp out=sparse as=s; desc MolWt")
    frame = r.to_pandas()
    assert list(frame.index) == ["a", "b", "c"] and list(frame.columns) == ["ecfp", "s", "MolWt"]
    assert frame.loc["a", "ecfp"] == r["ecfp"][0].tobytes() and frame.loc["b", "ecfp"] is None
    assert frame.loc["c", "s"] == r["s"].row(2)
    assert frame["MolWt"].isna().tolist() == [False, True, False]
