"""Let the real Spark History Server read our event log, and compare its answers with our books.

    python tools/check_history_server.py PYSPARK_HOME              # an imaginary application
    python tools/check_history_server.py PYSPARK_HOME LOG ...      # these logs
    python tools/check_history_server.py PYSPARK_HOME --run ray    # a small program's log

PYSPARK_HOME is a ``pyspark`` package folder (it holds ``jars/``); ``java`` must be on the PATH.
``org.apache.spark.deploy.history.HistoryServer`` is started on 127.0.0.1 and its REST API asked for
applications, jobs, stages, tasks, executors, cached RDDs, the environment and queries of SQL.

The imaginary application is posted on a bus that the event log, the status store and the summary
listen to; it is written once plain and once compressed. With logs, or with ``--run MASTER`` (RDD
jobs, a lost executor, failed jobs, queries), what the server says of jobs, stages, tasks, queries,
executors and resource profiles is compared with the log's own lines, every page is opened, and what
the server complains of is printed (:mod:`real_log`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import real_log

from rayspark.events import EventBus, sql
from rayspark.events import types as ev
from rayspark.metrics import TaskMetrics
from rayspark.status import StatusStore
from rayspark.ui.eventlog import EventLog
from rayspark.ui.spark_json import REDACTED
from rayspark.ui.summary import Summary

T0 = 1_700_000_000_000
CACHED = ev.StorageLevelInfo(use_memory=True, deserialized=True)
NUMBERS = ev.RDDInfo(
    0, "numbers", 3, CACHED, call_site="parallelize at a.py:1", scope='{"id":"0","name":"map"}'
)
SUMS = ev.RDDInfo(1, "sums", 2, parent_ids=(0,), call_site="reduceByKey at a.py:2")
MAP = ev.StageInfo(0, 0, "reduceByKey at a.py:2", 3, (NUMBERS,), (), "a.py:2")
RESULT = ev.StageInfo(1, 0, "collect at a.py:3", 2, (SUMS,), (0,), "a.py:3")
BROKEN = ev.StageInfo(2, 0, "count at a.py:4", 1, (NUMBERS,), (), "a.py:4")
ROWS = sql.SQLPlanMetric("number of output rows", 1 << 40, "sum")
SCAN = sql.SparkPlanInfo("Range", "Range (0, 3)")
QUERY = sql.SparkPlanInfo("AdaptiveSparkPlan", "AdaptiveSparkPlan", (SCAN,), (ROWS,))
ERROR = ev.ExceptionFailure(
    "ValueError",
    "no such number",
    (ev.StackFrame("__main__", "f", "a.py", 4),),
    "Traceback (most recent call last): ... ValueError: no such number",
)


class Application:
    """Posts the events of an application, both per task and per batch."""

    def __init__(self, bus: EventBus, store: StatusStore) -> None:
        self._bus = bus
        self._store = store
        self._next_task = 0

    def post(self, event: ev.Event) -> None:
        self._store.handle(event)
        self._bus.post(event)

    def task(
        self,
        stage: ev.StageInfo,
        index: int,
        executor: str,
        reason: ev.TaskEndReason,
        metrics: TaskMetrics,
        attempt: int = 0,
    ) -> None:
        key = (stage.stage_id, stage.attempt)
        launched = T0 + 2_000 + self._next_task
        info = ev.TaskInfo(
            self._next_task, index, attempt, index, launched, executor, "127.0.0.1", "NODE_LOCAL"
        )
        self._next_task += 1
        good, killed = isinstance(reason, ev.Success), isinstance(reason, ev.TaskKilled)
        bad = not good and not killed
        self.post(ev.TasksStarted(*key, executor, 1))
        self.post(ev.TaskStart(*key, info))
        done = replace(info, finish_time=launched + 100, failed=bad, killed=killed)
        kind = "ResultTask" if stage.stage_id else "ShuffleMapTask"
        self.post(ev.TaskEnd(*key, kind, reason, done, metrics))
        self.post(ev.TasksEnded(*key, executor, int(good), int(bad), int(killed), metrics=metrics))

    def run(self) -> None:
        """Two jobs: a shuffle with a failed and a killed try, and one that fails."""
        ok, block_manager = ev.Success(), ev.BlockManagerId("1", "127.0.0.1", 7001)
        self.post(ev.ResourceProfileAdded(0, {"cores": ev.ExecutorRequestInfo(1)}, {"cpus": 1.0}))
        self.post(ev.BlockManagerAdded(T0, ev.BlockManagerId("driver", "127.0.0.1", 7000), 1000))
        secrets = {"spark.app.name": "imaginary", "my.password": "hunter2"}
        self.post(ev.EnvironmentUpdate(secrets, {"Python": "3.11"}, {"os": "linux"}))
        self.post(ev.ApplicationStart("imaginary", "app-check-1", T0, "somebody"))
        for name in ("1", "2"):
            self.post(ev.ExecutorAdded(T0 + 10, name, "127.0.0.1", 2))
        self.post(ev.BlockManagerAdded(T0 + 10, block_manager, 5000))
        group = {
            "spark.jobGroup.id": "g",
            "spark.job.description": "sums",
            sql.EXECUTION_ID: "0",
        }
        conf = {"my.token": "hunter2"}
        self.post(
            sql.SQLExecutionStart(0, "sums", "a.py:3", "plan", QUERY, T0 + 900, conf, ("t",), "g")
        )
        self.post(ev.JobStart(0, T0 + 1_000, (MAP, RESULT), group))
        self.post(ev.StageSubmitted(replace(MAP, submission_time=T0 + 1_001), group))
        write = TaskMetrics(
            executor_run_time=80,
            executor_cpu_time=70_000_000,
            result_size=1_000,
            peak_execution_memory=4_096,
            memory_bytes_spilled=64,
            disk_bytes_spilled=32,
            input_bytes=500,
            input_records=50,
            shuffle_write_bytes=300,
            shuffle_write_records=30,
        )
        self.task(MAP, 0, "1", ok, write)
        self.task(MAP, 1, "2", ERROR, TaskMetrics(executor_run_time=5))
        self.task(MAP, 1, "1", ok, write, attempt=1)
        self.task(MAP, 2, "2", ok, write)
        self.post(ev.BlockUpdated(block_manager, "rdd_0_0", CACHED, 700, 0))
        self.task(MAP, 2, "1", ev.TaskKilled("another attempt succeeded"), TaskMetrics(), 1)
        ended = replace(MAP, submission_time=T0 + 1_001, completion_time=T0 + 3_000)
        self.post(ev.StageCompleted(ended))
        self.post(ev.StageSubmitted(replace(RESULT, submission_time=T0 + 3_001), group))
        read = TaskMetrics(
            executor_run_time=40,
            shuffle_local_bytes=200,
            shuffle_remote_bytes=250,
            shuffle_local_blocks=2,
            shuffle_remote_blocks=1,
            shuffle_read_records=45,
            output_bytes=10,
            output_records=1,
        )
        self.task(RESULT, 0, "1", ok, read)
        self.task(RESULT, 1, "2", ok, read)
        ended = replace(RESULT, submission_time=T0 + 3_001, completion_time=T0 + 4_000)
        self.post(ev.StageCompleted(ended))
        self.post(ev.JobEnd(0, T0 + 4_001, ev.JobSucceeded()))
        self.post(sql.SQLAdaptiveExecutionUpdate(0, "final plan", QUERY))
        self.post(sql.DriverAccumUpdates(0, ((ROWS.accumulator_id, 3),)))
        self.post(sql.SQLExecutionEnd(0, T0 + 4_002))
        self.post(sql.SQLExecutionStart(1, "bad", "a.py:4", "plan", QUERY, T0 + 4_500))
        self.post(sql.SQLExecutionEnd(1, T0 + 4_600, "[DIVIDE_BY_ZERO]"))
        self.post(ev.JobStart(1, T0 + 5_000, (BROKEN,)))
        self.post(ev.StageSubmitted(replace(BROKEN, submission_time=T0 + 5_001)))
        lost = ev.ExecutorLostFailure("2", True, "killed")
        self.task(BROKEN, 0, "2", lost, TaskMetrics())
        self.post(ev.ExecutorRemoved(T0 + 5_500, "2", "killed"))
        failed = replace(BROKEN, submission_time=T0 + 5_001, completion_time=T0 + 6_000)
        self.post(ev.StageCompleted(replace(failed, failure_reason="Job aborted: executor 2 died")))
        self.post(ev.JobEnd(1, T0 + 6_001, ev.JobFailed("Job aborted: executor 2 died")))
        self.post(ev.ApplicationEnd(T0 + 7_000, 0))


class HistoryServer:
    """The real one, on a free port of 127.0.0.1, for the length of a ``with``."""

    def __init__(self, pyspark_home: Path, logs: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._root = f"http://127.0.0.1:{port}"
        self._command = [
            *("java", "-cp", f"{pyspark_home}/jars/*", "-Xmx512m"),
            f"-Dspark.history.fs.logDirectory={logs.as_uri()}",
            f"-Dspark.history.ui.port={port}",
            "org.apache.spark.deploy.history.HistoryServer",
        ]
        self._output = (logs.parent / "server.txt").open("w+")

    def __enter__(self) -> HistoryServer:
        self._process = subprocess.Popen(
            self._command,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"},
        )
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._output.close()

    def wait_for(self, app_ids: set[str]) -> None:
        """Return when the server has read the logs of these applications."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if {app["id"] for app in self.get("")} == app_ids:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass  # not listening yet
            time.sleep(0.5)
        self._output.seek(0)
        raise RuntimeError(f"the server did not show {app_ids}:\n{self._output.read()[-5000:]}")

    def get(self, path: str) -> Any:
        return json.loads(self.page("/api/v1/applications" + path))

    def page(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self._root + path, timeout=60) as reply:
                return str(reply.read().decode())
        except urllib.error.HTTPError as error:
            error.add_note(f"{path}: {error.read().decode()[:3000]}")
            raise

    def complaints(self) -> list[str]:
        """Lines of its log that tell of something it could not read."""
        self._output.flush()
        text = Path(self._output.name).read_text()
        signs = ("ERROR", "Exception", "Malformed", "Unrecognized", "Failed to")
        return [line for line in text.splitlines() if any(sign in line for sign in signs)]


