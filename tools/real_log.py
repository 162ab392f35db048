"""A real event log: made by a small program, read by our own hand, and asked for of the server.

For ``tools/check_history_server.py``. What is expected of Spark's History Server is counted from
the lines of the log, in the few rules by which Spark's own listener counts them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import zstandard

PROGRAM = """
import os
import signal
import sys

from rayspark import SparkContext, StorageLevel, TaskContext
from rayspark.errors import PySparkException
from rayspark.resource import ResourceProfileBuilder, TaskResourceRequests
from rayspark.sql import SparkSession, functions as F

builder = SparkSession.builder.master(sys.argv[2]).appName("a real log")
settings = {
    "spark.eventLog.enabled": "true", "spark.eventLog.dir": sys.argv[1],
    "spark.eventLog.logBlockUpdates.enabled": "true", "spark.ui.showConsoleProgress": "false",
    "spark.executor.instances": "2", "spark.sql.ray.driverBytes": "0", "my.password": "hunter2",
}
for key, value in settings.items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()
sc = spark.sparkContext


kills = sys.argv[2] == "ray"


def die_once(split, records):
    if kills and split == 1 and TaskContext.get().attemptNumber() == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return records


sc.setJobGroup("rdds", "sums by key")
pairs = sc.parallelize(range(1000), 4).map(lambda n: (n % 10, n)).setName("pairs").cache()
pairs.count()
pairs.mapPartitionsWithIndex(die_once).reduceByKey(lambda a, b: a + b, 3).collect()
pairs.persist(StorageLevel.MEMORY_ONLY).values().sum()
twos = ResourceProfileBuilder().require(TaskResourceRequests().cpus(1)).build
sc.range(4, numSlices=2).withResources(twos).count()
try:
    sc.parallelize([1, 0], 2).map(lambda n: 1 / n).collect()
except PySparkException:
    pass
sc.setJobGroup("queries", "queries")
people = spark.range(0, 10_000, 1, 4).withColumn("team", F.col("id") % 7)
teams = spark.createDataFrame([(n, f"team {n}") for n in range(7)], "team long, name string")
joined = people.join(teams, "team").groupBy("name").agg(F.count("*").alias("n")).orderBy("name")
joined.collect()
people.cache().count()
people.filter("team > 3").count()
twice = F.udf(lambda n: 2 * n, "long")
people.select(twice("id").alias("twice")).agg(F.sum("twice")).collect()
try:
    people.select(F.raise_error(F.lit("on purpose"))).collect()
except PySparkException:
    pass
spark.sql("select sum(id) over (partition by team order by id) s from range(100) "
          "join (select 1 team)").collect()
spark.stop()
"""


class Server(Protocol):
    """Spark's History Server."""

    def get(self, path: str) -> Any:
        """What its REST interface says below ``/applications``."""

    def page(self, path: str) -> str:
        """A page for people."""


def make(folder: Path, master: str) -> None:
    """Run the program; its log appears in the folder."""
    program = folder.parent / "program.py"
    program.write_text(PROGRAM)
    subprocess.run([sys.executable, str(program), str(folder), master], check=True)


def lines_of(log: Path) -> Iterator[dict[str, Any]]:
    """The events of a log, compressed or not."""
    with log.open("rb") as file:
        packed = ".zstd" in log.suffixes
        data = zstandard.ZstdDecompressor().stream_reader(file).read() if packed else file.read()
    yield from map(json.loads, data.decode().splitlines())


