"""Aggregation: complete in one step, or partial before an exchange and final after it."""

from __future__ import annotations

from typing import Literal as Choice

from rayspark.catalyst.expressions import Attribute, Expression
from rayspark.catalyst.logical.base import attribute_of
from rayspark.catalyst.logical.leaf import brackets
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import AllTuples, Clustered, Distribution, Unspecified
from rayspark.execution.operators.base import UnaryExec
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class AggregateExec(UnaryExec):
    """One row per group. ``columns`` are named expressions over groups and aggregate calls.

    A *partial* one needs nothing of its input: groups of several partitions are merged later.
    """

    grouping: tuple[Expression, ...] = ()
    columns: tuple[Expression, ...] = ()
    mode: Choice["complete", "partial", "final"] = "complete"

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """An attribute for each column."""
        return tuple(map(attribute_of, self.columns))

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Groups whole, unless partial."""
        if self.mode == "partial":
            return (Unspecified(),)
        return (Clustered(self.grouping) if self.grouping else AllTuples(),)

    def describe(self) -> str:
        """``HashAggregate(keys=[a#1], functions=[...])``, with the mode."""
        return (
            f"HashAggregate(keys={brackets(self.grouping)}, output={brackets(self.columns)}, "
            f"mode={self.mode})"
        )
