"""Kernels of the functions of dates, times and timestamps.

Instants are TIMESTAMPTZ; what a clock shows is asked with the zone in the text: see ``zones``.
Formats are in ``patterns``, what reads and makes times from text and numbers in ``moments``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from rayspark.datatypes import (
    DateType,
    DayTimeIntervalType,
    DecimalType,
    IntegralType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
)
from rayspark.errors import AnalysisException, SparkException
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail, quote
from rayspark.execution.kernels.moments import KERNELS as MOMENTS
from rayspark.execution.kernels.zones import session_instant, session_local

DAY_MICROS = 86_400_000_000

# -- parts -----------------------------------------------------------------------------------------


def clock(site: Site, index: int) -> str:
    """An argument as a local time."""
    text = site.args[index]
    match site.types[index]:
        case TimestampType():
            return session_local(site, text)
        case DateType():
            return f"CAST({text} AS TIMESTAMP)"
    return text


def _clock_part(name: str, nanos: int, size: int) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        if isinstance(site.types[0], TimeType):
            return f"(({site.args[0]} // {nanos}) % {size})"
        return f"{name}({clock(site, 0)})"

    return kernel


_FIELDS = {
    "year": ("year", "y", "years", "yr", "yrs"),
    "isoyear": ("yearofweek",),
    "quarter": ("quarter", "qtr"),
    "month": ("month", "mon", "mons", "months"),
    "week": ("week", "w", "weeks"),
    "day": ("day", "d", "days"),
    "dow": ("dayofweek", "dow"),
    "isodow": ("dayofweek_iso", "dow_iso"),
    "doy": ("doy",),
    "hour": ("hour", "h", "hours", "hr", "hrs"),
    "minute": ("minute", "m", "min", "mins", "minutes"),
    "second": ("second", "s", "sec", "seconds", "secs"),
}
FIELDS = {word: field for field, words in _FIELDS.items() for word in words}
"""The word for a part of a time -> DuckDB's name of the part."""


def _date_part(site: Site) -> str:
    word = str(site.literal(0)).lower()
    field = FIELDS.get(word)
    source = site.types[1]
    text = site.args[1]
    if field is None or not _has_part(field, source):
        raise AnalysisException(
            errorClass="INVALID_EXTRACT_FIELD",
            messageParameters={"field": f"`{site.literal(0)}`", "expr": site.call.args[1].sql()},
        )
    match source:
        case YearMonthIntervalType():
            return f"({text} // 12)" if field == "year" else f"({text} % 12)"
        case DayTimeIntervalType():
            return _interval_part(field, text)
        case TimeType():
            if field == "second":
                return f"(CAST({text} % 60000000000 AS DECIMAL(20,0)) * 0.000000001::DECIMAL(9,9))"
            nanos, size = (3_600_000_000_000, 24) if field == "hour" else (60_000_000_000, 60)
            return f"(({text} // {nanos}) % {size})"
    local = clock(site, 1)
    if field == "second":
        micros = f"CAST(date_part('microseconds', {local}) AS DECIMAL(18,0))"
        return f"({micros} * 0.000001::DECIMAL(6,6))"
    if field == "dow":
        return f"(dayofweek({local}) + 1)"
    return f"date_part('{field}', {local})"


def _has_part(field: str, source: object) -> bool:
    match source:
        case YearMonthIntervalType():
            return field in ("year", "month")
        case DayTimeIntervalType():
            return field in ("day", "hour", "minute", "second")
        case TimeType():
            return field in ("hour", "minute", "second")
    return True


def _interval_part(field: str, text: str) -> str:
    match field:
        case "day":
            return f"({text} // {DAY_MICROS})"
        case "hour":
            return f"(({text} // 3600000000) % 24)"
        case "minute":
            return f"(({text} // 60000000) % 60)"
    return f"(CAST({text} % 60000000 AS DECIMAL(18,0)) * 0.000001::DECIMAL(6,6))"


# -- calendar --------------------------------------------------------------------------------------


