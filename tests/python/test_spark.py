"""aryl inside Spark, on two local cores. Needs pyspark (tests/requirements/spark.txt) and Java 17 or later."""
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

import aryl

pytest.importorskip("pyspark", reason="pyspark is not installed; `make check-spark` installs it")


def java_version():
    if not shutil.which("java"):
        return 0
    told = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else 0


if java_version() < 17:
    pytest.skip("Spark needs Java 17", allow_module_level=True)

import aryl.spark
from pyspark.sql import SparkSession

TEXTS = ["CCO", "c1ccccc1O", "C1CC", None, "CC(=O)Oc1ccccc1C(=O)O", "not a molecule"] * 50


@pytest.fixture(scope="module")
def spark():
    package = os.path.join(ROOT, "bindings", "python")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (SparkSession.builder.master("local[2]").appName("aryl").config("spark.ui.enabled", "false")
               .config("spark.sql.shuffle.partitions", "2").config("spark.driver.bindAddress", "127.0.0.1")
               .config("spark.driver.host", "127.0.0.1").config("spark.driver.memory", "512m").getOrCreate())
    yield session
    session.stop()


@pytest.fixture(scope="module")
def molecules(spark):
    frame = spark.createDataFrame(list(enumerate(TEXTS)), "id long, smiles string").repartition(3)
    frame.createOrReplaceTempView("molecules")
    return frame


def check(rows):
    result = aryl.run(TEXTS, "ecfp")
    assert len(rows) == len(TEXTS)
    for row in rows:
        expected = result["ecfp"][row.id].tobytes() if result.ok[row.id] else None
        assert (row.fp if row.fp is None else bytes(row.fp)) == expected


def test_the_sql_function_gives_the_library_s_rows(spark, molecules):
    aryl.spark.register(spark)
    check(spark.sql("SELECT id, aryl_ecfp(smiles) AS fp FROM molecules").collect())


def test_the_pandas_function_gives_them_too(molecules):
    fp = aryl.spark._pandas_function("ecfp radius=2 bits=2048", "binary")
    check(molecules.select("id", fp("smiles").alias("fp")).collect())


def test_numbers_are_doubles(molecules):
    weight = aryl.spark.function("desc MolWt")
    rows = molecules.select("id", weight("smiles").alias("w")).collect()
    result = aryl.run(TEXTS, "desc MolWt")
    assert all(row.w == (result["MolWt"][row.id] if result.ok[row.id] else None) for row in rows)


def test_a_wrong_spec_fails_on_the_driver():
    with pytest.raises(aryl.ArylError):
        aryl.spark.function("ecfp nonsense=1")
    with pytest.raises(ValueError):
        aryl.spark.function("ecfp; desc MolWt")


def test_the_example_runs():
    environment = {**os.environ, "PYTHONPATH": os.path.join(ROOT, "bindings", "python"), "PYSPARK_PYTHON": sys.executable}
    r = subprocess.run([sys.executable, os.path.join(ROOT, "examples", "spark.py")], env=environment, text=True,
                       capture_output=True, timeout=120)
    assert r.returncode == 0, r.stderr
    assert [line.split()[0] for line in r.stdout.splitlines()] == ["aspirin", "salicylic", "caffeine", "paracetamol"]
