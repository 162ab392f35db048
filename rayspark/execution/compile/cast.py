"""Casts as text, with Spark's meaning.

A cast is looked up by the kinds of its two types. Casts that DuckDB does as Spark does are plain
``CAST``s; the rest are spelt out. ``cast_text`` has those from and to strings.

In ANSI mode a value that does not fit is an error, in TRY mode null; in LEGACY mode integers wrap
around and the rest is null.
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.expressions import CastMode
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    CharType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
    YearMonthIntervalType,
)
from rayspark.datatypes.base import IntegralType
from rayspark.datatypes.decimals import HOLDING, is_wider
from rayspark.datatypes.intervals import CalendarIntervalType
from rayspark.errors import PySparkNotImplementedError
from rayspark.execution.compile import cast_text, cast_time
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import fail, identifier, let, quote
from rayspark.execution.kernels.zones import instant as to_instant
from rayspark.execution.kernels.zones import local_time as to_local
from rayspark.records import dataclass

CONFIG = '"spark.sql.ansi.enabled"'
BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}
SUFFIX = {"TINYINT": "Y", "SMALLINT": "S", "INTEGER": "", "BIGINT": "L"}
MICROS = 1_000_000


@dataclass(frozen=True)
class Casting:
    """A cast that is being compiled."""

    text: str
    source: DataType
    target: DataType
    mode: CastMode
    context: CompileContext

    @property
    def ansi(self) -> bool:
        """Whether what does not fit is an error."""
        return self.mode is CastMode.ANSI

    @property
    def legacy(self) -> bool:
        """Whether integers wrap around."""
        return self.mode is CastMode.LEGACY

    @property
    def zone(self) -> str:
        """The session's time zone."""
        return self.context.zone

    def plain(self) -> str:
        """DuckDB's own cast."""
        return f"CAST({self.text} AS {duck_type(self.target)})"

    def let(self, text: str, body: Callable[[str], str]) -> str:
        """See ``kernels.kernel.let``."""
        return let(self.context, text, body)

    def inner(self, text: str, source: DataType, target: DataType) -> str:
        """A cast of a part."""
        return compile_cast(text, source, target, self.mode, self.context)

    def overflow(self, value: str) -> str:
        """The error of a number too large, or null."""
        if not self.ansi:
            return "NULL"
        return fail(
            "CAST_OVERFLOW",
            value=value,
            sourceType=quote(sql_type(self.source)),
            targetType=quote(sql_type(self.target)),
            ansiConfig=quote(CONFIG),
        )


def sql_type(dt: DataType) -> str:
    """A type as messages name it."""
    return f'"{dt.simpleString().upper()}"'


def compile_cast(
    text: str, source: DataType, target: DataType, mode: CastMode, context: CompileContext
) -> str:
    """The text of a cast of ``text``, whose type is ``source``."""
    if source == target:
        return text
    cast = Casting(text, source, target, mode, context)
    if isinstance(source, NullType):
        return cast.plain()
    for sources, targets, compiled in CASTS:
        if isinstance(source, sources) and isinstance(target, targets):
            return compiled(cast)
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED",
        messageParameters={
            "feature": f"a cast of {source.simpleString()} to {target.simpleString()}"
        },
    )


# -- numbers -------------------------------------------------------------------------------------


def same_values(cast: Casting) -> str:
    """Types that differ in name alone."""
    return cast.text if duck_type(cast.source) == duck_type(cast.target) else cast.plain()


def integral_to_integral(cast: Casting) -> str:
    """Wider: as it is. Narrower: checked, or the last bits."""
    source, target = duck_type(cast.source), duck_type(cast.target)
    if BITS[source] <= BITS[target]:
        return cast.plain()
    if cast.legacy:
        return wrapped(f"CAST({cast.text} AS BIGINT)", target)
    if not cast.ansi:
        return f"TRY_CAST({cast.text} AS {target})"
    return cast.let(
        cast.text,
        lambda x: (
            f"CASE WHEN {x} BETWEEN {low(target)} AND {high(target)} THEN "
            f"CAST({x} AS {target}) WHEN {x} IS NOT NULL THEN "
            f"{cast.overflow(f'{x} || {quote(SUFFIX[source])}')} END"
        ),
    )


