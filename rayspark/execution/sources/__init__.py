"""Where rows come from and go to. See ``api``: one protocol for all."""

from __future__ import annotations

from rayspark.execution.sources.registry import open_sink, open_source

__all__ = ["open_sink", "open_source"]
