"""From an optimized logical plan to a physical one.

One strategy a function. How many tasks read each leaf is decided here (``Layout``); exchanges are
put in afterwards by ``ensure_requirements``, in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    ExprId,
    Literal,
    PythonUDF,
    SortOrder,
    SubqueryExpression,
    conjuncts,
)
from rayspark.catalyst.logical import (
    Aggregate,
    CoGroupPython,
    Collect,
    Deduplicate,
    Distinct,
    Expand,
    Filter,
    Generate,
    GroupPython,
    Join,
    JoinKind,
    LateralJoin,
    Limit,
    LocalRelation,
    LogicalPlan,
    MapPython,
    Offset,
    OneRow,
    Project,
    Range,
    Relation,
    Repartition,
    RepartitionBy,
    Sample,
    SetOp,
    Sort,
    StoredRelation,
    SubqueryAlias,
    Tail,
    Union,
    Window,
)
from rayspark.catalyst.optimizer.share_aggregates import share_aggregates
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.bucketed_scans import Buckets, bucketed
from rayspark.execution.distribution import HashPartitioning, RangePartitioning, RoundRobin
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.operators.join import JoinExec, LateralJoinExec, Strategy
from rayspark.execution.operators.leaf import (
    LocalTableExec,
    OneRowExec,
    RangeExec,
    ScanExec,
    StoredExec,
)
from rayspark.execution.operators.python import (
    CoGroupPythonExec,
    GroupPythonExec,
    MapPythonExec,
)
from rayspark.execution.operators.rows import (
    CoalesceExec,
    DeduplicateExec,
    ExpandExec,
    FilterExec,
    GenerateExec,
    LimitExec,
    ProjectExec,
    SampleExec,
    SortExec,
    TailExec,
    TopExec,
    WindowExec,
)
from rayspark.execution.operators.several import SetOpExec, UnionExec
from rayspark.execution.python_plan import (
    calls_python,
    extract_udfs,
    filter_with_python,
    has_aggregate_udf,
    keys_as_columns,
    plan_python_aggregate,
    split_aggregate,
    split_join,
    with_sides,
)
from rayspark.execution.python_windows import (
    has_window_udf,
    plan_python_windows,
    with_columns_for,
)
from rayspark.records import dataclass

WHOLE = 1 << 62
"""Bytes of a task that reads everything."""


@dataclass(frozen=True)
class Layout:
    """How a query is spread.

    ``single``: everything in one task (exchange elision), so that no exchange is needed.
    """

    single: bool
    in_driver: bool = False
    """Run in the driver's own DuckDB: no task at all."""
    cores: int = 1
    shuffle_partitions: int = 200
    min_partitions: int = 1
    """Tasks that a scan is cut into at least."""
    max_partition_bytes: int = 128 << 20
    broadcast_bytes: int = 10 << 20
    buckets: Buckets = "off"
    """Whether tables with buckets may be read one bucket a task."""
    size_of: Callable[[LogicalPlan], int | None] = field(default=lambda _plan: None)
    """Estimated bytes of a plan's rows; ``None`` if nothing is known."""
    keys_of: Callable[[LogicalPlan, Sequence[Expression]], float | None] = field(
        default=lambda _plan, _keys: None
    )
    """Estimated number of different values of some columns of a plan."""


def plan_physical(plan: LogicalPlan, layout: Layout) -> PhysicalPlan:
    """A physical plan without exchanges, but those that the user asked for."""
    plan, shared = share_aggregates(plan)
    return _Planner(layout, shared).plan_tree(plan)


