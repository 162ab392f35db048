"""Rows of the functions of dates, times and timestamps.

``dateadd(unit, n, t)``, ``timestampadd``, ``timestampdiff`` and their sisters, whose first argument
is a word, reach the table as ``timestampadd('MONTH', n, t)``.
"""

from __future__ import annotations

from rayspark.catalyst.functions.results import always, row
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any, of
from rayspark.datatypes import (
    ByteType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
)

INT, LONG, TEXT = IntegerType(), LongType(), StringType()
DATE, INSTANT, LOCAL = DateType(), TimestampType(), TimestampNTZType()

PARTS = (
    "years?: any, months?: any, days?: any, hours?: any, mins?: any, secs?: any, timezone?: string"
)
ANY_TIME = "timestamp|timestamp_ntz"


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *aliases: str, nulls: NullRule = if_any,
    examples: tuple[str, ...] = (), contextual: bool = False,
    refused: str | None = None,
) -> Fn:  # fmt: skip
    return Fn(
        name, args, result, nulls, "scalar", aliases, doc, examples, "datetime",
        contextual=contextual, refused=refused,
    )  # fmt: skip


def _field(name: str, doc: str, *aliases: str) -> Fn:
    return _fn(name, "date: date", INT, doc, *aliases,
               examples=(f"{name}(DATE'2024-02-29')",))  # fmt: skip


def _clock(name: str, doc: str) -> Fn:
    return _fn(name, f"expr: {ANY_TIME}|time", INT, doc,
               examples=(f"{name}(TIMESTAMP'2024-02-29 13:14:15.6')",))  # fmt: skip


def _now(name: str, result: TypeRule, doc: str, *aliases: str, args: str = "") -> Fn:  # fmt: skip
    return _fn(name, args, result, doc, *aliases, nulls=False, contextual=True)


def _parsed(name: str, result: DataType, doc: str, *aliases: str, nulls: NullRule = always) -> Fn:
    word = "'2024-02-29'" if result == DATE else "'2024-02-29 01:02:03'"
    numbers = "|numeric" if result == INSTANT else ""
    kinds = f"string|date|timestamp|timestamp_ntz{numbers}"
    return _fn(name, f"expr: {kinds}, format?: string", result, doc,
               *aliases, nulls=nulls, examples=(f"{name}({word})",))  # fmt: skip


def extracted(field: str, source: DataType) -> DataType:
    """The type of a part: seconds keep their fraction."""
    if field.lower() in ("second", "s", "sec", "seconds", "secs"):
        return DecimalType(8, 6)
    if isinstance(source, YearMonthIntervalType) and field.lower().startswith("mo"):
        return ByteType()
    if isinstance(source, DayTimeIntervalType) and not field.lower().startswith("d"):
        return ByteType()
    return INT


def _extract(args: Args) -> DataType:
    return extracted(str(getattr(args[0], "value", "")), args[1].dtype)


def _window(args: Args) -> DataType:
    kind = args[0].dtype
    return row(("start", kind, True), ("end", kind, True))


TIME = TimeType(6)


def _time_of(args: Args) -> DataType:
    kind = args[1].dtype
    return kind if isinstance(kind, TimeType) else TimeType(6)


def _precise(args: Args) -> DataType:
    """With so many digits as a constant says."""
    return TimeType(args[0].value) if args else TimeType(6)  # type: ignore[attr-defined]


