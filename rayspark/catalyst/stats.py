"""How many rows a plan gives, and how many bytes: estimates, from what sources know of themselves.

Rows and ranges come from file footers, row counts of memory, and ANALYZE. Everything above them is
a guess in the tradition of Selinger et al. (SIGMOD 1979): values are spread evenly, conditions are
independent, and every key of the smaller side of a join has a partner.

    Filter(a = 5, R)      rows(R) / distinct(a)
    Join(L.a = R.b)       rows(L) * rows(R) / max(distinct(a), distinct(b))
    Aggregate([a], R)     min(rows(R), distinct(a))
"""

from __future__ import annotations

import datetime
import decimal
import math
from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    ExprId,
    Literal,
    conjuncts,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Expand,
    Filter,
    Generate,
    Join,
    JoinKind,
    Limit,
    LocalRelation,
    LogicalPlan,
    OneRow,
    Project,
    Range,
    Relation,
    Sample,
    SetOp,
    StoredRelation,
    Tail,
    Union,
)
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    FloatType,
    IntegerType,
    MapType,
    ShortType,
    StringType,
    StructType,
)
from rayspark.records import dataclass

WIDTHS: dict[type[DataType], int] = {
    BooleanType: 1, ByteType: 1, ShortType: 2, IntegerType: 4, FloatType: 4, DateType: 4,
    DecimalType: 16, StringType: 20, BinaryType: 100,
}  # fmt: skip
"""Bytes of a value; of others 8."""
MOST_TEXTS = 10.0
"""Different values of a column that is no whole number, where nobody counted them."""
CAUTIOUS_TEXTS = 3.0
"""The same where too small an estimate does harm: a broadcast."""
COMPRESSION = 3.0
"""How much larger rows are than the files that they come from."""
RANGE_KEPT, UNKNOWN_KEPT = 1 / 3, 1 / 3
"""Part of the rows that a comparison keeps about whose column nothing is known."""
PATTERN_KEPT, HAVING_KEPT = 0.1, 0.1
GENERATED = 3.0
"""Rows that a generator makes of one."""


@dataclass(frozen=True)
class ColumnEstimate:
    """What is known of a column: its range, its number of different values, its part of nulls."""

    distinct: float
    low: float | None = None
    high: float | None = None
    nulls: float = 0.0


