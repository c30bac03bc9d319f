import os

import numpy as np
import pytest

import aryl


def brute(queries, rows, k, threshold, **metric):
    scores = np.atleast_2d(aryl.similarity(queries, rows, **metric))
    found = []
    for line in scores:
        order = np.lexsort((np.arange(len(line)), -line))
        order = order[line[order] >= threshold]
        found.append([(int(i), line[i]) for i in (order if k is None else order[:k])])
    return found


def as_lists(hits):
    return [[(int(r), s) for r, s in zip(*hits.query(i))] for i in range(len(hits.offsets) - 1)]


@pytest.fixture(scope="module")
def index(reference):
    texts, rows, _ = reference
    return aryl.Index.from_rows(rows, ids=[f"name {i}" for i in range(len(rows))], spec="ecfp radius=2 bits=2048")


@pytest.mark.parametrize("k,threshold", [(10, 0.0), (3, 0.4), (None, 0.3), (None, 0.0)])
def test_an_index_finds_what_all_scores_say(index, reference, k, threshold):
    rows = reference[1]
    for metric in ({}, {"metric": "dice"}, {"metric": "containment"}, {"metric": "tversky", "alpha": 0.9, "beta": 0.1}):
        hits = index.search(rows[::7], k=k, threshold=threshold, **metric)
        assert as_lists(hits) == brute(rows[::7], rows, k, threshold, **metric)
        assert hits.offsets.dtype == hits.rows.dtype == np.int64 and hits.scores.dtype == np.float64
    assert list(hits.ids[:3]) == [f"name {r}" for r in hits.rows[:3]]
    assert list(hits.to_pandas().columns) == ["query", "row", "score", "id"]


def test_smiles_are_queries_and_bad_ones_have_no_hits(index, reference):
    texts, rows, _ = reference
    hits = index.search([texts[3], "not a molecule((", texts[5]], k=2)
    assert hits.offsets.tolist() == [0, 2, 2, 4]
    assert hits.rows[0] in (3, *hits.rows[:2]) and hits.scores[0] == 1.0
    assert as_lists(index.search(texts[3], k=5)) == as_lists(index.search(rows[3], k=5))
    assert index.count([texts[3], "(("], 0.5).tolist() == [len(index.search(texts[3], k=None, threshold=0.5).rows), 0]


def test_joins_tell_what_searches_find(index, tmp_path):
    rows = np.stack([index.row(i) for i in range(0, len(index), 3)])
    other = aryl.Index.from_rows(rows)
    for k, threshold in ((None, 0.3), (4, 0.0)):
        want = index.search(rows, k=k, threshold=threshold)
        query = np.repeat(np.arange(len(rows)), np.diff(want.offsets))
        told = set(zip(query.tolist(), want.rows.tolist(), want.scores.tolist()))
        assert set(zip(*(x.tolist() for x in other.join(index, threshold, k)))) == told
        pieces = []
        assert other.join(index, threshold, k, into=lambda *arrays: pieces.append(arrays)) == len(told)
        assert {x for p in pieces for x in zip(*(a.tolist() for a in p))} == told
        assert other.join(index, threshold, k, into=tmp_path / "pairs.npy") == len(told)
        assert set(np.load(tmp_path / "pairs.npy").tolist()) == told
    assert index.pairs(0.4, into=tmp_path / "pairs.npy") == len(index.pairs(0.4)[0])
    with pytest.raises(ZeroDivisionError):
        index.pairs(0.1, into=lambda *_: 1 / 0)
    with pytest.raises(ValueError):
        index.join(index)


