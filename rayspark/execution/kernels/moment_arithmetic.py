"""``+ - * /`` of dates, times and intervals.

Intervals are numbers (months, microseconds). Days count on the wall clock of the session's zone,
hours and less on the time line, as in Spark.
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.datatypes import (
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
)
from rayspark.datatypes.base import IntegralType
from rayspark.datatypes.intervals import CalendarIntervalType
from rayspark.execution.kernels import decimals
from rayspark.execution.kernels.kernel import Site, fail
from rayspark.execution.kernels.zones import fixed_offset
from rayspark.execution.kernels.zones import instant as to_instant
from rayspark.execution.kernels.zones import local_time as to_local

DAY = 86_400_000_000


def _ordered(site: Site) -> tuple[str, str, DataType]:
    """The instant (or interval) first, then what is added to it (or the number), and its type."""
    a, b = site.args
    first, second = site.types
    if site.call.name == "-":
        return a, f"(-{b})", second
    spans = (DayTimeIntervalType, YearMonthIntervalType, CalendarIntervalType)
    if site.call.name == "+" and isinstance(first, spans):
        return b, a, first
    if site.call.name == "+" and isinstance(second, DateType):
        return b, a, first
    if site.call.name == "*" and not isinstance(first, spans):
        return b, a, first
    return a, b, second


def add_days(site: Site) -> str:
    """A date and a number of days."""
    day, count, _ = _ordered(site)
    return f"({day} + CAST({count} AS INTEGER))"


def add_interval(site: Site) -> str:
    """A date or timestamp and an interval of any kind."""
    moment, span, kind = _ordered(site)
    if isinstance(site.type, DateType):
        months = span if isinstance(kind, YearMonthIntervalType) else None
        added = f"to_months({months})" if months else span
        return f"CAST(({moment} + {added}) AS DATE)"
    zoned = isinstance(site.type, TimestampType)
    if isinstance(kind, YearMonthIntervalType):
        months = f"to_months({span})"
        return _on_clock(site, moment, months) if zoned else f"({moment} + {months})"
    if isinstance(kind, DayTimeIntervalType) and not (zoned and fixed_offset(site.zone) is None):
        return f"({moment} + to_microseconds({span}))"
    if not zoned:
        return f"({moment} + {span})"
    if isinstance(kind, DayTimeIntervalType):
        days, rest = f"to_days(CAST({span} // {DAY} AS INTEGER))", f"({span} % {DAY})"
        return f"({_on_clock(site, moment, days)} + to_microseconds({rest}))"
    return site.let(span, lambda s: _calendar_later(site, moment, s))


def _calendar_later(site: Site, moment: str, span: str) -> str:
    """Months and days on the clock, then the rest on the time line."""
    months = f"to_months(CAST(year({span}) * 12 + month({span}) AS INTEGER))"
    long = f"({months} + to_days(CAST(day({span}) AS INTEGER)))"
    return f"({_on_clock(site, moment, long)} + ({span} - {long}))"


def _on_clock(site: Site, moment: str, span: str) -> str:
    """An instant moved on the wall clock of the session's zone.

    Of a local time that the clock shows twice, the one with the offset that the instant had.
    """
    zone = site.zone
    if fixed_offset(zone) is not None:
        return to_instant(f"({to_local(moment, zone)} + {span})", zone)

    def moved(at: str) -> str:
        local = to_local(at, zone)
        return site.let(f"({local} + {span})", lambda new: later(at, local, new))

    def later(at: str, local: str, new: str) -> str:
        kept = f"make_timestamptz(epoch_us({at}) + epoch_us({new}) - epoch_us({local}))"
        again = to_instant(new, zone)
        return f"CASE WHEN {to_local(kept, zone)} = {new} THEN {kept} ELSE {again} END"

    return site.let(moment, moved)


def between_dates(site: Site) -> str:
    """Days between two dates, as an interval."""
    a, b = site.args
    return f"(CAST({a} - {b} AS BIGINT) * {DAY})"


def between_moments(site: Site) -> str:
    """Microseconds between two moments, on the wall clock of the session's zone."""
    a, b = site.args
    if isinstance(site.types[0], TimestampNTZType):
        return f"(epoch_us({a}) - epoch_us({b}))"
    return f"(epoch_us({to_local(a, site.zone)}) - epoch_us({to_local(b, site.zone)}))"


