"""Expressions that hold a query. The query is no child: rules that want it ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions.base import Expression, ExprId, SortOrder
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import BooleanType, DataType
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.catalyst.expressions.reference import Attribute
    from rayspark.catalyst.logical.base import LogicalPlan


@dataclass(frozen=True, eq=False)
class SubqueryExpression(Expression):
    """Common part: the inner plan, and the outer attributes that it reads (set by analysis)."""

    plan: LogicalPlan
    outer: tuple[Attribute, ...] = ()

    @property
    def correlated(self) -> bool:
        """Whether it reads the query around it."""
        return bool(self.outer)

    def _is_resolved(self) -> bool:
        return self.plan.resolved

    @up_property
    def references(self) -> frozenset[ExprId]:
        """Outer attributes, and those of the other children."""
        found: frozenset[ExprId] = frozenset()
        for child in self.children:
            found |= child.references
        return found

    def _identity(self) -> tuple[Any, ...]:
        return (id(self.plan), *super()._identity()[1:])


@dataclass(frozen=True, eq=False)
class ScalarSubquery(SubqueryExpression):
    """``(SELECT max(a) FROM t)``: one value; null when the query has no row."""

    @property
    def dtype(self) -> DataType:
        """The type of the query's only column."""
        return self.plan.output[0].dtype

    @property
    def nullable(self) -> bool:
        """The query may have no row."""
        return True

    def sql(self) -> str:
        """``scalarsubquery()``, as Spark writes it in column names."""
        return f"scalarsubquery({', '.join(a.sql() for a in self.outer)})"


@dataclass(frozen=True, eq=False)
class Exists(SubqueryExpression):
    """``EXISTS (SELECT ...)``."""

    @property
    def dtype(self) -> DataType:
        """Boolean."""
        return BooleanType()

    @property
    def nullable(self) -> bool:
        """Never."""
        return False

    def sql(self) -> str:
        """``exists()``."""
        return f"exists({', '.join(a.sql() for a in self.outer)})"


@dataclass(frozen=True, eq=False)
class InSubquery(SubqueryExpression):
    """``(a, b) IN (SELECT ...)``."""

    values: tuple[Expression, ...] = ()

    @property
    def dtype(self) -> DataType:
        """Boolean."""
        return BooleanType()

    @property
    def nullable(self) -> bool:
        """With a null on either side the answer is unknown."""
        return any(v.nullable for v in self.values) or any(a.nullable for a in self.plan.output)

    def sql(self) -> str:
        """``(a IN (listquery()))``."""
        values = ", ".join(v.sql() for v in self.values)
        left = values if len(self.values) == 1 else f"({values})"
        return f"({left} IN (listquery({', '.join(a.sql() for a in self.outer)})))"


@dataclass(frozen=True, eq=False)
class TableArgument(Expression):
    """``f(TABLE(t) PARTITION BY a ORDER BY b)``: a query as an argument of a table function.

    Its keys and order name columns of ``plan``, not of the place where the call stands.
    """

    plan: LogicalPlan
    keys: tuple[Expression, ...] = ()
    order: tuple[SortOrder, ...] = ()
    single: bool = False

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """``TABLE(...)``."""
        return "TABLE(...)"
