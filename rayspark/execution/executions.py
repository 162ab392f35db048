"""What listeners hear of queries: that one begins, how its plan changes, what came out.

Nothing is built unless somebody listens (an event log, a user's listener). A query that another one
runs for itself (a subquery, the count of an eager cache) belongs to that one. Jobs know their query
by a property of the thread that submits them.
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rayspark.events import sql as ev
from rayspark.events.bus import EventBus
from rayspark.execution.adaptive.stage import ShuffleStageExec, shown
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.localproperties import DESCRIPTION, GROUP, TAGS, get_property, set_property

if TYPE_CHECKING:
    from rayspark.execution.query import QueryExecution
    from rayspark.execution.run import Runner

_execution_ids = itertools.count()
_metric_ids = itertools.count(1 << 40)
"""Far from those of users' accumulators."""


class SqlListeners:
    """Tells an application's listeners of queries. Any thread may call it.

    Parameters
    ----------
    bus
        The application's, or ``None`` while there is none.
    call_site
        Where in the user's program a query is run.
    """

    def __init__(self, bus: Callable[[], EventBus | None], call_site: Callable[[], str]) -> None:
        self._bus = bus
        self._call_site = call_site

    def told(
        self, query: QueryExecution, planned: Callable[[], Runner], writes: str = ""
    ) -> AbstractContextManager[Told | None]:
        """Around the run of a query; gives ``None`` where nobody listens.

        ``planned`` plans it, which may run other queries; ``writes`` is what a write is called.
        """
        bus = self._bus()
        if bus is None or not bus.wants(ev.SQLExecutionStart):
            return nullcontext()
        if get_property(ev.EXECUTION_ID) is not None:
            return nullcontext()
        return Told(bus, query, planned, writes, self._call_site())


class Told:
    """One run of a query, as listeners hear of it."""

    def __init__(
        self,
        bus: EventBus,
        query: QueryExecution,
        planned: Callable[[], Runner],
        writes: str,
        site: str,
    ) -> None:
        self.rows = 0
        """That came out."""
        self.bytes: int | None = None
        """That were written."""
        self._bus, self._query, self._planned, self._writes = bus, query, planned, writes
        self._site = site
        self._outer: str | None = None
        self._number, self._id = next(_execution_ids), str(uuid.uuid4())
        self._root: tuple[ev.SQLPlanMetric, ...] = (_metric("number of output rows", "sum"),)
        if writes:
            self._root += (_metric("written output", "size"),)

    def __enter__(self) -> Told:
        self._hide_outer()
        try:
            self._runner = self._planned()
            self._bus.post(self._started())
        except BaseException:
            self._show_outer()
            raise
        return self

    def _started(self) -> ev.SQLExecutionStart:
        description, info, _ = self._described(self._runner.plan, "AdaptiveSparkPlan")
        return ev.SQLExecutionStart(
            self._number,
            get_property(DESCRIPTION) or self._site,
            self._site,
            description,
            info,
            _now(),
            dict(self._query.state.conf.own()),
            tuple(tag for tag in (get_property(TAGS) or "").split(",") if tag),
            get_property(GROUP),
            self._id,
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._show_outer()
        failed = error is not None and not isinstance(error, GeneratorExit)
        if not failed:
            if self._runner.final is not None:
                self._update(self._runner.final, is_final=True)
            values = [self.rows] if self.bytes is None else [self.rows, self.bytes]
            ids = [metric.accumulator_id for metric in self._root]
            self._tell_values(list(zip(ids, values, strict=False)))
        message = (str(error) or type(error).__name__) if failed else ""
        self._bus.post(ev.SQLExecutionEnd(self._number, _now(), message, self._id))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """While the user has the thread: what is run there is not of this query."""
        self._show_outer()
        try:
            yield
        finally:
            self._hide_outer()

    def changed(self, plan: PhysicalPlan) -> None:
        """An exchange has run: the plan as it is now."""
        self._update(plan, is_final=False)

    def _hide_outer(self) -> None:
        self._outer = get_property(ev.EXECUTION_ID)
        set_property(ev.EXECUTION_ID, str(self._number))
        set_property(ev.ROOT_EXECUTION_ID, str(self._number))

    def _show_outer(self) -> None:
        set_property(ev.EXECUTION_ID, self._outer)
        set_property(ev.ROOT_EXECUTION_ID, self._outer)

    def _update(self, plan: PhysicalPlan, *, is_final: bool) -> None:
        head = f"AdaptiveSparkPlan isFinalPlan={str(is_final).lower()}"
        description, info, values = self._described(plan, head)
        self._bus.post(ev.SQLAdaptiveExecutionUpdate(self._number, description, info))
        self._tell_values(values)

    def _tell_values(self, values: list[tuple[int, int]]) -> None:
        if values:
            self._bus.post(ev.DriverAccumUpdates(self._number, tuple(values)))

    def _described(
        self, plan: PhysicalPlan, head: str
    ) -> tuple[str, ev.SparkPlanInfo, list[tuple[int, int]]]:
        """The plan printed, as an information, and the values of its metrics."""
        heads = [self._writes] if self._writes else []
        if self._runner.is_adaptive:
            final = " isFinalPlan=false" if head == "AdaptiveSparkPlan" else ""
            heads.append(head + final)
        values: list[tuple[int, int]] = []
        info = plan_info(plan, values)
        lines = shown(plan).tree_string().rstrip("\n").split("\n")
        for name in reversed(heads):
            info = ev.SparkPlanInfo(name.split(" is")[0], name, (info,))
            lines = [name, f"+- {lines[0]}", *(f"   {line}" for line in lines[1:])]
        info = ev.SparkPlanInfo(info.name, info.text, info.children, (*info.metrics, *self._root))
        return "== Physical Plan ==\n" + "\n".join(lines) + "\n", info, values


def plan_info(plan: PhysicalPlan, values: list[tuple[int, int]]) -> ev.SparkPlanInfo:
    """A plan for listeners; what is known of exchanges that have run goes to ``values``."""
    made: dict[int, ev.SparkPlanInfo] = {}
    for node in plan.walk_up():
        children = tuple(made[id(child)] for child in node.children)
        text = node.describe()
        name = text.partition("(")[0].partition(" ")[0]
        if isinstance(node, ShuffleStageExec):
            text = shown(node).describe()
            name, children = "AQEShuffleRead", (_ran(node, values),)
        made[id(node)] = ev.SparkPlanInfo(name, text, children)
    return made[id(plan)]


def _ran(stage: ShuffleStageExec, values: list[tuple[int, int]]) -> ev.SparkPlanInfo:
    """The exchange of a stage, with what it has written."""
    exchange = stage.ran.exchange
    known: list[tuple[ev.SQLPlanMetric, Any]] = [
        (_metric("data size", "size"), stage.ran.bytes),
        (_metric("shuffle records written", "sum"), stage.ran.rows),
        (_metric("number of partitions", "sum"), exchange.target.count),
    ]
    found = [(metric, value) for metric, value in known if value is not None]
    values += [(metric.accumulator_id, int(value)) for metric, value in found]
    metrics = tuple(metric for metric, _ in found)
    below = plan_info(exchange.child, values)
    return ev.SparkPlanInfo("Exchange", exchange.describe(), (below,), metrics)


def _metric(name: str, kind: str) -> ev.SQLPlanMetric:
    return ev.SQLPlanMetric(name, next(_metric_ids), kind)


def _now() -> int:
    return int(time.time() * 1000)
