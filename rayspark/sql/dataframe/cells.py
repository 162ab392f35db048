"""Values as ``show`` prints them: like a cast to STRING, with NULL and bytes made visible."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from rayspark.catalyst.expressions import Literal
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    UserDefinedType,
    VariantType,
    YearMonthIntervalType,
)
from rayspark.datatypes.convert import column_to_values

EPOCH = datetime.datetime(1970, 1, 1)
FIRST = -62_135_510_400_000_000
"""The first instant that Python knows in every zone."""
LAST = 253_402_214_400_000_000
"""The last one."""
CYCLE = 146_097 * 86_400_000_000
"""400 years."""
EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
DAY_TIME = ("DAY", "HOUR", "MINUTE", "SECOND")

Write = Callable[[Any], str]


def cells_of(column: pa.ChunkedArray, dt: DataType, zone: str) -> list[str]:
    """A column's values as text."""
    write = writer(dt, zone)
    return ["NULL" if v is None else write(v) for v in _raw(column, dt)]


def _raw(column: pa.ChunkedArray, dt: DataType) -> Iterable[Any]:
    """Python values; times as numbers, for Python knows only the years up to 9999."""
    return _plain(column.combine_chunks(), dt)


def _plain(array: Any, dt: DataType) -> list[Any]:
    match dt:
        case TimestampType() | TimestampNTZType() | DayTimeIntervalType() | TimeType():
            return array.cast(pa.int64()).to_pylist()  # type: ignore[no-any-return]
        case DateType():
            return array.cast(pa.int32()).to_pylist()  # type: ignore[no-any-return]
        case ArrayType():
            flat = _plain(array.flatten(), dt.elementType)
            return _split(array, flat)
        case MapType():
            entries = array.cast(pa.list_(pa.struct([("k", array.type.key_type),
                                                     ("v", array.type.item_type)])))  # fmt: skip
            inner = entries.flatten()
            keys = _plain(inner.field(0), dt.keyType)
            values = _plain(inner.field(1), dt.valueType)
            return _split(array, list(zip(keys, values, strict=True)))
        case StructType():
            parts = [_plain(p, f.dataType) for p, f in zip(array.flatten(), dt, strict=True)]
            rows = list(zip(*parts, strict=True)) if parts else [()] * len(array)
            valid = array.is_valid().to_pylist()
            return [row if ok else None for row, ok in zip(rows, valid, strict=True)]
        case VariantType() | UserDefinedType():
            return column_to_values(array, dt)
    return array.to_pylist()  # type: ignore[no-any-return]


def _split(array: Any, flat: list[Any]) -> list[Any]:
    found, at = [], 0
    lengths = [None if v is None else len(v) for v in array.to_pylist()]
    for length in lengths:
        found.append(None if length is None else flat[at : at + length])
        at += length or 0
    return found


def writer(dt: DataType, zone: str) -> Write:
    """What turns a value of a type, never null, into text."""
    match dt:
        case BooleanType():
            return lambda v: "true" if v else "false"
        case FloatType():
            return _float
        case DoubleType():
            return lambda v: Literal(v, DoubleType()).sql()
        case DecimalType():
            return _decimal
        case BinaryType():
            return lambda v: "[" + " ".join(f"{byte:02X}" for byte in v) + "]"
        case DateType():
            return _date
        case TimestampType():
            return partial(_instant, zone=ZoneInfo(_region(zone)))
        case TimestampNTZType():
            return _moment
        case TimeType():
            return _time
        case DayTimeIntervalType():
            return partial(_day_time, first=dt.startField, last=dt.endField)
        case YearMonthIntervalType():
            return partial(_year_month, first=dt.startField, last=dt.endField)
        case CalendarIntervalType():
            return _calendar
        case ArrayType():
            return partial(_array, write=_or_null(dt.elementType, zone))
        case MapType():
            return partial(_map, key=_or_null(dt.keyType, zone), item=_or_null(dt.valueType, zone))
        case StructType():
            return partial(_struct, writes=[_or_null(f.dataType, zone) for f in dt.fields])
        case VariantType():
            return lambda v: str(v.toJson(zone))
        case UserDefinedType():
            return str
    return str


def _or_null(dt: DataType, zone: str) -> Write:
    write = writer(dt, zone)
    return lambda v: "NULL" if v is None else write(v)


def _array(value: list[Any], write: Write) -> str:
    return f"[{', '.join(map(write, value))}]"


def _map(pairs: list[tuple[Any, Any]], key: Write, item: Write) -> str:
    return "{" + ", ".join(f"{key(k)} -> {item(v)}" for k, v in pairs) + "}"


