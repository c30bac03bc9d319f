import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "tests", "data", "python")
if not os.environ.get("ARYL_TEST_INSTALLED"):   # then the package that is installed is tested, not the checkout's
    sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))

import numpy as np
import pytest


def table(name):
    """Rows of a file of DATA as lists of cells."""
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


@pytest.fixture(scope="session")
def reference():
    """(SMILES, packed ecfp rows, {descriptor: values}) as RDKit has them."""
    header, *rows = table("reference.tsv")
    bits = np.zeros((len(rows), 2048), np.uint8)
    for i, row in enumerate(rows):
        bits[i, list(map(int, row[2].split(",")))] = 1
    values = {name: np.array([float(row[k]) for row in rows]) for k, name in enumerate(header) if k >= 3}
    return [row[1] for row in rows], np.packbits(bits, axis=1, bitorder="little"), values


@pytest.fixture(scope="session")
def smiles(reference):
    return reference[0]
