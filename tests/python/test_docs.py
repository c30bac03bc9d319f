"""The examples of docs/python.md run as they stand there, in their order."""
import os
import re

from conftest import ROOT

import aryl


def test_the_page_about_python_is_true(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open(os.path.join(ROOT, "docs", "python.md"), encoding="utf-8") as file:
        blocks = re.findall(r"```python\n(.*?)```", file.read(), re.S)
    assert len(blocks) >= 4
    names = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
    assert names["r"]["ecfp"].shape == (4, 256)
    assert [error.status for error in names["r"].errors()] == ["syntax", "null"]


def test_the_page_names_what_there_is():
    with open(os.path.join(ROOT, "docs", "python.md"), encoding="utf-8") as file:
        page = file.read()
    for name in re.findall(r"aryl\.(\w+)\(", page):
        assert callable(getattr(aryl, name)), name
