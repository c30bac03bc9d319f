"""bench.py - the library against RDKit in one run, as a table in docs/performance.md; `make bench` calls it.

usage: bench.py [FILE] [--rows N] [--searched N] [--stdout]

Both read the same strings in the same process, turn by turn, so that a noisy machine is noisy for both. Times are medians
over repeats: CPU seconds for one core, the clock's where a column names threads; RDKit, being slow, is timed on a part of
the rows that is long enough. Reading the SMILES is part of every line but the search.
"""
import argparse
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))
sys.path.insert(0, os.path.join(ROOT, "tests", "conformance"))

import aryl
import inputs
import numpy as np
import rdkit
from rdkit import Chem, DataStructs, RDLogger
from rdkit.Chem import Descriptors, MACCSkeys, rdFingerprintGenerator

RDLogger.DisableLog("rdApp.*")
SHARED = os.path.join(ROOT, "..", "shared", "data", "smiles", "bench_1m.smi.xz")
OWN = os.path.join(ROOT, "tests", "data", "molecules.smi")
PAGE = os.path.join(ROOT, "docs", "performance.md")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
REPEATS = 5

FUNCTIONS = dict(Descriptors.descList)
# RDKit's way to each kind of fingerprint with its default parameters.
KINDS = {
    "ecfp": rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048).GetFingerprint,
    "fcfp": rdFingerprintGenerator.GetMorganGenerator(
        radius=2, fpSize=2048, atomInvariantsGenerator=rdFingerprintGenerator.GetMorganFeatureAtomInvGen()).GetFingerprint,
    "rdkit": rdFingerprintGenerator.GetRDKitFPGenerator().GetFingerprint,
    "atompair": rdFingerprintGenerator.GetAtomPairGenerator().GetFingerprint,
    "torsion": rdFingerprintGenerator.GetTopologicalTorsionGenerator().GetFingerprint,
    "maccs": MACCSkeys.GenMACCSKeys,
    "pattern": Chem.PatternFingerprint,
    "layered": Chem.LayeredFingerprint,
}


class Task:
    """A line of the table: a spec of the library's, and what RDKit does with a molecule for the same."""

    def __init__(self, name, spec, functions):
        self.name, self.spec, self.functions = name, spec, functions

    def theirs(self, texts):
        for text in texts:
            mol = Chem.MolFromSmiles(text)
            if mol is not None:
                for function in self.functions:
                    try:
                        function(mol)
                    except Exception:   # where RDKit's own table of descriptors has NaN
                        pass

    def ours(self, column, n_threads):
        aryl.run(column, self.spec, n_threads=n_threads)


def tasks():
    listed = [Task("read only", "", []), Task("ecfp, radius 2, 2048 bits", "ecfp", [KINDS["ecfp"]])]
    listed += [Task(kind, kind, [KINDS[kind]]) for kind in aryl.kinds() if kind in KINDS and kind != "ecfp"]
    families = {}
    known = aryl.descriptor_info()
    for name, info in ((name, known[name]) for name in aryl.descriptor_names()):
        families.setdefault(info.family, []).append(name)
    for family, names in families.items():
        listed.append(Task(f"descriptors: {family} ({len(names)})", "desc " + " ".join(names), [FUNCTIONS[n] for n in names]))
    names = aryl.descriptor_names()
    listed.append(Task(f"all descriptors ({len(names)})", "desc all", [FUNCTIONS[n] for n in names]))
    listed.append(Task("ecfp and all descriptors", "ecfp; desc all", [KINDS["ecfp"], *(FUNCTIONS[n] for n in names)]))
    return listed


def enough_rows(task, texts, seconds):
    """As many rows as RDKit needs about these seconds for, at least a few."""
    n = min(20, len(texts))
    began = time.perf_counter()
    task.theirs(texts[:n])
    spent = time.perf_counter() - began
    return max(n, min(len(texts), int(n * seconds / max(spent, 1e-6))))


