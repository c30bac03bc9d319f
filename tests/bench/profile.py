"""profile.py - instructions by room and by function, as a table in docs/performance.md; `make bench-profile` calls it.

usage: profile.py ARYL [--rows N] [--stdout] [-- ARGUMENTS]

Runs the command under callgrind, whose counts are the same however busy the machine is. Needs valgrind.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "conformance"))

import inputs

SHARED = os.path.join(ROOT, "..", "shared", "data", "smiles", "chembl_like_100k.smi.gz")
OWN = os.path.join(ROOT, "tests", "data", "molecules.smi")
PAGE = os.path.join(ROOT, "docs", "performance.md")
BEGIN, END = "<!-- profile: begin -->", "<!-- profile: end -->"


def instructions(command, folder):
    """{(file, function): instructions} of a run."""
    out = os.path.join(folder, "callgrind.out")
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command], check=True, capture_output=True)
    told = subprocess.run(["callgrind_annotate", "--threshold=100", "--show=Ir", out], check=True, capture_output=True, text=True).stdout
    counts = {}
    for line in told.splitlines():
        found = re.match(r"\s*([\d,]+) \([ \d.]+%\)\s+(\S+?):(\S+)", line)
        if found and "PROGRAM" not in line:
            where = (found.group(2), re.sub(r"['.].*", "", found.group(3)))
            counts[where] = counts.get(where, 0) + int(found.group(1).replace(",", ""))
    return counts


def per_row(command, texts, folder):
    """Instructions a row: those of all rows less those of a tenth of them, so that starting up does not count."""
    runs = []
    for rows in (len(texts) // 10, len(texts)):
        source = os.path.join(folder, f"{rows}.smi")
        with open(source, "wb") as file:
            file.write(b"".join(text + b"\n" for text in texts[:rows]))
        runs.append(instructions([*command, source], folder))
    few, many = runs
    n = len(texts) - len(texts) // 10
    return {where: (count - few.get(where, 0)) / n for where, count in many.items()}


def table(counts, n, command):
    rooms = {}
    for (file, function), count in counts.items():
        found = re.search(r"(?:lib|bindings)/(\w+)/", file)
        room = found.group(1) if found else "libc"
        rooms[room] = rooms.get(room, 0) + count
    total = sum(counts.values())
    lines = [f"`{' '.join(command)}`, {n} molecules, one thread: {total:,.0f} instructions a molecule.", "",
             "| room | instructions | |", "|---|---|---|"]
    lines += [f"| {room} | {count:,.0f} | {100 * count / total:.1f}% |"
              for room, count in sorted(rooms.items(), key=lambda item: -item[1]) if count > total / 200]
    lines += ["", "| function | file | instructions | |", "|---|---|---|---|"]
    for (file, function), count in sorted(counts.items(), key=lambda item: -item[1])[:20]:
        short = re.sub(r".*?((?:lib|bindings)/)", r"\1", file) if "lib/" in file or "bindings/" in file else "libc"
        lines.append(f"| {function} | {short} | {count:,.0f} | {100 * count / total:.1f}% |")
    return lines


def main():
    parser = argparse.ArgumentParser(description="Instructions of `aryl fp` by room and function.")
    parser.add_argument("aryl")
    parser.add_argument("arguments", nargs="*", default=["fp"], help="instead of: fp")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--stdout", action="store_true")
    options = parser.parse_args()
    texts = inputs.read(SHARED if os.path.exists(SHARED) else OWN).texts
    texts = (texts * (options.rows // len(texts) + 1))[:options.rows]
    arguments = [*options.arguments, "-t", "1", "-o", "/dev/null"]
    with tempfile.TemporaryDirectory() as folder:
        counts = per_row([options.aryl, *arguments], texts, folder)
    lines = table(counts, options.rows, ["aryl", *options.arguments])
    print("\n".join(lines))
    if options.stdout:
        return
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    if BEGIN not in text:
        text += f"\n{BEGIN}\n{END}\n"
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text.split(BEGIN)[0] + BEGIN + "\n" + "\n".join(lines) + "\n" + END + text.split(END)[1])


if __name__ == "__main__":
    main()
