"""compare.py - one chunk of texts through both, and what came out different."""
import signal
from dataclasses import dataclass, field

import numpy as np

import aryl
import exceptions
import oracle
from rows import digest, digest_lists, digest_matrix


@dataclass
class Chunk:
    source: str
    format: str
    texts: list
    ids: list


@dataclass
class Difference:
    quantity: str
    source: str
    id: str
    text: bytes
    theirs: str
    ours: str


@dataclass
class Outcome:
    source: str
    n: int
    counts: dict = field(default_factory=dict)        # quantity -> [compared, differing, excepted]
    differences: list = field(default_factory=list)
    excepted: dict = field(default_factory=dict)      # reason -> [count, ids]
    accepted: int = 0


SHOWN = 3            # differences of one quantity that a chunk tells in full
SECONDS = 300        # for the library's part of a chunk: then it hangs, and the process ends like one that crashed


def _plan(quantities):
    """The spec that computes the fingerprints and descriptors, and each one's label."""
    statements, labels = [], {}
    for i, q in enumerate(quantities):
        if q.group == "fp":
            labels[q.name] = f"f{i}"
            statements.append(f"{q.spec} out={q.form} as=f{i}")
    names = [q.spec for q in quantities if q.group == "desc"]
    labels.update(zip(names, names))
    if names:
        statements.append("desc " + " ".join(names))
    return "; ".join(statements), labels


def _numbers(q, result, labels):
    """The library's answers for all rows, comparable with the oracle's columns."""
    value = result[labels[q.name]]
    if q.group == "desc":
        return value
    if q.form == "bits":
        return digest_matrix(value)
    if q.form == "counts":
        row, bit = np.nonzero(value)
        pairs = np.stack([bit.astype(np.uint64), value[row, bit].astype(np.uint64)], axis=1).ravel()
        return digest(pairs, np.concatenate([[0], np.cumsum(2 * np.count_nonzero(value, axis=1))]))
    pairs = np.stack([value.ids, value.counts.astype(np.uint64)], axis=1).ravel()
    return digest(pairs, 2 * value.offsets)


def _equal(q, theirs, ours):
    if q.group != "desc":
        return theirs == ours
    if theirs.dtype.kind == "i":
        return theirs == ours
    with np.errstate(invalid="ignore"):
        close = np.abs(theirs - ours) <= 1e-9 * np.maximum(1, np.abs(theirs))
    return close | (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))


def _show(q, mol, molecule, text, format):
    """Both answers for a row, cut down to where they differ."""
    theirs = oracle.number(q.ask, mol) if q.group == "desc" else q.ask(mol)
    if q.group == "desc":
        value = aryl.run([text], f"desc {q.spec}", format=format, n_threads=1)[q.spec][0]
        return repr(theirs), repr(float(value))
    if q.group == "graph":
        ours = [int(value) for value in q.answer(molecule)]
        theirs = [int(value) for value in theirs]
        if len(ours) != len(theirs) or q.name == "rings":
            return str(theirs)[:200], str(ours)[:200]
        at = [i for i, pair in enumerate(zip(theirs, ours)) if pair[0] != pair[1]][:6]
        return ", ".join(f"[{i}] {theirs[i]}" for i in at), ", ".join(f"[{i}] {ours[i]}" for i in at)
    value = aryl.run([text], f"{q.spec} out={q.form} as=x", format=format, n_threads=1)["x"]
    if q.form == "bits":
        left = {int(bit): 1 for bit in np.flatnonzero(np.unpackbits(np.frombuffer(theirs, np.uint8), bitorder="little"))}
        right = {int(bit): 1 for bit in np.flatnonzero(np.unpackbits(value[0], bitorder="little"))}
    else:
        left = dict(zip(theirs[::2], theirs[1::2]))
        right = value.row(0) if q.form == "sparse" else {int(bit): int(value[0][bit]) for bit in np.flatnonzero(value[0])}
    only = [f"{k}:{v}" for k, v in sorted(left.items()) if right.get(k) != v]
    mine = [f"{k}:{v}" for k, v in sorted(right.items()) if left.get(k) != v]
    return f"{len(left)} set, alone in {' '.join(only[:8])}", f"{len(right)} set, alone in {' '.join(mine[:8])}"


