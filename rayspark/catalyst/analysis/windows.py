"""Window functions: the frame that is meant, what is allowed, and their way into Window nodes."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.errors import error, mismatch, sql_expr, sql_type
from rayspark.catalyst.analysis.naming import UPPER
from rayspark.catalyst.analysis.operators import REQUIRED
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
    SortOrder,
    WindowCall,
    lit,
)
from rayspark.catalyst.logical import LogicalPlan, Window
from rayspark.datatypes import DateType, IntegerType, StringType, TimestampNTZType, TimestampType
from rayspark.datatypes.base import NullType, NumericType
from rayspark.datatypes.intervals import AnsiIntervalType, CalendarIntervalType

START = FrameBound("unbounded preceding")
END = FrameBound("unbounded following")
CURRENT = FrameBound("current")
RUNNING_ROWS = Frame("rows", START, CURRENT)
RUNNING_RANGE = Frame("range", START, CURRENT)
WHOLE = Frame("rows", START, END)
OFFSET = {"lag", "lead"}
NEEDS_ORDER = {
    "rank", "dense_rank", "percent_rank", "cume_dist", "row_number", "ntile", "lag", "lead",
    "nth_value",
}  # fmt: skip


def finish_window(e: WindowCall, ansi: bool) -> WindowCall:
    """The call with the frame that is meant where none was given.

    Raises
    ------
    AnalysisException
        If the function is no window function, or the frame cannot be.
    """
    e = _passing_nulls(e)
    function = e.function
    if isinstance(function, AggregateCall):
        frame = e.spec.frame or (RUNNING_RANGE if e.spec.order else WHOLE)
        if function.distinct:
            shown = e.copy(spec=e.spec.copy(frame=frame))
            raise error("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", windowExpr=sql_expr(shown))
    elif isinstance(function, Call) and function.fn.kind == "window":
        frame = _own_frame(e, function)
    elif isinstance(function, PythonUDF) and function.is_aggregate:
        frame = e.spec.frame or (RUNNING_RANGE if e.spec.order else WHOLE)
    else:
        raise error("UNSUPPORTED_EXPR_FOR_WINDOW", sqlExpr=sql_expr(function))
    if frame is e.spec.frame:
        frame = _checked(e, frame, ansi)
    return e.copy(spec=e.spec.copy(frame=frame))


def _passing_nulls(e: WindowCall) -> WindowCall:
    """``IGNORE NULLS`` is an argument of aggregates, and of ``nth_value`` where Python asks."""
    function = e.function
    if isinstance(function, AggregateCall):
        return e.copy(ignore_nulls=False) if e.ignore_nulls else e
    if isinstance(function, Call) and function.name == "nth_value" and len(function.args) == 3:
        flag = function.args[2]
        ignores = e.ignore_nulls or (isinstance(flag, Literal) and bool(flag.value))
        return e.copy(function=function.copy(args=function.args[:2]), ignore_nulls=ignores)
    return e


def _own_frame(e: WindowCall, function: Call) -> Frame:
    """Functions of position have a frame of their own; another one is refused."""
    name, given = function.name, e.spec.frame
    if name == "nth_value":
        return given or (RUNNING_RANGE if e.spec.order else WHOLE)
    if not e.spec.order and name in NEEDS_ORDER:
        raise error(
            "WINDOW_FUNCTION_FRAME_NOT_ORDERED", wf_name=function.name, wf_expr=_written(function)
        )
    if name in OFFSET:
        frame = _offset_frame(function)
    else:
        frame = RUNNING_RANGE if name == "cume_dist" else RUNNING_ROWS
    if given is not None and given != frame:
        raise error(
            "WINDOW_FRAME_NOT_ALLOWED",
            wf=sql_expr(function),
            required=frame.sql(),
        )
    return frame


def _written(function: Call) -> str:
    text = function.sql()
    return text.replace(function.name, function.name.upper(), 1) if function.name in UPPER else text


def _offset_frame(function: Call) -> Frame:
    """One row, so many before or after; Spark writes both as FOLLOWING."""
    offset: Expression = function.args[1] if len(function.args) > 1 else lit(1)
    if isinstance(offset, Literal) and offset.value is not None:
        value = offset.value if function.name == "lead" else -offset.value
        offset = lit(value)
    bound = FrameBound("following", offset)
    return Frame("rows", bound, bound)


def _checked(e: WindowCall, frame: Frame, ansi: bool) -> Frame:
    if CURRENT not in (frame.lower, frame.upper) and _rank(frame.lower) > _rank(frame.upper):
        raise mismatch(
            "SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", frame, comparison="less than or equal"
        )
    bounds = [b for b in (frame.lower, frame.upper) if b.offset is not None]
    if frame.unit == "rows":
        for bound in bounds:
            assert bound.offset is not None
            if not bound.offset.foldable:
                raise mismatch(
                    "SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE",
                    frame,
                    location=_location(frame, bound),
                    expression=sql_expr(bound.offset),
                )
            if not isinstance(bound.offset.dtype, IntegerType):
                raise _unaccepted(frame, bound, "INT")
        return frame
    if not e.spec.order:
        raise mismatch("RANGE_FRAME_WITHOUT_ORDER", e.spec)
    if bounds and len(e.spec.order) > 1:
        orders = ",".join(o.describe() for o in e.spec.order)
        raise mismatch("RANGE_FRAME_MULTI_ORDER", e.spec, orderSpec=orders)
    return _range(e, frame, bounds, ansi)


def _range(e: WindowCall, frame: Frame, bounds: Sequence[FrameBound], ansi: bool) -> Frame:
    if not bounds:
        return frame
    key = e.spec.order[0].dtype
    _check_kinds(frame, bounds)
    if isinstance(key, StringType):  # to which the bound would be cast
        raise mismatch(
            "SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
            frame,
            location=_location(frame, bounds[0]),
            exprType=sql_type(key),
            expectedType=REQUIRED["+"],
        )
    for bound in bounds:
        assert bound.offset is not None
        dt = bound.offset.dtype
        moment = isinstance(key, DateType | TimestampType | TimestampNTZType)
        step = isinstance(dt, AnsiIntervalType | CalendarIntervalType | NullType)
        days = isinstance(key, DateType) and isinstance(dt, IntegerType)
        numbers = isinstance(key, NumericType) and isinstance(dt, NumericType)
        if not (numbers or (moment and step) or days):
            raise mismatch(
                "RANGE_FRAME_INVALID_TYPE",
                e.spec,
                orderSpecType=sql_type(key),
                valueBoundaryType=sql_type(dt),
            )
        if numbers and dt != key:
            cast = coercion.cast_to(bound.offset, key, ansi)
            frame = _with_offset(frame, bound, cast)
    return frame


def _check_kinds(frame: Frame, bounds: Sequence[FrameBound]) -> None:
    """A frame's ends are both months, or both days and times, or both numbers."""
    offsets = [b.offset for b in bounds if b.offset is not None]
    if len(offsets) == 2 and isinstance(offsets[0].dtype, AnsiIntervalType):
        lower, upper = offsets
        if type(lower.dtype) is not type(upper.dtype):
            raise mismatch(
                "SPECIFIED_WINDOW_FRAME_DIFF_TYPES",
                frame,
                lower=sql_expr(lower),
                upper=sql_expr(upper),
                lowerType=sql_type(lower.dtype),
                upperType=sql_type(upper.dtype),
            )


