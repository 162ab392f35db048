"""What a call's arguments must be, beyond the types of its signature."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence

from rayspark.catalyst.analysis.errors import any_of, error, mismatch, ordinal, sql_expr, sql_type
from rayspark.catalyst.expressions import Call, Cast, Expression, Literal, NamedArgument
from rayspark.catalyst.functions.tables.math import side_types
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    ByteType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DoubleType,
    IntegerType,
    IntegralType,
    LongType,
    MapType,
    NullType,
    ShortType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    VariantType,
    YearMonthIntervalType,
)
from rayspark.datatypes.arithmetic import resolve
from rayspark.datatypes.coercion import find_comparable
from rayspark.datatypes.intervals import CalendarIntervalType

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


def _xml_schema(made: Call, _given: Args) -> None:
    if not isinstance(made.dtype, StructType):
        raise mismatch("INVALID_XML_SCHEMA", made, schema=sql_type(made.dtype))


def _struct(made: Call, given: Args) -> None:
    if not isinstance(given[0].dtype, StructType):
        raise _unexpected(made, given, '"STRUCT"')


def _there(made: Call, given: Args) -> None:
    if isinstance(given[0], Literal) and given[0].value is None:
        raise mismatch("UNEXPECTED_NULL", made, exprName="xml")


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


def _nested_arrays(made: Call, given: Args) -> None:
    match given[0].dtype:
        case ArrayType(elementType=ArrayType()):
            return
    raise _unexpected(made, given, '"ARRAY" of "ARRAY"')


def _entries(made: Call, given: Args) -> None:
    match given[0].dtype:
        case ArrayType(elementType=StructType() as pair) if len(pair.fields) == 2:
            _keys(made, given)
            return
    raise _unexpected(made, given, '"ARRAY" of pair "STRUCT"')


def _maps(made: Call, given: Args) -> None:
    if not all(isinstance(a.dtype, MapType) for a in given):
        types = "[" + ", ".join(sql_type(a.dtype) for a in given) + "]"
        raise mismatch("MAP_CONCAT_DIFF_TYPES", made, functionName=f"`{made.name}`", dataType=types)


def _alike(made: Call, given: Args) -> None:
    """Of ``concat``: arrays or none."""
    arrays = [isinstance(a.dtype, ArrayType) for a in given]
    if any(arrays) and not all(arrays):
        raise mismatch(
            "DATA_DIFF_TYPES",
            made,
            functionName=f"`{made.name}`",
            dataType=any_of(a.dtype for a in given),
        )


def _json(made: Call, given: Args) -> None:
    if not isinstance(given[0].dtype, StructType | ArrayType | MapType | VariantType):
        raise mismatch("INVALID_JSON_SCHEMA", made, schema=sql_type(given[0].dtype))


def _digits(made: Call, given: Args) -> None:
    """Of ``ceil(x, scale)``."""
    if len(given) > 1 and not (given[1].foldable and isinstance(given[1].dtype, IntegerType)):
        raise error(
            "NON_FOLDABLE_ARGUMENT",
            funcName=f"`{made.name}`",
            paramName="`scale`",
            paramType=sql_type(IntegerType()),
        )


def _hashed(made: Call, given: Args) -> None:
    if any(_holds_map(a.dtype) for a in given):
        raise mismatch("HASH_MAP_TYPE", made, functionName=f"`{made.name}`")


def _holds_map(dt: DataType) -> bool:
    match dt:
        case ArrayType():
            return _holds_map(dt.elementType)
        case StructType():
            return any(_holds_map(f.dataType) for f in dt.fields)
    return isinstance(dt, MapType)


def _not_null(*places: int) -> Callable[[Call, Args], None]:
    def check(made: Call, given: Args) -> None:
        if any(isinstance(given[at].dtype, NullType) for at in places):
            raise mismatch("NULL_TYPE", made, functionName=f"`{made.name}`")

    return check


def _whole_place(made: Call, given: Args) -> None:
    """Of ``element_at(array, place)``."""
    collection, place = given[0].dtype, given[1].dtype
    if isinstance(collection, MapType):
        return
    if not isinstance(place, IntegerType | ShortType | ByteType):
        raise _unexpected(made, given, '"INT"', 1)


def _steps(made: Call, _given: Args) -> None:
    """Of ``sequence(start, stop, step)``: numbers with numbers, times with intervals."""
    start, *rest = (a.dtype for a in made.args)
    fits: tuple[type[DataType], ...] = (IntegralType, NullType)
    if isinstance(start, DateType | TimestampType | TimestampNTZType):
        fits = (DayTimeIntervalType, YearMonthIntervalType, CalendarIntervalType, NullType)
    elif not isinstance(start, IntegralType | NullType):
        fits = ()
    if not fits or (len(rest) > 1 and not isinstance(rest[1], fits)):
        raise mismatch(
            "SEQUENCE_WRONG_INPUT_TYPES",
            made,
            functionName="`sequence`",
            startType='("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")',
            stepType='("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
            otherStartType='"INTEGRAL"',
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


def _length(made: Call, _given: Args) -> None:
    """Of ``randstr(length)``."""
    count = _number(made.args[0])
    if count is not None and count < 0:
        raise _out_of_range(made, "length", made.args[0], "[0, 2147483647]", count)


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
    "randstr": _length,
    "nullif": _same_or_comparable,
    "flatten": _nested_arrays,
    "map_concat": _maps,
    "concat": _alike,
    **dict.fromkeys(("ceil", "floor"), _digits),
    "to_json": _json,
    **dict.fromkeys(("hash", "xxhash64"), _hashed),
    "array_contains": _not_null(0, 1),
    "array_position": _not_null(0),
    "map_contains_key": _not_null(1),
    **dict.fromkeys(("element_at", "try_element_at"), _whole_place),
    "sequence": _steps,
    "pmod": _arithmetic("%"),
    "try_add": _arithmetic("+"),
    "try_subtract": _arithmetic("-"),
    "try_multiply": _arithmetic("*"),
    "try_divide": _arithmetic("/"),
    "try_mod": _arithmetic("%"),
    **dict.fromkeys(("map", "map_from_arrays", "transform_keys"), _keys),
    "map_from_entries": _entries,
    "count_min_sketch": _count_min,
    "from_xml": _xml_schema,
    "schema_of_xml": _there,
    "to_xml": _struct,
    "to_binary": _binary_format,
}
