"""What tasks that run Python functions import, before they run."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from rayspark.records import dataclass


@dataclass(frozen=True)
class WithPandas:
    """A task with pandas imported when it arrives, where nothing interrupts.

    An import that is stopped half-way leaves modules that no later import makes whole; and Arrow
    imports pandas, where there is one, as soon as it makes an array of Python's values.
    """

    task: Any

    def __call__(self, split: int, *inputs: Any) -> Iterator[Any]:
        """Run the task."""
        yield from self.task(split, *inputs)

    def __reduce__(self) -> tuple[Any, ...]:
        return with_pandas, (self.task,)


def with_pandas(task: Any) -> WithPandas:
    """The task, in a process that has imported pandas if it can."""
    with suppress(ImportError):
        importlib.import_module("pandas")
    return WithPandas(task)
