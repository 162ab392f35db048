"""Properties computed once, without a lock.

``functools.cached_property`` of Python 3.11 holds one lock for all instances of a class while it
computes. Planning runs queries (those inside expressions), so two threads that ask for two stations
of two queries would wait for each other for ever, and one slow query would stop all planning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

V = TypeVar("V")


class lazy_property(Generic[V]):
    """A property that remembers its value. Two threads at once may both compute it."""

    def __init__(self, compute: Callable[[Any], V]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> V:
        if instance is None:
            return cast("V", self)
        made: V = instance.__dict__.setdefault(self._name, self._compute(instance))
        return made
