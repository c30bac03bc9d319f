"""run.py - compares the library with RDKit on any molecules; `make conformance` and `make conformance-fuzz` call it.

usage: run.py [FILE or FOLDER ...] [--rows N] [--only GLOB,...] [--skip GLOB,...] [--mutants N --seed S] [--cache DIR]

Without files: the project's own molecules and, where they are, those of ../shared/data. Exit status 1 when anything
differs that exceptions.py and exceptions.tsv do not explain.
"""
import argparse
import fnmatch
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))
# RDKit computes Ipc with numpy's matrix product, whose last bits depend on the number of BLAS threads, and Ipc of more
# than 75 atoms consists of last bits.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import aryl
import inputs
import mutate
import oracle
import quantities
from compare import SECONDS, Chunk, Difference, Outcome, compare

ROWS = 1000        # of a chunk; part of the key under which answers are kept
SHARED = os.path.join(ROOT, "..", "shared", "data")
OWN = [os.path.join(ROOT, "examples", "data"), os.path.join(ROOT, "tests", "data")]


def default_paths():
    own = [os.path.join(folder, name) for folder in OWN if os.path.isdir(folder) for name in sorted(os.listdir(folder))
           if name.endswith((".smi", ".smi.gz"))]
    shared = [os.path.join(SHARED, name) for name in ("smiles", "bad", "sdf")]
    return own + [path for path in shared if os.path.isdir(path)]


def chunks_of(source, rows):
    texts, ids = source.texts[:rows or None], source.ids[:rows or None]
    for start in range(0, len(texts), ROWS):
        yield Chunk(source.name, source.format, texts[start:start + ROWS], ids[start:start + ROWS])


def mutant_chunks(sources, n, seed):
    texts = [text for source in sources if source.format == "smiles" for text in source.texts]
    for start in range(0, n, ROWS):
        numbers = range(start, min(n, start + ROWS))
        yield Chunk(f"mutants of seed {seed}", "smiles", [mutate.mutant(texts, i, seed) for i in numbers],
                    [str(i) for i in numbers])


def _work(chunk, selected, folder, seconds=SECONDS):
    return compare(chunk, _selected(selected), folder, seconds)


def _selected(names, memo={}):
    """The quantities by name. Made anew in each process, for RDKit's generators do not travel."""
    if not memo:
        memo.update((q.name, q) for q in quantities.build(aryl.kinds(), aryl.descriptor_names())[0])
    return [memo[name] for name in names]


def isolate(chunk, selected):
    """Outcomes of a chunk whose process died: halves of it, down to the string that did it."""
    with ProcessPoolExecutor(1) as pool:
        try:
            return [pool.submit(_work, chunk, selected, None, 60).result()]
        except BrokenProcessPool:
            pass
    if len(chunk.texts) == 1:
        outcome = Outcome(chunk.source, 1)
        outcome.counts["decision"] = [1, 1, 0]
        outcome.differences.append(Difference("decision", chunk.source, chunk.ids[0], chunk.texts[0], "survives",
                                              "crashes or hangs"))
        return [outcome]
    half = len(chunk.texts) // 2
    return [outcome for part in (slice(None, half), slice(half, None))
            for outcome in isolate(Chunk(chunk.source, chunk.format, chunk.texts[part], chunk.ids[part]), selected)]


def outcomes(chunks, selected, folder, jobs):
    """Outcomes as they come; a crash of the library costs its chunk a second try, not the run."""
    waiting = {}
    with ProcessPoolExecutor(jobs) as pool:
        for chunk in chunks:
            waiting[pool.submit(_work, chunk, selected, folder)] = chunk
        try:
            for future in as_completed(list(waiting)):
                yield future.result()
                del waiting[future]
        except BrokenProcessPool:
            pass
    for chunk in waiting.values():
        yield from isolate(chunk, selected)


