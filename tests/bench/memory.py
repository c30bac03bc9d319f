"""memory.py - memory of the command while files of growing size go through it; `make bench-memory` calls it.

usage: memory.py ARYL [--rows N]

Writes SMILES files of N / 16, N / 4 and N rows, makes FPS of each, and fails when the largest takes more memory than
the smallest: what streams must not grow.
"""
import argparse
import multiprocessing
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "conformance"))

import inputs

SHARED = os.path.join(ROOT, "..", "shared", "data", "smiles", "bench_1m.smi.xz")
OWN = os.path.join(ROOT, "tests", "data", "molecules.smi")
SLACK_MB = 16   # of the largest over the smallest: blocks that a rare large molecule leaves with a worker


def run(command):
    """(peak MB, seconds) of a command."""
    began = time.time()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: status {status}")
    return usage.ru_maxrss / 1024, time.time() - began


def write_files(folder, sizes):
    texts = inputs.read(SHARED if os.path.exists(SHARED) else OWN).texts
    texts = (texts * (max(sizes) // len(texts) + 1))[:max(sizes)]
    for rows in sizes:
        with open(os.path.join(folder, f"{rows}.smi"), "wb") as file:
            file.write(b"".join(b"%s row%d\n" % (text, i) for i, text in enumerate(texts[:rows])))


def main():
    parser = argparse.ArgumentParser(description="Memory of `aryl fp` on files of growing size.")
    parser.add_argument("aryl")
    parser.add_argument("--rows", type=int, default=1000000)
    options = parser.parse_args()
    peaks = []
    sizes = (options.rows // 16, options.rows // 4, options.rows)
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: a command's peak begins with the size of the process that starts it.
        writer = multiprocessing.Process(target=write_files, args=(folder, sizes))
        writer.start()
        writer.join()
        for rows in sizes:
            source, target = os.path.join(folder, f"{rows}.smi"), os.path.join(folder, "out.fps")
            peak, seconds = run([options.aryl, "fp", source, "-o", target])
            with open(target, "rb") as file:
                written = sum(not line.startswith(b"#") for line in file)
            print(f"{rows:>9} rows, {os.path.getsize(source) / 1e6:7.1f} MB in, {os.path.getsize(target) / 1e6:7.1f} MB out, "
                  f"{written} fingerprints, {seconds:6.2f} s, {rows / seconds:,.0f} rows/s, peak {peak:.1f} MB", flush=True)
            if written < 0.99 * rows:
                raise SystemExit("rows were lost")
            peaks.append(peak)
            os.remove(target)
    if peaks[-1] > peaks[0] + SLACK_MB:
        raise SystemExit(f"memory grows with the file: {peaks[0]:.1f} MB, then {peaks[-1]:.1f} MB")


if __name__ == "__main__":
    main()
