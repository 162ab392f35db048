"""Run DDL and DML in real Spark and keep what it gives.

Run with an interpreter that has PySpark: ``python tools/harvest_commands.py``. Writes
``tests/golden/commands.json``: for each statement its schema and rows, or the error's class,
condition and parameters. Places, times and sizes of files are masked.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

sys.path.insert(0, str(Path(__file__).parent))
from command_cases import STATEMENTS
from command_masks import mask

TARGET = Path(__file__).parent.parent / "tests" / "golden" / "commands.json"


def main() -> None:
    """Harvest."""
    with tempfile.TemporaryDirectory() as home:
        warehouse = f"{home}/warehouse"
        spark = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.warehouse.dir", warehouse)
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("OFF")
        found = [run(spark, text, warehouse) for text in STATEMENTS]
        spark.stop()
    TARGET.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def run(spark: Any, text: str, warehouse: str) -> dict[str, Any]:
    """What a statement gives."""
    made: dict[str, Any] = {"sql": text}
    try:
        frame = spark.sql(text.replace("{warehouse}", warehouse))
        rows = [[str(v) if v is not None else None for v in row] for row in frame.collect()]
        if text.startswith("select") and "order by" not in text:
            rows.sort(key=str)
        made["schema"] = frame.schema.simpleString()
        made["rows"] = [[mask(value, warehouse) for value in row] for row in rows]
    except PySparkException as error:
        made["error"] = type(error).__name__
        made["condition"] = error.getCondition()
        made["parameters"] = {
            key: mask(value, warehouse)
            for key, value in (error.getMessageParameters() or {}).items()
        }
    return made


if __name__ == "__main__":
    main()