ROWS: tuple[Fn, ...] = (
    _field("year", "The year."),
    _field("quarter", "The quarter, 1 to 4."),
    _field("month", "The month, 1 to 12."),
    _field("day", "The day of the month, 1 to 31.", "dayofmonth"),
    _field("dayofweek", "The day of the week: 1 is Sunday, 7 Saturday."),
    _field("weekday", "The day of the week: 0 is Monday, 6 Sunday."),
    _field("dayofyear", "The day of the year, 1 to 366."),
    _field("weekofyear", "The week of the year that ISO 8601 counts: it begins on Monday, and the"
           " first has more than three days."),
    _clock("hour", "The hour, 0 to 23."),
    _clock("minute", "The minute, 0 to 59."),
    _clock("second", "The second, 0 to 59."),
    _fn("dayname", "date: date", TEXT, "The day of the week in three letters.",
        examples=("dayname(DATE'2024-02-29')",)),
    _fn("monthname", "date: date", TEXT, "The month in three letters.",
        examples=("monthname(DATE'2024-02-29')",)),
    _fn("date_part", "field: string!, source: date|timestamp|timestamp_ntz|time|interval",
        _extract, "A part of a date, a time or an interval, by its name: YEAR, MONTH, DAY, HOUR,"
        " DOW...", "datepart", "extract",
        examples=("extract(YEAR FROM DATE'2024-02-29')",)),
    _fn("date_add", "start: date, days: int", DATE, "The date so many days later.", "dateadd",
        examples=("date_add(DATE'2024-02-28', 2)",)),
    _fn("date_sub", "start: date, days: int", DATE, "The date so many days earlier.",
        examples=("date_sub(DATE'2024-03-01', 1)",)),
    _fn("datediff", "end: date, start: date", INT, "The days from start to end.", "date_diff",
        examples=("datediff(DATE'2024-03-01', DATE'2024-02-01')",)),
    _fn("add_months", "start: date, months: int", DATE,
        "The date so many months later; on the month's last day where it has no such day.",
        examples=("add_months(DATE'2024-01-31', 1)",)),
    _fn("months_between", "end: timestamp, start: timestamp, roundOff: boolean = true",
        DoubleType(), "The months from start to end, a month having 31 days; whole where both are"
        " on one day of the month, or on the last. Rounded to 8 digits unless roundOff is false.",
        examples=("months_between(DATE'2024-03-31', DATE'2024-02-29')",)),
    _fn("last_day", "date: date", DATE, "The last day of the month.",
        examples=("last_day(DATE'2024-02-01')",)),
    _fn("next_day", "date: date, dayOfWeek: string", DATE,
        "The first date after it that falls on a day of the week (MON, Tuesday...).", nulls=always,
        examples=("next_day(DATE'2024-02-29', 'MON')",)),
    _fn("trunc", "date: date, format: string", DATE,
        "The first day of the YEAR, QUARTER, MONTH or WEEK; null for another word.", nulls=always,
        examples=("trunc(DATE'2024-02-29', 'MM')",)),
    _fn("date_trunc", "format: string, timestamp: timestamp", INSTANT,
        "The beginning of the YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND or"
        " MICROSECOND; null for another word.", nulls=always,
        examples=("date_trunc('HOUR', TIMESTAMP'2024-02-29 13:14:15.6')",)),
    _now("current_date", DATE, "The date in the session's zone when the query began.", "curdate"),
    _now("current_timestamp", INSTANT, "When the query began.", "now"),
    _now("localtimestamp", LOCAL, "What the clock showed in the session's zone when the query"
         " began."),
    _now("current_timezone", TEXT, "The session's zone."),
    _now("current_time", _precise, "The time of day when the query began.", "localtime",
         args="precision: int! = 6"),
    _parsed("to_date", DATE, "The date that a text shows in a format (Java's pattern letters);"
            " without one, as a cast reads it."),
    _parsed("try_to_date", DATE, "The date that a text shows, or null."),
    _parsed("to_timestamp", INSTANT, "The instant that a text shows in a format (Java's pattern"
            " letters); without one, as a cast reads it."),
    _parsed("try_to_timestamp", INSTANT, "The instant that a text shows, or null."),
    _parsed("to_timestamp_ltz", INSTANT, "The instant that a text shows."),
    _parsed("to_timestamp_ntz", LOCAL, "The local time that a text shows."),
    _fn("to_time", "str: string, format?: string", TIME, "The time of day that a text shows.",
        nulls=always,
        examples=("to_time('01:02:03')",)),
    _fn("try_to_time", "str: string, format?: string", TIME,
        "The time of day that a text shows, or null.", nulls=always,
        examples=("try_to_time('01:02:99')",)),
    _fn("unix_timestamp", "expr?: just string|date|timestamp|timestamp_ntz,"
        " format: just string = 'yyyy-MM-dd HH:mm:ss'", LONG,
        "Seconds since 1970 of an instant, or of a text in a format; of"
        " now, without arguments.", nulls=always, contextual=True),
    _fn("to_unix_timestamp", "expr: just string|date|timestamp|timestamp_ntz,"
        " format: just string = 'yyyy-MM-dd HH:mm:ss'", LONG,
        "Seconds since 1970 of an instant, or of a text in a format.",
        nulls=always,
        examples=("to_unix_timestamp('2024-02-29', 'yyyy-MM-dd')",)),
    _fn("from_unixtime", "seconds: long, format: string = 'yyyy-MM-dd HH:mm:ss'", TEXT,
        "The instant so many seconds after 1970, written in a format.",
        examples=("from_unixtime(0)",)),
    _fn("date_format", "timestamp: timestamp, format: string", TEXT,
        "An instant written in a format of Java's pattern letters.",
        examples=("date_format(TIMESTAMP'2024-02-29 13:14:15', 'd MMM yyyy')",)),
    _fn("make_date", "year: int, month: int, day: int", DATE, "The date of a year, month and day.",
        nulls=always,
        examples=("make_date(2024, 2, 29)",)),
    _fn("make_timestamp", PARTS, INSTANT, "The instant that a clock in the zone shows, from its"
        " parts, or from a date, a time and a zone.", nulls=always,
        examples=("make_timestamp(2024, 2, 29, 1, 2, 3.4)",)),
    _fn("try_make_timestamp", PARTS, INSTANT, "Like make_timestamp; null for parts that are not.",
        nulls=always,
        examples=("try_make_timestamp(2024, 2, 30, 1, 2, 3)",)),
    _fn("make_timestamp_ltz", PARTS, INSTANT, "The instant that a clock in the zone shows, from its"
        " parts.", nulls=always,
        examples=("make_timestamp_ltz(2024, 2, 29, 1, 2, 3.4)",)),
    _fn("try_make_timestamp_ltz", PARTS, INSTANT, "Like make_timestamp_ltz; null for parts that are"
        " not.", nulls=always,
        examples=("try_make_timestamp_ltz(2024, 2, 30, 1, 2, 3)",)),
    _fn("make_timestamp_ntz", PARTS, LOCAL, "The local time of its parts, or of a date and a time.",
        nulls=always,
        examples=("make_timestamp_ntz(2024, 2, 29, 1, 2, 3.4)",)),
    _fn("try_make_timestamp_ntz", PARTS, LOCAL, "Like make_timestamp_ntz; null for parts that are"
        " not.", nulls=always,
        examples=("try_make_timestamp_ntz(2024, 2, 30, 1, 2, 3)",)),
    _fn("make_time", "hour: int, minute: int, second: decimal", TIME,
        "The time of day of an hour, a minute and a second.",
        examples=("make_time(1, 2, 3.4)",)),
    _fn("date_from_unix_date", "days: int", DATE, "The date so many days after 1970-01-01.",
        examples=("date_from_unix_date(1)",)),
    _fn("unix_date", "date: just date", INT, "The days since 1970-01-01.",
        examples=("unix_date(DATE'1970-01-02')",)),
    _fn("timestamp_seconds", "seconds: just numeric", INSTANT,
        "The instant so many seconds after 1970.", examples=("timestamp_seconds(1.5)",)),
    _fn("timestamp_millis", "milliseconds: integral", INSTANT,
        "The instant so many thousandths of a second after 1970.",
        examples=("timestamp_millis(1500)",)),
    _fn("timestamp_micros", "microseconds: integral", INSTANT,
        "The instant so many millionths of a second after 1970.",
        examples=("timestamp_micros(1500)",)),
    _fn("timestamp_nanos", "nanoseconds: any", INSTANT,
        "The instant so many billionths of a second after 1970.",
        refused="timestamps hold microseconds: use timestamp_micros"),
    _fn("unix_seconds", f"timestamp: just {ANY_TIME}", LONG, "Whole seconds since 1970.",
        examples=("unix_seconds(TIMESTAMP'1970-01-02')",)),
    _fn("unix_millis", f"timestamp: just {ANY_TIME}", LONG,
        "Whole thousandths of a second since 1970.",
        examples=("unix_millis(TIMESTAMP'1970-01-02')",)),
    _fn("unix_micros", f"timestamp: just {ANY_TIME}", LONG, "Millionths of a second since 1970.",
        examples=("unix_micros(TIMESTAMP'1970-01-02')",)),
    _fn("unix_nanos", "timestamp: any", DecimalType(21, 0), "Billionths of a second since 1970.",
        refused="timestamps hold microseconds: use unix_micros"),
    _fn("from_utc_timestamp", "timestamp: timestamp, timezone: string", INSTANT,
        "What the session shows as the local time of UTC, moved to the local time of a zone.",
        examples=("from_utc_timestamp('2024-02-29', 'Asia/Tokyo')",)),
    _fn("to_utc_timestamp", "timestamp: timestamp, timezone: string", INSTANT,
        "What the session shows as the local time of a zone, moved to the local time of UTC.",
        examples=("to_utc_timestamp('2024-02-29', 'Asia/Tokyo')",)),
    _fn("convert_timezone",
        "zone: string, to: timestamp_ntz|string, sourceTs?: timestamp_ntz", LOCAL,
        "A local time of one zone as the local time of another; the source is the session's zone"
        " where only two arguments are given.",
        examples=("convert_timezone('UTC', 'Asia/Tokyo', TIMESTAMP_NTZ'2024-02-29 00:00:00')",)),
    _fn("timestampadd", f"unit: string!, quantity: long, ts: {ANY_TIME}", of(2),
        "The time so many units later.",
        examples=("timestampadd(MONTH, 1, TIMESTAMP'2024-01-31 00:00:00')",)),
    _fn("timestampdiff", "unit: string!, start: timestamp, end: timestamp", LONG,
        "The whole units from start to end.",
        examples=("timestampdiff(MONTH, TIMESTAMP'2024-01-31', TIMESTAMP'2024-02-29')",)),
    _fn("time_diff", "unit: string, start: time, end: time", LONG,
        "The whole units from one time of day to another.",
        examples=("time_diff('HOUR', TIME'01:00:00', TIME'03:30:00')",)),
    _fn("time_trunc", "unit: string, time: time", _time_of,
        "The time of day with what is smaller than the unit set to zero.",
        examples=("time_trunc('HOUR', TIME'01:02:03')",)),
    _fn("time_from_seconds", "seconds: numeric", TIME,
        "The time so many seconds after midnight.",
        examples=("time_from_seconds(1.5)",)),
    _fn("time_from_millis", "millis: integral", TIME,
        "The time so many thousandths of a second after midnight.",
        examples=("time_from_millis(1500)",)),
    _fn("time_from_micros", "micros: integral", TIME,
        "The time so many millionths of a second after midnight.",
        examples=("time_from_micros(1500)",)),
    _fn("time_to_seconds", "time: time", DecimalType(14, 6), "Seconds since midnight.",
        examples=("time_to_seconds(TIME'00:00:01.5')",)),
    _fn("time_to_millis", "time: time", LONG, "Whole thousandths of a second since midnight.",
        examples=("time_to_millis(TIME'00:00:01.5')",)),
    _fn("time_to_micros", "time: time", LONG, "Millionths of a second since midnight.",
        examples=("time_to_micros(TIME'00:00:01.5')",)),
    _fn("time_bucket", f"bucketSize: interval!, ts: {ANY_TIME}, origin?: {ANY_TIME}", of(1),
        "The beginning of the bucket of time that a time falls into.",
        refused="buckets of time are made by window() or date_trunc()"),
    _fn("window", f"timeColumn: {ANY_TIME}, windowDuration: string!,"
        " slideDuration?: string!, startTime?: string!", _window,
        "The window of time that a row falls into, to be grouped by: a struct of start and end."
        " Windows that overlap (slideDuration shorter than windowDuration) make several rows of"
        " one.", nulls=False),
    _fn("session_window", f"timeColumn: {ANY_TIME}, gapDuration: string", _window,
        "The session that a row belongs to, to be grouped by: rows nearer to each other than the"
        " gap, which may be another for each row.", nulls=False),
    _fn("window_time",
        "window: struct", lambda args: args[0].dtype["end"].dataType,  # type: ignore[index]
        "The last moment in a window of time: a microsecond before its end."),
)  # fmt: skip
