"""The command `aryl`: what goes in, what comes out, what is said when something is wrong."""
import csv
import gzip
import io
import os
import subprocess
import sys

import numpy as np
import pytest

import aryl

from conftest import ROOT

COMMAND = os.environ.get("ARYL_COMMAND") or os.path.join(os.path.dirname(aryl.library_path), "aryl")
DRUGS = os.path.join(ROOT, "examples", "data", "drugs.smi")
pytestmark = pytest.mark.skipif(not os.path.exists(COMMAND), reason="the command is not beside the library")

ROWS = ["CCO", "c1ccccc1", "CC(=O)Oc1ccccc1C(=O)O"]
BAD = "C1CC"


def run(*args, text=None, status=0, **options):
    text = text.encode() if isinstance(text, str) else text
    r = subprocess.run([COMMAND, *map(str, args)], input=text, capture_output=True, timeout=6000, **options)
    assert r.returncode == status, r.stderr.decode()
    return r.stdout.decode(), r.stderr.decode()


def table(text, **options):
    return list(csv.DictReader(io.StringIO(text), **({"delimiter": "\t", "quoting": csv.QUOTE_NONE} | options)))


def fps(text):
    head = [line for line in text.splitlines() if line.startswith("#")]
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    packed = np.array([list(bytes.fromhex(r[0])) for r in rows], np.uint8)
    return head, packed, [r[1] for r in rows]


# ---- in general


def test_help_and_version_are_there_for_everyone():
    out, _ = run("--help")
    for command in ("fp", "desc", "search", "match", "check", "explain", "list"):
        assert f"\n  {command} " in out
        helped, _ = run(command, "--help")
        assert helped.startswith(f"usage: aryl {command} ") and "--" in helped
    assert aryl.__version__ in run("--version")[0]


@pytest.mark.parametrize("args", [[], ["nosuch"], ["fp", "--nosuch"], ["fp", "a", "b"], ["fp", "--threads", "x"], ["fp", "--threads"],
                                  ["fp", "--threads", "-1"], ["fp", "--quiet=1"], ["search", "one"], ["fp", "--to", "xyz"],
                                  ["list", "x"], ["explain"], ["explain", "C", "ecfp", "-b", "2048"], ["explain", "C", "nosuch"], ["search", "--metric", "x", "a", "b"], ["fp", "-s", "ecfp nosuch=1"],
                                  ["desc", "-n", "NoSuch"]])
def test_wrong_usage_exits_with_2_and_says_why(args):
    out, err = run(*args, text="C\n", status=2)
    assert out == "" and err.strip()


def test_a_bad_spec_is_shown_with_its_place():
    _, err = run("fp", "-s", "ecfp radius=2 nosuch=1", text="C\n", status=2)
    spec, caret = err.splitlines()[1:3]
    assert spec[caret.index("^"):].startswith("nosuch=1")


def test_files_that_cannot_be_read_or_written_exit_with_3(tmp_path):
    assert "no/such" in run("fp", "no/such/file.smi", status=3)[1]
    assert "no/such" in run("fp", "-o", "no/such/file.fps", text="C\n", status=3)[1]
    assert run("fp", tmp_path, status=3)[1]
    if os.path.exists("/dev/full"):
        assert run("fp", "-o", "/dev/full", text="C\n", status=3)[1]


def test_list_is_the_registry():
    names = run("list", "-n")[0].split()
    assert "ecfp" in names and "MolWt" in names
    assert run("list", "desc", "-n")[0].split() == list(aryl.descriptor_info())
    assert "radius=2" in run("list", "fp")[0] and "MolWt" in run("list", "desc")[0]
    text = run("list", "desc")[0]
    assert all(name in text for name in [*aryl.descriptor_groups(), *aryl.contribution_info()])
    assert "--markdown" in run("list", "fp", "--markdown", status=2)[1]


# ---- reading


def test_smi_names_lines_and_what_is_passed_over():
    text = "smiles name\n# comment\nCCO  ethanol \nc1ccccc1\tbenzene ring\tmore\n\n  C\nCC(C)C |$a;;;b$| labelled\r\nN"
    out, err = run("desc", "-n", "HeavyAtomCount", text=text)
    assert [tuple(r.values()) for r in table(out)] == [("ethanol", "3"), ("benzene ring", "6"), ("6", "1"), ("labelled", "4"), ("8", "1")]
    assert err == "read 5, ok 5, failed 0\n"


