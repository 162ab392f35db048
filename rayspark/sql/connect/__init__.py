"""Spark Connect is not available: an import says so."""

from __future__ import annotations

from rayspark.sql.expected import refused

raise refused("rayspark.sql.connect", "there is no Connect server; use rayspark.sql.SparkSession.")
