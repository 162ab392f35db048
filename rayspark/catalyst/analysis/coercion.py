"""Arguments made to fit: implicit casts.

``rayspark.datatypes.coercion`` says which types meet; here the casts are put around expressions,
marked ``implicit`` so that they do not show in names.
"""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.analysis.errors import mismatch, ordinal, sql_expr, sql_type
from rayspark.catalyst.expressions import Call, CaseWhen, Cast, CastMode, Expression, Literal
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    DecimalType,
    MapType,
    StringType,
    StructType,
)
from rayspark.datatypes.base import IntegralType, NullType
from rayspark.datatypes.coercion import find_comparable, find_wider_of


def mode(ansi: bool) -> CastMode:
    """How casts fail."""
    return CastMode.ANSI if ansi else CastMode.LEGACY


def same_type(a: DataType, b: DataType) -> bool:
    """Equal but for what may be null inside."""
    match a, b:
        case (ArrayType(), ArrayType()):
            return same_type(a.elementType, b.elementType)
        case (MapType(), MapType()):
            return same_type(a.keyType, b.keyType) and same_type(a.valueType, b.valueType)
        case (StructType(), StructType()):
            return len(a.fields) == len(b.fields) and all(
                f.name == g.name and same_type(f.dataType, g.dataType)
                for f, g in zip(a.fields, b.fields, strict=True)
            )
    return a == b


def cast_to(e: Expression, target: DataType, ansi: bool) -> Expression:
    """The expression, in an implicit cast if its type is another."""
    if same_type(e.dtype, target):
        return e
    made_here = isinstance(e, Call) and e.name == "named_struct"
    if made_here and isinstance(target, StructType) and len(target) == len(e.children) // 2:
        return _struct_as(e, target, ansi)
    return Cast(e, target, mode(ansi), implicit=True)


def _struct_as(e: Expression, target: StructType, ansi: bool) -> Expression:
    """A struct made here is made with the right names and types at once."""
    parts: list[Expression] = []
    for f, value in zip(target.fields, e.children[1::2], strict=True):
        parts += [Literal(f.name, StringType()), cast_to(value, f.dataType, ansi)]
    return e.with_children(parts)


def literal_decimal(e: Expression, other: Expression) -> DataType:
    """The type of one side; a whole constant beside a decimal is as narrow as its digits."""
    dt = e.dtype
    if (
        isinstance(e, Literal)
        and isinstance(dt, IntegralType)
        and isinstance(other.dtype, DecimalType)
        and e.value is not None
    ):
        return DecimalType(len(str(abs(e.value))), 0)
    return dt


def compare(left: Expression, right: Expression, ansi: bool, equality: bool) -> DataType | None:
    """The type in which both sides are compared."""
    a, b = literal_decimal(left, right), literal_decimal(right, left)
    return find_comparable(a, b, ansi, equality)


def common_type(expressions: Sequence[Expression], ansi: bool) -> DataType | None:
    """The one type for all, or ``None``."""
    first = expressions[0].dtype
    if all(same_type(first, e.dtype) for e in expressions[1:]):
        for e in expressions[1:]:  # what may be null in any may be null in the common type
            if e.dtype != first:
                return find_wider_of([e.dtype for e in expressions], ansi)
        return first
    return find_wider_of([e.dtype for e in expressions], ansi)


def mixes_text(types: Sequence[DataType]) -> bool:
    """Whether text stands beside another type, at any depth."""
    return len({isinstance(t, StringType) for t in types if not isinstance(t, NullType)}) > 1


def fit_case(e: CaseWhen, ansi: bool) -> CaseWhen:
    """CASE with boolean conditions and values of one type."""
    for position, (condition, _) in enumerate(e.branches, 1):
        if not isinstance(condition.dtype, BooleanType) and not _is_null(condition):
            raise mismatch(
                "UNEXPECTED_INPUT_TYPE",
                e,
                paramIndex=ordinal(position),
                requiredType=sql_type(BooleanType()),
                inputSql=sql_expr(condition),
                inputType=sql_type(condition.dtype),
            )
    values = [value for _, value in e.branches]
    if e.otherwise is not None:
        values.append(e.otherwise)
    target = common_type(values, ansi)
    if target is None:
        types = "[" + ", ".join(sql_type(v.dtype) for v in values) + "]"
        raise mismatch(
            "DATA_DIFF_TYPES", e, functionName=f"`{e.shown or 'casewhen'}`", dataType=types
        )
    fitted = [cast_to(v, target, ansi) for v in values]
    if all(a is b for a, b in zip(fitted, values, strict=True)) and not any(
        _is_null(c) for c, _ in e.branches
    ):
        return e
    otherwise = fitted.pop() if e.otherwise is not None else None
    conditions = [cast_to(c, BooleanType(), ansi) for c, _ in e.branches]
    return e.copy(branches=tuple(zip(conditions, fitted, strict=True)), otherwise=otherwise)


def _is_null(e: Expression) -> bool:
    return isinstance(e, Literal) and e.value is None
