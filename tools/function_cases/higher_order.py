"""Questions about functions that take functions."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "things": """SELECT * FROM VALUES
        (array(1, 2, 3), array('b', null, 'a'), map('a', 1, 'b', null), 10, array(named_struct('x', 2), named_struct('x', 1))),
        (array(5, null, -1), array('x'), map(), -1, array()),
        (array(), array(), map('z', 5), 0, null),
        (null, null, null, 1, null), (array(null), array(null), map('q', -1), null, array(named_struct('x', 5)))
        AS t(a, s, m, k, r)""",
}  # fmt: skip

CASES = [
    Cases("things", [
        "transform(a, x -> x + 1)", "transform(a, x -> x + k)", "transform(a, (x, i) -> x + i)",
        "transform(s, x -> upper(x))", "transform(a, (x, i) -> i)", "transform(a, x -> array(x, k))",
        "transform(a, x -> transform(a, y -> x * y))", "transform(a, x -> null)",
        "transform(s, x -> named_struct('v', x, 'n', length(x)))", "transform(r, e -> e.x)",
        "filter(a, x -> x > 1)", "filter(a, (x, i) -> i > 0)", "filter(s, x -> x is not null)",
        "filter(a, x -> null)", "filter(s, x -> x > 'a')", "filter(r, e -> e.x > 1)",
        "exists(a, x -> x > 2)", "exists(a, x -> x is null)", "exists(a, x -> x > 100)",
        "exists(s, x -> x = 'a')", "forall(a, x -> x > 0)", "forall(a, x -> x is null)",
        "forall(s, x -> x like '%a%')", "aggregate(a, 0, (acc, x) -> acc + x)",
        "aggregate(a, 0, (acc, x) -> acc + coalesce(x, 0))",
        "aggregate(a, 0, (acc, x) -> acc + coalesce(x, 0), acc -> acc * 10)",
        "reduce(a, k, (acc, x) -> acc + coalesce(x, 1))",
        "aggregate(a, 0L, (acc, x) -> acc + coalesce(x, 0))",
        "aggregate(s, '', (acc, x) -> concat(acc, coalesce(x, '?')))",
        "aggregate(a, named_struct('s', 0, 'n', 0), (acc, x) -> named_struct('s', acc.s + coalesce(x, 0), 'n', acc.n + 1), acc -> acc.s * 1.0D / acc.n)",
        "aggregate(a, 1.5D, (acc, x) -> acc + x)", "zip_with(a, s, (x, y) -> concat(x, y))",
        "zip_with(a, array(1, 2), (x, y) -> x + y)", "zip_with(a, a, (x, y) -> named_struct('l', x, 'r', y))",
        "zip_with(s, array(1), (x, y) -> y)", "array_sort(a)", "array_sort(s)",
        "array_sort(a, (x, y) -> case when x is null then 1 when y is null then -1 when x > y then -1 when x < y then 1 else 0 end)",
        "array_sort(s, (x, y) -> coalesce(length(x), 9) - coalesce(length(y), 9))",
        "map_filter(m, (k2, v) -> v > 0)", "map_filter(m, (x, v) -> x = 'a')",
        "transform_keys(m, (x, v) -> upper(x))", "transform_keys(m, (x, v) -> concat(x, k))",
        "transform_values(m, (x, v) -> v + 1)", "transform_values(m, (x, v) -> x)",
        "transform_values(m, (x, v) -> coalesce(v, k))",
        "map_zip_with(m, map('a', 10, 'c', 5), (x, v, w) -> coalesce(v, 0) + coalesce(w, 0))",
        "map_zip_with(m, m, (x, v, w) -> v + w)", "map_zip_with(m, map(), (x, v, w) -> v)",
        "transform(filter(a, x -> x > 0), x -> x * 2)", "size(filter(a, x -> x > k))",
        "aggregate(transform(a, x -> coalesce(x, 0)), 0, (p, q) -> p + q)",
        "exists(transform(s, x -> length(x)), n -> n > 0)", "aggregate(a, array(), (p, q) -> p)",
    ]),
    Cases("", ["transform_keys(map('a', 1, 'b', 2), (k, v) -> 'z')",
               "transform_keys(map('a', 1), (k, v) -> null)", "array_sort(array(1, 2), (x, y) -> null)",
               "transform(array(1), x -> 1 / 0)", "transform(array(), x -> x)",
               "aggregate(array(1, 2), 'a', (x, y) -> x)", "filter(array(1), x -> x)",
               "transform(array(1), (x, y, z) -> x)", "exists(null, x -> x)", "transform(1, x -> x)",
               "zip_with(array(1), null, (x, y) -> x)", "forall(array(), x -> false)",
               "exists(array(), x -> true)"], ansi=(True, False)),
]  # fmt: skip
