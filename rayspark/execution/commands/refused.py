"""Statements that Spark has and RaySpark, or tables of files, have not."""

from __future__ import annotations

from rayspark.catalyst.logical import LocalRelation
from rayspark.catalyst.logical import command as c
from rayspark.errors import PySparkNotImplementedError, UnsupportedOperationException
from rayspark.execution.catalog.errors import unsupported
from rayspark.execution.session_state import SessionState


def refuse(command: c.Refused, state: SessionState) -> LocalRelation:
    """Say so.

    Raises
    ------
    AnalysisException, UnsupportedOperationException
        UNSUPPORTED_FEATURE.TABLE_OPERATION for what a table of files cannot do.
    PySparkNotImplementedError
        NOT_IMPLEMENTED for statements that do not exist here.
    """
    if command.name:
        table = state.catalog.table(command.name)
        made = unsupported(table.database, table.name, command.operation)
        if command.operation in ("UPDATE TABLE", "MERGE INTO TABLE"):
            raise UnsupportedOperationException(
                errorClass=made.getCondition(), messageParameters=made.getMessageParameters()
            )
        raise made
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED", messageParameters={"feature": command.operation}
    )
