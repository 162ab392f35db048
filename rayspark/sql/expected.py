"""The errors about arguments that nearly every face raises."""

from __future__ import annotations

from typing import Any

from rayspark.errors import PySparkNotImplementedError, PySparkTypeError


def expected(argument: str, types: str, found: Any) -> PySparkTypeError:
    """``NOT_EXPECTED_TYPE``: an argument is not of the type it must have."""
    return PySparkTypeError(
        errorClass="NOT_EXPECTED_TYPE",
        messageParameters={
            "arg_name": argument,
            "expected_type": types,
            "arg_type": type(found).__name__,
        },
    )


def refused(feature: str, reason: str) -> PySparkNotImplementedError:
    """``NOT_IMPLEMENTED``: what it is, why it is not here, and what to use instead."""
    return PySparkNotImplementedError(
        f"{feature} is not implemented: {reason}",
        errorClass="NOT_IMPLEMENTED",
        messageParameters={"feature": feature},
    )
