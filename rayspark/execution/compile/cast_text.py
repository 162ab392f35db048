"""Casts from and to strings.

From: the text is matched with a pattern of what Spark accepts and then read by DuckDB, whose own
readers are laxer (``1_000``, ``0x1F``, ``1.9`` for an integer). To: as Java prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    NullType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VariantType,
    YearMonthIntervalType,
)
from rayspark.datatypes.intervals import CalendarIntervalType
from rayspark.execution.compile.cast_time import cut
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels import texts
from rayspark.execution.kernels.kernel import ArrowFunction, bind, fail, let, quote
from rayspark.execution.kernels.zones import fixed_offset
from rayspark.execution.kernels.zones import instant as to_instant
from rayspark.execution.kernels.zones import local_time as to_local

if TYPE_CHECKING:
    from rayspark.execution.compile.cast import Casting
    from rayspark.execution.compile.context import CompileContext

CONFIG = '"spark.sql.ansi.enabled"'
BLANK = r"[\x00-\x20\x7f]*"
BLANKS = "".join(chr(c) for c in (*range(1, 33), 127))
INTEGER = BLANK + r"[+-]?[0-9]+" + BLANK
WHOLE = BLANK + r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)" + BLANK
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
ISO_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATE = r"([+-]?[0-9]{4,7})(-([0-9]{1,2})(-([0-9]{1,2})([ T].*)?)?)?"
ISO_MOMENT = ISO_DATE + r"[ T]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"


def trimmed(text: str) -> str:
    """Without blanks and control characters at both ends."""
    return f"trim({text}, {quote(BLANKS)})"


def invalid(cast: Casting, value: str) -> str:
    """The error of a text that is no such value; null where that is meant."""
    if not cast.ansi:
        return "NULL"
    return fail(
        "CAST_INVALID_INPUT",
        expression=f"'''' || {value} || ''''",
        sourceType=quote('"STRING"'),
        targetType=quote(f'"{cast.target.simpleString().upper()}"'),
        ansiConfig=quote(CONFIG),
    )


def read(cast: Casting, made: str, text: str) -> str:
    """What was made of the text, or the error."""
    if not cast.ansi:
        return made
    error = invalid(cast, text)
    return f"CASE WHEN {text} IS NOT NULL THEN coalesce({made}, {error}) END"


# -- from ----------------------------------------------------------------------------------------


def to_boolean(cast: Casting) -> str:
    """``t true y yes 1`` and their opposites, in any case."""

    def made(s: str) -> str:
        word = f"lower({trimmed(s)})"
        return read(
            cast,
            f"CASE WHEN {word} IN ('t', 'true', 'y', 'yes', '1') THEN true "
            f"WHEN {word} IN ('f', 'false', 'n', 'no', '0') THEN false END",
            s,
        )

    return cast.let(cast.text, made)


def to_integral(cast: Casting) -> str:
    """Digits with a sign; in LEGACY mode also a fraction, which is cut."""
    kind = duck_type(cast.target)

    def made(s: str) -> str:
        value = f"TRY_CAST({trimmed(s)} AS {kind})"
        found = (
            f"CASE WHEN regexp_full_match({s}, '[+-]?[0-9]+') THEN TRY_CAST({s} AS {kind}) "
            f"WHEN regexp_full_match({s}, {quote(INTEGER)}) THEN {value} END"
        )
        if cast.legacy:
            whole = f"regexp_replace({trimmed(s)}, '\\..*$', '')"
            whole = f"CASE WHEN {whole} IN ('', '+', '-') THEN '0' ELSE {whole} END"
            found = (
                f"CASE WHEN regexp_full_match({s}, {quote(WHOLE)}) "
                f"THEN TRY_CAST({whole} AS {kind}) END"
            )
        return read(cast, found, s)

    return cast.let(cast.text, made)


def to_decimal(cast: Casting) -> str:
    """A number in any notation, rounded half up."""
    target = cast.target
    assert isinstance(target, DecimalType)

    def made(s: str) -> str:
        # A pattern costs thrice the cast. But for 1_000 and 1e3. DuckDB takes what Spark takes.
        odd = " OR ".join(f"contains({s}, '{char}')" for char in "_eE")
        plain = f"CASE WHEN NOT ({odd}) THEN TRY_CAST({s} AS {duck_type(target)}) END"
        clean = f"CASE WHEN regexp_full_match({s}, {quote(NUMBER)}) THEN {s} ELSE {trimmed(s)} END"
        value = f"TRY_CAST({clean} AS {duck_type(target)})"
        fits = f"regexp_full_match({s}, {quote(BLANK + NUMBER + BLANK)})"
        if not cast.ansi:
            return f"coalesce({plain}, CASE WHEN {fits} THEN {value} END)"
        error = fail(
            "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
            value=trimmed(s),
            precision=quote(str(target.precision)),
            scale=quote(str(target.scale)),
            config=quote(CONFIG),
        )
        return (
            f"coalesce({plain}, CASE WHEN {s} IS NULL THEN NULL "
            f"WHEN {fits} THEN coalesce({value}, {error}) ELSE {invalid(cast, s)} END)"
        )

    return cast.let(cast.text, made)


def to_float(cast: Casting) -> str:
    """What Java's ``parseDouble`` takes (``1e3``, ``1.5d``), ``inf`` and ``nan`` in any case."""
    kind = duck_type(cast.target)
    words = {"inf": "inf", "+inf": "inf", "infinity": "inf", "+infinity": "inf",
             "-inf": "-inf", "-infinity": "-inf", "nan": "nan"}  # fmt: skip
    special = " ".join(f"WHEN {quote(w)} THEN {quote(v)}::{kind}" for w, v in words.items())

    def made(s: str) -> str:
        digits = f"rtrim({trimmed(s)}, 'dDfF')"
        return read(
            cast,
            f"CASE WHEN regexp_full_match({s}, {quote(NUMBER)}) THEN {_wide(s, kind)} "
            f"WHEN regexp_full_match({trimmed(s)}, {quote(NUMBER)}) "
            f"THEN {_wide(trimmed(s), kind)} "
            f"WHEN regexp_full_match({trimmed(s)}, {quote(NUMBER + '[dDfF]')}) "
            f"THEN {_wide(digits, kind)} "
            f"ELSE CASE lower({trimmed(s)}) {special} END END",
            s,
        )

    return cast.let(cast.text, made)


