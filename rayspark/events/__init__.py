"""News from the engine: what happened (``types``), how it is delivered (``bus``), who may listen.

See :mod:`rayspark.events.types` for the events and which of them count tasks,
:mod:`rayspark.events.bus` for threads and back-pressure, and :mod:`rayspark.events.listener` for
the class that users subclass.
"""

from __future__ import annotations

from rayspark.events.bus import EventBus, Subscriber
from rayspark.events.listener import SparkListener
from rayspark.events.types import Event

__all__ = ["Event", "EventBus", "SparkListener", "Subscriber"]
