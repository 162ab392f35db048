"""``window(ts, '10 minutes')`` and ``session_window(ts, '5 minutes')``: rows grouped by time.

A window is a column that the plan below makes, called ``window`` or ``session_window``, which other
expressions of the clause may name; rows without a time are dropped there. Windows that overlap make
several rows of one. A session begins as one window per row, from its time to the gap after it; in
an aggregation those of one group that touch are merged, by three window functions over the rows in
order of time:

    row               a 10:00   a 10:04   a 10:20      gap 5 minutes
    latest end before    -      10:05     10:09
    begins anew          1         0         1
    session's number     1         1         2
    session           10:00-10:09         10:20-10:25
"""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.aliases import WINDOWS_OF_TIME
from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, mismatch
from rayspark.catalyst.analysis.extract import field
from rayspark.catalyst.analysis.hidden import Hidden
from rayspark.catalyst.analysis.windows import extract_windows
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    CaseWhen,
    Cast,
    Expression,
    Literal,
    SortOrder,
    UnresolvedFunction,
    WindowCall,
    WindowSpec,
    call,
    is_not_null,
    is_null,
    lit,
    or_,
)
from rayspark.catalyst.expressions.window import Frame, FrameBound
from rayspark.catalyst.logical import Aggregate, Expand, Filter, LogicalPlan, Project
from rayspark.catalyst.parser import intervals
from rayspark.datatypes import LongType, NullType, StringType, StructType, YearMonthIntervalType
from rayspark.datatypes.intervals import CalendarIntervalType
from rayspark.errors import IllegalArgumentException

MAX_LONG = (1 << 63) - 1
WINDOW, SESSION = "spark.timeWindow", "spark.sessionWindow"
"""Keys of a column's metadata that say what it holds: a query around knows sessions by it."""


class TimeWindows:
    """The windows of time of one select list or condition: at most one, used any number of times.

    ``child`` becomes the plan that makes its column.
    """

    def __init__(self, child: LogicalPlan, analysis: Analysis, merged_only: bool = True) -> None:
        self.child = child
        self._below = child
        self._analysis = analysis
        self._merged_only = merged_only
        self._call: Call | None = None
        self._column: Attribute | None = None

    def place(self, expressions: Sequence[Expression]) -> list[Expression]:
        """The expressions, which name the column now."""
        return [e.transform_up(self._replaced) if _has_window(e) else e for e in expressions]

    def find(self, parts: tuple[str, ...]) -> Expression | None:
        """What ``window`` and ``window.start`` mean beside ``window(...)``."""
        if self._column is None or not self._analysis.same_name(parts[0], self._column.name):
            return None
        e: Expression = self._column
        for name in parts[1:]:
            e = field(e, name, self._analysis.case_sensitive)
        return e

    def _replaced(self, e: Expression) -> Expression:
        if not (isinstance(e, UnresolvedFunction) and e.name.lower() in WINDOWS_OF_TIME):
            return e
        found, below = self._resolved(e)
        if self._column is not None:
            if found != self._call:
                raise error("_LEGACY_ERROR_TEMP_1039")
            return self._column
        self._call = found
        make = _windows if found.name == "window" else self._session
        self.child, self._column = make(found, below)
        return self._column

    def _resolved(self, e: UnresolvedFunction) -> tuple[Call, LogicalPlan]:
        """The call, and the plan below with all that it reads."""
        hidden = Hidden(self._below, self._analysis.case_sensitive, self._merged_only)
        scope = self._analysis.scope(self._below)
        resolver = self._analysis.resolver(scope, fallbacks=(hidden.find,))
        args = resolver.resolve_all(e.args)
        if args and isinstance(args[0].dtype, StructType) and args[0].dtype.names[-1:] == ["end"]:
            args = (Call("window_time", (args[0],)), *args[1:])
        _check_durations(e.name.lower(), args[1:])
        found: Call = resolver.resolve(e.copy(name=e.name.lower(), args=args))
        hidden.require([found])
        return found, hidden.exposed()

    def _session(self, found: Call, child: LogicalPlan) -> tuple[LogicalPlan, Attribute]:
        time, gap = found.args
        ansi = self._analysis.context.ansi
        span = Cast(gap, CalendarIntervalType(), coercion.mode(ansi))
        value = _struct(time, Call("+", (time, span), time.dtype))
        window = Alias(value, "session_window", metadata={SESSION: True})
        made = Project((window, *child.output), child)
        start, end = _ends(window.attribute)
        return Filter(call(">", end, start), made), window.attribute

    # -- sessions --------------------------------------------------------------------------------

    def merged(
        self, plan: Aggregate, conditions: Sequence[Expression | None]
    ) -> tuple[Aggregate, list[Expression | None]]:
        """The aggregation over rows whose sessions are merged, and its conditions."""
        column = self._column
        session = _grouped(plan, column)
        if session is None:
            return plan, list(conditions)
        keys = tuple(g for g in plan.grouping if g != session)
        child, new = _merge(plan.child, session, keys)

        def renew(e: Expression) -> Expression:
            swap = {session.id: new} if column is None else {session.id: new, column.id: new}
            found: Expression = e.transform_up(
                lambda x: swap.get(x.id, x) if isinstance(x, Attribute) else x
            )
            return found

        shown = [renew(c) for c in plan.columns]
        columns = tuple(
            Alias(new, c.name) if c is new and isinstance(old, Attribute) else c
            for c, old in zip(shown, plan.columns, strict=True)
        )
        made = Aggregate(tuple(map(renew, plan.grouping)), columns, child)
        return made, [None if c is None else renew(c) for c in conditions]


