"""Harvest the shape of Spark's JSON event log from real Spark (run it with a PySpark).

``python tools/harvest_eventlog.py OUT.json`` runs an RDD program with a shuffle, a cache, failing
tasks and a killed executor on ``local-cluster``, asks Spark's own ``JsonProtocol`` for the events
such a program seldom makes, and writes one *shape* for each kind of event: the field names and JSON
types, with ``?`` behind a field that is not always there and ``"map"`` for objects whose keys are
data.

``python tools/harvest_eventlog.py --roundtrip LOG`` reads a log that RaySpark wrote, parses each
line with Spark's ``JsonProtocol``, writes it again, and reports lines that came out differently.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JJavaError  # type: ignore[import-not-found]
from pyspark import SparkConf, SparkContext, StorageLevel

# Objects whose keys are data, not part of the format.
MAPS = {
    *("Properties", "Log Urls", "Attributes", "Resources", "Driver Logs", "Driver Attributes"),
    *("Executor Resource Requests", "Task Resource Requests", "JVM Information"),
    *("Spark Properties", "Hadoop Properties", "System Properties", "Metrics Properties"),
    "Classpath Entries",
}


def kind_of(event: dict[str, Any]) -> str:
    """Name the golden entry of an event: its class, and for ends also how it ended."""
    name = str(event["Event"])
    reason = event.get("Task End Reason", {}).get("Reason")
    result = event.get("Job Result", {}).get("Result")
    return f"{name}[{reason or result}]" if reason or result else name


def shape_of(value: Any, field: str = "") -> Any:
    """Replace values by the names of their JSON types."""
    if field in MAPS:
        return "map"
    if isinstance(value, dict):
        return {key: shape_of(item, key) for key, item in value.items()}
    if isinstance(value, list):
        merged: list[Any] = []
        for item in value:
            shape = shape_of(item)
            merged = [merge(merged[0], shape)] if merged else [shape]
        return merged
    return "null" if value is None else type(value).__name__


def merge(left: Any, right: Any) -> Any:
    """Unite two shapes of one kind; a field that only one of them has becomes optional."""
    if isinstance(left, dict) and isinstance(right, dict):
        out: dict[str, Any] = {}
        names = list(dict.fromkeys(key.removesuffix("?") for key in [*left, *right]))
        for name in names:
            keys = (name, name + "?")
            sides = [side[key] for side in (left, right) for key in keys if key in side]
            always = name in left and name in right
            out[name if always else name + "?"] = merge(sides[0], sides[-1])
        return out
    if isinstance(left, list) and isinstance(right, list):
        return [merge(left[0], right[0])] if left and right else left or right
    return "|".join(sorted({*str(left).split("|"), *str(right).split("|")}))


def run_program(folder: Path) -> list[str]:
    """Run the program whose events are harvested, and return the lines of its log."""
    conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("harvest")
    for key, value in {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": folder.as_uri(),
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.compress": "false",
        "spark.eventLog.logBlockUpdates.enabled": "true",
        "spark.eventLog.logStageExecutorMetrics": "true",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.task.maxFailures": "2",
        "spark.taskMetrics.trackUpdatedBlockStatuses": "true",
        "spark.harvest.password": "hunter2",
        "spark.harvest.plain": "my-token-here",
    }.items():
        conf.set(key, value)
    sc = SparkContext(conf=conf)
    marker = folder / "failed-once"

    def flaky(index: int, rows: Any) -> Any:
        if index == 1 and not marker.exists():
            marker.write_text("")
            raise ValueError("fails once")
        return rows

    numbers = sc.parallelize(range(100), 4)
    pairs = numbers.map(lambda x: (x % 5, x)).persist(StorageLevel.MEMORY_ONLY)
    seen = sc.accumulator(0)
    pairs.foreach(lambda _: seen.add(1))
    pairs.reduceByKey(lambda a, b: a + b).mapPartitionsWithIndex(flaky).collect()
    pairs.unpersist(blocking=True)
    sc.parallelize([0], 1).map(lambda _: bytes(2_000_000)).collect()  # TaskGettingResult
    try:
        sc.parallelize([0], 1).map(lambda _: 1 // 0).collect()
    except Py4JJavaError as error:
        print("expected:", error.java_exception.getClass().getName())
    parent = sc.parallelize([0], 1).map(lambda _: os.getppid()).first()  # python daemon -> its JVM
    jvm = int(Path(f"/proc/{parent}/stat").read_text().split()[3])
    os.kill(jvm, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while "ExecutorRemoved" not in next(folder.glob("app-*")).read_text():
        if time.monotonic() > deadline:
            raise TimeoutError("the killed executor was not reported within 60 s")
        sc.parallelize([0], 1).count()
        time.sleep(0.5)
    rare = rare_events(sc)
    sc.stop()
    return next(folder.glob("app-*")).read_text().splitlines() + rare


def rare_events(sc: SparkContext) -> list[str]:
    """Write, with Spark's own code, the events that the program does not bring about."""
    jvm: Any = sc._jvm
    to_json = jvm.org.apache.spark.util.JsonProtocol.sparkEventToJsonString
    sched, spark = jvm.org.apache.spark.scheduler, jvm.org.apache.spark

    def module(name: str) -> Any:
        return jvm.java.lang.Class.forName(name + "$").getField("MODULE$").get(None)

    nil, none = module("scala.collection.immutable.Nil"), module("scala.None")
    some = jvm.scala.Option.apply
    where = spark.storage.BlockManagerId.apply("1", "host", 1, none)
    locality = module("org.apache.spark.scheduler.TaskLocality").ANY()
    empty_map = module("scala.collection.immutable.Map").empty()
    info = sched.TaskInfo(1, 0, 0, 0, 1, "1", "host", locality, False)
    reasons = [
        module("org.apache.spark.Resubmitted"),
        module("org.apache.spark.TaskResultLost"),
        module("org.apache.spark.UnknownReason"),
        spark.FetchFailed(where, 0, 0, 0, 0, "gone"),
        spark.FetchFailed(None, 0, 0, 0, 0, "gone"),
        spark.TaskKilled("another attempt succeeded", nil, nil, nil),
        spark.TaskCommitDenied(0, 0, 0),
        spark.ExecutorLostFailure("1", True, some("killed")),
        spark.ExecutorLostFailure("1", True, none),
    ]
    metrics = spark.executor.ExecutorMetrics()
    task_metrics = spark.executor.TaskMetrics()
    task_end, app_start = sched.SparkListenerTaskEnd, sched.SparkListenerApplicationStart
    events = [task_end(0, 0, "ResultTask", r, info, metrics, task_metrics) for r in reasons]
    events += [
        task_end(0, 0, "ResultTask", reasons[0], info, metrics, None),
        app_start("a", some("id"), 1, "u", some("1"), some(empty_map), some(empty_map)),
        sched.SparkListenerApplicationEnd(1, none),
        sched.SparkListenerSpeculativeTaskSubmitted(0, 0, 0, 0),
        sched.SparkListenerExecutorExcluded(1, "1", 2),
        sched.SparkListenerExecutorUnexcluded(1, "1"),
        sched.SparkListenerExecutorExcludedForStage(1, "1", 2, 0, 0),
        sched.SparkListenerNodeExcluded(1, "host", 2),
        sched.SparkListenerNodeUnexcluded(1, "host"),
        sched.SparkListenerNodeExcludedForStage(1, "host", 2, 0, 0),
        sched.SparkListenerBlockManagerRemoved(1, where),
        sched.SparkListenerUnschedulableTaskSetAdded(0, 0),
        sched.SparkListenerUnschedulableTaskSetRemoved(0, 0),
    ]
    return [to_json(event) for event in events]


