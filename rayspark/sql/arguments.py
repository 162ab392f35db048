"""What users pass where columns are meant: columns and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rayspark.catalyst.expressions import Expression
from rayspark.sql.column import Column
from rayspark.sql.expected import expected
from rayspark.sql.literals import attribute


def column_or_name(value: Any, name: str = "col") -> Expression:
    """The expression of a column, or of a column's name."""
    if isinstance(value, Column):
        return value._expr
    if isinstance(value, str):
        return attribute(value)
    raise expected(name, "Column or str", value)


def columns_or_names(values: Sequence[Any]) -> tuple[Expression, ...]:
    """The same for several, or for one list of them."""
    if len(values) == 1 and isinstance(values[0], list | set | tuple):
        values = tuple(values[0])
    return tuple(map(column_or_name, values))
