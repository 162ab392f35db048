"""Rows of the statistical aggregate functions."""

from __future__ import annotations

from rayspark.catalyst.functions.results import average_type, middle_type, row
from rayspark.catalyst.functions.row import Args, Fn, TypeRule, same
from rayspark.datatypes import ArrayType, DataType, DoubleType, LongType

DOUBLE = DoubleType()


def _at_percentages(of_one: TypeRule) -> TypeRule:
    """One value, or an array of them where an array of percentages is asked for."""

    def rule(args: Args) -> DataType:
        one = of_one(args) if callable(of_one) else of_one
        return ArrayType(one, False) if isinstance(args[1].dtype, ArrayType) else one

    return rule


def _histogram(args: Args) -> DataType:
    return ArrayType(row(("x", args[0].dtype, True), ("y", DOUBLE, True)), True)


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *aliases: str,
    examples: tuple[str, ...] = (), nulls: bool = True,
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, "aggregate", aliases, doc, examples, "aggregate")


def _one(name: str, doc: str, *aliases: str) -> Fn:
    return _fn(name, "expr: double", DOUBLE, doc, *aliases, examples=(f"{name}(a)",))


def _two(name: str, doc: str, result: TypeRule = DOUBLE) -> Fn:
    args = "y: double, x: double" if result == DOUBLE else "y: numeric, x: numeric"
    counts = isinstance(result, LongType)
    return _fn(name, args, result, doc, nulls=not counts, examples=(f"{name}(a, b)",))


ROWS: tuple[Fn, ...] = (
    _one("stddev_samp", "The standard deviation of a sample; null for a single value.", "stddev",
         "std"),
    _one("stddev_pop", "The standard deviation of all there is."),
    _one("var_samp", "The variance of a sample; null for a single value.", "variance"),
    _one("var_pop", "The variance of all there is."),
    _one("skewness", "How lopsided the values are; null where all are equal."),
    _one("kurtosis", "How heavy the tails are, 0 for a normal distribution."),
    _two("corr", "Pearson's correlation."),
    _two("covar_pop", "The covariance of all there is."),
    _two("covar_samp", "The covariance of a sample."),
    _two("regr_count", "How many pairs without null there are.", result=LongType()),
    _two("regr_avgx", "The mean of x over the pairs without null.",
         result=lambda args: average_type(args[1:])),
    _two("regr_avgy", "The mean of y over the pairs without null.", result=average_type),
    _two("regr_sxx", "The sum of squares of x around its mean."),
    _two("regr_sxy", "The sum of products of x and y around their means."),
    _two("regr_syy", "The sum of squares of y around its mean."),
    _two("regr_slope", "The slope of the line of least squares."),
    _two("regr_intercept", "Where the line of least squares meets x = 0."),
    _two("regr_r2", "How much of y the line of least squares explains: 0 to 1."),
    _fn("percentile", "expr: double|interval, percentage: double|array<double>!,"
        " frequency: long = 1L", _at_percentages(middle_type),
        "The exact percentile, between two values where it falls there; each value counts as often"
        " as its frequency says.",
        examples=("percentile(a, 0.5)", "percentile(a, array(0.25, 0.75))")),
    _fn("median", "expr: double|interval", middle_type,
        "The value in the middle, or halfway between the two there.", examples=("median(a)",)),
    _fn("percentile_cont", "expr: double|interval, percentage: double|array<double>!",
        _at_percentages(middle_type),
        "The percentile of the values in the given order, between two where it falls there.",
        examples=("percentile_cont(0.5) WITHIN GROUP (ORDER BY a)",)),
    _fn("percentile_disc", "expr: double|interval, percentage: double|array<double>!",
        _at_percentages(middle_type),
        "The first of the ordered values that has the given share at or before it.",
        examples=("percentile_disc(0.5) WITHIN GROUP (ORDER BY a)",)),
    _fn("percentile_approx", "expr: numeric|date|timestamp|timestamp_ntz|interval,"
        " percentage: double|array<double>!, accuracy: long! = 10000L", _at_percentages(same),
        "The smallest value that has the given share at or below it. Spark estimates it; here it is"
        " exact, which is within every accuracy asked for.", "approx_percentile",
        examples=("percentile_approx(a, 0.5)",)),
    _fn("histogram_numeric", "expr: numeric|date|timestamp|timestamp_ntz|interval, nBins: int!",
        _histogram, "Centres and weights of at most so many bars that show how values lie.",
        examples=("histogram_numeric(a, 5)",)),
)  # fmt: skip
