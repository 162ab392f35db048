"""Keys that Spark does not have: ``spark.ray.*``."""

from __future__ import annotations

from rayspark.config.entry import (
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
RAY_OBJECT_STORE_MEMORY = optional(
    "spark.ray.objectStoreMemory",
    size("b"),
    "Memory of the object store of a cluster that is started on this machine; by default Ray's "
    "choice, 30 % of it.",
    check=POSITIVE,
)
RAY_BATCH_WINDOW = entry(
    "spark.ray.batchWindow",
    seconds("ms"),
    "50ms",
    "Short tasks are sent to an executor together, until it has this much work.",
    check=NOT_NEGATIVE,
)
RAY_MERGED_BLOCK_SIZE = entry(
    "spark.ray.mergedBlockSize",
    size("b"),
    "1m",
    "Blocks of map output smaller than a quarter of this are merged, while the map stage runs, "
    "until they have this much (or 32 are one); 0 to leave them as they are.",
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
