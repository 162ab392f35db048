"""Watch a job from another thread through the status API.

    python examples/status_api_demo.py [--delay 0.02] [--master ray]

The job runs in an ``InheritableThread``, so it inherits the job group set in the main thread; the
main thread asks the status tracker which jobs and stages belong to the group.
"""

from __future__ import annotations

import argparse
import time
from operator import add

from rayspark import InheritableThread, SparkContext

GROUP = "status api demo"


def main(argv: list[str] | None = None) -> None:
    """Run a two-stage job in the background and print what its status was."""
    parser = argparse.ArgumentParser(description="Status API demo.")
    parser.add_argument("--delay", type=float, default=0.02, help="seconds each element takes")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)
    delay = args.delay

    def slowly(number: int) -> tuple[int, int]:
        time.sleep(delay)
        return number % 3, number

    with SparkContext(args.master, "status api demo") as sc:
        answers: list[list[tuple[int, int]]] = []
        sc.setJobGroup(GROUP, "sum of numbers by remainder")
        job = sc.parallelize(range(20), 4).map(slowly).reduceByKey(add, 2)
        worker = InheritableThread(target=lambda: answers.append(job.collect()))
        worker.start()

        tracker = sc.statusTracker()
        tasks: dict[int, int] = {}
        while worker.is_alive() or not is_finished(sc):
            for job_id in tracker.getJobIdsForGroup(GROUP):
                info = tracker.getJobInfo(job_id)
                for stage_id in info.stageIds if info else ():
                    stage = tracker.getStageInfo(stage_id)
                    if stage is not None:
                        tasks[stage_id] = stage.numTasks
            worker.join(0.01)
        worker.join()

        (job_id,) = tracker.getJobIdsForGroup(GROUP)
        finished = tracker.getJobInfo(job_id)
        assert finished is not None
        print(f"job {job_id}: {finished.status}, {len(finished.stageIds)} stages")
        for stage_id in sorted(tasks):
            print(f"stage {stage_id}: {tasks[stage_id]} tasks")
        print(f"active jobs now: {list(tracker.getActiveJobsIds())}")
        print(f"answer: {sorted(answers[0])}")


def is_finished(sc: SparkContext) -> bool:
    """True when every job of the group has ended (its end reaches the tracker a moment later)."""
    tracker = sc.statusTracker()
    infos = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup(GROUP)]
    return bool(infos) and all(info is not None and info.status != "RUNNING" for info in infos)


if __name__ == "__main__":
    main()
