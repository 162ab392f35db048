"""``t, LATERAL f(t.a)`` of a table function written in Python: one pass over the rows of ``t``.

The function gets the left row's columns beside its arguments, and gives them back beside each row
that it makes of them. Rows of which nothing is made are gone, in a LEFT JOIN too, as in Spark:

    LateralJoin(t, MapPython f (Project [outer(a)] OneRow))  ->  MapPython f' (Project [t.*, a] t)
"""

from __future__ import annotations

from rayspark.catalyst.expressions import Alias, Attribute, OuterReference, PythonFunction
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
from rayspark.datatypes import StructField, StructType


def over_left(join: LateralJoin) -> LogicalPlan:
    """The join as a pass over its left side, where the right side is such a function."""
    wrappers: list[Project] = []
    below = join.right
    while isinstance(below, SubqueryAlias | Project):
        if isinstance(below, Project):
            wrappers.append(below)
        below = below.child
    if not isinstance(below, MapPython) or not _reads_left(below):
        return join
    beside = getattr(below.function.func, "beside", None)
    if beside is None or (join.kind is JoinKind.LEFT and join.condition is not None):
        return join
    plan = _pass(join.left, below, beside)
    for wrapper in reversed(wrappers):
        plan = Project((*join.left.output, *wrapper.columns), plan)
    if join.condition is not None:
        plan = Filter(join.condition, plan)
    return Project(join.output, plan)


def _reads_left(plan: MapPython) -> bool:
    source = plan.child
    return (
        isinstance(source, Project)
        and isinstance(source.child, OneRow)
        and any(c.has(OuterReference) for c in source.columns)
    )


def _pass(left: LogicalPlan, call: MapPython, beside: object) -> LogicalPlan:
    assert callable(beside)
    source = call.child
    assert isinstance(source, Project)
    arguments = tuple(
        c.transform_up(lambda e: e.attribute if isinstance(e, OuterReference) else e)
        for c in source.columns
    )
    old = (*left.output, *call.made)
    new = tuple(Attribute(f"c{at}", a.dtype, True) for at, a in enumerate(old))
    schema = StructType([StructField(a.name, a.dtype, True) for a in new])
    old_function = call.function
    function = PythonFunction(
        beside(len(left.output), schema), schema, old_function.name, old_function.kind,
        old_function.deterministic,
    )  # fmt: skip
    made = MapPython(function, call.kind, new, Project((*left.output, *arguments), left))
    back = tuple(
        Alias(n, a.name, a.id, a.metadata, a.qualifier) for n, a in zip(new, old, strict=True)
    )
    return Project(back, made)
