"""exceptions.py - differences that are known, each with its reason; they are counted apart and fail nothing.

A single text stands in exceptions.tsv: quantity (a glob), the text or its "file:id", reason. What holds for a whole class of molecules is a
rule here: it looks at both molecules and must itself establish that the reason applies.
"""
import fnmatch
import math
import os

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exceptions.tsv")


def _named():
    with open(_FILE, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [(glob, text.encode(), reason) for glob, text, reason in lines]


NAMED = _named()


def _coefficients_are_rounding(format, theirs, ours):
    """Whether RDKit's information content is another one than Le Verrier and Faddeev's recurrence gives in whole numbers."""
    from rdkit.Chem import GraphDescriptors
    n = theirs.GetNumAtoms()
    near = [[x.GetIdx() for x in atom.GetNeighbors()] for atom in theirs.GetAtoms()]
    product = [[0] * n for _ in range(n)]
    for a in range(n):
        for b in near[a]:
            product[a][b] = 1
    sizes = [1]
    for k in range(1, n + 1):
        c = sum(product[a][a] for a in range(n)) // k
        sizes.append(abs(c))
        for a in range(n):
            product[a][a] -= c
        product = [[sum(column) for column in zip(*(product[b] for b in near[a]))] or [0] * n for a in range(n)]
    total = sum(sizes)
    content = -sum(x / total * math.log2(x / total) for x in sizes if x)
    return abs(GraphDescriptors.AvgIpc(theirs) - content) > 1e-6 * content


# quantities, reason, test
RULES = [
    ("Ipc AvgIpc", "RDKit's value is the rounding of the linear algebra behind numpy: whole numbers give another one, and another choice "
     "of that library's kernels does too", _coefficients_are_rounding),
]


def by_name(quantity, text, place):
    """Why a quantity of this one text may differ, or None."""
    for glob, known, reason in NAMED:
        if known in (text, place.encode()) and fnmatch.fnmatchcase(quantity, glob):
            return reason
    return None


def reason(quantity, text, place, format, theirs, ours):
    """Why a quantity of an accepted molecule may differ, or None. `ours` is None when it cannot be looked at."""
    for globs, why, test in RULES:
        if any(fnmatch.fnmatchcase(quantity, glob) for glob in globs.split()) and ours is not None \
                and test(format, theirs, ours):
            return why
    return by_name(quantity, text, place)
