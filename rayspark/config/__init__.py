"""Configuration: one table of keys (``entries``), read through a frozen, typed :class:`Config`."""

from __future__ import annotations

from rayspark.config.entry import ConfigEntry, Status
from rayspark.config.registry import ConfigWarning
from rayspark.config.view import Config

__all__ = ["Config", "ConfigEntry", "ConfigWarning", "Status"]