def low(target: str) -> int:
    """The smallest value of an integer type."""
    return -(1 << (BITS[target] - 1))


def high(target: str) -> int:
    """The largest."""
    return (1 << (BITS[target] - 1)) - 1


def wrapped(text: str, target: str) -> str:
    """The last bits of an integer."""
    half, mask = 1 << (BITS[target] - 1), (1 << BITS[target]) - 1
    moved = f"(CAST({text} AS HUGEINT) + {half})"
    return f"CAST(({moved} & {mask}::HUGEINT) - {half} AS {target})"


def float_to_integral(cast: Casting) -> str:
    """Cut toward zero. Java's narrowing in LEGACY mode: to the nearest end, NaN to 0."""
    target = duck_type(cast.target)

    def checked(x: str) -> str:
        edge = float(1 << (BITS[target] - 1))
        fits = f"{x} > {-edge - 1!r} AND {x} < {edge!r}"
        if target == "BIGINT":
            fits = f"{x} >= {-edge!r} AND {x} < {edge!r}"
        made = f"CAST(trunc({x}) AS {target})"
        value = cast_text.double_text(cast.context, x, cast.source)
        value = f"{value} || 'D'" if isinstance(cast.source, DoubleType) else value
        return f"CASE WHEN {fits} THEN {made} WHEN {x} IS NOT NULL THEN {cast.overflow(value)} END"

    def saturated(x: str) -> str:
        wide = "BIGINT" if target == "BIGINT" else "INTEGER"
        top = float(1 << (BITS[wide] - 1))
        made = (
            f"CASE WHEN isnan({x}) THEN 0 WHEN {x} >= {top!r} THEN {high(wide)} "
            f"WHEN {x} <= {-top!r} THEN {low(wide)} ELSE CAST(trunc({x}) AS {wide}) END"
        )
        return made if wide == target else wrapped(f"CAST({made} AS BIGINT)", target)

    return cast.let(cast.text, saturated if cast.legacy else checked)


def decimal_to_integral(cast: Casting) -> str:
    """Cut toward zero."""
    source, target = cast.source, duck_type(cast.target)
    assert isinstance(source, DecimalType)
    cut = f"trunc({cast.text})" if source.scale else cast.text
    if source.precision - source.scale < HOLDING[type(cast.target)].precision - (
        target == "BIGINT"
    ):
        return f"CAST({cut} AS {target})"
    if cast.legacy:
        return wrapped(f"CAST({cut} AS HUGEINT)", target)
    if not cast.ansi:
        return f"TRY_CAST({cut} AS {target})"
    return cast.let(
        cast.text,
        lambda x: (
            f"CASE WHEN trunc({x}) BETWEEN {low(target)} AND {high(target)} THEN "
            f"CAST(trunc({x}) AS {target}) WHEN {x} IS NOT NULL THEN "
            + cast.overflow(f"{x} || 'BD'")
            + " END"
        ),
    )


def to_decimal(cast: Casting) -> str:
    """Integers and decimals to a decimal, half up."""
    source, target = cast.source, cast.target
    assert isinstance(target, DecimalType)
    held = source if isinstance(source, DecimalType) else HOLDING[type(source)]
    whole = target.precision - target.scale
    rounds = held.scale > target.scale
    if is_wider(target, held) or (whole > held.precision - held.scale and rounds):
        return cast.plain()
    made = f"TRY_CAST({cast.text} AS {duck_type(target)})"
    if not cast.ansi:
        return made
    return cast.let(
        cast.text,
        lambda x: (
            f"CASE WHEN {x} IS NULL THEN NULL ELSE coalesce(TRY_CAST({x} AS "
            f"{duck_type(target)}), {decimal_overflow(x, target)}) END"
        ),
    )


def decimal_overflow(value: str, target: DecimalType) -> str:
    """The error of a decimal with too many digits."""
    return fail(
        "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
        value=value,
        precision=quote(str(target.precision)),
        scale=quote(str(target.scale)),
        config=quote(CONFIG),
    )


