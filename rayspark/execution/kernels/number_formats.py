"""Numbers in formats of digits: ``to_char``, ``to_number``, ``format_number``.

A format is ``[S|MI|$] digits [. digits] [$] [PR|MI|S]`` of ``0 9 , G . D``: a 0 is always shown, a
9 only where there is a digit.
"""

from __future__ import annotations

import decimal
import re
from functools import cache
from typing import Any

import pyarrow as pa

from rayspark.datatypes import (
    BinaryType,
    DecimalType,
    DoubleType,
    FloatType,
    StringType,
)
from rayspark.execution.kernels.kernel import Failure, Kernel, Site, fail
from rayspark.execution.kernels.texts import each
from rayspark.records import dataclass

EXACT = decimal.Context(prec=120)


@dataclass(frozen=True)
class Format:
    """A format, read."""

    whole: str
    fraction: str
    point: bool
    dollar: bool
    sign: str
    """``S`` or ``MI`` before (``S<``, ``MI<``) or after (``>S``, ``>MI``), ``PR``, or nothing."""


_FORMAT = re.compile(r"(MI|S)?(\$)?([09,G]*)([.D])?([09]*)(\$)?(PR|MI|S)?")


@cache
def read_format(text: str) -> Format | None:
    """The parts of a format; ``None`` if it is none."""
    found = _FORMAT.fullmatch(text.upper())
    if found is None or not (found[3] or found[5]):
        return None
    sign = f"{found[1]}<" if found[1] else found[7] if found[7] == "PR" else ""
    if found[7] in ("MI", "S"):
        sign = f">{found[7]}"
    whole = found[3].replace("G", ",")
    return Format(whole, found[5], bool(found[4]), bool(found[2] or found[6]), sign)


def parse_number(text: str, pattern: str) -> decimal.Decimal | None:
    """The number that a text in a format stands for, ``None`` if it does not fit."""
    form = read_format(pattern)
    if form is None:
        return None
    rest, negative = text.strip(), False
    if form.sign == "PR":
        if rest.startswith("<") and rest.endswith(">"):
            rest, negative = rest[1:-1], True
    elif form.sign:
        front = form.sign.endswith("<")
        mark = rest[:1] if front else rest[-1:]
        allowed = "+-" if "S" in form.sign else "-"
        if mark and mark in allowed:
            negative, rest = mark == "-", (rest[1:] if front else rest[:-1])
    if form.dollar:
        if not rest.startswith("$"):
            return None
        rest = rest[1:]
    whole, point, fraction = rest.partition(".")
    if (point and not form.point) or len(fraction) > len(form.fraction):
        return None
    if not _fits_whole(whole, form.whole) or not (fraction.isdigit() or not fraction):
        return None
    if not (whole.replace(",", "") or fraction):
        return None
    number = decimal.Decimal(f"{whole.replace(',', '') or '0'}.{fraction or '0'}")
    return -number if negative else number


def _fits_whole(text: str, form: str) -> bool:
    """Groups as in the format, from the right; fewer digits only where the format has 9s."""
    if not re.fullmatch(r"[\d,]*", text):
        return False
    have, want = text.split(","), form.split(",")
    if len(have) > len(want):
        return False
    missing = want[: len(want) - len(have)]
    if any("0" in group for group in missing):
        return False
    want = want[len(want) - len(have) :]
    if any(len(h) != len(w) for h, w in zip(have[1:], want[1:], strict=True)):
        return False
    first, shape = have[0], want[0]
    if len(have) < len(form.split(",")) or len(have) == 1:
        return len(first) <= len(shape) and shape[: len(shape) - len(first)].count("0") == 0
    return len(first) <= len(shape) and shape[: len(shape) - len(first)].count("0") == 0


def show_number(value: decimal.Decimal, pattern: str) -> str | None:
    """A number in a format; ``#`` where it has too many digits."""
    form = read_format(pattern)
    if form is None:
        return None
    size = abs(value).quantize(
        decimal.Decimal(1).scaleb(-len(form.fraction)), decimal.ROUND_HALF_UP, EXACT
    )
    digits, _, fraction = format(size, "f").partition(".")
    digits = digits.lstrip("0")
    places = sum(c in "09" for c in form.whole)
    if len(digits) > places or size != abs(value):
        shown = re.sub("[09]", "#", form.whole).replace(",", " ")
        fraction = "#" * len(form.fraction)
    else:
        shown = _whole((digits or ("0" if form.point else "")).rjust(places), form.whole)
    blank = len(shown) - len(shown.lstrip(" "))
    shown = shown.lstrip(" ")
    if form.point:
        shown += "." + fraction
    if form.dollar:
        shown, blank = "$" + " " * blank + shown, 0
    return " " * blank + _sign(shown, form.sign, value < 0)


def _whole(digits: str, form: str) -> str:
    """Digits in their places: leading ones are zeros from the first 0 on, blanks before."""
    out, at, started = [], 0, False
    for c in form:
        if c == ",":
            out.append("," if started else " ")
            continue
        digit = digits[at]
        at += 1
        if digit == " " and (c == "0" or started):
            digit = "0"
        started = started or digit != " "
        out.append(digit)
    return "".join(out)


