"""Aggregate functions written in Python over windows.

Window(f(a + 1) OVER (PARTITION BY k ORDER BY o + 1 RANGE 2 PRECEDING))  ->

    WindowPython(f(x)) over Window(rows up to the frame's end, rows in it) over Project(a + 1 AS x,
    o + 1 AS y)

The task sorts a window's rows as DuckDB does. Frames of ROWS are places before and after a row;
where a frame of RANGE ends, and how many rows are in it, DuckDB counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    Expression,
    Frame,
    FrameBound,
    Literal,
    PythonUDF,
    WindowCall,
    lit,
)
from rayspark.catalyst.logical import LogicalPlan, Project, Window
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.python import Counted, Places, WindowPythonExec
from rayspark.execution.operators.rows import ProjectExec, WindowExec

Plan = Callable[[LogicalPlan, list[PhysicalPlan]], PhysicalPlan]


def has_window_udf(node: Window) -> bool:
    """Whether a window's functions are written in Python."""
    return any(_udf(column) is not None for column in node.columns)


def with_columns_for(node: Window, expressions: Sequence[Expression]) -> Window:
    """The node with these expressions, and its keys, as columns of its child."""
    keys = (*node.partition, *(o.child for o in node.order), *expressions)
    computed = dict.fromkeys(k for k in keys if not isinstance(k, (Attribute, Literal)))
    if not computed:
        return node
    aliases = [Alias(key, "_windowkey") for key in computed]
    found: dict[Expression, Attribute] = {a.child: a.attribute for a in aliases}
    columns, partition, order = (
        tuple(_renamed(e, found) for e in part)
        for part in (node.columns, node.partition, node.order)
    )
    child = Project((*node.child.output, *aliases), node.child)
    return node.copy(columns=columns, partition=partition, order=order, child=child)


def plan_python_windows(node: Window, child: PhysicalPlan, plan: Plan) -> PhysicalPlan:
    """Functions written in Python over windows, and those beside them."""
    udfs = [udf for column in node.columns if (udf := _udf(column)) is not None]
    arguments = [argument for udf in udfs for argument in udf.args]
    ready = with_columns_for(node, arguments)
    constants = [Alias(a, "_argument") for a in dict.fromkeys(arguments) if isinstance(a, Literal)]
    if constants:
        ready = ready.copy(child=Project((*ready.child.output, *constants), ready.child))
    if ready.child is not node.child:
        child = plan(ready.child, [child])
    found: dict[Expression, Attribute] = {alias.child: alias.attribute for alias in constants}
    plain = [column for column in ready.columns if _udf(column) is None]
    calls, frames = [], []
    for column in ready.columns:
        if (udf := _udf(column)) is None:
            continue
        calls.append(column.copy(child=udf.copy(args=tuple(found.get(a, a) for a in udf.args))))
        frame, counts = _frame(column.child)
        frames.append(frame)
        plain += counts
    if plain:
        child = WindowExec(child, tuple(plain), ready.partition, ready.order)
    partition = tuple(key for key in ready.partition if isinstance(key, Attribute))
    order = tuple(o for o in ready.order if isinstance(o.child, Attribute))
    made = WindowPythonExec(child, tuple(calls), tuple(frames), partition, order)
    return ProjectExec(made, node.output)


def _udf(column: Alias) -> PythonUDF | None:
    call = column.child
    found = call.function if isinstance(call, WindowCall) else None
    return found if isinstance(found, PythonUDF) else None


def _frame(call: Expression) -> tuple[Places | Counted, list[Alias]]:
    """What a row's frame is, and the counts that say it."""
    assert isinstance(call, WindowCall)
    frame = call.spec.frame
    assert frame is not None
    if frame.unit == "rows" or _is_everything(frame):
        return Places(_place(frame.lower), _place(frame.upper)), []
    start = FrameBound("unbounded preceding")
    count = AggregateCall(Call("count", (lit(1),)))
    before = call.spec.copy(frame=frame.copy(lower=start))
    end = Alias(WindowCall(count, before), "_end")
    size = Alias(WindowCall(count, call.spec), "_size")
    return Counted(end.attribute, size.attribute), [end, size]


def _is_everything(frame: Frame) -> bool:
    return (frame.lower.kind, frame.upper.kind) == ("unbounded preceding", "unbounded following")


def _place(bound: FrameBound) -> int | None:
    """Rows from the current one; ``None`` for all there are."""
    match bound:
        case FrameBound(kind="current"):
            return 0
        case FrameBound(offset=Literal(value=int(rows)), kind=kind):
            return -rows if kind == "preceding" else rows
        case FrameBound(offset=None):
            return None
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED",
        messageParameters={"feature": f"a Python function over a window from {bound.sql()}"},
    )


def _renamed(column: Any, found: dict[Expression, Attribute]) -> Any:
    return column.transform_down(lambda e: found.get(e, e))
