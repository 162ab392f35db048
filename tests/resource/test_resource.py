from __future__ import annotations

import pickle

import pytest

from rayspark.errors import PySparkValueError
from rayspark.resource import (
    ExecutorResourceRequests,
    ResourceInformation,
    ResourceProfileBuilder,
    TaskResourceRequests,
)


@pytest.mark.parametrize(
    ("text", "mebibytes"),
    [("1g", 1024), ("512m", 512), ("2048k", 2), ("1t", 1048576), ("512", 512)],  # from PySpark
)
def test_memory_is_counted_in_mebibytes(text: str, mebibytes: int) -> None:
    requests = ExecutorResourceRequests().memory(text).requests
    assert requests["memory"].amount == mebibytes


@pytest.mark.parametrize("text", ["1x", "", "lots"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(PySparkValueError, match="such as '512m'"):
        ExecutorResourceRequests().pysparkMemory(text)


def test_every_request_has_sparks_name() -> None:
    requests = (
        ExecutorResourceRequests()
        .cores(2)
        .memory("6g")
        .memoryOverhead("1g")
        .pysparkMemory("2g")
        .offheapMemory("3g")
        .resource("gpu", 2, "testGpus", "nvidia.com")
        .requests
    )
    amounts = {name: request.amount for name, request in requests.items()}
    assert amounts == {
        "cores": 2,
        "memory": 6144,
        "memoryOverhead": 1024,
        "pyspark.memory": 2048,
        "offHeap": 3072,
        "gpu": 2,
    }
    gpu = requests["gpu"]
    assert (gpu.resourceName, gpu.discoveryScript, gpu.vendor) == ("gpu", "testGpus", "nvidia.com")


@pytest.mark.parametrize("amount", [0, -1, 3e9])
def test_impossible_cpus_are_refused(amount: float) -> None:
    with pytest.raises(PySparkValueError, match="VALUE_OUT_OF_BOUNDS"):
        TaskResourceRequests().cpus(amount)


@pytest.mark.parametrize("amount", [0.25, 0.7, 1, 2])
def test_units_of_a_resource_are_shared_or_whole(amount: float) -> None:
    request = TaskResourceRequests().resource("gpu", amount).requests["gpu"]
    assert (request.resourceName, request.amount) == ("gpu", float(amount))


def test_one_and_a_half_units_are_refused() -> None:
    with pytest.raises(PySparkValueError, match=r"gpu.*whole number, but is 1\.5"):
        TaskResourceRequests().resource("gpu", 1.5)


def test_a_profile_is_what_was_required_when_it_was_built() -> None:
    builder = ResourceProfileBuilder().require(ExecutorResourceRequests().cores(2).memory("6g"))
    first = builder.require(TaskResourceRequests().cpus(1)).build
    builder.require(ExecutorResourceRequests().cores(4))
    second = builder.build
    assert first.executorResources["cores"].amount == 2
    assert second.executorResources["cores"].amount == 4
    assert second.executorResources["memory"].amount == 6144
    assert second.id > first.id > 0
    builder.clearExecutorResourceRequests()
    builder.clearTaskResourceRequests()
    assert (builder.executorResources, builder.taskResources) == ({}, {})
    assert second.taskResources["cpus"].amount == 1.0


def test_a_profile_survives_pickling() -> None:
    profile = ResourceProfileBuilder().require(TaskResourceRequests().cpus(2)).build
    copy = pickle.loads(pickle.dumps(profile))
    assert copy.id == profile.id
    assert copy.taskResources["cpus"].amount == 2.0


def test_resource_information_holds_name_and_addresses() -> None:
    gpu = ResourceInformation("gpu", ["0", "1"])
    assert (gpu.name, gpu.addresses) == ("gpu", ["0", "1"])
    assert gpu == pickle.loads(pickle.dumps(gpu))
    assert gpu != ResourceInformation("gpu", ["0"])
