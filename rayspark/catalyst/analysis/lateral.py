"""Lateral column aliases: ``SELECT a + 1 AS b, b * 2 AS c``.

A name that no column has may be an alias further left. Aliases that are used that way are computed
by a Project below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rayspark.catalyst.analysis.aliases import outputs
from rayspark.catalyst.analysis.errors import error, sql_id
from rayspark.catalyst.analysis.extract import field
from rayspark.catalyst.expressions import Alias, Attribute, Expression, ExprId, UnresolvedAlias
from rayspark.catalyst.logical import LogicalPlan, Project

if TYPE_CHECKING:
    from rayspark.catalyst.analysis.analysis import Analysis
    from rayspark.catalyst.analysis.resolver import Resolver


class LateralAliases:
    """The aliases of one select list, as they become known from left to right."""

    def __init__(self, analysis: Analysis, written: Sequence[Expression]) -> None:
        self._analysis = analysis
        self._written = written
        self._seen: list[Alias] = []
        self.used: frozenset[ExprId] = frozenset()

    def resolve_all(self, resolver: Resolver) -> list[Expression]:
        """The select list resolved, each item with the aliases before it in sight."""
        found: list[Expression] = []
        for e in self._written:
            resolved = resolver.resolve(e)
            found.append(resolved)
            inner = resolved.child if isinstance(resolved, UnresolvedAlias) else resolved
            if isinstance(inner, Alias):
                self._seen.append(inner)
        return found

    def find(self, parts: tuple[str, ...]) -> Expression | None:
        """What a name means as an alias further left."""
        enabled = "spark.sql.lateralColumnAlias.enableImplicitResolution"
        if not self._seen or self._analysis.setting(enabled, "true") != "true":
            return None
        found = [a for a in self._seen if self._analysis.same_name(a.name, parts[0])]
        if not found:
            return None
        if len(found) > 1:
            raise error("AMBIGUOUS_LATERAL_COLUMN_ALIAS", name=sql_id(parts), n=str(len(found)))
        self.used |= {found[0].id}
        e: Expression = found[0].attribute
        for name in parts[1:]:
            e = field(e, name, self._analysis.case_sensitive)
        return e

    def split(
        self, columns: Sequence[Expression], child: LogicalPlan
    ) -> tuple[tuple[Expression, ...], LogicalPlan]:
        """The columns over Projects that compute the aliases that others use."""
        left = list(columns)
        pending = {c.id for c in left if isinstance(c, Alias)} & self.used
        while pending:
            ready = [
                c for c in left if isinstance(c, Alias) and c.id in pending
                and not c.child.references & pending
            ]  # fmt: skip
            child = Project((*child.output, *ready), child)
            made: dict[ExprId, Attribute] = {c.id: a for c, a in zip(ready, outputs(ready),
                                                                      strict=True)}  # fmt: skip
            left = [made.get(c.id, c) if isinstance(c, Alias) else c for c in left]
            pending -= made.keys()
        return tuple(left), child
