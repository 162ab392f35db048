"""``spark.task.cpus``, also parts of a core, and resources that a local master has not."""

from __future__ import annotations

import pytest

from rayspark import BarrierTaskContext, SparkConf, SparkContext, TaskContext
from rayspark.errors import SparkException


def settings(**values: str) -> SparkConf:
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("cpus")
    conf.set("spark.ui.showConsoleProgress", "false")
    for key, value in values.items():
        conf.set(key.replace("__", "."), value)
    return conf


@pytest.mark.parametrize(("cpus", "at_once"), [("0.5", 4), ("2", 1)])
def test_cpus_of_a_task_say_how_many_run_at_a_time(cpus: str, at_once: int) -> None:
    with SparkContext(conf=settings(spark__task__cpus=cpus)) as sc:
        gang = sc.parallelize(range(at_once), at_once).barrier()
        met = gang.mapPartitions(lambda part: BarrierTaskContext.get().allGather("here"))
        assert met.count() == at_once**2, "a gang of so many starts"
        told = sc.range(1).map(lambda _: str(TaskContext.get().cpuAmount())).collect()
        assert told == [cpus]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"spark__task__cpus": "3"}, r"\(=2\) has to be >= the number of cpus per task \(=3\)"),
        ({"spark__task__cpus": "1e-6"}, r"\(=1e-06\) is too small .* 2000000 tasks would run"),
        ({"spark__task__resource__gpu__amount": "1"}, "No executor resource configs"),
        (
            {
                "spark__task__resource__gpu__amount": "1",
                "spark__executor__resource__gpu__amount": "1",
            },
            "Tasks of this application take 1 gpu, and with a local master",
        ),
    ],
)
def test_what_no_task_could_have_is_refused_at_the_start(
    asked: dict[str, str], message: str
) -> None:
    with pytest.raises(SparkException, match=message):
        SparkContext(conf=settings(**asked))
    with SparkContext(conf=settings(spark__executor__resource__gpu__amount="1")) as sc:
        assert sc.range(3).sum() == 3, "as in Spark: what nobody takes is not missed"
