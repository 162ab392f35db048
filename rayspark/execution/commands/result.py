"""What a statement gives: rows of texts and flags, as a relation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.logical import LocalRelation
from rayspark.datatypes import BooleanType, DataType, StringType
from rayspark.datatypes.arrow import to_arrow_type

Rows = Iterable[Sequence[Any]]


def table_of(columns: Mapping[str, DataType], rows: Rows, *, nullable: Sequence[str] = ()) -> Any:
    """A relation with these columns."""
    attributes = tuple(Attribute(name, dtype, name in nullable) for name, dtype in columns.items())
    values = list(zip(*rows, strict=True)) or [() for _ in columns]
    arrays = [
        pa.array(list(column), to_arrow_type(a.type))
        for a, column in zip(attributes, values, strict=True)
    ]
    schema = pa.schema([pa.field(a.name, to_arrow_type(a.type), a.is_nullable) for a in attributes])
    return LocalRelation(attributes, pa.Table.from_arrays(arrays, schema=schema))


def texts(*names: str, rows: Rows, nullable: Sequence[str] = ()) -> LocalRelation:
    """A relation with columns of text."""
    found: LocalRelation = table_of({name: StringType() for name in names}, rows, nullable=nullable)
    return found


def nothing() -> LocalRelation:
    """No columns and no rows: the result of most statements."""
    return LocalRelation((), pa.table({}))


FLAG = BooleanType()
TEXT = StringType()
