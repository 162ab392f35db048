"""Keys of the scheduler: tasks, stages, pools, placement, speculation, exclusion, barriers."""

from __future__ import annotations

from rayspark.config.entry import (
    BOOLEAN,
    DECIMAL,
    DOUBLE,
    FRACTION,
    INT,
    NOT_NEGATIVE,
    POSITIVE,
    SHARE_OR_WHOLE,
    STRING,
    Status,
    entry,
    falling_back,
    one_of,
    optional,
    seconds,
    size,
)

TASK_CPUS = entry(
    "spark.task.cpus",
    DECIMAL,
    "1",
    "Cores that each task takes: any amount above 0, such as 0.5 for tasks that mostly wait; no "
    "executor runs more than 1000 tasks at a time.",
    check=POSITIVE,
)
TASK_RESOURCE_AMOUNT = optional(
    "spark.task.resource.{name}.amount",
    DECIMAL,
    "Units of this resource that each task takes, of those that its executor has: a whole number, "
    "or at most 1, for tasks that share a unit. `TaskContext.resources` has their addresses.",
    check=SHARE_OR_WHOLE,
)
RESOURCE_PROFILE_MERGE_CONFLICTS = entry(
    "spark.scheduler.resource.profileMergeConflicts",
    BOOLEAN,
    "false",
    "Where RDDs with different resource profiles meet in a stage, take the most of each resource. "
    "Otherwise that is an error.",
)
TASK_MAX_FAILURES = entry(
    "spark.task.maxFailures",
    INT,
    "4",
    "A job fails when one of its tasks has failed so often. (With `local[n]` once is enough, as "
    "in Spark; see `local[n,f]`.)",
    check=POSITIVE,
)
TASK_MAX_DIRECT_RESULT_SIZE = entry(
    "spark.task.maxDirectResultSize",
    size("b"),
    "1m",
    "Larger results travel through the object store.",
    check=POSITIVE,
    status=Status.ACCEPTED,
    reason="Ray sends small results with the answer and keeps large ones in the object store.",
)
STAGE_MAX_CONSECUTIVE_ATTEMPTS = entry(
    "spark.stage.maxConsecutiveAttempts",
    INT,
    "4",
    "A job fails when one of its stages has lost its shuffle input so often in a row.",
    check=POSITIVE,
)

LOCALITY_WAIT = entry(
    "spark.locality.wait",
    seconds("ms"),
    "3s",
    "How long a task waits for an executor near its data before it takes a farther one.",
    check=NOT_NEGATIVE,
)
LOCALITY_WAIT_PROCESS = falling_back(
    "spark.locality.wait.process", LOCALITY_WAIT, "The same, for the process that holds the data."
)
LOCALITY_WAIT_NODE = falling_back(
    "spark.locality.wait.node", LOCALITY_WAIT, "The same, for a machine that holds the data."
)
LOCALITY_WAIT_RACK = falling_back(
    "spark.locality.wait.rack",
    LOCALITY_WAIT,
    "The same, for a rack.",
    status=Status.ACCEPTED,
    reason="Ray does not tell which machines share a rack.",
)

SCHEDULER_MODE = entry(
    "spark.scheduler.mode",
    one_of("FAIR", "FIFO", "NONE", upper=True),
    "FIFO",
    "Which of several jobs gets the next free core: the one that came first (`FIFO`), or each in "
    "turn, by pools (`FAIR`).",
)
SCHEDULER_ALLOCATION_FILE = optional(
    "spark.scheduler.allocation.file",
    STRING,
    "XML file that describes the pools (weight, minShare, schedulingMode) of the FAIR mode.",
)
SCHEDULER_POOL = optional(
    "spark.scheduler.pool",
    STRING,
    "Pool of the jobs of a thread. A local property: set it with `SparkContext.setLocalProperty`.",
    status=Status.ACCEPTED,
    reason="it belongs to a thread: SparkContext.setLocalProperty.",
)
SCHEDULER_MIN_REGISTERED_RATIO = entry(
    "spark.scheduler.minRegisteredResourcesRatio",
    DOUBLE,
    "0.0",
    "Part of the expected executors that must be there before the first task starts.",
    check=FRACTION,
    status=Status.ACCEPTED,
    reason="the first executor that is ready gets the first task.",
)
SCHEDULER_MAX_REGISTERED_WAIT = entry(
    "spark.scheduler.maxRegisteredResourcesWaitingTime",
    seconds("s"),
    "30s",
    "How long to wait for them at most.",
    check=NOT_NEGATIVE,
    status=Status.ACCEPTED,
    reason="the first executor that is ready gets the first task.",
)

LISTENER_BUS_CAPACITY = entry(
    "spark.scheduler.listenerbus.eventqueue.capacity",
    INT,
    "10000",
    "Events that may wait for listeners; of more, those about single tasks and blocks are dropped.",
    check=POSITIVE,
)

