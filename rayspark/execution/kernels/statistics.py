"""Kernels of the statistical aggregate functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Call
from rayspark.datatypes import ArrayType, DoubleType, NumericType
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.aggregate import agg, average, plain
from rayspark.execution.kernels.kernel import ArrowFunction, Kernel, Site

# -- moments ---------------------------------------------------------------------------------------


def _pair(name: str) -> Callable[[Site], str]:
    """NaN that comes from a single pair, or from pairs on one line, is null in Spark."""

    def kernel(site: Site) -> str:
        return agg(site, name, *site.args)

    return kernel


def _complete(site: Site) -> str:
    y, x = site.args
    return f"({y}) IS NOT NULL AND ({x}) IS NOT NULL"


def _moment(name: str, of: int) -> Callable[[Site], str]:
    return lambda site: agg(site, name, site.args[of], where=_complete(site))


def _mean(of: int) -> Callable[[Site], str]:
    """``avg`` of one side of the pairs that are complete."""

    def kernel(site: Site) -> str:
        value = f"CASE WHEN {_complete(site)} THEN {site.args[of]} END"
        averaged = Call("avg", (site.call.args[of],), site.type)
        fields: dict[str, Any] = {**site.__dict__, "call": averaged, "args": (value,)}
        return average(Site(**fields))

    return kernel


def _spread(name: str) -> Callable[[Site], str]:
    """Of a single value that is not finite DuckDB says 0, Spark NaN."""

    def kernel(site: Site) -> str:
        found = agg(site, name, site.args[0])
        return f"({found} + 0 * {agg(site, 'max', site.args[0])})"

    return kernel


def _finite(site: Site, text: str) -> str:
    """NaN where a value is NaN or infinite: those must not reach DuckDB's moments."""
    x = site.args[0]
    strange = agg(site, "count", x, where=f"NOT isfinite({x})")
    return f"CASE WHEN {strange} > 0 THEN CAST('NaN' AS DOUBLE) ELSE {text} END"


def _kurtosis(site: Site) -> str:
    x = site.args[0]
    return _finite(site, agg(site, "kurtosis_pop", x, where=f"isfinite({x})"))


def _skewness(site: Site) -> str:
    """From central sums; DuckDB's own is that of a sample."""
    x = site.args[0]
    finite = f"isfinite({x})"
    n, m2 = agg(site, "count", x), agg(site, "var_pop", x, where=finite)
    sample = agg(site, "skewness", x, where=finite)
    biased = f"{sample} * ({n} - 2) / sqrt(CAST({n} AS DOUBLE) * ({n} - 1))"
    text = f"CASE WHEN {m2} = 0 THEN NULL WHEN {n} = 2 THEN 0.0 ELSE {biased} END"
    return _finite(site, text)


def _corr(site: Site) -> str:
    text = agg(site, "corr", *site.args)
    spread = f"{_moment('var_pop', 0)(site)} = 0 OR {_moment('var_pop', 1)(site)} = 0"
    return f"CASE WHEN {spread} THEN NULL ELSE {text} END"


def _line(name: str) -> Callable[[Site], str]:
    """Null where x does not vary."""

    def kernel(site: Site) -> str:
        flat = f"{_moment('var_pop', 1)(site)} = 0"
        return f"CASE WHEN {flat} THEN NULL ELSE {agg(site, name, *site.args)} END"

    return kernel


def _intercept(site: Site) -> str:
    slope, y, x = _line("regr_slope")(site), _moment("avg", 0)(site), _moment("avg", 1)(site)
    return f"({y} - {slope} * {x})"


# -- percentiles -----------------------------------------------------------------------------------


