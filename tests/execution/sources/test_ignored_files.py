"""``ignoreCorruptFiles`` and ``ignoreMissingFiles`` mean the same for every format of files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sources_kit import UTC, rows_of, write_table

from rayspark.datatypes import parse_ddl
from rayspark.errors import SparkException
from rayspark.execution.sources import open_source

SCHEMA = parse_ddl("id LONG, text STRING")
TABLE = pa.table({"id": [1, 2], "text": ["a", "b"]})
FORMATS = ["parquet", "orc", "arrow", "avro", "csv", "json"]


def opened(format: str, folder: Path, schema: Any = SCHEMA, **options: str) -> Any:
    return open_source(format, [str(folder)], schema, options, UTC)


def files_of(format: str, folder: Path) -> list[Path]:
    """Two files of two rows each."""
    for _ in range(2):
        codec = {"csv": "gzip", "json": "gzip"}.get(format)
        options = {"compression": codec} if codec else {}
        write_table(format, str(folder), TABLE, SCHEMA, options=options, mode="append")
    return sorted(path for path in folder.iterdir() if path.name.startswith("part-"))


@pytest.mark.parametrize("format", FORMATS)
def test_a_corrupt_file_is_an_error_or_left_out(format: str, tmp_path: Path) -> None:
    first, _ = files_of(format, tmp_path)
    first.write_bytes(b"no such thing" * 100)
    with pytest.raises(SparkException) as caught:
        rows_of(opened(format, tmp_path))
    assert (caught.value.getCondition() or "").startswith("FAILED_READ_FILE")
    found = opened(format, tmp_path, ignoreCorruptFiles="true")
    assert rows_of(found) == [[1, "a"], [2, "b"]]


@pytest.mark.parametrize("format", ["parquet", "orc", "arrow", "avro"])
def test_the_schema_comes_from_a_file_that_can_be_read(format: str, tmp_path: Path) -> None:
    first, _ = files_of(format, tmp_path)
    first.write_bytes(b"no such thing" * 100)
    with pytest.raises(SparkException):
        opened(format, tmp_path, None)
    found = opened(format, tmp_path, None, ignoreCorruptFiles="true")
    assert found.schema.names == ["id", "text"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_that_vanished_is_an_error_or_left_out(format: str, tmp_path: Path) -> None:
    strict, lenient = ({}, {"ignoreMissingFiles": "true"})
    first, _ = files_of(format, tmp_path)
    sources = [opened(format, tmp_path, **options) for options in (strict, lenient)]
    first.unlink()
    with pytest.raises(SparkException) as caught:
        rows_of(sources[0])
    assert caught.value.getCondition() == "FAILED_READ_FILE.FILE_NOT_EXIST"
    assert rows_of(sources[1]) == [[1, "a"], [2, "b"]]


@pytest.mark.parametrize("format", ["csv", "json"])
def test_a_malformed_record_is_no_corrupt_file(format: str, tmp_path: Path) -> None:
    text = {"csv": "x,a\n", "json": '{"id": "x", "text": "a"}\n'}[format]
    (tmp_path / f"x.{format}").write_text(text)
    with pytest.raises(SparkException):
        rows_of(opened(format, tmp_path, mode="FAILFAST", ignoreCorruptFiles="true"))