def _sign(shown: str, sign: str, negative: bool) -> str:
    match sign:
        case "S<":
            return ("-" if negative else "+") + shown
        case "MI<":
            return ("-" if negative else " ") + shown
        case ">S":
            return shown + ("-" if negative else "+")
        case ">MI":
            return shown + ("-" if negative else " ")
        case "PR":
            return f"<{shown}>" if negative else f"{shown}  "
    return shown


# -- kernels -------------------------------------------------------------------------------------


def to_number(*, lenient: bool) -> Kernel:
    """``to_number`` and ``try_to_number``."""

    def compiled(site: Site) -> str:
        target = site.type
        assert isinstance(target, DecimalType)
        pattern = str(site.literal(1))

        def one(text: str) -> decimal.Decimal | None:
            made = parse_number(text, pattern)
            if made is None and not lenient:
                raise Failure("INVALID_FORMAT.MISMATCH_INPUT", inputType='"STRING"', input=text,
                              format=pattern)  # fmt: skip
            return made

        kind = f"DECIMAL({target.precision},{target.scale})"
        name = "_".join(str(ord(c)) for c in pattern)
        function = each(
            f"spark_to_number_{int(lenient)}_{name}", one, ("VARCHAR",), kind,
            pa.decimal128(target.precision, target.scale),
        )  # fmt: skip
        return site.use(function, site.args[0])

    return compiled


def to_char(site: Site) -> str:
    """Numbers by a format of digits, bytes in a code."""
    value, pattern = site.args
    match site.types[0]:
        case BinaryType():
            form = str(site.literal(1)).lower()
            if form == "hex":
                return f"hex({value})"
            if form == "base64":
                return f"base64({value})"
            if form in ("utf-8", "utf8"):
                return f"decode({value})"
            return fail(
                "INVALID_PARAMETER_VALUE.BINARY_FORMAT",
                functionName="'`to_char`'",
                parameter="'`format`'",
                invalidFormat=f"'''' || {pattern} || ''''",
            )
        case FloatType() | DoubleType() | StringType():
            value = f"CAST({value} AS DECIMAL(38,18))"
    function = each(
        "spark_to_char",
        lambda text, form: show_number(decimal.Decimal(text), form),
        ("VARCHAR", "VARCHAR"), "VARCHAR", pa.string(),
    )  # fmt: skip
    return site.use(function, f"CAST({value} AS VARCHAR)", pattern)


def pattern_number(number: decimal.Decimal, pattern: str) -> str:
    """Java's ``DecimalFormat``, its digits, groups and quotes."""
    positive, _, _negative = pattern.partition(";")
    found = re.search(r"[#0,.]+", positive)
    if found is None:
        return positive
    body = found[0]
    whole, _, fraction = body.partition(".")
    least, most = fraction.count("0"), len(fraction)
    size = abs(number).quantize(decimal.Decimal(1).scaleb(-most), decimal.ROUND_HALF_EVEN, EXACT)
    digits, _, rest = format(size, "f").partition(".")
    while len(rest) > least and rest.endswith("0"):
        rest = rest[:-1]
    digits = digits.lstrip("0").rjust(max(whole.count("0"), 1), "0")
    if "," in whole:
        group = len(whole.rpartition(",")[2])
        digits = re.sub(rf"(?<=\d)(?=(?:\d{{{group}}})+$)", ",", digits)
    shown = digits + (f".{rest}" if rest else "")
    sign = "-" if number < 0 and size != 0 else ""
    return positive[: found.start()] + sign + (shown or "0") + positive[found.end() :]


SPECIAL = {"nan": "NaN", "inf": "∞", "-inf": "-∞"}


def _exactly(value: Any) -> decimal.Decimal:
    """A double with all of its digits: 0.005 lies above the half."""
    return decimal.Decimal(value) if isinstance(value, float) else decimal.Decimal(str(value))


def _with_commas(value: Any, places: int) -> str | None:
    if places < 0:
        return None
    if str(value) in SPECIAL:
        return SPECIAL[str(value)]
    shown = _exactly(value).quantize(decimal.Decimal(1).scaleb(-places), decimal.ROUND_HALF_EVEN,
                            decimal.Context(prec=800))  # fmt: skip
    return format(shown, ",f")


def _by_pattern(value: Any, form: str) -> str | None:
    if not form:
        return _with_commas(value, 0)
    if str(value) in SPECIAL:
        return SPECIAL[str(value)]
    return pattern_number(_exactly(value), form)


BY_PLACES, BY_PATTERN = (
    {
        kind: each(
            f"spark_format_{name}_{kind.lower()}", one, (kind, second), "VARCHAR", pa.string()
        )
        for kind in ("VARCHAR", "DOUBLE")
    }
    for name, one, second in (
        ("places", _with_commas, "INTEGER"),
        ("pattern", _by_pattern, "VARCHAR"),
    )
)


def format_number(site: Site) -> str:
    """By a number of decimals, or by a pattern."""
    functions = BY_PATTERN if isinstance(site.types[1], StringType) else BY_PLACES
    kind = "DOUBLE" if isinstance(site.types[0], (FloatType, DoubleType)) else "VARCHAR"
    return site.use(functions[kind], f"CAST({site.args[0]} AS {kind})", site.args[1])
