"""Kernels of the map functions."""

from __future__ import annotations

from rayspark.execution.kernels.kernel import Kernel

KERNELS: dict[str, Kernel] = {}
