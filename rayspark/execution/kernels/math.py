"""Kernels of the mathematical functions.

Where Java and C differ (``pow`` with NaN, rounding of decimal fractions) Java's answer counts.
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from rayspark.catalyst.expressions import Cast, CastMode
from rayspark.catalyst.functions.tables.math import constant, scale_of, side_types
from rayspark.datatypes import (
    BinaryType,
    BooleanType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    StringType,
    YearMonthIntervalType,
)
from rayspark.datatypes.arithmetic import resolve
from rayspark.datatypes.base import IntegralType
from rayspark.datatypes.decimals import HOLDING
from rayspark.execution.compile.cast import compile_cast
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels import decimals, operators, randoms
from rayspark.execution.kernels.kernel import ArrowFunction, Failure, Kernel, Site, fail, quote
from rayspark.execution.kernels.texts import each, taking

CONFIG = '"spark.sql.ansi.enabled"'
FITTED = CastMode.ANSI


def vector(name: str, run: Callable[..., Any], inputs: int = 1) -> ArrowFunction:
    """A numpy function of doubles."""

    def evaluate(*columns: Any) -> pa.Array:
        arrays = [np.asarray(pa.compute.fill_null(c, 0.0).to_numpy()) for c in columns]
        nulls = np.zeros(len(arrays[0]), bool)
        for column in columns:
            nulls |= np.asarray(column.is_null().to_numpy(), bool)
        with np.errstate(all="ignore"):
            return pa.array(run(*arrays), pa.float64(), mask=nulls)

    return ArrowFunction(name, taking(evaluate, inputs), ("DOUBLE",) * inputs, "DOUBLE")


EXPM1 = vector("spark_expm1", np.expm1)
LOG1P = vector("spark_log1p", np.log1p)
HYPOT = vector("spark_hypot", np.hypot, 2)
RINT = vector("spark_rint", np.rint)


def through(function: ArrowFunction) -> Kernel:
    """A kernel that is an Arrow function."""
    return lambda site: site.use(function, *site.args)


def above(limit: str, text: str) -> Callable[[Site], str]:
    """Null unless the argument is above a limit (NaN is); ``x`` in the text stands for it."""
    return lambda site: site.let(
        site.args[0], lambda x: f"CASE WHEN {x} > {limit} THEN {text.replace('$', x)} END"
    )


def power(site: Site) -> str:
    """Java's ``pow``: NaN where C has 1."""
    x, y = site.args
    native = f"pow({x}, {y})"
    if site.is_literal(1) and site.literal(1) is not None and math.isfinite(site.literal(1)):
        return native
    return (
        f"CASE WHEN isnan({y}) OR (abs({x}) = 1 AND isinf({y})) THEN 'nan'::DOUBLE "
        f"ELSE {native} END"
    )


def logarithm(site: Site) -> str:
    """``log(base, x)`` or ``log(x)``."""
    if len(site.args) == 1:
        return above("0", "ln($)")(site)
    base, x = site.args
    return f"CASE WHEN {base} > 0 AND {x} > 0 THEN ln({x}) / ln({base}) END"


# -- rounding ------------------------------------------------------------------------------------

MODES = {"up": decimal.ROUND_HALF_UP, "even": decimal.ROUND_HALF_EVEN}


@cache
def rounder(mode: str, scale: int, single: bool) -> ArrowFunction:
    """Rounds the shortest text of a double, as Java does."""
    unit = decimal.Decimal(1).scaleb(-scale)
    context = decimal.Context(prec=800)

    def one(x: float) -> float:
        if not math.isfinite(x):
            return x
        return float(decimal.Decimal(repr(x)).quantize(unit, MODES[mode], context)) + 0.0

    kind = "FLOAT" if single else "DOUBLE"
    shown = f"m{-scale}" if scale < 0 else str(scale)
    return each(
        f"spark_round_{mode}_{shown}_{kind.lower()}", one, (kind,), kind,
        pa.float32() if single else pa.float64(),
    )  # fmt: skip


def rounding(mode: str) -> Callable[[Site], str]:
    """``round`` and ``bround``."""

    def compiled(site: Site) -> str:
        if len(site.args) > 1 and constant(site.call.args[1]) is None:
            return "NULL"
        scale, dt, x = scale_of(site.call.args), site.types[0], site.args[0]
        match dt:
            case FloatType() | DoubleType():
                single = isinstance(dt, FloatType)
                return _round_double(site, x, scale, rounder(mode, scale, single), single)
            case DecimalType():
                return _round_decimal(site, x, dt, scale, mode)
        if scale >= 0:
            return x
        unit = 10**-scale
        digits = f"CAST({x} AS HUGEINT)"
        if -scale > 20:
            return f"CASE WHEN {x} IS NOT NULL THEN 0 END"
        half = _to_unit(site, digits, unit, mode)
        if site.ansi:
            top = 1 << (operators.BITS[type(dt)] - 1)
            error = overflow("Overflow")
            return site.let(
                half, lambda r: f"CASE WHEN {r} >= {-top} AND {r} < {top} THEN {r} "
                f"WHEN {r} IS NOT NULL THEN {error} END"
            )  # fmt: skip
        return operators.wrap(half, dt)

    return compiled


