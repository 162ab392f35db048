"""What is stored in columns of CHAR(n) and VARCHAR(n): texts that fit, padded if CHAR.

Blanks at the end that are too many are cut; any other character too many is an error.
"""

from __future__ import annotations

from rayspark.catalyst.expressions import (
    CaseWhen,
    Expression,
    Lambda,
    LambdaVariable,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    lit,
)
from rayspark.datatypes import ArrayType, CharType, DataType, MapType, StructType, VarcharType
from rayspark.datatypes.lengths import has_lengths


def fitted(value: Expression, dt: DataType) -> Expression:
    """The value as a column of this type stores it; ``value`` has the type without lengths.

    When it is computed it raises ``EXCEED_LIMIT_LENGTH`` for a text that is too long.
    """
    if not has_lengths(dt):
        return value
    match dt:
        case CharType() | VarcharType():
            return _text(value, dt)
        case ArrayType():
            return _mapped("transform", value, ("x",), "x", dt.elementType)
        case MapType():
            keys = _mapped("transform_keys", value, ("k", "v"), "k", dt.keyType)
            return _mapped("transform_values", keys, ("k", "v"), "v", dt.valueType)
    assert isinstance(dt, StructType)
    return _struct(value, dt)


def _text(value: Expression, dt: CharType | VarcharType) -> Expression:
    limit = lit(dt.length)
    too_long = _call(">", _call("length", _call("rtrim", value)), limit)
    parameters = _call("map", lit("limit"), lit(str(dt.length)))
    raised = _call("raise_error", lit("EXCEED_LIMIT_LENGTH"), parameters)
    if isinstance(dt, CharType):
        kept = _call("rpad", value, limit, lit(" "))
    else:
        kept = _call("substring", value, lit(1), limit)
    return CaseWhen(((too_long, raised),), kept)


def _mapped(
    function: str, value: Expression, names: tuple[str, ...], name: str, dt: DataType
) -> Expression:
    if not has_lengths(dt):
        return value
    body = fitted(UnresolvedAttribute((name,)), dt)
    return _call(function, value, Lambda(body, tuple(map(LambdaVariable, names))))


def _struct(value: Expression, dt: StructType) -> Expression:
    parts: list[Expression] = []
    for field in dt.fields:
        name = lit(field.name)
        parts += [name, fitted(UnresolvedExtract(value, name), field.dataType)]
    return CaseWhen(((_call("isnotnull", value), _call("named_struct", *parts)),), None)


def _call(name: str, *args: Expression) -> UnresolvedFunction:
    return UnresolvedFunction(name, args)
