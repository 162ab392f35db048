"""Joins."""

from __future__ import annotations

from typing import Literal as Choice

from rayspark.catalyst.expressions import Attribute, Expression
from rayspark.catalyst.logical import JoinKind
from rayspark.catalyst.logical.base import made_nullable
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import (
    AllTuples,
    Broadcast,
    Clustered,
    Distribution,
    Partitioning,
    UnknownPartitioning,
    Unspecified,
)
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.records import dataclass

Strategy = Choice["shuffled", "broadcast left", "broadcast right", "single"]
"""How the sides meet: both shuffled by their keys, one sent everywhere, or both in one place."""


@dataclass(frozen=True, eq=False)
class JoinExec(PhysicalPlan):
    """Pairs of rows with equal keys for which the rest of the condition is true."""

    left: PhysicalPlan
    right: PhysicalPlan
    kind: JoinKind
    left_keys: tuple[Expression, ...]
    right_keys: tuple[Expression, ...]
    condition: Expression | None
    """The whole condition, keys included."""
    strategy: Strategy
    null_aware: bool = False
    sizes: tuple[int | None, int | None] = (None, None)
    """Estimated bytes of the left and of the right side."""
    distinct: tuple[float | None, float | None] = (None, None)
    """Estimated numbers of different keys of the left and of the right side."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """As the logical join's."""
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

    @property
    def required(self) -> tuple[Distribution, ...]:
        """By strategy."""
        match self.strategy:
            case "broadcast right":
                return (Unspecified(), Broadcast())
            case "broadcast left":
                return (Broadcast(), Unspecified())
            case "single":
                return (AllTuples(), AllTuples())
        return (Clustered(self.left_keys), Clustered(self.right_keys))

    @up_property
    def partitioning(self) -> Partitioning:
        """Of the side that is not broadcast. A full join makes null keys wherever a row finds no
        other, so its rows no longer lie by the keys of either side.
        """
        if self.strategy == "shuffled" and self.kind is JoinKind.FULL:
            return UnknownPartitioning(self.left.partitioning.count)
        if self.strategy == "broadcast left" or self.kind is JoinKind.RIGHT:
            return self.right.partitioning
        return self.left.partitioning

    def describe(self) -> str:
        """``BroadcastHashJoin Inner, BuildRight, (a#1 = b#2)``."""
        on = "" if self.condition is None else f", {self.condition.describe()}"
        match self.strategy, bool(self.left_keys):
            case "shuffled", _:
                return f"ShuffledHashJoin {self.kind.value}{on}"
            case "single", True:
                return f"HashJoin {self.kind.value}{on}"
            case "single", False:
                return f"NestedLoopJoin {self.kind.value}{on}"
        build = "BuildLeft" if self.strategy == "broadcast left" else "BuildRight"
        name = "BroadcastHashJoin" if self.left_keys else "BroadcastNestedLoopJoin"
        return f"{name} {self.kind.value}, {build}{on}"


@dataclass(frozen=True, eq=False)
class LateralJoinExec(PhysicalPlan):
    """Each left row with the rows of a query that reads its columns. It runs in one place."""

    left: PhysicalPlan
    right: PhysicalPlan
    kind: JoinKind
    condition: Expression | None

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Columns of both sides."""
        right = self.right.output
        return (*self.left.output, *(made_nullable(right) if self.kind is JoinKind.LEFT else right))

    @property
    def required(self) -> tuple[Distribution, ...]:
        """All rows of both."""
        return (AllTuples(), AllTuples())

    def describe(self) -> str:
        """``LateralJoin LeftOuter``."""
        on = "" if self.condition is None else f", {self.condition.describe()}"
        return f"LateralJoin {self.kind.value}{on}"