def _to_unit(site: Site, digits: str, unit: int, mode: str) -> str:
    """An integer rounded to a multiple of a power of ten."""
    if mode == "up":
        return f"((({digits} + sign({digits}) * {unit // 2}) // {unit}) * {unit})"
    return site.let(
        digits,
        lambda n: (
            f"(({n} // {unit} + CASE WHEN abs({n} % {unit}) > {unit // 2} "
            f"OR (abs({n} % {unit}) = {unit // 2} AND ({n} // {unit}) % 2 <> 0) "
            f"THEN sign({n}) ELSE 0 END) * {unit})"
        ),
    )


def _round_double(site: Site, x: str, scale: int, slow: ArrowFunction, single: bool) -> str:
    """Natively where the scaled number is clearly no half, else by its text."""
    if single or not 0 <= scale <= 12:
        return site.use(slow, x)
    site.context.arrow_functions[slow.name] = slow
    unit = f"{10.0**scale!r}::DOUBLE"

    def made(v: str) -> str:
        y = f"({v} * {unit})"
        clear = f"abs({y}) < 1e12 AND abs(abs({y} - trunc({y})) - 0.5) > 0.001"
        return (
            f"CASE WHEN {clear} AND abs({y}) >= 0.5 THEN round({y}) / {unit} "
            f"ELSE {slow.name}({v}) END"
        )

    return site.let(x, made)


def _round_decimal(site: Site, x: str, dt: DecimalType, scale: int, mode: str) -> str:
    target = site.type
    assert isinstance(target, DecimalType)
    kind = duck_type(target)
    if scale >= dt.scale:
        return f"CAST({x} AS {kind})" if site.ansi else f"TRY_CAST({x} AS {kind})"
    if mode == "up" and scale >= 0:
        return f"CAST({x} AS {kind})" if site.ansi else f"TRY_CAST({x} AS {kind})"
    return site.use(_decimal_rounder(dt, target, scale, mode, not site.ansi), x)


@cache
def _decimal_rounder(
    source: DecimalType, target: DecimalType, scale: int, mode: str, lenient: bool
) -> ArrowFunction:
    unit = decimal.Decimal(1).scaleb(-scale)

    def one(x: decimal.Decimal) -> decimal.Decimal | None:
        made = x.quantize(unit, MODES.get(mode, mode), decimals.EXACT)
        return decimals.rounded(made, target, lenient)

    shape = f"{source.precision}_{source.scale}_{target.precision}_{target.scale}"
    name = (
        f"spark_round_{mode.lower()}_{'m' if scale < 0 else ''}{abs(scale)}_{shape}_{int(lenient)}"
    )
    return each(
        name, one, (duck_type(source),), duck_type(target),
        pa.decimal128(target.precision, target.scale),
    )  # fmt: skip


def whole(name: str) -> Callable[[Site], str]:
    """``ceil`` and ``floor``, perhaps at a digit."""

    def compiled(site: Site) -> str:
        x, dt = site.args[0], site.types[0]
        if len(site.args) > 1:
            held = dt if isinstance(dt, DecimalType) else HOLDING[type(dt)]
            x = compile_cast(x, dt, held, FITTED, site.context)
            target = site.type
            assert isinstance(target, DecimalType)
            mode = decimal.ROUND_CEILING if name == "ceil" else decimal.ROUND_FLOOR
            scale = scale_of(site.call.args)
            return site.use(_decimal_rounder(held, target, scale, mode, not site.ansi), x)
        match dt:
            case DecimalType():
                return f"{name}({x})"
            case IntegralType():
                return x
        double = f"CAST({x} AS DOUBLE)" if isinstance(dt, FloatType) else x
        made = compile_cast(
            f"{name}({double})", DoubleType(), LongType(), CastMode.LEGACY, site.context
        )
        if not site.ansi:
            return made
        fits = f"{double} >= -9223372036854775808.0 AND {double} < 9223372036854775808.0"
        error = overflow("overflow")
        return (
            f"CASE WHEN {fits} OR isnan({double}) THEN {made} WHEN {x} IS NOT NULL THEN {error} END"
        )

    return compiled


def overflow(message: str) -> str:
    """The error of a result that is too large."""
    return fail(
        "ARITHMETIC_OVERFLOW", message=quote(message), alternative="''", config=quote(CONFIG)
    )