def test_csv_with_quotes_commas_and_line_ends():
    text = '\ufeffid,note,SMILES\r\n"a,b","said ""hi""\nthere",CCO\r\nc,5" tube,"C"\r\n\r\n,x,N\r\n'
    out, _ = run("desc", "-f", "csv", "-n", "HeavyAtomCount", "--to", "csv", text=text)
    assert [tuple(r.values()) for r in table(out, delimiter=",", quoting=csv.QUOTE_MINIMAL)] == [("a,b", "3"), ("c", "1"), ("6", "1")]


@pytest.mark.parametrize("args, ids", [(["--column", "mol"], ["1x", "2x"]), (["--column", "2"], ["1x", "2x"]),
                                       (["--column", "MOL", "--id-column", "other"], ["p", "q"])])
def test_columns_by_name_or_number(args, ids):
    text = "name\tmol\tother\n1x\tCC\tp\n2x\tCCC\tq\n"
    out, _ = run("desc", "-f", "tsv", "-n", "HeavyAtomCount", *args, text=text)
    assert [r["id"] for r in table(out)] == ids and [r["HeavyAtomCount"] for r in table(out)] == ["2", "3"]


def test_a_missing_column_is_named_with_those_there_are():
    _, err = run("fp", "-f", "csv", text="a,b\nC,N\n", status=3)
    assert "smiles" in err and "a, b" in err
    _, err = run("fp", "-f", "csv", "--column", "c", text="a,b\nC,N\n", status=3)
    assert "'c'" in err


def test_a_table_without_header_goes_by_numbers():
    out, _ = run("desc", "-f", "csv", "--no-header", "--column", "2", "--id-column", "1", "-n", "HeavyAtomCount", text="x,CC\ny,CCC\n")
    assert [tuple(r.values()) for r in table(out)] == [("x", "2"), ("y", "3")]


def test_gzip_is_read_by_content(tmp_path):
    plain, _ = run("fp", DRUGS)
    packed = tmp_path / "drugs.smi.gz"
    packed.write_bytes(gzip.compress(open(DRUGS, "rb").read()))
    if "gzip" in run("--version")[0]:
        body = lambda text: [line for line in text.splitlines() if not line.startswith("#source")]
        assert body(run("fp", packed)[0]) == body(plain)
        assert body(run("fp", text=packed.read_bytes())[0]) == body(plain)
    else:
        assert "zlib" in run("fp", packed, status=3)[1]


def test_a_row_of_any_length_is_read(tmp_path):
    out, _ = run("desc", "-n", "HeavyAtomCount", text="C" * 90_000 + " long\nCC short\n")
    assert [r["HeavyAtomCount"] for r in table(out)] == ["90000", "2"]
    out, err = run("desc", "-n", "HeavyAtomCount", text="C" * 150_000 + " long\nCC short\n")
    assert [r["HeavyAtomCount"] for r in table(out)] == ["", "2"] and "failed 1" in err


