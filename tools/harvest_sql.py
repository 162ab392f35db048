"""Write what PySpark gives for the SQL cases: ``tests/golden/sql/FAMILY.json``.

oracle/bin/python tools/harvest_sql.py            # all families
oracle/bin/python tools/harvest_sql.py columns    # or some
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.sql_cases import CONF, FAMILIES, environment, lines, outcome  # noqa: E402


def main(families: list[str]) -> None:
    os.environ["TZ"] = "America/Los_Angeles"
    time.tzset()
    builder = SparkSession.builder.master("local[2]")
    for key, value in CONF.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    names = environment("pyspark", spark)
    for family in families or FAMILIES:
        found = {line: outcome(line, names) for line in lines(family)}
        target = ROOT / "tests" / "golden" / "sql" / f"{family}.json"
        target.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n")
        sys.stdout.write(f"{family}: {len(found)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
