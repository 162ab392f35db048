"""Decimal arithmetic, exactly as Spark's.

Spark computes without limit, rounds half up to the result's scale and then looks whether 38 digits
hold it. Where DuckDB's own decimals give the same (nearly always) its operators are used; else
the answer comes from integers of 128 bits, and where these are too short, from Python's decimals.

>>> fits("*", DecimalType(15, 2), DecimalType(16, 2), DecimalType(32, 4))
True
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rayspark.datatypes import DecimalType
from rayspark.execution.kernels.kernel import (
    ArrowFunction,
    Failure,
    Site,
    fail,
    is_volatile,
    pure,
)

if TYPE_CHECKING:
    from rayspark.execution.compile.context import CompileContext

DIGITS = 38
SHORT_DIGITS = 18
"""What DuckDB's decimals of 64 bits hold."""
EXACT = decimal.Context(prec=120, rounding=decimal.ROUND_DOWN)
CONFIG = '"spark.sql.ansi.enabled"'

COMPUTE: dict[str, Callable[[decimal.Decimal, decimal.Decimal], decimal.Decimal]] = {
    "+": EXACT.add,
    "-": EXACT.subtract,
    "*": EXACT.multiply,
    "/": EXACT.divide,
    "%": EXACT.remainder,
}
WORDS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder"}


def exact_scale(sign: str, a: DecimalType, b: DecimalType) -> int:
    """Digits after the point that the exact result has."""
    return a.scale + b.scale if sign == "*" else max(a.scale, b.scale)


def fits(sign: str, a: DecimalType, b: DecimalType, result: DecimalType) -> bool:
    """Whether DuckDB's operator gives Spark's answer, or an error where Spark has one."""
    scale = exact_scale(sign, a, b)
    if scale != result.scale:
        return False
    if sign == "*":
        return True
    whole = max(a.precision - a.scale, b.precision - b.scale)
    return whole + scale + (sign != "%") <= DIGITS or a.scale == b.scale


def arithmetic(site: Site, sign: str, *, lenient: bool = False) -> str:
    """``+ - * %`` of two decimals. ``lenient``: null where the result overflows."""
    a, b = site.args
    left, right, result = site.types[0], site.types[1], site.type
    assert isinstance(left, DecimalType)
    assert isinstance(right, DecimalType)
    assert isinstance(result, DecimalType)
    if sign == "%":
        b = divisor(site, lenient=lenient)
    text = pure(site.context, [a, b], lambda x, y: _text(site, sign, x, y, lenient))
    if sign == "%" or lenient or not fits(sign, left, right, result):
        return text
    shorts = narrow(site.context, a, left), narrow(site.context, b, right)
    if all(shorts) and result.scale < SHORT_DIGITS:
        kind = f"DECIMAL({result.precision},{result.scale})"
        site.context.narrow[f"CAST({text} AS {kind})"] = f"({shorts[0]} {sign} {shorts[1]})"
    return text


def narrow(context: CompileContext, text: str, dt: DecimalType) -> str | None:
    """The decimal in 64 bits, if there is such a form: an error where its digits do not fit.

    Arithmetic with it is several times faster, and real amounts do fit.
    """
    if dt.precision <= SHORT_DIGITS and not is_volatile(text):
        return context.narrow.get(text, text)
    return context.narrow.get(text)


def _text(site: Site, sign: str, a: str, b: str, lenient: bool) -> str:
    left, right, result = site.types[0], site.types[1], site.type
    assert isinstance(left, DecimalType)
    assert isinstance(right, DecimalType)
    assert isinstance(result, DecimalType)
    native = _native(sign, a, b, left, right)
    if fits(sign, left, right, result):
        return f"TRY({native})" if lenient and not _always_fits(sign, left, right) else native
    slow = site.use(slow_function(sign, left, right, result, lenient), a, b)
    if exact_scale(sign, left, right) > DIGITS or sign == "%":
        return slow
    kind = f"DECIMAL({result.precision},{result.scale})"
    return f"coalesce(TRY(CAST({native} AS {kind})), {slow})"


def _native(sign: str, a: str, b: str, left: DecimalType, right: DecimalType) -> str:
    """DuckDB's operator. Of two decimals of 64 bits it makes another one, which may be too short:
    then once more with 128.
    """
    native = f"({a} {sign} {b})"
    if sign == "%" or max(left.precision, right.precision) > SHORT_DIGITS:
        return native
    if sign == "*":
        digits, scale = left.precision + right.precision, left.scale + right.scale
        if scale >= SHORT_DIGITS:
            return native
    else:
        whole = max(left.precision - left.scale, right.precision - right.scale)
        digits = whole + max(left.scale, right.scale) + 1
    if digits <= SHORT_DIGITS:
        return native
    wide = f"CAST({a} AS DECIMAL({SHORT_DIGITS + 1},{left.scale})) {sign} {b}"
    if "error(" in native:  # DuckDB has no TRY around what raises errors of its own
        return f"({wide})"
    return f"coalesce(TRY{native}, {wide})"


def _always_fits(sign: str, a: DecimalType, b: DecimalType) -> bool:
    if sign == "*":
        return a.precision + b.precision <= DIGITS
    whole = max(a.precision - a.scale, b.precision - b.scale)
    return whole + max(a.scale, b.scale) < DIGITS


