"""Plans and runs: a column of molecules in, arrays out."""
import ctypes
import functools
import signal
import threading
from collections import namedtuple
from collections.abc import Mapping

import numpy as np

from . import _abi
from ._column import pack

RowError = namedtuple("RowError", "row status offset message")
RowError.__doc__ = """What was wrong with a row: its number, the name of its status, the place in its text (bytes, -1 for none), why."""


class Sparse(namedtuple("Sparse", "offsets ids counts")):
    """Features of variable number: row i has ids[offsets[i]:offsets[i + 1]], ascending, each with its count."""
    __slots__ = ()

    def row(self, i):
        """{id: count} of a row."""
        here = slice(self.offsets[i], self.offsets[i + 1])
        return dict(zip(self.ids[here].tolist(), self.counts[here].tolist()))


OutputInfo = namedtuple("OutputInfo", "label kind spec unit form dtype width")
_FORM = {_abi.OUT_BITS: "bits", _abi.OUT_COUNTS: "counts", _abi.OUT_SPARSE: "sparse", _abi.OUT_NUMBER: "number",
         _abi.OUT_TEXT: "text"}


class Plan:
    """A compiled spec. Immutable; threads may share it."""

    def __init__(self, spec):
        self._handle = ctypes.c_void_p()
        error = _abi.Error()
        _abi.check(_abi.lib.aryl_plan_new(spec.encode(), ctypes.byref(self._handle), ctypes.byref(error)), error)
        self.canonical = _abi.lib.aryl_plan_canonical(self._handle).decode()
        self.outputs = tuple(self._output(i) for i in range(_abi.lib.aryl_plan_n_outputs(self._handle)))

    def _output(self, i):
        info = _abi.OutputInfo(size=ctypes.sizeof(_abi.OutputInfo))
        _abi.check(_abi.lib.aryl_plan_output(self._handle, i, ctypes.byref(info)))
        return OutputInfo(info.label.decode(), info.kind.decode(), info.spec.decode(), (info.unit or b"").decode(),
                          _FORM[info.form], np.dtype(_abi.TYPE_NAME[info.type]), info.width)

    def __del__(self):
        if getattr(self, "_handle", None):
            _abi.lib.aryl_plan_free(self._handle)

    def __repr__(self):
        return f"aryl.Plan({self.canonical!r})"


@functools.lru_cache(maxsize=64)
def plan(spec):
    """The compiled form of a spec; ArylError says where a spec is wrong."""
    return Plan(spec)


