"""The default resource profile, and settings that make none. Messages are Spark's (4.3)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rayspark.config import Config
from rayspark.config.registry import ConfigWarning
from rayspark.errors import IllegalArgumentException
from rayspark.errors.exceptions import SparkException
from rayspark.resource import ResourceProfileBuilder, TaskResourceRequests
from rayspark.resource.configured import default_needs, default_profile, executor_cores
from rayspark.resource.needs import Needs, needs_of

HAS, TAKES = "spark.executor.resource.acme.amount", "spark.task.resource.acme.amount"


def needs(settings: dict[str, str], *, cores: int = 4, local: bool = False) -> Needs:
    return default_needs(default_profile(Config.of(settings), cores), local=local)


def test_the_default_profile_says_what_the_keys_say() -> None:
    settings = {HAS: "2", TAKES: "0.5", "spark.executor.memory": "2g", "spark.task.cpus": "0.5"}
    profile = default_profile(Config.of(settings), 4)
    assert profile.id == 0
    has = {name: asked.amount for name, asked in profile.executorResources.items()}
    takes = {name: asked.amount for name, asked in profile.taskResources.items()}
    assert has == {"cores": 4, "memory": 2048, "acme": 2}
    assert takes == {"cpus": 0.5, "acme": 0.5}
    found = needs(settings)
    assert found == Needs(resources=(("acme", 2),), amounts=(("acme", Fraction(1, 2)),))
    assert found.tasks(cores=16, task_cpus=1) == 4, "by units"
    assert found.tasks(cores=3, task_cpus=1) == 3, "by cores"


def test_nothing_configured_is_nothing_needed() -> None:
    assert needs({}) == Needs()
    assert needs({HAS: "0", TAKES: "0"}) == Needs()


def test_scripts_and_vendors_are_noted_with_a_warning() -> None:
    script = HAS.replace("amount", "discoveryScript")
    with pytest.warns(ConfigWarning, match="Ray counts the units"):
        config = Config.of({HAS: "1", script: "/find.sh"})
    assert default_profile(config, 1).executorResources["acme"].discoveryScript == "/find.sh"


@pytest.mark.filterwarnings("ignore::rayspark.config.registry.ConfigWarning")
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {TAKES: "1"},
            "No executor resource configs were specified for the following task configs: acme",
        ),
        (
            {TAKES: "2", HAS: "1"},
            "The executor resource: acme, amount: 1 needs to be >= the task resource request "
            "amount of 2",
        ),
        ({HAS.replace("amount", "vendor"): "x"}, "You must specify an amount for acme"),
        ({TAKES.replace("amount", "amont"): "1", HAS: "1"}, "You must specify an amount for acme"),
        (
            {"spark.task.cpus": "5"},
            r"The number of cores per executor \(=4\) has to be >= the number of cpus per task",
        ),
    ],
)
def test_settings_that_no_task_could_run_with(settings: dict[str, str], message: str) -> None:
    with pytest.raises(SparkException, match=message):
        needs(settings)


@pytest.mark.parametrize(
    ("key", "value", "condition"),
    [
        (TAKES, "1.5", "REQUIREMENT"),
        (TAKES, "-1", "REQUIREMENT"),
        (TAKES, "x", "TYPE_MISMATCH"),
        (HAS, "0.5", "TYPE_MISMATCH"),
        ("spark.task.cpus", "0", "REQUIREMENT"),
        ("spark.task.cpus", "nan", "TYPE_MISMATCH"),
    ],
)
def test_amounts_that_are_none(key: str, value: str, condition: str) -> None:
    with pytest.raises(IllegalArgumentException) as caught:
        Config.of({key: value})
    assert caught.value.getCondition() == f"INVALID_CONF_VALUE.{condition}"


def test_a_local_master_holds_nothing() -> None:
    assert needs({HAS: "1"}, local=True) == Needs(), "as in Spark: only tasks that take it matter"
    with pytest.raises(SparkException, match="with a local master"):
        needs({HAS: "1", TAKES: "1"}, local=True)


def test_executors_have_cores_for_a_task() -> None:
    assert executor_cores(Config({})) == 1
    assert executor_cores(Config({"spark.task.cpus": "2.5"})) == 3
    assert executor_cores(Config({"spark.task.cpus": "2", "spark.executor.cores": "8"})) == 8


def test_a_profile_of_tasks_alone_shares_what_all_executors_hold() -> None:
    default = needs({HAS: "2", TAKES: "1"})
    build = ResourceProfileBuilder().require(TaskResourceRequests().resource("acme", 0.5)).build
    asked = needs_of(build, default)
    assert not asked.has_own_executors
    assert asked.on(default).tasks(cores=16, task_cpus=1) == 4
    more = ResourceProfileBuilder().require(TaskResourceRequests().resource("acme", 3)).build
    with pytest.raises(SparkException, match="amount: 2 needs to be >= the task"):
        needs_of(more, default)
