"""What queries of a stage ask of DuckDB's own optimizer, and files that change under it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rayspark.execution.duck import Duck


@pytest.fixture
def duck() -> Iterator[Duck]:
    made = Duck(1)
    yield made
    made.close()


def test_a_table_is_not_grouped_below_a_join_that_keeps_few_of_its_rows(
    duck: Duck, tmp_path: Path
) -> None:
    """The joins stay in the text's order then, and no grouping is put below them."""
    file = str(tmp_path / "facts.parquet")
    pq.write_table(pa.table({"k": [n // 4 for n in range(40_000)], "v": range(40_000)}), file)
    few = {"few": pa.table({"j": [1, 2, 3], "name": ["a", "b", "c"]})}
    text = f"""SELECT name, sum(v) AS s FROM read_parquet('{file}') JOIN few ON k = j
               GROUP BY j, name"""
    duck.keep_join_order(True)
    plan = duck.plan(text, few)
    assert plan.count("Group By") == 1, plan
    assert plan.index("Group By") < plan.index("Hash Join")
    rows = sorted(duck.table(text, few).to_pylist(), key=str)
    duck.keep_join_order(False)
    assert sorted(duck.table(text, few).to_pylist(), key=str) == rows
    assert [row["s"] for row in rows] == [22, 38, 54]


def test_a_file_that_is_written_anew_is_read_anew(duck: Duck, tmp_path: Path) -> None:
    """DuckDB remembers parts of files: never those of a file that was there before."""
    file = tmp_path / "changing.parquet"
    for n in range(40):
        pq.write_table(pa.table({"a": [n] * (10 + n % 3)}), file, row_group_size=5)
        found = duck.table(f"SELECT min(a) AS a, count(*) AS n FROM read_parquet('{file}')")
        assert found.to_pylist() == [{"a": n, "n": 10 + n % 3}]
