"""Modules that are loaded when they are first used.

A program that asks one small question should not wait for what big ones need. What is heavy, or
seldom used, is named here or with :func:`lazy_module`, and loaded by the first attribute read:

>>> fractions = lazy_module("fractions")
>>> fractions.Fraction(1, 2)
Fraction(1, 2)

For type checkers, and for whoever looks for a module's users, the import stands beside it under
``if TYPE_CHECKING``. A layer counts a lazy import like any other (``tests/test_layers.py``).
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

__all__ = ["LazyModule", "compute", "fsspec", "lazy_function", "lazy_module", "much_to_load"]


class LazyModule:
    """Stands for a module. Nothing is kept: a test that patches the module is seen."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)

    def __repr__(self) -> str:
        return f"<lazy module {self._name!r}>"


def lazy_module(name: str) -> Any:
    """The module of that name, loaded when something of it is first read."""
    return LazyModule(name)


@contextmanager
def much_to_load() -> Iterator[None]:
    """Around the import of hundreds of modules: what they make stays, so Python need not look for
    garbage in it every few hundred objects (7 % of the time).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def lazy_function(module: str, name: str) -> Any:
    """A function that calls the one of that name, whose module is loaded by the first call."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **kwargs)

    return call


if TYPE_CHECKING:
    import fsspec
    import pyarrow.compute as compute
else:
    fsspec = lazy_module("fsspec")
    compute = lazy_module("pyarrow.compute")
