"""What a task of a query does: fill the text's slots, run it, hand the rows on as Arrow blocks."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa

from rayspark.columnar.ipc import ArrowBlock, gather
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import PySparkException
from rayspark.execution.boundary import NO_COLUMN, convert, inner_type, needs_change, schema_in_duck
from rayspark.execution.compile.operators import PARTITION, RUN
from rayspark.execution.duck import Duck
from rayspark.execution.kernels import ArrowFunction
from rayspark.execution.kernels.kernel import WHOLE, Failure
from rayspark.lazy import compute as pc
from rayspark.records import dataclass
from rayspark.serializers import Frame, encode

if TYPE_CHECKING:
    from rayspark.executor.context import TaskContext
    from rayspark.executor.runtime import ExecutorRuntime

_runs = itertools.count(1)
PLACE = "place"
"""Column of a query for an exchange: the reduce partition of each row."""


class Filling(Protocol):
    """What fills a slot in a task."""

    def fill(self, split: int, given: Any, inputs: dict[str, Any], name: str) -> str:
        """The text that stands in the slot's place; tables that it names go to ``inputs``.

        ``given`` is what came with the task for this slot.
        """


@dataclass(frozen=True)
class FromSource:
    """Splits of a source: ``given`` is this task's list of them."""

    source: Any

    def fill(self, split: int, given: Any, inputs: dict[str, Any], name: str) -> str:
        """See :class:`Filling`."""
        text = self.source.duck_sql(given) if given else None
        if text is not None:
            return f"({text})"
        schema = to_arrow_schema(self.source.schema)
        inner = [(f.name, inner_type(f.dataType)) for f in self.source.schema.fields]
        batches = _telling(self.source.read(given or ()))
        if not inner:
            batches = (_rows_only(batch) for batch in batches)
            schema = schema_in_duck(())
        elif any(needs_change(f.dataType) for f in self.source.schema.fields):
            batches = (_inward(batch, inner) for batch in batches)
            schema = pa.schema(inner)
        inputs[name] = pa.RecordBatchReader.from_batches(schema, batches)
        return name

    def __reduce__(self) -> tuple[Any, ...]:
        """Tasks get their own splits: the list of all files stays with the driver."""
        bare = getattr(self.source, "bare", None)
        return FromSource, (self.source if bare is None else bare(),)


def _telling(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """DuckDB keeps only the text of what a reader raises: conditions travel in it."""
    try:
        yield from batches
    except PySparkException as error:
        condition = error.getCondition()
        if condition is None:
            raise
        parameters = error.getMessageParameters() or {}
        raise Failure(condition, **parameters, **{WHOLE: str(error)}) from error


def _rows_only(batch: pa.RecordBatch) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(batch.num_rows, pa.int8())], names=[NO_COLUMN])


def _inward(batch: pa.RecordBatch, inner: list[tuple[str, pa.DataType]]) -> pa.RecordBatch:
    columns = [convert(column, dt) for column, (_, dt) in zip(batch.columns, inner, strict=True)]
    return pa.RecordBatch.from_arrays(columns, names=[name for name, _ in inner])


