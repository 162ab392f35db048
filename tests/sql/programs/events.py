"""Events as JSON lines: nested types flattened, sessions cut, written by day and read again."""
import json
import os

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, IntegerType, MapType, StringType, StructField, StructType

spark = SparkSession.builder.getOrCreate()
lines = [{"id": n, "user": {"name": "u%d" % (n % 4), "tags": ["a", "b"][: n % 3]}, "at": "2024-03-%02dT%02d:%02d:00Z" % (1 + n // 9, (n * 5) % 24, n % 60), "items": [{"sku": "s%d" % k, "qty": k, "price": k + 0.5} for k in range(n % 4)], "attrs": {"k%d" % (n % 2): str(n)}} for n in range(24)]
lines[5]["items"] = None
lines[7]["user"] = None
os.makedirs(OUT + "/in")
with open(OUT + "/in/a.json", "w") as f:
    f.write("\n".join(json.dumps(line) for line in lines[:12]) + "\n{broken\n")
with open(OUT + "/in/b.json", "w") as f:
    f.write("\n".join(json.dumps(dict(line, extra=1.5)) for line in lines[12:]) + "\n")
inferred = spark.read.json(OUT + "/in")
inferred.printSchema()
inferred.where("_corrupt_record is not null").select("_corrupt_record", "id").show()
schema = StructType([StructField("id", IntegerType()), StructField("user", StructType([StructField("name", StringType()), StructField("tags", ArrayType(StringType()))])), StructField("at", StringType()), StructField("items", ArrayType(StructType.fromDDL("sku string, qty int, price double"))), StructField("attrs", MapType(StringType(), StringType()))])
events = spark.read.schema(schema).option("mode", "DROPMALFORMED").json(OUT + "/in")
print(events.count(), events.schema == schema, events.schema.simpleString())
events.orderBy("id").show(6, truncate=False)
typed = events.withColumn("at", F.to_timestamp("at")).withColumn("day", F.to_date("at"))
typed.select("id", "at", "day").orderBy("id").show(3, False)
flat = typed.select("id", "user.name", F.explode_outer("items").alias("item"), F.col("attrs")["k1"].alias("k1"), "day").select("*", "item.*").drop("item")
flat.orderBy("id", "sku").show(12)
flat.printSchema()
flat.groupBy("name").agg(F.sum(F.col("qty") * F.col("price")).alias("spent"), F.countDistinct("sku").alias("skus")).orderBy(F.col("name").desc_nulls_last()).show()
typed.select("id", F.posexplode("items").alias("place", "item")).where("place = item.qty").select("id", "place", "item.sku").orderBy("id", "place").show(5)
typed.select("id", F.transform("items", lambda i: i.qty * 2).alias("twice"), F.filter("items", lambda i: i["qty"] > 1).alias("many"), F.aggregate("items", F.lit(0.0), lambda a, i: a + i.price).alias("total")).orderBy("id").show(8, False)
typed.select("id", F.map_keys("attrs").alias("k"), F.map_entries("attrs").alias("e"), F.element_at("attrs", "k0").alias("k0")).orderBy("id").show(4, False)
typed.select("id", F.inline_outer("items")).orderBy("id", "sku").show(5)
typed.select(F.col("user").getField("tags").getItem(0).alias("t"), F.size("user.tags").alias("n")).groupBy("t", "n").count().orderBy("t", "n").show()
renamed = typed.withColumn("user", F.col("user").withField("id", F.substring("user.name", 2, 3).cast("int")).dropFields("tags"))
renamed.select("user.*").distinct().orderBy("id").show()
renamed.printSchema()
gaps = Window.partitionBy("user.name").orderBy("at", "id")
cut = typed.withColumn("gap", (F.unix_timestamp("at") - F.lag(F.unix_timestamp("at")).over(gaps)) / 3600).withColumn("new", (F.col("gap").isNull() | (F.col("gap") > 8)).cast("int")).withColumn("session", F.sum("new").over(gaps))
cut.select("id", "user.name", "at", F.round("gap", 2).alias("gap"), "session").orderBy("name", "at", "id").show(12, False)
cut.groupBy("user.name", "session").agg(F.min("at").alias("from"), F.max("at").alias("to"), F.count("*").alias("n")).withColumn("length", F.col("to") - F.col("from")).orderBy("name", "session").show(30, False)
typed.groupBy(F.window("at", "12 hours").alias("w")).count().select("w.start", "w.end", "count").orderBy("start").show(5, False)
typed.select(F.to_json("user").alias("u"), F.to_json("items", {"ignoreNullFields": "false"}).alias("i")).orderBy("u", "i").show(4, False)
texts = spark.createDataFrame([('{"a": 1, "b": [1, 2]}',), ('{"a": "x"}',), ("nope",), (None,)], "j string")
texts.select(F.from_json("j", "a int, b array<int>").alias("s"), F.get_json_object("j", "$.b[1]").alias("b1"), F.json_tuple("j", "a")).show()
texts.select(F.schema_of_json(F.lit('{"a": 1, "b": [{"c": true}]}')).alias("s")).first()
typed.write.partitionBy("day").mode("overwrite").json(OUT + "/out")
print(sorted(d for d in os.listdir(OUT + "/out") if d.startswith("day")))
again = spark.read.json(OUT + "/out")
again.printSchema()
print(again.count(), again.where("day >= '2024-03-02'").count())
typed.write.mode("overwrite").parquet(OUT + "/p")
spark.read.parquet(OUT + "/p").select("items.qty", "user.name").where("exists(items, i -> i.sku = 's2')").orderBy("name").show(3)
spark.read.parquet(OUT + "/p").where(F.array_contains("user.tags", "b")).groupBy("user").count().orderBy("user").show(truncate=False)
typed.createOrReplaceTempView("events")
spark.sql("SELECT name, tag, count(*) AS n FROM (SELECT user.name AS name, tags FROM events LATERAL VIEW explode(array(user.tags)) t AS tags) LATERAL VIEW explode(tags) x AS tag GROUP BY name, tag ORDER BY name, tag").show()
spark.sql("SELECT id, i.* FROM events LATERAL VIEW OUTER inline(items) i AS sku, qty, price WHERE id < 4 ORDER BY id, sku").show()
spark.sql("SELECT map_from_entries(collect_list(struct(id, user.name))) AS m FROM (SELECT * FROM events WHERE id < 3 ORDER BY id)").show(truncate=False)
typed.select("user.nope").show()
typed.select("items.sku.x")
typed.select(F.explode("user"))
typed.select(F.col("attrs") == F.col("attrs")).show()
typed.groupBy("attrs").count().count()
typed.orderBy("attrs").show()
typed.select("items").distinct().count()
typed.drop("user.name").columns
typed.select(F.struct("id", "day").alias("s")).orderBy(F.desc("s")).show(2)
print(typed.select("user").orderBy("id").first(), typed.orderBy("id").first().asDict(recursive=True)["items"])
print(typed.toPandas().shape, [r.user for r in typed.orderBy("id").take(2)])
typed.write.csv(OUT + "/csv")
