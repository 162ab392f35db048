"""GROUPING SETS, CUBE and ROLLUP: an Expand that repeats each row for every set.

Above it, grouping columns are new ones, null where their set leaves them out, beside a number that
tells the sets apart: bit *i* from the left is 1 where grouping column *i* is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis.errors import error
from rayspark.catalyst.analysis.naming import pretty
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    Literal,
    lit,
)
from rayspark.catalyst.logical import Aggregate, Expand, LogicalPlan
from rayspark.datatypes import ByteType, LongType

GROUPING_ID = "spark_grouping_id"
MAX_COLUMNS = 64


def expand_sets(
    sets: Sequence[tuple[int, ...]],
    grouping: Sequence[Expression],
    columns: Sequence[Expression],
    conditions: Sequence[Expression | None],
    child: LogicalPlan,
) -> tuple[Aggregate, list[Expression | None]]:
    """The Aggregate over an Expand, and the conditions of HAVING and QUALIFY over the new columns.

    Raises
    ------
    AnalysisException
        ``GROUPING_SIZE_LIMIT_EXCEEDED``, ``GROUPING_COLUMN_MISMATCH``,
        ``GROUPING_ID_COLUMN_MISMATCH``.
    """
    if len(grouping) > MAX_COLUMNS:
        raise error("GROUPING_SIZE_LIMIT_EXCEEDED", maxSize=str(MAX_COLUMNS))
    groups = [Attribute(_name(g), g.dtype, True) for g in grouping]
    mark = Attribute(GROUPING_ID, LongType(), False)
    extra = _repeated(sets)
    position = Attribute("_gen_grouping_pos", LongType(), False)
    rows = []
    for at, chosen in enumerate(sets):
        values = [g if i in chosen else Literal(None, g.dtype) for i, g in enumerate(grouping)]
        row = (*child.output, *values, Literal(_mark(chosen, len(grouping)), LongType()))
        rows.append((*row, Literal(at, LongType())) if extra else row)
    made = (*child.output, *groups, mark, *((position,) if extra else ()))
    expand = Expand(tuple(rows), made, child)
    replace = _Replace(grouping, groups, mark)
    keys = (*groups, mark, *((position,) if extra else ()))
    shown = tuple(replace.column(c) for c in columns)
    above = [None if c is None else replace.inside(c) for c in conditions]
    return Aggregate(keys, shown, expand), above


def _mark(chosen: tuple[int, ...], count: int) -> int:
    return sum(1 << (count - 1 - i) for i in range(count) if i not in chosen)


def _repeated(sets: Sequence[tuple[int, ...]]) -> bool:
    return len({frozenset(s) for s in sets}) < len(sets)


def _name(e: Expression) -> str:
    return e.name if isinstance(e, Attribute) else pretty(e)


class _Replace:
    """Grouping expressions become the Expand's columns; ``grouping(a)`` reads the mark."""

    def __init__(
        self, grouping: Sequence[Expression], groups: Sequence[Attribute], mark: Attribute
    ) -> None:
        self._grouping = list(grouping)
        self._new: dict[Expression, Attribute] = {}
        for old, new in zip(grouping, groups, strict=True):
            self._new.setdefault(old, new)
        self._mark = mark

    def column(self, column: Expression) -> Expression:
        """An output column, its name and id kept."""
        if isinstance(column, Alias):
            return column.copy(child=self.inside(column.child))
        new = self.inside(column)
        if new is column or not isinstance(column, Attribute):
            return new
        return Alias(new, column.name, qualifier=column.qualifier)

    def inside(self, e: Expression) -> Expression:
        """An expression; arguments of aggregate functions keep the columns as they were."""
        held: set[int] = set()

        def step(node: Expression) -> Expression:
            if id(node) in held:
                return node
            if isinstance(node, AggregateCall):
                if node.name in ("grouping", "grouping_id"):
                    return self._grouping_function(node.call)
                held.update(id(x) for x in node.walk())
                kept.append(node)
                return node
            if isinstance(node, Call) and node.name in ("grouping", "grouping_id"):
                return self._grouping_function(node)
            return self._new.get(node, node)

        kept: list[Expression] = []
        replaced: Expression = e.transform_down(step)
        return replaced

    def _grouping_function(self, e: Call) -> Expression:
        if e.name == "grouping_id":
            if e.args and list(e.args) != self._grouping:
                raise error(
                    "GROUPING_ID_COLUMN_MISMATCH",
                    groupingIdColumn=",".join(a.describe() for a in e.args),
                    groupByColumns=",".join(a.describe() for a in self._grouping),
                )
            return self._mark
        if e.args[0] not in self._grouping:
            raise error(
                "GROUPING_COLUMN_MISMATCH",
                grouping=e.args[0].describe(),
                groupingColumns=",".join(a.describe() for a in self._grouping),
            )
        shift = len(self._grouping) - 1 - self._grouping.index(e.args[0])
        bit = Call("&", (Call(">>", (self._mark, lit(shift)), LongType()),
                         Literal(1, LongType())), LongType())  # fmt: skip
        return Cast(bit, ByteType(), implicit=True)