def add_to_time(site: Site) -> str:
    """A time of day and an interval, on the same day."""
    time, span, _ = _ordered(site)
    error = fail(
        "DATETIME_OVERFLOW",
        operation=f"'add an interval of ' || {span} || ' microseconds to a time of day'",
    )
    later = f"({time} + CAST({span} AS HUGEINT) * 1000)"
    end = 1000 * DAY
    return site.let(
        later,
        lambda t: (
            f"CASE WHEN {t} >= 0 AND {t} < {end} THEN CAST({t} AS BIGINT) "
            f"WHEN {t} IS NOT NULL THEN {error} END"
        ),
    )


def between_times(site: Site) -> str:
    """Microseconds from one time of day to another."""
    return f"(({site.args[0]} - {site.args[1]}) // 1000)"


def times(site: Site) -> str:
    """An interval times a number, half up."""
    span, factor, kind = _ordered(site)
    if isinstance(kind, IntegralType):
        return f"(CAST({span} AS BIGINT) * {factor})"
    if isinstance(kind, DecimalType):
        return f"round(CAST({span} AS DECIMAL(19,0)) * {factor}, 0)"
    return _whole(f"(CAST({span} AS DOUBLE) * {factor})")


def divided(site: Site, *, lenient: bool = False) -> str:
    """An interval by a number, half up."""
    span, kind = site.args[0], site.types[1]
    if lenient:
        by = f"nullif({site.args[1]}, 0)"
    else:
        error = fail("INTERVAL_DIVIDED_BY_ZERO")
        by = site.let(site.args[1], lambda b: f"CASE WHEN {b} = 0 THEN {error} ELSE {b} END")
    if isinstance(kind, IntegralType):
        doubled = f"((CAST({span} AS HUGEINT) * 20) // {by})"
        return f"CAST(round(CAST({doubled} AS DECIMAL(38,0)) * 0.05, 0) AS HUGEINT)"
    if isinstance(kind, DecimalType):
        scale = 10**kind.scale
        return f"round(CAST({span} AS DOUBLE) * {scale} / CAST({by} * {scale} AS DOUBLE))"
    return _whole(f"(CAST({span} AS DOUBLE) / {by})")


def _whole(text: str) -> str:
    """A double rounded half up, away from zero."""
    return f"round({text})"


def calendar(site: Site) -> str:
    """A calendar interval times or by a number."""
    span, factor, _ = _ordered(site)
    if site.call.name == "*":
        return f"({span} * {factor})"
    return f"({span} / {decimals.divisor(site, lenient=not site.ansi)})"


OPERATIONS: dict[str, Callable[..., str]] = {
    "DateAdd": add_days,
    "DateSub": add_days,
    "DateAddInterval": add_interval,
    "DateAddYMInterval": add_interval,
    "TimestampAddInterval": add_interval,
    "TimestampAddYMInterval": add_interval,
    "SubtractDates": between_dates,
    "SubtractTimestamps": between_moments,
    "TimeAddInterval": add_to_time,
    "SubtractTimes": between_times,
    "MultiplyYMInterval": times,
    "MultiplyDTInterval": times,
    "DivideYMInterval": divided,
    "DivideDTInterval": divided,
    "MultiplyInterval": calendar,
    "DivideInterval": calendar,
}
"""Spark's name of an operation (see ``datatypes.arithmetic``) and who writes it."""


def compile_operation(site: Site, operation: str, *, lenient: bool = False) -> str:
    """The text of an operation on dates, times or intervals."""
    if OPERATIONS[operation] is divided:
        return divided(site, lenient=lenient)
    return OPERATIONS[operation](site)