# -- arithmetic ----------------------------------------------------------------------------------


def absolute(site: Site) -> str:
    """The smallest integer has no opposite."""
    [x], dt = site.args, site.type
    if not isinstance(dt, IntegralType):
        return f"abs({x})"
    low = -(1 << (operators.BITS[type(dt)] - 1))
    if not site.ansi:
        return site.let(x, lambda v: f"CASE WHEN {v} = ({low}) THEN {v} ELSE abs({v}) END")
    error = operators.overflow()
    return site.let(x, lambda v: f"CASE WHEN {v} = ({low}) THEN {error} ELSE abs({v}) END")


def fitted(site: Site, sign: str) -> Site:
    """The site with its sides cast to what the operator works on."""
    left, right = site.types
    found = resolve(sign, *side_types(site.call.args))
    if found is None:
        raise TypeError(f"{sign} of {left} and {right}")
    texts = [
        compile_cast(text, dt, target, FITTED, site.context)
        for text, dt, target in zip(
            site.args, (left, right), (found.left, found.right), strict=True
        )
    ]
    args = tuple(
        Cast(arg, dt) if arg.dtype != dt else arg
        for arg, dt in zip(site.call.args, (found.left, found.right), strict=True)
    )
    call = site.call.copy(name=sign, args=args, type=site.type)
    return Site(call, texts, site.context)


def try_sign(sign: str) -> Callable[[Site], str]:
    """``try_add`` and its sisters."""
    kernels: dict[str, Callable[..., str]] = {"/": operators.divide, "%": operators.remainder}
    if sign in kernels:
        return lambda site: kernels[sign](fitted(site, sign), lenient=True)
    return lambda site: operators.sign_kernel(sign, lenient=True)(fitted(site, sign))


def positive_remainder(site: Site) -> str:
    """``pmod``."""
    site = fitted(site, "%")
    b = site.args[1]
    once = operators.remainder(site)
    again = f"(({{r}} + {b}) % nullif({b}, 0))"
    return site.let(once, lambda r: f"CASE WHEN {r} < 0 THEN {again.format(r=r)} ELSE {r} END")


# -- digits --------------------------------------------------------------------------------------


def to_hex(site: Site) -> str:
    """Of a number its bits, of anything else its bytes."""
    [x], [dt] = site.args, site.types
    match dt:
        case StringType():
            return f"hex(encode({x}))"
        case BinaryType():
            return f"hex({x})"
    return f"hex(CAST({x} AS BIGINT))"


def from_hex(site: Site) -> str:
    """Null where there is another character."""
    return site.let(
        site.args[0],
        lambda s: (
            f"CASE WHEN regexp_full_match({s}, '[0-9a-fA-F]*') THEN "
            f"unhex(CASE WHEN length({s}) % 2 = 1 THEN '0' || {s} ELSE {s} END) END"
        ),
    )


def convert_base(digits: str, source: int, target: int, ansi: bool) -> str | None:
    """``conv``: 64 bits without sign; a negative target base means with sign."""
    text = digits.strip(" ")
    if not 2 <= source <= 36 or not 2 <= abs(target) <= 36 or not text:
        return None
    negative = text.startswith("-")
    value = 0
    for c in text[negative:]:
        digit = int(c, 36) if c.isascii() and c.isalnum() else 99
        if digit >= source:
            break
        value = value * source + digit
    if value >= 1 << 64:
        if ansi:
            raise Failure(
                "ARITHMETIC_OVERFLOW", message="Overflow in function conv()", alternative="",
                config=CONFIG,
            )  # fmt: skip
        value = (1 << 64) - 1
        negative = False
    if negative and target > 0:
        value = (1 << 64) - 1 if value >= 1 << 63 else (-value) % (1 << 64)
    if target < 0 and not negative and value >= 1 << 63:
        value, negative = (1 << 64) - value, True
    shown = _in_base(value, abs(target))
    return f"-{shown}" if negative and target < 0 else shown


def _in_base(value: int, base: int) -> str:
    shown = ""
    while value:
        value, digit = divmod(value, base)
        shown = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + shown
    return shown or "0"


CONV = {
    ansi: each(
        f"spark_conv_{int(ansi)}",
        lambda s, a, b, ansi=ansi: convert_base(s, a, b, ansi),
        ("VARCHAR", "INTEGER", "INTEGER"),
        "VARCHAR",
        pa.string(),
    )
    for ansi in (True, False)
}


def bit_count(site: Site) -> str:
    """Of the 64 bits."""
    cast = "INTEGER" if isinstance(site.types[0], BooleanType) else "BIGINT"
    return f"bit_count(CAST({site.args[0]} AS {cast}))"


