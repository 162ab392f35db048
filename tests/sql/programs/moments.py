"""Deviations, correlations and the like, whose states are merged across an exchange."""
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
spark.conf.set("spark.sql.ray.exchangeElision", "never")
ONE = ("stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "skewness", "kurtosis")
TWO = ("corr", "covar_pop", "covar_samp", "regr_count", "regr_avgx", "regr_avgy", "regr_sxx", "regr_syy", "regr_sxy", "regr_slope", "regr_intercept", "regr_r2")
def show(frame):
    for row in frame.collect():
        print([f"{round(v, 9) + 0.0:.7g}" if isinstance(v, float) else v for v in row])
def all_of(x, y, source, by="1"):
    calls = [f"{f}({x})" for f in ONE] + [f"{f}({y}, {x})" for f in TWO]
    show(spark.sql(f"select {by} k, {', '.join(calls)} from {source} group by 1 order by 1"))
spark.range(0, 1000, 1, 7).createOrReplaceTempView("n")
all_of("id", "id * id", "n", "id % 5")
all_of("1e6 + id / 10", "sqrt(id)", "n", "id % 3")
all_of("if(id % 7 = 0, null, id)", "nullif(id % 11, 3)", "n", "id % 2")
all_of("cast(id as float)", "cast(id % 10 as float)", "n")
all_of("x", "x", "(select cast('nan' as double) x from n)")
all_of("x", "x", "(select if(id = 3, cast('inf' as double), id) x from n)")
all_of("x", "x", "(select cast(null as double) x from n)")
all_of("x", "x", "(select 1.0D x from n)")
all_of("x", "x", "(select if(id < 1, 1D, null) x from n)")
all_of("x", "x", "(select if(id < 2, id, null) x from n)")
all_of("x", "y", "(select id x, 4.0D y from n)")
all_of("x", "y", "(select 4.0D x, id y from n)")
all_of("x", "y", "(select 0.1D x, 0.3D y from n)")
all_of("x", "y", "(select 0.1D x, id y from n)")
show(spark.sql("select stddev(id), kurtosis(id), corr(id, id) from n where id < 0"))
show(spark.sql("select stddev(id) filter (where id < 5), corr(id, id * id) filter (where id > 990), avg(id), sum(id), count(id) from n"))
show(spark.sql("select stddev(distinct id % 4), var_pop(id), avg(distinct id % 4) from n"))
show(spark.range(0, 100, 1, 5).agg(F.stddev("id"), F.corr("id", F.col("id") + 1), F.skewness("id")))
show(spark.range(0, 100, 1, 5).groupBy().pivot("id", [1, 2]).agg(F.stddev("id")))
show(spark.table("n").select("id", (F.col("id") % 3).alias("m")).describe())
print(round(spark.table("n").selectExpr("id", "id * 2 as b").stat.cov("id", "b"), 6))
spark.conf.unset("spark.sql.ray.exchangeElision")
