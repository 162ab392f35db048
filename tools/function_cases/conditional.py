"""Questions about conditional functions."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "t": """SELECT * FROM VALUES
        (1, 2L, 1.5D, 1.25BD, 'a', 'b', true, date'2020-01-01', array(1)),
        (null, 2L, double('NaN'), null, null, 'b', false, null, null),
        (3, null, -0.0D, 0.00BD, 'x', null, null, date'1999-12-31', array(2, null)),
        (0, 0L, double('Infinity'), -3.10BD, '', 'é', true, date'2020-02-29', array()),
        (null, null, null, null, null, null, null, null, null)
        AS t(i, l, d, p, s, u, b, day, a)""",
}

CASES = [
    Cases("t", [
        "coalesce(i, l)", "coalesce(i, 0)", "coalesce(s, u, 'z')", "coalesce(i, d)",
        "coalesce(p, i)", "coalesce(null, null)", "coalesce(i)", "coalesce(a, array(9))",
        "nvl(i, 7)", "nvl(s, 'n')", "ifnull(d, 1)", "nvl2(i, 'y', 'n')", "nvl2(s, i, l)",
        "nullif(i, 1)", "nullif(s, 'a')", "nullif(d, d)", "nullif(i, l)", "nullifzero(i)",
        "nullifzero(d)", "nullifzero(p)", "zeroifnull(i)", "zeroifnull(p)", "zeroifnull(d)",
        "nanvl(d, 0)", "nanvl(i, 1)", "nanvl(d, i)", "isnan(d)", "isnan(i)", "isnull(a)",
        "isnotnull(s)", "equal_null(i, l)", "equal_null(s, null)", "greatest(i, l)",
        "greatest(i, l, d)", "greatest(s, u)", "greatest(p, i)", "greatest(day, date'2000-01-01')",
        "least(i, l)", "least(d, 1)", "least(s, u, 'k')", "least(p, l)", "i between 1 and 3",
        "between(d, 0, 2)", "s not between 'a' and 'm'", "if(b, i, l)", "if(i > 1, 'x', s)",
        "if(null, 1, 2)", "case when b then i when i is null then -1 else l end",
        "case i when 1 then 'one' when 3 then 'three' end", "case when b then 1 end",
        "case when i > 0 then p else d end", "iff(b, 1, 2)", "when(b, 1)", "i is null or l is null",
        "string(i)", "int(d > 1)", "double(i)", "float(p)", "bigint(i)", "tinyint(i)",
        "smallint(i)", "boolean(i)", "date(day)", "timestamp(day)", "binary(s)", "decimal(i)",
    ], ansi=(True, False)),
    Cases("", [
        "coalesce(null, 1, 2)", "coalesce(1, 'a')", "nvl(null, array('2'))", "greatest(1)",
        "greatest(1, '2')", "least('a')", "nullif(1, '1')", "if(1, 2, 3)", "coalesce()",
        "greatest(array(1), array(2))", "least(double('NaN'), 1)", "greatest(double('NaN'), 1)",
        "zeroifnull(null)", "nullifzero(0)", "isnan('NaN')", "nanvl(1.5, 2)", "between(5, 1, 3)",
    ], ansi=(True, False)),
]  # fmt: skip
