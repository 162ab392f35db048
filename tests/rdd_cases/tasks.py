"""``TaskContext``, barrier stages and resource profiles."""

from __future__ import annotations

from typing import Any

from tests.rdd_cases import Family

case = Family("tasks")


def fields(ps: Any) -> Any:
    def look(items: Any) -> Any:
        context = ps.TaskContext.get()
        return [
            (
                context.partitionId(),
                context.attemptNumber(),
                context.cpus(),
                context.cpuAmount(),
                context.resources(),
                type(context.stageId()),
                type(context.taskAttemptId()),
                context.getLocalProperty("color"),
                list(items),
            )
        ]

    return look


def with_property(ps: Any, sc: Any) -> Any:
    sc.setLocalProperty("color", "red")
    try:
        return sc.range(2).mapPartitions(fields(ps)).collect()
    finally:
        sc.setLocalProperty("color", None)


def gather(ps: Any) -> Any:
    def run(items: Any) -> Any:
        context = ps.BarrierTaskContext.get()
        context.barrier()
        told = context.allGather(f"{context.partitionId()}:{sum(items)}")
        infos = context.getTaskInfos()
        return [(context.partitionId(), told, len(infos), type(infos[0].address))]

    return run


def barrier_call(ps: Any) -> Any:
    def run(items: Any) -> Any:
        ps.BarrierTaskContext.get().barrier()
        return items

    return run


case("context", lambda ps, sc, tmp: sc.range(4).mapPartitions(fields(ps)).collect())
case("context_driver", lambda ps, sc, tmp: ps.TaskContext.get())
case("context_local_property", lambda ps, sc, tmp: with_property(ps, sc))
case(
    "context_stage_ids",
    lambda ps, sc, tmp: (lambda ids: len(set(ids)))(
        sc.range(6, numSlices=3)
        .mapPartitions(lambda it: [ps.TaskContext.get().stageId()])
        .collect()
    ),
)
case(
    "context_attempt_ids",
    lambda ps, sc, tmp: (lambda ids: len(set(ids)))(
        sc.range(6, numSlices=3)
        .mapPartitions(lambda it: [ps.TaskContext.get().taskAttemptId()])
        .collect()
    ),
)
case(
    "context_after_shuffle",
    lambda ps, sc, tmp: (
        sc.range(6)
        .map(lambda x: (x, x))
        .partitionBy(3)
        .mapPartitions(lambda it: [ps.TaskContext.get().partitionId()])
        .collect()
    ),
)
case(
    "context_is_one",
    lambda ps, sc, tmp: (
        sc.range(2).map(lambda x: ps.TaskContext.get() is ps.TaskContext.get()).collect()
    ),
)
case("barrier", lambda ps, sc, tmp: sc.range(4).barrier().mapPartitions(gather(ps)).collect())
case("barrier_type", lambda ps, sc, tmp: type(sc.range(4).barrier()))
case(
    "barrier_with_index",
    lambda ps, sc, tmp: (
        sc.range(4).barrier().mapPartitionsWithIndex(lambda i, it: [(i, list(it))]).collect()
    ),
)
case(
    "barrier_then_shuffle",
    lambda ps, sc, tmp: sorted(
        sc.range(4)
        .barrier()
        .mapPartitions(lambda it: [(x % 2, x) for x in it])
        .reduceByKey(max)
        .collect()
    ),
)
case(
    "barrier_fails_together",
    lambda ps, sc, tmp: (
        sc.range(4).barrier().mapPartitions(lambda it: [1 / x for x in it]).collect()
    ),
)
case(
    "barrier_context_outside",
    lambda ps, sc, tmp: sc.range(2).mapPartitions(barrier_call(ps)).collect(),
)
case("barrier_context_driver", lambda ps, sc, tmp: ps.BarrierTaskContext.get())
case("resource_profile_none", lambda ps, sc, tmp: sc.range(1).getResourceProfile())
case("print_in_task", lambda ps, sc, tmp: sc.range(2).map(lambda x: print("hello", x)).collect())
case(
    "environment",
    lambda ps, sc, tmp: sc.range(1).map(lambda x: __import__("os").environ.get("COLOR")).collect(),
    spark_executorEnv_COLOR="red",
)
