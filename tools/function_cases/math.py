"""Questions about mathematical functions."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "n": """SELECT * FROM VALUES
        (1Y, 2S, 3, 4L, 0.5F, 0.5D, 1.25BD, 1234.5678BD, '17'), (-7Y, -3S, -25, -95L, -1.5F, -2.5D, -1.25BD, -0.0005BD, '-a'),
        (100Y, 300S, 70000, 5000000000L, 1e10F, 1e300D, 99.99BD, 9999.9999BD, 'FF'),
        (0Y, 0S, 0, 0L, float('NaN'), double('NaN'), 0.00BD, 0.0000BD, ''),
        (7Y, 15S, 35, 11L, float('Infinity'), double('-Infinity'), 2.50BD, 1.0000BD, 'zz'),
        (1Y, 1S, 1, 1L, -0.0F, -0.0D, 0.15BD, 10.5000BD, '9223372036854775808'),
        (127Y, 32767S, 2147483647, 9223372036854775807L, 2.345F, 1.005D, -2.50BD, 0.0050BD, '123.45'),
        (5Y, 5S, 20, 21L, 0.1F, 2.675D, 3.35BD, 2.5555BD, '  12'),
        (null, null, null, null, null, null, null, null, null) AS n(b, s, i, l, f, d, p, q, t)""",
}
_DOUBLES = (
    "acos acosh asin asinh atan atanh cbrt cos cosh cot csc degrees exp expm1 ln log log10 log1p log2 "
    "radians rint sec sign signum sin sinh sqrt tan tanh"
).split()

CASES = [
    Cases("n", [f"{f}({c})" for f in _DOUBLES for c in "dfip"]),
    Cases("n", [f"{f}({c})" for f in ("ceil", "floor", "ceiling") for c in "bsilfdpq"]),
    Cases("n", [f"{f}({c}, {n})" for f in ("ceil", "floor") for c in "ipq" for n in (0, 1, 3, -1)]),
    Cases("n", [f"{f}({c})" for f in ("round", "bround") for c in "bsilfdpq"]),
    Cases("n", [f"{f}({c}, {n})" for f in ("round", "bround") for c in "ildfpq"
                for n in (1, 2, -1, -2, 5)], ansi=(False,)),
    Cases("n", [f"{f}({c}, {n})" for f in ("round", "bround") for c in "dpq" for n in (1, 2, -1)]),
    Cases("n", [f"abs({c})" for c in "bsilfdpq"] + [f"bit_count({c})" for c in "bsil"]
          + [f"hex({c})" for c in "bsilt"] + [f"bin({c})" for c in "bsil"], ansi=(True, False)),
    Cases("n", [f"{f}({a}, {b})" for f in ("power", "atan2", "hypot", "log", "pow")
                for a, b in ("dd", "id", "di", "ff", "pi", "il")]),
    Cases("n", [f"try_{f}({a}, {b})" for f in ("add", "subtract", "multiply", "divide", "mod")
                for a, b in ("bb", "ss", "ii", "ll", "dd", "pp", "pq", "il", "ip", "lb", "fi")]),
    Cases("n", [f"pmod({a}, {b})" for a, b in (("i", "7"), ("l", "-3"), ("d", "2"), ("p", "0.7"),
                ("b", "5Y"), ("i", "p"), ("q", "p + 1000"))], ansi=(True, False)),
    Cases("n", ["pmod(i, 0)", "pmod(d, d)", "factorial(i)", "factorial(b)", "unhex(t)", "conv(t, 16, 10)",
                "conv(t, 10, 16)", "conv(l, 10, 2)", "conv(t, 10, -10)", "conv(t, 36, 16)", "unhex(hex(i))",
                "bit_get(i, 0)", "bit_get(i, 3)", "getbit(l, 40)", "bit_count(i > 1)", "e()", "pi()",
                "width_bucket(d, 0, 10, 5)", "width_bucket(i, 100, -100, 4)", "width_bucket(p, 0, 3, 3)",
                "width_bucket(d, 0, 10, 0)", "round(t)", "floor(t)", "abs(t)", "sqrt(t)", "power(2, i)",
                "shiftleft(i, 2)", "shiftright(l, 1)", "shiftrightunsigned(i, 3)", "hex(X'00FF')",
                "hex('é')", "negative(d)", "positive(i)", "rint(2.5)", "rint(p)"], ansi=(True, False)),
    Cases("", [
        "abs(-1)", "abs(-128Y)", "abs(-2147483648)", "acos(2)", "bin(-13)", "bround(2.5, 0)", "bround(25, -1)",
        "bround(3.5)", "ceil(-0.1)", "ceil(3.1411, 3)", "ceil(3.1411, -3)", "ceil(5)", "ceil(1e19D)",
        "ceil(double('NaN'))", "conv('100', 2, 10)", "conv(-10, 16, -10)", "conv('9223372036854775808', 10, 16)",
        "conv('99999999999999999999', 10, 16)", "conv('-1', 10, 16)", "conv('12z', 10, 16)", "conv('', 10, 16)",
        "conv('1', 1, 10)", "factorial(5)", "factorial(21)", "factorial(-1)", "floor(-0.1)", "hex(17)",
        "hex('Spark SQL')", "hex(-1)", "unhex('537061726B2053514C')", "unhex('F')", "unhex('G')", "ln(0)", "ln(-1)",
        "log(10, 100)", "log(0, 10)", "log(1, 10)", "log(2.0, 0)", "pmod(10, 3)", "pmod(-10, 3)", "pmod(10, 0)",
        "power(2, 3)", "power(0, -1)", "power(1, double('NaN'))", "power(-1, double('Infinity'))",
        "round(2.5, 0)", "round(25, -1)", "round(-2.5)", "round(1.005D, 2)", "round(2147483647, -1)",
        "round(127Y, -1)", "round(9223372036854775807, -2)", "round(1e300D, 2)", "round(1.5F)", "round(0.5D)",
        "round(-0.4D)", "round(12345.678, -2)", "round(99.99, 1)", "round(123456789.123456789, 4)", "sign(-2.5)",
        "sign(interval '-1' day)", "sqrt(-1)", "try_add(1, 2)", "try_add(2147483647, 1)",
        "try_add(date'2021-01-01', 1)", "try_subtract(-2147483648, 1)", "try_multiply(2147483647, 2)",
        "try_divide(3, 2)", "try_divide(1, 0)", "try_divide(1.0BD, 0)", "try_divide(2L, 2L)", "try_mod(3, 2)",
        "try_mod(1, 0)", "width_bucket(5.3, 0.2, 10.6, 5)", "width_bucket(-2.1, 1.3, 3.4, 3)",
        "width_bucket(8.1, 0.0, 5.7, 4)", "bit_get(11, 64)", "bit_count(-1)", "bit_count(0L)", "hypot(3, 4)",
        "signum(double('NaN'))", "sign(-0.0D)", "degrees(3.141592653589793)", "radians(180)", "e()", "pi()",
        "rand(42)", "randn(42)", "rand(0)", "rand(-5)", "randn(7)", "round(rand(1), 3)", "floor(rand() * 0)",
        "uniform(1, 1)", "log2(8)", "log10(1000)", "exp(1)", "exp(710)", "cot(0)", "csc(0)", "greatest(1, 2.5)",
        "round(null)", "ceil(null)", "abs(null)", "hex(null)", "mod(5, 0)", "bround(0.125, 2)", "floor('1.5')",
        "5 % 0.0", "ceil(1.0BD)", "ceil(-1.5BD)", "ceil(cast(1.5 as decimal(38,37)))", "floor(3.1411, 3)",
    ], ansi=(True, False)),
]  # fmt: skip
