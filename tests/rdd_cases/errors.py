"""What users do wrong, and what they are told."""

from __future__ import annotations

import sys
import threading
from typing import Any

from tests.rdd_cases import Family

case = Family("errors")


class Unlucky(Exception):
    """An exception of the user's own."""


def stop(x: Any) -> Any:
    raise StopIteration("s")


def unlucky(x: Any) -> Any:
    raise Unlucky("no luck", x)


case("in_map", lambda ps, sc, tmp: sc.parallelize([1, 0], 1).map(lambda x: 1 / x).collect())
case("in_filter", lambda ps, sc, tmp: sc.range(2).filter(lambda x: x.none).collect())
case("in_reduce", lambda ps, sc, tmp: sc.parallelize([1, "a"], 1).reduce(lambda a, b: a + b))
case(
    "in_reduce_on_driver",
    lambda ps, sc, tmp: sc.parallelize([1, "a"], 2).reduce(lambda a, b: a + b),
)
case(
    "in_map_side",
    lambda ps, sc, tmp: sc.range(4).map(lambda x: (1 // (x - 2), x)).reduceByKey(max).collect(),
)
case(
    "in_reduce_side",
    lambda ps, sc, tmp: (
        sc.range(4).map(lambda x: (0, x)).groupByKey().map(lambda kv: kv[1][0]).collect()
    ),
)
case("in_foreach", lambda ps, sc, tmp: sc.range(2).foreach(lambda x: {}[x]))
case("in_key_function", lambda ps, sc, tmp: sc.range(2).groupBy(lambda x: [1][x + 1]).collect())
case("own_class", lambda ps, sc, tmp: sc.range(1).map(unlucky).collect())
case("only_when_run", lambda ps, sc, tmp: sc.range(1).map(unlucky).getNumPartitions())
case("name_error", lambda ps, sc, tmp: sc.range(1).map(lambda x: no_such_name).collect())  # type: ignore[name-defined]  # noqa: F821
case(
    "assertion",
    lambda ps, sc, tmp: (
        sc.range(1).map(lambda x: (_ for _ in ()).throw(AssertionError("no"))).collect()
    ),
)
case("exit", lambda ps, sc, tmp: sc.range(1).map(lambda x: sys.exit(3)).collect())
case(
    "os_error",
    lambda ps, sc, tmp: (
        sc.range(1).map(lambda x: (_ for _ in ()).throw(OSError(5, "io"))).collect()
    ),
)
case("stop_iteration_map", lambda ps, sc, tmp: sc.range(1).map(stop).collect())
case("stop_iteration_filter", lambda ps, sc, tmp: sc.range(1).filter(stop).collect())
case("stop_iteration_flat_map", lambda ps, sc, tmp: sc.range(1).flatMap(stop).collect())
case("stop_iteration_foreach", lambda ps, sc, tmp: sc.range(1).foreach(stop))
case("stop_iteration_reduce_driver", lambda ps, sc, tmp: sc.range(2).reduce(lambda a, b: stop(a)))
case(
    "stop_iteration_reduce_task",
    lambda ps, sc, tmp: sc.parallelize([1, 2], 1).reduce(lambda a, b: stop(a)),
)
case(
    "stop_iteration_fold", lambda ps, sc, tmp: sc.parallelize([1], 1).fold(0, lambda a, b: stop(a))
)
case("not_a_function", lambda ps, sc, tmp: sc.range(1).map(3).collect())
case("wrong_arguments", lambda ps, sc, tmp: sc.range(1).map(lambda: 1).collect())
case(
    "partitions_not_iterable", lambda ps, sc, tmp: sc.range(1).mapPartitions(lambda it: 3).collect()
)
case("partitions_none", lambda ps, sc, tmp: sc.range(1).mapPartitions(lambda it: None).collect())
case("flat_map_not_iterable", lambda ps, sc, tmp: sc.range(1).flatMap(lambda x: 3).collect())
case(
    "unpicklable_closure",
    lambda ps, sc, tmp: (lambda lock: sc.range(1).map(lambda x: lock).collect())(threading.Lock()),
)
case(
    "unpicklable_result", lambda ps, sc, tmp: sc.range(1).map(lambda x: threading.Lock()).collect()
)
case("unpicklable_element", lambda ps, sc, tmp: sc.parallelize([threading.Lock()]).collect())
case(
    "rdd_in_closure",
    lambda ps, sc, tmp: (lambda r: sc.range(1).map(lambda x: r.count()).collect())(sc.range(2)),
)
case(
    "context_in_closure",
    lambda ps, sc, tmp: sc.range(1).map(lambda x: sc.range(1).count()).collect(),
)
case("rdd_as_element", lambda ps, sc, tmp: sc.parallelize([sc.range(1)]).collect())
case(
    "jobs_go_on_after_failure",
    lambda ps, sc, tmp: ([failed(sc) for _ in range(3)], sc.range(3).collect()),
)


def failed(sc: Any) -> bool:
    try:
        sc.range(1).map(lambda x: 1 / x).collect()
    except Exception:
        return True
    return False


case("union_not_rdd", lambda ps, sc, tmp: sc.range(1).union([1]).collect())
case("join_not_rdd", lambda ps, sc, tmp: sc.parallelize([(1, 1)]).join([(1, 2)]).collect())
case("map_values_not_pairs", lambda ps, sc, tmp: sc.range(1).mapValues(str).collect())
case("key_missing", lambda ps, sc, tmp: sc.parallelize([()]).keys().collect())
