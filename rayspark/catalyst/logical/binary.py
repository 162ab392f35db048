"""Operators with two inputs or more."""

from __future__ import annotations

from enum import Enum
from typing import Literal as Choice

from rayspark.catalyst.expressions import Attribute, Expression, PythonFunction
from rayspark.catalyst.logical.base import LogicalPlan, made_nullable
from rayspark.catalyst.tree import up_property
from rayspark.records import dataclass


class JoinKind(Enum):
    """Which rows a join gives; the value is Spark's name."""

    INNER = "Inner"
    CROSS = "Cross"
    LEFT = "LeftOuter"
    RIGHT = "RightOuter"
    FULL = "FullOuter"
    SEMI = "LeftSemi"
    ANTI = "LeftAnti"


@dataclass(frozen=True, eq=False)
class Join(LogicalPlan):
    """Pairs of rows for which the condition is true.

    ``using`` (or ``natural``) is gone after analysis: it has become a condition and a Project.
    ``null_aware``: an ANTI join for NOT IN; a null on either side keeps the row out.
    """

    left: LogicalPlan
    right: LogicalPlan
    kind: JoinKind = JoinKind.INNER
    condition: Expression | None = None
    using: tuple[str, ...] = ()
    natural: bool = False
    hint: str | None = None
    """The strategy that a hint asks for, with the side: ``broadcast right``, ``merge``..."""
    null_aware: bool = False

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Columns of both sides; only the left's for SEMI and ANTI."""
        left, right = self.left.output, self.right.output
        match self.kind:
            case JoinKind.SEMI | JoinKind.ANTI:
                return left
            case JoinKind.LEFT:
                return (*left, *made_nullable(right))
            case JoinKind.RIGHT:
                return (*made_nullable(left), *right)
            case JoinKind.FULL:
                return (*made_nullable(left), *made_nullable(right))
        return (*left, *right)

    def _is_resolved(self) -> bool:
        if self.using or self.natural:
            return False
        return not (self.left.resolved and self.right.resolved) or not (
            self.left.output_ids & self.right.output_ids
        )

    def describe(self) -> str:
        """``Join Inner, (a#1 = b#2)``."""
        on = "" if self.condition is None else f", {self.condition.describe()}"
        return f"Join {self.kind.value}{on}"


@dataclass(frozen=True, eq=False)
class LateralJoin(LogicalPlan):
    """Each left row with the rows of a query that may read the left row's columns.

    Analysis marks them as outer references; the optimizer makes joins of it.
    """

    left: LogicalPlan
    right: LogicalPlan
    kind: JoinKind = JoinKind.INNER
    condition: Expression | None = None

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Columns of both sides."""
        right = self.right.output
        return (*self.left.output, *(made_nullable(right) if self.kind is JoinKind.LEFT else right))


@dataclass(frozen=True, eq=False)
class Union(LogicalPlan):
    """Rows of all inputs, one after the other: UNION ALL. Flat, however many there are."""

    inputs_: tuple[LogicalPlan, ...]
    by_name: bool = False
    allow_missing: bool = False
    made: tuple[Attribute, ...] = ()
    """The output; set by analysis, new ids."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """One attribute per column, nullable where any input's is."""
        return self.made

    def _is_resolved(self) -> bool:
        return bool(self.made) and not self.by_name

    def describe(self) -> str:
        """``Union false, false``."""
        return f"Union {str(self.by_name).lower()}, {str(self.allow_missing).lower()}"


@dataclass(frozen=True, eq=False)
class SetOp(LogicalPlan):
    """INTERSECT and EXCEPT, with or without ALL. Columns by position."""

    left: LogicalPlan
    right: LogicalPlan
    kind: Choice["intersect", "except"]
    all: bool = False

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The left's columns."""
        return self.left.output

    def describe(self) -> str:
        """``Intersect All false``."""
        return f"{self.kind.capitalize()} All {str(self.all).lower()}"


@dataclass(frozen=True, eq=False)
class CoGroupPython(LogicalPlan):
    """``cogroup(...).applyInPandas``: a function of the rows that both sides have for a key."""

    left_keys: tuple[Expression, ...]
    right_keys: tuple[Expression, ...]
    function: PythonFunction
    kind: Choice["pandas", "arrow"]
    made: tuple[Attribute, ...]
    left: LogicalPlan
    right: LogicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the function makes."""
        return self.made
