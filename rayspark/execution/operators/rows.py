"""Operators with one input."""

from __future__ import annotations

from dataclasses import field

from rayspark.catalyst.expressions import Alias, Attribute, Expression, SortOrder
from rayspark.catalyst.logical.base import attribute_of, made_nullable
from rayspark.catalyst.logical.leaf import brackets
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import (
    AllTuples,
    Clustered,
    Distribution,
    Ordered,
    Partitioning,
    SinglePartition,
    UnknownPartitioning,
    Unspecified,
)
from rayspark.execution.operators.base import UnaryExec
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class ProjectExec(UnaryExec):
    """The named expressions over each row."""

    columns: tuple[Expression, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """An attribute for each."""
        return tuple(map(attribute_of, self.columns))

    @up_property
    def ordering(self) -> tuple[SortOrder, ...]:
        """The child's."""
        return self.child.ordering

    def describe(self) -> str:
        """``Project [a#1]``."""
        return f"Project {brackets(self.columns)}"


@dataclass(frozen=True, eq=False)
class FilterExec(UnaryExec):
    """Rows for which the condition is true."""

    condition: Expression = field(kw_only=True)

    @up_property
    def ordering(self) -> tuple[SortOrder, ...]:
        """The child's."""
        return self.child.ordering

    def describe(self) -> str:
        """``Filter (a#1 > 1)``."""
        return f"Filter {self.condition.describe()}"


@dataclass(frozen=True, eq=False)
class SortExec(UnaryExec):
    """Rows in order: of everything, or of each partition."""

    order: tuple[SortOrder, ...] = ()
    is_global: bool = True

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Ranges, for an order of everything."""
        return (Ordered(self.order) if self.is_global else Unspecified(),)

    @up_property
    def ordering(self) -> tuple[SortOrder, ...]:
        """By its keys."""
        return self.order

    def describe(self) -> str:
        """``Sort [a#1 ASC NULLS FIRST], true``."""
        return f"Sort {brackets(self.order)}, {str(self.is_global).lower()}"


@dataclass(frozen=True, eq=False)
class LimitExec(UnaryExec):
    """``count`` rows after the first ``offset``; ``is_global``: of everything."""

    count: int | None = None
    offset: int = 0
    is_global: bool = True

    @property
    def required(self) -> tuple[Distribution, ...]:
        """All rows together, for a limit of everything."""
        return (AllTuples() if self.is_global else Unspecified(),)

    @up_property
    def ordering(self) -> tuple[SortOrder, ...]:
        """The child's."""
        return self.child.ordering

    def describe(self) -> str:
        """``GlobalLimit 10``."""
        name = "GlobalLimit" if self.is_global else "LocalLimit"
        return f"{name} {self.count}, {self.offset}"


@dataclass(frozen=True, eq=False)
class TopExec(UnaryExec):
    """The first ``count`` rows of an order."""

    order: tuple[SortOrder, ...] = ()
    count: int = 0
    offset: int = 0
    is_global: bool = True

    @property
    def required(self) -> tuple[Distribution, ...]:
        """All rows together, for the first of everything."""
        return (AllTuples() if self.is_global else Unspecified(),)

    @up_property
    def ordering(self) -> tuple[SortOrder, ...]:
        """By its keys."""
        return self.order

    def describe(self) -> str:
        """``TakeOrderedAndProject(limit=10, orderBy=[...])``."""
        return f"TakeOrdered(limit={self.count}, orderBy={brackets(self.order)})"


@dataclass(frozen=True, eq=False)
class TailExec(UnaryExec):
    """The last ``count`` rows."""

    count: int = 0

    @property
    def required(self) -> tuple[Distribution, ...]:
        """All rows together."""
        return (AllTuples(),)


@dataclass(frozen=True, eq=False)
class DeduplicateExec(UnaryExec):
    """One row for each value of the keys: the first that comes."""

    keys: tuple[Attribute, ...] = ()

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Equal keys together."""
        return (Clustered(self.keys) if self.keys else AllTuples(),)


@dataclass(frozen=True, eq=False)
class SampleExec(UnaryExec):
    """Rows by chance; the draw depends on the seed, the partition and the row's place in it."""

    lower: float = 0.0
    upper: float = 1.0
    with_replacement: bool = False
    seed: int = 0

    def describe(self) -> str:
        """``Sample 0.0, 0.1, false, 42``."""
        replace = str(self.with_replacement).lower()
        return f"Sample {self.lower}, {self.upper}, {replace}, {self.seed}"


@dataclass(frozen=True, eq=False)
class WindowExec(UnaryExec):
    """Adds window functions that share partition and order."""

    columns: tuple[Alias, ...] = ()
    partition: tuple[Expression, ...] = ()
    order: tuple[SortOrder, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's columns, then the functions'."""
        return (*self.child.output, *(c.attribute for c in self.columns))

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Window partitions whole."""
        return (Clustered(self.partition) if self.partition else AllTuples(),)

    def describe(self) -> str:
        """``Window [sum(a) OVER ... AS s#3], [b#2], []``."""
        return (
            f"Window {brackets(self.columns)}, {brackets(self.partition)}, {brackets(self.order)}"
        )


@dataclass(frozen=True, eq=False)
class GenerateExec(UnaryExec):
    """Each row beside the rows that a generator makes of it."""

    generator: Expression = field(kw_only=True)
    made: tuple[Attribute, ...] = ()
    outer: bool = False

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's columns, then those made."""
        return (*self.child.output, *(made_nullable(self.made) if self.outer else self.made))

    def describe(self) -> str:
        """``Generate explode(a#1), false, [col#2]``."""
        outer = str(self.outer).lower()
        return f"Generate {self.generator.describe()}, {outer}, {brackets(self.made)}"


@dataclass(frozen=True, eq=False)
class ExpandExec(UnaryExec):
    """Each row several times, once for each projection."""

    projections: tuple[tuple[Expression, ...], ...] = ()
    made: tuple[Attribute, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the projections make."""
        return self.made

    def describe(self) -> str:
        """``Expand [[...], [...]], [a#2]``."""
        return f"Expand [{', '.join(map(brackets, self.projections))}], {brackets(self.made)}"


@dataclass(frozen=True, eq=False)
class CoalesceExec(UnaryExec):
    """Fewer partitions, without an exchange: each is several neighbours of the child's."""

    count: int = 1

    @up_property
    def partitioning(self) -> Partitioning:
        """As many as asked for, or as there are."""
        count = min(self.count, self.child.partitioning.count)
        return SinglePartition() if count == 1 else UnknownPartitioning(count)

    @property
    def cuts(self) -> bool:
        """Where there are partitions to be put together."""
        return self.child.partitioning.count > 1

    def describe(self) -> str:
        """``Coalesce 2``."""
        return f"Coalesce {self.count}"
