"""Master URLs."""

from __future__ import annotations

import os

import pytest

from rayspark.errors import IllegalArgumentException
from rayspark.masters import FleetMaster, LocalMaster, RayMaster, parse_master


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ray", RayMaster()),
        ("auto", RayMaster("auto")),
        ("ray://head:10001", RayMaster("ray://head:10001")),
        ("10.0.0.1:6379", RayMaster("10.0.0.1:6379")),
        ("local", LocalMaster(1)),
        ("local[4]", LocalMaster(4)),
        ("local[*]", LocalMaster(os.cpu_count() or 1)),
        ("local[ 2 , 3 ]", LocalMaster(2, 3)),
        ("local[*,3]", LocalMaster(os.cpu_count() or 1, 3)),
        ("local-cluster[2,1,512]", FleetMaster(2, 1, 512)),
        ("local-cluster[ 2 , 1 , 512 ]", FleetMaster(2, 1, 512)),
    ],
)
def test_every_form(text: str, meaning: object) -> None:
    assert parse_master(text) == meaning


@pytest.mark.parametrize(
    "text",
    ["", "Ray", "local[]", "local[0]", "local[-1]", "local[1.5]", "local[2,0]", "local(2)",
     "local-cluster[2,1]", "local-cluster[0,1,512]", "ray://", "ray://host", "host:port", "host"],
)  # fmt: skip
def test_anything_else_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(IllegalArgumentException) as caught:
        parse_master(text)
    message = str(caught.value)
    assert repr(text) in message
    assert "local[n,maxFailures]" in message


@pytest.mark.parametrize("text", ["spark://h:7077", "yarn", "k8s://https://h:443", "mesos://h:1"])
def test_managers_of_spark_are_told_to_be_ray(text: str) -> None:
    with pytest.raises(IllegalArgumentException, match="replaced by Ray"):
        parse_master(text)
