"""Kernels of the functions that make intervals."""

from __future__ import annotations

from collections.abc import Callable

from rayspark.execution.kernels.kernel import Exact, Kernel, Site, fail, quote

MAX_INT, MAX_LONG = (1 << 31) - 1, (1 << 63) - 1


def _micros(hours: str, minutes: str, seconds: str) -> str:
    parts = [
        f"CAST({hours} AS HUGEINT) * 3600000000",
        f"CAST({minutes} AS HUGEINT) * 60000000",
        f"CAST(trunc(CAST({seconds} AS DECIMAL(18,6)) * 1000000) AS HUGEINT)",
    ]
    return f"({' + '.join(parts)})"


def _fits(number: str, limit: int) -> str:
    return f"{number} BETWEEN {-limit - 1} AND {limit}"


def _make_interval(*, lenient: bool) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        years, months, weeks, days, hours, minutes, seconds = site.args
        month_count = f"(CAST({years} AS BIGINT) * 12 + {months})"
        day_count = f"(CAST({weeks} AS BIGINT) * 7 + {days})"
        micros = _micros(hours, minutes, seconds)
        fine = " AND ".join(
            (
                _fits(month_count, MAX_INT),
                _fits(day_count, MAX_INT),
                _fits(micros, MAX_LONG),
            )
        )
        made = (
            f"to_months(CAST({month_count} AS INTEGER)) + to_days(CAST({day_count} AS INTEGER))"
            f" + to_microseconds(CAST({micros} AS BIGINT))"
        )
        given = " OR ".join(f"{a} IS NULL" for a in site.args)
        wrong = "NULL"
        if site.ansi and not lenient:
            wrong = fail(
                "ARITHMETIC_OVERFLOW",
                message=quote("integer overflow"),
                alternative=quote(" Use 'try_make_interval' to get NULL instead."),
                config=quote('"spark.sql.ansi.enabled"'),
            )
        return f"CASE WHEN {given} THEN NULL WHEN {fine} THEN {made} ELSE {wrong} END"

    return kernel


def _checked(site: Site, number: str, limit: int, kind: str) -> str:
    wrong = fail("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION")
    given = " OR ".join(f"{a} IS NULL" for a in site.args)
    return (
        f"CASE WHEN {given} THEN NULL WHEN {_fits(number, limit)} THEN CAST({number} AS {kind})"
        f" ELSE {wrong} END"
    )


def _make_dt(site: Site) -> str:
    days, hours, minutes, seconds = site.args
    number = f"(CAST({days} AS HUGEINT) * 86400000000 + {_micros(hours, minutes, seconds)})"
    return _checked(site, number, MAX_LONG, "BIGINT")


def _make_ym(site: Site) -> str:
    number = f"(CAST({site.args[0]} AS BIGINT) * 12 + {site.args[1]})"
    return _checked(site, number, MAX_INT, "INTEGER")


KERNELS: dict[str, Kernel] = {
    "make_interval": Exact(_make_interval(lenient=False)),
    "try_make_interval": Exact(_make_interval(lenient=True)),
    "make_dt_interval": Exact(_make_dt),
    "make_ym_interval": Exact(_make_ym),
}