class Estimator:
    """Estimates of one plan's operators; each is computed once. Not shared between threads."""

    def __init__(self, most_texts: float = MOST_TEXTS) -> None:
        self._most_texts = most_texts
        self._rows: dict[int, float | None] = {}
        self._columns: dict[ExprId, ColumnEstimate | None] = {}
        self._origins: dict[ExprId, tuple[LogicalPlan, Attribute] | ExprId] = {}
        self._kept: list[LogicalPlan] = []

    def rows(self, plan: LogicalPlan) -> float | None:
        """Rows of a plan; ``None`` where nothing is known of some source."""
        for node in plan.walk_up():
            if id(node) not in self._rows:
                self._note_origins(node)
                self._rows[id(node)] = self._estimate(node)
                self._kept.append(node)
        return self._rows[id(plan)]

    def bytes(self, plan: LogicalPlan) -> float | None:
        """Bytes of a plan's rows."""
        rows = self.rows(plan)
        return None if rows is None else rows * max(1, width(plan))

    def distinct(self, key: Expression, rows: float) -> float:
        """Different values of an expression over so many rows."""
        while isinstance(key, (Cast, Alias)):
            key = key.child
        known = self.column(key.id) if isinstance(key, Attribute) else None
        return max(1.0, min(rows, math.sqrt(rows) if known is None else known.distinct))

    def _source_rows(self, key: Expression) -> float:
        """Of the source that a column comes from, before any filter; 0 where it is not known."""
        while isinstance(key, (Cast, Alias)):
            key = key.child
        found = self._origin(key.id) if isinstance(key, Attribute) else None
        return 0.0 if found is None else self._rows[id(found[1][0])] or 0.0

    def _range(self, key: Expression) -> tuple[float, float] | None:
        known = self.column(key.id) if isinstance(key, Attribute) else None
        if known is None or known.low is None or known.high is None:
            return None
        return known.low, known.high

    def _origin(self, column: ExprId) -> tuple[ExprId, tuple[LogicalPlan, Attribute]] | None:
        """The source of a column, and the column's id there."""
        while isinstance(origin := self._origins.get(column), int):
            column = origin
        return None if origin is None else (column, origin)

    def column(self, wanted: ExprId) -> ColumnEstimate | None:
        """What is known of a column, by the source that it comes from."""
        found = self._origin(wanted)
        if found is None:
            return None
        seen, origin = found
        if seen not in self._columns:
            self._columns[seen] = _source_column(
                origin[0], origin[1], self._rows[id(origin[0])], self._most_texts
            )
        return self._columns[seen]

    def _note_origins(self, node: LogicalPlan) -> None:
        match node:
            case Relation() | LocalRelation() | Range():
                for a in node.output:
                    self._origins[a.id] = (node, a)
            case Project(columns=columns) | Aggregate(columns=columns):
                for column in columns:
                    match column:
                        case Alias(child=Attribute() as below):
                            self._origins[column.id] = below.id
            case Union(made=made):
                for a, first in zip(made, node.children[0].output, strict=True):
                    self._origins[a.id] = first.id

    # -- operators ---------------------------------------------------------------------------

    def _estimate(self, node: LogicalPlan) -> float | None:
        below = [self._rows[id(child)] for child in node.children]
        if any(rows is None for rows in below):
            bound = node.max_rows
            return None if bound is None else float(bound)
        given = [rows for rows in below if rows is not None]
        match node:
            case OneRow() | LocalRelation() | Range():
                return float(node.max_rows or 0)
            case Relation():
                return _relation_rows(node)
            case StoredRelation(rows=rows):
                return None if rows is None else float(rows)
            case Filter(condition=condition, child=Aggregate()):
                return given[0] * min(HAVING_KEPT, self.selectivity(condition, given[0]))
            case Filter(condition=condition):
                return given[0] * self.selectivity(condition, given[0])
            case Aggregate(grouping=grouping):
                return self.groups(grouping, given[0]) if grouping else 1.0
            case Distinct():
                return self.groups(node.output, given[0])
            case Limit(count=Literal(value=count)) | Tail(count=Literal(value=count)):
                return min(given[0], float(count))
            case Join():
                return self._join(node, *given)
            case Union():
                return sum(given)
            case SetOp():
                return given[0]
            case Generate():
                return given[0] * GENERATED
            case Expand(projections=projections):
                return given[0] * len(projections)
            case Sample():
                return given[0] * max(0.0, node.upper - node.lower)
        return given[0] if given else None

    def groups(self, keys: Any, rows: float) -> float:
        """Different values of several expressions together."""
        found = 1.0
        for key in keys:
            found *= self.distinct(key, rows)
            if found >= rows:
                return rows
        return found

    def joined(self, condition: Expression | None, left: Side, right: Side) -> float:
        """Rows of an inner join."""
        pairs: list[tuple[float, float]] = []
        whole = [left.rows, right.rows]
        """Rows of the sources that keys of several columns come from: there are no more keys."""
        same_range = False
        """Numbers of one range are the same numbers, no more than the smaller source has rows."""
        kept = 1.0
        for part in conjuncts(condition):
            match part:
                case Call(name="=" | "<=>", args=(a, b)):
                    if b.references <= left.ids and a.references <= right.ids:
                        a, b = b, a
                    if a.references <= left.ids and b.references <= right.ids:
                        pairs.append((self.distinct(a, left.rows), self.distinct(b, right.rows)))
                        same_range = (of_a := self._range(a)) is not None and of_a == self._range(b)
                        whole[0] = max(whole[0], self._source_rows(a))
                        whole[1] = max(whole[1], self._source_rows(b))
                        continue
            kept *= self.selectivity(part, left.rows * right.rows)
        rows = left.rows * right.rows * kept
        if not pairs:
            return rows
        if len(pairs) == 1:
            keys = max(pairs[0])
            return rows / max(1.0, min(keys, *whole) if same_range else keys)
        together = max(math.prod(p[0] for p in pairs), math.prod(p[1] for p in pairs))
        return rows / max(1.0, min(together, *whole))

    def _join(self, node: Join, left: float, right: float) -> float:
        sides = Side(left, node.left.output_ids), Side(right, node.right.output_ids)
        matched = self.joined(node.condition, *sides)
        match node.kind:
            case JoinKind.LEFT:
                return max(matched, left)
            case JoinKind.RIGHT:
                return max(matched, right)
            case JoinKind.FULL:
                return max(matched, left + right)
            case JoinKind.SEMI | JoinKind.ANTI:
                found = min(left, matched)
                return found if node.kind is JoinKind.SEMI else max(left - found, 0.1 * left)
        return matched

    # -- conditions --------------------------------------------------------------------------

    def selectivity(self, condition: Expression, rows: float) -> float:
        """The part of the rows that a condition keeps."""
        match condition:
            case Literal(value=value):
                return 1.0 if value is True else 0.0
            case Call(name="and"):
                return self._all_of(conjuncts(condition), rows)
            case Call(name="or", args=(a, b)):
                one, other = self.selectivity(a, rows), self.selectivity(b, rows)
                return one + other - one * other
            case Call(name="not", args=(a,)):
                return max(0.0, 1 - self.selectivity(a, rows))
            case Call(name="=" | "<=>", args=(a, b)):
                values = [e for e in (a, b) if not e.foldable] or [a]
                return 1 / max(self.distinct(e, rows) for e in values)
            case Call(name="in", args=(a, *options)):
                return min(1.0, len(options) / self.distinct(a, rows))
            case Call(name="isnull", args=(a,)):
                return self._nulls(a)
            case Call(name="isnotnull", args=(a,)):
                return 1 - self._nulls(a)
            case Call(name="<" | "<=", args=(a, b)) | Call(name=">" | ">=", args=(b, a)):
                return self._below(a, b)
            case Call(name="like" | "startswith" | "endswith" | "contains" | "rlike"):
                return PATTERN_KEPT
        return UNKNOWN_KEPT

    def _all_of(self, parts: list[Expression], rows: float) -> float:
        """Of conditions that are independent, but for two ends of one range."""
        kept = 1.0
        ends: dict[ExprId, list[tuple[str, Any]]] = {}
        for part in parts:
            match part:
                case (
                    Call(name="<" | "<=", args=(Attribute() as a, Literal(value=value)))
                    | Call(name=">" | ">=", args=(Literal(value=value), Attribute() as a))
                ):
                    ends.setdefault(a.id, []).append(("below", value))
                case (
                    Call(name=">" | ">=", args=(Attribute() as a, Literal(value=value)))
                    | Call(name="<" | "<=", args=(Literal(value=value), Attribute() as a))
                ):
                    ends.setdefault(a.id, []).append(("above", value))
                case _:
                    kept *= self.selectivity(part, rows)
        for column, found in ends.items():
            kept *= self._between(column, found)
        return kept

    def _between(self, column: ExprId, ends: list[tuple[str, Any]]) -> float:
        """The part of the rows that lie below some values and above others."""
        below = [self._part_below(column, value) for end, value in ends if end == "below"]
        above = [self._part_below(column, value) for end, value in ends if end == "above"]
        known = self.column(column)
        if known is None or known.low is None or any(as_number(v) is None for _, v in ends):
            return math.prod((*below, *(1 - part for part in above)))
        return max(min(below, default=1.0) - max(above, default=0.0), 1 / known.distinct, 0.0)

    def _nulls(self, e: Expression) -> float:
        known = self.column(e.id) if isinstance(e, Attribute) else None
        return 0.05 if known is None else known.nulls

    def _below(self, small: Expression, large: Expression) -> float:
        """The part of rows for which one value is below another."""
        match small, large:
            case Attribute(id=id_), Literal(value=value):
                return self._part_below(id_, value)
            case Literal(value=value), Attribute(id=id_):
                return 1 - self._part_below(id_, value)
        return RANGE_KEPT

    def _part_below(self, column: ExprId, value: Any) -> float:
        known, at = self.column(column), as_number(value)
        if known is None or known.low is None or known.high is None or at is None:
            return RANGE_KEPT
        span = known.high - known.low
        if span <= 0:
            return float(at >= known.low)
        return min(1.0, max(0.0, (at - known.low) / span))


