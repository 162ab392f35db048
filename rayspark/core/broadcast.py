"""PySpark's other path of ``rayspark.broadcast``."""

from __future__ import annotations

from rayspark.broadcast import Broadcast

__all__ = ["Broadcast"]
