"""Prints one job at every station of its way, for the pages that explain the engine.

    python tools/gen_docs.py < page.md > filled.md

What stands between two markers of the page, ``<!-- station: lineage -->`` and ``<!-- end of
station -->``, is replaced by what that station prints. ``tools/gen.py`` does so for
``docs/architecture.md``.

The job is real: a SparkContext on ``local[2]``, the scheduler's own loop, real batches and blocks.
To print the same every time, one thread serves the two slots in turn, the scheduler is handed its
events one by one, and each task is said to have taken a millisecond. It runs in a process of its
own, where ids begin at 0.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import life_of_a_job

from rayspark import SparkConf, SparkContext, application
from rayspark.events import types as bus
from rayspark.executor.batch import NarrowInput, ShuffleSink, TaskBatch, Template
from rayspark.executor.evaluate import CompiledTemplate
from rayspark.lineage.dependency import Dependency, ShuffleDependency
from rayspark.lineage.node import Node
from rayspark.lineage.ops import RecordOp
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.backend import BatchOutcome
from rayspark.scheduler.local_backend import LocalBackend
from rayspark.scheduler.state import SchedulerState
from rayspark.serializers import BLOBS, PICKLE, PLAIN, load
from rayspark.shuffle.blocks import COLUMNS, GroupBlock

HERE = Path(__file__)
STATION = re.compile(r"(<!-- station: (\S+) -->\n).*?(<!-- end of station -->)", re.DOTALL)
TASK_SECONDS = 0.001
CODECS = {PLAIN: "marshal", PICKLE: "pickle", BLOBS: "blobs", COLUMNS: "columns"}


def filled(page: str, stations: Mapping[str, str]) -> str:
    """The page with what each of its stations prints; every station has its place."""
    places = {match[1] for match in STATION.findall(page)}
    if places != stations.keys():
        raise ValueError(f"stations without a place, or unknown: {places ^ stations.keys()}")
    return STATION.sub(lambda m: f"{m[1]}{_fenced(m[2], stations[m[2]])}{m[3]}", page)


def _fenced(name: str, text: str) -> str:
    return f"```{'python' if name == 'program' else 'text'}\n{text.rstrip()}\n```\n"


@dataclass(slots=True)
class Recorder:
    """What passed each station."""

    story: list[tuple[ev.Event, list[act.Action]]] = field(default_factory=list)
    batches: list[TaskBatch] = field(default_factory=list)
    outcomes: list[BatchOutcome] = field(default_factory=list)
    bus: list[Any] = field(default_factory=list)

    def interests(self) -> Collection[type[Any]]:
        """Every event about jobs, stages and tasks."""
        return (bus.JobStart, bus.StageSubmitted, bus.TasksEnded, bus.StageCompleted, bus.JobEnd)

    def handle(self, event: Any) -> None:
        """A subscriber of the bus."""
        self.bus.append(event)


def recording(recorder: Recorder) -> type[LocalBackend]:
    """A backend with two slots and one thread, which notes what it does."""

    class InTurn(LocalBackend):
        def start(
            self, post: Callable[[ev.Event], None], done: Callable[[BatchOutcome], None]
        ) -> None:
            settings = self._runtime.settings

            def note(outcome: BatchOutcome) -> None:
                for report in outcome.reports:
                    report.duration = TASK_SECONDS
                if outcome.reports:
                    recorder.outcomes.append(outcome)
                done(outcome)

            slots, settings.cores = settings.cores, 1
            super().start(post, note)
            settings.cores = slots

        def submit(self, executor: Any, batch: TaskBatch) -> None:
            if batch.tasks:
                recorder.batches.append(batch)
            super().submit(executor, batch)

    return InTurn


def one_by_one(recorder: Recorder) -> Callable[..., list[act.Action]]:
    """``SchedulerState.handle_all`` that notes what each event led to."""
    handle_all = SchedulerState.handle_all

    def handle(state: SchedulerState, events: Iterable[ev.Event]) -> list[act.Action]:
        led: list[act.Action] = []
        for event in events:
            actions = list(handle_all(state, (event,)))
            recorder.story.append((event, actions))
            led += actions
        return led

    return handle


def trace() -> dict[str, str]:
    """Run the job; each station's text."""
    recorder = Recorder()
    swapped: Any = application
    swapped.LocalBackend = recording(recorder)
    state: Any = SchedulerState
    state.handle_all = one_by_one(recorder)
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("life of a job")
    with SparkContext(conf=conf.set("spark.ui.showConsoleProgress", "false")) as sc:
        sc._application.bus.subscribe(recorder)
        counts, rdd = life_of_a_job.words_that_name(sc)
        stations = {"program": _program(), "lineage": _text(rdd.toDebugString())}
        stations["nodes"] = _lines(_nodes(rdd._node))
        result = rdd.collect()
        sc._application.bus.flush()
        stations |= first_job(recorder, sc, result)
        recorder.story.clear()
        recorder.bus.clear()
        stations["again"] = _again(recorder, sc, counts)
    return {name: _masked(text) for name, text in stations.items()}


