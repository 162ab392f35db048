"""Where rows come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from rayspark.catalyst.expressions.base import Expression
from rayspark.catalyst.expressions.reference import Attribute
from rayspark.catalyst.logical.base import LogicalPlan
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import LongType
from rayspark.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


class Scannable(Protocol):
    """What a :class:`Relation` reads: a source with its options. ``rayspark.execution`` knows more
    of it; here only what planning needs is said.
    """

    name: str
    """As printed in plans: ``parquet``, ``csv``..."""

    def estimated_rows(self) -> int | None:
        """Rows, if cheaply known."""

    def estimated_bytes(self) -> int | None:
        """Bytes, if cheaply known."""


@dataclass(frozen=True, eq=False)
class Leaf(LogicalPlan):
    """No children."""


@dataclass(frozen=True, eq=False)
class UnresolvedRelation(Leaf):
    """A table, view or CTE by name."""

    parts: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()

    def _is_resolved(self) -> bool:
        return False

    def describe(self) -> str:
        """``'UnresolvedRelation [t]``."""
        return f"'UnresolvedRelation [{', '.join(self.parts)}], [], false"


@dataclass(frozen=True, eq=False)
class UnresolvedValues(Leaf):
    """``VALUES (1, 'a'), (2, 'b')``: analysis finds the columns' common types."""

    rows: tuple[tuple[Expression, ...], ...]
    names: tuple[str, ...] = ()
    """Column names; empty: ``col1``, ``col2``..."""

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class UnresolvedTableFunction(Leaf):
    """``range(10)``, ``explode(array(1, 2))``, a UDTF, in FROM."""

    name: str
    args: tuple[Expression, ...]
    columns: tuple[str, ...] = ()

    def _is_resolved(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class OneRow(Leaf):
    """One row without columns: what SELECT without FROM reads."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """None."""
        return ()

    @property
    def max_rows(self) -> int:
        """One."""
        return 1

    def describe(self) -> str:
        """As Spark calls it."""
        return "OneRowRelation"


@dataclass(frozen=True, eq=False)
class LocalRelation(Leaf):
    """Rows in the driver's memory: an Arrow table whose columns are ``attributes`` in order."""

    attributes: tuple[Attribute, ...]
    table: pa.Table

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Its attributes."""
        return self.attributes

    @property
    def max_rows(self) -> int:
        """The table's rows."""
        return int(self.table.num_rows)

    def _identity(self) -> tuple[Any, ...]:
        return (self.attributes, id(self.table))

    def describe(self) -> str:
        """``LocalRelation [a#1]``."""
        return f"LocalRelation {brackets(self.attributes)}"


@dataclass(frozen=True, eq=False)
class Range(Leaf):
    """Numbers from ``start`` to before ``end``."""

    start: int
    end: int
    step: int
    slices: int | None
    attribute: Attribute

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The column ``id``."""
        return (self.attribute,)

    @property
    def max_rows(self) -> int:
        """How many numbers there are."""
        return len(range(self.start, self.end, self.step))

    @staticmethod
    def of(start: int, end: int, step: int, slices: int | None) -> Range:
        """With a new column ``id``."""
        return Range(start, end, step, slices, Attribute("id", LongType(), False))

    def describe(self) -> str:
        """``Range (0, 10, step=1)``."""
        splits = "" if self.slices is None else f", splits=Some({self.slices})"
        return f"Range ({self.start}, {self.end}, step={self.step}{splits})"


@dataclass(frozen=True, eq=False)
class Relation(Leaf):
    """A source: files, a JDBC table, a Python data source. ``table``: its name in the catalog."""

    source: Any
    """A :class:`Scannable`, in truth a ``rayspark.execution.sources.api.Source``."""
    attributes: tuple[Attribute, ...]
    table: tuple[str, ...] = ()
    statistics: Any = None
    """What ANALYZE found of the table (``execution.catalog.metadata.Statistics``)."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Its attributes."""
        return self.attributes

    def _identity(self) -> tuple[Any, ...]:
        return (id(self.source), self.attributes)

    def describe(self) -> str:
        """``Relation [a#1,b#2] parquet``."""
        return f"Relation {brackets(self.attributes)} {self.source.name}"


@dataclass(frozen=True, eq=False)
class StoredRelation(Leaf):
    """Partitions that the engine holds or can make: a cached or checkpointed DataFrame, an RDD.

    ``node``'s records are Arrow tables in IPC form with the columns ``attributes`` in order.
    """

    node: Any
    """The lineage node."""
    attributes: tuple[Attribute, ...]
    name: str = "ExistingRDD"
    """``InMemoryRelation`` for a cached DataFrame."""
    rows: int | None = None
    """Where known."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """Its attributes."""
        return self.attributes

    def _identity(self) -> tuple[Any, ...]:
        return (id(self.node), self.attributes)

    def describe(self) -> str:
        """``InMemoryRelation [a#1]``."""
        return f"{self.name} {brackets(self.attributes)}"


def brackets(expressions: tuple[Expression, ...]) -> str:
    """Expressions as plans print them: ``[a#1, (b#2 + 1) AS c#3]``."""
    return "[" + ", ".join(e.describe() for e in expressions) + "]"
