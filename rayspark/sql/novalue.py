"""The default of arguments that may also be ``None``. Prints as PySpark's does."""

from __future__ import annotations

from typing import Final


class NoValue:
    """The class of :data:`NO_VALUE`."""

    def __repr__(self) -> str:
        return "<no value>"


NO_VALUE: Final = NoValue()
"""Nothing was given."""
