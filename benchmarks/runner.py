"""Run one workload on one engine in this process, and write what was measured as JSON.

    python -m benchmarks.runner WORKLOAD ENGINE --scale 1 --data DIR --result FILE

The harness starts this once per engine, with that engine's Python. Times start before the engine is
imported: ``import``, ``context``, then the first run (together: cold), the warm runs, and stop().
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.workload import Bench, Figures, Workload

MASTERS = {"ray": "ray", "live": "ray", "local": "local[2]", "peer": "local[2]", "sail": ""}


class Sail:
    """Sail's server in this process, in the place of a context: it has sessions only."""

    def __init__(self) -> None:
        self._server = importlib.import_module("pysail.spark").SparkConnectServer()
        self._server.start()
        self.url = f"sc://localhost:{self._server.listening_address[1]}"

    def stop(self) -> None:
        """End the session, whose client would look for its server at exit, and the server."""
        session = importlib.import_module("pyspark.sql").SparkSession.getActiveSession()
        if session is not None:
            session.stop()
        self._server.stop()


def load(name: str) -> Workload:
    """The workload of that file name."""
    workload: Workload = importlib.import_module(f"benchmarks.workloads.{name}").WORKLOAD
    return workload


def execute(workload: Workload, engine: str, scale: float, data: Path) -> dict[str, Any]:
    """Run a workload and return its measurements."""
    clock = time.perf_counter
    start = clock()
    ps = importlib.import_module("pyspark" if engine in ("peer", "sail") else "rayspark")
    imported = clock() - start

    def open_context(settings: Mapping[str, str]) -> Any:
        if engine == "sail":
            return Sail()
        conf = ps.SparkConf().setMaster(MASTERS[engine]).setAppName("benchmark")
        quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
        for key, value in {**quiet, **workload.settings, **settings}.items():
            conf.set(key, value)
        return ps.SparkContext(conf=conf)

    bench = Bench(engine, ps, data, scale, open_context)
    bench.sc = open_context({})
    ready = clock() - start
    warm: list[float] = []
    figures: Figures = {}
    answer = None
    if workload.measure is not None:
        figures = workload.measure(bench)
        cold = clock() - start
    else:
        assert workload.run is not None
        answer = workload.run(bench)
        cold = clock() - start
        for _ in range(workload.repeats):
            began = clock()
            again = workload.run(bench)
            warm.append(clock() - began)
            if not same_answer(again, answer):
                raise AssertionError(f"a warm run answered {again}, the first one {answer}")
    driver_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = clock()
    bench.sc.stop()
    stopped = clock() - began
    if workload.lifecycle:
        figures |= {"import s": imported, "import to first answer s": cold, "stop() s": stopped}
    return {
        "engine": engine,
        "version": ps.__version__,
        "python": sys.version.split()[0],
        "import": imported,
        "context": ready - imported,
        "cold": cold,
        "warm": warm,
        "stop": stopped,
        "answer": answer,
        "figures": figures,
        "driver peak MB": driver_peak,
    }


def same_answer(a: Any, b: Any) -> bool:
    """Are two answers equal, up to the rounding of floating-point sums?"""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_answer, a, b))
    if isinstance(a, float) or isinstance(b, float):
        return bool(abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b)))
    return bool(a == b)


def main(argv: list[str] | None = None) -> None:
    """Run the workload named on the command line."""
    parser = argparse.ArgumentParser(description="Run one workload on one engine.")
    parser.add_argument("workload")
    parser.add_argument("engine", choices=sorted(MASTERS))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--result", type=Path, required=True)
    args = parser.parse_args(argv)
    result = execute(load(args.workload), args.engine, args.scale, args.data)
    args.result.write_text(json.dumps(result))


if __name__ == "__main__":
    main()
