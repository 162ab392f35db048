"""Several processes change one warehouse: one of them makes a table, no rows are mixed or lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import AnalysisException, PySparkException
from rayspark.execution.catalog.warehouse import Warehouse
from rayspark.sql import SparkSession


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[2]").appName("races")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    with builder.config("spark.sql.warehouse.dir", str(tmp_path / "wh")).getOrCreate() as session:
        yield session


DRIVER = """
import json, sys, time
from rayspark.errors import PySparkException
from rayspark.sql import SparkSession

number, warehouse, start = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
builder = SparkSession.builder.master("local[1]").config("spark.ui.showConsoleProgress", "false")
spark = builder.config("spark.sql.warehouse.dir", warehouse).getOrCreate()
rows = spark.range(10).selectExpr("id", f"{number} AS writer")
rows.collect()
time.sleep(max(0.0, start - time.time()))
told = []

def note(what, action):
    try:
        action()
        told.append([what, "done"])
    except PySparkException as error:
        told.append([what, error.getCondition()])

query = f"SELECT id, {number} AS writer FROM range(10)"
note("ctas", lambda: spark.sql(f"CREATE TABLE made AS {query}"))
note("save", lambda: rows.write.saveAsTable("saved"))
for _ in range(3):
    note("replace", lambda: rows.write.mode("overwrite").saveAsTable("replaced"))
    note("make", lambda: spark.sql("CREATE TABLE IF NOT EXISTS again AS SELECT 1 AS a"))
    note("drop", lambda: spark.sql("DROP TABLE IF EXISTS again"))
note("sum", lambda: spark.sql("CREATE TABLE IF NOT EXISTS summed (id BIGINT) USING parquet"))
for _ in range(5):
    note("insert", lambda: spark.sql("INSERT INTO summed SELECT id FROM range(10)"))
    note("set", lambda: spark.sql(f"ALTER TABLE summed SET TBLPROPERTIES ('p{number}{_}' = 'x')"))
