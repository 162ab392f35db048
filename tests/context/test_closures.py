"""What cannot be sent to executors: the variable, where it was captured, and the way out."""

from __future__ import annotations

import functools
import inspect
import pickle
import socket
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from rayspark import SparkContext
from rayspark.closures import LARGE_BYTES, warn_of_size
from rayspark.errors import PySparkPicklingError, SparkException

LOCK = threading.Lock()
HERE = __file__


def refusal(sc: SparkContext, function: Callable[[int], Any]) -> str:
    with pytest.raises(PySparkPicklingError) as caught:
        sc.range(2).map(function).collect()
    assert isinstance(caught.value, pickle.PicklingError)
    return str(caught.value)


def line_of(function: Any) -> int:
    return inspect.unwrap(function).__code__.co_firstlineno


class Client:
    def __init__(self) -> None:
        self.name = "client"
        self.guard = threading.Lock()

    def ask(self, x: int) -> int:
        return x


def test_a_variable_of_an_outer_function(sc: SparkContext) -> None:
    with socket.socket() as connection:

        def send(x: int) -> Any:
            return connection, x

        text = refusal(sc, send)
    assert "variable 'connection', of type socket.socket" in text
    assert f"captured by '{send.__qualname__}' at {HERE}:{line_of(send)}" in text
    assert "mapPartitions" in text


def test_a_global_variable_of_a_function_that_travels_by_value(sc: SparkContext) -> None:
    scope: dict[str, Any] = {"LOCK": LOCK, "__name__": "__main__"}
    exec("def locked(x):\n    return (lambda: LOCK)()\n", scope)
    assert "global variable 'LOCK', of type _thread.lock" in refusal(sc, scope["locked"])


def test_an_element_of_a_container(sc: SparkContext) -> None:
    tools = {"a": 1, "b": [2, LOCK]}
    assert "variable 'tools'['b'][1], of type _thread.lock" in refusal(sc, lambda x: tools)


def test_an_attribute_of_the_object_of_a_method(sc: SparkContext) -> None:
    text = refusal(sc, Client().ask)
    assert "the Client object of ask().guard, of type _thread.lock" in text


def test_an_attribute_of_an_object_that_is_the_function(sc: SparkContext) -> None:
    class Adder(Client):
        def __call__(self, x: int) -> int:
            return x

    text = refusal(sc, Adder())
    assert "because attribute .guard of the function, of type _thread.lock" in text


def test_an_attribute_of_self(sc: SparkContext) -> None:
    client = Client()
    assert "variable 'client'.guard, of type _thread.lock" in refusal(sc, lambda x: client.name)


def test_an_argument_of_a_partial(sc: SparkContext) -> None:
    function = functools.partial(lambda guard, x: x, LOCK)
    assert "argument 0 of the partial, of type _thread.lock" in refusal(sc, function)


def test_a_default_argument(sc: SparkContext) -> None:
    assert "a default argument, of type _thread.lock" in refusal(sc, lambda x, guard=LOCK: x)


def test_a_function_inside_the_function(sc: SparkContext) -> None:
    inner = lambda x: (LOCK_OF_INNER, x)  # noqa: E731
    LOCK_OF_INNER = threading.Lock()
    text = refusal(sc, lambda x: inner(x))
    assert "variable 'LOCK_OF_INNER', of type _thread.lock" in text
    assert f"{HERE}:{line_of(inner)}" in text


def test_a_generator(sc: SparkContext) -> None:
    numbers = (x for x in range(3))
    text = refusal(sc, lambda x: next(numbers))
    assert "variable 'numbers', of type builtins.generator" in text
    assert "Turn it into a list" in text


def test_a_context(sc: SparkContext) -> None:
    text = refusal(sc, lambda x: sc.range(x).count())
    assert "CONTEXT_ONLY_VALID_ON_DRIVER" in text
    assert "variable 'sc', of type rayspark.context.SparkContext" in text
    assert "SPARK-5063" in text


