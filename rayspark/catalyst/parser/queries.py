"""sqlglot's query trees to our unresolved plans.

A SELECT becomes, from the inside out: FROM with its joins, LATERAL VIEWs, WHERE, the Project or
Aggregate, HAVING, QUALIFY, DISTINCT, WINDOW definitions, hints, the ordering, OFFSET and LIMIT.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from typing import Any, ClassVar

from sqlglot import exp

from rayspark.catalyst.expressions import (
    SortOrder,
    UnresolvedFunction,
    UnresolvedStar,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Generate,
    GroupingSets,
    Hint,
    Join,
    JoinKind,
    LateralJoin,
    Limit,
    LogicalPlan,
    Offset,
    OneRow,
    Project,
    RecursionLimit,
    RepartitionBy,
    SetOp,
    Sort,
    SubqueryAlias,
    Union,
    UnresolvedRelation,
    UnresolvedTableFunction,
    UnresolvedValues,
    WithCTE,
    WithWindows,
)
from rayspark.catalyst.parser.clauses import Grouping, LateralView, TableFunction
from rayspark.catalyst.parser.expressions import Parsed
from rayspark.catalyst.parser.plans import pivoted, sampled

Complain = Callable[..., Exception]
"""Makes an error at the query: of its syntax, or of the condition that is given."""

KINDS = {
    ("", ""): JoinKind.INNER,
    ("", "INNER"): JoinKind.INNER,
    ("", "CROSS"): JoinKind.CROSS,
    ("LEFT", ""): JoinKind.LEFT,
    ("LEFT", "OUTER"): JoinKind.LEFT,
    ("RIGHT", ""): JoinKind.RIGHT,
    ("RIGHT", "OUTER"): JoinKind.RIGHT,
    ("FULL", ""): JoinKind.FULL,
    ("FULL", "OUTER"): JoinKind.FULL,
    ("", "SEMI"): JoinKind.SEMI,
    ("LEFT", "SEMI"): JoinKind.SEMI,
    ("", "ANTI"): JoinKind.ANTI,
    ("LEFT", "ANTI"): JoinKind.ANTI,
}


def to_plan(tree: exp.Expr, complain: Complain) -> LogicalPlan:
    """The plan of a query; ``complain`` makes the error for a tree that Spark does not know."""
    return _Translator(complain).query(tree)


class Planned(exp.Select):
    """A query that is a plan already."""

    arg_types: ClassVar[dict[str, bool]] = {"value": True, **exp.Select.arg_types}


def join_all(left: LogicalPlan, joins: list[exp.Join], complain: Complain) -> LogicalPlan:
    """A plan with joins."""
    return _Translator(complain).joined(left, joins)


def with_common_tables(plan: LogicalPlan, tree: exp.With, complain: Complain) -> LogicalPlan:
    """A plan with the queries of a WITH clause around it."""
    return _Translator(complain).common_tables(plan, tree)


class _Translator:
    def __init__(self, complain: Complain) -> None:
        self._complain = complain

    # -- whole queries ---------------------------------------------------------------------------

    def query(self, tree: exp.Expr) -> LogicalPlan:
        match tree:
            case exp.SetOperation():
                plan = self._set_operations(tree)
            case Planned():
                plan = tree.args["value"]
            case exp.Select():
                plan = self._select(tree)
            case exp.Subquery() | exp.Values() | exp.Table():
                plan = self.relation(tree, in_from=False)
            case _:
                raise self._complain()
        plan = self._organized(plan, tree)
        return self._with_ctes(plan, tree)

    def _with_ctes(self, plan: LogicalPlan, tree: exp.Expr) -> LogicalPlan:
        with_ = tree.args.get("with_")
        return plan if with_ is None else self.common_tables(plan, with_)

    def common_tables(self, plan: LogicalPlan, with_: exp.With) -> LogicalPlan:
        queries = []
        for cte in with_.expressions:
            alias = cte.args["alias"]
            columns = tuple(column.name for column in alias.args.get("columns") or ())
            query = self.query(cte.this)
            if (levels := cte.meta.get("levels")) is not None:
                query = RecursionLimit(query, levels=levels)
            queries.append(SubqueryAlias(query, (alias.name,), columns))
        names = [query.name[0].lower() for query in queries]
        if twice := dict.fromkeys(n for n in names if names.count(n) > 1):
            shown = ", ".join(f"`{name}`" for name in twice)
            raise self._complain("DUPLICATED_CTE_NAMES", duplicateNames=shown)
        return WithCTE(tuple(queries), plan, bool(with_.args.get("recursive")))

    def _set_operations(self, tree: exp.SetOperation) -> LogicalPlan:
        """The left spine in a loop: unions of hundreds of queries are no deep recursion."""
        spine: list[exp.SetOperation] = []
        left: exp.Expr = tree
        while isinstance(left, exp.SetOperation) and (not spine or not _is_organized(left)):
            spine.append(left)
            left = left.this
        plan = self.operand(left)
        for operation in reversed(spine):
            plan = self._combined(plan, operation)
        return plan

    def operand(self, tree: exp.Expr | None) -> LogicalPlan:
        """A side of a set operation: ordered or limited only in parentheses."""
        if tree is None or (isinstance(tree, exp.Select) and _is_organized(tree)):
            raise self._complain()
        return self.query(tree)

    def _combined(self, left: LogicalPlan, operation: exp.SetOperation) -> LogicalPlan:
        right = self.operand(operation.expression)
        distinct = bool(operation.args.get("distinct"))
        if operation.args.get("by_name"):
            raise self._complain()
        match operation:
            case exp.Union():
                union = _union(left, right, distinct)
                return Distinct(union) if distinct else union
            case exp.Intersect():
                return SetOp(left, right, "intersect", not distinct)
            case exp.Except():
                return SetOp(left, right, "except", not distinct)
        raise self._complain()

    def _organized(self, plan: LogicalPlan, tree: exp.Expr) -> LogicalPlan:
        """ORDER BY and its kin, WINDOW, OFFSET, LIMIT."""
        args = tree.args
        if cluster := args.get("cluster"):
            keys = tuple(map(_key, cluster.expressions))
            order = tuple(SortOrder(key) for key in keys)
            plan = Sort(RepartitionBy(keys, plan), order, False)
        if distribute := args.get("distribute"):
            plan = RepartitionBy(tuple(map(_key, distribute.expressions)), plan)
        if sort := args.get("sort"):
            plan = Sort(plan, _values(sort.expressions), False)
        if order_by := args.get("order"):
            plan = Sort(plan, _values(order_by.expressions), True)
        if windows := args.get("windows"):
            plan = WithWindows(plan, _values(windows))
        if offset := args.get("offset"):
            plan = Offset(plan, count=offset.value)
        limit = args.get("limit")
        if limit is not None and limit.value is not None:
            plan = Limit(plan, count=limit.value)
        return plan

    # -- SELECT ----------------------------------------------------------------------------------

    def _select(self, tree: exp.Select) -> LogicalPlan:
        args = tree.args
        plan = self._from(tree)
        if where := args.get("where"):
            plan = Filter(where.this.value, plan)
        columns = tuple(
            c.value if isinstance(c, Parsed) else UnresolvedStar() for c in tree.expressions
        )
        if not columns:
            raise self._complain()
        group, having = args.get("group"), args.get("having")
        if group is not None:
            plan = _grouped(group.value, columns, plan)
        elif having is not None:
            plan = Aggregate((), columns, plan)
        else:
            plan = Project(columns, plan)
        if having is not None:
            plan = Filter(having.this.value, plan, "having")
        if qualify := args.get("qualify"):
            plan = Filter(qualify.this.value, plan, "qualify")
        if args.get("distinct"):
            plan = Distinct(plan)
        if hint := args.get("hint"):
            for name, values in reversed(hint.value):
                plan = Hint(plan, name=name.lower(), args=values)
        return plan

    def _from(self, tree: exp.Expr) -> LogicalPlan:
        from_ = tree.args.get("from_")
        plan: LogicalPlan = OneRow() if from_ is None else self.relation(from_.this)
        plan = self.joined(plan, tree.args.get("joins") or [])
        for view in tree.args.get("laterals") or []:
            plan = self._lateral_view(plan, view)
        return plan

    def _lateral_view(self, plan: LogicalPlan, view: exp.Expr) -> LogicalPlan:
        if not isinstance(view, LateralView):
            raise self._complain()
        function: TableFunction = view.args["function"]
        table = view.args.get("table")
        return Generate(
            UnresolvedFunction(function.name, function.args),
            plan,
            outer=bool(view.args.get("outer")),
            qualifier=(table,) if table else (),
            names=tuple(view.args.get("columns") or ()),
        )

    # -- FROM ------------------------------------------------------------------------------------

    def joined(self, plan: LogicalPlan, joins: list[exp.Join]) -> LogicalPlan:
        """``a, b JOIN c``: what stands after a comma is joined first."""
        groups: list[LogicalPlan] = [plan]
        for join in joins:
            if not join.meta.get("comma"):
                groups[-1] = self._join(groups[-1], join)
            elif isinstance(join.this, exp.Lateral):
                groups = [LateralJoin(reduce(_crossed, groups), self._lateral(join.this))]
            else:
                groups.append(self.relation(join.this))
        return reduce(_crossed, groups)

    def _join(self, left: LogicalPlan, join: exp.Join) -> LogicalPlan:
        side, kind = join.args.get("side") or "", join.args.get("kind") or ""
        joined = KINDS.get((side.upper(), kind.upper()))
        if joined is None:
            raise self._complain()
        on = join.args.get("on")
        condition = None if on is None else on.value
        if isinstance(join.this, exp.Lateral):
            if joined not in (JoinKind.INNER, JoinKind.CROSS, JoinKind.LEFT):
                name = re.sub("(?<=[a-z])(?=[A-Z])", " ", joined.value).upper()
                raise self._complain("INVALID_LATERAL_JOIN_TYPE", joinType=name)
            plan: LogicalPlan = LateralJoin(left, self._lateral(join.this), joined, condition)
        else:
            using = tuple(name.value for name in join.args.get("using") or ())
            natural = (join.args.get("method") or "").upper() == "NATURAL"
            right = self.relation(join.this)
            plan = Join(left, right, joined, condition, using, natural)
        return self._pivoted(plan, join.args.get("pivots"))

    def _pivoted(self, plan: LogicalPlan, pivots: list[Parsed] | None) -> LogicalPlan:
        for pivot in pivots or []:
            plan = pivoted(plan, pivot.value)
        return plan

    def _lateral(self, tree: exp.Lateral) -> LogicalPlan:
        return self.relation(tree.this)

    def relation(self, tree: exp.Expr, in_from: bool = True) -> LogicalPlan:
        """A member of FROM. A query there has an alias, if a nameless one: names of its own FROM
        are out of reach.
        """
        args = tree.args
        match tree:
            case exp.Subquery():
                plan = self.query(tree.this)
            case exp.Values():
                plan = self._inline_table(tree.expressions, args.get("alias"))
            case exp.Table() if isinstance(tree.this, Parsed):
                function: TableFunction = tree.this.value
                plan = UnresolvedTableFunction(function.name, function.args)
            case exp.Table() if isinstance(tree.this, exp.Values):
                plan = self._inline_table(tree.this.expressions, args.get("alias"))
            case exp.Table():
                plan = UnresolvedRelation(table_name(tree))
            case exp.Select() | exp.SetOperation():
                return self.query(tree)
            case exp.Lateral():
                return LateralJoin(OneRow(), self._lateral(tree))
            case _:
                raise self._complain()
        if sample := args.get("sample"):
            plan = sampled(plan, sample.value)
        if alias := args.get("alias"):
            columns = tuple(column.name for column in alias.args.get("columns") or ())
            plan = SubqueryAlias(plan, (alias.name,) if alias.name else (), columns)
        elif in_from and _is_query(tree):
            plan = SubqueryAlias(plan)
        plan = self._pivoted(plan, args.get("pivots"))
        plan = self.joined(plan, args.get("joins") or [])
        for view in args.get("laterals") or []:
            plan = self._lateral_view(plan, view)
        return plan

    def _inline_table(self, rows: list[Parsed], alias: exp.TableAlias | None) -> LogicalPlan:
        """VALUES: every row as long as the list of names, or as the first one."""
        columns = () if alias is None else alias.args.get("columns") or ()
        names = tuple(column.name for column in columns)
        width = len(names) or len(rows[0].value)
        for index, row in enumerate(rows):
            if len(row.value) != width:
                raise self._complain(
                    "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", expectedNumCols=str(width),
                    actualNumCols=str(len(row.value)), rowIndex=str(index),
                )  # fmt: skip
        return UnresolvedValues(tuple(row.value for row in rows), names)


def _is_query(tree: exp.Expr) -> bool:
    inner = tree.unnest() if isinstance(tree, exp.Subquery) else None
    return isinstance(inner, exp.Select | exp.SetOperation | exp.Values)


def table_name(tree: exp.Table) -> tuple[str, ...]:
    """The parts of a table's name."""
    return tuple(part.name for part in tree.parts)


