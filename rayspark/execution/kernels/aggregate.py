"""Kernels of the aggregate functions.

:func:`agg` writes one call of a DuckDB aggregate with all that belongs to the call in the query:
DISTINCT, ORDER BY, FILTER and OVER. A kernel may combine several.
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.datatypes import (
    AnsiIntervalType,
    DecimalType,
    DoubleType,
    LongType,
    StringType,
)
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail, quote
from rayspark.execution.kernels.ordering import orderable

MIN_LONG, MAX_LONG = -(1 << 63), (1 << 63) - 1


def agg(site: Site, name: str, *args: str, where: str | None = None, over: bool = True) -> str:
    """``name(DISTINCT args ORDER BY ...) FILTER (WHERE ...) OVER (...)``.

    Parameters
    ----------
    name
        DuckDB's function.
    args
        Texts of its arguments; none: the call's own.
    where
        A condition on rows beside that of the call.
    """
    inner = ", ".join(args or site.args)
    call = site.aggregate
    if call is not None and call.distinct:
        inner = f"DISTINCT {inner}"
    if site.ignore_nulls:
        inner += " IGNORE NULLS"
    if site.order:
        inner += f" ORDER BY {', '.join(site.order)}"
    conditions = [c for c in (site.filter, where) if c is not None]
    text = f"{name}({inner})"
    if conditions:
        text += f" FILTER (WHERE {' AND '.join(f'({c})' for c in conditions)})"
    return text + (site.over if over else "")


def plain(name: str) -> Callable[[Site], str]:
    """A kernel that is one call of a function of DuckDB over the first argument."""
    return lambda site: agg(site, name, site.args[0])


def _extreme(name: str) -> Callable[[Site], str]:
    """The least or greatest value; of nested values by Spark's order of nulls in them."""

    def kernel(site: Site) -> str:
        value = site.args[0]
        key = orderable(value, site.types[0])
        return agg(site, name, value) if key == value else agg(site, f"arg_{name}", value, key)

    return kernel


# -- counts ----------------------------------------------------------------------------------------


def _count(site: Site) -> str:
    counted = [
        text
        for text, e in zip(site.args, site.call.args, strict=True)
        if e.nullable or (site.aggregate is not None and site.aggregate.distinct)
    ]
    if not counted:
        return agg(site, "count", "*")
    if len(counted) == 1:
        return agg(site, "count", counted[0])
    tests = " AND ".join(f"{text} IS NOT NULL" for text in counted)
    if site.aggregate is not None and site.aggregate.distinct:
        return agg(site, "count", f"({', '.join(counted)})", where=tests)
    return agg(site, "count", "*", where=tests)


def _count_if(site: Site) -> str:
    if site.aggregate is not None and site.aggregate.distinct:
        return agg(site, "count", f"CASE WHEN {site.args[0]} THEN 1 END")
    return agg(site, "count", "*", where=site.args[0])


def _approx_count_distinct(site: Site) -> str:
    where = f" FILTER (WHERE {site.filter})" if site.filter is not None else ""
    return f"count(DISTINCT {site.args[0]}){where}{site.over}"


# -- sums ------------------------------------------------------------------------------------------


def _sum(site: Site) -> str:
    if isinstance(site.type, DecimalType) and not site.ansi:
        return _try_sum(site)
    short = site.context.narrow.get(site.args[0])
    if short is not None and not site.over and not (site.aggregate and site.aggregate.distinct):
        return _short_sum(site, f"TRY({short})")
    text = agg(site, "sum", site.args[0])
    if isinstance(site.type, AnsiIntervalType):
        hint = quote("`try_sum`")
        error = fail("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", functionName=hint)
        fitted = f"TRY_CAST({text} AS {duck_type(site.type)})"
        return f"coalesce({fitted}, CASE WHEN {text} IS NOT NULL THEN {error} END)"
    return checked_long(text, site) if isinstance(site.type, LongType) else text


def _short_sum(site: Site, short: str) -> str:
    """Of decimals of 64 bits, and of those that need more."""
    total = agg(site, "sum", short)
    rest = agg(site, "sum", f"CASE WHEN {short} IS NULL THEN {site.args[0]} END")
    return f"coalesce({total} + {rest}, {total}, {rest})"


