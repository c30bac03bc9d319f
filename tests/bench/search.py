#!/usr/bin/env python3
"""Searching against other engines, on the same fingerprints, in one run: docs/performance-search.md.

Engines that are not installed, or refuse the data, are left out and named. Answers are compared before they are timed.
"""
import argparse
import ctypes
import lzma
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))
import aryl

lines, missing = [], []


def say(what, engine, value, unit):
    lines.append((what, engine, value, unit))
    print(f"{what:58} {engine:10} {value:12.4g} {unit}", flush=True)


def cpu(f, *args, **kw):
    """(answer, CPU seconds, wall seconds)"""
    wall, used = time.perf_counter(), time.process_time()
    answer = f(*args, **kw)
    return answer, time.process_time() - used, time.perf_counter() - wall


def median(f, queries, before=lambda: None):
    took = []
    for q in queries:
        before()
        begin = time.perf_counter()
        f(q)
        took.append(time.perf_counter() - begin)
    return float(np.median(took)) * 1e6


def fingerprints(path, n, spec):
    opener = lzma.open if path.endswith(".xz") else open
    with opener(path, "rt") as file:
        smiles = [line.split()[0] for _, line in zip(range(n), file)]
    result = aryl.run(smiles, spec)
    label = next(iter(result))
    return [s for s, ok in zip(smiles, result.ok) if ok], np.ascontiguousarray(result[label][result.ok])


class Native:
    """The C calls without Python's share of the time, for single queries."""

    def __init__(self, index):
        from aryl import _abi
        self.abi, self.index = _abi, index

    def ask(self, row, k, threshold):
        abi = self.abi
        rows = abi.Rows(row.ctypes.data, 1, 0, self.index.bits)
        options = abi.SearchOptions(size=ctypes.sizeof(abi.SearchOptions), n_threads=1, threshold=threshold, k=k)
        hits = ctypes.c_void_p()
        begin = time.perf_counter()
        abi.lib.aryl_index_search(self.index._handle, ctypes.byref(rows), ctypes.byref(options), ctypes.byref(hits), None, None)
        took = time.perf_counter() - begin
        abi.lib.aryl_hits_free(hits)
        return took


