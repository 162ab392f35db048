"""What every task of a stage reads whole: the small side of a join.

Tasks make it, and their output is a shuffle of one partition that every task reads: rows go from
executor to executor, not through the driver, and are made again when they are lost. What would come
out differently then has its only copy in the driver.

What an exchange has written already is read from there.

Sides that one query reads are made at the same time.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rayspark.columnar.ipc import ArrowBlock, gather
from rayspark.execution.adaptive.stage import ShuffleStageExec
from rayspark.execution.boundary import schema_in_duck
from rayspark.execution.distribution import SinglePartition
from rayspark.execution.operators.exchange import BroadcastExec, ExchangeExec
from rayspark.executor.context import TaskContext
from rayspark.lineage.node import Determinism, Node
from rayspark.localproperties import all_properties
from rayspark.serializers import note_capture

if TYPE_CHECKING:
    import pyarrow as pa

    from rayspark.execution.stages import StageBuilder
    from rayspark.scheduler.driver import Driver
    from rayspark.scheduler.job import Waiter


class BroadcastTable:
    """A table at every executor, fetched once by each; freed when nothing refers to it."""

    def __init__(self, driver: Driver, table: pa.Table) -> None:
        self._table: pa.Table | None = table
        self._id = driver.broadcast(ArrowBlock.of(table))
        finalizer = weakref.finalize(self, driver.unpersist_broadcast, self._id, destroy=True)
        finalizer.atexit = False

    def table(self) -> pa.Table:
        """The rows."""
        if self._table is None:
            context = TaskContext.get()
            assert context is not None
            self._table = context._runtime.broadcast(self._id).table()
        return self._table

    def __reduce__(self) -> tuple[Any, ...]:
        note_capture(self._id)
        return _in_task, (self._id,)


def _in_task(broadcast: Any) -> BroadcastTable:
    made = object.__new__(BroadcastTable)
    made._id, made._table = broadcast, None
    return made


def blocks_of(_split: int, blocks: Any) -> list[ArrowBlock]:
    """Result function: the blocks of a partition."""
    return list(blocks)


Sent = BroadcastTable | Node
"""A table, or the node whose partitions have its rows."""
Making = tuple["Waiter", Callable[[], Sent]]
"""What to wait for, and what it then gives."""


class Broadcasts:
    """Makes each side once, for all stages of a plan.

    Parameters
    ----------
    builder
        Makes the lineage of a side.
    engine
        The driver that runs it.
    """

    def __init__(self, builder: StageBuilder, engine: Callable[[], Driver]) -> None:
        self._builder = builder
        self._engine = engine
        self._made: dict[int, tuple[BroadcastExec, Sent]] = {}
        """By the plan's ``id``: the plan stands there too, so that its id is not given anew."""

    def made(self, exchange: BroadcastExec) -> Sent:
        """One that `make` was told of."""
        return self._made[id(exchange)][1]

    def make(self, exchanges: Sequence[BroadcastExec]) -> None:
        """Make those that are not there yet; equal ones once."""
        started: dict[BroadcastExec, Making] = {}
        try:
            for exchange in exchanges:
                if id(exchange) in self._made or exchange in started:
                    continue
                if not self._lies_there(exchange):
                    started[exchange] = self._started(exchange)
            sent = {exchange: finish() for exchange, (_, finish) in started.items()}
            for exchange in exchanges:
                if id(exchange) not in self._made:
                    self._made[id(exchange)] = exchange, sent[exchange]
        except BaseException:
            for waiter, _ in started.values():
                waiter.cancel("another side of the join failed")
            raise

    def _lies_there(self, exchange: BroadcastExec) -> bool:
        """Whether an exchange that has run holds just these rows: its partitions are read."""
        if not isinstance(exchange.child, ShuffleStageExec):
            return False
        node = self._builder.node(exchange.child)
        if node.determinism is Determinism.INDETERMINATE:
            return False
        self._made[id(exchange)] = exchange, node
        return True

    def _started(self, exchange: BroadcastExec) -> Making:
        gathered = ExchangeExec(exchange.child, SinglePartition())
        dependency = self._builder.shuffle(gathered)
        if dependency.parent.determinism is Determinism.INDETERMINATE:
            return self._collected(exchange)
        written = self._engine().submit_map_stage(
            dependency, call_site="broadcast", properties=all_properties()
        )

        def read() -> Node:
            written.results()
            return self._builder.read(dependency, gathered)

        return written, read

    def _collected(self, exchange: BroadcastExec) -> Making:
        node = self._builder.node(exchange.child)
        results = self._engine().submit(
            node, blocks_of, range(node.num_partitions),
            call_site="broadcast", properties=all_properties(),
        )  # fmt: skip

        def collect() -> BroadcastTable:
            blocks = [block for part in results.results() for block in part]
            table = gather(blocks, schema_in_duck(exchange.child.output))
            return BroadcastTable(self._engine(), table)

        return results, collect