def first_job(recorder: Recorder, sc: SparkContext, result: list[Any]) -> dict[str, str]:
    """What ``collect`` left behind at each station."""
    launches = [a for _, led in recorder.story for a in led if isinstance(a, act.Launch)]
    cached = sc._driver.cached_blocks()
    levels = [f"{block}: {entry.level}, {entry.size} bytes" for block, entry in cached.items()]
    return {
        "stages": _lines(_stages(recorder, launches)),
        "templates": _lines(_templates(recorder.batches)),
        "batches": _lines(map(_batch, recorder.batches)),
        "story": _lines(_story(recorder.story)),
        "blocks": _lines(_blocks(recorder.outcomes)),
        "cached": _lines(sorted(levels)),
        "result": _lines(map(repr, result)),
        "events": _lines(map(_bus_event, recorder.bus)),
    }


def _again(recorder: Recorder, sc: SparkContext, counts: Any) -> str:
    number = counts.count()
    sc._application.bus.flush()
    metrics = [m for e in recorder.bus if isinstance(e, bus.TasksEnded) if (m := e.metrics)]
    hits, misses = sum(m.cache_hits for m in metrics), sum(m.cache_misses for m in metrics)
    return _lines([
        f"count() -> {number}",
        *(_action(a) for _, led in recorder.story for a in led if isinstance(a, act.Launch)),
        *map(_bus_event, recorder.bus),
        f"cache: {hits} hits, {misses} misses",
        "",
        _text(counts.toDebugString()),
    ])  # fmt: skip


# -- what the lineage looks like ------------------------------------------------------------------


def _program() -> str:
    source = Path(life_of_a_job.__file__).read_text(encoding="utf-8")
    return (
        source[source.index("def ") :]
        + "\n\ncounts, named = words_that_name(sc)\nnamed.collect()\n"
    )


def _nodes(root: Node) -> Iterator[str]:
    seen: dict[int, Node] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node.id not in seen:
            seen[node.id] = node
            stack.extend(dependency.parent for dependency in node.dependencies)
    for node in sorted(seen.values(), key=lambda n: n.id):
        reads = ", ".join(map(_edge, node.dependencies)) or "nothing"
        kept = "; kept: MEMORY_ONLY" if node.marks.level is not None else ""
        made = f"{_op(node.op):20} {node.num_partitions} partitions"
        yield f"RDD {node.id}  {made}, reads {reads}{kept}"


def _edge(dependency: Dependency) -> str:
    if isinstance(dependency, ShuffleDependency):
        placed = type(dependency.spec.partitioner).__name__
        combined = ", combined before" if dependency.spec.map_side_combine else ""
        return f"RDD {dependency.parent.id} by shuffle {dependency.shuffle_id} ({placed}{combined})"
    return f"RDD {dependency.parent.id} ({type(dependency.splits).__name__})"