def _struct(value: tuple[Any, ...], writes: list[Write]) -> str:
    return "{" + ", ".join(w(v) for w, v in zip(writes, value, strict=True)) + "}"


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return Literal(value, DoubleType()).sql()
    return Literal(float(str(np.float32(value))), DoubleType()).sql()


def _decimal(value: decimal.Decimal) -> str:
    return f"{value:f}"


def _date(days: int) -> str:
    ordinal = days + EPOCH_DAY
    if 1 <= ordinal <= datetime.date.max.toordinal():
        return datetime.date.fromordinal(ordinal).isoformat()
    # Years that Python does not know: whole cycles of 400 years have 146097 days.
    cycles, rest = divmod(ordinal - 1, 146097)
    day = datetime.date.fromordinal(rest + 1)
    year = day.year + cycles * 400
    sign = "-" if year < 0 else "+" if year > 9999 else ""
    return f"{sign}{abs(year):04d}-{day.month:02d}-{day.day:02d}"


def _instant(micros: int, zone: ZoneInfo) -> str:
    known = micros
    if known > LAST:  # clocks repeat themselves after 400 years
        known -= ((known - LAST) // CYCLE + 1) * CYCLE
    there = (EPOCH + datetime.timedelta(microseconds=max(known, FIRST))).replace(
        tzinfo=datetime.UTC
    )
    offset = there.astimezone(zone).utcoffset() or datetime.timedelta()
    return _moment(micros + offset // datetime.timedelta(microseconds=1))


def _moment(micros: int) -> str:
    days, rest = divmod(micros, 86_400_000_000)
    return f"{_date(days)} {_clock(rest)}"


def _clock(micros: int) -> str:
    seconds, fraction = divmod(micros, 1_000_000)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return text + f".{fraction:06d}".rstrip("0") if fraction else text


def _time(nanos: int) -> str:
    return _clock(nanos // 1000)


def _region(zone: str) -> str:
    if zone[:1] in "+-" and zone[1:3].isdigit():
        hours, sign = int(zone[1:3]), "-" if zone[0] == "+" else "+"
        return f"Etc/GMT{sign}{hours}" if hours else "UTC"
    return "UTC" if zone == "Z" else zone


def _day_time(micros: int, first: int, last: int) -> str:
    sign, left = ("-" if micros < 0 else ""), abs(micros)
    days, left = divmod(left, 86_400_000_000) if first == 0 else (0, left)
    hours, left = divmod(left, 3_600_000_000) if first <= 1 <= last else (0, left)
    minutes, left = divmod(left, 60_000_000) if first <= 2 <= last else (0, left)
    seconds, fraction = divmod(left, 1_000_000)
    parts = []
    if first == 0:
        parts.append(str(days))
    clock = []
    for place, number in ((1, hours), (2, minutes), (3, seconds)):
        if first <= place <= last:
            clock.append(f"{number:02d}")
    text = ":".join(clock)
    if last == 3 and fraction:
        text += f".{fraction:06d}".rstrip("0")
    shown = " ".join([*parts, *([text] if text else [])])
    unit = DAY_TIME[first] if first == last else f"{DAY_TIME[first]} TO {DAY_TIME[last]}"
    return f"INTERVAL '{sign}{shown}' {unit}"


def _year_month(months: int, first: int, last: int) -> str:
    sign, left = ("-" if months < 0 else ""), abs(months)
    if (first, last) == (0, 0):
        return f"INTERVAL '{sign}{left // 12}' YEAR"
    if (first, last) == (1, 1):
        return f"INTERVAL '{sign}{left}' MONTH"
    return f"INTERVAL '{sign}{left // 12}-{left % 12}' YEAR TO MONTH"


def _calendar(value: Any) -> str:
    parts = []
    years, months = int(value.months / 12), int(abs(value.months) % 12)
    months = -months if value.months < 0 else months
    parts += [f"{n} {unit}" for n, unit in ((years, "years"), (months, "months")) if n]
    if value.days:
        parts.append(f"{value.days} days")
    micros = value.nanoseconds // 1000
    sign, left = (-1 if micros < 0 else 1), abs(micros)
    hours, minutes = left // 3_600_000_000, left // 60_000_000 % 60
    parts += [f"{sign * n} {unit}" for n, unit in ((hours, "hours"), (minutes, "minutes")) if n]
    seconds, fraction = divmod(left % 60_000_000, 1_000_000)
    if seconds or fraction:
        digits = f".{fraction:06d}".rstrip("0") if fraction else ""
        parts.append(f"{'-' if sign < 0 else ''}{seconds}{digits} seconds")
    return " ".join(parts) or "0 seconds"
