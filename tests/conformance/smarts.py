"""smarts.py - ordered match lists against RDKit; `make conformance-smarts` calls it.

usage: smarts.py [FILE ...] [--rows N] [--show N] [--jobs N]

Patterns: every table that the installed RDKit ships (MACCS, fragments, Crippen, functional groups, PAINS with hydrogens
merged, salts, QED), and some hundreds that use each primitive, operator, bond and mark. Molecules: N of each file, spread
over it. Each pattern is matched unique and not, with at most 1000 and 3 matches, with and without chirality, and all
molecules are screened with it.
"""
import argparse
import csv
import itertools
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))

import aryl
import inputs
from rdkit import Chem, RDConfig, RDLogger
from rdkit.Chem import MACCSkeys, QED

RDLogger.DisableLog("rdApp.*")
FILES = ("drugs_small.smi", "chembl_like_100k.smi.gz", "hard_20k.smi.gz")
SHARED = os.path.join(ROOT, "..", "shared", "data", "smiles")
OWN = os.path.join(ROOT, "tests", "data", "molecules.smi")

# unique, most, chirality
OPTIONS = [(True, 1000, False), (False, 1000, False), (True, 3, False), (False, 3, False), (True, 1000, True), (False, 1000, True),
           (True, 3, True), (False, 3, True)]


def _lines(*path):
    with open(os.path.join(RDConfig.RDDataDir, *path), encoding="latin-1") as file:
        return [line.rstrip("\n") for line in file]


def _column(lines, column, comments=("#", "//")):
    """The column of a table with tabs; lines without it, and comments, are left out."""
    for line in lines:
        cells = [cell for cell in line.strip().split("\t") if cell]
        if len(cells) > column and not line.startswith(comments):
            yield cells[column].strip()


def shipped():
    """{table: (patterns, merge hydrogens)}"""
    fragments = [line.strip("\n").split("\t") for line in _lines("FragmentDescriptors.csv")]
    pains = [row[0] for row in csv.reader(_lines("Pains", "wehi_pains.csv")) if row]
    return {
        "maccs": ([smarts for smarts, _ in MACCSkeys.smartsPatts.values() if smarts != "?"], False),
        "fragments": ([cells[2] for cells in fragments if len(cells) > 2 and cells[0].startswith("fr_")], False),
        "crippen": (list(_column(_lines("Crippen.txt"), 1)), False),
        "functional groups": (list(_column(_lines("FunctionalGroups.txt"), 1)), False),
        "hierarchy": (list(_column(_lines("Functional_Group_Hierarchy.txt"), 1)), False),
        "pains": (pains, True),
        "salts": (list(_column(_lines("Salts.txt"), 0)), False),
        "qed": ([*(_text(p) for p in QED.AcceptorSmarts), *(_text(p) for p in QED.StructuralAlertSmarts)], False),
    }


def _text(pattern):
    return pattern if isinstance(pattern, str) else Chem.MolToSmarts(pattern)


ATOMS = """C c N n O o S s P p F Cl Br I B H * a A [#0] [#1] [#6] [#7] [#8] [Se] [Fe] [Na] [se] [as] [2H] [2*] [13C] [0*] [0C]
+ - [+] [-] [++] [+2] [--] [-2] [+0] [-0] [+{1-2}] [-{1-}] [D] [D0] [D1] [D2] [D3] [D4] [D{2-3}] [D{-1}] [D{3-}] [d] [d1] [d2]
[d3] [d{2-3}] [X] [X0] [X1] [X2] [X3] [X4] [X{2-3}] [v] [v0] [v2] [v3] [v4] [v5] [v6] [v{2-3}] [H] [H0] [H1] [H2] [H3] [H{1-2}]
[*H] [*H0] [*H1] [*H2] [*H{1-}] [h] [h0] [h1] [h2] [h{1-3}] [R] [R0] [R1] [R2] [R3] [R{1-2}] [r] [r0] [r3] [r4] [r5] [r6] [r7]
[r{5-6}] [r{7-}] [k5] [k6] [k{3-5}] [x] [x0] [x1] [x2] [x3] [x{2-3}] [z] [z0] [z1] [z2] [z{1-2}] [Z] [Z0] [Z1] [Z{1-}] [^0] [^1]
[^2] [^3] [^4] [^5] [#6+] [#7+] [#8-] [nH] [nH0] [n+] [NH2] [NH3+] [OH] [O-] [CH3] [CH2] [CH] [C@] [C@@] [C@H] [C@@H] [N+] [S@]
[P@@] [C:1] [*:7]""".split()
LOGIC = """[C,N] [!C] [!#6] [!#6!#1] [C;R] [C;!R] [c,n;R] [c,n&H1] [N,O;H1] [N,O&H1] [!C;!N] [!$(C)] [#6;R;X3] [#6&R&!a] [C,c;D3,D2]
[C;D3,D2;R0] [!R;!H0] [#7,#8;!H0] [!+;!-] [A;!#1] [a;r5] [a;r5,r6;!#6] [R;!a] [*;!H0;R] [C&D1,N&D1,O&D1] [C;$(C=O)] [$(C=O)]
[$(C=O),$(N)] [!$(C=O)] [C;!$(C=O);!$(C=N)] [N;!$(N-C=O)] [$([#6]-[#7])] [$([NX3;H2,H1;!$(NC=O)])] [$(*~[$(*=O)])] [$(C(=O)[OH])]
[$([OH]C=O),$([O-]C=O)] [$(c1ccccc1)] [$(c1ccccc1);!$(cO)] [$([C@H](N)C)] [$([C@@H](O)(C)C)] [C;$([CH3]),$([CH2])] [#6;$(*1~*~*~*~*~1)]
[!$(*1~*~*~*~*~*~1);R]""".split()
BONDS = ["-", "=", "#", "$", ":", "~", "@", "!@", "!-", "!=", "!:", "-,=", "=,#", "-;@", "-;!@", "=;@", "~;!@", "-,:", ":;@", "@,=", "!@;!=",
         "", "/", "\\", "->", "<-"]
