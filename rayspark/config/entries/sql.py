"""Keys of SQL: ``spark.sql.*``. Most may change while a session runs."""

from __future__ import annotations

from functools import partial

from rayspark.config.entry import (
    BOOLEAN,
    DOUBLE,
    INT,
    NOT_NEGATIVE,
    POSITIVE,
    STRING,
    Status,
    entry,
    one_of,
    optional,
    size,
)

_entry = partial(entry, static=False)
_optional = partial(optional, static=False)

# -- meaning ---------------------------------------------------------------------------------

ANSI = _entry(
    "spark.sql.ansi.enabled",
    BOOLEAN,
    "true",
    "Overflow, invalid casts, division by zero and missing elements are errors; if false they give "
    "null or wrap around, as in Spark before 4.",
)
CASE_SENSITIVE = _entry(
    "spark.sql.caseSensitive", BOOLEAN, "false", "Names that differ in case only are different."
)
TIME_ZONE = _optional(
    "spark.sql.session.timeZone",
    STRING,
    "Zone in which timestamps are read and written as text: a region such as `Europe/Berlin`, or "
    "`+02:00`. By default the machine's.",
)
TIMESTAMP_TYPE = _entry(
    "spark.sql.timestampType",
    one_of("TIMESTAMP_LTZ", "TIMESTAMP_NTZ", upper=True),
    "TIMESTAMP_LTZ",
    "What the word TIMESTAMP means in SQL text and schemas.",
)
DECIMAL_PRECISION_LOSS = _entry(
    "spark.sql.decimalOperations.allowPrecisionLoss",
    BOOLEAN,
    "true",
    "Results too wide for 38 digits lose digits of the fraction; if false they become null or an "
    "error.",
)
STORE_ASSIGNMENT = _entry(
    "spark.sql.storeAssignmentPolicy",
    one_of("ANSI", "LEGACY", "STRICT", upper=True),
    "ANSI",
    "Which values INSERT may cast to a column's type.",
)
NON_EMPTY_LOCATION = _entry(
    "spark.sql.legacy.allowNonEmptyLocationInCTAS",
    BOOLEAN,
    "false",
    "Whether CREATE TABLE ... LOCATION ... AS may replace what lies at the location.",
)
MAP_KEY_DEDUP = _entry(
    "spark.sql.mapKeyDedupPolicy",
    one_of("EXCEPTION", "LAST_WIN", upper=True),
    "EXCEPTION",
    "What two equal keys of a new map are: an error, or the last one counts.",
)
FAIL_AMBIGUOUS_SELF_JOIN = _entry(
    "spark.sql.analyzer.failAmbiguousSelfJoin",
    BOOLEAN,
    "true",
    "A column of a DataFrame that is joined with itself, and could mean either side, is an error.",
)
CROSS_JOIN = _entry(
    "spark.sql.crossJoin.enabled",
    BOOLEAN,
    "true",
    "Joins without a condition are allowed.",
    status=Status.ACCEPTED,
    reason="Joins without a condition are always allowed.",
)
GROUP_BY_ORDINAL = _entry(
    "spark.sql.groupByOrdinal", BOOLEAN, "true", "GROUP BY 1 means the first selected column."
)
ORDER_BY_ORDINAL = _entry(
    "spark.sql.orderByOrdinal", BOOLEAN, "true", "ORDER BY 1 means the first selected column."
)
GROUP_BY_ALIASES = _entry(
    "spark.sql.groupByAliases", BOOLEAN, "true", "GROUP BY may name what SELECT defines."
)
PIVOT_MAX_VALUES = _entry(
    "spark.sql.pivotMaxValues",
    INT,
    "10000",
    "Values that `pivot` finds by itself: more are an error.",
    check=POSITIVE,
)
CTE_LEVELS = _entry(
    "spark.sql.cteRecursionLevelLimit",
    INT,
    "100",
    "Levels that a recursive query may have: more are an error. -1: any number.",
)
CTE_ROWS = _entry(
    "spark.sql.cteRecursionRowLimit",
    INT,
    "1000000",
    "Rows that a recursive query may make: as many are an error. -1: any number.",
)
INFER_DICT_AS_STRUCT = _entry(
    "spark.sql.pyspark.inferNestedDictAsStruct.enabled",
    BOOLEAN,
    "false",
    "Dictionaries in rows become structs, not maps.",
    status=Status.ACCEPTED,
    reason="Dictionaries become maps: give createDataFrame a schema with a struct.",
)
TREAT_PANDAS_TIME_ZONE = _entry(
    "spark.sql.execution.pandas.convertToArrowArraySafely",
    BOOLEAN,
    "false",
    "Converting pandas data to Arrow checks for overflow and lost digits.",
    status=Status.ACCEPTED,
    reason="Conversion from pandas is not checked for lost digits.",
)
ARROW_ENABLED = _entry(
    "spark.sql.execution.arrow.pyspark.enabled",
    BOOLEAN,
    "true",
    "Data goes between pandas and DataFrames as Arrow: it always does here.",
    status=Status.ACCEPTED,
    reason="Data always goes between pandas and DataFrames as Arrow.",
)
ARROW_BATCH = _entry(
    "spark.sql.execution.arrow.maxRecordsPerBatch",
    INT,
    "10000",
    "Rows of one batch that a pandas or Arrow function is given; 0 or less for no limit.",
)
PYTHON_UDF_ARROW = _entry(
    "spark.sql.execution.pythonUDF.arrow.enabled",
    BOOLEAN,
    "true",
    "What a function made by `udf` without `useArrow` returns is converted as Arrow does: what "
    "cannot be of the declared type is an error, not null.",
)

