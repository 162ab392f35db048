"""Ray's own calls fail now and then, as on a bad network; the answer is right all the same."""

from __future__ import annotations

import json

from ray_rig import Child

FAILURES = {
    # Calls of executors: a lost request, or a lost answer to one that was carried out.
    "CoreWorkerService.grpc_client.PushTask": {
        "num_failures": 6, "req_failure_prob": 10, "resp_failure_prob": 10,
    },
    "NodeManagerService.grpc_client.RequestWorkerLease": {
        "num_failures": 3, "req_failure_prob": 25, "resp_failure_prob": 25,
    },
    "ActorInfoGcsService.grpc_client.RegisterActor": {
        "num_failures": 2, "req_failure_prob": 25, "resp_failure_prob": 25,
    },
}  # fmt: skip
PROGRAM = """
import logging, operator
logging.basicConfig(level=logging.WARNING)
from rayspark import SparkConf, SparkContext

sc = SparkContext(conf=SparkConf().setMaster("ray").setAppName("bad network"))
seen = sc.accumulator(0)
data = sc.range(4000, numSlices=8)
for round in range(10):
    pairs = data.map(lambda x: (x % 10, x))
    assert dict(pairs.reduceByKey(operator.add, 4).collect()) == {
        key: sum(range(key, 4000, 10)) for key in range(10)
    }
data.foreach(lambda _: seen.add(1))
assert seen.value == 4000, seen.value
print("lost", sc._summary.executors_lost, "recomputed", sc._summary.metrics.recomputed_tasks)
sc.stop()
print("right", flush=True)
"""


def test_failing_calls_of_ray_change_no_answer(tmp_path, recovery):
    program = Child(tmp_path, PROGRAM, RAY_testing_rpc_failure=json.dumps(FAILURES))
    try:
        program.until("right")
        assert program.wait() == 0, program.output
    finally:
        program.close()
    lost = next(line for line in program.lines if line.startswith("lost "))
    recovery("Ray's calls (RAY_testing_rpc_failure)", "same answer", f"({lost})", 0, 0)