def _wide(text: str, kind: str) -> str:
    """A number of any size: too large ones are infinite."""
    sign = f"CASE WHEN {text} LIKE '-%' THEN '-inf' ELSE 'inf' END"
    return f"coalesce(TRY_CAST({text} AS {kind}), CAST({sign} AS {kind}))"


def to_date(cast: Casting) -> str:
    """``2020``, ``2020-1``, ``2020-1-1``, ``2020-01-01 anything``."""

    def made(s: str) -> str:
        part = [f"regexp_extract({trimmed(s)}, {quote('^' + DATE + '$')}, {i})" for i in (1, 3, 5)]
        month, day = (f"coalesce(TRY_CAST({p} AS INTEGER), 1)" for p in part[1:])
        lenient = (
            f"CASE WHEN regexp_full_match({trimmed(s)}, {quote('(?s)' + DATE)}) "
            f"THEN TRY(make_date(CAST({part[0]} AS INTEGER), {month}, {day})) END"
        )
        quick = _call(cast.context, texts.PLAIN_DATES, s)
        return read(
            cast,
            f"coalesce({quick}, CASE WHEN regexp_full_match({s}, {quote(ISO_DATE)}) "
            f"THEN TRY_CAST({s} AS DATE) ELSE {lenient} END)",
            s,
        )

    return cast.let(cast.text, made)


def to_timestamp(cast: Casting) -> str:
    """A date, perhaps with a time, perhaps with a zone."""
    zoned = isinstance(cast.target, TimestampType)
    function = texts.timestamp_reader(cast.zone if zoned else None)
    cast.context.arrow_functions[function.name] = function

    def value(local: str) -> str:
        if not zoned:
            return local
        if fixed_offset(cast.zone) is not None:
            return to_instant(local, cast.zone)
        return bind(cast.context, local, lambda t: to_instant(t, cast.zone))

    def made(s: str) -> str:
        quick = value(_call(cast.context, texts.PLAIN_MOMENTS, s))
        plain = value(f"TRY_CAST({s} AS TIMESTAMP)")
        other = f"{function.name}({s})"
        other = f"make_timestamptz({other})" if zoned else f"make_timestamp({other})"
        return read(
            cast,
            f"coalesce({quick}, CASE WHEN regexp_full_match({s}, {quote(ISO_MOMENT)}) "
            f"THEN {plain} ELSE {other} END)",
            s,
        )

    return cast.let(cast.text, made)


