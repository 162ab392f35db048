"""Rows of the mathematical functions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from rayspark.catalyst.analysis.coercion import literal_decimal
from rayspark.catalyst.functions.results import always, never
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any, same
from rayspark.datatypes import (
    BinaryType,
    ByteType,
    DataType,
    DecimalType,
    DoubleType,
    IntegerType,
    IntegralType,
    LongType,
    StringType,
)
from rayspark.datatypes.arithmetic import resolve
from rayspark.datatypes.decimals import HOLDING
from rayspark.errors import NumberFormatException

DOUBLE, LONG, INT, TEXT = DoubleType(), LongType(), IntegerType(), StringType()


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *examples: str,
    nulls: NullRule = if_any, aliases: tuple[str, ...] = (),
    deterministic: bool = True,
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, aliases=aliases, doc=doc, examples=examples, group="math",
              deterministic=deterministic)  # fmt: skip


def _double(name: str, doc: str, *examples: str, nulls: NullRule = if_any,
            aliases: tuple[str, ...] = ()) -> Fn:  # fmt: skip
    return _fn(name, "expr: double", DOUBLE, doc, *examples, nulls=nulls, aliases=aliases)


def side_types(args: Args) -> tuple[DataType, DataType]:
    """Types of two sides: beside a decimal a constant integer has as many digits as it needs."""
    left, right = args
    return literal_decimal(left, right), literal_decimal(right, left)


def arithmetic(sign: str) -> Callable[[Args], DataType]:
    """The type of ``left sign right``."""

    def rule(args: Args) -> DataType:
        found = resolve(sign, *side_types(args))
        return DOUBLE if found is None else found.result

    return rule


def rounded_decimal(dt: DecimalType, scale: int) -> DecimalType:
    """What a decimal becomes that is rounded to a number of digits."""
    whole = dt.precision - dt.scale + 1
    if scale < 0:
        return DecimalType(min(max(whole, -scale + 1), 38), 0)
    kept = min(dt.scale, scale)
    return DecimalType(min(whole + kept, 38), kept)


def scale_of(args: Args) -> int:
    """The second argument: a constant number of digits."""
    if len(args) < 2:
        return 0
    return constant(args[1]) or 0


SIGNS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul
}  # fmt: skip


def constant(e: Any) -> int | None:
    """The value of a small constant expression: a literal, perhaps negated or cast, or a sum.

    Raises
    ------
    NumberFormatException
        ``CAST_INVALID_INPUT``: a text that is no number.
    """
    if hasattr(e, "value"):
        return _whole_number(e.value)
    name, first = getattr(e, "name", ""), constant(e.children[0])
    if first is not None and name in SIGNS and len(e.children) == 2:
        second = constant(e.children[1])
        return None if second is None else SIGNS[name](first, second)
    return -first if first is not None and name == "negative" else first


def _whole_number(value: Any) -> int | None:
    try:
        return None if value is None else int(value)
    except ValueError:
        raise NumberFormatException(
            errorClass="CAST_INVALID_INPUT",
            messageParameters={
                "expression": f"'{value}'", "sourceType": '"STRING"', "targetType": '"INT"',
            },
        ) from None  # fmt: skip


def _rounded(args: Args) -> DataType:
    dt = args[0].dtype
    return rounded_decimal(dt, scale_of(args)) if isinstance(dt, DecimalType) else dt


def _whole(args: Args) -> DataType:
    dt = args[0].dtype
    if len(args) > 1:
        held = dt if isinstance(dt, DecimalType) else HOLDING[type(dt)]
        return rounded_decimal(held, scale_of(args))
    if isinstance(dt, DecimalType):
        return DecimalType(min(dt.precision - dt.scale + (dt.scale > 0), 38) or 1, 0)
    return LONG


def _uniform(args: Args) -> DataType:
    types = [a.dtype for a in args[:2]]
    if all(isinstance(t, IntegralType) for t in types):
        return max(types, key=lambda t: list(HOLDING).index(type(t)))
    if any(isinstance(t, DoubleType) for t in types):
        return DOUBLE
    return next(t for t in types if not isinstance(t, IntegralType))


ROWS: tuple[Fn, ...] = (
    _fn("abs", "expr: numeric|interval", same, "The value without its sign.", "abs(-1)",
        "abs(-2.5)"),
    _double("acos", "The angle, in radians, whose cosine it is.", "acos(1)", "acos(2)"),
    _double("acosh", "The inverse hyperbolic cosine.", "acosh(1)", "acosh(0)"),
    _double("asin", "The angle whose sine it is.", "asin(0)", "asin(2)"),
    _double("asinh", "The inverse hyperbolic sine.", "asinh(0)"),
    _double("atan", "The angle whose tangent it is.", "atan(0)"),
    _double("atanh", "The inverse hyperbolic tangent.", "atanh(0)", "atanh(2)"),
    _fn("atan2", "y: double, x: double", DOUBLE, "The angle of the point (x, y).", "atan2(0, 1)"),
    _fn("bin", "expr: long", TEXT, "An integer's bits, as text.", "bin(13)", "bin(-13)"),
    _fn("bit_count", "expr: just integral|boolean", INT, "How many bits are set.", "bit_count(7)",
        "bit_count(-1)", "bit_count(true)"),
    _fn("bit_get", "expr: integral, pos: int", ByteType(), "The bit at a position, from the right.",
        "bit_get(11, 0)", "bit_get(11, 2)", aliases=("getbit",)),
    _fn("bround", "expr: numeric, d: int! = 0", _rounded,
        "Rounded to a number of digits; halves to the even neighbour.", "bround(2.5, 0)",
        "bround(25, -1)"),
    _double("cbrt", "The cube root.", "cbrt(27.0)"),
    _fn("ceil", "expr: numeric, scale?: any", _whole, "The smallest whole number not below it.",
        "ceil(-0.1)", "ceil(3.1411, 3)", aliases=("ceiling",)),
    _fn("conv", "num: string, from_base: int, to_base: int", TEXT,
        "A number's digits in another base.", "conv('100', 2, 10)", "conv(-10, 16, -10)",
        nulls=always),
    _double("cos", "The cosine of an angle in radians.", "cos(0)"),
    _double("cosh", "The hyperbolic cosine.", "cosh(0)"),
    _double("cot", "The cotangent.", "cot(1)"),
    _double("csc", "The cosecant.", "csc(1)"),
    _double("degrees", "Radians as degrees.", "degrees(3.141592653589793)"),
    _fn("e", "", DOUBLE, "Euler's number.", "e()", nulls=never),
    _double("exp", "Euler's number to a power.", "exp(0)"),
    _double("expm1", "exp(x) - 1, exact near zero.", "expm1(0)"),
    _fn("factorial", "expr: int", LONG, "The factorial of 0 to 20; else null.", "factorial(5)",
        "factorial(21)", nulls=always),
    _fn("floor", "expr: numeric, scale?: any", _whole, "The greatest whole number not above it.",
        "floor(-0.1)", "floor(3.1411, 3)"),
    _fn("hex", "expr: long|binary|string", TEXT, "A number, or bytes, in base 16.", "hex(17)",
        "hex('Spark')", nulls=if_any),
    _fn("hypot", "expr1: double, expr2: double", DOUBLE, "The length of the vector.",
        "hypot(3, 4)"),
    _double("ln", "The natural logarithm; null unless it is positive.", "ln(1)", "ln(0)",
            nulls=always),
    _fn("log", "base: double, expr?: double", DOUBLE,
        "The logarithm to a base, or with one argument the natural one.", "log(10, 100)", "log(1)",
        nulls=always),
    _double("log10", "The logarithm to base 10.", "log10(10)", nulls=always),
    _double("log1p", "ln(1 + x), exact near zero.", "log1p(0)", nulls=always),
    _double("log2", "The logarithm to base 2.", "log2(2)", nulls=always),
    _fn("pi", "", DOUBLE, "The number pi.", "pi()", nulls=never),
    _fn("pmod", "dividend: any, divisor: any", arithmetic("%"),
        "The remainder that is not negative.",
        "pmod(10, 3)", "pmod(-10, 3)", nulls=always),
    _fn("power", "base: double, exponent: double", DOUBLE, "A number to a power.", "power(2, 3)",
        aliases=("pow",)),
    _double("radians", "Degrees as radians.", "radians(180)"),
    _fn("rand", "seed?: long!", DOUBLE, "A random number from 0 to below 1.", nulls=never,
        aliases=("random",), deterministic=False),
    _fn("randn", "seed?: long!", DOUBLE, "A random number of the standard normal distribution.",
        nulls=never, deterministic=False),
    _double("rint", "The nearest whole number as a double; halves to the even one.", "rint(12.5)"),
    _fn("round", "expr: numeric, d: int! = 0", _rounded,
        "Rounded to a number of digits; halves away from zero.", "round(2.5, 0)", "round(25, -1)"),
    _double("sec", "The secant.", "sec(0)"),
    _fn("sign", "expr: double|interval", DOUBLE, "-1, 0 or 1.", "sign(40)", "sign(-2.5)",
        aliases=("signum",)),
    _double("sin", "The sine of an angle in radians.", "sin(0)"),
    _double("sinh", "The hyperbolic sine.", "sinh(0)"),
    _double("sqrt", "The square root.", "sqrt(4)", "sqrt(-1)"),
    _double("tan", "The tangent of an angle in radians.", "tan(0)"),
    _double("tanh", "The hyperbolic tangent.", "tanh(0)"),
    _fn("try_add", "left: any, right: any", arithmetic("+"), "The sum; null where it overflows.",
        "try_add(1, 2)", "try_add(2147483647, 1)", nulls=always),
    _fn("try_divide", "left: any, right: any", arithmetic("/"),
        "The quotient; null where the divisor is zero.", "try_divide(3, 2)", "try_divide(1, 0)",
        nulls=always),
    _fn("try_mod", "left: any, right: any", arithmetic("%"),
        "The remainder; null where the divisor is zero.", "try_mod(3, 2)", "try_mod(1, 0)",
        nulls=always),
    _fn("try_multiply", "left: any, right: any", arithmetic("*"),
        "The product; null where it overflows.", "try_multiply(2, 3)",
        "try_multiply(2147483647, 2)", nulls=always),
    _fn("try_subtract", "left: any, right: any", arithmetic("-"),
        "The difference; null where it overflows.", "try_subtract(2, 1)",
        "try_subtract(-2147483648, 1)", nulls=always),
    _fn("unhex", "expr: string", BinaryType(), "The bytes that digits of base 16 stand for.",
        "unhex('537061726B')", "unhex('zz')", nulls=always),
    _fn("uniform", "min: numeric!, max: numeric!, seed?: integral!", _uniform,
        "A random number between two bounds.", nulls=if_any, deterministic=False),
    _fn("width_bucket", "value: double|ym_interval|dt_interval,"
        " min: double|ym_interval|dt_interval, max: double|ym_interval|dt_interval, num: long",
        LONG, "The number of the bucket, of as many equal ones, that a value falls into.",
        "width_bucket(5.3, 0.2, 10.6, 5)", nulls=always),
)  # fmt: skip
