"""mutate.py - real SMILES with a few tokens changed: what no corpus holds, and what a reader meets in the end."""
import random
import re

_TOKEN = re.compile(rb"\[[^\]]*\]|Br|Cl|%\(\d+\)|%\d\d|->|<-|.", re.S)

# Tokens that real strings seldom have. Weighted by being named more than once.
_POOL = [t.encode() for t in (
    "C N O S P F Cl Br I B c n o s p b * ( ) ( ) 1 2 3 1 2 %10 %(12) = # $ ~ : - / \\ . -> <- "
    "[H] [nH] [N+] [n+] [O-] [NH3+] [C@H] [C@@H] [C@] [C@@] [13C] [2H] [Se] [se] [te] [as] [Si] [si] [B-] [P+] [S+] "
    "[CH] [CH2] [C-] [c-] [cH-] [N-] [NH] [Fe] [Pt] [Na+] [Cl-] [Cu+2] [*:1] [CH3:7] [nH+] [o+] [S@] [S@@] [P@] "
    "[Co@OH5] [Pt@SP1] [C@AL1] [As@TB3] [Al] [Zn++] [K] [BH4-] [I+] [SH] [PH5] [Xe] [U] [#6] [H+] [C:0] [0C] [CH0]").split()]
_INSIDE = b"CNOSPFBcnospb@H+-0123456789:#*'() HHaeliu"


def _edit_bracket(token, rng):
    body = bytearray(token[1:-1])
    at = rng.randrange(len(body) + 1)
    what = rng.random()
    if what < 0.4 or not body:
        body.insert(at, rng.choice(_INSIDE))
    elif what < 0.7:
        del body[min(at, len(body) - 1)]
    else:
        body[min(at, len(body) - 1)] = rng.choice(_INSIDE)
    return b"[" + bytes(body) + b"]"


def mutant(texts, number, seed):
    """The number-th mutant of these strings; the same seed and number give the same mutant."""
    rng = random.Random(f"{seed}:{number}")
    tokens = _TOKEN.findall(rng.choice(texts))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        what = rng.random()
        at = rng.randrange(len(tokens) + 1)
        here = min(at, len(tokens) - 1)
        if what < 0.25 or not tokens:
            tokens.insert(at, rng.choice(_POOL))
        elif what < 0.45:
            del tokens[here]
        elif what < 0.60:
            tokens[here] = rng.choice(_POOL)
        elif what < 0.70:
            other = rng.randrange(len(tokens))
            tokens[here], tokens[other] = tokens[other], tokens[here]
        elif what < 0.80:
            brackets = [i for i, token in enumerate(tokens) if token.startswith(b"[")]
            if brackets:
                i = rng.choice(brackets)
                tokens[i] = _edit_bracket(tokens[i], rng)
            else:
                tokens[here] = tokens[here].swapcase()
        elif what < 0.87:
            tokens[here] = tokens[here].swapcase()
        elif what < 0.94:
            other = _TOKEN.findall(rng.choice(texts))
            cut = rng.randrange(len(other) + 1)
            tokens = tokens[:at] + other[cut:cut + rng.randrange(1, 12)] + tokens[at:]
        else:
            end = min(len(tokens), at + rng.randrange(1, 8))
            tokens = tokens[:end] + tokens[at:end] + tokens[end:]
    return b"".join(tokens)
