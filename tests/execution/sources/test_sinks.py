"""What is visible of a write, when, and what it replaces."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sources_kit import UTC, golden, plain, rows_of, write_table
from write_ours import CASES, write_all

from rayspark.datatypes import StructType, parse_ddl
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import AnalysisException, IllegalArgumentException
from rayspark.execution.sources import open_sink, open_source

SCHEMA = parse_ddl("a int, p int, q string")
assert isinstance(SCHEMA, StructType)


def rows(start: int, stop: int) -> pa.Table:
    numbers = range(start, stop)
    columns = [list(numbers), [n % 2 for n in numbers], [None if n % 3 else "x/y" for n in numbers]]
    return pa.table(columns, schema=to_arrow_schema(SCHEMA))


@pytest.fixture(params=["file", "memory"])
def root(request: Any, tmp_path: Path) -> Any:
    if request.param == "file":
        yield str(tmp_path / "table")
        return
    yield "memory://sinks/table"
    fsspec.filesystem("memory").rm("/sinks", recursive=True)


def numbers(path: str, **options: str) -> list[int]:
    source = open_source("parquet", [path], None, options, UTC).with_columns(["a"])
    return sorted(row[0] for row in rows_of(source))


def test_nothing_is_visible_before_the_commit_and_all_after_it(root: str) -> None:
    sink = open_sink("parquet", root, SCHEMA)
    sink.begin()
    task = pickle.loads(pickle.dumps(sink))
    outputs = [task.write(i, i, iter([rows(i, i + 1)])) for i in range(3)]
    with pytest.raises(AnalysisException, match="PATH_NOT_FOUND"):
        open_source("parquet", [root])
    sink.commit(outputs)
    assert numbers(root) == [0, 1, 2]
    assert all(".table" not in name for name in names(root))


def names(root: str) -> list[str]:
    fs, path = fsspec.core.url_to_fs(root)
    return [name.rpartition("/")[2] for name in fs.ls(path.rpartition("/")[0], detail=False)]


def test_the_loser_of_two_attempts_leaves_nothing(root: str) -> None:
    sink = open_sink("parquet", root, SCHEMA)
    sink.begin()
    sink.write(0, 1, iter([rows(0, 5)]))
    sink.commit([sink.write(0, 2, iter([rows(0, 5)]))])
    assert numbers(root) == [0, 1, 2, 3, 4]


def test_an_aborted_write_leaves_what_was_there(root: str) -> None:
    write_table("parquet", root, rows(0, 2), SCHEMA)
    sink = open_sink("parquet", root, SCHEMA, "overwrite")
    sink.begin()
    sink.write(0, 0, iter([rows(5, 6)]))
    sink.abort()
    assert numbers(root) == [0, 1]


def test_save_modes(root: str) -> None:
    write_table("parquet", root, rows(0, 2), SCHEMA)
    with pytest.raises(AnalysisException, match="PATH_ALREADY_EXISTS"):
        write_table("parquet", root, rows(2, 3), SCHEMA)
    write_table("parquet", root, rows(2, 3), SCHEMA, mode="ignore")
    assert numbers(root) == [0, 1]
    write_table("parquet", root, rows(2, 3), SCHEMA, mode="append")
    assert numbers(root) == [0, 1, 2]
    write_table("parquet", root, rows(7, 8), SCHEMA, mode="overwrite")
    assert numbers(root) == [7]
    with pytest.raises(IllegalArgumentException, match="update"):
        open_sink("parquet", root, SCHEMA, "update")


def test_overwriting_only_the_partitions_that_are_written(root: str) -> None:
    by = {"partition_by": ["p", "q"]}
    write_table("parquet", root, rows(0, 6), SCHEMA, **by)
    dynamic = {"partitionOverwriteMode": "dynamic"}
    write_table("parquet", root, rows(12, 13), SCHEMA, mode="overwrite", options=dynamic, **by)
    assert numbers(root) == [1, 2, 3, 4, 5, 12]
    write_table("parquet", root, rows(20, 21), SCHEMA, mode="overwrite", within="p=1", **by)
    assert numbers(root) == [2, 4, 12, 20]
    write_table("parquet", root, rows(30, 31), SCHEMA, mode="overwrite", **by)
    assert numbers(root) == [30]


def test_partition_values_come_back(root: str) -> None:
    write_table("parquet", root, rows(0, 6), SCHEMA, partition_by=["p", "q"])
    source = open_source("parquet", [root], None, {}, UTC)
    assert source.schema.simpleString() == "struct<a:int,p:int,q:string>"
    wanted = [list(row.values()) for row in rows(0, 6).to_pylist()]
    assert sorted(rows_of(source)) == sorted(plain(wanted))


def test_files_hold_at_most_so_many_records(root: str) -> None:
    limit = {"maxRecordsPerFile": "2"}
    write_table("parquet", root, rows(0, 5), SCHEMA, options=limit)
    source = open_source("parquet", [root])
    assert sorted(len(rows_of(type(source)(**{**vars(source), "files": (f,)})))
                  for f in source.files) == [1, 2, 2]  # fmt: skip


def test_a_frame_without_rows_keeps_its_schema(root: str) -> None:
    sink = open_sink("parquet", root, SCHEMA)
    sink.begin()
    sink.commit([])
    assert open_source("parquet", [root]).schema == SCHEMA
    assert numbers(root) == []


def test_bad_partition_columns_and_codecs_are_errors(tmp_path: Path) -> None:
    with pytest.raises(AnalysisException, match="There is no column"):
        open_sink("parquet", str(tmp_path), SCHEMA, partition_by=["z"])
    with pytest.raises(AnalysisException, match="ALL_PARTITION_COLUMNS_NOT_ALLOWED"):
        open_sink("parquet", str(tmp_path), SCHEMA, partition_by=["a", "p", "q"])
    for format in ("parquet", "csv", "json", "text", "orc"):
        schema = parse_ddl("a string")
        with pytest.raises(IllegalArgumentException, match="CODEC_NOT_AVAILABLE"):
            open_sink(format, str(tmp_path), schema, options={"compression": "foo"})


@pytest.mark.parametrize("codec", ["gzip", "bzip2", "snappy", "lz4", "deflate"])
def test_compressed_lines_come_back(codec: str, root: str) -> None:
    write_table("json", root, rows(0, 4), SCHEMA, options={"compression": codec})
    read = open_source("json", [root], SCHEMA, {}, UTC)
    assert len(rows_of(read)) == 4


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ours")
    write_all(root)
    return root


@pytest.mark.parametrize("name", CASES)
def test_spark_read_what_we_write_and_so_do_we(name: str, ours: Path) -> None:
    wanted = golden("read_back")[name]
    source = open_source(name.partition("-")[0], [str(ours / name)], None, {}, UTC)
    assert source.schema.jsonValue() == wanted["schema"]
    assert sorted(rows_of(source), key=str) == sorted(wanted["rows"], key=str)


def test_a_relative_path_is_the_drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Executors may have been started in another directory."""
    monkeypatch.chdir(tmp_path)
    sink = open_sink("parquet", "out", parse_ddl("a int"))
    there = pickle.loads(pickle.dumps(sink))
    monkeypatch.chdir("/")
    assert there.target.root.inner == str(tmp_path / "out")