GRAPHS = """CC CCC CCCC C(C)(C)C C(C)(C)(C)C C1CC1 C1CCC1 C1CCCC1 C1CCCCC1 c1ccccc1 c1ccncc1 c1ccc2ccccc2c1 c1ccc2[nH]ccc2c1 c1cc[nH]c1
*1~*~*~1 *1~*~*~*~1 *1~*~*~*~*~1 *1~*~*~*~*~*~1 *1~*~*~*~*~*~*~1 *1~*~*~*~*~*~*~*~1 *1~*~*~*~*~*~*~*~*~1 *12~*~*~*~*~1~*~*~*~*~2
*1~*~*~*~*~1~* *1~*2~*~*~*~1~*~2 [R]1@[R]@[R]@[R]@[R]@1 [R]1@[R]@[R]@[R]@[R]@[R]@1 [R]1@[R]@[R]@[R]@[R]@[R]@[R]@[R]@[R]@1
[R]1@[R]@[R]@[R]@[R]@[R]@[R]@[R]@[R]@[R]@1 [#6]1~[#7]~[#6]~[#6]1 [#6]1~[#7]~[#6]~[#6]~1 C1CC1C [a]1aaaaa1 [a]1aaaa1 *!@*@* *@*!@*@*
*@*(@*)@* *~*(~*)~* *~*(~*)(~*)~* *~*~*~*~*~* [R](@[R])(@[R])~[R] C.C C.N O.O (C).(C) (C.N) (C.C).(O) C1.C1 [Na+].[Cl-] O=C-O C(=O)[OX2H1]
C(=O)[O-] [N+](=O)[O-] N(=O)=O S(=O)(=O) S(=O)(=O)N C(=O)N C(=O)NC NC(=O)N OC(=O)C C#N C#C C=C C=C-C=C C=CC=O c-c c:c cO cN cCl cC(=O)
[CX4] [CX3]=[OX1] [NX3;H2,H1;!$(NC=O)] [OX2H][CX4] [SX2] [#16X2H0] [CX3H1](=O)[#6] [#6][CX3](=O)[#6] c1ccc(cc1)-c2ccccc2 C1CCNCC1 C1COCCN1
C1CCN(CC1)C n1cnc2c1ncnc2 c1nc[nH]c1 c1cscn1 F/C=C/F F/C=C\\F C/C=C/C C/C=C\\C */*=*/* */*=*\\* C/C=C/C=C/C C/C=N/O C(/F)=C/F [C@](F)(Cl)(Br)I
[C@H](N)(C)C(=O) N[C@H](C)C(=O) N[C@@H](C)C(=O) N[C@H](*)C C[C@@H](O)C O[C@H]1CCCC1 [C@]1(O)CCCC1 [C@@]12CCC1CC2 C[C@H]1CC[C@@H](C)CC1
[C@](*)(*)(*)* [C@@](*)(*)(*)* *[C@H](*)* *[C@@H](*)* *[S@](=O)* *[S@@](=O)* [C@TH1](C)(N)(O) [C@TH2](C)(N)(O) *[C@](*)(*)O [P@](=O)(O)(C)
[H]C [H]N [H][H] [2H]C [13CH3] [Fe]~* [#26] [*]~[!#1;!#6] [!#1]~[!#1] [!#6;!#1]~[!#6;!#1] [#7]~*~*~[#8] [#8]~*~*~*~[#8] [CH2]~*~[CH2]
[CH3]~*~*~*~[CH3] [!#6]~[#7] [NH]=C [nH]:c n:n n:c:n o:c s:c:n [r5]:[r6] [r5]@[r6] [R2]~[R2] [R2]@[R2]@[R2] [x3]~[x3] [D3]~[D3]~[D3] [D4]~*
[$(C=O)]~[$(N)] [$(C=O)]-[$(N)] C=[$(C-O)] [$([CH2]~[CH2])]~* *~[$(*~*~*)] C1CC[$(C=O)]C1 C%10CCCCC%10 C%(123)CC%(123)""".split()


