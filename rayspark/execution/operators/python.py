"""User functions written in Python. Each cuts the pipeline: tasks get and give Arrow blocks."""

from __future__ import annotations

from typing import Literal as Choice

from rayspark.catalyst.expressions import Alias, Attribute, PythonFunction, SortOrder
from rayspark.catalyst.logical.leaf import brackets
from rayspark.catalyst.tree import up_property
from rayspark.execution.distribution import (
    AllTuples,
    Clustered,
    Distribution,
    Partitioning,
    UnknownPartitioning,
)
from rayspark.execution.operators.base import PhysicalPlan, UnaryExec
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class PythonExec(UnaryExec):
    """Common part."""

    @property
    def cuts(self) -> bool:
        """It does."""
        return True


@dataclass(frozen=True, eq=False)
class EvalPythonExec(PythonExec):
    """Adds the values of functions: aliases of ``PythonUDF`` whose arguments are attributes."""

    calls: tuple[Alias, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's columns, then the values."""
        return (*self.child.output, *(c.attribute for c in self.calls))

    def describe(self) -> str:
        """``EvalPython [f(a#1) AS v#2]``."""
        return f"EvalPython {brackets(self.calls)}"


@dataclass(frozen=True, eq=False)
class MapPythonExec(PythonExec):
    """A function from the batches of a partition to batches."""

    function: PythonFunction = None  # type: ignore[assignment]
    kind: Choice["pandas", "arrow"] = "arrow"
    made: tuple[Attribute, ...] = ()
    barrier: bool = False

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the function makes."""
        return self.made

    @up_property
    def partitioning(self) -> Partitioning:
        """As many partitions; where rows lie is the function's business."""
        return UnknownPartitioning(self.child.partitioning.count)

    def describe(self) -> str:
        """``MapInPandas f [a#1]``."""
        return f"MapIn{self.kind.capitalize()} {self.function.name} {brackets(self.made)}"


@dataclass(frozen=True, eq=False)
class GroupPythonExec(PythonExec):
    """A function of each group's rows. ``keys`` are attributes of the child."""

    keys: tuple[Attribute, ...] = ()
    function: PythonFunction = None  # type: ignore[assignment]
    kind: Choice["pandas", "arrow", "pandas_iter", "arrow_iter"] = "pandas"
    made: tuple[Attribute, ...] = ()
    order: tuple[SortOrder, ...] = ()
    """Of the rows of a group."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the function makes."""
        return self.made

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Groups whole."""
        return (Clustered(self.keys) if self.keys else AllTuples(),)

    @up_property
    def partitioning(self) -> Partitioning:
        """As many partitions."""
        return UnknownPartitioning(self.child.partitioning.count)

    def describe(self) -> str:
        """``FlatMapGroupsInPandas [k#1], f [a#2]``."""
        name = self.kind.removesuffix("_iter").capitalize()
        keys = brackets(self.keys)
        return f"FlatMapGroupsIn{name} {keys}, {self.function.name} {brackets(self.made)}"


@dataclass(frozen=True, eq=False)
class AggregatePythonExec(PythonExec):
    """One row per group: its keys and the values of functions of its columns."""

    keys: tuple[Attribute, ...] = ()
    calls: tuple[Alias, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The keys, then the values."""
        return (*self.keys, *(c.attribute for c in self.calls))

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Groups whole."""
        return (Clustered(self.keys) if self.keys else AllTuples(),)

    def describe(self) -> str:
        """``AggregateInPandas [k#1], [f(a#2) AS v#3]``."""
        return f"AggregateInPandas {brackets(self.keys)}, {brackets(self.calls)}"


@dataclass(frozen=True)
class Places:
    """A frame of rows: from so many after the current one to so many; ``None`` for all."""

    lower: int | None
    upper: int | None


@dataclass(frozen=True)
class Counted:
    """A frame whose end, and whose size, columns say."""

    end: Attribute
    size: Attribute


@dataclass(frozen=True, eq=False)
class WindowPythonExec(PythonExec):
    """Adds the values of functions of each row's frame."""

    calls: tuple[Alias, ...] = ()
    frames: tuple[Places | Counted, ...] = ()
    """Of each call."""
    keys: tuple[Attribute, ...] = ()
    order: tuple[SortOrder, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's columns, then the values."""
        return (*self.child.output, *(c.attribute for c in self.calls))

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Windows whole."""
        return (Clustered(self.keys) if self.keys else AllTuples(),)

    def describe(self) -> str:
        """``WindowInPandas [f(a#1) AS v#3], [k#2], [a#1 ASC NULLS FIRST]``."""
        name = "Pandas" if "pandas" in self.calls[0].child.function.kind else "Arrow"  # type: ignore[attr-defined]
        return (
            f"WindowIn{name} {brackets(self.calls)}, {brackets(self.keys)}, {brackets(self.order)}"
        )


@dataclass(frozen=True, eq=False)
class CoGroupPythonExec(PhysicalPlan):
    """A function of the rows that both sides have for a key."""

    left: PhysicalPlan
    right: PhysicalPlan
    left_keys: tuple[Attribute, ...]
    right_keys: tuple[Attribute, ...]
    function: PythonFunction
    kind: Choice["pandas", "arrow"]
    made: tuple[Attribute, ...]

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the function makes."""
        return self.made

    @property
    def required(self) -> tuple[Distribution, ...]:
        """Groups of both sides whole, and together."""
        if not self.left_keys:
            return (AllTuples(), AllTuples())
        return (Clustered(self.left_keys), Clustered(self.right_keys))

    @up_property
    def partitioning(self) -> Partitioning:
        """As many partitions."""
        return UnknownPartitioning(self.left.partitioning.count)

    @property
    def cuts(self) -> bool:
        """It does."""
        return True

    def describe(self) -> str:
        """``FlatMapCoGroupsInPandas f [a#1]``."""
        return f"FlatMapCoGroupsIn{self.kind.capitalize()} {self.function.name}"