BLOCK = """{name}
  drawn by hand

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    1.5000    0.0000    0.0000 {symbol}   0  0  0  0  0  0  0  0  0  0  0  0
    3.0000    0.0000    0.0000 O   0  0  0  0  0  0  0  0  0  0  0  0
  1  2  1  0
  2  3  1  0
M  END
> <note>
$$$ is not the end

"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["$$$$\n", "$$$$", "", "$$$$\n\n"])
def test_sdf_records(end, last):
    text = "$$$$\n".join(BLOCK.format(name=n, symbol=s) for n, s in (("first", "C"), ("second", "F"), ("", "C"))) + last
    out, err = run("desc", "-f", "sdf", "-n", "HeavyAtomCount", text=text.replace("\n", end))
    assert [tuple(r.values()) for r in table(out)] == [("first", "3"), ("second", ""), ("3", "3")], err
    out, _ = run("check", "-f", "sdf", text=text.replace("\n", end), status=1)
    assert [(r["place"], r["id"], r["status"]) for r in table(out)] == [("2", "second", "valence")]


# ---- writing


def test_fps_is_what_the_library_computes(smiles):
    text = "".join(f"{s}\tid{i}\n" for i, s in enumerate(smiles))
    head, packed, ids = fps(run("fp", text=text)[0])
    assert head[0] == "#FPS1" and "#num_bits=2048" in head and any(h.startswith("#type=ecfp radius=2 ") for h in head)
    assert ids == [f"id{i}" for i in range(len(smiles))]
    assert (packed == aryl.ecfp(smiles)).all()


def test_failing_rows_leave_fps_stay_in_tables_and_are_zeros_in_arrays(tmp_path):
    text = f"{ROWS[0]} a\n{BAD} b\n{ROWS[2]} c\n"
    assert fps(run("fp", text=text)[0])[2] == ["a", "c"]
    rows = table(run("fp", "--to", "tsv", text=text)[0])
    assert [r["id"] for r in rows] == ["a", "b", "c"] and rows[1]["ecfp"] == "" and len(rows[0]["ecfp"]) == 512
    rows = table(run("desc", "-n", "MolWt", text=text)[0])
    assert rows[1]["MolWt"] == "" and float(rows[2]["MolWt"]) == pytest.approx(180.159)
    path = tmp_path / "rows.npy"
    run("fp", "-o", path, text=text)
    array = np.load(path)
    assert array.shape == (3, 256) and array.dtype == np.uint8 and not array[1].any()
    assert (array[[0, 2]] == aryl.ecfp([ROWS[0], ROWS[2]])).all()
    path = tmp_path / "numbers.npy"
    run("desc", "-n", "MolWt,TPSA", "-o", path, text=text)
    array = np.load(path)
    assert array.shape == (3, 2) and array.dtype == np.float64 and np.isnan(array[1]).all() and array[2, 1] == pytest.approx(63.6)


def test_counts_and_sparse_are_pairs():
    out, _ = run("fp", "-s", "ecfp out=counts bits=64; ecfp out=sparse as=ids", text="CCO\n")
    row = table(out)[0]
    r = aryl.run(["CCO"], "ecfp out=counts bits=64")["ecfp"][0]
    assert {int(p.split(":")[0]): int(p.split(":")[1]) for p in row["ecfp"].split()} == {i: n for i, n in enumerate(r) if n}
    assert sum(int(p.split(":")[1]) for p in row["ids"].split()) == r.sum()


@pytest.mark.parametrize("args", [["fp", "-s", "ecfp; ecfp radius=3 as=b", "--to", "fps"], ["fp", "-s", "ecfp out=sparse", "-o", "x.npy"],
                                  ["fp", "--to", "npy"]])
def test_what_a_format_cannot_hold_is_refused(args, tmp_path):
    run(*args, text="C\n", status=3, cwd=tmp_path)


def test_numbers_read_back_the_same(smiles):
    out, _ = run("desc", text="".join(f"{s}\n" for s in smiles))
    rows = table(out)
    r = aryl.run(smiles, "desc all")
    for name in ("MolWt", "TPSA", "Kappa2", "HallKierAlpha", "LabuteASA"):
        assert np.array_equal([float(row[name]) for row in rows], r[name], equal_nan=True)


def test_one_thread_and_many_write_the_same():
    assert run("desc", "-t", 1, DRUGS)[0] == run("desc", "--threads=3", DRUGS)[0]


# ---- failing rows


def test_check_says_which_where_and_why(tmp_path):
    text = f"CCO fine\n{BAD} open ring\nCC(C)(C)(C)C five\nc1cccc1\n"
    out, err = run("check", text=text, status=1)
    rows = table(out)
    assert [(r["place"], r["id"], r["offset"], r["status"], r["text"]) for r in rows] == [
        ("2", "open ring", "1", "syntax", BAD), ("3", "five", "1", "valence", "CC(C)(C)(C)C"), ("4", "4", "0", "kekule", "c1cccc1")]
    assert all(r["message"] for r in rows) and err == "read 4, ok 1, failed 3\n"
    assert run("check", DRUGS)[1] == "read 488, ok 488, failed 0\n"
    errors = tmp_path / "errors.tsv"
    run("fp", "--errors", errors, text=text)
    assert errors.read_text() == out
    run("fp", "--strict", text=text, status=1)
    assert run("fp", "-q", text=text)[1] == ""


def test_no_rows_are_no_trouble():
    assert run("check", text="")[1] == "read 0, ok 0, failed 0\n"
    assert fps(run("fp", text="")[0])[2] == []


# ---- match


def test_match_shows_rows_and_counts():
    text = "CCO ethanol\nOCCO glycol\nCC ethane\nC1CC bad\n"
    out, err = run("match", "[OX2H]", text=text)
    assert out.splitlines() == ["CCO\tethanol", "OCCO\tglycol"] and err == "read 4, ok 3, failed 1\n"
    assert run("match", "-v", "[OX2H]", text=text)[0].splitlines() == ["CC\tethane"]
    assert run("match", "--count", "[OX2H]", text=text)[0].splitlines() == ["ethanol\t1", "glycol\t2", "ethane\t0"]
    assert run("match", "[OX2H", text=text, status=2)[1]


# ---- explain


@pytest.mark.parametrize("spec", ["ecfp", "ecfp radius=3 bits=512", "maccs", "rdkit", "atompair", "torsion"])
def test_every_bit_has_its_explanation(spec):
    if spec.split()[0] not in run("list", "fp", "-n")[0].split():
        pytest.skip(f"{spec} is not there")
    smiles = "CC(=O)Oc1ccccc1C(=O)NCCN1CCOCC1"
    label = spec.split()[0]
    bits = set(np.flatnonzero(np.unpackbits(aryl.run([smiles], spec)[label][0], bitorder="little")))
    rows = table(run("explain", smiles, spec)[0])
    explained = {int(r["bit"]) for r in rows}
    assert explained <= bits if label in ("atompair", "torsion") else explained == bits
    assert all(r["atoms"] for r in rows)
    bit = min(explained)
    assert table(run("explain", smiles, spec, "--bit", bit)[0]) == [r for r in rows if int(r["bit"]) == bit]


def test_a_bad_molecule_and_a_bit_that_is_not_set_exit_with_1():
    assert "C1CC" in run("explain", "C1CC", status=1)[1]
    assert "not set" in run("explain", "CCO", "ecfp", "--bit", "3", status=1)[1]


def test_contributions_are_those_of_the_library():
    smiles = "CC(=O)Oc1ccccc1C(=O)O"
    rows = table(run("explain", smiles, "--desc", "TPSA MolLogP,Scaffold")[0])
    assert [r["atom"] for r in rows] == [f"{s}{i}" for i, s in enumerate(aryl.Mol(smiles).symbols)] + ["rest"]
    for name in ("TPSA", "MolLogP", "Scaffold"):
        values, rest = aryl.contributions(smiles, name, rest=True)
        assert [float(r[name]) for r in rows] == [*values, rest]
    assert "PartialCharge" in run("explain", smiles, "--desc", "MolWt", status=2)[1]
    assert run("explain", smiles, "ecfp", "--desc", "TPSA", status=2)[1]
    assert run("explain", smiles, "--desc", " ", status=2)[1]
    assert "C1CC" in run("explain", "C1CC", "--desc", "TPSA", status=1)[1]


def test_a_group_is_its_members(smiles):
    text = "\n".join(smiles[:20]) + "\n"
    assert run("desc", "-n", "rings", text=text)[0] == run("desc", "-n", ",".join(aryl.descriptor_names("rings")), text=text)[0]


# ---- search


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "drugs.fps"
    run("fp", DRUGS, "-o", path)
    return path


@pytest.fixture(scope="module")
def drugs():
    rows = [line.rstrip("\n").split("\t") for line in open(DRUGS)]
    return aryl.ecfp([r[0] for r in rows]), [r[1] for r in rows]


def nearest(query, packed, k, threshold):
    bits, q = np.unpackbits(packed, axis=1).astype(int), np.unpackbits(query).astype(int)
    both, either = bits @ q, bits.sum(1) + q.sum() - bits @ q
    score = np.where(both > 0, both / np.maximum(either, 1), 0.0)
    order = [i for i in np.lexsort((np.arange(len(score)), -score)) if score[i] >= threshold]
    return [(score[i], i) for i in (order[:k] if k else order)]


@pytest.mark.parametrize("k, threshold", [(10, 0), (3, 0.2), (0, 0.5), (600, 0)])
def test_hits_are_those_of_the_plain_loop(targets, drugs, k, threshold):
    packed, names = drugs
    out, err = run("search", targets, targets, "-k", k, "--threshold", threshold)
    found = {}
    for row in table(out):
        found.setdefault(row["query"], []).append((float(row["score"]), row["target"]))
        assert int(row["rank"]) == len(found[row["query"]])
    for i in range(0, len(names), 29):
        assert found[names[i]] == [(s, names[j]) for s, j in nearest(packed[i], packed, k, threshold)]
    assert f"queries {len(names)}, failed 0, targets {len(names)}, hits {len(table(out))}" in err


def test_molecules_are_fingerprinted_as_the_targets_say(tmp_path):
    path = tmp_path / "wide.fps"
    run("fp", "-s", "ecfp radius=3 bits=1024", DRUGS, "-o", path)
    out, err = run("search", "-", path, "-k", 1, text=f"CC(=O)Oc1ccccc1C(=O)O mine\n{BAD} bad\n")
    assert [tuple(r.values()) for r in table(out)] == [("mine", "1", "1", "aspirin")] and "queries 1, failed 1" in err
    assert "bits" in run("search", "-", path, "--spec", "ecfp", text="C\n", status=3)[1]


def test_targets_that_do_not_say_how_they_were_made_need_a_spec(tmp_path, targets):
    bare = tmp_path / "bare.fps"
    bare.write_text("".join(line for line in open(targets) if not line.startswith("#type")))
    assert "--spec" in run("search", "-", bare, text="C\n", status=3)[1]
    assert table(run("search", "-", bare, "--spec", "ecfp", "-k", 1, text="CCO\n")[0])


def test_fingerprints_made_differently_are_not_compared(tmp_path, targets):
    other = tmp_path / "other.fps"
    run("fp", "-s", "ecfp radius=1", DRUGS, "-o", other)
    assert "radius=1" in run("search", other, targets, status=3)[1]


def test_counting_agrees_with_listing(targets):
    listed = table(run("search", targets, targets, "--threshold", 0.4)[0])
    counted = table(run("search", targets, targets, "--threshold", 0.4, "--count")[0])
    assert sum(int(r["hits"]) for r in counted) == len(listed)


@pytest.mark.parametrize("text", ["#FPS1\n#num_bits=16\nzz00\tx\n", "#FPS1\n#num_bits=16\n0000\ta\n00\tb\n"])
def test_damaged_targets_are_an_error(tmp_path, text):
    path = tmp_path / "bad.fps"
    path.write_text(text)
    assert "bad.fps" in run("search", path, path, status=3)[1]


# ---- size


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(copies):
        path = tmp_path / f"{copies}.smi"
        path.write_text(open(DRUGS).read() * copies)
        code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL); "
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        r = subprocess.run([sys.executable, "-c", code, COMMAND, "fp", str(path), "-o", "/dev/null"], capture_output=True, text=True, check=True)
        return int(r.stdout)

    assert peak(800) < 1.3 * peak(200)


# ---- what the manual shows


def console_blocks():
    """(command, what it shows) of every ```console block of docs/cli.md."""
    text = open(os.path.join(ROOT, "docs", "cli.md"), encoding="utf-8").read()
    for block in text.split("```console\n")[1:]:
        for part in ("\n" + block.split("```")[0]).split("\n$ ")[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown.rstrip("\n")


def test_the_manual_shows_what_happens(tmp_path):
    (tmp_path / "drugs.smi").write_bytes(open(DRUGS, "rb").read())
    environment = {**os.environ, "PATH": os.path.dirname(COMMAND) + os.pathsep + os.environ["PATH"]}
    seen = 0
    for command, shown in console_blocks():
        r = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
        assert (r.stdout + r.stderr).rstrip("\n") == shown, command
        seen += 1
    assert seen >= 8


def test_the_demo_runs():
    r = subprocess.run(["sh", os.path.join(ROOT, "examples", "demo.sh")], env={**os.environ, "BUILD": os.path.dirname(COMMAND)},
                       capture_output=True, text=True, timeout=6000)
    assert r.returncode == 0, r.stderr
    assert "read 488, ok 488, failed 0" in r.stdout and "codeine" in r.stdout and "Where to go next" in r.stdout
