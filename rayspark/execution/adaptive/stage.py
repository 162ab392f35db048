"""An exchange whose map side has run."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import (
    HashPartitioning,
    Partitioning,
    RangePartitioning,
    SinglePartition,
    UnknownPartitioning,
)
from rayspark.execution.operators.base import PhysicalPlan, UnaryExec
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.lineage.dependency import ShuffleDependency, ShuffleRead
from rayspark.records import dataclass
from rayspark.shuffle.sizes import MapOutputStatistics


@dataclass(frozen=True)
class Ran:
    """The exchange, what holds its output, and how much that is."""

    exchange: ExchangeExec
    dependency: ShuffleDependency
    statistics: MapOutputStatistics

    @property
    def bytes(self) -> int:
        """Of all partitions."""
        return sum(self.statistics.bytes_by_partition)

    @property
    def rows(self) -> int | None:
        """Of all partitions, where they were counted."""
        rows = self.statistics.rows_by_partition
        return None if rows is None else sum(rows)

    @property
    def maps(self) -> int:
        """Tasks that wrote it."""
        return self.dependency.parent.num_partitions


@dataclass(frozen=True, eq=False)
class ShuffleStageExec(PhysicalPlan):
    """Reads what an exchange has written: a beginning, as far as planning is concerned."""

    attributes: tuple[Attribute, ...]
    ran: Ran
    read: ShuffleRead | None = None
    """Which pieces each task reads; ``None``: one partition each."""
    is_split: bool = False
    """Some partition is read by several tasks: equal keys do not meet."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The exchange's."""
        return self.attributes

    @up_property
    def partitioning(self) -> Partitioning:
        """The exchange's, in as many partitions as there are tasks."""
        target = self.ran.exchange.target
        if self.read is None:
            return target
        count = len(self.read.pieces)
        if count == 1 and not self.is_split:
            return SinglePartition()
        match target:
            case HashPartitioning(keys=keys) if not self.is_split:
                return HashPartitioning(keys, count)
            case RangePartitioning(order=order) if not self.is_split:
                return RangePartitioning(order, count)
            case SinglePartition():
                return target
        return UnknownPartitioning(count)

    @property
    def cuts(self) -> bool:
        """It does."""
        return True

    def _identity(self) -> tuple[Any, ...]:
        return (id(self.ran.dependency), self.attributes, id(self.read))


@dataclass(frozen=True, eq=False)
class ShuffleReadExec(UnaryExec):
    """How a stage is printed: the exchange below, and how it is read."""

    text: str = ""

    def describe(self) -> str:
        """``AQEShuffleRead 200 partitions as 3, 1.2 MiB``."""
        return f"AQEShuffleRead {self.text}"


def shown(plan: PhysicalPlan) -> PhysicalPlan:
    """The plan as it is printed: with what ran below its stages."""

    def apply(node: Any) -> Any:
        if not isinstance(node, ShuffleStageExec):
            return node
        exchange = node.ran.exchange
        given = exchange.target.count
        tasks = given if node.read is None else len(node.read.pieces)
        words = f"{given} partitions by {tasks} tasks, {node.ran.bytes} bytes"
        if node.ran.rows is not None:
            words += f", {node.ran.rows} rows"
        if node.is_split:
            words += ", skewed"
        return ShuffleReadExec(exchange.copy(child=shown(exchange.child)), words)

    return plan.transform_up(apply)  # type: ignore[no-any-return]
