"""What every physical operator answers."""

from __future__ import annotations

from rayspark.catalyst.expressions import Attribute, SortOrder
from rayspark.catalyst.logical.base import LogicalPlan
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import (
    Distribution,
    Partitioning,
    UnknownPartitioning,
    Unspecified,
)
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class PhysicalPlan(LogicalPlan):
    """A physical operator. It shares with logical ones how expressions and columns are found."""

    @up_property
    def partitioning(self) -> Partitioning:
        """How its rows are spread over partitions; the first child's unless said otherwise."""
        return self.children[0].partitioning if self.children else UnknownPartitioning(1)

    @property
    def required(self) -> tuple[Distribution, ...]:
        """What it needs of each child."""
        return (Unspecified(),) * len(self.children)

    @up_property
    def ordering(self) -> tuple[SortOrder, ...]:
        """Order of the rows within each partition, as far as known."""
        return ()

    @property
    def cuts(self) -> bool:
        """Whether a pipeline ends here: its rows become input of another query."""
        return False


PhysicalPlan.family = PhysicalPlan


@dataclass(frozen=True, eq=False)
class UnaryExec(PhysicalPlan):
    """One child; unless said otherwise its columns go through."""

    child: PhysicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's."""
        return self.child.output
