"""The parts of :class:`rayspark.SparkContext`, one concern a module, each using those before:
``_application`` (start, stop, what is known), ``_sources`` (RDDs from collections and files),
``_jobs`` (running, grouping and cancelling), ``_sharing`` (broadcasts, accumulators, files).
"""

from __future__ import annotations