def _has_window(e: Expression) -> bool:
    return any(
        isinstance(x, UnresolvedFunction) and x.name.lower() in WINDOWS_OF_TIME for x in e.walk()
    )


def merge_sessions(child: LogicalPlan, keys: Sequence[Expression]) -> LogicalPlan:
    """Rows of which only one of each keys will be left; those of sessions that touch are equal."""
    session = next(filter(_is_session, keys), None)
    if not isinstance(session, Attribute):
        return child
    plan, new = _merge(child, session, tuple(k for k in keys if k is not session))
    whole = Alias(new, session.name, session.id, session.metadata, session.qualifier)
    return Project(tuple(whole if a.id == session.id else a for a in child.output), plan)


def _is_session(e: Expression) -> bool:
    return isinstance(e, Attribute) and bool(e.metadata) and SESSION in e.metadata


def _grouped(plan: Aggregate, column: Attribute | None) -> Attribute | None:
    """The session among the grouping expressions: over an Expand or an Aggregate it is another."""
    for g in plan.grouping:
        if isinstance(g, Attribute) and _is_session(g):
            return g
    if column is None or not _is_session(column) or not isinstance(plan.child, Expand | Aggregate):
        return None
    named = (g for g in plan.grouping if isinstance(g, Attribute) and g.name == column.name)
    return next(named, None)


def _struct(start: Expression, end: Expression) -> Call:
    names = (Literal(name, StringType()) for name in ("start", "end"))
    first, second = names
    return Call("named_struct", (first, start, second, end))


def _ends(window: Expression) -> tuple[Expression, Expression]:
    return field(window, "start", True), field(window, "end", True)


# -- windows of one length -------------------------------------------------------------------------


