"""One protocol for everything that rows come from and go to.

A :class:`Source` is a description that lives in the driver and in plans: a format, where, its
options, its schema. Planning narrows it (``with_columns``, ``with_filters``), asks for its
:class:`Split` s, and each task reads one list of splits. Reading has two forms: ``duck_sql`` gives
text that DuckDB runs itself (fast: Parquet, CSV in plain shape), else ``read`` gives Arrow batches.

A :class:`Sink` is where a DataFrame is written. It follows a commit protocol: tasks write attempts
that nobody sees, the driver makes all winners visible in one step, or none.

Values in plans and tasks are plain and picklable; nothing holds an open file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

from rayspark.catalyst.expressions import Expression
from rayspark.datatypes import StructType
from rayspark.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Split:
    """A piece of a source that one task reads, with what planning must know of it."""

    description: Any
    """What ``read`` and ``duck_sql`` need: for files path, start, length, partition values."""
    size: int = 0
    """Bytes."""
    rows: int | None = None
    hosts: tuple[str, ...] = ()


class Source(Protocol):
    """A readable source. Immutable: ``with_*`` give narrowed copies."""

    @property
    def name(self) -> str:
        """Format, as printed in plans."""

    @property
    def schema(self) -> StructType:
        """Columns that ``read`` gives, in order: data columns, then partition columns."""

    def with_columns(self, names: Sequence[str]) -> Self:
        """Only these columns, in this order."""

    def with_filters(self, filters: Sequence[Expression]) -> tuple[Self, list[Expression]]:
        """Take the filters that reading can use; gives the copy and the filters that the query must
        still apply (all that are not surely and fully applied). Attributes in filters are known by
        name.
        """

    def pushed(self) -> list[str]:
        """What was taken, as ``explain`` prints it: ``IsNotNull(a)``, ``GreaterThan(a,1)``."""

    def estimated_rows(self) -> int | None:
        """Rows, if cheaply known, after partition pruning."""

    def estimated_bytes(self) -> int | None:
        """Bytes to be read, if cheaply known."""

    def column_statistics(self, name: str) -> tuple[Any, Any, int | None] | None:
        """Smallest and greatest value and number of nulls of a column, if cheaply known."""

    def bare(self) -> Self:
        """What tasks need: the source without its list of files, to be pickled with each."""

    def splits(self, target_bytes: int, min_splits: int) -> list[list[Split]]:
        """One list per task: large files cut, small ones packed together."""

    def duck_sql(self, splits: Sequence[Split]) -> str | None:
        """A DuckDB SELECT that reads these splits and gives the columns of ``schema`` by name in
        our DuckDB types (``execution.compile.types``); ``None`` where only ``read`` can.
        """

    def read(self, splits: Sequence[Split]) -> Iterator[pa.RecordBatch]:
        """The splits' rows as batches with exactly ``to_arrow_schema(schema)``."""


class TaskOutput(Protocol):
    """What a task that wrote successfully tells the driver: picklable."""

    @property
    def rows(self) -> int:
        """Rows written."""

    @property
    def bytes(self) -> int:
        """Bytes written."""


class Sink(Protocol):
    """A place that rows are written to."""

    @property
    def name(self) -> str:
        """Format, as printed in plans."""

    def begin(self) -> None:
        """Driver, before the job: check the save mode, make room."""

    def write(self, partition: int, attempt: int, batches: Iterator[pa.Table]) -> TaskOutput:
        """Executor: write one partition; nothing of it is visible yet."""

    def commit(self, outputs: Sequence[Any]) -> None:
        """Driver: make all of it visible. ``outputs``: what ``write`` gave, one a task."""

    def abort(self) -> None:
        """Driver, after a failure: leave nothing behind."""