def to_time(cast: Casting) -> str:
    """``12:30:05.5`` as nanoseconds."""
    assert isinstance(cast.target, TimeType)
    nanos = _through(cast, texts.time_reader())
    return nanos if cast.target.precision >= 6 else cut(nanos, cast.target.precision)


def to_interval(cast: Casting) -> str:
    """``1-2``, ``INTERVAL '1 02:03:04' DAY TO SECOND``..."""
    match cast.target:
        case YearMonthIntervalType() | DayTimeIntervalType():
            return _through(cast, texts.interval_reader(cast.target))
        case CalendarIntervalType():
            body = rf"regexp_replace({cast.text}, '^\s*interval\s', '', 'i')"
            return f"TRY_CAST({body} AS INTERVAL)"
    raise TypeError(cast.target)


def _through(cast: Casting, function: ArrowFunction) -> str:
    cast.context.arrow_functions[function.name] = function
    return cast.let(cast.text, lambda s: read(cast, f"{function.name}({s})", s))


def to_binary(cast: Casting) -> str:
    """Its UTF-8 bytes."""
    return f"encode({cast.text})"


def integral_to_binary(cast: Casting) -> str:
    """Its bytes, the highest first."""
    size = {"TINYINT": 2, "SMALLINT": 4, "INTEGER": 8, "BIGINT": 16}[duck_type(cast.source)]
    unsigned = f"(CAST({cast.text} AS HUGEINT) & {(1 << (size * 4)) - 1}::HUGEINT)"
    return f"unhex(lpad(hex(CAST({unsigned} AS UBIGINT)), {size}, '0'))"


# -- to ------------------------------------------------------------------------------------------


def to_text(cast: Casting) -> str:
    """Anything as a string."""
    return text_of(cast.context, cast.text, cast.source, plain=cast.ansi or not cast.legacy)


def text_of(context: CompileContext, text: str, dt: DataType, *, plain: bool = True) -> str:
    """A value as Spark prints it."""
    match dt:
        case StringType():
            return text
        case BooleanType() | NullType():
            return f"CAST({text} AS VARCHAR)"
        case FloatType() | DoubleType():
            return double_text(context, text, dt)
        case DecimalType():
            if plain or dt.scale <= 6:
                return decimal_text(text, dt)
            return _call(context, texts.decimal_writer(dt.precision, dt.scale), text)
        case DateType():
            return date_text(context, text)
        case TimestampType():
            return moment_text(context, to_local(text, context.zone))
        case TimestampNTZType():
            return moment_text(context, text)
        case BinaryType():
            function = texts.LOSSY_DECODE
            context.arrow_functions[function.name] = function
            return let(context, text, lambda b: f"coalesce(TRY(decode({b})), {function.name}({b}))")
        case YearMonthIntervalType() | DayTimeIntervalType():
            return _call(context, texts.interval_writer(dt), text)
        case CalendarIntervalType():
            return _call(context, texts.CALENDAR_WRITER, text)
        case TimeType():
            return _call(context, texts.TIME_WRITER, text)
        case ArrayType():
            return _list(context, text, dt.elementType, plain=plain)
        case MapType():
            return _map(context, text, dt, plain=plain)
        case StructType():
            return _struct(context, text, dt, plain=plain)
        case VariantType():
            return _call(context, texts.VARIANT_WRITER, text)
    return f"CAST({text} AS VARCHAR)"


def _call(context: CompileContext, function: ArrowFunction, text: str) -> str:
    context.arrow_functions[function.name] = function
    return f"{function.name}({text})"


