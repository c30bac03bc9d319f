"""inputs.py - where the molecules are: files and folders of SMILES and molfiles as lists of byte strings."""
import base64
import gzip
import lzma
import os
from dataclasses import dataclass


@dataclass
class Source:
    name: str            # of the file
    format: str          # "smiles" or "mol"
    texts: list          # bytes
    ids: list            # str


def _bytes(path):
    opener = gzip.open if path.endswith(".gz") else lzma.open if path.endswith(".xz") else open
    with opener(path, "rb") as file:
        return file.read()


def _smiles_lines(data):
    """"SMILES [|extensions|] [id]" a line; what stands after is an id and not shown to the readers."""
    for number, line in enumerate(data.splitlines(), 1):
        parts = line.split(None, 1)
        if not parts or line.startswith(b"#"):
            continue
        text, rest = parts[0], parts[1] if len(parts) > 1 else b""
        if rest.startswith(b"|") and b"|" in rest[1:]:
            end = rest.index(b"|", 1) + 1
            text, rest = text + b" " + rest[:end], rest[end:]
        words = rest.split()
        yield text, words[0].decode("utf-8", "replace") if words else str(number)


def _table_lines(data):
    """First column of a table whose header begins with '#'; "#base64" says that it is encoded."""
    lines = data.split(b"\n")
    encoded = lines[0].startswith(b"#base64")
    for number, line in enumerate(lines[1:], 2):
        cell = line.rstrip(b"\r").split(b"\t")[0]
        if line:
            yield base64.b64decode(cell) if encoded else cell, str(number)


def sd_records(data):
    """Records of an SD file without their end marks."""
    record = []
    for line in data.splitlines(keepends=True):
        if line.startswith(b"$$$$"):
            yield b"".join(record)
            record = []
        else:
            record.append(line)
    if b"".join(record).strip():
        yield b"".join(record)


def read(path):
    """One file as a Source, or None for a file that holds no molecules."""
    stem = path[:-3] if path.endswith((".gz", ".xz")) else path
    data = _bytes(path)
    if stem.endswith((".smi", ".smiles", ".can")):
        pairs, format = list(_smiles_lines(data)), "smiles"
    elif stem.endswith(".tsv") and data[:1] == b"#" and data.split(b"\t", 1)[0].strip() in (b"#smiles", b"#base64"):
        pairs, format = list(_table_lines(data)), "smiles"
    elif stem.endswith((".sdf", ".sd")):
        pairs, format = [(record, str(i)) for i, record in enumerate(sd_records(data), 1)], "mol"
    elif stem.endswith(".mol"):
        pairs, format = [(data, "1")], "mol"
    else:
        return None
    return Source(os.path.basename(path), format, [text for text, _ in pairs], [name for _, name in pairs])


def collect(paths, skip=()):
    """Sources below the given files and folders, molfiles of one folder taken together."""
    for path in paths:
        if not os.path.isdir(path):
            source = read(path)
            if source is None:
                raise SystemExit(f"{path}: neither SMILES nor molfiles (known by .smi, .tsv, .sdf, .mol, also .gz and .xz)")
            yield source
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            gathered = Source(os.path.basename(folder) + "/*.mol", "mol", [], [])
            for name in sorted(files):
                if any(name.startswith(prefix) for prefix in skip):
                    continue
                source = read(os.path.join(folder, name))
                if source is None:
                    continue
                if source.format == "mol" and len(source.texts) <= 8:
                    gathered.texts += source.texts
                    gathered.ids += [f"{name}:{i}" for i in source.ids]
                else:
                    yield source
            if gathered.texts:
                yield gathered
