"""Keys of Spark that mean nothing without a JVM, by how they begin."""

from __future__ import annotations

from rayspark.records import dataclass


@dataclass(frozen=True)
class Foreign:
    """All keys with this beginning: accepted, without effect, with a warning that says why."""

    prefix: str
    reason: str


_NO_JVM = "there is no JVM."
_HASH_JOINS = "joins of two exchanges are joins by hash, which spill when memory is short."
_NO_COSTS = "adaptive plans are not compared by costs."
_LISTENERS = "listeners are Python objects here: SparkContext.addSparkListener."
_RAY_RUNS_IT = "Ray runs the processes: see cluster.yaml and spark.ray.*."

FOREIGN = (
    Foreign("spark.driver.extraJavaOptions", _NO_JVM),
    Foreign("spark.driver.defaultJavaOptions", _NO_JVM),
    Foreign("spark.driver.extraClassPath", _NO_JVM),
    Foreign("spark.driver.extraLibraryPath", _NO_JVM),
    Foreign("spark.driver.userClassPathFirst", _NO_JVM),
    Foreign("spark.driver.memoryOverhead", "the driver is the process you start."),
    Foreign("spark.driver.", _RAY_RUNS_IT),
    Foreign("spark.executor.extraJavaOptions", _NO_JVM),
    Foreign("spark.executor.defaultJavaOptions", _NO_JVM),
    Foreign("spark.executor.extraClassPath", _NO_JVM),
    Foreign("spark.executor.extraLibraryPath", _NO_JVM),
    Foreign("spark.executor.userClassPathFirst", _NO_JVM),
    Foreign("spark.executor.logs.", _RAY_RUNS_IT),
    Foreign("spark.sql.adaptive.convertSortMergeJoinToShuffledHashJoin.", _HASH_JOINS),
    Foreign("spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold", _HASH_JOINS),
    Foreign(
        "spark.sql.adaptive.localShuffleReader.enabled",
        "a side that need not be exchanged after all is not exchanged.",
    ),
    Foreign(
        "spark.sql.adaptive.forceOptimizeSkewedJoin",
        "a skewed join is split where that costs no further exchange.",
    ),
    Foreign("spark.sql.adaptive.costEvaluator.", _NO_COSTS),
    Foreign("spark.sql.adaptive.customCostEvaluatorClass", _NO_COSTS),
    Foreign(
        "spark.sql.adaptive.optimizer.excludedRules",
        "the rules have no names: switch features by their own keys.",
    ),
    Foreign(
        "spark.sql.adaptive.rebalancePartitionsSmallPartitionFactor",
        "pieces of a partition that is split are about equally large.",
    ),
    Foreign("spark.jars", "jars cannot be loaded: " + _NO_JVM),
    Foreign("spark.plugins", "plugins of Spark are classes of Java: " + _NO_JVM),
    Foreign("spark.extraListeners", _LISTENERS),
    Foreign("spark.kryo", "objects are pickled, tables are Arrow."),
    Foreign("spark.yarn.", _RAY_RUNS_IT),
    Foreign("spark.kubernetes.", _RAY_RUNS_IT),
    Foreign("spark.deploy.", _RAY_RUNS_IT),
    Foreign("spark.worker.", _RAY_RUNS_IT),
    Foreign("spark.submit.", _RAY_RUNS_IT),
    Foreign(
        "spark.hadoop.", "files are read through fsspec: its own settings hold for storage systems."
    ),
    Foreign("spark.history.", "logs are read by Spark's own history server."),
    Foreign("spark.ui.", "there is no web page: see the event log and Ray's dashboard."),
    Foreign("spark.metrics.", "metrics are in the event log and in Ray's own exporter."),
    Foreign("spark.rpc.", "Ray carries the messages."),
    Foreign("spark.network.", "Ray carries the messages."),
    Foreign("spark.port.", "Ray carries the messages."),
    Foreign("spark.blockManager.", "Ray's object store holds the blocks."),
    Foreign("spark.shuffle.service.", "shuffle output outlives executors without a service."),
    Foreign("spark.shuffle.push.", "shuffle blocks are always pushed."),
    Foreign("spark.pyspark.", "executors run the interpreter that the driver runs."),
)
