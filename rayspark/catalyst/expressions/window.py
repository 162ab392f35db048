"""Window functions: a function, how rows are divided and ordered, and which of them it sees."""

from __future__ import annotations

from typing import Literal as Choice

from rayspark.catalyst.expressions.base import Expression, SortOrder
from rayspark.datatypes import DataType
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class FrameBound(Expression):
    """An end of a frame.

    ``offset`` is a constant: rows for ROWS, a distance in the ordering key's unit for RANGE.
    """

    kind: Choice["unbounded preceding", "preceding", "current", "following", "unbounded following"]
    offset: Expression | None = None
    signed: bool = False
    """Whether it was given as a number below or above zero: then it is shown so."""

    def sql(self) -> str:
        """``1 PRECEDING``."""
        if self.kind == "current":
            return "CURRENT ROW"
        if self.offset is None:
            return self.kind.upper()
        if self.signed and self.kind == "preceding":
            return f"-{self.offset.sql()} FOLLOWING"
        return f"{self.offset.sql()} {self.kind.upper()}"


@dataclass(frozen=True, eq=False)
class Frame(Expression):
    """The rows around the current one that a function sees."""

    unit: Choice["rows", "range"]
    lower: FrameBound
    upper: FrameBound

    def sql(self) -> str:
        """``ROWS BETWEEN 1 PRECEDING AND CURRENT ROW``."""
        return f"{self.unit.upper()} BETWEEN {self.lower.sql()} AND {self.upper.sql()}"


@dataclass(frozen=True, eq=False)
class WindowSpec(Expression):
    """Partition, order and frame. Analysis fills in the frame that is meant where none is given."""

    partition: tuple[Expression, ...] = ()
    order: tuple[SortOrder, ...] = ()
    frame: Frame | None = None
    base: str | None = None
    """Name of a window that it starts from (``OVER (w ORDER BY a)``)."""

    def _is_resolved(self) -> bool:
        return self.base is None

    def sql(self) -> str:
        """``(PARTITION BY a ORDER BY b ASC NULLS FIRST ROWS ...)``."""
        return self._write(lambda e: e.sql())

    def describe(self) -> str:
        """With ids."""
        return self._write(lambda e: e.describe())

    def _write(self, text: object) -> str:
        assert callable(text)
        parts = []
        if self.partition:
            parts.append("PARTITION BY " + ", ".join(text(e) for e in self.partition))
        if self.order:
            parts.append("ORDER BY " + ", ".join(text(e) for e in self.order))
        if self.frame is not None:
            parts.append(text(self.frame))
        return f"({' '.join(parts)})"


@dataclass(frozen=True, eq=False)
class WindowCall(Expression):
    """``function OVER spec``.

    ``function`` is an :class:`AggregateCall` or a :class:`Call` of a window function.
    """

    function: Expression
    spec: WindowSpec
    ignore_nulls: bool = False

    @property
    def dtype(self) -> DataType:
        """The function's."""
        return self.function.dtype

    @property
    def nullable(self) -> bool:
        """By the function's null rule."""
        return self.function.nullable

    def sql(self) -> str:
        """``sum(a) OVER (PARTITION BY b)``."""
        return f"{self.function.sql()} OVER {self.spec.sql()}"

    def describe(self) -> str:
        """With ids."""
        return f"{self.function.describe()} OVER {self.spec.describe()}"