def test_neighbours_pairs_and_clusters_agree(index, reference):
    rows = reference[1]
    n = len(rows)
    scores = aryl.tanimoto(rows, rows)
    near = index.neighbours(threshold=0.4)
    want = [[(int(j), s) for j, s in one if j != i] for i, one in enumerate(brute(rows, rows, None, 0.4))]
    assert as_lists(near) == want
    best = index.neighbours(k=4)
    assert as_lists(best) == [[x for x in one if x[0] != i][:4] for i, one in enumerate(brute(rows, rows, 6, 0.0))]
    a, b, s = index.pairs(0.4)
    assert sorted(zip(a.tolist(), b.tolist())) == [(i, j) for i in range(n) for j in range(i + 1, n) if scores[i, j] >= 0.4]
    assert (s == scores[a, b]).all()
    for method in ("butina", "leader"):
        labels, centres = index.cluster(0.4, method=method)
        assert (labels[centres] == np.arange(len(centres))).all()
        assert all(i == centres[labels[i]] or scores[i, centres[labels[i]]] >= 0.4 for i in range(n))
    parts = aryl.cluster_split(labels, (0.8, 0.2))
    assert all(len(set(parts[labels == c])) == 1 for c in range(len(centres)))


def test_picks_and_histogram(index, reference):
    scores = aryl.tanimoto(reference[1], reference[1])
    picks = index.pick(6, seeds=[4])
    for i in range(1, 6):
        best = scores[picks[:i]].max(axis=0)
        best[picks[:i]] = 2
        assert picks[i] == int(np.argmin(best))
    assert index.histogram(n_pairs=1000, bins=10).sum() == 1000


@pytest.mark.parametrize("plain", [False, True])
def test_a_file_keeps_rows_names_and_spec(index, reference, tmp_path, plain):
    texts, rows, _ = reference
    path = tmp_path / "a.fpb"
    index.save(path, plain=plain)
    again = aryl.Index.open(path)
    again.verify()
    assert (len(again), again.spec, again.bits) == (len(index), index.spec, 2048)
    assert again.find("name 17") == 17 and again.id(17) == "name 17" and (again.row(17) == rows[17]).all()
    with pytest.raises(KeyError):
        again.find("nobody")
    assert as_lists(again.search(texts[::9], k=7)) == as_lists(index.search(texts[::9], k=7))
    built = aryl.Index.build(tmp_path / "b.fpb", texts, ids=None, spec="ecfp", plain=plain)
    assert as_lists(built.search(texts[::9], k=7)) == as_lists(index.search(texts[::9], k=7))


def test_rdkit_reads_our_files(index, reference, tmp_path):
    DataStructs = pytest.importorskip("rdkit.DataStructs")
    rows = reference[1]
    for plain in (False, True):
        index.save(tmp_path / "a.fpb", plain=plain)
        for lazy in (False, True):
            reader = DataStructs.FPBReader(str(tmp_path / "a.fpb"), lazy)
            reader.Init()
            assert len(reader) == len(rows) and reader.GetNumBits() == 2048
            for at in range(0, len(rows), 11):
                row = index.find(reader.GetId(at))
                assert bytes(reader.GetBytes(at)) == rows[row].tobytes()
            near = reader.GetTanimotoNeighbors(rows[8].tobytes(), threshold=0.3)
            ours = index.search(rows[8], k=None, threshold=0.3)
            assert sorted((s, int(reader.GetId(i)[5:])) for s, i in near) == sorted(zip(ours.scores.tolist(), ours.rows.tolist()))


def test_wrong_questions_are_refused(index):
    with pytest.raises(ValueError):
        index.search("CCO", k=0)
    with pytest.raises(ValueError):
        index.search("CCO", metric="nonsense")
    with pytest.raises(aryl.ArylError):
        index.search(np.zeros((1, 5), np.uint8))
    with pytest.raises(aryl.ArylError):
        aryl.Index.open("/no/such/file")
    with pytest.raises(ValueError):
        aryl.Index.from_rows(np.zeros((2, 8), np.uint8)).search("CCO")
    with pytest.raises(aryl.ArylError):
        index.cluster(0.0)