@dataclass(frozen=True)
class FromRange:
    """Numbers: this task's part of them."""

    start: int
    end: int
    step: int
    tasks: int

    def fill(self, split: int, given: Any, inputs: dict[str, Any], name: str) -> str:
        """See :class:`Filling`."""
        numbers = range(self.start, self.end, self.step)
        size = len(numbers)
        part = numbers[split * size // self.tasks : (split + 1) * size // self.tasks]
        if not len(part):
            return "(SELECT range FROM range(0))"
        return f"range({part.start}::BIGINT, {part.stop}::BIGINT, {part.step}::BIGINT)"


@dataclass(frozen=True)
class FromTable:
    """A table that travels with the stage: this task's part of it."""

    table: pa.Table
    tasks: int = 1

    def fill(self, split: int, given: Any, inputs: dict[str, Any], name: str) -> str:
        """See :class:`Filling`."""
        rows = self.table.num_rows
        start, end = split * rows // self.tasks, (split + 1) * rows // self.tasks
        inputs[name] = self.table if self.tasks == 1 else self.table.slice(start, end - start)
        return name

    def __reduce__(self) -> tuple[Any, ...]:
        return _from_block, (ArrowBlock.of(self.table), self.tasks)


def _from_block(block: ArrowBlock, tasks: int) -> FromTable:
    return FromTable(block.table(), tasks)


@dataclass(frozen=True)
class FromTask:
    """Blocks that the task's input brings: a shuffle, a stored partition, a Python stage.

    Stored rows have the column names of the plan that made them; here they take this plan's.
    """

    schema: pa.Schema

    def fill(self, split: int, given: Any, inputs: dict[str, Any], name: str) -> str:
        """See :class:`Filling`."""
        table = gather(given, self.schema)
        if table.schema.names != self.schema.names:
            table = table.rename_columns(self.schema.names)
        inputs[name] = table
        return name


@dataclass(frozen=True)
class FromBroadcast:
    """A table that every executor has once."""

    value: Any
    """A ``BroadcastTable``."""

    def fill(self, split: int, given: Any, inputs: dict[str, Any], name: str) -> str:
        """See :class:`Filling`."""
        inputs[name] = self.value.table()
        return name


@dataclass(frozen=True)
class Query:
    """A compiled pipeline as tasks run it."""

    text: str
    fillings: Mapping[str, Filling]
    """By the names that the slots have in the text."""
    functions: Mapping[str, ArrowFunction] = field(default_factory=dict)
    keeps_join_order: bool = False
    """Joins run in the order of the text."""

    def filled(self, split: int, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The text for one task, and the tables that it names."""
        inputs: dict[str, Any] = {}
        text = self.text.replace(PARTITION, str(split)).replace(RUN, str(next(_runs)))
        for number, (slot, filling) in enumerate(self.fillings.items()):
            name = f"in{number}"
            while slot in text:
                part = filling.fill(split, given.get(slot), inputs, name)
                once = isinstance(inputs.get(name), pa.RecordBatchReader)
                text = text.replace(slot, part, 1 if once else -1)
                name += "_"  # a stream is read once: another place gets another
        return text, inputs


def executor_duck(runtime: ExecutorRuntime) -> Duck:
    """The DuckDB of an executor process."""
    return runtime.shared("duckdb", _make_duck)


def run_text(
    context: TaskContext,
    text: str,
    inputs: Mapping[str, Any],
    functions: Mapping[str, ArrowFunction] | None = None,
) -> pa.Table:
    """Run a query in a task; it ends when the task is to stop."""
    runtime = context._runtime
    duck = executor_duck(runtime)
    with runtime.running.ended_by(partial(duck.interrupt, threading.get_ident())):
        return duck.table(text, inputs, functions)


def _make_duck(runtime: ExecutorRuntime) -> Duck:
    settings = runtime.settings
    return Duck(settings.cores, settings.execution_memory, str(runtime.spill_directory()))


@dataclass(frozen=True)
class QueryOp:
    """Runs a query over the blocks of its dependencies; its records are Arrow blocks.

    ``reads`` names the slot of each dependency in order. With ``places``, the records are
    ``(reduce partition, block)`` pairs for an exchange.
    """

    query: Query
    reads: tuple[str, ...] = ()
    places: int | None = None

    def run(
        self, split: int, inputs: Sequence[Iterable[Any]], context: TaskContext
    ) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        given = dict(zip(self.reads, inputs, strict=True))
        return run_query(self.query, split, given, self.places, context)


@dataclass(frozen=True)
class SourceQueryOp:
    """Runs a query also over splits of sources, by slot and partition: each task gets its own."""

    op: QueryOp
    groups: Mapping[str, Sequence[Any]]

    def payload(self, split: int) -> Frame:
        """See :class:`rayspark.lineage.node.Source`."""
        part = {slot: parts[split] for slot, parts in self.groups.items()}
        return encode([part], by_value=True)

    def __reduce__(self) -> tuple[Any, ...]:
        """The stage carries no splits."""
        return SourceQueryOp, (self.op, {})

    def run(
        self, split: int, inputs: Sequence[Iterable[Any]], context: TaskContext
    ) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`; the splits come before what is read."""
        op, given = self.op, dict(next(iter(inputs[0])))
        given.update(zip(op.reads, inputs[1:], strict=True))
        return run_query(op.query, split, given, op.places, context)


def run_query(
    query: Query,
    split: int,
    given: Mapping[str, Any],
    places: int | None,
    context: TaskContext,
) -> Iterator[Any]:
    """Run a task's query in its executor's DuckDB."""
    text, inputs = query.filled(split, given)
    executor_duck(context._runtime).keep_join_order(query.keeps_join_order)
    table = run_text(context, text, inputs, query.functions)
    if places is None:
        yield ArrowBlock.of(table)
    else:
        yield from placed(table, places)


def placed(table: pa.Table, places: int) -> Iterator[tuple[int, ArrowBlock]]:
    """Rows by the reduce partition that column ``PLACE`` says, in their order: a stable counting
    sort and one ``take``. Where there is one partition, no column says so.
    """
    if not table.num_rows:
        return
    if places == 1:
        yield 0, ArrowBlock.of(table)
        return
    at = table.schema.get_field_index(PLACE)
    where = table.column(at).to_numpy().astype(np.min_scalar_type(places - 1))  # sorts faster
    rows = table.remove_column(at)
    if rows.num_columns == 0:
        rows = pa.table({NO_COLUMN: pa.nulls(len(where), pa.int8())})
    batch = rows.combine_chunks()
    batch = pc.take(batch, pa.array(np.argsort(where, kind="stable")))
    start = 0
    for place, count in enumerate(np.bincount(where, minlength=places).tolist()):
        if count:
            yield place, ArrowBlock.of(batch.slice(start, count))
            start += count
