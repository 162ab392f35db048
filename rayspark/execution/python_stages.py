"""Lineage nodes of Python functions, over the nodes of the pipelines below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rayspark.catalyst.expressions import Alias, Attribute, ExprId, PythonUDF, SortOrder
from rayspark.config.entries import sql
from rayspark.execution.boundary import column_name
from rayspark.execution.cache import lineage_of
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.leaf import StoredExec
from rayspark.execution.operators.python import (
    AggregatePythonExec,
    CoGroupPythonExec,
    Counted,
    EvalPythonExec,
    GroupPythonExec,
    MapPythonExec,
    Places,
    WindowPythonExec,
)
from rayspark.execution.operators.rows import SortExec
from rayspark.execution.python.batches import MapBatches, Shape
from rayspark.execution.python.evaluate import EvaluateUdfs, UdfCall
from rayspark.execution.python.groups import AggregateGroups, MapCoGroups, MapGroups
from rayspark.execution.python.imports import WithPandas
from rayspark.execution.python.windows import AggregateWindows, CountsOf, PlacesOf
from rayspark.execution.python_plan import COMPUTED_KEY
from rayspark.lineage.dependency import NarrowDependency
from rayspark.lineage.node import Determinism, Node
from rayspark.lineage.ops import PartitionOp, ZippedOp

PYTHON_OPERATORS = (
    EvalPythonExec, MapPythonExec, GroupPythonExec, AggregatePythonExec, WindowPythonExec,
    CoGroupPythonExec,
)  # fmt: skip


def runs_python(plan: PhysicalPlan) -> bool:
    """Whether tasks of a plan, or of what it reads, run functions written in Python."""
    return any(
        isinstance(part, PYTHON_OPERATORS)
        or (isinstance(part, StoredExec) and _python_below(lineage_of(part.node)))
        for part in plan.walk()
    )


def _python_below(node: Node) -> bool:
    pending, seen = [node], set[int]()
    while pending:
        found = pending.pop()
        if found.profile == "python":
            return True
        if id(found) not in seen:
            seen.add(id(found))
            pending += [d.parent for d in found.dependencies]
    return False


def inputs_of(plan: PhysicalPlan) -> list[PhysicalPlan]:
    """What a Python operator reads: groups come sorted by their keys."""
    match plan:
        case AggregatePythonExec(child=child, keys=keys):
            return [_sorted(child, map(SortOrder, keys))]
        case GroupPythonExec(child=child, keys=keys, order=order):
            return [_sorted(child, (*map(SortOrder, keys), *order))]
        case WindowPythonExec(child=child, keys=keys, order=order):
            return [_sorted(child, (*map(SortOrder, keys), *order))]
        case CoGroupPythonExec():
            return [
                _sorted(plan.left, map(SortOrder, plan.left_keys)),
                _sorted(plan.right, map(SortOrder, plan.right_keys)),
            ]
    return list(plan.children)


def python_node(plan: PhysicalPlan, inputs: Sequence[Node], context: CompileContext) -> Node:
    """The node that runs a Python operator over its inputs' nodes."""
    task = WithPandas(_task(plan, context))
    determinism = Determinism(max(node.determinism.value for node in inputs))
    if isinstance(plan, EvalPythonExec) and not all(c.deterministic for c in plan.calls):
        determinism = Determinism.INDETERMINATE
    return Node(
        ZippedOp(task) if len(inputs) > 1 else PartitionOp(task),
        tuple(NarrowDependency(node) for node in inputs),
        inputs[0].num_partitions,
        determinism=determinism,
        label=type(plan).__name__.removesuffix("Exec"),
        barrier=isinstance(plan, MapPythonExec) and plan.barrier,
        profile="python",
    )


def _task(plan: PhysicalPlan, context: CompileContext) -> Any:
    rows = sql.ARROW_BATCH.read(context.conf)
    zone = context.zone
    match plan:
        case EvalPythonExec(child=child, calls=calls):
            attributes = child.output
            found = tuple(_call(call, attributes) for call in calls)
            return EvaluateUdfs(found, attributes, zone, rows, len(attributes))
        case MapPythonExec(child=child, function=function, kind=kind, made=made):
            return MapBatches(function, kind, Shape(child.output), Shape(made), zone, rows)
        case GroupPythonExec(child=child, keys=keys, function=function, kind=kind, made=made):
            places = _places(keys, child.output)
            visible = _visible(child.output, keys)
            shape = Shape(child.output)
            return MapGroups(function, kind, places, shape, visible, Shape(made), zone)
        case AggregatePythonExec(child=child, keys=keys, calls=calls):
            found = tuple(_call(call, child.output) for call in calls)
            places = _places(keys, child.output)
            return AggregateGroups(found, places, Shape(child.output), zone, not keys)
        case WindowPythonExec(child=child, calls=calls, keys=keys):
            found = tuple(_call(call, child.output) for call in calls)
            frames = tuple(_frame(frame, child.output) for frame in plan.frames)
            places = _places(keys, child.output)
            return AggregateWindows(found, frames, places, Shape(child.output), zone)
    assert isinstance(plan, CoGroupPythonExec)
    left, right = plan.left.output, plan.right.output
    return MapCoGroups(
        plan.function, plan.kind, _places(plan.left_keys, left), _places(plan.right_keys, right),
        Shape(left), Shape(right), _visible(left, plan.left_keys),
        _visible(right, plan.right_keys), Shape(plan.made), zone,
    )  # fmt: skip


def _call(alias: Alias, attributes: Sequence[Attribute]) -> UdfCall:
    udf = alias.child
    assert isinstance(udf, PythonUDF)
    return UdfCall(
        udf.function, _places(udf.args, attributes), udf.names, column_name(alias.attribute)
    )


def _frame(frame: Places | Counted, attributes: Sequence[Attribute]) -> PlacesOf | CountsOf:
    if isinstance(frame, Places):
        return PlacesOf(frame.lower, frame.upper)
    return CountsOf(*_places((frame.end, frame.size), attributes))


def _places(wanted: Sequence[Any], attributes: Sequence[Attribute]) -> tuple[int, ...]:
    at: dict[ExprId, int] = {a.id: place for place, a in enumerate(attributes)}
    return tuple(at[a.id] for a in wanted)


def _visible(attributes: Sequence[Attribute], keys: Sequence[Attribute]) -> int:
    """Columns that a group's function sees: not the keys that planning computed, which are last."""
    computed = {key.id for key in keys if key.name == COMPUTED_KEY}
    count = len(attributes)
    while count and attributes[count - 1].id in computed:
        count -= 1
    return count


def _sorted(child: PhysicalPlan, keys: Iterable[SortOrder]) -> PhysicalPlan:
    order = tuple(keys)
    return SortExec(child, order, False) if order else child
