"""Functions of groups: ``applyInPandas``, ``applyInArrow``, cogroups, aggregate functions.

A partition's rows come sorted by their keys, so a group is a slice.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from rayspark.catalyst.expressions import PythonFunction
from rayspark.columnar.ipc import ArrowBlock
from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_type
from rayspark.datatypes.convert import column_to_values
from rayspark.execution.boundary import inward
from rayspark.execution.python.batches import Shape, arrow_table
from rayspark.execution.python.evaluate import UdfCall, arrow_column
from rayspark.execution.python.frames import from_frame, is_missing, to_frame, to_series
from rayspark.lazy import compute as pc
from rayspark.records import dataclass


def group_slices(table: pa.Table, keys: list[int]) -> Iterator[pa.Table]:
    """The groups of a table that is sorted by its key columns."""
    rows = table.num_rows
    if not rows:
        return
    starts = np.zeros(rows, dtype=bool)
    starts[0] = True
    for key in keys:
        column = table.column(key).combine_chunks()
        if rows > 1:
            starts[1:] |= _differs(column)
    at = [*np.flatnonzero(starts).tolist(), rows]
    for start, end in itertools.pairwise(at):
        yield table.slice(start, end - start)


def _differs(column: pa.Array) -> Any:
    """Where a value is not the one before it; nulls are equal, NaNs too."""
    left, right = column.slice(0, len(column) - 1), column.slice(1)
    if pa.types.is_nested(column.type):
        values = column.to_pylist()
        return np.array([a != b for a, b in itertools.pairwise(values)])
    unequal = pc.fill_null(pc.not_equal(left, right), False)
    nulls = pc.not_equal(pc.is_null(left), pc.is_null(right))
    found = pc.or_(unequal, nulls).to_numpy(zero_copy_only=False)
    if pa.types.is_floating(column.type):
        both = pc.and_(pc.fill_null(pc.is_nan(left), False), pc.fill_null(pc.is_nan(right), False))
        found = found & ~both.to_numpy(zero_copy_only=False)
    return found


def gathered(blocks: Iterable[ArrowBlock]) -> pa.Table | None:
    """All rows of a partition, if there is any block."""
    tables = [block.table() for block in blocks]
    return pa.concat_tables(tables) if tables else None


@dataclass(frozen=True)
class MapGroups:
    """Partition function: what the user's function makes of each group."""

    function: PythonFunction
    kind: str
    keys: tuple[int, ...]
    given: Shape
    """The input: the keys that are no columns of their own come last and are not handed on."""
    visible: int
    """Columns that the function sees."""
    made: Shape
    zone: str

    def __call__(self, split: int, blocks: Iterable[ArrowBlock]) -> Iterator[ArrowBlock]:
        table = gathered(blocks)
        if table is None:
            return
        for group in group_slices(table, list(self.keys)):
            for part in self._results(self.given.outward(group)):
                yield self.made.inward(part)

    def _results(self, group: pa.Table) -> Iterator[pa.Table]:
        schema = StructType(self.given.schema.fields[: self.visible])
        rows = group.select(range(self.visible))
        key = key_values(group, self.given, self.keys)
        function = self.function
        if self.kind.startswith("pandas"):
            data: Any = to_frame(rows, schema, self.zone)
        else:
            data = rows
        if self.kind.endswith("_iter"):
            pieces = iter(rows.to_batches()) if self.kind == "arrow_iter" else iter([data])
            for result in call_with_key(function.func, key, [pieces]):
                yield self._checked(result)
            return
        yield self._checked(call_with_key(function.func, key, [data]))

    def _checked(self, result: Any) -> pa.Table:
        if self.kind.startswith("pandas"):
            return from_frame(result, self.made.schema, self.zone, self.function.name)
        return arrow_table(result, self.made.schema, self.function.name)


def key_values(group: pa.Table, shape: Shape, keys: tuple[int, ...]) -> tuple[Any, ...]:
    """The group's keys as Python values."""
    found = []
    for key in keys:
        dt = shape.attributes[key].type
        found.append(column_to_values(group.column(key).slice(0, 1).combine_chunks(), dt)[0])
    return tuple(found)


def _met(value: Any) -> Any:
    """A key's value as something to look up by: Python's NaN is not itself, lists have no hash."""
    match value:
        case float() if value != value:
            return "NaN", float
        case list() | tuple():
            return tuple(map(_met, value))
    return value


def call_with_key(func: Any, key: tuple[Any, ...], data: list[Any]) -> Any:
    """``f(data)`` or, for a function of one parameter more, ``f(key, data)``."""
    parameters = inspect.signature(func).parameters
    return func(key, *data) if len(parameters) > len(data) else func(*data)


