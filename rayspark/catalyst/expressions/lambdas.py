"""Functions that higher-order functions take: ``transform(a, x -> x + 1)``."""

from __future__ import annotations

from dataclasses import field

from rayspark.catalyst.expressions.base import Expression, ExprId, fresh_id
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import DataType
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class LambdaVariable(Expression):
    """A parameter inside the body. Its type is unknown until the function around it is resolved."""

    name: str
    type: DataType | None = None
    is_nullable: bool = True
    id: ExprId = field(default_factory=fresh_id)

    def _is_resolved(self) -> bool:
        return self.type is not None

    @property
    def dtype(self) -> DataType:
        """Its type."""
        assert self.type is not None
        return self.type

    @property
    def nullable(self) -> bool:
        """Whether the elements may be null."""
        return self.is_nullable

    def _identity(self) -> tuple[object, ...]:
        return (self.id, self.type)

    def sql(self) -> str:
        """``namedlambdavariable()``, as Spark writes it in column names."""
        return "namedlambdavariable()"

    def describe(self) -> str:
        """``lambda x#1``."""
        return f"lambda {self.name}#{self.id}"


@dataclass(frozen=True, eq=False)
class Lambda(Expression):
    """A body over parameters. The parser leaves names in the body as unresolved attributes."""

    body: Expression
    parameters: tuple[LambdaVariable, ...]

    @property
    def dtype(self) -> DataType:
        """The body's type."""
        return self.body.dtype

    @property
    def nullable(self) -> bool:
        """Whether the body may be null."""
        return self.body.nullable

    @up_property
    def references(self) -> frozenset[ExprId]:
        """Of the body: parameters are no attributes."""
        return self.body.references

    def sql(self) -> str:
        """``lambdafunction(body, parameters)``, as Spark writes it in column names."""
        inner = ", ".join(e.sql() for e in (self.body, *self.parameters))
        return f"lambdafunction({inner})"

    def describe(self) -> str:
        """With ids."""
        inner = ", ".join(e.describe() for e in (self.body, *self.parameters))
        return f"lambdafunction({inner}, false)"
