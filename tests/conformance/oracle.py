"""oracle.py - RDKit's answers for a chunk of texts, from disk where it was asked before."""
import hashlib
import math
import os

import numpy as np
import rdkit
from rdkit import Chem, RDLogger

from rows import digest_lists, digest_matrix

RDLogger.DisableLog("rdApp.*")

VERSION = f"rdkit {rdkit.__version__}, numpy {np.__version__}"


def read(text, format):
    """RDKit's molecule, None when it refuses."""
    try:
        return Chem.MolFromMolBlock(text) if format == "mol" else Chem.MolFromSmiles(text)
    except (ValueError, RuntimeError):   # it raises instead of refusing
        return None


def number(ask, mol):
    """A descriptor as a number; NaN where RDKit raises, which is how its own table of descriptors has it."""
    try:
        value = ask(mol)
    except Exception:
        return math.nan
    return math.nan if value is None else value


# Stands where RDKit was not asked: a NaN that no computation gives.
NOT_ASKED = np.array([0x7FF8_5A1D_0000_0001], np.uint64).view(np.float64)[0]


def asked(column):
    """bool: where RDKit was asked."""
    return np.ones(len(column), bool) if column.dtype.kind != "f" else column.view(np.uint64) != NOT_ASKED.view(np.uint64)


def _answer(quantity, mol):
    if quantity.most_atoms and mol.GetNumAtoms() > quantity.most_atoms:
        return NOT_ASKED
    return number(quantity.ask, mol) if quantity.group == "desc" else quantity.ask(mol)


def _column(quantity, answers):
    """Answers of the accepted rows as an array."""
    if quantity.group == "desc":
        return np.array(answers, np.int64) if answers and all(isinstance(a, int) for a in answers) \
            else np.array(answers, np.float64)
    if quantity.form == "bits":
        width = len(answers[0]) if answers else 0
        return digest_matrix(np.frombuffer(b"".join(answers), np.uint8).reshape(len(answers), width))
    return digest_lists(answers)


def _path(folder, texts, format):
    sha = hashlib.sha256(f"{VERSION}\0{format}\0{len(texts)}".encode())
    for text in texts:
        sha.update(len(text).to_bytes(8, "little") + text)
    name = sha.hexdigest()
    return os.path.join(folder, name[:2], name[2:34] + ".npz")


def _load(path):
    try:
        with np.load(path) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError):
        return {}
    except Exception:   # zipfile's errors for a file cut short: as if it were not there
        return {}


def _save(path, columns):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    passing = f"{path}.{os.getpid()}.npz"
    np.savez(passing, **columns)
    os.replace(passing, path)


def answers(texts, format, quantities, folder):
    """(accepted bool (n), {quantity name: array over the accepted rows}). folder None keeps nothing."""
    path = folder and _path(folder, texts, format)
    known = _load(path) if path else {}
    wanted = {f"{q.name}@{q.key}": q for q in quantities}
    missing = [q for label, q in wanted.items() if label not in known]
    if missing or "accepted" not in known:
        accepted = np.zeros(len(texts), bool)
        lists = [[] for _ in missing]
        for i, text in enumerate(texts):
            mol = read(text, format)
            if mol is None:
                continue
            accepted[i] = True
            for q, answer in zip(missing, lists):
                answer.append(_answer(q, mol))
        fresh = {q.name for q in missing}
        known = {label: column for label, column in known.items() if label.rsplit("@", 1)[0] not in fresh}
        known["accepted"] = accepted
        for q, answer in zip(missing, lists):
            known[f"{q.name}@{q.key}"] = _column(q, answer)
        if path:
            _save(path, known)
    return known["accepted"], {q.name: known[label] for label, q in wanted.items()}
