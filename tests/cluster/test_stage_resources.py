"""Stages on executors with resources of Ray, and what is said when no machine has them."""

from __future__ import annotations

PROGRAM = """
import os
import time

import ray

ray.init(address="local", num_cpus=2, num_gpus=1, resources={"acme": 2}, include_dashboard=False,
         object_store_memory=100 << 20, logging_level="ERROR")

from rayspark import SparkConf, SparkContext, TaskContext
from rayspark.errors import SparkException
from rayspark.resource import (
    ExecutorResourceRequests, ResourceProfileBuilder, TaskResourceRequests,
)

sc = SparkContext(conf=SparkConf().setMaster("ray").setAppName("resources"))


def profile(name, units, amount, cores=1):
    has = ExecutorResourceRequests().cores(cores).memory("64m").resource(name, units)
    takes = TaskResourceRequests().cpus(1).resource(name, amount)
    return ResourceProfileBuilder().require(has).require(takes).build


def held(_):
    context = TaskContext.get()
    time.sleep(0.2)
    units = {name: info.addresses for name, info in context.resources().items()}
    return os.getpid(), units, context._runtime.settings.cores, ray.get_runtime_context(
        ).get_assigned_resources()


def look(rdd):
    return rdd.map(held).collect()


plain = {pid for pid, units, _, _ in look(sc.range(4, numSlices=4))}
found = look(sc.range(4, numSlices=4))
acme = sc.range(4, numSlices=4).map(held).withResources(profile("acme", 2, 1, cores=2)).collect()
print("own executor", len({pid for pid, *_ in acme}), plain.isdisjoint(p for p, *_ in acme))
print("units", sorted({a for _, units, _, _ in acme for a in units["acme"]}),
      {len(units["acme"]) for _, units, _, _ in acme}, "cores", {c for _, _, c, _ in acme})
print("claimed", acme[0][3].get("acme"), flush=True)
gpu = sc.range(2, numSlices=2).map(held).withResources(profile("gpu", 1, 0.5)).collect()
print("gpus", [units["gpu"] for _, units, _, _ in gpu], gpu[0][3].get("GPU"))
print("plain", [units for _, units, _, _ in look(sc.range(1))], flush=True)
try:
    sc.range(2).withResources(profile("fpga", 1, 1)).collect()
except SparkException as error:
    print("refused", error, flush=True)
print("after", sc.range(3).sum(), flush=True)
sc.stop()
"""


def test_a_stage_runs_where_the_resource_is(child):
    program = child(PROGRAM)
    program.until("after 3")
    text = program.output
    assert "own executor 1 True" in text, text
    assert "units ['0', '1'] {1} cores {2}" in text, text
    assert "claimed 2" in text, text
    assert "gpus [['0'], ['0']] 1" in text, text
    assert "plain [{}]" in text, text
    refused = program.until("refused")
    assert "No machine has enough of 'fpga'" in refused, text
    assert "2 acme" in refused, "what machines offer"
    assert program.wait() == 0
