"""RaySpark: Spark's architecture in Python, hosted on Ray. The names are PySpark's."""

from __future__ import annotations

from rayspark.accumulators import Accumulator, AccumulatorParam
from rayspark.broadcast import Broadcast
from rayspark.conf import SparkConf
from rayspark.context import SparkContext
from rayspark.files import SparkFiles
from rayspark.profiler import BasicProfiler, Profiler
from rayspark.rdd import RDD, RDDBarrier
from rayspark.serializers import CPickleSerializer, MarshalSerializer
from rayspark.status import SparkExecutorInfo, SparkJobInfo, SparkStageInfo, StatusTracker
from rayspark.storagelevel import StorageLevel
from rayspark.taskcontext import BarrierTaskContext, BarrierTaskInfo, TaskContext
from rayspark.util import InheritableThread, inheritable_thread_target

__version__ = "0.1.0"

__all__ = [
    "SparkConf",
    "SparkContext",
    "SparkFiles",
    "RDD",
    "StorageLevel",
    "Broadcast",
    "Accumulator",
    "AccumulatorParam",
    "MarshalSerializer",
    "CPickleSerializer",
    "StatusTracker",
    "SparkJobInfo",
    "SparkStageInfo",
    "SparkExecutorInfo",
    "Profiler",
    "BasicProfiler",
    "TaskContext",
    "RDDBarrier",
    "BarrierTaskContext",
    "BarrierTaskInfo",
    "InheritableThread",
    "inheritable_thread_target",
    "__version__",
]
