"""From and to pandas, Arrow and NumPy: types and values."""
import datetime
import decimal

import numpy as np
import pandas as pd
import pyarrow as pa

from pyspark.sql import Row, SparkSession, functions as F, types as T

spark = SparkSession.builder.getOrCreate()
p = pd.DataFrame({"i": [1, 2, 3], "f": [1.5, None, 3.0], "s": ["x", None, "z"], "b": [True, False, True], "t": pd.to_datetime(["2024-01-01", None, "2024-03-10 02:30:00"]), "d": [datetime.date(2024, 1, 1)] * 3})
df = spark.createDataFrame(p)
df.printSchema()
df.show()
print(df.toPandas().dtypes)
print(df.toPandas())
print(spark.createDataFrame(p[["i", "s"]], "a long, b string").collect())
print(spark.createDataFrame(p[["i"]], ["zz"]).schema)
q = spark.sql("select cast(1 as tinyint) a, 2S b, 3 c, 4L d, 1.5f e, 2.5 f, 'x' g, true h, date'2024-01-01' i, timestamp'2024-01-01 10:00:00' j, timestamp_ntz'2024-01-01 10:00:00' k, X'4142' l, array(1, null) m, map('a', 1) n, named_struct('x', 1) o, interval 1 day p, null q")
q.printSchema()
print(q.toPandas().dtypes)
print(q.toPandas().iloc[0].to_dict())
print(q.collect())
print(q.toArrow().schema)
e = spark.sql("select * from values (1, 1.5, true), (null, null, null) t(i, f, b)")
print(e.toPandas().dtypes)
print(e.toPandas())
print(spark.createDataFrame([], "a int, b string").toPandas().dtypes)
print(spark.createDataFrame(pa.table({"a": [1, 2], "b": ["x", None], "c": [[1], None]})).collect())
print(spark.createDataFrame(np.array([[1, 2], [3, 4]])).collect())
print(spark.createDataFrame(np.array([1.5, 2.5]), ["x"]).collect())
print(spark.createDataFrame([{"a": 1, "b": "x"}, {"a": 2}]).collect())
print(spark.createDataFrame([Row(b=1, a="x"), Row(b=2, a="y")]).collect())
print(spark.createDataFrame([Row("k", "v")(1, 2)]).columns)
print(spark.createDataFrame([(1, [1, 2], {"k": 1.5}, (1, "x"), datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 1, 5), decimal.Decimal("1.50"), b"ab", None, datetime.timedelta(1))]).schema.simpleString())
print(spark.createDataFrame([(1,), (2.5,)], ["x"]).collect() if False else spark.createDataFrame([(1.0,), (2.5,)], ["x"]).collect())
print(spark.createDataFrame(["a", "b"], "string").collect(), spark.createDataFrame([1, None], T.LongType()).collect())
class P:
    def __init__(self, a):
        self.a = a
print(spark.createDataFrame([P(1), P(2)]).collect())
print(spark.createDataFrame([(np.int64(5), np.float32(1.5), np.bool_(True), np.datetime64("2024-01-01"))] , ["a", "b", "c", "d"]).schema.simpleString() if False else None)
spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
print(df.toPandas().dtypes)
print(q.drop("p", "q").toPandas().dtypes)
print(spark.createDataFrame(p).schema.simpleString())
print(spark.range(3).toPandas()["id"].sum(), spark.range(3).toArrow().num_rows)
spark.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
print(spark.createDataFrame(p).select(F.col("t").cast("string")).collect())
print(spark.createDataFrame([(datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),)], ["t"]).select(F.col("t").cast("string"), F.hour("t")).collect())
print(spark.sql("select timestamp'2024-01-01 00:00:00' t").toPandas().iloc[0, 0], spark.sql("select timestamp'2024-01-01 00:00:00' t").toArrow().schema)
r = Row(a=1, b=Row(c=[1, 2]))
print(r, r.a, r["b"].c, r.asDict(), r.asDict(True), "a" in r, len(r), tuple(r)[0], r == (1, r.b), Row("x", "y")(1, 2), r.__fields__)
print(T.StructType.fromDDL("a int, b struct<c: array<string>>").json(), T.StructType.fromDDL("a int not null comment 'x'").simpleString(), T.DecimalType(5, 2).jsonValue(), T.ArrayType(T.MapType(T.StringType(), T.DateType())).simpleString())
print(T.StructType.fromJson(df.schema.jsonValue()) == df.schema, T._parse_datatype_string("array<int>"), T.StructType([T.StructField("a", T.IntegerType())]).fieldNames(), df.schema["i"], df.schema[0].dataType.typeName())
print(df.select(F.lit(np.int32(5)), F.lit(np.float64(1.5)), F.lit([1, 2]), F.lit(datetime.timedelta(hours=1)), F.lit(decimal.Decimal("1.50"))).schema.simpleString())
print(repr(F.col("a") + 1), repr((F.col("a") > 1) & ~F.col("b")), repr(F.col("a").cast("int").alias("x")), repr(F.when(F.col("a") == 1, "x").otherwise("y")), repr(F.sum("a").over(__import__("pyspark").sql.Window.partitionBy("b"))), repr(F.col("a").isin(1, 2)), repr(F.col("a").between(1, 2)), repr(F.lit("x")), repr(F.expr("a + 1")))
print(df._repr_html_(), repr(df))
spark.conf.set("spark.sql.repl.eagerEval.enabled", "true")
print(repr(spark.range(2)), spark.range(2)._repr_html_())