def roundtrip(log: Path) -> int:
    """Count the lines of `log` that Spark reads back as something else."""
    sc = SparkContext(conf=SparkConf().setMaster("local[1]").set("spark.ui.enabled", "false"))
    protocol: Any = sc._jvm.org.apache.spark.util.JsonProtocol
    different = 0
    lines = log.read_text().splitlines()
    for line in lines:
        again = json.loads(protocol.sparkEventToJsonString(protocol.sparkEventFromJson(line)))
        if again != json.loads(line):
            different += 1
            print("ours :", line, "\nspark:", json.dumps(again))
    print(f"{len(lines)} lines, {different} different")
    sc.stop()
    return different


def main() -> int:
    """Harvest, or check a round trip."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--roundtrip", action="store_true", help="check a RaySpark log instead")
    parser.add_argument("path", type=Path)
    args = parser.parse_args()
    if args.roundtrip:
        return 1 if roundtrip(args.path) else 0
    shapes: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for line in run_program(Path(folder)):
            event = json.loads(line)
            kind, shape = kind_of(event), shape_of(event)
            shapes[kind] = merge(shapes[kind], shape) if kind in shapes else shape
            if kind == "SparkListenerEnvironmentUpdate":
                redacted = event["Spark Properties"]
                print("redaction:", {k: v for k, v in redacted.items() if "harvest." in k})
    args.path.write_text(json.dumps(shapes, indent=1, sort_keys=True) + "\n")
    print(f"{len(shapes)} kinds of event written to {args.path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
