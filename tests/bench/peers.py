"""Other engines on the same rows. Each is compared with us before it is timed, and left out with a word when it fails. Engines
run in processes of their own, `peers.py ENGINE ROWS.npy THREADS`, since some cannot bear others beside them."""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))

import aryl
import numpy as np
from page import cpu, median

SINGLE = ((None, 0.9), (None, 0.7), (None, 0.5), (None, 0.35), (10, 0.0), (1000, 0.0))


def same(name, got, want):
    if not np.allclose(np.sort(np.asarray(got, float)), np.sort(np.asarray(want, float)), atol=2e-6):
        raise AssertionError(f"{name} answers something else")


def compare(page, rows, threads):
    """Fills two sections of a page."""
    page.section(f"One query among {len(rows)} rows, against others", "Microseconds, medians over 20 rows, one thread unless said, Python's share included for all. "
                 "faiss ranks by Hamming distance; RDKit's bulk call gives all scores and ranks nothing; FPSim2 takes the fingerprint, not the SMILES.",
                 ["aryl", "FPSim2", f"FPSim2, {threads} workers", "faiss", "usearch", "RDKit bulk"])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows.npy")
        np.save(path, rows)
        for engine in ("ours", "fpsim2", "faiss_one", "usearch", "rdkit"):
            attempt(page, engine, path, threads)
        page.section("All scores of many pairs", "Mpairs/s of CPU. aryl: the score matrix in doubles; the others in floats; faiss: the ten nearest by Hamming distance. "
                     "The last lines are the searches that a matrix is mostly made for.", ["aryl", "NumKong", "SimSIMD", "faiss"])
        for engine in ("matrix", "numkong", "simsimd", "faiss_many"):
            attempt(page, engine, path, threads)


def attempt(page, engine, path, threads):
    run = subprocess.run([sys.executable, os.path.abspath(__file__), engine, path, str(threads)], capture_output=True, text=True)
    if "AssertionError" in run.stderr:
        raise AssertionError(run.stderr)
    for line in run.stdout.splitlines():
        row, column, value = line.split("\t")
        page.put(row, column, float(value))
    if run.returncode:   # not installed, another interface
        page.missing.append(f"{engine}: {(run.stderr.strip().splitlines() or [f'ended with {run.returncode}'])[-1][:120]}")
        print("  left out:", page.missing[-1], flush=True)


class Lines:
    """In a process of its own: what would stand on the page, as text."""

    @staticmethod
    def put(row, column, value):
        print(row, column, repr(float(value)), sep="\t", flush=True)


