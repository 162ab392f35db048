"""What Spark reads and writes, harvested by ``tools/harvest_sources.py``, we read and write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sources_kit import GOLDEN, UTC, golden, plain, rows_of, write_table

from rayspark.datatypes import StructType, parse_ddl
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import PySparkException
from rayspark.execution.sources import open_source

READS = golden("reads")
WRITES = golden("writes")
QUOTING = golden("quoting")
ZONE = {"spark.sql.session.timeZone": WRITES["zone"]}


def condition(error: PySparkException) -> str:
    for name in ("MALFORMED_RECORD_IN_PARSING", "CONFLICTING_PARTITION_COLUMN_NAMES"):
        if name in str(error):
            return name
    return error.getCondition() or str(error)


@pytest.mark.parametrize("number", range(len(READS)))
def test_a_file_reads_as_in_spark(number: int, tmp_path: Path) -> None:
    case = READS[number]
    path = tmp_path / f"x.{case['format']}"
    path.write_text(case["content"], newline="")
    schema = parse_ddl(case["given"]) if case["given"] else None
    try:
        source = open_source(case["format"], [str(path)], schema, case["options"], UTC)
        found: Any = {"schema": source.schema.jsonValue(), "rows": rows_of(source)}
    except PySparkException as error:
        found = {"error": condition(error)}
    assert found == {k: case[k] for k in ("schema", "rows", "error") if k in case}


@pytest.mark.parametrize("answer", QUOTING["answers"], ids=lambda a: str(a["options"]))
def test_quotes_and_escapes_are_cut_as_in_spark(answer: Any, tmp_path: Path) -> None:
    path = tmp_path / "quoting.csv"
    path.write_text("\n".join(QUOTING["lines"]) + "\n")
    schema = parse_ddl(QUOTING["schema"])
    source = open_source("csv", [str(path)], schema, answer["options"], UTC)
    assert rows_of(source) == answer["rows"]


def test_small_pieces_of_a_file_give_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "quoting.csv"
    path.write_text("\n".join(QUOTING["lines"]) + "\n")
    source = open_source("csv", [str(path)], parse_ddl(QUOTING["schema"]), {}, UTC)
    small = source
    small.settings["spark.sql.files.openCostInBytes"] = "0"
    tasks = small.splits(500, 1000)
    assert len(tasks) > 10
    pieces = sorted((s.description for task in tasks for s in task), key=lambda p: p.start)
    rows = [row for p in pieces for b in source.read_piece(p) for row in b.to_pylist()]
    assert [list(row.values()) for row in rows] == QUOTING["answers"][0]["rows"]


@pytest.mark.parametrize("case", golden("partitions"), ids=lambda c: ",".join(c["directories"]))
def test_directories_give_the_columns_that_spark_finds(case: Any, tmp_path: Path) -> None:
    for directory in case["directories"]:
        (tmp_path / directory).mkdir(parents=True)
        (tmp_path / directory / "part.txt").write_text("x\n")
    try:
        source = open_source("text", [str(tmp_path)], None, {}, UTC)
    except PySparkException as error:
        assert condition(error) == case["error"]
        return
    assert source.schema.jsonValue() == case["schema"]
    assert sorted(rows_of(source), key=str) == sorted(case["rows"], key=str)


def written(path: Path) -> str:
    return next(path.glob("part-*")).read_bytes().decode()


@pytest.mark.parametrize("case", WRITES["plain"], ids=lambda c: f"{c['format']}{c['options']}")
def test_strings_are_quoted_as_in_spark(case: Any, tmp_path: Path) -> None:
    schema = parse_ddl("a string, i int")
    strings = WRITES["strings"]
    table = pa.table([strings, list(range(len(strings)))], schema=to_arrow_schema(schema))
    out = tmp_path / "out"
    write_table(case["format"], str(out), table, schema, options=case["options"], settings=ZONE)
    assert written(out) == case["text"]


def typed() -> tuple[pa.Table, StructType]:
    source = open_source("parquet", [str(GOLDEN / "typed.parquet")], None, {}, ZONE)
    batches = [b for task in source.splits(1 << 30, 1) for b in source.read(task)]
    return pa.Table.from_batches(batches), source.schema


@pytest.mark.parametrize("case", WRITES["typed"], ids=lambda c: f"{c['format']}{c['options']}")
def test_values_of_all_types_are_written_as_in_spark(case: Any, tmp_path: Path) -> None:
    table, schema = typed()
    if case["format"] == "csv":
        table = table.drop_columns(["arr", "m", "st"])
        schema = StructType(schema.fields[:-3])
    out = tmp_path / "out"
    write_table(case["format"], str(out), table, schema, options=case["options"], settings=ZONE)
    assert written(out) == case["text"]


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_values_of_all_types_come_back(format: str, tmp_path: Path) -> None:
    table, schema = typed()
    write_table(format, str(tmp_path / "out"), table, schema)
    source = open_source(format, [str(tmp_path / "out")], None, {}, UTC)
    read = pa.Table.from_batches([b for t in source.splits(1 << 30, 1) for b in source.read(t)])
    assert plain(read.to_pylist()) == plain(table.to_pylist())
    if format == "parquet":
        assert source.schema == schema
