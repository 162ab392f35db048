"""Blocks of CSV that are read straight to values give what the exact way gives."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources_kit import UTC

from rayspark.datatypes import parse_ddl
from rayspark.errors import PySparkException
from rayspark.execution.sources import csv_cut, open_source
from rayspark.execution.sources.csv_cut import CsvCutter
from rayspark.execution.sources.csv_direct import TRIES, DirectReader

WHOLE = ["1", "0", "-7", "120", "007", "-0", ""]
NUMBERS = [*WHOLE, "2.5", "1.25", "-0.5", "1e3", "1.", ".5", "1e-2"]
MOMENTS = ["2024-01-31 12:30:00", "2024-01-31T12:30:00.25", "1969-12-31 23:59:59.999999", ""]
GOOD = {
    "STRING": ["text", "a b", "é", "1", ""],
    "TINYINT": WHOLE,
    "SMALLINT": WHOLE,
    "INT": WHOLE,
    "BIGINT": [*WHOLE, "9223372036854775807"],
    "FLOAT": NUMBERS,
    "DOUBLE": [*NUMBERS, "0.1", "1e308"],
    "DECIMAL(12,2)": NUMBERS,
    "DECIMAL(38,10)": NUMBERS,
    "DECIMAL(38,38)": ["0.5", "-0.25", "0", ""],
    "DECIMAL(38,0)": [*WHOLE, "12345678901234567890123456789012345678"],
    "BOOLEAN": ["true", "False", "TRUE", ""],
    "DATE": ["2024-02-29", "1582-10-04", "0001-01-01", ""],
    "TIMESTAMP": MOMENTS,
    "TIMESTAMP_NTZ": MOMENTS,
    "BINARY": ["text", "é", ""],
}
ODD = ["", " ", "1.", ".5", "+1", "1e", "1e-400", "1e400", "0x1", "0X1f", "-0x1", "1_0", "1d",
       "1.5f", "NaN", "nan", "Inf", "-Inf", "inf", "Infinity", "+Infinity", "nan(1)", "null", "NA",
       " 1", "1 ", "\t1", "1\t", " true", "2024-1-1", "2024-02-30", "0000-01-01", "+2024-01-01",
       "12024-01-01", "20240101", " 2024-01-01", "2024-01-01 ", "2024-01-31 24:00:00", "infinity",
       "0044-03-15 (BC) 12:00:00", "99999999999", "300", "1.255", "1e40", "٣", "١٢", "tRue", "t",
       '"1"', '"a,b"', '""', '"', '"a""b"', '"a\\"b"', "a\\b", '" 1"', '"1', 'x"y"', "#c", "'q'",
       "\x00", "\x0b1", "1\xa0", ".", "9" * 38, "-1e37"]  # fmt: skip
ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n \n"]
OPTIONS: dict[str, list[str]] = {
    "mode": ["PERMISSIVE", "DROPMALFORMED", "FAILFAST"],
    "sep": [",", ",", ";", "\t", "|", "||"],
    "header": ["false", "true"],
    "nullValue": ["", "", "NA", "0"],
    "emptyValue": ["", "", "NA", "E"],
    "nanValue": ["NaN", "NA", "1"],
    "escape": ["\\", "\\", '"'],
    "quote": ['"', '"', "'", ""],
    "ignoreLeadingWhiteSpace": ["false", "false", "true"],
    "ignoreTrailingWhiteSpace": ["false", "false", "true"],
    "comment": ["", "", "#"],
    "dateFormat": ["", "", "dd/MM/yyyy"],
}


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str, dict[str, str], str]:
    """A file's text, a schema, options, the columns that are asked for."""
    types = draw(st.lists(st.sampled_from(sorted(GOOD)), min_size=1, max_size=4))
    names = [f"k{i} {dt}" for i, dt in enumerate(types)]
    if draw(st.booleans()):
        names.insert(draw(st.integers(0, len(names))), "_corrupt_record STRING")
    chosen = draw(st.lists(st.sampled_from(sorted(OPTIONS)), max_size=2))
    options = {key: draw(st.sampled_from(OPTIONS[key])) for key in chosen}
    separator = options.get("sep", ",")
    row = st.tuples(*(st.sampled_from(GOOD[dt]) for dt in types)).map(list)
    lines = draw(st.lists(row, max_size=6))
    if draw(st.booleans()):
        quoted = draw(st.sets(st.integers(0, len(types) - 1)))
        lines = [[f'"{v}"' if i in quoted else v for i, v in enumerate(line)] for line in lines]
    for _ in range(draw(st.integers(0, 2)) if lines else 0):
        line, at = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(types)))
        odd = draw(st.one_of(st.sampled_from(ODD), st.text(max_size=4)))
        lines[line][at : at + draw(st.integers(0, 1))] = [odd] * draw(st.sampled_from([1, 1, 1, 0]))
    end = st.sampled_from(ENDS if draw(st.integers(0, 3)) == 0 else ["\n"])
    text = "".join(separator.join(line) + draw(end) for line in lines)
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    text = draw(st.sampled_from(["", "", "", "\ufeff"])) + text
    asked = draw(st.sampled_from(["all", "some", "none"]))
    return text, ", ".join(names), options, asked


