from __future__ import annotations

import io
import json

import fsspec
import pytest
import zstandard

from rayspark import SparkConf, SparkContext
from rayspark.events import EventBus
from rayspark.events import types as ev
from rayspark.ui.eventlog import EventLog, log_name

START = ev.ApplicationStart("demo", "app-1", 1, "root")
BLOCK = ev.BlockUpdated(
    ev.BlockManagerId("1", "host"), "rdd_0_0", ev.StorageLevelInfo(use_memory=True), 10, 0
)


def names_in(text):
    return [json.loads(line)["Event"].removeprefix("SparkListener") for line in text.splitlines()]


def test_log_is_in_progress_until_closed(tmp_path):
    log = EventLog(str(tmp_path), "app-1")
    log.handle(START)
    log.handle(ev.JobEnd(0, 2, ev.JobSucceeded()))
    assert [p.name for p in tmp_path.iterdir()] == ["app-1.inprogress"]
    # A job's end is flushed: a History Server may read it while the application runs.
    assert names_in((tmp_path / "app-1.inprogress").read_text()) == [
        "LogStart",
        "ApplicationStart",
        "JobEnd",
    ]
    log.close()
    log.close()
    assert [p.name for p in tmp_path.iterdir()] == ["app-1"]


def test_log_through_the_bus_takes_per_task_events_and_no_batches(tmp_path):
    bus = EventBus()
    log = EventLog(tmp_path.as_uri(), "app-1")
    bus.subscribe(log)
    assert bus.wants(ev.TaskEnd)
    assert not bus.wants(ev.TasksEnded)
    assert not bus.wants(ev.BlockUpdated)
    assert not bus.wants(ev.ExecutorMetricsUpdate)
    task = ev.TaskInfo(1, 0, 0, 0, 5, "1", "host", "ANY")
    bus.post(ev.TaskEnd(0, 0, "ResultTask", ev.Success(), task))
    bus.stop()
    log.close()
    assert names_in((tmp_path / "app-1").read_text()) == ["LogStart", "TaskEnd"]


def test_block_updates_are_written_when_asked_for(tmp_path):
    log = EventLog(str(tmp_path), "app-1", log_block_updates=True)
    assert ev.BlockUpdated in log.interests()
    log.handle(BLOCK)
    log.close()
    assert names_in((tmp_path / "app-1").read_text()) == ["LogStart", "BlockUpdated"]


def test_compressed_log_can_be_read_while_it_grows(tmp_path):
    log = EventLog(str(tmp_path), "app-1", compress=True)
    log.handle(ev.JobEnd(0, 2, ev.JobSucceeded()))
    open_bytes = (tmp_path / "app-1.zstd.inprogress").read_bytes()
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(open_bytes)) as reader:
        assert names_in(reader.read(10_000).decode()) == ["LogStart", "JobEnd"]
    log.handle(START)
    log.close()
    with zstandard.ZstdDecompressor().stream_reader(
        io.BytesIO((tmp_path / "app-1.zstd").read_bytes())
    ) as reader:
        assert names_in(reader.read().decode()) == ["LogStart", "JobEnd", "ApplicationStart"]


def test_log_goes_to_any_fsspec_path():
    log = EventLog("memory://logs/here", "app-1")
    log.handle(START)
    log.close()
    with fsspec.open("memory://logs/here/app-1", "rt") as file:
        assert names_in(file.read()) == ["LogStart", "ApplicationStart"]


def test_missing_local_directory_is_an_error_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"spark.eventLog.dir is .*nowhere"):
        EventLog(str(tmp_path / "nowhere"), "app-1")


def test_existing_log_is_replaced_only_when_asked(tmp_path):
    (tmp_path / "app-1").write_text("precious")
    with pytest.raises(FileExistsError, match=r"spark.eventLog.overwrite=true"):
        EventLog(str(tmp_path), "app-1")
    log = EventLog(str(tmp_path), "app-1", overwrite=True)
    assert (tmp_path / "app-1").read_text() == "precious"  # until the new one is complete
    log.close()
    assert names_in((tmp_path / "app-1").read_text()) == ["LogStart"]


@pytest.mark.parametrize("where", ["local", "memory"])
def test_a_log_that_another_application_writes_is_left_alone(tmp_path, where):
    folder = str(tmp_path) if where == "local" else "memory://logs/two"
    first = EventLog(folder, "app-1")
    with pytest.raises(FileExistsError, match="is being written by another application"):
        EventLog(folder, "app-1")
    first.handle(START)
    first.close()
    with fsspec.open(f"{folder}/app-1", "rt") as file:
        assert names_in(file.read()) == ["LogStart", "ApplicationStart"]


def test_applications_that_start_at_the_same_moment_have_logs_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("rayspark.application.time.time", lambda: 1_700_000_000.0)
    logs = SparkConf(loadDefaults=False).setMaster("local[1]").setAppName("logs")
    logs.set("spark.eventLog.enabled", "true").set("spark.eventLog.compress", "false")
    logs.set("spark.eventLog.dir", str(tmp_path))
    (tmp_path / "local-1700000000000.inprogress").write_text("of another process")
    (tmp_path / "local-1700000000001").write_text("of one that is over")
    with SparkContext(conf=logs) as sc:
        assert sc.applicationId == "local-1700000000002"
        assert sc.parallelize([1]).count() == 1
    assert "JobStart" in "".join(names_in((tmp_path / sc.applicationId).read_text()))
    assert (tmp_path / "local-1700000000000.inprogress").read_text() == "of another process"


def test_bad_settings_are_errors(tmp_path):
    with pytest.raises(ValueError, match="'lz4', but event logs are compressed with 'zstd' only"):
        EventLog(str(tmp_path), "app-1", compress=True, codec="lz4")
    with pytest.raises(ValueError, match=r"spark.redaction.regex '\(' is not a regex"):
        EventLog(str(tmp_path), "app-1", redaction="(")
    assert list(tmp_path.iterdir()) == []


def test_log_with_a_failed_write_is_not_passed_off_as_complete(tmp_path, monkeypatch, caplog):
    caplog.set_level("WARNING", "rayspark")
    log = EventLog(str(tmp_path), "app-1")

    def full():
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(log, "_flush", full)
        with pytest.raises(OSError, match="No space left"):
            log.handle(ev.JobEnd(0, 2, ev.JobSucceeded()))
    log.handle(START)
    log.close()
    assert [p.name for p in tmp_path.iterdir()] == ["app-1.inprogress"]
    assert "app-1.inprogress is incomplete" in caplog.text


@pytest.mark.parametrize(
    ("app_id", "attempt", "name"),
    # Spark's EventLoggingListenerSuite / SingleEventLogFileWriter.nameForAppAndAttempt
    [
        ("app1", None, "app1"),
        ("a fine:mind$dollar{bills}.1", None, "a-fine-mind_dollar_bills__1"),
        ("app-1", "2", "app-1_2"),
    ],
)
def test_names_are_spark_s(app_id, attempt, name):
    assert log_name(app_id, attempt) == name