# -- planning --------------------------------------------------------------------------------

SHUFFLE_PARTITIONS = _entry(
    "spark.sql.shuffle.partitions",
    INT,
    "200",
    "Partitions after an exchange for joins and aggregations; adaptive execution joins small ones.",
    check=POSITIVE,
)
BROADCAST_THRESHOLD = _entry(
    "spark.sql.autoBroadcastJoinThreshold",
    size("b"),
    "10m",
    "Bytes up to which a side of a join is sent to every executor; -1 for never.",
)
BUCKETING = _entry(
    "spark.sql.sources.bucketing.enabled",
    BOOLEAN,
    "true",
    "Tables with buckets are read bucket by bucket where that saves an exchange, and without those "
    "buckets that a filter leaves out.",
)
AUTO_BUCKETS = _entry(
    "spark.sql.sources.bucketing.autoBucketedScan.enabled",
    BOOLEAN,
    "true",
    "Buckets are read one a task only where that saves an exchange; if false wherever the bucket "
    "columns are read.",
)
MOST_BUCKETS = _entry(
    "spark.sql.sources.bucketing.maxBuckets",
    INT,
    "100000",
    "Buckets that a table may have.",
    check=POSITIVE,
)
MAX_PARTITION_BYTES = _entry(
    "spark.sql.files.maxPartitionBytes",
    size("b"),
    "128m",
    "Bytes of files that one task reads.",
    check=POSITIVE,
)
MIN_PARTITIONS = _optional(
    "spark.sql.files.minPartitionNum",
    INT,
    "Tasks that a scan is cut into at least, by default as many as there are cores.",
    check=POSITIVE,
)
ADAPTIVE = _entry(
    "spark.sql.adaptive.enabled",
    BOOLEAN,
    "true",
    "The plan of what follows an exchange is chosen when the sizes before it are known.",
)
ADAPTIVE_COALESCE = _entry(
    "spark.sql.adaptive.coalescePartitions.enabled",
    BOOLEAN,
    "true",
    "Small shuffle partitions that are neighbours are read by one task.",
)
ADVISORY_SIZE = _entry(
    "spark.sql.adaptive.advisoryPartitionSizeInBytes",
    size("b"),
    "64m",
    "Bytes of a shuffle partition that adaptive execution aims for.",
    check=POSITIVE,
)
MIN_PARTITION_SIZE = _entry(
    "spark.sql.adaptive.coalescePartitions.minPartitionSize",
    size("b"),
    "1m",
    "Bytes that a joined shuffle partition has at least.",
    check=POSITIVE,
)
INITIAL_PARTITIONS = _optional(
    "spark.sql.adaptive.coalescePartitions.initialPartitionNum",
    INT,
    "Partitions after an exchange before small ones are joined; by default "
    "`spark.sql.shuffle.partitions`.",
    check=POSITIVE,
)
MOST_PARTITIONS_A_TASK = _entry(
    "spark.sql.adaptive.coalescePartitions.maxReducerPartitionsPerTask",
    INT,
    "2147483647",
    "Shuffle partitions that one task reads at most.",
    check=POSITIVE,
)
SPLIT_REBALANCED = _entry(
    "spark.sql.adaptive.optimizeSkewsInRebalancePartitions.enabled",
    BOOLEAN,
    "true",
    "Large partitions of the hint REBALANCE are split into some of the advisory size.",
)
PARALLELISM_FIRST = _entry(
    "spark.sql.adaptive.coalescePartitions.parallelismFirst",
    BOOLEAN,
    "true",
    "Keep every core busy rather than aim for the advisory size.",
)
SKEW_JOIN = _entry(
    "spark.sql.adaptive.skewJoin.enabled",
    BOOLEAN,
    "true",
    "Shuffle partitions of a join that are far larger than the others are split.",
)
SKEW_FACTOR = _entry(
    "spark.sql.adaptive.skewJoin.skewedPartitionFactor",
    DOUBLE,
    "5.0",
    "A partition is skewed if it is this many times the median...",
    check=POSITIVE,
)
SKEW_THRESHOLD = _entry(
    "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes",
    size("b"),
    "256m",
    "...and has more than these bytes.",
    check=POSITIVE,
)
CACHED_PARTITIONING = _entry(
    "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning",
    BOOLEAN,
    "true",
    "Adaptive execution chooses the number of partitions that are cached.",
)
ADAPTIVE_BROADCAST = _optional(
    "spark.sql.adaptive.autoBroadcastJoinThreshold",
    size("b"),
    "Observed bytes up to which a join becomes a broadcast join at run time; by default "
    "`spark.sql.autoBroadcastJoinThreshold`.",
)
CBO = _entry(
    "spark.sql.cbo.enabled", BOOLEAN, "true", "Statistics of files and tables choose plans."
)
JOIN_REORDER = _entry(
    "spark.sql.cbo.joinReorder.enabled", BOOLEAN, "true", "Statistics choose the order of joins."
)
PREFER_SORT_MERGE = _entry(
    "spark.sql.join.preferSortMergeJoin",
    BOOLEAN,
    "true",
    "Read for compatibility: both kinds are DuckDB's hash join, which spills, so nothing changes.",
    status=Status.ACCEPTED,
    reason="Both kinds of join are DuckDB's hash join, which spills.",
)
DPP = _entry(
    "spark.sql.optimizer.dynamicPartitionPruning.enabled",
    BOOLEAN,
    "true",
    "What a dimension's filter leaves prunes partitions and row groups of the fact side.",
)
RUNTIME_FILTER = _entry(
    "spark.sql.optimizer.runtime.bloomFilter.enabled",
    BOOLEAN,
    "true",
    "Keys of a join's small side filter its large side before the exchange.",
)
EXCLUDED_RULES = _optional(
    "spark.sql.optimizer.excludedRules",
    STRING,
    "Optimizer rules not to be used, by name, separated by commas.",
)
PLAN_CHANGE_LOG = _entry(
    "spark.sql.planChangeLog.level",
    STRING,
    "trace",
    "Log level at which changes of a plan are written, rule by rule.",
)
PLAN_CHANGE_VALIDATION = _entry(
    "spark.sql.planChangeValidation",
    BOOLEAN,
    "false",
    "Check after every rule that the plan is whole.",
)

