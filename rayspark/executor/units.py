"""Units of custom resources of an executor, lent to its tasks.

The scheduler starts no more tasks than share the units, so tasks never wait here: each gets the
units that are least in use.

>>> units = ResourceUnits({"gpu": ["0", "1"]})
>>> first = units.take([("gpu", Fraction(1, 2))])
>>> first, units.take([("gpu", Fraction(1))])
({'gpu': ('0',)}, {'gpu': ('1',)})

Thread-safe: tasks begin and end on threads of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil


class ResourceUnits:
    """What an executor holds, and how many tasks use each unit."""

    def __init__(self, addresses: Mapping[str, Sequence[str]]) -> None:
        self._users = {name: dict.fromkeys(units, 0) for name, units in addresses.items()}
        self._lock = threading.Lock()

    def take(self, amounts: Sequence[tuple[str, Fraction]]) -> dict[str, tuple[str, ...]]:
        """Addresses for a task, by resource: of one unit where it takes less than that."""
        if not amounts:
            return {}
        taken = {}
        with self._lock:
            for name, amount in amounts:
                users = self._users.get(name, {})
                chosen = sorted(users, key=users.__getitem__)[: ceil(amount)]
                for address in chosen:
                    users[address] += 1
                taken[name] = tuple(chosen)
        return taken

    def give_back(self, taken: Mapping[str, Sequence[str]]) -> None:
        """The task is over."""
        with self._lock:
            for name, addresses in taken.items():
                for address in addresses:
                    self._users[name][address] -= 1
