"""``t, LATERAL f(t.a)`` of a table function written in Python: one pass over the rows of ``t``.

The function gets the left row's columns beside its arguments, and gives them back beside each row
that it makes of them. Rows of which nothing is made are gone, in a LEFT JOIN too, as in Spark:

    LateralJoin(t, MapPython f (Project [outer(a)] OneRow))  ->  MapPython f' (Project [t.*, a] t)

``LEFT JOIN ... ON condition`` keeps a left row of which nothing meets the condition. There the left
rows are numbered, the function gives one row more for each, without values, and a window over the
number tells whether that row is needed:

    left row   made by f   condition   kept
    1 'a bb'   a           false       no
    1 'a bb'   bb          true        yes
    1 'a bb'   (none)      -           no: another row of number 1 is
    2 'c'      c           false       no
    2 'c'      (none)      -           yes, with nulls
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rayspark.catalyst.analysis.windows import extract_windows
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    CaseWhen,
    Expression,
    OuterReference,
    PythonFunction,
    WindowCall,
    WindowSpec,
    and_,
    lit,
    not_,
    or_,
)
from rayspark.catalyst.expressions.window import Frame, FrameBound
from rayspark.catalyst.logical import (
    Filter,
    JoinKind,
    LateralJoin,
    LogicalPlan,
    MapPython,
    OneRow,
    Project,
    SubqueryAlias,
)
from rayspark.datatypes import BooleanType, StructField, StructType

Beside = Callable[[int, StructType, bool], Any]
"""Makes the function that runs beside rows: how many columns they have, the result's, marked."""

WHOLE = Frame("rows", FrameBound("unbounded preceding"), FrameBound("unbounded following"))


def over_left(join: LateralJoin) -> LogicalPlan:
    """The join as a pass over its left side, where the right side is such a function."""
    wrappers: list[Project] = []
    below = join.right
    while isinstance(below, SubqueryAlias | Project):
        if isinstance(below, Project):
            wrappers.append(below)
        below = below.child
    if not isinstance(below, MapPython) or not _is_call(below):
        return join
    beside = getattr(below.function.func, "beside", None)
    if beside is None:
        return join
    if join.kind is JoinKind.LEFT and join.condition is not None:
        return _left_on(join, join.condition, below, wrappers, beside)
    plan = _wrapped(_pass(join.left, below, beside), join.left, wrappers)
    if join.condition is not None:
        plan = Filter(join.condition, plan)
    return Project(join.output, plan)


def _wrapped(
    plan: LogicalPlan, left: LogicalPlan, wrappers: Sequence[Project], *more: Attribute
) -> LogicalPlan:
    for wrapper in reversed(wrappers):
        plan = Project((*left.output, *wrapper.columns, *more), plan)
    return plan


def _left_on(
    join: LateralJoin,
    condition: Expression,
    call: MapPython,
    wrappers: Sequence[Project],
    beside: Beside,
) -> LogicalPlan:
    number = Alias(Call("monotonically_increasing_id", ()), "_row")
    left = Project((*join.left.output, number), join.left)
    made = Attribute("_made", BooleanType(), False)
    plan = _wrapped(_pass(left, call, beside, made), left, wrappers, made)
    met = Alias(and_(made, Call("coalesce", (condition, lit(False)))), "_met")
    plan = Project((*plan.output, met), plan)
    any_met = AggregateCall(Call("max", (met.attribute,)))
    spec = WindowSpec((number.attribute,), (), WHOLE)
    (found,), plan = extract_windows([Alias(WindowCall(any_met, spec), "_found")], plan)
    needed = or_(met.attribute, not_(or_(made, found)))
    right = join.right.output_ids
    columns = tuple(
        Alias(CaseWhen(((made, a),), None), a.name, a.id, a.metadata, a.qualifier)
        if a.id in right else a
        for a in join.output
    )  # fmt: skip
    return Project(columns, Filter(needed, plan))


def _is_call(plan: MapPython) -> bool:
    return isinstance(plan.child, Project) and isinstance(plan.child.child, OneRow)


def _pass(
    left: LogicalPlan, call: MapPython, beside: Beside, mark: Attribute | None = None
) -> LogicalPlan:
    """The function over the left rows. With a ``mark``: one row more of each, where it is false."""
    source = call.child
    assert isinstance(source, Project)
    arguments = tuple(
        c.transform_up(lambda e: e.attribute if isinstance(e, OuterReference) else e)
        for c in source.columns
    )
    old = (*left.output, *call.made, *(() if mark is None else (mark,)))
    new = tuple(Attribute(f"c{at}", a.dtype, True) for at, a in enumerate(old))
    schema = StructType([StructField(a.name, a.dtype, True) for a in new])
    old_function = call.function
    function = PythonFunction(
        beside(len(left.output), schema, mark is not None), schema, old_function.name,
        old_function.kind, old_function.deterministic,
    )  # fmt: skip
    made = MapPython(function, call.kind, new, Project((*left.output, *arguments), left))
    back = tuple(
        Alias(n, a.name, a.id, a.metadata, a.qualifier) for n, a in zip(new, old, strict=True)
    )
    return Project(back, made)