def answers_of(server: HistoryServer, app: str) -> dict[str, Any]:
    """Ask the server for everything that is compared."""
    stages = {stage["stageId"]: stage for stage in server.get(f"/{app}/stages")}
    jobs = {job["jobId"]: job for job in server.get(f"/{app}/jobs")}
    tasks = server.get(f"/{app}/stages/0/0/taskList?length=100&sortBy=ID")
    executors = {e["id"]: e for e in server.get(f"/{app}/allexecutors")}
    attempt = server.get(f"/{app}")["attempts"][0]
    (rdd,) = server.get(f"/{app}/storage/rdd")
    environment = dict(server.get(f"/{app}/environment")["sparkProperties"])
    queries = server.get(f"/{app}/sql?details=true&planDescription=true")
    metrics = tasks[0]["taskMetrics"]
    return {
        "user and duration": (attempt["sparkUser"], attempt["duration"], attempt["completed"]),
        "job status": {i: jobs[i]["status"] for i in (0, 1)},
        "job group": jobs[0]["jobGroup"],
        "job 0 ids": sorted(jobs[0]["stageIds"]),
        "jobs ok/failed": [sum(j["status"] == s for j in jobs.values()) for s in STATUSES],
        "stage names": {i: s["name"] for i, s in stages.items()},
        "stage tasks": {
            i: (s["numCompleteTasks"], s["numFailedTasks"], s["numKilledTasks"])
            for i, s in stages.items()
        },
        "tasks ok/failed/killed": [
            sum(s[key] for s in stages.values())
            for key in ("numCompleteTasks", "numFailedTasks", "numKilledTasks")
        ],
        "bytes": {
            key: sum(s[key] for s in stages.values())
            for key in ("inputBytes", "outputBytes", "shuffleReadBytes", "shuffleWriteBytes")
        },
        "spilled": sum(s["diskBytesSpilled"] for s in stages.values()),
        "run time": sum(s["executorRunTime"] for s in stages.values()),
        "failure": stages[2]["failureReason"],
        "stage 0 tasks": [(t["taskId"], t["executorId"], t["status"]) for t in tasks],
        "task 0": (
            metrics["executorRunTime"],
            metrics["resultSize"],
            metrics["peakExecutionMemory"],
            metrics["shuffleWriteMetrics"]["recordsWritten"],
        ),
        "task error": tasks[1]["errorMessage"].split("\n")[0],
        "executors": {i: (e["totalCores"], e["isActive"]) for i, e in executors.items()},
        "removed": executors["2"]["removeReason"],
        "cached": (rdd["name"], rdd["numCachedPartitions"], rdd["memoryUsed"]),
        "password": environment["my.password"],
        "queries": [(q["description"], q["status"], q["successJobIds"]) for q in queries],
        "plan": queries[0]["planDescription"],
        "operators": [
            (node["nodeName"], *(m["value"] for m in node["metrics"]))
            for node in queries[0]["nodes"]
        ],
    }


