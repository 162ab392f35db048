"""Watching the memory of a process and all its descendants through ``/proc``.

The sum of *proportional* set sizes (PSS) counts a page shared by several processes once, so an
object store mapped by ten workers is not counted ten times.
"""

from __future__ import annotations

import threading
from pathlib import Path


def family(root: int) -> list[int]:
    """The process ``root`` and its living descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:  # it ended while we were looking
            continue
        parent = int(text.rsplit(")", 1)[1].split()[1])
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def proportional_mb(pid: int) -> float:
    """The PSS of one process in MB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


class PeakMemory:
    """Sample a process tree until stopped; a context manager that knows the peak in MB."""

    def __init__(self, root: int, every: float = 0.25) -> None:
        self.peak = 0.0
        self._root = root
        self._every = every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._done.wait(self._every):
            self.peak = max(self.peak, sum(map(proportional_mb, family(self._root))))

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
