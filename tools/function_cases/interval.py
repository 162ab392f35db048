"""Questions about intervals."""

from __future__ import annotations

from function_cases import Cases

ZONES = ("America/Los_Angeles", "UTC")
TABLES = {
    "spans": """SELECT * FROM VALUES
        (DATE'2024-02-29', TIMESTAMP'2024-03-09 10:30:00', TIMESTAMP_NTZ'2024-02-29 13:14:15.678901',
         14, INTERVAL '1 02:03:04.5' DAY TO SECOND, 3),
        (DATE'1582-10-04', TIMESTAMP'2024-11-02 08:30:00', TIMESTAMP_NTZ'2024-11-03 01:30:00',
         -14, INTERVAL '-1 02:03:04.5' DAY TO SECOND, -7),
        (DATE'2023-12-31', TIMESTAMP'2023-12-31 00:00:00', TIMESTAMP_NTZ'2024-03-10 02:30:00',
         0, INTERVAL '0 00:00:00' DAY TO SECOND, 1),
        (null, null, null, null, null, null) AS t(d, t, n, months, s, i)""",
}  # fmt: skip

CASES = [
    Cases("spans", [q.replace("@", "make_ym_interval(0, months)") for q in [f"{a} {sign} {b}" for a in "dtn" for sign in "+-" for b in "@s"]
          + [f"{a} - {b}" for a in "dtn" for b in "dtn"]
          + [f"{a} {sign} {b}" for a, b in ("@s", "ss", "@@") for sign in "+-"]
          + [f"{a} {sign} {b}" for a in "@s" for sign in "*/" for b in ("i", "2", "1.5D", "2.5BD")]
          + [f"-{a}" for a in "@s"] + [f"abs({a})" for a in "@s"]
          + ["@ div INTERVAL 1 MONTH", "s div INTERVAL 1 HOUR", "t + INTERVAL 1 DAY", "@ < @",
             "t + INTERVAL 24 HOUR", "d + INTERVAL 1 MONTH", "d + INTERVAL 1 DAY", "s = s",
             "n + INTERVAL 1 YEAR", "t - INTERVAL 1 WEEK", "d + INTERVAL 1 HOUR", "@ + @", "s > s",
             "t + make_interval(0, 1, 0, 1, 1)", "d + make_interval(1)", "n - make_interval(0, 1)",
             "t + INTERVAL '1 month 2 days'", "cast(s as string)", "cast(@ as string)"]],
          zones=ZONES),
    Cases("", ["make_interval(1, 2, 3, 4, 5, 6, 7.008009)", "make_interval()", "make_interval(1)",
               "make_interval(0, 0, 1, 1)", "make_interval(null, 1)", "try_make_interval(1, 2)",
               "make_interval(-1, 13)", "try_make_interval(2147483647)", "make_interval(2147483647)",
               "make_dt_interval(1, 12, 30, 01.001001)", "make_dt_interval()", "make_dt_interval(2)",
               "make_dt_interval(100, null, 3)", "make_dt_interval(-1, 25)",
               "make_dt_interval(2147483647)", "make_ym_interval(1, 2)", "make_ym_interval(1, 0)",
               "make_ym_interval(-1, 1)", "make_ym_interval()", "make_ym_interval(178956970, 8)",
               "make_ym_interval(2, null)"], ansi=(True, False)),
]  # fmt: skip