def quotient(site: Site, *, lenient: bool = False) -> str:
    """``a / b`` of two decimals."""
    left, right, result = site.types[0], site.types[1], site.type
    assert isinstance(left, DecimalType)
    assert isinstance(right, DecimalType)
    assert isinstance(result, DecimalType)
    a, b = site.args[0], divisor(site, lenient=lenient)
    shift = result.scale + 1 + right.scale - left.scale
    short = (
        shift >= 0
        and left.precision + shift <= DIGITS
        and left.precision + left.scale <= DIGITS
        and right.precision + right.scale <= DIGITS
    )
    if not short:
        return site.use(slow_function("/", left, right, result, lenient), a, b)
    kind = f"DECIMAL({result.precision},{result.scale})"

    def made(x: str, y: str) -> str:
        whole = f"(({_unscaled(x, left)} * {10**shift}::HUGEINT) // {_unscaled(y, right)})"
        return f"CAST(CAST({whole} AS DECIMAL(38,0)) * {_unit(result.scale + 1)} AS {kind})"

    if not lenient:
        return made(a, b)
    return pure(site.context, [a, b], lambda x, y: f"TRY({made(x, y)})")


def whole_quotient(site: Site, *, lenient: bool = False) -> str:
    """``a div b`` of two decimals: a long."""
    left, right = site.types
    assert isinstance(left, DecimalType)
    assert isinstance(right, DecimalType)
    a, b = site.args[0], divisor(site, lenient=lenient)
    scale = max(left.scale, right.scale)
    long = left.precision - left.scale + right.scale >= 19
    if long or max(left.precision - left.scale, right.precision - right.scale) + 2 * scale > DIGITS:
        return site.use(slow_whole(left, right, lenient), a, b)
    wide = DecimalType(DIGITS, scale)
    kind = f"DECIMAL({DIGITS},{scale})"
    sides = (_unscaled(f"CAST({side} AS {kind})", wide) for side in (a, b))
    return f"CAST({' // '.join(sides)} AS BIGINT)"


def divisor(site: Site, *, lenient: bool, condition: str = "DIVIDE_BY_ZERO") -> str:
    """The right side: null, or an error, where it is zero."""
    left, right = site.args
    if site.is_literal(1) and site.literal(1):
        return right
    if lenient:
        return f"nullif({right}, 0)"
    if site.call.name == "%":
        condition = "REMAINDER_BY_ZERO"
    error = fail(condition, config=f"'{CONFIG}'")
    nulls = f" AND {left} IS NOT NULL" if site.call.args[0].nullable else ""
    return site.let(right, lambda b: f"CASE WHEN {b} = 0{nulls} THEN {error} ELSE {b} END")


def _unscaled(text: str, dt: DecimalType) -> str:
    """The decimal's digits as an integer of 128 bits."""
    if not dt.scale:
        return f"CAST({text} AS HUGEINT)"
    wide = f"DECIMAL({max(dt.precision, SHORT_DIGITS + 1)},{dt.scale})"
    return f"CAST(CAST({text} AS {wide}) * {10**dt.scale} AS HUGEINT)"


def _unit(scale: int) -> str:
    """The smallest decimal of a scale."""
    return f"CAST('0.{'1'.zfill(scale)}' AS DECIMAL({scale},{scale}))"


# -- the slow way --------------------------------------------------------------------------------


@cache
def slow_function(
    sign: str, a: DecimalType, b: DecimalType, result: DecimalType, lenient: bool
) -> ArrowFunction:
    """An operation in Python's decimals."""
    compute = COMPUTE[sign]
    kind = pa.decimal128(result.precision, result.scale)

    def one(x: decimal.Decimal | None, y: decimal.Decimal | None) -> decimal.Decimal | None:
        if x is None or y is None:
            return None
        return rounded(compute(x, y), result, lenient)

    def run(x: Any, y: Any) -> pa.Array:
        pairs = zip(x.to_pylist(), y.to_pylist(), strict=True)
        return pa.array([one(p, q) for p, q in pairs], kind)

    types = [f"DECIMAL({t.precision},{t.scale})" for t in (a, b, result)]
    shape = "_".join(f"{t.precision}_{t.scale}" for t in (a, b, result))
    name = f"spark_decimal_{WORDS[sign]}_{shape}{'_lenient' if lenient else ''}"
    return ArrowFunction(name, run, (types[0], types[1]), types[2])


@cache
def slow_whole(a: DecimalType, b: DecimalType, lenient: bool) -> ArrowFunction:
    """``div`` in Python's decimals: as a long, whose 64 bits may wrap around."""
    held = DecimalType(min(a.precision - a.scale + b.scale, DIGITS) or 1, 0)

    def one(x: decimal.Decimal | None, y: decimal.Decimal | None) -> int | None:
        if x is None or y is None:
            return None
        whole = rounded(EXACT.divide_int(x, y), held, lenient)
        return None if whole is None else (int(whole) + (1 << 63)) % (1 << 64) - (1 << 63)

    def run(x: Any, y: Any) -> pa.Array:
        pairs = zip(x.to_pylist(), y.to_pylist(), strict=True)
        return pa.array([one(p, q) for p, q in pairs], pa.int64())

    types = [f"DECIMAL({t.precision},{t.scale})" for t in (a, b)]
    shape = "_".join(f"{t.precision}_{t.scale}" for t in (a, b))
    name = f"spark_decimal_div_{shape}{'_lenient' if lenient else ''}"
    return ArrowFunction(name, run, (types[0], types[1]), "BIGINT")


def rounded(
    value: decimal.Decimal, dt: DecimalType, lenient: bool = False
) -> decimal.Decimal | None:
    """The value in a decimal type, half up; if it is too large null, or an error."""
    made = value.quantize(decimal.Decimal(1).scaleb(-dt.scale), decimal.ROUND_HALF_UP, EXACT)
    if made.adjusted() + 1 + dt.scale <= dt.precision or not made:
        return made
    if lenient:
        return None
    raise Failure(
        "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
        value=format(value, "f"),
        precision=dt.precision,
        scale=dt.scale,
        config=CONFIG,
    )
