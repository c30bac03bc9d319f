"""The C interface in ctypes' words: structs, constants and prototypes of include/aryl/*.h, and nothing else."""
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_char, c_char_p, c_double, c_int32, c_int64, c_size_t,
                    c_uint8, c_uint32, c_uint64, c_void_p, sizeof)

from . import _load

lib, path = _load.load()

OK, E_NULL, E_SYNTAX, E_VALENCE, E_KEKULE, E_UNSUPPORTED, E_LIMIT, E_ARGUMENT = range(8)
E_UNKNOWN, E_SPACE, E_NOMEM, E_IO, E_FORMAT, E_MISMATCH, E_CANCELLED, E_INTERNAL = range(8, 16)

OUT_BITS, OUT_COUNTS, OUT_SPARSE, OUT_NUMBER, OUT_TEXT = range(1, 6)
TYPE_NAME = {1: "u1", 2: "i4", 3: "u4", 4: "u8", 5: "f8"}   # ARYL_TYPE_* in numpy's words
PARAM_TYPE = {0: "int", 1: "flag", 2: "list"}


class Error(Structure):
    _fields_ = [("code", c_int32), ("line", c_int32), ("offset", c_int64), ("message", c_char * 240)]


class Column(Structure):
    _fields_ = [("data", c_void_p), ("offsets", c_void_p), ("validity", c_void_p), ("n", c_int64)]


class OutputInfo(Structure):
    _fields_ = [("size", c_size_t), ("label", c_char_p), ("kind", c_char_p), ("spec", c_char_p), ("unit", c_char_p),
                ("form", c_int32), ("type", c_int32), ("variable", c_int32), ("element_bytes", c_int32),
                ("width", c_int64), ("row_bytes", c_int64)]


class Output(Structure):
    _fields_ = [("size", c_size_t), ("type", c_int32), ("data", c_void_p), ("stride", c_int64), ("offsets", c_void_p),
                ("counts", c_void_p), ("capacity", c_int64), ("needed", c_int64), ("validity", c_void_p)]


Progress = CFUNCTYPE(None, c_void_p, c_int64, c_int64)
Cancel = CFUNCTYPE(c_int32, c_void_p)


class RunOptions(Structure):
    _fields_ = [("size", c_size_t), ("n_threads", c_int32), ("max_atoms", c_int32), ("max_bytes", c_int64),
                ("max_work", c_int64), ("first", c_int64), ("done", POINTER(c_int64)), ("progress", Progress),
                ("cancel", Cancel), ("ctx", c_void_p), ("scratch", c_void_p)]


class FpInfo(Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("alias", c_char_p), ("summary", c_char_p),
                ("source", c_char_p), ("version", c_int32), ("bits", c_int32), ("has_sparse", c_int32),
                ("n_params", c_int32)]


class ParamInfo(Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("help", c_char_p), ("type", c_int32), ("value", c_int32),
                ("least", c_int32), ("most", c_int32), ("list", c_char_p), ("refused", c_char_p)]


class DescInfo(Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("family", c_char_p), ("unit", c_char_p),
                ("summary", c_char_p), ("source", c_char_p), ("integer", c_int32)]


class GroupInfo(Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("summary", c_char_p), ("n_values", c_int32)]


class ContributionInfo(Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("unit", c_char_p), ("summary", c_char_p), ("source", c_char_p),
                ("total", c_int32)]


class Feature(Structure):
    _fields_ = [("id", c_uint64), ("bit", c_int32), ("atom", c_int32), ("radius", c_int32), ("n_atoms", c_int32),
                ("n_bonds", c_int32), ("first", c_int64)]


class Rows(Structure):
    _fields_ = [("data", c_void_p), ("n", c_int64), ("stride", c_int64), ("bits", c_int32)]


class SearchOptions(Structure):
    _fields_ = [("size", c_size_t), ("metric", c_int32), ("n_threads", c_int32), ("alpha", c_double), ("beta", c_double),
                ("threshold", c_double), ("k", c_int64), ("count_only", c_int32), ("plan", c_int32),
                ("progress", Progress), ("cancel", Cancel), ("ctx", c_void_p)]


class IndexInfo(Structure):
    _fields_ = [("size", c_size_t), ("n", c_int64), ("span", c_int64), ("bits", c_int32), ("group", c_int32),
                ("n_segments", c_int32), ("built", c_int32), ("spec", c_char_p), ("reference", c_char_p)]


