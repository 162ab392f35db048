"""Planning with sources: columns, filters, splits, statistics; bad files; databases; Python."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sources_kit import UTC, rows_of, write_table

from rayspark.catalyst.expressions import Attribute, Call, Expression, Literal
from rayspark.datatypes import IntegerType, LongType, StructType, parse_ddl
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import AnalysisException, SparkException
from rayspark.execution.sources import DataSourceRegistry, open_sink, open_source
from rayspark.execution.sources.api import Split
from rayspark.execution.sources.files import Piece
from rayspark.sql.datasource import (
    DataSource,
    DataSourceReader,
    DataSourceRegistration,
    DataSourceWriter,
    EqualTo,
    InputPartition,
    WriterCommitMessage,
)


def compare(sign: str, name: str, value: Any, dt: Any = None) -> Expression:
    kind = dt or LongType()
    return Call(sign, (Attribute(name, kind), Literal(value, kind)))


@pytest.fixture
def big(tmp_path: Path) -> str:
    path = tmp_path / "big.parquet"
    pq.write_table(
        pa.table({"a": range(1000), "s": map(str, range(1000))}), path, row_group_size=100
    )
    return str(path)


def test_large_parquet_files_are_cut_at_row_groups(big: str) -> None:
    source = open_source("parquet", [big], None, {}, {"spark.sql.files.openCostInBytes": "0"})
    tasks = source.splits(1500, 4)
    assert len(tasks) > 2
    found = sorted(row[0] for task in tasks for row in run(source.bare(), task))
    assert found == list(range(1000))
    assert (source.estimated_rows(), source.column_statistics("a")) == (1000, (0, 999, 0))


@pytest.mark.parametrize(("share", "expected"), [(0.65, [5, 5]), (0.45, [3, 4, 3]), (2, [10])])
def test_pieces_of_a_parquet_file_are_even(big: str, share: float, expected: list[int]) -> None:
    source = open_source("parquet", [big], None, {}, {"spark.sql.files.openCostInBytes": "0"})
    target = int(source.estimated_bytes() * share)
    pieces = source.cut(source.files[0], target)
    rows = [piece.rows or (0, 999) for piece in pieces]
    assert [(last - first + 1) // 100 for first, last in rows] == expected
    assert rows[0][0] == 0
    assert rows[-1][1] == 999
    for piece, (first, last) in zip(pieces, rows, strict=True):
        text = source.text([Split(piece)])  # an end of the file is no condition
        assert ("file_row_number >=" in text, "file_row_number <=" in text) == (
            first > 0, last < 999,
        )  # fmt: skip
        assert [a for a, _ in duckdb.sql(text).fetchall()] == list(range(first, last + 1))


def test_pieces_of_files_of_other_lengths_keep_their_ends(big: str, tmp_path: Path) -> None:
    """Two files read by one SELECT: only one ends where the piece does."""
    longer = tmp_path / "longer.parquet"
    pq.write_table(
        pa.table({"a": range(2000), "s": map(str, range(2000))}), longer, row_group_size=100
    )
    source = open_source("parquet", [big, str(longer)], None, {}, {})
    files = sorted(source.files, key=lambda file: file.size)
    pieces = [Piece(file, 0, 10, (500, 999)) for file in files]
    found = duckdb.sql(source.text([Split(piece) for piece in pieces])).fetchall()
    assert sorted(a for a, _ in found) == sorted([*range(500, 1000)] * 2)


def run(source: Any, task: Any) -> list[Any]:
    return duckdb.sql(source.duck_sql(task)).fetchall()


def test_filters_on_directories_choose_files(tmp_path: Path) -> None:
    schema = parse_ddl("a int, p int")
    table = pa.table([range(6), [0, 1, 2, 0, 1, 2]], schema=to_arrow_schema(schema))
    write_table("parquet", str(tmp_path / "t"), table, schema, partition_by=["p"])
    source = open_source("parquet", [str(tmp_path / "t")], None, {}, UTC)
    filters = [compare(">", "p", 0, IntegerType()), compare("<", "a", 5, IntegerType())]
    narrowed, rest = source.with_filters(filters)
    assert (len(source.files), len(narrowed.files), rest) == (3, 2, [filters[1]])
    assert (narrowed.pushed(), narrowed.partition_filters()) == (
        ["LessThan(a,5)"],
        ["GreaterThan(p,0)"],
    )
    assert sorted(rows_of(narrowed)) == [[1, 1], [2, 2], [4, 1], [5, 2]]


def test_the_hidden_metadata_column(big: str) -> None:
    source = open_source("parquet", [big]).with_columns(["a", "_metadata"])
    table = duckdb.sql(source.duck_sql(source.splits(1 << 30, 1)[0])).to_arrow_table()
    hidden = table.column("_metadata")[0].as_py()
    assert (hidden["file_name"], hidden["file_path"]) == ("big.parquet", f"file:{big}")


def test_files_of_other_schemas(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([1], pa.int32())}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"A": pa.array([2], pa.int64()), "b": ["x"]}), tmp_path / "2.parquet")
    wide = parse_ddl("a long, b string, c array<int>")
    assert sorted(rows_of(open_source("parquet", [str(tmp_path)], wide)), key=str) == [
        [1, None, None], [2, "x", None],
    ]  # fmt: skip
    with pytest.raises(AnalysisException, match="CANNOT_MERGE_SCHEMAS"):
        open_source("parquet", [str(tmp_path)], None, {"mergeSchema": "true"})
    narrow = open_source("parquet", [str(tmp_path)], parse_ddl("a int"))
    with pytest.raises(SparkException, match="PARQUET_COLUMN_DATA_TYPE_MISMATCH"):
        rows_of(narrow)


@pytest.mark.parametrize("content", [b"PAR1xxxxxxxxxxxxxxxxxx", b"x", b"PAR1"])
def test_a_damaged_footer_names_the_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(content)
    with pytest.raises(SparkException, match=r"CANNOT_READ_FILE_FOOTER.*bad\.parquet"):
        open_source("parquet", [str(tmp_path)])
    pq.write_table(pa.table({"a": [1]}), tmp_path / "good.parquet")
    source = open_source("parquet", [str(tmp_path)], None, {"ignoreCorruptFiles": "true"})
    assert rows_of(source) == [[1]]


def test_a_file_that_vanished(big: str) -> None:
    source = open_source("parquet", [big], parse_ddl("a long"))
    tasks = source.splits(1 << 30, 1)
    Path(big).unlink()
    with pytest.raises(SparkException, match="FILE_NOT_EXIST"):
        source.duck_sql(tasks[0])


def test_unknown_formats_options_and_paths(big: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AnalysisException, match="DATA_SOURCE_NOT_FOUND"):
        open_source("parkett", [big])
    with pytest.raises(AnalysisException, match="PATH_NOT_FOUND"):
        open_source("csv", [big + "x"])
    with caplog.at_level(logging.WARNING):
        open_source("parquet", [big], None, {"mergeSchemas": "true"})
    assert "'mergeSchemas'" in caplog.text and "Did you mean mergeSchema?" in caplog.text


def test_globs_hidden_files_and_name_filters(tmp_path: Path) -> None:
    for name in ("a1.txt", "a2.log", "_h.txt", ".h.txt", "b/c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)

    def read(path: str, **options: str) -> list[str]:
        return sorted(r[0] for r in rows_of(open_source("text", [path], None, options)))

    assert read(str(tmp_path)) == ["a1.txt", "a2.log", "b/c.txt"]
    assert read(f"{tmp_path}/a*") == ["a1.txt", "a2.log"]
    assert read(str(tmp_path), pathGlobFilter="*.txt") == ["a1.txt", "b/c.txt"]
    assert read(str(tmp_path), modifiedBefore="2000-01-01T00:00:00") == []


ALL = parse_ddl("id bigint, s string, d date, x double, dec decimal(10,2), b boolean")


def test_a_table_of_sqlite(tmp_path: Path) -> None:
    url = {"url": f"jdbc:sqlite:{tmp_path}/shop.db", "dbtable": "items"}
    assert isinstance(ALL, StructType)
    table = pa.table(
        [[*range(10), None], ["x"] * 11, [None] * 11, [0.5] * 11, [None] * 11, [True] * 11],
        schema=to_arrow_schema(ALL),
    )
    write_table("jdbc", "", table, ALL, options=url)
    parts = {"partitionColumn": "id", "lowerBound": "0", "upperBound": "10", "numPartitions": "3"}
    source = open_source("jdbc", [], None, {**url, **parts})
    assert source.schema == ALL
    assert len(source.splits(1, 1)) == 3
    assert sorted(rows_of(source), key=str) == sorted(
        ([n, "x", None, 0.5, None, True] for n in [*range(10), None]), key=str
    )
    narrowed, rest = source.with_filters([compare(">", "id", 7)])
    assert (narrowed.pushed(), len(rest)) == (["GreaterThan(id,7)"], 1)
    assert sorted(rows_of(narrowed.with_columns(["id"]))) == [[8], [9]]


class Numbers(DataSource):
    def schema(self) -> str:
        return "part int, text string"

    def reader(self, schema: StructType) -> DataSourceReader:
        return NumbersReader(int(self.options["COUNT"]))

    def writer(self, schema: StructType, overwrite: bool) -> DataSourceWriter:
        return NumbersWriter()


class NumbersReader(DataSourceReader):
    def __init__(self, count: int) -> None:
        self.count, self.wanted = count, None

    def pushFilters(self, filters: list[Any]) -> Iterator[Any]:
        for filter_ in filters:
            if isinstance(filter_, EqualTo):
                self.wanted = filter_.value
            else:
                yield filter_

    def partitions(self) -> list[InputPartition]:
        return [InputPartition(i) for i in range(self.count)]

    def read(self, partition: InputPartition) -> Iterator[Any]:
        if self.wanted in (None, partition.value):
            yield (partition.value, f"t{partition.value}")


class NumbersWriter(DataSourceWriter):
    def write(self, iterator: Iterator[Any]) -> WriterCommitMessage:
        message = WriterCommitMessage()
        message.rows = [tuple(row) for row in iterator]
        return message

    def commit(self, messages: list[Any]) -> None:
        self.committed = [m.rows for m in messages]


def test_a_python_data_source_is_read_and_written() -> None:
    registry = DataSourceRegistry()
    DataSourceRegistration(registry).register(Numbers)
    source = open_source("numbers", [], None, {"count": "3"}, {}, registry)
    filters = [compare("=", "part", 1, IntegerType()), compare("<", "part", 9, IntegerType())]
    narrowed, rest = source.with_filters(filters)
    assert rest == [filters[1]]
    assert rows_of(narrowed.with_columns(["text"])) == [["t1"]]
    assert len(rows_of(source)) == 3
    sink = open_sink("Numbers", "", source.schema, "append", python=registry)
    task = pickle.loads(pickle.dumps(sink))
    table = pa.table([[1], ["x"]], schema=to_arrow_schema(source.schema))
    sink.commit([task.write(0, 0, iter([table]))])
    assert sink.writer.committed == [[(1, "x")]]
