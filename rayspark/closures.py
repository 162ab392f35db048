"""Why a function cannot be pickled."""

from __future__ import annotations

from typing import Any

from rayspark.errors.exceptions import PySparkPicklingError


def explain_unpicklable(function: Any, error: BaseException) -> BaseException:
    """The error that a user sees when a task's closure cannot be pickled."""
    return PySparkPicklingError(f"a function of the job cannot be pickled: {error}")
