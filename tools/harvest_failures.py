"""Write what PySpark raises for the queries of ``tests/execution/failing_queries.py``.

oracle/bin/python tools/harvest_failures.py
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.execution.failing_queries import failures  # noqa: E402


def main() -> None:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = SparkSession.builder.master("local[2]").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    found = failures(spark)
    target = ROOT / "tests" / "golden" / "failures.json"
    target.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} queries\n")


if __name__ == "__main__":
    main()