def bit_get(site: Site) -> str:
    """A position outside is an error."""
    x, pos = site.args
    bits = operators.BITS[type(site.types[0])]
    error = fail(
        "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE",
        functionName=quote(f"`{site.call.shown or site.call.name}`"),
        parameter="'`pos`'", upper=quote(str(bits)), invalidValue=pos,
    )  # fmt: skip
    return f"CASE WHEN {pos} < 0 OR {pos} >= {bits} THEN {error} ELSE ({x} >> {pos}) & 1 END"


def width_bucket(site: Site) -> str:
    """0 and n + 1 are below and above."""
    value, low, high, count = (
        f"CAST({a} AS DOUBLE)" if isinstance(t, (DayTimeIntervalType, YearMonthIntervalType)) else a
        for a, t in zip(site.args, site.types, strict=True)
    )
    bad = (
        f"{count} <= 0 OR {count} = 9223372036854775807 OR isnan({value}) OR {low} = {high} "
        f"OR NOT isfinite({low}) OR NOT isfinite({high})"
    )
    rising = (
        f"CASE WHEN {value} < {low} THEN 0 WHEN {value} >= {high} THEN {count} + 1 "
        f"ELSE CAST(trunc({count} * ({value} - {low}) / ({high} - {low})) AS BIGINT) + 1 END"
    )
    falling = (
        f"CASE WHEN {value} > {low} THEN 0 WHEN {value} <= {high} THEN {count} + 1 "
        f"ELSE CAST(trunc({count} * ({low} - {value}) / ({low} - {high})) AS BIGINT) + 1 END"
    )
    return (
        f"CASE WHEN {bad} THEN NULL WHEN {low} < {high} THEN {rising} "
        f"WHEN {low} > {high} THEN {falling} END"
    )


def sign(site: Site) -> str:
    """NaN stays NaN."""
    return site.let(
        site.args[0],
        lambda x: (
            f"CASE WHEN {x} > 0 AND NOT isnan(CAST({x} AS DOUBLE)) THEN 1.0 "
            f"WHEN {x} < 0 THEN -1.0 ELSE {x} END"
        ),
    )


FACTORIAL = (
    "CASE WHEN {0} BETWEEN 0 AND 20 THEN CAST(factorial(CAST({0} AS INTEGER)) AS BIGINT) END"
)

KERNELS: dict[str, Kernel] = {
    "abs": absolute,
    "acos": "acos({0})",
    "acosh": "acosh({0})",
    "asin": "asin({0})",
    "asinh": "asinh({0})",
    "atan": "atan({0})",
    "atanh": "atanh({0})",
    "atan2": "atan2({0} + 0.0::DOUBLE, {1} + 0.0::DOUBLE)",
    "bin": "bin({0})",
    "bit_count": bit_count,
    "bit_get": bit_get,
    "bround": rounding("even"),
    "cbrt": "cbrt({0})",
    "ceil": whole("ceil"),
    "conv": lambda site: site.use(CONV[site.ansi], *site.args),
    "cos": "cos({0})",
    "cosh": "cosh({0})",
    "cot": "(1.0::DOUBLE / tan({0}))",
    "csc": "(1.0::DOUBLE / sin({0}))",
    "degrees": "({0} * 57.29577951308232::DOUBLE)",
    "e": "2.718281828459045::DOUBLE",
    "exp": "exp({0})",
    "expm1": through(EXPM1),
    "factorial": FACTORIAL,
    "floor": whole("floor"),
    "hex": to_hex,
    "hypot": through(HYPOT),
    "ln": above("0", "ln($)"),
    "log": logarithm,
    "log10": above("0", "log10($)"),
    "log1p": lambda site: site.let(
        site.args[0], lambda x: f"CASE WHEN {x} > -1 THEN {site.use(LOG1P, x)} END"
    ),
    "log2": above("0", "log2($)"),
    "pi": "3.141592653589793::DOUBLE",
    "pmod": positive_remainder,
    "power": power,
    "radians": "({0} * 0.017453292519943295::DOUBLE)",
    "rand": lambda site: randoms.stream(site, "uniform"),
    "randn": lambda site: randoms.stream(site, "normal"),
    "rint": through(RINT),
    "round": rounding("up"),
    "sec": "(1.0::DOUBLE / cos({0}))",
    "sign": sign,
    "sin": "sin({0})",
    "sinh": "sinh({0})",
    "sqrt": "sqrt({0})",
    "tan": "tan({0})",
    "tanh": "tanh({0})",
    "try_add": try_sign("+"),
    "try_divide": try_sign("/"),
    "try_mod": try_sign("%"),
    "try_multiply": try_sign("*"),
    "try_subtract": try_sign("-"),
    "unhex": from_hex,
    "uniform": randoms.uniform,
    "width_bucket": width_bucket,
}
