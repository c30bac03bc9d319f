"""The declarations of _abi.py against the C headers, with the compiler's answer."""
import ctypes
import os
import re
import shutil
import subprocess

import pytest
from conftest import ROOT

from aryl import _abi

INCLUDE = os.path.join(ROOT, "include")
COMPILER = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)


@pytest.mark.skipif(not COMPILER or not os.path.isdir(INCLUDE), reason="no compiler, or no headers")
def test_structs_lie_as_the_compiler_lays_them(tmp_path):
    lines = []
    for name, struct in _abi.STRUCTS.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'printf("{name}.{field[0]} %zu\\n", offsetof({name}, {field[0]}));' for field in struct._fields_]
    source = tmp_path / "layout.c"
    source.write_text('#include <stdio.h>\n#include "aryl.h"\nint main(void) {\n' + "\n".join(lines) + "\nreturn 0; }\n")
    program = str(tmp_path / "layout")
    subprocess.run([COMPILER, "-std=c11", f"-I{INCLUDE}", str(source), "-o", program], check=True)
    told = dict(line.split() for line in subprocess.run([program], capture_output=True, text=True).stdout.splitlines())
    for name, struct in _abi.STRUCTS.items():
        assert ctypes.sizeof(struct) == int(told[name]), name
        for field, *_ in struct._fields_:
            assert getattr(struct, field).offset == int(told[f"{name}.{field}"]), f"{name}.{field}"


def test_prototypes_have_as_many_arguments_as_the_headers_say():
    text = ""
    for name in sorted(os.listdir(os.path.join(INCLUDE, "aryl"))):
        with open(os.path.join(INCLUDE, "aryl", name), encoding="utf-8") as file:
            text += re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    declared = {name: 0 if body.strip() == "void" else body.count(",") + 1
                for name, body in re.findall(r"ARYL_API[^;]*?\baryl_(\w+)\(([^;]*)\);", text)}
    for line in _abi._PROTOTYPES.strip().splitlines():
        name, _, *arguments = line.split()
        assert declared[name] == len(arguments), name
