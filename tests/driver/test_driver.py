"""The driver goes on when its parts do not, and leaves nobody waiting."""

from __future__ import annotations

import json
import logging
import re
import threading
from dataclasses import replace
from operator import add
from typing import Any

import pytest

from rayspark import SparkConf, SparkContext
from rayspark.errors import PySparkException
from rayspark.ids import JobId
from rayspark.scheduler.job import JobWaiter
from rayspark.serializers import encode


def test_the_janitor_logs_what_fails_and_goes_on(sc: SparkContext, caplog: Any):
    done = threading.Event()

    def fail() -> None:
        raise OSError("disk on fire")

    with caplog.at_level(logging.ERROR):
        sc._driver._garbage.put(fail)
        sc._driver._garbage.put(done.set)
        assert done.wait(10)
    assert "disk on fire" in caplog.text


def test_house_keeping_is_over_when_the_backend_stops(sc: SparkContext, monkeypatch: Any):
    driver, order = sc._driver, []
    begun = threading.Event()

    def keep_house() -> None:
        begun.set()
        order.append("house-keeping")

    stop = driver._backend.stop
    monkeypatch.setattr(driver._backend, "stop", lambda: (order.append("backend"), stop()))
    driver._garbage.put(keep_house)
    sc.stop()
    assert order == ["house-keeping", "backend"]
    assert not driver._janitor.is_alive()


def test_a_job_submitted_while_the_context_stops_ends(sc: SparkContext):
    driver, numbers = sc._driver, sc.parallelize([1], 1)
    sc.stop()
    waiter = driver.submit(numbers._node, lambda split, records: list(records), [0])
    with pytest.raises(PySparkException, match="SparkContext was shut down"):
        waiter.results()
    assert not driver._waiters


def test_jobs_run_on_when_an_observer_fails(sc: SparkContext, caplog: Any, monkeypatch: Any):
    def fail(event: Any) -> None:
        raise RuntimeError("no place on the screen")

    monkeypatch.setattr(sc._driver, "_observe", fail)
    with caplog.at_level(logging.ERROR):
        assert sc.parallelize(range(10), 2).count() == 10
    assert "no place on the screen" in caplog.text


@pytest.mark.parametrize(("size", "said"), [(1 << 20, "could not be merged"), (0, "sent ahead")])
def test_what_only_makes_a_shuffle_faster_may_fail(
    sc: SparkContext, caplog: Any, monkeypatch: Any, size: int, said: str
) -> None:
    driver, tables = sc._driver, sc._driver._state.tables
    eager = replace(tables.config, merged_block_size=size, merge_fan_in=2)
    monkeypatch.setattr(tables, "config", eager)

    def cut(*_: Any) -> None:
        raise ConnectionError("the wire is cut")

    monkeypatch.setattr(driver._backend, "merge", cut)
    monkeypatch.setattr(driver._backend, "push", cut)
    monkeypatch.setattr(driver._launcher, "readers", lambda groups, writer: [writer] * groups)
    with caplog.at_level(logging.ERROR):
        pairs = sc.range(60, numSlices=20).map(lambda x: (x % 3, 1))
        assert pairs.reduceByKey(add, 2).collectAsMap() == {0: 20, 1: 20, 2: 20}
    assert said in caplog.text
    assert "the wire is cut" in caplog.text


def test_a_result_that_comes_as_streaming_begins_is_not_overlooked():
    waiter = JobWaiter(JobId(0), 1, lambda job, reason: None)
    got: list[Any] = []
    reader = threading.Thread(target=lambda: got.extend(waiter.stream()), daemon=True)
    frame = encode(["value"])
    with waiter._changed:  # the reader and the loop both arrive here
        reader.start()
        writer = threading.Thread(target=waiter.deliver, args=(0, frame), daemon=True)
        writer.start()
    reader.join(10)
    assert got == ["value"]
    waiter.end(None)


@pytest.mark.parametrize("patience", [0.0, 3600.0])
def test_what_a_stage_left_is_told_with_the_next_batch_or_after_a_while(
    sc: SparkContext, monkeypatch: Any, patience: float
):
    monkeypatch.setattr("rayspark.scheduler.driver.NEWS_SECONDS", patience)
    driver = sc._driver
    sent: list[Any] = []
    empty = threading.Event()
    submit = driver._backend.submit

    def note(executor: Any, batch: Any) -> None:
        sent.append(batch)
        if not batch.tasks:
            empty.set()
        submit(executor, batch)

    monkeypatch.setattr(driver._backend, "submit", note)
    assert sc.parallelize(range(4), 1).count() == 4
    if not patience:
        assert empty.wait(10), "nothing else runs: a batch of its own"
        assert [f.templates for f in sent[-1].forget] == [[sent[0].template_id]]
        return
    assert sc.parallelize(range(4), 1).count() == 4
    assert [len(batch.tasks) for batch in sent] == [1, 1]
    assert [f.templates for f in sent[1].forget] == [[sent[0].template_id]]


def test_a_shuffle_that_nobody_reads_is_forgotten_with_the_next_batch(
    sc: SparkContext, monkeypatch: Any
):
    for patience in ("NEWS_SECONDS", "FREE_SECONDS"):
        monkeypatch.setattr(f"rayspark.scheduler.driver.{patience}", 3600.0)
    driver = sc._driver
    sent: list[Any] = []
    submit = driver._backend.submit
    monkeypatch.setattr(
        driver._backend, "submit", lambda to, batch: (sent.append(batch), submit(to, batch))
    )
    summed = sc.parallelize([(1, 2), (1, 3)], 1).reduceByKey(add)
    assert summed.collect() == [(1, 5)]
    [edge] = summed._node.dependencies
    driver.drop_shuffle(edge.shuffle_id)
    assert sc.parallelize(range(4), 1).count() == 4
    assert all(batch.tasks for batch in sent), "no call of its own"
    assert [f.shuffles for f in sent[-1].forget if f.shuffles] == [[edge.shuffle_id]]


def test_a_log_with_block_updates_names_no_port_that_sparks_reader_refuses(tmp_path: Any):
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("driver tests")
    conf.set("spark.eventLog.enabled", "true").set("spark.eventLog.dir", str(tmp_path))
    conf.set("spark.eventLog.logBlockUpdates.enabled", "true")
    conf.set("spark.eventLog.compress", "false").set("spark.ui.showConsoleProgress", "false")
    with SparkContext(conf=conf) as sc:
        sc.parallelize(range(4), 2).cache().count()
    [log] = tmp_path.iterdir()
    events = [json.loads(line) for line in log.read_text().splitlines()]
    updates = [e for e in events if e["Event"] == "SparkListenerBlockUpdated"]
    assert len(updates) == 2
    ports = re.findall(r'"Port": ?(\d+)', log.read_text())
    assert len(ports) >= 3
    assert "0" not in ports
