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


DEFAULT_PROFILE = """
import json
import time

import ray

ray.init(address="local", num_cpus=2, num_gpus=1, resources={"acme": 3}, include_dashboard=False,
         object_store_memory=100 << 20, logging_level="ERROR")

from rayspark import SparkConf, SparkContext, TaskContext
from rayspark.errors import SparkException
from rayspark.resource import (
    ExecutorResourceRequests, ResourceProfileBuilder, TaskResourceRequests,
)

conf = SparkConf().setMaster("ray").setAppName("resources").set("spark.executor.instances", 1)
conf.set("spark.executor.cores", 2).set("spark.dynamicAllocation.executorIdleTimeout", "1s")
conf.set("spark.eventLog.enabled", "true").set("spark.eventLog.dir", LOGS)
conf.set("spark.eventLog.compress", "false").set("spark.app.id", "told")
conf.set("spark.executor.resource.acme.amount", 1).set("spark.task.resource.acme.amount", 1)
conf.set("spark.executor.resource.gpu.amount", 1).set("spark.task.resource.gpu.amount", 0.5)
sc = SparkContext(conf=conf)


def held(_):
    context, began = TaskContext.get(), time.time()
    time.sleep(0.1)
    assigned = ray.get_runtime_context().get_assigned_resources()
    units = {name: info.addresses for name, info in context.resources().items()}
    return units, assigned.get("acme"), assigned.get("GPU"), began


seen = sc.range(3, numSlices=3).map(held).collect()
print("held", *seen[0][:3])
begun = sorted(began for *_, began in seen)
print("one at a time", all(b - a >= 0.1 for a, b in zip(begun, begun[1:])))
takes = TaskResourceRequests().resource("acme", 0.5)
shared = ResourceProfileBuilder().require(takes).build
print("shared", sc.range(2, numSlices=2).withResources(shared).map(held).collect()[0][0])
has = ExecutorResourceRequests().cores(1).resource("acme", 2)
own = ResourceProfileBuilder().require(has).require(TaskResourceRequests().cpus(1)).build
print("own", sc.range(1).map(held).withResources(own).collect()[0][:2], flush=True)
executors = sc._driver._backend._executors
for _ in range(100):
    if ray.available_resources().get("acme") == 2.0:
        break
    time.sleep(0.1)
print("left", len(executors), ray.available_resources().get("acme"), flush=True)
sc.stop()
for line in open(LOGS + "/told"):
    event = json.loads(line)
    match event["Event"]:
        case "SparkListenerResourceProfileAdded":
            has = {n: r["Amount"] for n, r in event["Executor Resource Requests"].items()}
            takes = {n: r["Amount"] for n, r in event["Task Resource Requests"].items()}
            print("profile", event["Resource Profile Id"], has, takes)
        case "SparkListenerExecutorAdded":
            info = event["Executor Info"]
            print("executor of", info["Resource Profile Id"], info["Resources"])
        case "SparkListenerStageSubmitted":
            print("stage of", event["Stage Info"]["Resource Profile Id"])
        case "SparkListenerExecutorRemoved":
            print("removed", event["Executor ID"], event["Removed Reason"])
try:
    conf.set("spark.eventLog.enabled", "false")
    SparkContext(conf=conf.set("spark.executor.resource.fpga.amount", 1))
except SparkException as error:
    print("refused", error, flush=True)
"""


def test_all_executors_hold_what_the_configuration_says(child, tmp_path):
    program = child(f"LOGS = {str(tmp_path)!r}\n" + DEFAULT_PROFILE)
    assert program.wait() == 0, program.output
    text = program.output
    assert "held {'acme': ['0'], 'gpu': ['0']} 1.0 1.0" in text, text
    assert "one at a time True" in text, "two cores, one unit"
    assert "shared {'acme': ['0']}" in text, text
    assert "own ({}, 2.0)" in text, text
    assert "left 1 2.0" in text, "the idle executor and its units are given back"
    told = [line for line in program.lines if line.startswith(("profile", "executor", "stage"))]
    assert sorted(told) == [
        "executor of 0 {'acme': {'name': 'acme', 'addresses': ['0']}, "
        "'gpu': {'name': 'gpu', 'addresses': ['0']}}",
        "executor of 2 {'acme': {'name': 'acme', 'addresses': ['0', '1']}}",
        "profile 0 {'cores': 2, 'acme': 1, 'gpu': 1} {'cpus': 1.0, 'acme': 1.0, 'gpu': 0.5}",
        "profile 1 {} {'acme': 0.5}",
        "profile 2 {'cores': 1, 'acme': 2} {'cpus': 1.0}",
        "stage of 0",
        "stage of 1",
        "stage of 2",
    ], text
    assert "removed 1 idle" in text, text
    assert "The application asks for executors that no machine" in text, text
    assert "No machine has enough of 'fpga'" in text, text


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
