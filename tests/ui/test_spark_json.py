"""Our JSON against shapes harvested from real Spark (tools/harvest_eventlog.py)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from rayspark.events import types as ev
from rayspark.events.sql import SqlEvent
from rayspark.metrics import METRICS, TaskMetrics, UpdatedBlock
from rayspark.ui.spark_json import LOGGED_EVENTS, REDACTED, redact, to_json

SHAPES = json.loads(
    (Path(__file__).parent.parent / "golden" / "eventlog" / "shapes.json").read_text()
)

MANAGER = ev.BlockManagerId("1", "host", 7077)
LEVEL = ev.StorageLevelInfo(use_memory=True, deserialized=True)
RDD = ev.RDDInfo(0, "numbers", 4, LEVEL, (), "parallelize at a.py:1", '{"id":"0","name":"map"}')
STAGE = ev.StageInfo(
    0, 0, "count at a.py:1", 4, (RDD, ev.RDDInfo(1, "b", 4, parent_ids=(0,))), (1,), "frames", 10
)
DONE = ev.StageInfo(
    0, 0, "n", 4, (RDD,), (1,), "d", 10, 20, "it broke", (ev.AccumulableInfo(1, "seen", None, 5),)
)
TASK = ev.TaskInfo(1, 0, 0, 0, 5, "1", "host", "PROCESS_LOCAL")
FRAMES = (ev.StackFrame("a", "main", "a.py", 1), ev.StackFrame("b", "f", "b.py", 2))
METRICS_ = TaskMetrics(
    **{m.name: i for i, m in enumerate(METRICS, 1)},
    updated_blocks=[UpdatedBlock("rdd_0_0", False, True, True, 1, 10, 0)],
)
REASONS = [
    ev.Success(),
    ev.Resubmitted(),
    ev.TaskResultLost(),
    ev.FetchFailed(MANAGER, 0, 1, 1, 2, "gone"),
    ev.FetchFailed(None, 0, 1, 1, 2, "gone"),
    ev.ExceptionFailure("ValueError", "no", FRAMES, "Traceback", (ev.AccumulableInfo(1, None, 2),)),
    ev.TaskKilled("another attempt succeeded"),
    ev.TaskCommitDenied(0, 1, 2),
    ev.ExecutorLostFailure("1", True, "killed"),
    ev.ExecutorLostFailure("1", False),
    ev.UnknownReason(),
]
SAMPLES = [
    ev.LogStart("4.3.0"),
    ev.ApplicationStart("app", "app-1", 1, "root"),
    ev.ApplicationStart("app", "app-1", 1, "root", "1"),
    ev.ApplicationEnd(2),
    ev.ApplicationEnd(2, 0),
    ev.EnvironmentUpdate({"spark.master": "ray"}, {"Python": "3.11"}, {"os": "linux"}, {"a": "b"}),
    ev.ResourceProfileAdded(0, {"cores": ev.ExecutorRequestInfo(1)}, {"cpus": 1.0}),
    ev.JobStart(0, 1, (replace(STAGE, submission_time=None),), {"spark.jobGroup.id": "g"}),
    ev.JobEnd(0, 2, ev.JobSucceeded()),
    ev.JobEnd(0, 2, ev.JobFailed("broke", FRAMES)),
    ev.StageSubmitted(STAGE, {"callSite.short": "x"}),
    ev.StageCompleted(DONE),
    ev.TaskStart(0, 0, TASK),
    ev.TaskGettingResult(TASK),
    *[ev.TaskEnd(0, 0, "ResultTask", reason, TASK, METRICS_) for reason in REASONS],
    ev.TaskEnd(0, 0, "ResultTask", ev.Resubmitted(), TASK),
    ev.SpeculativeTaskSubmitted(0, 0, 1, 1),
    ev.ExecutorAdded(1, "1", "host", 2, {"stdout": "http://h"}, {"rack": "r"}),
    ev.ExecutorRemoved(2, "1", "killed"),
    ev.ExecutorMetricsUpdate("1", ev.ExecutorMetrics(1, 2, 3)),
    ev.ExecutorExcluded(1, "1", 2),
    ev.ExecutorExcludedForStage(1, "1", 2, 0, 0),
    ev.ExecutorUnexcluded(1, "1"),
    ev.NodeExcluded(1, "host", 2),
    ev.NodeExcludedForStage(1, "host", 2, 0, 0),
    ev.NodeUnexcluded(1, "host"),
    ev.UnschedulableTaskSetAdded(0, 0),
    ev.UnschedulableTaskSetRemoved(0, 0),
    ev.BlockManagerAdded(1, MANAGER, 1000),
    ev.BlockManagerRemoved(2, MANAGER),
    ev.BlockUpdated(MANAGER, "rdd_0_0", LEVEL, 10, 0),
    ev.UnpersistRDD(0),
]


def differences(value, shape, path):
    """What `value` has other than Spark's `shape` (optional fields end in "?")."""
    if shape == "map":
        return [] if isinstance(value, dict) else [f"{path}: {value!r} is not a map"]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{path}: {value!r} is not an object"]
        known = {key.removesuffix("?"): inner for key, inner in shape.items()}
        required = {key for key in shape if not key.endswith("?")}
        found = [f"{path}: lacks {key}" for key in required - value.keys()]
        found += [f"{path}: {key} is not Spark's" for key in value.keys() - known.keys()]
        for key in value.keys() & known.keys():
            found += differences(value[key], known[key], f"{path}.{key}")
        return found
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{path}: {value!r} is not a list"]
        return [
            d for i, item in enumerate(value) if shape for d in differences(item, shape[0], path)
        ]
    kind = "null" if value is None else type(value).__name__
    return [] if kind in shape.split("|") else [f"{path}: {kind} instead of {shape}"]


