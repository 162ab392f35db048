"""Values from and to text where DuckDB reads or prints otherwise than Java: Arrow functions.

They run on batches in Python; the casts call them only for values that DuckDB's own casts do not do
as Spark does.
"""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Callable
from functools import cache, partial
from inspect import Parameter, Signature
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from rayspark.datatypes import DataType, DayTimeIntervalType, YearMonthIntervalType
from rayspark.datatypes.variant import VariantVal
from rayspark.errors import PySparkException
from rayspark.execution.kernels.kernel import ArrowFunction
from rayspark.execution.kernels.zones import fixed_offset, zone_name
from rayspark.lazy import compute as pc

MICROS = 1_000_000
DAY = 86_400 * MICROS


def each(
    name: str,
    one: Callable[..., Any],
    parameters: tuple[str, ...],
    returns: str,
    kind: pa.DataType,
    *,
    volatile: bool = False,
) -> ArrowFunction:
    """An Arrow function that calls ``one`` with the values of each row; null in, null out."""

    def run(*columns: Any) -> pa.Array:
        if len(columns) == 1:
            values = columns[0].to_pylist()
            return pa.array([None if v is None else one(v) for v in values], kind)
        rows = zip(*(c.to_pylist() for c in columns), strict=True)
        return pa.array([None if None in row else one(*row) for row in rows], kind)

    return ArrowFunction(name, taking(run, len(parameters)), parameters, returns, volatile)


def taking(run: Callable[..., Any], count: int) -> Callable[..., Any]:
    """The function with so many parameters, for DuckDB, which counts them."""
    parameters = [Parameter(f"c{at}", Parameter.POSITIONAL_ONLY) for at in range(count)]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return run


def plain_values(kind: pa.DataType, texts: Any) -> Any:
    """Texts as Arrow reads them; all null where it refuses one. It knows fewer forms than Spark,
    and is three times as fast as to see by a pattern which DuckDB may read.
    """
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        return pa.nulls(len(texts), kind)


PLAIN_DATES = ArrowFunction(
    "spark_plain_dates", partial(plain_values, pa.date32()), ("VARCHAR",), "DATE"
)
"""``2020-01-31``."""
PLAIN_MOMENTS = ArrowFunction(
    "spark_plain_moments", partial(plain_values, pa.timestamp("us")), ("VARCHAR",), "TIMESTAMP"
)
"""``2020-01-31``, perhaps with a time of whole hours, minutes, seconds or parts of these."""


# -- numbers -------------------------------------------------------------------------------------


def java_double(value: float) -> str:
    """A double as Java prints it.

    >>> java_double(1e10), java_double(0.5), java_double(-1e-5)
    ('1.0E10', '0.5', '-1.0E-5')
    """
    return _java_number(value, repr(value))


def java_float(value: float) -> str:
    """A float: the shortest text that only that float has."""
    if value != value or value in (float("inf"), float("-inf")):
        return _java_number(value, "")
    digits = next(t for n in range(1, 10) if _single(float(t := f"{value:.{n}g}")) == value)
    return _java_number(float(digits), repr(float(digits)))


def _single(value: float) -> float:
    try:
        return float(pa.scalar(value, pa.float32()).as_py())
    except OverflowError:
        return value


def _java_number(value: float, text: str) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return format(decimal.Decimal(text), "f") if "e" in text else text
    if len(decimal.Decimal(text).as_tuple().digits) == 1 and float(f"{value:.1e}") == value:
        text = f"{value:.1e}"  # Java shows two digits at least, and then the right ones
    sign, digits, exponent = decimal.Decimal(text).as_tuple()
    assert isinstance(exponent, int)
    shown = "".join(map(str, digits)).rstrip("0") or "0"
    power = len(digits) - 1 + exponent
    return f"{'-' if sign else ''}{shown[0]}.{shown[1:] or '0'}E{power}"


DOUBLE_WRITER = each("spark_double_text", java_double, ("DOUBLE",), "VARCHAR", pa.string())
FLOAT_WRITER = each("spark_float_text", java_float, ("FLOAT",), "VARCHAR", pa.string())
LOSSY_DECODE = each(
    "spark_lossy_utf8", lambda b: b.decode("utf-8", "replace"), ("BLOB",), "VARCHAR", pa.string()
)


