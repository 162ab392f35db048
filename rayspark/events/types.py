"""Everything that leaves the engine as news: Spark's listener events as frozen dataclasses.

An event says what happened and is never changed. Names are Spark's without ``SparkListener``. Times
are milliseconds since 1970, sizes bytes. A subscriber listens to one granularity of task news:

==============  ================================  ==================================================
granularity     events                            who listens
==============  ================================  ==================================================
per batch       TasksStarted, TasksEnded          status store, progress bar, summary; always posted
per task        TaskStart, TaskGettingResult,     event log, users' listeners; built only when
                TaskEnd                           ``bus.wants(TaskEnd)`` (each costs microseconds)
==============  ================================  ==================================================

Both count alike: ``TasksEnded.succeeded`` TaskEnds with Success, ``killed`` with TaskKilled or
TaskCommitDenied, ``resubmitted`` those with Resubmitted, ``failed`` all others. A batch has one
executor and stage attempt. Events per batch are RaySpark's own; the event log has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from rayspark.events.sql import SqlEvent
from rayspark.metrics import TaskMetrics
from rayspark.records import dataclass

# ------------------------------------------------------------------------------- descriptions


@dataclass(frozen=True, slots=True)
class StorageLevelInfo:
    """A storage level in plain fields."""

    use_disk: bool = False
    use_memory: bool = False
    use_off_heap: bool = False
    deserialized: bool = False
    replication: int = 1


@dataclass(frozen=True, slots=True)
class BlockManagerId:
    """The block store of an executor."""

    executor_id: str
    host: str
    port: int = 1
    """Nobody listens there; Spark's reader of event logs refuses a port that is not above 0."""


@dataclass(frozen=True, slots=True)
class RDDInfo:
    """An RDD of a stage, as the UI draws it."""

    rdd_id: int
    name: str
    num_partitions: int
    storage_level: StorageLevelInfo = StorageLevelInfo()
    parent_ids: tuple[int, ...] = ()
    call_site: str = ""
    scope: str | None = None
    """JSON ``{"id": ..., "name": ...}`` of the operation the RDD is drawn inside of."""
    barrier: bool = False
    deterministic_level: str = "DETERMINATE"
    num_cached_partitions: int = 0
    memory_size: int = 0
    disk_size: int = 0


@dataclass(frozen=True, slots=True)
class AccumulableInfo:
    """An accumulator's value, and what one task added to it."""

    accumulator_id: int
    name: str | None
    update: object = None
    value: object = None
    count_failed_values: bool = False


