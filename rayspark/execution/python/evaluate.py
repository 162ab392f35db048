"""Functions of rows and of columns: a value for every row of a block."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from operator import length_hint
from types import NoneType
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute, PythonFunction
from rayspark.columnar.ipc import ArrowBlock
from rayspark.datatypes import BinaryType, BooleanType, DataType, DateType, DecimalType
from rayspark.datatypes.arrow import to_arrow_type
from rayspark.datatypes.base import NumericType
from rayspark.datatypes.convert import column_to_values, values_to_column
from rayspark.errors import PySparkRuntimeError, PySparkTypeError
from rayspark.execution.boundary import convert, inward
from rayspark.execution.python.frames import from_series, to_series
from rayspark.lineage.pipeline import stop_iteration
from rayspark.records import dataclass


@dataclass(frozen=True)
class UdfCall:
    """One function over columns of the input."""

    function: PythonFunction
    places: tuple[int, ...]
    """Of its arguments among the input's columns."""
    names: tuple[str | None, ...]
    """Keyword of each argument; ``None`` for by position."""
    result: str
    """Name of the new column."""

    def apply(self, values: list[Any]) -> Any:
        """Call the function."""
        by_name = {n: v for n, v in zip(self.names, values, strict=False) if n is not None}
        plain = values[: len(values) - len(by_name)] if self.names else values
        return self.function.func(*plain, **by_name)


