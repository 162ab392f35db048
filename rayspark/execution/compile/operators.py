"""A pipeline of physical operators as the text of one DuckDB query.

Every column is called ``c<id>`` after its attribute, so no two columns of a query share a name.
Operators that fit together become one SELECT; others are nested. What the query reads stands in it
as a *slot*: the task fills slots with the splits, partitions and tables that are its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from rayspark.catalyst.expressions import (
    AggregateCall,
    Attribute,
    Call,
    Expression,
    Literal,
    SortOrder,
    conjuncts,
)
from rayspark.catalyst.logical import JoinKind
from rayspark.catalyst.logical.base import attribute_of
from rayspark.datatypes import DoubleType, FloatType
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.boundary import NO_COLUMN, column_name
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.expression import Names, compile_expression, sort_suffix
from rayspark.execution.compile.once import compute_once
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels import ArrowFunction
from rayspark.execution.kernels.kernel import identifier
from rayspark.execution.kernels.ordering import orderable
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec
from rayspark.execution.operators.join import JoinExec, LateralJoinExec
from rayspark.execution.operators.leaf import (
    LeafExec,
    OneRowExec,
    RangeExec,
    ScanExec,
)
from rayspark.execution.operators.rows import (
    CoalesceExec,
    DeduplicateExec,
    ExpandExec,
    FilterExec,
    GenerateExec,
    LimitExec,
    ProjectExec,
    SampleExec,
    SortExec,
    TailExec,
    TopExec,
    WindowExec,
)
from rayspark.execution.operators.several import SetOpExec, UnionExec
from rayspark.execution.reuse import shared_aggregates
from rayspark.records import dataclass

PARTITION = "\0partition\0"
"""Stands in texts for the number of the task's partition."""
RUN = "\0run\0"
"""Stands in texts for a number that no other run of the text in this process has."""

BARRIER = "CASE WHEN current_connection_id() IS NOT NULL THEN {0}_ END AS {0}"
"""DuckDB moves no filter below columns that call a function with side effects. This one has the
same value in all rows, so it costs nothing for each."""

JOINS = {
    JoinKind.INNER: "JOIN",
    JoinKind.CROSS: "JOIN",
    JoinKind.LEFT: "LEFT JOIN",
    JoinKind.RIGHT: "RIGHT JOIN",
    JoinKind.FULL: "FULL JOIN",
    JoinKind.SEMI: "SEMI JOIN",
    JoinKind.ANTI: "ANTI JOIN",
}


@dataclass(frozen=True)
class Slot:
    """A place in the text that each task fills: a name, and the leaf or cut that it stands for."""

    name: str
    plan: PhysicalPlan


@dataclass(frozen=True)
class CompiledQuery:
    """The text of a pipeline, with what it reads and uses."""

    text: str
    attributes: tuple[Attribute, ...]
    slots: tuple[Slot, ...]
    functions: dict[str, ArrowFunction]


@dataclass
class Select:
    """One SELECT under construction. ``columns`` of ``None`` are those of ``source``."""

    source: str
    columns: list[str] | None = None
    where: list[str] = field(default_factory=list)
    group: list[str] | None = None
    order: list[str] | None = None
    limit: int | None = None
    offset: int = 0

    @property
    def is_open(self) -> bool:
        """Whether its rows are those of the source, perhaps filtered: anything may be added."""
        return self.columns is None and self.is_unordered

    @property
    def is_unordered(self) -> bool:
        """Whether nothing comes after its columns yet."""
        return self.group is None and self.order is None and self.limit is None and not self.offset

    def text(self) -> str:
        """As SQL."""
        columns = "*" if self.columns is None else ", ".join(self.columns)
        parts = [f"SELECT {columns} FROM {self.source}" if self.source else f"SELECT {columns}"]
        if self.where:
            parts.append("WHERE " + " AND ".join(self.where))
        if self.group:
            parts.append("GROUP BY " + ", ".join(self.group))
        if self.order:
            parts.append("ORDER BY " + ", ".join(self.order))
        if self.limit is not None:
            parts.append(f"LIMIT {self.limit}")
        if self.offset:
            parts.append(f"OFFSET {self.offset}")
        return " ".join(parts)

    def copy(self) -> Select:
        """One that may be added to, though another parent reads the same operator."""
        return replace(self, where=[*self.where])

    def nested(self) -> Select:
        """A new SELECT over this one."""
        return Select(f"({self.text()})")


def compile_pipeline(plan: PhysicalPlan, context: CompileContext) -> CompiledQuery:
    """The text of a plan down to its leaves and to the operators that cut it."""
    compiler = _Compiler(context, shared_aggregates(plan))
    text = compiler.compile(plan).text()
    if compiler.tables:
        text = f"WITH {', '.join(compiler.tables)} {text}"
    return CompiledQuery(
        text, tuple(plan.output), tuple(compiler.slots), dict(context.arrow_functions)
    )


