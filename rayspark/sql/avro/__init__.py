"""Avro, under PySpark's address: see ``functions``."""

from __future__ import annotations
