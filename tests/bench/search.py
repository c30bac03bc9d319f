#!/usr/bin/env python3
"""Searching against other engines, on the same fingerprints, in one run: docs/performance-search.md.

Engines that are not installed, or refuse the data, are left out and named. Answers are compared before they are timed.
"""
import argparse
import ctypes
import lzma
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import aryl
from page import Page, cpu, machine, median, peak_memory
from peers import SINGLE, compare

def name_of(k, t):
    return f"best {k}" if k else f"at least {t}"


def smiles_of(path, n):
    with (lzma.open if path.endswith(".xz") else open)(path, "rt") as file:
        return [line.split()[0] for _, line in zip(range(n), file)]


def fingerprints(smiles, spec):
    result = aryl.run(smiles, spec)
    return np.ascontiguousarray(result[next(iter(result))][result.ok])


class Native:
    """The C call of a search without Python's share of the time."""

    def __init__(self, index):
        from aryl import _abi
        self.abi, self.index = _abi, index

    def __call__(self, rows, k, threshold, n_threads=1, plan=0):
        abi = self.abi
        rows = np.atleast_2d(rows)
        struct = abi.Rows(rows.ctypes.data, len(rows), rows.strides[0] if len(rows) > 1 else 0, self.index.bits)
        options = abi.SearchOptions(size=ctypes.sizeof(abi.SearchOptions), n_threads=n_threads, threshold=threshold, k=k or 0, plan=plan)
        hits = ctypes.c_void_p()
        begin = time.perf_counter()
        abi.lib.aryl_index_search(self.index._handle, ctypes.byref(struct), ctypes.byref(options), ctypes.byref(hits), None, None)
        took = time.perf_counter() - begin
        abi.lib.aryl_hits_free(hits)
        return took


def singles(page, index, queries, columns):
    """One query: medians over queries that were asked a moment ago, a turn ago, and not since the caches were filled with
    something else."""
    native, flush = Native(index), np.zeros(8 << 20)
    for k, t in SINGLE:
        hot, cold = [], []
        for _ in range(2):
            turn = [native(q, k, t) for q in queries]
        for q in queries:
            hot.append(min(native(q, k, t) for _ in range(4)))
        for q in queries:
            flush += 1
            cold.append(native(q, k, t))
        whole = median(lambda q: index.search(q, k=k, threshold=t, n_threads=1), queries)
        for column, took in zip(columns, (hot, turn, cold, [whole])):
            page.put(name_of(k, t), column, 1e6 * float(np.median(took)))


