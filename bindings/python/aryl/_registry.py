"""What the loaded library can compute, as its registries tell it."""
import ctypes
import functools
from collections import namedtuple

from . import _abi

Param = namedtuple("Param", "name type default least most help refused")
Kind = namedtuple("Kind", "name alias summary source version bits has_sparse params")
Descriptor = namedtuple("Descriptor", "name family unit summary source integer")
Group = namedtuple("Group", "name summary n_values")
Contribution = namedtuple("Contribution", "name unit summary source total")


def _text(value):
    return value.decode() if value else ""


def _entries(count, entry, info_type):
    """Every entry of a registry of the library."""
    for i in range(count):
        info = info_type(size=ctypes.sizeof(info_type))
        _abi.check(entry(i, ctypes.byref(info)))
        yield info


def _param(info):
    default = _text(info.list) if info.list else info.value
    return Param(info.name.decode(), _abi.PARAM_TYPE[info.type], default, info.least, info.most, _text(info.help), _text(info.refused))


def kinds():
    """Kinds of fingerprints: {name: Kind}."""
    found = {}
    for i, info in enumerate(_entries(_abi.lib.aryl_fp_n_kinds(), _abi.lib.aryl_fp_kind, _abi.FpInfo)):
        params = tuple(map(_param, _entries(info.n_params, functools.partial(_abi.lib.aryl_fp_param, i), _abi.ParamInfo)))
        found[info.name.decode()] = Kind(info.name.decode(), _text(info.alias), _text(info.summary), _text(info.source),
                                         info.version, info.bits, bool(info.has_sparse), params)
    return found


def descriptor_info():
    """Descriptors, RDKit's in its order and then our own: {name: Descriptor}."""
    found = {}
    for info in _entries(_abi.lib.aryl_desc_n_known(), _abi.lib.aryl_desc_known, _abi.DescInfo):
        found[info.name.decode()] = Descriptor(info.name.decode(), _text(info.family), _text(info.unit),
                                               _text(info.summary), _text(info.source), bool(info.integer))
    return found


def descriptor_names(group="all"):
    """Names of the descriptors of a group; "all" are RDKit's, in its order."""
    names = list(descriptor_info())
    found = [name for i, name in enumerate(names) if _abi.lib.aryl_desc_in_group(i, group.encode())]
    if not found:
        raise ValueError(f"no group of descriptors {group!r}; there are: {', '.join(descriptor_groups())}")
    return found


def descriptor_groups():
    """Groups of descriptors, which stand for their members wherever names do: {name: Group}."""
    found = {}
    for info in _entries(_abi.lib.aryl_desc_n_groups(), _abi.lib.aryl_desc_group, _abi.GroupInfo):
        found[info.name.decode()] = Group(info.name.decode(), _text(info.summary), info.n_values)
    return found


def contribution_info():
    """What `contributions` knows: {name: Contribution}; with `total` the atoms and the rest sum up to the descriptor."""
    found = {}
    for info in _entries(_abi.lib.aryl_contribution_n_known(), _abi.lib.aryl_contribution_known, _abi.ContributionInfo):
        found[info.name.decode()] = Contribution(info.name.decode(), _text(info.unit), _text(info.summary),
                                                 _text(info.source), bool(info.total))
    return found
