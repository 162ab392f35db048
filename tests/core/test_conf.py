from __future__ import annotations

from pathlib import Path

import pytest

from rayspark.conf import SparkConf
from rayspark.config.entries.scheduling import TASK_MAX_FAILURES
from rayspark.errors import IllegalArgumentException, PySparkRuntimeError


def test_setters_chain_and_write_text() -> None:
    conf = SparkConf(False).setMaster("local").setAppName("a").setSparkHome("/s").set("n", 3)  # type: ignore[arg-type]
    assert isinstance(conf, SparkConf)
    assert conf.getAll() == [
        ("spark.master", "local"),
        ("spark.app.name", "a"),
        ("spark.home", "/s"),
        ("n", "3"),
    ]


def test_reading() -> None:
    conf = SparkConf(False).setAll([("a", "1"), ("b", "2")])
    assert (conf.get("a"), conf.get("c"), conf.get("c", "d"), conf.get("a", "d")) == (
        "1",
        None,
        "d",
        "1",
    )
    assert conf.contains("a")
    assert not conf.contains("c")
    assert conf.setIfMissing("a", "9").setIfMissing("c", "3").toDebugString() == "a=1\nb=2\nc=3"


def test_environment_of_executors() -> None:
    conf = SparkConf(False).setExecutorEnv("A", "1").setExecutorEnv(pairs=[("B", "2"), ("C", "3")])
    assert conf.toDebugString() == (
        "spark.executorEnv.A=1\nspark.executorEnv.B=2\nspark.executorEnv.C=3"
    )
    for arguments in ({}, {"key": "A", "value": "1", "pairs": [("B", "2")]}):
        with pytest.raises(PySparkRuntimeError, match="KEY_VALUE_PAIR_REQUIRED"):
            conf.setExecutorEnv(**arguments)  # type: ignore[call-overload]


def test_the_engine_reads_a_checked_view() -> None:
    assert SparkConf(False).set("spark.task.maxFailures", "7").to_config()[TASK_MAX_FAILURES] == 7
    with pytest.raises(IllegalArgumentException, match=r"spark\.task\.maxFailures"):
        SparkConf(False).set("spark.task.maxFailures", "often").to_config()


@pytest.fixture
def defaults_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SPARK_CONF_DIR", raising=False)
    monkeypatch.setenv("RAYSPARK_CONF_DIR", str(tmp_path))
    return tmp_path / "spark-defaults.conf"


def test_defaults_come_from_the_file(defaults_file: Path) -> None:
    assert SparkConf().getAll() == []
    defaults_file.write_text(
        "# comment\n\nspark.master   local[3]\nspark.app.name=my = app\n"
        "spark.a: b c \nother.key 1\nspark.empty =\n"
    )
    assert dict(SparkConf().getAll()) == {
        "spark.master": "local[3]",
        "spark.app.name": "my = app",
        "spark.a": "b c",
        "spark.empty": "",
    }
    assert SparkConf(loadDefaults=False).getAll() == []
    assert SparkConf().setMaster("local").get("spark.master") == "local"


def test_a_line_without_a_value_is_an_error(defaults_file: Path) -> None:
    defaults_file.write_text("spark.master local\nspark.app.name\n")
    with pytest.raises(IllegalArgumentException, match=r"line 2.*'spark\.app\.name'"):
        SparkConf()
