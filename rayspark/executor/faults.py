"""The product's own fault injector: rehearse a failure, aimed and counted.

A rule says *where* (stage, partition, attempt, point) and *how often*. Rules come from settings
``spark.ray.fault.<name>``, whose value is a list of ``key=value``::

    spark.ray.fault.a   point=start,partition=3,action=kill,times=1
    spark.ray.fault.b   stage=1,attempt=0,action=raise,message=boom,times=2

======= ============================================================================
point   ``start`` (before the first record), ``records`` (when ``after=`` records have
        been computed), ``spill`` (a batch was written to the local disk), ``end``
        (after the last record, before the report)
action  ``kill`` (SIGKILL to the executor), ``raise`` (an exception in the task), ``exit``
        (``os._exit``), ``delay`` (with ``seconds=``), ``corrupt`` (changes bytes of map
        output, or at ``spill`` of the spilled file, so that its checksum is wrong)
times   how often it fires at most, over the whole application; 1 unless said
======= ============================================================================

The count is kept in a directory of the machine, shared by its executors (one token file per
firing), so that a rule that kills its process still fires only as often as said; on a cluster of
several machines each counts for itself. Off by default: without rules nothing of this is ever
looked at.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayspark.errors.exceptions import IllegalArgumentException
from rayspark.records import dataclass
from rayspark.shuffle.blocks import Segment

if TYPE_CHECKING:
    from rayspark.executor.batch import TaskSpec
    from rayspark.storage.spill import Run

PREFIX = "spark.ray.fault."
TOKENS = PREFIX + "tokens"
"""Directory of the firing tokens, set by the driver."""
_ACTIONS = ("kill", "raise", "exit", "delay", "corrupt")
_POINTS = ("start", "records", "spill", "end")
_NUMBERS = ("stage", "partition", "attempt", "after", "times")


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One aimed fault. ``None`` matches anything."""

    name: str
    action: str
    point: str = "start"
    stage: int | None = None
    partition: int | None = None
    attempt: int | None = None
    after: int = 0
    times: int = 1
    seconds: float = 0.0
    message: str = "injected fault"

    @classmethod
    def parse(cls, name: str, text: str) -> FaultRule:
        """Read a rule from its configuration value.

        Raises
        ------
        IllegalArgumentException
            When a word is unknown or not a number where one is needed.
        """
        values: dict[str, str] = {}
        for item in text.split(","):
            key, equals, value = item.strip().partition("=")
            if not equals or key not in cls.__slots__:
                raise _bad(name, text, f"{key!r} is not one of {', '.join(cls.__slots__[1:])}")
            values[key] = value
        action = values.pop("action", "")
        point = values.pop("point", "end" if action == "corrupt" else "start")
        if action not in _ACTIONS:
            raise _bad(name, text, f"action must be one of {', '.join(_ACTIONS)}")
        if point not in _POINTS:
            raise _bad(name, text, f"point must be one of {', '.join(_POINTS)}")
        if action == "corrupt" and point not in ("end", "spill"):
            raise _bad(name, text, "corrupt works at the points end (map output) and spill")
        try:
            numbers = {k: int(v) for k, v in values.items() if k in _NUMBERS}
            seconds = float(values.get("seconds", 0))
        except ValueError as error:
            raise _bad(name, text, str(error)) from error
        message = values.get("message", "injected fault")
        return cls(name, action, point, seconds=seconds, message=message, **numbers)

    def matches(self, point: str, task: TaskSpec) -> bool:
        """Whether the rule is aimed at this point of this task."""
        return (
            point == self.point
            and self.stage in (None, task.key.stage)
            and self.partition in (None, task.key.partition)
            and self.attempt in (None, task.number)
        )


def _bad(name: str, text: str, why: str) -> IllegalArgumentException:
    return IllegalArgumentException(f"fault rule {PREFIX}{name} = {text!r}: {why}")


class FaultInjector:
    """The rules of one application, as seen by one executor."""

    def __init__(self, rules: Sequence[FaultRule], tokens: Path) -> None:
        self._rules = rules
        self._tokens = tokens

    @staticmethod
    def of(settings: Mapping[str, str]) -> FaultInjector | None:
        """The injector for these configuration entries, or ``None`` when there are none."""
        return _injector(tuple(sorted(settings.items()))) if settings else None

    def fire(self, point: str, task: TaskSpec) -> None:
        """Do what the rules want at this point."""
        for rule in self._rules:
            if rule.action != "corrupt" and rule.matches(point, task) and self._spend(rule):
                _act(rule)

    def watch(self, records: Iterator[Any], task: TaskSpec) -> Iterator[Any]:
        """The same records; rules for the point ``records`` fire on the way."""
        aimed = [rule for rule in self._rules if rule.matches("records", task)]
        return self._count(records, aimed) if aimed else records

    def _count(self, records: Iterator[Any], aimed: Sequence[FaultRule]) -> Iterator[Any]:
        for number, record in enumerate(records):
            for rule in aimed:
                if number == rule.after and self._spend(rule):
                    _act(rule)
            yield record

    def spilled(self, run: Run, task: TaskSpec) -> None:
        """A batch went to the local disk."""
        self.fire("spill", task)
        for rule in self._rules:
            if rule.action == "corrupt" and rule.matches("spill", task) and self._spend(rule):
                run.damage()

    def corrupt(self, segments: Sequence[Segment], task: TaskSpec) -> None:
        """Mark map output to be damaged after its checksum is taken."""
        for rule in self._rules:
            if rule.action == "corrupt" and rule.matches("end", task) and self._spend(rule):
                for segment in segments[:1]:
                    segment.damaged = True

    def _spend(self, rule: FaultRule) -> bool:
        """Take one of the rule's firings; False when none is left. Atomic across processes."""
        self._tokens.mkdir(parents=True, exist_ok=True)
        for number in range(rule.times):
            try:
                (self._tokens / f"{rule.name}-{number}").touch(exist_ok=False)
            except FileExistsError:
                continue
            return True
        return False


def _act(rule: FaultRule) -> None:
    match rule.action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(1)
        case "delay":
            time.sleep(rule.seconds)
        case _:
            raise RuntimeError(rule.message)


@lru_cache(maxsize=8)
def _injector(entries: tuple[tuple[str, str], ...]) -> FaultInjector:
    rules = [
        FaultRule.parse(key.removeprefix(PREFIX), value) for key, value in entries if key != TOKENS
    ]
    return FaultInjector(rules, Path(dict(entries)[TOKENS]))
