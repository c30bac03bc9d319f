"""What the loaded library can compute, as its registries tell it."""
import ctypes
from collections import namedtuple

from . import _abi

Param = namedtuple("Param", "name type default least most help refused")
Kind = namedtuple("Kind", "name alias summary source version bits has_sparse params")
Descriptor = namedtuple("Descriptor", "name family unit summary source integer")
Group = namedtuple("Group", "name summary n_values")
Contribution = namedtuple("Contribution", "name unit summary source total")


def _text(value):
    return value.decode() if value else ""


def _param(kind, i):
    info = _abi.ParamInfo(size=ctypes.sizeof(_abi.ParamInfo))
    _abi.check(_abi.lib.aryl_fp_param(kind, i, ctypes.byref(info)))
    default = _text(info.list) if info.list else info.value
    return Param(info.name.decode(), _abi.PARAM_TYPE[info.type], default, info.least, info.most, _text(info.help), _text(info.refused))


def kinds():
    """Kinds of fingerprints: {name: Kind}."""
    found = {}
    for i in range(_abi.lib.aryl_fp_n_kinds()):
        info = _abi.FpInfo(size=ctypes.sizeof(_abi.FpInfo))
        _abi.check(_abi.lib.aryl_fp_kind(i, ctypes.byref(info)))
        params = tuple(_param(i, k) for k in range(info.n_params))
        found[info.name.decode()] = Kind(info.name.decode(), _text(info.alias), _text(info.summary), _text(info.source),
                                         info.version, info.bits, bool(info.has_sparse), params)
    return found


def descriptor_info():
    """Descriptors, RDKit's in its order and then our own: {name: Descriptor}."""
    found = {}
    for i in range(_abi.lib.aryl_desc_n_known()):
        info = _abi.DescInfo(size=ctypes.sizeof(_abi.DescInfo))
        _abi.check(_abi.lib.aryl_desc_known(i, ctypes.byref(info)))
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
    for i in range(_abi.lib.aryl_desc_n_groups()):
        info = _abi.GroupInfo(size=ctypes.sizeof(_abi.GroupInfo))
        _abi.check(_abi.lib.aryl_desc_group(i, ctypes.byref(info)))
        found[info.name.decode()] = Group(info.name.decode(), _text(info.summary), info.n_values)
    return found


def contribution_info():
    """What `contributions` knows: {name: Contribution}; with `total` the atoms and the rest sum up to the descriptor."""
    found = {}
    for i in range(_abi.lib.aryl_contribution_n_known()):
        info = _abi.ContributionInfo(size=ctypes.sizeof(_abi.ContributionInfo))
        _abi.check(_abi.lib.aryl_contribution_known(i, ctypes.byref(info)))
        found[info.name.decode()] = Contribution(info.name.decode(), _text(info.unit), _text(info.summary),
                                                 _text(info.source), bool(info.total))
    return found
