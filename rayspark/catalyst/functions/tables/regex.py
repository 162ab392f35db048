"""Rows of the regex functions."""

from __future__ import annotations

from rayspark.catalyst.functions.row import Fn

ROWS: tuple[Fn, ...] = ()
