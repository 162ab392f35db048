"""Starting Ray on this machine, for an application that joins no cluster.

Two thirds of the time until such an application's first answer are Ray's start. Some of what Ray
starts has no use in a cluster that lives as long as one program and has no dashboard: the process
that serves the dashboard (Ray waits for it before it goes on), the autoscaler's monitor, and the
part of each machine's agent that reports to them. They are left out; with eight programs beside it
on two cores, ``ray.init`` took 6.5 s instead of 10.7 (means of three). Whoever wants them calls
``ray.init`` before the SparkContext, or joins a cluster.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from typing import Any

import ray
from ray._private import node as ray_node
from ray._private import utils as ray_utils

RAY_DEFAULTS = {
    "PYTHONHASHSEED": "0",
    "RAY_free_objects_period_milliseconds": "50",
}
"""What a Ray that is started here gets by its environment, unless the user has set it.

Workers agree on the hashes of strings: keys with a ``__hash__`` of their own are placed by it, as
PySpark does (the engine's own hash needs no seed). And blocks that nobody refers to any more are
freed within 50 ms, not within Ray's second: else the next shuffle takes fresh pages while those
of the last one lie idle.
"""
_WORKER = "ray._private.worker"
_TOKEN_NOTICE = "ray._private.authentication.authentication_token_setup"


def start_embedded(object_store_bytes: int | None) -> None:
    """Start a Ray of this process's own."""
    # That Ray asks for a token is told in docs/cluster.md; it needs nobody's attention here.
    logging.getLogger(_TOKEN_NOTICE).setLevel(logging.ERROR)
    if threading.current_thread() is not threading.main_thread():
        logging.getLogger(_WORKER).addFilter(_says_nothing_of_sigterm)
    with ray_defaults(), without_helpers():
        ray.init(
            address="local",  # without it Ray would join whatever was started here last
            include_dashboard=False,
            logging_level=logging.WARNING,
            object_store_memory=object_store_bytes,
        )


@contextlib.contextmanager
def ray_defaults() -> Iterator[None]:
    """Have a Ray that starts now inherit ``RAY_DEFAULTS``.

    A Ray started by somebody else has what its ``ray start`` was given (see cluster.yaml).
    """
    added = [name for name in RAY_DEFAULTS if name not in os.environ]
    os.environ.update({name: RAY_DEFAULTS[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


@contextlib.contextmanager
def without_helpers() -> Iterator[None]:
    """Have a Ray that starts now leave out what nobody will ask for.

    Ray has no option for it. A version of Ray that names these differently starts them all.
    """
    replaced: list[tuple[Any, str, Any]] = []
    for owner, name, instead in (
        (ray_node.Node, "start_api_server", _start_nothing),
        (ray_node.Node, "start_monitor", _start_nothing),
        (ray_utils, "get_dashboard_dependency_error", _lacks_dashboard),
    ):
        before = getattr(owner, name, None)
        if before is not None:
            replaced.append((owner, name, before))
            setattr(owner, name, instead)
    try:
        yield
    finally:
        for owner, name, before in replaced:
            setattr(owner, name, before)


def _start_nothing(node: Any, **options: Any) -> None:
    """In place of a method of Ray's ``Node``."""


def _lacks_dashboard() -> ImportError:
    """What makes Ray start an agent that serves no dashboard."""
    return ImportError("an embedded Ray has no dashboard")


def _says_nothing_of_sigterm(record: logging.LogRecord) -> bool:
    """A session starts Ray in a thread of its own; SIGTERM is the program's business."""
    return "SIGTERM handler" not in record.getMessage()
