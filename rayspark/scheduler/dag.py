r"""Lineage becomes stages: the graph of nodes is cut at every shuffle dependency.

::

    a = sc.textFile(...)          node a --\
    b = a.map(f)                            node b     | stage 0: map side of shuffle 0
    ------------------------------------------------- shuffle 0: cut here
    c = b.reduceByKey(g)                    node c     | stage 1: result stage of collect()
    c.collect()

All walks use their own stack: a lineage of 10,000 steps must not overflow Python's. They stop at
nodes whose every partition is cached and at shuffles whose output is complete, so that a loop that
grows its lineage pays for its last round only. There is one map stage per shuffle dependency,
shared by the jobs that need it; output that an earlier job left is used, and its stage shown as
skipped.
"""

from __future__ import annotations

from rayspark.errors.exceptions import IllegalArgumentException, SparkException
from rayspark.ids import ShuffleId, StageId
from rayspark.lineage.dependency import ShuffleDependency
from rayspark.lineage.node import Node
from rayspark.resource.needs import Needs, merged
from rayspark.scheduler.config import SchedulerConfig
from rayspark.scheduler.locality import StageGraph, stage_graph
from rayspark.scheduler.stage import Job, Stage
from rayspark.scheduler.tables import Tables
from rayspark.scheduler.task import ResultFunction

CONFLICT = (
    "Multiple ResourceProfiles specified in the RDDs for this stage, either resolve the "
    "conflicting ResourceProfiles yourself or enable "
    "spark.scheduler.resource.profileMergeConflicts. They ask for: {}"
)
LOCAL = (
    "A stage asks for executors of its own: {}. With a local master there is one executor, this "
    "process, and it holds no resources but its cores. Leave out the executor's requests there "
    "(TaskResourceRequests().cpus works), or use a Ray cluster: master 'ray', and "
    "ray.init(resources={{...}}) before the SparkContext to try it on this machine."
)


