"""SparkSession: the way in.

spark = SparkSession.builder.master("local[2]").appName("etl").getOrCreate()
spark.read.parquet("flights").createOrReplaceTempView("flights")
spark.sql("SELECT origin, count(*) FROM flights GROUP BY origin").show()
"""

from __future__ import annotations

# Types are pickled under this address; cloudpickle sends classes whose module is not loaded by value.
from rayspark.sql import types
from rayspark.sql.session.session import SparkSession, classproperty

__all__ = ["SparkSession", "classproperty", "types"]