@dataclass(frozen=True, slots=True)
class StageInfo:
    """A stage attempt. ``completion_time`` and ``failure_reason`` are known when it has ended."""

    stage_id: int
    attempt: int
    name: str
    num_tasks: int
    rdd_infos: tuple[RDDInfo, ...] = ()
    parent_ids: tuple[int, ...] = ()
    details: str = ""
    submission_time: int | None = None
    completion_time: int | None = None
    failure_reason: str | None = None
    accumulables: tuple[AccumulableInfo, ...] = ()
    resource_profile_id: int = 0


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """One try of a task. ``attempt`` is 0 for the first try of this partition in the attempt.

    ``index`` is the task's place in its stage attempt. A try ends with ``finish_time`` set and at
    most one of ``failed`` and ``killed``.
    """

    task_id: int
    index: int
    attempt: int
    partition_id: int
    launch_time: int
    executor_id: str
    host: str
    locality: str
    speculative: bool = False
    getting_result_time: int = 0
    finish_time: int = 0
    failed: bool = False
    killed: bool = False
    accumulables: tuple[AccumulableInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class StackFrame:
    """A frame of a traceback, outermost first as Python prints it."""

    module: str
    function: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class ExecutorMetrics:
    """Memory an executor holds."""

    resident_memory: int = 0
    storage_memory: int = 0
    execution_memory: int = 0


# ------------------------------------------------------------------------------- why a try ended


@dataclass(frozen=True, slots=True)
class Success:
    """The try succeeded and counts."""


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """An earlier success was lost with its node, and the task runs again. Not the end of a try."""


@dataclass(frozen=True, slots=True)
class TaskResultLost:
    """The try succeeded, but its result was lost before the driver read it."""


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Shuffle input was missing or corrupt."""

    block_manager: BlockManagerId | None
    shuffle_id: int
    map_id: int
    map_index: int
    reduce_id: int
    message: str


@dataclass(frozen=True, slots=True)
class ExceptionFailure:
    """The task raised."""

    class_name: str
    description: str
    stack_trace: tuple[StackFrame, ...] = ()
    full_stack_trace: str = ""
    accumulator_updates: tuple[AccumulableInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskKilled:
    """The try was stopped on purpose."""

    reason: str


@dataclass(frozen=True, slots=True)
class TaskCommitDenied:
    """Another try had leave to commit the output."""

    job_id: int
    partition_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class ExecutorLostFailure:
    """The executor of the try died."""

    executor_id: str
    exit_caused_by_app: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownReason:
    """Nobody knows."""


TaskEndReason = (
    Success
    | Resubmitted
    | TaskResultLost
    | FetchFailed
    | ExceptionFailure
    | TaskKilled
    | TaskCommitDenied
    | ExecutorLostFailure
    | UnknownReason
)


@dataclass(frozen=True, slots=True)
class JobSucceeded:
    """The action has its result."""


@dataclass(frozen=True, slots=True)
class JobFailed:
    """The action raises."""

    message: str
    stack_trace: tuple[StackFrame, ...] = ()


JobResult = JobSucceeded | JobFailed

# ------------------------------------------------------------------------------- application


@dataclass(frozen=True, slots=True)
class LogStart:
    """First line of an event log."""

    spark_version: str


@dataclass(frozen=True, slots=True)
class ApplicationStart:
    """A SparkContext started."""

    app_name: str
    app_id: str
    time: int
    user: str
    attempt_id: str | None = None


@dataclass(frozen=True, slots=True)
class ApplicationEnd:
    """The SparkContext stopped."""

    time: int
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentUpdate:
    """What the application runs with. Secrets are redacted by whoever shows or writes it."""

    spark_properties: Mapping[str, str]
    runtime: Mapping[str, str] = field(default_factory=dict)
    """Versions of Python, Ray, pyarrow ... (Spark's "JVM Information")."""
    system_properties: Mapping[str, str] = field(default_factory=dict)
    python_path: Mapping[str, str] = field(default_factory=dict)
    """Entry -> where it comes from (Spark's "Classpath Entries")."""


@dataclass(frozen=True, slots=True)
class ExecutorRequestInfo:
    """What executors of a profile must have of a resource; memory in MiB."""

    amount: int
    discovery_script: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class ResourceProfileAdded:
    """A resource profile exists. Requests are by the names of resources."""

    profile_id: int
    executor_requests: Mapping[str, ExecutorRequestInfo]
    task_requests: Mapping[str, float]


# ------------------------------------------------------------------------------- jobs and stages


@dataclass(frozen=True, slots=True)
class JobStart:
    """An action became a job. ``properties`` are the local ones (group, description, tags ...).

    ``stage_infos`` hold every stage of the job, also those that will be skipped, in order of id and
    without submission times.
    """

    job_id: int
    time: int
    stage_infos: tuple[StageInfo, ...]
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobEnd:
    """The job is over."""

    job_id: int
    time: int
    result: JobResult


@dataclass(frozen=True, slots=True)
class StageSubmitted:
    """A stage attempt begins to run tasks."""

    stage_info: StageInfo
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageCompleted:
    """A stage attempt ended, well or with ``stage_info.failure_reason``."""

    stage_info: StageInfo


# ------------------------------------------------------------------------------- tasks, per batch


@dataclass(frozen=True, slots=True)
class TasksStarted:
    """Some tries of one stage attempt were launched on one executor."""

    stage_id: int
    attempt: int
    executor_id: str
    count: int
    speculative: int = 0
    """How many of `count` are speculative copies."""


@dataclass(frozen=True, slots=True)
class TasksEnded:
    """Some tries of one stage attempt on one executor ended. See the module's table."""

    stage_id: int
    attempt: int
    executor_id: str
    succeeded: int = 0
    failed: int = 0
    killed: int = 0
    resubmitted: int = 0
    """Earlier successes that are lost: they are to run again, and no try ended."""
    metrics: TaskMetrics | None = None
    """Sum over the tries; the receiver must not change it."""


# ------------------------------------------------------------------------------- tasks, one by one


@dataclass(frozen=True, slots=True)
class TaskStart:
    """A try was launched."""

    stage_id: int
    attempt: int
    task_info: TaskInfo


@dataclass(frozen=True, slots=True)
class TaskGettingResult:
    """The driver fetches a result that was too large to come with the report."""

    task_info: TaskInfo


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """A try ended. ``task_type`` is ShuffleMapTask or ResultTask."""

    stage_id: int
    attempt: int
    task_type: str
    reason: TaskEndReason
    task_info: TaskInfo
    metrics: TaskMetrics | None = None
    executor_metrics: ExecutorMetrics = ExecutorMetrics()


@dataclass(frozen=True, slots=True)
class SpeculativeTaskSubmitted:
    """A task is slow, and a copy of it will be launched."""

    stage_id: int
    attempt: int
    index: int = -1
    partition_id: int = -1


# ------------------------------------------------------------------------------- executors


@dataclass(frozen=True, slots=True)
class ExecutorAdded:
    """An executor is ready for tasks."""

    time: int
    executor_id: str
    host: str
    total_cores: int
    log_urls: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    resource_profile_id: int = 0
    resources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Addresses of the units that it holds, by resource."""


@dataclass(frozen=True, slots=True)
class ExecutorRemoved:
    """An executor is gone; `expected` when it was released on purpose (idle, stop)."""

    time: int
    executor_id: str
    reason: str
    expected: bool = False


@dataclass(frozen=True, slots=True)
class ExecutorMetricsUpdate:
    """A heartbeat."""

    executor_id: str
    metrics: ExecutorMetrics


@dataclass(frozen=True, slots=True)
class ExecutorExcluded:
    """No tasks for this executor for a while."""

    time: int
    executor_id: str
    task_failures: int


@dataclass(frozen=True, slots=True)
class ExecutorExcludedForStage:
    """No tasks of this stage attempt for this executor."""

    time: int
    executor_id: str
    task_failures: int
    stage_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class ExecutorUnexcluded:
    """The executor gets tasks again."""

    time: int
    executor_id: str


@dataclass(frozen=True, slots=True)
class NodeExcluded:
    """No tasks for executors of this machine for a while."""

    time: int
    host: str
    executor_failures: int


@dataclass(frozen=True, slots=True)
class NodeExcludedForStage:
    """No tasks of this stage attempt for executors of this machine."""

    time: int
    host: str
    executor_failures: int
    stage_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class NodeUnexcluded:
    """The machine gets tasks again."""

    time: int
    host: str


@dataclass(frozen=True, slots=True)
class UnschedulableTaskSetAdded:
    """Exclusions leave no executor for a task of this stage attempt."""

    stage_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class UnschedulableTaskSetRemoved:
    """The stage attempt can be scheduled again."""

    stage_id: int
    attempt: int


# ------------------------------------------------------------------------------- blocks


@dataclass(frozen=True, slots=True)
class BlockManagerAdded:
    """An executor's block store, or the driver's, is registered."""

    time: int
    block_manager: BlockManagerId
    max_memory: int


@dataclass(frozen=True, slots=True)
class BlockManagerRemoved:
    """A block store is gone."""

    time: int
    block_manager: BlockManagerId


@dataclass(frozen=True, slots=True)
class BlockUpdated:
    """A block was stored, moved between memory and disk, or dropped (both sizes zero)."""

    block_manager: BlockManagerId
    block_id: str
    storage_level: StorageLevelInfo
    memory_size: int
    disk_size: int


@dataclass(frozen=True, slots=True)
class UnpersistRDD:
    """An RDD is no longer cached."""

    rdd_id: int


Event = (
    LogStart
    | ApplicationStart
    | ApplicationEnd
    | EnvironmentUpdate
    | ResourceProfileAdded
    | JobStart
    | JobEnd
    | StageSubmitted
    | StageCompleted
    | TasksStarted
    | TasksEnded
    | TaskStart
    | TaskGettingResult
    | TaskEnd
    | SpeculativeTaskSubmitted
    | ExecutorAdded
    | ExecutorRemoved
    | ExecutorMetricsUpdate
    | ExecutorExcluded
    | ExecutorExcludedForStage
    | ExecutorUnexcluded
    | NodeExcluded
    | NodeExcludedForStage
    | NodeUnexcluded
    | UnschedulableTaskSetAdded
    | UnschedulableTaskSetRemoved
    | BlockManagerAdded
    | BlockManagerRemoved
    | BlockUpdated
    | UnpersistRDD
    | SqlEvent
)
"""Any event."""

BULK_EVENTS: frozenset[type[Event]] = frozenset(
    {TaskStart, TaskGettingResult, TaskEnd, BlockUpdated, ExecutorMetricsUpdate}
)
"""Events that come by the thousand: the only ones that a bus may drop when it cannot keep up."""
