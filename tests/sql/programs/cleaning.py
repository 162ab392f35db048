"""Texts made clean: what a filter and the columns above it share, odd blanks, moments and days."""
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
spaces = [" a ", "\ta\t", "\u00a0a\u00a0", "\u3000a ", "  \u00e9 ", "", " ", "\x00a ", "a\n ", None, "A\u0130 ", " \u03a3\u03a3 ", "\x0ba ", "\x1fa ", "\u2003a ", "\x7fa "]
texts = spark.createDataFrame([(i, t) for i, t in enumerate(spaces)], "i int, t string").coalesce(1)
print(texts.select(F.hex(F.trim("t")), F.hex(F.ltrim("t")), F.hex(F.rtrim("t")), F.lower(F.trim("t"))).collect())
print(texts.where(F.lower(F.trim("t")) != "a").select("i", F.lower(F.trim("t")).alias("t")).orderBy("i").collect())
print(texts.withColumn("t", F.upper(F.trim("t"))).where("t <> 'A' AND i > 2").orderBy("i").collect())
print(texts.where("trim(t) = 'a' OR upper(trim(t)) = 'A'").selectExpr("i", "trim(t) x", "upper(trim(t)) y").orderBy("i").collect())
numbers = ["1", " 2 ", "x", "", None, "1e2", "3.5", "99999999999", "-0", "+7", "1_0", "4d", "\t5"]
rows = spark.createDataFrame([(i, n) for i, n in enumerate(numbers)], "i int, n string").coalesce(1)
print(rows.withColumn("d", F.expr("try_cast(n as decimal(6,2))")).where("d is not null").orderBy("i").collect())
print(rows.withColumn("d", F.expr("try_cast(n as int)")).where("d > 1 and d < 100").orderBy("i").collect())
print(rows.where("n <> 'x' and n rlike '^[0-9]$' and cast(n as int) > 0").selectExpr("i", "cast(n as int) d").orderBy("i").collect())
print(rows.where("i < 2 and cast(trim(n) as int) > 0").selectExpr("trim(n) t", "cast(trim(n) as int) d").orderBy("t").collect())
rows.where("cast(trim(n) as int) > 0").selectExpr("trim(n) t", "cast(trim(n) as int) d").collect()
rows.where("trim(n) <> '' and cast(n as int) > 0").selectExpr("trim(n) t").collect()
print(rows.where("regexp_replace(n, '[^0-9]', '') <> ''").selectExpr("i", "regexp_replace(n, '[^0-9]', '') r").orderBy("i").collect())
print(rows.where("concat(n, 'a') = '1a' or concat(n, 'a') is null").selectExpr("i", "concat(n, 'a') r").orderBy("i").collect())
print(rows.selectExpr("i", "try_cast(n as double) d").where("d is not null and not isnan(d)").orderBy("i").collect())
print(rows.where("try_cast(n as int) is null").count(), rows.where("try_cast(n as int) > 0").groupBy(F.expr("try_cast(n as int)").alias("k")).count().orderBy("k").collect())
moments = ["2024-10-16 12:30:00", "2024-10-16T12:30:00", "2024-10-16 12:30", "2024-10-16 1:2:3", "2024-10-1  12:30:00", "2024-10-16  1:30:00",
           "2024-10-16\t12:30:00", "2024-10-16", "2024-10-16 ", " 2024-10-16 12:30:00", "2024-10-16 12:30:00.123456", "2024-10-16 12:30:00.1234567",
           "2024-10-16 12:30:00Z", "2024-10-16 12:30:00+01:00", "2024-10-16 12:30:00 Europe/Paris", "2024-02-30 00:00:00", "2024-10-16 24:00:00",
           "2024-10-16 12:60:00", "0000-01-01 00:00:00", "0001-01-01 00:00:00", "12024-01-01 00:00:00", "202-10-10 12:30:00", "2024", "2024-3", "",
           None, "12:30", "x", "2024-03-10 02:30:00", "2024-11-03 01:30:00", "1900-01-01 00:00:00", "2024-10-16 12", "infinity", "epoch", "2024/10/16",
           "2024-10-16 12:30:00 PM", "+2024-10-16", "-2024-10-16 00:00:00", "2024-10-16 12:30:00.", "1883-11-18 12:03:00"]
dates = spark.createDataFrame([(i, m) for i, m in enumerate(moments)], "i int, m string").coalesce(1)
print(dates.selectExpr("i", "cast(unix_micros(try_cast(m as timestamp)) as string) t").where("i <> 26").orderBy("i").collect())
print(dates.selectExpr("i", "cast(try_cast(m as timestamp_ntz) as string) t").orderBy("i").collect())
print(dates.selectExpr("i", "cast(try_cast(m as date) as string) d").orderBy("i").collect())
print(dates.where("try_to_timestamp(m) >= timestamp '2024-01-01'").selectExpr("i", "cast(try_to_timestamp(m) as string) t").where("i <> 26").orderBy("i").collect())
good = dates.where("i in (0, 1, 7, 10, 28, 29, 30, 39)")
print(good.selectExpr("i", "cast(to_timestamp(m) as string) t", "unix_micros(to_timestamp(m)) u", "cast(to_date(m) as string) d").orderBy("i").collect())
print(good.withColumn("m", F.to_timestamp("m")).where(F.col("m").isNotNull()).withColumn("n", F.month("m")).groupBy("n").count().orderBy("n").collect())
dates.select(F.to_timestamp("m")).collect()
dates.where("i < 8").select(F.to_date("m")).collect()
spark.conf.set("spark.sql.ansi.enabled", "false")
print(dates.where("i <> 26").select("i", F.unix_micros(F.to_timestamp("m")).alias("t"), F.to_date("m").cast("string").alias("d")).orderBy("i").collect())
print(dates.withColumn("m", F.to_date("m")).where("m >= '2024-01-01'").selectExpr("i", "cast(m as string)").orderBy("i").collect())
print(rows.withColumn("d", F.expr("cast(n as int)")).where("d is not null").orderBy("i").collect())
print(rows.where("cast(trim(n) as int) > 0").selectExpr("trim(n) t", "cast(trim(n) as int) d").orderBy("t").collect())
spark.conf.set("spark.sql.session.timeZone", "+05:30")
print(dates.where("i <> 26").select("i", F.unix_micros(F.to_timestamp("m")).alias("t")).orderBy("i").collect())