print(json.dumps(told))
spark.stop()
"""


def test_drivers_that_change_one_warehouse_at_once(spark: SparkSession, tmp_path: Path) -> None:
    start = str(time.time() + 3)
    commands = [
        [sys.executable, "-c", DRIVER, str(n), str(tmp_path / "wh"), start] for n in range(3)
    ]
    drivers = [
        subprocess.Popen(c, stdout=subprocess.PIPE, text=True, cwd=tmp_path) for c in commands
    ]
    told = [json.loads(driver.communicate(timeout=100)[0]) for driver in drivers]
    ends: dict[str, list[Any]] = {}
    for what, end in (one for of_driver in told for one in of_driver):
        ends.setdefault(what, []).append(end)
    one = ["TABLE_OR_VIEW_ALREADY_EXISTS"] * 2 + ["done"]
    assert sorted(ends.pop("ctas")) == sorted(ends.pop("save")) == one
    assert {end for some in ends.values() for end in some} == {"done"}
    for name in ("made", "saved", "replaced"):
        rows = spark.table(name).groupBy("writer").count().collect()
        assert [row["count"] for row in rows] == [10], f"{name} holds rows of one writer"
    assert spark.table("summed").count() == 3 * 5 * 10
    properties = {row[0] for row in spark.sql("SHOW TBLPROPERTIES summed").collect()}
    assert properties >= {f"p{n}{i}" for n in range(3) for i in range(5)}
    assert sorted(p.name for p in (tmp_path / "wh").iterdir() if p.name != "again") == [
        ".catalog", "made", "replaced", "saved", "summed",
    ]  # fmt: skip


def test_an_insert_into_a_table_dropped_meanwhile_leaves_nothing(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spark.sql("CREATE TABLE gone (id BIGINT) USING parquet")
    using = Warehouse.using

    def too_late(self: Warehouse, table: Any) -> Any:
        self.drop("default", "gone")
        return using(self, table)

    monkeypatch.setattr(Warehouse, "using", too_late)
    with pytest.raises(AnalysisException, match="TABLE_OR_VIEW_NOT_FOUND"):
        spark.sql("INSERT INTO gone SELECT 1")
    assert [path.name for path in (tmp_path / "wh").iterdir()] == [".catalog"]


def test_an_insert_into_a_table_replaced_meanwhile_adds_nothing_to_the_other(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    spark.sql("CREATE TABLE other (id BIGINT) USING parquet")
    using = Warehouse.using

    def too_late(self: Warehouse, table: Any) -> Any:
        self.drop("default", "other")
        monkeypatch.undo()
        spark.sql("CREATE TABLE other (name STRING) USING parquet")
        return using(self, table)

    monkeypatch.setattr(Warehouse, "using", too_late)
    with pytest.raises(AnalysisException, match="TABLE_OR_VIEW_NOT_FOUND"):
        spark.sql("INSERT INTO other SELECT 1")
    assert spark.table("other").collect() == []


def test_a_table_is_as_before_when_what_replaces_it_fails(spark: SparkSession) -> None:
    spark.range(3).write.saveAsTable("kept")
    with pytest.raises(PySparkException, match="too bad"):
        bad = spark.range(5).selectExpr("raise_error('too bad') AS id")
        bad.write.mode("overwrite").saveAsTable("kept")
    assert spark.table("kept").count() == 3


def test_a_table_may_be_replaced_by_what_is_read_of_its_files(
    spark: SparkSession, tmp_path: Path
) -> None:
    """PySpark removes the files first and then fails to read them."""
    spark.range(3).write.saveAsTable("self")
    files = spark.read.parquet(str(tmp_path / "wh" / "self"))
    files.selectExpr("id + 1 AS id").write.mode("overwrite").saveAsTable("self")
    assert sorted(row.id for row in spark.table("self").collect()) == [1, 2, 3]
    inside = spark.sql("SELECT id FROM range(9) WHERE id IN (SELECT id FROM self)")
    inside.write.mode("overwrite").saveAsTable("self")
    assert sorted(row.id for row in spark.table("self").collect()) == [1, 2, 3]


def test_a_managed_table_replaced_by_one_elsewhere_leaves_no_files(
    spark: SparkSession, tmp_path: Path
) -> None:
    spark.range(3).write.saveAsTable("moved")
    spark.range(4).write.mode("overwrite").saveAsTable("moved", path=str(tmp_path / "x"))
    assert not (tmp_path / "wh" / "moved").exists()
    spark.range(5).write.mode("overwrite").saveAsTable("moved")
    assert (tmp_path / "x").exists(), "files of external tables stay"
    assert spark.table("moved").count() == 5


def rename(spark: SparkSession) -> None:
    spark.sql("CREATE TABLE other (a INT) USING parquet")
    spark.sql("ALTER TABLE other RENAME TO t")


def like(spark: SparkSession) -> None:
    spark.sql("CREATE TABLE model (a INT) USING parquet")
    spark.sql("CREATE TABLE t LIKE model")


@pytest.mark.parametrize(
    "make",
    [
        lambda spark: spark.sql("CREATE TABLE t (a INT) USING parquet"),
        lambda spark: spark.sql("CREATE TABLE t USING parquet AS SELECT 1 AS a"),
        lambda spark: spark.range(1).write.saveAsTable("t"),
        lambda spark: spark.range(1).write.mode("overwrite").saveAsTable("t"),
        lambda spark: spark.range(1).write.mode("append").saveAsTable("t"),
        rename,
        like,
    ],
)
def test_a_managed_table_is_not_made_over_other_files(
    spark: SparkSession, tmp_path: Path, make: Callable[[SparkSession], Any]
) -> None:
    place = tmp_path / "wh" / "t"
    spark.range(5).write.parquet(str(place))
    with pytest.raises(PySparkException) as error:
        make(spark)
    assert error.value.getCondition() == "LOCATION_ALREADY_EXISTS"
    assert error.value.getMessageParameters() == {
        "identifier": "`spark_catalog`.`default`.`t`",
        "location": f"'file:{place}'",
    }
    assert spark.read.parquet(str(place)).count() == 5


@pytest.mark.parametrize("name", ["t", "new"])
def test_a_table_like_another_is_made_once(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    spark.sql("CREATE TABLE model (a INT) USING parquet")
    find = Warehouse.find

    def made_meanwhile(self: Warehouse, database: str, table: str) -> Any:
        found = find(self, database, table)
        if table == "t" and found is None:
            monkeypatch.undo()
            spark.sql("CREATE TABLE t (b STRING) USING parquet")
        return found

    monkeypatch.setattr(Warehouse, "find", made_meanwhile)
    spark.sql(f"CREATE TABLE IF NOT EXISTS {name} LIKE model")
    monkeypatch.undo()
    assert spark.table(name).columns == (["b"] if name == "t" else ["a"])
    with pytest.raises(AnalysisException, match="TABLE_OR_VIEW_ALREADY_EXISTS"):
        spark.sql(f"CREATE TABLE {name} LIKE model")


def test_rows_of_a_new_table_replace_nothing_at_its_location(
    spark: SparkSession, tmp_path: Path
) -> None:
    place = str(tmp_path / "there")
    spark.range(5).write.parquet(place)
    statement = f"CREATE TABLE t USING parquet LOCATION '{place}' AS SELECT 1L AS id"
    for make in (
        lambda: spark.sql(statement),
        lambda: spark.range(1).write.saveAsTable("t", path=place),
    ):
        with pytest.raises(AnalysisException) as error:
            make()
        assert error.value.getCondition() == "_LEGACY_ERROR_TEMP_1241"
        assert error.value.getMessageParameters() == {
            "tablePath": f"file://{place}",
            "config": "spark.sql.legacy.allowNonEmptyLocationInCTAS",
        }
    assert spark.read.parquet(place).count() == 5
    spark.conf.set("spark.sql.legacy.allowNonEmptyLocationInCTAS", "true")
    spark.sql(statement)
    assert spark.table("t").count() == 1
    spark.range(2).write.mode("overwrite").saveAsTable("t", path=place)
    assert spark.table("t").count() == 2


def test_what_another_process_wrote_is_seen_without_refresh(
    spark: SparkSession, tmp_path: Path
) -> None:
    spark.range(3).selectExpr("id", "id % 2 AS p").write.partitionBy("p").saveAsTable("t")
    assert spark.table("t").count() == 3
    place = str(tmp_path / "wh" / "t")
    code = (
        "import sys; from rayspark.sql import SparkSession\n"
        "spark = SparkSession.builder.master('local[1]').getOrCreate()\n"
        "rows = spark.range(4).selectExpr('id', '1L AS p').write.partitionBy('p')\n"
        f"rows.mode(sys.argv[1]).parquet({place!r})\n"
    )
    for mode, rows in (("append", 7), ("overwrite", 4)):
        subprocess.run([sys.executable, "-c", code, mode], check=True, cwd=tmp_path)
        assert spark.table("t").count() == rows