def weighted_percentile(
    values: Sequence[float], weights: Sequence[int], share: float
) -> float | None:
    """The percentile of sorted values that count several times."""
    total = sum(weights)
    if not total:
        return None
    position = (total - 1) * share
    lower, upper = int(position), -int(-position // 1)
    low = _at(values, weights, lower)
    if lower == upper:
        return low
    high = _at(values, weights, upper)
    return low if low == high else (upper - position) * low + (position - lower) * high


def _at(values: Sequence[float], weights: Sequence[int], index: int) -> float:
    seen = 0
    for value, weight in zip(values, weights, strict=True):
        seen += weight
        if seen > index:
            return value
    return values[-1]


def _weighted(lists: pa.Array, shares: pa.Array) -> pa.Array:
    found: list[list[float | None] | None] = []
    for pairs, at in zip(lists.to_pylist(), shares.to_pylist(), strict=True):
        kept = sorted((p["v"], p["w"]) for p in pairs or () if p["w"])
        values, weights = [v for v, _ in kept], [w for _, w in kept]
        found.append([weighted_percentile(values, weights, s) for s in at] if kept else None)
    return pa.array(found, pa.list_(pa.float64()))


WEIGHTED = ArrowFunction(
    "spark_percentile",
    _weighted,
    ('STRUCT("v" DOUBLE, "w" BIGINT)[]', "DOUBLE[]"),
    "DOUBLE[]",
)


def _percentile(site: Site) -> str:
    value, share = site.args[0], site.args[1]
    several = isinstance(site.types[1], ArrayType)
    if len(site.args) > 2 and site.literal(2) != 1:
        where = f"{value} IS NOT NULL AND {site.args[2]} IS NOT NULL"
        pairs = agg(site, "list", f"{{'v': {value}, 'w': {site.args[2]}}}", where=where)
        found = site.use(WEIGHTED, pairs, share if several else f"[{share}]")
        return found if several else f"{found}[1]"
    return _quantile(site, value, share)


def _quantile(site: Site, value: str, share: str) -> str:
    if not isinstance(site.type, ArrayType) and isinstance(site.type, DoubleType):
        return agg(_unordered(site), "quantile_cont", value, share)
    if isinstance(site.type, ArrayType) and isinstance(site.type.elementType, DoubleType):
        return agg(_unordered(site), "quantile_cont", value, share)
    return f"trunc({agg(_unordered(site), 'quantile_cont', f'CAST({value} AS DOUBLE)', share)})"


def _unordered(site: Site) -> Site:
    """Quantiles sort by themselves."""
    fields: dict[str, Any] = {**site.__dict__, "order": ()}
    return Site(**fields)


def _descending(site: Site) -> bool:
    keys = site.aggregate.order if site.aggregate is not None else ()
    return bool(keys) and not keys[0].ascending


def _share(site: Site, share: str) -> str:
    if not _descending(site):
        return share
    if isinstance(site.types[1], ArrayType):
        return f"list_transform({share}, lambda s: 1 - s)"
    return f"(1 - {share})"


def _disc(site: Site) -> str:
    return agg(_unordered(site), "quantile_disc", site.args[0], _share(site, site.args[1]))


def _approximate(site: Site) -> str:
    """Spark's estimate keeps doubles."""
    value, share = site.args[:2]
    if not isinstance(site.types[0], NumericType):
        return agg(site, "quantile_disc", value, share)
    return agg(site, "quantile_disc", f"CAST({value} AS DOUBLE)", share)


# -- histogram -------------------------------------------------------------------------------------


def histogram(values: Sequence[float], bins: int) -> list[tuple[float, float]]:
    """Ben-Haim and Tom-Tov's streaming histogram: bars that lie nearest are joined."""
    bars: list[list[float]] = []
    for value in values:
        at = _place(bars, value)
        if at < len(bars) and bars[at][0] == value:
            bars[at][1] += 1
            continue
        bars.insert(at, [value, 1.0])
        if len(bars) > bins:
            _join_nearest(bars)
    return [(x, y) for x, y in bars]


def _place(bars: list[list[float]], value: float) -> int:
    low, high = 0, len(bars)
    while low < high:
        middle = (low + high) // 2
        if bars[middle][0] < value:
            low = middle + 1
        else:
            high = middle
    return low


def _join_nearest(bars: list[list[float]]) -> None:
    gaps = [bars[i + 1][0] - bars[i][0] for i in range(len(bars) - 1)]
    at = gaps.index(min(gaps))
    (x1, y1), (x2, y2) = bars[at], bars[at + 1]
    bars[at] = [(x1 * y1 + x2 * y2) / (y1 + y2), y1 + y2]
    del bars[at + 1]


def _histogram(lists: pa.Array, bins: pa.Array) -> pa.Array:
    found = [
        None if values is None else [{"x": x, "y": y} for x, y in histogram(values, n)]
        for values, n in zip(lists.to_pylist(), bins.to_pylist(), strict=True)
    ]
    bar = pa.struct([("x", pa.float64()), ("y", pa.float64())])
    return pa.array(found, pa.list_(bar))


HISTOGRAM = ArrowFunction(
    "spark_histogram", _histogram, ("DOUBLE[]", "INTEGER"), "STRUCT(x DOUBLE, y DOUBLE)[]"
)


def _histogram_numeric(site: Site) -> str:
    value = site.args[0]
    listed = agg(site, "list", f"CAST({value} AS DOUBLE)", where=f"{value} IS NOT NULL")
    bars = site.use(HISTOGRAM, listed, site.args[1])
    assert isinstance(site.type, ArrayType)
    return f"CAST({bars} AS {duck_type(site.type)})"


KERNELS: dict[str, Kernel] = {
    "stddev_samp": plain("stddev_samp"),
    "stddev_pop": _spread("stddev_pop"),
    "var_samp": plain("var_samp"),
    "var_pop": _spread("var_pop"),
    "skewness": _skewness,
    "kurtosis": _kurtosis,
    "corr": _corr,
    "covar_pop": _pair("covar_pop"),
    "covar_samp": _pair("covar_samp"),
    "regr_count": _pair("regr_count"),
    "regr_avgx": _mean(1),
    "regr_avgy": _mean(0),
    "regr_sxx": _pair("regr_sxx"),
    "regr_sxy": _pair("regr_sxy"),
    "regr_syy": _pair("regr_syy"),
    "regr_slope": _line("regr_slope"),
    "regr_intercept": _intercept,
    "regr_r2": _line("regr_r2"),
    "percentile": _percentile,
    "median": lambda site: _quantile(site, site.args[0], "0.5"),
    "percentile_cont": lambda site: _quantile(site, site.args[0], _share(site, site.args[1])),
    "percentile_disc": _disc,
    "percentile_approx": _approximate,
    "histogram_numeric": _histogram_numeric,
}