def _months_between(site: Site) -> str:
    one, two = (session_local(site, text) for text in site.args[:2])
    months = f"((year({one}) - year({two})) * 12 + month({one}) - month({two}))"
    whole = (
        f"day({one}) = day({two}) OR (CAST({one} AS DATE) = last_day({one})"
        f" AND CAST({two} AS DATE) = last_day({two}))"
    )
    midnights = [session_instant(site, f"date_trunc('day', {local})") for local in (one, two)]
    seconds = [
        f"(day({local}) * 86400 + (epoch_us({at}) - epoch_us({midnight})) // 1000000)"
        for local, at, midnight in zip((one, two), site.args[:2], midnights, strict=True)
    ]
    exact = f"({months} + ({seconds[0]} - {seconds[1]}) / 2678400.0::DOUBLE)"
    rounded = f"(floor({exact} * 1e8 + 0.5) / 1e8)"
    value = f"CASE WHEN {whole} THEN {months} WHEN {site.args[2]} THEN {rounded} ELSE {exact} END"
    given = " AND ".join(f"{a} IS NOT NULL" for a in site.args)
    return f"CASE WHEN {given} THEN CAST({value} AS DOUBLE) END"


_DAYS = {
    1: ("MO", "MON", "MONDAY"), 2: ("TU", "TUE", "TUESDAY"), 3: ("WE", "WED", "WEDNESDAY"),
    4: ("TH", "THU", "THURSDAY"), 5: ("FR", "FRI", "FRIDAY"), 6: ("SA", "SAT", "SATURDAY"),
    7: ("SU", "SUN", "SUNDAY"),
}  # fmt: skip


def _next_day(site: Site) -> str:
    date, word = site.args
    days = " ".join(
        f"WHEN upper(trim({word})) IN ({', '.join(map(quote, words))}) THEN {number}"
        for number, words in _DAYS.items()
    )
    wrong = fail("ILLEGAL_DAY_OF_WEEK", string=word) if site.ansi else "NULL"
    wanted = f"CASE {days} WHEN {word} IS NULL THEN NULL ELSE {wrong} END"
    step = f"((({wanted}) - isodow({date}) + 6) % 7 + 1)"
    return f"CASE WHEN {date} IS NOT NULL THEN {date} + CAST({step} AS INTEGER) END"


_UNITS = {
    "year": ("YEAR", "YYYY", "YY"),
    "quarter": ("QUARTER",),
    "month": ("MONTH", "MON", "MM"),
    "week": ("WEEK",),
    "day": ("DAY", "DD"),
    "hour": ("HOUR",),
    "minute": ("MINUTE",),
    "second": ("SECOND",),
    "millisecond": ("MILLISECOND",),
    "microsecond": ("MICROSECOND",),
}


def _by_unit(site: Site, index: int, units: list[str], write: Callable[[str], str]) -> str:
    """The text for the unit that an argument names; a CASE where it is no constant."""
    if site.is_literal(index):
        word = str(site.literal(index)).upper()
        return next((write(u) for u in units if word in _UNITS[u]), "NULL")
    word = f"upper({site.args[index]})"
    branches = " ".join(
        f"WHEN {word} IN ({', '.join(map(quote, _UNITS[u]))}) THEN {write(u)}" for u in units
    )
    return f"CASE {branches} END"


def _trunc(site: Site) -> str:
    def write(unit: str) -> str:
        return f"CAST(date_trunc('{unit}', {site.args[0]}) AS DATE)"

    return _by_unit(site, 1, ["year", "quarter", "month", "week"], write)


def _date_trunc(site: Site) -> str:
    text = site.args[1]

    def write(unit: str) -> str:
        if unit in ("second", "millisecond", "microsecond"):
            return f"date_trunc('{unit}', {text})"
        local = session_local(site, text)
        if unit in ("hour", "minute"):
            return f"({text} - ({local} - date_trunc('{unit}', {local})))"
        return session_instant(site, f"date_trunc('{unit}', {local})")

    return _by_unit(site, 0, list(_UNITS), write)


# -- now -------------------------------------------------------------------------------------------


def _began(site: Site) -> datetime.datetime:
    return site.context.now or datetime.datetime.now(datetime.UTC)


def _current_timestamp(site: Site) -> str:
    return f"TIMESTAMPTZ '{_began(site).astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S.%f}+00'"


def _localtimestamp(site: Site) -> str:
    return session_local(site, _current_timestamp(site))


def _current_time(site: Site) -> str:
    precision = int(site.literal(0)) if site.args else 6
    kept = 10 ** (9 - precision)
    local = _localtimestamp(site)
    nanos = f"(epoch_us({local}) - epoch_us(date_trunc('day', {local}))) * 1000"
    return f"(({nanos}) // {kept} * {kept})"


# -- additions -------------------------------------------------------------------------------------