@dataclass(frozen=True)
class Side:
    """One side of a join: its rows, and which columns it has."""

    rows: float
    ids: frozenset[ExprId]


def width(plan: LogicalPlan) -> int:
    """Bytes of a row."""
    return sum(map(type_width, (a.type for a in plan.output)))


def type_width(type_: DataType) -> int:
    """Bytes of a value, about."""
    match type_:
        case StructType():
            return sum(type_width(f.dataType) for f in type_.fields)
        case ArrayType():
            return 4 * type_width(type_.elementType)
        case MapType():
            return 4 * (type_width(type_.keyType) + type_width(type_.valueType))
    return WIDTHS.get(type(type_), 8)


def as_number(value: Any) -> float | None:
    """A value on a line, for ranges; ``None`` for text and the like."""
    match value:
        case bool() | None:
            return None
        case int() | float() | decimal.Decimal():
            return float(value)
        case datetime.datetime():
            return value.timestamp()
        case datetime.date():
            return float(value.toordinal())
    return None


def _relation_rows(node: Relation) -> float | None:
    analyzed = getattr(node.statistics, "rows", None)
    counted = node.source.estimated_rows()
    if counted is not None:
        return float(counted)
    if analyzed is not None:
        return float(analyzed)
    size = node.source.estimated_bytes()
    return None if size is None else max(1.0, size * COMPRESSION / max(1, width(node)))


