"""Rows of the functions that make and change structs. ``struct(a, b)`` becomes ``named_struct`` in
analysis, with the names of its arguments.
"""

from __future__ import annotations

from rayspark.catalyst.expressions.naming import name_of
from rayspark.catalyst.functions.results import never, struct
from rayspark.catalyst.functions.row import Args, Fn
from rayspark.datatypes import DataType, StructField, StructType


def _named(args: Args) -> DataType:
    pairs = zip(args[0::2], args[1::2], strict=True)
    return StructType(
        [StructField(str(name.value), e.dtype, e.nullable) for name, e in pairs]  # type: ignore[attr-defined]
    )


def _struct(args: Args) -> DataType:
    return StructType(
        [StructField(name_of(e) or f"col{at}", e.dtype, e.nullable) for at, e in enumerate(args, 1)]
    )


def _with_field(args: Args) -> DataType:
    name, value = str(args[1].value), args[2]  # type: ignore[attr-defined]
    made = StructField(name, value.dtype, value.nullable)
    fields = struct(args).fields
    found = [made if f.name == name else f for f in fields]
    return StructType(found if any(f.name == name for f in fields) else [*fields, made])


def _drop_field(args: Args) -> DataType:
    names = {str(a.value) for a in args[1:]}  # type: ignore[attr-defined]
    return StructType([f for f in struct(args).fields if f.name not in names])


def _of_struct(args: Args) -> bool:
    return args[0].nullable


ROWS: tuple[Fn, ...] = (
    Fn("named_struct", "*exprs: any", _named, never, group="struct",
       doc="A struct of names and values, by turns.",
       examples=("named_struct('a', 1, 'b', 'x')",)),
    Fn("struct", "*exprs: any", _struct, never, group="struct",
       doc="A struct whose fields have the names of the arguments.",
       examples=("struct(1, 'x')",)),
    Fn("with_field", "struct: struct, name: string!, value: any", _with_field, _of_struct,
       group="struct", doc="The struct with a field added or replaced (``Column.withField``)."),
    Fn("drop_field", "struct: struct, *names: string!", _drop_field, _of_struct, group="struct",
       doc="The struct without some fields (``Column.dropFields``)."),
)  # fmt: skip
