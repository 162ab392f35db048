"""What every expression answers: its type, whether it may be null, what it refers to."""

from __future__ import annotations

import itertools
from typing import NewType

from rayspark.catalyst.tree import TreeNode, up_property
from rayspark.datatypes import DataType
from rayspark.records import dataclass

ExprId = NewType("ExprId", int)
"""Identity of an attribute: two columns of one name have two ids."""

_ids = itertools.count(1)


def fresh_id() -> ExprId:
    """An id that no other attribute of this process has."""
    return ExprId(next(_ids))


@dataclass(frozen=True, eq=False)
class Expression(TreeNode):
    """A node of a column expression."""

    @property
    def dtype(self) -> DataType:
        """The type of the value. Only resolved expressions have one."""
        raise TypeError(f"{type(self).__name__} has no type before analysis: {self.sql()}")

    @property
    def nullable(self) -> bool:
        """Whether the value may be null."""
        return any(child.nullable for child in self.children)

    @up_property
    def resolved(self) -> bool:
        """Whether analysis is done with it and all below it."""
        return self._is_resolved() and all(child.resolved for child in self.children)

    def _is_resolved(self) -> bool:
        """Whether this node itself is of a kind that needs no more analysis."""
        return True

    @up_property
    def deterministic(self) -> bool:
        """Whether the same input always gives the same value."""
        return self._is_deterministic() and all(child.deterministic for child in self.children)

    def _is_deterministic(self) -> bool:
        return True

    @up_property
    def foldable(self) -> bool:
        """Whether it is a constant that can be computed while planning."""
        return False

    @up_property
    def references(self) -> frozenset[ExprId]:
        """Ids of the attributes that it reads (those of inner queries excepted)."""
        found: frozenset[ExprId] = frozenset()
        for child in self.children:
            found |= child.references
        return found

    def sql(self) -> str:
        """As Spark writes it in messages and in the names of unnamed columns."""
        raise NotImplementedError(type(self).__name__)

    def describe(self) -> str:
        """As it stands in printed plans, with ids."""
        return self.sql()

    def __str__(self) -> str:
        return self.describe()


Expression.family = Expression


@dataclass(frozen=True, eq=False)
class SortOrder(Expression):
    """A key of an ordering. ``nulls_first`` has Spark's default: nulls are smallest."""

    child: Expression
    ascending: bool = True
    nulls_first: bool = True

    @property
    def dtype(self) -> DataType:
        """The key's type."""
        return self.child.dtype

    def sql(self) -> str:
        """``a ASC NULLS FIRST``."""
        return f"{self.child.sql()} {self._suffix()}"

    def describe(self) -> str:
        """``a#1 ASC NULLS FIRST``."""
        return f"{self.child.describe()} {self._suffix()}"

    def _suffix(self) -> str:
        nulls = "NULLS FIRST" if self.nulls_first else "NULLS LAST"
        return f"{'ASC' if self.ascending else 'DESC'} {nulls}"
