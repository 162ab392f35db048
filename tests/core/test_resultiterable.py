from __future__ import annotations

import pickle

from rayspark.resultiterable import ResultIterable


def test_values_can_be_read_again_and_again_and_pickled() -> None:
    values = ResultIterable([3, 1, 2])
    assert list(values) == list(values) == [3, 1, 2]
    assert (len(values), values.maxindex, values.data) == (3, 3, [3, 1, 2])
    assert list(pickle.loads(pickle.dumps(values))) == [3, 1, 2]
    assert not ResultIterable([])
