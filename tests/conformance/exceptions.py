"""exceptions.py - differences that are known, each with its reason; they are counted apart and fail nothing.

A single text stands in exceptions.tsv: quantity (a glob), the text or its "file:id", reason. What holds for a whole class of molecules is a
rule here: it looks at both molecules and must itself establish that the reason applies.
"""
import fnmatch
import os

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "exceptions.tsv")


def _named():
    with open(_FILE, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    return [(glob, text.encode(), reason) for glob, text, reason in lines]


NAMED = _named()


# quantities, reason, test
RULES = []


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