def checked_long(text: str, site: Site) -> str:
    """A HUGEINT that must fit a long."""
    if site.ansi:  # or DuckDB's error: a thousand CASEs around sums take seconds to plan
        return f"CAST({text} AS BIGINT)"
    modulus = "18446744073709551616"
    wrapped = f"(({text} + 9223372036854775808) % {modulus} + {modulus}) % {modulus}"
    return f"({wrapped} - 9223372036854775808)"


def _try_sum(site: Site) -> str:
    source = site.types[0]
    if isinstance(source, DecimalType) and source.precision > SURE:
        return _wide_sum(site, source)
    text = agg(site, "sum", site.args[0])
    match site.type:
        case LongType() | AnsiIntervalType():
            return f"TRY_CAST({text} AS {duck_type(site.type)})"
        case DecimalType(precision=p, scale=s):
            return f"TRY_CAST({text} AS DECIMAL({p},{s}))"
    return text


SURE = 28
"""Digits of decimals whose sum fits 38 digits, however many there are."""


def _wide_sum(site: Site, source: DecimalType) -> str:
    """Null where the sum does not fit: DuckDB's own would be an error."""
    digits = unscaled(site.args[0], source.precision, source.scale)
    high, low = (agg(site, "sum", f"(({digits}) {op} 10000000000)") for op in ("//", "%"))
    total = f"TRY_CAST({high} * 10000000000 + {low} AS DECIMAL(38,0))"
    fits = f"abs({high}) < {10**28}"
    return f"CASE WHEN {fits} THEN {total} * {unit(source.scale)} END"


def _try_avg(site: Site) -> str:
    source, result = site.types[0], site.type
    if isinstance(source, DecimalType) and source.precision > SURE:
        assert isinstance(result, DecimalType)
        count = agg(site, "count", site.args[0])
        return average_of(_wide_sum(site, source), count, source, result, lenient=True)
    return average(site)


def average(site: Site) -> str:
    """``avg``."""
    source, result = site.types[0], site.type
    if not isinstance(result, DecimalType):
        if isinstance(result, DoubleType):
            return agg(site, "avg", site.args[0])
        total, count = agg(site, "sum", site.args[0]), agg(site, "count", site.args[0])
        return f"CASE WHEN {count} > 0 THEN {rounded_quotient(total, count)} END"
    assert isinstance(source, DecimalType)
    if not site.ansi and source.precision > SURE:
        return _try_avg(site)
    total, count = agg(site, "sum", site.args[0]), agg(site, "count", site.args[0])
    return average_of(total, count, source, result)


def average_of(
    total: str, count: str, source: DecimalType, result: DecimalType, *, lenient: bool = False
) -> str:
    """The exact mean of decimals from their sum, a DECIMAL(38, scale), and their number."""
    units = unscaled(total, min(source.precision + 10, 38), source.scale)
    factor = 10 ** (result.scale - source.scale)
    rest = rounded_quotient(f"(({units}) % {count}) * {factor}", count)
    mean = f"(({units}) // {count}) * {factor} + {rest}"
    verb = "TRY_CAST" if lenient else "CAST"
    scaled = f"{verb}({mean} AS DECIMAL(38,0)) * {unit(result.scale)}"
    cast = f"{verb}({scaled} AS DECIMAL({result.precision},{result.scale}))"
    return f"CASE WHEN {count} > 0 THEN {cast} END"


def rounded_quotient(numerator: str, denominator: str) -> str:
    """Of whole numbers, the denominator positive: halves go away from zero."""
    n, d = f"CAST({numerator} AS HUGEINT)", f"CAST({denominator} AS HUGEINT)"
    return f"(sign({n}) * ((2 * abs({n}) + {d}) // (2 * {d})))"


def unscaled(text: str, precision: int, scale: int) -> str:
    """The digits of a decimal as a HUGEINT."""
    if scale == 0:
        return f"CAST({text} AS HUGEINT)"
    if precision + scale <= 38:
        return f"CAST(CAST({text} AS DECIMAL(38,{scale})) * {10**scale} AS HUGEINT)"
    return f"CAST(replace(CAST({text} AS VARCHAR), '.', '') AS HUGEINT)"