def _source_column(
    node: LogicalPlan, attribute: Attribute, rows: float | None, most_texts: float
) -> ColumnEstimate | None:
    match node:
        case Range(start=start, end=end):
            return ColumnEstimate(float(node.max_rows), float(start), float(end))
        case Relation(source=source, attributes=attributes):
            at = next(i for i, a in enumerate(attributes) if a.id == attribute.id)
            name = source.schema.fields[at].name
            analyzed = getattr(node.statistics, "columns", {}).get(name)
            return _estimate_column(
                source.column_statistics(name), analyzed, attribute, rows, most_texts
            )
    return None


def _estimate_column(
    found: tuple[Any, Any, int | None] | None,
    analyzed: Any,
    attribute: Attribute,
    rows: float | None,
    most_texts: float,
) -> ColumnEstimate | None:
    """Whole numbers and dates take at most as many values as lie in their range."""
    counted = getattr(analyzed, "distinct", None)
    if found is None:
        return None if counted is None else ColumnEstimate(float(counted))
    low, high, nulls = as_number(found[0]), as_number(found[1]), found[2]
    distinct = rows if rows is not None else 1e6
    if counted is not None:
        distinct = float(counted)
    elif low is not None and high is not None and _is_whole(attribute.type):
        distinct = min(distinct, high - low + 1)
    elif not _is_whole(attribute.type):
        distinct = min(most_texts, distinct)
    part = 0.0 if nulls is None or not rows else min(1.0, nulls / rows)
    return ColumnEstimate(max(1.0, distinct), low, high, part)


def _is_whole(type_: DataType) -> bool:
    return type_.simpleString() in ("tinyint", "smallint", "int", "bigint", "date")