class _Planner:
    def __init__(self, layout: Layout, shared: set[int]) -> None:
        self.layout = layout
        self.shared = shared
        """Operators that several read, perhaps from inside of expressions: planned once."""
        self._planned: dict[int, PhysicalPlan] = {}

    def plan_tree(self, plan: LogicalPlan) -> PhysicalPlan:
        """Plan a whole tree, children first."""
        done: dict[int, PhysicalPlan] = {}
        for node in plan.walk_up():
            made = self._planned.get(id(node))
            if made is None:
                made = self.plan(node, [done[id(child)] for child in node.children])
                if id(node) in self.shared:
                    self._planned[id(node)] = made
            done[id(node)] = made
        return done[id(plan)]

    def plan(self, node: LogicalPlan, children: list[PhysicalPlan]) -> PhysicalPlan:
        node = node.map_expressions(self._plan_subqueries)
        if calls_python(node):
            planned = self._with_python(node, children)
            if planned is not None:
                return planned
        match node:
            case MapPython() | GroupPython() | CoGroupPython():
                return self._python(node, children)
            case Project(columns=columns):
                return ProjectExec(children[0], columns)
            case Filter(condition=condition):
                return FilterExec(children[0], condition=condition)
            case Aggregate():
                return self._aggregate(node, children[0])
            case Distinct():
                output = children[0].output
                return AggregateExec(children[0], output, output)
            case Deduplicate(keys=keys):
                return DeduplicateExec(children[0], tuple(_attribute(key) for key in keys))
            case Sort(order=order, is_global=is_global):
                return SortExec(children[0], order, is_global)
            case Limit() | Offset():
                return self._limit(node, children[0])
            case Tail(count=count):
                return TailExec(children[0], _count(count))
            case Join():
                return self._join(node, *children)
            case LateralJoin(kind=kind, condition=condition):
                return LateralJoinExec(children[0], children[1], kind, condition)
            case Union(made=made):
                return UnionExec(tuple(children), made)
            case SetOp(kind=kind, all=keeps_all):
                return SetOpExec(children[0], children[1], kind, keeps_all)
            case Window():
                return self._window(node, children[0])
            case Generate(generator=generator, made=made, outer=outer):
                return GenerateExec(children[0], generator=generator, made=made, outer=outer)
            case Expand(projections=projections, made=made):
                return ExpandExec(children[0], projections, made)
            case Sample():
                return SampleExec(
                    children[0], node.lower, node.upper, node.with_replacement, node.seed or 0
                )
            case SubqueryAlias() | Collect():
                return children[0]
            case Repartition() | RepartitionBy():
                return self._repartition(node, children[0])
        return self._leaf(node)

    # -- functions written in Python ---------------------------------------------------------

    def _with_python(self, node: LogicalPlan, children: list[PhysicalPlan]) -> PhysicalPlan | None:
        """A node whose expressions call Python: those are evaluated below it."""
        if isinstance(node, Join):
            return self._join_with_python(node, children)
        if len(children) != 1:
            return None
        if isinstance(node, Aggregate) and (split := split_aggregate(node)) is not None:
            return self.plan(split, [self.plan(split.child, children)])
        if isinstance(node, Window) and has_window_udf(node):
            return plan_python_windows(node, children[0], self.plan)
        expressions, below = extract_udfs(node.expressions, children[0])
        plain = node.with_expressions(expressions)
        if isinstance(plain, Aggregate) and has_aggregate_udf(plain):
            return plan_python_aggregate(plain, below)
        if below is children[0]:
            return None
        planned = self.plan(plain, [below])
        if isinstance(node, (Project, Aggregate, Expand)):
            return planned
        return ProjectExec(planned, node.output)

    def _join_with_python(self, node: Join, children: list[PhysicalPlan]) -> PhysicalPlan:
        """Functions of one side are evaluated there, those of both sides filter pairs."""
        ready = with_sides(node)
        sides = (ready.left, ready.right), (node.left, node.right)
        children = [
            child if side is before else self.plan(side, [child])
            for side, before, child in zip(*sides, children, strict=True)
        ]
        if ready.condition is None or not ready.condition.has(PythonUDF):
            return ProjectExec(self._join(ready, *children), node.output)
        plain, condition = split_join(ready)
        joined = filter_with_python(condition, self._join(plain, *children))
        return ProjectExec(joined, node.output)

    def _python(
        self, node: MapPython | GroupPython | CoGroupPython, children: list[PhysicalPlan]
    ) -> PhysicalPlan:
        match node:
            case MapPython(function=function, kind=kind, made=made, barrier=barrier):
                return MapPythonExec(children[0], function, kind, made, barrier)
            case GroupPython(keys=keys, function=function, kind=kind, made=made):
                child, columns = keys_as_columns(keys, children[0])
                return GroupPythonExec(child, columns, function, kind, made, node.order)
        left, left_keys = keys_as_columns(node.left_keys, children[0])
        right, right_keys = keys_as_columns(node.right_keys, children[1])
        return CoGroupPythonExec(
            left, right, left_keys, right_keys, node.function, node.kind, node.made
        )

    # -- leaves ------------------------------------------------------------------------------

    def _leaf(self, node: LogicalPlan) -> PhysicalPlan:
        match node:
            case Relation(source=source, attributes=attributes, table=table):
                return self._scan(source, attributes, table)
            case LocalRelation(attributes=attributes, table=data):
                tasks = 1 if self.layout.single else min(self.layout.cores, data.num_rows) or 1
                return LocalTableExec(attributes, tasks, data)
            case OneRow():
                return OneRowExec(())
            case Range():
                tasks = 1 if self.layout.single else node.slices or self.layout.cores
                return RangeExec(
                    (node.attribute,), tasks, start=node.start, end=node.end, step=node.step
                )
            case StoredRelation(node=stored, attributes=attributes, name=name):
                single = self.layout.single
                tasks = 1 if single else stored.num_partitions
                return StoredExec(attributes, tasks, stored, name, gathered=single)
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED",
            messageParameters={"feature": f"planning of {type(node).__name__}"},
        )

    def _scan(
        self, source: Any, attributes: tuple[Attribute, ...], table: tuple[str, ...]
    ) -> PhysicalPlan:
        lies_by = bucketed(source, attributes) if self.layout.buckets != "off" else ()
        if lies_by and not self.layout.single:
            groups = source.bucket_splits()
            return ScanExec(attributes, len(groups), source, groups, table=table, lies_by=lies_by)
        return cut_scan(source, attributes, table, self.layout)

    # -- rows --------------------------------------------------------------------------------

    def _aggregate(self, node: Aggregate, child: PhysicalPlan) -> PhysicalPlan:
        """Grouping expressions that are no columns become some first."""
        extra: dict[Expression, Attribute] = {}
        aliases: list[Alias] = []
        for e in node.grouping:
            if not isinstance(e, Attribute) and e not in extra:
                alias = Alias(e, "_groupingexpression")
                aliases.append(alias)
                extra[e] = alias.attribute
        if not extra:
            return AggregateExec(child, node.grouping, node.columns)
        columns = tuple(_renamed(c, extra) for c in node.columns)
        grouping = tuple(extra.get(e, e) for e in node.grouping)
        return AggregateExec(ProjectExec(child, (*child.output, *aliases)), grouping, columns)

    def _window(self, node: Window, child: PhysicalPlan) -> PhysicalPlan:
        """Keys that are no columns become some first: DuckDB takes no key that may be an error."""
        ready = with_columns_for(node, ())
        if ready is node:
            return WindowExec(child, node.columns, node.partition, node.order)
        below = self.plan(ready.child, [child])
        made = WindowExec(below, ready.columns, ready.partition, ready.order)
        return ProjectExec(made, node.output)

    def _limit(self, node: Limit | Offset, child: PhysicalPlan) -> PhysicalPlan:
        match node, child:
            case Limit(count=count), LimitExec(count=None, offset=offset) if offset:
                return self._limited(child.child, _count(count), offset)
            case Limit(count=count), _:
                return self._limited(child, _count(count), 0)
        return LimitExec(child, None, _count(node.count))

    def _limited(self, child: PhysicalPlan, count: int, offset: int) -> PhysicalPlan:
        if isinstance(child, SortExec) and child.is_global:
            return TopExec(child.child, child.order, count, offset)
        return LimitExec(child, count, offset)

    def _repartition(self, node: Repartition | RepartitionBy, child: PhysicalPlan) -> PhysicalPlan:
        if self.layout.single:
            return child
        if isinstance(node, Repartition):
            if not node.shuffle:
                return CoalesceExec(child, node.count)
            return ExchangeExec(child, RoundRobin(node.count), True)
        count = node.count or self.layout.shuffle_partitions
        even = node.rebalances
        asked = node.count is not None and not even
        if any(isinstance(key, SortOrder) for key in node.keys):
            order = tuple(k if isinstance(k, SortOrder) else SortOrder(k) for k in node.keys)
            return ExchangeExec(child, RangePartitioning(order, count), asked)
        if not node.keys:
            return ExchangeExec(child, RoundRobin(count), asked, even)
        return ExchangeExec(child, HashPartitioning(node.keys, count), asked, even)

    # -- joins -------------------------------------------------------------------------------

    def _join(self, node: Join, left: PhysicalPlan, right: PhysicalPlan) -> PhysicalPlan:
        left_keys, right_keys = join_keys(node)
        sizes: tuple[int | None, int | None] = None, None
        distinct: tuple[float | None, float | None] = None, None
        layout = self.layout
        if not layout.single:
            sizes = layout.size_of(node.left), layout.size_of(node.right)
        strategy = self._strategy(node, bool(left_keys), sizes)
        if strategy == "shuffled":
            distinct = layout.keys_of(node.left, left_keys), layout.keys_of(node.right, right_keys)
        return JoinExec(
            left, right, node.kind, left_keys, right_keys, node.condition, strategy,
            node.null_aware, sizes, distinct,
        )  # fmt: skip

    def _strategy(
        self, node: Join, has_keys: bool, sizes: tuple[int | None, int | None]
    ) -> Strategy:
        if self.layout.single:
            return "single"
        hint = node.hint or ""
        may_left, may_right = may_broadcast(node.kind)
        if "broadcast" in hint:
            if "left" in hint and may_left:
                return "broadcast left"
            if "right" in hint and may_right:
                return "broadcast right"
        if hint in ("merge", "shuffle_hash") and has_keys:
            return "shuffled"
        limit = self.layout.broadcast_bytes
        left_fits = may_left and sizes[0] is not None and sizes[0] <= limit
        right_fits = may_right and sizes[1] is not None and sizes[1] <= limit
        if left_fits and right_fits:
            assert sizes[0] is not None
            assert sizes[1] is not None
            return "broadcast left" if sizes[0] < sizes[1] else "broadcast right"
        if right_fits:
            return "broadcast right"
        if left_fits:
            return "broadcast left"
        if has_keys and not node.null_aware:
            return "shuffled"
        if may_right:
            return "broadcast right"
        return "broadcast left" if may_left else "single"

    # -- subqueries --------------------------------------------------------------------------

    def _plan_subqueries(self, e: Expression) -> Any:
        """Queries inside expressions are planned too: they become part of the text."""
        if not e.has(SubqueryExpression):
            return e
        return e.transform_up(
            lambda x: (
                x.copy(plan=self.plan_tree(x.plan))
                if isinstance(x, SubqueryExpression) and not isinstance(x.plan, PhysicalPlan)
                else x
            )
        )


