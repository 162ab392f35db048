"""Questions about times of day."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "t": """SELECT * FROM VALUES
        (TIME'00:00:00', '12:30', 1.5, TIMESTAMP'2020-01-02 03:04:05.678901', DATE'2020-01-02', 3600L),
        (TIME'12:34:56.789123', '23:59:59.999999', 86399.999999, TIMESTAMP'1969-12-31 23:59:59.5',
         DATE'1969-12-31', 86399L),
        (TIME'23:59:59.999999', '24:00', 86400.0, TIMESTAMP'1900-01-01 00:00:00', DATE'1900-01-01', 86400L),
        (TIME'09:05:07.1', ' 1:2:3 ', -1.0, TIMESTAMP'2024-06-30 12:00:00', DATE'2024-06-30', -1L),
        (null, null, null, null, null, null) AS t(t, s, n, ts, d, l)""",
    "u": """SELECT * FROM VALUES
        (TIME'12:30:45.5', INTERVAL '01:02:03.456789' HOUR TO SECOND, TIME'08:00:00', 3600L, 1.5),
        (TIME'06:00:00', INTERVAL '-02:00:00' HOUR TO SECOND, TIME'06:00:00.000001', 0L, 86399.999999),
        (null, null, null, null, null) AS t(t, i, s, l, n)""",
}

CASES = [
    Cases("t", [
        "typeof(t)", "cast(t as string)", "cast(t as time(0))", "cast(t as time(3))", "cast(t as time(6))",
        "typeof(cast(t as time(2)))", "cast(s as time)", "try_cast(s as time)", "cast(s as time(2))",
        "try_cast(s as time(2))", "cast(ts as time)", "cast(ts as time(3))",
        "cast(cast(ts as timestamp_ntz) as time)", "cast(t as timestamp) is null",
        "cast(t as int)", "cast(t as bigint)", "cast(t as smallint)", "try_cast(t as smallint)", "cast(t as double)",
        "cast(t as decimal(14,9))", "cast(t as decimal(5,0))", "cast(t as decimal(20,3))", "try_cast(t as decimal(3,1))",
        "cast(t as float)", "cast(t as boolean)", "cast(t as date)", "cast(d as time)", "cast(l as time)",
        "hour(t)", "minute(t)", "second(t)", "extract(HOUR FROM t)", "extract(SECOND FROM t)", "date_part('MINUTE', t)",
        "extract(DAY FROM t)",
        "t + INTERVAL '1' HOUR", "t + INTERVAL '25' HOUR", "t - INTERVAL '1' SECOND", "INTERVAL '0.001' SECOND + t",
        "t + INTERVAL '1 02:03:04' DAY TO SECOND", "t + INTERVAL '1' MONTH", "t + INTERVAL '1' DAY",
        "cast(t as time(0)) + INTERVAL '0.5' SECOND", "typeof(cast(t as time(0)) + INTERVAL '0.5' SECOND)",
        "t - t", "t - TIME'12:00:00'", "typeof(t - t)", "ts - t",
        "make_timestamp(d, t)", "make_timestamp(d, t, 'UTC')", "make_timestamp_ntz(d, t)", "try_make_timestamp(d, t)",
        "try_make_timestamp_ntz(d, t)", "make_timestamp_ltz(d, t)",
        "time_diff('HOUR', t, TIME'12:00')", "time_diff('MINUTE', TIME'12:00', t)", "time_diff('SECOND', t, TIME'12:00')",
        "time_diff('MILLISECOND', t, TIME'12:00')", "time_diff('MICROSECOND', t, TIME'12:00')", "time_diff('DAY', t, t)",
        "time_diff('hour', t, t)", "time_diff(s, t, t)",
        "time_trunc('HOUR', t)", "time_trunc('MINUTE', t)", "time_trunc('SECOND', t)", "time_trunc('MILLISECOND', t)",
        "time_trunc('MICROSECOND', t)", "time_trunc('DAY', t)", "time_trunc(s, t)",
        "time_to_seconds(t)", "time_to_millis(t)", "time_to_micros(t)", "typeof(time_to_seconds(t))",
        "time_from_seconds(l)", "time_from_seconds(n)", "time_from_seconds(cast(n as double))", "time_from_millis(l)",
        "time_from_micros(l)",
        "to_time(s)", "try_to_time(s)", "to_time(s, 'HH:mm')", "try_to_time(s, 'HH:mm')", "to_time('10.20', 'HH.mm')",
        "make_time(l div 1000, 1, 2.5)", "make_time(1, 2, n)", "make_time(null, 1, 1)",
        "t = TIME'12:34:56.789123'", "t < TIME'12:00'", "t <=> null", "t = s", "t > '12:00'", "t BETWEEN TIME'09:00' AND TIME'13:00'",
        "max(t)", "min(t)", "count(DISTINCT t)", "collect_list(t)", "sum(t)", "avg(t)",
        "hash(t)", "xxhash64(t)", "to_json(struct(t))", "coalesce(t, TIME'00:00')",
        "greatest(t, TIME'12:00')", "array(t, TIME'01:00')", "sort_array(array(t, TIME'01:00'))", "concat(t, 'x')",
        "date_format(t, 'HH')", "nullif(t, t)", "t IN (TIME'00:00:00')", "md5(cast(t as binary))",
        "typeof(current_time())", "typeof(current_time(2))", "current_time() = current_time()",
        "typeof(CURRENT_TIME)", "-t", "t * 2", "abs(t)", "isnull(t)", "CASE WHEN t > TIME'12:00' THEN t END",
        "struct(t)", "map('k', t)", "from_json('{\"t\": \"10:20:30\"}', 't TIME')", "from_csv('10:20:30', 't TIME')",
        "sequence(TIME'01:00', TIME'03:00', INTERVAL '1' HOUR)",
        "t || ''", "cast(t as interval day to second)", "uniform(t, t)",
    ], zones=("UTC",)),
    Cases("u", [
        "t + INTERVAL '1' HOUR", "t - INTERVAL '1:02:03.5' HOUR TO SECOND", "INTERVAL '90' MINUTE + t",
        "t + INTERVAL '0' DAY", "t + i", "t - i", "typeof(t + i)", "typeof(cast(t as time(0)) + INTERVAL '1' HOUR)",
        "t - s", "typeof(t - s)", "s - cast(t as time(3))", "time_from_seconds(l)", "time_from_seconds(n)",
        "time_from_seconds(cast(n as double))", "time_from_millis(l)", "time_from_micros(l)",
        "cast(cast(t as timestamp_ntz) as time)", "cast(cast(t as timestamp) as time)",
        "cast(cast(t as timestamp_ntz) as date) = current_date()", "to_time('1:2')", "t = '12:30:45.5'",
    ], zones=("UTC", "America/Los_Angeles")),
    Cases("", ["TIME'24:00'", "TIME'1:2'", "TIME'12'", "TIME'12:30 PM'", "TIME'12:30:00+01:00'",
               "cast('12:30' as time(7))", "cast('12:30' as time(-1))", "cast('x' as time)", "try_cast('x' as time)",
               "TIME'10:00' + INTERVAL '14' HOUR", "TIME'00:00' - INTERVAL '1' MICROSECOND"], zones=("UTC",)),
]  # fmt: skip