def test_an_rdd_is_named_although_a_context_is_in_it(sc: SparkContext) -> None:
    other = sc.range(3)
    text = refusal(sc, lambda x: other.count() * x)
    assert "RDD_TRANSFORM_ONLY_VALID_ON_DRIVER" in text
    assert "variable 'other', of type rayspark.rdd.RDD" in text
    assert "Join the two RDDs" in text


def test_an_object_whose_own_reduce_raises(sc: SparkContext) -> None:
    class Shy:
        def __reduce__(self) -> Any:
            raise LookupError("not me")

    shy = Shy()
    text = refusal(sc, lambda x: shy)
    assert "LookupError: not me" in text
    assert "variable 'shy'" in text


def test_a_method_of_a_class_that_travels_by_value(sc: SparkContext) -> None:
    guard = threading.Lock()

    class Worker:
        def work(self) -> Any:
            return guard

    text = refusal(sc, lambda x: Worker().work())
    assert "variable 'guard', of type _thread.lock" in text
    assert "Worker.work" in text


def test_the_map_side_of_a_shuffle_and_a_partitioner(sc: SparkContext) -> None:
    pairs = sc.range(4).map(lambda x: (x, x))
    with pytest.raises(PySparkPicklingError, match="variable 'guard'"):
        guard = threading.Lock()
        pairs.reduceByKey(lambda a, b: (guard, a + b)).collect()
    with pytest.raises(PySparkPicklingError, match="variable 'guard'"):
        pairs.partitionBy(2, lambda key: (guard, key)[1]).collect()


def test_elements_and_broadcasts(sc: SparkContext) -> None:
    with pytest.raises(PySparkPicklingError, match=r"element of parallelize\[1\]\[0\], of type"):
        sc.parallelize([1, [LOCK]])
    with pytest.raises(PySparkPicklingError, match=r"Could not serialize broadcast: .*\['a'\]"):
        sc.broadcast({"a": LOCK})
    with pytest.raises(PySparkPicklingError, match="CONTEXT_ONLY_VALID_ON_DRIVER"):
        sc.broadcast(sc)


def test_the_context_works_after_a_refusal(sc: SparkContext) -> None:
    for _ in range(3):
        refusal(sc, lambda x: LOCK)
    assert sc.range(3).collect() == [0, 1, 2]
    assert sc.statusTracker().getActiveJobsIds() == []


def test_an_object_that_does_not_come_back_fails_the_job(sc: SparkContext) -> None:
    def refuse() -> None:
        raise ValueError("cannot come back")

    class OneWay:
        def __reduce__(self) -> Any:
            return refuse, ()

    captured = OneWay()
    with pytest.raises(SparkException, match="cannot come back"):
        sc.range(1).map(lambda x: captured).collect()
    assert sc.range(2).count() == 2


# -- size ------------------------------------------------------------------------------------


def test_a_large_closure_is_told_once_with_the_variable(sc: SparkContext) -> None:
    table = bytes(2 * LARGE_BYTES)
    small = 1

    def look(x: int) -> int:
        return len(table) + small

    with pytest.warns(UserWarning, match=r"variable 'table' \(captured by .*look.*broadcast"):
        assert sc.range(1).map(look).collect() == [2 * LARGE_BYTES + 1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sc.range(1).map(look).collect()


def test_a_broadcast_of_the_same_table_is_not_large(sc: SparkContext) -> None:
    table = sc.broadcast(bytes(2 * LARGE_BYTES))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sc.range(1).map(lambda x: len(table.value)).collect() == [2 * LARGE_BYTES]


def test_a_large_template_without_a_capture_to_blame_is_not_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_size(((1, 2), "x"), 2 * LARGE_BYTES)


def test_a_destroyed_broadcast_is_an_error_of_its_own(sc: SparkContext) -> None:
    value = sc.broadcast(1)
    value.destroy()
    with pytest.raises(SparkException, match=r"Broadcast\(\d+\) after it was destroyed"):
        sc.range(1).map(lambda x: value.value).collect()
