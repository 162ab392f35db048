"""Properties of the calling thread that go with the jobs it submits (pool, job group,
description, tags).

Each thread has its own; a new thread starts with none, unless it is an
:class:`rayspark.util.InheritableThread`, which copies those of the thread that starts it. They end
with the application.

>>> set_property("spark.scheduler.pool", "reports")
>>> get_property("spark.scheduler.pool"), all_properties()
('reports', {'spark.scheduler.pool': 'reports'})
>>> set_property("spark.scheduler.pool", None)
>>> all_properties()
{}
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rayspark.errors import PySparkTypeError


class _Properties(threading.local):
    def __init__(self) -> None:
        self.values: dict[str, str] = {}


_current = _Properties()


def get_property(key: str) -> str | None:
    """Value of a property of this thread, or None."""
    return _current.values.get(key)


def set_property(key: str, value: str | None) -> None:
    """Set a property of this thread; None removes it.

    Raises
    ------
    PySparkTypeError
        ``NOT_EXPECTED_TYPE``, for what is no ``str``.
    """
    check_type("key", key, str)
    if value is not None:
        check_type(key, value, str)
    if value is None:
        _current.values.pop(key, None)
    else:
        _current.values[key] = value


def all_properties() -> dict[str, str]:
    """A copy of this thread's properties: a snapshot for a job, or for another thread."""
    return dict(_current.values)


def replace_properties(properties: Mapping[str, str]) -> None:
    """Give this thread exactly these properties."""
    _current.values = dict(properties)


def forget_all() -> None:
    """Take away the properties of all threads: they belonged to an application that ends."""
    global _current
    _current = _Properties()


GROUP = "spark.jobGroup.id"
TAGS = "spark.job.tags"
DESCRIPTION = "spark.job.description"

_works: dict[int, tuple[dict[str, str], Callable[[str], None]]] = {}
"""Work that runs on threads of the driver itself: the properties it has, and how it is stopped."""
_work_ids = itertools.count()


@contextmanager
def stoppable(stop: Callable[[str], None]) -> Iterator[None]:
    """Work of this thread that is no job of the engine, but is cancelled like one.

    ``stop`` is called with the reason, on the thread that cancels.
    """
    number = next(_work_ids)
    _works[number] = all_properties(), stop
    try:
        yield
    finally:
        _works.pop(number, None)


def stop_works(reason: str, *, group: str | None = None, tag: str | None = None) -> None:
    """Stop the work of a group, with a tag, or all of it."""
    for properties, stop in list(_works.values()):
        tags = properties.get(TAGS, "").split(",")
        if (group is None or properties.get(GROUP) == group) and (tag is None or tag in tags):
            stop(reason)


def check_type(name: str, value: object, expected: type, called: str = "") -> None:
    """Refuse an argument of another type; ``called`` is what users call the type.

    >>> check_type("tag", 1, str)
    Traceback (most recent call last):
    rayspark.errors.exceptions.PySparkTypeError: [NOT_EXPECTED_TYPE] ...
    """
    if not isinstance(value, expected):
        raise PySparkTypeError(
            errorClass="NOT_EXPECTED_TYPE",
            messageParameters={
                "arg_name": name,
                "expected_type": called or expected.__name__,
                "arg_type": type(value).__name__,
            },
        )
