"""What a user's Python code raised, as users of DataFrames meet it."""

from __future__ import annotations

from rayspark.errors import PythonException


def python_failure(traceback: str) -> PythonException:
    """The exception for a failure of the user's code.

    Parameters
    ----------
    traceback
        What Python prints for it, without frames of the engine.
    """
    parameters = {
        "msg": "An exception was thrown from the Python worker",
        "traceback": traceback,
    }
    return PythonException(errorClass="PYTHON_EXCEPTION", messageParameters=parameters)