class _Target:
    """The memory of one output."""

    def __init__(self, info, n):
        self.info = info
        self.struct = _abi.Output(size=ctypes.sizeof(_abi.Output))
        self.struct.type = next(code for code, name in _abi.TYPE_NAME.items() if np.dtype(name) == info.dtype)
        self.variable = info.form in ("sparse", "text")
        self.counts = None
        if self.variable:
            self.offsets = np.zeros(n + 1, np.int64)
            self.struct.offsets = self.offsets.ctypes.data
            self.data = np.empty(0, info.dtype)
            self.reserve(64 * n + 64, 0)   # untouched memory costs nothing
            return
        width = {"bits": (info.width + 7) // 8, "counts": info.width}.get(info.form)
        self.data = np.empty(n if width is None else (n, width), info.dtype)
        self.struct.data = self.data.ctypes.data

    def reserve(self, capacity, used):
        data = np.empty(capacity, self.info.dtype)
        data[:used] = self.data[:used]
        if self.info.form == "sparse":
            counts = np.empty(capacity, np.uint32)
            if used:
                counts[:used] = self.counts[:used]
            self.counts = counts
            self.struct.counts = counts.ctypes.data
        self.data = data
        self.struct.data, self.struct.capacity = data.ctypes.data, capacity

    def grow(self, done, n):
        """Makes room after ARYL_E_SPACE: what was asked for, or what the rows so far let expect."""
        if self.variable and self.struct.needed > self.struct.capacity:
            used = int(self.offsets[done])
            expected = int(self.struct.needed * (n / max(done, 1)) * 1.1) if done else 2 * self.struct.needed
            self.reserve(max(int(self.struct.needed), min(expected, 4 * int(self.struct.needed))), used)

    def value(self):
        if not self.variable:
            return self.data
        used = int(self.offsets[-1])
        if self.info.form == "text":
            raw = self.data[:used].tobytes()
            ends = self.offsets.tolist()
            return [raw[ends[i]:ends[i + 1]].decode() for i in range(len(ends) - 1)]
        return Sparse(self.offsets, self.data[:used].copy(), self.counts[:used].copy())


class Result(Mapping):
    """What a run gave: `result[label]` for each output, `status` (n) and `errors()`.

    Packed bits are uint8 (n, bytes), bit i at byte i // 8, bit i % 8; counts uint32 (n, bits); sparse outputs `Sparse`;
    descriptors float64 (n). Bad rows are zeros, NaN or empty.
    """

    def __init__(self, plan, column, targets, status, offsets, options, index):
        self.plan, self.status, self.offsets = plan, status, offsets
        self._column, self._options, self._index = column, options, index
        self._targets = {target.info.label: target for target in targets}
        self._values = {}

    def __getitem__(self, label):
        if label not in self._values:
            if label not in self._targets:
                raise KeyError(f"{label!r}; there are: {', '.join(self._targets)}")
            self._values[label] = self._targets[label].value()
        return self._values[label]

    def __iter__(self):
        return iter(self._targets)

    def __len__(self):
        return len(self._targets)

    @property
    def n_rows(self):
        return len(self.status)

    @property
    def ok(self):
        """bool (n): rows that were read."""
        return self.status == _abi.OK

    def __repr__(self):
        return f"<aryl.Result: {self.n_rows} rows, {int((~self.ok).sum())} bad; {', '.join(self)}>"

    def errors(self):
        """A RowError for each bad row, in order."""
        found = []
        struct, error = self._column.struct(), _abi.Error()
        for row in np.flatnonzero(~self.ok).tolist():
            _abi.lib.aryl_explain_row(self.plan._handle, ctypes.byref(struct), row, ctypes.byref(self._options), ctypes.byref(error))
            name = _abi.lib.aryl_status_name(int(self.status[row])).decode()
            found.append(RowError(row, name, int(self.offsets[row]), error.message.decode("utf-8", "replace") or name))
        return found

    def to_pandas(self):
        """A DataFrame with a column for each output and the index of the Series that was read. Packed rows are bytes,
        counts arrays, sparse outputs dicts; bad rows None, or NaN for numbers."""
        import pandas
        columns, ok = {}, self.ok.tolist()
        for label, target in self._targets.items():
            value, form = self[label], target.info.form
            if form == "number":
                columns[label] = value
                continue
            cell = {"bits": lambda i: value[i].tobytes(), "counts": lambda i: value[i],
                    "sparse": lambda i: value.row(i), "text": lambda i: value[i]}[form]
            column = np.empty(self.n_rows, object)
            for i, good in enumerate(ok):
                column[i] = cell(i) if good else None
            columns[label] = column
        return pandas.DataFrame(columns, index=self._index)


class Interrupt:
    """Ctrl-C during a run. Python would raise inside the callback, where it gets lost, so the signal is only noted, the
    run stops at the next chunk, and what the signal would have done is done then."""

    def __enter__(self):
        self.seen = self.previous = None
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous):
                signal.signal(signal.SIGINT, self._note)
                self.previous = previous
        return self

    def _note(self, number, frame):
        self.seen = (number, frame)

    def __exit__(self, kind, value, trace):
        if self.previous is not None:
            signal.signal(signal.SIGINT, self.previous)
            if self.seen:
                self.previous(*self.seen)


