"""Whether pandas, Arrow and numpy are there, and new enough."""

from __future__ import annotations

import importlib
import re
from typing import Any

from rayspark.errors import PySparkImportError

MINIMUM = {"pandas": "2.2.0", "pyarrow": "17.0.0", "numpy": "1.26.0"}


def _require(name: str) -> Any:
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise PySparkImportError(
            errorClass="PACKAGE_NOT_INSTALLED",
            messageParameters={"package_name": name, "minimum_version": MINIMUM[name]},
        ) from error
    found = getattr(module, "__version__", "0")
    if _numbers(found) < _numbers(MINIMUM[name]):
        raise PySparkImportError(
            errorClass="UNSUPPORTED_PACKAGE_VERSION",
            messageParameters={
                "package_name": name,
                "minimum_version": MINIMUM[name],
                "current_version": str(found),
            },
        )
    return module


def _numbers(version: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", version)[:3]]


def require_minimum_pandas_version() -> Any:
    """The module pandas; PySparkImportError if it is missing or too old."""
    return _require("pandas")


def require_minimum_pyarrow_version() -> None:
    """Raise PySparkImportError if pyarrow is missing or too old."""
    _require("pyarrow")


def require_minimum_numpy_version() -> None:
    """Raise PySparkImportError if numpy is missing or too old."""
    _require("numpy")
