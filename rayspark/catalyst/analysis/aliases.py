"""Names for output columns that have none."""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis.errors import error, sql_expr
from rayspark.catalyst.analysis.naming import pretty
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    MultiAlias,
    UnresolvedAlias,
    UnresolvedAttribute,
    VariableReference,
)

WINDOWS_OF_TIME = {"window", "session_window"}
"""Functions whose column is called by their name alone."""


def is_generator(e: Expression) -> bool:
    """Whether it is a call that makes rows."""
    return isinstance(e, Call) and e.fn.kind == "generator"


def name_column(written: Expression, e: Expression, zone: str) -> Expression:
    """A resolved output expression with the name that Spark gives it.

    ``written`` is what it was before it was resolved: ``a.b`` is called ``b``.
    """
    if isinstance(e, UnresolvedAlias):
        e = e.child
    if isinstance(e, MultiAlias) and not is_generator(e.child):
        raise error(
            "MULTI_ALIAS_WITHOUT_GENERATOR", expr=sql_expr(e.child), names=", ".join(e.names)
        )
    if isinstance(e, Alias | Attribute | MultiAlias) or is_generator(e):
        return e
    if isinstance(e, Call) and e.name in WINDOWS_OF_TIME:
        return Alias(e, e.name)
    if isinstance(written, UnresolvedAlias):
        written = written.child
    if isinstance(written, UnresolvedAttribute):
        named = isinstance(e, Call) and e.name in ("getfield", "getitem")
        if named or isinstance(e, VariableReference):
            return Alias(e, written.parts[-1])
        return Alias(e, pretty(e, zone))
    if isinstance(e, Cast) and not e.implicit and isinstance(e.child, Alias | Attribute):
        return Alias(e, e.child.name)
    return Alias(e, pretty(e, zone))


def trim_aliases(e: Expression) -> Expression:
    """Without the aliases inside (the outermost one excepted)."""

    def trim(node: Expression) -> Expression:
        return node.child if isinstance(node, Alias) else node

    if isinstance(e, Alias):
        child = e.child
        if not child.has(Alias):
            return e
        return e.copy(child=child.transform_up(trim))
    if isinstance(e, MultiAlias) or not e.has(Alias):
        return e
    trimmed: Expression = e.transform_up(trim)
    return trimmed


def without_alias(e: Expression) -> Expression:
    """The expression that a name was given to."""
    while isinstance(e, Alias):
        e = e.child
    return e


def outputs(columns: Sequence[Expression]) -> tuple[Attribute, ...]:
    """What named expressions are called above."""
    return tuple(c.attribute if isinstance(c, Alias) else c for c in columns)  # type: ignore[misc]