STATUSES = ("SUCCEEDED", "FAILED")


def expected(store: StatusStore, summary: Summary) -> dict[str, Any]:
    """The same from our own books where they have it, else from what was posted."""
    m = summary.metrics
    stages = [stage for i in range(3) if (stage := store.stage(i))]
    killed = {0: 1, 1: 0, 2: 0}
    jobs = [job for i in range(2) if (job := store.job(i))]
    return {
        "user and duration": ("somebody", 7_000, True),
        "job status": {job.jobId: job.status for job in jobs},
        "job group": "g",
        "job 0 ids": jobs[0].stageIds,
        "jobs ok/failed": [summary.jobs_succeeded, summary.jobs_failed],
        "stage names": {s.stage_id: s.name for s in stages},
        "stage tasks": {s.stage_id: (s.completed, s.failed, killed[s.stage_id]) for s in stages},
        "tasks ok/failed/killed": [
            summary.tasks_succeeded,
            summary.tasks_failed,
            summary.tasks_killed,
        ],
        "bytes": {
            "inputBytes": m.input_bytes,
            "outputBytes": m.output_bytes,
            "shuffleReadBytes": m.shuffle_read_bytes,
            "shuffleWriteBytes": m.shuffle_write_bytes,
        },
        "spilled": m.disk_bytes_spilled,
        "run time": m.executor_run_time,
        "failure": "Job aborted: executor 2 died",
        "stage 0 tasks": [
            (0, "1", "SUCCESS"),
            (1, "2", "FAILED"),
            (2, "1", "SUCCESS"),
            (3, "2", "SUCCESS"),
            (4, "1", "KILLED"),
        ],
        "task 0": (80, 1_000, 4_096, 30),
        "task error": ERROR.full_stack_trace,
        "executors": {"driver": (0, True), "1": (2, True), "2": (2, False)},
        "removed": "killed",
        "cached": ("numbers", 1, 700),
        "password": REDACTED,
        "queries": [("sums", "COMPLETED", [0]), ("bad", "FAILED", [])],
        "plan": "final plan",
        "operators": [("Range",), ("AdaptiveSparkPlan", "3")],
    }


