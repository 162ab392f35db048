"""What a profile means, and profiles that cannot be meant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rayspark.errors.exceptions import SparkException
from rayspark.resource import (
    ExecutorResourceRequests,
    ResourceProfile,
    ResourceProfileBuilder,
    TaskResourceRequests,
)
from rayspark.resource.needs import Needs, merged, needs_of


def profile(
    has: ExecutorResourceRequests | None = None, takes: TaskResourceRequests | None = None
) -> ResourceProfile:
    builder = ResourceProfileBuilder()
    for requests in (has, takes):
        if requests is not None:
            builder = builder.require(requests)
    return builder.build


def test_a_profile_becomes_needs() -> None:
    has = ExecutorResourceRequests().cores(4).memory("1g").offheapMemory("1g").resource("gpu", 2)
    takes = TaskResourceRequests().cpus(1.5).resource("gpu", 0.1)
    needs = needs_of(profile(has, takes))
    gpu = (("gpu", Fraction(1, 10)),)
    assert needs == Needs(4, 2 << 30, (("gpu", 2),), Fraction(3, 2), gpu)
    assert needs.tasks(cores=4, task_cpus=1) == 2, "by cores"
    assert needs.tasks(cores=40, task_cpus=1) == 20, "by units, ten each"


def test_equal_profiles_are_equal_needs() -> None:
    makes = [needs_of(profile(takes=TaskResourceRequests().cpus(2))) for _ in range(2)]
    assert makes[0] == makes[1]
    assert not makes[0].has_own_executors


@pytest.mark.parametrize(
    ("has", "takes", "message"),
    [
        (None, TaskResourceRequests().resource("gpu", 1), "No executor resource configs"),
        (
            ExecutorResourceRequests().resource("gpu", 1),
            TaskResourceRequests().resource("gpu", 2),
            "amount: 1 needs to be >= the task resource request amount of 2",
        ),
        (
            ExecutorResourceRequests().cores(1),
            TaskResourceRequests().cpus(2),
            "has to be >= the number of cpus per task",
        ),
        (ExecutorResourceRequests().resource("gpu", 0), None, "must be more than 0"),
    ],
)
def test_what_cannot_be_is_refused(
    has: ExecutorResourceRequests | None, takes: TaskResourceRequests | None, message: str
) -> None:
    with pytest.raises(SparkException, match=message):
        needs_of(profile(has, takes))


def test_the_most_of_each_is_taken() -> None:
    one = Needs(2, None, (("gpu", 1),), Fraction(1), (("gpu", Fraction(1)),))
    two = Needs(1, 5, (("acme", 1), ("gpu", 2)), None, ())
    both = Needs(2, 5, (("acme", 1), ("gpu", 2)), Fraction(1), (("gpu", Fraction(1)),))
    assert merged([one, two]) == merged([two, one]) == both