class Dag:
    """Makes stages and knows what they stand on."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add_result_stage(self, job: Job, node: Node, function: ResultFunction) -> Stage:
        """The last stage of a job. Every stage that must run before it is made first, so that it
        has a smaller number, and is noted in the job.
        """
        self._add_below(node, job)
        stage = self._add(node, function)
        stage.job = job
        stage.parents = self._stages_of(self._edge(node))
        self._need(stage, job)
        return stage

    def add_map_stage(self, job: Job, dependency: ShuffleDependency) -> Stage:
        """The last stage of a job that only wants the output of a map stage."""
        if not self._tables.tracker.is_complete(dependency.shuffle_id):
            self._add_below(dependency.parent, job)
        stage = self._map_stage(dependency)
        self._need(stage, job)
        return stage

    def _add_below(self, node: Node, job: Job) -> None:
        for dependency, parents in self._shuffles_below(node):
            parent = self._map_stage(dependency)
            parent.parents = parent.parents or self._stages_of(parents)
            self._need(parent, job)

    def missing_parents(self, stage: Stage) -> list[Stage]:
        """Map stages that must run before `stage` can; ``stage.parents`` is brought up to date."""
        stage.parents = self._stages_of([*self._edge(stage.node), *stage.needs.values()])
        for parent in stage.parents.values():
            for job_id in stage.jobs:
                self._need(parent, self._tables.jobs[job_id])
        return [p for p in stage.parents.values() if not self.is_available(p)]

    def is_available(self, stage: Stage) -> bool:
        """Is all output of this map stage there?"""
        return stage.shuffle_id is not None and self._tables.tracker.is_complete(stage.shuffle_id)

    def find_dependency(self, stage: Stage, shuffle_id: ShuffleId) -> ShuffleDependency | None:
        """The dependency by which the stage reads a shuffle, also below cached nodes."""
        return stage_graph(stage.node, None).shuffles.get(shuffle_id)

    def graph(self, stage: Stage) -> StageGraph:
        """Nodes that a task of the stage computes, given what is cached now."""
        return stage_graph(stage.node, self._tables.directory)

    def _shuffles_below(
        self, node: Node
    ) -> list[tuple[ShuffleDependency, list[ShuffleDependency]]]:
        """Shuffles that a job over `node` reads, each after those that it is made from, which are
        given beside it. Complete ones are listed, but what lies below them is not.
        """
        order: dict[ShuffleId, tuple[ShuffleDependency, list[ShuffleDependency]]] = {}
        below: dict[ShuffleId, list[ShuffleDependency]] = {}
        stack = self._edge(node)
        while stack:
            dependency = stack[-1]
            shuffle_id = dependency.shuffle_id
            if shuffle_id in below:
                order.setdefault(shuffle_id, (dependency, below[shuffle_id]))
                stack.pop()
                continue
            is_complete = self._tables.tracker.is_complete(shuffle_id)
            below[shuffle_id] = [] if is_complete else self._edge(dependency.parent)
            stack.extend(below[shuffle_id])
        return list(order.values())

    def _stages_of(self, dependencies: list[ShuffleDependency]) -> dict[ShuffleId, Stage]:
        """Map stages of these shuffles, in the order of their ids."""
        by_id = {d.shuffle_id: d for d in dependencies}
        return {s: self._map_stage(by_id[s]) for s in sorted(by_id)}

    def _edge(self, node: Node) -> list[ShuffleDependency]:
        """Shuffles read by a stage that ends at `node`, last first."""
        return list(reversed(stage_graph(node, self._tables.directory).shuffles.values()))

    @staticmethod
    def _need(stage: Stage, job: Job) -> None:
        stage.jobs[job.id] = None
        job.stages[stage.id] = None

    def _map_stage(self, dependency: ShuffleDependency) -> Stage:
        tables = self._tables
        stage = tables.map_stages.get(dependency.shuffle_id)
        if stage is None:
            stage = self._add(dependency.parent, dependency)
            tables.map_stages[dependency.shuffle_id] = stage
            partitions = dependency.spec.partitioner.num_partitions
            tables.tracker.register(
                dependency.shuffle_id, dependency.parent.num_partitions, partitions
            )
        return stage

    def _add(self, node: Node, sink: ShuffleDependency | ResultFunction) -> Stage:
        tables = self._tables
        stage = Stage(StageId(tables.next_stage), node, sink, jobs={})
        tables.next_stage += 1
        tables.stages[stage.id] = stage
        return stage


def barrier_problem(graph: StageGraph, num_tasks: int) -> str | None:
    """Why a barrier stage cannot be run, if it cannot: all its tasks start together, so every node
    must have one partition per task.
    """
    if all(node.num_partitions == num_tasks for node in graph.nodes):
        return None
    return (
        "[SPARK-24820][SPARK-24821]: Barrier execution mode does not allow the following pattern "
        "of RDD chain within a barrier stage: ancestor RDDs that have a different number of "
        "partitions from the resulting RDD (e.g. union()/coalesce()/first()/take()). A workaround "
        "for first()/take() is barrierRdd.collect()[0]."
    )


def needs_of_stage(graph: StageGraph, config: SchedulerConfig) -> Needs | None:
    """What the stage asks for, by the RDDs in it (``RDD.withResources``).

    Raises
    ------
    IllegalArgumentException
        If they ask for different things and those are not to be merged.
    SparkException
        If no executor of this application could run its tasks.
    """
    asked = dict.fromkeys(n.marks.needs for n in graph.nodes if n.marks.needs is not None)
    if not asked:
        return None
    if len(asked) > 1 and not config.merge_profiles:
        raise IllegalArgumentException(CONFLICT.format("; ".join(n.describe() for n in asked)))
    needs = merged(asked)
    if needs.has_own_executors and config.one_profile:
        raise SparkException(LOCAL.format(needs.describe()))
    needs.on(config.needs).check_units()
    cores = needs.cores or config.executor_cores
    needs.check_cores(cores, config.task_cpus)
    needs.on(config.needs).check_tasks(cores, config.task_cpus)
    return needs


def has_barrier(graph: StageGraph) -> bool:
    """Is any node of the stage a barrier node?"""
    return any(node.barrier for node in graph.nodes)
