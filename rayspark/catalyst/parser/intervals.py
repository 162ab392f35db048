"""Interval literals: ``INTERVAL 1 DAY 2 HOURS``, ``INTERVAL '1-2' YEAR TO MONTH``.

Months and days do not mix: a literal is a year-month or a day-time interval.

>>> of_units([("1", "day"), ("2", "hours")]).type.simpleString()
'interval day to hour'
>>> of_range("1-2", "YEAR", "MONTH").value
14
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rayspark.catalyst.expressions import Literal
from rayspark.datatypes import DayTimeIntervalType, YearMonthIntervalType

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND

MONTHS = {"YEAR": (0, 12), "MONTH": (1, 1)}
"""Unit: field of the type, months."""
MICROS = {
    "WEEK": (0, 7 * DAY),
    "DAY": (0, DAY),
    "HOUR": (1, HOUR),
    "MINUTE": (2, MINUTE),
    "SECOND": (3, SECOND),
    "MILLISECOND": (3, 1000),
    "MICROSECOND": (3, 1),
}
"""Unit: field of the type, microseconds."""
UNITS = {word for unit in (*MONTHS, *MICROS) for word in (unit, unit + "S")}

_AMOUNT = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PARTS = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([a-zA-Z]+)")
_YEAR_MONTH = re.compile(r"([+-])?(\d+)-(\d+)")
_DAY_TIME = {
    ("DAY", "HOUR"): r"(?P<d>\d+) +(?P<h>\d{1,2})",
    ("DAY", "MINUTE"): r"(?P<d>\d+) +(?P<h>\d{1,2}):(?P<m>\d{1,2})",
    ("DAY", "SECOND"): r"(?P<d>\d+) +(?P<h>\d{1,2}):(?P<m>\d{1,2}):(?P<s>\d{1,2}(?:\.\d{1,9})?)",
    ("HOUR", "MINUTE"): r"(?P<h>\d+):(?P<m>\d{1,2})",
    ("HOUR", "SECOND"): r"(?P<h>\d+):(?P<m>\d{1,2}):(?P<s>\d{1,2}(?:\.\d{1,9})?)",
    ("MINUTE", "SECOND"): r"(?P<m>\d+):(?P<s>\d{1,2}(?:\.\d{1,9})?)",
}
_PART_SIZES = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}


def of_text(written: str) -> Literal:
    """``INTERVAL '1 day 2 hours'``."""
    body = written.strip()
    if body.lower().startswith("interval"):
        body = body[len("interval") :]
    parts = _PARTS.findall(body)
    if not parts or _PARTS.sub("", body).strip():
        raise ValueError(written)
    return of_units(parts)


MIXED = "months and days in one interval"
"""What :func:`of_units` says where Spark has a condition of its own."""


def of_units(parts: Sequence[tuple[str, str]]) -> Literal:
    """A sum of numbers of units.

    Raises
    ------
    ValueError
        if a number or unit is wrong, or months and days are mixed.
    """
    units = [_unit(name) for _, name in parts]
    table = MONTHS if all(unit in MONTHS for unit in units) else MICROS
    fields, total = [], Decimal(0)
    for (value, name), unit in zip(parts, units, strict=True):
        if not _AMOUNT.fullmatch(value):
            raise ValueError(value)
        if unit not in table:
            raise ValueError(MIXED)
        if "." in value and unit != "SECOND":
            raise ValueError(f"only seconds may have a fraction: {value} {name}")
        field, size = table[unit]
        fields.append(field)
        total += Decimal(value) * size
    made = YearMonthIntervalType if table is MONTHS else DayTimeIntervalType
    return Literal(int(total), made(min(fields), max(fields)))


def of_range(written: str, first: str, last: str) -> Literal:
    """``INTERVAL '1 2:3' DAY TO MINUTE``."""
    first, last, body = _unit(first), _unit(last), written.strip()
    if (first, last) == ("YEAR", "MONTH") and (found := _YEAR_MONTH.fullmatch(body)):
        if int(found[3]) > 11:
            raise ValueError(written)
        months = int(found[2]) * 12 + int(found[3])
        return Literal(-months if found[1] == "-" else months, YearMonthIntervalType(0, 1))
    pattern = _DAY_TIME.get((first, last))
    if pattern is None or (matched := re.fullmatch(rf"([+-])?{pattern}", body)) is None:
        raise ValueError(written)
    parts = {name: Decimal(value) for name, value in matched.groupdict().items()}
    for name, bound in (("h", 24), ("m", 60), ("s", 60)):
        if name in parts and next(iter(parts)) != name and parts[name] >= bound:
            raise ValueError(written)
    micros = int(sum(value * _PART_SIZES[name] for name, value in parts.items()))
    fields = MICROS[first][0], MICROS[last][0]
    return Literal(-micros if matched[1] == "-" else micros, DayTimeIntervalType(*fields))


def _unit(name: str) -> str:
    unit = name.upper()
    if unit not in UNITS:
        raise ValueError(f"no unit of intervals: {name}")
    return unit.removesuffix("S")
