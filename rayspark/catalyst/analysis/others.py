"""Nodes whose expressions are resolved against their inputs and nothing else; hints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rayspark.catalyst.analysis.aggregates import named_columns
from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, sql_id, sql_type
from rayspark.catalyst.analysis.hidden import Hidden, only
from rayspark.catalyst.analysis.joins import STRATEGIES
from rayspark.catalyst.analysis.time_windows import merge_sessions
from rayspark.catalyst.expressions import (
    Attribute,
    Expression,
    SortOrder,
    UnresolvedAttribute,
)
from rayspark.catalyst.logical import (
    CoGroupPython,
    Collect,
    Deduplicate,
    Distinct,
    Hint,
    LogicalPlan,
    Repartition,
    RepartitionBy,
    SubqueryAlias,
)
from rayspark.catalyst.logical.binary import Join
from rayspark.catalyst.logical.leaf import Leaf
from rayspark.catalyst.logical.unary import Project
from rayspark.datatypes import ArrayType, DataType, MapType, StructType


def resolve_expressions(node: LogicalPlan, analysis: Analysis) -> LogicalPlan:
    """Any node: its expressions read what its inputs give."""
    if isinstance(node, Leaf) or all(isinstance(e, Attribute) for e in node.expressions):
        return node
    resolver = analysis.resolver(analysis.scope(*node.children))
    return node.map_expressions(resolver.resolve)


def resolve_repartition(node: RepartitionBy, analysis: Analysis) -> LogicalPlan:
    """DISTRIBUTE BY may name columns that the select list has dropped."""
    child = node.child
    hidden = Hidden(child, analysis.case_sensitive)
    resolver = analysis.resolver(analysis.scope(child), fallbacks=(hidden.find,))
    keys = resolver.resolve_all(node.keys)
    hidden.require(keys)
    return only(node.copy(keys=keys, child=hidden.exposed()), child.output)


def resolve_cogroup(node: CoGroupPython, analysis: Analysis) -> LogicalPlan:
    """Each side's keys are its own."""
    left, right = node.left, node.right
    left_keys = analysis.resolver(analysis.scope(left)).resolve_all(node.left_keys)
    right_keys = analysis.resolver(analysis.scope(right)).resolve_all(node.right_keys)
    return node.copy(left_keys=left_keys, right_keys=right_keys)


def resolve_distinct(node: Distinct, _analysis: Analysis) -> LogicalPlan:
    """Maps cannot be told apart."""
    _check_no_maps(node.child.output)
    child = merge_sessions(node.child, node.child.output)
    return node if child is node.child else node.copy(child=child)


def resolve_deduplicate(node: Deduplicate, analysis: Analysis) -> LogicalPlan:
    """Its keys are columns; maps cannot be told apart."""
    resolved = resolve_expressions(node, analysis)
    keys = [key for key in resolved.expressions if isinstance(key, Attribute)]
    _check_no_maps(keys)
    child = merge_sessions(node.child, keys)
    return resolved if child is node.child else resolved.copy(child=child)


def _check_no_maps(columns: Iterable[Attribute]) -> None:
    for column in columns:
        if _holds_map(column.dtype):
            raise error(
                "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE",
                colName=sql_id((column.name,)),
                dataType=sql_type(column.dtype),
            )


def _holds_map(dt: DataType) -> bool:
    match dt:
        case MapType():
            return True
        case ArrayType():
            return _holds_map(dt.elementType)
        case StructType():
            return any(_holds_map(f.dataType) for f in dt.fields)
    return False


def resolve_collect(node: Collect, analysis: Analysis) -> LogicalPlan:
    """``observe``: metrics need names."""
    resolver = analysis.resolver(analysis.scope(node.child))
    resolved = resolver.resolve_all(node.metrics)
    return node.copy(metrics=named_columns(node.metrics, resolved, analysis.context.zone))


def resolve_hint(node: Hint, analysis: Analysis) -> LogicalPlan:
    """Hints of a partitioning become nodes; a join's strategy is left for the join above; others
    are dropped with a warning, as in Spark.
    """
    name = node.name.lower()
    args = node.args
    if name in ("coalesce", "repartition", "rebalance", "repartition_by_range"):
        return _partitioning(name, args, node.child, analysis)
    if name not in STRATEGIES:
        return node.child
    tables = [_name(a) for a in args]
    if not tables:
        return node
    return _mark(node.child, {t.lower() for t in tables if t}, STRATEGIES[name])


def _partitioning(
    name: str, args: tuple[Any, ...], child: LogicalPlan, analysis: Analysis
) -> LogicalPlan:
    counts = [a for a in args if isinstance(a, int)]
    keys = [a for a in args if isinstance(a, Expression)]
    count = counts[0] if counts else None
    if name == "coalesce" and count is not None:
        return Repartition(child, count=count, shuffle=False)
    if not keys and name != "rebalance":
        return child if count is None else Repartition(child, count=count)
    resolved = analysis.resolver(analysis.scope(child)).resolve_all(keys)
    if name == "repartition_by_range":
        resolved = tuple(e if isinstance(e, SortOrder) else SortOrder(e) for e in resolved)
    return RepartitionBy(resolved, child, count, name == "rebalance")


def _name(arg: Any) -> str:
    if isinstance(arg, UnresolvedAttribute):
        return arg.parts[-1]
    return str(arg)


def _mark(plan: LogicalPlan, tables: set[str], strategy: str) -> LogicalPlan:
    """The strategy on the joins of this SELECT that have a named table as an input."""
    done: dict[int, LogicalPlan] = {}
    stack = [plan]
    while stack:
        node = stack[-1]
        if id(node) in done:
            stack.pop()
            continue
        inner = () if isinstance(node, SubqueryAlias) else node.children
        missing = [c for c in inner if id(c) not in done]
        if missing:
            stack.extend(missing)
            continue
        stack.pop()
        made = node.map_children(lambda c: done.get(id(c), c))
        for tag in ("_merges_keys", "_aggregated"):
            if tag in node.__dict__ and isinstance(made, Project):
                made.__dict__[tag] = True
        if isinstance(made, Join):
            if _is_named(made.right, tables):
                made = made.copy(hint=f"{strategy} right")
            elif _is_named(made.left, tables):
                made = made.copy(hint=f"{strategy} left")
        done[id(node)] = made
    return done[id(plan)]


def _is_named(plan: LogicalPlan, tables: set[str]) -> bool:
    return isinstance(plan, SubqueryAlias) and bool(plan.name) and plan.name[-1].lower() in tables
