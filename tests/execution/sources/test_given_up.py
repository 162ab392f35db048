"""Writes that end early: the first error is the one that is told, and nothing stays behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest

from rayspark.datatypes import StructType, parse_ddl
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import SparkException
from rayspark.execution.sources import open_sink
from rayspark.execution.sources.commit import DirectoryCommit
from rayspark.executor.context import TaskInterrupted
from rayspark.sql import SparkSession
from rayspark.storage.files.commit import OutputDirectory

SCHEMA = parse_ddl("a int, p int")
assert isinstance(SCHEMA, StructType)
FORMATS = ["parquet", "csv", "json", "text", "orc", "arrow", "avro"]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with SparkSession.builder.master("local[2]").appName("given up").getOrCreate() as session:
        yield session


def rows(values: list[int]) -> pa.Table:
    return pa.table([values, values], schema=to_arrow_schema(SCHEMA))


def everything(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def broken(*_: Any) -> None:
    raise ConnectionError("the store does not answer")


@pytest.mark.parametrize("format", FORMATS)
def test_a_cancelled_task_leaves_no_file(tmp_path: Path, format: str) -> None:
    columns = "value string, p int" if format == "text" else "a int, p int"
    schema = parse_ddl(columns)
    assert isinstance(schema, StructType)
    sink = open_sink(format, str(tmp_path / "t"), schema, partition_by=["p"])
    sink.begin()
    staging = everything(tmp_path)
    table = pa.table([["x"], [1]] if format == "text" else [[1], [1]], to_arrow_schema(schema))

    def cut() -> Iterator[pa.Table]:
        for _ in range(300):
            yield table
        raise TaskInterrupted("cancelled")

    with pytest.raises(TaskInterrupted):
        sink.write(0, 0, cut())
    assert [n for n in everything(tmp_path) if not n.endswith("attempts")] == staging
    sink.abort()
    assert everything(tmp_path) == []


def test_a_task_that_comes_when_the_write_is_given_up_makes_nothing(tmp_path: Path) -> None:
    sink = open_sink("parquet", str(tmp_path / "t"), SCHEMA)
    sink.begin()
    sink.abort()
    with pytest.raises(SparkException, match="the write was given up, or has ended"):
        sink.write(0, 0, iter([rows([1])]))
    assert everything(tmp_path) == []


def test_a_task_that_writes_while_all_is_removed_adds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = open_sink("parquet", str(tmp_path / "t"), SCHEMA)
    sink.begin()
    sink.write(0, 0, iter([rows([1])]))
    remove = shutil.rmtree

    def removed_slowly(path: Any, **how: Any) -> None:
        remove(Path(path, "attempts"), **how)
        with pytest.raises(SparkException):
            sink.write(1, 1, iter([rows([2])]))
        remove(path, **how)

    monkeypatch.setattr(shutil, "rmtree", removed_slowly)
    sink.abort()
    assert everything(tmp_path) == []


def test_a_late_task_of_an_rdd_does_not_make_its_directory_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = OutputDirectory(str(tmp_path / "out"), "job")
    output.setup_job()
    task = output.task_writer(0, 0)
    # It looks just before the job is given up.
    monkeypatch.setattr(type(task), "_check_running", lambda task: output.abort_job())
    with pytest.raises(SparkException, match="was not set up there, or has ended"):
        task.open()
    assert everything(tmp_path) == []


def test_the_first_error_is_told_where_undoing_fails_too(monkeypatch: pytest.MonkeyPatch) -> None:
    store = fsspec.filesystem("memory")
    sink = open_sink("parquet", "memory://given-up/t", SCHEMA)
    sink.begin()
    outputs = [sink.write(i, i, iter([rows([i])])) for i in range(2)]
    errors = [RuntimeError("no answer"), PermissionError("no rights"), None]
    move = type(store).mv

    def moves_once(self: Any, source: str, target: str, **how: Any) -> None:
        error = errors.pop()
        if error is not None:
            raise error
        move(self, source, target, **how)

    monkeypatch.setattr(type(store), "mv", moves_once)
    with pytest.raises(PermissionError, match="no rights") as error:
        sink.commit(outputs)
    assert error.value.__notes__ == ["Cleaning up after it failed as well: RuntimeError: no answer"]
    store.rm("/given-up", recursive=True)


def test_the_first_error_is_told_where_a_directory_cannot_be_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        sink = open_sink("parquet", str(tmp_path / "t"), SCHEMA, mode="append")
        sink.begin()
        outputs = [sink.write(i, i, iter([rows([i])])) for i in range(2)]
        if number == 0:
            sink.commit(outputs)
    errors = [OSError("it hangs"), PermissionError("no rights"), None, None]
    rename = Path.rename

    def renames_once(self: Path, target: Any) -> Any:
        error = errors.pop()
        if error is not None:
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", renames_once)
    with pytest.raises(PermissionError, match="no rights") as error:
        sink.commit(outputs)
    assert error.value.__notes__ == ["Cleaning up after it failed as well: OSError: it hangs"]


def test_a_query_tells_its_own_error_when_its_write_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: SparkSession
) -> None:
    monkeypatch.setattr(DirectoryCommit, "abort", broken)
    rows_of_query = spark.sql("SELECT raise_error('the query') AS a FROM range(3)")
    with pytest.raises(Exception, match="the query") as error:
        rows_of_query.write.parquet(str(tmp_path / "t"))
    assert "the store does not answer" in "".join(error.value.__notes__)


def test_a_write_is_done_even_if_what_is_cached_of_its_path_cannot_be_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spark: SparkSession, caplog: Any
) -> None:
    path = str(tmp_path / "t")
    spark.range(3).write.parquet(path)
    kept = spark.read.parquet(path).cache()
    assert kept.count() == 3
    monkeypatch.setattr("rayspark.execution.commands.caching.opened_again", broken)
    spark.range(4).write.parquet(path, mode="append")
    assert "No longer cached, because its files cannot be opened again: the store" in caplog.text
    monkeypatch.undo()
    assert spark.read.parquet(path).count() == 7
