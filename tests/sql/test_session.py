"""Sessions: one for all, others beside it, and what ends with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rayspark.config import ConfigWarning
from rayspark.errors import (
    AnalysisException,
    PySparkNotImplementedError,
    PySparkRuntimeError,
)
from rayspark.sql import SparkSession
from rayspark.sql import functions as F


def test_get_or_create_gives_the_same_session_with_new_settings(spark: SparkSession) -> None:
    again = SparkSession.builder.config("spark.sql.shuffle.partitions", 7).getOrCreate()
    assert again is spark
    assert spark.conf.get("spark.sql.shuffle.partitions") == "7"
    spark.conf.unset("spark.sql.shuffle.partitions")


def test_settings_in_every_style(spark: SparkSession) -> None:
    builder = SparkSession.builder.config("a", True).config(map={"b": 1}).config(key="c", value="x")
    assert builder._options == {"a": "true", "b": "1", "c": "x"}
    assert SparkSession.builder._options == {}


def test_what_is_too_late_is_said(spark: SparkSession) -> None:
    with pytest.warns(ConfigWarning, match="too late"):
        SparkSession.builder.config("spark.executor.memory", "3g").getOrCreate()


def test_a_new_session_has_views_and_settings_of_its_own(spark: SparkSession) -> None:
    spark.range(1).createOrReplaceTempView("mine")
    spark.range(2).createOrReplaceGlobalTempView("ours")
    spark.conf.set("spark.sql.shuffle.partitions", 3)
    other = spark.newSession()
    assert other.sparkContext is spark.sparkContext
    assert other.table("global_temp.ours").count() == 2
    with pytest.raises(AnalysisException) as error:
        other.table("mine")
    assert error.value.getCondition() == "TABLE_OR_VIEW_NOT_FOUND"
    assert other.conf.get("spark.sql.shuffle.partitions") != "3"
    spark.conf.unset("spark.sql.shuffle.partitions")


def test_connect_and_streams_are_refused_with_a_reason(spark: SparkSession) -> None:
    for refused in (
        lambda: SparkSession.builder.remote("sc://x"),
        lambda: SparkSession.builder.config("spark.remote", "sc://x"),
        lambda: spark.readStream,
    ):
        with pytest.raises(PySparkNotImplementedError) as error:
            refused()
        assert error.value.getCondition() == "NOT_IMPLEMENTED"
        assert "use" in str(error.value) or "not available" in str(error.value)


def test_hive_support_is_accepted_with_a_word() -> None:
    with pytest.warns(ConfigWarning, match="no Hive"):
        SparkSession.builder.enableHiveSupport()


def test_values_in_parameters_are_never_text(spark: SparkSession) -> None:
    evil = "x' OR '1'='1"
    assert spark.sql("SELECT :v AS v", {"v": evil}).collect()[0].v == evil
    assert spark.sql("SELECT {v} AS v", v=evil).collect()[0].v == evil
    frame = spark.createDataFrame([(evil,)], ["a`b"])
    assert frame.select(F.col("`a``b`")).first() == (evil,)


def test_views_for_one_statement_are_gone_afterwards(spark: SparkSession) -> None:
    before = spark.catalog.listTables()
    assert spark.sql("SELECT count(*) AS n FROM {d}", d=spark.range(4)).first() == (4,)
    assert spark.catalog.listTables() == before


STOPPED = """
from rayspark.sql import SparkSession
spark = SparkSession.builder.master("local[1]").getOrCreate()
df = spark.range(3)
spark.stop()
spark.stop()
assert SparkSession.getActiveSession() is None
try:
    spark.range(1)
except RuntimeError as error:
    print(error)
fresh = SparkSession.builder.master("local[1]").getOrCreate()
assert fresh is not spark
print(fresh.range(2).count())
"""


def test_a_stopped_session_is_of_no_use_and_a_new_one_is(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert "stopped SparkSession" in done.stdout
    assert done.stdout.endswith("2\n")


NO_CLUSTER = """
import threading
from concurrent.futures import ThreadPoolExecutor
from rayspark.context import SparkContext
from rayspark.sql import SparkSession

def fail(conf=None):
    raise OSError("no cluster here")

works, SparkContext.getOrCreate = SparkContext.getOrCreate, fail
first = SparkSession.builder.master("ray").getOrCreate()

def ask(_):
    try:
        first.sparkContext
    except OSError as error:
        return str(error)

with ThreadPoolExecutor(3) as pool:
    print(*pool.map(ask, range(3)), sep="; ")
for thread in threading.enumerate():
    if thread.name == "context-start":
        thread.join(10)
        print("ended:", not thread.is_alive())
SparkContext.getOrCreate = works
second = SparkSession.builder.master("local[1]").getOrCreate()
first.stop()
print(second is first, second.sparkContext.master, SparkSession.active() is second)
print(second.sparkContext.range(2).count())
second.stop()
"""


def test_a_start_that_failed_is_told_to_all_and_the_next_session_tries_again() -> None:
    command = [sys.executable, "-c", NO_CLUSTER]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    told, *rest = done.stdout.splitlines()
    assert told == "; ".join(["no cluster here"] * 3)
    assert [line for line in rest if line.startswith("ended")] in ([], ["ended: True"])
    assert rest[-2:] == ["False local[1] True", "2"]


def test_pandas_is_not_loaded_before_it_is_used() -> None:
    code = "import sys, rayspark.sql, rayspark.sql.session; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_active_without_a_session_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SparkSession, "_instantiatedSession", None)
    monkeypatch.setattr("rayspark.sql.marks.SessionMark._active", None)
    with pytest.raises(PySparkRuntimeError) as error:
        SparkSession.active()
    assert error.value.getCondition() == "NO_ACTIVE_OR_DEFAULT_SESSION"
