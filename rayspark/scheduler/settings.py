"""The scheduler's numbers, taken from the application's settings."""

from __future__ import annotations

import time

import rayspark.config.entries.application as app
import rayspark.config.entries.own as own
import rayspark.config.entries.scheduling as sched
from rayspark.config import Config
from rayspark.resource.needs import NOTHING, Needs
from rayspark.scheduler.config import (
    AllocationConfig,
    ExclusionConfig,
    SchedulerConfig,
    SpeculationConfig,
)
from rayspark.scheduler.pools import read_pools


def scheduler_config(
    config: Config,
    *,
    per_task_events: bool,
    max_failures: int | None = None,
    one_profile: bool = False,
    executor_cores: int = 1,
    needs: Needs = NOTHING,
) -> SchedulerConfig:
    """Settings as the scheduler needs them; ``max_failures`` is what the master URL says."""
    allocation = config[sched.SCHEDULER_ALLOCATION_FILE]
    return SchedulerConfig(
        task_cpus=config[sched.TASK_CPUS],
        max_task_failures=max_failures or config[sched.TASK_MAX_FAILURES],
        max_stage_attempts=config[sched.STAGE_MAX_CONSECUTIVE_ATTEMPTS],
        locality_wait_process=config[sched.LOCALITY_WAIT_PROCESS],
        locality_wait_node=config[sched.LOCALITY_WAIT_NODE],
        fair=config[sched.SCHEDULER_MODE] == "FAIR",
        pools={} if allocation is None else read_pools(allocation),
        one_profile=one_profile,
        executor_cores=executor_cores,
        needs=needs,
        merge_profiles=config[sched.RESOURCE_PROFILE_MERGE_CONFLICTS],
        barrier_check_interval=config[sched.BARRIER_CHECK_INTERVAL],
        barrier_check_failures=config[sched.BARRIER_CHECK_FAILURES],
        speculation=_speculation(config),
        exclusion=_exclusion(config),
        allocation=_allocation(config),
        per_task_events=per_task_events,
        epoch_ms=int((time.time() - time.monotonic()) * 1000),
        batch_window=config[own.RAY_BATCH_WINDOW],
        # In one process blocks are plain objects, and opening one costs nothing.
        merged_block_size=0 if one_profile else config[own.RAY_MERGED_BLOCK_SIZE],
    )


def _speculation(config: Config) -> SpeculationConfig:
    return SpeculationConfig(
        enabled=config[sched.SPECULATION],
        interval=config[sched.SPECULATION_INTERVAL],
        quantile=config[sched.SPECULATION_QUANTILE],
        multiplier=config[sched.SPECULATION_MULTIPLIER],
        min_task_runtime=config[sched.SPECULATION_MIN_TASK_RUNTIME],
        duration_threshold=config[sched.SPECULATION_TASK_DURATION_THRESHOLD],
    )


def _exclusion(config: Config) -> ExclusionConfig:
    return ExclusionConfig(
        enabled=config[sched.EXCLUDE_ON_FAILURE_ENABLED],
        attempts_per_executor=config[sched.EXCLUDE_TASK_ATTEMPTS_PER_EXECUTOR],
        attempts_per_node=config[sched.EXCLUDE_TASK_ATTEMPTS_PER_NODE],
        stage_tasks_per_executor=config[sched.EXCLUDE_STAGE_TASKS_PER_EXECUTOR],
        stage_executors_per_node=config[sched.EXCLUDE_STAGE_EXECUTORS_PER_NODE],
        application_tasks_per_executor=config[sched.EXCLUDE_APPLICATION_TASKS_PER_EXECUTOR],
        application_executors_per_node=config[sched.EXCLUDE_APPLICATION_EXECUTORS_PER_NODE],
        timeout=config[sched.EXCLUDE_ON_FAILURE_TIMEOUT],
        kill=config[sched.EXCLUDE_KILL],
    )


def initial_executors(config: Config) -> int:
    """Executors at the start of an application with dynamic allocation, as Spark reckons."""
    return max(
        config[app.DYNAMIC_ALLOCATION_INITIAL_EXECUTORS],
        config[app.DYNAMIC_ALLOCATION_MIN_EXECUTORS],
        config[app.EXECUTOR_INSTANCES] or 0,
    )


def _allocation(config: Config) -> AllocationConfig:
    return AllocationConfig(
        enabled=config[app.DYNAMIC_ALLOCATION_ENABLED],
        min_executors=config[app.DYNAMIC_ALLOCATION_MIN_EXECUTORS],
        max_executors=config[app.DYNAMIC_ALLOCATION_MAX_EXECUTORS],
        initial_executors=initial_executors(config),
        backlog_timeout=config[app.DYNAMIC_ALLOCATION_SCHEDULER_BACKLOG_TIMEOUT],
        sustained_backlog_timeout=config[
            app.DYNAMIC_ALLOCATION_SUSTAINED_SCHEDULER_BACKLOG_TIMEOUT
        ],
        idle_timeout=config[app.DYNAMIC_ALLOCATION_EXECUTOR_IDLE_TIMEOUT],
        cached_idle_timeout=config[app.DYNAMIC_ALLOCATION_CACHED_EXECUTOR_IDLE_TIMEOUT],
        ratio=config[app.DYNAMIC_ALLOCATION_EXECUTOR_ALLOCATION_RATIO],
    )