def ours(rows, threads, neighbours):
    n = len(rows)
    index, used, wall = cpu(aryl.Index.from_rows, rows, n_threads=threads)
    say(f"index of {n} rows, {threads} threads", "aryl", used, "CPU s")
    say(f"index of {n} rows, {threads} threads", "aryl", wall, "s")
    native, picks, flush = Native(index), range(0, n, max(n // 60, 1)), np.zeros(8 << 20)
    for k, t in ((0, 0.9), (0, 0.7), (0, 0.5), (0, 0.35), (10, 0.0), (1000, 0.0)):
        what = f"one query, {f'best {k}' if k else f'at least {t}'}"
        asked = [rows[i].copy() for i in picks]
        for _ in range(2):
            warm = [native.ask(q, k, t) for q in asked]
        cold = []
        for q in asked:
            flush += 1
            cold.append(native.ask(q, k, t))
        say(what + ", warm", "aryl", float(np.median(warm)) * 1e6, "us")
        say(what + ", caches flushed", "aryl", float(np.median(cold)) * 1e6, "us")
    for t in (0.8, 0.7, 0.5):
        counts, used, wall = cpu(index.neighbours, None, t, n_threads=threads)
        say(f"all pairs at least {t}, {threads} threads", "aryl", used, "CPU s")
        say(f"all pairs at least {t}, {threads} threads", "aryl", wall, "s")
        say(f"all pairs at least {t}", "aryl", len(counts.rows) / 2, "pairs")
    _, used, wall = cpu(index.cluster, 0.65, n_threads=threads)
    say(f"Butina at 0.65, {threads} threads", "aryl", used, "CPU s")
    if neighbours:
        _, used, wall = cpu(index.neighbours, 10, n_threads=threads)
        say(f"graph of 10 nearest, {threads} threads", "aryl", used, "CPU s")
    for n_queries, t in ((64, 0.0), (10000, 0.7)):
        q = rows[:n_queries]
        _, used, _ = cpu(index.search, q, 10 if not t else None, t, n_threads=1)
        say(f"{n_queries} queries, {'best 10' if not t else f'at least {t}'}", "aryl", used * 1e6 / n_queries, "us a query")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.fpb")
        index.save(path)
        aryl.Index.open(path)
        _, _, wall = cpu(aryl.Index.open, path)
        say("opening the file again", "aryl", wall * 1e3, "ms")
    return index


def check(name, got, want):
    if not np.allclose(np.sort(got), np.sort(want), atol=2e-6):
        raise AssertionError(f"{name} answers something else")


def peers(rows, smiles, index):
    few = rows[:200000]
    here, q = aryl.Index.from_rows(few), rows[::max(len(rows) // 20, 1)][:20]
    want = here.search(q[0], k=None, threshold=0.7)
    scan = median(lambda x: aryl.search(x, few, k=None, threshold=0.7, n_threads=1), q)
    say(f"one query of {len(few)} rows at least 0.7, every row", "aryl", scan, "us")
    say(f"one query of {len(few)} rows at least 0.7, Python's share too", "aryl", median(lambda x: here.search(x, k=None, threshold=0.7, n_threads=1), q), "us")

    def rdkit():
        from rdkit import DataStructs
        vectors = [DataStructs.CreateFromBinaryText(r.tobytes()) for r in few[:20000]]
        got = np.array(DataStructs.BulkTanimotoSimilarity(vectors[0], vectors))
        check("rdkit", got, aryl.tanimoto(few[0], few[:20000]))
        say("all scores of one query", "rdkit", len(vectors) / median(lambda v: DataStructs.BulkTanimotoSimilarity(v, vectors), vectors[:20]), "Mpairs/s")

    def faiss():
        import faiss
        faiss.omp_set_num_threads(1)
        flat = faiss.IndexBinaryFlat(rows.shape[1] * 8)
        flat.add(few)
        distance, _ = flat.search(q, 10)
        counts = [np.sort(np.bitwise_count(few ^ x).sum(axis=1))[:10] for x in q[:3]]
        assert (distance[:3] == counts).all(), "faiss answers something else"
        say(f"one query of {len(few)} rows, best 10 by Hamming distance", "faiss", median(lambda x: flat.search(x[None], 10), q), "us")
        say(f"one query of {len(few)} rows, best 10", "aryl", median(lambda x: here.search(x, k=10, n_threads=1), q), "us")

    def simsimd():
        import simsimd
        got = 1 - np.array(simsimd.cdist(q[:1], few, metric="jaccard", dtype="bin8"))[0]
        check("simsimd", got, aryl.tanimoto(q[0], few))
        _, used, _ = cpu(simsimd.cdist, q, few, metric="jaccard", dtype="bin8")
        say("all scores of 20 queries", "simsimd", len(q) * len(few) / used / 1e6, "Mpairs/s")

    def numkong():
        import numkong
        packed = numkong.jaccards_pack(few, dtype="uint1") if hasattr(numkong, "jaccards_pack") else numkong.dots_pack(few, dtype="uint1")
        got = 1 - np.asarray(numkong.jaccards_packed(q, packed))
        check("numkong", got[0], aryl.tanimoto(q[0], few))
        _, used, _ = cpu(numkong.jaccards_packed, q, packed)
        say("all scores of 20 queries", "numkong", len(q) * len(few) / used / 1e6, "Mpairs/s")

    def usearch():
        from usearch.index import search, MetricKind
        found = search(few, q[0], 10, metric=MetricKind.Tanimoto, exact=True)
        check("usearch", 1 - np.asarray(found.distances), here.search(q[0], k=10).scores)
        say(f"one query of {len(few)} rows, best 10", "usearch", median(lambda x: search(few, x, 10, metric=MetricKind.Tanimoto, exact=True), q[:5]), "us")

    def fpsim2():
        from FPSim2 import FPSim2Engine
        from FPSim2.io import create_db_file
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.h5")
            sample = smiles[:20000]
            create_db_file([[s, i] for i, s in enumerate(sample)], path, "smiles", "Morgan", {"radius": 2, "fpSize": 2048})
            engine, mine = FPSim2Engine(path), aryl.Index.from_rows(rows[:20000])
            got = engine.similarity(sample[0], threshold=0.7, metric="tanimoto", n_workers=1)
            check("FPSim2", np.array([s for _, s in got]), mine.search(rows[0], k=None, threshold=0.7).scores)
            say("one query of 20000 rows at least 0.7", "FPSim2", median(lambda s: engine.similarity(s, threshold=0.7, metric="tanimoto", n_workers=1), sample[:20]), "us")
            say("one query of 20000 rows at least 0.7, Python's share too", "aryl", median(lambda x: mine.search(x, k=None, threshold=0.7, n_threads=1), rows[:20]), "us")

    for engine in (rdkit, faiss, simsimd, numkong, usearch, fpsim2):
        try:
            engine()
        except AssertionError:
            raise
        except Exception as e:   # not installed, another interface
            missing.append(f"{engine.__name__}: {type(e).__name__}: {str(e)[:100]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000000)
    parser.add_argument("--build", default="build")
    parser.add_argument("--spec", default="ecfp radius=2 bits=2048")
    parser.add_argument("--molecules", default=os.path.join(ROOT, "..", "shared", "data", "smiles", "bench_1m.smi.xz"))
    parser.add_argument("--neighbours", action="store_true", help="the graph of nearest neighbours too, which takes a minute")
    parser.add_argument("--output", default=os.path.join(ROOT, "docs", "performance-search.md"))
    options = parser.parse_args()
    kernels = subprocess.run([os.path.join(options.build, "tests", "bench_kernels")], capture_output=True, text=True, check=True).stdout
    for line in kernels.splitlines():
        who, what, number, unit = line.split("\t")
        say(what, who, float(number), unit)
    smiles, rows = fingerprints(options.molecules, options.rows, options.spec)
    index = ours(rows, aryl.default_threads(), options.neighbours)
    peers(rows, smiles, index)
    say("most memory of the run", "", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, "GB")
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu_name = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "")
    with open(options.output, "w", encoding="utf-8") as out:
        out.write("# Speed of searching\n\nWritten by `make bench-search`; every number is from one run. Times of single queries are "
                  "medians, without\nPython's share unless said; CPU seconds are steadier than seconds where other work goes on.\n\n"
                  f"{cpu_name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; {len(rows)} rows, `{options.spec}`, "
                  f"mean {np.bitwise_count(rows[:10000]).sum(axis=1).mean():.0f} bits; kernels {aryl.simd_name()}.\n\n"
                  "| what | engine | | |\n|---|---|---:|---|\n")
        for what, engine, value, unit in lines:
            out.write(f"| {what} | {engine} | {value:.4g} | {unit} |\n")
        if missing:
            out.write("\nNot measured:\n\n" + "".join(f"* {m}\n" for m in missing))


if __name__ == "__main__":
    main()
