"""RaySpark: Spark's architecture in Python, hosted on Ray. The names are PySpark's.

Each name is loaded when it is first used: an executor, which needs none of them, starts faster.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from rayspark.util import keyword_only as keyword_only
    from rayspark.util import since as since

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

_HOMES = {
    "accumulators": ("Accumulator", "AccumulatorParam"),
    "broadcast": ("Broadcast",),
    "conf": ("SparkConf",),
    "context": ("SparkContext",),
    "files": ("SparkFiles",),
    "profiler": ("BasicProfiler", "Profiler"),
    "rdd": ("RDD", "RDDBarrier"),
    "serializers": ("CPickleSerializer", "MarshalSerializer"),
    "status": ("SparkExecutorInfo", "SparkJobInfo", "SparkStageInfo", "StatusTracker"),
    "storagelevel": ("StorageLevel",),
    "taskcontext": ("BarrierTaskContext", "BarrierTaskInfo", "TaskContext"),
    "util": ("InheritableThread", "inheritable_thread_target", "keyword_only", "since"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a name's module when the name is first used."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'rayspark' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"rayspark.{home}"), name)
    return value


def __dir__() -> list[str]:
    """The names, loaded or not."""
    return sorted({*globals(), *_HOME_OF})
