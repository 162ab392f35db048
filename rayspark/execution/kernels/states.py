"""Central moments in two steps: a state of each task's rows, the states of a group merged as Spark
merges them (Chan et al.), without the loss that sums of squares would bring.

A state of values is ``[n, mean, m2]``, for skewness and kurtosis ``[n, mean, m2, m3, m4]``, with
``mk`` the sum of ``(x - mean) ** k``; one of pairs is ``[n, mean_y, mean_x, m2_y, m2_x, m11]``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from rayspark.catalyst.functions.tables.states import (
    CO_MOMENTS,
    HIGH_MOMENTS,
    MOMENTS,
    OF_PAIRS,
    OF_VALUES,
    final_name,
)
from rayspark.execution.kernels.aggregate import agg
from rayspark.execution.kernels.kernel import ArrowFunction, Kernel, Site
from rayspark.records import dataclass

Numbers = Any
"""Of all groups: a numpy array of doubles."""
WIDTH = {**dict.fromkeys(OF_VALUES, 3), **dict.fromkeys(OF_PAIRS, 6), "skewness": 5, "kurtosis": 5}

# -- states of rows --------------------------------------------------------------------------------


def _mean(site: Site, x: str, where: str | None = None) -> str:
    """The mean; of equal values exactly that value, not a sum's share, so that equal states of
    equal values leave no deviation.
    """
    avg, least, greatest = (agg(site, f, x, where=where) for f in ("avg", "min", "max"))
    return f"CASE WHEN {least} = {greatest} THEN {least} ELSE {avg} END"


def _variance(site: Site, x: str, where: str | None = None) -> str:
    """NaN where a value is not finite: DuckDB says 0 of a single one."""
    found, greatest = (agg(site, f, x, where=where) for f in ("var_pop", "max"))
    return f"({found} + 0 * {greatest})"


def _moments(site: Site) -> str:
    x = site.args[0]
    n = agg(site, "count", x)
    m2 = f"{_variance(site, x)} * {n}"
    return f"[CAST({n} AS DOUBLE), {_mean(site, x)}, {m2}]"


def _high_moments(site: Site) -> str:
    """DuckDB's skewness is that of a sample, and neither takes what is not finite."""
    x = site.args[0]
    finite = f"isfinite({x})"
    n, mean = agg(site, "count", x), _mean(site, x, finite)
    strange = agg(site, "count", x, where=f"NOT {finite}")
    m2 = f"({agg(site, 'var_pop', x, where=finite)} * {n})"
    skew, kurt = (agg(site, f, x, where=finite) for f in ("skewness", "kurtosis_pop"))
    m3 = f"{skew} * ({n} - 2) / sqrt(CAST({n} AS DOUBLE) * ({n} - 1)) * {m2} * sqrt({m2} / {n})"
    m4 = f"({kurt} + 3) * {m2} * {m2} / {n}"
    none = f"{n} < 3 OR {m2} = 0"
    high = f"CASE WHEN {m2} = 0 THEN 0.0 WHEN {n} < 3 THEN {m2} * {m2} / {n} ELSE {m4} END"
    plain = f"[CAST({n} AS DOUBLE), {mean}, {m2}, CASE WHEN {none} THEN 0.0 ELSE {m3} END, {high}]"
    nan = "CAST('NaN' AS DOUBLE)"
    lost = f"[CAST({n} AS DOUBLE), {nan}, {nan}, {nan}, {nan}]"
    return f"CASE WHEN {strange} > 0 THEN {lost} ELSE {plain} END"


def _co_moments(site: Site) -> str:
    y, x = site.args
    both = f"({y}) IS NOT NULL AND ({x}) IS NOT NULL"
    n = agg(site, "count", x, where=both)
    means = [_mean(site, v, both) for v in (y, x)]
    squares = [f"{_variance(site, v, both)} * {n}" for v in (y, x)]
    product = f"{agg(site, 'covar_pop', y, x)} * {n}"
    return f"[CAST({n} AS DOUBLE), {', '.join((*means, *squares, product))}]"


# -- states of groups ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moments:
    """Of groups: one number each. ``m2`` is that of x, ``m2_y`` and ``m11`` are those of pairs."""

    n: Numbers
    x: Numbers
    m2: Numbers
    m3: Numbers = None
    m4: Numbers = None
    y: Numbers = None
    m2_y: Numbers = None
    m11: Numbers = None


