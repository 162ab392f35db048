"""Aggregation: what the groups are, and what may stand beside them."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis.aliases import name_column, outputs, trim_aliases, without_alias
from rayspark.catalyst.analysis.errors import error, sql_expr
from rayspark.catalyst.analysis.hidden import Path, expose
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Expression,
    OuterReference,
    PythonUDF,
    SubqueryExpression,
    WindowCall,
)
from rayspark.catalyst.logical import Aggregate, Filter, LogicalPlan, Project, Window

GROUPING = {"grouping", "grouping_id"}
"""Functions of a grouping set, gone once there is an Expand."""


def is_aggregated(e: Expression) -> bool:
    """Whether an aggregate function (not over a window) is in it."""
    return first_aggregate(e) is not None


def first_aggregate(e: Expression) -> Expression | None:
    """The first aggregate function in it that is not over a window."""
    stack = [e]
    while stack:
        node = stack.pop()
        if is_aggregate_call(node):
            return node
        if isinstance(node, WindowCall):
            # its own function is no aggregation of the query, but its arguments may hold one
            stack += [node.spec, *reversed(inside_window(node.function))]
        else:
            stack.extend(reversed(node.children))
    return None


def is_aggregate_call(e: Expression) -> bool:
    """Whether it is an aggregate function of either kind."""
    return isinstance(e, AggregateCall) or (isinstance(e, PythonUDF) and e.is_aggregate)


def inside_window(function: Expression) -> tuple[Expression, ...]:
    """What a window's own function is computed of."""
    if isinstance(function, AggregateCall):
        return (*function.args, *function.children[1:])
    return function.children


class Lift:
    """Splits expressions over an Aggregate: what it must compute, and what is computed of that."""

    def __init__(self, grouping: Sequence[Expression], columns: Sequence[Expression]) -> None:
        self._grouping = set(grouping)
        self.columns = list(columns)
        self._known: dict[Expression, Attribute] = {}
        for column in columns:
            self._know(column)

    def _know(self, column: Expression) -> Attribute:
        attribute = column.attribute if isinstance(column, Alias) else column
        assert isinstance(attribute, Attribute)
        self._known.setdefault(without_alias(column), attribute)
        return attribute

    def __call__(self, e: Expression) -> Expression:
        """The expression over the Aggregate's output."""
        lifted: Expression = _descend(e, self._replace)
        return lifted

    def _replace(self, e: Expression) -> Expression | None:
        if not is_aggregate_call(e) and e not in self._grouping:
            return None
        found = self._known.get(e)
        if found is None:
            column = e if isinstance(e, Attribute) else Alias(e, f"_agg{len(self.columns)}")
            self.columns.append(column)
            found = self._know(column)
        return found


def _descend(e: Expression, replace: object) -> Expression:
    """Replace from the top where ``replace`` gives something; a window's own function is kept."""
    assert callable(replace)
    kept: set[int] = set()

    def step(node: Expression) -> Expression:
        if id(node) in kept:
            return node
        if isinstance(node, WindowCall):
            kept.add(id(node.function))
            held.append(node.function)
            return node
        found = replace(node)
        return node if found is None else found

    held: list[Expression] = []
    result: Expression = e.transform_down(step)
    return result


def mark_aggregated(plan: LogicalPlan) -> LogicalPlan:
    """Remember that a Project belongs to the Aggregate below it: HAVING and ORDER BY above it may
    name what the Aggregate can compute.
    """
    plan.__dict__["_aggregated"] = True
    return plan


def aggregate_below(plan: LogicalPlan) -> tuple[Path, Aggregate] | None:
    """The Aggregate of the same SELECT, and the way to it."""
    path: Path = ()
    while True:
        match plan:
            case Aggregate():
                return path, plan
            case Filter() | Window():
                path = (*path, (plan, 0))
                plan = plan.child
            case Project() if "_aggregated" in plan.__dict__:
                path = (*path, (plan, 0))
                plan = plan.child
            case _:
                return None


def lift_over(
    plan: LogicalPlan, expressions: Sequence[Expression]
) -> tuple[LogicalPlan, tuple[Expression, ...]]:
    """Expressions with aggregate functions over a plan whose Aggregate can compute them."""
    found = aggregate_below(plan)
    if found is None:
        return plan, tuple(expressions)
    path, aggregate = found
    before = len(aggregate.columns)
    lift = Lift(aggregate.grouping, aggregate.columns)
    upper = [
        e if e.references <= plan.output_ids and not is_aggregated(e) else lift(e)
        for e in expressions
    ]
    if len(lift.columns) == before and not any(e.references - plan.output_ids for e in upper):
        return plan, tuple(upper)
    added = lift.columns[before:]
    made = aggregate.copy(columns=tuple(lift.columns))
    check_aggregate(made)
    plan = _rebuilt(path, made)
    steps = [at for _, at in path]
    wanted = list(outputs(added))
    needed = {i for e in upper for i in e.references} - plan.output_ids
    wanted += [a for a in made.output if a.id in needed and a not in wanted]
    for attribute in wanted:
        if steps:
            plan = expose(plan, steps, attribute)
    return plan, tuple(upper)


def _rebuilt(path: Path, below: LogicalPlan) -> LogicalPlan:
    for node, _ in reversed(path):
        tagged = "_aggregated" in node.__dict__
        below = node.with_children([below])
        if tagged:
            mark_aggregated(below)
    return below


def named_columns(
    written: Sequence[Expression], resolved: Sequence[Expression], zone: str
) -> tuple[Expression, ...]:
    """Output columns, each with a name."""
    return tuple(
        trim_aliases(name_column(w, r, zone)) for w, r in zip(written, resolved, strict=True)
    )


def check_aggregate(plan: Aggregate) -> None:
    """All columns must be computable from groups.

    Raises
    ------
    AnalysisException
        ``MISSING_AGGREGATION``, ``MISSING_GROUP_BY``, ``GROUP_BY_AGGREGATE``,
        ``NESTED_AGGREGATE_FUNCTION``.
    """
    for column in plan.columns:
        if any(isinstance(e, AggregateCall) and e.name in GROUPING for e in column.walk()):
            raise error("UNSUPPORTED_GROUPING_EXPRESSION")
    for e in plan.grouping:
        found = first_aggregate(e)
        if found is not None:
            raise error("GROUP_BY_AGGREGATE", sqlExpr=found.sql())
    grouping = set(plan.grouping)
    for column in plan.columns:
        _check_column(column, grouping)


def _check_column(column: Expression, grouping: set[Expression]) -> None:
    stack = [without_alias(column)]
    while stack:
        e = stack.pop()
        if e in grouping or isinstance(e, OuterReference):
            continue
        if is_aggregate_call(e):
            inner = e.args if isinstance(e, AggregateCall) else e.children
            if any(x is not e and is_aggregate_call(x) for a in inner for x in a.walk()):
                raise error("NESTED_AGGREGATE_FUNCTION")
            continue
        if isinstance(e, SubqueryExpression) and e.outer:
            for a in e.outer:
                if a not in grouping:
                    raise _missing(a, grouping)
        if isinstance(e, WindowCall):
            stack += [*inside_window(e.function), e.spec]
            continue
        if isinstance(e, Attribute):
            raise _missing(e, grouping)
        stack.extend(reversed(e.children))


def _missing(e: Attribute, grouping: set[Expression]) -> Exception:
    if not grouping:
        return error("MISSING_GROUP_BY")
    return error(
        "MISSING_AGGREGATION",
        expression=sql_expr(e),
        expressionAnyValue=f'"any_value({e.name})"',
    )
