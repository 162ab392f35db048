"""Where rows come from and go to. See ``api``: one protocol for all."""

from __future__ import annotations

from rayspark.execution.sources.registry import DataSourceRegistry, open_sink, open_source

__all__ = ["DataSourceRegistry", "open_sink", "open_source"]
