"""Tracebacks of user code, and exceptions on their way from a task to the driver.

A user's function runs under many frames of the engine, which say nothing about the user's
mistake. They are left out of what a user sees. A *frame of the engine* lies in a file of this
package, or in code the engine generated (file name ``<rayspark ...>``).

On the driver, a hook leaves them out where a script ends (:mod:`rayspark.errors.display`), and
IPython asks the exception itself for its lines. pytest is told by a mark, a local variable
``__tracebackhide__``: an error of RaySpark marks the engine's frames on the stack as it is made.
They are still in ``__traceback__``, for debuggers, loggers and ``pytest --full-trace``. With
``RAYSPARK_FULL_TRACEBACK=1`` in the environment nothing is hidden anywhere.

An exception may be of a class that cannot be pickled. :class:`TaskError` carries a rendering that
always can be, and the exception itself when possible. No state: any thread may call this.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import cloudpickle

from rayspark.errors.faults import MEMORY_ADVICE, Fault
from rayspark.records import dataclass

_PACKAGE = str(Path(__file__).resolve().parent.parent) + "/"
_GENERATED = "<rayspark "
_MARK = "__tracebackhide__"
SHOW_ALL = "RAYSPARK_FULL_TRACEBACK"
"""The environment variable that has every frame shown."""
_MOST_FRAMES = 200
"""Looked at of a stack: deep recursions are the engine's own, and rare."""


def is_engine_file(filename: str) -> bool:
    """Does a frame of this file belong to the engine?"""
    return filename.startswith((_PACKAGE, _GENERATED))


def shows_all() -> bool:
    """Does the user want to see the engine's frames?"""
    return os.environ.get(SHOW_ALL, "") not in ("", "0")


def hide_engine_frames() -> None:
    """Mark the engine's frames on this thread's stack, for hosts that leave marked ones out."""
    if shows_all():
        return
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return
        above, code = frame.f_back, frame.f_code
        # A marked frame keeps what its variables hold now for as long as it lives: that must not
        # be the loop of a thread of ours.
        is_loop = above is not None and above.f_code.co_filename == threading.__file__
        if is_engine_file(code.co_filename) and code.co_name != "<module>" and not is_loop:
            frame.f_locals[_MARK] = True
        frame = above


def user_frames(tb: TracebackType | None) -> TracebackType | None:
    """The traceback without frames of the engine; None when no other is left.

    Frames of other libraries that the user's code called stay.
    """
    links = [link for link in _walk(tb) if not is_engine_file(link.tb_frame.f_code.co_filename)]
    kept: TracebackType | None = None
    for link in reversed(links):
        kept = TracebackType(kept, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return kept


def strip_engine_frames(error: BaseException) -> BaseException:
    """Take the engine's frames off this exception and off those it is chained to; return it."""
    for link in _chain(error):
        link.__traceback__ = user_frames(link.__traceback__)
    return error


def user_traceback(error: BaseException, *, chain: bool = True) -> str:
    """What Python would print for the exception and its chain, without frames of the engine."""
    rendering = traceback.TracebackException.from_exception(error)
    pending = [rendering]
    seen = set()
    while pending:
        link = pending.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        frames = [frame for frame in link.stack if not is_engine_file(frame.filename)]
        link.stack = traceback.StackSummary.from_list(frames)
        pending += [part for part in (link.__cause__, link.__context__) if part is not None]
        pending += link.exceptions or []
    return "".join(rendering.format(chain=chain)).rstrip("\n")


def notebook_lines(error: BaseException) -> list[str]:
    """As IPython would show the exception, without the engine's frames."""
    shown = error.__traceback__ if shows_all() else user_frames(error.__traceback__)
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None:
        return traceback.format_exception(type(error), error, shown)
    lines: list[str] = shell.InteractiveTB.structured_traceback(
        type(error), error, shown, tb_offset=1
    )
    return lines


@dataclass(frozen=True, slots=True)
class TaskError:
    """An exception raised in a task, in a form that always survives the way to the driver."""

    kind: str
    """Qualified class name, as a traceback prints it (``ValueError``, ``app.errors.BadRow``)."""
    message: str
    traceback: str
    """What Python prints, user frames only."""
    pickled: bytes | None
    """The exception itself, or None when it cannot be pickled or not be unpickled again."""

    @classmethod
    def of(cls, error: BaseException) -> TaskError:
        """Capture an exception where it was caught."""
        if isinstance(error, MemoryError):
            error.add_note(MEMORY_ADVICE)
        kind = _qualified_name(type(error))
        # A fault of the engine has no line of the user's.
        rendered = f"{kind}: {error}" if isinstance(error, Fault) else user_traceback(error)
        return cls(kind, _text(error), rendered, _pickle(error))

    def rebuild(self) -> BaseException | None:
        """The user's exception (without traceback: that is text now), or None if it cannot be
        had.
        """
        if self.pickled is None:
            return None
        try:
            error = cloudpickle.loads(self.pickled)
        except Exception:  # noqa: BLE001  a user's __reduce__ may raise anything
            return None
        return error if isinstance(error, BaseException) else None

    def __str__(self) -> str:
        """``ValueError: no such carrier``: one line for logs and messages."""
        return f"{self.kind}: {self.message}" if self.message else self.kind


def _walk(tb: TracebackType | None) -> Iterator[TracebackType]:
    while tb is not None:
        yield tb
        tb = tb.tb_next


def _chain(error: BaseException) -> Iterator[BaseException]:
    pending: list[BaseException | None] = [error]
    seen = set()
    while pending:
        link = pending.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        pending += [link.__cause__, link.__context__]
        if isinstance(link, BaseExceptionGroup):
            pending += link.exceptions


def _qualified_name(cls: type[BaseException]) -> str:
    hidden = cls.__module__ in ("builtins", "__main__")
    return cls.__qualname__ if hidden else f"{cls.__module__}.{cls.__qualname__}"


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as failure:  # noqa: BLE001  a user's __str__ may raise anything
        return f"<str() of the exception failed: {failure!r}>"


def _pickle(error: BaseException) -> bytes | None:
    """Bytes that were seen to give the exception back: many classes pickle but do not unpickle."""
    try:
        data: bytes = cloudpickle.dumps(error)
        same = type(cloudpickle.loads(data)).__name__ == type(error).__name__
    except Exception:  # noqa: BLE001  likewise
        return None
    return data if same else None
