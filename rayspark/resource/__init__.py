"""Resources that a stage asks for: PySpark's ``pyspark.resource``."""

from __future__ import annotations

from rayspark.resource.information import ResourceInformation
from rayspark.resource.profile import ResourceProfile, ResourceProfileBuilder
from rayspark.resource.requests import (
    ExecutorResourceRequest,
    ExecutorResourceRequests,
    TaskResourceRequest,
    TaskResourceRequests,
)

__all__ = [
    "TaskResourceRequest",
    "TaskResourceRequests",
    "ExecutorResourceRequest",
    "ExecutorResourceRequests",
    "ResourceProfile",
    "ResourceInformation",
    "ResourceProfileBuilder",
]
