"""What becomes of the values that functions of rows give: of the right class, of another, too large."""
import datetime
import decimal

import numpy as np

from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
rows = spark.range(0, 14, 1, 1)
VALUES = [None, 1, -1, 2**31, 2**63 - 1, True, False, 1.5, float("nan"), "7", b"x", np.int64(3), np.float64(2.5), decimal.Decimal("1.25")]


def outcome(kind, values):
    """Rows of what a function of that type gives, or the error's class."""
    frame = spark.range(0, len(values), 1, 1).select(F.udf(lambda i: values[i], kind)("id").alias("v"))
    try:
        return [row[0] for row in frame.collect()]
    except Exception as error:
        return type(error).__name__


KINDS = ["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "string", "decimal(10,2)"]
for value in VALUES:
    print(repr(value), [outcome(kind, [value, None]) for kind in KINDS])
print(outcome("int", [1, 2, None, 3]), outcome("int", [1, 2.0]), outcome("int", [1, 2.5]), outcome("bigint", [1, True]))
print(outcome("double", [1.5, 2]), outcome("double", [1, None]), outcome("string", ["a", 1, True, None]), outcome("boolean", [True, 1]))
print(rows.select(F.udf(lambda i: None if i % 3 else i, "int")("id").alias("n")).where("n is not null").collect())
print(rows.select(F.udf(lambda i: i / 4, "float")("id").alias("n")).collect())
print(rows.select(F.udf(lambda i: i % 2 == 0, "boolean")("id").alias("n")).collect())
print(rows.select(F.udf(lambda i: datetime.date(2024, 1, 1 + i), "date")("id").alias("n")).collect()[-1])
print(rows.select(F.udf(lambda i: datetime.datetime(2024, 3, 10, i), "timestamp")("id").alias("n")).selectExpr("unix_micros(n)").collect())
print(rows.select(F.udf(lambda i: [i, None, "x"], "array<int>")("id").alias("n")).first())
print(rows.select(F.udf(lambda i: {"a": i, "b": 1.5}, "map<string,bigint>")("id").alias("n")).first())
print(rows.select(F.udf(lambda i: (i, 2.5, "t"), "a int, b int, c string")("id").alias("n")).first())
print(rows.select(F.udf(lambda i, j: i * j, "bigint")("id", F.lit(2)), F.udf(lambda: 4, "int")()).collect()[-1])
print(rows.select(F.udf(lambda i, j=1: i * j, "bigint")("id", j=F.lit(3))).collect()[-1])


def ends(i):
    if i == 5:
        raise StopIteration("early")
    return i


def fails(i):
    return 1 // (i - 5)


print(rows.select(F.udf(fails, "int")("id")).where("id < 5").count())
rows.select(F.udf(ends, "int")("id")).collect()
rows.select(F.udf(lambda i: ends(i), "int")(i=F.col("id"))).collect()
rows.select(F.udf(fails, "int")("id")).collect()
