"""A warehouse in SQL: tables that outlive the session, inserts, views, parameters.

python examples/warehouse.py [--master ray]
"""

from __future__ import annotations

import argparse
import tempfile

from rayspark.sql import SparkSession

CREATE = """
CREATE TABLE cafe.sales (shop STRING, product STRING, quantity INT, day DATE)
USING parquet PARTITIONED BY (day)
"""
FIRST_DAYS = """
INSERT INTO cafe.sales VALUES
    ('Utrecht', 'espresso', 12, DATE'2024-05-01'), ('Utrecht', 'sencha', 3, DATE'2024-05-01'),
    ('Gent', 'espresso', 7, DATE'2024-05-01'), ('Gent', 'assam', 5, DATE'2024-05-02'),
    ('Utrecht', 'espresso', 9, DATE'2024-05-02')
"""
CORRECTION = """
INSERT OVERWRITE cafe.sales PARTITION (day = '2024-05-02')
VALUES ('Gent', 'assam', 6), ('Utrecht', 'espresso', 10)
"""
VIEW = """
CREATE OR REPLACE TEMPORARY VIEW daily AS
SELECT day, shop, sum(quantity) AS pieces FROM cafe.sales GROUP BY day, shop
"""
RUNNING = """
SELECT *, sum(pieces) OVER (PARTITION BY shop ORDER BY day) AS so_far
FROM daily ORDER BY shop, day
"""
ABOVE = """
SELECT shop, product, quantity FROM cafe.sales s
WHERE quantity > (SELECT avg(quantity) FROM cafe.sales) AND product = :product
ORDER BY shop, quantity
"""


def main(argv: list[str] | None = None) -> None:
    """Make the warehouse, and ask it."""
    parser = argparse.ArgumentParser(description="A warehouse session in SQL.")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    builder = SparkSession.builder.master(args.master).appName("warehouse")
    builder = builder.config("spark.sql.warehouse.dir", tempfile.mkdtemp())
    with builder.getOrCreate() as spark:
        spark.sql("CREATE DATABASE cafe")
        spark.sql(CREATE)
        spark.sql(FIRST_DAYS)
        spark.sql("SHOW PARTITIONS cafe.sales").show()
        spark.sql(CORRECTION)
        spark.sql(VIEW)
        spark.sql(RUNNING).show()
        spark.sql(ABOVE, {"product": "espresso"}).show()
        spark.sql(
            "CREATE TABLE cafe.products USING parquet AS SELECT DISTINCT product FROM cafe.sales"
        )
        spark.sql("SELECT * FROM cafe.products ORDER BY product").show()
        spark.sql("SHOW TABLES IN cafe").show()
        spark.sql("DROP DATABASE cafe CASCADE")
        print("cafe is gone:", not spark.catalog.databaseExists("cafe"))


if __name__ == "__main__":
    main()
