"""Rows of the statistics functions."""

from __future__ import annotations

from rayspark.catalyst.functions.row import Fn

ROWS: tuple[Fn, ...] = ()
