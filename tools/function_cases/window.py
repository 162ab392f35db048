"""Questions about functions over windows: an answer a row."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "games": """SELECT * FROM VALUES
        (1, null, null, null, 2D, null), (2, 'a', 1, -1, 1.5D, DATE'2024-01-01'), (3, 'a', 5, -5, null, DATE'2024-01-02'),
        (4, 'a', 5, -5, 2.5D, DATE'2024-01-05'), (5, 'b', 7, -7, 3.5D, DATE'2024-01-05'), (6, 'b', 10, -10, double('NaN'), DATE'2024-02-01'),
        (7, 'b', 10, -10, -1D, DATE'2024-02-01'), (8, 'c', 20, -20, 1D, DATE'2024-03-01') AS t(id, g, v, u, d, e)""",
}  # fmt: skip
"""In an order that all windows asked for keep: rows come out of Spark sorted by their window."""

ORDERS = ("PARTITION BY g ORDER BY v", "PARTITION BY g ORDER BY u DESC NULLS FIRST",
          "ORDER BY v, id", "PARTITION BY g ORDER BY id")  # fmt: skip
EXACT = ("PARTITION BY g ORDER BY id", "ORDER BY v, id",
         "PARTITION BY g ORDER BY u DESC NULLS FIRST, id")  # fmt: skip
FRAMES = (
    "",
    " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
    " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
    " ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
    " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
)
RANKS = ("rank()", "dense_rank()", "percent_rank()", "cume_dist()")
PLACES = (
    "row_number()",
    "ntile(2)",
    "ntile(3)",
    "lag(v)",
    "lead(v)",
    "lag(v, 2)",
    "lead(v, 2, -1)",
    "lag(d, 1, 0D)",
    "lag(v) IGNORE NULLS",
    "lead(v, 1) IGNORE NULLS",
    "lag(v, -1)",
    "lag(v, 0)",
)
AGGREGATES = (
    "sum(v)",
    "count(v)",
    "count(*)",
    "avg(v)",
    "min(d)",
    "max(d)",
    "first(v)",
    "last(v)",
    "first(v, true)",
    "last(v) IGNORE NULLS",
    "first_value(v)",
    "last_value(v)",
    "nth_value(v, 2)",
    "nth_value(v, 2) IGNORE NULLS",
    "collect_list(v)",
    "stddev(v)",
    "max_by(id, v)",
    "any_value(v)",
    "count_if(v > 5)",
    "sum(v) FILTER (WHERE id > 2)",
    "sum(cast(v as decimal(10,2)))",
    "avg(cast(v as decimal(10,2)))",
    "bool_or(v > 5)",
)

CASES = [
    Cases("games", [f"{f} OVER ({o})" for f in RANKS for o in ORDERS]),
    Cases("games", [f"{f} OVER ({o})" for f in PLACES for o in EXACT]),
    Cases("games", [f"{f} OVER ({o}{r})" for f in AGGREGATES for o in EXACT[:2] for r in FRAMES]),
    Cases("games", [f"sum(v) OVER ({o})" for o in (
        "PARTITION BY g", "PARTITION BY g ORDER BY v", "ORDER BY e", "",
        "ORDER BY v RANGE BETWEEN 5 PRECEDING AND CURRENT ROW",
        "ORDER BY v RANGE BETWEEN 1 FOLLOWING AND 10 FOLLOWING",
        "ORDER BY u DESC NULLS FIRST RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING",
        "ORDER BY e RANGE BETWEEN INTERVAL 2 DAYS PRECEDING AND CURRENT ROW",
        "ORDER BY e RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING",
        "ORDER BY cast(e as timestamp) RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW",
        "ORDER BY e RANGE BETWEEN INTERVAL 1 MONTH PRECEDING AND CURRENT ROW",
        "PARTITION BY g, v", "ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING")]),
]  # fmt: skip
