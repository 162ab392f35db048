"""Write what PySpark gives for random queries: ``tests/golden/random_queries.json``.

oracle/bin/python tools/harvest_random.py        # 300 queries, some minutes

Queries that PySpark itself cannot plan are left out, as are those with many rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

from pyspark.errors import PySparkException
from pyspark.errors.exceptions.captured import Py4JJavaError
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.sql.random_queries import (  # noqa: E402
    PINNED,
    TABLES,
    QueryMaker,
    answer,
    one_text,
    rows_of,
)

COUNT, MOST_ROWS = 300, 60
FIRST_SEED = 100_000
CONF = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
}


def main() -> None:
    spark = SparkSession.builder.master("local[2]").config(map=CONF).getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    for table in TABLES:
        spark.sql(rows_of(table)).createOrReplaceTempView(table)
        spark.table(table).cache()
    found = {text: answer(spark.sql(text).collect()) for text in PINNED}
    seed = FIRST_SEED
    while len(found) < COUNT + len(PINNED):
        random = Random(seed)
        maker = QueryMaker(random)
        maker.make(random.randrange(1, 6))
        text = one_text(maker.steps)
        try:
            rows = answer(spark.sql(text).collect())
        except (PySparkException, Py4JJavaError) as error:
            sys.stdout.write(f"{seed}: {str(error)[:200]}\n")
            rows = []
        if 0 < len(rows) <= MOST_ROWS:
            found[text] = rows
        seed += 1
    target = ROOT / "tests" / "golden" / "random_queries.json"
    target.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} of {seed - FIRST_SEED}\n")


if __name__ == "__main__":
    main()
