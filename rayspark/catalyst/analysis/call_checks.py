"""What a call's arguments must be, beyond the types of its signature."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence

from rayspark.catalyst.analysis.errors import mismatch, ordinal, sql_expr, sql_type
from rayspark.catalyst.expressions import Call, Cast, Expression, Literal, NamedArgument
from rayspark.catalyst.functions.tables.math import side_types
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    DataType,
    DoubleType,
    IntegerType,
    IntegralType,
    LongType,
    MapType,
    NullType,
    StringType,
    StructType,
    VariantType,
)
from rayspark.datatypes.arithmetic import resolve
from rayspark.datatypes.coercion import find_comparable

Args = Sequence[Expression]
BINARY_FORMATS = frozenset({"hex", "utf-8", "utf8", "base64"})


def check_call(made: Call, given: Args) -> Call:
    """The call, if its arguments are such; ``given`` are those without casts.

    Raises
    ------
    AnalysisException
        ``DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE``, ``INVALID_MAP_KEY_TYPE``,
        ``INVALID_ARG_VALUE``.
    """
    check = _CHECKS.get(made.name)
    if check is not None:
        plain = [e.value if isinstance(e, NamedArgument) else e for e in given]
        check(made, plain or made.args)
    return made


def _collection(made: Call, given: Args) -> None:
    if not isinstance(given[0].dtype, ArrayType | MapType):
        raise _unexpected(made, given, '("ARRAY" or "MAP")')


def _structs(made: Call, given: Args) -> None:
    match given[0].dtype:
        case ArrayType(elementType=StructType()):
            return
    raise _unexpected(made, given, '"ARRAY<STRUCT>"')


def _seed(made: Call, given: Args) -> None:
    if given and not isinstance(given[0].dtype, IntegerType | LongType | NullType):
        raise _unexpected(made, given, '("INT" or "BIGINT")')


def _count_min(made: Call, given: Args) -> None:
    """Types as they are, without casts; constants that are there, and in their ranges."""
    if not isinstance(given[0].dtype, IntegralType | StringType | BinaryType | NullType):
        raise _unexpected(made, given, '("INTEGRAL" or "STRING" or "BINARY")')
    for at, kind in ((1, DoubleType), (2, DoubleType), (3, IntegerType)):
        if not isinstance(given[at].dtype, kind | NullType):
            raise _unexpected(made, given, sql_type(kind()), at)
    for at, name, range_ in ((1, "eps", "(0.0, 1.7976931348623157E308]"),
                             (2, "confidence", "(0.0, 1.0]"), (3, "seed", "")):  # fmt: skip
        value = given[at]
        if isinstance(value, Literal) and value.value is None:
            raise mismatch("UNEXPECTED_NULL", made, exprName=name)
        if not isinstance(value, Literal) or at == 3:
            continue
        if value.value <= 0 or (at == 2 and value.value >= 1):
            raise mismatch(
                "VALUE_OUT_OF_RANGE", made, exprName=name, valueRange=range_,
                currentValue=f"{value.value}D",
            )  # fmt: skip


def _unexpected(made: Call, given: Args, required: str, at: int = 0) -> Exception:
    arg = given[at]
    return mismatch(
        "UNEXPECTED_INPUT_TYPE",
        Call(made.name.removesuffix("_outer"), tuple(given)),
        paramIndex=ordinal(at + 1),
        requiredType=required,
        inputSql=sql_expr(arg),
        inputType=sql_type(arg.dtype),
    )


def _share(made: Call, _given: Args) -> None:
    """Percentages from 0 to 1."""
    value = made.args[1]
    parts = value.args if isinstance(value, Call) and value.name == "array" else (value,)
    for part in parts:
        found = _number(part)
        if isinstance(part, Literal) and part.value is None:
            raise mismatch("UNEXPECTED_NULL", made, exprName="`percentage`")
        if found is not None and not 0 <= found <= 1:
            raise _out_of_range(made, "percentage", value, "[0.0, 1.0]", found)


def _bars(made: Call, _given: Args) -> None:
    count = _number(made.args[1])
    if count is None:
        raise mismatch("UNEXPECTED_NULL", made, exprName="`nb`")
    if count < 2:
        raise _out_of_range(made, "nb", made.args[1], "[2, 2147483647]", count)


def _number(e: Expression) -> decimal.Decimal | None:
    """The value of a constant number, casts looked through."""
    while isinstance(e, Cast):
        e = e.child
    known = isinstance(e, Literal) and isinstance(e.value, int | float | decimal.Decimal)
    return decimal.Decimal(str(e.value)) if known else None  # type: ignore[attr-defined]


def _out_of_range(
    made: Call, name: str, arg: Expression, allowed: str, found: decimal.Decimal
) -> Exception:
    return mismatch(
        "VALUE_OUT_OF_RANGE",
        made,
        exprName=name,
        valueRange=allowed,
        currentValue=f"{found} ({sql_expr(arg)})",
    )


def _same_or_comparable(made: Call, given: Args) -> None:
    """Of ``nullif(a, b)``: both can be compared."""
    left, right = given
    if find_comparable(left.dtype, right.dtype) is None:
        raise mismatch(
            "BINARY_OP_DIFF_TYPES", made, left=sql_type(left.dtype), right=sql_type(right.dtype)
        )


def _arithmetic(sign: str) -> Callable[[Call, Args], None]:
    def check(made: Call, _given: Args) -> None:
        if resolve(sign, *side_types(made.args)) is None:
            left, right = (sql_type(a.dtype) for a in made.args)
            raise mismatch("BINARY_OP_DIFF_TYPES", made, left=left, right=right)

    return check


def _binary_format(made: Call, given: Args) -> None:
    match given[-1] if len(given) > 1 else None:
        case Literal(value=str(found)) if found.lower() not in BINARY_FORMATS:
            raise mismatch(
                "INVALID_ARG_VALUE",
                made,
                inputName="fmt",
                requireType=f"case-insensitive {sql_type(StringType())}",
                validValues="'hex', 'utf-8', 'utf8', or 'base64'",
                inputValue=f"'{found}'",
            )


def _keys(made: Call, _given: Args) -> None:
    kind = made.dtype
    if isinstance(kind, MapType) and _unfit(kind.keyType):
        raise mismatch("INVALID_MAP_KEY_TYPE", made, keyType=sql_type(kind.keyType))


def _unfit(key: DataType) -> bool:
    """Whether it is or holds what cannot be compared."""
    match key:
        case MapType() | VariantType():
            return True
        case ArrayType():
            return _unfit(key.elementType)
        case StructType():
            return any(_unfit(f.dataType) for f in key.fields)
    return False


_CHECKS: dict[str, Callable[[Call, Args], None]] = {
    **dict.fromkeys(("explode", "explode_outer", "posexplode", "posexplode_outer"), _collection),
    **dict.fromkeys(("inline", "inline_outer"), _structs),
    **dict.fromkeys(("rand", "randn"), _seed),
    **dict.fromkeys(
        ("percentile", "percentile_approx", "percentile_cont", "percentile_disc"), _share
    ),
    "histogram_numeric": _bars,
    "nullif": _same_or_comparable,
    "pmod": _arithmetic("%"),
    "try_add": _arithmetic("+"),
    "try_subtract": _arithmetic("-"),
    "try_multiply": _arithmetic("*"),
    "try_divide": _arithmetic("/"),
    "try_mod": _arithmetic("%"),
    **dict.fromkeys(("map", "map_from_arrays", "map_from_entries", "transform_keys"), _keys),
    "count_min_sketch": _count_min,
    "to_binary": _binary_format,
}
