"""Identifiers of the engine, as types.

A number that names a stage must never be passed where a job is meant; ``mypy --strict`` sees the
difference although at run time each is a plain ``int`` or ``str``.
"""

from __future__ import annotations

from typing import NamedTuple, NewType

JobId = NewType("JobId", int)
StageId = NewType("StageId", int)
ShuffleId = NewType("ShuffleId", int)
RddId = NewType("RddId", int)
BroadcastId = NewType("BroadcastId", int)
AccumulatorId = NewType("AccumulatorId", int)
ExecutorId = NewType("ExecutorId", str)
HostId = NewType("HostId", str)
"""A machine of the cluster (a Ray node id; ``"localhost"`` in process)."""


class TaskKey(NamedTuple):
    """One try of one task: the identity under which it is launched and reports back.

    ``partition`` is the partition of the stage's last RDD; ``attempt`` counts runs of the stage;
    ``tid`` is unique in the application (Spark's ``taskAttemptId``).
    """

    stage: StageId
    attempt: int
    partition: int
    tid: int


class BlockId(NamedTuple):
    """A cached partition."""

    rdd: RddId
    split: int

    def __str__(self) -> str:
        """Spark's name of the block, as events and the UI print it."""
        return f"rdd_{self.rdd}_{self.split}"
