"""Collections of fingerprints that answer many searches: in memory, in a file, in a folder that grows."""
import ctypes
import os
from collections import namedtuple

import numpy as np

from . import _abi
from ._column import pack
from ._run import plan, run
from ._similarity import _call, _copy, _matrix, _options

METHODS = {"butina": 0, "leader": 1}
SHORT = 20_000_000   # pairs of a query and a row: milliseconds


class IndexHits(namedtuple("IndexHits", "offsets rows scores ids")):
    """Neighbours: those of query i are rows[offsets[i]:offsets[i + 1]], best first, ties by row, with scores and ids
    (None for an index without names)."""
    __slots__ = ()

    def query(self, i):
        """(rows, scores) of a query."""
        here = slice(self.offsets[i], self.offsets[i + 1])
        return self.rows[here], self.scores[here]

    def to_pandas(self):
        """A DataFrame with a line for each hit: query, row, score, and id where there are names."""
        import pandas
        columns = {"query": np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets)), "row": self.rows, "score": self.scores}
        if self.ids is not None:
            columns["id"] = self.ids
        return pandas.DataFrame(columns)


def _canonical(spec):
    """(canonical text, bits) of a fingerprint's spec."""
    output, *more = plan(spec).outputs
    if more or output.form != "bits":
        raise ValueError(f"one fingerprint of packed bits is wanted, not {spec!r}")
    return output.spec, output.width


def _rows_struct(rows, bits):
    stride = rows.strides[0] if len(rows) > 1 else rows.shape[1]
    return _abi.Rows(rows.ctypes.data, len(rows), stride, bits)


def fingerprints(smiles, spec, n_threads=0):
    """(packed rows, which are good) of a column of SMILES."""
    result = run(smiles, spec, n_threads=n_threads)
    return result[next(iter(result))], result.ok


_PAIR = np.dtype([("query", "i8"), ("row", "i8"), ("score", "f8")])


class _Records:
    """An .npy file of pairs, whose number is written into its head at the end."""

    def __init__(self, path):
        self.file, self.n = open(path, "wb"), 0
        self._head()

    def _head(self):
        text = f"{{'descr': {_PAIR.descr}, 'fortran_order': False, 'shape': ({self.n},), }}"
        self.file.seek(0)
        self.file.write(b"\x93NUMPY\x01\x00" + (246).to_bytes(2, "little") + text.ljust(245).encode() + b"\n")

    def add(self, records):
        self.n += len(records)
        self.file.write(records)

    def close(self):
        self._head()
        self.file.close()


def _stream(function, options, into, *handles):
    """Pairs as arrays, or into a function or file: their number."""
    pieces, failed, n_pairs = [], [], ctypes.c_int64()
    file = None if into is None or callable(into) else _Records(into)

    def sink(_, address, n):
        try:
            piece = np.frombuffer(ctypes.string_at(address, n * _PAIR.itemsize), _PAIR)
            if file is not None:
                file.add(piece)
            elif into is not None:
                into(piece["query"].copy(), piece["row"].copy(), piece["score"].copy())
            else:
                pieces.append(piece)
            return 0
        except BaseException as e:   # an exception cannot pass through C
            failed.append(e)
            return 1

    try:
        _call(function, options, *handles, ctypes.byref(options), _abi.PairSink(sink), None, ctypes.byref(n_pairs))
    except _abi.ArylError:
        if failed:
            raise failed[0] from None
        raise
    finally:
        if file is not None:
            file.close()
    if into is not None:
        return n_pairs.value
    all_ = np.concatenate(pieces) if pieces else np.empty(0, _PAIR)
    return all_["query"].copy(), all_["row"].copy(), all_["score"].copy()


