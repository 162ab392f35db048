"""The tables of keys, one module a family. A new family is a module, named in ``FAMILIES``."""

from __future__ import annotations

from types import ModuleType

from rayspark.config.entries import application, own, scheduling, sql, storage

FAMILIES: tuple[ModuleType, ...] = (application, scheduling, storage, sql, own)