def float_to_decimal(cast: Casting) -> str:
    """By the number's shortest text, as Java does it: 1.005 is not 1.00499999..."""
    target = cast.target
    assert isinstance(target, DecimalType)
    kind = duck_type(target)

    def made(x: str) -> str:
        wide = f"CAST({x} AS DOUBLE)" if isinstance(cast.source, FloatType) else x
        text = f"TRY_CAST(CAST({wide} AS VARCHAR) AS {kind})"
        if not cast.ansi:
            return text
        value = cast_text.double_text(cast.context, x, cast.source)
        error = decimal_overflow(value, target)
        return f"CASE WHEN {x} IS NULL THEN NULL ELSE coalesce({text}, {error}) END"

    return cast.let(cast.text, made)


def to_float(cast: Casting) -> str:
    """Anything that is a number."""
    if isinstance(cast.source, DecimalType):
        return f"CAST(CAST({cast.text} AS VARCHAR) AS {duck_type(cast.target)})"
    if isinstance(cast.source, DoubleType):
        wide = cast.text
        top = "3.4028235677973366e38"
        return cast.let(
            wide,
            lambda x: (
                f"CASE WHEN abs({x}) < {top} OR NOT isfinite({x}) THEN CAST({x} AS FLOAT) "
                f"WHEN {x} > 0 THEN 'inf'::FLOAT WHEN {x} IS NOT NULL THEN '-inf'::FLOAT END"
            ),
        )
    return cast.plain()


def number_to_boolean(cast: Casting) -> str:
    """Whether it is not zero (NaN is not)."""
    return f"({cast.text} <> 0)"


def boolean_to_number(cast: Casting) -> str:
    """1 or 0."""
    target = duck_type(cast.target)
    if isinstance(cast.target, DecimalType):
        return f"CAST(CAST({cast.text} AS INTEGER) AS {target})"
    return cast.plain()


# -- moments -------------------------------------------------------------------------------------


def to_timestamp(cast: Casting) -> str:
    """The instant of a date's midnight, or of a wall clock."""
    return cast.let(f"CAST({cast.text} AS TIMESTAMP)", lambda t: to_instant(t, cast.zone))


def to_wall_clock(cast: Casting) -> str:
    """The wall clock of an instant, or a date's midnight."""
    if isinstance(cast.source, TimestampType):
        return to_local(cast.text, cast.zone)
    return cast.plain()


def to_date(cast: Casting) -> str:
    """The day of a moment."""
    if isinstance(cast.source, TimestampType):
        return f"CAST({to_local(cast.text, cast.zone)} AS DATE)"
    return cast.plain()


def number_to_timestamp(cast: Casting) -> str:
    """Seconds since 1970."""
    match cast.source:
        case BooleanType():
            return f"make_timestamptz(CAST({cast.text} AS BIGINT))"
        case FloatType() | DoubleType():
            return cast.let(cast.text, lambda x: _float_to_instant(cast, x))
        case DecimalType(scale=scale):
            wide = f"CAST({cast.text} AS DECIMAL(38,{scale}))"
            return f"make_timestamptz(CAST(trunc({wide} * 1000000) AS BIGINT))"
    wide = f"(CAST({cast.text} AS HUGEINT) * 1000000)"
    return f"make_timestamptz({_nearest(wide)})"


def _nearest(micros: str) -> str:
    """A number of microseconds as a BIGINT; DuckDB's own ends mean infinity."""
    edge = (1 << 63) - 2
    return (
        f"CASE WHEN {micros} IS NOT NULL THEN "
        f"CAST(greatest(least({micros}, {edge}), {-edge}) AS BIGINT) END"
    )


