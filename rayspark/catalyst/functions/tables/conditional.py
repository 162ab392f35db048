"""Rows of the conditional functions: choices between values, and casts that are called by a type's
name (``int(a)``).
"""

from __future__ import annotations

from rayspark.catalyst.functions.results import always, never
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_all, of, same
from rayspark.datatypes import (
    BinaryType,
    BooleanType,
    ByteType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    TimestampType,
)
from rayspark.datatypes.coercion import find_wider

BOOLEAN = BooleanType()
CAST_NAMES: dict[str, DataType] = {
    "boolean": BOOLEAN,
    "tinyint": ByteType(),
    "smallint": ShortType(),
    "int": IntegerType(),
    "bigint": LongType(),
    "float": FloatType(),
    "double": DoubleType(),
    "decimal": DecimalType(10, 0),
    "date": DateType(),
    "timestamp": TimestampType(),
    "binary": BinaryType(),
    "string": StringType(),
}
"""Types whose names are functions."""


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *examples: str,
    nulls: NullRule = always, aliases: tuple[str, ...] = (),
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, aliases=aliases, doc=doc, examples=examples,
              group="conditional")  # fmt: skip


def _second_or_third(args: Args) -> bool:
    return args[1].nullable or args[2].nullable


def _both(args: Args) -> bool:
    return args[0].nullable and args[1].nullable


def _with_zero(args: Args) -> DataType:
    return find_wider(args[0].dtype, IntegerType(), True) or IntegerType()


def _float(args: Args) -> DataType:
    single = all(isinstance(a.dtype, FloatType) for a in args)
    return FloatType() if single else DoubleType()


ROWS: tuple[Fn, ...] = (
    _fn("coalesce", "first: T, *cols: T", same, "The first value that is not null.",
        "coalesce(null, 1, 2)", "coalesce(null, null)", nulls=if_all),
    _fn("nvl", "expr1: T, expr2: T", same, "The first value, or the second where it is null.",
        "nvl(null, 'a')", nulls=_both, aliases=("ifnull",)),
    _fn("nvl2", "expr1: any, expr2: T, expr3: T", of(1),
        "The second value where the first is not null, else the third.", "nvl2(null, 1, 2)",
        nulls=_second_or_third),
    _fn("nullif", "expr1: any, expr2: any", same, "Null where both are equal, else the first.",
        "nullif(2, 2)", "nullif(1, 2)"),
    _fn("nullifzero", "expr: numeric", same, "Null where the number is zero.",
        "nullifzero(0)", "nullifzero(3)"),
    _fn("zeroifnull", "expr: any", _with_zero, "Zero where the number is null.",
        "zeroifnull(null)", "zeroifnull(3)", nulls=never),
    _fn("nanvl", "expr1: double|float, expr2: double|float", _float,
        "The first number, or the second where it is not a number (NaN).",
        "nanvl(double('NaN'), 1.5)", "nanvl(2.0, 1.5)"),
    _fn("isnan", "expr: double|float", BOOLEAN, "Whether a number is NaN; false for null.",
        "isnan(double('NaN'))", "isnan(null)", nulls=never),
    _fn("equal_null", "expr1: T=, expr2: T=", BOOLEAN,
        "Whether both are equal, or both null.", "equal_null(1, 1)", "equal_null(null, 1)",
        nulls=never),
    _fn("greatest", "expr1: T, expr2: T, *exprs: T", same,
        "The greatest value that is not null; NaN is greater than all numbers.",
        "greatest(1, 3, 2)", "greatest(null, 'a', 'b')", nulls=if_all),
    _fn("least", "expr1: T, expr2: T, *exprs: T", same, "The smallest value that is not null.",
        "least(1, 3, 2)", "least(null, null)", nulls=if_all),
    _fn("between", "value: T=, lower: T=, upper: T=", BOOLEAN,
        "Whether a value lies between two bounds, which count as inside.", "2 between 1 and 3",
        "between(5, 1, 3)"),
    *(
        _fn(name, "expr: any", kind, f"The value as {kind.simpleString()}.",
            "string(1.5)" if name == "string" else f"{name}(null)")
        for name, kind in CAST_NAMES.items()
    ),
)  # fmt: skip
