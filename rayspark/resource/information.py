"""What a task is told about a resource it was given."""

from __future__ import annotations


class ResourceInformation:
    """A resource and the addresses of the units granted: for GPUs, their indices.

    Parameters
    ----------
    name : str
        Name of the resource, such as ``"gpu"``.
    addresses : list of str
        Addresses of the units.

    Examples
    --------
    >>> from rayspark.resource import ResourceInformation
    >>> ResourceInformation("gpu", ["0", "1"]).addresses
    ['0', '1']
    """

    def __init__(self, name: str, addresses: list[str]) -> None:
        self._name = name
        self._addresses = addresses

    @property
    def name(self) -> str:
        """Name of the resource."""
        return self._name

    @property
    def addresses(self) -> list[str]:
        """Addresses of the units granted."""
        return self._addresses

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ResourceInformation):
            return NotImplemented
        return (self._name, self._addresses) == (other._name, other._addresses)

    def __hash__(self) -> int:
        return hash((self._name, tuple(self._addresses)))

    def __repr__(self) -> str:
        return f"ResourceInformation({self._name!r}, {self._addresses!r})"
