"""Kernels of the operators."""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.expressions import Call
from rayspark.datatypes import (
    AnsiIntervalType,
    ArrayType,
    ByteType,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    ShortType,
    StructType,
)
from rayspark.datatypes.arithmetic import resolve
from rayspark.datatypes.base import IntegralType
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels import decimals, moment_arithmetic
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail, pure, quote
from rayspark.execution.kernels.ordering import comparable

BITS: dict[type[DataType], int] = {ByteType: 8, ShortType: 16, IntegerType: 32, LongType: 64}


def wrap(text: str, dt: DataType) -> str:
    """An integer (of a wider DuckDB type) in the bits of a Spark type, as Java does it."""
    bits = BITS[type(dt)]
    half, mask = 1 << (bits - 1), (1 << bits) - 1
    wide = "::HUGEINT" if bits == 64 else "::BIGINT"
    return f"CAST((({text} + {half}{wide}) & {mask}{wide}) - {half}{wide} AS {duck_type(dt)})"


def widened(text: str, dt: DataType) -> str:
    """An integer in the DuckDB type that holds sums and products of two of its kind."""
    return f"CAST({text} AS {'HUGEINT' if isinstance(dt, LongType) else 'BIGINT'})"


# -- arithmetic ----------------------------------------------------------------------------------


def _spans(site: Site, sign: str, *, lenient: bool) -> str:
    """Of two intervals of months or of microseconds."""
    a, b = site.args
    total = pure(site.context, [a, b], lambda x, y: f"TRY({x} {sign} {y})")
    if lenient:
        return total
    hint = {"+": "`try_add`", "-": "`try_subtract`"}[sign]
    error = fail("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", functionName=quote(hint))
    return f"coalesce({total}, CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN {error} END)"


def sign_kernel(sign: str, *, lenient: bool | None = None) -> Callable[[Site], str]:
    """``+``, ``-`` and ``*``. ``lenient``: overflow gives null (``try_add``)."""

    def compiled(site: Site) -> str:
        a, b = site.args
        left, right = site.types
        found = resolve(sign, left, right)
        if found is not None and found.operation in moment_arithmetic.OPERATIONS:
            return moment_arithmetic.compile_operation(site, found.operation)
        if isinstance(site.type, AnsiIntervalType):
            return _spans(site, sign, lenient=bool(lenient))
        if isinstance(site.type, DecimalType):
            nulls = not site.ansi if lenient is None else lenient
            return decimals.arithmetic(site, sign, lenient=nulls)
        native = f"({a} {sign} {b})"
        if lenient:
            return pure(site.context, [a, b], lambda x, y: f"TRY({x} {sign} {y})")
        if site.ansi or not isinstance(site.type, IntegralType):
            return native
        return wrap(f"({widened(a, left)} {sign} {widened(b, right)})", site.type)

    return compiled


def divide(site: Site, *, lenient: bool | None = None) -> str:
    """``/``: of doubles, decimals, or an interval by a number."""
    nulls = not site.ansi if lenient is None else lenient
    found = resolve("/", site.types[0], site.types[1])
    if found is not None and found.operation in moment_arithmetic.OPERATIONS:
        return moment_arithmetic.compile_operation(site, found.operation, lenient=nulls)
    if isinstance(site.type, DecimalType):
        return decimals.quotient(site, lenient=nulls)
    return f"({site.args[0]} / {decimals.divisor(site, lenient=nulls)})"


def remainder(site: Site, *, lenient: bool | None = None) -> str:
    """``%``, with the sign of the left side."""
    nulls = not site.ansi if lenient is None else lenient
    if isinstance(site.type, DecimalType):
        return decimals.arithmetic(site, "%", lenient=nulls)
    a, b = site.args
    if isinstance(site.type, (FloatType, DoubleType)):
        return f"({a} % {decimals.divisor(site, lenient=nulls)})"
    if site.is_literal(1) and site.literal(1) not in (0, -1, None):
        return f"({a} % {b})"
    right = decimals.divisor(site, lenient=nulls)
    return site.let(right, lambda b: f"CASE WHEN {b} = -1 AND {a} IS NOT NULL THEN 0 "
                                     f"ELSE {a} % {b} END")  # fmt: skip


def whole_quotient(site: Site) -> str:
    """``div``."""
    lenient = not site.ansi
    if isinstance(site.types[0], DecimalType):
        return decimals.whole_quotient(site, lenient=lenient)
    a = site.args[0]
    right = decimals.divisor(site, lenient=lenient)
    if site.ansi:
        return f"({a} // {right})"
    return wrap(f"(CAST({a} AS HUGEINT) // {right})", LongType())


