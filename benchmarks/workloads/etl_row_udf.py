"""A row UDF over 2 M rows."""

from __future__ import annotations

from benchmarks.workload import SESSIONS, Bench, Workload

ROWS = 2_000_000


def run(bench: Bench) -> list[int]:
    """Sums over what the function gave."""

    def initials(text: str, number: int) -> str:
        return "".join(part[0] for part in text.split(" ")) + str(number % 10)

    function = bench.functions.udf(initials, "string")
    rows = bench.spark.range(0, bench.scaled(ROWS), 1, 8)
    rows = rows.selectExpr("id", "concat('alpha beta ', CAST(id AS STRING)) AS text")
    made = rows.select(function("text", "id").alias("made"))
    return list(made.selectExpr("count(*)", "sum(length(made))", "max(made)").first())


WORKLOAD = Workload(title="row UDF over 2 M rows", run=run, engines=SESSIONS)
