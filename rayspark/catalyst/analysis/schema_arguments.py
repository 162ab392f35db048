"""Schemas that calls are given as text: ``from_json(j, 'a INT')``.

A schema may be any constant expression (``schema_of_json(...)``): it is computed here, because the
call's type depends on it.
"""

from __future__ import annotations

from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.analysis.errors import error, mismatch, sql_expr, sql_type
from rayspark.catalyst.expressions import Expression, Literal, UnresolvedFunction
from rayspark.catalyst.functions.tables.json import schema_of
from rayspark.datatypes import (
    ArrayType,
    DataType,
    MapType,
    StringType,
    StructType,
    VariantType,
)
from rayspark.datatypes.ddl import parse_single_type
from rayspark.errors import AnalysisException, ParseException

SCHEMAS = {"from_json": 1, "from_csv": 1, "from_xml": 1, "variant_get": 2, "try_variant_get": 2}
"""Functions, and the place of their schema."""


def with_schema(e: UnresolvedFunction, context: AnalysisContext) -> UnresolvedFunction:
    """The call, its schema a literal of text that reads as a schema of the function's.

    Raises
    ------
    AnalysisException
        ``INVALID_SCHEMA.*``, ``DATATYPE_MISMATCH.INVALID_JSON_SCHEMA``, or what the text's reading
        met: ``PARSE_SYNTAX_ERROR``, ``UNSUPPORTED_DATATYPE``.
    """
    at = SCHEMAS[e.name.lower()]
    if len(e.args) <= at:
        return e
    literal = _constant(e.args[at], context)
    dt = _read(str(literal.value))
    match e.name.lower(), dt:
        case "from_csv", StructType():
            pass
        case "from_csv", _:
            raise error("INVALID_SCHEMA.NON_STRUCT_TYPE", inputSchema=sql_expr(literal),
                        dataType=sql_type(dt))  # fmt: skip
        case "from_json", StructType() | ArrayType() | MapType() | VariantType():
            pass
        case "from_json", _:
            raise mismatch("INVALID_JSON_SCHEMA", e, schema=sql_type(dt))
    return e.copy(args=(*e.args[:at], literal, *e.args[at + 1 :]))


def _constant(schema: Expression, context: AnalysisContext) -> Literal:
    known: Expression | None = schema
    if not isinstance(schema, Literal) and schema.foldable:
        known = context.evaluate([schema])[0]
    if (
        isinstance(known, Literal)
        and isinstance(known.type, StringType)
        and known.value is not None
    ):
        return known
    raise error("INVALID_SCHEMA.NON_STRING_LITERAL", inputSchema=sql_expr(schema))


def _read(text: str) -> DataType:
    """The schema; a mistake in it is told as the mistake in one type."""
    try:
        return schema_of(text)
    except ParseException as mistake:
        first: ParseException = mistake
        try:
            parse_single_type(text)
        except ParseException as other:
            first = other
        raise AnalysisException(
            errorClass=first.getCondition(), messageParameters=first.getMessageParameters() or {}
        ) from mistake
