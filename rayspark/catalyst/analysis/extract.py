"""Parts of a value: fields of structs, elements of arrays, values of maps."""

from __future__ import annotations

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.errors import error, mismatch, sql_expr, sql_id, sql_type
from rayspark.catalyst.expressions import Call, Expression, Literal
from rayspark.datatypes import ArrayType, MapType, StringType, StructType, VariantType
from rayspark.datatypes.base import IntegralType, NullType
from rayspark.datatypes.coercion import find_wider


def field(child: Expression, name: str, case_sensitive: bool) -> Expression:
    """``child.name``: a field, that field of every element, or the value of a key."""
    return extract(child, Literal(name, StringType()), case_sensitive, True)


def extract(child: Expression, key: Expression, case_sensitive: bool, ansi: bool) -> Expression:
    """``child[key]``.

    Raises
    ------
    AnalysisException
        ``FIELD_NOT_FOUND``, ``AMBIGUOUS_REFERENCE_TO_FIELDS``, ``INVALID_EXTRACT_*``.
    """
    dt = child.dtype
    named = isinstance(key, Literal) and isinstance(key.type, StringType)
    match dt:
        case StructType() if named:
            return _field(child, dt, str(key.value), case_sensitive)  # type: ignore[attr-defined]
        case ArrayType(elementType=StructType() as struct) if named:
            found = _field(child, struct, str(key.value), case_sensitive)  # type: ignore[attr-defined]
            inner = struct[found.args[1].value]  # type: ignore[attr-defined]
            nulls = dt.containsNull or inner.nullable
            return found.copy(type=ArrayType(inner.dataType, nulls))
        case StructType():
            raise error("INVALID_EXTRACT_FIELD_TYPE", extraction=sql_expr(key))
        case ArrayType():
            return _element(child, key)
        case MapType():
            return _value(child, dt, key, ansi)
        case VariantType():
            return Call("getitem", (child, key), dt)
    raise error("INVALID_EXTRACT_BASE_FIELD_TYPE", base=sql_expr(child), other=sql_type(dt))


def _field(child: Expression, struct: StructType, name: str, case_sensitive: bool) -> Call:
    wanted = name if case_sensitive else name.lower()
    found = [n for n in struct.names if (n if case_sensitive else n.lower()) == wanted]
    if not found:
        fields = ", ".join(sql_id((n,)) for n in struct.names)
        raise error("FIELD_NOT_FOUND", fieldName=sql_id((name,)), fields=fields)
    if len(found) > 1:
        raise error("AMBIGUOUS_REFERENCE_TO_FIELDS", field=sql_id((name,)), count=str(len(found)))
    return Call("getfield", (child, Literal(found[0], StringType())))


def _element(child: Expression, key: Expression) -> Call:
    if not isinstance(key.dtype, IntegralType | NullType):
        raise mismatch(
            "UNEXPECTED_INPUT_TYPE",
            Call("getitem", (child, key)),
            paramIndex="second",
            requiredType='"INTEGRAL"',
            inputSql=sql_expr(key),
            inputType=sql_type(key.dtype),
        )
    return Call("getitem", (child, key))


def _value(child: Expression, dt: MapType, key: Expression, ansi: bool) -> Call:
    if find_wider(dt.keyType, key.dtype, ansi) is None:
        raise mismatch(
            "UNEXPECTED_INPUT_TYPE",
            Call("getitem", (child, key)),
            paramIndex="second",
            requiredType=sql_type(dt.keyType),
            inputSql=sql_expr(key),
            inputType=sql_type(key.dtype),
        )
    return Call("getitem", (child, coercion.cast_to(key, dt.keyType, ansi)))
