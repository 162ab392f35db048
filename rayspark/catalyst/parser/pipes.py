"""Pipe syntax: ``FROM t |> WHERE a > 1 |> SELECT b``. Each step is a plan over the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.expressions import (
    Alias,
    Expression,
    UnresolvedAttribute,
    UnresolvedStar,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Filter,
    Limit,
    LogicalPlan,
    Offset,
    Project,
    RepartitionBy,
    SetOp,
    Sort,
    SubqueryAlias,
    Union,
    WithColumns,
)
from rayspark.catalyst.parser import clauses
from rayspark.catalyst.parser.plans import pivoted, sampled

if TYPE_CHECKING:
    from rayspark.catalyst.parser.dialect import QueryReader

SET_OPERATIONS = (TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT)


def step(reader: QueryReader, plan: LogicalPlan) -> LogicalPlan:
    """What stands behind ``|>``."""
    if reader.accept(TokenType.SELECT):
        distinct = reader.accept(TokenType.DISTINCT)
        made: LogicalPlan = Project(tuple(reader.list_of(reader.output_column)), plan)
        return Distinct(made) if distinct else made
    if reader.accept(TokenType.WHERE):
        return Filter(reader.condition(), plan)
    if reader.accept_words("EXTEND"):
        return Project((UnresolvedStar(), *reader.list_of(reader.output_column)), plan)
    if reader.accept_words("SET"):
        return WithColumns(tuple(reader.list_of(lambda: _assignment(reader))), plan)
    if reader.accept_words("DROP"):
        return Project((UnresolvedStar((), tuple(reader.list_of(reader.names))),), plan)
    if reader.accept(TokenType.ALIAS):
        return SubqueryAlias(plan, (reader.name(),))
    if reader.accept_words("AGGREGATE"):
        return _aggregate(reader, plan)
    if reader.at(*SET_OPERATIONS):
        return _set_operation(reader, plan)
    if reader.at(TokenType.PIVOT, TokenType.UNPIVOT):
        return pivoted(plan, clauses.pivot(reader))
    if reader.at(TokenType.TABLE_SAMPLE):
        return sampled(plan, clauses.sample(reader))
    return _organize(reader, plan)


def _assignment(reader: QueryReader) -> Alias:
    name = reader.name()
    reader.expect(TokenType.EQ)
    return Alias(reader.condition(), name)


def _aggregate(reader: QueryReader, plan: LogicalPlan) -> LogicalPlan:
    columns: list[Expression] = []
    if not reader.at(TokenType.GROUP_BY):
        columns = reader.list_of(reader.output_column)
    keys: list[Expression] = []
    if reader.accept(TokenType.GROUP_BY):
        keys = reader.list_of(reader.output_column)
    grouping = [
        key.child if isinstance(key, Alias) else key  # the alias names the output column
        for key in keys
    ]
    plain = [getattr(key, "child", key) if not _is_name(key) else key for key in grouping]
    return Aggregate(tuple(plain), (*keys, *columns), plan)


def _is_name(e: Expression) -> bool:
    return isinstance(e, UnresolvedAttribute)


def _set_operation(reader: QueryReader, plan: LogicalPlan) -> LogicalPlan:
    kind = reader._curr.token_type
    reader._advance()
    every = reader.accept(TokenType.ALL)
    if not every:
        reader.accept(TokenType.DISTINCT)
    other = reader.operand()
    if kind is TokenType.UNION:
        union = Union((plan, other))
        return union if every else Distinct(union)
    return SetOp(plan, other, "except" if kind is TokenType.EXCEPT else "intersect", every)


def _organize(reader: QueryReader, plan: LogicalPlan) -> LogicalPlan:
    if reader.accept(TokenType.ORDER_BY):
        return Sort(plan, tuple(reader.list_of(reader.sort_order)), True)
    if reader.accept(TokenType.SORT_BY):
        return Sort(plan, tuple(reader.list_of(reader.sort_order)), False)
    if reader.accept(TokenType.DISTRIBUTE_BY):
        return RepartitionBy(tuple(reader.list_of(reader.condition)), plan)
    if reader.accept(TokenType.LIMIT):
        count = reader.value()
        if reader.accept(TokenType.OFFSET):
            plan = Offset(plan, count=reader.value())
        return Limit(plan, count=count)
    if reader.accept(TokenType.OFFSET):
        return Offset(plan, count=reader.value())
    return reader.joined(plan)
