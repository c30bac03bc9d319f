"""large.py - what descriptors of molecules of 200, 500 and 1 000 atoms cost; `make bench-large` calls it.

Peptides, a chain of ethers and a tree of amides. Each family of descriptors is run alone, reading taken off, with the
limit of work out of the way; which families the ordinary limit refuses is said too. Writes into docs/performance.md.
"""
import os
import random
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))

import aryl

PAGE = os.path.join(ROOT, "docs", "performance.md")
SIZES = (200, 500, 1000)
RESIDUES = ["N[C@@H](C)C(=O)", "N[C@@H](CC(C)C)C(=O)", "N[C@@H](Cc1ccccc1)C(=O)", "N[C@@H](CO)C(=O)", "N[C@@H](CCCCN)C(=O)",
            "N[C@@H](CCC(=O)O)C(=O)", "N[C@@H](Cc1c[nH]c2ccccc12)C(=O)", "N1CCC[C@H]1C(=O)", "NCC(=O)", "N[C@@H](CCSC)C(=O)"]


def n_atoms(smiles):
    return len(re.findall(r"\[[^]]*\]|Cl|Br|[BCNOPSFIbcnops]", smiles))


def peptide(size):
    drawn = random.Random(size)
    text = ""
    while n_atoms(text) < size - 1:
        text += drawn.choice(RESIDUES)
    return text + "O"


def ethers(size):
    return "O" + "CCO" * (size // 3)


def tree(size):
    """Amides that branch at nitrogens, grown branch by branch."""
    def grow(i, n):
        return "N" + "".join(f"(CCC(=O)NCC{grow(k, n)})" for k in (2 * i + 1, 2 * i + 2) if k < n)
    n = 1
    while n_atoms(grow(0, n)) < size:
        n += 1
    return grow(0, n)


def cost(texts, spec):
    """us a molecule, least of five."""
    times = []
    for _ in range(5):
        began = time.process_time()
        aryl.run(texts, spec, n_threads=1, max_work=1 << 60)
        times.append((time.process_time() - began) / len(texts))
    return 1e6 * min(times)


def refused(text, spec):
    return aryl.run([text], spec, n_threads=1).status[0] != 0


def main():
    families = {}
    known = aryl.descriptor_info()
    for name in aryl.descriptor_names():
        families.setdefault(known[name].family, []).append(name)
    columns = [(f"{kind.__name__} {size}", kind(size)) for kind in (peptide, ethers, tree) for size in SIZES]
    reading = {title: cost([text] * 20, "") for title, text in columns}
    lines = ["| us a molecule | " + " | ".join(title for title, _ in columns) + " |", "|" + "---|" * (len(columns) + 1),
             "| atoms | " + " | ".join(str(n_atoms(text)) for _, text in columns) + " |",
             "| reading | " + " | ".join(f"{reading[title]:,.0f}" for title, _ in columns) + " |"]
    for family, names in families.items():
        spec = "desc " + " ".join(names)
        cells = []
        for title, text in columns:
            copies = 1 if cost([text], spec) > 1e4 else 20
            spent = max(0, cost([text] * copies, spec) - reading[title])
            cells.append(f"{spent:,.0f}" + (" *" if refused(text, spec) else ""))
        lines.append(f"| {family} | " + " | ".join(cells) + " |")
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    begin, end = "<!-- large: begin -->", "<!-- large: end -->"
    head, rest = page.split(begin)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(head + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1])


if __name__ == "__main__":
    main()
