"""What a context gives to tasks in other processes."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rayspark import BarrierTaskContext, SparkContext, SparkFiles
from tests.context.conftest import conf

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def context() -> Iterator[SparkContext]:
    settings = conf("ray", spark_cores_max="2").setExecutorEnv("RAYSPARK_COLOR", "red")
    with SparkContext(conf=settings) as made:
        yield made


def test_files_modules_and_environment_reach_executors(
    context: SparkContext, tmp_path: Path
) -> None:
    (tmp_path / "side.txt").write_text("side")
    (tmp_path / "rs_on_ray.py").write_text("ANSWER = 42\n")
    assert context.range(2).count() == 2  # the executors are there before the files
    context.addFile(str(tmp_path / "side.txt"))
    context.addPyFile(str(tmp_path / "rs_on_ray.py"))

    def look(_: int) -> tuple[int, str, int, str | None, str]:
        answer = importlib.import_module("rs_on_ray").ANSWER
        text = Path(SparkFiles.get("side.txt")).read_text()
        colour = os.environ.get("RAYSPARK_COLOR")
        return os.getpid(), text, answer, colour, SparkFiles.getRootDirectory()

    found = context.range(8, numSlices=8).map(look).collect()
    assert {row[1:4] for row in found} == {("side", 42, "red")}
    assert os.getpid() not in {row[0] for row in found}
    assert SparkFiles.getRootDirectory() not in {row[4] for row in found}


def test_a_function_of_an_added_module_can_be_mapped(context: SparkContext, tmp_path: Path) -> None:
    (tmp_path / "rs_functions.py").write_text("def double(x):\n    return 2 * x\n")
    context.addPyFile(str(tmp_path / "rs_functions.py"))
    double = importlib.import_module("rs_functions").double
    assert context.range(4).map(double).sum() == 12


def test_a_broadcast_can_be_unpersisted_between_jobs(context: SparkContext) -> None:
    table = context.broadcast(list(range(1000)))
    for _ in range(20):
        assert context.range(4, numSlices=4).map(lambda x: table.value[x]).sum() == 6
        table.unpersist()


def test_accumulators_come_back(context: SparkContext) -> None:
    total = context.accumulator(0)
    context.range(100, numSlices=10).foreach(total.add)
    assert total.value == 4950


def test_barrier_tasks_meet(context: SparkContext) -> None:
    def run(records: object) -> list[object]:
        task = BarrierTaskContext.get()
        return [task.allGather(str(task.partitionId())), len(task.getTaskInfos())]

    found = context.range(2, numSlices=2).barrier().mapPartitions(run).collect()
    assert found == [["0", "1"], 2, ["0", "1"], 2]


def test_the_application_is_one_of_a_cluster(context: SparkContext) -> None:
    assert context.applicationId.startswith("app-")
    assert context.defaultParallelism == 2
    assert len(context.statusTracker().getExecutorInfos()) >= 2
