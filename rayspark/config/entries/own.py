"""Keys that Spark does not have: ``spark.ray.*``."""

from __future__ import annotations

from rayspark.config.entry import (
    BOOLEAN,
    NOT_NEGATIVE,
    POSITIVE,
    STRING,
    entry,
    optional,
    seconds,
    size,
)

RAY_ADDRESS = optional(
    "spark.ray.address",
    STRING,
    "Cluster to join, as `ray.init` takes it; by default the environment variable `RAY_ADDRESS`, "
    "or else one started on this machine.",
)
RAY_NAMESPACE = optional(
    "spark.ray.namespace", STRING, "Ray namespace of the application; by default one of its own."
)
RAY_OBJECT_STORE_MEMORY = optional(
    "spark.ray.objectStoreMemory",
    size("b"),
    "Memory of the object store of a cluster that is started on this machine; by default Ray's "
    "choice, 30 % of it.",
    check=POSITIVE,
)
RAY_SPILL_DIR = optional(
    "spark.ray.spillDirectory",
    STRING,
    "Where the object store of such a cluster spills; by default in the first directory of "
    "`spark.local.dir`.",
)
RAY_DASHBOARD = entry(
    "spark.ray.dashboard.enabled", BOOLEAN, "false", "Start Ray's dashboard with such a cluster."
)
RAY_RECOVERY_DIR = optional(
    "spark.ray.recoveryDir",
    STRING,
    "Directory (any path that fsspec knows) for a journal of finished stages: a driver that is "
    "started again with the same plan goes on from there.",
)
RAY_GET_TIMEOUT = entry(
    "spark.ray.getTimeout",
    seconds("s"),
    "60s",
    "Limit of every wait for Ray: after it, the other side is taken for lost.",
    check=POSITIVE,
)
RAY_BATCH_WINDOW = entry(
    "spark.ray.batchWindow",
    seconds("ms"),
    "50ms",
    "Short tasks are sent to an executor together, until it has this much work.",
    check=NOT_NEGATIVE,
)
RAY_FAULT = optional(
    "spark.ray.fault.{name}",
    STRING,
    "Rehearse a failure: `point=start,stage=1,partition=3,attempt=0,action=kill,times=1`. Points: "
    "`start`, `records` (with `after=`), `spill`, `end`. Actions: `kill`, `exit`, `raise`, `delay` "
    "(with `seconds=`), `corrupt`. What is left out matches anything; `times` bounds how often it "
    "fires.",
)
