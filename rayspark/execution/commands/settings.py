"""SET and RESET."""

from __future__ import annotations

from rayspark.catalyst.logical import LocalRelation
from rayspark.catalyst.logical import command as c
from rayspark.config.entries import sql
from rayspark.errors import AnalysisException
from rayspark.execution.commands.result import nothing, texts
from rayspark.execution.session_conf import local_zone
from rayspark.execution.session_state import SessionState


def set_setting(command: c.SetCommand, state: SessionState) -> LocalRelation:
    """SET."""
    conf, key = state.conf, command.key
    if key is None:
        return texts("key", "value", rows=sorted(conf.settings().items()))
    if command.value is None:
        return texts("key", "value", rows=[(key, conf.get(key) or "<undefined>")])
    value = command.value
    if key.lower() in state.variables:
        raise AnalysisException(
            errorClass="UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET",
            messageParameters={"variableName": f"`{key}`"},
        )
    if key == sql.TIME_ZONE.key and not value:
        value = local_zone()
    conf.set(key, value)
    return texts("key", "value", rows=[(key, value)])


def reset_setting(command: c.ResetCommand, state: SessionState) -> LocalRelation:
    """RESET."""
    if command.key is None:
        state.conf.reset()
    else:
        state.conf.unset(command.key)
    return nothing()
