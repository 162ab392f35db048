"""Filters that a source takes: what ``explain`` prints of them, and which files they leave out.

Only comparisons of one column with constants are understood, with AND, OR and NOT around them. A
filter over partition columns that is understood is decided here, file by file: Python compares the
directory's values as Spark would, with null as neither true nor false.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from rayspark.catalyst.expressions import Attribute, Call, Expression, Literal
from rayspark.datatypes import DoubleType, FloatType, StringType

Truth = bool | None

_COMPARE: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "=": ("EqualTo", operator.eq),
    "<": ("LessThan", operator.lt),
    "<=": ("LessThanOrEqual", operator.le),
    ">": ("GreaterThan", operator.gt),
    ">=": ("GreaterThanOrEqual", operator.ge),
}
_TURNED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "<=>": "<=>"}


def shown(filter_: Expression) -> str | None:
    """As Spark prints a pushed filter: ``GreaterThan(a,1)``; None if a source has no use for it."""
    match filter_:
        case Call(name="and" | "or" as name, args=(left, right)):
            sides = shown(left), shown(right)
            return None if None in sides else f"{name.capitalize()}({sides[0]},{sides[1]})"
        case Call(name="not", args=(inner,)):
            text = shown(inner)
            return None if text is None else f"Not({text})"
        case Call(name="isnull" | "isnotnull" as name, args=(Attribute(name=column),)):
            return f"{'IsNull' if name == 'isnull' else 'IsNotNull'}({column})"
        case Call(name="in", args=(Attribute(name=column), *options)):
            if all(isinstance(option, Literal) for option in options):
                return f"In({column}, [{','.join(o.sql() for o in options)}])"
            return None
        case Call(
            name="startswith" | "endswith" | "contains" as name,
            args=(Attribute(name=column), Literal() as text_),
        ):
            kind = {"startswith": "StringStartsWith", "endswith": "StringEndsWith"}
            return f"{kind.get(name, 'StringContains')}({column},{text_.sql()})"
    found = comparison(filter_)
    if found is None:
        return None
    sign, compared, constant = found
    word = "EqualNullSafe" if sign == "<=>" else _COMPARE[sign][0]
    return f"{word}({compared},{constant.sql()})"


def comparison(filter_: Expression) -> tuple[str, str, Literal] | None:
    """Sign, column and constant of a comparison of the two, the column first."""
    match filter_:
        case Call(name=name, args=(Attribute(name=column), Literal() as constant)) if (
            name in _TURNED
        ):
            return name, column, constant
        case Call(name=name, args=(Literal() as constant, Attribute(name=column))) if (
            name in _TURNED
        ):
            return _TURNED[name], column, constant
    return None


def is_decidable(filter_: Expression) -> bool:
    """Can :func:`decide` tell whether it holds?"""
    match filter_:
        case Literal(value=bool()):
            return True
        case Call(name="and" | "or", args=args) | Call(name="not", args=args):
            return all(map(is_decidable, args))
        case Call(name="isnull" | "isnotnull", args=(Attribute(),)):
            return True
        case Call(name="in", args=(Attribute() as column, *options)):
            return all(isinstance(o, Literal) and o.dtype == column.dtype for o in options)
    match filter_:
        case Call(name=name, args=(left, right)) if name in _TURNED:
            # Collations other than the bytes' order do not exist here; NaN is handled below.
            return comparison(filter_) is not None and left.dtype == right.dtype
    return False


def decide(filter_: Expression, row: Mapping[str, Any]) -> Truth:
    """Whether a decidable filter holds for the values of ``row``; None is neither."""
    match filter_:
        case Literal(value=value):
            return None if value is None else bool(value)
        case Call(name="and", args=(left, right)):
            sides = decide(left, row), decide(right, row)
            return False if False in sides else None if None in sides else True
        case Call(name="or", args=(left, right)):
            sides = decide(left, row), decide(right, row)
            return True if True in sides else None if None in sides else False
        case Call(name="not", args=(inner,)):
            truth = decide(inner, row)
            return None if truth is None else not truth
        case Call(name="isnull" | "isnotnull" as name, args=(Attribute(name=column),)):
            return (row[column] is None) == (name == "isnull")
        case Call(name="in", args=(Attribute(name=column), *options)):
            return _is_in(row[column], [o.value for o in options if isinstance(o, Literal)])
    found = comparison(filter_)
    assert found is not None, f"{filter_.sql()} is not decidable"
    sign, compared, constant = found
    value, other = row[compared], constant.value
    if sign == "<=>":
        return bool(_key(value, constant) == _key(other, constant))
    if value is None or other is None:
        return None
    return _COMPARE[sign][1](_key(value, constant), _key(other, constant))


def _is_in(value: Any, options: list[Any]) -> Truth:
    if value is None:
        return None
    if any(option == value for option in options if option is not None):
        return True
    return None if None in options else False


def _key(value: Any, constant: Literal) -> Any:
    """What Python compares as Spark does: strings by their UTF-8 bytes, NaN above all numbers."""
    if value is None:
        return (False, None)
    if isinstance(constant.dtype, StringType):
        return str(value).encode()
    if isinstance(constant.dtype, (DoubleType, FloatType)):
        return (math.isnan(value), 0.0 if math.isnan(value) else value)
    return value
