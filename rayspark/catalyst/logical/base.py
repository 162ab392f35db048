"""What every logical plan answers: its output columns and its expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from rayspark.catalyst.expressions.base import Expression, ExprId
from rayspark.catalyst.expressions.reference import Alias, Attribute
from rayspark.catalyst.tree import TreeNode, _gather, _put_back, kept_property, up_property
from rayspark.datatypes import StructType
from rayspark.records import dataclass


@dataclass(frozen=True, eq=False)
class LogicalPlan(TreeNode):
    """A relational operator over its children."""

    @up_property
    def output(self) -> tuple[Attribute, ...]:
        """The columns of its rows. Only resolved plans have them."""
        raise TypeError(f"{type(self).__name__} has no columns before analysis")

    @kept_property
    def output_ids(self) -> frozenset[ExprId]:
        """Ids of the output."""
        return frozenset(a.id for a in self.output)

    @kept_property
    def schema(self) -> StructType:
        """The output as a schema."""
        return StructType([a.field() for a in self.output])

    @up_property
    def resolved(self) -> bool:
        """Whether analysis is done with it and all below it."""
        return (
            all(child.resolved for child in self.children)
            and self._is_resolved()
            and all(e.resolved for e in self.expressions)
        )

    def _is_resolved(self) -> bool:
        """Whether the node itself is of a kind that needs no more analysis."""
        return True

    # -- expressions -------------------------------------------------------------------------

    @kept_property
    def expressions(self) -> tuple[Expression, ...]:
        """All expressions that the node itself holds, in the order of its fields."""
        found: list[Any] = []
        state = self.__dict__
        for name in self.field_names():
            _gather(state[name], Expression, found)
        return tuple(found)

    def map_expressions(self, f: Callable[[Expression], Any]) -> Self:
        """Apply ``f`` to each expression; the same object when none changed."""
        old = self.expressions
        if not old:
            return self
        new = [f(e) for e in old]
        if all(a is b for a, b in zip(old, new, strict=True)):
            return self
        return self.with_expressions(new)

    def with_expressions(self, expressions: Sequence[Expression]) -> Self:
        """The same node with other expressions: as many, in the same order."""
        made = object.__new__(type(self))
        members = iter(expressions)
        state = self.__dict__
        for name in self.field_names():
            made.__dict__[name] = _put_back(state[name], Expression, members)
        return made

    def transform_expressions(self, rule: Callable[[Any], Any]) -> Self:
        """Replace every sub-expression of this node by ``rule(e)``, inner ones first."""
        return self.map_expressions(lambda e: e.transform_up(rule))

    def transform_all_expressions(self, rule: Callable[[Any], Any]) -> Any:
        """The same in the whole plan (inner plans of subqueries excepted)."""
        return self.transform_up(lambda plan: plan.transform_expressions(rule))

    @kept_property
    def references(self) -> frozenset[ExprId]:
        """Ids that its own expressions read."""
        return frozenset().union(*(e.references for e in self.expressions))

    @kept_property
    def inputs(self) -> tuple[Attribute, ...]:
        """The columns of all children."""
        return tuple(a for child in self.children for a in child.output)

    @property
    def max_rows(self) -> int | None:
        """An upper bound of its rows that is certain, if one is known."""
        return None


LogicalPlan.family = LogicalPlan


def attribute_of(e: Expression) -> Attribute:
    """What a named output expression is called above."""
    if isinstance(e, Alias):
        return e.attribute
    assert isinstance(e, Attribute), e
    return e


def made_nullable(attributes: Sequence[Attribute]) -> tuple[Attribute, ...]:
    """The attributes as they come out of the optional side of an outer join."""
    return tuple(a if a.is_nullable else a.copy(is_nullable=True) for a in attributes)