def _op(op: Any) -> str:
    return f"RecordOp[{op.kind}]" if isinstance(op, RecordOp) else type(op).__name__


# -- stages, templates, batches -------------------------------------------------------------------


def _stages(recorder: Recorder, launches: list[act.Launch]) -> Iterator[str]:
    runs = {launch.run.stage_id: launch.run for launch in launches}
    infos = [e.stage_info for e in recorder.bus if isinstance(e, bus.StageCompleted)]
    for info in sorted(infos, key=lambda i: i.stage_id):
        run = runs[info.stage_id]  # type: ignore[index]
        if isinstance(run.sink, ShuffleDependency):
            sink = f"map side of shuffle {run.sink.shuffle_id}"
        else:
            sink = "results for the driver"
        rdds = ", ".join(str(rdd.rdd_id) for rdd in sorted(info.rdd_infos, key=lambda r: r.rdd_id))
        parents = ", ".join(map(str, sorted(info.parent_ids))) or "none"
        tasks = f"{info.num_tasks} tasks over RDDs {rdds}"
        yield f"stage {info.stage_id}: {sink}; {tasks}; after stages {parents}"


def _templates(batches: list[TaskBatch]) -> Iterator[str]:
    for batch in batches:
        if batch.template is None:
            continue
        template: Template = load(batch.template)
        yield f"template of stage {batch.tasks[0].key.stage}"
        for at, step in enumerate(template.steps):
            reads = ", ".join(
                f"step {source.step}"
                if isinstance(source, NarrowInput)
                else f"shuffle {source.shuffle_id}"
                for source in step.inputs
            )
            notes = ["payload with the task"] if step.has_payload else []
            notes += ["kept"] if step.level is not None else []
            line = f"  step {at}: RDD {step.rdd} {_op(step.op)}" + (f" of {reads}" if reads else "")
            yield "; ".join([line, *notes])
        yield from _sink(template)


def _sink(template: Template) -> Iterator[str]:
    if not isinstance(template.sink, ShuffleSink):
        yield "  sink: the action's function makes the task's result"
        return
    spec = template.sink.spec
    placed = f"{type(spec.partitioner).__name__}({spec.partitioner.num_partitions})"
    if not spec.map_side_combine:
        yield f"  sink: placed by {placed}"
        return
    steps, top = CompiledTemplate(template).chain_into_sink()
    kinds = ", ".join(kind for kind, _ in steps)
    yield f"  sink: combined by key, placed by {placed}; one loop over step {top}: {kinds}, fold"


def _batch(batch: TaskBatch) -> str:
    key = batch.tasks[0].key
    tasks = ", ".join(str(task.key.partition) for task in batch.tasks)
    parts = [f"tasks {tasks}" if len(batch.tasks) > 1 else f"task {tasks}"]
    parts.append("template" if batch.template is not None else "template known")
    payloads = sum(len(task.payloads or ()) for task in batch.tasks)
    parts += [f"{payloads} payload{'s' * (payloads > 1)}"] if payloads else []
    parts += [f"map output in {batch.groups} groups"] if batch.writes_shuffle else []
    for group in batch.shuffles:
        blocks = len(group.sources)
        parts.append(
            f"group {group.group} of shuffle {group.shuffle_id}: {blocks} block{'s' * (blocks > 1)}"
        )
    parts += [f"keep {', '.join(map(str, batch.store))}"] if batch.store else []
    return f"stage {key.stage}.{key.attempt}: {'; '.join(parts)}"


# -- the scheduler's story, blocks, events --------------------------------------------------------


def _story(story: list[tuple[ev.Event, list[act.Action]]]) -> Iterator[str]:
    for event, led in story:
        told = [text for action in led if (text := _action(action))]
        if isinstance(event, ev.Tick) and not told:
            continue
        yield _event(event)
        for text in told:
            yield f"    -> {text}"


