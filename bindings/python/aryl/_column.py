"""Columns of text on their way down: any sequence of strings as one buffer with offsets, without a call per row."""
import ctypes
import numbers

import numpy as np

from . import _abi


class Column:
    """Rows of bytes: `data` (anything with a buffer), int64 `offsets` (n + 1), `validity` (n) or None."""

    def __init__(self, data, offsets, validity=None, keep=None):
        self._keep = (data, keep)   # owners of the memory
        self.data = np.frombuffer(data, np.uint8) if not isinstance(data, np.ndarray) else data
        self.offsets, self.validity = offsets, validity

    def __len__(self):
        return len(self.offsets) - 1

    def row(self, i):
        return self.data[self.offsets[i]:self.offsets[i + 1]].tobytes()

    def struct(self):
        return _abi.Column(self.data.ctypes.data, self.offsets.ctypes.data,
                           None if self.validity is None else self.validity.ctypes.data, len(self))


def _offsets(lengths, n):
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, n), out=offsets[1:])
    return offsets


def _is_null(item):
    """None, NaN of any kind, pandas.NA."""
    if item is None:
        return True
    if isinstance(item, numbers.Real):
        return item != item
    return type(item).__name__ in ("NAType", "NaTType")


def _row_bytes(item, i):
    if isinstance(item, str):
        return item.encode("utf-8", "surrogatepass")
    if isinstance(item, (bytes, bytearray, memoryview)):
        return bytes(item)
    raise TypeError(f"row {i}: text or None is wanted, not {type(item).__name__}")


def _pack_list(items):
    n = len(items)
    other = [i for i, item in enumerate(items) if not isinstance(item, str)]
    null = [i for i in other if _is_null(items[i])]
    validity = None
    if null:
        items = list(items)
        for i in null:
            items[i] = ""
        validity = np.ones(n, np.uint8)
        validity[null] = 0
    if len(other) == len(null):
        text = "".join(items)
        if text.isascii():   # then a character is a byte
            return Column(text.encode("ascii"), _offsets(map(len, items), n), validity)
    rows = [_row_bytes(item, i) for i, item in enumerate(items)]
    return Column(b"".join(rows), _offsets(map(len, rows), n), validity)


# ---- the Arrow C data interface: columns that offer it are read where they lie

class _ArrowSchema(ctypes.Structure):
    _fields_ = [("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_void_p),
                ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64), ("children", ctypes.c_void_p),
                ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]


class _ArrowArray(ctypes.Structure):
    _fields_ = [("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
                ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64),
                ("buffers", ctypes.POINTER(ctypes.c_void_p)), ("children", ctypes.c_void_p),
                ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]


class _ArrowStream(ctypes.Structure):
    pass


_Get = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_ArrowStream), ctypes.c_void_p)
_Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_ArrowStream._fields_ = [("get_schema", _Get), ("get_next", _Get), ("get_last_error", ctypes.c_void_p),
                         ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]

_capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_capsule_pointer.restype = ctypes.c_void_p
_capsule_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]

_OFFSET_TYPE = {b"u": np.int32, b"z": np.int32, b"U": np.int64, b"Z": np.int64}


class _Owned:
    """A struct of ours that is released when the last column that looks into it goes."""

    def __init__(self, struct):
        self.struct = struct

    def __del__(self):
        if self.struct.release:
            _Release(self.struct.release)(ctypes.addressof(self.struct))


def _view(address, dtype, count):
    if not count:
        return np.empty(0, dtype)
    size = int(count) * np.dtype(dtype).itemsize
    return np.frombuffer((ctypes.c_char * size).from_address(address), dtype)


