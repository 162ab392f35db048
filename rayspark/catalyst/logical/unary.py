"""Operators with one input."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    Literal,
    PythonFunction,
    SortOrder,
    WindowSpec,
)
from rayspark.catalyst.logical.base import LogicalPlan, attribute_of, made_nullable
from rayspark.catalyst.logical.leaf import brackets
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import StructType
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class Unary(LogicalPlan):
    """One child; unless said otherwise its columns go through."""

    child: LogicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's."""
        return self.child.output

    @property
    def max_rows(self) -> int | None:
        """The child's."""
        return self.child.max_rows


@dataclass(frozen=True, eq=False)
class Project(LogicalPlan):
    """The named expressions over each row. Window functions and generators may stand in it before
    analysis, not after.
    """

    columns: tuple[Expression, ...]
    child: LogicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """An attribute for each."""
        return tuple(map(attribute_of, self.columns))

    @property
    def max_rows(self) -> int | None:
        """The child's."""
        return self.child.max_rows

    def describe(self) -> str:
        """``Project [a#1]``."""
        return f"Project {brackets(self.columns)}"


@dataclass(frozen=True, eq=False)
class Filter(LogicalPlan):
    """Rows for which the condition is true.

    ``clause``: HAVING and QUALIFY over the select list that they belong to; after analysis all are
    as WHERE.
    """

    condition: Expression
    child: LogicalPlan
    clause: Choice["where", "having", "qualify"] = "where"

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's."""
        return self.child.output

    @property
    def max_rows(self) -> int | None:
        """The child's."""
        return self.child.max_rows

    def describe(self) -> str:
        """``Filter (a#1 > 1)``."""
        return f"Filter {self.condition.describe()}"


@dataclass(frozen=True, eq=False)
class Aggregate(LogicalPlan):
    """One row per group, or one row in all when ``grouping`` is empty.

    ``columns`` are named expressions over grouping expressions and aggregate calls.
    """

    grouping: tuple[Expression, ...]
    columns: tuple[Expression, ...]
    child: LogicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """An attribute for each column."""
        return tuple(map(attribute_of, self.columns))

    @property
    def max_rows(self) -> int | None:
        """One without grouping."""
        return self.child.max_rows if self.grouping else 1

    def describe(self) -> str:
        """``Aggregate [a#1], [a#1, count(1) AS n#2]``."""
        return f"Aggregate {brackets(self.grouping)}, {brackets(self.columns)}"


@dataclass(frozen=True, eq=False)
class GroupingSets(LogicalPlan):
    """``GROUP BY`` with GROUPING SETS, CUBE or ROLLUP; analysis makes it Expand and Aggregate.

    ``sets`` name positions in ``grouping``.
    """

    sets: tuple[tuple[int, ...], ...]
    grouping: tuple[Expression, ...]
    columns: tuple[Expression, ...]
    child: LogicalPlan

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class Pivot(LogicalPlan):
    """``groupBy(...).pivot(...)`` and ``PIVOT``; analysis makes it an Aggregate.

    ``grouping`` is ``None`` in SQL: all columns that are not used otherwise.
    """

    grouping: tuple[Expression, ...] | None
    pivot: Expression
    values: tuple[Expression, ...]
    """Constants (or aliases of them); empty: those that occur, which runs a query."""
    aggregates: tuple[Expression, ...]
    child: LogicalPlan

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class Unpivot(LogicalPlan):
    """Columns to rows. ``ids`` or ``values`` of ``None``: all columns that are not in the other."""

    ids: tuple[Expression, ...] | None
    values: tuple[tuple[Expression, ...], ...] | None
    """Each group of columns becomes a row."""
    aliases: tuple[str | None, ...]
    """What stands in the variable column for each group; ``None``: made of the names."""
    variable: str
    value_names: tuple[str, ...]
    child: LogicalPlan
    include_nulls: bool = False

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class Sort(Unary):
    """Rows in order: of everything, or within each partition."""

    order: tuple[SortOrder, ...] = ()
    is_global: bool = True

    def describe(self) -> str:
        """``Sort [a#1 ASC NULLS FIRST], true``."""
        return f"Sort {brackets(self.order)}, {str(self.is_global).lower()}"


