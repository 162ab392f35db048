"""Questions about operators."""

from __future__ import annotations

from itertools import product

from function_cases import Cases

TABLES = {
    "numbers": """SELECT * FROM VALUES
        (1Y, 2S, 3, 4L, 1.5F, 2.5D, 1.25BD, 123456789012.123456BD),
        (-7Y, -3S, -2, -9L, -1.5F, -2.5D, -1.25BD, -0.000001BD),
        (100Y, 300S, 70000, 5000000000L, 1e10F, 1e300D, 99.99BD, 99999999999.999999BD),
        (7Y, 3S, 10, 11L, float('NaN'), double('NaN'), 0.01BD, 1.000000BD),
        (7Y, 3S, 10, 11L, float('Infinity'), double('-Infinity'), 0.01BD, 1.000000BD),
        (1Y, 1S, 1, 1L, -0.0F, -0.0D, 0.10BD, 10.000000BD),
        (null, null, null, null, null, null, null, null)
        AS t(b, s, i, l, f, d, p, q)""",
    "zeros": """SELECT * FROM VALUES
        (0Y, 0S, 0, 0L, 0F, 0D, 0.00BD, 1, 1L, 1D, 1.5BD)
        AS t(b, s, i, l, f, d, p, one, lone, done, pone)""",
    "limits": """SELECT * FROM VALUES
        (127Y, 32767S, 2147483647, 9223372036854775807L,
         99999999999999999999999999999999999999BD, 0.99999999999999999999999999999999999999BD),
        (-128Y, -32768S, -2147483648, -9223372036854775808L,
         -99999999999999999999999999999999999999BD, -0.99999999999999999999999999999999999999BD)
        AS t(b, s, i, l, w, u)""",
    "words": """SELECT * FROM VALUES
        ('a', 'b', true, false, X'61', X'62'), ('b', 'a', false, false, X'', X'00'),
        ('', 'é', true, true, X'FF', X'7F'), ('Z', 'a', null, true, X'61', X'61'),
        (null, 'x', false, null, null, X'61'), (null, null, null, null, null, null)
        AS t(a, b, p, q, x, y)""",
    "nested": """SELECT * FROM VALUES
        (array(1, 2, null), map('a', 1, 'b', null), named_struct('x', 1, 'y', 'u'), 0),
        (array(), map(), named_struct('x', null, 'y', null), 1),
        (array(3, 4, 5), map('c', 3), named_struct('x', 2, 'y', 'v'), 2),
        (null, null, null, null)
        AS t(a, m, s, k)""",
}

_PAIRS = list(product("bsilfdpq", repeat=2))
_SIGNS = ("+", "-", "*", "/", "%")
_ORDER = ("=", "<=>", "<", "<=", ">", ">=", "!=", "<>")

