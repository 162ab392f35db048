"""SparkSession: the way in.

spark = SparkSession.builder.master("local[2]").appName("etl").getOrCreate()
spark.read.parquet("flights").createOrReplaceTempView("flights")
spark.sql("SELECT origin, count(*) FROM flights GROUP BY origin").show()
"""

from __future__ import annotations

from rayspark.sql.session.session import SparkSession, classproperty

__all__ = ["SparkSession", "classproperty"]