def negative(site: Site) -> str:
    """Java's negation: the smallest integer has no opposite."""
    [a], dt = site.args, site.type
    if isinstance(dt, AnsiIntervalType):
        found = f"TRY_CAST(-CAST({a} AS HUGEINT) AS {duck_type(dt)})"
        error = fail("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION")
        return f"coalesce({found}, CASE WHEN {a} IS NOT NULL THEN {error} END)"
    if not isinstance(dt, IntegralType):
        return f"(-{a})"
    wide = f"(-{widened(a, dt)})"
    if not site.ansi:
        return wrap(wide, dt)
    low = -(1 << (BITS[type(dt)] - 1))
    if isinstance(dt, (ByteType, ShortType)):
        suffix = "S"
        error = fail(
            "ARITHMETIC_OVERFLOW",
            message=quote(f"- {low}{suffix} caused overflow."),
            alternative="''",
            config=quote(decimals.CONFIG),
        )
    else:
        error = overflow()
    return site.let(a, lambda x: f"CASE WHEN {x} = ({low}) THEN {error} ELSE -{x} END")


def overflow(alternative: str = "") -> str:
    """The error of an integer that is too large."""
    hint = f" Use '{alternative}' to tolerate overflow and return NULL instead."
    return fail(
        "ARITHMETIC_OVERFLOW",
        message="'overflow'",
        alternative=quote(hint if alternative else ""),
        config=quote(decimals.CONFIG),
    )


# -- bits ----------------------------------------------------------------------------------------


def shift(name: str) -> Callable[[Site], str]:
    """Java's shifts: only the last bits of the distance count."""

    def compiled(site: Site) -> str:
        x, n = site.args
        dt = site.type
        long = isinstance(dt, LongType)
        by = f"({n} & {63 if long else 31})"
        wide = "HUGEINT" if long else "BIGINT"
        if name == "<<":
            return wrap(f"(CAST({x} AS {wide}) * (1::{wide} << {by}))", dt)
        if name == ">>":
            return f"({x} >> {by})"
        mask = (1 << (64 if long else 32)) - 1
        return wrap(f"((CAST({x} AS {wide}) & {mask}::{wide}) >> {by})", dt)

    return compiled


# -- parts of a value ----------------------------------------------------------------------------


def get_item(site: Site) -> str:
    """``array[index]`` from 0, or ``map[key]``."""
    collection, key = site.args
    if isinstance(site.types[0], MapType):
        return f"{collection}[{key}]"
    if not site.ansi:
        return site.let(key, lambda i: f"CASE WHEN {i} >= 0 THEN ({collection})[{i} + 1] END")
    error = fail("INVALID_ARRAY_INDEX", indexValue=key, arraySize=f"len({collection})")
    return (
        f"CASE WHEN {key} < 0 OR {key} >= len({collection}) THEN {error} "
        f"ELSE ({collection})[{key} + 1] END"
    )


def get_field(site: Site) -> str:
    """``struct.field``, also of each struct in an array."""
    collection, name = site.args[0], str(site.literal(1))
    if isinstance(site.types[0], ArrayType):
        return f"list_transform({collection}, lambda s: struct_extract(s, {quote(name)}))"
    struct = site.types[0]
    assert isinstance(struct, StructType)
    return f"struct_extract({collection}, {quote(name)})"


def _comparison(sign: str) -> Callable[[Site], str]:
    def compiled(site: Site) -> str:
        left, right = comparable(site.args, site.types)
        return f"({left} {sign} {right})"

    return compiled


def _chained(word: str) -> Callable[[Site], str]:
    """AND, OR: a chain of thousands without brackets inside, which DuckDB would walk one by one."""

    def compiled(site: Site) -> str:
        parts = [
            text[1:-1] if isinstance(arg, Call) and arg.name == site.call.name else text
            for arg, text in zip(site.call.args, site.args, strict=True)
        ]
        return f"({f' {word} '.join(parts)})"

    return compiled


def _in(site: Site) -> str:
    value, *options = site.args
    return f"({value} IN ({', '.join(options)}))"


KERNELS: dict[str, Kernel] = {
    "+": sign_kernel("+"),
    "-": sign_kernel("-"),
    "*": sign_kernel("*"),
    "/": divide,
    "%": remainder,
    "div": whole_quotient,
    "negative": negative,
    "positive": "{0}",
    "=": Exact("({0} = {1})"),
    "<=>": Exact("({0} IS NOT DISTINCT FROM {1})"),
    "<": Exact(_comparison("<")),
    "<=": Exact(_comparison("<=")),
    ">": Exact(_comparison(">")),
    ">=": Exact(_comparison(">=")),
    "and": Exact(_chained("AND")),
    "or": Exact(_chained("OR")),
    "not": Exact("(NOT {0})"),
    "isnull": Exact("({0} IS NULL)"),
    "isnotnull": Exact("({0} IS NOT NULL)"),
    "in": Exact(_in),
    "&": "({0} & {1})",
    "|": "({0} | {1})",
    "^": "xor({0}, {1})",
    "~": "(~{0})",
    "<<": shift("<<"),
    ">>": shift(">>"),
    ">>>": shift(">>>"),
    "getitem": get_item,
    "getfield": get_field,
}
