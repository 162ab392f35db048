"""Lineages of hundreds of steps in one stage neither overflow a stack nor take long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rayspark.scheduler.templates import build_template

MOST_FRAMES = 400
"""CPython allows 1000, and user functions need some of them."""


def keep(records: Iterator[Any]) -> Iterator[Any]:
    yield from records


def zipped(rdd: Any) -> Any:
    numbers = rdd.context.range(4, numSlices=2)
    return rdd.zip(numbers).map(lambda pair: pair[0])


def joined(rdd: Any) -> Any:
    other = rdd.context.parallelize([(i, i) for i in range(4)], 1).partitionBy(2)
    return rdd.join(other, 2).mapValues(lambda values: values[0])


def co_grouped(rdd: Any) -> Any:
    return rdd.cogroup(rdd.context.parallelize([], 1).partitionBy(2), 2).mapValues(
        lambda groups: next(iter(groups[0]))
    )


STEPS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "zip": (300, zipped),
    "map_partitions": (500, lambda rdd: rdd.mapPartitions(keep, True)),
    "join": (100, joined),
    "cogroup": (100, co_grouped),
    "reduce_by_key": (200, lambda rdd: rdd.reduceByKey(max, 2)),
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_of_one_stage_nest_only_so_deep(sc: Any, name: str) -> None:
    times, step = STEPS[name]
    frames = sc.accumulator(0)

    def probe(record: Any) -> Any:
        deep, frame = 0, sys._getframe()
        while frame.f_back is not None:
            deep, frame = deep + 1, frame.f_back
        frames.add(max(0, deep - MOST_FRAMES))
        return record

    rdd = (
        sc.parallelize([(i, i) for i in range(4)], 2)
        .partitionBy(2)
        .mapPartitions(lambda records: map(probe, records), True)
    )
    for _ in range(times):
        rdd = step(rdd)
    assert sorted(rdd.collect()) == [(i, i) for i in range(4)]
    assert frames.value == 0


def test_hundreds_of_unions_become_one_step(sc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = rdd = sc.range(2, numSlices=1)
    marked = sc.parallelize([7], 1).union(numbers).cache()
    records = [0, 1]
    for i in range(300):
        if i == 150:
            rdd, records = rdd.union(marked), [*records, 7, 0, 1]
        elif i % 2:
            rdd, records = rdd.union(numbers), [*records, 0, 1]
        else:
            rdd, records = numbers.union(rdd), [0, 1, *records]
    steps = []

    def build(number: int, run: Any, explain: Any) -> Any:
        made = build_template(number, run, explain)
        steps.append(len(made.nodes))
        return made

    monkeypatch.setattr("rayspark.scheduler.launcher.build_template", build)
    assert rdd.collect() == records
    assert steps == [4], "the numbers, the seven, the union that is cached, and one of all"
    assert rdd.collect() == records
