"""Names. Before analysis: what the user wrote. After it: attributes, which are names with an id."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import Any

from rayspark.catalyst.expressions.base import Expression, ExprId, fresh_id
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import DataType, StructField
from rayspark.records import dataclass


def quote(part: str) -> str:
    """A name part as Spark prints it, in backquotes only where it needs them."""
    if part.replace("_", "a").isalnum() and not part[0].isdigit() and part.isascii():
        return part
    return "`" + part.replace("`", "``") + "`"


@dataclass(frozen=True, eq=False)
class UnresolvedAttribute(Expression):
    """A name as written, in parts. ``plan_id``: of the DataFrame that it must come from."""

    parts: tuple[str, ...]
    plan_id: int | None = None
    outer: bool = False
    """In a subquery: it is a column of the query around it, whatever the inner one has."""

    def _is_resolved(self) -> bool:
        return False

    @property
    def nullable(self) -> bool:
        """Unknown: assume it."""
        return True

    def sql(self) -> str:
        """``t.a``."""
        return ".".join(map(quote, self.parts))

    def describe(self) -> str:
        """With a quote in front, as Spark marks what is not resolved."""
        return "'" + self.sql()


@dataclass(frozen=True, eq=False)
class UnresolvedStar(Expression):
    """``*`` or ``t.*``, perhaps ``EXCEPT`` some columns."""

    target: tuple[str, ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    own: tuple[Expression, ...] = ()
    """The columns that are meant, where it was taken from a DataFrame: ``df["*"]``."""

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """``t.*``."""
        return ".".join([*map(quote, self.target), "*"])


@dataclass(frozen=True, eq=False)
class UnresolvedRegex(Expression):
    """All columns whose name a Java regular expression matches (``colRegex``)."""

    pattern: str
    target: tuple[str, ...] = ()

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """The pattern in backquotes."""
        return ".".join([*map(quote, self.target), f"`{self.pattern}`"])


@dataclass(frozen=True, eq=False)
class UnresolvedExtract(Expression):
    """``child[key]`` or ``child.key``: what it means depends on the child's type."""

    child: Expression
    key: Expression

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """``a[1]``."""
        return f"{self.child.sql()}[{self.key.sql()}]"


@dataclass(frozen=True, eq=False)
class UnresolvedOrdinal(Expression):
    """A position in the select list (``ORDER BY 1``)."""

    position: int

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """The number."""
        return str(self.position)


@dataclass(frozen=True, eq=False)
class UnresolvedAlias(Expression):
    """An output expression without a name: analysis gives it one from its text."""

    child: Expression

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """The child's text."""
        return self.child.sql()


@dataclass(frozen=True, eq=False)
class NamedArgument(Expression):
    """``f(name => value)``."""

    name: str
    value: Expression

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """``name => value``."""
        return f"{self.name} => {self.value.sql()}"


@dataclass(frozen=True, eq=False)
class Attribute(Expression):
    """A column of a plan's output, known by its id, whatever its name."""

    name: str
    type: DataType
    is_nullable: bool = True
    id: ExprId = field(default_factory=fresh_id)
    qualifier: tuple[str, ...] = ()
    metadata: Any = None
    """A dict of notes (``StructField.metadata``) or ``None``."""
    frame: int | None = None
    """Before analysis: the number of the plan that it was taken from (``df["a"]``)."""

    @property
    def dtype(self) -> DataType:
        """Its type."""
        return self.type

    @property
    def nullable(self) -> bool:
        """As the plan below says."""
        return self.is_nullable

    @up_property
    def references(self) -> frozenset[ExprId]:
        """Itself."""
        return frozenset((self.id,))

    def _identity(self) -> tuple[Any, ...]:
        return (self.id,)

    def renewed(self) -> Attribute:
        """The same column under a new id."""
        return self.copy(id=fresh_id())

    def field(self) -> StructField:
        """As a field of a schema."""
        return StructField(self.name, self.type, self.is_nullable, self.metadata)

    def sql(self) -> str:
        """Qualified, as Spark names it in messages."""
        return ".".join(map(quote, (*self.qualifier, self.name)))

    def describe(self) -> str:
        """``a#1``."""
        return f"{self.name}#{self.id}"


@dataclass(frozen=True, eq=False)
class Alias(Expression):
    """A named output expression: what is above refers to it by its id."""

    child: Expression
    name: str
    id: ExprId = field(default_factory=fresh_id)
    metadata: Any = None
    """Notes for the column; ``None``: those of the child, if it is an attribute."""
    qualifier: tuple[str, ...] = ()

    @property
    def dtype(self) -> DataType:
        """The child's type."""
        return self.child.dtype

    @cached_property
    def attribute(self) -> Attribute:
        """What it is called above."""
        notes = self.metadata
        if notes is None and isinstance(self.child, Attribute):
            notes = self.child.metadata
        return Attribute(self.name, self.dtype, self.child.nullable, self.id, self.qualifier, notes)

    def _identity(self) -> tuple[Any, ...]:
        return (self.child, self.name, self.id)

    def sql(self) -> str:
        """``a + 1 AS b``."""
        return f"{self.child.sql()} AS {quote(self.name)}"

    def describe(self) -> str:
        """``(a#1 + 1) AS b#2``."""
        return f"{self.child.describe()} AS {self.name}#{self.id}"


@dataclass(frozen=True, eq=False)
class MultiAlias(Expression):
    """Names for all columns of a generator: ``explode(m) AS (k, v)``."""

    child: Expression
    names: tuple[str, ...]

    def _is_resolved(self) -> bool:
        return False

    def sql(self) -> str:
        """``explode(m) AS (k, v)``."""
        return f"{self.child.sql()} AS ({', '.join(map(quote, self.names))})"


@dataclass(frozen=True, eq=False)
class OuterReference(Expression):
    """In a subquery: an attribute of the query around it."""

    attribute: Attribute

    @property
    def children(self) -> tuple[Any, ...]:
        """None: it is not an attribute of the inner query."""
        return ()

    @property
    def dtype(self) -> DataType:
        """The attribute's type."""
        return self.attribute.type

    @property
    def nullable(self) -> bool:
        """As the outer plan says."""
        return self.attribute.is_nullable

    def sql(self) -> str:
        """``outer(t.a)``."""
        return f"outer({self.attribute.sql()})"

    def describe(self) -> str:
        """``outer(a#1)``."""
        return f"outer({self.attribute.describe()})"
