"""When two plans mean the same: equal up to the ids and qualifiers of their attributes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    LambdaVariable,
    Literal,
    PythonFunction,
    SubqueryExpression,
)
from rayspark.catalyst.logical import LogicalPlan, SubqueryAlias
from rayspark.datatypes import DataType


class Same:
    """Compares by identity whatever it holds."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.held is self.held

    def __hash__(self) -> int:
        return id(self.held)


def canonical(plan: LogicalPlan) -> tuple[Any, ...]:
    """A value that is equal for two plans exactly if they give the same rows by the same steps."""
    numbers: dict[int, int] = {}
    found: list[Any] = []
    places: dict[int, int] = {}
    for node in plan.walk_up():  # leaves first, shared sub-plans once: parents tell their places
        if isinstance(node, SubqueryAlias):
            places[id(node)] = places[id(node.child)]
            continue
        places[id(node)] = len(found)
        found.append((tuple(places[id(c)] for c in node.children), *_node(node, numbers)))
    return tuple(found)


def canonical_value(value: Any) -> Any:
    """A value that is equal for two settings of a source that mean the same. Columns count by
    their names.
    """
    if isinstance(value, Expression):
        return tuple(
            ("a", e.name) if isinstance(e, Attribute) else _expression(e, {}) for e in value.walk()
        )
    if type(value) is tuple:
        return tuple(map(canonical_value, value))
    return _value(value, {})


def _node(node: LogicalPlan, numbers: dict[int, int]) -> tuple[Any, ...]:
    state = node.__dict__
    return (
        type(node).__name__,
        *(_value(state[name], numbers) for name in node.field_names()),
    )


def _value(value: Any, numbers: dict[int, int]) -> Any:
    if isinstance(value, LogicalPlan):
        return None
    if isinstance(value, Expression):
        return tuple(_expression(e, numbers) for e in value.walk())
    if type(value) is tuple:
        return tuple(_value(member, numbers) for member in value)
    if isinstance(value, (str, int, float, bool, bytes, type(None))):
        return (type(value).__name__, value)
    if isinstance(value, DataType):
        return value.json()
    if isinstance(value, (list, frozenset)):
        return tuple(_value(member, numbers) for member in value)
    if isinstance(value, Mapping):
        return tuple((key, _value(member, numbers)) for key, member in value.items())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in dataclasses.fields(value)]
        return (type(value).__name__, *(_value(getattr(value, n), numbers) for n in names))
    return Same(value)


def _expression(e: Expression, numbers: dict[int, int]) -> tuple[Any, ...]:
    match e:
        case Attribute():
            return ("a", numbers.setdefault(e.id, len(numbers)), e.type.json())
        case Alias():
            return ("as", numbers.setdefault(e.id, len(numbers)), e.name)
        case Literal():
            return ("lit", *e._identity())
        case LambdaVariable():
            return ("v", numbers.setdefault(e.id, len(numbers)))
    state = e.__dict__
    parts: list[Any] = [type(e).__name__, len(e.children)]
    for name in e.field_names():
        value = state[name]
        if isinstance(value, PythonFunction):
            parts.append(Same(value.func))
        elif isinstance(e, SubqueryExpression) and name == "plan":
            parts.append(canonical(value))
        elif not isinstance(value, Expression) and type(value) is not tuple:
            parts.append(_value(value, numbers))
        elif type(value) is tuple:
            parts.append(tuple(_shape(member, numbers) for member in value))
    return tuple(parts)


def _shape(value: Any, numbers: dict[int, int]) -> Any:
    """A member of a tuple: expressions come later in the walk, everything else counts here."""
    if isinstance(value, Expression):
        return None
    if type(value) is tuple:
        return tuple(_shape(member, numbers) for member in value)
    return _value(value, numbers)
