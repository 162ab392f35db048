"""Keys of the application, its driver and its executors."""

from __future__ import annotations

from rayspark.config.entry import (
    BOOLEAN,
    DOUBLE,
    FRACTION,
    INT,
    NOT_NEGATIVE,
    POSITIVE,
    STRING,
    STRINGS,
    Status,
    entry,
    falling_back,
    one_of,
    optional,
    seconds,
    size,
)

APP_NAME = optional("spark.app.name", STRING, "Name of the application, as users see it.")
APP_ID = optional("spark.app.id", STRING, "Id of the application; made when it starts.")
MASTER = optional(
    "spark.master",
    STRING,
    "Where tasks run: `ray` (the default: the cluster of `RAY_ADDRESS`, or one started on this "
    "machine), an address as Ray writes it (`ray://host:port`, `auto`), `local`, `local[n]`, "
    "`local[*]`, `local[n,f]` (in this process, n threads, tasks tried f times) or "
    "`local-cluster[n,c,m]` (n Ray nodes of c cores and m MiB on this machine).",
)
SPARK_HOME = optional(
    "spark.home",
    STRING,
    "Where Spark is installed.",
    status=Status.ACCEPTED,
    reason="nothing but the Python package is installed.",
)
LOG_CONF = entry("spark.logConf", BOOLEAN, "false", "Log the settings when the application starts.")
LOG_LEVEL = optional(
    "spark.log.level",
    one_of("ALL", "DEBUG", "ERROR", "FATAL", "INFO", "OFF", "TRACE", "WARN", upper=True),
    "Log level, as `SparkContext.setLogLevel` sets it.",
)
LOCAL_DIR = optional(
    "spark.local.dir",
    STRINGS,
    "Directories for spilled blocks and added files, separated by commas; by default a directory "
    "of the session.",
)
DEFAULT_PARALLELISM = optional(
    "spark.default.parallelism",
    INT,
    "Number of partitions where none is given: of `parallelize`, and of shuffles whose parents "
    "have no partitioner. By default all cores of the executors, at least 2.",
    check=POSITIVE,
)

DRIVER_MAX_RESULT_SIZE = entry(
    "spark.driver.maxResultSize",
    size("b"),
    "1g",
    "Most bytes of results of one job, serialised, that the driver takes; above that the job "
    "fails before the driver does. 0: no limit.",
    check=NOT_NEGATIVE,
)
DRIVER_HOST = optional(
    "spark.driver.host",
    STRING,
    "Address of the driver.",
    status=Status.ACCEPTED,
    reason="executors find the driver through Ray.",
)
DRIVER_PORT = optional(
    "spark.driver.port",
    INT,
    "Port of the driver.",
    status=Status.ACCEPTED,
    reason="executors find the driver through Ray.",
)
DRIVER_BIND_ADDRESS = optional(
    "spark.driver.bindAddress",
    STRING,
    "Address at which the driver listens.",
    status=Status.ACCEPTED,
    reason="executors find the driver through Ray.",
)
DRIVER_CORES = entry(
    "spark.driver.cores",
    INT,
    "1",
    "Cores of the driver.",
    status=Status.ACCEPTED,
    reason="the driver is the process you start; give it cores there.",
)
DRIVER_MEMORY = optional(
    "spark.driver.memory",
    size("m"),
    "With a master local[n]: memory for tasks and cached partitions, of which "
    "spark.memory.fraction is used; the machine's memory if not set. On a cluster the driver may "
    "use what it finds.",
)