class _Compiler:
    def __init__(self, context: CompileContext, shared: set[int]) -> None:
        self.context = context
        self.shared = shared
        self.tables: list[str] = []
        """Definitions of common tables."""
        self._named: dict[int, str] = {}
        context.subquery = lambda plan: self.compile(plan).text()
        self.slots: list[Slot] = []

    def compile(self, plan: PhysicalPlan) -> Select:
        done: dict[int, Select] = {}
        stack: list[tuple[PhysicalPlan, bool]] = [(plan, False)]
        while stack:
            node, children_done = stack.pop()
            if id(node) in self._named:
                done[id(node)] = Select(self._named[id(node)])
            elif node.cuts and node is not plan:
                done[id(node)] = self._slot(node)
            elif children_done or not node.children:
                made = self._computed_once(node, done)
                if made is None:
                    made = self._operator(node, [done[id(c)].copy() for c in node.children])
                done[id(node)] = self._common(node, made) if id(node) in self.shared else made
            else:
                stack.append((node, True))
                stack.extend((child, False) for child in node.children)
        return done[id(plan)]

    def _common(self, node: PhysicalPlan, made: Select) -> Select:
        """Several operators read it: it is computed once."""
        name = f"shared{len(self.tables)}"
        self.tables.append(f"{name} AS MATERIALIZED ({made.text()})")
        self._named[id(node)] = name
        return Select(name)

    # -- expressions -------------------------------------------------------------------------

    def expression(self, e: Expression, *children: PhysicalPlan) -> str:
        names = {a.id: column_name(a) for child in children for a in child.output}
        return compile_expression(e, names, self.context)

    def named(
        self, columns: Sequence[Expression], child: PhysicalPlan, names: Names | None = None
    ) -> list[str]:
        """Output expressions with their names."""
        names = names or {a.id: column_name(a) for a in child.output}
        found = []
        for column in columns:
            text = compile_expression(column, names, self.context)
            name = column_name(attribute_of(column))
            found.append(text if text == name else f"{text} AS {name}")
        return found or [f"CAST(NULL AS TINYINT) AS {NO_COLUMN}"]

    def keys(self, order: Sequence[SortOrder], child: PhysicalPlan) -> list[str]:
        """Constants are none: to DuckDB a number is a column's place."""
        return [
            orderable(self.expression(key.child, child), key.child.dtype) + sort_suffix(key)
            for key in order
            if not isinstance(key.child, Literal)
        ]

    # -- operators ---------------------------------------------------------------------------

    def _operator(self, node: PhysicalPlan, children: list[Select]) -> Select:
        match node:
            case LeafExec():
                return self._leaf(node)
            case ProjectExec():
                return self._project(node, children[0])
            case BroadcastExec():
                return children[0]
            case FilterExec():
                below = children[0] if children[0].is_open else children[0].nested()
                below.where.append(self.expression(node.condition, node.child))
                return below
            case AggregateExec():
                return self._aggregate(node, children[0])
            case SortExec():
                return self._sort(node.order, node.child, children[0])
            case TopExec():
                below = self._sort(node.order, node.child, children[0])
                below.limit, below.offset = node.count, node.offset
                return below
            case LimitExec():
                below = children[0]
                if below.limit is not None or below.offset:
                    below = below.nested()
                below.limit, below.offset = node.count, node.offset
                return below
            case TailExec():
                return self._tail(node, children[0])
            case DeduplicateExec():
                keys = ", ".join(column_name(key) for key in node.keys)
                return Select(f"({children[0].text()})", [f"DISTINCT ON ({keys}) *"])
            case JoinExec():
                return self._join(node, *children)
            case LateralJoinExec():
                return self._lateral(node, *children)
            case UnionExec():
                return self._union(node, children)
            case SetOpExec():
                word = f"{node.kind.upper()}{' ALL' if node.all else ''}"
                left = self._in_order(node.left, node.output, children[0])
                right = self._in_order(node.right, node.output, children[1])
                return Select(f"({left} {word} {right})")
            case WindowExec():
                below = children[0].nested()
                kept = [column_name(a) for a in node.child.output]
                below.columns = [*kept, *self.named(node.columns, node.child)]
                return below
            case GenerateExec():
                return self._generate(node, children[0])
            case ExpandExec():
                return self._expand(node, children[0])
            case SampleExec():
                return self._sample(node, children[0])
            case CoalesceExec():
                return children[0]
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED",
            messageParameters={"feature": f"operator {type(node).__name__} in a query's text"},
        )

    def _slot(self, node: PhysicalPlan) -> Select:
        name = slot_name(len(self.slots))
        self.slots.append(Slot(name, node))
        return Select(name)

    def _leaf(self, node: LeafExec) -> Select:
        if isinstance(node, OneRowExec):
            return Select("", [f"CAST(NULL AS TINYINT) AS {NO_COLUMN}"])
        slot = self._slot(node)
        match node:
            case ScanExec():
                fields = node.source.schema.fields
                columns = [
                    f"{identifier(f.name)} AS {column_name(a)}"
                    for f, a in zip(fields, node.attributes, strict=True)
                ]
                return (
                    Select(f"(SELECT {', '.join(columns)} FROM {slot.source})")
                    if (columns)
                    else Select(f"(SELECT CAST(NULL AS TINYINT) AS {NO_COLUMN} FROM {slot.source})")
                )
            case RangeExec():
                name = column_name(node.attributes[0])
                return Select(f"(SELECT range AS {name} FROM {slot.source})")
        return slot

    def _project(self, node: ProjectExec, below: Select) -> Select:
        keeps_order = below.order is not None or below.limit is not None or below.offset
        if below.columns is None and below.group is None and not keeps_order:
            below.columns = self.named(node.columns, node.child)
            return below
        above = below.nested()
        above.columns = self.named(node.columns, node.child)
        return above

    def _computed_once(self, node: PhysicalPlan, done: Mapping[int, Select]) -> Select | None:
        """A projection over a filter with which it shares costly expressions."""
        if not (isinstance(node, ProjectExec) and isinstance(node.child, FilterExec)):
            return None
        once = compute_once(node.child.condition, node.columns)
        if once is None:
            return None
        source = node.child.child
        names = {a.id: column_name(a) for a in source.output}
        below = done[id(source)].copy()
        below = below if below.is_open else below.nested()
        below.where += [compile_expression(e, names, self.context) for e in once.before]
        texts = [compile_expression(e, names, self.context) for _, e in once.named]
        names.update({a.id: column_name(a) for a, _ in once.named})
        made = [f"{text} AS {names[a.id]}_" for text, (a, _) in zip(texts, once.named, strict=True)]
        below.columns = ["*", *made]
        barrier = below.nested()
        barrier.columns = ["*", *(BARRIER.format(names[a.id]) for a, _ in once.named)]
        above = barrier.nested()
        above.where = [compile_expression(e, names, self.context) for e in once.condition]
        above.columns = self.named(once.columns, node.child, names)
        return above

    def _aggregate(self, node: AggregateExec, below: Select) -> Select:
        below = below if below.is_open else below.nested()
        if not node.grouping and not any(c.has(AggregateCall) for c in node.columns):
            below.columns = ["count(*)"]  # one row, whatever is aggregated
            below.group = []
            below = below.nested()
        names = {a.id: column_name(a) for a in node.child.output}
        for key in node.grouping:  # of -0.0 and 0.0, which are one group, Spark gives 0.0
            if isinstance(key, Attribute) and isinstance(key.type, (DoubleType, FloatType)):
                names[key.id] = f"CASE WHEN {names[key.id]} = 0 THEN 0 ELSE {names[key.id]} END"
        below.columns = self.named(node.columns, node.child, names)
        below.group = [compile_expression(e, names, self.context) for e in node.grouping]
        return below

    def _sort(self, order: Sequence[SortOrder], child: PhysicalPlan, below: Select) -> Select:
        plain = all(
            isinstance(key.child, Attribute)
            and orderable("", key.child.dtype) == ""  # DuckDB takes no alias inside an expression
            for key in order
        )
        fits = below.is_unordered and (below.columns is None or plain)
        below = below if fits else below.nested()
        below.order = self.keys(order, child)
        return below

    def _tail(self, node: TailExec, below: Select) -> Select:
        numbered = f"(SELECT *, row_number() OVER () AS tail_row FROM ({below.text()}))"
        last = f"tail_row > (SELECT count(*) FROM ({below.text()})) - {node.count}"
        return Select(numbered, ["* EXCLUDE (tail_row)"], [last], order=["tail_row"])

    def _join(self, node: JoinExec, left: Select, right: Select) -> Select:
        word = JOINS[node.kind]
        if node.null_aware:
            return self._null_aware(node, left, right)
        on = (
            "true"
            if node.condition is None
            else self.expression(node.condition, node.left, node.right)
        )
        joined = Select(f"{_source(left)} l {word} {_source(right)} r ON {on}")
        if not node.output:  # each side has a column that stands for none
            joined.columns = [f"CAST(NULL AS TINYINT) AS {NO_COLUMN}"]
        return joined

    def _lateral(self, node: LateralJoinExec, left: Select, right: Select) -> Select:
        """The right side's text names the left side's columns."""
        word = "LEFT JOIN" if node.kind is JoinKind.LEFT else "JOIN"
        on = (
            "true"
            if node.condition is None
            else self.expression(node.condition, node.left, node.right)
        )
        return Select(f"{_source(left)} l {word} LATERAL ({right.text()}) r ON {on}")

    def _null_aware(self, node: JoinExec, left: Select, right: Select) -> Select:
        """NOT IN: a row for which any comparison is true or unknown is out."""
        assert node.condition is not None
        match conjuncts(node.condition):
            case [Call(name="=", args=(value, Attribute() as key))] if (
                key.id in node.right.output_ids and not value.references & node.right.output_ids
            ):
                listed = right.nested()
                listed.columns = [self.expression(key, node.right)]
                text = self.expression(value, node.left)
                return Select(f"({left.text()})", None, [f"{text} NOT IN ({listed.text()})"])
        matched = self.expression(node.condition, node.left, node.right)
        on = f"coalesce({matched}, true)"
        return Select(f"{_source(left)} l ANTI JOIN {_source(right)} r ON {on}")

    def _union(self, node: UnionExec, parts: list[Select]) -> Select:
        texts = []
        for part, plan in zip(parts, node.parts, strict=True):
            above = part.nested()
            above.columns = [
                f"{column_name(a)} AS {column_name(made)}"
                for a, made in zip(plan.output, node.made, strict=True)
            ] or [f"CAST(NULL AS TINYINT) AS {NO_COLUMN}"]
            texts.append(above.text())
        return Select(f"({' UNION ALL '.join(texts)})")

    def _in_order(self, plan: PhysicalPlan, output: Sequence[Attribute], below: Select) -> str:
        above = below.nested()
        above.columns = [
            f"{column_name(a)} AS {column_name(out)}"
            for a, out in zip(plan.output, output, strict=True)
        ] or [f"CAST(NULL AS TINYINT) AS {NO_COLUMN}"]
        return above.text()

    def _generate(self, node: GenerateExec, below: Select) -> Select:
        rows = self.expression(node.generator, node.child)
        if node.outer:
            rows = f"CASE WHEN coalesce(len({rows}), 0) = 0 THEN [NULL] ELSE {rows} END"
        above = below.nested()
        kept = [column_name(a) for a in node.child.output]
        above.columns = [*kept, f"unnest({rows}) AS made"]
        outer = above.nested()
        outer.columns = kept + [
            f"CAST(struct_extract(made, {at}) AS {duck_type(a.type)}) AS {column_name(a)}"
            for at, a in enumerate(node.made, 1)
        ]
        return outer

    def _expand(self, node: ExpandExec, below: Select) -> Select:
        rows = ", ".join(f"({at})" for at in range(len(node.projections)))
        columns = []
        for at, made in enumerate(node.made):
            texts = [self.expression(p[at], node.child) for p in node.projections]
            if len(set(texts)) == 1:
                columns.append(f"{texts[0]} AS {column_name(made)}")
                continue
            cases = " ".join(f"WHEN {row} THEN {text}" for row, text in enumerate(texts))
            columns.append(f"CASE e.copy {cases} END AS {column_name(made)}")
        return Select(f"({below.text()}) x CROSS JOIN (VALUES {rows}) e(copy)", columns)

    def _sample(self, node: SampleExec, below: Select) -> Select:
        draw = f"(hash(row_number() OVER (), {node.seed}, {PARTITION}) / 18446744073709551616.0)"
        numbered = f"(SELECT *, {draw} AS draw FROM ({below.text()}))"
        if not node.with_replacement:
            kept = f"draw >= {node.lower!r} AND draw < {node.upper!r}"
            return Select(numbered, ["* EXCLUDE (draw)"], [kept])
        copies = f"(SELECT *, unnest(range({_poisson(node.upper)})) AS copy FROM {numbered})"
        return Select(copies, ["* EXCLUDE (draw, copy)"])


def slot_name(number: int) -> str:
    """How a slot stands in texts. No constant of a user holds it: see ``compile.literal``."""
    return f"\0in{number}\0"


def _poisson(mean: float) -> str:
    """How often a row is taken whose draw is ``draw``: the inverse of Poisson's distribution."""
    chance, total, cases = math.exp(-mean), 0.0, []
    for count in range(int(mean * 4) + 20):
        total += chance
        cases.append(f"WHEN draw < {total!r} THEN {count}")
        chance *= mean / (count + 1)
    return f"CASE {' '.join(cases)} ELSE {len(cases)} END"


def _source(select: Select) -> str:
    """A SELECT as an item of FROM."""
    if select.is_open and not select.where and " " not in select.source:
        return select.source
    return f"({select.text()})"
