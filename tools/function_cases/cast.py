"""Questions about casts."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "v": """SELECT * FROM VALUES
        (true, 1Y, 2S, 3, 4L, 1.5F, 2.5D, 1.25BD, 12345678.123456789BD, 'x', X'0102', date'2020-01-01', timestamp'2020-01-01 00:00:00',
         timestamp_ntz'2020-01-01 12:30:00', array(1, null, 3), map('a', 1), named_struct('x', 1, 'y', 'z')),
        (false, -1Y, -2S, -300, -4000000000L, -1.9F, -2.9D, -1.75BD, -0.000000001BD, '', X'', date'1582-10-15',
         timestamp'1900-01-01 12:00:00.5', timestamp_ntz'0001-01-01 00:00:00', array(), map(), named_struct('x', null, 'y', '')),
        (true, 0Y, 0S, 0, 0L, -0.0F, -0.0D, 0.00BD, 0.000000000BD, ' ', X'61', date'9999-12-31', timestamp'2020-07-01 01:02:03.456789',
         timestamp_ntz'9999-12-31 23:59:59.999999', array(7), map('k', null), named_struct('x', 5, 'y', null)),
        (true, 127Y, 127S, 100, 100L, 1e7F, 1e7D, 9.99BD, 127.999999999BD, 'é', X'C3A9', date'0099-01-01', timestamp'2020-11-01 09:30:00',
         timestamp_ntz'2020-03-08 02:30:00', array(null), map('k', 3), named_struct('x', 5, 'y', 'a b')),
        (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
        AS v(bo, b, s, i, l, f, d, p, q, t, x, dt, ts, nt, a, m, st)""",
    "w": """SELECT * FROM VALUES
        (1e10D, 3.4e38F, 123456789012L), (1.0E-5D, 1.0E-5F, -123456789012L), (123456.789D, 123456.79F, 2147483648L),
        (double('NaN'), float('NaN'), 32768L), (double('Infinity'), float('-Infinity'), -129L), (0.001D, 0.001F, 128L),
        (9999999.999D, 9999999F, 65536L), (12345678.9D, 12345678F, 9223372036854775807L), (1.7976931348623157E308D, 1.4E-45F, 0L),
        (4.9E-324D, 0.1F, 1L), (100D, 100F, 2L), (-1e19D, -1e19F, 3L), (2147483647.9D, 2147483648F, 4L), (0.1D + 0.2D, 1.1F, 5L)
        AS w(d, f, l)""",
    "texts": r"""SELECT * FROM VALUES ('1'), ('-1'), ('+7'), (' 12 '), ('1.5'), ('-1.9'), ('.5'), ('5.'), ('1e3'), ('1E-3'), ('abc'), (''), (' '),
        ('0x1F'), ('1_000'), ('1,000'), ('NaN'), ('nan'), ('Infinity'), ('-inf'), ('+INF'), ('1.5d'), ('2f'), ('127'), ('128'), ('32768'),
        ('2147483648'), ('9223372036854775807'), ('9223372036854775808'), ('99999999999999999999999999999999999999'), ('1e400'), ('1e-400'),
        ('true'), ('TRUE'), ('t'), ('yes'), ('Y'), ('0'), ('f'), ('no'), ('False'), ('2020-01-01'), ('2020-1-1'), ('2020-01'), ('2020'),
        ('2020-02-30'), ('2020-13-01'), ('12345-01-01'), ('0000-01-01'), ('-0001-01-01'), ('2020-01-01T10:11:12'), ('2020-01-01 10:11:12.123456789'),
        ('2020-01-01 1:2:3'), ('2020-01-01 10:11'), ('2020-01-01 10'), ('2020-01-01 10:11:12Z'), ('2020-01-01 10:11:12+01:00'),
        ('2020-01-01 10:11:12 Europe/Paris'), ('2020-01-01 10:11:12 UTC+1'), ('2020-01-01 24:00:00'), ('2020-01-01 10:60:00'), ('2020-01-01 '),
        (' 2020-01-01 10:11:12 '), ('2020/01/01'), ('20200101'), ('2020-01-01x'), ('2020-01-01 abc'), ('01-01-2020'), ('2020-03-08 02:30:00'),
        ('2020-11-01 01:30:00'), ('1-2'), ('-3-11'), ('1 02:03:04'), ('12:30:45'), ('null'), (null), ('\t5\n'), ('５'), ('1.005'), ('-0'), ('00012'),
        ('1e'), ('--1'), ('1-1'), ('2020-01-01 10:11:12.5 PST'), ('1582-10-10'), ('9999-12-31 23:59:59.999999') AS texts(t)""",
}
_NUMBERS = (
    "tinyint",
    "smallint",
    "int",
    "bigint",
    "float",
    "double",
    "decimal(10,2)",
    "decimal(38,18)",
    "boolean",
    "string",
)
_ALL = (*_NUMBERS, "decimal(3,1)", "decimal(5,0)", "date", "timestamp", "timestamp_ntz", "binary")
_SOURCES = "bo b s i l f d p q t x dt ts nt".split()
_ZONES = ("America/Los_Angeles", "UTC")

_TIMES = ["2020-01-01T", "2020T", "2020-01T", "2020-01-01 10", "2020-01-01T10", "2020-01-01 10Z", "2020-01-01 10+01:00", "2020-01-01 10:11",
          "2020-01-01 10:11Z", "2020-01-01 10:11 UTC", "2020-01-01 10:11:12 UTC", "2020-01-01 10:11:12.", "2020-01-01Z"]  # fmt: skip
"""Texts with a time that ends early: a zone comes after seconds only."""
_TODAY = ["T10", "T10:11", "10:11", "10", "T", "T10Z", "T10:11Z", "10:11Z", "10:11:12Z"]

CASES = [
    Cases("v", [f"cast({c} as {k})" for c in _SOURCES for k in _ALL], ansi=(True, False)),
    Cases("v", [f"try_cast({c} as {k})" for c in _SOURCES for k in _ALL]),
    Cases("v", [f"cast({c} as {k})" for c in ("dt", "ts", "nt") for k in ("string", "date", "timestamp", "timestamp_ntz", "bigint", "double")],
          zones=("UTC", "+05:30", "Asia/Kolkata")),
    Cases("w", [f"try_cast({c} as {k})" for c in "dfl" for k in (*_NUMBERS, "timestamp")]),
    Cases("w", [f"cast({c} as {k})" for c in "dfl" for k in (*_NUMBERS, "timestamp", "binary")], ansi=(True, False)),
    Cases("texts", [f"try_cast(t as {k})" for k in (*_ALL, "interval year to month", "interval day to second", "interval month",
                                                      "interval second", "time(6)")], zones=_ZONES),
    Cases("texts", [f"cast(t as {k})" for k in _ALL], ansi=(False,)),
    Cases("", [f"try_cast('{t}' as {k})" for t in _TIMES for k in ("date", "timestamp", "timestamp_ntz")], zones=("UTC",)),
    Cases("", [f"try_cast('{t}' as {k}) is null" for t in _TODAY for k in ("timestamp", "timestamp_ntz")], zones=("UTC",)),
    Cases("v", ["cast(a as string)", "cast(m as string)", "cast(st as string)", "cast(a as array<string>)", "cast(a as array<double>)",
                "cast(m as map<string,string>)", "cast(m as map<string,double>)", "cast(st as struct<a:string,b:string>)",
                "cast(st as struct<x:bigint,y:string>)", "cast(array(a, a) as string)", "cast(array(st) as array<struct<x:double,y:string>>)",
                "cast(array(d, f) as string)", "cast(map(i, d) as string)", "cast(named_struct('a', dt, 'b', ts) as string)",
                "cast(array(bo) as array<int>)", "cast(array(p) as string)"]),
    Cases("", ["cast('a' as int)", "cast('1.5' as int)", "cast('128' as tinyint)", "cast(128 as tinyint)", "cast(2147483648 as int)",
               "cast(1e19D as bigint)", "cast(double('NaN') as int)", "cast('x' as boolean)", "cast('2020-13-01' as date)", "cast('x' as timestamp)",
               "cast(123.45 as decimal(3,1))", "cast('123.45' as decimal(4,2))", "cast(1000 as decimal(3,0))", "cast('abc' as decimal(3,0))",
               "cast(1e20D as decimal(10,0))", "cast(null as int)", "cast(interval '1-2' year to month as string)", "cast('' as double)",
               "cast(interval '1 02:03:04.5' day to second as string)", "cast(interval '-1' second as string)", "cast(interval 3 month as int)",
               "cast(interval '25' hour as int)", "cast(5 as interval day)", "cast(90.5 as interval minute)", "cast(interval '1-2' year to month as interval year)",
               "cast(interval '-5' month as string)", "cast(make_interval(1,2,0,3,4,5,6.5) as string)", "cast(time'12:30:00.5' as string)",
               "cast(1.5 as string)", "cast(1.50BD as string)", "cast(0.0000001BD as string)", "cast(1e-8D as string)", "cast(-0.0D as string)",
               "cast(X'FF41' as string)", "cast('é' as binary)", "cast(99.995 as decimal(5,2))", "cast(-99.995 as decimal(5,2))", "cast(1.005D as decimal(5,2))",
               "cast(0.1F as double)", "cast(16777217 as float)", "cast(1e39D as float)", "cast(true as string)", "cast(2 as boolean)", "cast(0.0D as boolean)",
               "'5'::int", "int('5')", "string(5)", "cast(timestamp'2020-01-01 00:00:00.1' as double)", "cast(1.7D as timestamp)", "cast(-1.5D as timestamp)",
               "cast(timestamp'1969-12-31 23:59:59.5' as bigint)", "cast(decimal'1.123456789' as timestamp)", "cast('2020-01-01' as string)",
               "cast(date'+12345-01-01' as string)", "cast('t' as boolean)", "cast('tr' as boolean)", "cast(' 1 ' as tinyint)"], ansi=(True, False)),
]  # fmt: skip