CASES = [
    Cases("numbers", [f"{a} {sign} {b}" for sign in _SIGNS for a, b in _PAIRS],
          ansi=(True, False)),
    Cases("numbers", [f"{a} div {b}" for a, b in product("bsilpq", repeat=2)], ansi=(True, False)),
    Cases("numbers", [f"{a} {sign} {b}" for sign in _ORDER for a, b in _PAIRS]),
    Cases("numbers", [f"{sign}{a}" for sign in ("-", "+", "~") for a in "bsilfdpq"]),
    Cases("numbers", [f"negative({a})" for a in "bsilfdpq"] + [f"positive({a})" for a in "bsi"]),
    Cases("numbers", [f"{a} {sign} {b}" for sign in "&|^" for a, b in product("bsil", repeat=2)]),
    Cases("numbers", [f"{f}({a}, {n})" for f in ("shiftleft", "shiftright", "shiftrightunsigned")
                      for a in "bsil" for n in ("1", "31", "33", "-1", "i")]),
    Cases("numbers", ["l << 2", "i >> 1", "i >>> 1", "i in (1, 3)", "i in (1, null)", "d in (2.5)",
                      "p in (1.25, 0.01)", "i not in (1, 3)", "l in (i, 4)", "d in (d)", "f = 1.5",
                      "mod(i, 3)", "mod(l, -4)", "mod(d, 2)", "i between 1 and 10", "isnull(i)",
                      "isnotnull(d)", "i is null", "i is not null", "d is distinct from f",
                      "p * p * p", "p / 3", "q / p / p", "p * 1.1BD", "1 - p", "(1 - p) * (1 + p)",
                      "i * 1.5", "l / 2", "1 / i", "p * i", "i + p", "q * q", "q * q * q",
                      "cast(p as decimal(38,18)) * q", "cast(p as decimal(38,18)) / q",
                      "q % p", "q % 0.7BD", "cast(q as decimal(38,10)) % cast(p as decimal(38,30))",
                      "cast(q as decimal(38,10)) + cast(p as decimal(38,30))",
                      "cast(p as decimal(20,0)) div 3", "q div p"], ansi=(True, False)),
    Cases("zeros", [f"{a} {sign} {b}" for sign in ("/", "%", "div")
                    for a, b in (("one", "i"), ("one", "b"), ("lone", "l"), ("pone", "p"),
                                 ("one", "p"), ("pone", "i"))], ansi=(True, False)),
    Cases("zeros", ["done / d", "d / d", "done % d", "one / d", "done / f", "-done / d",
                    "mod(one, i)"], ansi=(True, False)),
    Cases("limits", ["b + b", "b + 1Y", "s + s", "i + 1", "i - 1", "l + 1", "l - 1", "-b", "-s",
                     "-i", "-l", "b * b", "s * s", "i * 2", "l * 2", "l * l", "l div -1",
                     "l % -1", "i div -1", "w + 1", "w + w", "w * 10", "w * w", "u * u", "u / w",
                     "w / u", "w - u", "w div 3", "w % 7", "u + u", "w * 0.1BD", "w / 0.1BD",
                     "w + u", "i * i", "~l", "l & i", "abs(l)", "w = u", "w < u", "l = w",
                     "l div 0.1BD", "w div 0.00001BD"], ansi=(True, False)),
    Cases("words", [f"{a} {sign} {b}" for sign in _ORDER for a, b in ("ab", "pq", "xy")]),
    Cases("words", ["p and q", "p or q", "not p", "!q", "p = 'true'", "a in ('a', b)",
                    "a || b", "a between 'a' and 'b'", "a < b and p", "p is true", "p is not true",
                    "p is unknown", "p is not false", "a is distinct from b"]),
    Cases("nested", ["a[0]", "a[k]", "m['a']", "m['zz']", "s.x", "s.y", "s['x']", "a = a",
                     "a < array(1, 3)", "s = named_struct('x', 1, 'y', 'u')", "s < s",
                     "a in (array(3, 4, 5))", "a <=> null", "s is null", "a[k + 1]"],
          ansi=(True, False)),
    Cases("", ["array(1,2)[5]", "array(1,2)[-1]", "1 / 0", "1 % 0", "1 div 0", "1.0 / 0", "1D / 0",
               "2147483647 + 1", "127Y + 1Y", "9223372036854775807 + 1", "'1' + 1", "'1.5' + 1",
               "'a' + 1", "1 + null", "null + null", "true + 1", "1 = '1'", "1 = 'a'", "1 < '2'",
               "1.5 = '1.5'", "date'2020-01-01' = '2020-01-01'", "null = null", "null <=> null",
               "double('NaN') = double('NaN')", "double('NaN') > double('Infinity')",
               "-0.0D = 0.0D", "float('NaN') <=> double('NaN')", "1 in ('1', 2)", "- '5'", "-(-128Y)",
               "array(1) = array(1L)", "X'61' = 'a'", "true = 1", "5 % 3", "-5 % 3", "5 % -3",
               "-5.5D % 2", "5 div -2", "-5 div 2", "1 << 35", "1L << 35", "1 >>> 33", "-1 >>> 1",
               "-1L >>> 1", "3 & 'a'", "1 & 2L", "~5", "~5Y", "mod(10, 3)", "10 mod 3"],
          ansi=(True, False)),
]  # fmt: skip