def further():
    """Patterns that use the language, each primitive alone and next to something."""
    found = [*ATOMS, *LOGIC, *GRAPHS]
    found += [f"{a}~*" for a in ATOMS if a.startswith("[")] + [f"*{bond}*" for bond in BONDS]
    found += [f"{a}{bond}{b}" for bond in BONDS for a, b in (("C", "[#6]"), ("[#6]", "[#7,#8]"), ("a", "a"))]
    found += [f"[{a};{b}]" for a, b in itertools.combinations(["C,N,O", "R", "!R", "D2,D3", "H1,H2", "X3", "v3,v4", "+0", "!a"], 2)]
    return list(dict.fromkeys(found))


def pairs():
    """[(table, text, merge, RDKit's pattern)] of what RDKit can read, and the texts on which the two disagree about that."""
    kept, refused = [], []
    tables = {**shipped(), "further": (further(), False)}
    for table, (texts, merge) in tables.items():
        for text in dict.fromkeys(texts):
            theirs = Chem.MolFromSmarts(text)
            theirs = Chem.MergeQueryHs(theirs) if theirs and merge else theirs
            try:
                aryl.Query(text, merge_h=merge)
                ours = True
            except aryl.ArylError:
                ours = False
            if ours != (theirs is not None):
                refused.append((table, text))
            elif ours:
                kept.append((table, text, merge, theirs))
    return kept, refused


def compare(texts):
    """(comparisons, {table: comparisons}, differences) over these molecules."""
    patterns = pairs()[0]
    plain, merged = ([p for p in patterns if p[2] is merge] for merge in (False, True))
    queries = [(aryl.Query([p[1] for p in group], merge_h=merge), group) for merge, group in ((False, plain), (True, merged)) if group]
    counts, different = {}, []
    read, fitting = [], [[] for _ in patterns]          # molecules, and by pattern whether RDKit finds it in each
    for text in texts:
        mol = Chem.MolFromSmiles(text)
        try:
            ours = aryl.Mol(text)
        except aryl.ArylError:
            continue
        if mol is None:
            continue
        read.append((text, ours))
        for (_, _, _, theirs), found in zip(plain + merged, fitting):
            found.append(mol.HasSubstructMatch(theirs))
        for query, group in queries:
            for k, (table, smarts, _, theirs) in enumerate(group):
                for unique, most, chirality in OPTIONS:
                    if chirality and not ("@" in smarts or "/" in smarts or "\\" in smarts):
                        continue
                    want = mol.GetSubstructMatches(theirs, uniquify=unique, useChirality=chirality, maxMatches=most)
                    have = query.match(ours, k, unique=unique, max_matches=most, chirality=chirality).tolist()
                    counts[table] = counts.get(table, 0) + 1
                    if [list(match) for match in want] != have:
                        different.append((table, smarts, text, (unique, most, chirality), want[:4], have[:4]))
    answers = (query.screen([mol for _, mol in read], k, n_threads=1) for query, group in queries for k in range(len(group)))
    for (table, smarts, _, _), want, have in zip(plain + merged, fitting, answers):
        counts[table] = counts.get(table, 0) + len(read)
        different += [(table, smarts, text, "screened", w, bool(h)) for (text, _), w, h in zip(read, want, have) if w != h]
    return counts, different


def main():
    parser = argparse.ArgumentParser(description="Compares SMARTS matches with RDKit's.")
    parser.add_argument("paths", nargs="*", metavar="FILE")
    parser.add_argument("--rows", type=int, default=200, metavar="N", help="molecules of each file, spread over it")
    parser.add_argument("--show", type=int, default=10, metavar="N")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    began = time.time()
    paths = options.paths or [path for path in (os.path.join(SHARED, name) for name in FILES) if os.path.exists(path)] or [OWN]
    texts = []
    for path in paths:
        all_of = inputs.read(path).texts
        texts += [t.decode("utf-8", "replace") for t in all_of[::max(1, len(all_of) // options.rows)][:options.rows]]
    patterns, refused = pairs()
    print(f"aryl {aryl.__version__} against RDKit: {len(patterns)} patterns, {len(texts)} molecules")
    for table, text in refused:
        print(f"  {table}: one reads it, the other does not: {text}")
    counts, different = {}, []
    with ProcessPoolExecutor(options.jobs) as pool:
        for found, others in pool.map(compare, [texts[i:i + 20] for i in range(0, len(texts), 20)]):
            different += others
            for table, n in found.items():
                counts[table] = counts.get(table, 0) + n
    for table, n in counts.items():
        have = sum(p[0] == table for p in patterns)
        print(f"{table:20}{have:>6} patterns{n:>12} match lists{sum(d[0] == table for d in different):>8} differ")
    for table, smarts, text, how, want, have in different[:options.show]:
        print(f"\n{table} {smarts}\n  {text}\n  unique, most, chirality: {how}\n  rdkit  {want}\n  aryl   {have}")
    print(f"\n{sum(counts.values())} match lists, {len(different)} differ, {len(refused)} read by one only, {time.time() - began:.1f} s")
    sys.exit(1 if different or refused or not counts else 0)


if __name__ == "__main__":
    main()
