"""``Filter(c, Relation(s)) -> Filter(what is left of c, Relation(s with c))``."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    Attribute,
    Expression,
    PythonUDF,
    SubqueryExpression,
    and_,
    conjuncts,
)
from rayspark.catalyst.logical import Filter, LogicalPlan, Relation
from rayspark.catalyst.rule import Rule


def push_filters_to_sources(plan: LogicalPlan) -> LogicalPlan:
    """Tell each source the conditions on its rows; those it takes whole are gone from the plan."""

    def apply(node: Any) -> Any:
        match node:
            case Filter(condition=condition, child=Relation() as relation):
                return _tell(node, condition, relation)
        return node

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _tell(node: Filter, condition: Expression, relation: Relation) -> LogicalPlan:
    names = [f.name for f in relation.source.schema.fields]
    by_id = {a.id: a.copy(name=name) for a, name in zip(relation.attributes, names, strict=True)}
    told: list[Expression] = []
    rest: list[Expression] = []
    for part in conjuncts(condition):
        fits = part.deterministic and not part.has(PythonUDF, SubqueryExpression)
        (told if fits else rest).append(part)
    if not told:
        return node
    named = {
        part.transform_up(lambda e: by_id[e.id] if isinstance(e, Attribute) else e): part
        for part in told
    }
    source, left = relation.source.with_filters(list(named))
    left += rest
    if source is relation.source:
        return node
    narrowed = relation.copy(source=source)
    return Filter(and_(*(named.get(part, part) for part in left)), narrowed) if left else narrowed


PUSH_FILTERS_TO_SOURCES = Rule("PushFiltersToSources", push_filters_to_sources)