@cache
def decimal_writer(precision: int, scale: int) -> ArrowFunction:
    """A decimal as older Spark prints it: small ones with an exponent."""
    return each(
        f"spark_decimal_text_{precision}_{scale}",
        lambda d: str(d),
        (f"DECIMAL({precision},{scale})",),
        "VARCHAR",
        pa.string(),
    )


# -- moments -------------------------------------------------------------------------------------

_MOMENT = re.compile(
    r"(?:([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2}))?)?)?"
    r"(?:([ T]|^T?)(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?\s*(\D.*?)?)?)?)?",
    re.ASCII,
)
_ZONE = re.compile(r"(?:UTC|GMT|UT)?[+-]\d{1,2}(?::\d{1,2}(?::\d{1,2})?)?")
_EPOCH = datetime.date(1970, 1, 1).toordinal()


def days_from_civil(year: int, month: int, day: int) -> int | None:
    """Days since 1970 of a date of any year; ``None`` if there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    cycles, inner = divmod(year - 2000, 400)
    try:
        return datetime.date(2000 + inner, month, day).toordinal() - _EPOCH + cycles * 146_097
    except ValueError:
        return None


def parse_moment(text: str, zone: str | None) -> int | None:
    """Microseconds since 1970 of a text in Spark's notation.

    Parameters
    ----------
    text
        ``2020``, ``2020-1-2``, ``2020-01-02T03:04:05.123456+01:00``, ``12:30``...
    zone
        Where the text names none; ``None`` for a wall clock, which a zone in the text leaves.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None or not text.strip():
        return None
    year, month, day, mark, hour, minute, second, fraction, suffix = found.groups()
    if year is None and (zone is None or (minute is None and mark != "T")):
        return None
    if year is not None and hour is not None and (day is None or mark not in (" ", "T")):
        return None
    if year is None:
        today = datetime.datetime.now(datetime.UTC) if zone is None else _now(zone)
        days: int | None = today.date().toordinal() - _EPOCH
    else:
        days = days_from_civil(int(year), int(month or 1), int(day or 1))
    h, m, s = int(hour or 0), int(minute or 0), int(second or 0)
    if days is None or h > 23 or m > 59 or s > 59:
        return None
    micros = int((fraction or "").ljust(6, "0")[:6])
    local = days * DAY + ((h * 60 + m) * 60 + s) * MICROS + micros
    named = (suffix or "").strip() or zone
    if suffix and not _is_zone(suffix.strip()):
        return None
    if zone is None or named is None:
        return local
    return local - _offset(local, named) * MICROS


def parse_wall_clock(text: str) -> int | None:
    """As :func:`parse_moment` without a zone, but a text that names one is none, as in files."""
    names_zone = parse_moment(text, "UTC") == parse_moment(text, "+01:00")
    return None if names_zone else parse_moment(text, None)


def _is_zone(name: str) -> bool:
    if _ZONE.fullmatch(name):
        return fixed_offset(_padded(name)) is not None
    try:
        zone_name(name)
    except PySparkException:
        return False
    return True


def _padded(name: str) -> str:
    """``+1:2`` as ``+01:02``."""
    head, *rest = name.split(":")
    return ":".join([head, *(part.zfill(2) for part in rest)])


def _now(zone: str) -> datetime.datetime:
    offset = fixed_offset(zone)
    if offset is not None:
        return datetime.datetime.now(datetime.timezone(datetime.timedelta(seconds=offset)))
    return datetime.datetime.now(ZoneInfo(zone_name(zone)))


def _offset(local: int, zone: str) -> int:
    """Seconds east of UTC at a wall clock's time, as Java takes it."""
    fixed = fixed_offset(_padded(zone))
    if fixed is not None:
        return fixed
    seconds = local // MICROS
    year = 1970 + seconds // 31_556_952
    shifted = seconds if 1 < year < 9999 else seconds - (year - 2000) // 400 * 12_622_780_800
    if year <= 1:  # before all changes of the clock
        shifted = -62_100_000_000
    base = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=shifted)
    at = base.replace(tzinfo=ZoneInfo(zone_name(zone)), fold=0)
    found = at.utcoffset()
    assert found is not None
    return int(found.total_seconds())


