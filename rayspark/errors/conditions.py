"""The table of error conditions.

A *condition* is a stable name for one thing that can go wrong (``PATH_NOT_FOUND``); a
sub-condition follows a dot (``INVALID_CONF_VALUE.TYPE_MISMATCH``). The table,
``conditions.json``, gives each a message with ``<parameters>`` and, where Spark has one, a
SQLSTATE. Names, parameters and states are Spark's; the words are ours. ``docs/errors.md`` is
generated from it. Read once, then constant: any thread may ask.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rayspark.records import dataclass

FILES = (
    "conditions.json",
    "conditions_types.json",
    "conditions_sources.json",
    "conditions_catalog.json",
    "conditions_parser.json",
    "conditions_values.json",
    "conditions_analysis.json",
    "conditions_faces.json",
    "conditions_functions.json",
)
"""One table a family; later files only add conditions."""

_PARAMETER = re.compile(r"<([a-zA-Z0-9_-]+)>")


@dataclass(frozen=True)
class Condition:
    """A row of the table."""

    name: str
    template: str
    sql_state: str | None
    is_spark: bool
    """False for the few that Spark does not have."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names that the message needs, in order of appearance."""
        return tuple(dict.fromkeys(_PARAMETER.findall(self.template)))

    def render(self, parameters: Mapping[str, str]) -> str:
        """The message with its parameters filled in.

        Raises
        ------
        ValueError
            If a parameter is missing or unknown: a defect at the place that raises the error.
        """
        if set(parameters) != set(self.parameters):
            raise ValueError(
                f"error condition {self.name} takes the parameters {sorted(self.parameters)}, "
                f"but was given {sorted(parameters)}"
            )
        return _PARAMETER.sub(lambda match: str(parameters[match[1]]), self.template)


@cache
def conditions() -> Mapping[str, Condition]:
    """Every condition and sub-condition by its full name."""
    table: dict[str, Condition] = {}
    for file in FILES:
        rows = json.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))
        for name, row in rows.items():
            state, is_spark = row.get("sqlState"), row.get("origin") != "rayspark"
            table[name] = Condition(name, row["message"], state, is_spark)
            for sub, sub_row in row.get("subClass", {}).items():
                full = f"{name}.{sub}"
                template = f"{row['message']} {sub_row['message']}"
                table[full] = Condition(full, template, state, is_spark)
    return table


def condition(name: str) -> Condition:
    """The condition of that name.

    Raises
    ------
    ValueError
        If the table has no such name.
    """
    try:
        return conditions()[name]
    except KeyError:
        raise ValueError(f"no error condition is called {name!r}") from None