_STEPS = {
    "YEAR": ("months", 12), "QUARTER": ("months", 3), "MONTH": ("months", 1), "WEEK": ("days", 7),
    "DAY": ("days", 1), "DAYOFYEAR": ("days", 1), "HOUR": ("micros", 3_600_000_000),
    "MINUTE": ("micros", 60_000_000), "SECOND": ("micros", 1_000_000),
    "MILLISECOND": ("micros", 1000), "MICROSECOND": ("micros", 1),
}  # fmt: skip


def _step(site: Site) -> tuple[str, int]:
    unit = str(site.literal(0)).upper()
    if unit not in _STEPS:
        raise SparkException(
            errorClass="INVALID_PARAMETER_VALUE.DATETIME_UNIT",
            messageParameters={"functionName": f"`{site.call.name}`", "parameter": "`unit`",
                               "invalidValue": f"'{unit}'"},
        )  # fmt: skip
    return _STEPS[unit]


def _timestampadd(site: Site) -> str:
    kind, size = _step(site)
    count, text = f"({site.args[1]} * {size})", site.args[2]
    if kind == "micros":
        return f"({text} + to_microseconds({count}))"
    step = f"to_{kind}(CAST({count} AS INTEGER))"
    if isinstance(site.types[2], TimestampNTZType):
        return f"({text} + {step})"
    return session_instant(site, f"({session_local(site, text)} + {step})")


def _timestampdiff(site: Site) -> str:
    """Between what the clock shows at both, as Java's ``ChronoUnit.between`` counts."""
    kind, size = _step(site)
    start, end = (session_local(site, text) for text in site.args[1:])
    if kind != "months":
        unit = size if kind == "micros" else size * DAY_MICROS
        return f"((epoch_us({end}) - epoch_us({start})) // {unit})"
    return site.let(start, lambda a: site.let(end, lambda b: f"({_months(a, b)} // 32 // {size})"))


def _months(a: str, b: str) -> str:
    """Months, and days as 32nds of one: whole months are what is left of the days."""
    clock = "(epoch_us({0}) - epoch_us(date_trunc('day', {0})))"
    later = f"{clock.format(b)} > {clock.format(a)}"
    earlier = f"{clock.format(b)} < {clock.format(a)}"
    days = [f"CAST({t} AS DATE)" for t in (a, b)]
    end = (
        f"({days[1]} + CASE WHEN {days[1]} > {days[0]} AND {earlier} THEN -1"
        f" WHEN {days[1]} < {days[0]} AND {later} THEN 1 ELSE 0 END)"
    )
    packed = "((year({0}) * 12 + month({0})) * 32 + day({0}))"
    return f"({packed.format(end)} - {packed.format(days[0])})"


# -- times of day ----------------------------------------------------------------------------------

_TIME_UNITS = {"HOUR": 3_600_000_000_000, "MINUTE": 60_000_000_000, "SECOND": 1_000_000_000,
               "MILLISECOND": 1_000_000, "MICROSECOND": 1000}  # fmt: skip


def _time_unit(site: Site, index: int, write: Callable[[int], str]) -> str:
    text = site.args[index]
    branches = " ".join(
        f"WHEN upper({text}) = '{unit}' THEN {write(size)}" for unit, size in _TIME_UNITS.items()
    )
    wrong = fail(
        "INVALID_PARAMETER_VALUE.TIME_UNIT",
        functionName=quote(f"`{site.call.name}`"),
        parameter="'`unit`'",
        invalidValue=f"'''' || {text} || ''''",
    )
    return f"CASE {branches} WHEN {text} IS NULL THEN NULL ELSE {wrong} END"


def _time_diff(site: Site) -> str:
    return _time_unit(site, 0, lambda size: f"(({site.args[2]} - {site.args[1]}) // {size})")


def _time_trunc(site: Site) -> str:
    return _time_unit(site, 0, lambda size: f"({site.args[1]} // {size} * {size})")


def _within_day(nanos: str) -> str:
    message = "Invalid TIME value: must be between 00:00:00 and 23:59:59.999999999, but got "
    wrong = fail(
        "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION",
        rangeMessage=f"{quote(message)} || {nanos} || ' nanoseconds'",
    )
    return (
        f"CASE WHEN {nanos} >= 0 AND {nanos} < {1000 * DAY_MICROS} THEN CAST({nanos} AS BIGINT) "
        f"WHEN {nanos} IS NOT NULL THEN {wrong} END"
    )


