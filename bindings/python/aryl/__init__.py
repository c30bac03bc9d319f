"""aryl: RDKit's molecule features, bit for bit, from a small C library.

>>> import aryl
>>> r = aryl.run(["CCO", "c1ccccc1O", "C1CC"], "ecfp radius=2 bits=2048; desc MolWt TPSA")
>>> r["ecfp"].shape, r["MolWt"], r.status
>>> r.errors()
"""
from . import _abi
from ._abi import ArylError
from ._column import Column, pack
from ._custom import custom
from ._explain import Feature, contributions, explain
from ._index import Collection, Index, IndexHits, cluster_split
from ._mol import Mol
from ._registry import contribution_info, descriptor_groups, descriptor_info, descriptor_names, kinds
from ._query import Query, count_matches, matches
from ._run import Plan, Result, RowError, Sparse, descriptors, ecfp, fingerprint, plan, run
from ._similarity import Hits, search, similarity, tanimoto

__version__ = _abi.lib.aryl_version().decode()
library_path = _abi.path


def status_name(code):
    """Name of a number in `Result.status`: 0 is "ok"."""
    return _abi.lib.aryl_status_name(int(code)).decode()


def simd_name():
    """The kernels in use on this machine: "serial", "avx2", ..."""
    return _abi.lib.aryl_simd_name().decode()


def threads_name():
    """What stands behind parallel work: "openmp", "pool" or "none"."""
    return _abi.lib.aryl_threads_name().decode()


def default_threads():
    """The threads that n_threads=0 means here and now."""
    return _abi.lib.aryl_default_threads()


def __getattr__(name):
    """Every kind of fingerprint by its name: aryl.maccs(smiles) is aryl.fingerprint(smiles, "maccs")."""
    if name.startswith("_") or name not in kinds():
        raise AttributeError(f"module 'aryl' has no attribute {name!r}")

    def rows(texts, **options):
        return fingerprint(texts, name, **options)

    rows.__name__, rows.__doc__ = name, f"Packed rows: {kinds()[name].summary}. Options are those of `fingerprint`."
    return rows


__all__ = ["ArylError", "Collection", "Column", "Feature", "Hits", "Index", "IndexHits", "Mol", "Plan", "Query", "Result",
           "RowError", "Sparse", "cluster_split", "contribution_info", "contributions", "count_matches", "custom",
           "default_threads", "descriptor_groups", "descriptor_info", "descriptor_names", "descriptors", "ecfp", "explain",
           "fingerprint", "kinds", "library_path", "matches", "pack", "plan", "run", "search", "simd_name", "similarity",
           "status_name", "tanimoto", "threads_name"]
