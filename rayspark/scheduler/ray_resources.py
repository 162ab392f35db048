"""What executors with resources claim of Ray, and which machines have it: executors of a stage's
own (``RDD.withResources``), and all where ``spark.executor.resource.*`` says so.

Spark's ``gpu`` is Ray's ``GPU``; every other name is that of a custom resource of Ray
(``ray start --resources '{"acme": 2}'``). Plain functions of Ray's node table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rayspark.ids import HostId
from rayspark.resource.needs import Needs

Books = Mapping[HostId, Mapping[str, float]]
"""Resources of every live machine, by Ray's names."""
_GPU = "gpu"
_INTERNAL = ("node:", "memory", "object_store_memory", "accelerator_type:")


def claims_of(needs: Needs) -> tuple[int, dict[str, int]]:
    """GPUs and custom resources that the actor of one executor asks Ray for.

    >>> claims_of(Needs(resources=(("acme", 2), ("gpu", 1))))
    (1, {'acme': 2})
    """
    units = dict(needs.resources)
    return units.pop(_GPU, 0), units


def refusal(books: Books, needs: Needs, cores: int, who: str = "A stage") -> str | None:
    """Why no machine can hold an executor with these needs, if none can."""
    if any(_room(machine, needs, cores) for machine in books.values()):
        return None
    offers = "; ".join(f"{host[:8]}: {_offer(machine)}" for host, machine in books.items())
    lacking = [
        name
        for name, units in needs.resources
        if all(machine.get(_rays(name), 0) < units for machine in books.values())
    ]
    missing = f" No machine has enough of {', '.join(map(repr, lacking))}." if lacking else ""
    return (
        f"{who} asks for executors that no machine of the Ray cluster can hold: "
        f"{needs.describe()}, on {cores} cores.{missing} "
        f"The machines offer: {offers or 'nothing'}. Start a node that has it "
        "(ray start --num-gpus=1, or ray start --resources '{\"name\": 1}'), or ask for less "
        "(ExecutorResourceRequests, spark.executor.resource.*)."
    )


def places(books: Books, needs: Needs, cores: int) -> int:
    """Executors that the machines could hold together, were they empty."""
    return sum(_room(machine, needs, cores) for machine in books.values())


def place_staged(
    books: Books,
    needs: Needs,
    cores: int,
    present: Sequence[tuple[HostId, Needs]],
    default_cores: int,
) -> HostId | None:
    """The machine with most room for one more executor, or None.

    ``present``: where executors with resources are, and what they hold. What other applications
    have is not known: their executors are waited for.
    """
    rooms: dict[HostId, int] = {}
    for host, machine in books.items():
        left = dict(machine)
        for at, held in present:
            if at == host:
                for name, units in held.resources:
                    left[_rays(name)] = left.get(_rays(name), 0) - units
                if held == needs:
                    left["CPU"] = left.get("CPU", 0) - (held.cores or default_cores)
        rooms[host] = _room(left, needs, cores)
    best = max(rooms, key=rooms.__getitem__, default=None)
    return best if best is not None and rooms[best] > 0 else None


def _room(machine: Mapping[str, float], needs: Needs, cores: int) -> int:
    """Executors that the machine can hold."""
    limits = [machine.get("CPU", 0) // cores]
    limits += [machine.get(_rays(name), 0) // units for name, units in needs.resources]
    if needs.memory is not None:
        limits.append(machine.get("memory", 0) // needs.memory)
    return max(0, int(min(limits)))


def _rays(name: str) -> str:
    return "GPU" if name == _GPU else name


def _offer(machine: Mapping[str, float]) -> str:
    shown = {n: a for n, a in sorted(machine.items()) if not n.startswith(_INTERNAL)}
    memory = f", {int(machine.get('memory', 0)) >> 20} MiB"
    return ", ".join(f"{amount:g} {name}" for name, amount in shown.items()) + memory
