"""DROP FUNCTION."""

from __future__ import annotations

from rayspark.catalyst.functions.registry import find_function
from rayspark.catalyst.logical import LocalRelation
from rayspark.catalyst.logical import command as c
from rayspark.execution.catalog.errors import error, sql_name
from rayspark.execution.commands.result import nothing
from rayspark.execution.session_state import SessionState


def drop_function(command: c.DropFunction, state: SessionState) -> LocalRelation:
    """DROP [TEMPORARY] FUNCTION: of those that users registered."""
    name = command.name[-1].lower()
    if state.functions.pop(name, None) or state.table_functions.pop(name, None):
        return nothing()
    if find_function(name) is not None:
        raise error(
            "FORBIDDEN_OPERATION", statement="DROP", objectType="FUNCTION",
            objectName=sql_name(name),
        )  # fmt: skip
    if not command.if_exists:
        raise error("ROUTINE_NOT_FOUND", routineName=sql_name(*command.name))
    return nothing()
