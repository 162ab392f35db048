from __future__ import annotations

import pickle

import pytest

from rayspark.errors import faults
from rayspark.ids import BlockId, ExecutorId, RddId, ShuffleId

EXECUTOR = ExecutorId("e1")

FAULTS = [
    faults.FetchFailed(ShuffleId(1), (2, 3), 4, EXECUTOR, message="no block"),
    faults.ExecutorLost(EXECUTOR, "killed"),
    faults.ExecutorLost(EXECUTOR, "killed", node_lost=True),
    faults.TaskKilled("another attempt succeeded"),
    faults.OutOfMemory(10, 5, "sort"),
    faults.DiskFull("A spilled run", "/tmp", 10, 5, "no space left"),
    faults.BlockCorrupt("shuffle_1_2", 7, 8),
    faults.BlockLost(BlockId(RddId(1), 2), "node died"),
    faults.ResultTooLarge(2048, 1024, 3),
    faults.CommitDenied(1, 2, 3),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_faults_keep_type_and_fields_through_pickling(fault: faults.Fault) -> None:
    copy = pickle.loads(pickle.dumps(fault))
    assert type(copy) is type(fault)
    assert vars(copy) == vars(fault)
    assert str(copy) == str(fault)


def test_every_fault_is_covered_here() -> None:
    assert {type(fault) for fault in FAULTS} == set(faults.Fault.__subclasses__())


def test_a_fault_prints_its_fields_and_keeps_its_cause() -> None:
    with pytest.raises(faults.ExecutorLost) as caught:
        raise faults.ExecutorLost(EXECUTOR, "killed") from OSError("signal 9")
    assert str(caught.value) == "ExecutorLost(executor_id='e1', reason='killed', node_lost=False)"
    assert isinstance(caught.value.__cause__, OSError)