def _with_offset(frame: Frame, old: FrameBound, offset: Expression) -> Frame:
    new = old.copy(offset=offset)
    return frame.copy(
        lower=new if frame.lower is old else frame.lower,
        upper=new if frame.upper is old else frame.upper,
    )


def _rank(bound: FrameBound) -> int:
    return ("unbounded preceding", "preceding", "current", "following",
            "unbounded following").index(bound.kind)  # fmt: skip


def _location(frame: Frame, bound: FrameBound) -> str:
    return "lower" if bound is frame.lower else "upper"


def _unaccepted(frame: Frame, bound: FrameBound, expected: str) -> Exception:
    assert bound.offset is not None
    return mismatch(
        "SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
        frame,
        location=_location(frame, bound),
        exprType=sql_type(bound.offset.dtype),
        expectedType=f'"{expected}"',
    )


# -- into Window nodes ---------------------------------------------------------------------------


def has_window(e: Expression) -> bool:
    """Whether a window function is in it."""
    return e.has(WindowCall)


def extract_windows(
    columns: Sequence[Expression], child: LogicalPlan
) -> tuple[tuple[Expression, ...], LogicalPlan]:
    """Columns without window functions over a plan of Window nodes that computes them.

    Functions that share partition and order share a node.
    """
    groups: dict[tuple[tuple[Expression, ...], tuple[SortOrder, ...]], list[Alias]] = {}
    made: dict[WindowCall, Attribute] = {}

    def compute(call: WindowCall, alias: Alias | None) -> Attribute:
        found = made.get(call)
        if found is None:
            alias = alias or Alias(call, f"_we{len(made)}")
            groups.setdefault((call.spec.partition, call.spec.order), []).append(alias)
            found = made[call] = alias.attribute
        return found

    def replace(e: Expression) -> Expression:
        if not isinstance(e, WindowCall):
            return e
        if any(part.has(WindowCall) for part in e.children):
            inner = next(w for part in e.children for w in part.walk() if isinstance(w, WindowCall))
            raise error("NESTED_WINDOW_FUNCTION", window=sql_expr(e), nested=sql_expr(inner))
        return compute(e, None)

    kept: list[Expression] = []
    for column in columns:
        if not has_window(column):
            kept.append(column)
        elif isinstance(column, Alias) and isinstance(column.child, WindowCall):
            if any(part.has(WindowCall) for part in column.child.children):
                replace(column.child)
            attribute = compute(column.child, column)
            kept.append(attribute if attribute.id == column.id else column.copy(child=attribute))
        else:
            kept.append(column.transform_down(replace))
    for (partition, order), aliases in groups.items():
        child = Window(tuple(aliases), partition, order, child)
    return tuple(kept), child
