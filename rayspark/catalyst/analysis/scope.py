"""Which columns a name can mean at a place in a query.

Names are looked up by their last part in an index; a qualifier must be a suffix of the column's
own: ``t.a`` finds ``a`` of ``db.t``. What follows a column's name are fields: ``a.b`` is field
``b`` of column ``a`` when no table is called ``a``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rayspark.catalyst.analysis.errors import error, sql_id
from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.logical import LogicalPlan

Found = tuple[Attribute, tuple[str, ...]]
"""A column and the names of the fields after it."""


class Scope:
    """Columns by name.

    >>> from rayspark.sql.types import IntegerType
    >>> scope = Scope([Attribute("a", IntegerType(), qualifier=("t",))])
    >>> scope.find(("T", "A"))[0].name
    'A'
    """

    def __init__(self, attributes: Iterable[Attribute], case_sensitive: bool = False) -> None:
        self.attributes = tuple(attributes)
        self.case_sensitive = case_sensitive
        self.plans: tuple[LogicalPlan, ...] = ()
        self._index: dict[str, list[Attribute]] | None = None

    @staticmethod
    def of(plans: Sequence[LogicalPlan], case_sensitive: bool) -> Scope:
        """The columns of plans; kept with the plan where it is one."""
        if len(plans) != 1:
            made = Scope((a for plan in plans for a in plan.output), case_sensitive)
            made.plans = tuple(plans)
            return made
        kept: Scope | None = plans[0].__dict__.get("_scope")
        if kept is None or kept.case_sensitive != case_sensitive:
            kept = Scope(plans[0].output, case_sensitive)
            kept.plans = tuple(plans)
            plans[0].__dict__["_scope"] = kept
        return kept

    def key(self, name: str) -> str:
        """Two names with one key are the same name."""
        return name if self.case_sensitive else name.lower()

    def named(self, name: str) -> list[Attribute]:
        """All columns of a name."""
        if self._index is None:
            self._index = {}
            for a in self.attributes:
                self._index.setdefault(self.key(a.name), []).append(a)
        return self._index.get(self.key(name), [])

    def find(self, parts: tuple[str, ...]) -> Found | None:
        """The column that a name means, called as in the name, or ``None``.

        Raises
        ------
        AnalysisException
            ``AMBIGUOUS_REFERENCE`` if it could be several.
        """
        for length in range(min(len(parts) - 1, 3), -1, -1):
            found = self.named(parts[length])
            if length:
                qualifier = tuple(map(self.key, parts[:length]))
                found = [a for a in found if self._suffix(a, length) == qualifier]
            if not found:
                continue
            if len({a.id for a in found}) > 1:
                raise ambiguous(parts, found)
            name, column = parts[length], found[0]
            if column.name != name:
                column = column.copy(name=name)
            return column, parts[length + 1 :]
        return None

    def qualified(self, target: tuple[str, ...]) -> list[Attribute]:
        """The columns that ``target.*`` means."""
        wanted = tuple(map(self.key, target))
        return [a for a in self.attributes if self._suffix(a, len(wanted)) == wanted]

    def _suffix(self, a: Attribute, length: int) -> tuple[str, ...]:
        return tuple(map(self.key, a.qualifier[-length:]))


def ambiguous(parts: Sequence[str], found: Sequence[Attribute]) -> Exception:
    """``AMBIGUOUS_REFERENCE``."""
    could_be = ", ".join(sorted(sql_id((*a.qualifier, a.name)) for a in found))
    return error("AMBIGUOUS_REFERENCE", name=sql_id(parts), referenceNames=f"[{could_be}]")
