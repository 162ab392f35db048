"""Ask real Spark how it reads and writes small files; run with the interpreter that has PySpark.

python tools/harvest_sources.py            writes tests/golden/sources/*.json
python tools/harvest_sources.py DIRECTORY  reads what our writers wrote there (see
                                           tests/execution/sources/write_ours.py)
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ["TZ"] = "UTC"

from pyspark.sql import SparkSession
from sources_cases import (
    CASES,
    PARTITIONS,
    QUOTING_OPTIONS,
    TYPED_ROWS,
    TYPED_WRITES,
    WRITE_OPTIONS,
    quoting_lines,
    written_strings,
)

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "sources"
ZONE = "America/Los_Angeles"


def plain(value: Any) -> Any:
    """A value as JSON holds it, the same from PySpark's rows and from Arrow's Python values."""
    match value:
        case float():
            return value if math.isfinite(value) else str(value)
        case datetime.datetime():
            return value.replace(tzinfo=None).isoformat()
        case decimal.Decimal():
            return f"{value.normalize():f}"
        case bytes() | bytearray():
            return bytes(value).hex()
        case dict():
            return {"map": sorted([plain(k), plain(v)] for k, v in value.items())}
        case tuple() | list():
            return [plain(v) for v in value]
        case None | bool() | int() | str():
            return value
    return str(value)


def session(zone: str) -> SparkSession:
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", zone)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    return spark


def condition(error: Any) -> str:
    """The innermost condition that the text of an error names."""
    text = str(error)
    for name in ("MALFORMED_RECORD_IN_PARSING", "CONFLICTING_PARTITION_COLUMN_NAMES"):
        if name in text:
            return name
    found = getattr(error, "getCondition", lambda: None)()
    return found or text.split("\n")[0][:200]


def ask(spark: SparkSession, format: str, path: str, schema: str | None, options: Any) -> Any:
    try:
        reader = spark.read.format(format).options(**options)
        frame = (reader.schema(schema) if schema else reader).load(path)
        rows = [plain(tuple(row)) for row in frame.coalesce(1).collect()]
        return {"schema": json.loads(frame.schema.json()), "rows": rows}
    except Exception as error:  # noqa: BLE001 - whatever Spark says is the answer
        return {"error": condition(error)}


def save(name: str, value: Any) -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=True, indent=0)
    (GOLDEN / f"{name}.json").write_text(text + "\n")


def harvest(spark: SparkSession, work: Path) -> None:
    reads = []
    for number, (format, content, schema, options) in enumerate(CASES):
        path = work / f"case{number}.{format}"
        path.write_text(content, newline="")
        answer = ask(spark, format, str(path), schema, options)
        reads.append({"format": format, "content": content, "given": schema, "options": options,
                      **answer})  # fmt: skip
    save("reads", reads)
    lines = quoting_lines()
    path = work / "quoting.csv"
    path.write_text("\n".join(lines) + "\n")
    schema = "a string, b string, c string, d string, _corrupt_record string"
    answers = [
        {"options": o, "rows": ask(spark, "csv", str(path), schema, o)["rows"]}
        for o in QUOTING_OPTIONS
    ]
    save("quoting", {"lines": lines, "schema": schema, "answers": answers})
    found = []
    for number, directories in enumerate(PARTITIONS):
        root = work / f"partitions{number}"
        for directory in directories:
            (root / directory).mkdir(parents=True)
            (root / directory / "part.txt").write_text("x\n")
        found.append({"directories": directories, **ask(spark, "text", str(root), None, {})})
    save("partitions", found)
    save("writes", writes(spark, work))


def written(path: Path) -> str:
    return next(path.glob("part-*")).read_bytes().decode()


def writes(spark: SparkSession, work: Path) -> Any:
    spark.conf.set("spark.sql.session.timeZone", ZONE)
    strings = written_strings()
    frame = spark.createDataFrame(
        list(zip(strings, range(len(strings)), strict=True)), "a string, i int"
    )
    plain_writes = []
    for format, options in WRITE_OPTIONS:
        out = work / "out"
        frame.coalesce(1).write.mode("overwrite").options(**options).format(format).save(str(out))
        plain_writes.append({"format": format, "options": options, "text": written(out)})
    typed = spark.sql(TYPED_ROWS).coalesce(1)
    typed_writes = []
    for format, options in TYPED_WRITES:
        out = work / "out"
        rows = typed if format == "json" else typed.drop("arr", "m", "st")
        rows.write.mode("overwrite").options(**options).format(format).save(str(out))
        typed_writes.append({"format": format, "options": options, "text": written(out)})
    kept = GOLDEN / "typed.parquet"
    typed.write.mode("overwrite").option("compression", "none").parquet(str(work / "typed"))
    GOLDEN.mkdir(parents=True, exist_ok=True)
    shutil.copy(next((work / "typed").glob("part-*")), kept)
    return {"zone": ZONE, "strings": strings, "plain": plain_writes, "typed": typed_writes}


def read_back(spark: SparkSession, root: Path) -> None:
    """Read what our writers wrote: one directory a case, named after its format."""
    found = {}
    for directory in sorted(root.iterdir()):
        format = directory.name.partition("-")[0]
        found[directory.name] = ask(spark, format, str(directory), None, {})
    save("read_back", found)


if __name__ == "__main__":
    opened = session("UTC")
    if len(sys.argv) > 1:
        read_back(opened, Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as name:
            harvest(opened, Path(name))