@dataclass(frozen=True, eq=False)
class Limit(Unary):
    """The first rows: a constant integer."""

    count: Expression = field(kw_only=True)

    @property
    def max_rows(self) -> int | None:
        """The count, or fewer."""
        below = self.child.max_rows
        if not isinstance(self.count, Literal):
            return below
        return int(self.count.value) if below is None else min(below, int(self.count.value))

    def describe(self) -> str:
        """``Limit 10``."""
        return f"Limit {self.count.describe()}"


@dataclass(frozen=True, eq=False)
class Tail(Unary):
    """The last rows."""

    count: Expression = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Offset(Unary):
    """All but the first rows."""

    count: Expression = field(kw_only=True)

    def describe(self) -> str:
        """``Offset 10``."""
        return f"Offset {self.count.describe()}"


@dataclass(frozen=True, eq=False)
class Distinct(Unary):
    """Each row once."""


@dataclass(frozen=True, eq=False)
class Deduplicate(Unary):
    """One row for each value of the keys: which one is not said (``dropDuplicates``)."""

    keys: tuple[Expression, ...] = ()


@dataclass(frozen=True, eq=False)
class SubqueryAlias(Unary):
    """The child's columns under another qualifier; ``columns`` renames them too."""

    name: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The same ids, qualified anew. (Column renaming has become a Project by analysis.)"""
        return tuple(a.copy(qualifier=self.name) for a in self.child.output)

    def _is_resolved(self) -> bool:
        return not self.columns

    def describe(self) -> str:
        """``SubqueryAlias t``."""
        return f"SubqueryAlias {'.'.join(self.name) or '__auto_generated_subquery_name'}"


@dataclass(frozen=True, eq=False)
class WithCTE(LogicalPlan):
    """Named queries around a query; each name is visible to those after it, and to itself when
    ``recursive``. Analysis puts them where they are used.
    """

    queries: tuple[LogicalPlan, ...]
    """Each a :class:`SubqueryAlias`."""
    child: LogicalPlan
    recursive: bool = False

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class WithWindows(Unary):
    """``WINDOW w AS (...)``: definitions for the query below."""

    windows: tuple[tuple[str, WindowSpec], ...] = ()

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class WithColumns(LogicalPlan):
    """``withColumns``: aliases that replace columns of their names, or are added."""

    columns: tuple[Alias, ...]
    child: LogicalPlan

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class WithColumnsRenamed(Unary):
    """``withColumnsRenamed``: pairs of old and new names; old ones that do not exist are left."""

    names: tuple[tuple[str, str], ...] = ()

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class ToSchema(Unary):
    """``DataFrame.to(schema)``, and values on their way into a table: columns matched and cast."""

    target: StructType = field(kw_only=True)
    by_name: bool = True

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class Window(LogicalPlan):
    """Adds window functions that share partition and order: aliases of ``WindowCall``."""

    columns: tuple[Alias, ...]
    partition: tuple[Expression, ...]
    order: tuple[SortOrder, ...]
    child: LogicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's columns, then the functions'."""
        return (*self.child.output, *(c.attribute for c in self.columns))

    @property
    def max_rows(self) -> int | None:
        """The child's."""
        return self.child.max_rows

    def describe(self) -> str:
        """``Window [sum(a) OVER ... AS s#3], [b#2], []``."""
        return (
            f"Window {brackets(self.columns)}, {brackets(self.partition)}, {brackets(self.order)}"
        )


@dataclass(frozen=True, eq=False)
class Generate(LogicalPlan):
    """For each row the rows that a generator makes of it, beside the row's own columns.

    ``outer``: a row that makes none stays, with nulls. Before analysis ``made`` is empty and
    ``names`` holds the names asked for.
    """

    generator: Expression
    child: LogicalPlan
    made: tuple[Attribute, ...] = ()
    outer: bool = False
    qualifier: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's columns, then those made."""
        return (*self.child.output, *(made_nullable(self.made) if self.outer else self.made))

    def _is_resolved(self) -> bool:
        return bool(self.made)

    def describe(self) -> str:
        """``Generate explode(a#1), false, [col#2]``."""
        outer = str(self.outer).lower()
        return f"Generate {self.generator.describe()}, {outer}, {brackets(self.made)}"


