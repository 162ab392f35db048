"""CASE WHEN."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions.base import Expression
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import DataType
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class CaseWhen(Expression):
    """The value of the first branch whose condition is true; else ``otherwise``, else null.

    Branch values have one type after analysis. ``if(c, a, b)`` becomes one of these too.
    """

    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None = None
    shown: str | None = None
    """``if``, where it was written as a call of that function."""

    @property
    def dtype(self) -> DataType:
        """The values' common type."""
        return self.branches[0][1].dtype

    @up_property
    def nullable(self) -> bool:
        """If any value is, or if no branch may apply."""
        values = [value for _, value in self.branches]
        if self.otherwise is None:
            return True
        return any(value.nullable for value in (*values, self.otherwise))

    @up_property
    def foldable(self) -> bool:
        """If all parts are."""
        return all(child.foldable for child in self.children)

    def _identity(self) -> tuple[Any, ...]:
        return (self.branches, self.otherwise)

    def sql(self) -> str:
        """``CASE WHEN a THEN b ELSE c END``."""
        return self._write(lambda e: e.sql())

    def describe(self) -> str:
        """With ids."""
        return self._write(lambda e: e.describe())

    def _write(self, text: object) -> str:
        assert callable(text)
        if self.shown is not None:
            return f"({self.shown.upper()}({', '.join(text(e) for e in self.children)}))"
        parts = ["CASE"]
        parts += [f"WHEN {text(when)} THEN {text(then)}" for when, then in self.branches]
        if self.otherwise is not None:
            parts.append(f"ELSE {text(self.otherwise)}")
        return " ".join([*parts, "END"])