@cache
def timestamp_reader(zone: str | None) -> ArrowFunction:
    """Texts as microseconds since 1970; ``zone``: see :func:`parse_moment`."""
    name = "ntz" if zone is None else re.sub(r"\W", lambda c: f"_{ord(c[0])}_", zone)
    return each(
        f"spark_read_timestamp_{name}",
        lambda s: parse_moment(s, zone),
        ("VARCHAR",),
        "BIGINT",
        pa.int64(),
    )


_TIME = re.compile(
    r"T?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?\s*([AaPp][Mm])?", re.ASCII
)


def parse_time(text: str) -> int | None:
    """Nanoseconds since midnight of ``12:30:05.5``."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    h, m, s = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= h <= 12:
            return None
        h = h % 12 + (12 if found[5].lower() == "pm" else 0)
    if h > 23 or m > 59 or s > 59:
        return None
    micros = int((found[4] or "").ljust(6, "0")[:6])
    return (((h * 60 + m) * 60 + s) * MICROS + micros) * 1000


def time_text(nanos: int) -> str:
    """``12:30:05.5``."""
    seconds, rest = divmod(nanos, 1_000_000_000)
    shown = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{shown}.{rest:09d}".rstrip("0") if rest else shown


@cache
def time_reader() -> ArrowFunction:
    """Texts as nanoseconds since midnight."""
    return each("spark_read_time", parse_time, ("VARCHAR",), "BIGINT", pa.int64())


TIME_WRITER = each("spark_time_text", time_text, ("BIGINT",), "VARCHAR", pa.string())

# -- intervals -----------------------------------------------------------------------------------

UNITS = ("DAY", "HOUR", "MINUTE", "SECOND")
UNIT_MICROS = (DAY, 3600 * MICROS, 60 * MICROS, MICROS)


def year_month_text(months: int, dt: YearMonthIntervalType) -> str:
    """``INTERVAL '1-2' YEAR TO MONTH``."""
    sign, months = ("-" if months < 0 else ""), abs(months)
    match dt.startField, dt.endField:
        case 0, 0:
            return f"INTERVAL '{sign}{months // 12}' YEAR"
        case 1, 1:
            return f"INTERVAL '{sign}{months}' MONTH"
    return f"INTERVAL '{sign}{months // 12}-{months % 12}' YEAR TO MONTH"


def day_time_text(micros: int, dt: DayTimeIntervalType) -> str:
    """``INTERVAL '1 02:03:04.5' DAY TO SECOND``."""
    sign, rest = ("-" if micros < 0 else ""), abs(micros)
    shown = ""
    for at in range(dt.startField, dt.endField + 1):
        count, rest = divmod(rest, UNIT_MICROS[at])
        first = at == dt.startField
        shown += "" if first else " " if at == 1 else ":"
        shown += str(count) if first and at == 0 else f"{count:02d}"
    if dt.endField == dt.SECOND and rest:
        shown += f".{rest:06d}".rstrip("0")
    span = UNITS[dt.startField]
    if dt.endField != dt.startField:
        span += f" TO {UNITS[dt.endField]}"
    return f"INTERVAL '{sign}{shown}' {span}"


@cache
def interval_writer(dt: DataType) -> ArrowFunction:
    """Intervals as text."""
    if isinstance(dt, YearMonthIntervalType):
        name = f"spark_year_month_text_{dt.startField}_{dt.endField}"
        return each(name, lambda v: year_month_text(v, dt), ("INTEGER",), "VARCHAR", pa.string())
    assert isinstance(dt, DayTimeIntervalType)
    name = f"spark_day_time_text_{dt.startField}_{dt.endField}"
    return each(name, lambda v: day_time_text(v, dt), ("BIGINT",), "VARCHAR", pa.string())


_WRITTEN = re.compile(r"(?:INTERVAL\s*)?([+-])?\s*'(.*?)'\s*(.*)", re.IGNORECASE)
_DAY_TIME = {
    (0, 0): r"(\d+)", (0, 1): r"(\d+) (\d+)", (0, 2): r"(\d+) (\d+):(\d+)",
    (0, 3): r"(\d+) (\d+):(\d+):(\d+(?:\.\d+)?)", (1, 1): r"(\d+)", (1, 2): r"(\d+):(\d+)",
    (1, 3): r"(\d+):(\d+):(\d+(?:\.\d+)?)", (2, 2): r"(\d+)", (2, 3): r"(\d+):(\d+(?:\.\d+)?)",
    (3, 3): r"(\d+(?:\.\d+)?)",
}  # fmt: skip


def parse_interval(text: str, dt: YearMonthIntervalType | DayTimeIntervalType) -> int | None:
    """Months or microseconds of ``1-2`` or ``INTERVAL '1-2' YEAR TO MONTH``."""
    text = text.strip()
    sign = 1
    if found := _WRITTEN.fullmatch(text):
        span = dt.simpleString().removeprefix("interval ").upper()
        if found[3].strip().upper() != span:
            return None
        sign, text = -1 if found[1] == "-" else 1, found[2].strip()
    if text[:1] in ("+", "-"):
        sign, text = sign * (-1 if text[0] == "-" else 1), text[1:]
    if isinstance(dt, YearMonthIntervalType):
        pattern = r"(\d+)-(\d+)" if dt.startField != dt.endField else r"(\d+)"
        parts = re.fullmatch(pattern, text, re.ASCII)
        if parts is None:
            return None
        if dt.startField != dt.endField:
            return sign * (int(parts[1]) * 12 + int(parts[2])) if int(parts[2]) < 12 else None
        return sign * int(parts[1]) * (12 if dt.startField == 0 else 1)
    parts = re.fullmatch(_DAY_TIME[dt.startField, dt.endField], text, re.ASCII)
    if parts is None:
        return None
    total = decimal.Decimal(0)
    for at, part in enumerate(parts.groups(), dt.startField):
        total += decimal.Decimal(part) * UNIT_MICROS[at]
    return sign * int(total)


def _within(value: int | None, bits: int) -> int | None:
    return value if value is not None and -(1 << bits) <= value < 1 << bits else None


@cache
def interval_reader(dt: YearMonthIntervalType | DayTimeIntervalType) -> ArrowFunction:
    """Texts as intervals."""
    months = isinstance(dt, YearMonthIntervalType)
    return each(
        f"spark_read_{'year_month' if months else 'day_time'}_{dt.startField}_{dt.endField}",
        lambda s: _within(parse_interval(s, dt), 31 if months else 63),
        ("VARCHAR",),
        "INTEGER" if months else "BIGINT",
        pa.int32() if months else pa.int64(),
    )


def calendar_text(months: int, days: int, nanos: int) -> str:
    """``1 years 2 months 3 days 4 hours 5.5 seconds``."""
    micros = nanos // 1000
    parts = []
    for count, unit in zip(_truncated(months, 12), ("years", "months"), strict=True):
        if count:
            parts.append(f"{count} {unit}")
    if days:
        parts.append(f"{days} days")
    sign, rest = ("-" if micros < 0 else ""), abs(micros)
    for unit, size in (("hours", UNIT_MICROS[1]), ("minutes", UNIT_MICROS[2])):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{sign}{count} {unit}")
    if rest:
        whole, fraction = divmod(rest, MICROS)
        shown = f"{whole}.{fraction:06d}".rstrip("0").rstrip(".")
        parts.append(f"{sign}{shown} seconds")
    return " ".join(parts) or "0 seconds"


def _truncated(value: int, by: int) -> tuple[int, int]:
    sign = -1 if value < 0 else 1
    return sign * (abs(value) // by), sign * (abs(value) % by)


CALENDAR_WRITER = each(
    "spark_calendar_text", lambda v: calendar_text(*v), ("INTERVAL",), "VARCHAR", pa.string()
)
VARIANT_WRITER = each(
    "spark_variant_text",
    lambda v: str(VariantVal(v["value"], v["metadata"]).toPython()),
    ('STRUCT("value" BLOB, "metadata" BLOB)',),
    "VARCHAR",
    pa.string(),
)
