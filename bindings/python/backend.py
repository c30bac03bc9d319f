"""backend.py - builds the wheel with the standard library alone: one library for every CPython, hence py3-none-<platform>.

The library is built with THREADS=pool, so that no second OpenMP runtime enters the process that imports it. Also a
command: `python backend.py DIR` leaves a wheel in DIR.
"""
import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
# The C sources: carried along in an sdist, two folders up in a checkout.
NATIVE = os.path.join(HERE, "native") if os.path.isdir(os.path.join(HERE, "native")) \
    else os.path.dirname(os.path.dirname(HERE))
NATIVE_PARTS = ("Makefile", "LICENSE", "NOTICE", "lib", "include")


def _version():
    with open(os.path.join(NATIVE, "include", "aryl", "core.h"), encoding="utf-8") as file:
        return re.search(r'#define ARYL_VERSION "([^"]+)"', file.read()).group(1)


def _project():
    """The few plain values of pyproject.toml that metadata needs; tomllib came with Python 3.11 only."""
    with open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8") as file:
        text = file.read()
    single = {key: value for key, value in re.findall(r'^([\w-]+) = "(.*)"$', text, re.M)}
    single["dependencies"] = re.findall(r'"([^"]+)"', re.search(r"^dependencies = \[(.*)\]$", text, re.M).group(1))
    return single


def _metadata():
    project = _project()
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {_version()}",
             f"Summary: {project['description']}", f"License: {project['license']}",
             f"Requires-Python: {project['requires-python']}",
             *(f"Requires-Dist: {name}" for name in project["dependencies"])]
    return "\n".join(lines) + "\n"


def _build_library(folder):
    """Path of a freshly built library."""
    build = os.path.join(folder, "native")
    target = os.path.join(build, "libaryl.so")
    jobs = os.cpu_count() or 1
    subprocess.run(["make", "-s", f"-j{jobs}", "-C", NATIVE, f"BUILD={build}", "THREADS=pool", target], check=True)
    return os.path.realpath(target)


def _platform(library):
    """The platform tag: on Linux the oldest glibc that has every symbol version the library asks for."""
    plain = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if not plain.startswith("linux") or not shutil.which("objdump"):
        return plain
    symbols = subprocess.run(["objdump", "-T", library], check=True, capture_output=True, text=True).stdout
    needs = [tuple(map(int, found)) for found in re.findall(r"GLIBC_(\d+)\.(\d+)", symbols)]
    major, minor = max(needs + [(2, 17)])
    return f"manylinux_{major}_{minor}_{plain[len('linux_'):]}"


def _package_files():
    folder = os.path.join(HERE, "aryl")
    return [(f"aryl/{name}", os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".py")]


def _wheel(wheel_dir, files, tag):
    """Writes a wheel of (name inside, bytes) and returns its file name."""
    version = _version()
    info = f"aryl-{version}.dist-info"
    wheel = f"Wheel-Version: 1.0\nGenerator: aryl backend\nRoot-Is-Purelib: false\nTag: {tag}\n"
    files = [*files, (f"{info}/METADATA", _metadata().encode()), (f"{info}/WHEEL", wheel.encode())]
    record = []
    name = f"aryl-{version}-{tag}.whl"
    os.makedirs(wheel_dir, exist_ok=True)
    with zipfile.ZipFile(os.path.join(wheel_dir, name), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            sha = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{path},sha256={sha},{len(data)}")
            # A fixed date: the same sources give the same wheel.
            entry = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if ".so" in path else 0o644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
        record.append(f"{info}/RECORD,,")
        entry = zipfile.ZipInfo(f"{info}/RECORD", (2020, 1, 1, 0, 0, 0))
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, "\n".join(record) + "\n")
    return name


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with tempfile.TemporaryDirectory() as folder:
        library = _build_library(folder)
        files = [(name, _read(path)) for name, path in _package_files()]
        files.append((f"aryl/{os.path.basename(library)}", _read(library)))
        for notice in ("LICENSE", "NOTICE"):
            if os.path.exists(os.path.join(NATIVE, notice)):
                files.append((f"aryl-{_version()}.dist-info/licenses/{notice}", _read(os.path.join(NATIVE, notice))))
        return _wheel(wheel_directory, files, f"py3-none-{_platform(library)}")


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """A wheel that points here; the library is the one that `make` leaves in the checkout."""
    return _wheel(wheel_directory, [("aryl.pth", HERE.encode() + b"\n")], "py3-none-any")


def build_sdist(sdist_directory, config_settings=None):
    base = f"aryl-{_version()}"
    name = f"{base}.tar.gz"

    def wanted(entry):
        return None if "__pycache__" in entry.name else entry

    with tempfile.TemporaryDirectory() as folder, \
            tarfile.open(os.path.join(sdist_directory, name), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        metadata = os.path.join(folder, "PKG-INFO")
        with open(metadata, "w", encoding="utf-8") as file:
            file.write(_metadata())
        archive.add(metadata, f"{base}/PKG-INFO")
        for part in ("pyproject.toml", "backend.py", "aryl"):
            archive.add(os.path.join(HERE, part), f"{base}/{part}", filter=wanted)
        for part in NATIVE_PARTS:
            if os.path.exists(os.path.join(NATIVE, part)):
                archive.add(os.path.join(NATIVE, part), f"{base}/native/{part}", filter=wanted)
    return name


if __name__ == "__main__":
    print(os.path.join(sys.argv[1], build_wheel(sys.argv[1])))
