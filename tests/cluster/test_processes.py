"""Drivers as processes: interrupted, killed, two of them at once."""

from __future__ import annotations

import os
import signal

from ray_rig import command_line, descendants, is_executor, wait_until

DRIVER = """
import os, sys, threading, time
from rayspark import SparkConf, SparkContext

conf = SparkConf().setMaster("ray").setAppName("child").set("spark.executor.instances", "1")
sc = SparkContext(conf=conf)
print("pid", sc.range(1, numSlices=1).map(lambda _: os.getpid()).first(), flush=True)
"""


AGENT = "Agent"
"""Ends the names of the two helpers that each raylet has."""


def executor_of(program):
    return int(program.until("pid ").split()[1])


def test_ctrl_c_cancels_the_job_and_the_context_lives_on(small_ray, child):
    program = child(
        DRIVER
        + """
def slow(x):
    if x == 0:
        for _ in range(600):
            time.sleep(0.1)
    return x

try:
    print("running", flush=True)
    sc.range(4, numSlices=4).map(slow).count()
except KeyboardInterrupt:
    print("interrupted", flush=True)
began = time.monotonic()
print("then", sc.range(4, numSlices=2).sum(), flush=True)
assert time.monotonic() - began < 10
sc.stop()
print("stopped", flush=True)
""",
        RAY_ADDRESS=small_ray,
    )
    program.until("running")
    wait_until(lambda: is_executor(executor_of(program)), "the executor")
    program.process.send_signal(signal.SIGINT)
    program.until("interrupted")
    assert program.until("then") == "then 6"
    program.until("stopped")
    assert program.wait() == 0


def test_two_applications_share_a_cluster(small_ray, child):
    work = (
        DRIVER
        + """
pairs = sc.range(2000, numSlices=4).map(lambda x: (x % 7, x))
for _ in range(5):
    print("sum", pairs.reduceByKey(lambda a, b: a + b, 2).values().sum(), flush=True)
sc.stop()
"""
    )
    both = [child(work, RAY_ADDRESS=small_ray) for _ in range(2)]
    for program in both:
        program.until("sum")
    assert len({executor_of(program) for program in both}) == 2
    for program in both:
        assert program.wait() == 0, program.output
        assert [line for line in program.lines if line.startswith("sum")] == ["sum 1999000"] * 5


def test_a_killed_driver_leaves_no_executor_on_the_cluster(small_ray, child):
    program = child(DRIVER + "time.sleep(100)", RAY_ADDRESS=small_ray)
    executor = executor_of(program)
    assert is_executor(executor)
    program.process.kill()
    wait_until(lambda: not is_executor(executor), "the executor to end")


def test_a_killed_driver_takes_its_embedded_ray_along(child):
    program = child(DRIVER + "time.sleep(100)")
    executor = executor_of(program)
    family = descendants(program.process.pid)
    names = [command_line(pid) for pid in family]
    assert executor in family and any("raylet" in name for name in names)
    program.process.kill()

    def alive(*, agents):
        lines = {pid: command_line(pid) for pid in family}
        return [pid for pid, line in lines.items() if line and line.endswith(AGENT) == agents]

    wait_until(lambda: not alive(agents=False), "executors, raylet, stores and GCS to end")
    # Ray's two agents try for up to a minute to report the raylet's death to the dead GCS.
    for pid in alive(agents=True):
        os.kill(pid, signal.SIGKILL)