def _windows(found: Call, child: LogicalPlan) -> tuple[LogicalPlan, Attribute]:
    time, *texts = found.args
    length, slide, start = _durations(time, texts)

    def at(index: int) -> Call:
        numbers = (Literal(n, LongType()) for n in (length, slide, start, index))
        return Call("window", (time, *numbers), shown="window")

    there = Filter(is_not_null(time), child)
    count = -(-length // slide)
    if count == 1:
        window = Alias(at(0), "window", metadata={WINDOW: True})
        return Project((window, *child.output), there), window.attribute
    column = Attribute("window", found.dtype, True, metadata={WINDOW: True})
    rows = tuple((at(index), *child.output) for index in range(count))
    plan: LogicalPlan = Expand(rows, (column, *child.output), there)
    if length % slide:
        _, end = _ends(column)
        plan = Filter(call("<", time, end), plan)
    return plan, column


def _durations(time: Expression, texts: Sequence[Expression]) -> tuple[int, int, int]:
    """Length, distance and offset in microseconds.

    Raises
    ------
    AnalysisException
        ``CANNOT_PARSE_INTERVAL``, ``DATATYPE_MISMATCH.*``.
    """
    length = _micros(texts[0])
    slide = _micros(texts[1]) if len(texts) > 1 else length
    start = _micros(texts[2]) if len(texts) > 2 else 0
    shown = Call("window", (time, *(lit(n) for n in (length, slide, start))), shown="window")
    for name, value in (("window_duration", length), ("slide_duration", slide)):
        if value <= 0:
            raise mismatch(
                "VALUE_OUT_OF_RANGE", shown, exprName=f"`{name}`",
                valueRange=f"(0, {MAX_LONG}]", currentValue=f"{value}L",
            )  # fmt: skip
    for name, value, sign, other, bound in (
        ("slide_duration", slide, "<=", "window_duration", length),
        ("abs(start_time)", abs(start), "<", "slide_duration", slide),
    ):
        if value > bound or (value == bound and sign == "<"):
            raise mismatch(
                "PARAMETER_CONSTRAINT_VIOLATION", shown, leftExprName=f"`{name}`",
                leftExprValue=f"{value}L", constraint=sign, rightExprName=f"`{other}`",
                rightExprValue=f"{bound}L",
            )  # fmt: skip
    return length, slide, start


def _check_durations(name: str, given: Sequence[Expression]) -> None:
    """Texts that are constant; the gap of sessions may be another for each row."""
    if name == "session_window":
        for e in given:
            if not isinstance(e.dtype, StringType | NullType | CalendarIntervalType):
                raise error("_LEGACY_ERROR_TEMP_1040", dt=repr(e.dtype))
    elif not all(isinstance(e, Literal) and isinstance(e.type, StringType) for e in given):
        raise error("_LEGACY_ERROR_TEMP_1207")


def _micros(text: Expression) -> int:
    assert isinstance(text, Literal)
    written = str(text.value)
    try:
        found = intervals.of_text(written)
    except ValueError:
        raise error("CANNOT_PARSE_INTERVAL", intervalString=f"'{written}'") from None
    if isinstance(found.type, YearMonthIntervalType):
        raise IllegalArgumentException(
            errorClass="_LEGACY_ERROR_TEMP_3231", messageParameters={"interval": written}
        )
    return int(found.value)


# -- sessions that touch ---------------------------------------------------------------------------


def _merge(
    child: LogicalPlan, session: Attribute, keys: tuple[Expression, ...]
) -> tuple[LogicalPlan, Attribute]:
    """Rows with the session that those of their group make together."""
    start, end = _ends(session)
    order = (SortOrder(start, True, True),)
    before = FrameBound("unbounded preceding")
    earlier = Frame("rows", before, FrameBound("preceding", lit(1)))
    so_far = Frame("rows", before, FrameBound("current"))
    latest = _over("max", end, WindowSpec(keys, order, earlier))
    one, zero = Literal(1, LongType()), Literal(0, LongType())
    begins = CaseWhen(((or_(is_null(latest), call(">", start, latest)), one),), zero)
    plan, mark = _with_column(child, begins, "begins")
    plan, number = _with_column(
        plan, _over("sum", mark, WindowSpec(keys, order, so_far)), "session_number"
    )
    whole = Frame("rows", before, FrameBound("unbounded following"))
    spec = WindowSpec((*keys, number), (), whole)
    made = _struct(_over("min", start, spec), _over("max", end, spec))
    named = Alias(made, session.name, metadata=session.metadata)
    (window,), plan = extract_windows([named], plan)
    assert isinstance(window, Alias)
    kept = tuple(a for a in child.output if a.id != session.id)
    return Project((window, *kept), plan), window.attribute


def _over(name: str, value: Expression, spec: WindowSpec) -> WindowCall:
    return WindowCall(AggregateCall(Call(name, (value,))), spec)


def _with_column(child: LogicalPlan, e: Expression, name: str) -> tuple[LogicalPlan, Attribute]:
    (column,), plan = extract_windows([Alias(e, name)], child)
    assert isinstance(column, Alias | Attribute)
    if isinstance(column, Attribute):
        return plan, column
    return Project((*child.output, column), plan), column.attribute