def check_real(home: Path, given: list[Path], master: str | None) -> int:
    """Compare real logs; returns the number of differences."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        logs.mkdir()
        for log in given:
            shutil.copy(log, logs)
        if master is not None:
            real_log.make(logs, master)
        made = sorted(logs.iterdir())
        with HistoryServer(home, logs) as server:
            server.wait_for({real_log.Books(log).app for log in made})
            try:
                wrong = sum(real_log.check(server, log) for log in made)
            finally:
                complaints = server.complaints()
                for line in complaints:
                    print("WRONG the server says:", line)
    return wrong + len(complaints)


def main() -> int:
    """Write the logs, start the server, compare."""
    parser = argparse.ArgumentParser(description="Open our event log in Spark's History Server.")
    parser.add_argument("pyspark_home", type=Path)
    parser.add_argument("logs", type=Path, nargs="*", metavar="LOG")
    parser.add_argument("--run", metavar="MASTER", help="run a small program and check its log")
    args = parser.parse_args()
    home = args.pyspark_home.resolve()
    if not (home / "jars").is_dir():
        parser.error(f"{home} has no folder jars/: give the folder of the pyspark package")
    real = bool(args.logs or args.run)
    wrong = check_real(home, args.logs, args.run) if real else check_imaginary(home)
    print(f"{wrong} differences")
    return 1 if wrong else 0


def check_imaginary(home: Path) -> int:
    """Compare an application that never ran; returns the number of differences."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        logs.mkdir()
        wrong = 0
        for compress in (False, True):
            bus, store, summary = EventBus(), StatusStore(), Summary()
            log = EventLog(str(logs), f"log-{compress}", compress=compress, log_block_updates=True)
            bus.subscribe(log)
            bus.subscribe(summary)
            Application(bus, store).run()
            bus.stop()
            log.close()
            with HistoryServer(home, logs) as server:
                server.wait_for({"app-check-1"})
                found = answers_of(server, "app-check-1")
            for key, value in expected(store, summary).items():
                same = found[key] == value
                wrong += not same
                print("ok   " if same else "WRONG", key, found[key], "" if same else value)
            Path(log.path).unlink()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