@dataclass(frozen=True)
class AggregateGroups:
    """Partition function: a row for each group, with the values of functions of its columns."""

    calls: tuple[UdfCall, ...]
    keys: tuple[int, ...]
    given: Shape
    zone: str
    everything: bool
    """There are no keys: one row, whatever there is."""

    def __call__(self, split: int, blocks: Iterable[ArrowBlock]) -> Iterator[ArrowBlock]:
        table = gathered(blocks)
        if table is None:
            return
        groups = [table] if self.everything else list(group_slices(table, list(self.keys)))
        if not groups:
            return
        names = [table.column_names[key] for key in self.keys]
        firsts = [group.slice(0, 1) for group in groups]
        columns: list[Any] = [
            pa.chunked_array([c for part in firsts for c in part.column(key).chunks])
            for key in self.keys
        ]
        outward = [self.given.outward(group) for group in groups]
        for call in self.calls:
            given = (arguments(call, group, self.given, self.zone) for group in outward)
            values = [aggregated(call, columns) for columns in given]
            names.append(call.result)
            array = arrow_column(values, call.function)
            columns.append(inner(array, call))
        yield ArrowBlock.of(pa.table(columns, names))


def arguments(call: UdfCall, group: pa.Table, shape: Shape, zone: str) -> list[Any]:
    """A call's columns of a group, as the function takes them."""
    columns = [(group.column(place), shape.attributes[place].type) for place in call.places]
    if call.function.kind.startswith("pandas"):
        return [to_series(column, dt, zone) for column, dt in columns]
    return [column.combine_chunks() for column, _ in columns]


def aggregated(call: UdfCall, columns: list[Any]) -> Any:
    """What the function makes of a group's columns: a value of Python's."""
    if call.function.kind.endswith("_iter"):
        batch = columns[0] if len(columns) == 1 else tuple(columns)
        value = call.function.func(iter([batch]))
    else:
        value = call.apply(columns)
    if isinstance(value, pa.Scalar):
        return value.as_py()
    if call.function.kind.startswith("pandas") and is_missing(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def inner(array: pa.Array, call: UdfCall) -> Any:
    """Values of a function as a column of DuckDB's."""
    return inward(array.cast(to_arrow_type(call.function.returns)), call.function.returns)


@dataclass(frozen=True)
class MapCoGroups:
    """Zipped partition function: what the user's function makes of both sides' rows of a key."""

    function: PythonFunction
    kind: str
    left_keys: tuple[int, ...]
    right_keys: tuple[int, ...]
    left: Shape
    right: Shape
    left_visible: int
    right_visible: int
    made: Shape
    zone: str

    def __call__(
        self, split: int, left: Iterable[ArrowBlock], right: Iterable[ArrowBlock]
    ) -> Iterator[ArrowBlock]:
        lefts = self._groups(left, self.left, self.left_keys)
        rights = self._groups(right, self.right, self.right_keys)
        for met in dict.fromkeys([*lefts, *rights]):
            key, _ = lefts[met] if met in lefts else rights[met]
            sides = [
                self._side(lefts.get(met), self.left, self.left_visible),
                self._side(rights.get(met), self.right, self.right_visible),
            ]
            result = call_with_key(self.function.func, key, sides)
            if self.kind == "pandas":
                table = from_frame(result, self.made.schema, self.zone, self.function.name)
            else:
                table = arrow_table(result, self.made.schema, self.function.name)
            yield self.made.inward(table)

    def _groups(
        self, blocks: Iterable[ArrowBlock], shape: Shape, keys: tuple[int, ...]
    ) -> dict[Any, tuple[Any, pa.Table]]:
        """Keys and groups by what keys of both sides have in common."""
        table = gathered(blocks)
        if table is None:
            return {}
        groups = (shape.outward(group) for group in group_slices(table, list(keys)))
        keyed = ((key_values(group, shape, keys), group) for group in groups)
        return {_met(key): (key, group) for key, group in keyed}

    def _side(self, found: tuple[Any, pa.Table] | None, shape: Shape, visible: int) -> Any:
        if found is None:
            empty = pa.schema([(c, to_arrow_type(a.type)) for c, a in _named(shape)])
            group = empty.empty_table()
        else:
            _, group = found
        rows = group.select(range(visible))
        if self.kind == "arrow":
            return rows
        return to_frame(rows, StructType(shape.schema.fields[:visible]), self.zone)


def _named(shape: Shape) -> list[Any]:
    return [(a.name, a) for a in shape.attributes]
