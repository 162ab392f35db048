"""Beginnings: where a pipeline's rows come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import Attribute, Expression
from rayspark.catalyst.logical.leaf import brackets
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import (
    BucketPartitioning,
    Partitioning,
    SinglePartition,
    UnknownPartitioning,
)
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, eq=False)
class LeafExec(PhysicalPlan):
    """``attributes`` are its columns; ``tasks`` into how many partitions it is cut."""

    attributes: tuple[Attribute, ...]
    tasks: int = 1

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Its attributes."""
        return self.attributes

    @up_property
    def partitioning(self) -> Partitioning:
        """Unknown, or all in one."""
        return SinglePartition() if self.tasks == 1 else UnknownPartitioning(self.tasks)


@dataclass(frozen=True, eq=False)
class ScanExec(LeafExec):
    """Reads a source that has been narrowed to the needed columns; ``filters`` it was told of."""

    source: Any = None
    groups: Any = ()
    """One list of splits per partition."""
    filters: tuple[Expression, ...] = ()
    table: tuple[str, ...] = ()
    lies_by: tuple[Attribute, ...] = ()
    """With them, each partition is a bucket of the rows by these columns."""

    @up_property
    def partitioning(self) -> Partitioning:
        """By buckets, unknown, or all in one."""
        if self.lies_by:
            return BucketPartitioning(self.lies_by, self.tasks)
        return SinglePartition() if self.tasks == 1 else UnknownPartitioning(self.tasks)

    def _identity(self) -> tuple[Any, ...]:
        return (id(self.source), self.attributes, self.tasks, self.lies_by)

    def describe(self) -> str:
        """``FileScan parquet [a#1] PushedFilters: [...]``."""
        chosen: list[str] = getattr(self.source, "partition_filters", list)()
        where = f"PartitionFilters: [{', '.join(chosen)}], " if chosen else ""
        pushed = ", ".join(self.source.pushed())
        name = f" {'.'.join(self.table)}" if self.table else ""
        return (
            f"FileScan {self.source.name}{name} {brackets(self.attributes)} "
            f"Tasks: {self.tasks}, {where}PushedFilters: [{pushed}]{self._buckets()}"
        )

    def _buckets(self) -> str:
        if not self.lies_by:
            return ""
        filled = sum(1 for group in self.groups if group)
        return f", Bucketed: true, SelectedBucketsCount: {filled} out of {self.tasks}"


@dataclass(frozen=True, eq=False)
class LocalTableExec(LeafExec):
    """Rows in the driver's memory: they travel with the task."""

    table: pa.Table = None

    def _identity(self) -> tuple[Any, ...]:
        return (id(self.table), self.attributes)

    def describe(self) -> str:
        """``LocalTableScan [a#1]``."""
        return f"LocalTableScan {brackets(self.attributes)}"


@dataclass(frozen=True, eq=False)
class RangeExec(LeafExec):
    """Numbers."""

    start: int = 0
    end: int = 0
    step: int = 1

    def describe(self) -> str:
        """``Range (0, 10, step=1, splits=2)``."""
        return f"Range ({self.start}, {self.end}, step={self.step}, splits={self.tasks})"


@dataclass(frozen=True, eq=False)
class OneRowExec(LeafExec):
    """One row without columns."""

    def describe(self) -> str:
        """As Spark calls it."""
        return "Scan OneRowRelation"


@dataclass(frozen=True, eq=False)
class StoredExec(LeafExec):
    """Partitions of a lineage node whose records are Arrow batches."""

    node: Any = None
    name: str = "ExistingRDD"
    keep: tuple[int, ...] | None = None
    """Positions of the stored columns that ``attributes`` are; ``None``: all."""
    gathered: bool = False
    """One task reads all partitions."""

    def _identity(self) -> tuple[Any, ...]:
        return (id(self.node), self.attributes, self.gathered)

    def describe(self) -> str:
        """``Scan InMemoryRelation [a#1]``."""
        return f"Scan {self.name} {brackets(self.attributes)}"