def test_a_collection_grows_and_keeps_row_numbers(reference, tmp_path):
    texts, rows, _ = reference
    c = aryl.Collection.create(tmp_path / "c", "ecfp radius=2 bits=2048")
    assert c.add_rows(rows[:40], [f"a{i}" for i in range(40)]) == 0
    early = c.open()
    assert c.add(texts[40:60] + ["(("], [f"a{i}" for i in range(40, 61)])[1].tolist() == [20]
    assert c.remove(["a3", "a50", "nobody"]) == 2
    with pytest.raises(aryl.ArylError):
        c.add_rows(rows[:1], ["a7"])
    assert c.add_rows(rows[7:8], ["a7"], replace=True) == 60
    assert len(early) == 40 and early.find("a3") == 3
    for _ in range(2):
        index = c.open()
        index.verify()
        gone = {3, 50, 7}
        numbers = np.array([i for i in range(61) if i not in gone])
        live = np.concatenate([rows[:60], rows[7:8]])[numbers]
        assert (len(index), index.span) == (58, 61) and index.find("a7") == 60
        want = [[(int(numbers[j]), s) for j, s in one] for one in brute(rows[:9], live, 6, 0.0)]
        assert as_lists(index.search(rows[:9], k=6)) == want
        labels, centres = index.cluster(0.5)
        assert len(labels) == 58 and set(centres.tolist()) <= set(numbers.tolist())
        c.compact()


def test_the_command_builds_and_asks_indexes(reference, tmp_path):
    import subprocess
    texts, rows, _ = reference
    command = os.environ.get("ARYL_COMMAND") or os.path.join(os.path.dirname(aryl.library_path), "aryl")
    if not os.path.exists(command):
        pytest.skip("the command is not beside the library")
    smi = tmp_path / "a.smi"
    smi.write_text("".join(f"{t}\tm{i}\n" for i, t in enumerate(texts)))
    np.save(tmp_path / "a.npy", rows)

    def run(*args, status=0):
        r = subprocess.run([command, *map(str, args)], capture_output=True, timeout=600)
        assert r.returncode == status, r.stderr.decode()
        return [line.split("\t") for line in r.stdout.decode().splitlines()][1:]

    folder, file, plain = tmp_path / "ix", tmp_path / "ix.fpb", tmp_path / "plain.fpb"
    run("index", "build", smi, folder)
    run("index", "build", smi, file)
    run("index", "build", tmp_path / "a.npy", plain, "--plain")
    run("fp", smi, "-o", tmp_path / "a.fps")
    want = run("search", smi, tmp_path / "a.fps", "-k", 4)
    assert len(want) == 4 * len(texts)
    for index in (folder, file):
        assert run("search", smi, index, "-k", 4) == want
        assert run("search", tmp_path / "a.fps", index, "-k", 4) == want
        run("index", "info", index, "--verify")
    run("search", smi, plain, status=3)   # it does not say how its rows were made
    assert [[q, r, s, f"m{t}"] for q, r, s, t in run("search", smi, plain, "-k", 4, "--spec", "ecfp")] == want
    run("search", smi, folder, "--spec", "ecfp radius=3", status=3)
    few = tmp_path / "few.smi"
    few.write_text("".join(f"{t}\tq{i}\n" for i, t in enumerate(texts[::4])))
    run("index", "build", few, tmp_path / "few.fpb")
    for how, ask in ((("-k", 4), ("-k", 4)), (("--threshold", 0.4), ("-k", 0, "--threshold", 0.4))):
        assert sorted(run("nearest", tmp_path / "few.fpb", folder, *how)) == sorted([q, t, s] for q, _, s, t in run("search", few, folder, *ask))
    pairs = run("nearest", folder, "--threshold", 0.4)
    a, b, s = aryl.Index.open(folder).pairs(0.4)
    assert sorted((x, y, float(z)) for x, y, z in pairs) == sorted((f"m{x}", f"m{y}", z) for x, y, z in zip(a, b, s))
    assert len(run("cluster", file, "--threshold", 0.4)) == len(texts)
    assert len(run("pick", file, "-n", 7)) == 7
    run("index", "rm", folder, "m1", "m2")
    run("index", "add", folder, smi, status=3)
    run("index", "add", folder, smi, "--replace")
    run("index", "compact", folder)
    assert len(aryl.Index.open(folder)) == len(texts)
    run("index", "build", smi, folder, status=2)
    run("index", "info", smi, status=3)
