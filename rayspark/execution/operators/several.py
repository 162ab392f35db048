"""Operators with several inputs that are no joins."""

from __future__ import annotations

from typing import Literal as Choice

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import (
    Clustered,
    Distribution,
    Partitioning,
    SinglePartition,
    UnknownPartitioning,
)
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class UnionExec(PhysicalPlan):
    """Rows of all inputs, columns by position."""

    parts: tuple[PhysicalPlan, ...]
    made: tuple[Attribute, ...]

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Attributes of its own."""
        return self.made

    @up_property
    def partitioning(self) -> Partitioning:
        """Partitions of all inputs, one after the other."""
        if all(isinstance(part.partitioning, SinglePartition) for part in self.parts):
            return SinglePartition()
        return UnknownPartitioning(sum(part.partitioning.count for part in self.parts))

    @property
    def cuts(self) -> bool:
        """Where its inputs have partitions of their own."""
        return self.partitioning.count > 1

    def describe(self) -> str:
        """``Union``."""
        return "Union"


@dataclass(frozen=True, eq=False)
class SetOpExec(PhysicalPlan):
    """INTERSECT or EXCEPT."""

    left: PhysicalPlan
    right: PhysicalPlan
    kind: Choice["intersect", "except"]
    all: bool

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The left's columns."""
        return self.left.output

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Equal rows together."""
        return (Clustered(self.left.output), Clustered(self.right.output))

    def describe(self) -> str:
        """``Intersect All``."""
        return f"{self.kind.capitalize()}{' All' if self.all else ''}"
