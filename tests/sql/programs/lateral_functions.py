"""Table functions of Python beside the rows of a table: LATERAL."""
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()


@F.udtf(returnType="w string, n int")
class Words:
    def eval(self, text: str):
        for w in (text or "").split():
            yield w, len(w)


@F.udtf(returnType="x int")
class Twice:
    def eval(self, a: int, b: int):
        yield a + b,
        yield a * b,


@F.udtf(returnType="x int")
class Total:
    def __init__(self):
        self.total = 0

    def eval(self, a: int):
        self.total += a

    def terminate(self):
        yield self.total,


spark.udtf.register("words", Words)
spark.udtf.register("twice2", Twice)
spark.udtf.register("total", Total)
rows = [(1, "a bb", None), (2, None, [1]), (3, "c", [2, 3])]
spark.createDataFrame(rows, "id int, k string, l array<int>").coalesce(1).createOrReplaceTempView("t")
spark.sql("select id, w from t, lateral words(k) order by id, w").show()
spark.sql("select t.*, x.w len, x.* from t, lateral words(t.k) x order by id, w").show()
spark.sql("select id, a, b from t, lateral words(k) as x(a, b) order by id, a").show()
spark.sql("select id, w from t left join lateral words(k) order by id, w").show()
spark.sql("select id, w from t join lateral words(k) on n > 1 order by id").show()
spark.sql("select id, y.x from t, lateral twice2(id, id + 1) y order by id, x").show()
spark.sql("select id, count(*) from t, lateral words(k) group by id order by id").show()
spark.sql("select w, x from t, lateral words(k), lateral twice2(n, id) order by 1,2").show()
spark.sql("select * from words('q r')").show()
spark.sql("select id, w from t, lateral words(upper(k)) where id > 1 order by 1").show()
spark.sql("select a.id, w from (select id, k from t) a, lateral words(a.k) order by a.id, w").show()
spark.sql("select id, x from t, lateral total(id) order by id").show()
