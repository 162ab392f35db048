"""``WITH RECURSIVE r AS (anchor UNION ALL step)``: rows made from rows, level by level."""

from __future__ import annotations

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.logical.base import LogicalPlan
from rayspark.catalyst.logical.leaf import Leaf, brackets
from rayspark.catalyst.logical.unary import Unary
from rayspark.catalyst.tree import up_property
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class RecursionLimit(Unary):
    """``WITH RECURSIVE r MAX RECURSION LEVEL 5 AS (child)``; gone after analysis."""

    levels: int = 0

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class UnionLoop(LogicalPlan):
    """The anchor's rows, then those that the step makes of them, then those that it makes of these,
    until it makes none.

    ``loop`` is its number, by which the step names it; ``made`` are its columns; ``levels`` are the
    levels asked for, if the query says so. The driver unrolls it before it plans
    (``execution.recursion``).
    """

    loop: int
    anchor: LogicalPlan
    step: LogicalPlan
    made: tuple[Attribute, ...]
    levels: int | None = None

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Its columns."""
        return self.made

    def describe(self) -> str:
        """``UnionLoop 1``."""
        return f"UnionLoop {self.loop}"


@dataclass(frozen=True, eq=False)
class UnionLoopRef(Leaf):
    """In the step: the rows of the level before."""

    loop: int
    attributes: tuple[Attribute, ...]

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Its attributes."""
        return self.attributes

    def describe(self) -> str:
        """``UnionLoopRef 1, [n#2], false``."""
        return f"UnionLoopRef {self.loop}, {brackets(self.attributes)}, false"
