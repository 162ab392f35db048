"""Run workloads on each engine in turn, compare answers and times, and write the table.

    python -m benchmarks [WORKLOAD ...] [--engines ray,local,peer,sail] [--scale 1]
                         [--peer-python PATH] [--write]

Each (workload, engine) pair gets a fresh process on the same two cores, one after the other.
`--write` puts the table into ``benchmarks/README.md``; rows of workloads that were not run this
time stay.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.live_cluster import bare_connect_seconds, live_cluster
from benchmarks.memory import PeakMemory
from benchmarks.report import Row, render, update_readme
from benchmarks.runner import load, same_answer
from benchmarks.workload import Workload

HERE = Path(__file__).resolve().parent
CORES = 2
NOT_WORKLOADS = {"__init__", "rows", "frames"}


def all_workloads() -> list[str]:
    """Names of the files under ``workloads/``."""
    return sorted(
        path.stem for path in (HERE / "workloads").glob("*.py") if path.stem not in NOT_WORKLOADS
    )


def environment(engine: str, python: str, cluster: Mapping[str, str] | None) -> dict[str, str]:
    """The same for every engine (one BLAS thread), and what only one understands."""
    env = os.environ | {"PYTHONPATH": str(HERE.parent), "OMP_NUM_THREADS": "1"}
    env.pop("RAY_ADDRESS", None)
    if engine == "peer":
        env["PYSPARK_SUBMIT_ARGS"] = "--driver-memory 6g pyspark-shell"
        env["PYSPARK_PYTHON"] = python  # workers that know pandas, too
    return env | dict(cluster or {})


def pin_to_cores() -> None:
    """In the child before it starts: every engine gets the same cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def run_engine(name: str, workload: Workload, engine: str, args: argparse.Namespace) -> Any:
    """One fresh process: its measurements, or ``{"error": ...}``."""
    python = {"peer": args.peer_python, "sail": args.sail_python}.get(engine, sys.executable)
    with (
        tempfile.TemporaryDirectory() as folder,
        live_cluster() if engine == "live" else nullcontext() as cluster,
    ):
        result = Path(folder) / "result.json"
        log = Path(folder) / "log.txt"
        options = ["--scale", str(args.scale), "--data", str(args.data), "--result", str(result)]
        bare = bare_connect_seconds(cluster) if cluster else None
        with log.open("w") as output:
            child = subprocess.Popen(
                [python, "-m", "benchmarks.runner", name, engine, *options],
                env=environment(engine, python, cluster),
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=pin_to_cores,
            )
            with PeakMemory(child.pid) if workload.memory else nullcontext() as memory:
                try:
                    code = child.wait(args.timeout)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
                    return {"engine": engine, "error": f"not finished after {args.timeout:.0f} s"}
        if code != 0 or not result.exists():
            print(log.read_text()[-4000:], file=sys.stderr)
            last = log.read_text().strip().splitlines()[-1:] or ["no output"]
            return {"engine": engine, "error": f"exit code {code}: {last[0][:200]}"}
        measured = json.loads(result.read_text())
        figures = measured["figures"]
        if memory is not None:
            figures["peak MB, all processes"] = memory.peak
        if bare is not None:
            figures["of which bare Ray, s"] = bare
        return measured


def run_workload(name: str, engines: Sequence[str], args: argparse.Namespace) -> Row:
    """Run one workload on every engine it is for, and compare the answers."""
    workload = load(name)
    if workload.prepare is not None:
        args.data.mkdir(parents=True, exist_ok=True)
        workload.prepare(args.data, args.scale)
    results = {}
    for engine in engines:
        if engine in workload.engines:
            print(f"{name} on {engine} ...", flush=True)
            results[engine] = run_engine(name, workload, engine, args)
    answers = [result["answer"] for result in results.values() if "error" not in result]
    agree = all(same_answer(answers[0], answer) for answer in answers)
    command = f"python -m benchmarks {name} --engines {','.join(engines)}"
    if args.scale != 1:
        command += f" --scale {args.scale:g}"
    title = workload.title if args.scale == 1 else f"{workload.title} (scale {args.scale:g})"
    return Row(name, title, command, results, agree)


def main(argv: list[str] | None = None) -> int:
    """Run, print, and if asked write the table; 1 when an engine failed or answers differ."""
    parser = argparse.ArgumentParser(description="Benchmarks against PySpark.")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="default: all")
    parser.add_argument("--engines", default="ray,local,live,peer")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "rayspark-bench")
    parser.add_argument("--peer-python", default=sys.executable, help="a Python with PySpark")
    parser.add_argument("--sail-python", default=sys.executable, help="a Python with Sail")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds per engine")
    parser.add_argument("--write", action="store_true", help="update the table in README.md")
    parser.add_argument("--list", action="store_true", help="print the workloads' names")
    args = parser.parse_args(argv)

    known = all_workloads()
    unknown = sorted(set(args.workloads) - set(known))
    if unknown:
        parser.error(f"no workload {', '.join(unknown)}; there are: {', '.join(known)}")
    if args.list:
        print("\n".join(f"{name:24s} {load(name).title}" for name in known))
        return 0
    engines = args.engines.split(",")
    rows = []
    for name in args.workloads or known:
        rows.append(run_workload(name, engines, args))
        print(render(rows[-1:]), flush=True)
    print(render(rows))
    if args.write:
        update_readme(HERE / "README.md", HERE / "results.json", rows)
    failed = any("error" in result for row in rows for result in row.results.values())
    return int(failed or not all(row.agree for row in rows))