def measure(task, texts, column, seconds, cores):
    """us a molecule: RDKit, one thread, CPU with every core, wall with every core."""
    n = enough_rows(task, texts, seconds)
    theirs, ours, many, cpu = [], [], [], []
    task.ours(column, 1)
    for _ in range(REPEATS):
        began = time.process_time()
        task.theirs(texts[:n])
        theirs.append((time.process_time() - began) / n)
        began = time.process_time()
        task.ours(column, 1)
        ours.append((time.process_time() - began) / len(texts))
        began, began_cpu = time.perf_counter(), time.process_time()
        task.ours(column, cores)
        many.append((time.perf_counter() - began) / len(texts))
        cpu.append((time.process_time() - began_cpu) / len(texts))
    return [1e6 * statistics.median(times) for times in (theirs, ours, cpu, many)]


def _peak(connection, work, *arguments):
    """Runs work in a fresh process and tells by how many MB its memory grew at most."""
    def status(name):
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name))
    # The high-water mark of a fork starts at the parent's present size.
    before = status("VmRSS")
    work(*arguments)
    connection.send(max(0, status("VmHWM") - before) / 1024)


def peak_memory(work, *arguments):
    if not os.path.exists("/proc/self/status"):
        return float("nan")
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_peak, args=(theirs, work, *arguments))
    process.start()
    grown = ours.recv()
    process.join()
    return grown


def search_lines(texts, n):
    """One query against n rows: RDKit's bulk loop, and the library's scan."""
    rows = aryl.ecfp(texts)
    kept = rows[rows.any(axis=1)]
    rows = np.ascontiguousarray(np.resize(kept, (n, 256)))
    vectors = [DataStructs.CreateFromBinaryText(row.tobytes()) for row in rows[:min(n, 50000)]]
    lines = []
    for name, options in (("top 10", dict(k=10)), ("threshold 0.7", dict(k=None, threshold=0.7))):
        theirs, ours, many = [], [], []
        for i in range(REPEATS):
            query = rows[i * 31 % n]
            vector = DataStructs.CreateFromBinaryText(query.tobytes())
            began = time.process_time()
            scores = np.array(DataStructs.BulkTanimotoSimilarity(vector, vectors))
            np.argsort(-scores, kind="stable")[:10] if "k" in options and options["k"] else np.flatnonzero(scores >= 0.7)
            theirs.append((time.process_time() - began) / len(vectors))
            began = time.process_time()
            aryl.search(query, rows, n_threads=1, **options)
            ours.append((time.process_time() - began) / n)
            began = time.perf_counter()
            aryl.search(query, rows, n_threads=0, **options)
            many.append((time.perf_counter() - began) / n)
        lines.append((name, *(1e9 * statistics.median(times) for times in (theirs, ours, many))))
    return lines


SUBSTRUCTURES = ("c1ccncc1", "C(=O)[OX2H1]", "[#6]1~[#7]~[#6]~[#6]1", "[N+](=O)[O-]", "c1ccc2[nH]ccc2c1")


def substructure_lines(texts):
    """Which of many molecules, read before, contain a pattern. us a molecule: RDKit, the library, the two turn by turn."""
    pairs = [(Chem.MolFromSmiles(text), text) for text in texts]
    theirs_all, ours_all = [], []
    for mol, text in pairs:
        if mol is not None:
            try:
                ours_all.append(aryl.Mol(text))
            except aryl.ArylError:
                continue
            theirs_all.append(mol)
    lines = []
    for smarts in SUBSTRUCTURES:
        query, pattern = aryl.Query(smarts), Chem.MolFromSmarts(smarts)
        theirs, ours = [], []
        for _ in range(REPEATS):
            began = time.process_time()
            want = [mol.HasSubstructMatch(pattern) for mol in theirs_all]
            theirs.append((time.process_time() - began) / len(want))
            began = time.process_time()
            have = query.screen(ours_all, n_threads=1)
            ours.append((time.process_time() - began) / len(want))
        assert have.tolist() == want, smarts
        lines.append((smarts, sum(want), *(1e6 * statistics.median(times) for times in (theirs, ours))))
    return lines