class Report:
    """Sums over chunks, by source and quantity."""

    def __init__(self):
        self.by_source, self.totals, self.differences, self.excepted = {}, {}, {}, {}

    def add(self, outcome):
        source = self.by_source.setdefault(outcome.source, [0, 0, {}])
        source[0] += outcome.n
        source[1] += outcome.accepted
        for name, counts in outcome.counts.items():
            for table in (self.totals, source[2]):
                row = table.setdefault(name, [0, 0, 0])
                for i, count in enumerate(counts):
                    row[i] += count
        for difference in outcome.differences:
            self.differences.setdefault(difference.quantity, []).append(difference)
        for why, (count, places) in outcome.excepted.items():
            entry = self.excepted.setdefault(why, [0, []])
            entry[0] += count
            entry[1] += places

    def bad(self):
        return sum(counts[1] for counts in self.totals.values())

    def print(self, order, shown, list_excepted):
        width = max(map(len, order)) + 2
        print(f"\n{'quantity':{width}}{'compared':>10}{'differ':>9}{'excepted':>10}")
        for name in order:
            compared, differing, excepted = self.totals.get(name, (0, 0, 0))
            print(f"{name:{width}}{compared:>10}{differing:>9}{excepted:>10}")
        print(f"\n{'source':34}{'texts':>9}{'accepted':>10}{'quantities that differ':>25}")
        for name, (n, accepted, counts) in sorted(self.by_source.items()):
            differing = sorted(((c[1], q) for q, c in counts.items() if c[1]), reverse=True)
            told = ", ".join(f"{q} {count}" for count, q in differing[:3]) + (", ..." if len(differing) > 3 else "")
            print(f"{name:34}{n:>9}{accepted:>10}   {told or 'none'}")
        told = {}   # one string that differs in everything is not worth a page
        for name in order:
            found = sorted(self.differences.get(name, ()), key=lambda d: (len(d.text), d.source, d.id))
            found = [d for d in found if told.get(d.text, 0) < 3]
            for d in found[:shown]:
                told[d.text] = told.get(d.text, 0) + 1
                text = d.text.decode("utf-8", "backslashreplace")
                text = text if d.text.count(b"\n") < 2 else text.split("\n")[0] + " ..."
                print(f"\n{name}: {d.source} {d.id}\n  {text[:400]}\n  rdkit  {d.theirs}\n  aryl   {d.ours}")
        if self.excepted:
            print("\nexcepted:")
        for why, (count, places) in sorted(self.excepted.items()):
            print(f"  {count:>7}  {why}")
            for place in places if list_excepted else ():
                print(f"           {place}")


def arguments():
    parser = argparse.ArgumentParser(description="Compares aryl with RDKit.")
    parser.add_argument("paths", nargs="*", metavar="FILE", help=".smi, .tsv, .sdf, .mol, or folders of them; .gz, .xz")
    parser.add_argument("--rows", type=int, default=0, metavar="N", help="the first N rows of each file only")
    parser.add_argument("--only", default="", metavar="GLOBS", help="quantities or groups (graph, fp, desc), commas between")
    parser.add_argument("--skip", default="", metavar="GLOBS", help="the contrary")
    parser.add_argument("--mutants", type=int, default=0, metavar="N", help="N strings made of the files' by random edits")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--cache", default=os.path.join(ROOT, "build", "conformance-cache"), metavar="DIR",
                        help="where RDKit's answers are kept; empty: nowhere")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--show", type=int, default=3, metavar="N", help="differences of each quantity to print")
    parser.add_argument("--list-excepted", action="store_true")
    return parser.parse_args()


def choose(found, only, skip):
    def named(q, globs):
        return any(fnmatch.fnmatchcase(q.name, glob) or q.group == glob for glob in globs.split(",") if glob)
    return [q.name for q in found if (not only or named(q, only)) and not (skip and named(q, skip))]


def main():
    options = arguments()
    began = time.time()
    found, absent = quantities.build(aryl.kinds(), aryl.descriptor_names())
    selected = choose(found, options.only, options.skip)
    sources = list(inputs.collect(options.paths or default_paths(), skip=() if options.paths else ("bench_", "result_")))
    if options.mutants:
        chunks = mutant_chunks(sources, options.mutants, options.seed)
    else:
        chunks = (chunk for source in sources for chunk in chunks_of(source, options.rows))
    print(f"aryl {aryl.__version__} ({aryl.simd_name()}) against {oracle.VERSION}: {len(selected) + 1} quantities")
    report, n = Report(), 0
    for outcome in outcomes(chunks, selected, options.cache or None, options.jobs):
        report.add(outcome)
        n += outcome.n
        if sys.stderr.isatty():
            print(f"\r{n} texts, {report.bad()} differences", end="", file=sys.stderr)
    report.print(["decision", *selected], options.show, options.list_excepted)
    if absent:
        print(f"\nnot in the library: {len(absent)}, {', '.join(absent[:8])}{', ...' if len(absent) > 8 else ''}")
    bad = report.bad()
    print(f"\n{n} texts, {len(selected) + 1} quantities, {bad} differences, {time.time() - began:.1f} s")
    sys.exit(1 if bad or not n else 0)


if __name__ == "__main__":
    main()
