"""Errors: what users see (``exceptions``), what the engine sees (``faults``), and their table."""

from __future__ import annotations

from rayspark.errors.exceptions import *  # noqa: F403  PySpark has all of them under both paths
from rayspark.errors.exceptions import __all__ as __all__