class Peers:
    def __init__(self, page, rows, index, threads):
        self.page, self.rows, self.index, self.threads = page, rows, index, threads
        self.queries = [rows[i].copy() for i in range(0, len(rows), max(len(rows) // 20, 1))][:20]
        self.tens = np.ascontiguousarray(rows[::max(len(rows) // 10000, 1)][:10000])

    def put_single(self, k, t, engine, f, queries=None):
        queries = queries or self.queries
        for q in queries[:2]:
            f(q)
        name = f"best {k}" if k else f"at least {t}"
        self.page.put(name, engine, 1e6 * median(f, queries))

    # ---- one query

    def ours(self):
        for k, t in SINGLE:
            self.put_single(k, t, "aryl", lambda q, k=k, t=t: self.index.search(q, k=k, threshold=t, n_threads=1))

    def fpsim2(self):
        import rdkit
        import tables
        from FPSim2 import FPSim2Engine
        from FPSim2.io.backends.pytables import create_schema
        from importlib.metadata import version
        from rdkit import DataStructs
        turned = np.array([int(f"{i:08b}"[::-1], 2) for i in range(256)], np.uint8)   # its words begin with the highest bit
        words = turned[self.rows].view(">u8").astype(np.uint64)
        counts = np.bitwise_count(words).sum(axis=1).astype(np.int64)
        order = np.argsort(counts, kind="stable")
        with tempfile.TemporaryDirectory() as folder:   # its own file, with the same rows
            path = os.path.join(folder, "a.h5")
            with tables.open_file(path, "w") as file:
                table = file.create_table(file.root, "fps", create_schema(8 * self.rows.shape[1]), "")
                for at in range(0, len(order), 50000):
                    some = order[at:at + 50000]
                    table.append([some, *words[some].T, counts[some]])
                config = file.create_vlarray(file.root, "config", atom=tables.ObjectAtom())
                for item in ("Morgan", {"radius": 2, "fpSize": 8 * self.rows.shape[1]}, rdkit.__version__, version("FPSim2")):
                    config.append(item)
                values, first = np.unique(counts[order], return_index=True)
                ends = [*first[1:], len(order)]
                config.append([(int(v), (int(a), int(b))) for v, a, b in zip(values, first, ends)])
            del words
            engine = FPSim2Engine(path)
        queries = [DataStructs.CreateFromBinaryText(q.tobytes()) for q in self.queries]
        for k, t in SINGLE:
            for workers in (1, self.threads):
                def ask(q):
                    return engine.top_k(q, k, threshold=0.0, n_workers=workers) if k else engine.similarity(q, t, n_workers=workers)
                for q, mine in zip(queries[:3], self.queries):
                    same("FPSim2", ask(q)["coeff"], self.index.search(mine, k=k, threshold=t).scores)
                self.put_single(k, t, "FPSim2" if workers == 1 else f"FPSim2, {workers} workers", ask, queries[:10])

    def faiss_one(self):
        import faiss
        faiss.omp_set_num_threads(1)
        flat = faiss.IndexBinaryFlat(self.rows.shape[1] * 8)
        flat.add(self.rows)
        for q in self.queries[:2]:
            counts = np.sort(np.bitwise_count(self.rows ^ q).sum(axis=1))[:10]
            assert (flat.search(q[None], 10)[0][0] == counts).all(), "faiss answers something else"
        for k in (10, 1000):
            self.put_single(k, 0.0, "faiss", lambda q, k=k: flat.search(q[None], k), self.queries[:5])

    def usearch(self):
        from usearch.index import search, MetricKind
        def ask(q):
            return search(self.rows, q, 10, metric=MetricKind.Tanimoto, exact=True, threads=1)
        same("usearch", 1 - np.asarray(ask(self.queries[0]).distances), self.index.search(self.queries[0], k=10).scores)
        self.put_single(10, 0.0, "usearch", ask, self.queries[:3])

    def rdkit(self):
        from rdkit import DataStructs
        vectors = [DataStructs.CreateFromBinaryText(r.tobytes()) for r in self.rows]
        queries = [DataStructs.CreateFromBinaryText(q.tobytes()) for q in self.queries[:3]]
        same("RDKit", DataStructs.BulkTanimotoSimilarity(queries[0], vectors[:20000]), aryl.tanimoto(self.queries[0], self.rows[:20000]))
        self.put_single(10, 0.0, "RDKit bulk", lambda q: DataStructs.BulkTanimotoSimilarity(q, vectors), queries)

    # ---- many

    def rate(self, name, engine, pairs, f):
        self.page.put(name, engine, pairs / min(cpu(f)[1] for _ in range(2)) / 1e6)

    def shapes(self):
        """(name, queries, rows) of the two shapes, and their first 1024 bits."""
        n = min(len(self.rows), 100000)
        for bits in (2048, 1024):
            yield f"64 x {n}, {bits} bits", *(np.ascontiguousarray(x[:, :bits // 8]) for x in (self.tens[:64], self.rows[:n]))
            yield f"10000 x 10000, {bits} bits", *(np.ascontiguousarray(x[:, :bits // 8]) for x in (self.tens, self.tens))

    def matrix(self):
        for name, a, b in self.shapes():
            self.rate(name, "aryl", len(a) * len(b), lambda: [aryl.tanimoto(a[i:i + 500], b, n_threads=1) for i in range(0, len(a), 500)])
        here = aryl.Index.from_rows(self.tens)
        for name, k, t in (("10000 x 10000, at least 0.7", None, 0.7), ("10000 x 10000, best 10", 10, 0.0)):
            self.rate(name, "aryl", len(self.tens) ** 2, lambda: here.search(self.tens, k=k, threshold=t, n_threads=1))

    def numkong(self):
        import numkong
        pack = numkong.jaccards_pack if hasattr(numkong, "jaccards_pack") else numkong.dots_pack
        for name, a, b in self.shapes():
            packed = pack(b, dtype="uint1")
            same("NumKong", 1 - np.asarray(numkong.jaccards_packed(a[:1], packed))[0], aryl.tanimoto(a[0], b))
            self.rate(name, "NumKong", len(a) * len(b), lambda: [numkong.jaccards_packed(a[i:i + 500], packed) for i in range(0, len(a), 500)])

    def simsimd(self):
        import simsimd
        for name, a, b in self.shapes():
            same("SimSIMD", 1 - np.array(simsimd.cdist(a[:1], b, metric="jaccard", dtype="bin8"))[0], aryl.tanimoto(a[0], b))
            self.rate(name, "SimSIMD", len(a) * len(b), lambda: [simsimd.cdist(a[i:i + 500], b, metric="jaccard", dtype="bin8") for i in range(0, len(a), 500)])

    def faiss_many(self):
        import faiss
        faiss.omp_set_num_threads(1)
        for name, a, b in self.shapes():
            flat = faiss.IndexBinaryFlat(b.shape[1] * 8)
            flat.add(b)
            self.rate(name, "faiss", len(a) * len(b), lambda: flat.search(a, 10))


if __name__ == "__main__":
    rows = np.load(sys.argv[2])
    getattr(Peers(Lines, rows, aryl.Index.from_rows(rows), int(sys.argv[3])), sys.argv[1])()