def test_numbers_that_do_not_repeat_get_no_dictionary(tmp_path: Path) -> None:
    rows = 10_000
    table = pa.table(
        {
            "id": range(rows),
            "kind": [i % 7 for i in range(rows)],
            "text": list(map(str, range(rows))),
        }
    )
    write_table(
        "parquet", str(tmp_path / "out"), table, parse_ddl("id LONG, kind LONG, text STRING")
    )
    (path,) = (tmp_path / "out").glob("*.parquet")
    group = pq.ParquetFile(path).metadata.row_group(0)
    assert [group.column(i).has_dictionary_page for i in range(3)] == [False, True, True]
    assert pq.read_table(path).equals(table)


def test_noop_makes_rows_and_keeps_none() -> None:
    sink = open_sink("noop", "", SCHEMA, "overwrite")
    sink.begin()
    written = sink.write(0, 0, iter([rows(0, 3), rows(3, 5)]))
    sink.commit([pickle.loads(pickle.dumps(written))])
    assert written.rows == 5
    assert written.bytes > 0


@pytest.mark.parametrize(("mode", "shown"), [("error", "ErrorIfExists"), ("ignore", "Ignore")])
def test_noop_has_no_place_where_something_could_be(mode: str, shown: str) -> None:
    with pytest.raises(AnalysisException, match=f'noop" cannot be written in the "{shown}"') as it:
        open_sink("noop", "", SCHEMA, mode)
    assert it.value.getCondition() == "UNSUPPORTED_DATA_SOURCE_SAVE_MODE"
