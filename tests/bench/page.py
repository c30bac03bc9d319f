"""What benches of searching share: clocks, memory, and a page of tables."""
import gc
import contextlib
import os
import time

import aryl
import numpy as np


def cpu(f, *args, **kw):
    """(answer, CPU seconds, wall seconds)"""
    wall, used = time.perf_counter(), time.process_time()
    answer = f(*args, **kw)
    return answer, time.process_time() - used, time.perf_counter() - wall


def median(f, queries):
    took = []
    for q in queries:
        begin = time.perf_counter()
        f(q)
        took.append(time.perf_counter() - begin)
    return float(np.median(took))


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        name = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "")
    return f"{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, kernels {aryl.simd_name()}"


def _memory(key):
    with open("/proc/self/status", encoding="utf-8") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith(key))


class _Peak:
    bytes = 0


@contextlib.contextmanager
def peak_memory():
    """Most resident memory within, beyond what there was before; 0 where the system cannot tell."""
    peak = _Peak()
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        before = _memory("VmRSS")
    except OSError:
        yield peak
        return
    yield peak
    peak.bytes = max(_memory("VmHWM") - before, 0)


class Page:
    def __init__(self, title, about):
        self.title, self.about, self.sections, self.missing = title, about, [], []

    def section(self, title, about, columns):
        print(f"\n{title}: {', '.join(columns)}", flush=True)
        self.sections.append((title, about, columns, {}, []))

    def put(self, row, column, value):
        rows = self.sections[-1][3]
        rows.setdefault(row, {})[column] = value
        print(f"  {row:64} {column:16} {value if isinstance(value, str) else format(value, '.4g')}", flush=True)

    def step(self, row, share, f, *args, **kw):
        """What f returns; the page gets its time and its memory as a multiple of `share` bytes."""
        gc.collect()
        with peak_memory() as peak:
            answer, used, wall = cpu(f, *args, **kw)
        self.put(row, "s", wall)
        self.put(row, "CPU s", used)
        self.put(row, "memory", peak.bytes / share)
        return answer

    def note(self, text):
        self.sections[-1][4].append(text)
        print("  " + text, flush=True)

    @staticmethod
    def _cell(value):
        if value is None or isinstance(value, str):
            return value or ""
        return f"{value:d}" if isinstance(value, int) else f"{value:.0f}" if value >= 1000 else f"{value:.3g}"

    def write(self, path):
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"# {self.title}\n\n{self.about}\n")
            for title, about, columns, rows, notes in self.sections:
                out.write(f"\n## {title}\n\n{about}\n\n|  | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}\n")
                for row, cells in rows.items():
                    out.write(f"| {row} | {' | '.join(self._cell(cells.get(c)) for c in columns)} |\n")
                if notes:
                    out.write("\n" + "".join(f"* {note}\n" for note in notes))
            if self.missing:
                out.write("\nNot measured:\n\n" + "".join(f"* {m}\n" for m in self.missing))
