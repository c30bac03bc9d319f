"""Columns of text: every container gives the same bytes, and nothing else is let through."""
import numpy as np
import pytest

import aryl

TEXTS = ["CCO", "", None, "c1ccccc1 benzène", "CCN"]


def rows(column):
    return [None if column.validity is not None and not column.validity[i] else column.row(i) for i in range(len(column))]


EXPECTED = [None if text is None else text.encode() for text in TEXTS]


def containers():
    yield "list", TEXTS
    yield "tuple", tuple(TEXTS)
    yield "generator", (text for text in TEXTS)
    yield "bytes", EXPECTED
    yield "numpy objects", np.array(TEXTS, object)
    yield "NaN for null", [float("nan") if text is None else text for text in TEXTS]
    pandas = pytest.importorskip("pandas")
    yield "pandas objects", pandas.Series(TEXTS, dtype=object)
    yield "pandas strings", pandas.Series(TEXTS, dtype="string")
    yield "pandas inferred", pandas.Series(TEXTS)
    yield "pandas index", pandas.Series(TEXTS, index=list("vwxyz"))
    pa = pytest.importorskip("pyarrow")
    yield "arrow", pa.array(TEXTS)
    yield "arrow large", pa.array(TEXTS, pa.large_string())
    yield "arrow binary", pa.array(EXPECTED, pa.binary())
    yield "arrow view", pa.array(TEXTS, pa.string_view())
    yield "arrow dictionary", pa.array(TEXTS).dictionary_encode()
    yield "arrow slice", pa.array(["x", "y", *TEXTS, None])[2:-1]
    yield "arrow chunks", pa.chunked_array([TEXTS[:2], [], TEXTS[2:]])
    yield "arrow one chunk", pa.chunked_array([TEXTS])
    yield "arrow long slice", pa.array([None, *["C"] * 20, *TEXTS])[21:]


@pytest.mark.parametrize("texts", [pytest.param(texts, id=name) for name, texts in containers()])
def test_every_container_gives_the_same_rows(texts):
    assert rows(aryl.pack(texts)) == EXPECTED


def test_numpy_text_arrays():
    assert rows(aryl.pack(np.array(["CC", "CCO"]))) == [b"CC", b"CCO"]
    assert rows(aryl.pack(np.array([b"CC", b"CCO"]))) == [b"CC", b"CCO"]


def test_arrow_is_read_where_it_lies():
    pa = pytest.importorskip("pyarrow")
    array = pa.array(["CCO", "CCN"])
    assert aryl.pack(array).data.ctypes.data == array.buffers()[2].address


def test_an_arrow_column_outlives_its_array():
    pa = pytest.importorskip("pyarrow")
    column = aryl.pack(pa.array([f"C{'C' * (i % 7)}" for i in range(10000)]))
    pa.array(["N" * 50000])
    assert all(column.row(i) == b"C" * (1 + i % 7) for i in range(10000))


def test_lone_surrogates_are_bad_rows_and_no_crash():
    r = aryl.run(["CC\ud800", "CC\x00C", "CCO"], "ecfp")
    assert r.status[2] == 0 and r.status[1] != 0


@pytest.mark.parametrize("texts", ["CCO", b"CCO", [1], ["CCO", 3.5], [["CCO"]], [True]])
def test_what_is_no_column_of_text_is_a_type_error(texts):
    with pytest.raises(TypeError):
        aryl.pack(texts)