class Index:
    """Rows of bits that are searched exactly, without looking at each. Made by from_rows, build or open. Immutable;
    threads may share it."""

    def __init__(self, handle):
        self._handle = handle
        info = _abi.IndexInfo(size=ctypes.sizeof(_abi.IndexInfo))
        _abi.check(_abi.lib.aryl_index_describe(handle, ctypes.byref(info)))
        self.bits, self.spec, self.reference = info.bits, info.spec.decode() or None, info.reference.decode() or None
        self.n_rows, self.span, self.n_segments = info.n, info.span, info.n_segments
        self._named = any(self.id(row) for row in range(min(4, self.span)))

    def __del__(self):
        if getattr(self, "_handle", None):
            _abi.lib.aryl_index_free(self._handle)

    def __len__(self):
        return self.n_rows

    def __repr__(self):
        return f"<aryl.Index: {self.n_rows} rows of {self.bits} bits; {self.spec or 'no spec'}>"

    # ---- making

    @classmethod
    def from_rows(cls, rows, ids=None, spec=None, *, bits=None, n_threads=0):
        """An index in memory of packed rows: uint8 (n, bytes).

        ids   a name for each row
        spec  how the rows were made; then SMILES can be queries
        bits  their width, by default what the spec says, or all bits of the bytes
        """
        rows = _matrix(rows)
        if spec is not None:
            spec, width = _canonical(spec)
            if (width + 7) // 8 != rows.shape[1]:
                raise ValueError(f"rows of {rows.shape[1]} bytes; {spec} has {(width + 7) // 8}")
            bits = width
        column = None
        if ids is not None:
            column = pack([str(i) for i in ids])
            if len(column) != len(rows):
                raise ValueError(f"{len(column)} ids for {len(rows)} rows")
        handle, error = ctypes.c_void_p(), _abi.Error()
        struct = column.struct() if column is not None else None
        _abi.check(_abi.lib.aryl_index_build(
            ctypes.byref(_rows_struct(rows, bits or rows.shape[1] * 8)), ctypes.byref(struct) if struct else None,
            spec.encode() if spec else None, n_threads, ctypes.byref(handle), ctypes.byref(error)), error)
        return cls(handle)

    @classmethod
    def build(cls, path, smiles, ids=None, spec="ecfp", *, plain=False, n_threads=0):
        """Fingerprints of SMILES as a file, opened. Rows that cannot be read are kept as empty ones, so that row numbers
        are positions in `smiles`."""
        rows, _ = fingerprints(smiles, spec, n_threads)
        cls.from_rows(rows, ids, spec, n_threads=n_threads).save(path, plain=plain)
        return cls.open(path, n_threads=n_threads)

    @classmethod
    def open(cls, path, *, n_threads=0):
        """The index in a file (FPB, chemfp's as well) or a folder, as it is now."""
        handle, error = ctypes.c_void_p(), _abi.Error()
        _abi.check(_abi.lib.aryl_index_open(os.fsencode(path), n_threads, ctypes.byref(handle), ctypes.byref(error)), error)
        return cls(handle)

    def save(self, path, *, plain=False):
        """Writes an FPB file; `plain` leaves our planes out."""
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_index_save(self._handle, os.fsencode(path), int(plain), ctypes.byref(error)), error)

    def verify(self):
        """Checks every byte of the files; raises ArylError."""
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_index_verify(self._handle, ctypes.byref(error)), error)

    # ---- names

    def id(self, row):
        """The name of a row, None without one."""
        text, length = ctypes.c_void_p(), ctypes.c_int64()
        if _abi.lib.aryl_index_id(self._handle, int(row), ctypes.byref(text), ctypes.byref(length)):
            return None
        return ctypes.string_at(text.value, length.value).decode("utf-8", "replace")

    def find(self, id):
        """The row of a name; KeyError."""
        row, text = ctypes.c_int64(), id.encode()
        if _abi.lib.aryl_index_find(self._handle, text, len(text), ctypes.byref(row)):
            raise KeyError(id)
        return row.value

    def row(self, row):
        """The packed bits of a row; IndexError."""
        out = np.zeros((self.bits + 7) // 8, np.uint8)
        if _abi.lib.aryl_index_row(self._handle, int(row), out.ctypes.data):
            raise IndexError(row)
        return out

    def ids(self, rows):
        """Names of rows as an array of str."""
        rows = np.ascontiguousarray(rows, np.int64)
        offsets, error = np.zeros(len(rows) + 1, np.int64), _abi.Error()
        text = np.empty(0, np.uint8)
        for _ in range(2):
            code = _abi.lib.aryl_index_ids(self._handle, rows.ctypes.data, len(rows), text.ctypes.data, len(text), offsets.ctypes.data, ctypes.byref(error))
            if code != _abi.E_SPACE:
                break
            text = np.empty(int(offsets[-1]), np.uint8)
        _abi.check(code, error)
        raw, ends = text.tobytes(), offsets.tolist()
        out = np.empty(len(rows), object)
        for i in range(len(rows)):
            out[i] = raw[ends[i]:ends[i + 1]].decode("utf-8", "replace")
        return out

    # ---- searching

    def _query_rows(self, queries, n_threads):
        """(packed rows, which are good) of packed rows, one SMILES, or a column of them."""
        if isinstance(queries, str):
            queries = [queries]
        if isinstance(queries, np.ndarray) and queries.dtype == np.uint8:
            rows = _matrix(queries)
            return rows, None
        if self.spec is None:
            raise ValueError("the index does not say how its rows were made; query it with packed rows")
        rows, good = fingerprints(queries, self.spec, n_threads)
        return rows, None if good.all() else good

    def _hits(self, handle, n, good=None):
        try:
            offsets = _copy(_abi.lib.aryl_hits_offsets(handle), np.int64, n + 1)
            rows = _copy(_abi.lib.aryl_hits_rows(handle), np.int64, offsets[-1])
            scores = _copy(_abi.lib.aryl_hits_scores(handle), np.float64, offsets[-1])
        finally:
            _abi.lib.aryl_hits_free(handle)
        if good is not None:   # queries that could not be read have no hits
            counts = np.zeros(len(good), np.int64)
            counts[good] = np.diff(offsets)
            offsets = np.concatenate([[0], np.cumsum(counts)])
        return IndexHits(offsets, rows, scores, self.ids(rows) if self._named else None)

    def search(self, queries, k=10, threshold=0.0, metric="tanimoto", n_threads=0, *, alpha=0.0, beta=0.0):
        """The rows most like each query: IndexHits.

        queries    SMILES, or packed rows: uint8 (n, bytes); SMILES that cannot be read have no hits
        k          the best k of each query; None: every row at or above the threshold
        threshold  the least score of a hit
        metric     "tanimoto", "dice", "cosine", "tversky" (alpha weighs what only the query has, beta what only the row
                   has), "containment" (the part of the query's bits that the row has)
        """
        if k is not None and k < 1:
            raise ValueError("k is at least 1, or None for every hit")
        rows, good = self._query_rows(queries, n_threads)
        asked = rows if good is None else np.ascontiguousarray(rows[good])
        options = _options(metric, n_threads, alpha, beta, threshold=threshold, k=k or 0)
        handle = ctypes.c_void_p()
        bits = self.bits if asked.shape[1] == (self.bits + 7) // 8 else asked.shape[1] * 8
        _call(_abi.lib.aryl_index_search, options, self._handle, ctypes.byref(_rows_struct(asked, bits)), ctypes.byref(options),
              ctypes.byref(handle), None, short=len(asked) * self.n_rows < SHORT)
        return self._hits(handle, len(asked), good)

    def count(self, queries, threshold, metric="tanimoto", n_threads=0, *, alpha=0.0, beta=0.0):
        """How many rows score at least the threshold with each query: int64 (n)."""
        rows, good = self._query_rows(queries, n_threads)
        options = _options(metric, n_threads, alpha, beta, threshold=threshold, count_only=1)
        handle = ctypes.c_void_p()
        _call(_abi.lib.aryl_index_search, options, self._handle, ctypes.byref(_rows_struct(rows, self.bits)), ctypes.byref(options),
              ctypes.byref(handle), None)
        counts = np.diff(_copy(_abi.lib.aryl_hits_offsets(handle), np.int64, len(rows) + 1))
        _abi.lib.aryl_hits_free(handle)
        return counts if good is None else np.where(good, counts, 0)

    def neighbours(self, k=None, threshold=0.0, metric="tanimoto", n_threads=0, *, alpha=0.0, beta=0.0):
        """The neighbours of every row, without the row itself: its best k, or with k=None all at or above the threshold."""
        if k is None and not threshold > 0:
            raise ValueError("say k, or a threshold above 0")
        options = _options(metric, n_threads, alpha, beta, threshold=threshold, k=k or 0)
        handle = ctypes.c_void_p()
        _call(_abi.lib.aryl_index_neighbours, options, self._handle, ctypes.byref(options), ctypes.byref(handle))
        return self._hits(handle, self.n_rows)

    def pairs(self, threshold, metric="tanimoto", n_threads=0, *, alpha=0.0, beta=0.0, into=None):
        """All pairs at or above the threshold, each once: (rows, rows, scores).

        into  where to put them instead of keeping them, so that memory stays bounded: a function of three such arrays,
              called again and again, or the path of an .npy file of records (query, row, score). Then the number of pairs
              is returned.
        """
        options = _options(metric, n_threads, alpha, beta, threshold=threshold)
        return _stream(_abi.lib.aryl_index_pairs, options, into, self._handle)

    def join(self, index, threshold=0.0, k=None, metric="tanimoto", n_threads=0, *, alpha=0.0, beta=0.0, into=None):
        """The neighbours of each row of this index among the rows of another: (rows, rows of the other, scores), all at or
        above the threshold, or the best k of them. Joined with itself, no row is its own neighbour. `into` as in pairs."""
        if k is None and not threshold > 0:
            raise ValueError("say k, or a threshold above 0")
        options = _options(metric, n_threads, alpha, beta, threshold=threshold, k=k or 0)
        return _stream(_abi.lib.aryl_index_join, options, into, self._handle, index._handle)

    # ---- on top

    def cluster(self, threshold, method="butina", metric="tanimoto", n_threads=0):
        """(cluster of each row, row of each cluster's centre), numbered in the order of the centres: "butina" takes the row
        with the most neighbours first, "leader" takes rows in their order."""
        if method not in METHODS:
            raise ValueError(f"method {method!r}; there are: {', '.join(METHODS)}")
        labels, centres, n = np.empty(self.n_rows, np.int64), np.empty(self.n_rows, np.int64), ctypes.c_int64()
        options = _options(metric, n_threads, threshold=threshold)
        _call(_abi.lib.aryl_index_cluster, options, self._handle, ctypes.byref(options), METHODS[method], labels.ctypes.data,
              centres.ctypes.data, ctypes.byref(n))
        return labels, centres[:n.value].copy()

    def pick(self, n, seeds=(), metric="tanimoto", n_threads=0):
        """n rows unlike each other (MaxMin), `seeds` first; without seeds the first row is the first pick."""
        seeds = np.asarray(seeds, np.int64)
        picks = np.zeros(max(n, len(seeds)), np.int64)
        picks[:len(seeds)] = seeds
        options = _options(metric, n_threads)
        _call(_abi.lib.aryl_index_pick, options, self._handle, ctypes.byref(options), len(picks), len(seeds), picks.ctypes.data, None)
        return picks

    def histogram(self, n_pairs=1000000, bins=100, seed=0, metric="tanimoto"):
        """How often scores fall in equal parts of 0 .. 1, among pairs of rows drawn at random: int64 (bins)."""
        out, options = np.zeros(bins, np.int64), _options(metric, 1)
        _call(_abi.lib.aryl_index_histogram, options, self._handle, ctypes.byref(options), n_pairs, seed, bins, out.ctypes.data)
        return out


def cluster_split(clusters, shares):
    """Spreads whole clusters over parts of the wanted shares, such as (0.8, 0.1, 0.1): the part of each row, int32 (n)."""
    clusters = np.ascontiguousarray(clusters, np.int64)
    share, out, error = np.asarray(shares, np.float64), np.zeros(len(clusters), np.int32), _abi.Error()
    _abi.check(_abi.lib.aryl_cluster_split(clusters.ctypes.data, len(clusters), len(share), share.ctypes.data, out.ctypes.data,
                                           ctypes.byref(error)), error)
    return out


class Collection:
    """A folder that grows: rows are added, replaced and deleted by name, and a crash at any moment loses no change that
    returned. One process at a time changes it; `open` gives an Index of it as it is, which later changes leave alone."""

    def __init__(self, path):
        self.path = os.fspath(path)

    @classmethod
    def create(cls, path, spec=None, *, bits=None):
        """An empty collection of rows made by a spec, or of rows of so many bits."""
        if spec is not None:
            spec, bits = _canonical(spec)
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_collection_create(os.fsencode(path), bits or 0, spec.encode() if spec else None, ctypes.byref(error)), error)
        return cls(path)

    def open(self, *, n_threads=0):
        return Index.open(self.path, n_threads=n_threads)

    def add_rows(self, rows, ids=None, *, replace=False, n_threads=0):
        """Adds packed rows; the number of the first. `replace` deletes rows of the same ids, which are an error otherwise."""
        rows, index = _matrix(rows), self.open()
        if rows.shape[1] != (index.bits + 7) // 8:
            raise ValueError(f"rows of {rows.shape[1]} bytes; the collection's have {(index.bits + 7) // 8}")
        column = pack([str(i) for i in ids]) if ids is not None else None
        struct = column.struct() if column is not None else None
        first, error = ctypes.c_int64(), _abi.Error()
        _abi.check(_abi.lib.aryl_collection_add(
            os.fsencode(self.path), ctypes.byref(_rows_struct(rows, index.bits)), ctypes.byref(struct) if struct else None, None,
            int(replace), n_threads, ctypes.byref(first), ctypes.byref(error)), error)
        return first.value

    def add(self, smiles, ids, *, replace=False, n_threads=0):
        """Adds the molecules that can be read: (number of the first row, positions in `smiles` that cannot)."""
        spec = self.open().spec
        if spec is None:
            raise ValueError("the collection does not say how its rows were made; use add_rows")
        rows, good = fingerprints(smiles, spec, n_threads)
        first = self.add_rows(np.ascontiguousarray(rows[good]), [i for i, ok in zip(ids, good) if ok], replace=replace, n_threads=n_threads)
        return first, np.flatnonzero(~good)

    def remove(self, ids):
        """Deletes the rows of these names; how many there were."""
        struct, n, error = (column := pack([str(i) for i in ids])).struct(), ctypes.c_int64(), _abi.Error()
        _abi.check(_abi.lib.aryl_collection_remove(os.fsencode(self.path), ctypes.byref(struct), ctypes.byref(n), ctypes.byref(error)), error)
        return n.value

    def compact(self, *, n_threads=0):
        """Puts all rows into one segment, without the deleted. Rows keep their numbers."""
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_collection_compact(os.fsencode(self.path), n_threads, ctypes.byref(error)), error)