class Books:
    """What the lines of a log say, added up."""

    def __init__(self, log: Path) -> None:
        self.app = ""
        self.jobs: dict[int, str] = {}
        self.stages: dict[tuple[int, int], Counter[str]] = {}
        self.executors: dict[str, bool] = {}
        self.queries: dict[int, str] = {}
        self.profiles: list[int] = []
        self.kinds: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        for event in lines_of(log):
            kind = event["Event"].rpartition(".")[2]
            self.seen[kind] += 1
            note = getattr(self, f"_{kind.removeprefix('SparkListener')}", None)
            if note is not None:
                note(event)

    def _ApplicationStart(self, event: dict[str, Any]) -> None:
        self.app = event["App ID"]

    def _JobStart(self, event: dict[str, Any]) -> None:
        self.jobs[event["Job ID"]] = "RUNNING"

    def _JobEnd(self, event: dict[str, Any]) -> None:
        good = event["Job Result"]["Result"] == "JobSucceeded"
        self.jobs[event["Job ID"]] = "SUCCEEDED" if good else "FAILED"

    def _StageSubmitted(self, event: dict[str, Any]) -> None:
        info = event["Stage Info"]
        self.stages[info["Stage ID"], info["Stage Attempt ID"]] = Counter()

    def _TaskEnd(self, event: dict[str, Any]) -> None:
        found = self.stages[event["Stage ID"], event["Stage Attempt ID"]]
        match event["Task End Reason"]["Reason"]:
            case "Success":
                found["complete"] += 1
            case "TaskKilled" | "TaskCommitDenied":
                found["killed"] += 1
            case _:
                found["failed"] += 1
        metrics = event.get("Task Metrics")
        if metrics is not None:
            read, written = metrics["Shuffle Read Metrics"], metrics["Shuffle Write Metrics"]
            found["read"] += read["Local Bytes Read"] + read["Remote Bytes Read"]
            found["written"] += written["Shuffle Bytes Written"]

    def _ExecutorAdded(self, event: dict[str, Any]) -> None:
        self.executors[event["Executor ID"]] = True

    def _ExecutorRemoved(self, event: dict[str, Any]) -> None:
        self.executors[event["Executor ID"]] = False

    def _ResourceProfileAdded(self, event: dict[str, Any]) -> None:
        self.profiles.append(event["Resource Profile Id"])

    def _SQLExecutionStart(self, event: dict[str, Any]) -> None:
        self.queries[event["executionId"]] = "RUNNING"

    def _SQLExecutionEnd(self, event: dict[str, Any]) -> None:
        self.queries[event["executionId"]] = "FAILED" if event.get("errorMessage") else "COMPLETED"

    def expected(self) -> dict[str, Any]:
        """By the names of :func:`answers`."""
        return {
            "jobs": self.jobs,
            "tasks complete, failed, killed": {
                key: [c["complete"], c["failed"], c["killed"]] for key, c in self.stages.items()
            },
            "shuffle bytes read, written": {
                key: [c["read"], c["written"]] for key, c in self.stages.items()
            },
            "executors": self.executors,
            "queries": self.queries,
            "resource profiles": sorted(self.profiles),
        }


def answers(server: Server, app: str) -> dict[str, Any]:
    """The same, from the server."""
    stages = [s for s in server.get(f"/{app}/stages") if s["status"] != "SKIPPED"]
    by_key = {(s["stageId"], s["attemptId"]): s for s in stages}
    executors = {e["id"]: e["isActive"] for e in server.get(f"/{app}/allexecutors")}
    queries = server.get(f"/{app}/sql?details=true&planDescription=true&length=10000")
    return {
        "jobs": {job["jobId"]: job["status"] for job in server.get(f"/{app}/jobs")},
        "tasks complete, failed, killed": {
            key: [s["numCompleteTasks"], s["numFailedTasks"], s["numKilledTasks"]]
            for key, s in by_key.items()
        },
        "shuffle bytes read, written": {
            key: [s["shuffleReadBytes"], s["shuffleWriteBytes"]] for key, s in by_key.items()
        },
        "executors": {name: active for name, active in executors.items() if name != "driver"},
        "queries": {query["id"]: query["status"] for query in queries},
        "resource profiles": sorted(
            profile["id"] for profile in server.get(f"/{app}/environment")["resourceProfiles"]
        ),
    }


def broken_pages(server: Server, app: str, books: Books) -> list[str]:
    """Pages that the server cannot show."""
    paths = ["jobs/", "stages/", "storage/", "environment/", "executors/", "SQL/"]
    paths += [f"jobs/job/?id={job}" for job in books.jobs]
    paths += [f"stages/stage/?id={stage}&attempt={attempt}" for stage, attempt in books.stages]
    paths += [f"SQL/execution/?id={query}" for query in books.queries]
    broken = []
    for path in paths:
        try:
            text = server.page(f"/history/{app}/{path}")
        except urllib.error.HTTPError as error:
            broken.append(f"{path}: {error.code} {error.reason}")
            continue
        if "<title>" not in text or "Exception" in text.partition("<body")[0]:
            broken.append(f"{path}: no page")
    return broken


def check(server: Server, log: Path) -> int:
    """Print every difference; returns how many."""
    books = Books(log)
    print(f"{log.name}: {sum(books.seen.values())} events of {len(books.seen)} kinds")
    found, wrong = answers(server, books.app), 0
    for key, value in books.expected().items():
        if key == "executors":
            value.pop("driver", None)
        same = found[key] == value
        wrong += not same
        print("ok   " if same else "WRONG", key, found[key], "" if same else value)
    broken = broken_pages(server, books.app, books)
    print("ok    every page" if not broken else f"WRONG pages: {broken}")
    return wrong + len(broken)
