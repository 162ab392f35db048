"""Harvest the fields of SQL's events in Spark's event log (run it with a PySpark).

``oracle/bin/python tools/harvest_sql_events.py`` writes ``tests/golden/eventlog/sql_fields.json``:
for each kind of event its fields with their JSON types, those of the operators of a plan, and those
of their metrics.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

TARGET = Path(__file__).parent.parent / "tests" / "golden" / "eventlog" / "sql_fields.json"
PACKAGE = "org.apache.spark.sql.execution.ui."


def fields(value: dict[str, Any]) -> dict[str, str]:
    """Names with the names of their types."""
    return {key: type(item).__name__ for key, item in value.items()}


def operators(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """A plan's operators."""
    return [plan, *(found for child in plan["children"] for found in operators(child))]


def events() -> list[dict[str, Any]]:
    """What Spark logs of a query with an exchange, a write, and a failure."""
    with tempfile.TemporaryDirectory() as folder:
        conf = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.compress": "false",
            "spark.eventLog.dir": Path(folder).as_uri(),
            "spark.ui.enabled": "false",
        }
        with SparkSession.builder.master("local[2]").config(map=conf).getOrCreate() as spark:
            spark.sparkContext.setLogLevel("OFF")
            spark.sparkContext.setJobGroup("g", "d")
            spark.range(9).groupBy("id").count().collect()
            spark.range(9).write.parquet(folder + "/written")
        logs = list(Path(folder).glob("eventlog*/events*"))
        return [json.loads(line) for file in logs for line in file.read_text().splitlines()]


def main() -> None:
    found: dict[str, dict[str, str]] = {}
    for event in events():
        if event["Event"].startswith(PACKAGE):
            found[event["Event"]] = fields(event)
            for operator in operators(event["sparkPlanInfo"]) if "sparkPlanInfo" in event else []:
                found["operator"] = fields(operator)
                for metric in operator["metrics"]:
                    found["metric"] = fields(metric)
    TARGET.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
