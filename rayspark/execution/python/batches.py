"""Functions of all batches of a partition: ``mapInPandas``, ``mapInArrow``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute, PythonFunction
from rayspark.columnar.ipc import ArrowBlock
from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import PySparkRuntimeError, PySparkTypeError
from rayspark.execution.boundary import into_duck, out_of_duck
from rayspark.execution.python.frames import from_frame, to_frame
from rayspark.records import dataclass


@dataclass(frozen=True)
class Shape:
    """Columns on their way in or out of a function."""

    attributes: tuple[Attribute, ...]

    @property
    def schema(self) -> StructType:
        """As a Spark schema."""
        return StructType([a.field() for a in self.attributes])

    def outward(self, table: pa.Table) -> pa.Table:
        """A block's table as users see it."""
        return out_of_duck(table, self.attributes, to_arrow_schema(self.schema))

    def inward(self, table: pa.Table) -> ArrowBlock:
        """A user's table as a block."""
        return ArrowBlock.of(into_duck(table, self.attributes))


@dataclass(frozen=True)
class MapBatches:
    """Partition function: what the user's function makes of the batches."""

    function: PythonFunction
    kind: str
    given: Shape
    made: Shape
    zone: str
    batch_rows: int

    def __call__(self, split: int, blocks: Iterable[ArrowBlock]) -> Iterator[ArrowBlock]:
        results = self.function.func(self._batches(blocks))
        if not hasattr(results, "__iter__"):
            raise PySparkTypeError(
                errorClass="UDF_RETURN_TYPE",
                messageParameters={
                    "expected": "iterator of pandas.DataFrame"
                    if self.kind == "pandas"
                    else "iterator of pyarrow.RecordBatch",
                    "actual": type(results).__name__,
                },
            )
        for result in results:
            yield self.made.inward(self._checked(result))

    def _batches(self, blocks: Iterable[ArrowBlock]) -> Iterator[Any]:
        schema = self.given.schema
        for block in blocks:
            table = self.given.outward(block.table())
            size = self.batch_rows if self.batch_rows > 0 else max(1, table.num_rows)
            for batch in table.to_batches(max_chunksize=size):
                if self.kind == "pandas":
                    yield to_frame(pa.Table.from_batches([batch]), schema, self.zone)
                else:
                    yield batch

    def _checked(self, result: Any) -> pa.Table:
        if self.kind == "pandas":
            return from_frame(result, self.made.schema, self.zone, self.function.name)
        return arrow_table(result, self.made.schema, self.function.name)


def arrow_table(result: Any, schema: StructType, function: str) -> pa.Table:
    """A RecordBatch or Table that a function gave, checked against what was declared.

    Raises
    ------
    PySparkTypeError
        If it is neither.
    PySparkRuntimeError
        If its columns are others.
    """
    if isinstance(result, pa.RecordBatch):
        result = pa.Table.from_batches([result])
    if not isinstance(result, pa.Table):
        raise PySparkTypeError(
            f"The function {function} must return pyarrow.RecordBatch or pyarrow.Table, but "
            f"returned {type(result).__name__}"
        )
    target = to_arrow_schema(schema)
    missing = [name for name in target.names if name not in result.column_names]
    extra = [name for name in result.column_names if name not in target.names]
    if missing or extra:
        raise PySparkRuntimeError(
            errorClass="RESULT_COLUMN_NAMES_MISMATCH",
            messageParameters={
                "missing": f" Missing: {', '.join(missing)}." if missing else "",
                "extra": f" Unexpected: {', '.join(extra)}." if extra else "",
            },
        )
    ordered = result.select(target.names)
    wrong = [
        f"column '{field.name}' (expected {field.type}, actual {ordered.schema.field(at).type})"
        for at, field in enumerate(target)
        if ordered.schema.field(at).type != field.type
    ]
    try:
        return ordered.cast(target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError):
        raise PySparkRuntimeError(
            errorClass="RESULT_COLUMN_TYPES_MISMATCH",
            messageParameters={"mismatch": ", ".join(wrong)},
        ) from None
