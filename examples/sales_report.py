"""Join, aggregate, rank: what each shop sells best, and how its sales grew.

    python examples/sales_report.py [--master ray]

Shows a broadcast join, `groupBy().agg()`, `pivot`, windows with `rank` and `lag`, and `rollup`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rayspark.sql import DataFrame, SparkSession, Window
from rayspark.sql import functions as F

DATA = Path(__file__).resolve().parent / "data"


def sales(spark: SparkSession) -> DataFrame:
    """One row an order: where, when, what, and for how much."""
    orders, shops, products = (
        spark.read.csv(str(DATA / f"{name}.csv"), header=True, inferSchema=True)
        for name in ("orders", "shops", "products")
    )
    return (
        orders.dropDuplicates(["order"])
        .withColumn("quantity", F.expr("try_cast(quantity AS int)"))
        .withColumn("month", F.expr("month(try_cast(day AS date))"))
        .withColumn("shop", F.upper(F.trim("shop")))
        .dropna(subset=["quantity", "month"])
        .join(F.broadcast(shops), "shop", "left")
        .join(F.broadcast(products), "product")
        .withColumn("city", F.coalesce("city", F.lit("unknown")))
        .withColumn("amount", (F.col("quantity") * F.col("price")).cast("decimal(10,2)"))
    )


def main(argv: list[str] | None = None) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description="A sales report.")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkSession.builder.master(args.master).appName("sales report").getOrCreate() as spark:
        sold = sales(spark).cache()

        best = Window.partitionBy("city").orderBy(F.desc("amount"), "name")
        (
            sold.groupBy("city", "name")
            .agg(F.sum("amount").alias("amount"))
            .withColumn("rank", F.rank().over(best))
            .where("rank <= 2")
            .orderBy("city", "rank")
            .show()
        )
        per_month = sold.groupBy("city", "month").agg(F.sum("amount").alias("amount"))
        before = F.lag("amount").over(Window.partitionBy("city").orderBy("month"))
        growth = F.round(100 * (F.col("amount") / before - 1), 1)
        per_month.withColumn("growth", growth).orderBy("city", "month").show()

        sold.groupBy("city").pivot("kind").agg(F.sum("quantity")).orderBy("city").show()
        totals = sold.rollup("kind", "name").agg(F.sum("amount").alias("amount"))
        totals.orderBy(F.col("kind").asc_nulls_last(), F.col("name").asc_nulls_last()).show()


if __name__ == "__main__":
    main()