def double_text(context: CompileContext, text: str, dt: DataType) -> str:
    """As Java prints it: ``1.0``, ``1.0E10``, ``NaN``. DuckDB's text is the same in the middle."""
    function = texts.FLOAT_WRITER if isinstance(dt, FloatType) else texts.DOUBLE_WRITER
    return let(
        context,
        text,
        lambda x: (
            f"CASE WHEN abs({x}) >= 0.001 AND abs({x}) < 1e7 THEN CAST({x} AS VARCHAR) "
            f"ELSE {_call(context, function, x)} END"
        ),
    )


def decimal_text(text: str, dt: DecimalType) -> str:
    """With a zero before the point, which DuckDB leaves out where the type has no room for it."""
    if dt.precision > dt.scale:
        return f"CAST({text} AS VARCHAR)"
    if dt.precision < 38:
        return f"CAST(CAST({text} AS DECIMAL({dt.precision + 1},{dt.scale})) AS VARCHAR)"
    return f"replace(replace('x' || CAST({text} AS VARCHAR), 'x-.', 'x-0.'), 'x.', 'x0.')[2:]"


def date_text(context: CompileContext, text: str) -> str:
    """``2020-01-01``; years outside of four digits with a sign."""

    def made(d: str) -> str:
        rest = f"right(strftime({d}, '%Y-%m-%d'), 6)"
        year = f"year({d})"
        large = (
            f"CASE WHEN {year} < 0 THEN '-' || lpad(CAST(-{year} AS VARCHAR), 4, '0') "
            f"WHEN {year} > 9999 THEN '+' || {year} ELSE lpad(CAST({year} AS VARCHAR), 4, '0') END"
        )
        return (
            f"CASE WHEN {d} >= DATE '0001-01-01' AND {d} <= DATE '9999-12-31' "
            f"THEN CAST({d} AS VARCHAR) WHEN {d} IS NOT NULL THEN {large} || {rest} END"
        )

    return let(context, text, made)


def moment_text(context: CompileContext, text: str) -> str:
    """``2020-01-01 12:00:00.5``: the fraction without zeros at its end."""

    def made(t: str) -> str:
        day = date_text(context, f"CAST({t} AS DATE)")
        fraction = f"rtrim(rtrim(strftime({t}, '%H:%M:%S.%f'), '0'), '.')"
        clock = (
            f"CASE WHEN microsecond({t}) % 1000000 = 0 THEN strftime({t}, '%H:%M:%S') "
            f"ELSE {fraction} END"
        )
        return (
            f"CASE WHEN {t} >= TIMESTAMP '0001-01-01' AND {t} < TIMESTAMP '10000-01-01' "
            f"THEN CAST({t} AS VARCHAR) WHEN {t} IS NOT NULL THEN {day} || ' ' || {clock} END"
        )

    return let(context, text, made)


def _part(context: CompileContext, text: str, dt: DataType, *, plain: bool) -> str:
    return f"coalesce({text_of(context, text, dt, plain=plain)}, 'null')"


def _list(context: CompileContext, text: str, dt: DataType, *, plain: bool) -> str:
    context.temporaries += 1
    name = f"e{context.temporaries}"
    parts = f"list_transform({text}, lambda {name}: {_part(context, name, dt, plain=plain)})"
    return f"('[' || array_to_string({parts}, ', ') || ']')"


def _map(context: CompileContext, text: str, dt: MapType, *, plain: bool) -> str:
    context.temporaries += 1
    name = f"e{context.temporaries}"
    key = _part(context, f"{name}.key", dt.keyType, plain=plain)
    value = _part(context, f"{name}.value", dt.valueType, plain=plain)
    entry = f"{key} || ' -> ' || {value}"
    parts = f"list_transform(map_entries({text}), lambda {name}: {entry})"
    return f"('{{' || array_to_string({parts}, ', ') || '}}')"


def _struct(context: CompileContext, text: str, dt: StructType, *, plain: bool) -> str:
    def made(s: str) -> str:
        parts = [
            _part(context, f"struct_extract_at({s}, {at})", f.dataType, plain=plain)
            for at, f in enumerate(dt.fields, 1)
        ]
        inner = " || ', ' || ".join(parts) if parts else "''"
        return f"CASE WHEN {s} IS NOT NULL THEN '{{' || {inner} || '}}' END"

    return let(context, text, made)