EXECUTOR_INSTANCES = optional(
    "spark.executor.instances",
    INT,
    "Number of executors; by default as many as the cluster has cores for. The start value with "
    "dynamic allocation.",
    check=NOT_NEGATIVE,
)
EXECUTOR_CORES = optional(
    "spark.executor.cores",
    INT,
    "Cores of each executor: tasks it runs at once. By default 1 for Python functions, whose "
    "threads cannot compute at once.",
    check=POSITIVE,
)
EXECUTOR_MEMORY = optional(
    "spark.executor.memory",
    size("m"),
    "Memory of each executor for execution and storage, divided by `spark.memory.fraction` and "
    "`spark.memory.storageFraction`. By default a task may use `spark.python.worker.memory`.",
    check=POSITIVE,
)
EXECUTOR_MEMORY_OVERHEAD = optional(
    "spark.executor.memoryOverhead",
    size("m"),
    "Memory beside `spark.executor.memory`.",
    status=Status.ACCEPTED,
    reason="there is no JVM heap to leave room beside.",
)
EXECUTOR_MEMORY_OVERHEAD_FACTOR = entry(
    "spark.executor.memoryOverheadFactor",
    DOUBLE,
    "0.1",
    "The same, as a part of it.",
    status=Status.ACCEPTED,
    reason="there is no JVM heap to leave room beside.",
)
EXECUTOR_PYSPARK_MEMORY = optional(
    "spark.executor.pyspark.memory",
    size("m"),
    "Memory for Python functions in each executor.",
    status=Status.ACCEPTED,
    reason="an executor is one Python process: spark.executor.memory holds for it.",
)
EXECUTOR_ENV = optional(
    "spark.executorEnv.{name}", STRING, "Environment variable of the executors."
)
EXECUTOR_RESOURCE_AMOUNT = optional(
    "spark.executor.resource.{name}.amount",
    INT,
    "Units that each executor holds of a resource of Ray: `gpu`, or the name of a custom one "
    "(`ray start --resources`).",
    check=NOT_NEGATIVE,
)
EXECUTOR_RESOURCE_SCRIPT = optional(
    "spark.executor.resource.{name}.discoveryScript",
    STRING,
    "Program that finds the addresses of the units.",
    status=Status.ACCEPTED,
    reason="Ray counts the units of every machine and says which GPUs are whose; units of other "
    "resources are numbered from 0 in each executor.",
)
EXECUTOR_RESOURCE_VENDOR = optional(
    "spark.executor.resource.{name}.vendor",
    STRING,
    "Vendor of the resource.",
    status=Status.ACCEPTED,
    reason="Ray knows resources by their names.",
)
EXECUTOR_HEARTBEAT_INTERVAL = entry(
    "spark.executor.heartbeatInterval",
    seconds("ms"),
    "10s",
    "How often an executor reports that it lives, and the metrics of its running tasks.",
    check=POSITIVE,
)
NETWORK_TIMEOUT = entry(
    "spark.network.timeout",
    seconds("s"),
    "120s",
    "An executor that was silent for so long is taken for dead; also the limit of waiting for a "
    "block.",
    check=POSITIVE,
)
CORES_MAX = optional(
    "spark.cores.max",
    INT,
    "Most cores the application takes of the cluster, where `spark.executor.instances` is not set.",
    check=POSITIVE,
)

DYNAMIC_ALLOCATION_ENABLED = entry(
    "spark.dynamicAllocation.enabled",
    BOOLEAN,
    "false",
    "Start executors when tasks wait, and give them back when idle; asks Ray's autoscaler for "
    "nodes.",
)
DYNAMIC_ALLOCATION_MIN_EXECUTORS = entry(
    "spark.dynamicAllocation.minExecutors", INT, "0", "Fewest executors.", check=NOT_NEGATIVE
)
DYNAMIC_ALLOCATION_MAX_EXECUTORS = entry(
    "spark.dynamicAllocation.maxExecutors", INT, "2147483647", "Most executors.", check=POSITIVE
)
DYNAMIC_ALLOCATION_INITIAL_EXECUTORS = falling_back(
    "spark.dynamicAllocation.initialExecutors",
    DYNAMIC_ALLOCATION_MIN_EXECUTORS,
    "Executors at the start.",
)
DYNAMIC_ALLOCATION_EXECUTOR_IDLE_TIMEOUT = entry(
    "spark.dynamicAllocation.executorIdleTimeout",
    seconds("s"),
    "60s",
    "An executor without tasks for so long is given back.",
    check=NOT_NEGATIVE,
)
DYNAMIC_ALLOCATION_CACHED_EXECUTOR_IDLE_TIMEOUT = entry(
    "spark.dynamicAllocation.cachedExecutorIdleTimeout",
    seconds("s"),
    "2147483647s",
    "The same for an executor that holds cached blocks: practically never.",
    check=NOT_NEGATIVE,
)
DYNAMIC_ALLOCATION_SCHEDULER_BACKLOG_TIMEOUT = entry(
    "spark.dynamicAllocation.schedulerBacklogTimeout",
    seconds("s"),
    "1s",
    "When tasks have waited for so long, the first executors are asked for.",
    check=POSITIVE,
)
DYNAMIC_ALLOCATION_SUSTAINED_SCHEDULER_BACKLOG_TIMEOUT = falling_back(
    "spark.dynamicAllocation.sustainedSchedulerBacklogTimeout",
    DYNAMIC_ALLOCATION_SCHEDULER_BACKLOG_TIMEOUT,
    "And then again, twice as many each time, while they wait.",
)
DYNAMIC_ALLOCATION_EXECUTOR_ALLOCATION_RATIO = entry(
    "spark.dynamicAllocation.executorAllocationRatio",
    DOUBLE,
    "1.0",
    "Executors asked for, as a part of those that would run every waiting task at once.",
    check=FRACTION,
)
DYNAMIC_ALLOCATION_SHUFFLE_TRACKING_ENABLED = entry(
    "spark.dynamicAllocation.shuffleTracking.enabled",
    BOOLEAN,
    "true",
    "Keep executors that hold shuffle output.",
    status=Status.ACCEPTED,
    reason="shuffle output outlives the executor that made it.",
)
DECOMMISSION_ENABLED = entry(
    "spark.decommission.enabled",
    BOOLEAN,
    "false",
    "Finish running tasks and move cached blocks away before an executor is given back.",
    status=Status.ACCEPTED,
    reason="an executor that is given back always finishes its tasks first.",
)