LIMIT = next(code for code in range(32) if aryl.status_name(code) == "limit")


def _molecule(text, format):
    try:
        return aryl.Mol(text, format)
    except aryl.ArylError:
        return None


def compare(chunk, quantities, folder, seconds=SECONDS):
    """The Outcome of a chunk."""
    texts, format = chunk.texts, chunk.format
    theirs_ok, theirs = oracle.answers(texts, format, quantities, folder)
    outcome = Outcome(chunk.source, len(texts))

    # From here on a hang is the library's. Without a handler the signal ends the process, which its parent notices.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    spec, labels = _plan(quantities)
    result = aryl.run(texts, spec, format=format, n_threads=1) if spec else None
    graph = [q for q in quantities if q.group == "graph"]
    molecules = [_molecule(text, format) for text in texts] if graph or not spec else []
    ours_ok = result.ok.copy() if spec else np.array([molecule is not None for molecule in molecules], bool)
    for i in np.flatnonzero(result.status == LIMIT).tolist() if spec else []:   # of one output: the others are there
        ours_ok[i] = _molecule(texts[i], format) is not None

    def explained(why, counts, i, name):
        if why:
            counts[2] += 1
            entry = outcome.excepted.setdefault(why, [0, []])
            entry[0] += 1
            entry[1].append(f"{chunk.source}:{chunk.ids[i]} {name}")
        return bool(why)

    def differs(quantity, i, shown):
        mol = oracle.read(texts[i], format)
        molecule = molecules[i] if molecules else _molecule(texts[i], format)
        why = exceptions.reason(quantity.name, texts[i], f"{chunk.source}:{chunk.ids[i]}", format, mol, molecule)
        counts = outcome.counts[quantity.name]
        if explained(why, counts, i, quantity.name):
            return
        counts[1] += 1
        if shown < SHOWN:
            left, right = _show(quantity, mol, molecule, texts[i], format)
            outcome.differences.append(Difference(quantity.name, chunk.source, chunk.ids[i], texts[i], left, right))

    counts = outcome.counts["decision"] = [len(texts), 0, 0]
    for i in np.flatnonzero(ours_ok != theirs_ok).tolist():
        name = aryl.status_name(result.status[i]) if spec else "refused"
        why = exceptions.by_name("decision", texts[i], f"{chunk.source}:{chunk.ids[i]}")
        if explained(why, counts, i, "decision"):
            continue
        counts[1] += 1
        message = ""
        try:
            aryl.Mol(texts[i], format)
        except aryl.ArylError as error:
            message = f" ({error.status} at {error.offset}: {error})"
        outcome.differences.append(Difference(
            "decision", chunk.source, chunk.ids[i], texts[i], "accepted" if theirs_ok[i] else "refused",
            ("accepted" if ours_ok[i] else f"refused, {name}") + message))

    both = np.flatnonzero(ours_ok & theirs_ok)
    outcome.accepted = len(both)
    place = (np.cumsum(theirs_ok) - 1)[both]
    for q in quantities:
        if q.group == "graph":
            ours = digest_lists([[int(value) for value in q.answer(molecules[i])] for i in both.tolist()])
        else:
            ours = _numbers(q, result, labels)[both]
        expected = theirs[q.name][place]
        asked = oracle.asked(expected)
        same = _equal(q, expected, ours) | ~asked
        outcome.counts[q.name] = [int(asked.sum()), 0, 0]
        for shown, i in enumerate(both[~same].tolist()):
            differs(q, i, shown)
    signal.alarm(0)
    return outcome