def unit(scale: int) -> str:
    """One in the last place, by which whole numbers become decimals."""
    return (
        "1::DECIMAL(1,0)"
        if scale == 0
        else f"CAST('{10**-scale:.{scale}f}' AS DECIMAL({scale},{scale}))"
    )


# -- single values ---------------------------------------------------------------------------------


def _pick(side: str) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        ignores = len(site.args) > 1 and site.literal(1) is True
        if site.over:
            end = " IGNORE NULLS" if ignores or site.ignore_nulls else ""
            kept = f" FILTER (WHERE {site.filter})" if site.filter is not None else ""
            return f"{side}_value({site.args[0]}{end}){kept}{site.over}"
        where = f"{site.args[0]} IS NOT NULL" if ignores else None
        return agg(site, side, site.args[0], where=where)

    return kernel


def _by(name: str) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        if len(site.args) == 3:
            found = f"{name}(list_value({site.args[0]}), {site.args[1]}, {site.args[2]})"
            return f"list_transform({found}, lambda pair: pair[1])"
        value, key = site.args
        return agg(site, f"{name}_null", value, key, where=f"{key} IS NOT NULL")

    return kernel


# -- lists -----------------------------------------------------------------------------------------


def _collect_list(site: Site) -> str:
    return f"coalesce({agg(site, 'list', site.args[0], where=f'{site.args[0]} IS NOT NULL')}, [])"


def _collect_set(site: Site) -> str:
    conditions = [c for c in (site.filter, f"{site.args[0]} IS NOT NULL") if c is not None]
    where = " AND ".join(f"({c})" for c in conditions)
    return f"coalesce(list(DISTINCT {site.args[0]}) FILTER (WHERE {where}){site.over}, [])"


def _collect_union(site: Site) -> str:
    lists = agg(site, "list", site.args[0], where=f"{site.args[0]} IS NOT NULL")
    return f"coalesce(list_distinct(flatten({lists})), [])"


def _listagg(site: Site) -> str:
    text = site.args[0]
    if isinstance(site.type, StringType):
        return agg(site, "string_agg", text, f"coalesce({site.args[1]}, '')")
    parts = agg(site, "list", text, where=f"{text} IS NOT NULL")
    separator = f"coalesce(CAST({site.args[1]} AS BLOB), ''::BLOB)"
    return f"list_reduce({parts}, lambda a, b: a || {separator} || b)"


def _mode(site: Site) -> str:
    value = site.args[0]
    inner = site
    if len(site.args) > 1 and site.literal(1) is True:
        pairs = agg(site, "histogram", value, where=f"{value} IS NOT NULL")
        best = f"list_max(map_values({pairs}))"
        return f"list_min(map_keys({pairs})[list_position(map_values({pairs}), {best}):][1:1])"
    return agg(inner, "mode", value)


KERNELS: dict[str, Kernel] = {
    "count": Exact(_count),
    "count_if": Exact(_count_if),
    "approx_count_distinct": Exact(_approx_count_distinct),
    "sum": _sum,
    "try_sum": _try_sum,
    "avg": average,
    "try_avg": _try_avg,
    "product": plain("product"),
    "min": Exact(_extreme("min")),
    "max": Exact(_extreme("max")),
    "min_by": _by("arg_min"),
    "max_by": _by("arg_max"),
    "first": Exact(_pick("first")),
    "last": Exact(_pick("last")),
    "first_value": Exact(_pick("first")),
    "last_value": Exact(_pick("last")),
    "any_value": Exact(_pick("first")),
    "bool_and": Exact(plain("bool_and")),
    "bool_or": Exact(plain("bool_or")),
    "bit_and": Exact(plain("bit_and")),
    "bit_or": Exact(plain("bit_or")),
    "bit_xor": Exact(plain("bit_xor")),
    "collect_list": _collect_list,
    "collect_set": _collect_set,
    "collect_union": _collect_union,
    "listagg": _listagg,
    "mode": _mode,
    "grouping": lambda site: f"grouping({site.args[0]})",
    "grouping_id": lambda site: f"grouping({', '.join(site.args)})",
}