EVENT_LOG_ENABLED = entry(
    "spark.eventLog.enabled",
    BOOLEAN,
    "false",
    "Write an event log in Spark's JSON format, which Spark's history server opens.",
)
EVENT_LOG_DIR = entry(
    "spark.eventLog.dir",
    STRING,
    "/tmp/spark-events",
    "Directory of event logs: any path that fsspec knows.",
)
EVENT_LOG_COMPRESS = entry("spark.eventLog.compress", BOOLEAN, "true", "Compress the event log.")
EVENT_LOG_CODEC = entry(
    "spark.eventLog.compression.codec", STRING, "zstd", "Compression of the event log: `zstd`."
)
EVENT_LOG_OVERWRITE = entry(
    "spark.eventLog.overwrite", BOOLEAN, "false", "Replace an event log of the same name."
)
EVENT_LOG_BLOCK_UPDATES = entry(
    "spark.eventLog.logBlockUpdates.enabled", BOOLEAN, "false", "Log every change of a block too."
)
EVENT_LOG_ROLLING = entry(
    "spark.eventLog.rolling.enabled",
    BOOLEAN,
    "false",
    "Begin a new file when the log is large.",
    status=Status.ACCEPTED,
    reason="an event log is one file.",
)
REDACTION_REGEX = entry(
    "spark.redaction.regex",
    STRING,
    "(?i)secret|password|token|access[.]?key|credential",
    "Values of keys that match are not printed in logs and event logs.",
)
UI_SHOW_CONSOLE_PROGRESS = optional(
    "spark.ui.showConsoleProgress",
    BOOLEAN,
    "Show a progress bar of the running stages; by default when standard error is a terminal.",
)
UI_RETAINED_JOBS = entry(
    "spark.ui.retainedJobs",
    INT,
    "1000",
    "Jobs that the status tracker remembers.",
    check=POSITIVE,
)
UI_RETAINED_STAGES = entry(
    "spark.ui.retainedStages",
    INT,
    "1000",
    "Stages that the status tracker remembers.",
    check=POSITIVE,
)
UI_ENABLED = entry(
    "spark.ui.enabled",
    BOOLEAN,
    "false",
    "Serve a web page about the application.",
    status=Status.ACCEPTED,
    reason="there is no web page yet: see the event log and Ray's dashboard.",
)

PYTHON_WORKER_MEMORY = entry(
    "spark.python.worker.memory",
    size("m"),
    "512m",
    "Memory that an aggregation or a sort of Python objects may use in one task before it spills.",
    check=POSITIVE,
)
PYTHON_WORKER_REUSE = entry(
    "spark.python.worker.reuse",
    BOOLEAN,
    "true",
    "Run task after task in one interpreter.",
    status=Status.ACCEPTED,
    reason="interpreters are always reused.",
)
PYTHON_PROFILE = entry(
    "spark.python.profile",
    BOOLEAN,
    "false",
    "Profile Python functions: see `SparkContext.show_profiles`.",
    status=Status.REFUSED,
    reason="Tasks are not profiled as a whole. Profile a function with rayspark.BasicProfiler, or "
    "an executor with py-spy.",
)
PYTHON_PROFILE_DUMP = optional(
    "spark.python.profile.dump",
    STRING,
    "Directory for the profiles when the application ends.",
    status=Status.REFUSED,
    reason="Tasks are not profiled as a whole. Use BasicProfiler.dump.",
)
PYTHON_PROFILE_MEMORY = entry(
    "spark.python.profile.memory",
    BOOLEAN,
    "false",
    "Profile the memory of Python functions.",
    status=Status.REFUSED,
    reason="There is no memory profiler; profile time with spark.python.profile.",
)

_NO_SECURITY = "It is not done here, and what is not protected should not look as if it were. "
AUTHENTICATE = entry(
    "spark.authenticate",
    BOOLEAN,
    "false",
    "Let only those connect who know a secret.",
    status=Status.REFUSED,
    reason=_NO_SECURITY + "Use Ray's token authentication.",
)
NETWORK_CRYPTO_ENABLED = entry(
    "spark.network.crypto.enabled",
    BOOLEAN,
    "false",
    "Encrypt messages.",
    status=Status.REFUSED,
    reason=_NO_SECURITY + "Use Ray's TLS (RAY_USE_TLS).",
)
IO_ENCRYPTION_ENABLED = entry(
    "spark.io.encryption.enabled",
    BOOLEAN,
    "false",
    "Encrypt spilled blocks.",
    status=Status.REFUSED,
    reason=_NO_SECURITY + "Put spark.local.dir on an encrypted disk.",
)
SSL_ENABLED = entry(
    "spark.ssl.enabled",
    BOOLEAN,
    "false",
    "Encrypt connections.",
    status=Status.REFUSED,
    reason=_NO_SECURITY + "Use Ray's TLS (RAY_USE_TLS).",
)
ACLS_ENABLE = entry(
    "spark.acls.enable",
    BOOLEAN,
    "false",
    "Check who may see and change the application.",
    status=Status.REFUSED,
    reason=_NO_SECURITY + "Whoever reaches the Ray cluster may do everything.",
)