def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="ascii") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {platform.system()}"


def commit():
    told = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return told.stdout.strip() or "unknown"


def table(texts, source, searched, seconds):
    cores = aryl.default_threads()
    column = aryl.pack(texts)
    atoms = aryl.descriptors(texts, "HeavyAtomCount")["HeavyAtomCount"]
    lines = [
        f"aryl {aryl.__version__} at {commit()} (kernels {aryl.simd_name()}, threads {aryl.threads_name()}) against RDKit "
        f"{rdkit.__version__}; {machine()}; {len(texts)} molecules of {source}, {np.nanmedian(atoms):.0f} heavy atoms in "
        f"the median; {time.strftime('%Y-%m-%d')}.", "",
        f"| from SMILES, one core | RDKit us | aryl us | ratio | aryl molecules/s | {cores} threads molecules/s | CPU of "
        f"{cores} threads / one |", "|---|---|---|---|---|---|---|"]
    for task in tasks():
        theirs, ours, cpu, many = measure(task, texts, column, seconds, cores)
        lines.append(f"| {task.name} | {theirs:.1f} | {ours:.2f} | **{theirs / ours:.0f}x** | {1e6 / ours:,.0f} | "
                     f"{1e6 / many:,.0f} | {cpu / ours:.2f} |")
        print(lines[-1], flush=True)
    few = texts[:5000]
    lines += ["", f"| substructure of {len(few)} molecules read before, one core | found | RDKit us | aryl us | ratio |",
              "|---|---|---|---|---|"]
    for smarts, n, theirs, ours in substructure_lines(few):
        lines.append(f"| `{smarts}` | {n} | {theirs:.2f} | {ours:.2f} | **{theirs / ours:.1f}x** |")
        print(lines[-1], flush=True)
    lines += ["", f"| one query against {searched:,} rows of 2048 bits | RDKit ns a row | aryl ns a row | ratio | {cores} "
              "threads ns a row |", "|---|---|---|---|---|"]
    for name, theirs, ours, many in search_lines(texts, searched):
        lines.append(f"| {name} | {theirs:.1f} | {ours:.2f} | **{theirs / ours:.0f}x** | {many:.2f} |")
        print(lines[-1], flush=True)
    whole = tasks()[-1]
    few = texts[:max(1, len(texts) // 10)]
    lines += ["", f"Memory beyond the strings: {whole.name} of {len(texts)} molecules {peak_memory(whole.ours, column, 1):.0f} "
              f"MB, results included ({peak_memory(whole.ours, column, cores):.0f} MB with {cores} threads); RDKit, which keeps "
              f"nothing here, {peak_memory(whole.theirs, few):.0f} MB."]
    return lines


def write(lines):
    text = ""
    if os.path.exists(PAGE):
        with open(PAGE, encoding="utf-8") as file:
            text = file.read()
    if BEGIN not in text:
        text += f"\n{BEGIN}\n{END}\n"
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + tail)


def main():
    parser = argparse.ArgumentParser(description="Times aryl against RDKit.")
    parser.add_argument("path", nargs="?", help="a file of SMILES; else the shared million, else the project's own molecules")
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--searched", type=int, default=1000000, metavar="N", help="rows to search")
    parser.add_argument("--seconds", type=float, default=0.5, help="of RDKit for each repeat of a line")
    parser.add_argument("--stdout", action="store_true", help="print only, leave docs/performance.md alone")
    options = parser.parse_args()
    path = options.path or (SHARED if os.path.exists(SHARED) else OWN)
    source = inputs.read(path)
    texts = [text.decode("utf-8", "replace") for text in source.texts]
    texts = (texts * (options.rows // len(texts) + 1))[:options.rows] if path == OWN else texts[:options.rows]
    lines = table(texts, source.name, options.searched, options.seconds)
    if options.stdout:
        print("\n".join(lines))
    else:
        write(lines)
        print(f"written to {os.path.relpath(PAGE, ROOT)}")


if __name__ == "__main__":
    main()