def _event(event: ev.Event) -> str:
    match event:
        case ev.ExecutorAdded(offer=offer):
            return f"ExecutorAdded({offer.executor}, {offer.cores} cores)"
        case ev.JobSubmitted():
            partitions = f"{len(event.partitions)} partitions"
            return f"JobSubmitted(job {event.job_id}, RDD {event.node.id}, {partitions})"
        case ev.TasksEnded(reports=reports):
            return f"TasksEnded({', '.join(f'{_try(r.key)} {r.state.value}' for r in reports)})"
        case ev.BlocksStored():
            blocks = ", ".join(f"rdd_{rdd}_{split}" for rdd, split in event.blocks)
            return f"BlocksStored({blocks}, in heap: {event.in_heap})"
        case _:
            return type(event).__name__


def _try(key: Any) -> str:
    return f"stage {key.stage}.{key.attempt} task {key.partition}"


def _action(action: act.Action) -> str:
    match action:
        case act.Launch(run=run, tasks=tasks):
            near = ", ".join(f"{t.key.partition} {t.locality.name}" for t in tasks)
            return f"Launch(stage {run.stage_id}.{run.attempt} on {action.executor}: {near})"
        case act.Accept(index=None):
            return f"Accept({_try(action.report.key)}: map output noted)"
        case act.Accept():
            return (
                f"Accept({_try(action.report.key)}: result {action.index} of job {action.job_id})"
            )
        case act.JobEnded():
            return f"JobEnded(job {action.job_id}, error: {action.error})"
        case act.StageEnded():
            return f"StageEnded(stage {action.stage_id}.{action.attempt})"
        case act.Notify(event=event):
            return "" if isinstance(event, _PER_BATCH) else f"Notify({type(event).__name__})"
        case _:
            return type(action).__name__


_PER_BATCH = (bus.TasksStarted, bus.TasksEnded)


def _blocks(outcomes: list[BatchOutcome]) -> Iterator[str]:
    for outcome in outcomes:
        for group, block in enumerate(outcome.blocks):
            if not isinstance(block, GroupBlock):
                continue
            made = ", ".join(_try(report.key) for report in outcome.reports)
            yield (
                f"block of group {group} by {made}: {len(block.parts)} part, {block.nbytes} bytes, "
                f"{'' if block.checksums else 'no '}checksum"
            )
            yield "  reduce  map  kind     part  offset  length  buffers  records"
            for row in block.index.tolist():
                reduce, task, kind, part, offset, length, buffers, _ = row
                yield (
                    f"  {reduce:<7} {task:<4} {CODECS[kind]:<8} {part:<5} {offset:<7} {length:<7} "
                    f"{buffers:<8} {block.records(row)}"
                )


def _bus_event(event: Any) -> str:
    match event:
        case bus.JobStart():
            stages = ", ".join(str(info.stage_id) for info in event.stage_infos)
            return f"JobStart(job {event.job_id}: stages {stages})"
        case bus.StageSubmitted(stage_info=info) | bus.StageCompleted(stage_info=info):
            return f"{type(event).__name__}(stage {info.stage_id}: {info.name})"
        case bus.TasksEnded():
            return f"TasksEnded(stage {event.stage_id}: {event.succeeded} succeeded)"
        case bus.JobEnd():
            return f"JobEnd(job {event.job_id}: {type(event.result).__name__})"
        case _:
            return type(event).__name__


def _masked(text: str) -> str:
    """Without what depends on where this tree lies and which line of this file called."""
    text = re.sub(rf" at \S*{HERE.name}:\d+", "", text)
    return text.replace(f"{HERE.parent}/", "")


def _text(text: str | bytes | None) -> str:
    return text.decode() if isinstance(text, bytes) else text or ""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(filled(sys.stdin.read(), trace()))