def _values(trees: list[Any]) -> tuple[Any, ...]:
    return tuple(tree.value for tree in trees)


def _key(tree: Any) -> Any:
    """An expression that sqlglot read as an ordering."""
    found = tree.value
    return found.child if isinstance(found, SortOrder) else found


def _is_organized(tree: exp.Expr) -> bool:
    keys = ("order", "limit", "offset", "sort", "cluster", "distribute", "with_", "windows")
    return any(tree.args.get(key) for key in keys)


def _union(left: LogicalPlan, right: LogicalPlan, distinct: bool) -> LogicalPlan:
    """One flat node for a chain of the same kind."""
    inner = left.child if distinct and isinstance(left, Distinct) else left
    if isinstance(inner, Union) and distinct == isinstance(left, Distinct):
        return Union((*inner.inputs_, right))
    return Union((left, right))


def _crossed(left: LogicalPlan, right: LogicalPlan) -> LogicalPlan:
    return Join(left, right, JoinKind.INNER)


def _grouped(grouping: Grouping, columns: tuple[Any, ...], child: LogicalPlan) -> LogicalPlan:
    if grouping.sets is None:
        return Aggregate(grouping.expressions, columns, child)
    place = {e: at for at, e in enumerate(grouping.expressions)}
    expressions = list(grouping.expressions)
    for chosen in grouping.sets:
        for e in chosen:
            if e not in place:
                place[e] = len(expressions)
                expressions.append(e)
    sets = tuple(tuple(place[e] for e in chosen) for chosen in grouping.sets)
    return GroupingSets(sets, tuple(expressions), columns, child)
