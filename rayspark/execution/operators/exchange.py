"""Exchanges: rows change their partition. A pipeline ends below one."""

from __future__ import annotations

from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import BroadcastPartitioning, Partitioning
from rayspark.execution.operators.base import UnaryExec
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class ExchangeExec(UnaryExec):
    """A shuffle to ``target``."""

    target: Partitioning
    user_asked: bool = False
    """Its number of partitions is not to be changed."""
    rebalances: bool = False
    """Its partitions are to be of the advisory size, however few they are then."""

    @up_property
    def partitioning(self) -> Partitioning:
        """The target."""
        return self.target

    @property
    def cuts(self) -> bool:
        """It does."""
        return True

    def describe(self) -> str:
        """``Exchange hashpartitioning(a#1, 200)``."""
        return f"Exchange {self.target}"


@dataclass(frozen=True, eq=False)
class BroadcastExec(UnaryExec):
    """All rows to every task."""

    by_tasks: bool = False
    """Every task makes them itself, within its own query: nothing is sent."""

    @up_property
    def partitioning(self) -> Partitioning:
        """Everywhere."""
        return BroadcastPartitioning()

    @property
    def cuts(self) -> bool:
        """Where it is sent."""
        return not self.by_tasks

    def describe(self) -> str:
        """``BroadcastExchange``."""
        return "ReadByEveryTask" if self.by_tasks else "BroadcastExchange"
