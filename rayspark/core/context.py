"""PySpark's other path of ``rayspark.context``."""

from __future__ import annotations

from rayspark.context import SparkContext

__all__ = ["SparkContext"]
