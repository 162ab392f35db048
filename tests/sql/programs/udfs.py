"""Python functions of every kind."""
from typing import Iterator

import pandas as pd
import pyarrow as pa

from pyspark.sql import Row, SparkSession, functions as F, types as T

spark = SparkSession.builder.getOrCreate()
df = spark.createDataFrame([(1, "a", 1.5), (2, "b", None), (3, "a", 4.0), (4, None, -1.0)], "id int, k string, v double")
plus = F.udf(lambda x: None if x is None else x + 1, "int")
df.select(plus("id"), plus(df.id).alias("p"), F.udf(lambda s: (s or "").upper())("k")).show()
@F.udf(returnType=T.StructType([T.StructField("n", T.IntegerType()), T.StructField("s", T.StringType())]))
def pair(n, s):
    """A pair."""
    return n, s
df.select(pair("id", "k").alias("p")).select("p.*", "p").show()
print(pair.__doc__, pair.__name__)
df.select(F.udf(lambda n: list(range(n)), "array<int>")("id"), F.udf(lambda n: {str(n): n}, "map<string,int>")("id")).show()
df.filter(F.udf(lambda x: x % 2 == 0, "boolean")("id")).show()
df.withColumn("p", plus("id")).groupBy("p").count().orderBy("p").show()
df.select(plus(plus("id")), plus(F.col("id") * 2)).show()
df.select(F.udf(lambda x: "text", "int")("id"), F.udf(lambda x: 1, "string")("id"), F.udf(lambda x: 1.5, "int")("id"), F.udf(lambda x: 2, "double")("id")).show()
df.select(F.udf(lambda x: 1 / 0, "int")("id")).show()
df.select(plus("id", "k")).show()
df.select(plus("nope")).show()
spark.udf.register("sq", lambda x: x * x, "long")
spark.sql("select sq(3), sq(id) from range(3) order by id").show()
df.createOrReplaceTempView("t")
spark.sql("select k, sum(sq(id)) s from t group by k having sum(sq(id)) > 3 order by k").show()
@F.pandas_udf("double")
def scaled(x: pd.Series, y: pd.Series) -> pd.Series:
    return x * y
df.select(scaled("id", "v")).show()
@F.pandas_udf("long")
def total(parts: Iterator[pd.Series]) -> Iterator[pd.Series]:
    for p in parts:
        yield p * 10
df.select(total("id")).show()
@F.pandas_udf("double")
def mean(x: pd.Series) -> float:
    return x.mean()
df.groupBy("k").agg(mean("v").alias("m"), F.count("*").alias("n")).orderBy("k").show()
df.agg(mean("id")).show()
from pyspark.sql import Window
df.select("id", mean("v").over(Window.partitionBy("k")).alias("m")).orderBy("id").show()
@F.pandas_udf("n int, s string")
def both(x: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"n": x, "s": x.astype(str)})
df.select(both("id").alias("b")).select("b.n", "b.s").show()
df.groupBy("k").applyInPandas(lambda p: p.assign(v=p.v - p.v.mean()), "id int, k string, v double").orderBy("id").show()
df.groupBy("k").applyInPandas(lambda key, p: pd.DataFrame([(key[0], len(p))]), "k string, n long").orderBy("k").show()
df.mapInPandas(lambda it: (p[p.id > 2] for p in it), "id int, k string, v double").show()
df.mapInArrow(lambda it: (b.slice(0, 1) for b in it), df.schema).count()
df.groupBy("k").applyInArrow(lambda t: t.select(["id"]), "id int").orderBy("id").show()
other = spark.createDataFrame([("a", 10), ("c", 20)], "k string, w int")
df.groupBy("k").cogroup(other.groupBy("k")).applyInPandas(lambda l, r: pd.DataFrame({"n": [len(l)], "m": [len(r)]}), "n int, m int").orderBy("n", "m").show()
@F.udtf(returnType="w string, n int")
class Words:
    def eval(self, text: str):
        for w in (text or "").split():
            yield w, len(w)
Words(F.lit("hello big world")).show()
spark.udtf.register("words", Words)
spark.sql("select * from words('a bb')").show()
spark.sql("select id, w from t, lateral words(k) order by id").show()
@F.arrow_udf("long")
def twice(x: pa.Array) -> pa.Array:
    return pa.compute.multiply(x, 2)
import pyarrow.compute
df.select(twice("id")).show()
df.select(F.udf(lambda r: r.id + 1, "int")(F.struct("id", "k"))).show()
df.select(F.udf(lambda d: d.isoformat(), "string")(F.lit("2024-01-02").cast("date")), F.udf(lambda d: str(d), "string")(F.expr("1.50bd")), F.udf(lambda b: type(b).__name__)(F.expr("X'41'")), F.udf(lambda a: str(a))(F.array(F.lit(1)))).show(1)
rnd = F.udf(lambda: 4, "int").asNondeterministic()
df.select(rnd()).distinct().show()
df.groupBy("k").applyInPandas(lambda p: p, "id int, nope string").show()
df.rdd.map(lambda r: r.id).sum()
None  # its order is not defined
df.foreach(lambda r: None)
df.foreachPartition(lambda rows: [None for _ in rows])
