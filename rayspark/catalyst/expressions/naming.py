"""The name that an expression gives to a field made of it."""

from __future__ import annotations

from rayspark.catalyst.expressions.base import Expression


def name_of(e: Expression) -> str | None:
    """The name of an attribute, an alias, a lambda's parameter or of an extracted field."""
    name = getattr(e, "name", None)
    args = getattr(e, "args", None)
    if args is None:
        return name if isinstance(name, str) else None
    if name == "getfield":
        return str(args[1].value)
    return None
