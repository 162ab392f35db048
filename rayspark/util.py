"""Small things of PySpark's: threads that take the job properties of their parent along, and
decorators.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from rayspark.localproperties import all_properties, replace_properties

__all__ = ["InheritableThread", "PythonEvalType", "VersionUtils", "inheritable_thread_target"]

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


class InheritableThread(threading.Thread):
    """A thread whose jobs have the local properties (pool, group, tags) of the thread that starts
    it.

    They are copied when :meth:`start` is called; later changes in either thread do not reach the
    other.

    Parameters
    ----------
    target : callable
        What the thread runs.
    *args, **kwargs
        As for ``threading.Thread``.
    session : optional
        Accepted as PySpark does; tags of a session are local properties here and copied with the
        others.

    Examples
    --------
    >>> from rayspark.util import InheritableThread
    >>> thread = InheritableThread(target=print, args=("in the thread",))
    >>> thread.start()
    in the thread
    >>> thread.join()
    """

    def __init__(
        self, target: Callable[..., Any], *args: Any, session: Any = None, **kwargs: Any
    ) -> None:
        self._inherited: dict[str, str] = {}

        @functools.wraps(target)
        def run_with_properties(*a: Any, **k: Any) -> Any:
            replace_properties(self._inherited)
            return target(*a, **k)

        super().__init__(*args, target=run_with_properties, **kwargs)  # type: ignore[misc]

    def start(self) -> None:
        """Copy the caller's properties and start."""
        self._inherited = all_properties()
        super().start()


def inheritable_thread_target(f: Callable[P, R] | Any) -> Callable[..., Any]:
    """Wrap a function for another thread: it will have the properties this thread has now.

    Parameters
    ----------
    f : callable
        The function. (A session may be given instead, as in PySpark: the result is then a
        decorator.)

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from rayspark.util import inheritable_thread_target
    >>> with ThreadPoolExecutor(1) as pool:
    ...     pool.submit(inheritable_thread_target(lambda: 7)).result()
    7
    """
    if not callable(f):
        return inheritable_thread_target
    properties = all_properties()

    @functools.wraps(f)
    def run_with_properties(*args: Any, **kwargs: Any) -> Any:
        before = all_properties()
        replace_properties(properties)
        try:
            return f(*args, **kwargs)
        finally:
            replace_properties(before)

    return run_with_properties


class VersionUtils:
    """Reads version numbers."""

    @staticmethod
    def majorMinorVersion(sparkVersion: str) -> tuple[int, int]:
        """The first two numbers of a version.

        Raises
        ------
        ValueError
            If the text does not begin with two numbers.

        Examples
        --------
        >>> VersionUtils.majorMinorVersion("4.3.0-SNAPSHOT")
        (4, 3)
        """
        found = re.fullmatch(r"(\d+)\.(\d+)(\..*)?", sparkVersion)
        if found is None:
            raise ValueError(
                f"{sparkVersion!r} is no version: expected numbers as in '4.3' or '4.3.0-SNAPSHOT'"
            )
        return int(found[1]), int(found[2])


def since(version: str | float) -> Callable[[F], F]:
    """Decorator: note in the docstring since which version there is a function.

    >>> @since("1.2")
    ... def f():
    ...     "Do it."
    >>> f.__doc__.splitlines()[-1]
    '.. versionadded:: 1.2'
    """

    def note(function: F) -> F:
        lines = (function.__doc__ or "").rstrip().splitlines()
        indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
        lines += ["", f"{' ' * min(indents, default=0)}.. versionadded:: {version}"]
        function.__doc__ = "\n".join(lines)
        return function

    return note


def keyword_only(func: F) -> F:
    """Decorator of methods: arguments must be given by name, and are kept as ``_input_kwargs``.

    >>> class A:
    ...     @keyword_only
    ...     def set(self, x=1):
    ...         return self._input_kwargs
    >>> A().set(x=2)
    {'x': 2}
    """

    @functools.wraps(func)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError(f"Method {func.__name__} forces keyword arguments: name each of them")
        self._input_kwargs = kwargs
        return func(self, **kwargs)

    return call  # type: ignore[return-value]


class PythonEvalType:
    """Numbers for the kinds of Python functions: the ``evalType`` of what ``udf`` and others make.

    >>> PythonEvalType.SQL_BATCHED_UDF
    100
    """

    NON_UDF = 0
    SQL_BATCHED_UDF = 100
    SQL_ARROW_BATCHED_UDF = 101
    SQL_SCALAR_PANDAS_UDF = 200
    SQL_GROUPED_MAP_PANDAS_UDF = 201
    SQL_GROUPED_AGG_PANDAS_UDF = 202
    SQL_WINDOW_AGG_PANDAS_UDF = 203
    SQL_SCALAR_PANDAS_ITER_UDF = 204
    SQL_MAP_PANDAS_ITER_UDF = 205
    SQL_COGROUPED_MAP_PANDAS_UDF = 206
    SQL_MAP_ARROW_ITER_UDF = 207
    SQL_GROUPED_MAP_PANDAS_UDF_WITH_STATE = 208
    SQL_GROUPED_MAP_ARROW_UDF = 209
    SQL_COGROUPED_MAP_ARROW_UDF = 210
    SQL_TRANSFORM_WITH_STATE_PANDAS_UDF = 211
    SQL_TRANSFORM_WITH_STATE_PANDAS_INIT_STATE_UDF = 212
    SQL_TRANSFORM_WITH_STATE_PYTHON_ROW_UDF = 213
    SQL_TRANSFORM_WITH_STATE_PYTHON_ROW_INIT_STATE_UDF = 214
    SQL_GROUPED_MAP_ARROW_ITER_UDF = 215
    SQL_GROUPED_MAP_PANDAS_ITER_UDF = 216
    SQL_GROUPED_AGG_PANDAS_ITER_UDF = 217
    SQL_SCALAR_ARROW_UDF = 250
    SQL_SCALAR_ARROW_ITER_UDF = 251
    SQL_GROUPED_AGG_ARROW_UDF = 252
    SQL_WINDOW_AGG_ARROW_UDF = 253
    SQL_GROUPED_AGG_ARROW_ITER_UDF = 254
    SQL_TABLE_UDF = 300
    SQL_ARROW_TABLE_UDF = 301
    SQL_ARROW_UDTF = 302
