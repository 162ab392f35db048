"""Broadcast variables and accumulators."""

from __future__ import annotations

import threading
from typing import Any

from tests.rdd_cases import Family

case = Family("shared")


def custom(ps: Any) -> Any:
    class Longest(ps.AccumulatorParam):  # type: ignore[misc, name-defined]
        def zero(self, value: Any) -> Any:
            return ""

        def addInPlace(self, a: Any, b: Any) -> Any:
            return max(a, b, key=len)

    return Longest()


def vectors(ps: Any) -> Any:
    class Vector(ps.AccumulatorParam):  # type: ignore[misc, name-defined]
        def zero(self, value: Any) -> Any:
            return [0.0] * len(value)

        def addInPlace(self, a: Any, b: Any) -> Any:
            for i in range(len(a)):
                a[i] += b[i]
            return a

    return Vector()


def added(sc: Any, start: Any, values: Any, param: Any = None) -> Any:
    total = sc.accumulator(start, param) if param else sc.accumulator(start)
    sc.parallelize(values, 3).foreach(lambda x: total.add(x))
    return total.value


def in_place(sc: Any) -> Any:
    total = sc.accumulator(1.5)
    total += 2
    total.add(1)
    return total.value, str(total)


def set_on_driver(sc: Any) -> Any:
    total = sc.accumulator(0)
    total.value = 9
    sc.range(3).foreach(total.add)
    return total.value


def in_transformation(sc: Any) -> Any:
    total = sc.accumulator(0)
    rdd = sc.range(5).map(lambda x: total.add(x) or x)
    before = total.value
    rdd.count()
    once = total.value
    rdd.count()
    return before, once, total.value


def two_ids(sc: Any) -> Any:
    a, b = sc.accumulator(0), sc.accumulator(0)
    return b.aid - a.aid, repr(a).replace(f"id={a.aid}", "id=?")


def task_value(sc: Any) -> Any:
    total = sc.accumulator(0)
    return sc.range(1).map(lambda x: total.value).collect()


def failed_tasks_do_not_count(sc: Any) -> Any:
    total = sc.accumulator(0)
    try:
        sc.parallelize([1, 1, 0], 1).foreach(lambda x: total.add(1) or 1 / x)
    except Exception:
        return total.value
    raise AssertionError("the job did not fail")


case("int", lambda ps, sc, tmp: added(sc, 0, [1, 2, 3, 4]))
case("int_start", lambda ps, sc, tmp: added(sc, 100, [1, 2, 3, 4]))
case("float", lambda ps, sc, tmp: added(sc, 0.0, [0.5, 2]))
case("complex", lambda ps, sc, tmp: added(sc, 0j, [1j, 2]))
case("bool", lambda ps, sc, tmp: added(sc, True, [1, 2]))
case("custom_param", lambda ps, sc, tmp: added(sc, "", ["a", "ccc", "bb"], custom(ps)))
case(
    "vector_param",
    lambda ps, sc, tmp: added(sc, [1.0, 2.0], [[1.0, 0.5], [2.0, 0.25], [3.0, 0.125]], vectors(ps)),
)
case("text_has_no_param", lambda ps, sc, tmp: sc.accumulator("x"))
case("list_has_no_param", lambda ps, sc, tmp: sc.accumulator([1]))
case("in_place", lambda ps, sc, tmp: in_place(sc))
case("set_on_driver", lambda ps, sc, tmp: set_on_driver(sc))
case("in_transformation", lambda ps, sc, tmp: in_transformation(sc))
case("ids", lambda ps, sc, tmp: two_ids(sc))
case("value_in_task", lambda ps, sc, tmp: task_value(sc))
case("add_wrong_type", lambda ps, sc, tmp: added(sc, 0, ["a"]))
case("failed_tasks_do_not_count", lambda ps, sc, tmp: failed_tasks_do_not_count(sc))

case(
    "broadcast",
    lambda ps, sc, tmp: (lambda b: (b.value, sc.range(3).map(lambda x: b.value[x]).collect()))(
        sc.broadcast([5, 6, 7])
    ),
)
case(
    "broadcast_dict_join",
    lambda ps, sc, tmp: (
        lambda b: sc.parallelize(["a", "b"]).map(lambda k: (k, b.value.get(k))).collect()
    )(sc.broadcast({"a": 1})),
)
case(
    "broadcast_none",
    lambda ps, sc, tmp: (lambda b: (b.value, sc.range(1).map(lambda x: b.value).collect()))(
        sc.broadcast(None)
    ),
)
case(
    "broadcast_large",
    lambda ps, sc, tmp: (lambda b: sc.range(4, numSlices=4).map(lambda x: len(b.value)).collect())(
        sc.broadcast(b"x" * 3_000_000)
    ),
)
case(
    "broadcast_function",
    lambda ps, sc, tmp: (lambda b: sc.parallelize(["a"]).map(lambda x: b.value(x)).collect())(
        sc.broadcast(str.upper)
    ),
)
case(
    "broadcast_two",
    lambda ps, sc, tmp: (lambda a, b: sc.range(2).map(lambda x: a.value + b.value + x).collect())(
        sc.broadcast(10), sc.broadcast(100)
    ),
)
case(
    "broadcast_unpersist",
    lambda ps, sc, tmp: (
        lambda b: (
            sc.range(1).map(lambda x: b.value).collect(),
            b.unpersist(),
            b.unpersist(True),
            b.value,
            sc.range(1).map(lambda x: b.value).collect(),
        )
    )(sc.broadcast([1])),
)
case(
    "broadcast_destroyed",
    lambda ps, sc, tmp: (lambda b: (b.destroy(), sc.range(1).map(lambda x: b.value).collect()))(
        sc.broadcast([1])
    ),
)
case("broadcast_lock", lambda ps, sc, tmp: sc.broadcast(threading.Lock()))
case("broadcast_context", lambda ps, sc, tmp: sc.broadcast(sc))
case("broadcast_rdd", lambda ps, sc, tmp: sc.broadcast(sc.range(1)))
case(
    "broadcast_driver_value_shared",
    lambda ps, sc, tmp: (lambda b: b.value is b.value)(sc.broadcast([1])),
)
case(
    "broadcast_unpersist_in_task",
    lambda ps, sc, tmp: (lambda b: sc.range(1).map(lambda x: b.unpersist()).collect())(
        sc.broadcast([1])
    ),
)
