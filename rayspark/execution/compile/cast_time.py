"""Casts to and from TIME, which is nanoseconds since midnight."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from rayspark.datatypes import DecimalType, LongType, TimestampType, TimeType
from rayspark.execution.kernels.zones import instant as to_instant
from rayspark.execution.kernels.zones import local_time as to_local

if TYPE_CHECKING:
    from rayspark.execution.compile.cast import Casting

SECOND = 1_000_000_000


def cut(nanos: str, precision: int) -> str:
    """A time with so many digits of its seconds' fraction; what comes after them is left out."""
    unit = 10 ** (9 - precision)
    return f"({nanos} // {unit} * {unit})"


def time_to_time(cast: Casting) -> str:
    """With more or fewer digits."""
    source, target = cast.source, cast.target
    assert isinstance(source, TimeType)
    assert isinstance(target, TimeType)
    return cast.text if target.precision >= source.precision else cut(cast.text, target.precision)


def moment_to_time(cast: Casting) -> str:
    """What the clock shows then."""
    assert isinstance(cast.target, TimeType)
    zoned = isinstance(cast.source, TimestampType)
    local = to_local(cast.text, cast.zone) if zoned else cast.text
    nanos = cast.let(
        local, lambda t: f"((epoch_us({t}) - epoch_us(date_trunc('day', {t}))) * 1000)"
    )
    return cut(nanos, cast.target.precision)


def time_to_moment(cast: Casting) -> str:
    """That time of today."""
    now = cast.context.now or datetime.datetime.now(datetime.UTC)
    began = f"TIMESTAMPTZ '{now.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S.%f}+00'"
    today = f"date_trunc('day', {to_local(began, cast.zone)})"
    local = f"({today} + to_microseconds({cast.text} // 1000))"
    if not isinstance(cast.target, TimestampType):
        return local
    return cast.let(local, lambda t: to_instant(t, cast.zone))


def time_to_integral(cast: Casting) -> str:
    """Whole seconds since midnight."""
    return cast.inner(f"({cast.text} // {SECOND})", LongType(), cast.target)


def time_to_decimal(cast: Casting) -> str:
    """Seconds since midnight."""
    exact = f"(CAST({cast.text} AS DECIMAL(18,0)) * 0.000000001::DECIMAL(9,9))"
    return cast.inner(exact, DecimalType(27, 9), cast.target)
