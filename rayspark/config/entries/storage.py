"""Keys of memory, cached blocks, shuffle, broadcast, checkpoints and files."""

from __future__ import annotations

from rayspark.config.entry import (
    BOOLEAN,
    DOUBLE,
    FRACTION,
    INT,
    NOT_NEGATIVE,
    POSITIVE,
    STRING,
    Status,
    entry,
    one_of,
    optional,
    seconds,
    size,
)

MEMORY_FRACTION = entry(
    "spark.memory.fraction",
    DOUBLE,
    "0.6",
    "Part of an executor's memory for execution (shuffle, sort, aggregation) and storage (cached "
    "blocks) together.",
    check=FRACTION,
)
MEMORY_STORAGE_FRACTION = entry(
    "spark.memory.storageFraction",
    DOUBLE,
    "0.5",
    "Part of that which execution may not take from storage.",
    check=FRACTION,
)
MEMORY_OFF_HEAP_ENABLED = entry(
    "spark.memory.offHeap.enabled",
    BOOLEAN,
    "false",
    "Use memory outside the heap.",
    status=Status.ACCEPTED,
    reason="blocks always lie in shared memory outside the heap.",
)
MEMORY_OFF_HEAP_SIZE = entry(
    "spark.memory.offHeap.size",
    size("b"),
    "0",
    "How much of it.",
    check=NOT_NEGATIVE,
    status=Status.ACCEPTED,
    reason="blocks always lie in shared memory outside the heap; see spark.ray.objectStoreMemory.",
)
STORAGE_DECOMMISSION_ENABLED = entry(
    "spark.storage.decommission.enabled",
    BOOLEAN,
    "true",
    "Move cached blocks away from an executor that is given back. (Spark does not unless told to.)",
    status=Status.ACCEPTED,
    reason="cached blocks are always moved away first.",
)
RDD_COMPRESS = entry(
    "spark.rdd.compress",
    BOOLEAN,
    "true",
    "Compress serialised cached blocks (trades time for memory).",
    status=Status.ACCEPTED,
    reason="blocks lie uncompressed in shared memory, where readers use them without a copy.",
)
RDD_LIMIT_INITIAL_PARTITIONS = entry(
    "spark.rdd.limit.initialNumPartitions",
    INT,
    "1",
    "Partitions that `take` looks at first.",
    check=POSITIVE,
    status=Status.ACCEPTED,
    reason="take looks at one partition first, as PySpark's does.",
)
RDD_LIMIT_SCALE_UP_FACTOR = entry(
    "spark.rdd.limit.scaleUpFactor",
    INT,
    "4",
    "How many times more it looks at when they were not enough.",
    check=POSITIVE,
    status=Status.ACCEPTED,
    reason="take looks at up to four times as many each time, as PySpark's does.",
)
CLEANER_REFERENCE_TRACKING = entry(
    "spark.cleaner.referenceTracking",
    BOOLEAN,
    "true",
    "Free cached blocks, shuffle output and broadcasts of objects that went out of scope.",
    status=Status.ACCEPTED,
    reason="what nobody can use any more is always freed.",
)
CLEANER_CLEAN_CHECKPOINTS = entry(
    "spark.cleaner.referenceTracking.cleanCheckpoints",
    BOOLEAN,
    "false",
    "Delete the checkpoint files of RDDs that went out of scope.",
    status=Status.ACCEPTED,
    reason="checkpoint files stay: delete the directory when the application is over.",
)

