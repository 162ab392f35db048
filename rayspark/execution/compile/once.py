"""Expressions that a filter and the columns above it share, computed once.

``SELECT lower(trim(s)) ... WHERE lower(trim(s)) <> '?'`` is what optimisation makes of a filter
over a projection: DuckDB computes the expression in both places, and within the filter as often as
it stands there (measured: half the time of cleaning a file of texts). Here such an expression gets
a name below the filter.

Only what never raises an error is computed earlier than it was written: ``x <> '' AND cast(x AS
INT) > 1`` must not see the empty texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rayspark.catalyst.expressions import (
    Attribute,
    Call,
    Cast,
    CastMode,
    Expression,
    Literal,
    conjuncts,
)
from rayspark.catalyst.expressions.base import ExprId, fresh_id
from rayspark.datatypes import StringType
from rayspark.records import dataclass

SIMPLE = {"and", "or", "not", "=", "<", "<=", ">", ">=", "<=>", "isnull", "isnotnull", "in",
          "coalesce", "startswith", "endswith", "contains", "char_length"}  # fmt: skip
"""Functions that raise no error and cost next to nothing."""

COSTLY = {"lower", "upper", "initcap", "trim", "ltrim", "rtrim", "btrim", "translate", "replace",
          "reverse", "concat", "concat_ws", "substring", "substring_index", "md5", "sha1", "sha2",
          "crc32", "xxhash64", "levenshtein", "soundex", "get_json_object", "try_to_date",
          "try_to_timestamp", "rlike", "regexp_replace", "split"}  # fmt: skip
"""Functions that raise no error and are worth a name."""

PATTERNS = {"rlike", "regexp_replace", "split", "try_to_date", "try_to_timestamp"}
"""Of these, where all but the first argument are constants."""


@dataclass(frozen=True)
class Once:
    """A filter and columns above it whose common parts have names."""

    before: tuple[Expression, ...]
    """Conditions that need none of them and raise no error: they come first."""
    named: tuple[tuple[Attribute, Expression], ...]
    """What is computed of the rows that are left."""
    condition: tuple[Expression, ...]
    columns: tuple[Expression, ...]


def compute_once(condition: Expression, columns: Sequence[Expression]) -> Once | None:
    """Name what is costly and stands in the condition and once more there or in the columns."""
    parts = conjuncts(condition)
    counts = Counter(found for part in parts for found in _worthy(part))
    if not counts:
        return None
    for column in columns:
        counts.update(found for found in column.walk() if found in counts)
    named = {
        e: Attribute("once", e.dtype, id=fresh_id()) for e, count in counts.items() if count > 1
    }
    if not named:
        return None

    def replaced(e: Expression) -> Expression:
        made: Expression = e.transform_down(lambda part: named.get(part, part))
        return made

    before = [part for part in parts if replaced(part) is part and is_harmless(part)]
    after = tuple(replaced(part) for part in parts if part not in before)
    above = tuple(map(replaced, columns))
    read = frozenset[ExprId]().union(*(e.references for e in (*after, *above)))
    used = tuple((name, e) for e, name in named.items() if name.id in read)
    return Once(tuple(before), used, after, above)


def _worthy(e: Expression) -> list[Expression]:
    return [part for part in e.walk() if _is_costly(part) and is_harmless(part)]


def _is_costly(e: Expression) -> bool:
    match e:
        case Call(name=name):
            return name in COSTLY
        case Cast():
            return isinstance(e.child.dtype, StringType)
    return False


def is_harmless(e: Expression) -> bool:
    """Whether an expression raises no error, whatever its columns hold, and is always the same."""
    return e.deterministic and all(map(_never_raises, e.walk()))


def _never_raises(e: Expression) -> bool:
    match e:
        case Attribute() | Literal():
            return True
        case Cast():
            return e.mode is not CastMode.ANSI
        case Call(name=name) if name in PATTERNS:
            return all(isinstance(argument, Literal) for argument in e.args[1:])
        case Call(name=name):
            return name in SIMPLE or name in COSTLY
    return False
