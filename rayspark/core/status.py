"""PySpark's other path of ``rayspark.status``."""

from __future__ import annotations

from rayspark.status import SparkExecutorInfo, SparkJobInfo, SparkStageInfo, StatusTracker

__all__ = ["SparkExecutorInfo", "SparkJobInfo", "SparkStageInfo", "StatusTracker"]