@dataclass(frozen=True, eq=False)
class Expand(LogicalPlan):
    """Each row several times, once for each projection (grouping sets, distinct aggregates)."""

    projections: tuple[tuple[Expression, ...], ...]
    made: tuple[Attribute, ...]
    child: LogicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the projections make."""
        return self.made

    @cached_property
    def references(self) -> frozenset[Any]:
        """Of the projections."""
        return frozenset().union(*(e.references for row in self.projections for e in row))

    def describe(self) -> str:
        """``Expand [[a#1, 0], [null, 1]], [a#2, g#3]``."""
        rows = ", ".join(map(brackets, self.projections))
        return f"Expand [{rows}], {brackets(self.made)}"


@dataclass(frozen=True, eq=False)
class Repartition(Unary):
    """``repartition(n)`` (round robin) or, without ``shuffle``, ``coalesce(n)``."""

    count: int = field(kw_only=True)
    shuffle: bool = True

    def describe(self) -> str:
        """``Repartition 10, true``."""
        return f"Repartition {self.count}, {str(self.shuffle).lower()}"


@dataclass(frozen=True, eq=False)
class RepartitionBy(LogicalPlan):
    """``repartition(n, cols)`` by hash, or ``repartitionByRange`` when the keys are orderings."""

    keys: tuple[Expression, ...]
    child: LogicalPlan
    count: int | None = None
    rebalances: bool = False
    """The hint REBALANCE: partitions of the size that adaptive execution aims for."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's."""
        return self.child.output

    def describe(self) -> str:
        """``RepartitionByExpression [a#1], 10``."""
        count = "" if self.count is None else f", {self.count}"
        return f"RepartitionByExpression {brackets(self.keys)}{count}"


@dataclass(frozen=True, eq=False)
class Sample(Unary):
    """Rows by chance: those whose draw falls between the bounds; or about ``upper`` times each."""

    lower: float = field(kw_only=True)
    upper: float = field(kw_only=True)
    with_replacement: bool = False
    seed: int | None = None

    @property
    def max_rows(self) -> int | None:
        """The child's, where no row is taken twice."""
        return None if self.with_replacement else self.child.max_rows


@dataclass(frozen=True, eq=False)
class Hint(Unary):
    """``broadcast``, ``merge``, ``shuffle_hash``, ``repartition``...: its name and arguments."""

    name: str = field(kw_only=True)
    args: tuple[Any, ...] = ()

    def describe(self) -> str:
        """``ResolvedHint (strategy=broadcast)``."""
        return f"ResolvedHint (strategy={self.name})"


@dataclass(frozen=True, eq=False)
class Collect(LogicalPlan):
    """``observe``: metrics (named aggregates) taken of the rows that pass."""

    name: str
    metrics: tuple[Expression, ...]
    child: LogicalPlan

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The child's."""
        return self.child.output

    def describe(self) -> str:
        """``CollectMetrics m, [...]``."""
        return f"CollectMetrics {self.name}, {brackets(self.metrics)}"


@dataclass(frozen=True, eq=False)
class MapPython(LogicalPlan):
    """``mapInPandas`` and ``mapInArrow``: a function from batches to batches."""

    function: PythonFunction
    kind: Choice["pandas", "arrow"]
    made: tuple[Attribute, ...]
    child: LogicalPlan
    barrier: bool = False

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the function makes."""
        return self.made


@dataclass(frozen=True, eq=False)
class GroupPython(LogicalPlan):
    """``groupBy(...).applyInPandas`` and ``applyInArrow``: a function of each group's rows."""

    keys: tuple[Expression, ...]
    function: PythonFunction
    kind: Choice["pandas", "arrow", "pandas_iter", "arrow_iter"]
    made: tuple[Attribute, ...]
    child: LogicalPlan
    order: tuple[SortOrder, ...] = ()
    """In which the function sees a group's rows."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """What the function makes."""
        return self.made
