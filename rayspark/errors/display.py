"""What a script prints when it ends with an error of RaySpark: the user's lines, the cause once.

Between the user's line and the error lie frames of the engine, and the message of a failed job
holds what a task raised, which is also the exception's cause. Python would print all of it.
Debuggers and loggers see the exception as it is, as does a program that has an excepthook of its
own; notebooks and pytest leave out what is marked (:mod:`rayspark.errors.traceback`).
"""

from __future__ import annotations

import sys
from types import TracebackType

from rayspark.errors.exceptions import PySparkException
from rayspark.errors.traceback import shows_all, user_traceback


def install() -> None:
    """Print errors of RaySpark that end the program for its user, where Python would print them."""
    if sys.excepthook is sys.__excepthook__ and not shows_all():
        sys.excepthook = _show


def _show(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if isinstance(error, PySparkException) and sys.stderr is not None:
        cause = error.__cause__
        told = cause is not None and str(cause) in str(error)
        text = user_traceback(error.with_traceback(traceback), chain=not told)
        print(text, file=sys.stderr)  # noqa: T201
    else:
        sys.__excepthook__(kind, error, traceback)
