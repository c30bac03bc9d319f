#!/usr/bin/env python3
"""Ten million rows, perturbed copies of real ones: docs/performance-search-large.md. Needs some 12 GB of memory and 6 GB of disk."""
import argparse
import gc
import os
import tempfile

import numpy as np
from search import ROOT, fingerprints, singles, smiles_of
from page import Page, cpu, machine, peak_memory

import aryl


def perturbed(rows, n):
    """n rows: the given ones first, then copies of them of which a few bits were turned over."""
    out, draw = np.empty((n, rows.shape[1]), np.uint8), np.random.default_rng(1)
    for at in range(0, n, len(rows)):
        part = out[at:at + len(rows)]
        part[:] = rows[:len(part)]
        for _ in range(4 if at else 0):
            part[np.arange(len(part)), draw.integers(rows.shape[1], size=len(part))] ^= (1 << draw.integers(8, size=len(part))).astype(np.uint8)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10000000)
    parser.add_argument("--spec", default="ecfp radius=2 bits=2048")
    parser.add_argument("--molecules", default=os.path.join(ROOT, "..", "shared", "data", "smiles", "bench_1m.smi.xz"))
    parser.add_argument("--folder", default=None, help="where the file is written (6 GB)")
    parser.add_argument("--output", default=os.path.join(ROOT, "docs", "performance-search-large.md"))
    options = parser.parse_args()
    rows = perturbed(fingerprints(smiles_of(options.molecules, 1000000), options.spec), options.rows)
    threads, share = aryl.default_threads(), rows.nbytes
    page = Page("Speed of searching, many rows", f"`make bench-search-large`, one run: {len(rows)} rows, perturbed copies of real ones, `{options.spec}`, "
                f"{share / 1e9:.2f} GB; {machine()}.")
    page.section("The index", "Seconds of the wall and of the CPU; memory is the most that was held meanwhile beyond what there was before the step, pages of the "
                 "mapped file among it, as a multiple of the rows.", ["s", "CPU s", "memory"])

    def step(name, f, *args, **kw):
        return page.step(name, share, f, *args, **kw)

    index = step(f"built, {threads} threads", aryl.Index.from_rows, rows, n_threads=threads)
    queries = [rows[i].copy() for i in range(0, len(rows), max(len(rows) // 60, 1))][:60]
    del rows
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = os.path.join(folder, "a.fpb")
        step("written to a file", index.save, path)
        del index
        step("opened from the file", aryl.Index.open, path)
        index = step("opened again", aryl.Index.open, path)
        step("checked, every byte", index.verify)
        index = aryl.Index.open(path)
        step("60 queries, best 10, one after the other", lambda: [index.search(q, k=10, n_threads=1) for q in queries])
        step(f"10000 queries at least 0.7, {threads} threads", lambda: index.search(np.stack([index.row(i) for i in range(0, len(index), len(index) // 10000)]), k=None, threshold=0.7))
        page.section("One query, from the mapped file", "Microseconds, medians over 60 rows, one thread; columns as in [performance-search.md](performance-search.md).",
                     ["hot", "in turn", "flushed", "Python"])
        singles(page, index, queries, ["hot", "in turn", "flushed", "Python"])
        page.write(options.output)


if __name__ == "__main__":
    main()
