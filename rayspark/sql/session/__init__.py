"""SparkSession: the way in.

spark = SparkSession.builder.master("local[2]").appName("etl").getOrCreate()
spark.read.parquet("flights").createOrReplaceTempView("flights")
spark.sql("SELECT origin, count(*) FROM flights GROUP BY origin").show()
"""

from __future__ import annotations

# Types are pickled under this address; cloudpickle sends classes by value whose module is not
# loaded.
from rayspark.sql import types
from rayspark.sql.session.session import SparkSession, classproperty

__all__ = ["SparkSession", "classproperty", "types"]
