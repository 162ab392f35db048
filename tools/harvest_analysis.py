"""Ask a real Spark what it makes of the queries in ``analysis_cases.py``.

Run with a Python that has PySpark (the product never imports it)::

    python tools/harvest_analysis.py

It writes ``tests/golden/analysis/answers.json``: for each query the output columns (name, type,
nullability), or the error's condition, SQLSTATE and parameters; once with ANSI, and the queries
about types once more without.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis_cases import TYPES, VIEWS, cases
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

TARGET = Path(__file__).parent.parent / "tests" / "golden" / "analysis" / "answers.json"


def answer(spark: SparkSession, query: str) -> dict[str, Any]:
    """What Spark says to one query."""
    try:
        fields = spark.sql(query).schema.fields
    except PySparkException as e:
        return {
            "condition": e.getCondition(),
            "state": e.getSqlState(),
            "parameters": dict(e.getMessageParameters() or {}),
        }
    return {"columns": [[f.name, f.dataType.simpleString(), f.nullable] for f in fields]}


def main() -> None:
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    answers: dict[str, dict[str, Any]] = {}
    for ansi in ("true", "false"):
        spark.conf.set("spark.sql.ansi.enabled", ansi)
        for name, query in VIEWS.items():
            spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {query}")
        queries = cases() if ansi == "true" else TYPES.strip().splitlines()
        answers[ansi] = {query: answer(spark, query) for query in queries}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{sum(map(len, answers.values()))} answers in {TARGET}")


if __name__ == "__main__":
    main()
