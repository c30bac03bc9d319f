"""Finds and opens the shared library. The only file that knows where it may be."""
import ctypes
import ctypes.util
import os
import sys

ABI = 0   # aryl_abi_version() that the declarations in _abi.py are written for

_HERE = os.path.dirname(os.path.abspath(__file__))
_NAMES = {
    "darwin": [f"libaryl.{ABI}.dylib", "libaryl.dylib"],
    "win32": [f"aryl-{ABI}.dll", "aryl.dll"],
}.get(sys.platform, [f"libaryl.so.{ABI}", "libaryl.so"])


def _candidates():
    """(place, path) in the order in which they are tried."""
    chosen = os.environ.get("ARYL_LIBRARY")
    if chosen:
        yield "ARYL_LIBRARY", chosen
        return
    for name in _NAMES:
        yield "beside the package", os.path.join(_HERE, name)
    checkout = os.path.normpath(os.path.join(_HERE, "..", "..", ".."))
    if os.path.exists(os.path.join(checkout, "lib", "FLOORS")):
        for name in _NAMES:
            yield "built in the checkout", os.path.join(checkout, "build", name)
    for name in _NAMES:
        yield "the system's libraries", name
    found = ctypes.util.find_library("aryl")
    if found:
        yield "the system's libraries", found


def load():
    """The opened library. ImportError with a list of what was tried."""
    tried = []
    for place, path in _candidates():
        if os.path.isabs(path) and not os.path.exists(path):
            tried.append(f"  {path} ({place}): no such file")
            continue
        try:
            library = ctypes.CDLL(path)
            library.aryl_abi_version.restype = ctypes.c_int32
            library.aryl_abi_version.argtypes = ()
            abi = library.aryl_abi_version()
        except (OSError, AttributeError) as error:
            tried.append(f"  {path} ({place}): {error}")
            continue
        if abi == ABI:
            return library, path
        tried.append(f"  {path} ({place}): its ABI number is {abi}, this package needs {ABI}")
    raise ImportError("the aryl library was not found. Tried:\n" + "\n".join(tried)
                      + "\nIn a checkout, `make` builds it; ARYL_LIBRARY=/path/to/libaryl.so names one.")
