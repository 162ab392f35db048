"""PySpark's other path of ``rayspark.files``."""

from __future__ import annotations

from rayspark.files import SparkFiles

__all__ = ["SparkFiles"]