# -- where a query runs ------------------------------------------------------------------------

DRIVER_BYTES = _entry(
    "spark.sql.ray.driverBytes",
    size("b"),
    "64m",
    "A query that reads at most this much runs in the driver, without a task; 0 for never.",
    check=NOT_NEGATIVE,
)
ELISION = _entry(
    "spark.sql.ray.exchangeElision",
    one_of("auto", "always", "never"),
    "auto",
    "Run a query as one task of many threads, without exchanges: `auto` does so when one executor "
    "has all cores, or the input fits its memory.",
)
MAX_RESULT_ROWS_SHOWN = _entry(
    "spark.sql.repl.eagerEval.maxNumRows",
    INT,
    "20",
    "Rows that a notebook shows of a DataFrame.",
    check=POSITIVE,
)
EAGER_EVAL = _entry(
    "spark.sql.repl.eagerEval.enabled",
    BOOLEAN,
    "false",
    "A DataFrame that is the value of a notebook cell is shown as a table.",
)
EAGER_EVAL_TRUNCATE = _entry(
    "spark.sql.repl.eagerEval.truncate",
    INT,
    "20",
    "Characters of a cell that a notebook shows.",
)

# -- files and tables --------------------------------------------------------------------------

WAREHOUSE = entry(
    "spark.sql.warehouse.dir",
    STRING,
    "spark-warehouse",
    "Directory of managed tables, and of the catalog.",
)
DEFAULT_SOURCE = _entry(
    "spark.sql.sources.default", STRING, "parquet", "Format when none is named."
)
PARTITION_OVERWRITE = _entry(
    "spark.sql.sources.partitionOverwriteMode",
    one_of("STATIC", "DYNAMIC", upper=True),
    "STATIC",
    "Whether an overwrite of a partitioned table empties all of it, or only partitions written to.",
)
PARTITION_INFERENCE = _entry(
    "spark.sql.sources.partitionColumnTypeInference.enabled",
    BOOLEAN,
    "true",
    "Types of partition columns are found from directory names; if false they are text.",
)
MAX_RECORDS_PER_FILE = _entry(
    "spark.sql.files.maxRecordsPerFile",
    INT,
    "0",
    "Rows of a written file; 0 for no limit.",
    check=NOT_NEGATIVE,
)
IGNORE_CORRUPT = _entry(
    "spark.sql.files.ignoreCorruptFiles", BOOLEAN, "false", "Leave out files that cannot be read."
)
IGNORE_MISSING = _entry(
    "spark.sql.files.ignoreMissingFiles",
    BOOLEAN,
    "false",
    "Leave out files that vanish between planning and reading.",
    status=Status.ACCEPTED,
    reason="A file that vanished is an error: use the reader's option ignoreMissingFiles.",
)
PARQUET_MERGE = _entry(
    "spark.sql.parquet.mergeSchema",
    BOOLEAN,
    "false",
    "The schema of Parquet files is that of all of them, not of one.",
)
PARQUET_CODEC = _entry(
    "spark.sql.parquet.compression.codec", STRING, "snappy", "Codec of written Parquet files."
)
ORC_CODEC = _entry("spark.sql.orc.compression.codec", STRING, "zstd", "Codec of written ORC files.")
AVRO_CODEC = _entry(
    "spark.sql.avro.compression.codec", STRING, "snappy", "Codec of written Avro files."
)
CORRUPT_COLUMN = _entry(
    "spark.sql.columnNameOfCorruptRecord",
    STRING,
    "_corrupt_record",
    "Column that holds the text of records that cannot be read.",
)
