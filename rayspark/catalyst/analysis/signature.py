"""The little language of ``Fn.args``, read: see :mod:`rayspark.catalyst.functions.row`.

>>> [p.name for p in parse_signature("str: string, pos: int, len?: int = 2")]
['str', 'pos', 'len']
"""

from __future__ import annotations

import re
from functools import cache

from rayspark.records import dataclass


@dataclass(frozen=True)
class Kind:
    """A pattern of types: a kind's name, a variable, or ``array``, ``map``, ``lambda`` of others.

    ``lambda`` has its parameters' patterns and, last, the result's.
    """

    name: str
    inner: tuple[Kind, ...] = ()

    @property
    def is_variable(self) -> bool:
        """A capital letter."""
        return len(self.name) == 1 and self.name.isupper()

    def variables(self) -> set[str]:
        """Variables in it."""
        found = {self.name} if self.is_variable else set()
        return found.union(*(k.variables() for k in self.inner))


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function."""

    name: str
    kinds: tuple[Kind, ...]
    constant: bool = False
    compared: bool = False
    """``T=``: the arguments of the variable get the type in which they are compared."""
    default: str | None = None
    """SQL literal that stands for an argument that is not given."""
    optional: bool = False
    """An argument that is not given is left out of the call."""
    variadic: bool = False
    just: bool = False
    """Arguments of other types are not cast."""

    @property
    def is_lambda(self) -> bool:
        """Whether it takes a function."""
        return self.kinds[0].name == "lambda"


@cache
def parse_signature(args: str) -> tuple[Parameter, ...]:
    """The parameters that a row's ``args`` describe."""
    return tuple(_parameter(text) for text in _split(args, ",") if text)


def _split(text: str, separator: str) -> list[str]:
    parts, depth, quoted, start = [], 0, False, 0
    for at, c in enumerate(text):
        if c == "'":
            quoted = not quoted
        elif not quoted and c in "<(":
            depth += 1
        elif not quoted and (c == ")" or (c == ">" and text[at - 1] != "-")):
            depth -= 1
        elif c == separator and depth == 0 and not quoted:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()]


_PARAMETER = re.compile(
    r"(?P<star>\*)?(?P<name>\w+)(?P<optional>\?)?\s*:\s*"
    r"(?P<just>just )?(?P<kinds>.*?)(?P<constant>!)?"
    r"(?P<compared>(?<=[A-Z])=)?(?:\s*=\s*(?P<default>\S.*))?",
    re.DOTALL,
)


def _parameter(text: str) -> Parameter:
    found = _PARAMETER.fullmatch(text)
    if found is None:
        raise ValueError(f"not a parameter: {text!r}")
    return Parameter(
        found["name"],
        tuple(_kind(k) for k in _split(found["kinds"], "|")),
        constant=found["constant"] is not None,
        compared=found["compared"] is not None,
        default=found["default"],
        optional=found["optional"] is not None,
        variadic=found["star"] is not None,
        just=found["just"] is not None,
    )


def _kind(text: str) -> Kind:
    if (arrow := re.fullmatch(r"\((.*?)\)\s*->\s*(.*)", text)) is not None:
        parameters = [_kind(k) for k in _split(arrow[1], ",") if k]
        return Kind("lambda", (*parameters, _kind(arrow[2])))
    if (outer := re.fullmatch(r"(\w+)<(.*)>", text)) is not None:
        return Kind(outer[1], tuple(_kind(k) for k in _split(outer[2], ",")))
    return Kind(text)