def _float_to_instant(cast: Casting, x: str) -> str:
    """NaN and infinity are no instants; what is too far is the farthest, or null."""
    micros = f"trunc(CAST({x} AS DOUBLE) * 1000000.0::DOUBLE)"
    fits = f"isfinite({x})"
    if cast.mode is CastMode.TRY:
        fits = f"abs({micros}) < 9.2e18"
    error = "NULL"
    if cast.ansi:
        error = fail(
            "CAST_INVALID_INPUT",
            expression=cast_text.double_text(cast.context, x, cast.source),
            sourceType=quote(sql_type(cast.source)),
            targetType=quote(sql_type(cast.target)),
            ansiConfig=quote(CONFIG),
        )
    far = f"CASE WHEN abs({micros}) < 9.2e18 THEN {micros} END"
    near = f"coalesce(CAST({far} AS BIGINT), CAST(sign({x}) AS BIGINT) * {(1 << 63) - 2})"
    return f"CASE WHEN {fits} THEN make_timestamptz({near}) WHEN {x} IS NOT NULL THEN {error} END"


def timestamp_to_number(cast: Casting) -> str:
    """Seconds since 1970: whole ones rounded down."""
    micros = f"epoch_us({cast.text})"
    match cast.target:
        case FloatType() | DoubleType():
            return f"CAST({micros} / 1000000.0::DOUBLE AS {duck_type(cast.target)})"
        case DecimalType():
            exact = f"(CAST({micros} AS DECIMAL(20,0)) * 0.000001)"
            return compile_cast(exact, DecimalType(26, 6), cast.target, cast.mode, cast.context)
        case BooleanType():
            return f"({micros} <> 0)"
    seconds = cast.let(
        micros, lambda m: f"(({m} - (({m} % {MICROS}) + {MICROS}) % {MICROS}) // {MICROS})"
    )
    mode = CastMode.TRY if cast.legacy else cast.mode
    return compile_cast(seconds, LongType(), cast.target, mode, cast.context)


def date_to_number(cast: Casting) -> str:
    """Null: only older Spark lets it pass."""
    return f"CAST(NULL AS {duck_type(cast.target)})"


# -- intervals and times -------------------------------------------------------------------------

UNIT_MICROS = (86_400 * MICROS, 3_600 * MICROS, 60 * MICROS, MICROS)
"""Of day, hour, minute, second."""


def number_to_interval(cast: Casting) -> str:
    """So many of the interval's last unit."""
    match cast.target:
        case YearMonthIntervalType(endField=end):
            return f"CAST({cast.text} * {12 if end == 0 else 1} AS INTEGER)"
        case DayTimeIntervalType(endField=end):
            return f"CAST({cast.text} * {UNIT_MICROS[end]} AS BIGINT)"
    raise TypeError(cast.target)


def interval_to_number(cast: Casting) -> str:
    """How many of the interval's last unit."""
    match cast.source:
        case YearMonthIntervalType(endField=end):
            count = f"({cast.text} // {12 if end == 0 else 1})"
            return cast.inner(count, IntegerType(), cast.target)
        case DayTimeIntervalType(endField=end):
            if isinstance(cast.target, DecimalType):
                exact = f"(CAST({cast.text} AS DECIMAL(20,0)) / {UNIT_MICROS[end]})"
                return f"CAST({exact} AS {duck_type(cast.target)})"
            return cast.inner(f"({cast.text} // {UNIT_MICROS[end]})", LongType(), cast.target)
    raise TypeError(cast.source)


def interval_to_interval(cast: Casting) -> str:
    """Cut to the target's last unit."""
    target = cast.target
    if isinstance(target, YearMonthIntervalType):
        return f"(({cast.text} // 12) * 12)" if target.endField == 0 else cast.text
    assert isinstance(target, DayTimeIntervalType)
    if target.endField == DayTimeIntervalType.SECOND:
        return cast.text
    unit = UNIT_MICROS[target.endField]
    return f"(({cast.text} // {unit}) * {unit})"


# -- parts ---------------------------------------------------------------------------------------


def array_to_array(cast: Casting) -> str:
    """Element by element."""
    source, target = cast.source, cast.target
    assert isinstance(source, ArrayType)
    assert isinstance(target, ArrayType)
    return _each(cast, cast.text, source.elementType, target.elementType)


def _each(cast: Casting, text: str, source: DataType, target: DataType) -> str:
    cast.context.temporaries += 1
    name = f"e{cast.context.temporaries}"
    made = cast.inner(name, source, target)
    if made == name:
        return text
    if made == f"CAST({name} AS {duck_type(target)})":
        return f"CAST({text} AS {duck_type(target)}[])"
    return f"list_transform({text}, lambda {name}: {made})"


