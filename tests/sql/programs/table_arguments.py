"""Tables as arguments of table functions written in Python; their rows beside those of a join."""
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.functions import AnalyzeResult, AnalyzeArgument, PartitioningColumn, OrderingColumn, SelectedColumn
from pyspark.sql.types import *
spark = SparkSession.builder.getOrCreate()
spark.createDataFrame([(1, 2, "x"), (1, 3, "y"), (2, 5, "z")], "g int, v int, s string").createOrReplaceTempView("gv")
@F.udtf(returnType="g int, seen string")
class Seen:
    def __init__(self): self.g, self.s = None, []
    def eval(self, row, extra=None):
        self.g = row["g"]; self.s.append(str(row["v"]) + (extra or ""))
    def terminate(self): yield self.g, ",".join(self.s)
spark.udtf.register("seen", Seen)
spark.sql("SELECT * FROM seen(TABLE(gv) PARTITION BY g ORDER BY v) ORDER BY g").show()
spark.sql("SELECT * FROM seen(TABLE gv PARTITION BY g ORDER BY v DESC) ORDER BY g").show()
spark.sql("SELECT * FROM seen(TABLE(gv) DISTRIBUTE BY g SORT BY v DESC) ORDER BY g").show()
spark.sql("SELECT * FROM seen(TABLE(gv) PARTITION BY (g) ORDER BY (v DESC NULLS LAST, s)) ORDER BY g").show()
spark.sql("SELECT * FROM seen(TABLE(gv) PARTITION BY (g, v) ORDER BY s) ORDER BY g, seen").show()
spark.sql("SELECT * FROM seen(TABLE(gv) PARTITION BY g, v) ORDER BY g, seen").show()
spark.sql("SELECT * FROM seen(TABLE(gv) WITH SINGLE PARTITION ORDER BY v DESC)").show()
spark.sql("SELECT * FROM seen(TABLE(gv) WITH SINGLE PARTITION, 'k')").show()
spark.sql("SELECT * FROM seen(extra => 'k', row => TABLE(gv) PARTITION BY g ORDER BY v) ORDER BY g").show()
spark.sql("SELECT * FROM seen(TABLE(SELECT g, v FROM gv WHERE v > 2) PARTITION BY g ORDER BY v) ORDER BY g").show()
spark.sql("SELECT * FROM seen(TABLE(SELECT g, v FROM gv ORDER BY v LIMIT 1) WITH SINGLE PARTITION)").show()
spark.sql("SELECT * FROM seen(TABLE(nosuch) PARTITION BY g)").show()
spark.sql("SELECT * FROM seen(TABLE(gv) PARTITION BY nosuch)").show()
spark.sql("SELECT * FROM seen(TABLE(gv) ORDER BY v)").show()
spark.sql("SELECT * FROM seen(TABLE(gv), TABLE(gv))").show()
spark.sql("SELECT * FROM seen(TABLE(gv) PARTITION BY g % 2 ORDER BY v + 1, s) ORDER BY g").show()
spark.sql("SELECT t.seen FROM seen(TABLE(gv) PARTITION BY g ORDER BY v) AS t(a, seen) ORDER BY a").show()
spark.sql("WITH c AS (SELECT 7 g, 8 v) SELECT * FROM seen(TABLE(c) PARTITION BY g)").show()
spark.sql("SELECT * FROM range(TABLE(gv))").show()
spark.sql("SELECT * FROM nosuch(TABLE(gv))").show()
spark.sql("SELECT * FROM gv, LATERAL seen(TABLE(SELECT gv.g AS g, gv.v AS v) WITH SINGLE PARTITION)").show()
spark.sql("SELECT * FROM gv, seen(TABLE(gv) WITH SINGLE PARTITION)").show()
spark.sql("SELECT count(*) FROM seen(TABLE(gv))").collect()[0][0] > 0
spark.sql("SELECT * FROM seen(TABLE(VALUES (1, 2) t(g, v)) PARTITION BY g)").show()
spark.sql("SELECT * FROM seen((SELECT 1 g, 2 v))").show()
@F.udtf
class An:
    def __init__(self, res): self.n, self.rows = 0, []
    @staticmethod
    def analyze(t: AnalyzeArgument, k: AnalyzeArgument = None):
        assert t.isTable
        return AnalyzeResult(StructType().add("n", IntegerType()).add("cols", StringType()).add("order", StringType()), partitionBy=[PartitioningColumn("g")], orderBy=[OrderingColumn("v", ascending=False)], select=[SelectedColumn("v"), SelectedColumn("upper(s)", alias="u")])
    def eval(self, t, k=None):
        self.n += 1; self.cols = ",".join(t.__fields__); self.rows.append(str(t["v"]))
    def terminate(self): yield self.n, self.cols, ",".join(self.rows)
spark.udtf.register("an", An)
spark.sql("SELECT * FROM an(TABLE(gv)) ORDER BY n").show()
spark.sql("SELECT * FROM an(TABLE(gv), 1) ORDER BY n").show()
spark.sql("SELECT * FROM an(TABLE(gv) PARTITION BY s)").show()
An(spark.table("gv").asTable()).orderBy("n").show()
@F.udtf(returnType="w string, n int")
class Words:
    def eval(self, text: str):
        for w in (text or "").split():
            yield w, len(w)
spark.udtf.register("words", Words)
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c') t(id, x) LEFT JOIN LATERAL words(x) ON n > 1 ORDER BY id, n").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c'), (3, '') t(id, x) LEFT JOIN LATERAL words(x) w ON w.n > 1 AND id < 9 ORDER BY id, n").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c') t(id, x) JOIN LATERAL words(x) ON n > 1 ORDER BY id, n").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c'), (3, null) t(id, x) LEFT JOIN LATERAL words(x)").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c'), (3, null) t(id, x) LEFT JOIN LATERAL (SELECT * FROM words(x) WHERE n > 1)").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c'), (3, null) t(id, x) LEFT JOIN LATERAL explode(split(x, ' ')) e(y) ON length(y) > 1").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c'), (3, null) t(id, x) LEFT JOIN LATERAL words('p qq') ON n = id ORDER BY id, n").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c') t(id, x) RIGHT JOIN LATERAL words(x) ON n > 1 ORDER BY id, n").show()
spark.sql("SELECT * FROM VALUES (1, 'a bb'), (2, 'c') t(id, x) LEFT SEMI JOIN LATERAL words(x) ON n > 1 ORDER BY id, n").show()