def run(texts, spec, *, format="smiles", n_threads=0, progress=None, max_atoms=0, max_bytes=0, max_work=0):
    """Computes a spec, "ecfp radius=2 bits=2048; desc MolWt TPSA", for a column of molecules; each is read once.

    texts      list, numpy array, pandas Series, Arrow or polars column of str or bytes; None and NaN are null rows
    format     "smiles", or "mol" for molblocks
    n_threads  0: ARYL_NUM_THREADS, OMP_NUM_THREADS, then every core the process may use
    progress   called as progress(done, total) between chunks
    max_*      limits of one row, 0 for the defaults

    Returns a Result. A bad row is no exception: result.status and result.errors() tell. ArylError for a bad spec.
    """
    compiled = plan(spec if format == "smiles" else f"in format={format}; {spec}")
    column = pack(texts)
    n = len(column)
    targets = [_Target(info, n) for info in compiled.outputs]
    status, offsets, done = np.empty(n, np.int32), np.empty(n, np.int64), ctypes.c_int64(0)
    failure = []

    options = _abi.RunOptions(size=ctypes.sizeof(_abi.RunOptions), n_threads=n_threads, max_atoms=max_atoms,
                              max_bytes=max_bytes, max_work=max_work, done=ctypes.pointer(done))
    limits = _abi.RunOptions(size=ctypes.sizeof(_abi.RunOptions), max_atoms=max_atoms, max_bytes=max_bytes, max_work=max_work)
    struct, error = column.struct(), _abi.Error()

    with Interrupt() as interrupt:
        def report(_, so_far, total):
            try:
                progress(so_far, total)
            except BaseException as raised:
                failure.append(raised)

        options.cancel = _abi.Cancel(lambda _: 1 if interrupt.seen or failure else 0)
        if progress is not None:
            options.progress = _abi.Progress(report)
        while True:
            outputs = (_abi.Output * max(len(targets), 1))(*(target.struct for target in targets))
            code = _abi.lib.aryl_plan_run(compiled._handle, ctypes.byref(struct), ctypes.byref(options), outputs,
                                          len(targets), status.ctypes.data, offsets.ctypes.data, ctypes.byref(error))
            if code != _abi.E_SPACE:
                break
            for target, output in zip(targets, outputs):
                target.struct.needed = output.needed
                target.grow(done.value, n)
            options.first = done.value
    if failure:
        raise failure[0]
    _abi.check(code, error)
    return Result(compiled, column, targets, status, offsets, limits, getattr(texts, "index", None)
                  if hasattr(texts, "iloc") else None)


_RUN_OPTIONS = ("format", "n_threads", "progress", "max_atoms", "max_bytes", "max_work")


def _word(value):
    if isinstance(value, (list, tuple)):
        return ",".join(str(int(number)) for number in value)
    return str(int(value))


def fingerprint(texts, kind, **options):
    """Packed rows of a kind of fingerprint, uint8 (n, bits / 8): fingerprint(smiles, "ecfp", radius=3, bits=1024). Options
    are the kind's parameters (aryl.kinds() has them) and those of `run`. Bad rows are zeros."""
    params = "".join(f" {name}={_word(value)}" for name, value in options.items() if name not in _RUN_OPTIONS)
    kept = {name: value for name, value in options.items() if name in _RUN_OPTIONS}
    return run(texts, f"{kind}{params} as=rows", **kept)["rows"]


def ecfp(smiles, radius=2, bits=2048, **options):
    """Morgan fingerprints, packed: uint8 (n, bits / 8). Bad rows are zeros; options are those of `fingerprint`."""
    return fingerprint(smiles, "ecfp", radius=radius, bits=bits, **options)


def descriptors(smiles, names="all", **options):
    """Descriptors by RDKit's names or those of groups, a list or "MolWt vsa" or "all": a Result with float64 (n) for each.
    `.to_pandas()` makes a table of it."""
    words = names if isinstance(names, str) else " ".join(names)
    return run(smiles, f"desc {words}", **options)
