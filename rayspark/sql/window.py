"""Window and WindowSpec: which rows around a row a function sees.

w = Window.partitionBy("country").orderBy("date").rowsBetween(-6, Window.currentRow)
df.withColumn("weekly", F.sum("amount").over(w))
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import Expression, Frame, FrameBound, SortOrder, lit
from rayspark.catalyst.expressions import WindowSpec as Spec
from rayspark.datatypes import LongType
from rayspark.sql.column import Column
from rayspark.sql.expected import expected
from rayspark.sql.literals import attribute
from rayspark.sql.marks import WindowMark

__all__ = ["Window", "WindowSpec"]

Kind = Choice["unbounded preceding", "preceding", "current", "following", "unbounded following"]


class Window:
    """Makes the beginnings of :class:`WindowSpec`.

    Examples
    --------
    >>> from rayspark.sql import Window
    >>> from rayspark.sql import functions as F
    >>> F.sum("a").over(Window.orderBy("b").rowsBetween(Window.unboundedPreceding, 0))
    Column<'sum(a) OVER (ORDER BY b ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND \
CURRENT ROW)'>
    """

    _PRECEDING_THRESHOLD = max(-sys.maxsize, -(1 << 63))
    _FOLLOWING_THRESHOLD = min(sys.maxsize, (1 << 63) - 1)

    unboundedPreceding: int = -(1 << 63)
    """All rows up to the current one."""
    unboundedFollowing: int = (1 << 63) - 1
    """All rows from the current one on."""
    currentRow: int = 0

    @staticmethod
    def partitionBy(*cols: str | Column | Sequence[str | Column]) -> WindowSpec:
        """Windows within rows that have the same values of these columns."""
        return WindowSpec().partitionBy(*cols)

    @staticmethod
    def orderBy(*cols: str | Column | Sequence[str | Column]) -> WindowSpec:
        """Windows along an order of the rows."""
        return WindowSpec().orderBy(*cols)

    @staticmethod
    def rowsBetween(start: int, end: int) -> WindowSpec:
        """Windows of rows by position: see :meth:`WindowSpec.rowsBetween`."""
        return WindowSpec().rowsBetween(start, end)

    @staticmethod
    def rangeBetween(start: int, end: int) -> WindowSpec:
        """Windows of rows by distance: see :meth:`WindowSpec.rangeBetween`."""
        return WindowSpec().rangeBetween(start, end)


class WindowSpec(WindowMark):
    """Partition, order and frame of a window function. Never changed: methods make new ones."""

    def __init__(self, spec: Spec | None = None) -> None:
        self._spec = Spec() if spec is None else spec

    def partitionBy(self, *cols: str | Column | Sequence[str | Column]) -> WindowSpec:
        """The same within rows that have the same values of these columns.

        Parameters
        ----------
        *cols : str, Column or list
            Columns or names.
        """
        return WindowSpec(self._spec.copy(partition=_expressions(cols)))

    def orderBy(self, *cols: str | Column | Sequence[str | Column]) -> WindowSpec:
        """The same along an order of the rows.

        Parameters
        ----------
        *cols : str, Column or list
            Columns, names, or orders such as ``F.desc("a")``.
        """
        keys = [e if isinstance(e, SortOrder) else SortOrder(e) for e in _expressions(cols)]
        return WindowSpec(self._spec.copy(order=tuple(keys)))

    def rowsBetween(self, start: int, end: int) -> WindowSpec:
        """The same over rows from one position to another, both included.

        Parameters
        ----------
        start, end : int
            Positions relative to the current row, -1 being the row before it;
            ``Window.unboundedPreceding``, ``Window.unboundedFollowing``, ``Window.currentRow``.
        """
        return self._with_frame("rows", start, end)

    def rangeBetween(self, start: int, end: int) -> WindowSpec:
        """The same over rows whose ordering key is no farther away than this.

        Parameters
        ----------
        start, end : int
            Distances from the current row's key; or the constants of :class:`Window`.
        """
        return self._with_frame("range", start, end)

    def _with_frame(self, unit: Choice["rows", "range"], start: int, end: int) -> WindowSpec:
        if start <= Window._PRECEDING_THRESHOLD:
            start = Window.unboundedPreceding
        if end >= Window._FOLLOWING_THRESHOLD:
            end = Window.unboundedFollowing
        frame = Frame(unit, _bound(start, unit), _bound(end, unit))
        return WindowSpec(self._spec.copy(frame=frame))


def _bound(position: int, unit: Choice["rows", "range"]) -> FrameBound:
    if position == Window.currentRow:
        return FrameBound("current")
    if position == Window.unboundedPreceding:
        return FrameBound("unbounded preceding")
    if position == Window.unboundedFollowing:
        return FrameBound("unbounded following")
    kind: Kind = "preceding" if position < 0 else "following"
    distance = lit(abs(position), None if unit == "rows" else LongType())
    return FrameBound(kind, distance, signed=True)


def _expressions(cols: Sequence[Any]) -> tuple[Expression, ...]:
    if len(cols) == 1 and isinstance(cols[0], list | tuple):
        cols = cols[0]
    found = []
    for col in cols:
        if not isinstance(col, str | Column):
            raise expected("col", "Column or str", col)
        found.append(attribute(col) if isinstance(col, str) else col._expr)
    return tuple(found)
