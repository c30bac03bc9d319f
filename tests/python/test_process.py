"""The package as a process sees it: loading, Ctrl-C, fork."""
import os
import shutil
import signal
import subprocess
import sys
import textwrap

import pytest

import aryl

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(aryl.__file__)))


def python(code, timeout=300, **environment):
    env = {**os.environ, "PYTHONPATH": PACKAGE, "ARYL_LIBRARY": aryl.library_path, **environment}
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=env, capture_output=True, text=True, timeout=timeout)


def test_a_chosen_library_is_the_only_one_tried():
    r = python("import aryl", ARYL_LIBRARY="/nowhere/libaryl.so")
    assert r.returncode and "ImportError" in r.stderr and "/nowhere/libaryl.so" in r.stderr
    assert "in the checkout" not in r.stderr


def test_a_foreign_library_is_named_as_such():
    r = python("import aryl", ARYL_LIBRARY="libm.so.6")
    assert r.returncode and "libm.so.6" in r.stderr and "aryl_abi_version" in r.stderr


@pytest.mark.skipif(not shutil.which("cc"), reason="no compiler")
def test_a_library_of_another_version_is_named_as_such(tmp_path):
    old = str(tmp_path / "libaryl.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-xc", "-", "-o", old], input="int aryl_abi_version(void) { return 0; }",
                   text=True, check=True)
    r = python("import aryl", ARYL_LIBRARY=old)
    assert r.returncode and "ImportError" in r.stderr and old in r.stderr and "another version" in r.stderr


def test_importing_needs_nothing_beyond_numpy():
    r = python("import sys, aryl; print([m for m in ('pandas', 'pyarrow', 'rdkit', 'pyspark') if m in sys.modules])")
    assert r.stdout.strip() == "[]", r.stderr


def test_ctrl_c_stops_a_run():
    code = """
        import os, signal, threading, time, aryl
        column = aryl.pack(["CC(=O)Oc1ccccc1C(=O)O"] * 500_000)
        try:
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
            while True:
                aryl.run(column, "ecfp radius=4; desc all", n_threads=1)
        except KeyboardInterrupt:
            print("stopped")
        print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        print(aryl.ecfp(["C"]).any())
    """
    r = python(code)
    assert r.stdout.split() == ["stopped", "True", "True"], r.stderr
    assert r.stderr == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_computes_too():
    code = """
        import os, warnings, aryl
        warnings.simplefilter("ignore")
        texts = ["CC(=O)Oc1ccccc1C(=O)O"] * 5000
        expected = aryl.ecfp(texts, n_threads=2)
        for _ in range(10):
            child = os.fork()
            if not child:
                os._exit(0 if (aryl.ecfp(texts, n_threads=2) == expected).all() else 3)
            assert os.waitpid(child, 0)[1] == 0
        print("ok")
    """
    assert python(code).stdout.split() == ["ok"]


def test_ctrl_c_is_left_alone_in_other_threads():
    import threading
    found = []
    thread = threading.Thread(target=lambda: found.append(aryl.ecfp(["CCO"]).any()))
    thread.start()
    thread.join(300)
    assert found == [True] and callable(signal.getsignal(signal.SIGINT))
