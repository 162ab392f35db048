"""The fault injector fires where it is aimed, exactly as often as said, and is nothing when off."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rayspark.config import Config
from rayspark.errors.exceptions import IllegalArgumentException
from rayspark.errors.faults import BlockCorrupt
from rayspark.executor.batch import TaskSpec
from rayspark.executor.faults import TOKENS, FaultInjector, FaultRule
from rayspark.ids import StageId, TaskKey
from rayspark.serializers import encode
from rayspark.shuffle.blocks import Segment, build_block
from rayspark.storage.spill import Run


def task(stage=0, partition=0, attempt=0):
    return TaskSpec(TaskKey(StageId(stage), 0, partition, 7), attempt)


@pytest.fixture
def injector(tmp_path):
    def make(*rules):
        named = {f"spark.ray.fault.r{i}": rule for i, rule in enumerate(rules)}
        return FaultInjector.of({**named, TOKENS: str(tmp_path / "tokens")})

    return make


def firings(injector, point="start", tasks=None, rounds=5):
    fired = 0
    for _ in range(rounds):
        for one in tasks or [task()]:
            try:
                injector.fire(point, one)
            except RuntimeError as error:
                assert str(error) == "injected fault"
                fired += 1
    return fired


def test_off_is_nothing():
    assert FaultInjector.of({}) is None


@pytest.mark.parametrize("times", [1, 3])
def test_fires_as_often_as_said_over_all_tasks(injector, times):
    faults = injector(f"action=raise,times={times}")
    assert firings(faults, tasks=[task(partition=p) for p in range(4)]) == times


@pytest.mark.parametrize(
    ("aim", "target", "others"),
    [
        ("stage=1", task(stage=1), [task(stage=0), task(stage=2)]),
        ("partition=3", task(partition=3), [task(partition=2)]),
        ("attempt=1", task(attempt=1), [task(attempt=0)]),
        ("stage=1,partition=0", task(stage=1), [task(stage=0), task(stage=1, partition=1)]),
    ],
)
def test_fires_only_where_it_is_aimed(injector, aim, target, others):
    faults = injector(f"action=raise,times=9,{aim}")
    assert firings(faults, tasks=others) == 0
    assert firings(faults, point="end", tasks=[target]) == 0
    assert firings(faults, tasks=[target], rounds=2) == 2


def test_rules_count_for_themselves(injector):
    faults = injector("action=raise,partition=0", "action=raise,partition=1,times=2")
    assert firings(faults, tasks=[task(partition=0), task(partition=1)]) == 3


def test_fires_after_so_many_records(injector):
    faults = injector("action=raise,point=records,after=3")
    seen = []
    with pytest.raises(RuntimeError, match="injected fault"):
        seen.extend(faults.watch(iter(range(10)), task()))
    assert seen == [0, 1, 2]
    assert list(faults.watch(iter(range(10)), task())) == list(range(10))


def test_records_are_not_touched_where_no_rule_is_aimed(injector):
    records = iter([1])
    assert injector("action=raise,point=end").watch(records, task()) is records


def test_a_delay_waits_once(injector, monkeypatch):
    waited = []
    monkeypatch.setattr("rayspark.executor.faults.time.sleep", waited.append)
    faults = injector("action=delay,seconds=2.5")
    faults.fire("start", task())
    faults.fire("start", task())
    assert waited == [2.5]


def test_damaged_map_output_has_a_wrong_checksum_once(injector):
    faults = injector("action=corrupt,partition=1")

    def corrupt_parts(partition):
        segments = [Segment(0, partition, encode([1, 2, 3]))]
        faults.corrupt(segments, task(partition=partition))
        return build_block(segments, checksum=True).corrupt_parts()

    assert [corrupt_parts(0), corrupt_parts(1), corrupt_parts(1)] == [[], [0], []]


def test_a_damaged_spill_is_noticed(injector, tmp_path):
    faults = injector("action=corrupt,point=spill")
    run, other = Run(tmp_path), Run(tmp_path)
    for one in (run, other):
        one.append([1, 2, 3])
        faults.spilled(one, task())
    with pytest.raises(BlockCorrupt):
        list(run.batches())
    assert list(other.batches()) == [[1, 2, 3]]


@pytest.mark.parametrize(("action", "code"), [("kill", -9), ("exit", 1)])
def test_a_rule_that_ends_its_process_is_counted_too(tmp_path, action, code):
    program = f"""
from rayspark.executor.batch import TaskSpec
from rayspark.executor.faults import TOKENS, FaultInjector
from rayspark.ids import TaskKey
rules = {{"spark.ray.fault.a": "action={action},times=2", TOKENS: {str(tmp_path / "t")!r}}}
FaultInjector.of(rules).fire("start", TaskSpec(TaskKey(0, 0, 0, 1), 0))
"""
    codes = [subprocess.run([sys.executable, "-c", program]).returncode for _ in range(3)]
    assert codes == [code, code, 0]


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("action=melt", "action must be one of kill, raise, exit, delay, corrupt"),
        ("action=kill,point=middle", "point must be one of start, records, spill, end"),
        ("action=kill,when=now", "'when' is not one of action, point"),
        ("action=kill,stage=two", "invalid literal"),
        ("kill", "'kill' is not one of"),
        ("action=corrupt,point=start", "corrupt works at the points end"),
    ],
)
def test_a_malformed_rule_is_an_error_that_names_it(rule, complaint):
    with pytest.raises(IllegalArgumentException, match=complaint) as caught:
        FaultRule.parse("mine", rule)
    assert f"spark.ray.fault.mine = {rule!r}" in str(caught.value)


def test_a_malformed_rule_stops_the_application_from_starting():
    from rayspark.application import Application

    with pytest.raises(IllegalArgumentException, match=r"spark\.ray\.fault\.x"):
        Application(Config.of({"spark.master": "local[1]", "spark.ray.fault.x": "action=melt"}))
