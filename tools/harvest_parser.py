"""Ask real Spark which texts are statements, and where the others stop making sense.

Run with an interpreter that has PySpark: ``python tools/harvest_parser.py``. Writes
``tests/golden/parser.json``: for each text ``null``, or condition, line, position and the piece of
text that the message names.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

sys.path.insert(0, str(Path(__file__).parent))
from parser_cases import texts

TARGET = Path(__file__).parent.parent / "tests" / "golden" / "parser.json"
PLACE = re.compile(r"\(line (\d+), pos (\d+)\)")


def main() -> None:
    """Harvest."""
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    parser = spark._jsparkSession.sessionState().sqlParser()
    found = {text: judge(parser, text) for text in texts()}
    TARGET.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def judge(parser: Any, text: str) -> dict[str, Any] | None:
    """What Spark says of a text."""
    try:
        parser.parsePlan(text)
    except PySparkException as error:
        place = PLACE.search(str(error))
        return {
            "condition": error.getCondition(),
            "line": int(place[1]) if place else None,
            "position": int(place[2]) if place else None,
            "error": (error.getMessageParameters() or {}).get("error"),
        }
    return None


if __name__ == "__main__":
    main()
