"""From a physical plan to lineage: one node per pipeline, shuffle dependencies at exchanges.

The plan is cut at exchanges, broadcasts, unions of many partitions and Python functions. What lies
between two cuts is one :class:`~rayspark.execution.task.Query`. Everything below (stages, tasks,
shuffle, replay, cache) is the engine's.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import Call, Expression
from rayspark.columnar.ipc import gather
from rayspark.datatypes import IntegerType
from rayspark.execution.adaptive.stage import ShuffleStageExec
from rayspark.execution.boundary import column_name, into_duck, schema_in_duck
from rayspark.execution.broadcasts import Broadcasts, BroadcastTable
from rayspark.execution.cache import lineage_of
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.expression import compile_expression, sort_suffix
from rayspark.execution.compile.operators import PARTITION, CompiledQuery, compile_pipeline
from rayspark.execution.determinism import determinism
from rayspark.execution.distribution import (
    BucketPartitioning,
    HashPartitioning,
    RangePartitioning,
    RoundRobin,
)
from rayspark.execution.kernels.ordering import orderable
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec, ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.leaf import LocalTableExec, RangeExec, ScanExec, StoredExec
from rayspark.execution.operators.rows import CoalesceExec, ProjectExec
from rayspark.execution.operators.several import UnionExec
from rayspark.execution.python_stages import PYTHON_OPERATORS, inputs_of, python_node
from rayspark.execution.reuse import renamed
from rayspark.execution.task import (
    PLACE,
    Filling,
    FromBroadcast,
    FromRange,
    FromSource,
    FromTable,
    FromTask,
    Query,
    QueryOp,
    SourceQueryOp,
    run_text,
)
from rayspark.executor.context import TaskContext
from rayspark.lineage.dependency import (
    Dependency,
    Grouped,
    NarrowDependency,
    OneToOne,
    Range,
    ShuffleDependency,
)
from rayspark.lineage.node import Determinism, Node
from rayspark.lineage.ops import ConcatOp
from rayspark.localproperties import all_properties
from rayspark.records import dataclass
from rayspark.shuffle.spec import ShuffleSpec

if TYPE_CHECKING:
    import pyarrow as pa

    from rayspark.scheduler.driver import Driver

PROFILE = "native"


@dataclass(frozen=True)
class PlacedPartitioner:
    """Records say themselves where they go: ``(partition, block)``."""

    num_partitions: int

    def partition_of(self, key: Any) -> int:
        """The key itself."""
        return int(key)

    def assign(self, records: Sequence[Any]) -> Sequence[int]:
        """The keys themselves."""
        return [place for place, _ in records]

    def assign_numbers(self, keys: Any) -> Any:
        """Not columns."""
        return None


@dataclass(frozen=True)
class Pipeline:
    """A query with what its tasks read."""

    query: Query
    groups: dict[str, Sequence[Any]]
    """Splits of sources by slot: one list per partition."""
    reads: dict[str, Dependency]
    """What other nodes bring, by slot."""


class StageBuilder:
    """Makes the lineage of one physical plan.

    Parameters
    ----------
    engine
        Gives the driver that runs what must be known before the rest can be built: broadcasts,
        ranges of a sort.
    context
        Of compilation.
    """

    def __init__(self, engine: Callable[[], Driver], context: CompileContext) -> None:
        self._engine = engine
        self._context = context
        self._made: dict[int, tuple[PhysicalPlan, Node]] = {}
        """By the plan's ``id``: the plan stands there too, so that its id is not given anew."""
        self._broadcasts = Broadcasts(self, engine)

    def node(self, plan: PhysicalPlan) -> Node:
        """The node whose records are the plan's rows as blocks of DuckDB's columns."""
        if id(plan) not in self._made:
            self._made[id(plan)] = plan, self._make(plan)
        return self._made[id(plan)][1]

    def _make(self, plan: PhysicalPlan) -> Node:
        match plan:
            case ExchangeExec():
                return self.read(self.shuffle(plan), plan)
            case ShuffleStageExec(ran=ran):
                return self.read(ran.dependency, plan)
            case CoalesceExec() if plan.cuts:
                return self._coalesced(plan)
            case UnionExec() if plan.cuts:
                return self._union(plan)
        if isinstance(plan, PYTHON_OPERATORS):
            inputs = [self.node(below) for below in inputs_of(plan)]
            return python_node(plan, inputs, self._context)
        return self._node_of(plan)

    # -- pipelines ---------------------------------------------------------------------------

    def pipeline(self, plan: PhysicalPlan, exchange: ExchangeExec | None = None) -> Pipeline:
        """The operators down to the next cuts as one query.

        With an exchange, its rows say where they go.
        """
        compiled = compile_pipeline(plan, self._context)
        text = compiled.text if exchange is None else self._placing(compiled, plan, exchange)
        fillings: dict[str, Filling] = {}
        groups: dict[str, Sequence[Any]] = {}
        reads: dict[str, Dependency] = {}
        self._broadcasts.make([s.plan for s in compiled.slots if isinstance(s.plan, BroadcastExec)])
        for slot in compiled.slots:
            match slot.plan:
                case ScanExec(source=source, groups=splits):
                    fillings[slot.name] = FromSource(source)
                    groups[slot.name] = splits
                case RangeExec() as leaf:
                    fillings[slot.name] = FromRange(leaf.start, leaf.end, leaf.step, leaf.tasks)
                case LocalTableExec() as leaf:
                    fillings[slot.name] = FromTable(
                        into_duck(leaf.table, leaf.attributes), leaf.tasks
                    )
                case BroadcastExec() as below:
                    match self._broadcasts.made(below):
                        case BroadcastTable() as table:
                            fillings[slot.name] = FromBroadcast(table)
                        case node:
                            whole = tuple(range(node.num_partitions))
                            every = Grouped((whole,) * plan.partitioning.count)
                            fillings[slot.name] = FromTask(schema_in_duck(below.output))
                            reads[slot.name] = NarrowDependency(node, every)
                case below:
                    fillings[slot.name] = FromTask(schema_in_duck(below.output))
                    reads[slot.name] = self._dependency(below)
        functions = dict(self._context.arrow_functions)  # those that place rows, too
        query = Query(text, fillings, functions, _keeps_join_order(plan))
        return Pipeline(query, groups, reads)

    def _node_of(self, plan: PhysicalPlan, exchange: ExchangeExec | None = None) -> Node:
        """A node that runs a pipeline; with an exchange its records are ``(place, block)``."""
        if plan.cuts:  # what its own query would be is another's input
            plan = ProjectExec(plan, plan.output)
        made = self.pipeline(plan, exchange)
        places = None if exchange is None else exchange.target.count
        op: Any = QueryOp(made.query, tuple(made.reads), places)
        if made.groups:
            op = SourceQueryOp(op, made.groups)
        dependencies = tuple(made.reads.values())
        again = determinism(plan, self._determinism)
        if (
            exchange is not None
            and isinstance(exchange.target, RoundRobin)
            and again is Determinism.UNORDERED
        ):
            again = Determinism.INDETERMINATE  # a row's place says where it goes
        return Node(
            op,
            dependencies,
            plan.partitioning.count,
            determinism=again,
            label=type(plan).__name__.removesuffix("Exec"),
            profile=_profile(dependencies),
        )

    def _determinism(self, below: PhysicalPlan) -> Determinism:
        """Of the rows that a pipeline's tasks read from another node."""
        return self._dependency(below).parent.determinism

    def _dependency(self, below: PhysicalPlan) -> Dependency:
        """How a pipeline reads what it does not run itself."""
        if isinstance(below, StoredExec):
            stored = lineage_of(below.node)
            if below.gathered:
                every = (tuple(range(stored.num_partitions)),)
                return NarrowDependency(stored, Grouped(every))
            return NarrowDependency(stored, OneToOne())
        return NarrowDependency(self.node(below), OneToOne())

    def _coalesced(self, plan: CoalesceExec) -> Node:
        """Partitions that are neighbours, read by one task."""
        below = self.node(plan.child)
        count, given = plan.partitioning.count, below.num_partitions
        groups = tuple(
            tuple(range(at * given // count, (at + 1) * given // count)) for at in range(count)
        )
        dependency = NarrowDependency(below, Grouped(groups))
        return Node(
            ConcatOp(),
            (dependency,),
            count,
            determinism=below.determinism,
            label="Coalesce",
            profile=_profile([dependency]),
        )

    def _union(self, plan: UnionExec) -> Node:
        """All partitions of all inputs; each input's columns take the union's names first."""
        nodes = [self.node(renamed(part, plan.made)) for part in plan.parts]
        dependencies, start = [], 0
        for node in nodes:
            dependencies.append(NarrowDependency(node, Range(start, node.num_partitions)))
            start += node.num_partitions
        worst = Determinism(max(node.determinism.value for node in nodes))
        return Node(
            ConcatOp(),
            tuple(dependencies),
            start,
            determinism=worst,
            label="Union",
            profile=_profile(dependencies),
        )

    # -- exchanges ---------------------------------------------------------------------------

    def shuffle(self, exchange: ExchangeExec) -> ShuffleDependency:
        """The map side of an exchange: the pipeline below, whose rows say where they go."""
        below = self._node_of(exchange.child, exchange)
        spec = ShuffleSpec(PlacedPartitioner(exchange.target.count), keyed=False)
        dependency = ShuffleDependency(below, spec)
        self._free_with(dependency)
        return dependency

    def read(self, dependency: ShuffleDependency, plan: ExchangeExec | ShuffleStageExec) -> Node:
        """The read side of an exchange."""
        read = plan.read if isinstance(plan, ShuffleStageExec) else None
        written = dependency.parent.determinism
        read_again = Determinism(max(written.value, Determinism.UNORDERED.value))
        return Node(
            ConcatOp(),
            (dependency,),
            plan.partitioning.count,
            determinism=read_again,
            label="Exchange",
            profile=PROFILE,
            reads=() if read is None else (read,),
        )

    def _free_with(self, dependency: ShuffleDependency) -> None:
        """The shuffle's blocks go when no plan refers to it any more."""
        forget = self._engine().forget_shuffle
        finalizer = weakref.finalize(dependency, forget, dependency.shuffle_id)
        finalizer.atexit = False

    def _placing(self, compiled: CompiledQuery, plan: PhysicalPlan, exchange: ExchangeExec) -> str:
        """The pipeline's text with a column that says where each row goes, if there is a choice."""
        count = exchange.target.count
        if count == 1:
            return compiled.text
        match exchange.target:
            case BucketPartitioning(keys=keys):
                hashed = Call("hash", keys, IntegerType())
                place = f"(({self._text(hashed, plan)} % {count}) + {count}) % {count}"
            case HashPartitioning(keys=keys):
                texts = ", ".join(self._text(key, plan) for key in keys)
                place = f"CAST(hash({texts}) % {count} AS INTEGER)"
            case RoundRobin():
                place = f"CAST((row_number() OVER () + hash({PARTITION})) % {count} AS INTEGER)"
            case RangePartitioning(order=order):
                return self._range_placing(compiled, plan, order, count)
            case _:
                place = "0"
        return f"SELECT *, {place} AS {PLACE} FROM ({compiled.text})"

    def _text(self, e: Expression, plan: PhysicalPlan) -> str:
        names = {a.id: column_name(a) for a in plan.output}
        return compile_expression(e, names, self._context)

    def _range_placing(
        self, compiled: CompiledQuery, plan: PhysicalPlan, order: Sequence[Any], count: int
    ) -> str:
        """Bounds are taken from a sample of the keys, which a job of its own collects first."""
        parts = ", ".join(self._sort_part(key, plan) for key in order)
        sort_key = f"create_sort_key({parts})"
        bounds = self._bounds(plan, sort_key, count)
        keyed = f"SELECT *, {sort_key} AS sort_key FROM ({compiled.text})"
        place = search(bounds, 0, len(bounds))
        return f"SELECT * EXCLUDE (sort_key), {place} AS {PLACE} FROM ({keyed})"

    def _sort_part(self, key: Any, plan: PhysicalPlan) -> str:
        text = orderable(self._text(key.child, plan), key.child.dtype)
        direction = "ASC" if key.ascending else ""
        return f"{text}, '{(direction + sort_suffix(key)).strip()}'"

    def _bounds(self, plan: PhysicalPlan, sort_key: str, count: int) -> list[bytes | int]:
        """About equally many rows lie between neighbours: ``count - 1`` sort keys at most."""
        node = self._node_of(plan)
        schema = schema_in_duck(plan.output)
        wanted = max(20, 20 * count // max(1, node.num_partitions))
        take = SampleKeys(schema, sort_key, wanted)
        handle = self._engine().submit(
            node, take, range(node.num_partitions),
            call_site="sort", properties=all_properties(),
        )  # fmt: skip
        samples = [part for part in handle.results() if part]
        weighted = sorted((key, rows / len(keys)) for keys, rows in samples for key in keys)
        total, passed = sum(w for _, w in weighted), 0.0
        bounds: list[bytes | int] = []
        for key, weight in weighted:
            passed += weight
            due = passed >= total * (len(bounds) + 1) / count and len(bounds) < count - 1
            if due and (not bounds or key > bounds[-1]):
                bounds.append(key)
        return bounds


def _keeps_join_order(plan: PhysicalPlan) -> bool:
    """Whether the optimizer has chosen the order of joins: it does for plans of several stages."""
    return any(isinstance(node, JoinExec) and node.strategy != "single" for node in plan.walk())


def search(bounds: Sequence[bytes | int], start: int, end: int) -> str:
    """Text of a binary search: how many of ``bounds[start:end]`` are not above ``sort_key``.

    DuckDB's sort keys are bytes; of up to eight of them it makes a number.
    """
    if start == end:
        return str(start)
    middle = (start + end) // 2
    low, high = search(bounds, start, middle), search(bounds, middle + 1, end)
    bound = bounds[middle]
    text = str(bound) if isinstance(bound, int) else f"unhex('{bound.hex()}')"
    return f"CASE WHEN sort_key < {text} THEN {low} ELSE {high} END"


def _profile(dependencies: Sequence[Dependency]) -> str:
    """A task that runs Python functions runs in a python executor, whatever else it does."""
    narrow = (d.parent.profile for d in dependencies if isinstance(d, NarrowDependency))
    return "python" if "python" in narrow else PROFILE


@dataclass(frozen=True)
class SampleKeys:
    """Result function: up to ``count`` sort keys of a partition, and its number of rows."""

    schema: pa.Schema
    sort_key: str
    count: int

    def __call__(self, split: int, blocks: Any) -> tuple[list[bytes | int], int] | None:
        table = gather(blocks, self.schema)
        if not table.num_rows:
            return None
        context = TaskContext.get()
        assert context is not None
        text = (
            f"SELECT {self.sort_key} AS k FROM (SELECT * FROM sampled "
            f"USING SAMPLE reservoir({self.count} ROWS) REPEATABLE ({split + 1}))"
        )
        keys = run_text(context, text, {"sampled": table})
        return keys.column(0).to_pylist(), table.num_rows
