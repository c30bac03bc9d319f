"""Writes smiles.tsv and mol.tsv: what RDKit 2026.09.1 reads from each line, before any perception.

    python golden.py < smiles.txt > smiles.tsv       (smiles.txt: the first column of smiles.tsv)
    python golden.py mol < mol.txt > mol.tsv         (a whole molfile in each line)

Lines use \\\\ \\n \\t \\xNN. The graph is written as tests/check_io.c writes it:
  atoms   [isotope symbol,h explicit H,q charge]{tag}:map^radicals?   brackets: no implicit H, lower case: aromatic, ?: query
  bonds   begin, type, end   - = # $ : > dative z zero h hydrogen ~ none; q query, / \\ direction, U D W drawn, C T A stereo
Of a molfile what RDKit derives from coordinates is left out: tags, directions, the hydrogen of a drawn centre.
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


def graph(mol, molfile=False):
    out = []
    for a in mol.GetAtoms():
        if molfile:
            a.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
            drawn = any(b.GetBeginAtomIdx() == a.GetIdx() and (b.HasProp("_MolFileBondStereo") or b.HasProp("_MolFileBondCfg"))
                        for b in a.GetBonds())
            if drawn and not a.GetNoImplicit():
                a.SetNumExplicitHs(0)
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
        s += "q" if b.HasQuery() else ""
        crossed = False
        if molfile:
            code = b.GetIntProp("_MolFileBondStereo") if b.HasProp("_MolFileBondStereo") else 0
            code = code or (b.GetIntProp("_MolFileBondCfg") if b.HasProp("_MolFileBondCfg") else 0)
            old = "V3000" not in molfile
            crossed = code == (3 if old else 2) and (old or str(b.GetBondType()) == "DOUBLE")
            s += ({1: "U", 4: "W", 6: "D"} if old else {1: "U", 2: "" if crossed else "W", 3: "D"}).get(code, "")
            s += "A(-1,-1)" if crossed else ""
        else:
            s += DIRECTIONS.get(str(b.GetBondDir()), "")
            s += DRAWN[b.GetIntProp("_MolFileBondCfg")] if b.HasProp("_MolFileBondCfg") else ""
        if not molfile and str(b.GetStereo()) in STEREO:
            s += "%s(%d,%d)" % ((STEREO[str(b.GetStereo())],) + tuple(b.GetStereoAtoms()))
        out.append(s)
    if mol.GetNumConformers():
        out.append("; 3D" if all(c.Is3D() for c in mol.GetConformers()) else "; 2D")
    if mol.HasProp("_Name") and mol.GetProp("_Name"):
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


def read_mol(text):
    return Chem.MolFromMolBlock(text.decode("latin-1"), sanitize=False, removeHs=False)


MOLFILES = sys.argv[1:] == ["mol"]
print("# golden.py wrote this file. text TAB graph, or refuse TAB word of the message TAB byte behind the trouble")
for row in sys.stdin.buffer.read().splitlines():
    line = row.decode("latin-1").replace("(empty line)", "").encode("latin-1").decode("unicode_escape").encode("latin-1")
    messages.clear()
    mol = read_mol(line) if MOLFILES else read(line)
    if mol is not None:
        cells = (graph(mol, line.decode("latin-1") if MOLFILES else False),)
    else:
        cells = ("refuse", "line", "-") if MOLFILES else refusal(line)
    print("\t".join((row.decode("latin-1").replace("(empty line)", ""),) + cells))
