"""Running a physical plan: in the driver, or as tasks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import Attribute
from rayspark.columnar.ipc import ArrowBlock, gather
from rayspark.config.entries import application, sql, storage
from rayspark.errors import PySparkException, PythonException, SparkException
from rayspark.errors.cleanup import after
from rayspark.errors.exceptions.base import BuiltinError
from rayspark.execution.adaptive.execute import run_adaptively
from rayspark.execution.adaptive.settings import AdaptiveSettings
from rayspark.execution.boundary import out_of_duck, schema_in_duck
from rayspark.execution.broadcasts import blocks_of
from rayspark.execution.duck import driver_duck
from rayspark.execution.executions import Told
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.planner import Layout
from rayspark.execution.python.failures import python_failure
from rayspark.execution.python_stages import runs_python
from rayspark.execution.stages import StageBuilder
from rayspark.executor.context import TaskContext
from rayspark.localproperties import all_properties, stoppable
from rayspark.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

    from rayspark.execution.session_state import SessionState
    from rayspark.execution.sources.api import Sink, TaskOutput
    from rayspark.lineage.node import Node


class Runner:
    """Runs one physical plan as often as asked.

    Parameters
    ----------
    plan
        With exchanges where rows must move.
    state
        The session: settings, and the engine.
    in_driver
        Run it in the driver's own DuckDB, without a task.
    layout
        With it, what follows exchanges is planned anew when they have run, if the settings say so.
    call_site
        The user's line, for job descriptions.
    """

    def __init__(
        self,
        plan: PhysicalPlan,
        state: SessionState,
        *,
        in_driver: bool,
        layout: Layout | None = None,
        call_site: str = "",
    ) -> None:
        self.plan = plan
        self.final: PhysicalPlan | None = None
        """The plan as adaptive execution has changed it; ``None`` before it has run."""
        self._layout = layout
        self._state = state
        self._in_driver = in_driver
        self._call_site = call_site
        self._node: Node | None = None
        self._final_node: Node | None = None

    def table(self, schema: pa.Schema, told: Told | None = None) -> pa.Table:
        """All rows."""
        if self._in_driver:
            return out_of_duck(self._run_in_driver(), self.plan.output, schema)
        node = self.run_node(told)
        with failures_of_queries(self.plan):
            parts = self._submit(node, blocks_of).results()
        return self._outward(parts, schema)

    def batches(
        self, schema: pa.Schema, prefetch: bool, told: Told | None = None
    ) -> Iterator[pa.Table]:
        """All rows, partition by partition; with ``prefetch`` later ones are made meanwhile."""
        if self._in_driver:
            yield self.table(schema)
            return
        node = self.run_node(told)
        with failures_of_queries(self.plan):
            if prefetch:
                for blocks in self._submit(node, blocks_of).stream():
                    yield self._outward([blocks], schema)
                return
            for split in range(node.num_partitions):
                yield self._outward(self._submit(node, blocks_of, [split]).results(), schema)

    def write(self, sink: Sink, schema: pa.Schema, told: Told | None = None) -> list[TaskOutput]:
        """Write all partitions through a sink's commit protocol."""
        node = self.run_node(told)
        sink.begin()
        try:
            task = WriteTask(sink, tuple(self.plan.output), schema)
            with failures_of_queries(self.plan):
                outputs: list[TaskOutput] = self._submit(node, task).results()
            sink.commit(outputs)
        except BaseException as error:
            with after(error):
                sink.abort()
            raise
        return outputs

    def node(self) -> Node:
        """The lineage node whose records are the rows as blocks of DuckDB's columns."""
        if self._node is None:
            with failures_of_queries(self.plan):  # broadcasts and samples of a sort run here
                self._node = self._builder().node(self.plan)
        return self._node

    def run_node(self, told: Told | None = None) -> Node:
        """The node of an action: with adaptive execution, over exchanges that have run."""
        if self._layout is None or not self.is_adaptive:
            return self.node()
        if self._final_node is None:
            builder, settings = self._builder(), AdaptiveSettings.of(self._state.conf)
            with failures_of_queries(self.plan):
                self.final = run_adaptively(
                    self.plan, self._layout, settings, builder, self._state.engine(),
                    self._call_site, None if told is None else told.changed,
                )  # fmt: skip
                self._final_node = builder.node(self.final)
        return self._final_node

    @property
    def is_adaptive(self) -> bool:
        """Whether the plan may change as it runs."""
        adaptive = self._state.conf[sql.ADAPTIVE] and self._layout is not None
        return adaptive and self.plan.has(ExchangeExec)

    def _builder(self) -> StageBuilder:
        return StageBuilder(self._state.engine, self._state.context().compile_context())

    def _submit(self, node: Node, task: Any, splits: Any = None) -> Any:
        splits = range(node.num_partitions) if splits is None else splits
        properties = all_properties()  # job group, description, tags, pool: of this thread
        return self._state.engine().submit(
            node, task, splits, call_site=self._call_site, properties=properties
        )

    def _run_in_driver(self) -> pa.Table:
        made = self._builder().pipeline(self.plan)
        given = {slot: parts[0] for slot, parts in made.groups.items()}
        text, inputs = made.query.filled(0, given)
        duck = driver_duck()
        duck.limit_memory(self._driver_memory())
        reasons: list[str] = []

        def stop(reason: str) -> None:
            reasons.append(reason)
            duck.interrupt(thread)

        thread = threading.get_ident()
        try:
            with stoppable(stop):
                return duck.table(text, inputs, made.query.functions)
        except PySparkException as error:
            if reasons:
                raise SparkException(f"Query cancelled: {reasons[0]}") from None
            raise error

    def _driver_memory(self) -> int | None:
        """Bytes that queries in the driver may hold, where ``spark.driver.memory`` says so."""
        conf = self._state.conf
        whole = conf[application.DRIVER_MEMORY]
        return None if whole is None else int(whole * conf[storage.MEMORY_FRACTION])

    def _outward(self, parts: list[list[ArrowBlock]], schema: pa.Schema) -> pa.Table:
        blocks = [block for part in parts for block in part]
        table = gather(blocks, schema_in_duck(self.plan.output))
        return out_of_duck(table, self.plan.output, schema)


@contextmanager
def failures_of_queries(plan: PhysicalPlan | None = None) -> Iterator[None]:
    """What ended a job as users of DataFrames know it: a condition of a row as itself, what a
    Python function raised as ``PythonException`` with the user's traceback.

    Without a plan the job runs a function of the user's.
    """
    try:
        yield
    except SparkException as error:
        cause = error.__cause__
        if cause is None:
            raise
        of_engine = isinstance(cause, PySparkException) and not isinstance(cause, BuiltinError)
        if of_engine or not (plan is None or runs_python(plan)):
            if isinstance(error, PythonException) and not isinstance(cause, PySparkException):
                raise error.unblamed() from None
            raise (cause if isinstance(cause, PySparkException) else error) from None
        given = error.getMessageParameters() or {}
        raise python_failure(
            given.get("traceback") or f"\n{type(cause).__name__}: {cause}"
        ) from cause


@dataclass(frozen=True)
class WriteTask:
    """Result function: write a partition, tell the driver what was written."""

    sink: Any
    attributes: tuple[Attribute, ...]
    schema: pa.Schema

    def __call__(self, split: int, blocks: Any) -> TaskOutput:
        context = TaskContext.get()
        assert context is not None
        tables = (out_of_duck(block.table(), self.attributes, self.schema) for block in blocks)
        written: TaskOutput = self.sink.write(split, context.taskAttemptId(), tables)
        return written
