"""Rows of the window functions."""

from __future__ import annotations

from rayspark.catalyst.functions.row import Fn

ROWS: tuple[Fn, ...] = ()