SHUFFLE_COMPRESS = entry(
    "spark.shuffle.compress",
    BOOLEAN,
    "true",
    "Compress shuffle blocks that leave their machine.",
    status=Status.ACCEPTED,
    reason="blocks lie uncompressed in shared memory, where readers use them without a copy.",
)
SHUFFLE_SPILL_COMPRESS = entry(
    "spark.shuffle.spill.compress",
    BOOLEAN,
    "true",
    "Compress what is spilled to disk.",
    status=Status.ACCEPTED,
    reason="spilled records are written as they are.",
)
SHUFFLE_CHECKSUM_ENABLED = entry(
    "spark.shuffle.checksum.enabled",
    BOOLEAN,
    "true",
    "Give shuffle blocks a checksum; a block that does not match it is fetched or made again.",
)
SHUFFLE_CHECKSUM_ALGORITHM = entry(
    "spark.shuffle.checksum.algorithm",
    STRING,
    "XXH3",
    "Which checksum.",
    status=Status.ACCEPTED,
    reason="it is always XXH3.",
)
SHUFFLE_FILE_BUFFER = entry(
    "spark.shuffle.file.buffer",
    size("k"),
    "32k",
    "Buffer of each shuffle file.",
    status=Status.ACCEPTED,
    reason="shuffle blocks are not files.",
)
SHUFFLE_IO_MAX_RETRIES = entry(
    "spark.shuffle.io.maxRetries",
    INT,
    "3",
    "How often a fetch is tried again.",
    check=NOT_NEGATIVE,
    status=Status.ACCEPTED,
    reason="Ray moves blocks between machines and tries again by itself.",
)
SHUFFLE_IO_RETRY_WAIT = entry(
    "spark.shuffle.io.retryWait",
    seconds("s"),
    "5s",
    "How long to wait before that.",
    check=NOT_NEGATIVE,
    status=Status.ACCEPTED,
    reason="Ray moves blocks between machines and tries again by itself.",
)
SHUFFLE_BYPASS_MERGE_THRESHOLD = entry(
    "spark.shuffle.sort.bypassMergeThreshold",
    INT,
    "200",
    "Below so many reduce partitions Spark writes a file each.",
    status=Status.ACCEPTED,
    reason="one way of writing is fast for any number of partitions.",
)
SHUFFLE_MANAGER = entry(
    "spark.shuffle.manager",
    STRING,
    "sort",
    "Class that shuffles.",
    status=Status.ACCEPTED,
    reason="there is one shuffle, which pushes blocks.",
)
REDUCER_MAX_SIZE_IN_FLIGHT = entry(
    "spark.reducer.maxSizeInFlight",
    size("m"),
    "48m",
    "Bytes of shuffle blocks that a task fetches at a time.",
    check=POSITIVE,
    status=Status.ACCEPTED,
    reason="Ray's object store moves blocks, and bounds how many at a time.",
)
IO_COMPRESSION_CODEC = entry(
    "spark.io.compression.codec",
    one_of("lz4", "zstd"),
    "lz4",
    "Codec of shuffle, spill, cached and broadcast blocks.",
    status=Status.ACCEPTED,
    reason="blocks lie uncompressed in shared memory, where readers use them without a copy.",
)
IO_COMPRESSION_ZSTD_LEVEL = entry(
    "spark.io.compression.zstd.level",
    INT,
    "1",
    "Level of zstd: higher is smaller and slower.",
    check=POSITIVE,
    status=Status.ACCEPTED,
    reason="blocks lie uncompressed in shared memory, where readers use them without a copy.",
)
SERIALIZER = entry(
    "spark.serializer",
    STRING,
    "org.apache.spark.serializer.JavaSerializer",
    "Class that serialises.",
    status=Status.ACCEPTED,
    reason="objects are pickled, tables are Arrow.",
)

BROADCAST_COMPRESS = entry(
    "spark.broadcast.compress",
    BOOLEAN,
    "true",
    "Compress broadcast values that travel between machines.",
    status=Status.ACCEPTED,
    reason="blocks lie uncompressed in shared memory, where readers use them without a copy.",
)
BROADCAST_BLOCK_SIZE = entry(
    "spark.broadcast.blockSize",
    size("k"),
    "4m",
    "Size of the pieces of a broadcast.",
    check=POSITIVE,
    status=Status.ACCEPTED,
    reason="Ray's object store moves a broadcast in pieces of its own.",
)
BROADCAST_CHECKSUM = entry(
    "spark.broadcast.checksum",
    BOOLEAN,
    "true",
    "Give broadcasts a checksum.",
    status=Status.ACCEPTED,
    reason="Ray's object store carries broadcasts.",
)

CHECKPOINT_DIR = optional(
    "spark.checkpoint.dir", STRING, "Directory of `RDD.checkpoint`: any path that fsspec knows."
)
CHECKPOINT_COMPRESS = entry(
    "spark.checkpoint.compress",
    BOOLEAN,
    "true",
    "Compress checkpoint files.",
    status=Status.ACCEPTED,
    reason="checkpoint files are not compressed.",
)

FILES = optional(
    "spark.files",
    STRING,
    "Files and directories for every executor, separated by commas: see `SparkContext.addFile`.",
)
ARCHIVES = optional(
    "spark.archives",
    STRING,
    "Archives to unpack on every executor, separated by commas: see `SparkContext.addArchive`.",
)
PY_FILES = optional(
    "spark.submit.pyFiles",
    STRING,
    "Python files for every executor, separated by commas: see `SparkContext.addPyFile`.",
)
FILES_MAX_PARTITION_BYTES = entry(
    "spark.files.maxPartitionBytes",
    size("b"),
    "128m",
    "Many small files are packed into partitions of at most this size.",
    check=POSITIVE,
)
FILES_OPEN_COST = entry(
    "spark.files.openCostInBytes",
    size("b"),
    "4m",
    "What opening one more file costs, as if it were so many bytes.",
    check=NOT_NEGATIVE,
)
FILES_OVERWRITE = entry(
    "spark.files.overwrite",
    BOOLEAN,
    "false",
    "Let `addFile` replace a file of the same name and other contents.",
)
FILES_IGNORE_CORRUPT = entry(
    "spark.files.ignoreCorruptFiles",
    BOOLEAN,
    "false",
    "Go on without files that are damaged.",
    status=Status.REFUSED,
    reason="A damaged file fails its task: leave it out of the path.",
)
FILES_IGNORE_MISSING = entry(
    "spark.files.ignoreMissingFiles",
    BOOLEAN,
    "false",
    "Go on without files that vanished after the job was planned.",
    status=Status.REFUSED,
    reason="A file that vanishes fails its task: list the files when they are complete.",
)
VALIDATE_OUTPUT_SPECS = entry(
    "spark.hadoop.validateOutputSpecs",
    BOOLEAN,
    "true",
    "Refuse to write into a directory that exists.",
    status=Status.REFUSED,
    reason="A directory that exists is never written into: choose another, or delete it first.",
)
