"""Kernels that read times from text, write them as text and make them of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rayspark.catalyst.expressions import Cast, CastMode, Literal
from rayspark.datatypes import (
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
)
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.compile.cast import compile_cast
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail, pure, quote
from rayspark.execution.kernels.patterns import read_time, write_time
from rayspark.execution.kernels.zones import (
    instant,
    local_time,
    session_instant,
    session_local,
    zone_name,
)

INSTANT, LOCAL, TIMESTAMP_FORMAT = TimestampType(), TimestampNTZType(), "yyyy-MM-dd HH:mm:ss"


def floor_div(number: str, by: int) -> str:
    """A whole number divided and rounded down. The text is used twice."""
    return f"(({number} - (({number} % {by}) + {by}) % {by}) // {by})"


def cast(site: Site, text: str, source: DataType, target: DataType, *, lenient: bool) -> str:
    """A cast as the session casts, or one that gives null."""
    if lenient:
        mode = CastMode.TRY
    else:
        mode = CastMode.ANSI if site.ansi else CastMode.LEGACY
    return compile_cast(text, source, target, mode, site.context)


# -- text to time ----------------------------------------------------------------------------------


def _is_null(site: Site, index: int) -> bool:
    given = site.call.args[index]
    while isinstance(given, Cast):
        given = given.child
    return isinstance(given, Literal) and given.value is None


def _format(site: Site, index: int) -> str:
    if _is_null(site, index):
        return ""
    if not site.is_literal(index):
        raise PySparkNotImplementedError(
            errorClass="NOT_IMPLEMENTED",
            messageParameters={"feature": f"{site.call.name} with a format that is no constant"},
        )
    return str(site.literal(index))


def _parsed(site: Site, target: DataType, *, lenient: bool) -> str:
    """An argument as a date, a local time or an instant; text in the format that comes after it."""
    text, source = site.args[0], site.types[0]
    if len(site.args) == 1 or not isinstance(source, StringType):
        return cast(site, text, source, target, lenient=lenient)
    folded: Any = site.call.args[1]
    while isinstance(folded, Cast):
        folded = folded.child
    if isinstance(folded, Literal) and folded.value is None:
        return f"CAST(NULL AS {_name(target)})"
    return site.let(text, lambda t: _read(site, t, target, lenient=lenient or not site.ansi))


def _name(target: DataType) -> str:
    names: dict[DataType, str] = {INSTANT: "TIMESTAMPTZ", LOCAL: "TIMESTAMP"}
    return names.get(target, "DATE")


def _read(site: Site, text: str, target: DataType, *, lenient: bool) -> str:
    found, zoned = read_time(text, _format(site, 1))
    value = _as(site, found, target, zoned=zoned)
    if lenient:
        return value
    wrong = fail(
        "CANNOT_PARSE_TIMESTAMP",
        func=quote(f"`try_{'to_date' if isinstance(target, DateType) else 'to_timestamp'}`"),
        message=f"'Text ''' || {text} || ''' could not be parsed'",
    )
    return f"CASE WHEN {text} IS NOT NULL AND {found} IS NULL THEN {wrong} ELSE {value} END"


def _as(site: Site, found: str, target: DataType, *, zoned: bool) -> str:
    match target:
        case TimestampType():
            return found if zoned else session_instant(site, found)
        case DateType():
            return f"CAST({session_local(site, found) if zoned else found} AS DATE)"
    return session_local(site, found) if zoned else found


def _to(target: DataType, *, lenient: bool = False) -> Callable[[Site], str]:
    return lambda site: _parsed(site, target, lenient=lenient)


def _to_unix(site: Site) -> str:
    if not site.args:
        began = site.context.now
        assert began is not None
        return str(int(began.timestamp()))
    if isinstance(site.types[0], StringType):
        pattern = _format(site, 1) if len(site.args) > 1 else TIMESTAMP_FORMAT
        found, zoned = read_time(site.args[0], pattern)
        value = _as(site, found, INSTANT, zoned=zoned)
        if site.ansi:
            wrong = fail(
                "CANNOT_PARSE_TIMESTAMP",
                func="'`try_to_timestamp`'",
                message=f"'Text ''' || {site.args[0]} || ''' could not be parsed'",
            )
            given = f"{site.args[0]} IS NOT NULL AND {found} IS NULL"
            value = f"CASE WHEN {given} THEN {wrong} ELSE {value} END"
    elif isinstance(site.types[0], TimestampNTZType):
        value = site.args[0]
    else:
        value = cast(site, site.args[0], site.types[0], INSTANT, lenient=False)
    return f"(epoch_us({value}) // 1000000)"


def _time_of_text(site: Site, *, lenient: bool) -> str:
    """In the form that a cast reads, though what it cannot read is another error."""
    text = site.args[0]
    found = cast(site, text, site.types[0], TimeType(6), lenient=True)
    if lenient:
        return found
    wrong = fail(
        "CANNOT_PARSE_TIME", input=f"'''' || {text} || ''''",
        format=quote("'HH:mm:ss.SSSSSS'"),
    )  # fmt: skip
    return site.let(
        found, lambda t: f"CASE WHEN {text} IS NOT NULL AND {t} IS NULL THEN {wrong} ELSE {t} END"
    )


def _to_time(*, lenient: bool) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        if len(site.args) == 1:
            return _time_of_text(site, lenient=lenient)
        text = site.args[0]
        found, _ = read_time(text, _format(site, 1))
        nanos = f"((epoch_us({found}) - epoch_us(date_trunc('day', {found}))) * 1000)"
        if lenient:
            return nanos
        wrong = fail("CANNOT_PARSE_TIME", input=f"'''' || {text} || ''''",
                     format=quote(f"'{_format(site, 1)}'"))  # fmt: skip
        return f"CASE WHEN {text} IS NOT NULL AND {found} IS NULL THEN {wrong} ELSE {nanos} END"

    return kernel


# -- time to text ----------------------------------------------------------------------------------


def _date_format(site: Site) -> str:
    if _is_null(site, 1):
        return "CAST(NULL AS VARCHAR)"
    return write_time(site, session_local(site, site.args[0]), _format(site, 1), site.args[0])


def _from_unixtime(site: Site) -> str:
    at = f"make_timestamptz({site.args[0]} * 1000000)"
    return write_time(site, session_local(site, at), _format(site, 1), at)


# -- numbers to time -------------------------------------------------------------------------------


OUT_OF_BOUNDS = fail(
    "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION",
    rangeMessage="'The value of a part of the date or time is out of its range'",
)


def _make_date(site: Site) -> str:
    numbers = [f"CAST({a} AS BIGINT)" for a in site.args]
    made = pure(site.context, numbers, lambda *n: f"TRY(make_date({', '.join(n)}))")
    if not site.ansi:
        return made
    given = " AND ".join(f"{a} IS NOT NULL" for a in site.args)
    return f"CASE WHEN {given} AND {made} IS NULL THEN {OUT_OF_BOUNDS} ELSE {made} END"


def _make_timestamp(target: DataType | None, *, lenient: bool) -> Callable[[Site], str]:
    """From six parts and perhaps a zone, or from a date, a time of day and a zone."""

    def kernel(site: Site) -> str:
        texts = list(site.args)
        zone = None
        if len(texts) in (3, 7):
            zone = texts.pop()
        if len(texts) <= 2:
            local = _of_date(site, texts)
        else:
            local = _of_parts(site, texts, lenient=lenient or not site.ansi)
        if target == LOCAL:
            return local
        if zone is None:
            return session_instant(site, local)
        return _in_zone(site, local, len(site.args) - 1)

    return kernel


def _of_date(site: Site, texts: list[str]) -> str:
    date = cast(site, texts[0], site.types[0], DateType(), lenient=False)
    if len(texts) == 1:
        return f"CAST({date} AS TIMESTAMP)"
    return f"(CAST({date} AS TIMESTAMP) + to_microseconds({texts[1]} // 1000))"


def _of_parts(site: Site, texts: list[str], *, lenient: bool) -> str:
    numbers = [f"CAST({t} AS BIGINT)" for t in texts[:5]]
    whole = pure(
        site.context, numbers,
        lambda *n: f"CASE WHEN {n[3]} BETWEEN 0 AND 23 "
        f"THEN TRY(make_timestamp({', '.join(n)}, 0.0)) END",
    )  # fmt: skip
    seconds = f"CAST({texts[5]} AS DECIMAL(16,6))"

    def write(start: str, s: str) -> str:
        made = f"{start} + to_microseconds(CAST({s} * 1000000 AS BIGINT))"
        if lenient:
            return f"CASE WHEN {s} >= 0 AND {s} <= 60 THEN {made} END"
        given = " AND ".join(f"{t} IS NOT NULL" for t in texts)
        fraction = fail("INVALID_FRACTION_OF_SECOND", secAndMicros=s)
        return (
            f"CASE WHEN {given} THEN CASE WHEN {s} > 60 AND {s} < 61 THEN {fraction}"
            f" WHEN {start} IS NULL OR {s} < 0 OR {s} > 60 THEN {OUT_OF_BOUNDS} ELSE {made} END END"
        )

    return site.let(whole, lambda w: site.let(seconds, lambda s: write(w, s)))


def _in_zone(site: Site, local: str, index: int) -> str:
    if site.is_literal(index):
        zone = site.literal(index)
        if zone is None:
            return "CAST(NULL AS TIMESTAMPTZ)"
        return site.let(local, lambda t: instant(t, zone_name(str(zone))))
    return f"({local} AT TIME ZONE {site.args[index]})"


def _make_time(site: Site) -> str:
    hour, minute, second = site.args
    fine = (
        f"{hour} BETWEEN 0 AND 23 AND {minute} BETWEEN 0 AND 59 AND {second} >= 0 AND {second} < 60"
    )
    nanos = (
        f"({hour} * 3600000000000 + {minute} * 60000000000 +"
        f" CAST(trunc(CAST({second} AS DECIMAL(18,6)) * 1000000) AS BIGINT) * 1000)"
    )
    given = " OR ".join(f"{a} IS NULL" for a in site.args)
    return f"CASE WHEN {given} THEN NULL WHEN {fine} THEN {nanos} ELSE {OUT_OF_BOUNDS} END"


def _seconds(site: Site) -> str:
    text, source = site.args[0], site.types[0]
    match source:
        case DecimalType():
            wide = f"CAST({text} AS DECIMAL(38,{min(source.scale, 18)}))"
            return f"make_timestamptz(CAST(trunc({wide} * 1000000::DECIMAL(7,0)) AS BIGINT))"
        case DoubleType() | FloatType():
            finite = f"isfinite(CAST({text} AS DOUBLE))"
            micros = f"CAST(trunc(CAST({text} AS DOUBLE) * 1000000) AS BIGINT)"
            return f"CASE WHEN {finite} THEN make_timestamptz({micros}) END"
    return f"make_timestamptz(CAST({text} AS BIGINT) * 1000000)"


def _since(unit: int) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        micros = f"epoch_us({site.args[0]})"
        return micros if unit == 1 else site.let(micros, lambda t: floor_div(t, unit))

    return kernel


# -- zones -----------------------------------------------------------------------------------------


def _from_utc(site: Site) -> str:
    return _shifted(site, to_zone=True)


def _to_utc(site: Site) -> str:
    return _shifted(site, to_zone=False)


def _shifted(site: Site, *, to_zone: bool) -> str:
    """The value's clock in the session's zone is read as one of UTC or of the zone, and set to the
    other: Spark moves the instant by the zone's offset.
    """
    text = site.args[0]
    if site.is_literal(1) and site.literal(1) is None:
        return "CAST(NULL AS TIMESTAMPTZ)"
    local_of: Callable[[str], str]
    instant_of: Callable[[str], str]
    if site.is_literal(1):
        zone = zone_name(str(site.literal(1)))
        local_of, instant_of = (lambda t: local_time(t, zone)), (lambda t: instant(t, zone))
    else:
        named = site.args[1]
        local_of = instant_of = lambda t: f"({t} AT TIME ZONE {named})"
    if to_zone:
        return f"CAST({local_of(text)} AS TIMESTAMPTZ)"
    return site.let(f"CAST({text} AS TIMESTAMP)", instant_of)


def _convert_timezone(site: Site) -> str:
    if len(site.args) == 2:
        source, target, at = quote(site.zone), site.args[0], 1
    else:
        source, target, at = site.args[0], site.args[1], 2
    local = cast(site, site.args[at], site.types[at], LOCAL, lenient=False)
    from_zone = site.zone if at == 1 else (site.literal(0) if site.is_literal(0) else None)
    to_zone = site.literal(at - 1) if site.is_literal(at - 1) else None
    moment = (
        site.let(local, lambda t: instant(t, zone_name(str(from_zone))))
        if from_zone is not None
        else f"({local} AT TIME ZONE {source})"
    )
    if to_zone is not None:
        return local_time(moment, zone_name(str(to_zone)))
    return f"({moment} AT TIME ZONE {target})"


KERNELS: dict[str, Kernel] = {
    "to_date": _to(DateType()),
    "try_to_date": _to(DateType(), lenient=True),
    "to_timestamp": Exact(_to(INSTANT)),
    "try_to_timestamp": Exact(_to(INSTANT, lenient=True)),
    "to_timestamp_ltz": Exact(_to(INSTANT)),
    "to_timestamp_ntz": Exact(_to(LOCAL)),
    "to_time": _to_time(lenient=False),
    "try_to_time": _to_time(lenient=True),
    "unix_timestamp": _to_unix,
    "to_unix_timestamp": _to_unix,
    "from_unixtime": _from_unixtime,
    "date_format": _date_format,
    "make_date": _make_date,
    "make_timestamp": Exact(_make_timestamp(None, lenient=False)),
    "try_make_timestamp": Exact(_make_timestamp(None, lenient=True)),
    "make_timestamp_ltz": Exact(_make_timestamp(None, lenient=False)),
    "try_make_timestamp_ltz": Exact(_make_timestamp(None, lenient=True)),
    "make_timestamp_ntz": Exact(_make_timestamp(LOCAL, lenient=False)),
    "try_make_timestamp_ntz": Exact(_make_timestamp(LOCAL, lenient=True)),
    "make_time": _make_time,
    "timestamp_seconds": Exact(_seconds),
    "timestamp_millis": Exact("make_timestamptz(CAST({0} AS BIGINT) * 1000)"),
    "timestamp_micros": Exact("make_timestamptz(CAST({0} AS BIGINT))"),
    "unix_seconds": _since(1_000_000),
    "unix_millis": _since(1000),
    "unix_micros": _since(1),
    "from_utc_timestamp": Exact(_from_utc),
    "to_utc_timestamp": Exact(_to_utc),
    "convert_timezone": _convert_timezone,
}
