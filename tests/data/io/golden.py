"""Writes smiles.tsv: what RDKit 2026.09.1 reads from each line of smiles.txt, before any perception.

    python golden.py < smiles.txt > smiles.tsv       (smiles.txt: the first column of smiles.tsv)

Lines of smiles.txt use \\\\ \\n \\t \\xNN. The graph is written as tests/check_io.c writes it:
  atoms   [isotope symbol,h explicit H,q charge]{tag}:map^radicals?   brackets: no implicit H, lower case: aromatic, ?: query
  bonds   begin, type, end   - = # $ : > dative z zero h hydrogen ~ none; q query, / \\ direction, U D W drawn, C T A stereo
A refused line has the byte behind the offending token, as RDKit counts it but from the start of the line; - if it tells none.
"""
import logging
import re
import sys

from rdkit import Chem, rdBase

TAGS = {"CHI_UNSPECIFIED": "", "CHI_TETRAHEDRAL_CW": "@@", "CHI_TETRAHEDRAL_CCW": "@", "CHI_ALLENE": "AL",
        "CHI_SQUAREPLANAR": "SP", "CHI_TRIGONALBIPYRAMIDAL": "TB", "CHI_OCTAHEDRAL": "OH"}
TYPES = {"SINGLE": "-", "DOUBLE": "=", "TRIPLE": "#", "QUADRUPLE": "$", "AROMATIC": ":", "DATIVE": ">", "ZERO": "z",
         "HYDROGEN": "h", "UNSPECIFIED": "~"}
DIRECTIONS = {"ENDUPRIGHT": "/", "ENDDOWNRIGHT": "\\"}
DRAWN = {1: "U", 2: "W", 3: "D"}
STEREO = {"STEREOCIS": "C", "STEREOTRANS": "T", "STEREOANY": "A"}
messages = []


class Collect(logging.Handler):
    def emit(self, record):
        messages.append(record.getMessage())


rdBase.LogToPythonLogger()
log = logging.getLogger("rdkit")
log.handlers, log.propagate = [Collect()], False

params = Chem.SmilesParserParams()
params.sanitize = params.removeHs = False


def graph(mol):
    out = []
    for a in mol.GetAtoms():
        s = Chem.GetPeriodicTable().GetElementSymbol(a.GetAtomicNum()) if a.GetAtomicNum() < 119 else "#%d" % a.GetAtomicNum()
        s = s.lower() if a.GetIsAromatic() else s
        s = (str(a.GetIsotope()) if a.GetIsotope() else "") + s
        s += ",h%d" % a.GetNumExplicitHs() if a.GetNumExplicitHs() else ""
        s += ",q%+d" % a.GetFormalCharge() if a.GetFormalCharge() else ""
        s = "[%s]" % s if a.GetNoImplicit() else s
        tag = TAGS[str(a.GetChiralTag())]
        if tag and "@" not in tag:
            tag += str(a.GetIntProp("_chiralPermutation"))
        s += "{%s}" % tag if tag else ""
        s += ":%d" % a.GetIntProp("molAtomMapNumber") if a.HasProp("molAtomMapNumber") else ""
        s += "^%d" % a.GetNumRadicalElectrons() if a.GetNumRadicalElectrons() else ""
        out.append(s + ("?" if a.HasQuery() else ""))
    out.append(";")
    for b in mol.GetBonds():
        s = "%d%s%d" % (b.GetBeginAtomIdx(), TYPES[str(b.GetBondType())], b.GetEndAtomIdx())
        s += ("q" if b.HasQuery() else "") + DIRECTIONS.get(str(b.GetBondDir()), "")
        s += DRAWN[b.GetIntProp("_MolFileBondCfg")] if b.HasProp("_MolFileBondCfg") else ""
        if str(b.GetStereo()) in STEREO:
            s += "%s(%d,%d)" % ((STEREO[str(b.GetStereo())],) + tuple(b.GetStereoAtoms()))
        out.append(s)
    if mol.GetNumConformers():
        out.append("; 3D" if all(c.Is3D() for c in mol.GetConformers()) else "; 2D")
    if mol.HasProp("_Name"):
        out.append("; name=" + mol.GetProp("_Name"))
    return " ".join(out)


KINDS = [("syntax error", "syntax"), ("number too large", "number too large"), ("cannot be zero", "cannot be zero"),
         ("extra close", "closing"), ("extra open", "opening"), ("unclosed ring", "not closed"),
         ("duplicated ring closure", "to itself"), ("duplicates bond", "doubles"), ("Invalid chiral", "permutation"),
         ("CXSMILES", "CXSMILES")]


def refusal(line):
    text = "\n".join(messages)
    kind = next((ours for theirs, ours in KINDS if theirs in text), "CXSMILES" if b"|" in line else "syntax")
    at = re.search(r"around position (\d+):", text)
    if not at:
        return "refuse", kind, "-"
    start = len(line) - len(line.lstrip(bytes(range(33)) + bytes(range(128, 256))))
    start = start if start < len(line) else 0
    return "refuse", kind, str(start + int(at.group(1)))


def read(line):
    try:
        return Chem.MolFromSmiles(line, params)
    except SystemError:   # the log cannot carry bytes that are not UTF-8; only refused lines are logged
        return None


print("# golden.py wrote this file. line of text TAB graph, or refuse TAB word of the message TAB byte behind the trouble")
for row in sys.stdin.buffer.read().splitlines():
    line = row.decode("latin-1").replace("(empty line)", "").encode("latin-1").decode("unicode_escape").encode("latin-1")
    messages.clear()
    mol = read(line)
    cells = (graph(mol),) if mol is not None else refusal(line)
    print("\t".join((row.decode("latin-1").replace("(empty line)", ""),) + cells))