def whole(source: Any) -> list[pa.RecordBatch]:
    """All rows as one batch, or none."""
    batches = [b for task in source.splits(1 << 30, 1) for b in source.bare().read(task)]
    return pa.Table.from_batches(batches).combine_chunks().to_batches() if batches else []


def comparable(column: pa.Array) -> list[Any]:
    """Values that equal themselves: numbers in floating point as texts, dates as numbers."""
    if pa.types.is_floating(column.type):
        return column.cast(pa.string()).to_pylist()
    if pa.types.is_temporal(column.type):
        column = column.cast(pa.int32() if pa.types.is_date(column.type) else pa.int64())
    return column.to_pylist()


def answer(path: Path, ddl: str, options: dict[str, str], asked: str) -> Any:
    """The rows, or the error's condition."""
    schema = parse_ddl(ddl)
    try:
        source = open_source("csv", [str(path)], schema, options, UTC)
        if asked == "some":
            source = source.with_columns(schema.names[::2])
        elif asked == "none":
            source = source.with_columns([])
            tasks = source.splits(1 << 20, 1)
            return sum(batch.num_rows for task in tasks for batch in source.read(task))
        return [
            comparable(batch.column(i)) for batch in whole(source) for i in range(batch.num_columns)
        ]
    except PySparkException as error:
        return error.getCondition(), str(error)


def reader_of(ddl: str, path: Path) -> DirectReader:
    path.write_text("")
    source: Any = open_source("csv", [str(path)], parse_ddl(ddl), {}, UTC)
    cutter = CsvCutter(source.how.dialect, len(source.fields), raw=False)
    return DirectReader(cutter, source.fields, source.read_schema, source.how)


@pytest.mark.parametrize("dt", sorted(GOOD))
def test_every_odd_value_among_good_ones(dt: str, tmp_path: Path) -> None:
    path, ddl = tmp_path / "x.csv", f"k {dt}, n INT"
    good = "".join(f"{value},-1\n" for value in GOOD[dt] if value)
    assert reader_of(ddl, path).read(good.encode())
    found = {}
    for n, odd in enumerate(ODD):
        batch = reader_of(ddl, path).read(f"{good}{odd},{n}\n{good}".encode())
        if batch is not None:
            found[n] = dict(zip(*map(comparable, reversed(batch.columns)), strict=True))[n]
    path.write_text("".join(f"{odd},{n}\n" for n, odd in enumerate(ODD)), newline="")
    with mock.patch.object(CsvCutter, "plain_table", return_value=None):
        values, numbers = answer(path, ddl, {}, "all")
    exact = dict(zip(numbers, values, strict=True))
    assert len(found) > len(ODD) / 2
    assert found == {n: exact[n] for n in found}


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_the_direct_way_is_the_exact_way(case: tuple[str, str, dict[str, str], str]) -> None:
    text, *rest = case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(text.encode("utf-8", "replace"))
        with mock.patch.object(csv_cut, "SLICE", 3):
            fast = answer(path, *rest)
        with mock.patch.object(CsvCutter, "plain_table", return_value=None):
            assert fast == answer(path, *rest)


def test_a_reader_that_fails_often_stops_trying(tmp_path: Path) -> None:
    reader = reader_of("k INT", tmp_path / "x.csv")
    found = reader.read(b"1\n2\n")
    assert found is not None
    assert found.to_pydict() == {"k": [1, 2]}
    assert [reader.read(b"1,1\n") for _ in range(TRIES)] == [None] * TRIES
    with mock.patch.object(CsvCutter, "plain_table", side_effect=AssertionError):
        assert reader.read(b"1\n2\n") is None
