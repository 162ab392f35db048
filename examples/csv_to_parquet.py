"""CSV to Parquet: read with a schema, set bad lines aside, clean, write one folder a month.

    python examples/csv_to_parquet.py [--out DIR] [--master ray]

The orders of three months, as they come: a month 13, a quantity in words, a code in lower case,
a line sent twice. Bad lines are kept for somebody to look at; good ones become Parquet partitioned
by month, and a question about February reads February only.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rayspark.sql import SparkSession
from rayspark.sql import functions as F

DATA = Path(__file__).resolve().parent / "data"
SCHEMA = "order INT, day DATE, shop STRING, product STRING, quantity INT, bad STRING"


def main(argv: list[str] | None = None) -> None:
    """Convert the orders, and ask about one month."""
    parser = argparse.ArgumentParser(description="CSV to partitioned Parquet.")
    parser.add_argument("--out", type=Path, help="result folder (default: a temporary one)")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)
    out = str(args.out or Path(tempfile.mkdtemp()) / "orders")

    with SparkSession.builder.master(args.master).appName("CSV to Parquet").getOrCreate() as spark:
        orders = spark.read.csv(
            str(DATA / "orders.csv"), SCHEMA, header=True, columnNameOfCorruptRecord="bad"
        ).cache()
        orders.where("bad IS NOT NULL").select("bad").orderBy("bad").show(truncate=False)
        clean = (
            orders.where("bad IS NULL AND quantity IS NOT NULL")
            .drop("bad")
            .withColumn("shop", F.upper(F.trim("shop")))
            .dropDuplicates(["order"])
            .withColumn("month", F.date_format("day", "yyyy-MM"))
        )
        clean.write.mode("overwrite").partitionBy("month").parquet(out)

        stored = spark.read.parquet(out)
        stored.printSchema()
        stored.groupBy("month").agg(
            F.count("*").alias("orders"), F.sum("quantity").alias("pieces")
        ).orderBy("month").show()
        february = stored.where(F.col("month") == "2024-02")
        february.orderBy(F.desc("quantity"), "order").show(5)


if __name__ == "__main__":
    main()