SPECULATION = entry(
    "spark.speculation",
    BOOLEAN,
    "false",
    "Start a second copy of tasks that are slower than their kind.",
)
SPECULATION_INTERVAL = entry(
    "spark.speculation.interval",
    seconds("ms"),
    "100ms",
    "How often to look for them.",
    check=POSITIVE,
)
SPECULATION_MULTIPLIER = entry(
    "spark.speculation.multiplier",
    DOUBLE,
    "3",
    "How many times slower than the median a task must be.",
    check=POSITIVE,
)
SPECULATION_QUANTILE = entry(
    "spark.speculation.quantile",
    DOUBLE,
    "0.9",
    "Part of a stage's tasks that must have ended before its others are judged.",
    check=FRACTION,
)
SPECULATION_MIN_TASK_RUNTIME = entry(
    "spark.speculation.minTaskRuntime",
    seconds("ms"),
    "100ms",
    "Younger tasks are left alone.",
    check=NOT_NEGATIVE,
)
SPECULATION_TASK_DURATION_THRESHOLD = optional(
    "spark.speculation.task.duration.threshold",
    seconds("ms"),
    "In stages with no more tasks than an executor has slots, tasks older than this are copied.",
    check=POSITIVE,
)

EXCLUDE_ON_FAILURE_ENABLED = entry(
    "spark.excludeOnFailure.enabled",
    BOOLEAN,
    "false",
    "Give no tasks to executors and machines on which too many failed.",
)
EXCLUDE_ON_FAILURE_TIMEOUT = entry(
    "spark.excludeOnFailure.timeout",
    seconds("ms"),
    "1h",
    "For how long the application excludes them.",
    check=POSITIVE,
)
EXCLUDE_TASK_ATTEMPTS_PER_EXECUTOR = entry(
    "spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor",
    INT,
    "1",
    "Failures of one task on one executor after which it is not tried there again.",
    check=POSITIVE,
)
EXCLUDE_TASK_ATTEMPTS_PER_NODE = entry(
    "spark.excludeOnFailure.task.maxTaskAttemptsPerNode",
    INT,
    "2",
    "The same for a machine.",
    check=POSITIVE,
)
EXCLUDE_STAGE_TASKS_PER_EXECUTOR = entry(
    "spark.excludeOnFailure.stage.maxFailedTasksPerExecutor",
    INT,
    "2",
    "Failed tasks of one stage after which an executor is excluded from that stage.",
    check=POSITIVE,
)
EXCLUDE_STAGE_EXECUTORS_PER_NODE = entry(
    "spark.excludeOnFailure.stage.maxFailedExecutorsPerNode",
    INT,
    "2",
    "Excluded executors after which a machine is excluded from that stage.",
    check=POSITIVE,
)
EXCLUDE_APPLICATION_TASKS_PER_EXECUTOR = entry(
    "spark.excludeOnFailure.application.maxFailedTasksPerExecutor",
    INT,
    "2",
    "Failed tasks, in stages that succeeded, after which the application excludes an executor.",
    check=POSITIVE,
)
EXCLUDE_APPLICATION_EXECUTORS_PER_NODE = entry(
    "spark.excludeOnFailure.application.maxFailedExecutorsPerNode",
    INT,
    "2",
    "Excluded executors after which the application excludes a machine.",
    check=POSITIVE,
)
EXCLUDE_KILL = entry(
    "spark.excludeOnFailure.killExcludedExecutors",
    BOOLEAN,
    "false",
    "Replace executors that the application excludes.",
)

BARRIER_SYNC_TIMEOUT = entry(
    "spark.barrier.sync.timeout",
    seconds("s"),
    "365d",
    "How long `BarrierTaskContext.barrier` waits for the other tasks.",
    check=POSITIVE,
)
BARRIER_CHECK_INTERVAL = entry(
    "spark.scheduler.barrier.maxConcurrentTasksCheck.interval",
    seconds("s"),
    "15s",
    "A barrier stage for which there are too few cores is looked at again after so long.",
    check=POSITIVE,
)
BARRIER_CHECK_FAILURES = entry(
    "spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures",
    INT,
    "40",
    "And its job fails when that was so often in vain.",
    check=POSITIVE,
)

PYTHON_TASK_KILL_TIMEOUT = entry(
    "spark.python.task.killTimeout",
    seconds("ms"),
    "2s",
    "A task that was told to stop and does not within this time has its executor process ended; a "
    "new one takes its place.",
    check=POSITIVE,
)
TASK_REAPER_ENABLED = entry(
    "spark.task.reaper.enabled",
    BOOLEAN,
    "false",
    "Watch tasks that were told to stop, and end executors in which they do not.",
    status=Status.ACCEPTED,
    reason="tasks that were told to stop are always watched: see spark.python.task.killTimeout.",
)
TASK_REAPER_POLLING_INTERVAL = entry(
    "spark.task.reaper.pollingInterval",
    seconds("ms"),
    "10s",
    "How often to look at them.",
    check=POSITIVE,
    status=Status.ACCEPTED,
    reason="they are looked at four times a second.",
)
TASK_REAPER_KILL_TIMEOUT = entry(
    "spark.task.reaper.killTimeout",
    seconds("ms"),
    "-1",
    "After how long their executor is ended; -1: never.",
    status=Status.ACCEPTED,
    reason="see spark.python.task.killTimeout.",
)
