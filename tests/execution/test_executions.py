"""What listeners and the event log hear of queries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import PySparkException
from rayspark.events import SparkListener
from rayspark.events import sql as ev
from rayspark.events.types import JobStart
from rayspark.sql import SparkSession
from rayspark.ui.spark_json import to_json

FIELDS = json.loads(
    (Path(__file__).parents[1] / "golden" / "eventlog" / "sql_fields.json").read_text()
)


class Heard(SparkListener):
    def __init__(self) -> None:
        self.events: list[Any] = []

    def onOtherEvent(self, event: Any) -> None:
        self.events.append(event)

    def onJobStart(self, jobStart: JobStart) -> None:
        self.events.append(jobStart)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    warehouse = str(tmp_path_factory.mktemp("warehouse"))
    conf = {"spark.sql.warehouse.dir": warehouse, "spark.sql.ray.exchangeElision": "never"}
    with SparkSession.builder.master("local[2]").config(map=conf).getOrCreate() as spark:
        yield spark


@pytest.fixture
def heard(session: SparkSession) -> Iterator[Heard]:
    found = Heard()
    context = session.sparkContext
    context.addSparkListener(found)
    yield found
    context.removeSparkListener(found)


def end(session: SparkSession) -> None:
    session.sparkContext._driver.bus.flush()


def test_a_query_is_told_from_its_start_to_its_end(session: SparkSession, heard: Heard) -> None:
    session.addTag("reports")
    session.range(100).selectExpr("id % 3 AS k").groupBy("k").count().collect()
    session.removeTag("reports")
    end(session)
    [start], [done] = heard.of(ev.SQLExecutionStart), heard.of(ev.SQLExecutionEnd)
    assert "test_executions.py" in start.description
    assert start.tags == ("reports",)
    assert start.plan.name == "AdaptiveSparkPlan"
    assert "isFinalPlan=false" in start.plan_description
    assert (done.execution_id, done.error) == (start.execution_id, "")
    final = heard.of(ev.SQLAdaptiveExecutionUpdate)[-1]
    assert "isFinalPlan=true" in final.plan_description
    assert "AQEShuffleRead" in final.plan_description
    rows = start.plan.metrics[0]
    values = dict(v for update in heard.of(ev.DriverAccumUpdates) for v in update.updates)
    assert (rows.name, values[rows.accumulator_id]) == ("number of output rows", 3)
    jobs = heard.of(JobStart)
    assert jobs
    assert {job.properties[ev.EXECUTION_ID] for job in jobs} == {str(start.execution_id)}


def test_a_query_without_jobs_is_told_too(session: SparkSession, heard: Heard) -> None:
    session.sql("select 1").collect()
    end(session)
    assert len(heard.of(ev.SQLExecutionEnd)) == 1


def test_a_failure_is_told_with_its_message(session: SparkSession, heard: Heard) -> None:
    with pytest.raises(PySparkException):
        session.range(1).selectExpr("1 / id").collect()
    end(session)
    [done] = heard.of(ev.SQLExecutionEnd)
    assert "DIVIDE_BY_ZERO" in done.error


def test_a_query_whose_plan_cannot_be_told_leaves_the_next_one_its_events(
    session: SparkSession, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("no words for it")

    with monkeypatch.context() as broken:
        broken.setattr("rayspark.execution.executions.plan_info", fail)
        with pytest.raises(ValueError, match="no words"):
            session.range(1).collect()
    session.range(1).collect()
    end(session)
    assert len(heard.of(ev.SQLExecutionEnd)) == 1


def test_a_write_is_told_with_what_was_written(
    session: SparkSession, heard: Heard, tmp_path: Path
) -> None:
    session.range(10).write.parquet(f"{tmp_path}/out")
    end(session)
    [start] = heard.of(ev.SQLExecutionStart)
    assert start.plan.name == "Write parquet"
    values = dict(v for update in heard.of(ev.DriverAccumUpdates) for v in update.updates)
    rows, size = (values[metric.accumulator_id] for metric in start.plan.metrics)
    assert rows == 10
    assert size > 0


def test_queries_between_the_rows_of_another_stand_for_themselves(
    session: SparkSession, heard: Heard
) -> None:
    for _ in session.range(2).toLocalIterator():
        session.range(1).count()
    end(session)
    starts = heard.of(ev.SQLExecutionStart)
    assert len(starts) == 3
    outer = str(starts[0].execution_id)
    owners = [job.properties[ev.EXECUTION_ID] for job in heard.of(JobStart)]
    assert outer in owners
    assert {str(start.execution_id) for start in starts} == set(owners)


def test_subqueries_belong_to_their_query(session: SparkSession, heard: Heard) -> None:
    session.sql("select * from range(3) where id > (select avg(id) from range(3))").collect()
    end(session)
    assert len(heard.of(ev.SQLExecutionStart)) == 1


def test_the_log_has_sparks_fields_and_no_secrets(session: SparkSession, heard: Heard) -> None:
    session.conf.set("my.password", "hunter2")
    session.range(9).groupBy("id").count().collect()
    session.conf.unset("my.password")
    end(session)
    for kind in (
        *(ev.SQLExecutionStart, ev.SQLAdaptiveExecutionUpdate),
        *(ev.DriverAccumUpdates, ev.SQLExecutionEnd),
    ):
        text = to_json(heard.of(kind)[0])
        assert "hunter2" not in text
        logged = json.loads(text)
        wanted = FIELDS[logged["Event"]].keys()
        assert logged.keys() == wanted
        if "sparkPlanInfo" in wanted:
            check_plan(logged["sparkPlanInfo"])


def check_plan(plan: dict[str, Any]) -> None:
    assert plan.keys() == FIELDS["operator"].keys()
    for metric in plan["metrics"]:
        assert metric.keys() == FIELDS["metric"].keys()
    for child in plan["children"]:
        check_plan(child)
