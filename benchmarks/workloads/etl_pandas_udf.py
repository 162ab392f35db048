"""A pandas UDF over 10 M rows."""

from __future__ import annotations

import pandas as pd  # noqa: TC002  the function's type hints are evaluated

from benchmarks.workload import SESSIONS, Bench, Workload

ROWS = 10_000_000


def run(bench: Bench) -> list[float]:
    """The sum of what the function gave."""

    def mixed(a: pd.Series, b: pd.Series) -> pd.Series:
        return (a * 3 + b) % 1009 / 2

    function = bench.functions.pandas_udf(mixed, "double")
    rows = bench.spark.range(0, bench.scaled(ROWS), 1, 8).selectExpr("id", "id % 7 AS seven")
    made = rows.select(function("id", "seven").alias("made"))
    return list(made.selectExpr("count(*)", "sum(made)").first())


WORKLOAD = Workload(title="pandas UDF over 10 M rows", run=run, engines=SESSIONS)