def map_to_map(cast: Casting) -> str:
    """Keys and values."""
    source, target = cast.source, cast.target
    assert isinstance(source, MapType)
    assert isinstance(target, MapType)

    def made(m: str) -> str:
        keys = _each(cast, f"map_keys({m})", source.keyType, target.keyType)
        values = _each(cast, f"map_values({m})", source.valueType, target.valueType)
        return f"CASE WHEN {m} IS NOT NULL THEN map({keys}, {values}) END"

    return cast.let(cast.text, made)


def struct_to_struct(cast: Casting) -> str:
    """Field by field, in their order."""
    source, target = cast.source, cast.target
    assert isinstance(source, StructType)
    assert isinstance(target, StructType)

    def made(s: str) -> str:
        parts = ", ".join(
            f"{identifier(t.name)} := "
            + cast.inner(f"struct_extract_at({s}, {at})", f.dataType, t.dataType)
            for at, (f, t) in enumerate(zip(source.fields, target.fields, strict=True), 1)
        )
        return f"CASE WHEN {s} IS NOT NULL THEN struct_pack({parts}) END"

    return cast.let(cast.text, made)


TEXT = (StringType, CharType, VarcharType)
FLOATS = (FloatType, DoubleType)
NUMBERS = (IntegralType, DecimalType, FloatType, DoubleType)
INTERVALS = (YearMonthIntervalType, DayTimeIntervalType)

Kinds = type[DataType] | tuple[type[DataType], ...]

CASTS: list[tuple[Kinds, Kinds, Callable[[Casting], str]]] = [
    (TEXT, TEXT, same_values),
    (IntegralType, IntegralType, integral_to_integral),
    (FLOATS, IntegralType, float_to_integral),
    (DecimalType, IntegralType, decimal_to_integral),
    ((IntegralType, DecimalType), DecimalType, to_decimal),
    (FLOATS, DecimalType, float_to_decimal),
    ((IntegralType, DecimalType, FloatType, DoubleType), FLOATS, to_float),
    (NUMBERS, BooleanType, number_to_boolean),
    (BooleanType, NUMBERS, boolean_to_number),
    (TEXT, BooleanType, cast_text.to_boolean),
    (TEXT, IntegralType, cast_text.to_integral),
    (TEXT, DecimalType, cast_text.to_decimal),
    (TEXT, FLOATS, cast_text.to_float),
    (TEXT, DateType, cast_text.to_date),
    (TEXT, (TimestampType, TimestampNTZType), cast_text.to_timestamp),
    (TEXT, TimeType, cast_text.to_time),
    (TimeType, TimeType, cast_time.time_to_time),
    ((TimestampType, TimestampNTZType), TimeType, cast_time.moment_to_time),
    (TimeType, (TimestampType, TimestampNTZType), cast_time.time_to_moment),
    (TimeType, IntegralType, cast_time.time_to_integral),
    (TimeType, DecimalType, cast_time.time_to_decimal),
    (TEXT, (*INTERVALS, CalendarIntervalType), cast_text.to_interval),
    (TEXT, BinaryType, cast_text.to_binary),
    (IntegralType, BinaryType, cast_text.integral_to_binary),
    ((DateType, TimestampNTZType), TimestampType, to_timestamp),
    ((DateType, TimestampType), TimestampNTZType, to_wall_clock),
    ((TimestampType, TimestampNTZType), DateType, to_date),
    ((*NUMBERS, BooleanType), TimestampType, number_to_timestamp),
    (TimestampType, (*NUMBERS, BooleanType), timestamp_to_number),
    (DateType, (*NUMBERS, BooleanType), date_to_number),
    ((IntegralType, DecimalType), INTERVALS, number_to_interval),
    (INTERVALS, (IntegralType, DecimalType), interval_to_number),
    (INTERVALS, INTERVALS, interval_to_interval),
    (ArrayType, ArrayType, array_to_array),
    (MapType, MapType, map_to_map),
    (StructType, StructType, struct_to_struct),
    (DataType, TEXT, cast_text.to_text),
]
"""From, to, how: the first row that fits."""
