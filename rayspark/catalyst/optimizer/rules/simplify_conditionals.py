"""CASE without branches that never, or always, apply.

CASE WHEN false THEN a ELSE b    -> b          WHEN null likewise
CASE WHEN true THEN a ELSE b     -> a          as first branch; later ones end the CASE
CASE WHEN c THEN true ELSE false -> c          c is never null
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import CaseWhen, Expression, Literal
from rayspark.catalyst.optimizer.rules.expressions import (
    expression_rule,
    is_false,
    is_null_literal,
    is_true,
)


def simplify(e: Any) -> Any:
    """One step at the top of an expression."""
    if not isinstance(e, CaseWhen):
        return e
    kept: list[tuple[Expression, Expression]] = []
    otherwise = e.otherwise
    for when, then in e.branches:
        if is_true(when):
            otherwise = then
            break
        if not (is_false(when) or is_null_literal(when)):
            kept.append((when, then))
    if not kept:
        return otherwise if otherwise is not None else Literal(None, e.dtype)
    if len(kept) == 1 and otherwise is not None:
        [(when, then)] = kept
        if is_true(then) and is_false(otherwise) and not when.nullable:
            return when
    if len(kept) == len(e.branches):
        return e
    return e.copy(branches=tuple(kept), otherwise=otherwise, shown=None)


SIMPLIFY_CONDITIONALS = expression_rule("SimplifyConditionals", simplify)
