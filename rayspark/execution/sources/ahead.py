"""Work on the blocks of a file side by side, in order.

Cutting and casting a block happens in C++, without Python's lock: a task that has the cores to
itself uses them all. The threads belong to the process, so many tasks do not make many threads.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")

MOST = 8


@cache
def _pool() -> tuple[ThreadPoolExecutor, int]:
    size = min(MOST, len(os.sched_getaffinity(0)))
    return ThreadPoolExecutor(size, "read-ahead"), size


def map_ahead(work: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """``work`` of each item in order; as many items as there are cores are under way.

    >>> list(map_ahead(lambda n: n * n, range(4)))
    [0, 1, 4, 9]
    """
    pool, size = _pool()
    waiting: deque[Future[B]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > size:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