def _chunk(array, format, keep):
    """One Arrow array as a Column over the same bytes; ValueError when its buffers contradict each other."""
    first, n = array.offset, array.length
    if array.n_buffers != 3 or first < 0 or n < 0:
        raise ValueError("a damaged Arrow string array")
    kind = _OFFSET_TYPE[format]
    if not n:
        return Column(b"", np.zeros(1, np.int64))
    offsets = _view(array.buffers[1], kind, first + n + 1)[first:].astype(np.int64)
    if offsets[0] < 0 or (np.diff(offsets) < 0).any():
        raise ValueError("a damaged Arrow string array: its offsets are not ascending")
    validity = None
    if array.null_count and array.buffers[0]:
        bits = _view(array.buffers[0], np.uint8, (first + n + 7) // 8)
        validity = np.ascontiguousarray(np.unpackbits(bits, bitorder="little")[first:first + n])
    data = _view(array.buffers[2], np.uint8, offsets[-1]) if offsets[-1] else np.empty(0, np.uint8)
    return Column(data, offsets, validity, keep)


def _concatenate(chunks):
    if len(chunks) == 1:
        return chunks[0]
    if not chunks:
        return Column(b"", np.zeros(1, np.int64))
    offsets, start = [np.zeros(1, np.int64)], 0
    for chunk in chunks:
        offsets.append(chunk.offsets[1:] - chunk.offsets[0] + start)
        start = int(offsets[-1][-1]) if len(chunk) else start
    validity = None
    if any(chunk.validity is not None for chunk in chunks):
        validity = np.concatenate([np.ones(len(c), np.uint8) if c.validity is None else c.validity for c in chunks])
    data = np.concatenate([chunk.data[chunk.offsets[0]:chunk.offsets[-1]] for chunk in chunks])
    return Column(data, np.concatenate(offsets), validity)


def _take(source, kind):
    """Moves an Arrow struct out of a capsule, which is left released."""
    own = kind()
    ctypes.memmove(ctypes.addressof(own), source, ctypes.sizeof(kind))
    ctypes.cast(source, ctypes.POINTER(kind)).contents.release = None
    return _Owned(own)


def _from_arrow(texts):
    """A Column over Arrow strings, or None when the column is not of a kind read here."""
    if hasattr(texts, "__arrow_c_array__"):
        schema_capsule, array_capsule = texts.__arrow_c_array__()
        schema = ctypes.cast(_capsule_pointer(schema_capsule, b"arrow_schema"), ctypes.POINTER(_ArrowSchema)).contents
        if schema.format not in _OFFSET_TYPE or schema.dictionary:
            return None
        owned = _take(_capsule_pointer(array_capsule, b"arrow_array"), _ArrowArray)
        return _chunk(owned.struct, schema.format, owned)
    capsule = texts.__arrow_c_stream__()
    stream = ctypes.cast(_capsule_pointer(capsule, b"arrow_array_stream"), ctypes.POINTER(_ArrowStream))
    schema = _Owned(_ArrowSchema())
    if stream.contents.get_schema(stream, ctypes.addressof(schema.struct)):
        return None
    format = schema.struct.format
    if format not in _OFFSET_TYPE or schema.struct.dictionary:
        return None
    chunks = []
    while True:
        owned = _Owned(_ArrowArray())
        if stream.contents.get_next(stream, ctypes.addressof(owned.struct)):
            raise ValueError("the Arrow stream failed")
        if not owned.struct.release:
            return _concatenate(chunks)
        chunks.append(_chunk(owned.struct, format, owned))


def pack(texts):
    """A Column of a list, tuple, numpy array, pandas or polars Series, Arrow array, or other iterable of texts.
    None, NaN and pandas.NA are null rows; bytes are taken as they are, str as UTF-8.
    """
    if isinstance(texts, Column):
        return texts
    if isinstance(texts, (str, bytes)):
        raise TypeError("a column of texts is wanted; one molecule is [text], or aryl.Mol(text)")
    if isinstance(texts, (list, tuple)):
        return _pack_list(texts)
    offers_arrow = hasattr(texts, "__arrow_c_array__") or hasattr(texts, "__arrow_c_stream__")
    if offers_arrow and getattr(texts, "dtype", None) != object:
        column = _from_arrow(texts)
        if column is not None:
            return column
    for name in ("to_pylist", "to_list", "tolist"):
        if hasattr(texts, name):
            return _pack_list(getattr(texts, name)())
    return _pack_list(list(texts))
