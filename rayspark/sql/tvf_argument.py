"""What a table function takes beside columns."""

from __future__ import annotations


class TableValuedFunctionArgument:
    """Base of the arguments of table functions that are no columns."""
