"""spark.py - fingerprints of a table of molecules in Spark, and the rows most like the first.

    pip install pyspark pyarrow; PYTHONPATH=bindings/python python examples/spark.py
"""
import aryl
import aryl.spark
import numpy as np
from pyspark.sql import SparkSession

MOLECULES = [("aspirin", "CC(=O)Oc1ccccc1C(=O)O"), ("salicylic acid", "OC(=O)c1ccccc1O"), ("caffeine", "Cn1cnc2c1c(=O)n(C)c(=O)n2C"),
             ("broken", "C1CC"), ("paracetamol", "CC(=O)Nc1ccc(O)cc1"), ("unknown", None)]


def main():
    spark = SparkSession.builder.master("local[2]").appName("aryl example").getOrCreate()
    aryl.spark.register(spark)
    spark.createDataFrame(MOLECULES, "name string, smiles string").createOrReplaceTempView("molecules")
    rows = spark.sql("SELECT name, aryl_ecfp(smiles) AS fp FROM molecules WHERE aryl_ecfp(smiles) IS NOT NULL").collect()
    packed = np.frombuffer(b"".join(bytes(row.fp) for row in rows), np.uint8).reshape(len(rows), -1)
    for row, score in zip(rows, aryl.tanimoto(packed[0], packed)):
        print(f"{row.name:16} {score:.3f}")
    spark.stop()


if __name__ == "__main__":
    main()
