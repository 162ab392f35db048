"""Questions about aggregate functions, statistical ones too: one row of answers over a table."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "facts": """SELECT * FROM VALUES
        (1, 1Y, 10S, 100L, 1.5F, 2.25D, 10.25BD, 123456789012345678.12BD, 'b', true, DATE'2024-02-29', 1, INTERVAL '1' HOUR, array(1, 2)),
        (2, 2Y, 20S, 200L, 2.5F, -1.5D, -3.10BD, 987654321098765432.99BD, 'a', false, DATE'1969-12-31', 3, INTERVAL '2' HOUR, array(2, 3)),
        (2, -5Y, 7S, -9L, 0.1F, 1e10D, 0.01BD, 0.01BD, 'c', null, null, null, null, array(null, 5)),
        (7, 7Y, 7S, 7L, 7F, 7D, 7.77BD, 7.77BD, 'd', true, DATE'2024-03-01', -7, INTERVAL '-1' HOUR, null),
        (null, null, null, null, null, null, null, null, null, null, null, null, null, null)
        AS t(i, b, s, l, f, d, p, q, w, o, e, m, h, a)""",
    "empty": "SELECT * FROM VALUES (1, 1L, 1D, 1.25BD, 'a', true, array(1)) AS t(i, l, d, p, w, o, a) WHERE i > 1",
    "nulls": """SELECT * FROM VALUES (int(null), bigint(null), double(null), cast(null as decimal(10,2)), string(null), boolean(null), cast(null as array<int>)),
        (null, null, null, null, null, null, null) AS t(i, l, d, p, w, o, a)""",
    "single": "SELECT * FROM VALUES (3, 4L, 5.5D, 6.75BD, 'z', false, array(1, null)) AS t(i, l, d, p, w, o, a)",
    "strange": """SELECT * FROM VALUES (double('NaN'), float('NaN'), 1), (double('Infinity'), 1F, 2), (-0.0D, -0.0F, 3), (0.0D, 0.0F, 4),
        (double('NaN'), float('-Infinity'), null), (null, null, 6) AS t(d, f, i)""",
    "limits": """SELECT * FROM VALUES (9223372036854775807, 2147483647, 99999999999999999999999999999999999999BD, 127Y, 9999999999.99BD),
        (1, 1, 1BD, 127Y, 0.01BD), (2, 5, 5BD, 1Y, 9999999999.98BD) AS t(l, i, w, b, p)""",
    "pairs": """SELECT * FROM VALUES (1D, 2D), (2D, 3.5D), (3D, 5D), (4.5D, 1D), (null, 3D), (7D, null), (10D, 20.25D) AS t(x, y)""",
    "flat": "SELECT * FROM VALUES (1D, 2D), (1D, 3D), (1D, 4D) AS t(x, y)",
}  # fmt: skip

SMALL = ("empty", "nulls", "single")
NUMBERS = "bsilfdpq"
ONES = ("stddev", "std", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "skewness",
        "kurtosis")  # fmt: skip
TWOS = ("corr", "covar_pop", "covar_samp", "regr_count", "regr_avgx", "regr_avgy", "regr_sxx",
        "regr_sxy", "regr_syy", "regr_slope", "regr_intercept", "regr_r2")  # fmt: skip
GENERAL = ("count(*)", "count({0})", "count(distinct {0})", "min({0})", "max({0})", "first({0})",
           "last({0})", "first({0}, true)", "last({0}, true)", "any_value({0})", "first_value({0})",
           "any_value({0}, true)", "last_value({0}, true)", "collect_list({0})", "array_agg({0})",
           "sort_array(collect_set({0}))", "min_by({0}, i)", "max_by({0}, i)", "max_by(i, {0})",
           "count_if({0} is null)", "approx_count_distinct({0})", "mode({0}, true)")  # fmt: skip

CASES = [
    Cases("facts", [f.format(c) for f in ("sum({0})", "avg({0})", "mean({0})", "try_sum({0})",
                                          "try_avg({0})", "sum(distinct {0})", "avg(distinct {0})",
                                          "median({0})", "percentile({0}, 0.3)",
                                          "percentile({0}, array(0.0, 0.25, 1.0))",
                                          "percentile_approx({0}, 0.5)",
                                          "approx_percentile({0}, array(0.1, 0.9), 100)",
                                          "sum({0}) FILTER (WHERE i > 1)",
                                          "avg({0}) FILTER (WHERE i > 100)") for c in NUMBERS]),
    Cases("facts", [f.format(c) for f in GENERAL for c in "ildpqwoeh"]
          + [f.format("a") for f in GENERAL if "collect_set" not in f and "mode" not in f]),
    Cases("facts", [f"{f}({c})" for f in ("bit_and", "bit_or", "bit_xor") for c in "bsil"]
          + [f"{f}(o)" for f in ("bool_and", "bool_or", "every", "any", "some", "count_if")]
          + [f"{f}({c})" for f in ONES for c in "idp"]
          + [f"{f}({c})" for f in ("sum", "avg", "median", "try_sum", "try_avg", "max", "collect_list")
             for c in ("h", "make_ym_interval(0, m)")]
          + ["count(i, l)", "count(distinct i, l)", "count(i, o)", "count(1)", "count(null)",
             "sum(null)", "avg(null)", "sum('1')", "max(null)", "sum(i + l)", "sum(i) / count(i)",
             "sum(p * q)", "sum(p) + 1", "max_by(w, l, 2)", "min_by(w, l, 2)", "max_by(w, l, 10)",
             "listagg(w)", "listagg(w, ', ')", "string_agg(w, '-')", "listagg(distinct w, ',')",
             "listagg(w, ',') WITHIN GROUP (ORDER BY w)", "listagg(w, null)",
             "listagg(w, ',') WITHIN GROUP (ORDER BY i DESC, w)", "listagg(cast(w as binary))",
             "listagg(cast(w as binary), X'2C')", "sort_array(collect_union(a))",
             "percentile_cont(0.3) WITHIN GROUP (ORDER BY i)",
             "percentile_cont(0.3) WITHIN GROUP (ORDER BY d DESC)",
             "percentile_cont(array(0.25, 0.5)) WITHIN GROUP (ORDER BY i)",
             "percentile_disc(0.3) WITHIN GROUP (ORDER BY i)",
             "percentile_disc(0.3) WITHIN GROUP (ORDER BY l DESC)",
             "percentile_disc(array(0.1, 0.9)) WITHIN GROUP (ORDER BY d)",
             "mode() WITHIN GROUP (ORDER BY i)", "mode(i)", "mode(i, true)", "histogram_numeric(i, 3)",
             "histogram_numeric(d, 10)", "histogram_numeric(p, 2)", "percentile(i, 0.5, 2)",
             "percentile(i, 0.5, l + 10)", "percentile_approx(e, 0.5)", "percentile_approx(make_ym_interval(0, m), 0.5)",
             "count(*) FILTER (WHERE o)", "count(distinct i) FILTER (WHERE o)",
             "collect_list(i) FILTER (WHERE i > 1)", "max(i) FILTER (WHERE false)",
             "sum(distinct p)", "avg(i + 0.5)", "sum(cast(p as decimal(38,2)))",
             "avg(cast(p as decimal(38,10)))", "avg(cast(q as decimal(38,18)))", "min(array(i, l))",
             "max(struct(i, w))", "min(struct(w, i))", "sum(if(o, i, 0))", "approx_count_distinct(i, 0.1)",
             "median(make_ym_interval(0, m))", "percentile(h, 0.25)", "percentile(make_ym_interval(0, m), 0.25)",
             "percentile_disc(0.5) WITHIN GROUP (ORDER BY make_ym_interval(0, m))"]),
    *[Cases(t, [f.format(c) for f in GENERAL for c in "ildpwo"]
            + [f"{f}({c})" for f in ("sum", "avg", "try_sum", "median", *ONES) for c in "ildp"]
            + [f"{f}(d, i)" for f in TWOS] + [f"{f}(i)" for f in ("bit_and", "bit_or", "bit_xor")]
            + [f"{f}(o)" for f in ("bool_and", "bool_or", "count_if")]
            + ["percentile(d, array(0.5, 0.9))", "percentile_approx(i, 0.5)", "listagg(w, ',')",
               "max_by(w, i, 2)", "histogram_numeric(d, 3)", "collect_list(a)", "mode(i)"])
      for t in SMALL],
    Cases("strange", [f.format(c) for f in GENERAL[:-3] for c in "df"]
          + [f"{f}({c})" for f in ("sum", "avg", *ONES) for c in "df"]
          + ["percentile_approx(d, 0.5)", "max(struct(d))", "count(distinct d, i)"]),
    Cases("pairs", [f"{f}({a}, {b})" for f in TWOS for a, b in ("xy", "yx", "xx")]
          + [f"{f}({c})" for f in ONES for c in "xy"]),
    Cases("flat", [f"{f}({a}, {b})" for f in TWOS for a, b in ("xy", "yx")]
          + [f"{f}(x)" for f in ONES]),
    Cases("limits", [f.format(c) for f in ("sum({0})", "avg({0})", "try_sum({0})", "try_avg({0})",
                                           "sum(distinct {0})") for c in "liwbp"],
          ansi=(True, False)),
]  # fmt: skip