def cut_scan(
    source: Any, attributes: tuple[Attribute, ...], table: tuple[str, ...], layout: Layout
) -> ScanExec:
    """A scan of files cut into tasks of about the same size."""
    if layout.single:  # whole files: DuckDB's own threads share them
        groups = source.splits(WHOLE, 1)
    else:
        groups = source.splits(layout.max_partition_bytes, layout.min_partitions)
    if layout.single and len(groups) > 1:
        groups = [[split for group in groups for split in group]]
    return ScanExec(attributes, max(1, len(groups)), source, groups or [[]], table=table)


def join_keys(node: Join) -> tuple[tuple[Expression, ...], tuple[Expression, ...]]:
    """The pairs ``left = right`` of a join's condition."""
    left_ids, right_ids = node.left.output_ids, node.right.output_ids
    left_keys, right_keys = [], []
    for part in conjuncts(node.condition):
        match part:
            case Call(name="=", args=(a, b)):
                if _reads(a, left_ids) and _reads(b, right_ids):
                    left_keys.append(a)
                    right_keys.append(b)
                elif _reads(b, left_ids) and _reads(a, right_ids):
                    left_keys.append(b)
                    right_keys.append(a)
    return tuple(left_keys), tuple(right_keys)


def _reads(e: Expression, ids: frozenset[ExprId]) -> bool:
    return bool(e.references) and e.references <= ids and not e.has(SubqueryExpression)


def may_broadcast(kind: JoinKind) -> tuple[bool, bool]:
    """Whether the left, and the right side may be sent everywhere."""
    match kind:
        case JoinKind.INNER | JoinKind.CROSS:
            return True, True
        case JoinKind.LEFT | JoinKind.SEMI | JoinKind.ANTI:
            return False, True
        case JoinKind.RIGHT:
            return True, False
    return False, False


def _renamed(column: Expression, found: dict[Expression, Attribute]) -> Any:
    """A column with grouping expressions replaced, outermost first."""
    return column.transform_down(lambda e: found.get(e, e))


def _attribute(e: Expression) -> Attribute:
    assert isinstance(e, Attribute)
    return e


def _count(e: Expression) -> int:
    assert isinstance(e, Literal), f"the optimizer left a limit that is no constant: {e}"
    return int(e.value)
