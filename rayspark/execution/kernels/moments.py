"""Kernels that read times from text and make them of numbers."""

from __future__ import annotations

from rayspark.execution.kernels.kernel import Kernel

KERNELS: dict[str, Kernel] = {}
