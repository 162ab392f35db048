"""The numbers that steer the scheduler. Seconds, counts and fractions, all resolved and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from rayspark.records import dataclass
from rayspark.resource.needs import NOTHING, Needs


@dataclass(frozen=True, slots=True)
class PoolConfig:
    """A pool of ``fairscheduler.xml``."""

    name: str
    fair: bool = False
    """Jobs within the pool share it fairly; otherwise first come, first served."""
    weight: int = 1
    min_share: int = 0


@dataclass(frozen=True, slots=True)
class SpeculationConfig:
    """``spark.speculation.*``: copies of tasks that are slower than their kind."""

    enabled: bool = False
    interval: float = 0.1
    quantile: float = 0.9
    multiplier: float = 3.0
    min_task_runtime: float = 0.1
    duration_threshold: float | None = None
    """``spark.speculation.task.duration.threshold``: for stages too small to have a median."""


@dataclass(frozen=True, slots=True)
class ExclusionConfig:
    """``spark.excludeOnFailure.*``: no tasks for executors and machines that fail them."""

    enabled: bool = False
    attempts_per_executor: int = 1
    """Failures of one task after which an executor gets that task no more."""
    attempts_per_node: int = 2
    stage_tasks_per_executor: int = 2
    """Different failed tasks after which an executor gets no task of that stage attempt."""
    stage_executors_per_node: int = 2
    application_tasks_per_executor: int = 2
    application_executors_per_node: int = 2
    timeout: float = 3600.0
    kill: bool = False
    """``killExcludedExecutors``: replace executors that the application excludes."""


@dataclass(frozen=True, slots=True)
class AllocationConfig:
    """``spark.dynamicAllocation.*``: as many executors as there is work."""

    enabled: bool = False
    min_executors: int = 0
    max_executors: int = 2**31 - 1
    initial_executors: int = 0
    """Wanted of each profile as soon as a stage needs it, with dynamic allocation or without."""
    backlog_timeout: float = 1.0
    sustained_backlog_timeout: float = 1.0
    idle_timeout: float = 60.0
    cached_idle_timeout: float = float("inf")
    ratio: float = 1.0
    """Executors wanted per executor that full parallelism needs."""


@dataclass(frozen=True, slots=True)
class SchedulerConfig:
    """Everything the scheduler may be told."""

    task_cpus: Fraction | int = 1
    max_task_failures: int = 4
    max_stage_attempts: int = 4
    """``spark.stage.maxConsecutiveAttempts``: fetch failures in a row before the job fails."""
    locality_wait_process: float = 3.0
    locality_wait_node: float = 3.0
    fair: bool = False
    """``spark.scheduler.mode`` is FAIR."""
    pools: Mapping[str, PoolConfig] = field(default_factory=dict)
    one_profile: bool = False
    """There is one executor, which serves every profile (local masters)."""
    executor_cores: int = 1
    """Cores that are expected of executors not yet started."""
    needs: Needs = NOTHING
    """Units that executors hold and tasks take where a stage asks for nothing."""
    merge_profiles: bool = False
    """``spark.scheduler.resource.profileMergeConflicts``."""
    barrier_check_interval: float = 15.0
    barrier_check_failures: int = 40
    speculation: SpeculationConfig = SpeculationConfig()
    exclusion: ExclusionConfig = ExclusionConfig()
    allocation: AllocationConfig = AllocationConfig()
    per_task_events: bool = False
    """Post TaskStart and TaskEnd for every try, besides the events per batch."""
    epoch_ms: int = 0
    """Wall-clock milliseconds at ``now == 0``: for the times in events."""
    stall_grace: float = 2.0
    """Seconds that tries whose input was lost may hold slots that its repair needs. Ray itself
    notices after 13 s that the only copy of an object is gone."""
    starvation_timeout: float = 15.0
    """Seconds that tasks wait without any executor before the user is told, again and again."""
    batch_window: float = 0.05
    """Short tasks are queued at an executor until it has this much work. A call through Ray costs
    about 0.5 ms: a hundredth of it."""
    answer_time: float = 0.01
    """Work for at least so long is sent as two batches, so that the first can be answered with more
    while the second runs: between two calls an executor waits for 3 to 4 ms when all cores
    are busy."""
    long_task: float = 0.05
    """Tasks at least this long are never queued behind others."""
    hand_back: float = 0.2
    """An executor that has work ahead and reports nothing for so long is asked to give back what it
    has not begun: its tasks are longer than was thought."""
    merged_block_size: int = 0
    """Small blocks of map output are merged until they have so many bytes; 0 for never."""
    merge_fan_in: int = 32
    """Calls whose small blocks become one, unless fewer have enough bytes."""
    max_batch: int = 500
    """Most tries in flight at one executor."""
