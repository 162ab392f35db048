"""Start, stop, and what a context knows of itself."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import rayspark
from rayspark import MarshalSerializer, SparkConf, SparkContext, StorageLevel
from rayspark.config import ConfigWarning
from rayspark.core import _application
from rayspark.errors import (
    IllegalArgumentException,
    PySparkNotImplementedError,
    PySparkRuntimeError,
)
from rayspark.events import SparkListener
from rayspark.executor import added_files
from tests.context.conftest import conf


def test_a_second_context_names_the_first_and_where_it_was_made() -> None:
    with (
        SparkContext(conf=conf()) as first,
        pytest.raises(ValueError, match=r"app=context tests, master=local\[2\].*test_lifecycle"),
    ):
        SparkContext("local", "second")
    assert first._stopped_at


def test_get_or_create_gives_the_active_one_or_a_new_one() -> None:
    with SparkContext.getOrCreate(conf()) as first:
        assert SparkContext.getOrCreate() is first
    with SparkContext.getOrCreate(conf(spark_app_name="next")) as second:
        assert second is not first
        assert second.appName == "next"


def test_stop_can_be_repeated_and_what_comes_after_is_told() -> None:
    context = SparkContext(conf=conf())
    numbers = context.range(3)
    context.stop()
    context.stop()
    for use in (
        lambda: context.range(3),
        lambda: context.parallelize([1]),
        lambda: context.broadcast(1),
        lambda: context.accumulator(0),
        lambda: context.emptyRDD(),
        lambda: context.textFile("x"),
        lambda: context.defaultParallelism,
        numbers.count,
    ):
        with pytest.raises(PySparkRuntimeError, match=r"stopped SparkContext.*test_lifecycle"):
            use()
    assert repr(context) == "<SparkContext master=local[2] appName=context tests>"


def test_stop_ends_a_job_that_runs() -> None:
    context = SparkContext(conf=conf())
    raised: list[str] = []
    running = threading.Event()
    context.addSparkListener(_Once(running))
    thread = threading.Thread(target=lambda: _collect_error(context, raised))
    thread.start()
    assert running.wait(10)
    context.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert "cancelled" in raised[0]


class _Once(SparkListener):
    def __init__(self, seen: threading.Event) -> None:
        self.seen = seen

    def onTaskStart(self, taskStart: object) -> None:
        self.seen.set()


def _wait_long(records: object) -> None:
    threading.Event().wait(60)


def _collect_error(context: SparkContext, raised: list[str]) -> None:
    try:
        context.range(1, numSlices=1).foreachPartition(_wait_long)
    except Exception as error:
        raised.append(str(error))


@pytest.mark.parametrize(
    "master",
    ["", "locall", "local[0]", "local[x]", "local[2", "spark://host:7077", "yarn", "k8s://x"],
)
def test_an_unknown_master_is_refused_with_all_forms(master: str) -> None:
    with pytest.raises(IllegalArgumentException) as caught:
        SparkContext(conf=conf(master or " "))
    for form in ("ray", "auto", "local[n]", "local[*]", "local-cluster[nodes,cores,MiB]"):
        assert form in str(caught.value)
    assert SparkContext._active_spark_context is None


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("spark.task.maxFailures", "many"),
        ("spark.locality.wait", "3 parsecs"),
        ("spark.authenticate", "true"),
        ("spark.files.ignoreCorruptFiles", "true"),
        ("spark.log.level", "LOUD"),
    ],
)
def test_a_bad_value_is_refused_when_the_context_starts(key: str, text: str) -> None:
    with pytest.raises(IllegalArgumentException, match=text if key == "spark.log.level" else key):
        SparkContext(conf=conf().set(key, text))
    assert SparkContext._active_spark_context is None
    assert added_files.root() is None


def test_the_constructor_wins_over_the_conf_and_leaves_it_alone() -> None:
    settings = conf("local[1]")
    with SparkContext(
        "local[3]", "mine", environment={"A": 1}, batchSize=2, conf=settings
    ) as context:
        assert (context.master, context.appName, context.defaultParallelism) == (
            "local[3]",
            "mine",
            3,
        )
        assert context.environment == {"A": "1"}
        assert context.parallelize([1, 2, 3, 4, 5, 6], 2).glom().collect() == [[1, 2], [3, 4, 5, 6]]
    assert settings.get("spark.master") == "local[1]"
    assert not settings.contains("spark.app.id")


def test_the_environment_holds_for_tasks_and_is_put_back() -> None:
    os.environ["RAYSPARK_TEST_KEPT"] = "before"
    changed = {"RAYSPARK_TEST_KEPT": "during", "RAYSPARK_TEST_NEW": "1"}
    with SparkContext(environment=changed, conf=conf()) as context:
        names = list(changed)
        seen = context.parallelize(names, 1).map(lambda name: os.environ.get(name)).collect()
        assert seen == ["during", "1"]
    assert os.environ.pop("RAYSPARK_TEST_KEPT") == "before"
    assert "RAYSPARK_TEST_NEW" not in os.environ


def test_handles_of_the_jvm_are_refused_and_a_serializer_has_no_effect() -> None:
    with pytest.raises(PySparkNotImplementedError, match="gateway"):
        SparkContext(conf=conf(), gateway=object())
    with pytest.warns(ConfigWarning, match="no effect"):
        context = SparkContext(conf=conf(), serializer=MarshalSerializer())
    with context:
        assert context.parallelize([{1}]).collect() == [{1}]


def test_a_context_cannot_be_pickled() -> None:
    with SparkContext(conf=conf()) as context, pytest.raises(PySparkRuntimeError) as caught:
        pickle.dumps(context)
    assert caught.value.getCondition() == "CONTEXT_ONLY_VALID_ON_DRIVER"


def test_system_properties_are_settings_that_a_conf_wins_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_application, "_system_properties", {})
    SparkContext.setSystemProperty("spark.default.parallelism", "5")
    with SparkContext(conf=conf()) as context:
        assert context.defaultParallelism == 5
    with SparkContext(conf=conf(spark_default_parallelism="7")) as context:
        assert (context.defaultParallelism, context.defaultMinPartitions) == (7, 2)


def test_the_event_log_is_complete_when_a_program_does_not_stop_its_context(tmp_path: Path) -> None:
    program = (
        "from rayspark import SparkContext, SparkConf\n"
        f"conf = SparkConf().set('spark.eventLog.enabled', 'true')"
        f".set('spark.eventLog.dir', '{tmp_path}').set('spark.eventLog.compress', 'false')\n"
        "sc = SparkContext('local[1]', 'left', conf=conf)\n"
        "print(sc.range(3).count())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "3\n"
    (log,) = tmp_path.iterdir()
    lines = log.read_text().splitlines()
    assert not log.name.endswith(".inprogress")
    assert "SparkListenerApplicationEnd" in lines[-1]
    kinds = [line.split('"')[3] for line in lines]
    for kind in ("ApplicationStart", "BlockManagerAdded", "ExecutorAdded", "JobEnd", "TaskEnd"):
        assert f"SparkListener{kind}" in kinds
    (added,) = [json.loads(line) for line in lines if "BlockManagerAdded" in line]
    assert added["Block Manager ID"]["Port"] > 0, "Spark's reader asserts it"


def test_importing_the_package_loads_neither_ray_nor_arrow() -> None:
    program = (
        "import sys, rayspark\n"
        "assert 'numpy' not in sys.modules\n"
        "from rayspark import *\n"
        "print({'ray', 'pyarrow'} & set(sys.modules), SparkContext, len(dir(rayspark)) > 20)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "set() <class 'rayspark.context.SparkContext'> True\n"


def test_unknown_names_of_the_package_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="SparkKontext"):
        _ = rayspark.SparkKontext


def test_the_default_master_is_ray() -> None:
    assert SparkConf(loadDefaults=False).get("spark.master") is None
    settled = _application._settle(SparkConf(loadDefaults=False), None, None, None, None)
    assert (settled.get("spark.master"), settled.get("spark.app.name")) == ("ray", "rayspark-shell")


def test_a_py_file_that_is_missing_leaves_no_context_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.py"):
        SparkContext(conf=conf(), pyFiles=[str(tmp_path / "none.py")])
    assert SparkContext._active_spark_context is None


def test_log_messages_have_a_place_to_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = _application.logger
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "propagate", False)
    before = log.level
    try:
        with SparkContext(conf=conf(spark_log_level="info")) as context:
            context.range(2).count()
    finally:
        log.setLevel(before)
    assert "jobs      1 succeeded" in capsys.readouterr().err


def test_nothing_is_left_in_the_local_directory(tmp_path: Path) -> None:
    settings = {
        "spark.local.dir": str(tmp_path),
        "spark.ray.fault.late": "point=end,action=raise,stage=99",
    }
    with SparkContext(conf=conf().setAll(settings.items())) as sc:
        (own,) = tmp_path.iterdir()
        sc.range(1000, numSlices=1).persist(StorageLevel.DISK_ONLY).count()
        (killed := own / "executor-7-x").mkdir()
        (killed / "run-1").write_text("of an executor that could not remove it")
        assert any(path.name.startswith("executor-driver") for path in own.iterdir())
        assert any(path.name.startswith("faults-") for path in own.iterdir())
    assert list(tmp_path.iterdir()) == []