def merged(lists: pa.Array | pa.ChunkedArray, width: int) -> Moments:
    """The moments of groups, each given as the list of its tasks' states.

    >>> found = merged(pa.array([[[2.0, 1.0, 2.0], [1.0, 4.0, 0.0]]]), 3)
    >>> found.n.tolist(), found.x.tolist(), found.m2.tolist()
    ([3.0], [2.0], [8.0])
    """
    if isinstance(lists, pa.ChunkedArray):
        lists = lists.combine_chunks()
    counts = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    flat = lists.flatten().flatten().fill_null(0.0).to_numpy(zero_copy_only=False)
    parts = flat.reshape(-1, width).T
    group = np.repeat(np.arange(len(lists)), counts)

    def total(values: Numbers) -> Numbers:
        return np.bincount(group, weights=values, minlength=len(lists))

    n = parts[0]
    whole, some = total(n), n > 0

    def mean(values: Numbers) -> Numbers:
        """Of groups, as a way from the mean of a state: exact where all states have the same."""
        start = np.zeros(len(lists))
        start[group[some]] = np.where(np.isfinite(values), values, 0.0)[some]
        return start + total(n * (values - start[group])) / whole

    if width == 6:
        y, x = mean(parts[1]), mean(parts[2])
        dy, dx = parts[1] - y[group], parts[2] - x[group]
        m2_y, m2 = total(parts[3] + n * dy * dy), total(parts[4] + n * dx * dx)
        return Moments(whole, x, m2, y=y, m2_y=m2_y, m11=total(parts[5] + n * dy * dx))
    x = mean(parts[1])
    d = parts[1] - x[group]
    m2 = total(parts[2] + n * d**2)
    if width == 3:
        return Moments(whole, x, m2)
    m3 = total(parts[3] + 3 * d * parts[2] + n * d**3)
    m4 = total(parts[4] + 4 * d * parts[3] + 6 * d**2 * parts[2] + n * d**4)
    return Moments(whole, x, m2, m3, m4)


VALUES: dict[str, Callable[[Moments], Numbers]] = {
    "stddev_samp": lambda m: np.sqrt(m.m2 / (m.n - 1)),
    "stddev_pop": lambda m: np.sqrt(m.m2 / m.n),
    "var_samp": lambda m: m.m2 / (m.n - 1),
    "var_pop": lambda m: m.m2 / m.n,
    "skewness": lambda m: np.sqrt(m.n) * m.m3 / np.sqrt(m.m2 * m.m2 * m.m2),
    "kurtosis": lambda m: m.n * m.m4 / (m.m2 * m.m2) - 3.0,
    "corr": lambda m: m.m11 / np.sqrt(m.m2_y * m.m2),
    "covar_pop": lambda m: m.m11 / m.n,
    "covar_samp": lambda m: m.m11 / (m.n - 1),
    "regr_sxx": lambda m: m.m2,
    "regr_sxy": lambda m: m.m11,
    "regr_syy": lambda m: m.m2_y,
    "regr_slope": lambda m: m.m11 / m.m2,
    "regr_intercept": lambda m: m.y - m.m11 / m.m2 * m.x,
    "regr_r2": lambda m: np.where(m.m2_y == 0, 1.0, m.m11 * m.m11 / (m.m2_y * m.m2)),
}
NOTHING: dict[str, Callable[[Moments], Numbers]] = {
    **dict.fromkeys(("stddev_samp", "var_samp", "covar_samp"), lambda m: m.n < 2),
    **dict.fromkeys(("skewness", "kurtosis"), lambda m: m.m2 == 0),
    **dict.fromkeys(("regr_slope", "regr_intercept", "regr_r2"), lambda m: m.m2 == 0),
    "corr": lambda m: (m.m2_y == 0) | (m.m2 == 0),
}
"""Where there are rows and yet no value."""


def _final(name: str) -> ArrowFunction:
    def run(lists: Any) -> pa.Array:
        with np.errstate(all="ignore"):
            found = merged(lists, WIDTH[name])
            empty = found.n == 0
            if name in NOTHING:
                empty = empty | NOTHING[name](found)
            return pa.array(VALUES[name](found), pa.float64(), mask=empty)

    return ArrowFunction(f"spark_states_{name}", run, ("DOUBLE[][]",), "DOUBLE")


def _count(site: Site) -> str:
    return f"coalesce(list_sum(list_transform({site.args[0]}, lambda s: s[1])), 0)"


def _use(function: ArrowFunction) -> Callable[[Site], str]:
    return lambda site: site.use(function, site.args[0])


KERNELS: dict[str, Kernel] = {
    MOMENTS: _moments,
    HIGH_MOMENTS: _high_moments,
    CO_MOMENTS: _co_moments,
    **{final_name(name): _use(_final(name)) for name in VALUES},
    final_name("regr_count"): _count,
}