def kind_of(event):
    reason = event.get("Task End Reason", event.get("Job Result", {}))
    reason = reason.get("Reason") or reason.get("Result")
    return f"{event['Event']}[{reason}]" if reason else event["Event"]


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_event_has_exactly_the_fields_and_types_of_spark(event):
    written = json.loads(to_json(event))
    shape = json.loads(json.dumps(SHAPES[kind_of(written)]))
    # The harvested values are of Spark's internal accumulators; users' are written as strings.
    for holder in ("Task Info", "Stage Info"):
        for entry in shape.get(holder, {}).get("Accumulables", []):
            entry.update({key: "str" for key in entry if key.strip("?") in ("Update", "Value")})
    assert differences(written, shape, kind_of(written)) == []


def test_every_kind_that_spark_writes_has_a_sample():
    made = {kind_of(json.loads(to_json(event))) for event in SAMPLES}
    # Stage-level executor metrics need spark.eventLog.logStageExecutorMetrics, which is refused.
    assert set(SHAPES) - made == {"SparkListenerStageExecutorMetrics"}
    of_sql = set(get_args(SqlEvent))  # tests/execution/test_executions.py
    assert {type(event) for event in SAMPLES} == LOGGED_EVENTS - of_sql


def test_own_batch_events_have_no_place_in_the_log():
    with pytest.raises(TypeError, match="TasksEnded is not an event of Spark's log format"):
        to_json(ev.TasksEnded(0, 0, "1"))


def test_each_metric_lands_in_its_field():
    written = json.loads(to_json(ev.TaskEnd(0, 0, "ResultTask", ev.Success(), TASK, METRICS_)))
    for m in METRICS:
        if m.event_log:
            value = written["Task Metrics"]
            for key in m.event_log.split("/"):
                value = value[key]
            assert value == getattr(METRICS_, m.name), m.name


def test_innermost_frame_comes_first_as_in_java():
    written = json.loads(to_json(ev.JobEnd(0, 2, ev.JobFailed("broke", FRAMES))))
    names = [f["Method Name"] for f in written["Job Result"]["Exception"]["Stack Trace"]]
    assert names == ["f", "main"]


def test_secrets_are_redacted_by_key_and_by_value():
    # What Spark 4.3 wrote for these two (tools/harvest_eventlog.py prints it): both redacted.
    secrets = {"spark.harvest.password": "hunter2", "spark.harvest.plain": "my-token-here"}
    plain = {"spark.master": "ray"}
    assert redact(secrets | plain) == dict.fromkeys(secrets, REDACTED) | plain


@pytest.mark.parametrize(
    "event",
    [
        ev.EnvironmentUpdate({"my.password": "hunter2"}, {"x": "hunter2 token"}),
        ev.EnvironmentUpdate({}, {}, {"AWS_ACCESS_KEY_ID_access.key": "hunter2"}),
        ev.JobStart(0, 0, (), {"my.secret": "hunter2"}),
        ev.JobStart(0, 0, (), {"fs.gs.credential.file": "hunter2"}),
        ev.StageSubmitted(STAGE, {"Token": "hunter2"}),
    ],
)
def test_no_event_leaks_a_secret(event):
    line = to_json(event)
    assert "hunter2" not in line
    assert REDACTED in line
