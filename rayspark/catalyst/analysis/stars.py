"""``*``, ``t.*``, ``struct.*``, ``* EXCEPT (a)`` and columns by regular expression."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rayspark.catalyst.analysis.errors import by_name, error, similar, sql_id
from rayspark.catalyst.analysis.extract import field
from rayspark.catalyst.analysis.scope import Scope
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    UnresolvedRegex,
    UnresolvedStar,
)
from rayspark.datatypes import StructType


def expand_star(star: UnresolvedStar | UnresolvedRegex, scope: Scope) -> list[Expression]:
    """The columns that a star stands for.

    Raises
    ------
    AnalysisException
        ``CANNOT_RESOLVE_STAR_EXPAND`` if its qualifier is no table and no struct.
    """
    columns = _columns(star, scope)
    if isinstance(star, UnresolvedRegex):
        pattern = re.compile(star.pattern, 0 if scope.case_sensitive else re.IGNORECASE)
        return [c for c in columns if pattern.fullmatch(_name(c))]
    return _without(columns, star.excluded, scope)


def _columns(star: UnresolvedStar | UnresolvedRegex, scope: Scope) -> Sequence[Expression]:
    if isinstance(star, UnresolvedStar) and star.own:
        return star.own
    if not star.target:
        return scope.attributes
    found = scope.qualified(star.target)
    if found:
        return found
    column = scope.find(star.target)
    if column is not None:
        e: Expression = column[0]
        for name in column[1]:
            e = field(e, name, scope.case_sensitive)
        if isinstance(e.dtype, StructType):
            return [Alias(field(e, n, scope.case_sensitive), n) for n in e.dtype.names]
    raise error(
        "CANNOT_RESOLVE_STAR_EXPAND",
        targetString=sql_id(star.target),
        columns=", ".join(sql_id((a.name,)) for a in by_name(scope.attributes)),
    )


def _without(
    columns: Sequence[Expression], excluded: Sequence[tuple[str, ...]], scope: Scope
) -> list[Expression]:
    kept = list(columns)
    for parts in excluded:
        found = Scope(
            [c if isinstance(c, Attribute) else c.attribute for c in kept],  # type: ignore[attr-defined]
            scope.case_sensitive,
        ).find(parts)
        if found is None:
            columns_there = ", ".join(similar(".".join(parts), [(_name(c),) for c in kept])[:5])
            raise error(
                "UNRESOLVED_COLUMN.WITH_SUGGESTION",
                objectName=sql_id(parts),
                proposal=columns_there,
            )
        gone = found[0].id
        kept = [c for c in kept if c.id != gone]  # type: ignore[attr-defined]
    return kept


def _name(e: Expression) -> str:
    assert isinstance(e, Attribute | Alias)
    return e.name
