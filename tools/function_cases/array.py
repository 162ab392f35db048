"""Questions about arrays."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "lists": """SELECT * FROM VALUES
        (array(1, 2, 3), array(3, 4), array('a', 'b', null), array(1.5D, double('NaN'), -0.0D), 2),
        (array(3, 1, null, 3, 1), array(null, 1), array('b', 'a', 'b'), array(0.0D, -0.0D, null), -1),
        (array(), array(5), array(), array(double('NaN'), double('NaN')), 1),
        (array(null, null), array(), array(null), array(), 5),
        (array(7), array(7), array('é', ''), array(double('Infinity'), 1D), 0),
        (null, array(1), null, null, 3),
        (array(1, 2), null, array('x'), array(1D), null) AS t(a, b, s, f, i)""",
    "nested": """SELECT * FROM VALUES
        (array(array(1), array(2, null)), array(named_struct('x', 1, 'y', 'u'), named_struct('x', null, 'y', null)), map('k', array(1))),
        (array(array(), null), array(null), map()), (array(), array(), map('k', null)),
        (null, null, null) AS t(aa, st, m)""",
    "ranges": """SELECT * FROM VALUES (1, 5, 2, DATE'2024-01-31', DATE'2024-05-31', TIMESTAMP'2024-03-09 20:00:00', TIMESTAMP'2024-03-12 20:00:00'),
        (5, 1, -2, DATE'2024-03-01', DATE'2024-02-27', TIMESTAMP'2024-03-12 20:00:00', TIMESTAMP'2024-03-09 20:00:00'),
        (3, 3, 1, DATE'2024-01-01', DATE'2024-01-01', TIMESTAMP'2024-01-01 00:00:00', TIMESTAMP'2024-01-01 00:00:00'),
        (null, 1, 1, null, DATE'2024-01-01', null, TIMESTAMP'2024-01-01 00:00:00') AS t(a, b, c, d, e, t, u)""",
}  # fmt: skip

ONE = ("size", "cardinality", "array_size", "array_distinct", "array_max", "array_min",
       "array_compact", "sort_array", "array_sort", "reverse")  # fmt: skip
TWO = ("array_union", "array_intersect", "array_except", "arrays_overlap", "concat")

CASES = [
    Cases("lists", [f"{f}({c})" for f in ONE for c in "absf"]
          + [f"sort_array({c}, false)" for c in "absf"] + [f"sort_array({c}, true)" for c in "as"]),
    Cases("lists", [f"{f}({x}, {y})" for f in TWO for x, y in ("ab", "ba", "aa", "ss", "ff")]
          + [f"{f}(a, array(1L, null))" for f in TWO]),
    Cases("lists", [f"{f}({c}, {v})" for f in ("array_contains", "array_position", "array_remove")
                    for c, v in (("a", "1"), ("a", "3"), ("a", "i"), ("s", "'b'"), ("f", "0.0D"),
                                 ("f", "double('NaN')"), ("a", "1L"))]
          + [f"{f}({c}, {v})" for f in ("array_append", "array_prepend")
             for c, v in (("a", "9"), ("a", "null"), ("s", "'z'"), ("a", "i"), ("a", "5L"))]
          + [f"array_insert(a, {p}, {v})" for p in ("1", "2", "-1", "-2", "6", "-6", "i + 6")
             for v in ("9", "null")]),
    Cases("lists", [f"array_join(s{x})" for x in (", ','", ", ',', '?'", ", ''", ", ',', null",
                                                 ", null")] + ["array_join(a, '-')"]),
    Cases("lists", [f"get({c}, {i})" for c in "as" for i in ("0", "1", "-1", "i")]
          + [f"try_element_at({c}, {i})" for c in "as" for i in ("1", "-1", "9", "i + 9", "-9")]),
    Cases("lists", ["element_at(a, 1)", "element_at(a, 2)", "element_at(a, -1)", "element_at(a, 0)",
                    "element_at(b, i)", "size(a)", "size(null)", "cardinality(s)", "a[0]"],
          ansi=(True, False)),
    Cases("lists", [f"slice(a, {s}, {n})" for s in ("1", "2", "-1", "-2", "9", "-9")
                    for n in ("0", "1", "2", "9")]
          + ["slice(s, 1, 2)", "slice(a, 0, 1)", "slice(a, 1, -1)", "slice(a, i + 10, 1)",
             "slice(a, null, 1)"]),
    Cases("lists", ["array_repeat(i, 2)", "array_repeat('x', i)", "array_repeat(null, 2)",
                    "array_repeat(a, 2)", "array(a, b)", "array(i, null)", "array()", "array(i, 1L)",
                    "array(1, 1.5)", "array('a', 1)", "arrays_zip(a, b)", "arrays_zip(a, s, f)",
                    "arrays_zip(a)", "arrays_zip(array(1), array(2, 3))", "size(shuffle(a))",
                    "sort_array(shuffle(a))", "array_position(a, null)", "array_contains(a, null)",
                    "array_remove(a, null)", "flatten(array(a, b))", "array_max(array(a, b))",
                    "array_distinct(array(a, a, b))"]),
    Cases("nested", ["flatten(aa)", "size(aa)", "aa[0]", "element_at(aa, 1)", "array_distinct(st)",
                     "array_compact(st)", "array_compact(aa)", "st.x", "array_contains(aa, array(1))",
                     "array_union(aa, aa)", "sort_array(aa)", "sort_array(st)", "array_max(aa)",
                     "array_min(st)", "element_at(m, 'k')", "m['k'][0]", "array_sort(st)",
                     "arrays_overlap(aa, array(array(1)))", "array_except(st, array())",
                     "size(m)", "cardinality(m)", "try_element_at(m, 'z')", "array_position(aa, array())",
                     "array_append(st, null)", "inline(null)", "size(st)"]),
    Cases("ranges", ["sequence(a, b)", "sequence(a, b, c)", "sequence(a, a)", "sequence(1L, b)",
                     "sequence(d, e)", "sequence(d, e, if(d <= e, INTERVAL 1 DAY, INTERVAL -1 DAY))",
                     "sequence(d, DATE'2024-06-30', INTERVAL 1 MONTH)",
                     "sequence(d, DATE'2025-06-30', INTERVAL 2 WEEK)",
                     "sequence(d, DATE'2026-06-30', INTERVAL 1 YEAR)",
                     "sequence(d, TIMESTAMP'2024-04-01 00:00:00', INTERVAL 12 HOUR)",
                     "sequence(t, u)", "sequence(t, TIMESTAMP'2024-03-14 00:00:00', INTERVAL 1 DAY)",
                     "sequence(t, TIMESTAMP'2024-03-14 00:00:00', INTERVAL 24 HOUR)",
                     "sequence(t, TIMESTAMP'2024-03-14 00:00:00', INTERVAL 90 MINUTE)",
                     "sequence(TIMESTAMP'2024-05-01 00:00:00', t, INTERVAL -1 MONTH)",
                     "sequence(1Y, 3Y)", "sequence(1S, 3S, 2S)"],
          zones=("America/Los_Angeles", "UTC")),
    Cases("", ["sequence(1, 5, -1)", "sequence(5, 1, 1)", "sequence(1, 5, 0)", "sequence(1, 1, 0)",
               "element_at(array(1), 2)", "element_at(array(1), -2)", "element_at(array(1), 0)",
               "element_at(map('a', 1), 'b')", "get(array(1), 5)", "array_insert(array(1), 0, 5)",
               "array(1)[1]", "array(1)[-1]", "slice(array(1, 2), 1, -1)", "array_repeat(1, -1)",
               "array_repeat(1, 2147483647)", "array_join(array(1, 2), null)",
               "sequence(1, 2147483647)", "array(1, 'a', true)", "array_append(null, 1)",
               "flatten(array(array(1), null))", "array_max(array())", "array_size(null)",
               "array_contains(array('a'), 1)", "array_union(array(1), array('a'))",
               "element_at(array(1, 2), 1L)", "array_sort(array('b', null, 'a'))"],
          ansi=(True, False)),
]  # fmt: skip