def _time_from(nanos: int) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        if isinstance(site.types[0], DecimalType):
            amount = f"(CAST(trunc({site.args[0]} * 1000000) AS HUGEINT) * 1000)"
        elif isinstance(site.types[0], IntegralType):
            amount = f"(CAST({site.args[0]} AS HUGEINT) * {nanos})"
        else:
            amount = f"CAST({site.args[0]} * {nanos} AS HUGEINT)"
        return site.let(amount, _within_day)

    return kernel


# -- windows of time -------------------------------------------------------------------------------

_LENGTH = re.compile(r"(-?\d+)\s+(week|day|hour|minute|second|millisecond|microsecond)s?", re.I)
_LENGTHS = {
    "week": 7 * DAY_MICROS, "day": DAY_MICROS, "hour": 3_600_000_000, "minute": 60_000_000,
    "second": 1_000_000, "millisecond": 1000, "microsecond": 1,
}  # fmt: skip


def micros_of(text: str) -> int:
    """The length of ``1 hour 30 minutes``.

    >>> micros_of("1 hour 30 minutes") == 5_400_000_000
    True
    """
    words = re.sub(r"^\s*interval\s+", "", text, flags=re.I).strip()
    found = _LENGTH.findall(words)
    if not found or _LENGTH.sub("", words).strip():
        raise SparkException(
            errorClass="CANNOT_PARSE_INTERVAL", messageParameters={"intervalString": text}
        )
    return sum(int(count) * _LENGTHS[unit.lower()] for count, unit in found)


def _window(site: Site) -> str:
    """The window that a moment falls into, or one of those, the latest first (``back`` of 0).

    Analysis puts in numbers; texts are there where a window is no column of its own (ORDER BY).
    """
    given = [site.literal(at) for at in range(1, len(site.args))]
    numbers = [n if isinstance(n, int) else micros_of(str(n)) for n in given]
    length, slide, begin, back = numbers + [numbers[0], 0, 0][len(numbers) - 1 :]
    made = "make_timestamp" if isinstance(site.types[0], TimestampNTZType) else "make_timestamptz"

    def write(t: str) -> str:
        start = f"{t} - ((({t} - {begin}) % {slide}) + {slide}) % {slide} - {back * slide}"
        parts = f'"start" := {made}({start}), "end" := {made}({start} + {length})'
        return f"CASE WHEN {t} IS NOT NULL THEN struct_pack({parts}) END"

    return site.let(f"epoch_us({site.args[0]})", write)


KERNELS: dict[str, Kernel] = {
    "window": Exact(_window),
    "window_time": Exact('({0}."end" - INTERVAL 1 microsecond)'),
    "year": "year({0})",
    "quarter": "quarter({0})",
    "month": "month({0})",
    "day": "day({0})",
    "dayofweek": "(dayofweek({0}) + 1)",
    "weekday": "(isodow({0}) - 1)",
    "dayofyear": "dayofyear({0})",
    "weekofyear": "week({0})",
    "hour": _clock_part("hour", 3_600_000_000_000, 24),
    "minute": _clock_part("minute", 60_000_000_000, 60),
    "second": _clock_part("second", 1_000_000_000, 60),
    "dayname": "left(dayname({0}), 3)",
    "monthname": "left(monthname({0}), 3)",
    "date_part": _date_part,
    "date_add": Exact("({0} + {1})"),
    "date_sub": Exact("({0} - {1})"),
    "datediff": "({0} - {1})",
    "add_months": "({0} + to_months({1}))",
    "months_between": Exact(_months_between),
    "last_day": Exact("last_day({0})"),
    "next_day": Exact(_next_day),
    "trunc": _trunc,
    "date_trunc": _date_trunc,
    "current_date": lambda site: f"CAST({_localtimestamp(site)} AS DATE)",
    "current_timestamp": Exact(_current_timestamp),
    "localtimestamp": Exact(_localtimestamp),
    "current_timezone": lambda site: quote(site.zone),
    "current_time": _current_time,
    "date_from_unix_date": Exact("(DATE '1970-01-01' + {0})"),
    "unix_date": "({0} - DATE '1970-01-01')",
    "timestampadd": Exact(_timestampadd),
    "timestampdiff": _timestampdiff,
    "time_diff": _time_diff,
    "time_trunc": _time_trunc,
    "time_from_seconds": _time_from(1_000_000_000),
    "time_from_millis": _time_from(1_000_000),
    "time_from_micros": _time_from(1000),
    "time_to_seconds": "(CAST({0} // 1000 AS DECIMAL(20,0)) * 0.000001::DECIMAL(6,6))",
    "time_to_millis": "({0} // 1000000)",
    "time_to_micros": "({0} // 1000)",
    **MOMENTS,
}
