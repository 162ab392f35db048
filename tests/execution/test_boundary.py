"""Columns on their way into DuckDB and out of it keep their values, whatever slice they are."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.datatypes import DataType, parse_ddl
from rayspark.datatypes.arrow import to_arrow_type
from rayspark.execution.boundary import convert, inner_type, needs_change

SPANS = st.none() | st.integers(-(10**9), 10**9).map(lambda n: datetime.timedelta(microseconds=n))
KINDS: dict[str, st.SearchStrategy[object]] = {
    "interval day to second": SPANS,
    "array<interval day to second>": st.none() | st.lists(SPANS, max_size=3),
    "map<int, interval day to second>": st.none()
    | st.dictionaries(st.integers(0, 9), SPANS, max_size=3).map(lambda d: list(d.items())),
    "struct<a: int, b: interval day to second>": st.none()
    | st.fixed_dictionaries({"a": st.none() | st.integers(0, 9), "b": SPANS}),
    "array<struct<a: array<interval day to second>>>": st.none()
    | st.lists(
        st.none() | st.fixed_dictionaries({"a": st.none() | st.lists(SPANS, max_size=2)}),
        max_size=3,
    ),
}


@pytest.mark.parametrize("ddl", KINDS)
@given(data=st.data())
def test_there_and_back(ddl: str, data: st.DataObject) -> None:
    dt: DataType = parse_ddl(f"c {ddl}").fields[0].dataType
    assert needs_change(dt)
    values = data.draw(st.lists(KINDS[ddl], max_size=6))
    start = data.draw(st.integers(0, len(values)))
    column = pa.array(values, to_arrow_type(dt)).slice(start, data.draw(st.integers(0, 6)))
    inside = convert(column, inner_type(dt))
    assert inside.type == inner_type(dt)
    assert convert(inside, column.type).to_pylist() == column.to_pylist()
