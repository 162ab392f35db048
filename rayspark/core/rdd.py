"""PySpark's other path of ``rayspark.rdd``."""

from __future__ import annotations

from rayspark.rdd import RDD, BoundedFloat, Partitioner, RDDBarrier, portable_hash
from rayspark.util import PythonEvalType

__all__ = ["RDD", "BoundedFloat", "Partitioner", "PythonEvalType", "RDDBarrier", "portable_hash"]
