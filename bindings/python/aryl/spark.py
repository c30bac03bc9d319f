"""aryl in Spark: columns of SMILES to columns of features, vectorised.

    import aryl.spark
    aryl.spark.register(spark)
    spark.sql("SELECT id, aryl_ecfp(smiles) AS fp FROM molecules")

A bad or null row is NULL: one broken string must not end a job. Spark tells its workers through OMP_NUM_THREADS how many
cores a task has, and the library obeys that.
"""
import numpy as np

from . import _run


def _binary_array(rows, ok):
    """Packed rows as an Arrow binary array over the same bytes."""
    import pyarrow
    n, width = rows.shape
    kind, offset = (pyarrow.binary(), np.int32) if n * width < 2**31 else (pyarrow.large_binary(), np.int64)
    offsets = np.arange(n + 1, dtype=offset) * offset(width)
    validity = np.packbits(ok, bitorder="little")
    return pyarrow.Array.from_buffers(kind, n, [pyarrow.py_buffer(validity), pyarrow.py_buffer(offsets),
                                                pyarrow.py_buffer(np.ascontiguousarray(rows))], int(n - ok.sum()))


def _arrow(texts, spec):
    import pyarrow
    result = _run.run(texts, spec)
    (label,) = result
    if result.plan.outputs[0].form == "bits":
        return _binary_array(result[label], result.ok)
    values = result[label]
    return pyarrow.array(values, pyarrow.float64(), mask=~result.ok)


def _pandas(series, spec):
    import pandas
    result = _run.run(series, spec)
    (label,) = result
    values, ok = result[label], result.ok
    if result.plan.outputs[0].form == "bits":
        return pandas.Series([row.tobytes() if good else None for row, good in zip(values, ok.tolist())], series.index, object)
    return pandas.Series([value if good else None for value, good in zip(values.tolist(), ok.tolist())], series.index, object)


def function(spec):
    """A Spark function of one column of SMILES for a spec with one output: "ecfp radius=3 bits=1024" gives binary,
    "desc TPSA" double. Use it on columns, `function("maccs")("smiles")`, or register it under a name of your own.

    It is an arrow_udf where Spark has those (4.1 and later), else a pandas_udf.
    """
    outputs = _run.plan(spec).outputs   # a wrong spec fails here and not on some executor
    if len(outputs) != 1 or outputs[0].form not in ("bits", "number"):
        raise ValueError(f"one output of bits or numbers is wanted: {spec!r}")
    returns = "binary" if outputs[0].form == "bits" else "double"
    try:
        from pyspark.sql.functions import arrow_udf
    except ImportError:
        return _pandas_function(spec, returns)
    import pyarrow

    def compute(column: pyarrow.Array) -> pyarrow.Array:
        return _arrow(column, spec)

    return arrow_udf(compute, returns)


def _pandas_function(spec, returns):
    import pandas
    from pyspark.sql.functions import pandas_udf

    def compute(column: pandas.Series) -> pandas.Series:
        return _pandas(column, spec)

    return pandas_udf(compute, returns)


def register(spark, radius=2, bits=2048):
    """Gives a session the SQL function aryl_ecfp(smiles): packed Morgan fingerprints as binary, NULL for bad rows."""
    spark.udf.register("aryl_ecfp", function(f"ecfp radius={int(radius)} bits={int(bits)}"))