@dataclass(frozen=True)
class EvaluateUdfs:
    """Partition function: the blocks with a column more for each call."""

    calls: tuple[UdfCall, ...]
    attributes: tuple[Attribute, ...]
    """Of the input."""
    zone: str
    batch_rows: int
    keep: int
    """Columns of the input that stay: those after them were made for arguments."""

    def __call__(self, split: int, blocks: Iterable[ArrowBlock]) -> Iterator[ArrowBlock]:
        tables = (block.table() for block in blocks)
        if any(call.function.kind.endswith("_iter") for call in self.calls):
            yield from self._streamed(tables)
            return
        for table in tables:
            yield self._with_values(table, [self._values(call, table) for call in self.calls])

    def _with_values(self, table: pa.Table, values: list[Any]) -> ArrowBlock:
        names = table.column_names[: self.keep]
        columns = table.columns[: self.keep]
        for call, column in zip(self.calls, values, strict=True):
            names.append(call.result)
            columns.append(inward(column, call.function.returns))
        return ArrowBlock.of(pa.table(columns, names))

    def _argument(self, table: pa.Table, place: int) -> tuple[Any, DataType]:
        dt = self.attributes[place].type
        return convert(table.column(place), to_arrow_type(dt)), dt

    def _values(self, call: UdfCall, table: pa.Table) -> Any:
        match call.function.kind:
            case "row" | "arrow_row":
                return self._by_row(call, table)
            case _:
                return self._by_batch(call, table)

    def _by_row(self, call: UdfCall, table: pa.Table) -> pa.Array:
        columns = []
        for place in call.places:
            array, dt = self._argument(table, place)
            columns.append(column_to_values(_whole(array), dt))
        given = [iter(values) for values in columns]
        func: Callable[..., Any] = call.function.func
        try:
            if any(call.names):
                results = [call.apply(list(row)) for row in zip(*given, strict=True)]
            elif given:
                results = list(map(func, *given))
                if len(results) < table.num_rows:  # map takes the function's for its own end
                    raise StopIteration
            else:
                results = [func() for _ in range(table.num_rows)]
        except Exception as error:
            if given:  # what is left of an iterator tells how far it was
                at = table.num_rows - length_hint(given[0]) - 1
                values = ", ".join(reprlib.repr(values[at]) for values in columns)
                error.add_note(f"It was raised by the call {call.function.name}({values}).")
            if isinstance(error, StopIteration):
                raise stop_iteration(error) from error
            raise
        if call.function.kind == "arrow_row":
            return arrow_column(results, call.function)
        return values_to_column(results, call.function.returns, lenient=True)

    def _by_batch(self, call: UdfCall, table: pa.Table) -> Any:
        pieces = [
            self._checked(call, call.apply(self._columns(call, part)), part.num_rows)
            for part in self._parts(table)
        ]
        return pa.chunked_array(pieces, to_arrow_type(call.function.returns))

    def _parts(self, table: pa.Table) -> Iterator[pa.Table]:
        size = self.batch_rows if self.batch_rows > 0 else max(1, table.num_rows)
        for start in range(0, table.num_rows, size):
            yield table.slice(start, size)

    def _columns(self, call: UdfCall, part: pa.Table) -> list[Any]:
        pandas = call.function.kind.startswith("pandas")
        found = []
        for place in call.places:
            array, dt = self._argument(part, place)
            found.append(to_series(array, dt, self.zone) if pandas else _whole(array))
        return found

    def _checked(self, call: UdfCall, result: Any, rows: int) -> pa.Array:
        function = call.function
        if function.kind.startswith("pandas"):
            if not hasattr(result, "__len__") or isinstance(result, (str, bytes)):
                raise PySparkTypeError(
                    errorClass="UDF_RETURN_TYPE",
                    messageParameters={
                        "expected": "pandas.Series", "actual": type(result).__name__,
                    },
                )  # fmt: skip
            array = from_series(result, function.returns, self.zone, function.name)
        else:
            array = convert(_whole(result), to_arrow_type(function.returns))
        if len(array) != rows:
            raise PySparkRuntimeError(
                errorClass="RESULT_ROWS_MISMATCH",
                messageParameters={"output_length": str(len(array)), "input_length": str(rows)},
            )
        return array

    def _streamed(self, tables: Iterator[pa.Table]) -> Iterator[ArrowBlock]:
        """One call is given all batches of the partition, and gives as many."""
        (call,) = self.calls
        given: list[pa.Table] = []

        def batches() -> Iterator[Any]:
            for table in tables:
                for part in self._parts(table):
                    given.append(part)
                    columns = self._columns(call, part)
                    yield columns[0] if len(columns) == 1 else tuple(columns)

        at = 0
        for result in call.function.func(batches()):
            if at >= len(given):
                raise PySparkRuntimeError(
                    errorClass="RESULT_ROWS_MISMATCH",
                    messageParameters={
                        "output_length": f"{at + 1} batches",
                        "input_length": f"{len(given)} batches of",
                    },
                )
            part, at = given[at], at + 1
            yield self._with_values(part, [self._checked(call, result, part.num_rows)])
        if at < len(given):
            raise PySparkRuntimeError(
                errorClass="RESULT_ROWS_MISMATCH",
                messageParameters={
                    "output_length": f"{at} batches", "input_length": f"{len(given)} batches of",
                },
            )  # fmt: skip


def _whole(array: Any) -> Any:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


EXACT: dict[type[DataType], set[type]] = {
    BinaryType: {bytes, bytearray, NoneType},
    DecimalType: {Decimal, NoneType},
}
"""Types of which Arrow takes no other values, by the declared type."""


def arrow_column(values: Sequence[Any], function: PythonFunction) -> pa.Array:
    """Results as Arrow converts them: what is of no fitting type is cast, or an error."""
    dt = function.returns
    try:
        return values_to_column(values, dt, leaf=_arrow_leaf)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise PySparkTypeError(
            f"The function {function.name} returned a value that cannot be {dt.simpleString()} as "
            f"declared: {error}"
        ) from None


def _arrow_leaf(values: Sequence[Any], dt: DataType) -> pa.Array:
    target = to_arrow_type(dt)
    exact = EXACT.get(type(dt))
    if exact is not None and (odd := {type(v) for v in values} - exact):
        raise pa.ArrowTypeError(f"found {', '.join(sorted(t.__name__ for t in odd))}")
    if not isinstance(dt, NumericType | BooleanType | DateType) or exact is not None:
        return values_to_column(values, dt, lenient=True)
    try:
        return pa.array(values, target)
    except pa.ArrowInvalid:
        return pa.array(values).cast(target)
