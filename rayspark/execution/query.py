"""The whole way of one query, on one screen.

    logical -> analyzed -> optimized -> physical -> rows

Each station is computed once, when it is asked for, and can be printed by ``explain``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from rayspark.catalyst.analysis.analyzer import analyze
from rayspark.catalyst.analysis.joins import drop_hints
from rayspark.catalyst.logical import Aggregate, Collect, LogicalPlan
from rayspark.catalyst.optimizer import optimize, optimize_for_stages
from rayspark.catalyst.optimizer.rules.push_filters_to_sources import push_filters_to_sources
from rayspark.catalyst.rule import Trace
from rayspark.config.entries import sql
from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.execution.adaptive.stage import shown
from rayspark.execution.bucketed_scans import release_buckets
from rayspark.execution.cache import not_kept_yet
from rayspark.execution.ensure_requirements import ensure_requirements
from rayspark.execution.explain import explain
from rayspark.execution.layout import choose_layout
from rayspark.execution.lazy import lazy_property
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.planner import Layout, cut_scan, plan_physical
from rayspark.execution.recursion import unroll_loops
from rayspark.execution.run import Runner
from rayspark.execution.subqueries import has_subqueries, run_subqueries

if TYPE_CHECKING:
    import pyarrow as pa

    from rayspark.execution.session_state import SessionState
    from rayspark.execution.sources.api import Sink
    from rayspark.lineage.node import Node


T = TypeVar("T")


class QueryExecution:
    """A query of a session.

    Parameters
    ----------
    state
        The session.
    logical
        What is wanted; resolved or not.
    """

    def __init__(self, state: SessionState, logical: LogicalPlan) -> None:
        self.state = state
        self.logical = logical
        self.trace = Trace()
        self.seconds: dict[str, float] = {}
        """Time spent in each phase."""
        self._guessed = False
        """A plan was made when rows that it reads were yet to be kept."""

    @lazy_property
    def analyzed(self) -> LogicalPlan:
        """With names resolved and types made to fit."""
        return self._timed("analysis", lambda: analyze(self.logical, self.state.context()))

    @lazy_property
    def optimized(self) -> LogicalPlan:
        """Said better, with stored rows where they are kept."""
        kept = drop_hints(self.state.cache.substitute(self.analyzed))
        context = self.state.context()
        return self._timed("optimization", lambda: optimize(kept, context, self.trace))

    @lazy_property
    def unrolled(self) -> LogicalPlan:
        """With the rows of recursive queries: here their levels run."""
        return unroll_loops(self.optimized, self.state)

    @lazy_property
    def layout(self) -> Layout:
        """Where it runs, and how it is spread."""
        return choose_layout(self.unrolled, self.state)

    @lazy_property
    def physical(self) -> PhysicalPlan:
        """Operators, with exchanges where rows must move."""
        return self._timed("planning", lambda: self._plan(self.layout))

    @lazy_property
    def _spread_layout(self) -> Layout:
        return choose_layout(self.unrolled, self.state, spread=True)

    @lazy_property
    def spread(self) -> PhysicalPlan:
        """The same in partitions, as ``df.rdd``, caches and files want it: nothing is elided."""
        return self._timed("planning", lambda: self._plan(self._spread_layout))

    def _plan(self, layout: Layout) -> PhysicalPlan:
        plan = self.unrolled
        self._guessed = self._guessed or bool(not_kept_yet(self.optimized))
        if not layout.single:
            staged = optimize_for_stages(plan, self.state.context(), self.trace)
            staged = push_filters_to_sources(run_subqueries(staged, self.state))
            if has_subqueries(staged):
                layout = replace(layout, single=True)
            else:
                plan = staged
        made = ensure_requirements(plan_physical(plan, layout), layout)
        if layout.buckets == "auto":
            return release_buckets(
                made, lambda scan: cut_scan(scan.source, scan.attributes, scan.table, layout)
            )
        return made

    @property
    def schema(self) -> StructType:
        """Of the rows."""
        return self.analyzed.schema

    def _make_kept(self) -> None:
        """Rows to be kept that are read have their partitions from here on: plans that were made
        before, for ``explain``, may have counted others.
        """
        for kept in not_kept_yet(self.optimized):
            kept.node()
        if self._guessed:
            self._guessed = False
            for name in ("layout", "physical", "_spread_layout", "spread"):
                self.__dict__.pop(name, None)

    @lazy_property
    def _runner(self) -> Runner:
        self._make_kept()
        return Runner(
            self.physical, self.state, in_driver=self.layout.in_driver, layout=self.layout
        )

    @lazy_property
    def _spread_runner(self) -> Runner:
        self._make_kept()
        return Runner(self.spread, self.state, in_driver=False, layout=self._spread_layout)

    def to_arrow(self) -> pa.Table:
        """All rows, with the Arrow schema of :attr:`schema`."""
        schema = to_arrow_schema(self.schema)
        with self.state.listeners.told(self, lambda: self._runner) as told:
            found = self._runner.table(schema, told)
            if told is not None:
                told.rows = found.num_rows
        self._tell_observers()
        return found

    def batches(self, prefetch: bool = False) -> Iterator[pa.Table]:
        """The rows, partition by partition."""
        schema = to_arrow_schema(self.schema)
        with self.state.listeners.told(self, lambda: self._runner) as told:
            for table in self._runner.batches(schema, prefetch, told):
                if told is None:
                    yield table
                    continue
                told.rows += table.num_rows
                with told.aside():
                    yield table
        self._tell_observers()

    def node(self) -> Node:
        """The lineage node whose records are the rows as Arrow batches."""
        return self._spread_runner.node()

    def kept_node(self) -> Node:
        """The node of a cache. Where its partitions may be as few as the sizes tell, its exchanges
        run now.
        """
        runner = self._spread_runner
        return runner.run_node() if self.state.conf[sql.CACHED_PARTITIONING] else runner.node()

    def write(self, sink: Sink) -> None:
        """Write the rows; all of them become visible, or none."""
        schema, name = to_arrow_schema(self.schema), f"Write {sink.name}"
        with self.state.listeners.told(self, lambda: self._spread_runner, name) as told:
            written = self._spread_runner.write(sink, schema, told)
            if told is not None:
                told.rows = sum(output.rows for output in written)
                told.bytes = sum(output.bytes for output in written)
        self._tell_observers()

    def num_partitions(self) -> int:
        """Partitions of the result."""
        return self.spread.partitioning.count

    def _tell_observers(self) -> None:
        """Metrics of ``observe`` are computed after an action, of the rows that pass there."""
        for node in self.analyzed.walk():
            if isinstance(node, Collect) and node.name in self.state.observers:
                found = self.state.execute(Aggregate((), node.metrics, node.child)).to_arrow()
                values = dict(zip(found.column_names, found.to_pylist()[0].values(), strict=True))
                self.state.observers.pop(node.name)(values)

    @property
    def final(self) -> PhysicalPlan | None:
        """The physical plan as adaptive execution has run it, if it has."""
        runner = self.__dict__.get("_runner")
        return None if runner is None else runner.final

    def physical_text(self) -> str:
        """The physical plan; after it has run adaptively, as it was run."""
        if not (self.state.conf[sql.ADAPTIVE] and self.physical.has(ExchangeExec)):
            return self.physical.tree_string()
        final = self.final
        lines = (self.physical if final is None else shown(final)).tree_string().splitlines()
        head = f"AdaptiveSparkPlan isFinalPlan={str(final is not None).lower()}"
        body = [f"+- {lines[0]}", *(f"   {line}" for line in lines[1:])]
        return "\n".join([head, *body]) + "\n"

    def explain_text(self, mode: str) -> str:
        """What ``explain`` prints."""
        return explain(self, mode)

    def _timed(self, phase: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        made = work()
        self.seconds[phase] = time.perf_counter() - began
        return made