def ours(page, rows, threads):
    n, share = len(rows), 256 * len(rows)
    page.section("One index", "Seconds of the wall and of the CPU; memory is the most that was held meanwhile beyond the rows given, as a multiple of them.",
                 ["s", "CPU s", "memory", "pairs"])

    def step(name, f, *args, **kw):
        return page.step(name, share, f, *args, **kw)

    index = step(f"built, {threads} threads", aryl.Index.from_rows, rows, n_threads=threads)
    for t, n_threads in ((0.8, threads), (0.7, 1), (0.7, threads), (0.5, threads), (0.35, threads)):
        name = f"all pairs at least {t}, {n_threads} threads"
        page.put(name, "pairs", step(name, index.pairs, t, n_threads=n_threads, into=lambda *_: None))
    step(f"10 nearest of each row, {threads} threads", index.neighbours, 10, n_threads=threads)
    step(f"Butina at 0.65, {threads} threads", index.cluster, 0.65, n_threads=threads)
    step("100 MaxMin picks", index.pick, 100, n_threads=threads)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.fpb")
        step("written to a file", index.save, path)
        aryl.Index.open(path)
        step("opened from the file", aryl.Index.open, path)
    page.section(f"One query among {n} rows", "Microseconds, medians over 60 rows, one thread. Hot: the same query just before; in turn: the 60 queries one after the other, "
                 "which together do not fit the cache; flushed: 64 MB written before each. The first three are the C call, the last what a Python caller waits, in turn.",
                 ["hot", "in turn", "flushed", "Python"])
    singles(page, index, [rows[i].copy() for i in range(0, n, max(n // 60, 1))][:60], ["hot", "in turn", "flushed", "Python"])
    return index


def many(page, index, rows, threads):
    page.section(f"Many queries among {len(rows)} rows", "Microseconds of CPU a query.", ["1 thread", f"{threads} threads"])
    native = Native(index)
    for count in (64, 10000):
        asked = np.ascontiguousarray(rows[::max(len(rows) // count, 1)][:count])
        for k, t in ((None, 0.7), (None, 0.5), (10, 0.0)):
            for n in (1, threads):
                used = min(cpu(native, asked, k, t, n)[1] for _ in range(2 if count < 1000 else 1))
                page.put(f"{count} queries, {name_of(k, t)}", "1 thread" if n == 1 else f"{n} threads", 1e6 * used / count)


def kinds(page, smiles):
    page.section(f"Other fingerprints, {len(smiles)} rows", "Microseconds a query, one thread, of CPU for 200 queries. Rows: every row within the window of bit counts, by the row kernel; "
                 "scan: every row, many queries sharing a reading.", ["mean bits", "plan's choice", "rows", "scan"])
    for spec in ("ecfp radius=2 bits=1024", "ecfp radius=2 bits=2048", "atompair bits=2048", "rdkit maxpath=5 bits=2048", "rdkit bits=2048"):
        rows = fingerprints(smiles, spec)
        index = aryl.Index.from_rows(rows)
        native, mean = Native(index), float(np.bitwise_count(rows[:5000]).sum(axis=1).mean())
        asked = rows[::max(len(rows) // 200, 1)][:200].copy()
        for k, t in ((None, 0.7), (10, 0.0)):
            got, want = index.search(asked, k=k, threshold=t), aryl.search(asked, rows, k=k, threshold=t)
            if not all(np.array_equal(x, y) for x, y in zip(got[:3], want)):
                raise AssertionError(f"{spec}: an index and a scan disagree")
            for how, queries in (("one query", asked[:40]), ("200 queries", asked)):
                name = f"{spec}, {how}, {name_of(k, t)}"
                page.put(name, "mean bits", mean)
                for plan, column in ((0, "plan's choice"), (1, "rows")):
                    ask = (lambda: float(np.median([native(q, k, t, 1, plan) for q in queries]))) if how == "one query" else (
                        lambda: cpu(native, queries, k, t, 1, plan)[1] / len(queries))
                    page.put(name, column, 1e6 * min(ask() for _ in range(3)))
                if how != "one query":
                    page.put(name, "scan", 1e6 * min(cpu(aryl.search, queries, rows, k=k, threshold=t, n_threads=1)[1] for _ in range(2)) / len(queries))


def kernels(page, build):
    page.section("Kernels and limits", "One core. Gpairs/s of blocks in cache: a visit that leaves after 16 planes, counts of 45 planes; Mpairs/s of rows in cache, many queries "
                 "sharing a reading; GB/s of rows from memory, and against reading alone.",
                 ["left early", "45 planes", "1024-bit rows", "2048-bit rows", "scan GB/s", "of reading"])
    text = subprocess.run([os.path.join(build, "tests", "bench_kernels")], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        who, what, number = line.split("\t")
        if who == "machine":
            page.note(f"{what}: {float(number):.3g}")
        else:
            page.put(who, what, float(number))


def plain_pairs(page, index_of, rows, build):
    """Pairs and checksum against a program that counts the bits of every pair."""
    page.section(f"All pairs of {len(rows)} rows against a plain loop", "Number and checksum over rows and scores; the plain loop (`tests/bench/plain_pairs.c`) knows nothing of the library.",
                 ["pairs", "checksum", "aryl CPU s", "plain CPU s"])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows")
        rows.tofile(path)
        thresholds = (0.7, 0.5)
        out = subprocess.run([os.path.join(build, "tests", "plain_pairs"), path, str(rows.shape[1]), "0", *map(str, thresholds)],
                             capture_output=True, text=True, check=True).stdout.splitlines()
    plain = float(out[-1].split("\t")[1])
    for t, line in zip(thresholds, out):
        sum_ = np.zeros(1, np.uint64)

        def add(i, j, score):
            mixed = (i.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + j.astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
            mixed ^= score.view(np.uint64) * np.uint64(0x94D049BB133111EB)
            sum_[0] += (mixed ^ mixed >> np.uint64(31)).sum(dtype=np.uint64)

        n, used, _ = cpu(index_of().pairs, t, into=add)
        _, want_n, want_sum = line.split("\t")
        if (str(n), f"{int(sum_[0]):016x}") != (want_n, want_sum):
            raise AssertionError(f"all pairs at least {t}: {n} with checksum {int(sum_[0]):016x}, the plain loop says {want_n}, {want_sum}")
        page.put(f"at least {t}", "pairs", n)
        page.put(f"at least {t}", "checksum", want_sum)
        page.put(f"at least {t}", "aryl CPU s", used)
        page.put(f"at least {t}", "plain CPU s", plain)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000000)
    parser.add_argument("--build", default="build")
    parser.add_argument("--spec", default="ecfp radius=2 bits=2048")
    parser.add_argument("--molecules", default=os.path.join(ROOT, "..", "shared", "data", "smiles", "bench_1m.smi.xz"))
    parser.add_argument("--proof", action="store_true", help="only all pairs of all rows against the plain loop, which takes a quarter of an hour")
    parser.add_argument("--output", default=None)
    options = parser.parse_args()
    smiles = smiles_of(options.molecules, options.rows)
    rows, threads = fingerprints(smiles, options.spec), aryl.default_threads()
    mean = np.bitwise_count(rows[:10000]).sum(axis=1).mean()
    docs = os.path.join(ROOT, "docs")
    if options.proof:
        page = Page("Proof of searching", f"`make bench-search-proof`: {len(rows)} rows, `{options.spec}`, mean {mean:.0f} bits; {machine()}.")
        index = aryl.Index.from_rows(rows)
        plain_pairs(page, lambda: index, rows, options.build)
        page.write(options.output or os.path.join(docs, "performance-search-proof.md"))
        return
    page = Page("Speed of searching", f"`make bench-search`, one run: {len(rows)} rows, `{options.spec}`, mean {mean:.0f} bits; {machine()}. Ten million rows: "
                "[performance-search-large.md](performance-search-large.md).")
    kernels(page, options.build)
    index = ours(page, rows, threads)
    many(page, index, rows, threads)
    del index
    compare(page, rows, threads)
    few = rows[:50000]
    plain_pairs(page, lambda: aryl.Index.from_rows(few), few, options.build)
    kinds(page, smiles[:100000])
    page.write(options.output or os.path.join(docs, "performance-search.md"))


if __name__ == "__main__":
    main()
