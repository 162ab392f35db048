"""Columns taken from a DataFrame (``df["a"]``): which of two equal plans in a join they mean.

``df.join(d2, df.a < d2.a)``, where ``d2`` is a filter of ``df``: both columns have one id until the
join gives its right side new ids. So such a column also carries the number of the plan it was taken
from, and where that plan has been given new ids, the column follows. (PySpark refuses most of these
queries as ambiguous.)
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from rayspark.catalyst.analysis.errors import error
from rayspark.catalyst.expressions import Attribute, ExprId
from rayspark.catalyst.logical import LogicalPlan

_numbers = itertools.count(1)
_FRAME, _RENEWED = "_frame", "_renewed"


def number_frame(plan: LogicalPlan) -> None:
    """Give a plan a number, if it has none."""
    if _FRAME not in plan.__dict__:
        plan.__dict__[_FRAME] = next(_numbers)


def of_frame(attribute: Attribute, plan: LogicalPlan) -> Attribute:
    """A plan's column that remembers from where it was taken."""
    return attribute.copy(frame=plan.__dict__.get(_FRAME))


def keep_frame(old: LogicalPlan, new: LogicalPlan, ids: dict[ExprId, ExprId]) -> None:
    """A plan with new ids is still the one that it was."""
    if new is old or _FRAME not in old.__dict__:
        return
    before: dict[ExprId, ExprId] = old.__dict__.get(_RENEWED, {})
    followed = {first: ids.get(last, last) for first, last in before.items()}
    new.__dict__[_FRAME] = old.__dict__[_FRAME]
    new.__dict__[_RENEWED] = {**ids, **followed}


def own_column(e: Attribute, plans: Sequence[LogicalPlan]) -> Attribute:
    """The column as it is called here, without the number.

    Raises
    ------
    AnalysisException
        If its plan stands on both sides of a join, equally near.
    """
    plain = e.copy(frame=None)
    level = list(plans)
    while level:
        found = [p for p in level if p.__dict__.get(_FRAME) == e.frame]
        if found:
            ids = {p.__dict__.get(_RENEWED, {}).get(e.id, e.id) for p in found}
            if len(ids) > 1:
                raise error(
                    "_LEGACY_ERROR_TEMP_1182",
                    ambiguousAttrs=e.describe(),
                    config="spark.sql.analyzer.failAmbiguousSelfJoin",
                )
            (id_,) = ids
            return plain if id_ == e.id else plain.copy(id=id_)
        level = [child for p in level for child in p.children]
    return plain