class Pair(Structure):
    _fields_ = [("query", c_int64), ("row", c_int64), ("score", c_double)]


PairSink = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_int64)


class MatchOptions(Structure):
    _fields_ = [("size", c_size_t), ("max_matches", c_int64), ("all", c_int32), ("chirality", c_int32)]


# Structs as the headers name them; tests/python/test_abi.py compares sizes and offsets with the compiler's.
STRUCTS = {"aryl_error": Error, "aryl_column": Column, "aryl_output_info": OutputInfo, "aryl_output": Output,
           "aryl_run_options": RunOptions, "aryl_fp_info": FpInfo, "aryl_param_info": ParamInfo, "aryl_desc_info": DescInfo,
           "aryl_group_info": GroupInfo, "aryl_contribution_info": ContributionInfo, "aryl_feature": Feature, "aryl_rows": Rows, "aryl_search_options": SearchOptions,
           "aryl_index_info": IndexInfo, "aryl_pair": Pair,
           "aryl_match_options": MatchOptions}

_PROTOTYPES = """
status_name        c_char_p  c_int32
version            c_char_p
simd_name          c_char_p
threads_name       c_char_p
default_threads    c_int32
plan_new           c_int32   c_char_p POINTER(c_void_p) POINTER(Error)
plan_free          None      c_void_p
plan_canonical     c_char_p  c_void_p
plan_n_outputs     c_int32   c_void_p
plan_output        c_int32   c_void_p c_int32 POINTER(OutputInfo)
plan_run           c_int32   c_void_p POINTER(Column) POINTER(RunOptions) POINTER(Output) c_int32 c_void_p c_void_p POINTER(Error)
explain_row        c_int32   c_void_p POINTER(Column) c_int64 POINTER(RunOptions) POINTER(Error)
mol_parse          c_int32   c_char_p c_int64 c_char_p POINTER(c_void_p) POINTER(Error)
mol_free           None      c_void_p
mol_n_atoms        c_int32   c_void_p
mol_n_bonds        c_int32   c_void_p
mol_n_rings        c_int32   c_void_p
mol_name           c_void_p  c_void_p POINTER(c_int64)
mol_atoms          c_int32   c_void_p c_int32 c_void_p c_int64
mol_bonds          c_int32   c_void_p c_int32 c_void_p c_int64
mol_rings          c_int32   c_void_p c_void_p c_void_p c_void_p c_int64
mol_coordinates    c_int32   c_void_p c_void_p c_int64
element_symbol     c_char_p  c_int32
fp_new             c_int32   c_char_p POINTER(c_void_p) POINTER(Error)
fp_free            None      c_void_p
fp_custom          c_int32   c_void_p c_void_p c_void_p c_void_p c_void_p c_void_p c_void_p c_void_p c_int64 POINTER(c_int64) POINTER(Error)
fp_bytes           c_int64   c_void_p
fp_n_bits          c_int32   c_void_p
fp_features        c_int32   c_void_p c_void_p c_void_p POINTER(Feature) c_int64 POINTER(c_int64) c_void_p c_int64 POINTER(c_int64) POINTER(Error)
fp_n_kinds         c_int32
fp_kind            c_int32   c_int32 POINTER(FpInfo)
fp_param           c_int32   c_int32 c_int32 POINTER(ParamInfo)
desc_n_known       c_int32
desc_known         c_int32   c_int32 POINTER(DescInfo)
score_matrix       c_int32   POINTER(Rows) POINTER(Rows) POINTER(SearchOptions) c_void_p c_int64 POINTER(Error)
search_rows        c_int32   POINTER(Rows) POINTER(Rows) POINTER(SearchOptions) POINTER(c_void_p) POINTER(Error)
desc_n_groups      c_int32
desc_group         c_int32   c_int32 POINTER(GroupInfo)
desc_in_group      c_int32   c_int32 c_char_p
contribution_values c_int32  c_void_p c_char_p c_void_p c_void_p c_int64 POINTER(c_double) POINTER(Error)
contribution_n_known c_int32
contribution_known c_int32   c_int32 POINTER(ContributionInfo)
query_new          c_int32   POINTER(c_void_p) POINTER(Error)
query_add          c_int32   c_void_p c_char_p c_int64 c_uint32 POINTER(c_int32) POINTER(Error)
query_free         None      c_void_p
query_n_patterns   c_int32   c_void_p
query_n_atoms      c_int32   c_void_p c_int32
query_match        c_int32   c_void_p c_int32 c_void_p POINTER(MatchOptions) c_void_p c_void_p c_int64 POINTER(c_int64) POINTER(Error)
query_counts       c_int32   c_void_p c_void_p POINTER(MatchOptions) c_void_p c_void_p POINTER(Error)
query_screen       c_int32   c_void_p c_int32 c_void_p c_int64 c_int32 c_int32 c_void_p c_void_p POINTER(Error)
index_build        c_int32   POINTER(Rows) POINTER(Column) c_char_p c_int32 POINTER(c_void_p) POINTER(Error)
index_open         c_int32   c_char_p c_int32 POINTER(c_void_p) POINTER(Error)
index_free         None      c_void_p
index_save         c_int32   c_void_p c_char_p c_int32 POINTER(Error)
index_verify       c_int32   c_void_p POINTER(Error)
index_describe     c_int32   c_void_p POINTER(IndexInfo)
index_id           c_int32   c_void_p c_int64 POINTER(c_void_p) POINTER(c_int64)
index_ids          c_int32   c_void_p c_void_p c_int64 c_void_p c_int64 c_void_p POINTER(Error)
index_find         c_int32   c_void_p c_char_p c_int64 POINTER(c_int64)
index_row          c_int32   c_void_p c_int64 c_void_p
index_search       c_int32   c_void_p POINTER(Rows) POINTER(SearchOptions) POINTER(c_void_p) c_void_p POINTER(Error)
index_neighbours   c_int32   c_void_p POINTER(SearchOptions) POINTER(c_void_p) POINTER(Error)
index_pairs        c_int32   c_void_p POINTER(SearchOptions) PairSink c_void_p POINTER(c_int64) POINTER(Error)
index_join         c_int32   c_void_p c_void_p POINTER(SearchOptions) PairSink c_void_p POINTER(c_int64) POINTER(Error)
index_cluster      c_int32   c_void_p POINTER(SearchOptions) c_int32 c_void_p c_void_p POINTER(c_int64) POINTER(Error)
index_pick         c_int32   c_void_p POINTER(SearchOptions) c_int64 c_int64 c_void_p c_void_p POINTER(Error)
index_histogram    c_int32   c_void_p POINTER(SearchOptions) c_int64 c_uint64 c_int32 c_void_p POINTER(Error)
collection_create  c_int32   c_char_p c_int32 c_char_p POINTER(Error)
collection_add     c_int32   c_char_p POINTER(Rows) POINTER(Column) c_char_p c_int32 c_int32 POINTER(c_int64) POINTER(Error)
collection_remove  c_int32   c_char_p POINTER(Column) POINTER(c_int64) POINTER(Error)
collection_compact c_int32   c_char_p c_int32 POINTER(Error)
cluster_split      c_int32   c_void_p c_int64 c_int32 c_void_p c_void_p POINTER(Error)
hits_free          None      c_void_p
hits_offsets       c_void_p  c_void_p
hits_rows          c_void_p  c_void_p
hits_scores        c_void_p  c_void_p
"""

for _line in _PROTOTYPES.split("\n"):
    if _line:
        _name, _result, *_arguments = _line.split()
        if not hasattr(lib, "aryl_" + _name):
            raise ImportError(f"{path} is of another version than this package: it has no aryl_{_name}")
        _function = getattr(lib, "aryl_" + _name)
        _function.restype = eval(_result)
        _function.argtypes = [eval(_argument) for _argument in _arguments]


class ArylError(ValueError):
    """A call failed. `code` is the status, `status` its name, `offset` the place in the text or spec, -1 for none."""

    def __init__(self, code, message, offset=-1):
        super().__init__(message)
        self.code, self.offset = code, offset
        self.status = lib.aryl_status_name(code).decode()


def check(status, error=None):
    """Raises what a status other than OK stands for."""
    if status == OK:
        return
    if status == E_NOMEM:
        raise MemoryError("aryl: out of memory")
    message = error.message.decode("utf-8", "replace") if error is not None and error.message else ""
    raise ArylError(status, message or lib.aryl_status_name(status).decode(), error.offset if error is not None else -1)
