"""The memory budget of a task: when to spill.

Python cannot say how many bytes a dictionary of user objects holds, so the budget looks at what the
operating system knows: private resident memory of the process (shared pages, such as blocks of the
object store, do not count) against what it was when the task began.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from dataclasses import field
from pathlib import Path

from rayspark.records import dataclass

_PAGE = os.sysconf("SC_PAGE_SIZE")
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_CHECK_SECONDS = 0.01
"""Reading /proc costs about 15 microseconds; more often than this it tells nothing new."""


def private_bytes() -> int:
    """Resident bytes of this process that are not shared."""
    with open("/proc/self/statm", "rb", buffering=0) as file:  # noqa: PTH123
        fields = file.read().split()
    return (int(fields[1]) - int(fields[2])) * _PAGE


def machine_bytes() -> int:
    """Memory of this machine, or of the container that this process is confined to."""
    whole = os.sysconf("SC_PHYS_PAGES") * _PAGE
    for path in _CONTAINER_LIMITS:
        with contextlib.suppress(OSError, ValueError):
            whole = min(whole, int(path.read_text()))
    return whole


def give_back() -> None:
    """Return freed memory to the operating system, as far as glibc can; elsewhere do nothing."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@dataclass(slots=True)
class MemoryBudget:
    """Tells operators that collect records when they must spill."""

    limit: int
    """Bytes that one task may hold."""
    baseline: int = field(default_factory=private_bytes)
    peak: int = 0
    _checked: float = 0.0
    _full: bool = False

    def is_full(self) -> bool:
        """Whether the task holds more than its share."""
        now = time.monotonic()
        if now - self._checked >= _CHECK_SECONDS:
            self._checked = now
            held = private_bytes() - self.baseline
            self.peak = max(self.peak, held)
            self._full = held > self.limit
        return self._full

    def close(self) -> None:
        """The task is over. What it freed must not become room that the next one has besides its
        own: a heavy task gives its memory back.
        """
        if self.peak > self.limit // 2:
            give_back()

    def released(self) -> None:
        """Records were let go: look again at the next question, from the new level.

        The allocator keeps freed memory, so what is still resident now is free room for the task.
        """
        self._checked, self._full = 0.0, False
        self.baseline = max(self.baseline, private_bytes() - self.limit // 2)
