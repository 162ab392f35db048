"""Whose turn it is: FIFO, or FAIR pools (``spark.scheduler.mode``).

FIFO: the earlier job first, then the earlier stage. FAIR: every pool first gets its ``min_share``
of tasks; beyond it, pools share in proportion to their ``weight``; within a pool either FIFO, or
all stage attempts share alike. A job names its pool with the local property
``spark.scheduler.pool``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from rayspark.errors.exceptions import IllegalArgumentException
from rayspark.scheduler.config import PoolConfig
from rayspark.scheduler.task_set import TaskSet

Rank = tuple[bool, float, float]


def fair_rank(running: int, min_share: int, weight: int) -> Rank:
    """Sort key of Spark's fair comparator: the needy first, then by use relative to what is due.

    >>> fair_rank(1, 2, 1) < fair_rank(0, 0, 1) < fair_rank(4, 2, 2) < fair_rank(3, 0, 1)
    True
    """
    if running < min_share:
        return (False, running / max(min_share, 1), 0.0)
    return (True, running / weight, 0.0)


def in_turn(
    task_sets: Iterable[TaskSet], pools: Mapping[str, PoolConfig], *, fair: bool
) -> list[TaskSet]:
    """Stage attempts in the order in which they are offered places."""
    fifo = sorted(task_sets, key=lambda t: (t.priority, t.stage.id))
    if not fair or len(fifo) < 2:
        return fifo
    members: dict[str, list[TaskSet]] = {}
    for task_set in fifo:
        members.setdefault(task_set.pool, []).append(task_set)

    def rank(name: str) -> tuple[Rank, str]:
        config = pools.get(name) or PoolConfig(name)
        running = sum(len(t.tries) for t in members[name])
        return fair_rank(running, config.min_share, config.weight), name

    ordered: list[TaskSet] = []
    for name in sorted(members, key=rank):
        if (pools.get(name) or PoolConfig(name)).fair:
            members[name].sort(key=lambda t: fair_rank(len(t.tries), 0, 1))
        ordered += members[name]
    return ordered


def read_pools(path: str | Path) -> dict[str, PoolConfig]:
    """Pools of a ``fairscheduler.xml`` (``spark.scheduler.allocation.file``).

    Raises
    ------
    IllegalArgumentException
        If the file cannot be read or is not XML of this kind, or a value is not what it should be.
    """
    try:
        root = ElementTree.fromstring(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise IllegalArgumentException(
            f"spark.scheduler.allocation.file: {path} cannot be read: {error}. Name an XML file of "
            "pools, as Spark's fairscheduler.xml, that exists on the driver; or leave the key out: "
            "pools are then made as jobs name them (spark.scheduler.pool)."
        ) from error
    except ElementTree.ParseError as error:
        raise IllegalArgumentException(f"{path} is not well-formed XML: {error}") from error
    if root.tag != "allocations":
        raise IllegalArgumentException(
            f"{path}: the root element must be <allocations>, found <{root.tag}>"
        )
    pools = [_read_pool(element, path) for element in root.findall("pool")]
    return {pool.name: pool for pool in pools}


def _read_pool(element: ElementTree.Element, path: str | Path) -> PoolConfig:
    name = element.get("name")
    if not name:
        raise IllegalArgumentException(f"{path}: a <pool> needs a name")
    mode = (element.findtext("schedulingMode") or "FIFO").strip().upper()
    if mode not in ("FIFO", "FAIR"):
        raise IllegalArgumentException(
            f"{path}: schedulingMode of pool {name!r} must be FIFO or FAIR, found {mode!r}"
        )
    weight = _read_number(element, "weight", 1, 1, f"{path}: pool {name!r}")
    min_share = _read_number(element, "minShare", 0, 0, f"{path}: pool {name!r}")
    return PoolConfig(name, mode == "FAIR", weight, min_share)


def _read_number(
    element: ElementTree.Element, tag: str, default: int, least: int, where: str
) -> int:
    text = (element.findtext(tag) or str(default)).strip()
    if not text.isdecimal() or int(text) < least:
        raise IllegalArgumentException(
            f"{where}: {tag} must be a whole number >= {least}, found {text!r}"
        )
    return int(text)
