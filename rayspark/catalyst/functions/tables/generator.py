"""Rows of the generators: functions that make several rows of one.

Their result is a struct of the columns that they make. The ``_outer`` ones are made into the others
by analysis, which tells the plan's node to keep rows that make none.
"""

from __future__ import annotations

from rayspark.catalyst.functions.results import mapping, row
from rayspark.catalyst.functions.row import Args, Fn, TypeRule
from rayspark.datatypes import (
    ArrayType,
    DataType,
    IntegerType,
    MapType,
    StringType,
    StructField,
    StructType,
)

OUTER = {
    "explode_outer": "explode",
    "posexplode_outer": "posexplode",
    "inline_outer": "inline",
}
"""Generator that keeps rows without elements -> the one that does not."""


def _fn(name: str, args: str, result: TypeRule, doc: str) -> Fn:
    return Fn(name, args, result, False, "generator", doc=doc, group="generator")


def _items(args: Args) -> list[tuple[str, DataType, bool]]:
    match args[0].dtype:
        case ArrayType(elementType=element, containsNull=nulls):
            return [("col", element, nulls)]
        case MapType():
            kind = mapping(args)
            return [("key", kind.keyType, False), ("value", kind.valueType, kind.valueContainsNull)]
    raise TypeError(f"no items in {args[0].dtype}")


def _explode(args: Args) -> DataType:
    return row(*_items(args))


def _posexplode(args: Args) -> DataType:
    return row(("pos", IntegerType(), False), *_items(args))


def _inline(args: Args) -> DataType:
    kind = args[0].dtype
    assert isinstance(kind, ArrayType)
    assert isinstance(kind.elementType, StructType)
    return StructType(
        [
            StructField(f.name, f.dataType, f.nullable or kind.containsNull)
            for f in kind.elementType.fields
        ]
    )


def _stack(args: Args) -> DataType:
    count = int(args[0].value)  # type: ignore[attr-defined]
    values = args[1:]
    width = -(-len(values) // count)
    fields = []
    for at in range(width):
        column = values[at::width]
        dt = next((v.dtype for v in column if v.dtype.typeName() != "void"), column[0].dtype)
        nulls = len(column) < count or any(v.nullable for v in column)
        fields.append(StructField(f"col{at}", dt, nulls))
    return StructType(fields)


def _json_tuple(args: Args) -> DataType:
    return row(*((f"c{at}", StringType(), True) for at in range(len(args) - 1)))


ROWS: tuple[Fn, ...] = (
    _fn("explode", "expr: array|map", _explode,
        "A row for each element of an array, or for each key and value of a map."),
    _fn("explode_outer", "expr: array|map", _explode,
        "Like explode; a row of nulls where there is no element."),
    _fn("posexplode", "expr: array|map", _posexplode,
        "A row for each element, with its place, from 0."),
    _fn("posexplode_outer", "expr: array|map", _posexplode,
        "Like posexplode; a row of nulls where there is no element."),
    _fn("inline", "expr: array", _inline,
        "A row for each struct in an array, a column for each of its fields."),
    _fn("inline_outer", "expr: array", _inline,
        "Like inline; a row of nulls where there is no struct."),
    _fn("stack", "n: int!, *exprs: any", _stack, "The arguments in n rows, from left to right."),
    _fn("json_tuple", "json: string, *fields: string", _json_tuple,
        "One row of the texts of top-level fields of a JSON object."),
)  # fmt: skip
