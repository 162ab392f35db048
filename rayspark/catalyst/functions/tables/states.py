"""Rows of functions that only plans call: states of aggregates that are computed in two steps.

Their names end in ``()``, so that no user can write them.
"""

from __future__ import annotations

from rayspark.catalyst.functions.row import Fn
from rayspark.datatypes import ArrayType, DoubleType, LongType

DOUBLE = DoubleType()
STATE = ArrayType(DOUBLE, True)

OF_VALUES = ("stddev_samp", "stddev_pop", "var_samp", "var_pop", "skewness", "kurtosis")
OF_PAIRS = (
    "corr", "covar_pop", "covar_samp", "regr_sxx", "regr_sxy", "regr_syy", "regr_slope",
    "regr_intercept", "regr_r2",
)  # fmt: skip
MOMENTS, HIGH_MOMENTS, CO_MOMENTS = "moments()", "high_moments()", "co_moments()"


def final_name(name: str) -> str:
    """The function that makes an aggregate's value of the states of a group."""
    return f"{name}()"


ROWS: tuple[Fn, ...] = (
    Fn(MOMENTS, "x: double", STATE, False, "aggregate"),
    Fn(HIGH_MOMENTS, "x: double", STATE, False, "aggregate"),
    Fn(CO_MOMENTS, "y: double, x: double", STATE, False, "aggregate"),
    *(
        Fn(final_name(name), "states: array<array<double>>", DOUBLE, True)
        for name in (*OF_VALUES, *OF_PAIRS)
    ),
    Fn(final_name("regr_count"), "states: array<array<double>>", LongType(), False),
)
