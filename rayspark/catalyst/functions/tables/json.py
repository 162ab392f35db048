"""Rows of the functions of JSON, CSV and variants."""

from __future__ import annotations

import json

from rayspark.catalyst.functions.results import always
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    IntegerType,
    MapType,
    StringType,
    StructField,
    StructType,
    VariantType,
    parse_ddl,
    parse_json_string,
)

TEXT, VARIANT = StringType(), VariantType()
CHANGES = "variants cannot be changed yet: use to_json, change the text and parse_json"


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *, nulls: NullRule = always,
    example: str = "", refused: str | None = None,
) -> Fn:  # fmt: skip
    return Fn(
        name, args, result, nulls, doc=doc, group="json", refused=refused,
        examples=(example,) if example else (),
    )  # fmt: skip


def schema_of(text: str) -> DataType:
    """A schema written as DDL or as JSON, everything in it nullable."""
    stripped = text.strip()
    if stripped.startswith(("{", '"')):
        try:
            return nullable(parse_json_string(stripped))
        except (ValueError, KeyError):
            json.loads(stripped)
            raise
    return nullable(parse_ddl(stripped))


def nullable(dt: DataType) -> DataType:
    """The type with nulls allowed everywhere."""
    match dt:
        case ArrayType():
            return ArrayType(nullable(dt.elementType), True)
        case MapType():
            return MapType(nullable(dt.keyType), nullable(dt.valueType), True)
        case StructType():
            return StructType(
                [StructField(f.name, nullable(f.dataType), True, f.metadata) for f in dt.fields]
            )
    return dt


def from_schema(args: Args) -> DataType:
    """The schema that the second argument is."""
    return schema_of(str(args[1].value))  # type: ignore[attr-defined]


def _target(args: Args) -> DataType:
    return schema_of(str(args[2].value))  # type: ignore[attr-defined]


ROWS: tuple[Fn, ...] = (
    _fn("get_json_object", "json: just string, path: just string", TEXT,
        "What stands at a path of a JSON text, as text: ``$.a.b[0]``.",
        example="get_json_object('{\"a\": {\"b\": 1}}', '$.a.b')"),
    _fn("json_array_length", "json: just string", IntegerType(),
        "How many elements a JSON array has; null for other text.",
        example="json_array_length('[1, 2]')"),
    _fn("json_object_keys", "json: just string", ArrayType(TEXT, True),
        "The keys of a JSON object; null for other text.",
        example="json_object_keys('{\"a\": 1}')"),
    _fn("from_json", "json: string, schema: string!, options?: map!", from_schema,
        "A JSON text as a value of a schema. What does not fit is null, or an error in FAILFAST"
        " mode.",
        example="from_json('{\"a\": 1}', 'a INT')"),
    _fn("to_json", "expr: any, options?: map!", TEXT,
        "A value as JSON text; fields that are null are left out.",
        example="to_json(named_struct('a', 1))"),
    _fn("schema_of_json", "json: just string!, options?: map!", TEXT,
        "The schema that a JSON text has, as DDL.", nulls=False,
        example="schema_of_json('{\"a\": 1}')"),
    _fn("from_csv", "csv: string, schema: string!, options?: map!", from_schema,
        "A line of CSV as a struct. What does not fit is null.",
        example="from_csv('1,x', 'a INT, b STRING')"),
    _fn("to_csv", "expr: struct, options?: map!", TEXT, "A struct as a line of CSV.",
        example="to_csv(named_struct('a', 1, 'b', 'x'))"),
    _fn("schema_of_csv", "csv: just string!, options?: map!", TEXT,
        "The schema that a line of CSV has, as DDL.", nulls=False, example="schema_of_csv('1,x')"),
    _fn("parse_json", "json: just string", VARIANT, "A JSON text as a variant.", nulls=if_any,
        example="to_json(parse_json('{\"a\": 1}'))"),
    _fn("try_parse_json", "json: just string", VARIANT, "A JSON text as a variant, or null.",
        example="try_parse_json('{')"),
    _fn("is_variant_null", "v: just variant", BooleanType(), "Whether it is the null of JSON.",
        nulls=False, example="is_variant_null(parse_json('null'))"),
    _fn("variant_get", "v: variant, path: string!, type: string!", _target,
        "What stands at a path of a variant, as a type; an error if it cannot be.",
        example="variant_get(parse_json('{\"a\": 1}'), '$.a', 'int')"),
    _fn("try_variant_get", "v: variant, path: string!, type: string!", _target,
        "What stands at a path of a variant, as a type, or null.",
        example="try_variant_get(parse_json('{\"a\": 1}'), '$.a', 'int')"),
    _fn("is_valid_variant", "v: just variant", BooleanType(), "Whether its bytes are a variant.",
        nulls=if_any, example="is_valid_variant(parse_json('1'))"),
    _fn("schema_of_variant", "v: just variant", TEXT, "The schema of a variant, as DDL.",
        example="schema_of_variant(parse_json('[{\"a\": 1}]'))"),
    Fn("schema_of_variant_agg", "v: just variant", TEXT, False, "aggregate", group="json",
       doc="The schema of all variants of a group, as DDL."),
    _fn("to_variant_object", "expr: any", VARIANT, "A value as a variant.",
        refused="only parse_json makes variants yet: use parse_json(to_json(...))"),
    _fn("variant_set", "v: variant, path: string, value: any, create_if_missing?: boolean", VARIANT,
        "A variant with a value at a path.", refused=CHANGES),
    _fn("try_variant_set", "v: variant, path: string, value: any, create_if_missing?: boolean",
        VARIANT, "A variant with a value at a path.", refused=CHANGES),
    *(_fn(f"{prefix}variant_{verb}", "v: variant, path: string, value: any", VARIANT,
          "A variant with one more value at a path.", refused=CHANGES)
      for prefix in ("", "try_") for verb in ("insert", "array_append")),
    _fn("variant_delete", "v: variant, *paths: string", VARIANT, "A variant without some paths.",
        refused=CHANGES),
    _fn("variant_strip_nulls", "v: variant, include_arrays?: boolean", VARIANT,
        "A variant without its nulls.", refused=CHANGES),
)  # fmt: skip
