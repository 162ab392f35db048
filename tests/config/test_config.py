from __future__ import annotations

import pickle
import warnings

import pytest

from rayspark.config import Config, ConfigWarning
from rayspark.config.entries.application import (
    DRIVER_MAX_RESULT_SIZE,
    EXECUTOR_CORES,
    EXECUTOR_ENV,
    LOCAL_DIR,
)
from rayspark.config.entries.scheduling import (
    LOCALITY_WAIT,
    LOCALITY_WAIT_NODE,
    SCHEDULER_MODE,
    SPECULATION,
    TASK_REAPER_KILL_TIMEOUT,
)
from rayspark.errors import IllegalArgumentException


def test_values_are_typed_and_defaults_stand_in() -> None:
    conf = Config.of({"spark.speculation": "TRUE", "spark.scheduler.mode": "fair"})
    assert conf[SPECULATION] is True
    assert conf[SCHEDULER_MODE] == "FAIR"
    assert conf[DRIVER_MAX_RESULT_SIZE] == 2**30
    assert conf[EXECUTOR_CORES] is None
    assert conf[TASK_REAPER_KILL_TIMEOUT] < 0
    assert SPECULATION in conf
    assert EXECUTOR_CORES not in conf


def test_a_key_falls_back_to_another_and_then_to_its_default() -> None:
    assert Config({})[LOCALITY_WAIT_NODE] == 3.0
    assert Config({"spark.locality.wait": "1s"})[LOCALITY_WAIT_NODE] == 1.0
    both = Config({"spark.locality.wait": "1s", "spark.locality.wait.node": "0"})
    assert (both[LOCALITY_WAIT], both[LOCALITY_WAIT_NODE]) == (1.0, 0.0)


def test_lists_and_names() -> None:
    conf = Config(
        {"spark.local.dir": "/a, /b", "spark.executorEnv.A": "1", "spark.executorEnv.B": "2"}
    )
    assert conf[LOCAL_DIR] == ("/a", "/b")
    assert dict(conf.named(EXECUTOR_ENV)) == {"A": "1", "B": "2"}


# (condition, the rest of the message) in PySpark 4.3.0
BAD_VALUES = {
    ("spark.driver.maxResultSize", "1.5g"): (
        "TYPE_MISMATCH",
        "It should be a/an 'bytes in BYTE' value.",
    ),
    ("spark.speculation", "maybe"): ("TYPE_MISMATCH", "It should be a/an 'boolean' value."),
    ("spark.scheduler.mode", "XX"): (
        "OUT_OF_RANGE_OF_OPTIONS",
        "It should be one of 'FAIR, FIFO, NONE'.",
    ),
}


@pytest.mark.parametrize("setting", BAD_VALUES, ids=lambda setting: setting[0])
def test_a_malformed_value_is_refused_in_sparks_words(setting: tuple[str, str]) -> None:
    with pytest.raises(IllegalArgumentException) as caught:
        Config.of(dict([setting]))
    (key, value), (condition, expectation) = setting, BAD_VALUES[setting]
    assert str(caught.value) == (
        f"[INVALID_CONF_VALUE.{condition}] The value '{value}' in the config \"{key}\" is invalid. "
        f"{expectation} SQLSTATE: 22022"
    )


@pytest.mark.parametrize(
    ("key", "value", "requirement"),
    [
        ("spark.task.cpus", "0", "more than 0"),
        ("spark.memory.fraction", "2.0", "between 0 and 1"),
        ("spark.locality.wait", "-1s", "not be negative"),
        ("spark.executor.resource.gpu.amount", "-1", "not be negative"),
        ("spark.authenticate", "true", "Ray's token authentication"),
    ],
)
def test_a_forbidden_value_is_refused_with_the_reason(
    key: str, value: str, requirement: str
) -> None:
    with pytest.raises(IllegalArgumentException, match=requirement) as caught:
        Config.of({key: value})
    assert caught.value.getCondition() == "INVALID_CONF_VALUE.REQUIREMENT"
    assert caught.value.getMessageParameters()["confName"] == key  # type: ignore[index]


@pytest.mark.parametrize(
    ("key", "value", "warning"),
    [
        ("spark.driver.cores", "4", "spark.driver.cores has no effect: the driver is"),
        ("spark.jars.packages", "a:b:1", "spark.jars.packages has no effect: jars"),
        ("spark.yarn.queue", "q", "spark.yarn.queue has no effect: Ray runs the processes"),
        ("spark.task.reaper.threadDump", "true", "is a key of Spark that has no effect here"),
        ("spark.executor.memori", "1g", "did you mean spark.executor.memory?"),
        ("spark.Executor.Memory", "1g", "did you mean spark.executor.memory?"),
        ("spark.ray.nonsense", "1", "Keys of this kind are: spark.ray.address"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_told(key: str, value: str, warning: str) -> None:
    with pytest.warns(ConfigWarning) as caught:
        conf = Config.of({key: value})
    assert warning in str(caught[0].message)
    assert conf.text(key) == value


@pytest.mark.parametrize(
    "settings",
    [
        {"spark.driver.memory": "1024m"},
        {"spark.authenticate": "false"},
        {"spark.my.own.setting": "x"},
        {"my.own.setting": "x"},
        {"spark.executorEnv.A": "1", "spark.ray.fault.a": "action=kill"},
    ],
)
def test_defaults_and_own_keys_are_accepted_in_silence(settings: dict[str, str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Config.of(settings).as_dict() == settings


def test_a_view_is_frozen_pickles_and_can_be_overlaid() -> None:
    settings = {"spark.locality.wait": "1s"}
    conf = Config.of(settings)
    settings["spark.locality.wait"] = "9s"
    assert conf[LOCALITY_WAIT] == 1.0
    overlaid = conf.with_settings({"spark.locality.wait": "2s"})
    assert (conf[LOCALITY_WAIT], overlaid[LOCALITY_WAIT]) == (1.0, 2.0)
    assert pickle.loads(pickle.dumps(conf))[LOCALITY_WAIT] == 1.0
